//! Every kind of change by a phone that has it; what one side cannot tell; users, editions and platforms.

use std::collections::BTreeMap;

use super::model::is_later;
use super::*;
use crate::audit::Finding;
use crate::audit::tests::{app, gap, grant, phone, profile, row, rule};
use crate::catalog::Catalog;
use crate::snapshot::{APP_LIST, App, ConfigProfile, Footprint, Grant, LastUse, Mdm, ProfileOwner, Setting, User};
use crate::vocabulary::{
    AppSource, Check, DecidedBy, Inert, Level, Permission, Platform, Presence, State, Trace, Usage, UserKind,
};

const TIKTOK: &str = "com.zhiliaoapp.musically";
const FACEBOOK: &str = "com.facebook.katana";
const LITE: &str = "com.facebook.lite";
const OTHER: &str = "com.example.other";

fn before() -> Snapshot {
    let mut snapshot = phone();
    snapshot.device.id = Some("a1".to_owned());
    snapshot.switches.location = Some(true);
    snapshot.taken_at = Some("2026-11-01T12:00:00+00:00".to_owned());
    snapshot
}

fn after() -> Snapshot {
    let mut snapshot = before();
    snapshot.taken_at = Some("2026-11-20T12:00:00+00:00".to_owned());
    snapshot
}

fn with(mut snapshot: Snapshot, apps: Vec<App>) -> Snapshot {
    snapshot.apps = apps;
    snapshot
}

fn holding(id: &str, grants: Vec<Grant>) -> App {
    App { grants, ..app(id) }
}

fn level(permission: Permission, level: Level) -> Grant {
    grant(permission, level, None)
}

/// Kind and effect of every change, in the order of the report.
fn kinds(before: &Snapshot, after: &Snapshot) -> Vec<(ChangeKind, Effect)> {
    let comparison = compare(before, after, &[], Context::new(Catalog::builtin()));
    comparison.changes.iter().map(|change| (change.kind, change.effect)).collect()
}

/// The one change between two sets of grants of one app.
fn moved(was: Vec<Grant>, is: Vec<Grant>) -> Vec<(ChangeKind, Effect)> {
    kinds(&with(before(), vec![holding(TIKTOK, was)]), &with(after(), vec![holding(TIKTOK, is)]))
}

#[test]
fn the_same_phone_twice_has_no_change() {
    let was = with(before(), vec![holding(TIKTOK, vec![level(Permission::Camera, Level::WhileInUse)])]);
    let is = Snapshot { taken_at: after().taken_at, ..was.clone() };
    assert_eq!(kinds(&was, &is), []);
}

#[test]
fn access_is_granted_revoked_widened_and_narrowed() {
    use Permission::Location;
    let of = |one| vec![level(Location, one)];
    for (was, is, kind, effect) in [
        (Level::None, Level::WhileInUse, ChangeKind::Granted, Effect::More),
        (Level::Denied, Level::Ask, ChangeKind::Granted, Effect::More),
        (Level::Always, Level::Denied, ChangeKind::Revoked, Effect::Less),
        (Level::WhileInUse, Level::Always, ChangeKind::Widened, Effect::More),
        (Level::Limited, Level::WhileInUse, ChangeKind::Widened, Effect::More),
        (Level::Always, Level::WhileInUse, ChangeKind::Narrowed, Effect::Less),
    ] {
        assert_eq!(moved(of(was), of(is)), [(kind, effect)], "{was} → {is}");
    }
    assert_eq!(moved(vec![], of(Level::Always)), [(ChangeKind::Granted, Effect::More)]);
    assert_eq!(moved(of(Level::Always), vec![]), [(ChangeKind::Revoked, Effect::Less)]);
}

