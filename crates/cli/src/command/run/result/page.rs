//! `report.html`: one file that asks nobody for anything, to be sent to a colleague.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use truc_simulator::Language;

use super::{Latency, RunResult};

/// The page in one language.
pub(super) fn page(result: &RunResult, language: Language) -> String {
    let report = &result.report;
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing is fetched, whatever a title says.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (report.title) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { (report.title) }
                    p.quiet { (heading(result, language)) }
                    (tiles(result, language))
                }
                main {
                    (conservation(result, language))
                    (latency(&result.receipt_ms, language))
                    (PreEscaped(report.html(language)))
                    (journal(result, language))
                }
                footer.note { p { (footer(result, language)) } }
            }
        }
    };
    page.into_string()
}

/// One of two texts.
fn say<'a>(language: Language, vietnamese: &'a str, english: &'a str) -> &'a str {
    match language {
        Language::Vietnamese => vietnamese,
        Language::English => english,
    }
}

/// A number with the signs of the language: 1.234,5 and 1,234.5.
fn number(language: Language, value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let (group, point) = match language {
        Language::Vietnamese => ('.', ','),
        Language::English => (',', '.'),
    };
    let mut told = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            told.push(group);
        }
        told.push(digit);
    }
    if let Some(fraction) = fraction {
        told.push(point);
        told += fraction;
    }
    told
}

fn count(language: Language, value: u64) -> String {
    number(language, value as f64, 0)
}

fn milliseconds(language: Language, value: f64) -> String {
    format!("{} ms", number(language, value, if value < 100.0 { 1 } else { 0 }))
}

fn heading(result: &RunResult, language: Language) -> String {
    let (report, seed) = (&result.report, result.seed);
    match language {
        Language::Vietnamese => format!(
            "Hạt giống {seed} · từ {} đến {} · đếm từ nhật ký đến vị trí {}",
            report.from.strftime("%d/%m/%Y"),
            report.to.strftime("%d/%m/%Y"),
            count(language, report.position),
        ),
        Language::English => format!(
            "Seed {seed} · from {} to {} · counted from the journal up to position {}",
            report.from,
            report.to,
            count(language, report.position),
        ),
    }
}

fn tiles(result: &RunResult, language: Language) -> Markup {
    let verdict = |good| if good { "tile good" } else { "tile bad" };
    let clean = result.journal.as_ref().map(|journal| journal.is_clean());
    html! {
        div.tiles {
            div class=(verdict(result.conservation_holds)) {
                b { (if result.conservation_holds { say(language, "ĐẠT", "HOLDS") } else { say(language, "KHÔNG ĐẠT", "BROKEN") }) }
                span { (say(language, "bảo toàn: không mất, không lặp", "conservation: nothing lost, nothing twice")) }
            }
            @if let Some(clean) = clean {
                div class=(verdict(clean)) {
                    b { (if clean { say(language, "NGUYÊN VẸN", "WHOLE") } else { say(language, "KHÔNG NGUYÊN VẸN", "NOT WHOLE") }) }
                    span { (say(language, "nhật ký, chữ ký và số đếm lại", "journal, signatures and recount")) }
                }
            }
            @if result.unexpected_count > 0 {
                div.tile.bad {
                    b { (count(language, result.unexpected_count)) }
                    span { (say(language, "lần từ chối ngoài dự kiến", "unexpected refusals")) }
                }
            }
            div.tile {
                b { (count(language, result.accepted)) }
                span { (say(language, "văn bản được nhận trên ", "documents accepted of ")) (count(language, result.planned)) (say(language, " đã lập", " planned")) }
            }
            div.tile {
                b { (count(language, result.statuses)) }
                span { (say(language, "trạng thái được báo về", "statuses reported")) }
            }
            div.tile {
                b { (milliseconds(language, result.receipt_ms.p50)) }
                span { (say(language, "đến khi có biên nhận (p50)", "until the receipt (p50)")) }
            }
        }
        @if result.stopped {
            p.faults { (say(language, "Bị dừng giữa chừng.", "Stopped before its end.")) }
        }
    }
}

