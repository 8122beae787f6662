//! Whole commands without a phone: exit code, standard output and standard error, in a scrubbed environment.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::common::desk::{Answer, Desk};
use crate::common::server::free_port;
use crate::common_roads::{self, Road, build, fixtures, personal};
use insta::assert_snapshot;

fn desk() -> Desk {
    Desk::new(free_port())
}

fn fixture(name: &str) -> String {
    fixtures().join(name).display().to_string()
}

/// A phone of which everything can be read: the bug report of the fixture, beside the folder of the commands.
fn whole_phone(desk: &Desk) -> String {
    build("android-14", Road::BugreportZip, desk.root()).display().to_string()
}

/// Exit code, standard output and standard error on one page, without what differs between machines and versions.
fn page(desk: &Desk, answer: &Answer) -> String {
    let scrub =
        |text: &str| text.replace(&desk.root().display().to_string(), "DESK").replace(&fixture(""), "FIXTURES/");
    let code = answer.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
    let stderr = scrub(&answer.stderr);
    let port = stderr.split("127.0.0.1:").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
    let port: String = port.unwrap_or_default();
    let stderr = if port.is_empty() { stderr } else { stderr.replace(&port, "PORT") };
    format!("exit code {code}\n--- stdout\n{}--- stderr\n{stderr}", scrub(&answer.stdout))
}

fn say(arguments: &[&str]) -> String {
    let desk = desk();
    let answer = desk.run(arguments);
    page(&desk, &answer)
}

/// A call that must fail: its code, nothing on standard output, and on standard error an error with its hint, in both
/// languages, which differ.
fn assert_refused(desk: &Desk, arguments: &[&str], code: i32) {
    let (error, hint) = (["error: ", "error["], ["hint: "]);
    let english = desk.run(arguments);
    assert_eq!((english.code, english.stdout.as_str()), (Some(code), ""), "{arguments:?}: {english:?}");
    let begins = |text: &str, words: &[&str]| {
        text.lines().any(|line| words.iter().any(|word| line.trim_start_matches([' ', '=']).starts_with(word)))
    };
    assert!(begins(&english.stderr, &error) && begins(&english.stderr, &hint), "{arguments:?}: {english:?}");
    let words: Vec<&str> = arguments.iter().copied().chain(["--lang", "fr"]).collect();
    let french = desk.run(&words);
    assert_eq!((french.code, french.stdout.as_str()), (Some(code), ""), "{words:?}: {french:?}");
    assert!(begins(&french.stderr, &["erreur"]) && begins(&french.stderr, &["conseil"]), "{words:?}: {french:?}");
    assert_eq!(english.stderr.lines().count(), french.stderr.lines().count(), "{english:?} {french:?}");
}

/// Every command, in the order in which help lists them; those below another with its name.
const COMMANDS: [&str; 32] = [
    "devices",
    "devices pair",
    "audit",
    "compare",
    "snapshot",
    "collect",
    "profile",
    "profile list",
    "profile show",
    "profile lint",
    "profile new",
    "profile diff",
    "profile schema",
    "profile test",
    "waiver",
    "waiver list",
    "waiver new",
    "apps",
    "apps list",
    "apps show",
    "apps search",
    "apps lint",
    "explain",
    "watch",
    "fleet",
    "fleet list",
    "fleet show",
    "fleet trend",
    "fleet compare",
    "fleet prune",
    "fleet restore",
    "fleet export",
];

/// Looks at the page of help of a command and at those of all commands that it lists; gives their names, with those above them.
fn assert_help(path: &[&str], language: &str) -> Vec<String> {
    let words: Vec<&str> = path.iter().copied().chain(["--help", "--lang", language]).collect();
    let help = desk().run(&words);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""), "{words:?}: {help:?}");
    // Nothing of the argument parser's own English in a French page.
    for leak in ["possible values", "[default", "Print help"] {
        assert!(!help.stdout.contains(leak), "{words:?}: {leak}");
    }
    assert_eq!(help.stdout.matches("\nOptions:").count(), 1, "{words:?}: {help:?}");
    let heading = if language == "fr" { "Commandes:" } else { "Commands:" };
    let list = help.stdout.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.is_empty());
    // What a command does may go on in lines that begin further to the right.
    let names = list.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let mut all = Vec::new();
    for name in names.filter_map(|rest| rest.split(' ').next()) {
        let path: Vec<&str> = path.iter().copied().chain([name]).collect();
        all.push(path.join(" "));
        all.extend(assert_help(&path, language));
    }
    all
}

#[test]
fn help_names_every_subcommand_and_the_exit_codes() {
    for (language, codes) in [("en", "Exit codes: 0 "), ("fr", "Codes de sortie : 0 ")] {
        let help = desk().run(&["--help", "--lang", language]);
        assert!(help.stdout.contains(codes), "{help:?}");
        let commands = assert_help(&[], language);
        assert_eq!(commands, COMMANDS, "{language}");
    }
    let version = desk().run(&["--version"]);
    assert_eq!((version.code, version.stdout), (Some(0), format!("poucet {}\n", env!("CARGO_PKG_VERSION"))));
    let nothing: [&str; 0] = [];
    let bare = desk().run(&nothing);
    assert_eq!((bare.code, bare.stdout.as_str()), (Some(2), ""));
}