#[test]
fn an_update_may_declare_more_and_another_may_decide() {
    let none = |state| Grant { state, ..level(Permission::Contacts, Level::None) };
    assert_eq!(moved(vec![], vec![none(State::NeverAsked)]), [(ChangeKind::Declared, Effect::Other)]);
    assert_eq!(moved(vec![none(State::NeverAsked)], vec![]), [(ChangeKind::NoLongerDeclared, Effect::Other)]);
    let refused = Grant { state: State::RefusedByPerson, ..level(Permission::Contacts, Level::Denied) };
    let taken = none(State::AutoRevoked);
    assert_eq!(moved(vec![refused], vec![taken]), [(ChangeKind::Decided, Effect::Other)]);
    let policy = Grant { decided_by: DecidedBy::Policy, ..level(Permission::Contacts, Level::Always) };
    assert_eq!(
        moved(vec![level(Permission::Contacts, Level::Always)], vec![policy]),
        [(ChangeKind::Decided, Effect::Other)]
    );
    // A backup of an iPhone shows no declarations: a row is an answer.
    let mut was = with(before(), vec![app(TIKTOK)]);
    let mut is = with(after(), vec![holding(TIKTOK, vec![level(Permission::Contacts, Level::Denied)])]);
    was.device.platform = Platform::Ios;
    is.device.platform = Platform::Ios;
    assert_eq!(kinds(&was, &is), [(ChangeKind::Decided, Effect::Other)]);
}

#[test]
fn an_access_without_effect_is_less_and_comes_back() {
    let on = || vec![level(Permission::Location, Level::Always)];
    let off = || vec![grant(Permission::Location, Level::Always, Some(Inert::MainSwitchOff))];
    assert_eq!(moved(on(), off()), [(ChangeKind::WithoutEffect, Effect::Less)]);
    assert_eq!(moved(off(), on()), [(ChangeKind::InForce, Effect::More)]);
    let wider = vec![grant(Permission::Location, Level::Always, Some(Inert::MainSwitchOff))];
    let narrow = vec![level(Permission::Location, Level::WhileInUse)];
    assert_eq!(moved(narrow, wider), [(ChangeKind::Widened, Effect::Less)], "more on paper, nothing for now");
}

#[test]
fn a_use_is_new_only_when_it_is_later() {
    let used = |at: Option<&str>| {
        let last_used = at.map(|at| LastUse::at(at.to_owned(), Usage::Background, false));
        vec![Grant { last_used, ..level(Permission::Camera, Level::WhileInUse) }]
    };
    let earlier = "2026-10-30T08:00:00+00:00";
    let later = "2026-11-10T08:00:00+00:00";
    assert_eq!(moved(used(None), used(Some(later))), [(ChangeKind::NewlyUsed, Effect::Other)]);
    assert_eq!(moved(used(Some(earlier)), used(Some(later))), [(ChangeKind::UsedAgain, Effect::Other)]);
    assert_eq!(moved(used(None), used(Some(earlier))), [], "it may have been used before and not told");
    assert_eq!(moved(used(Some(later)), used(None)), [], "what is forgotten is no change");
    assert_eq!(moved(used(Some(later)), used(Some(later))), []);
    let now = |at| {
        let mut grants = used(at);
        if let Some(last) = grants[0].last_used.as_mut() {
            last.now = true;
        }
        grants
    };
    assert_eq!(moved(used(Some(later)), now(Some(later))), [(ChangeKind::UsedAgain, Effect::Other)], "it goes on");
    assert_eq!(moved(used(None), now(Some(earlier))), [(ChangeKind::NewlyUsed, Effect::Other)]);
    let mut wrong = used(Some("2031-01-01T00:00:00+00:00"));
    wrong[0].last_used.as_mut().unwrap().doubtful = true;
    assert_eq!(moved(used(None), wrong), [], "a clock that was wrong tells nothing");
}

