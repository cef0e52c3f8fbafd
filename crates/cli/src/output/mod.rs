//! What is printed: data on stdout in the form asked for, messages on stderr.

mod lang;
mod table;

use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;

pub(crate) use self::{
    lang::{Lang, Words},
    table::Table,
};
use crate::{arguments::Format, exit::Failure};

/// Where output goes, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) lang: Lang,
}

impl Output {
    pub(crate) fn new(format: Format, lang: Lang) -> Self {
        Self { format, lang }
    }

    /// Data: `value` as one JSON document, or `table` for people.
    pub(crate) fn data<T: Serialize>(&self, value: &T, table: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                let json = serde_json::to_string_pretty(value).map_err(Failure::input)?;
                self.raw(&format!("{json}\n"))
            }
            Format::Table | Format::Csv => self.raw(&table()),
        }
    }

    /// Text as it is, on stdout.
    pub(crate) fn raw(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::BrokenPipe => Failure::output_closed(),
                _ => Failure::input(format!("cannot write to standard output: {error}")),
            })
    }

    /// A message for who watches, on stderr.
    pub(crate) fn tell(&self, message: &str) {
        // When stderr is closed nobody watches.
        let _ = writeln!(std::io::stderr(), "{message}");
    }

    /// A message about what went wrong.
    pub(crate) fn complain(&self, message: &str) {
        self.tell(&format!("truc: {message}"));
    }

    /// Why a command stopped, and what to do where the hub refused.
    pub(crate) fn explain(&self, failure: &Failure) {
        if !failure.message.is_empty() {
            self.complain(&failure.message);
        }
        if let Some(reason) = failure.reason {
            self.tell(match self.lang {
                Lang::Vi => reason.remedy_vi(),
                Lang::En => reason.remedy_en(),
            });
        }
    }

    /// The words of the language asked for.
    pub(crate) fn words(&self, words: Words) -> &'static str {
        words.of(self.lang)
    }
}

/// Colour is not forbidden: `NO_COLOR` is unset or empty (<https://no-color.org>), the terminal is not dumb.
pub(crate) fn colour_allowed() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Somebody watches standard error.
pub(crate) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
