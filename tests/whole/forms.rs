//! Every form of the results by whole commands: golden files in both languages, independent readers and validators, hostile names.
//!
//! `POUCET_UPDATE=1 cargo test --test whole forms::` writes the golden files again. The official schemas of SARIF, OSCAL and OCSF are looked for
//! in `POUCET_SCHEMAS`, else beside `POUCET_CORPUS`; without them their part is left out, and fails with `POUCET_REQUIRE_SCHEMAS=1`.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::desk::{Answer, Desk};
use crate::common::server::free_port;
use crate::common::skip::skipped;
use poucet::report::Format;
use serde_json::{Value, json};

/// Every form, with the ending of its golden files.
fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    let ending = |form: &Format| form.extension().rsplit('.').next().unwrap();
    Format::ALL.iter().map(move |form| (form.word(), if *form == Format::Sarif { "json" } else { ending(form) }))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn path(name: &str) -> String {
    root().join(name).display().to_string()
}

fn staff_phone() -> String {
    path("docs/examples/staff-phone")
}

fn later() -> String {
    path("docs/examples/staff-phone-later.json")
}

fn desk() -> Desk {
    Desk::new(free_port())
}

fn run(arguments: &[&str]) -> Answer {
    desk().run(arguments)
}

/// What every golden command says: results on standard output, nothing else, and that a rule fails.
fn written(arguments: &[&str]) -> String {
    let answer = run(arguments);
    assert_eq!(answer.code, Some(1), "{arguments:?}: {}", answer.stderr);
    // The example has a waiver that this phone does not need.
    assert!(answer.stderr.lines().count() <= 1, "{arguments:?}: {}", answer.stderr);
    answer.stdout
}

