//! From an envelope to a proposal: form, what the state says, signatures, attachments. Runs on all cores, off the threads
//! that serve connections.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;
use truc_document::{AgencyCode, Header, Reason, Refusal, SignatureStanding, SigningPolicy, limits};
use truc_proto::v1::{self as pb, Envelope, Receipt};
use truc_signature::{Context, Digest, OpenedEnvelope, TrustedCertificate, Verified, envelope_digest};
use truc_store::{
    apply::{self, Outcome},
    record::{Change, wire::DocumentSent},
    state::{Directory, timestamp},
};

use crate::{
    core::Core,
    faults::{self, intake::Bend},
    nearest::with_nearest,
    proposal::{Answer, Proposal, Stopped},
    receipts, refusals,
    stages::Stage,
    status::refused,
};

/// The answer to an envelope.
pub(crate) type Answered = Result<pb::SendResponse, Failure>;

/// Why there is no receipt.
pub(crate) enum Failure {
    Refused(Refusal),
    Stopped,
    /// By a fault: nobody answers.
    Lost,
    /// By a fault: the answer is cut off.
    Cut,
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refused(&refusal),
            Failure::Stopped => crate::status::stopped(),
            Failure::Lost | Failure::Cut => faults::cut(),
        }
    }
}

pub(crate) fn overload() -> Refusal {
    let message = "the hub has as much under way as it can hold; try the same again after the delay";
    Refusal::new(Reason::Overloaded, message).retry_after(Duration::from_millis(200))
}

pub(crate) fn overloaded() -> Status {
    refused(&overload())
}

/// Called once with the answer, on any thread.
pub(crate) type OnAnswer = Box<dyn FnOnce(Answered) + Send>;

/// One envelope on its way in.
pub(crate) struct Incoming {
    pub(crate) caller: AgencyCode,
    pub(crate) envelope: Envelope,
    /// The sender wants to know how long each stage took.
    pub(crate) timed: bool,
    /// Given back with the answer: bounds what is under way.
    pub(crate) permit: OwnedSemaphorePermit,
    pub(crate) on_answer: OnAnswer,
}

/// Who waits for the answer to an envelope.
pub(crate) struct Asking {
    pub(crate) caller: AgencyCode,
    /// Its header, to say of which document a refusal is.
    header: Bytes,
    timed: bool,
    /// Wall time until a core took it up, and until it was judged.
    pub(crate) took: (Duration, Duration),
    permit: OwnedSemaphorePermit,
    on_answer: OnAnswer,
}

impl Incoming {
    /// The envelope, and who asks.
    pub(crate) fn part(self) -> (Asking, Envelope) {
        let asking = Asking {
            caller: self.caller,
            header: self.envelope.header.clone(),
            timed: self.timed,
            took: Default::default(),
            permit: self.permit,
            on_answer: self.on_answer,
        };
        (asking, self.envelope)
    }
}

impl Asking {
    /// Refuses, and notes it.
    pub(crate) fn refuse(self, core: &Core, refusal: Refusal) {
        let id = pb::Header::decode(&self.header[..])
            .map(|header| header.document_id)
            .unwrap_or_default();
        refusals::note(core, &self.caller, id, &refusal);
        (self.on_answer)(Err(Failure::Refused(refusal)));
    }

    pub(crate) fn fail(self, failure: Failure) {
        (self.on_answer)(Err(failure));
    }

    /// The receipt of the first time.
    pub(crate) fn repeat(self, receipt: Option<Receipt>) {
        (self.on_answer)(Ok(pb::SendResponse {
            receipt,
            warnings: Vec::new(),
            times: None,
        }));
    }

    /// The same, but that a receipt does not arrive.
    pub(crate) fn cut_off(self) -> Self {
        let on_answer = self.on_answer;
        Self {
            on_answer: Box::new(|answered| on_answer(answered.and(Err(Failure::Cut)))),
            ..self
        }
    }
}

/// Envelopes that one core takes in one go: fewer hand-overs between threads, and still work for all cores.
const CHUNK: usize = 8;

/// Takes envelopes in; each is answered on its own.
pub(crate) fn take(core: &Arc<Core>, mut incoming: Vec<Incoming>) {
    if core.faults.any() {
        return faults::intake::take(core, incoming);
    }
    let received = Instant::now();
    while !incoming.is_empty() {
        let rest = incoming.split_off(incoming.len().min(CHUNK));
        let chunk = std::mem::replace(&mut incoming, rest);
        let (workers, core) = (&core.workers, Arc::clone(core));
        workers.verify(move || chunk.into_iter().for_each(|one| take_one(&core, received, one)));
    }
}

