//! `poucet explain` as a whole command, and the pages in docs/rules that are made of the same texts.
//!
//! `POUCET_UPDATE=1 cargo test --test whole explain::` writes the pages again.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::desk::{Answer, Desk};
use crate::common::server::free_port;
use insta::assert_snapshot;
use poucet::Catalog;
use poucet::inner::explain::{Explanation, Group, Kind, Library, index};
use poucet::profile::Assertion;
use poucet::report::Wording;
use poucet::report::explain::{ExplanationReport, Layout, markdown, table};
use poucet::text::{Language, Texts};
use poucet::vocabulary::guidance::Vendor;
use poucet::vocabulary::permissions::describe;
use poucet::vocabulary::{Check, Permission, Platform};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn desk() -> Desk {
    Desk::new(free_port())
}

fn library() -> Library<'static> {
    let library = Library::shipped(Catalog::builtin());
    // A profile that does not load is left out in silence.
    assert_eq!(library.profiles().len(), poucet::profile::shipped().len());
    library
}

fn explain(arguments: &[&str]) -> Answer {
    let words: Vec<&str> = ["explain"].iter().chain(arguments).copied().collect();
    desk().run(&words)
}

/// What a good call prints.
fn shown(arguments: &[&str]) -> String {
    let answer = explain(arguments);
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    answer.stdout
}

// ---- the pages ------------------------------------------------------------------------------------------------------

/// Compares a document with what the code says, or writes it when asked to.
fn assert_document(path: &Path, expected: &str) {
    if is_update() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == expected,
        "{} is not what the code says; `POUCET_UPDATE=1 cargo test --test whole explain::` writes it again",
        path.display()
    );
}

fn is_update() -> bool {
    std::env::var_os("POUCET_UPDATE").is_some_and(|value| value == "1")
}

/// The name of a page in a language.
fn file(name: &str, language: Language) -> String {
    match language {
        Language::En => format!("{name}.md"),
        Language::Fr => format!("{name}.fr.md"),
    }
}

struct Pages<'p> {
    library: &'p Library<'static>,
    texts: Texts,
    made: BTreeMap<String, String>,
}

