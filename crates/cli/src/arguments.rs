//! What can be typed: the options of all commands, and the commands.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};

use crate::{command::Command, output::Lang, usage::Answer};

/// Runs, drives and measures the national document interconnection axis of Vietnam (Trục liên thông văn bản quốc gia)
/// on one machine.
#[derive(Debug, Parser)]
#[command(
    name = "truc",
    version,
    max_term_width = 110,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 good; 1 a threshold or a verification failed, or the hub refused; 2 bad usage or \
bad input; 3 the hub could not be reached; 4 conservation broken (something lost or twice); 130 interrupted.\n\n\
Begin with `truc up`, then `truc send --to H54 --subject \"Thử nghiệm\"` in another terminal."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How data is printed: a table, one JSON document, or CSV where there are rows
    #[arg(long, global = true, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Language of tables and messages (ngôn ngữ)
    #[arg(long, global = true, value_enum, default_value_t = Lang::Vi, env = "TRUC_LANG", value_name = "LANG")]
    pub(crate) lang: Lang,
}

/// Form of what is printed on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// One JSON document
    Json,
    /// Comma-separated rows (`stats` and `agency list`)
    Csv,
}

impl Arguments {
    /// Reads the command line. What is no command to run (help, version, a mistake) comes back as an answer to give.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Answer> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let mut command = Self::command();
        let matches = command
            .try_get_matches_from_mut(&arguments)
            .map_err(|error| Answer::of(&error, &command, &arguments))?;
        let read = Self::from_arg_matches(&matches).map_err(|error| Answer::of(&error, &command, &arguments))?;
        match (read.format, &read.command) {
            (Format::Csv, command) if !command.prints_rows() => {
                let message =
                    "format `csv` is for `truc stats` and `truc agency list`; write `--format table` or `json`";
                Err(Answer::Mistake(message.to_owned()))
            }
            _ => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_all_commands_are_consistent() {
        Arguments::command().debug_assert();
    }
}
