//! Who signed, and does it hold: authorities, certificates, signatures, verification and receipts of the axis.
//!
//! The way of a document through this crate: [`sign_envelope`] at its sender; [`OpenedEnvelope::open`] and
//! [`OpenedEnvelope::verify`] at the hub; [`sign_receipts`] when it is stored; [`verify_receipt`] and [`verify`] at
//! whoever wants to know for himself.
//!
//! **Invariant:** nothing here opens a file or a socket, reads a clock or rolls dice. It takes bytes, keys and an instant,
//! and gives bytes or a verdict. It knows no store and no directory: what it must know of them it asks a [`Context`].

mod authority;
mod caller;
mod capacity;
mod certificate;
mod chain;
mod digest;
pub mod dsse;
mod envelope;
mod identity;
mod key;
mod opened;
mod receipt;
mod token;
mod trust;
mod verification;
mod wallet;

pub use self::{
    authority::{
        Authority, AuthorityError, IssuingAuthority,
        request::{CertificateRequest, Subject},
        revocation::RevokedSerial,
    },
    caller::{Caller, InvalidCaller},
    capacity::{Capacity, InvalidCapacity},
    certificate::{InvalidCertificate, SubjectKind, TrustedCertificate},
    chain::{CertificateChain, InvalidChain, certificate_pem, crl_pem},
    digest::{Digest, sha256},
    envelope::{envelope_digest, sign_envelope},
    identity::Identity,
    key::{InvalidSigningKey, InvalidVerifyingKey, SigningKey, VerifyingKey, verifying_key},
    opened::{OpenedEnvelope, Refused, Verified},
    receipt::{ReceiptError, sign_receipts, verify_receipt},
    token::{TokenError, TokenIssuer, TokenVerifier},
    trust::TrustStore,
    verification::{Check, Context, Outcome, Skip, Verdict, standalone::Standalone, verify},
    wallet::SeededWallet,
};
