//! `--format table`: one phone on a terminal, for the person at the desk.
//!
//! First what the phone is and the verdict, then what each listed app may touch at a glance, then what to change with what
//! to press, then what was not assessed, not read, and left behind. Colour is never the only sign of anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

use super::{Wording, Writer, dot};
use crate::audit::{AppRef, Audit, Finding, Why};
use crate::catalog::OwnCatalog;
use crate::compare::Comparison;
use crate::fleet::Summary;
use crate::snapshot::{App, name_or_id};
use crate::text::clean::sanitize;
use crate::vocabulary::{Level, Permission, Presence, Severity, Verdict};

/// How the table is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: bool,
    /// The day on which the page is made, to say how old a backup is.
    pub today: Option<jiff::civil::Date>,
    /// Whether tables are as wide as they are, whatever the terminal.
    pub wide: bool,
}

/// How long one text of the page may be, in characters.
const LONGEST_TEXT: usize = 4000;

/// The columns of the overview: what people ask for first.
const OVERVIEW: [(Permission, &str); 5] = [
    (Permission::Location, "table-column-location"),
    (Permission::Camera, "table-column-camera"),
    (Permission::Microphone, "table-column-microphone"),
    (Permission::Contacts, "table-column-contacts"),
    (Permission::Photos, "table-column-photos"),
];

/// How many domains are named for each app.
const DOMAINS: usize = 5;

/// What counts as a special access in the overview.
const SPECIAL: [Permission; 12] = [
    Permission::Accessibility,
    Permission::ComputerControl,
    Permission::NotificationAccess,
    Permission::UsageAccess,
    Permission::Overlay,
    Permission::DeviceAdmin,
    Permission::AllFiles,
    Permission::InstallApps,
    Permission::ScreenCapture,
    Permission::SystemSettings,
    Permission::Vpn,
    Permission::DefaultRole,
];

/// One phone, judged by one profile, as text that ends in a newline.
pub fn render(audit: &Audit<'_>, words: Wording<'_>, layout: Layout) -> String {
    let mut page = Page::new(words, layout);
    page.phone(audit);
    page.profile(audit);
    page.verdict(audit);
    page.overview(audit);
    page.findings(audit, Verdict::Fail, "table-heading-fail");
    page.findings(audit, Verdict::NotAssessed, "table-heading-unassessed");
    page.findings(audit, Verdict::Manual, "table-heading-manual");
    page.findings(audit, Verdict::Waived, "table-heading-waived");
    page.findings(audit, Verdict::Noted, "table-heading-noted");
    page.tailored(audit);
    page.activity(audit);
    page.gaps(audit);
    page.footprint(audit);
    page.read(audit);
    page.text
}

/// `--format table`: one page a phone.
pub(super) struct Pages<'t> {
    words: Wording<'t>,
    layout: Layout,
    count: usize,
}

impl<'t> Pages<'t> {
    pub(super) fn new(words: Wording<'t>, layout: Layout) -> Pages<'t> {
        Pages { words, layout, count: 0 }
    }

    /// A line between two phones.
    fn next(&mut self, text: &mut String) {
        if self.count > 0 {
            let _ = write!(text, "\n{}\n\n", "─".repeat(self.layout.width));
        }
        self.count += 1;
    }
}

impl Writer for Pages<'_> {
    fn audits(&mut self, audits: &[Audit<'_>], text: &mut String) {
        self.next(text);
        text.push_str(&match audits {
            [one] => render(one, self.words, self.layout),
            several => super::side::render(several, self.words, self.layout),
        });
    }

    fn comparison(&mut self, comparison: &Comparison<'_>, text: &mut String) {
        self.next(text);
        text.push_str(&super::comparison::table::render(comparison, self.words, self.layout));
    }

    fn pairing(&mut self, pairing: &super::comparison::Pairing, text: &mut String) {
        self.next(text);
        text.push_str(&super::comparison::table::summary(pairing, self.words, self.layout));
    }

    fn fleet(&mut self, summary: &Summary, text: &mut String) {
        self.next(text);
        text.push_str(&fleet(summary, self.words, self.layout));
    }

    fn end(&mut self, _: &mut String) {}
}

/// A table alone.
pub(super) fn sheet(columns: &[String], rows: &[Vec<String>], words: Wording<'_>, layout: Layout) -> String {
    let mut page = Page::new(words, layout);
    page.sheet(columns, rows);
    page.text
}

/// What all phones of a batch come to, as text that ends in a newline.
pub(super) fn fleet(summary: &Summary, words: Wording<'_>, layout: Layout) -> String {
    let mut page = Page::new(words, layout);
    page.strong(&words.texts().get("fleet-title"));
    let shown = super::fleet::Shown::of(summary, words);
    for line in &shown.lines {
        page.wrap(line, "  ", "    ");
    }
    for (sheet, more) in &shown.sheets {
        page.title(&sheet.heading);
        page.sheet(&sheet.columns, &sheet.rows);
        if let Some(more) = more {
            page.wrap(more, "  ", "    ");
        }
    }
    page.text
}

/// A page on its way.
pub(super) struct Page<'t> {
    pub(super) text: String,
    pub(super) words: Wording<'t>,
    pub(super) layout: Layout,
}

