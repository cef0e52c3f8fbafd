//! Injected faults (sự cố giả lập): at which step, what happens, and which of the two go together.

use crate::tokens::tokens;

tokens! {
    /// A step of a call at which faults are asked.
    FaultStep, "step of a fault", {
        /// An envelope came; nothing was looked at but its header.
        Admission = 1, "admission", "tiếp nhận";
        /// Its signatures are about to be verified.
        Verification = 2, "verification", "xác minh";
        /// It is good, and about to be written to the journal.
        Append = 3, "append", "ghi nhật ký";
        /// Deliveries are handed out.
        Delivery = 4, "delivery", "phát";
        /// Deliveries are acknowledged.
        Acknowledgement = 5, "acknowledgement", "xác nhận";
        /// A status is reported.
        Status = 6, "status", "báo trạng thái";
    }
}

tokens! {
    /// What a fault does. The numbers are those of the fields of `truc.v1.Fault`.
    FaultKind, "fault", {
        /// The step takes longer.
        Delay = 4, "delay", "chậm";
        /// Refused with a reason.
        Refuse = 5, "refuse", "từ chối";
        /// Lost on its way: nobody answers.
        Drop = 6, "drop", "mất";
        /// Handed out twice.
        Twice = 7, "twice", "phát hai lần";
        /// Handed out after others that came later.
        Reorder = 8, "reorder", "sai thứ tự";
        /// One byte arrives as another.
        Corrupt = 9, "corrupt", "sai byte";
        /// The call or the stream breaks.
        Cut = 10, "cut", "đứt kết nối";
        /// Verification judges by another hub time.
        ClockSkew = 11, "clock-skew", "lệch giờ";
        /// The snapshot of the directory has expired.
        StaleDirectory = 12, "stale-directory", "danh bạ hết hạn";
        /// Verification finds the certificate revoked.
        Revoked = 13, "revoked", "chứng thư bị thu hồi";
        /// Verification finds the certificate expired.
        Expired = 14, "expired", "chứng thư hết hạn";
    }
}

tokens! {
    /// What a corruption meets.
    CorruptedPart, "part", {
        /// The header bytes.
        Header = 1, "header", "phần đầu";
        /// A content that travels along.
        Content = 2, "content", "nội dung";
        /// The personal signature.
        Signature = 3, "signature", "chữ ký số cá nhân";
        /// The seal.
        Seal = 4, "seal", "chữ ký số cơ quan";
    }
}

impl FaultKind {
    /// The steps at which it means something.
    #[must_use]
    pub const fn steps(self) -> &'static [FaultStep] {
        use FaultStep::{Acknowledgement, Admission, Append, Delivery, Status, Verification};
        match self {
            Self::Delay | Self::Refuse => FaultStep::ALL,
            Self::Drop | Self::Cut => &[Admission, Append, Delivery, Acknowledgement, Status],
            Self::Twice | Self::Reorder => &[Delivery],
            Self::Corrupt => &[Verification, Delivery],
            Self::ClockSkew | Self::Revoked | Self::Expired => &[Verification],
            Self::StaleDirectory => &[Admission],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_goes_with_a_step_and_each_step_has_some() {
        for &kind in FaultKind::ALL {
            assert!(!kind.steps().is_empty(), "{kind}");
            assert_eq!(kind.token().parse(), Ok(kind));
        }
        for step in FaultStep::ALL {
            assert!(FaultKind::ALL.iter().any(|kind| kind.steps().contains(step)), "{step}");
        }
    }
}
