//! The checks, in the order in which their failures are answered.

use std::fmt;

/// One thing that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The document was not made later than the hub's clock allows. CLOCK_SKEW.
    ClockSkew,
    /// What is carried along is what the header names. DIGEST_MISMATCH.
    AttachmentDigests,
    /// A person signed, where the sender's policy asks for it. SIGNATURE_MISSING.
    PersonalSignaturePresent,
    /// The person's certificate leads to a trusted root and is a person's. CERTIFICATE_UNTRUSTED.
    PersonalCertificateTrusted,
    /// It is valid now. CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID.
    PersonalCertificateValid,
    /// It is not revoked. CERTIFICATE_REVOKED.
    PersonalCertificateNotRevoked,
    /// It ties the person to the sender. SIGNER_NOT_OF_AGENCY.
    SignerOfAgency,
    /// The person is the one whom the document shows as its signer, and may sign in the capacity that it shows. SIGNER_NOT_COMPETENT.
    SignerCompetent,
    /// The person's signature holds over the header. SIGNATURE_INVALID.
    PersonalSignature,
    /// The agency sealed it. SEAL_MISSING.
    SealPresent,
    /// The seal's certificate leads to a trusted root and is a seal's. CERTIFICATE_UNTRUSTED.
    SealCertificateTrusted,
    /// It is valid now. CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID.
    SealCertificateValid,
    /// It is not revoked. CERTIFICATE_REVOKED.
    SealCertificateNotRevoked,
    /// It is the sender's. SIGNER_NOT_OF_AGENCY.
    SealOfAgency,
    /// The seal holds over the header. SEAL_INVALID.
    Seal,
}

impl Check {
    /// All of them, in order.
    pub const ALL: [Self; 15] = [
        Self::ClockSkew,
        Self::AttachmentDigests,
        Self::PersonalSignaturePresent,
        Self::PersonalCertificateTrusted,
        Self::PersonalCertificateValid,
        Self::PersonalCertificateNotRevoked,
        Self::SignerOfAgency,
        Self::SignerCompetent,
        Self::PersonalSignature,
        Self::SealPresent,
        Self::SealCertificateTrusted,
        Self::SealCertificateValid,
        Self::SealCertificateNotRevoked,
        Self::SealOfAgency,
        Self::Seal,
    ];

    /// Those that need a personal signature to be there.
    pub(super) const OF_PERSON: [Self; 6] = [
        Self::PersonalCertificateTrusted,
        Self::PersonalCertificateValid,
        Self::PersonalCertificateNotRevoked,
        Self::SignerOfAgency,
        Self::SignerCompetent,
        Self::PersonalSignature,
    ];

    /// Those that need a seal to be there.
    pub(super) const OF_SEAL: [Self; 5] = [
        Self::SealCertificateTrusted,
        Self::SealCertificateValid,
        Self::SealCertificateNotRevoked,
        Self::SealOfAgency,
        Self::Seal,
    ];

    /// What it looks at, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClockSkew => "time of making",
            Self::AttachmentDigests => "digests of attachments",
            Self::PersonalSignaturePresent => "personal signature is there",
            Self::PersonalCertificateTrusted => "signer's certificate is trusted",
            Self::PersonalCertificateValid => "signer's certificate is valid now",
            Self::PersonalCertificateNotRevoked => "signer's certificate is not revoked",
            Self::SignerOfAgency => "signer is of the sending agency",
            Self::SignerCompetent => "signer is competent",
            Self::PersonalSignature => "personal signature holds",
            Self::SealPresent => "seal is there",
            Self::SealCertificateTrusted => "seal's certificate is trusted",
            Self::SealCertificateValid => "seal's certificate is valid now",
            Self::SealCertificateNotRevoked => "seal's certificate is not revoked",
            Self::SealOfAgency => "seal is the sending agency's",
            Self::Seal => "seal holds",
        }
    }

    /// The same in Vietnamese.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::ClockSkew => "thời điểm lập gói tin",
            Self::AttachmentDigests => "mã băm của tệp đính kèm",
            Self::PersonalSignaturePresent => "có chữ ký số cá nhân",
            Self::PersonalCertificateTrusted => "chứng thư số của người ký được tin cậy",
            Self::PersonalCertificateValid => "chứng thư số của người ký còn hiệu lực",
            Self::PersonalCertificateNotRevoked => "chứng thư số của người ký chưa bị thu hồi",
            Self::SignerOfAgency => "người ký thuộc cơ quan gửi",
            Self::SignerCompetent => "người ký đúng thẩm quyền",
            Self::PersonalSignature => "chữ ký số cá nhân hợp lệ",
            Self::SealPresent => "có chữ ký số cơ quan",
            Self::SealCertificateTrusted => "chứng thư số của cơ quan được tin cậy",
            Self::SealCertificateValid => "chứng thư số của cơ quan còn hiệu lực",
            Self::SealCertificateNotRevoked => "chứng thư số của cơ quan chưa bị thu hồi",
            Self::SealOfAgency => "chữ ký số cơ quan là của cơ quan gửi",
            Self::Seal => "chữ ký số cơ quan hợp lệ",
        }
    }
}

/// The title.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}
