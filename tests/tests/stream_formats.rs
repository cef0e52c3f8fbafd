//! A stream that the first release of the shared journal's format wrote stays readable: `tests/formats/stream-1`, message by message.
//!
//! `messages.gz.gz` is lines of JSON. One names a stream and how it was made (the journal, and the object store of attachments); those
//! below it are its messages as they stood there: subject, headers, payload.
//!
//! `TRUC_WRITE_FORMAT=stream-2 cargo test -p truc-tests --test stream_formats` writes `tests/formats/stream-2`, for a format that is new
//! on purpose; those before it stay.

use std::{collections::HashMap, fs, sync::Arc};

use async_nats::{
    ConnectOptions, HeaderMap,
    jetstream::{self, Context, stream},
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use truc_cluster::{Address, JetStream};
use truc_document::FaultStep;
use truc_signature::sha256;
use truc_tests::{
    Axis, attach,
    formats::{expected, folder, goes_on, live, pack, told, unpack, verified, write_expected},
    letter,
    nats::Nats,
};

const FILE: &str = "messages.gz.gz";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Stream(Box<stream::Config>),
    Message {
        subject: String,
        headers: Vec<(String, String)>,
        payload: String,
    },
}

async fn context(nats: &Nats) -> Context {
    let options = ConnectOptions::new().retry_on_initial_connect();
    let client = options.connect(format!("127.0.0.1:{}", nats.servers[0].port()));
    jetstream::new(client.await.expect("a server"))
}

async fn read_stream(context: &Context, name: &str) -> Vec<Line> {
    let stream = context.get_stream(name).await.expect("a stream");
    let info = stream.cached_info();
    let config = stream::Config {
        // The server's own notes.
        metadata: HashMap::new(),
        ..info.config.clone()
    };
    let mut lines = vec![Line::Stream(Box::new(config))];
    for sequence in info.state.first_sequence..=info.state.last_sequence {
        // What an object's later word replaced is not there.
        let Ok(message) = stream.get_raw_message(sequence).await else {
            continue;
        };
        let headers = message.headers.iter().flat_map(|(name, values)| {
            let pair = |value: &async_nats::HeaderValue| (name.to_string(), value.to_string());
            values.iter().map(pair).collect::<Vec<_>>()
        });
        lines.push(Line::Message {
            subject: message.subject.to_string(),
            headers: headers.collect(),
            payload: hex::encode(&message.payload),
        });
    }
    lines
}

async fn write_streams(context: &Context, lines: Vec<Line>) {
    for line in lines {
        match line {
            Line::Stream(config) => drop(context.create_stream(*config).await.expect("a stream")),
            Line::Message {
                subject,
                headers,
                payload,
            } => {
                let payload = hex::decode(payload).expect("hexadecimal");
                let mut map = HeaderMap::new();
                for (name, value) in headers {
                    map.append(name, value);
                }
                let sent = context
                    .publish_with_headers(subject, map, payload.into())
                    .await
                    .expect("sent");
                sent.await.expect("stored");
            }
        }
    }
}

async fn write(format: &str) {
    let nats = Nats::start(1);
    let axis = Axis::join(&nats.address("axis")).await;
    let header = live(&axis).await;
    let data = axis.stop_and_keep().await;
    write_expected(format, &verified(data.path()), &header);
    let context = context(&nats).await;
    let mut text = Vec::new();
    for stream in ["axis", "OBJ_axis-attachments"] {
        for line in read_stream(&context, stream).await {
            serde_json::to_writer(&mut text, &line).expect("memory");
            text.push(b'\n');
        }
    }
    fs::write(folder(format).join(FILE), pack(text)).expect("a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_releases_wrote_into_a_stream_is_followed_and_goes_on() {
    if let Ok(format) = std::env::var("TRUC_WRITE_FORMAT") {
        return write(&format).await;
    }
    let mut read = 0;
    for entry in fs::read_dir(folder("")).expect("formats") {
        let format = entry.expect("an entry").path();
        let Ok(packed) = fs::read(format.join(FILE)) else {
            continue;
        };
        let (expected, document) = expected(&format);
        let lines = serde_json::Deserializer::from_slice(&unpack(&packed))
            .into_iter::<Line>()
            .collect::<Result<_, _>>()
            .expect("lines");
        let nats = Nats::start(1);
        write_streams(&context(&nats).await, lines).await;

        let address = nats.address("axis");
        let data = Arc::new(TempDir::new().expect("a folder"));
        let parsed: Address = address.parse().expect("an address");
        drop(JetStream::open(&parsed, data.path()).await.expect("its journal"));
        let verification = verified(data.path());
        let findings = &verification.findings;
        assert!(verification.is_clean(), "{}: {findings:?}", format.display());
        assert_eq!(told(&verification), expected, "{}", format.display());

        let axis = Axis::join_in(data, &address).await;
        goes_on(&axis, document).await;
        let faults = axis.operator().faults().await.expect("its faults");
        assert_eq!(faults[0].fault.step, FaultStep::Admission);
        // The content that was uploaded for the large document is still there for another.
        let mut again = letter("H54", &["G22"]);
        let (content, _) = attach(&mut again, &vec![7; 2 << 20]);
        let signed = axis.sign(&again, Vec::new());
        axis.agency("H54").send(signed).await.expect("a receipt");
        let mut downloaded = Vec::new();
        let id = again.document_id;
        axis.agency("G22")
            .download(id, content, &mut downloaded)
            .await
            .expect("the content");
        assert_eq!(sha256(&downloaded), content);
        let revoked = axis.sign(&letter("H05", &["H54"]), Vec::new());
        let refused = axis.agency("H05").send(revoked).await.expect_err("a revoked signer");
        assert_eq!(
            refused.refusal().expect("a refusal").reason.as_str(),
            "CERTIFICATE_REVOKED"
        );
        let data = axis.stop_and_keep().await;
        assert!(verified(data.path()).is_clean());
        read += 1;
    }
    assert!(read > 0, "no format to read");
}
