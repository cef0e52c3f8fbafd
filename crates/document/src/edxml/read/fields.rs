//! Taking the fields of an element, in whatever order they stand, with what is unusual about each.

use jiff::civil::{Date, DateTime};

use super::{
    super::{Finding, FindingCode, Value},
    dates::{self, Form},
    report::Report,
    tree::{Element, Space},
};

/// A name of the standard, and others that systems write for it.
#[derive(Clone, Copy)]
pub(super) struct Name(pub(super) &'static str, pub(super) &'static [&'static str]);

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self(name, &[])
    }
}

/// The fields of one element that are not taken yet.
pub(super) struct Fields<'t, 'r> {
    element: &'t Element,
    path: String,
    taken: Vec<bool>,
    report: &'r mut Report,
}

impl<'t, 'r> Fields<'t, 'r> {
    pub(super) fn of(element: &'t Element, path: impl Into<String>, report: &'r mut Report) -> Self {
        Self {
            element,
            path: path.into(),
            taken: vec![false; element.children.len()],
            report,
        }
    }

    pub(super) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.path)
        }
    }

    /// A finding about a child.
    pub(super) fn find(&mut self, code: FindingCode, at: &Element, found: &str, expected: impl Into<String>) {
        let path = self.path(&at.name);
        self.report.add(Finding::new(code, Some(at.at), path, found, expected));
    }

    pub(super) const fn is_provincial(&self) -> bool {
        self.report.provincial
    }

    pub(super) const fn report(&mut self) -> &mut Report {
        self.report
    }

    /// All children of a name.
    pub(super) fn many(&mut self, name: impl Into<Name>) -> Vec<&'t Element> {
        let Name(name, variants) = name.into();
        let mut found = Vec::new();
        let element = self.element;
        for (at, child) in element.children.iter().enumerate() {
            let spelt = variants.contains(&&*child.name);
            let ours = matches!(child.space, Space::Package | Space::Guessed) || child.space == Space::Signature;
            if self.taken[at] || !ours || !(spelt || *child.name == *name) {
                continue;
            }
            self.taken[at] = true;
            if spelt && !self.report.provincial {
                self.find(FindingCode::SpellingVariant, child, &child.name, name);
            }
            found.push(child);
        }
        found
    }

    /// The only child of a name; the first where there are more.
    pub(super) fn one(&mut self, name: impl Into<Name>) -> Option<&'t Element> {
        let found = self.many(name);
        for again in found.iter().skip(1) {
            let text = again.trimmed();
            self.find(FindingCode::ElementRepeated, again, text, "once");
        }
        found.first().copied()
    }

    /// The only child of a name, which every package needs.
    pub(super) fn needed(&mut self, name: impl Into<Name>) -> Option<&'t Element> {
        let name = name.into();
        let found = self.one(name);
        if found.is_none_or(|found| found.children.is_empty() && found.trimmed().is_empty()) {
            let path = self.path(name.0);
            let at = found.map_or(self.element.at, |found| found.at);
            self.report
                .add(Finding::new(FindingCode::ElementMissing, Some(at), path, "", name.0));
        }
        found
    }

    /// The text of an element that has nothing else.
    pub(super) fn leaf(&mut self, element: &Element) -> String {
        for child in &element.children {
            let path = format!("{}/{}", self.path(&element.name), child.name);
            self.report.add(Finding::new(
                FindingCode::UnknownElement,
                Some(child.at),
                path,
                child.trimmed(),
                "a text",
            ));
        }
        element.trimmed().to_owned()
    }

    /// A text; empty where there is none.
    pub(super) fn text(&mut self, name: impl Into<Name>) -> String {
        self.one(name).map(|element| self.leaf(element)).unwrap_or_default()
    }

    /// A text of up to `max` characters by Decree 30/2020/NĐ-CP, Appendix VI.
    pub(super) fn short_text(&mut self, name: impl Into<Name>, max: usize) -> String {
        match self.one(name) {
            Some(element) => {
                let text = self.leaf(element);
                self.check_length(element, &text, max);
                text
            }
            None => String::new(),
        }
    }

    /// As [`Self::short_text`], for what every package needs.
    pub(super) fn needed_text(&mut self, name: impl Into<Name>, max: usize) -> String {
        match self.needed(name) {
            Some(element) => {
                let text = self.leaf(element);
                self.check_length(element, &text, max);
                text
            }
            None => String::new(),
        }
    }

    pub(super) fn check_length(&mut self, element: &Element, text: &str, max: usize) {
        let length = text.chars().count();
        if length > max {
            self.find(
                FindingCode::LengthOver,
                element,
                &format!("{length} characters"),
                format!("{max} at most"),
            );
        }
    }

    /// The texts of all children of a name, without empty ones.
    pub(super) fn texts(&mut self, name: impl Into<Name>) -> Vec<String> {
        let found = self.many(name);
        let texts = found.into_iter().map(|element| self.leaf(element));
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// A day.
    pub(super) fn day(&mut self, name: impl Into<Name>) -> Option<Value<Date>> {
        let element = self.one(name)?;
        self.dated(element, dates::day, "yyyy/MM/dd")
    }

    /// A time in Vietnam.
    pub(super) fn time(&mut self, name: impl Into<Name>) -> Option<Value<DateTime>> {
        let element = self.one(name)?;
        self.dated(element, dates::time, "yyyy/MM/dd HH:mm:ss")
    }

    fn dated<T>(
        &mut self,
        element: &Element,
        read: fn(&str) -> Option<(T, Form)>,
        standard: &'static str,
    ) -> Option<Value<T>> {
        let text = self.leaf(element);
        if text.is_empty() {
            return None;
        }
        let Some((value, form)) = read(&text) else {
            self.find(FindingCode::DateInvalid, element, &text, standard);
            return Some(Value::Text(text));
        };
        if form != Form::Standard && !(form == Form::Iso && self.is_provincial()) {
            self.find(FindingCode::DateForm, element, &text, standard);
        }
        Some(Value::Known(value))
    }

    /// A number.
    pub(super) fn number(&mut self, name: impl Into<Name>) -> Option<Value<u32>> {
        let element = self.one(name)?;
        let text = self.leaf(element);
        if text.is_empty() {
            return None;
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits => Some(Value::Known(number)),
            _ => {
                self.find(FindingCode::NumberInvalid, element, &text, "a number");
                Some(Value::Text(text))
            }
        }
    }

    /// A number up to `max`, or one of a list from `min`.
    pub(super) fn listed(&mut self, name: &'static str, min: u32, max: u32) -> Option<Value<u32>> {
        self.listed_as(name, min, max)
    }

    /// As [`Self::listed`], for a name of more than one spelling.
    pub(super) fn listed_as(&mut self, name: impl Into<Name>, min: u32, max: u32) -> Option<Value<u32>> {
        let name = name.into();
        let is = |child: &&Element| *child.name == *name.0 || name.1.contains(&&*child.name);
        let element = self.element.children.iter().find(is);
        let value = self.number(name);
        if let (Some(Value::Known(number)), Some(element)) = (&value, element)
            && !(min..=max).contains(number)
        {
            self.find(
                FindingCode::ValueUnknown,
                element,
                &number.to_string(),
                format!("{min} to {max}"),
            );
        }
        value
    }

    /// A truth value.
    pub(super) fn boolean(&mut self, name: &'static str) -> Option<Value<bool>> {
        let element = self.one(name)?;
        let text = self.leaf(element);
        match text.as_str() {
            "" => None,
            "true" | "1" => Some(Value::Known(true)),
            "false" | "0" => Some(Value::Known(false)),
            _ => {
                self.find(FindingCode::NumberInvalid, element, &text, "`true` or `false`");
                Some(Value::Text(text))
            }
        }
    }

    /// Reports what was not taken.
    pub(super) fn done(self) {
        self.done_with_attributes(&[]);
    }

    /// Reports what was not taken, attributes other than these too.
    pub(super) fn done_with_attributes(mut self, attributes: &[&str]) {
        let element = self.element;
        for (at, child) in element.children.iter().enumerate() {
            if !self.taken[at] {
                self.find(
                    FindingCode::UnknownElement,
                    child,
                    child.trimmed(),
                    "nothing of that name",
                );
            }
        }
        for attribute in &element.attributes {
            // `xml:` and `xsi:` say something about the text, not about the document.
            let about_text = attribute.name.starts_with("xml:") || attribute.name.starts_with("xsi:");
            if !about_text && !attributes.contains(&&*attribute.name) {
                let path = format!("{}/@{}", self.path, attribute.name);
                self.report.add(Finding::new(
                    FindingCode::UnknownAttribute,
                    Some(element.at),
                    path,
                    &attribute.value,
                    "nothing of that name",
                ));
            }
        }
        if !element.children.is_empty() && !element.trimmed().is_empty() {
            self.report.add(Finding::new(
                FindingCode::UnexpectedText,
                Some(element.at),
                self.path.clone(),
                element.trimmed(),
                "elements",
            ));
        }
    }
}
