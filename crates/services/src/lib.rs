//! Clients and servers of Trục's public API (`proto/truc/v1`), generated for tonic. The messages are in `truc-proto`,
//! which knows no transport.

mod codec;

#[allow(missing_docs, clippy::doc_lazy_continuation)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/truc.v1.rs"));
}

pub use codec::SmallBuffers;
pub use generated::*;
