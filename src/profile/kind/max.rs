//! `max = { permission = "level" }`: no app may hold more than this.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;

use super::about::About;
use super::statement::{Apps, Entry, Kind, Said, Shown, Stated, Statement};
use crate::document::{At, Reader, Written};
use crate::profile::change::Change;
use crate::profile::difference::types::{Way, What};
use crate::profile::document::parts::{OverrideDocument, levels};
use crate::profile::example::phone::{ExampleApp, can_show};
use crate::profile::judged::{Actual, Asked, Judged, ToldGap, Why};
use crate::profile::origin::{Origin, RuleOrigin};
use crate::profile::phone::{JudgedApp, RuleOnPhone};
use crate::profile::resolve::parameters::{Filler, Whence};
use crate::snapshot::{App, Cited, Gap, Grant};
use crate::text::Text;
use crate::text::both::{list, same, sentences};
use crate::vocabulary::permissions::{Description, describe};
use crate::vocabulary::{Inert, Level, Permission, Platform, Presence, Verdict};

/// Each permission is at this level or lower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Max {
    /// The highest level of each permission.
    pub levels: BTreeMap<Permission, Level>,
    /// Levels that take the place of the former on iOS.
    pub on_ios: BTreeMap<Permission, Level>,
}

/// The same as it is written.
#[derive(Clone, Debug)]
pub(crate) struct MaxDocument {
    levels: Vec<(At<Permission>, Written)>,
    on_ios: Vec<(At<Permission>, Written)>,
}

impl Kind for Max {
    const KEY: &'static str = "max";
    const COMPANIONS: &'static [&'static str] = &["on_ios"];
    const APPS: Apps = Apps::Needed;
    const TAKES_LEVELS: bool = true;
    type Document = MaxDocument;

    fn schema() -> serde_json::Value {
        json!({
            "properties": {
                "max": { "description": "Each permission is at that level or lower.", "$ref": "#/$defs/levels" },
                "on_ios": {
                    "description": "Levels that take the place of those of `max` on iOS.",
                    "$ref": "#/$defs/levels",
                },
                "ignore_master": {
                    "description": "Judge stored grants as if the phone's main switches were on.",
                    "type": "boolean",
                },
            },
            "dependentRequired": { "ignore_master": ["max"] },
        })
    }

    fn read(reader: &mut Reader<'_, '_>, stated: &Stated<'_, '_>) -> Option<MaxDocument> {
        let on_ios =
            stated.companions.get("on_ios").map(|(_, value)| levels(reader, "on_ios", value)).unwrap_or_default();
        Some(MaxDocument { levels: levels(reader, "max", stated.value), on_ios })
    }

    fn fillable(document: &MaxDocument) -> Vec<&Written> {
        document.levels.iter().chain(&document.on_ios).map(|(_, level)| level).collect()
    }

    fn resolve(document: &MaxDocument, changes: &[&OverrideDocument], filler: &mut Filler<'_, '_, '_>) -> Option<Max> {
        let levels = last_levels(&chains(&document.levels, level_changes(changes)), filler);
        let on_ios = last_levels(&chains(&document.on_ios, ios_changes(changes)), filler);
        Some(Max { levels: levels?, on_ios: on_ios? })
    }

    fn origin(document: &MaxDocument, changes: &[&OverrideDocument], whence: Whence<'_, '_>, into: &mut RuleOrigin) {
        let of_levels = |chains: BTreeMap<Permission, Vec<&Written>>| -> BTreeMap<Permission, Origin> {
            chains.into_iter().filter_map(|(permission, chain)| Some((permission, whence.of(&chain)?))).collect()
        };
        into.levels = of_levels(chains(&document.levels, level_changes(changes)));
        into.on_ios = of_levels(chains(&document.on_ios, ios_changes(changes)));
    }

    /// The levels as they hold on each platform; a change that is the same on both is told once.
    fn compare(&self, after: &Max, platform: Option<Platform>, note: &mut dyn FnMut(Way, What)) {
        let mut permissions = BTreeSet::new();
        for rule in [self, after] {
            permissions.extend(rule.levels.keys().chain(rule.on_ios.keys()).copied());
        }
        for permission in permissions {
            // Where the platform has no such thing, or the rule does not hold, no level means anything.
            let platforms = platforms_of(platform, permission);
            let mut changes: BTreeMap<(Option<Level>, Option<Level>), Vec<Platform>> = BTreeMap::new();
            for platform in &platforms {
                let from = self.about().limit(permission, *platform);
                let to = after.about().limit(permission, *platform);
                changes.entry((from, to)).or_default().push(*platform);
            }
            for ((from, to), on) in changes {
                if from == to {
                    continue;
                }
                let platform = if on.len() == platforms.len() { None } else { on.first().copied() };
                let stricter = match (from, to) {
                    (Some(from), Some(to)) => to < from,
                    (from, _) => from.is_none(),
                };
                note(Way::stricter_if(stricter), What::Level { permission, platform, from, to });
            }
        }
    }

    fn tailor(&self, after: &Max, note: &mut dyn FnMut(Change, bool)) {
        let both = [(None, &self.levels, &after.levels), (Some(Platform::Ios), &self.on_ios, &after.on_ios)];
        for (platform, from, to) in both {
            for permission in from.keys().chain(to.keys()).copied().collect::<BTreeSet<_>>() {
                let (from, to) = (from.get(&permission).copied(), to.get(&permission).copied());
                if from != to {
                    // On iOS a level that is not given falls back on the common one, which may be higher or lower: such a
                    // change counts as weaker rather than pass unseen.
                    let looser = match (from, to) {
                        (Some(from), Some(to)) => to > from,
                        (Some(_), None) => true,
                        (None, _) => platform.is_some(),
                    };
                    note(Change::Level { permission, platform, from, to }, looser);
                }
            }
        }
    }
}

