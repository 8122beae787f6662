//! The `poucet` command: arguments become calls, results become an exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
