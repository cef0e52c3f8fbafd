//! `truc pki init`.

use std::path::PathBuf;

use clap::Args;
use ed25519_dalek::pkcs8::{EncodePublicKey as _, spki::der::pem::LineEnding};
use jiff::Timestamp;
use serde::Serialize;
use truc_signature::Caller;

use crate::{
    exit::{Exit, Failure},
    files,
    identity::write_identity,
    keys::Keys,
    output::{Lang, Output},
    sandbox::Sandbox,
};

/// Life of the operator's token that is written to a file.
const TOKEN_LIFE: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// Makes a folder with all that a hub needs. What is there stays as it is: the same seed gives the same keys.
#[derive(Args, Debug)]
pub(crate) struct Init {
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Keys of a known number instead of chance: the same on any machine, and safe on none
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// A DNS name or IP address at which the hub is reached, besides loopback; may be given many times
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
}

#[derive(Serialize)]
struct Printed {
    folder: PathBuf,
    root_sha256: String,
    files: [&'static str; 7],
}

impl Init {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let house = Sandbox::at(&self.out);
        let keys = house.keys_or_make(self.seed)?;
        write_identity(&self.out, "hub", &keys.hub(&self.host)?)?;
        files::write_secret(&self.out.join("token.key"), keys.token_key().to_pem())?;
        let public = keys
            .token_key()
            .public()
            .to_public_key_pem(LineEnding::LF)
            .map_err(Failure::input)?;
        files::write(&self.out.join("token.pub"), public)?;
        write_operator(&house, &keys)?;
        let config = self.out.join("hub.toml");
        if !config.exists() {
            files::write(&config, include_str!("init/hub.toml"))?;
        }
        let printed = Printed {
            root_sha256: hex::encode(truc_signature::sha256(&keys.root())),
            folder: self.out,
            files: [
                "root.pem",
                "hub.key",
                "hub.pem",
                "token.key",
                "token.pub",
                "operator/",
                "hub.toml",
            ],
        };
        output.data(&printed, || {
            let folder = printed.folder.display();
            match output.lang {
                Lang::Vi => format!(
                    "Đã tạo khóa và chứng thư số trong {folder}.\nChạy Trục: truc hub --config {folder}/hub.toml\n"
                ),
                Lang::En => format!(
                    "Keys and certificates are in {folder}.\nRun the hub: truc hub --config {folder}/hub.toml\n"
                ),
            }
        })?;
        Ok(Exit::Good)
    }
}

/// Writes the operator's key, certificate and a token to the folder of an installation.
pub(crate) fn write_operator(house: &Sandbox, keys: &Keys) -> Result<(), Failure> {
    let folder = house.operator_folder();
    files::make_folder(&folder)?;
    write_identity(&folder, "operator", &*keys.operator()?)?;
    let token = keys
        .token_issuer()
        .issue(&Caller::Operator, Timestamp::now(), TOKEN_LIFE);
    files::write_secret(&folder.join("token"), token)
}
