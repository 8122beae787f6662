//! Whole commands beside simulated phones: the same verdict by every road, faults that cost their own result only,
//! deadlines, Ctrl-C, and nothing personal anywhere.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::desk::{Answer, Desk};
use crate::common::phone::{Auth, Behaviour, Fault, SimulatedPhone};
use crate::common::server::{AdbServer, ListServer, free_port};
use crate::common::wireless::{NAME, WirelessPhone};
use crate::common_roads::{self, Road, build, fixtures, personal};
use serde_json::Value;

fn phone(name: &str) -> SimulatedPhone {
    SimulatedPhone::start(&fixtures().join(name), Behaviour::default())
}

fn faulty(name: &str, part: &str, fault: Fault) -> SimulatedPhone {
    let behaviour = Behaviour { faults: vec![(part.to_owned(), fault)], ..Behaviour::default() };
    SimulatedPhone::start(&fixtures().join(name), behaviour)
}

fn tcp(phone: &SimulatedPhone) -> String {
    format!("tcp:{}", phone.address())
}

/// What a finding is about, and the verdicts on it: rule, app, user, permission.
type Verdicts = BTreeMap<[String; 4], Vec<String>>;

fn verdicts(report: &Value) -> Verdicts {
    let mut verdicts = Verdicts::new();
    // How old the patch is depends on the day: live on that of the computer, in files on that of the evidence.
    let timeless = |finding: &&Value| finding["check"] != "os-updates";
    for finding in report["findings"].as_array().expect("findings").iter().filter(timeless) {
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let subject =
            [&finding["code"], &finding["app"]["id"], &finding["app"]["user"], &finding["permission"]].map(word);
        verdicts.entry(subject).or_default().push(word(&finding["verdict"]));
    }
    verdicts.values_mut().for_each(|words| words.sort());
    assert!(verdicts.len() > 5, "only {} findings", verdicts.len());
    verdicts
}

fn audit(desk: &Desk, target: impl AsRef<std::ffi::OsStr>) -> Value {
    let arguments = ["audit".as_ref(), target.as_ref(), "-p".as_ref(), "byod".as_ref(), "-f".as_ref(), "json".as_ref()];
    let answer = desk.run::<&std::ffi::OsStr>(&arguments);
    assert!(matches!(answer.code, Some(0 | 1 | 3)), "{answer:?}");
    answer.json()
}

/// A file may carry less than the phone tells; it may never say otherwise.
fn assert_no_contradiction(live: &Verdicts, other: &Verdicts, road: &str) {
    let unknown =
        |words: Option<&Vec<String>>| words.is_some_and(|words| words.iter().all(|word| word == "not-assessed"));
    let mut equal = 0;
    for subject in live.keys().chain(other.keys()) {
        let (left, right) = (live.get(subject), other.get(subject));
        equal += usize::from(left == right);
        let fits = left == right || unknown(left) || unknown(right);
        assert!(fits, "{road}: {subject:?}: {left:?} live, {right:?} here");
    }
    assert!(equal * 10 >= (live.len() + other.len()) * 8, "{road}: only {equal} are equal");
}

fn assert_same_by_every_road(name: &str) {
    let simulated = phone(name);
    let desk = Desk::new(free_port());
    let target = tcp(&simulated);
    let live = audit(&desk, &target);

    for bundle in ["bundle", "bundle.zip"] {
        let collected = desk.run(&["collect", &target, "-o", bundle]);
        assert!(matches!(collected.code, Some(0 | 3)), "{collected:?}");
        let again = audit(&desk, bundle);
        // The clock is looked at anew each time, and moves on between the two.
        assert_eq!(again["clock"]["by"], live["clock"]["by"], "{name} {bundle}");
        for part in ["findings", "summary", "device", "taken_at", "gaps", "footprint"] {
            assert_eq!(again[part], live[part], "{name} {bundle}: {part}");
        }
        // A bundle can be collected again: the same evidence.
        let copy = format!("copy-{bundle}");
        assert_eq!(desk.run(&["collect", bundle, "-o", &copy]).code, collected.code);
        assert_eq!(audit(&desk, &copy)["findings"], live["findings"], "{name} {copy}");
    }

    let live = verdicts(&live);
    let folder = tempfile::tempdir().unwrap();
    for road in [Road::BugreportZip, Road::AndroidQfFolder] {
        let file = build(name, road, folder.path());
        assert_no_contradiction(&live, &verdicts(&audit(&desk, &file)), &format!("{name} {road:?}"));
    }

    let Some(server) = AdbServer::start() else { return };
    let target = server.connect(&simulated, "device");
    let through_server = audit(&Desk::new(server.port), &target);
    assert_eq!(verdicts(&through_server), live, "{name} through a server");
    // Without a target: every phone plugged in.
    let found = Desk::new(server.port).run(&["audit", "-f", "json"]);
    assert_eq!(found.json()["findings"], through_server["findings"]);
}

macro_rules! phones {
    ($($test:ident => $phone:literal;)*) => {$(
        #[test]
        fn $test() {
            assert_same_by_every_road($phone);
        }
    )*};
}

