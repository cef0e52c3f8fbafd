//! What is unusual in the field is read, and told with its place.

use truc_document::edxml::{
    FindingCode, Package, Packing, Profile, ReadErrorCode, Severity, SignatureJudgement, Value, WriteOptions, write,
};

use super::{document, read, sample, status};

#[track_caller]
fn check(name: &str, profile: Profile, expected: &[(&str, &str)]) {
    let whole = read(&sample(name)).unwrap();
    let findings: Vec<(String, &str)> = whole
        .reading
        .findings
        .iter()
        .map(|finding| {
            (
                finding.at.map_or_else(String::new, |at| at.to_string()),
                finding.code.code(),
            )
        })
        .collect();
    let expected: Vec<(String, &str)> = expected.iter().map(|(at, code)| ((*at).to_owned(), *code)).collect();
    assert_eq!(findings, expected);
    assert_eq!(whole.reading.profile, profile);
}

#[test]
fn a_package_of_vnpt_has_nothing_unusual_but_its_signature() {
    check("letter", Profile::Vnpt, &[("81:7", "SIGNATURE_PLACEHOLDER")]);
    check("update", Profile::Vnpt, &[("", "SIGNATURE_ABSENT")]);
    check("replace", Profile::Vnpt, &[("", "SIGNATURE_ABSENT")]);
    check("status-accepted", Profile::Vnpt, &[]);
    check("status-take-back", Profile::Vnpt, &[]);
}

#[test]
fn every_field_of_a_document_is_kept() {
    let letter = document("letter");
    assert_eq!(letter.from.organ_id, "000.00.00.H98");
    assert_eq!(letter.from.organization_in_charge, "UBND tỉnh Mẫu");
    assert_eq!(letter.from.address, "Số 0, đường Thử");
    assert_eq!(letter.from.website, "example.vn");
    assert_eq!(letter.to.len(), 1);
    assert_eq!(letter.document_id, "000.00.00.H98,2020/09/01,05/UBND-VX");
    assert_eq!((&*letter.code.number, &*letter.code.notation), ("05", "UBND-VX"));
    assert_eq!(
        letter.promulgation.date,
        Some(Value::Known("2020-09-01".parse().unwrap()))
    );
    assert_eq!(letter.document_type.name, "Công văn");
    assert_eq!(letter.subject, "V/v thử nghiệm gửi & nhận văn bản");
    assert_eq!(letter.signer.competence, "KT. CHỦ TỊCH");
    assert_eq!(letter.other.priority, Some(Value::Known(1)));
    assert_eq!(letter.other.direction, Some(Value::Known(false)));
    assert_eq!(letter.other.appendixes, ["Phụ lục một"]);
    assert_eq!(letter.to_places, ["Như trên", "Lưu: VT"]);
    assert_eq!(letter.trace.len(), 1);
    let business = letter.business.unwrap();
    assert_eq!(business.doc_type, Some(Value::Known(0)));
    assert_eq!(business.staff.unwrap().mobile, "0000000002");
    assert_eq!(letter.manifest.unwrap().references.len(), 2);

    let update = document("update").business.unwrap().document_info.unwrap();
    assert_eq!(update.receivers.len(), 2);
    assert_eq!(update.receivers[0].receiver_type, Some(Value::Known(0)));

    let replace = document("replace");
    assert_eq!(replace.task_codes, ["NV-01"]);
    assert_eq!(replace.application_type, "1");
    assert_eq!(replace.other.reference_codes, ["01/KH-UBND"]);
    let replaced = replace.business.unwrap().replacements;
    assert_eq!(replaced[0].organ_ids, ["000.01.98.H98"]);
}

#[test]
fn files_come_out_as_they_went_in() {
    let whole = read(&sample("letter")).unwrap();
    let letter = document("letter");
    assert_eq!(
        whole.contents[0],
        "Kính gửi các sở, ngành: thử nghiệm liên thông.\n".as_bytes()
    );
    assert_eq!(letter.attachments[0].packing, Packing::Zipped);
    assert_eq!(letter.attachments[0].size, whole.contents[0].len() as u64);
    // A .docx is a zip by itself.
    assert!(whole.contents[1].starts_with(b"PK\x03\x04"));
    assert_eq!(letter.attachments[1].packing, Packing::Plain);
    assert_eq!(read(&sample("bkav-reply")).unwrap().contents, [b"%PDF-1.4 thu nghiem"]);
    assert_eq!(read(&sample("provincial")).unwrap().contents, [b"%PDF-1.4 to trinh"]);
}

