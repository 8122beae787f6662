//! Results for people and programs, one form a file or folder; what has no form is in `content/`. Nothing here reads a phone or a file.

mod content;
mod csv;
pub mod difference;
pub mod explain;
mod form;
mod format;
pub mod history;
mod html;
pub mod json;
mod junit;
mod markdown;
mod ocsf;
mod oscal;
mod sarif;
mod table;
pub mod verdict;

pub use content::pairing::Pairing;
pub use content::wording::Wording;
pub use form::{Form, Join, Languages, Layout, Portion};
pub use format::Format;
pub use table::sheet_table;

#[cfg(test)]
mod tests;
