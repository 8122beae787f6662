//! One phone judged by one profile: what it is and the verdict, what each listed app may touch, what to change with what to press, then
//! what was not assessed, not read, and left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anstyle::Style;
use comfy_table::{ColumnConstraint, Width};

use super::page::{TablePage, severity_style};
use crate::audit::{AppRef, Audit, Finding, Why};
use crate::catalog::OwnCatalog;
use crate::report::content::overview::{OVERVIEW, dot};
use crate::report::content::wording::Wording;
use crate::report::form::Layout;
use crate::snapshot::{App, name_or_id};
use crate::vocabulary::{Level, Permission, Presence, Severity, Verdict};

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
pub(super) fn render(audit: &Audit<'_>, words: Wording<'_>, layout: Layout) -> String {
    let mut page = TablePage::new(words, layout);
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

impl TablePage<'_> {
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
                ("id", audit.profile_id),
                ("version", audit.profile_version),
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
