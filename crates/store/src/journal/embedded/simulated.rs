//! A disk in memory that fails when told to, and forgets after a crash what was not synced: any part of it, in any order,
//! in sectors of 512 bytes. For tests and simulations.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
    sync::Arc,
};

use parking_lot::{Mutex, MutexGuard};

use super::storage::{SegmentFile, Storage};

const SECTOR_BYTES: usize = 512;

/// The disk. Clones are the same one, as a machine's disk is the same after its crash.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<String, usize>,
    /// Names after the last sync, and after each change since then.
    names_synced: BTreeMap<String, usize>,
    names_since: Vec<BTreeMap<String, usize>>,
    steps: u64,
    fault: Option<Fault>,
    full: bool,
    lies: bool,
}

#[derive(Debug, Default)]
struct Content {
    live: Vec<u8>,
    durable: Vec<u8>,
    dirty: BTreeSet<usize>,
}

/// What is to go wrong. Steps are the calls that change something, counted from 1.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// This step fails; the next ones work.
    Once(u64),
    /// This step and all after it fail: the machine is gone.
    From(u64),
}

/// A file of the disk.
#[derive(Debug)]
pub struct DiskFile {
    state: Arc<Mutex<State>>,
    file: usize,
}

// === impl Disk ===

impl Disk {
    /// What goes wrong from now on, until the next crash.
    pub fn plan(&self, fault: Fault) {
        self.lock().fault = Some(fault);
    }

    /// What goes wrong no longer does.
    pub fn mend(&self) {
        self.lock().fault = None;
    }

    /// Whether there is room for nothing new. What a file has already can be written all the same.
    pub fn set_full(&self, full: bool) {
        self.lock().full = full;
    }

    /// From now on a sync says that it is done and does nothing, as disks do that are told to be fast.
    pub fn lie(&self) {
        self.lock().lies = true;
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        self.lock().steps
    }

    /// The machine comes back. Of what was not synced, `keep` says for each sector and change of names whether it is there.
    pub fn crash(&self, mut keep: impl FnMut() -> bool) {
        let mut state = self.lock();
        for content in &mut state.files {
            for sector in std::mem::take(&mut content.dirty) {
                if keep() {
                    content.persist(sector);
                }
            }
            content.live = content.durable.clone();
        }
        // Names are kept in the order of the changes, as by a file system with a journal of its own.
        let kept = std::mem::take(&mut state.names_since)
            .into_iter()
            .take_while(|_| keep())
            .last();
        if let Some(names) = kept {
            state.names_synced = names;
        }
        state.names = state.names_synced.clone();
        state.fault = None;
    }

    /// What a file holds.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.lock();
        state.files[state.names[name]].live.clone()
    }

    /// Changes a file behind the journal's back, durably.
    ///
    /// # Panics
    /// If there is none of that name.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        let file = state.names[name];
        change(&mut state.files[file].live);
        state.files[file].durable = state.files[file].live.clone();
    }

    /// Whether there is a file of that name.
    pub fn has(&self, name: &str) -> bool {
        self.lock().names.contains_key(name)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn file(&self, file: usize) -> DiskFile {
        DiskFile {
            state: self.state.clone(),
            file,
        }
    }
}

impl Storage for Disk {
    type File = DiskFile;

    fn path(&self, name: &str) -> PathBuf {
        name.into()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<DiskFile> {
        let mut state = self.lock();
        state.step()?;
        state.room(true)?;
        let file = state.files.len();
        state.files.push(Content::default());
        state.rename_with(|names| names.insert(name.to_owned(), file));
        drop(state);
        Ok(self.file(file))
    }

    fn open(&self, name: &str) -> io::Result<DiskFile> {
        let file = self.lock().names.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        Ok(self.file(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        let file = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        state.rename_with(|names| {
            names.remove(from);
            names.insert(to.to_owned(), file)
        });
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        state.rename_with(|names| names.remove(name));
        Ok(())
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        state.names_synced = state.names.clone();
        state.names_since.clear();
        Ok(())
    }
}

// === impl State ===

impl State {
    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        let fails = match self.fault {
            Some(Fault::Once(step)) => self.steps == step,
            Some(Fault::From(step)) => self.steps >= step,
            None => false,
        };
        if fails {
            Err(io::Error::other("the disk fails"))
        } else {
            Ok(())
        }
    }

    fn room(&self, needed: bool) -> io::Result<()> {
        match needed && self.full {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }

    fn rename_with<T>(&mut self, change: impl FnOnce(&mut BTreeMap<String, usize>) -> T) {
        change(&mut self.names);
        self.names_since.push(self.names.clone());
    }
}

// === impl Content ===

impl Content {
    fn write(&mut self, bytes: &[u8], offset: usize) {
        let end = offset + bytes.len();
        self.live.resize(self.live.len().max(end), 0);
        self.live[offset..end].copy_from_slice(bytes);
        self.dirty.extend(offset / SECTOR_BYTES..end.div_ceil(SECTOR_BYTES));
    }

    fn persist(&mut self, sector: usize) {
        let start = sector * SECTOR_BYTES;
        let end = (start + SECTOR_BYTES).min(self.live.len());
        self.durable.resize(self.durable.len().max(end), 0);
        self.durable[start..end].copy_from_slice(&self.live[start..end]);
    }
}

impl SegmentFile for DiskFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.state.lock().files[self.file].live.len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.state.lock();
        let start = offset as usize;
        let found = state.files[self.file].live.get(start..start + bytes.len());
        bytes.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.state.lock();
        let grows = offset as usize + bytes.len() > state.files[self.file].live.len();
        state.room(grows)?;
        let step = state.step();
        // A write that fails has done a part of its work.
        let done = if step.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        state.files[self.file].write(done, offset as usize);
        step
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state.lock();
        let step = state.step();
        if state.lies {
            return step;
        }
        let content = &mut state.files[self.file];
        // As Linux does it: after a failed sync the pages count as clean, though they are on no disk.
        for sector in std::mem::take(&mut content.dirty) {
            if step.is_ok() {
                content.persist(sector);
            }
        }
        step
    }
}
