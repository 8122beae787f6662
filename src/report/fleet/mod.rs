//! What all phones of a batch come to, in the forms that a person or a spreadsheet reads and in JSON.

pub mod json;

use maud::{Markup, html};

use super::html::Say;
use super::{Format, Languages, Wording, csv, html as page, markdown, table};
use crate::fleet::{MOST_LISTED, OfProfile, Phone, Summary};
use crate::snapshot::Device;
use crate::vocabulary::{Severity, Verdict};

/// The forms in which a summary can stand alone.
pub const FORMS: [Format; 5] = [Format::Table, Format::Json, Format::Csv, Format::Html, Format::Markdown];
/// How many rows of one table a person is shown; a spreadsheet and JSON have all.
const MOST_SHOWN: usize = 100;

/// One table of the summary.
pub(super) struct Sheet {
    /// A word for programs: `verdicts`, `rules`, `apps`, `reasons`, `phones`, `failures`.
    pub(super) kind: &'static str,
    pub(super) heading: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// The summary alone.
pub fn render(format: Format, languages: Languages<'_>, layout: table::Layout, summary: &Summary) -> String {
    let words = languages.first;
    match format {
        Format::Csv => csv::fleet(summary, words),
        Format::Html => page::fleet(summary, languages),
        Format::Markdown => markdown::fleet(summary, languages),
        Format::Table => table::fleet(summary, words, layout),
        _ => super::to_pretty_json(&json::report(summary, words)) + "\n",
    }
}

/// A table for a terminal, whatever is in it.
pub fn sheet_table(columns: &[String], rows: Vec<Vec<String>>, words: Wording<'_>, width: usize) -> String {
    let layout = table::Layout { width, colour: false, today: None, wide: false };
    table::sheet(columns, &rows, words, layout)
}

/// One record of a table for programs: its columns and their values.
pub(super) type Record = Vec<(&'static str, String)>;

/// The tables of `poucet.fleet/1`, each row by the names that the JSON has; a phone by those of an audit's sheet.
pub(super) fn tables(report: &json::FleetReport) -> Vec<(&'static str, Vec<Record>)> {
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
pub(super) fn sheets(summary: &Summary, words: Wording<'_>) -> Vec<Sheet> {
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
    let failures = summary.failures.iter().map(|failed| vec![failed.target.clone(), failed.message.clone()]).collect();
    add("failures", &["target", "message"], failures);
    sheets
}

fn verdicts(profile: &OfProfile, words: Wording<'_>) -> Vec<Vec<String>> {
    let texts = words.texts();
    let all: u64 = profile.verdicts.values().sum();
    let share = |count: u64| words.percent(ratio(count, all));
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
    let row = |(code, rule): (&str, &crate::fleet::OfRule)| {
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
    let row = |(word, reason): (&String, &crate::fleet::OfReason)| {
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

fn ratio(part: u64, whole: u64) -> f64 {
    let thousandths = (part * 1000 + whole / 2).checked_div(whole).unwrap_or(0);
    f64::from(u32::try_from(thousandths).unwrap_or(1000)) / 1000.0
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

/// The section of a page.
pub(super) fn section(say: &Say<'_>, summary: &Summary) -> Markup {
    let first = Shown::of(summary, say.first());
    let second = say.second().map(|words| Shown::of(summary, words));
    let both = |pick: &dyn Fn(&Shown) -> Option<&String>| {
        let text = |shown: &Shown| pick(shown).cloned().unwrap_or_default();
        say.either(&text(&first), second.as_ref().map(text).as_deref())
    };
    html! {
        section .sheets aria-labelledby="fleet" {
            h2 id="fleet" { (say.key("fleet-title")) }
            @for line in 0..first.lines.len() { p { (both(&|shown| shown.lines.get(line))) } }
            @for (at, (sheet, more)) in first.sheets.iter().enumerate() {
                @let label = |column: usize| both(&|shown| shown.sheet(at)?.columns.get(column));
                @let value = |row: usize, column: usize| both(&|shown| shown.sheet(at)?.rows.get(row)?.get(column));
                h3 { (both(&|shown| Some(&shown.sheet(at)?.heading))) }
                table {
                    thead { tr { @for column in 0..sheet.columns.len() { th scope="col" { (label(column)) } } } }
                    tbody {
                        @for row in 0..sheet.rows.len() {
                            tr {
                                th scope="row" { (value(row, 0)) }
                                @for column in 1..sheet.columns.len() {
                                    td { span .label { (label(column)) " " } (value(row, column)) }
                                }
                            }
                        }
                    }
                }
                @if more.is_some() {
                    p .soft { (both(&|shown| shown.sheets.get(at)?.1.as_ref())) }
                }
            }
        }
    }
}

/// What a person is shown, in one language.
pub(super) struct Shown {
    pub(super) lines: Vec<String>,
    /// Each table, and how many more rows there are.
    pub(super) sheets: Vec<(Sheet, Option<String>)>,
}

impl Shown {
    pub(super) fn of(summary: &Summary, words: Wording<'_>) -> Shown {
        let mut lines = account(summary, words);
        lines.extend(beyond(summary, words));
        let several = summary.profiles.len() > 1;
        let sheets = sheets(summary, words).into_iter().map(|sheet| shown(sheet, several, words));
        Shown { lines, sheets: sheets.collect() }
    }

    fn sheet(&self, at: usize) -> Option<&Sheet> {
        self.sheets.get(at).map(|(sheet, _)| sheet)
    }
}

#[cfg(test)]
mod tests;
