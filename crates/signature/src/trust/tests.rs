//! Chains that must be refused are made here with rcgen directly: the authority would not issue them.

use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose as Purpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose as Usage, PKCS_ED25519, SanType, SerialNumber, date_time_ymd,
};

use super::*;
use crate::{
    Authority, Capacity, CertificateChain, CertificateRequest, IssuingAuthority, SigningKey, Subject, SubjectKind,
};

const SEED: &[u8] = b"trust";

fn authority() -> Authority {
    Authority::from_seed(SEED).unwrap()
}

fn trust() -> TrustStore {
    TrustStore::new(vec![authority().root()]).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn issue(subject: Subject) -> CertificateChain {
    let request = CertificateRequest {
        subject,
        key: SigningKey::from_seed([1; 32]).public(),
        not_before: time("2018-01-01T00:00:00Z"),
        not_after: time("2035-12-31T23:59:59Z"),
    };
    authority().issue(&request).unwrap()
}

fn subjects() -> [Subject; 5] {
    let agency: truc_document::AgencyCode = "H54.12".parse().unwrap();
    [
        Subject::Person {
            agency: agency.clone(),
            full_name: "Nguyễn Văn A".to_owned(),
            position: "Phó Chủ tịch".to_owned(),
            capacity: Capacity::Deputy,
        },
        Subject::Seal {
            agency: agency.clone(),
            name: "UBND tỉnh Thái Bình".to_owned(),
        },
        Subject::System {
            agency,
            name: "Quản lý văn bản".to_owned(),
        },
        Subject::Hub {
            name: "Trục".to_owned(),
            hosts: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        },
        Subject::Operator {
            name: "Quản trị".to_owned(),
        },
    ]
}

#[test]
fn what_the_authority_issues_is_trusted_and_read_back() {
    for subject in subjects() {
        let chain = issue(subject.clone());
        let certificate = trust().certify(&chain.certificates).unwrap();
        assert_eq!(certificate.kind, subject.kind());
        assert_eq!(certificate.fingerprint, chain.fingerprint());
        assert_eq!(certificate.key, SigningKey::from_seed([1; 32]).public());
        assert_eq!(certificate.not_before, time("2018-01-01T00:00:00Z"));
        assert_eq!(certificate.not_after, time("2035-12-31T23:59:59Z"));
        assert_eq!(certificate.serial.len(), 16);
        assert_eq!(
            (&certificate.der, &certificate.issuers[..]),
            (&chain.certificates[0], &chain.certificates[1..])
        );
        let of_agency = matches!(
            subject.kind(),
            SubjectKind::Person | SubjectKind::Seal | SubjectKind::System
        );
        assert_eq!(
            certificate.agency.map(|code| code.to_string()),
            of_agency.then(|| "H54.12".to_owned())
        );
        let is_person = subject.kind() == SubjectKind::Person;
        assert_eq!(certificate.capacity, is_person.then_some(Capacity::Deputy));
    }
}

#[test]
fn the_root_may_come_along() {
    let [person, ..] = subjects();
    let mut chain = issue(person).certificates;
    let without = trust().certify(&chain).unwrap();
    chain.push(authority().root());
    assert_eq!(trust().certify(&chain).unwrap(), without);
}

#[test]
fn validity_is_that_of_the_whole_chain() {
    let request = CertificateRequest {
        subject: subjects()[1].clone(),
        key: SigningKey::from_seed([1; 32]).public(),
        not_before: time("2010-01-01T00:00:00Z"),
        not_after: time("2099-01-01T00:00:00Z"),
    };
    let certificate = trust()
        .certify(&authority().issue(&request).unwrap().certificates)
        .unwrap();
    assert_eq!(certificate.not_before, time("2015-01-01T00:00:00Z"));
    assert_eq!(certificate.not_after, time("2055-01-01T00:00:00Z"));

    let past = CertificateRequest {
        not_after: time("2012-01-01T00:00:00Z"),
        ..request
    };
    refused(
        &authority().issue(&past).unwrap().certificates,
        "never valid at the same time",
    );
}

#[track_caller]
fn refused(chain: &[Bytes], because: &str) {
    let refusal = trust().certify(chain).unwrap_err();
    assert_eq!(refusal.reason, Reason::CertificateUntrusted);
    assert!(refusal.message.contains(because), "{refusal}");
}

#[test]
fn chains_that_lead_nowhere() {
    let chain = issue(subjects()[0].clone()).certificates;
    refused(&[], "no certificate came");
    refused(&chain[..1], "does not lead to a trusted root");
    refused(
        &[chain[0].clone(), authority().certificate(IssuingAuthority::Systems)],
        "out of order",
    );
    refused(&[chain[1].clone(), chain[0].clone()], "");
    refused(&vec![chain[0].clone(); 5], "5 certificates");
    refused(&[vec![0; CERTIFICATE_BYTES_MAX + 1].into()], "8192 are allowed");
    refused(&[authority().root()], "");

    let elsewhere = Authority::from_seed(b"elsewhere").unwrap();
    let request = CertificateRequest {
        subject: subjects()[0].clone(),
        key: SigningKey::from_seed([1; 32]).public(),
        not_before: time("2018-01-01T00:00:00Z"),
        not_after: time("2035-12-31T23:59:59Z"),
    };
    refused(
        &elsewhere.issue(&request).unwrap().certificates,
        "does not lead to a trusted root",
    );
    assert!(
        TrustStore::new(vec![])
            .unwrap()
            .certify(&chain)
            .unwrap_err()
            .message
            .contains("no root")
    );
    let both = TrustStore::new(vec![elsewhere.root(), authority().root()]).unwrap();
    assert!(both.certify(&chain).is_ok(), "any root may be the one");
}

#[test]
fn a_key_id_names_the_first_certificate() {
    let chain = issue(subjects()[0].clone());
    assert!(trust().certify_named(&chain.fingerprint(), &chain.certificates).is_ok());
    let refusal = trust().certify_named(&[0; 32], &chain.certificates).unwrap_err();
    assert!(refusal.message.contains("not the SHA-256"), "{refusal}");
}

/// The authority's own keys and names under certificates that it would never make.
struct Forger {
    params: CertificateParams,
    by: &'static str,
    issuer_name: &'static str,
}

impl Forger {
    /// A good seal, to be spoiled.
    fn seal() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "UBND");
        params.not_before = date_time_ymd(2018, 1, 1);
        params.not_after = date_time_ymd(2030, 1, 1);
        params.serial_number = Some(SerialNumber::from(7));
        params.key_usages = vec![Usage::DigitalSignature, Usage::ContentCommitment];
        params.extended_key_usages = vec![Purpose::Other(vec![1, 3, 6, 1, 5, 5, 7, 3, 36])];
        params.subject_alt_names = vec![uri("urn:truc:agency:H54")];
        Self {
            params,
            by: "agencies",
            issuer_name: "Trục mô phỏng: CA cơ quan",
        }
    }

    fn with(mut self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        change(&mut self.params);
        self
    }

    fn chain(self) -> Vec<Bytes> {
        let issuer_key = key_pair(&SigningKey::derive(SEED, &format!("authority/{}", self.by)));
        let mut issuer = CertificateParams::default();
        issuer.distinguished_name = rcgen::DistinguishedName::new();
        issuer.distinguished_name.push(DnType::CountryName, "VN");
        issuer.distinguished_name.push(DnType::CommonName, self.issuer_name);
        let issuer = Issuer::new(issuer, issuer_key);
        let certificate = self
            .params
            .signed_by(&key_pair(&SigningKey::from_seed([2; 32])), &issuer)
            .unwrap();
        let which = if self.by == "systems" {
            IssuingAuthority::Systems
        } else {
            IssuingAuthority::Agencies
        };
        vec![
            Bytes::copy_from_slice(certificate.der()),
            authority().certificate(which),
        ]
    }
}

