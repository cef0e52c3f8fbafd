//! Attachments as files that are named by what is in them: `ab/ab12…` (SHA-256 in hexadecimal, its first byte as a folder).
//!
//! The same content is stored once, whoever sends it. A file under its own name is complete and durable; what is still being
//! received over one stream stands in `unfinished/` and is forgotten after a crash, what comes in calls of its own in `parts/`.
//!
//! **Invariant:** no attachment is ever whole in memory. Calls block; a server makes them on threads that may.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

pub use self::parts::{KEPT, Part, Progress, UNFINISHED_MAX};

mod parts;

const UNFINISHED: &str = "unfinished";

/// A folder of attachments.
#[derive(Clone, Debug)]
pub struct AttachmentStore {
    folder: PathBuf,
}

/// Receives one attachment. Dropped before [`AttachmentWriter::finish`], it leaves nothing.
#[derive(Debug)]
pub struct AttachmentWriter {
    store: AttachmentStore,
    sha256: [u8; 32],
    size: u64,
    file: NamedTempFile,
    hasher: Sha256,
    received: u64,
}

/// Why an attachment could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// There is no such attachment, or not yet.
    #[error("no attachment with the digest `{}` is stored; upload it", hex::encode(.sha256))]
    Absent {
        /// What was asked for.
        sha256: [u8; 32],
    },
    /// More bytes came than were announced.
    #[error("attachment has more than the announced `{size}` bytes; announce its true size")]
    TooLong {
        /// Announced size in bytes.
        size: u64,
    },
    /// Fewer bytes came than were announced.
    #[error("attachment has `{received}` bytes, `{size}` were announced; upload it again from the start")]
    TooShort {
        /// Announced size in bytes.
        size: u64,
        /// Bytes that came.
        received: u64,
    },
    /// The bytes are others than announced.
    #[error("attachment has the digest `{}`, `{}` was announced; upload the content that was signed", hex::encode(.found), hex::encode(.sha256))]
    OtherDigest {
        /// Announced digest.
        sha256: [u8; 32],
        /// Digest of the bytes that came.
        found: [u8; 32],
    },
    /// A part begins elsewhere than where the last one ended.
    #[error("part begins at `{offset}`, `{received}` bytes are here; go on from there")]
    OtherOffset {
        /// Where it begins.
        offset: u64,
        /// Bytes that are here.
        received: u64,
    },
    /// As many uploads of one owner are unfinished as may be.
    #[error("{UNFINISHED_MAX} uploads are unfinished; finish one, or begin a day later")]
    TooMany,
    /// The operating system refused.
    #[error("cannot {operation} `{path}`")]
    Io {
        /// What failed, as a verb.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
}

// === impl AttachmentStore ===

impl AttachmentStore {
    /// Opens the folder, making it if it isn't there, and removes what a crash left unfinished. One store per folder at a
    /// time (see [`crate::lock`]); clones of it are the same store.
    pub fn open(folder: &Path) -> Result<Self, AttachmentError> {
        let unfinished = folder.join(UNFINISHED);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error("remove", &unfinished)(error));
            }
            _ => {}
        }
        fs::create_dir_all(&unfinished).map_err(io_error("create", &unfinished))?;
        let store = Self {
            folder: folder.to_owned(),
        };
        store.open_parts()?;
        Ok(store)
    }

    /// Begins to receive an attachment of `size` bytes. It may be one that is stored already, or that somebody else is
    /// sending at the same time.
    pub fn begin(&self, sha256: [u8; 32], size: u64) -> Result<AttachmentWriter, AttachmentError> {
        let unfinished = self.folder.join(UNFINISHED);
        let file = NamedTempFile::new_in(&unfinished).map_err(io_error("create a file in", &unfinished))?;
        Ok(AttachmentWriter {
            store: self.clone(),
            sha256,
            size,
            file,
            hasher: Sha256::new(),
            received: 0,
        })
    }

    /// Whether the attachment is stored, in full and for good.
    pub fn contains(&self, sha256: &[u8; 32]) -> Result<bool, AttachmentError> {
        let path = self.path(sha256);
        path.try_exists().map_err(io_error("look for", &path))
    }

    /// The attachment's file, at its start, and its size in bytes.
    pub fn read(&self, sha256: &[u8; 32]) -> Result<(File, u64), AttachmentError> {
        let path = self.path(sha256);
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => AttachmentError::Absent { sha256: *sha256 },
            _ => io_error("open", &path)(error),
        })?;
        let size = file.metadata().map_err(io_error("read", &path))?.len();
        Ok((file, size))
    }

    fn path(&self, sha256: &[u8; 32]) -> PathBuf {
        let name = hex::encode(sha256);
        self.folder.join(&name[..2]).join(name)
    }
}

// === impl AttachmentWriter ===

impl AttachmentWriter {
    /// Takes the next bytes. After an error only dropping it makes sense.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), AttachmentError> {
        self.received += bytes.len() as u64;
        if self.received > self.size {
            return Err(AttachmentError::TooLong { size: self.size });
        }
        self.hasher.update(bytes);
        self.file
            .write_all(bytes)
            .map_err(|error| io_error("write", self.file.path())(error))
    }

    /// Bytes received so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Checks size and digest and returns once the attachment is on stable storage under its name.
    pub fn finish(self) -> Result<(), AttachmentError> {
        let Self {
            store,
            sha256,
            size,
            file,
            hasher,
            received,
        } = self;
        if received != size {
            return Err(AttachmentError::TooShort { size, received });
        }
        let found: [u8; 32] = hasher.finalize().into();
        if found != sha256 {
            return Err(AttachmentError::OtherDigest { sha256, found });
        }
        file.as_file().sync_all().map_err(io_error("sync", file.path()))?;

        keep(&store, &sha256, |path| {
            file.persist(path).map(drop).map_err(|error| error.error)
        })
    }
}