fn assert_golden(name: &str, text: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let text = text.replace(&format!("\"version\": \"{version}\""), "\"version\": \"VERSION\"");
    let text = without_style(&text);
    let path = root().join("tests/golden").join(name);
    if std::env::var_os("POUCET_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &text).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let differs = golden.lines().zip(text.lines()).position(|(old, new)| old != new);
    assert!(
        golden == text,
        "tests/golden/{name} differs from line {}; POUCET_UPDATE=1 writes it again",
        differs.unwrap_or_else(|| golden.lines().count().min(text.lines().count())) + 1
    );
}

/// A page without its one style and the hash of it, which a unit test holds: a change of the style is no change of the pages.
fn without_style(text: &str) -> String {
    let cut = |text: &str, from: &str, to: &str, instead: &str| match text.split_once(from) {
        Some((head, rest)) => match rest.split_once(to) {
            Some((_, tail)) => format!("{head}{from}{instead}{to}{tail}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    };
    cut(&cut(text, "<style>", "</style>", "STYLE"), "'sha256-", "'", "HASH")
}

#[test]
fn every_form_of_an_audit_is_as_it_was() {
    for (form, end) in forms() {
        for language in ["en", "fr"] {
            let (phone, waivers) = (staff_phone(), path("docs/examples/waivers.toml"));
            let arguments =
                ["audit", &phone, "--format", form, "--lang", language, "--waivers", &waivers, "--today", "2026-11-20"];
            let text = written(&arguments);
            assert_eq!(text, written(&arguments), "{form}: the same input gives the same bytes");
            assert_golden(&format!("form.audit.{form}.{language}.{end}"), &text);
        }
    }
    let both = written(&["audit", &staff_phone(), "--format", "html", "--lang", "both"]);
    assert_golden("form.audit.html.both.html", &both);
}

#[test]
fn every_form_of_a_comparison_is_as_it_was() {
    for (form, end) in forms() {
        for language in ["en", "fr"] {
            let (before, after) = (staff_phone(), later());
            let arguments = ["compare", &before, &after, "-p", "byod", "--format", form, "--lang", language];
            let text = written(&arguments);
            assert_eq!(text, written(&arguments), "{form}: the same input gives the same bytes");
            assert_golden(&format!("form.compare.{form}.{language}.{end}"), &text);
        }
    }
}

/// The official schemas; `None` where they are not at hand and need not be.
fn schema(name: &str) -> Option<jsonschema::Validator> {
    let folder = match (std::env::var_os("POUCET_SCHEMAS"), std::env::var_os("POUCET_CORPUS")) {
        (Some(folder), _) => PathBuf::from(folder),
        (None, Some(corpus)) => Path::new(&corpus).join("..").join("schemas"),
        (None, None) => PathBuf::from("nowhere"),
    };
    let file = folder.join(name);
    let Ok(text) = std::fs::read_to_string(&file) else {
        let required = std::env::var_os("POUCET_REQUIRE_SCHEMAS").is_some_and(|value| value == "1");
        assert!(!required, "{}: POUCET_REQUIRE_SCHEMAS=1, and the schema is not there", file.display());
        skipped(&format!("the schema {name} is not here (POUCET_SCHEMAS)"));
        return None;
    };
    let schema: Value = serde_json::from_str(&text).unwrap();
    Some(jsonschema::validator_for(&schema).unwrap())
}

/// Commands that give every kind of result: waivers, several profiles, an iPhone, an audit held against an earlier one, comparisons.
fn commands(form: &str) -> Vec<String> {
    let (phone, later, iphone) = (staff_phone(), later(), path("tests/fixtures/ios-17"));
    let waivers = path("docs/examples/waivers.toml");
    let hostile = hostile();
    let all: [&[&str]; 8] = [
        &["audit", &phone, "--waivers", &waivers, "--today", "2026-11-20"],
        &["audit", &phone, "-p", "precautionary", "-p", "cis-android", "--lang", "fr"],
        &["audit", &iphone, "-p", "cis-ios", "-p", "byod"],
        &["audit", &later, "--baseline", &phone],
        &["compare", &phone, &later],
        &["compare", &phone, &later, "-p", "byod", "-p", "precautionary", "--lang", "fr"],
        &["audit", &hostile.1, "--all-apps", "-p", "precautionary"],
        &["compare", &phone, &hostile.1, "-p", "precautionary"],
    ];
    let said = all.iter().map(|words| {
        let words: Vec<&str> = words.iter().copied().chain(["--format", form]).collect();
        let answer = run(&words);
        assert!(matches!(answer.code, Some(0 | 1 | 3)), "{words:?}: {answer:?}");
        answer.stdout
    });
    said.collect()
}

fn assert_valid(validator: &jsonschema::Validator, document: &Value, what: &str) {
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).take(5).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

#[test]
fn sarif_is_what_oasis_says() {
    let Some(validator) = schema("sarif-schema-2.1.0.json") else { return };
    for text in commands("sarif") {
        let log: Value = serde_json::from_str(&text).unwrap();
        assert_valid(&validator, &log, "sarif");
        for run in log["runs"].as_array().unwrap() {
            let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
            for result in run["results"].as_array().unwrap() {
                if let Some(place) = result.get("ruleIndex") {
                    assert_eq!(rules[usize::try_from(place.as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
                }
                assert!(result["kind"] == "fail" || result["level"] == "none", "{result}");
                if let Some(place) = result["locations"][0].get("physicalLocation") {
                    assert!(place["region"]["startLine"].as_u64().unwrap() > 0, "{result}");
                    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
                    assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains("//"), "{uri}");
                    assert!(uri.split('/').all(|part| part != "." && part != ".."), "{uri}");
                }
            }
            for rule in rules {
                for form in ["text", "markdown"] {
                    let help = rule["help"][form].as_str().unwrap();
                    assert!(!help.trim().is_empty() && !help.contains("{app}") && !help.contains("{{app}}"), "{rule}");
                }
            }
        }
        let mut damaged = log.clone();
        damaged["runs"][0]["results"][0]["kind"] = json!("perhaps");
        assert!(!validator.is_valid(&damaged));
    }
    let kinds = |text: &str| {
        let log: Value = serde_json::from_str(text).unwrap();
        let results: Vec<Value> =
            log["runs"].as_array().unwrap().iter().flat_map(|run| run["results"].as_array().unwrap().clone()).collect();
        results
    };
    let said = commands("sarif");
    assert!(kinds(&said[0]).iter().any(|result| result["suppressions"][0]["status"] == "accepted"));
    let states: Vec<Value> = kinds(&said[3]).iter().map(|result| result["baselineState"].clone()).collect();
    for state in ["new", "unchanged", "updated"] {
        assert!(states.contains(&json!(state)), "{state}");
    }
    assert!(kinds(&said[5]).iter().any(|result| result["baselineState"] == "absent"));
    assert!(kinds(&said[4]).iter().all(|result| result["kind"] == "informational"));
}

#[test]
fn a_result_of_sarif_points_at_the_line_of_the_evidence_that_it_rests_on() {
    let log: Value = serde_json::from_str(&run(&["audit", &staff_phone(), "-f", "sarif"]).stdout).unwrap();
    assert_eq!(log["runs"][0]["tool"]["driver"].get("informationUri"), None);
    let mut looked = 0;
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let rows = result["properties"]["evidence"].as_array().unwrap();
        let Some(place) = result["locations"][0].get("physicalLocation") else {
            // A row that stands for the absence of one has no line.
            assert!(rows.iter().all(|row| row.as_str().unwrap().contains(" 0: ")), "{result}");
            continue;
        };
        let file = Path::new(&staff_phone()).join(place["artifactLocation"]["uri"].as_str().unwrap());
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
        let shown = place["region"]["snippet"]["text"].as_str().unwrap();
        let there = text.lines().nth(line - 1).unwrap_or_default().trim();
        // What names apps outside the catalogue is cut out of a row.
        let parts: Vec<&str> = shown.split('…').collect();
        assert!(parts.iter().all(|part| there.contains(part)), "{}:{line}: {there} / {shown}", file.display());
        looked += 1;
    }
    assert!(looked > 100, "{looked} results point at a line");
    // A phone on the cable stands in no file.
    let mut live: Value = serde_json::from_str(&run(&["snapshot", &staff_phone()]).stdout).unwrap();
    for item in live["read"].as_array_mut().unwrap() {
        item.as_object_mut().unwrap().remove("file");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("live.json");
    let schema = live["schema"].take().to_string();
    let text = live.to_string().replace(",\"schema\":null", "");
    std::fs::write(&file, format!("{{\"schema\":{schema},{}", &text[1..])).unwrap();
    let log: Value = serde_json::from_str(&run(&["audit", &file.display().to_string(), "-f", "sarif"]).stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    for result in results {
        assert_eq!(result["locations"][0].get("physicalLocation"), None, "{result}");
    }
}

#[test]
fn what_is_noted_is_told_apart_and_fails_nowhere() {
    let phone = staff_phone();
    let [text, json, sarif, junit, ocsf, verdicts] =
        ["table", "json", "sarif", "junit", "ocsf", "verdicts"].map(|form| run(&["audit", &phone, "-f", form]).stdout);
    assert!(text.contains("Noted, no failure: 1.") && text.contains("Noted: told, and no failure"), "{text}");
    let json: Value = serde_json::from_str(&json).unwrap();
    let of = |list: &Value, verdict: &str| -> usize {
        list.as_array().unwrap().iter().filter(|finding| finding["verdict"] == verdict).count()
    };
    assert_eq!((json["summary"]["noted"].as_u64(), of(&json["findings"], "noted")), (Some(1), 1));
    let failing = json["findings"].as_array().unwrap().iter().filter(|finding| finding["verdict"] == "fail");
    assert!(failing.clone().all(|finding| finding["severity"] != "info"));
    let line: Value = serde_json::from_str(&verdicts).unwrap();
    assert_eq!((line["noted"].as_u64(), line["fail"].clone()), (Some(1), json["summary"]["fail"].clone()));
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let noted: Vec<&Value> = results.filter(|result| result["ruleId"] == "concern-noted").collect();
    assert!(noted.iter().any(|result| result["kind"] == "informational" && result["level"] == "none"), "{noted:?}");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases = document.descendants().filter(|node| node.attribute("name") == Some("concern-noted"));
    assert!(
        cases.clone().count() > 0
            && cases.clone().all(|case| case.children().all(|child| !child.has_tag_name("failure")))
    );
    let events = ocsf.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let noted: Vec<Value> = events.filter(|event| event["compliance"]["control"] == "concern-noted").collect();
    assert!(noted.iter().all(|event| event["compliance"]["status_id"] != 3), "{noted:?}");

    // A phone of which something is noted and nothing fails passes; who asks for it by name has it counted.
    let desk = desk();
    let note = "format = 1\nid = \"note\"\ntitle = { en = \"Note\", fr = \"Note\" }\n[rule.there]\ntitle = { en = \"TikTok\", fr = \"TikTok\" }\n\
                why = { en = \"So\", fr = \"Donc\" }\napps = \"tiktok\"\npresence = \"absent\"\nseverity = \"info\"\n";
    std::fs::write(desk.here().join("note.toml"), note).unwrap();
    let told = desk.run(&["audit", &phone, "-p", "note.toml"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.stdout.contains("No rule fails; one has something to tell."), "{}", told.stdout);
    assert_eq!(desk.run(&["audit", &phone, "-p", "note.toml", "--fail-on", "info"]).code, Some(1));
}

#[test]
fn a_profile_for_the_other_platform_says_so_in_every_form_and_fails_nothing() {
    let (phone, iphone) = (staff_phone(), path("tests/fixtures/ios-17"));
    for (evidence, profile, english, french) in [
        (&iphone, "cis-android", "does not apply to iOS", "ne s’applique pas à iOS"),
        (&phone, "cis-ios", "does not apply to Android", "ne s’applique pas à Android"),
    ] {
        for (form, _) in forms() {
            let [en, fr] = ["en", "fr"].map(|language| {
                let answer = run(&["audit", evidence, "-p", profile, "-f", form, "--lang", language]);
                assert_eq!(answer.code, Some(0), "{form}: {answer:?}");
                answer.stdout
            });
            if form == "verdicts" {
                let line: Value = serde_json::from_str(&en).unwrap();
                assert_eq!((&line["verdict"], &line["fail"]), (&json!("not-applicable"), &json!(0)));
                continue;
            }
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat(&en).contains(english), "{form}: {en}");
            assert!(flat(&fr).contains(french), "{form}: {fr}");
            assert!(!en.contains("onformity 1"), "{form}: nothing was judged, so no number is given");
        }
    }
    // In a batch over both kinds of phones each profile judges its own.
    let words = ["audit", &phone, &iphone, "-p", "cis-android", "--summary", "-f", "json"];
    let summary: Value = serde_json::from_str(&run(&words).stdout).unwrap();
    assert_eq!(summary["profiles"][0]["verdicts"]["not-applicable"], 1);
    let table = run(&["audit", &phone, &iphone, "-p", "cis-android", "--summary"]).stdout;
    assert!(table.contains("Does not apply"), "{table}");
}

#[test]
fn the_summary_as_a_sheet_is_one_value_a_row_with_the_names_of_the_json() {
    let (phone, iphone) = (staff_phone(), path("tests/fixtures/ios-17"));
    let all = |form: &str, language: &str| {
        run(&["audit", &phone, &iphone, "-p", "byod", "--summary", "-f", form, "--lang", language]).stdout
    };
    let rows = |text: &str| -> Vec<[String; 4]> {
        let text = text.strip_prefix('\u{feff}').expect("Excel's mark");
        let separator = if text.starts_with("table;") { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["table", "row", "column", "value"]);
        reader.records().map(|row| std::array::from_fn(|place| row.as_ref().unwrap()[place].to_owned())).collect()
    };
    let (english, french) = (rows(&all("csv", "en")), rows(&all("csv", "fr")));
    let words =
        |rows: &[[String; 4]]| -> Vec<[String; 4]> { rows.iter().filter(|row| row[2] != "title").cloned().collect() };
    assert_eq!(words(&english), words(&french), "only titles are sentences");
    let json: Value = serde_json::from_str(&all("json", "en")).unwrap();
    let value = |table: &str, row: usize, column: &str| {
        let row = row.to_string();
        let found = english.iter().find(|one| one[0] == table && one[1] == row && one[2] == column);
        found.map(|one| one[3].clone())
    };
    assert_eq!(value("targets", 1, "read").as_deref(), Some("2"));
    for (place, phone) in json["phones"].as_array().unwrap().iter().enumerate() {
        for (column, wanted) in [
            ("verdict", &phone["verdict"]),
            ("worst", &phone["worst"]),
            ("conformity", &phone["conformity"]),
            ("taken_at", &phone["taken_at"]),
            ("device", &phone["device"]["id"]),
        ] {
            let wanted = wanted.as_str().map(str::to_owned).or_else(|| (!wanted.is_null()).then(|| wanted.to_string()));
            assert_eq!(value("phones", place + 1, column), wanted, "{column}");
        }
    }
    assert_eq!(value("rules", 1, "code").as_deref(), json["profiles"][0]["rules"][0]["code"].as_str());
}

#[test]
fn no_report_shows_a_place_that_was_not_filled_in() {
    for (form, _) in forms() {
        for text in commands(form) {
            for hole in ["{$", "{ $", "{app}", "{os}", "{wait}", "{user}", "{{app}}", "presence-", " : ,", "()"] {
                // A hostile name of the tests holds a call of a function.
                let text = text.replace("onerror=window.x=1", "");
                assert!(
                    !text.contains(hole),
                    "{form}: {hole} in {}",
                    text.split(hole)
                        .next()
                        .unwrap()
                        .chars()
                        .rev()
                        .take(200)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev()
                        .collect::<String>()
                );
            }
        }
    }
}

#[test]
fn oscal_is_what_nist_says() {
    for name in ["oscal_assessment-results_schema.json", "oscal_complete_schema-1-2-2.json"] {
        let Some(validator) = schema(name) else { return };
        for text in commands("oscal") {
            let document: Value = serde_json::from_str(&text).unwrap();
            assert_valid(&validator, &document, name);
            let mut damaged = document.clone();
            damaged["assessment-results"]["results"][0]["start"] = json!(7);
            assert!(!validator.is_valid(&damaged));
        }
    }
    let waived: Value = serde_json::from_str(&commands("oscal")[0]).unwrap();
    let result = &waived["assessment-results"]["results"][0];
    let risks = result["risks"].as_array().unwrap();
    assert!(risks.iter().any(|risk| risk["status"] == "deviation-approved" && risk["deadline"].is_string()));
    // A rule is satisfied only when every observation passed.
    let verdict = |uuid: &Value| {
        let found = result["observations"].as_array().unwrap().iter().find(|one| one["uuid"] == *uuid).unwrap();
        found["props"].as_array().unwrap().iter().find(|prop| prop["name"] == "verdict").unwrap()["value"].clone()
    };
    for finding in result["findings"].as_array().unwrap() {
        let related = finding["related-observations"].as_array().unwrap();
        let all = related.iter().all(|one| verdict(&one["observation-uuid"]) == "pass");
        assert_eq!(finding["target"]["status"]["state"] == "satisfied", all, "{finding}");
    }
}

#[test]
fn ocsf_is_what_its_schema_says() {
    let Some(validator) = schema("ocsf-1.8.0-compliance_finding.schema.json") else { return };
    for text in commands("ocsf") {
        for line in text.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            assert_valid(&validator, &event, "ocsf");
            let mut damaged = event.clone();
            damaged["severity_id"] = json!("high");
            assert!(!validator.is_valid(&damaged));
        }
    }
    let said = commands("ocsf");
    let events = |text: &str| -> Vec<Value> { text.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    assert!(events(&said[0]).iter().any(|event| event["status_id"] == 3 && event["compliance"]["status_id"] == 3));
    // The same finding has the same name in two runs, and no two findings of a run have one.
    let names = |text: &str| -> Vec<String> {
        events(text).iter().map(|event| event["finding_info"]["uid"].as_str().unwrap().to_owned()).collect()
    };
    let (first, second) = (names(&said[0]), names(&commands("ocsf")[0]));
    assert_eq!(first, second);
    let unique: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(unique.len(), first.len());
}

#[test]
fn junit_counts_what_it_holds() {
    for text in commands("junit") {
        let document = roxmltree::Document::parse(&text).unwrap();
        let suites = document.root_element();
        assert_eq!(suites.tag_name().name(), "testsuites");
        let number = |node: roxmltree::Node<'_, '_>, name: &str| -> usize {
            node.attribute(name).unwrap_or("0").parse().unwrap()
        };
        let mut all = 0;
        for suite in suites.children().filter(roxmltree::Node::is_element) {
            assert_eq!(suite.tag_name().name(), "testsuite");
            let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
            let with =
                |tag: &str| cases.iter().filter(|case| case.children().any(|child| child.has_tag_name(tag))).count();
            assert_eq!(number(suite, "tests"), cases.len());
            assert_eq!(number(suite, "failures"), with("failure"));
            assert_eq!(number(suite, "errors"), with("error"));
            assert_eq!(number(suite, "skipped"), with("skipped"));
            assert!(cases.iter().all(|case| !case.attribute("name").unwrap().is_empty()));
            all += cases.len();
        }
        assert_eq!(number(suites, "tests"), all);
    }
}

#[test]
fn csv_comes_back_row_by_row() {
    for text in commands("csv") {
        let text = text.strip_prefix('\u{feff}').expect("Excel's mark");
        let separator = if text.starts_with("device;") { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
        let columns = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!rows.is_empty());
        for row in &rows {
            assert_eq!(row.len(), columns);
            for value in row {
                assert!(!value.starts_with(['=', '+', '-', '@', '\t', '\r']), "{value:?}");
                assert!(!value.contains(['\n', '\r', '\u{1b}']) && value.chars().count() <= 32_767);
            }
        }
        // Python's reader, where there is one, sees the same.
        let script = "import csv,sys; print(sum(1 for row in csv.reader(sys.stdin, delimiter=sys.argv[1])))";
        let separator = char::from(separator).to_string();
        let child = Command::new("python3")
            .args(["-c", script, &separator])
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        if let Ok(mut child) = child {
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
            let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
            assert_eq!(said.trim(), (rows.len() + 1).to_string());
        } else {
            skipped("no python3 is here to read the table");
        }
    }
}

#[test]
fn markdown_has_no_link_picture_or_html() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for text in commands("markdown") {
        for event in Parser::new_ext(&text, Options::all()) {
            match event {
                Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock | Tag::CodeBlock(_))
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::FootnoteReference(_) => panic!("{event:?}"),
                _ => {}
            }
        }
        // What sites recognise after Markdown: mentions and bare addresses.
        assert!(!text.contains("@all") && !text.contains("://"), "{text}");
    }
}

const NAMES: [&str; 8] = [
    "<script>window.x=1</script><img src=x onerror=window.x=1>",
    "=HYPERLINK(\"http://evil.example\";\"x\")",
    "\u{1b}[31mred\u{1b}]8;;http://evil.example\u{7}link",
    "\u{202e}gpj.exe\u{2066}",
    "a | b\n# c\r\n- [ ] d",
    "[x](javascript:alert(1)) @all #1 !2 https://evil.example",
    "]]><!--\"'&amp;&#64;",
    "-1+1",
];

/// A snapshot whose every foreign word is hostile; kept until the folder is dropped.
fn hostile() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let answer = run(&["snapshot", &staff_phone()]);
    let mut snapshot: Value = serde_json::from_str(&answer.stdout).unwrap();
    let long = "x".repeat(10_000);
    for (place, app) in snapshot["apps"].as_array_mut().unwrap().iter_mut().enumerate() {
        let name = NAMES[place % NAMES.len()];
        app["name"] = json!(name);
        app["version"] = json!(name);
        app["installer"] = json!(if place % 3 == 0 { long.as_str() } else { name });
        for row in app["evidence"].as_array_mut().unwrap() {
            row["text"] = json!(name);
            row["source"] = json!(name);
        }
        for grant in app["grants"].as_array_mut().unwrap() {
            for row in grant["evidence"].as_array_mut().unwrap() {
                row["text"] = json!(format!("{name}{long}"));
            }
        }
    }
    snapshot["device"]["model"] = json!(NAMES[0]);
    snapshot["device"]["manufacturer"] = json!(NAMES[1]);
    snapshot["device"]["os_version"] = json!(NAMES[2]);
    snapshot["source"]["name"] = json!(format!("{}{}", NAMES[5], NAMES[3]));
    snapshot["management"]["organization"] = json!(NAMES[6]);
    snapshot["gaps"][0]["detail"] = json!(NAMES[4]);
    snapshot["read"][0]["origin"] = json!(NAMES[0]);
    let file = folder.path().join("hostile.json");
    // What a file is, is looked for at its beginning.
    let schema = snapshot["schema"].take().to_string();
    let text = snapshot.to_string().replace(",\"schema\":null", "");
    std::fs::write(&file, format!("{{\"schema\":{schema},{}", &text[1..])).unwrap();
    let name = file.display().to_string();
    (folder, name)
}

#[test]
fn hostile_names_are_inert_in_every_form() {
    let hostile = hostile();
    let phone = staff_phone();
    for (form, _) in forms() {
        for words in [
            vec!["audit", &hostile.1, "-p", "precautionary", "--format", form],
            vec!["compare", &phone, &hostile.1, "-p", "byod", "--format", form],
        ] {
            let text = run(&words).stdout;
            assert!(!text.is_empty(), "{form}: {}", run(&words).stderr);
            for sign in ['\u{1b}', '\u{7}', '\u{202e}', '\u{2066}'] {
                assert!(!text.contains(sign), "{form}: {sign:?}");
            }
            assert!(!text.contains(&"x".repeat(5000)), "{form}: a label of 10 kB is cut");
            if matches!(form, "html" | "junit") {
                assert!(!text.contains("<script") && !text.contains("<img"), "{form}");
            }
        }
    }
}

#[test]
fn a_full_disk_is_a_clear_error_and_leaves_the_old_file() {
    let desk = desk();
    let answer = desk.run(&["audit", &staff_phone(), "--format", "html", "-o", "/dev/full"]);
    assert_eq!(answer.code, Some(2));
    assert!(answer.stderr.contains("/dev/full") && answer.stderr.contains("hint: "), "{}", answer.stderr);
    let old = desk.here().join("report.html");
    std::fs::write(&old, "old").unwrap();
    let wrong = desk.run(&["audit", "nowhere", "--format", "html", "-o", "report.html"]);
    assert_eq!(wrong.code, Some(3));
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    let right = desk.run(&["audit", &staff_phone(), "--format", "html", "-o", "report.html"]);
    assert_eq!((right.code, right.stdout.as_str()), (Some(1), ""));
    assert!(std::fs::read_to_string(&old).unwrap().starts_with("<!DOCTYPE html>"));
}

#[test]
fn both_languages_go_with_pages_alone() {
    let refused = run(&["audit", &staff_phone(), "--format", "csv", "--lang", "both"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    assert!(refused.stderr.contains("hint: ") && refused.stderr.contains("html, markdown"), "{}", refused.stderr);
    let ticket = written(&["audit", &staff_phone(), "--format", "markdown", "--lang", "both"]);
    assert!(ticket.contains("What the listed apps") && ticket.contains("Ce que les"), "{ticket}");
}
