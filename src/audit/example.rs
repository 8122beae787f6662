//! The examples of a profile, judged: each becomes a snapshot, the profile judges it, and what it says is compared with what the
//! example expects.
//!
//! Which verdicts a rule can have at all on a platform is found by trying: the rule judges every kind of phone that an example
//! could describe. So the answer follows from the vocabulary and from the judging itself, and no list must be kept beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::model::{Audit, Finding};
use super::run::audit;
use crate::catalog::Catalog;
use crate::profile::example::{Example, ExampleApp, Unread, phone};
use crate::profile::{AppView, Options, Profile, ProfileErrors, Rule, Selection, WithExamples, load_with_examples};
use crate::snapshot::{
    APP_LIST, App, Because, Device, Gap, Grant, LastUse, Management, Rows, SCHEMA, Setting, Snapshot, SourceName,
    Switches, Tool, User, Value,
};
use crate::vocabulary::{
    BecauseCode, DecidedBy, Inert, Level, Permission, Platform, Presence, State, Usage, UserKind, Verdict,
};

/// The verdicts that an example should show of each rule that can have them: the others need nothing of the phone.
pub const SHOWN: [Verdict; 4] = [Verdict::Pass, Verdict::Fail, Verdict::Noted, Verdict::NotAssessed];

/// The day of every invented phone.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 1, 15);

/// What came of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The example's name.
    pub example: String,
    /// Its platform.
    pub platform: Platform,
    /// The verdict of each rule that the example names, as it was found.
    pub rules: BTreeMap<String, Verdict>,
    /// Where the profile says otherwise than the example expects, by rule.
    pub mismatches: Vec<Mismatch>,
}

impl Outcome {
    /// Whether the profile says of every rule what the example expects.
    pub fn holds(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// A rule that says otherwise than an example expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The rule.
    pub rule: String,
    /// What the example expects.
    pub expected: Verdict,
    /// What the rule says: the worst of its findings.
    pub found: Verdict,
    /// Why, in the words of the caller.
    pub because: String,
}

/// Which verdicts of a rule the examples show on a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The rule.
    pub rule: String,
    /// The platform.
    pub platform: Platform,
    /// Those of [`SHOWN`] that the rule can have there.
    pub possible: BTreeSet<Verdict>,
    /// Those that an example shows.
    pub shown: BTreeSet<Verdict>,
}

impl Coverage {
    /// The verdicts that an example could show, and none does.
    pub fn missing(&self) -> impl Iterator<Item = Verdict> + '_ {
        SHOWN.into_iter().filter(|verdict| self.possible.contains(verdict) && !self.shown.contains(verdict))
    }
}

/// What came of the examples of one profile.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The profile.
    pub profile: Profile,
    /// One outcome for each example, in the order of the file.
    pub outcomes: Vec<Outcome>,
    /// What the examples show of the rules that the profile's own file defines or changes, by rule and platform. Those that it
    /// inherits as they are stay the business of the file that defines them.
    pub coverage: Vec<Coverage>,
}

/// Says why a finding is what it is, in the reader's language.
pub type Say<'s> = dyn Fn(&Finding<'_>) -> String + 's;

/// Reads a profile, by id or path, and judges its examples.
///
/// # Errors
/// Every mistake in the profile, in what it extends and in its examples.
pub fn test(reference: &str, catalog: &Catalog, options: &Options, say: &Say<'_>) -> Result<Tested, ProfileErrors> {
    let WithExamples { profile, examples, own_rules } = load_with_examples(reference, catalog, options)?;
    // A rule that it changes is a rule of its own from then on.
    let changed = profile.tailored.iter().filter(|change| change.profile == profile.id).map(|change| &change.rule);
    let rules: BTreeSet<&String> = own_rules.iter().chain(changed).collect();
    let outcomes: Vec<Outcome> = examples.iter().map(|example| judge(example, &profile, catalog, say)).collect();
    let mut coverage = Vec::new();
    for rule in rules.into_iter().filter_map(|id| profile.rule(id)) {
        for platform in Platform::ALL.iter().filter(|one| profile.platform.is_none_or(|own| own == **one)) {
            let shown = outcomes
                .iter()
                .filter(|outcome| outcome.platform == *platform)
                .filter(|outcome| outcome.mismatches.iter().all(|mismatch| mismatch.rule != rule.id))
                .filter_map(|outcome| outcome.rules.get(&rule.id).copied())
                .collect();
            let possible = possible(rule, &profile, *platform, catalog);
            coverage.push(Coverage { rule: rule.id.clone(), platform: *platform, possible, shown });
        }
    }
    Ok(Tested { profile, outcomes, coverage })
}

