//! Tests of the whole way from files to rules: mistakes and their messages, inheritance, tailoring, the seal, the shipped profiles.

mod bounds;
mod mistakes;
mod origins;
mod own;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::catalog::Catalog;
use crate::document::diagnostic::{fill, simple_sentences};
use crate::vocabulary::{Check, Level, Permission, Platform, Presence, Severity};

const ENGLISH: &str = include_str!("../text/profile.en.ftl");
const FRENCH: &str = include_str!("../text/profile.fr.ftl");

/// Loads `mine.toml` among files of one folder.
fn load_files(files: &[(&str, &str)]) -> Result<Profile, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    load_from(folder.path())
}

fn load_from(folder: &Path) -> Result<Profile, ProfileErrors> {
    load(folder.join("mine.toml").to_str().unwrap(), Catalog::builtin())
}

/// The report of a failed load, with the folder's own name taken out.
fn report(result: Result<Profile, ProfileErrors>, folder: &str) -> String {
    result.err().map(|errors| errors.to_string()).unwrap_or_default().replace(folder, "").replace(['/', '\\'], "/")
}

/// The head of a profile, then some text.
fn profile(rest: &str) -> String {
    format!("format = 1\nid = \"mine\"\ntitle = {{ en = \"Mine\", fr = \"Le mien\" }}\n{rest}")
}

/// A profile of one rule, written after what every rule has.
fn rule(rest: &str) -> String {
    profile(&format!(
        "[rule.one]\ntitle = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\nseverity = \"low\"\n{rest}"
    ))
}

