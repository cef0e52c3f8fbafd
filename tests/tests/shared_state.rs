//! A hub that is new goes on from the state that another left, if it is proven, and from the first record otherwise.

use std::{
    io,
    path::Path,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use async_nats::jetstream::object_store::{ObjectInfo, ObjectMetadata, ObjectStore};
use futures::TryStreamExt as _;
use tokio::{io::AsyncReadExt as _, time::Instant};
use truc_store::{
    journal::{Embedded, EmbeddedOptions, Journal as _, Position},
    snapshot::SnapshotFolder,
    state::State,
};
use truc_tests::{Axis, history::state_at, letter, nats::Nats, next};

/// Records between two saved states.
const EVERY: u64 = 20;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        log().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log() -> MutexGuard<'static, Vec<u8>> {
    LOG.lock().expect("no panic")
}

/// What was logged since it was asked for last.
fn logged() -> String {
    String::from_utf8(std::mem::take(&mut *log())).expect("UTF-8")
}

/// The first record that a start applied.
fn replayed_from(log: &str) -> u64 {
    let (_, rest) = log.rsplit_once("the records since from=").expect("a start");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a position")
}

async fn states(nats: &Nats) -> (ObjectStore, Vec<ObjectInfo>) {
    let client = async_nats::connect(format!("127.0.0.1:{}", nats.servers[0].port()));
    let context = async_nats::jetstream::new(client.await.expect("a server"));
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Ok(store) = context.get_object_store("axis-state").await {
            let objects: Vec<_> = store.list().await.expect("a list").try_collect().await.expect("it");
            if !objects.is_empty() {
                return (store, objects);
            }
        }
        assert!(Instant::now() < deadline, "no state is left for others");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn exchange(axis: &Axis, documents: usize) {
    for _ in 0..documents {
        let signed = axis.sign(&letter("G22", &["H54"]), Vec::new());
        axis.agency("G22").send(signed).await.expect("a receipt");
    }
    let province = axis.agency("H54");
    let ids: Vec<u64> = next(&province).await.iter().map(|delivery| delivery.id).collect();
    province.acknowledge(&ids).await.expect("an answer");
}

fn saved(data: &Path) -> State {
    let folder = SnapshotFolder::open(data.join("state")).expect("a folder");
    folder.load_latest().expect("its files").expect("a saved state")
}

/// The state at a position, of nothing but the records.
fn replayed(data: &Path, last: Position) -> State {
    let journal = Embedded::open(&data.join("journal"), EmbeddedOptions::default()).expect("a journal");
    state_at(&journal.reader(), last)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_hub_goes_on_from_a_proven_state_of_another() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).init();
    let nats = Nats::start(1);
    let address = nats.address("axis");
    let one = Axis::join_saving(&address, EVERY).await;
    assert_eq!(replayed_from(&logged()), 1);
    exchange(&one, 50).await;
    let (store, objects) = states(&nats).await;
    assert!(objects.len() <= 2, "{objects:?}");
    exchange(&one, 3).await;

    let late = Axis::join_saving(&address, EVERY).await;
    let said = logged();
    assert!(said.contains("the state of another hub is taken over"), "{said}");
    assert!(replayed_from(&said) > EVERY, "{said}");
    exchange(&late, 3).await;

    // Nobody writes while what is there is spoiled, by one byte in the middle.
    let mut hubs = vec![one.stop_keeping().await, late.stop_keeping().await];
    let (_, objects) = states(&nats).await;
    for object in objects {
        let mut bytes = Vec::new();
        let mut content = store.get(&object.name).await.expect("a state");
        content.read_to_end(&mut bytes).await.expect("its bytes");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let same = ObjectMetadata {
            name: object.name,
            description: object.description,
            ..ObjectMetadata::default()
        };
        store.put(same, &mut &bytes[..]).await.expect("stored");
    }
    logged();
    let wary = Axis::join_saving(&address, EVERY).await;
    let said = logged();
    assert!(said.contains("the state of another hub is refused"), "{said}");
    assert!(said.contains("SHA-256"), "{said}");
    assert_eq!(replayed_from(&said), 1);
    exchange(&wary, 3).await;
    hubs.push(wary.stop_keeping().await);

    let longest = hubs[2].path();
    for hub in &hubs {
        let state = saved(hub.path());
        assert_eq!(state.digest(), replayed(longest, state.position).digest());
    }
}
