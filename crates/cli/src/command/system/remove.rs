//! `truc system remove`.

use clap::Args;

use super::Where;
use crate::{
    exit::{Exit, Failure},
    output::{Output, Words},
};

/// Removes a system. What it sent stays; what waits for its agencies waits on.
#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// Its id
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: Where,
}

impl Remove {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        self.place.systems()?.remove(&self.name).map_err(Failure::input)?;
        let done = output.words(Words("Đã xóa hệ thống", "Removed system"));
        output.tell(&format!("{done} {}", self.name));
        Ok(Exit::Good)
    }
}
