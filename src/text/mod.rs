//! Every sentence that a person reads, in English and French.

pub mod bilingual;

pub use bilingual::Text;
