//! One document with one large attachment: up, sent, down again, without ever being whole in this process.

use std::sync::Arc;

use jiff::Timestamp;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;
use truc_agency::{Content, Credential, FetchOptions, Hub};
use truc_document::Attachment;
use truc_signature::{SeededWallet, TokenIssuer, sign_envelope};

use super::{LoadError, code, header, person, seal};

/// What the attachment consists of.
const FILLING: u8 = 0x5a;

/// Sends an attachment of `bytes` from the first agency of a load to the second, which downloads and acknowledges it.
///
/// # Errors
/// [`LoadError`]: the first thing that went wrong.
pub async fn carry_large(
    hub: &Hub,
    issuer: &Arc<TokenIssuer>,
    wallet: &SeededWallet,
    bytes: u64,
    now: Timestamp,
) -> Result<(), LoadError> {
    let delivery_error = |error: &dyn std::fmt::Display| LoadError::Delivery(error.to_string());
    let agency = |at| hub.agency(code(at), Credential::Issuer(Arc::clone(issuer)));
    let (sender, recipient) = (agency(0), agency(1));
    let sha256 = digest(bytes);
    sender
        .upload(sha256, bytes, tokio::io::repeat(FILLING).take(bytes))
        .await
        .map_err(|error| delivery_error(&error))?;

    let mut random = ChaCha8Rng::seed_from_u64(bytes);
    let mut header = header(&mut random, code(0), [code(1)].into_iter(), 1, &[], now);
    header.attachments = vec![Attachment {
        sha256,
        size: bytes,
        name: "ban-ve.bin".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        description: String::new(),
    }];
    let (person, seal) = (person(wallet, 0)?, seal(wallet, 0)?);
    let id = header.document_id;
    let envelope = sign_envelope(header.encode().into(), Some(&person), &seal, Vec::new(), true);
    sender.send(envelope).await?;

    // A load before this one may have left word of its documents in the mailbox.
    loop {
        let fetched = recipient.fetch(FetchOptions::default()).await?;
        let deliveries: Vec<_> = fetched.deliveries.into_iter().flatten().collect();
        let ids: Vec<u64> = deliveries.iter().map(|delivery| delivery.id).collect();
        if ids.is_empty() {
            return Err(LoadError::Delivery("the large document was not delivered".to_owned()));
        }
        recipient.acknowledge(&ids).await?;
        let is_it = |content: &Content| match content {
            Content::Document(document) => document.header().is_ok_and(|header| header.document_id == id),
            _ => false,
        };
        if deliveries.iter().any(|delivery| is_it(&delivery.content)) {
            break;
        }
    }
    let received = recipient
        .download(id, sha256, &mut tokio::io::sink())
        .await
        .map_err(|error| delivery_error(&error))?;
    if received != bytes {
        return Err(LoadError::Delivery(format!("{received} of {bytes} bytes came down")));
    }
    Ok(())
}

fn digest(bytes: u64) -> [u8; 32] {
    let part = [FILLING; 64 << 10];
    let mut hasher = Sha256::new();
    let mut left = bytes;
    while left > 0 {
        let take = left.min(part.len() as u64);
        hasher.update(&part[..take as usize]);
        left -= take;
    }
    hasher.finalize().into()
}
