//! The documents that a header speaks of: those acted on, and those answered.

use uuid::Uuid;

use super::checks::{Field, id, malformed};
use crate::{BusinessAct, Refusal};

const TARGETS: &str = "header.act_targets";

/// What a recall, an update or a replacement acts on: each document once; none for a new document.
pub(super) fn targets(wire: &[String], act: BusinessAct) -> Result<Vec<Uuid>, Refusal> {
    match (act, wire.is_empty()) {
        (BusinessAct::New, true) => return Ok(Vec::new()),
        (BusinessAct::New, false) => {
            let message = "a document whose act is `new` acts on no other; take `act_targets` out, or set another act";
            return Err(malformed(TARGETS, message));
        }
        (act, true) => {
            let message = format!("a document whose act is `{act}` must name what it acts on in `act_targets`");
            return Err(malformed(TARGETS, message));
        }
        (_, false) => {}
    }
    let targets = ids(TARGETS, wire)?;
    // There are 100 at most; twice the same would be acted on twice.
    if let Some(at) = (1..targets.len()).find(|&at| targets[..at].contains(&targets[at])) {
        let message = format!("document `{}` is named twice; name each once", targets[at]);
        return Err(malformed(Field::entry(TARGETS, at), message));
    }
    Ok(targets)
}

/// The documents that this one answers.
pub(super) fn replies(wire: &[String]) -> Result<Vec<Uuid>, Refusal> {
    ids("header.in_reply_to", wire)
}

fn ids(list: &'static str, wire: &[String]) -> Result<Vec<Uuid>, Refusal> {
    let one = |(at, text): (usize, &String)| id(Field::entry(list, at), text);
    wire.iter().enumerate().map(one).collect()
}
