//! The report as a part of an HTML page: tables, and bars that are drawn in the page itself.

use maud::{Markup, html};
use truc_document::{Level, Reason};

use super::{
    Language, ProvinceLine, Report,
    render::{SOURCE, growth_text, level_name, measured_text, reported, scope},
};

/// The sections; the page around them has the styles.
pub(super) fn html(report: &Report, language: Language) -> Markup {
    html! {
        (figures(report, language))
        (provinces(report, language))
        (levels(report, language))
        @if !report.pace.is_empty() { (pace(report, language)) }
        (refusals(report, language))
        p.note { (language.say(SOURCE.0, SOURCE.1)) }
    }
}

/// A bar of `value` on a scale that ends with `most`; its number stands beside it as text, so it is hidden from readers.
fn bar(class: &str, value: f64, most: f64) -> Markup {
    let width = if most > 0.0 { value * 100.0 / most } else { 0.0 };
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect class=(class) x="0" y="0" height="8" width=(format!("{width:.2}")) {}
        }
    }
}

fn figures(report: &Report, language: Language) -> Markup {
    html! {
        section {
            h2 { (language.say("Chỉ tiêu của tổ công tác", "The task force's figures")) }
            div.scroll { table {
                thead { tr {
                    th { (language.say("Chỉ tiêu", "Figure")) }
                    th { (language.say("Phạm vi", "Scope")) }
                    th.number { (language.say("Đo được", "Measured")) }
                    th.number { (language.say("Báo cáo 2020", "Reported in 2020")) }
                    th { (language.say("Ghi chú", "Note")) }
                } }
                tbody { @for line in &report.figures { tr {
                    td { (language.figure(line.figure)) }
                    td { (scope(line.scope.as_ref(), language)) }
                    td.number { (line.measured.map_or("–".to_owned(), |measured| measured_text(measured, language))) }
                    td.number { (reported(line, language)) }
                    td.quiet { (line.note.as_deref().unwrap_or_default()) }
                } } }
            } }
        }
    }
}

fn provinces(report: &Report, language: Language) -> Markup {
    let lines = || report.provinces.iter().chain([&report.central]);
    let most = lines().map(|line| line.sent.max(line.received)).max().unwrap_or(0) as f64;
    html! {
        section {
            h2 { (language.say("Theo tỉnh", "By province")) }
            p.legend {
                span { span.key.sent {} (language.say("văn bản gửi", "documents sent")) }
                span { span.key.received {} (language.say("lượt nhận", "deliveries received")) }
            }
            div.chart { @for line in lines() {
                div.name { (name(line, report, language)) }
                div.bars {
                    (bar("sent", line.sent as f64, most))
                    (bar("received", line.received as f64, most))
                }
                div.values { div { (line.sent) } div { (line.received) } }
            } }
            div.scroll { table {
                thead { tr {
                    th { (language.say("Tỉnh", "Province")) }
                    th { (language.say("Mã", "Code")) }
                    th { (language.say("Ký số cá nhân", "Signing")) }
                    th.number { (language.say("Kết nối", "Connected")) }
                    th.number { (language.say("Gửi", "Sent")) }
                    th.number { (language.say("Nhận", "Received")) }
                    th.number { (language.say("So cùng kỳ", "Growth")) }
                    th.number { (language.say("Điện tử", "Electronic")) }
                    th.number { (language.say("Trong tỉnh", "Within")) }
                    th.number { (language.say("Đã ký số", "Signed")) }
                    th.number { (language.say("Đúng hạn", "On time")) }
                } }
                tbody { @for line in lines() { (province(line, report, language)) } }
                tfoot { (province(&report.total, report, language)) }
            } }
        }
    }
}

fn name<'a>(line: &'a ProvinceLine, report: &Report, language: Language) -> &'a str {
    if std::ptr::eq(line, &report.central) {
        language.say("Trung ương", "Central agencies")
    } else if std::ptr::eq(line, &report.total) {
        language.say("Tổng", "Total")
    } else {
        &line.name
    }
}

