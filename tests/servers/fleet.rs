//! The history of a fleet and the watch over a hub, as whole commands beside simulated phones, a real ADB server and a real PostgreSQL.
#![cfg(unix)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::desk::{Answer, Desk};
use crate::common::phone::{Auth, Behaviour, Fault, SimulatedPhone};
use crate::common::server::{AdbServer, ListServer, free_port};
use crate::common::skip::skipped;
use crate::common_postgres::Postgres;
use crate::common_roads::fixtures;
use serde_json::Value;

fn desk() -> Desk {
    Desk::new(free_port())
}

fn snapshot(device: &str, taken_at: &str) -> Value {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/staff-phone-later.json");
    let mut snapshot: Value = serde_json::from_str(&std::fs::read_to_string(example).unwrap()).unwrap();
    snapshot["device"]["id"] = device.into();
    snapshot["taken_at"] = taken_at.into();
    snapshot
}

/// A phone of its own: each fixture's has its own serial number.
fn phone(name: &str) -> SimulatedPhone {
    numbered(name, name)
}

fn numbered(name: &str, serial: &str) -> SimulatedPhone {
    let behaviour = Behaviour { serial: Some(serial.to_owned()), ..Behaviour::default() };
    SimulatedPhone::start(&fixtures().join(name), behaviour)
}

fn faulty(name: &str, part: &str, fault: Fault) -> SimulatedPhone {
    let behaviour =
        Behaviour { faults: vec![(part.to_owned(), fault)], serial: Some(name.to_owned()), ..Behaviour::default() };
    SimulatedPhone::start(&fixtures().join(name), behaviour)
}

/// Two phones; of one, two readings, the later without its apps.
fn readings(desk: &Desk) {
    let mut emptied = snapshot("aaa111", "2026-11-03T09:00:00Z");
    emptied["apps"] = Value::Array(Vec::new());
    let all = [snapshot("aaa111", "2026-10-05T09:00:00Z"), emptied, snapshot("aab222", "2026-11-04T09:00:00+01:00")];
    let text: String = all.iter().map(|snapshot| format!("{snapshot}\n")).collect();
    std::fs::write(desk.here().join("phones.jsonl"), text).unwrap();
}

/// That a document is what its schema in `docs/schemas/` promises, and nothing less.
fn assert_contract(name: &str, document: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schemas/{name}.json"));
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    assert_eq!(document["schema"], format!("poucet.{name}/1"));
    assert!(!validator.is_valid(&serde_json::json!({ "schema": document["schema"] })));
}

