//! The task force's figures, each measured, with what was reported at the time beside it.

use truc_document::{Level, SigningPolicy};

use super::{FigureLine, Measured, ProvinceLine, Report, Scope, percent};
use crate::scenario::{Expected, Figure};

/// Lines in the order of the figures: those of all together, then what the scenario asks for by province and level.
pub(super) fn figures(report: &Report, expected: &[Expected]) -> Vec<FigureLine> {
    let mut lines = Vec::new();
    for figure in [
        Figure::ProvincesConnected,
        Figure::Levels,
        Figure::Growth,
        Figure::WhollyElectronic,
        Figure::PersonallySigned,
        Figure::OnTime,
        Figure::Reporting,
        Figure::PortalServices,
    ] {
        let asked = || expected.iter().filter(move |expected| expected.figure == figure);
        let scoped = asked().filter(|expected| expected.province.is_some() || expected.level.is_some());
        let of_all = asked().find(|expected| expected.province.is_none() && expected.level.is_none());
        // A figure that is only reported in parts is not summed up to one that nobody reported.
        if of_all.is_some() || !matches!(figure, Figure::Reporting | Figure::PortalServices) {
            lines.push(line(report, figure, None, of_all));
        }
        if figure == Figure::PersonallySigned {
            lines.extend(by_policy(report));
        }
        lines.extend(scoped.map(|expected| line(report, figure, Some(expected), Some(expected))));
    }
    lines
}

fn line(report: &Report, figure: Figure, scope: Option<&Expected>, expected: Option<&Expected>) -> FigureLine {
    let province = scope
        .and_then(|scope| scope.province.as_ref())
        .map(|code| code.0.as_str());
    let level = scope.and_then(|scope| scope.level).map(|level| level.0);
    let measured_line = match province {
        Some(code) => report.provinces.iter().find(|line| line.code == code),
        None => Some(&report.total),
    };
    let scope = match (province, level) {
        (Some(code), _) => Some(Scope::Province {
            code: code.to_owned(),
            name: measured_line.map_or(String::new(), |line| line.name.clone()),
        }),
        (None, Some(level)) => Some(Scope::Level(level)),
        (None, None) => None,
    };
    FigureLine {
        figure: name(figure).to_owned(),
        scope,
        measured: measured_line.and_then(|line| measured(report, figure, line, level)),
        reported: expected.map(|expected| expected.values.clone()).unwrap_or_default(),
        note: expected.and_then(|expected| expected.note.clone()),
    }
}

fn measured(report: &Report, figure: Figure, line: &ProvinceLine, level: Option<Level>) -> Option<Measured> {
    let share = |percent: Option<f64>, of| percent.map(|percent| Measured::Percent { percent, of });
    match figure {
        Figure::ProvincesConnected => {
            let connected = report.provinces.iter().filter(|line| line.connected > 0).count() as u64;
            Some(Measured::CountOf(connected, report.provinces.len() as u64))
        }
        Figure::Levels => Some(Measured::Count(
            report
                .levels
                .iter()
                .filter(|line| line.sent + line.received > 0)
                .count() as u64,
        )),
        Figure::Growth => share(line.growth, line.sent_year_before),
        Figure::WhollyElectronic => share(line.electronic, line.sent),
        Figure::PersonallySigned => share(line.signed, line.sent),
        Figure::OnTime => share(line.on_time, line.with_due_date),
        Figure::Reporting => {
            let of_level = report
                .levels
                .iter()
                .filter(|line| level.is_none_or(|level| line.level == level));
            let (reporting, agencies) = of_level.fold((0, 0), |(reporting, agencies), line| {
                (reporting + line.reporting, agencies + line.agencies)
            });
            share(percent(reporting, agencies), agencies)
        }
        Figure::PortalServices => Some(Measured::Count(line.portal_services)),
    }
}

/// Personally signed, for the provinces of each policy together.
fn by_policy(report: &Report) -> Vec<FigureLine> {
    let of_policy = |policy: &SigningPolicy| {
        let lines: Vec<&ProvinceLine> = report
            .provinces
            .iter()
            .filter(|line| line.policy == Some(*policy))
            .collect();
        let sent: u64 = lines.iter().map(|line| line.sent).sum();
        let signed: f64 = lines
            .iter()
            .filter_map(|line| Some(line.signed? * line.sent as f64))
            .sum();
        (!lines.is_empty()).then(|| FigureLine {
            figure: name(Figure::PersonallySigned).to_owned(),
            scope: Some(Scope::Policy {
                policy: *policy,
                provinces: lines.len(),
            }),
            measured: (sent > 0).then(|| Measured::Percent {
                percent: signed / sent as f64,
                of: sent,
            }),
            reported: Vec::new(),
            note: None,
        })
    };
    SigningPolicy::ALL.iter().filter_map(of_policy).collect()
}

/// As scenario files name it.
fn name(figure: Figure) -> &'static str {
    match figure {
        Figure::ProvincesConnected => "provinces-connected",
        Figure::Levels => "levels",
        Figure::Growth => "growth",
        Figure::WhollyElectronic => "wholly-electronic",
        Figure::PersonallySigned => "personally-signed",
        Figure::OnTime => "on-time",
        Figure::Reporting => "reporting",
        Figure::PortalServices => "portal-services",
    }
}