#[test]
fn apps_come_go_and_change() {
    let one = |change: &dyn Fn(&mut App)| {
        let mut changed = app(TIKTOK);
        changed.version = Some("1".to_owned());
        let was = with(before(), vec![changed.clone()]);
        change(&mut changed);
        kinds(&was, &with(after(), vec![changed]))
    };
    assert_eq!(one(&|app| app.version = Some("2".to_owned())), [(ChangeKind::Updated, Effect::Other)]);
    assert_eq!(one(&|app| app.presence = Presence::Disabled), [(ChangeKind::Disabled, Effect::Less)]);
    assert_eq!(one(&|app| app.suspended = true), [(ChangeKind::Disabled, Effect::Less)]);
    assert_eq!(one(&|app| app.presence = Presence::Residual), [(ChangeKind::Removed, Effect::Less)]);
    assert_eq!(one(&|app| app.source = AppSource::Sideloaded), [(ChangeKind::Sideloaded, Effect::More)]);
    assert_eq!(one(&|app| app.source = AppSource::OtherStore), [(ChangeKind::SourceChanged, Effect::Other)]);
    assert_eq!(one(&|app| app.installer = Some("x.y".to_owned())), [(ChangeKind::SourceChanged, Effect::Other)]);
    let off = App { presence: Presence::Disabled, ..app(TIKTOK) };
    assert_eq!(
        kinds(&with(before(), vec![off]), &with(after(), vec![app(TIKTOK)])),
        [(ChangeKind::Enabled, Effect::More)]
    );
    let paused = App { suspended: true, ..app(TIKTOK) };
    assert_eq!(
        kinds(&with(before(), vec![paused]), &with(after(), vec![app(TIKTOK)])),
        [(ChangeKind::Enabled, Effect::More)]
    );
    assert_eq!(kinds(&with(before(), vec![app(TIKTOK)]), &after()), [(ChangeKind::Removed, Effect::Less)]);
}

#[test]
fn a_new_app_brings_what_it_may_touch() {
    let grants = || {
        vec![
            level(Permission::Camera, Level::WhileInUse),
            level(Permission::Contacts, Level::None),
            grant(Permission::Location, Level::Always, Some(Inert::MainSwitchOff)),
        ]
    };
    let is = with(after(), vec![holding(TIKTOK, grants())]);
    let expected = [
        (ChangeKind::Installed, Effect::More),
        (ChangeKind::Granted, Effect::More),
        (ChangeKind::Granted, Effect::Other),
    ];
    assert_eq!(kinds(&before(), &is), expected);
    let sideloaded = App { source: AppSource::Sideloaded, ..app(TIKTOK) };
    assert_eq!(kinds(&before(), &with(after(), vec![sideloaded])), [(ChangeKind::Sideloaded, Effect::More)]);
}

#[test]
fn another_edition_takes_the_place_of_an_app_with_its_accesses() {
    let was = with(before(), vec![holding(FACEBOOK, vec![level(Permission::Contacts, Level::Always)])]);
    let is = with(after(), vec![holding(LITE, vec![level(Permission::Contacts, Level::Denied)])]);
    assert_eq!(kinds(&was, &is), [(ChangeKind::Replaced, Effect::Other), (ChangeKind::Revoked, Effect::Less)]);
    // Both editions side by side: one came, none was replaced.
    let both = with(after(), vec![app(FACEBOOK), app(LITE)]);
    assert_eq!(kinds(&with(before(), vec![app(FACEBOOK)]), &both), [(ChangeKind::Installed, Effect::More)]);
    // A maker's preloaded service is no edition.
    let stub = with(before(), vec![app("com.facebook.appmanager")]);
    let kinds = kinds(&stub, &with(after(), vec![app(FACEBOOK)]));
    assert!(kinds.contains(&(ChangeKind::Removed, Effect::Less)) && !kinds.iter().any(|k| k.0 == ChangeKind::Replaced));
}

