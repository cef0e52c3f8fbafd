//! The report of a run: a page that stands alone, JSON that its schema knows, JUnit XML, and two runs side by side.

mod truc;

use quick_junit::{Report as Tests, TestCaseStatus};
use serde_json::Value;
use truc::{Terminal, repository};

/// A small run, with its report in `out`.
fn ran() -> (Terminal, Value) {
    let terminal = Terminal::new();
    let scenario = repository("simulations/seven-provinces-2020.toml");
    let report = terminal.json(&[
        "run",
        &scenario,
        "--limit",
        "40",
        "--report",
        "out",
        "--junit",
        "tests.xml",
    ]);
    (terminal, report)
}

fn read(terminal: &Terminal, name: &str) -> String {
    std::fs::read_to_string(terminal.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// 1.234
fn vietnamese(number: u64) -> String {
    let digits = number.to_string();
    let mut told = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            told.push('.');
        }
        told.push(digit);
    }
    told
}

fn tests(xml: &str) -> Vec<(String, bool)> {
    let tests = Tests::deserialize_from_str(xml).expect("JUnit XML");
    let cases = tests.test_suites.into_iter().flat_map(|suite| suite.test_cases);
    cases
        .map(|case| {
            (
                case.classname.expect("a class").to_string(),
                matches!(case.status, TestCaseStatus::Success { .. }),
            )
        })
        .collect()
}

#[test]
fn page_json_and_junit_tell_the_same() {
    let (terminal, report) = ran();
    let page = read(&terminal, "out/report.html");
    for asks in [
        "http://", "https://", "url(", "<script", "<link", "<img", "@import", "src=", "href=",
    ] {
        assert!(!page.contains(asks), "{asks}: {page}");
    }
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    let count = |pointer: &str| {
        report
            .pointer(pointer)
            .and_then(Value::as_u64)
            .unwrap_or_else(|| panic!("{pointer}: {report:#}"))
    };
    for pointer in [
        "/accepted",
        "/statuses",
        "/conservation/accepted",
        "/conservation/delivered",
        "/journal/records",
        "/report/total/sent",
        "/report/total/received",
        "/report/position",
        "/stages/1/count",
    ] {
        let told = format!(">{}<", vietnamese(count(pointer)));
        let within = format!(" {} ", vietnamese(count(pointer)));
        let at_end = format!(" {}<", vietnamese(count(pointer)));
        assert!(
            [told, within, at_end].iter().any(|told| page.contains(told.as_str())),
            "{pointer}: {}: {page}",
            count(pointer)
        );
    }
    for province in report["report"]["provinces"].as_array().expect("provinces") {
        let sent = vietnamese(province["sent"].as_u64().expect("a count"));
        assert!(
            page.contains(&format!("<td class=\"number\">{sent}</td>")),
            "{province}: {page}"
        );
    }
    let received: u64 = report["matrix"]
        .as_array()
        .expect("cells")
        .iter()
        .filter_map(|cell| cell["documents"].as_u64())
        .sum();
    assert_eq!(received, count("/report/total/received"));
    assert_eq!(
        report["timeline"]["intervals"]
            .as_array()
            .map(|all| all.iter().filter_map(|one| one["receipts"].as_u64()).sum()),
        Some(count("/accepted"))
    );
    assert!(
        report["machine"]["cores"].as_u64() > Some(0)
            && report["scenario"]["sha256"].as_str().map(str::len) == Some(64)
    );
    for stage in report["stages"].as_array().expect("stages") {
        assert!(stage["count"].as_u64() > Some(0), "{stage}");
    }
    // What was verified was documents and refused ones, each once.
    let refused: u64 = report["refused"]
        .as_object()
        .expect("refusals")
        .values()
        .filter_map(Value::as_u64)
        .sum();
    assert!(count("/stages/1/count") >= count("/accepted") + refused, "{report:#}");
    assert_eq!(count("/stages/3/count"), count("/accepted"));

    let xml = read(&terminal, "out/junit.xml");
    assert_eq!(xml, read(&terminal, "tests.xml"));
    let told = tests(&xml);
    assert_eq!(told.len(), 4, "{xml}");
    assert!(told.iter().all(|(_, good)| *good), "{xml}");
}

