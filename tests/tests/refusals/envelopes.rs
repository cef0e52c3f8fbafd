//! What a header, its references and its attachments are refused for.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use jiff::SignedDuration;
use prost::Message as _;
use truc_agency::{Fault, FaultAction};
use truc_document::{BusinessAct, FaultStep, Header, Reason};
use truc_hub::Limits;
use truc_proto::v1::{self as pb, upload_request::Part};
use truc_services::exchange_service_client::ExchangeServiceClient;
use truc_signature::sha256;
use truc_tests::{Axis, Told, attach, authorized, letter, told};
use uuid::Uuid;

/// Sends a good letter after a change.
async fn letter_with(axis: &Axis, to: &[&str], change: impl FnOnce(&mut Header)) -> Told {
    let mut header = letter("G22", to);
    change(&mut header);
    axis.refused("G22", axis.sign(&header, Vec::new())).await
}

/// Sends a good letter after a change that our own types would not allow.
async fn wire_with(axis: &Axis, change: impl FnOnce(&mut pb::Header)) -> Told {
    let bytes = letter("G22", &["H54"]).encode();
    let mut header = pb::Header::decode(&bytes[..]).expect("a header");
    change(&mut header);
    let envelope = axis.sign_bytes("G22", header.encode_to_vec(), Vec::new());
    axis.refused("G22", envelope).await
}

async fn from(axis: &Axis, sender: &str) -> Told {
    axis.refused(sender, axis.sign(&letter(sender, &["H54"]), Vec::new()))
        .await
}

/// Sends a document that is taken.
async fn sent(axis: &Axis, from: &str, header: &Header) {
    let envelope = axis.sign(header, Vec::new());
    axis.agency(from).send(envelope).await.expect("a receipt");
}

pub(crate) async fn without_subject(axis: &Axis) -> Told {
    letter_with(axis, &["H54"], |header| header.subject.clear()).await
}

pub(crate) async fn with_long_subject(axis: &Axis) -> Told {
    letter_with(axis, &["H54"], |header| header.subject = "ế".repeat(501)).await
}

pub(crate) async fn with_much_inline(axis: &Axis) -> Told {
    let mut header = letter("G22", &["H54"]);
    let content = attach(&mut header, &vec![7; (1 << 20) + 1]);
    axis.refused("G22", axis.sign(&header, vec![content])).await
}

pub(crate) async fn without_credential(axis: &Axis) -> Told {
    let envelope = axis.sign(&letter("G22", &["H54"]), Vec::new());
    told(&axis.raw().await.send(None, envelope).await.expect_err("a refusal"))
}

pub(crate) async fn in_the_name_of_another(axis: &Axis) -> Told {
    axis.refused("H54", axis.sign(&letter("G22", &["H54"]), Vec::new()))
        .await
}

pub(crate) async fn by_the_operator(axis: &Axis) -> Told {
    axis.refused("operator", axis.sign(&letter("G22", &["H54"]), Vec::new()))
        .await
}

pub(crate) async fn from_nobody(axis: &Axis) -> Told {
    from(axis, "H99").await
}

pub(crate) async fn from_unconnected(axis: &Axis) -> Told {
    from(axis, "H44").await
}

pub(crate) async fn to_nobody(axis: &Axis) -> Told {
    letter_with(axis, &["H54", "H99"], |_| ()).await
}

pub(crate) async fn to_unconnected(axis: &Axis) -> Told {
    letter_with(axis, &["H54", "H44"], |_| ()).await
}

pub(crate) async fn to_one_twice(axis: &Axis) -> Told {
    letter_with(axis, &["H54", "H54"], |_| ()).await
}

pub(crate) async fn to_no_code(axis: &Axis) -> Told {
    wire_with(axis, |header| header.recipients[0].agency = "h54".to_owned()).await
}

pub(crate) async fn secret(axis: &Axis) -> Told {
    wire_with(axis, |header| header.secrecy = "Mật".to_owned()).await
}

pub(crate) async fn with_other_content(axis: &Axis) -> Told {
    let mut header = letter("G22", &["H54"]);
    let (sha256, _) = attach(&mut header, b"one content");
    let envelope = axis.sign(&header, vec![(sha256, Bytes::from_static(b"one Content"))]);
    axis.refused("G22", envelope).await
}

pub(crate) async fn upload_of_other_content(axis: &Axis) -> Told {
    let start = pb::UploadStart {
        sha256: Bytes::copy_from_slice(&sha256(b"one content")),
        size: 11,
    };
    let parts = [Part::Start(start), Part::Chunk(Bytes::from_static(b"one Content"))];
    let parts = stream::iter(parts.map(|part| pb::UploadRequest { part: Some(part) }));
    let mut client = ExchangeServiceClient::new(axis.raw().await.channel);
    let answer = client.upload(authorized(parts, Some(&axis.token("G22")))).await;
    told(&answer.expect_err("a refusal"))
}

pub(crate) async fn without_content(axis: &Axis) -> Told {
    letter_with(axis, &["H54"], |header| {
        attach(header, b"left behind");
    })
    .await
}

pub(crate) async fn from_the_future(axis: &Axis) -> Told {
    // Five minutes are allowed; one more leaves room for a slow test.
    letter_with(axis, &["H54"], |header| {
        header.created_at += SignedDuration::from_mins(6)
    })
    .await
}

pub(crate) async fn with_the_id_of_another(axis: &Axis) -> Told {
    let first = letter("G22", &["H54"]);
    sent(axis, "G22", &first).await;
    letter_with(axis, &["H54"], |header| header.document_id = first.document_id).await
}

pub(crate) async fn in_reply_to_nothing(axis: &Axis) -> Told {
    letter_with(axis, &["H54"], |header| header.in_reply_to = vec![Uuid::now_v7()]).await
}

fn recall(header: &mut Header, target: Uuid) {
    header.act = BusinessAct::Recall;
    header.act_targets = vec![target];
    header.act_reason = "Gửi nhầm".to_owned();
}

pub(crate) async fn recall_of_anothers(axis: &Axis) -> Told {
    let theirs = letter("H54", &["G22"]);
    sent(axis, "H54", &theirs).await;
    letter_with(axis, &["H54"], |header| recall(header, theirs.document_id)).await
}

pub(crate) async fn recall_twice(axis: &Axis) -> Told {
    let first = letter("G22", &["H54"]);
    sent(axis, "G22", &first).await;
    let mut once = letter("G22", &["H54"]);
    recall(&mut once, first.document_id);
    sent(axis, "G22", &once).await;
    letter_with(axis, &["H54"], |header| recall(header, first.document_id)).await
}

pub(crate) async fn into_a_fault(axis: &Axis) -> Told {
    let refuse = FaultAction::Refuse {
        reason: Reason::FaultInjected,
        retry_after: None,
    };
    let fault = Fault {
        count: Some(1),
        ..Fault::new("sự cố", FaultStep::Append, refuse)
    };
    axis.operator().set_fault(&fault).await.expect("a fault");
    let told = axis
        .refused("G22", axis.sign(&letter("G22", &["H54"]), Vec::new()))
        .await;
    axis.operator().clear_faults().await.expect("none");
    told
}

pub(crate) async fn to_a_full_hub(_: &Axis) -> Told {
    let limits = Limits {
        documents_in_flight: 0,
        ..Limits::default()
    };
    let full = Axis::start_with(limits, None).await;
    let told = letter_with(&full, &["H54"], |_| ()).await;
    assert!(
        told.retry_after.is_some_and(|delay| delay <= Duration::from_secs(60)),
        "{told:?}"
    );
    full.stop().await;
    told
}
