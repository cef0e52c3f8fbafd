//! The report as tables for a terminal.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use truc_document::{Level, SigningPolicy, Urgency};

use super::{FigureLine, Language, Measured, ProvinceLine, Report, Scope};

/// Where the numbers come from, in both languages.
pub(super) const SOURCE: (&str, &str) = (
    "Mọi số đo được trục đếm từ nhật ký của chính trục. Tần suất của kịch bản được đặt theo báo cáo năm 2020 \
     nơi báo cáo có nêu; văn bản, người ký và lưu lượng là giả định.",
    "Every measured figure was counted by the hub from its own journal. The scenario's rates are set from the \
     report of 2020 where it gives any; documents, signers and traffic are invented.",
);

pub(super) fn render(report: &Report, language: Language, width: Option<u16>) -> String {
    let tables = [
        heading(report, language),
        figures(report, language, width),
        provinces(report, language, width),
        levels(report, language, width),
        pace(report, language, width),
        refusals(report, language),
        language.say(SOURCE.0, SOURCE.1).to_owned(),
    ];
    let mut text = tables
        .into_iter()
        .filter(|table| !table.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    text.push('\n');
    text
}

fn heading(report: &Report, language: Language) -> String {
    let (from, to) = (report.from, report.to);
    let position = language.count(report.position);
    match language {
        Language::Vietnamese => format!(
            "{}\nTừ {} đến {}, đếm từ nhật ký đến vị trí {position}",
            report.title,
            from.strftime("%d/%m/%Y"),
            to.strftime("%d/%m/%Y"),
        ),
        Language::English => {
            format!(
                "{}\nFrom {from} to {to}, counted from the journal up to position {position}",
                report.title
            )
        }
    }
}

fn figures(report: &Report, language: Language, width: Option<u16>) -> String {
    let mut table = table(
        width,
        &match language {
            Language::Vietnamese => ["Chỉ tiêu", "Phạm vi", "Đo được", "Báo cáo 2020", "Ghi chú"],
            Language::English => ["Figure", "Scope", "Measured", "Reported in 2020", "Note"],
        },
    );
    for line in &report.figures {
        table.add_row(vec![
            Cell::new(language.figure(&line.figure)),
            Cell::new(scope(line.scope.as_ref(), language)),
            number(
                line.measured
                    .map_or("–".to_owned(), |measured| measured_text(measured, language)),
            ),
            number(reported(line, language)),
            Cell::new(line.note.as_deref().unwrap_or_default()),
        ]);
    }
    table.to_string()
}

pub(super) fn scope(scope: Option<&Scope>, language: Language) -> String {
    match scope {
        None => language.say("chung", "all").to_owned(),
        Some(Scope::Province { code, name }) => format!("{name} ({code})"),
        Some(Scope::Level(level)) => level_name(*level, language).to_owned(),
        Some(Scope::Policy { policy, provinces }) => match language {
            Language::Vietnamese => format!("{} ({provinces} tỉnh)", policy.vietnamese()),
            Language::English => format!("{policy} ({provinces} provinces)"),
        },
    }
}

pub(super) fn level_name(level: Level, language: Language) -> &'static str {
    match language {
        Language::Vietnamese => level.vietnamese(),
        Language::English => level.token(),
    }
}

pub(super) fn measured_text(measured: Measured, language: Language) -> String {
    match measured {
        Measured::CountOf(count, all) => format!("{}/{}", language.count(count), language.count(all)),
        Measured::Count(count) => language.count(count),
        Measured::Percent { percent, of } => {
            format!(
                "{} {} {}",
                language.percent(percent),
                language.say("của", "of"),
                language.count(of)
            )
        }
    }
}

/// One value, or the range of several.
pub(super) fn reported(line: &FigureLine, language: Language) -> String {
    let is_percent = !matches!(line.measured, Some(Measured::Count(_) | Measured::CountOf(..)));
    let shown = |value: f64| {
        let decimals = [0, 1].into_iter().find(|decimals| {
            let scale = 10_f64.powi(*decimals);
            ((value * scale).round() - value * scale).abs() < 1e-6
        });
        language.number(value, decimals.map_or(2, |decimals| decimals.unsigned_abs() as usize))
    };
    let unit = if is_percent { " %" } else { "" };
    let lowest = line.reported.iter().copied().reduce(f64::min);
    let highest = line.reported.iter().copied().reduce(f64::max);
    match (lowest, highest) {
        (Some(lowest), Some(highest)) if lowest < highest => format!("{}–{}{unit}", shown(lowest), shown(highest)),
        (Some(value), _) => format!("{}{unit}", shown(value)),
        _ => "–".to_owned(),
    }
}

