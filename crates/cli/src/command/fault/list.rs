//! `truc fault list`.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::{FaultAction, InjectedFault};

use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
    say,
};

/// Lists faults in the order in which they are asked: the first that says yes decides.
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    hub: HubOptions,
}

/// A fault, for people and programs.
#[derive(Serialize)]
pub(super) struct Shown {
    name: String,
    step: &'static str,
    action: &'static str,
    /// How: the delay, the reason, the part, the skew, the holder.
    value: Option<String>,
    agencies: Vec<String>,
    provinces: Vec<String>,
    levels: Vec<&'static str>,
    types: Vec<&'static str>,
    urgencies: Vec<&'static str>,
    probability: f64,
    count: Option<u32>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    seed: u64,
    matched: u64,
    applied: u64,
}

impl List {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let faults = self.hub.operator().await?.faults().await?;
        let shown: Vec<Shown> = faults.iter().map(Shown::of).collect();
        output.data(&shown, || table(&faults, &shown, output))?;
        Ok(Exit::Good)
    }
}

impl Shown {
    pub(super) fn of(injected: &InjectedFault) -> Self {
        let (fault, whom) = (&injected.fault, &injected.fault.whom);
        let text = |codes: &[truc_document::AgencyCode]| codes.iter().map(ToString::to_string).collect();
        Self {
            name: fault.name.clone(),
            step: fault.step.token(),
            action: fault.action.kind().token(),
            value: value(&fault.action),
            agencies: text(&whom.agencies),
            provinces: text(&whom.provinces),
            levels: whom.levels.iter().map(|level| level.token()).collect(),
            types: whom.document_types.iter().map(|kind| kind.token()).collect(),
            urgencies: whom.urgencies.iter().map(|urgency| urgency.token()).collect(),
            probability: fault.probability,
            count: fault.count,
            from: fault.from,
            until: fault.until,
            seed: fault.seed,
            matched: injected.matched,
            applied: injected.applied,
        }
    }
}

fn value(action: &FaultAction) -> Option<String> {
    match action {
        FaultAction::Delay(delay) => Some(delay.to_string()),
        FaultAction::Refuse { reason, .. } => Some(reason.to_string()),
        FaultAction::Corrupt(part) => Some(part.to_string()),
        FaultAction::ClockSkew(ahead) => Some(format!("{ahead:#}")),
        FaultAction::Revoked(holder) | FaultAction::Expired(holder) => Some(holder.to_string()),
        FaultAction::Drop
        | FaultAction::Twice
        | FaultAction::Reorder
        | FaultAction::Cut
        | FaultAction::StaleDirectory => None,
    }
}

fn table(faults: &[InjectedFault], shown: &[Shown], output: &Output) -> String {
    let heads = [
        Words("Tên", "Name"),
        Words("Bước", "Step"),
        Words("Sự cố", "Fault"),
        Words("Với ai", "Whom"),
        Words("Xác suất", "Probability"),
        Words("Thời gian", "Period"),
        Words("Hỏi", "Matched"),
        Words("Xảy ra", "Applied"),
    ];
    let mut table = Table::new(output.lang, &heads);
    for (injected, shown) in faults.iter().zip(shown) {
        let fault = &injected.fault;
        let kind = say::word!(fault.action.kind(), output.lang);
        let mut applied = shown.applied.to_string();
        if let Some(count) = shown.count {
            applied = format!("{applied}/{count}");
        }
        let mut whom: Vec<String> = [&shown.provinces[..], &shown.agencies[..]].concat();
        let whose = &fault.whom;
        whom.extend(whose.levels.iter().map(|level| say::word!(level, output.lang)));
        whom.extend(whose.document_types.iter().map(|kind| say::word!(kind, output.lang)));
        whom.extend(whose.urgencies.iter().map(|urgency| say::word!(urgency, output.lang)));
        table.row([
            shown.name.clone(),
            say::word!(fault.step, output.lang),
            match &shown.value {
                Some(value) => format!("{kind} {value}"),
                None => kind,
            },
            whom.join(", "),
            shown.probability.to_string(),
            period(shown.from, shown.until),
            shown.matched.to_string(),
            applied,
        ]);
    }
    table.text()
}

fn period(from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    match (from, until) {
        (None, None) => String::new(),
        (from, until) => {
            let time = |at: Option<Timestamp>| at.map(say::time).unwrap_or_default();
            format!("{} – {}", time(from), time(until))
        }
    }
}
