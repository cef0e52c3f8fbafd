//! What a run ends with: the task force's table, conservation, what the journal says, and how quick it was.

mod page;

use std::path::Path;

use serde::Serialize;
use truc_simulator::{
    Language, Report, RunOutcome,
    run::{Conservation, UnexpectedRefusal},
};

use crate::{
    command::verify_journal::Verified,
    exit::{Exit, Failure},
    files,
    output::{Lang, Output, Table, Words},
};

#[derive(Serialize)]
pub(super) struct RunResult {
    seed: u64,
    stopped: bool,
    took_seconds: f64,
    planned: u64,
    accepted: u64,
    refused: std::collections::BTreeMap<String, u64>,
    statuses: u64,
    receipt_ms: Latency,
    conservation_holds: bool,
    conservation: Conservation,
    unexpected: Vec<Unexpected>,
    unexpected_count: u64,
    /// Absent on a hub of others.
    journal: Option<Verified>,
    report: Report,
}

/// From handing a document to the agency library to its receipt, wall time.
#[derive(Serialize)]
struct Latency {
    p50: f64,
    p90: f64,
    p99: f64,
    p999: f64,
    longest: f64,
}

#[derive(Serialize)]
struct Unexpected {
    document_id: String,
    sender: String,
    call: String,
    cause: String,
}

impl RunResult {
    pub(super) fn new(report: Report, outcome: &RunOutcome, journal: Option<Verified>) -> Self {
        let ms = |micros: u64| micros as f64 / 1000.0;
        let latency = &outcome.receipt_latency;
        Self {
            seed: outcome.seed,
            stopped: outcome.stopped,
            took_seconds: outcome.took.as_secs_f64(),
            planned: outcome.planned,
            accepted: outcome.accepted,
            refused: outcome.refused.clone(),
            statuses: outcome.statuses,
            receipt_ms: Latency {
                p50: ms(latency.value_at_quantile(0.5)),
                p90: ms(latency.value_at_quantile(0.9)),
                p99: ms(latency.value_at_quantile(0.99)),
                p999: ms(latency.value_at_quantile(0.999)),
                longest: ms(latency.max()),
            },
            conservation_holds: outcome.conservation.holds(),
            conservation: outcome.conservation.clone(),
            unexpected: outcome.unexpected.iter().map(Unexpected::of).collect(),
            unexpected_count: outcome.unexpected_count,
            journal,
            report,
        }
    }

    /// Broken conservation tells before all else; an interrupted run has nothing more to be judged.
    pub(super) fn exit(&self) -> Exit {
        let journal_is_clean = self.journal.as_ref().is_none_or(Verified::is_clean);
        match () {
            () if !self.conservation_holds => Exit::Broken,
            () if !journal_is_clean => Exit::Failed,
            () if self.stopped => Exit::Interrupted,
            () if self.unexpected_count > 0 => Exit::Failed,
            () => Exit::Good,
        }
    }

    /// Writes `report.html`, `report.json` and `report.txt`.
    pub(super) fn write(&self, folder: &Path, output: &Output) -> Result<(), Failure> {
        files::make_folder(folder)?;
        files::write(
            &folder.join("report.json"),
            serde_json::to_vec_pretty(self).map_err(Failure::input)?,
        )?;
        files::write(&folder.join("report.html"), page::page(self, language(output.lang)))?;
        files::write(&folder.join("report.txt"), self.text(output, None))
    }

