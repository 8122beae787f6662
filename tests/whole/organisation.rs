//! Whole commands of a desk with a catalogue, groups, profiles and settings of its own.
#![cfg(unix)]

use std::path::{Path, PathBuf};

use crate::common::desk::{Answer, Desk};
use crate::common::server::free_port;

const APPS: &str = r#"
format = 1
as_of = "2026-05-01"
[[app]]
slug = "corner-groceries"
name = "Corner Groceries"
publisher = "Corner Stores Ltd."
country_of_control = "CA"
category = "commerce"
android = ["ca.example.groceries"]
[groups]
not-at-work = "corner-groceries or snapchat"
"#;

const SOLD: &str = r#"
format = 1
as_of = "2026-06-30"
[correct.pinterest]
publisher = "Example Holding"
country_of_control = "ZZ"
as_of = "2026-06-15"
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The invented phone, which has the groceries, Pinterest and Snapchat.
fn phone() -> String {
    root().join("docs/examples/staff-phone").display().to_string()
}

fn desk() -> Desk {
    Desk::new(free_port())
}

fn write(desk: &Desk, name: &str, text: &str) -> PathBuf {
    let path = desk.here().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// A profile of one rule on apps.
fn profile(id: &str, selector: &str) -> String {
    format!(
        "format = 1\nid = \"{id}\"\ntitle = {{ en = \"Ours\", fr = \"Le nôtre\" }}\n[rule.{id}-rule]\n\
         title = {{ en = \"None of these\", fr = \"Aucune de celles-ci\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\n\
         severity = \"high\"\napps = '{selector}'\npresence = \"absent\"\n"
    )
}

/// Runs a command with this configuration file.
fn with_config(desk: &Desk, config: &Path, arguments: &[&str]) -> Answer {
    Answer::from(desk.command(arguments).env("POUCET_CONFIG", config).output().unwrap())
}

/// Names of the apps in failing findings.
fn failing(answer: &Answer) -> Vec<String> {
    let report = answer.json();
    let findings = report["findings"].as_array().unwrap();
    let failing = findings.iter().filter(|finding| finding["verdict"] == "fail");
    failing.map(|finding| finding["app"]["name"].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn an_own_app_is_named_and_banned_by_an_own_group() {
    let desk = desk();
    write(&desk, "apps.toml", APPS);
    write(&desk, "ours.toml", &profile("ours", "@not-at-work"));
    let words = ["audit", &phone(), "-p", "ours.toml", "--catalog", "apps.toml", "-f", "json"];
    let answer = desk.run(&words);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert_eq!(failing(&answer), ["Corner Groceries", "Snapchat"]);
    let report = answer.json();
    let used = &report["catalog"];
    assert_eq!(used["as_of"], "2026-11-01");
    assert_eq!((&used["own"][0]["file"], &used["own"][0]["as_of"]), (&"apps.toml".into(), &"2026-05-01".into()));
    assert_eq!(used["own"][0]["sha256"].as_str().map(str::len), Some(64));
    let table = desk.run(&words[..6]);
    assert!(table.stdout.contains("Catalogue of 2026-11-01, with apps.toml (2026-05-01)\n"), "{}", table.stdout);

    // Without the file the group is a mistake, and nothing is judged.
    let answer = desk.run(&["audit", &phone(), "-p", "ours.toml"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""));
    assert!(answer.stderr.contains("no group is called `@not-at-work`"), "{}", answer.stderr);
    // And the table says nothing of a catalogue.
    let shipped = desk.run(&["audit", &phone()]);
    assert!(!shipped.stdout.contains("Catalogue of"), "{}", shipped.stdout);
}

#[test]
fn a_snapshot_names_the_apps_of_the_extended_catalogue() {
    let desk = desk();
    write(&desk, "apps.toml", APPS);
    let groceries = |answer: &Answer| {
        let snapshot = answer.json();
        let apps = snapshot["apps"].as_array().unwrap().clone();
        let app = apps.into_iter().find(|app| app["id"] == "ca.example.groceries");
        app.map(|app| (app["slug"].clone(), app["name"].clone()))
    };
    let before = desk.run(&["snapshot", &phone(), "-o", "before.json"]);
    assert_eq!(before.code, Some(0), "{before:?}");
    assert_eq!(groceries(&desk.run(&["snapshot", &phone()])), None);
    let named = desk.run(&["snapshot", &phone(), "--catalog", "apps.toml"]);
    assert_eq!(groceries(&named), Some(("corner-groceries".into(), "Corner Groceries".into())));
    // The other one cannot tell, and that is said.
    write(&desk, "ours.toml", &profile("ours", "corner-groceries"));
    let late = desk.run(&["audit", "before.json", "-p", "ours.toml", "--catalog", "apps.toml"]);
    assert!(late.stderr.contains("apps that this one adds may be among the 20 apps"), "{}", late.stderr);
    assert!(late.stderr.contains("hint: read the phone"), "{}", late.stderr);
    let judged = |snapshot: &str| {
        let answer = desk.run(&["audit", snapshot, "-p", "ours.toml", "--catalog", "apps.toml", "-f", "json"]);
        let verdicts = answer.json()["findings"].as_array().unwrap().clone();
        let verdicts: Vec<String> =
            verdicts.iter().map(|finding| finding["verdict"].as_str().unwrap().to_owned()).collect();
        (answer.code, verdicts, answer.stderr)
    };
    let (code, verdicts, _) = judged("before.json");
    assert_eq!((code, verdicts), (Some(3), vec!["not-assessed".to_owned()]), "what is only counted is not absent");
    std::fs::write(desk.here().join("named.json"), &named.stdout).unwrap();
    assert_eq!(judged("named.json"), (Some(1), vec!["fail".to_owned()], String::new()));
    let all = desk.run(&["snapshot", &phone(), "--all-apps", "-o", "all.json"]);
    assert_eq!(all.code, Some(0), "{all:?}");
    assert_eq!(judged("all.json"), (Some(1), vec!["fail".to_owned()], String::new()));
    let usual = desk.run(&["audit", "before.json"]);
    assert_eq!(usual.stderr, "");
    let kept = desk.run(&["collect", &phone(), "-o", "kept", "--catalog", "apps.toml"]);
    assert!(matches!(kept.code, Some(0 | 3)), "{kept:?}");
}

#[test]
fn a_corrected_owner_changes_a_verdict() {
    let desk = desk();
    write(&desk, "sold.toml", SOLD);
    write(&desk, "ours.toml", &profile("ours", "country:ZZ"));
    write(&desk, "owner.toml", &profile("owner", "owner:\"Example Holding\""));
    let words = ["audit", &phone(), "-p", "ours.toml", "-f", "json"];
    let before = desk.run(&words);
    assert_eq!((before.code, failing(&before)), (Some(0), vec![]));
    let after = desk.run(&[&words[..], &["--catalog", "sold.toml"]].concat());
    assert_eq!((after.code, failing(&after)), (Some(1), vec!["Pinterest".to_owned()]));
    assert_eq!(after.json()["profile"]["sha256"], before.json()["profile"]["sha256"], "the profile is the same");
    let owner = desk.run(&["audit", &phone(), "-p", "owner.toml", "-f", "json", "--catalog", "sold.toml"]);
    assert_eq!(failing(&owner), ["Pinterest"]);
}

#[test]
fn the_catalogue_shows_what_is_own_and_what_is_corrected() {
    let desk = desk();
    write(&desk, "apps.toml", APPS);
    write(&desk, "sold.toml", SOLD);
    let files = ["--catalog", "apps.toml", "--catalog", "sold.toml"];
    let run = |words: &[&str]| desk.run(&[words, &files[..]].concat());
    let list = run(&["apps", "list"]).stdout;
    let marked: Vec<&str> = list.lines().filter(|line| line.ends_with(']')).collect();
    assert_eq!(marked.len(), 2, "{marked:?}");
    assert!(
        marked[0].starts_with("corner-groceries ")
            && marked[0].ends_with("[added by the organization, as of 2026-05-01]")
    );
    assert!(
        marked[1].starts_with("pinterest ") && marked[1].ends_with("[corrected by the organization, as of 2026-06-15]")
    );
    let shown = run(&["apps", "show", "ca.example.groceries"]).stdout;
    assert!(shown.contains("under the laws of Canada (as of 2026-05-01)\n"), "{shown}");
    assert!(shown.contains("  android: ca.example.groceries (verified)\n"), "{shown}");
    let french = run(&["apps", "search", "holding", "--lang", "fr"]).stdout;
    assert!(french.contains("[corrigée par l’organisation, en date du 2026-06-15]"), "{french}");
    let json = run(&["apps", "list", "-f", "json"]).json();
    let flags = |slug: &str| {
        let app = json.as_array().unwrap().iter().find(|app| app["slug"] == slug).unwrap();
        (app["own"].as_bool().unwrap(), app["corrected"].as_bool().unwrap(), app["as_of"].as_str().unwrap().to_owned())
    };
    assert_eq!(flags("corner-groceries"), (true, false, "2026-05-01".to_owned()));
    assert_eq!(flags("pinterest"), (false, true, "2026-06-15".to_owned()));
    assert_eq!(flags("tiktok"), (false, false, "2026-11-01".to_owned()));
    assert!(!desk.run(&["apps", "list"]).stdout.contains("corner-groceries"));
}

#[test]
fn a_wrong_catalogue_judges_nothing_and_shows_every_mistake() {
    let desk = desk();
    let wrong = APPS.replace("commerce", "comerce").replace("\"CA\"", "\"Canada\"").replace("2026-05-01", "May 2026");
    write(&desk, "apps.toml", &wrong);
    for words in [
        vec!["audit", &phone(), "--catalog", "apps.toml"],
        vec!["snapshot", &phone(), "--catalog", "apps.toml"],
        vec!["collect", &phone(), "-o", "kept", "--catalog", "apps.toml"],
        vec!["profile", "list", "--catalog", "apps.toml"],
        vec!["profile", "show", "byod", "--catalog", "apps.toml"],
        vec!["profile", "lint", "byod", "--catalog", "apps.toml"],
        vec!["apps", "list", "--catalog", "apps.toml"],
        vec!["apps", "lint", "apps.toml"],
    ] {
        let answer = desk.run(&words);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{words:?}");
        for mistake in
            ["[unknown-word]: `comerce`", "[unknown-word]: `Canada`", "[bad-date]: `May 2026`", "apps.toml:3:9"]
        {
            assert!(answer.stderr.contains(mistake), "{mistake}: {}", answer.stderr);
        }
        assert!(answer.stderr.contains("did you mean `commerce`?"), "{}", answer.stderr);
        let french = desk.run(&[&words[..], &["--lang", "fr"]].concat());
        assert!(french.stderr.contains("n’est pas un jour du calendrier"), "{}", french.stderr);
    }
    assert_eq!(desk.files(), ["apps.toml"], "nothing was written");
    let missing = desk.run(&["audit", &phone(), "--catalog", "none.toml"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
    assert!(missing.stderr.contains("cannot read the file `none.toml`"), "{}", missing.stderr);
}

/// A desk with a configuration, in a folder of its own, seen from elsewhere.
fn settled(desk: &Desk) -> PathBuf {
    write(desk, "conf/apps.toml", APPS);
    write(desk, "conf/rules/our-desk.toml", &profile("our-desk", "@not-at-work"));
    write(
        desk,
        "conf/config.toml",
        "format = 1\nprofiles = \"rules\"\nprofile = [\"our-desk\"]\ncatalog = [\"apps.toml\"]\nlanguage = \"fr\"\n",
    )
}

#[test]
fn a_configuration_gives_the_profile_the_catalogue_and_the_language() {
    let desk = desk();
    let config = settled(&desk);
    let answer = with_config(&desk, &config, &["audit", &phone(), "-f", "json"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert_eq!(failing(&answer), ["Corner Groceries", "Snapchat"]);
    let report = answer.json();
    assert_eq!((&report["profile"]["id"], &report["language"]), (&"our-desk".into(), &"fr".into()));
    // By a relative name from another folder, the paths in the file still start at the file.
    let relative = with_config(&desk, Path::new("conf/config.toml"), &["audit", &phone(), "-f", "json"]);
    assert_eq!(relative.stdout, answer.stdout);
    let list = with_config(&desk, &config, &["profile", "list", "-f", "json"]).json();
    let own = list.as_array().unwrap().last().unwrap().clone();
    assert_eq!(own["id"], "our-desk");
    assert!(own["file"].as_str().unwrap().ends_with("rules/our-desk.toml"), "{own}");
    let shown = with_config(&desk, &config, &["profile", "show", "our-desk"]);
    assert_eq!(shown.stdout, profile("our-desk", "@not-at-work"));
    let linted = with_config(&desk, &config, &["profile", "lint", "our-desk"]);
    assert_eq!(linted.code, Some(0), "{linted:?}");
    // A wrong profile in the folder is told, and the others are still listed.
    write(&desk, "conf/rules/bad.toml", &profile("bad", "@nobody"));
    let list = with_config(&desk, &config, &["profile", "list"]);
    assert_eq!(list.code, Some(2));
    assert!(list.stdout.contains("our-desk ") && list.stderr.contains("unknown-group"), "{list:?}");
}

#[test]
fn the_usual_place_is_looked_at() {
    let desk = desk();
    let config = settled(&desk);
    let run = |words: &[&str]| {
        let mut command = desk.command(words);
        Answer::from(
            command.env_remove("POUCET_CONFIG").env("XDG_CONFIG_HOME", desk.root().join("conf")).output().unwrap(),
        )
    };
    let without = run(&["profile", "list"]);
    assert!(without.code == Some(0) && !without.stdout.contains("our-desk"), "{without:?}");
    let place = desk.root().join("conf").join("poucet");
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::rename(config.parent().unwrap(), &place).unwrap();
    let with = run(&["profile", "list"]);
    assert!(with.stdout.contains("our-desk") && with.stdout.contains("Socle commun"), "{with:?}");
    assert!(!run(&["profile", "list", "--no-config"]).stdout.contains("our-desk"));
    // A file that is there and cannot be read is not the same as none.
    std::fs::remove_file(place.join("config.toml")).unwrap();
    std::os::unix::fs::symlink("nowhere", place.join("config.toml")).unwrap();
    assert_eq!(run(&["profile", "list"]).code, Some(2));
}

#[test]
fn options_win_over_the_configuration_and_it_can_be_left_aside() {
    let desk = desk();
    let config = settled(&desk);
    write(&desk, "sold.toml", SOLD);
    write(&desk, "ours.toml", &profile("ours", "country:ZZ"));
    let words = ["audit", &phone(), "-p", "ours.toml", "--catalog", "sold.toml", "--lang", "en", "-f", "json"];
    let answer = with_config(&desk, &config, &words);
    let report = answer.json();
    assert_eq!(failing(&answer), ["Pinterest"]);
    assert_eq!((&report["profile"]["id"], &report["language"]), (&"ours".into(), &"en".into()));
    let own = report["catalog"]["own"].as_array().unwrap().clone();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["file"], "sold.toml");

    let plain = desk.run(&["audit", &phone(), "-f", "json"]);
    let aside = with_config(&desk, &config, &["audit", &phone(), "-f", "json", "--no-config"]);
    assert_eq!(aside, plain);
    assert_eq!(plain.json()["profile"]["id"], "byod");
    // The environment's language gives way to the configuration's, which was written on purpose.
    let mut english = desk.command(&["profile", "list"]);
    english.env("POUCET_CONFIG", &config).env("LC_ALL", "en_CA.UTF-8");
    assert!(Answer::from(english.output().unwrap()).stdout.contains("Socle commun"));
}

#[test]
fn a_wrong_configuration_judges_nothing() {
    let desk = desk();
    let wrong = write(
        &desk,
        "config.toml",
        "format = 1\nprofiles = \"~/rules\"\ncatalogue = [\"apps.toml\"]\nlanguage = \"de\"\nownership = \"mine\"\n",
    );
    for words in [vec!["audit", &phone()], vec!["snapshot", &phone()], vec!["profile", "list"], vec!["devices"]] {
        let answer = with_config(&desk, &wrong, &words);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{words:?}");
        for part in
            ["[path-not-found]", "`~`", "did you mean `catalog`?", "`de` is not", "`mine` is not", "--no-config"]
        {
            assert!(answer.stderr.contains(part), "{part}: {}", answer.stderr);
        }
    }
    let missing = with_config(&desk, Path::new("none.toml"), &["audit", &phone()]);
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
    assert!(missing.stderr.contains("cannot read the file `none.toml`"), "{}", missing.stderr);
    // Help stays at hand, and the flag leads out.
    assert_eq!(with_config(&desk, &wrong, &["audit", "--help"]).code, Some(0));
    assert_eq!(with_config(&desk, &wrong, &["profile", "list", "--no-config"]).code, Some(0));
    assert_eq!(with_config(&desk, Path::new(""), &["profile", "list"]).code, Some(0));
}

#[test]
fn who_owns_the_phone_is_one_word_in_profiles_options_and_settings() {
    let desk = desk();
    let rule = "[rule.lock]\ntitle = { en = \"Lock\", fr = \"Verrou\" }\nwhy = { en = \"So\", fr = \"Donc\" }\nseverity = \"low\"\n\
                device = \"app-blocklist\"\nis = true\nfor = \"ownership:personal\"\n";
    let head = profile("ours", "tiktok");
    write(&desk, "ours.toml", &format!("{head}{rule}"));
    let verdict = |answer: &Answer| {
        let report = answer.json();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["code"] == "lock").unwrap()["verdict"].as_str().unwrap().to_owned()
    };
    let phone = phone();
    let words = ["audit", phone.as_str(), "-p", "ours.toml", "-f", "json"];
    let said = |ownership: &str| verdict(&desk.run(&[&words[..], &["--ownership", ownership]].concat()));
    // Nobody said: a person has to look.
    assert_eq!(verdict(&desk.run(&words)), "manual");
    assert_eq!((said("personal"), said("person")), ("fail".to_owned(), "fail".to_owned()));
    assert_eq!(said("institution"), "not-applicable");
    let config = write(&desk, "config.toml", "format = 1\nownership = \"personal\"\n");
    assert_eq!(verdict(&with_config(&desk, &config, &words)), "fail");
    let wins = with_config(&desk, &config, &[&words[..], &["--ownership", "institution"]].concat());
    assert_eq!(verdict(&wins), "not-applicable");
}

/// The commands of a guide, each with the lines that it shows.
fn consoles(guide: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in guide.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ poucet ").filter(|_| inside) {
            found.push((command.to_owned(), Vec::new()));
        } else if inside {
            found.last_mut().unwrap().1.push(line.to_owned());
        }
    }
    found
}

#[test]
fn the_guides_show_what_the_example_prints() {
    let desk = desk();
    let mut commands = 0;
    for guide in ["docs/organisation.md", "docs/organisation.fr.md"] {
        let text = std::fs::read_to_string(root().join(guide)).unwrap();
        for (command, lines) in consoles(&text) {
            let words: Vec<&str> = command.split(' ').collect();
            let mut run = desk.command(&words);
            run.env("POUCET_CONFIG", "config.toml").current_dir(root().join("docs/examples/organisation"));
            let answer = Answer::from(run.output().unwrap());
            assert_eq!(answer.stderr, "", "{command}");
            // A guide has a no-break space before a French colon, as a text should.
            let plain = |line: &str| line.replace('\u{a0}', " ");
            let mut printed = answer.stdout.lines().map(plain);
            for line in lines {
                assert!(
                    printed.any(|printed| printed == plain(&line)),
                    "{guide}: {command}: {line}\n{}",
                    answer.stdout
                );
            }
            commands += 1;
        }
    }
    assert!(commands >= 6, "{commands}");
}
