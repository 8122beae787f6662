//! Waiver files: each mistake in its place; and what a waiver does to an audit.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::*;
use crate::audit::{Audit, Context, audit};
use crate::catalog::Catalog;
use crate::document::{Code, ProfileErrors};
use crate::profile::{Profile, load};
use crate::snapshot::{App, Because, Grant, Rows, Setting, Snapshot, Value};
use crate::vocabulary::{AppSource, BecauseCode, Check, DecidedBy, Level, Permission, Presence, State, Verdict};

const GOOD: &str = r#"format = 1

[[waiver]]
rule     = "byod/contacts"
device   = "any"
apps     = "instagram"
reason   = { en = "The fair in June.", fr = "Le salon de juin." }
approver = "CISO office"
ticket   = "SEC-1432"
granted  = 2026-01-10
expires  = 2026-06-30
mitigations = ["byod/screen-lock", "location-off/location"]
"#;

fn read_text(text: &str) -> Result<Waivers, ProfileErrors> {
    read_files(&[text])
}

fn read_files(texts: &[&str]) -> Result<Waivers, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| {
            let path = folder.path().join(format!("waivers{number}.toml"));
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect();
    let find = |id: &str| load(id, Catalog::builtin()).ok();
    let ids = crate::profile::shipped().iter().map(|shipped| shipped.id.to_owned()).collect();
    read(&paths, Catalog::builtin(), &Readers { profile: &find, ids })
}

/// The codes of the mistakes, with the words that are underlined.
fn mistakes(text: &str) -> Vec<(Code, String)> {
    let errors = read_text(text).expect_err("it should be refused");
    let rendered = errors.to_string();
    errors
        .diagnostics()
        .iter()
        .map(|one| {
            let part = rendered.split(&format!("[{}]", one.code())).nth(1).unwrap();
            let lines: Vec<&str> = part.lines().collect();
            let marks = lines.iter().position(|line| line.contains('^')).unwrap_or_else(|| panic!("{rendered}"));
            let start = lines[marks].find('^').unwrap();
            let length = lines[marks].chars().filter(|c| *c == '^').count();
            (one.code(), lines[marks - 1].get(start..).unwrap_or("").chars().take(length).collect())
        })
        .collect()
}

fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replace(from, to)
}

#[test]
fn a_whole_waiver_is_read() {
    let waivers = read_text(GOOD).unwrap_or_else(|errors| panic!("{errors}"));
    let [waiver] = waivers.list.as_slice() else { panic!() };
    assert_eq!(waiver.rule.to_string(), "byod/contacts");
    assert_eq!(waiver.devices, Devices::Any);
    assert_eq!(waiver.apps.as_ref().unwrap().to_string(), "instagram");
    assert_eq!((waiver.granted.to_string(), waiver.expires.to_string()), ("2026-01-10".into(), "2026-06-30".into()));
    assert_eq!(waiver.line, 3);
    // Both profiles are needed for their rules.
    assert_eq!(waivers.profiles.keys().collect::<Vec<_>>(), ["byod", "location-off"]);
    // A day may stand in quotation marks too.
    assert!(read_text(&with("2026-06-30", "\"2026-06-30\"")).is_ok());
}

