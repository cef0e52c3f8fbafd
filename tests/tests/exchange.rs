//! The way of a document over the wire: sent, delivered, acknowledged, reported, recalled, kept over a restart.

use truc_agency::{Content, DeliveryState, FetchOptions, LifeEventKind, StatusToReport};
use truc_document::{BusinessAct, StatusCode, Urgency};
use truc_signature::verify_receipt;
use truc_tests::{Axis, attach, letter, next};

#[tokio::test(flavor = "multi_thread")]
async fn a_document_reaches_its_recipients_and_its_statuses_come_back() {
    let axis = Axis::start().await;
    let (sender, recipient) = (axis.agency("G22"), axis.agency("H54"));
    let mut header = letter("G22", &["H54", "H54.12.03"]);
    let content = attach(&mut header, "Nội dung văn bản".as_bytes());
    let envelope = axis.sign(&header, vec![content]);

    let sent = sender.send(envelope.clone()).await.expect("a receipt");
    let hub = axis.wallet.hub("Trục", &["localhost".to_owned()]).unwrap();
    let statement = verify_receipt(&sent.receipt, &hub.key().public()).expect("the hub's signature");
    assert_eq!(statement.document_id, header.document_id.to_string());
    assert_eq!(statement.recipient_count, 2);

    let deliveries = next(&recipient).await;
    let Content::Document(document) = &deliveries[0].content else {
        panic!("a document")
    };
    assert_eq!(document.envelope, envelope, "byte for byte what was sent");
    assert!(
        recipient.acknowledge(&[deliveries[0].id]).await.unwrap()[0]
            .refusal
            .is_none()
    );
    for status in [
        StatusCode::Accepted,
        StatusCode::Assigned,
        StatusCode::Processing,
        StatusCode::Finished,
    ] {
        recipient
            .report(StatusToReport::new(header.document_id, status))
            .await
            .expect("in order");
    }
    let again = recipient
        .report(StatusToReport::new(header.document_id, StatusCode::Finished))
        .await
        .unwrap();
    assert!(again.repeated);

    let statuses: Vec<_> = next(&sender)
        .await
        .iter()
        .map(|delivery| match &delivery.content {
            Content::Status(report) => report.status.code(),
            other => panic!("a status, not {other:?}"),
        })
        .collect();
    assert_eq!(statuses, ["01", "03", "04", "05", "06"]);
    let life = sender.track(header.document_id).await.unwrap();
    assert_eq!(life.receipt.as_ref(), Some(&sent.receipt));
    assert_eq!(life.events.len(), 6);
    assert_eq!(life.events[1].kind, LifeEventKind::Acknowledged);
    assert_eq!(life.recipients[1].delivery, DeliveryState::Waiting);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_envelope_gets_the_same_receipt_for_ever() {
    let axis = Axis::start().await;
    let header = letter("H54", &["G22"]);
    let envelope = axis.sign(&header, Vec::new());
    let first = axis.agency("H54").send(envelope.clone()).await.unwrap();
    assert_eq!(
        axis.agency("H54").send(envelope.clone()).await.unwrap().receipt,
        first.receipt
    );

    let axis = axis.restart().await;
    assert_eq!(axis.agency("H54").send(envelope).await.unwrap().receipt, first.receipt);
    assert_eq!(
        next(&axis.agency("G22")).await.len(),
        1,
        "delivered once, however often it was sent"
    );

    let mut other = header.clone();
    other.subject = "Nội dung khác".to_owned();
    let refused = axis
        .agency("H54")
        .send(axis.sign(&other, Vec::new()))
        .await
        .unwrap_err();
    assert_eq!(refused.refusal().unwrap().reason.as_str(), "DOCUMENT_ID_REUSED");
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn urgent_first_then_by_arrival() {
    let axis = Axis::start().await;
    let mut sent = Vec::new();
    for urgency in [
        Urgency::Normal,
        Urgency::Urgent,
        Urgency::Normal,
        Urgency::Express,
        Urgency::VeryUrgent,
    ] {
        let mut header = letter("H54", &["G22"]);
        header.urgency = urgency;
        axis.agency("H54").send(axis.sign(&header, Vec::new())).await.unwrap();
        sent.push(header.document_id);
    }
    let order: Vec<_> = next(&axis.agency("G22"))
        .await
        .iter()
        .map(|delivery| match &delivery.content {
            Content::Document(document) => document.header().unwrap().document_id,
            other => panic!("a document, not {other:?}"),
        })
        .collect();
    assert_eq!(order, [sent[3], sent[4], sent[1], sent[0], sent[2]]);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_withdraws_what_was_not_fetched_and_asks_for_the_rest() {
    let axis = Axis::start().await;
    let (sender, fetched, unfetched) = (axis.agency("G22"), axis.agency("H54"), axis.agency("H54.12"));
    let header = letter("G22", &["H54", "H54.12"]);
    sender.send(axis.sign(&header, Vec::new())).await.unwrap();
    let delivery = next(&fetched).await[0].id;
    fetched.acknowledge(&[delivery]).await.unwrap();

    let mut recall = letter("G22", &["H54", "H54.12"]);
    recall.act = BusinessAct::Recall;
    recall.act_targets = vec![header.document_id];
    recall.act_reason = "Gửi nhầm phụ lục".to_owned();
    sender.send(axis.sign(&recall, Vec::new())).await.unwrap();

    let life = sender.track(header.document_id).await.unwrap();
    assert!(life.frozen);
    assert_eq!(life.recipients[1].delivery, DeliveryState::Withdrawn);
    let life = sender.track(recall.document_id).await.unwrap();
    let stand = [life.recipients[0].delivery, life.recipients[1].delivery];
    assert_eq!(stand, [DeliveryState::Waiting, DeliveryState::Withdrawn]);
    let waiting = unfetched.fetch(FetchOptions::default()).await.unwrap();
    assert!(waiting.deliveries.is_empty(), "neither the letter nor word of it");
    assert_eq!(next(&fetched).await.len(), 1, "the recall");
    fetched
        .report(StatusToReport::new(header.document_id, StatusCode::Agreed))
        .await
        .expect("15 answers a recall");

    let again = sender.send({
        let mut again = letter("G22", &["H54"]);
        again.act = BusinessAct::Recall;
        again.act_targets = vec![header.document_id];
        axis.sign(&again, Vec::new())
    });
    assert_eq!(
        again.await.unwrap_err().refusal().unwrap().reason.as_str(),
        "ALREADY_RECALLED"
    );
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_attachment_goes_by_upload_and_only_parties_read_it() {
    let axis = Axis::start().await;
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let sender = axis.agency("G22");
    let mut header = letter("G22", &["H54"]);
    attach(&mut header, &content);
    let envelope = axis.sign(&header, Vec::new());
    let refused = sender.send(envelope.clone()).await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().reason.as_str(), "ATTACHMENT_MISSING");

    sender.upload_bytes(content.clone().into()).await.unwrap();
    sender.send(envelope).await.expect("now it is there");
    let sha256 = header.attachments[0].sha256;
    let mut read = Vec::new();
    axis.agency("H54")
        .download(header.document_id, sha256, &mut read)
        .await
        .unwrap();
    assert!(read == content);
    assert!(
        axis.agency("H54.12")
            .download(header.document_id, sha256, &mut Vec::new())
            .await
            .is_err()
    );

    // Naming the digest of another's content gives nobody that content.
    let mut thief = letter("H54.12", &["G22"]);
    thief.attachments = header.attachments.clone();
    let refused = axis
        .agency("H54.12")
        .send(axis.sign(&thief, Vec::new()))
        .await
        .unwrap_err();
    assert_eq!(refused.refusal().unwrap().reason.as_str(), "ATTACHMENT_MISSING");
    axis.stop().await;
}
