//! Tokens: who is calling, as a short-lived JSON Web Token signed with Ed25519 (`EdDSA`, RFC 8037).
//!
//! Claims: `iss` and `aud` are `truc`, `sub` is the agency's code or `operator`, `iat`, `nbf` and `exp` are seconds of
//! wall time. Tokens live in wall time also where hub time is scaled: they protect the running process.
//!
//! Verifying costs about 60 µs, as much as a signature of a document. A server that is called often keeps what it
//! verified until `exp`.

use std::{fmt, time::Duration};

use crate::{Caller, SigningKey, VerifyingKey, caller::InvalidCaller};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use serde::{Deserialize, Serialize};

/// `iss` and `aud` of every token.
const ISSUER: &str = "truc";
/// Clocks of one installation may differ by this much; a token may be used that long before its `nbf`.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
/// A token of ours has some 250 bytes. Longer ones are refused before anything is decoded.
const TOKEN_BYTES_MAX: usize = 2048;

/// Why a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No JWT, another algorithm, or claims missing.
    #[error("token is malformed; ask for a new one with `truc token`")]
    Malformed,
    /// Not signed by this hub's key.
    #[error("token is not signed by this hub; ask this hub's operator for one")]
    Signature,
    /// Made for something else.
    #[error("token was not made for this hub: its issuer and audience must be `truc`")]
    Audience,
    /// `sub` is neither an agency code nor `operator`.
    #[error("token names `{subject}`, which is neither an agency code nor `operator`")]
    Subject {
        /// As it stands in the token.
        subject: String,
    },
    /// Used before its time.
    #[error("token holds from {from} only; check the clock")]
    NotYetValid {
        /// `nbf`.
        from: Timestamp,
    },
    /// Used after its time.
    #[error("token ran out at {expired_at}; ask for a new one")]
    Expired {
        /// `exp`.
        expired_at: Timestamp,
    },
}

/// Makes tokens. Who holds it can act for every agency.
pub struct TokenIssuer {
    key: EncodingKey,
    header: Header,
}

/// Checks tokens with the public half of the issuer's key.
pub struct TokenVerifier {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl TokenIssuer {
    /// Issues with the hub's token key.
    pub fn new(key: &SigningKey) -> Self {
        Self {
            key: EncodingKey::from_ed_der(&key.to_pkcs8_der()),
            header: Header::new(Algorithm::EdDSA),
        }
    }

    /// A token for `caller` from `now` on, for `life` (whole seconds, wall time).
    pub fn issue(&self, caller: &Caller, now: Timestamp, life: Duration) -> String {
        let issued = now.as_second();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: caller.to_string(),
            iat: issued,
            nbf: issued,
            exp: issued
                .saturating_add_unsigned(life.as_secs())
                .min(Timestamp::MAX.as_second()),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key).expect("an Ed25519 key signs any claims")
    }
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenIssuer(…)")
    }
}

impl TokenVerifier {
    /// Takes tokens signed by the owner of `key`.
    pub fn new(key: &VerifyingKey) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[ISSUER]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // The library would look at the clock of the machine; time is an argument here.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            key: DecodingKey::from_ed_der(key.as_bytes()),
            validation,
        }
    }

    /// Who calls, and until when (exclusive) the token may be remembered as good. `now` is wall time.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<(Caller, Timestamp), TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)
            .map_err(|error| TokenError::from_kind(error.kind()))?
            .claims;
        let from = Timestamp::from_second(claims.nbf).map_err(|_| TokenError::Malformed)?;
        let until = Timestamp::from_second(claims.exp).map_err(|_| TokenError::Malformed)?;
        if now >= until {
            return Err(TokenError::Expired { expired_at: until });
        }
        if from.as_second().saturating_sub(now.as_second()) > CLOCK_TOLERANCE.as_secs() as i64 {
            return Err(TokenError::NotYetValid { from });
        }
        let caller = claims
            .sub
            .parse()
            .map_err(|InvalidCaller { text }| TokenError::Subject { subject: text })?;
        Ok((caller, until))
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenVerifier(…)")
    }
}

