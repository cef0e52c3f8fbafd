//! The address book, the certificates, and who uploaded what.

use std::sync::Arc;

use truc_document::{Reason, Refusal};
use truc_proto::v1 as pb;

use super::Outcome;
use crate::{
    record::wire,
    state::{AgencyIndex, Mailbox, Revocation, State, timestamp},
};

pub(super) fn agency(state: &mut State, changed: &wire::AgencyChanged) -> Outcome {
    let Some(wire) = &changed.agency else {
        return Outcome::Noted;
    };
    let known = wire.code.parse().ok().and_then(|code| state.directory.find(&code));
    if let (Some(index), true) = (known, changed.create) {
        let there = state.directory.get(index).map(|agency| state.directory.to_wire(agency));
        let there = there.unwrap_or_default();
        // The same again is good, and so is what the directory fills in by itself.
        let mut same = wire.clone();
        if same.province.is_empty() {
            same.province.clone_from(&there.province);
        }
        same = keep_closing(state, known, &same);
        if there == same {
            return Outcome::Agency(Box::new(there));
        }
        let message = format!(
            "agency `{}` is registered already, otherwise; change it with UpdateAgency",
            wire.code
        );
        return Outcome::Refused(Refusal::new(Reason::Malformed, message).field("agency.code"));
    }
    if known.is_none() && !changed.create {
        let message = format!("agency `{}` is not in the directory; register it first", wire.code);
        return Outcome::Refused(Refusal::new(Reason::RecipientUnknown, message).field("agency.code"));
    }
    if let Some(refusal) = taken(state, wire) {
        return Outcome::Refused(refusal);
    }
    let wire = &keep_closing(state, known, wire);
    let Some(index) = state.directory_mut().put(wire) else {
        let message = format!("agency `{}` can't be registered as told", wire.code);
        return Outcome::Refused(Refusal::new(Reason::Malformed, message).field("agency"));
    };
    if state.mailboxes.len() <= index as usize {
        state.mailboxes.resize(index as usize + 1, Mailbox::default());
    }
    let told = state.directory.get(index).map(|agency| state.directory.to_wire(agency));
    Outcome::Agency(Box::new(told.unwrap_or_default()))
}

/// A closed agency stays closed, with its successor, and no other can be made so here: that is `CloseAgency`'s.
fn keep_closing(state: &State, known: Option<AgencyIndex>, wire: &pb::Agency) -> pb::Agency {
    let closed = known
        .and_then(|index| state.directory.get(index))
        .filter(|agency| agency.successor.is_some());
    let there = closed.map(|agency| state.directory.to_wire(agency));
    pb::Agency {
        connected: wire.connected && there.is_none(),
        closed_at: there.as_ref().and_then(|there| there.closed_at),
        successor: there.map(|there| there.successor).unwrap_or_default(),
        ..wire.clone()
    }
}

/// A code names one agency, in whichever form: another's older code is not free, and an agency is changed by its own
/// code alone.
fn taken(state: &State, wire: &pb::Agency) -> Option<Refusal> {
    let holder = |code: &str| Some(&state.agency(&code.parse().ok()?)?.1.code);
    let other = |code: &str| holder(code).filter(|holder| holder.as_str() != wire.code);
    let (field, code, holder) = other(&wire.code)
        .map(|holder| ("agency.code", &wire.code, holder))
        .or_else(|| other(&wire.legacy_code).map(|holder| ("agency.legacy_code", &wire.legacy_code, holder)))?;
    let message = format!("`{code}` is a code of agency `{holder}`; use that one, or another code");
    Some(Refusal::new(Reason::Malformed, message).field(field))
}

pub(super) fn certificate(state: &mut State, registered: &wire::CertificateRegistered) -> Outcome {
    let Some(certificate) = &registered.certificate else {
        return Outcome::Noted;
    };
    if let Ok(fingerprint) = <[u8; 32]>::try_from(&certificate.fingerprint[..]) {
        state
            .directory_mut()
            .certificates
            .insert(fingerprint, Arc::new(certificate.clone()));
    }
    Outcome::Noted
}

pub(super) fn revocation(state: &mut State, revoked: &wire::CertificateRevoked) -> Outcome {
    let Ok(fingerprint) = <[u8; 32]>::try_from(&revoked.fingerprint[..]) else {
        return Outcome::Noted;
    };
    // An earlier time may replace a later one, never the other way: what was void stays void.
    let earlier = state
        .directory
        .revocation(&fingerprint)
        .map(|revocation| revocation.at.as_microsecond());
    let at = earlier.map_or(revoked.revoked_at, |earlier| earlier.min(revoked.revoked_at));
    let revocation = Revocation {
        at: timestamp(at),
        reason: revoked.reason.clone(),
    };
    state.directory_mut().revocations.insert(fingerprint, revocation);
    Outcome::Revoked(at)
}

pub(super) fn upload(state: &mut State, uploaded: &wire::AttachmentUploaded) -> Outcome {
    let agency = uploaded
        .agency
        .parse()
        .ok()
        .and_then(|code| state.directory.find(&code));
    if let (Some(agency), Ok(sha256)) = (agency, <[u8; 32]>::try_from(&uploaded.sha256[..])) {
        state.uploads.insert((agency, sha256));
    }
    Outcome::Noted
}
