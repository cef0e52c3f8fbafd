//! A signature, kept as its bytes stand.

use std::{collections::BTreeSet, io::Read};

use quick_xml::{events::BytesStart, name::PrefixDeclaration};

use super::{
    super::{
        super::{Position, ReadError, ReadErrorCode},
        judge,
        tree::{Attribute, Element, Extra},
    },
    Parser,
};

/// A signature that is being read.
pub(super) struct Capture {
    /// Elements open around it.
    pub(super) depth: usize,
    start: String,
    outer: Vec<(String, String)>,
    prefixes: BTreeSet<String>,
}

/// The parser gives namespaces as they stand in the tag.
fn unescaped(namespace: &str) -> String {
    quick_xml::escape::unescape(namespace).map_or_else(|_| namespace.to_owned(), |text| text.into_owned())
}

impl<R: Read> Parser<'_, '_, R> {
    pub(super) fn begin_capture(&mut self, start: &BytesStart<'_>, empty: bool) {
        let declared_here = |prefix: &str| {
            start.attributes().with_checks(false).flatten().any(|attribute| {
                matches!(attribute.key.as_namespace_binding(), Some(PrefixDeclaration::Named(name)) if name == prefix)
                    || matches!(attribute.key.as_namespace_binding(), Some(PrefixDeclaration::Default) if prefix.is_empty())
            })
        };
        let own = self.own_namespace(start);
        let outer = self
            .reader
            .resolver()
            .bindings()
            .map(|(prefix, namespace)| {
                let prefix = match prefix {
                    PrefixDeclaration::Default => "",
                    PrefixDeclaration::Named(name) => name,
                };
                let namespace = namespace.into_inner();
                // What was taken for the package's own namespace is written as that, around the signature too: it would be
                // a stranger's in the package that is written.
                if self.report.is_guessed(namespace) {
                    return (prefix.to_owned(), own.to_owned());
                }
                (prefix.to_owned(), unescaped(namespace))
            })
            .filter(|(prefix, _)| !declared_here(prefix))
            .collect();
        self.capture = Some(Capture {
            depth: self.open.len(),
            start: if empty {
                format!("<{}/>", &**start)
            } else {
                format!("<{}>", &**start)
            },
            outer,
            prefixes: BTreeSet::from([String::new()]),
        });
        self.reader.get_mut().capture();
    }

    /// Notes the prefixes of a tag inside a signature.
    pub(super) fn note_prefixes(&mut self, element: Option<&str>, attributes: &[Attribute]) {
        let Some(capture) = &mut self.capture else {
            return;
        };
        let of_attributes = attributes
            .iter()
            .filter_map(|attribute| attribute.name.split_once(':').map(|(prefix, _)| prefix));
        capture
            .prefixes
            .extend(element.into_iter().chain(of_attributes).map(str::to_owned));
    }

    /// The signature that has come to its end.
    pub(super) fn signature(&mut self, capture: Capture, element: &Element, at: Position) -> Result<Extra, ReadError> {
        let rest = String::from_utf8(self.reader.get_mut().captured()).map_err(|_| {
            ReadError::new(
                ReadErrorCode::Utf8Invalid,
                at,
                "the signature has bytes that are no UTF-8",
            )
        })?;
        let mut bindings = capture.outer;
        bindings.retain(|(prefix, _)| capture.prefixes.contains(prefix));
        bindings.sort();
        Ok(Extra::Signature {
            raw: capture.start + &rest,
            bindings,
            judgement: judge::judge(element),
        })
    }
}