/// Gives a checked and synced file its name for good.
fn keep(
    store: &AttachmentStore,
    sha256: &[u8; 32],
    rename: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), AttachmentError> {
    let path = store.path(sha256);
    let folder = path.parent().unwrap_or(&store.folder);
    fs::create_dir_all(folder).map_err(io_error("create", folder))?;
    // Replaces an equal file if another upload of the same content was faster.
    rename(&path).map_err(io_error("create", &path))?;
    // The folder of the first byte may be new; its own name must be durable as well, whoever made it.
    for folder in [folder, &store.folder] {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(io_error("sync", folder))?;
    }
    Ok(())
}

fn io_error(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> AttachmentError + use<> {
    let path = path.to_owned();
    move |source| AttachmentError::Io {
        operation,
        path,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    fn digest(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    fn stored(store: &AttachmentStore, sha256: &[u8; 32]) -> Vec<u8> {
        let (mut file, size) = store.read(sha256).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, size);
        bytes
    }

    fn unfinished(folder: &Path) -> usize {
        fs::read_dir(folder.join(UNFINISHED)).unwrap().count()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn what_comes_in_pieces_is_read_whole(bytes in prop::collection::vec(any::<u8>(), 0..5_000), piece in 1..999_usize) {
            let folder = tempfile::tempdir().unwrap();
            let store = AttachmentStore::open(folder.path()).unwrap();
            let sha256 = digest(&bytes);
            let mut writer = store.begin(sha256, bytes.len() as u64).unwrap();
            for piece in bytes.chunks(piece) {
                writer.write(piece).unwrap();
            }
            prop_assert_eq!(writer.received(), bytes.len() as u64);
            prop_assert!(!store.contains(&sha256).unwrap());
            writer.finish().unwrap();
            prop_assert!(store.contains(&sha256).unwrap());
            prop_assert_eq!(stored(&store, &sha256), bytes);
            prop_assert_eq!(unfinished(folder.path()), 0);
        }
    }

    #[test]
    fn it_is_found_again_under_the_documented_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = AttachmentStore::open(folder.path())
            .unwrap()
            .begin(digest(b"abc"), 3)
            .unwrap();
        writer.write(b"abc").unwrap();
        writer.finish().unwrap();
        // FIPS 180-2, appendix B.1.
        let name = "ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"abc");
        assert_eq!(
            stored(&AttachmentStore::open(folder.path()).unwrap(), &digest(b"abc")),
            b"abc"
        );
    }

    #[test]
    fn the_same_content_twice_is_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        let mut writers: Vec<_> = (0..2).map(|_| store.begin(digest(b"abc"), 3).unwrap()).collect();
        for writer in &mut writers {
            writer.write(b"abc").unwrap();
        }
        let (open, _) = {
            writers.pop().unwrap().finish().unwrap();
            store.read(&digest(b"abc")).unwrap()
        };
        writers.pop().unwrap().finish().unwrap();
        let files = fs::read_dir(folder.path().join("ba")).unwrap().count();
        assert_eq!((files, stored(&store, &digest(b"abc"))), (1, b"abc".to_vec()));
        assert_eq!(open.metadata().unwrap().len(), 3, "who reads already goes on reading");
    }

    #[track_caller]
    fn check_refused(announced: &[u8], size: u64, sent: &[u8], refused: impl Fn(&AttachmentError) -> bool) {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        let mut writer = store.begin(digest(announced), size).unwrap();
        let error = writer.write(sent).and_then(|()| writer.finish()).unwrap_err();
        assert!(refused(&error), "{error:?}");
        assert!(!store.contains(&digest(announced)).unwrap());
        assert_eq!(unfinished(folder.path()), 0);
    }

    #[test]
    fn what_is_not_as_announced_is_refused() {
        check_refused(b"abc", 3, b"abcd", |error| {
            matches!(error, AttachmentError::TooLong { size: 3 })
        });
        check_refused(b"abc", 3, b"ab", |error| {
            matches!(error, AttachmentError::TooShort { size: 3, received: 2 })
        });
        check_refused(
            b"abc",
            3,
            b"abd",
            |error| matches!(error, AttachmentError::OtherDigest { sha256, found } if (*sha256, *found) == (digest(b"abc"), digest(b"abd"))),
        );
        check_refused(b"abc", 0, b"", |error| {
            matches!(error, AttachmentError::OtherDigest { .. })
        });
    }

    #[test]
    fn absent_ones_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = AttachmentStore::open(folder.path())
            .unwrap()
            .read(&[0xab; 32])
            .unwrap_err();
        assert!(
            matches!(error, AttachmentError::Absent { sha256: [0xab, ..] }),
            "{error:?}"
        );
        assert!(error.to_string().contains(&"ab".repeat(32)), "{error}");
    }

    #[test]
    fn an_abandoned_upload_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        let mut writer = store.begin(digest(b"abc"), 3).unwrap();
        writer.write(b"ab").unwrap();
        assert_eq!(unfinished(folder.path()), 1);
        drop(writer);
        assert_eq!(unfinished(folder.path()), 0);
    }

    #[test]
    fn what_a_crash_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(AttachmentStore::open(folder.path()).unwrap());
        fs::write(folder.path().join(UNFINISHED).join(".tmpAbC"), b"half of so").unwrap();
        AttachmentStore::open(folder.path()).unwrap();
        assert_eq!(unfinished(folder.path()), 0);
    }
}
