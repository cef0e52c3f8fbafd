//! From the hub's reports to the lines of ours.

use std::collections::BTreeMap;

use truc_agency::{CallError, ReportQuery, Statistics};
use truc_document::{AgencyCode, Level, SigningPolicy, Urgency};
use truc_proto::v1 as pb;

use super::{LevelLine, PaceLine, ProvinceLine, RefusalLine, Report, figures, growth, percent};
use crate::{scenario::Scenario, topology::Topology};

/// What the hub counted in the reported period, asked for in two ways.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    /// Grouped by province.
    pub by_province: pb::GetReportResponse,
    /// Grouped by level.
    pub by_level: pb::GetReportResponse,
}

/// Asks the hub for the period that the scenario reports about, and makes the report of it.
///
/// # Errors
/// The hub cannot be reached or refuses.
pub async fn fetch(statistics: &Statistics, scenario: &Scenario, topology: &Topology) -> Result<Report, CallError> {
    let (from, to) = scenario.reported();
    let query = |dimension| ReportQuery {
        from: Some(from),
        to: Some(to),
        group_by: vec![dimension],
        ..ReportQuery::default()
    };
    let counted = Counted {
        by_province: statistics.report(query(pb::ReportDimension::Province)).await?,
        by_level: statistics.report(query(pb::ReportDimension::Level)).await?,
    };
    Ok(collect(scenario, topology, &counted))
}

/// Makes the report; the topology gives names only.
pub fn collect(scenario: &Scenario, topology: &Topology, counted: &Counted) -> Report {
    let (from, to) = scenario.reported();
    let (central, provinces) = lines(topology, &counted.by_province);
    let total = total(&central, &provinces, &counted.by_province);
    let mut report = Report {
        title: scenario.title.clone(),
        from,
        to,
        position: counted.by_province.position,
        figures: Vec::new(),
        levels: levels(counted),
        refusals: refusals(&counted.by_province),
        pace: pace(&counted.by_province),
        provinces,
        central,
        total,
    };
    report.figures = figures::figures(&report, &scenario.expected);
    report
}

/// The line of the centre, and one for each province.
fn lines(topology: &Topology, answer: &pb::GetReportResponse) -> (ProvinceLine, Vec<ProvinceLine>) {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for row in &answer.rows {
        sums.entry(row.province.as_str()).or_default().add_row(row);
    }
    for row in &answer.connections {
        sums.entry(row.province.as_str()).or_default().add_connection(row);
    }
    let mut central = Sum {
        is_central: true,
        ..Sum::default()
    };
    let mut provinces = Vec::new();
    for (code, sum) in sums {
        if sum.is_central {
            central.add(&sum);
        } else {
            let entry = code
                .parse::<AgencyCode>()
                .ok()
                .and_then(|code| topology.agency(&code).cloned());
            let name = entry.map_or(code.to_owned(), |entry| {
                entry
                    .name
                    .strip_prefix("Ủy ban nhân dân ")
                    .unwrap_or(&entry.name)
                    .to_owned()
            });
            provinces.push(sum.line(code.to_owned(), name));
        }
    }
    (central.line(String::new(), String::new()), provinces)
}

fn total(central: &ProvinceLine, provinces: &[ProvinceLine], answer: &pb::GetReportResponse) -> ProvinceLine {
    let mut sum = Sum::default();
    if let Some(row) = &answer.total {
        sum.add_row(row);
    }
    if let Some(before) = answer.year_before.as_ref().and_then(|row| row.counts.as_ref()) {
        sum.sent_year_before = before.sent;
    }
    let all = || provinces.iter().chain([central]);
    sum.agencies = all().map(|line| line.agencies).sum();
    sum.connected = all().map(|line| line.connected).sum();
    sum.portal_services = all().map(|line| line.portal_services).sum();
    sum.line(String::new(), String::new())
}

/// What is added up for a line.
#[derive(Clone, Debug, Default)]
struct Sum {
    is_central: bool,
    policy: Option<SigningPolicy>,
    agencies: u64,
    connected: u64,
    portal_services: u64,
    counts: pb::Counts,
    sent_year_before: u64,
}

impl Sum {
    fn add_row(&mut self, row: &pb::ReportRow) {
        if let Some(counts) = &row.counts {
            add_counts(&mut self.counts, counts);
        }
        self.sent_year_before += row.year_before.as_ref().map_or(0, |before| before.sent);
    }

