//! What reading gives.

use super::{Finding, Package, Profile};

/// A package that was read, with what is unusual about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The package; the contents of its files went to the sink.
    pub package: Package,
    /// In the order of their places; what is about the whole comes last.
    pub findings: Vec<Finding>,
    /// Whose way of writing it comes nearest to.
    pub profile: Profile,
}

/// A small package with the contents of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The package and its findings.
    pub reading: Reading,
    /// Contents, unpacked, in the order of `attachments`.
    pub contents: Vec<Vec<u8>>,
}
