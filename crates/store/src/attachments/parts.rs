//! Attachments that come in calls of their own, part by part, and may take a restart to arrive.
//!
//! What has come stands in `parts/<owner>-<sha256>-<size>`, and its length is how much that is: nothing is kept in memory. It is
//! checked as a whole when the last byte is there, so bytes that a crash damaged cost a new upload and nothing else. A file that
//! got no byte for [`KEPT`] is removed when the store is opened and whenever another upload begins.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};

use super::{AttachmentError, AttachmentStore, io_error, keep};

const PARTS: &str = "parts";
/// How long what was begun is kept after the last byte came.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);
/// Unfinished uploads of one owner.
pub const UNFINISHED_MAX: usize = 32;
/// Read at once while a whole is checked, bytes.
const READ: usize = 256 << 10;

/// One attachment on its way.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Whose upload it is: letters, digits and points.
    pub owner: &'a str,
    /// Of the whole.
    pub sha256: [u8; 32],
    /// Of the whole, bytes.
    pub size: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are here.
    pub received: u64,
    /// All are here, checked and durable under their digest.
    pub stored: bool,
}

impl AttachmentStore {
    /// Takes the next bytes, which begin at `offset` of the whole; none, at 0, only asks how far it is.
    pub fn append(&self, part: &Part<'_>, offset: u64, bytes: &[u8]) -> Result<Progress, AttachmentError> {
        let path = self.part_path(part);
        let here = match fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(io_error("read", &path)(error)),
        };
        if bytes.is_empty() && offset == 0 {
            return Ok(Progress {
                received: here,
                stored: false,
            });
        }
        if offset == 0 && here == 0 {
            self.make_room(part.owner)?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(io_error("open", &path))?;
        // Two windows may send the same file; one after the other, the second finds that it is late.
        file.lock().map_err(io_error("lock", &path))?;
        let received = file.metadata().map_err(io_error("read", &path))?.len();
        if offset != received {
            return Err(AttachmentError::OtherOffset { offset, received });
        }
        let received = received + bytes.len() as u64;
        if received > part.size {
            return Err(AttachmentError::TooLong { size: part.size });
        }
        file.write_all(bytes).map_err(io_error("write", &path))?;
        if received < part.size {
            return Ok(Progress {
                received,
                stored: false,
            });
        }
        let found = digest_of(&path)?;
        if found != part.sha256 {
            fs::remove_file(&path).map_err(io_error("remove", &path))?;
            let sha256 = part.sha256;
            return Err(AttachmentError::OtherDigest { sha256, found });
        }
        file.sync_all().map_err(io_error("sync", &path))?;
        keep(self, &part.sha256, |into| fs::rename(&path, into))?;
        Ok(Progress { received, stored: true })
    }

    /// Removes what got no byte for [`KEPT`] before `now`. Gives how many files of `owner` are left.
    fn sweep(&self, now: SystemTime, owner: &str) -> Result<usize, AttachmentError> {
        let folder = self.folder.join(PARTS);
        let mut left = 0;
        for entry in fs::read_dir(&folder).map_err(io_error("read", &folder))? {
            let entry = entry.map_err(io_error("read", &folder))?;
            let path = entry.path();
            // Finished or removed by another call in between: then there is nothing to do.
            let Ok(changed) = entry.metadata().and_then(|found| found.modified()) else {
                continue;
            };
            if now.duration_since(changed).is_ok_and(|age| age >= KEPT) {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(io_error("remove", &path)(error));
                    }
                    _ => {}
                }
            } else if entry.file_name().to_string_lossy().split('-').next() == Some(owner) {
                left += 1;
            }
        }
        Ok(left)
    }

    /// Makes the folder, and removes what is too old.
    pub(super) fn open_parts(&self) -> Result<(), AttachmentError> {
        let folder = self.folder.join(PARTS);
        fs::create_dir_all(&folder).map_err(io_error("create", &folder))?;
        self.sweep(SystemTime::now(), "").map(drop)
    }

    fn make_room(&self, owner: &str) -> Result<(), AttachmentError> {
        if self.sweep(SystemTime::now(), owner)? < UNFINISHED_MAX {
            return Ok(());
        }
        Err(AttachmentError::TooMany)
    }

    fn part_path(&self, part: &Part<'_>) -> PathBuf {
        let name = format!("{}-{}-{}", part.owner, hex::encode(part.sha256), part.size);
        self.folder.join(PARTS).join(name)
    }
}

