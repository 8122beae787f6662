//! The page in a real browser: headless Chromium, driven through its DevTools protocol over a pipe.
//!
//! Chromium is looked for as `chromium` (or `POUCET_CHROMIUM`), axe-core as the file `POUCET_AXE`. Where they are missing the tests say
//! so and return; with `POUCET_REQUIRE_BROWSER=1` they fail.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::common::desk::Desk;
use crate::common::server::free_port;
use crate::common_browser;
use crate::common_browser::Browser;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn path(name: &str) -> String {
    root().join(name).display().to_string()
}

/// The pages that are looked at, each written by the command itself.
fn pages(desk: &Desk) -> Vec<PathBuf> {
    let (phone, later) = (path("docs/examples/staff-phone"), path("docs/examples/staff-phone-later.json"));
    let (iphone, hostile) = (path("tests/fixtures/ios-17"), hostile(desk));
    let waivers = path("docs/examples/waivers.toml");
    let all: [(&str, &[&str]); 8] = [
        ("both.html", &["audit", &phone, "--lang", "both", "--waivers", &waivers, "--today", "2026-11-20"]),
        ("fr.html", &["audit", &later, "--lang", "fr", "--baseline", &phone]),
        ("ios.html", &["audit", &iphone, "-p", "cis-ios", "-p", "byod"]),
        ("compare.html", &["compare", &phone, &later, "-p", "byod", "-p", "precautionary", "--lang", "both"]),
        ("facts.html", &["compare", &phone, &later]),
        ("hostile.html", &["audit", &hostile, "-p", "precautionary", "--lang", "both"]),
        ("several.html", &["audit", &later, &iphone, "--lang", "both"]),
        (
            "fleet.html",
            &["audit", &phone, &hostile, &iphone, "-p", "byod", "-p", "high-risk", "--summary", "--lang", "both"],
        ),
    ];
    let written = all.iter().map(|(name, words)| {
        let words: Vec<&str> = words.iter().copied().chain(["--format", "html", "-o", name]).collect();
        let answer = desk.run(&words);
        assert!(matches!(answer.code, Some(0 | 1)), "{words:?}: {answer:?}");
        desk.here().join(name)
    });
    written.collect()
}

/// A snapshot whose names try to become markup, or to push the page apart.
fn hostile(desk: &Desk) -> String {
    let answer = desk.run(&["snapshot", &path("docs/examples/staff-phone")]);
    let mut snapshot: Value = serde_json::from_str(&answer.stdout).unwrap();
    let schema = snapshot["schema"].take().to_string();
    let names = [
        "<script>window.x=1</script>".to_owned(),
        "<img src=x onerror=window.x=1>".to_owned(),
        "<a href=javascript:window.x=1>x</a>".to_owned(),
        "\u{202e}\u{1b}[31mgpj".to_owned(),
        "W".repeat(10_000),
    ];
    for (place, app) in snapshot["apps"].as_array_mut().unwrap().iter_mut().enumerate() {
        let name = &names[place % names.len()];
        app["name"] = json!(name);
        app["version"] = json!(name);
        app["installer"] = json!(name);
        app["evidence"][0]["text"] = json!(name);
    }
    snapshot["device"]["model"] = json!(names[0]);
    snapshot["source"]["name"] = json!(names[4]);
    let text = snapshot.to_string().replace(",\"schema\":null", "");
    let file = desk.here().join("hostile.json");
    std::fs::write(&file, format!("{{\"schema\":{schema},{}", text.get(1..).unwrap())).unwrap();
    file.display().to_string()
}

fn file_url(path: &Path) -> String {
    format!("file://{}", path.display())
}

