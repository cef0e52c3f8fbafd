//! What is made of a trace's lines before anything is called.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, civil::date};
use truc_document::{AgencyCode, BusinessAct, DocumentType, Header, Signer, StatusCode};
use truc_signature::{Authority, SeededWallet};
use uuid::Uuid;

use super::{
    Ids,
    letter::Letters,
    order::{Key, Keys},
    parties::{InMailbox, Parties},
};
use crate::{
    Token,
    trace::{
        AcknowledgedLine, AgencyLine, Content, Digest, DocumentLine, StatusLine, filler, line::Code, redact::digest,
    },
};

fn code(text: &str) -> AgencyCode {
    text.parse().unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn now() -> Timestamp {
    "2020-09-01T08:00:00Z".parse().unwrap()
}

fn agency(text: &str, successor: Option<&str>) -> AgencyLine {
    serde_json::from_value(serde_json::json!({
        "code": text, "name": text, "level": "province", "province": text, "connected": successor.is_none(),
        "signing_policy": "pilot", "systems": [], "portal_services": 0, "successor": successor,
    }))
    .unwrap()
}

/// From H54 to H40.
fn document(number: u128) -> DocumentLine {
    let signer = Signer {
        competence: "KT. CHỦ TỊCH".to_owned(),
        position: "Phó Chủ tịch".to_owned(),
        full_name: "Nguyễn Văn A".to_owned(),
    };
    let kind = DocumentType::OfficialLetter;
    let notation = "UBND-VX".parse().unwrap();
    let header = Header::new(
        id(number),
        code("H54"),
        [code("H40")],
        5,
        notation,
        kind,
        "Về việc họp",
        signer,
        now(),
    );
    DocumentLine {
        at: now(),
        signed: true,
        header: header.into(),
        contents: Default::default(),
    }
}

fn with_attachments(number: u128, contents: &[&[u8]], kept: usize) -> DocumentLine {
    let mut line = document(number);
    for content in contents {
        let attachment = serde_json::json!({
            "sha256": hex::encode(digest(content)), "size": content.len(), "name": "a.pdf", "content_type": "application/pdf",
        });
        line.header
            .attachments
            .push(serde_json::from_value(attachment).unwrap());
    }
    let kept = contents[..kept].iter();
    line.contents = kept
        .map(|content| (Token(Digest(digest(content))), Token(Content(content.to_vec().into()))))
        .collect();
    line
}

fn letters(ids: Ids) -> Letters {
    let seed = [7; 32];
    let wallet = SeededWallet::new(Arc::new(Authority::from_seed(&seed).unwrap()), seed);
    Letters::new(Arc::new(wallet), ids, &[agency("H54", None), agency("H40", None)])
}

#[test]
fn recorded_header_goes_out_as_it_was() {
    let mut letters = letters(Ids::Recorded);
    let line = with_attachments(1, &[b"%PDF-1.4"], 1);
    let header = line.header.header().unwrap();
    let letter = letters.letter(line, SignedDuration::from_hours(24 * 400)).unwrap();
    assert_eq!(letter.header, header);
    let ready = letters.signing(&letter).sign(letter).unwrap();
    assert_eq!(ready.envelope.header, header.encode());
    assert_eq!(ready.envelope.inline_attachments.len(), 1);
    assert!(ready.envelope.personal_signature.is_some() && ready.uploads.is_empty());
}

#[test]
fn contents_that_the_trace_has_not_are_made_up_in_their_size() {
    let line = with_attachments(1, &[b"%PDF-1.4", b"%PDF-1.7 another"], 1);
    let letter = letters(Ids::Recorded).letter(line, SignedDuration::ZERO).unwrap();
    let made_up = filler(id(1), 1, 16);
    let digests: Vec<_> = letter
        .header
        .attachments
        .iter()
        .map(|attachment| attachment.sha256)
        .collect();
    assert_eq!(digests, [digest(b"%PDF-1.4"), digest(&made_up)]);
    assert_eq!(letter.header.attachments[1].size, 16);
}

#[test]
fn what_does_not_fit_into_the_envelope_is_uploaded_and_sent_once() {
    let large = vec![1; 65 * 1024];
    let line = with_attachments(1, &[&large, &large, b"small"], 3);
    let mut letters = letters(Ids::Recorded);
    let letter = letters.letter(line, SignedDuration::ZERO).unwrap();
    let ready = letters.signing(&letter).sign(letter).unwrap();
    assert_eq!(ready.uploads, [large]);
    assert_eq!(ready.envelope.inline_attachments.len(), 1);
}

#[test]
fn fresh_documents_refer_to_fresh_documents_and_are_of_the_day_on_which_they_are_sent() {
    let mut letters = letters(Ids::Fresh);
    let later_by = SignedDuration::from_hours(24 * 2);
    let first = letters.letter(document(1), later_by).unwrap().header;
    assert_ne!(first.document_id, id(1));
    assert_eq!((letters.id(id(1)), letters.id(id(9))), (first.document_id, id(9)));
    assert_eq!(first.issued_on, date(2020, 9, 3));
    assert_eq!(first.created_at, now() + later_by);

    let mut line = document(2);
    line.header.due_on = Some(date(2020, 9, 4));
    line.header.act = Token(BusinessAct::Recall);
    line.header.act_targets = vec![id(1)];
    line.header.act_reason = "Gửi nhầm".to_owned();
    line.header.in_reply_to = vec![id(9)];
    let second = letters.letter(line, later_by).unwrap().header;
    assert_eq!(
        (second.act_targets, second.in_reply_to),
        (vec![first.document_id], vec![id(9)])
    );
    assert_eq!(second.due_on, Some(date(2020, 9, 6)));
}

fn taken(agency: &str, documents: &[u128], words: u64) -> AcknowledgedLine {
    AcknowledgedLine {
        at: now(),
        agency: Token(code(agency)),
        documents: documents.iter().copied().map(id).collect(),
        words,
    }
}

fn sorted(keys: Keys) -> (Vec<String>, Vec<String>) {
    let told = |keys: Vec<Key>| {
        let mut told: Vec<_> = keys.iter().map(|key| format!("{key:?}")).collect();
        told.sort();
        told
    };
    (told(keys.alone), told(keys.shared))
}

#[track_caller]
fn check_keys(keys: Keys, alone: &[Key], shared: &[Key]) {
    let expected = Keys {
        alone: alone.to_vec(),
        shared: shared.to_vec(),
    };
    assert_eq!(sorted(keys), sorted(expected));
}

#[test]
fn events_depend_on_their_agency_their_document_and_the_words_for_its_sender() {
    let mut parties = Parties::new(&[agency("H54", None), agency("H40", None)]);
    let (h54, h40) = (code("H54"), code("H40"));
    let [doc, recall] = [1, 2].map(|number| Key::Document(id(number)));
    check_keys(
        parties.sent(&document(1)),
        &[Key::Agency(h54.clone()), doc.clone()],
        &[],
    );
    check_keys(
        parties.acknowledged(&taken("H40", &[1], 0)),
        &[Key::Agency(h40.clone())],
        &[doc.clone(), Key::Words(h54.clone())],
    );
    let status = |status| StatusLine {
        at: now(),
        agency: Token(code("H40")),
        document_id: id(1),
        status: Token(Code(status)),
        description: String::new(),
    };
    check_keys(
        parties.reported(&status(StatusCode::Accepted)),
        &[Key::Agency(h40.clone())],
        &[doc.clone(), Key::Words(h54.clone())],
    );
    check_keys(
        parties.acknowledged(&taken("H54", &[], 2)),
        &[Key::Agency(h54.clone()), Key::Words(h54.clone())],
        &[],
    );
    let mut line = document(2);
    line.header.act = Token(BusinessAct::Recall);
    line.header.act_targets = vec![id(1)];
    check_keys(
        parties.sent(&line),
        &[Key::Agency(h54.clone()), recall, doc.clone()],
        // As recipient of the recall, and of what is recalled.
        &[Key::Words(h40.clone()), Key::Words(h40.clone())],
    );
    check_keys(
        parties.reported(&status(StatusCode::Agreed)),
        &[Key::Agency(h40), doc],
        &[Key::Words(h54)],
    );
}

#[test]
fn successor_takes_what_was_sent_to_the_closed_agency() {
    let agencies = [
        agency("H54", None),
        agency("H40", Some("H25")),
        agency("H25", Some("H01")),
        agency("H01", None),
    ];
    let mut parties = Parties::new(&agencies);
    parties.sent(&document(1));
    assert_eq!(parties.addressee(&code("H01"), id(1)), code("H40"));
    assert_eq!(parties.addressee(&code("H40"), id(1)), code("H40"));
    assert_eq!(parties.addressee(&code("H54"), id(1)), code("H54"));
    assert_eq!(parties.mailboxes(&code("H01")), [code("H01"), code("H25"), code("H40")]);
    let part = |agency: &str, documents: Vec<Uuid>| InMailbox {
        agency: code(agency),
        documents,
    };
    assert_eq!(
        parties.by_mailbox(&taken("H01", &[1, 9], 0)),
        [part("H01", vec![id(9)]), part("H40", vec![id(1)])]
    );
    assert!(agencies[1].open().connected);
}
