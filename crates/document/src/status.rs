//! What a receiver reports about a document (trạng thái xử lý). The order in which it may is that of
//! [`Standing`](crate::Standing).

use crate::tokens::UnknownToken;

/// Status of QCVN 102:2016.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StatusCode {
    /// Đã đến: it is there, nobody has handled it. Reported by the hub itself.
    Arrived = 1,
    /// Từ chối tiếp nhận.
    Refused = 2,
    /// Đã tiếp nhận: in the register of incoming documents.
    Accepted = 3,
    /// Phân công xử lý: a leader assigned it.
    Assigned = 4,
    /// Đang xử lý.
    Processing = 5,
    /// Hoàn thành.
    Finished = 6,
    /// Lấy lại: the sender asks for it back.
    TakeBack = 13,
    /// Đồng ý with a recall or an update: destroyed or updated.
    Agreed = 15,
    /// Từ chối a recall or an update.
    Declined = 16,
}

impl StatusCode {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Arrived,
        Self::Refused,
        Self::Accepted,
        Self::Assigned,
        Self::Processing,
        Self::Finished,
        Self::TakeBack,
        Self::Agreed,
        Self::Declined,
    ];

    /// The number on the wire, which is that of the standard.
    #[must_use]
    pub const fn wire(self) -> i32 {
        self as i32
    }

    /// Two digits, as the standard writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arrived => "01",
            Self::Refused => "02",
            Self::Accepted => "03",
            Self::Assigned => "04",
            Self::Processing => "05",
            Self::Finished => "06",
            Self::TakeBack => "13",
            Self::Agreed => "15",
            Self::Declined => "16",
        }
    }

    /// The Vietnamese term.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Arrived => "đã đến",
            Self::Refused => "từ chối tiếp nhận",
            Self::Accepted => "đã tiếp nhận",
            Self::Assigned => "phân công xử lý",
            Self::Processing => "đang xử lý",
            Self::Finished => "hoàn thành",
            Self::TakeBack => "lấy lại",
            Self::Agreed => "đồng ý thu hồi hoặc cập nhật",
            Self::Declined => "từ chối thu hồi hoặc cập nhật",
        }
    }

    /// Whether it must come with a reason.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Refused | Self::TakeBack | Self::Declined)
    }

    fn unknown(found: String) -> UnknownToken {
        let known = Self::ALL
            .iter()
            .map(|status| status.code())
            .collect::<Vec<_>>()
            .join(", ");
        UnknownToken {
            what: "status",
            found,
            known,
        }
    }
}

impl TryFrom<i32> for StatusCode {
    type Error = UnknownToken;

    fn try_from(number: i32) -> Result<Self, Self::Error> {
        Self::ALL
            .iter()
            .find(|status| status.wire() == number)
            .copied()
            .ok_or_else(|| Self::unknown(number.to_string()))
    }
}

impl std::str::FromStr for StatusCode {
    type Err = UnknownToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |status: &&Self| status.code() == text || status.code().trim_start_matches('0') == text;
        Self::ALL
            .iter()
            .find(is)
            .copied()
            .ok_or_else(|| Self::unknown(text.to_owned()))
    }
}

impl std::fmt::Display for StatusCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_lead_back() {
        for &status in StatusCode::ALL {
            assert_eq!(StatusCode::try_from(status.wire()), Ok(status));
            assert_eq!(status.to_string().parse(), Ok(status));
            assert_eq!(status.code(), format!("{:02}", status.wire()));
        }
        assert_eq!("3".parse(), Ok(StatusCode::Accepted));
        for number in [0, 7, 12, 14, 17] {
            assert!(StatusCode::try_from(number).is_err(), "{number}");
        }
        assert_eq!(
            "14".parse::<StatusCode>().unwrap_err().to_string(),
            "`14` is no status; it is one of 01, 02, 03, 04, 05, 06, 13, 15, 16"
        );
    }

    #[test]
    fn refusals_and_requests_say_why() {
        let with_reason: Vec<_> = StatusCode::ALL.iter().filter(|status| status.needs_reason()).collect();
        assert_eq!(
            with_reason,
            [&StatusCode::Refused, &StatusCode::TakeBack, &StatusCode::Declined]
        );
    }
}
