//! Ids of documents on the axis for those of edXML.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::AgencyCode;

/// The id on the axis of a document that edXML calls `document_id`, sent by the agency of `organ_id`. The same for the
/// same two texts, on any machine, so that a recall, a reply and a status find the document that they are about without
/// anybody keeping a list.
///
/// An id that is a UUID with hyphens stays what it is. Any other becomes a UUIDv8 of SHA-256 over sender and text; the two
/// forms of an agency's code count as one.
#[must_use]
pub fn document_uuid(organ_id: &str, document_id: &str) -> Uuid {
    let document_id = document_id.trim();
    if let (36, Ok(id)) = (document_id.len(), Uuid::try_parse(document_id))
        && !id.is_nil()
    {
        return id;
    }
    let organ_id = organ_id.trim();
    let code = organ_id.parse::<AgencyCode>().ok().and_then(|code| code.to_current());
    let organ_id = code.as_ref().map_or(organ_id, AgencyCode::as_str);
    let digest = Sha256::new()
        .chain_update(b"truc.edxml.document\0")
        .chain_update(organ_id.as_bytes())
        .chain_update(b"\0")
        .chain_update(document_id.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_sender_and_text() {
        let id = document_uuid("000.00.00.H41", "000.00.00.H41,2020/09/01,05/UBND-VX");
        assert_eq!(id.get_version_num(), 8);
        assert_eq!(id, document_uuid("H41", " 000.00.00.H41,2020/09/01,05/UBND-VX "));
        assert_ne!(id, document_uuid("H54", "000.00.00.H41,2020/09/01,05/UBND-VX"));
        assert_ne!(id, document_uuid("H41", "000.00.00.H41,2020/09/01,06/UBND-VX"));
        // A changed derivation would part every document from what was said about it.
        assert_eq!(id.to_string(), "1f8c3a01-063d-8a99-8be8-843d3212a5d5");
        let own = "1f881896-6e3a-4a5f-87f1-c380878e148e";
        assert_eq!(document_uuid("H41", own).to_string(), own);
        assert_ne!(document_uuid("H41", &Uuid::nil().to_string()), Uuid::nil());
    }
}
