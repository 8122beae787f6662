//! What a person does by hand for a rule: the rule's own text, else the vocabulary's for what the rule is about.

use super::{Assertion, Rule};
use crate::text::Text;
use crate::vocabulary::guidance;
use crate::vocabulary::permissions::describe_removal;
use crate::vocabulary::{Check, Level, Permission, Platform};

impl Rule {
    /// How a person sees it on a phone, in the menus of its maker where they differ; `{app}` may stand in it for the name of the app.
    ///
    /// `permission` is the one that a finding is about; without it, the first that the rule names.
    pub fn look_of(
        &self,
        platform: Platform,
        manufacturer: Option<&str>,
        permission: Option<Permission>,
    ) -> Option<&Text> {
        self.look.of(platform, manufacturer).or_else(|| {
            let check = match &self.assertion {
                Assertion::Manual { how } => return Some(how),
                Assertion::Max { levels, .. } => {
                    let permission = permission.or_else(|| levels.keys().next().copied())?;
                    return guidance::permission(permission).look.of(platform, manufacturer);
                }
                Assertion::Presence { .. } | Assertion::UnusedDays { .. } => Check::AppPresence,
                Assertion::Source { .. } => Check::AppSource,
                Assertion::Device { check, .. } => *check,
            };
            guidance::check(check).look.of(platform, manufacturer)
        })
    }

    /// What to press to put it right, as [`Rule::look_of`].
    pub fn fix_of(
        &self,
        platform: Platform,
        manufacturer: Option<&str>,
        permission: Option<Permission>,
    ) -> Option<&Text> {
        self.fix.of(platform, manufacturer).or_else(|| match &self.assertion {
            Assertion::Max { levels, .. } => {
                let permission = permission.or_else(|| levels.keys().next().copied())?;
                let limit = self.assertion.max_level(permission, platform);
                guidance::fix_of(permission_to_change(permission, limit), platform, manufacturer)
            }
            Assertion::Presence { .. } | Assertion::Source { .. } | Assertion::UnusedDays { .. } => {
                describe_removal().of(platform)
            }
            Assertion::Device { check, .. } => guidance::check(*check).fix.of(platform, manufacturer),
            Assertion::Manual { .. } => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::profile;

    fn rule(profile: &str, id: &str) -> Rule {
        profile::load(profile, Catalog::builtin()).unwrap().rule(id).unwrap().clone()
    }

    #[test]
    fn a_rule_that_accepts_use_asks_for_no_more() {
        let rule = rule("base", "no-background-location");
        let fix = rule.fix_of(Platform::Ios, None, Some(Permission::Location)).unwrap();
        assert!(fix.en.ends_with("While Using the App"), "{fix:?}");
        assert_eq!(rule.fix_of(Platform::Ios, None, None), Some(fix));
    }

    #[test]
    fn the_own_text_of_a_rule_comes_first() {
        let rule = rule("base", "store-only");
        assert_eq!(rule.fix_of(Platform::Android, Some("samsung"), None), rule.fix.android.as_ref());
        let absent = super::tests::rule("precautionary", "absent");
        assert_eq!(absent.fix_of(Platform::Android, None, None), describe_removal().of(Platform::Android));
    }
}
