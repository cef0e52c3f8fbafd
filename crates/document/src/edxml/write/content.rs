//! The content of a file, zipped where it is to be, in base64.

use std::io::{self, Cursor, Read, Write};

use base64::{engine::general_purpose::STANDARD, write::EncoderWriter};
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    super::{Attachment, Packing, read},
    AttachmentSource, WriteError,
    complete::id_of,
};

const CHUNK_BYTES: usize = 64 << 10;
/// What a reader looks at to tell a zip around a file from a file that is a zip.
const START_BYTES: u64 = 1024;

/// A content that is being read.
pub(super) struct Content<'a> {
    attachment: &'a Attachment,
    /// As a reader will know it when it comes to the content.
    name: Option<&'a str>,
    start: Vec<u8>,
    source: Box<dyn Read + 'a>,
}

impl<'a> Content<'a> {
    pub(super) fn open(
        index: usize,
        attachment: &'a Attachment,
        name: Option<&'a str>,
        contents: &'a mut dyn AttachmentSource,
    ) -> Result<Self, WriteError> {
        let failed = |source| WriteError::Source {
            name: attachment.name.clone(),
            source,
        };
        let mut source = contents.open(index).map_err(failed)?;
        let mut start = Vec::new();
        (&mut source)
            .take(START_BYTES)
            .read_to_end(&mut start)
            .map_err(failed)?;
        Ok(Self {
            attachment,
            name,
            start,
            source,
        })
    }

    /// A reader would take it for the zip around a file.
    pub(super) fn would_be_unpacked(&self) -> bool {
        read::looks_wrapped(&self.start, self.name)
    }

    /// Writes it as base64.
    pub(super) fn write(&mut self, packing: Packing, out: &mut impl Write) -> Result<(), WriteError> {
        let mut encoder = EncoderWriter::new(out, &STANDARD);
        match packing {
            Packing::Plain => self.copy(&mut encoder)?,
            Packing::Zipped => {
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
                let options = options.large_file(self.attachment.size >= u64::from(u32::MAX));
                let mut zip = ZipWriter::new_stream(&mut encoder);
                zip.start_file(self.entry_name(), options).map_err(io::Error::other)?;
                self.copy(&mut zip)?;
                zip.finish().map_err(io::Error::other)?;
            }
        }
        encoder.finish()?;
        Ok(())
    }

    /// As the VNPT library calls it: a UUID, with the extension of the file.
    fn entry_name(&self) -> String {
        let extension = read::extension(&self.attachment.name).unwrap_or_else(|| "unk".to_owned());
        format!("{}.{extension}", id_of(&self.attachment.sha256))
    }

    fn copy(&mut self, into: &mut impl Write) -> Result<(), WriteError> {
        let name = &self.attachment.name;
        let mut source = Cursor::new(std::mem::take(&mut self.start)).chain(&mut self.source);
        let (mut digest, mut size) = (Sha256::new(), 0_u64);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = match source.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    return Err(WriteError::Source {
                        name: name.clone(),
                        source,
                    });
                }
            };
            digest.update(&chunk[..read]);
            size += read as u64;
            into.write_all(&chunk[..read])?;
        }
        let differs = |what| WriteError::Content {
            name: name.clone(),
            what,
        };
        if size != self.attachment.size {
            return Err(differs("size"));
        }
        if <[u8; 32]>::from(digest.finalize()) != self.attachment.sha256 {
            return Err(differs("digest"));
        }
        Ok(())
    }
}
