//! From bytes to elements: one pass, within limits, contents of files straight to the sink.

use std::{collections::BTreeSet, io::Read};

use quick_xml::{
    Error as XmlError,
    events::{BytesStart, Event},
    name::{PrefixDeclaration, ResolveResult},
    reader::NsReader,
};

use super::{
    super::{
        Finding, FindingCode, NAMESPACE, NAMESPACE_PROVINCIAL, Position, ReadError, ReadErrorCode, ReadLimits,
        names::NAMESPACE_SIGNATURE,
    },
    content::{Contents, carried},
    input::{Input, OverLimit},
    judge,
    opening,
    report::Report,
    tree::{Attribute, Element, Extra, Space},
};

/// Parses a package to its root element.
pub(super) fn parse<R: Read>(
    mut input: Input<R>,
    limits: &ReadLimits,
    contents: &mut Contents<'_>,
    report: &mut Report,
) -> Result<Element, ReadError> {
    if let Some(finding) = opening::open(&mut input)? {
        report.add(finding);
    }
    let mut reader = NsReader::from_reader(input);
    reader.config_mut().check_comments = true;
    reader.resolver_mut().set_max_namespace_bindings(NAMESPACE_BINDINGS_MAX);
    let mut parser = Parser {
        reader,
        limits,
        contents,
        report,
        open: Vec::new(),
        root: None,
        elements: 0,
        files: 0,
        capture: None,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        if !parser.step(&mut buffer)? {
            break;
        }
    }
    parser.finish()
}

/// Declarations of namespaces in force at once.
const NAMESPACE_BINDINGS_MAX: usize = 64;

struct Parser<'a, 'c, R> {
    reader: NsReader<Input<R>>,
    limits: &'a ReadLimits,
    contents: &'a mut Contents<'c>,
    report: &'a mut Report,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    files: usize,
    capture: Option<Capture>,
}

/// A signature that is being read.
struct Capture {
    /// Elements open around it.
    depth: usize,
    start: String,
    outer: Vec<(String, String)>,
    prefixes: BTreeSet<String>,
}

impl<R: Read> Parser<'_, '_, R> {
    fn at(&mut self) -> Position {
        self.reader.get_mut().position()
    }