phones! {
    android_08_is_judged_alike_live_and_from_files => "android-08";
    android_09_is_judged_alike_live_and_from_files => "android-09";
    android_10_is_judged_alike_live_and_from_files => "android-10";
    android_11_is_judged_alike_live_and_from_files => "android-11";
    android_12_is_judged_alike_live_and_from_files => "android-12";
    android_13_is_judged_alike_live_and_from_files => "android-13";
    android_14_is_judged_alike_live_and_from_files => "android-14";
    android_15_is_judged_alike_live_and_from_files => "android-15";
    android_16_is_judged_alike_live_and_from_files => "android-16";
    android_17_is_judged_alike_live_and_from_files => "android-17";
}

fn timed(desk: &Desk, arguments: &[&str]) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = desk.run(arguments);
    (answer, begun.elapsed())
}

/// The reports of a call, by the phone's version: phones come as they are done.
fn reports(answer: &Answer) -> Vec<Value> {
    let mut reports: Vec<Value> = answer.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // By how much a clock is wrong moves on between two readings.
    reports.iter_mut().for_each(|report| drop(report["clock"].take()));
    reports.sort_by_key(|report| report["device"]["os_version"].as_str().map(str::to_owned));
    reports
}

/// A good phone beside a bad one: its report is complete, in the time that one phone may take, and the exit code is 3.
fn assert_beside(bad: &SimulatedPhone, reported: usize) -> (Vec<Value>, Answer) {
    let good = phone("android-14");
    let desk = Desk::new(free_port());
    let alone = desk.run(&["audit", &tcp(&good), "-f", "jsonl"]);
    let (answer, spent) = timed(&desk, &["audit", &tcp(bad), &tcp(&good), "-f", "jsonl", "--timeout", "3"]);
    assert!(spent < Duration::from_secs(6), "{spent:?}");
    assert_eq!(answer.code, Some(3), "{answer:?}");
    let reports = reports(&answer);
    assert_eq!(reports.len(), reported, "{answer:?}");
    let whole = reports.last().unwrap();
    assert_eq!(whole["findings"], self::reports(&alone)[0]["findings"]);
    assert_eq!(whole["gaps"], self::reports(&alone)[0]["gaps"]);
    (reports, answer)
}

#[test]
fn a_phone_that_hangs_costs_its_own_result_only() {
    let hanging = faulty("android-12", " appops", Fault::HangAfter(2000));
    let (reports, answer) = assert_beside(&hanging, 2);
    let first: Value = serde_json::from_str(answer.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["device"]["os_version"], "14", "the phone that answers waits for no other");
    let gaps = reports[0]["gaps"].to_string();
    assert!(gaps.contains("timed-out"), "{gaps}");
    assert!(reports[0]["findings"].to_string().contains("not-assessed"));
}

#[test]
fn a_phone_that_drops_in_mid_dump_costs_its_own_result_only() {
    let dropping = faulty("android-12", " appops", Fault::DropAfter(2000));
    let (reports, _) = assert_beside(&dropping, 2);
    let gaps = reports[0]["gaps"].to_string();
    assert!(gaps.contains("truncated"), "{gaps}");
}

#[test]
fn a_phone_that_answers_garbage_costs_its_own_result_only() {
    let (reports, _) = assert_beside(&faulty("android-12", "echo", Fault::Garbage), 2);
    let summary = &reports[0]["summary"];
    assert_eq!((&summary["pass"], &summary["fail"]), (&Value::from(0), &Value::from(0)), "{summary}");
}

#[test]
fn a_phone_that_has_not_accepted_this_computer_costs_its_own_result_only() {
    let behaviour = Behaviour { auth: Auth::Never, ..Behaviour::default() };
    let closed = SimulatedPhone::start(&fixtures().join("android-12"), behaviour);
    let (_, answer) = assert_beside(&closed, 1);
    assert!(answer.stderr.contains("Allow USB debugging?"), "{answer:?}");
}

#[test]
fn every_phone_plugged_in_is_read_at_the_same_time_and_those_not_ready_are_named() {
    let Some(server) = AdbServer::start() else { return };
    let slow = |name| faulty(name, "package packages", Fault::Delay(Duration::from_millis(1500)));
    let ready: Vec<SimulatedPhone> = ["android-10", "android-12", "android-14", "android-16"].map(slow).into();
    let behaviour = Behaviour { auth: Auth::Never, ..Behaviour::default() };
    let closed = SimulatedPhone::start(&fixtures().join("android-12"), behaviour);
    ready.iter().for_each(|phone| drop(server.connect(phone, "device")));
    let unready = server.connect(&closed, "unauthorized");
    let desk = Desk::new(server.port);

    let (answer, spent) = timed(&desk, &["audit", "-f", "jsonl"]);
    assert_eq!(answer.code, Some(3), "{answer:?}");
    assert_eq!(reports(&answer).len(), 4, "{answer:?}");
    assert!(
        answer.stderr.contains(&format!("error: phone {unready} is not ready: unauthorized\nhint: ")),
        "{answer:?}"
    );
    assert!(spent < Duration::from_secs(5), "one after the other: {spent:?}");

    // One at a time when asked for, and the same results.
    let (one, longer) = timed(&desk, &["audit", "-f", "jsonl", "--jobs", "1"]);
    assert!(longer > Duration::from_secs(6), "{longer:?}");
    assert_eq!(reports(&one), reports(&answer));

    let devices = desk.run(&["devices"]);
    assert_eq!((devices.code, devices.stdout.matches("  device  ").count()), (Some(0), 4), "{devices:?}");
    assert!(devices.stdout.contains("→ Unlock the phone"), "{devices:?}");
    let list = desk.run(&["devices", "-f", "json", "--lang", "fr"]).json();
    assert_eq!(list["phones"].as_array().map(Vec::len), Some(5));
    assert_eq!(list["phones"].as_array().unwrap().iter().filter(|phone| phone["ready"] == true).count(), 4);

    // Several phones in one folder: one each.
    let collected = desk.run(&["collect", "-o", "all"]);
    assert_eq!(collected.code, Some(3), "{collected:?}");
    let audited = desk.run(&["audit", "all", "-f", "jsonl"]);
    let findings =
        |answer: &Answer| reports(answer).iter().map(|report| report["findings"].clone()).collect::<Vec<_>>();
    assert_eq!(findings(&audited), findings(&answer));
    let zip = desk.run(&["collect", "-o", "all.zip"]);
    assert_eq!(zip.code, Some(2), "{zip:?}");
    assert!(zip.stderr.contains("hint: "), "{zip:?}");
    assert_eq!(desk.files(), ["all"]);
}

