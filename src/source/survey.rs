//! What there is to read at a path: itself, or every target in the folders below it, found one after the other.
//!
//! A tree of evidence may hold ten thousand phones, so nothing here knows more of it than the names in the folders on the way.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::SourceError;
use super::ios_backup::find;
use super::path::shape::{
    has_loose_texts, is_empty, is_loose_phone, is_one_target, is_snapshot_file, is_target_file, unreadable,
};

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
    NotEvidence(PathBuf),
    /// A link among targets, which is not followed.
    Link(PathBuf),
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
    /// Whether links are followed that nobody named.
    follow_links: bool,
}

#[derive(Debug)]
struct Ahead {
    path: PathBuf,
    named: bool,
    is_link: bool,
    /// Folders above it, as the system knows them, so that a link cannot lead round in a circle.
    above: Arc<Vec<PathBuf>>,
}

impl Survey {
    /// Of a path that somebody named.
    pub fn new(path: &Path) -> Survey {
        let named = Ahead { path: path.to_owned(), named: true, is_link: false, above: Arc::default() };
        Survey { ahead: vec![named], without: None, follow_links: false }
    }

    /// Leaves out a folder, as the system knows it: that of the results need not be read for more.
    #[must_use]
    pub fn without(self, folder: Option<PathBuf>) -> Survey {
        Survey { without: folder, ..self }
    }

    /// Whether links in the folders on the way are followed. A tree that came from outside may so lead through this whole computer.
    #[must_use]
    pub fn following(self, follow_links: bool) -> Survey {
        Survey { follow_links, ..self }
    }

    fn look(&mut self, here: Ahead) -> Found {
        let Ahead { path, named, is_link, above } = here;
        if is_link {
            return Found::Link(path);
        }
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
                () if named || is_empty(&path) || is_target_file(&path) => Found::Target { path, named },
                // What may not be read may be evidence.
                () => match unreadable(&path) {
                    Some(error) => Found::Failed(path, error),
                    None => Found::NotEvidence(path),
                },
            };
        }
        if is_one_target(&path, self.follow_links) {
            return Found::Target { path, named };
        }
        // Apple's programs leave such a folder beside the others when a backup could not even begin.
        if !named && find::is_never_made(&path) {
            return Found::NotEvidence(path);
        }
        let below = Below::of(&path, above.len(), self.follow_links);
        if !below.is_several(&path, self.follow_links) {
            if !named {
                // Nobody will look at them again: what a failed copy left is told apart from what is no evidence.
                let empty = below.empty.into_iter().rev();
                self.ahead.extend(empty.map(|path| Ahead { path, named: true, is_link: false, above: above.clone() }));
            }
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
        for (path, is_link) in children(folder)?.into_iter().rev() {
            if is_link && !self.follow_links {
                self.ahead.push(Ahead { path, named: false, is_link, above: above.clone() });
                continue;
            }
            let real = fs::canonicalize(&path).ok();
            if real.is_some_and(|real| above.contains(&real) || self.without.as_ref() == Some(&real)) {
                continue;
            }
            self.ahead.push(Ahead { path, named: false, is_link: false, above: above.clone() });
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

/// The entries of a folder by name, and whether they are links; what systems and archivers leave behind is none.
fn children(folder: &Path) -> Result<Vec<(PathBuf, bool)>, SourceError> {
    let entries = fs::read_dir(folder).map_err(|error| SourceError::io(folder, error))?;
    let mut paths: Vec<(PathBuf, bool)> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name();
            !name.as_encoded_bytes().starts_with(b".") && name != "__MACOSX"
        })
        .map(|entry| (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_symlink())))
        .collect();
    paths.sort_unstable();
    Ok(paths)
}

/// Whether a place that a link in a folder leads to is none of those above it.
fn leads_on(folder: &Path, real: &Path) -> bool {
    fs::canonicalize(folder).is_ok_and(|folder| !folder.starts_with(real))
}

/// What lies below a folder, as far as it takes to find out whether it is one target or a tree of several.
struct Below {
    /// Two stand for any more.
    targets: Vec<PathBuf>,
    /// Files without a byte.
    empty: Vec<PathBuf>,
    /// Whether there is something that has to be told by itself: a link that is not followed, or what may not be looked at.
    is_told: bool,
    /// Whether there was too much to look at all of it.
    is_vast: bool,
}

