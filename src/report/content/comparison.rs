//! Changes in words: the sentences that every format of a comparison shares.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::wording::Wording;
use crate::audit::{AppRef, Finding};
use crate::compare::{Change, ChangeKind, Comparison, Effect, Fact, SameDevice, Side, Subject};
use crate::snapshot::{App, Snapshot, name_or_id};
use crate::vocabulary::permissions::describe_check;
use crate::vocabulary::{Standing, UserKind};

/// The order in which reports show where findings stand: what needs a hand first.
pub(crate) const STANDINGS: [Standing; 8] = [
    Standing::New,
    Standing::PerhapsNew,
    Standing::StillFailing,
    Standing::Waived,
    Standing::NoLongerAssessed,
    Standing::Fixed,
    Standing::NoLongerApplies,
    Standing::NewlyAssessed,
];

/// The sign that stands beside the word of an effect.
pub(crate) fn sign(effect: Effect) -> &'static str {
    match effect {
        Effect::More => "▲",
        Effect::Less => "▼",
        Effect::Other => "•",
        Effect::Unknown => "?",
    }
}

/// What one side says, as one word of the vocabulary or of the phone; nothing where it is not there, not known, or a last use.
pub(in crate::report) fn side_value<'s>(side: &'s Side<'_>) -> Option<Cow<'s, str>> {
    Some(match &side.fact {
        Fact::Nothing | Fact::Use(_) | Fact::Unknown(_) => return None,
        Fact::There => Cow::Borrowed("there"),
        Fact::App(app) => Cow::Borrowed(app.version.as_deref()?),
        Fact::Grant(grant) => Cow::Borrowed(grant.level.word()),
        Fact::Value(value) => Cow::Owned(value.to_string()),
        Fact::Switch(on) => Cow::Borrowed(if *on { "on" } else { "off" }),
        Fact::Text(text) => Cow::Borrowed(text),
        Fact::ConfigProfile(profile) => Cow::Borrowed(name_or_id(profile.name.as_deref(), &profile.id)),
    })
}

/// The same with a last use by its time, or else its word; empty for nothing.
pub(in crate::report) fn side_word<'s>(side: &'s Side<'_>) -> Cow<'s, str> {
    match &side.fact {
        Fact::Use(Some(last)) => Cow::Borrowed(match &last.at {
            Some(at) if !last.now => at,
            _ => last.word(),
        }),
        _ => side_value(side).unwrap_or_default(),
    }
}