#[test]
fn what_is_stored_can_be_listed_shown_compared_exported_and_deleted() {
    let desk = desk();
    readings(&desk);
    let none = desk.run(&["fleet", "list"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""), "{none:?}");
    assert!(none.stderr.contains("there is no store here yet") && none.stderr.contains("hint: "), "{none:?}");

    let audit = desk.run(&["audit", "phones.jsonl", "-f", "jsonl", "--store"]);
    // One of them has no app, and nobody read its lock.
    assert_eq!((audit.code, audit.stdout.lines().count()), (Some(3), 3), "{audit:?}");
    assert!(audit.stderr.contains("3 readings stored in ") && audit.stderr.contains("fleet.db"), "{audit:?}");
    let place = desk.root().join("home/.local/share/poucet/fleet.db");
    assert!(place.is_file());
    let again = desk.run(&["audit", "phones.jsonl", "-f", "jsonl", "--store"]);
    assert_eq!(again.stdout, audit.stdout);
    assert!(again.stderr.contains("3 readings were stored already"), "{again:?}");

    let list = desk.run(&["fleet", "list"]);
    assert!(list.stdout.contains("aaa111") && list.stdout.contains("samsung SM-A356W, Android 15"), "{list:?}");
    assert!(
        list.stdout.contains("2026-11-04 08:00 UTC") && list.stderr.contains("deletes nothing by itself"),
        "{list:?}"
    );
    let json = desk.run(&["fleet", "list", "-f", "json"]).json();
    assert_eq!((json["devices"][0]["readings"].as_u64(), &json["keep_days"]), (Some(2), &Value::Null));
    assert_contract("fleet-list", &json);
    let sheet = desk.run(&["fleet", "list", "-f", "csv", "--lang", "fr"]);
    assert_eq!(sheet.stdout.lines().count(), 3, "{sheet:?}");
    assert!(sheet.stdout.contains(";readings;"), "{sheet:?}");

    let show = desk.run(&["fleet", "show", "aaa", "-f", "json"]).json();
    assert_contract("fleet-device", &show);
    let fails: Vec<u64> = show["readings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reading| reading["verdicts"][0]["fail"].as_u64().unwrap())
        .collect();
    assert!(fails.len() == 2 && fails[0] < fails[1], "the latest first: {fails:?}");
    let one = desk.run(&["fleet", "show", "aaa@2026-10-31", "-f", "json"]).json();
    assert_eq!(one["readings"].as_array().unwrap().len(), 1);
    for (word, told) in [("aa", "several devices"), ("zz", "no device"), ("aaa@soon", "is no date")] {
        let refused = desk.run(&["fleet", "show", word]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(told) && refused.stderr.contains("hint: "), "{refused:?}");
    }

    let trend = desk.run(&["fleet", "trend", "-f", "json"]).json();
    assert_contract("fleet-trend", &trend);
    let told: Vec<(&str, u64)> = trend["periods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|period| (period["start"].as_str().unwrap(), period["phones"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("2026-10", 1), ("2026-11", 2)]);
    assert!(desk.run(&["fleet", "trend", "--by", "week", "--lang", "fr"]).stdout.contains("2026-11-02"));

    // One device: its latest beside the one before; the same as naming both days.
    let compared = desk.run(&["fleet", "compare", "aaa", "-p", "byod", "-f", "json"]);
    assert_eq!(compared.json()["schema"], "poucet.comparison/1", "{compared:?}");
    let named = desk.run(&["fleet", "compare", "aaa@2026-10-05", "aaa@2026-11-03", "-p", "byod", "-f", "json"]);
    assert_eq!(named.stdout, compared.stdout);
    assert!(compared.stdout.contains("\"removed\""), "{compared:?}");
    let alone = desk.run(&["fleet", "compare", "aab"]);
    assert_eq!(alone.code, Some(3), "{alone:?}");
    assert!(alone.stderr.contains("there is no such reading"), "{alone:?}");

    // What went in comes out, and is judged alike.
    let exported = desk.run(&["fleet", "export", "-o", "out.jsonl"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let judged = desk.run(&["audit", "out.jsonl", "-f", "jsonl"]);
    // The names that somebody gave to files are not kept.
    let unnamed = |answer: &Answer| -> Vec<Value> {
        let lines = answer.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let strip = |mut audit: Value| {
            audit["source"].as_object_mut().unwrap().remove("name");
            audit["read"].as_array_mut().unwrap().iter_mut().for_each(|item| {
                ["file", "file_line", "origin"].iter().for_each(|key| drop(item.as_object_mut().unwrap().remove(*key)));
            });
            audit
        };
        lines.map(strip).collect()
    };
    assert!(unnamed(&judged) == unnamed(&audit));
    assert_eq!(desk.run(&["fleet", "export", "aaa@2026-10-31"]).stdout.lines().count(), 1);

    // What somebody changed does not go out, and keeps nothing else back.
    std::fs::copy(&place, desk.here().join("changed.db")).unwrap();
    let changed = rusqlite::Connection::open(desk.here().join("changed.db")).unwrap();
    let made = changed
        .execute("UPDATE reading SET snapshot = replace(snapshot, 'SM-A356W', 'SM-X') WHERE device LIKE 'aab%'", []);
    assert_eq!(made.unwrap(), 1);
    drop(changed);
    let exported = desk.run(&["fleet", "export", "--store=changed.db"]);
    assert_eq!((exported.code, exported.stdout.lines().count()), (Some(3), 2), "{exported:?}");
    assert!(exported.stderr.contains("SHA-256") && !exported.stdout.contains("SM-X"), "{exported:?}");

    let pruned = desk.run(&["fleet", "prune", "--older-than", "1d"]);
    assert!(pruned.stderr.contains("3 readings deleted from "), "{pruned:?}");
    let kept = desk.run(&["fleet", "prune", "--keep", "1d"]);
    assert_eq!(kept.code, Some(0), "{kept:?}");
    let list = desk.run(&["fleet", "list", "-f", "json"]);
    assert_eq!(list.json()["keep_days"], 1);
    assert!(list.stderr.contains("keeps readings for one day"), "{list:?}");
    let wrong = desk.run(&["fleet", "prune"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

/// The rows of a sheet by the names of its columns.
fn sheet(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = text.strip_prefix('\u{feff}').expect("Excel's mark");
    let separator = if text.lines().next().unwrap().contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_sheet_of_the_history_has_the_names_words_and_numbers_of_its_json_in_both_languages() {
    let desk = desk();
    // A name with a quotation mark and a separator, and an id of digits alone, which no spreadsheet keeps.
    let mut odd = snapshot("12345678901234567890123456789012", "2026-11-04T09:00:00+01:00");
    odd["device"]["model"] = "A \"B\"; =1+1".into();
    let text = format!("{}\n{odd}\n", snapshot("aaa111", "2026-10-05T09:00:00Z"));
    std::fs::write(desk.here().join("phones.jsonl"), text).unwrap();
    let stored = desk.run(&["audit", "phones.jsonl", "-p", "byod", "-p", "cis-ios", "-f", "verdicts", "--store"]);
    assert_eq!(stored.code, Some(1), "{stored:?}");

    let json = desk.run(&["fleet", "list", "-f", "json"]).json();
    let [english, french] = ["en", "fr"].map(|language| {
        let sheets = ["list", "show", "trend"].map(|command| {
            let words = ["fleet", command, "aaa111", "-f", "csv", "--lang", language];
            let words: Vec<&str> = words.into_iter().filter(|word| command == "show" || *word != "aaa111").collect();
            sheet(&desk.run(&words).stdout)
        });
        assert_eq!(sheets[0].len(), 4, "a row for each device and profile");
        sheets
    });
    assert_eq!(english, french);
    let [list, show, trend] = english;
    let mut of_profiles = json["devices"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|device| device["verdicts"].as_array().unwrap().iter().map(move |verdict| (device, verdict)));
    for row in &list {
        let (device, verdict) = of_profiles.next().unwrap();
        for (object, names) in [
            (device, vec!["platform", "os_version", "first", "latest", "readings"]),
            (
                verdict,
                vec!["profile", "profile_version", "verdict", "worst", "fail", "noted", "not_assessed", "conformity"],
            ),
        ] {
            for name in names {
                let wanted = match &object[name] {
                    Value::String(text) => text.clone(),
                    Value::Null => String::new(),
                    other => other.to_string(),
                };
                assert_eq!(row[name], wanted, "{name}");
            }
        }
        if let Err(error) = row["latest"].parse::<jiff::Timestamp>() {
            panic!("{error}: {row:?}");
        }
    }
    assert!(list.iter().any(|row| row["verdict"] == "fail" && row["conformity"].parse::<f64>().unwrap() < 1.0));
    assert!(list.iter().any(|row| row["verdict"] == "not-applicable" && row["worst"].is_empty()));
    assert!(list.iter().any(|row| row["id"] == "'12345678901234567890123456789012"), "{list:?}");
    assert!(list.iter().any(|row| row["model"] == "samsung A \"B\"; '=1+1"), "{list:?}");
    assert_eq!(show[0]["taken_utc"], "2026-10-05T09:00:00Z");
    assert_eq!((show[0]["id"].as_str(), show.len()), ("aaa111", 2));
    // The profile for the other platform has no phones.
    assert!(trend.iter().all(|row| row["profile"] == "byod"), "{trend:?}");
    assert_eq!((trend[0]["start"].as_str(), trend[0]["phones"].as_str()), ("2026-10", "1"));
}

#[test]
fn a_reading_older_than_the_store_keeps_is_not_stored_and_said_so() {
    let desk = desk();
    std::fs::write(desk.here().join("old.json"), snapshot("old", "2020-01-01T00:00:00Z").to_string()).unwrap();
    let answer = desk.run(&["audit", "old.json", "-f", "jsonl", "--store=fleet.db", "--keep", "30d"]);
    assert!(answer.stderr.contains("One reading is older than the store keeps them"), "{answer:?}");
    assert!(desk.here().join("fleet.db").is_file());
    let list = desk.run(&["fleet", "list", "--store=fleet.db", "-f", "json"]).json();
    assert_eq!((list["devices"].as_array().unwrap().len(), list["keep_days"].as_u64()), (0, Some(30)));
    let forever = desk.run(&["audit", "old.json", "-f", "jsonl", "--store=fleet.db", "--keep", "forever"]);
    assert!(forever.stderr.contains("One reading stored"), "{forever:?}");
    assert_eq!(desk.run(&["audit", "old.json", "--store=fleet.db", "--keep", "0d"]).code, Some(2));
    let nothing = desk.run(&["audit", "old.json", "--keep", "30d"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(2), ""), "{nothing:?}");
    assert!(nothing.stderr.contains("hint: add --store"), "{nothing:?}");
}

#[test]
fn the_configuration_names_the_store_and_what_is_no_store_is_refused_before_anything_is_read() {
    let desk = desk();
    readings(&desk);
    std::fs::write(desk.here().join("config.toml"), "format = 1\nstore = \"ours.db\"\nkeep_days = 36000\n").unwrap();
    let configured = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        Answer::from(command.env("POUCET_CONFIG", desk.here().join("config.toml")).output().unwrap())
    };
    assert!(configured(&["audit", "phones.jsonl", "-f", "jsonl"]).stderr.contains("3 readings stored in "));
    assert_eq!(configured(&["fleet", "list", "-f", "json"]).json()["keep_days"], 36000);
    std::fs::write(desk.here().join("config.toml"), "format = 1\nkeep_days = 0\n").unwrap();
    assert_eq!(configured(&["fleet", "list"]).code, Some(2));

    let refused = desk.run(&["audit", "phones.jsonl", "--store=phones.jsonl"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused:?}");
    assert!(refused.stderr.contains("this is no store of poucet"), "{refused:?}");
    // Without `=` it is the usual store, and the next word is a target.
    let target = desk.run(&["audit", "--store", "phones.jsonl", "-f", "jsonl"]);
    assert_eq!(target.stdout.lines().count(), 3, "{target:?}");
}

#[test]
fn two_desks_that_store_at_once_lose_nothing() {
    let desk = desk();
    let text: String = (0..40).map(|n| format!("{}\n", snapshot(&format!("d{n}"), "2026-11-05T09:00:00Z"))).collect();
    std::fs::write(desk.here().join("all.jsonl"), text).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let answer = desk.run(&["audit", "all.jsonl", "-f", "jsonl", "--store=fleet.db"]);
                assert_eq!((answer.code, answer.stdout.lines().count()), (Some(1), 40), "{answer:?}");
            });
        }
    });
    let list = desk.run(&["fleet", "list", "--store=fleet.db", "-f", "json"]).json();
    let devices = list["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 40);
    assert!(devices.iter().all(|device| device["readings"] == 1 && device["verdicts"].as_array().unwrap().len() == 1));
}

#[test]
fn a_desk_that_is_killed_leaves_whole_readings() {
    let desk = desk();
    let text: String = (0..80).map(|n| format!("{}\n", snapshot(&format!("d{n}"), "2026-11-05T09:00:00Z"))).collect();
    std::fs::write(desk.here().join("all.jsonl"), text).unwrap();
    let audit = ["audit", "all.jsonl", "-f", "jsonl", "--store=fleet.db"];
    let mut child = desk.command(&audit).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(desk.run(&audit).stdout.lines().count(), 80);
    let list = desk.run(&["fleet", "list", "--store=fleet.db", "-f", "json"]).json();
    let devices = list["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 80);
    assert!(devices.iter().all(|device| device["readings"] == 1 && device["verdicts"].as_array().unwrap().len() == 1));
}

#[test]
fn a_database_that_goes_away_in_the_middle_and_comes_back_has_everything() {
    let Some(server) = Postgres::start() else { return };
    let store = format!("--store={}", server.database("fleet"));
    let desk = desk();
    let mut command = desk.command(&["audit", "-", "-f", "jsonl", &store]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let reader = std::thread::spawn(move || Answer::from(child.wait_with_output().unwrap()));
    let mut feed = |range: std::ops::Range<usize>| {
        for n in range {
            writeln!(stdin, "{}", snapshot(&format!("d{n}"), "2026-11-05T09:00:00Z")).unwrap();
        }
        stdin.flush().unwrap();
    };
    feed(0..20);
    std::thread::sleep(Duration::from_millis(1500));
    server.take_away();
    std::thread::scope(|scope| {
        // While it is away the program waits, and takes no more than it can hold.
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(1500));
            server.bring_back();
        });
        feed(20..60);
    });
    drop(stdin);
    let answer = reader.join().unwrap();
    assert_eq!((answer.code, answer.stdout.lines().count()), (Some(1), 60), "{}", answer.stderr);
    assert!(answer.stderr.contains("60 readings stored in postgres://desk@127.0.0.1"), "{}", answer.stderr);
    let list = desk.run(&["fleet", "list", &store, "-f", "json"]).json();
    let devices = list["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 60);
    assert!(devices.iter().all(|device| device["readings"] == 1));
}

#[test]
fn without_its_database_a_desk_goes_on_and_what_waits_goes_in_later() {
    let Some(server) = Postgres::start() else { return };
    let store = format!("--store={}", server.database("fleet"));
    let desk = desk();
    readings(&desk);
    server.take_away();
    let answer = desk.run(&["audit", "phones.jsonl", "-f", "jsonl", &store]);
    assert_eq!((answer.code, answer.stdout.lines().count()), (Some(3), 3), "{answer:?}");
    assert!(
        answer.stderr.contains("the database does not answer") && answer.stderr.contains("they wait in"),
        "{answer:?}"
    );
    assert_eq!(desk.run(&["fleet", "list", &store]).code, Some(3));
    server.bring_back();
    std::fs::write(desk.here().join("one.json"), snapshot("one", "2026-11-05T09:00:00Z").to_string()).unwrap();
    let next = desk.run(&["audit", "one.json", "-f", "jsonl", &store]);
    assert_eq!(next.code, Some(1), "{next:?}");
    assert!(next.stderr.contains("3 readings that had been waiting are now stored"), "{next:?}");
    let list = desk.run(&["fleet", "list", &store, "-f", "json"]).json();
    assert_eq!(list["devices"].as_array().unwrap().len(), 3, "{list}");
    // Nothing personal is left beside.
    let waiting = std::fs::read_dir(desk.root().join("home/.local/share/poucet/pending")).unwrap().count();
    assert_eq!(waiting, 0);
}

#[test]
fn a_database_that_comes_back_in_the_same_run_has_everything_and_is_told_how_long_to_keep_it() {
    let Some(server) = Postgres::start() else { return };
    let store = format!("--store={}", server.database("fleet"));
    let desk = desk();
    server.take_away();
    let mut command = desk.command(&["audit", "-", "-f", "jsonl", &store, "--keep", "36000d"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let reader = std::thread::spawn(move || Answer::from(child.wait_with_output().unwrap()));
    // Enough that the first is read before the last is there.
    for n in 0..60 {
        writeln!(stdin, "{}", snapshot(&format!("d{n}"), "2026-11-05T09:00:00Z")).unwrap();
    }
    stdin.flush().unwrap();
    let pending = desk.root().join("home/.local/share/poucet/pending");
    let begun = Instant::now();
    while std::fs::read_dir(&pending).map_or(0, Iterator::count) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing waits");
        std::thread::sleep(Duration::from_millis(50));
    }
    server.bring_back();
    drop(stdin);
    let answer = reader.join().unwrap();
    assert_eq!(answer.code, Some(1), "only what the readings say: {answer:?}");
    assert!(answer.stderr.contains("that had been waiting"), "{answer:?}");
    let list = desk.run(&["fleet", "list", &store, "-f", "json"]).json();
    assert_eq!((list["devices"].as_array().unwrap().len(), list["keep_days"].as_u64()), (60, Some(36000)));
}

#[test]
fn a_waiting_reading_that_is_refused_is_told_of_once_with_its_file() {
    let desk = desk();
    readings(&desk);
    let store = "--store=fleet.db";
    desk.run(&["audit", "phones.jsonl", "-f", "jsonl", store]);
    let sqlite = rusqlite::Connection::open(desk.here().join("fleet.db")).unwrap();
    // A rule of somebody else, which the model of another phone breaks.
    let refuse = "UPDATE reading SET model = device || sha256; UPDATE reading SET model = 'samsung bad' WHERE sequence = 1; \
                  CREATE UNIQUE INDEX not_this_one ON reading (model)";
    sqlite.execute_batch(refuse).unwrap();
    drop(sqlite);
    let mut bad = snapshot("bad", "2026-11-05T09:00:00Z");
    bad["device"]["model"] = "bad".into();
    std::fs::write(desk.here().join("bad.json"), bad.to_string()).unwrap();
    let refused = desk.run(&["audit", "bad.json", "-f", "jsonl", store]);
    assert_eq!(refused.stderr.matches("reading.model").count(), 1, "{refused:?}");
    assert!(refused.stderr.contains("it waits in "), "{refused:?}");
    std::fs::write(desk.here().join("good.json"), snapshot("good", "2026-11-05T09:00:00Z").to_string()).unwrap();
    let next = desk.run(&["audit", "good.json", "-f", "jsonl", store]);
    assert_eq!(next.code, Some(3), "one still waits: {next:?}");
    assert_eq!(
        next.stderr.matches("the database refuses it: UNIQUE constraint failed: reading.model").count(),
        1,
        "{next:?}"
    );
    assert!(next.stderr.contains("delete it to give this reading up"), "{next:?}");
    assert!(next.stderr.contains("One reading stored in "), "{next:?}");
    let waiting = desk.root().join("home/.local/share/poucet/pending");
    let file = std::fs::read_dir(waiting).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, "no JSON").unwrap();
    let unreadable = desk.run(&["audit", "good.json", "-f", "jsonl", store, "--lang", "fr"]);
    assert!(unreadable.stderr.contains("ce n’est pas une lecture qui attend"), "{unreadable:?}");
    std::fs::remove_file(file).unwrap();
    assert_eq!(desk.run(&["audit", "good.json", "-f", "jsonl", store]).code, Some(1));
}

#[test]
fn a_file_that_one_may_only_read_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    readings(&desk);
    let folder = desk.here().join("f #1?%");
    std::fs::create_dir(&folder).unwrap();
    let store = format!("--store={}", folder.join("fleet.db").display());
    desk.run(&["audit", "phones.jsonl", "-f", "jsonl", &store]);
    let may = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    may(desk.root(), 0o755);
    // Nothing holds root back, so another user looks.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let look = |arguments: &[&str]| {
        let command = desk.command(arguments);
        if !is_root {
            return desk.run(arguments);
        }
        let mut other = Command::new("/usr/bin/setpriv");
        other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(command.get_program()).args(arguments);
        let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        other.env_clear().envs(set).current_dir(desk.here());
        Answer::from(other.output().unwrap())
    };
    for (of_folder, of_file) in [(0o555, 0o444), (0o555, 0o666), (0o777, 0o444)] {
        may(&folder.join("fleet.db"), of_file);
        may(&folder, of_folder);
        for arguments in [
            &["fleet", "list", "-f", "json", &store][..],
            &["fleet", "show", "aaa", "-f", "json", &store],
            &["fleet", "trend", "-f", "json", &store],
            &["fleet", "compare", "aaa", "-f", "json", &store],
            &["fleet", "export", &store],
        ] {
            let answer = look(arguments);
            assert!(matches!(answer.code, Some(0 | 1)), "{of_folder:o} {of_file:o} {answer:?}");
            assert!(answer.stdout.contains("aaa111") || arguments[1] != "list", "{answer:?}");
        }
    }
    may(&folder, 0o755);
}

#[test]
fn the_phone_on_the_cable_is_compared_with_its_last_reading() {
    let desk = desk();
    let simulated = phone("android-14");
    let target = format!("tcp:{}", simulated.address());
    let first = desk.run(&["compare", "last", &target]);
    assert_eq!(first.code, Some(2), "no store yet: {first:?}");
    // An earlier reading of the same phone, which nothing was before.
    let mut earlier = desk.run(&["snapshot", &target]).json();
    earlier["taken_at"] = "2020-01-01T00:00:00Z".into();
    earlier["apps"] = Value::Array(Vec::new());
    earlier.as_object_mut().unwrap().remove("clock");
    std::fs::write(desk.here().join("earlier.json"), earlier.to_string()).unwrap();
    desk.run(&["audit", "earlier.json", "--store"]);
    let same = desk.run(&["compare", "last", "earlier.json"]);
    assert_eq!(same.code, Some(3), "{same:?}");
    assert!(same.stderr.contains("there is no such reading"), "{same:?}");
    let compared = desk.run(&["compare", "last", &target, "-p", "byod", "-f", "json"]);
    assert_eq!(compared.code, Some(1), "{compared:?}");
    assert!(compared.stdout.contains("\"installed\""), "{compared:?}");
    // Once it is stored, a second reading finds nothing changed, though the phone's own clock stood still.
    assert_eq!(desk.run(&["audit", &target, "--store"]).code, Some(1));
    // Of the same second it would be the same reading.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let again = desk.run(&["compare", "last", &target, "-f", "json"]);
    assert_eq!((again.code, &again.json()["changes"]), (Some(0), &Value::Array(Vec::new())), "{again:?}");
    // A file of this name is a file.
    std::fs::write(desk.here().join("last"), earlier.to_string()).unwrap();
    assert_eq!(desk.run(&["compare", "./last", "earlier.json"]).code, Some(0));
    assert_eq!(desk.run(&["compare", "earlier.json"]).code, Some(2));
}

#[test]
fn twenty_phones_of_which_three_are_closed_end_in_a_complete_account() {
    let Some(server) = AdbServer::start() else { return };
    let names = [
        "android-08",
        "android-09",
        "android-10",
        "android-11",
        "android-12",
        "android-13",
        "android-14",
        "android-15",
        "android-16",
    ];
    let open: Vec<SimulatedPhone> = (0..17).map(|n| numbered(names[n % names.len()], &format!("number-{n}"))).collect();
    let never = Behaviour { auth: Auth::Never, ..Behaviour::default() };
    let closed: Vec<SimulatedPhone> =
        (0..3).map(|_| SimulatedPhone::start(&fixtures().join("android-12"), never.clone())).collect();
    open.iter().for_each(|phone| drop(server.connect(phone, "device")));
    let unready: Vec<String> = closed.iter().map(|phone| server.connect(phone, "unauthorized")).collect();
    let desk = Desk::new(server.port);
    let answer = desk.run(&["audit", "-f", "jsonl", "--output-dir", "results"]);
    assert_eq!(answer.code, Some(3), "{answer:?}");
    assert!(answer.stdout.contains("20 targets: 17 read, 3 not."), "{answer:?}");
    for target in &unready {
        assert!(answer.stderr.contains(&format!("phone {target} is not ready: unauthorized")), "{answer:?}");
    }
    assert!(answer.stderr.matches("hint: ").count() >= 3, "{answer:?}");
    let reports = std::fs::read_dir(desk.here().join("results")).unwrap();
    let reports =
        reports.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "jsonl"));
    assert_eq!(reports.count(), 17);
    let summary: Value =
        serde_json::from_slice(&std::fs::read(desk.here().join("results/fleet.json")).unwrap()).unwrap();
    assert_eq!(summary["targets"]["devices"], 17);
    let failures: Vec<&str> =
        summary["failures"].as_array().unwrap().iter().map(|failed| failed["target"].as_str().unwrap()).collect();
    assert!(unready.iter().all(|target| failures.contains(&target.as_str())), "{failures:?}");
}

