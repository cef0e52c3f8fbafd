//! What nobody but its owner should know is in no log, however much is logged.

mod truc;

use std::{
    fs::File,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Stdio,
};

use truc::Terminal;

fn token(terminal: &Terminal, of: &[&str]) -> String {
    let printed = terminal.json(&[&["token"], of].concat());
    printed["token"].as_str().expect("a token").to_owned()
}

fn access_key(terminal: &Terminal) -> String {
    let link = std::fs::read_to_string(terminal.path(".truc/console-link")).expect("the console's link");
    let (_, key) = link.trim().split_once("#key=").expect("an access key");
    key.to_owned()
}

/// Enters as the operator, as the console does: over gRPC-Web.
fn enter(terminal: &Terminal, access_key: &str) {
    let length = u8::try_from(access_key.len()).expect("a short key");
    let message = [&[0x0a, length], access_key.as_bytes(), &[0x18, 1]].concat();
    let framed = [
        &[0, 0, 0, 0, u8::try_from(message.len()).expect("a short message")],
        &message[..],
    ]
    .concat();
    let head = format!(
        "POST /truc.v1.SandboxService/Enter HTTP/1.1\r\nHost: truc\r\nContent-Type: application/grpc-web+proto\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        framed.len()
    );
    let address = terminal.address();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).expect("the sandbox");
    stream
        .write_all(&[head.as_bytes(), &framed].concat())
        .expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("eyJ"), "no token in {answer}");
}

#[test]
fn a_log_of_everything_has_no_secret() {
    let terminal = Terminal::new();
    let log = terminal.path("log");
    let mut command = terminal.command();
    command.args(["up", "--listen", "127.0.0.1:0", "--seed", "1"]);
    command.env("TRUC_LOG", "trace").stdout(Stdio::null());
    command.stderr(File::create(&log).expect("a log"));
    let mut up = command.spawn().expect("a sandbox");
    terminal.good(&["wait", "--timeout", "60s"]);

    let access_key = access_key(&terminal);
    let (agency, operator) = (token(&terminal, &["H54"]), token(&terminal, &["--operator"]));
    enter(&terminal, &access_key);
    terminal.write("giấy mời.txt", "Nội dung chỉ người nhận được đọc");
    terminal.good(&[
        "send",
        "--to",
        "H54",
        "--subject",
        "Mời họp",
        "--attach",
        "giấy mời.txt",
    ]);
    terminal.good(&["inbox", "--as", "H54", "--token", &agency]);
    terminal.good(&["fault", "list", "--token", &operator]);

    up.kill().and_then(|()| up.wait()).expect("its end");
    let log = String::from_utf8_lossy(&std::fs::read(&log).expect("the log")).into_owned();
    assert!(log.contains("TRACE"), "nothing was logged");
    let vxp = terminal.setting("secret");
    let secrets = [
        ("access key", access_key.as_str()),
        ("token of an agency", agency.as_str()),
        ("token of the operator", operator.as_str()),
        ("secret of the VXP system", vxp.as_str()),
        ("content of a document", "chỉ người nhận được đọc"),
        ("private key", "PRIVATE KEY"),
    ];
    for (what, secret) in secrets {
        assert!(secret.len() > 10, "{what} is too short to look for");
        let at = log
            .find(secret)
            .map(|at| log[..at].lines().last().unwrap_or_default().to_owned());
        assert_eq!(at, None, "{what} is in the log");
    }
}
