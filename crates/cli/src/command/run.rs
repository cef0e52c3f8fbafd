use clap::Args;
use crate::{exit::{Exit, Failure}, output::Output};
/// x
#[derive(Args, Debug)]
pub(crate) struct Run {}
impl Run { pub(crate) async fn run(self, _output: &Output) -> Result<Exit, Failure> { Ok(Exit::Good) } }
