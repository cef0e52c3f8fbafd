//! What the standard asks for and a package of the provincial dialect does not have.

use std::{borrow::Cow, collections::BTreeSet};

use uuid::Uuid;

use super::super::{DocumentPackage, FileReference, Manifest, Profile};

/// The package with a manifest and an id for each file, where the profile has them.
pub(super) fn complete(document: &DocumentPackage, profile: Profile) -> Cow<'_, DocumentPackage> {
    let without_id = document.attachments.iter().any(|file| file.content_id.is_empty());
    let needs = without_id || document.manifest.is_none() && !document.attachments.is_empty();
    if profile == Profile::Provincial || !needs {
        return Cow::Borrowed(document);
    }
    let mut document = document.clone();
    let mut used: BTreeSet<String> = document
        .attachments
        .iter()
        .map(|file| file.content_id.clone())
        .collect();
    for (index, file) in document.attachments.iter_mut().enumerate() {
        if file.content_id.is_empty() {
            let mut id = id_of(&file.sha256).to_string();
            if !used.insert(id.clone()) {
                id = format!("{id}-{}", index + 1);
                used.insert(id.clone());
            }
            file.content_id = id;
        }
    }
    if document.manifest.is_none() {
        document.manifest = Some(Manifest {
            version: "1.0".to_owned(),
            references: document
                .attachments
                .iter()
                .map(|file| FileReference {
                    content_id: file.content_id.clone(),
                    content_type: file.content_type.clone(),
                    description: file.description.clone(),
                    name: file.name.clone(),
                })
                .collect(),
        });
    }
    Cow::Owned(document)
}

/// A UUID for a content, the same for the same content.
pub(super) fn id_of(sha256: &[u8; 32]) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sha256[..16]);
    Uuid::new_v8(bytes)
}
