//! Was the document made later than now?

use jiff::{SignedDuration, Timestamp};
use truc_document::{Header, Reason, Refusal};

/// A sender's clock may be ahead of the hub's by this much.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);

/// A document made long ago is fine: it may have waited for a connection. One from the future is not.
pub(super) fn check(header: &Header, now: Timestamp) -> Result<(), Refusal> {
    let ahead = header.created_at.duration_since(now);
    if ahead <= AHEAD_MAX {
        return Ok(());
    }
    let message = format!(
        "document was made at {}, that is {} s ahead of the hub's clock ({now}); 300 s are allowed",
        header.created_at,
        ahead.as_secs()
    );
    Err(Refusal::new(Reason::ClockSkew, message)
        .field("header.created_at")
        .with("hub_time", now.to_string())
        .with(
            "expected",
            format!("{} at the latest", now.saturating_add(AHEAD_MAX).unwrap_or(now)),
        )
        .with("found", header.created_at.to_string()))
}