#[test]
fn only_phones_that_are_not_ready_is_unreadable_and_not_no_phone() {
    let Some(server) = AdbServer::start() else { return };
    let behaviour = Behaviour { auth: Auth::Never, ..Behaviour::default() };
    let closed = SimulatedPhone::start(&fixtures().join("android-12"), behaviour);
    let target = server.connect(&closed, "unauthorized");
    let desk = Desk::new(server.port);
    for arguments in [vec!["audit"], vec!["audit", &target], vec!["snapshot"], vec!["collect", "-o", "x"]] {
        let answer = desk.run(&arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(3), ""), "{arguments:?} {answer:?}");
        assert!(answer.stderr.contains("hint: "), "{answer:?}");
    }
    assert!(desk.files().is_empty());
}

#[test]
fn a_phone_reached_by_two_roads_is_named_and_counted_once() {
    let simulated = phone("android-14");
    let desk = Desk::new(free_port());
    let roads = [tcp(&simulated), tcp(&simulated).replace("127.0.0.1", "localhost")];
    let answer = desk.run(&["audit", &roads[0], &roads[1], "-p", "byod", "--summary", "-f", "json"]);
    assert!(answer.stderr.contains("is the same phone as tcp:"), "{answer:?}");
    let summary = answer.json();
    let verdicts = &summary["profiles"][0]["verdicts"];
    let counted: u64 = verdicts.as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(counted, 1, "{verdicts}");
    assert_eq!(summary["apps"][0]["phones"], 1, "{summary}");
    // Two phones are two.
    let behaviour = Behaviour { serial: Some("another".to_owned()), ..Behaviour::default() };
    let other = SimulatedPhone::start(&fixtures().join("android-12"), behaviour);
    let answer = desk.run(&["audit", &roads[0], &tcp(&other), "-p", "byod", "--summary", "-f", "json"]);
    assert!(!answer.stderr.contains("same phone"), "{answer:?}");
}

#[test]
fn a_phone_that_asks_its_owner_is_waited_for_and_the_person_is_told() {
    let behaviour = Behaviour { auth: Auth::After(Duration::from_secs(1)), ..Behaviour::default() };
    let asking = SimulatedPhone::start(&fixtures().join("android-12"), behaviour);
    let answer = Desk::new(free_port()).run(&["audit", &tcp(&asking), "-p", "byod", "-f", "verdicts"]);
    assert!(matches!(answer.code, Some(0 | 1)), "{answer:?}");
    assert!(answer.stderr.contains("Unlock it and accept the question"), "{answer:?}");
}

#[test]
fn a_phone_that_floods_every_answer_costs_bounded_memory_and_says_what_was_cut() {
    let flooding = faulty("android-14", "echo", Fault::Flood(70 << 20));
    let target = tcp(&flooding);
    let arguments = ["audit", &target, "-p", "byod", "-f", "jsonl", "--timeout", "60"];
    let (answer, peak) = Desk::new(free_port()).measured(&arguments);
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    assert!(peak < 150_000, "{peak} KiB");
    let report = &reports(&answer)[0];
    let gap = |area: &str| {
        let gaps = report["gaps"].as_array().unwrap().iter();
        gaps.filter(|gap| gap["area"] == area).map(Value::to_string).collect::<String>()
    };
    for area in ["dumpsys package", "dumpsys appops", "getprop"] {
        assert!(gap(area).contains("truncated") && gap(area).contains(" MiB"), "{area}: {}", gap(area));
    }
}

