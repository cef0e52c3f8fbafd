//! Which hub, as whom: the options that all commands share that talk to a hub.
//!
//! Without options it is the sandbox of this folder, as the user's agency.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use truc_agency::{Agency, ConnectOptions, Credential, Hub, Operator, Tls};
use truc_document::{AgencyCode, Signer};
use truc_signature::Identity;

use crate::{
    exit::Failure,
    files,
    identity::{AgencyIdentity, Signatory},
    sandbox::{Running, Sandbox},
};

/// Which hub.
#[derive(Args, Clone, Debug)]
pub(crate) struct HubOptions {
    /// Address of the hub, such as http://127.0.0.1:7700; the sandbox's where absent
    #[arg(long, env = "TRUC_HUB", value_name = "URL", help_heading = "Hub")]
    pub(crate) hub: Option<String>,
    /// Folder of the sandbox
    #[arg(
        long,
        env = "TRUC_DATA",
        default_value = ".truc",
        value_name = "DIR",
        help_heading = "Hub"
    )]
    pub(crate) data: PathBuf,
    /// For https: the root of the hub's certificate, PEM; the sandbox's where absent
    #[arg(long, value_name = "FILE", help_heading = "Hub")]
    pub(crate) ca: Option<PathBuf>,
    /// A bearer token instead of the sandbox's or the folder's
    #[arg(
        long,
        env = "TRUC_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        help_heading = "Hub"
    )]
    pub(crate) token: Option<String>,
}

/// Which hub, as which agency.
#[derive(Args, Clone, Debug)]
pub(crate) struct AgencyOptions {
    /// Act as this agency; the sandbox has keys for all of its agencies
    #[arg(id = "as", long = "as", value_name = "CODE", help_heading = "Hub")]
    pub(crate) code: Option<AgencyCode>,
    /// Folder with the agency's keys, as `truc pki issue` writes it
    #[arg(
        long,
        env = "TRUC_IDENTITY",
        value_name = "DIR",
        help_heading = "Hub",
        conflicts_with = "as"
    )]
    pub(crate) identity: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) hub: HubOptions,
}

/// An agency on a hub, and where its keys come from.
pub(crate) struct Acting {
    pub(crate) agency: Agency,
    keys: KeySource,
    sandbox: Sandbox,
    notes: PathBuf,
}

enum KeySource {
    Folder(Box<AgencyIdentity>),
    Sandbox,
    None,
}

impl HubOptions {
    pub(crate) fn sandbox(&self) -> Sandbox {
        Sandbox::at(&self.data)
    }

    fn running(&self) -> Result<Option<Running>, Failure> {
        self.sandbox().running()
    }

    /// The hub's address.
    pub(crate) fn endpoint(&self) -> Result<String, Failure> {
        if let Some(hub) = &self.hub {
            return Ok(hub.clone());
        }
        self.running()?.map(|running| running.hub).ok_or_else(|| {
            Failure::input(format!(
                "no sandbox runs in `{}`; start one with `truc up`, or name a hub with `--hub`",
                self.data.display()
            ))
        })
    }

    /// How to connect; `mtls` is the folder of a client certificate.
    pub(crate) fn connect_options(&self, mtls: Option<(&Path, &str)>) -> Result<ConnectOptions, Failure> {
        let options = ConnectOptions::new(self.endpoint()?);
        if !options.endpoint.starts_with("https://") {
            return Ok(options);
        }
        let ca = self.ca.clone().unwrap_or_else(|| self.sandbox().root_file());
        let identity_pem = match mtls {
            Some((folder, name)) => Some((
                files::read_text(&folder.join(format!("{name}.pem")))?,
                files::read_text(&folder.join(format!("{name}.key")))?,
            )),
            None => None,
        };
        Ok(options.with_tls(Tls {
            ca_pem: files::read_text(&ca)?,
            identity_pem,
            domain: None,
        }))
    }

    /// The operator of the hub: by `--token`, or by the sandbox's keys.
    pub(crate) async fn operator(&self) -> Result<Operator, Failure> {
        let credential = match (&self.token, self.sandbox().keys()?) {
            (Some(token), _) => Credential::Token(token.clone()),
            (None, Some(keys)) => keys.credential(),
            (None, None) => {
                return Err(Failure::input(
                    "this needs the operator's credential: give one with `--token` (see `truc token --operator`)",
                ));
            }
        };
        Ok(Hub::connect(self.connect_options(None)?).await?.operator(credential))
    }
}

