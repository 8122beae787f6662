//! Hostile files: each test is a way in which one once reached the terminal, or kept the program busy.

#![cfg(unix)]

use std::io::Write as _;
use std::process::Stdio;

use crate::common;
use crate::common::desk::Desk;

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
    let profile = include_str!("../../profiles/byod.toml")
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

/// The shortest rows that each reader understands, over and over: what is made of a text must not outgrow it.
const SHORTEST: [(&str, &str, &str); 14] = [
    ("package", "Packages:\n", "  Package [a] (1):\n"),
    ("package", "Packages:\n", "  Package [\n"),
    ("package", "Packages:\n  Package [a] (1):\n", "    User 0: ceDataInode=1\n"),
    (
        "package",
        "Packages:\n  Package [a] (1):\n    User 0: ceDataInode=1 installed=true\n      runtime permissions:\n",
        "        a: granted=true\n",
    ),
    ("package", "Packages:\n\nShared users:\n", "  SharedUser [a] (1):\n"),
    ("appops", "Current AppOps Service state:\n", "  Uid 0:\n"),
    ("appops", "Current AppOps Service state:\n  Uid u0a1:\n", "    Package a:\n"),
    ("appops", "Current AppOps Service state:\n  Uid u0a1:\n    Package a:\n", "      A (allow):\n"),
    (
        "device_policy",
        "Current Device Policy Manager state:\n  Enabled Device Admins (User 0, provisioningState: 0):\n",
        "    a/.b:\n",
    ),
    ("accessibility", "ACCESSIBILITY MANAGER (dumpsys accessibility)\n", "User state[\n"),
    ("trust", "Trust manager state:\n User \"a\" (id=0, flags=0x1): trusted=0\n   Enabled agents:\n", "    a/.b\n"),
    ("role", "ROLE STATE:\n{\nroles=[\n", "{\nname=a\nholders=b\n}\n"),
    ("user", "Users:\n", "  UserInfo{0:a:1} serialNo=0\n"),
    ("settings", "GLOBAL SETTINGS (user 0)\n", "_id:1 name:a pkg:b value:c\n"),
];

fn assert_bounded(number: usize, (service, begin, row): (&str, &str, &str)) {
    let desk = Desk::new(common::server::free_port());
    let path = desk.here().join("bugreport.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("main_entry.txt", options).unwrap();
    zip.write_all(b"b.txt").unwrap();
    zip.start_file("b.txt", options).unwrap();
    let line = "=".repeat(56);
    let dashes = "-".repeat(79);
    write!(
        zip,
        "{line}\n== dumpstate: 2026-10-30 11:00:00\n{line}\n\n------ SYSTEM PROPERTIES (getprop) ------\n[ro.build.version.sdk]: [35]\n\
         ------ 0.022s was the duration of 'SYSTEM PROPERTIES' ------\n------ DUMPSYS (/system/bin/dumpsys) ------\n{dashes}\n\
         DUMP OF SERVICE {service}:\n{begin}"
    )
    .unwrap();
    let rows = row.repeat((1 << 20) / row.len());
    (0..40).for_each(|_| zip.write_all(rows.as_bytes()).unwrap());
    write!(
        zip,
        "--------- 0.053s was the duration of dumpsys {service}, ending at: x\n------ 2.4s was the duration of 'DUMPSYS' ------\n"
    )
    .unwrap();
    zip.finish().unwrap();
    let packed = path.metadata().unwrap().len();
    assert!(packed < 500_000, "{service}: {packed}");
    let (answer, peak) = desk.measured(&["audit", "bugreport.zip", "-f", "verdicts"]);
    assert_eq!(answer.code, Some(3), "{number} {service}: {}", answer.stderr);
    assert!(peak < 150_000, "{number} {service}: {peak} KiB");
}

#[test]
fn a_small_zip_of_millions_of_rows_takes_bounded_memory_and_is_no_whole_reading() {
    std::thread::scope(|scope| {
        for part in 0..2 {
            scope.spawn(move || {
                for (number, shape) in SHORTEST.into_iter().enumerate().skip(part).step_by(2) {
                    assert_bounded(number, shape);
                }
            });
        }
    });
}

#[test]
fn a_snapshot_of_more_entries_than_a_phone_has_is_refused() {
    let desk = Desk::new(common::server::free_port());
    let snapshot = desk.run(&["snapshot", &fixture("android-14")]).json();
    for (list, count) in [("gaps", 100_000), ("apps", 60_000), ("users", 3000), ("read", 30_000)] {
        let mut snapshot = snapshot.clone();
        let entry = snapshot[list][0].clone();
        snapshot[list] = vec![entry; count].into();
        std::fs::write(desk.here().join("many.json"), snapshot.to_string()).unwrap();
        let (answer, peak) = desk.measured(&["audit", "many.json"]);
        assert_eq!(answer.code, Some(3), "{list}");
        assert!(answer.stderr.contains("error: ") && answer.stderr.contains("hint: "), "{}", answer.stderr);
        assert!(peak < 400_000, "{list}: {peak} KiB");
    }
}
