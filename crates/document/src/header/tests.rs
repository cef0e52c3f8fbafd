//! What a header may say: every limit by a header one step beyond it, and the way there and back for all others.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, civil::date};
use proptest::{
    collection::{btree_map, btree_set, vec},
    prelude::*,
};
use prost::Message as _;
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::*;
use crate::{Reason, limits};

fn letter() -> Header {
    let signer = Signer {
        competence: "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH".to_owned(),
        position: "PHÓ CHỦ TỊCH".to_owned(),
        full_name: "Nguyễn Thị Hương".to_owned(),
    };
    let mut header = Header::new(
        Uuid::from_u128(0x0174_4cbe_b080_7000_8000_0000_0000_0001),
        "H54".parse().unwrap(),
        ["H40", "H25", "G22"].map(|code| code.parse().unwrap()),
        123,
        "UBND-VX".parse().unwrap(),
        DocumentType::OfficialLetter,
        "V/v phối hợp phòng, chống dịch",
        signer,
        "2020-09-01T18:00:00Z".parse().unwrap(),
    );
    header.attachments.push(Attachment {
        sha256: [7; 32],
        size: 2048,
        name: "công văn.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        description: String::new(),
    });
    header
}

fn wire() -> pb::Header {
    pb::Header::decode(&letter().encode()[..]).unwrap()
}

fn decode(change: impl FnOnce(&mut pb::Header)) -> Result<Header, Refusal> {
    let mut wire = wire();
    change(&mut wire);
    Header::decode(&wire.encode_to_vec())
}

#[track_caller]
fn refused(reason: Reason, field: &str, change: impl FnOnce(&mut pb::Header)) {
    let refusal = decode(change).unwrap_err();
    assert_eq!((refusal.reason, refusal.field.as_str()), (reason, field), "{refusal}");
}

#[track_caller]
fn malformed(field: &str, change: impl FnOnce(&mut pb::Header)) {
    refused(Reason::Malformed, field, change);
}

#[track_caller]
fn too_large(field: &str, change: impl FnOnce(&mut pb::Header)) {
    refused(Reason::TooLarge, field, change);
}

/// `max` characters of more than one byte each are good, one more is not.
#[track_caller]
fn characters(field: &str, max: usize, set: impl Fn(&mut pb::Header, String)) {
    let good = decode(|wire| set(wire, "ữ".repeat(max)));
    assert!(good.is_ok(), "{good:?}");
    too_large(field, |wire| set(wire, "ữ".repeat(max + 1)));
    malformed(field, |wire| set(wire, "a\0b".to_owned()));
}

fn ids(count: usize) -> Vec<String> {
    (1..=count as u128).map(|id| Uuid::from_u128(id).to_string()).collect()
}

fn recipient(agency: &str) -> pb::Recipient {
    pb::Recipient {
        agency: agency.to_owned(),
        role: 1,
    }
}

#[test]
fn new_document_is_issued_on_the_day_in_vietnam_and_comes_back() {
    let header = letter();
    assert_eq!(header.issued_on, date(2020, 9, 2));
    assert_eq!(Header::decode(&header.encode()), Ok(header));
}

#[test]
fn lengths_are_counted_in_characters() {
    characters("header.subject", 500, |wire, text| wire.subject = text);
    characters("header.act_reason", 500, |wire, text| wire.act_reason = text);
    characters("header.language", 30, |wire, text| wire.language = text);
    characters("header.sphere", 100, |wire, text| wire.sphere = text);
    characters("header.place", 100, |wire, text| wire.place = text);
    let signer =
        |set: fn(&mut pb::Signer, String)| move |wire: &mut pb::Header, text| set(wire.signer.as_mut().unwrap(), text);
    characters(
        "header.signer.competence",
        100,
        signer(|signer, text| signer.competence = text),
    );
    characters(
        "header.signer.position",
        100,
        signer(|signer, text| signer.position = text),
    );
    characters(
        "header.signer.full_name",
        50,
        signer(|signer, text| signer.full_name = text),
    );
    let file =
        |set: fn(&mut pb::Attachment, String)| move |wire: &mut pb::Header, text| set(&mut wire.attachments[0], text);
    characters("header.attachments[0].name", 255, file(|file, text| file.name = text));
    characters(
        "header.attachments[0].content_type",
        100,
        file(|file, text| file.content_type = text),
    );
    characters(
        "header.attachments[0].description",
        500,
        file(|file, text| file.description = text),
    );
    characters("header.extensions", 100, |wire, text| {
        wire.extensions = BTreeMap::from([(text, String::new())])
    });
    characters("header.extensions", 2000, |wire, text| {
        wire.extensions = BTreeMap::from([("k".to_owned(), text)])
    });
}

