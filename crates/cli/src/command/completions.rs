//! `truc completions`: a script for a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::{
    arguments::Arguments,
    exit::{Exit, Failure},
    output::Output,
};

/// For bash: `truc completions bash > ~/.local/share/bash-completion/completions/truc`.
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "truc", &mut script);
        output.raw(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Good)
    }
}
