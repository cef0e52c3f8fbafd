//! What is unusual about a package and was read all the same.

use super::{Position, codes::codes};

/// One thing that a package has otherwise than the standard, or that the axis can't carry as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind.
    pub code: FindingCode,
    /// Where; `None` for what is about the package as a whole.
    pub at: Option<Position>,
    /// The element, such as `MessageHeader/PromulgationInfo/PromulgationDate`.
    pub path: String,
    /// What was met, up to 120 characters of it.
    pub found: String,
    /// What the standard has there, or what was made of it.
    pub expected: String,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Another way of saying the same; nothing is lost.
    Note,
    /// Something is missing, doubtful or not carried on.
    Warning,
}

impl Severity {
    /// Stable word: `note`, `warning`.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
        }
    }
}

codes! {
    /// Kinds of findings.
    FindingCode {
        JunkBeforeDeclaration = "JUNK_BEFORE_DECLARATION", "có ký tự thừa trước khai báo XML, đã bỏ qua", "bytes before the XML declaration, skipped";
        EncodingDeclaredOtherwise = "ENCODING_DECLARED_OTHERWISE", "khai báo bảng mã khác UTF-8 nhưng nội dung là UTF-8", "another encoding is declared, and the bytes are UTF-8";
        TextAfterRoot = "TEXT_AFTER_ROOT", "có chữ thừa sau phần tử gốc, đã bỏ qua", "text after the root element, skipped";
        UnexpectedText = "UNEXPECTED_TEXT", "có chữ giữa các phần tử, đã bỏ qua", "text between elements, skipped";
        ProcessingInstruction = "PROCESSING_INSTRUCTION", "có chỉ thị xử lý, đã bỏ qua", "a processing instruction, skipped";
        UnboundPrefix = "UNBOUND_PREFIX", "tiền tố không gắn với không gian tên nào, hiểu theo tên", "a prefix bound to no namespace, understood by its name";
        NamespaceUnexpected = "NAMESPACE_UNEXPECTED", "không gian tên không phải của quy chuẩn, hiểu theo tên", "a namespace that is not the standard's, understood by its name";
        DialectProvincial = "DIALECT_PROVINCIAL", "phương ngữ cấp tỉnh, gốc EdXMLEnvelope", "the provincial dialect with the root EdXMLEnvelope";
        SpellingVariant = "SPELLING_VARIANT", "tên phần tử viết khác quy chuẩn, hiểu được", "another spelling of a name of the standard, understood";
        UnknownElement = "UNKNOWN_ELEMENT", "phần tử không có trong quy chuẩn, không giữ lại", "an element that the standard does not have, not kept";
        UnknownAttribute = "UNKNOWN_ATTRIBUTE", "thuộc tính không có trong quy chuẩn, không giữ lại", "an attribute that the standard does not have, not kept";
        ElementRepeated = "ELEMENT_REPEATED", "phần tử lặp lại, chỉ giữ phần tử đầu", "an element more often than once, only the first kept";
        ElementMissing = "ELEMENT_MISSING", "thiếu phần tử bắt buộc hoặc phần tử rỗng", "an element that every package needs is missing or empty";
        DateForm = "DATE_FORM", "ngày giờ viết theo dạng khác, hiểu được", "a date or time in another form, understood";
        DateInvalid = "DATE_INVALID", "không phải ngày giờ, giữ nguyên chữ", "no date or time, kept as a text";
        NumberInvalid = "NUMBER_INVALID", "không phải số hoặc giá trị đúng sai, giữ nguyên chữ", "no number or truth value, kept as a text";
        ValueUnknown = "VALUE_UNKNOWN", "giá trị ngoài danh mục", "a value outside its list";
        LengthOver = "LENGTH_OVER", "dài quá giới hạn của Nghị định 30/2020/NĐ-CP", "longer than Decree 30/2020/NĐ-CP allows";
        StatusFourteen = "STATUS_14", "mã trạng thái 14 gặp ngoài thực tế, hiểu là 15", "status 14 as met in the field, read as 15";
        StatusForm = "STATUS_FORM", "mã trạng thái không viết đủ hai chữ số", "a status that is not written with two digits";
        StatusUnknown = "STATUS_UNKNOWN", "mã trạng thái không có trong quy chuẩn", "a status that the standard does not have";
        ContentIdForm = "CONTENT_ID_FORM", "ContentId không có tiền tố cid:", "a ContentId without `cid:`";
        ContentIdMissing = "CONTENT_ID_MISSING", "tệp không có ContentId", "a file without a ContentId";
        ContentIdDuplicated = "CONTENT_ID_DUPLICATED", "ContentId trùng nhau", "the same ContentId twice";
        ReferenceWithoutAttachment = "REFERENCE_WITHOUT_ATTACHMENT", "bảng kê có tệp mà gói không kèm", "the manifest names a file that the package does not carry";
        AttachmentNotInManifest = "ATTACHMENT_NOT_IN_MANIFEST", "gói kèm tệp mà bảng kê không có", "a file that the manifest does not name";
        AttachmentNameDiffers = "ATTACHMENT_NAME_DIFFERS", "tên tệp trong bảng kê khác tên kèm nội dung", "the manifest has another name for a file than the file itself";
        AttachmentTypeDiffers = "ATTACHMENT_TYPE_DIFFERS", "kiểu tệp ghi một đằng, nội dung một nẻo", "the media type says otherwise than the content";
        AttachmentContentFirst = "ATTACHMENT_CONTENT_FIRST", "nội dung tệp đứng trước tên tệp", "the content of a file stands before its name";
        AttachmentEmpty = "ATTACHMENT_EMPTY", "tệp không có nội dung", "a file without content";
        AttachmentContentMissing = "ATTACHMENT_CONTENT_MISSING", "tệp không có phần nội dung ContentTransferEncoded", "a file without ContentTransferEncoded";
        SignatureAbsent = "SIGNATURE_ABSENT", "văn bản không có chữ ký XML", "a document without an XML signature";
        SignaturePlaceholder = "SIGNATURE_PLACEHOLDER", "chữ ký XML chỉ là hình thức, không thể kiểm tra", "an XML signature that is a placeholder";
        SignatureNotVerifiable = "SIGNATURE_NOT_VERIFIABLE", "chữ ký XML không được kiểm tra ở đây", "an XML signature that is not verified here";
        DocumentIdMissing = "DOCUMENT_ID_MISSING", "không có DocumentId, dùng số, ký hiệu và ngày thay thế", "no DocumentId, number, notation and day stand in for it";
        RegisterNumberInvalid = "REGISTER_NUMBER_INVALID", "số văn bản không phải số trong sổ, cần người gửi cho số", "the number is none of a register, the sender has to give one";
        NotationInvalid = "NOTATION_INVALID", "ký hiệu không đúng Nghị định 30/2020/NĐ-CP", "the notation is none of Decree 30/2020/NĐ-CP";
        TypeUnknown = "TYPE_UNKNOWN", "loại văn bản ngoài 29 loại của Nghị định 30/2020/NĐ-CP", "the type is none of the 29 of Decree 30/2020/NĐ-CP";
        AgencyCodeInvalid = "AGENCY_CODE_INVALID", "không phải mã định danh cơ quan", "no agency code";
        PriorityTimed = "PRIORITY_TIMED", "hỏa tốc hẹn giờ, chuyển thành hỏa tốc", "express at a set time becomes express";
        ActTargetMissing = "ACT_TARGET_MISSING", "thu hồi, cập nhật hoặc thay thế mà không nói văn bản nào", "a recall, update or replacement that names no document";
        FieldNotCarried = "FIELD_NOT_CARRIED", "trường không mang sang được", "a field that can't be carried over";
    }
}