/// Judges one example.
pub fn judge(example: &Example, profile: &Profile, catalog: &Catalog, say: &Say<'_>) -> Outcome {
    let phone = snapshot(example, catalog);
    let context = Context { ownership: example.ownership, ..Context::new(catalog) };
    let audit = audit(&phone, profile, context);
    let worst = worst(&audit);
    let mut outcome = Outcome {
        example: example.name.clone(),
        platform: example.platform,
        rules: BTreeMap::new(),
        mismatches: Vec::new(),
    };
    for (rule, expected) in &example.expect {
        // Every rule says something of every phone.
        let Some(finding) = worst.get(rule.as_str()) else { continue };
        outcome.rules.insert(rule.clone(), finding.verdict);
        // Profiles from before what is noted had a word of its own say `fail` of it.
        let noted_before = (*expected, finding.verdict) == (Verdict::Fail, Verdict::Noted);
        if finding.verdict != *expected && !noted_before {
            outcome.mismatches.push(Mismatch {
                rule: rule.clone(),
                expected: *expected,
                found: finding.verdict,
                because: say(finding),
            });
        }
    }
    outcome
}

/// The outcome of each rule: the first of its findings, as they stand the worst first.
fn worst<'f, 's>(audit: &'f Audit<'s>) -> BTreeMap<&'f str, &'f Finding<'s>> {
    let mut worst = BTreeMap::new();
    for finding in audit.findings.iter().filter(|finding| !finding.rule.is_waiver) {
        worst.entry(finding.code()).or_insert(finding);
    }
    worst
}

/// The phone that an example describes. What it does not name is not in the evidence.
pub fn snapshot(example: &Example, catalog: &Catalog) -> Snapshot {
    let platform = example.platform;
    let (version, api_level) = match platform {
        Platform::Android => ("17", Some(37)),
        Platform::Ios => ("26", None),
    };
    let gap = |unread: &Unread| Gap {
        area: unread.area.clone(),
        user: unread.app.as_ref().map(|_| 0),
        app: unread.app.clone(),
        reason: "refused".to_owned(),
        read: None,
        of: None,
        detail: String::new(),
    };
    let setting = |value: &Value| Setting { value: value.clone(), evidence: Rows::default() };
    Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: Some(moment(TODAY)),
        source: SourceName {
            kind: if example.live { "adb" } else { "bundle" }.to_owned(),
            name: None,
            collected: None,
        },
        device: Device {
            platform,
            manufacturer: None,
            model: None,
            os_version: Some(version.to_owned()),
            api_level,
            build: None,
            patch_level: None,
            timezone: None,
            id: None,
        },
        users: vec![User { id: 0, kind: UserKind::Primary }],
        // An absent app leaves no row.
        apps: example
            .apps
            .iter()
            .filter(|app| app.presence != Presence::Absent)
            .map(|app| installed(app, platform, catalog))
            .collect(),
        other_apps: BTreeMap::new(),
        own_catalogs: Vec::new(),
        other_clients: Default::default(),
        settings: example.settings.iter().map(|(check, value)| (*check, setting(value))).collect(),
        switches: Switches::default(),
        management: Management::default(),
        config_profiles: Vec::new(),
        clock: None,
        partial: Vec::new(),
        privacy_report: None,
        footprint: Vec::new(),
        gaps: example.unread.iter().map(gap).collect(),
        read: Vec::new(),
    }
}

fn moment(day: jiff::civil::Date) -> String {
    format!("{day}T12:00:00+00:00")
}

