//! Which apps may be read.

use serde::Serialize;

/// Which apps may be read and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Collect {
    /// The apps of the catalogue; the others are counted.
    #[default]
    CatalogueOnly,
    /// Every app.
    AllApps,
}