fn province(line: &ProvinceLine, report: &Report, language: Language) -> Markup {
    let share = |percent: Option<f64>| percent.map_or("–".to_owned(), |percent| language.percent(percent));
    let policy = line
        .policy
        .map(|policy| language.say(policy.vietnamese(), policy.token()).to_owned());
    html! { tr {
        td { (name(line, report, language)) }
        td.quiet { (line.code) }
        td { (policy.unwrap_or_else(|| "–".to_owned())) }
        td.number { (line.connected) "/" (line.agencies) }
        td.number { (line.sent) }
        td.number { (line.received) }
        td.number { (line.growth.map_or("–".to_owned(), |growth| growth_text(growth, language))) }
        td.number { (share(line.electronic)) }
        td.number { (share(line.electronic_within)) }
        td.number { (share(line.signed)) }
        td.number { (share(line.on_time)) }
    } }
}

fn levels(report: &Report, language: Language) -> Markup {
    html! {
        section {
            h2 { (language.say("Theo cấp", "By level")) }
            div.scroll { table {
                thead { tr {
                    th { (language.say("Cấp", "Level")) }
                    th.number { (language.say("Cơ quan", "Agencies")) }
                    th.number { (language.say("Kết nối", "Connected")) }
                    th.number { (language.say("Hệ thống báo cáo", "Reporting system")) }
                    th.number { (language.say("Gửi", "Sent")) }
                    th.number { (language.say("Nhận", "Received")) }
                } }
                tbody { @for line in &report.levels { tr {
                    td { (level_name(line.level, language)) }
                    td.number { (line.agencies) }
                    td.number { (line.connected) }
                    td.number { @match line.reporting_percent {
                        Some(percent) if line.level != Level::Central => {
                            (line.reporting) " (" (language.percent(percent)) ")"
                        }
                        _ => { "–" }
                    } }
                    td.number { (line.sent) }
                    td.number { (line.received) }
                } } }
            } }
        }
    }
}

fn pace(report: &Report, language: Language) -> Markup {
    html! {
        section {
            h2 { (language.say("Thời gian xử lý, theo độ khẩn", "How quickly, by urgency")) }
            p.note { (language.say(
                "Trung bình từ lúc trục nhận văn bản, giờ của trục.",
                "Mean time from the hub's acceptance, hub time.",
            )) }
            div.scroll { table {
                thead { tr {
                    th { (language.say("Độ khẩn", "Urgency")) }
                    th.number { (language.say("Lượt nhận", "Deliveries")) }
                    th.number { (language.say("Đến (01)", "Reached (01)")) }
                    th.number { (language.say("Tiếp nhận (03)", "Accepted (03)")) }
                    th.number { (language.say("Hoàn thành (06)", "Finished (06)")) }
                } }
                tbody { @for line in &report.pace { tr {
                    td { (language.say(line.urgency.vietnamese(), line.urgency.token())) }
                    td.number { (line.count) }
                    td.number { (language.length(line.reached)) }
                    td.number { (language.length(line.accepted)) }
                    td.number { (language.length(line.finished)) }
                } } }
            } }
        }
    }
}

fn refusals(report: &Report, language: Language) -> Markup {
    let most = report.refusals.iter().map(|line| line.count).max().unwrap_or(0) as f64;
    let remedy = |reason: &str| {
        let reason: Option<Reason> = reason.parse().ok();
        reason.map_or("", |reason| language.say(reason.remedy_vi(), reason.remedy_en()))
    };
    html! {
        section {
            h2 { (language.say("Trục đã từ chối", "Refused by the hub")) }
            @if report.refusals.is_empty() {
                p { (language.say("Không có.", "Nothing.")) }
            } @else {
                div.scroll { table {
                    thead { tr {
                        th { (language.say("Lý do", "Reason")) }
                        th.number { (language.say("Số lần", "Count")) }
                        th.wide {}
                        th { (language.say("Cách khắc phục", "What to do")) }
                    } }
                    tbody { @for line in &report.refusals { tr {
                        td { code { (line.reason) } }
                        td.number { (line.count) }
                        td { (bar("refused", line.count as f64, most)) }
                        td.quiet { (remedy(&line.reason)) }
                    } } }
                } }
            }
        }
    }
}
