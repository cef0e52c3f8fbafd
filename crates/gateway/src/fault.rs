//! Why a call fails, in the numbers and words that systems know.
//!
//! Numbers up to 23 are those seen at a provincial platform, with the same meaning; those from 30 on are this gateway's
//! own, for what that platform had no number for. The table stands in docs/vxp.md; a test keeps both the same.

mod reasons;

use std::fmt;

use truc_agency::{CallError, ComposeError, DownloadError, SendError, UploadError};
use truc_document::{Reason, Refusal};

use crate::language::Language;

macro_rules! error_codes {
    ($($case:ident = $number:literal, $vietnamese:literal, $english:literal;)+) => {
        /// The `ErrorCode` of a reply.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode { $(#[doc = $english] $case),+ }

        impl ErrorCode {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// As it stands in a reply.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$case => $number),+ }
            }

            /// What it says, in Vietnamese.
            #[must_use]
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$case => $vietnamese),+ }
            }

            /// What it says, in English.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$case => $english),+ }
            }
        }
    };
}

error_codes! {
    FileInvalid = 10, "Tệp không hợp lệ", "The file is not valid";
    CredentialInvalid = 15, "Sai mã hệ thống hoặc chữ ký HMAC", "Wrong system id, secret or HMAC";
    ReceiverUnknown = 18, "Cơ quan nhận không có trong danh bạ", "The receiver is unknown";
    SenderNotRegistered = 19, "Cơ quan gửi chưa được đăng ký cho hệ thống này", "The sender is not registered for this system";
    Internal = 20, "Lỗi nội bộ", "Internal error";
    FileNotProcessed = 21, "Không xử lý được tệp", "The file could not be processed";
    EdxmlInvalid = 22, "Gói tin không đúng quy chuẩn edXML", "The package does not conform to edXML";
    ReceiverLocked = 23, "Cơ quan nhận chưa kết nối hoặc đã khóa", "The receiver is not connected";
    ParameterInvalid = 30, "Thiếu tham số hoặc tham số sai", "A parameter is missing or wrong";
    DocIdUnknown = 31, "Không có gói tin mang docId này", "No package has this docId";
    NotAllowed = 32, "Hệ thống không được phép thực hiện", "The system is not allowed to do this";
    SignatureRefused = 33, "Chữ ký số không được chấp nhận", "The signature is not accepted";
    DocumentIdReused = 34, "Mã văn bản đã dùng cho văn bản khác", "The document id belongs to another document";
    ReferenceUnknown = 35, "Không tìm thấy văn bản được dẫn chiếu", "The document referred to is unknown";
    StatusInvalid = 36, "Trạng thái không đúng trình tự", "The status does not fit";
    AlreadyRecalled = 37, "Văn bản đã bị thu hồi", "The document was recalled";
    SecretForbidden = 38, "Không được gửi văn bản mật qua trục", "State secrets never travel on the axis";
    TryLater = 39, "Trục đang bận hoặc chưa sẵn sàng, gửi lại sau", "The hub is busy or away; send it again later";
    TimeInvalid = 40, "Thời gian không hợp lệ", "A time does not hold";
    FaultInjected = 41, "Sự cố giả lập đang bật", "A fault was switched on";
}

/// Why a call fails: the number, the field at fault, and what to do in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The number.
    pub code: ErrorCode,
    /// The field at fault, as the caller knows it: a header, or an element of the package; empty where none is.
    pub field: String,
    /// The hub's reason, where it was the hub that refused.
    pub reason: Option<Reason>,
    vietnamese: String,
    english: String,
}

impl Fault {
    pub(crate) fn new(code: ErrorCode, vietnamese: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            code,
            field: String::new(),
            reason: None,
            vietnamese: vietnamese.into(),
            english: english.into(),
        }
    }

    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// Names the element that a field of the header comes from.
    pub(crate) fn of_header(self, field: &str) -> Self {
        let element = reasons::element_of(field);
        self.field(element)
    }

    /// What the reader of the log should know stays in the log.
    pub(crate) fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "gateway failed");
        Self::new(ErrorCode::Internal, "xem nhật ký của cổng", "see the gateway's log")
    }

    /// The `ErrorDesc`.
    #[must_use]
    pub fn description(&self, language: Language) -> String {
        let (head, detail) = match language {
            Language::Vietnamese => (self.code.vietnamese(), &self.vietnamese),
            Language::English => (self.code.english(), &self.english),
        };
        let mut text = head.to_owned();
        if !self.field.is_empty() {
            let word = language.of_two("trường", "field");
            text += &format!(" ({word} {})", self.field);
        }
        if !detail.is_empty() {
            text += &format!(": {detail}");
        }
        if let Some(reason) = self.reason {
            text += &format!(" [{reason}]");
        }
        text
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {}",
            self.code.number(),
            self.description(Language::English)
        )
    }
}

