//! Placeholder while document is written
mod capacity;
mod chain;
mod digest;
pub mod dsse;
mod key;
mod receipt;
pub use self::{
    capacity::{Capacity, InvalidCapacity},
    chain::{CertificateChain, certificate_pem},
    digest::{Digest, sha256},
    key::{InvalidSigningKey, InvalidVerifyingKey, SigningKey, VerifyingKey, verifying_key},
    receipt::{ReceiptError, sign_receipts, verify_receipt},
};
