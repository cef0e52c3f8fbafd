//! Checkpoints: the hub's signatures over the journal's chain, by a key whose certificate leads to a trusted root.

use std::collections::HashMap;

use truc_signature::{SubjectKind, TrustStore, TrustedCertificate, dsse};

use crate::{journal::Position, record::wire};

#[derive(Default)]
pub(super) struct Checkpoints {
    /// Hubs that opened this journal, by fingerprint.
    hubs: HashMap<[u8; 32], TrustedCertificate>,
    /// Last position and hash of each group, in order.
    ends: Vec<(Position, [u8; 32])>,
    /// Those that hold.
    pub(super) good: u64,
}

impl Checkpoints {
    pub(super) fn group_ends(&mut self, last: Position, chain: [u8; 32]) {
        self.ends.push((last, chain));
    }

    pub(super) fn hub_started(&mut self, trust: &TrustStore, started: &wire::HubStarted) -> Result<(), String> {
        let certificate = trust.certify(&started.certificates).map_err(|refusal| {
            format!(
                "certificate of the hub that opened the journal is not trusted: {}",
                refusal.message
            )
        })?;
        if certificate.kind != SubjectKind::Hub {
            return Err(format!(
                "journal was opened with a certificate for a {}, not a hub",
                certificate.kind
            ));
        }
        self.hubs.insert(certificate.fingerprint, certificate);
        Ok(())
    }

    pub(super) fn check(&mut self, checkpoint: &wire::Checkpoint) -> Result<(), String> {
        let position = Position(checkpoint.position);
        let there = self.ends.binary_search_by_key(&position, |(last, _)| *last);
        let chain = there.ok().and_then(|at| self.ends.get(at)).map(|(_, chain)| chain);
        match chain {
            None => {
                return Err(format!(
                    "checkpoint is over position {position}, where no group before it ends"
                ));
            }
            Some(chain) if chain[..] != checkpoint.chain[..] => {
                return Err(format!(
                    "checkpoint names another hash for position {position} than the journal has: it was rewritten"
                ));
            }
            Some(_) => {}
        }
        let hub = <[u8; 32]>::try_from(&checkpoint.key_id[..])
            .ok()
            .and_then(|key_id| self.hubs.get(&key_id));
        let hub = hub.ok_or("checkpoint is signed with the key of no hub that opened this journal")?;
        let payload = [&position.0.to_be_bytes()[..], &checkpoint.chain].concat();
        dsse::verify(&hub.key, dsse::CHECKPOINT_PAYLOAD_TYPE, &payload, &checkpoint.signature)
            .map_err(|error| format!("checkpoint over position {position}: {error}"))?;
        self.good += 1;
        Ok(())
    }
}