impl<'t> Page<'t> {
    pub(super) fn new(words: Wording<'t>, layout: Layout) -> Page<'t> {
        Page { text: String::new(), words, layout }
    }
}

impl Page<'_> {
    /// The files of an organization that had a part in the verdicts.
    fn own_catalog(&mut self, audit: &Audit<'_>) {
        if audit.catalog.own.is_empty() {
            return;
        }
        let texts = self.words.texts();
        let file =
            |own: &OwnCatalog| texts.with("table-own-catalog-file", &[("file", &own.file), ("date", &own.as_of)]);
        let files: Vec<String> = audit.catalog.own.iter().map(file).collect();
        let variables = [("date", audit.catalog.as_of.as_str()), ("files", &files.join(", "))];
        self.wrap(&texts.with("table-own-catalog", &variables), "", "  ");
    }

    /// The profile's name.
    pub(super) fn profile(&mut self, audit: &Audit<'_>) {
        let texts = self.words.texts();
        let profile = texts.with(
            "table-profile",
            &[
                ("id", &audit.profile_id),
                ("version", &audit.profile_version),
                ("title", audit.profile_title.of(self.words.language())),
            ],
        );
        self.wrap(&profile, "", "  ");
        self.own_catalog(audit);
    }

    /// What the phone is, and when and how it was read.
    pub(super) fn phone(&mut self, audit: &Audit<'_>) {
        let texts = self.words.texts();
        let device = self.words.device(&audit.snapshot.device);
        self.wrap(&self.paint(&device, Style::new().bold()), "", "  ");
        if let Some(at) = &audit.snapshot.taken_at {
            let source = match &audit.snapshot.source.name {
                Some(name) => format!("{} ({name})", audit.snapshot.source.kind),
                None => audit.snapshot.source.kind.clone(),
            };
            let day = at.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
            let at = at.replace('T', " ");
            let line = texts.with("table-taken", &[("at", at.get(..16).unwrap_or(&at)), ("source", &source)]);
            self.wrap(&line, "", "  ");
            if let Some(clock) = self.words.clock(audit.snapshot) {
                self.wrap(&clock, "", "  ");
            }
            if audit.snapshot.source.kind == crate::evidence::SourceKind::IosBackup.word() {
                let age =
                    self.layout.today.zip(day).and_then(|(today, day)| u64::try_from((today - day).get_days()).ok());
                let line = match age {
                    Some(days) => texts.count("table-backup-age", days, &[]),
                    None => texts.get("table-backup"),
                };
                self.wrap(&line, "", "  ");
            }
        }
        if let Some(partial) = self.words.partial(audit.snapshot) {
            self.wrap(&partial, "", "  ");
        }
    }

