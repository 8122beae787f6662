//! Tests of an organization's catalogue: what it adds, what it corrects, and every mistake in it.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::*;
use crate::profile::AppView;
use crate::profile::extend_catalog;

const HEAD: &str = "format = 1\nas_of = \"2026-05-01\"\n";

const DESK_CHAT: &str = r#"
[[app]]
slug = "desk-chat"
name = "Desk Chat"
publisher = "City of Example"
country_of_control = "CA"
category = "messenger"
android = ["ca.example.desk.chat"]
ios = [{ id = "ca.example.Desk-Chat", status = "unverified" }]
"#;

fn write(folder: &Path, files: &[&str]) -> Vec<PathBuf> {
    let write = |(number, text): (usize, &&str)| {
        let path = folder.join(format!("own{number}.toml"));
        std::fs::write(&path, text).unwrap();
        path
    };
    files.iter().enumerate().map(write).collect()
}

fn extended(files: &[&str]) -> Result<Catalog, ProfileErrors> {
    let folder = tempfile::tempdir().unwrap();
    extend_catalog(Catalog::builtin(), &write(folder.path(), files))
}

/// A file with this after its head.
fn own(rest: &str) -> Result<Catalog, ProfileErrors> {
    extended(&[&format!("{HEAD}{rest}")])
}

/// The codes of the mistakes, and all of it as a person reads it.
fn told(result: Result<Catalog, ProfileErrors>) -> (Vec<Code>, String) {
    let Err(errors) = result else { panic!("no mistake was seen") };
    (errors.diagnostics().iter().map(crate::document::Diagnostic::code).collect(), errors.to_string())
}

#[test]
fn an_own_app_is_known_by_its_ids_and_words() {
    let catalog = own(DESK_CHAT).unwrap();
    assert_eq!(catalog.apps().len(), Catalog::builtin().apps().len() + 1);
    let app = catalog.by_slug("desk-chat").unwrap();
    assert_eq!((app.own, app.as_of.as_deref()), (true, Some("2026-05-01")));
    assert_eq!(catalog.by_android_id("ca.example.desk.chat").map(|app| app.slug.as_str()), Some("desk-chat"));
    assert_eq!(catalog.status_of(Platform::Android, "ca.example.desk.chat"), Some(IdStatus::Verified));
    assert_eq!(catalog.status_of(Platform::Ios, "ca.example.Desk-Chat"), Some(IdStatus::Unverified));
    assert_eq!(app.android.first().map(|id| id.sources.as_str()), Some(LETTER));
    assert!(catalog.sources().any(|(letter, _)| letter == LETTER));
    assert!(Catalog::builtin().sources().all(|(letter, _)| letter != LETTER), "the letter is free");
    assert_eq!((catalog.as_of_of("desk-chat"), catalog.as_of_of("tiktok")), ("2026-05-01", catalog.as_of()));
    let view = AppView::installed(&catalog, Platform::Android, "ca.example.desk.chat");
    assert_eq!((view.slug, view.owner, view.country), (Some("desk-chat"), Some("City of Example"), Some("CA")));
    // Every app stays in its order, and every id still leads to its own.
    assert!(catalog.apps().windows(2).all(|pair| pair[0].slug < pair[1].slug));
    for app in Catalog::builtin().apps() {
        assert_eq!(catalog.by_slug(&app.slug), Some(app));
    }
    assert_eq!(catalog.by_android_id("com.zhiliaoapp.musically").map(|app| app.slug.as_str()), Some("tiktok"));
}