#[test]
fn each_mistake_is_shown_where_it_is() {
    for (text, code, words) in [
        (with("byod/contacts\"\n", "contacts\"\n"), Code::WaiverRuleForm, "\"contacts\""),
        (with("byod/contacts", "bjod/contacts"), Code::UnknownProfile, "bjod"),
        (with("byod/contacts", "byod/contact"), Code::WaiverUnknownRule, "contact"),
        (with("\"any\"", "\"tuesday\""), Code::WaiverDevice, "\"tuesday\""),
        (with("\"any\"", "[]"), Code::EmptyText, "[]"),
        (with("\"instagram\"", "\"instagran\""), Code::SelectorMatchesNothing, "instagran"),
        (with("2026-06-30", "2027-06-30"), Code::WaiverTooLong, "2027-06-30"),
        (with("2026-06-30", "2026-01-09"), Code::WaiverTooLong, "2026-01-09"),
        (with("2026-06-30", "\"soon\""), Code::WrongType, "\"soon\""),
        (with("2026-06-30", "2026-06-30T12:00:00Z"), Code::WrongType, "2026-06-30T12:00:00Z"),
        (with("\"CISO office\"", "\"…\""), Code::EmptyText, "\"…\""),
        (with("\"CISO office\"", "\" \""), Code::EmptyText, "\" \""),
        (with("ticket  ", "tickets "), Code::UnknownKey, "tickets"),
        (with("byod/screen-lock", "byod/contacts"), Code::WaiverOfItself, "\"byod/contacts\""),
        (with("byod/screen-lock", "byod/screen-luck"), Code::WaiverUnknownRule, "screen-luck"),
        (with(", fr = \"Le salon de juin.\"", ""), Code::MissingLanguage, "{ en = \"The fair in June.\" }"),
        (with("format = 1", "format = 2"), Code::UnknownFormat, "2"),
    ] {
        assert_eq!(mistakes(&text), [(code, words.to_owned())], "{text}");
    }
    for key in ["rule", "device", "reason", "approver", "granted", "expires"] {
        let text: String = GOOD.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
        let codes: Vec<Code> = read_text(&text).unwrap_err().diagnostics().iter().map(|one| one.code()).collect();
        assert_eq!(codes, [Code::MissingKey], "{key}");
    }
    let told = read_text(&with("byod/contacts", "byod/contact")).unwrap_err().to_string();
    assert!(told.contains("did you mean `contacts`?") && told.contains(":4:"), "{told}");
}

#[test]
fn mistakes_of_several_files_come_together() {
    let wrong = with("\"any\"", "\"tuesday\"");
    let errors = read_files(&[&wrong, GOOD, "format = 1\nwaiver = 3"]).unwrap_err();
    let codes: Vec<Code> = errors.diagnostics().iter().map(|one| one.code()).collect();
    assert_eq!(codes, [Code::WaiverDevice, Code::WrongType]);
    assert!(read(&["/no/such".into()], Catalog::builtin(), &Readers { profile: &|_| None, ids: Vec::new() }).is_err());
}

#[test]
fn more_waivers_than_anybody_signs_are_refused() {
    let block = GOOD.split_once('\n').unwrap().1.lines().filter(|line| !line.starts_with("mitig"));
    let block: String = block.map(|line| format!("{}\n", line.trim_end().replace("     ", " "))).collect();
    let block = block.replace("The fair in June.", "F").replace("Le salon de juin.", "S").replace("CISO office", "C");
    let files: Vec<String> = vec![format!("format = 1\n{}", block.repeat(4000)); 3];
    let texts: Vec<&str> = files.iter().map(String::as_str).collect();
    let codes: Vec<Code> = read_files(&texts).unwrap_err().diagnostics().iter().map(|one| one.code()).collect();
    assert_eq!(codes, [Code::TooMany]);
}

#[test]
fn the_sayings_are_whole() {
    for state in WaiverState::ALL {
        let Some(saying) = saying(*state) else {
            assert_eq!(*state, WaiverState::Holds);
            continue;
        };
        assert!(saying.code.starts_with("waiver-"));
        for text in [&saying.title, &saying.why, &saying.fix] {
            assert!(text.is_complete() && !text.fr.contains('\''), "{text:?}");
        }
        assert_eq!(saying.fails, saying.severity.is_none(), "{state}");
    }
}

const PHONE: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A phone on which Instagram and TikTok may read the whole address book.
fn phone(locked: bool) -> Snapshot {
    let app = |id: &str| App {
        id: id.to_owned(),
        slug: Catalog::builtin().by_android_id(id).map(|app| app.slug.clone()),
        name: Catalog::builtin().by_android_id(id).map(|app| app.name.clone()),
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
        evidence: Rows::default(),
        grants: vec![Grant {
            permission: Permission::Contacts,
            level: Level::Always,
            inert: None,
            state: State::GrantedByPerson,
            decided_by: DecidedBy::User,
            last_used: None,
            changed_at: None,
            because: Because::new(BecauseCode::ALL[0]),
            evidence: Rows::default(),
        }],
    };
    let lock = Setting { value: Value::Bool(locked), evidence: Rows::default() };
    let mut snapshot = crate::audit::tests::phone();
    snapshot.taken_at = Some("2026-05-20T12:00:00+00:00".to_owned());
    snapshot.device.id = Some(PHONE.to_owned());
    snapshot.apps = vec![app("com.instagram.android"), app("com.zhiliaoapp.musically")];
    snapshot.settings = [(Check::ScreenLock, lock)].into();
    snapshot
}

