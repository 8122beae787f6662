//! Getting bytes from phones and files. All input and output of the library is here.

pub mod adb;
pub mod androidqf;
pub mod bundle;
pub mod container;
pub mod dumpstate;
pub mod error;
pub mod fingerprint;
pub mod form;
mod guarded;
pub mod ios_backup;
pub mod loose;
pub mod options;
pub mod path;
pub mod redact;
pub mod salvage;
pub mod sections;
mod split;
pub mod survey;

pub use error::SourceError;
pub use options::OpenOptions;
pub use path::{Opened, open_path};
