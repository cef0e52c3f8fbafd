//! The messages of Trục's public API (`proto/truc/v1`) as generated types. The comments are those of the `.proto` files.

/// Package `truc.v1`.
#[allow(missing_docs, clippy::doc_lazy_continuation, clippy::large_enum_variant)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/truc.v1.rs"));

    /// The serialized `FileDescriptorSet` of the package and its imports, for server reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/truc_v1.descriptors"));
}