#[test]
fn other_places_have_a_thousand_characters_together() {
    let places = |last: usize| vec!["ỹ".repeat(999), "ỹ".repeat(last)];
    assert!(decode(|wire| wire.other_places = places(1)).is_ok());
    too_large("header.other_places", |wire| wire.other_places = places(2));
    malformed("header.other_places[1]", |wire| wire.other_places = places(0));
}

#[test]
fn line_breaks_may_stand_in_text_but_not_in_a_file_name() {
    assert!(decode(|wire| wire.subject = "một\r\nhai\tba «bốn»".to_owned()).is_ok());
    malformed("header.subject", |wire| wire.subject = "một\u{85}hai".to_owned());
    malformed("header.subject", |wire| wire.subject = "một\u{7f}hai".to_owned());
    for name in ["a\nb.pdf", "a/b.pdf", "..\\b.pdf", "..", ".", " "] {
        malformed("header.attachments[0].name", |wire| {
            wire.attachments[0].name = name.to_owned()
        });
    }
}

#[test]
fn what_no_document_can_do_without_must_be_there() {
    malformed("header.document_id", |wire| wire.document_id.clear());
    refused(Reason::CodeInvalid, "header.sender", |wire| wire.sender.clear());
    malformed("header.recipients", |wire| wire.recipients.clear());
    malformed("header.number", |wire| wire.number = 0);
    malformed("header.notation", |wire| wire.notation.clear());
    malformed("header.issued_on", |wire| wire.issued_on = None);
    malformed("header.document_type", |wire| wire.document_type = 0);
    malformed("header.subject", |wire| wire.subject = "  \n".to_owned());
    malformed("header.signer.full_name", |wire| wire.signer = None);
    malformed("header.urgency", |wire| wire.urgency = 0);
    malformed("header.act", |wire| wire.act = 0);
    malformed("header.steering_type", |wire| wire.steering_type = 0);
    malformed("header.created_at", |wire| wire.created_at = None);
    malformed("header.system", |wire| wire.system = 0);
    malformed("header.recipients[1].role", |wire| wire.recipients[1].role = 0);
}

#[test]
fn values_beyond_their_range() {
    assert!(decode(|wire| wire.number = 99_999_999_999).is_ok());
    malformed("header.number", |wire| wire.number = 100_000_000_000);
    malformed("header.page_count", |wire| wire.page_count = 1000);
    malformed("header.copy_count", |wire| wire.copy_count = 1000);
    malformed("header.document_type", |wire| wire.document_type = 30);
    malformed("header.notation", |wire| wire.notation = "UBND VX".to_owned());
    malformed("header.attachments[0].size", |wire| wire.attachments[0].size = 0);
    assert!(decode(|wire| wire.attachments[0].size = 2 << 30).is_ok());
    too_large("header.attachments[0].size", |wire| {
        wire.attachments[0].size = (2 << 30) + 1
    });
    malformed("header.attachments[0].sha256", |wire| {
        wire.attachments[0].sha256 = vec![7; 31].into()
    });
    for (year, month, day) in [
        (1969, 12, 31),
        (10_000, 1, 1),
        (2019, 2, 29),
        (2020, 13, 1),
        (2020, 1 << 8, 1),
    ] {
        malformed("header.due_on", |wire| {
            wire.due_on = Some(pb::Date { year, month, day })
        });
    }
    for (seconds, nanos) in [(-1, 0), (0, -1), (0, 1_000_000_000), (i64::MAX, 0)] {
        malformed("header.created_at", |wire| {
            wire.created_at = Some(prost_types::Timestamp { seconds, nanos })
        });
    }
}

