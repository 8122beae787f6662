//! Each assertion by its outcomes, on small phones; the arithmetic of the summary; apps that are never named.

use super::*;
use crate::catalog::Catalog;
use crate::profile::{Profile, Value, load};
use crate::snapshot::model::SCHEMA;
use crate::snapshot::{
    APP_LIST, App, Because, Device, EvidenceRow, Gap, Grant, LastUse, Management, Rows, Setting, Snapshot, SourceName,
    Switches, Tool,
};
use crate::vocabulary::{
    AppSource, BecauseCode, Check, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity, State, Verdict,
};

const TIKTOK: &str = "com.zhiliaoapp.musically";
const INSTAGRAM: &str = "com.instagram.android";

pub(crate) fn phone() -> Snapshot {
    Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: Some("2026-11-20T12:00:00+00:00".to_owned()),
        source: SourceName { kind: "bugreport".to_owned(), name: None, collected: None },
        device: Device {
            platform: Platform::Android,
            manufacturer: None,
            model: None,
            os_version: Some("14".to_owned()),
            api_level: Some(34),
            build: None,
            patch_level: None,
            timezone: None,
            id: None,
        },
        users: Vec::new(),
        apps: Vec::new(),
        other_apps: Default::default(),
        own_catalogs: Vec::new(),
        settings: Default::default(),
        switches: Switches::default(),
        management: Management::default(),
        other_clients: Default::default(),
        clock: None,
        partial: Vec::new(),
        privacy_report: None,
        config_profiles: Vec::new(),
        footprint: Vec::new(),
        gaps: Vec::new(),
        read: Vec::new(),
    }
}

pub(crate) fn app(id: &str) -> App {
    let listed = Catalog::builtin().by_android_id(id);
    App {
        id: id.to_owned(),
        slug: listed.map(|listed| listed.slug.clone()),
        name: listed.map(|listed| listed.name.clone()),
        user: 0,
        presence: Presence::Installed,
        version: None,
        installer: None,
        source: AppSource::PlayStore,
        installed_at: None,
        updated_at: None,
        system: false,
        enabled: true,
        suspended: false,
        stopped: None,
        target_sdk: None,
        evidence: vec![row(&format!("Package [{id}] (1a):"))].into(),
        grants: Vec::new(),
    }
}

pub(crate) fn row(text: &str) -> EvidenceRow {
    EvidenceRow { source: "dumpsys package".to_owned(), line: 1, text: text.to_owned() }
}

pub(crate) fn grant(permission: Permission, level: Level, inert: Option<Inert>) -> Grant {
    Grant {
        permission,
        level,
        inert,
        state: State::GrantedByPerson,
        decided_by: DecidedBy::User,
        last_used: None,
        changed_at: None,
        because: Because::new(BecauseCode::Granted),
        evidence: Rows::default(),
    }
}

pub(crate) fn gap(area: &str, app: Option<&str>, user: Option<u32>) -> Gap {
    Gap {
        area: area.to_owned(),
        user,
        app: app.map(str::to_owned),
        reason: "absent".to_owned(),
        read: None,
        of: None,
        detail: app.unwrap_or_default().to_owned(),
    }
}

pub(crate) fn profile(rest: &str) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let head = "format = 1\nid = \"mine\"\ntitle = { en = \"Mine\", fr = \"Le mien\" }\n";
    std::fs::write(&path, format!("{head}{rest}")).unwrap();
    load(path.to_str().unwrap(), Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"))
}

pub(crate) fn rule(id: &str, severity: &str, rest: &str) -> String {
    format!(
        "[rule.{id}]\ntitle = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\n\
         severity = \"{severity}\"\n{rest}\n"
    )
}

fn judged<'s>(snapshot: &'s Snapshot, profile: &'s Profile, ownership: Option<&str>) -> Audit<'s> {
    audit(snapshot, profile, Context { ownership, ..Context::new(Catalog::builtin()) })
}

