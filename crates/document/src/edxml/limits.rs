//! How large a package may be.

use crate::limits::{ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX};

/// Limits of reading. The defaults leave room for every document of the axis, with 12,000 recipients and 100 files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Elements inside each other.
    pub depth_max: usize,
    /// Elements altogether.
    pub elements_max: usize,
    /// Attributes of one element, declarations of namespaces too.
    pub attributes_max: usize,
    /// Bytes of a name.
    pub name_bytes_max: usize,
    /// Bytes of one tag, one comment, or the text of one element; contents of files apart.
    pub text_bytes_max: usize,
    /// Bytes of everything but contents of files.
    pub markup_bytes_max: u64,
    /// Files.
    pub attachments_max: usize,
    /// Bytes of one file, unpacked.
    pub attachment_bytes_max: u64,
    /// Bytes of all files, unpacked.
    pub attachments_bytes_max: u64,
    /// Bytes that a zip may make of one of its own, beyond its first 16 MiB.
    pub zip_ratio_max: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            depth_max: 32,
            elements_max: 130_000,
            attributes_max: 32,
            name_bytes_max: 256,
            text_bytes_max: 256 << 10,
            markup_bytes_max: 8 << 20,
            attachments_max: ATTACHMENTS_MAX,
            attachment_bytes_max: ATTACHMENT_BYTES_MAX,
            attachments_bytes_max: ATTACHMENT_BYTES_MAX,
            zip_ratio_max: 200,
        }
    }
}
