//! Which room of `src/` may use which, as `docs/design.md` says: arrows never point back, no circle of files, input and output only
//! in its rooms, and nothing that changes a phone within reach of an audit.
//!
//! What is read are the paths of the code: `use` lines, and paths within it that begin with `crate`, `self`, `super`, `poucet` or a
//! module that the file declares. Code that is for tests alone may use everything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test stops where something is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What is input or output, or hangs on the moment.
const SIGNS: &[&str] = &[
    "fs::",
    "File::open",
    "File::create",
    "OpenOptions::new",
    "std::env::",
    "env::var",
    "env::args",
    "TcpStream::",
    "UnixStream::",
    "Command::new",
    "process::exit",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    ".canonicalize()",
    ".is_file()",
    ".is_dir()",
    ".exists()",
    ".read_dir()",
    ".symlink_metadata()",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime::now",
];

/// The room that may hold commands that change a phone, and the only one that may use it.
const CHANGES: (&str, &str) = ("source/adb/changes", "fix");

struct File {
    /// Beside `src/`, with slashes: `audit/judge.rs`.
    name: String,
    /// `audit::judge`.
    module: Vec<String>,
    code: String,
    /// Modules that it declares.
    children: BTreeSet<String>,
    /// What it gives on under a name of its own: name → path.
    given_on: BTreeMap<String, Vec<String>>,
}

impl File {
    fn room(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The code without comments, and without what stands in texts and characters.
fn without_texts(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or('\0');
    let (mut code, mut place) = (String::with_capacity(text.len()), 0);
    while place < characters.len() {
        match (at(place), at(place + 1)) {
            ('/', '/') => {
                while place < characters.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            ('/', '*') => {
                place += 2;
                while place < characters.len() && (at(place), at(place + 1)) != ('*', '/') {
                    place += 1;
                }
                place += 2;
            }
            ('r', '"' | '#') if !at(place.wrapping_sub(1)).is_alphanumeric() && is_raw(&characters, place) => {
                let marks = characters[place + 1..].iter().take_while(|mark| **mark == '#').count();
                place += marks + 2;
                let ends = |place: usize| at(place) == '"' && (1..=marks).all(|mark| at(place + mark) == '#');
                while place < characters.len() && !ends(place) {
                    place += 1;
                }
                place += marks + 1;
                code.push_str("\"\"");
            }
            ('"', _) => {
                place += 1;
                while place < characters.len() && at(place) != '"' {
                    place += if at(place) == '\\' { 2 } else { 1 };
                }
                place += 1;
                code.push_str("\"\"");
            }
            ('\'', '\\') => {
                place += 3;
                while place < characters.len() && at(place) != '\'' {
                    place += 1;
                }
                place += 1;
            }
            ('\'', _) if at(place + 2) == '\'' => place += 3,
            (character, _) => {
                code.push(character);
                place += 1;
            }
        }
    }
    code
}

fn is_raw(characters: &[char], place: usize) -> bool {
    characters[place + 1..].iter().find(|character| **character != '#') == Some(&'"')
}

/// The code without the items that are marked to be for tests alone.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..start]);
        let item = &rest[start + "#[cfg(test)]".len()..];
        // The item ends with its block, or with the semicolon of one that has none.
        let (mut depth, mut end) = (0_usize, item.len());
        for (place, character) in item.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        end = place + 1;
                        break;
                    }
                }
                ';' if depth == 0 => {
                    end = place + 1;
                    break;
                }
                _ => {}
            }
        }
        if let Some(name) = item[..end].trim().strip_suffix(';').and_then(|item| item.rsplit_once("mod ")) {
            // Its file is known by this line.
            kept.push_str(&format!("\n@tests {}\n", name.1));
        }
        rest = &item[end..];
    }
    kept.push_str(rest);
    kept
}

