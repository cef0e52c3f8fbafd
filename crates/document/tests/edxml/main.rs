//! edXML: packages as they are met in the field, hostile ones, and the way there and back.

#![allow(clippy::unwrap_used, reason = "what a helper of a test can't do fails the test")]
mod docs;
mod hostile;
mod mapping;
mod random;
mod roundtrip;
mod samples;

use truc_document::edxml::{Package, ReadError, ReadLimits, Whole, read_whole};

/// A sample, written for these tests after what is met in the field.
fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/edxml/samples/{name}.edxml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(bytes: &[u8]) -> Result<Whole, ReadError> {
    read_whole(bytes, &ReadLimits::default())
}

fn document(name: &str) -> truc_document::edxml::DocumentPackage {
    match read(&sample(name)).unwrap().reading.package {
        Package::Document(document) => document,
        Package::Status(_) => panic!("`{name}` is a status"),
    }
}

fn status(name: &str) -> truc_document::edxml::StatusPackage {
    match read(&sample(name)).unwrap().reading.package {
        Package::Status(status) => status,
        Package::Document(_) => panic!("`{name}` is a document"),
    }
}
