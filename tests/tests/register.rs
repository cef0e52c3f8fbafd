//! What an agency sees of its own register: its documents, and what the checks say of each.

use bytes::Bytes;
use prost::Message as _;
use tonic::{Code, Request};
use truc_proto::v1 as pb;
use truc_services::{exchange_service_client::ExchangeServiceClient, sandbox_service_client::SandboxServiceClient};
use truc_tests::{Axis, Raw, letter};

fn as_agency<T>(axis: &Axis, code: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {}", axis.token(code)).parse().expect("a header");
    request.metadata_mut().insert("authorization", value);
    request
}

async fn list(
    axis: &Axis,
    raw: &Raw,
    code: &str,
    direction: pb::DocumentDirection,
    page: (u32, &str),
) -> pb::ListDocumentsResponse {
    let request = pb::ListDocumentsRequest {
        direction: direction as i32,
        page_size: page.0,
        page_token: page.1.to_owned(),
    };
    let mut client = ExchangeServiceClient::new(raw.channel.clone());
    let listed = client.list_documents(as_agency(axis, code, request)).await;
    listed.expect("a list").into_inner()
}

fn subjects(listed: &pb::ListDocumentsResponse) -> Vec<String> {
    let header = |one: &pb::DocumentSummary| one.header.as_ref().map(|header| header.subject.clone());
    listed.documents.iter().filter_map(header).collect()
}

async fn send(axis: &Axis, from: &str, to: &[&str], subject: &str) -> String {
    let mut header = letter(from, to);
    header.subject = subject.to_owned();
    let id = header.document_id.to_string();
    axis.agency(from)
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("a receipt");
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_by_direction_the_latest_first_page_by_page() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    for subject in ["một", "hai", "ba"] {
        send(&axis, "G22", &["H54"], subject).await;
    }
    send(&axis, "H54", &["G22"], "trả lời").await;

    let sent = list(&axis, &raw, "G22", pb::DocumentDirection::Sent, (0, "")).await;
    assert_eq!(subjects(&sent), ["ba", "hai", "một"]);
    assert_eq!(sent.next_page_token, "");
    let received = list(&axis, &raw, "H54", pb::DocumentDirection::Received, (2, "")).await;
    assert_eq!(subjects(&received), ["ba", "hai"]);
    let state = &received.documents[0].recipients[0];
    assert_eq!(
        (state.agency.as_str(), state.delivery()),
        ("H54", pb::DeliveryState::Waiting)
    );
    let rest = list(
        &axis,
        &raw,
        "H54",
        pb::DocumentDirection::Received,
        (2, &received.next_page_token),
    )
    .await;
    assert_eq!(subjects(&rest), ["một"]);
    let others = list(&axis, &raw, "H05", pb::DocumentDirection::Received, (0, "")).await;
    assert!(others.documents.is_empty());
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_comes_with_its_checks_and_for_its_parties_alone() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let document_id = send(&axis, "G22", &["H54"], "Kiểm tra chữ ký").await;
    let mut client = ExchangeServiceClient::new(raw.channel.clone());
    let request = pb::GetDocumentRequest { document_id };
    let got = client.get_document(as_agency(&axis, "H54", request.clone())).await;
    let got = got.expect("the document").into_inner();
    assert_eq!(got.checks.len(), 15);
    for check in &got.checks {
        assert_eq!(check.outcome(), pb::CheckOutcome::Passed, "{}", check.title);
        assert_ne!(check.title, check.title_vi);
    }
    let envelope = got.envelope.expect("an envelope");
    let header = pb::Header::decode(Bytes::clone(&envelope.header)).expect("a header");
    assert_eq!(header.subject, "Kiểm tra chữ ký");
    let person = got.person.expect("the signer's certificate");
    assert_eq!(person.agency, "G22");
    assert_eq!(
        person.fingerprint,
        envelope.personal_signature.expect("a signature").key_id
    );

    let refused = client.get_document(as_agency(&axis, "H05", request)).await;
    assert_eq!(refused.expect_err("not a party").code(), Code::PermissionDenied);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_of_real_agencies_lets_nobody_enter() {
    let axis = Axis::start().await;
    let mut client = SandboxServiceClient::new(axis.raw().await.channel.clone());
    let entered = client.enter(pb::EnterRequest::default()).await;
    assert_eq!(entered.expect_err("no sandbox").code(), Code::Unimplemented);
    axis.stop().await;
}
