//! What all phones of a batch come to, as a section of the page.

use maud::{Markup, html};

use super::say::Say;
use crate::batch::Summary;
use crate::report::content::sheets::Shown;

/// The section of a page.
pub(super) fn section(say: &Say<'_>, summary: &Summary) -> Markup {
    let first = Shown::of(summary, say.first());
    let second = say.second().map(|words| Shown::of(summary, words));
    let both = |pick: &dyn Fn(&Shown) -> Option<&String>| {
        let text = |shown: &Shown| pick(shown).cloned().unwrap_or_default();
        say.either(&text(&first), second.as_ref().map(text).as_deref())
    };
    html! {
        section .sheets aria-labelledby="fleet" {
            h2 id="fleet" { (say.key("fleet-title")) }
            @for line in 0..first.lines.len() { p { (both(&|shown| shown.lines.get(line))) } }
            @for (at, (sheet, more)) in first.sheets.iter().enumerate() {
                @let label = |column: usize| both(&|shown| shown.sheet(at)?.columns.get(column));
                @let value = |row: usize, column: usize| both(&|shown| shown.sheet(at)?.rows.get(row)?.get(column));
                h3 { (both(&|shown| Some(&shown.sheet(at)?.heading))) }
                table {
                    thead { tr { @for column in 0..sheet.columns.len() { th scope="col" { (label(column)) } } } }
                    tbody {
                        @for row in 0..sheet.rows.len() {
                            tr {
                                th scope="row" { (value(row, 0)) }
                                @for column in 1..sheet.columns.len() {
                                    td { span .label { (label(column)) " " } (value(row, column)) }
                                }
                            }
                        }
                    }
                }
                @if more.is_some() {
                    p .soft { (both(&|shown| shown.sheets.get(at)?.1.as_ref())) }
                }
            }
        }
    }
}