fn take_one(core: &Arc<Core>, received: Instant, incoming: Incoming) {
    let begun = Instant::now();
    core.stages.record(Stage::Queue, begun - received);
    let (mut asking, envelope) = incoming.part();
    let judged = judge(core, &asking.caller, envelope, &Bend::default());
    asking.took = (begun - received, begun.elapsed());
    core.stages.record(Stage::Verify, asking.took.1);
    match judged {
        Err(refusal) => asking.refuse(core, refusal),
        Ok(Judged::Repeated(receipt)) => asking.repeat(receipt),
        Ok(Judged::Good(verified)) => propose(core, asking, *verified),
    }
}

/// Asks for its place in the journal.
pub(crate) fn propose(core: &Arc<Core>, asking: Asking, verified: Verified) {
    let Asking {
        caller,
        timed,
        took,
        permit,
        on_answer,
        ..
    } = asking;
    let (envelope, header, digest, standing) = verified.into_parts();
    let change = Change::DocumentSent(DocumentSent {
        envelope: Some(envelope),
        envelope_digest: Bytes::copy_from_slice(&digest),
        standing: standing.wire(),
    });
    let unsigned = standing != SignatureStanding::Signed;
    let (asker, id, proposed) = (Arc::clone(core), header.document_id, Instant::now());
    let reply = Box::new(move |answer: Result<Answer, Stopped>| {
        drop(permit);
        let mut times = None;
        if let Ok(answer) = &answer {
            let (commit, route) = (
                answer.durable.saturating_duration_since(proposed),
                answer.durable.elapsed(),
            );
            asker.stages.record(Stage::Commit, commit);
            asker.stages.record(Stage::Route, route);
            times = timed.then(|| told(took, commit, route));
        }
        let mut answered = answer
            .map_err(|_| Failure::Stopped)
            .and_then(|answer| respond(answer, unsigned));
        if let Ok(response) = &mut answered {
            response.times = times;
        }
        if let Err(Failure::Refused(refusal)) = &answered {
            refusals::note(&asker, &caller, id.to_string(), refusal);
        }
        on_answer(answered);
    });
    core.propose(Proposal {
        change,
        header: Some(Box::new(header)),
        reply,
    });
}

/// As the API tells them.
fn told((queue, verify): (Duration, Duration), commit: Duration, route: Duration) -> pb::SendTimes {
    let wire = |took: Duration| took.try_into().ok();
    pb::SendTimes {
        queue: wire(queue),
        verify: wire(verify),
        commit: wire(commit),
        route: wire(route),
    }
}

/// What came of verification.
pub(crate) enum Judged {
    Repeated(Option<Receipt>),
    Good(Box<Verified>),
}

/// Form, what the state says, attachments, signatures.
pub(crate) fn judge(core: &Core, caller: &AgencyCode, envelope: Envelope, bend: &Bend) -> Result<Judged, Refusal> {
    if envelope.encoded_len() > limits::ENVELOPE_BYTES_MAX {
        let message = format!("envelope is larger than {} bytes", limits::ENVELOPE_BYTES_MAX);
        return Err(Refusal::new(Reason::TooLarge, message).field("envelope"));
    }
    let opened = OpenedEnvelope::open(envelope)?;
    let header = opened.header();
    bring_attachments(core, header, opened.envelope());
    let directory;
    {
        let state = core.state.read();
        let same = header.sender == *caller || {
            let (sender, caller) = (state.directory.find(&header.sender), state.directory.find(caller));
            sender.is_some() && sender == caller
        };
        if !same {
            let message = format!("`{caller}` may not send in the name of `{}`", header.sender);
            return Err(Refusal::new(Reason::NotYourAgency, message).field("header.sender"));
        }
        let repeated = match apply::check(&state, &envelope_digest(opened.envelope()), header) {
            Ok(repeated) => repeated,
            Err(refusal) => {
                let directory = Arc::clone(&state.directory);
                drop(state);
                return Err(with_nearest(&directory, refusal));
            }
        };
        if repeated {
            let position = state
                .documents
                .find(header.document_id)
                .map(|(_, entry)| entry.position);
            drop(state);
            return Ok(Judged::Repeated(
                position.and_then(|position| receipts::again(core, position)),
            ));
        }
        attachments(core, &state, header, opened.envelope())?;
        directory = Arc::clone(&state.directory);
    }
    let context = AsOfNow::new(core, &directory, header, bend);
    let verified = opened.verify(&context).map_err(|refused| refused.refusal)?;
    Ok(Judged::Good(Box::new(verified)))
}

