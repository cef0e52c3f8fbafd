//! Reading: bytes → elements → package, with findings on the way.

mod base64_text;
mod business;
mod content;
mod dates;
mod document;
mod fields;
mod files;
mod header;
mod input;
mod judge;
mod opening;
mod parse;
mod parties;
mod report;
mod trace;
mod tree;
mod unzip;

use std::io::{self, BufRead};

use self::{content::Contents, input::Input, report::Report};
pub(super) use self::{
    content::{extension, looks_wrapped},
    parse::is_allowed,
};
use super::{AttachmentSink, ReadError, ReadLimits, Reading, Whole};

/// Reads a package. What is unusual and can be understood comes back as findings; contents of files go to the sink as
/// they are read, so that a package of any size takes less than 32 MiB.
///
/// # Errors
/// [`ReadError`] for what can't be read, or is over a limit; what the sink took by then is worth nothing.
pub fn read(source: impl BufRead, limits: &ReadLimits, sink: &mut dyn AttachmentSink) -> Result<Reading, ReadError> {
    let mut report = Report::default();
    let mut contents = Contents { sink, limits, total: 0 };
    let root = parse::parse(Input::new(source, limits), limits, &mut contents, &mut report)?;
    let package = document::package(&root, &mut report)?;
    Ok(Reading {
        package,
        findings: report.finish(),
        profile: document::profile(&root),
    })
}

/// Reads a package with the contents of its files into memory.
///
/// # Errors
/// As [`read`].
pub fn read_whole(source: impl BufRead, limits: &ReadLimits) -> Result<Whole, ReadError> {
    let mut contents: Vec<Vec<u8>> = Vec::new();
    let mut keep = |index: usize, bytes: &[u8]| -> io::Result<()> {
        if contents.len() <= index {
            contents.resize_with(index + 1, Vec::new);
        }
        contents[index].extend_from_slice(bytes);
        Ok(())
    };
    let reading = read(source, limits, &mut keep)?;
    if let super::Package::Document(document) = &reading.package {
        contents.resize_with(document.attachments.len(), Vec::new);
    }
    Ok(Whole { reading, contents })
}