impl AgencyOptions {
    /// The agency on its hub.
    pub(crate) async fn connect(&self) -> Result<Acting, Failure> {
        if let Some(folder) = &self.identity {
            return self.connect_from(folder).await;
        }
        // First of all: without a hub nothing else matters.
        let options = self.hub.connect_options(None)?;
        let sandbox = self.hub.sandbox();
        let keys = sandbox.keys()?;
        let code = self.code(&sandbox)?;
        let (credential, source) = match (&self.hub.token, keys) {
            (Some(token), Some(_)) => (Credential::Token(token.clone()), KeySource::Sandbox),
            (Some(token), None) => (Credential::Token(token.clone()), KeySource::None),
            (None, Some(keys)) => (keys.credential(), KeySource::Sandbox),
            (None, None) => {
                return Err(Failure::input(
                    "no credential; give `--identity` or `--token`, or start a sandbox with `truc up`",
                ));
            }
        };
        let hub = Hub::connect(options).await?;
        Ok(Acting {
            notes: sandbox.agency_folder(&code),
            agency: hub.agency(code, credential),
            keys: source,
            sandbox,
        })
    }

    async fn connect_from(&self, folder: &Path) -> Result<Acting, Failure> {
        let identity = AgencyIdentity::read(folder)?;
        let token_file = folder.join("token");
        let options = self.hub.connect_options(Some((folder, "system")))?;
        let credential = match &self.hub.token {
            Some(token) => Credential::Token(token.clone()),
            None if options.tls.is_some() => Credential::Mtls,
            None if token_file.exists() => Credential::Token(files::read_text(&token_file)?),
            None => {
                return Err(Failure::input(format!(
                    "`{}` has no file `token`, which a hub without TLS needs; give `--token`",
                    folder.display()
                )));
            }
        };
        let agency = Hub::connect(options).await?.agency(identity.code.clone(), credential);
        Ok(Acting {
            agency,
            keys: KeySource::Folder(Box::new(identity)),
            sandbox: self.hub.sandbox(),
            notes: folder.to_owned(),
        })
    }

    fn code(&self, sandbox: &Sandbox) -> Result<AgencyCode, Failure> {
        if let Some(code) = &self.code {
            return Ok(code.clone());
        }
        let running = sandbox
            .running()?
            .ok_or_else(|| Failure::input("say which agency you are with `--as`"))?;
        running.agency.parse().map_err(Failure::input)
    }
}

impl Acting {
    pub(crate) fn code(&self) -> &AgencyCode {
        self.agency.code()
    }

    /// Where this agency keeps what it fetched: beside its keys.
    pub(crate) fn notes_folder(&self) -> &Path {
        &self.notes
    }

    /// The key of the person whom a document shows as its signer. A sandbox has everybody's; elsewhere it is the folder's, and the hub
    /// refuses where that is another person.
    pub(crate) async fn signer(&self, shown: &Signer) -> Result<Arc<Identity>, Failure> {
        match (&self.keys, self.sandbox.keys()?) {
            (KeySource::Sandbox, Some(keys)) => keys.signer(self.code(), shown),
            _ => Ok(self.identity().await?.person),
        }
    }

    /// The agency's keys: from its folder, or made by the sandbox, whose agencies are all its own.
    pub(crate) async fn identity(&self) -> Result<AgencyIdentity, Failure> {
        match &self.keys {
            KeySource::Folder(identity) => Ok((**identity).clone()),
            KeySource::Sandbox => {
                let folder = self.sandbox.agency_folder(self.code());
                if folder.join("agency.toml").exists() {
                    return AgencyIdentity::read(&folder);
                }
                let name = self.agency.directory().agency(self.code()).await?.name;
                let keys = self
                    .sandbox
                    .keys()?
                    .ok_or_else(|| Failure::input("the sandbox's seed has gone"))?;
                keys.agency(self.code(), &name, Signatory::default())
            }
            KeySource::None => Err(Failure::input(format!(
                "no keys to sign for `{}` with; give their folder with `--identity`",
                self.code()
            ))),
        }
    }
}
