//! Between edXML and the axis's own forms.

mod acts;
mod derive;
mod draft;
mod export;
mod extensions;
mod files;
mod fit;
mod import;
mod recipients;
mod status;

pub use self::{
    derive::document_uuid,
    draft::{Draft, Incomplete},
    export::{ExportOptions, IdForm, MEDIA_TYPE, answering, export, original_package},
    import::draft,
    status::{StatusDraft, StatusFacts, draft_status, export_status},
};
