//! What is being read, on standard error: one line per target and one for all of them, where somebody is looking and it
//! takes longer than a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use poucet::text::Texts;

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the lines move.
const TICK: Duration = Duration::from_millis(120);

/// The lines of one call. They are gone before anything is printed, and come back after.
pub(crate) struct Progress {
    lines: Option<Lines>,
}

struct Lines {
    all: MultiProgress,
    total: Option<ProgressBar>,
    begun: Instant,
    reading: Mutex<Vec<(usize, ProgressBar)>>,
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

impl Progress {
    /// Lines for so many targets, or for as many as there will be; none where standard error is no terminal.
    pub(crate) fn new(texts: &Texts, targets: Option<usize>) -> Progress {
        use std::io::IsTerminal as _;
        let plain = std::env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
        if !std::io::stderr().is_terminal() || plain || targets == Some(0) {
            return Progress { lines: None };
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
        let lines = Lines { all, total, begun: Instant::now(), reading: Mutex::default() };
        Progress { lines: Some(lines) }
    }

    /// Does the work while the lines move, and takes them away after.
    pub(crate) fn during(&self, work: impl FnOnce()) {
        let (done, watched) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || self.watch(&watched));
            work();
            drop(done);
        });
        self.clear();
    }

    /// Moves the lines until `done` says that the work has ended.
    fn watch(&self, done: &std::sync::mpsc::Receiver<()>) {
        use std::sync::mpsc::RecvTimeoutError::Timeout;
        let Some(lines) = &self.lines else { return };
        let mut shown = false;
        while done.recv_timeout(TICK) == Err(Timeout) {
            if !shown
                && lines.begun.elapsed() >= PATIENCE
                && let Ok(mut terminal) = TERMINAL.lock()
                && terminal.questions == 0
            {
                lines.all.set_draw_target(ProgressDrawTarget::stderr());
                terminal.shown = Some(lines.all.clone());
                shown = true;
            }
            for (_, line) in lines.reading.lock().iter().flat_map(|reading| reading.iter()) {
                line.tick();
            }
            lines.total.iter().for_each(ProgressBar::tick);
        }
    }

    /// A target is being read.
    pub(crate) fn begin(&self, index: usize, name: &str) {
        let Some(lines) = &self.lines else { return };
        let name = poucet::text::clean::sanitize(name, 60);
        let line = ProgressBar::new_spinner().with_style(style("  {spinner} {msg}  {elapsed}")).with_message(name);
        let line = match &lines.total {
            Some(total) => lines.all.insert_before(total, line),
            None => lines.all.add(line),
        };
        if let Ok(mut reading) = lines.reading.lock() {
            reading.push((index, line));
        }
    }

    /// So many targets have been read.
    pub(crate) fn end(&self, index: usize, count: usize) {
        let Some(lines) = &self.lines else { return };
        if let Ok(mut reading) = lines.reading.lock() {
            reading.retain(|(other, line)| {
                if *other == index {
                    line.finish_and_clear();
                }
                *other != index
            });
        }
        lines.total.iter().for_each(|total| total.inc(u64::try_from(count).unwrap_or(1)));
    }

    /// Takes the lines away.
    fn clear(&self) {
        if let Ok(mut terminal) = TERMINAL.lock() {
            terminal.shown = None;
        }
        if let Some(lines) = &self.lines {
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
