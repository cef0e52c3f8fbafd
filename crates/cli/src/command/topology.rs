//! `truc topology`: makes a topology file from the administrative lists, or checks one.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use truc_simulator::{
    Party, Share,
    topology::{
        import_csv,
        make::{MakeOptions, MergerOptions, Province, ShareByLevel, make, make_merger},
    },
};

use crate::{
    exit::{Exit, Failure},
    files,
    output::{Output, Table, Words},
};

/// Topology files.
#[derive(Debug, Subcommand)]
pub(crate) enum Topology {
    /// Make a topology from the lists of units and provinces, and print it
    Make(Box<Make>),
    /// Make the table of the merger of 1 July 2025 from the lists of before and since, and print it
    Merger(Merger),
    /// Make a topology from a directory of your own, in CSV
    Import(Import),
    /// Check a topology file and count what it holds
    Check(Check),
}

/// Prints a topology in the project's format. Names of units and codes of the first level are those of the lists; the
/// other codes are numbered, who is connected and who reports is drawn by seed.
#[derive(Args, Debug)]
pub(crate) struct Make {
    /// Provinces, districts and communes: level,gso_code,parent_gso_code,name
    #[arg(long, value_name = "CSV")]
    units: PathBuf,
    /// Codes of the provinces: agency_code,gso_code,name,…
    #[arg(long, value_name = "CSV")]
    provinces: PathBuf,
    /// A province wanted: CODE, CODE:POLICY or CODE:POLICY:PORTAL_SERVICES; all of them where absent
    #[arg(long, value_name = "PROVINCE")]
    province: Vec<Province>,
    /// One line that says what it is
    #[arg(long, value_name = "TEXT", default_value = "Sơ đồ kết nối mô phỏng")]
    title: String,
    /// Draws who is connected and who reports
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Connected agencies, per cent of province's, district's and commune's level
    #[arg(long, value_name = "P,D,C", value_parser = shares, default_value = "100,100,97")]
    connected: ShareByLevel,
    /// Agencies that take part in the National Reporting System, per cent
    #[arg(long, value_name = "P,D,C", value_parser = shares, default_value = "70,60,30")]
    reporting: ShareByLevel,
    /// Departments of the ministries and more bodies of the provinces too: about 15,000 agencies for 63 provinces
    #[arg(long)]
    full: bool,
    /// As the axis is since 1 July 2025: no districts; --units lists 34 provinces with their communes
    #[arg(long)]
    since_merger: bool,
}

/// Prints which agency takes over from which: old_code,new_code. It leads from the topology that `make --full` gives of the
/// units before to the one that `make --full --since-merger` gives of the units since.
#[derive(Args, Debug)]
pub(crate) struct Merger {
    /// Units before: level,gso_code,parent_gso_code,name
    #[arg(long, value_name = "CSV")]
    units: PathBuf,
    /// Units since, in the same form
    #[arg(long, value_name = "CSV")]
    units_after: PathBuf,
    /// Communes: old_commune_gso_code,new_commune_gso_code
    #[arg(long, value_name = "CSV")]
    communes: PathBuf,
    /// Codes of the provinces: agency_code,gso_code,name,gso_code_after_july_2025,…
    #[arg(long, value_name = "CSV")]
    provinces: PathBuf,
}

/// Reads CSV whose first line names the columns: code, name and level, and where wanted parent, legacy_code, province,
/// connected, signing_policy, systems (with `;` between them) and portal_services; 120,000 agencies at most.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The directory
    #[arg(value_name = "CSV")]
    file: PathBuf,
    /// Topology file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// One line that says what it is
    #[arg(long, value_name = "TEXT", default_value = "Sơ đồ kết nối nhập từ CSV")]
    title: String,
}

/// Reads a topology as the hub and scenarios do.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The topology: a file, or the name of one that the binary brings along, such as vietnam-63
    #[arg(value_name = "FILE|NAME")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Counted {
    title: String,
    agencies: usize,
    by_party: Vec<OfParty>,
}

