//! Which thread does what: one writes, one a core verifies, others wait for files, apart from those that serve connections. In a
//! simulation, where one clock and one order decide everything, all of it is done where it is asked for.
//!
//! A lower priority for those that verify was tried and left: under load they are on the way of each document, and the wait for
//! them grew by more than the others gained.

use std::{future::Future, io};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::{runtime::Handle, task};
use tonic::Status;

use crate::status::stopped;

/// Whose threads a hub works on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threads {
    /// Its own, so that all cores have work.
    #[default]
    Own,
    /// The runtime's that opened it, and no other. What has to wait for a disk keeps everybody waiting: for simulations.
    Callers,
}

/// Those who do what must not be done where connections are served.
pub(crate) enum Workers {
    Own { verifiers: ThreadPool, runtime: Handle },
    Callers,
}

/// The one that writes.
pub(crate) enum Writer {
    Thread(std::thread::JoinHandle<()>),
    Task(task::JoinHandle<()>),
}

// === impl Workers ===

impl Workers {
    pub(crate) fn start(threads: Threads) -> Result<Self, ThreadPoolBuildError> {
        Ok(match threads {
            Threads::Own => Self::Own {
                verifiers: ThreadPoolBuilder::new()
                    .thread_name(|n| format!("verify-{n}"))
                    .build()?,
                runtime: Handle::current(),
            },
            Threads::Callers => Self::Callers,
        })
    }

    /// Does what takes a core.
    pub(crate) fn verify(&self, work: impl FnOnce() + Send + 'static) {
        match self {
            Self::Own { verifiers, .. } => verifiers.spawn(work),
            Self::Callers => work(),
        }
    }

    /// Does what waits for files.
    pub(crate) async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Status> {
        match self {
            Self::Own { .. } => task::spawn_blocking(work).await.map_err(|_| stopped()),
            Self::Callers => Ok(work()),
        }
    }

    /// Waits for the network within `verify` or `block`. With the caller's threads nothing else goes on meanwhile, so then it must
    /// be there at once.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        match self {
            Self::Own { runtime, .. } => runtime.block_on(future),
            Self::Callers => futures::executor::block_on(future),
        }
    }

    /// Does what nobody waits for.
    pub(crate) fn aside(&self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        match self {
            Self::Own { .. } => std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop),
            Self::Callers => {
                work();
                Ok(())
            }
        }
    }

    /// Runs the one that writes: by `alone` on a thread of its own, or by `among_others`.
    pub(crate) fn write<W, F>(&self, writer: W, alone: fn(W), among_others: fn(W) -> F) -> io::Result<Writer>
    where
        W: Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        match self {
            Self::Own { .. } => {
                let thread = std::thread::Builder::new().name("sequencer".to_owned());
                thread.spawn(move || alone(writer)).map(Writer::Thread)
            }
            Self::Callers => Ok(Writer::Task(tokio::spawn(among_others(writer)))),
        }
    }
}

// === impl Writer ===

impl Writer {
    /// Whether it came to its end, when it has.
    pub(crate) async fn ended(self) -> bool {
        match self {
            Self::Thread(thread) => matches!(task::spawn_blocking(move || thread.join()).await, Ok(Ok(()))),
            Self::Task(task) => task.await.is_ok(),
        }
    }
}
