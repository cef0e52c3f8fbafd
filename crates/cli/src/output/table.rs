//! Tables for people: rulings on a terminal and in a file alike, colour nowhere.

use std::io::IsTerminal as _;

use comfy_table::{CellAlignment, ContentArrangement, presets};

use super::{Lang, Words};

/// A table in one language.
pub(crate) struct Table(comfy_table::Table, Lang);

impl Table {
    /// An empty table with these column heads.
    pub(crate) fn new(lang: Lang, heads: &[Words]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        if !heads.is_empty() {
            table.set_header(heads.iter().map(|head| head.of(lang)));
        }
        // Folding to a width is for eyes; who reads a pipe gets one line a row.
        let arrangement = if std::io::stdout().is_terminal() {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        };
        table.set_content_arrangement(arrangement);
        Self(table, lang)
    }

    /// Two columns, without heads: a name and its value.
    pub(crate) fn pairs(lang: Lang) -> Self {
        let mut table = Self::new(lang, &[]);
        table.0.load_style(presets::NOTHING);
        table
    }

    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.0
            .add_row(cells.into_iter().map(Into::into).collect::<Vec<String>>());
    }

    /// One row of a table of pairs.
    pub(crate) fn pair(&mut self, name: Words, value: impl Into<String>) {
        let name = name.of(self.1).to_owned();
        self.row([name, value.into()]);
    }

    /// Puts the numbers of a column under each other.
    pub(crate) fn right(&mut self, columns: impl IntoIterator<Item = usize>) {
        for column in columns {
            if let Some(column) = self.0.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }

    /// The text, with a line end. Blanks at line ends are cut: they are noise in a file.
    pub(crate) fn text(self) -> String {
        let mut text: String = self
            .0
            .to_string()
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        if text.is_empty() {
            text.push('\n');
        }
        text
    }
}
