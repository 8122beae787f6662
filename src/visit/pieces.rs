//! The pieces of work of all targets, found as they are needed: there may be ten thousand, or more lines than fit into memory.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::{BadSnapshot, Cancel, Failure, Target};
use crate::files::lines::{Line, Lines};
use crate::files::plain::plain;
use crate::source::SourceError;
use crate::source::survey::{Found, Survey};

/// How many lines one hand takes at a time.
const LINES: usize = 64;

/// A piece of work.
pub(super) enum Piece {
    Phone(String),
    Path { path: PathBuf, named: bool },
    Lines { name: Arc<str>, lines: Vec<Line> },
    Failed(String, Failure),
}

/// The pieces of all targets, found as they are needed.
pub(super) struct Pieces {
    targets: std::vec::IntoIter<Target>,
    survey: Option<Survey>,
    lines: Option<Open>,
    without: Option<PathBuf>,
    follow_links: bool,
    cancel: Cancel,
}

/// A text of snapshots that is being read.
struct Open {
    name: Arc<str>,
    lines: Lines<Box<dyn Read + Send>>,
    any: bool,
}

impl Pieces {
    pub(super) fn of(targets: Vec<Target>, without: Option<PathBuf>, follow_links: bool, cancel: Cancel) -> Pieces {
        Pieces { targets: targets.into_iter(), survey: None, lines: None, without, follow_links, cancel }
    }

    fn text(&mut self, name: &str, source: Box<dyn Read + Send>) {
        self.lines = Some(Open { name: name.into(), lines: Lines::new(Box::new(plain(source))), any: false });
    }

    /// The next lines of the text that is being read; it ends where there are none.
    fn next_lines(&mut self) -> Option<Piece> {
        let open = self.lines.as_mut()?;
        let name = open.name.clone();
        let failed = |wrong: BadSnapshot| {
            let place = name.to_string();
            Some(Piece::Failed(place.clone(), Failure::Snapshot { place, wrong }))
        };
        match open.lines.next_lines(LINES) {
            Ok(lines) if !lines.is_empty() => {
                open.any = true;
                Some(Piece::Lines { name: name.clone(), lines })
            }
            ended => {
                let any = open.any;
                self.lines = None;
                match ended {
                    Err(error) => failed(BadSnapshot::Unreadable(error)),
                    // A filter whose first half failed sends nothing, which is no verdict.
                    Ok(_) if !any => failed(BadSnapshot::Empty),
                    Ok(_) => None,
                }
            }
        }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while !self.cancel.is_asked() {
            if let Some(piece) = self.next_lines() {
                return Some(piece);
            }
            match self.survey.as_mut().and_then(Iterator::next) {
                Some(Found::Target { path, named }) => return Some(Piece::Path { path, named }),
                Some(Found::NotEvidence(path)) => {
                    let name = path.display().to_string();
                    let is_hollow = std::fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
                    let failure = if is_hollow { Failure::Hollow(path) } else { Failure::NotEvidence(path) };
                    return Some(Piece::Failed(name, failure));
                }
                Some(Found::Link(path)) => {
                    return Some(Piece::Failed(path.display().to_string(), Failure::Link(path)));
                }
                Some(Found::Failed(path, error)) => {
                    return Some(Piece::Failed(path.display().to_string(), Failure::Path(error)));
                }
                Some(Found::Snapshots(path)) => match File::open(&path) {
                    Ok(file) => self.text(&path.display().to_string(), Box::new(file)),
                    Err(error) => {
                        let failure = Failure::Path(SourceError::io(&path, error));
                        return Some(Piece::Failed(path.display().to_string(), failure));
                    }
                },
                None => {
                    self.survey = None;
                    match self.targets.next()? {
                        Target::Phone(name) => return Some(Piece::Phone(name)),
                        Target::Path(path) => {
                            let survey = Survey::new(&path).without(self.without.clone());
                            self.survey = Some(survey.following(self.follow_links));
                        }
                        Target::Stdin => self.text("-", Box::new(std::io::stdin())),
                    }
                }
            }
        }
        None
    }
}

impl Piece {
    /// What is shown of it while it is read.
    pub(super) fn name(&self) -> String {
        match self {
            Piece::Phone(name) | Piece::Failed(name, _) => name.clone(),
            Piece::Path { path, .. } => path.display().to_string(),
            Piece::Lines { name, .. } => name.to_string(),
        }
    }
}