/// The verdicts of one rule, in the order of the report.
fn verdicts(snapshot: &Snapshot, rest: &str) -> Vec<Verdict> {
    let profile = profile(&rule("one", "high", rest));
    judged(snapshot, &profile, None).findings.iter().map(|finding| finding.verdict).collect()
}

fn with(apps: Vec<App>) -> Snapshot {
    Snapshot { apps, ..phone() }
}

#[test]
fn max_by_level_inert_and_gap() {
    use Verdict::*;
    const RULE: &str = "apps = \"any\"\nmax = { location = \"none\" }";
    const STORED: &str = "apps = \"any\"\nmax = { location = \"none\" }\nignore_master = true";
    for (level, inert, verdict, stored) in [
        (Level::Denied, None, Pass, Pass),
        (Level::None, None, Pass, Pass),
        (Level::Ask, None, Fail, Fail),
        (Level::WhileInUse, None, Fail, Fail),
        (Level::Always, Some(Inert::MainSwitchOff), Pass, Fail),
        (Level::Always, Some(Inert::AppDisabled), Pass, Pass),
        (Level::Always, Some(Inert::AppSuspended), Pass, Pass),
    ] {
        let phone = with(vec![App { grants: vec![grant(Permission::Location, level, inert)], ..app(TIKTOK) }]);
        assert_eq!(verdicts(&phone, RULE), [verdict], "{level} {inert:?}");
        assert_eq!(verdicts(&phone, STORED), [stored], "{level} {inert:?}, stored");
    }
    assert_eq!(verdicts(&with(vec![app(TIKTOK)]), RULE), [Pass], "not declared");
    assert_eq!(verdicts(&phone(), RULE), [Pass], "no such app");
    for (gap, verdict) in [
        (gap("location", Some(TIKTOK), Some(0)), NotAssessed),
        (gap("location", None, None), NotAssessed),
        (gap("location", Some(INSTAGRAM), Some(0)), Pass),
        (gap("location", Some(TIKTOK), Some(10)), Pass),
        (gap("camera", Some(TIKTOK), Some(0)), Pass),
    ] {
        let phone = Snapshot { gaps: vec![gap.clone()], ..with(vec![app(TIKTOK)]) };
        assert_eq!(verdicts(&phone, RULE), [verdict], "{gap:?}");
    }
    let unlisted = Snapshot { gaps: vec![gap(APP_LIST, None, None)], ..phone() };
    assert_eq!(verdicts(&unlisted, RULE), [NotAssessed]);
    let residual = App { presence: Presence::Residual, ..app(TIKTOK) };
    assert_eq!(verdicts(&with(vec![residual]), RULE), [Pass]);
    let other = Device { platform: Platform::Ios, ..phone().device };
    assert_eq!(
        verdicts(&Snapshot { device: other, ..phone() }, "apps = \"any\"\nmax = { sms = \"none\" }"),
        [NotApplicable]
    );
    assert_eq!(verdicts(&phone(), &format!("{RULE}\nplatform = \"ios\"")), [NotApplicable]);
    let unobservable = verdicts(&with(vec![app(TIKTOK)]), "apps = \"any\"\nmax = { tracking = \"none\" }");
    assert_eq!(unobservable, [NotAssessed]);
}

#[test]
fn presence_of_whole_disabled_and_left_over_apps() {
    use Verdict::*;
    let of = |presence, system| with(vec![App { presence, system, ..app(TIKTOK) }]);
    for (presence, system, absent, disabled) in [
        (Presence::Installed, false, Fail, Fail),
        (Presence::Installed, true, Fail, Fail),
        (Presence::Disabled, false, Fail, Pass),
        // A preloaded app cannot be taken off the phone.
        (Presence::Disabled, true, Pass, Pass),
        (Presence::Residual, false, Pass, Pass),
    ] {
        let phone = of(presence, system);
        assert_eq!(verdicts(&phone, "apps = \"tiktok\"\npresence = \"absent\""), [absent], "{presence} {system}");
        assert_eq!(verdicts(&phone, "apps = \"tiktok\"\npresence = \"disabled\""), [disabled], "{presence} {system}");
    }
    assert_eq!(verdicts(&with(vec![app(INSTAGRAM)]), "apps = \"tiktok\"\npresence = \"absent\""), [Pass]);
    // What was found is judged, and what was not is not assessed.
    let unlisted = Snapshot { gaps: vec![gap(APP_LIST, None, None)], ..of(Presence::Installed, false) };
    assert_eq!(verdicts(&unlisted, "apps = \"tiktok\"\npresence = \"absent\""), [Fail, NotAssessed]);
}

