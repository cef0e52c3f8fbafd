//! The promises of a journal, on NATS JetStream: the same tests as the embedded engine's.

use std::{path::Path, sync::OnceLock};

use truc_cluster::{Address, JetStream};
use truc_signature::sha256;
use truc_tests::nats::Nats;

/// One server for all: each journal is a stream of its own, named after its folder.
fn address(folder: &Path) -> Address {
    static NATS: OnceLock<Nats> = OnceLock::new();
    let nats = NATS.get_or_init(|| Nats::start(1));
    let name = sha256(folder.to_string_lossy().as_bytes());
    nats.address(&hex::encode(&name[..8])).parse().expect("an address")
}

truc_store::journal_battery!(jetstream, async |folder: &Path| {
    JetStream::open_with(&address(folder), folder, 300_000)
        .await
        .expect("a journal")
});
