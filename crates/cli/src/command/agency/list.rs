//! `truc agency list`.

use clap::Args;
use futures::TryStreamExt as _;
use truc_agency::{AgencyEntry, AgencyFilter};
use truc_document::{AgencyCode, Level};

use super::{magic, show::Shown};
use crate::{
    access::AgencyOptions,
    arguments::Format,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
    say,
};

/// Lists agencies by code.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only those of this level: central, province, district or commune
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Only those that count under this province
    #[arg(long, value_name = "CODE")]
    province: Option<AgencyCode>,
    /// Only those whose code or name contains this; case and diacritics do not matter
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    query: String,
    /// Only connected ones
    #[arg(long)]
    connected: bool,
    /// The reserved agencies of every sandbox and what each always does; asks no hub
    #[arg(long, conflicts_with_all = ["level", "province", "query", "connected"])]
    magic: bool,
    #[command(flatten)]
    agency: AgencyOptions,
}

impl List {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        if self.magic {
            return magic::list(output);
        }
        let filter = AgencyFilter {
            level: self.level,
            province: self.province,
            query: self.query,
            connected_only: self.connected,
        };
        let entries: Vec<AgencyEntry> = super::directory(&self.agency)
            .await?
            .agencies(filter)
            .try_collect()
            .await?;
        match output.format {
            Format::Csv => output.raw(&csv(&entries)?)?,
            _ => {
                let shown: Vec<Shown> = entries.iter().map(Shown::of).collect();
                output.data(&shown, || table(&entries, output))?;
            }
        }
        Ok(Exit::Good)
    }
}

fn table(entries: &[AgencyEntry], output: &Output) -> String {
    let heads = [
        Words("Mã định danh", "Code"),
        Words("Tên", "Name"),
        Words("Cấp", "Level"),
        Words("Tỉnh", "Province"),
        Words("Kết nối", "Connected"),
        Words("Ký số cá nhân", "Signing"),
    ];
    let mut table = Table::new(output.lang, &heads);
    for entry in entries {
        let connected = match (&entry.successor, entry.connected) {
            (Some(_), _) => Words("đã đóng", "closed"),
            (None, true) => Words("có", "yes"),
            (None, false) => Words("chưa", "no"),
        };
        table.row([
            entry.code.to_string(),
            entry.name.clone(),
            say::word!(entry.level, output.lang),
            entry.province.to_string(),
            output.words(connected).to_owned(),
            say::word!(entry.signing_policy, output.lang),
        ]);
    }
    table.text()
}

fn csv(entries: &[AgencyEntry]) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heads = [
        "code",
        "legacy_code",
        "name",
        "level",
        "parent",
        "province",
        "connected",
        "signing_policy",
    ];
    writer.write_record(heads).map_err(Failure::input)?;
    for entry in entries {
        let shown = Shown::of(entry);
        let optional = |code: Option<String>| code.unwrap_or_default();
        writer
            .write_record([
                shown.code,
                optional(shown.legacy_code),
                shown.name,
                shown.level.to_owned(),
                optional(shown.parent),
                shown.province,
                shown.connected.to_string(),
                shown.signing_policy.to_owned(),
            ])
            .map_err(Failure::input)?;
    }
    String::from_utf8(writer.into_inner().map_err(Failure::input)?).map_err(Failure::input)
}
