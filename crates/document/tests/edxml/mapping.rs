//! edXML documents and statuses become those of the axis, and go back.

use jiff::Timestamp;
use proptest::prelude::*;
use truc_document::{
    AgencyCode, BusinessAct, DocumentType, Header, StatusCode, SteeringType, Urgency,
    edxml::{
        ExportOptions, FindingCode, IdForm, Package, Packing, ResponseFor, StatusFacts, Value, WriteOptions, answering,
        document_uuid, draft, draft_status, export, export_status, write,
    },
};

use super::{document, read, status};

fn now() -> Timestamp {
    "2020-09-01T01:30:00Z".parse().unwrap()
}

fn code(text: &str) -> AgencyCode {
    text.parse().unwrap()
}

#[test]
fn a_letter_becomes_a_header() {
    let draft = draft(&document("letter"));
    assert_eq!(draft.lacking(), [""; 0]);
    let header = draft.into_header(now()).unwrap();
    assert_eq!(
        header.document_id,
        document_uuid("000.00.00.H98", "000.00.00.H98,2020/09/01,05/UBND-VX")
    );
    assert_eq!((header.number, header.notation.as_str()), (5, "UBND-VX"));
    assert_eq!(header.document_type, DocumentType::OfficialLetter);
    assert_eq!(header.urgency, Urgency::Urgent);
    assert_eq!(header.due_on, Some("2020-09-15".parse().unwrap()));
    assert_eq!(header.recipients[0].agency, code("000.01.98.H98"));
    assert_eq!((header.page_count, header.copy_count), (2, 3));
    assert_eq!(header.attachments[1].name, "phu-luc.docx");
    assert_eq!(header.extensions["edxml.appendixes"], "Phụ lục một");
    assert_eq!(header.extensions["edxml.code_number"], "05");
    // What it became is a header that the hub would take.
    assert_eq!(Header::decode(&header.encode()).unwrap(), header);
}

#[test]
fn acts_and_replies_find_what_they_are_about() {
    let letter = draft(&document("letter"));
    let update = draft(&document("update"));
    let earlier = document_uuid("H98", "000.00.00.H98,2020/08/30,04/UBND-VX");
    assert_eq!((update.act, update.act_targets), (BusinessAct::Update, vec![earlier]));
    assert_eq!(update.removed_recipients, [code("000.02.98.H98")]);
    let replace = draft(&document("replace"));
    assert_eq!(
        (replace.act, replace.act_targets),
        (BusinessAct::Replace, vec![earlier])
    );
    let reply = draft(&document("bkav-reply"));
    assert_eq!(reply.in_reply_to, [letter.document_id]);
    assert_eq!(
        (reply.urgency, reply.steering),
        (Urgency::Express, SteeringType::Report)
    );
    assert!(
        reply
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::PriorityTimed)
    );
    let header = reply.into_header(now()).unwrap();
    assert_eq!(
        export(&header, &ExportOptions::default()).other.priority,
        Some(Value::Known(4))
    );
}

#[test]
fn provincial_ids_stay_what_they_are() {
    let draft = draft(&document("provincial"));
    assert_eq!(draft.document_id.to_string(), "0c2f3a4e-9d1b-4c58-8a67-1f2e3d4c5b6a");
    assert_eq!(draft.document_type, DocumentType::Submission);
    assert_eq!(draft.extensions["edxml.promulgator"], "Người Báo Cáo");
}

#[test]
fn what_the_axis_can_not_hold_is_told_and_made_fit() {
    let mut document = document("letter");
    document.code.number = "20201016110432".to_owned();
    document.code.notation = "UBND VX/KT".to_owned();
    document.document_type.name = "Thông tư".to_owned();
    document.subject = "dài ".repeat(200).trim().to_owned();
    document.from.organ_id = "vxp.thu.01".to_owned();
    document.to[0].organ_id = "vxp.thu.02".to_owned();
    document.document_id = String::new();
    document.promulgation.date = Some(Value::Text("hôm qua".to_owned()));
    let draft = draft(&document);
    let codes: Vec<FindingCode> = draft.findings.iter().map(|finding| finding.code).collect();
    for code in [
        FindingCode::RegisterNumberInvalid,
        FindingCode::NotationInvalid,
        FindingCode::TypeUnknown,
        FindingCode::LengthOver,
        FindingCode::AgencyCodeInvalid,
        FindingCode::DocumentIdMissing,
        FindingCode::DateInvalid,
    ] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    assert_eq!(draft.number, Some(1_016_110_432));
    assert_eq!(draft.notation.as_ref().unwrap().as_str(), "UBND-VX-KT");
    assert_eq!(draft.subject.chars().count(), 500);
    assert_eq!(draft.lacking(), ["sender", "recipients", "issued_on"]);
    assert_eq!(
        draft.into_header(now()).unwrap_err().fields,
        ["sender", "recipients", "issued_on"]
    );
}

