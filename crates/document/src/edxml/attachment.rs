//! Files of a package: what it says about them, and who takes their contents.

use std::io;

/// What the body says of the files (`edXMLManifest`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `version`, 1.0 in all samples.
    pub version: String,
    /// One for each file.
    pub references: Vec<FileReference>,
}

/// One file in the manifest (`Reference`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReference {
    /// Without `cid:`.
    pub content_id: String,
    /// Media type.
    pub content_type: String,
    /// What it is.
    pub description: String,
    /// File name.
    pub name: String,
}

/// One file, without its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Without `cid:`.
    pub content_id: String,
    /// File name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Media type as it travels: `application/zip` for what is zipped.
    pub content_type: String,
    /// How the content travels.
    pub packing: Packing,
    /// SHA-256 of the content, unpacked.
    pub sha256: [u8; 32],
    /// Bytes of the content, unpacked.
    pub size: u64,
}

/// How the content of a file travels inside base64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    /// As it is.
    #[default]
    Plain,
    /// In a zip of one entry, as the VNPT library does it.
    Zipped,
}

/// Takes the contents of files while a package is read, unpacked, in chunks of at most 64 KiB, in the order of the
/// files. What was taken is worth nothing where the reading then fails.
pub trait AttachmentSink {
    /// The next bytes of file `index`, counted from 0. An empty file has no call.
    ///
    /// # Errors
    /// Whatever keeps it from taking them; the reading ends.
    fn take(&mut self, index: usize, bytes: &[u8]) -> io::Result<()>;
}

impl<F: FnMut(usize, &[u8]) -> io::Result<()>> AttachmentSink for F {
    fn take(&mut self, index: usize, bytes: &[u8]) -> io::Result<()> {
        self(index, bytes)
    }
}
