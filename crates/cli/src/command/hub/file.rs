//! `hub.toml`. Files are looked for from its folder.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use jiff::Timestamp;
use serde::Deserialize;
use truc_agency::ConnectOptions;
use truc_gateway::Gateway;
use truc_hub::{HubConfig, JournalChoice, Limits, Machine, TlsFiles};
use truc_proto::v1 as pb;
use truc_signature::{Authority, VerifyingKey, certificate_pem};
use truc_simulator::Topology;
use truc_store::state::ClockSetting;

use crate::{
    exit::Failure,
    files,
    gateway::{self, Settings},
    identity, journal,
    keys::Keys,
    sandbox::Sandbox,
};

/// The file as it stands. An unknown key is an error that names file, line, key and the nearest right one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    /// Where it listens, such as `127.0.0.1:7700`. Beyond loopback it needs TLS.
    pub(super) listen: String,
    /// Folder of journal, state and attachments.
    data: PathBuf,
    /// Certificates that everything is trusted by, PEM.
    roots: Vec<PathBuf>,
    /// Public key that bearer tokens are signed with, PEM.
    token_key: PathBuf,
    /// Seed of the simulated authority, so that the hub can sign the revocation lists that it gives.
    authority_seed: Option<PathBuf>,
    /// Who signs receipts.
    identity: KeyPair,
    /// The journal that this hub shares with others, such as `nats://a:4222,b:4222,c:4222/axis`; where absent, its own.
    pub(super) journal: Option<String>,
    /// Agencies to register where the directory does not have them.
    topology: Option<PathBuf>,
    tls: Option<Tls>,
    #[serde(default)]
    limits: LimitsTable,
    clock: Option<Clock>,
    vxp: Option<Vxp>,
}

/// The VXP gateway. It acts for all agencies that its systems name, so it needs the keys of the installation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Vxp {
    /// Folder of what `truc pki init` made, with the seed of all keys: it makes tokens and signs for persons and agencies.
    keys: PathBuf,
    /// Root of the certificate that the hub serves TLS with, PEM; the first of `roots` where absent.
    ca: Option<PathBuf>,
    /// Lets systems register and disconnect agencies in the operator's name.
    #[serde(default)]
    operator: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct KeyPair {
    /// PKCS#8, PEM.
    key: PathBuf,
    /// The certificate with its issuers, PEM.
    certificate: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Tls {
    key: PathBuf,
    certificate: PathBuf,
    /// Issuers of client certificates, PEM; offers mTLS.
    client_roots: Option<PathBuf>,
}

/// Over a limit a caller gets OVERLOADED and tries again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LimitsTable {
    /// Documents between their arrival and their answer.
    documents_in_flight: Option<usize>,
    /// Other changes that wait for the journal.
    changes_in_flight: Option<usize>,
    /// Streams on one connection.
    streams_per_connection: Option<u32>,
}

/// How hub time runs in a new journal; one that is there goes on as it did.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Clock {
    mode: Mode,
    /// For `scaled`: hub seconds per wall second, above 0 and up to 10,000,000.
    factor: Option<f64>,
    /// The first instant; now where absent.
    start: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    Wall,
    Scaled,
    Driven,
}

impl File {
    /// Reads all that the file names, from `folder`. With `own_tls` the hub's certificate serves where no other is named.
    pub(super) fn read(&self, folder: &Path, own_tls: bool) -> Result<(HubConfig, Option<TlsFiles>), Failure> {
        let mut roots = Vec::new();
        for path in &self.roots {
            roots.extend(identity::read_certificates(&folder.join(path))?);
        }
        let tls = match (&self.tls, own_tls) {
            (Some(tls), _) => Some(tls.read(folder)?),
            (None, true) => Some(TlsFiles {
                certificate: files::read_text(&folder.join(&self.identity.certificate))?,
                key: files::read_text(&folder.join(&self.identity.key))?,
                client_roots: Some(roots.iter().map(|root| certificate_pem(root)).collect()),
            }),
            (None, false) => None,
        };
        let directory = match &self.topology {
            Some(path) => {
                let topology = Topology::load(&folder.join(path)).map_err(Failure::input)?;
                topology.agencies().map(truc_simulator::AgencyEntry::to_wire).collect()
            }
            None => Vec::new(),
        };
        let authority = match &self.authority_seed {
            Some(path) => Some(authority(&folder.join(path), &roots)?),
            None => None,
        };
        let config = HubConfig {
            authority,
            data: folder.join(&self.data),
            roots,
            identity: identity::identity_of(
                &folder.join(&self.identity.key),
                &folder.join(&self.identity.certificate),
            )?,
            token_key: public_key(&folder.join(&self.token_key))?,
            journal: self
                .journal
                .as_deref()
                .map_or(Ok(JournalChoice::Own), journal::shared)?,
            limits: self.limits.read(),
            directory,
            clock: self.clock.as_ref().map(Clock::read).transpose()?,
            machine: Machine::default(),
        };
        Ok((config, tls))
    }
}

impl File {
    /// The VXP gateway to the hub that will be at `endpoint`, where one is configured.
    pub(super) fn gateway(&self, folder: &Path, endpoint: String) -> Result<Option<Gateway>, Failure> {
        let Some(vxp) = &self.vxp else { return Ok(None) };
        let house = Sandbox::at(folder.join(&vxp.keys));
        let keys = house.keys()?.ok_or_else(|| {
            Failure::input(format!(
                "`vxp.keys`: `{}` has no seed; name a folder that `truc pki init` made",
                house.folder().display()
            ))
        })?;
        let hub = ConnectOptions::new(endpoint);
        let hub = match hub.endpoint.starts_with("https") {
            false => hub,
            true => {
                let ca = vxp.ca.as_ref().or(self.roots.first());
                let ca = ca.ok_or_else(|| Failure::input("`roots` names no certificate"))?;
                hub.with_tls(truc_agency::Tls {
                    ca_pem: files::read_text(&folder.join(ca))?,
                    identity_pem: None,
                    domain: None,
                })
            }
        };
        let settings = Settings {
            folder: house.vxp_folder(),
            keys,
            operator: vxp.operator,
            hub,
        };
        gateway::open(settings).map(Some)
    }
}

