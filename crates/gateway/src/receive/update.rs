//! `updateStatus`: what becomes of a package at its receiver, as far as the transport goes.

use std::time::Duration;

use truc_agency::{Agency, CallError, Content, StatusToReport};
use truc_document::{Reason, StatusCode};

use crate::{doc_id::DocId, fault::Fault, gateway::Shared, systems::System};

/// Hub time that taking for good may need.
const LEASE: Duration = Duration::from_secs(60);
/// What a refusal says where the system gives no reason.
const NO_REASON: &str = "Hệ thống nhận báo lỗi khi tiếp nhận gói tin";

/// What a system says of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    /// It works on it: out of the lists for a while.
    Processing,
    /// Taken for good.
    Done,
    /// Given back as failed: it never shows again, and the sender of a document is told 02.
    Fail,
}

impl Update {
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        match text {
            "processing" => Ok(Self::Processing),
            "done" => Ok(Self::Done),
            "fail" => Ok(Self::Fail),
            other => Err(Fault::header_invalid("status", other, "processing, done, fail")),
        }
    }
}

impl Shared {
    pub(crate) async fn update(
        &self,
        system: &System,
        doc_id: &str,
        update: Update,
        description: Option<&str>,
    ) -> Result<(), Fault> {
        let id: DocId = doc_id.parse().map_err(|()| Fault::doc_id_unknown(doc_id))?;
        let unknown = || Fault::doc_id_unknown(doc_id);
        match update {
            Update::Processing => {
                self.take(system, id, self.options.hold, true)
                    .await?
                    .ok_or_else(unknown)?;
                self.holds.set(id);
            }
            Update::Done => {
                self.done(system, id).await?.ok_or_else(unknown)?;
                self.holds.clear(id);
            }
            Update::Fail => {
                match self.take(system, id, LEASE, true).await? {
                    Some((agency, delivery)) => {
                        taken(&agency, id).await?;
                        if let Content::Document(document) = &delivery.content {
                            let header = document.header().map_err(|refusal| Fault::internal(&refusal))?;
                            let because = description.unwrap_or(NO_REASON);
                            let report = StatusToReport::new(header.document_id, StatusCode::Refused).because(because);
                            agency.report(report).await?;
                        }
                    }
                    // Said before: good where it was taken, unknown otherwise.
                    None => self.done(system, id).await?.ok_or_else(unknown)?,
                }
                self.holds.clear(id);
            }
        }
        Ok(())
    }

    /// Takes for good; none where no mailbox of the system has or had it.
    async fn done(&self, system: &System, id: DocId) -> Result<Option<()>, Fault> {
        for code in system.agencies.iter().filter(|code| id.may_be_of(code)) {
            let agency = self.agency(code);
            match taken(&agency, id).await {
                Ok(()) => return Ok(Some(())),
                Err(Acknowledging::Refused(Reason::LeaseExpired)) => {
                    // Its lease ran out while the system worked: it is taken anew, and then for good.
                    if self.take(system, id, LEASE, true).await?.is_some() {
                        taken(&agency, id).await?;
                        return Ok(Some(()));
                    }
                }
                Err(Acknowledging::Refused(Reason::DeliveryUnknown)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }
}

/// Why a delivery was not taken for good.
enum Acknowledging {
    Refused(Reason),
    Other(Fault),
}

impl From<Acknowledging> for Fault {
    fn from(error: Acknowledging) -> Self {
        match error {
            Acknowledging::Refused(reason) => Self::internal(&reason),
            Acknowledging::Other(fault) => fault,
        }
    }
}

impl From<CallError> for Acknowledging {
    fn from(error: CallError) -> Self {
        Self::Other(error.into())
    }
}

async fn taken(agency: &Agency, id: DocId) -> Result<(), Acknowledging> {
    let outcome = agency.acknowledge(&[id.delivery()]).await?.into_iter().next();
    match outcome.and_then(|outcome| outcome.refusal) {
        None => Ok(()),
        Some(refusal) => Err(Acknowledging::Refused(refusal.reason)),
    }
}
