//! Work that no append should wait for: making the next segment, writing the index file of a sealed one.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use tracing::warn;

use super::{
    index::SparseIndex,
    segment::{EmptySegment, OVERSIZE, PREPARED, PREPARING, make_empty},
    sidecar::{self, Summary},
    storage::Storage,
};

/// After a part of a segment the thread rests this many times as long as the part took.
const PAUSE_PER_WORK: u32 = 3;
/// And never longer than this, so that a slow disk does not make the segment late.
const PAUSE_MAX: Duration = Duration::from_millis(10);

/// The worker, or the lack of one.
#[derive(Debug)]
pub(super) struct Background<S: Storage> {
    storage: Arc<S>,
    segment_bytes: u64,
    worker: Option<Worker<S>>,
    /// Whether an empty segment exists or is being made.
    requested: bool,
}

#[derive(Debug)]
struct Worker<S: Storage> {
    jobs: mpsc::Sender<Job>,
    made: mpsc::Receiver<io::Result<EmptySegment<S::File>>>,
    /// Somebody waits for the segment, or for the thread.
    hurry: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

enum Job {
    MakeSegment,
    WriteIndex(Summary, SparseIndex),
}

// === impl Background ===

impl<S: Storage> Background<S> {
    /// Without a thread the work is done within the call, in an order that a test can repeat.
    pub(super) fn new(storage: Arc<S>, segment_bytes: u64, with_thread: bool) -> io::Result<Self> {
        let worker = with_thread
            .then(|| Worker::start(storage.clone(), segment_bytes))
            .transpose()?;
        Ok(Self {
            storage,
            segment_bytes,
            worker,
            requested: false,
        })
    }

    /// Has the next segment made, if that wasn't asked for yet.
    pub(super) fn request_segment(&mut self) {
        if let Some(worker) = &self.worker
            && !self.requested
        {
            // If the worker is gone, `take_segment` will say so.
            self.requested = worker.jobs.send(Job::MakeSegment).is_ok();
        }
    }

    /// An empty segment of `length` bytes or more and the name it has; waits until there is one.
    pub(super) fn take_segment(&mut self, length: u64) -> io::Result<(EmptySegment<S::File>, &'static str)> {
        if length > self.segment_bytes {
            return Ok((make_empty(&*self.storage, OVERSIZE, length, |_| ())?, OVERSIZE));
        }
        self.request_segment();
        let segment = match &self.worker {
            Some(worker) => {
                // A failed attempt is over too: the next call asks again.
                self.requested = false;
                let gone = |_| io::Error::other("the thread that makes segments has ended");
                worker.hurry.store(true, Ordering::Relaxed);
                let made = worker.made.recv();
                worker.hurry.store(false, Ordering::Relaxed);
                made.map_err(gone)??
            }
            None => make_prepared(&*self.storage, self.segment_bytes, |_| ())?,
        };
        Ok((segment, PREPARED))
    }

    /// Has the index file of a sealed segment written.
    pub(super) fn write_index(&self, summary: Summary, index: SparseIndex) {
        match &self.worker {
            Some(worker) => {
                // Without a worker the index file is made when it is missed.
                let _ = worker.jobs.send(Job::WriteIndex(summary, index));
            }
            None => write_index(&*self.storage, &summary, &index),
        }
    }
}

impl<S: Storage> Drop for Background<S> {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            let Worker {
                jobs,
                made,
                hurry,
                thread,
            } = worker;
            hurry.store(true, Ordering::Relaxed);
            drop((jobs, made));
            // Whoever opens the folder next must not meet a thread that still writes in it.
            let _ = thread.join();
        }
    }
}

// === impl Worker ===

impl<S: Storage> Worker<S> {
    fn start(storage: Arc<S>, segment_bytes: u64) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let (answers, made) = mpsc::channel();
        let hurry = Arc::new(AtomicBool::new(false));
        let hurried = Arc::clone(&hurry);
        // Appends that go on meanwhile sync to the same disk: most of its time is theirs.
        let pause = move |worked: Duration| {
            if !hurried.load(Ordering::Relaxed) {
                thread::sleep((worked * PAUSE_PER_WORK).min(PAUSE_MAX));
            }
        };
        let thread = thread::Builder::new().name("journal-segments".into()).spawn(move || {
            for job in queue {
                match job {
                    Job::MakeSegment => {
                        // Nobody waits for the answer if the journal is being closed.
                        let _ = answers.send(make_prepared(&*storage, segment_bytes, &pause));
                    }
                    Job::WriteIndex(summary, index) => write_index(&*storage, &summary, &index),
                }
            }
        })?;
        Ok(Self {
            jobs,
            made,
            hurry,
            thread,
        })
    }
}

fn make_prepared<S: Storage>(
    storage: &S,
    segment_bytes: u64,
    pause: impl FnMut(Duration),
) -> io::Result<EmptySegment<S::File>> {
    let segment = make_empty(storage, PREPARING, segment_bytes, pause)?;
    storage.rename(PREPARING, PREPARED)?;
    Ok(segment)
}

fn write_index<S: Storage>(storage: &S, summary: &Summary, index: &SparseIndex) {
    if let Err(error) = sidecar::write(storage, summary, index) {
        warn!(segment = summary.sequence, %error, "cannot write index file; it will be made when it is missed");
    }
}
