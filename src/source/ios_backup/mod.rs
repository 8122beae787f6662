//! iOS backups of Finder, iTunes, the Apple Devices app, libimobiledevice and the like: found, opened, and the few files that poucet
//! reads taken out, decrypted in memory where need be.
//!
//! * [`find`] knows what a backup looks like and where computers keep them.
//! * [`open`](mod@open) is the door: it decides whether a backup is encrypted, asks for the password and looks up each file by the name that it
//!   computes itself.
//! * [`payload`] reads single files of the folder, which is as hostile as the phone: no symbolic link is followed, and none may be too
//!   large.
//!
//! Nothing is written, and no decrypted byte reaches the disk.

pub mod btree;
pub mod cipher;
pub mod entry;
pub mod find;
pub mod index;
pub mod keybag;
mod node;
pub mod open;
pub mod page;
pub mod password;
pub mod payload;
mod record;
pub mod report;
mod schema;

pub use find::{Summary, is_backup, summaries, usual_places};
pub use open::{Ask, open};
pub use password::{NotText, Password};
