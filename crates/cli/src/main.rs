//! The life of the process: arguments, log, command, exit code. Nothing else happens here.

mod access;
mod arguments;
mod command;
mod embedded;
mod exit;
mod files;
mod gateway;
mod identity;
mod journal;
mod keys;
mod logging;
mod output;
mod sandbox;
mod say;
mod usage;

use std::process::ExitCode;

use crate::{arguments::Arguments, exit::Exit, output::Output};

/// Of a hub's work at full load an eighth is allocation with the system's allocator, and less than half of that with this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(answer) => return answer.give().into(),
    };
    let output = Output::new(arguments.format, arguments.lang);
    logging::start(&arguments);
    // Each connection is a descriptor, and the usual limit of 1024 is there for programs older than this one. Where the system does not
    // give more, a hub serves as many as it can.
    drop(rlimit::increase_nofile_limit(u64::MAX));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.complain(&format!("no threads to run on: {error}"));
            return Exit::BadInput.into();
        }
    };
    match runtime.block_on(command::run(arguments.command, &output)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output.explain(&failure);
            failure.exit.into()
        }
    }
}
