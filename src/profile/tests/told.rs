//! How mistakes are told: in both languages, bounded, sorted, and with nothing that steers a terminal.

use super::*;

#[test]
fn sentences_exist_in_both_languages_with_the_same_variables() {
    let (english, french) = (simple_sentences(ENGLISH), simple_sentences(FRENCH));
    assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>());
    for (key, sentence) in &english {
        let variables = |text: &str| {
            text.split("{ $")
                .skip(1)
                .filter_map(|part| part.split_once(" }"))
                .map(|(name, _)| name.to_string())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(variables(sentence), variables(french[key]), "{key}");
        assert!(!sentence.ends_with('.') && !french[key].ends_with('.'), "{key}: no full stop");
        assert!(!french[key].contains('\'') && !french[key].contains(" :"), "{key}: {}", french[key]);
    }
    for code in Code::ALL {
        assert!(english.contains_key(code.key()), "{}", code.key());
    }
    // Every key that the code of this room uses has its sentence.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut waiting =
        vec![root.join("profile"), root.join("document"), root.join("catalog/own.rs"), root.join("config.rs")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        // What tests are made of is not told to anybody.
        if path.extension().is_none_or(|ending| ending != "rs")
            || path.iter().any(|part| part == "tests" || part == "tests.rs")
        {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for key in source.split('"').filter(|part| part.starts_with("profile-") && part.len() > "profile-".len()) {
            assert!(english.contains_key(key), "{}: {key}", path.display());
        }
    }
}

#[test]
fn sentences_are_fluent() {
    for text in [ENGLISH, FRENCH] {
        let parsed = fluent_bundle::FluentResource::try_new(text.to_string());
        let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        assert_eq!(resource.entries().count(), simple_sentences(text).len());
    }
}

#[test]
fn a_report_speaks_french() {
    let french = simple_sentences(FRENCH);
    let sentences = |key: &str, arguments: &[(&str, String)]| fill(french.get(key).copied().unwrap_or(key), arguments);
    let errors = load_files(&[("mine.toml", &rule("apps = \"tictok\"\npresence = \"absent\""))]).unwrap_err();
    let told = errors.render(&sentences, false);
    assert!(
        told.starts_with("erreur[selector-matches-nothing]: `tictok` ne correspond à aucune application du catalogue"),
        "{told}"
    );
    assert!(told.contains("= conseil: vouliez-vous dire `tiktok`?"), "{told}");
    assert!(errors.render(&sentences, true).contains("\u{1b}["));
    assert!(!told.contains('\u{1b}'));
}

#[test]
fn hostile_text_does_not_reach_the_terminal_as_it_is() {
    let errors =
        load_files(&[("mine.toml", &rule("apps = \"\\u001b[2Jx\"\npresence = \"a\\u001b]0;b\\u202e\""))]).unwrap_err();
    let told = errors.to_string();
    assert!(!told.contains('\u{1b}') && !told.contains('\u{202e}'), "{told}");
}

#[test]
fn a_file_full_of_mistakes_is_reported_in_bounded_form() {
    let many: String = (0..5000).map(|number| format!("key{number} = 1\n")).collect();
    let errors = load_files(&[("mine.toml", &format!("{many}{}", profile("")))]).unwrap_err();
    assert_eq!(errors.diagnostics().len(), 100);
    assert!(errors.to_string().ends_with("more mistakes are not shown\n"));
}

#[test]
fn groups_that_double_end_soon() {
    // Each line uses the one before twice: unbounded, two to the power of sixty; with a good end, an empty end and a circle.
    for end in ["any", "", "@g59"] {
        let mut text = profile(&format!("[groups]\ng0 = \"{end}\"\n"));
        for line in 1..60 {
            text.push_str(&format!("g{line} = \"@g{} or @g{}\"\n", line - 1, line - 1));
        }
        let started = std::time::Instant::now();
        assert!(load_files(&[("mine.toml", &text)]).is_err());
        assert!(started.elapsed().as_secs() < 20, "{end}");
    }
}

#[test]
fn a_mistake_in_a_very_long_line_is_named_by_line_and_column() {
    let text = rule(&format!("device = \"screen-lock\"\nis = true\nrefs = [{}]", "\"cisa-mcpb\", ".repeat(80_000)));
    let told = load_files(&[("mine.toml", &text)]).unwrap_err().to_string();
    assert!(told.contains("mine.toml:10:9\n") && told.contains("mine.toml:10:22\n"), "{told}");
    assert!(told.len() < 100_000, "{}", told.len());
}

#[test]
fn mistakes_come_sorted_by_place_and_once() {
    let text = rule("apps = \"@none\"\nmax = { camra = \"none\", contacts = \"sometimes\" }\ncolour = \"red\"");
    let errors = load_files(&[("mine.toml", &text)]).unwrap_err();
    let codes: Vec<Code> = errors.diagnostics().iter().map(Diagnostic::code).collect();
    assert_eq!(codes, [Code::UnknownGroup, Code::UnknownPermission, Code::UnknownLevel, Code::UnknownKey]);
}
