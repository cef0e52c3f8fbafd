//! Writing a trace.

use std::io::{self, Write};

use serde::Serialize;

use super::line::{Contents, Head, Line, VERSION};
use crate::token::Token;

/// Writes the lines of a trace, one JSON object each.
#[derive(Debug)]
pub struct Writer<W> {
    to: W,
}

impl<W: Write> Writer<W> {
    /// Begins with the first line.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin(to: W, contents: Contents) -> io::Result<Self> {
        let mut writer = Self { to };
        writer.json(&Head {
            truc_trace: VERSION,
            contents: Token(contents),
        })?;
        Ok(writer)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// Those of writing.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        self.json(line)
    }

    /// Hands on what was written.
    ///
    /// # Errors
    /// Those of writing.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.to, value)?;
        self.to.write_all(b"\n")
    }
}
