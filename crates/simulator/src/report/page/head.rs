//! What one reads first: whether all is well, and the figures that matter most.

use maud::{Markup, html};

use super::parts::{tile, verdict};
use crate::report::{Language, RunReport};

pub(super) fn head(run: &RunReport, language: Language) -> Markup {
    html! {
        header {
            p.kicker { (language.say("Trục liên thông văn bản quốc gia · mô phỏng", "National document interconnection axis · simulation")) }
            h1 { (run.scenario.title) }
            p.quiet { (about(run, language)) }
            p class={ "verdict " (verdict(run.is_good())) } { (conclusion(run, language)) }
            (tiles(run, language))
        }
    }
}

fn about(run: &RunReport, language: Language) -> String {
    let (from, to) = (language.day(run.report.from), language.day(run.report.to));
    let (seed, position) = (run.seed, language.count(run.report.position));
    match language {
        Language::Vietnamese => {
            format!("Kỳ báo cáo từ {from} đến {to} · Hạt giống {seed} · đếm từ nhật ký đến vị trí {position}")
        }
        Language::English => {
            format!("Period from {from} to {to} · Seed {seed} · counted from the journal up to position {position}")
        }
    }
}

/// One sentence that says how it went.
fn conclusion(run: &RunReport, language: Language) -> String {
    let mut faults = Vec::new();
    if !run.conservation_holds {
        faults.push(language.say("bảo toàn KHÔNG ĐẠT", "conservation is BROKEN").to_owned());
    }
    if run.journal.as_ref().is_some_and(|journal| !journal.clean) {
        faults.push(
            language
                .say("nhật ký KHÔNG NGUYÊN VẸN", "the journal is NOT WHOLE")
                .to_owned(),
        );
    }
    let missed = run.missed();
    if missed > 0 {
        faults.push(match language {
            Language::Vietnamese => format!("{missed} ngưỡng không đạt"),
            Language::English => format!("thresholds missed: {missed}"),
        });
    }
    if run.unexpected_count > 0 {
        let count = language.count(run.unexpected_count);
        faults.push(match language {
            Language::Vietnamese => format!("{count} lần từ chối ngoài dự kiến"),
            Language::English => format!("unexpected refusals: {count}"),
        });
    }
    if run.stopped {
        faults.push(language.say("bị dừng giữa chừng", "stopped before its end").to_owned());
    }
    let deliveries = language.count(run.conservation.accepted);
    if faults.is_empty() {
        return match language {
            Language::Vietnamese => format!(
                "Đạt. Không mất, không lặp: {deliveries} lượt gửi đều đến đúng một lần hoặc được rút lại theo quy trình."
            ),
            Language::English => {
                format!(
                    "Good. Nothing lost, nothing twice: all {deliveries} deliveries arrived once or were withdrawn by the rules."
                )
            }
        };
    }
    format!("{} {}.", language.say("Chưa đạt:", "Not good:"), faults.join("; "))
}

fn tiles(run: &RunReport, language: Language) -> Markup {
    let planned = match language {
        Language::Vietnamese => format!("văn bản được nhận trên {} đã lập", language.count(run.planned)),
        Language::English => format!("documents accepted of {} planned", language.count(run.planned)),
    };
    let delivered = run.conservation.delivered + run.conservation.refused;
    let percent = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| language.percent(share));
    let total = &run.report.total;
    html! {
        div.tiles {
            (tile(verdict(run.conservation_holds), if run.conservation_holds { language.say("ĐẠT", "HOLDS") } else { language.say("KHÔNG ĐẠT", "BROKEN") }, language.say("bảo toàn: không mất, không lặp", "conservation: nothing lost, nothing twice")))
            @if let Some(journal) = &run.journal {
                (tile(verdict(journal.clean), if journal.clean { language.say("NGUYÊN VẸN", "WHOLE") } else { language.say("KHÔNG NGUYÊN VẸN", "NOT WHOLE") }, language.say("nhật ký, chữ ký và số đếm lại", "journal, signatures and recount")))
            }
            @if !run.thresholds.is_empty() {
                @let met = run.thresholds.len() - run.missed();
                (tile(verdict(run.missed() == 0), &format!("{met}/{}", run.thresholds.len()), language.say("ngưỡng đạt", "thresholds met")))
            }
            (tile("", &language.count(run.accepted), &planned))
            (tile("", &language.count(delivered), language.say("lượt văn bản đến nơi nhận", "deliveries taken by receivers")))
            (tile("", &format!("{}/{}", language.count(total.connected), language.count(total.agencies)), language.say("cơ quan đã kết nối", "agencies connected")))
            (tile("", &language.count(run.statuses), language.say("trạng thái được báo về", "statuses reported")))
            (tile("", &percent(total.electronic), language.say("gửi hoàn toàn điện tử", "sent wholly electronic")))
            (tile("", &percent(total.on_time), language.say("giải quyết đúng hạn", "finished by the due date")))
            (tile("", &format!("{}/{}", language.digits(run.receipts_per_second), language.say("giây", "s")), language.say("biên nhận, tính cả đợt chạy", "receipts, over the whole run")))
            (tile("", &language.milliseconds(run.receipt_ms.p99), language.say("đến khi có biên nhận (p99)", "until the receipt (p99)")))
        }
    }
}

pub(super) fn thresholds(run: &RunReport, language: Language) -> Markup {
    if run.thresholds.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { (language.say("Ngưỡng của kịch bản", "Thresholds of the scenario")) }
            div.scroll { table {
                thead { tr {
                    th { (language.say("Kết quả", "Result")) }
                    th { (language.say("Chỉ số", "Figure")) }
                    th.number { (language.say("Yêu cầu", "Wanted")) }
                    th.number { (language.say("Đo được", "Measured")) }
                } }
                tbody { @for threshold in &run.thresholds { tr {
                    td { span class={ "badge " (verdict(threshold.met)) } { (if threshold.met { language.say("Đạt", "Met") } else { language.say("Không đạt", "Missed") }) } }
                    td { code { (threshold.name) } }
                    td.number { (threshold.wanted) }
                    td.number { (threshold.measured.as_deref().unwrap_or("–")) }
                } } }
            } }
        }
    }
}
