//! Peers that mean harm below the API: what they do to a connection, and that everybody else is served all the while.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use truc_agency::{ConnectOptions, Credential, Hub as Connection};
use truc_signature::{Capacity, TokenIssuer, sign_envelope};
use truc_tests::{Axis, address_of, letter, methods, token_key, wallet};

/// Connections that one peer opens. Fewer where the operating system does not let a process have as many.
const CONNECTIONS: u64 = 10_000;
/// Kept for everything else of either process.
const DESCRIPTORS_SPARED: u64 = 200;

/// What a connection of HTTP/2 begins with (RFC 9113).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// POST, http, path `/a`, authority `a` (RFC 7541).
const HEADERS: &[u8] = &[0x83, 0x86, 0x04, 2, b'/', b'a', 0x01, 1, b'a'];

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Kind and payload of each whole frame.
fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut found = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        found.push((head[3], payload.to_vec()));
        bytes = rest;
    }
    found
}

/// Where a hub listens, without the scheme.
fn address(endpoint: &str) -> &str {
    endpoint.trim_start_matches("http://")
}

async fn connect(endpoint: &str) -> TcpStream {
    TcpStream::connect(address(endpoint)).await.expect("a connection")
}

/// A client of HTTP/2 that keeps no rule but the protocol's.
async fn http2(
    endpoint: &str,
) -> (
    h2::client::SendRequest<Bytes>,
    tokio::task::JoinHandle<Result<(), h2::Error>>,
) {
    let (sender, connection) = h2::client::handshake(connect(endpoint).await).await.expect("HTTP/2");
    (sender, tokio::spawn(connection))
}

fn request(endpoint: &str, path: &str) -> Request<()> {
    Request::builder()
        .method(Method::POST)
        .uri(format!("{endpoint}{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .expect("a request")
}

/// A good document passes over a connection of its own.
async fn good_passes(axis: &Axis) {
    let envelope = axis.sign(&letter("H54", &["G22"]), Vec::new());
    let token = axis.token("H54");
    let answer = axis.raw().await.send(Some(&token), envelope).await;
    assert!(answer.expect("an answer").receipt.is_some());
}

#[tokio::test]
async fn oversized_metadata_is_refused() {
    let axis = Axis::start().await;
    let (mut sender, _connection) = http2(&axis.endpoint).await;
    for path in methods() {
        let mut large = request(&axis.endpoint, &path);
        let value = HeaderValue::from_str(&"a".repeat(60 << 10)).expect("a value");
        large.headers_mut().insert("x-large", value);
        sender = sender.ready().await.expect("room for a stream");
        let (answer, _) = sender.send_request(large, true).expect("a stream");
        let status = answer.await.expect("an answer").status();
        assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "{path}");
    }
    good_passes(&axis).await;
    axis.stop().await;
}

/// A header that was sent once is two bytes each further time (RFC 7541): 4 MiB of metadata in a few kilobytes.
#[tokio::test]
async fn a_header_bomb_is_not_unpacked() {
    let axis = Axis::start().await;
    let (mut sender, connection) = http2(&axis.endpoint).await;
    let path = &methods()[0];
    let mut refused = 0;
    for _ in 0..20 {
        let mut bomb = request(&axis.endpoint, path);
        let value = HeaderValue::from_str(&"b".repeat(2 << 10)).expect("a value");
        for _ in 0..2000 {
            bomb.headers_mut().append("x-bomb", value.clone());
        }
        let Ok(ready) = sender.ready().await else { break };
        sender = ready;
        let Ok((answer, _)) = sender.send_request(bomb, true) else {
            break;
        };
        match answer.await {
            Ok(answer) => {
                assert_eq!(answer.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
                refused += 1;
            }
            // The connection is over: as good.
            Err(_) => break,
        }
    }
    assert!(
        refused > 0 || connection.await.expect("the task").is_err(),
        "a bomb was taken"
    );
    good_passes(&axis).await;
    axis.stop().await;
}

/// CVE-2023-44487: streams that are opened and given up at once, so that no limit of open streams is ever met.
#[tokio::test]
async fn rapid_reset_ends_the_connection_and_no_other() {
    let axis = Axis::start().await;
    let mut stream = connect(&axis.endpoint).await;
    let (mut reader, mut writer) = stream.split();
    let write = async {
        let beginning = [PREFACE, &frame(4, 0, 0, &[])].concat();
        writer.write_all(&beginning).await?;
        for id in (1..200_000_u32).step_by(2) {
            let cancel = 8_u32.to_be_bytes();
            // Its headers are all there (4), and no body has come.
            let opened = [frame(1, 4, id, HEADERS), frame(3, 0, id, &cancel)].concat();
            writer.write_all(&opened).await?;
        }
        std::io::Result::Ok(())
    };
    let read = async {
        let mut answer = Vec::new();
        // The end may be a reset; what came before it counts.
        drop(reader.read_to_end(&mut answer).await);
        answer
    };
    let (written, answer) = tokio::join!(write, read);
    let farewell = |frame: &(u8, Vec<u8>)| frame.0 == 7 && frame.1[4..8] == 11_u32.to_be_bytes();
    let calm = frames(&answer).iter().any(farewell);
    assert!(calm || written.is_err(), "the connection went on");
    good_passes(&axis).await;
    axis.stop().await;
}

/// Slow loris: connections that begin and never come to an end, at each place where they can stop.
#[tokio::test]
async fn who_never_finishes_hinders_nobody() {
    let axis = Axis::start().await;
    let mut unfinished = frame(1, 4, 1, &[0; 100]);
    unfinished.truncate(9);
    let beginnings = [
        Vec::new(),
        PREFACE[..10].to_vec(),
        PREFACE.to_vec(),
        [PREFACE, &frame(4, 0, 0, &[]), &unfinished].concat(),
        b"POST /truc.v1.ExchangeService/Send HTTP/1.1\r\nHost: tr".to_vec(),
    ];
    let mut open = Vec::new();
    for beginning in beginnings.iter().cycle().take(500) {
        let mut stream = connect(&axis.endpoint).await;
        stream.write_all(beginning).await.expect("bytes");
        open.push(stream);
    }
    good_passes(&axis).await;
    drop(open);
    axis.stop().await;
}

struct HubProcess(Child, String);

impl HubProcess {
    /// A hub that may have so many files and connections open.
    fn start(folder: &std::path::Path, descriptors: u64) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", &format!("ulimit -n {descriptors} && exec \"$0\" \"$1\"")])
            .args([env!("CARGO_BIN_EXE_hub-process").as_ref(), folder])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the hub's process");
        let address = address_of(&mut child);
        Self(child, address)
    }

    /// A good document passes over a connection of its own.
    async fn good_passes(&self) {
        let connection = Connection::connect(ConnectOptions::new(&self.1))
            .await
            .expect("a connection");
        let (wallet, code) = (wallet(), "H54".parse().expect("a code"));
        let person = wallet.person(&code, Capacity::Head, "Nguyễn Văn An").expect("a person");
        let seal = wallet.seal(&code, "Cơ quan H54").expect("a seal");
        let header = letter("H54", &["G22"]).encode().into();
        let envelope = sign_envelope(header, Some(&person), &seal, Vec::new(), true);
        let issuer = Arc::new(TokenIssuer::new(&token_key()));
        let agency = connection.agency(code, Credential::Issuer(issuer));
        agency.send(envelope).await.expect("a receipt");
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "how many it was is part of what the test says")]
async fn ten_thousand_connections_leave_room_for_a_good_one() {
    let most = rlimit::increase_nofile_limit(u64::MAX).expect("a limit");
    let connections = CONNECTIONS.min(most.saturating_sub(DESCRIPTORS_SPARED));
    println!("{connections} connections");
    let folder = tempfile::TempDir::new().expect("a folder");
    let hub = HubProcess::start(folder.path(), most);
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(http2(&hub.1).await);
    }
    hub.good_passes().await;
    drop(open);
}

