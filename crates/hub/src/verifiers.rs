//! The threads that verify: one a core, apart from those that serve connections.
//!
//! A lower priority for them was tried and left: under load they are on the way of each document, and the wait for them grew by more
//! than the others gained.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

pub(crate) fn start() -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().thread_name(|n| format!("verify-{n}")).build()
}
