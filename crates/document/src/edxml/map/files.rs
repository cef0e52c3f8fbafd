//! Files of a package as a header names them.

use super::{
    super::{DocumentPackage, FindingCode},
    fit::Notes,
};
use crate::{Attachment, limits};

/// The files that have a content, with names that are safe in a folder and the types of the files themselves.
pub(super) fn attachments(document: &DocumentPackage, notes: &mut Notes) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    for (index, file) in document.attachments.iter().enumerate() {
        let path = "AttachmentEncoded/Attachment";
        let reference = document.manifest.as_ref().and_then(|manifest| {
            manifest
                .references
                .iter()
                .find(|reference| reference.content_id == file.content_id)
        });
        let name = [Some(&file.name), reference.map(|reference| &reference.name)]
            .into_iter()
            .flatten()
            .find(|name| !name.is_empty());
        if file.size == 0 {
            let name = name.map(String::as_str).unwrap_or_default();
            notes.add(FindingCode::FieldNotCarried, path, name, "an empty file is left out");
            continue;
        }
        let name = safe_name(name.map(String::as_str).unwrap_or_default(), index);
        let description = [
            Some(&file.description),
            reference.map(|reference| &reference.description),
        ]
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
        .cloned()
        .unwrap_or_default();
        attachments.push(Attachment {
            sha256: file.sha256,
            size: file.size,
            content_type: content_type(
                &name,
                [Some(&file.content_type), reference.map(|one| &one.content_type)],
            ),
            name,
            description: notes.fit(path, &description, limits::DESCRIPTION_MAX),
        });
    }
    attachments
}

/// A name without a folder, its end kept where it is too long.
fn safe_name(name: &str, index: usize) -> String {
    let plain: String = name
        .chars()
        .map(|found| {
            if found.is_control() || matches!(found, '/' | '\\') {
                '_'
            } else {
                found
            }
        })
        .collect();
    if plain.trim().is_empty() || plain == "." || plain == ".." {
        return format!("{:02}.bin", index + 1);
    }
    let length = plain.chars().count();
    if length <= limits::FILE_NAME_MAX {
        return plain;
    }
    let extension = plain.rsplit_once('.').map_or("", |(_, extension)| extension);
    let end = if extension.chars().count() <= 10 {
        format!(".{extension}")
    } else {
        String::new()
    };
    let stem: String = plain
        .chars()
        .take(limits::FILE_NAME_MAX - end.chars().count())
        .collect();
    stem + &end
}

/// The type of the file itself, not that of the zip around it.
fn content_type(name: &str, said: [Option<&String>; 2]) -> String {
    let by_name = match name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase())
        .as_deref()
    {
        Some("pdf") => "application/pdf",
        Some("doc") => "application/msword",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xls") => "application/vnd.ms-excel",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("txt") => "text/plain",
        Some("xml" | "edxml") => "application/xml",
        Some("zip") => "application/zip",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => "",
    };
    if !by_name.is_empty() {
        return by_name.to_owned();
    }
    let good =
        |text: &&String| !text.is_empty() && *text != "application/zip" && text.chars().count() <= limits::NAME_MAX;
    said.into_iter()
        .flatten()
        .find(good)
        .cloned()
        .unwrap_or_else(|| "application/octet-stream".to_owned())
}