#[test]
fn sources_uses_and_things_to_look_at() {
    use Verdict::*;
    const STORES: &str = "apps = \"any\"\nsource = [\"play-store\", \"preloaded\"]";
    for (source, verdict) in [
        (AppSource::PlayStore, Pass),
        (AppSource::Preloaded, Pass),
        (AppSource::Sideloaded, Fail),
        (AppSource::OtherStore, Fail),
        (AppSource::Unknown, NotAssessed),
    ] {
        assert_eq!(verdicts(&with(vec![App { source, ..app(TIKTOK) }]), STORES), [verdict], "{source}");
    }
    for (at, doubtful, verdict) in [
        (Some("2026-11-10T08:00:00+00:00"), false, Pass),
        (Some("2026-10-21T08:00:00+00:00"), false, Pass),
        (Some("2026-10-20T08:00:00+00:00"), false, Fail),
        (Some("2026-11-10T08:00:00+00:00"), true, NotAssessed),
        (None, false, NotAssessed),
    ] {
        let last_used = at.map(|at| LastUse::at(at.to_owned(), crate::vocabulary::Usage::Foreground, doubtful));
        let grants = vec![Grant { last_used, ..grant(Permission::Camera, Level::WhileInUse, None) }];
        let phone = with(vec![App { grants, ..app(TIKTOK) }]);
        assert_eq!(verdicts(&phone, "apps = \"any\"\nunused_days = 30"), [verdict], "{at:?} {doubtful}");
    }
    let gone = App { presence: Presence::Residual, ..app(TIKTOK) };
    assert_eq!(verdicts(&with(vec![gone]), "apps = \"any\"\nunused_days = 30"), [Pass]);
}

#[test]
fn a_permission_that_is_newer_than_the_phone_is_never_a_no() {
    use Verdict::*;
    let on = |api_level: Option<u32>, grants: Vec<Grant>| {
        let apps = vec![App { grants, ..app(TIKTOK) }];
        let phone = with(apps);
        Snapshot { device: Device { api_level, ..phone.device.clone() }, ..phone }
    };
    let rule = |permission: &str| format!("apps = \"any\"\nmax = {{ {permission} = \"none\" }}");
    for (permission, first) in [
        ("local-network", 37),
        ("nearby-devices", 31),
        ("all-files", 30),
        ("list-apps", 30),
        ("media-location", 29),
        ("motion", 29),
        ("full-screen", 29),
    ] {
        let rule = rule(permission);
        assert_eq!(verdicts(&on(Some(first), Vec::new()), &rule), [Pass], "{permission}");
        for api in [None, Some(26), Some(first - 1)] {
            assert_eq!(verdicts(&on(api, Vec::new()), &rule), [NotAssessed], "{permission} {api:?}");
        }
    }
    // What is granted all the same is judged.
    let motion = vec![grant(Permission::Motion, Level::Always, None)];
    assert_eq!(verdicts(&on(Some(28), motion), &rule("motion")), [Fail]);
    // Every app reads the clipboard while it is on the screen.
    assert_eq!(verdicts(&on(Some(37), Vec::new()), &rule("clipboard")), [NotAssessed]);
    // What does not exist at all does not apply.
    assert_eq!(verdicts(&on(Some(36), Vec::new()), &rule("computer-control")), [NotApplicable]);
    assert_eq!(verdicts(&on(Some(37), Vec::new()), &rule("computer-control")), [Pass]);
}

