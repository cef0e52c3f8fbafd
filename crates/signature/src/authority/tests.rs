use super::*;
use crate::{Capacity, SubjectKind, VerifyingKey, sha256};

fn authority() -> Authority {
    Authority::from_seed(b"seed").unwrap()
}

fn key() -> VerifyingKey {
    SigningKey::from_seed([1; 32]).public()
}

fn request(subject: Subject) -> CertificateRequest {
    CertificateRequest {
        subject,
        key: key(),
        not_before: second(1_514_764_800),
        not_after: second(2_082_758_399),
    }
}

fn person(full_name: &str) -> Subject {
    Subject::Person {
        agency: "H54".parse().unwrap(),
        full_name: full_name.to_owned(),
        position: "Chủ tịch".to_owned(),
        capacity: Capacity::Head,
    }
}

/// These digests hold on any machine and in any version: traffic that was recorded with a seed must verify for ever.
/// If a new version of a library changes them, certificates of old recordings are no longer made anew.
#[test]
fn same_seed_same_bytes() {
    let authority = authority();
    let digest = |der: &[u8]| hex::encode(&sha256(der)[..8]);
    let issued = authority.issue(&request(person("Nguyễn Văn A"))).unwrap();
    let crl = authority
        .crl(
            IssuingAuthority::Persons,
            1,
            &[],
            second(1_600_000_000),
            second(1_700_000_000),
        )
        .unwrap();
    let made = [
        digest(&authority.root()),
        digest(&authority.certificate(IssuingAuthority::Persons)),
        digest(&authority.certificate(IssuingAuthority::Agencies)),
        digest(&authority.certificate(IssuingAuthority::Systems)),
        digest(&issued.certificates[0]),
        digest(&crl),
    ];
    assert_eq!(made, PINNED);
}

const PINNED: [&str; 6] = [
    "bd9c6b021de32f77",
    "c4f906a1b4464296",
    "4e76ad4d4bf7cc01",
    "30f622c2367fb48f",
    "482edebf2815f96a",
    "1308b4936e214a7f",
];

#[test]
fn another_seed_other_bytes() {
    let other = Authority::from_seed(b"seeds").unwrap();
    assert_ne!(other.root(), authority().root());
    let issued = |authority: &Authority| authority.issue(&request(person("Nguyễn Văn A"))).unwrap();
    assert_ne!(issued(&other), issued(&authority()));
}

#[test]
fn serial_numbers_differ_with_anything() {
    let serial = |subject: Subject, key: VerifyingKey, from: i64| {
        let mut request = CertificateRequest {
            key,
            not_before: second(from),
            ..request(subject)
        };
        request.not_after = second(2_082_758_399);
        let chain = authority().issue(&request).unwrap();
        let trust = crate::TrustStore::new(vec![authority().root()]).unwrap();
        trust.certify(&chain.certificates).unwrap().serial
    };
    let other_key = SigningKey::from_seed([2; 32]).public();
    let serials = [
        serial(person("Nguyễn Văn A"), key(), 1_514_764_800),
        serial(person("Nguyễn Văn B"), key(), 1_514_764_800),
        serial(person("Nguyễn Văn A"), other_key, 1_514_764_800),
        serial(person("Nguyễn Văn A"), key(), 1_514_764_801),
    ];
    for (at, serial) in serials.iter().enumerate() {
        assert!(!serials[..at].contains(serial));
    }
}

#[test]
fn what_cannot_be_certified() {
    let backwards = CertificateRequest {
        not_after: second(0),
        ..request(person("A"))
    };
    assert!(matches!(
        authority().issue(&backwards),
        Err(AuthorityError::Validity { .. })
    ));
    for host in ["", "a b", "máy-chủ", "a..b", ".a", "*"] {
        let hub = Subject::Hub {
            name: "Trục".to_owned(),
            hosts: vec![host.to_owned()],
        };
        assert_eq!(
            authority().issue(&request(hub)),
            Err(AuthorityError::Host { host: host.to_owned() })
        );
    }
    let hosts = ["localhost", "hub.example.com", "127.0.0.1", "::1"]
        .map(str::to_owned)
        .to_vec();
    assert!(
        authority()
            .issue(&request(Subject::Hub {
                name: "Trục".to_owned(),
                hosts
            }))
            .is_ok()
    );
}

#[test]
fn long_names_are_cut_where_rfc_5280_wants_it() {
    let name = "Ủy ban nhân dân ".repeat(12);
    let seal = Subject::Seal {
        agency: "H54".parse().unwrap(),
        name,
    };
    let trust = crate::TrustStore::new(vec![authority().root()]).unwrap();
    let certificate = trust
        .certify(&authority().issue(&request(seal)).unwrap().certificates)
        .unwrap();
    assert_eq!(certificate.common_name.chars().count(), 64);
    assert!(certificate.common_name.ends_with('…'));
}

#[test]
fn every_kind_has_its_authority() {
    for kind in SubjectKind::ALL {
        assert!(IssuingAuthority::ALL.contains(&IssuingAuthority::of(kind)));
    }
}
