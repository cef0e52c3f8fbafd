//! The language of descriptions: Vietnamese, or English where `Accept-Language` begins with it.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};

/// Language of an `ErrorDesc`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Vietnamese, as all systems expect it.
    #[default]
    Vietnamese,
    /// English.
    English,
}

impl Language {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let first = asked.and_then(|list| list.split(',').next()).unwrap_or_default();
        let tag = first.split([';', '-']).next().unwrap_or_default().trim();
        if tag.eq_ignore_ascii_case("en") {
            Self::English
        } else {
            Self::Vietnamese
        }
    }

    /// The one of two texts that is in this language.
    pub(crate) fn of_two<'a>(self, vietnamese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Vietnamese => vietnamese,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_must_come_first() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, value.parse().unwrap());
            Language::of(&headers)
        };
        assert_eq!(Language::of(&HeaderMap::new()), Language::Vietnamese);
        for english in ["en", "en-GB;q=0.9, vi", "EN"] {
            assert_eq!(of(english), Language::English, "{english}");
        }
        for vietnamese in ["vi, en", "*", "", "end"] {
            assert_eq!(of(vietnamese), Language::Vietnamese, "{vietnamese}");
        }
    }
}
