//! What all phones of a batch come to, as sentences and tables that a person reads.

use super::wording::Wording;
use crate::audit::share;
use crate::batch::{MOST_LISTED, OfProfile, Phone, Summary};
use crate::snapshot::Device;
use crate::vocabulary::{Severity, Verdict};

/// How many rows of one table a person is shown; a spreadsheet and JSON have all.
const MOST_SHOWN: usize = 100;

/// One table of the summary.
pub(in crate::report) struct Sheet {
    /// A word for programs: `verdicts`, `rules`, `apps`, `reasons`, `phones`, `failures`.
    pub(in crate::report) kind: &'static str,
    pub(in crate::report) heading: String,
    pub(in crate::report) columns: Vec<String>,
    pub(in crate::report) rows: Vec<Vec<String>>,
}

/// The sentences above the tables: how many targets there were and what became of them.
fn account(summary: &Summary, words: Wording<'_>) -> Vec<String> {
    let texts = words.texts();
    let number = |count: u64| count.to_string();
    let mut lines = vec![texts.count(
        "fleet-targets",
        summary.targets(),
        &[("read", &number(summary.read)), ("failed", &number(summary.failed))],
    )];
    if let Some(devices) = summary.devices().filter(|devices| *devices > 0 && *devices != summary.read) {
        lines.push(texts.count("fleet-devices", devices, &[]));
    }
    let told = [("fleet-known", summary.known), ("fleet-damaged", summary.damaged), ("fleet-aside", summary.aside)];
    lines.extend(told.into_iter().filter(|(_, count)| *count > 0).map(|(key, count)| texts.count(key, count, &[])));
    for (id, profile) in &summary.profiles {
        let share = profile.conformity().map(|share| words.percent(share));
        let key = if share.is_some() { "fleet-conformity" } else { "fleet-no-conformity" };
        let variables =
            [("profile", id.as_str()), ("version", &profile.version), ("share", share.as_deref().unwrap_or(""))];
        lines.push(texts.with(key, &variables));
    }
    lines
}

/// The tables, with every row.
fn sheets(summary: &Summary, words: Wording<'_>) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    let several = summary.profiles.len() > 1;
    let texts = words.texts();
    for (id, profile) in &summary.profiles {
        let mut add = |kind: &'static str, columns: &[&str], rows: Vec<Vec<String>>| {
            let heading = texts.get(&format!("fleet-{kind}"));
            let heading = if several { format!("{heading} – {id}") } else { heading };
            let columns = columns.iter().map(|column| texts.get(&format!("fleet-column-{column}"))).collect();
            if !rows.is_empty() {
                sheets.push(Sheet { kind, heading, columns, rows });
            }
        };
        add("verdicts", &["verdict", "phones", "share"], verdicts(profile, words));
        add("rules", &["rule", "title", "severity", "fail", "not-assessed", "waived", "noted"], rules(profile, words));
        add("reasons", &["reason", "phones", "findings"], reasons(profile, words));
    }
    let mut add = |kind: &'static str, columns: &[&str], rows: Vec<Vec<String>>| {
        let heading = texts.get(&format!("fleet-{kind}"));
        let columns = columns.iter().map(|column| texts.get(&format!("fleet-column-{column}"))).collect();
        if !rows.is_empty() {
            sheets.push(Sheet { kind, heading, columns, rows });
        }
    };
    add("apps", &["app", "phones", "app-failing"], apps(summary));
    let columns = ["target", "phone", "id", "taken", "profile", "verdict", "failing", "not-assessed", "conformity"];
    add("phones", &columns, summary.phones.iter().map(|phone| row(phone, words)).collect());
    let failures =
        summary.failures.iter().map(|failed| vec![failed.target.clone(), texts.told(&*failed.why)]).collect();
    add("failures", &["target", "message"], failures);
    sheets
}

fn verdicts(profile: &OfProfile, words: Wording<'_>) -> Vec<Vec<String>> {
    let texts = words.texts();
    let all: u64 = profile.verdicts.values().sum();
    let share = |count: u64| share(count, all).map_or_else(String::new, |share| words.percent(share));
    let mut rows = Vec::new();
    for (verdict, count) in &profile.verdicts {
        let word = texts.get(&format!("verdict-{verdict}"));
        if *verdict != Verdict::Fail {
            rows.push(vec![word, count.to_string(), share(*count)]);
            continue;
        }
        for severity in Severity::ALL.iter().rev() {
            let Some(count) = profile.worst.get(severity) else { continue };
            let severity = texts.get(&format!("severity-{severity}"));
            rows.push(vec![format!("{word} ({severity})"), count.to_string(), share(*count)]);
        }
    }
    rows
}

fn rules(profile: &OfProfile, words: Wording<'_>) -> Vec<Vec<String>> {
    let row = |(code, rule): (&str, &crate::batch::OfRule)| {
        let count = |verdict| rule.count(verdict).to_string();
        vec![
            code.to_owned(),
            rule.title.of(words.language()).to_owned(),
            words.texts().get(&format!("severity-{}", rule.severity)),
            count(Verdict::Fail),
            count(Verdict::NotAssessed),
            count(Verdict::Waived),
            count(Verdict::Noted),
        ]
    };
    profile.rules_by_failures().into_iter().map(row).collect()
}