#[test]
fn one_answer_that_floods_costs_itself_and_no_other() {
    let flooding = faulty("android-14", " appops", Fault::Flood(40 << 20));
    let desk = Desk::new(free_port());
    let report = audit(&desk, tcp(&flooding));
    let gaps = report["gaps"].to_string();
    assert!(gaps.contains("the answer is longer than 20 MiB"), "{gaps}");
    let healthy = audit(&desk, tcp(&phone("android-14")));
    assert_eq!(report["device"], healthy["device"]);
    let apps = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["app"]["id"].to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(apps(&report), apps(&healthy));
    // A bundle keeps why it was cut.
    assert_eq!(desk.run(&["collect", &tcp(&flooding), "-o", "bundle"]).code, Some(3));
    assert_eq!(audit(&desk, "bundle")["gaps"], report["gaps"]);
}

fn pair(desk: &Desk, arguments: &[&str], code: &str) -> Answer {
    let words: Vec<&str> = ["devices", "pair"].iter().chain(arguments).copied().collect();
    let mut command = desk.command(&words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses its arguments reads no code.
    let _ = child.stdin.take().unwrap().write_all(code.as_bytes());
    Answer::from(child.wait_with_output().unwrap())
}

#[test]
fn a_computer_is_paired_by_a_code_on_standard_input_and_reads_the_phone_over_tls() {
    let simulated = phone("android-14");
    let wireless = WirelessPhone::start(&simulated, "246810");
    let desk = Desk::new(free_port());
    let target = format!("tcp:{}", wireless.address());
    let pairing = wireless.pairing_address();

    let before = desk.run(&["audit", &target]);
    assert_eq!(before.code, Some(3), "{before:?}");
    assert!(before.stderr.contains("poucet devices pair HOST:PORT") && before.stderr.contains("platform-tools 30"));
    assert!(!before.stderr.contains("os error"), "{before:?}");

    let wrong = pair(&desk, &[&pairing], "111111\n");
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(3), ""), "{wrong:?}");
    assert!(wrong.stderr.contains("did not accept the pairing code\nhint: "), "{wrong:?}");
    let other = pair(&desk, &[&wireless.address(), "--lang", "fr"], "246810\n");
    assert_eq!(other.code, Some(3), "{other:?}");
    assert!(other.stderr.contains("et non son port d’association\nconseil : "), "{other:?}");
    let elsewhere = desk.run(&["audit", &format!("tcp:{pairing}")]);
    assert!(elsewhere.stderr.contains("pairing port"), "{elsewhere:?}");
    // Without six digits the phone is not asked, and a code is no argument.
    for (arguments, code) in [
        (vec![pairing.as_str()], "12345\n"),
        (vec![&pairing], ""),
        (vec![&pairing, "246810"], ""),
        (vec!["127.0.0.1"], "246810\n"),
    ] {
        let refused = pair(&desk, &arguments, code);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    }
    assert_eq!(wireless.trusted(), 0);

    let paired = pair(&desk, &[&pairing], "246 810\n");
    assert_eq!(paired.code, Some(0), "{paired:?}");
    assert!(paired.stdout.starts_with(&format!("Paired with {NAME} at 127.0.0.1")), "{paired:?}");
    assert!(paired.stdout.contains("\nNext: poucet audit tcp:127.0.0.1:PORT"), "{paired:?}");
    assert_eq!(wireless.trusted(), 1);
    let secrets = desk.root().join("secrets");
    let after = desk.command(&["audit", &target, "-p", "byod", "-f", "json"]).env("SSLKEYLOGFILE", &secrets).output();
    let after = Answer::from(after.unwrap());
    assert!(matches!(after.code, Some(0 | 1)), "{after:?}");
    assert_eq!(verdicts(&after.json()), verdicts(&audit(&desk, tcp(&simulated))));
    assert!(!secrets.exists(), "secrets of a connection are never written");
}

/// Ctrl-C while a phone hangs: the program ends at once, with nothing left behind.
#[test]
fn an_interruption_leaves_nothing_behind() {
    for arguments in [
        vec!["collect", "TARGET", "-o", "bundle"],
        vec!["collect", "TARGET", "-o", "bundle.zip"],
        vec!["audit", "TARGET", "-o", "report.txt"],
        vec!["snapshot", "TARGET", "-o", "snapshot.json"],
    ] {
        let hanging = faulty("android-14", " appops", Fault::HangAfter(2000));
        let desk = Desk::new(free_port());
        let target = tcp(&hanging);
        let words: Vec<&str> = arguments.iter().map(|word| if *word == "TARGET" { &target } else { *word }).collect();
        let mut child = desk.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        while !hanging.shells().iter().any(|command| command.contains(" appops")) {
            assert!(begun.elapsed() < Duration::from_secs(10), "the phone was not asked");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(children(child.id()), Vec::<u32>::new());
        let begun = Instant::now();
        interrupt(child.id());
        let status = child.wait().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!(status.code(), Some(130), "{words:?}");
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        // Before a phone is read, a profile may remind of the person's agreement.
        let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("note: ")).collect();
        assert_eq!((said, desk.files()), (Vec::new(), Vec::<String>::new()), "{words:?}");
    }
}

fn interrupt(process: u32) {
    let status = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -INT {process}")]).status().unwrap();
    assert!(status.success());
}

/// The child processes, where the system tells (Linux).
fn children(process: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()
    };
    ids.filter(|id| parent(id) == Some(process)).collect()
}

