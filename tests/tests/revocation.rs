//! Revocation lists over the wire, judged by OpenSSL: signed by the authority, and they name what is revoked.

// Helpers of tests unwrap as tests do; clippy exempts only the test functions themselves.
#![allow(clippy::unwrap_used)]

use std::{process::Command, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use truc_document::Reason;
use truc_signature::{Identity, IssuingAuthority, certificate_pem, crl_pem};
use truc_tests::{Axis, letter};

/// Files that OpenSSL reads: root, issuing authorities, and the lists as the hub gave them.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    async fn of(axis: &Axis) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let authority = axis.wallet.authority();
        let issuers = IssuingAuthority::ALL.map(|which| certificate_pem(&authority.certificate(which)));
        desk.write("root.pem", certificate_pem(&authority.root()));
        desk.write("issuers.pem", issuers.concat());
        let lists = axis.agency("G22").directory().revocations().await.unwrap().crls;
        assert_eq!(lists.len(), IssuingAuthority::ALL.len());
        for (at, (list, issuer)) in lists.iter().zip(issuers).enumerate() {
            desk.write(&format!("list-{at}.pem"), crl_pem(list));
            desk.write(&format!("issuer-{at}.pem"), issuer);
        }
        desk.write("lists.pem", lists.iter().map(|list| crl_pem(list)).collect::<String>());
        desk
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new("openssl");
        let output = command
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("openssl is installed");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// Whether OpenSSL takes the certificate, with the lists at hand.
    fn good(&self, identity: &Identity) -> bool {
        self.write("holder.pem", certificate_pem(&identity.chain().certificates[0]));
        let arguments = [
            "verify",
            "-crl_check",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "issuers.pem",
            "-CRLfile",
            "lists.pem",
            "holder.pem",
        ];
        let (good, said) = self.openssl(&arguments);
        assert!(good || said.contains("certificate revoked"), "{said}");
        good
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_signed_by_their_authorities_and_name_what_is_revoked() {
    let axis = Axis::start().await;
    let operator = axis.operator().directory();
    let code = "H54".parse().unwrap();
    let (head, seal) = (axis.head("H54"), axis.seal("H54"));
    let system = axis.wallet.system(&code, "Quản lý văn bản").unwrap();
    let another = axis.wallet.operator("Quản trị cũ").unwrap();

    let desk = Desk::of(&axis).await;
    for at in 0..3 {
        let (list, issuer) = (format!("list-{at}.pem"), format!("issuer-{at}.pem"));
        let (good, said) = desk.openssl(&["crl", "-in", &list, "-noout", "-verify", "-CAfile", &issuer]);
        assert!(good && said.contains("verify OK"), "{said}");
    }
    for identity in [&head, &seal, &system, &another] {
        assert!(desk.good(identity), "nothing is revoked yet");
    }

    // Known to the hub by a document; by its registration; by what comes with the revocation; and one still to come.
    axis.agency("H54")
        .send(axis.sign(&letter("H54", &["G22"]), Vec::new()))
        .await
        .unwrap();
    operator
        .revoke_certificate(head.fingerprint(), None, "Mất khóa")
        .await
        .unwrap();
    operator.register_certificate(&seal.chain().certificates).await.unwrap();
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    operator
        .revoke_certificate(seal.fingerprint(), Some(later), "Đổi tên cơ quan")
        .await
        .unwrap();
    operator
        .revoke_chain(&system.chain().certificates, None, "")
        .await
        .unwrap();
    operator
        .revoke_chain(&another.chain().certificates, None, "")
        .await
        .unwrap();
    let desk = Desk::of(&axis).await;
    let taken: Vec<bool> = [&head, &seal, &system, &another]
        .map(|identity| desk.good(identity))
        .to_vec();
    assert_eq!(taken, [false, true, false, false]);
    assert!(desk.good(&axis.head("H05")));

    // A hub started anew knows no less.
    let axis = axis.replay().await;
    let desk = Desk::of(&axis).await;
    assert!(!desk.good(&head));
    let revoked = axis.agency("G22").directory().revocations().await.unwrap().revoked;
    assert!(revoked.iter().all(|revoked| !revoked.serial.is_empty()), "{revoked:?}");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_lists_grow_and_the_same_second_gives_the_same_list() {
    let begins: Timestamp = "2020-09-01T00:00:00Z".parse().unwrap();
    let driven = truc_store::state::ClockSetting {
        mode: truc_proto::v1::ClockMode::Driven,
        factor: 1.0,
    };
    let axis = Axis::start_with(truc_hub::Limits::default(), Some((driven, begins))).await;
    let directory = axis.operator().directory();
    let number = async || {
        let desk = Desk::of(&axis).await;
        let (good, said) = desk.openssl(&["crl", "-in", "list-0.pem", "-noout", "-crlnumber", "-lastupdate"]);
        assert!(
            good && said.contains("Sep  1 00:00:00 2020 GMT"),
            "hub time, not the wall's: {said}"
        );
        let number = said
            .lines()
            .find_map(|line| line.strip_prefix("crlNumber=0x"))
            .unwrap()
            .to_owned();
        (
            u64::from_str_radix(&number, 16).unwrap(),
            directory.revocations().await.unwrap().crls,
        )
    };
    let (first, lists) = number().await;
    assert_eq!(number().await, (first, lists.clone()));
    directory.revoke_certificate([7; 32], None, "").await.unwrap();
    let (second, anew) = number().await;
    assert!(second > first);
    assert_ne!(anew, lists);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_belong_together_is_refused() {
    let axis = Axis::start().await;
    let directory = axis.operator().directory();
    let others = truc_signature::Authority::from_seed(b"another root").unwrap();
    let others = truc_signature::SeededWallet::new(Arc::new(others), b"another root");
    let stranger = others.operator("Quản trị").unwrap();
    let refused = directory
        .revoke_chain(&stranger.chain().certificates, None, "")
        .await
        .unwrap_err();
    let refusal = refused.refusal().unwrap();
    assert_eq!(
        (refusal.reason, refusal.field.as_str()),
        (Reason::CertificateUntrusted, "certificate")
    );

    let request = truc_proto::v1::RevokeCertificateRequest {
        fingerprint: vec![7; 32].into(),
        certificate: axis.seal("H54").chain().certificates[0].clone(),
        ..Default::default()
    };
    let message = prost::Message::encode_to_vec(&request).into();
    let (raw, token) = (axis.raw().await, axis.token("operator"));
    let method = "/truc.v1.DirectoryService/RevokeCertificate";
    let told = truc_tests::told(&raw.call(method, Some(&token), vec![message]).await.unwrap_err());
    assert_eq!(
        (told.reason.as_str(), told.field.as_str()),
        ("MALFORMED", "fingerprint")
    );
    axis.stop().await;
}
