//! From bytes to elements: one pass, within limits, contents of files straight to the sink.

mod attributes;
mod capture;
mod faults;
mod files;
mod spaces;

use std::io::Read;

use quick_xml::{
    events::{BytesStart, Event},
    reader::NsReader,
};

pub(in super::super) use self::faults::is_allowed;
use self::{
    capture::Capture,
    faults::{check_characters, refusal, resolve},
};
use super::{
    super::{Finding, FindingCode, Position, ReadError, ReadErrorCode, ReadLimits},
    content::Contents,
    input::Input,
    opening,
    report::Report,
    tree::{Element, Extra, Space},
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
        check_characters(&event, at)?;
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
            return refused(
                ReadErrorCode::NotWellFormed,
                "there is a second root element".to_owned(),
            );
        }
        if self.open.len() >= self.limits.depth_max {
            let max = self.limits.depth_max;
            return refused(
                ReadErrorCode::TooDeep,
                format!("elements are nested more than {max} deep"),
            );
        }
        self.elements += 1;
        if self.elements > self.limits.elements_max {
            let max = self.limits.elements_max;
            return refused(
                ReadErrorCode::TooManyElements,
                format!("there are more than {max} elements"),
            );
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
        self.note_prefixes(prefix.map(|prefix| prefix.into_inner()), &attributes);
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

    fn end(&mut self, at: Position) -> Result<(), ReadError> {
        let Some(mut element) = self.open.pop() else {
            return Err(ReadError::new(
                ReadErrorCode::NotWellFormed,
                at,
                "an end tag closes nothing",
            ));
        };
        if let Some(capture) = self.capture.take_if(|capture| capture.depth == self.open.len()) {
            element.extra = Some(Box::new(self.signature(capture, &element, at)?));
            element.children = Vec::new();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, at: Position) -> Result<(), ReadError> {
        check_characters(text, at)?;
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
                self.report.add(Finding::new(
                    FindingCode::TextAfterRoot,
                    Some(at),
                    "",
                    text.trim(),
                    "nothing",
                ));
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
