//! A package that its receiver can't read: got again and again, never updated.

use futures::StreamExt as _;
use truc_agency::{Credential, Hub, ObserveOptions};
use truc_proto::v1::EventKind;

use super::{Terminal, run, systems};

#[test]
fn a_package_that_nobody_can_read_is_told_of_until_somebody_does() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let systems = systems(&terminal);
    let client = |state: &str| run("poison.py", &[&systems[..], &[state.to_owned()]].concat());
    let stuck = || terminal.json(&["inbox", "--as", "H25"])["stuck"].as_u64();
    assert_eq!(stuck(), Some(0));
    let delivery: u64 = client("broken").trim().parse().expect("a delivery");
    assert_eq!(stuck(), Some(1));
    let said = terminal.good(&["inbox", "--as", "H25", "--lang", "en"]);
    assert!(said.contains("1 handed out more than 5 times"), "{said}");
    let said = terminal.good(&["stats", "--lang", "en"]);
    assert!(said.contains("not acknowledged") && said.contains("H25"), "{said}");
    let mailboxes = &terminal.json(&["stats"])["mailboxes"];
    assert_eq!(
        (&mailboxes[0]["agency"], &mailboxes[0]["stuck"]),
        (&"H25".into(), &1.into())
    );
    let event = observed(&terminal);
    assert_eq!(
        (event.agency.as_str(), &event.delivery_ids[..]),
        ("H25", &[delivery][..])
    );
    let life = terminal.json(&["track", &event.document_id, "--as", "H54"]);
    assert_eq!(life["recipients"][0]["attempts"], 6, "{life}");
    client("mended");
    assert_eq!(stuck(), Some(0));
    assert!(!terminal.good(&["stats", "--lang", "en"]).contains("not acknowledged"));
}

/// The first event about such a package, from the journal's beginning on.
fn observed(terminal: &Terminal) -> truc_agency::Event {
    let token = terminal.json(&["token", "--operator"])["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let endpoint = terminal.address();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let operator = Hub::connect(endpoint)
            .await
            .expect("a hub")
            .operator(Credential::Token(token));
        let options = ObserveOptions {
            from_position: Some(1),
            kinds: vec![EventKind::DeliveryStuck],
            ..ObserveOptions::default()
        };
        operator
            .observe(options)
            .next()
            .await
            .expect("an event")
            .expect("no error")
    })
}