impl FindingCode {
    /// How much it weighs.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::DialectProvincial
            | Self::SpellingVariant
            | Self::ProcessingInstruction
            | Self::UnexpectedText
            | Self::UnknownAttribute
            | Self::DateForm
            | Self::StatusForm
            | Self::ContentIdForm
            | Self::AttachmentNameDiffers
            | Self::AttachmentTypeDiffers
            | Self::AttachmentContentFirst
            | Self::SignatureAbsent
            | Self::SignatureNotVerifiable
            | Self::PriorityTimed => Severity::Note,
            Self::JunkBeforeDeclaration
            | Self::EncodingDeclaredOtherwise
            | Self::TextAfterRoot
            | Self::UnboundPrefix
            | Self::NamespaceUnexpected
            | Self::UnknownElement
            | Self::ElementRepeated
            | Self::ElementMissing
            | Self::DateInvalid
            | Self::NumberInvalid
            | Self::ValueUnknown
            | Self::LengthOver
            | Self::StatusFourteen
            | Self::StatusUnknown
            | Self::ContentIdMissing
            | Self::ContentIdDuplicated
            | Self::ReferenceWithoutAttachment
            | Self::AttachmentNotInManifest
            | Self::AttachmentEmpty
            | Self::AttachmentContentMissing
            | Self::SignaturePlaceholder
            | Self::DocumentIdMissing
            | Self::RegisterNumberInvalid
            | Self::NotationInvalid
            | Self::TypeUnknown
            | Self::AgencyCodeInvalid
            | Self::ActTargetMissing
            | Self::FieldNotCarried => Severity::Warning,
        }
    }
}

impl Finding {
    /// A finding; `found` is cut to 120 characters.
    pub(super) fn new(
        code: FindingCode,
        at: Option<Position>,
        path: impl Into<String>,
        found: &str,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            code,
            at,
            path: path.into(),
            found: excerpt(found),
            expected: expected.into(),
        }
    }

    /// How much it weighs.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Up to 120 characters of a text.
pub(super) fn excerpt(text: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    match text.char_indices().nth(CHARACTERS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
