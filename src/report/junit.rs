//! `--format junit`: JUnit XML, which every build server shows. One test suite an audit, one test case a finding.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::content::wording::Wording;
use super::content::words;
use super::form::{Form, Join, Portion};
use crate::audit::{Audit, Finding};
use crate::compare::{Change, Comparison, Judgement, RuleChange};
use crate::snapshot::Snapshot;
use crate::text::clean::sanitize;
use crate::vocabulary::{Standing, Verdict};

/// How long one text may be, in characters.
const LONGEST: usize = 4000;

/// `--format junit`.
pub(super) struct Suites<'t> {
    words: Wording<'t>,
}

impl<'t> Suites<'t> {
    pub(super) fn new(words: Wording<'t>) -> Suites<'t> {
        Suites { words }
    }

    fn suite(&self, name: &str, snapshot: &Snapshot) -> TestSuite {
        let mut suite = TestSuite::new(clean(name));
        let device = &snapshot.device;
        let mut property = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                suite.add_property((name, clean(value).as_str()));
            }
        };
        property("device", device.id.as_deref());
        property("platform", Some(device.platform.word()));
        property("model", device.model.as_deref());
        property("os_version", device.os_version.as_deref());
        property("taken_at", snapshot.taken_at.as_deref());
        suite
    }

    /// A test case with the finding's own words.
    fn case(&self, finding: &Finding<'_>, mut status: TestCaseStatus) -> TestCase {
        let words = self.words;
        let message = match finding.verdict {
            verdict if verdict.tells_what_was_found() && !finding.rule.is_waiver => words.line(finding),
            _ => words.because(finding),
        };
        let mut lines = vec![finding.rule.title.of(words.language()).to_owned(), words.because(finding)];
        lines.extend(finding.waiver.as_ref().map(|note| words.waiver(note)));
        lines.extend(finding.look(words.language()));
        lines.extend(
            finding.remediation(words.language()).map(|press| words.texts().with("table-press", &[("text", &press)])),
        );
        lines.extend(finding.evidence.iter().map(|row| format!("{} {}: {}", row.source, row.line, row.text)));
        let lines: Vec<String> = lines.iter().map(|line| clean(line)).collect();
        if !matches!(status, TestCaseStatus::Success { .. }) {
            status.set_message(clean(&message));
            status.set_type(finding.severity.word());
            status.set_description(lines.join("\n"));
        }
        let mut case = TestCase::new(clean(&name(finding)), status);
        case.set_classname(clean(&class(finding)));
        case
    }
}

impl Form for Suites<'_> {
    fn audits(&self, audits: &[Audit<'_>]) -> Portion {
        let mut suites = Vec::new();
        for audit in audits {
            let mut suite = self.suite(&suite_name(audit.profile_id, audit.snapshot, self.words), audit.snapshot);
            profile(&mut suite, audit);
            for finding in &audit.findings {
                suite.add_test_case(self.case(finding, status(finding.verdict)));
            }
            suites.push(suite);
        }
        written(suites)
    }

    fn comparison(&self, comparison: &Comparison<'_>) -> Portion {
        let mut suites = Vec::new();
        for judgement in &comparison.judgements {
            let name = suite_name(judgement.after.profile_id, comparison.after, self.words);
            let mut suite = self.suite(&name, comparison.after);
            profile(&mut suite, &judgement.after);
            suite.add_property(("taken_before", clean(comparison.before.taken_at.as_deref().unwrap_or("")).as_str()));
            self.partial(&mut suite, comparison);
            for change in &judgement.rules {
                if let Some(case) = self.moved(judgement, change) {
                    suite.add_test_case(case);
                }
            }
            suites.push(suite);
        }
        let mut suite = self.suite(&suite_name("changes", comparison.after, self.words), comparison.after);
        self.partial(&mut suite, comparison);
        for change in &comparison.changes {
            suite.add_test_case(self.change(change));
        }
        suites.push(suite);
        written(suites)
    }
}

/// The tag around all suites.
const END: &str = "</testsuites>";

/// The suites as they stand in the report, and what it counts of them.
fn written(suites: Vec<TestSuite>) -> Portion {
    let mut report = Report::new(NAME);
    report.add_test_suites(suites);
    let counts = Counts([report.tests, report.failures, report.errors, report.skipped]);
    let text = xml(&report);
    let inside = text.split_once("<testsuites").and_then(|(_, rest)| rest.split_once('>'));
    let inside = inside.and_then(|(_, rest)| rest.rsplit_once(END)).map_or("", |(inside, _)| inside.trim_end());
    Portion::with(vec![inside.to_owned()], counts)
}

