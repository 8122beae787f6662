//! The examples of profiles: those that ship hold and leave no verdict out; `poucet profile test` as a command.

use std::path::Path;
use std::process::Command;

use poucet::Catalog;
use poucet::audit::example::test;
use poucet::profile::{Options, shipped};

/// How many of the profiles that ship have examples, at least.
const WITH_EXAMPLES: usize = 10;

#[test]
fn the_examples_of_the_shipped_profiles_hold_and_leave_no_verdict_out() {
    let (mut wrong, mut with) = (Vec::new(), 0);
    for profile in shipped() {
        let tested =
            test(profile.id, Catalog::builtin(), &Options::default(), &|finding| format!("{:?}", finding.because))
                .unwrap_or_else(|errors| panic!("{errors}"));
        if tested.outcomes.is_empty() {
            continue;
        }
        with += 1;
        for outcome in &tested.outcomes {
            wrong.extend(outcome.mismatches.iter().map(|one| {
                let (rule, because) = (&one.rule, &one.because);
                format!("{}/{}: {rule} is {}, not {}: {because}", profile.id, outcome.example, one.found, one.expected)
            }));
        }
        for one in &tested.coverage {
            let missing: Vec<String> = one.missing().map(|verdict| verdict.to_string()).collect();
            if !missing.is_empty() {
                wrong.push(format!("{}/{} on {}: no {}", profile.id, one.rule, one.platform, missing.join(", no ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(with >= WITH_EXAMPLES, "only {with} of the shipped profiles have examples");
}

/// Exit code, standard output and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_poucet"))
        .env_clear()
        .env("HOME", folder)
        .env("LC_ALL", "C")
        .current_dir(folder)
        .args(["profile", "test"])
        .args(arguments)
        .output()
        .expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with the profile of the fixtures, changed.
fn with_profile(from: &str, to: &str) -> tempfile::TempDir {
    let text = include_str!("../fixtures/profiles/examples.toml");
    assert!(text.contains(from), "{from}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text.replace(from, to)).unwrap();
    folder
}

#[test]
fn examples_that_hold() {
    let folder = with_profile("", "");
    let (code, stdout, stderr) = run(folder.path(), &["mine.toml"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(stdout, @r"
    examples: Rules with examples
      passed  android-as-asked (Android, 8 rules)
      passed  android-open (Android, 7 rules)
      passed  android-unread (Android, 7 rules)
      passed  android-on-a-cable (Android, 4 rules)
      passed  ios-as-asked (iOS, 7 rules)
      passed  ios-open (iOS, 6 rules)
      passed  ios-unread (iOS, 6 rules)
    7 examples passed, 0 failed.
    Rules of this file that the examples show, of those that can have the verdict:
      Android: Passes 7 of 7, Fails 7 of 7, Noted 0 of 0, Not assessed 7 of 7
      iOS: Passes 5 of 6, Fails 5 of 5, Noted 0 of 0, Not assessed 6 of 6
    Not shown yet:
      blocked (iOS): Passes
    ");
    let (code, french, _) = run(folder.path(), &["mine.toml", "--lang", "fr"]);
    assert_eq!(code, Some(0));
    assert!(french.contains("7 exemples réussis, 0 échoué.") && french.contains("android-open"), "{french}");
}

#[test]
fn an_example_that_does_not_hold() {
    let folder = with_profile("os-updates = 400", "os-updates = 20");
    let (code, stdout, stderr) = run(folder.path(), &["mine.toml"]);
    assert_eq!((code, stderr.as_str()), (Some(1), ""));
    let told: Vec<&str> = stdout.lines().skip_while(|line| !line.contains("ios-open")).take(2).collect();
    assert_eq!(
        told,
        [
            "  failed  ios-open (iOS, 6 rules)",
            "          patched: expected “Fails”, found “Passes”. The phone says: 20 days"
        ]
    );
    let (code, stdout, _) = run(folder.path(), &["mine.toml", "--format", "json"]);
    assert_eq!(code, Some(1));
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["schema"], "poucet.profile-test/1");
    let profile = &json["profiles"][0];
    assert_eq!(profile["profile"]["id"], "examples");
    let wrong: Vec<_> = profile["examples"].as_array().unwrap().iter().filter(|one| one["holds"] == false).collect();
    assert_eq!((wrong.len(), &wrong[0]["name"]), (1, &"ios-open".into()));
    let mismatch = &wrong[0]["mismatches"][0];
    assert_eq!((&mismatch["expected"], &mismatch["found"]), (&"fail".into(), &"pass".into()));
    assert!(profile["rules"].as_array().unwrap().iter().any(|one| one["missing"] == serde_json::json!(["fail"])));
}

#[test]
fn a_wrong_profile_is_shown_and_the_others_are_tested() {
    let folder = with_profile("expect    = { fail = [\"location\"", "expect    = { fail = [\"locations\"");
    std::fs::write(
        folder.path().join("none.toml"),
        "format = 1\nid = \"none\"\ntitle = { en = \"None\", fr = \"Aucun\" }\n",
    )
    .unwrap();
    let (code, stdout, stderr) = run(folder.path(), &["mine.toml", "none.toml"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("error[example-unknown-rule]") && stderr.contains("did you mean `location`?"), "{stderr}");
    assert_eq!(stdout, "none holds no example.\n");
    assert_eq!(run(folder.path(), &["none.toml"]).0, Some(0), "no example is no failure");
}

#[test]
fn lint_tells_mistakes_in_examples_and_an_audit_passes_over_them() {
    let folder = with_profile("platform  = \"ios\"", "platform  = \"iso\"");
    let poucet = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_poucet"));
        command
            .env_clear()
            .env("HOME", folder.path())
            .env("POUCET_ID_KEY", "a key of the tests")
            .current_dir(folder.path());
        command.args(arguments).output().expect("the program starts")
    };
    let lint = poucet(&["profile", "lint", "mine.toml"]);
    assert_eq!(lint.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&lint.stderr).contains("did you mean `ios`?"));
    let phone = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/staff-phone");
    let audit = poucet(&["audit", phone.to_str().unwrap(), "-p", "mine.toml", "--fail-on", "none"]);
    assert_ne!(audit.status.code(), Some(2), "{}", String::from_utf8_lossy(&audit.stderr));
}
