//! What a package does to a document already sent.

use super::{
    super::{Business, BusinessDocumentInfo, BusinessReceiver, Replacement},
    fields::{Fields, Name},
    parties,
    report::Report,
    tree::Element,
};
use crate::limits::DESCRIPTION_MAX;

/// The standard's own samples have it with two s.
pub(super) const BUSINESS: Name = Name("Bussiness", &["Business"]);

pub(super) fn business(element: &Element, path: String, report: &mut Report) -> Business {
    let mut fields = Fields::of(element, path, report);
    let document_id = fields.text("DocumentId");
    let doc_type = fields.listed_as(Name("BussinessDocType", &["BusinessDocType"]), 0, 3);
    let reason = fields.short_text(Name("BussinessDocReason", &["BusinessDocReason"]), DESCRIPTION_MAX);
    let paper = fields.listed("Paper", 0, 1);
    let info = fields.one(Name("BussinessDocumentInfo", &["BusinessDocumentInfo"]));
    let replacements = fields.one("ReplacementInfoList");
    let staff = fields.one("StaffInfo");
    let business = Business {
        document_id,
        doc_type,
        reason,
        paper,
        document_info: info.map(|info| document_info(info, fields.path(&info.name), fields.report())),
        replacements: replacements
            .map(|list| self::replacements(list, fields.path(&list.name), fields.report()))
            .unwrap_or_default(),
        staff: staff.map(|staff| parties::staff(staff, fields.path(&staff.name), fields.report())),
    };
    fields.done();
    business
}

fn document_info(element: &Element, path: String, report: &mut Report) -> BusinessDocumentInfo {
    let mut fields = Fields::of(element, path, report);
    let document_info = fields.number("DocumentInfo");
    let document_receiver = fields.number("DocumentReceiver");
    let mut receivers = Vec::new();
    if let Some(list) = fields.one("ReceiverList") {
        let path = fields.path(&list.name);
        let mut inner = Fields::of(list, path, fields.report());
        for receiver in inner.many("Receiver") {
            let path = inner.path(&receiver.name);
            let mut one = Fields::of(receiver, path, inner.report());
            receivers.push(BusinessReceiver {
                organ_id: one.text("OrganId"),
                receiver_type: one.listed("ReceiverType", 0, 1),
            });
            one.done();
        }
        inner.done();
    }
    fields.done();
    BusinessDocumentInfo {
        document_info,
        document_receiver,
        receivers,
    }
}

fn replacements(element: &Element, path: String, report: &mut Report) -> Vec<Replacement> {
    let mut fields = Fields::of(element, path, report);
    let mut replacements = Vec::new();
    for info in fields.many("ReplacementInfo") {
        let path = fields.path(&info.name);
        let mut one = Fields::of(info, path, fields.report());
        let document_id = one.text("DocumentId");
        let mut organ_ids = Vec::new();
        if let Some(list) = one.one("OrganIdList") {
            let path = one.path(&list.name);
            let mut inner = Fields::of(list, path, one.report());
            organ_ids = inner.texts("OrganId");
            inner.done();
        }
        one.done();
        replacements.push(Replacement { document_id, organ_ids });
    }
    fields.done();
    replacements
}
