//! Published guidance that a rule serves, as a finding cites it.

use std::ops::Deref;
use std::sync::OnceLock;

/// The place of the version of the operating system in a reference.
const OS: &str = "{os}";

/// References with the version of the operating system in them, which is filled in once somebody looks: of a fleet, few results tell them.
#[derive(Clone, Debug)]
pub struct References<'s> {
    written: &'s [String],
    /// The version, as far as documents name it.
    os: Option<&'s str>,
    filled_in: OnceLock<Vec<String>>,
}

impl<'s> References<'s> {
    /// None.
    pub(super) fn none() -> References<'static> {
        References { written: &[], os: None, filled_in: OnceLock::new() }
    }

    /// Those of a rule, for a phone with this version of its operating system.
    pub(super) fn of(written: &'s [String], os_version: Option<&'s str>) -> References<'s> {
        let os = os_version.and_then(|version| version.split('.').next()).filter(|os| !os.trim().is_empty());
        References { written, os, filled_in: OnceLock::new() }
    }

    /// None of those with a place for a version that is not known, as no document has such a number.
    fn fill_in(&self) -> Vec<String> {
        let fill = |reference: &String| match self.os {
            Some(os) => Some(reference.replace(OS, os)),
            None => (!reference.contains(OS)).then(|| reference.clone()),
        };
        self.written.iter().filter_map(fill).collect()
    }
}

impl Deref for References<'_> {
    type Target = [String];

    fn deref(&self) -> &[String] {
        if self.written.iter().all(|reference| !reference.contains(OS)) {
            return self.written;
        }
        self.filled_in.get_or_init(|| self.fill_in())
    }
}

impl PartialEq for References<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for References<'_> {}
