//! From a header to an edXML document.

use jiff::{Timestamp, civil::DateTime};
use uuid::Uuid;

use super::{
    super::{
        Attachment, Business, BusinessDocumentInfo, BusinessReceiver, Code, DocumentKind, DocumentPackage,
        FileReference, Manifest, OtherInfo, Packing, Party, Promulgation, ResponseFor, SignerInfo, TraceHeader, Value,
    },
    acts, extensions,
};
use crate::{AgencyCode, BusinessAct, Header, SteeringType, Urgency, render, zone};

/// How a document of the axis is told to edXML.
pub struct ExportOptions<'a> {
    /// The name of an agency, from the directory.
    pub name: &'a dyn Fn(&AgencyCode) -> Option<String>,
    /// What edXML calls a document that this one answers or acts on, where that is known.
    pub refer: &'a dyn Fn(Uuid) -> Option<ResponseFor>,
    /// How the document is called that was not in edXML before.
    pub id: IdForm,
    /// How files travel.
    pub packing: Packing,
}

impl Default for ExportOptions<'_> {
    /// No names, no references, ids as UUIDs, files zipped as VNPT's library does it.
    fn default() -> Self {
        Self {
            name: &|_| None,
            refer: &|_| None,
            id: IdForm::Uuid,
            packing: Packing::Zipped,
        }
    }
}

/// How a document is called that was not in edXML before. One that was keeps its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdForm {
    /// Its UUID: what comes back about it leads to it again.
    #[default]
    Uuid,
    /// `<agency>,<yyyy/MM/dd>,<number>/<notation>`, as VNPT's systems write; who reads what comes back needs a list.
    Standard,
}

/// The edXML document of a header. Contents of its files are those of the header, in the same order.
#[must_use]
pub fn export(header: &Header, options: &ExportOptions<'_>) -> DocumentPackage {
    let party = |code: &AgencyCode| {
        let name = (options.name)(code).unwrap_or_default();
        Party {
            organ_id: code.to_string(),
            organ_name: name,
            ..Party::default()
        }
    };
    let refer = |id: &Uuid| {
        (options.refer)(*id).unwrap_or_else(|| ResponseFor {
            document_id: id.to_string(),
            ..ResponseFor::default()
        })
    };
    let kept = |key: &str| header.extensions.get(key).cloned();
    let mut document = DocumentPackage {
        from: party(&header.sender),
        to: header
            .recipients
            .iter()
            .map(|recipient| party(&recipient.agency))
            .collect(),
        document_id: document_id(header, options.id),
        code: Code {
            number: kept(extensions::CODE_NUMBER).unwrap_or_else(|| header.number.to_string()),
            notation: kept(extensions::CODE_NOTATION).unwrap_or_else(|| header.notation.to_string()),
        },
        promulgation: Promulgation {
            place: header.place.clone(),
            date: Some(Value::Known(header.issued_on)),
            promulgator: String::new(),
        },
        document_type: DocumentKind {
            number: Some(Value::Known(1)),
            detail: None,
            name: kept(extensions::TYPE_NAME).unwrap_or_else(|| header.document_type.vietnamese().to_owned()),
        },
        subject: header.subject.clone(),
        signer: SignerInfo {
            competence: header.signer.competence.clone(),
            position: header.signer.position.clone(),
            full_name: header.signer.full_name.clone(),
        },
        due_date: header.due_on.map(Value::Known),
        other: OtherInfo {
            priority: Some(Value::Known(priority(header))),
            sphere: header.sphere.clone(),
            promulgation_amount: (header.copy_count > 0).then_some(Value::Known(header.copy_count)),
            page_amount: (header.page_count > 0).then_some(Value::Known(header.page_count)),
            ..OtherInfo::default()
        },
        response_for: header.in_reply_to.iter().map(refer).collect(),
        steering_type: Some(Value::Known(steering(header.steering))),
        to_places: header.other_places.clone(),
        trace: vec![TraceHeader {
            organ_id: header.sender.to_string(),
            timestamp: Some(Value::Known(in_vietnam(header.created_at))),
            path: None,
        }],
        business: Some(business(header, &refer)),
        ..DocumentPackage::default()
    };
    files(header, options.packing, &mut document);
    extensions::put_back(&header.extensions, &mut document);
    trim(&mut document);
    document
}

/// Media type of the file of a document that is the package that it came in.
pub const MEDIA_TYPE: &str = "application/vnd.truc.edxml";

/// The file of a document that is the package that it came in, where it came in one: byte for byte what its sender's system sent.
#[must_use]
pub fn original_package(header: &Header) -> Option<&crate::Attachment> {
    let mut files = header.attachments.iter().rev();
    files.find(|file| file.content_type == MEDIA_TYPE)
}