    /// Takes one event; says whether there is more.
    fn step(&mut self, buffer: &mut Vec<u8>) -> Result<bool, ReadError> {
        self.reader.get_mut().begin_token();
        let at = self.at();
        let event = match self.reader.read_event_into(buffer) {
            Ok(event) => event,
            Err(error) => {
                let now = self.at();
                return Err(refusal(error, at, now));
            }
        };
        match event {
            Event::Start(start) => self.start(&start, at, false)?,
            Event::Empty(start) => {
                self.start(&start, at, true)?;
                self.end(at)?;
            }
            Event::End(_) => self.end(at)?,
            Event::Text(text) => self.text(&text.xml10_content(), at)?,
            Event::CData(text) => self.text(&text.xml10_content(), at)?,
            Event::GeneralRef(reference) => {
                let text = resolve(&reference, at)?;
                self.text(&text, at)?;
            }
            Event::Decl(declaration) => {
                if let Some(Ok(encoding)) = declaration.encoding()
                    && !encoding.eq_ignore_ascii_case("utf-8")
                    && !encoding.eq_ignore_ascii_case("utf8")
                {
                    self.report.add(Finding::new(
                        FindingCode::EncodingDeclaredOtherwise,
                        Some(at),
                        "",
                        &encoding,
                        "UTF-8",
                    ));
                }
            }
            Event::DocType(_) => {
                return Err(ReadError::new(
                    ReadErrorCode::DoctypeForbidden,
                    at,
                    "the package has a DOCTYPE; leave it out",
                ));
            }
            Event::PI(instruction) => self.report.add(Finding::new(
                FindingCode::ProcessingInstruction,
                Some(at),
                "",
                instruction.target(),
                "none",
            )),
            Event::Comment(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn start(&mut self, start: &BytesStart<'_>, at: Position, empty: bool) -> Result<(), ReadError> {
        let refused = |code, message: String| Err(ReadError::new(code, at, message));
        if self.open.is_empty() && self.root.is_some() {
            return refused(ReadErrorCode::NotWellFormed, "there is a second root element".to_owned());
        }
        if self.open.len() >= self.limits.depth_max {
            let max = self.limits.depth_max;
            return refused(ReadErrorCode::TooDeep, format!("elements are nested more than {max} deep"));
        }
        self.elements += 1;
        if self.elements > self.limits.elements_max {
            let max = self.limits.elements_max;
            return refused(ReadErrorCode::TooManyElements, format!("there are more than {max} elements"));
        }
        let name = start.name();
        let (local, prefix) = name.decompose();
        if name.as_ref().len() > self.limits.name_bytes_max {
            let max = self.limits.name_bytes_max;
            return refused(ReadErrorCode::NameTooLong, format!("a name has more than {max} bytes"));
        }
        let space = self.space(start, at);
        let attributes = self.attributes(start, at)?;
        let local = local.into_inner();
        if self.capture.is_none() && local == "Signature" && space != Space::Foreign && !self.open.is_empty() {
            self.begin_capture(start, empty);
        }
        if let Some(capture) = &mut self.capture {
            if let Some(prefix) = prefix {
                capture.prefixes.insert(prefix.into_inner().to_owned());
            }
            for attribute in &attributes {
                if let Some((prefix, _)) = attribute.name.split_once(':') {
                    capture.prefixes.insert(prefix.to_owned());
                }
            }
        }
        let mut element = Element {
            name: local.into(),
            space,
            at,
            attributes,
            text: String::new(),
            children: Vec::new(),
            extra: None,
        };
        if self.is_file(&element) {
            self.begin_file(at)?;
        }
        if self.is_content(&element) {
            element.extra = Some(Box::new(Extra::Content(self.content(empty)?)));
        }
        self.open.push(element);
        Ok(())
    }

    fn space(&mut self, start: &BytesStart<'_>, at: Position) -> Space {
        let (resolved, local) = self.reader.resolver().resolve_element(start.name());
        let provincial = match self.open.first() {
            Some(root) => &*root.name == ROOT_PROVINCIAL,
            None => local.as_ref() == ROOT_PROVINCIAL,
        };
        let own = if provincial { NAMESPACE_PROVINCIAL } else { NAMESPACE };
        match resolved {
            ResolveResult::Bound(namespace) if namespace.as_ref() == own => Space::Package,
            ResolveResult::Bound(namespace) if namespace.as_ref() == NAMESPACE_SIGNATURE => Space::Signature,
            // A root in another namespace is judged by its name; so is all that is in the same.
            ResolveResult::Bound(namespace) if self.open.is_empty() || self.report.is_guessed(namespace.as_ref()) => {
                self.report
                    .guessed_namespace(FindingCode::NamespaceUnexpected, namespace.as_ref(), at, own);
                Space::Guessed
            }
            ResolveResult::Bound(_) => Space::Foreign,
            ResolveResult::Unbound => {
                self.report
                    .guessed_namespace(FindingCode::NamespaceUnexpected, "", at, own);
                Space::Guessed
            }
            ResolveResult::Unknown(prefix) => {
                self.report
                    .guessed_namespace(FindingCode::UnboundPrefix, &prefix, at, own);
                Space::Guessed
            }
        }
    }

    fn attributes(&mut self, start: &BytesStart<'_>, at: Position) -> Result<Vec<Attribute>, ReadError> {
        let mut kept = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute =
                attribute.map_err(|error| ReadError::new(ReadErrorCode::NotWellFormed, at, format!("in a tag: {error}")))?;
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
                .map_err(|error| ReadError::new(ReadErrorCode::EntityUnknown, at, format!("in attribute `{name}`: {error}")))?;
            kept.push(Attribute {
                name: name.into(),
                value: value.into_owned(),
            });
        }
        Ok(kept)
    }

    fn is_provincial(&self) -> bool {
        self.open.first().is_some_and(|root| &*root.name == ROOT_PROVINCIAL)
    }

    /// Whether a file begins.
    fn is_file(&self, element: &Element) -> bool {
        let list = if self.is_provincial() { "Manifest" } else { "AttachmentEncoded" };
        matches!(self.open.as_slice(), [_, around] if around.is_ours(list)) && element.is_ours("Attachment")
    }

    /// Whether the content of a file begins.
    fn is_content(&self, element: &Element) -> bool {
        let (list, content) = if self.is_provincial() {
            ("Manifest", "Content")
        } else {
            ("AttachmentEncoded", "ContentTransferEncoded")
        };
        matches!(self.open.as_slice(), [_, around, file] if around.is_ours(list) && file.is_ours("Attachment"))
            && element.is_ours(content)
    }

    fn begin_file(&mut self, at: Position) -> Result<(), ReadError> {
        self.files += 1;
        if self.files > self.limits.attachments_max {
            let max = self.limits.attachments_max;
            return Err(ReadError::new(
                ReadErrorCode::TooManyAttachments,
                at,
                format!("there are more than {max} files"),
            ));
        }
        Ok(())
    }

    fn content(&mut self, empty: bool) -> Result<super::tree::Content, ReadError> {
        let at = self.at();
        let index = self.files - 1;
        let attachment = self.open.last();
        let twice = attachment.is_some_and(|attachment| {
            attachment
                .children
                .iter()
                .any(|child| matches!(child.extra.as_deref(), Some(Extra::Content(_))))
        });
        if twice {
            return Err(ReadError::new(
                ReadErrorCode::NotWellFormed,
                at,
                "a file has two contents",
            ));
        }
        let name = attachment
            .and_then(|attachment| attachment.child("AttachmentName").or_else(|| attachment.child("FileName")))
            .map(|name| name.trimmed().to_owned());
        if empty {
            // Nothing follows the tag that would belong to it.
            let nothing: &[u8] = b"<";
            let mut input = Input::new(nothing, self.limits);
            return self.contents.take(&mut input, index, name.as_deref());
        }
        self.contents.take(self.reader.get_mut(), index, name.as_deref())
    }

    fn begin_capture(&mut self, start: &BytesStart<'_>, empty: bool) {
        let declared_here = |prefix: &str| {
            start.attributes().with_checks(false).flatten().any(|attribute| {
                matches!(attribute.key.as_namespace_binding(), Some(PrefixDeclaration::Named(name)) if name == prefix)
                    || matches!(attribute.key.as_namespace_binding(), Some(PrefixDeclaration::Default) if prefix.is_empty())
            })
        };
        let outer = self
            .reader
            .resolver()
            .bindings()
            .map(|(prefix, namespace)| {
                let prefix = match prefix {
                    PrefixDeclaration::Default => "",
                    PrefixDeclaration::Named(name) => name,
                };
                (prefix.to_owned(), namespace.into_inner().to_owned())
            })
            .filter(|(prefix, _)| !declared_here(prefix))
            .collect();
        self.capture = Some(Capture {
            depth: self.open.len(),
            start: if empty { format!("<{}/>", &**start) } else { format!("<{}>", &**start) },
            outer,
            prefixes: BTreeSet::from([String::new()]),
        });
        self.reader.get_mut().capture();
    }

    fn end(&mut self, at: Position) -> Result<(), ReadError> {
        let Some(mut element) = self.open.pop() else {
            return Err(ReadError::new(ReadErrorCode::NotWellFormed, at, "an end tag closes nothing"));
        };
        if let Some(capture) = self.capture.take_if(|capture| capture.depth == self.open.len()) {
            let rest = self.reader.get_mut().captured();
            let rest = String::from_utf8(rest)
                .map_err(|_| ReadError::new(ReadErrorCode::Utf8Invalid, at, "the signature has bytes that are no UTF-8"))?;
            let mut bindings = capture.outer;
            bindings.retain(|(prefix, _)| capture.prefixes.contains(prefix));
            bindings.sort();
            element.extra = Some(Box::new(Extra::Signature {
                raw: capture.start + &rest,
                bindings,
                judgement: judge::judge(&element),
            }));
            element.children = Vec::new();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, at: Position) -> Result<(), ReadError> {
        if let Some(found) = text.chars().find(|&found| !is_allowed(found)) {
            return Err(ReadError::new(
                ReadErrorCode::CharacterForbidden,
                at,
                format!("character U+{:04X} is none that XML allows", u32::from(found)),
            ));
        }
        match self.open.last_mut() {
            Some(element) if matches!(element.extra.as_deref(), Some(Extra::Content(_))) => {
                if text.trim().is_empty() {
                    return Ok(());
                }
                Err(ReadError::new(
                    ReadErrorCode::Base64Invalid,
                    at,
                    "the content of the file goes on behind an element",
                ))
            }
            Some(element) => {
                if element.text.len() + text.len() > self.limits.text_bytes_max {
                    let max = self.limits.text_bytes_max;
                    return Err(ReadError::new(
                        ReadErrorCode::TextTooLarge,
                        at,
                        format!("the text of `{}` has more than {max} bytes", element.name),
                    ));
                }
                // Indentation, which most text between elements is, is worth no memory.
                if !(element.text.is_empty() && text.bytes().all(|byte| byte.is_ascii_whitespace())) {
                    element.text.push_str(text);
                }
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None if self.root.is_some() => {
                self.report
                    .add(Finding::new(FindingCode::TextAfterRoot, Some(at), "", text.trim(), "nothing"));
                Ok(())
            }
            None => Err(ReadError::new(
                ReadErrorCode::NotWellFormed,
                at,
                "there is text before the root element",
            )),
        }
    }

    fn finish(mut self) -> Result<Element, ReadError> {
        let at = self.at();
        if let Some(open) = self.open.last() {
            let message = format!("the package ends before `{}` does", open.name);
            return Err(ReadError::new(ReadErrorCode::Truncated, at, message));
        }
        self.root
            .ok_or_else(|| ReadError::new(ReadErrorCode::NotXml, at, "there is no element"))
    }
}

/// Local name of the root of the provincial dialect.
pub(super) const ROOT_PROVINCIAL: &str = "EdXMLEnvelope";

/// Characters of XML 1.0.
pub(in super::super) const fn is_allowed(found: char) -> bool {
    matches!(found, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The text of a reference: one of the five entities of XML, or a character by its number.
fn resolve(reference: &quick_xml::events::BytesRef<'_>, at: Position) -> Result<String, ReadError> {
    if reference.is_char_ref() {
        let resolved = reference.resolve_char_ref();
        return match resolved {
            Ok(Some(found)) => Ok(found.to_string()),
            _ => Err(ReadError::new(
                ReadErrorCode::CharacterForbidden,
                at,
                format!("`&{};` is no character", super::super::finding::excerpt(reference)),
            )),
        };
    }
    quick_xml::escape::resolve_xml_entity(reference)
        .map(str::to_owned)
        .ok_or_else(|| {
            ReadError::new(
                ReadErrorCode::EntityUnknown,
                at,
                format!(
                    "entity `&{};` is none of XML; write the text itself",
                    super::super::finding::excerpt(reference)
                ),
            )
        })
}

/// What the parser could not take, `at` the token it began and `now` where it stopped.
fn refusal(error: XmlError, at: Position, now: Position) -> ReadError {
    let refused = |code, at, message: String| ReadError::new(code, at, message);
    match error {
        XmlError::Io(error) => {
            let inner = error.get_ref();
            if let Some(over) = inner.and_then(|inner| inner.downcast_ref::<OverLimit>()) {
                let code = match over {
                    OverLimit::Token(_) => ReadErrorCode::TextTooLarge,
                    OverLimit::Markup(_) => ReadErrorCode::TooLarge,
                };
                return refused(code, at, over.to_string());
            }
            carried(std::io::Error::new(error.kind(), error.to_string()), now)
        }
        XmlError::Syntax(error) => refused(ReadErrorCode::Truncated, at, error.to_string()),
        XmlError::IllFormed(quick_xml::errors::IllFormedError::MissingEndTag(name)) => {
            refused(ReadErrorCode::Truncated, now, format!("the package ends before `{name}` does"))
        }
        XmlError::IllFormed(error) => refused(ReadErrorCode::NotWellFormed, at, error.to_string()),
        XmlError::InvalidAttr(error) => refused(ReadErrorCode::NotWellFormed, at, error.to_string()),
        XmlError::Encoding(error) => refused(ReadErrorCode::Utf8Invalid, at, error.to_string()),
        XmlError::Escape(error) => refused(ReadErrorCode::EntityUnknown, at, error.to_string()),
        XmlError::Namespace(error) => refused(ReadErrorCode::NamespaceInvalid, at, error.to_string()),
    }
}
