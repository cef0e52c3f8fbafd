//! `truc fault` on a running sandbox.

mod truc;

use truc::Terminal;

#[test]
fn a_fault_is_set_seen_listed_and_removed() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let full = [
        "fault",
        "add",
        "đầy",
        "--step",
        "admission",
        "--refuse",
        "SECRET_FORBIDDEN",
        "--province",
        "H26",
        "--urgency",
        "hỏa tốc",
        "--count",
        "1",
        "--for",
        "1h",
        "--seed",
        "7",
    ];
    let set = terminal.json(&full);
    assert_eq!(
        (&set["name"], &set["value"], &set["count"]),
        (&"đầy".into(), &"SECRET_FORBIDDEN".into(), &1.into())
    );
    assert!(set["until"].is_string(), "{set}");
    terminal.good(&[
        "fault",
        "add",
        "chậm",
        "--step",
        "append",
        "--delay",
        "1ms..20ms~5ms",
        "--level",
        "province,commune",
    ]);

    let send = |more: &[&str]| terminal.run(&[&["send", "--to", "H54", "--subject", "Thử"][..], more].concat());
    assert_eq!(send(&[]).code, 0, "of another urgency");
    let refused = send(&["--urgency", "hỏa tốc"]);
    assert!(
        refused.code == 1 && refused.stderr.contains("SECRET_FORBIDDEN"),
        "{refused:?}"
    );
    assert!(refused.stderr.contains("`đầy`"), "the fault is named: {refused:?}");
    assert_eq!(send(&["--urgency", "hỏa tốc"]).code, 0, "once");

    let listed = terminal.json(&["fault", "list"]);
    let told = |at: usize| (&listed[at]["name"], &listed[at]["matched"], &listed[at]["applied"]);
    assert_eq!(told(0), (&"đầy".into(), &2.into(), &1.into()));
    assert_eq!(told(1), (&"chậm".into(), &2.into(), &2.into()));
    assert_eq!(listed[1]["value"], "1ms..20ms~5ms");
    let table = terminal.good(&["fault", "list"]);
    assert!(
        table.contains("tiếp nhận") && table.contains("1/1") && table.contains("hỏa tốc"),
        "{table}"
    );

    terminal.good(&["fault", "clear", "đầy"]);
    let done = terminal.run(&["fault", "clear", "đầy"]);
    assert!(done.code == 2 && done.stderr.contains("truc fault list"), "{done:?}");
    terminal.good(&["fault", "clear", "--all"]);
    assert_eq!(terminal.json(&["fault", "list"]).as_array().map(Vec::len), Some(0));
}

#[test]
fn what_means_nothing_is_told_in_one_sentence() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    for (arguments, code, said) in [
        (&["--step", "admission"][..], 2, "--delay"),
        (&["--step", "nowhere", "--drop"], 2, "`admission`"),
        (&["--step", "append", "--drop", "--cut"], 2, "--cut"),
        (&["--step", "append", "--delay", "soon"], 2, "200ms..2s"),
        (&["--step", "append", "--refuse", "NO"], 2, "`NO`"),
        (&["--step", "append", "--twice"], 1, "goes with `delivery`"),
        (
            &["--step", "append", "--drop", "--agency", "H99"],
            1,
            "not in the directory",
        ),
        (&["--step", "append", "--drop", "--probability", "2"], 1, "0 to 1"),
    ] {
        let done = terminal.run(&[&["fault", "add", "sai"][..], arguments].concat());
        assert!(
            done.code == code && done.stderr.contains(said),
            "{arguments:?}: {done:?}"
        );
    }
    assert_eq!(terminal.json(&["fault", "list"]).as_array().map(Vec::len), Some(0));
}
