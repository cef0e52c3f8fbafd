//! What a replay ends with.

use std::collections::BTreeMap;

use serde::Serialize;
use truc_simulator::trace::Replayed;

use crate::{
    command::verify_journal::Verified,
    exit::Failure,
    output::{Output, Table, Words},
    say,
};

#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    replayed: &'a Replayed,
    /// Its own hub's journal; absent for a given hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal_clean: Option<bool>,
}

/// Prints the counts, and on stderr the first of the refusals that nothing explains.
pub(super) fn print(replayed: &Replayed, journal: Option<&Verified>, output: &Output) -> Result<(), Failure> {
    let printed = Printed {
        replayed,
        journal_clean: journal.map(Verified::is_clean),
    };
    output.data(&printed, || table(&printed, output))?;
    for refusal in &replayed.unexpected {
        let document = refusal.document_id.map(|id| format!(" `{id}`")).unwrap_or_default();
        output.complain(&format!(
            "line {}: {}{document} by `{}`: {}",
            refusal.line, refusal.call, *refusal.agency, refusal.cause
        ));
    }
    let untold = replayed
        .unexpected_count()
        .saturating_sub(replayed.unexpected.len() as u64);
    if untold > 0 {
        output.complain(&format!("and {untold} more"));
    }
    Ok(())
}

fn table(printed: &Printed<'_>, output: &Output) -> String {
    let replayed = printed.replayed;
    let mut table = Table::pairs(output.lang);
    table.pair(
        Words("Văn bản đã gửi", "Documents sent"),
        replayed.documents.to_string(),
    );
    table.pair(Words("Được nhận", "Accepted"), replayed.accepted.to_string());
    table.pair(
        Words("Văn bản đã nhận về", "Documents taken"),
        replayed.taken.to_string(),
    );
    table.pair(
        Words("Thông báo đã nhận về", "Statuses and notices taken"),
        replayed.words_taken.to_string(),
    );
    table.pair(
        Words("Trạng thái đã báo", "Statuses reported"),
        replayed.statuses.to_string(),
    );
    let mut some = |words, count: u64| {
        if count > 0 {
            table.pair(words, count.to_string());
        }
    };
    some(
        Words(
            "Thông báo không có trong hộp thư",
            "Statuses and notices that were not there",
        ),
        replayed.words_missing,
    );
    some(
        Words(
            "Bỏ qua vì văn bản bị từ chối",
            "Left out, as their document was refused",
        ),
        replayed.skipped,
    );
    for (words, refused) in [
        (
            Words("Bị từ chối do sự cố giả lập", "Refused by faults"),
            &replayed.refused_by_fault,
        ),
        (
            Words("Bị từ chối ngoài dự kiến", "Refused unexpectedly"),
            &replayed.refused_unexpectedly,
        ),
        (
            Words(
                "Bị từ chối khi ghi, không gửi lại",
                "Refused when recorded, not sent again",
            ),
            &replayed.refused_when_recorded,
        ),
    ] {
        if !refused.is_empty() {
            table.pair(words, by_reason(refused));
        }
    }
    if let Some(late) = replayed.lateness {
        table.pair(
            Words("Chậm so với lịch (p50 / p99 / tối đa)", "Late (p50 / p99 / at most)"),
            format!("{:.1} / {:.1} / {:.1} ms", late.p50_ms, late.p99_ms, late.max_ms),
        );
    }
    if let Some((from, to)) = replayed.hub_time {
        table.pair(
            Words("Giờ của trục", "Hub time"),
            format!("{} – {}", say::time(from), say::time(to)),
        );
    }
    table.pair(Words("Trong", "Took"), format!("{:.1} s", replayed.took_seconds));
    if let Some(clean) = printed.journal_clean {
        let words = match clean {
            true => Words("nguyên vẹn", "clean"),
            false => Words("có sai sót", "not clean"),
        };
        table.pair(Words("Nhật ký", "Journal"), output.words(words));
    }
    if replayed.stopped {
        table.pair(
            Words("Đã dừng trước khi hết vết", "Stopped before its end"),
            output.words(Words("có", "yes")),
        );
    }
    table.text()
}

/// `SEAL_INVALID 3, OVERLOADED 1`
fn by_reason(refused: &BTreeMap<String, u64>) -> String {
    let told: Vec<_> = refused
        .iter()
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    told.join(", ")
}