impl Below {
    fn of(folder: &Path, depth: usize, follow_links: bool) -> Below {
        let mut below = Below { targets: Vec::new(), empty: Vec::new(), is_told: false, is_vast: false };
        let mut looks = 0;
        let mut ahead: VecDeque<(PathBuf, usize)> = VecDeque::new();
        // The same place need not be looked at by two ways, and links may lead round in a circle.
        let mut seen: BTreeSet<PathBuf> = fs::canonicalize(folder).into_iter().collect();
        let mut list = |folder: &Path, depth: usize, ahead: &mut VecDeque<(PathBuf, usize)>| {
            let Ok(children) = children(folder) else { return true };
            let mut is_told = false;
            for (path, is_link) in children {
                if is_link && !follow_links {
                    is_told = true;
                } else if !is_link
                    || fs::canonicalize(&path).is_ok_and(|real| leads_on(folder, &real) && seen.insert(real))
                {
                    ahead.push_back((path, depth));
                }
            }
            is_told
        };
        below.is_told |= list(folder, depth, &mut ahead);
        while let Some((path, depth)) = ahead.pop_front() {
            let is_folder = path.is_dir();
            let is_target = match is_folder {
                true => is_one_target(&path, follow_links) || is_loose_phone(&path, follow_links),
                false => is_target_file(&path),
            };
            if is_target {
                below.targets.push(path);
            } else if is_folder && depth < DEEPEST {
                below.is_told |= list(&path, depth + 1, &mut ahead);
            } else if is_empty(&path) {
                below.empty.push(path);
            } else {
                below.is_told |= unreadable(&path).is_some();
            }
            looks += 1;
            below.is_vast = looks >= MOST_LOOKS;
            if below.targets.len() >= 2 || below.is_vast {
                break;
            }
        }
        below
    }

