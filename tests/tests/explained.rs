//! What a developer is told of an exchange: why a document was refused, in detail, and to those who observe too; how long each
//! stage took; and the same document as a system behind the VXP gateway sees it.

use tonic_types::StatusExt as _;
use truc_agency::Agency;
use truc_document::{StatusCode, edxml};
use truc_proto::v1 as pb;
use truc_services::{
    exchange_service_client::ExchangeServiceClient, operations_service_client::OperationsServiceClient,
};
use truc_tests::{Axis, attach, authorized, letter, next};

/// The refusal of this number since the journal began, as who observes has it: it is told once it is durable, which is after the answer.
async fn observed(axis: &Axis, number: usize) -> pb::Refusal {
    let mut client = OperationsServiceClient::new(axis.raw().await.channel.clone());
    let request = pb::ObserveRequest {
        from_position: 1,
        kinds: vec![pb::EventKind::DocumentRefused as i32],
        ..Default::default()
    };
    let token = axis.token("operator");
    let mut stream = client
        .observe(authorized(request, Some(&token)))
        .await
        .expect("events")
        .into_inner();
    let mut last = None;
    for _ in 0..number {
        last = stream.message().await.expect("a stream").and_then(|told| told.event);
    }
    last.and_then(|event| event.refusal).expect("a refusal")
}

fn named<'a>(refusal: &'a pb::Refusal, name: &str) -> &'a str {
    refusal.metadata.get(name).map_or("", String::as_str)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_signature_says_which_check_what_was_expected_and_what_was_found() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let header = letter("G22", &["H54"]);
    let mut envelope = axis.sign(&header, Vec::new());
    // A usual mistake: signed without the DSSE encoding.
    let bare = axis.head("G22").key().sign(&envelope.header);
    envelope.personal_signature.as_mut().expect("a signature").signature = bare.to_vec().into();
    let status = raw
        .send(Some(&axis.token("G22")), envelope)
        .await
        .expect_err("a bad signature");
    let info = status.get_error_details().error_info().cloned().expect("ErrorInfo");
    assert_eq!(info.reason, "SIGNATURE_INVALID");
    assert_eq!(info.metadata["check"], "personal signature holds");
    assert_eq!(info.metadata["check_vi"], "chữ ký số cá nhân hợp lệ");
    assert!(info.metadata["expected"].contains("DSSE encoding"), "{info:?}");
    assert_eq!(
        info.metadata["found"],
        "it holds over the bare header; sign its DSSE encoding"
    );

    // The journal holds the same, so a restart loses nothing of it.
    let axis = axis.restart().await;
    let refusal = observed(&axis, 1).await;
    assert_eq!(refusal.message, status.message());
    assert_eq!(
        (refusal.field.as_str(), refusal.code),
        ("personal_signature.signature", 3)
    );
    assert_eq!(named(&refusal, "found"), info.metadata["found"]);

    // Signed by a person of another agency.
    let mut envelope = axis.sign(&letter("G22", &["H54"]), Vec::new());
    let stranger = axis.sign_bytes("H54", envelope.header.clone(), Vec::new());
    envelope.personal_signature = stranger.personal_signature;
    axis.refused("G22", envelope).await;
    let refusal = observed(&axis, 2).await;
    assert_eq!(refusal.reason, "SIGNER_NOT_OF_AGENCY");
    assert_eq!((named(&refusal, "expected"), named(&refusal, "found")), ("G22", "H54"));
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_code_comes_with_the_nearest_known_ones() {
    let axis = Axis::start().await;
    let wrong = [
        ("H54.12.30", "H54.12.03"),
        ("H54.21", "H54.12"),
        ("H54.12.777", "H54.12"),
    ];
    for (number, (wrong, nearest)) in (1..).zip(wrong) {
        let told = axis
            .refused("G22", axis.sign(&letter("G22", &[wrong]), Vec::new()))
            .await;
        assert_eq!(told.reason, "RECIPIENT_UNKNOWN");
        assert!(
            told.message
                .ends_with(&format!("the nearest known code is `{nearest}`")),
            "{}",
            told.message
        );
        let refusal = observed(&axis, number).await;
        assert_eq!(
            named(&refusal, "nearest").split(' ').next(),
            Some(nearest),
            "{refusal:?}"
        );
    }
    axis.refused("G22", axis.sign(&letter("G22", &["A99"]), Vec::new()))
        .await;
    assert_eq!(named(&observed(&axis, 4).await, "nearest"), "");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_asks_is_told_how_long_each_stage_took() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let token = axis.token("G22");
    let mut client = ExchangeServiceClient::new(raw.channel.clone());
    let envelope = axis.sign(&letter("G22", &["H54"]), Vec::new());
    let request = |timed| pb::SendRequest {
        envelope: Some(axis.sign(&letter("G22", &["H54"]), Vec::new())),
        timed,
    };
    let sent = client
        .send(authorized(request(true), Some(&token)))
        .await
        .expect("a receipt")
        .into_inner();
    let times = sent.times.expect("times");
    let stages = [times.queue, times.verify, times.commit, times.route].map(|took| took.expect("a time"));
    assert!(
        stages.iter().all(|took| took.seconds >= 0 && took.nanos >= 0),
        "{stages:?}"
    );
    // Two signatures are verified and something is written: neither takes no time.
    assert!(stages[1].nanos > 0 && stages[2].nanos > 0, "{stages:?}");
    let sent = client
        .send(authorized(request(false), Some(&token)))
        .await
        .expect("a receipt")
        .into_inner();
    assert!(sent.times.is_none());
    let again = pb::SendRequest {
        envelope: Some(envelope),
        timed: true,
    };
    client
        .send(authorized(again.clone(), Some(&token)))
        .await
        .expect("a receipt");
    let repeated = client
        .send(authorized(again, Some(&token)))
        .await
        .expect("the same")
        .into_inner();
    assert!(repeated.times.is_none());
    axis.stop().await;
}

