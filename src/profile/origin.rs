//! Where each value of a resolved profile comes from: which profile set it last, in which file and line, and what it was before.
//!
//! Nothing of this judges, and nothing of it enters the seal.

use std::collections::BTreeMap;

use crate::document::{Place, SourceFile};
use crate::vocabulary::Permission;

/// The place that set a value last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The id of the profile; `--set` for a value given on the command line.
    pub profile: String,
    /// The file, as it is shown in messages.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The parameter that carries the value, when one does: the place is then where the parameter was set.
    pub parameter: Option<String>,
    /// The value that this one took the place of.
    pub before: Option<Before>,
}

/// A value that another took the place of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The value, as it was written.
    pub value: String,
    /// The id of the profile that had set it.
    pub profile: String,
}

/// Where the values of one rule come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleOrigin {
    /// Where the rule is defined.
    pub defined: Origin,
    /// Its severity.
    pub severity: Origin,
    /// The apps it is about; `None` for a rule about the phone.
    pub apps: Option<Origin>,
    /// The highest level of each permission.
    pub levels: BTreeMap<Permission, Origin>,
    /// The levels that hold on iOS in their place.
    pub on_ios: BTreeMap<Permission, Origin>,
    /// The presence, the value that a check is compared with (the first of several), or the days without use.
    pub value: Option<Origin>,
}

impl RuleOrigin {
    /// Where the level of a permission comes from, of those under a key: `max` or `on_ios`.
    pub(crate) fn level(&self, key: &str, permission: Permission) -> Option<&Origin> {
        if key == "on_ios" { &self.on_ios } else { &self.levels }.get(&permission)
    }
}

/// A parameter with its value and where that comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterOrigin {
    /// The value, as it was written.
    pub value: String,
    /// Where it was set last.
    pub set: Origin,
    /// The lowest number allowed, in the unit of what it is compared with.
    pub min: Option<i64>,
    /// The highest number allowed, in the same unit.
    pub max: Option<i64>,
    /// The values allowed; empty when any is.
    pub choices: Vec<String>,
}

/// One profile of those that make a resolved profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ancestor {
    /// Its id.
    pub id: String,
    /// Its version; empty when its authors do not count.
    pub version: String,
    /// The file, as it is shown in messages.
    pub file: String,
}

/// Where everything in a resolved profile comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// The profiles in the order in which they were applied, the profile itself last.
    pub order: Vec<Ancestor>,
    /// The rules that are judged, by id.
    pub rules: BTreeMap<String, RuleOrigin>,
    /// The parameters, by name.
    pub parameters: BTreeMap<String, ParameterOrigin>,
}

/// The files of a family, so that a place becomes a profile, a file and a line.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// For each file: the id of its profile, its name, and where its lines end.
    files: Vec<(String, String, Vec<usize>)>,
}

impl Sources {
    /// Files, each with the id of the profile in it, in the order of their numbers.
    pub(super) fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a SourceFile)>) -> Sources {
        let with_lines = |(id, file): (&str, &SourceFile)| {
            let ends = memchr::memchr_iter(b'\n', file.text.as_bytes()).collect();
            (id.to_string(), file.name.clone(), ends)
        };
        Sources { files: files.into_iter().map(with_lines).collect() }
    }

    /// The id of the profile that a place belongs to.
    fn profile(&self, place: Place) -> String {
        self.files.get(place.file).map(|(id, _, _)| id.clone()).unwrap_or_default()
    }

    /// The name of a file.
    pub(super) fn name(&self, file: usize) -> String {
        self.files.get(file).map(|(_, name, _)| name.clone()).unwrap_or_default()
    }

    /// The origin of a value that stands at a place.
    pub(super) fn origin(&self, place: Place, parameter: Option<&str>, before: Option<(String, Place)>) -> Origin {
        let (file, line) = match self.files.get(place.file) {
            Some((_, name, ends)) => (name.clone(), ends.partition_point(|end| *end < place.start) + 1),
            None => (String::new(), 0),
        };
        Origin {
            profile: self.profile(place),
            file,
            line,
            parameter: parameter.map(str::to_string),
            before: before.map(|(value, place)| Before { value, profile: self.profile(place) }),
        }
    }
}
