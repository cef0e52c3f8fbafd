//! The magic agencies of a sandbox: each does, for whoever writes to it, what its code says.

mod truc;

use serde_json::Value;
use truc::Terminal;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

/// Sends an express letter as the user and gives its id.
fn send(terminal: &Terminal, to: &str, more: &[&str]) -> String {
    let arguments = ["send", "--to", to, "--subject", "Hỏi", "--urgency", "hỏa tốc"];
    text(&terminal.json(&[&arguments[..], more].concat()), "document_id").to_owned()
}

/// All that came back to the user so far, in its order.
#[derive(Default)]
struct Mailbox {
    /// Document, agency, status.
    statuses: Vec<(String, String, String)>,
    /// Sender, number, id.
    documents: Vec<(String, String, String)>,
}

impl Mailbox {
    /// Fetches until it is enough.
    fn until(&mut self, terminal: &Terminal, enough: impl Fn(&Self) -> bool) {
        while !enough(self) {
            let fetched = terminal.json(&["fetch", "--wait", "60s", "--ack"]);
            let deliveries = fetched["deliveries"].as_array().expect("deliveries");
            assert!(!deliveries.is_empty(), "nobody answers; so far {:?}", self.statuses);
            for delivery in deliveries {
                let of = |key| text(delivery, key).to_owned();
                match text(delivery, "kind") {
                    "status" => self.statuses.push((of("document_id"), of("from"), of("status"))),
                    "document" => self.documents.push((of("from"), of("number"), of("document_id"))),
                    _ => {}
                }
            }
        }
    }

    fn about(&self, document: &str) -> Vec<&str> {
        let about = self.statuses.iter().filter(|(of, ..)| of == document);
        about.map(|(.., status)| status.as_str()).collect()
    }

    fn is_over(&self, document: &str) -> bool {
        self.about(document)
            .iter()
            .any(|status| *status == "06" || *status == "02")
    }
}

#[test]
fn they_are_listed_without_a_hub() {
    let terminal = Terminal::new();
    let listed = terminal.json(&["agency", "list", "--magic"]);
    let told: Vec<(&str, &str)> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (text(one, "code"), text(one, "behaviour")))
        .collect();
    assert_eq!(
        told,
        [
            ("Z01", "refuses"),
            ("Z02", "late"),
            ("Z03", "never-fetches"),
            ("Z04", "declines"),
            ("Z05", "signer-revoked"),
            ("Z06", "signer-expired"),
            ("Z07", "answers-twice"),
        ]
    );
    let csv = terminal.good(&["agency", "list", "--magic", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 8);
    for (language, said) in [
        ("vi", "Nhận (01) rồi luôn từ chối"),
        ("en", "refuses it (02) with a reason"),
    ] {
        assert!(
            terminal
                .good(&["agency", "list", "--magic", "--lang", language])
                .contains(said)
        );
    }
}

#[test]
fn each_does_what_its_code_says() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&[]);
    let known = terminal.json(&["agency", "list", "--level", "central", "--query", "giả định"]);
    assert_eq!(known.as_array().map(Vec::len), Some(7));

    // Of a few documents an agency of the topology would refuse none, or one.
    let refused: Vec<String> = (0..4).map(|_| send(&terminal, "Z01", &[])).collect();
    let (late, prompt) = (send(&terminal, "Z02", &[]), send(&terminal, "H54", &[]));
    let never = send(&terminal, "Z03", &[]);
    let kept = send(&terminal, "Z04", &[]);
    let twice = send(&terminal, "Z07", &[]);
    let usual = [send(&terminal, "Z05", &[]), send(&terminal, "Z06", &[])];

    let mut mailbox = Mailbox::default();
    mailbox.until(&terminal, |mailbox| {
        refused
            .iter()
            .chain(&usual)
            .chain([&prompt, &kept, &twice])
            .all(|id| mailbox.is_over(id))
    });
    for id in &refused {
        assert_eq!(mailbox.about(id), ["01", "02"]);
    }
    for id in usual.iter().chain([&kept, &twice]) {
        assert_eq!(mailbox.about(id), ["01", "03", "04", "05", "06"], "each once");
    }

    // What was recalled after it was handled is kept, with a reason.
    send(&terminal, "Z04", &["--recall", &kept, "--reason", "Nhầm nơi nhận"]);
    mailbox.until(&terminal, |mailbox| mailbox.about(&kept).contains(&"16"));

    // The answer comes twice, as two documents of one number that answer the same one.
    let answers = |mailbox: &Mailbox| -> Vec<(String, String, String)> {
        let of = mailbox.documents.iter().filter(|(from, ..)| from == "Z07");
        of.cloned().collect()
    };
    mailbox.until(&terminal, |mailbox| answers(mailbox).len() == 2);
    let answers = answers(&mailbox);
    assert_eq!(answers[0].1, answers[1].1, "one number");
    assert_ne!(answers[0].2, answers[1].2, "two documents");

    mailbox.until(&terminal, |mailbox| !mailbox.about(&late).is_empty());
    let arrived = |document: &str| {
        let mut statuses = mailbox.statuses.iter();
        statuses.position(|(of, _, told)| of == document && told == "01")
    };
    assert!(arrived(&late) > arrived(&prompt), "{:?}", mailbox.statuses);

    let life = terminal.json(&["track", &never]);
    assert_eq!(
        (
            text(&life["recipients"][0], "delivery"),
            &life["recipients"][0]["attempts"]
        ),
        ("waiting", &0.into())
    );
}

#[test]
fn signers_that_are_no_longer_good_have_ready_keys_and_are_refused() {
    let terminal = Terminal::new();
    let sandbox = terminal.up(&["--silent"]);
    let check = || {
        for (code, reason) in [("Z05", "CERTIFICATE_REVOKED"), ("Z06", "CERTIFICATE_EXPIRED")] {
            let done = terminal.run(&["send", "--as", code, "--to", "H26.99", "--subject", "Báo cáo"]);
            assert_eq!(done.code, 1, "{done:?}");
            assert!(done.stderr.contains(reason), "{done:?}");
            assert!(terminal.path(&format!(".truc/agencies/{code}/signer.pem")).exists());
        }
    };
    check();
    let revoked = || terminal.json(&["pki", "revoked"])["revoked"].clone();
    let listed = revoked();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_ne!(text(&listed[0], "serial"), "", "the authority's list has it too");
    sandbox.interrupt();
    // Made again out of the same seed; nothing is revoked a second time.
    let _sandbox = terminal.up(&["--silent"]);
    check();
    assert_eq!(revoked(), listed);
}
