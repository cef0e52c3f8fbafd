//! A growing array in pages that are copied when written while a snapshot holds them: so a snapshot is one instant,
//! costs the writer a few microseconds a page, and never stops it.

use std::sync::Arc;

/// Entries in a page: large enough to make the list of pages short, small enough to copy in a few microseconds.
const PAGE: usize = 256;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Paged<T> {
    pages: Vec<Arc<Vec<T>>>,
    length: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            length: 0,
        }
    }
}

impl<T: Clone> Paged<T> {
    /// Number of entries.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Whether there is none.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// As many entries as there are to be read, page by page: memory grows with what came, whatever `count` says.
    pub(crate) fn read<E>(count: u64, mut next: impl FnMut() -> Result<T, E>) -> Result<Self, E> {
        let (mut pages, mut left) = (Vec::new(), count);
        while left > 0 {
            let here = left.min(PAGE as u64);
            let mut page = Vec::with_capacity(PAGE);
            for _ in 0..here {
                page.push(next()?);
            }
            pages.push(Arc::new(page));
            left -= here;
        }
        let length = usize::try_from(count).unwrap_or(usize::MAX);
        Ok(Self { pages, length })
    }

    /// Adds an entry and gives its index.
    pub(crate) fn push(&mut self, value: T) -> usize {
        let index = self.length;
        if index.is_multiple_of(PAGE) {
            self.pages.push(Arc::new(Vec::with_capacity(PAGE)));
        }
        if let Some(page) = self.pages.last_mut() {
            Arc::make_mut(page).push(value);
        }
        self.length += 1;
        index
    }

    /// The entry at an index.
    #[must_use]
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.pages.get(index / PAGE)?.get(index % PAGE)
    }

    /// The entry at an index, to change it.
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        Arc::make_mut(self.pages.get_mut(index / PAGE)?).get_mut(index % PAGE)
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_its_instant() {
        let mut numbers = Paged::default();
        for n in 0..1000 {
            assert_eq!(numbers.push(n), n);
        }
        let before = numbers.clone();
        *numbers.get_mut(700).unwrap() = 7;
        numbers.push(1000);
        assert_eq!((before.len(), *before.get(700).unwrap()), (1000, 700));
        assert_eq!(
            (numbers.len(), *numbers.get(700).unwrap(), *numbers.get(1000).unwrap()),
            (1001, 7, 1000)
        );
        assert!(before.get(1000).is_none());
        assert_eq!(before.iter().copied().sum::<usize>(), 999 * 500);
    }

    #[test]
    fn what_is_read_can_grow() {
        for count in [0, 1, 255, 256, 257, 600] {
            let mut numbers = 0..;
            let mut read = Paged::read(count as u64, || numbers.next().ok_or(())).unwrap();
            assert_eq!((read.len(), read.push(7)), (count, count));
            assert!(read.iter().copied().eq((0..count).chain([7])));
        }
        let mut three = 0..3;
        assert!(Paged::read(u64::MAX, || three.next().ok_or(())).is_err());
    }
}