#[test]
fn ids_have_one_form() {
    for id in [
        "01744cbeb08070008000000000000001",
        "{01744cbe-b080-7000-8000-000000000001}",
        "urn:uuid:01744cbe-b080-7000-8000-000000000001",
        "00000000-0000-0000-0000-000000000000",
        "01744cbe-b080-7000-8000-00000000000g",
    ] {
        malformed("header.document_id", |wire| wire.document_id = id.to_owned());
    }
    malformed("header.in_reply_to[1]", |wire| {
        wire.in_reply_to = vec![wire.document_id.clone(), "no".to_owned()];
    });
}

#[test]
fn agencies_are_named_once_by_codes() {
    refused(Reason::CodeInvalid, "header.recipients[2].agency", |wire| {
        wire.recipients[2].agency = "h25".to_owned()
    });
    refused(Reason::RecipientDuplicated, "header.recipients[2].agency", |wire| {
        wire.recipients[2] = recipient("H40")
    });
    // More than are compared one by one.
    refused(Reason::RecipientDuplicated, "header.recipients[63].agency", |wire| {
        wire.recipients = (0..63).map(|at| recipient(&format!("H{at:02}"))).collect();
        wire.recipients.push(recipient("H40"));
    });
}

#[test]
fn only_an_update_removes_recipients() {
    let update = |removed: &[&str]| {
        let removed: Vec<_> = removed.iter().map(|&code| code.to_owned()).collect();
        move |wire: &mut pb::Header| {
            (wire.act, wire.act_targets, wire.removed_recipients) = (BusinessAct::Update.wire(), ids(1), removed);
        }
    };
    assert_eq!(decode(update(&["H05", "H02"])).unwrap().removed_recipients.len(), 2);
    refused(
        Reason::CodeInvalid,
        "header.removed_recipients[1]",
        update(&["H05", ""]),
    );
    refused(
        Reason::RecipientDuplicated,
        "header.removed_recipients[1]",
        update(&["H05", "H05"]),
    );
    refused(
        Reason::RecipientDuplicated,
        "header.removed_recipients[0]",
        update(&["G22"]),
    );
    malformed("header.removed_recipients", |wire| {
        wire.removed_recipients = vec!["H05".to_owned()]
    });
}

#[test]
fn acts_name_what_they_act_on_once() {
    malformed("header.act_targets", |wire| wire.act_targets = ids(1));
    for act in [BusinessAct::Recall, BusinessAct::Update, BusinessAct::Replace] {
        malformed("header.act_targets", |wire| wire.act = act.wire());
        assert!(decode(|wire| (wire.act, wire.act_targets) = (act.wire(), ids(100))).is_ok());
        malformed("header.act_targets[2]", |wire| {
            (wire.act, wire.act_targets) = (act.wire(), [ids(2), ids(1)].concat());
        });
    }
}

#[test]
fn secret_documents_are_refused_whatever_else_is_wrong() {
    refused(Reason::SecretForbidden, "header.secrecy", |wire| {
        wire.secrecy = "Mật".to_owned();
        wire.sender.clear();
    });
}

#[test]
fn lists_have_an_end() {
    let recall = BusinessAct::Recall.wire();
    let files = |wire: &pb::Header, count| vec![wire.attachments[0].clone(); count];
    let fields = |count: usize| (0..count).map(|at| (at.to_string(), String::new())).collect();
    let codes = |count: usize| (0..count).map(|at| format!("H54.{at}")).collect::<Vec<_>>();
    assert!(decode(|wire| (wire.act, wire.act_targets, wire.in_reply_to) = (recall, ids(100), ids(100))).is_ok());
    too_large("header.act_targets", |wire| {
        (wire.act, wire.act_targets) = (recall, ids(101))
    });
    too_large("header.in_reply_to", |wire| wire.in_reply_to = ids(101));
    assert!(decode(|wire| wire.attachments = files(wire, 100)).is_ok());
    too_large("header.attachments", |wire| wire.attachments = files(wire, 101));
    assert!(decode(|wire| wire.extensions = fields(50)).is_ok());
    too_large("header.extensions", |wire| wire.extensions = fields(51));
    too_large("header.other_places", |wire| {
        wire.other_places = vec![String::new(); 1001]
    });
    too_large("header.removed_recipients", |wire| {
        wire.removed_recipients = codes(12_001)
    });
    too_large("header.recipients", |wire| {
        wire.recipients = codes(12_001).iter().map(|code| recipient(code)).collect()
    });
}

