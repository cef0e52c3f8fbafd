//! A Merkle tree over the receipts of one group commit, hashed as in RFC 6962: leaf = SHA-256(0x00 ‖ data),
//! node = SHA-256(0x01 ‖ left ‖ right). A node without a partner goes up unchanged, which gives the tree of RFC 6962.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use truc_proto::v1 as pb;

use crate::digest::Digest;

/// Steps that a path can have: a tree of 2^32 leaves. No group commit comes near it; longer paths are refused.
pub(crate) const PATH_STEPS_MAX: usize = 32;

/// The tree, level by level from the leaves up, in one buffer that all paths share.
pub(crate) struct Tree {
    hashes: Bytes,
    /// First hash (not byte) of each level, and its number of hashes.
    levels: Vec<(usize, usize)>,
}

impl Tree {
    /// Over at least one leaf.
    pub(crate) fn new(data: &[Bytes]) -> Self {
        let mut hashes: Vec<u8> = Vec::with_capacity(32 * (2 * data.len() + 32));
        for leaf in data {
            hashes.extend_from_slice(&leaf_hash(leaf));
        }
        let mut levels = vec![(0, data.len())];
        let (mut start, mut count) = (0, data.len());
        while count > 1 {
            for pair in 0..count / 2 {
                let at = 32 * (start + 2 * pair);
                let node = node_hash(&hashes[at..at + 32], &hashes[at + 32..at + 64]);
                hashes.extend_from_slice(&node);
            }
            if count % 2 == 1 {
                let last = 32 * (start + count - 1);
                hashes.extend_from_within(last..last + 32);
            }
            (start, count) = (start + count, count.div_ceil(2));
            levels.push((start, count));
        }
        Self {
            hashes: hashes.into(),
            levels,
        }
    }

    pub(crate) fn root(&self) -> &[u8] {
        &self.hashes[self.hashes.len() - 32..]
    }

    /// The steps from leaf `index` to the root.
    pub(crate) fn path(&self, index: usize) -> Vec<pb::MerkleStep> {
        let mut path = Vec::with_capacity(self.levels.len() - 1);
        for (height, &(start, count)) in self.levels.iter().enumerate() {
            let at = index >> height;
            let sibling = at ^ 1;
            if sibling < count {
                let byte = 32 * (start + sibling);
                path.push(pb::MerkleStep {
                    sibling: self.hashes.slice(byte..byte + 32),
                    sibling_is_left: sibling < at,
                });
            }
        }
        path
    }
}

/// Folds a path: the root that it leads to. None where a step is no hash or the path is longer than any tree's.
pub(crate) fn fold(data: &[u8], path: &[pb::MerkleStep]) -> Option<Digest> {
    if path.len() > PATH_STEPS_MAX {
        return None;
    }
    path.iter().try_fold(leaf_hash(data), |hash, step| {
        let sibling: &[u8] = (step.sibling.len() == 32).then_some(&step.sibling)?;
        Some(if step.sibling_is_left {
            node_hash(sibling, &hash)
        } else {
            node_hash(&hash, sibling)
        })
    })
}

fn leaf_hash(data: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

fn node_hash(left: &[u8], right: &[u8]) -> Digest {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition of RFC 6962, §2.1, word for word.
    fn tree_hash(data: &[Bytes]) -> Digest {
        match data {
            [leaf] => leaf_hash(leaf),
            _ => {
                let split = data.len().next_power_of_two() / 2;
                node_hash(&tree_hash(&data[..split]), &tree_hash(&data[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn tree_is_that_of_rfc_6962(data in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 1..70)) {
            let data: Vec<Bytes> = data.into_iter().map(Bytes::from).collect();
            let tree = Tree::new(&data);
            prop_assert_eq!(tree.root(), tree_hash(&data));
            for (index, leaf) in data.iter().enumerate() {
                prop_assert_eq!(fold(leaf, &tree.path(index)), Some(tree_hash(&data)));
            }
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let step = pb::MerkleStep {
            sibling: Bytes::from_static(&[0; 32]),
            sibling_is_left: true,
        };
        assert!(fold(b"x", &vec![step.clone(); PATH_STEPS_MAX]).is_some());
        assert_eq!(fold(b"x", &vec![step; PATH_STEPS_MAX + 1]), None);
        assert_eq!(
            fold(
                b"x",
                &[pb::MerkleStep {
                    sibling: Bytes::from_static(&[0; 31]),
                    sibling_is_left: true
                }]
            ),
            None
        );
    }
}
