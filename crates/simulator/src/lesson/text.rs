//! What a trainee reads, in both languages.

use serde::Deserialize;
use truc_proto::v1 as pb;
use unicode_normalization::is_nfc;

/// The same in Vietnamese and in English. `{home-affairs}` stands for the agency that the lesson's cast has under that name, and
/// `{me}` for the trainee's own.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Vietnamese, with all diacritics, NFC.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    pub(crate) fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// With names put in; what `name` does not know stays as it stands.
    pub(crate) fn filled(&self, name: impl Fn(&str) -> Option<String>) -> Self {
        Self::new(filled(&self.vi, &name), filled(&self.en, &name))
    }

    /// As the API has it.
    pub fn to_wire(&self) -> pb::LessonText {
        pb::LessonText {
            vi: self.vi.clone(),
            en: self.en.clone(),
        }
    }

    /// What is wrong with it by itself.
    pub(super) fn fault(&self, known: impl Fn(&str) -> bool) -> Option<String> {
        for (key, text) in [("vi", &self.vi), ("en", &self.en)] {
            if text.trim().is_empty() {
                return Some(format!("`{key}` is empty; write the sentence in both languages"));
            }
            if !is_nfc(text) {
                return Some(format!("`{key}` is not in Unicode form NFC; save it composed"));
            }
            if let Some(name) = placeholders(text).find(|name| !known(name)) {
                return Some(format!(
                    "`{{{name}}}` names nobody of the cast; declare it, or write `{{me}}`"
                ));
            }
        }
        None
    }
}

fn filled(text: &str, name: &impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(key, after)| Some((name(key)?, after))) {
            Some((name, after)) => {
                out.push_str(&name);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_in_and_what_is_none_stays() {
        let text = Text::new("Gửi {home} và {ai}, {", "Send to {home}{home}");
        let filled = text.filled(|name| (name == "home").then(|| "Sở Nội vụ".to_owned()));
        assert_eq!(filled.vi, "Gửi Sở Nội vụ và {ai}, {");
        assert_eq!(filled.en, "Send to Sở Nội vụSở Nội vụ");
        assert!(text.fault(|name| name == "home").unwrap().contains("`{ai}`"));
        assert_eq!(text.fault(|_| true), None);
    }

    #[test]
    fn decomposed_and_empty_texts_are_told() {
        assert!(
            Text::new("S\u{6f}\u{31b}\u{309}", "x")
                .fault(|_| true)
                .unwrap()
                .contains("NFC")
        );
        assert!(Text::new("x", " ").fault(|_| true).unwrap().contains("`en` is empty"));
    }
}