impl Wording<'_> {
    /// The name of a kind of change.
    pub fn change_kind(&self, kind: ChangeKind) -> String {
        self.texts().get(&format!("change-kind-{kind}"))
    }

    /// Where a finding stands, in words.
    pub fn standing(&self, standing: Standing) -> String {
        self.texts().get(&format!("standing-{standing}"))
    }

    /// What a change is about, in words; the app's own changes have the kind as their subject.
    pub fn change_subject(&self, change: &Change<'_>) -> String {
        let texts = self.texts();
        match &change.subject {
            Subject::App => self.change_kind(change.kind),
            Subject::Permission(permission) => match change.kind {
                ChangeKind::NewlyUsed | ChangeKind::UsedAgain => {
                    texts.with("compare-use-of", &[("what", self.permission(*permission))])
                }
                _ => self.permission(*permission).to_owned(),
            },
            Subject::Switch(permission) => texts.with("compare-switch", &[("what", self.permission(*permission))]),
            Subject::System(word) => texts.get(&format!("compare-system-{word}")),
            Subject::Check(check) => describe_check(*check).name.of(self.language()).to_owned(),
            Subject::Management(word) => texts.get(&format!("compare-management-{word}")),
            Subject::ConfigProfile(id) => texts.with("compare-config-profile", &[("id", id)]),
            Subject::User(id) => texts.with("compare-user", &[("user", &id.to_string())]),
            Subject::Footprint(trace) => texts.get(&format!("trace-{trace}")),
        }
    }

    /// A change in one sentence, without the name of the app.
    pub fn change_line(&self, change: &Change<'_>) -> String {
        let (subject, kind) = (self.change_subject(change), self.change_kind(change.kind));
        let (was, is) = (self.side(change, &change.before), self.side(change, &change.after));
        let texts = self.texts();
        match (change.kind, &change.subject) {
            // The kind is the subject, and one side says it all.
            (ChangeKind::Installed, Subject::App) => texts.with("compare-app", &[("kind", &kind), ("what", &is)]),
            (ChangeKind::Removed, Subject::App) => texts.with("compare-app", &[("kind", &kind), ("what", &was)]),
            (_, Subject::App) => texts.with("compare-app-moved", &[("kind", &kind), ("before", &was), ("after", &is)]),
            (ChangeKind::Added | ChangeKind::Gone, Subject::User(_) | Subject::Footprint(_)) => {
                texts.with("compare-app", &[("kind", &subject), ("what", &kind)])
            }
            _ => {
                texts.with("compare-line", &[("subject", &subject), ("kind", &kind), ("before", &was), ("after", &is)])
            }
        }
    }

    /// What one side says, in words.
    pub fn side(&self, change: &Change<'_>, side: &Side<'_>) -> String {
        let texts = self.texts();
        match &side.fact {
            Fact::Nothing => match change.subject {
                Subject::Permission(_) => texts.get("compare-none"),
                _ => texts.get("compare-absent"),
            },
            Fact::There => texts.get("compare-there"),
            Fact::App(app) => self.app_side(change.kind, app),
            Fact::Grant(grant) => {
                let permission = match &change.subject {
                    Subject::Permission(permission) => Some(*permission),
                    _ => None,
                };
                let mut said = self.level(permission, grant.level);
                if let Some(inert) = grant.inert {
                    said.push_str(&texts.with("compare-aside", &[("what", &texts.get(&format!("inert-{inert}")))]));
                }
                if change.kind == ChangeKind::Decided {
                    let because = texts.get(&format!("state-{}", grant.state));
                    said.push_str(&texts.with("compare-aside", &[("what", &because)]));
                }
                said
            }
            Fact::Use(Some(last)) => self.last_use(last),
            Fact::Use(None) => texts.get("compare-no-use"),
            Fact::Value(value) => match change.subject {
                Subject::Check(check) => self.setting(check, value),
                _ => self.value(value),
            },
            Fact::Switch(true) => texts.get("compare-on"),
            Fact::Switch(false) => texts.get("compare-off"),
            Fact::Text(text) => match text.as_ref() {
                "true" => texts.get("value-yes"),
                "false" => texts.get("value-no"),
                other => other.to_owned(),
            },
            Fact::ConfigProfile(profile) => {
                let name = name_or_id(profile.name.as_deref(), &profile.id);
                let count = u64::try_from(profile.payloads.len()).unwrap_or(u64::MAX);
                texts.count("compare-payloads", count, &[("name", name), ("payloads", &profile.payloads.join(", "))])
            }
            Fact::Unknown(Some(gap)) => {
                let reason = texts.get(&format!("reason-{}", gap.reason));
                texts.with("compare-unknown", &[("reason", &reason)])
            }
            Fact::Unknown(None) => texts.get("actual-unknown"),
        }
    }

    /// What of an app a change is about.
    fn app_side(&self, kind: ChangeKind, app: &App) -> String {
        let texts = self.texts();
        let version = app.version.clone().unwrap_or_else(|| texts.get("actual-unknown"));
        let source = texts.get(&format!("source-{}", app.source));
        match kind {
            ChangeKind::Updated => version,
            ChangeKind::SourceChanged | ChangeKind::Sideloaded => match &app.installer {
                Some(installer) => texts.with("compare-installer", &[("source", &source), ("installer", installer)]),
                None => source,
            },
            ChangeKind::Disabled | ChangeKind::Enabled if app.suspended => texts.get("compare-suspended"),
            ChangeKind::Disabled | ChangeKind::Enabled => texts.get(&format!("presence-{}", app.presence)),
            ChangeKind::Replaced => format!("{} {version}", app.id),
            _ => texts.with("compare-version", &[("version", &version), ("source", &source)]),
        }
    }

    /// What a rule found on one side; without a finding there is no such app there.
    pub fn judged(&self, finding: Option<&Finding<'_>>) -> String {
        match finding {
            Some(finding) => self.actual(finding),
            None => self.texts().get("compare-absent"),
        }
    }

    /// The name of an app in a comparison, with its user where it is not the main one.
    pub fn compared_app(&self, comparison: &Comparison<'_>, app: &AppRef) -> String {
        let kind = |snapshot: &Snapshot| -> Option<UserKind> {
            snapshot.users.iter().find(|user| user.id == app.user).map(|user| user.kind)
        };
        let name = if app.name == app.id { app.id.clone() } else { format!("{} ({})", app.name, app.id) };
        match kind(comparison.after).or_else(|| kind(comparison.before)) {
            Some(kind) if app.user != 0 => {
                let kind = self.texts().get(&format!("user-{kind}"));
                name + &self.texts().with("app-of-user", &[("kind", &kind), ("user", &app.user.to_string())])
            }
            _ => name,
        }
    }

    /// A warning where both readings are not plainly of one phone.
    pub fn other_device(&self, device: SameDevice) -> Option<String> {
        match device {
            SameDevice::Same => None,
            SameDevice::Different | SameDevice::Unknown => Some(self.texts().get(&format!("compare-device-{device}"))),
        }
    }

    /// How many findings stand where, in one line: what there is none of is left out.
    pub fn standings(&self, counts: &BTreeMap<Standing, u64>) -> String {
        let said: Vec<String> = STANDINGS
            .into_iter()
            .filter_map(|standing| Some((standing, counts.get(&standing)?.to_string())))
            .map(|(standing, count)| {
                let word = self.standing(standing).to_lowercase();
                self.texts().with("compare-standing-count", &[("count", &count), ("standing", &word)])
            })
            .collect();
        if said.is_empty() { self.texts().get("compare-no-rule-moved") } else { said.join(", ") }
    }

    /// The time of a reading as a person writes it, to the minute.
    pub fn moment(&self, at: Option<&str>) -> String {
        match at {
            Some(at) => {
                let at = at.replace('T', " ");
                at.get(..16).unwrap_or(&at).to_owned()
            }
            None => self.texts().get("actual-unknown"),
        }
    }
}