impl Pages<'_> {
    fn language(&self) -> Language {
        self.texts.language()
    }

    fn head(&self, title: &str, name: &str) -> String {
        let other = if self.language() == Language::En { Language::Fr } else { Language::En };
        let link = self.texts.with("explain-doc-other-language", &[("file", &file(name, other))]);
        format!("# {title}\n\n{link}\n\n")
    }

    fn put(&mut self, name: &str, text: String) {
        self.made.insert(file(name, self.language()), text);
    }

    fn labelled(&self, label: &str, text: &str) -> String {
        self.texts.with("explain-labelled", &[("label", label), ("text", text)])
    }

    fn everything(&mut self) {
        let groups = index(self.library);
        let mut readme = self.head(&self.texts.get("explain-doc-index"), "README");
        let _ = writeln!(readme, "{}", self.texts.get("explain-doc-intro"));
        let mut words = self.head(&self.texts.get("explain-doc-words"), "words");
        let mut sections = Vec::new();
        for group in &groups {
            let heading = group.heading.of(self.language()).to_owned();
            let _ = writeln!(readme, "\n## {heading}\n");
            let page = match group.kind {
                Kind::Profile | Kind::Rule => None,
                Kind::Permission => Some("permissions"),
                Kind::Level => Some("levels"),
                Kind::Check => Some("checks"),
                _ => Some("words"),
            };
            for (word, title) in &group.entries {
                let targets: Vec<(String, String)> = match (group.kind, page) {
                    (_, Some(page)) => vec![(word.clone(), format!("{}#{word}", file(page, self.language())))],
                    (Kind::Profile, None) => vec![(word.clone(), file(word, self.language()))],
                    _ => self
                        .library
                        .profiles()
                        .iter()
                        .filter(|profile| self.library.home_of(&profile.id, word) == Some(profile.id.as_str()))
                        .map(|profile| {
                            (format!("{}/{word}", profile.id), format!("{}#{word}", file(&profile.id, self.language())))
                        })
                        .collect(),
                };
                let links: Vec<String> = targets.iter().map(|(name, to)| format!("[`{name}`]({to})")).collect();
                let line = self.labelled(&links.join(", "), title.of(self.language()));
                let _ = writeln!(readme, "- {line}");
            }
            match page {
                Some("words") => sections.push(self.of_group(group)),
                Some(page) => {
                    let text = self.head(&heading, page) + &self.of_group(group);
                    self.put(page, text);
                }
                None => {}
            }
        }
        words.push_str(&sections.join("\n"));
        self.put("words", words);
        self.put("README", readme);
        for profile in self.library.profiles() {
            let text = self.of_profile(&profile.id);
            self.put(&profile.id, text);
        }
    }

    fn of_group(&self, group: &Group) -> String {
        let explanations: Vec<Explanation> = group
            .entries
            .iter()
            .flat_map(|(word, _)| self.library.explain(word).into_iter().filter(|one| one.kind == group.kind))
            .collect();
        self.markdown(explanations)
    }

    fn markdown(&self, explanations: Vec<Explanation>) -> String {
        let shorter: Vec<Explanation> = explanations.into_iter().map(Explanation::without_makers).collect();
        markdown(&shorter, Wording::new(&self.texts))
    }

    fn of_profile(&self, id: &str) -> String {
        let own = self.library.explain(id).into_iter().find(|one| one.kind == Kind::Profile).unwrap();
        let mut text = self.head(&format!("{} (`{id}`)", own.title.of(self.language())), id);
        for line in own.sections.iter().filter(|section| section.name == "what").flat_map(|section| &section.lines) {
            let _ = writeln!(text, "{}\n", line.text.of(self.language()));
        }
        let at_home = self.library.rules_at_home_in(id);
        let rules = at_home.iter().flat_map(|rule| {
            let explanations = self.library.explain(&format!("{id}/{rule}"));
            explanations.into_iter().filter(|one| one.kind == Kind::Rule)
        });
        text.push_str(&self.markdown(rules.collect()));
        let profile = self.library.profiles().iter().find(|profile| profile.id == id).unwrap();
        let inherited: Vec<_> = profile.rules.iter().filter(|rule| !at_home.contains(rule.id.as_str())).collect();
        if !inherited.is_empty() {
            let _ = writeln!(text, "\n## {}\n", self.texts.get("explain-doc-inherited"));
            for rule in inherited {
                let home = self.library.home_of(id, &rule.id).unwrap();
                let link = format!("[`{home}/{}`]({}#{})", rule.id, file(home, self.language()), rule.id);
                let _ = writeln!(text, "- {}", self.labelled(&link, rule.title.of(self.language())));
            }
        }
        text
    }
}

fn pages(language: Language) -> BTreeMap<String, String> {
    let library = library();
    let mut pages = Pages { library: &library, texts: Texts::new(language), made: BTreeMap::new() };
    pages.everything();
    pages.made
}

#[test]
fn the_pages_are_what_the_code_says() {
    let folder = root().join("docs/rules");
    let mut names = BTreeSet::new();
    for language in Language::ALL {
        for (name, text) in pages(language) {
            assert_document(&folder.join(&name), &text);
            names.insert(name);
        }
    }
    let found: BTreeSet<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(found, names, "pages that nothing makes any more");
}

#[test]
fn links_between_pages_lead_somewhere() {
    for language in Language::ALL {
        let pages = pages(language);
        let headings = |text: &str| -> BTreeSet<String> {
            text.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect()
        };
        let mut links = 0;
        for (name, text) in &pages {
            for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if link == file(name.split('.').next().unwrap(), other(language)) {
                    continue;
                }
                let (page, anchor) = link.split_once('#').map_or((link, None), |(page, anchor)| (page, Some(anchor)));
                let target = pages.get(page).unwrap_or_else(|| panic!("{name}: {link}"));
                assert!(anchor.is_none_or(|anchor| headings(target).contains(anchor)), "{name}: {link}");
                links += 1;
            }
        }
        assert!(links > 150, "{links}");
    }
}

fn other(language: Language) -> Language {
    if language == Language::En { Language::Fr } else { Language::En }
}

