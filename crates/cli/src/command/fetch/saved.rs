//! A fetched document on disk: `DIR/<document id>/envelope.pb`, and its attachments beside it.

use std::path::{Path, PathBuf};

use prost::Message as _;
use truc_agency::{Agency, Content, Delivery};

use crate::{exit::Failure, files};

/// Saves a delivery's document and says where; only documents have anything to save.
pub(super) async fn save(agency: &Agency, delivery: &Delivery, out: &Path) -> Result<Option<PathBuf>, Failure> {
    let Content::Document(document) = &delivery.content else {
        return Ok(None);
    };
    let header = document.header()?;
    let folder = out.join(header.document_id.to_string());
    files::make_folder(&folder)?;
    files::write(&folder.join("envelope.pb"), document.envelope.encode_to_vec())?;
    for (at, attachment) in header.attachments.iter().enumerate() {
        let path = folder.join(file_name(at, &attachment.name));
        let inline = document
            .envelope
            .inline_attachments
            .iter()
            .find(|carried| *carried.sha256 == attachment.sha256);
        if let Some(inline) = inline {
            files::write(&path, &inline.content)?;
            continue;
        }
        let mut file = tokio::fs::File::create(&path)
            .await
            .map_err(|error| Failure::input(format!("cannot write `{}`: {error}", path.display())))?;
        agency
            .download(header.document_id, attachment.sha256, &mut file)
            .await?;
    }
    Ok(Some(folder))
}

/// Numbered, so that two of one name both stand, and none is hidden or leads elsewhere whatever it is called.
pub(crate) fn file_name(at: usize, name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|found| if matches!(found, '/' | '\\' | '\0') { '_' } else { found })
        .collect();
    format!("{:02}-{safe}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        assert_eq!(file_name(0, "công văn.pdf"), "01-công văn.pdf");
        assert_eq!(file_name(9, "../../etc/passwd"), "10-.._.._etc_passwd");
        assert_eq!(file_name(1, ".."), "02-..");
    }
}