    /// The verdict in a sentence, the counts and the two numbers.
    pub(super) fn verdict(&mut self, audit: &Audit<'_>) {
        let texts = self.words.texts();
        let summary = &audit.summary;
        let style = summary.worst.map(severity_style).unwrap_or_default();
        let verdict = self.paint(&self.words.verdict(audit), style);
        self.wrap(&verdict, "", "  ");
        let mut counts = texts.with(
            "table-counts",
            &[
                ("pass", &summary.pass.to_string()),
                ("fail", &summary.fail.to_string()),
                ("unassessed", &summary.not_assessed.to_string()),
                ("manual", &summary.manual.to_string()),
                ("other", &summary.not_applicable.to_string()),
            ],
        );
        for (key, count) in [("table-counts-waived", summary.waived), ("table-counts-noted", summary.noted)] {
            if count > 0 {
                counts.push(' ');
                counts.push_str(&texts.count(key, count, &[]));
            }
        }
        self.wrap(&counts, "", "  ");
        if let Some(baseline) = &audit.baseline {
            let at = self.words.moment(baseline.taken_at.as_deref());
            let standings = self.words.standings(&baseline.counts);
            self.wrap(&texts.with("compare-baseline", &[("at", &at), ("standings", &standings)]), "", "  ");
            if baseline.other_device {
                self.wrap(&texts.get("compare-baseline-other"), "", "  ");
            }
            if let Some(partial) = self.words.partial_baseline(baseline) {
                self.wrap(&partial, "", "  ");
            }
        }
        if let Some(numbers) = self.words.numbers(audit) {
            self.wrap(&numbers, "", "  ");
        }
        if let Some(note) = &audit.profile_note {
            let line = texts.with("table-note", &[("note", note.of(self.words.language()))]);
            self.wrap(&line, "", "  ");
        }
    }

    /// What the profile weakens in the rules that it inherits, with the reasons; the rest is counted.
    pub(super) fn tailored(&mut self, audit: &Audit<'_>) {
        if audit.tailored.is_empty() {
            return;
        }
        let texts = self.words.texts();
        self.heading("table-heading-tailored");
        for change in audit.tailored.iter().filter(|change| change.looser) {
            let said = self.words.change(change);
            let arguments = [("rule", change.rule.as_str()), ("parent", &change.parent), ("change", &said)];
            let mut line = texts.with("table-tailored", &arguments);
            line.push(' ');
            line.push_str(&match &change.because {
                Some(because) => because.of(self.words.language()).to_owned(),
                None => texts.get("table-tailored-no-reason"),
            });
            self.wrap(&line, "  ", "    ");
        }
        let others = audit.tailored.iter().filter(|change| !change.looser).count();
        if others > 0 {
            let others = u64::try_from(others).unwrap_or(u64::MAX);
            self.wrap(&texts.count("table-tailored-others", others, &[]), "  ", "    ");
        }
    }