fn reasons(profile: &OfProfile, words: Wording<'_>) -> Vec<Vec<String>> {
    let mut reasons: Vec<_> = profile.not_assessed.iter().collect();
    reasons.sort_by_key(|(word, reason)| (std::cmp::Reverse(reason.phones), *word));
    let row = |(word, reason): (&String, &crate::batch::OfReason)| {
        vec![reason_word(word, words), reason.phones.to_string(), reason.findings.to_string()]
    };
    reasons.into_iter().map(row).collect()
}

/// A reason without the particulars of one phone.
fn reason_word(word: &str, words: Wording<'_>) -> String {
    let key = format!("reason-{word}");
    let said = words.texts().get(&key);
    // Sentences with a value, and words of a later version, stand as the word.
    if said == key || said.contains('$') { word.to_owned() } else { said.trim_end_matches('.').to_owned() }
}

fn apps(summary: &Summary) -> Vec<Vec<String>> {
    let mut apps: Vec<_> = summary.apps.iter().collect();
    apps.sort_by_key(|(slug, app)| (std::cmp::Reverse((app.phones, app.failing)), *slug));
    apps.into_iter().map(|(_, app)| vec![app.name.clone(), app.phones.to_string(), app.failing.to_string()]).collect()
}

fn row(phone: &Phone, words: Wording<'_>) -> Vec<String> {
    let texts = words.texts();
    let verdict = texts.get(&format!("verdict-{}", phone.verdict));
    let verdict = match phone.worst {
        Some(worst) => format!("{verdict} ({})", texts.get(&format!("severity-{worst}"))),
        None => verdict,
    };
    vec![
        phone.target.clone(),
        model(&phone.device, words),
        phone.device.id.clone().unwrap_or_default(),
        phone.taken_at.clone().unwrap_or_default(),
        phone.profile.clone(),
        match (phone.partial.is_empty(), phone.damaged) {
            (false, _) => format!("{verdict}, {}", texts.get("fleet-partial-word")),
            (true, true) => format!("{verdict}, {}", texts.get("fleet-damaged-word")),
            (true, false) => verdict,
        },
        phone.failing.to_string(),
        phone.not_assessed.to_string(),
        phone.conformity.map_or_else(String::new, |share| words.percent(share)),
    ]
}

/// A phone in few words: of many, what differs stands in columns of its own.
fn model(device: &Device, words: Wording<'_>) -> String {
    let system = [Some(words.platform(device.platform)), device.os_version.as_deref()];
    let system: Vec<&str> = system.into_iter().flatten().collect();
    [device.name().unwrap_or_default(), system.join(" ")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// For a person: the first rows, and how many more there are. The columns `id` and `taken` of the phones are for programs, and where
/// there is one profile it is named above.
fn shown(mut sheet: Sheet, several: bool, words: Wording<'_>) -> (Sheet, Option<String>) {
    let more = sheet.rows.len().saturating_sub(MOST_SHOWN);
    sheet.rows.truncate(MOST_SHOWN);
    if sheet.kind == "phones" {
        for row in sheet.rows.iter_mut().chain(std::iter::once(&mut sheet.columns)) {
            let last = if several { 4 } else { 5 };
            row.drain(2..last.min(row.len()));
        }
    }
    // Most fleets have no waiver and nothing that is noted, and a terminal has no room.
    if sheet.kind == "rules" {
        for column in [6, 5] {
            if sheet.rows.iter().all(|row| row.get(column).is_some_and(|count| count == "0")) {
                for row in sheet.rows.iter_mut().chain(std::iter::once(&mut sheet.columns)) {
                    row.remove(column);
                }
            }
        }
    }
    let more = (more > 0).then(|| words.texts().count("fleet-more", u64::try_from(more).unwrap_or(u64::MAX), &[]));
    (sheet, more)
}

/// Said where the lists themselves end.
fn beyond(summary: &Summary, words: Wording<'_>) -> Option<String> {
    let listed = u64::try_from(MOST_LISTED).unwrap_or(u64::MAX);
    (summary.read.max(summary.failed) > listed)
        .then(|| words.texts().with("fleet-beyond", &[("count", &listed.to_string())]))
}

/// What a person is shown, in one language.
pub(in crate::report) struct Shown {
    pub(in crate::report) lines: Vec<String>,
    /// Each table, and how many more rows there are.
    pub(in crate::report) sheets: Vec<(Sheet, Option<String>)>,
}

impl Shown {
    pub(in crate::report) fn of(summary: &Summary, words: Wording<'_>) -> Shown {
        let mut lines = account(summary, words);
        lines.extend(beyond(summary, words));
        let several = summary.profiles.len() > 1;
        let sheets = sheets(summary, words).into_iter().map(|sheet| shown(sheet, several, words));
        Shown { lines, sheets: sheets.collect() }
    }

    pub(in crate::report) fn sheet(&self, at: usize) -> Option<&Sheet> {
        self.sheets.get(at).map(|(sheet, _)| sheet)
    }
}
