//! Pipelines over the wire, under virtual time.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, future::join_all, stream::FuturesUnordered};
use truc_document::{Reason, Refusal};
use truc_proto::v1 as pb;

use super::PipelineOptions;
use crate::{
    RetryPolicy, SendError,
    test_hub::{Act, TestHub, envelope, id, refusal},
};

fn overloaded(seconds: u64) -> Refusal {
    refusal(Reason::Overloaded).retry_after(Duration::from_secs(seconds))
}

#[tokio::test(start_paused = true)]
async fn each_envelope_gets_its_own_answer() {
    let hub = TestHub::new();
    hub.will([Act::Refuse(refusal(Reason::RecipientUnknown))]);
    let pipeline = hub.agency().send_many(PipelineOptions { in_flight_max: 16 });
    let mut answers = FuturesUnordered::new();
    let mut ids = Vec::new();
    let mut refused = 0;
    for number in 0..5000 {
        let answer = pipeline.send(envelope(number)).await;
        answers.push(async move { (number, answer.await) });
        while answers.len() >= 16 {
            let (number, answer) = answers.next().await.unwrap();
            match answer {
                Ok(sent) => ids.push((id(number).to_string(), sent.statement.document_id)),
                Err(SendError::Refused(_)) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    pipeline.finish().await;
    assert_eq!(refused, 1);
    assert_eq!(ids.len() + answers.len() + 1, 5000);
    assert!(ids.iter().all(|(expected, found)| expected == found));
    assert_eq!((hub.stored(), hub.opened(), hub.connects()), (4999, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_under_way_is_sent_again_after_a_break_and_stored_once() {
    let hub = TestHub::new();
    hub.will([Act::StoreAndBreak]);
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let answers = join_all((0..100).map(|number| pipeline.send(envelope(number)))).await;
    for (number, answer) in (0..).zip(answers) {
        assert_eq!(answer.await.unwrap().statement.document_id, id(number).to_string());
    }
    assert_eq!((hub.stored(), hub.opened()), (100, 2));
    assert_eq!(
        hub.seen()[1],
        envelope(0),
        "the second stream begins with what the first had begun with"
    );
}

#[tokio::test(start_paused = true)]
async fn cut_connection_is_made_anew() {
    let hub = TestHub::new();
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    pipeline.send(envelope(1)).await.await.unwrap();
    hub.cut_connections();
    pipeline.send(envelope(2)).await.await.unwrap();
    assert_eq!((hub.stored(), hub.connects()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn retry_info_holds_the_whole_pipeline_back() {
    let hub = TestHub::new();
    hub.will([Act::Refuse(overloaded(20))]);
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let first = pipeline.send(envelope(1)).await;
    let second = async {
        // Once the first was refused.
        tokio::time::sleep(Duration::from_secs(1)).await;
        pipeline.send(envelope(2)).await.await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.is_ok(), second.is_ok()), (true, true));
    let at = hub.seen_at();
    assert_eq!(at.len(), 3);
    assert!(at[1] - at[0] >= Duration::from_secs(20), "{:?}", at[1] - at[0]);
    assert_eq!(hub.opened(), 1);
}

#[tokio::test(start_paused = true)]
async fn overload_that_lasts_is_given_up_as_refused() {
    let hub = TestHub::new();
    hub.will((0..100).map(|_| Act::Refuse(refusal(Reason::Overloaded))));
    let policy = RetryPolicy {
        attempts_max: 3,
        ..RetryPolicy::default()
    };
    let pipeline = hub.agency_with(policy).send_many(PipelineOptions::default());
    let error = pipeline.send(envelope(1)).await.await.unwrap_err();
    assert_eq!(error.refusal().map(|refusal| refusal.reason), Some(Reason::Overloaded));
    assert!(error.certainly_not_stored());
    assert_eq!(hub.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn answer_that_never_comes_is_asked_for_again() {
    let hub = TestHub::new();
    hub.will([Act::StoreAndForget]);
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let sent = pipeline.send(envelope(1)).await.await.unwrap();
    assert_eq!(sent.statement.document_id, id(1).to_string());
    assert_eq!((hub.stored(), hub.seen().len(), hub.opened()), (1, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn hub_that_is_down_is_given_up_as_unreachable_and_tried_again_for_the_next() {
    let hub = TestHub::new();
    hub.set_down(true);
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let error = pipeline.send(envelope(1)).await.await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable { .. }), "{error}");
    hub.set_down(false);
    pipeline.send(envelope(2)).await.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn stream_that_is_refused_refuses_all() {
    let hub = TestHub::new();
    hub.will_open([Act::Refuse(refusal(Reason::NotYourAgency))]);
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let answers = join_all((0..3).map(|number| pipeline.send(envelope(number)))).await;
    for answer in join_all(answers).await {
        let error = answer.unwrap_err();
        assert_eq!(
            error.refusal().map(|refusal| refusal.reason),
            Some(Reason::NotYourAgency)
        );
    }
    pipeline.send(envelope(9)).await.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refusal_after_a_broken_stream_or_a_lost_answer_is_in_doubt() {
    for lost in [Act::StoreAndBreak, Act::StoreAndForget] {
        let hub = TestHub::new();
        hub.will([lost, Act::Refuse(refusal(Reason::CertificateRevoked))]);
        let pipeline = hub.agency().send_many(PipelineOptions::default());
        let error = pipeline.send(envelope(1)).await.await.unwrap_err();
        assert!(matches!(error, SendError::RefusedInDoubt(_)), "{error}");
        assert_eq!(hub.stored(), 1);
        hub.will([Act::Refuse(refusal(Reason::CertificateRevoked))]);
        let error = pipeline.send(envelope(2)).await.await.unwrap_err();
        assert!(error.certainly_not_stored(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn reason_of_a_later_release_is_told_as_rejected() {
    let hub = TestHub::new();
    let later = pb::Refusal {
        reason: "LATER".to_owned(),
        message: "later".to_owned(),
        code: 9,
        ..Default::default()
    };
    hub.will([Act::Answer(later)]);
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let error = pipeline.send(envelope(1)).await.await.unwrap_err();
    assert!(
        matches!(
            error,
            SendError::Rejected {
                code: tonic::Code::FailedPrecondition,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn room_is_bounded() {
    let hub = TestHub::new();
    hub.will([Act::StoreAndForget, Act::StoreAndForget]);
    let pipeline = hub.agency().send_many(PipelineOptions { in_flight_max: 2 });
    let first = pipeline.try_send(envelope(1)).map_err(|_| "no room").unwrap();
    let _second = pipeline.try_send(envelope(2)).map_err(|_| "no room").unwrap();
    let returned = pipeline.try_send(envelope(3)).map(|_| ()).unwrap_err();
    assert_eq!(*returned, envelope(3));
    first.await.unwrap();
    pipeline
        .try_send(envelope(3))
        .map_err(|_| "no room")
        .unwrap()
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn dropped_pipeline_still_answers_what_was_put_in() {
    let hub = TestHub::new();
    let pipeline = hub.agency().send_many(PipelineOptions::default());
    let answers = join_all((0..10).map(|number| pipeline.send(envelope(number)))).await;
    drop(pipeline);
    for answer in join_all(answers).await {
        answer.unwrap();
    }
    assert_eq!(hub.stored(), 10);
}

#[tokio::test(start_paused = true)]
async fn finished_pipeline_leaves_no_task() {
    let hub = TestHub::new();
    let idle = hub.agency().send_many(PipelineOptions::default());
    let (idle, shared) = (Arc::downgrade(&idle.shared), idle);
    shared.finish().await;
    let used = hub.agency().send_many(PipelineOptions::default());
    used.send(envelope(1)).await.await.unwrap();
    let (used, shared) = (Arc::downgrade(&used.shared), used);
    shared.finish().await;
    // Virtual time moves only when every task waits, so this is enough for them to end.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((idle.strong_count(), used.strong_count()), (0, 0));
}

#[test]
fn runtime_that_goes_away_leaves_nobody_waiting() {
    let build = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let runtime = build();
    let hub = TestHub::new();
    hub.will([Act::StoreAndForget]);
    let (pipeline, answer) = runtime.block_on(async {
        let pipeline = hub.agency().send_many(PipelineOptions::default());
        let answer = pipeline.send(envelope(1)).await;
        (pipeline, answer)
    });
    drop(runtime);
    assert!(matches!(build().block_on(answer), Err(SendError::PipelineEnded)));
    let late = build().block_on(async { pipeline.send(envelope(2)).await.await });
    assert!(matches!(late, Err(SendError::PipelineEnded)));
}