#[test]
fn twelve_thousand_recipients_of_the_longest_codes_fit() {
    let header = decode(|wire| {
        wire.recipients = (0..limits::RECIPIENTS_MAX)
            .map(|at| recipient(&format!("H54.{at:031}")))
            .collect();
    });
    assert_eq!(header.unwrap().recipients.len(), 12_000);
}

#[test]
fn hundred_thousand_recipients_are_refused_before_any_is_built() {
    // Field 3 with nothing in it, in 2 bytes: all fit into the bytes that a header may have, and would decode.
    let bytes = [0x1a, 0].repeat(100_000);
    assert!(bytes.len() < limits::HEADER_BYTES_MAX);
    let refusal = Header::decode(&bytes).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::TooLarge, "header.recipients")
    );
    assert_eq!(refusal.metadata["entries_max"], "12000");

    let bytes = vec![0; limits::HEADER_BYTES_MAX + 1];
    let refusal = Header::decode(&bytes).unwrap_err();
    assert_eq!((refusal.reason, refusal.field.as_str()), (Reason::TooLarge, "header"));
}

#[test]
fn what_is_no_header_is_told_apart() {
    let good = letter().encode();
    for bad in [
        &good[..good.len() - 1],
        // A length of 2^64 - 1, one of more than 64 bits, a group, a key without a value, text that is no UTF-8.
        &[0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0x1b, 0x1c],
        &[0x20],
        &[0x12, 0x01, 0xff],
        &[0x00, 0x00],
    ] {
        let refusal = Header::decode(bad).unwrap_err();
        assert_eq!(
            (refusal.reason, refusal.field.as_str()),
            (Reason::Malformed, "header"),
            "{bad:?}"
        );
    }
}

#[test]
fn fields_of_a_later_release_do_no_harm() {
    let mut bytes = letter().encode();
    // Numbers 1000 to 1003, one of each wire type.
    for (number, rest) in [
        (1000_u32, &[0xff, 0x01][..]),
        (1001, &[0; 8]),
        (1002, &[1, 0]),
        (1003, &[0; 4]),
    ] {
        let key = number << 3 | [0, 1, 2, 5][number as usize - 1000];
        bytes.extend([(key & 0x7f) as u8 | 0x80, (key >> 7) as u8]);
        bytes.extend(rest);
    }
    assert_eq!(Header::decode(&bytes), Ok(letter()));
}

prop_compose! {
    fn attachment()(
        sha256: [u8; 32],
        size in 1..=limits::ATTACHMENT_BYTES_MAX,
        name in "[a-zà-ỹ0-9 .-]{0,40}[a-z]",
        content_type in "[a-z/]{0,20}",
        description in "[A-Za-zÀ-ỹ \n]{0,60}",
    ) -> Attachment {
        Attachment { sha256, size, name, content_type, description }
    }
}

prop_compose! {
    fn signer()(
        competence in "(TM\\.|KT\\.|TL\\.|TUQ\\.|)[A-ZÀ-Ỹ ]{0,40}",
        position in "[A-ZÀ-Ỹ ]{0,40}",
        full_name in "[A-ZĐÀ-Ý][a-zà-ỹ ]{0,49}",
    ) -> Signer {
        Signer { competence, position, full_name }
    }
}

fn code() -> impl Strategy<Value = AgencyCode> {
    "[A-Z][0-9]{2}(\\.[0-9A-Z]{1,4}){0,3}".prop_map(|code| code.parse().unwrap())
}