#[test]
fn where_no_phone_is_open_each_is_accounted_for() {
    let Some(server) = AdbServer::start() else { return };
    let never = Behaviour { auth: Auth::Never, ..Behaviour::default() };
    let closed = SimulatedPhone::start(&fixtures().join("android-12"), never);
    server.connect(&closed, "unauthorized");
    let desk = Desk::new(server.port);
    let answer = desk.run(&["audit", "--summary", "-f", "json"]);
    assert_eq!(answer.code, Some(3), "{answer:?}");
    assert_eq!((&answer.json()["targets"]["total"], &answer.json()["targets"]["failed"]), (&1.into(), &1.into()));
    // Without a summary there is nothing to write.
    for arguments in [&["audit", "-f", "json"][..], &["snapshot", "-o", "phone.json"]] {
        let answer = desk.run(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(3), ""), "{answer:?}");
    }
    assert!(desk.files().is_empty());
}

#[test]
fn a_hub_that_resets_in_the_middle_of_a_batch_ends_in_an_account_of_each_phone() {
    let Some(server) = AdbServer::start() else { return };
    let slow = |name| faulty(name, "package packages", Fault::Delay(Duration::from_millis(1500)));
    let gone: Vec<SimulatedPhone> = ["android-10", "android-12"].map(slow).into();
    let stays = phone("android-14");
    gone.iter().for_each(|phone| drop(server.connect(phone, "device")));
    server.connect(&stays, "device");
    let desk = Desk::new(server.port);
    let run = desk.command(&["audit", "-f", "jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    gone.iter().for_each(|phone| drop(server.adb(&["disconnect", &phone.address()])));
    let answer = Answer::from(run.wait_with_output().unwrap());
    assert_eq!(answer.code, Some(3), "{answer:?}");
    let whole = |line: &str| !serde_json::from_str::<Value>(line).unwrap()["gaps"].to_string().contains("truncated");
    assert_eq!(answer.stdout.lines().filter(|line| whole(line)).count(), 1, "{answer:?}");
    // What is no half of a result is told on its own.
    let told = answer.stdout.lines().count() + answer.stderr.matches("error: ").count();
    assert_eq!(told, 3, "{answer:?}");
}

/// A certificate of this machine, made by `openssl`, with its key; `None`, and said, where there is no such program.
fn certificate(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
    let words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
    let made = Command::new("openssl")
        .args(words)
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|output| output.status.success()) {
        skipped("no openssl is here that makes a certificate");
        return None;
    }
    Some((certificate, key))
}

#[test]
fn a_server_that_is_reached_by_network_must_prove_who_it_is() {
    let room = tempfile::tempdir().unwrap();
    let Some((certificate, key)) = certificate(room.path()) else { return };
    let Some(server) = Postgres::start() else { return };
    server.prove(&certificate, &key);
    // This machine needs no proof, unless it is asked for; so it is asked for.
    let store = format!("--store={}?sslmode=require", server.database("fleet"));
    let desk = desk();
    readings(&desk);
    let trusting = |authority: Option<&Path>| {
        let mut command = desk.command(&["audit", "phones.jsonl", "-f", "jsonl", &store]);
        command.envs(authority.map(|authority| ("SSL_CERT_FILE", authority)));
        Answer::from(command.output().unwrap())
    };
    let trusted = trusting(Some(&certificate));
    assert!(trusted.stderr.contains("3 readings stored in "), "{trusted:?}");
    assert_eq!(trusted.code, Some(3), "{trusted:?}");
    let other = tempfile::tempdir().unwrap();
    let Some((stranger, _)) = self::certificate(other.path()) else { return };
    let refused = trusting(Some(&stranger));
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.stderr.contains("certificate") && !refused.stderr.contains("readings stored in"), "{refused:?}");
}

