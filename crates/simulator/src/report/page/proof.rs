//! What can be checked: conservation, the journal, and how to run the same again.

use maud::{Markup, html};

use crate::report::{FDATASYNC_EACH_GROUP, Language, NOT_CERTAIN, RunReport, SYNCED_BEFORE_ANSWER};

pub(super) fn conservation(run: &RunReport, language: Language) -> Markup {
    let kept = &run.conservation;
    let parts = [
        ("delivered", language.say("đã nhận", "delivered"), kept.delivered),
        (
            "refused",
            language.say("nơi nhận từ chối", "refused by the receiver"),
            kept.refused,
        ),
        ("withdrawn", language.say("rút lại", "withdrawn"), kept.withdrawn),
        ("waiting", language.say("còn chờ", "waiting"), kept.waiting),
    ];
    let share = |part: u64| part as f64 * 100.0 / kept.accepted.max(1) as f64;
    html! {
        section {
            h2 { (language.say("Bảo toàn", "Conservation")) }
            p {
                (language.count(kept.accepted)) " " (language.say("lượt gửi theo biên nhận", "deliveries that receipts promise")) " = "
                @for (at, (_, name, part)) in parts.iter().enumerate() {
                    @if at > 0 { " + " }
                    (language.count(*part)) " " (name)
                }
                "; " (language.count(kept.lost)) " " (language.say("mất", "lost"))
                ", " (language.count(kept.twice)) " " (language.say("lặp", "twice")) "."
            }
            div.stacked aria-hidden="true" {
                @for (class, _, part) in parts { @if part > 0 { i class=(class) style=(format!("width:{:.3}%", share(part))) {} } }
            }
            p.legend { @for (class, name, part) in parts { span {
                i class={ "key " (class) } {} (name) " " (language.number(share(part), if share(part) >= 10.0 { 1 } else { 2 })) " %"
            } } }
            @if !kept.faults.is_empty() || !run.unexpected.is_empty() {
                ul.faults {
                    @for fault in &kept.faults { li { (fault) } }
                    @for told in &run.unexpected {
                        li { (told.sender) " " code { (told.document_id) } ": " (told.call) ": " (told.cause) }
                    }
                }
            }
            (journal(run, language))
        }
    }
}

fn journal(run: &RunReport, language: Language) -> Markup {
    let Some(journal) = &run.journal else {
        return html! {};
    };
    html! {
        @if journal.clean {
            p.note {
                (language.say("Nhật ký nguyên vẹn: ", "The journal is whole: "))
                (language.count(journal.records)) (language.say(" bản ghi; đã kiểm tra lại chữ ký của ", " records; signatures verified again of "))
                (language.count(journal.signatures)) (language.say(" văn bản; thống kê khớp với số đếm lại.", " documents; the statistics equal the recount."))
            }
        } @else {
            p.faults { (language.say("Nhật ký KHÔNG nguyên vẹn:", "The journal is NOT whole:")) }
            ul.faults { @for finding in &journal.findings { li { (finding.position) ": " (finding.what) } } }
        }
    }
}

pub(super) fn footer(run: &RunReport, language: Language) -> Markup {
    let machine = &run.machine;
    let unknown = language.say("không rõ", "not told");
    let memory = machine.memory_bytes.map_or_else(
        || unknown.to_owned(),
        |bytes| format!("{} GiB", language.number(bytes as f64 / f64::from(1 << 30), 1)),
    );
    let limit = run
        .scenario
        .limit
        .map(|limit| format!(" --limit {limit}"))
        .unwrap_or_default();
    let scale = run
        .scenario
        .scale
        .as_ref()
        .map(|scale| format!(" --scale {scale}"))
        .unwrap_or_default();
    let again = format!("truc run {} --seed {}{scale}{limit}", run.scenario.file, run.seed);
    let durability = match run.hub.durability.as_deref() {
        Some(FDATASYNC_EACH_GROUP) => language
            .say("; biên nhận chỉ có sau fdatasync", "; a receipt waits for fdatasync")
            .to_owned(),
        Some(SYNCED_BEFORE_ANSWER) => language
            .say(
                "; biên nhận chỉ có sau khi đã ghi xuống đĩa",
                "; a receipt waits until its record is on disk",
            )
            .to_owned(),
        Some(NOT_CERTAIN) => language
            .say(
                "; biên nhận CHƯA chắc còn sau khi mất điện",
                "; a receipt is NOT certain to survive a power loss",
            )
            .to_owned(),
        Some(other) => format!("; {other}"),
        None => String::new(),
    };
    let hub = match run.hub.own {
        true => format!(
            "{}{durability}",
            language.say("của riêng đợt chạy, cùng tiến trình", "the run's own, same process")
        ),
        false => format!("{}{durability}", run.hub.address),
    };
    let begun = language.moment(run.begun_at);
    let pairs = [
        (language.say("Chạy lúc", "Run at"), begun),
        (
            language.say("Thời lượng", "Length"),
            language.length(Some(run.took_seconds)),
        ),
        (
            language.say("Phiên bản", "Version"),
            format!("truc {} ({})", run.versions.truc, run.versions.build),
        ),
        (language.say("Trục", "Hub"), hub),
        (
            language.say("Máy", "Machine"),
            machine.cpu.clone().unwrap_or_else(|| machine.architecture.clone()),
        ),
        (
            language.say("Số lõi, bộ nhớ", "Cores, memory"),
            format!("{} × {}, {memory}", machine.cores, machine.architecture),
        ),
        (
            language.say("Hệ điều hành", "System"),
            machine.os.clone().unwrap_or_else(|| unknown.to_owned()),
        ),
        (language.say("Dữ liệu", "Data"), format!("report.json ({})", run.schema)),
    ];
    html! {
        footer {
            h2 { (language.say("Chạy lại đúng như vậy", "The same again")) }
            p { code.command { (again) } }
            dl { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } }
            p.note { (language.say("SHA-256 của kịch bản: ", "SHA-256 of the scenario: ")) code.digest { (run.scenario.sha256) } }
            @if run.versions.build == "debug" {
                p.note { (language.say(
                    "Bản dựng gỡ lỗi (debug): các con số về tốc độ không nói lên điều gì.",
                    "A debug build: its figures say nothing about speed.",
                )) }
            }
        }
    }
}