#[test]
fn a_gap_on_one_side_is_not_comparable_and_on_both_is_nothing() {
    let not_comparable = [(ChangeKind::NotComparable, Effect::Unknown)];
    let camera = || vec![level(Permission::Camera, Level::WhileInUse)];
    let gapped = |mut snapshot: Snapshot, area: &str| {
        snapshot.gaps.push(gap(area, None, None));
        snapshot
    };
    let full = |snapshot| with(snapshot, vec![holding(TIKTOK, camera())]);
    let empty = |snapshot| with(snapshot, vec![app(TIKTOK)]);
    assert_eq!(kinds(&full(before()), &gapped(empty(after()), "camera")), not_comparable);
    assert_eq!(kinds(&gapped(empty(before()), "camera"), &full(after())), not_comparable);
    assert_eq!(kinds(&gapped(empty(before()), "camera"), &gapped(empty(after()), "camera")), []);
    // The list of apps.
    assert_eq!(kinds(&full(before()), &gapped(after(), APP_LIST)), not_comparable);
    assert_eq!(kinds(&gapped(before(), APP_LIST), &full(after())), not_comparable);
    let mut new = full(after());
    new.apps[0].installed_at = Some("2026-11-10T00:00:00+00:00".to_owned());
    let kinds_of_new = kinds(&gapped(before(), APP_LIST), &new);
    assert_eq!(kinds_of_new[0], (ChangeKind::Installed, Effect::More), "the phone says that it came since");
    // A setting, a switch, the version.
    let mut set = after();
    set.settings.insert(Check::LockDelay, Setting { value: Value::Bool(true), evidence: vec![row("x=1")].into() });
    assert_eq!(kinds(&before(), &set), not_comparable);
    assert_eq!(kinds(&set, &before()), not_comparable);
    let mut switched = after();
    switched.switches.location = None;
    assert_eq!(kinds(&before(), &switched), not_comparable);
    let mut patched = after();
    patched.device.patch_level = Some("2026-11-01".to_owned());
    assert_eq!(kinds(&before(), &patched), not_comparable);
    // Rooms of the phone.
    let mut owned = after();
    owned.management.device_owner = Some("com.example.dpc".to_owned());
    assert_eq!(kinds(&gapped(before(), "dumpsys device_policy"), &owned), not_comparable);
    assert_eq!(kinds(&owned, &gapped(before(), "dumpsys device_policy")), not_comparable);
}

#[test]
fn an_app_that_was_counted_and_not_named_did_not_come_or_go() {
    let not_comparable = [(ChangeKind::NotComparable, Effect::Unknown)];
    let named = |snapshot| with(snapshot, vec![app(OTHER)]);
    let counted = |mut snapshot: Snapshot| {
        snapshot.other_apps.insert(0, 7);
        snapshot
    };
    assert_eq!(kinds(&named(before()), &counted(after())), not_comparable);
    assert_eq!(kinds(&counted(before()), &named(after())), not_comparable);
    // What the catalogue lists is named in every snapshot.
    assert_eq!(kinds(&with(before(), vec![app(TIKTOK)]), &counted(after())), [(ChangeKind::Removed, Effect::Less)]);
}

fn users(mut snapshot: Snapshot, users: &[(u32, UserKind)]) -> Snapshot {
    snapshot.users = users.iter().map(|(id, kind)| User { id: *id, kind: *kind }).collect();
    snapshot
}

#[test]
fn users_are_matched_by_what_they_are() {
    use UserKind::{Primary, WorkProfile};
    let work = |snapshot, user| {
        let mut snapshot = users(snapshot, &[(0, Primary), (user, WorkProfile)]);
        snapshot.apps = vec![App { user, ..app(TIKTOK) }];
        snapshot
    };
    assert_eq!(kinds(&work(before(), 10), &work(after(), 11)), [], "a work profile that was made anew");
    let alone = users(after(), &[(0, Primary)]);
    let gone = kinds(&work(before(), 10), &alone);
    assert_eq!(gone, [(ChangeKind::Removed, Effect::Less), (ChangeKind::Gone, Effect::Other)]);
    let come = kinds(&users(before(), &[(0, Primary)]), &work(after(), 10));
    assert_eq!(come, [(ChangeKind::Installed, Effect::More), (ChangeKind::Added, Effect::Other)]);
    // A reading of one user says nothing of the other.
    let mut only = users(after(), &[(0, Primary), (10, WorkProfile)]);
    only.other_apps.insert(0, 3);
    assert_eq!(kinds(&work(before(), 10), &only), [(ChangeKind::NotComparable, Effect::Unknown)]);
}