fn digest_of(path: &Path) -> Result<[u8; 32], AttachmentError> {
    let mut file = File::open(path).map_err(io_error("open", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; READ];
    loop {
        match file.read(&mut buffer).map_err(io_error("read", path))? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(content: &[u8]) -> Part<'static> {
        Part {
            owner: "H54",
            sha256: Sha256::digest(content).into(),
            size: content.len() as u64,
        }
    }

    #[test]
    fn goes_on_where_it_stopped_after_the_store_was_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let content = b"a file that is sent in three parts";
        let part = part(content);
        let store = AttachmentStore::open(folder.path()).unwrap();
        assert_eq!(store.append(&part, 0, &content[..10]).unwrap().received, 10);
        let store = AttachmentStore::open(folder.path()).unwrap();
        let asked = store.append(&part, 0, &[]).unwrap();
        assert_eq!((asked.received, asked.stored), (10, false));
        store.append(&part, 10, &content[10..20]).unwrap();
        assert!(!store.contains(&part.sha256).unwrap());
        assert!(store.append(&part, 20, &content[20..]).unwrap().stored);
        assert!(store.contains(&part.sha256).unwrap());
        assert_eq!(fs::read_dir(folder.path().join(PARTS)).unwrap().count(), 0);
    }

    #[test]
    fn another_offset_or_more_than_announced_is_refused_and_takes_nothing_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        let part = part(b"0123456789");
        store.append(&part, 0, b"0123").unwrap();
        for offset in [0, 3, 5] {
            let refused = store.append(&part, offset, b"4").unwrap_err();
            assert!(
                matches!(refused, AttachmentError::OtherOffset { received: 4, .. }),
                "{refused}"
            );
        }
        let refused = store.append(&part, 4, b"4567890").unwrap_err();
        assert!(matches!(refused, AttachmentError::TooLong { size: 10 }), "{refused}");
        assert!(store.append(&part, 4, b"456789").unwrap().stored);
    }

    #[test]
    fn other_bytes_than_announced_are_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        let part = part(b"0123456789");
        store.append(&part, 0, b"01234").unwrap();
        let refused = store.append(&part, 5, b"56780").unwrap_err();
        assert!(matches!(refused, AttachmentError::OtherDigest { .. }), "{refused}");
        assert_eq!(store.append(&part, 0, &[]).unwrap().received, 0);
        assert!(!store.contains(&part.sha256).unwrap());
    }

    #[test]
    fn owners_do_not_see_each_others_parts_and_have_only_so_many() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        for at in 0..UNFINISHED_MAX {
            store
                .append(&part(format!("content {at}").as_bytes()), 0, b"c")
                .unwrap();
        }
        let one_more = part(b"one more");
        let refused = store.append(&one_more, 0, b"o").unwrap_err();
        assert!(matches!(refused, AttachmentError::TooMany), "{refused}");
        let other = Part {
            owner: "H5",
            ..part(b"content 0")
        };
        assert_eq!(store.append(&other, 0, &[]).unwrap().received, 0);
        store.append(&other, 0, b"c").unwrap();
    }

    #[test]
    fn what_got_no_byte_for_a_day_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::open(folder.path()).unwrap();
        store.append(&part(b"0123456789"), 0, b"0").unwrap();
        let now = SystemTime::now();
        assert_eq!(store.sweep(now, "H54").unwrap(), 1);
        assert_eq!(store.sweep(now + KEPT, "H54").unwrap(), 0);
        assert_eq!(fs::read_dir(folder.path().join(PARTS)).unwrap().count(), 0);
    }
}