/// Every file below a folder, and every member of a zip, as text.
fn contents(path: &Path) -> Vec<(PathBuf, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    if path.is_dir() {
        let entries = std::fs::read_dir(path).unwrap();
        return entries.flat_map(|entry| contents(&entry.unwrap().path())).collect();
    }
    if path.extension().is_none_or(|extension| extension != "zip") {
        return vec![(path.to_owned(), text(std::fs::read(path).unwrap()))];
    }
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let members = (0..archive.len()).map(|index| {
        let mut member = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        (path.join(member.name().unwrap().as_ref()), text(bytes))
    });
    members.collect()
}

fn assert_nothing_personal(shown: &str, text: &str, allowed: Option<&str>) {
    for secret in personal().iter().filter(|secret| Some(secret.as_str()) != allowed) {
        assert!(!text.contains(secret.as_str()), "{secret} stands in {shown}");
    }
}

#[test]
fn nothing_personal_in_outputs_and_bundles_of_live_phones() {
    let (serial, id) = ("ZY22POUCET", "serial:ZY22POUCET");
    let mut with_serial = 0;
    for name in common_roads::PHONES {
        let simulated = phone(name);
        let desk = Desk::new(free_port());
        let target = tcp(&simulated);
        for arguments in [
            vec!["audit", &target],
            vec!["audit", &target, "-f", "json", "--lang", "fr"],
            vec!["snapshot", &target, "--all-apps"],
            vec!["collect", &target, "-o", "bundle"],
            vec!["collect", &target, "-o", "bundle.zip"],
        ] {
            let answer = desk.run(&arguments);
            assert!(matches!(answer.code, Some(0 | 1 | 3)), "{answer:?}");
            assert_nothing_personal(&format!("{name} {arguments:?}"), &answer.stdout, None);
            assert_nothing_personal(&format!("{name} {arguments:?}"), &answer.stderr, None);
        }
        for bundle in ["bundle", "bundle.zip"] {
            let files = contents(&desk.here().join(bundle));
            assert!(files.len() > 10, "{files:?}");
            for (path, text) in files {
                assert_nothing_personal(&format!("{name} {}", path.display()), &text, None);
                assert_nothing_personal(&format!("the name {}", path.display()), &path.to_string_lossy(), None);
            }
        }
        let shown = desk.run(&["snapshot", &target, "--show-serial"]);
        with_serial += usize::from(shown.json()["device"]["id"].as_str() == Some(id));
        assert_nothing_personal(name, &shown.stdout, Some(serial));
        assert_nothing_personal(name, &shown.stderr, None);
    }
    assert_eq!(with_serial, common_roads::PHONES.len());
}

#[test]
fn the_same_phone_gives_the_same_bytes() {
    let simulated = phone("android-14");
    let desk = Desk::new(free_port());
    for arguments in [vec!["audit", "-f", "json"], vec!["snapshot"], vec!["audit"]] {
        let target = tcp(&simulated);
        let words: Vec<&str> = arguments.into_iter().chain([target.as_str()]).collect();
        // By how many seconds a clock is wrong is another thing at each reading.
        let run = || {
            let answer = desk.run(&words);
            let lines = answer.stdout.lines().filter(|line| !line.contains("\"ahead\": "));
            (answer.code, lines.map(str::to_owned).collect::<Vec<_>>(), answer.stderr.clone())
        };
        assert_eq!(run(), run());
    }
    // A bundle tells in which second it was begun: of three, two begin in one now and then.
    let bundle = |name: String| {
        desk.run(&["collect", &tcp(&simulated), "-o", &name]);
        std::fs::read(desk.here().join(name)).unwrap()
    };
    let mut seen = std::collections::BTreeSet::new();
    let same = (0..40).any(|number| !seen.insert(bundle(format!("{number}.zip"))));
    assert!(same, "{} bundles, all different", seen.len());
}

/// The calls that poucet makes, with the `adb` program and through its server: side by side, only the users' questions after the first call.
fn with_adb(server: &AdbServer, address: &str, calls: &[String]) {
    let run = |call: &String| drop(server.adb(&["-s", address, "shell", call]));
    let is = |call: &&String, part: &str| call.contains(part);
    std::thread::scope(|scope| {
        for call in calls.iter().filter(|call| !is(call, "getprop") && !is(call, "settings list --user")) {
            scope.spawn(move || run(call));
        }
        calls.iter().filter(|call| is(call, "getprop")).for_each(run);
        calls.iter().filter(|call| is(call, "settings list --user")).for_each(run);
    });
}

