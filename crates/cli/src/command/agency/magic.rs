//! `truc agency list --magic`: the reserved agencies of every sandbox.

use serde::Serialize;
use truc_simulator::Magic;

use crate::{
    arguments::Format,
    exit::{Exit, Failure},
    output::{Lang, Output, Table, Words},
};

#[derive(Serialize)]
struct Shown {
    code: &'static str,
    name: &'static str,
    behaviour: &'static str,
    does: &'static str,
}

pub(super) fn list(output: &Output) -> Result<Exit, Failure> {
    let shown: Vec<Shown> = Magic::ALL
        .iter()
        .map(|magic| Shown {
            code: magic.code(),
            name: magic.name(),
            behaviour: magic.token(),
            does: match output.lang {
                Lang::Vi => magic.vietnamese(),
                Lang::En => magic.english(),
            },
        })
        .collect();
    match output.format {
        Format::Csv => output.raw(&csv(&shown)?)?,
        Format::Json | Format::Table => output.data(&shown, || table(&shown, output))?,
    }
    Ok(Exit::Good)
}

fn table(shown: &[Shown], output: &Output) -> String {
    let heads = [
        Words("Mã định danh", "Code"),
        Words("Tên", "Name"),
        Words("Luôn làm gì", "What it always does"),
    ];
    let mut table = Table::new(output.lang, &heads);
    for one in shown {
        table.row([one.code, one.name, one.does].map(str::to_owned));
    }
    table.text()
}

fn csv(shown: &[Shown]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for one in shown {
        writer.serialize(one).map_err(Failure::input)?;
    }
    String::from_utf8(writer.into_inner().map_err(Failure::input)?).map_err(Failure::input)
}
