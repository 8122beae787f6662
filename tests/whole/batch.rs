//! Many targets at once, as whole commands: trees, lists, pipes, broken files, folders of results, and what all phones come to.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::desk::{Answer, Desk};
use crate::common::server::free_port;
use crate::common::skip::skipped;
use crate::common_roads::{Road, build, fixtures};
use serde_json::Value;

fn desk() -> Desk {
    Desk::new(free_port())
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/staff-phone-later.json")
}

/// A snapshot on one line, of a phone of its own.
fn line(device: usize) -> String {
    let mut snapshot: Value = serde_json::from_str(&std::fs::read_to_string(example()).unwrap()).unwrap();
    snapshot["device"]["id"] = format!("device-{device}").into();
    snapshot.to_string()
}

fn lines(count: usize) -> String {
    (0..count).map(|device| line(device) + "\n").collect()
}

/// The device ids of a call's lines, in their order.
fn devices(answer: &Answer) -> Vec<String> {
    let report = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    answer.stdout.lines().map(|line| report(line)["device"]["id"].as_str().unwrap().to_owned()).collect()
}

/// A pipe into a command that runs to its end.
fn piped(desk: &Desk, arguments: &[&str], input: &str) -> Answer {
    let mut command = desk.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that ends early need not take it all.
        let _ = stdin.write_all(input.as_bytes());
    });
    let answer = Answer::from(child.wait_with_output().unwrap());
    writer.join().unwrap();
    answer
}

/// A tree of mixed evidence with 40 targets, two of which are broken, and two files that are none. Gives the names of the good ones.
fn tree(root: &Path) -> usize {
    let mut good = 0;
    for (number, (phone, road)) in ["android-08", "android-10", "android-12", "android-14", "android-16"]
        .into_iter()
        .flat_map(|phone| [(phone, Road::BugreportZip), (phone, Road::AndroidQfFolder)])
        .enumerate()
    {
        let place = root.join(format!("desk-{}", number % 3)).join(format!("case-{number}"));
        std::fs::create_dir_all(&place).unwrap();
        build(phone, road, &place);
        good += 1;
    }
    for number in 0..27 {
        let place = root.join(format!("snapshots-{}", number % 2));
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join(format!("s{number:02}.json")), line(number)).unwrap();
        good += 1;
    }
    copy(&fixtures().join("ios-17"), &root.join("backups/phone"));
    good += 1;
    // 5 %: half a zip, and half a snapshot.
    let zip = std::fs::read_dir(root.join("desk-0/case-0")).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(zip).unwrap();
    std::fs::write(root.join("desk-1/half.zip"), &bytes[..200.min(bytes.len())]).unwrap();
    std::fs::write(root.join("snapshots-0/half.json"), &line(99)[..3000]).unwrap();
    std::fs::write(root.join("desk-2/readme.txt"), "The phones of the third floor.\n").unwrap();
    std::fs::create_dir(root.join("photos")).unwrap();
    std::fs::write(root.join("photos/desk.jpg"), "not evidence").unwrap();
    good
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

#[test]
fn a_tree_with_broken_files_ends_in_an_account_of_every_target() {
    let desk = desk();
    let good = tree(&desk.here().join("evidence"));
    let answer = desk.run(&["audit", "evidence", "-f", "jsonl"]);
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    assert_eq!(answer.stdout.lines().count(), good, "{}", answer.stderr);
    for told in [
        "half.zip",
        "snapshots-0/half.json:1 is no snapshot",
        "desk-2/readme.txt: nothing that poucet knows",
        "photos: nothing that poucet knows",
    ] {
        assert!(answer.stderr.contains(told), "{told}: {}", answer.stderr);
    }
    // The same, whatever the hands.
    for jobs in ["1", "7"] {
        let again = desk.run(&["audit", "evidence", "-f", "jsonl", "--jobs", jobs]);
        assert_eq!(again.stdout, answer.stdout, "{jobs}");
    }
    let summary = desk.run(&["audit", "evidence", "-f", "json", "--summary"]).json();
    let targets = &summary["targets"];
    assert_eq!(
        [&targets["total"], &targets["read"], &targets["failed"], &targets["aside"]]
            .map(|count| count.as_u64().unwrap()),
        [good as u64 + 2, good as u64, 2, 2]
    );
    let failed: BTreeSet<&str> =
        summary["failures"].as_array().unwrap().iter().map(|failed| failed["target"].as_str().unwrap()).collect();
    assert_eq!(failed, BTreeSet::from(["evidence/desk-1/half.zip", "evidence/snapshots-0/half.json:1"]));
    let verdicts = summary["profiles"][0]["verdicts"].as_object().unwrap();
    assert_eq!(verdicts.values().map(|count| count.as_u64().unwrap()).sum::<u64>(), good as u64);

    // What is counted is what the reports say.
    let mut failing: BTreeMap<String, u64> = BTreeMap::new();
    for report in answer.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let findings = report["findings"].as_array().unwrap().clone();
        let codes: BTreeSet<String> = findings
            .iter()
            .filter(|finding| finding["verdict"] == "fail")
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect();
        codes.into_iter().for_each(|code| *failing.entry(code).or_default() += 1);
    }
    let told: BTreeMap<String, u64> = summary["profiles"][0]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|rule| Some((rule["code"].as_str()?.to_owned(), rule["phones"]["fail"].as_u64()?)))
        .collect();
    assert_eq!(told, failing);
}

