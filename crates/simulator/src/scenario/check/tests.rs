//! One bad file of each kind: its place and what is to be done.

use crate::{Scenario, Traffic, traffic::PlanOptions};

const GOOD: &str = include_str!("../../../tests/small-scenario.toml");

/// The file with one text replaced, which must be there, is refused: the place is where `at` first stands in the changed text,
/// and the message has `said`.
#[track_caller]
fn check(from: &str, to: &str, at: &str, said: &str) {
    assert!(GOOD.contains(from), "{from}");
    let text = GOOD.replacen(from, to, 1);
    let error = Scenario::parse("s.toml", &text).unwrap_err().to_string();
    let before = &text[..text.find(at).unwrap_or_else(|| panic!("{at}: {error}"))];
    let line = before.rfind('\n').map_or(before, |newline| &before[newline + 1..]);
    let place = format!(
        "`s.toml:{}:{}`: ",
        1 + before.matches('\n').count(),
        1 + line.chars().count()
    );
    assert!(error.starts_with(&place), "{error}, not {place}");
    assert!(error.contains(said), "{error}");
}

#[test]
fn form() {
    check("[clock]", "[clock", "\nmode", "expected");
    check("seed = 1", "sead = 1", "sead", "did you mean `seed`?");
    check("seed = 1\n", "", "# A small", "key `seed` is missing; add it");
    check("seed = 1", "seed = \"1\"", "\"1\"", "expected u64");
    check(
        "mode = \"driven\"",
        "mode = \"drivn\"",
        "\"drivn\"",
        "did you mean `driven`?",
    );
    check("2020-09-01\n", "2020-09-31\n", "2020-09-31", "");
    check("unsigned = 0.3", "unsigned = 1.3", "1.3", "is not within 0 to 1");
    check(
        "\"central\", \"province\", \"district\"]\nto",
        "\"centre\"]\nto",
        "\"centre\"",
        "known: central",
    );
}

#[test]
fn clock() {
    check("mode = \"driven\"", "mode = \"scaled\"", "mode", "set `clock.factor`");
    check(
        "mode = \"driven\"",
        "mode = \"driven\"\nfactor = 2.0",
        "factor",
        "take it out",
    );
    check(
        "mode = \"driven\"",
        "mode = \"scaled\"\nfactor = 0.0",
        "factor",
        "must be above 0",
    );
    check(
        "mode = \"driven\"",
        "mode = \"driven\"\nstep = \"0s\"",
        "step",
        "such as `15m`",
    );
}

#[test]
fn merger() {
    let with = |merger: &str| format!("[merger]\n{merger}\n\n[clock]");
    let early = with("at = 2025-07-01T00:00:00+07:00");
    check("[clock]", &early, "at = 2025", "is outside the periods, 2020-09-01 to ");
    let bare = with("at = 2020-09-02T00:00:00");
    check("[clock]", &bare, "2020-09-02T", "is no instant");
    let wall = with("at = 2020-09-02T00:00:00+07:00") + "\nmode = \"wall\"";
    check(
        "[clock]\nmode = \"driven\"",
        &wall,
        "at = 2020-09-02T",
        "set `mode = \"driven\"`",
    );
    let none_of_it = GOOD.replacen("[clock]", &with("at = 2020-09-02T00:00:00+07:00"), 1);
    let scenario = Scenario::parse("s.toml", &none_of_it).unwrap();
    let since = crate::topology::Topology::named(std::path::Path::new("vietnam-34")).unwrap();
    let planned = Traffic::plan(&scenario, &since, PlanOptions::default());
    let error = planned.unwrap_err().to_string();
    assert!(error.contains("no agency of the topology closes"), "{error}");
}