#[test]
fn a_page_asks_for_nothing_says_nothing_and_fits_a_phone() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new(free_port());
    for page in pages(&desk) {
        let url = file_url(&page);
        for (width, scheme) in [(360, "light"), (360, "dark"), (1200, "light")] {
            browser.open(&url, width, scheme);
            let wide = browser.value("document.documentElement.scrollWidth");
            assert!(wide.as_u64().unwrap() <= width, "{url} at {width}: {wide}");
            let foreign = "document.querySelectorAll('script,img,iframe,object,link,a[href^=javascript],[onerror],[style]').length";
            assert_eq!(browser.value(foreign), json!(0), "{url}");
            assert_eq!(browser.value("typeof window.x"), json!("undefined"), "{url}");
            assert_eq!(browser.value("document.querySelectorAll('h1').length"), json!(1), "{url}");
        }
        assert_eq!(browser.requested(), [url.as_str()], "only the page itself is asked for");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{url}");
    }
}

#[test]
fn a_page_prints_on_both_papers() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new(free_port());
    for page in pages(&desk) {
        let url = file_url(&page);
        browser.open(&url, 1200, "dark");
        for (paper, width, height) in [("A4", 8.27, 11.69), ("Letter", 8.5, 11.0)] {
            let pages = browser.print(width, height);
            assert!((1..=40).contains(&pages), "{url} on {paper}: {pages} pages");
        }
        // On paper the column is narrower than the sheet, and nothing sticks out of it.
        browser.emulate("print", "dark");
        let sticks = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length";
        assert_eq!(browser.value(sticks), json!(0), "{url}");
        assert_eq!(
            browser.value("getComputedStyle(document.documentElement).backgroundColor"),
            json!("rgb(255, 255, 255)")
        );
    }
}

#[test]
fn the_language_is_chosen_without_a_script() {
    let Some(mut browser) = Browser::start() else { return };
    let desk = Desk::new(free_port());
    let page = pages(&desk).remove(0);
    browser.without_scripts(true);
    browser.open(&file_url(&page), 800, "light");
    // What is shown is asked of the browser, as no script runs in the page.
    let shown = |browser: &mut Browser, language: &str| browser.is_shown(&format!("main span[lang={language}]"));
    assert!(shown(&mut browser, "en") && !shown(&mut browser, "fr"));
    browser.click("label[for=show-fr]");
    assert!(shown(&mut browser, "fr") && !shown(&mut browser, "en"));
    browser.click("label[for=show-en]");
    assert!(shown(&mut browser, "en") && !shown(&mut browser, "fr"));
    // By the keyboard: the skip link, then the switch, whose arrow keys choose.
    browser.without_scripts(false);
    browser.open(&file_url(&page), 800, "light");
    browser.press("Tab");
    assert_eq!(browser.value("document.activeElement.className"), json!("skip"));
    browser.press("Tab");
    assert_eq!(browser.value("document.activeElement.id"), json!("show-en"));
    browser.press("ArrowRight");
    assert_eq!(browser.value("document.activeElement.id"), json!("show-fr"));
    assert!(shown(&mut browser, "fr") && !shown(&mut browser, "en"));
}

#[test]
fn axe_finds_nothing_that_keeps_people_out() {
    const SHOW_FRENCH: &str = "(s => s !== null && (s.checked = true))(document.getElementById('show-fr'))";
    const RUN: &str = "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})\
         .then(r => JSON.stringify(r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary)])))";
    let Some(axe) = common_browser::axe() else { return };
    let desk = Desk::new(free_port());
    let pages = Mutex::new(pages(&desk));
    // Each looks through a page of thousands of elements for seconds, on one core.
    let look = || {
        let Some(mut browser) = Browser::start() else { return };
        while let Some(page) = { pages.lock().unwrap().pop() } {
            let url = file_url(&page);
            // The French half of a page has the same colours; what is longer in French shows in either of two widths.
            for (width, scheme, french) in [
                (360, "light", false),
                (360, "dark", true),
                (360, "dark", false),
                (1200, "light", true),
                (1200, "light", false),
                (1200, "dark", false),
            ] {
                browser.bypass_policy();
                browser.open(&url, width, scheme);
                if french && browser.value(SHOW_FRENCH) == json!(false) {
                    continue;
                }
                browser.value("document.querySelectorAll('details').forEach(d => d.open = true)");
                browser.value(&axe);
                assert_eq!(browser.value(RUN), json!("[]"), "{url} at {width}, {scheme}, French: {french}");
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(look);
        scope.spawn(look);
    });
}