impl Statement for Max {
    fn about(&self) -> About<'_> {
        About::Permissions { levels: &self.levels, on_ios: &self.on_ios }
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries = vec![Entry::fixed("max", Shown::Levels(&self.levels))];
        if !self.on_ios.is_empty() {
            entries.push(Entry::fixed("on_ios", Shown::Levels(&self.on_ios)));
        }
        entries
    }

    fn asked(&self) -> Asked<'_> {
        Asked::Level(self.levels.values().copied().max().unwrap_or(Level::Always))
    }

    /// One finding for each app and permission; one for the rule when no app is concerned.
    fn judge<'s>(&'s self, rule: &RuleOnPhone<'_, 's>, tell: &mut dyn FnMut(Judged<'s>)) {
        let device = &rule.phone.snapshot.device;
        let platform = device.platform;
        let apps: Vec<&JudgedApp<'s>> =
            rule.selected().filter(|judged| judged.app.presence >= Presence::Disabled).collect();
        let (mut elsewhere, mut found) = (0, 0);
        for (permission, limit) in &self.levels {
            let description = describe(*permission);
            let limit = match platform {
                Platform::Ios => self.on_ios.get(permission).unwrap_or(limit),
                Platform::Android => limit,
            };
            let reason = if !description.exists_on(platform) {
                Some("reason-not-on-platform")
            } else if platform == Platform::Android
                && device.api_level.is_some_and(|api| !description.android.exists_at(api))
            {
                Some("reason-not-on-version")
            } else {
                None
            };
            if let Some(reason) = reason {
                tell(Judged {
                    permission: Some(*permission),
                    asked: Some(Asked::Level(*limit)),
                    ..Judged::new(Verdict::NotApplicable, Why::plain(reason))
                });
                elsewhere += 1;
                continue;
            }
            let gaps = rule.phone.gaps(permission.word());
            let asked = Limit { permission: *permission, limit: *limit, description, gaps };
            for judged in &apps {
                tell(asked.of(rule, judged));
                found += 1;
            }
        }
        // A rule whose every permission is unknown to the platform says so; it says nothing of apps.
        if elsewhere > 0 && elsewhere == self.levels.len() {
            return;
        }
        if let Some(rest) = rule.rest(found) {
            tell(rest);
        }
    }

    fn asks(&self, platform: Option<Platform>) -> Vec<Said> {
        let mut said = Vec::new();
        for (permission, level) in &self.levels {
            let name = sentences()
                .with("explain-named", &[("name", &describe(*permission).name), ("word", &same(permission.word()))]);
            let platforms = platforms_of(platform, *permission);
            let limits: Vec<(Platform, Level)> = platforms
                .iter()
                .map(|platform| (*platform, self.about().limit(*permission, *platform).unwrap_or(*level)))
                .collect();
            let alike = limits.iter().all(|(_, limit)| Some(*limit) == limits.first().map(|(_, first)| *first));
            let about = |platform, text| Said { subject: Some(name.clone()), platform, text };
            if alike && (platforms.len() == Platform::ALL.len() || platform.is_some()) {
                let limit = limits.first().map_or(*level, |(_, limit)| *limit);
                said.push(about(None, at_most(*permission, limit)));
            } else {
                let told = limits.into_iter().map(|(on, limit)| about(Some(on), at_most(*permission, limit)));
                said.extend(told);
            }
        }
        said
    }

    fn verdicts(&self, platform: Platform) -> Option<Vec<Text>> {
        let names = |wanted: &dyn Fn(Permission) -> bool| -> Vec<Text> {
            let of = self.levels.keys().copied().filter(|permission| wanted(*permission));
            of.map(|permission| describe(permission).name.clone()).collect()
        };
        let absent = names(&|permission| !describe(permission).exists_on(platform));
        let hidden = names(&|permission| {
            describe(permission).exists_on(platform) && !describe(permission).is_observable_on(platform)
        });
        let judged = self.levels.len() - absent.len() - hidden.len();
        let mut texts = Vec::new();
        if judged > 0 {
            texts.push(sentences().get("explain-verdict-judged"));
        }
        if !hidden.is_empty() {
            texts.push(sentences().with("explain-verdict-unobservable", &[("names", &list(&hidden))]));
        }
        if !absent.is_empty() {
            texts.push(sentences().with("explain-verdict-absent", &[("names", &list(&absent))]));
        }
        Some(texts)
    }

    fn apps_to_try(&self, plain: &ExampleApp, platform: Platform) -> Vec<ExampleApp> {
        let seen = self.levels.keys().filter(|permission| can_show(**permission, platform));
        let every = seen.flat_map(|permission| {
            describe(*permission).levels.iter().map(|level| BTreeMap::from([(*permission, *level)]))
        });
        every.map(|grants| ExampleApp { grants, ..plain.clone() }).chain([plain.clone()]).collect()
    }
}