    /// Whether what lies there is to be looked at one by one. A single target may be one phone with what is around it, as a bug report
    /// that somebody saved beside other outputs; a file of snapshots may hold many phones, and one far below leads there.
    fn is_several(&self, folder: &Path, follow_links: bool) -> bool {
        if self.is_vast {
            return true;
        }
        match self.targets.as_slice() {
            [] => false,
            [only] => {
                let is_one = only.parent() == Some(folder) && !is_snapshot_file(only) && !self.is_told;
                !is_one && !has_loose_texts(folder, follow_links)
            }
            _ => true,
        }
    }
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
        names_of(folder, Survey::new(folder))
    }

    fn names_of(folder: &Path, survey: Survey) -> Vec<String> {
        let name = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        survey
            .map(|found| match found {
                Found::Target { path, named } => format!("{}{}", if named { "named " } else { "" }, name(&path)),
                Found::Snapshots(path) => format!("snapshots {}", name(&path)),
                Found::NotEvidence(path) => format!("aside {}", name(&path)),
                Found::Link(path) => format!("link {}", name(&path)),
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
        let beside = tree(&[
            ("dumpsys_package.txt", "Packages:\n  Package [a.b] (1):\n"),
            ("earlier.json", SNAPSHOT),
            ("x/y/bug.txt", DUMP),
        ]);
        fs::remove_file(beside.path().join("x/y/bug.txt")).unwrap();
        assert_eq!(names(beside.path()), ["named "]);
        let down = tree(&[("x/y/acquisition.json", "{\"uuid\":\"u\"}"), ("x/y/dumpsys.txt", "x")]);
        assert_eq!(names(down.path()), ["x"]);
        assert_eq!(names(tree(&[]).path()), ["named "]);
    }

    #[test]
    fn the_only_target_is_found_however_deep_it_lies() {
        for (file, text, found) in [
            ("d/e/bug.txt", DUMP, "d/e"),
            ("1/2/3/4/5/6/7/8/bug.txt", DUMP, "1/2/3/4/5/6/7/8"),
            ("1/2/3/4/5/phone/acquisition.json", "{\"uuid\":\"u\"}", "1/2/3/4/5"),
            ("1/2/3/4/ios/Manifest.db", "x", "1/2/3/4"),
            ("one.jsonl", SNAPSHOT, "snapshots one.jsonl"),
            ("d/e/f/one.jsonl", SNAPSHOT, "snapshots d/e/f/one.jsonl"),
            ("d/e/f/half.zip", "PK\x03\x04", "d/e/f"),
        ] {
            let mut files = vec![(file, text)];
            files.extend(file.contains("ios").then_some(("1/2/3/4/ios/Info.plist", "x")));
            files.extend(file.contains("phone").then_some(("1/2/3/4/5/phone/dumpsys.txt", "x")));
            let folder = tree(&files);
            assert_eq!(names(folder.path()), [found], "{file}");
            fs::write(folder.path().join("notes.txt"), "hello").unwrap();
            let mut with_notes = vec![found, "aside notes.txt"];
            with_notes.sort_by_key(|name| name.rsplit(' ').next().unwrap().to_owned());
            assert_eq!(names(folder.path()), with_notes, "{file}");
        }
    }

    #[test]
    fn phones_of_loose_texts_are_not_taken_for_one() {
        const PACKAGES: &str = "Packages:\n  Package [a.b] (1):\n";
        let two = tree(&[("anna/p.txt", PACKAGES), ("anna/q.txt", "[ro.a]: [b]\n"), ("ben/p.txt", PACKAGES)]);
        assert_eq!(names(two.path()), ["anna", "ben"]);
        let deep = tree(&[("x/anna/1/p.txt", PACKAGES), ("x/anna/2/s.txt", "a=b\n"), ("y/ben/1/p.txt", PACKAGES)]);
        assert_eq!(names(deep.path()), ["x/anna", "y/ben"]);
        let mixed = tree(&[("anna/p.txt", PACKAGES), ("ben/Manifest.db", "x"), ("ben/Info.plist", "x")]);
        assert_eq!(names(mixed.path()), ["anna", "ben"]);
        // One phone, its outputs sorted into folders.
        let one = tree(&[("p/p.txt", PACKAGES), ("s/global.txt", "adb_enabled=1\n"), ("getprop.txt", "[ro.a]: [b]\n")]);
        assert_eq!(names(one.path()), ["named "]);
    }

    #[test]
    fn what_a_failed_copy_left_is_found_where_nothing_else_is() {
        let folder = tree(&[("a/x.zip", ""), ("a/b/y.txt", ""), ("a/photo.jpg", "x"), ("b/one.json", SNAPSHOT)]);
        assert_eq!(names(folder.path()), ["a", "named a/x.zip", "named a/b/y.txt", "snapshots b/one.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_told_and_followed_where_asked_for_but_not_to_a_folder_above() {
        let folder =
            tree(&[("a.json", SNAPSHOT), ("b.json", SNAPSHOT), ("c/d.json", SNAPSHOT), ("c/e.json", SNAPSHOT)]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("c/round")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("c/d.json"), folder.path().join("f")).unwrap();
        let expected =
            ["snapshots a.json", "snapshots b.json", "snapshots c/d.json", "snapshots c/e.json", "snapshots f"];
        assert_eq!(names_of(folder.path(), Survey::new(folder.path()).following(true)), expected);
        let expected = [
            "snapshots a.json",
            "snapshots b.json",
            "snapshots c/d.json",
            "snapshots c/e.json",
            "link c/round",
            "link f",
        ];
        assert_eq!(names(folder.path()), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_beside_the_only_target_is_told_too() {
        let folder = tree(&[("bug.zip", "PK\x03\x04")]);
        std::os::unix::fs::symlink("/", folder.path().join("all")).unwrap();
        assert_eq!(names(folder.path()), ["link all", "bug.zip"]);
        // The texts of one phone stay together; the link is told with what they hold.
        let loose = tree(&[("p.txt", "Packages:\n  Package [a.b] (1):\n"), ("getprop.txt", "[a]: [b]\n")]);
        std::os::unix::fs::symlink("/", loose.path().join("all")).unwrap();
        assert_eq!(names(loose.path()), ["named "]);
    }
}
