//! A face that collects what a visit tells, for tests that hold what happened and not how it is worded.
#![cfg(unix)]

use std::path::Path;
use std::sync::Mutex;

use poucet::Catalog;
use poucet::inner::source::ios_backup::{Ask, Password};
use poucet::text::Told as _;
use poucet::visit::{Event, Face, Flow, JudgeOptions, Options, ReadOptions, Tally, Target, run_with};
use poucet::vocabulary::Verdict;

/// What was told, in the order in which it came.
#[derive(Debug, Default)]
pub(crate) struct Collecting {
    /// Names of targets that gave nothing, with the key of what was said.
    pub(crate) failed: Mutex<Vec<(String, &'static str)>>,
    /// Notes, as they print themselves.
    pub(crate) notes: Mutex<Vec<String>>,
    /// Whether the end was told.
    pub(crate) done: Mutex<u32>,
}

impl Face for Collecting {
    fn event(&self, event: Event<'_>) -> Flow {
        match event {
            Event::Failed(target, failure) => {
                let name = target.map(|target| target.name.clone()).unwrap_or_default();
                self.failed.lock().unwrap().push((name, failure.key()));
            }
            Event::Note(note) => self.notes.lock().unwrap().push(format!("{note:?}")),
            Event::Done(_) => *self.done.lock().unwrap() += 1,
            _ => {}
        }
        Flow::Go
    }

    fn password(&self, _target: &str, _ask: Ask) -> Option<Password> {
        None
    }
}

/// Everything that a visit to these places tells, and the verdict on each target in the order in which they came.
pub(crate) fn visit(places: &[&Path], face: &Collecting, stop_after: usize) -> (Tally, Vec<(String, Verdict)>) {
    let catalog = Catalog::builtin();
    let profile = poucet::profile::load("byod", catalog).unwrap();
    let read = ReadOptions { jobs: 3, ..ReadOptions::new(catalog) };
    let judge = JudgeOptions { today: "2026-11-30".parse().unwrap(), ..JudgeOptions::new(catalog, vec![profile]) };
    let options = Options::new(places.iter().map(Target::parse).collect(), &read, &judge);
    let mut verdicts = Vec::new();
    let tally =
        run_with(options, face, &|_, audits| audits.first().map(poucet::audit::Audit::verdict), |target, verdict| {
            verdicts.extend(verdict.map(|verdict| (target.name.clone(), verdict)));
            if verdicts.len() >= stop_after { Flow::Stop } else { Flow::Go }
        });
    (tally, verdicts)
}
