//! Files that commands read and write, with errors that name them.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::exit::Failure;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| failure("read", path, &error))
}

pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| failure("read", path, &error))
}

pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| failure("make the folder", path, &error))
}

pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    fs::write(path, content).map_err(|error| failure("write", path, &error))
}

/// Writes what only its owner may read. A file that is there is replaced, whoever could read it.
pub(crate) fn write_secret(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    let write = || {
        if path.exists() {
            fs::remove_file(path)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(content.as_ref())
    };
    write().map_err(|error| failure("write", path, &error))
}

/// Removes a file; one that is not there is good.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failure("remove", path, &error)),
        _ => Ok(()),
    }
}

fn failure(verb: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::input(format!("cannot {verb} `{}`: {error}", path.display()))
}