/// One profile with a mistake for each code; more mistakes may follow from the first.
pub(super) fn cases() -> Vec<(Code, Vec<(&'static str, String)>)> {
    let one = |code, text: String| (code, vec![("mine.toml", text)]);
    let two = |code, text: String, name, other: String| (code, vec![("mine.toml", text), (name, other)]);
    let apps = |selector: &str| rule(&format!("apps = '{selector}'\npresence = \"absent\""));
    let extending = |name: &str| profile(&format!("extends = [\"{name}\"]"));
    vec![
        // `sub.toml` is made a folder by the test.
        one(Code::UnreadableFile, extending("sub")),
        one(Code::UnknownProfile, extending("bas")),
        two(Code::FileTooLarge, extending("big"), "big.toml", "#".repeat(1024 * 1024 + 1)),
        // `binary.toml` is written by the test.
        one(Code::NotText, extending("binary")),
        one(Code::NotToml, profile("severity = \nextends = [\"base\"")),
        one(Code::UnknownFormat, profile("").replace("format = 1", "format = 2")),
        one(Code::MissingKey, "format = 1\n\n[rule.one]\npresence = \"absent\"".to_string()),
        one(Code::UnknownKey, rule("aps = \"any\"\ndevice = \"screen-lock\"\nis = true")),
        one(Code::MisplacedKey, rule("apps = \"any\"\npresence = \"absent\"\nis = true\nignore_master = true")),
        one(Code::WrongType, rule("apps = 3\npresence = \"absent\"\nrefs = \"cisa-mcbp\"\nplatform = [1]")),
        one(Code::BadId, profile("").replace("\"mine\"", "\"My profile\"")),
        one(Code::UnknownWord, rule("apps = \"any\"\npresence = \"abscent\"\nplatform = \"windows\"")),
        one(Code::UnknownPermission, rule("apps = \"any\"\nmax = { camra = \"none\" }")),
        one(Code::UnknownLevel, rule("apps = \"any\"\nmax = { camera = \"while-in-user\" }")),
        one(Code::LevelNotPossible, rule("apps = \"any\"\nmax = { contacts = \"while-in-use\" }")),
        one(Code::UnknownCheck, rule("device = \"screen-locks\"\nis = true")),
        one(Code::CheckNotForDevice, rule("device = \"app-presence\"\nis = true")),
        one(Code::ValueNotPossible, rule("device = \"lock-notifications\"\nis = \"hiden\"")),
        one(Code::NumberOutOfRange, rule("apps = \"any\"\nunused_days = 0")),
        one(Code::MissingLanguage, profile("").replace(", fr = \"Le mien\"", "")),
        one(Code::EmptyText, profile("").replace("\"Le mien\"", "\" \"")),
        one(
            Code::UnknownReference,
            rule("apps = \"any\"\npresence = \"absent\"\nrefs = [\"cisa-mcpb\", \"iso:27001\"]"),
        ),
        one(Code::AssertionCount, rule("apps = \"any\"\npresence = \"absent\"\nmax = { camera = \"none\" }")),
        one(Code::ComparisonCount, rule("device = \"os-updates\"\nat_most = 90\nat_least = 1")),
        one(Code::SelectorCharacter, apps("tiktok, instagram")),
        one(Code::SelectorQuote, apps("owner:\"BIGO (JOYY)")),
        one(Code::SelectorParenthesis, apps("(tiktok or instagram")),
        one(Code::SelectorOperatorExpected, apps("tiktok instagram")),
        one(Code::SelectorTermExpected, apps("tiktok or")),
        one(Code::SelectorTooDeep, apps(&format!("{}any", "not ".repeat(70)))),
        one(
            Code::SelectorTooLong,
            profile(&format!(
                "[groups]\nten = \"{}\"\nmany = \"{}\"",
                ["any"; 10].join(" or "),
                ["@ten"; 101].join(" or ")
            )),
        ),
        one(Code::SelectorUnknownKind, apps("publisher:ByteDance or catgory:dating")),
        one(
            Code::SelectorMatchesNothing,
            apps("tictok or owner:Bytedanse or country:XX or android:com.zhiliaoapp.musicaly"),
        ),
        one(Code::EmptySelection, apps("tiktok and category:dating")),
        one(Code::UnknownGroup, rule("apps = \"@stay\"\npresence = \"absent\"\n[groups]\nstays = \"tiktok\"")),
        one(Code::GroupCycle, profile("[groups]\na = \"tiktok or @b\"\nb = \"@a\"")),
        two(
            Code::Redefinition,
            rule("apps = \"any\"\npresence = \"absent\"\n[groups]\nours = \"tiktok\"")
                .replace("[rule.one]", "extends = [\"other\"]\n[rule.one]"),
            "other.toml",
            rule("apps = \"any\"\npresence = \"absent\"\n[groups]\nours = \"any\""),
        ),
        one(
            Code::UnknownParameter,
            rule("apps = \"{aps} or tiktok\"\npresence = \"absent\"\n[params.apps]\ndefault = \"any\""),
        ),
        one(
            Code::ParameterValue,
            profile(
                "extends = [\"base\", \"location-off\"]\n[params.patch_days]\ndefault = 400\n[params.location_limit]\ndefault = \"ask\"",
            ),
        ),
        one(Code::ParameterRedefined, profile("extends = [\"base\"]\n[params.patch_days]\ndefault = 90\nmax = 900")),
        one(Code::UnknownRule, profile("extends = [\"base\"]\n[override.screenlock]\nseverity = \"low\"")),
        one(Code::OverrideNotPossible, profile("extends = [\"base\"]\n[override.screen-lock]\nlevel = \"none\"")),
        two(
            Code::ExtendsCycle,
            extending("other"),
            "other.toml",
            extending("mine").replace("\"mine\"\n", "\"other\"\n"),
        ),
        // A chain of twenty files is written by the test.
        one(Code::ExtendsTooDeep, extending("deep0")),
        one(Code::ExtendsOutside, extending("../other")),
        one(
            Code::BadReference,
            profile(
                "[references.\"our policy\"]\ntitle = \"Ours\"\npublisher = \"Us\"\n[references.\"cisa-mcbp\"]\ntitle = \"Theirs\"\npublisher = \"Them\"",
            ),
        ),
        // The test gives the setting.
        one(Code::SettingForm, profile("extends = [\"base\"]")),
        // The test asks for `byod` with the folder as the organization's.
        (Code::AmbiguousProfile, vec![("byod.toml", profile(""))]),
        one(Code::VersionIsNumber, profile("version = \"2026.10\"")),
        one(
            Code::UnreasonedChange,
            profile(
                "extends = [\"precautionary\"]\n[params.scope]\ndefault = \"@bytedance\"\n[override.patched]\nseverity = \"low\"",
            ),
        ),
    ]
}

/// Codes of other files than profiles; their tests stand beside the code that reads those.
const OF_OTHER_FILES: &[Code] = &[
    Code::KnownApp,
    Code::UnknownApp,
    Code::IdTaken,
    Code::BadAppId,
    Code::NoAppId,
    Code::BadCountry,
    Code::BadDate,
    Code::TooManyApps,
    Code::UnshowableText,
    Code::PathNotFound,
];

/// Runs a case, and says whether its code came up.
fn run(code: Code, files: &[(&'static str, String)]) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    std::fs::create_dir(folder.path().join("sub.toml")).unwrap();
    std::fs::write(folder.path().join("binary.toml"), [0xff, 0xfe, 0x00]).unwrap();
    for step in 0..20 {
        let text = profile(&format!("extends = [\"deep{}\"]", step + 1));
        std::fs::write(folder.path().join(format!("deep{step}.toml")), text).unwrap();
    }
    let given = folder.path().display().to_string() + std::path::MAIN_SEPARATOR_STR;
    let real = folder.path().canonicalize().unwrap().display().to_string() + std::path::MAIN_SEPARATOR_STR;
    let options = Options {
        set: if code == Code::SettingForm { vec!["patch_days".to_string(), "=3".to_string()] } else { Vec::new() },
        folder: (code == Code::AmbiguousProfile).then(|| folder.path().to_path_buf()),
        ..Options::default()
    };
    let reference = if code == Code::AmbiguousProfile {
        "byod".to_string()
    } else {
        folder.path().join("mine.toml").display().to_string()
    };
    let result = load_with(&reference, Catalog::builtin(), &options);
    // Warnings are shown in the same form, and the profile judges.
    assert_eq!(result.is_ok(), code.is_warning(), "{code}");
    let result = result.and_then(|profile| profile.warnings.clone().map_or(Ok(profile), Err));
    let found = result.as_ref().err().is_some_and(|errors| errors.diagnostics().iter().any(|one| one.code() == code));
    (report(result, &real).replace(&given, ""), found)
}

#[test]
fn shipped_profiles_lint_clean_and_are_whole() {
    let ids: Vec<&str> = shipped().iter().map(|shipped| shipped.id).collect();
    assert_eq!(
        ids,
        [
            "base",
            "byod",
            "cis-android",
            "cis-ios",
            "communications-team",
            "government-of-canada",
            "high-risk",
            "location-off",
            "minors",
            "precautionary"
        ]
    );
    let mut counts = BTreeMap::new();
    for shipped in shipped() {
        let profile = load(shipped.id, Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(
            (profile.id.as_str(), &profile.title, profile.is_abstract),
            (shipped.id, &shipped.title, shipped.is_abstract)
        );
        for rule in &profile.rules {
            assert!(!rule.refs.is_empty(), "{}/{} has no reference", profile.id, rule.id);
            for text in [Some(&rule.title), Some(&rule.why), rule.fix.android.as_ref(), rule.fix.ios.as_ref()]
                .into_iter()
                .flatten()
            {
                assert!(!text.fr.contains('\'') && !text.fr.contains(" :"), "{}/{}: {}", profile.id, rule.id, text.fr);
            }
            // The text of each permission says how to change it; these kinds have no such text.
            let needs_fix = matches!(rule.assertion, Assertion::Device { .. } | Assertion::Source { .. });
            for platform in Platform::ALL.iter().filter(|one| rule.platform.is_none_or(|own| own == **one)) {
                let has_fix =
                    rule.fix_of(*platform, None, None).is_some() && rule.look_of(*platform, None, None).is_some();
                let absent = matches!(rule.assertion, Assertion::Device(kind::Device { check, .. })
                    if *crate::vocabulary::permissions::describe_check(check).readable.of(*platform) == crate::vocabulary::permissions::Readable::Absent);
                assert!(!needs_fix || has_fix || absent, "{}/{} on {platform} has no fix", profile.id, rule.id);
            }
        }
        counts.insert(profile.id.clone(), profile.rules.len());
    }
    let expected = [
        ("base", 8),
        ("byod", 13),
        ("cis-android", 28),
        ("cis-ios", 33),
        ("communications-team", 16),
        ("government-of-canada", 18),
        ("high-risk", 28),
        ("location-off", 14),
        ("minors", 20),
        ("precautionary", 12),
    ];
    assert_eq!(counts, expected.map(|(id, count)| (id.to_string(), count)).into());
}

#[test]
fn the_shipped_profiles_say_what_their_drafts_say() {
    let catalog = Catalog::builtin();
    let byod = load("byod", catalog).unwrap();
    assert_eq!(byod.rule("screen-lock").unwrap().severity, Severity::Critical);
    assert_eq!(byod.rule("no-control").unwrap().severity, Severity::Medium);
    assert!(byod.privacy.consent_required);
    assert_eq!(byod.privacy.collect, Collect::CatalogueOnly);
    assert!(byod.privacy.hides(&AppView::installed(catalog, Platform::Android, "com.tinder")));
    let contacts = byod.rule("contacts").unwrap();
    assert!(!contacts.apps.as_ref().unwrap().matches(&AppView::installed(catalog, Platform::Android, "com.whatsapp")));
    assert_eq!(contacts.assertion.max_level(Permission::Contacts, Platform::Ios), Some(Level::Limited));
    let patched = &byod.rule("patched").unwrap().assertion;
    assert_eq!(*patched, Assertion::Device(kind::Device { check: Check::OsUpdates, expected: Expected::AtMost(90) }));
    let weaker: Vec<&Tailored> = byod.tailored.iter().filter(|change| change.looser).collect();
    assert_eq!(weaker.len(), 1);
    assert_eq!((weaker[0].rule.as_str(), weaker[0].profile.as_str()), ("no-control", "byod"));
    assert!(weaker[0].because.is_some());

    let off = load("location-off", catalog).unwrap();
    let own = off.rule("location-own-switch").unwrap();
    assert!(own.ignore_master);
    assert_eq!(own.assertion.max_level(Permission::Location, Platform::Android), Some(Level::None));
    let texts = off.rule("no-reading-texts").unwrap().apps.as_ref().unwrap();
    assert!(!texts.matches(&AppView::installed(catalog, Platform::Android, "com.google.android.apps.messaging")));

    let none = load("precautionary", catalog).unwrap();
    let absent = none.rule("absent").unwrap().apps.as_ref().unwrap();
    assert!(absent.catalogue_slugs().contains("tiktok") && !absent.catalogue_slugs().contains("slack"));
    assert_eq!(none.rule("enforced").unwrap().applies_for.as_deref(), Some("ownership:institution"));
    assert_eq!(
        none.rule("no-residue").unwrap().assertion,
        Assertion::Presence(kind::Presence { at_most: Presence::Absent, residue: true })
    );
}

#[test]
fn rules_on_social_apps_leave_assistants_alone_and_a_profile_may_take_them_in() {
    let catalog = Catalog::builtin();
    let assistant = AppView::installed(catalog, Platform::Android, "com.openai.chatgpt");
    for id in shipped().iter().map(|shipped| shipped.id) {
        let profile = load(id, catalog).unwrap();
        let covers = |rule: &&Rule| rule.apps.as_ref().is_some_and(|apps| apps.matches(&assistant));
        for rule in profile.rules.iter().filter(covers) {
            // Of the rules that ship, only those on every listed app.
            let any = ["store-only", "no-location", "nothing-private", "photo-places", "personal-vpn", "no-vpn"];
            assert!(any.contains(&rule.id.as_str()), "{id}: {}", rule.id);
            assert!(!rule.title.of(crate::text::Language::En).contains("social"), "{id}: {}", rule.id);
            assert!(!rule.title.of(crate::text::Language::Fr).contains("social"), "{id}: {}", rule.id);
        }
    }
    let canada = load("government-of-canada", catalog).unwrap();
    let named = canada.rule("deepseek").unwrap().apps.as_ref().unwrap();
    for platform in Platform::ALL {
        assert!(named.matches(&AppView::installed(catalog, *platform, "com.deepseek.chat")), "{platform}");
    }
    let wide = rule("apps = \"@social or @assistants\"\nmax = { contacts = \"none\" }");
    let wide = wide.replace("[rule.one]", "extends = [\"base\"]\n[rule.one]");
    let wide = load_files(&[("mine.toml", &wide)]).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(wide.rule("one").unwrap().apps.as_ref().unwrap().matches(&assistant));
}

#[test]
fn parents_come_left_to_right_and_a_diamond_once() {
    let severity = |parents: &str| {
        let files = [
            ("left.toml", profile("extends = [\"base\"]\n[override.patched]\nseverity = \"low\"")),
            ("right.toml", profile("extends = [\"base\"]\n[override.patched]\nseverity = \"medium\"")),
            ("mine.toml", profile(&format!("extends = [{parents}]"))),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        load_files(&files).unwrap_or_else(|errors| panic!("{errors}")).rule("patched").unwrap().severity
    };
    assert_eq!(severity("\"left\", \"right\""), Severity::Medium);
    assert_eq!(severity("\"right\", \"left\""), Severity::Low);
    // `base` is met first through `left`, so its override stands although `base` is named again.
    assert_eq!(severity("\"left\", \"base\""), Severity::Low);
}

#[test]
fn overrides_parameters_and_off() {
    let text = profile(
        "extends = [\"location-off\"]\n\
         [params.location_limit]\ndefault = \"denied\"\n\
         [override.indirect-location]\nseverity = \"high\"\nmax = { nearby-devices = \"always\" }\n\
         [override.patched]\nparams = { patch_days = 30 }\n\
         [override.scanning-off]\noff = true\nbecause = { en = \"Needed for maps\", fr = \"Nécessaire aux cartes\" }",
    );
    let mine = load_files(&[("mine.toml", &text)]).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(
        mine.rule("location").unwrap().assertion.max_level(Permission::Location, Platform::Android),
        Some(Level::Denied)
    );
    let indirect = mine.rule("indirect-location").unwrap();
    assert_eq!(indirect.severity, Severity::High);
    assert_eq!(indirect.assertion.max_level(Permission::NearbyDevices, Platform::Android), Some(Level::Always));
    assert_eq!(indirect.assertion.max_level(Permission::LocalNetwork, Platform::Android), Some(Level::None));
    let Assertion::Device(kind::Device { expected, .. }) = &mine.rule("patched").unwrap().assertion else { panic!() };
    assert_eq!(*expected, Expected::AtMost(30));
    assert!(mine.rule("scanning-off").is_none());
    let looser: Vec<(&str, &Change)> = mine
        .tailored
        .iter()
        .filter(|change| change.looser)
        .map(|change| (change.rule.as_str(), &change.change))
        .collect();
    assert_eq!(looser.len(), 2, "{looser:?}");
    assert!(matches!(looser[0], ("indirect-location", Change::Level { permission: Permission::NearbyDevices, .. })));
    assert!(matches!(looser[1], ("scanning-off", Change::Off)));
    assert!(mine.tailored.iter().any(|change| change.rule == "location" && !change.looser));
}

#[test]
fn a_narrowed_scope_is_listed_as_weaker() {
    let text = profile("extends = [\"precautionary\"]\n[params.scope]\ndefault = \"@bytedance\"");
    let mine = load_files(&[("mine.toml", &text)]).unwrap_or_else(|errors| panic!("{errors}"));
    let change = mine.tailored.iter().find(|change| change.rule == "absent").unwrap();
    let Change::Apps { removed, .. } = &change.change else { panic!("{change:?}") };
    assert!(change.looser && removed.contains("facebook") && !removed.contains("tiktok"));
    assert_eq!(mine.rule("absent").unwrap().apps.as_ref().unwrap().to_string(), "owner:ByteDance");
}

#[test]
fn the_seal_follows_the_content_and_nothing_else() {
    let text = rule("apps = \"tiktok or instagram\"\npresence = \"absent\"");
    let seal = |text: &str| load_files(&[("mine.toml", text)]).unwrap_or_else(|errors| panic!("{errors}")).sha256;
    let sealed = seal(&text);
    assert_eq!(sealed, "0f64debaf270da6ca140c30636a3dfa0f8107044db3012cc6ab07a5e20b1bec2");
    assert_eq!(seal(&text.replace("format = 1", "# a remark\nformat   =   1")), sealed);
    assert_eq!(seal(&text.replace("tiktok or instagram", "(tiktok) or ((instagram))")), sealed);
    assert_ne!(seal(&text.replace("instagram", "facebook")), sealed);
    assert_ne!(seal(&text.replace("severity = \"low\"", "severity = \"high\"")), sealed);
    assert_ne!(seal(&text.replace("\"Donc\"", "\"Alors\"")), sealed);
    // What is inherited counts: the same child of another parent is another profile.
    let child = profile("extends = [\"parent\"]");
    let parent = |severity: &str| text.replace("\"low\"", &format!("\"{severity}\""));
    let of = |severity: &str| load_files(&[("mine.toml", &child), ("parent.toml", &parent(severity))]).unwrap().sha256;
    assert_ne!(of("low"), of("high"));
}

#[test]
fn on_ios_unused_days_manual_and_sources() {
    let text = profile(
        "[rule.camera]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\napps = \"any\"\n\
         max = { camera = \"ask\", sms = \"allowed\" }\non_ios = { camera = \"while-in-use\" }\n\
         [rule.unused]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\napps = \"category:{kind}\"\n\
         unused_days = 90\n\
         [rule.look]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"info\"\n\
         manual = { en = \"Look\", fr = \"Regarder\" }\nfootprint = true\n\
         [rule.age]\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"B\", fr = \"B\" }\nseverity = \"low\"\ndevice = \"lock-delay\"\none_of = [30, 60]\n\
         [params.kind]\ndefault = \"dating\"",
    );
    let mine = load_files(&[("mine.toml", &text)]).unwrap_or_else(|errors| panic!("{errors}"));
    let camera = &mine.rule("camera").unwrap().assertion;
    assert_eq!(camera.max_level(Permission::Camera, Platform::Android), Some(Level::Ask));
    assert_eq!(camera.max_level(Permission::Camera, Platform::Ios), Some(Level::WhileInUse));
    assert_eq!(camera.max_level(Permission::Sms, Platform::Ios), Some(Level::Always));
    assert_eq!(camera.max_level(Permission::Contacts, Platform::Ios), None);
    let unused = mine.rule("unused").unwrap();
    assert_eq!(unused.assertion, Assertion::UnusedDays(kind::UnusedDays { at_most: 90 }));
    assert!(unused.apps.as_ref().unwrap().catalogue_slugs().contains("tinder"));
    assert!(mine.rule("look").unwrap().footprint);
    let ids: Vec<&str> = mine.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["age", "camera", "look", "unused"]);
}

#[test]
fn the_platform_of_a_profile_holds_for_its_own_rules_only() {
    let text = rule("device = \"screen-lock\"\nis = true")
        .replace("[rule.one]", "platform = \"ios\"\nextends = [\"base\"]\n[rule.one]");
    let mine = load_files(&[("mine.toml", &text)]).unwrap();
    assert_eq!(mine.rule("one").unwrap().platform, Some(Platform::Ios));
    assert_eq!(mine.rule("patched").unwrap().platform, None);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let (outside, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("secret.toml"), profile("")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.toml"), folder.path().join("ours.toml")).unwrap();
    std::fs::write(folder.path().join("mine.toml"), profile("extends = [\"ours\"]")).unwrap();
    let errors = load_from(folder.path()).unwrap_err();
    assert_eq!(errors.diagnostics()[0].code(), Code::ExtendsOutside);
}

#[test]
fn an_unknown_name_is_told_without_a_file() {
    let told = load("bydo", Catalog::builtin()).unwrap_err().to_string();
    assert_eq!(told, "error[unknown-profile]: no profile is called `bydo`\n |\n = hint: did you mean `byod`?\n");
}

#[test]
fn the_examples_of_the_documentation_load() {
    let text = include_str!("../../docs/profiles.md");
    let examples: Vec<&str> =
        text.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(example, _)| example).collect();
    let whole: Vec<&str> = examples.iter().filter(|example| example.contains("format")).copied().collect();
    assert!(!whole.is_empty());
    for example in whole {
        if let Err(errors) = load_files(&[("mine.toml", example)]) {
            panic!("{errors}");
        }
    }
    for code in Code::ALL.iter().filter(|code| !OF_OTHER_FILES.contains(code)) {
        assert!(text.contains(&format!("`{code}`")), "docs/profiles.md does not name {code}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever a file holds, the reader answers, and every place it names lies in the file.
    #[test]
    fn never_panics(cut in 0_usize..6000, noise in "[\\PC\n\"={}\\[\\].]{0,12}") {
        let base = include_str!("../../profiles/location-off.toml");
        let at = (0..=cut.min(base.len())).rev().find(|at| base.is_char_boundary(*at)).unwrap();
        let (before, after) = base.split_at(at);
        let text = format!("{before}{noise}{after}");
        if let Err(errors) = load_files(&[("mine.toml", &text)]) {
            assert!(!errors.to_string().is_empty());
        }
    }
}