#[test]
fn the_phone_itself_changes() {
    let one = |change: &dyn Fn(&mut Snapshot)| {
        let mut was = before();
        was.settings.insert(Check::LockDelay, Setting { value: Value::Int(30), evidence: Vec::new().into() });
        was.switches.location = Some(true);
        was.device.patch_level = Some("2026-10-01".to_owned());
        was.device.build = Some("A".to_owned());
        let mut is = Snapshot { taken_at: after().taken_at, ..was.clone() };
        change(&mut is);
        kinds(&was, &is)
    };
    let changed = [(ChangeKind::Changed, Effect::Other)];
    assert_eq!(one(&|is| is.device.os_version = Some("15".to_owned())), changed);
    assert_eq!(one(&|is| is.device.patch_level = Some("2026-11-01".to_owned())), changed);
    assert_eq!(one(&|is| is.device.build = Some("B".to_owned())), changed);
    assert_eq!(one(&|is| is.switches.location = Some(false)), [(ChangeKind::Changed, Effect::Less)]);
    assert_eq!(
        one(&|is| {
            is.settings.insert(Check::LockDelay, Setting { value: Value::Int(60), evidence: Vec::new().into() });
        }),
        changed
    );
    let added = [(ChangeKind::Added, Effect::Other)];
    assert_eq!(one(&|is| is.management.device_owner = Some("x.dpc".to_owned())), added);
    let owner = || ProfileOwner { user: 10, package: "x.dpc".to_owned() };
    assert_eq!(one(&|is| is.management.profile_owners.push(owner())), added);
    assert_eq!(one(&|is| is.management.admins.push(owner())), added);
    assert_eq!(one(&|is| is.management.supervised = Some(true)), added);
    let mdm = Mdm { server: Some("mdm.example".to_owned()), ..Mdm::default() };
    assert_eq!(one(&|is| is.management.mdm = Some(mdm.clone())), added);
    let trace = |trace| Footprint { trace, count: None, evidence: Vec::new().into() };
    assert_eq!(one(&|is| is.footprint.push(trace(Trace::UsbDebugging))), added);
    let mut left = before();
    left.footprint.push(trace(Trace::UsbDebugging));
    assert_eq!(kinds(&left, &after()), [(ChangeKind::Gone, Effect::Other)]);
}

#[test]
fn configuration_profiles_come_go_and_change() {
    let with = |mut snapshot: Snapshot, name: Option<&str>| {
        snapshot.device.platform = Platform::Ios;
        snapshot.config_profiles = name
            .map(|name| ConfigProfile {
                id: "ca.example.wifi".to_owned(),
                name: Some(name.to_owned()),
                organization: None,
                hidden: false,
                removable: None,
                by_mdm: None,
                installed_at: None,
                payloads: Vec::new(),
            })
            .into_iter()
            .collect();
        snapshot
    };
    let kind = |was, is| kinds(&with(before(), was), &with(after(), is));
    assert_eq!(kind(None, Some("a")), [(ChangeKind::Added, Effect::Other)]);
    assert_eq!(kind(Some("a"), None), [(ChangeKind::Gone, Effect::Other)]);
    assert_eq!(kind(Some("a"), Some("b")), [(ChangeKind::Changed, Effect::Other)]);
    assert_eq!(kind(Some("a"), Some("a")), []);
}

