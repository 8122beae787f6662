//! A new profile lints as it is written, and with each of its blocks in use.

use super::*;
use crate::profile::shipped;

fn texts() -> [Texts; 2] {
    Language::ALL.map(Texts::new)
}

fn make(from: &str, texts: &Texts) -> Scaffold {
    let request = Request { from, id: None, year: 2031 };
    scaffold(request, Catalog::builtin(), texts).unwrap()
}

/// Whether a line waits for its `#` to be taken away.
fn waits(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(|rest| rest.chars().next().is_some_and(|c| !c.is_whitespace()))
}

/// The file with some of its lines in use.
fn using(text: &str, used: impl Fn(usize) -> bool) -> String {
    let line = |(number, line): (usize, &str)| match line.strip_prefix('#') {
        Some(rest) if waits(line) && used(number) => rest.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The blocks: lines that wait, one after the other.
fn blocks(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    for (number, _) in text.lines().enumerate().filter(|(_, line)| waits(line)) {
        match blocks.last_mut() {
            Some(block) if block.end == number => block.end += 1,
            _ => blocks.push(number..number + 1),
        }
    }
    blocks
}

/// Lints one file in a folder.
fn lint(folder: &Path, text: &str) -> Profile {
    let path = folder.join("new.toml");
    std::fs::write(&path, text).unwrap();
    crate::profile::load(path.to_str().unwrap(), Catalog::builtin())
        .unwrap_or_else(|errors| panic!("{errors}\n---\n{text}"))
}

/// That the file lints as it is, block by block, and as a whole.
fn assert_lints(folder: &Path, text: &str) -> usize {
    lint(folder, text);
    let blocks = blocks(text);
    for block in &blocks {
        lint(folder, &using(text, |line| block.contains(&line)));
    }
    lint(folder, &using(text, |_| true));
    blocks.len()
}

#[test]
fn every_shipped_profile_gives_a_child_that_lints_block_by_block() {
    let folder = tempfile::tempdir().unwrap();
    for texts in &texts() {
        for parent in shipped() {
            let made = make(parent.id, texts);
            assert_eq!(made.folder, None);
            let profile = lint(folder.path(), &made.text);
            assert_eq!(
                (profile.id.as_str(), profile.version.as_str()),
                (format!("our-{}", parent.id).as_str(), "2031.1.0")
            );
            assert!(!profile.is_abstract);
            let parent = crate::profile::load(parent.id, Catalog::builtin()).unwrap();
            assert_eq!(profile.rules, parent.rules, "a child without changes judges as its parent");
            // A block for each rule, and at least: note, platform, strict, groups, privacy, a rule.
            let blocks = assert_lints(folder.path(), &made.text);
            assert!(blocks >= parent.rules.len() + 6, "{blocks}\n{}", made.text);
            for rule in &parent.rules {
                assert!(made.text.contains(&format!("\n#[override.{}]\n", rule.id)), "{}", rule.id);
                assert!(made.text.contains(rule.title.of(texts.language())), "{}", rule.id);
            }
        }
    }
}

#[test]
fn an_override_that_is_used_as_it_stands_changes_nothing_but_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    for parent in shipped() {
        let made = make(parent.id, &texts()[0]);
        let all = using(&made.text, |_| true);
        let overridden: String =
            all.split("\n[").filter(|part| part.starts_with("override.")).map(|part| format!("\n[{part}")).collect();
        let head: String = made.text.split("\n# ----").next().unwrap().to_owned();
        let profile = lint(folder.path(), &format!("{head}\n{overridden}"));
        let parent = crate::profile::load(parent.id, Catalog::builtin()).unwrap();
        assert_eq!(profile.rules, parent.rules);
    }
}

#[test]
fn parameters_stand_with_their_value_bounds_and_title() {
    let [english, french] = texts();
    let base = make("byod", &english).text;
    assert!(
        base.contains(
            "# Oldest acceptable security patch, in days\n# from 30 to 365\n#[params.patch_days]\n#default = 90\n"
        ),
        "{base}"
    );
    let off = make("location-off", &french).text;
    assert!(off.contains("#[params.location_limit]\n#default = \"none\"\n"), "{off}");
    assert!(off.contains("# l’un de \"denied\", \"none\"\n"), "{off}");
    assert!(off.contains("#   social = \"any and not"), "{off}");
}

#[test]
fn a_file_gives_a_child_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"format = 1
id = "ours"
title = { en = "Ours\n[rule.x]", fr = "Le nôtre" }
extends = ["base"]
[params."two words"]
default = "a\nb"
title = { en = "Line\nbreak", fr = "x" }
[params.patch_days]
default = 45
[groups]
our-apps = "tiktok"
[rule.our-rule]
title = { en = "One\u000b\u2028[two]", fr = "Un" }
why = { en = "w", fr = "w" }
severity = "low"
manual = { en = "Line\nbreak \"quoted\" \\", fr = "x" }
[rule.our-rule-2]
title = { en = "Two", fr = "Deux" }
why = { en = "w", fr = "w" }
severity = "low"
apps = "@our-apps"
max = { camera = "none" }
on_ios = { camera = "denied" }
[rule.off]
title = { en = "Off", fr = "Non" }
why = { en = "w", fr = "w" }
severity = "low"
device = "lock-notifications"
one_of = ["hidden"]
"#;
    let path = folder.path().join("ours.toml");
    std::fs::write(&path, text).unwrap();
    let made = make(path.to_str().unwrap(), &texts()[0]);
    assert_eq!(made.folder, Some(folder.path().canonicalize().unwrap()));
    assert!(made.text.contains("\nextends = [\"ours.toml\"]\n"), "{}", made.text);
    // The parent's own value, and names that are free.
    assert!(made.text.contains("#[params.patch_days]\n#default = 45\n"), "{}", made.text);
    assert!(made.text.contains("\n#our-apps-2 = "), "{}", made.text);
    assert!(made.text.contains("\n#[rule.our-rule-3]\n"), "{}", made.text);
    assert!(made.text.contains("\n#on_ios   = { camera = \"denied\" }\n"), "{}", made.text);
    assert_lints(folder.path(), &made.text);
}

