//! What is written is read again; what is wrong is told with its line.

use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;
use truc_document::{
    AgencyCode, Attachment, BusinessAct, DocumentType, Header, Level, Reason, RecipientRole, Signer, SigningPolicy,
    StatusCode, SystemKind, Urgency,
};
use uuid::Uuid;

use super::{
    AcknowledgedLine, AgencyLine, Content, Contents, Digest, DocumentLine, Line, Reader, RefusedLine, StatusLine,
    Survey, TraceError, Writer, filler, line::Code, redact,
};
use crate::token::Token;

fn code(text: &str) -> AgencyCode {
    text.parse().unwrap()
}

fn agency(text: &str) -> Line {
    Line::Agency(AgencyLine {
        code: Token(code(text)),
        legacy_code: None,
        name: format!("Cơ quan {text}"),
        level: Token(Level::Province),
        parent: None,
        province: Token(code(text)),
        connected: true,
        signing_policy: Token(SigningPolicy::Pilot),
        systems: vec![Token(SystemKind::DocumentManagement)],
        portal_services: 5,
        successor: None,
    })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_600_000_000 + second).unwrap()
}

fn document(id: Uuid, second: i64, subject: &str, content: &[u8]) -> DocumentLine {
    let signer = Signer {
        competence: "KT. CHỦ TỊCH".to_owned(),
        position: "Phó Chủ tịch".to_owned(),
        full_name: "Nguyễn Văn A".to_owned(),
    };
    let notation = "UBND-VX".parse().unwrap();
    let kind = DocumentType::OfficialLetter;
    let mut header = Header::new(
        id,
        code("H54"),
        [code("H40")],
        5,
        notation,
        kind,
        subject,
        signer,
        at(second),
    );
    header.attachments = vec![Attachment {
        sha256: redact::digest(content),
        size: content.len() as u64,
        name: "công văn.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        description: String::new(),
    }];
    let digest = Digest(redact::digest(content));
    let contents = [(Token(digest), Token(Content(content.to_vec().into())))];
    DocumentLine {
        at: at(second),
        signed: true,
        header: header.into(),
        contents: contents.into(),
    }
}

fn written(lines: &[Line]) -> String {
    let mut bytes = Vec::new();
    let mut writer = Writer::begin(&mut bytes, Contents::Keep).unwrap();
    lines.iter().for_each(|line| writer.line(line).unwrap());
    String::from_utf8(bytes).unwrap()
}

fn read(text: &str) -> Result<Vec<Line>, TraceError> {
    Reader::begin(Path::new("t.jsonl"), text.as_bytes())?.collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        id in any::<u128>(),
        subject in "[\\p{L}\"\\\\][\\p{L} \"\\\\/]{0,100}[\\p{L}\"]",
        content in proptest::collection::vec(any::<u8>(), 1..500),
        due in proptest::option::of(0_i64..400),
        urgency in proptest::sample::select(Urgency::ALL),
        role in proptest::sample::select(RecipientRole::ALL),
        recalled in proptest::option::of(any::<u128>()),
        status in proptest::sample::select(StatusCode::ALL),
        words in 0_u64..1000,
        extensions in proptest::collection::btree_map("[a-z]{1,20}", "[a-zà-ỹ]{0,50}", 0..3),
    ) {
        let id = Uuid::from_u128(id);
        let mut first = document(id, 0, &subject, &content);
        first.header.urgency = Token(urgency);
        first.header.recipients[0].role = Token(role);
        first.header.extensions = extensions;
        first.header.due_on = due.map(|days| first.header.issued_on.saturating_add(jiff::Span::new().days(days)));
        if let Some(recalled) = recalled {
            first.header.act = Token(BusinessAct::Recall);
            first.header.act_targets = vec![Uuid::from_u128(recalled)];
        }
        let lines = [
            agency("H54"),
            agency("H40"),
            Line::Document(Box::new(first)),
            Line::Acknowledged(AcknowledgedLine { at: at(1), agency: Token(code("H40")), documents: vec![id], words }),
            Line::Status(StatusLine {
                at: at(2), agency: Token(code("H40")), document_id: id, status: Token(Code(status)), description: subject,
            }),
            Line::Refused(RefusedLine {
                at: at(2), agency: Token(code("H40")), document_id: String::new(), reason: Token(Reason::SealInvalid), field: String::new(),
            }),
        ];
        let text = written(&lines);
        prop_assert_eq!(text.lines().count(), lines.len() + 1);
        prop_assert_eq!(read(&text).unwrap(), lines);
    }
}

