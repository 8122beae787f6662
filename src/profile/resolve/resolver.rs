//! What resolving one profile of a family has found so far.

use std::collections::BTreeMap;

use crate::document::{Diagnostics, Place, Written};
use crate::profile::origin::RuleOrigin;
use crate::profile::references::OwnReference;

use super::family::{Aim, Family, Memo};
use super::parameters::{Filler, Parameters, Whence};

/// A family on its way to one profile.
pub(super) struct Resolver<'a, 'n> {
    pub(super) family: Family<'a>,
    pub(super) aim: Aim,
    pub(super) memo: &'n mut Memo,
    pub(super) notes: &'n mut Diagnostics,
    pub(super) groups: BTreeMap<&'a str, (Place, &'a Written)>,
    pub(super) references: BTreeMap<&'a str, (Place, &'a OwnReference)>,
    /// Where the values of each rule come from.
    pub(super) rules: BTreeMap<String, RuleOrigin>,
    /// Terms of all the selectors so far.
    pub(super) terms: usize,
}

impl<'a, 'n> Resolver<'a, 'n> {
    pub(super) fn new(
        family: Family<'a>,
        aim: Aim,
        memo: &'n mut Memo,
        notes: &'n mut Diagnostics,
    ) -> Resolver<'a, 'n> {
        let (groups, references, rules) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Resolver { family, aim, memo, notes, groups, references, rules, terms: 0 }
    }

    /// Fills in texts as a rule with these parameters sees them.
    pub(super) fn filler<'p, 'b>(&'p mut self, parameters: &'p Parameters<'b>) -> Filler<'p, 'b, 'p> {
        Filler { parameters, notes: self.notes }
    }

    /// Tells where values come from, for a rule with these parameters.
    pub(super) fn whence<'p>(&'p self, parameters: &'p Parameters<'a>) -> Whence<'p, 'a> {
        Whence { sources: self.family.sources, parameters }
    }
}