/// Every Rust file of a folder, sorted.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The paths of a tree such as `a::{b, c::{self, d as e}}`, each with the name it is known by.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    if let Some(start) = tree.find('{') {
        let head: Vec<String> = segments(tree[..start].trim_end_matches([':', ' ', '\n']));
        let inner = tree[start + 1..].trim_end();
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let mut all = Vec::new();
        for part in parts(inner) {
            for (path, name) in leaves(&part) {
                let mut whole = head.clone();
                if path != ["self"] {
                    whole.extend(path);
                }
                let name = if name == "self" { head.last().cloned().unwrap_or_default() } else { name };
                all.push((whole, name));
            }
        }
        return all;
    }
    let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name.trim())));
    let path = segments(path);
    let name = name.map(str::to_owned).or_else(|| path.last().cloned()).unwrap_or_default();
    vec![(path, name)]
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Split at the commas that stand in no braces.
fn parts(list: &str) -> Vec<String> {
    let (mut parts, mut depth, mut part) = (Vec::new(), 0_i32, String::new());
    for character in list.chars() {
        depth += i32::from(character == '{') - i32::from(character == '}');
        if character == ',' && depth == 0 {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(character);
        }
    }
    parts.push(part);
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

/// Each `use`, with whether it is given on, and the code without them.
fn uses(code: &str) -> (Vec<(bool, String)>, String) {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut lines = code.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        let given_on = bare.starts_with("pub");
        let after = bare.strip_prefix("pub").map_or(bare, |after| {
            let after = after.trim_start();
            if after.starts_with('(') { after.split_once(')').map_or(after, |(_, after)| after) } else { after }
        });
        let Some(mut tree) = after.trim_start().strip_prefix("use ").map(str::to_owned) else {
            rest.push_str(line);
            continue;
        };
        while !tree.contains(';') {
            let Some(more) = lines.next() else { break };
            tree.push_str(more);
        }
        let tree = tree.split(';').next().unwrap_or_default().replace('\n', " ");
        found.push((given_on, tree));
    }
    (found, rest)
}

/// The house: its files that are not for tests, by module.
fn house() -> Vec<File> {
    let src = root().join("src");
    let mut paths = Vec::new();
    rust_files(&src, &mut paths);
    let mut files = Vec::new();
    let mut for_tests: BTreeSet<String> = BTreeSet::new();
    for path in paths {
        let name = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        let mut module = segments(&name.trim_end_matches(".rs").replace('/', "::"));
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let code = without_tests(&without_texts(&fs::read_to_string(&path).unwrap()));
        for line in code.lines().filter_map(|line| line.strip_prefix("@tests ")) {
            let mut test = module.clone();
            test.push(line.to_owned());
            for_tests.insert(test.join("::"));
        }
        let code: String = code.split_inclusive('\n').filter(|line| !line.starts_with("@tests")).collect();
        let mut children = BTreeSet::new();
        for line in code.lines() {
            let declared = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let declared = declared.trim_start_matches("pub(super) ");
            if let Some(child) = declared.strip_prefix("mod ").and_then(|child| child.strip_suffix(';')) {
                children.insert(child.to_owned());
            }
        }
        files.push(File { name, module, code, children, given_on: BTreeMap::new() });
    }
    files.retain(|file| {
        let mut head = String::new();
        file.module.iter().all(|part| {
            head = if head.is_empty() { part.clone() } else { format!("{head}::{part}") };
            !for_tests.contains(&head)
        })
    });
    for file in &mut files {
        let (used, _) = uses(&file.code);
        for (path, name) in used.iter().filter(|(given_on, _)| *given_on).flat_map(|(_, tree)| leaves(tree)) {
            file.given_on.insert(name, path);
        }
    }
    files
}

/// What each file uses: from its place among the files to those of the others, with the names.
fn arrows(files: &[File]) -> BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>> {
    let by_module: BTreeMap<&[String], usize> =
        files.iter().enumerate().map(|(place, file)| (file.module.as_slice(), place)).collect();
    let mut arrows: BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        let (used, rest) = uses(&file.code);
        let rest: String = rest.split_inclusive('\n').filter(|line| !is_declared(line)).collect();
        let mut paths = Vec::new();
        for (given_on, tree) in &used {
            for (path, name) in leaves(tree) {
                // What is only given on is no use of it, unless the file uses it as well.
                if !given_on || has_word(&rest, &name) {
                    paths.push(path);
                }
            }
        }
        paths.extend(paths_within(&rest, file));
        for path in paths {
            let Some(whole) = absolute(&path, file) else { continue };
            let Some(target) = resolve(&whole, files, &by_module, 0) else { continue };
            if target != place {
                arrows.entry(place).or_default().entry(target).or_default().insert(whole.join("::"));
            }
        }
    }
    arrows
}

/// Whether a line only says that there is a module.
fn is_declared(line: &str) -> bool {
    let line = line.trim();
    line.ends_with(';') && line.split_whitespace().rev().nth(1) == Some("mod")
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(place, _)| !code[..place].ends_with(is_of_word) && !code[place + word.len()..].starts_with(is_of_word))
}

