//! A hub's folder that the first release of the format wrote stays readable: `tests/formats/1`, packed file by file.
//!
//! `TRUC_WRITE_FORMAT=2 cargo test -p truc-tests --test formats` writes `tests/formats/2`, for a format that is new on purpose; those
//! before it stay.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};
use truc_agency::{Agency, Fault, FaultAction, ReportQuery, StatusToReport};
use truc_document::{BusinessAct, FaultStep, Header, StatusCode};
use truc_proto::v1 as pb;
use truc_signature::TrustStore;
use truc_store::{
    journal::{Embedded, EmbeddedOptions, Journal as _},
    recount::{Options, Verification, verify_journal},
};
use truc_tests::{Axis, attach, letter, next, wallet};

fn folder(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("formats").join(format)
}

/// Every file below a folder, by its path in it.
fn files(root: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root.join(below)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = below.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            files(root, &path, found);
        } else {
            found.push(path);
        }
    }
}

/// Most of a segment is zeros that hold the room, which one packing leaves a thousandth of and two hardly anything.
fn pack(from: &Path, to: &Path) {
    let mut found = Vec::new();
    files(from, Path::new(""), &mut found);
    for path in found {
        let mut packed = fs::read(from.join(&path)).expect("a file");
        for _ in 0..2 {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&packed).expect("memory");
            packed = encoder.finish().expect("memory");
        }
        let target = to.join(format!("{}.gz.gz", path.display()));
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::write(target, packed).expect("a file");
    }
}

fn unpack(from: &Path, to: &Path) {
    let mut found = Vec::new();
    files(from, Path::new(""), &mut found);
    for path in found {
        let Some(name) = path.to_str().expect("UTF-8").strip_suffix(".gz.gz") else {
            continue;
        };
        let file = fs::File::open(from.join(&path)).expect("a file");
        let mut content = Vec::new();
        GzDecoder::new(GzDecoder::new(file))
            .read_to_end(&mut content)
            .expect("packed bytes");
        let target = to.join(name);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::write(target, content).expect("a file");
    }
}

fn verified(data: &Path) -> Verification {
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
fn told(verification: &Verification) -> Value {
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

/// Something of everything that a journal can hold.
async fn live(axis: &Axis) -> Header {
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
    header
}

async fn write(format: &str) {
    let axis = Axis::start().await;
    let header = live(&axis).await;
    let data = axis.stop_and_keep().await;
    let verification = verified(data.path());
    assert!(verification.is_clean(), "{:?}", verification.findings);
    let mut expected = told(&verification);
    expected["document_id"] = header.document_id.to_string().into();
    let target = folder(format);
    assert!(
        !target.exists(),
        "`{}` is there; a format that was written stays",
        target.display()
    );
    pack(data.path(), &target);
    let text = serde_json::to_string_pretty(&expected).expect("JSON");
    fs::write(target.join("expected.json"), text + "\n").expect("a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_releases_wrote_opens_and_goes_on() {
    if let Ok(format) = std::env::var("TRUC_WRITE_FORMAT") {
        return write(&format).await;
    }
    let mut formats = 0;
    for entry in fs::read_dir(folder("")).expect("formats") {
        let format = entry.expect("an entry").path();
        let data = tempfile::TempDir::new().expect("a folder");
        unpack(&format, data.path());
        let expected = fs::read_to_string(format.join("expected.json")).expect("what it holds");
        let mut expected: Value = serde_json::from_str(&expected).expect("JSON");
        let document = expected["document_id"].take();
        expected.as_object_mut().expect("an object").remove("document_id");
        let verification = verified(data.path());
        assert!(
            verification.is_clean(),
            "{}: {:?}",
            format.display(),
            verification.findings
        );
        assert_eq!(told(&verification), expected, "{}", format.display());

        let axis = Axis::start_on(data).await;
        let ministry = axis.agency("G22");
        let id = document.as_str().and_then(|id| id.parse().ok()).expect("an id");
        let life = ministry.track(id).await.expect("its document");
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
        let data = axis.stop_and_keep().await;
        assert!(verified(data.path()).is_clean());
        formats += 1;
    }
    assert!(formats > 0, "no format to read");
}
