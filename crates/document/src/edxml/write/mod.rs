//! Writing: package → bytes, the same bytes for the same package.

mod business;
mod complete;
mod content;
mod document;
mod error;
mod files;
mod losses;
mod parties;
mod signature;
mod source;
mod status;
mod xml;

use std::io::Write;

pub use self::{error::WriteError, source::AttachmentSource};
use super::{Finding, Package, Profile};

/// How a package is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whose way of writing.
    pub profile: Profile,
    /// Which files are zipped.
    pub zip: Zipping,
}

/// Which files are zipped, as the VNPT library zips each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zipping {
    /// Those that the package says are. A file that would be taken for such a zip is one too, so that it comes out as it
    /// went in.
    #[default]
    AsGiven,
    /// All.
    All,
    /// None but those that would be taken for such a zip.
    None,
}

/// Writes a package. Contents of files come from `contents` in the order of the files, a chunk at a time; each must have
/// the size and the digest that the package says. The same package gives the same bytes, on any machine.
///
/// What comes back is what the profile has no place for; only the provincial one has such. Reading what was written gives
/// the package again, but for texts with blanks around them and replies that say nothing.
///
/// # Errors
/// [`WriteError`] for a text that XML can't hold, contents that are not those of the package, and what the two ends say.
pub fn write(
    package: &Package,
    options: &WriteOptions,
    contents: &mut dyn AttachmentSource,
    into: impl Write,
) -> Result<Vec<Finding>, WriteError> {
    let mut xml = xml::Xml::new(into, options.profile);
    xml.declaration()?;
    let losses = match package {
        Package::Document(document) => {
            let document = complete::complete(document, options.profile);
            document::write(&mut xml, &document, options, contents)?;
            losses::of_document(&document, options.profile)
        }
        Package::Status(status) => {
            status::write(&mut xml, status)?;
            Vec::new()
        }
    };
    xml.finish()?;
    Ok(losses)
}
