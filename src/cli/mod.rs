//! The command line: one file per subcommand, with its arguments.
//!
//! Data goes to standard output, everything else to standard error. Exit codes are a contract: see `run`.

mod apps;
mod arguments;
mod audit;
mod collect;
mod compare;
mod desk;
mod devices;
mod explain;
mod fleet;
mod identity;
mod lint;
mod loading;
mod options;
mod output;
mod pair;
mod password;
mod profile;
mod profile_test;
mod profile_tools;
mod progress;
mod run;
mod session;
mod signals;
mod snapshot;
mod store;
mod terminal;
mod told;
mod waiver;
mod watch;

pub(crate) use poucet::visit::Outcome;
pub(crate) use run::run;
pub(crate) use session::{LONGEST_MESSAGE, Session};