    /// The listed apps with what people ask for first, one row an app.
    fn overview(&mut self, audit: &Audit<'_>) {
        let texts = self.words.texts();
        let mut apps: Vec<&App> = audit
            .snapshot
            .apps
            .iter()
            .filter(|app| app.presence >= Presence::Disabled && !audit.hidden.contains(&app.id))
            .collect();
        let mut worst: BTreeMap<(&str, u32), Severity> = BTreeMap::new();
        for finding in audit.findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
            if let Some(app) = finding.app.as_deref() {
                let severity = worst.entry((app.id.as_str(), app.user)).or_insert(finding.severity);
                *severity = finding.severity.max(*severity);
            }
        }
        apps.sort_by_cached_key(|app| {
            let name = name_or_id(app.name.as_deref(), &app.id).to_lowercase();
            let severity = worst.get(&(app.id.as_str(), app.user)).copied();
            (std::cmp::Reverse(severity), name, app.id.clone(), app.user)
        });
        self.heading("table-heading-apps");
        if apps.is_empty() {
            let whole = audit.snapshot.gaps.iter().all(|gap| gap.area != crate::snapshot::APP_LIST);
            self.wrap(&texts.get(if whole { "table-no-apps" } else { "table-apps-unknown" }), "  ", "  ");
        } else {
            let failing: BTreeSet<(&str, u32, Permission)> = audit
                .findings
                .iter()
                .filter(|finding| finding.verdict == Verdict::Fail)
                .filter_map(|finding| {
                    let app = finding.app.as_ref()?;
                    Some((app.id.as_str(), app.user, finding.permission?))
                })
                .collect();
            let mut table = self.table();
            let held = self.held(&apps);
            let mut header = vec![texts.get("table-column-app")];
            if self.layout.wide {
                header.extend(held.iter().map(|permission| self.words.permission(*permission).to_owned()));
            } else {
                header.extend(OVERVIEW.iter().map(|(_, key)| texts.get(key)));
            }
            table.set_header(header);
            // Ids and names get their room first: a name cut into pieces is no name.
            if let Some(column) = table.column_mut(0).filter(|_| self.layout.width >= 80) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(17)));
            }
            let mut holders = Vec::new();
            let users: BTreeSet<u32> = apps.iter().map(|app| app.user).filter(|user| *user != 0).collect();
            for app in apps {
                let mut name = match app.name.as_ref().filter(|name| !name.trim().is_empty()) {
                    Some(name) => name.clone(),
                    None if self.layout.wide => app.id.clone(),
                    None => shortened(&app.id, if self.layout.width < 100 { 15 } else { 26 }),
                };
                if app.user != 0 {
                    let _ = write!(name, " [{}]", app.user);
                }
                let mark = |permission: Permission| {
                    if failing.contains(&(app.id.as_str(), app.user, permission)) { "\u{a0}!" } else { "" }
                };
                let mut row = vec![name];
                if self.layout.wide {
                    row.extend(
                        held.iter()
                            .map(|permission| format!("{}{}", self.short(audit, app, *permission), mark(*permission))),
                    );
                    table.add_row(row);
                    continue;
                }
                row.extend(
                    OVERVIEW
                        .iter()
                        .map(|(permission, _)| format!("{}{}", self.short(audit, app, *permission), mark(*permission))),
                );
                let special: Vec<String> = SPECIAL
                    .iter()
                    .filter(|permission| {
                        app.grants.iter().any(|grant| grant.permission == **permission && grant.level > Level::None)
                    })
                    .map(|permission| format!("{}{}", self.words.permission(*permission), mark(*permission)))
                    .collect();
                if !special.is_empty() {
                    holders.push((row.first().cloned().unwrap_or_default(), special.join(", ")));
                }
                table.add_row(row);
            }
            self.print(&table);
            if !holders.is_empty() {
                self.wrap(&texts.get("table-column-special"), "  ", "  ");
            }
            for (name, special) in holders {
                self.wrap(&texts.with("compare-app", &[("kind", &name), ("what", &special)]), "    ", "      ");
            }
            self.wrap(&texts.get("table-legend"), "  ", "  ");
            for user in users {
                let kind = audit.snapshot.users.iter().find(|known| known.id == user).map(|known| known.kind);
                if let Some(kind) = kind {
                    let kind = texts.get(&format!("user-{kind}"));
                    let user = user.to_string();
                    self.wrap(&texts.with("table-legend-user", &[("user", &user), ("kind", &kind)]), "  ", "  ");
                }
            }
        }
        let is_there = |id: &&String| audit.snapshot.apps.iter().any(|app| app.id == **id);
        let others: u64 = audit.snapshot.other_apps.values().sum::<u64>()
            + u64::try_from(audit.hidden.iter().filter(is_there).collect::<BTreeSet<_>>().len()).unwrap_or(0);
        if others > 0 {
            self.wrap(&texts.count("table-other-apps", others, &[]), "  ", "  ");
        }
    }

    /// What at least one of the apps may touch, in the order of the vocabulary.
    fn held(&self, apps: &[&App]) -> Vec<Permission> {
        let grants = apps.iter().flat_map(|app| &app.grants).filter(|grant| grant.level > Level::None);
        grants.map(|grant| grant.permission).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// One cell of the overview.
    fn short(&self, audit: &Audit<'_>, app: &App, permission: Permission) -> String {
        let texts = self.words.texts();
        match app.grants.iter().find(|grant| grant.permission == permission) {
            Some(grant) => {
                let word = texts.get(&format!("table-short-{}", grant.level));
                let mut cell = format!("{}\u{a0}{word}", dot(grant.level));
                if grant.inert.is_some() {
                    cell.push(' ');
                    cell.push_str(&texts.get("table-short-inert"));
                }
                cell
            }
            None => {
                let gap = audit.snapshot.gaps.iter().any(|gap| {
                    gap.area == permission.word()
                        && gap.app.as_ref().is_none_or(|id| *id == app.id)
                        && gap.user.is_none_or(|user| user == app.user)
                });
                if gap { "?".to_owned() } else { "–".to_owned() }
            }
        }
    }

    /// The findings of one verdict, grouped by app; the app with the worst finding first.
    fn findings(&mut self, audit: &Audit<'_>, verdict: Verdict, heading: &str) {
        let mut groups: BTreeMap<Option<&AppRef>, Vec<&Finding<'_>>> = BTreeMap::new();
        for finding in audit.findings.iter().filter(|finding| finding.verdict == verdict) {
            groups.entry(finding.app.as_deref()).or_default().push(finding);
        }
        if groups.is_empty() {
            return;
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(app, findings)| {
            (std::cmp::Reverse(findings.iter().map(|finding| finding.severity).max()), app.is_none(), *app)
        });
        self.heading(heading);
        for (app, findings) in groups {
            let name = match app {
                Some(app) => self.words.app(audit, app),
                None => self.words.texts().get("table-heading-phone"),
            };
            self.wrap(&self.paint(&name, Style::new().bold()), "  ", "    ");
            let mut rule: Option<&str> = None;
            for finding in findings {
                // A rule with several permissions has its title once.
                if rule != Some(finding.code()) {
                    self.rule_title(finding);
                    rule = Some(finding.code());
                }
                self.finding(finding);
            }
        }
    }

    fn rule_title(&mut self, finding: &Finding<'_>) {
        let texts = self.words.texts();
        let severity = texts.get(&format!("severity-{}", finding.severity));
        let title = format!("{} · {}", finding.rule.title.of(self.words.language()), finding.code());
        let label = self.paint(&format!("[{severity}]"), severity_style(finding.severity));
        self.wrap(&format!("{label} {title}"), "    ", "      ");
    }

    fn finding(&mut self, finding: &Finding<'_>) {
        let texts = self.words.texts();
        if finding.verdict.tells_what_was_found() && !finding.rule.is_waiver {
            let mut line = self.words.line(finding);
            if let Some(last) = finding.last_used {
                line.push_str("; ");
                line.push_str(&self.words.last_use(last));
            }
            if let Some(standing) = finding.standing {
                let _ = write!(line, " · {}", self.words.standing(standing).to_lowercase());
            }
            self.wrap(&line, "      ", "        ");
            if let Some(inert) = finding.inert {
                self.wrap(&texts.get(&format!("inert-{inert}")), "        ", "        ");
            }
            self.wrap(&self.words.because(finding), "        ", "        ");
        } else {
            // The sentence of a gap begins with what it is about.
            let line = match (&finding.permission, &finding.because) {
                (Some(_), Why::Grant(_) | Why::Text(..)) => {
                    format!("{} – {}", self.words.subject(finding), self.words.because(finding))
                }
                _ => self.words.because(finding),
            };
            self.wrap(&line, "      ", "        ");
        }
        if let Some(note) = &finding.waiver {
            self.wrap(&self.words.waiver(note), "        ", "          ");
        }
        if let Some(look) = finding.look(self.words.language())
            && finding.app.is_none()
        {
            let look = texts.with("table-look", &[("text", &look)]);
            self.wrap(&look, "        ", "          ");
        }
        if !matches!(finding.verdict, Verdict::NotAssessed | Verdict::Waived)
            && let Some(remediation) = finding.remediation(self.words.language())
        {
            let press = texts.with("table-press", &[("text", &remediation)]);
            self.wrap(&press, "        ", "          ");
        }
    }

    /// What the phone's own report says the apps did.
    fn activity(&mut self, audit: &Audit<'_>) {
        let Some(report) = audit.privacy_report() else { return };
        let texts = self.words.texts();
        let heading = self.words.activity_heading(&report);
        self.text.push('\n');
        self.line(&self.paint(&heading, Style::new().bold().underline()));
        if report.apps.is_empty() {
            self.wrap(&texts.get("activity-no-app"), "  ", "  ");
        }
        for app in &report.apps {
            let listed = audit.snapshot.apps.iter().find(|named| named.id == app.id);
            let name = match listed.and_then(|named| named.name.as_deref()) {
                Some(name) => format!("{name} ({})", app.id),
                None => app.id.clone(),
            };
            self.wrap(&self.paint(&name, Style::new().bold()), "  ", "    ");
            let mut lines = self.words.activity(app, DOMAINS);
            if lines.is_empty() {
                lines.push(texts.get("activity-none"));
            }
            for line in lines {
                self.wrap(&line, "    ", "      ");
            }
        }
        if report.other_apps > 0 {
            self.wrap(&texts.count("activity-others", report.other_apps, &[]), "  ", "  ");
        }
        if report.not_understood > 0 {
            let lines = report.lines.to_string();
            self.wrap(&texts.count("activity-lines", report.not_understood, &[("lines", &lines)]), "  ", "  ");
        }
    }

    /// What could not be read. What follows from it for single apps stands with the findings, and is counted here.
    pub(super) fn gaps(&mut self, audit: &Audit<'_>) {
        let texts = self.words.texts();
        let is_evidence = |area: &str| {
            crate::evidence::Kind::ALL.iter().any(|kind| kind.label() == area)
                || crate::evidence::ios::Artefact::ALL.iter().any(|artefact| artefact.label() == area)
                || area == crate::snapshot::APP_LIST
        };
        let shown: Vec<_> = audit.snapshot.gaps.iter().filter(|gap| is_evidence(&gap.area)).collect();
        let more = audit.snapshot.gaps.iter().filter(|gap| gap.app.is_some()).count();
        if shown.is_empty() && more == 0 {
            return;
        }
        self.heading("table-heading-gaps");
        for gap in shown {
            self.wrap(&self.words.gap(gap), "  ", "    ");
        }
        if more > 0 {
            self.wrap(&texts.count("table-gaps-more", u64::try_from(more).unwrap_or(u64::MAX), &[]), "  ", "    ");
        }
    }

    pub(super) fn footprint(&mut self, audit: &Audit<'_>) {
        if audit.snapshot.footprint.is_empty() {
            return;
        }
        let texts = self.words.texts();
        self.heading("table-heading-footprint");
        for footprint in &audit.snapshot.footprint {
            let trace = texts.get(&format!("trace-{}", footprint.trace));
            let fix = texts.get(&format!("trace-{}-fix", footprint.trace));
            self.wrap(&format!("{trace} → {fix}"), "  ", "    ");
        }
    }

    pub(super) fn read(&mut self, audit: &Audit<'_>) {
        let texts = self.words.texts();
        let names: BTreeSet<&str> = audit
            .snapshot
            .read
            .iter()
            .map(|item| item.source.split(" (user ").next().unwrap_or(&item.source))
            .collect();
        let lines: u64 = audit.snapshot.read.iter().map(|item| item.lines).sum();
        let count = u64::try_from(audit.snapshot.read.len()).unwrap_or(u64::MAX);
        self.heading("table-heading-read");
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let line = if lines == 0 {
            // Files of a backup have no lines.
            let bytes: u64 = audit.snapshot.read.iter().map(|item| item.bytes).sum();
            texts.count("table-read-files", count, &[("size", &(bytes.div_ceil(1000)).to_string()), ("names", &names)])
        } else {
            texts.count("table-read-counts", count, &[("lines", &lines.to_string()), ("names", &names)])
        };
        self.wrap(&line, "  ", "  ");
    }

    /// An empty table as wide as the page.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        let arrangement = if self.layout.wide { ContentArrangement::Disabled } else { ContentArrangement::Dynamic };
        table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(arrangement);
        table.set_width(u16::try_from(self.layout.width).unwrap_or(80));
        table
    }

    fn sheet(&mut self, columns: &[String], rows: &[Vec<String>]) {
        let mut table = self.table();
        table.set_header(columns);
        for row in rows {
            table.add_row(row.iter().map(|text| sanitize(text, LONGEST_TEXT)));
        }
        // What a row is about gets its room first: a code cut into pieces is no code.
        let first = rows.iter().filter_map(|row| row.first()).map(|text| text.chars().count()).max().unwrap_or(0);
        let room = u16::try_from(first.min(self.layout.width / 3)).unwrap_or(20);
        if let Some(column) = table.column_mut(0) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(room + 2)));
        }
        self.print(&table);
    }

    /// A table, without a line between every two rows, which would make it twice as long.
    pub(super) fn print(&mut self, table: &Table) {
        for row in table.lines().filter(|row| !row.starts_with('─') || !row.contains("──")) {
            self.line(row.trim_end());
        }
    }

    pub(super) fn heading(&mut self, key: &str) {
        let heading = self.words.texts().get(key);
        self.title(&heading);
    }

    /// A heading that is a text already.
    pub(super) fn title(&mut self, heading: &str) {
        self.text.push('\n');
        self.wrap(&self.paint(heading, Style::new().bold().underline()), "", "  ");
    }

    /// A line of its own in bold.
    pub(super) fn strong(&mut self, text: &str) {
        self.line(&self.paint(text, Style::new().bold()));
    }

    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    pub(super) fn wrap(&mut self, text: &str, first: &str, rest: &str) {
        let width = if self.layout.wide { usize::MAX } else { self.layout.width.max(40) };
        let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent(rest).break_words(false);
        // Words of phones and files were made safe when they were read, and those of profiles were not; nothing but our
        // own colours may reach the terminal.
        let text = if self.layout.colour { keep_colours(text) } else { sanitize(text, LONGEST_TEXT) };
        for line in textwrap::wrap(&text, options) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    pub(super) fn paint(&self, text: &str, style: Style) -> String {
        let text = sanitize(text, LONGEST_TEXT);
        if self.layout.colour { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
    }
}

/// An id of at most so many characters: its middle is left out, and it stands whole with the findings.
fn shortened(id: &str, longest: usize) -> String {
    let characters: Vec<char> = id.chars().collect();
    if characters.len() <= longest {
        return id.to_owned();
    }
    let (head, tail) = (longest / 2, longest - longest / 2 - 1);
    let begin = characters.iter().take(head);
    let end = characters.iter().skip(characters.len() - tail);
    begin.chain(std::iter::once(&'…')).chain(end).collect()
}

/// Makes a text safe to show and leaves sequences that only choose a colour.
fn keep_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut kept = sanitize(pieces.next().unwrap_or(""), LONGEST_TEXT);
    for piece in pieces {
        match piece.split_once('m') {
            Some((codes, rest)) if codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => {
                kept.push_str(&format!("\u{1b}[{codes}m"));
                kept.push_str(&sanitize(rest, LONGEST_TEXT));
            }
            _ => kept.push_str(&sanitize(piece, LONGEST_TEXT)),
        }
    }
    kept
}

