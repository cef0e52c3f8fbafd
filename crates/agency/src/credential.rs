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

#[cfg(test)]
mod tests {
    use truc_document::Reason;
    use truc_signature::{SigningKey, TokenVerifier};

    use super::*;
    use crate::{
        retry::RetryPolicy,
        test_hub::{Act, TestHub, envelope, refusal},
    };

    fn caller() -> Caller {
        Caller::Agency("H54".parse().unwrap())
    }

    fn issuer() -> Credential {
        Credential::Issuer(Arc::new(TokenIssuer::new(&SigningKey::from_seed([7; 32]))))
    }

    #[test]
    fn issuer_mints_for_its_caller_and_keeps_the_token() {
        let bearer = Bearer::new(caller(), issuer());
        let first = bearer.header().unwrap().unwrap();
        let token = first.to_str().unwrap().strip_prefix("Bearer ").unwrap();
        let verifier = TokenVerifier::new(&SigningKey::from_seed([7; 32]).public());
        let (named, expires) = verifier.verify(token, Timestamp::now()).unwrap();
        assert_eq!(named, caller());
        assert!(expires > Timestamp::now());
        assert_eq!(bearer.header().unwrap(), Some(first));
    }

    #[test]
    fn token_is_renewed_when_its_time_has_come() {
        let bearer = Bearer::new(caller(), issuer());
        let stale = MetadataValue::from_static("Bearer stale");
        *bearer.minted.lock() = Some(Minted {
            value: stale.clone(),
            renew_at: Some(Instant::now()),
        });
        assert_ne!(bearer.header().unwrap(), Some(stale));
    }

    #[test]
    fn given_token_is_sent_as_it_is_and_mtls_sends_nothing() {
        let bearer = Bearer::new(caller(), Credential::Token(" abc\n".to_owned()));
        assert_eq!(bearer.header().unwrap().unwrap(), "Bearer abc");
        assert!(!bearer.forget());
        assert_eq!(Bearer::new(caller(), Credential::Mtls).header(), Ok(None));
        let broken = Bearer::new(caller(), Credential::Token("a\nb".to_owned()))
            .header()
            .unwrap_err();
        assert!(broken.to_string().contains("no header can carry"), "{broken}");
    }

    #[test]
    fn no_credential_is_printed() {
        let bearer = Bearer::new(caller(), Credential::Token("SECRET".to_owned()));
        assert!(!format!("{:?} {:?}", bearer.credential, bearer.header()).contains("SECRET"));
    }

    #[tokio::test(start_paused = true)]
    async fn refused_token_is_replaced_once() {
        let hub = TestHub::new();
        let agency = hub
            .client(RetryPolicy::default())
            .agency("H54".parse().unwrap(), issuer());
        hub.will([Act::Refuse(refusal(Reason::Unauthenticated))]);
        agency.send(envelope(1)).await.unwrap();
        hub.will([
            Act::Refuse(refusal(Reason::Unauthenticated)),
            Act::Refuse(refusal(Reason::Unauthenticated)),
        ]);
        let error = agency.send(envelope(2)).await.unwrap_err();
        assert_eq!(
            error.refusal().map(|refusal| refusal.reason),
            Some(Reason::Unauthenticated)
        );
        assert_eq!(hub.seen().len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn refused_token_that_was_given_is_final() {
        let hub = TestHub::new();
        hub.will([Act::Refuse(refusal(Reason::Unauthenticated))]);
        let error = hub.agency().send(envelope(1)).await.unwrap_err();
        assert!(error.certainly_not_stored());
        assert_eq!(hub.seen().len(), 1);
    }
}
