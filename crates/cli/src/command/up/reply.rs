//! A letter in answer to a document.

use truc_agency::{Agency, Draft};
use truc_document::{DocumentType, Header, Notation, Signer, suggest};
use uuid::Uuid;

use crate::{exit::Failure, identity::Signatory, keys::Keys};

/// Characters of the subject that are repeated; a header takes 500.
const REPEATED: usize = 200;

/// Signs and sends it. Called again it is another document of the same number and notation.
pub(super) async fn send(agency: &Agency, keys: &Keys, to: &Header) -> Result<(), Failure> {
    let name = agency.directory().agency(agency.code()).await?.name;
    let identity = keys.agency(agency.code(), &name, Signatory::default())?;
    let now = agency.clock().await?.now;
    let signatory = &identity.signatory;
    let signer = Signer {
        competence: signatory.capacity.prefix().to_owned(),
        position: signatory.position.clone(),
        full_name: signatory.full_name.clone(),
    };
    let notation: Notation = suggest(DocumentType::OfficialLetter, "CQ", "VP").map_err(Failure::input)?;
    let subject: String = to.subject.chars().take(REPEATED).collect();
    let number = u64::try_from(to.document_id.as_u128() % 99_999).unwrap_or_default() + 1;
    let mut header = Header::new(
        Uuid::now_v7(),
        agency.code().clone(),
        [to.sender.clone()],
        number,
        notation,
        DocumentType::OfficialLetter,
        format!("Trả lời: {subject}"),
        signer,
        now,
    );
    header.urgency = to.urgency;
    header.in_reply_to = vec![to.document_id];
    let composed = Draft::new(header)
        .sign(Some(&*identity.person), &identity.seal)
        .map_err(Failure::input)?;
    agency.send(composed.envelope).await?;
    Ok(())
}