    fn add_connection(&mut self, row: &pb::ConnectionRow) {
        let level = Level::try_from(row.level).ok();
        self.is_central |= level == Some(Level::Central);
        if level == Some(Level::Province) {
            self.policy = SigningPolicy::try_from(row.signing_policy).ok();
        }
        self.agencies += row.agencies;
        self.connected += row.connected;
        self.portal_services += row.portal_services;
    }

    fn add(&mut self, other: &Self) {
        self.agencies += other.agencies;
        self.connected += other.connected;
        self.portal_services += other.portal_services;
        self.sent_year_before += other.sent_year_before;
        add_counts(&mut self.counts, &other.counts);
    }

    fn line(&self, code: String, name: String) -> ProvinceLine {
        let counts = &self.counts;
        ProvinceLine {
            code,
            name,
            policy: self.policy,
            agencies: self.agencies,
            connected: self.connected,
            sent: counts.sent,
            received: counts.received,
            sent_year_before: self.sent_year_before,
            growth: growth(counts.sent, self.sent_year_before),
            electronic: percent(counts.sent_electronic, counts.sent),
            electronic_within: percent(
                counts.received_within_province_electronic,
                counts.received_within_province,
            ),
            signed: percent(counts.sent_signed, counts.sent),
            on_time: percent(counts.finished_on_time, counts.finished_with_due_date),
            with_due_date: counts.finished_with_due_date,
            portal_services: self.portal_services,
        }
    }
}

/// Adds what the lines are made of.
fn add_counts(sum: &mut pb::Counts, more: &pb::Counts) {
    sum.sent += more.sent;
    sum.received += more.received;
    sum.sent_electronic += more.sent_electronic;
    sum.sent_signed += more.sent_signed;
    sum.received_within_province += more.received_within_province;
    sum.received_within_province_electronic += more.received_within_province_electronic;
    sum.finished_with_due_date += more.finished_with_due_date;
    sum.finished_on_time += more.finished_on_time;
}

fn levels(counted: &Counted) -> Vec<LevelLine> {
    let line = |level: &Level| {
        let connections = || {
            counted
                .by_level
                .connections
                .iter()
                .filter(|row| row.level == level.wire())
        };
        let rows = || counted.by_level.rows.iter().filter(|row| row.level == level.wire());
        let counts = || rows().filter_map(|row| row.counts.as_ref());
        let agencies = connections().map(|row| row.agencies).sum();
        let reporting = connections().map(|row| row.reporting).sum();
        LevelLine {
            level: *level,
            agencies,
            connected: connections().map(|row| row.connected).sum(),
            reporting,
            reporting_percent: percent(reporting, agencies),
            sent: counts().map(|counts| counts.sent).sum(),
            received: counts().map(|counts| counts.received).sum(),
        }
    };
    Level::ALL
        .iter()
        .map(line)
        .filter(|line| line.agencies + line.sent + line.received > 0)
        .collect()
}

fn refusals(answer: &pb::GetReportResponse) -> Vec<RefusalLine> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for refusal in &answer.refusals {
        *counts.entry(refusal.reason.as_str()).or_default() += refusal.count;
    }
    counts
        .into_iter()
        .map(|(reason, count)| RefusalLine {
            reason: reason.to_owned(),
            count,
        })
        .collect()
}

fn pace(answer: &pb::GetReportResponse) -> Vec<PaceLine> {
    let of = |urgency: Urgency, stage: pb::PaceStage| {
        let row = answer
            .pace
            .iter()
            .find(|row| row.urgency == urgency.wire() && row.stage() == stage)?;
        let mean = row.mean.as_ref()?;
        Some((row.count, mean.seconds as f64 + f64::from(mean.nanos) / 1e9))
    };
    let line = |urgency: &Urgency| {
        let reached = of(*urgency, pb::PaceStage::Reached);
        PaceLine {
            urgency: *urgency,
            count: reached.map_or(0, |(count, _)| count),
            reached: reached.map(|(_, mean)| mean),
            accepted: of(*urgency, pb::PaceStage::Accepted).map(|(_, mean)| mean),
            finished: of(*urgency, pb::PaceStage::Finished).map(|(_, mean)| mean),
        }
    };
    Urgency::ALL
        .iter()
        .rev()
        .map(line)
        .filter(|line| line.count > 0)
        .collect()
}
