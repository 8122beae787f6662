//! What is being read, on standard error: one line per target and one for all of them, where somebody is looking and it
//! takes longer than a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use poucet::text::Texts;

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the lines move.
const TICK: Duration = Duration::from_millis(120);

/// The lines of one call, for as long as targets are read. They are gone before anything is printed, and come back after.
#[derive(Default)]
pub(crate) struct Progress {
    lines: Mutex<Option<Lines>>,
}

struct Lines {
    all: MultiProgress,
    total: Option<ProgressBar>,
    begun: Instant,
    shown: AtomicBool,
    reading: Vec<(usize, ProgressBar)>,
}

/// The terminal, as far as lines stand on it.
struct Terminal {
    /// The lines that stand there now, for whoever prints in between.
    shown: Option<MultiProgress>,
    /// How many questions stand there; no line may begin to show below one.
    questions: u32,
}

static TERMINAL: Mutex<Terminal> = Mutex::new(Terminal { shown: None, questions: 0 });

/// Prints with the lines out of the way. What prints must not ask for this again.
pub(crate) fn aside<R>(print: impl FnOnce() -> R) -> R {
    let shown = TERMINAL.lock().ok().and_then(|terminal| terminal.shown.clone());
    match shown {
        Some(lines) => lines.suspend(print),
        None => print(),
    }
}

/// Asks a person something, as [`aside`]; lines that are not there yet come after the answer.
pub(crate) fn question<R>(ask: impl FnOnce() -> R) -> R {
    let count = |change: fn(u32) -> u32| {
        if let Ok(mut terminal) = TERMINAL.lock() {
            terminal.questions = change(terminal.questions);
        }
    };
    count(|questions| questions.saturating_add(1));
    let answer = aside(ask);
    count(|questions| questions.saturating_sub(1));
    answer
}

impl Lines {
    /// Lines for so many targets, or for as many as there will be; none where standard error is no terminal.
    fn new(texts: &Texts, targets: Option<usize>) -> Option<Lines> {
        use std::io::IsTerminal as _;
        let plain = std::env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
        if !std::io::stderr().is_terminal() || plain || targets == Some(0) {
            return None;
        }
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let total = match targets {
            Some(1) => None,
            Some(targets) => {
                let length = u64::try_from(targets).unwrap_or(u64::MAX);
                Some(all.add(ProgressBar::new(length).with_style(style("  {bar:24} {pos}/{len}  {elapsed}"))))
            }
            None => {
                let line = ProgressBar::no_length().with_style(style("  {pos} {msg}  {elapsed}"));
                Some(all.add(line.with_message(texts.get("cli-progress-read"))))
            }
        };
        Some(Lines { all, total, begun: Instant::now(), shown: AtomicBool::new(false), reading: Vec::new() })
    }
}

impl Progress {
    fn lines(&self) -> MutexGuard<'_, Option<Lines>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many targets, or as many as there will be, are about to be read.
    pub(crate) fn seen(&self, texts: &Texts, targets: Option<usize>) {
        *self.lines() = Lines::new(texts, targets);
    }

    /// Does the work while the lines move, and takes them away after.
    pub(crate) fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        let (done, watched) = std::sync::mpsc::channel();
        let result = std::thread::scope(|scope| {
            scope.spawn(move || self.watch(&watched));
            let result = work();
            drop(done);
            result
        });
        self.clear();
        result
    }

    /// Moves the lines until `done` says that the work has ended.
    fn watch(&self, done: &std::sync::mpsc::Receiver<()>) {
        use std::sync::mpsc::RecvTimeoutError::Timeout;
        while done.recv_timeout(TICK) == Err(Timeout) {
            let lines = self.lines();
            let Some(lines) = lines.as_ref() else { continue };
            if !lines.shown.load(Ordering::Relaxed)
                && lines.begun.elapsed() >= PATIENCE
                && let Ok(mut terminal) = TERMINAL.lock()
                && terminal.questions == 0
            {
                lines.all.set_draw_target(ProgressDrawTarget::stderr());
                terminal.shown = Some(lines.all.clone());
                lines.shown.store(true, Ordering::Relaxed);
            }
            lines.reading.iter().for_each(|(_, line)| line.tick());
            lines.total.iter().for_each(ProgressBar::tick);
        }
    }

    /// A target is being read.
    pub(crate) fn begin(&self, place: usize, name: &str) {
        let mut lines = self.lines();
        let Some(lines) = lines.as_mut() else { return };
        let name = poucet::text::clean::sanitize(name, 60);
        let line = ProgressBar::new_spinner().with_style(style("  {spinner} {msg}  {elapsed}")).with_message(name);
        let line = match &lines.total {
            Some(total) => lines.all.insert_before(total, line),
            None => lines.all.add(line),
        };
        lines.reading.push((place, line));
    }

    /// What was begun at this place is done: so many targets.
    pub(crate) fn end(&self, place: usize, count: usize) {
        let mut lines = self.lines();
        let Some(lines) = lines.as_mut() else { return };
        lines.reading.retain(|(other, line)| {
            if *other == place {
                line.finish_and_clear();
            }
            *other != place
        });
        lines.total.iter().for_each(|total| total.inc(u64::try_from(count).unwrap_or(1)));
    }

    /// Takes the lines away.
    pub(crate) fn clear(&self) {
        let lines = self.lines().take();
        if let Ok(mut terminal) = TERMINAL.lock() {
            terminal.shown = None;
        }
        if let Some(lines) = lines {
            // A terminal that is gone needs no clearing.
            let _ = lines.all.clear();
        }
    }
}

/// Empties the line on which the cursor stands, when the program is stopped in the midst of its lines.
pub(crate) fn wipe() {
    use std::io::{IsTerminal as _, Write as _};
    if std::io::stderr().is_terminal() {
        // A terminal that is gone needs no clearing.
        let _ = write!(std::io::stderr(), "\r\x1b[J");
    }
}

/// A template of our own; one with a mistake shows the usual line.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
