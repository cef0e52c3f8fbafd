//! `truc pki crl`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, ToSpan as _};
use truc_signature::{IssuingAuthority, RevokedSerial, TrustStore, crl_pem};

use super::{KeyOptions, certify};
use crate::{
    exit::{Exit, Failure},
    files, keys,
    output::Output,
};

/// Makes the revocation list (CRL, RFC 5280) of one issuing authority and prints it as PEM; a hub that has the authority's
/// keys gives its own by `truc pki revoked --out`.
#[derive(Args, Debug)]
pub(crate) struct Crl {
    /// Whose list: that of persons, of agencies (seals), or of systems
    #[arg(long, value_enum, value_name = "AUTHORITY")]
    authority: Which,
    /// A certificate to revoke, PEM, with the instant from which it is revoked (now where absent); may be given many times
    #[arg(long, value_name = "FILE[@TIME]")]
    revoke: Vec<String>,
    /// Counts the lists of this authority
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    number: u64,
    /// The instant of the list; now where absent
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Days until the next list
    #[arg(long, default_value_t = 7, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3650))]
    days: i64,
    /// Write it to this file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    keys: KeyOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    Persons,
    Agencies,
    Systems,
}

impl From<Which> for IssuingAuthority {
    fn from(which: Which) -> Self {
        match which {
            Which::Persons => Self::Persons,
            Which::Agencies => Self::Agencies,
            Which::Systems => Self::Systems,
        }
    }
}

impl Crl {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let keys = self.keys.keys()?;
        let trust = TrustStore::new(vec![keys.root()]).map_err(Failure::input)?;
        let at = self.at.unwrap_or_else(Timestamp::now);
        let which = IssuingAuthority::from(self.authority);
        let revoked: Vec<RevokedSerial> = self
            .revoke
            .iter()
            .map(|given| revoked(given, which, &trust, at))
            .collect::<Result<_, _>>()?;
        let next = at.checked_add((self.days * 24).hours()).map_err(Failure::input)?;
        let list = keys
            .authority()
            .crl(which, self.number, &revoked, at, next)
            .map_err(keys::unusable)?;
        match &self.out {
            Some(path) => files::write(path, crl_pem(&list))?,
            None => output.raw(&crl_pem(&list))?,
        }
        Ok(Exit::Good)
    }
}

fn revoked(given: &str, which: IssuingAuthority, trust: &TrustStore, now: Timestamp) -> Result<RevokedSerial, Failure> {
    let (path, revoked_at) = match given.rsplit_once('@') {
        Some((path, from)) => (
            path,
            from.parse()
                .map_err(|error| Failure::input(format!("`{from}` is no instant: {error}")))?,
        ),
        None => (given, now),
    };
    let certificate = certify(trust, Path::new(path))?;
    if IssuingAuthority::of(certificate.kind) != which {
        return Err(Failure::input(format!(
            "`{path}` is a {}'s, which another authority issued",
            certificate.kind
        )));
    }
    Ok(RevokedSerial {
        serial: certificate.serial,
        revoked_at,
    })
}
