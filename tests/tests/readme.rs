//! What the documents at the root say is true: reasons with their codes and remedies, and the values of docs/formats.md.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use tonic::Code;
use truc_document::Reason;
use truc_proto::v1 as pb;
use truc_signature::envelope_digest;

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A status code as documentation of gRPC writes it: `INVALID_ARGUMENT`.
fn written(code: i32) -> String {
    let mut out = String::new();
    for character in format!("{:?}", Code::from_i32(code)).chars() {
        if character.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(character.to_ascii_uppercase());
    }
    out
}

#[track_caller]
fn check(file: &str, heading: &str, remedy: fn(Reason) -> &'static str) {
    let text = read(file);
    let section = text.split("\n## ").find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("{file} has no section `{heading}`"));
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> = Reason::ALL
        .iter()
        .map(|&reason| {
            format!(
                "| `{reason}` | `{}` | {} |",
                written(reason.grpc_code()),
                remedy(reason)
            )
        })
        .collect();
    assert_eq!(rows, expected, "{file}: the table should read\n{}", expected.join("\n"));
}

#[test]
fn readme_has_every_reason_with_its_code_and_remedy() {
    check("README.md", "Reasons", Reason::remedy_en);
}

#[test]
fn integrating_has_every_reason_with_its_code_and_remedy() {
    check("docs/integrating.md", "Reasons", Reason::remedy_en);
}

#[test]
fn vietnamese_readme_has_every_reason_with_its_code_and_remedy() {
    check("README.vi.md", "Lý do từ chối", Reason::remedy_vi);
}

#[test]
fn digests_to_check_oneself_by_are_those_of_this_code() {
    let signature = |key_id: u8, signature: u8| pb::Signature {
        key_id: Bytes::from(vec![key_id; 32]),
        signature: Bytes::from(vec![signature; 64]),
        certificates: Vec::new(),
    };
    let mut envelope = pb::Envelope {
        header: Bytes::from_static(b"header"),
        personal_signature: Some(signature(1, 2)),
        seal: Some(signature(3, 4)),
        inline_attachments: Vec::new(),
    };
    let text = read("docs/formats.md");
    let with_person = format!(
        "| with the personal signature | `{}` |",
        hex::encode(envelope_digest(&envelope))
    );
    assert!(text.contains(&with_person), "docs/formats.md should say: {with_person}");
    envelope.personal_signature = None;
    let without = format!("| without | `{}` |", hex::encode(envelope_digest(&envelope)));
    assert!(text.contains(&without), "docs/formats.md should say: {without}");
}
