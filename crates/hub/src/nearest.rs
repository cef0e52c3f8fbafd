//! Codes that somebody has, near one that nobody has: most unknown codes are mistyped ones.

use truc_document::{AgencyCode, Reason, Refusal};
use truc_store::state::Directory;

/// So many are told.
const TOLD: usize = 3;
/// Beyond this many changed, added, left out or swapped characters a code is another one.
const DISTANCE_MAX: usize = 2;

/// A refusal of an unknown code, with the nearest known ones: in the metadata, and the first in the message.
pub(crate) fn with_nearest(directory: &Directory, refusal: Refusal) -> Refusal {
    if !matches!(refusal.reason, Reason::RecipientUnknown | Reason::SenderUnknown) {
        return refusal;
    }
    let Some(code) = refusal.metadata.get("agency").and_then(|code| code.parse().ok()) else {
        return refusal;
    };
    let near = nearest(directory, &code);
    let Some(first) = near.first() else { return refusal };
    let message = format!("{}; the nearest known code is `{first}`", refusal.message);
    let codes: Vec<&str> = near.iter().map(AgencyCode::as_str).collect();
    refusal.saying(message).with("nearest", codes.join(" "))
}

fn nearest(directory: &Directory, code: &AgencyCode) -> Vec<AgencyCode> {
    let wanted = code.as_str();
    let mut near: Vec<(usize, &AgencyCode)> = directory
        .in_order()
        .filter(|agency| agency.closed_at.is_none())
        .map(|agency| &agency.code)
        // A whole country is looked through: what differs in length by more can't be near.
        .filter(|known| known.as_str().len().abs_diff(wanted.len()) <= DISTANCE_MAX)
        .map(|known| (strsim::osa_distance(known.as_str(), wanted), known))
        .filter(|(distance, _)| *distance <= DISTANCE_MAX)
        .collect();
    near.sort();
    let mut told: Vec<AgencyCode> = near.into_iter().map(|(_, code)| code.clone()).take(TOLD).collect();
    if told.is_empty() {
        // A unit that is not there: who is above it.
        let mut above = wanted;
        while let Some((parent, _)) = above.rsplit_once('.') {
            above = parent;
            let found = parent.parse().ok().and_then(|parent| directory.find(&parent));
            if let Some(agency) = found.and_then(|index| directory.get(index)) {
                told.push(agency.code.clone());
                break;
            }
        }
    }
    told
}
