//! What a package is: a document, or word of what became of one.

use super::{
    Attachment, Business, Code, DocumentKind, Manifest, OtherInfo, Party, Signature, SignerInfo, StaffInfo, Value,
};
use jiff::civil::{Date, DateTime};

/// One edXML package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Package {
    /// A document with its files (`edoc`).
    Document(DocumentPackage),
    /// Word of what became of one (`status`).
    Status(StatusPackage),
}

/// A document as edXML carries it. Texts are empty where the package has none; no text has blanks around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentPackage {
    /// The sending agency.
    pub from: Party,
    /// The receiving agencies.
    pub to: Vec<Party>,
    /// `<agency>,<yyyy/MM/dd>,<number>/<notation>`, or a UUID, or whatever the sender made of it: a text to compare,
    /// never to take apart.
    pub document_id: String,
    /// Number and notation.
    pub code: Code,
    /// Where, when and by whom it was issued.
    pub promulgation: Promulgation,
    /// Type of document.
    pub document_type: DocumentKind,
    /// Summary (trích yếu).
    pub subject: String,
    /// Short content.
    pub content: String,
    /// Who signed.
    pub signer: SignerInfo,
    /// Last day for the receiver to be done.
    pub due_date: Option<Value<Date>>,
    /// Urgency, pages and the like.
    pub other: OtherInfo,
    /// The documents that it answers.
    pub response_for: Vec<ResponseFor>,
    /// Codes of the tasks that it answers (`ResponseForTask/TaskCode`).
    pub task_codes: Vec<String>,
    /// `ApplicationType`.
    pub application_type: String,
    /// 1 does not steer, 2 steers, 3 reports on steering.
    pub steering_type: Option<Value<u32>>,
    /// Free-text addressees (nơi nhận).
    pub to_places: Vec<String>,
    /// Hops, the originator first.
    pub trace: Vec<TraceHeader>,
    /// What it does to a document already sent.
    pub business: Option<Business>,
    /// XML-DSig, byte for byte.
    pub signature: Option<Signature>,
    /// What the body says of the files; the provincial dialect has none.
    pub manifest: Option<Manifest>,
    /// The files, without their contents.
    pub attachments: Vec<Attachment>,
}

/// Word of what became of a document. It names no receiver: it is for the agency of `response_for`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusPackage {
    /// The agency that gives it.
    pub from: Party,
    /// The document that it is about.
    pub response_for: ResponseFor,
    /// Who handled it.
    pub staff: Option<StaffInfo>,
    /// Two digits: 01 to 06, 13, 15, 16.
    pub status_code: String,
    /// Why, or what was done.
    pub description: String,
    /// When, in Vietnam.
    pub timestamp: Option<Value<DateTime>>,
}

/// `PromulgationInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promulgation {
    /// Place of issue.
    pub place: String,
    /// Day of issue.
    pub date: Option<Value<Date>>,
    /// Who issued; the provincial dialect only.
    pub promulgator: String,
}

/// `ResponseFor`: the document that a package is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseFor {
    /// The agency that sent it; the one asked, for a taking back.
    pub organ_id: String,
    /// Number and notation in one: `7816/VPCP-TTĐT`.
    pub code: String,
    /// Its id.
    pub document_id: String,
    /// Its day of issue.
    pub promulgation_date: Option<Value<Date>>,
}

/// One hop (`TraceHeader`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceHeader {
    /// The agency.
    pub organ_id: String,
    /// When, in Vietnam.
    pub timestamp: Option<Value<DateTime>>,
    /// From whom to whom; the provincial dialect only.
    pub path: Option<TracePath>,
}

/// `Path` of a hop in the provincial dialect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TracePath {
    /// Code of the agency that it left.
    pub from: String,
    /// Code of the agency that it went to.
    pub to: String,
}
