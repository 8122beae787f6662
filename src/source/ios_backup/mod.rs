//! iOS backups: the folder, the vault of an encrypted one, and the index of its files.

pub mod btree;
pub mod cipher;
pub mod index;
pub mod keybag;
pub mod password;