/// A watch that is running.
struct Watching {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Watching {
    fn start(desk: &Desk, arguments: &[&str]) -> Watching {
        let words: Vec<&str> = ["watch"].into_iter().chain(arguments.iter().copied()).collect();
        Watching::run(desk, desk.command(&words))
    }

    fn run(desk: &Desk, mut command: Command) -> Watching {
        let (out, err) = (desk.root().join("out"), desk.root().join("err"));
        let file = |path: &Path| Stdio::from(std::fs::File::create(path).unwrap());
        let child = command.stdin(Stdio::null()).stdout(file(&out)).stderr(file(&err)).spawn().unwrap();
        Watching { child, out, err }
    }

    fn said(&self) -> (String, String) {
        (std::fs::read_to_string(&self.out).unwrap(), std::fs::read_to_string(&self.err).unwrap())
    }

    /// Waits until enough has been said.
    fn until(&self, what: &str, enough: impl Fn(&str, &str) -> bool) {
        let begun = Instant::now();
        loop {
            let (out, err) = self.said();
            if enough(&out, &err) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(40), "{what}\n{out}\n{err}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ctrl-C; gives what it all came to.
    fn end(self) -> Answer {
        self.signal("-INT");
        self.ended()
    }

    fn ended(mut self) -> Answer {
        let begun = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let (stdout, stderr) = self.said();
        Answer { code, stdout, stderr }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn each_phone_is_audited_as_it_is_plugged_in_and_compared_when_it_comes_again() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let (first, second) = (phone("android-12"), phone("android-14"));
    server.connect(&first, "device");
    let watch = Watching::start(&desk, &["-f", "jsonl", "--store=fleet.db"]);
    watch.until("the phone that was there", |out, _| out.lines().count() == 1);
    server.connect(&second, "device");
    watch.until("the phone that came", |out, _| out.lines().count() == 2);
    // A phone that stays is not audited again; one that comes again is compared.
    server.adb(&["disconnect", &first.address()]);
    std::thread::sleep(Duration::from_millis(600));
    server.connect(&first, "device");
    watch.until("the phone that came again", |out, _| out.lines().count() == 3);
    let answer = watch.end();
    let schemas: Vec<Value> =
        answer.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["schema"].clone()).collect();
    assert_eq!(schemas, ["poucet.audit/1", "poucet.audit/1", "poucet.comparison/1"], "{answer:?}");
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert_eq!(answer.stderr.matches("Ready for the next phone.").count(), 3, "{answer:?}");
    let list = desk.run(&["fleet", "list", "--store=fleet.db", "-f", "json"]).json();
    assert_eq!(list["devices"].as_array().unwrap().len(), 2);
}

#[test]
fn a_phone_that_is_not_ready_is_told_once_and_read_when_it_is() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let never = Behaviour { auth: Auth::Never, ..Behaviour::default() };
    let closed = SimulatedPhone::start(&fixtures().join("android-12"), never);
    let watch = Watching::start(&desk, &["--lang", "fr"]);
    watch.until("the greeting", |_, err| err.contains("Branchez un téléphone"));
    server.connect(&closed, "unauthorized");
    watch.until("the advice", |_, err| err.contains("unauthorized"));
    let open = phone("android-12");
    server.connect(&open, "device");
    watch.until("the verdict", |out, _| out.contains("TikTok"));
    let answer = watch.end();
    assert_eq!(answer.stderr.matches("unauthorized").count(), 1, "{answer:?}");
    // At the end it is accounted for.
    assert_eq!(answer.code, Some(3), "{answer:?}");
    assert!(answer.stdout.contains(&closed.address()), "{answer:?}");
}

#[test]
fn a_desk_reads_as_many_at_a_time_as_it_was_told() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let slow = |name| faulty(name, "package packages", Fault::Delay(Duration::from_millis(700)));
    let phones: Vec<SimulatedPhone> = ["android-10", "android-12"].map(slow).into();
    phones.iter().for_each(|phone| drop(server.connect(phone, "device")));
    let watch = Watching::start(&desk, &["-f", "jsonl", "--jobs", "1"]);
    watch.until("one", |_, err| err.contains("Ready for the next phone."));
    assert_eq!(watch.said().1.split("Ready for the next phone.").next().unwrap().matches("reading…").count(), 1);
    watch.until("both", |out, _| out.lines().count() == 2);
    assert_eq!(watch.end().code, Some(1));
}

#[test]
fn a_phone_that_is_pulled_before_its_turn_is_accounted_for() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let slow = faulty("android-10", "package packages", Fault::Delay(Duration::from_millis(2500)));
    let queued = phone("android-12");
    server.connect(&slow, "device");
    let watch = Watching::start(&desk, &["-f", "jsonl", "--jobs", "1"]);
    watch.until("the first", |_, err| err.contains("reading…"));
    server.connect(&queued, "device");
    std::thread::sleep(Duration::from_millis(600));
    server.adb(&["disconnect", &queued.address()]);
    watch.until("the verdict", |out, _| out.lines().count() == 1);
    let answer = watch.end();
    assert_eq!((answer.code, answer.stdout.lines().count()), (Some(3), 1), "{answer:?}");
}