/// What is asked of one permission, whichever the app.
struct Limit<'a, 's> {
    permission: Permission,
    limit: Level,
    description: &'a Description,
    gaps: &'a [&'s Gap],
}

impl<'s> Limit<'_, 's> {
    fn of(&self, rule: &RuleOnPhone<'_, 's>, judged: &JudgedApp<'s>) -> Judged<'s> {
        let app = judged.app;
        let device = &rule.phone.snapshot.device;
        let unseen = |reason| Judged::unknown(Verdict::NotAssessed, Why::plain(reason));
        let mut finding = match judged.grant(self.permission) {
            Some(grant) => self.of_grant(rule, grant),
            None => match gap_of(self.gaps, app) {
                Some(gap) => Judged::unknown(Verdict::NotAssessed, Why::Gap(ToldGap::Whole(gap))),
                None if !self.description.is_observable_on(device.platform) => unseen("reason-not-observable"),
                None if device.platform == Platform::Android
                    && !self.description.android.is_settled_at(device.api_level) =>
                {
                    unseen("reason-not-told-by-version")
                }
                None => Judged {
                    actual: Actual::Level(Level::Denied),
                    ..Judged::new(Verdict::Pass, Why::plain("reason-not-declared"))
                },
            },
        };
        finding.permission = Some(self.permission);
        finding.asked = Some(Asked::Level(self.limit));
        if finding.verdict != Verdict::Pass {
            finding.press = rule.press(Some(self.permission));
        }
        if finding.verdict == Verdict::NotAssessed {
            finding.by_hand = rule.by_hand(Some(self.permission));
        }
        if finding.evidence.is_empty() {
            finding.evidence = Cited::First(&app.evidence);
        }
        finding.app = Some(judged.place);
        finding
    }

    fn of_grant(&self, rule: &RuleOnPhone<'_, 's>, grant: &'s Grant) -> Judged<'s> {
        // A grant that can do nothing for now counts as none; a rule with `ignore_master` looks past the main switch.
        let counts = match grant.inert {
            Some(Inert::MainSwitchOff) if rule.ignore_master => grant.level,
            Some(_) => grant.level.min(Level::None),
            None => grant.level,
        };
        let verdict = if counts <= self.limit { Verdict::Pass } else { Verdict::Fail };
        Judged {
            actual: Actual::Level(grant.level),
            inert: grant.inert,
            last_used: grant.last_used.as_ref(),
            decided_by: Some(grant.decided_by),
            evidence: Cited::All(&grant.evidence),
            ..Judged::new(verdict, Why::Grant(&grant.because))
        }
    }
}

/// The gap that is in the way of one app, of those about one permission.
fn gap_of<'s>(gaps: &[&'s Gap], app: &App) -> Option<&'s Gap> {
    let about =
        |gap: &&&Gap| gap.app.as_ref().is_none_or(|id| *id == app.id) && gap.user.is_none_or(|user| user == app.user);
    gaps.iter().find(about).copied()
}

