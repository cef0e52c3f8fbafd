//! How quick it was: over time, by percentile, by stage, and how much of it was the generator's.

use maud::{Markup, html};

use crate::report::{Language, Percentiles, RunReport, chart};

/// One of the percentiles.
type Value = fn(&Percentiles) -> f64;

pub(super) fn measures(run: &RunReport, language: Language) -> Markup {
    html! {
        section {
            h2 { (language.say("Hiệu năng", "Performance")) }
            (generator(run, language))
            @if run.timeline.intervals.is_empty() || run.receipt_ms.count == 0 {
                p.empty { (language.say("Không có văn bản nào được gửi.", "No document was sent.")) }
            } @else {
                div.pair {
                    (chart::throughput(&run.timeline, language))
                    (chart::latency(&run.timeline, language))
                }
                div.pair {
                    (chart::distribution(&run.distribution, language))
                    div { (percentiles(run, language)) }
                }
            }
            @if run.stages.iter().any(|stage| stage.count > 0) {
                div.pair {
                    (chart::stages(&run.stages, language))
                    div { (stages(run, language)) }
                }
            }
        }
    }
}

fn percentiles(run: &RunReport, language: Language) -> Markup {
    let rows: [(&str, Value); 7] = [
        (language.say("Ngắn nhất", "Shortest"), |times| times.shortest),
        ("p50", |times| times.p50),
        ("p90", |times| times.p90),
        ("p95", |times| times.p95),
        ("p99", |times| times.p99),
        ("p99.9", |times| times.p999),
        (language.say("Dài nhất", "Longest"), |times| times.longest),
    ];
    html! {
        h3 { (language.say("Từ khi gửi đến khi có biên nhận", "From the sending to the receipt")) }
        table.compact {
            thead { tr {
                th { (language.say("Phân vị", "Percentile")) }
                th.number { (language.say("Từ lúc gửi", "From the sending")) }
                th.number { (language.say("Từ lúc lẽ ra phải gửi", "From the intended one")) }
            } }
            tbody { @for (name, value) in rows { tr {
                td { (name) }
                td.number { (language.milliseconds(value(&run.receipt_ms))) }
                td.number { (language.milliseconds(value(&run.receipt_corrected_ms))) }
            } } }
        }
        p.note { (language.say(
            "Giờ thực. Cột sau tính cả thời gian văn bản phải đợi bộ sinh tải (hiệu chỉnh coordinated omission).",
            "Wall time. The second column adds how long documents waited for the generator (corrected for coordinated omission).",
        )) }
    }
}

fn stages(run: &RunReport, language: Language) -> Markup {
    let time = |us: f64| language.milliseconds(us / 1000.0);
    html! {
        h3 { (language.say("Các khâu trong trục", "Stages in the hub")) }
        table.compact {
            thead { tr {
                th { (language.say("Khâu", "Stage")) }
                th.number { (language.say("Số lần", "Count")) }
                th.number { "p50" }
                th.number { "p95" }
                th.number { "p99" }
                th.number { (language.say("Dài nhất", "Longest")) }
            } }
            tbody { @for stage in &run.stages { tr {
                td { (language.stage(&stage.stage)) }
                td.number { (language.count(stage.count)) }
                @if stage.count > 0 {
                    td.number { (time(stage.p50_us)) }
                    td.number { (time(stage.p95_us)) }
                    td.number { (time(stage.p99_us)) }
                    td.number { (time(stage.longest_us)) }
                } @else {
                    td.number { "–" } td.number { "–" } td.number { "–" } td.number { "–" }
                }
            } } }
        }
        p.note { (language.say(
            "Chờ lượt: đến khi một lõi nhận xử lý. Kiểm tra: chữ ký, chứng thư, quyền. Ghi nhật ký: đến khi bền vững trên đĩa. \
             Định tuyến: vào hộp thư nơi nhận và ký biên nhận. Giao: cho thuê văn bản theo lời gọi lấy.",
            "Queue: until a core takes it up. Verify: signatures, certificates, rights. Commit: until durable on disk. \
             Route: into the mailboxes and the receipt signed. Deliver: leased to the call that asks.",
        )) }
    }
}

fn generator(run: &RunReport, language: Language) -> Markup {
    let generator = &run.generator;
    let cpu = generator.cpu_percent.map(|percent| {
        let whose = match generator.with_hub {
            true => language.say(
                "bộ sinh tải và trục dùng chung tiến trình, ",
                "generator and hub share a process, ",
            ),
            false => language.say("bộ sinh tải dùng ", "the generator used "),
        };
        format!("{whose}{} CPU", language.percent(percent))
    });
    let lag = language.milliseconds(generator.lag_ms.p99);
    html! {
        @if generator.was_bottleneck {
            p.warning {
                (language.say(
                    "Bộ sinh tải không theo kịp: các con số dưới đây nói về nó nhiều hơn về trục.",
                    "The generator could not keep up: the figures below tell about it more than about the hub.",
                ))
            }
        }
        p.note {
            (language.say("Văn bản gửi trễ so với dự định ", "Documents were sent late by ")) (lag) " (p99)"
            @if generator.not_started > 0 {
                "; " (language.count(generator.not_started)) (language.say(" văn bản không gửi được", " documents could not be started"))
            }
            @if let Some(cpu) = cpu { "; " (cpu) }
            "."
        }
    }
}