impl std::error::Error for Fault {}

impl From<&Refusal> for Fault {
    fn from(refusal: &Refusal) -> Self {
        let code = ErrorCode::of_reason(refusal.reason, &refusal.field);
        Self {
            reason: Some(refusal.reason),
            ..Self::new(code, refusal.reason.remedy_vi(), &refusal.message)
        }
        .field(reasons::element_of(&refusal.field))
    }
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        match &error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Unreachable { .. } | CallError::Unanswered { .. } => Self::away(&error),
            CallError::Rejected { .. } | CallError::Credential(_) | CallError::Answer(_) => Self::internal(&error),
        }
    }
}

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        match &error {
            SendError::Refused(refusal) | SendError::RefusedInDoubt(refusal) => refusal.into(),
            SendError::Unreachable { .. } | SendError::Unanswered { .. } => Self::away(&error),
            SendError::Rejected { .. } | SendError::Credential(_) | SendError::Answer(_) | SendError::PipelineEnded => {
                Self::internal(&error)
            }
        }
    }
}

impl From<UploadError> for Fault {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Call(error) => error.into(),
            UploadError::Read(error) => Self::internal(&error),
        }
    }
}

impl From<DownloadError> for Fault {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Call(error) => error.into(),
            DownloadError::Write(_) | DownloadError::Digest { .. } => Self::internal(&error),
        }
    }
}

impl From<ComposeError> for Fault {
    fn from(error: ComposeError) -> Self {
        match &error {
            ComposeError::Header(refusal) => refusal.into(),
            ComposeError::File { .. } => Self::internal(&error),
        }
    }
}

impl Fault {
    fn away(error: &dyn fmt::Display) -> Self {
        tracing::warn!(%error, "the hub does not answer");
        Self::new(
            ErrorCode::TryLater,
            "gửi lại đúng gói tin này sau ít phút",
            "send the very same package again in a few minutes",
        )
    }

    /// A header that the call cannot do without.
    pub(crate) fn header_missing(name: &str) -> Self {
        Self::new(
            ErrorCode::ParameterInvalid,
            "tham số này bắt buộc với lời gọi này",
            "this call cannot do without it",
        )
        .field(name)
    }

    /// A header whose value is none of those that it may have.
    pub(crate) fn header_invalid(name: &str, value: &str, known: &str) -> Self {
        let value: String = value.chars().take(60).collect();
        Self::new(
            ErrorCode::ParameterInvalid,
            format!("giá trị `{value}` không hợp lệ; chỉ nhận {known}"),
            format!("`{value}` is not valid; it is one of {known}"),
        )
        .field(name)
    }

    /// No package of that id for this system.
    pub(crate) fn doc_id_unknown(doc_id: &str) -> Self {
        let doc_id: String = doc_id.chars().take(60).collect();
        Self::new(
            ErrorCode::DocIdUnknown,
            format!(
                "`{doc_id}` không nằm trong hộp thư của các cơ quan thuộc hệ thống này, hoặc đã được cập nhật done"
            ),
            format!("`{doc_id}` is in no mailbox of this system's agencies, or was taken with done"),
        )
        .field("docId")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_and_each_stands_once() {
        let numbers: Vec<u16> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    #[test]
    fn a_refusal_names_element_remedy_and_reason_in_both_languages() {
        let refusal = Refusal::new(Reason::RecipientUnknown, "agency `H99` is not in the directory")
            .field("header.recipients[1].agency");
        let fault = Fault::from(&refusal);
        assert_eq!(fault.code.number(), 18);
        assert_eq!(
            fault.description(Language::Vietnamese),
            "Cơ quan nhận không có trong danh bạ (trường To[2]/OrganId): Tra cứu mã định danh cơ quan nhận trong danh bạ. [RECIPIENT_UNKNOWN]"
        );
        assert_eq!(
            fault.description(Language::English),
            "The receiver is unknown (field To[2]/OrganId): agency `H99` is not in the directory [RECIPIENT_UNKNOWN]"
        );
    }
}
