//! Generates clients and servers of the services in `proto/truc/v1`; the messages are those of `truc-proto`.

use std::{env, error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = [
        "exchange",
        "directory",
        "statistics",
        "operations",
        "sandbox",
        "training",
    ]
    .map(|name| root.join(format!("truc/v1/{name}.proto")));
    let descriptors = protox::compile(files, [root])?;
    tonic_prost_build::configure()
        .extern_path(".truc.v1", "::truc_proto::v1")
        .codec_path("crate::SmallBuffers")
        .compile_fds(descriptors)?;
    Ok(())
}