/// `cargo test --release --test servers -- --ignored --nocapture phones_over_tcp`: the figures of docs/performance.md. `POUCET_MEASURED`
/// names another build of the program.
#[test]
#[ignore = "a measurement"]
fn phones_over_tcp_beside_the_adb_program() {
    let Some(server) = AdbServer::start() else { return };
    for (count, delay) in [(1, 0), (1, 300), (8, 0), (8, 300), (20, 0), (20, 300)] {
        let fault = vec![("echo".to_owned(), Fault::Delay(Duration::from_millis(delay)))];
        let phones: Vec<SimulatedPhone> = (0..count)
            .map(|n| {
                let serial = Some(format!("number-{n}"));
                SimulatedPhone::start(
                    &fixtures().join("android-14"),
                    Behaviour { faults: fault.clone(), serial, newer: true, ..Behaviour::default() },
                )
            })
            .collect();
        phones.iter().for_each(|phone| drop(server.connect(phone, "device")));
        let desk = Desk::new(free_port());
        let mut arguments = vec!["audit".to_owned()];
        arguments.extend(phones.iter().map(tcp));
        arguments.extend(["-p", "byod", "-f", "verdicts"].map(str::to_owned));
        let ours = || {
            let begun = Instant::now();
            let mut command = desk.command(&arguments);
            if let Some(other) = std::env::var_os("POUCET_MEASURED") {
                let mut renamed = std::process::Command::new(other);
                renamed.args(&arguments).current_dir(desk.here()).env_clear();
                let set = command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
                renamed.envs(set);
                command = renamed;
            }
            let answer = Answer::from(command.output().unwrap());
            assert_eq!(answer.stdout.lines().count(), count, "{answer:?}");
            begun.elapsed().as_secs_f64()
        };
        ours();
        let calls: Vec<Vec<String>> = phones.iter().map(SimulatedPhone::shells).collect();
        let theirs = || {
            let begun = Instant::now();
            std::thread::scope(|scope| {
                for (phone, calls) in phones.iter().zip(&calls) {
                    scope.spawn(|| with_adb(&server, &phone.address(), calls));
                }
            });
            begun.elapsed().as_secs_f64()
        };
        theirs();
        let mut pairs: Vec<(f64, f64)> = (0..9).map(|_| (ours(), theirs())).collect();
        pairs.sort_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)));
        let ratio = |place: usize| pairs[place].0 / pairs[place].1;
        let median = |which: fn(&(f64, f64)) -> f64| {
            let mut times: Vec<f64> = pairs.iter().map(which).collect();
            times.sort_by(f64::total_cmp);
            times[times.len() / 2] * 1000.0
        };
        println!(
            "{count} phones, {delay} ms a call: poucet {:.0} ms, adb {:.0} ms; ratio {:.2} ({:.2} to {:.2})",
            median(|pair| pair.0),
            median(|pair| pair.1),
            ratio(4),
            ratio(0),
            ratio(8)
        );
        phones.iter().for_each(|phone| drop(server.adb(&["disconnect", &phone.address()])));
    }
}

/// What a server with the libusb back end lists has no `usb:` before the place on the bus (AOSP `adb/docs/user/adb.1.md`).
#[test]
fn a_phone_listed_by_its_bare_place_on_the_bus_is_read() {
    let Some(server) = AdbServer::start() else { return };
    let simulated = phone("android-14");
    server.connect(&simulated, "device");
    let list = "R58M12ABCDE            device 1-1.2 product:a model:SM_G973F device:a transport_id:3
R59                    unauthorized 1-1.3 transport_id:4
";
    let listed = ListServer::start(list, server.port, &[("3", simulated.address())]);
    let desk = Desk::new(listed.port);
    let devices = desk.run(&["devices", "-f", "json"]).json();
    assert_eq!((&devices["phones"][0]["state"], &devices["phones"][0]["ready"]), (&"device".into(), &true.into()));
    assert_eq!(devices["server_error"], Value::Null);
    let named = desk.run(&["audit", "adb:R58M12ABCDE", "-f", "verdicts"]);
    assert!(matches!(named.code, Some(0 | 1)), "{named:?}");
    let all = desk.run(&["audit", "-f", "verdicts"]);
    assert_eq!((all.code, reports(&all)), (Some(3), reports(&named)), "{all:?}");
    assert!(all.stderr.contains("adb:R59 is not ready: unauthorized"), "{all:?}");
}

/// A phone that the server greets at this moment is offline for a tenth of a second.
#[test]
fn a_phone_that_has_just_come_is_not_called_offline() {
    let Some(server) = AdbServer::start() else { return };
    let simulated = phone("android-14");
    server.connect(&simulated, "device");
    for (state, arguments) in [
        ("offline", vec!["audit", "-f", "verdicts"]),
        ("connecting", vec!["audit", "adb:R5", "-f", "verdicts"]),
        ("authorizing", vec!["devices"]),
    ] {
        let line = |state: &str| format!("R5                     {state} usb:1-1 transport_id:3\n");
        let listed = ListServer::start(&line(state), server.port, &[("3", simulated.address())]);
        let desk = Desk::new(listed.port);
        let answer = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(400));
                listed.set(&line("device"));
            });
            desk.run(&arguments)
        });
        assert!(matches!(answer.code, Some(0 | 1)), "{answer:?}");
        assert!(!format!("{answer:?}").contains(state), "{answer:?}");
    }
}

