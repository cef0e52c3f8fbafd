//! From the hub's reasons and fields to the numbers and elements that systems know.

use truc_document::Reason;

use super::ErrorCode;

impl ErrorCode {
    /// The number for a refusal of the hub. The field tells a wrong code of the sender from one of a receiver.
    #[must_use]
    pub fn of_reason(reason: Reason, field: &str) -> Self {
        match reason {
            Reason::Malformed | Reason::TooLarge => Self::EdxmlInvalid,
            Reason::Unauthenticated => Self::Internal,
            Reason::NotYourAgency | Reason::SenderUnknown | Reason::SenderNotConnected => Self::SenderNotRegistered,
            Reason::RecipientUnknown => Self::ReceiverUnknown,
            Reason::RecipientNotConnected => Self::ReceiverLocked,
            Reason::RecipientDuplicated => Self::EdxmlInvalid,
            Reason::CodeInvalid if field.starts_with("header.recipients") => Self::ReceiverUnknown,
            Reason::CodeInvalid => Self::SenderNotRegistered,
            Reason::SecretForbidden => Self::SecretForbidden,
            Reason::DigestMismatch | Reason::AttachmentMissing => Self::FileNotProcessed,
            Reason::SignatureMissing
            | Reason::SignatureInvalid
            | Reason::CertificateUntrusted
            | Reason::CertificateExpired
            | Reason::CertificateNotYetValid
            | Reason::CertificateRevoked
            | Reason::SignerNotOfAgency
            | Reason::SignerNotCompetent
            | Reason::SealMissing
            | Reason::SealInvalid => Self::SignatureRefused,
            Reason::DocumentIdReused => Self::DocumentIdReused,
            Reason::ReferenceUnknown => Self::ReferenceUnknown,
            Reason::NotYourDocument => Self::NotAllowed,
            Reason::AlreadyRecalled => Self::AlreadyRecalled,
            Reason::StatusInvalid => Self::StatusInvalid,
            Reason::DeliveryUnknown | Reason::LeaseExpired => Self::DocIdUnknown,
            Reason::ClockSkew => Self::TimeInvalid,
            Reason::Overloaded => Self::TryLater,
            Reason::FaultInjected => Self::FaultInjected,
        }
    }
}

/// Elements of a package by the field of the header that is made of them. Places in lists count from 1 in XML.
const ELEMENTS: &[(&str, &str)] = &[
    ("header.document_id", "DocumentId"),
    ("header.sender", "From/OrganId"),
    ("header.recipients", "To"),
    ("header.number", "Code/CodeNumber"),
    ("header.notation", "Code/CodeNotation"),
    ("header.issued_on", "PromulgationInfo/PromulgationDate"),
    ("header.place", "PromulgationInfo/Place"),
    ("header.document_type", "DocumentType"),
    ("header.subject", "Subject"),
    ("header.signer.competence", "SignerInfo/Competence"),
    ("header.signer.position", "SignerInfo/Position"),
    ("header.signer.full_name", "SignerInfo/FullName"),
    ("header.signer", "SignerInfo"),
    ("header.urgency", "OtherInfo/Priority"),
    ("header.due_on", "DueDate"),
    ("header.act_targets", "Bussiness/DocumentId"),
    ("header.act_reason", "Bussiness/BussinessDocReason"),
    ("header.act", "Bussiness/BussinessDocType"),
    ("header.in_reply_to", "ResponseFor"),
    ("header.attachments", "Attachment"),
    ("header.paper_follows", "Bussiness/Paper"),
    ("header.steering_type", "SteeringType"),
    ("header.other_places", "ToPlaces/Place"),
    ("header.page_count", "OtherInfo/PageAmount"),
    ("header.copy_count", "OtherInfo/PromulgationAmount"),
    ("header.sphere", "OtherInfo/SphereOfPromulgation"),
    ("header.created_at", "TraceHeader/Timestamp"),
    ("header.removed_recipients", "ReceiverList/Receiver"),
    ("personal_signature", "SignerInfo"),
    ("envelope.personal_signature", "SignerInfo"),
    ("status", "StatusCode"),
    ("description", "Description"),
    ("document_id", "ResponseFor/DocumentId"),
];

/// The element that a field of the hub's comes from; the field itself where it comes from none.
pub(super) fn element_of(field: &str) -> String {
    let (list, rest) = field.split_once('[').unwrap_or((field, ""));
    // `header.recipients[1].agency`: the list, its place from 0, the member.
    let (place, member) = rest.split_once(']').unwrap_or(("", ""));
    let Some((_, element)) = ELEMENTS.iter().find(|(name, _)| *name == list) else {
        return field.to_owned();
    };
    let place = place
        .parse::<u64>()
        .map(|place| format!("[{}]", place + 1))
        .unwrap_or_default();
    let member = match member {
        ".agency" => "/OrganId",
        ".name" => "/AttachmentName",
        ".content_type" => "/ContentType",
        ".description" => "/Description",
        ".size" | ".sha256" => "/ContentTransferEncoded",
        _ => "",
    };
    format!("{element}{place}{member}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_out_as_elements() {
        for (field, element) in [
            ("header.recipients[0].agency", "To[1]/OrganId"),
            ("header.attachments[2].name", "Attachment[3]/AttachmentName"),
            ("header.signer.full_name", "SignerInfo/FullName"),
            ("header.act_targets[0]", "Bussiness/DocumentId[1]"),
            ("header.subject", "Subject"),
            ("seal.key_id", "seal.key_id"),
            ("", ""),
        ] {
            assert_eq!(element_of(field), element);
        }
    }

    #[test]
    fn the_table_of_the_documentation_is_that_of_the_code() {
        let reasons_of = |code: ErrorCode| {
            let of = |field| move |reason: &&Reason| ErrorCode::of_reason(**reason, field) == code;
            let (sender, receiver) = (of(""), of("header.recipients[0].agency"));
            let told: Vec<String> = Reason::ALL
                .iter()
                .filter(|reason| sender(reason) || receiver(reason))
                .map(|reason| format!("`{reason}`"))
                .collect();
            told.join(", ")
        };
        let rows: Vec<String> = ErrorCode::ALL
            .iter()
            .map(|&code| {
                let (number, vietnamese, english) = (code.number(), code.vietnamese(), code.english());
                format!("| {number} | {vietnamese} | {english} | {} |", reasons_of(code))
            })
            .collect();
        let text = include_str!("../../../../docs/vxp.md");
        let is_row = |line: &&str| {
            line.strip_prefix("| ")
                .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        };
        let found: Vec<&str> = text.lines().filter(is_row).collect();
        assert_eq!(found, rows, "docs/vxp.md should read\n{}", rows.join("\n"));
    }

    #[test]
    fn a_wrong_code_is_told_as_whose_it_is() {
        let of = |field| ErrorCode::of_reason(Reason::CodeInvalid, field);
        assert_eq!(of("header.recipients[3].agency"), ErrorCode::ReceiverUnknown);
        assert_eq!(of("header.sender"), ErrorCode::SenderNotRegistered);
    }
}