fn judged<'s>(snapshot: &'s Snapshot, waivers: &Waivers, today: &str) -> Audit<'s> {
    static BYOD: OnceLock<Profile> = OnceLock::new();
    let profile = BYOD.get_or_init(|| load("byod", Catalog::builtin()).unwrap());
    let context =
        Context { waivers: Some(waivers), today: Some(today.parse().unwrap()), ..Context::new(Catalog::builtin()) };
    audit(snapshot, profile, context)
}

/// The outcome of `contacts` for each of the two apps, and the findings of waivers.
fn outcome(text: &str, today: &str, locked: bool) -> (Vec<Verdict>, Vec<String>) {
    let snapshot = phone(locked);
    let audit = judged(&snapshot, &read_text(text).unwrap_or_else(|errors| panic!("{errors}")), today);
    let mut contacts: Vec<_> = audit.findings.iter().filter(|finding| finding.code() == "contacts").collect();
    contacts.sort_by_key(|finding| finding.app.clone());
    let own = audit.findings.iter().filter(|finding| finding.rule.is_waiver);
    (
        contacts.iter().map(|finding| finding.verdict).collect(),
        own.map(|finding| format!("{} {} {}", finding.code(), finding.verdict, finding.severity)).collect(),
    )
}

#[test]
fn a_waiver_holds_for_its_app_only_and_stays_visible() {
    use Verdict::{Fail, Waived};
    assert_eq!(outcome(GOOD, "2026-05-01", true), (vec![Waived, Fail], vec![]));
    let snapshot = phone(true);
    let audit = judged(&snapshot, &read_text(GOOD).unwrap(), "2026-05-01");
    let waived = audit.findings.iter().find(|finding| finding.verdict == Verdict::Waived).unwrap();
    let note = waived.waiver.as_ref().unwrap();
    assert_eq!((note.approver.as_str(), note.reason.en.as_str()), ("CISO office", "The fair in June."));
    assert_eq!(note.mitigations.iter().map(|(_, verdict)| *verdict).collect::<Vec<_>>(), [Verdict::Pass; 2]);
    // The rule fails for the other app, so it counts as failing; TikTok's owner is noted.
    assert_eq!(counts(&audit), (1, 0));
    let both = with("apps     = \"instagram\"\n", "");
    assert_eq!(outcome(&both, "2026-05-01", true).0, [Waived, Waived]);
    let audit = judged(&snapshot, &read_text(&both).unwrap(), "2026-05-01");
    assert_eq!(counts(&audit), (0, 1));
}

/// Failing and waived rules.
fn counts(audit: &Audit<'_>) -> (u64, u64) {
    (audit.summary.fail, audit.summary.waived)
}

#[test]
fn the_first_and_the_last_day_count_and_the_days_around_them_do_not() {
    use Verdict::{Fail, Waived};
    let soon = vec!["waiver-expiring manual info".to_owned()];
    for (today, verdict, says) in [
        ("2026-01-09", Fail, vec!["waiver-not-yet manual info".to_owned()]),
        ("2026-01-10", Waived, vec![]),
        ("2026-05-30", Waived, vec![]),
        ("2026-05-31", Waived, soon.clone()),
        ("2026-06-30", Waived, soon),
        ("2026-07-01", Fail, vec!["waiver-expired fail medium".to_owned()]),
    ] {
        assert_eq!(outcome(GOOD, today, true), (vec![verdict, Fail], says), "{today}");
    }
}

#[test]
fn a_waiver_falls_with_what_it_rests_on() {
    let (verdicts, says) = outcome(GOOD, "2026-05-01", false);
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Fail]);
    assert_eq!(says, ["waiver-unmitigated fail medium"]);
    // A rule that could not be judged is not one that passes.
    let rests = with("\"byod/screen-lock\"", "\"byod/patched\"");
    assert_eq!(outcome(&rests, "2026-05-01", true).1, ["waiver-unmitigated fail medium"]);
}

