//! A record of the journal: one thing that changed, or was asked to change, something.

use bytes::Bytes;
use jiff::Timestamp;
use prost::Message as _;
use truc_document::{Header, Refusal};

/// The records as they are kept: `proto/truc/journal/v1/record.proto`.
#[allow(missing_docs, clippy::large_enum_variant)]
pub mod wire {
    include!(concat!(env!("OUT_DIR"), "/truc.journal.v1.rs"));
}

pub use wire::{Record, record::Change};

/// A record that was kept but can't be understood: the journal is from a later version, or was tampered with.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecord {
    /// The bytes are not a record.
    #[error("record can't be decoded: {0}")]
    Undecodable(#[from] prost::DecodeError),
    /// A record without a change, or of a kind that this version does not know.
    #[error("record has no change that this version knows; use the version that wrote it or a later one")]
    Unknown,
    /// The header of a document can't be read any more.
    #[error("document in record has an invalid header: {0}")]
    Header(#[from] Refusal),
    /// A time beyond what can be told.
    #[error("record has an impossible time {0} µs")]
    Time(i64),
    /// A field that can't be what it must be.
    #[error("record field `{0}` is invalid")]
    Field(&'static str),
}

/// A record ready to be applied: decoded once, whether it was just made or read back.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Hub time at which it was ordered.
    pub at: Timestamp,
    /// What is asked.
    pub change: Change,
    /// With [`Change::DocumentSent`]: its header, decoded.
    pub header: Option<Box<Header>>,
}

impl Entry {
    /// Reads a record back.
    ///
    /// # Errors
    /// [`InvalidRecord`]: nothing of it can be used.
    pub fn decode(bytes: Bytes) -> Result<Self, InvalidRecord> {
        let record = Record::decode(bytes)?;
        let change = record.change.ok_or(InvalidRecord::Unknown)?;
        let header = match &change {
            Change::DocumentSent(sent) => {
                let envelope = sent.envelope.as_ref().ok_or(InvalidRecord::Field("envelope"))?;
                Some(Box::new(Header::decode(&envelope.header)?))
            }
            _ => None,
        };
        let at = instant(record.at)?;
        match &change {
            Change::ClockMoved(moved) => instant(moved.to)?,
            Change::CertificateRevoked(revoked) => instant(revoked.revoked_at)?,
            _ => at,
        };
        Ok(Self { at, change, header })
    }

    /// The bytes to keep, as ordered at `self.at`.
    #[must_use]
    pub fn encode(self) -> (Bytes, Self) {
        let record = Record {
            at: self.at.as_microsecond(),
            change: Some(self.change),
        };
        let bytes = Bytes::from(record.encode_to_vec());
        // The change goes in and comes out: a clone would copy the lists of a large envelope.
        match record.change {
            Some(change) => (
                bytes,
                Self {
                    at: self.at,
                    change,
                    header: self.header,
                },
            ),
            None => unreachable!("the change was put in above"),
        }
    }
}

fn instant(micros: i64) -> Result<Timestamp, InvalidRecord> {
    Timestamp::from_microsecond(micros).map_err(|_| InvalidRecord::Time(micros))
}
