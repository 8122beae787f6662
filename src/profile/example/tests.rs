//! Mistakes in examples, each with its place; what is read of an example without one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::phone::id_of;
use super::read::{MOST, MOST_APPS};
use crate::catalog::Catalog;
use crate::profile::{Code, Options, ProfileErrors, Value, WithExamples, load, load_with_examples};
use crate::vocabulary::{AppSource, Check, Inert, Level, Permission, Platform, Presence, Verdict};

const RULES: &str = r#"format = 1
id = "mine"
title = { en = "Mine", fr = "Le mien" }
extends = ["base"]
[override.patched]
off = true
because = { en = "So", fr = "Donc" }
"#;

fn load_text(text: &str) -> Result<WithExamples, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, text).unwrap();
    load_with_examples(path.to_str().unwrap(), Catalog::builtin(), &Options::default())
}

/// One example, after what every one has.
fn example(platform: &str, rest: &str) -> String {
    format!("{RULES}[[example]]\nname = \"one\"\nplatform = \"{platform}\"\n{rest}\n")
}

fn facts(platform: &str, rest: &str) -> String {
    example(platform, &format!("{rest}\nexpect.pass = [\"screen-lock\"]"))
}

fn cases() -> Vec<(Code, String)> {
    use Code::*;
    vec![
        (ExampleUnknownApp, facts("android", "apps.tictok = {}\napps.wholly-unknown-thing = {}")),
        (ExampleAppElsewhere, facts("ios", "apps.google-messages = {}")),
        (ExampleAppMissing, facts("android", "apps.tiktok = {}\nunread = [\"instagram/contacts\"]")),
        (ExampleNeverSeen, facts("ios", "apps.tiktok = { sms = \"none\", presence = \"disabled\" }")),
        (ExampleNeverSeen, facts("android", "apps.tiktok = { tracking = \"always\" }\nsettings.backup-encrypted = true")),
        (ExampleNeverSeen, facts("android", "unread = [\"backup-encrypted\", \"tracking\"]")),
        (ExampleNoEffect, facts("ios", "live = true")),
        (ExampleNoEffect, facts("android", "apps.tiktok = { presence = \"residual\", camera = \"none\" }")),
        (ExampleNoEffect, facts("android", "apps.tiktok = { inert = \"app-hidden\", last_used_days = 3 }")),
        (
            ExampleNoEffect,
            facts(
                "android",
                "apps.tiktok.camera = \"none\"\nsettings.screen-lock = true\nunread = [\"screen-lock\", \"tiktok/camera\"]",
            ),
        ),
        (
            ExampleValue,
            facts(
                "android",
                "[example.settings]\nscreen-lock = 1\nos-updates = -1\nlock-notifications = \"hiden\"\nlock-delay = true\n[example.expect]",
            )
            .replace("[example.expect]\nexpect.pass", "[example.expect]\npass"),
        ),
        (ExampleUnknownRule, example("android", "expect.pass = [\"screenlock\", \"patched\"]")),
        (ExampleRuleTwice, example("android", "expect = { pass = [\"screen-lock\"], fail = [\"screen-lock\"] }")),
        (ExampleEmpty, example("android", "expect = { pass = [] }")),
        (TooMany, {
            let apps: Vec<String> = (0..=MOST_APPS).map(|count| format!("apps.\"a.b{count}\" = {{}}")).collect();
            facts("android", &apps.join("\n"))
        }),
        (MissingKey, format!("{RULES}[[example]]\n")),
        (WrongType, format!("{RULES}[example]\nname = \"one\"\n")),
        (WrongType, facts("android", "apps = 3\nsettings = 3\nunread = \"apps\"\nlive = 1")),
        (UnknownKey, example("android", "expect = { passes = [\"screen-lock\"] }\nsetting.screen-lock = true")),
        (UnknownWord, facts("andriod", "ownership = \"person\"")),
        (UnknownWord, facts("android", "apps.tiktok = { presence = \"gone\", source = \"store\", inert = \"off\" }")),
        (UnknownWord, facts("android", "unread = [\"screen-locks\", \"app\"]")),
        (UnknownPermission, facts("android", "apps.tiktok = { camra = \"none\", presense = \"absent\" }")),
        (UnknownPermission, facts("android", "apps.tiktok = {}\nunread = [\"tiktok/contact\"]")),
        (UnknownLevel, facts("android", "apps.tiktok.camera = \"while-in-user\"")),
        (LevelNotPossible, facts("android", "apps.tiktok.contacts = \"while-in-use\"")),
        (UnknownCheck, facts("android", "settings.screen-locks = true")),
        (CheckNotForDevice, facts("android", "settings.app-presence = true")),
        (NumberOutOfRange, facts("android", "apps.tiktok = { camera = \"none\", last_used_days = 3651 }")),
        (BadId, facts("android", "").replace("\"one\"", "\"One Phone\"")),
        (Redefinition, facts("android", "") + &facts("ios", "").replace(RULES, "")),
        (Redefinition, facts("android", "apps.tiktok = {}\napps.\"com.zhiliaoapp.musically\" = {}")),
    ]
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let mut told = String::new();
    let mut covered = BTreeSet::new();
    for (code, text) in cases() {
        let errors = load_text(&text).expect_err(code.word());
        assert!(errors.diagnostics().iter().any(|one| one.code() == code), "{code} did not come up:\n{errors}");
        covered.insert(code);
        for block in errors.to_string().split("\n\n") {
            // The place is told without the folder's name.
            let lines = block.lines().map(|line| match line.split_once("--> ") {
                Some((before, path)) => format!("{before}{}", path.rsplit(['/', '\\']).next().unwrap_or("")),
                None => line.chars().take(120).collect(),
            });
            told.push_str(&lines.collect::<Vec<_>>().join("\n"));
            told.push('\n');
        }
    }
    let own = Code::ALL.iter().filter(|code| code.word().starts_with("example-"));
    assert_eq!(own.filter(|code| !covered.contains(code)).collect::<Vec<_>>(), Vec::<&Code>::new());
    insta::assert_snapshot!(told, @r##"
    error[example-unknown-app]: `tictok` is neither an app of the catalogue nor the id of an app
      mine.toml:11:6
       |
    11 | apps.tictok = {}
       |      ^^^^^^
       |
       = hint: did you mean `tiktok`?
    error[example-unknown-app]: `wholly-unknown-thing` is neither an app of the catalogue nor the id of an app
      mine.toml:12:6
       |
    12 | apps.wholly-unknown-thing = {}
       |      ^^^^^^^^^^^^^^^^^^^^
       |
       = hint: `poucet apps search` finds the words of the catalogue
    error[example-app-elsewhere]: the catalogue knows no iOS id of `google-messages`
      mine.toml:11:6
       |
    11 | apps.google-messages = {}
       |      ^^^^^^^^^^^^^^^
    error[example-app-missing]: the example has no app `instagram`
      mine.toml:12:12
       |
    12 | unread = ["instagram/contacts"]
       |            ^^^^^^^^^
       |
       = hint: add `apps.instagram` to the example
    error[example-never-seen]: `sms` is never seen on iOS
      mine.toml:11:17
       |
    11 | apps.tiktok = { sms = "none", presence = "disabled" }
       |                 ^^^
       |
       = hint: no phone ever gives poucet this fact, so the example would prove nothing
    error[example-never-seen]: `disabled` is never seen on iOS
      mine.toml:11:42
       |
    11 | apps.tiktok = { sms = "none", presence = "disabled" }
       |                                          ^^^^^^^^^^
       |
       = hint: no phone ever gives poucet this fact, so the example would prove nothing
    error[example-never-seen]: `tracking` is never seen on Android
      mine.toml:11:17
       |
    11 | apps.tiktok = { tracking = "always" }
       |                 ^^^^^^^^
       |
       = hint: no phone ever gives poucet this fact, so the example would prove nothing
    error[example-never-seen]: `backup-encrypted` is never seen on Android
      mine.toml:12:10
       |
    12 | settings.backup-encrypted = true
       |          ^^^^^^^^^^^^^^^^
       |
       = hint: no phone ever gives poucet this fact, so the example would prove nothing
    error[example-never-seen]: `backup-encrypted` is never seen on Android
      mine.toml:11:11
       |
    11 | unread = ["backup-encrypted", "tracking"]
       |           ^^^^^^^^^^^^^^^^^^
       |
       = hint: no phone ever gives poucet this fact, so the example would prove nothing
    error[example-never-seen]: `tracking` is never seen on Android
      mine.toml:11:31
       |
    11 | unread = ["backup-encrypted", "tracking"]
       |                               ^^^^^^^^^^
       |
       = hint: no phone ever gives poucet this fact, so the example would prove nothing
    error[example-no-effect]: `live` has no effect here
      mine.toml:11:1
       |
    11 | live = true
       | ^^^^
       |
       = hint: an iPhone is read from its backup, never over a cable
    error[example-no-effect]: `camera` has no effect here
      mine.toml:11:40
       |
    11 | apps.tiktok = { presence = "residual", camera = "none" }
       |                                        ^^^^^^
       |
       = hint: of an app that is not installed, no permission is judged
    error[example-no-effect]: `inert` has no effect here
      mine.toml:11:25
       |
    11 | apps.tiktok = { inert = "app-hidden", last_used_days = 3 }
       |                         ^^^^^^^^^^^^
       |
       = hint: name a permission of the app beside it
    error[example-no-effect]: `last_used_days` has no effect here
      mine.toml:11:39
       |
    11 | apps.tiktok = { inert = "app-hidden", last_used_days = 3 }
       |                                       ^^^^^^^^^^^^^^
       |
       = hint: name a permission of the app beside it
    error[example-no-effect]: `screen-lock` has no effect here
      mine.toml:13:11
       |
    13 | unread = ["screen-lock", "tiktok/camera"]
       |           ^^^^^^^^^^^^^
       |
       = hint: the example also gives its value; take one of the two away
    error[example-no-effect]: `tiktok/camera` has no effect here
      mine.toml:13:26
       |
    13 | unread = ["screen-lock", "tiktok/camera"]
       |                          ^^^^^^^^^^^^^^^
       |
       = hint: the example also gives its value; take one of the two away
    error[example-value]: `screen-lock` never has the value `1`
      mine.toml:12:15
       |
    12 | screen-lock = 1
       |               ^
       |
       = hint: write one of `true`, `false`
    error[example-value]: `os-updates` never has the value `-1`
      mine.toml:13:14
       |
    13 | os-updates = -1
       |              ^^
       |
       = hint: write a whole number of days, 0 or more
    error[example-value]: `lock-notifications` never has the value `hiden`
      mine.toml:14:22
       |
    14 | lock-notifications = "hiden"
       |                      ^^^^^^^
       |
       = hint: write one of `hidden`, `shown`
    error[example-value]: `lock-delay` never has the value `true`
      mine.toml:15:14
       |
    15 | lock-delay = true
       |              ^^^^
       |
       = hint: write a whole number of seconds, 0 or more
    error[example-unknown-rule]: the profile judges by no rule `screenlock`
      mine.toml:11:16
       |
    11 | expect.pass = ["screenlock", "patched"]
       |                ^^^^^^^^^^^^
       |
       = hint: did you mean `screen-lock`?
    error[example-unknown-rule]: the profile judges by no rule `patched`
      mine.toml:11:30
       |
    11 | expect.pass = ["screenlock", "patched"]
       |                              ^^^^^^^^^
       |
       = hint: the rule is switched off
    error[example-rule-twice]: the example expects something of the rule `screen-lock` twice
      mine.toml:11:44
       |
    11 | expect = { pass = ["screen-lock"], fail = ["screen-lock"] }
       |                    -------------           ^^^^^^^^^^^^^
       |                    |
       |                    first here
    error[example-empty]: the example expects nothing
      mine.toml:11:10
       |
    11 | expect = { pass = [] }
       |          ^^^^^^^^^^^^^
       |
       = hint: name at least one rule under one of `pass`, `fail`, `noted`, `not-assessed`, `manual`, `not-applicable`
    error[too-many]: the files hold more than 200 of these
      mine.toml:11:1
       |
    11 | apps."a.b0" = {}
       | ^^^^
    error[missing-key]: `expect` is missing
     mine.toml:8:1
      |
    8 | [[example]]
      | ^^^^^^^^^^^
    error[missing-key]: `name` is missing
     mine.toml:8:1
      |
    8 | [[example]]
      | ^^^^^^^^^^^
    error[missing-key]: `platform` is missing
     mine.toml:8:1
      |
    8 | [[example]]
      | ^^^^^^^^^^^
    error[wrong-type]: `example` must be a list of tables, each under `[[example]]`
     mine.toml:8:1
      |
    8 | [example]
      | ^^^^^^^^^
    error[wrong-type]: `apps` must be a table
      mine.toml:11:8
       |
    11 | apps = 3
       |        ^
    error[wrong-type]: `settings` must be a table
      mine.toml:12:12
       |
    12 | settings = 3
       |            ^
    error[wrong-type]: `unread` must be a list
      mine.toml:13:10
       |
    13 | unread = "apps"
       |          ^^^^^^
    error[wrong-type]: `live` must be true or false
      mine.toml:14:8
       |
    14 | live = 1
       |        ^
    error[unknown-key]: `passes` means nothing here
      mine.toml:11:12
       |
    11 | expect = { passes = ["screen-lock"] }
       |            ^^^^^^
       |
       = hint: did you mean `pass`?
    error[unknown-key]: `setting` means nothing here
      mine.toml:12:1
       |
    12 | setting.screen-lock = true
       | ^^^^^^^
       |
       = hint: did you mean `settings`?
    error[unknown-word]: `andriod` is not a word for `platform`
      mine.toml:10:12
       |
    10 | platform = "andriod"
       |            ^^^^^^^^^
       |
       = hint: did you mean `android`?
    error[unknown-word]: `person` is not a word for `ownership`
      mine.toml:11:13
       |
    11 | ownership = "person"
       |             ^^^^^^^^
       |
       = hint: did you mean `personal`?
    error[unknown-word]: `gone` is not a word for `presence`
      mine.toml:11:28
       |
    11 | apps.tiktok = { presence = "gone", source = "store", inert = "off" }
       |                            ^^^^^^
       |
       = hint: write one of `absent`, `residual`, `disabled`, `installed`
    error[unknown-word]: `store` is not a word for `source`
      mine.toml:11:45
       |
    11 | apps.tiktok = { presence = "gone", source = "store", inert = "off" }
       |                                             ^^^^^^^
       |
       = hint: write one of `play-store`, `app-store`, `other-store`, `managed`, `preloaded`, `sideloaded`, `unknown`
    error[unknown-word]: `off` is not a word for `inert`
      mine.toml:11:62
       |
    11 | apps.tiktok = { presence = "gone", source = "store", inert = "off" }
       |                                                              ^^^^^
       |
       = hint: write one of `app-disabled`, `app-hidden`, `app-suspended`, `app-archived`, `user-restriction`, `main-switch-
    error[unknown-word]: `screen-locks` is not a word for `unread`
      mine.toml:11:11
       |
    11 | unread = ["screen-locks", "app"]
       |           ^^^^^^^^^^^^^^
       |
       = hint: did you mean `screen-lock`?
    error[unknown-word]: `app` is not a word for `unread`
      mine.toml:11:27
       |
    11 | unread = ["screen-locks", "app"]
       |                           ^^^^^
       |
       = hint: did you mean `apps`?
    error[unknown-permission]: no permission is called `camra`
      mine.toml:11:17
       |
    11 | apps.tiktok = { camra = "none", presense = "absent" }
       |                 ^^^^^
       |
       = hint: did you mean `camera`?
    error[unknown-permission]: no permission is called `presense`
      mine.toml:11:33
       |
    11 | apps.tiktok = { camra = "none", presense = "absent" }
       |                                 ^^^^^^^^
       |
       = hint: did you mean `presence`?
    error[unknown-permission]: no permission is called `contact`
      mine.toml:12:19
       |
    12 | unread = ["tiktok/contact"]
       |                   ^^^^^^^
       |
       = hint: did you mean `contacts`?
    error[unknown-level]: no access level is called `while-in-user`
      mine.toml:11:22
       |
    11 | apps.tiktok.camera = "while-in-user"
       |                      ^^^^^^^^^^^^^^^
       |
       = hint: did you mean `while-in-use`?
    error[level-not-possible]: `contacts` is never at the level `while-in-use`
      mine.toml:11:24
       |
    11 | apps.tiktok.contacts = "while-in-use"
       |                        ^^^^^^^^^^^^^^
       |
       = hint: write one of `denied`, `none`, `limited`, `always`
    error[unknown-check]: no check is called `screen-locks`
      mine.toml:11:10
       |
    11 | settings.screen-locks = true
       |          ^^^^^^^^^^^^
       |
       = hint: did you mean `screen-lock`?
    error[check-not-for-device]: `app-presence` is not a property of the phone
      mine.toml:11:10
       |
    11 | settings.app-presence = true
       |          ^^^^^^^^^^^^
       |
       = hint: it is about apps: write it under `apps`
    error[number-out-of-range]: `3651` is out of range
      mine.toml:11:51
       |
    11 | apps.tiktok = { camera = "none", last_used_days = 3651 }
       |                                                   ^^^^
       |
       = hint: from 0 to 3650
    error[bad-id]: `One Phone` is not an id: lower-case letters, digits and hyphens, 64 at most
     mine.toml:9:8
      |
    9 | name = "One Phone"
      |        ^^^^^^^^^^^
    error[redefinition]: the example `one` exists already
      mine.toml:14:8
       |
     9 | name = "one"
       |        ----- first here
    ...
    14 | name = "one"
       |        ^^^^^
       |
       = hint: choose another name for `one`
    error[redefinition]: the app `com.zhiliaoapp.musically` exists already
      mine.toml:11:6
       |
    11 | apps.tiktok = {}
       |      ^^^^^^
    12 | apps."com.zhiliaoapp.musically" = {}
       |      -------------------------- first here
    "##);
}

#[test]
fn a_mistake_in_an_example_stops_no_audit_and_no_example_enters_the_hash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let sum = |text: &str| {
        std::fs::write(&path, text).unwrap();
        load(path.to_str().unwrap(), Catalog::builtin()).unwrap().sha256
    };
    let without = sum(RULES);
    assert_eq!(sum(&facts("android", "")), without);
    assert_eq!(sum(&facts("andriod", "apps = 3")), without);
}

#[test]
fn too_many_examples_are_refused_as_one_mistake() {
    let one = |count: usize| {
        format!("[[example]]\nname = \"e{count}\"\nplatform = \"ios\"\nexpect.fail = [\"screen-lock\"]\n")
    };
    let text = |count: usize| RULES.to_owned() + &(0..count).map(one).collect::<String>();
    assert_eq!(load_text(&text(MOST)).unwrap().examples.len(), MOST);
    let errors = load_text(&text(MOST + 1)).unwrap_err();
    assert_eq!(errors.diagnostics().iter().map(|one| one.code()).collect::<Vec<_>>(), [Code::TooMany]);
}

#[test]
fn an_example_is_read_as_it_is_written() {
    let text = example(
        "android",
        r#"ownership = "institution"
live = true
apps.tiktok = { camera = "allowed", contacts = "denied", source = "managed", system = true, inert = "app-suspended", last_used_days = 3 }
apps."org.example.unlisted" = { presence = "residual" }
settings = { screen-lock = true, os-updates = 20, lock-notifications = "hidden" }
unread = ["apps", "auto-time", "location", "tiktok/microphone"]
expect = { pass = ["screen-lock"], not-assessed = ["no-control"] }"#,
    );
    let loaded = load_text(&text).unwrap_or_else(|errors| panic!("{errors}"));
    let [example] = loaded.examples.as_slice() else { panic!("{:?}", loaded.examples) };
    assert_eq!((example.name.as_str(), example.platform), ("one", Platform::Android));
    assert_eq!((example.ownership, example.live), (Some("institution"), true));
    let [tiktok, unlisted] = example.apps.as_slice() else { panic!("{:?}", example.apps) };
    assert_eq!(tiktok.id, "com.zhiliaoapp.musically");
    assert_eq!((tiktok.presence, tiktok.source, tiktok.system), (Presence::Installed, AppSource::Managed, true));
    assert_eq!((tiktok.inert, tiktok.last_used_days), (Some(Inert::AppSuspended), Some(3)));
    let grants: Vec<_> = tiktok.grants.iter().map(|(permission, level)| (*permission, *level)).collect();
    assert_eq!(grants, [(Permission::Camera, Level::Always), (Permission::Contacts, Level::Denied)]);
    assert_eq!((unlisted.id.as_str(), unlisted.presence), ("org.example.unlisted", Presence::Residual));
    assert_eq!(unlisted.source, AppSource::PlayStore);
    assert_eq!(example.settings[&Check::LockNotifications], Value::Text("hidden".to_owned()));
    let unread: Vec<_> = example.unread.iter().map(|one| (one.area.as_str(), one.app.as_deref())).collect();
    let tiktok = Some("com.zhiliaoapp.musically");
    assert_eq!(unread, [("apps", None), ("auto-time", None), ("location", None), ("microphone", tiktok)]);
    assert_eq!(example.expect["no-control"], Verdict::NotAssessed);
    assert_eq!(loaded.own_rules, Vec::<String>::new());
}

#[test]
fn every_app_of_the_catalogue_can_stand_in_an_example() {
    let catalog = Catalog::builtin();
    for app in catalog.apps() {
        for platform in Platform::ALL {
            assert_eq!(id_of(app, *platform).is_some(), !app.ids(*platform).is_empty(), "{}", app.slug);
            if let Some(id) = id_of(app, *platform) {
                assert_eq!(catalog.by_id(*platform, &id).map(|found| found.slug.as_str()), Some(app.slug.as_str()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands under `example`, it is read or refused, never more.
    #[test]
    fn whatever_is_written_is_read_or_refused(
        lines in proptest::collection::vec(
            ("(name|platform|live|ownership|apps|apps\\.[a-z-]{0,8}|settings|settings\\.[a-z-]{0,12}|unread|expect|expect\\.pass)",
             "(1|-3|true|\"[ -~&&[^\"\\\\]]{0,12}\"|\\[\"[a-z/é-]{0,9}\"\\]|\\{\\}|\\{ [a-z-]{1,9} = \"none\" \\}|\\[\\{\\}\\])"),
            0..8,
        ),
    ) {
        let body: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        let _ = load_text(&format!("{RULES}[[example]]\n{body}"));
    }
}
