//! Recording: follows a hub's events and writes them as a trace.

use std::{
    collections::{HashMap, HashSet},
    io::Write,
};

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use truc_agency::{
    AgencyEntry, AgencyFilter, CallError, DeliveryState, DownloadError, Event, Life, ObserveOptions, Operator,
};
use truc_document::{AgencyCode, SignatureStanding, StatusCode};
use truc_proto::v1::EventKind;
use uuid::Uuid;

use super::{
    bytes::Content,
    line::{AcknowledgedLine, Code, Contents, DocumentLine, Line, RefusedLine, StatusLine},
    redact,
    writer::Writer,
};
use crate::token::Token;

/// Larger contents are left out of a trace, in bytes; a replay makes up others of the same size.
pub const CONTENT_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Documents that are asked for at once.
const AT_ONCE: usize = 16;

/// What is recorded.
#[derive(Clone, Debug)]
pub struct RecordOptions {
    /// First position of the journal, from 1.
    pub from: u64,
    /// Goes on with what happens, until it is stopped; otherwise ends with what has happened when it is asked.
    pub follow: bool,
    /// What becomes of contents.
    pub contents: Contents,
    /// Ends the recording.
    pub stop: CancellationToken,
}

/// What was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Accepted documents.
    pub documents: u64,
    /// Deliveries taken for good: documents, statuses and notices.
    pub acknowledged: u64,
    /// Reported statuses.
    pub statuses: u64,
    /// Refused documents.
    pub refused: u64,
    /// Contents left out because they are larger than [`CONTENT_BYTES_MAX`].
    pub contents_left_out: u64,
    /// Position of the last event, 0 where there was none: a later recording goes on behind it.
    pub position: u64,
    /// It was stopped before its end.
    pub stopped: bool,
}

/// Why a recording ended.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The hub did not answer or refused.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A content did not come.
    #[error("content of document `{document_id}` did not come: {source}")]
    Download {
        /// The document.
        document_id: Uuid,
        /// Why not.
        source: DownloadError,
    },
    /// The trace could not be written.
    #[error("trace could not be written: {0}; check the disk")]
    Write(#[from] std::io::Error),
    /// An event that this release cannot read.
    #[error("event at position {position} has no usable `{field}`; this release may be older than the hub")]
    Event {
        /// Position in the journal.
        position: u64,
        /// The field.
        field: &'static str,
    },
}

/// Records what a hub carried.
///
/// # Errors
/// The hub cannot be reached, the trace cannot be written.
pub async fn record(operator: &Operator, options: RecordOptions, to: impl Write) -> Result<Recorded, RecordError> {
    let mut recorder = Recorder::begin(operator, &options, to).await?;
    let kinds = [
        EventKind::DocumentAccepted,
        EventKind::DocumentRefused,
        EventKind::Acknowledged,
        EventKind::StatusReported,
    ];
    let observed = ObserveOptions {
        from_position: Some(options.from.max(1)),
        kinds: kinds.to_vec(),
        until_now: !options.follow,
        ..ObserveOptions::default()
    };
    let known = operator.observe(observed).map(|event| {
        let operator = operator.clone();
        async move {
            let event = event?;
            let carried = match event.kind() {
                EventKind::DocumentAccepted => Some(Carried::fetch(&operator, &event, options.contents).await?),
                _ => None,
            };
            Ok::<_, RecordError>((event, carried))
        }
    });
    let mut events = known.buffered(AT_ONCE);
    loop {
        let next = tokio::select! {
            biased;
            () = options.stop.cancelled() => {
                recorder.recorded.stopped = true;
                None
            }
            next = events.next() => next,
        };
        let Some(event) = next else { break };
        let (event, carried) = event?;
        recorder.take(event, carried).await?;
        if options.follow {
            recorder.writer.flush()?;
        }
    }
    recorder.writer.flush()?;
    Ok(recorder.recorded)
}

/// An accepted document, with what the event does not tell.
struct Carried {
    life: Life,
    contents: Vec<([u8; 32], Vec<u8>)>,
    left_out: u64,
}

impl Carried {
    async fn fetch(operator: &Operator, event: &Event, contents: Contents) -> Result<Self, RecordError> {
        let document_id = document_id(event)?;
        let life = operator.track(document_id).await?;
        let mut carried = Self {
            life,
            contents: Vec::new(),
            left_out: 0,
        };
        if contents != Contents::Keep {
            return Ok(carried);
        }
        for attachment in &carried.life.header.attachments {
            if attachment.size > CONTENT_BYTES_MAX {
                carried.left_out += 1;
                continue;
            }
            let mut content = Vec::new();
            let downloaded = operator.download(document_id, attachment.sha256, &mut content).await;
            downloaded.map_err(|source| RecordError::Download { document_id, source })?;
            carried.contents.push((attachment.sha256, content));
        }
        Ok(carried)
    }
}

struct Recorder<W> {
    operator: Operator,
    contents: Contents,
    writer: Writer<W>,
    directory: HashMap<AgencyCode, AgencyEntry>,
    told: HashSet<AgencyCode>,
    /// Documents by their deliveries; none where the delivery was withdrawn. Out once they are taken.
    deliveries: HashMap<u64, Option<Uuid>>,
    /// Deliveries taken: the same may be acknowledged again.
    taken: HashSet<u64>,
    recorded: Recorded,
}

