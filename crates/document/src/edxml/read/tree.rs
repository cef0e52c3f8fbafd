//! A package as elements: what stands where, without the contents of files.

use super::super::{Position, SignatureJudgement};

/// Which namespace an element is in, seen from its package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// That of the package.
    Package,
    /// None, or one that could not be found out: understood by its name, with a finding.
    Guessed,
    /// XML-DSig.
    Signature,
    /// Any other.
    Foreign,
}

/// One element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: Box<str>,
    pub(super) space: Space,
    pub(super) at: Position,
    /// Without declarations of namespaces.
    pub(super) attributes: Vec<Attribute>,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
    pub(super) extra: Option<Box<Extra>>,
}

/// One attribute; its name is qualified as it stood.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Box<str>,
    pub(super) value: String,
}

/// What few elements have.
#[derive(Debug)]
pub(super) enum Extra {
    /// The content of a file, which went to the sink.
    Content(Content),
    /// A signature as it stood.
    Signature {
        raw: String,
        bindings: Vec<(String, String)>,
        judgement: SignatureJudgement,
    },
}

/// What became of the content of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    pub(super) sha256: [u8; 32],
    pub(super) size: u64,
    pub(super) packing: super::super::Packing,
    /// It is a zip still.
    pub(super) is_zip: bool,
}

impl Element {
    /// Its text without blanks around it.
    pub(super) fn trimmed(&self) -> &str {
        self.text.trim()
    }

    /// It is of this name, in the package's own namespace as far as one can tell.
    pub(super) fn is_ours(&self, name: &str) -> bool {
        &*self.name == name && matches!(self.space, Space::Package | Space::Guessed)
    }

    /// Its first child of a name, in whatever namespace.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| &*child.name == name)
    }

    /// The first attribute of a local name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.rsplit(':').next() == Some(name))
            .map(|attribute| attribute.value.as_str())
    }
}
