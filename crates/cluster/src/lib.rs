//! A journal on NATS JetStream that several hubs share: one stream, one message for each group of records.
//!
//! ```text
//! hub ── begin ──► publisher ──► stream (3 copies) ──► follower ── next ──► copy on this machine, then `apply`
//!                  retries until   one order             every group,
//!                  it is ordered   for all               whoever wrote it
//! ```
//!
//! The stream is the order and nothing else. Who publishes a group names no place for it: the place is where the stream puts it,
//! and each hub works out positions and the hash chain from the order alone, so all come to the same. Each hub publishes under
//! a subject of its own, one group at a time, and names the sequence of its group before: so no hub waits for another, and
//! a group whose answer was lost can be published again without being stored twice, however late.
//!
//! All of that is [`SharedLog`], which knows the stream as a [`line::Line`]. [`JetStream`] is a log over a stream of NATS, with its archive.
//!
//! **Invariant:** a group is given to the hub only when the stream has it, in the stream's order, without a gap.
//!
//! **Invariant:** nothing outside `nats` names NATS, and a log starts no thread: over a simulated line a whole journal runs in one, on
//! simulated time.

mod address;
mod copy;
mod engine;
mod error;
mod follower;
pub mod line;
mod message;
mod nats;
mod publisher;

pub use address::{Address, InvalidAddress};
pub use engine::SharedLog;
pub use error::ClusterError;
pub use nats::JetStream;
