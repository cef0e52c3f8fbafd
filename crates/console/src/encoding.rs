//! Which compressed form of a file a browser gets. All were made when the console was built, none is made while serving.

use axum::http::{HeaderMap, header::ACCEPT_ENCODING};
use rust_embed::EmbeddedFile;

use crate::bundle;

/// A compressed form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
}

/// A file in the form that goes out.
pub(crate) struct Encoded {
    pub(crate) file: EmbeddedFile,
    /// For `Content-Encoding`.
    pub(crate) encoding: Option<&'static str>,
}

impl Encoded {
    pub(crate) fn plain(file: EmbeddedFile) -> Self {
        Self { file, encoding: None }
    }
}

impl Encoding {
    pub(crate) fn find(self, path: &str) -> Option<Encoded> {
        let (name, suffix) = match self {
            Self::Brotli => ("br", "br"),
            Self::Gzip => ("gzip", "gz"),
        };
        let file = bundle::find_compressed(path, suffix)?;
        Some(Encoded {
            file,
            encoding: Some(name),
        })
    }
}

/// The smallest form that the asker takes. `;q=0` is a no.
pub(crate) fn best(asked: &HeaderMap) -> Option<Encoding> {
    let given = asked.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |name: &str| {
        given.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let refused = |part: &str| part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
            parts.next() == Some(name) && !parts.any(refused)
        })
    };
    [("br", Encoding::Brotli), ("gzip", Encoding::Gzip)]
        .into_iter()
        .find_map(|(name, encoding)| takes(name).then_some(encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_form_that_is_taken() {
        let best = |given: &'static str| best(&HeaderMap::from_iter([(ACCEPT_ENCODING, given.parse().unwrap())]));
        assert_eq!(best("gzip, deflate, br, zstd"), Some(Encoding::Brotli));
        assert_eq!(best("gzip;q=0.8"), Some(Encoding::Gzip));
        assert_eq!(best("br;q=0, gzip"), Some(Encoding::Gzip));
        assert_eq!(best("identity"), None);
    }
}