#[test]
fn periods() {
    check(
        "to = 2020-09-03",
        "to = 2020-08-03",
        "to = 2020-08",
        "ends before it begins",
    );
    check(
        "documents-per-day = 10",
        "",
        "title = \"Đầu",
        "write `documents-per-day`, or `stages`",
    );
    check(
        "documents-per-day = 10",
        "documents-per-day = -1",
        "documents-per-day",
        "write one from 0 on",
    );
    check(
        "documents-per-day = 10",
        "documents-per-day = 10\nstages = [{ documents-per-day = 3 }]",
        "stages",
        "keep one of them",
    );
    check(
        "documents-per-day = 10",
        "stages = [{ lasts = \"1m\", documents-per-day = 3 }]",
        "{ lasts",
        "with `lasts`",
    );
    check(
        "documents-per-day = 10",
        "stages = [{ lasts = \"100h\", documents-per-second = 3 }]",
        "stages",
        "shorten a stage",
    );
    check(
        "documents-per-day = 10",
        "stages = [{ days = 9, documents-per-day = 3 }]",
        "stages",
        "shorten a stage",
    );
    check(
        "documents-per-day = 10",
        "documents-per-day = 10\nbegins = \"09:00\"",
        "begins",
        "take it out",
    );
    check(
        "to = 2020-09-03",
        "to = 2020-09-01\ndocuments-per-day = 1\n[[period]]\ntitle = \"b\"\nfrom = 2020-09-01\nto = 2020-09-02",
        "from = 2020-09-01\nto = 2020-09-02",
        "order of time",
    );
    check(
        "from = 2020-09-01\nto = 2020-09-03",
        "from = 2020-09-02\nto = 2020-09-02",
        "from = 2020-09-02",
        "arrival.week",
    );
    check(
        "half-hours = [1, ",
        "half-hours = [",
        "half-hours",
        "a working day has 15 half hours",
    );
    check(
        "half-hours = [1, 1",
        "week = [1]\nhalf-hours = [1, 1",
        "week = [1]",
        "Monday first",
    );
    check(
        "half-hours = [1, 1",
        "months = [0,0,0,0,0,0,0,0,0,0,0,0]\nhalf-hours = [1, 1",
        "months",
        "above 0",
    );
    check(
        "half-hours = [1, 1",
        "hours = [1]\nhalf-hours = [1, 1",
        "hours = [1]",
        "keep one of them",
    );
}

#[test]
fn rates() {
    check("bytes = 2000", "bytes = 2000000", "bytes = 2000000", "800000 at most");
    check("weight = 1 }]", "weight = 0 }]", "sizes", "give one to a size");
    check(
        "appendix = 0.5",
        "appendix = 0.5\n[acts]\nrecalled = 0.1",
        "acts]",
        "write at least one",
    );
}

#[test]
fn flows() {
    check(
        "fan-out = [1, 3]",
        "fan-out = [3, 1]",
        "fan-out",
        "write fewest and most",
    );
    check("fan-out = [1, 3]", "fan-out = \"some\"", "\"some\"", "or \"all\"");
    check("tại {to}\"", "tại {whom}\"", "\"Triển khai", "known: `{place}`");
    check(
        "due-days = [1, 3]",
        "due-days = [3, 1]",
        "due-days",
        "write fewest and most",
    );
    check(
        "types = { transfer-slip = 1 }",
        "types = { transfer-slip = 0 }",
        "types = { transfer",
        "above 0",
    );
    check(
        "types = { transfer-slip = 1 }",
        "types = { transfer-slip = 1 }\nsizes = []",
        "sizes = []",
        "give one to a size",
    );
    let periodic = |day: u32| format!("periodic = {{ every = \"month\", cut-off-day = {day} }}");
    check("due-days = [1, 3]", &periodic(32), "cut-off-day = 32", "1 to 31");
    check(
        "due-days = [1, 3]",
        &format!("due-days = [1, 3]\n{}", periodic(15)),
        "due-days",
        "take `due-days` out",
    );
}

#[test]
fn receivers() {
    check(
        "reasons = [\"Gửi sai nơi nhận\"]",
        "",
        "refused = 0.1",
        "status 02 must say why",
    );
    check(
        "late-days = [1, 2]",
        "late-days = [2, 1]",
        "late-days",
        "fewest and most",
    );
    check(
        "urgency = \"express\"",
        "urgency = \"normal\"",
        "pace]]",
        "one is needed",
    );
    check(
        "reach = [\"5m\", \"1h\"]",
        "reach = [\"2h\", \"1h\"]",
        "reach = [\"2h",
        "shortest and longest",
    );
}