impl Tls {
    fn read(&self, folder: &Path) -> Result<TlsFiles, Failure> {
        let client_roots = self
            .client_roots
            .as_ref()
            .map(|path| files::read_text(&folder.join(path)));
        Ok(TlsFiles {
            certificate: files::read_text(&folder.join(&self.certificate))?,
            key: files::read_text(&folder.join(&self.key))?,
            client_roots: client_roots.transpose()?,
        })
    }
}

impl LimitsTable {
    fn read(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            documents_in_flight: self.documents_in_flight.unwrap_or(usual.documents_in_flight),
            changes_in_flight: self.changes_in_flight.unwrap_or(usual.changes_in_flight),
            streams_per_connection: self.streams_per_connection.unwrap_or(usual.streams_per_connection),
        }
    }
}

impl Clock {
    fn read(&self) -> Result<(ClockSetting, Timestamp), Failure> {
        let (mode, factor) = match (self.mode, self.factor) {
            (Mode::Wall, None) => (pb::ClockMode::Wall, 1.0),
            (Mode::Driven, None) => (pb::ClockMode::Driven, 1.0),
            (Mode::Scaled, Some(factor)) if factor > 0.0 && factor <= 10_000_000.0 => (pb::ClockMode::Scaled, factor),
            (Mode::Scaled, Some(factor)) => {
                return Err(Failure::input(format!(
                    "`clock.factor` is {factor}; it must be above 0 and up to 10,000,000"
                )));
            }
            (Mode::Scaled, None) => {
                return Err(Failure::input(
                    "`clock.mode` is scaled; set `clock.factor` to hub seconds per wall second",
                ));
            }
            (Mode::Wall | Mode::Driven, Some(_)) => {
                return Err(Failure::input("`clock.factor` belongs to mode scaled; take it out"));
            }
        };
        Ok((ClockSetting { mode, factor }, self.start.unwrap_or_else(Timestamp::now)))
    }
}

/// The authority of a seed. Lists that nobody would believe are worse than none.
fn authority(path: &Path, roots: &[Bytes]) -> Result<Arc<Authority>, Failure> {
    let keys = Keys::read(path)?;
    if roots.contains(&keys.root()) {
        return Ok(Arc::clone(keys.authority()));
    }
    Err(Failure::input(format!(
        "`{}` is the seed of another authority than those of `roots`; name its root there, or take `authority-seed` out",
        path.display()
    )))
}

fn public_key(path: &Path) -> Result<VerifyingKey, Failure> {
    VerifyingKey::from_public_key_pem(&files::read_text(path)?).map_err(|error| {
        Failure::input(format!(
            "`{}` is no Ed25519 public key in PEM (`BEGIN PUBLIC KEY`): {error}",
            path.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use truc_simulator::strict_toml;

    use super::*;

    const EXAMPLE: &str = include_str!("../pki/init/hub.toml");

    /// With all that the example only shows as comments.
    fn full() -> String {
        let shown = |line: &str| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with('[') || rest.contains(" = ") => rest.to_owned(),
            _ => line.to_owned(),
        };
        let lines: Vec<String> = EXAMPLE.lines().map(shown).collect();
        // A topology belongs to the top of the file, not to the table that stands before its comment.
        let (topology, rest): (Vec<String>, Vec<String>) =
            lines.into_iter().partition(|line| line.starts_with("topology"));
        [topology, rest].concat().join("\n")
    }

    #[test]
    fn example_is_good_with_all_that_it_shows() {
        let file: File = strict_toml::parse("hub.toml", EXAMPLE).unwrap();
        assert!(file.tls.is_none());
        let file: File = strict_toml::parse("hub.toml", &full()).unwrap();
        assert_eq!(file.limits.read().documents_in_flight, 4096);
        assert_eq!(file.clock.unwrap().read().unwrap().0.factor, 60.0);
        assert!(file.topology.is_some() && file.tls.is_some() && file.vxp.is_some());
    }

    #[test]
    fn every_key_is_known_only_as_it_is_spelt() {
        for line in full()
            .lines()
            .filter(|line| line.contains(" = ") && !line.starts_with('#'))
        {
            let (key, _) = line.split_once(" = ").unwrap();
            let misspelt = full().replace(
                &format!("\n{line}"),
                &format!("\n{}", line.replacen(key, &format!("{key}x"), 1)),
            );
            let misspelt = if misspelt == full() {
                misspelt.replacen(key, &format!("{key}x"), 1)
            } else {
                misspelt
            };
            let error = strict_toml::parse::<File>("hub.toml", &misspelt)
                .map(|_| ())
                .unwrap_err();
            assert_eq!(error.unknown, Some(format!("{key}x")), "{error}");
            assert_eq!(error.nearest.as_deref(), Some(key), "{error}");
            assert!(error.line > 0, "{error}");
        }
    }

    #[test]
    fn clock_contradictions_are_told() {
        let clock = |mode, factor| {
            Clock {
                mode,
                factor,
                start: None,
            }
            .read()
            .map(|_| ())
            .unwrap_err()
            .message
        };
        assert!(clock(Mode::Scaled, None).contains("set `clock.factor`"));
        assert!(clock(Mode::Scaled, Some(0.0)).contains("above 0"));
        assert!(clock(Mode::Wall, Some(2.0)).contains("take it out"));
    }
}
