//! Waivers, and several profiles side by side, as whole commands in a scrubbed environment.
//!
//! `POUCET_UPDATE=1 cargo test --test whole waivers::` writes the golden tables and the answers of `docs/waivers.md` again.
#![cfg(unix)]

use crate::common::desk::{Answer, Desk};

const PHONE: &str = "docs/examples/staff-phone";
const FILE: &str = "docs/examples/waivers.toml";

/// Runs in the checkout, so that paths are those of the documentation.
fn run(arguments: &[&str]) -> Answer {
    let desk = Desk::new(1);
    Answer::from(desk.command(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap())
}

fn is_update() -> bool {
    std::env::var_os("POUCET_UPDATE").is_some_and(|value| value == "1")
}

fn assert_file(name: &str, text: &str) {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    if is_update() {
        std::fs::write(&path, text).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == text,
        "{name} differs; if that is meant, run with POUCET_UPDATE=1"
    );
}

#[test]
fn a_waived_finding_stays_visible() {
    for (language, heading, signed) in
        [("en", "Waived:", "Signed by Security desk"), ("fr", "Dérogations :", "Signée par Security desk")]
    {
        let audit = ["audit", PHONE, "--waivers", FILE, "--today", "2026-11-16", "--lang", language];
        let table = run(&audit);
        assert_eq!(table.code, Some(1));
        assert!(table.stdout.contains(heading) && table.stdout.contains(signed), "{table:?}");
        assert!(table.stderr.contains("byod/store-only"), "{table:?}");
        let json = run(&[&audit[..], &["-f", "json"]].concat()).json();
        let findings = json["findings"].as_array().unwrap();
        let waived: Vec<_> = findings.iter().filter(|finding| finding["verdict"] == "waived").collect();
        assert_eq!(waived.len(), 3);
        assert!(waived.iter().all(|finding| finding["waiver"]["approver"].is_string()));
        for code in ["waiver-expired", "waiver-unmitigated"] {
            assert!(findings.iter().any(|finding| finding["code"] == code && finding["verdict"] == "fail"), "{code}");
        }
    }
}

#[test]
fn wrong_files_and_days_judge_nothing() {
    let desk = Desk::new(1);
    let wrong = desk.here().join("wrong.toml").display().to_string();
    let new = run(&["waiver", "new", "byod/contacts/instagram", "--today", "2026-11-16"]).stdout;
    std::fs::write(&wrong, format!("format = 1\n{new}")).unwrap();
    for arguments in
        [vec!["audit", PHONE, "--waivers", &wrong], vec!["audit", PHONE, "--waivers", FILE, "--today", "soon"]]
    {
        let answer = run(&arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{answer:?}");
        assert!(answer.stderr.contains("error"), "{answer:?}");
    }
    std::fs::write(&wrong, format!("format = 1\n{}", new.replace("\"…\"", "\"So.\""))).unwrap();
    assert_eq!(run(&["profile", "lint", &wrong]).code, Some(0));
}

#[test]
fn the_list_is_data_too() {
    let list = ["waiver", "list", "--waivers", FILE, "--today", "2026-11-16", "-f", "json"];
    assert_eq!(run(&list).json().as_array().unwrap().len(), 5);
    assert_eq!(run(&[&list[..], &["--expiring", "30d"]].concat()).json().as_array().unwrap().len(), 2);
}

#[test]
fn two_profiles_stand_side_by_side() {
    for language in ["en", "fr"] {
        let two = ["audit", PHONE, "-p", "location-off", "-p", "precautionary", "--lang", language];
        let answer = run(&two);
        assert_eq!((answer.code, answer.stderr.as_str()), (Some(1), ""));
        assert!(answer.stdout.contains("Google Play"), "names keep their capitals");
        assert_file(&format!("tests/golden/side.table.{language}.txt"), &answer.stdout);
        let json = run(&[&two[..], &["-f", "json"]].concat()).json();
        assert_eq!(json.as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn the_documentation_shows_what_the_program_says() {
    for (page, language) in [("docs/waivers.md", "en"), ("docs/waivers.fr.md", "fr")] {
        let document = std::fs::read_to_string(format!("{}/{page}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let mut parts = document.split("```");
        let mut written = parts.next().unwrap().to_owned();
        let mut calls = 0;
        while let (Some(block), Some(after)) = (parts.next(), parts.next()) {
            let line = block.lines().nth(1).unwrap();
            let mut words: Vec<&str> = line.strip_prefix("$ poucet ").unwrap().split(' ').collect();
            words.extend(["--lang", language]);
            let answer = run(&words);
            assert_eq!(answer.code, Some(0), "{answer:?}");
            written.push_str(&format!("```console\n{line}\n{}```{after}", answer.stdout));
            calls += 1;
        }
        assert_eq!(calls, 3);
        assert_file(page, &written);
    }
}
