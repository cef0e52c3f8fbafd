//! Why a package can't be read.

use std::io;

use super::{Position, codes::codes};

/// A package that can't be read: why, and where.
#[derive(Debug, thiserror::Error)]
#[error("{code} at {at}: {message}")]
pub struct ReadError {
    /// Which kind.
    pub code: ReadErrorCode,
    /// Where the reading stood.
    pub at: Position,
    /// What was wrong, with what, in English.
    pub message: String,
    /// What the source or the sink said, where one of them failed.
    #[source]
    pub source: Option<io::Error>,
}

impl ReadError {
    pub(super) fn new(code: ReadErrorCode, at: Position, message: impl Into<String>) -> Self {
        Self {
            code,
            at,
            message: message.into(),
            source: None,
        }
    }
}

codes! {
    /// Kinds of refusals.
    ReadErrorCode {
        NotXml = "NOT_XML", "không phải XML", "no XML at all";
        EncodingUnsupported = "ENCODING_UNSUPPORTED", "bảng mã không được hỗ trợ, chỉ nhận UTF-8", "an encoding other than UTF-8";
        Utf8Invalid = "UTF8_INVALID", "có byte không phải UTF-8", "bytes that are no UTF-8";
        NotWellFormed = "NOT_WELL_FORMED", "XML không đúng cú pháp", "XML that is not well-formed";
        Truncated = "TRUNCATED", "gói bị cụt", "the package ends before its root element does";
        DoctypeForbidden = "DOCTYPE_FORBIDDEN", "không nhận khai báo DOCTYPE", "a DOCTYPE, which could define entities";
        EntityUnknown = "ENTITY_UNKNOWN", "thực thể không được định nghĩa trong XML", "an entity that XML itself does not define";
        CharacterForbidden = "CHARACTER_FORBIDDEN", "ký tự mà XML không cho phép", "a character that XML does not allow";
        NamespaceInvalid = "NAMESPACE_INVALID", "khai báo không gian tên sai", "a wrong declaration of a namespace";
        TooDeep = "TOO_DEEP", "phần tử lồng nhau quá sâu", "elements nested too deeply";
        TooManyElements = "TOO_MANY_ELEMENTS", "quá nhiều phần tử", "too many elements";
        TooManyAttributes = "TOO_MANY_ATTRIBUTES", "một phần tử có quá nhiều thuộc tính", "too many attributes on one element";
        NameTooLong = "NAME_TOO_LONG", "tên phần tử hoặc thuộc tính quá dài", "a name that is too long";
        TextTooLarge = "TEXT_TOO_LARGE", "một thẻ hoặc một trường quá lớn", "a tag or a field that is too large";
        TooLarge = "TOO_LARGE", "phần ngoài tệp đính kèm quá lớn", "too much besides the files";
        RootUnknown = "ROOT_UNKNOWN", "phần tử gốc không phải của edXML", "the root element is none of edXML";
        HeaderMissing = "HEADER_MISSING", "không có MessageHeader", "no MessageHeader";
        TooManyAttachments = "TOO_MANY_ATTACHMENTS", "quá nhiều tệp đính kèm", "too many files";
        AttachmentTooLarge = "ATTACHMENT_TOO_LARGE", "tệp đính kèm quá lớn", "a file that is too large";
        Base64Invalid = "BASE64_INVALID", "nội dung tệp không phải base64", "the content of a file is no base64";
        ZipInvalid = "ZIP_INVALID", "tệp nén hỏng", "a damaged zip around a file";
        ZipBomb = "ZIP_BOMB", "tệp nén nở ra quá mức", "a zip that grows out of all proportion";
        ZipSeveral = "ZIP_SEVERAL", "tệp nén lớn có nhiều tệp bên trong mà tên không phải tệp nén", "a large zip of several entries under the name of one file";
        SourceFailed = "SOURCE_FAILED", "không đọc được nguồn", "the source could not be read";
        SinkFailed = "SINK_FAILED", "không ghi được nội dung tệp", "the contents of a file could not be put away";
    }
}
