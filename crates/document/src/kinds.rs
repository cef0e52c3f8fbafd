//! The small closed sets of the axis.

use crate::tokens::tokens;

tokens! {
    /// Administrative level (cấp). Said by the directory, never guessed from a code.
    Level, "level", {
        /// Ministries and other central agencies.
        Central = 1, "central", "trung ương";
        /// Provinces and their departments.
        Province = 2, "province", "cấp tỉnh";
        /// Districts; abolished on 1 July 2025.
        District = 3, "district", "cấp huyện";
        /// Communes, wards and townships.
        Commune = 4, "commune", "cấp xã";
    }
}

tokens! {
    /// What is asked of the personal signature on an agency's documents.
    SigningPolicy, "signing policy", {
        /// Unsigned documents are refused.
        Required = 1, "required", "bắt buộc";
        /// Unsigned documents are taken, marked, and counted apart.
        Pilot = 2, "pilot", "thí điểm";
        /// Nobody asks.
        Off = 3, "off", "không áp dụng";
    }
}

tokens! {
    /// How the personal signature stood when the hub took a document.
    SignatureStanding, "signature standing", {
        /// Verified.
        Signed = 1, "signed", "đã ký số cá nhân";
        /// None, under a policy of pilot.
        UnsignedPilot = 2, "unsigned-pilot", "chưa ký số (thí điểm)";
        /// None, under a policy of off.
        UnsignedOff = 3, "unsigned-off", "chưa ký số (không áp dụng)";
    }
}

tokens! {
    /// What an agency runs behind its code.
    SystemKind, "system", {
        /// Writes, registers and passes on documents.
        DocumentManagement = 1, "document-management", "quản lý văn bản và điều hành";
        /// Takes applications of citizens and exchanges dossiers with due dates.
        OneStopShop = 2, "one-stop-shop", "một cửa điện tử";
        /// The national portal and what is integrated with it.
        PublicServicePortal = 3, "public-service-portal", "cổng dịch vụ công";
        /// Periodic reports.
        Reporting = 4, "reporting", "hệ thống thông tin báo cáo";
        /// Questions and complaints of citizens.
        Feedback = 5, "feedback", "tiếp nhận phản ánh, kiến nghị";
        /// Keeps what is finished.
        Archive = 6, "archive", "lưu trữ điện tử";
    }
}

tokens! {
    /// Urgency (độ khẩn), Decree 30/2020/NĐ-CP, Appendix I.
    Urgency, "urgency", {
        /// No haste.
        Normal = 1, "normal", "thường";
        /// Handled before the normal ones.
        Urgent = 2, "urgent", "khẩn";
        /// More so.
        VeryUrgent = 3, "very-urgent", "thượng khẩn";
        /// At once.
        Express = 4, "express", "hỏa tốc";
    }
}

impl Urgency {
    /// Place in a mailbox: 0 comes first.
    #[must_use]
    pub const fn rank(self) -> u8 {
        4 - self as u8
    }
}

tokens! {
    /// What a document does to one already sent (`BussinessDocType` of edXML).
    BusinessAct, "business act", {
        /// Stands alone.
        New = 1, "new", "văn bản mới";
        /// Takes back what was sent.
        Recall = 2, "recall", "thu hồi";
        /// Gives what was sent new content or receivers.
        Update = 3, "update", "cập nhật";
        /// Takes the place of what was sent.
        Replace = 4, "replace", "thay thế";
    }
}

tokens! {
    /// Whether a document steers the work of others (`SteeringType` of edXML).
    SteeringType, "steering type", {
        /// It does not.
        None = 1, "none", "không phải văn bản chỉ đạo";
        /// It does.
        Steering = 2, "steering", "văn bản chỉ đạo";
        /// It reports on one that does.
        Report = 3, "report", "báo cáo thực hiện chỉ đạo";
    }
}

tokens! {
    /// What a recipient is asked to do.
    RecipientRole, "recipient role", {
        /// To act on it.
        ToAct = 1, "to-act", "chủ trì";
        /// To coordinate.
        ToCoordinate = 2, "to-coordinate", "phối hợp";
        /// To know.
        ToKnow = 3, "to-know", "để biết";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_tokens_lead_back() {
        macro_rules! check {
            ($($kind:ty),+) => { $(for &kind in <$kind>::ALL {
                assert_eq!(<$kind>::try_from(kind.wire()), Ok(kind));
                assert_eq!(kind.to_string().parse(), Ok(kind));
                assert!(!kind.vietnamese().is_empty());
            })+ };
        }
        check!(
            Level,
            SigningPolicy,
            SignatureStanding,
            SystemKind,
            Urgency,
            BusinessAct,
            SteeringType,
            RecipientRole
        );
        assert!(Level::try_from(0).is_err());
        assert_eq!(
            "comune".parse::<Level>().unwrap_err().to_string(),
            "`comune` is no level; it is one of `central`, `province`, `district`, `commune`"
        );
    }

    #[test]
    fn express_comes_first() {
        let mut all = Urgency::ALL.to_vec();
        all.sort_by_key(|urgency| urgency.rank());
        assert_eq!(
            all,
            [Urgency::Express, Urgency::VeryUrgent, Urgency::Urgent, Urgency::Normal]
        );
        assert_eq!(Urgency::Express.rank(), 0);
    }
}