#[test]
fn rules_on_use_take_what_goes_on_for_used_today() {
    use Verdict::*;
    const RULE: &str = "apps = \"any\"\nunused_days = 30";
    let used = |last: LastUse| {
        let grants = vec![Grant { last_used: Some(last), ..grant(Permission::Camera, Level::WhileInUse, None) }];
        with(vec![App { grants, ..app(TIKTOK) }])
    };
    let last = |at: Option<&str>, ago, now| LastUse {
        at: at.map(str::to_owned),
        ago,
        now,
        how: crate::vocabulary::Usage::Unknown,
        doubtful: false,
    };
    const DAY: i64 = 86_400;
    let old = Some("2020-01-01T00:00:00+00:00");
    for (last, clock, verdict, reason) in [
        (last(old, None, true), true, Pass, "in-use-now"),
        (last(old, None, true), false, Pass, "in-use-now"),
        (last(None, Some(0), true), false, Pass, "in-use-now"),
        (last(old, None, false), true, Fail, "last-use"),
        (last(old, None, false), false, NotAssessed, "last-use"),
        // Without a clock the phone's own count of the time since serves.
        (last(old, Some(3 * DAY), false), false, Pass, "last-use"),
        (last(None, Some(3 * DAY), false), false, Pass, "last-use-ago"),
        (last(None, Some(31 * DAY), false), false, Fail, "last-use-ago"),
        (last(None, None, false), true, NotAssessed, "no-last-use"),
    ] {
        let snapshot = used(last.clone());
        let taken_at = snapshot.taken_at.clone().filter(|_| clock);
        let snapshot = Snapshot { taken_at, ..snapshot };
        let profile = profile(&rule("one", "high", RULE));
        let audit = judged(&snapshot, &profile, None);
        let found = (audit.findings[0].verdict, audit.findings[0].because.word());
        assert_eq!(found, (verdict, reason), "{last:?} {clock}");
    }
}

#[test]
fn the_word_that_decided_on_the_source_stands_in_the_sentence() {
    const STORES: &str = "apps = \"any\"\nsource = [\"play-store\"]";
    let of = |installer: Option<&str>, source, deciding: &str| {
        let mut app = App { installer: installer.map(str::to_owned), source, ..app(TIKTOK) };
        app.evidence.extend((!deciding.is_empty()).then(|| row(deciding)));
        let snapshot = with(vec![app]);
        let profile = profile(&rule("one", "high", STORES));
        let audit = judged(&snapshot, &profile, None);
        let finding = &audit.findings[0];
        let Why::Text(_, value) = &finding.because else { panic!("{:?}", finding.because) };
        assert!(deciding.is_empty() || finding.evidence.iter().any(|row| row.text == deciding));
        (finding.because.word().to_owned(), value.to_string())
    };
    let said = |word: &str, value: &str| (word.to_owned(), value.to_owned());
    const PLAY: Option<&str> = Some("com.android.vending");
    use AppSource::*;
    assert_eq!(
        of(PLAY, Sideloaded, "initiatingPackageName=com.android.shell"),
        said("initiated-by", "com.android.shell")
    );
    let fdroid = of(Some("com.android.packageinstaller"), OtherStore, "originatingPackageName=org.fdroid.fdroid");
    assert_eq!(fdroid, said("brought-by", "org.fdroid.fdroid"));
    assert_eq!(of(None, Sideloaded, "packageSource=4"), said("from-file", ""));
    assert_eq!(of(Some("a.market"), OtherStore, "packageSource=2"), said("from-store", "a.market"));
    assert_eq!(of(None, Managed, "installReason=1"), said("by-policy", ""));
    assert_eq!(of(None, Preloaded, ""), said("preloaded", ""));
    assert_eq!(of(PLAY, PlayStore, ""), said("installer", "com.android.vending"));
    assert_eq!(of(None, Unknown, ""), said("no-installer", ""));
}

