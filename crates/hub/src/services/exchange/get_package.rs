//! GetPackage: a document, or a status about one, as the edXML package in which the VXP gateway hands it out.
//!
//! It is written by the code of `truc_document::edxml` that the gateway writes with, of the same facts; a test in the browser
//! compares the two byte for byte.

use std::{
    io::{self, Read},
    sync::Arc,
};

use bytes::Bytes;
use tonic::Status;
use truc_document::{
    AgencyCode, Header, Reason, Refusal, StatusCode,
    edxml::{
        self, AttachmentSource, ExportOptions, IdForm, Package, Party, ResponseFor, StaffInfo, StatusFacts,
        WriteOptions,
    },
};
use truc_proto::v1 as pb;
use truc_signature::Caller;
use truc_store::{journal::Position, record::Change, state::Directory};
use uuid::Uuid;

use super::{document_id, party_to};
use crate::{
    bodies::read,
    core::Core,
    status::{malformed, refused},
};

/// Bytes of all files of a package together: as base64 they have to fit into one answer.
const FILES_MAX: u64 = 2 << 20;

pub(super) fn get_package(
    core: &Core,
    caller: &Caller,
    request: &pb::GetPackageRequest,
) -> Result<pb::GetPackageResponse, Status> {
    let id = document_id(&request.document_id)?;
    let entry = party_to(core, caller, id)?;
    let writer = Writer {
        core,
        caller,
        directory: Arc::clone(&core.state.read().directory),
    };
    let envelope = core.bodies.get(&core.reader, entry.position).ok_or_else(lost)?;
    let header = Header::decode(&envelope.header).map_err(|_| lost())?;
    match request.status_position {
        0 => writer.document(&header, &envelope),
        position => writer.status(&header, Position(position)),
    }
}

fn lost() -> Status {
    Status::data_loss("the journal can't be read")
}

struct Writer<'a> {
    core: &'a Core,
    caller: &'a Caller,
    directory: Arc<Directory>,
}

impl Writer<'_> {
    fn document(&self, header: &Header, envelope: &pb::Envelope) -> Result<pb::GetPackageResponse, Status> {
        let edxml_document_id = edxml::answering(header, IdForm::Uuid).document_id;
        let original = edxml::original_package(header);
        let together = match original {
            Some(file) => file.size,
            None => header.attachments.iter().map(|file| file.size).sum(),
        };
        if together > FILES_MAX {
            let message =
                format!("its files have {together} bytes, {FILES_MAX} fit into an answer; use `truc edxml export`");
            return Err(refused(&Refusal::new(Reason::TooLarge, message).field("document_id")));
        }
        if let Some(file) = original {
            return Ok(pb::GetPackageResponse {
                edxml: self.content(envelope, &file.sha256)?,
                original: true,
                edxml_document_id,
            });
        }
        let files = header
            .attachments
            .iter()
            .map(|file| self.content(envelope, &file.sha256));
        let files = files.collect::<Result<_, _>>()?;
        let options = ExportOptions {
            name: &|code| self.name(code),
            refer: &|id| self.refer(id),
            ..ExportOptions::default()
        };
        let package = Package::Document(edxml::export(header, &options));
        Ok(pb::GetPackageResponse {
            edxml: write(&package, &mut Files(files))?,
            original: false,
            edxml_document_id,
        })
    }

    fn status(&self, about: &Header, position: Position) -> Result<pb::GetPackageResponse, Status> {
        let none = || {
            malformed(
                "status_position",
                format!("no status of this document stands at `{position}`"),
            )
        };
        let known = position <= self.core.state.read().position;
        let entry = known
            .then(|| read(&self.core.reader, position))
            .flatten()
            .ok_or_else(none)?;
        let Change::Status(reported) = entry.change else {
            return Err(none());
        };
        if reported.document_id[..] != about.document_id.as_bytes()[..] {
            return Err(none());
        }
        let status = StatusCode::try_from(reported.status).map_err(|_| lost())?;
        let code: AgencyCode = reported.agency.parse().map_err(|_| lost())?;
        let answering = edxml::answering(about, IdForm::Uuid);
        let edxml_document_id = answering.document_id.clone();
        let facts = StatusFacts {
            from: Party {
                organ_name: self.name(&code).unwrap_or_default(),
                organ_id: reported.agency,
                ..Party::default()
            },
            about: answering,
            status,
            description: reported.description,
            staff: reported.staff.map(|staff| StaffInfo {
                department: staff.department,
                staff: staff.full_name,
                email: staff.email,
                mobile: staff.phone,
                ..StaffInfo::default()
            }),
            at: entry.at,
        };
        Ok(pb::GetPackageResponse {
            edxml: write(&Package::Status(edxml::export_status(&facts)), &mut ())?,
            original: false,
            edxml_document_id,
        })
    }

    fn name(&self, code: &AgencyCode) -> Option<String> {
        let agency = self.directory.get(self.directory.find(code)?)?;
        Some(agency.name.clone())
    }

    /// What a package calls a document that this one speaks of, where the caller may know it.
    fn refer(&self, id: Uuid) -> Option<ResponseFor> {
        let entry = party_to(self.core, self.caller, id).ok()?;
        let envelope = self.core.bodies.get(&self.core.reader, entry.position)?;
        Some(edxml::answering(&Header::decode(&envelope.header).ok()?, IdForm::Uuid))
    }

    fn content(&self, envelope: &pb::Envelope, sha256: &[u8; 32]) -> Result<Bytes, Status> {
        let inline = envelope
            .inline_attachments
            .iter()
            .find(|inline| inline.sha256[..] == sha256[..]);
        if let Some(inline) = inline {
            return Ok(inline.content.clone());
        }
        let gone = || {
            let message = format!("content `{}` is not stored any more", hex::encode(sha256));
            refused(&Refusal::new(Reason::AttachmentMissing, message))
        };
        // This is a thread that may wait.
        self.core.workers.wait(self.core.bring(*sha256));
        let (file, size) = self.core.attachments.read(sha256).map_err(|_| gone())?;
        let mut content = Vec::with_capacity(usize::try_from(size.min(FILES_MAX)).unwrap_or_default());
        file.take(FILES_MAX).read_to_end(&mut content).map_err(|_| gone())?;
        Ok(content.into())
    }
}

fn write(package: &Package, files: &mut dyn AttachmentSource) -> Result<Bytes, Status> {
    let mut edxml = Vec::new();
    edxml::write(package, &WriteOptions::default(), files, &mut edxml).map_err(|error| {
        tracing::error!(%error, "document can't be written as edXML");
        Status::internal("the package can't be written; the hub's log says why")
    })?;
    Ok(edxml.into())
}

/// In the order of the header.
struct Files(Vec<Bytes>);

impl AttachmentSource for Files {
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let content = self.0.get(index).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(&content[..]))
    }
}
