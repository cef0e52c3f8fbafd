//! Traces (vết ghi): what a hub carried, one event a line, recorded from one hub and sent again to another.
//!
//! A trace says who sent what to whom, when each receiver took it and what was reported about it. It holds no signatures: whoever
//! replays it signs anew. docs/traces.md tells every field.
//!
//! **Invariant:** recording and replaying know a hub through `truc_agency` alone.

mod bytes;
mod header;
mod line;
mod reader;
mod record;
mod redact;
mod replay;
#[cfg(test)]
mod tests;
mod writer;

pub use self::{
    bytes::{Content, Digest},
    header::{AttachmentLine, HeaderLine, RecipientLine, SignerLine},
    line::{AcknowledgedLine, AgencyLine, Contents, DocumentLine, Head, Line, RefusedLine, StatusLine, VERSION},
    reader::{Reader, Survey, TraceError},
    record::{CONTENT_BYTES_MAX, RecordError, RecordOptions, Recorded, record},
    redact::filler,
    replay::{Ids, Lateness, ReplayError, ReplayOptions, Replayed, Speed, UnexpectedRefusal, replay},
    writer::Writer,
};
