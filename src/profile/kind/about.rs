//! What a rule is about. What it hangs on, where a person looks, and what is pressed, follow from it.

use std::collections::BTreeMap;

use crate::text::Text;
use crate::vocabulary::{Check, Level, Permission, Platform};

/// What a rule is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'k> {
    /// Permissions of apps.
    Permissions {
        /// The highest level of each.
        levels: &'k BTreeMap<Permission, Level>,
        /// Levels that take the place of the former on iOS.
        on_ios: &'k BTreeMap<Permission, Level>,
    },
    /// Apps as a whole.
    Apps(Check),
    /// A property of the phone.
    Phone(Check),
    /// Only a person can look: where, and for what.
    Person(&'k Text),
}

impl<'k> About<'k> {
    /// The check whose guidance holds, where one does.
    pub(crate) fn check(self) -> Option<Check> {
        match self {
            About::Apps(check) | About::Phone(check) => Some(check),
            About::Permissions { .. } | About::Person(_) => None,
        }
    }

    /// The highest accepted level of a permission on a platform; `None` when the rule says nothing of it there.
    pub(crate) fn limit(self, permission: Permission, platform: Platform) -> Option<Level> {
        let About::Permissions { levels, on_ios } = self else { return None };
        let own = if platform == Platform::Ios { on_ios.get(&permission) } else { None };
        own.or_else(|| levels.get(&permission)).copied()
    }
}