/// `ANDROID_SERIAL`: one phone is meant, and the owners of the others were not asked.
#[test]
fn the_phone_that_the_environment_names_is_read_and_no_other() {
    let Some(server) = AdbServer::start() else { return };
    let (meant, other) = (phone("android-14"), phone("android-12"));
    server.connect(&meant, "device");
    let explicit = server.connect(&other, "device");
    let desk = Desk::new(server.port);
    let run = |serial: &str, arguments: &[&str]| {
        Answer::from(desk.command(arguments).env("ANDROID_SERIAL", serial).output().unwrap())
    };
    let serial = meant.address();
    for arguments in [
        vec!["audit", "-f", "jsonl"],
        vec!["audit", "adb:", "-f", "jsonl"],
        vec!["snapshot"],
        vec!["collect", "-o", "bundle"],
    ] {
        let answer = run(&serial, &arguments);
        assert!(matches!(answer.code, Some(0 | 1)), "{answer:?}");
        assert!(answer.stdout.lines().count() <= 1 || arguments[0] == "snapshot", "{answer:?}");
    }
    assert!(other.shells().is_empty(), "the other phone was asked");
    assert!(run(&serial, &["audit", "-f", "verdicts"]).stderr.contains("ANDROID_SERIAL"));
    // As adb -s takes it, and an empty one counts for nothing.
    assert_eq!(reports(&run(&format!("tcp:{serial}"), &["audit", "-f", "jsonl"])).len(), 1);
    assert_eq!(reports(&run("", &["audit", "-f", "jsonl"])).len(), 2);
    // What is named on the command line wins.
    let named = run(&serial, &["audit", &explicit, "-f", "jsonl"]);
    assert_eq!(reports(&named)[0]["device"]["os_version"], "12", "{named:?}");
    for arguments in [vec!["audit"], vec!["audit", "adb:"], vec!["collect", "-o", "nothing"]] {
        let nobody = run("nobody", &arguments);
        assert_eq!((nobody.code, nobody.stdout.as_str()), (Some(3), ""), "{nobody:?}");
        assert!(nobody.stderr.contains("nobody") && nobody.stderr.contains(&serial), "{nobody:?}");
    }
}

/// A server that is handed into a container by a socket, and wrong values.
#[test]
fn a_server_behind_a_unix_socket_is_found_and_wrong_variables_are_said() {
    let Some(server) = AdbServer::start() else { return };
    let simulated = phone("android-14");
    server.connect(&simulated, "device");
    let desk = Desk::new(free_port());
    let socket = desk.root().join("adb.sock");
    let mut listeners = vec![std::os::unix::net::UnixListener::bind(&socket).unwrap()];
    let mut names = vec![format!("localfilesystem:{}", socket.display()), format!("local:{}", socket.display())];
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt as _;
        let name = format!("poucet-test-{}", server.port);
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        listeners.push(std::os::unix::net::UnixListener::bind_addr(&address).unwrap());
        names.push(format!("localabstract:{name}"));
    }
    for listener in listeners {
        let port = server.port;
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || relay(stream, port));
            }
        });
    }
    let run = |variable: &str, value: &str, arguments: &[&str]| {
        Answer::from(desk.command(arguments).env(variable, value).output().unwrap())
    };
    for name in &names {
        let devices = run("ADB_SERVER_SOCKET", name, &["devices", "-f", "json"]).json();
        assert_eq!(devices["phones"][0]["ready"], true, "{name}: {devices}");
        let audit = run("ADB_SERVER_SOCKET", name, &["audit", "-f", "verdicts"]);
        assert!(matches!(audit.code, Some(0 | 1)), "{name}: {audit:?}");
    }
    // Nobody listens there: the socket is named, and no phone is said to be missing.
    let away = run("ADB_SERVER_SOCKET", "localfilesystem:/nowhere/adb.sock", &["audit"]);
    assert_eq!(away.code, Some(3), "{away:?}");
    assert!(away.stderr.contains("localfilesystem:/nowhere/adb.sock") && !away.stderr.contains("no phone"), "{away:?}");
    for (variable, value) in [
        ("ADB_SERVER_SOCKET", "junk"),
        ("ADB_SERVER_SOCKET", "tcp:"),
        ("ADB_SERVER_SOCKET", "localreserved:adb"),
        ("ANDROID_ADB_SERVER_PORT", "70000"),
        ("ANDROID_ADB_SERVER_ADDRESS", "desk:5037"),
    ] {
        for arguments in
            [vec!["devices"], vec!["audit"], vec!["audit", "adb:R5"], vec!["watch"], vec!["collect", "-o", "x"]]
        {
            let answer = run(variable, value, &arguments);
            assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{arguments:?} {answer:?}");
            assert!(answer.stderr.contains(&format!("`{variable}={value}`")), "{answer:?}");
            assert!(answer.stderr.contains("expected: ") && answer.stderr.contains("hint: "), "{answer:?}");
        }
    }
}

/// Passes on between a Unix socket and a port.
fn relay(one: std::os::unix::net::UnixStream, port: u16) {
    let Ok(other) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return };
    let (mut from, mut to) = (one.try_clone().unwrap(), other.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
    let (mut from, mut to) = (other, one);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Write);
}

/// A program on the server's port that answers the version of a server where it is asked, and then as it is told.
fn odd_server(version: bool, answer: Option<&'static [u8]>) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 100];
            if version || answer.is_some() {
                let count = stream.read(&mut request).unwrap_or(0);
                let asked = String::from_utf8_lossy(&request[..count]).into_owned();
                let said =
                    if version && asked.ends_with("host:version") { Some(b"OKAY00040029".as_slice()) } else { answer };
                if let Some(said) = said {
                    let _ = std::io::Write::write_all(&mut stream, said);
                    continue;
                }
            }
            kept.push(stream);
        }
    });
    port
}

