//! Canonical bytes on their way in. Nothing is believed: lengths only say how often to read on.

use std::io::{ErrorKind, Read};

use sha2::{Digest as _, Sha256};

use super::SnapshotError;

/// Bytes read at once.
const CHUNK: usize = 256 << 10;

/// Bytes that a single blob may have: far above any agency, certificate or reason.
const BLOB_BYTES_MAX: u64 = 1 << 20;

pub(super) struct SnapshotReader<R> {
    input: R,
    buffer: Vec<u8>,
    /// What was read and not yet taken: `buffer[taken..filled]`.
    taken: usize,
    filled: usize,
    hasher: Sha256,
}

impl<R: Read> SnapshotReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; CHUNK],
            taken: 0,
            filled: 0,
            hasher: Sha256::new(),
        }
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        if self.filled - self.taken < N {
            self.fill(N)?;
        }
        let bytes = self.buffer[self.taken..self.taken + N].try_into();
        self.taken += N;
        bytes.map_err(|_| SnapshotError::Truncated)
    }

    #[inline]
    pub(super) fn u8(&mut self) -> Result<u8, SnapshotError> {
        self.array::<1>().map(|[byte]| byte)
    }

    #[inline]
    pub(super) fn u16(&mut self) -> Result<u16, SnapshotError> {
        self.array().map(u16::from_le_bytes)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Result<u32, SnapshotError> {
        self.array().map(u32::from_le_bytes)
    }

    #[inline]
    pub(super) fn i32(&mut self) -> Result<i32, SnapshotError> {
        self.array().map(i32::from_le_bytes)
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Result<u64, SnapshotError> {
        self.array().map(u64::from_le_bytes)
    }

    #[inline]
    pub(super) fn i64(&mut self) -> Result<i64, SnapshotError> {
        self.array().map(i64::from_le_bytes)
    }

    /// Number of entries of a list. It may lie: read them one by one.
    pub(super) fn count(&mut self) -> Result<u64, SnapshotError> {
        self.u64()
    }

    /// A length and as many bytes.
    pub(super) fn blob(&mut self) -> Result<Vec<u8>, SnapshotError> {
        let mut left = self.count()?;
        if left > BLOB_BYTES_MAX {
            return Err(SnapshotError::Invalid("an entry is too long"));
        }
        let mut blob = Vec::new();
        while left > 0 {
            if self.taken == self.filled {
                self.fill(1)?;
            }
            let there = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(self.filled - self.taken);
            blob.extend_from_slice(&self.buffer[self.taken..self.taken + there]);
            self.taken += there;
            left -= there as u64;
        }
        Ok(blob)
    }

    /// A length and as much text.
    pub(super) fn text(&mut self) -> Result<String, SnapshotError> {
        String::from_utf8(self.blob()?).map_err(|_| SnapshotError::Invalid("a text is not UTF-8"))
    }

    /// Reads over all that is left but the digest, and checks that.
    pub(super) fn skip(mut self) -> Result<[u8; 32], SnapshotError> {
        const DIGEST: usize = 32;
        loop {
            self.taken = self.taken.max(self.filled.saturating_sub(DIGEST));
            match self.fill(DIGEST + 1) {
                Ok(()) => {}
                Err(SnapshotError::Truncated) => break,
                Err(other) => return Err(other),
            }
        }
        let last = self.buffer[..self.filled].try_into();
        let digest = last.map_err(|_| SnapshotError::Truncated)?;
        self.finish()?;
        Ok(digest)
    }

    /// Checks the digest, and that nothing comes after it.
    pub(super) fn finish(mut self) -> Result<(), SnapshotError> {
        self.hasher.update(&self.buffer[..self.taken]);
        let digest: [u8; 32] = std::mem::take(&mut self.hasher).finalize().into();
        self.buffer.copy_within(self.taken..self.filled, 0);
        (self.filled, self.taken) = (self.filled - self.taken, 0);
        if self.array()? != digest {
            return Err(SnapshotError::Digest);
        }
        match self.fill(1) {
            Err(SnapshotError::Truncated) => Ok(()),
            Err(other) => Err(other),
            Ok(()) => Err(SnapshotError::Invalid("something follows its end")),
        }
    }

    /// Makes at least `wanted` bytes available; `wanted` is small.
    #[cold]
    fn fill(&mut self, wanted: usize) -> Result<(), SnapshotError> {
        self.hasher.update(&self.buffer[..self.taken]);
        self.buffer.copy_within(self.taken..self.filled, 0);
        (self.filled, self.taken) = (self.filled - self.taken, 0);
        while self.filled < wanted {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return Err(SnapshotError::Truncated),
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
