//! What a person does by hand: a rule's own text, else the vocabulary's for what the rule is about.

use super::about::About;
use crate::text::Text;
use crate::vocabulary::guidance::{self, Steps};
use crate::vocabulary::permissions::describe_removal;
use crate::vocabulary::{Level, Permission, Platform};

/// What a person does by hand: a rule's own steps, and what it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guide<'r> {
    pub(crate) look: &'r Steps,
    pub(crate) fix: &'r Steps,
    pub(crate) about: About<'r>,
}

impl<'r> Guide<'r> {
    /// How a person sees it, as [`crate::profile::Rule::look_of`].
    pub(crate) fn look(
        self,
        platform: Platform,
        manufacturer: Option<&str>,
        permission: Option<Permission>,
    ) -> Option<&'r Text> {
        self.look.of(platform, manufacturer).or_else(|| match self.about {
            About::Person(how) => Some(how),
            About::Permissions { levels, .. } => {
                let permission = permission.or_else(|| levels.keys().next().copied())?;
                guidance::permission(permission).look.of(platform, manufacturer)
            }
            About::Apps(check) | About::Phone(check) => guidance::check(check).look.of(platform, manufacturer),
        })
    }

    /// What to press, as [`crate::profile::Rule::fix_of`].
    pub(crate) fn fix(
        self,
        platform: Platform,
        manufacturer: Option<&str>,
        permission: Option<Permission>,
    ) -> Option<&'r Text> {
        self.fix.of(platform, manufacturer).or_else(|| match self.about {
            About::Permissions { levels, .. } => {
                let permission = permission.or_else(|| levels.keys().next().copied())?;
                let limit = self.about.limit(permission, platform);
                guidance::fix_of(permission_to_change(permission, limit), platform, manufacturer)
            }
            About::Apps(_) => describe_removal().of(platform),
            About::Phone(check) => guidance::check(check).fix.of(platform, manufacturer),
            About::Person(_) => None,
        })
    }
}

/// The permission whose switch satisfies a limit: a rule that lets an app know the place while it is in use asks for no more than
/// that.
pub(crate) fn permission_to_change(permission: Permission, limit: Option<Level>) -> Permission {
    match (permission, limit) {
        (Permission::Location, Some(Level::WhileInUse)) => Permission::LocationBackground,
        _ => permission,
    }
}
