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

/// What a README is made of, whatever its language: headings by level, blocks of code without their comments, rows of
/// tables with their first two cells where these are code or numbers, list items, and links.
fn skeleton(file: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut in_code = false;
    for line in read(file).lines() {
        if line.starts_with("```") {
            in_code = !in_code;
            lines.push(line.to_owned());
        } else if in_code {
            let command = line.split(" #").next().unwrap_or_default().trim();
            lines.push(command.replace("README.vi.md", "README.md"));
        } else if line.starts_with('#') {
            lines.push(line.chars().take_while(|&character| character == '#').collect());
        } else if line.starts_with("| ") {
            let cells = line.split('|').map(str::trim).filter(|cell| !cell.is_empty());
            let same = cells.filter(|cell| cell.starts_with(['`', '-']) || cell.parse::<u32>().is_ok());
            lines.push(format!("| {}", same.collect::<Vec<_>>().join(" | ")));
        } else if line.starts_with("- ") {
            lines.push("-".to_owned());
        }
        if !in_code {
            let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            // Each names the other at its top.
            lines.extend(
                links
                    .filter(|link| !link.starts_with("README"))
                    .map(|link| format!("-> {link}")),
            );
        }
    }
    lines
}

#[test]
fn readmes_say_the_same_in_both_languages() {
    assert_eq!(skeleton("README.vi.md"), skeleton("README.md"));
}

#[test]
fn links_of_the_documents_lead_somewhere() {
    for file in ["README.md", "README.vi.md", "docs/integrating.md"] {
        let text = read(file);
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let folder = folder.parent().expect("its folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            assert!(folder.join(path).exists(), "{file}: {link}");
        }
    }
}

#[test]
fn integrating_shows_how_to_run_every_example() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = read("docs/integrating.md");
    let folders = fs::read_dir(root.join("examples")).expect("examples");
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.expect("an entry").path()).collect();
    folders.push(root.join("crates/agency/examples"));
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let names = files.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let examples: Vec<String> = names.filter(|name| name.starts_with("send_and_receive.")).collect();
    assert_eq!(examples.len(), folders.len(), "{examples:?}");
    for name in examples {
        assert!(text.contains(&format!("[{name}](../")), "docs/integrating.md: {name}");
    }
}
