//! A stream that is kept short: its head is in the archive, and whoever is new gets the whole journal all the same.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use truc_cluster::{Address, JetStream};
use truc_store::journal::{
    Journal as _,
    battery::{fill, read_groups},
};
use truc_tests::nats::Nats;

const GROUPS: usize = 1_500;
const KEPT: u64 = 300;

async fn open(address: &str, folder: &Path) -> JetStream {
    let address: Address = address.parse().expect("an address");
    JetStream::open_with(&address, folder, 1 << 20)
        .await
        .expect("a journal")
}

/// Messages in the stream.
async fn left(nats: &Nats) -> u64 {
    let client = async_nats::connect(format!("127.0.0.1:{}", nats.servers[0].port()))
        .await
        .expect("a server");
    let stream = async_nats::jetstream::new(client)
        .get_stream("axis")
        .await
        .expect("the stream");
    stream.cached_info().state.messages
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_new_gets_the_whole_journal_from_a_short_stream() {
    let nats = Nats::start(1);
    let address = format!("{}&keep={KEPT}", nats.address("axis"));
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(&address, &folder.path().join("one")).await;
    // One that was there for the first groups only.
    let mut away = open(&address, &folder.path().join("away")).await;
    fill(&mut away, &[1; 10]).await;
    drop(away);
    // What others wrote is taken in with the next of its own.
    journal.append(&[Bytes::from_static(b"its own")]).await.unwrap();
    fill(&mut journal, &[3; GROUPS]).await;
    let mut written = read_groups(&journal.reader(), 1);
    assert_eq!(written.len(), 10 + 1 + GROUPS);

    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while left(&nats).await > KEPT + 256 {
        assert!(tokio::time::Instant::now() < deadline, "the head is not cut off");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for late in ["new", "away"] {
        let mut late = open(&address, &folder.path().join(late)).await;
        assert_eq!(late.head(), journal.head());
        assert_eq!(read_groups(&late.reader(), 1), written);
        // It writes as well as any.
        for text in ["one more", "and again"] {
            late.append(&[Bytes::from_static(text.as_bytes())]).await.unwrap();
            journal.append(&[Bytes::from_static(text.as_bytes())]).await.unwrap();
        }
        written = read_groups(&journal.reader(), 1);
    }
}
