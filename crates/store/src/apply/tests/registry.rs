//! The address book, certificates, revocations and uploads.

use bytes::Bytes;
use jiff::SignedDuration;
use truc_document::{AgencyCode, Level, Reason};
use truc_proto::v1 as pb;

use super::axis::*;
use crate::record::{Change, wire};

fn find(axis: &Axis, code: &str) -> Option<u32> {
    axis.state.directory.find(&code.parse().unwrap())
}

#[test]
fn the_same_agency_again_is_good() {
    let mut axis = Axis::new();
    let before = axis.state.digest_of_content();
    axis.register(agency(THAI_BINH));
    // What the directory fills in need not be said.
    let mut ministry = agency(MINISTRY);
    ministry.province.clear();
    assert_eq!(axis.put(ministry, true).unwrap().province, MINISTRY);
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn otherwise_it_is_refused() {
    let mut axis = Axis::new();
    let mut renamed = agency(THAI_BINH);
    renamed.name = "Tên khác".to_owned();
    let before = axis.state.digest_of_content();
    let refusal = axis.put(renamed.clone(), true).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::Malformed, "agency.code")
    );
    let refusal = axis.put(agency("H99"), false).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::RecipientUnknown, "agency.code")
    );
    assert_eq!(axis.state.digest_of_content(), before);
    assert_eq!(axis.put(renamed, false).unwrap().name, "Tên khác");
}

#[test]
fn what_can_be_no_agency_leaves_no_trace() {
    let mut axis = Axis::new();
    let before = axis.state.digest_of_content();
    let broken: [fn(&mut pb::Agency); 5] = [
        |agency| agency.code = "không phải mã".to_owned(),
        |agency| agency.level = 9,
        |agency| agency.signing_policy = 0,
        |agency| agency.legacy_code = "không phải mã".to_owned(),
        |agency| agency.parent = "?".to_owned(),
    ];
    for break_it in broken {
        let mut wrong = agency("H25");
        break_it(&mut wrong);
        assert_eq!(axis.put(wrong, true).unwrap_err().reason, Reason::Malformed);
        assert_eq!(axis.state.digest_of_content(), before);
    }
}

#[test]
fn a_code_names_one_agency_in_either_form() {
    let mut axis = Axis::new();
    let before = axis.state.digest_of_content();
    let legacy = "000.00.00.H54";
    let mut claims = agency("H25");
    claims.legacy_code = legacy.to_owned();
    let refusal = axis.put(claims, true).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::Malformed, "agency.legacy_code")
    );
    let refusal = axis.put(agency(legacy), true).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::Malformed, "agency.code")
    );
    let refusal = axis.put(agency(legacy), false).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::Malformed, "agency.code"),
        "it is changed by its own code"
    );
    let mut claims = agency(NAM_DINH);
    claims.legacy_code = THAI_BINH.to_owned();
    assert_eq!(axis.put(claims, false).unwrap_err().field, "agency.legacy_code");
    assert_eq!(axis.state.digest_of_content(), before);
}

#[test]
fn an_older_code_can_be_changed_and_is_free_then() {
    let mut axis = Axis::new();
    let (old, new) = ("000.00.00.H54", "000.00.01.H54");
    axis.alter(THAI_BINH, |agency| agency.legacy_code = new.to_owned());
    assert_eq!((find(&axis, old), find(&axis, new)), (None, find(&axis, THAI_BINH)));
    axis.alter(NAM_DINH, |agency| agency.legacy_code = old.to_owned());
    axis.alter(THAI_BINH, |agency| agency.legacy_code = String::new());
    assert_eq!((find(&axis, old), find(&axis, new)), (find(&axis, NAM_DINH), None));
    axis.reload();
    assert_eq!((find(&axis, old), find(&axis, new)), (find(&axis, NAM_DINH), None));
}

#[test]
fn readers_keep_the_directory_that_they_hold() {
    let mut axis = Axis::new();
    let held = std::sync::Arc::clone(&axis.state.directory);
    axis.alter(COMMUNE, |agency| agency.level = Level::District.wire());
    let code: AgencyCode = COMMUNE.parse().unwrap();
    assert_eq!(held.get(held.find(&code).unwrap()).unwrap().level, Level::Commune);
    assert_eq!(axis.state.agency(&code).unwrap().1.level, Level::District);
}

#[test]
fn a_revocation_only_moves_back() {
    let mut axis = Axis::new();
    let (now, key) = (axis.now, key_id(THAI_BINH, true));
    let later = now + SignedDuration::from_hours(1);
    assert_eq!(axis.revoke(key, later), later.as_microsecond());
    assert_eq!(axis.revoke(key, now), now.as_microsecond());
    assert_eq!(
        axis.revoke(key, later),
        now.as_microsecond(),
        "what was void stays void"
    );
}

#[test]
fn certificates_are_found_by_fingerprint() {
    let mut axis = Axis::new();
    let fingerprint = key_id(THAI_BINH, true);
    let certificate = pb::Certificate {
        fingerprint: Bytes::copy_from_slice(&fingerprint),
        common_name: "Nguyễn Văn A".to_owned(),
        ..pb::Certificate::default()
    };
    axis.change(Change::CertificateRegistered(wire::CertificateRegistered {
        certificate: Some(certificate.clone()),
    }));
    assert_eq!(
        axis.state.directory.certificate(&fingerprint).map(|found| &**found),
        Some(&certificate)
    );
    assert_eq!(axis.state.directory.certificate(&key_id(NAM_DINH, true)), None);
}

#[test]
fn an_upload_is_its_own_agencys() {
    let mut axis = Axis::new();
    let sha256 = truc_signature::sha256(b"noi dung");
    axis.change(Change::AttachmentUploaded(wire::AttachmentUploaded {
        agency: "000.00.00.H54".to_owned(),
        sha256: Bytes::copy_from_slice(&sha256),
        size: 8,
    }));
    let has = |code: &str| axis.state.has_uploaded(find(&axis, code).unwrap(), &sha256);
    assert!(has(THAI_BINH) && !has(NAM_DINH));
}