#[test]
fn a_replacement_phone_is_compared_app_by_app() {
    let was = with(before(), vec![holding(TIKTOK, vec![level(Permission::Camera, Level::WhileInUse)])]);
    let mut is = with(after(), vec![holding(TIKTOK, vec![level(Permission::Camera, Level::Denied)])]);
    is.device.id = Some("b2".to_owned());
    let comparison = compare(&was, &is, &[], Context::new(Catalog::builtin()));
    assert_eq!(comparison.device, SameDevice::Different);
    assert_eq!(comparison.changes[0].kind, ChangeKind::Revoked);
    // From Android to iOS the catalogue tells which app is which.
    let listed = Catalog::builtin().by_slug("tiktok").unwrap();
    is.apps[0].id = listed.ids(Platform::Ios)[0].id.clone();
    is.device.platform = Platform::Ios;
    is.device.os_version = Some("26".to_owned());
    let found = kinds(&was, &is);
    assert_eq!(found, [(ChangeKind::Revoked, Effect::Less), (ChangeKind::Changed, Effect::Other)]);
    is.device.id = None;
    is.device.platform = Platform::Android;
    assert_eq!(same_device(&was, &is), SameDevice::Unknown);
    let mut serial = before();
    serial.device.id = Some("serial:XY".to_owned());
    assert_eq!(same_device(&before(), &serial), SameDevice::Unknown);
}

fn rules(was: &Snapshot, is: &Snapshot, rest: &str) -> Vec<(Standing, Option<Verdict>, Option<Verdict>)> {
    let profiles = [profile(&rule("one", "high", rest))];
    let comparison = compare(was, is, &profiles, Context::new(Catalog::builtin()));
    let judgement = &comparison.judgements[0];
    let verdict = |finding: Option<&Finding<'_>>| finding.map(|finding| finding.verdict);
    judgement
        .rules
        .iter()
        .map(|change| {
            let (old, new) = (judgement.finding_before(change), judgement.finding_after(change));
            if let Some(finding) = new {
                assert!(finding.standing == Some(change.standing) || finding.app.is_none());
            }
            (change.standing, verdict(old), verdict(new))
        })
        .collect()
}

#[test]
fn a_profile_tells_what_was_fixed_is_new_and_still_fails() {
    const ASKS: &str = "apps = \"any\"\nmax = { camera = \"none\" }";
    let holds = |snapshot, one| with(snapshot, vec![holding(TIKTOK, vec![level(Permission::Camera, one)])]);
    let (on, off) = (Level::WhileInUse, Level::Denied);
    let (pass, fail, unknown) = (Some(Verdict::Pass), Some(Verdict::Fail), Some(Verdict::NotAssessed));
    assert_eq!(rules(&holds(before(), on), &holds(after(), off), ASKS), [(Standing::Fixed, fail, pass)]);
    assert_eq!(rules(&holds(before(), off), &holds(after(), on), ASKS), [(Standing::New, pass, fail)]);
    assert_eq!(rules(&holds(before(), on), &holds(after(), on), ASKS), [(Standing::StillFailing, fail, fail)]);
    assert_eq!(rules(&holds(before(), off), &holds(after(), off), ASKS), []);
    assert_eq!(rules(&before(), &holds(after(), on), ASKS), [(Standing::New, None, fail)]);
    assert_eq!(rules(&holds(before(), on), &after(), ASKS), [(Standing::Fixed, fail, None)], "the app is gone");
    let blind = |snapshot| {
        let mut snapshot = with(snapshot, vec![app(TIKTOK)]);
        snapshot.gaps.push(gap("camera", None, None));
        snapshot
    };
    assert_eq!(rules(&holds(before(), on), &blind(after()), ASKS), [(Standing::NoLongerAssessed, fail, unknown)]);
    assert_eq!(rules(&holds(before(), off), &blind(after()), ASKS), [(Standing::NoLongerAssessed, pass, unknown)]);
    assert_eq!(rules(&blind(before()), &holds(after(), off), ASKS), [(Standing::NewlyAssessed, unknown, pass)]);
    assert_eq!(rules(&blind(before()), &holds(after(), on), ASKS), [(Standing::PerhapsNew, unknown, fail)]);
    // The list of apps cannot be read any more: the app may still be there.
    let mut listless = after();
    listless.gaps.push(gap(APP_LIST, None, None));
    assert_eq!(rules(&holds(before(), on), &listless, ASKS), [(Standing::NoLongerAssessed, fail, unknown)]);
}

