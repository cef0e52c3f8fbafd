//! Generates the messages of `proto/truc/v1` with protox, so that nobody needs a protoc.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = [
        "document",
        "exchange",
        "directory",
        "statistics",
        "operations",
        "sandbox",
        "training",
    ]
    .map(|name| root.join(format!("truc/v1/{name}.proto")));
    let descriptors = protox::compile(files, [root])?;
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("truc_v1.descriptors"),
        descriptors.encode_to_vec(),
    )?;
    // Maps are ordered, so that the same message has the same bytes. `Bytes` fields share the buffer that a message came in; a copied 100 KiB attachment would cost 100 µs.
    prost_build::Config::new()
        .bytes(["."])
        .btree_map(["."])
        .compile_fds(descriptors)?;
    Ok(())
}