#[tokio::test]
async fn a_hub_without_descriptors_waits_for_one() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let hub = HubProcess::start(folder.path(), 80);
    let mut open = Vec::new();
    for _ in 0..160 {
        // The kernel takes what the hub cannot.
        open.push(connect(&hub.1).await);
    }
    // Some of them speak, so the hub has taken what it could.
    open[0]
        .write_all(b"GET / HTTP/1.1\r\nHost: truc\r\n\r\n")
        .await
        .expect("a request");
    let answered = open[0].read(&mut [0; 16]).await.expect("an answer");
    assert!(answered > 0);
    drop(open);
    hub.good_passes().await;
}

/// A page of another origin gets no leave to read what a hub answers (CORS), and no preflight of it succeeds.
#[tokio::test]
async fn a_foreign_origin_gets_no_leave() {
    let axis = Axis::start().await;
    let preflight = "OPTIONS /truc.v1.ExchangeService/Fetch HTTP/1.1\r\nHost: truc\r\nOrigin: https://example.org\r\n\
                     Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,content-type\r\n\
                     Connection: close\r\n\r\n";
    let call = format!(
        "POST /truc.v1.ExchangeService/Fetch HTTP/1.1\r\nHost: truc\r\nOrigin: https://example.org\r\n\
         Content-Type: application/grpc-web+proto\r\nAuthorization: Bearer {}\r\nContent-Length: 5\r\n\
         Connection: close\r\n\r\n\0\0\0\0\0",
        axis.token("H54")
    );
    for request in [preflight, &call] {
        let mut stream = connect(&axis.endpoint).await;
        stream.write_all(request.as_bytes()).await.expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer).to_lowercase();
        assert!(answer.starts_with("http/1.1 "), "{answer}");
        assert!(!answer.contains("access-control-allow"), "{answer}");
    }
    axis.stop().await;
}
