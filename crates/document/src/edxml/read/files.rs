//! What a package says about its files, and whether it says the same everywhere.

use std::collections::BTreeSet;

use super::{
    super::{Attachment, FileReference, Finding, FindingCode, Manifest, Packing},
    content::{extension, is_zip_family},
    fields::{Fields, Name},
    report::Report,
    tree::{Content, Element, Extra},
};
use crate::limits::{DESCRIPTION_MAX, NAME_MAX};

/// SHA-256 of nothing.
const EMPTY_SHA256: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

pub(super) fn manifest(element: &Element, report: &mut Report) -> Manifest {
    let mut fields = Fields::of(element, "edXMLManifest", report);
    let mut references = Vec::new();
    for reference in fields.many("Reference") {
        let path = fields.path(&reference.name);
        let mut inner = Fields::of(reference, path, fields.report());
        references.push(FileReference {
            content_id: content_id(&mut inner, reference),
            content_type: inner.needed_text("ContentType", NAME_MAX),
            description: inner.short_text("Description", DESCRIPTION_MAX),
            name: inner.text("AttachmentName"),
        });
        inner.done();
    }
    fields.done_with_attributes(&["version"]);
    Manifest {
        version: element.attribute("version").unwrap_or_default().to_owned(),
        references,
    }
}

/// The files of a list: `AttachmentEncoded`, or `Manifest` of the provincial dialect.
pub(super) fn attachments(element: &Element, report: &mut Report) -> Vec<Attachment> {
    let provincial = report.provincial;
    let mut fields = Fields::of(element, element.name.as_ref(), report);
    let mut attachments = Vec::new();
    for file in fields.many("Attachment") {
        let path = fields.path(&file.name);
        let mut inner = Fields::of(file, path, fields.report());
        let content_id = if provincial {
            inner.text("ContentId")
        } else {
            content_id(&mut inner, file)
        };
        let name_element = inner.one(Name("AttachmentName", &["FileName"]));
        let name = name_element.map(|name| inner.leaf(name)).unwrap_or_default();
        let description = inner.short_text("Description", DESCRIPTION_MAX);
        let content_type = inner.text(Name("ContentType", &["FileType"]));
        let element = inner.one(Name("ContentTransferEncoded", &["Content"]));
        let content = element.and_then(content_of);
        match (element, content) {
            (Some(element), Some(content)) => {
                if !provincial && name_element.is_none_or(|name| name.at > element.at) {
                    inner.find(FindingCode::AttachmentContentFirst, element, "", "the name first");
                }
                if content.size == 0 {
                    inner.find(FindingCode::AttachmentEmpty, element, &name, "a content");
                }
                check_type(&mut inner, element, &content_type, &name, content);
            }
            _ => inner.find(
                FindingCode::AttachmentContentMissing,
                file,
                &name,
                "ContentTransferEncoded",
            ),
        }
        inner.done();
        let (sha256, size, packing) = match content {
            Some(content) => (content.sha256, content.size, content.packing),
            None => (EMPTY_SHA256, 0, Packing::Plain),
        };
        attachments.push(Attachment {
            content_id,
            name,
            description,
            content_type,
            packing,
            sha256,
            size,
        });
    }
    fields.done();
    attachments
}

fn content_of(element: &Element) -> Option<Content> {
    match element.extra.as_deref() {
        Some(Extra::Content(content)) => Some(*content),
        _ => None,
    }
}

/// Takes a `ContentId` without its `cid:`.
fn content_id(fields: &mut Fields<'_, '_>, around: &Element) -> String {
    let Some(element) = fields.one("ContentId") else {
        fields.find(FindingCode::ContentIdMissing, around, "", "ContentId");
        return String::new();
    };
    let text = fields.leaf(element);
    if text.is_empty() {
        fields.find(FindingCode::ContentIdMissing, element, "", "cid:…");
    }
    match text.strip_prefix("cid:") {
        Some(id) => id.trim().to_owned(),
        None => {
            if !text.is_empty() {
                fields.find(FindingCode::ContentIdForm, element, &text, format!("cid:{text}"));
            }
            text
        }
    }
}

/// A label of `application/zip` goes with what is a zip, and only with that.
fn check_type(fields: &mut Fields<'_, '_>, element: &Element, content_type: &str, name: &str, content: Content) {
    let labelled = content_type.eq_ignore_ascii_case("application/zip")
        || content_type.eq_ignore_ascii_case("application/x-zip-compressed")
        || content_type.eq_ignore_ascii_case("zip");
    let own_zip = extension(name).is_some_and(|extension| is_zip_family(&extension));
    let differs = match content.packing {
        Packing::Zipped => !labelled,
        Packing::Plain => labelled && !content.is_zip || !labelled && content.is_zip && !own_zip,
    };
    if differs {
        let expected = if content.is_zip {
            "application/zip"
        } else {
            "the type of the file"
        };
        fields.find(FindingCode::AttachmentTypeDiffers, element, content_type, expected);
    }
}

/// Whether manifest and files name the same.
pub(super) fn compare(manifest: Option<&Manifest>, attachments: &[Attachment], report: &mut Report) {
    let mut add = |code, found: &str, expected: &str| {
        report.add(Finding::new(
            code,
            None,
            "AttachmentEncoded/Attachment",
            found,
            expected,
        ));
    };
    let mut ids = BTreeSet::new();
    for attachment in attachments {
        if !attachment.content_id.is_empty() && !ids.insert(attachment.content_id.as_str()) {
            add(
                FindingCode::ContentIdDuplicated,
                &attachment.content_id,
                "another for each file",
            );
        }
    }
    let Some(manifest) = manifest else {
        return;
    };
    let mut named = BTreeSet::new();
    for reference in &manifest.references {
        if !reference.content_id.is_empty() && !named.insert(reference.content_id.as_str()) {
            add(
                FindingCode::ContentIdDuplicated,
                &reference.content_id,
                "another for each file",
            );
        }
        let file = attachments
            .iter()
            .find(|attachment| attachment.content_id == reference.content_id);
        match file {
            None => add(
                FindingCode::ReferenceWithoutAttachment,
                &reference.name,
                "a file of its ContentId",
            ),
            Some(file) if !reference.name.is_empty() && !file.name.is_empty() && file.name != reference.name => {
                add(FindingCode::AttachmentNameDiffers, &file.name, &reference.name);
            }
            Some(_) => {}
        }
    }
    for attachment in attachments {
        if !named.contains(attachment.content_id.as_str()) {
            add(
                FindingCode::AttachmentNotInManifest,
                &attachment.name,
                "a Reference of its ContentId",
            );
        }
    }
}
