//! A disk that is full, on a real file system: a small tmpfs in a mount namespace of the hub's own. Whoever sends meanwhile is told to
//! try again; when there is room the hub goes on by itself, and every receipt holds.

use std::{
    process::{Child, Stdio},
    sync::Arc,
    time::Duration,
};

use truc_agency::{Agency, ConnectOptions, Credential, Hub as Connection, RetryPolicy, SendError, wait_until_ready};
use truc_proto::v1::{Envelope, ReceiptStatement};
use truc_signature::{Capacity, TokenIssuer, sign_envelope};
use truc_tests::{
    address_of, attach,
    disk::SmallDisk,
    history::{Known, check_journal, check_mailboxes},
    letter, token_key, wallet,
};

/// Room for the first segment of the journal and not for a second.
const DISK_MIB: u32 = 100;
/// Carried inline, so that a handful fills the segment of 64 MiB.
const CONTENT_BYTES: usize = 900 << 10;

/// The hub, gone with the test.
struct HubProcess(Child);

impl Drop for HubProcess {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn agency(connection: &Connection, retry: RetryPolicy) -> Agency {
    let credential = Credential::Issuer(Arc::new(TokenIssuer::new(&token_key())));
    connection
        .agency("G22".parse().expect("a code"), credential)
        .with_retry(retry)
}

fn large_letter() -> Envelope {
    let code = "G22".parse().expect("a code");
    let person = wallet()
        .person(&code, Capacity::Head, "Nguyễn Văn An")
        .expect("a person");
    let seal = wallet().seal(&code, "Cơ quan G22").expect("a seal");
    let mut header = letter("G22", &truc_tests::history::RECEIVERS);
    let content = [header.document_id.as_bytes().as_slice(), &vec![7; CONTENT_BYTES]].concat();
    let inline = vec![attach(&mut header, &content)];
    sign_envelope(header.encode().into(), Some(&person), &seal, inline, true)
}

/// Sends until the hub has no room; then the letter that was not taken.
async fn fill(agency: &Agency, known: &Known) -> Envelope {
    for _ in 0..DISK_MIB {
        let envelope = large_letter();
        match agency.send(envelope.clone()).await {
            Ok(sent) => known.receipts.lock().push(sent.statement),
            Err(SendError::Refused(refusal)) => panic!("a good letter is refused: {refusal:?}"),
            Err(_) => return envelope,
        }
    }
    panic!("the disk did not get full");
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "says what was not tested")]
async fn a_hub_without_room_says_so_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::new(DISK_MIB) else {
        println!("not tested: this machine permits no mount namespaces");
        return;
    };
    let mut started = disk.command(env!("CARGO_BIN_EXE_hub-process"));
    started.arg(disk.path().join("data")).stdout(Stdio::piped());
    let mut hub = HubProcess(started.spawn().expect("the hub's process"));
    let endpoint = address_of(&mut hub.0);
    let connection = Connection::connect(ConnectOptions::new(&endpoint))
        .await
        .expect("a connection");
    let known = Known::default();
    let refused = fill(&agency(&connection, RetryPolicy::once()), &known).await;
    assert!(known.receipts.lock().len() > 20, "the first segment is full");
    // Health says it, to balancers.
    let ready = wait_until_ready(ConnectOptions::new(&endpoint), Duration::from_secs(1)).await;
    assert!(ready.is_err(), "a hub that takes nothing is not ready");

    disk.grow(3 * DISK_MIB);
    let sent = agency(&connection, RetryPolicy::default())
        .send(refused)
        .await
        .expect("a receipt");
    known.receipts.lock().push(sent.statement);
    wait_until_ready(ConnectOptions::new(&endpoint), Duration::from_secs(60))
        .await
        .expect("a hub that serves");
    let numbers: Vec<u64> = known
        .receipts
        .lock()
        .iter()
        .map(|receipt: &ReceiptStatement| receipt.position)
        .collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    check_mailboxes(&endpoint, &known, Duration::from_secs(1))
        .await
        .expect("all that is owed");
    drop(hub);
    check_journal(&disk.inside().join("data"), &known);
}
