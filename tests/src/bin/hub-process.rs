//! A hub in a process of its own, to be killed: `hub-process FOLDER` prints its address and serves until it is.

use std::{io::Write as _, path::PathBuf};

use tokio_util::sync::CancellationToken;
use truc_hub::{Hub, Listen};
use truc_tests::config;

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder of the hub"));
    let hub = Hub::open(config(&folder)).await.expect("a hub that opens");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    writeln!(std::io::stdout(), "http://{address}").expect("somebody reads the address");
    hub.serve(Listen { listener, tls: None }, CancellationToken::new())
        .await
        .expect("a clean end");
}
