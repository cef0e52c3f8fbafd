//! A system whose documents nobody signs: the sender's policy decides.

use super::{Terminal, run};

#[test]
fn what_nobody_signed_passes_under_pilot_and_off_only() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let added = terminal.json(&[
        "system",
        "add",
        "vxp.bare",
        "--agencies",
        "H54",
        "--signing",
        "unsigned",
    ]);
    let secret = added["secret"].as_str().expect("a secret");
    let endpoint = format!("{}/vxp", terminal.address());
    for (policy, number, code) in [("required", "1", "33"), ("pilot", "2", "0"), ("off", "3", "0")] {
        terminal.good(&["agency", "update", "H54", "--policy", policy]);
        let arguments = [&endpoint, "vxp.bare", secret, number, code].map(str::to_owned);
        run("unsigned.py", &arguments);
    }
    let total = &terminal.json(&["stats"])["total"];
    assert_eq!(
        [
            &total["sent"],
            &total["sent_signed"],
            &total["sent_unsigned_pilot"],
            &total["sent_unsigned_off"]
        ],
        [2, 0, 1, 1],
        "{total}"
    );
}