#[test]
fn a_page_holds_what_the_command_shows() {
    // The pages are being written at this moment.
    if is_update() {
        return;
    }
    for (word, page) in
        [("base/no-control", "base"), ("location-background", "permissions"), ("trust-agents", "checks")]
    {
        for language in Language::ALL {
            let page = fs::read_to_string(root().join("docs/rules").join(file(page, language))).unwrap();
            let shown = shown(&[word, "-f", "markdown", "--lang", language.word()]);
            assert!(page.contains(&shown), "{word} {language:?}");
        }
    }
}

#[test]
fn the_schema_is_that_of_the_type() {
    let schema = serde_json::to_value(schemars::schema_for!(ExplanationReport<'_>)).unwrap();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    assert_document(&root().join("docs/schemas/explanation.json"), &text);
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [&["-f", "json"][..], &["no-control", "-f", "json"], &["camera", "-f", "json", "--vendor", "oppo"]]
    {
        let value: serde_json::Value = serde_json::from_str(&shown(arguments)).unwrap();
        assert_eq!(value["schema"], "poucet.explanation/1");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:#?}");
    }
}

// ---- every word -----------------------------------------------------------------------------------------------------

#[test]
fn every_word_explains_itself_in_both_languages() {
    let library = library();
    let mut looked_up = 0;
    for group in index(&library) {
        assert!(group.heading.is_complete());
        for (word, title) in &group.entries {
            assert!(title.is_complete(), "{word}");
            let found = library.explain(word);
            let own: Vec<&Explanation> = found.iter().filter(|one| one.kind == group.kind).collect();
            assert!(!own.is_empty(), "{} {word}", group.kind);
            assert!(own.iter().any(|one| one.title == *title), "{word}");
            for one in found {
                assert_whole(&one);
                looked_up += 1;
            }
        }
    }
    assert!(looked_up > 200, "{looked_up}");
}

/// Nothing is missing, nothing is empty, nothing stands for something that was not filled in.
fn assert_whole(explanation: &Explanation) {
    let name = format!("{} {}", explanation.kind, explanation.word);
    assert!(explanation.title.is_complete() && !explanation.sections.is_empty(), "{name}");
    for language in Language::ALL {
        let texts = Texts::new(language);
        let words = Wording::new(&texts);
        let one = std::slice::from_ref(explanation);
        for text in [table(one, words, Layout { width: 100, colour: false }), markdown(one, words)] {
            for wrong in
                ["{app}", "{ $", "explain-", "decided-", "trace-", "verdict-", "severity-", "value-", "\u{fffd}"]
            {
                assert!(!text.contains(wrong), "{name}: {wrong} in\n{text}");
            }
        }
    }
    for section in &explanation.sections {
        assert!(!section.lines.is_empty(), "{name} {}", section.name);
        assert!(section.heading.as_ref().is_none_or(poucet::text::Text::is_complete), "{name} {}", section.name);
        assert!(section.lines.iter().all(|line| line.text.is_complete()), "{name} {}", section.name);
    }
}

#[test]
fn every_rule_tells_what_to_know_of_it() {
    let library = library();
    for profile in library.profiles() {
        for rule in &profile.rules {
            let found = library.explain(&format!("{}/{}", profile.id, rule.id));
            let [one] = found.as_slice() else { panic!("{} {}: {}", profile.id, rule.id, found.len()) };
            assert!(one.profiles.contains(&profile.id));
            let sections: Vec<&str> = one.sections.iter().map(|section| section.name.as_str()).collect();
            // What holds on a phone is seen somewhere, and changed somewhere, unless only a person knows.
            let by_hand = !matches!(rule.assertion, Assertion::Manual { .. });
            let wanted = ["what", "why", "asks", "look", "verdicts"].into_iter().chain(by_hand.then_some("fix"));
            for wanted in wanted {
                assert!(sections.contains(&wanted), "{} {}: {sections:?}", profile.id, rule.id);
            }
            assert_eq!(sections.contains(&"apps"), rule.apps.is_some(), "{} {}", profile.id, rule.id);
            assert_eq!(sections.contains(&"references"), !rule.refs.is_empty(), "{} {}", profile.id, rule.id);
        }
    }
}

#[test]
fn every_reference_of_a_rule_leads_back_to_it() {
    let library = library();
    for profile in library.profiles() {
        for rule in &profile.rules {
            for reference in &rule.refs {
                for word in [reference.clone(), reference.replace("{os}", "16")] {
                    let found = library.explain(&word);
                    let control =
                        found.iter().find(|one| one.kind == Kind::Control).unwrap_or_else(|| panic!("{word}"));
                    let rules = control.sections.iter().find(|section| section.name == "rules").unwrap();
                    let named = |label: Option<poucet::text::Text>| {
                        label.is_some_and(|label| label.en.ends_with(&format!("/{}`", rule.id)))
                    };
                    assert!(rules.lines.iter().any(|line| named(line.label())), "{word}: {}", rule.id);
                }
            }
        }
    }
}

#[test]
fn names_of_android_and_ios_lead_to_the_permission() {
    let library = library();
    let permissions = |word: &str| -> Vec<String> {
        library
            .explain(word)
            .into_iter()
            .filter(|one| one.kind == Kind::Permission)
            .inspect(assert_whole)
            .map(|one| one.word)
            .collect()
    };
    assert_eq!(permissions("android.permission.CAMERA"), ["camera"]);
    assert_eq!(permissions("READ_CONTACTS"), ["contacts"]);
    assert_eq!(permissions("SYSTEM_ALERT_WINDOW"), ["overlay"]);
    assert_eq!(permissions("GET_USAGE_STATS"), ["usage-access"]);
    assert_eq!(permissions("kTCCServiceCamera"), ["camera"]);
    assert_eq!(permissions("ktccserviceaddressbook"), ["contacts"]);
    assert_eq!(permissions("android.permission.health.READ_STEPS"), ["health"]);
    assert_eq!(permissions("READ_EXTERNAL_STORAGE"), ["photos", "audio-files", "files"]);
    let asked = library.explain("CAMERA");
    assert!(asked.iter().any(|one| one.sections[0].lines[0].text.en.starts_with("`CAMERA` is an Android permission")));
    assert_eq!(permissions("Location-Background"), ["location-background"]);
    assert!(permissions("*").is_empty() && permissions("health.*").is_empty());
    for permission in Permission::ALL {
        let android = &describe(*permission).android;
        let names = android.permissions.iter().map(|known| known.name.as_str());
        for name in names.filter(|name| !name.contains('*')).chain(android.app_ops.iter().map(String::as_str)) {
            assert!(permissions(name).contains(&permission.to_string()), "{name}");
        }
    }
    let silent = library.explain("kTCCServiceUbiquity");
    assert_eq!(silent.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::Service]);
}

// ---- the command ----------------------------------------------------------------------------------------------------

#[test]
fn a_word_with_several_meanings_shows_all() {
    let library = library();
    let kinds = |word: &str| library.explain(word).iter().map(|one| one.kind).collect::<Vec<_>>();
    assert_eq!(kinds("unknown"), [Kind::DecidedBy, Kind::Source]);
    assert!(kinds("absent").contains(&Kind::Rule) && kinds("absent").contains(&Kind::Gap));
    let text = shown(&["absent"]);
    assert!(text.contains("Rule: ") && text.contains("Presence of an app: ") && text.contains("Reason of a gap: "));
}

#[test]
fn a_changed_rule_is_shown_beside_its_parent() {
    let text = shown(&["no-control"]);
    assert!(text.starts_with("base/no-control"), "{text}");
    let (first, second) = text.split_once("\nbyod/no-control").unwrap();
    let library = library();
    let base = library.profiles().iter().find(|profile| profile.id == "base").unwrap();
    let (why, _) = base.rule("no-control").unwrap().why.en.split_once(' ').unwrap();
    let why = format!("Why it matters\n  {why}");
    assert!(first.contains("Severity: high") && second.contains("Severity: medium"), "{text}");
    assert!(first.contains(&why) && !second.contains(&why), "{text}");
    assert!(second.contains("The rest is as in `base/no-control`"), "{text}");
    let alone = shown(&["byod/no-control"]);
    assert!(alone.contains(&why) && !alone.contains("base/no-control"), "{alone}");
}

#[test]
fn platform_and_maker_narrow_it() {
    let android = shown(&["camera", "--platform", "android"]);
    assert!(android.contains("Settings > Apps > the app") && !android.contains("iOS:"), "{android}");
    let ios = shown(&["camera", "--platform", "ios", "--lang", "fr"]);
    assert!(ios.contains("Réglages >") && !ios.contains("Android\u{a0}:"), "{ios}");
    let maker = shown(&["camera", "--vendor", "samsung"]);
    assert!(!maker.contains("iOS:") && !maker.contains("Xiaomi"), "{maker}");
    let wrong = explain(&["camera", "--vendor", "samsung", "--platform", "ios"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(2), ""));
    assert_eq!(explain(&["camera", "--vendor", "nokia"]).code, Some(2));
}

#[test]
fn a_maker_takes_the_place_of_the_common_menu() {
    let library = library();
    let words = ["camera", "developer-options"].into_iter().flat_map(|word| library.explain(word));
    for one in words.filter(|one| matches!(one.kind, Kind::Permission | Kind::Check)) {
        for vendor in Vendor::ALL {
            let narrowed = one.clone().narrowed(Some(Platform::Android), Some(*vendor));
            for section in narrowed.sections.iter().filter(|section| section.name == "look" || section.name == "fix") {
                assert_eq!(section.lines.len(), 1, "{} {vendor}: {section:?}", one.word);
            }
        }
    }
}

#[test]
fn profiles_of_ones_own_are_looked_up() {
    let desk = desk();
    let path = desk.here().join("ours.toml");
    fs::write(
        &path,
        "format = 1\nid = \"ours\"\ntitle = { en = \"Ours\", fr = \"Le nôtre\" }\n\
         [rule.no-camera]\ntitle = { en = \"No camera\\u001b[31m\", fr = \"Pas d’appareil photo\" }\napps = \"tiktok\"\n\
         max = { camera = \"none\" }\nseverity = \"low\"\nwhy = { en = \"Ours_to say.\", fr = \"À nous de le dire.\" }\n",
    )
    .unwrap();
    let answer = desk.run(&["explain", "no-camera", "-p", "ours.toml"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(answer.stdout.starts_with("ours/no-camera") && answer.stdout.contains("TikTok"), "{answer:?}");
    assert!(!answer.stdout.contains('\u{1b}'), "{answer:?}");
    let text = desk.run(&["explain", "no-camera", "-p", "ours.toml", "-f", "markdown"]).stdout;
    assert!(text.contains("Ours\\_to say."), "{text}");
    let twice = desk.run(&["explain", "no-camera", "-p", "ours.toml", "-p", "ours.toml"]).stdout;
    assert!(twice.contains("Profile: `ours`\n"), "{twice}");
    // Only the given profiles count.
    assert_eq!(desk.run(&["explain", "no-control", "-p", "ours.toml"]).code, Some(2));
    fs::write(&path, "format = 1\n").unwrap();
    let answer = desk.run(&["explain", "no-camera", "-p", "ours.toml"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{answer:?}");
}

#[test]
fn the_index_lists_every_word() {
    for language in ["en", "fr"] {
        let text = shown(&["--lang", language]);
        for word in Permission::ALL.iter().map(|word| word.word()).chain(Check::ALL.iter().map(|word| word.word())) {
            assert!(text.lines().any(|line| line.starts_with(&format!("  {word} "))), "{word}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(shown(&["--lang", language, "-f", "markdown"]).contains("- `no-control`"));
    }
}

#[test]
fn a_result_can_go_to_a_file() {
    let desk = desk();
    let answer = desk.run(&["explain", "camera", "-o", "camera.txt"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(desk.here().join("camera.txt")).unwrap(), desk.run(&["explain", "camera"]).stdout);
}

#[test]
fn unknown_words_are_refused_with_a_hint() {
    let refused = |word: &str, language: &str| {
        let answer = explain(&[word, "--lang", language]);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{word}");
        answer.stderr
    };
    assert_snapshot!(refused("no-controll", "en"), @"
    error: nothing is called `no-controll`
    hint: did you mean `no-control`?
    ");
    assert_snapshot!(refused("loc-delay", "fr"), @"
    erreur : rien ne s’appelle `loc-delay`
    conseil : vouliez-vous dire `lock-delay`?
    ");
    assert_snapshot!(refused("snapchat", "en"), @"
    error: nothing is called `snapchat`
    hint: an app of the catalogue: `poucet apps show snapchat`
    ");
    assert_snapshot!(refused("qqqqqqqqqqqqqqq", "en"), @"
    error: nothing is called `qqqqqqqqqqqqqqq`
    hint: `poucet explain` lists every word
    ");
    assert!(refused("kTCCServiceCamra", "en").contains("kTCCServiceCamera"));
    assert!(refused("READ_CONTACT", "en").contains("READ_CONTACTS"));
    assert!(refused("nist-800-53:AC-66", "en").contains("nist-800-53:AC-6"));
}

#[test]
fn any_word_ends_well() {
    for word in ["", " ", "/", "base/", "/no-control", "\u{1b}[31m", "{app}", "*", "é", "`", "stig:", "a\nb", "null"] {
        let answer = explain(&["--", word]);
        assert!(matches!(answer.code, Some(0 | 2)), "{word:?}: {answer:?}");
        assert!(!answer.stdout.contains('\u{1b}') && !answer.stderr.contains('\u{1b}'), "{word:?}: {answer:?}");
    }
    let long = "x".repeat(100_000);
    let answer = explain(&[&long]);
    assert_eq!(answer.code, Some(2));
    assert!(answer.stderr.len() < 10_000);
}

#[test]
fn a_verdict_in_french() {
    assert_snapshot!(shown(&["not-assessed", "--lang", "fr"]), @"
    not-assessed · Verdict : Non évalué
      Une lacune fait obstacle : les éléments n’ont pas pu être lus, ou ne le disent pas. Cela ne compte
      ni comme conforme ni comme échec, et réduit la couverture; avec `--strict`, cela compte comme
      un échec.

    Où cela se trouve
      L’issue d’une règle; `verdict` d’un constat dans un audit.
    ");
}

#[test]
fn a_severity_in_english() {
    assert_snapshot!(shown(&["critical"]), @"
    critical · Severity: critical
      the promise of the profile is broken

    Where it stands
      How much a failing rule matters; a rule of a profile says it, and `--fail-on` takes it.
    ");
}

#[test]
fn a_service_without_a_permission() {
    assert_snapshot!(shown(&["kTCCServiceUbiquity"]), @"
    kTCCServiceUbiquity · iOS service: iCloud Drive
      iOS grants it without asking anybody: no answer of a person, and no rule judges it.
    ");
}

/// What a snapshot holds of the phone, the explanation must say that poucet reads.
#[test]
fn what_a_snapshot_has_is_said_to_be_read() {
    let library = library();
    let mut seen = BTreeSet::new();
    let fixtures: Vec<PathBuf> = fs::read_dir(root().join("tests/fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    let desk = desk();
    for fixture in fixtures {
        let answer = desk.run(&["snapshot".as_ref(), fixture.as_os_str()]);
        if answer.stdout.is_empty() {
            continue;
        }
        let snapshot = answer.json();
        let platform = Platform::from_word(snapshot["device"]["platform"].as_str().unwrap()).unwrap();
        for check in snapshot["settings"].as_object().unwrap().keys() {
            let one = library.explain(check).into_iter().find(|one| one.kind == Kind::Check).unwrap();
            let reads = one.sections.iter().find(|section| section.name == "reads");
            let said = reads.is_some_and(|reads| reads.lines.iter().any(|line| line.platform == Some(platform)));
            assert!(said, "{check} on {platform}");
            seen.insert((platform, check.clone()));
        }
    }
    assert!(seen.len() > 40, "{}", seen.len());
}

#[test]
fn rules_of_one_id_in_several_profiles_are_all_named() {
    let told = shown(&["play-protect", "-f", "markdown"]);
    assert!(told.contains("`cis-android/app-scanning`") && told.contains("`high-risk/app-scanning`"), "{told}");
    // A profile that only changes the severity of an inherited rule has no rule of its own.
    let told = shown(&["screen-lock", "-f", "markdown"]);
    assert!(told.contains("`base/screen-lock`: "), "{told}");
}