#[test]
fn options_of_later_versions_are_unknown() {
    for arguments in [vec!["fleet", "fix"], vec!["serve"], vec!["audit", "--repair"], vec!["audit", "-f", "pdf"]] {
        assert_refused(&desk(), &arguments, 2);
    }
}

#[test]
fn wrong_arguments_are_refused_with_a_hint() {
    let desk = desk();
    for arguments in [
        vec!["audti"],
        vec!["audit", "--fial-on", "low"],
        vec!["audit", "--fail-on", "urgent"],
        vec!["audit", "--timeout", "0"],
        vec!["audit", "--timeout", "soon"],
        vec!["audit", "--jobs", "0"],
        vec!["audit", "--user", "-1"],
        vec!["audit", "--user", "anna"],
        vec!["collect"],
        vec!["profile", "show"],
        vec!["profile", "shwo"],
        vec!["profile", "lint"],
        vec!["apps", "show", "tiktoc"],
        vec!["apps", "search", "zzzz"],
        vec!["audit", "tcp:x"],
        vec!["audit", "usb:zz"],
    ] {
        assert_refused(&desk, &arguments, 2);
    }
    assert_snapshot!(say(&["audit", "--fial-on", "low"]), @r#"
    exit code 2
    --- stdout
    --- stderr
    error: unknown argument `--fial-on`
    hint: did you mean `--fail-on`?
    "#);
    assert_snapshot!(say(&["audit", "--fail-on", "urgent", "--lang", "fr"]), @r#"
    exit code 2
    --- stdout
    --- stderr
    erreur : `urgent` n’est pas une valeur de `--fail-on <GRAVITÉ>`
    conseil : l’un de info, low, medium, high, critical, none
    "#);
    assert_snapshot!(say(&["audti"]), @r#"
    exit code 2
    --- stdout
    --- stderr
    error: unknown command `audti`
    hint: did you mean `audit`?
    "#);
    assert_snapshot!(say(&["apps", "show", "tiktoc"]), @r#"
    exit code 2
    --- stdout
    --- stderr
    error: no app of the catalogue matches `tiktoc`
    hint: try `poucet apps search` with a part of its name, id or publisher
    "#);
    assert_snapshot!(say(&["audit", "tcp:x", "--lang=fr"]), @r#"
    exit code 2
    --- stdout
    --- stderr
    note : le profil byod demande que la personne accepte avant la lecture du téléphone; `poucet audit --explain-collection` affiche ce qui est lu
    cible tcp:x :
    erreur : `tcp:x` n’est pas une cible ; attendu : tcp:HOST:PORT
    conseil : Reprenez la cible indiquée par « poucet devices ».
    "#);
}

#[test]
fn targets_that_give_nothing_are_named() {
    let desk = desk();
    std::fs::create_dir(desk.here().join("empty")).unwrap();
    std::fs::write(desk.here().join("empty.txt"), "").unwrap();
    std::fs::write(desk.here().join("shopping.txt"), "milk\nbread\n").unwrap();
    std::fs::write(desk.here().join("broken.zip"), b"PK\x03\x04 and no more").unwrap();
    std::fs::write(desk.here().join("old.json"), "{\"schema\": \"poucet.snapshot/0\"}").unwrap();
    std::fs::write(desk.here().join("half.json"), "{\"schema\": \"poucet.snapshot/1\", \"tool\": ").unwrap();
    let wrong = ["nowhere", "empty", "empty.txt", "shopping.txt", "broken.zip", "old.json", "half.json", "adb:XX"];
    for command in ["audit", "snapshot"] {
        for target in wrong {
            assert_refused(&desk, &[command, target], 3);
        }
    }
    for target in wrong {
        assert_refused(&desk, &["collect", target, "-o", "out.zip"], 3);
    }
    assert!(!desk.here().join("out.zip").exists());
    for target in ["nowhere", "empty", "shopping.txt", "old.json"] {
        assert!(desk.run(&["audit", target]).stderr.contains(target), "{target}");
    }
    assert_snapshot!(page(&desk, &desk.run(&["audit", "nowhere"])), @r#"
    exit code 3
    --- stdout
    --- stderr
    error: There is nothing at nowhere.
    hint: Check the spelling; for a phone on a cable write adb:SERIAL.
    "#);
    assert_snapshot!(page(&desk, &desk.run(&["audit", "shopping.txt", "--lang", "fr"])), @r#"
    exit code 3
    --- stdout
    --- stderr
    erreur : shopping.txt ne contient rien que poucet connaisse : ni rapport de bogue, ni acquisition AndroidQF, ni sauvegarde iOS, ni dossier de preuves poucet, ni sortie de dumpsys, ni instantané poucet.
    conseil : Donnez le zip du rapport de bogue tel que le téléphone l’a produit, le dossier AndroidQF entier, le dossier entier d’une sauvegarde iOS, ou des fichiers texte avec les sorties de dumpsys package et de dumpsys appops.
    "#);
    // The others are judged all the same.
    let both = desk.run(&["audit", "nowhere", &fixture("android-14"), "-f", "json"]);
    assert_eq!((both.code, both.json()["schema"].as_str()), (Some(3), Some("poucet.audit/1")));
}

#[test]
fn without_a_phone_both_ways_on_are_named() {
    let desk = desk();
    for arguments in [vec!["audit"], vec!["snapshot"], vec!["collect", "-o", "x"], vec!["devices"]] {
        assert_refused(&desk, &arguments, 4);
    }
    assert!(desk.files().is_empty());
    assert_snapshot!(page(&desk, &desk.run(&["audit"])), @r#"
    exit code 4
    --- stdout
    --- stderr
    error: no phone found
    hint: plug in a phone, or name evidence: `poucet audit PATH` (a bug report, an AndroidQF folder, an iOS backup, a bundle)
    no ADB server answers on 127.0.0.1:PORT: DESK/bin/adb start-server: exit status: 1
    hint: Switch on USB debugging: in Settings, About phone, tap "Build number" seven times; then, in Developer options, switch on "USB debugging".
    hint: Use a cable that carries data, not only power, and set the phone's USB notification to "File transfer".
    "#);
    assert_snapshot!(page(&desk, &desk.run(&["audit", "--lang", "fr"])), @r#"
    exit code 4
    --- stdout
    --- stderr
    erreur : aucun téléphone trouvé
    conseil : branchez un téléphone, ou nommez des données recueillies : `poucet audit CHEMIN` (un rapport de bogue, un dossier AndroidQF, une sauvegarde iOS, un dossier de preuves)
    aucun serveur ADB ne répond sur 127.0.0.1:PORT : DESK/bin/adb start-server: exit status: 1
    conseil : Activez le débogage USB : dans les Paramètres, À propos du téléphone, touchez sept fois « Numéro de build »; puis, dans les Options pour les développeurs, activez « Débogage USB ».
    conseil : Utilisez un câble qui transporte des données et pas seulement le courant, et réglez la notification USB du téléphone sur « Transfert de fichiers ».
    "#);
    // A wrong profile comes before it: nothing is looked for.
    assert_eq!(desk.run(&["audit", "-p", "nope"]).code, Some(2));
    let list = desk.run(&["devices", "-f", "json"]);
    assert_eq!((list.code, list.json()["phones"].as_array().map(Vec::len)), (Some(4), Some(0)));
}

const GOOD: &str = r#"
format = 1
id = "mine"
version = "1"
title = { en = "Mine", fr = "Le mien" }

[rule.no-tiktok]
title = { en = "No TikTok", fr = "Pas de TikTok" }
apps = "tiktok"
presence = "absent"
severity = "medium"
why = { en = "Because.", fr = "Parce que." }
refs = []
"#;

#[test]
fn a_wrong_profile_judges_nothing() {
    let desk = desk();
    std::fs::write(desk.here().join("mine.toml"), GOOD).unwrap();
    std::fs::write(desk.here().join("typo.toml"), GOOD.replace("\"tiktok\"", "\"tiktoc\"")).unwrap();
    std::fs::write(desk.here().join("noise.toml"), "milk\nbread\n").unwrap();
    let phone = whole_phone(&desk);
    for profile in ["nope", "base", "typo.toml", "noise.toml", "nowhere.toml"] {
        let answer = desk.run(&["audit", &phone, "-p", "byod", "-p", profile, "-f", "json"]);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{profile}: {answer:?}");
        assert!(!answer.stderr.is_empty());
    }
    for profile in ["nope", "base", "typo.toml"] {
        assert_refused(&desk, &["audit", &phone, "-p", profile], 2);
    }
    assert_snapshot!(page(&desk, &desk.run(&["audit", &phone, "-p", "nope"])), @r#"
    exit code 2
    --- stdout
    --- stderr
    error[unknown-profile]: no profile is called `nope`
     |
     = hint: write one of `base`, `byod`, `cis-android`, `cis-ios`, `communications-team`, `government-of-canada`, `high-risk`, `location-off`, `minors`, `precautionary`
    "#);
    assert_snapshot!(page(&desk, &desk.run(&["audit", &phone, "-p", "base", "--lang", "fr"])), @r#"
    exit code 2
    --- stdout
    --- stderr
    erreur : le profil `base` est fait pour être étendu et ne juge rien lui-même
    conseil : utilisez l’un de byod, cis-android, cis-ios, communications-team, government-of-canada, high-risk, location-off, minors, precautionary
    "#);
    assert_snapshot!(page(&desk, &desk.run(&["audit", &phone, "-p", "typo.toml"])), @r#"
    exit code 2
    --- stdout
    --- stderr
    error[selector-matches-nothing]: `tiktoc` matches no app of the catalogue
     --> typo.toml:9:9
      |
    9 | apps = "tiktoc"
      |         ^^^^^^
      |
      = hint: did you mean `tiktok`?
    "#);

    let good = desk.run(&["profile", "lint", "mine.toml", "byod"]);
    assert_eq!((good.code, good.stdout.lines().count(), good.stderr.as_str()), (Some(0), 3, ""), "{good:?}");
    let mixed = desk.run(&["profile", "lint", "mine.toml", "typo.toml"]);
    assert_eq!((mixed.code, mixed.stdout.lines().count()), (Some(2), 2), "{mixed:?}");
    assert!(mixed.stderr.contains("typo.toml:9:"), "{mixed:?}");
    // One's own profile judges as those that ship do.
    let own = desk.run(&["audit", &phone, "-p", "mine.toml", "-f", "json"]);
    assert_eq!(own.code, Some(1), "{own:?}");
    assert_eq!(own.json()["findings"][0]["code"], "no-tiktok");
}

#[test]
fn the_seal_of_a_report_is_that_of_the_resolved_profile_as_json() {
    use sha2::{Digest as _, Sha256};
    let desk = desk();
    let phone = whole_phone(&desk);
    for settings in [&[][..], &["--set", "patch_days=45"]] {
        let shown = ["profile", "show", "byod", "--resolved", "-f", "json"];
        let shown = desk.run(&shown.into_iter().chain(settings.iter().copied()).collect::<Vec<_>>());
        assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
        let seal: String = Sha256::digest(shown.stdout.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let audit = ["audit", &phone, "-p", "byod", "-f", "json"];
        let audit = desk.run(&audit.into_iter().chain(settings.iter().copied()).collect::<Vec<_>>());
        assert_eq!(audit.json()["profile"]["sha256"], seal.as_str(), "{settings:?}");
        let text = ["profile", "show", "byod", "--resolved"];
        let text = desk.run(&text.into_iter().chain(settings.iter().copied()).collect::<Vec<_>>());
        assert!(text.stdout.contains(&format!("# SHA-256: {seal}\n")), "{text:?}");
        let days = if settings.is_empty() {
            "at_most = 90  # {patch_days} profiles/base.toml:"
        } else {
            "at_most = 45  # {patch_days} --set:1, was 90 in base"
        };
        assert!(text.stdout.contains(days), "{text:?}");
    }
}

#[test]
fn a_wrong_setting_judges_nothing_and_a_warning_does_not_fail_the_lint() {
    let desk = desk();
    let phone = whole_phone(&desk);
    for setting in ["patch_days=4000", "patch_day=60", "patch_days"] {
        assert_refused(&desk, &["audit", &phone, "-p", "byod", "--set", setting], 2);
        assert_refused(&desk, &["profile", "show", "byod", "--resolved", "--set", setting], 2);
    }
    assert_refused(&desk, &["profile", "show", "byod", "--set", "patch_days=60"], 2);
    let weak = "format = 1\nid = \"weak\"\ntitle = { en = \"Weak\", fr = \"Faible\" }\nextends = [\"base\"]\n[override.patched]\nseverity = \"low\"\n";
    std::fs::write(desk.here().join("weak.toml"), weak).unwrap();
    let lint = desk.run(&["profile", "lint", "weak.toml"]);
    assert_eq!(lint.code, Some(0), "{lint:?}");
    assert!(lint.stdout.starts_with("weak.toml: no mistake, 8 rules"), "{lint:?}");
    assert_snapshot!(lint.stderr, @r"
    warning[unreasoned-change]: this weakens the inherited rule `patched` and gives no reason
     --> weak.toml:5:11
      |
    5 | [override.patched]
      |           ^^^^^^^
      |
      = hint: write the reason in `[override.patched]`: because with en and fr; the report shows it beside the change
    ");
}

#[test]
fn profiles_and_apps_are_listed_shown_and_searched() {
    let desk = desk();
    let list = desk.run(&["profile", "list"]);
    assert_eq!((list.code, list.stderr.as_str()), (Some(0), ""));
    let ids: Vec<&str> = list.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(ids.contains(&"byod") && ids.contains(&"base"), "{ids:?}");
    let json = desk.run(&["profile", "list", "-f", "json"]).json();
    assert_eq!(json.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    for id in &ids {
        // What is shown can be judged by.
        let shown = desk.run(&["profile", "show", id]);
        assert_eq!(shown.code, Some(0));
        std::fs::write(
            desk.here().join("copy.toml"),
            shown.stdout.replace(&format!("id      = \"{id}\""), "id = \"copy\""),
        )
        .unwrap();
        // The resolved profile is a profile as well.
        let resolved = desk.run(&["profile", "show", id, "--resolved"]);
        std::fs::write(desk.here().join("resolved.toml"), &resolved.stdout).unwrap();
        assert_eq!(desk.run(&["profile", "lint", "resolved.toml"]).code, Some(0), "{}", resolved.stdout);
        assert!(desk.run(&["profile", "show", id, "--resolved", "-f", "json"]).json().is_object());
    }
    assert!(desk.run(&["profile", "list", "--lang", "fr"]).stdout != list.stdout);

    let apps = desk.run(&["apps", "list"]);
    assert!(apps.stdout.lines().count() > 50, "{}", apps.stdout.lines().count());
    let json = desk.run(&["apps", "list", "-f", "json"]).json();
    assert_eq!(json.as_array().map(Vec::len), Some(apps.stdout.lines().count()));
    for word in ["tiktok", "com.zhiliaoapp.musically"] {
        let shown = desk.run(&["apps", "show", word]);
        assert!(shown.stdout.starts_with("TikTok (tiktok)\n"), "{shown:?}");
    }
    assert!(desk.run(&["apps", "search", "ByteDance"]).stdout.contains("douyin"));
}

#[test]
fn apps_show_says_what_the_id_of_an_app_cannot_tell() {
    let desk = desk();
    let tiktok = desk.run(&["apps", "show", "tiktok", "-f", "json"]).json();
    for (language, heading) in [("en", "What the id does not tell: "), ("fr", "Ce que l’identifiant ne dit pas : ")] {
        let shown = desk.run(&["apps", "show", "com.zhiliaoapp.musically", "--lang", language]).stdout;
        let told = shown.lines().find_map(|line| line.trim_start().strip_prefix(heading));
        assert_eq!(told, tiktok["ids_cannot_tell"][language].as_str(), "{shown}");
        assert!(
            told.is_some_and(|told| told.contains("2026") && told.contains("TikTok USDS Joint Venture")),
            "{shown}"
        );
    }
    // The owner of the catalogue stays, so that `owner:ByteDance` reaches the app wherever it was installed.
    assert_eq!(tiktok["publisher"], "ByteDance");
    let musically = tiktok["ids"].as_array().unwrap().iter().find(|id| id["id"] == "com.zhiliaoapp.musically").unwrap();
    assert_eq!((&musically["platform"], &musically["status"]), (&"android".into(), &"verified".into()));
    let plain = desk.run(&["apps", "show", "signal"]).stdout;
    assert!(!plain.contains("does not tell"), "{plain}");
    assert!(desk.run(&["apps", "show", "signal", "-f", "json"]).json()["ids_cannot_tell"].is_null());
}

#[test]
fn exit_codes_follow_threshold_and_strictness() {
    let desk = desk();
    let phone = whole_phone(&desk);
    let code = |words: &[&str]| {
        let words: Vec<&str> = ["audit", &phone].into_iter().chain(words.iter().copied()).collect();
        desk.run(&words).code
    };
    let report = desk.run(&["audit", &phone, "-f", "json"]).json();
    assert_eq!(report["summary"]["worst"], "high", "the fixture of this test");
    assert_eq!(code(&[]), Some(1));
    assert_eq!(code(&["--fail-on", "high"]), Some(1));
    assert_eq!(code(&["--fail-on", "critical"]), Some(0));
    assert_eq!(code(&["--fail-on", "none"]), Some(0));
    // Nothing fails for a profile that this phone fulfils, but something could not be assessed.
    std::fs::write(desk.here().join("mine.toml"), GOOD.replace("\"tiktok\"", "\"signal\"")).unwrap();
    assert_eq!(code(&["-p", "mine.toml"]), Some(0));
    // Several profiles: all are reported, and the worst counts.
    let both = desk.run(&["audit", &phone, "-p", "mine.toml", "-p", "byod", "-f", "json"]);
    assert_eq!((both.code, both.json().as_array().map(Vec::len)), (Some(1), Some(2)));
    // Android 13's dumps fail: 3 before 1, whatever the threshold, and 2 before 3.
    let damaged = fixture("android-13");
    for threshold in ["low", "none"] {
        assert_eq!(desk.run(&["audit", &damaged, "--fail-on", threshold]).code, Some(3));
    }
    assert_eq!(desk.run(&["audit", &damaged, "-p", "nope"]).code, Some(2));
    assert_eq!(desk.run(&["audit", &damaged, "tcp:x"]).code, Some(2));
}

#[test]
fn strict_counts_what_was_not_assessed() {
    let desk = desk();
    // That there is no sign of root proves nothing.
    let assertion = "device = \"root-or-jailbreak\"\nis = false";
    std::fs::write(desk.here().join("mine.toml"), GOOD.replace("apps = \"tiktok\"\npresence = \"absent\"", assertion))
        .unwrap();
    let phone = fixture("android-14");
    let usual = desk.run(&["audit", &phone, "-p", "mine.toml", "-f", "json"]);
    assert_eq!(usual.json()["findings"][0]["verdict"], "not-assessed", "{usual:?}");
    assert_eq!(usual.code, Some(0));
    let strict = |words: &[&str]| {
        let all = ["audit", &phone, "-p", "mine.toml", "--strict"].into_iter().chain(words.iter().copied());
        desk.run(&all.collect::<Vec<_>>()).code
    };
    assert_eq!((strict(&[]), strict(&["--fail-on", "critical"])), (Some(1), Some(0)));
}

#[test]
fn users_apps_and_serial_numbers_are_shown_as_asked() {
    let desk = desk();
    let phone = fixture("android-14");
    let users = |report: &serde_json::Value| {
        let apps = report["apps"].as_array().unwrap().iter();
        apps.map(|app| app["user"].as_u64().unwrap()).collect::<std::collections::BTreeSet<_>>()
    };
    let all = desk.run(&["snapshot", &phone]).json();
    assert_eq!(users(&all).into_iter().collect::<Vec<_>>(), [0, 999]);
    let one = desk.run(&["snapshot", &phone, "--user", "999"]);
    assert_eq!(users(&one.json()).into_iter().collect::<Vec<_>>(), [999]);
    for command in ["audit", "snapshot"] {
        assert_refused(&desk, &[command, &phone, "--user", "77"], 3);
    }
    // The same of a snapshot made before.
    std::fs::write(desk.here().join("all.json"), desk.run(&["snapshot", &phone]).stdout).unwrap();
    let findings = |words: &[&str]| desk.run(words).json()["findings"].clone();
    let direct = findings(&["audit", &phone, "--user", "999", "-f", "json"]);
    assert_eq!(findings(&["audit", "all.json", "--user", "999", "-f", "json"]), direct);

    let more = desk.run(&["snapshot", &phone, "--all-apps"]).json();
    assert!(more["apps"].as_array().unwrap().len() > all["apps"].as_array().unwrap().len());
    assert_eq!(more["other_apps"].as_object().map(|counts| counts.values().all(|count| count == 0)), Some(true));
    let serial = desk.run(&["snapshot", &phone, "--show-serial"]);
    assert!(serial.stdout.contains("ZY22POUCET"));
    for secret in personal().iter().filter(|secret| *secret != "ZY22POUCET") {
        assert!(!serial.stdout.contains(secret.as_str()) && !serial.stderr.contains(secret.as_str()), "{secret}");
    }
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let desk = desk();
    let phone = whole_phone(&desk);
    let printed = desk.run(&["audit", &phone]);
    let written = desk.run(&["audit", &phone, "-o", "report.txt"]);
    assert_eq!((written.code, written.stdout.as_str()), (Some(1), ""));
    let report = || std::fs::read_to_string(desk.here().join("report.txt")).unwrap();
    assert_eq!(report(), printed.stdout);
    // A target that gives nothing leaves the report of yesterday.
    assert_eq!(desk.run(&["audit", "nowhere", "-o", "report.txt"]).code, Some(3));
    assert_eq!(report(), printed.stdout);
    for arguments in [
        vec!["audit", &phone, "-o", "no/such/folder/report.txt"],
        vec!["snapshot", &phone, "-o", "no/such/folder/report.json"],
        vec!["audit", &phone, "-o", "."],
    ] {
        let answer = desk.run(&arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{answer:?}");
        assert!(answer.stderr.contains("hint: "), "{answer:?}");
    }
    assert_eq!(desk.files(), ["report.txt"]);
    // A folder with something in it is never written over.
    std::fs::create_dir(desk.here().join("full")).unwrap();
    std::fs::write(desk.here().join("full").join("letter.txt"), "dear").unwrap();
    let refused = desk.run(&["collect", &phone, "-o", "full"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert_eq!(std::fs::read_dir(desk.here().join("full")).unwrap().count(), 1);
    assert_eq!(desk.files(), ["full", "report.txt"]);
}

#[test]
fn the_commands_that_run_on_a_phone_are_listed() {
    for (language, head) in [("en", "It only reads."), ("fr", "Il ne fait que lire.")] {
        let answer = desk().run(&["audit", "--explain-collection", "--lang", language]);
        assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
        assert!(answer.stdout.contains(head), "{answer:?}");
        assert!(answer.stdout.contains("`dumpsys -t SECONDS appops`"), "{answer:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let desk = desk();
    let phone = whole_phone(&desk);
    for arguments in [
        vec!["snapshot", &phone],
        vec!["audit", &phone, "--fail-on", "none"],
        vec!["apps", "list"],
        vec!["audit", "--help"],
    ] {
        let mut child = desk.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Closed before anything is written.
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}: {said}");
        assert!(!said.contains("error") && !said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_snapshot_is_judged_as_its_evidence() {
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    let targets: Vec<String> = ["android-08", "android-10", "android-14", "android-16"]
        .iter()
        .map(|name| build(name, Road::BugreportZip, folder.path()).display().to_string())
        .collect();
    let mut direct = Vec::new();
    for target in &targets {
        let report = desk.run(&["audit", target, "-f", "json"]).json();
        let snapshot = desk.run(&["snapshot", target]);
        std::fs::write(desk.here().join("one.json"), &snapshot.stdout).unwrap();
        let again = desk.run(&["audit", "one.json", "-f", "json"]).json();
        assert_eq!(again, report, "{target}");
        direct.push(report["findings"].clone());
    }
    // Several are JSON Lines, in a file or on standard input.
    let words: Vec<&str> = ["snapshot"].into_iter().chain(targets.iter().map(String::as_str)).collect();
    let lines = desk.run(&words);
    assert_eq!(lines.stdout.lines().count(), 4);
    std::fs::write(desk.here().join("all.jsonl"), &lines.stdout).unwrap();
    let findings = |answer: &Answer| {
        let reports = answer.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        reports.map(|report| report["findings"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(findings(&desk.run(&["audit", "all.jsonl", "-f", "jsonl"])), direct);
    let mut child = desk
        .command(&["audit", "-", "-f", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = format!("{}\nnot json\n", lines.stdout);
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let answer = Answer::from(child.wait_with_output().unwrap());
    writer.join().unwrap().unwrap();
    assert_eq!((findings(&answer), answer.code), (direct, Some(3)));
    assert!(answer.stderr.contains("-:6 "), "the line that is no snapshot is named: {}", answer.stderr);
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    let desk = desk();
    for name in common_roads::PHONES {
        let phone = fixture(name);
        for arguments in [vec!["audit", &phone, "-f", "json"], vec!["snapshot", &phone], vec!["audit", &phone]] {
            assert_eq!(desk.run(&arguments), desk.run(&arguments), "{arguments:?}");
        }
    }
    // However many are read at a time, results come in the order of the targets.
    let all: Vec<String> = common_roads::PHONES.iter().map(|name| fixture(name)).collect();
    let run = |jobs: &str| {
        let words = ["audit", "-f", "jsonl", "--jobs", jobs].into_iter().chain(all.iter().map(String::as_str));
        desk.run(&words.collect::<Vec<_>>()).stdout
    };
    assert_eq!(run("1"), run("8"));
}

/// Compares with a file of `tests/golden/`; `POUCET_UPDATE=1` writes it instead.
fn assert_golden(name: &str, text: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("golden").join(name);
    if std::env::var("POUCET_UPDATE").as_deref() == Ok("1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let differs = golden.lines().zip(text.lines()).position(|(old, new)| old != new);
    assert!(
        golden == text,
        "{name} differs from line {} on; if that is meant, run with POUCET_UPDATE=1",
        differs.unwrap_or_else(|| golden.lines().count().min(text.lines().count())) + 1
    );
}

#[test]
fn every_format_is_as_it_was() {
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    let target = build("android-14", Road::BugreportZip, folder.path()).display().to_string();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    for format in ["table", "json", "jsonl"] {
        for language in ["en", "fr"] {
            let answer = desk.run(&["audit", &target, "-f", format, "--lang", language]);
            assert_eq!(answer.stderr, "");
            assert_golden(
                &format!("audit.{format}.{language}.txt"),
                &answer.stdout.replace(&version, "\"version\": \"VERSION\""),
            );
        }
    }
    let snapshot = desk.run(&["snapshot", &target]);
    assert_golden("snapshot.json", &snapshot.stdout.replace(&version, "\"version\": \"VERSION\""));
}

#[test]
fn every_format_of_a_backup_is_as_it_was() {
    let desk = desk();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let target = fixtures.join("ios-17").display().to_string();
    let report = fixtures.join("ios-17.App_Privacy_Report.ndjson").display().to_string();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let steady = |text: &str| {
        // The age of the backup is that of today.
        let lines = text.lines().map(|line| match line.split_once(" days old").or(line.split_once(" jours : ")) {
            Some((_, rest)) if line.contains("sauvegarde date de") || line.contains("backup is") => {
                format!("(AGE) {rest}")
            }
            _ => line.replace(&version, "\"version\": \"VERSION\""),
        });
        lines.map(|line| line + "\n").collect::<String>()
    };
    for format in ["table", "json"] {
        for language in ["en", "fr"] {
            let words = ["audit", &target, "--privacy-report", &report, "-f", format, "--lang", language];
            let answer = desk.run(&words);
            assert_eq!(answer.stderr, "");
            assert_golden(&format!("ios.audit.{format}.{language}.txt"), &steady(&answer.stdout));
        }
    }
    let snapshot = desk.run(&["snapshot", &target, "--privacy-report", &report]);
    assert_golden("ios.snapshot.json", &steady(&snapshot.stdout));
}

const UDID: &str = "00008110-000A1B2C3D4E5F60";

/// A folder that begins like a backup: property lists of these members, and a `Manifest.db` of these bytes where there are any.
fn fake_backup(folder: &Path, manifest: &str, state: &str, index: Option<&[u8]>) {
    let write = |name: &str, members: &str| {
        let text = format!("<plist version=\"1.0\"><dict>{members}</dict></plist>");
        std::fs::write(folder.join(name), text).unwrap();
    };
    std::fs::create_dir_all(folder).unwrap();
    write(
        "Info.plist",
        "<key>Product Version</key><string>17.5.1</string><key>Product Type</key><string>iPhone14,5</string>\
         <key>Serial Number</key><string>SECRETSERIAL</string><key>Last Backup Date</key><date>2024-06-01T10:00:00Z</date>",
    );
    write("Manifest.plist", manifest);
    write("Status.plist", &format!("<key>SnapshotState</key><string>{state}</string>"));
    if let Some(index) = index {
        std::fs::write(folder.join("Manifest.db"), index).unwrap();
    }
}

/// A `Manifest.db` with its table and not one row.
fn empty_index() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Manifest.db");
    let index = rusqlite::Connection::open(&path).unwrap();
    index
        .execute_batch(
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)",
        )
        .unwrap();
    drop(index);
    std::fs::read(path).unwrap()
}

#[test]
fn backups_that_cannot_be_read_say_why_and_what_to_do() {
    let desk = desk();
    let here = desk.here();
    let plain = "<key>IsEncrypted</key><false/>";
    let encrypted = "<key>IsEncrypted</key><true/>";
    fake_backup(&here.join("half"), plain, "uploading", None);
    fake_backup(&here.join("old"), plain, "finished", None);
    std::fs::write(here.join("old").join("Manifest.mbdb"), b"mbdb").unwrap();
    fake_backup(&here.join("noise"), plain, "finished", Some(&[7; 64]));
    fake_backup(&here.join("bare"), encrypted, "finished", Some(&[7; 64]));
    fake_backup(&here.join("whole"), plain, "finished", Some(&empty_index()));
    std::fs::create_dir(here.join("whole").join("64")).unwrap();
    std::fs::create_dir_all(here.join("MobileSync").join("Backup")).unwrap();
    for target in ["half", "old", "noise", "bare", "whole/64", "MobileSync"] {
        assert_refused(&desk, &["audit", target], 3);
    }
    let error = |target: &str| desk.run(&["snapshot", target]).stderr;
    assert_snapshot!(error("half"), @r#"
    error: half is an iOS backup without its index, Manifest.db.
    hint: The backup was never finished, or only a part of it was copied. Copy the whole folder, or make a new backup.
    "#);
    assert_snapshot!(error("whole/64"), @r#"
    error: whole/64 is a part of an iOS backup and tells nothing by itself.
    hint: Give the whole backup: whole
    "#);
    assert!(error("old").contains("iOS 9") && error("bare").contains("keys of the encrypted backup"));
    assert!(error("noise").contains("Manifest.db") && error("MobileSync").contains("no iOS backup"));
    // The backup itself is the evidence.
    for target in ["whole", "whole/Manifest.db"] {
        assert_refused(&desk, &["collect", target, "-o", "out"], 2);
    }
    assert!(!here.join("out").exists());
}

#[test]
fn a_backup_is_read_with_a_word_on_what_is_unusual() {
    let desk = desk();
    let here = desk.here();
    fake_backup(&here.join(UDID), "<key>IsEncrypted</key><false/>", "uploading", Some(&empty_index()));
    std::fs::write(here.join("password"), "secret\n").unwrap();
    let answer = desk.run(&["snapshot", UDID, "--password-file", "password"]);
    // A phone has these files; that they are not in the index is damage.
    assert_eq!(answer.code, Some(3), "{answer:?}");
    let gaps: Vec<String> = answer.json()["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| format!("{} {}", gap["area"].as_str().unwrap(), gap["reason"].as_str().unwrap()))
        .collect();
    for gap in ["TCC.db absent", "clients.plist absent", "healthdb.sqlite encrypted-only"] {
        assert!(gaps.iter().any(|found| found == gap), "{gap}: {gaps:?}");
    }
    assert_snapshot!(answer.stderr, @r#"
    00008110-000A1B2C3D4E5F60 is not encrypted; the password was not needed
    warning: the backup 00008110-000A1B2C3D4E5F60 was not finished (uploading); some of what it says may be old or missing
    "#);
    for secret in ["SECRETSERIAL", UDID] {
        assert!(!answer.stdout.contains(secret), "{secret}");
    }
    // A file inside stands for the whole.
    let inside = format!("{UDID}/Manifest.db");
    assert_eq!(desk.run(&["snapshot", &inside]).json()["source"], answer.json()["source"]);
}

#[test]
fn passwords_and_reports_that_cannot_be_read_stop_the_call() {
    let desk = desk();
    fake_backup(&desk.here().join("b"), "<key>IsEncrypted</key><false/>", "finished", Some(&empty_index()));
    std::fs::write(desk.here().join("long"), vec![b'x'; 70_000]).unwrap();
    for arguments in [
        vec!["audit", "b", "--password-file", "nowhere"],
        vec!["audit", "b", "--password-file", "long"],
        vec!["audit", "b", "--password-file", "."],
        vec!["audit", "b", "--password-file", "long", "--password-stdin"],
        vec!["audit", "b", "-", "--password-stdin"],
        vec!["audit", "b", "--privacy-report", "nowhere"],
        vec!["audit", "b", "--password", "secret"],
    ] {
        assert_refused(&desk, &arguments, 2);
    }
}

#[test]
fn the_backups_of_this_computer_are_listed_without_the_identifier_of_the_phone() {
    let desk = desk();
    let place = desk.here().join("backups");
    fake_backup(&place.join(UDID), "<key>IsEncrypted</key><true/>", "finished", None);
    fake_backup(&place.join(format!("{UDID}-20240601-120000")), "<key>IsEncrypted</key><false/>", "moving", None);
    let run = |words: &[&str]| {
        let words: Vec<&str> = ["devices"].iter().chain(words).copied().collect();
        Answer::from(desk.command(&words).env("POUCET_BACKUPS", &place).output().unwrap())
    };
    assert_snapshot!(page(&desk, &run(&[])), @r#"
    exit code 0
    --- stdout
    iOS backups on this computer:
      1  iPhone14,5  iOS 17.5.1  2024-06-01 10:00  encrypted      finished      DESK/here/backups/…
      2  iPhone14,5  iOS 17.5.1  2024-06-01 10:00  not encrypted  not finished  DESK/here/backups/…-20240601-120000
    … stands for the phone's identifier (--show-serial shows it); the folder above reads all backups in it.
    --- stderr
    "#);
    let json = run(&["-f", "json"]).json();
    assert_eq!(json["phones"].as_array().map(Vec::len), Some(0));
    assert_eq!(json["backups"][0]["encrypted"], true);
    assert_eq!(json["backups"][1]["finished"], false);
    assert_eq!(json["backups"][0]["date"], "2024-06-01T10:00:00Z");
    assert!(!json.to_string().contains(UDID));
    let shown = run(&["--show-serial"]);
    assert_eq!((shown.code, shown.stdout.matches(UDID).count()), (Some(0), 2), "{shown:?}");
    assert!(run(&["--lang", "fr"]).stdout.contains("non chiffrée"));
    // Neither phone nor backup.
    assert_refused(&desk, &["devices"], 4);
}
