//! `poucet profile test`: the examples of profiles, judged.

use clap::ArgMatches;
use poucet::audit::Finding;
use poucet::audit::example::{self, Coverage, SHOWN, Tested};
use poucet::report::Wording;
use poucet::vocabulary::{Platform, Verdict};
use serde_json::{Value, json};

use super::loading::profile_options;
use super::{Outcome, Session};

/// Runs the subcommand. 0 when every example holds, or there is none; 1 when one does not; 2 for a wrong profile.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let as_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let options = profile_options(session, matches);
    let mut exit = Outcome::default();
    let mut tested = Vec::new();
    for reference in matches.get_many::<String>("profile").into_iter().flatten() {
        match example::test(reference, session.catalog(), &options, &|finding| because(session, finding)) {
            Ok(one) => {
                if one.outcomes.iter().any(|outcome| !outcome.holds()) {
                    exit = exit.and(Outcome::FAILING);
                }
                tested.push(one);
            }
            Err(errors) => {
                session.mistakes(&errors);
                exit = exit.and(Outcome::REFUSED);
            }
        }
    }
    let text = if as_json {
        let profiles: Vec<Value> = tested.iter().map(in_json).collect();
        format!("{:#}\n", json!({ "schema": "poucet.profile-test/1", "profiles": profiles }))
    } else {
        tested.iter().map(|one| in_words(session, one)).collect::<Vec<_>>().join("\n")
    };
    exit.and(session.print(&text))
}

/// Why a finding is what it is, with the app and the permission it is about.
fn because(session: &Session, finding: &Finding<'_>) -> String {
    let wording = Wording::new(&session.texts);
    let app = finding.app.as_ref().map(|app| app.name.clone());
    let permission = finding.permission.map(|permission| wording.permission(permission).to_owned());
    let about: Vec<String> = app.into_iter().chain(permission).collect();
    let because = wording.because(finding);
    if about.is_empty() { because } else { format!("{} — {because}", about.join(", ")) }
}

fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn in_words(session: &Session, tested: &Tested) -> String {
    let texts = &session.texts;
    let id = tested.profile.id.as_str();
    let mut lines = Vec::new();
    if tested.outcomes.is_empty() {
        lines.push(texts.with("example-none", &[("profile", id)]));
    } else {
        let title = tested.profile.title.of(texts.language());
        lines.push(texts.with("example-profile", &[("profile", id), ("title", title)]));
        for outcome in &tested.outcomes {
            lines.extend(outcome_in_words(session, outcome));
        }
        let passed = tested.outcomes.iter().filter(|outcome| outcome.holds()).count();
        let failed = (tested.outcomes.len() - passed).to_string();
        lines.push(texts.count("example-counts", count(passed), &[("failed", &failed)]));
        lines.extend(coverage_in_words(session, &tested.coverage));
    }
    lines.join("\n") + "\n"
}

fn outcome_in_words(session: &Session, outcome: &example::Outcome) -> Vec<String> {
    let texts = &session.texts;
    let (passed, failed) = (texts.get("example-passed"), texts.get("example-failed"));
    let width = passed.chars().count().max(failed.chars().count());
    let word = format!("{:width$}", if outcome.holds() { &passed } else { &failed });
    let variables =
        [("outcome", word.as_str()), ("example", &outcome.example), ("platform", platform_name(outcome.platform))];
    let mut lines = vec![format!("  {}", texts.count("example-line", count(outcome.rules.len()), &variables))];
    for mismatch in &outcome.mismatches {
        let (expected, found) = (verdict(session, mismatch.expected), verdict(session, mismatch.found));
        let line = texts.with(
            "example-mismatch",
            &[("rule", &mismatch.rule), ("expected", &expected), ("found", &found), ("because", &mismatch.because)],
        );
        lines.push(format!("  {}  {line}", " ".repeat(width)));
    }
    lines
}

fn verdict(session: &Session, verdict: Verdict) -> String {
    session.texts.get(&format!("verdict-{verdict}"))
}

fn coverage_in_words(session: &Session, coverage: &[Coverage]) -> Vec<String> {
    let texts = &session.texts;
    let mut lines = Vec::new();
    for platform in Platform::ALL {
        let of_platform = || coverage.iter().filter(|one| one.platform == *platform);
        if of_platform().all(|one| one.possible.is_empty()) {
            continue;
        }
        let counts = SHOWN.map(|wanted| {
            let possible = of_platform().filter(|one| one.possible.contains(&wanted));
            let shown = possible.clone().filter(|one| one.shown.contains(&wanted)).count().to_string();
            let variables = [("verdict", verdict(session, wanted)), ("possible", possible.count().to_string())];
            let [(_, name), (_, possible)] = &variables;
            texts.with("example-count", &[("verdict", name), ("shown", &shown), ("possible", possible)])
        });
        let line = [("platform", platform_name(*platform)), ("counts", &counts.join(", "))];
        lines.push(format!("  {}", texts.with("example-shown-on", &line)));
    }
    if !lines.is_empty() {
        lines.insert(0, texts.get("example-shown"));
    }
    let lacking: Vec<String> = coverage
        .iter()
        .filter_map(|one| {
            let missing: Vec<String> = one.missing().map(|missing| verdict(session, missing)).collect();
            let words = [("rule", one.rule.as_str()), ("platform", platform_name(one.platform))];
            let [rule, platform] = words;
            let verdicts = missing.join(", ");
            (!missing.is_empty()).then(|| texts.with("example-lacks", &[rule, platform, ("verdicts", &verdicts)]))
        })
        .collect();
    if !lacking.is_empty() {
        lines.push(texts.get("example-lacking"));
        lines.extend(lacking.into_iter().map(|line| format!("  {line}")));
    }
    lines
}

fn in_json(tested: &Tested) -> Value {
    let examples: Vec<Value> = tested
        .outcomes
        .iter()
        .map(|outcome| {
            let mismatches: Vec<Value> = outcome
                .mismatches
                .iter()
                .map(|one| json!({ "rule": one.rule, "expected": one.expected, "found": one.found, "because": one.because }))
                .collect();
            json!({
                "name": outcome.example,
                "platform": outcome.platform,
                "holds": outcome.holds(),
                "rules": outcome.rules,
                "mismatches": mismatches,
            })
        })
        .collect();
    let rules: Vec<Value> = tested
        .coverage
        .iter()
        .map(|one| {
            json!({
                "rule": one.rule,
                "platform": one.platform,
                "possible": one.possible,
                "shown": one.shown,
                "missing": one.missing().collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "profile": { "id": tested.profile.id, "version": tested.profile.version, "sha256": tested.profile.sha256 },
        "examples": examples,
        "rules": rules,
    })
}
