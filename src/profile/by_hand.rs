//! What a person does by hand for a rule: the rule's own text, else the vocabulary's for what the rule is about.

use super::kind::guide::Guide;
use super::model::Rule;
use crate::text::Text;
use crate::vocabulary::{Permission, Platform};

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
        self.guide().look(platform, manufacturer, permission)
    }

    /// What to press to put it right, as [`Rule::look_of`].
    pub fn fix_of(
        &self,
        platform: Platform,
        manufacturer: Option<&str>,
        permission: Option<Permission>,
    ) -> Option<&Text> {
        self.guide().fix(platform, manufacturer, permission)
    }

    /// What a person does by hand.
    pub(crate) fn guide(&self) -> Guide<'_> {
        Guide { look: &self.look, fix: &self.fix, about: self.assertion.about() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::profile;
    use crate::vocabulary::permissions::describe_removal;

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
