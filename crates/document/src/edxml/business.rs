//! What a package does to a document already sent (`Bussiness`, so written by the standard's own samples).

use super::{StaffInfo, Value};

/// Recall, update or replacement, with who ordered it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Business {
    /// The document acted on.
    pub document_id: String,
    /// 0 new, 1 recall, 2 update, 3 replace (`BussinessDocType`).
    pub doc_type: Option<Value<u32>>,
    /// Why.
    pub reason: String,
    /// 1 where paper is sent too.
    pub paper: Option<Value<u32>>,
    /// What an update changes.
    pub document_info: Option<BusinessDocumentInfo>,
    /// What a replacement replaces.
    pub replacements: Vec<Replacement>,
    /// Who handled it.
    pub staff: Option<StaffInfo>,
}

/// What an update changes (`BussinessDocumentInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessDocumentInfo {
    /// 1 where the content changes (derived from samples).
    pub document_info: Option<Value<u32>>,
    /// 1 where the receivers change (derived from samples).
    pub document_receiver: Option<Value<u32>>,
    /// The receivers that change.
    pub receivers: Vec<BusinessReceiver>,
}

/// A receiver that an update removes or adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessReceiver {
    /// Its code.
    pub organ_id: String,
    /// 0 removed, 1 added.
    pub receiver_type: Option<Value<u32>>,
}

/// One document that a replacement replaces (`ReplacementInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replacement {
    /// Its id.
    pub document_id: String,
    /// The receivers that it is replaced for.
    pub organ_ids: Vec<String>,
}