fn key_pair(key: &SigningKey) -> KeyPair {
    KeyPair::from_pkcs8_der_and_sign_algo(&key.to_pkcs8_der().into(), &PKCS_ED25519).unwrap()
}

fn uri(uri: &str) -> SanType {
    SanType::URI(uri.try_into().unwrap())
}

#[test]
fn the_forger_makes_good_certificates_too() {
    let certificate = trust().certify(&Forger::seal().chain()).unwrap();
    assert_eq!((certificate.kind, certificate.serial), (SubjectKind::Seal, vec![7]));
}

#[test]
fn an_authority_for_systems_makes_no_seals() {
    let mut forger = Forger::seal();
    (forger.by, forger.issuer_name) = ("systems", "Trục mô phỏng: CA hệ thống");
    refused(&forger.chain(), "does not lead to a trusted root");
}

#[test]
fn usages_and_names_must_be_those_of_a_kind() {
    let purposes = |purposes: Vec<Purpose>| {
        Forger::seal()
            .with(|params| params.extended_key_usages = purposes)
            .chain()
    };
    refused(&purposes(vec![]), "neither for signing documents nor for calling");
    refused(
        &purposes(vec![Purpose::Any]),
        "neither for signing documents nor for calling",
    );
    refused(&purposes(vec![Purpose::ClientAuth]), "does not lead to a trusted root");
    let both = vec![Purpose::Other(vec![1, 3, 6, 1, 5, 5, 7, 3, 36]), Purpose::ClientAuth];
    refused(&purposes(both), "only one may be");

    let usages = |usages: Vec<Usage>| Forger::seal().with(|params| params.key_usages = usages).chain();
    refused(&usages(vec![]), "`digitalSignature`");
    refused(&usages(vec![Usage::DigitalSignature]), "`contentCommitment");
    refused(
        &usages(vec![
            Usage::DigitalSignature,
            Usage::ContentCommitment,
            Usage::KeyCertSign,
        ]),
        "may issue certificates",
    );

    let names = |names: &[&str]| {
        let names = names.iter().map(|name| uri(name)).collect();
        Forger::seal().with(|params| params.subject_alt_names = names).chain()
    };
    refused(&names(&[]), "no name under");
    refused(&names(&["https://example.com"]), "no name under");
    refused(&names(&["urn:truc:agency:h54"]), "`urn:truc:agency:h54`");
    refused(&names(&["urn:truc:unheard"]), "`urn:truc:unheard`");
    refused(
        &names(&["urn:truc:agency:H54", "urn:truc:agency:H40"]),
        "do not go together",
    );
    refused(&names(&["urn:truc:capacity:head"]), "do not go together");
    refused(
        &names(&[
            "urn:truc:agency:H54",
            "urn:truc:capacity:head",
            "urn:truc:capacity:deputy",
        ]),
        "do not go together",
    );
    refused(&names(&["urn:truc:hub"]), "does not lead to a trusted root");
    refused(&names(&["urn:truc:operator"]), "does not lead to a trusted root");
    refused(
        &names(&["urn:truc:agency:H54", "urn:truc:operator"]),
        "do not go together",
    );
}