#[test]
fn receivers_by_kind_of_system() {
    let with = |table: &str| format!("[behaviour.{table}\n\n[[flow]]\nname = \"Xuống\"");
    let flow = "[[flow]]\nname = \"Xuống\"";
    check(
        flow,
        &with("archive]\nrefused = 0.2\nreasons = []"),
        "refused = 0.2",
        "[behaviour.archive] refuses without `reasons`",
    );
    // The fault of a rate that stands in the general table alone is told at the table of the kind.
    check(
        flow,
        &with("feedback]\nreasons = [\"\"]"),
        "feedback]",
        "[behaviour.feedback] refuses without `reasons`",
    );
    check(
        flow,
        &with("feedback]\nlate-days = [3, 1]"),
        "late-days = [3",
        "`behaviour.feedback.late-days` must be",
    );
    check(
        flow,
        &with("public-service-portal]\nservices = 0"),
        "services",
        "count from 1 on",
    );
    let pace = |reach: &str| {
        let rest = ["accept", "assign", "process", "finish"].map(|key| format!("{key} = [\"1m\", \"2m\"]\n"));
        let rest = rest.concat();
        format!("[[behaviour.one-stop-shop.pace]]\nurgency = \"urgent\"\nreach = {reach}\n{rest}")
    };
    check(
        flow,
        &(pace("[\"3m\", \"2m\"]") + flow),
        "reach = [\"3m",
        "the pace of [behaviour.one-stop-shop] for urgency `urgent`",
    );
    let twice = pace("[\"1m\", \"2m\"]").repeat(2);
    check(
        flow,
        &(twice + flow),
        "pace]]\nurgency = \"urgent\"\nreach = [\"1m",
        "there are 2 [[behaviour.one-stop-shop.pace]]",
    );
}

#[test]
fn calendar() {
    check(
        "holidays = [2020-09-02]",
        "calendar = \"vietnm\"",
        "\"vietnm\"",
        "did you mean `vietnam`?",
    );
    let without = GOOD.replace("2020-09-0", "2018-09-0");
    let error = |text: &str| Scenario::parse("s.toml", text).unwrap_err().to_string();
    let early = without.replace("holidays = [2018-09-02]", "calendar = \"vietnam\"");
    assert!(error(&early).starts_with("`s.toml:14:1`: "), "{}", error(&early));
    assert!(error(&early).contains("2019 to 2030"), "{}", error(&early));
}

#[test]
fn thresholds() {
    let with = |line: &str| format!("[[threshold]]\n{line}\n\n[behaviour]");
    check(
        "[behaviour]",
        &with("want = \"receipt-p99 50ms\""),
        "\"receipt-p99 50ms",
        "such as `receipt-p99 < 50ms`",
    );
    check(
        "[behaviour]",
        &with("want = \"recipt-p99 < 50ms\""),
        "\"recipt",
        "did you mean `receipt-p99`?",
    );
    check(
        "[behaviour]",
        &with("want = \"receipt-p99 < 50\""),
        "\"receipt-p99 < 50\"",
        "such as `50ms`",
    );
    check(
        "[behaviour]",
        &with("want = \"on-time >= 99\""),
        "\"on-time",
        "such as `99.5%`",
    );
    check(
        "[behaviour]",
        &with("want = \"on-time >= 99%\"\nlevel = \"commune\""),
        "level = \"commune\"",
        "measured by one of: province",
    );
}

#[test]
fn topology() {
    let error = Scenario::parse("s.toml", GOOD)
        .unwrap()
        .load_topology()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("`s.toml:5:1`: topology `small-topology.toml` cannot be read"),
        "{error}"
    );
    let text = GOOD
        .replace(
            "small-topology.toml",
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/small-topology.toml"),
        )
        .replace("unsigned = 0.3", "unsigned = 0.3\n[signing.policies]\nH99 = \"pilot\"");
    let error = Scenario::parse("s.toml", &text)
        .unwrap()
        .load_topology()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("`s.toml:24:1`: ") && error.contains("`H99`"),
        "{error}"
    );
}

#[test]
fn flow_that_nobody_can_write_in_is_told_by_the_plan() {
    let scenario = Scenario::parse(
        "s.toml",
        &GOOD
            .replace("\"central\", \"province\", \"district\"]\nto", "\"commune\"]\nto")
            .replace("reach = \"any\"", "reach = \"children\"")
            .replace("reach = \"parent\"", "reach = \"children\""),
    )
    .unwrap();
    let topology = crate::Topology::parse("t.toml", include_str!("../../../tests/small-topology.toml")).unwrap();
    let error = Traffic::plan(&scenario, &topology, PlanOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("no flow of the scenario"), "{error}");
}
