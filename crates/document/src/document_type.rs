//! The 29 types of administrative documents: Decree 30/2020/NĐ-CP, Article 7; abbreviations in Appendix III.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use crate::tokens::tokens;

tokens! {
    /// Type of document (loại văn bản).
    DocumentType, "document type", {
        /// Of one case, not a legal norm.
        Resolution = 1, "resolution", "Nghị quyết";
        /// Of one case, not a legal norm.
        Decision = 2, "decision", "Quyết định";
        /// Orders what is to be done.
        Directive = 3, "directive", "Chỉ thị";
        /// Rules of an organization.
        Statute = 4, "statute", "Quy chế";
        /// Rules of a matter.
        Regulation = 5, "regulation", "Quy định";
        /// To the public.
        Communique = 6, "communique", "Thông cáo";
        /// Tells what is.
        Notice = 7, "notice", "Thông báo";
        /// Tells how.
        Guideline = 8, "guideline", "Hướng dẫn";
        /// What is to be done over a time.
        Programme = 9, "programme", "Chương trình";
        /// What is to be done, by whom, when.
        Plan = 10, "plan", "Kế hoạch";
        /// One way of doing it.
        Scheme = 11, "scheme", "Phương án";
        /// Proposes a large undertaking.
        Proposal = 12, "proposal", "Đề án";
        /// An undertaking.
        Project = 13, "project", "Dự án";
        /// Tells what was done.
        Report = 14, "report", "Báo cáo";
        /// Of a meeting or an event.
        Minutes = 15, "minutes", "Biên bản";
        /// Asks a superior to decide.
        Submission = 16, "submission", "Tờ trình";
        /// Between parties.
        Contract = 17, "contract", "Hợp đồng";
        /// The everyday letter between agencies.
        OfficialLetter = 18, "official-letter", "Công văn";
        /// Urgent orders.
        Telegram = 19, "telegram", "Công điện";
        /// Between parties.
        Memorandum = 20, "memorandum", "Bản ghi nhớ";
        /// Between parties.
        Agreement = 21, "agreement", "Bản thỏa thuận";
        /// Lets another act.
        PowerOfAttorney = 22, "power-of-attorney", "Giấy ủy quyền";
        /// To a meeting.
        Invitation = 23, "invitation", "Giấy mời";
        /// Names the bearer.
        Introduction = 24, "introduction", "Giấy giới thiệu";
        /// Of a person.
        LeavePermit = 25, "leave-permit", "Giấy nghỉ phép";
        /// Goes with documents sent.
        SendingSlip = 26, "sending-slip", "Phiếu gửi";
        /// Goes with documents passed on.
        TransferSlip = 27, "transfer-slip", "Phiếu chuyển";
        /// Tells of a matter.
        NoticeSlip = 28, "notice-slip", "Phiếu báo";
        /// A letter of courtesy.
        OfficialCorrespondence = 29, "official-correspondence", "Thư công";
    }
}

/// Vietnamese names in lower case.
static NAMES: LazyLock<Vec<(DocumentType, String)>> = LazyLock::new(|| {
    DocumentType::ALL
        .iter()
        .map(|&kind| (kind, kind.vietnamese().to_lowercase()))
        .collect()
});

impl DocumentType {
    /// Abbreviation in the notation. Công văn and Thư công have none.
    #[must_use]
    pub const fn abbreviation(self) -> Option<&'static str> {
        Some(match self {
            Self::Resolution => "NQ",
            Self::Decision => "QĐ",
            Self::Directive => "CT",
            Self::Statute => "QC",
            Self::Regulation => "QyĐ",
            Self::Communique => "TC",
            Self::Notice => "TB",
            Self::Guideline => "HD",
            Self::Programme => "CTr",
            Self::Plan => "KH",
            Self::Scheme => "PA",
            Self::Proposal => "ĐA",
            Self::Project => "DA",
            Self::Report => "BC",
            Self::Minutes => "BB",
            Self::Submission => "TTr",
            Self::Contract => "HĐ",
            Self::OfficialLetter | Self::OfficialCorrespondence => return None,
            Self::Telegram => "CĐ",
            Self::Memorandum => "BGN",
            Self::Agreement => "BTT",
            Self::PowerOfAttorney => "GUQ",
            Self::Invitation => "GM",
            Self::Introduction => "GGT",
            Self::LeavePermit => "GNP",
            Self::SendingSlip => "PG",
            Self::TransferSlip => "PC",
            Self::NoticeSlip => "PB",
        })
    }

    /// The type of a Vietnamese name, in any case, or of an abbreviation as the decree writes it. Names are found in each
    /// of the ways in which systems write them: composed or not, `thoả thuận` and `uỷ quyền` with the mark on the other
    /// vowel, `Quyết định (cá biệt)` with what the decree adds.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let text: String = text.trim().nfc().collect();
        let name = text.to_lowercase().replace("oả", "ỏa").replace("uỷ", "ủy");
        let name = name.strip_suffix("(cá biệt)").unwrap_or(&name).trim_end();
        let is = |(kind, lower): &&(Self, String)| kind.abbreviation() == Some(&*text) || lower == name;
        NAMES.iter().find(is).map(|&(kind, _)| kind)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn twenty_nine_types_and_two_without_abbreviation() {
        assert_eq!(DocumentType::ALL.len(), 29);
        let abbreviations: BTreeSet<_> = DocumentType::ALL
            .iter()
            .filter_map(|kind| kind.abbreviation())
            .collect();
        assert_eq!(abbreviations.len(), 27);
        let numbers: Vec<_> = DocumentType::ALL.iter().map(|kind| kind.wire()).collect();
        assert_eq!(numbers, (1..=29).collect::<Vec<_>>());
    }

    #[test]
    fn each_is_found_by_name_abbreviation_and_token() {
        for &kind in DocumentType::ALL {
            let name = kind.vietnamese();
            assert_eq!(DocumentType::find(name), Some(kind));
            assert_eq!(DocumentType::find(&name.to_uppercase()), Some(kind));
            assert_eq!(DocumentType::find(&name.nfd().collect::<String>()), Some(kind));
            assert_eq!(kind.abbreviation().map_or(Some(kind), DocumentType::find), Some(kind));
            assert_eq!(kind.token().parse(), Ok(kind));
        }
    }

    #[test]
    fn names_as_systems_write_them() {
        for (text, kind) in [
            ("Giấy uỷ quyền", Some(DocumentType::PowerOfAttorney)),
            ("Bản thoả thuận", Some(DocumentType::Agreement)),
            ("Quyết định (cá biệt)", Some(DocumentType::Decision)),
            (" công văn ", Some(DocumentType::OfficialLetter)),
            ("QyĐ", Some(DocumentType::Regulation)),
            ("HD", Some(DocumentType::Guideline)),
            ("HĐ", Some(DocumentType::Contract)),
            // No abbreviation of the decree, and a type of legal norms.
            ("CV", None),
            ("Thông tư", None),
            ("", None),
        ] {
            assert_eq!(DocumentType::find(text), kind, "{text}");
        }
    }
}