fn uuids(size: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<Uuid>> {
    btree_set(1..u128::MAX, size).prop_map(|ids| ids.into_iter().map(Uuid::from_u128).collect())
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

prop_compose! {
    fn kinds()(
        document_type in one_of(DocumentType::ALL),
        urgency in one_of(Urgency::ALL),
        act in one_of(BusinessAct::ALL),
        steering in one_of(SteeringType::ALL),
        system in one_of(SystemKind::ALL),
        role in one_of(RecipientRole::ALL),
    ) -> (DocumentType, Urgency, BusinessAct, SteeringType, SystemKind, RecipientRole) {
        (document_type, urgency, act, steering, system, role)
    }
}

prop_compose! {
    fn texts()(
        subject in "[A-ZĐÀ-Ý][^\\p{Cc}]{0,499}",
        act_reason in "[^\\p{Cc}]{0,60}",
        other_places in vec("[A-ZĐÀ-Ý][a-zà-ỹ ]{0,60}", 0..5),
        language in "[a-z]{0,5}",
        sphere in "[A-Za-zÀ-ỹ ]{0,30}",
        place in "[A-Za-zÀ-ỹ ]{0,30}",
        extensions in btree_map("[a-z:]{1,20}", "[^\\p{Cc}]{0,40}", 0..5),
    ) -> (String, String, Vec<String>, String, String, String, BTreeMap<String, String>) {
        (subject, act_reason, other_places, language, sphere, place, extensions)
    }
}

prop_compose! {
    /// Any header that follows the rules.
    fn header()(
        (document_type, urgency, act, steering, system, role) in kinds(),
        (subject, act_reason, other_places, language, sphere, place, extensions) in texts(),
        agencies in btree_set(code(), 1..20),
        removed in 0..20_usize,
        sender in code(),
        id in 1..u128::MAX,
        targets in uuids(1..5),
        in_reply_to in uuids(0..4),
        number in 1..=limits::NUMBER_MAX,
        notation in "[A-ZĐ]{2,5}-[A-ZĐ&]{2,8}",
        days in 0..2_932_000_i32,
        due in proptest::option::of(0..2_932_000_i32),
        nanos in 0..253_402_207_200_000_000_000_i128,
        signer in signer(),
        attachments in vec(attachment(), 0..4),
        paper_follows: bool,
        page_count in 0..=999_u32,
        copy_count in 0..=999_u32,
    ) -> Header {
        let day = |days: i32| date(1970, 1, 1).checked_add(days.days()).unwrap();
        // In no order: what a header says first stays first.
        let mut agencies: Vec<_> = agencies.into_iter().rev().collect();
        let removed = if act == BusinessAct::Update { agencies.split_off(removed.clamp(1, agencies.len())) } else { Vec::new() };
        Header {
            document_id: Uuid::from_u128(id),
            sender,
            recipients: agencies.into_iter().map(|agency| Recipient { agency, role }).collect(),
            number,
            notation: notation.parse().unwrap(),
            issued_on: day(days),
            document_type,
            subject,
            signer,
            urgency,
            due_on: due.map(day),
            act,
            act_targets: if act == BusinessAct::New { Vec::new() } else { targets },
            act_reason,
            in_reply_to,
            attachments,
            paper_follows,
            steering,
            other_places,
            page_count,
            copy_count,
            language,
            sphere,
            created_at: Timestamp::from_nanosecond(nanos).unwrap(),
            system,
            extensions,
            place,
            removed_recipients: removed,
        }
    }
}

proptest! {
    #[test]
    fn every_header_comes_back_as_it_was(header in header()) {
        let bytes = header.encode();
        let decoded = Header::decode(&bytes);
        prop_assert_eq!(decoded.as_ref(), Ok(&header));
        prop_assert_eq!(decoded.unwrap().encode(), bytes);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        let refusal = Header::decode(&bytes).unwrap_err();
        prop_assert!(refusal.field.starts_with("header"), "{}", refusal);
    }

    /// Whatever a hostile writer makes of a good header is refused with a field, or is itself a good header.
    #[test]
    fn damaged_headers_are_refused_or_good(header in header(), damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = header.encode();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        match Header::decode(&bytes) {
            Ok(header) => prop_assert_eq!(Header::decode(&header.encode()), Ok(header)),
            Err(refusal) => prop_assert!(refusal.field.starts_with("header"), "{}", refusal),
        }
    }
}
