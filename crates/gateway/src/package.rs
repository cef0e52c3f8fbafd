//! Packages and what the axis carries: the one place of the gateway where edXML is read and written. The hub's GetPackage writes the
//! same packages of the same facts; the console's tests compare the two.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use bytes::Bytes;
use jiff::Timestamp;
use truc_agency::{FileLabel, Staff};
use truc_document::{
    AgencyCode, Attachment, Header, StatusCode,
    edxml::{
        self, AttachmentSource, DocumentPackage, ExportOptions, Finding, IdForm, Package, Party, ReadLimits,
        ResponseFor, StaffInfo, StatusFacts, StatusPackage, WriteOptions,
    },
    limits::ATTACHMENTS_MAX,
};
use uuid::Uuid;

use crate::{
    fault::{ErrorCode, Fault},
    file_digest::Digested,
};

/// What a system sent.
pub(crate) enum Incoming {
    Document(Box<IncomingDocument>),
    Status(Box<StatusPackage>),
}

/// A document with its files.
pub(crate) struct IncomingDocument {
    pub(crate) package: DocumentPackage,
    contents: Vec<Vec<u8>>,
}

/// A status to be told to a system.
pub(crate) struct Told {
    pub(crate) from: AgencyCode,
    pub(crate) status: StatusCode,
    pub(crate) description: String,
    pub(crate) staff: Option<Staff>,
    pub(crate) at: Timestamp,
}

/// Reads a package. What is unusual about it is told in the log; what can't be read is refused with line and column.
pub(crate) fn read(file: &[u8]) -> Result<Incoming, Fault> {
    let whole = edxml::read_whole(file, &ReadLimits::default()).map_err(|error| {
        let vietnamese = format!("{} tại {}", error.code.vietnamese(), error.at);
        Fault::new(ErrorCode::EdxmlInvalid, vietnamese, error.to_string())
    })?;
    tell(&whole.reading.findings);
    Ok(match whole.reading.package {
        Package::Document(package) => Incoming::Document(Box::new(IncomingDocument {
            package,
            contents: whole.contents,
        })),
        Package::Status(package) => Incoming::Status(Box::new(package)),
    })
}

fn tell(findings: &[Finding]) {
    for finding in findings {
        tracing::debug!(code = finding.code.code(), path = %finding.path, found = %finding.found, "edXML finding");
    }
}

/// The document that a package stands for, as a header signed by nobody yet, with the files inside the package. The
/// package itself is attached by the caller, as the last file.
pub(crate) fn header(
    document: IncomingDocument,
    sender: &AgencyCode,
    now: Timestamp,
) -> Result<(Header, Vec<(FileLabel, Digested)>), Fault> {
    let IncomingDocument { package, contents } = document;
    // A receiver that can't be addressed must not fall away unnoticed.
    for (party, place) in package.to.iter().zip(1..) {
        if let Err(error) = party.organ_id.trim().parse::<AgencyCode>() {
            let fault = Fault::new(ErrorCode::ReceiverUnknown, "không phải mã định danh", error.to_string());
            return Err(fault.field(format!("To[{place}]/OrganId")));
        }
    }
    let mut draft = edxml::draft(&package);
    tell(&draft.findings);
    draft.sender = Some(sender.clone());
    // The files go in with their contents, beside the package itself; empty ones have no place in a header.
    let mut named = std::mem::take(&mut draft.attachments);
    if named.len() >= ATTACHMENTS_MAX {
        tracing::warn!(document = %draft.document_id, files = named.len(), "the last files are inside the package only");
        named.truncate(ATTACHMENTS_MAX - 1);
    }
    let contents = contents
        .into_iter()
        .filter(|content| !content.is_empty())
        .map(Bytes::from);
    let files = named.into_iter().zip(contents).map(|(file, bytes)| {
        let sha256 = file.sha256;
        let label = FileLabel {
            name: file.name,
            content_type: file.content_type,
            description: file.description,
        };
        (label, Digested { bytes, sha256 })
    });
    let files = files.collect();
    let lacking = draft.lacking();
    let header = draft.into_header(now).map_err(|error| {
        let first = lacking
            .first()
            .map(|field| format!("header.{field}"))
            .unwrap_or_default();
        Fault::new(
            ErrorCode::EdxmlInvalid,
            "gói tin thiếu thông tin bắt buộc này",
            error.to_string(),
        )
        .of_header(&first)
    })?;
    Ok((header, files))
}

/// The file of a document that is the package that it came in, where it came in one.
pub(crate) fn original(header: &Header) -> Option<&Attachment> {
    edxml::original_package(header)
}

/// What the header says of that file.
pub(crate) fn original_label(header: &Header) -> FileLabel {
    FileLabel {
        name: format!("{}.edxml", header.document_id),
        content_type: edxml::MEDIA_TYPE.to_owned(),
        description: "Gói tin edXML nguyên gốc".to_owned(),
    }
}

/// A package of a document whose sender used gRPC, with the files of its header. `known` are the documents that it
/// answers or acts on, where they could be asked about.
pub(crate) fn write_document(
    header: &Header,
    names: &HashMap<AgencyCode, String>,
    known: &HashMap<Uuid, ResponseFor>,
    contents: Vec<Bytes>,
) -> Result<Bytes, Fault> {
    let options = ExportOptions {
        name: &|code| names.get(code).cloned(),
        refer: &|id| known.get(&id).cloned(),
        ..ExportOptions::default()
    };
    let package = Package::Document(edxml::export(header, &options));
    write(&package, &mut Contents(contents))
}

/// What a status or an answer says that it is about.
pub(crate) fn answering(header: &Header) -> ResponseFor {
    edxml::answering(header, IdForm::Uuid)
}

/// A package of a status about a document.
pub(crate) fn write_status(about: &Header, told: Told, name: String) -> Result<Bytes, Fault> {
    let staff = told.staff.map(|staff| StaffInfo {
        department: staff.department,
        staff: staff.full_name,
        email: staff.email,
        mobile: staff.phone,
        ..StaffInfo::default()
    });
    let facts = StatusFacts {
        from: Party {
            organ_id: told.from.to_string(),
            organ_name: name,
            ..Party::default()
        },
        about: answering(about),
        status: told.status,
        description: told.description,
        staff,
        at: told.at,
    };
    write(&Package::Status(edxml::export_status(&facts)), &mut ())
}

fn write(package: &Package, contents: &mut dyn AttachmentSource) -> Result<Bytes, Fault> {
    let mut bytes = Vec::new();
    edxml::write(package, &WriteOptions::default(), contents, &mut bytes).map_err(|error| Fault::internal(&error))?;
    Ok(bytes.into())
}

/// Files in memory, in the order of the header.
struct Contents(Vec<Bytes>);

impl AttachmentSource for Contents {
    fn open(&mut self, index: usize) -> io::Result<Box<dyn Read + '_>> {
        let content = self.0.get(index).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(&content[..]))
    }
}
