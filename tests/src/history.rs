//! What agencies know of a run under faults, and the check of it: every receipt's document in the journal where the receipt says, each
//! delivered, none again to who acknowledged it, in the order of its arrival, and the counts a recount's.

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, stream::FuturesUnordered};
use parking_lot::Mutex;
use truc_agency::{
    Agency, ConnectOptions, Content, Credential, FetchOptions, Hub as Connection, PipelineOptions, SubscribeOptions,
};
use truc_proto::v1::{Counts, Envelope, ReceiptStatement};
use truc_signature::{Capacity, TokenIssuer, TrustStore, sign_envelope};
use truc_store::{
    apply::apply,
    journal::{Embedded, EmbeddedOptions, EmbeddedReader, Journal as _, JournalReader as _, Position},
    record::{Change, Entry},
    recount::{Options, verify_journal},
    snapshot::SnapshotFolder,
    state::State,
};

use crate::{attach, letter, token_key, wallet};

/// Who gets all that is sent.
pub const RECEIVERS: [&str; 3] = ["H54", "H54.12", "H54.12.03"];

/// What agencies know, over all rounds.
#[derive(Default)]
pub struct Known {
    /// Of all receipts.
    pub receipts: Mutex<Vec<ReceiptStatement>>,
    /// Deliveries whose acknowledgement was answered as good, by receiver.
    pub acknowledged: Mutex<HashSet<u64>>,
    /// Deliveries seen.
    pub received: AtomicUsize,
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
pub async fn load(endpoint: String, known: Arc<Known>, lease: Duration) {
    let connection = connect(&endpoint).await;
    let receivers = RECEIVERS.map(|code| tokio::spawn(receive(agency(&connection, code), Arc::clone(&known), lease)));
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

async fn receive(agency: Agency, known: Arc<Known>, lease: Duration) {
    let options = SubscribeOptions {
        window: 500,
        lease: Some(lease),
        ..SubscribeOptions::default()
    };
    let mut mailbox = Box::pin(agency.subscribe(options).ready_chunks(64));
    let mut newest = 0;
    while let Some(deliveries) = mailbox.next().await {
        let deliveries: Vec<_> = deliveries.into_iter().filter_map(Result::ok).collect();
        // All are equally urgent, so what is handed out for the first time comes in the order of its arrival.
        for delivery in deliveries.iter().filter(|delivery| delivery.attempt == 1) {
            assert!(delivery.id > newest, "delivery {} came after {newest}", delivery.id);
            newest = delivery.id;
        }
        let ids: Vec<u64> = deliveries.into_iter().map(|delivery| delivery.id).collect();
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
pub fn check_journal(folder: &Path, known: &Known) {
    let journal = Embedded::open(&folder.join("journal"), EmbeddedOptions::default()).expect("the journal opens");
    let snapshot = SnapshotFolder::open(folder.join("state"))
        .expect("a folder")
        .load_latest()
        .expect("a state");
    check_records(&journal.reader(), snapshot.as_ref(), &known.receipts.lock());
}

/// As [`check_journal`], wherever the journal stands.
pub fn check_records(reader: &EmbeddedReader, snapshot: Option<&State>, receipts: &[ReceiptStatement]) {
    for statement in receipts {
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
    let options = Options {
        trust: &trust,
        snapshot,
        signatures: false,
    };
    let verified = verify_journal(reader, &options, |_| ()).expect("a journal that can be read");
    let findings: Vec<_> = verified.findings.iter().take(5).collect();
    assert!(
        verified.is_clean(),
        "{findings:?} and {} more",
        verified.findings.len() - findings.len()
    );
    assert!(verified.documents >= receipts.len() as u64);
}

/// What a journal makes of nothing, up to a position.
#[must_use]
pub fn state_at(reader: &EmbeddedReader, last: Position) -> State {
    let mut state = State::default();
    for group in reader.groups(Position::FIRST) {
        let group = group.expect("a group");
        for (position, record) in group.positioned().filter(|(position, _)| *position <= last) {
            let entry = Entry::decode(record.clone()).expect("a record");
            apply(&mut state, position, group.chain, &entry).expect("in order");
        }
    }
    state
}

/// Everything owed is delivered, and nothing that was acknowledged comes again. What was handed out and not acknowledged comes when its
/// lease has run out.
///
/// # Errors
/// What is owed and does not come.
pub async fn check_mailboxes(endpoint: &str, known: &Known, lease: Duration) -> Result<(), String> {
    let connection = connect(endpoint).await;
    // An answer of this very check may get lost, too.
    let last = tokio::time::Instant::now() + 2 * lease + Duration::from_secs(20);
    loop {
        for code in RECEIVERS {
            empty(&agency(&connection, code), known, lease).await;
        }
        let counts = counts(&connection).await;
        assert_eq!(counts.received, counts.sent * RECEIVERS.len() as u64);
        if counts.acknowledged == counts.received {
            return Ok(());
        }
        let waiting = counts.received - counts.acknowledged;
        if tokio::time::Instant::now() > last {
            return Err(format!("{waiting} deliveries are owed and do not come"));
        }
    }
}

/// Takes what waits in a mailbox.
async fn empty(agency: &Agency, known: &Known, lease: Duration) {
    loop {
        let wait = Some(Duration::from_secs(2));
        let options = FetchOptions {
            deliveries_max: 500,
            lease: Some(lease),
            wait,
            ..FetchOptions::default()
        };
        let deliveries = agency.fetch(options).await.expect("a mailbox").deliveries;
        if deliveries.is_empty() {
            return;
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

async fn counts(connection: &Connection) -> Counts {
    let issuer = Arc::new(TokenIssuer::new(&token_key()));
    let operator = connection.operator(Credential::Issuer(issuer));
    let report = operator
        .statistics()
        .report(Default::default())
        .await
        .expect("a report");
    report.total.and_then(|total| total.counts).expect("counts")
}
