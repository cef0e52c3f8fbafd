//! `truc edxml`: packages of QCVN 102:2016, checked, sent into the axis, and written from it.

mod check;
mod export;
mod import;
pub(super) mod report;
mod spool;

use clap::Subcommand;

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// edXML packages.
#[derive(Debug, Subcommand)]
pub(crate) enum Edxml {
    /// Say what is unusual about packages, and why one can't be read (kiểm tra gói edXML)
    Check(check::Check),
    /// Send a package as an agency: a document signed with its keys, or a status (gửi gói edXML lên trục)
    Import(Box<import::Import>),
    /// Write a document of the axis as a package (xuất văn bản thành gói edXML)
    Export(Box<export::Export>),
}

impl Edxml {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::Check(command) => command.run(output),
            Self::Import(command) => command.run(output).await,
            Self::Export(command) => command.run(output).await,
        }
    }
}
