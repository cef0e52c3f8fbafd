//! The task force's table and what the hub counted, as sections of the page.

use maud::{Markup, html};
use truc_document::{Level, Reason};

use super::parts::bar;
use crate::report::{
    Language, ProvinceLine, Report, RunReport, chart,
    render::{SOURCE, growth_text, level_name, measured_text, reported, scope},
    tile_map::tile_map,
    words::short_name,
};

pub(super) fn figures(report: &Report, language: Language) -> Markup {
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
                    td { (language.figure(&line.figure)) }
                    td { (scope(line.scope.as_ref(), language)) }
                    td.number { (line.measured.map_or("–".to_owned(), |measured| measured_text(measured, language))) }
                    td.number { (reported(line, language)) }
                    td.quiet { (line.note.as_deref().unwrap_or_default()) }
                } } }
            } }
            p.note { (language.say(SOURCE.0, SOURCE.1)) }
        }
    }
}

pub(super) fn provinces(run: &RunReport, language: Language) -> Markup {
    let report = &run.report;
    let lines = || report.provinces.iter().chain([&report.central]);
    html! {
        section {
            h2 { (language.say("Theo tỉnh", "By province")) }
            div.provinces {
                @if let Some(map) = tile_map(report, language) { div.tilemap { (map) } }
                div { div.scroll { table.dense {
                    thead { tr {
                        th { (language.say("Tỉnh, thành phố", "Province")) }
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
                div.beside {
                    (chart::days(&run.days, language))
                    div { (matrix(run, language)) }
                } }
            }
        }
    }
}

fn name<'a>(line: &'a ProvinceLine, report: &Report, language: Language) -> &'a str {
    if std::ptr::eq(line, &report.central) {
        language.say("Trung ương", "Central agencies")
    } else if std::ptr::eq(line, &report.total) {
        language.say("Tổng", "Total")
    } else {
        short_name(&line.name)
    }
}

fn province(line: &ProvinceLine, report: &Report, language: Language) -> Markup {
    let share = |percent: Option<f64>| percent.map_or("–".to_owned(), |percent| language.percent(percent));
    let policy = line
        .policy
        .map(|policy| language.say(policy.vietnamese(), policy.token()).to_owned());
    html! { tr {
        td { (name(line, report, language)) " " span.quiet { (line.code) } }
        td { (policy.unwrap_or_else(|| "–".to_owned())) }
        td.number { (language.count(line.connected)) "/" (language.count(line.agencies)) }
        td.number { (language.count(line.sent)) }
        td.number { (language.count(line.received)) }
        td.number { (line.growth.map_or("–".to_owned(), |growth| growth_text(growth, language))) }
        td.number { (share(line.electronic)) }
        td.number { (share(line.electronic_within)) }
        td.number { (share(line.signed)) }
        td.number { (share(line.on_time)) }
    } }
}

/// Levels of senders down, of receivers across; the more documents, the darker.
fn matrix(run: &RunReport, language: Language) -> Markup {
    let count = |from: Level, to: Level| {
        let cell = run.matrix.iter().find(|cell| cell.from == from && cell.to == to);
        cell.map_or(0, |cell| cell.documents)
    };
    let most = run.matrix.iter().map(|cell| cell.documents).max().unwrap_or(0).max(1) as f64;
    let sum = |of: &dyn Fn(Level) -> u64| -> u64 { Level::ALL.iter().map(|level| of(*level)).sum() };
    // The root lets small counts be seen beside large ones.
    let shade = |count: u64| format!("--share:{:.0}%", (count as f64 / most).sqrt() * 55.0);
    html! {
        h3 { (language.say("Cấp gửi → cấp nhận", "From level to level")) }
        div.scroll { table.matrix {
            thead { tr {
                th { (language.say("Nơi gửi", "Sender")) }
                @for to in Level::ALL { th.number { (level_name(*to, language)) } }
                th.number { (language.say("Tổng", "Total")) }
            } }
            tbody { @for from in Level::ALL { tr {
                th scope="row" { (level_name(*from, language)) }
                @for to in Level::ALL {
                    @let documents = count(*from, *to);
                    @if documents > 0 {
                        td.number.cell style=(shade(documents)) { (language.count(documents)) }
                    } @else { td.number.cell.none { "·" } }
                }
                td.number { (language.count(sum(&|to| count(*from, to)))) }
            } } }
            tfoot { tr {
                td { (language.say("Tổng", "Total")) }
                @for to in Level::ALL { td.number { (language.count(sum(&|from| count(from, *to)))) } }
                td.number { (language.count(run.matrix.iter().map(|cell| cell.documents).sum())) }
            } }
        } }
        p.note { (language.say("Lượt nhận: một văn bản tính một lần cho mỗi nơi nhận.", "Deliveries: a document counts once for each recipient.")) }
    }
}

pub(super) fn levels(report: &Report, language: Language) -> Markup {
    html! {
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
                    td.number { (language.count(line.agencies)) }
                    td.number { (language.count(line.connected)) }
                    td.number { @match line.reporting_percent {
                        Some(percent) if line.level != Level::Central => {
                            (language.count(line.reporting)) " (" (language.percent(percent)) ")"
                        }
                        _ => { "–" }
                    } }
                    td.number { (language.count(line.sent)) }
                    td.number { (language.count(line.received)) }
                } } }
            } }
    }
}

pub(super) fn pace(report: &Report, language: Language) -> Markup {
    if report.pace.is_empty() {
        return html! {};
    }
    html! {
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
                    td.number { (language.count(line.count)) }
                    td.number { (language.length(line.reached)) }
                    td.number { (language.length(line.accepted)) }
                    td.number { (language.length(line.finished)) }
                } } }
            } }
    }
}

pub(super) fn refusals(report: &Report, language: Language) -> Markup {
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
                        td.number { (language.count(line.count)) }
                        td { (bar("refused", line.count as f64, most)) }
                        td.quiet { (remedy(&line.reason)) }
                    } } }
                } }
            }
        }
    }
}