#[derive(Serialize)]
struct OfParty {
    party: &'static str,
    agencies: usize,
    connected: usize,
}

fn shares(text: &str) -> Result<ShareByLevel, String> {
    let wrong = || "write three percentages, such as 100,100,97".to_owned();
    let shares: Vec<Share> = text
        .split(',')
        .map(|part| {
            part.trim()
                .parse()
                .ok()
                .filter(|percent| *percent <= 100)
                .map(Share::percent)
                .ok_or_else(wrong)
        })
        .collect::<Result<_, _>>()?;
    match shares[..] {
        [province, district, commune] => Ok(ShareByLevel {
            province,
            district,
            commune,
        }),
        _ => Err(wrong()),
    }
}

impl Topology {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::Make(command) => command.run(output),
            Self::Merger(command) => command.run(output),
            Self::Import(command) => command.run(output),
            Self::Check(command) => command.run(output),
        }
    }
}

impl Make {
    fn run(self, output: &Output) -> Result<Exit, Failure> {
        let options = MakeOptions {
            title: self.title,
            units: self.units,
            provinces: self.provinces,
            select: self.province,
            seed: self.seed,
            connected: self.connected,
            reporting: self.reporting,
            full: self.full,
            since_merger: self.since_merger,
        };
        output.raw(&make(&options).map_err(Failure::input)?.to_toml())?;
        Ok(Exit::Good)
    }
}

impl Merger {
    fn run(self, output: &Output) -> Result<Exit, Failure> {
        let options = MergerOptions {
            units: self.units,
            units_after: self.units_after,
            communes: self.communes,
            provinces: self.provinces,
        };
        output.raw(&make_merger(&options).map_err(Failure::input)?.to_csv())?;
        Ok(Exit::Good)
    }
}

impl Import {
    fn run(self, output: &Output) -> Result<Exit, Failure> {
        let name = self.file.display().to_string();
        let file = std::fs::File::open(&self.file)
            .map_err(|error| Failure::input(format!("cannot read `{name}`: {error}")))?;
        let topology = import_csv(&name, &self.title, file).map_err(Failure::input)?;
        files::write(&self.out, topology.to_toml())?;
        Counted::of(&topology).print(output)?;
        Ok(Exit::Good)
    }
}

impl Check {
    fn run(self, output: &Output) -> Result<Exit, Failure> {
        let topology = truc_simulator::Topology::named(&self.file).map_err(Failure::input)?;
        Counted::of(&topology).print(output)?;
        Ok(Exit::Good)
    }
}

impl Counted {
    fn of(topology: &truc_simulator::Topology) -> Self {
        let of = |party: Party| {
            let entries = || topology.agencies().filter(move |entry| entry.party() == party);
            OfParty {
                party: party.as_str(),
                agencies: entries().count(),
                connected: entries().filter(|entry| entry.connected).count(),
            }
        };
        Self {
            title: topology.title.clone(),
            agencies: topology.agencies().len(),
            by_party: Party::ALL.into_iter().map(of).collect(),
        }
    }

    fn print(&self, output: &Output) -> Result<(), Failure> {
        output.data(self, || {
            let heads = [
                Words("Loại", "Party"),
                Words("Cơ quan", "Agencies"),
                Words("Đã kết nối", "Connected"),
            ];
            let mut table = Table::new(output.lang, &heads);
            table.right([1, 2]);
            for row in &self.by_party {
                table.row([
                    row.party.to_owned(),
                    row.agencies.to_string(),
                    row.connected.to_string(),
                ]);
            }
            format!("{}\n{}", self.title, table.text())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_three_percentages() {
        assert_eq!(shares("100,100,97"), Ok(ShareByLevel::CONNECTED));
        assert_eq!(shares("70, 60, 30"), Ok(ShareByLevel::REPORTING));
        for wrong in ["", "100", "100,100", "100,100,101", "1,2,3,4", "a,b,c"] {
            assert!(shares(wrong).is_err(), "{wrong}");
        }
    }
}