#[test]
fn an_imported_document_is_exported_as_it_came() {
    for name in ["letter", "update", "replace", "bkav-reply"] {
        let came = document(name);
        let header = draft(&came).into_header(now()).unwrap();
        let mut went = export(&header, &ExportOptions::default());
        assert_eq!(went.document_id, came.document_id, "{name}");
        assert_eq!(went.code, came.code, "{name}");
        assert_eq!(went.from.organ_name, came.from.organ_name, "{name}");
        assert_eq!(went.promulgation, came.promulgation, "{name}");
        assert_eq!(went.document_type, came.document_type, "{name}");
        assert_eq!(went.signer, came.signer, "{name}");
        assert_eq!(went.other, came.other, "{name}");
        assert_eq!(went.trace, came.trace, "{name}");
        assert_eq!(went.task_codes, came.task_codes, "{name}");
        assert_eq!(went.to_places, came.to_places, "{name}");
        let (went_business, came_business) = (went.business.take().unwrap(), came.business.clone().unwrap());
        assert_eq!(went_business.doc_type, came_business.doc_type, "{name}");
        assert_eq!(went_business.reason, came_business.reason, "{name}");
        assert_eq!(went_business.staff, came_business.staff, "{name}");
    }
}

#[test]
fn statuses_are_about_the_document_that_was_imported() {
    let letter = draft(&document("letter")).document_id;
    let accepted = draft_status(&status("status-accepted"));
    assert_eq!(
        (accepted.document_id, accepted.status),
        (Some(letter), Some(StatusCode::Accepted))
    );
    assert_eq!(accepted.reporter, Some(code("000.01.98.H98")));
    assert_eq!(accepted.addressee, Some(code("000.00.00.H98")));
    assert_eq!(accepted.reported_at, Some("2020-09-01T02:15:30Z".parse().unwrap()));
    assert_eq!(accepted.findings, []);
    let fourteen = draft_status(&status("status-fourteen"));
    assert_eq!(fourteen.status, Some(StatusCode::Agreed));
    assert_eq!(fourteen.findings[0].code, FindingCode::StatusFourteen);
    let take_back = draft_status(&status("status-take-back"));
    assert_eq!(
        (take_back.document_id, take_back.status),
        (Some(letter), Some(StatusCode::TakeBack))
    );
}

#[test]
fn a_report_goes_out_and_comes_back() {
    let header = draft(&document("letter")).into_header(now()).unwrap();
    for status in StatusCode::ALL {
        let sender = status == &StatusCode::TakeBack;
        let facts = StatusFacts {
            from: document("letter").to[0].clone(),
            about: answering(&header, IdForm::Uuid),
            status: *status,
            description: "vì thử".to_owned(),
            staff: None,
            at: now(),
        };
        let package = export_status(&facts);
        let mut bytes = Vec::new();
        write(
            &Package::Status(package.clone()),
            &WriteOptions::default(),
            &mut (),
            &mut bytes,
        )
        .unwrap();
        let Package::Status(again) = read(&bytes).unwrap().reading.package else {
            panic!("a status");
        };
        assert_eq!(again, package);
        let draft = draft_status(&again);
        assert_eq!((draft.status, draft.reported_at), (Some(*status), Some(now())));
        // Who takes back is the sender; the test speaks as the receiver.
        assert_eq!(draft.document_id == Some(header.document_id), !sender);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn headers_go_out_and_come_back(
        number in 1..99_999_999_999_u64,
        kind in prop::sample::select(DocumentType::ALL),
        urgency in prop::sample::select(Urgency::ALL),
        act in prop::sample::select(BusinessAct::ALL),
        steering in prop::sample::select(SteeringType::ALL),
        subject in "[a-zA-Zàáâãèéêìíđ&<>\"' ]{1,100}",
        paper in any::<bool>(),
        pages in 0..1000_u32,
        packed in any::<bool>(),
        standard in any::<bool>(),
        ids in prop::array::uniform3(any::<[u8; 16]>()),
    ) {
        let id = |bytes| uuid::Uuid::new_v8(bytes);
        let mut header = draft(&document("letter")).into_header(now()).unwrap();
        header.extensions.clear();
        header.document_id = id(ids[0]);
        header.number = number;
        header.document_type = kind;
        header.urgency = urgency;
        header.act = act;
        header.steering = steering;
        header.subject = format!("V/v {}", subject.trim()).trim().to_owned();
        header.paper_follows = paper;
        header.page_count = pages;
        if act != BusinessAct::New {
            header.act_targets = vec![id(ids[1])];
        }
        header.in_reply_to = vec![id(ids[2])];
        if act == BusinessAct::Update {
            header.removed_recipients = vec![code("H11")];
        }
        let options = ExportOptions {
            id: if standard { IdForm::Standard } else { IdForm::Uuid },
            packing: if packed { Packing::Zipped } else { Packing::Plain },
            refer: &|id| (id == header.in_reply_to[0]).then(|| ResponseFor {
                organ_id: "H12".to_owned(),
                document_id: id.to_string(),
                ..ResponseFor::default()
            }),
            ..ExportOptions::default()
        };
        let package = export(&header, &options);
        let mut again = draft(&package).into_header(now()).unwrap();
        if standard {
            prop_assert_eq!(again.document_id, document_uuid(header.sender.as_str(), &package.document_id));
            again.document_id = header.document_id;
        }
        again.extensions.clear();
        prop_assert_eq!(again, header);
    }
}
