//! The folder in which snapshots are kept: the last two, so that a damaged newest one costs a longer replay and nothing
//! else.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::SnapshotError;
use crate::state::State;

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
    pub fn save(&self, state: &State) -> Result<(), SnapshotError> {
        // Twenty digits, so that the order of names is that of positions.
        let name = format!("{:020}", state.position.0);
        let (unfinished, finished) = (self.name(&name, UNFINISHED), self.name(&name, FINISHED));
        let file = File::create(&unfinished).map_err(failed("make", &unfinished))?;
        super::write(state, &file).map_err(failed("write", &unfinished))?;
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

    fn name(&self, name: &str, ending: &str) -> PathBuf {
        self.path.join(format!("{name}.{ending}"))
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