#[test]
fn signatures_are_kept_to_the_byte() {
    let letter = document("letter");
    let signature = letter.signature.unwrap();
    assert!(
        signature
            .raw
            .starts_with("<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">\n")
    );
    assert!(signature.raw.ends_with("</KeyInfo>\n      </Signature>"));
    assert!(String::from_utf8(sample("letter")).unwrap().contains(&signature.raw));
    assert!(matches!(signature.judgement, SignatureJudgement::Placeholder(_)));
}

#[test]
fn bkav_writes_other_names_and_dates() {
    check(
        "bkav-reply",
        Profile::Bkav,
        &[
            ("8:3", "SPELLING_VARIANT"),
            ("22:25", "DATE_FORM"),
            ("27:171", "DATE_FORM"),
            ("32:60", "DATE_FORM"),
            ("33:1", "SPELLING_VARIANT"),
            ("33:17", "SPELLING_VARIANT"),
            ("33:65", "SPELLING_VARIANT"),
            ("38:44", "CONTENT_ID_FORM"),
            ("", "SIGNATURE_ABSENT"),
        ],
    );
    let reply = document("bkav-reply");
    assert_eq!(reply.from.organization_in_charge, "UBND tỉnh Mẫu");
    assert_eq!(
        reply.trace[0].timestamp,
        Some(Value::Known("2020-09-02T16:30:00".parse().unwrap()))
    );
    assert_eq!(reply.attachments[0].content_id, "bc");
}

#[test]
fn the_provincial_dialect_is_a_document_too() {
    check(
        "provincial",
        Profile::Provincial,
        &[("1:39", "DIALECT_PROVINCIAL"), ("", "SIGNATURE_ABSENT")],
    );
    let document = document("provincial");
    // 17:30 UTC is past midnight in Vietnam.
    assert_eq!(
        document.promulgation.date,
        Some(Value::Known("2020-09-03".parse().unwrap()))
    );
    assert_eq!(document.document_type.name, "Tờ trình");
    assert_eq!(document.signer.full_name, "Người Báo Cáo");
    assert_eq!(document.trace[0].path.as_ref().unwrap().to, "H98");
    assert_eq!(document.other.appendixes, ["Phụ lục"]);
}

#[test]
fn bytes_before_the_declaration_are_skipped() {
    check(
        "junk-before",
        Profile::Vnpt,
        &[("1:1", "JUNK_BEFORE_DECLARATION"), ("81:7", "SIGNATURE_PLACEHOLDER")],
    );
    let finding = &read(&sample("junk-before")).unwrap().reading.findings[0];
    assert_eq!(
        (finding.found.as_str(), finding.severity()),
        ("1212", Severity::Warning)
    );
}

#[test]
fn an_unbound_prefix_is_told_and_read() {
    check(
        "unbound-prefix",
        Profile::Vnpt,
        &[
            ("57:9", "ELEMENT_MISSING"),
            ("72:11", "DATE_FORM"),
            ("89:9", "UNBOUND_PREFIX"),
            ("89:9", "ELEMENT_MISSING"),
            ("89:9", "UNKNOWN_ATTRIBUTE"),
            ("", "SIGNATURE_ABSENT"),
        ],
    );
    let document = document("unbound-prefix");
    assert_eq!(
        document.document_id, "000.00.00.H98,2020/09/01,05/UBND-VX",
        "it stands last"
    );
    assert!(document.response_for.is_empty(), "an empty one says nothing");
}

#[test]
fn a_placeholder_where_the_content_should_be_is_refused() {
    let error = read(&sample("placeholder-content")).unwrap_err();
    assert_eq!((error.code, error.at.line), (ReadErrorCode::Base64Invalid, 101));
    assert!(error.to_string().starts_with("BASE64_INVALID at 101:"), "{error}");
}

#[test]
fn statuses_are_read_with_their_divergence() {
    check("status-fourteen", Profile::Vnpt, &[("28:9", "STATUS_14")]);
    let accepted = status("status-accepted");
    assert_eq!(accepted.status_code, "03");
    assert_eq!(accepted.response_for.code, "05/UBND-VX");
    assert_eq!(
        accepted.timestamp,
        Some(Value::Known("2020-09-01T09:15:30".parse().unwrap()))
    );
    assert_eq!(accepted.staff.unwrap().department, "Phòng Hành chính");
}

#[test]
fn every_sample_comes_back_from_its_own_profile() {
    for name in [
        "letter",
        "update",
        "replace",
        "junk-before",
        "unbound-prefix",
        "bkav-reply",
        "provincial",
        "status-accepted",
        "status-fourteen",
        "status-take-back",
    ] {
        let whole = read(&sample(name)).unwrap();
        let options = WriteOptions {
            profile: whole.reading.profile,
            ..WriteOptions::default()
        };
        let mut written = Vec::new();
        let losses = write(
            &whole.reading.package,
            &options,
            &mut whole.contents.as_slice(),
            &mut written,
        )
        .unwrap();
        assert_eq!(losses, [], "{name}");
        let again = read(&written).unwrap();
        assert_eq!(again.reading.package, whole.reading.package, "{name}");
        assert_eq!(again.contents, whole.contents, "{name}");
        assert_eq!(again.reading.profile, whole.reading.profile, "{name}");
    }
}

#[test]
fn what_the_provincial_dialect_leaves_out_is_told() {
    let whole = read(&sample("update")).unwrap();
    let options = WriteOptions {
        profile: Profile::Provincial,
        ..WriteOptions::default()
    };
    let mut written = Vec::new();
    let losses = write(
        &whole.reading.package,
        &options,
        &mut whole.contents.as_slice(),
        &mut written,
    )
    .unwrap();
    assert!(losses.iter().all(|loss| loss.code == FindingCode::FieldNotCarried));
    assert!(losses.iter().any(|loss| loss.path.ends_with("Bussiness")));
    let Package::Document(again) = read(&written).unwrap().reading.package else {
        panic!("a document");
    };
    assert_eq!(again.subject, document("update").subject);
    assert_eq!(again.business, None);
}