impl TokenError {
    fn from_kind(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidAudience | ErrorKind::InvalidIssuer => Self::Audience,
            // The rest are ways not to be a token of ours; the list is the library's and may grow.
            _ => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::caller::OPERATOR;

    const HOUR: Duration = Duration::from_secs(3600);

    fn key() -> SigningKey {
        SigningKey::from_seed([5; 32])
    }

    fn now() -> Timestamp {
        "2020-09-15T08:00:00Z".parse().unwrap()
    }

    fn verifier() -> TokenVerifier {
        TokenVerifier::new(&key().public())
    }

    fn agency() -> Caller {
        Caller::Agency("H54.12".parse().unwrap())
    }

    /// A token with claims that the issuer would not make.
    fn forged(key: &SigningKey, change: impl FnOnce(&mut Claims)) -> String {
        let issued = now().as_second();
        let mut claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: OPERATOR.to_owned(),
            iat: issued,
            nbf: issued,
            exp: issued + 3600,
        };
        change(&mut claims);
        let key = EncodingKey::from_ed_der(&key.to_pkcs8_der());
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap()
    }

    #[test]
    fn round_trip() {
        for caller in [agency(), Caller::Operator] {
            let token = TokenIssuer::new(&key()).issue(&caller, now(), HOUR);
            assert_eq!(verifier().verify(&token, now()), Ok((caller, now() + HOUR)));
        }
    }

    #[test]
    fn a_token_has_its_time() {
        let token = TokenIssuer::new(&key()).issue(&agency(), now(), HOUR);
        let at = |seconds: i64| now() + jiff::SignedDuration::from_secs(seconds);
        assert!(verifier().verify(&token, at(3599)).is_ok());
        assert_eq!(
            verifier().verify(&token, at(3600)),
            Err(TokenError::Expired { expired_at: at(3600) })
        );
        assert!(verifier().verify(&token, at(-60)).is_ok());
        assert_eq!(
            verifier().verify(&token, at(-61)),
            Err(TokenError::NotYetValid { from: now() })
        );
    }

    #[test]
    fn endless_life_is_cut_to_the_end_of_time() {
        let token = TokenIssuer::new(&key()).issue(&agency(), now(), Duration::MAX);
        assert!(verifier().verify(&token, now() + HOUR).is_ok());
    }

    #[test]
    fn what_was_not_made_here_is_refused() {
        let other = TokenIssuer::new(&SigningKey::from_seed([6; 32])).issue(&agency(), now(), HOUR);
        assert_eq!(verifier().verify(&other, now()), Err(TokenError::Signature));
        let check = |change: fn(&mut Claims)| verifier().verify(&forged(&key(), change), now());
        assert!(check(|_| ()).is_ok());
        assert_eq!(
            check(|claims| claims.iss = "else".to_owned()),
            Err(TokenError::Audience)
        );
        assert_eq!(
            check(|claims| claims.aud = "else".to_owned()),
            Err(TokenError::Audience)
        );
        assert_eq!(
            check(|claims| claims.sub = "Operator".to_owned()),
            Err(TokenError::Subject {
                subject: "Operator".to_owned()
            })
        );
        assert_eq!(check(|claims| claims.exp = i64::MAX), Err(TokenError::Malformed));
    }

    #[test]
    fn another_algorithm_is_refused() {
        // The classic attack: the public key taken as the secret of an HMAC.
        let claims = serde_claims();
        let hmac = EncodingKey::from_secret(key().public().as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &hmac).unwrap();
        assert_eq!(verifier().verify(&token, now()), Err(TokenError::Malformed));
        // `{"alg":"none","typ":"JWT"}` without a signature.
        let body = token.split('.').nth(1).unwrap();
        let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.");
        assert_eq!(verifier().verify(&none, now()), Err(TokenError::Malformed));
    }

    fn serde_claims() -> Claims {
        let issued = now().as_second();
        let truc = || ISSUER.to_owned();
        Claims {
            iss: truc(),
            aud: truc(),
            sub: OPERATOR.to_owned(),
            iat: issued,
            nbf: issued,
            exp: issued + 60,
        }
    }

    #[test]
    fn a_long_token_is_refused_unread() {
        let token = forged(&key(), |claims| claims.sub = "X".repeat(TOKEN_BYTES_MAX));
        assert_eq!(verifier().verify(&token, now()), Err(TokenError::Malformed));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,300}") {
            prop_assert!(verifier().verify(&text, now()).is_err());
        }

        #[test]
        fn a_changed_token_is_refused(at in 0_usize..200, by in 1_u8..64) {
            let token = TokenIssuer::new(&key()).issue(&agency(), now(), HOUR);
            let mut changed = token.clone().into_bytes();
            let at = at % changed.len();
            changed[at] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[usize::from(changed[at] ^ by) % 64];
            prop_assume!(changed != token.as_bytes());
            prop_assert!(verifier().verify(std::str::from_utf8(&changed).unwrap(), now()).is_err());
        }
    }
}