fn severity_style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => return Style::new(),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    if severity == Severity::Critical { style.bold() } else { style }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ios::privacy::{self, tests as reports};
    use crate::audit::{Context, audit};
    use crate::catalog::Catalog;
    use crate::parse::ios::privacy_report::parse;
    use crate::profile::{Profile, load};
    use crate::snapshot::Snapshot;
    use crate::text::{Language, Texts};

    fn profile(more: &str) -> Profile {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        let text = format!(
            "format = 1\nid = \"mine\"\ntitle = {{ en = \"Mine\", fr = \"Le mien\" }}\n{more}[rule.look]\n\
             title = {{ en = \"One\", fr = \"Un\" }}\nwhy = {{ en = \"So\", fr = \"Donc\" }}\nseverity = \"low\"\n\
             apps = \"any\"\nmax = {{ camera = \"always\" }}\n"
        );
        std::fs::write(&path, text).unwrap();
        load(path.to_str().unwrap(), Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn phone() -> Snapshot {
        let mut snapshot = reports::phone("com.example.app", None);
        privacy::join(&mut snapshot, &parse(reports::REPORT.as_bytes()), Catalog::builtin(), false);
        snapshot
    }

    fn page(snapshot: &Snapshot, profile: &Profile, language: Language) -> String {
        let texts = Texts::new(language);
        let context = Context::new(Catalog::builtin());
        let layout = Layout { width: 400, colour: false, today: None, wide: false };
        render(&audit(snapshot, profile, context), Wording::new(&texts), layout)
    }

    #[test]
    fn what_the_apps_did_stands_in_its_own_section() {
        let english = page(&phone(), &profile(""), Language::En);
        for line in [
            "What the apps did (App Privacy Report, 2024-05-25 to 2024-05-28)",
            "    Camera: used once, last 2024-05-26 10:25",
            "    Photos and videos: chosen once by the person through the system, which is no use of the permission",
            "    2 domains contacted by itself, hits: 13",
            "    One of them belongs to a known tracker: Example Ads, Inc.",
            "    Most contacted: a.example, b.example",
            "    One further domain was contacted from web pages or in the background; this may be browsing and is not named",
            "    somethingNew: used once, last 2024-05-28 08:00",
            "  One other app is counted and not named.",
            "  One line was not understood, of 9.",
        ] {
            assert!(english.lines().any(|found| found == line), "{line}\n{english}");
        }
        assert!(!english.contains("secret.example") && !english.contains("com.example.other"));
        let french = page(&phone(), &profile(""), Language::Fr);
        for words in [
            "du 2024-05-25 au 2024-05-28",
            "utilisé une fois, la dernière 2024-05-26 10:25",
            "traqueur connu\u{a0}: Example",
        ] {
            assert!(french.contains(words), "{words}\n{french}");
        }
        assert!(!french.contains("activity-") && !english.contains("activity-"));
    }

    #[test]
    fn at_most_five_domains_are_named() {
        let mut snapshot = phone();
        let report = snapshot.privacy_report.as_mut().unwrap();
        let app = report.apps.iter_mut().find(|app| app.id == "com.example.app").unwrap();
        let one = app.contacted[0].clone();
        app.contacted =
            (0..8).map(|n| crate::snapshot::Domain { domain: format!("d{n}.example"), ..one.clone() }).collect();
        app.domains = 8;
        let english = page(&snapshot, &profile(""), Language::En);
        let line = "d0.example, d1.example, d2.example, d3.example, d4.example and 3 more (--format json lists them)";
        assert!(english.contains(line), "{english}");
        assert!(!english.contains("d5.example"));
    }

    #[test]
    fn an_app_that_the_profile_never_names_is_counted_only() {
        let profile = profile("[privacy]\nhide = [\"instagram\"]\n");
        let snapshot = phone();
        let english = page(&snapshot, &profile, Language::En);
        assert!(!english.contains("instagram"), "{english}");
        assert!(english.contains("  2 other apps are counted and not named."), "{english}");
        let texts = Texts::new(Language::En);
        let context = Context::new(Catalog::builtin());
        let audit = audit(&snapshot, &profile, context);
        let json = super::super::json::report(&audit, Wording::new(&texts));
        let section = json.privacy_report.clone().unwrap();
        assert_eq!((section.apps.len(), section.other_apps), (1, 2));
        assert!(!serde_json::to_string(&json).unwrap().contains("instagram"));
    }

    #[test]
    fn a_phone_without_a_report_has_no_such_section() {
        let english = page(&reports::phone("com.example.app", None), &profile(""), Language::En);
        assert!(!english.contains("App Privacy Report"));
    }

    #[test]
    fn the_word_of_a_sentence_in_a_gap_is_put_in_the_readers_language() {
        let gap = crate::snapshot::Gap {
            area: "health".to_owned(),
            user: None,
            app: Some("com.example.app".to_owned()),
            reason: "unreadable".to_owned(),
            read: Some(0),
            of: Some(2),
            detail: "health-asked".to_owned(),
        };
        let english = Wording::new(&Texts::new(Language::En)).gap(&gap);
        assert!(
            english.ends_with(
                "0 of 2 read – The app has asked for health data; the backup does not tell what was answered."
            ),
            "{english}"
        );
        let french = Wording::new(&Texts::new(Language::Fr)).gap(&gap);
        assert!(french.contains("a demandé des données de santé"), "{french}");
    }
}