/// Paths in the code itself that begin with `crate`, `super`, `self`, `poucet` or a module that the file declares.
fn paths_within(code: &str, file: &File) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (place, _) in code.match_indices("::") {
        let before = &code[..place];
        let start = before.rfind(|character: char| !is_of_word(character)).map_or(0, |start| start + 1);
        let first = &before[start..];
        let begins = !before[..start].ends_with("::");
        // `pub(in crate::…)` says who may look, and uses nothing.
        let known = !before[..start].ends_with("(in ") && matches!(first, "crate" | "super" | "self" | "poucet")
            || file.children.contains(first);
        if !begins || !known {
            continue;
        }
        let rest = &code[start..];
        let end = rest.find(|character: char| !is_of_word(character) && character != ':').unwrap_or(rest.len());
        found.push(segments(&rest[..end]));
    }
    found
}

/// A path from the root of the library; `None` for one of another crate.
fn absolute(path: &[String], file: &File) -> Option<Vec<String>> {
    let mut whole = file.module.clone();
    let first = path.first()?.as_str();
    let rest = match first {
        "crate" | "poucet" => {
            // The binary's own files call their root by the same word.
            whole.clear();
            let rest = path.get(1..)?;
            // What the library hides stands there under its own name.
            if rest.first().is_some_and(|room| room == "inner") { rest.get(1..)? } else { rest }
        }
        "self" => path.get(1..)?,
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            whole.truncate(whole.len().checked_sub(ups)?);
            path.get(ups..)?
        }
        child if file.children.contains(child) => path,
        _ => return None,
    };
    whole.extend(rest.iter().cloned());
    Some(whole)
}

/// The file that a path leads to, through what others give on.
fn resolve(path: &[String], files: &[File], by_module: &BTreeMap<&[String], usize>, depth: usize) -> Option<usize> {
    let longest = (0..=path.len()).rev().find_map(|length| Some((length, *by_module.get(path.get(..length)?)?)));
    let (length, place) = longest?;
    let file = files.get(place)?;
    let next = path.get(length);
    if let Some(given) = next.and_then(|next| file.given_on.get(next)).filter(|_| depth < 8)
        && let Some(whole) = absolute(given, file)
        && whole.as_slice() != path.get(..=length).unwrap_or_default()
    {
        // What another room gives on is that room's word.
        if whole.first() != path.first() {
            return Some(place);
        }
        let whole: Vec<String> = whole.into_iter().chain(path.iter().skip(length + 1).cloned()).collect();
        return resolve(&whole, files, by_module, depth + 1);
    }
    // A name that a file gives on with all the others of another file.
    if let (Some(next), Some(all)) = (next, file.given_on.get("*"))
        && depth < 8
        && !has_word(&file.code, next)
        && let Some(mut whole) = absolute(all, file)
    {
        whole.pop();
        whole.extend(path.iter().skip(length).cloned());
        return resolve(&whole, files, by_module, depth + 1);
    }
    Some(place)
}

/// The table of `docs/design.md`: each room with the rooms that it may use, and whether input and output are its work.
fn table() -> BTreeMap<String, (BTreeSet<String>, bool)> {
    let text = fs::read_to_string(root().join("docs/design.md")).unwrap();
    let mut rooms = BTreeMap::new();
    let rows = text.lines().skip_while(|line| !line.starts_with("| room | may use |")).skip(2);
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [room, uses, input] = cells[..] else { panic!("a row of three cells: {row}") };
        let names =
            |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        let room = names(room).into_iter().next().expect("a room's name");
        rooms.insert(room, (names(uses), input == "yes"));
    }
    assert!(rooms.len() > 10, "the table of rooms is in docs/design.md");
    rooms
}

fn none(mut lines: Vec<String>, what: &str) {
    lines.sort();
    lines.dedup();
    assert!(lines.is_empty(), "{what}:\n{}", lines.iter().map(|line| format!("  {line}\n")).collect::<String>());
}

#[test]
fn every_room_uses_only_what_the_design_says() {
    let (files, rooms) = (house(), table());
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !file.room().is_empty() && file.room() != "main") {
        assert!(rooms.contains_key(file.room()), "{} is in no room of docs/design.md", file.name);
    }
    for (from, targets) in arrows(&files) {
        for (to, names) in targets {
            let (from, to) = (&files[from], &files[to]);
            let (Some((may, _)), false) = (rooms.get(from.room()), to.room().is_empty()) else { continue };
            if from.room() != to.room() && !may.contains(to.room()) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                wrong.push(format!("{} → {}: {} uses {}", from.room(), to.room(), from.name, names.join(", ")));
            }
        }
    }
    none(wrong, "rooms that use what they may not, by docs/design.md");
}

