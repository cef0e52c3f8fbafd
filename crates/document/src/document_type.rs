//! The 29 types of administrative documents: Decree 30/2020/NĐ-CP, Article 7; abbreviations in Appendix III.

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

    /// The type of a Vietnamese name or an abbreviation, in the case of the decree.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let is = |kind: &&Self| kind.vietnamese() == text || kind.abbreviation() == Some(text);
        Self::ALL.iter().find(is).copied()
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
        assert_eq!(DocumentType::find("QyĐ"), Some(DocumentType::Regulation));
        assert_eq!(DocumentType::find("Công văn"), Some(DocumentType::OfficialLetter));
        assert_eq!(DocumentType::find("CV"), None, "not an abbreviation of the decree");
    }
}