/// A good trace of four lines.
fn good() -> String {
    let document = document(Uuid::from_u128(7), 0, "Về việc họp", b"%PDF-1.4");
    written(&[agency("H54"), agency("H40"), Line::Document(Box::new(document))])
}

#[track_caller]
fn check(text: &str, said: &str) {
    let fault = read(text).unwrap_err().to_string();
    assert!(fault.starts_with(said), "{fault}");
}

#[test]
fn faults_are_told_with_file_and_line() {
    let good = good();
    read(&good).unwrap();
    check("", "`t.jsonl:1`: is empty");
    check("{}\n", "`t.jsonl:1`: is no trace");
    check("%PDF-1.4", "`t.jsonl:1`: is no trace");
    check(&good.replacen(":1,", ":2,", 1), "`t.jsonl:1`: is a trace of version 2");
    check(&good.replacen("\"keep\"", "\"some\"", 1), "`t.jsonl:1`: `some`");
    check(
        &good.replacen("\"province\":", "\"provnce\":", 1),
        "`t.jsonl:2`: unknown field `provnce`",
    );
    check(
        &good.replacen("\"signed\"", "\"singed\"", 1),
        "`t.jsonl:4`: unknown field `singed`",
    );
    check(
        &good.replacen("\"event\":\"document\"", "\"event\":\"letter\"", 1),
        "`t.jsonl:4`: unknown variant `letter`",
    );
    check(&good.replacen("official-letter", "letter", 1), "`t.jsonl:4`: `letter`");
    check(&good.replacen("Về việc họp", "", 1), "`t.jsonl:4`: MALFORMED");
    check(&good.replacen("JVBE", "JVBF", 1), "`t.jsonl:4`: content of");
    check(&good.replacen('\n', "\n\n", 1), "`t.jsonl:2`: is empty");
    check(
        &(good.clone() + good.lines().nth(1).unwrap()),
        "`t.jsonl:5`: agency `H54` is there twice",
    );
    let lines: Vec<&str> = good.lines().collect();
    check(
        &[lines[0], lines[1], lines[3]].join("\n"),
        "`t.jsonl:3`: agency `H40` has no line before it",
    );
    check(&good[..good.len() - 5], "`t.jsonl:4`: EOF");
    let earlier = lines[3].replacen("\"at\":\"2020", "\"at\":\"2019", 1);
    check(&(good.clone() + &earlier), "`t.jsonl:5`: `at` is 2019");
}

#[test]
fn survey_tells_what_a_trace_holds() {
    let survey = Reader::begin(Path::new("t.jsonl"), good().as_bytes())
        .unwrap()
        .survey()
        .unwrap();
    let Survey {
        contents,
        agencies,
        first,
        last,
        documents,
        refused,
    } = survey;
    assert_eq!((contents, documents, agencies.len()), (Contents::Keep, 1, 2));
    assert_eq!((first, last), (Some(at(0)), Some(at(0))));
    assert!(refused.is_empty());
}

#[test]
fn redacted_header_is_one_that_a_hub_takes_and_says_nothing() {
    let id = Uuid::from_u128(7);
    let mut line = document(id, 0, "Về việc điều tra ông Trần Văn B", b"%PDF-1.4");
    let before = line.header.clone();
    redact::redact_header(&mut line.header);
    line.header.header().unwrap();
    let text = serde_json::to_string(&line.header).unwrap();
    for told in [
        "điều tra",
        "Trần",
        "Nguyễn",
        "công văn.pdf",
        &hex::encode(redact::digest(b"%PDF-1.4")),
    ] {
        assert!(!text.contains(told), "{told}: {text}");
    }
    assert_eq!(line.header.subject.chars().count(), before.subject.chars().count());
    let attachment = &line.header.attachments[0];
    assert!(attachment.name.ends_with(".pdf"), "{}", attachment.name);
    assert_eq!(attachment.sha256.0.0, redact::digest(&filler(id, 0, attachment.size)));
    assert_eq!(attachment.size, before.attachments[0].size);
}
