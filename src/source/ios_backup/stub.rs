//! Stand-ins for `password`, `keybag`, `cipher` and `index`, only so that this branch compiles. To be dropped when the real files
//! come in; `mod.rs` says which lines change.
#![allow(missing_docs)]

pub mod password {
    #[derive(Clone)]
    pub struct Password(#[allow(dead_code)] Vec<u8>);

    impl Password {
        pub fn from_bytes(bytes: Vec<u8>) -> Password {
            Password(bytes)
        }

        pub fn from_file_bytes(bytes: Vec<u8>) -> Password {
            Password(bytes)
        }
    }
}

pub mod keybag {
    use super::cipher::FileKey;
    use super::password::Password;

    #[derive(Debug, thiserror::Error)]
    pub enum KeybagError {
        #[error("wrong password")]
        WrongPassword,
        #[error("{rounds} rounds")]
        TooManyRounds { rounds: u64 },
        #[error("{0}")]
        Damaged(String),
    }

    #[derive(Debug)]
    pub struct Keybag;
    #[derive(Debug)]
    pub struct ClassKeys;

    impl Keybag {
        pub fn parse(bytes: &[u8]) -> Result<Keybag, KeybagError> {
            if bytes.starts_with(b"VERS") { Ok(Keybag) } else { Err(KeybagError::Damaged("stub".to_owned())) }
        }

        pub fn unlock(&self, _password: &Password) -> Result<ClassKeys, KeybagError> {
            Err(KeybagError::WrongPassword)
        }
    }

    impl ClassKeys {
        pub fn unwrap_key(&self, _wrapped: &[u8]) -> Result<FileKey, KeybagError> {
            Err(KeybagError::Damaged("stub".to_owned()))
        }
    }
}

pub mod cipher {
    #[derive(Debug, thiserror::Error)]
    #[error("stub")]
    pub struct CipherError;

    #[derive(Debug)]
    pub struct FileKey;

    #[derive(Debug)]
    pub struct Decrypted {
        pub bytes: Vec<u8>,
        pub note: Option<()>,
    }

    impl FileKey {
        pub fn decrypt(&self, bytes: Vec<u8>, _size: Option<u64>) -> Result<Decrypted, CipherError> {
            Ok(Decrypted { bytes, note: None })
        }
    }
}

pub mod index {
    use std::fs::File;
    use std::path::Path;

    use sha1::Digest as _;

    use super::cipher::FileKey;
    use crate::parse::ios::sqlite::Database;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    pub struct IndexError(String);

    #[derive(Debug)]
    pub struct Index(Database);

    #[derive(Debug)]
    pub struct Entry {
        pub flags: Option<i64>,
        pub blob: Option<Vec<u8>>,
        pub domain: Option<String>,
        pub path: Option<String>,
    }

    pub fn file_id(domain: &str, path: &str) -> String {
        sha1::Sha1::digest(format!("{domain}-{path}")).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    impl Index {
        pub fn plain(path: &Path) -> Result<Index, IndexError> {
            let bytes = std::fs::read(path).map_err(|error| IndexError(error.to_string()))?;
            let database = Database::open(bytes, None).map_err(|error| IndexError(error.to_string()))?;
            database.columns("Files").map_err(|error| IndexError(error.to_string()))?;
            Ok(Index(database))
        }

        pub fn encrypted(_file: File, _key: FileKey) -> Result<Index, IndexError> {
            Err(IndexError("stub".to_owned()))
        }

        pub fn entry(&mut self, file_id: &str) -> Result<Option<Entry>, IndexError> {
            let row = self.0.connection().query_row(
                "SELECT flags, file, domain, relativePath FROM Files WHERE fileID = ?1",
                [file_id],
                |row| {
                    Ok(Entry {
                        flags: row.get(0).ok(),
                        blob: row.get(1).ok(),
                        domain: row.get(2).ok(),
                        path: row.get(3).ok(),
                    })
                },
            );
            match row {
                Ok(entry) => Ok(Some(entry)),
                Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
                Err(error) => Err(IndexError(error.to_string())),
            }
        }

        pub fn app_domains(&mut self) -> Result<Option<Vec<String>>, IndexError> {
            Ok(None)
        }
    }
}
