//! The lines of a trace.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use truc_agency::AgencyEntry;
use truc_document::{AgencyCode, Level, Reason, SigningPolicy, StatusCode, SystemKind};
use uuid::Uuid;

use super::{
    bytes::{Content, Digest},
    header::HeaderLine,
};
use crate::token::Token;

/// The form of the lines that this release reads and writes.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The form of the lines that follow: [`VERSION`].
    pub truc_trace: u32,
    /// What was done with contents when it was recorded.
    pub contents: Token<Contents>,
}

/// What a trace has of contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Everything, attachments of more than 16 MiB excepted.
    Keep,
    /// Words, names and contents are replaced by others of the same length.
    Redact,
    /// Attachments are named, their contents left out.
    None,
}

/// Any line after the first.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line {
    /// An agency as the hub's address book had it when the trace was recorded. Stands before the first event that names it.
    Agency(AgencyLine),
    /// The hub accepted a document.
    Document(Box<DocumentLine>),
    /// An agency took deliveries for good.
    Acknowledged(AcknowledgedLine),
    /// An agency reported a status.
    Status(StatusLine),
    /// The hub refused a document. There is nothing of it to be sent again.
    Refused(RefusedLine),
}

/// As `truc.v1.Agency`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is the field of that name in directory.proto")]
pub struct AgencyLine {
    pub code: Token<AgencyCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy_code: Option<Token<AgencyCode>>,
    pub name: String,
    pub level: Token<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Token<AgencyCode>>,
    pub province: Token<AgencyCode>,
    pub connected: bool,
    pub signing_policy: Token<SigningPolicy>,
    pub systems: Vec<Token<SystemKind>>,
    pub portal_services: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Token<AgencyCode>>,
}

/// An accepted document.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentLine {
    /// Hub time.
    pub at: Timestamp,
    /// A person signed it, beside the agency's seal.
    pub signed: bool,
    /// Its header.
    pub header: HeaderLine,
    /// Contents of its attachments that the trace has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contents: BTreeMap<Token<Digest>, Token<Content>>,
}

/// Deliveries taken for good, in one call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgedLine {
    /// Hub time.
    pub at: Timestamp,
    /// Whose mailbox.
    pub agency: Token<AgencyCode>,
    /// Documents among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Uuid>,
    /// Statuses and notices among them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub words: u64,
}

/// A reported status.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StatusLine {
    /// Hub time.
    pub at: Timestamp,
    /// Who reports.
    pub agency: Token<AgencyCode>,
    /// About which document.
    pub document_id: Uuid,
    /// The code of QCVN 102:2016, such as `03`.
    pub status: Token<Code>,
    /// As reported.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A refused document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedLine {
    /// Hub time.
    pub at: Timestamp,
    /// Who sent it.
    pub agency: Token<AgencyCode>,
    /// As far as the hub could read it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document_id: String,
    /// Why.
    pub reason: Token<Reason>,
    /// The field at fault, where it is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
}

/// A status by its two digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub StatusCode);

impl Line {
    /// Hub time; agencies have none.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Agency(_) => None,
            Self::Document(line) => Some(line.at),
            Self::Acknowledged(line) => Some(line.at),
            Self::Status(line) => Some(line.at),
            Self::Refused(line) => Some(line.at),
        }
    }

    /// Every agency that it names.
    pub fn agencies(&self) -> Vec<&AgencyCode> {
        match self {
            Self::Agency(_) => Vec::new(),
            Self::Document(line) => {
                let recipients = line.header.recipients.iter().map(|recipient| &recipient.agency);
                let all = recipients.chain(&line.header.removed_recipients);
                [&line.header.sender]
                    .into_iter()
                    .chain(all)
                    .map(|code| &code.0)
                    .collect()
            }
            Self::Acknowledged(line) => vec![&line.agency.0],
            Self::Status(line) => vec![&line.agency.0],
            Self::Refused(line) => vec![&line.agency.0],
        }
    }
}

impl AgencyLine {
    /// As the address book has it.
    pub fn entry(&self) -> AgencyEntry {
        AgencyEntry {
            code: self.code.0.clone(),
            legacy_code: self.legacy_code.as_ref().map(|code| code.0.clone()),
            name: self.name.clone(),
            level: self.level.0,
            parent: self.parent.as_ref().map(|code| code.0.clone()),
            province: self.province.0.clone(),
            connected: self.connected,
            signing_policy: self.signing_policy.0,
            systems: self.systems.iter().map(|system| system.0).collect(),
            portal_services: self.portal_services,
            successor: self.successor.as_ref().map(|code| code.0.clone()),
        }
    }

    /// As an address book has it before anything of the trace happens: an agency that was closed later is open.
    pub fn open(&self) -> crate::AgencyEntry {
        let AgencyEntry {
            code,
            legacy_code,
            name,
            level,
            parent,
            province,
            connected,
            signing_policy,
            systems,
            portal_services,
            successor,
        } = self.entry();
        crate::AgencyEntry {
            code,
            legacy: legacy_code,
            name,
            level,
            parent,
            province,
            connected: connected || successor.is_some(),
            signing_policy,
            systems,
            portal_services,
        }
    }
}

impl From<AgencyEntry> for AgencyLine {
    fn from(entry: AgencyEntry) -> Self {
        Self {
            code: Token(entry.code),
            legacy_code: entry.legacy_code.map(Token),
            name: entry.name,
            level: Token(entry.level),
            parent: entry.parent.map(Token),
            province: Token(entry.province),
            connected: entry.connected,
            signing_policy: Token(entry.signing_policy),
            systems: entry.systems.into_iter().map(Token).collect(),
            portal_services: entry.portal_services,
            successor: entry.successor.map(Token),
        }
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Redact => "redact",
            Self::None => "none",
        })
    }
}

impl FromStr for Contents {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "keep" => Ok(Self::Keep),
            "redact" => Ok(Self::Redact),
            "none" => Ok(Self::None),
            _ => Err(format!(
                "`{text}` is not what can be done with contents; it is one of `keep`, `redact`, `none`"
            )),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code())
    }
}

impl FromStr for Code {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = StatusCode::ALL.iter().copied().find(|status| status.code() == text);
        found.map(Self).ok_or_else(|| {
            let known: Vec<_> = StatusCode::ALL
                .iter()
                .map(|status| format!("`{}`", status.code()))
                .collect();
            format!("`{text}` is no status; it is one of {}", known.join(", "))
        })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
