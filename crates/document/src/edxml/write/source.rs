//! Where contents of files come from.

use std::io::{self, Read};

/// Gives the contents of files while a package is written.
pub trait AttachmentSource {
    /// The content of file `index`, counted from 0, from its beginning. Asked for once for each file, in order.
    ///
    /// # Errors
    /// Whatever keeps it from being read; the writing ends.
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>>;
}

fn missing(index: usize) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no content of file {index}"))
}

/// Contents in memory.
impl AttachmentSource for Vec<Vec<u8>> {
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let content = self.get(index).ok_or_else(|| missing(index))?;
        Ok(Box::new(content.as_slice()))
    }
}

/// Contents in memory, borrowed.
impl AttachmentSource for &[Vec<u8>] {
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let content = self.get(index).ok_or_else(|| missing(index))?;
        Ok(Box::new(content.as_slice()))
    }
}

/// For packages without files.
impl AttachmentSource for () {
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        Err(missing(index))
    }
}
