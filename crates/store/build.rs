//! Generates the journal's record types with protox; the messages of the public API are those of `truc-proto`.

use std::{env, error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let crate_root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let roots = [crate_root.join("proto"), crate_root.join("../../proto")];
    for root in &roots {
        println!("cargo:rerun-if-changed={}", root.display());
    }
    let descriptors = protox::compile([roots[0].join("truc/journal/v1/record.proto")], roots)?;
    prost_build::Config::new()
        .bytes(["."])
        .btree_map(["."])
        .extern_path(".truc.v1", "::truc_proto::v1")
        .compile_fds(descriptors)?;
    Ok(())
}
