//! What is said instead of running a command: help, the version, or one sentence about a mistake.

use std::{ffi::OsString, io::Write as _};

use clap::error::ErrorKind;

use crate::{exit::Exit, output};

/// Something to print, and how to end then.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Asked for: goes to stdout.
    Told(String),
    /// One sentence for stderr.
    Mistake(String),
}

impl Answer {
    /// Makes one sentence of clap's paragraphs, and names the help to read.
    pub(crate) fn of(error: &clap::Error, root: &clap::Command, arguments: &[OsString]) -> Self {
        let rendered = error.render();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return Self::Told(coloured(&rendered)),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if arguments.len() < 2 => {
                return Self::Told(coloured(&rendered));
            }
            _ => {}
        }
        let (path, command) = typed_command(root, arguments);
        let sentence = match error.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => missing(command),
            _ => sentence(&rendered.to_string()),
        };
        Self::Mistake(format!("{sentence}; see `{path} --help`"))
    }

    /// Prints it.
    pub(crate) fn give(self) -> Exit {
        match self {
            Self::Told(text) => {
                // Nobody is left to tell when stdout is closed.
                let _ = std::io::stdout().write_all(text.as_bytes());
                Exit::Good
            }
            Self::Mistake(sentence) => {
                let _ = writeln!(std::io::stderr(), "truc: {sentence}");
                Exit::BadInput
            }
        }
    }
}

fn coloured(text: &clap::builder::StyledStr) -> String {
    use std::io::IsTerminal as _;
    if std::io::stdout().is_terminal() && output::colour_allowed() {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}

/// The command as far as it was typed well, such as `truc pki`.
fn typed_command<'a>(root: &'a clap::Command, arguments: &[OsString]) -> (String, &'a clap::Command) {
    let (mut path, mut command) = (root.get_name().to_owned(), root);
    for argument in arguments.iter().skip(1) {
        if let Some(next) = argument.to_str().and_then(|name| command.find_subcommand(name)) {
            path = format!("{path} {}", next.get_name());
            command = next;
        }
    }
    (path, command)
}

fn missing(command: &clap::Command) -> String {
    let known: Vec<String> = command
        .get_subcommands()
        .filter(|known| !known.is_hide_set())
        .map(|known| format!("`{}`", known.get_name()))
        .collect();
    if known.is_empty() {
        "something is missing".to_owned()
    } else {
        format!("which one is missing: {}", known.join(", "))
    }
}

/// Clap's first paragraph and its tips, on one line, without usage.
fn sentence(rendered: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for line in rendered.lines().map(str::trim) {
        if line.starts_with("Usage:") || line.starts_with("For more information") {
            break;
        }
        let line = line.strip_prefix("error: ").unwrap_or(line);
        if let Some(tip) = line.strip_prefix("tip: ") {
            parts.push(format!("; {tip}"));
        } else if !line.is_empty() {
            parts.push(if parts.is_empty() {
                line.to_owned()
            } else {
                format!(" {line}")
            });
        }
    }
    parts.concat().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use crate::arguments::Arguments;

    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let arguments = line.split_whitespace().map(OsString::from);
        match Arguments::read(arguments) {
            Err(Answer::Mistake(sentence)) => {
                assert!(!sentence.contains('\n'), "{sentence}");
                assert_eq!(sentence, expected);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn mistakes_are_one_sentence_that_says_what_to_do() {
        check(
            "truc sned",
            "unrecognized subcommand 'sned'; a similar subcommand exists: 'send'; see `truc --help`",
        );
        check(
            "truc send --to H54",
            "the following required arguments were not provided: --subject <TEXT>; see `truc send --help`",
        );
        check(
            "truc send --to h54 --subject x",
            "invalid value 'h54' for '--to <CODE>': agency code `h54` has `h` at character 1; only `.`, 0-9 and A-Z may \
             stand in one; see `truc send --help`",
        );
        check(
            "truc stats --format yaml",
            "invalid value 'yaml' for '--format <FORMAT>' [possible values: table, json, csv]; see `truc stats --help`",
        );
        check(
            "truc pki",
            "which one is missing: `init`, `issue`, `crl`, `revoke`, `revoked`, `show`; see `truc pki --help`",
        );
    }

    #[test]
    fn help_and_version_are_answers_not_mistakes() {
        for line in ["truc", "truc --help", "truc --version", "truc pki issue --help"] {
            let answer = Arguments::read(line.split_whitespace().map(OsString::from));
            assert!(matches!(answer, Err(Answer::Told(_))), "{line}");
        }
    }
}
