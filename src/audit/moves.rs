//! Several profiles on one phone: what each says of the same thing, and what it takes to move from one to another.

use std::collections::BTreeMap;

use super::model::{AppRef, Audit, Finding};
use crate::profile::Asked;
use crate::profile::kind::{self, statement::Kind as _};
use crate::vocabulary::{Check, Level, Permission, Presence, Verdict};

/// What two rules of different profiles can be about in the same way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// Whether the app is there.
    Presence,
    /// What the app may touch.
    Permission(Permission),
    /// What else of the app as a whole: the word of a kind of rules.
    Topic(&'static str),
    /// A property of the phone.
    Check(Check),
    /// A rule by itself: one for a person to look at, or one that no app of the phone is concerned by.
    Rule(String),
}

/// One thing that profiles judge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The app; `None` for the phone itself.
    pub app: Option<AppRef>,
    /// What of it.
    pub thing: Thing,
}

/// One thing with what each profile says of it, in the order of the profiles.
#[derive(Clone, Debug)]
pub struct Row<'a, 's> {
    /// The thing.
    pub subject: Subject,
    /// The finding that decides for each profile: the worst, of equals the strictest; `None` where a profile says nothing of it.
    pub cells: Vec<Option<&'a Finding<'s>>>,
}

impl Row<'_, '_> {
    /// The outcome for one profile.
    pub fn verdict(&self, profile: usize) -> Option<Verdict> {
        self.cells.get(profile).copied().flatten().map(|finding| finding.verdict)
    }

    /// Whether it fails under one profile.
    pub fn fails(&self, profile: usize) -> bool {
        self.verdict(profile) == Some(Verdict::Fail)
    }
}

/// What several profiles say of one phone, side by side; sorted by app and thing, the phone itself last.
pub fn side_by_side<'a, 's>(audits: &'a [Audit<'s>]) -> Vec<Row<'a, 's>> {
    let mut rows: BTreeMap<(bool, Subject), Vec<Option<&'a Finding<'s>>>> = BTreeMap::new();
    for (place, audit) in audits.iter().enumerate() {
        for finding in audit.findings.iter().filter(|finding| !finding.rule.is_waiver) {
            let subject = subject(finding);
            let cells = rows.entry((subject.app.is_none(), subject)).or_insert_with(|| vec![None; audits.len()]);
            if let Some(cell) = cells.get_mut(place)
                && cell.is_none_or(|present| rank(finding) < rank(present))
            {
                *cell = Some(finding);
            }
        }
    }
    rows.into_iter().map(|((_, subject), cells)| Row { subject, cells }).collect()
}

/// What has to change on the phone for one profile, beyond what another asks already: the failures under `to` that are none under
/// `from`. An app that has to go takes its other failures with it.
pub fn steps<'a, 's>(rows: &[Row<'a, 's>], from: usize, to: usize) -> Vec<&'a Finding<'s>> {
    let goes = |app: &AppRef| {
        rows.iter()
            .any(|row| row.subject.app.as_ref() == Some(app) && row.subject.thing == Thing::Presence && row.fails(to))
    };
    let moot = |row: &Row<'_, '_>| row.subject.thing != Thing::Presence && row.subject.app.as_ref().is_some_and(goes);
    let mut steps: Vec<&Finding<'_>> = rows
        .iter()
        .filter(|row| row.fails(to) && !row.fails(from) && !moot(row))
        .filter_map(|row| row.cells.get(to).copied().flatten())
        .collect();
    steps.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    steps
}

fn subject(finding: &Finding<'_>) -> Subject {
    let thing = match (finding.permission, finding.check, finding.rule.topic) {
        (Some(permission), _, _) if finding.app.is_some() => Thing::Permission(permission),
        (_, Some(check), _) => Thing::Check(check),
        (_, _, Some(kind::Presence::WORD)) if finding.app.is_some() => Thing::Presence,
        (_, _, Some(topic)) if finding.app.is_some() => Thing::Topic(topic),
        _ => Thing::Rule(finding.code().to_owned()),
    };
    Subject { app: finding.app.as_deref().cloned(), thing }
}

/// The finding that decides has the lowest.
fn rank(finding: &Finding<'_>) -> (Verdict, Option<Level>, Option<Presence>) {
    let (level, presence) = match finding.expected {
        Asked::Level(level) => (Some(level), None),
        Asked::Presence(presence) => (None, Some(presence)),
        Asked::Sources(_) | Asked::Device(_) | Asked::Look => (None, None),
    };
    (finding.verdict, level, presence)
}
