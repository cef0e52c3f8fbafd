//! The report (báo cáo thống kê): counts of a period, grouped as asked, beside those of a year before.
//!
//! Made from the counts, the directory and the mailboxes alone; no document is looked at but the oldest of a hundred
//! mailboxes.

mod now;
mod period;
mod rows;

use std::collections::BTreeMap;

use truc_document::Refusal;
use truc_proto::v1 as pb;

use self::{
    period::Period,
    rows::{Grouping, Table},
};
use super::{
    ProvinceIndex, State,
    statistics::{Pace, day_of},
};

/// What is asked for, checked.
struct Request {
    period: Period,
    grouping: Grouping,
    province: Option<ProvinceIndex>,
    /// Provinces that closed stand under who took over.
    by_successor: bool,
}

impl Request {
    /// The province that counts kept under one are told under.
    fn province_of(&self, state: &State, counted: ProvinceIndex) -> ProvinceIndex {
        if self.by_successor {
            state.directory.province_since(counted)
        } else {
            counted
        }
    }
}

/// Gives the counts that a request asks for. Rows come in the order of their provinces' names, levels and days; one that
/// counted something only a year before is there too, with zeros.
///
/// # Errors
/// `MALFORMED` with the field: a day that is none, a period that ends before it begins, a dimension that is unknown or
/// that the counts by agency don't have, a province that nobody counts under.
pub fn report(state: &State, request: &pb::GetReportRequest) -> Result<pb::GetReportResponse, Refusal> {
    let grouping = Grouping::of(&request.group_by)?;
    let mut period = Period::of(request, first_day(state), day_of(state.now))?;
    if grouping.by_agency() {
        period = period.in_whole_months();
    }
    let request = Request {
        province: province(state, &request.province)?,
        by_successor: request.province_basis == pb::ProvinceBasis::Successor as i32,
        grouping,
        period,
    };
    let table = Table::count(state, &request);
    let year_before = pb::ReportRow {
        counts: Some(table.total_before()),
        ..pb::ReportRow::default()
    };
    Ok(pb::GetReportResponse {
        rows: table.rows(state),
        total: Some(pb::ReportRow {
            counts: Some(table.total()),
            year_before: table.counted_before().then(|| table.total_before()),
            ..pb::ReportRow::default()
        }),
        refusals: refusals(state, &request),
        pace: pace(state, &request),
        connections: now::connections(state, request.province),
        mailboxes: now::mailboxes(state, request.province),
        position: state.position.0,
        year_before: Some(year_before),
    })
}

/// The first day on which anything was counted.
fn first_day(state: &State) -> Option<i32> {
    let statistics = &state.statistics;
    let cells = statistics.cells.first_key_value().map(|(cell, _)| cell.day);
    let refusals = statistics.refusals.first_key_value().map(|(key, _)| key.0);
    [cells, refusals].into_iter().flatten().min()
}

fn province(state: &State, name: &str) -> Result<Option<ProvinceIndex>, Refusal> {
    if name.is_empty() {
        return Ok(None);
    }
    let known = state.directory.provinces().iter().position(|province| province == name);
    let known = known.and_then(|index| ProvinceIndex::try_from(index).ok());
    let unknown = || {
        let message =
            format!("no agency counts under `{name}`; give the code of a province or a central agency, such as `H54`");
        period::malformed("province", message)
    };
    known.map(Some).ok_or_else(unknown)
}

fn refusals(state: &State, request: &Request) -> Vec<pb::RefusalCount> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let from = (request.period.from, 0, String::new());
    for ((day, province, reason), count) in state.statistics.refusals.range(from..) {
        if *day > request.period.to {
            break;
        }
        let province = request.province_of(state, *province);
        if request.province.is_none_or(|only| only == province) {
            *counts.entry((state.directory.province(province), reason)).or_default() += count;
        }
    }
    let told = |((province, reason), count): ((&str, &str), u64)| pb::RefusalCount {
        province: province.to_owned(),
        reason: reason.to_owned(),
        count,
    };
    counts.into_iter().map(told).collect()
}

fn pace(state: &State, request: &Request) -> Vec<pb::PaceRow> {
    let mut sums: BTreeMap<(u8, u8), Pace> = BTreeMap::new();
    for ((day, province, urgency, stage), pace) in state.statistics.pace.range((request.period.from, 0, 0, 0)..) {
        if *day > request.period.to {
            break;
        }
        if request
            .province
            .is_none_or(|only| only == request.province_of(state, *province))
        {
            let sum = sums.entry((*urgency, *stage)).or_default();
            sum.count += pace.count;
            sum.total_ms += pace.total_ms;
            sum.longest_ms = sum.longest_ms.max(pace.longest_ms);
        }
    }
    let told = |((urgency, stage), sum): ((u8, u8), Pace)| pb::PaceRow {
        urgency: i32::from(urgency),
        stage: i32::from(stage),
        count: sum.count,
        mean: Some(duration(sum.total_ms / sum.count.max(1))),
        longest: Some(duration(sum.longest_ms)),
    };
    sums.into_iter().map(told).collect()
}

fn duration(ms: u64) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(ms / 1000).unwrap_or(i64::MAX),
        nanos: (ms % 1000) as i32 * 1_000_000,
    }
}

#[cfg(test)]
mod tests;
