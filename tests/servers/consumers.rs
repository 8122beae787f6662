//! What poucet writes, in the programs that it is written for: MVT, Microsoft's SARIF validator, WeasyPrint, the Nu HTML checker, Tombi.
//!
//! Each is looked for under the name of a variable, else on the `PATH`; where it is missing, its test says "skipped" and returns. With
//! `POUCET_REQUIRE_CONSUMERS=1` it fails.
//!
//! | variable | program |
//! |---|---|
//! | `POUCET_MVT_ANDROID` | `mvt-android` of the package `mvt` |
//! | `POUCET_SARIF` | `Sarif.Multitool` of the npm package `@microsoft/sarif-multitool-linux` |
//! | `POUCET_WEASYPRINT` | `weasyprint` |
//! | `POUCET_VNU` | `vnu.jar` of the npm package `vnu-jar`; needs Java |
//! | `POUCET_TOMBI` | `tombi` |
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::desk::Desk;
use crate::common::server::free_port;
use crate::common::skip::skipped;
use serde_json::Value;

fn path(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name).display().to_string()
}

fn staff_phone() -> String {
    path("docs/examples/staff-phone")
}

fn desk() -> Desk {
    Desk::new(free_port())
}

/// The program; `None`, with a word, where it is not there and need not be.
fn program(variable: &str, name: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = named.or_else(|| std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|it| it.is_file()));
    if found.is_none() {
        let required = std::env::var_os("POUCET_REQUIRE_CONSUMERS").is_some_and(|value| value == "1");
        assert!(!required, "POUCET_REQUIRE_CONSUMERS=1, and {name} is not there ({variable})");
        skipped(&format!("{name} is not here ({variable})"));
    }
    found
}

/// What a program says, on both of its outputs.
fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A file that a command of poucet writes.
fn written(desk: &Desk, name: &str, arguments: &[&str]) -> PathBuf {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["-o", name]).collect();
    let answer = desk.run(&arguments);
    assert!(matches!(answer.code, Some(0 | 1)), "{arguments:?}: {answer:?}");
    desk.here().join(name)
}

#[test]
fn mvt_reads_the_same_from_a_bundle_and_from_its_zip() {
    let Some(mvt) = program("POUCET_MVT_ANDROID", "mvt-android") else { return };
    let desk = desk();
    let bundle = written(&desk, "bundle", &["collect", &staff_phone()]);
    let zip = written(&desk, "bundle.zip", &["collect", &staff_phone()]);
    let listed = |evidence: &Path, out: &str| -> (usize, usize, Vec<String>) {
        let out = desk.here().join(out);
        let output = Command::new(&mvt)
            .args(["check-androidqf", "-o"])
            .args([&out, evidence])
            .env("MVT_NETWORK_ACCESS_ALLOWED", "false")
            .output()
            .unwrap();
        let file = |name: &str| -> Vec<Value> {
            let text = std::fs::read(out.join(name));
            let text = text.unwrap_or_else(|error| panic!("{name}: {error}: {}", said(&output)));
            serde_json::from_slice(&text).unwrap()
        };
        let packages = file("aqf_packages.json");
        let (properties, settings) = (file("aqf_get_prop.json"), file("aqf_settings.json"));
        let spaces: std::collections::BTreeSet<String> =
            settings.iter().map(|setting| setting["namespace"].as_str().unwrap().to_owned()).collect();
        for package in &packages {
            assert!(package["system"].is_boolean() && package["disabled"].is_boolean(), "{package}");
        }
        (packages.len(), properties.len(), spaces.into_iter().collect())
    };
    let (plain, zipped) = (listed(&bundle, "out-plain"), listed(&zip, "out-zip"));
    assert_eq!(plain, zipped);
    assert!(plain.0 > 10 && plain.1 > 10, "{plain:?}");
    // The settings of other users are no table of their own.
    assert_eq!(plain.2, ["global", "secure", "system"]);
    // poucet says the same of all three.
    let verdict = |evidence: &str| {
        let lines = desk.run(&["audit", evidence, "-f", "verdicts"]).stdout;
        let mut line: Value = serde_json::from_str(&lines).unwrap();
        line["source"].take();
        line
    };
    assert_eq!(verdict("bundle.zip"), verdict("bundle"));
}

#[test]
fn the_validator_of_sarif_finds_no_error_also_by_the_rules_of_github() {
    let Some(validator) = program("POUCET_SARIF", "Sarif.Multitool") else { return };
    let (desk, phone, later) = (desk(), staff_phone(), path("docs/examples/staff-phone-later.json"));
    let (iphone, waivers) = (path("tests/fixtures/ios-17"), path("docs/examples/waivers.toml"));
    let all: [(&str, &[&str]); 4] = [
        ("one.sarif", &["audit", &phone, "--waivers", &waivers, "--today", "2026-11-20", "-f", "sarif"]),
        ("fr.sarif", &["audit", &phone, "-p", "precautionary", "-p", "cis-ios", "--lang", "fr", "-f", "sarif"]),
        ("ios.sarif", &["audit", &iphone, "-p", "cis-ios", "-f", "sarif"]),
        ("compare.sarif", &["compare", &phone, &later, "-p", "byod", "-f", "sarif"]),
    ];
    for (name, words) in all {
        let log = written(&desk, name, words);
        let output =
            Command::new(&validator).arg("validate").arg(&log).args(["--rule-kind", "Sarif;Gh"]).output().unwrap();
        let said = said(&output);
        let wrong: Vec<&str> =
            said.lines().filter(|line| line.contains(": error ") || line.contains("SARIF2017")).collect();
        assert_eq!(wrong, Vec::<&str>::new(), "{name}");
        assert!(said.contains(name) || output.status.success(), "{said}");
    }
}