#[test]
fn a_correction_changes_what_it_names_and_nothing_else() {
    let before = Catalog::builtin().by_slug("telegram").unwrap();
    let catalog = own(
        "[countries]\nBQ = { en = \"Bonaire\", fr = \"Bonaire\" }\n[categories]\nforbidden = { en = \"Forbidden\", fr = \"Interdites\" }\n\
         [correct.telegram]\npublisher = \"New Owner\"\ncountry_of_control = \"BQ\"\ncategory = \"forbidden\"\nas_of = \"2026-07-09\"\n\
         note = { en = \"Sold.\", fr = \"Vendue.\" }\nandroid = [\"org.example.telegram\"]\n\
         [correct.signal]\nandroid = [\"org.example.signal\"]\n[correct.discord]\nas_of = \"2026-12-24\"\n",
    )
    .unwrap();
    let app = catalog.by_slug("telegram").unwrap();
    assert_eq!((app.publisher.as_str(), app.country_of_control.as_str()), ("New Owner", "BQ"));
    assert_eq!((app.category.as_str(), app.name.as_str()), ("forbidden", before.name.as_str()));
    assert_eq!((app.own, app.as_of.as_deref()), (false, Some("2026-07-09")));
    assert_eq!(app.ios, before.ios);
    assert_eq!(app.android.len(), before.android.len() + 1);
    assert_eq!(catalog.by_android_id("org.example.telegram").map(|app| app.slug.as_str()), Some("telegram"));
    assert_eq!(catalog.country("BQ").map(|names| names.en.as_str()), Some("Bonaire"));
    assert_eq!(catalog.as_of_of("telegram"), "2026-07-09");
    // A further id says nothing of who owns the app; a day alone says that it was looked at again.
    assert_eq!(catalog.by_slug("signal").and_then(|app| app.as_of.as_deref()), Some("2026-05-01"));
    assert_eq!(catalog.as_of_of("signal"), catalog.as_of());
    assert_eq!(catalog.as_of_of("discord"), "2026-12-24");
}

#[test]
fn an_organization_may_sign_for_an_id_that_nobody_verified() {
    let unverified = Catalog::builtin().status_of(Platform::Ios, "com.kwai.video");
    assert_eq!(unverified, Some(IdStatus::Unverified));
    let slug = &Catalog::builtin().by_ios_id("com.kwai.video").unwrap().slug;
    let catalog = own(&format!("[correct.{slug}]\nios = [\"com.kwai.video\"]\n")).unwrap();
    assert_eq!(catalog.status_of(Platform::Ios, "com.kwai.video"), Some(IdStatus::Verified));
    let ids = &catalog.by_slug(slug).unwrap().ios;
    assert_eq!(ids.iter().filter(|id| id.id == "com.kwai.video").count(), 1);
    assert_eq!(ids.iter().find(|id| id.id == "com.kwai.video").map(|id| id.sources.as_str()), Some(LETTER));
    // Or doubt one that others verified.
    let doubted =
        own("[correct.tiktok]\nandroid = [{ id = \"com.zhiliaoapp.musically\", status = \"unverified\" }]\n").unwrap();
    assert_eq!(doubted.status_of(Platform::Android, "com.zhiliaoapp.musically"), Some(IdStatus::Unverified));
}