#[test]
fn a_waiver_of_another_phone_does_nothing_and_one_that_nothing_needs_says_so() {
    let other = with("\"any\"", "\"ffffffffffffffff\"");
    assert_eq!(outcome(&other, "2026-05-01", true), (vec![Verdict::Fail; 2], vec![]));
    for own in [PHONE, PHONE.get(..12).unwrap()] {
        let own = with("\"any\"", &format!("[\"ffffffffffffffff\", \"{own}\"]"));
        assert_eq!(outcome(&own, "2026-05-01", true).0, [Verdict::Waived, Verdict::Fail]);
        let unused = own.replace("byod/contacts", "byod/approximate");
        assert_eq!(
            outcome(&unused, "2026-05-01", true),
            (vec![Verdict::Fail; 2], vec!["waiver-unused manual info".into()])
        );
    }
    // For any phone, only the end of the run can tell.
    let snapshot = phone(true);
    let audit = judged(&snapshot, &read_text(&with("byod/contacts", "byod/approximate")).unwrap(), "2026-05-01");
    assert!(audit.findings.iter().all(|finding| !finding.rule.is_waiver));
    assert_eq!(audit.waivers, [WaiverUse { waiver: 0, state: WaiverState::Unused, matched: 0 }]);
}

#[test]
fn a_renewal_takes_the_place_of_the_one_that_ended() {
    let renewed =
        GOOD.split_once('\n').unwrap().1.replace("2026-01-10", "2026-07-01").replace("2026-06-30", "2026-12-31");
    let (verdicts, says) = outcome(&format!("{GOOD}{renewed}"), "2026-08-01", true);
    assert_eq!(verdicts, [Verdict::Waived, Verdict::Fail]);
    assert_eq!(says, Vec::<String>::new(), "the old one is for any phone: it is told at the end of the run");
}

#[test]
fn one_that_lost_what_it_rests_on_is_silent_where_another_holds() {
    let rest = GOOD.split_once('\n').unwrap().1;
    let without: String =
        rest.lines().filter(|line| !line.starts_with("mitigations")).map(|line| format!("{line}\n")).collect();
    // The phone has no lock, on which the first one rests.
    let (verdicts, says) = outcome(&format!("{GOOD}{without}"), "2026-05-01", false);
    assert_eq!(verdicts, [Verdict::Waived, Verdict::Fail]);
    assert_eq!(says, Vec::<String>::new());
}

#[test]
fn permissions_narrow_a_waiver() {
    let narrowed = with("ticket  ", "permissions = [\"location\"]\nticket  ");
    assert_eq!(outcome(&narrowed, "2026-05-01", true).0, [Verdict::Fail; 2]);
    let narrowed = with("ticket  ", "permissions = [\"contacts\"]\nticket  ");
    assert_eq!(outcome(&narrowed, "2026-05-01", true).0, [Verdict::Waived, Verdict::Fail]);
    assert_eq!(
        mistakes(&with("ticket  ", "permissions = [\"contact\"]\nticket  ")),
        [(Code::UnknownPermission, "\"contact\"".to_owned())]
    );
}

#[test]
fn an_app_that_is_never_named_can_be_waived_and_stays_unnamed() {
    let mut snapshot = phone(true);
    snapshot.apps[0].id = "com.tinder".to_owned();
    let waivers = read_text(&with("\"instagram\"", "\"tinder\"")).unwrap();
    let audit = judged(&snapshot, &waivers, "2026-05-01");
    let waived = audit.findings.iter().find(|finding| finding.verdict == Verdict::Waived).unwrap();
    assert_eq!(waived.app.as_ref().unwrap().id, crate::audit::HIDDEN);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever a file holds, the reader answers.
    #[test]
    fn never_panics(cut in 0_usize..400, noise in "[\\PC\n\"={}\\[\\].]{0,12}") {
        let at = (0..=cut.min(GOOD.len())).rev().find(|at| GOOD.is_char_boundary(*at)).unwrap();
        let (before, after) = GOOD.split_at(at);
        let _ = read_text(&format!("{before}{noise}{after}"));
        let _ = read_text(before);
    }
}