#[test]
fn the_rooms_of_the_design_have_a_ground() {
    let rooms = table();
    let mut laid: BTreeSet<&str> = BTreeSet::new();
    while laid.len() < rooms.len() {
        let ready: Vec<&str> = rooms
            .iter()
            .filter(|(room, (uses, _))| {
                !laid.contains(room.as_str()) && uses.iter().all(|used| laid.contains(used.as_str()))
            })
            .map(|(room, _)| room.as_str())
            .collect();
        assert!(!ready.is_empty(), "rooms in a circle, or one that uses an unknown one; laid so far: {laid:?}");
        laid.extend(ready);
    }
}

/// Files that each other's uses lead to, as groups.
fn circles(files: &[File]) -> Vec<(String, String)> {
    let arrows = arrows(files);
    let reach = |start: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(place) = open.pop() {
            for next in arrows.get(&place).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(*next) {
                    open.push(*next);
                }
            }
        }
        seen
    };
    let reached: Vec<BTreeSet<usize>> = (0..files.len()).map(reach).collect();
    let (mut circles, mut told) = (Vec::new(), BTreeSet::new());
    for place in 0..files.len() {
        if told.contains(&place) || !reached[place].contains(&place) {
            continue;
        }
        let group: Vec<usize> = (0..files.len())
            .filter(|other| reached[place].contains(other) && reached[*other].contains(&place))
            .collect();
        told.extend(group.iter().copied());
        let names: Vec<&str> = group.iter().map(|place| files[*place].name.as_str()).collect();
        let mut why = String::new();
        for from in &group {
            for (to, names) in arrows.get(from).into_iter().flatten().filter(|(to, _)| group.contains(to)) {
                let names: Vec<&str> = names.iter().map(String::as_str).take(4).collect();
                why.push_str(&format!("\n    {} → {}: {}", files[*from].name, files[*to].name, names.join(", ")));
            }
        }
        circles.push((names.join(" "), why));
    }
    circles
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let found = circles(&house()).into_iter().map(|(names, why)| format!("{names}{why}")).collect();
    none(found, "files in a circle");
}

#[test]
fn input_and_output_stand_in_their_rooms() {
    let (files, rooms) = (house(), table());
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| rooms.get(file.room()).is_some_and(|(_, input)| !input)) {
        for (number, line) in file.code.lines().enumerate() {
            if let Some(sign) = SIGNS.iter().find(|sign| line.contains(**sign)) {
                wrong.push(format!("{} has `{sign}` (about line {})", file.name, number + 1));
            }
        }
    }
    none(wrong, "input and output outside its rooms");
}

#[test]
fn nothing_that_changes_a_phone_is_within_reach_of_an_audit() {
    let files = house();
    let (changes, only) = CHANGES;
    for (from, targets) in arrows(&files) {
        for to in targets.keys().map(|to| &files[*to]).filter(|to| to.name.starts_with(changes)) {
            let from = &files[from];
            assert!(from.room() == only || from.name.starts_with(changes), "{} uses {}", from.name, to.name);
        }
    }
}

#[test]
fn the_reading_of_uses_finds_what_it_should() {
    let code = "use crate::a::{b, c::{self, D as E}};\npub use super::F;\nfn f() { crate::g::h(); child::i::<T>() }";
    let (found, rest) = uses(code);
    let trees: Vec<String> = found
        .iter()
        .flat_map(|(_, tree)| leaves(tree))
        .map(|(path, name)| format!("{} {name}", path.join("::")))
        .collect();
    assert_eq!(trees, ["crate::a::b b", "crate::a::c c", "crate::a::c::D E", "super::F F"]);
    assert_eq!(found.iter().map(|(given_on, _)| *given_on).collect::<Vec<_>>(), [false, true]);
    let children = BTreeSet::from(["child".to_owned()]);
    let file = File {
        name: String::new(),
        module: segments("x::y"),
        code: String::new(),
        children,
        given_on: BTreeMap::new(),
    };
    let within: Vec<String> = paths_within(&rest, &file).iter().map(|path| path.join("::")).collect();
    assert_eq!(within, ["crate::g::h", "child::i"]);
    assert_eq!(absolute(&segments("super::F"), &file), Some(segments("x::F")));
    assert_eq!(without_texts("a(\"x // \\\" y\", '\"', r#\"z\"#) // end"), "a(\"\", , \"\") ");
    assert_eq!(without_tests("a;\n#[cfg(test)]\nmod tests {\n b { } \n}\nc;").replace('\n', ""), "a;c;");
}