#[test]
fn properties_of_the_phone() {
    use Verdict::*;
    let set =
        |check, value| Snapshot { settings: [(check, Setting { value, evidence: Rows::default() })].into(), ..phone() };
    let lock = |value| set(Check::ScreenLock, Value::Bool(value));
    const LOCK: &str = "device = \"screen-lock\"\nis = true";
    assert_eq!(verdicts(&lock(true), LOCK), [Pass]);
    assert_eq!(verdicts(&lock(false), LOCK), [Fail]);
    assert_eq!(verdicts(&phone(), LOCK), [NotAssessed]);
    assert_eq!(verdicts(&Snapshot { gaps: vec![gap("screen-lock", None, None)], ..phone() }, LOCK), [NotAssessed]);
    const PATCH: &str = "device = \"os-updates\"\nat_most = 90";
    for (days, verdict) in [(0, Pass), (90, Pass), (91, Fail)] {
        assert_eq!(verdicts(&set(Check::OsUpdates, Value::Int(days)), PATCH), [verdict], "{days}");
    }
    assert_eq!(verdicts(&phone(), "device = \"backup-encrypted\"\nis = true"), [NotApplicable]);
    let owned = profile(&rule("one", "high", &format!("{LOCK}\nfor = \"ownership:institution\"")));
    let phone = lock(false);
    for (ownership, verdict) in [(None, Manual), (Some("personal"), NotApplicable), (Some("institution"), Fail)] {
        assert_eq!(judged(&phone, &owned, ownership).findings[0].verdict, verdict, "{ownership:?}");
    }
}

#[test]
fn the_summary_counts_rules_by_their_worst_finding() {
    let lock = |value| Setting { value: Value::Bool(value), evidence: Rows::default() };
    let snapshot = Snapshot {
        settings: [(Check::ScreenLock, lock(true)), (Check::AutoTime, lock(false))].into(),
        ..with(vec![app(TIKTOK), app(INSTAGRAM)])
    };
    let text = [
        rule("a", "critical", "device = \"screen-lock\"\nis = true"),
        rule("b", "low", "device = \"auto-time\"\nis = true"),
        rule("c", "medium", "apps = \"tiktok or instagram\"\npresence = \"absent\""),
        rule("d", "info", "device = \"private-dns\"\nis = true"),
        rule("e", "high", "device = \"screen-lock\"\nis = true\nplatform = \"ios\""),
    ]
    .concat();
    let profile = profile(&text);
    let audit = judged(&snapshot, &profile, None);
    let summary = audit.summary;
    assert_eq!((summary.pass, summary.fail, summary.not_assessed, summary.not_applicable), (1, 2, 1, 1));
    assert_eq!(summary.worst, Some(Severity::Medium));
    assert!((summary.coverage - 0.75).abs() < 1e-9);
    // 10 of 10 + 1 + 3.
    assert!((summary.conformity.unwrap() - 0.714).abs() < 1e-9);
    // Fails first, the graver before the lesser, apps by id, then what was not assessed.
    let order: Vec<(&str, Option<&str>)> = audit
        .findings
        .iter()
        .map(|finding| (finding.code(), finding.app.as_ref().map(|app| app.id.as_str())))
        .collect();
    let expected = [("c", Some(INSTAGRAM)), ("c", Some(TIKTOK)), ("b", None), ("d", None), ("a", None), ("e", None)];
    assert_eq!(order, expected);
    let reversed = Snapshot { apps: snapshot.apps.iter().rev().cloned().collect(), ..snapshot.clone() };
    assert_eq!(judged(&reversed, &profile, None).findings, audit.findings);
    // Too little seen for a number.
    let blind = judged(&Snapshot { settings: Default::default(), apps: Vec::new(), ..phone() }, &profile, None).summary;
    assert!(blind.coverage < COVERAGE_FLOOR && blind.conformity.is_none());
}

