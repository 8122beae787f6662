//! What there is to read at a path: itself, or every target in the folders below it, found one after the other.
//!
//! A tree of evidence may hold ten thousand phones, so nothing here knows more of it than the names in the folders on the way.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::SourceError;
use super::path::{is_one_target, is_snapshot_file, is_target_file};

/// How deep a tree is looked into.
const DEEPEST: usize = 12;
/// How many entries are looked at to find out whether a folder holds several targets. Beyond, it is taken for one that does.
const MOST_LOOKS: usize = 100_000;

/// Something that was found.
#[derive(Debug)]
pub enum Found {
    /// A target for [`super::open_path`].
    Target {
        /// Where it is.
        path: PathBuf,
        /// Whether somebody named it. What is only found in a folder need not be evidence.
        named: bool,
    },
    /// A file of snapshots, one or a line each.
    Snapshots(PathBuf),
    /// A file among targets that nothing is known of.
    Aside(PathBuf),
    /// What cannot be looked at.
    Failed(PathBuf, SourceError),
}

/// The targets at a path, in the order of their names.
#[derive(Debug)]
pub struct Survey {
    /// What is still to be looked at, next last; each with the folders that it was found in.
    ahead: Vec<Ahead>,
    /// A folder that is left out.
    without: Option<PathBuf>,
}

#[derive(Debug)]
struct Ahead {
    path: PathBuf,
    named: bool,
    /// Folders above it, as the system knows them, so that a link cannot lead round in a circle.
    above: Arc<Vec<PathBuf>>,
}

impl Survey {
    /// Of a path that somebody named.
    pub fn new(path: &Path) -> Survey {
        Survey { ahead: vec![Ahead { path: path.to_owned(), named: true, above: Arc::default() }], without: None }
    }

    /// Leaves out a folder, as the system knows it: that of the results need not be read for more.
    #[must_use]
    pub fn without(self, folder: Option<PathBuf>) -> Survey {
        Survey { without: folder, ..self }
    }

    fn look(&mut self, here: Ahead) -> Found {
        let Ahead { path, named, above } = here;
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => {
                let error = SourceError::io(&path, error);
                return Found::Failed(path, error);
            }
        };
        if !metadata.is_dir() {
            return match () {
                () if is_snapshot_file(&path) => Found::Snapshots(path),
                // An empty file is what a failed copy leaves: opening it tells.
                () if named || metadata.len() == 0 && metadata.is_file() || is_target_file(&path) => {
                    Found::Target { path, named }
                }
                () => Found::Aside(path),
            };
        }
        if is_one_target(&path) || targets_below(&path, above.len()) < 2 {
            return Found::Target { path, named };
        }
        match self.enter(&path, &above) {
            Ok(()) => self.next().unwrap_or_else(|| Found::Failed(path.clone(), SourceError::Empty { path })),
            Err(error) => Found::Failed(path, error),
        }
    }

    /// Puts the children of a folder ahead, the first by name on top.
    fn enter(&mut self, folder: &Path, above: &[PathBuf]) -> Result<(), SourceError> {
        let mut above = above.to_vec();
        above.push(fs::canonicalize(folder).map_err(|error| SourceError::io(folder, error))?);
        let above = Arc::new(above);
        for path in children(folder)?.into_iter().rev() {
            let real = fs::canonicalize(&path).ok();
            if real.is_some_and(|real| above.contains(&real) || self.without.as_ref() == Some(&real)) {
                continue;
            }
            self.ahead.push(Ahead { path, named: false, above: above.clone() });
        }
        Ok(())
    }
}

impl Iterator for Survey {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let here = self.ahead.pop()?;
        Some(self.look(here))
    }
}

/// The entries of a folder by name; what systems and archivers leave behind is none.
fn children(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let entries = fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name();
            !name.as_encoded_bytes().starts_with(b".") && name != "__MACOSX"
        })
        .map(|entry| entry.path())
        .collect();
    paths.sort_unstable();
    Ok(paths)
}

/// How many targets lie below a folder; 2 stands for any more.
fn targets_below(folder: &Path, depth: usize) -> usize {
    let (mut count, mut looks) = (0, 0);
    let mut ahead: VecDeque<(PathBuf, usize)> =
        children(folder).unwrap_or_default().into_iter().map(|path| (path, depth)).collect();
    while let Some((path, depth)) = ahead.pop_front() {
        let is_folder = path.is_dir();
        if if is_folder { is_one_target(&path) } else { is_target_file(&path) } {
            count += 1;
        } else if is_folder && depth < DEEPEST {
            ahead.extend(children(&path).unwrap_or_default().into_iter().map(|path| (path, depth + 1)));
        }
        looks += 1;
        if count >= 2 || looks >= MOST_LOOKS {
            return 2;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        Survey::new(folder)
            .map(|found| match found {
                Found::Target { path, named } => format!("{}{}", if named { "named " } else { "" }, name(&path)),
                Found::Snapshots(path) => format!("snapshots {}", name(&path)),
                Found::Aside(path) => format!("aside {}", name(&path)),
                Found::Failed(_, error) => format!("failed {error}"),
            })
            .collect()
    }

    const SNAPSHOT: &str = "{\"schema\":\"poucet.snapshot/1\"}";
    const DUMP: &str = "========================================================\n== dumpstate: 2026-08-20 09:00:00\n";

    #[test]
    fn a_tree_of_everything_is_walked_in_order_and_accounts_for_each_file() {
        let folder = tree(&[
            ("a/acquisition.json", "{\"uuid\":\"u\"}"),
            ("a/dumpsys.txt", "x"),
            ("a/bugreport.zip", "PK\x03\x04"),
            ("b/deep/er/acquisition.json", "{\"uuid\":\"u\"}"),
            ("b/deep/er/dumpsys.txt", "x"),
            ("b/deep/other.json", SNAPSHOT),
            ("c/Manifest.db", "x"),
            ("c/Info.plist", "x"),
            ("c/00/nothing", "x"),
            ("d.txt", DUMP),
            ("empty.zip", ""),
            ("half.zip", "PK\x03\x04"),
            ("notes.txt", "hello"),
            (".hidden.zip", "PK\x03\x04"),
            ("z/photos/one.jpg", "x"),
        ]);
        assert_eq!(
            names(folder.path()),
            [
                "a",
                "b/deep/er",
                "snapshots b/deep/other.json",
                "c",
                "d.txt",
                "empty.zip",
                "half.zip",
                "aside notes.txt",
                "z"
            ]
        );
    }

    #[test]
    fn one_phone_is_one_target_however_its_files_lie() {
        let loose = tree(&[("dumpsys_package.txt", "Packages:\n"), ("getprop.txt", "[a]: [b]\n"), ("bug.txt", DUMP)]);
        assert_eq!(names(loose.path()), ["named "]);
        let down = tree(&[("x/y/acquisition.json", "{\"uuid\":\"u\"}"), ("x/y/dumpsys.txt", "x")]);
        assert_eq!(names(down.path()), ["named "]);
        assert_eq!(names(tree(&[]).path()), ["named "]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_ends_and_others_are_followed() {
        let folder =
            tree(&[("a.json", SNAPSHOT), ("b.json", SNAPSHOT), ("c/d.json", SNAPSHOT), ("c/e.json", SNAPSHOT)]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("c/round")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("c/d.json"), folder.path().join("f")).unwrap();
        let expected =
            ["snapshots a.json", "snapshots b.json", "snapshots c/d.json", "snapshots c/e.json", "snapshots f"];
        assert_eq!(names(folder.path()), expected);
    }
}
