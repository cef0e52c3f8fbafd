//! The built console, as Vite wrote it: `web/dist`, with each text file also as `.br` and `.gz`.

use rust_embed::{EmbeddedFile, RustEmbed};

// A debug build reads the folder when it is asked; a release carries it.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Bundle;

/// A file of the bundle.
pub(crate) fn find(path: &str) -> Option<EmbeddedFile> {
    // Compressed forms are not files of their own: they go out under the name of what they compress.
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    Bundle::get(path)
}

/// The compressed form of a file, where there is one.
pub(crate) fn find_compressed(path: &str, suffix: &str) -> Option<EmbeddedFile> {
    Bundle::get(&format!("{path}.{suffix}"))
}