#[test]
fn a_hidden_app_is_judged_and_never_named() {
    let text = format!(
        "[privacy]\nhide = [\"tiktok\"]\n{}{}{}{}",
        rule("a", "high", "apps = \"any\"\nmax = { location = \"none\", camera = \"none\" }"),
        rule("b", "high", "apps = \"any\"\npresence = \"absent\""),
        rule("c", "high", "device = \"default-sms\"\nis = \"com.example.messages\""),
        rule("d", "high", "apps = \"any\"\nsource = [\"app-store\"]"),
    );
    let profile = profile(&text);
    let listed =
        Setting { value: Value::Text(TIKTOK.to_owned()), evidence: vec![row(&format!("holders={TIKTOK}"))].into() };
    let snapshot = Snapshot {
        gaps: vec![gap("camera", Some(TIKTOK), Some(0))],
        settings: [(Check::DefaultSms, listed)].into(),
        ..with(vec![App { grants: vec![grant(Permission::Location, Level::Always, None)], ..app(TIKTOK) }])
    };
    let audit = judged(&snapshot, &profile, None);
    assert_eq!(audit.hidden, [TIKTOK]);
    assert!(audit.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).count() >= 3);
    for finding in &audit.findings {
        let said = format!("{finding:?}");
        assert!(!said.contains(TIKTOK) && !said.contains("TikTok"), "{said}");
    }
}

#[test]
fn residue_manual_footprint_and_unverified_ids() {
    use Verdict::*;
    const RESIDUE: &str = "apps = \"tiktok\"\npresence = \"absent\"\nresidue = true";
    let of = |presence| with(vec![App { presence, ..app(TIKTOK) }]);
    assert_eq!(verdicts(&of(Presence::Residual), RESIDUE), [Fail]);
    // What is installed is the business of the rule on the app itself.
    assert_eq!(verdicts(&of(Presence::Installed), RESIDUE), [Pass]);
    assert_eq!(verdicts(&phone(), RESIDUE), [Pass]);
    assert_eq!(verdicts(&phone(), "manual = { en = \"Look\", fr = \"Regarder\" }"), [Manual]);
    let on = Setting { value: Value::Bool(true), evidence: Rows::default() };
    let file = Snapshot { settings: [(Check::DeveloperOptions, on)].into(), ..phone() };
    let live = Snapshot { source: SourceName { kind: "adb".to_owned(), name: None, collected: None }, ..file.clone() };
    const OPTIONS: &str = "device = \"developer-options\"\nis = false";
    let footprint = format!("{OPTIONS}\nfootprint = true");
    assert_eq!(verdicts(&file, &footprint), [Fail]);
    assert_eq!(verdicts(&live, &footprint), [Manual], "the visit itself needs debugging");
    assert_eq!(verdicts(&live, OPTIONS), [Fail]);
    let unverified = profile(&rule("one", "high", "apps = \"any\"\npresence = \"absent\""));
    let snapshot = phone();
    let finding = judged(&snapshot, &unverified, None).findings.remove(0);
    assert!(
        matches!(&finding.because, Why::Text("reason-no-such-app-unverified", names) if names.contains("ToTok")),
        "{:?}",
        finding.because
    );
}

#[test]
fn what_is_told_and_not_judged_is_noted_and_no_failure() {
    let mut phone = phone();
    phone.apps.push(app("com.zhiliaoapp.musically"));
    let rest = "apps = \"any\"\npresence = \"absent\"";
    let info = profile(&rule("one", "info", rest));
    let noted = audit(&phone, &info, Context::new(Catalog::builtin()));
    assert_eq!(noted.findings[0].verdict, Verdict::Noted);
    let summary = &noted.summary;
    assert_eq!((summary.noted, summary.fail, summary.pass, summary.worst, summary.coverage), (1, 0, 0, None, 1.0));
    assert_eq!(noted.verdict(), Verdict::Noted);
    assert_eq!(noted.open_findings().count(), 1);
    let low = profile(&rule("one", "low", rest));
    let failing = audit(&phone, &low, Context::new(Catalog::builtin()));
    assert_eq!((failing.summary.noted, failing.summary.fail), (0, 1));
    // What could not be read is not told either.
    phone.gaps.push(gap(crate::snapshot::APP_LIST, None, None));
    phone.apps.clear();
    let unread = audit(&phone, &info, Context::new(Catalog::builtin()));
    assert_eq!((unread.verdict(), unread.summary.noted), (Verdict::NotAssessed, 0));
}

