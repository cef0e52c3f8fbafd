//! The report's words in both languages.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use truc_document::zone;

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

    /// With the signs of the language: 1.234,5 and 1,234.5.
    pub(super) fn number(self, value: f64, decimals: usize) -> String {
        let text = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let (group, point) = match self {
            Self::Vietnamese => ('.', ','),
            Self::English => (',', '.'),
        };
        let is_zero = text.chars().all(|digit| matches!(digit, '0' | '.'));
        let mut told = String::from(if value < 0.0 && !is_zero { "−" } else { "" });
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                told.push(group);
            }
            told.push(digit);
        }
        if !fraction.is_empty() {
            told.push(point);
            told += fraction;
        }
        told
    }

    /// A count.
    pub(super) fn count(self, value: u64) -> String {
        self.number(value as f64, 0)
    }

    /// To three digits or so: 0,123 1,23 12,3 123 1.234.
    pub(super) fn digits(self, value: f64) -> String {
        let decimals = match value.abs() {
            0.0 => 0,
            small if small < 0.995 => 3,
            small if small < 9.95 => 2,
            medium if medium < 99.5 => 1,
            _ => 0,
        };
        self.number(value, decimals)
    }

    /// Milliseconds in the unit that suits them.
    pub(super) fn milliseconds(self, ms: f64) -> String {
        match ms {
            short if short < 0.9995 => format!("{} µs", self.digits(short * 1000.0)),
            medium if medium < 9_999.5 => format!("{} ms", self.digits(medium)),
            long => format!("{} {}", self.digits(long / 1000.0), self.say("giây", "s")),
        }
    }

    /// A day as the language writes it.
    pub(super) fn day(self, day: Date) -> String {
        match self {
            Self::Vietnamese => day.strftime("%d/%m/%Y").to_string(),
            Self::English => day.to_string(),
        }
    }

    /// A moment of wall time, to the minute in Vietnam's zone.
    pub(super) fn moment(self, at: Timestamp) -> String {
        let here = zone::VIETNAM.to_datetime(at);
        match self {
            Self::Vietnamese => here.strftime("%H:%M ngày %d/%m/%Y").to_string(),
            Self::English => here.strftime("%Y-%m-%d %H:%M (UTC+7)").to_string(),
        }
    }

    /// A number at a mark of an axis: whole where it is, otherwise as short as it can be told.
    pub(super) fn mark(self, value: f64) -> String {
        let decimals = (0..4).find(|decimals| {
            let scale = 10_f64.powi(*decimals);
            ((value * scale).round() - value * scale).abs() < 1e-6 * scale
        });
        self.number(value, decimals.map_or(4, |decimals| decimals.unsigned_abs() as usize))
    }

    /// A name of the hub's stages.
    pub(super) fn stage(self, name: &str) -> &'static str {
        let (vietnamese, english) = match name {
            "queue" => ("Chờ lượt", "Queue"),
            "verify" => ("Kiểm tra", "Verify"),
            "commit" => ("Ghi nhật ký", "Commit"),
            "route" => ("Định tuyến", "Route"),
            "deliver" => ("Giao", "Deliver"),
            _ => ("Khác", "Other"),
        };
        self.say(vietnamese, english)
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

/// A province's name without what it is: `Thái Bình` of `tỉnh Thái Bình`.
pub(super) fn short_name(name: &str) -> &str {
    let prefixes = ["tỉnh ", "Tỉnh ", "thành phố ", "Thành phố "];
    prefixes
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_does() {
        assert_eq!(Language::Vietnamese.number(1_234_567.25, 1), "1.234.567,2");
        assert_eq!(Language::English.number(1_234_567.25, 1), "1,234,567.2");
        assert_eq!(Language::English.number(-123.0, 0), "−123");
        assert_eq!(Language::English.number(-0.01, 1), "0.0");
    }

    #[test]
    fn marks_are_as_short_as_they_can_be() {
        let told = [100.0, 1.0, 0.1, 0.25, 2500.0].map(|value| Language::Vietnamese.mark(value));
        assert_eq!(told, ["100", "1", "0,1", "0,25", "2.500"]);
    }

    #[test]
    fn units_suit_the_length() {
        let vietnamese = Language::Vietnamese;
        let told = [0.0005, 0.12, 1.5, 99.96, 1234.4, 75_000.0].map(|ms| vietnamese.milliseconds(ms));
        assert_eq!(
            told,
            ["0,500 µs", "120 µs", "1,50 ms", "100 ms", "1.234 ms", "75,0 giây"]
        );
    }
}