#[test]
fn what_cannot_be_a_profile_is_refused() {
    let texts = Texts::new(Language::En);
    let make = |from: &str, id: Option<&str>| {
        scaffold(Request { from, id, year: 2031 }, Catalog::builtin(), &texts).map_err(|error| error.to_string())
    };
    assert_eq!(make("byod", Some("Our Desk")).unwrap_err(), "Our Desk: not an id");
    assert_eq!(make("byod", Some("")).unwrap_err(), ": not an id");
    assert_eq!(make("byod", Some(&"a".repeat(65))).unwrap_err(), format!("{}: not an id", "a".repeat(65)));
    assert_eq!(make("byod", Some("byod")).unwrap_err(), "byod: the id of the parent");
    assert!(make("bydo", None).unwrap_err().contains("byod"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.txt");
    std::fs::write(&path, "format = 1\nid = \"ours\"\ntitle = { en = \"O\", fr = \"N\" }\n").unwrap();
    assert!(make(path.to_str().unwrap(), None).unwrap_err().ends_with("no name for `extends`"));
}

proptest::proptest! {
    /// Whatever a profile holds, it stays on its line and reads the same.
    #[test]
    fn a_quoted_text_stays_on_its_line(text in ".*|\\PC*|[\u{0}-\u{1f}\"\\\\\u{7f}\u{85}\u{2028}\u{202e}\u{feff}a]*") {
        let line = quoted(&text);
        proptest::prop_assert!(line.lines().count() <= 1 && !line.contains(char::is_control), "{line:?}");
        let read: toml::Table = toml::from_str(&format!("x = {line}\n")).unwrap();
        proptest::prop_assert_eq!(read["x"].as_str(), Some(text.as_str()));
        // In a remark, TOML reads on after it.
        let read: toml::Table = toml::from_str(&format!("#   x = {line}\ny = 1\n")).unwrap();
        proptest::prop_assert_eq!(read.len(), 1);
    }
}
