//! A before and an after on a terminal.

use crate::compare::Comparison;
use crate::report::Wording;
use crate::report::table::Layout;

/// A before and an after as text that ends in a newline.
pub fn render(_comparison: &Comparison<'_>, _words: Wording<'_>, _layout: Layout) -> String {
    String::new()
}