fn provinces(report: &Report, language: Language, width: Option<u16>) -> String {
    let mut table = table(
        width,
        &match language {
            Language::Vietnamese => [
                "Tỉnh",
                "Mã",
                "Ký số cá nhân",
                "Kết nối",
                "Gửi",
                "Nhận",
                "So cùng kỳ",
                "Điện tử",
                "Trong tỉnh",
                "Đã ký số",
                "Đúng hạn",
            ],
            Language::English => [
                "Province",
                "Code",
                "Signing",
                "Connected",
                "Sent",
                "Received",
                "Growth",
                "Electronic",
                "Within",
                "Signed",
                "On time",
            ],
        },
    );
    for line in &report.provinces {
        table.add_row(province(&line.name, line, language));
    }
    table.add_row(province(
        language.say("Trung ương", "Central agencies"),
        &report.central,
        language,
    ));
    table.add_row(province(language.say("Tổng", "Total"), &report.total, language));
    table.to_string()
}

/// Growth always says its sign.
pub(super) fn growth_text(growth: f64, language: Language) -> String {
    let sign = if growth >= 0.0 { "+" } else { "−" };
    format!("{sign}{} %", language.number(growth.abs(), 1))
}

fn province(name: &str, line: &ProvinceLine, language: Language) -> Vec<Cell> {
    let share = |percent: Option<f64>| number(percent.map_or("–".to_owned(), |percent| language.percent(percent)));
    let policy = |policy: SigningPolicy| match language {
        Language::Vietnamese => policy.vietnamese(),
        Language::English => policy.token(),
    };
    vec![
        Cell::new(name),
        Cell::new(&line.code),
        Cell::new(line.policy.map_or("–", policy)),
        number(format!(
            "{}/{}",
            language.count(line.connected),
            language.count(line.agencies)
        )),
        number(language.count(line.sent)),
        number(language.count(line.received)),
        number(
            line.growth
                .map_or("–".to_owned(), |growth| growth_text(growth, language)),
        ),
        share(line.electronic),
        share(line.electronic_within),
        share(line.signed),
        share(line.on_time),
    ]
}

fn levels(report: &Report, language: Language, width: Option<u16>) -> String {
    let mut table = table(
        width,
        &match language {
            Language::Vietnamese => ["Cấp", "Cơ quan", "Kết nối", "Hệ thống báo cáo", "Gửi", "Nhận"],
            Language::English => ["Level", "Agencies", "Connected", "Reporting system", "Sent", "Received"],
        },
    );
    for line in &report.levels {
        let reporting = match line.reporting_percent {
            Some(percent) if line.level != Level::Central => {
                format!("{} ({})", language.count(line.reporting), language.percent(percent))
            }
            _ => "–".to_owned(),
        };
        table.add_row(vec![
            Cell::new(level_name(line.level, language)),
            number(language.count(line.agencies)),
            number(language.count(line.connected)),
            number(reporting),
            number(language.count(line.sent)),
            number(language.count(line.received)),
        ]);
    }
    table.to_string()
}

fn pace(report: &Report, language: Language, width: Option<u16>) -> String {
    if report.pace.is_empty() {
        return String::new();
    }
    let mut table = table(
        width,
        &match language {
            Language::Vietnamese => ["Độ khẩn", "Lượt nhận", "Đến (01)", "Tiếp nhận (03)", "Hoàn thành (06)"],
            Language::English => [
                "Urgency",
                "Deliveries",
                "Reached (01)",
                "Accepted (03)",
                "Finished (06)",
            ],
        },
    );
    for line in &report.pace {
        let urgency = |urgency: Urgency| match language {
            Language::Vietnamese => urgency.vietnamese(),
            Language::English => urgency.token(),
        };
        table.add_row(vec![
            Cell::new(urgency(line.urgency)),
            number(language.count(line.count)),
            number(language.length(line.reached)),
            number(language.length(line.accepted)),
            number(language.length(line.finished)),
        ]);
    }
    table.to_string()
}

fn refusals(report: &Report, language: Language) -> String {
    if report.refusals.is_empty() {
        return String::new();
    }
    let told: Vec<String> = report
        .refusals
        .iter()
        .map(|line| format!("{} {}", language.count(line.count), line.reason))
        .collect();
    format!(
        "{} {}",
        language.say("Trục đã từ chối:", "Refused by the hub:"),
        told.join(", ")
    )
}

pub(super) fn table(width: Option<u16>, header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header.to_vec());
    if let Some(width) = width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    table
}

pub(super) fn number(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}
