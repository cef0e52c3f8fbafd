//! The lessons that stand in the binary, and those of a folder.

use std::{path::Path, sync::Arc};

use super::Lesson;
use crate::strict_toml::{self, InvalidFile, LoadError};

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        /// Name and text of each.
        const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../simulations/lessons/", $name, ".toml")))),+];
    };
}

shipped![
    "first-letter",
    "urgent-telegram",
    "wrong-addressee",
    "revoked-signer",
    "recall-in-time",
    "recall-after-acceptance",
    "update-and-replace",
    "four-levels",
    "one-stop-shop-day",
];

impl Lesson {
    /// The lessons of the binary, the easiest first.
    ///
    /// # Errors
    /// One of them is not well-formed, which a test of this crate rules out.
    pub fn shipped() -> Result<Vec<Arc<Self>>, InvalidFile> {
        let mut lessons = SHIPPED
            .iter()
            .map(|(name, text)| Self::parse(&format!("{name}.toml"), text).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        lessons.sort_by_key(|lesson| lesson.level);
        Ok(lessons)
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// The file can't be read, has unknown keys, or contradicts itself.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        Ok(Self::parse(&path.display().to_string(), &strict_toml::read(path)?)?)
    }

    /// The lessons of the binary, and those of a folder (`*.toml`) after them, by name; one of a name that the binary has takes its
    /// place.
    ///
    /// # Errors
    /// The folder or one of its files can't be read, or says something wrong.
    pub fn with_folder(folder: &Path) -> Result<Vec<Arc<Self>>, LoadError> {
        let unreadable = |source| LoadError::Unreadable {
            path: folder.into(),
            source,
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        let own = paths
            .iter()
            .map(|path| Self::load(path).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let mut lessons = Self::shipped()?;
        lessons.retain(|lesson| own.iter().all(|own| own.id != lesson.id));
        lessons.extend(own);
        Ok(lessons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strict_toml::tests::with_stray_keys;

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../simulations/lessons")
    }

    #[test]
    fn every_file_is_shipped_and_good() {
        let lessons = Lesson::shipped().unwrap_or_else(|error| panic!("{error}"));
        let mut names: Vec<&str> = lessons.iter().map(|lesson| &*lesson.id).collect();
        names.sort_unstable();
        let mut files: Vec<String> = std::fs::read_dir(folder())
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        files.sort_unstable();
        assert_eq!(names, files);
        assert!(lessons.is_sorted_by_key(|lesson| lesson.level));
    }

    #[test]
    fn each_lesson_can_be_failed_and_has_hints() {
        for lesson in Lesson::shipped().unwrap() {
            let fatal = lesson.mistake.iter().filter(|mistake| mistake.costs.is_none());
            assert!(fatal.count() >= 1, "{}", lesson.id);
            let acts = lesson.step.iter().filter(|step| step.answered.is_none());
            for step in acts {
                assert!(!step.hint.is_empty(), "{} {}", lesson.id, step.id);
            }
        }
    }

    #[test]
    fn stray_keys_are_refused_everywhere() {
        for (name, text) in SHIPPED {
            for (table, stray) in with_stray_keys(text) {
                let error = Lesson::parse("x.toml", &stray).unwrap_err();
                assert!(error.to_string().contains("stray-key"), "{name} {table}: {error}");
            }
        }
    }

    #[test]
    fn a_folder_adds_and_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let text = SHIPPED[0].1.replacen("vi = \"", "vi = \"Riêng: ", 1);
        std::fs::write(folder.path().join(format!("{}.toml", SHIPPED[0].0)), &text).unwrap();
        std::fs::write(folder.path().join("own.toml"), &text).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "no lesson").unwrap();
        let lessons = Lesson::with_folder(folder.path()).unwrap();
        assert_eq!(lessons.len(), SHIPPED.len() + 1);
        assert_eq!(lessons.iter().filter(|lesson| lesson.id == SHIPPED[0].0).count(), 1);
        std::fs::write(folder.path().join("broken.toml"), "titel = 1").unwrap();
        let error = Lesson::with_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("broken.toml:1:1"), "{error}");
        assert!(Lesson::with_folder(&folder.path().join("none")).is_err());
    }
}
