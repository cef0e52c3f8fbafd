//! One package: byte for byte as it was sent, or written afresh where its sender used gRPC.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use truc_agency::{
    Agency, CallError, Content, DeliveredDocument, Delivery, FetchOptions, Notice, NoticeKind, StatusReport,
};
use truc_document::{AgencyCode, Attachment, Header, StatusCode};
use uuid::Uuid;

use crate::{
    doc_id::DocId,
    fault::{ErrorCode, Fault},
    gateway::Shared,
    package::{self, Told},
    systems::System,
};

/// Hub time for which a package that is handed out is nobody else's. What is not updated in it shows again for gRPC
/// clients of the agency; for systems it is in the lists all the while.
const LEASE: Duration = Duration::from_secs(60);

impl Shared {
    /// The package of a docId, for one of a system's agencies; or by the id that `sendEdoc` answered, for its sender.
    pub(crate) async fn package(&self, system: &System, doc_id: &str) -> Result<Bytes, Fault> {
        if let Ok(document) = doc_id.parse::<Uuid>() {
            return self.sent_package(system, document, doc_id).await;
        }
        let id: DocId = doc_id.parse().map_err(|()| Fault::doc_id_unknown(doc_id))?;
        let lease = if self.holds.has(id) { self.options.hold } else { LEASE };
        let (agency, delivery) = self
            .take(system, id, lease, false)
            .await?
            .ok_or_else(|| Fault::doc_id_unknown(doc_id))?;
        if delivery.attempt > self.options.fetches_max {
            tracing::warn!(
                system = %system.id, agency = %agency.code(), doc_id, times = delivery.attempt,
                "package is fetched again and again without updateStatus: its receiver may not be able to read it"
            );
        }
        match delivery.content {
            Content::Document(document) => self.document(&agency, &document).await,
            Content::Status(report) => self.status(&agency, report).await,
            Content::Notice(notice) => self.notice(&agency, notice).await,
        }
    }

    /// Takes one delivery under a lease; none where it is in no mailbox of the system any more.
    pub(super) async fn take(
        &self,
        system: &System,
        id: DocId,
        lease: Duration,
        headers_only: bool,
    ) -> Result<Option<(Agency, Delivery)>, Fault> {
        for code in system.agencies.iter().filter(|code| id.may_be_of(code)) {
            let agency = self.agency(code);
            let options = FetchOptions {
                delivery_ids: vec![id.delivery()],
                lease: Some(lease),
                headers_only,
                ..FetchOptions::default()
            };
            let fetched = agency.fetch(options).await?.deliveries.into_iter().next();
            if let Some(delivery) = fetched {
                return Ok(Some((agency, delivery.map_err(|error| Fault::internal(&error))?)));
            }
        }
        Ok(None)
    }

    async fn document(&self, agency: &Agency, document: &DeliveredDocument) -> Result<Bytes, Fault> {
        let header = document.header().map_err(|refusal| Fault::internal(&refusal))?;
        if let Some(original) = package::original(&header) {
            return self.content(agency, document, &header, original).await;
        }
        let mut contents = Vec::with_capacity(header.attachments.len());
        for attachment in &header.attachments {
            contents.push(self.content(agency, document, &header, attachment).await?);
        }
        let mut names = HashMap::new();
        for code in std::iter::once(&header.sender).chain(header.recipients.iter().map(|recipient| &recipient.agency)) {
            names.insert(code.clone(), self.catalogue.name(agency, code).await?);
        }
        let mut known = HashMap::new();
        for &id in header.in_reply_to.iter().chain(&header.act_targets) {
            // A receiver need not be party to what a document speaks of.
            if let Ok(life) = agency.track(id).await {
                known.insert(id, package::answering(&life.header));
            }
        }
        package::write_document(&header, &names, &known, contents)
    }

    /// One file of a document: from the envelope, or from the hub.
    async fn content(
        &self,
        agency: &Agency,
        document: &DeliveredDocument,
        header: &Header,
        attachment: &Attachment,
    ) -> Result<Bytes, Fault> {
        let inline = document
            .envelope
            .inline_attachments
            .iter()
            .find(|inline| inline.sha256[..] == attachment.sha256);
        match inline {
            Some(inline) => Ok(inline.content.clone()),
            None => download(agency, header.document_id, attachment).await,
        }
    }

    /// What the sender itself sent, by the id that `sendEdoc` answered.
    async fn sent_package(&self, system: &System, document: Uuid, doc_id: &str) -> Result<Bytes, Fault> {
        for code in &system.agencies {
            if !self.sent.has(code, document) {
                continue;
            }
            let agency = self.agency(code);
            let life = agency.track(document).await?;
            if let Some(original) = package::original(&life.header) {
                return download(&agency, document, original).await;
            }
        }
        Err(Fault::doc_id_unknown(doc_id))
    }

    async fn status(&self, agency: &Agency, report: StatusReport) -> Result<Bytes, Fault> {
        let told = Told {
            from: report.agency,
            status: report.status,
            description: report.description,
            staff: report.staff,
            at: report.reported_at,
        };
        self.write_status(agency, report.document_id, told).await
    }

    /// Word of the hub, in the statuses that systems know: what was withdrawn before it was fetched is a recall agreed to
    /// (15); a receiver that an update took off is asked to give the document back (13).
    async fn notice(&self, agency: &Agency, notice: Notice) -> Result<Bytes, Fault> {
        let (status, description, from) = match notice.kind {
            NoticeKind::Withdrawn => (
                StatusCode::Agreed,
                "Đã thu hồi trước khi cơ quan nhận lấy văn bản",
                notice.agency,
            ),
            NoticeKind::ReceiverRemoved => (
                StatusCode::TakeBack,
                "Cơ quan gửi đã cập nhật, bỏ cơ quan này khỏi nơi nhận",
                None,
            ),
            NoticeKind::ReceiverAdded => (
                StatusCode::Arrived,
                "Cơ quan gửi đã cập nhật, thêm cơ quan này vào nơi nhận",
                None,
            ),
        };
        let from = match from {
            Some(from) => from,
            None => agency.track(notice.document_id).await?.header.sender,
        };
        let told = Told {
            from,
            status,
            description: description.to_owned(),
            staff: None,
            at: notice.noticed_at,
        };
        self.write_status(agency, notice.document_id, told).await
    }

    async fn write_status(&self, agency: &Agency, document: Uuid, told: Told) -> Result<Bytes, Fault> {
        let life = agency.track(document).await?;
        let name = self.name(agency, &told.from).await?;
        package::write_status(&life.header, told, name)
    }

    pub(crate) async fn name(&self, reader: &Agency, code: &AgencyCode) -> Result<String, CallError> {
        self.catalogue.name(reader, code).await
    }
}

async fn download(agency: &Agency, document: Uuid, attachment: &Attachment) -> Result<Bytes, Fault> {
    let size = usize::try_from(attachment.size).map_err(|_| {
        Fault::new(
            ErrorCode::FileNotProcessed,
            "tệp quá lớn cho máy này",
            "the file is too large for this machine",
        )
    })?;
    let mut content = Vec::with_capacity(size.min(64 << 20));
    agency.download(document, attachment.sha256, &mut content).await?;
    Ok(content.into())
}
