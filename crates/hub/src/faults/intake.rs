//! An envelope on its way in through a hub with faults: asked at admission, at verification, and before it is written.

use std::{sync::Arc, time::Instant};

use tokio::sync::oneshot;
use truc_document::{FaultStep, Header, Reason, Refusal};
use truc_proto::v1::Envelope;
use truc_signature::Digest;

use super::{Effect, Facts, Holder, corrupt, pause};
use crate::{
    core::Core,
    intake::{Failure, Incoming, Judged, judge, propose},
};

/// How verification is led astray.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bend {
    /// By so much hub time runs ahead, µs.
    pub(crate) ahead: i64,
    /// The certificate of this fingerprint is found revoked.
    pub(crate) revoked: Option<Digest>,
    /// The certificate of this fingerprint is found expired.
    pub(crate) expired: Option<Digest>,
}

/// Takes envelopes in; each is answered on its own.
pub(crate) fn take(core: &Arc<Core>, incoming: Vec<Incoming>) {
    for one in incoming {
        let facts = Facts::of(core, &one.caller).with_envelope(&one.envelope);
        // Asked here, so that the first of a stream is asked first.
        let admission = ask(core, FaultStep::Admission, &facts);
        let core = Arc::clone(core);
        tokio::spawn(async move { take_one(&core, one, facts, admission).await });
    }
}

/// The name of the fault that says yes, and what it does.
type Asked = (String, Option<Effect>);

async fn take_one(core: &Arc<Core>, incoming: Incoming, facts: Facts, admission: Asked) {
    let received = Instant::now();
    let (mut asking, mut envelope) = incoming.part();
    let (fault, effect) = admission;
    match effect {
        Some(Effect::Delay(length)) => pause(core, length).await,
        Some(Effect::Refuse(refusal)) => return asking.refuse(core, refusal),
        Some(Effect::StaleDirectory) => {
            if let Some(refusal) = unknown_recipient(&envelope) {
                return asking.refuse(core, refusal.with("fault", fault));
            }
        }
        Some(Effect::Drop) => return asking.fail(Failure::Lost),
        Some(Effect::Cut) => return asking.fail(Failure::Cut),
        _ => {}
    }

    let mut bend = Bend::default();
    let key_of = |holder| key_id(&envelope, holder);
    let (fault, effect) = ask(core, FaultStep::Verification, &facts);
    let is_astray = effect
        .as_ref()
        .is_some_and(|effect| !matches!(effect, Effect::Delay(_)));
    match effect {
        Some(Effect::Delay(length)) => pause(core, length).await,
        Some(Effect::Refuse(refusal)) => return asking.refuse(core, refusal),
        Some(Effect::ClockSkew(ahead)) => bend.ahead = ahead,
        Some(Effect::Revoked(holder)) => bend.revoked = key_of(holder),
        Some(Effect::Expired(holder)) => bend.expired = key_of(holder),
        Some(Effect::Corrupt(part, draw)) => corrupt::received(&mut envelope, part, draw),
        _ => {}
    }
    let begun = Instant::now();
    let judged = verify(core, &asking.caller, envelope, bend).await;
    asking.took = (begun - received, begun.elapsed());
    let verified = match judged {
        None => return asking.fail(Failure::Stopped),
        Some(Err(refusal)) if is_astray => return asking.refuse(core, refusal.with("fault", fault)),
        Some(Err(refusal)) => return asking.refuse(core, refusal),
        Some(Ok(Judged::Repeated(receipt))) => return asking.repeat(receipt),
        Some(Ok(Judged::Good(verified))) => verified,
    };

    match ask(core, FaultStep::Append, &facts).1 {
        Some(Effect::Delay(length)) => pause(core, length).await,
        Some(Effect::Refuse(refusal)) => return asking.refuse(core, refusal),
        Some(Effect::Drop) => return asking.fail(Failure::Lost),
        // Written, and the answer is what gets lost.
        Some(Effect::Cut) => return propose(core, asking.cut_off(), *verified),
        _ => {}
    }
    propose(core, asking, *verified);
}

fn ask(core: &Core, step: FaultStep, facts: &Facts) -> Asked {
    match core
        .faults
        .verdict(step, std::slice::from_ref(facts), core.clock.now(), |_| true)
    {
        Some(verdict) => (verdict.fault, Some(verdict.effect)),
        None => (String::new(), None),
    }
}

/// On a thread that verifies; `None` when that broke down.
async fn verify(
    core: &Arc<Core>,
    caller: &truc_document::AgencyCode,
    envelope: Envelope,
    bend: Bend,
) -> Option<Result<Judged, Refusal>> {
    let (answer, answered) = oneshot::channel();
    let (judging, caller) = (Arc::clone(core), caller.clone());
    core.workers.verify(move || {
        // Who asked may have gone; then nothing comes of it.
        drop(answer.send(judge(&judging, &caller, envelope, &bend)));
    });
    answered.await.ok()
}

fn key_id(envelope: &Envelope, holder: Holder) -> Option<Digest> {
    let signature = match holder {
        Holder::Person => envelope.personal_signature.as_ref(),
        Holder::Seal => envelope.seal.as_ref(),
    };
    signature?.key_id[..].try_into().ok()
}

/// As a hub answers that has no directory to look in.
fn unknown_recipient(envelope: &Envelope) -> Option<Refusal> {
    let header = Header::decode(&envelope.header).ok()?;
    let recipient = &header.recipients.first()?.agency;
    let message = format!("recipient `{recipient}` is not known: the hub's snapshot of the directory has expired");
    Some(Refusal::new(Reason::RecipientUnknown, message).field("header.recipients[0].agency"))
}