#[test]
fn a_hub_that_resets_in_the_middle_costs_no_phone_its_verdict() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let slow = |name| faulty(name, "package packages", Fault::Delay(Duration::from_millis(1500)));
    let phones: Vec<SimulatedPhone> = ["android-10", "android-12", "android-14"].map(slow).into();
    let watch = Watching::start(&desk, &["-f", "jsonl"]);
    phones.iter().for_each(|phone| drop(server.connect(phone, "device")));
    watch.until("all are being read", |_, err| err.matches("reading…").count() == 3);
    // All go at once, in the midst of their dumps, and come back.
    phones.iter().for_each(|phone| drop(server.adb(&["disconnect", &phone.address()])));
    std::thread::sleep(Duration::from_millis(500));
    phones.iter().for_each(|phone| drop(server.connect(phone, "device")));
    watch.until("all were told of twice", |_, err| err.matches("Ready for the next phone.").count() == 6);
    let answer = watch.end();
    assert_eq!(answer.code, Some(3), "half a reading is told: {answer:?}");
    let whole: std::collections::BTreeSet<String> = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|report| !report["gaps"].to_string().contains("truncated") && report["schema"] == "poucet.audit/1")
        .filter_map(|report| report["device"]["os_version"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(whole.len(), 3, "each has a whole verdict: {answer:?}");
}

#[test]
fn a_phone_that_restarts_in_the_middle_is_told_of_and_read_when_it_is_back() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let restarting = faulty("android-14", "package packages", Fault::DropAfter(4000));
    let other = phone("android-10");
    let targets = [server.connect(&restarting, "device"), server.connect(&other, "device")];
    // In a batch: its half is told, the other is whole.
    let answer = desk.run(&["audit", &targets[0], &targets[1], "-f", "jsonl"]);
    assert_eq!((answer.code, answer.stdout.lines().count()), (Some(3), 2), "{answer:?}");
    let watch = Watching::start(&desk, &["-f", "jsonl"]);
    watch.until("both were told of", |_, err| err.matches("Ready for the next phone.").count() == 2);
    server.adb(&["disconnect", &restarting.address()]);
    let back = phone("android-14");
    server.connect(&back, "device");
    watch.until("it is back", |_, err| err.matches("Ready for the next phone.").count() == 3);
    let answer = watch.end();
    // The one that went may be looked for once more; whatever becomes of that, half a reading is nothing to compare with.
    let told: Vec<Value> = answer.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let back =
        told.iter().find(|report| report["device"]["os_version"] == "14" && report["partial"].is_null()).unwrap();
    assert_eq!(back["schema"], "poucet.audit/1", "{answer:?}");
    assert!(!back["gaps"].to_string().contains("truncated"), "{back}");
    assert!(told.iter().all(|report| report["before"]["partial"].is_null()), "{answer:?}");
}

