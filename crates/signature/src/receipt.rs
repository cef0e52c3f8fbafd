//! Receipts (biên nhận): the hub's signed word that it has a document for good.
//!
//! One signature serves all receipts of a group commit: it is over the root of a Merkle tree, and each receipt carries
//! its path. At 64 documents a group that makes 0.5 µs a document instead of 26.

mod merkle;

use bytes::Bytes;
use prost::Message as _;
use truc_proto::v1 as pb;

use self::merkle::Tree;
use crate::{Digest, SigningKey, VerifyingKey, dsse};

/// A receipt that proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A step of the path is no hash, or there are more steps than any tree has.
    #[error("receipt has a malformed path")]
    Path,
    /// The signature is not the hub's over this statement.
    #[error("receipt is not signed by this key; check it with the hub's certificate that `key_id` names")]
    Signature,
    /// Signed, but no statement.
    #[error("receipt holds no statement")]
    Statement,
}

/// Signs all statements of a group with one signature. Receipts come in the order of `statements`, each a serialized
/// `ReceiptStatement`; `key_id` is the fingerprint of the hub's certificate.
pub fn sign_receipts(statements: &[Bytes], key: &SigningKey, key_id: Digest) -> Vec<pb::Receipt> {
    if statements.is_empty() {
        return Vec::new();
    }
    let tree = Tree::new(statements);
    let signature = Bytes::copy_from_slice(&dsse::sign(key, dsse::RECEIPT_PAYLOAD_TYPE, tree.root()));
    let key_id = Bytes::copy_from_slice(&key_id);
    statements
        .iter()
        .enumerate()
        .map(|(index, statement)| pb::Receipt {
            statement: statement.clone(),
            path: tree.path(index),
            signature: signature.clone(),
            key_id: key_id.clone(),
        })
        .collect()
}

/// Checks a receipt with the hub's key and gives what it says. Which key is the hub's, the caller decides, from the
/// certificate that `key_id` names.
pub fn verify_receipt(receipt: &pb::Receipt, key: &VerifyingKey) -> Result<pb::ReceiptStatement, ReceiptError> {
    let root = merkle::fold(&receipt.statement, &receipt.path).ok_or(ReceiptError::Path)?;
    dsse::verify(key, dsse::RECEIPT_PAYLOAD_TYPE, &root, &receipt.signature).map_err(|_| ReceiptError::Signature)?;
    pb::ReceiptStatement::decode(receipt.statement.clone()).map_err(|_| ReceiptError::Statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(position: u64) -> pb::ReceiptStatement {
        pb::ReceiptStatement {
            document_id: format!("d{position}"),
            position,
            recipient_count: 1,
            ..Default::default()
        }
    }

    fn receipts(count: u64) -> (SigningKey, Vec<pb::Receipt>) {
        let key = SigningKey::from_seed([9; 32]);
        let statements: Vec<Bytes> = (1..=count)
            .map(|position| statement(position).encode_to_vec().into())
            .collect();
        let receipts = sign_receipts(&statements, &key, [3; 32]);
        (key, receipts)
    }

    #[test]
    fn every_receipt_of_every_group_verifies() {
        for count in 0..=33 {
            let (key, receipts) = receipts(count);
            assert_eq!(receipts.len() as u64, count);
            for (receipt, position) in receipts.iter().zip(1..) {
                assert_eq!(verify_receipt(receipt, &key.public()), Ok(statement(position)));
                assert_eq!(&receipt.key_id[..], [3; 32]);
            }
        }
    }

    #[test]
    fn a_changed_receipt_does_not() {
        let (key, receipts) = receipts(5);
        let public = key.public();

        let mut other_statement = receipts[2].clone();
        other_statement.statement = receipts[3].statement.clone();
        assert_eq!(verify_receipt(&other_statement, &public), Err(ReceiptError::Signature));

        let mut other_side = receipts[2].clone();
        other_side.path[0].sibling_is_left ^= true;
        assert_eq!(verify_receipt(&other_side, &public), Err(ReceiptError::Signature));

        let mut shorter = receipts[2].clone();
        shorter.path.pop();
        assert_eq!(verify_receipt(&shorter, &public), Err(ReceiptError::Signature));

        let mut no_hash = receipts[2].clone();
        no_hash.path[0].sibling = Bytes::from_static(b"short");
        assert_eq!(verify_receipt(&no_hash, &public), Err(ReceiptError::Path));

        assert_eq!(
            verify_receipt(&receipts[2], &SigningKey::from_seed([8; 32]).public()),
            Err(ReceiptError::Signature)
        );
        assert_eq!(
            verify_receipt(&pb::Receipt::default(), &public),
            Err(ReceiptError::Signature)
        );
    }

    #[test]
    fn an_inner_node_cannot_pass_for_a_statement() {
        // Leaves and nodes are hashed apart, so the two halves of a tree are not a statement of it.
        let (key, receipts) = receipts(2);
        let halves = [&receipts[1].path[0].sibling[..], &receipts[0].path[0].sibling[..]].concat();
        let forged = pb::Receipt {
            statement: halves.into(),
            path: vec![],
            ..receipts[0].clone()
        };
        assert_eq!(verify_receipt(&forged, &key.public()), Err(ReceiptError::Signature));
    }

    #[test]
    fn a_signed_blob_is_no_statement() {
        let key = SigningKey::from_seed([9; 32]);
        let receipts = sign_receipts(&[Bytes::from_static(&[0xff; 7])], &key, [3; 32]);
        assert_eq!(
            verify_receipt(&receipts[0], &key.public()),
            Err(ReceiptError::Statement)
        );
    }
}
