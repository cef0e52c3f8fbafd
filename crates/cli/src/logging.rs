//! The log: on stderr, so that stdout holds data only.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::{arguments::Arguments, output};

/// Starts the log. `TRUC_LOG` says what is in it, in the syntax of `tracing` (such as `info` or `truc_hub=debug`); where
/// it is not set, a hub tells what it does and other commands only what went wrong.
pub(crate) fn start(arguments: &Arguments) {
    let quiet = if arguments.command.is_hub() {
        "info,async_nats=warn"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_env("TRUC_LOG").unwrap_or_else(|_| EnvFilter::new(quiet));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && output::colour_allowed())
        .init();
}