#[test]
fn the_summary_follows_the_results_for_people_and_stands_alone_when_asked_for() {
    let desk = desk();
    std::fs::write(desk.here().join("phones.jsonl"), lines(3)).unwrap();
    for (language, title) in [("en", "All phones together"), ("fr", "Tous les téléphones ensemble")] {
        for format in ["table", "markdown", "html"] {
            let both = desk.run(&["audit", "phones.jsonl", "-f", format, "--lang", language]);
            assert!(both.stdout.contains(title) && both.stdout.contains("TikTok"), "{format}");
            let alone = desk.run(&["audit", "phones.jsonl", "-f", format, "--lang", language, "--summary"]);
            assert!(alone.stdout.contains(title) && alone.stdout.len() < both.stdout.len() / 2, "{format}");
            assert_eq!(alone.code, both.code);
        }
    }
    // One phone is no fleet.
    std::fs::write(desk.here().join("one.json"), line(1)).unwrap();
    assert!(!desk.run(&["audit", "one.json"]).stdout.contains("All phones together"));
    let refused = desk.run(&["audit", "phones.jsonl", "-f", "sarif", "--summary"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("hint: ") && refused.stdout.is_empty(), "{refused:?}");
}

#[test]
fn a_list_names_targets_and_says_what_is_wrong_with_it() {
    let desk = desk();
    for device in 0..3 {
        std::fs::write(desk.here().join(format!("a phone {device}.json")), line(device)).unwrap();
    }
    std::fs::write(
        desk.here().join("list"),
        "\u{feff}# third floor\r\na phone 2.json\r\n\r\na phone 0.json\r\nnowhere.json\r\n",
    )
    .unwrap();
    let answer = desk.run(&["audit", "a phone 1.json", "--targets-from", "list", "-f", "jsonl"]);
    assert_eq!(answer.code, Some(3), "{answer:?}");
    assert_eq!(devices(&answer), ["device-1", "device-2", "device-0"]);
    assert!(answer.stderr.contains("nowhere.json"), "{answer:?}");
    let piped = piped(&desk, &["audit", "--targets-from", "-", "-f", "jsonl"], "a phone 0.json\n");
    assert_eq!(devices(&piped), ["device-0"]);
    for (content, arguments) in [
        ("# nobody\n", vec!["audit", "--targets-from", "empty"]),
        ("", vec!["audit", "--targets-from", "missing"]),
        ("", vec!["audit", "-", "--targets-from", "-"]),
    ] {
        std::fs::write(desk.here().join("empty"), content).unwrap();
        let refused = desk.run(&arguments);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
        assert!(refused.stderr.contains("hint: "), "{refused:?}");
    }
}

#[test]
fn a_line_is_judged_when_it_comes_and_a_bad_one_costs_itself() {
    let desk = desk();
    let mut command = desk.command(&["audit", "-", "-f", "jsonl", "--fail-on", "none"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for device in 0..3 {
        writeln!(stdin, "{}", line(device)).unwrap();
        stdin.flush().unwrap();
        // The next line is not written before this one is judged.
        let mut verdict = String::new();
        stdout.read_line(&mut verdict).unwrap();
        assert!(verdict.contains(&format!("\"device-{device}\"")), "{verdict}");
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));

    let input = format!("{}\nnot json\n\n{{\"schema\":\"poucet.snapshot/9\"}}\n{}\n", line(0), line(1));
    let answer = piped(&desk, &["audit", "-", "-f", "jsonl", "--fail-on", "none"], &input);
    assert_eq!((answer.code, devices(&answer)), (Some(3), vec!["device-0".to_owned(), "device-1".to_owned()]));
    assert!(answer.stderr.contains("-:2 is no snapshot") && answer.stderr.contains("-:4 is no snapshot"), "{answer:?}");
    let nothing = piped(&desk, &["audit", "-", "-f", "jsonl"], "");
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(3), ""), "{nothing:?}");
    // What `poucet snapshot` writes of one phone is a document.
    let document = std::fs::read_to_string(example()).unwrap();
    assert!(document.lines().count() > 10);
    assert_eq!(piped(&desk, &["audit", "-", "-f", "jsonl"], &document).stdout.lines().count(), 1);
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_work() {
    let desk = desk();
    let mut command = desk.command(&["audit", "-", "-f", "jsonl"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    let begun = Instant::now();
    let text = lines(20);
    let mut closed = false;
    while begun.elapsed() < Duration::from_secs(30) && !closed {
        closed = stdin.write_all(text.as_bytes()).is_err();
    }
    assert!(closed, "it goes on reading for nobody");
    drop(stdin);
    let answer = Answer::from(child.wait_with_output().unwrap());
    assert!(!answer.stderr.contains("error"), "{answer:?}");
}

#[test]
fn sorted_members_and_a_file_with_a_cut_first_line_are_read() {
    let desk = desk();
    let sorted: BTreeMap<String, Value> = serde_json::from_str(&line(7)).unwrap();
    let text = serde_json::to_string_pretty(&sorted).unwrap();
    assert!(text.find("\"schema\"").unwrap() > 30_000, "the schema stands far from the beginning");
    std::fs::write(desk.here().join("sorted.json"), text).unwrap();
    assert_eq!(devices(&desk.run(&["audit", "sorted.json", "-f", "jsonl"])), ["device-7"]);
    std::fs::write(desk.here().join("cut.jsonl"), format!("{}\n{}\n{}\n", &line(0)[..500], line(1), line(2))).unwrap();
    let cut = desk.run(&["audit", "cut.jsonl", "-f", "jsonl"]);
    assert_eq!((cut.code, devices(&cut)), (Some(3), vec!["device-1".to_owned(), "device-2".to_owned()]));
}

/// The files of a folder of results, by name, with their bytes; the records beside them by number.
fn results(folder: &Path) -> (BTreeMap<String, Vec<u8>>, usize) {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    let files =
        files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()));
    (files.collect(), records(folder))
}

/// How many records there are; what a killed run had begun is hidden and none.
fn records(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder.join(".poucet")).into_iter().flatten();
    entries.filter(|entry| !entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.')).count()
}

#[test]
fn a_second_run_skips_what_is_there_and_says_so() {
    let desk = desk();
    let good = tree(&desk.here().join("evidence"));
    let audit = ["audit", "evidence", "--output-dir", "results", "-f", "html"];
    let first = desk.run(&audit);
    assert_eq!(first.code, Some(3), "{}", first.stderr);
    assert!(first.stdout.contains(&format!("{} targets: {good} read, 2 not.", good + 2)), "{}", first.stdout);
    let (files, records) = results(&desk.here().join("results"));
    // One report each, and the summary for people and for programs.
    assert_eq!((files.len(), records), (good + 2, good), "{:?}", files.keys());
    assert!(files.contains_key("fleet.html") && files.contains_key("fleet.json"));
    let summary: Value = serde_json::from_slice(&files["fleet.json"]).unwrap();
    assert_eq!((&summary["targets"]["known"], &summary["targets"]["failed"]), (&0.into(), &2.into()));

    let again = desk.run(&audit);
    assert_eq!(again.code, first.code);
    assert!(again.stdout.contains(&format!("{good} results were there already")), "{}", again.stdout);
    let (same, _) = results(&desk.here().join("results"));
    let reports = |files: &BTreeMap<String, Vec<u8>>| {
        files
            .iter()
            .filter(|(name, _)| !name.starts_with("fleet."))
            .map(|(name, bytes)| (name.clone(), bytes.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(reports(&same), reports(&files));

    // Other evidence, a report that somebody changed, one that is gone, another profile: judged again.
    let known = |arguments: &[&str]| -> u64 {
        let answer = desk.run(arguments);
        assert_eq!(answer.code, Some(3), "{answer:?}");
        let text = std::fs::read(desk.here().join("results/fleet.json")).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()["targets"]["known"].as_u64().unwrap()
    };
    let mut names = files.keys().filter(|name| name.starts_with("s0"));
    std::fs::write(desk.here().join("results").join(names.next().unwrap()), "<p>edited</p>").unwrap();
    std::fs::remove_file(desk.here().join("results").join(names.next().unwrap())).unwrap();
    std::fs::write(desk.here().join("evidence/snapshots-0/s10.json"), line(1010)).unwrap();
    assert_eq!(known(&audit), good as u64 - 3);
    assert_eq!(known(&audit), good as u64);
    let stricter = ["audit", "evidence", "--output-dir", "results", "-f", "html", "-p", "precautionary"];
    assert_eq!(known(&stricter), 0);
    assert_eq!(known(&stricter), good as u64);
    assert_eq!(known(&audit), good as u64, "the results by the other profile are still there");
    // The results lie in the tree: they are no evidence.
    let inside = ["audit", "evidence", "--output-dir", "evidence/results", "-f", "json"];
    assert_eq!(desk.run(&inside).code, Some(3));
    let inside = desk.run(&inside);
    assert!(inside.stdout.contains(&format!("{good} results were there already")), "{}", inside.stdout);
}

#[test]
fn a_run_that_is_killed_leaves_nothing_half_written_and_the_next_goes_on() {
    let desk = desk();
    std::fs::create_dir(desk.here().join("evidence")).unwrap();
    for device in 0..60 {
        std::fs::write(desk.here().join(format!("evidence/s{device:02}.json")), line(device)).unwrap();
    }
    let audit = ["audit", "evidence", "--output-dir", "results", "-f", "json", "--jobs", "1"];
    let results_folder = desk.here().join("results");
    let mut child = desk.command(&audit).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while records(&results_folder) < 5 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (files, records) = results(&results_folder);
    assert!((5..60).contains(&records), "{records}");
    for (name, bytes) in files.iter().filter(|(name, _)| !name.starts_with('.')) {
        assert_json(name, bytes);
    }
    // What it had begun long ago goes; what another run is at may stay.
    let unfinished = results_folder.join(".poucet-unfinished-old");
    std::fs::write(&unfinished, "half").unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(7200);
    std::fs::File::options().write(true).open(&unfinished).unwrap().set_modified(old).unwrap();
    let answer = desk.run(&audit);
    assert!(!unfinished.exists());
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stdout.contains("60 targets: 60 read, 0 not."), "{}", answer.stdout);
    assert!(answer.stdout.contains(" results were there already"), "{}", answer.stdout);
    assert_eq!(results(&results_folder).1, 60);
}

#[test]
fn two_runs_over_one_folder_of_results_do_not_harm_each_other() {
    let desk = desk();
    let good = tree(&desk.here().join("evidence"));
    let audit = ["audit", "evidence", "--output-dir", "results", "-f", "json"];
    let both: Vec<Answer> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..2).map(|_| scope.spawn(|| desk.run(&audit))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for answer in &both {
        assert_eq!(answer.code, Some(3), "{answer:?}");
        assert!(answer.stdout.contains(&format!("{} targets: {good} read, 2 not.", good + 2)), "{}", answer.stdout);
    }
    let (files, records) = results(&desk.here().join("results"));
    assert_eq!((files.len(), records), (good + 1, good), "{:?}", files.keys());
    for (name, bytes) in &files {
        assert_json(name, bytes);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_read() {
    let desk = desk();
    std::fs::write(desk.here().join("results"), "a file").unwrap();
    std::fs::write(desk.here().join("one.json"), line(1)).unwrap();
    let refused = desk.run(&["audit", "one.json", "--output-dir", "results"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.stderr.contains("results") && refused.stderr.contains("hint: "), "{refused:?}");
    for other in [["-o", "x"], ["--summary", "--wide"]] {
        let words = ["audit", "one.json", "--output-dir", "there", other[0], other[1]];
        assert_eq!(desk.run(&words).code, Some(2));
    }
}

/// The peak of a process' memory, in KiB, after it has judged so many lines.
fn peak(desk: &Desk, count: usize) -> u64 {
    let mut command = desk.command(&["audit", "-", "-f", "jsonl", "--fail-on", "none", "--jobs", "2"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let text = line(1) + "\n";
    let writer = std::thread::spawn(move || {
        (0..count).for_each(|_| stdin.write_all(text.as_bytes()).unwrap());
        stdin
    });
    // The program lives until its input ends, so that its peak can be read.
    let seen = stdout.lines().take(count).filter(|line| line.is_ok()).count();
    assert_eq!(seen, count);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    drop(writer.join().unwrap());
    child.wait().unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn memory_does_not_grow_with_the_number_of_snapshots() {
    let desk = desk();
    let (few, many) = (peak(&desk, 50), peak(&desk, 1500));
    assert!(many <= few + 12 * 1024, "{few} KiB for 50, {many} KiB for 1500");
}

#[test]
fn a_baseline_is_meant_for_the_target_that_was_named_and_not_for_a_tree() {
    let desk = desk();
    std::fs::create_dir(desk.here().join("tree")).unwrap();
    for device in 0..3 {
        std::fs::write(desk.here().join(format!("tree/s{device}.json")), line(device)).unwrap();
    }
    std::fs::write(desk.here().join("other.json"), line(9)).unwrap();
    let audit = |target: &str, baseline: &str| {
        let answer = desk.run(&["audit", target, "--baseline", baseline, "-f", "jsonl", "--fail-on-new"]);
        (answer.stdout.lines().count(), answer.stderr)
    };
    let (count, told) = audit("tree/s1.json", "other.json");
    assert_eq!((count, told.lines().count()), (1, 1), "{told}");
    assert!(told.contains("all the same"), "{told}");
    let (count, told) = audit("tree", "other.json");
    assert_eq!((count, told.lines().count()), (3, 3), "{told}");
    assert!(!told.contains("all the same"), "{told}");
    let (count, told) = audit("tree", "tree/s1.json");
    assert_eq!((count, told.lines().count()), (3, 2), "{told}");
}

/// One phone as AndroidQF leaves it, in the folder `case`.
fn case(desk: &Desk) {
    std::fs::rename(build("android-12", Road::AndroidQfFolder, &desk.here()), desk.here().join("case")).unwrap();
}

/// How many results of the last run into a folder were there already.
fn known(desk: &Desk, folder: &str) -> u64 {
    let text = std::fs::read(desk.here().join(folder).join("fleet.json")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["targets"]["known"].as_u64().unwrap()
}

#[test]
fn results_beside_the_only_evidence_are_no_evidence() {
    let desk = desk();
    case(&desk);
    let audit = ["audit", "case", "--output-dir", "case/out", "-f", "json", "--fail-on", "none"];
    for expected in [0, 1, 1] {
        assert_eq!(desk.run(&audit).code, Some(0));
        assert_eq!((known(&desk, "case/out"), records(&desk.here().join("case/out"))), (expected, 1));
    }
}

#[test]
fn damaged_evidence_is_told_of_again_though_it_is_not_read_again() {
    let desk = desk();
    case(&desk);
    let dump = desk.here().join("case/dumpsys.txt");
    let text = std::fs::read(&dump).unwrap();
    std::fs::write(&dump, &text[..text.len() / 2]).unwrap();
    let audit = ["audit", "case", "--output-dir", "out", "-f", "json", "--fail-on", "none"];
    for expected in 0..2 {
        assert_eq!(desk.run(&audit).code, Some(3));
        assert_eq!((known(&desk, "out"), records(&desk.here().join("out"))), (expected, 1));
    }
    std::fs::write(&dump, &text).unwrap();
    assert_eq!((desk.run(&audit).code, known(&desk, "out")), (Some(0), 0));
}

#[test]
fn a_result_follows_from_the_baseline_too() {
    let desk = desk();
    std::fs::write(desk.here().join("one.json"), line(1)).unwrap();
    let audit = ["audit", "one.json", "--output-dir", "out", "--baseline", "-", "-f", "json", "--fail-on", "none"];
    let mut changed: Value = serde_json::from_str(&line(1)).unwrap();
    changed["taken_at"] = "2026-01-02T03:04:05Z".into();
    for (before, expected) in [(line(1), 0), (line(1), 1), (changed.to_string(), 0), (line(2), 0)] {
        assert_eq!(piped(&desk, &audit, &before).code, Some(0));
        assert_eq!(known(&desk, "out"), expected, "{before:.200}");
    }
}

#[test]
fn a_list_that_is_too_long_is_refused_rather_than_cut() {
    let desk = desk();
    // Zeros are text, and take no room on the disk.
    std::fs::File::create(desk.here().join("list.txt")).unwrap().set_len((64 << 20) + 1).unwrap();
    let answer = desk.run(&["audit", "--targets-from", "list.txt"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{:.300}", answer.stderr);
    assert!(answer.stderr.contains("longer than 64 MiB") && answer.stderr.contains("hint: "), "{:.300}", answer.stderr);
}

/// A file of results is one whole document.
fn assert_json(name: &str, bytes: &[u8]) {
    if let Err(error) = serde_json::from_slice::<Value>(bytes) {
        panic!("{name} is half-written: {error}");
    }
}

/// The command on a terminal, by `script` of util-linux; `None`, and said, without it.
fn on_a_terminal(desk: &Desk, arguments: &str) -> Option<String> {
    let script = ["/usr/bin/script", "/bin/script"].into_iter().find(|path| Path::new(path).exists());
    let Some(script) = script else {
        skipped("no `script` of util-linux is here");
        return None;
    };
    let mut like = desk.command::<&str>(&[]);
    like.env_remove("NO_COLOR").env("TERM", "xterm");
    let mut command = std::process::Command::new(script);
    command.env_clear().envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_poucet"));
    let output = command.args(["-qec", &line, "/dev/null"]).env("SHELL", "/bin/sh").current_dir(desk.here());
    Some(String::from_utf8_lossy(&output.stdin(Stdio::null()).output().unwrap().stdout).into_owned())
}

#[test]
fn a_terminal_shows_what_is_being_read_and_leaves_no_trace_in_files() {
    let desk = desk();
    case(&desk);
    let Some(shown) = on_a_terminal(&desk, "audit case --output-dir terminal --fail-on none") else { return };
    assert!(shown.contains("One target: 1 read"), "{shown}");
    assert_eq!(desk.run(&["audit", "case", "--output-dir", "pipe", "--fail-on", "none"]).code, Some(0));
    let (terminal, _) = results(&desk.here().join("terminal"));
    assert_eq!(terminal, results(&desk.here().join("pipe")).0);
    assert!(terminal.values().all(|bytes| !bytes.contains(&0x1b)));
    // A pipe that gives nothing for two seconds: long enough for a progress bar, which a pipe never sees.
    let slow = "sh -c true; (sleep 2; cat case.jsonl) | ";
    std::fs::write(desk.here().join("case.jsonl"), lines(3)).unwrap();
    let words = "audit - -f verdicts --fail-on none";
    let script = format!("{slow}{} {words} >out.jsonl", env!("CARGO_BIN_EXE_poucet"));
    std::fs::write(desk.here().join("slow.sh"), &script).unwrap();
    let path = "PATH=/usr/bin:/bin";
    let Some(shown) = on_a_terminal(&desk, &format!("--version; {path} sh slow.sh")) else { return };
    assert!(shown.contains("\u{1b}["), "a line for what is being read: {shown:?}");
    assert_eq!(std::fs::read_to_string(desk.here().join("out.jsonl")).unwrap().lines().count(), 3);
    let piped = std::process::Command::new("/bin/sh").arg("slow.sh").current_dir(desk.here()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&piped.stderr), "", "nothing of it where there is no terminal");
}

#[test]
fn evidence_of_the_same_bytes_gives_a_report_for_each_target() {
    let desk = desk();
    std::fs::create_dir(desk.here().join("evidence")).unwrap();
    for name in ["a", "b", "-c"] {
        std::fs::write(desk.here().join(format!("evidence/{name}.json")), line(1)).unwrap();
    }
    let audit = ["audit", "evidence", "--output-dir", "out", "-f", "json", "--fail-on", "none"];
    for expected in [0, 3] {
        assert_eq!(desk.run(&audit).code, Some(0));
        let (files, records) = results(&desk.here().join("out"));
        assert_eq!((known(&desk, "out"), files.len(), records), (expected, 4, 3), "{:?}", files.keys());
        assert!(files.keys().all(|name| !name.starts_with('-')), "{:?}", files.keys());
    }
    // An outcome that somebody changed is no outcome.
    for entry in std::fs::read_dir(desk.here().join("out/.poucet")).unwrap() {
        let path = entry.unwrap().path();
        // What is hidden there is no record.
        let Some(_) = path.extension().filter(|extension| *extension == "json") else { continue };
        let record = std::fs::read_to_string(&path).unwrap();
        assert!(record.contains("\"failing\":false"), "{record}");
        std::fs::write(&path, record.replace("\"failing\":false", "\"failing\":true")).unwrap();
    }
    assert_eq!((desk.run(&audit).code, known(&desk, "out")), (Some(0), 0));
    let nowhere = desk.run(&["audit", "evidence", "--output-dir", ""]);
    assert_eq!((nowhere.code, nowhere.stdout.as_str()), (Some(2), ""), "{nowhere:?}");
    assert_eq!(desk.files(), ["evidence", "out"]);
}

#[test]
fn two_phones_of_loose_texts_are_two() {
    let desk = desk();
    for phone in ["android-14", "android-15"] {
        build(phone, Road::Folder, &desk.here().join("tree"));
    }
    copy(&fixtures().join("ios-17"), &desk.here().join("tree/ben"));
    let answer = desk.run(&["audit", "tree", "-f", "jsonl", "--fail-on", "none"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let versions: Vec<String> = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["device"]["os_version"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(versions[..2], ["14", "15"], "{versions:?}");
    assert_eq!(versions.len(), 3, "{versions:?}");
}

/// Makes a link that another user seems to have made; `false` where only the administrator may.
fn foreign_link(to: &Path, link: &Path) -> bool {
    std::os::unix::fs::symlink(to, link).unwrap();
    let given = std::os::unix::fs::lchown(link, Some(4242), Some(4242)).is_ok();
    if !given {
        std::fs::remove_file(link).unwrap();
        skipped("only root makes files of another user");
    }
    given
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::symlink_metadata(path).unwrap().mode() & 0o777
}

fn close(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn links_that_others_put_into_a_folder_of_results_lead_nowhere() {
    let desk = desk();
    case(&desk);
    let (results, victim) = (desk.here().join("results"), desk.here().join("victim"));
    std::fs::create_dir(&results).unwrap();
    std::fs::write(&victim, "precious").unwrap();
    close(&victim, 0o600);
    let arguments = ["audit", "case", "--output-dir", "results", "-f", "html"];
    let report = {
        let first = desk.run(&arguments);
        assert!(first.code != Some(2), "{}", first.stderr);
        let mut names = std::fs::read_dir(&results).unwrap().map(|entry| entry.unwrap().path());
        names.find(|path| path.extension().is_some_and(|end| end == "html") && !path.ends_with("fleet.html")).unwrap()
    };
    for name in [results.join("fleet.json"), results.join("fleet.html"), report] {
        std::fs::remove_file(&name).unwrap();
        std::os::unix::fs::symlink(&victim, &name).unwrap();
        let answer = desk.run(&arguments);
        assert!(answer.code != Some(2), "{}", answer.stderr);
        assert_eq!((std::fs::read_to_string(&victim).unwrap().as_str(), mode(&victim)), ("precious", 0o600));
        assert!(!std::fs::symlink_metadata(&name).unwrap().is_symlink(), "{name:?}");
    }
    // The folder of the records is never another than the user's own.
    std::fs::remove_dir_all(results.join(".poucet")).unwrap();
    std::os::unix::fs::symlink(desk.here(), results.join(".poucet")).unwrap();
    let answer = desk.run(&arguments);
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("results/.poucet is a link") && answer.stderr.contains("hint:"),
        "{}",
        answer.stderr
    );
    std::fs::remove_file(results.join(".poucet")).unwrap();
    std::fs::create_dir(results.join(".poucet")).unwrap();
    if std::os::unix::fs::chown(results.join(".poucet"), Some(4242), None).is_ok() {
        assert_eq!(desk.run(&arguments).code, Some(2));
    } else {
        skipped("only root makes folders of another user");
    }
}

#[test]
fn a_result_goes_through_a_link_of_ones_own_and_never_through_another_users() {
    let desk = desk();
    case(&desk);
    let victim = desk.here().join("victim");
    let audit = |output: &str| desk.run(&["audit", "case", "-f", "jsonl", "-o", output]);
    // Also where nothing is there yet.
    std::os::unix::fs::symlink("2026.jsonl", desk.here().join("latest.jsonl")).unwrap();
    for _ in 0..2 {
        assert!(audit("latest.jsonl").code != Some(2));
        assert!(std::fs::symlink_metadata(desk.here().join("latest.jsonl")).unwrap().is_symlink());
        assert!(desk.here().join("2026.jsonl").is_file());
    }
    std::fs::write(&victim, "precious").unwrap();
    if !foreign_link(&victim, &desk.here().join("planted.jsonl")) {
        return;
    }
    foreign_link(&victim, &desk.here().join("planted.zip"));
    foreign_link(&desk.here().join("elsewhere"), &desk.here().join("planted"));
    for answer in [
        audit("planted.jsonl"),
        desk.run(&["snapshot", "case", "-o", "planted.jsonl"]),
        desk.run(&["collect", "case", "-o", "planted.zip"]),
        desk.run(&["collect", "case", "-o", "planted"]),
    ] {
        assert_eq!(answer.code, Some(2), "{}", answer.stderr);
        assert!(answer.stderr.contains("a link that another user made"), "{}", answer.stderr);
    }
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    assert!(!desk.here().join("elsewhere").exists());
}

#[test]
fn what_is_personal_is_for_its_owner_alone_whatever_the_umask_and_whatever_stood_there() {
    let desk = desk();
    case(&desk);
    let root = desk.root();
    // Rust sets no umask; a shell does.
    let run = |umask: &str, arguments: &str| {
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\" {arguments}"), env!("CARGO_BIN_EXE_poucet")]);
        let output = command
            .current_dir(desk.here())
            .env_clear()
            .env("HOME", root.join("home"))
            .env("POUCET_CONFIG", "")
            .output()
            .unwrap();
        assert!(output.status.code() != Some(2), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    };
    std::fs::write(desk.here().join("old.json"), "").unwrap();
    close(&desk.here().join("old.json"), 0o666);
    std::fs::write(desk.here().join("closed.html"), "").unwrap();
    close(&desk.here().join("closed.html"), 0o600);
    run("000", "snapshot case -o new.json");
    run("022", "snapshot case -o old.json");
    run("000", "collect case -o bundle");
    run("000", "collect case -o bundle.zip");
    run("022", "audit case -f html -o closed.html");
    run("022", "audit case -f html -o open.html");
    for name in ["new.json", "old.json", "bundle.zip", "closed.html"] {
        assert_eq!(mode(&desk.here().join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&desk.here().join("open.html")), 0o644);
    let mut places = vec![desk.here().join("bundle")];
    while let Some(place) = places.pop() {
        match place.is_dir() {
            true => {
                assert_eq!(mode(&place), 0o700, "{place:?}");
                places.extend(std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()));
            }
            false => assert_eq!(mode(&place), 0o600, "{place:?}"),
        }
    }
    // The key, by which serial numbers could be tried out, and its folder, into which nobody else may put one.
    let key = root.join("home/.config/poucet/id.key");
    assert_eq!((mode(&key), mode(key.parent().unwrap())), (0o600, 0o700));
    close(&key, 0o666);
    close(key.parent().unwrap(), 0o777);
    run("000", "snapshot case -o new.json");
    assert_eq!((mode(&key), mode(key.parent().unwrap()) & 0o022), (0o600, 0));
}

#[test]
fn a_link_in_a_tree_is_named_and_followed_only_where_that_is_asked_for() {
    let desk = desk();
    let here = desk.here();
    std::fs::create_dir(here.join("t")).unwrap();
    std::fs::create_dir(here.join("elsewhere")).unwrap();
    copy(&fixtures().join("android-14"), &here.join("elsewhere/other"));
    copy(&fixtures().join("android-15"), &here.join("t/p"));
    let link = |to: &Path, at: &str| std::os::unix::fs::symlink(to, here.join(at)).unwrap();
    link(&here.join("elsewhere/other"), "t/p2");
    link(&here.join("elsewhere/other/dumpsys_appops.txt"), "t/p/other.txt");
    let summary = |arguments: &[&str]| {
        let answer = desk.run(&[&["audit", "-f", "json", "--summary"], arguments].concat());
        let targets = answer.json()["targets"].clone();
        ([&targets["total"], &targets["aside"]].map(|count| count.as_u64().unwrap()), answer.stderr)
    };
    let (counts, told) = summary(&["t"]);
    assert_eq!(counts, [1, 1], "{told}");
    assert!(told.contains("t/p2: a link") && told.contains("t/p/other.txt (a link"), "{told}");
    // Links that lead round in a circle, or to the whole computer, end nothing and hold up nothing.
    link(&here, "t/up");
    link(Path::new("/"), "t/p/all");
    link(Path::new("."), "t/p/again");
    let (counts, told) = summary(&["t"]);
    assert_eq!(counts, [1, 2], "{told}");
    std::fs::remove_file(here.join("t/up")).unwrap();
    std::fs::remove_file(here.join("t/p/all")).unwrap();
    let (counts, told) = summary(&["t", "--follow-links"]);
    assert_eq!(counts, [2, 0], "{told}");
    // What the person names is followed, whatever it is.
    link(&here.join("elsewhere/other"), "named");
    assert_eq!(summary(&["named"]).0, [1, 0]);
    // A folder of links alone is not empty.
    std::fs::create_dir(here.join("only")).unwrap();
    link(&here.join("elsewhere/other"), "only/x");
    let answer = desk.run(&["audit", "only"]);
    assert_eq!(answer.code, Some(3));
    assert!(answer.stderr.contains("nothing but links (x)") && answer.stderr.contains("--follow-links"), "{answer:?}");
    let collected = desk.run(&["collect", "t/p", "-o", "bundle"]);
    assert_eq!(collected.code, Some(0), "{collected:?}");
    assert!(collected.stderr.contains("other.txt (a link"), "{collected:?}");
    // In an acquisition too.
    case(&desk);
    link(&here.join("elsewhere/other/getprop.txt"), "case/notes.txt");
    assert!(summary(&["case"]).1.contains("case/notes.txt (a link"));
}

#[test]
fn few_open_files_make_fewer_hands_and_no_failure() {
    let desk = desk();
    std::fs::write(desk.here().join("many.jsonl"), lines(400)).unwrap();
    let mut command = std::process::Command::new("/bin/sh");
    let words = "ulimit -n 64; exec \"$0\" audit many.jsonl --jobs 64 --output-dir results -f verdicts";
    command.args(["-c", words, env!("CARGO_BIN_EXE_poucet")]).current_dir(desk.here());
    let output = command.env_clear().env("HOME", desk.root().join("home")).env("POUCET_CONFIG", "").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() != Some(2) && !told.contains("open files"), "{told}");
    assert_eq!(records(&desk.here().join("results")), 400);
}

#[test]
fn a_line_that_never_ends_is_given_up() {
    let desk = desk();
    let mut child = desk.command(&["audit", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let piece = vec![b'x'; 1 << 20];
        let mut count = 0;
        while stdin.write_all(&piece).is_ok() {
            count += 1;
            assert!(count < 4096, "it goes on reading");
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("more than 1 GiB without a line") && told.contains("hint:"), "{told}");
}

#[test]
fn a_key_that_could_be_tried_out_and_a_report_without_end_are_refused() {
    let desk = desk();
    case(&desk);
    let output = desk.command(&["snapshot", "case"]).env("POUCET_ID_KEY", "short").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
    assert!(told.contains("POUCET_ID_KEY has fewer than 16 bytes") && told.contains("hint:"), "{told}");
    assert!(!told.contains("short"), "the key stays unsaid: {told}");
    let began = Instant::now();
    let answer = desk.run(&["audit", "case", "--privacy-report", "/dev/zero"]);
    assert_eq!(answer.code, Some(2));
    assert!(answer.stderr.contains("a device or a pipe") && answer.stderr.contains("hint:"), "{answer:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// A record as the build of 2026-11-30 (e91661b) wrote it: the key in its name hashed how types of the program print themselves.
fn record_of_the_first_form(results: &Path) -> PathBuf {
    let records = results.join(".poucet");
    std::fs::create_dir_all(&records).unwrap();
    let key = "0b848f71022d1931c59ef584fa8cadfe99d3a8650e6d35269305e880395a4492";
    std::fs::write(results.join("one.json-0b848f71022d.html"), "<p>an older report</p>").unwrap();
    let record = serde_json::json!({
        "schema": "poucet.result/1",
        "report": "one.json-0b848f71022d.html",
        "sha256": "df979064564beac2c536b6da5b9bd81bc030e13a8342c8a72415d291e3706776",
        "failing": false,
        "unreadable": false,
        "entry": {
            "target": "one.json",
            "device": { "platform": "android", "id": "device-1" },
            "taken_at": "2018-11-20T12:00:00+05:30",
            "damaged": false,
            "judged": [],
            "apps": {},
        },
    });
    let file = records.join(format!("{key}.json"));
    std::fs::write(&file, record.to_string()).unwrap();
    file
}

#[test]
fn a_folder_of_results_of_an_earlier_build_is_read_anew_and_that_is_said() {
    let desk = desk();
    let results_folder = desk.here().join("results");
    std::fs::write(desk.here().join("one.json"), line(1)).unwrap();
    let old = record_of_the_first_form(&results_folder);
    let audit = ["audit", "one.json", "--output-dir", "results", "-f", "html", "--fail-on", "none"];
    let known = || -> u64 {
        let text = std::fs::read(results_folder.join("fleet.json")).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()["targets"]["known"].as_u64().unwrap()
    };
    let first = desk.run(&audit);
    assert_eq!((first.code, known()), (Some(0), 0), "{first:?}");
    assert!(first.stderr.contains("results: the results in it are of another build of poucet"), "{}", first.stderr);
    let again = desk.run(&audit);
    assert_eq!((again.code, known()), (Some(0), 1), "{again:?}");
    assert!(!again.stderr.contains("another build"), "said once: {}", again.stderr);

    // Under the very key that this build looks for, a record of the first form counts for nothing.
    let records = std::fs::read_dir(results_folder.join(".poucet")).unwrap().map(|entry| entry.unwrap().path());
    let ours = records
        .filter(|path| *path != old && path.extension().is_some_and(|extension| extension == "json"))
        .collect::<Vec<_>>();
    let [ours] = ours.as_slice() else { panic!("{ours:?}") };
    let record = std::fs::read_to_string(ours).unwrap();
    std::fs::write(ours, record.replace("poucet.result/2", "poucet.result/1")).unwrap();
    assert_eq!((desk.run(&audit).code, known()), (Some(0), 0));
    // Keys of a later build are another build's too.
    std::fs::write(results_folder.join(".poucet/.keys"), "poucet.keys/3").unwrap();
    let french = desk.run(&[&audit[..], &["--lang", "fr"]].concat());
    assert!(french.stderr.contains("d’une autre version de poucet"), "{}", french.stderr);
    assert_eq!(known(), 0);
}

#[test]
fn a_folder_of_results_without_records_is_new_and_nothing_is_said_of_it() {
    let desk = desk();
    std::fs::write(desk.here().join("one.json"), line(1)).unwrap();
    let first = desk.run(&["audit", "one.json", "--output-dir", "results", "--fail-on", "none"]);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""), "{first:?}");
}
