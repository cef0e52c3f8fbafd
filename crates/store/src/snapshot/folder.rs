//! The folder in which snapshots are kept: the last two, so that a damaged newest one costs a longer replay and nothing
//! else.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{SnapshotError, SnapshotMark, prove};
use crate::{journal::Position, state::State};

/// Ending of a finished snapshot.
const FINISHED: &str = "snapshot";
/// Ending of one under way; swept when the folder is opened.
const UNFINISHED: &str = "part";
/// How many are kept.
const KEPT: usize = 2;

/// See the module.
#[derive(Debug)]
pub struct SnapshotFolder {
    path: PathBuf,
}

impl SnapshotFolder {
    /// Opens a folder, makes it if it is not there, and removes what a crash left unfinished.
    ///
    /// # Errors
    /// [`SnapshotError::Folder`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, SnapshotError> {
        let folder = Self { path: path.into() };
        fs::create_dir_all(&folder.path).map_err(failed("make the folder", &folder.path))?;
        for unfinished in folder.files(UNFINISHED)? {
            fs::remove_file(&unfinished).map_err(failed("remove", &unfinished))?;
        }
        Ok(folder)
    }

    /// Keeps a state for good: once this returns, the snapshot outlives a power cut.
    ///
    /// # Errors
    /// [`SnapshotError::Folder`]; the snapshots before are still there.
    pub fn save(&self, state: &State) -> Result<SnapshotMark, SnapshotError> {
        let path = self.name(state.position, UNFINISHED);
        let file = File::create(&path).map_err(failed("make", &path))?;
        let digest = super::write(state, &file).map_err(failed("write", &path))?;
        self.finish(state.position, &file)?;
        Ok(SnapshotMark {
            position: state.position,
            chain: state.chain,
            digest,
        })
    }

    /// A file for the bytes of a snapshot that comes from elsewhere. It counts once it is taken in.
    ///
    /// # Errors
    /// [`SnapshotError::Folder`].
    pub fn receive(&self, position: Position) -> Result<File, SnapshotError> {
        let path = self.name(position, UNFINISHED);
        File::create(&path).map_err(failed("make", &path))
    }

    /// Takes in what was received, if it is what it was said to be; else removes it.
    ///
    /// # Errors
    /// [`SnapshotError`]; the snapshots before are still there.
    pub fn take_in(&self, mark: &SnapshotMark) -> Result<(), SnapshotError> {
        let path = self.name(mark.position, UNFINISHED);
        let taken = self.take_in_from(&path, mark);
        if taken.is_err() {
            // Swept at the next opening otherwise.
            drop(fs::remove_file(&path));
        }
        taken
    }

    fn take_in_from(&self, path: &Path, mark: &SnapshotMark) -> Result<(), SnapshotError> {
        let file = File::open(path).map_err(failed("open", path))?;
        match prove(&file)? == *mark {
            true => self.finish(mark.position, &file),
            false => Err(SnapshotError::Another),
        }
    }

    /// Opens the snapshot of a position.
    ///
    /// # Errors
    /// [`SnapshotError::Folder`]: it may be too old to be kept.
    pub fn file(&self, position: Position) -> Result<File, SnapshotError> {
        let path = self.name(position, FINISHED);
        File::open(&path).map_err(failed("open", &path))
    }

    /// Position of the newest snapshot, whether it can be read or not; 0 when there is none.
    ///
    /// # Errors
    /// [`SnapshotError::Folder`].
    pub fn newest(&self) -> Result<Position, SnapshotError> {
        let newest = self.files(FINISHED)?.pop();
        let name = newest
            .as_deref()
            .and_then(Path::file_stem)
            .and_then(|name| name.to_str());
        Ok(Position(name.and_then(|name| name.parse().ok()).unwrap_or(0)))
    }

    fn finish(&self, position: Position, file: &File) -> Result<(), SnapshotError> {
        let (unfinished, finished) = (self.name(position, UNFINISHED), self.name(position, FINISHED));
        file.sync_all().map_err(failed("sync", &unfinished))?;
        fs::rename(&unfinished, &finished).map_err(failed("rename", &unfinished))?;
        self.sync()?;
        let mut kept = self.files(FINISHED)?;
        kept.truncate(kept.len().saturating_sub(KEPT));
        for old in kept {
            fs::remove_file(&old).map_err(failed("remove", &old))?;
        }
        Ok(())
    }

    /// The newest state that can be read. A damaged snapshot is passed over with a warning, and so is one of another
    /// version; `None` when there is none to read.
    ///
    /// # Errors
    /// [`SnapshotError::Folder`]: the folder itself can't be read.
    pub fn load_latest(&self) -> Result<Option<State>, SnapshotError> {
        for path in self.files(FINISHED)?.iter().rev() {
            match File::open(path).map_err(SnapshotError::from).and_then(super::read) {
                Ok(state) => return Ok(Some(state)),
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(path = %path.display(), %error, cause, "snapshot passed over; the one before is tried");
                }
            }
        }
        Ok(None)
    }

    /// Twenty digits, so that the order of names is that of positions.
    fn name(&self, position: Position, ending: &str) -> PathBuf {
        self.path.join(format!("{:020}.{ending}", position.0))
    }

    /// Files of an ending, by name.
    fn files(&self, ending: &str) -> Result<Vec<PathBuf>, SnapshotError> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed("list", &self.path))? {
            let path = entry.map_err(failed("list", &self.path))?.path();
            if path.extension().is_some_and(|found| found == ending) {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    fn sync(&self) -> Result<(), SnapshotError> {
        let folder = File::open(&self.path).and_then(|folder| folder.sync_all());
        folder.map_err(failed("sync", &self.path))
    }
}

fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SnapshotError {
    let path = path.to_owned();
    move |source| SnapshotError::Folder {
        operation,
        path,
        source,
    }
}
