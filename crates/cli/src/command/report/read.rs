//! Reading a report.

use std::path::Path;

use serde::Deserialize;
use truc_simulator::report::{RunReport, SCHEMA};

use crate::{exit::Failure, files};

#[derive(Deserialize)]
struct Versioned {
    schema: Option<String>,
}

/// Of a file, or of the folder that `truc run --report` wrote.
pub(super) fn read(path: &Path) -> Result<RunReport, Failure> {
    let file = if path.is_dir() {
        path.join("report.json")
    } else {
        path.to_owned()
    };
    let json = files::read(&file)?;
    let shown = file.display();
    let wrong = |error: serde_json::Error| Failure::input(format!("`{shown}` is no report of a run: {error}"));
    let versioned: Versioned = serde_json::from_slice(&json).map_err(wrong)?;
    match versioned.schema.as_deref() {
        Some(SCHEMA) => serde_json::from_slice(&json).map_err(wrong),
        Some(other) => Err(Failure::input(format!(
            "`{shown}` is a report of version `{other}`; this truc reads `{SCHEMA}`"
        ))),
        None => Err(Failure::input(format!(
            "`{shown}` names no `schema`; name a report.json, or the folder of `truc run --report`"
        ))),
    }
}
