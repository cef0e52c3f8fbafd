//! Contents of files on their way through: on disk, so that their size costs no memory.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Write as _},
    path::PathBuf,
};

use tempfile::TempDir;
use truc_document::edxml::{AttachmentSink, AttachmentSource};

use crate::exit::Failure;

/// A folder of its own, gone with it.
pub(super) struct Spool {
    folder: TempDir,
    open: Option<(usize, File)>,
}

impl Spool {
    pub(super) fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()
            .map_err(|error| Failure::input(format!("cannot make a folder for the files of the package: {error}")))?;
        Ok(Self { folder, open: None })
    }

    /// Where the content of file `index` is.
    pub(super) fn path(&self, index: usize) -> PathBuf {
        self.folder.path().join(index.to_string())
    }
}

impl AttachmentSink for Spool {
    fn take(&mut self, index: usize, bytes: &[u8]) -> io::Result<()> {
        let file = match &mut self.open {
            Some((open, file)) if *open == index => file,
            _ => {
                let path = self.path(index);
                let file = OpenOptions::new().create(true).append(true).open(path)?;
                &mut self.open.insert((index, file)).1
            }
        };
        file.write_all(bytes)
    }
}

/// Contents of files by their paths.
pub(super) struct Paths(pub(super) Vec<PathBuf>);

impl AttachmentSource for Paths {
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let path = self
            .0
            .get(index)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))?;
        Ok(Box::new(BufReader::new(File::open(path)?)))
    }
}
