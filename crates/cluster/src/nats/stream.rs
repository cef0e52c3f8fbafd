//! The stream: reached, made where it is not there, and refused where it is not fit to hold a journal.

use std::{error::Error as _, io, path::Path, time::Duration};

use async_nats::{
    Client, ConnectError, ConnectErrorKind, ConnectOptions, Event,
    jetstream::{
        Context,
        context::ContextBuilder,
        stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream},
    },
};
use tokio::time::Instant;

use crate::{address::Address, engine::group_bytes_max, error::ClusterError};

/// How long a call to JetStream may take before it counts as lost.
pub(crate) const CALL: Duration = Duration::from_secs(3);
/// How long servers may take until they can make a stream.
const ELECTION: Duration = Duration::from_secs(20);
/// Between two tries while they start.
const BEFORE_AGAIN: Duration = Duration::from_millis(250);
/// What a server says that is in no cluster and is asked for several copies.
const ALONE: &str = "replicas > 1";
/// A pulled cable is noticed after twice this.
const PING: Duration = Duration::from_secs(2);
/// Window in which the servers know message ids again. A group published later than that is held back by the expected
/// sequence.
const DUPLICATES: Duration = Duration::from_secs(120);

/// A stream that holds a journal.
pub(crate) struct Reached {
    pub(crate) client: Client,
    pub(crate) context: Context,
    pub(crate) stream: Stream,
}

pub(crate) async fn connect(address: &Address) -> Result<Client, ClusterError> {
    let mut options = ConnectOptions::new()
        .name(format!("truc hub of {}", address.axis))
        .ping_interval(PING)
        .connection_timeout(CALL)
        .event_callback(|event| async move {
            // What this hub may not do is told in no other way.
            if let Event::ServerError(error) = event {
                tracing::warn!(%error, "a NATS server refuses something");
            }
        })
        .reconnect_delay_callback(|attempts| {
            Duration::from_millis(match attempts {
                0..=1 => 0,
                2..=20 => 100,
                _ => 500,
            })
        });
    if let Some((user, password)) = &address.user {
        options = options.user_and_password(user.clone(), password.clone());
    }
    let named = [&address.credentials, &address.ca].into_iter().flatten();
    let pair = address
        .identity
        .iter()
        .flat_map(|(certificate, key)| [certificate, key]);
    for path in named.chain(pair) {
        // The client would tell of it without its name.
        std::fs::File::open(path).map_err(|source| unreadable(path, source))?;
    }
    if let Some(path) = &address.credentials {
        let read = options.credentials_file(path).await;
        options = read.map_err(|source| unreadable(path, source))?;
    }
    if let Some(ca) = &address.ca {
        options = options.add_root_certificates(ca.clone()).require_tls(true);
    }
    if let Some((certificate, key)) = &address.identity {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    let begun = Instant::now();
    loop {
        match options.clone().connect(&address.servers[..]).await {
            Ok(client) => return Ok(client),
            // Machines that start together do not start in order.
            Err(error) if begun.elapsed() < ELECTION && not_there(&error) => {
                tokio::time::sleep(BEFORE_AGAIN).await;
            }
            Err(error) => {
                return Err(ClusterError::Connect {
                    servers: address.servers.join(", "),
                    what: told(&error),
                });
            }
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> ClusterError {
    ClusterError::Credentials {
        path: path.display().to_string(),
        source,
    }
}

/// Whether there was nobody, rather than somebody who said no.
fn not_there(error: &ConnectError) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    // That is what an end of the TLS handshake is told as.
    let refused = source.is_some_and(|source| source.kind() == io::ErrorKind::InvalidData);
    error.kind() == ConnectErrorKind::Io && !refused
}

/// In words, with what to do about it where that is known.
fn told(error: &ConnectError) -> String {
    let said = error.to_string();
    let remedy = [
        (
            "CertificateRequired",
            "the server asks for a certificate: add `certificate=FILE&key=FILE` to the address",
        ),
        (
            "alert: UnknownCA",
            "the server does not trust the root of this hub's certificate",
        ),
        (
            "alert: BadCertificate",
            "the server does not take this hub's certificate, which must be for clients (`clientAuth`), in date, and under the server's root",
        ),
        (
            "invalid peer certificate",
            "`ca` in the address must be the root of the server's certificate, and that must name the host",
        ),
        (
            "authorization violation",
            "the server knows no such user, password or credentials",
        ),
    ];
    match remedy.iter().find(|(word, _)| said.contains(word)) {
        Some((_, remedy)) => format!("{said}; {remedy}"),
        None => said,
    }
}

/// The stream of an axis, made where it is not there yet.
pub(crate) async fn reach(address: &Address) -> Result<Reached, ClusterError> {
    let client = connect(address).await?;
    group_bytes_max(client.server_info().max_payload)?;
    let context = ContextBuilder::new()
        .timeout(CALL)
        .ack_timeout(CALL)
        .build(client.clone());
    let begun = Instant::now();
    let stream = loop {
        match context.get_or_create_stream(config(address)).await {
            // Servers that have just started elect a leader first.
            Err(error) if begun.elapsed() < ELECTION && !error.to_string().contains(ALONE) => {
                tracing::debug!(%error, "no stream yet");
                tokio::time::sleep(BEFORE_AGAIN).await;
            }
            stream => break stream,
        }
    };
    let stream = stream.map_err(|error| ClusterError::Stream {
        stream: address.axis.clone(),
        what: match error.to_string() {
            text if text.contains(ALONE) => {
                format!("{text}; with a single server add `?replicas=1` to the address")
            }
            text => text,
        },
    })?;
    check(address, &stream.cached_info().config)?;
    Ok(Reached {
        client,
        context,
        stream,
    })
}

/// Subjects of the groups; each hub has one, below.
pub(crate) fn subjects(axis: &str) -> String {
    format!("{axis}.journal.*")
}

fn config(address: &Address) -> Config {
    Config {
        name: address.axis.clone(),
        description: Some("Journal of an axis (Trục): the order of everything that ever changed anything".to_owned()),
        subjects: vec![subjects(&address.axis)],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: address.replicas,
        duplicate_window: DUPLICATES,
        deny_delete: true,
        allow_direct: true,
        max_messages: -1,
        max_bytes: -1,
        ..Config::default()
    }
}

fn check(address: &Address, found: &Config) -> Result<(), ClusterError> {
    let unfit = |what: &str| {
        Err(ClusterError::Unfit {
            stream: address.axis.clone(),
            what: what.to_owned(),
        })
    };
    if found.storage != StorageType::File {
        return unfit("it is in memory and not in files");
    }
    if found.retention != RetentionPolicy::Limits || !found.max_age.is_zero() {
        return unfit("it forgets messages by itself");
    }
    if found.discard != DiscardPolicy::New && (found.max_bytes > 0 || found.max_messages > 0) {
        return unfit("it drops its oldest messages when it is full");
    }
    if found.max_messages_per_subject > 0 {
        return unfit("it keeps only some messages of each subject");
    }
    if found.subjects != [subjects(&address.axis)] {
        return unfit("it takes other subjects than a journal's");
    }
    if found.num_replicas < address.replicas {
        tracing::warn!(
            stream = address.axis,
            copies = found.num_replicas,
            asked = address.replicas,
            "the stream has fewer copies than the address asks for; `nats stream update` gives it more"
        );
    }
    Ok(())
}
