//! The pages of an SQLite file, and why they are not read.

/// Where pages come from.
pub trait Pages {
    /// The page of this number, the first being 1, as long as the header of the database says.
    ///
    /// # Errors
    /// When there is no such page, or it cannot be read.
    fn page(&mut self, number: u32) -> Result<Vec<u8>, TreeError>;
}

/// Why this reader gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It is SQLite, in a form that phones do not write and this reader does not read.
    #[error("{0}")]
    Unsupported(&'static str),
    /// It contradicts itself.
    #[error("damaged database: {0}")]
    Damaged(&'static str),
    /// The file could not be read.
    #[error("{0}")]
    Read(String),
}

/// What is read of them.
pub(super) type Answer<T> = Result<T, TreeError>;
