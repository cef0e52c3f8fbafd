//! A document: signed for its system, the package itself kept as a file of it, sent, and noted.

use jiff::Timestamp;
use truc_agency::{Agency, Composed, Draft, FileLabel, SendError};
use truc_document::{AgencyCode, Header, Reason};
use truc_signature::Identity;
use uuid::Uuid;

use crate::{
    fault::{ErrorCode, Fault},
    file_digest::Digested,
    gateway::Shared,
    package::{self, IncomingDocument},
    sent::Entry,
    signatory::SignatoryError,
    systems::{SigningMode, System},
};

impl Shared {
    /// Sends a document. The same package again gives the same id and is stored once.
    pub(super) async fn send_document(
        &self,
        system: &System,
        sender: &AgencyCode,
        document: IncomingDocument,
        file: Digested,
    ) -> Result<Uuid, Fault> {
        let agency = self.agency(sender);
        // What the package says is judged before the hub is asked for anything, its time included.
        let (mut header, contents) = package::header(document, sender, Timestamp::UNIX_EPOCH)?;
        let id = header.document_id;
        if self.sent.has(sender, id) && self.was_sent(&agency, id, &file.sha256).await? {
            return Ok(id);
        }
        let now = self.hub_time.now(&agency).await?;
        header.created_at = now;
        let composed = self.compose(system, &agency, header, contents, file.clone()).await?;
        agency.upload_all(&composed.uploads).await?;
        let sent = match agency.send(composed.envelope).await {
            Ok(sent) => sent.statement.accepted_at,
            Err(error) => {
                // Sent before, and not noted: by an answer that was lost, or with another time in its header.
                if !reused(&error) || !self.was_sent(&agency, id, &file.sha256).await? {
                    return Err(error.into());
                }
                None
            }
        };
        let at = sent
            .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
            .unwrap_or(now);
        let entry = Entry {
            at,
            document: id,
            status: None,
        };
        self.sent.note(sender, entry).map_err(|error| Fault::internal(&error))?;
        Ok(id)
    }

    /// Whether the hub has this very package under this id.
    async fn was_sent(&self, agency: &Agency, id: Uuid, sha256: &[u8; 32]) -> Result<bool, Fault> {
        let life = agency.track(id).await?;
        Ok(package::original(&life.header).is_some_and(|original| original.sha256 == *sha256))
    }

    async fn compose(
        &self,
        system: &System,
        agency: &Agency,
        header: Header,
        contents: Vec<(FileLabel, Digested)>,
        file: Digested,
    ) -> Result<Composed, Fault> {
        let name = self.catalogue.name(agency, agency.code()).await?;
        let signatory = &self.options.signatory;
        let signer = header.signer.clone();
        let label = package::original_label(&header);
        let mut draft = Draft::new(header);
        for (label, content) in contents {
            draft = draft.attach_digested(label, content.bytes, content.sha256);
        }
        let draft = draft.attach_digested(label, file.bytes, file.sha256);
        let sign = |person: Option<&Identity>, seal: &Identity| draft.sign(person, seal);
        match system.signing {
            SigningMode::Custodial => {
                let signers = signatory
                    .signers(agency.code(), &name, &signer)
                    .map_err(|error| not_signed(&error))?;
                Ok(sign(Some(&signers.person), &signers.seal)?)
            }
            SigningMode::Unsigned => {
                let seal = signatory
                    .seal(agency.code(), &name)
                    .map_err(|error| not_signed(&error))?;
                Ok(sign(None, &seal)?)
            }
        }
    }
}

fn reused(error: &SendError) -> bool {
    error
        .refusal()
        .is_some_and(|refusal| refusal.reason == Reason::DocumentIdReused)
}

fn not_signed(error: &SignatoryError) -> Fault {
    let vietnamese = match error {
        SignatoryError::Agency { agency } => format!("không giữ khóa của cơ quan `{agency}`"),
        SignatoryError::Person { agency, full_name } => {
            format!("`{full_name}` không phải người ký của cơ quan `{agency}`")
        }
        SignatoryError::Unusable(cause) => return Fault::internal(cause),
    };
    Fault::new(ErrorCode::SignatureRefused, vietnamese, error.to_string()).field("SignerInfo/FullName")
}
