//! Hostile files: each test is a way in which one once reached the terminal, or kept the program busy.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use std::io::Write as _;
use std::process::Stdio;

use common::desk::Desk;

fn fixture(phone: &str) -> String {
    format!("{}/tests/fixtures/{phone}", env!("CARGO_MANIFEST_DIR"))
}

/// No control character but the line end, and none that turns the direction of writing.
fn assert_safe(text: &str) {
    let bad = text.chars().find(|character| {
        character.is_control() && *character != '\n'
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(bad, None, "{text}");
}

#[test]
fn words_of_a_snapshot_file_reach_the_terminal_tamed() {
    let desk = Desk::new(common::server::free_port());
    let snapshot = desk.run(&["snapshot", &fixture("android-14")]).json();
    for path in ["/device/model", "/device/manufacturer", "/source/name", "/apps/0/id", "/users/0/kind", "/schema"] {
        let mut hostile = snapshot.clone();
        *hostile.pointer_mut(path).unwrap() = "\u{1b}[31m\u{202e}X\n[high] forged\u{9b}".into();
        std::fs::write(desk.here().join("hostile.json"), hostile.to_string()).unwrap();
        let output = desk.run(&["audit", "hostile.json"]);
        assert_safe(&output.stdout);
        assert_safe(&output.stderr);
        assert!(!output.stdout.lines().any(|line| line.starts_with("[high]")), "{path}");
    }
}

#[test]
fn words_of_a_profile_and_names_of_files_are_tamed() {
    let desk = Desk::new(common::server::free_port());
    let profile = include_str!("../profiles/byod.toml")
        .replace("\"byod\"", "\"mine\"")
        .replace("Personal phone used for work", "\\u001b[31mT\\u202e\\nX");
    std::fs::write(desk.here().join("mine.toml"), profile).unwrap();
    let output = desk.run(&["audit", &fixture("android-14"), "-p", "mine.toml"]);
    assert_safe(&output.stdout);
    assert_safe(&output.stderr);
    let folder = desk.here().join("evidence");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(format!("{}/getprop.txt", fixture("android-14")), folder.join("getprop.txt")).unwrap();
    std::fs::write(folder.join("\u{1b}[31mX\u{202e}.txt"), "junk").unwrap();
    assert_safe(&desk.run(&["audit", "evidence"]).stderr);
    assert_safe(&desk.run(&["audit", "/nope\u{1b}[31m"]).stderr);
}

#[test]
fn nothing_on_standard_input_is_no_verdict() {
    let desk = Desk::new(common::server::free_port());
    let mut child = desk
        .command(&["audit", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(!output.stderr.is_empty());
}

#[test]
fn endless_names_and_users_are_bounded() {
    let desk = Desk::new(common::server::free_port());
    let folder = desk.here().join("evidence");
    std::fs::create_dir(&folder).unwrap();
    for file in std::fs::read_dir(fixture("android-14")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    let packages = folder.join("dumpsys_package_packages.txt");
    let dump = std::fs::read_to_string(&packages).unwrap();
    std::fs::write(&packages, dump.replace("com.whatsapp", &format!("c.{}", "w".repeat(250_000)))).unwrap();
    let users: String = (0..100_000).map(|user| format!("\tUserInfo{{{user}:X:c13}} running\n")).collect();
    std::fs::write(folder.join("pm_list_users.txt"), format!("Users:\n{users}")).unwrap();
    let begun = std::time::Instant::now();
    let output = desk.run(&["audit", "evidence"]);
    assert!(matches!(output.code, Some(1 | 3)), "{:?}", output.code);
    assert!(output.stdout.contains("1000 of 100000"), "{}", output.stdout);
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
}
