//! A download on its way out through a hub with faults.

use std::pin::Pin;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use tonic::Status;
use truc_document::{AgencyCode, CorruptedPart, FaultKind, FaultStep};
use truc_proto::v1::DownloadResponse;
use uuid::Uuid;

use super::{Effect, Facts, corrupt, cut, never, pause};
use crate::{core::Core, status::refused};

type Chunks = Pin<Box<dyn Stream<Item = Result<DownloadResponse, Status>> + Send>>;

/// Asks once, and gives the stream as it then comes out.
pub(crate) async fn meet(
    core: &Core,
    agency: &AgencyCode,
    document: &str,
    chunks: impl Stream<Item = Result<DownloadResponse, Status>> + Send + 'static,
) -> Result<Chunks, Status> {
    let mut chunks: Chunks = Box::pin(chunks);
    if !core.faults.any() {
        return Ok(chunks);
    }
    let mut facts = Facts::of(core, agency);
    if let Ok(id) = Uuid::try_parse(document) {
        facts = facts.with_document(core, id);
    }
    let (facts, now) = (facts.with_content(), core.clock.now());
    let verdict = core.faults.verdict(FaultStep::Delivery, &[facts], now, |kind| {
        !matches!(kind, FaultKind::Twice | FaultKind::Reorder)
    });
    match verdict.map(|verdict| verdict.effect) {
        Some(Effect::Refuse(refusal)) => return Err(refused(&refusal)),
        Some(Effect::Drop) => return Err(never(core).await),
        Some(Effect::Delay(length)) => pause(core, length).await,
        Some(Effect::Cut) => {
            let first = first(&mut chunks, |chunk| chunk.slice(..chunk.len() / 2)).await;
            return Ok(Box::pin(stream::iter(first.into_iter().chain([Err(cut())]))));
        }
        Some(Effect::Corrupt(CorruptedPart::Content, draw)) => {
            let first = first(&mut chunks, |chunk| corrupt::flipped(&chunk, draw)).await;
            return Ok(Box::pin(stream::iter(first).chain(chunks)));
        }
        _ => {}
    }
    Ok(chunks)
}

/// The first chunk, changed.
async fn first(chunks: &mut Chunks, change: impl FnOnce(Bytes) -> Bytes) -> Option<Result<DownloadResponse, Status>> {
    let first = chunks.next().await?;
    Some(first.map(|DownloadResponse { chunk }| DownloadResponse { chunk: change(chunk) }))
}
