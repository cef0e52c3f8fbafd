//! `truc system list`.

use clap::Args;
use serde::Serialize;

use super::{Where, signing_token};
use crate::{
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Lists systems by id.
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    place: Where,
}

#[derive(Serialize)]
struct Shown {
    system: String,
    agencies: Vec<String>,
    signing: &'static str,
}

impl List {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let shown: Vec<Shown> = self
            .place
            .systems()?
            .all()
            .iter()
            .map(|system| Shown {
                system: system.id.clone(),
                agencies: system.agencies.iter().map(ToString::to_string).collect(),
                signing: signing_token(system.signing),
            })
            .collect();
        output.data(&shown, || {
            let heads = [
                Words("Hệ thống", "System"),
                Words("Cơ quan", "Agencies"),
                Words("Ký số", "Signing"),
            ];
            let mut table = Table::new(output.lang, &heads);
            for system in &shown {
                table.row([
                    system.system.clone(),
                    system.agencies.join(", "),
                    system.signing.to_owned(),
                ]);
            }
            table.text()
        })?;
        Ok(Exit::Good)
    }
}
