//! The tools for people who write profiles, as whole commands in a scrubbed environment: `profile new`, `diff`, `schema`, `lint`.
#![cfg(unix)]

use crate::common::desk::{Answer, Desk};
use insta::assert_snapshot;
use serde_json::Value;

/// A desk without phones; no test of this file speaks to an ADB server.
fn desk() -> Desk {
    Desk::new(1)
}

/// Exit code, standard output and standard error on one page, without what differs between machines and versions.
fn page(desk: &Desk, answer: &Answer) -> String {
    let scrub = |text: &str| {
        let text = text.replace(&desk.root().display().to_string(), "DESK");
        let cut = |line: &str| match line.split_once("SHA-256 ") {
            Some((before, _)) => format!("{before}SHA-256 …"),
            None => line.to_owned(),
        };
        text.lines().map(|line| cut(line) + "\n").collect::<String>()
    };
    let code = answer.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
    format!("exit code {code}\n--- stdout\n{}--- stderr\n{}", scrub(&answer.stdout), scrub(&answer.stderr))
}

fn say(desk: &Desk, arguments: &[&str]) -> String {
    page(desk, &desk.run(arguments))
}

fn write(desk: &Desk, name: &str, text: &str) {
    let path = desk.here().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A profile that stands alone: the tests do not change when a profile that ships does.
const PARENT: &str = r#"format = 1
id = "parent"
version = "1"
title = { en = "Parent", fr = "Le parent" }

[params.patch_days]
title = { en = "Oldest patch, in days", fr = "Âge maximal du correctif, en jours" }
default = 90
min = 30
max = 365

[rule.patched]
title = { en = "Recent patch", fr = "Correctif récent" }
device = "os-updates"
at_most = "{patch_days}"
severity = "high"
why = { en = "Old holes stay open.", fr = "Les vieilles failles restent ouvertes." }

[rule.store-only]
title = { en = "From a store", fr = "Venue d’un magasin" }
apps = "any"
source = ["play-store", "app-store"]
severity = "medium"
why = { en = "A file may be anything.", fr = "Un fichier peut être n’importe quoi." }

[rule.location]
title = { en = "Location in use only", fr = "Position à l’usage seulement" }
apps = "tiktok or instagram"
max = { location = "while-in-use" }
severity = "medium"
why = { en = "A day draws a map.", fr = "Une journée dessine une carte." }
"#;

const OURS: &str = r#"format = 1
id = "ours"
version = "3"
title = { en = "Ours", fr = "Le nôtre" }
extends = ["parent"]

[params.patch_days]
default = 60

[override.store-only]
off = true
because = { en = "We install from our own store.", fr = "Nous installons depuis notre propre magasin." }

[override.location]
max = { location = "always" }

[rule.camera]
title = { en = "No camera", fr = "Pas de caméra" }
apps = "tiktok or instagram"
max = { camera = "none" }
severity = "high"
why = { en = "Nobody films here.", fr = "Personne ne filme ici." }
"#;

/// A desk with both files.
fn desk_with_both() -> Desk {
    let desk = desk();
    write(&desk, "parent.toml", PARENT);
    write(&desk, "ours.toml", OURS);
    desk
}

#[test]
fn new_writes_a_profile_that_lints() {
    let desk = desk_with_both();
    assert_snapshot!(say(&desk, &["profile", "new", "--from", "parent.toml", "-o", "desk.toml"]), @r"
    exit code 0
    --- stdout
    --- stderr
    desk.toml written: the profile `our-parent`
    hint: change what should be different, then run `poucet profile lint desk.toml`
    ");
    assert_snapshot!(say(&desk, &["profile", "lint", "desk.toml"]), @r"
    exit code 0
    --- stdout
    desk.toml: no mistake, 3 rules, SHA-256 …
    --- stderr
    ");
    let written = std::fs::read_to_string(desk.here().join("desk.toml")).unwrap();
    let printed = desk.run(&["profile", "new", "--from", "parent.toml"]);
    assert_eq!((printed.code, printed.stdout.as_str(), printed.stderr.as_str()), (Some(0), written.as_str(), ""));
    // The child judges as its parent, and the difference says so.
    assert_snapshot!(say(&desk, &["profile", "diff", "parent.toml", "desk.toml"]).replace(&version(&written), "YEAR.1"), @r"
    exit code 0
    --- stdout
    parent 1 → our-parent YEAR.1

    parent and our-parent judge alike.
    --- stderr
    ");
    // A child of the child, with another id, in French.
    let answer =
        desk.run(&["profile", "new", "--from", "desk.toml", "--id", "notre", "-o", "notre.toml", "--lang", "fr"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let french = std::fs::read_to_string(desk.here().join("notre.toml")).unwrap();
    assert!(french.contains("\nid      = \"notre\"\n") && french.contains("\nextends = [\"desk.toml\"]\n"), "{french}");
    assert!(french.contains("# Correctif récent\n"), "{french}");
    assert!(!french.contains("Recent patch"), "{french}");
    assert_eq!(desk.run(&["profile", "lint", "notre.toml"]).code, Some(0));
}

/// The version that a new profile was given: the year is the one of today.
fn version(text: &str) -> String {
    let line = text.lines().find(|line| line.starts_with("version")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn new_overwrites_nothing() {
    let desk = desk();
    write(&desk, "mine.toml", "precious");
    write(&desk, "other/ours.toml", OURS);
    write(&desk, "other/parent.toml", PARENT);
    std::os::unix::fs::symlink("nowhere", desk.here().join("link.toml")).unwrap();
    assert_snapshot!(say(&desk, &["profile", "new", "--from", "byod", "-o", "mine.toml"]), @r"
    exit code 2
    --- stdout
    --- stderr
    error: mine.toml exists already and was left as it is
    hint: name another file with -o, or remove this one first
    ");
    assert_eq!(std::fs::read_to_string(desk.here().join("mine.toml")).unwrap(), "precious");
    assert_eq!(desk.run(&["profile", "new", "--from", "byod", "-o", "link.toml"]).code, Some(2));
    assert!(!desk.here().join("nowhere").exists());
    assert_snapshot!(say(&desk, &["profile", "new", "--from", "other/ours.toml", "-o", "here.toml", "--lang", "fr"]), @r"
    exit code 2
    --- stdout
    --- stderr
    erreur : here.toml n’est pas dans le dossier de other/ours.toml
    conseil : un profil n’étend que des fichiers de son propre dossier : l’écrire dans DESK/here/other
    ");
    assert_eq!(desk.run(&["profile", "new", "--from", "other/ours.toml", "-o", "other/new.toml"]).code, Some(0));
    assert_eq!(desk.run(&["profile", "lint", "other/new.toml"]).code, Some(0));
    assert_snapshot!(say(&desk, &["profile", "new", "--from", "byod", "--id", "Our Desk"]), @r"
    exit code 2
    --- stdout
    --- stderr
    error: `Our Desk` is not an id
    hint: an id is lower-case letters, digits and hyphens, 64 at most; choose one with --id
    ");
    assert_snapshot!(say(&desk, &["profile", "new", "--from", "bydo"]), @r"
    exit code 2
    --- stdout
    --- stderr
    error[unknown-profile]: no profile is called `bydo`
     |
     = hint: did you mean `byod`?
    ");
    let missing = desk.run(&["profile", "new"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("hint: "), "{missing:?}");
    assert_eq!(desk.files(), ["link.toml", "mine.toml", "other"]);
}

#[test]
fn diff_tells_in_words_what_changes() {
    let desk = desk_with_both();
    assert_snapshot!(say(&desk, &["profile", "diff", "parent.toml", "ours.toml"]), @r"
    exit code 0
    --- stdout
    parent 1 → ours 3

    ours is stricter in 2 things and laxer in 2.

    Stricter (2)
      camera: No camera
        new rule, severity high
      patched: Recent patch
        Security patch age / newest OS: at most 90 days → at most 60 days

    Laxer (2)
      location: Location in use only
        Location, at most: While in use → Always
      store-only: From a store
        the rule is switched off (severity was medium)
        reason: We install from our own store.
    --- stderr
    ");
    assert_snapshot!(say(&desk, &["profile", "diff", "parent.toml", "ours.toml", "--lang", "fr"]), @r"
    exit code 0
    --- stdout
    parent 1 → ours 3

    ours est plus strict sur 2 points et plus souple sur 2.

    Plus strict (2)
      camera: Pas de caméra
        nouvelle règle, gravité élevée
      patched: Correctif récent
        Ancienneté du correctif de sécurité : au plus 90 jours → au plus 60 jours

    Plus souple (2)
      location: Position à l’usage seulement
        Position, au plus : Pendant l’utilisation → Toujours
      store-only: Venue d’un magasin
        la règle est désactivée (sa gravité : moyenne)
        raison : Nous installons depuis notre propre magasin.
    --- stderr
    ");
    assert_snapshot!(say(&desk, &["profile", "diff", "ours.toml", "ours.toml"]), @r"
    exit code 0
    --- stdout
    ours 3 → ours 3

    Both are the same profile, SHA-256 …
    --- stderr
    ");
    assert_eq!(desk.run(&["profile", "diff", "parent.toml", "bsae"]).code, Some(2));
}

#[test]
fn diff_gives_the_same_as_data() {
    let desk = desk_with_both();
    let answer = desk.run(&["profile", "diff", "parent.toml", "ours.toml", "--format", "json"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    let found: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(found["schema"], "poucet.profile-difference/1");
    assert_eq!((&found["from"]["id"], &found["to"]["id"]), (&Value::from("parent"), &Value::from("ours")));
    assert_eq!(found["same"], false);
    let told = |group: &str| -> Vec<(String, String)> {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found[group].as_array().unwrap().iter().map(|item| (word(&item["rule"]), word(&item["what"]))).collect()
    };
    let pair = |rule: &str, what: &str| (rule.to_owned(), what.to_owned());
    assert_eq!(told("stricter"), [pair("camera", "rule-added"), pair("patched", "expected")]);
    assert_eq!(told("laxer"), [pair("location", "level"), pair("store-only", "rule-off")]);
    assert_eq!(found["stricter"][1]["from"], serde_json::json!({ "at-most": 90 }));
    assert_eq!(found["laxer"][1]["because"]["fr"], "Nous installons depuis notre propre magasin.");
    assert_eq!(desk.run(&["profile", "diff", "parent.toml", "ours.toml", "--format", "json"]).stdout, answer.stdout);
}

#[test]
fn the_schema_is_the_one_of_the_documentation() {
    let desk = desk();
    for (arguments, name) in [
        (vec!["profile", "schema"], "profile"),
        (vec!["profile", "schema", "profile"], "profile"),
        (vec!["profile", "schema", "waivers"], "waivers"),
    ] {
        let answer = desk.run(&arguments);
        assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
        let path = format!("{}/docs/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
        assert!(answer.stdout == std::fs::read_to_string(path).unwrap(), "{name}");
    }
}

#[test]
fn lint_looks_into_folders_and_says_how_many_were_fine() {
    let desk = desk();
    write(&desk, "all/ours.toml", PARENT);
    write(&desk, "all/deep/er/wrong.toml", &PARENT.replace("location = \"", "locaton = \""));
    write(&desk, "all/deep/notes.txt", "nothing");
    write(&desk, "all/.git/hidden.toml", "wrong");
    write(&desk, "all/other.toml", "[package]\nname = \"x\"\n");
    write(&desk, "all/too/many/folders/down/here/far.toml", "wrong");
    assert_snapshot!(say(&desk, &["profile", "lint", "all"]), @r#"
    exit code 2
    --- stdout
    all/ours.toml: no mistake, 3 rules, SHA-256 …
    3 files, 2 with mistakes
    --- stderr
    error[unknown-permission]: no permission is called `locaton`
      --> all/deep/er/wrong.toml:29:9
       |
    29 | max = { locaton = "while-in-use" }
       |         ^^^^^^^
       |
       = hint: did you mean `location`?
    error: all/other.toml: nothing in it says what it is
    hint: a profile has `id` and `[rule.…]`, a waivers file `[[waiver]]`, a catalogue `[[app]]`
    "#);
    assert_snapshot!(say(&desk, &["profile", "lint", "all/ours.toml", "all/ours.toml", "--lang", "fr"]), @r"
    exit code 0
    --- stdout
    all/ours.toml : aucune faute, 3 règles, SHA-256 …
    all/ours.toml : aucune faute, 3 règles, SHA-256 …
    2 fichiers, aucun avec des fautes
    --- stderr
    ");
    std::fs::create_dir(desk.here().join("empty")).unwrap();
    assert_snapshot!(say(&desk, &["profile", "lint", "empty"]), @r"
    exit code 2
    --- stdout
    --- stderr
    error: empty: no .toml file in it
    hint: name a folder that holds profiles, or a file
    ");
    assert_snapshot!(say(&desk, &["profile", "lint", "all/other.toml", "--lang", "fr"]), @r"
    exit code 2
    --- stdout
    --- stderr
    erreur : all/other.toml : rien n’y dit ce que c’est
    conseil : un profil a `id` et `[rule.…]`, un fichier de dérogations `[[waiver]]`, un catalogue `[[app]]`
    ");
}

#[test]
fn lint_stops_at_a_thousand_files() {
    let desk = desk();
    for number in 0..1001 {
        write(&desk, &format!("many/{number}.toml"), "");
    }
    let answer = desk.run(&["profile", "lint", "many"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""));
    assert!(answer.stderr.contains("more than 1000 files"), "{}", answer.stderr);
}

#[test]
fn lint_gives_places_to_editors() {
    let desk = desk_with_both();
    let wrong =
        OURS.replace("title = { en = \"No camera\", fr = \"Pas de caméra\" }", "title = { en = \"é\", fr = 3 }");
    write(&desk, "wrong.toml", &wrong.replace("\"tiktok or", "\"tictok or"));
    let answer = desk.run(&["profile", "lint", "wrong.toml", "byod", "nowhere.toml", "--format", "json"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(2), ""));
    let found: Value = serde_json::from_str(&answer.stdout).unwrap();
    let found = found.as_array().unwrap();
    let codes: Vec<&str> = found.iter().map(|mistake| mistake["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["wrong-type", "selector-matches-nothing", "unreadable-file"], "{found:#?}");
    let line = wrong.lines().position(|line| line.starts_with("title = { en = \"é\"")).unwrap() + 1;
    // Columns are characters, not bytes: `é` counts once.
    assert_eq!(
        (&found[0]["line"], &found[0]["column"], &found[0]["end_line"], &found[0]["end_column"]),
        (&Value::from(line), &Value::from(26), &Value::from(line), &Value::from(27))
    );
    assert_eq!(found[0]["file"], "wrong.toml");
    assert_eq!(found[1]["hint"], "did you mean `tiktok`?");
    assert_eq!((&found[2]["file"], &found[2]["line"]), (&Value::from("nowhere.toml"), &Value::Null));
    let good = desk.run(&["profile", "lint", "byod", "-f", "json"]);
    assert_eq!((good.code, good.stdout.as_str()), (Some(0), "[]\n"));
    let french = desk.run(&["profile", "lint", "wrong.toml", "--format", "json", "--lang", "fr"]);
    assert!(french.stdout.contains("vouliez-vous dire `tiktok`?"), "{}", french.stdout);
}

#[test]
fn what_a_profile_holds_reaches_the_terminal_clean() {
    let desk = desk();
    let hostile = PARENT
        .replace("version = \"1\"", "version = \"\\u001b[31m1\"")
        .replace("Location in use only", "\\u001b]0;x\\u0007\\n[rule.x] \\u202elocation");
    write(&desk, "hostile.toml", &hostile);
    write(&desk, "parent.toml", &PARENT.replace("while-in-use", "none"));
    for arguments in [
        vec!["profile", "diff", "parent.toml", "hostile.toml"],
        vec!["profile", "diff", "hostile.toml", "parent.toml", "--format", "json"],
        vec!["profile", "new", "--from", "hostile.toml"],
    ] {
        let answer = desk.run(&arguments);
        assert_eq!(answer.code, Some(0), "{answer:?}");
        let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!answer.stdout.contains(bad) || arguments.contains(&"json"), "{:?}", answer.stdout);
        assert!(!answer.stdout.contains('\u{1b}'), "{:?}", answer.stdout);
        assert!(!answer.stdout.lines().any(|line| line.starts_with("[rule.x]")), "{}", answer.stdout);
    }
    assert_eq!(desk.run(&["profile", "new", "--from", "hostile.toml", "-o", "child.toml"]).code, Some(0));
    assert_eq!(desk.run(&["profile", "lint", "child.toml"]).code, Some(0));
}

/// What differs from one version of the profiles that ship to the next.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        let line = line.split_once("SHA-256 ").map_or(line, |(before, _)| before);
        let words = line.split(' ').map(|word| if word.chars().all(|c| c.is_ascii_digit()) { "N" } else { word });
        steady.push_str(&words.collect::<Vec<_>>().join(" "));
        steady.push('\n');
    }
    steady
}

/// `docs/profile-tools.md` shows real answers: its TOML blocks with a name are files, its console blocks are run one after the
/// other. `POUCET_UPDATE=1 cargo test --test whole profile_tools::` writes the answers again.
#[test]
fn the_documentation_shows_what_the_program_says() {
    let path = format!("{}/docs/profile-tools.md", env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(&path).unwrap();
    let desk = desk();
    let mut written = String::new();
    let mut rest = document.as_str();
    let (mut blocks, mut calls) = (0, 0);
    while let Some((before, after)) = rest.split_once("```") {
        let (language, after) = after.split_once('\n').unwrap();
        let (block, after) = after.split_once("```").unwrap();
        written.push_str(&format!("{before}```{language}\n"));
        rest = after;
        blocks += 1;
        let mut shown = block.to_owned();
        if let Some(name) = block.strip_prefix("# ").and_then(|block| block.lines().next())
            && language == "toml"
        {
            write(&desk, name, block);
        }
        if language == "console" {
            let line = block.lines().next().unwrap();
            let words: Vec<&str> = line.strip_prefix("$ poucet ").unwrap().split(' ').collect();
            let answer = desk.run(&words);
            assert!(matches!(answer.code, Some(0..=4)), "{line}: {answer:?}");
            let now = format!("{line}\n{}{}", answer.stdout, answer.stderr);
            calls += 1;
            if std::env::var_os("POUCET_UPDATE").is_some_and(|value| value == "1") {
                shown = now;
            } else {
                assert_eq!(
                    steady(&shown),
                    steady(&now),
                    "`POUCET_UPDATE=1 cargo test --test whole profile_tools::` writes it again"
                );
            }
        }
        written.push_str(&format!("{shown}```"));
    }
    written.push_str(rest);
    assert!(blocks >= 6 && calls >= 5, "{blocks} {calls}");
    if written != document {
        std::fs::write(&path, written).unwrap();
    }
}

#[test]
fn lint_reads_waivers_as_well() {
    let desk = desk();
    let waiver = r#"format = 1
[[waiver]]
rule = "byod/contacts"
device = "any"
reason = { en = "So.", fr = "Donc." }
approver = "The desk"
granted = 2026-01-10
expires = 2026-06-30
"#;
    write(&desk, "waivers.toml", waiver);
    assert_snapshot!(say(&desk, &["profile", "lint", "waivers.toml"]), @r"
    exit code 0
    --- stdout
    waivers.toml: no mistake, one waiver
    --- stderr
    ");
    write(&desk, "waivers.toml", &waiver.replace("2026-06-30", "2027-06-30"));
    let answer = desk.run(&["profile", "lint", "waivers.toml", "-f", "json"]);
    let found: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!((answer.code, &found[0]["file"], &found[0]["line"]), (Some(2), &"waivers.toml".into(), &8.into()));
}

#[test]
fn lint_says_that_there_is_more_than_it_tells() {
    let desk = desk();
    let keys: String = (0..300).map(|number| format!("wrong-{number} = 1\n")).collect();
    write(&desk, "many.toml", &format!("{keys}{PARENT}"));
    let answer = desk.run(&["profile", "lint", "many.toml", "--format", "json"]);
    let found: Value = serde_json::from_str(&answer.stdout).unwrap();
    let found = found.as_array().unwrap();
    assert_eq!((answer.code, found.len()), (Some(2), 101));
    assert_eq!((&found[100]["code"], &found[100]["line"]), (&"more".into(), &Value::Null));
    assert!(found[100]["message"].as_str().unwrap().contains("200"), "{}", found[100]);
}