#[test]
fn a_server_that_ends_is_waited_for() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let watch = Watching::start(&desk, &["-f", "jsonl"]);
    watch.until("the greeting", |_, err| err.contains("Plug in a phone"));
    let port = server.port;
    drop(server);
    std::thread::sleep(Duration::from_millis(500));
    let Some(server) = AdbServer::start_on(port) else { return };
    let simulated = phone("android-14");
    server.connect(&simulated, "device");
    watch.until("the verdict", |out, _| out.lines().count() == 1);
    let answer = watch.end();
    assert_eq!(answer.code, Some(1), "{answer:?}");
}

/// Who ends a server wants the phones for another program.
#[test]
fn a_server_is_started_once_at_most_and_its_end_is_told() {
    let Some(server) = AdbServer::start() else { return };
    let port = server.port;
    let desk = Desk::new(port);
    let starts = desk.root().join("starts");
    let stub = format!("#!/bin/sh\necho start >> '{}'\nexit 1\n", starts.display());
    std::fs::write(desk.root().join("bin/adb"), stub).unwrap();
    let count = || std::fs::read_to_string(&starts).unwrap_or_default().lines().count();
    let watch = Watching::start(&desk, &["-f", "verdicts"]);
    watch.until("the greeting", |_, err| err.contains("Plug in a phone"));
    std::thread::sleep(Duration::from_millis(500));
    drop(server);
    watch.until("its end", |_, err| err.contains("has ended"));
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(count(), 0, "somebody starts a server that another has ended");
    let server = AdbServer::start_on(port).unwrap();
    let simulated = phone("android-14");
    server.connect(&simulated, "device");
    watch.until("the verdict", |out, err| !out.is_empty() && err.contains("now (version"));
    let answer = watch.end();
    assert_eq!(answer.stderr.matches("has ended").count(), 1, "{answer:?}");
    assert!(answer.stderr.contains("Ready for the next phone."), "{answer:?}");

    // Where there is none from the beginning, it is tried once.
    let desk = Desk::new(free_port());
    std::fs::write(desk.root().join("bin/adb"), format!("#!/bin/sh\necho start >> '{}'\nexit 1\n", starts.display()))
        .unwrap();
    let watch = Watching::start(&desk, &[]);
    std::thread::sleep(Duration::from_secs(6));
    watch.end();
    assert_eq!(count(), 1);
}

#[test]
fn a_phone_is_called_not_ready_when_it_stays_so_and_once() {
    let Some(server) = AdbServer::start() else { return };
    let simulated = phone("android-14");
    server.connect(&simulated, "device");
    let line = |serial: &str, state: &str, id: u8| format!("{serial:<22} {state} usb:1-{id} transport_id:{id}\n");
    let listed = ListServer::start("", server.port, &[("3", simulated.address())]);
    let desk = Desk::new(listed.port);
    let watch = Watching::start(&desk, &["-f", "verdicts"]);
    watch.until("the greeting", |_, err| err.contains("Plug in a phone"));
    for state in ["connecting", "offline", "unauthorized", "authorizing", "unknown", "no permissions", "detached"] {
        listed.set(&line("R5", state, 3));
        std::thread::sleep(Duration::from_millis(120));
    }
    listed.set(&line("R5", "device", 3));
    watch.until("the verdict", |out, _| !out.is_empty());
    // What was read whole and blinks was not plugged in anew.
    listed.set(&line("R5", "offline", 3));
    std::thread::sleep(Duration::from_millis(300));
    listed.set(&(line("R5", "device", 3) + &line("X1", "offline", 4) + &line("X2", "connecting", 5)));
    watch.until("those that stay", |_, err| err.contains("X1 is not ready") && err.contains("X2 is not ready"));
    std::thread::sleep(Duration::from_millis(2500));
    let answer = watch.end();
    assert_eq!(answer.stderr.matches("is not ready").count(), 2, "{answer:?}");
    assert_eq!(answer.stderr.matches("reading…").count(), 1, "{answer:?}");
    assert!(!answer.stderr.contains("R5 is not ready"), "{answer:?}");
    assert_eq!(answer.code, Some(3), "those that never were are accounted for: {answer:?}");
}

#[test]
fn only_the_phone_that_the_environment_names_is_watched_for() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let (meant, other) = (phone("android-14"), phone("android-12"));
    server.connect(&other, "device");
    let mut command = desk.command(&["watch", "-f", "jsonl"]);
    command.env("ANDROID_SERIAL", meant.address());
    let watch = Watching::run(&desk, command);
    watch.until("the note", |_, err| err.contains("ANDROID_SERIAL"));
    std::thread::sleep(Duration::from_secs(1));
    server.connect(&meant, "device");
    watch.until("the verdict", |out, _| out.lines().count() == 1);
    watch.end();
    assert!(other.shells().is_empty());
}

/// POSIX, `nohup`: a signal that is ignored at the start stays ignored.
#[test]
fn a_watch_under_nohup_outlives_its_terminal_and_another_does_not() {
    let desk = desk();
    for (trap, lives) in [("trap '' HUP; ", true), ("", false)] {
        let program = desk.command(&[""; 0]).get_program().to_owned();
        let mut command = desk.command(&[""; 0]);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{trap}exec \"$0\" watch")]).arg(program).env_clear();
        shell.envs(command.current_dir(desk.here()).get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut watch = Watching::run(&desk, shell);
        watch.until("the greeting", |_, err| err.contains("Plug in a phone"));
        watch.signal("-HUP");
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(watch.child.try_wait().unwrap().is_none(), lives, "{trap}");
        let answer = if lives { watch.end() } else { watch.ended() };
        assert_eq!(answer.code, Some(0), "{answer:?}");
    }
}

/// Without a server on this machine phones on USB are read; of one elsewhere nobody knows which phones it has.
#[cfg(unix)]
#[test]
fn a_watch_without_a_server_tells_by_its_exit_code_whether_phones_may_have_been_missed() {
    let desk = desk();
    let here = Watching::start(&desk, &[]);
    here.until("the greeting", |_, err| err.contains("Plug in a phone"));
    assert_eq!(here.end().code, Some(0));
    let mut command = desk.command(&["watch"]);
    command.env("ADB_SERVER_SOCKET", "localfilesystem:/nowhere/adb.sock");
    let watch = Watching::run(&desk, command);
    watch.until("the error", |_, err| err.contains("error: "));
    let answer = watch.end();
    assert_eq!(answer.code, Some(3), "{answer:?}");
}

#[test]
fn a_day_at_a_desk_is_whole_after_each_phone_whatever_ends_it() {
    let Some(server) = AdbServer::start() else { return };
    for (form, ends) in [
        ("html", "</html>\n"),
        ("json", "\n"),
        ("jsonl", "\n"),
        ("sarif", "\n"),
        ("junit", "\n"),
        ("oscal", "\n"),
        ("table", "\n"),
    ] {
        let desk = Desk::new(server.port);
        let phones = [phone("android-12"), phone("android-14")];
        let file = desk.here().join("day");
        let watch = Watching::start(&desk, &["-f", form, "-o", "day", "--jobs", "1"]);
        let mut lengths = Vec::new();
        for (number, phone) in phones.iter().enumerate() {
            server.connect(phone, "device");
            let read = number + 1;
            watch.until("read", |_, err| err.matches("Ready for the next phone.").count() == read);
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.ends_with(ends), "{form}");
            if matches!(form, "json" | "sarif" | "oscal") {
                let document: Value = serde_json::from_str(&text).unwrap();
                let count = match form {
                    "json" if read > 1 => document.as_array().map(Vec::len),
                    "json" => Some(1),
                    "sarif" => document["runs"].as_array().map(Vec::len),
                    _ => document["assessment-results"]["results"].as_array().map(Vec::len),
                };
                assert_eq!(count, Some(read), "{form}");
            }
            if form == "jsonl" {
                assert_eq!(text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(), read);
            }
            lengths.push(text.len());
            assert_eq!(desk.files(), ["day"], "nothing hidden");
        }
        assert!(lengths[0] < lengths[1], "{form} {lengths:?}");
        if form == "jsonl" {
            watch.signal("-KILL");
            drop(watch);
            assert_eq!(
                (std::fs::read_to_string(&file).unwrap().len(), desk.files()),
                (lengths[1], vec!["day".to_owned()])
            );
        } else {
            let answer = watch.end();
            assert_eq!(answer.code, Some(1), "{answer:?}");
            assert!(std::fs::read_to_string(&file).unwrap().ends_with(ends));
        }
        phones.iter().for_each(|phone| drop(server.adb(&["disconnect", &phone.address()])));
    }
}