#[test]
fn an_audit_held_against_an_earlier_reading_says_what_is_new() {
    let profile = profile(&rule("one", "high", "apps = \"any\"\nmax = { camera = \"none\", contacts = \"none\" }"));
    let was = with(before(), vec![holding(TIKTOK, vec![level(Permission::Camera, Level::WhileInUse)])]);
    let grants = vec![level(Permission::Camera, Level::WhileInUse), level(Permission::Contacts, Level::Always)];
    let is = with(after(), vec![holding(TIKTOK, grants)]);
    let context = Context::new(Catalog::builtin());
    let audit = audit_against(&was, &is, &profile, context);
    let standing = |permission| {
        audit
            .findings
            .iter()
            .find(|finding| finding.permission == Some(permission))
            .and_then(|finding| finding.standing)
    };
    assert_eq!(standing(Permission::Camera), Some(Standing::StillFailing));
    assert_eq!(standing(Permission::Contacts), Some(Standing::New));
    let baseline = audit.baseline.unwrap();
    assert_eq!(baseline.taken_at, was.taken_at);
    assert_eq!(baseline.counts, BTreeMap::from([(Standing::New, 1), (Standing::StillFailing, 1)]));
    let alone = audit_against_nothing(&is, &profile, context);
    let new = alone.findings.iter().filter(|finding| finding.standing == Some(Standing::New)).count();
    assert_eq!((new, alone.baseline), (2, None));
}

#[test]
fn an_app_that_a_profile_never_names_is_counted() {
    let text = format!(
        "[privacy]\nhide = [\"tiktok\"]\n{}",
        rule("one", "high", "apps = \"any\"\nmax = { camera = \"none\" }")
    );
    let was = with(before(), vec![holding(TIKTOK, vec![level(Permission::Camera, Level::WhileInUse)])]);
    let is = with(after(), vec![holding(TIKTOK, vec![level(Permission::Camera, Level::Denied)]), app(FACEBOOK)]);
    let profiles = [profile(&text)];
    let comparison = compare(&was, &is, &profiles, Context::new(Catalog::builtin()));
    assert_eq!((comparison.hidden, comparison.changes.len()), (1, 1));
    assert_eq!(comparison.judgements[0].rules.len(), 1, "it is judged all the same");
    assert!(!comparison.names(Some(TIKTOK)) && comparison.names(Some(FACEBOOK)));
    let texts = crate::text::Texts::new(crate::text::Language::En);
    let report = crate::report::json::comparison_report(&comparison, crate::report::Wording::new(&texts));
    assert!(!serde_json::to_string(&report).unwrap().to_lowercase().contains("tiktok"));
}

#[test]
fn moments_without_a_zone_are_compared_with_care() {
    assert!(is_later("2026-11-02T00:00:00+00:00", "2026-11-01T23:00:00+00:00"));
    assert!(!is_later("2026-11-02T00:00:00+14:00", "2026-11-01T23:00:00+00:00"));
    assert!(is_later("2026-11-02T00:00:00", "2026-11-01T23:00:00"));
    assert!(!is_later("2026-11-02T00:00:00", "2026-11-01T23:00:00+00:00"), "an hour may be the zone");
    assert!(is_later("2026-11-09T00:00:00", "2026-11-01T23:00:00+00:00"));
    assert!(!is_later("nonsense", "2026-11-01T23:00:00+00:00"));
}
