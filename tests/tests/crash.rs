//! kill -9 in the middle of a run at full load, again and again. After each kill: every receipt's document stands in the
//! journal at its position with its digest, the journal is clean and its recount equal, and nothing comes again to who
//! acknowledged it. `TRUC_CRASH_ROUNDS` says how often (4; `make soak` 50), `TRUC_SEED` which run.

use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream::FuturesUnordered};
use parking_lot::Mutex;
use rand::{RngExt as _, SeedableRng as _};
use truc_agency::{
    Agency, ConnectOptions, Content, Credential, FetchOptions, Hub as Connection, PipelineOptions, SubscribeOptions,
};
use truc_proto::v1::{Envelope, ReceiptStatement};
use truc_signature::{Capacity, TokenIssuer, TrustStore, sign_envelope};
use truc_store::{
    journal::{Embedded, EmbeddedOptions, Journal as _, JournalReader as _, Position},
    record::{Change, Entry},
    recount::{Options, verify_journal},
    snapshot::SnapshotFolder,
};
use truc_tests::{attach, letter, token_key, wallet};

const RECEIVERS: [&str; 3] = ["H54", "H54.12", "H54.12.03"];

/// What agencies know, over all rounds.
#[derive(Default)]
struct Known {
    receipts: Mutex<Vec<ReceiptStatement>>,
    /// Deliveries whose acknowledgement was answered as good, by receiver.
    acknowledged: Mutex<HashSet<u64>>,
    received: AtomicUsize,
}

struct HubProcess(Child, String);

impl HubProcess {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hub-process"))
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hub's process");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut address)
            .expect("its address");
        Self(child, address.trim().to_owned())
    }

    fn kill(mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("its end");
    }
}

