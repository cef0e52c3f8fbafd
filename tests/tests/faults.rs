//! Every fault at every step that it goes with, set on a running hub and seen by its clients.

// Helpers of tests unwrap as tests do; clippy exempts only the test functions themselves.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use truc_agency::{
    Agency, CallError, Content, Credential, DeliveryState, Fault, FaultAction, FaultDelay, FaultHolder, FaultMatch,
    FetchOptions, ListedKind, ObserveOptions, RetryPolicy, SendError, StatusToReport, SubscribeOptions,
};
use truc_document::{CorruptedPart, FaultKind, FaultStep, Level, Reason, Refusal, StatusCode, Urgency};
use truc_proto::v1 as pb;
use truc_tests::{Axis, attach, letter, next};
use uuid::Uuid;

const SENDER: &str = "G22";
const RECEIVER: &str = "H54";
const REFUSED: FaultAction = FaultAction::Refuse {
    reason: Reason::FaultInjected,
    retry_after: None,
};

/// One attempt that waits no longer than this.
fn impatient(agency: &Agency, millis: u64) -> Agency {
    agency.with_retry(RetryPolicy {
        attempt_time_max: Duration::from_millis(millis),
        ..RetryPolicy::once()
    })
}

async fn set(axis: &Axis, fault: Fault) {
    axis.operator().set_fault(&fault).await.unwrap();
}

async fn applied(axis: &Axis) -> u64 {
    axis.operator().faults().await.unwrap()[0].applied
}

async fn clear(axis: &Axis) {
    assert!(axis.operator().clear_faults().await.unwrap() > 0);
}

/// A call that is ready to be made, at one step.
enum Call {
    Send(Box<pb::Envelope>, Uuid),
    Fetch,
    Acknowledge(u64),
    Report(Uuid),
}

/// What came of a call, whichever it was.
#[derive(Debug)]
enum Seen {
    Done,
    Refused(Refusal),
    /// UNAVAILABLE without a word of the hub's, or no answer in time.
    Unanswered(String),
}

impl From<SendError> for Seen {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(refusal) => Self::Refused(refusal),
            SendError::Unanswered { cause, .. } => Self::Unanswered(cause),
            other => panic!("{other:?}"),
        }
    }
}

impl From<CallError> for Seen {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => Self::Refused(refusal),
            CallError::Unanswered { cause, .. } => Self::Unanswered(cause),
            other => panic!("{other:?}"),
        }
    }
}

impl Call {
    /// All that has to happen before a step is reached.
    async fn ready(axis: &Axis, step: FaultStep) -> Self {
        let header = letter(SENDER, &[RECEIVER]);
        let (envelope, id) = (axis.sign(&header, Vec::new()), header.document_id);
        if matches!(step, FaultStep::Admission | FaultStep::Verification | FaultStep::Append) {
            return Self::Send(Box::new(envelope), id);
        }
        axis.agency(SENDER).send(envelope).await.unwrap();
        if step == FaultStep::Delivery {
            return Self::Fetch;
        }
        let receiver = axis.agency(RECEIVER);
        let delivery = next(&receiver).await.remove(0).id;
        if step == FaultStep::Acknowledgement {
            return Self::Acknowledge(delivery);
        }
        receiver.acknowledge(&[delivery]).await.unwrap();
        Self::Report(id)
    }

    async fn make(&self, axis: &Axis, patience_millis: u64) -> Seen {
        let agency = |code| impatient(&axis.agency(code), patience_millis);
        let done: Result<Seen, Seen> = match self {
            Self::Send(envelope, _) => {
                let sent = agency(SENDER).send((**envelope).clone()).await;
                sent.map(|_| Seen::Done).map_err(Into::into)
            }
            Self::Fetch => {
                let fetched = agency(RECEIVER).fetch(FetchOptions::default()).await;
                fetched.map(|_| Seen::Done).map_err(Into::into)
            }
            Self::Acknowledge(delivery) => match agency(RECEIVER).acknowledge(&[*delivery]).await {
                Ok(mut outcomes) => Ok(outcomes.remove(0).refusal.map_or(Seen::Done, Seen::Refused)),
                Err(error) => Err(error.into()),
            },
            Self::Report(document) => {
                let report = StatusToReport::new(*document, StatusCode::Accepted);
                let reported = agency(RECEIVER).report(report).await;
                reported.map(|_| Seen::Done).map_err(Into::into)
            }
        };
        done.unwrap_or_else(|seen| seen)
    }