fn installed(app: &ExampleApp, platform: Platform, catalog: &Catalog) -> App {
    let listed = catalog.by_id(platform, &app.id);
    // A phone marks what a disabled app holds as the snapshot of a real one does.
    let disabled = (app.presence == Presence::Disabled).then_some(Inert::AppDisabled);
    let inert = app.inert.or(disabled);
    let last_used = app
        .last_used_days
        .and_then(|days| TODAY.checked_sub(jiff::Span::new().try_days(days).ok()?).ok())
        .map(|day| LastUse::at(moment(day), Usage::Foreground, false));
    let grant = |(permission, level): (&Permission, &Level)| {
        let (state, decided_by, because) = origin(*level);
        Grant {
            permission: *permission,
            level: *level,
            inert,
            state,
            decided_by,
            last_used: last_used.clone(),
            changed_at: None,
            because: Because::new(because),
            evidence: Rows::default(),
        }
    };
    App {
        id: app.id.clone(),
        slug: listed.map(|listed| listed.slug.clone()),
        name: listed.map(|listed| listed.name.clone()),
        user: 0,
        presence: app.presence,
        version: None,
        installer: None,
        source: app.source,
        installed_at: None,
        updated_at: None,
        system: app.system,
        enabled: app.presence == Presence::Installed,
        suspended: inert == Some(Inert::AppSuspended),
        stopped: None,
        target_sdk: None,
        evidence: Rows::default(),
        grants: app.grants.iter().map(grant).collect(),
    }
}

/// How a level usually came to be.
fn origin(level: Level) -> (State, DecidedBy, BecauseCode) {
    match level {
        Level::Denied => (State::RefusedByPerson, DecidedBy::User, BecauseCode::RefusedByPerson),
        Level::None => (State::NeverAsked, DecidedBy::Default, BecauseCode::NeverAsked),
        Level::Ask => (State::OneTime, DecidedBy::User, BecauseCode::OneTime),
        Level::Limited | Level::Always => (State::GrantedByPerson, DecidedBy::User, BecauseCode::GrantedByPerson),
        Level::WhileInUse => (State::GrantedByPerson, DecidedBy::User, BecauseCode::WhileInUse),
    }
}

/// The verdicts of [`SHOWN`] that a rule can have on a platform. None for a rule that is not for it, that only a person can judge
/// there, or that is about something it does not have.
pub fn possible(rule: &Rule, profile: &Profile, platform: Platform, catalog: &Catalog) -> BTreeSet<Verdict> {
    // The rule alone: the others would be judged in vain.
    let alone = Profile { rules: vec![rule.clone()], tailored: Vec::new(), note: None, ..profile.clone() };
    let mut found = BTreeSet::new();
    for example in phones(rule, platform, catalog) {
        let phone = snapshot(&example, catalog);
        let context = Context { ownership: example.ownership, ..Context::new(catalog) };
        let audit = audit(&phone, &alone, context);
        found.extend(worst(&audit).values().map(|finding| finding.verdict));
        if SHOWN.iter().all(|verdict| found.contains(verdict)) {
            break;
        }
    }
    found.retain(|verdict| SHOWN.contains(verdict));
    found
}

/// Phones of every kind that could matter to a rule, as an example could describe them.
fn phones(rule: &Rule, platform: Platform, catalog: &Catalog) -> Vec<Example> {
    let ownership = match rule.applies_for.as_deref().and_then(|condition| condition.split_once(':')) {
        Some((_, "institution")) => Some("institution"),
        Some((_, "personal")) => Some("personal"),
        _ => None,
    };
    let bare = Example {
        name: String::new(),
        platform,
        ownership,
        live: false,
        apps: Vec::new(),
        settings: BTreeMap::new(),
        unread: BTreeSet::new(),
        expect: BTreeMap::new(),
    };
    let unlisted = Example { unread: [Unread { area: APP_LIST.to_owned(), app: None }].into(), ..bare.clone() };
    let mut phones = vec![bare.clone(), unlisted];
    let statement = rule.assertion.statement();
    let settings = statement.settings_to_try(platform).into_iter();
    phones.extend(settings.map(|setting| Example { settings: [setting].into(), ..bare.clone() }));
    if let Some(id) = rule.apps.as_ref().and_then(|selection| selected(selection, platform, catalog)) {
        let plain = ExampleApp {
            id,
            presence: Presence::Installed,
            source: phone::usual_source(platform),
            system: false,
            inert: None,
            last_used_days: None,
            grants: BTreeMap::new(),
        };
        let apps = statement.apps_to_try(&plain, platform);
        phones.extend(apps.into_iter().map(|app| Example { apps: vec![app], ..bare.clone() }));
    }
    phones
}

/// The id of an app of the catalogue that a selection takes on a platform, if there is one.
fn selected(selection: &Selection, platform: Platform, catalog: &Catalog) -> Option<String> {
    let apps = catalog.apps().iter().filter(|app| selection.catalogue_slugs().contains(&app.slug));
    apps.filter_map(|app| phone::id_of(app, platform))
        .find(|id| selection.matches(&AppView::installed(catalog, platform, id)))
}

#[cfg(test)]
mod tests;