/// What a status or an answer says that it is about, for a document of the axis.
#[must_use]
pub fn answering(header: &Header, id: IdForm) -> ResponseFor {
    ResponseFor {
        organ_id: header.sender.to_string(),
        code: render(header.number, &header.notation),
        document_id: document_id(header, id),
        promulgation_date: Some(Value::Known(header.issued_on)),
    }
}

/// Whole seconds on the clocks of Vietnam.
pub(super) fn in_vietnam(at: Timestamp) -> DateTime {
    let time = zone::VIETNAM.to_datetime(at);
    time.with().subsec_nanosecond(0).build().unwrap_or(time)
}

fn document_id(header: &Header, form: IdForm) -> String {
    if let Some(kept) = header.extensions.get(extensions::DOCUMENT_ID) {
        return kept.clone();
    }
    let day = header.issued_on;
    match form {
        IdForm::Uuid => header.document_id.to_string(),
        IdForm::Standard => format!(
            "{},{:04}/{:02}/{:02},{}",
            header.sender,
            day.year(),
            day.month(),
            day.day(),
            render(header.number, &header.notation)
        ),
    }
}

fn priority(header: &Header) -> u32 {
    match header.urgency {
        Urgency::Normal => 0,
        Urgency::Urgent => 1,
        Urgency::VeryUrgent => 2,
        Urgency::Express
            if header
                .extensions
                .get(extensions::PRIORITY)
                .is_some_and(|kept| kept == "4") =>
        {
            4
        }
        Urgency::Express => 3,
    }
}

const fn steering(steering: SteeringType) -> u32 {
    match steering {
        SteeringType::None => 1,
        SteeringType::Steering => 2,
        SteeringType::Report => 3,
    }
}

fn business(header: &Header, refer: &dyn Fn(&Uuid) -> ResponseFor) -> Business {
    let mut targets = header.act_targets.iter().map(|id| refer(id).document_id);
    let first = targets.next().unwrap_or_default();
    // Only a replacement has a list; the others of a recall or an update go there all the same.
    let replacements = std::iter::once(first.clone())
        .filter(|_| header.act == BusinessAct::Replace)
        .chain(targets)
        .filter(|id| !id.is_empty())
        .map(|document_id| super::super::Replacement {
            document_id,
            organ_ids: Vec::new(),
        })
        .collect();
    let document_info = (header.act == BusinessAct::Update).then(|| BusinessDocumentInfo {
        document_info: Some(Value::Known(1)),
        document_receiver: Some(Value::Known(u32::from(!header.removed_recipients.is_empty()))),
        receivers: header
            .removed_recipients
            .iter()
            .map(|agency| BusinessReceiver {
                organ_id: agency.to_string(),
                receiver_type: Some(Value::Known(0)),
            })
            .collect(),
    });
    Business {
        document_id: first,
        doc_type: Some(Value::Known(acts::number(header.act))),
        reason: header.act_reason.clone(),
        paper: Some(Value::Known(u32::from(header.paper_follows))),
        document_info,
        replacements,
        staff: None,
    }
}

fn files(header: &Header, packing: Packing, document: &mut DocumentPackage) {
    let mut references = Vec::new();
    for (index, file) in header.attachments.iter().enumerate() {
        let content_id = (index + 1).to_string();
        references.push(FileReference {
            content_id: content_id.clone(),
            content_type: file.content_type.clone(),
            description: file.description.clone(),
            name: file.name.clone(),
        });
        document.attachments.push(Attachment {
            content_id,
            name: file.name.clone(),
            description: file.description.clone(),
            content_type: match packing {
                Packing::Zipped => "application/zip".to_owned(),
                Packing::Plain => file.content_type.clone(),
            },
            packing,
            sha256: file.sha256,
            size: file.size,
        });
    }
    document.manifest = Some(Manifest {
        version: "1.0".to_owned(),
        references,
    });
}

/// edXML keeps no blanks around a text.
fn trim(document: &mut DocumentPackage) {
    let texts = [
        &mut document.subject,
        &mut document.promulgation.place,
        &mut document.signer.competence,
        &mut document.signer.position,
        &mut document.signer.full_name,
        &mut document.other.sphere,
    ];
    for text in texts {
        *text = text.trim().to_owned();
    }
    for place in &mut document.to_places {
        *place = place.trim().to_owned();
    }
    if let Some(business) = &mut document.business {
        business.reason = business.reason.trim().to_owned();
    }
}

#[cfg(test)]
mod tests {
    use crate::DocumentType;

    #[test]
    fn every_type_is_found_by_the_name_that_is_written() {
        for kind in DocumentType::ALL {
            assert_eq!(DocumentType::find(kind.vietnamese()), Some(*kind));
        }
    }
}
