//! The reasons for which the axis refuses: stable, matched on by clients, the same everywhere.

use std::{fmt, str::FromStr};

/// A text that is none of the reasons.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reason of this version")]
pub struct UnknownReason(pub String);

macro_rules! reasons {
    ($($case:ident = $text:literal, $code:ident, $remedy:literal, $vietnamese:literal;)+) => {
        /// Why something was refused. Adding one is a minor release, changing one is never.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $(#[doc = $remedy] $case),+ }

        impl Reason {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The text in `ErrorInfo.reason`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$case => $text),+ }
            }

            /// The gRPC status code that goes with it.
            #[must_use]
            pub const fn grpc_code(self) -> i32 {
                match self { $(Self::$case => code::$code),+ }
            }

            /// What to do, in English.
            #[must_use]
            pub const fn remedy_en(self) -> &'static str {
                match self { $(Self::$case => $remedy),+ }
            }

            /// What to do, in Vietnamese.
            #[must_use]
            pub const fn remedy_vi(self) -> &'static str {
                match self { $(Self::$case => $vietnamese),+ }
            }
        }

        impl FromStr for Reason {
            type Err = UnknownReason;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$case),)+ _ => Err(UnknownReason(text.to_owned())) }
            }
        }
    };
}

/// gRPC status codes.
mod code {
    pub(super) const INVALID: i32 = 3;
    pub(super) const NOT_FOUND: i32 = 5;
    pub(super) const EXISTS: i32 = 6;
    pub(super) const DENIED: i32 = 7;
    pub(super) const EXHAUSTED: i32 = 8;
    pub(super) const PRECONDITION: i32 = 9;
    pub(super) const UNAVAILABLE: i32 = 14;
    pub(super) const UNAUTHENTICATED: i32 = 16;
}

