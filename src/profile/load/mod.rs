//! Finding and reading profile files: those that ship in the program, and those on disk.

mod loader;
mod locate;
mod own;
mod run;
mod settings;
mod shipped;

pub use own::{Listed, MOST_LISTED, OwnGroup, OwnGroups, in_folder};
pub(super) use run::documents;
pub use run::{Options, WithExamples, load, load_with, load_with_examples, text_of};
pub use shipped::{Shipped, is_shipped, shipped};
