//! What a format's kept copy holds, and how it is packed.

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::Timestamp;
use serde_json::{Value, json};
use truc_agency::{Agency, Fault, FaultAction, ReportQuery, StatusToReport};
use truc_document::{BusinessAct, FaultStep, Header, StatusCode};
use truc_proto::v1 as pb;
use truc_signature::TrustStore;
use truc_store::{
    journal::{Embedded, EmbeddedOptions, Journal as _},
    recount::{Options, Verification, verify_journal},
};
use uuid::Uuid;

use crate::{Axis, attach, letter, next, wallet};

/// Where a format's kept copy is.
#[must_use]
pub fn folder(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("formats").join(format)
}

/// What is mostly zeros is left a thousandth of by one packing, and hardly anything by two.
#[must_use]
pub fn pack(mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..2 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes).expect("memory");
        bytes = encoder.finish().expect("memory");
    }
    bytes
}

/// What was packed.
#[must_use]
pub fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(GzDecoder::new(packed))
        .read_to_end(&mut bytes)
        .expect("packed bytes");
    bytes
}

/// Writes what a copy is to count, once: a format that was written stays.
pub fn write_expected(format: &str, verification: &Verification, header: &Header) {
    assert!(verification.is_clean(), "{:?}", verification.findings);
    let mut expected = told(verification);
    expected["document_id"] = header.document_id.to_string().into();
    let target = folder(format);
    assert!(!target.exists(), "`{}` is there already", target.display());
    std::fs::create_dir_all(&target).expect("a folder");
    let text = serde_json::to_string_pretty(&expected).expect("JSON");
    std::fs::write(target.join("expected.json"), text + "\n").expect("a file");
}

/// What a copy is to count, and the id of a document with two recipients.
#[must_use]
pub fn expected(format: &Path) -> (Value, Uuid) {
    let text = std::fs::read_to_string(format.join("expected.json")).expect("what it holds");
    let mut expected: Value = serde_json::from_str(&text).expect("JSON");
    let document = expected.as_object_mut().and_then(|all| all.remove("document_id"));
    let id = document.as_ref().and_then(Value::as_str).and_then(|id| id.parse().ok());
    (expected, id.expect("an id"))
}

/// Reads the journal of a hub's folder through, with every signature.
#[must_use]
pub fn verified(data: &Path) -> Verification {
    let journal = Embedded::open(&data.join("journal"), EmbeddedOptions::default()).expect("a journal");
    let trust = TrustStore::new(vec![wallet().authority().root()]).expect("a root");
    let options = Options {
        trust: &trust,
        snapshot: None,
        signatures: true,
    };
    verify_journal(&journal.reader(), &options, |_| ()).expect("a journal that can be read")
}

/// What is in a journal, in words that outlive a change of the state's own form.
#[must_use]
pub fn told(verification: &Verification) -> Value {
    let provinces = verification.provinces.iter();
    json!({
        "records": verification.records,
        "groups": verification.groups,
        "documents": verification.documents,
        "checkpoints": verification.checkpoints,
        "chain": hex::encode(verification.head.chain),
        "provinces": provinces
            .map(|province| (province.province.clone(), format!("{:?} refused {}", province.counts, province.refused).into()))
            .collect::<serde_json::Map<_, Value>>(),
    })
}

async fn take(agency: &Agency) {
    let ids: Vec<u64> = next(agency).await.iter().map(|delivery| delivery.id).collect();
    for outcome in agency.acknowledge(&ids).await.expect("an answer") {
        assert_eq!(outcome.refusal, None);
    }
}

/// Something of everything that a journal can hold. Gives a document with two recipients.
pub async fn live(axis: &Axis) -> Header {
    let (ministry, province, commune) = (axis.agency("G22"), axis.agency("H54"), axis.agency("H54.12.03"));
    let mut header = letter("G22", &["H54", "H54.12.03"]);
    let inline = attach(&mut header, "Nội dung văn bản".as_bytes());
    ministry
        .send(axis.sign(&header, vec![inline]))
        .await
        .expect("a receipt");
    take(&province).await;
    for status in [
        StatusCode::Accepted,
        StatusCode::Assigned,
        StatusCode::Processing,
        StatusCode::Finished,
    ] {
        let report = StatusToReport::new(header.document_id, status);
        province.report(report).await.expect("in order");
    }
    take(&commune).await;
    let refused = StatusToReport::new(header.document_id, StatusCode::Refused).because("Gửi nhầm nơi nhận");
    commune.report(refused).await.expect("a refusal");
    take(&ministry).await;

    let mut large = letter("H54", &["G22"]);
    let content = vec![7; 2 << 20];
    let (sha256, content) = attach(&mut large, &content);
    province.upload_bytes(content).await.expect("an upload");
    assert_eq!(large.attachments[0].sha256, sha256);
    province.send(axis.sign(&large, Vec::new())).await.expect("a receipt");
    let mut recall = letter("H54", &["G22"]);
    recall.act = BusinessAct::Recall;
    recall.act_targets = vec![large.document_id];
    province.send(axis.sign(&recall, Vec::new())).await.expect("a receipt");

    let chain = axis.head("H54").chain().certificates.clone();
    let directory = province.directory();
    directory.register_certificate(&chain).await.expect("a certificate");
    let fault = Fault {
        probability: 0.0,
        ..Fault::new("nothing", FaultStep::Admission, FaultAction::Drop)
    };
    axis.operator().set_fault(&fault).await.expect("a fault");
    let (old, new) = ("H54.12".parse().expect("a code"), "H54".parse().expect("a code"));
    axis.operator()
        .directory()
        .close_agency(&old, &new)
        .await
        .expect("a closing");
    let head = axis.head("H05");
    axis.operator()
        .directory()
        .revoke_certificate(head.fingerprint(), None, "Lộ khóa")
        .await
        .expect("a revocation");
    let later = Timestamp::from_second(Timestamp::now().as_second() + 3600).expect("an instant");
    axis.operator().advance_clock(Some(later), None).await.expect("a move");
    header
}

/// An axis on a kept copy works: it knows what was, and takes what comes.
pub async fn goes_on(axis: &Axis, document: Uuid) {
    let ministry = axis.agency("G22");
    let life = ministry.track(document).await.expect("its document");
    assert_eq!(life.recipients.len(), 2);
    let query = ReportQuery {
        group_by: vec![pb::ReportDimension::Province],
        ..ReportQuery::default()
    };
    let report = ministry.statistics().report(query).await.expect("statistics");
    assert!(!report.rows.is_empty());
    ministry
        .send(axis.sign(&letter("G22", &["H54"]), Vec::new()))
        .await
        .expect("a receipt");
    assert!(next(&axis.agency("H54")).await.len() > 1);
}
