//! What a document on the axis is: codes, types, urgency, statuses, and the header that travels.
//!
//! **Invariant:** nothing here does I/O, reads a clock or rolls dice; it takes values and gives values or says why not.

mod code;
mod document_type;
pub mod due;
pub mod edxml;
mod fault;
mod header;
mod kinds;
pub mod limits;
mod notation;
mod reason;
mod refusal;
mod register;
mod standing;
mod status;
mod tokens;
pub mod zone;

pub use code::{AgencyCode, CodeForm, InvalidAgencyCode};
pub use document_type::DocumentType;
pub use fault::{CorruptedPart, FaultKind, FaultStep};
pub use header::{Attachment, Header, Recipient, Signer};
pub use kinds::{
    BusinessAct, Level, RecipientRole, SignatureStanding, SigningPolicy, SteeringType, SystemKind, Urgency,
};
pub use notation::{InvalidNotation, Notation, render, suggest};
pub use reason::{Reason, UnknownReason};
pub use refusal::{Parts as RefusalParts, Refusal};
pub use register::{NoNumber, Register};
pub use standing::{InvalidStatus, Request, Standing, Step};
pub use status::StatusCode;
pub use tokens::UnknownToken;
