//! The adapters to NATS: the stream as a line, its archive, attachments and saved states, and the journal that is made of them.

mod archive;
mod attachments;
mod bucket;
mod durability;
mod jetstream;
mod line;
mod snapshots;
mod stream;

pub use jetstream::JetStream;