fn conservation(result: &RunResult, language: Language) -> Markup {
    let kept = &result.conservation;
    let parts = [
        ("delivered", say(language, "đã nhận", "delivered"), kept.delivered),
        (
            "refused",
            say(language, "nơi nhận từ chối", "refused by the receiver"),
            kept.refused,
        ),
        ("withdrawn", say(language, "rút lại", "withdrawn"), kept.withdrawn),
        ("waiting", say(language, "còn chờ", "waiting"), kept.waiting),
    ];
    let all = kept.accepted.max(1) as f64;
    let mut from = 0.0;
    let places: Vec<(&str, f64, f64)> = parts
        .iter()
        .map(|(class, _, part)| {
            let (at, width) = (from, *part as f64 * 100.0 / all);
            from += width;
            (*class, at, width)
        })
        .collect();
    html! {
        section {
            h2 { (say(language, "Bảo toàn", "Conservation")) }
            p {
                (count(language, kept.accepted)) " " (say(language, "lượt gửi theo biên nhận", "deliveries that receipts promise")) " = "
                @for (at, (_, name, part)) in parts.iter().enumerate() {
                    @if at > 0 { " + " }
                    (count(language, *part)) " " (name)
                }
                "; " (count(language, kept.lost)) " " (say(language, "mất", "lost"))
                ", " (count(language, kept.twice)) " " (say(language, "lặp", "twice")) "."
            }
            svg.stacked viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                @for (class, at, width) in &places {
                    rect class=(class) x=(format!("{at:.3}")) y="0" width=(format!("{width:.3}")) height="8" {}
                }
            }
            p.legend {
                @for (class, name, part) in &parts { span {
                    span class={ "key " (class) } {}
                    (name) " " (number(language, *part as f64 * 100.0 / all, 2)) " %"
                } }
            }
            @if !kept.faults.is_empty() || !result.unexpected.is_empty() {
                ul.faults {
                    @for fault in &kept.faults { li { (fault) } }
                    @for told in &result.unexpected {
                        li { (told.sender) " " code { (told.document_id) } ": " (told.call) ": " (told.cause) }
                    }
                }
            }
        }
    }
}

fn latency(latency: &Latency, language: Language) -> Markup {
    let Latency {
        p50,
        p90,
        p99,
        p999,
        longest,
    } = *latency;
    let rows = [
        ("p50", p50),
        ("p90", p90),
        ("p99", p99),
        ("p99.9", p999),
        (say(language, "lâu nhất", "longest"), longest),
    ];
    html! {
        section {
            h2 { (say(language, "Thời gian đến khi có biên nhận", "Time until the receipt")) }
            p.note { (say(
                language,
                "Từ lúc giao văn bản cho thư viện đến khi có biên nhận, giờ thực; cả lúc xếp hàng.",
                "From handing a document to the library to its receipt, wall time, with the time in the queue.",
            )) }
            div.chart { @for (name, value) in rows {
                @let width = if longest > 0.0 { value * 100.0 / longest } else { 0.0 };
                div.name { (name) }
                div.bars {
                    svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                        rect.sent x="0" y="0" height="8" width=(format!("{width:.2}")) {}
                    }
                }
                div.values { (milliseconds(language, value)) }
            } }
        }
    }
}

fn journal(result: &RunResult, language: Language) -> Markup {
    let Some(journal) = &result.journal else {
        return html! {};
    };
    html! {
        section {
            h2 { (say(language, "Nhật ký", "Journal")) }
            @if journal.is_clean() {
                p {
                    (count(language, journal.records)) " " (say(language, "bản ghi; đã kiểm tra lại chữ ký của", "records; signatures verified again of")) " "
                    (count(language, journal.signatures)) " " (say(language, "văn bản; thống kê khớp với số đếm lại.", "documents; the statistics equal the recount."))
                }
            } @else {
                ul.faults { @for finding in &journal.findings { li { (finding.position) ": " (finding.what) } } }
            }
        }
    }
}

fn footer(result: &RunResult, language: Language) -> Markup {
    let seconds = number(language, result.took_seconds, 1);
    html! {
        (say(language, "Chạy trong ", "Ran for ")) (seconds) (say(language, " giây. Chạy lại đúng như vậy: ", " s. The same again: "))
        code { "truc run … --seed " (result.seed) } ". "
        (say(language, "Trục mô phỏng ", "Trục, a simulator, ")) (env!("CARGO_PKG_VERSION")) "."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_does() {
        assert_eq!(number(Language::Vietnamese, 1_234_567.25, 1), "1.234.567,2");
        assert_eq!(number(Language::English, 1_234_567.25, 1), "1,234,567.2");
        assert_eq!(number(Language::English, 12.0, 0), "12");
        assert_eq!(number(Language::English, 123.0, 0), "123");
    }
}
