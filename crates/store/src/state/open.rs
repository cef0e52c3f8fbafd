//! What is known of deliveries only while they are open, by their ids. Nothing shows the order of the table.

use hashbrown::{HashTable, hash_table::Entry};

/// See the module. Gives its room back once three quarters of it are free.
#[derive(Clone)]
pub(super) struct OpenTable<T> {
    entries: HashTable<(u64, T)>,
}

impl<T> Default for OpenTable<T> {
    fn default() -> Self {
        Self {
            entries: HashTable::new(),
        }
    }
}

/// Ids are dense and the hub's own: an odd factor puts neighbours into places of their own.
fn hash(id: u64) -> u64 {
    id.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl<T> OpenTable<T> {
    pub(super) fn get(&self, id: u64) -> Option<&T> {
        let found = self.entries.find(hash(id), |(other, _)| *other == id);
        found.map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        let found = self.entries.find_mut(hash(id), |(other, _)| *other == id);
        found.map(|(_, value)| value)
    }

    /// Sets what is known of an id.
    pub(super) fn insert(&mut self, id: u64, value: T) {
        match self
            .entries
            .entry(hash(id), |(other, _)| *other == id, |(other, _)| hash(*other))
        {
            Entry::Occupied(mut there) => there.get_mut().1 = value,
            Entry::Vacant(free) => {
                free.insert((id, value));
            }
        }
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<T> {
        let there = self.entries.find_entry(hash(id), |(other, _)| *other == id).ok()?;
        let ((_, value), _) = there.remove();
        if self.entries.len() < self.entries.capacity() / 4 {
            // Twice of what is there, so that it does not grow again at once.
            self.entries
                .shrink_to(self.entries.len() * 2, |(other, _)| hash(*other));
        }
        Some(value)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.entries.capacity()
    }
}
