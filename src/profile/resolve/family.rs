//! What a profile is resolved from and into: the family of documents, and the profile with everything filled in.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::document::{Place, Written};
use crate::profile::document::Document;
use crate::profile::model::{Privacy, Rule};
use crate::profile::origin::{Origins, Sources};
use crate::profile::references::OwnReference;
use crate::profile::selector::Selection;
use crate::text::Text;

/// The profiles that were read, in the order they were met, and which of them each one extends.
#[derive(Clone, Copy)]
pub(in crate::profile) struct Family<'a> {
    pub(in crate::profile) documents: &'a [Document],
    pub(in crate::profile) parents: &'a [Vec<usize>],
    /// Groups of the organization, that every profile may use.
    pub(in crate::profile) groups: &'a [(String, Place, Written)],
    pub(in crate::profile) sources: &'a Sources,
    pub(in crate::profile) catalog: &'a Catalog,
}

/// Why a profile is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::profile) enum Aim {
    /// To judge by it: everything in it is checked, and where each value comes from is kept.
    Judge,
    /// To see what another profile changes in it.
    Compare,
}

/// Selections of one family that hang on no parameter: profiles that extend each other write the same ones again and again.
#[derive(Default)]
pub(in crate::profile) struct Memo {
    pub(super) selections: BTreeMap<String, Selection>,
}

impl Family<'_> {
    /// A profile with all it extends: parents from left to right, each with its own parents first, then itself; a profile that is
    /// reached by two ways comes once, where it is met first.
    pub(super) fn order(&self, profile: usize) -> Vec<usize> {
        fn visit(family: &Family<'_>, profile: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
            if !seen.insert(profile) {
                return;
            }
            for parent in family.parents.get(profile).into_iter().flatten() {
                visit(family, *parent, seen, order);
            }
            order.push(profile);
        }
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        visit(self, profile, &mut seen, &mut order);
        order
    }
}

/// A profile with everything filled in.
pub(in crate::profile) struct Resolved {
    pub(in crate::profile) rules: BTreeMap<String, Rule>,
    /// Rules switched off.
    pub(in crate::profile) off: BTreeSet<String>,
    /// The last reason given for changing a rule.
    pub(in crate::profile) reasons: BTreeMap<String, Text>,
    pub(in crate::profile) privacy: Privacy,
    pub(in crate::profile) strict: bool,
    pub(in crate::profile) references: BTreeMap<String, OwnReference>,
    /// Empty unless the aim was to judge.
    pub(in crate::profile) origins: Origins,
}
