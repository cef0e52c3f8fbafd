//! Makes the folder of the built console, so that the binary can be built without Node, and again when the console was.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("web/dist")?;
    println!("cargo:rerun-if-changed=web/dist");
    Ok(())
}