/// Where hubs share a journal: what the sender uploaded to another hub comes here first. Takes the time of a transfer, on the thread
/// that verifies.
fn bring_attachments(core: &Core, header: &Header, envelope: &Envelope) {
    if core.shared_attachments.is_none() {
        return;
    }
    for attachment in &header.attachments {
        let inline = &envelope.inline_attachments;
        let carried = inline.iter().any(|inline| inline.sha256[..] == attachment.sha256);
        let uploaded = || {
            let state = core.state.read();
            let sender = state.directory.find(&header.sender);
            sender.is_some_and(|sender| state.has_uploaded(sender, &attachment.sha256))
        };
        if !carried && uploaded() {
            core.workers.wait(core.bring(attachment.sha256));
        }
    }
}

/// Every attachment is here: inline, or uploaded by this sender. Naming a digest gives nobody another's content.
fn attachments(
    core: &Core,
    state: &truc_store::state::State,
    header: &Header,
    envelope: &Envelope,
) -> Result<(), Refusal> {
    let sender = state.directory.find(&header.sender);
    for (at, attachment) in header.attachments.iter().enumerate() {
        if envelope
            .inline_attachments
            .iter()
            .any(|inline| inline.sha256[..] == attachment.sha256)
        {
            continue;
        }
        let uploaded = sender.is_some_and(|sender| state.has_uploaded(sender, &attachment.sha256));
        let stored = if uploaded {
            core.attachments.read(&attachment.sha256).ok()
        } else {
            None
        };
        let size = stored.map(|(_, size)| size);
        let refuse =
            |reason, message: String| Err(Refusal::new(reason, message).field(format!("header.attachments[{at}]")));
        match size {
            None => {
                let message = format!(
                    "attachment `{}` was neither uploaded nor carried along",
                    attachment.name
                );
                return refuse(Reason::AttachmentMissing, message);
            }
            Some(size) if size != attachment.size => {
                let message = format!(
                    "attachment `{}` has {size} bytes, not {}",
                    attachment.name, attachment.size
                );
                return refuse(Reason::DigestMismatch, message);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What verification asks for: the directory and hub time as of now.
struct AsOfNow<'a> {
    core: &'a Core,
    directory: &'a Directory,
    policy: SigningPolicy,
    now: Timestamp,
    bend: &'a Bend,
}

impl<'a> AsOfNow<'a> {
    fn new(core: &'a Core, directory: &'a Directory, header: &Header, bend: &'a Bend) -> Self {
        let sender = directory.find(&header.sender).and_then(|index| directory.get(index));
        let policy = sender.map_or(SigningPolicy::Required, |agency| agency.policy);
        Self {
            core,
            directory,
            policy,
            now: timestamp(core.clock.now().saturating_add(bend.ahead)),
            bend,
        }
    }
}

impl Context for AsOfNow<'_> {
    fn certificate(&self, key_id: &Digest, chain: &[Bytes]) -> Result<Arc<TrustedCertificate>, Refusal> {
        let certificate = self.core.certificates.find(self.directory, key_id, chain)?;
        if self.bend.expired != Some(*key_id) {
            return Ok(certificate);
        }
        let mut expired = TrustedCertificate::clone(&certificate);
        expired.not_after = self
            .now
            .saturating_sub(SignedDuration::from_hours(24))
            .unwrap_or(self.now);
        Ok(Arc::new(expired))
    }

    fn revoked_at(&self, fingerprint: &Digest) -> Option<Timestamp> {
        if self.bend.revoked == Some(*fingerprint) {
            return Some(self.now);
        }
        self.directory.revocation(fingerprint).map(|revocation| revocation.at)
    }

    fn policy(&self) -> SigningPolicy {
        self.policy
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn is_sender(&self, one: &AgencyCode, other: &AgencyCode) -> bool {
        one == other || {
            let found = self.directory.find(one);
            found.is_some() && found == self.directory.find(other)
        }
    }
}

fn respond(answer: Answer, unsigned: bool) -> Answered {
    match answer.outcome {
        Outcome::Refused(refusal) => Err(Failure::Refused(refusal)),
        Outcome::Accepted(accepted) => {
            let mut warnings = Vec::new();
            if let Some(other) = accepted.number_of {
                warnings.push(pb::Warning {
                    code: "NUMBER_REPEATED".to_owned(),
                    message: format!("document `{other}` has the same number, notation, issuer and year"),
                    document_id: other.to_string(),
                });
            }
            if unsigned && !accepted.repeated {
                let message = "taken without a personal signature, under the policy of the sender's agency".to_owned();
                warnings.push(pb::Warning {
                    code: "UNSIGNED".to_owned(),
                    message,
                    document_id: String::new(),
                });
            }
            Ok(pb::SendResponse {
                receipt: answer.receipt,
                warnings,
                times: None,
            })
        }
        _ => Err(Failure::Stopped),
    }
}