/// Memory takes every byte, and every text was made fit for XML.
fn xml(report: &Report) -> String {
    report.to_string().unwrap_or_default()
}

/// The name of the report.
const NAME: &str = "poucet";

/// Tests, failures, errors and what was skipped.
#[derive(Clone, Copy, Default)]
struct Counts([usize; 4]);

/// The report, once every suite is known.
#[derive(Default)]
pub(super) struct Joined {
    suites: Vec<String>,
    counts: Counts,
}

impl Join for Joined {
    fn add(&mut self, portion: Portion, _: &mut String) {
        let (suites, counts): (_, Counts) = portion.open();
        self.suites.extend(suites.into_iter().filter(|suite| !suite.is_empty()));
        self.counts.0.iter_mut().zip(counts.0).for_each(|(sum, count)| *sum += count);
    }

    fn end(&mut self, text: &mut String) {
        if self.suites.is_empty() {
            return;
        }
        let mut report = Report::new(NAME);
        [report.tests, report.failures, report.errors, report.skipped] = self.counts.0;
        let frame = xml(&report);
        let (head, foot) = frame.split_once(END).unwrap_or((&frame, ""));
        text.push_str(head.trim_end());
        self.suites.iter().for_each(|suite| text.push_str(suite));
        text.push('\n');
        text.push_str(END);
        text.push_str(foot);
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
}

impl Suites<'_> {
    fn partial(&self, suite: &mut TestSuite, comparison: &Comparison<'_>) {
        if let Some(line) = self.words.partial_comparison(comparison.before, comparison.after) {
            suite.add_property(("partial", clean(&line).as_str()));
        }
    }

    fn moved(&self, judgement: &Judgement<'_>, change: &RuleChange) -> Option<TestCase> {
        let finding = judgement.finding(change)?;
        let status = match change.standing {
            Standing::New | Standing::PerhapsNew | Standing::StillFailing => {
                TestCaseStatus::non_success(NonSuccessKind::Failure)
            }
            Standing::NoLongerAssessed => TestCaseStatus::non_success(NonSuccessKind::Error),
            Standing::Waived | Standing::NoLongerApplies => TestCaseStatus::skipped(),
            Standing::Fixed | Standing::NewlyAssessed => TestCaseStatus::success(),
        };
        let mut case = self.case(finding, status);
        case.add_property(("standing", change.standing.word()));
        Some(case)
    }

    /// A change is no test that fails; it is told.
    fn change(&self, change: &Change<'_>) -> TestCase {
        let thing = change.subject.thing();
        let name = format!("{} {} {thing}", change.kind, change.subject.word());
        let mut case = TestCase::new(clean(name.trim_end()), TestCaseStatus::success());
        case.set_classname(clean(
            &change.app.as_ref().map_or("phone".to_owned(), |app| format!("{}/{}", app.user, app.id)),
        ));
        case.add_property(("effect", change.effect.word()));
        case.set_system_out(clean(&self.words.change_line(change)));
        case
    }
}

fn profile(suite: &mut TestSuite, audit: &Audit<'_>) {
    suite.add_property(("profile", audit.profile_id));
    suite.add_property(("profile_version", clean(audit.profile_version).as_str()));
    suite.add_property(("profile_sha256", audit.profile_sha256));
}

fn suite_name(profile: &str, snapshot: &Snapshot, words: Wording<'_>) -> String {
    format!("{profile} {}", words.device(&snapshot.device))
}

fn status(verdict: Verdict) -> TestCaseStatus {
    match verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::NotAssessed => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Waived | Verdict::Manual | Verdict::Noted | Verdict::NotApplicable => TestCaseStatus::skipped(),
    }
}

fn class(finding: &Finding<'_>) -> String {
    finding.app.as_ref().map_or_else(|| "phone".to_owned(), |app| format!("{}/{}", app.user, app.id))
}

fn name(finding: &Finding<'_>) -> String {
    let thing = finding.permission.map(|permission| permission.word()).or(finding.check.map(|check| check.word()));
    match thing {
        Some(thing) => format!("{} {thing} {}", finding.code(), words::expected(&finding.expected)),
        None => finding.code().to_owned(),
    }
}

/// Text that XML 1.0 allows: no control characters (made harmless as everywhere), and none of the two noncharacters that it forbids.
fn clean(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| sanitize(line, LONGEST)).collect();
    lines.join("\n").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
