//! The revocation lists (CRL, RFC 5280) that a hub gives: one of each issuing authority, made when it is asked for.
//!
//! Only an authority can sign its list. A hub that was given none has no lists to give; what is revoked it tells all the
//! same. A list names what the hub knows a serial number of: certificates that were registered, or came with their
//! revocation. Nothing here changes anything: what is revoked is decided by the journal alone.

use std::sync::Arc;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use truc_signature::{Authority, AuthorityError, IssuingAuthority, RevokedSerial};
use truc_store::state::Directory;

/// Until when a list may be relied on, from when it was made; hub time.
const VALIDITY: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(crate) struct RevocationLists {
    authority: Option<Arc<Authority>>,
    /// The lists made last and their number: the same again costs no signature.
    last: Mutex<Option<(u64, Vec<Bytes>)>>,
}

impl RevocationLists {
    pub(crate) fn new(authority: Option<Arc<Authority>>) -> Self {
        Self {
            authority,
            last: Mutex::new(None),
        }
    }

    /// The lists as of a position of the journal and an instant of hub time, DER.
    pub(crate) fn at(
        &self,
        directory: &Directory,
        position: u64,
        now: Timestamp,
    ) -> Result<Vec<Bytes>, AuthorityError> {
        let Some(authority) = &self.authority else {
            return Ok(Vec::new());
        };
        // Neither ever decreases, so lists of one number are of one position and one second: the same bytes.
        let number = position.saturating_add(now.as_second().max(0).unsigned_abs());
        let mut last = self.last.lock();
        if let Some((made, lists)) = &*last
            && *made == number
        {
            return Ok(lists.clone());
        }
        let until = now.saturating_add(VALIDITY).unwrap_or(Timestamp::MAX);
        let make = |which| authority.crl(which, number, &revoked(directory, authority, which, now), now, until);
        let lists: Vec<Bytes> = IssuingAuthority::ALL.into_iter().map(make).collect::<Result<_, _>>()?;
        *last = Some((number, lists.clone()));
        Ok(lists)
    }
}

/// What an authority issued and is revoked now. What will be is not listed: who reads a list takes what stands there
/// for revoked.
fn revoked(
    directory: &Directory,
    authority: &Authority,
    which: IssuingAuthority,
    now: Timestamp,
) -> Vec<RevokedSerial> {
    let issuer = authority.certificate(which);
    let listed = directory.revocations().filter(|(_, revocation)| revocation.at <= now);
    let serial = |(fingerprint, revocation): (&[u8; 32], &truc_store::state::Revocation)| {
        let certificate = directory.certificate(fingerprint)?;
        let ours = certificate.issuers.first() == Some(&issuer);
        ours.then(|| hex::decode(&certificate.serial).ok())
            .flatten()
            .map(|serial| RevokedSerial {
                serial,
                revoked_at: revocation.at,
            })
    };
    listed.filter_map(serial).collect()
}