#[test]
fn a_server_that_does_not_answer_is_what_is_said_and_not_a_cable() {
    for (port, told) in [
        (odd_server(false, None), "does not answer"),
        (odd_server(true, None), "does not answer"),
        (odd_server(false, Some(b"HTTP/1.1 400 Bad Request\r\n\r\n")), "no ADB server"),
        (odd_server(false, Some(b"")), "no ADB server"),
        (odd_server(false, Some(b"OKAY00")), "no ADB server"),
        (odd_server(true, Some(b"FAIL0007no way!")), "no way!"),
    ] {
        let desk = Desk::new(port);
        for arguments in [vec!["devices"], vec!["audit"], vec!["snapshot"], vec!["collect", "-o", "x"]] {
            let (answer, spent) = timed(&desk, &arguments);
            assert_eq!((answer.code, answer.stdout.as_str()), (Some(3), ""), "{arguments:?} {answer:?}");
            let said: Vec<&str> = answer.stderr.lines().filter(|line| !line.starts_with("note: ")).collect();
            assert!(said[0].starts_with("error: ") && said[0].contains(told), "{arguments:?} {answer:?}");
            assert!(said[1].starts_with("hint: ") && said.len() == 2, "{arguments:?} {answer:?}");
            assert!(spent < Duration::from_secs(30), "{spent:?}");
        }
    }
    let desk = Desk::new(odd_server(true, None));
    let devices = desk.run(&["devices", "-f", "json"]);
    assert_eq!(devices.code, Some(3));
    assert_eq!(devices.json()["server_error"]["key"], "adb-error-server-silent");
    // A server that answers and has no phone is another matter.
    let Some(server) = AdbServer::start() else { return };
    let none = Desk::new(server.port).run(&["audit"]);
    assert_eq!(none.code, Some(4), "{none:?}");
    assert!(none.stderr.contains("Switch on USB debugging"), "{none:?}");
}

/// No Android is without them: a phone that says so was not read.
#[test]
fn a_phone_that_shows_no_apps_is_unread_by_every_road() {
    let desk = Desk::new(free_port());
    for command in ["dumpsys", "settings", "pm", "getprop"] {
        let behaviour = Behaviour { without: Some(command), ..Behaviour::default() };
        let simulated = SimulatedPhone::start(&fixtures().join("android-14"), behaviour);
        for profile in ["location-off", "byod"] {
            let answer = desk.run(&["audit", &tcp(&simulated), "-p", profile, "-f", "json"]);
            // Which apps are installed is told by another answer too.
            let codes = if command == "pm" { vec![Some(1), Some(3)] } else { vec![Some(3)] };
            assert!(codes.contains(&answer.code), "without {command}: {answer:?}");
            let gaps = answer.json()["gaps"].to_string();
            assert!(gaps.contains(&format!("{command}: inaccessible or not found")), "{gaps}");
        }
    }
    for service in ["package", "appops"] {
        let folder = tempfile::tempdir().unwrap();
        let files = common_roads::Files::of("android-14");
        let says = format!("Can't find service: {service}\n");
        for (name, text) in &files.0 {
            let lost = name.starts_with(&format!("dumpsys_{service}"));
            std::fs::write(folder.path().join(name), if lost { &says } else { text }).unwrap();
        }
        let simulated = SimulatedPhone::start(folder.path(), Behaviour::default());
        let live = tcp(&simulated);
        assert!(matches!(desk.run(&["collect", &live, "-o", &format!("{service}.zip")]).code, Some(3)));
        let report = Road::DumpstateText;
        let text = std::fs::read_to_string(build("android-14", report, desk.root())).unwrap();
        let written = without_service(&text, service, &says);
        std::fs::write(desk.here().join("report.txt"), written).unwrap();
        let saved = folder.path().to_str().unwrap();
        for target in [live.as_str(), saved, &format!("{service}.zip"), "report.txt"] {
            for profile in ["location-off", "byod"] {
                let answer = desk.run(&["audit", target, "-p", profile, "-f", "json"]);
                assert_eq!(answer.code, Some(3), "no {service}, {target}: {answer:?}");
                let gaps = answer.json()["gaps"].clone();
                let area = format!("dumpsys {service}");
                let reasons: Vec<&Value> = gaps
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|gap| gap["area"] == area)
                    .map(|gap| &gap["reason"])
                    .collect();
                assert!(!reasons.is_empty() && reasons.iter().all(|reason| **reason != "not-supported"), "{gaps}");
            }
        }
    }
}

/// A bug report in which the phone says that it has no such service, in the place of each of its dumps.
fn without_service(report: &str, service: &str, says: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for line in report.split_inclusive('\n') {
        let begins = line.starts_with("DUMP OF SERVICE ");
        if begins || line.starts_with("-----") || line.starts_with("=====") || line.starts_with("------ ") {
            inside = false;
        }
        if !inside {
            text.push_str(line);
        }
        let names = |line: &str| line.trim_end().trim_end_matches(':').ends_with(&format!(" {service}"));
        if begins && names(line) {
            inside = true;
            text.push_str(says);
        }
    }
    assert!(text.contains(says), "the report has no dump of {service}");
    text
}
