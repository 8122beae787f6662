//! What all phones of a batch come to, in one sheet.

use super::sheet::{Rows, head};
use crate::batch::Summary;
use crate::report::content::wording::Wording;
use crate::report::json;
use crate::vocabulary::Verdict;

/// The columns of the summary of many phones, in the long form: one value a row, so that every program reads it and puts the tables
/// together by itself.
const FLEET: [&str; 4] = ["table", "row", "column", "value"];

/// What all phones of a batch come to: the tables of `poucet.fleet/1` in one sheet, with the words and names of that.
pub(in crate::report) fn batch(summary: &Summary, words: Wording<'_>) -> String {
    let report = json::fleet_report(summary, words);
    let mut rows = Rows::new(&FLEET, words);
    for (table, records) in tables(&report) {
        for (number, record) in (1_u64..).zip(records) {
            for (column, value) in record.into_iter().filter(|(_, value)| !value.is_empty()) {
                rows.cells([table, &number.to_string(), column]);
                // What becomes of a value is for its own column to say, as if the tables were apart.
                rows.cell_of(column, &value);
                rows.end();
            }
        }
    }
    head(&FLEET, words) + &rows.into_text()
}

/// One record of a table for programs: its columns and their values.
type Record = Vec<(&'static str, String)>;

/// The tables of `poucet.fleet/1`, each row by the names that the JSON has; a phone by those of an audit's sheet.
fn tables(report: &json::FleetReport) -> Vec<(&'static str, Vec<Record>)> {
    let share = |share: Option<f64>| share.map(|share| share.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let targets = &report.targets;
    let mut account = vec![
        ("total", targets.total.to_string()),
        ("read", targets.read.to_string()),
        ("known", targets.known.to_string()),
        ("damaged", targets.damaged.to_string()),
        ("failed", targets.failed.to_string()),
        ("aside", targets.aside.to_string()),
    ];
    account.extend(targets.devices.map(|devices| ("devices", devices.to_string())));
    let (mut profiles, mut verdicts, mut worst) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rules, mut reasons) = (Vec::new(), Vec::new());
    for profile in &report.profiles {
        let of = |rest: Record| [vec![("profile", profile.id.clone())], rest].concat();
        profiles.push(vec![
            ("id", profile.id.clone()),
            ("version", profile.version.clone()),
            ("conformity", share(profile.conformity)),
        ]);
        for (verdict, phones) in &profile.verdicts {
            verdicts.push(of(vec![("verdict", verdict.to_string()), ("phones", phones.to_string())]));
        }
        for (severity, phones) in &profile.worst {
            worst.push(of(vec![("severity", severity.to_string()), ("phones", phones.to_string())]));
        }
        for rule in &profile.rules {
            let count = |verdict| rule.phones.get(&verdict).copied().unwrap_or(0).to_string();
            rules.push(of(vec![
                ("code", rule.code.clone()),
                ("title", rule.title.clone()),
                ("severity", rule.severity.to_string()),
                ("fail", count(Verdict::Fail)),
                ("waived", count(Verdict::Waived)),
                ("not_assessed", count(Verdict::NotAssessed)),
                ("manual", count(Verdict::Manual)),
                ("noted", count(Verdict::Noted)),
                ("pass", count(Verdict::Pass)),
                ("not_applicable", count(Verdict::NotApplicable)),
            ]));
        }
        for one in &profile.not_assessed {
            reasons.push(of(vec![
                ("reason", one.reason.clone()),
                ("phones", one.phones.to_string()),
                ("findings", one.findings.to_string()),
            ]));
        }
    }
    let apps = report.apps.iter().map(|app| {
        vec![
            ("slug", app.slug.clone()),
            ("name", app.name.clone()),
            ("phones", app.phones.to_string()),
            ("failing", app.failing.to_string()),
        ]
    });
    let phones = report.phones.iter().map(|phone| {
        vec![
            ("target", phone.target.clone()),
            ("device", text(&phone.device.id)),
            ("platform", phone.device.platform.to_string()),
            ("manufacturer", text(&phone.device.manufacturer)),
            ("model", text(&phone.device.model)),
            ("os_version", text(&phone.device.os_version)),
            ("taken_at", text(&phone.taken_at)),
            ("profile", phone.profile.clone()),
            ("verdict", phone.verdict.to_string()),
            ("worst", phone.worst.map(|worst| worst.to_string()).unwrap_or_default()),
            ("failing", phone.failing.to_string()),
            ("not_assessed", phone.not_assessed.to_string()),
            ("noted", phone.noted.to_string()),
            ("conformity", share(phone.conformity)),
            ("damaged", phone.damaged.to_string()),
        ]
    });
    let failures = report
        .failures
        .iter()
        .map(|failed| vec![("target", failed.target.clone()), ("message", failed.message.clone())]);
    vec![
        ("targets", vec![account]),
        ("profiles", profiles),
        ("verdicts", verdicts),
        ("worst", worst),
        ("rules", rules),
        ("reasons", reasons),
        ("apps", apps.collect()),
        ("phones", phones.collect()),
        ("failures", failures.collect()),
    ]
}
