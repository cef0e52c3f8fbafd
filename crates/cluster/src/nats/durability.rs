//! What an acknowledgement of the stream is worth: how many copies there are, and whether the servers sync before they answer.

use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use truc_store::journal::Durability;

/// How long a monitoring port may take.
const ANSWER: Duration = Duration::from_secs(3);
const BYTES_MAX: usize = 1 << 20;

#[derive(Deserialize)]
struct Varz {
    #[serde(default)]
    server_name: String,
    jetstream: Option<JetStream>,
}

#[derive(Deserialize)]
struct JetStream {
    config: Option<Config>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    sync_always: bool,
    /// ns
    #[serde(default)]
    sync_interval: u64,
}

/// What one server says.
enum Said {
    Always,
    Interval { server: String, seconds: u64 },
    Nothing { monitor: String, why: String },
}

pub(crate) async fn find_out(monitors: &[String], copies: usize) -> Durability {
    let mut said = Vec::new();
    for monitor in monitors {
        said.push(ask(monitor).await);
    }
    judge(&said, copies)
}

fn judge(said: &[Said], copies: usize) -> Durability {
    let kept = |kept, words| Durability { kept, words };
    for one in said {
        if let Said::Interval { server, seconds } = one {
            return kept(
                false,
                format!(
                    "{copies} copies, and server `{server}` syncs every {seconds} s only: a power loss of several servers takes what was answered before; set `jetstream.sync_interval: always`"
                ),
            );
        }
    }
    for one in said {
        if let Said::Nothing { monitor, why } = one {
            return kept(
                false,
                format!("{copies} copies; whether the servers sync before they answer is not known: `{monitor}` {why}"),
            );
        }
    }
    match (said.len(), copies) {
        (0, _) => kept(
            false,
            format!(
                "{copies} copies; whether the servers sync before they answer is not known: name their monitoring ports, `?monitor=host:8222,…`"
            ),
        ),
        (_, 1) => kept(
            true,
            "1 copy, synced before the answer: it survives a power loss, and not the loss of the server's disk"
                .to_owned(),
        ),
        (asked, _) if asked < copies => kept(
            false,
            format!(
                "{copies} copies, and only {asked} of the servers were asked whether they sync; name all in `monitor`"
            ),
        ),
        _ => kept(
            true,
            format!("{copies} copies, synced on a majority of them before the answer"),
        ),
    }
}

async fn ask(monitor: &str) -> Said {
    let nothing = |why: String| Said::Nothing {
        monitor: monitor.to_owned(),
        why,
    };
    match tokio::time::timeout(ANSWER, get(monitor)).await {
        Err(_) => nothing("does not answer".to_owned()),
        Ok(Err(error)) => nothing(format!("does not answer: {error}")),
        Ok(Ok(varz)) => match varz.jetstream.and_then(|jetstream| jetstream.config) {
            Some(Config { sync_always: true, .. }) => Said::Always,
            Some(config) if config.sync_interval > 0 => Said::Interval {
                server: varz.server_name,
                seconds: config.sync_interval / 1_000_000_000,
            },
            _ => nothing("does not tell `sync_interval`".to_owned()),
        },
    }
}

async fn get(monitor: &str) -> Result<Varz, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(monitor).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = http::Request::get("/varz")
        .header(http::header::HOST, monitor)
        .body(String::new())?;
    let answer = sender.send_request(request).await?;
    let body = Limited::new(answer.into_body(), BYTES_MAX).collect().await?.to_bytes();
    connection.abort();
    Ok(serde_json::from_slice(&body)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval() -> Said {
        Said::Interval {
            server: "n2".to_owned(),
            seconds: 120,
        }
    }

    #[test]
    fn only_what_is_known_is_promised() {
        let all = || [Said::Always, Said::Always, Said::Always];
        assert!(judge(&all(), 3).kept);
        assert!(judge(&[Said::Always], 1).words.contains("not the loss"));
        let some = judge(&[Said::Always, interval(), Said::Always], 3);
        assert!(!some.kept && some.words.contains("`n2` syncs every 120 s"), "{some:?}");
        let few = judge(&[Said::Always], 3);
        assert!(!few.kept && few.words.contains("only 1"), "{few:?}");
        assert!(!judge(&[], 3).kept);
    }

    #[test]
    fn the_servers_words_are_read() {
        let varz: Varz = serde_json::from_str(
            r#"{"server_name":"n1","jetstream":{"config":{"sync_interval":120000000000,"sync_always":true}}}"#,
        )
        .unwrap();
        assert!(varz.jetstream.unwrap().config.unwrap().sync_always);
    }
}
