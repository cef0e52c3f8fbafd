//! edXML, the package format of QCVN 102:2016/BTTTT: read as it is met in the field, written as the field reads it.
//!
//! [`read`] takes what can be understood and says what is unusual about it; what can't be understood is refused with the
//! place and the reason. Contents of files go to a sink in chunks and are never whole in memory. [`write`] makes the same
//! bytes of the same package. [`draft`] and [`export`] cross over to the axis's own [`Header`](crate::Header) and back.

mod attachment;
mod business;
mod codes;
mod describe;
mod finding;
mod limits;
mod map;
mod names;
mod package;
mod party;
mod position;
mod profile;
mod read;
mod reading;
mod refusal;
mod signature;
mod value;
mod write;

pub use self::{
    attachment::{Attachment, AttachmentSink, FileReference, Manifest, Packing},
    business::{Business, BusinessDocumentInfo, BusinessReceiver, Replacement},
    describe::{Code, DocumentKind, OtherInfo},
    finding::{Finding, FindingCode, Severity},
    limits::ReadLimits,
    map::{
        Draft, ExportOptions, IdForm, Incomplete, MEDIA_TYPE, StatusDraft, StatusFacts, answering, document_uuid,
        draft, draft_status, export, export_status, original_package,
    },
    names::{NAMESPACE, NAMESPACE_PROVINCIAL},
    package::{DocumentPackage, Package, Promulgation, ResponseFor, StatusPackage, TraceHeader, TracePath},
    party::{Party, SignerInfo, StaffInfo},
    position::Position,
    profile::Profile,
    read::{read, read_whole},
    reading::{Reading, Whole},
    refusal::{ReadError, ReadErrorCode},
    signature::{Signature, SignatureJudgement},
    value::Value,
    write::{AttachmentSource, WriteError, WriteOptions, Zipping, write},
};
