//! Somebody has a copy of what passed over the wire, and sends it again.

use truc_document::Reason;
use truc_tests::{Axis, letter, next, told};

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_sent_again_is_the_same_document() {
    let axis = Axis::start().await;
    let envelope = axis.sign(&letter("G22", &["H54"]), Vec::new());
    let sender = axis.agency("G22");
    let first = sender.send(envelope.clone()).await.expect("a receipt");
    let again = sender.send(envelope.clone()).await.expect("a receipt");
    assert_eq!(first.receipt, again.receipt);

    // By whoever else has a copy it is not sent at all.
    let raw = axis.raw().await;
    let stolen = raw.send(Some(&axis.token("H05")), envelope.clone()).await.unwrap_err();
    assert_eq!(told(&stolen).reason, Reason::NotYourAgency.as_str());

    // Over a restart, too.
    let axis = axis.restart().await;
    let again = axis.agency("G22").send(envelope).await.expect("a receipt");
    assert_eq!(first.receipt, again.receipt);
    assert_eq!(next(&axis.agency("H54")).await.len(), 1, "it was delivered once");
    axis.stop().await;
}
