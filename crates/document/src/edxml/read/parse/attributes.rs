//! Attributes of a tag, within limits.

use std::io::Read;

use quick_xml::{events::BytesStart, name::ResolveResult};

use super::{
    super::{
        super::{FindingCode, Position, ReadError, ReadErrorCode},
        tree::Attribute,
    },
    Parser,
    faults::check_characters,
};

impl<R: Read> Parser<'_, '_, R> {
    pub(super) fn attributes(&mut self, start: &BytesStart<'_>, at: Position) -> Result<Vec<Attribute>, ReadError> {
        let mut kept = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute
                .map_err(|error| ReadError::new(ReadErrorCode::NotWellFormed, at, format!("in a tag: {error}")))?;
            let name = attribute.key.as_ref();
            if seen.len() >= self.limits.attributes_max {
                let max = self.limits.attributes_max;
                return Err(ReadError::new(
                    ReadErrorCode::TooManyAttributes,
                    at,
                    format!("an element has more than {max} attributes"),
                ));
            }
            if name.len() > self.limits.name_bytes_max {
                let max = self.limits.name_bytes_max;
                return Err(ReadError::new(
                    ReadErrorCode::NameTooLong,
                    at,
                    format!("the name of an attribute has more than {max} bytes"),
                ));
            }
            if seen.iter().any(|other| other == name) {
                return Err(ReadError::new(
                    ReadErrorCode::NotWellFormed,
                    at,
                    format!("attribute `{name}` stands twice in one tag"),
                ));
            }
            seen.push(name.to_owned());
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if let (ResolveResult::Unknown(prefix), _) = self.reader.resolver().resolve_attribute(attribute.key) {
                self.report
                    .guessed_namespace(FindingCode::UnboundPrefix, &prefix, at, "a declared prefix");
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                .map_err(|error| {
                    ReadError::new(
                        ReadErrorCode::EntityUnknown,
                        at,
                        format!("in attribute `{name}`: {error}"),
                    )
                })?;
            check_characters(&value, at)?;
            kept.push(Attribute {
                name: name.into(),
                value: value.into_owned(),
            });
        }
        Ok(kept)
    }
}
