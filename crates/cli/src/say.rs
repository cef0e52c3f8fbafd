//! Domain values in the words of a language, and values of the command line in either language.

use std::time::Duration;

use jiff::Timestamp;
use truc_document::{DocumentType, StatusCode, Urgency, zone};

use crate::output::Lang;

/// The Vietnamese name or the English token of a closed set's value.
macro_rules! word {
    ($value:expr, $lang:expr) => {
        match $lang {
            $crate::output::Lang::Vi => $value.vietnamese().to_owned(),
            $crate::output::Lang::En => $value.token().to_owned(),
        }
    };
}

pub(crate) use word;

/// `06 hoàn thành`; in English the code and what the domain crate calls it.
pub(crate) fn status(status: StatusCode, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("{} {}", status.code(), status.vietnamese()),
        Lang::En => format!("{} {}", status.code(), english(status)),
    }
}

fn english(status: StatusCode) -> &'static str {
    match status {
        StatusCode::Arrived => "arrived",
        StatusCode::Refused => "refused",
        StatusCode::Accepted => "accepted",
        StatusCode::Assigned => "assigned",
        StatusCode::Processing => "in progress",
        StatusCode::Finished => "finished",
        StatusCode::TakeBack => "asked back",
        StatusCode::Agreed => "agreed to the recall or update",
        StatusCode::Declined => "declined the recall or update",
    }
}

/// An instant in Vietnam: `2020-09-01 08:30:00`.
pub(crate) fn time(instant: Timestamp) -> String {
    zone::VIETNAM
        .to_datetime(instant)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// Urgency by its Vietnamese name or its English token, in any case.
pub(crate) fn urgency(text: &str) -> Result<Urgency, String> {
    let lower = text.to_lowercase();
    let found = Urgency::ALL
        .iter()
        .find(|urgency| urgency.vietnamese() == lower || urgency.token() == lower);
    found.copied().ok_or_else(|| {
        let known: Vec<String> = Urgency::ALL
            .iter()
            .map(|urgency| format!("`{}` or `{}`", urgency.vietnamese(), urgency.token()))
            .collect();
        format!("no such urgency; write {}", known.join(", "))
    })
}

/// Document type by its Vietnamese name, its abbreviation or its English token. Names in any case; abbreviations in that
/// of the decree, as `QĐ` and `QyĐ` are two.
pub(crate) fn document_type(text: &str) -> Result<DocumentType, String> {
    let lower = text.to_lowercase();
    DocumentType::find(text)
        .or_else(|| {
            let all = DocumentType::ALL.iter();
            all.copied()
                .find(|kind| kind.vietnamese().to_lowercase() == lower || kind.token() == lower)
        })
        .ok_or_else(|| {
            "no such type of document; write one of the 29 of Decree 30/2020/NĐ-CP, such as `công văn`, `QĐ` or \
             `official-letter`"
                .to_owned()
        })
}

/// A length of time: a number with `ms`, `s`, `m`, `h` or `d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number with ms, s, m, h or d, such as `30s`".to_owned();
    let unit = text
        .find(|character: char| !character.is_ascii_digit())
        .ok_or_else(wrong)?;
    let (number, unit) = text.split_at(unit);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(milliseconds)
        .map(Duration::from_millis)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2d"), Ok(Duration::from_secs(172_800)));
        for wrong in [
            "",
            "30",
            "s",
            "1 s",
            "-1s",
            "99999999999999999999s",
            "9999999999999999d",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_of_either_language_are_taken() {
        assert_eq!(urgency("Hỏa tốc"), Ok(Urgency::Express));
        assert_eq!(urgency("very-urgent"), Ok(Urgency::VeryUrgent));
        assert!(urgency("gấp").is_err_and(|said| said.contains("`khẩn` or `urgent`")));
        assert_eq!(document_type("công văn"), Ok(DocumentType::OfficialLetter));
        assert_eq!(document_type("QyĐ"), Ok(DocumentType::Regulation));
        assert_eq!(document_type("decision"), Ok(DocumentType::Decision));
        assert!(document_type("CV").is_err());
    }

    #[test]
    fn time_is_vietnam_time() {
        assert_eq!(time("2020-08-31T18:00:00Z".parse().unwrap()), "2020-09-01 01:00:00");
    }
}
