//! The page of published controls: made from the registry and the shipped profiles, compared with what is checked in.
//!
//! `POUCET_UPDATE=1 cargo test --test whole coverage::` writes it again.

use std::fs;
use std::path::Path;

use poucet::Catalog;
use poucet::profile::controls::Stance;
use poucet::profile::coverage::{Standing, entries, render};
use poucet::profile::{controls, load, references, shipped};
use poucet::text::Language;
use poucet::vocabulary::permissions::{Readable, describe_check};
use poucet::vocabulary::{Check, Platform};

#[test]
fn the_pages_are_what_the_registry_and_the_profiles_say() {
    for (language, name) in [(Language::En, "coverage.md"), (Language::Fr, "coverage.fr.md")] {
        let expected = render(language, Catalog::builtin());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        if std::env::var_os("POUCET_UPDATE").is_some_and(|value| value == "1") {
            fs::write(&path, expected).expect("the page is written");
            continue;
        }
        let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            found == expected,
            "docs/{name} is not what the registry says; `POUCET_UPDATE=1 cargo test --test whole coverage::` writes it again"
        );
    }
}

#[test]
fn every_shipped_rule_cites_what_exists() {
    for profile in shipped() {
        let loaded = load(profile.id, Catalog::builtin()).expect("a shipped profile loads");
        for rule in &loaded.rules {
            for reference in &rule.refs {
                assert!(references::is_known(reference), "{}/{}: {reference}", profile.id, rule.id);
                assert!(references::describe(reference).is_some(), "{reference}");
            }
        }
    }
}

#[test]
fn every_control_is_on_the_page_once_and_counted_honestly() {
    let catalog = Catalog::builtin();
    let entries = entries(catalog);
    assert_eq!(entries.len(), controls::ids().count());
    let page = render(Language::En, catalog);
    for entry in &entries {
        let id = entry.control.id;
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with(&format!("| `{id}`"))).collect();
        let [row] = rows.as_slice() else { panic!("{id}: {rows:?}") };
        assert_eq!(row.contains("| No shipped rule yet"), entry.standing == Standing::NoRuleYet, "{row}");
        if let Stance::Checks(checks) = &entry.control.stance {
            let told = checks.iter().any(|check| {
                controls::is_read(*check, entry.platform)
                    && *describe_check(*check).readable.of(entry.platform) <= Readable::Partly
            });
            let placed = !entry.rules.is_empty() || entry.standing == Standing::NoRuleYet;
            assert!(
                !told || placed,
                "{id}: the evidence tells, and it has neither a rule nor a place among those without"
            );
            assert!(told || entry.standing != Standing::Covered, "{id}: nothing tells, and it counts as covered");
        }
        match entry.standing {
            Standing::Covered => assert!(!entry.rules.is_empty(), "{id}"),
            Standing::NoRuleYet => assert!(entry.rules.is_empty(), "{id}"),
            // The last cell says why, or where a person looks.
            Standing::ByHand | Standing::NotCovered => {
                let last = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
                assert!(last.ends_with('.') || last.starts_with("By hand"), "{row}");
            }
        }
    }
    let counts = Standing::ALL.map(|standing| entries.iter().filter(|entry| entry.standing == standing).count());
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    let [covered, by_hand, no_rule, not_covered] = counts;
    let total = format!("| {} | {covered} | {by_hand} | {no_rule} | {not_covered} |", entries.len());
    assert!(page.contains(&total), "{total}");
}

/// The list of checks without a value follows the code that reads them.
#[test]
fn checks_that_nothing_reads_are_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (platform, file) in
        [(Platform::Android, "src/access/android/checks.rs"), (Platform::Ios, "src/access/ios/checks.rs")]
    {
        let code = fs::read_to_string(root.join(file)).expect("the readers are there");
        for check in Check::ALL {
            // Apps are no property of the phone, and the version of iOS is read but not dated.
            let by_apps = matches!(check, Check::AppPresence | Check::AppPermissions | Check::AppSource);
            let undated = (*check, platform) == (Check::OsUpdates, Platform::Ios);
            if by_apps || undated || *describe_check(*check).readable.of(platform) > Readable::Partly {
                continue;
            }
            assert_eq!(
                code.contains(&format!("Check::{check:?},")),
                controls::is_read(*check, platform),
                "{check} {platform}"
            );
        }
    }
}