#[test]
fn a_place_that_cannot_be_written_is_said_before_the_first_phone() {
    let desk = desk();
    std::fs::write(desk.here().join("file"), "").unwrap();
    for arguments in [
        vec!["watch", "-o", "nowhere/day.html"],
        vec!["watch", "-o", "."],
        vec!["watch", "--output-dir", "file/reports"],
        vec!["watch", "--output-dir", "reports", "-o", "day"],
    ] {
        let answer = desk.run(&arguments);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        assert!(answer.stderr.starts_with("error: ") && answer.stderr.contains("hint: "), "{answer:?}");
    }
    assert_eq!(desk.files(), ["file"]);
}

#[test]
fn a_folder_of_a_watch_has_one_report_for_each_time_that_a_phone_is_plugged_in() {
    let Some(server) = AdbServer::start() else { return };
    let desk = Desk::new(server.port);
    let (first, second) = (phone("android-12"), phone("android-14"));
    let watch = Watching::start(&desk, &["-f", "html", "--output-dir", "reports"]);
    let reports = || {
        let entries = std::fs::read_dir(desk.here().join("reports")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".html") && name != "fleet.html").collect::<std::collections::BTreeSet<_>>()
    };
    for (number, simulated) in [&first, &second, &first, &first].into_iter().enumerate() {
        server.connect(simulated, "device");
        watch.until("read", |_, err| err.matches("Ready for the next phone.").count() == number + 1);
        assert_eq!(reports().len(), number + 1);
        // What all came to is there at any time.
        let fleet: Value =
            serde_json::from_slice(&std::fs::read(desk.here().join("reports/fleet.json")).unwrap()).unwrap();
        assert_eq!(fleet["schema"], "poucet.fleet/1");
        server.adb(&["disconnect", &simulated.address()]);
        std::thread::sleep(Duration::from_millis(500));
    }
    let answer = watch.end();
    assert_eq!((answer.code, answer.stderr.matches("written to ").count()), (Some(1), 4), "{answer:?}");
    assert!(answer.stdout.contains("4"), "the summary: {answer:?}");
    for name in reports() {
        let page = std::fs::read_to_string(desk.here().join("reports").join(name)).unwrap();
        assert!(page.ends_with("</html>\n"));
    }
}

/// `cargo test --release --test servers -- --ignored --nocapture hundred`: the figures of docs/performance.md.
#[test]
#[ignore = "a measurement"]
fn a_hundred_phones_eight_at_a_time() {
    let Some(server) = AdbServer::start() else { return };
    // What `dumpsys package` takes on a real phone.
    let fault = vec![("package packages".to_owned(), Fault::Delay(Duration::from_secs(2)))];
    let phones: Vec<SimulatedPhone> = (0..100)
        .map(|n| {
            let behaviour =
                Behaviour { faults: fault.clone(), serial: Some(format!("number-{n}")), ..Behaviour::default() };
            SimulatedPhone::start(&fixtures().join("android-14"), behaviour)
        })
        .collect();
    let targets: Vec<String> = phones.iter().map(|phone| server.connect(phone, "device")).collect();
    let desk = Desk::new(server.port);
    let timed = |arguments: &[&str]| {
        let begun = Instant::now();
        let answer = desk.run(arguments);
        assert_eq!(answer.code, Some(1), "{answer:?}");
        (begun.elapsed().as_secs_f64(), answer.stdout.lines().count())
    };
    let mut alone: Vec<f64> =
        targets.iter().take(5).map(|target| timed(&["audit", target, "-f", "verdicts"]).0).collect();
    alone.sort_by(f64::total_cmp);
    let own = alone[2];
    let (all, count) = timed(&["audit", "-f", "verdicts", "--jobs", "8"]);
    assert_eq!(count, 100);
    let ideal = own * 100.0 / 8.0;
    println!(
        "one phone {own:.2} s; 100 phones, 8 at a time: {all:.2} s; {ideal:.2} s would be ideal; ratio {:.3}",
        all / ideal
    );
}

/// A store of three readings.
fn stored(desk: &Desk, name: &str) -> String {
    readings(desk);
    let store = format!("--store={name}");
    let audit = desk.run(&["audit", "phones.jsonl", "-f", "verdicts", &store]);
    assert!(audit.stderr.contains("3 readings stored in "), "{audit:?}");
    store
}

fn change(desk: &Desk, name: &str, statements: &str) {
    rusqlite::Connection::open(desk.here().join(name)).unwrap().execute_batch(statements).unwrap();
}

#[test]
fn an_export_of_a_store_that_somebody_changed_ends_and_names_the_rows() {
    for value in ["x'32303235'", "CAST(x'ff41' AS TEXT)"] {
        let desk = desk();
        let store = stored(&desk, "odd.db");
        change(&desk, "odd.db", &format!("UPDATE reading SET taken_utc = {value} WHERE device LIKE 'aab%'"));
        let exported = desk.run(&["fleet", "export", &store]);
        assert_eq!((exported.code, exported.stdout.lines().count()), (Some(3), 2), "{exported:?}");
        assert!(exported.stderr.contains("is not what was stored: reading.taken_utc"), "{exported:?}");
        assert!(exported.stderr.contains("hint: "), "{exported:?}");
        let list = desk.run(&["fleet", "list", "-f", "json", &store]);
        assert_eq!((list.code, list.json()["devices"].as_array().unwrap().len()), (Some(3), 1), "{list:?}");
        for command in [&["fleet", "trend", &store][..], &["fleet", "show", "aab", &store], &["fleet", "list", &store]]
        {
            let answer = desk.run(command);
            assert_eq!(answer.code, Some(3), "{answer:?}");
        }
    }
}

#[test]
fn a_store_whose_views_or_triggers_would_run_is_refused_in_both_languages() {
    let desk = desk();
    let store = stored(&desk, "view.db");
    std::fs::copy(desk.here().join("view.db"), desk.here().join("trigger.db")).unwrap();
    let endless = "ALTER TABLE reading RENAME TO r2; CREATE VIEW reading AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 \
                   FROM c) SELECT printf('%064x', x) sha256, 'd' || x device, 'android' platform, '2025' taken_utc FROM c";
    change(&desk, "view.db", endless);
    let passes =
        "CREATE TRIGGER t AFTER INSERT ON verdict BEGIN UPDATE verdict SET verdict = 'pass', worst = NULL; END";
    change(&desk, "trigger.db", passes);
    for command in [&["fleet", "list", &store][..], &["fleet", "trend", &store], &["fleet", "export", &store]] {
        let answer = desk.run(command);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{answer:?}");
        assert!(answer.stderr.contains("or somebody else has changed it: view reading"), "{answer:?}");
        assert!(answer.stderr.contains("hint: "), "{answer:?}");
    }
    let audit = desk.run(&["audit", "phones.jsonl", "--store=trigger.db", "--lang", "fr"]);
    assert_eq!((audit.code, audit.stdout.as_str()), (Some(2), ""), "{audit:?}");
    assert!(audit.stderr.contains("quelqu’un d’autre l’a modifié\u{a0}: trigger t"), "{audit:?}");
    change(&desk, "trigger.db", "DROP TRIGGER t; UPDATE setting SET value = 'x' WHERE name = 'version'");
    let version = desk.run(&["fleet", "list", "--store=trigger.db"]);
    assert_eq!(version.code, Some(2), "{version:?}");
    assert!(version.stderr.contains("setting.version = x"), "{version:?}");
}

