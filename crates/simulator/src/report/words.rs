//! The report's words in both languages.

use std::{fmt, str::FromStr};

/// Language of a rendered report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vietnamese,
    /// English.
    English,
}

/// No report speaks that language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language `{0}`; known: vi, en")]
pub struct UnknownLanguage(String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        match text {
            "vi" => Ok(Self::Vietnamese),
            "en" => Ok(Self::English),
            _ => Err(UnknownLanguage(text.to_owned())),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        })
    }
}

impl Language {
    /// One of two texts.
    pub(super) fn say<'a>(self, vietnamese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Vietnamese => vietnamese,
            Self::English => english,
        }
    }

    /// With the decimal sign of the language.
    pub(super) fn number(self, value: f64, decimals: usize) -> String {
        let text = format!("{value:.decimals$}");
        match self {
            Self::Vietnamese => text.replace('.', ","),
            Self::English => text,
        }
    }

    /// Percentages with as many decimals as tell 99.97 from 100.
    pub(super) fn percent(self, percent: f64) -> String {
        let decimals = if percent > 99.0 && percent < 100.0 { 2 } else { 1 };
        format!("{} %", self.number(percent, decimals))
    }

    pub(super) fn figure(self, name: &str) -> &'static str {
        let (vietnamese, english) = match name {
            "provinces-connected" => ("Tỉnh đã kết nối trục", "Provinces connected"),
            "levels" => ("Số cấp hành chính gửi, nhận", "Levels that send and receive"),
            "growth" => (
                "Văn bản gửi tăng so với cùng kỳ",
                "Growth of documents sent over the year before",
            ),
            "wholly-electronic" => (
                "Gửi hoàn toàn điện tử, không kèm bản giấy",
                "Sent wholly electronic, without paper",
            ),
            "personally-signed" => ("Có chữ ký số cá nhân", "Signed by a person"),
            "on-time" => (
                "Giải quyết đúng hạn (một cửa)",
                "Finished by the due date (one-stop shops)",
            ),
            "reporting" => ("Kết nối hệ thống báo cáo", "Connected to the reporting system"),
            _ => (
                "Dịch vụ công đã tích hợp lên Cổng quốc gia",
                "Services integrated with the national portal",
            ),
        };
        match self {
            Self::Vietnamese => vietnamese,
            Self::English => english,
        }
    }

    /// A length of time in the unit that suits it.
    pub(super) fn length(self, seconds: Option<f64>) -> String {
        let Some(seconds) = seconds else {
            return "–".to_owned();
        };
        let (value, vietnamese, english) = match seconds {
            short if short < 90.0 => (short, "giây", "s"),
            medium if medium < 5400.0 => (medium / 60.0, "phút", "min"),
            long if long < 172_800.0 => (long / 3600.0, "giờ", "h"),
            days => (days / 86_400.0, "ngày", "days"),
        };
        format!("{} {}", self.number(value, 1), self.say(vietnamese, english))
    }
}