#[test]
fn a_profile_for_one_platform_says_nothing_of_a_phone_of_the_other() {
    let (android, mut iphone) = (phone(), phone());
    iphone.device.platform = Platform::Ios;
    for (id, snapshot, name) in [("cis-android", &iphone, "iOS"), ("cis-ios", &android, "Android")] {
        let profile = crate::profile::load(id, Catalog::builtin()).unwrap();
        let audit = audit(snapshot, &profile, Context::new(Catalog::builtin()));
        assert_eq!(audit.findings.len(), profile.rules.len());
        assert!(audit.findings.iter().all(|finding| finding.verdict == Verdict::NotApplicable), "{id}");
        assert!(!audit.applies());
        assert_eq!((audit.verdict(), audit.summary.conformity), (Verdict::NotApplicable, None));
        for language in crate::text::Language::ALL {
            let texts = crate::text::Texts::new(language);
            let words = crate::report::Wording::new(&texts);
            assert!(words.verdict(&audit).contains(name), "{}", words.verdict(&audit));
            assert_eq!(words.because(&audit.findings[0]), words.verdict(&audit));
            assert_eq!(words.numbers(&audit), None, "nothing was judged, so no number is given");
        }
    }
    // A profile without a platform holds on both, and a rule of one platform is left out alone.
    let byod = crate::profile::load("byod", Catalog::builtin()).unwrap();
    assert!(audit(&iphone, &byod, Context::new(Catalog::builtin())).applies());
}

#[test]
fn no_sentence_about_an_app_that_is_never_named_has_a_hole() {
    let mut phone = phone();
    let mut hidden = app("com.zhiliaoapp.musically");
    hidden.installer = Some("com.android.vending".to_owned());
    hidden.grants = vec![grant(Permission::Camera, Level::Always, None)];
    phone.apps.push(hidden);
    let privacy = "[privacy]\nhide = [\"any\"]\n";
    let rules = [
        "apps = \"any\"\npresence = \"absent\"",
        "apps = \"any\"\nsource = [\"other-store\"]",
        "apps = \"any\"\nunused_days = 30",
        "apps = \"any\"\nmax = { camera = \"none\" }",
    ];
    for rest in rules {
        let profile = profile(&format!("{privacy}{}", rule("one", "high", rest)));
        let audit = audit(&phone, &profile, Context::new(Catalog::builtin()));
        for language in crate::text::Language::ALL {
            let texts = crate::text::Texts::new(language);
            let words = crate::report::Wording::new(&texts);
            for finding in &audit.findings {
                let said = words.because(finding);
                for hole in ["  ", "presence-", "« »", "“”", "()", ": .", "{"] {
                    assert!(!said.contains(hole), "{rest}: {said}");
                }
                assert!(!said.trim_end().ends_with(':'), "{rest}: {said}");
                assert!(!said.contains("com."), "{said}");
            }
        }
    }
}

#[test]
fn no_reference_keeps_the_place_of_a_version_that_is_not_known() {
    let mut phone = phone();
    for version in [None, Some(String::new()), Some("15".to_owned())] {
        phone.device.os_version = version;
        let profile = crate::profile::load("cis-android", Catalog::builtin()).unwrap();
        let audit = audit(&phone, &profile, Context::new(Catalog::builtin()));
        let references = audit.findings.iter().flat_map(|finding| finding.rule.references.iter());
        assert!(references.clone().all(|reference| !reference.contains('{')));
        assert!(references.count() > 10);
    }
}