#[test]
fn the_page_is_printed_by_weasyprint_with_bars_that_are_as_long_as_their_number() {
    let Some(weasyprint) = program("POUCET_WEASYPRINT", "weasyprint") else { return };
    let (desk, phone, later) = (desk(), staff_phone(), path("docs/examples/staff-phone-later.json"));
    for (name, words) in [
        ("audit.html", vec!["audit", phone.as_str(), "-f", "html"]),
        ("compare.html", vec!["compare", &phone, &later, "-p", "byod", "-f", "html"]),
    ] {
        let page = written(&desk, name, &words);
        let pdf = desk.here().join("page.pdf");
        let output = Command::new(&weasyprint).arg("--uncompressed-pdf").args([&page, &pdf]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let drawn = std::fs::read(&pdf).unwrap();
        let drawn = String::from_utf8_lossy(&drawn);
        // What is #d4d9df and #0a58ad as PDF has it: the whole of a bar, and the part of it.
        for colour in [[0xd4, 0xd9, 0xdf], [0x0a, 0x58, 0xad]] {
            let fills = drawn.lines().filter(|line| {
                let numbers: Vec<f64> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
                numbers.len() == 3
                    && numbers.iter().zip(colour).all(|(told, wanted)| (told * 255.0 - f64::from(wanted)).abs() < 0.6)
            });
            assert!(fills.count() >= 2, "{name}: {colour:?} is not painted");
        }
    }
}

#[test]
fn the_nu_checker_finds_nothing_wrong_with_any_kind_of_page() {
    let Some(jar) = program("POUCET_VNU", "vnu.jar") else { return };
    let (desk, phone, later) = (desk(), staff_phone(), path("docs/examples/staff-phone-later.json"));
    let (iphone, waivers) = (path("tests/fixtures/ios-17"), path("docs/examples/waivers.toml"));
    let all: [&[&str]; 5] = [
        &["audit", &phone, "--lang", "both", "--waivers", &waivers, "--today", "2026-11-20"],
        &["audit", &iphone, "-p", "cis-ios", "-p", "cis-android", "--lang", "fr"],
        &["compare", &phone, &later, "-p", "byod", "--lang", "both"],
        &["audit", &phone, &later, &iphone],
        &["audit", &phone, &iphone, "--summary", "--lang", "both"],
    ];
    let pages: Vec<PathBuf> = all
        .iter()
        .enumerate()
        .map(|(place, words)| {
            let words: Vec<&str> = words.iter().copied().chain(["-f", "html"]).collect();
            written(&desk, &format!("page-{place}.html"), &words)
        })
        .collect();
    let output = Command::new("java").arg("-jar").arg(jar).args(&pages).output();
    let Ok(output) = output else {
        skipped("java is not here");
        return;
    };
    assert!(output.status.success() && said(&output).trim().is_empty(), "{}", said(&output));
}

#[test]
fn tombi_takes_what_poucet_takes_and_refuses_what_it_refuses() {
    let Some(tombi) = program("POUCET_TOMBI", "tombi") else { return };
    let desk = desk();
    let here = desk.here();
    for schema in ["waivers", "profile"] {
        std::fs::copy(path(&format!("docs/schemas/{schema}.json")), here.join(format!("{schema}.json"))).unwrap();
    }
    let waivers = std::fs::read_to_string(path("docs/examples/waivers.toml")).unwrap();
    let waivers: String =
        waivers.lines().filter(|line| !line.starts_with("#:schema")).fold(String::new(), |all, line| all + line + "\n");
    let lint = |name: &str, schema: &str, text: &str| {
        let file = here.join(name);
        std::fs::write(&file, format!("#:schema ./{schema}.json\n{text}")).unwrap();
        let output = Command::new(&tombi).args(["lint", "--offline"]).arg(&file).current_dir(&here).output().unwrap();
        (output.status.success(), said(&output))
    };
    let (right, told) = lint("waivers.toml", "waivers", &waivers);
    assert!(right, "{told}");
    // A time is no day, and neither is a word.
    let day = waivers.lines().find(|line| line.starts_with("expires")).unwrap();
    for wrong in ["expires = 2027-03-01T00:00:00", "expires = \"soon\""] {
        let (right, told) = lint("wrong.toml", "waivers", &waivers.replacen(day, wrong, 1));
        assert!(!right, "{wrong}: {told}");
    }
    let byod = std::fs::read_to_string(path("profiles/byod.toml")).unwrap();
    let byod: String =
        byod.lines().filter(|line| !line.starts_with("#:schema")).fold(String::new(), |all, line| all + line + "\n");
    let (right, told) = lint("byod.toml", "profile", &byod);
    assert!(right, "{told}");
}