#[test]
fn a_store_in_memory_is_refused_before_anything_is_read() {
    let desk = desk();
    readings(&desk);
    for name in ["--store=:memory:", "--store=file:x?mode=memory"] {
        let answer = desk.run(&["audit", "phones.jsonl", name]);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""), "{answer:?}");
        assert!(answer.stderr.contains("hint: name a file with --store=FILE"), "{answer:?}");
    }
    assert_eq!(desk.files(), ["phones.jsonl"]);
}

#[test]
fn a_list_of_many_devices_is_one_document_in_each_form() {
    let desk = desk();
    let store = stored(&desk, "many.db");
    let small = desk.run(&["fleet", "list", "-f", "json", &store]);
    change(
        &desk,
        "many.db",
        "INSERT INTO reading (sha256, device, platform, source, taken_utc, stored_utc, snapshot, partial, sequence) \
         WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 4500) SELECT 'x' || x, 'd' || x, 'android', \
         'files', '2026-11-05T10:00:00Z', '2026-11-05T10:00:00Z', '{}', '', x + 3 FROM c",
    );
    let json = desk.run(&["fleet", "list", "-f", "json", &store]).json();
    assert_contract("fleet-list", &json);
    let devices = json["devices"].as_array().unwrap();
    assert_eq!((devices.len(), &devices[..2]), (4502, &small.json()["devices"].as_array().unwrap()[..]));
    // It is laid out as one document is.
    assert!(small.stdout.contains("  \"devices\": [\n    {\n      \"id\": \"aaa111\",\n"), "{}", small.stdout);
    assert!(small.stdout.ends_with("\n    }\n  ]\n}\n"), "{}", small.stdout);
    assert_eq!(sheet(&desk.run(&["fleet", "list", "-f", "csv", &store]).stdout).len(), 4502);
    let table = desk.run(&["fleet", "list", &store, "-o", "list.txt"]);
    assert_eq!(table.code, Some(0), "{table:?}");
    let text = std::fs::read_to_string(desk.here().join("list.txt")).unwrap();
    assert!(text.contains("aaa111") && text.contains("d4500"));
}

#[test]
fn a_verdict_that_somebody_changed_is_told_and_not_shown() {
    let desk = desk();
    let store = stored(&desk, "fleet.db");
    let before = desk.run(&["fleet", "list", &store]);
    assert!(before.code == Some(0) && before.stdout.contains("byod"), "{before:?}");
    // With the key of another desk nothing is proved, and nothing is kept back.
    let mut other = desk.command(&["fleet", "list", &store]);
    let other = Answer::from(other.env("POUCET_ID_KEY", "another").output().unwrap());
    assert_eq!((other.code, &other.stdout), (Some(0), &before.stdout), "{other:?}");
    assert!(other.stderr.contains("2 of these verdicts have no seal of this desk’s key"), "{other:?}");
    change(&desk, "fleet.db", "UPDATE verdict SET verdict = 'pass', worst = NULL, fail = 0");
    for command in ["list", "trend"] {
        let answer = desk.run(&["fleet", command, &store]);
        assert_eq!(answer.code, Some(3), "{answer:?}");
        assert!(
            answer.stderr.contains("is not what was stored: verdict byod") && !answer.stdout.contains("byod"),
            "{answer:?}"
        );
        assert!(answer.stderr.contains("hint: bring the store back from a copy"), "{answer:?}");
    }
    // What the hint says is so.
    std::fs::write(desk.here().join("out.jsonl"), desk.run(&["fleet", "export", &store]).stdout).unwrap();
    desk.run(&["audit", "out.jsonl", "--store=new.db"]);
    assert_eq!(desk.run(&["fleet", "list", "--store=new.db"]).stdout, before.stdout);
}

#[test]
fn what_was_deleted_is_listed_and_brought_back_by_a_command() {
    let desk = desk();
    let store = stored(&desk, "fleet.db");
    let list = || desk.run(&["fleet", "list", "-f", "json", &store]);
    let before = list();
    let pruned = desk.run(&["fleet", "prune", "--older-than", "1d", &store]);
    assert_eq!(pruned.code, Some(0), "{pruned:?}");
    assert!(pruned.stderr.contains("3 readings deleted from fleet.db."), "{pruned:?}");
    assert!(pruned.stderr.contains("`poucet fleet restore` brings back what was deleted, for 7 days"), "{pruned:?}");
    assert_eq!(list().json()["devices"].as_array().unwrap().len(), 0);
    let log = desk.run(&["fleet", "restore", "--list", &store]);
    assert!(log.stdout.contains("older-than") && log.stdout.contains("can be brought"), "{log:?}");
    let restored = desk.run(&["fleet", "restore", &store]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.stderr.contains("3 readings are back in fleet.db."), "{restored:?}");
    let after = list();
    assert_eq!((&after.stdout, &after.stderr), (&before.stdout, &before.stderr));
    let again = desk.run(&["fleet", "restore", &store, "--lang", "fr"]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.stderr.contains("rien de ce qui a été supprimé ne peut être rétabli"), "{again:?}");
    let gone = desk.run(&["fleet", "prune", "--older-than", "1d", "--undo-window", "0", &store]);
    assert!(gone.stderr.contains("3 readings deleted from") && !gone.stderr.contains("fleet restore"), "{gone:?}");
    assert_eq!(desk.run(&["fleet", "restore", "1", &store]).code, Some(2));
    assert_eq!(desk.run(&["fleet", "prune", "--undo-window", "x", &store]).code, Some(2));
}

#[test]
fn a_clock_that_jumps_deletes_nothing_is_told_and_can_be_settled() {
    let desk = desk();
    let store = stored(&desk, "fleet.db");
    desk.run(&["fleet", "prune", "--keep", "60d", &store]);
    // As if all of it had been years ago: to such a store this desk is one whose clock is ahead.
    let years = "UPDATE reading SET stored_utc = '2023-06-01T00:00:00Z', seal = NULL; \
                 UPDATE setting SET value = '2023-06-01T00:00:00Z' WHERE name = 'clock'";
    change(&desk, "fleet.db", years);
    std::fs::write(desk.here().join("new.json"), snapshot("new", "2026-11-05T09:00:00Z").to_string()).unwrap();
    let audit = desk.run(&["audit", "new.json", "-f", "verdicts", &store]);
    assert_eq!(audit.code, Some(1), "{audit:?}");
    assert!(audit.stderr.contains("One reading stored in fleet.db."), "{audit:?}");
    let told = "years after what the store last heard (2023-06-01 00:00 UTC): nothing was deleted. Set the clock, or say that it is right";
    assert!(audit.stderr.contains(told), "{audit:?}");
    let pruned = desk.run(&["fleet", "prune", "--older-than", "60d", &store]);
    assert_eq!(pruned.code, Some(3), "{pruned:?}");
    assert!(pruned.stderr.contains(told) && !pruned.stderr.contains("deleted from"), "{pruned:?}");
    let french = desk.run(&["fleet", "prune", "--older-than", "60d", &store, "--lang", "fr"]);
    assert!(french.stderr.contains("des années après ce que le dépôt a entendu"), "{french:?}");
    assert_eq!(desk.run(&["fleet", "list", "-f", "json", &store]).json()["devices"].as_array().unwrap().len(), 3);
    let settled = desk.run(&["fleet", "prune", "--older-than", "60d", "--clock-is-right", &store]);
    assert_eq!(settled.code, Some(0), "{settled:?}");
    assert!(settled.stderr.contains("3 readings deleted from fleet.db."), "{settled:?}");
    let restored = desk.run(&["fleet", "restore", &store]);
    assert!(restored.stderr.contains("goes again at the next storing"), "{restored:?}");
}