#[test]
fn a_holder_is_no_authority() {
    let ca = Forger::seal()
        .with(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))
        .chain();
    refused(&ca, "does not lead to a trusted root");

    // A holder of a good certificate issues another one.
    let good = Forger::seal().chain();
    let mut name = CertificateParams::default();
    name.distinguished_name.push(DnType::CommonName, "UBND");
    let issuer = Issuer::new(name, key_pair(&SigningKey::from_seed([2; 32])));
    let below = Forger::seal()
        .params
        .signed_by(&key_pair(&SigningKey::from_seed([3; 32])), &issuer)
        .unwrap();
    let chain = [vec![Bytes::copy_from_slice(below.der())], good].concat();
    refused(&chain, "`keyCertSign`");
}

#[test]
fn only_ed25519_and_no_weak_keys() {
    let issuer = |chain: &[Bytes]| chain[1].clone();
    let ecdsa = KeyPair::generate().unwrap();
    let agencies = key_pair(&SigningKey::derive(SEED, "authority/agencies"));
    let mut name = CertificateParams::default();
    name.distinguished_name = rcgen::DistinguishedName::new();
    name.distinguished_name.push(DnType::CountryName, "VN");
    name.distinguished_name
        .push(DnType::CommonName, "Trục mô phỏng: CA cơ quan");
    let by = Issuer::new(name, agencies);
    let certificate = Forger::seal().params.signed_by(&ecdsa, &by).unwrap();
    refused(
        &[
            Bytes::copy_from_slice(certificate.der()),
            issuer(&Forger::seal().chain()),
        ],
        "Ed25519 is 1.3.101.112",
    );

    struct Weak([u8; 32]);
    impl rcgen::PublicKeyData for Weak {
        fn der_bytes(&self) -> &[u8] {
            &self.0
        }
        fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
            &PKCS_ED25519
        }
    }
    let certificate = Forger::seal().params.signed_by(&Weak([0; 32]), &by).unwrap();
    refused(
        &[
            Bytes::copy_from_slice(certificate.der()),
            issuer(&Forger::seal().chain()),
        ],
        "small order",
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_answered(chain in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..4)) {
        let chain: Vec<Bytes> = chain.into_iter().map(Bytes::from).collect();
        prop_assert!(trust().certify(&chain).is_err());
    }

    #[test]
    fn one_changed_byte_is_noticed(which in 0_usize..2, at in any::<prop::sample::Index>(), by in 1_u8..) {
        let chain = issue(subjects()[0].clone()).certificates;
        let mut changed = chain[which].to_vec();
        let at = at.index(changed.len());
        changed[at] ^= by;
        let mut spoiled = chain.clone();
        spoiled[which] = changed.into();
        prop_assert!(trust().certify(&spoiled).is_err());
    }
}
