//! Canonical bytes on their way out, hashed as they go.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

/// Bytes gathered before they are hashed and handed on.
const CHUNK: usize = 256 << 10;

pub(super) struct SnapshotWriter<W> {
    out: W,
    buffer: Vec<u8>,
    hasher: Sha256,
}

impl<W: Write> SnapshotWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(CHUNK + 4096),
            hasher: Sha256::new(),
        }
    }

    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.hand_on()?;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn u8(&mut self, value: u8) -> io::Result<()> {
        self.bytes(&[value])
    }

    #[inline]
    pub(super) fn u16(&mut self, value: u16) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    #[inline]
    pub(super) fn u32(&mut self, value: u32) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    #[inline]
    pub(super) fn i32(&mut self, value: i32) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    #[inline]
    pub(super) fn u64(&mut self, value: u64) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    #[inline]
    pub(super) fn i64(&mut self, value: i64) -> io::Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    /// Number of entries of a list, which follow.
    pub(super) fn count(&mut self, count: usize) -> io::Result<()> {
        self.u64(count as u64)
    }

    /// A length and as many bytes.
    pub(super) fn blob(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.count(bytes.len())?;
        self.bytes(bytes)
    }

    /// Ends the snapshot with its digest, and gives that.
    pub(super) fn finish(mut self) -> io::Result<[u8; 32]> {
        self.hand_on()?;
        let digest: [u8; 32] = self.hasher.finalize().into();
        self.out.write_all(&digest)?;
        self.out.flush()?;
        Ok(digest)
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.hasher.update(&self.buffer);
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}
