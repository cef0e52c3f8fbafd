//! `truc up` serves the console on the hub's port, and its link is for the owner of the folder alone.

mod truc;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
};

use truc::Terminal;

/// The answer to a GET, headers and body.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_link_opens_the_console_and_is_its_owners() {
    let terminal = Terminal::new();
    let _sandbox = terminal.up(&["--silent"]);
    let file = terminal.path(".truc/console-link");
    let mode = std::fs::metadata(&file).expect("the link").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    let link = std::fs::read_to_string(&file).expect("the link");
    let (hub, key) = link.trim().split_once("/#key=").expect("an access key");
    assert_eq!(key.len(), 32, "{link}");
    let address = hub.strip_prefix("http://").expect("an address");

    let page = get(address, "/");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
    assert!(page.contains("/assets/") || page.contains("make console"), "{page}");
    assert!(get(address, "/assets/none.js").starts_with("HTTP/1.1 404"));
    // The gateway and the services keep their paths.
    assert!(!get(address, "/truc.v1.SandboxService/Enter").starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/html"));
}
