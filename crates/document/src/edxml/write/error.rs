//! Why a package can't be written.

use std::io;

/// What kept a package from being written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A text has what XML can't hold.
    #[error("`{element}` has the character U+{character:04X}, which XML can't hold; take it out")]
    Character {
        /// The element or attribute.
        element: String,
        /// The character.
        character: u32,
    },
    /// The content of a file is not what the package says.
    #[error("the content of `{name}` is not the one that the package tells of: {what} differs")]
    Content {
        /// The file.
        name: String,
        /// `size` or `digest`.
        what: &'static str,
    },
    /// The content of a file could not be read.
    #[error("the content of `{name}` could not be read: {source}")]
    Source {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// A kept signature relies on the prefix that the package is written with, bound to something else.
    #[error(
        "the signature relies on the prefix `{0}` for another namespace; leave the signature out or write another profile"
    )]
    SignaturePrefix(String),
    /// Nothing can be written to.
    #[error("cannot write the package: {0}")]
    Write(#[from] io::Error),
}