    /// Whether what the call asks for stands in the state.
    async fn is_done(&self, axis: &Axis) -> bool {
        let life = |id| async move { axis.operator().track(id).await };
        match self {
            Self::Send(_, id) => life(*id).await.is_ok(),
            Self::Fetch => {
                let listed = axis.agency(RECEIVER).list(Some(ListedKind::Document), 10, None).await;
                let listed = listed.unwrap().deliveries;
                listed
                    .last()
                    .is_some_and(|listed| listed.state == DeliveryState::Leased)
            }
            Self::Acknowledge(delivery) => {
                let listed = axis.agency(RECEIVER).list(None, 100, None).await.unwrap();
                listed.deliveries.iter().all(|listed| listed.id != *delivery)
            }
            Self::Report(id) => life(*id).await.unwrap().recipients[0].status == Some(StatusCode::Accepted),
        }
    }
}

fn delay(millis: u64) -> FaultAction {
    let length = Duration::from_millis(millis);
    FaultAction::Delay(FaultDelay {
        least: length,
        most: length,
        mean: None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_is_sat_out_and_the_call_goes_on() {
    for &step in FaultStep::ALL {
        let axis = Axis::start().await;
        let call = Call::ready(&axis, step).await;
        set(&axis, Fault::new("long", step, delay(600_000))).await;
        let seen = call.make(&axis, 300).await;
        assert!(matches!(seen, Seen::Unanswered(_)), "{step}: {seen:?}");
        set(&axis, Fault::new("long", step, delay(1))).await;
        let seen = Call::ready(&axis, FaultStep::Admission).await.make(&axis, 60_000).await;
        assert!(matches!(seen, Seen::Done), "others: {seen:?}");
        // What was leased under the long delay stays leased.
        let call = if step == FaultStep::Delivery { Call::Fetch } else { call };
        let seen = call.make(&axis, 60_000).await;
        assert!(matches!(seen, Seen::Done), "{step}: {seen:?}");
        assert!(call.is_done(&axis).await && applied(&axis).await > 0, "{step}");
        axis.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delayed_is_overtaken() {
    let axis = Axis::start().await;
    for step in [FaultStep::Admission, FaultStep::Verification, FaultStep::Append] {
        let fault = Fault {
            whom: FaultMatch {
                urgencies: vec![Urgency::Express],
                ..FaultMatch::default()
            },
            ..Fault::new("slow", step, delay(500))
        };
        set(&axis, fault).await;
        let pipeline = axis.agency(SENDER).send_many(Default::default());
        let mut slow = letter(SENDER, &[RECEIVER]);
        slow.urgency = Urgency::Express;
        let first = pipeline.send(axis.sign(&slow, Vec::new())).await;
        let second = letter(SENDER, &[RECEIVER]);
        let second = pipeline.send(axis.sign(&second, Vec::new())).await;
        let (first, second) = tokio::join!(first, second);
        let position = |sent: truc_agency::Sent| sent.statement.position;
        assert!(position(first.unwrap()) > position(second.unwrap()), "{step}");
        assert_eq!(applied(&axis).await, 1);
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_the_reason_asked_for_and_nothing_is_done() {
    let axis = Axis::start().await;
    for &step in FaultStep::ALL {
        let call = Call::ready(&axis, step).await;
        let overloaded = FaultAction::Refuse {
            reason: Reason::Overloaded,
            retry_after: Some(Duration::from_secs(7)),
        };
        for (action, reason, retry_after) in [
            (REFUSED, Reason::FaultInjected, None),
            (overloaded, Reason::Overloaded, Some(Duration::from_secs(7))),
        ] {
            set(&axis, Fault::new("no", step, action)).await;
            let Seen::Refused(refusal) = call.make(&axis, 60_000).await else {
                panic!("{step}: no refusal");
            };
            assert_eq!((refusal.reason, refusal.retry_after), (reason, retry_after), "{step}");
            assert_eq!(refusal.metadata.get("fault").map(String::as_str), Some("no"), "{step}");
            assert!(!call.is_done(&axis).await, "{step}");
        }
        clear(&axis).await;
        let seen = call.make(&axis, 60_000).await;
        assert!(
            matches!(seen, Seen::Done) && call.is_done(&axis).await,
            "{step}: {seen:?}"
        );
        axis.agency(RECEIVER).acknowledge(&all(&axis).await).await.unwrap();
    }
    let totals = axis
        .operator()
        .statistics()
        .watch_totals(None)
        .next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(totals.refused, 6, "each refusal of an envelope is a record");
    axis.stop().await;
}

/// Ids of all that stands in the receiver's mailbox.
async fn all(axis: &Axis) -> Vec<u64> {
    next_leases(axis).await;
    let receiver = axis.agency(RECEIVER);
    let listed = receiver.list(None, 100, None).await.unwrap().deliveries;
    let ids: Vec<u64> = listed.iter().map(|listed| listed.id).collect();
    let options = FetchOptions {
        delivery_ids: ids.clone(),
        ..FetchOptions::default()
    };
    if !ids.is_empty() {
        receiver.fetch(options).await.unwrap();
        return ids;
    }
    vec![u64::MAX]
}

/// Takes hub time past the end of every lease of a minute.
async fn next_leases(axis: &Axis) {
    let operator = axis.operator();
    let now = operator.clock().await.unwrap().now;
    operator
        .advance_clock(Some(now + SignedDuration::from_secs(61)), None)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_is_answered_by_nobody_and_not_done() {
    let axis = Axis::start().await;
    for &step in FaultKind::Drop
        .steps()
        .iter()
        .filter(|step| **step != FaultStep::Delivery)
    {
        let call = Call::ready(&axis, step).await;
        set(&axis, Fault::new("lost", step, FaultAction::Drop)).await;
        let seen = call.make(&axis, 300).await;
        assert!(matches!(seen, Seen::Unanswered(_)), "{step}: {seen:?}");
        assert!(!call.is_done(&axis).await && applied(&axis).await == 1, "{step}");
        clear(&axis).await;
        assert!(matches!(call.make(&axis, 60_000).await, Seen::Done), "{step}");
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_delivery_shows_again_after_its_lease() {
    let axis = Axis::start().await;
    let header = letter(SENDER, &[RECEIVER]);
    axis.agency(SENDER).send(axis.sign(&header, Vec::new())).await.unwrap();
    let fault = Fault {
        count: Some(1),
        ..Fault::new("lost", FaultStep::Delivery, FaultAction::Drop)
    };
    set(&axis, fault).await;
    let receiver = axis.agency(RECEIVER);
    assert!(
        receiver
            .fetch(FetchOptions::default())
            .await
            .unwrap()
            .deliveries
            .is_empty()
    );
    let listed = receiver.list(None, 10, None).await.unwrap().deliveries;
    assert_eq!((listed.len(), listed[0].state), (1, DeliveryState::Leased));
    next_leases(&axis).await;
    let again = next(&receiver).await;
    assert_eq!((again[0].id, again[0].attempt), (listed[0].id, 2));
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_call_is_unavailable_without_a_word_of_the_hub() {
    let axis = Axis::start().await;
    for &step in FaultKind::Cut.steps() {
        let call = Call::ready(&axis, step).await;
        set(&axis, Fault::new("cut", step, FaultAction::Cut)).await;
        let seen = call.make(&axis, 60_000).await;
        assert!(
            matches!(&seen, Seen::Unanswered(cause) if cause.contains("reset")),
            "{step}: {seen:?}"
        );
        let is_done = step != FaultStep::Admission;
        assert_eq!(
            (call.is_done(&axis).await, applied(&axis).await),
            (is_done, 1),
            "{step}"
        );
        clear(&axis).await;
        assert!(
            matches!(call.make(&axis, 60_000).await, Seen::Done),
            "{step}: the same again is good"
        );
        axis.agency(RECEIVER).acknowledge(&all(&axis).await).await.unwrap();
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_receipt_is_given_again_and_streams_are_followed_over_the_cut() {
    let axis = Axis::start().await;
    let once = |step| Fault {
        count: Some(1),
        ..Fault::new("cut", step, FaultAction::Cut)
    };
    // The library sends the same again by itself, and there is one document.
    set(&axis, once(FaultStep::Append)).await;
    let header = letter(SENDER, &[RECEIVER]);
    let sent = axis.agency(SENDER).send(axis.sign(&header, Vec::new())).await.unwrap();
    assert_eq!(sent.statement.document_id, header.document_id.to_string());
    assert_eq!(applied(&axis).await, 1);
    let pipeline = axis.agency(SENDER).send_many(Default::default());
    set(&axis, once(FaultStep::Append)).await;
    let piped = letter(SENDER, &[RECEIVER]);
    let answer = pipeline.send(axis.sign(&piped, Vec::new())).await;
    assert_eq!(
        answer.await.unwrap().statement.document_id,
        piped.document_id.to_string()
    );
    assert_eq!(applied(&axis).await, 1);

    set(&axis, once(FaultStep::Delivery)).await;
    let options = SubscribeOptions {
        lease: Some(Duration::from_secs(1)),
        ..SubscribeOptions::default()
    };
    let mut mailbox = axis.agency(RECEIVER).subscribe(options);
    let mut ids = Vec::new();
    while ids.len() < 2 {
        let delivery = mailbox.next().await.unwrap().unwrap();
        axis.agency(RECEIVER).acknowledge(&[delivery.id]).await.unwrap();
        let Content::Document(document) = delivery.content else {
            continue;
        };
        ids.push(document.header().unwrap().document_id);
    }
    ids.sort();
    assert_eq!(ids, [header.document_id, piped.document_id]);
    assert_eq!(applied(&axis).await, 1);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn handed_out_twice_counts_once() {
    let axis = Axis::start().await;
    set(&axis, Fault::new("twice", FaultStep::Delivery, FaultAction::Twice)).await;
    let header = letter(SENDER, &[RECEIVER]);
    axis.agency(SENDER).send(axis.sign(&header, Vec::new())).await.unwrap();
    let receiver = axis.agency(RECEIVER);
    let fetched = next(&receiver).await;
    assert_eq!((fetched.len(), &fetched[0]), (2, &fetched[1]));
    let outcomes = receiver.acknowledge(&[fetched[0].id, fetched[1].id]).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.refusal.is_none()));
    clear(&axis).await;
    let word = next(&axis.agency(SENDER)).await;
    assert_eq!(word.len(), 1, "one status 01: {word:?}");
    let totals = axis
        .operator()
        .statistics()
        .watch_totals(None)
        .next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!((totals.deliveries, totals.acknowledged, totals.leased), (1, 1, 0));
    axis.stop().await;
}

/// The documents of deliveries, in their order.
fn documents(deliveries: &[truc_agency::Delivery]) -> Vec<Uuid> {
    let id = |delivery: &truc_agency::Delivery| match &delivery.content {
        Content::Document(document) => document.header().unwrap().document_id,
        other => panic!("{other:?}"),
    };
    deliveries.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_order_is_after_what_came_later() {
    let axis = Axis::start().await;
    let sender = axis.agency(SENDER);
    let mut sent = Vec::new();
    for to in [RECEIVER, RECEIVER, RECEIVER, "H05", "H05"] {
        let header = letter(SENDER, &[to]);
        sender.send(axis.sign(&header, Vec::new())).await.unwrap();
        sent.push(header.document_id);
    }
    let reorder = |count| Fault {
        count,
        ..Fault::new("reorder", FaultStep::Delivery, FaultAction::Reorder)
    };
    set(&axis, reorder(None)).await;
    assert_eq!(
        documents(&next(&axis.agency(RECEIVER)).await),
        [sent[2], sent[1], sent[0]]
    );
    // A stream holds it back until others have come, or for a second.
    set(&axis, reorder(Some(1))).await;
    let options = SubscribeOptions {
        window: 1000,
        ..SubscribeOptions::default()
    };
    let mailbox = axis.agency("H05").subscribe(options).map(|delivery| delivery.unwrap());
    let deliveries: Vec<_> = mailbox.take(2).collect().await;
    assert_eq!(documents(&deliveries), [sent[4], sent[3]]);
    axis.stop().await;
}

/// The refusal of a letter with a content, under one fault.
async fn refused(axis: &Axis, step: FaultStep, action: FaultAction) -> (Reason, String) {
    set(axis, Fault::new("fault", step, action)).await;
    let mut header = letter(SENDER, &[RECEIVER]);
    let inline = vec![attach(&mut header, b"Noi dung")];
    let sent = axis
        .agency(SENDER)
        .with_retry(RetryPolicy::once())
        .send(axis.sign(&header, inline))
        .await;
    match sent {
        Err(SendError::Refused(refusal)) => {
            assert_eq!(refusal.metadata.get("fault").map(String::as_str), Some("fault"));
            (refusal.reason, refusal.field.clone())
        }
        other => panic!("{action:?}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verification_is_led_astray() {
    let axis = Axis::start().await;
    let hour = SignedDuration::from_hours(1);
    let (person, seal) = (FaultHolder::Person, FaultHolder::Seal);
    let cases = [
        (
            FaultAction::Corrupt(CorruptedPart::Header),
            Reason::SignatureInvalid,
            "personal_signature.signature",
        ),
        (
            FaultAction::Corrupt(CorruptedPart::Content),
            Reason::DigestMismatch,
            "inline_attachments[0]",
        ),
        (
            FaultAction::Corrupt(CorruptedPart::Signature),
            Reason::SignatureInvalid,
            "personal_signature.signature",
        ),
        (
            FaultAction::Corrupt(CorruptedPart::Seal),
            Reason::SealInvalid,
            "seal.signature",
        ),
        (FaultAction::ClockSkew(-hour), Reason::ClockSkew, "header.created_at"),
        (
            FaultAction::ClockSkew(hour * 24 * 9000),
            Reason::CertificateExpired,
            "personal_signature.key_id",
        ),
        (
            FaultAction::Revoked(person),
            Reason::CertificateRevoked,
            "personal_signature.key_id",
        ),
        (FaultAction::Revoked(seal), Reason::CertificateRevoked, "seal.key_id"),
        (
            FaultAction::Expired(person),
            Reason::CertificateExpired,
            "personal_signature.key_id",
        ),
        (FaultAction::Expired(seal), Reason::CertificateExpired, "seal.key_id"),
    ];
    for (action, reason, field) in cases {
        let told = refused(&axis, FaultStep::Verification, action).await;
        assert_eq!(told, (reason, field.to_owned()), "{action:?}");
    }
    let told = refused(&axis, FaultStep::Admission, FaultAction::StaleDirectory).await;
    assert_eq!(
        told,
        (Reason::RecipientUnknown, "header.recipients[0].agency".to_owned())
    );
    clear(&axis).await;
    let header = letter(SENDER, &[RECEIVER]);
    axis.agency(SENDER).send(axis.sign(&header, Vec::new())).await.unwrap();
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_copy_is_no_more_than_that() {
    let axis = Axis::start().await;
    let mut header = letter(SENDER, &[RECEIVER]);
    let inline = vec![attach(&mut header, b"Noi dung")];
    let good = axis.sign(&header, inline);
    axis.agency(SENDER).send(good.clone()).await.unwrap();
    let receiver = axis.agency(RECEIVER);
    let id = receiver.list(None, 10, None).await.unwrap().deliveries[0].id;
    let copy = || async {
        let options = FetchOptions {
            delivery_ids: vec![id],
            ..FetchOptions::default()
        };
        let fetched = receiver.fetch(options).await.unwrap().deliveries.remove(0).unwrap();
        match fetched.content {
            Content::Document(document) => document.envelope,
            other => panic!("{other:?}"),
        }
    };
    let differing = |one: &Bytes, other: &Bytes| -> u32 {
        assert_eq!(one.len(), other.len());
        one.iter()
            .zip(other)
            .map(|(one, other)| (one ^ other).count_ones())
            .sum()
    };
    type Part = fn(&pb::Envelope) -> &Bytes;
    let parts: [(CorruptedPart, Part); 4] = [
        (CorruptedPart::Header, |envelope| &envelope.header),
        (CorruptedPart::Content, |envelope| {
            &envelope.inline_attachments[0].content
        }),
        (CorruptedPart::Signature, |envelope| {
            &envelope.personal_signature.as_ref().unwrap().signature
        }),
        (CorruptedPart::Seal, |envelope| {
            &envelope.seal.as_ref().unwrap().signature
        }),
    ];
    for (part, of) in parts {
        set(
            &axis,
            Fault::new("corrupt", FaultStep::Delivery, FaultAction::Corrupt(part)),
        )
        .await;
        let corrupt = copy().await;
        assert_eq!(differing(of(&corrupt), of(&good)), 1, "{part}: one bit");
        for (other, of) in parts.into_iter().filter(|(other, _)| *other != part) {
            assert_eq!(of(&corrupt), of(&good), "{part} leaves {other}");
        }
    }
    clear(&axis).await;
    assert_eq!(copy().await, good, "what the hub keeps is whole");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_are_cut_and_corrupted_too() {
    let axis = Axis::start().await;
    let mut header = letter(SENDER, &[RECEIVER]);
    let content = vec![b'n'; 700_000];
    let inline = vec![attach(&mut header, &content)];
    axis.agency(SENDER).send(axis.sign(&header, inline)).await.unwrap();
    let attachment = &header.attachments[0];
    let download = || async {
        let mut out = Vec::new();
        let done = axis
            .agency(RECEIVER)
            .download(header.document_id, attachment.sha256, &mut out)
            .await;
        done.map(|_| out)
    };
    let once = |action| Fault {
        count: Some(1),
        ..Fault::new("download", FaultStep::Delivery, action)
    };
    set(&axis, once(FaultAction::Cut)).await;
    assert_eq!(download().await.unwrap(), content, "goes on where it was cut");
    assert_eq!(applied(&axis).await, 1);
    set(&axis, once(FaultAction::Corrupt(CorruptedPart::Content))).await;
    let error = download().await.unwrap_err();
    assert!(matches!(error, truc_agency::DownloadError::Digest { .. }), "{error}");
    set(
        &axis,
        once(FaultAction::Refuse {
            reason: Reason::AttachmentMissing,
            retry_after: None,
        }),
    )
    .await;
    assert!(download().await.is_err());
    set(&axis, once(FaultAction::Corrupt(CorruptedPart::Header))).await;
    assert_eq!(download().await.unwrap(), content, "there is no header here");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_statuses_each_is_met_on_its_own() {
    let axis = Axis::start().await;
    let (sender, receiver) = (axis.agency(SENDER), axis.agency(RECEIVER));
    let mut reports = Vec::new();
    for urgency in [Urgency::Normal, Urgency::Express, Urgency::Normal] {
        let mut header = letter(SENDER, &[RECEIVER]);
        header.urgency = urgency;
        sender.send(axis.sign(&header, Vec::new())).await.unwrap();
        reports.push(StatusToReport::new(header.document_id, StatusCode::Accepted));
    }
    let ids: Vec<u64> = next(&receiver).await.iter().map(|delivery| delivery.id).collect();
    receiver.acknowledge(&ids).await.unwrap();
    let whom = FaultMatch {
        urgencies: vec![Urgency::Express],
        ..FaultMatch::default()
    };
    let express = |action| Fault {
        whom: whom.clone(),
        ..Fault::new("express", FaultStep::Status, action)
    };
    set(&axis, express(REFUSED)).await;
    let outcomes = receiver.report_many(reports.clone()).await.unwrap();
    let refused: Vec<bool> = outcomes.iter().map(Result::is_err).collect();
    assert_eq!(refused, [false, true, false]);
    set(&axis, express(FaultAction::Cut)).await;
    let cut = receiver
        .with_retry(RetryPolicy::once())
        .report_many(reports.clone())
        .await;
    assert!(matches!(cut, Err(CallError::Unanswered { .. })), "{cut:?}");
    clear(&axis).await;
    let again = receiver.report_many(reports).await.unwrap();
    assert!(
        again.iter().all(|one| one.as_ref().unwrap().repeated),
        "all were taken: {again:?}"
    );
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_on_a_shared_stream_are_met_too() {
    let axis = Axis::start().await;
    let shared = axis.connection.multiplexed(1);
    let agency = |code: &str| shared.agency(code.parse().unwrap(), Credential::Issuer(axis.issuer.clone()));
    let (sender, receiver) = (agency(SENDER), agency(RECEIVER));
    let envelope = || axis.sign(&letter(SENDER, &[RECEIVER]), Vec::new());
    set(&axis, Fault::new("lost", FaultStep::Admission, FaultAction::Drop)).await;
    let lost = impatient(&sender, 300).send(envelope()).await;
    assert!(matches!(lost, Err(SendError::Unanswered { .. })), "{lost:?}");
    set(
        &axis,
        Fault {
            count: Some(1),
            ..Fault::new("lost", FaultStep::Append, FaultAction::Cut)
        },
    )
    .await;
    sender.send(envelope()).await.unwrap();
    assert_eq!(applied(&axis).await, 1, "the stream was cut, and the same sent again");
    set(&axis, Fault::new("lost", FaultStep::Delivery, REFUSED)).await;
    let refused = receiver
        .with_retry(RetryPolicy::once())
        .fetch(FetchOptions::default())
        .await;
    assert!(matches!(refused, Err(CallError::Refused(refusal)) if refusal.reason == Reason::FaultInjected));
    set(&axis, Fault::new("lost", FaultStep::Delivery, FaultAction::Twice)).await;
    assert_eq!(
        receiver.fetch(FetchOptions::default()).await.unwrap().deliveries.len(),
        2
    );
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whom_it_fits_is_met() {
    let axis = Axis::start().await;
    let code = |code: &str| code.parse().unwrap();
    let matches = [
        (
            FaultMatch {
                provinces: vec![code("H54")],
                ..FaultMatch::default()
            },
            [true, true, false],
        ),
        (
            FaultMatch {
                agencies: vec![code("000.00.12.H54")],
                ..FaultMatch::default()
            },
            [true, false, false],
        ),
        (
            FaultMatch {
                levels: vec![Level::Commune],
                ..FaultMatch::default()
            },
            [false, true, false],
        ),
        (
            FaultMatch {
                urgencies: vec![Urgency::Express],
                ..FaultMatch::default()
            },
            [false; 3],
        ),
        (
            FaultMatch {
                document_types: vec![truc_document::DocumentType::OfficialLetter],
                ..FaultMatch::default()
            },
            [true; 3],
        ),
    ];
    for (whom, expected) in matches {
        for step in [FaultStep::Admission, FaultStep::Append] {
            let fault = Fault {
                whom: whom.clone(),
                ..Fault::new("some", step, REFUSED)
            };
            set(&axis, fault).await;
            for (from, is_met) in ["H54.12", "H54.12.03", SENDER].into_iter().zip(expected) {
                let agency = axis.agency(from).with_retry(RetryPolicy::once());
                let sent = agency.send(axis.sign(&letter(from, &["H05"]), Vec::new())).await;
                assert_eq!(sent.is_err(), is_met, "{whom:?} {step} {from}");
            }
        }
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chance_is_drawn_for_each_call_and_the_same_for_the_same_seed() {
    let axis = Axis::start().await;
    let agency = axis.agency(SENDER).with_retry(RetryPolicy::once());
    let mut fates = Vec::new();
    for (probability, seed) in [(0.5, 1), (0.5, 1), (0.5, 2), (0.0, 1)] {
        let fault = Fault {
            probability,
            seed,
            ..Fault::new("some", FaultStep::Admission, REFUSED)
        };
        set(&axis, fault).await;
        let mut fate = Vec::new();
        for _ in 0..20 {
            let sent = agency.send(axis.sign(&letter(SENDER, &[RECEIVER]), Vec::new())).await;
            fate.push(sent.is_err());
        }
        fates.push(fate);
    }
    assert_eq!(fates[0], fates[1]);
    assert_ne!(fates[0], fates[2]);
    assert!(fates[0].contains(&true) && fates[0].contains(&false));
    assert!(!fates[3].contains(&true), "with probability 0 nothing happens");
    let listed = axis.operator().faults().await.unwrap();
    assert_eq!((listed.len(), listed[0].matched, listed[0].applied), (1, 20, 0));
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_kept_in_their_order_and_told() {
    let axis = Axis::start().await;
    let begun = axis.operator().observe(ObserveOptions {
        from_position: Some(1),
        kinds: vec![pb::EventKind::FaultSet, pb::EventKind::FaultsCleared],
        ..ObserveOptions::default()
    });
    let set_by_us: Vec<Fault> = ["đầu", "giữa", "cuối"]
        .into_iter()
        .map(|name| Fault {
            until: Some("2099-01-01T00:00:00Z".parse::<Timestamp>().unwrap()),
            ..Fault::new(name, FaultStep::Append, REFUSED)
        })
        .collect();
    for fault in &set_by_us {
        set(&axis, fault.clone()).await;
    }
    assert!(axis.operator().clear_fault("giữa").await.unwrap());
    assert!(!axis.operator().clear_fault("giữa").await.unwrap());
    let told: Vec<String> = begun.take(4).map(|event| event.unwrap().text).collect().await;
    assert_eq!(told, ["đầu", "giữa", "cuối", "giữa"]);
    let axis = axis.restart().await;
    let names = |faults: Vec<truc_agency::InjectedFault>| faults.into_iter().map(|one| one.fault).collect::<Vec<_>>();
    let left = [set_by_us[0].clone(), set_by_us[2].clone()];
    assert_eq!(
        names(axis.operator().faults().await.unwrap()),
        left,
        "from the saved state"
    );
    let axis = axis.replay().await;
    assert_eq!(names(axis.operator().faults().await.unwrap()), left, "from the journal");
    let envelope = axis.sign(&letter(SENDER, &[RECEIVER]), Vec::new());
    assert_eq!(axis.refused(SENDER, envelope).await.reason, "FAULT_INJECTED");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_operator_sets_faults_and_only_such_as_mean_something() {
    let axis = Axis::start().await;
    let operator = axis.operator().with_retry(RetryPolicy::once());
    let wrong = [
        ("fault.step", Fault::new("a", FaultStep::Status, FaultAction::Twice)),
        ("fault.name", Fault::new("", FaultStep::Append, FaultAction::Drop)),
        (
            "fault.match.agencies[0]",
            Fault {
                whom: FaultMatch {
                    agencies: vec!["H99".parse().unwrap()],
                    ..FaultMatch::default()
                },
                ..Fault::new("a", FaultStep::Append, FaultAction::Drop)
            },
        ),
    ];
    for (field, fault) in wrong {
        let Err(CallError::Refused(refusal)) = operator.set_fault(&fault).await else {
            panic!("{field}: taken");
        };
        assert_eq!((refusal.reason, refusal.field.as_str()), (Reason::Malformed, field));
    }
    assert!(operator.faults().await.unwrap().is_empty());
    axis.stop().await;
}