    pub(super) fn text(&self, output: &Output, width: Option<u16>) -> String {
        let mut text = self.report.render(language(output.lang), width);
        text.push('\n');
        text += &self.conservation_table(output);
        for fault in &self.conservation.faults {
            text += &format!("  ! {fault}\n");
        }
        for unexpected in &self.unexpected {
            let Unexpected {
                document_id,
                sender,
                call,
                cause,
            } = unexpected;
            text += &format!("  ! {sender} {document_id}: {call}: {cause}\n");
        }
        text += &self.journal_line(output.lang);
        let Self {
            seed,
            took_seconds,
            planned,
            accepted,
            statuses,
            ..
        } = self;
        let Latency { p50, p99, longest, .. } = self.receipt_ms;
        text += &match output.lang {
            Lang::Vi => format!(
                "{accepted} văn bản được nhận trên {planned} đã lập, {statuses} trạng thái, trong {took_seconds:.1} giây; biên nhận \
                 sau {p50:.1} ms (p50), {p99:.1} ms (p99), lâu nhất {longest:.0} ms. Chạy lại đúng như vậy: --seed {seed}\n"
            ),
            Lang::En => format!(
                "{accepted} documents accepted of {planned} planned, {statuses} statuses, in {took_seconds:.1} s; receipts after \
                 {p50:.1} ms (p50), {p99:.1} ms (p99), {longest:.0} ms (longest). The same again: --seed {seed}\n"
            ),
        };
        if self.stopped {
            text += output.words(Words("Bị dừng giữa chừng.\n", "Stopped before its end.\n"));
        }
        text
    }

    fn conservation_table(&self, output: &Output) -> String {
        let heads = [
            Words("Bảo toàn", "Conservation"),
            Words("Lượt gửi", "Deliveries"),
            Words("Đã nhận", "Delivered"),
            Words("Từ chối", "Refused"),
            Words("Rút lại", "Withdrawn"),
            Words("Còn chờ", "Waiting"),
            Words("Mất", "Lost"),
            Words("Lặp", "Twice"),
        ];
        let kept = &self.conservation;
        let mut table = Table::new(output.lang, &heads);
        table.right(1..heads.len());
        let verdict = match self.conservation_holds {
            true => Words("ĐẠT", "HOLDS"),
            false => Words("KHÔNG ĐẠT", "BROKEN"),
        };
        let counts = [
            kept.accepted,
            kept.delivered,
            kept.refused,
            kept.withdrawn,
            kept.waiting,
            kept.lost,
            kept.twice,
        ];
        table.row(
            [output.words(verdict).to_owned()]
                .into_iter()
                .chain(counts.map(|count| count.to_string())),
        );
        table.text()
    }

    fn journal_line(&self, lang: Lang) -> String {
        let Some(journal) = &self.journal else {
            return String::new();
        };
        let mut text = match (lang, journal.is_clean()) {
            (Lang::Vi, true) => format!(
                "Nhật ký nguyên vẹn: {} bản ghi, {} văn bản đã kiểm tra lại chữ ký; thống kê khớp với số đếm lại.\n",
                journal.records, journal.signatures
            ),
            (Lang::En, true) => format!(
                "The journal is whole: {} records, signatures of {} documents verified again; the statistics equal the recount.\n",
                journal.records, journal.signatures
            ),
            (Lang::Vi, false) => "Nhật ký KHÔNG nguyên vẹn:\n".to_owned(),
            (Lang::En, false) => "The journal is NOT whole:\n".to_owned(),
        };
        for finding in &journal.findings {
            text += &format!("  ! {}: {}\n", finding.position, finding.what);
        }
        text
    }
}

fn language(lang: Lang) -> Language {
    match lang {
        Lang::Vi => Language::Vietnamese,
        Lang::En => Language::English,
    }
}

impl Unexpected {
    fn of(refusal: &UnexpectedRefusal) -> Self {
        Self {
            document_id: refusal.document_id.to_string(),
            sender: refusal.sender.to_string(),
            call: refusal.call.clone(),
            cause: refusal.cause.clone(),
        }
    }
}

/// Columns of the terminal; absent where stdout is none, so that nothing is folded.
pub(super) fn terminal_width() -> Option<u16> {
    use std::io::IsTerminal as _;
    if !std::io::stdout().is_terminal() {
        return None;
    }
    comfy_table::Table::new().width()
}
