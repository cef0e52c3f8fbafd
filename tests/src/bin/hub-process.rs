//! A hub in a process of its own, to be killed: `hub-process FOLDER [PORT [BEGIN]]` prints its address and serves until
//! it is. With BEGIN, hub time of a new journal begins then and is driven. With TRUC_JOURNAL it shares the journal there.

use std::{io::Write as _, path::PathBuf};

use tokio_util::sync::CancellationToken;
use truc_hub::{Hub, HubConfig, JournalChoice, Listen};
use truc_proto::v1 as pb;
use truc_store::state::ClockSetting;
use truc_tests::{config, nats::shared};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the folder of the hub"));
    let port = arguments.next().map_or(0, |port| port.parse().expect("a port"));
    let driven = ClockSetting {
        mode: pb::ClockMode::Driven,
        factor: 1.0,
    };
    let clock = arguments
        .next()
        .map(|begin| (driven, begin.parse().expect("an instant")));
    let journal = match std::env::var("TRUC_JOURNAL") {
        Ok(address) => shared(&address),
        Err(_) => JournalChoice::Own,
    };
    let config = HubConfig {
        clock,
        journal,
        ..config(&folder)
    };
    let hub = Hub::open(config).await.expect("a hub that opens");
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).expect("a port");
    let address = listener.local_addr().expect("an address");
    writeln!(std::io::stdout(), "http://{address}").expect("somebody reads the address");
    hub.serve(
        Listen {
            listener,
            tls: None,
            pages: None,
            sandbox: None,
        },
        CancellationToken::new(),
    )
    .await
    .expect("a clean end");
}
