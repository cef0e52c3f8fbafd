//! What is refused after a document was taken: deliveries, statuses, lives, and the hub's clock.

use jiff::{SignedDuration, Timestamp};
use truc_agency::{FetchOptions, StatusToReport};
use truc_document::StatusCode;
use truc_hub::Limits;
use truc_proto::v1 as pb;
use truc_services::{
    exchange_service_client::ExchangeServiceClient, operations_service_client::OperationsServiceClient,
};
use truc_store::state::ClockSetting;
use truc_tests::{Axis, Told, authorized, letter, told, told_within};
use uuid::Uuid;

async fn exchange(axis: &Axis) -> ExchangeServiceClient<tonic::transport::Channel> {
    ExchangeServiceClient::new(axis.raw().await.channel)
}

async fn track(axis: &Axis, caller: &str, document_id: String) -> Told {
    let request = pb::TrackRequest { document_id };
    let answer = exchange(axis)
        .await
        .track(authorized(request, Some(&axis.token(caller))))
        .await;
    told(&answer.expect_err("a refusal"))
}

async fn acknowledge(axis: &Axis, caller: &str, delivery_id: u64) -> Told {
    let request = pb::AcknowledgeRequest {
        delivery_ids: vec![delivery_id],
    };
    let answer = exchange(axis)
        .await
        .acknowledge(authorized(request, Some(&axis.token(caller))))
        .await;
    let outcome = answer.expect("an answer").into_inner().outcomes.remove(0);
    told_within(outcome.refusal.expect("a refusal"))
}

/// Sends a letter to a commune whose mailbox nobody else here uses, and fetches it.
async fn fetched(axis: &Axis) -> (Uuid, u64) {
    let header = letter("G22", &["H54.12.03"]);
    axis.agency("G22")
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("a receipt");
    let fetched = axis
        .agency("H54.12.03")
        .fetch(FetchOptions::default())
        .await
        .expect("a mailbox");
    let last = fetched
        .deliveries
        .last()
        .expect("a delivery")
        .as_ref()
        .expect("a good one");
    (header.document_id, last.id)
}

pub(crate) async fn track_no_uuid(axis: &Axis) -> Told {
    track(axis, "G22", "12/UBND-VX".to_owned()).await
}

pub(crate) async fn track_unknown(axis: &Axis) -> Told {
    track(axis, "G22", Uuid::now_v7().to_string()).await
}

pub(crate) async fn track_anothers(axis: &Axis) -> Told {
    let header = letter("G22", &["H54"]);
    axis.agency("G22")
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("a receipt");
    track(axis, "H05", header.document_id.to_string()).await
}

pub(crate) async fn acknowledge_nothing(axis: &Axis) -> Told {
    acknowledge(axis, "H54", u64::MAX).await
}

pub(crate) async fn acknowledge_anothers(axis: &Axis) -> Told {
    let (_, delivery) = fetched(axis).await;
    acknowledge(axis, "H05", delivery).await
}

pub(crate) async fn acknowledge_too_late(_: &Axis) -> Told {
    // Time of its own that stands still until it is moved: the lease runs out at an instant and not by chance.
    let driven = ClockSetting {
        mode: pb::ClockMode::Driven,
        factor: 1.0,
    };
    let axis = Axis::start_with(Limits::default(), Some((driven, Timestamp::now()))).await;
    let (_, delivery) = fetched(&axis).await;
    let operator = axis.operator();
    let now = operator.clock().await.expect("the clock").now;
    let later = now + SignedDuration::from_secs(60);
    operator.advance_clock(Some(later), None).await.expect("time goes on");
    let told = acknowledge(&axis, "H54.12.03", delivery).await;
    axis.stop().await;
    told
}

pub(crate) async fn status_out_of_order(axis: &Axis) -> Told {
    let (document, delivery) = fetched(axis).await;
    let agency = axis.agency("H54.12.03");
    agency.acknowledge(&[delivery]).await.expect("an answer");
    agency
        .report(StatusToReport::new(document, StatusCode::Accepted))
        .await
        .expect("in order");
    let request = pb::ReportStatusRequest {
        document_id: document.to_string(),
        status: StatusCode::Refused.wire(),
        description: "Không thuộc thẩm quyền".to_owned(),
        staff: None,
    };
    let request = authorized(request, Some(&axis.token("H54.12.03")));
    told(
        &exchange(axis)
            .await
            .report_status(request)
            .await
            .expect_err("a refusal"),
    )
}

pub(crate) async fn time_backwards(axis: &Axis) -> Told {
    let request = pb::AdvanceClockRequest {
        to: Some(prost_types::Timestamp::default()),
        ..Default::default()
    };
    let mut client = OperationsServiceClient::new(axis.raw().await.channel);
    let answer = client
        .advance_clock(authorized(request, Some(&axis.token("operator"))))
        .await;
    told(&answer.expect_err("a refusal"))
}
