//! `truc agency`: the hub's address book. Everybody reads it; writing is the operator's.

mod close;
mod list;
mod magic;
mod merge;
mod show;
mod write;

use clap::Subcommand;
use truc_agency::Directory;

use crate::{
    access::AgencyOptions,
    exit::{Exit, Failure},
    output::Output,
};

/// The address book.
#[derive(Debug, Subcommand)]
pub(crate) enum Agency {
    /// List agencies (danh sách cơ quan)
    List(list::List),
    /// Show one agency and its certificates (thông tin cơ quan)
    Show(show::Show),
    /// Add an agency, as the operator (thêm cơ quan)
    Add(Box<write::Add>),
    /// Change an agency, as the operator (cập nhật cơ quan)
    Update(Box<write::Update>),
    /// Close an agency in favour of its successor, as the operator (giải thể, sáp nhập)
    Close(close::Close),
    /// Do a whole merger, as the operator: that of 1 July 2025, or one of your own (sáp nhập)
    Merge(merge::Merge),
}

impl Agency {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::List(command) => command.run(output).await,
            Self::Show(command) => command.run(output).await,
            Self::Add(command) => command.run(output).await,
            Self::Update(command) => command.run(output).await,
            Self::Close(command) => command.run(output).await,
            Self::Merge(command) => command.run(output).await,
        }
    }
}

/// The address book, read as whoever one is.
async fn directory(options: &AgencyOptions) -> Result<Directory, Failure> {
    Ok(options.connect().await?.agency.directory())
}