#[test]
fn schema_in_the_documentation_is_current_and_knows_every_field() {
    let terminal = Terminal::new();
    let schema = terminal.good(&["report", "schema"]);
    let kept = std::fs::read_to_string(repository("docs/report.schema.json")).expect("the schema");
    assert!(
        schema == kept,
        "`truc report schema > docs/report.schema.json` makes it anew"
    );
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let (_, report) = ran();
    for field in report.as_object().expect("an object").keys() {
        let property = &schema["properties"][field];
        assert!(
            property["description"].is_string() || property["$ref"].is_string(),
            "{field}: {property}"
        );
    }
}

#[test]
fn report_is_shown_again_compared_and_judged() {
    let (terminal, mut report) = ran();
    let shown = terminal.good(&["report", "show", "out", "--lang", "en", "--html", "page.html"]);
    assert!(shown.contains("HOLDS") && shown.contains("Hub: Verify"), "{shown}");
    assert!(read(&terminal, "page.html").contains("<html lang=\"en\">"));
    let again = terminal.json(&["report", "show", "out"]);
    for field in [
        "accepted",
        "conservation",
        "refused",
        "matrix",
        "days",
        "journal",
        "scenario",
        "machine",
    ] {
        assert_eq!(again[field], report[field], "{field}");
    }

    let same = terminal.json(&[
        "report",
        "compare",
        "out",
        "out/report.json",
        "--fail-on-regression",
        "0",
    ]);
    assert_eq!(
        (&same["same_traffic"], &same["same_machine"]),
        (&true.into(), &true.into())
    );

    // The second run: half as quick, something lost, a threshold missed.
    let rate = report["receipts_per_second"].as_f64().expect("a rate");
    report["receipts_per_second"] = (rate / 2.0).into();
    report["conservation"]["lost"] = 3.into();
    report["conservation"]["faults"] = serde_json::json!(["3 deliveries lost: <promised> & nowhere"]);
    report["conservation_holds"] = false.into();
    report["thresholds"] =
        serde_json::json!([{ "name": "receipt-p99", "wanted": "< 1ms", "measured": "7ms", "met": false }]);
    terminal.write("worse.json", report.to_string());
    let done = terminal.run(&["report", "compare", "out", "worse.json", "--fail-on-regression", "20%"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(
        done.stdout.contains("×0,50") && done.stderr.contains("lost, thresholds-missed, receipts-per-second"),
        "{done:?}"
    );
    assert_eq!(terminal.run(&["report", "compare", "out", "worse.json"]).code, 0);

    let shown = terminal.good(&[
        "report",
        "show",
        "worse.json",
        "--junit",
        "worse.xml",
        "--html",
        "worse.html",
    ]);
    assert!(shown.contains("KHÔNG ĐẠT") && shown.contains("receipt-p99"), "{shown}");
    let page = read(&terminal, "worse.html");
    assert!(
        page.contains("Chưa đạt:") && page.contains("&lt;promised&gt; &amp; nowhere"),
        "{page}"
    );
    let failed: Vec<_> = tests(&read(&terminal, "worse.xml"))
        .into_iter()
        .filter(|(_, good)| !good)
        .map(|(class, _)| class)
        .collect();
    assert_eq!(failed, ["truc.conservation", "truc.threshold"]);
}

#[test]
fn what_is_no_report_is_refused_with_what_to_do() {
    let terminal = Terminal::new();
    terminal.write("other.json", "{\"schema\":\"truc-report-9\"}");
    terminal.write("none.json", "{}");
    for (file, said) in [
        ("other.json", "truc-report-1"),
        ("none.json", "schema"),
        ("absent", "absent"),
    ] {
        let done = terminal.run(&["report", "show", file]);
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains(said), "{done:?}");
    }
}