/// The platforms on which a rule says something of a permission.
fn platforms_of(only: Option<Platform>, permission: Permission) -> Vec<Platform> {
    let wanted = |platform: &Platform| only.is_none_or(|only| only == *platform);
    Platform::ALL.iter().copied().filter(wanted).filter(|platform| describe(permission).exists_on(*platform)).collect()
}

/// A limit in words.
pub(crate) fn at_most(permission: Permission, level: Level) -> Text {
    let name = describe(permission).level_name(level);
    sentences().with("explain-at-most-level", &[("level", name), ("word", &same(level.word()))])
}

/// A level for every permission of a rule, and levels for some of them.
type Changes<'a> = (Option<&'a Written>, &'a [(At<Permission>, Written)]);

/// What each override changes in the levels: one for all, and some by name.
fn level_changes<'a>(changes: &[&'a OverrideDocument]) -> impl Iterator<Item = Changes<'a>> {
    changes.iter().map(|change| (change.level.as_ref(), change.max.as_slice()))
}

/// The same for the levels that hold on iOS.
fn ios_changes<'a>(changes: &[&'a OverrideDocument]) -> impl Iterator<Item = Changes<'a>> {
    changes.iter().map(|change| (None, change.on_ios.as_slice()))
}

/// The levels of each permission, oldest first: that of the rule, then those that took its place.
fn chains<'a>(
    written: &'a [(At<Permission>, Written)],
    changes: impl Iterator<Item = Changes<'a>>,
) -> BTreeMap<Permission, Vec<&'a Written>> {
    let mut chains: BTreeMap<Permission, Vec<&Written>> = BTreeMap::new();
    for (permission, level) in written {
        chains.entry(permission.value).or_default().push(level);
    }
    for (every, some) in changes {
        if let Some(level) = every {
            chains.values_mut().for_each(|chain| chain.push(level));
        }
        for (permission, level) in some {
            chains.entry(permission.value).or_default().push(level);
        }
    }
    chains
}

fn last_levels(
    chains: &BTreeMap<Permission, Vec<&Written>>,
    filler: &mut Filler<'_, '_, '_>,
) -> Option<BTreeMap<Permission, Level>> {
    let found: Vec<_> = chains
        .iter()
        .filter_map(|(permission, chain)| Some((*permission, filler.level(*permission, chain.last()?))))
        .collect();
    found.into_iter().map(|(permission, level)| Some((permission, level?))).collect()
}
