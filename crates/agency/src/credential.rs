//! Who is calling: the credential of an agency or operator, and the header made of it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tonic::metadata::{Ascii, MetadataValue};
use truc_signature::{Caller, TokenIssuer};

/// Life of a token that the client mints itself.
const TOKEN_LIFE: Duration = Duration::from_secs(600);
/// A token is renewed when less than this is left, so that none runs out under way.
const TOKEN_RENEWAL: Duration = Duration::from_secs(120);

/// How a caller proves who it is.
#[derive(Clone)]
pub enum Credential {
    /// A bearer token that somebody else made, such as `truc token` prints.
    Token(String),
    /// The right to mint tokens: the client makes short-lived ones and renews them in time.
    Issuer(Arc<TokenIssuer>),
    /// The client certificate of the connection; nothing is added to a call.
    Mtls,
}

/// Redacted: a token in a log is a credential given away.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(…)",
            Self::Issuer(_) => "Issuer(…)",
            Self::Mtls => "Mtls",
        })
    }
}

/// The credential cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no usable credential: {message}")]
pub struct CredentialError {
    /// What is wrong, and what to do.
    pub message: String,
}

/// A caller's credential with the header value made of it last.
pub(crate) struct Bearer {
    caller: Caller,
    credential: Credential,
    minted: Mutex<Option<Minted>>,
}

struct Minted {
    value: MetadataValue<Ascii>,
    /// None for a token that cannot be renewed.
    renew_at: Option<Instant>,
}

impl Bearer {
    pub(crate) fn new(caller: Caller, credential: Credential) -> Self {
        Self {
            caller,
            credential,
            minted: Mutex::new(None),
        }
    }

    /// Value of `authorization` for a call made now. Costs a lock and a reference count but when a token is minted.
    pub(crate) fn header(&self) -> Result<Option<MetadataValue<Ascii>>, CredentialError> {
        if matches!(self.credential, Credential::Mtls) {
            return Ok(None);
        }
        let mut minted = self.minted.lock();
        if let Some(current) = minted
            .as_ref()
            .filter(|minted| minted.renew_at.is_none_or(|at| Instant::now() < at))
        {
            return Ok(Some(current.value.clone()));
        }
        let fresh = self.mint()?;
        let value = fresh.value.clone();
        *minted = Some(fresh);
        Ok(Some(value))
    }

    /// Forgets the token that the hub did not take. False where no other can be made.
    pub(crate) fn forget(&self) -> bool {
        match self.credential {
            Credential::Issuer(_) => {
                *self.minted.lock() = None;
                true
            }
            Credential::Token(_) | Credential::Mtls => false,
        }
    }

    fn mint(&self) -> Result<Minted, CredentialError> {
        let (token, renew_at) = match &self.credential {
            Credential::Issuer(issuer) => {
                let token = issuer.issue(&self.caller, Timestamp::now(), TOKEN_LIFE);
                (token, Some(Instant::now() + (TOKEN_LIFE - TOKEN_RENEWAL)))
            }
            Credential::Token(token) => (token.trim().to_owned(), None),
            Credential::Mtls => (String::new(), None),
        };
        let mut value = MetadataValue::try_from(format!("Bearer {token}")).map_err(|_| CredentialError {
            message: "token has characters that no header can carry; copy it again".to_owned(),
        })?;
        // Keeps it out of HPACK tables and of debug output.
        value.set_sensitive(true);
        Ok(Minted { value, renew_at })
    }
}
