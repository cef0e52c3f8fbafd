//! One bad file of each kind: its place and what is to be done.

use crate::{Scenario, Traffic, traffic::PlanOptions};

const GOOD: &str = include_str!("../../../tests/small-scenario.toml");

/// The file with one text replaced, which must be there, is refused with that place and a message that has all `said`.
#[track_caller]
fn check(from: &str, to: &str, place: &str, said: &str) {
    assert!(GOOD.contains(from), "{from}");
    let error = Scenario::parse("s.toml", &GOOD.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("`s.toml:{place}`: ")), "{error}");
    assert!(error.contains(said), "{error}");
}

#[test]
fn form() {
    check("[clock]", "[clock", "8:7", "expected");
    check("seed = 1", "sead = 1", "6:1", "did you mean `seed`?");
    check("seed = 1\n", "", "1:1", "key `seed` is missing; add it");
    check("seed = 1", "seed = \"1\"", "6:8", "expected u64");
    check("mode = \"driven\"", "mode = \"drivn\"", "10:8", "did you mean `driven`?");
    check("2020-09-01\n", "2020-09-31\n", "14:8", "");
    check("unsigned = 0.3", "unsigned = 1.3", "22:12", "is not within 0 to 1");
    check("\"central\", \"province\", \"district\"]\nto", "\"centre\"]\nto", "86:9", "known: central");
}

#[test]
fn clock() {
    check("mode = \"driven\"", "mode = \"scaled\"", "10:1", "set `clock.factor`");
    check("mode = \"driven\"", "mode = \"driven\"\nfactor = 2.0", "11:1", "take it out");
    check("mode = \"driven\"", "mode = \"scaled\"\nfactor = 0.0", "11:1", "must be above 0");
    check("mode = \"driven\"", "mode = \"driven\"\nstep = \"0s\"", "11:1", "such as `15m`");
}

#[test]
fn periods() {
    check("to = 2020-09-03", "to = 2020-08-03", "15:1", "ends before it begins");
    check("documents-per-day = 10", "", "13:1", "write `documents-per-day`, or `stages`");
    check("documents-per-day = 10", "documents-per-day = -1", "16:1", "write one from 0 on");
    check(
        "documents-per-day = 10",
        "documents-per-day = 10\nstages = [{ documents-per-day = 3 }]",
        "17:1",
        "keep one of them",
    );
    check(
        "documents-per-day = 10",
        "stages = [{ lasts = \"1m\", documents-per-day = 3 }]",
        "16:11",
        "with `lasts`",
    );
    check(
        "documents-per-day = 10",
        "stages = [{ lasts = \"100h\", documents-per-second = 3 }]",
        "16:1",
        "shorten a stage",
    );
    check(
        "documents-per-day = 10",
        "stages = [{ days = 9, documents-per-day = 3 }]",
        "16:1",
        "shorten a stage",
    );
    check("documents-per-day = 10", "documents-per-day = 10\nbegins = \"09:00\"", "17:1", "take it out");
    check("to = 2020-09-03", "to = 2020-09-01\n[[period]]\ntitle = \"b\"\nfrom = 2020-09-01\nto = 2020-09-02", "18:1", "order of time");
    check("from = 2020-09-01\nto = 2020-09-03", "from = 2020-09-02\nto = 2020-09-02", "14:1", "arrival.week");
    check("half-hours = [1, ", "half-hours = [", "19:1", "a working day has 15 half hours");
    check("half-hours = [1, 1", "week = [1]\nhalf-hours = [1, 1", "19:1", "Monday first");
    check("half-hours = [1, 1", "months = [0,0,0,0,0,0,0,0,0,0,0,0]\nhalf-hours = [1, 1", "19:1", "above 0");
    check("half-hours = [1, 1", "hours = [1]\nhalf-hours = [1, 1", "19:1", "keep one of them");
}

#[test]
fn rates() {
    check("bytes = 2000", "bytes = 2000000", "34:12", "800000 at most");
    check("weight = 1 }]", "weight = 0 }]", "34:1", "give one to a size");
    check("appendix = 0.5", "appendix = 0.5\n[acts]\nrecalled = 0.1", "36:2", "write at least one");
}

#[test]
fn flows() {
    check("fan-out = [1, 3]", "fan-out = [3, 1]", "89:1", "write fewest and most");
    check("fan-out = [1, 3]", "fan-out = \"some\"", "89:11", "or \"all\"");
    check("at {to}\"", "at {whom}\"", "91:13", "known: `{place}`");
    check("due-days = [1, 3]", "due-days = [3, 1]", "100:1", "write fewest and most");
    check("types = { transfer-slip = 1 }", "types = { transfer-slip = 0 }", "101:1", "above 0");
    check("types = { transfer-slip = 1 }", "types = { transfer-slip = 1 }\nsizes = []", "102:1", "give one to a size");
}

#[test]
fn receivers() {
    check("reasons = [\"Gửi sai nơi nhận\"]", "", "38:1", "status 02 must say why");
    check("late-days = [1, 2]", "late-days = [2, 1]", "40:1", "fewest and most");
    check("urgency = \"express\"", "urgency = \"normal\"", "45:3", "one is needed");
    check("reach = [\"5m\", \"1h\"]", "reach = [\"2h\", \"1h\"]", "47:1", "shortest and longest");
}

#[test]
fn thresholds() {
    let with = |line: &str| format!("[[threshold]]\n{line}\n\n[behaviour]");
    check("[behaviour]", &with("want = \"receipt-p99 50ms\""), "38:8", "such as `receipt-p99 < 50ms`");
    check("[behaviour]", &with("want = \"recipt-p99 < 50ms\""), "38:8", "did you mean `receipt-p99`?");
    check("[behaviour]", &with("want = \"receipt-p99 < 50\""), "38:8", "such as `50ms`");
    check("[behaviour]", &with("want = \"on-time >= 99\""), "38:8", "such as `99.5%`");
    check(
        "[behaviour]",
        &with("want = \"on-time >= 99%\"\nlevel = \"commune\""),
        "39:1",
        "measured by one of: province",
    );
}

#[test]
fn topology() {
    let error = Scenario::parse("s.toml", GOOD).unwrap().load_topology().unwrap_err().to_string();
    assert!(error.starts_with("`s.toml:5:1`: topology `small-topology.toml` cannot be read"), "{error}");
    let text = GOOD
        .replace("small-topology.toml", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/small-topology.toml"))
        .replace("unsigned = 0.3", "unsigned = 0.3\n[signing.policies]\nH99 = \"pilot\"");
    let error = Scenario::parse("s.toml", &text).unwrap().load_topology().unwrap_err().to_string();
    assert!(error.starts_with("`s.toml:24:1`: ") && error.contains("`H99`"), "{error}");
}

#[test]
fn flow_that_nobody_can_write_in_is_told_by_the_plan() {
    let scenario = Scenario::parse("s.toml", &GOOD.replace("reach = \"any\"", "reach = \"other-provinces\"").replace("reach = \"parent\"", "reach = \"children\"")).unwrap();
    let topology = crate::Topology::parse("t.toml", include_str!("../../../tests/small-topology.toml")).unwrap();
    let error = Traffic::plan(&scenario, &topology, PlanOptions::default()).unwrap_err().to_string();
    assert!(error.contains("no flow of the scenario"), "{error}");
}