impl<W: Write> Recorder<W> {
    async fn begin(operator: &Operator, options: &RecordOptions, to: W) -> Result<Self, RecordError> {
        let agencies = operator.directory().agencies(AgencyFilter::default());
        let directory = agencies
            .map_ok(|entry| (entry.code.clone(), entry))
            .try_collect()
            .await?;
        Ok(Self {
            operator: operator.clone(),
            contents: options.contents,
            writer: Writer::begin(to, options.contents)?,
            directory,
            told: HashSet::new(),
            deliveries: HashMap::new(),
            taken: HashSet::new(),
            recorded: Recorded::default(),
        })
    }

    async fn take(&mut self, event: Event, carried: Option<Carried>) -> Result<(), RecordError> {
        let position = event.position;
        let line = match event.kind() {
            EventKind::DocumentAccepted => carried.map(|carried| self.document(&event, carried)).transpose()?,
            EventKind::DocumentRefused => Some(self.refused(event)?),
            EventKind::Acknowledged => self.acknowledged(&event)?,
            EventKind::StatusReported => Some(self.status(event)?),
            _ => None,
        };
        if let Some(line) = line {
            for code in line.agencies() {
                self.tell(code).await?;
            }
            self.writer.line(&line)?;
        }
        self.recorded.position = position;
        Ok(())
    }

    fn document(&mut self, event: &Event, carried: Carried) -> Result<Line, RecordError> {
        let Carried {
            life,
            contents,
            left_out,
        } = carried;
        self.recorded.documents += 1;
        self.recorded.contents_left_out += left_out;
        let id = life.header.document_id;
        for recipient in &life.recipients {
            let withdrawn = recipient.delivery == DeliveryState::Withdrawn;
            self.deliveries
                .insert(recipient.delivery_id, (!withdrawn).then_some(id));
        }
        let mut line = DocumentLine {
            at: at(event)?,
            signed: life.signature_standing == SignatureStanding::Signed,
            header: life.header.into(),
            contents: contents
                .into_iter()
                .map(|(digest, content)| (Token(super::Digest(digest)), Token(Content(content.into()))))
                .collect(),
        };
        if self.contents == Contents::Redact {
            redact::redact_header(&mut line.header);
        }
        Ok(Line::Document(Box::new(line)))
    }

    fn refused(&mut self, event: Event) -> Result<Line, RecordError> {
        self.recorded.refused += 1;
        Ok(Line::Refused(RefusedLine {
            at: at(&event)?,
            agency: Token(agency(&event)?),
            reason: Token(event.reason.parse().map_err(|_| unusable(&event, "reason"))?),
            document_id: event.document_id,
            field: event.text,
        }))
    }

    /// Nothing where all of it had been taken before.
    fn acknowledged(&mut self, event: &Event) -> Result<Option<Line>, RecordError> {
        let (mut documents, mut words) = (Vec::new(), 0);
        for delivery in &event.delivery_ids {
            if !self.taken.insert(*delivery) {
                continue;
            }
            match self.deliveries.remove(delivery) {
                Some(Some(document)) => documents.push(document),
                // Withdrawn: the hub did not let it be taken.
                Some(None) => {}
                None => words += 1,
            }
        }
        if documents.is_empty() && words == 0 {
            return Ok(None);
        }
        self.recorded.acknowledged += documents.len() as u64 + words;
        Ok(Some(Line::Acknowledged(AcknowledgedLine {
            at: at(event)?,
            agency: Token(agency(event)?),
            documents,
            words,
        })))
    }

    fn status(&mut self, event: Event) -> Result<Line, RecordError> {
        self.recorded.statuses += 1;
        let document_id = document_id(&event)?;
        let status = StatusCode::try_from(event.status).map_err(|_| unusable(&event, "status"))?;
        let description = match self.contents {
            Contents::Redact => redact::words(document_id, "description", &event.text),
            Contents::Keep | Contents::None => event.text.clone(),
        };
        Ok(Line::Status(StatusLine {
            at: at(&event)?,
            agency: Token(agency(&event)?),
            document_id,
            status: Token(Code(status)),
            description,
        }))
    }

    /// Writes an agency's line before its first event, after those of the agencies above it.
    async fn tell(&mut self, code: &AgencyCode) -> Result<(), RecordError> {
        let mut above = Vec::new();
        let mut next = Some(code.clone());
        while let Some(code) = next.take() {
            if !self.told.insert(code.clone()) {
                break;
            }
            let entry = match self.directory.remove(&code) {
                Some(entry) => entry,
                None => self.operator.directory().agency(&code).await?,
            };
            next = entry.parent.clone();
            above.push(entry);
        }
        for entry in above.into_iter().rev() {
            self.writer.line(&Line::Agency(entry.into()))?;
        }
        Ok(())
    }
}

fn at(event: &Event) -> Result<Timestamp, RecordError> {
    let at = event.happened_at.as_ref();
    at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
        .ok_or_else(|| unusable(event, "happened_at"))
}

fn agency(event: &Event) -> Result<AgencyCode, RecordError> {
    event.agency.parse().map_err(|_| unusable(event, "agency"))
}

fn document_id(event: &Event) -> Result<Uuid, RecordError> {
    event.document_id.parse().map_err(|_| unusable(event, "document_id"))
}

fn unusable(event: &Event, field: &'static str) -> RecordError {
    RecordError::Event {
        position: event.position,
        field,
    }
}
