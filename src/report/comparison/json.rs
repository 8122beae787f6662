//! `poucet.comparison/1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Comparison;
use crate::report::Wording;

/// A before and an after.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonReport {
    /// `poucet.comparison/1`.
    pub schema: String,
}

/// A comparison in the form of the contract.
pub fn report(_comparison: &Comparison<'_>, _words: Wording<'_>) -> ComparisonReport {
    ComparisonReport { schema: "poucet.comparison/1".to_owned() }
}
