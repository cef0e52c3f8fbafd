//! Secrets of systems, and the key that locks them away.

use std::{
    fmt,
    io::{self, Write as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use rand::TryRng as _;

use super::SystemError;

const NONCE_BYTES: usize = 12;
/// As many as the secrets of the real axis have.
const SECRET_BYTES: usize = 24;

/// What a system signs its calls with: the UTF-8 bytes of a text, as the library takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as it was given.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn of_chance() -> Result<Self, SystemError> {
        Ok(Self(STANDARD.encode(chance::<SECRET_BYTES>()?)))
    }

    /// The text, to be shown to its owner once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Redacted: a secret in a log is a secret given away.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

fn chance<const N: usize>() -> Result<[u8; N], SystemError> {
    let mut bytes = [0; N];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| SystemError::Random(error.to_string()))?;
    Ok(bytes)
}

/// Locks and unlocks secrets.
pub(super) struct Vault(ChaCha20Poly1305);

impl Vault {
    /// With the key of a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, SystemError> {
        let path = folder.join("systems.key");
        let text = std::fs::read_to_string(&path).map_err(|cause| SystemError::File {
            verb: "read",
            path: path.clone(),
            cause,
        })?;
        let key = hex::decode(text.trim())
            .ok()
            .and_then(|key| <[u8; 32]>::try_from(key).ok());
        let key = key.ok_or_else(|| SystemError::Content {
            path,
            cause: "it is no key: 64 hex digits".to_owned(),
        })?;
        Ok(Self(ChaCha20Poly1305::new(&key.into())))
    }

    /// With the key of a folder, made where there is none.
    pub(super) fn open_or_make(folder: &Path) -> Result<Self, SystemError> {
        let path = folder.join("systems.key");
        if !path.exists() {
            let key = hex::encode(chance::<32>()?);
            std::fs::create_dir_all(folder)
                .and_then(|()| write_private(&path, &key))
                .map_err(|cause| SystemError::File {
                    verb: "write",
                    path,
                    cause,
                })?;
        }
        Self::open(folder)
    }

    /// Nonce and ciphertext in base64. The id goes in as associated data, so that an entry is worth nothing under another.
    pub(super) fn lock(&self, id: &str, secret: &Secret) -> Result<String, SystemError> {
        let nonce = chance::<NONCE_BYTES>()?;
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: id.as_bytes(),
        };
        let locked = self
            .0
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|error| SystemError::Random(error.to_string()))?;
        Ok(STANDARD.encode([&nonce[..], &locked].concat()))
    }

    /// The secret; `None` where it was locked with another key or under another id.
    pub(super) fn unlock(&self, id: &str, locked: &str) -> Option<Secret> {
        let bytes = STANDARD.decode(locked).ok()?;
        let (nonce, msg) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).ok()?;
        let payload = Payload {
            msg,
            aad: id.as_bytes(),
        };
        let secret = self.0.decrypt(&Nonce::from(nonce), payload).ok()?;
        String::from_utf8(secret).ok().map(Secret)
    }
}

/// Writes what only its owner may read; what is there is replaced.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
