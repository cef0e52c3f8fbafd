//! Sending: from a package to a signed envelope with its receipt, or to a reported status.

mod document;
mod rows;
mod status;

use truc_document::AgencyCode;
use uuid::Uuid;

pub(crate) use self::rows::{SentQuery, SentRow};
use crate::{
    fault::{ErrorCode, Fault},
    file_digest::Digested,
    gateway::Shared,
    package::{self, Incoming},
    receive::Kind,
    systems::System,
};

/// Beyond this many bytes a package is read on a thread of its own: others need not wait for it.
const READ_HERE_MAX: usize = 64 << 10;

impl Shared {
    /// Sends one package; gives the DocId. `from` is what the call says, where it says anything; `kind` what it says to
    /// send.
    pub(crate) async fn send(
        &self,
        system: &System,
        from: Option<&str>,
        kind: Option<Kind>,
        file: Digested,
    ) -> Result<Uuid, Fault> {
        if file.bytes.is_empty() {
            return Err(Fault::new(ErrorCode::FileInvalid, "tệp rỗng", "the file is empty").field("body"));
        }
        let from = match from {
            Some(from) => Some(self.sender(system, from, "from")?),
            None => None,
        };
        let incoming = if file.bytes.len() <= READ_HERE_MAX {
            package::read(&file.bytes)?
        } else {
            let file = file.bytes.clone();
            let reading = tokio::task::spawn_blocking(move || package::read(&file));
            reading.await.map_err(|error| Fault::internal(&error))??
        };
        match (incoming, kind) {
            (Incoming::Document(document), None | Some(Kind::Document)) => {
                let sender = self.sender_of(system, from, &document.package.from.organ_id)?.clone();
                self.send_document(system, &sender, *document, file).await
            }
            (Incoming::Status(status), None | Some(Kind::Status)) => {
                let sender = self.sender_of(system, from, &status.from.organ_id)?.clone();
                self.send_status(&sender, *status).await
            }
            (Incoming::Document(_), Some(Kind::Status)) => Err(Fault::new(
                ErrorCode::EdxmlInvalid,
                "messagetype là status nhưng tệp là văn bản",
                "messagetype is status and the file is a document",
            )
            .field("messagetype")),
            (Incoming::Status(_), Some(Kind::Document)) => Err(Fault::new(
                ErrorCode::EdxmlInvalid,
                "messagetype là edoc nhưng tệp là trạng thái",
                "messagetype is edoc and the file is a status",
            )
            .field("messagetype")),
        }
    }

    /// The agency that a package says it is from; the call must say the same.
    fn sender_of<'a>(
        &self,
        system: &'a System,
        called: Option<&'a AgencyCode>,
        organ_id: &str,
    ) -> Result<&'a AgencyCode, Fault> {
        let sender = self.sender(system, organ_id, "From/OrganId")?;
        match called {
            Some(called) if called != sender => Err(Fault::new(
                ErrorCode::SenderNotRegistered,
                format!("gói tin ghi `{sender}`, tham số from ghi `{called}`"),
                format!("the package says `{sender}` and the call `{called}`"),
            )
            .field("From/OrganId")),
            _ => Ok(sender),
        }
    }
}
