//! The table of figures, on the terminal and in `docs/benchmarks.md`.

use std::{fmt::Write as _, path::Path, time::Duration};

use super::{Measured, vxp::Outcome};
use crate::exit::Failure;

/// Where the notes begin that are written by hand: kept when the table is made anew.
const NOTES: &str = "## Notes";

/// One row.
pub(crate) struct Figure {
    what: String,
    measured: String,
    target: String,
    met: bool,
}

impl Figure {
    fn row(what: impl Into<String>, measured: String, target: impl Into<String>, met: bool) -> Self {
        Self {
            what: what.into(),
            measured,
            target: target.into(),
            met,
        }
    }

    pub(super) fn document(what: &str, measured: &Measured, target: f64) -> Self {
        let ratio = measured.cpu_us / measured.floor_us;
        let rate = measured.outcome.documents as f64 / measured.outcome.took.as_secs_f64();
        let text = format!(
            "{ratio:.2} × ({:.0} of {:.0} µs; {rate:.0}/s)",
            measured.cpu_us, measured.floor_us
        );
        Self::row(what, text, format!("≤ {target} × floor"), ratio <= target)
    }

    /// The cost of a document beside what it costs with few agencies and an empty journal.
    pub(super) fn flat(what: &str, measured: &Measured, small: &Measured) -> Self {
        let relative = |one: &Measured| one.cpu_us / one.floor_us;
        let ratio = relative(measured) / relative(small);
        let text = format!("{ratio:.2} × ({:.0} of {:.0} µs)", measured.cpu_us, measured.floor_us);
        Self::row(what, text, "≤ 1.15 × that of 10 agencies, empty journal", ratio <= 1.15)
    }

    pub(super) fn large(mib: f64, more: f64) -> Self {
        let what = format!("hub memory for an attachment of {mib:.0} MiB, up and down");
        Self::row(what, format!("{more:.0} MiB more"), "< 32 MiB", more < 32.0)
    }

    pub(super) fn recipient(cpu_us: f64) -> Self {
        Self::row(
            "one more recipient, delivered and acknowledged",
            format!("{cpu_us:.1} µs"),
            "≤ 12 µs",
            cpu_us <= 12.0,
        )
    }

    pub(super) fn latency(measured: &Measured, rate: f64) -> Vec<Self> {
        let receipts = &measured.outcome.receipt_us;
        let ms = |micros: u64| micros as f64 / 1000.0;
        let row = |what: &str, micros: u64, target: f64| {
            let what = format!("receipt at half load ({rate:.0}/s), {what}");
            Self::row(
                what,
                format!("{:.2} ms", ms(micros)),
                format!("< {target} ms"),
                ms(micros) < target,
            )
        };
        vec![
            row("p50", receipts.value_at_quantile(0.5), 2.0),
            row("p99", receipts.value_at_quantile(0.99), 10.0),
            row("worst", receipts.max(), 100.0),
        ]
    }

    pub(super) fn gateway(outcome: &Outcome) -> Vec<Self> {
        let Outcome {
            packages,
            took,
            gateway_us,
            hub_us,
            grpc_us,
        } = outcome;
        let beyond = gateway_us + hub_us - grpc_us;
        let rate = *packages as f64 / took.as_secs_f64();
        vec![
            Self::row(
                "VXP: a package of 20 KiB sent, got and updated, CPU beyond the hub's own for it over gRPC",
                format!("{beyond:.0} µs (gateway {gateway_us:.0}, hub {hub_us:.0}, less {grpc_us:.0})"),
                "≤ 250 µs",
                beyond <= 250.0,
            ),
            Self::row(
                "VXP: the same, with client, gateway and hub on the same cores",
                format!("{rate:.0}/s"),
                "≥ 500/s",
                rate >= 500.0,
            ),
        ]
    }

    pub(super) fn at_rest(mib: f64) -> Self {
        Self::row("hub memory at rest", format!("{mib:.0} MiB"), "< 64 MiB", mib < 64.0)
    }

    pub(super) fn loaded(mib: f64, documents: usize) -> Self {
        let what = format!("hub memory at full load, {documents} documents, peak");
        Self::row(what, format!("{mib:.0} MiB"), "< 400 MiB", mib < 400.0)
    }

    /// Every agency of the country with its mailbox open.
    pub(super) fn nation(agencies: usize, took: Duration, hub_mib: f64, agencies_mib: f64) -> Vec<Self> {
        let memory = |what: &str, mib: f64| {
            let what = format!("{agencies} agencies of vietnam-63 connected and idle: memory of the {what}");
            Self::row(what, format!("{mib:.0} MiB"), "< 400 MiB", mib < 400.0)
        };
        vec![
            Self::row(
                format!("{agencies} agencies of vietnam-63: from nothing until each has received a document"),
                format!("{:.2} s", took.as_secs_f64()),
                "< 10 s",
                took < Duration::from_secs(10),
            ),
            memory("hub", hub_mib),
            memory("agencies' process", agencies_mib),
        ]
    }

    pub(super) fn ready(took: Duration) -> Self {
        Self::row(
            "ready from nothing",
            format!("{:.2} s", took.as_secs_f64()),
            "< 1 s",
            took < Duration::from_secs(1),
        )
    }

    pub(super) fn restarted(took: Duration, documents: usize) -> Self {
        let what = format!("ready after kill -9, {documents} documents");
        Self::row(
            what,
            format!("{:.2} s", took.as_secs_f64()),
            "< 2 s",
            took < Duration::from_secs(2),
        )
    }
}

/// The table.
pub(super) fn render(figures: &[Figure]) -> String {
    let mut table = "| what | measured | target | |\n| --- | --- | --- | --- |\n".to_owned();
    for Figure {
        what,
        measured,
        target,
        met,
    } in figures
    {
        let written = writeln!(
            table,
            "| {what} | {measured} | {target} | {} |",
            if *met { "met" } else { "not met" }
        );
        debug_assert!(written.is_ok(), "writing to a string does not fail");
    }
    table
}

/// The page: the table made anew, the notes as they were.
pub(super) fn page(figures: &[Figure], path: &Path) -> Result<String, Failure> {
    let old = if path.exists() {
        std::fs::read_to_string(path).map_err(Failure::input)?
    } else {
        String::new()
    };
    let notes = old.find(NOTES).map_or("", |at| &old[at..]);
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!(
        "# Benchmarks\n\nMade by `make bench` on {day}, {cores} cores, load generator and hub on the same machine. CPU is user \
         and system time of the hub's process. The floor is two strict Ed25519 verifications and SHA-256 of 2 KiB, CPU \
         time on all cores at once, measured right before and after each load: the ratio holds where the machine is shared.\n\n{}\n{notes}",
        render(figures)
    ))
}