async fn package(axis: &Axis, code: &str, document_id: &str, status_position: u64) -> pb::GetPackageResponse {
    let mut client = ExchangeServiceClient::new(axis.raw().await.channel.clone());
    let request = pb::GetPackageRequest {
        document_id: document_id.to_owned(),
        status_position,
    };
    let token = axis.token(code);
    client
        .get_package(authorized(request, Some(&token)))
        .await
        .expect("a package")
        .into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_and_a_status_are_given_as_edxml() {
    let axis = Axis::start().await;
    let mut header = letter("G22", &["H54"]);
    let content = attach(&mut header, "Nội dung <đính kèm> & hết".as_bytes());
    let id = header.document_id.to_string();
    axis.agency("G22")
        .send(axis.sign(&header, vec![content]))
        .await
        .expect("a receipt");
    for caller in ["G22", "H54", "operator"] {
        let package = package(&axis, caller, &id, 0).await;
        assert!(!package.original);
        assert_eq!(package.edxml_document_id, id);
        let read = edxml::read_whole(&package.edxml[..], &edxml::ReadLimits::default()).expect("edXML");
        let edxml::Package::Document(document) = read.reading.package else {
            panic!("a document")
        };
        assert_eq!(document.subject, header.subject);
        assert_eq!(document.from.organ_name, "Cơ quan G22");
        assert_eq!(read.contents, ["Nội dung <đính kèm> & hết".as_bytes()]);
    }
    let h54: Agency = axis.agency("H54");
    let ids: Vec<_> = next(&h54).await.iter().map(|delivery| delivery.id).collect();
    h54.acknowledge(&ids).await.expect("taken");
    let mut client = ExchangeServiceClient::new(axis.raw().await.channel.clone());
    let report = pb::ReportStatusRequest {
        document_id: id.clone(),
        status: StatusCode::Accepted.wire(),
        description: "Đã tiếp nhận, chuyển phòng Văn xã".to_owned(),
        staff: None,
    };
    let token = axis.token("H54");
    client
        .report_status(authorized(report, Some(&token)))
        .await
        .expect("reported");
    let life = client
        .track(authorized(
            pb::TrackRequest {
                document_id: id.clone(),
            },
            Some(&token),
        ))
        .await;
    let life = life.expect("a life").into_inner();
    let reported = life
        .events
        .iter()
        .find(|event| event.kind() == pb::TimelineEventKind::StatusReported);
    let position = reported.expect("a status").position;
    let package = package(&axis, "operator", &id, position).await;
    let read = edxml::read_whole(&package.edxml[..], &edxml::ReadLimits::default()).expect("edXML");
    let edxml::Package::Status(status) = read.reading.package else {
        panic!("a status")
    };
    assert_eq!(status.description, "Đã tiếp nhận, chuyển phòng Văn xã");
    assert_eq!(status.response_for.document_id, id);

    let refused = |code: &str, document_id: &str, status_position| {
        let request = pb::GetPackageRequest {
            document_id: document_id.to_owned(),
            status_position,
        };
        let (mut client, token) = (client.clone(), axis.token(code));
        async move {
            let answer: Result<_, tonic::Status> = client.get_package(authorized(request, Some(&token))).await;
            let details = answer.expect_err("a refusal").get_error_details();
            details.error_info().expect("ErrorInfo").reason.clone()
        }
    };
    assert_eq!(refused("H05", &id, 0).await, "NOT_YOUR_DOCUMENT");
    assert_eq!(refused("operator", &id, 1).await, "MALFORMED");
    assert_eq!(refused("operator", &id, u64::MAX).await, "MALFORMED");
    assert_eq!(
        refused("operator", &uuid::Uuid::nil().to_string(), 0).await,
        "REFERENCE_UNKNOWN"
    );
    let mut large = letter("G22", &["H54"]);
    let files: Vec<_> = (0..3).map(|at| attach(&mut large, &vec![at; 1_000_000])).collect();
    for (_, content) in files {
        axis.agency("G22")
            .upload_bytes(content)
            .await
            .map(drop)
            .expect("uploaded");
    }
    axis.agency("G22")
        .send(axis.sign(&large, Vec::new()))
        .await
        .expect("a receipt");
    assert_eq!(refused("G22", &large.document_id.to_string(), 0).await, "TOO_LARGE");
    axis.stop().await;
}