#[test]
fn files_add_up_and_a_report_can_say_which() {
    let first = format!("{HEAD}{DESK_CHAT}");
    let second = "format = 1\nas_of = \"2026-06-30\"\n[groups]\nwork = \"desk-chat or signal\"\nall-work = '@work or slack'\n\
                  [correct.desk-chat]\npublisher = \"Example Region\"\n";
    let folder = tempfile::tempdir().unwrap();
    let mut files = write(folder.path(), &[&first, second]);
    files.push(files[0].clone());
    let catalog = extend_catalog(Catalog::builtin(), &files).unwrap();
    let provenance: Vec<_> = catalog
        .provenance()
        .iter()
        .map(|file| (file.name.as_str(), file.as_of.as_str(), file.apps, file.corrections))
        .collect();
    assert_eq!(provenance, [("own0.toml", "2026-05-01", 1, 0), ("own1.toml", "2026-06-30", 0, 1)]);
    let digest: String = Sha256::digest(first.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(catalog.provenance()[0].sha256, digest);
    assert_eq!(catalog.group("all-work"), Some("@work or slack"));
    assert_eq!(catalog.groups().count(), 2);
    let app = catalog.by_slug("desk-chat").unwrap();
    assert_eq!((app.publisher.as_str(), app.own, app.as_of.as_deref()), ("Example Region", true, Some("2026-06-30")));
    // Once more on top: what was there stays.
    let more = extend_catalog(
        &catalog,
        &write(folder.path(), &[&format!("{HEAD}[groups]\nmore = \"@mine\"\nmine = \"tiktok\"\n")]),
    );
    let more = more.unwrap();
    assert_eq!((more.provenance().len(), more.groups().count()), (3, 4));
    let same = extend_catalog(Catalog::builtin(), &[]).unwrap();
    assert_eq!((same.apps(), same.provenance().len()), (Catalog::builtin().apps(), 0));
    assert_eq!(same.sources().count(), Catalog::builtin().sources().count());
}

#[test]
fn groups_of_the_catalogue_are_words_of_profiles() {
    let catalog =
        own(&format!("{DESK_CHAT}\n[groups]\nwork = \"desk-chat or signal\"\nlite = \"tiktok-lite\"\n")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ours.toml");
    let profile = |groups: &str, selector: &str| {
        let text = format!(
            "format = 1\nid = \"ours\"\ntitle = {{ en = \"Ours\", fr = \"Le nôtre\" }}\n{groups}\n[rule.one]\n\
             title = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\nseverity = \"low\"\n\
             apps = \"{selector}\"\npresence = \"absent\"\n"
        );
        std::fs::write(&file, text).unwrap();
        crate::profile::load(file.to_str().unwrap(), &catalog)
    };
    let apps = |result: Result<crate::profile::Profile, ProfileErrors>| {
        let profile = result.unwrap_or_else(|errors| panic!("{errors}"));
        let slugs = profile.rules[0].apps.as_ref().unwrap().catalogue_slugs().clone();
        (slugs.into_iter().collect::<Vec<_>>(), profile.rules[0].apps.as_ref().unwrap().to_string())
    };
    let (slugs, written) = apps(profile("", "@work"));
    assert_eq!(slugs, ["desk-chat", "signal"]);
    // The resolved profile holds the apps, not the name of the group: its SHA-256 changes with the group.
    assert_eq!(written, "desk-chat or signal");
    // A profile cannot quietly make another group of it.
    let twice = profile("[groups]\nwork = \"tiktok\"\n", "@work").unwrap_err().to_string();
    assert!(twice.contains("the group `work` exists already"), "{twice}");
    let wrong = profile("", "@wrok").unwrap_err().to_string();
    assert!(wrong.contains("did you mean `@work`?"), "{wrong}");
}

/// One file, or more, for each code that this room has of its own, and for those that it shares.
fn cases() -> Vec<(Code, Vec<String>)> {
    let one = |code, rest: &str| (code, vec![format!("{HEAD}{rest}")]);
    let app = |from: &str, to: &str| format!("{HEAD}{}", DESK_CHAT.replace(from, to));
    vec![
        one(Code::KnownApp, &DESK_CHAT.replace("desk-chat", "tiktok")),
        one(Code::UnknownApp, "[correct.tiktock]\npublisher = \"X\"\n"),
        (Code::IdTaken, vec![app("ca.example.desk.chat", "com.zhiliaoapp.musically")]),
        one(Code::IdTaken, "[correct.signal]\nios = [\"com.burbn.instagram\"]\n"),
        (Code::BadAppId, vec![app("\"ca.example.desk.chat\"", "\"desk-chat\", \"ca.example.*\", \"\", \"ça.va\"")]),
        (Code::NoAppId, vec![app("android =", "# android =").replace("ios =", "# ios =")]),
        one(Code::BadCountry, "[countries]\nQuebec = { en = \"Quebec\", fr = \"Québec\" }\n"),
        (Code::BadDate, vec![HEAD.replace("2026-05-01", "2026-02-30")]),
        one(Code::BadDate, "[correct.tiktok]\nas_of = \"1er mai 2026\"\n"),
        (Code::UnshowableText, vec![app("City of Example", "City\\u001b[31m")]),
        (Code::UnknownWord, vec![app("messenger", "mesenger").replace("\"CA\"", "\"ca\"")]),
        (Code::UnknownWord, vec![app("messenger", "weather").replace("\"CA\"", "\"QC\"")]),
        (Code::UnknownWord, vec![app("unverified", "sure")]),
        one(Code::UnknownKey, "[groupes]\n[correct.tiktok]\nslug = \"tik\"\ncountry = \"CA\"\n"),
        (Code::MissingKey, vec!["format = 1\n[[app]]\nslug = \"x\"\nandroid = [\"a.b\"]\n".to_string()]),
        one(Code::MissingLanguage, "[categories]\nnew = { en = \"New\" }\n"),
        (Code::EmptyText, vec![app("City of Example", " ")]),
        (Code::WrongType, vec![app("[\"ca.example.desk.chat\"]", "[3]").replace("\"Desk Chat\"", "4")]),
        (Code::BadId, vec![app("desk-chat", "any")]),
        (Code::BadId, vec![app("desk-chat", "Desk Chat")]),
        one(Code::Redefinition, "[countries]\nCA = { en = \"Canada\", fr = \"Canada\" }\n"),
        (Code::Redefinition, vec![format!("{HEAD}{DESK_CHAT}"), app("ca.example", "ca.example.two")]),
        (
            Code::Redefinition,
            vec![
                format!("{HEAD}[correct.tiktok]\npublisher = \"A\"\n[groups]\ng = \"tiktok\"\n"),
                format!("{HEAD}[correct.tiktok]\npublisher = \"B\"\n[groups]\ng = \"signal\"\n"),
            ],
        ),
        one(Code::SelectorMatchesNothing, "[groups]\nours = \"tiktock or owner:Nobody\"\n"),
        one(Code::EmptySelection, "[groups]\nours = \"tiktok and signal\"\n"),
        one(Code::UnknownGroup, "[groups]\nours = \"@hers\"\n"),
        one(Code::GroupCycle, "[groups]\nours = \"@yours\"\nyours = \"@ours\"\n"),
        (Code::UnknownFormat, vec![HEAD.replace("format = 1", "format = 9")]),
        one(Code::NotToml, "[groups\n"),
    ]
}

#[test]
fn every_mistake_is_told_with_its_place_and_a_hint() {
    let mut page = String::new();
    for (code, files) in cases() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let (codes, report) = told(extend_catalog(Catalog::builtin(), &write(folder.path(), &files)));
        assert!(codes.contains(&code), "{code} did not come up:\n{report}");
        let report = report.replace(&format!("{}/", folder.path().display()), "");
        page.push_str(&format!("=== {code}\n{report}"));
    }
    insta::assert_snapshot!(page, @r##"
    === known-app
    error[known-app]: the catalogue has an app `tiktok` already
     --> own0.toml:5:8
      |
    5 | slug = "tiktok"
      |        ^^^^^^^^
      |
      = hint: to correct what is known of it, write `[correct.tiktok]`
    === unknown-app
    error[unknown-app]: no app of the catalogue is called `tiktock`
     --> own0.toml:3:10
      |
    3 | [correct.tiktock]
      |          ^^^^^^^
      |
      = hint: did you mean `tiktok`?
    === id-taken
    error[id-taken]: `com.zhiliaoapp.musically` is an id of `tiktok` already
      --> own0.toml:10:12
       |
    10 | android = ["com.zhiliaoapp.musically"]
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = hint: an id belongs to one app; the ids of `tiktok` can be completed under `[correct.tiktok]`
    === id-taken
    error[id-taken]: `com.burbn.instagram` is an id of `instagram` already
     --> own0.toml:4:8
      |
    4 | ios = ["com.burbn.instagram"]
      |        ^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: an id belongs to one app; the ids of `instagram` can be completed under `[correct.instagram]`
    === bad-app-id
    error[bad-app-id]: `desk-chat` cannot be an id on Android
      --> own0.toml:10:12
       |
    10 | android = ["desk-chat", "ca.example.*", "", "ça.va"]
       |            ^^^^^^^^^^^
       |
       = hint: letters, digits, `.`, `-` and `_`; on Android with at least one `.`, and without `-`

    error[bad-app-id]: `ca.example.*` cannot be an id on Android
      --> own0.toml:10:25
       |
    10 | android = ["desk-chat", "ca.example.*", "", "ça.va"]
       |                         ^^^^^^^^^^^^^^
       |
       = hint: letters, digits, `.`, `-` and `_`; on Android with at least one `.`, and without `-`

    error[bad-app-id]: `` cannot be an id on Android
      --> own0.toml:10:41
       |
    10 | android = ["desk-chat", "ca.example.*", "", "ça.va"]
       |                                         ^^
       |
       = hint: letters, digits, `.`, `-` and `_`; on Android with at least one `.`, and without `-`

    error[bad-app-id]: `ça.va` cannot be an id on Android
      --> own0.toml:10:45
       |
    10 | android = ["desk-chat", "ca.example.*", "", "ça.va"]
       |                                             ^^^^^^^
       |
       = hint: letters, digits, `.`, `-` and `_`; on Android with at least one `.`, and without `-`
    === no-app-id
    error[no-app-id]: `desk-chat` has no id: give `android`, `ios` or both
     --> own0.toml:5:8
      |
    5 | slug = "desk-chat"
      |        ^^^^^^^^^^^
    === bad-country
    error[bad-country]: `Quebec` is not a code of a country: two capital letters, as in ISO 3166-1
     --> own0.toml:4:1
      |
    4 | Quebec = { en = "Quebec", fr = "Québec" }
      | ^^^^^^
    === bad-date
    error[bad-date]: `2026-02-30` is not a day of the calendar
     --> own0.toml:2:9
      |
    2 | as_of = "2026-02-30"
      |         ^^^^^^^^^^^^
      |
      = hint: write it as year-month-day, such as "2026-05-01"
    === bad-date
    error[bad-date]: `1er mai 2026` is not a day of the calendar
     --> own0.toml:4:9
      |
    4 | as_of = "1er mai 2026"
      |         ^^^^^^^^^^^^^^
      |
      = hint: write it as year-month-day, such as "2026-05-01"
    === unshowable-text
    error[unshowable-text]: `publisher` holds characters that cannot be shown, or more than 500 characters
     --> own0.toml:7:13
      |
    7 | publisher = "City\u001b[31m"
      |             ^^^^^^^^^^^^^^^^
    === unknown-word
    error[unknown-word]: `ca` is not a word for `country_of_control`
     --> own0.toml:8:22
      |
    8 | country_of_control = "ca"
      |                      ^^^^
      |
      = hint: did you mean `CA`?

    error[unknown-word]: `mesenger` is not a word for `category`
     --> own0.toml:9:12
      |
    9 | category = "mesenger"
      |            ^^^^^^^^^^
      |
      = hint: did you mean `messenger`?
    === unknown-word
    error[unknown-word]: `QC` is not a word for `country_of_control`
     --> own0.toml:8:22
      |
    8 | country_of_control = "QC"
      |                      ^^^^
      |
      = hint: a country that is not there yet stands under `[countries]`, with its name in both languages

    error[unknown-word]: `weather` is not a word for `category`
     --> own0.toml:9:12
      |
    9 | category = "weather"
      |            ^^^^^^^^^
      |
      = hint: a category of one’s own stands under `[categories]`, with its name in both languages
    === unknown-word
    error[unknown-word]: `sure` is not a word for `status`
      --> own0.toml:11:48
       |
    11 | ios = [{ id = "ca.example.Desk-Chat", status = "sure" }]
       |                                                ^^^^^^
       |
       = hint: write one of `verified`, `single-source`, `unverified`
    === unknown-key
    error[unknown-key]: `groupes` means nothing here
     --> own0.toml:3:2
      |
    3 | [groupes]
      |  ^^^^^^^
      |
      = hint: did you mean `groups`?

    error[unknown-key]: `slug` means nothing here
     --> own0.toml:5:1
      |
    5 | slug = "tik"
      | ^^^^
      |
      = hint: write one of `as_of`, `name`, `publisher`, `country_of_control`, `category`, `note`, `android`, `ios`

    error[unknown-key]: `country` means nothing here
     --> own0.toml:6:1
      |
    6 | country = "CA"
      | ^^^^^^^
      |
      = hint: write one of `as_of`, `name`, `publisher`, `country_of_control`, `category`, `note`, `android`, `ios`
    === missing-key
    error[missing-key]: `as_of` is missing
     --> own0.toml:1:1
      |
    1 | format = 1
      | ^

    error[missing-key]: `category` is missing
     --> own0.toml:2:1
      |
    2 | [[app]]
      | ^^^^^^^

    error[missing-key]: `country_of_control` is missing
     --> own0.toml:2:1
      |
    2 | [[app]]
      | ^^^^^^^

    error[missing-key]: `name` is missing
     --> own0.toml:2:1
      |
    2 | [[app]]
      | ^^^^^^^

    error[missing-key]: `publisher` is missing
     --> own0.toml:2:1
      |
    2 | [[app]]
      | ^^^^^^^
    === missing-language
    error[missing-language]: the French text of `new` is missing
     --> own0.toml:4:7
      |
    4 | new = { en = "New" }
      |       ^^^^^^^^^^^^^^
    === empty-text
    error[empty-text]: `publisher` says nothing
     --> own0.toml:7:13
      |
    7 | publisher = " "
      |             ^^^
    === wrong-type
    error[wrong-type]: `name` must be a text in quotation marks
     --> own0.toml:6:8
      |
    6 | name = 4
      |        ^

    error[wrong-type]: `android` must be an id in quotation marks, or id = "…", status = "…" in braces
      --> own0.toml:10:12
       |
    10 | android = [3]
       |            ^
    === bad-id
    error[bad-id]: `any` is not an id: lower-case letters, digits and hyphens, 64 at most
     --> own0.toml:5:8
      |
    5 | slug = "any"
      |        ^^^^^
    === bad-id
    error[bad-id]: `Desk Chat` is not an id: lower-case letters, digits and hyphens, 64 at most
     --> own0.toml:5:8
      |
    5 | slug = "Desk Chat"
      |        ^^^^^^^^^^^
    === redefinition
    error[redefinition]: the country `CA` exists already
     --> own0.toml:4:1
      |
    4 | CA = { en = "Canada", fr = "Canada" }
      | ^^
    === redefinition
    error[redefinition]: the app `desk-chat` exists already
     --> own1.toml:5:8
      |
    5 | slug = "desk-chat"
      |        ^^^^^^^^^^^
      |
     ::: own0.toml:5:8
      |
    5 | slug = "desk-chat"
      |        ----------- first here
      |
      = hint: choose another name for `desk-chat`
    === redefinition
    error[redefinition]: the correction `tiktok` exists already
     --> own1.toml:3:10
      |
    3 | [correct.tiktok]
      |          ^^^^^^
      |
     ::: own0.toml:3:10
      |
    3 | [correct.tiktok]
      |          ------ first here
      |
      = hint: write all that is to be corrected in `tiktok` in one place

    error[redefinition]: the group `g` exists already
     --> own1.toml:6:1
      |
    6 | g = "signal"
      | ^
      |
     ::: own0.toml:6:1
      |
    6 | g = "tiktok"
      | - first here
      |
      = hint: choose another name for `g`
    === selector-matches-nothing
    error[selector-matches-nothing]: `tiktock` matches no app of the catalogue
     --> own0.toml:4:9
      |
    4 | ours = "tiktock or owner:Nobody"
      |         ^^^^^^^
      |
      = hint: did you mean `tiktok`?

    error[selector-matches-nothing]: `owner:Nobody` matches no app of the catalogue
     --> own0.toml:4:20
      |
    4 | ours = "tiktock or owner:Nobody"
      |                    ^^^^^^^^^^^^
      |
      = hint: `poucet apps search` finds the words of the catalogue
    === empty-selection
    error[empty-selection]: these terms together select no app
     --> own0.toml:4:8
      |
    4 | ours = "tiktok and signal"
      |        ^^^^^^^^^^^^^^^^^^^
    === unknown-group
    error[unknown-group]: no group is called `@hers`
     --> own0.toml:4:9
      |
    4 | ours = "@hers"
      |         ^^^^^
      |
      = hint: write one of `@ours`
    === group-cycle
    error[group-cycle]: `@yours` is defined by itself
     --> own0.toml:4:9
      |
    4 | ours = "@yours"
      |         ^^^^^^

    error[group-cycle]: `@ours` is defined by itself
     --> own0.toml:5:10
      |
    5 | yours = "@ours"
      |          ^^^^^
    === unknown-format
    error[unknown-format]: format 9 is not known; this version of poucet reads format 1
     --> own0.toml:1:10
      |
    1 | format = 9
      |          ^
    === not-toml
    error[not-toml]: this is not TOML: unclosed table, expected `]`
     --> own0.toml:3:8
      |
    3 | [groups
      |        ^
    "##);
}

#[test]
fn a_file_that_cannot_be_read_is_told_beside_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = write(folder.path(), &[&format!("{HEAD}[correct.tiktock]\npublisher = \"X\"\n")]);
    files.push(folder.path().join("none.toml"));
    let (codes, _) = told(extend_catalog(Catalog::builtin(), &files));
    assert_eq!(codes, [Code::UnreadableFile, Code::UnknownApp]);
}

#[test]
fn more_apps_than_anybody_has_are_refused_soon() {
    let file = |from: usize| {
        let app = |number: usize| {
            format!(
                "[[app]]\nslug=\"a{number}\"\nname=\"A\"\npublisher=\"P\"\ncountry_of_control=\"CA\"\ncategory=\"forum\"\nios=[\"a{number}\"]\n"
            )
        };
        format!("{HEAD}{}", (from..from + 7000).map(app).collect::<String>())
    };
    let files = [file(0), file(7000), file(14000)];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let started = std::time::Instant::now();
    let (codes, report) = told(extended(&files));
    assert!(codes.contains(&Code::TooManyApps), "{report}");
    assert_eq!(extended(&files[..2]).unwrap().apps().len(), Catalog::builtin().apps().len() + 14_000);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn the_guide_names_every_code_of_its_own() {
    let guide = include_str!("../../../docs/organisation.md");
    for (code, _) in cases() {
        let of_profiles = include_str!("../../../docs/profiles.md").contains(&format!("`{code}`"));
        assert!(of_profiles || guide.contains(&format!("`{code}`")), "docs/organisation.md does not name {code}");
    }
    for code in [Code::TooManyApps, Code::PathNotFound] {
        assert!(guide.contains(&format!("`{code}`")), "docs/organisation.md does not name {code}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever a file holds, the reader answers, and what it accepts keeps every app that was there.
    #[test]
    fn never_panics(cut in 0_usize..400, noise in "(\\[correct\\.[a-z]{0,6}\\]|[=\"\\[\\]{} \n]|\\PC){0,12}") {
        let whole = format!("{HEAD}{DESK_CHAT}\n[groups]\nwork = \"desk-chat or signal\"\n[correct.tiktok]\npublisher = \"X\"\n");
        let at = (0..=cut.min(whole.len())).rev().find(|at| whole.is_char_boundary(*at)).unwrap();
        let (before, after) = whole.split_at(at);
        match extended(&[&format!("{before}{noise}{after}")]) {
            Ok(catalog) => proptest::prop_assert!(catalog.apps().len() >= Catalog::builtin().apps().len()),
            Err(errors) => proptest::prop_assert!(!errors.to_string().is_empty()),
        }
    }
}
