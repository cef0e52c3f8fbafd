//! The content of a file: decoded, unpacked where the VNPT library packed it, handed to the sink.

use std::io::{self, BufRead, Cursor, Read};

use sha2::{Digest as _, Sha256};

use super::{
    super::{AttachmentSink, Packing, Position, ReadError, ReadErrorCode, ReadLimits},
    base64_text::Base64Text,
    input::Input,
    tree::Content,
    unzip::{self, Unpacking, unzip},
};

/// A zip of up to this many bytes is looked at before anything of it goes to the sink.
const HELD_BYTES_MAX: usize = 8 << 20;
const CHUNK_BYTES: usize = 64 << 10;
/// File names whose content is a zip by itself.
const ZIP_FAMILY: &[&str] = &[
    "zip", "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xlsb", "pptx", "pptm", "ppsx", "potx", "odt",
    "ods", "odp", "odg", "ott", "jar", "epub", "vsdx", "kmz", "apk", "xps", "oxps", "asice", "bdoc",
];

/// Where contents go, with what all of them may have together.
pub(super) struct Contents<'a> {
    pub(super) sink: &'a mut dyn AttachmentSink,
    pub(super) limits: &'a ReadLimits,
    pub(super) total: u64,
}

/// Counts and digests what goes to the sink.
struct Outlet<'a, 'b> {
    contents: &'a mut Contents<'b>,
    index: usize,
    at: Position,
    digest: Sha256,
    size: u64,
}

impl Outlet<'_, '_> {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        self.contents.total += bytes.len() as u64;
        let limits = self.contents.limits;
        let over = |what: &str, max: u64| {
            io::Error::other(ReadError::new(
                ReadErrorCode::AttachmentTooLarge,
                self.at,
                format!("{what} more than {max} bytes"),
            ))
        };
        if self.size > limits.attachment_bytes_max {
            return Err(over("the file has", limits.attachment_bytes_max));
        }
        if self.contents.total > limits.attachments_bytes_max {
            return Err(over("the files have together", limits.attachments_bytes_max));
        }
        self.digest.update(bytes);
        for chunk in bytes.chunks(CHUNK_BYTES) {
            self.contents.sink.take(self.index, chunk).map_err(|error| {
                io::Error::other(ReadError {
                    source: Some(error),
                    ..ReadError::new(
                        ReadErrorCode::SinkFailed,
                        self.at,
                        "the contents of a file could not be put away",
                    )
                })
            })?;
        }
        Ok(())
    }
}

impl Contents<'_> {
    /// Takes the content of file `index` up to the next tag; `name` where it was told before the content.
    pub(super) fn take<R: Read>(
        &mut self,
        input: &mut Input<R>,
        index: usize,
        name: Option<&str>,
    ) -> Result<Content, ReadError> {
        let at = input.position();
        let limits = self.limits;
        let mut outlet = Outlet {
            contents: self,
            index,
            at,
            digest: Sha256::new(),
            size: 0,
        };
        let mut source = Base64Text::new(input);
        let (packing, is_zip) = move_content(&mut source, &mut outlet, name, limits).map_err(|error| match error {
            Unpacking::Failed(error) => carried(error, at),
            Unpacking::Refused(code, message) => ReadError::new(code, at, message),
            Unpacking::Several => ReadError::new(
                ReadErrorCode::ZipSeveral,
                at,
                "the zip around the file has several entries; name it `.zip`",
            ),
        })?;
        Ok(Content {
            sha256: outlet.digest.finalize().into(),
            size: outlet.size,
            packing,
            is_zip,
        })
    }
}

/// The refusal that an I/O error carries, or that of a source that failed.
pub(super) fn carried(error: io::Error, at: Position) -> ReadError {
    match error.downcast::<ReadError>() {
        Ok(refusal) => refusal,
        Err(error) => ReadError {
            source: Some(error),
            ..ReadError::new(ReadErrorCode::SourceFailed, at, "the package could not be read")
        },
    }
}