reasons! {
    Malformed = "MALFORMED", INVALID, "Correct the field that the error names.", "Sửa trường được nêu trong lỗi.";
    TooLarge = "TOO_LARGE", EXHAUSTED, "Send less at once; upload large attachments first.", "Gửi ít hơn mỗi lần; tải tệp lớn lên trước.";
    Unauthenticated = "UNAUTHENTICATED", UNAUTHENTICATED, "Send a valid credential: mTLS or a bearer token.", "Gửi kèm thông tin xác thực hợp lệ: mTLS hoặc token.";
    NotYourAgency = "NOT_YOUR_AGENCY", DENIED, "Use the credential of the agency that the call is for, or the operator's.", "Dùng thông tin xác thực của đúng cơ quan, hoặc của quản trị.";
    SenderUnknown = "SENDER_UNKNOWN", NOT_FOUND, "Register the sending agency in the directory.", "Đăng ký cơ quan gửi vào danh bạ.";
    SenderNotConnected = "SENDER_NOT_CONNECTED", PRECONDITION, "Have the operator connect the sending agency; of a closed one its successor sends (`successor` in the metadata).", "Đề nghị quản trị kết nối cơ quan gửi; nếu cơ quan đã giải thể thì cơ quan kế thừa gửi (`successor` trong metadata).";
    RecipientUnknown = "RECIPIENT_UNKNOWN", NOT_FOUND, "Look the recipient's code up in the directory.", "Tra cứu mã định danh cơ quan nhận trong danh bạ.";
    RecipientNotConnected = "RECIPIENT_NOT_CONNECTED", PRECONDITION, "The recipient is not on the axis: send on paper, or leave it out; of a closed one send to the successor that the message and `successor` in the metadata name.", "Cơ quan nhận chưa kết nối trục: gửi bản giấy hoặc bỏ khỏi nơi nhận; nếu cơ quan đã giải thể thì gửi đến cơ quan kế thừa nêu trong thông báo và trong `successor` của metadata.";
    RecipientDuplicated = "RECIPIENT_DUPLICATED", INVALID, "Name each recipient once.", "Ghi mỗi cơ quan nhận một lần.";
    CodeInvalid = "CODE_INVALID", INVALID, "Write the agency code in one of its two legal forms.", "Viết mã định danh theo một trong hai dạng đã quy định.";
    SecretForbidden = "SECRET_FORBIDDEN", INVALID, "State secrets never travel on the axis; send it by the means for secret documents.", "Không gửi văn bản mật qua trục; dùng kênh dành cho văn bản mật.";
    DigestMismatch = "DIGEST_MISMATCH", INVALID, "Compute SHA-256 and size of the content anew.", "Tính lại SHA-256 và kích thước của tệp.";
    AttachmentMissing = "ATTACHMENT_MISSING", PRECONDITION, "Upload the attachment before sending, or carry it inline.", "Tải tệp đính kèm lên trước khi gửi hoặc gửi kèm trong gói tin.";
    SignatureMissing = "SIGNATURE_MISSING", INVALID, "Have the competent person sign; the sender's policy requires it.", "Người có thẩm quyền phải ký số; chính sách của cơ quan gửi bắt buộc.";
    SignatureInvalid = "SIGNATURE_INVALID", INVALID, "Sign the very header bytes that are sent, with the key of the certificate.", "Ký đúng các byte header được gửi, bằng khóa của chứng thư.";
    CertificateUntrusted = "CERTIFICATE_UNTRUSTED", INVALID, "Use a certificate issued under the axis's root, with its chain.", "Dùng chứng thư do hệ thống CA của trục cấp, kèm chuỗi chứng thư.";
    CertificateExpired = "CERTIFICATE_EXPIRED", PRECONDITION, "Renew the certificate.", "Gia hạn chứng thư.";
    CertificateNotYetValid = "CERTIFICATE_NOT_YET_VALID", PRECONDITION, "Wait until the certificate is valid, or check the clock.", "Chờ đến khi chứng thư có hiệu lực hoặc kiểm tra đồng hồ.";
    CertificateRevoked = "CERTIFICATE_REVOKED", PRECONDITION, "Use another certificate; this one was revoked.", "Dùng chứng thư khác; chứng thư này đã bị thu hồi.";
    SignerNotOfAgency = "SIGNER_NOT_OF_AGENCY", DENIED, "Let a person of the sending agency sign.", "Người ký phải thuộc cơ quan gửi.";
    SignerNotCompetent = "SIGNER_NOT_COMPETENT", DENIED, "Let the person sign whom the document shows, with a certificate of the capacity that it shows.", "Người ký phải đúng là người ghi trên văn bản và có thẩm quyền như thể hiện trên văn bản.";
    SealMissing = "SEAL_MISSING", INVALID, "Add the agency's own signature.", "Bổ sung chữ ký số của cơ quan.";
    SealInvalid = "SEAL_INVALID", INVALID, "Seal the very header bytes that are sent, with the key of the agency's certificate.", "Ký số cơ quan trên đúng các byte header được gửi.";
    DocumentIdReused = "DOCUMENT_ID_REUSED", EXISTS, "Give the new document an id of its own.", "Cấp mã định danh riêng cho văn bản mới.";
    ReferenceUnknown = "REFERENCE_UNKNOWN", NOT_FOUND, "Name a document that the axis knows.", "Dẫn chiếu văn bản đã có trên trục.";
    NotYourDocument = "NOT_YOUR_DOCUMENT", DENIED, "Only its sender or a recipient may do this.", "Chỉ cơ quan gửi hoặc nhận văn bản mới được thực hiện.";
    AlreadyRecalled = "ALREADY_RECALLED", PRECONDITION, "The document is frozen; send a new one.", "Văn bản đã bị thu hồi và đóng băng; gửi văn bản mới.";
    StatusInvalid = "STATUS_INVALID", PRECONDITION, "Report statuses in their order.", "Cập nhật trạng thái theo đúng trình tự.";
    DeliveryUnknown = "DELIVERY_UNKNOWN", NOT_FOUND, "Acknowledge ids that Fetch or Subscribe gave.", "Chỉ xác nhận mã gói tin đã nhận từ trục.";
    LeaseExpired = "LEASE_EXPIRED", PRECONDITION, "Fetch the delivery again and acknowledge it in time.", "Lấy lại gói tin và xác nhận đúng hạn.";
    ClockSkew = "CLOCK_SKEW", PRECONDITION, "Set the clock by the hub's time.", "Đồng bộ đồng hồ theo giờ của trục.";
    Overloaded = "OVERLOADED", EXHAUSTED, "Try again after the delay that the error names.", "Thử lại sau khoảng thời gian nêu trong lỗi.";
    FaultInjected = "FAULT_INJECTED", UNAVAILABLE, "A fault was switched on; switch it off or wait.", "Sự cố giả lập đang bật; tắt đi hoặc chờ.";
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clients match on these names and on these codes: a change here breaks them.
    const CONTRACT: [(i32, &[&str]); 8] = [
        (
            3,
            &[
                "MALFORMED",
                "RECIPIENT_DUPLICATED",
                "CODE_INVALID",
                "SECRET_FORBIDDEN",
                "DIGEST_MISMATCH",
                "SIGNATURE_MISSING",
                "SIGNATURE_INVALID",
                "CERTIFICATE_UNTRUSTED",
                "SEAL_MISSING",
                "SEAL_INVALID",
            ],
        ),
        (
            5,
            &[
                "SENDER_UNKNOWN",
                "RECIPIENT_UNKNOWN",
                "REFERENCE_UNKNOWN",
                "DELIVERY_UNKNOWN",
            ],
        ),
        (6, &["DOCUMENT_ID_REUSED"]),
        (
            7,
            &[
                "NOT_YOUR_AGENCY",
                "SIGNER_NOT_OF_AGENCY",
                "SIGNER_NOT_COMPETENT",
                "NOT_YOUR_DOCUMENT",
            ],
        ),
        (8, &["TOO_LARGE", "OVERLOADED"]),
        (
            9,
            &[
                "SENDER_NOT_CONNECTED",
                "RECIPIENT_NOT_CONNECTED",
                "ATTACHMENT_MISSING",
                "CERTIFICATE_EXPIRED",
                "CERTIFICATE_NOT_YET_VALID",
                "CERTIFICATE_REVOKED",
                "ALREADY_RECALLED",
                "STATUS_INVALID",
                "LEASE_EXPIRED",
                "CLOCK_SKEW",
            ],
        ),
        (14, &["FAULT_INJECTED"]),
        (16, &["UNAUTHENTICATED"]),
    ];

    #[test]
    fn names_and_codes_are_a_contract() {
        for (code, names) in CONTRACT {
            for name in names {
                assert_eq!(name.parse().map(Reason::grpc_code), Ok(code), "{name}");
            }
        }
        assert_eq!(
            CONTRACT.iter().map(|(_, names)| names.len()).sum::<usize>(),
            Reason::ALL.len()
        );
    }

    #[test]
    fn each_reason_leads_back_to_itself_and_says_what_to_do() {
        for &reason in Reason::ALL {
            assert_eq!(reason.to_string().parse(), Ok(reason));
            for remedy in [reason.remedy_en(), reason.remedy_vi()] {
                assert!(remedy.ends_with('.') && remedy.len() > 15, "{reason}: {remedy}");
            }
        }
        assert_eq!("NO_SUCH".parse::<Reason>(), Err(UnknownReason("NO_SUCH".to_owned())));
    }
}
