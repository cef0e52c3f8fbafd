//! `truc pki`: the simulated authority, and what it certifies.

mod crl;
mod init;
mod issue;
mod revoke;
mod revoked;
mod show;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use truc_signature::{TrustStore, TrustedCertificate};

use crate::{
    exit::{Exit, Failure},
    identity,
    keys::Keys,
    output::Output,
    sandbox::Sandbox,
};

pub(crate) use self::init::write_operator;

/// Keys and certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum Pki {
    /// Make the keys of a hub: root, hub, operator, tokens, and a hub.toml to begin with (khởi tạo)
    Init(init::Init),
    /// Make a folder with an agency's keys and certificates (cấp chứng thư số)
    Issue(issue::Issue),
    /// Make a certificate revocation list (danh sách thu hồi)
    Crl(crl::Crl),
    /// Revoke a certificate at a running hub, as the operator (thu hồi chứng thư số)
    Revoke(revoke::Revoke),
    /// Show what is revoked at a hub, and save its revocation lists (xem danh sách thu hồi)
    Revoked(revoked::Revoked),
    /// Show certificates and whether they lead to the root (xem chứng thư số)
    Show(show::Show),
}

/// Where the keys are.
#[derive(Args, Debug)]
struct KeyOptions {
    /// Folder with the seed of all keys: a sandbox's, or one of `truc pki init`
    #[arg(long, env = "TRUC_DATA", default_value = ".truc", value_name = "DIR")]
    data: PathBuf,
}

impl Pki {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::Init(command) => command.run(output),
            Self::Issue(command) => command.run(output),
            Self::Crl(command) => command.run(output),
            Self::Revoke(command) => command.run(output).await,
            Self::Revoked(command) => command.run(output).await,
            Self::Show(command) => command.run(output),
        }
    }
}

impl KeyOptions {
    fn sandbox(&self) -> Sandbox {
        Sandbox::at(&self.data)
    }

    fn keys(&self) -> Result<Keys, Failure> {
        self.sandbox().keys()?.ok_or_else(|| {
            Failure::input(format!(
                "`{}` has no keys; make them with `truc pki init --out {}`, or name their folder with `--data`",
                self.data.display(),
                self.data.display()
            ))
        })
    }
}

/// The first certificate of a file, with its chain checked to a root.
fn certify(trust: &TrustStore, path: &Path) -> Result<TrustedCertificate, Failure> {
    trust
        .certify(&identity::read_certificates(path)?)
        .map_err(|refusal| Failure::new(Exit::Failed, format!("`{}`: {refusal}", path.display())))
}
