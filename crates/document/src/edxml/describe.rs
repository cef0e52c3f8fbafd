//! What a package says about its document: number, type, urgency and the like.

use super::Value;

/// Number and notation (`Code`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// Number (số): digits, by Decree 30/2020/NĐ-CP up to 11.
    pub number: String,
    /// Notation (ký hiệu).
    pub notation: String,
}

/// Type of document (`DocumentType`). The number says little: samples have 1 for a công văn and for a thông tư.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentKind {
    /// `Type`.
    pub number: Option<Value<u32>>,
    /// `TypeDetail`.
    pub detail: Option<Value<u32>>,
    /// `TypeName`, which is what systems show.
    pub name: String,
}

/// `OtherInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherInfo {
    /// 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ.
    pub priority: Option<Value<u32>>,
    /// Field of activity, or who may have it.
    pub sphere: String,
    /// Sign of the typist.
    pub typer_notation: String,
    /// Copies issued.
    pub promulgation_amount: Option<Value<u32>>,
    /// Pages.
    pub page_amount: Option<Value<u32>>,
    /// Whether it directs the work of others.
    pub direction: Option<Value<bool>>,
    /// Appendices by name.
    pub appendixes: Vec<String>,
    /// `ReferenceCodes`, each code.
    pub reference_codes: Vec<String>,
    /// `ReplyFors`, each entry.
    pub reply_fors: Vec<String>,
}
