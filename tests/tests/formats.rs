//! A hub's folder that the first release of the format wrote stays readable: `tests/formats/1`, packed file by file.
//!
//! `TRUC_WRITE_FORMAT=2 cargo test -p truc-tests --test formats` writes `tests/formats/2`, for a format that is new on purpose; those
//! before it stay.

use std::{
    fs,
    path::{Path, PathBuf},
};

use truc_tests::{
    Axis,
    formats::{self, expected, folder, goes_on, live, told, verified, write_expected},
};

/// Every file below a folder, by its path in it.
fn files(root: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root.join(below)).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = below.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            files(root, &path, found);
        } else {
            found.push(path);
        }
    }
}

fn pack(from: &Path, to: &Path) {
    let mut found = Vec::new();
    files(from, Path::new(""), &mut found);
    for path in found {
        let content = fs::read(from.join(&path)).expect("a file");
        let target = to.join(format!("{}.gz.gz", path.display()));
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::write(target, formats::pack(content)).expect("a file");
    }
}

fn unpack(from: &Path, to: &Path) {
    let mut found = Vec::new();
    files(from, Path::new(""), &mut found);
    for path in found {
        let Some(name) = path.to_str().expect("UTF-8").strip_suffix(".gz.gz") else {
            continue;
        };
        let packed = fs::read(from.join(&path)).expect("a file");
        let target = to.join(name);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::write(target, formats::unpack(&packed)).expect("a file");
    }
}

async fn write(format: &str) {
    let axis = Axis::start().await;
    let header = live(&axis).await;
    let data = axis.stop_and_keep().await;
    write_expected(format, &verified(data.path()), &header);
    pack(data.path(), &folder(format));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_releases_wrote_opens_and_goes_on() {
    if let Ok(format) = std::env::var("TRUC_WRITE_FORMAT") {
        return write(&format).await;
    }
    let mut read = 0;
    for entry in fs::read_dir(folder("")).expect("formats") {
        let format = entry.expect("an entry").path();
        if !format.join("journal").exists() {
            continue;
        }
        let data = tempfile::TempDir::new().expect("a folder");
        unpack(&format, data.path());
        let (expected, document) = expected(&format);
        let verification = verified(data.path());
        let findings = &verification.findings;
        assert!(verification.is_clean(), "{}: {findings:?}", format.display());
        assert_eq!(told(&verification), expected, "{}", format.display());

        let axis = Axis::start_on(data).await;
        goes_on(&axis, document).await;
        let data = axis.stop_and_keep().await;
        assert!(verified(data.path()).is_clean());
        read += 1;
    }
    assert!(read > 0, "no format to read");
}
