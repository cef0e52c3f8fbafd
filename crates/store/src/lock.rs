//! One process at a time writes in a hub's folder.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

const NAME: &str = "lock";

/// Keeps other processes out of a folder until it is dropped. The operating system lets go of it when the process ends, in
/// whatever way, so that a crash leaves nothing to clean up; the file itself stays and means nothing.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    // Closing the file unlocks it.
    _file: File,
}

/// Why a folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum FolderLockError {
    /// Somebody else holds it.
    #[error("another hub has the folder `{folder}` open; stop it, or give this one a folder of its own")]
    Taken {
        /// The folder.
        folder: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot lock the folder `{folder}`")]
    Io {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
}

// === impl FolderLock ===

impl FolderLock {
    /// Locks `folder`, making it (and its parents) if it isn't there. Does not wait.
    pub fn acquire(folder: &Path) -> Result<Self, FolderLockError> {
        let io = |source| FolderLockError::Io {
            folder: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(io)?;
        let path = folder.join(NAME);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
                _file: file,
            }),
            Err(TryLockError::WouldBlock) => Err(FolderLockError::Taken {
                folder: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// The folder that is locked.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_has_a_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("hub/data");
        let lock = FolderLock::acquire(&folder).unwrap();
        assert_eq!(lock.folder(), folder);

        let error = FolderLock::acquire(&folder).unwrap_err();
        assert!(matches!(error, FolderLockError::Taken { .. }), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains(&folder.display().to_string()) && message.contains("another hub"),
            "{message}"
        );
        FolderLock::acquire(parent.path()).unwrap();

        drop(lock);
        FolderLock::acquire(&folder).unwrap();
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_no_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = FolderLock::acquire(file.path()).unwrap_err();
        assert!(matches!(error, FolderLockError::Io { .. }), "{error:?}");
    }
}
