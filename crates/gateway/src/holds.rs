//! Packages that a system said it is working on (`processing`).
//!
//! The hub knows a hold as a lease like any other, and says when it has run out. Which leases are holds is kept in memory
//! only: after a restart a held package is in the lists again, which costs a client a second look and loses nothing.

use std::collections::HashSet;

use parking_lot::Mutex;

use crate::doc_id::DocId;

/// See the module.
#[derive(Default)]
pub(crate) struct Holds(Mutex<HashSet<DocId>>);

impl Holds {
    pub(crate) fn set(&self, id: DocId) {
        self.0.lock().insert(id);
    }

    pub(crate) fn clear(&self, id: DocId) {
        self.0.lock().remove(&id);
    }

    pub(crate) fn has(&self, id: DocId) -> bool {
        self.0.lock().contains(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
