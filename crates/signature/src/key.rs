//! Signing keys: Ed25519 private keys (RFC 8032), from a seed or from PEM.

#[cfg(test)]
mod edge_cases;
mod verifying;

use std::fmt;

use ed25519_dalek::{
    Signer as _,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes, spki::der::pem::LineEnding},
};

pub use self::verifying::{InvalidVerifyingKey, VerifyingKey, verifying_key};
use crate::digest::sha256_of_parts;

/// Separates keys derived here from every other use of SHA-256 over a seed.
const DERIVATION_DOMAIN: &str = "truc/v1/derived-key";

/// Private key of a person, an agency, a system, the hub or an authority. Its `Debug` says only the public half.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// PEM that holds no Ed25519 private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 private key in PKCS#8 PEM (`BEGIN PRIVATE KEY`, unencrypted)")]
pub struct InvalidSigningKey;

impl SigningKey {
    /// The key whose RFC 8032 secret is `seed`.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The key at `path` under `seed`: the same two give the same key on any machine, another path an unrelated one.
    /// Simulations take all their keys from one seed so.
    pub fn derive(seed: &[u8], path: &str) -> Self {
        Self::from_seed(sha256_of_parts(DERIVATION_DOMAIN, &[seed, path.as_bytes()]))
    }

    /// The public half.
    pub fn public(&self) -> VerifyingKey {
        self.0.verifying_key()
    }

    /// Signs bytes as they are. What travels on the axis is signed through [`crate::dsse::sign`], which says what it is.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// PKCS#8 **version 1** in DER: the secret without the public half. OpenSSL 3.0 cannot read version 2.
    pub fn to_pkcs8_der(&self) -> Vec<u8> {
        self.pkcs8()
            .to_pkcs8_der()
            .map(|document| document.as_bytes().to_vec())
            .expect("32 bytes can be written as PKCS#8")
    }

    /// PKCS#8 version 1 in PEM, readable by OpenSSL 3.0. Ends with a newline.
    pub fn to_pem(&self) -> String {
        self.pkcs8()
            .to_pkcs8_pem(LineEnding::LF)
            .map(|pem| pem.as_str().to_owned())
            .expect("32 bytes can be written as PKCS#8")
    }

    /// Reads PKCS#8 PEM of either version.
    pub fn from_pem(pem: &str) -> Result<Self, InvalidSigningKey> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem)
            .map(Self)
            .map_err(|_| InvalidSigningKey)
    }

    fn pkcs8(&self) -> KeypairBytes {
        KeypairBytes {
            secret_key: self.0.to_bytes(),
            public_key: None,
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(public {})", hex::encode(self.public().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_keys_are_the_same_for_ever() {
        let key = SigningKey::derive(b"seed", "wallet/seal/H54");
        assert_eq!(key.public(), SigningKey::derive(b"seed", "wallet/seal/H54").public());
        assert_ne!(key.public(), SigningKey::derive(b"seed", "wallet/seal/H40").public());
        assert_ne!(key.public(), SigningKey::derive(b"seed2", "wallet/seal/H54").public());
        // A seed and a path must not slide into each other.
        assert_ne!(
            SigningKey::derive(b"ab", "c").public(),
            SigningKey::derive(b"a", "bc").public()
        );
    }

    #[test]
    fn pem_round_trip() {
        let key = SigningKey::derive(b"seed", "a");
        let pem = key.to_pem();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n") && pem.ends_with("-----END PRIVATE KEY-----\n"));
        assert_eq!(SigningKey::from_pem(&pem).unwrap().public(), key.public());
        assert_eq!(key.to_pkcs8_der().len(), 48, "version 1: no public half");
        assert_eq!(
            SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\n").unwrap_err(),
            InvalidSigningKey
        );
    }

    #[test]
    fn debug_keeps_the_secret() {
        let key = SigningKey::from_seed([7; 32]);
        assert!(!format!("{key:?}").contains(&hex::encode([7; 32])));
    }
}