fn rounds() -> usize {
    std::env::var("TRUC_CRASH_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(4)
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "who sees it fail runs it again with this seed")]
async fn no_receipt_is_broken_by_kill_9() {
    let seed: u64 = std::env::var("TRUC_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_200_900);
    println!("TRUC_SEED={seed}");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::TempDir::new().expect("a folder");
    let known = Arc::new(Known::default());
    for round in 1..=rounds() {
        let hub = HubProcess::start(folder.path());
        let before = known.receipts.lock().len();
        let load = tokio::spawn(load(hub.1.clone(), Arc::clone(&known)));
        let enough = before + random.random_range(50..1500_usize);
        while known.receipts.lock().len() < enough {
            assert!(!load.is_finished(), "the load ended by itself in round {round}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        hub.kill();
        load.abort();
        drop(load.await);
        check_journal(folder.path(), &known);
    }
    let hub = HubProcess::start(folder.path());
    check_mailboxes(&hub.1, &known).await;
    hub.kill();
    check_journal(folder.path(), &known);
    assert!(known.received.load(Ordering::Relaxed) > 0 && !known.acknowledged.lock().is_empty());
}

async fn connect(endpoint: &str) -> Connection {
    Connection::connect(ConnectOptions::new(endpoint))
        .await
        .expect("a connection")
}

fn agency(connection: &Connection, code: &str) -> Agency {
    let issuer = Arc::new(TokenIssuer::new(&token_key()));
    connection.agency(code.parse().expect("a code"), Credential::Issuer(issuer))
}

/// Sends and receives as fast as it goes, until aborted.
async fn load(endpoint: String, known: Arc<Known>) {
    let connection = connect(&endpoint).await;
    let receivers = RECEIVERS.map(|code| tokio::spawn(receive(agency(&connection, code), Arc::clone(&known))));
    let _stop = receivers.each_ref().map(|task| StopOnDrop(task.abort_handle()));
    let sender = agency(&connection, "G22").send_many(PipelineOptions::default());
    let code = "G22".parse().expect("a code");
    let person = wallet()
        .person(&code, Capacity::Head, "Nguyễn Văn An")
        .expect("a person");
    let seal = wallet().seal(&code, "Cơ quan G22").expect("a seal");
    let mut answers = FuturesUnordered::new();
    loop {
        let mut header = letter("G22", &RECEIVERS);
        let content = header.document_id;
        let inline = vec![attach(&mut header, content.as_bytes())];
        let envelope: Envelope = sign_envelope(header.encode().into(), Some(&person), &seal, inline, true);
        answers.push(sender.send(envelope).await);
        while answers.len() > 200 {
            if let Some(Ok(sent)) = answers.next().await {
                known.receipts.lock().push(sent.statement);
            }
        }
    }
}

struct StopOnDrop(tokio::task::AbortHandle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn receive(agency: Agency, known: Arc<Known>) {
    let options = SubscribeOptions {
        window: 500,
        lease: Some(Duration::from_secs(1)),
        ..SubscribeOptions::default()
    };
    let mut mailbox = Box::pin(agency.subscribe(options).ready_chunks(64));
    while let Some(deliveries) = mailbox.next().await {
        let ids: Vec<u64> = deliveries
            .into_iter()
            .filter_map(|delivery| Some(delivery.ok()?.id))
            .collect();
        for id in &ids {
            assert!(
                !known.acknowledged.lock().contains(id),
                "delivery {id} was acknowledged and came again"
            );
        }
        known.received.fetch_add(ids.len(), Ordering::Relaxed);
        if let Ok(outcomes) = agency.acknowledge(&ids).await {
            let good = outcomes
                .iter()
                .filter(|outcome| outcome.refusal.is_none())
                .map(|outcome| outcome.delivery_id);
            known.acknowledged.lock().extend(good);
        }
    }
}

/// What agencies hold receipts for stands in the journal, and the journal agrees with itself.
fn check_journal(folder: &Path, known: &Known) {
    let journal = Embedded::open(&folder.join("journal"), EmbeddedOptions::default()).expect("the journal opens");
    let reader = journal.reader();
    for statement in known.receipts.lock().iter() {
        let record = reader
            .read(Position(statement.position))
            .expect("a record where the receipt says");
        let entry = Entry::decode(record).expect("a record");
        let Change::DocumentSent(sent) = entry.change else {
            panic!("a document at {}", statement.position)
        };
        assert_eq!(sent.envelope_digest, statement.envelope_digest);
        assert_eq!(
            entry.header.expect("a header").document_id.to_string(),
            statement.document_id
        );
    }
    let trust = TrustStore::new(vec![wallet().authority().root()]).expect("a root");
    let snapshot = SnapshotFolder::open(folder.join("state"))
        .expect("a folder")
        .load_latest()
        .expect("a state");
    let options = Options {
        trust: &trust,
        snapshot: snapshot.as_ref(),
        signatures: false,
    };
    let verified = verify_journal(&reader, &options, |_| ()).expect("a journal that can be read");
    assert!(verified.is_clean(), "{:?}", verified.findings);
    assert!(verified.documents >= known.receipts.lock().len() as u64);
}

/// Everything owed is delivered, and nothing that was acknowledged comes again.
async fn check_mailboxes(endpoint: &str, known: &Known) {
    let connection = connect(endpoint).await;
    for code in RECEIVERS {
        let agency = agency(&connection, code);
        loop {
            let wait = Some(Duration::from_secs(2));
            let options = FetchOptions {
                deliveries_max: 500,
                wait,
                ..FetchOptions::default()
            };
            let deliveries = agency.fetch(options).await.expect("a mailbox").deliveries;
            if deliveries.is_empty() {
                break;
            }
            let deliveries: Vec<_> = deliveries
                .into_iter()
                .map(|delivery| delivery.expect("a delivery"))
                .collect();
            for delivery in &deliveries {
                assert!(
                    !known.acknowledged.lock().contains(&delivery.id),
                    "acknowledged, and came again"
                );
                assert!(matches!(delivery.content, Content::Document(_)));
            }
            let ids: Vec<u64> = deliveries.iter().map(|delivery| delivery.id).collect();
            let outcomes = agency.acknowledge(&ids).await.expect("an answer");
            assert!(outcomes.iter().all(|outcome| outcome.refusal.is_none()));
        }
    }
    let issuer = Arc::new(TokenIssuer::new(&token_key()));
    let report = connection
        .operator(Credential::Issuer(issuer))
        .statistics()
        .report(Default::default())
        .await;
    let counts = report
        .expect("a report")
        .total
        .and_then(|total| total.counts)
        .expect("counts");
    assert_eq!(counts.received, counts.sent * RECEIVERS.len() as u64);
    assert_eq!(counts.acknowledged, counts.received, "nothing waits any more");
}