fn move_content<R: Read>(
    source: &mut Base64Text<'_, R>,
    outlet: &mut Outlet<'_, '_>,
    name: Option<&str>,
    limits: &ReadLimits,
) -> Result<(Packing, bool), Unpacking> {
    // The first chunk has all of a small content, and the name of a zip's entry in any case that matters.
    let start = source.fill_buf().map_err(Unpacking::Failed)?;
    let is_zip = start.starts_with(unzip::LOCAL);
    if !looks_wrapped(start, name) {
        pour(source, outlet)?;
        return Ok((Packing::Plain, is_zip));
    }
    let mut held = Vec::new();
    source
        .take(HELD_BYTES_MAX as u64)
        .read_to_end(&mut held)
        .map_err(Unpacking::Failed)?;
    if held.len() == HELD_BYTES_MAX {
        unzip(Cursor::new(held).chain(source), limits, |bytes| outlet.take(bytes))?;
        return Ok((Packing::Zipped, true));
    }
    // Its end tells of its entries before anything is unpacked.
    if unzip::entries(&held).is_some_and(|entries| entries > 1) {
        match unzip(held.as_slice(), limits, |_| Ok(())) {
            Err(Unpacking::Several) => {
                outlet.take(&held).map_err(Unpacking::Failed)?;
                return Ok((Packing::Plain, true));
            }
            other => other?,
        }
    }
    unzip(held.as_slice(), limits, |bytes| outlet.take(bytes))?;
    Ok((Packing::Zipped, true))
}

fn pour<R: Read>(source: &mut Base64Text<'_, R>, outlet: &mut Outlet<'_, '_>) -> Result<(), Unpacking> {
    loop {
        let bytes = source.fill_buf().map_err(Unpacking::Failed)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let length = bytes.len();
        outlet.take(bytes).map_err(Unpacking::Failed)?;
        source.consume(length);
    }
}

/// The first bytes of a content are those of a zip that is only around the file.
pub(in super::super) fn looks_wrapped(start: &[u8], name: Option<&str>) -> bool {
    start.starts_with(unzip::LOCAL) && unzip::entry_name(start).is_some_and(|entry| is_wrapping(entry, name))
}

/// The zip is only around the file. A file that is a zip by its own name is one, unless what is inside is called as the
/// VNPT library calls it, `<UUID>.<the file's own extension>`; so is a file whose name tells nothing.
fn is_wrapping(entry: &str, name: Option<&str>) -> bool {
    if entry.contains(['/', '\\']) {
        return false;
    }
    let library = library_extension(entry);
    match name.map(extension) {
        None | Some(None) => library.is_some(),
        Some(Some(extension)) if is_zip_family(&extension) => library == Some(extension),
        Some(Some(_)) => true,
    }
}

/// A file of this extension is a zip.
pub(super) fn is_zip_family(extension: &str) -> bool {
    ZIP_FAMILY.contains(&extension)
}

/// The extension of a file name, in lower case.
pub(in super::super) fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let good = !stem.is_empty()
        && (1..=5).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    good.then(|| extension.to_ascii_lowercase())
}

/// The extension of an entry that is called `<UUID>.<extension>`.
fn library_extension(entry: &str) -> Option<String> {
    let (stem, _) = entry.split_once('.')?;
    (stem.len() == 36 && stem.parse::<uuid::Uuid>().is_ok()).then(|| extension(entry))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_stays_where_the_file_is_one() {
        let library = "7f229065-682c-47b1-830c-3f0e4f4664f9";
        for (entry, name, expected) in [
            (format!("{library}.pdf"), Some("công văn.pdf"), true),
            (format!("{library}.txt"), Some("công văn.doc"), true),
            ("công văn.pdf".to_owned(), Some("công văn.pdf"), true),
            ("[Content_Types].xml".to_owned(), Some("công văn.docx"), false),
            (format!("{library}.docx"), Some("công văn.DOCX"), true),
            (format!("{library}.zip"), Some("hồ sơ.zip"), true),
            (format!("{library}.pdf"), Some("hồ sơ.zip"), false),
            ("danh sách.txt".to_owned(), Some("hồ sơ.zip"), false),
            ("thư mục/danh sách.txt".to_owned(), Some("hồ sơ.pdf"), false),
            ("danh sách.txt".to_owned(), Some("hồ sơ"), false),
            (format!("{library}.pdf"), None, true),
            ("danh sách.txt".to_owned(), None, false),
        ] {
            assert_eq!(is_wrapping(&entry, name), expected, "{entry} {name:?}");
        }
    }
}
