//! The history of a fleet, against a real SQLite file and a real PostgreSQL server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use crate::common_postgres::Postgres;
use poucet::Catalog;
use poucet::audit::{Context, audit};
use poucet::profile::{self, Profile};
use poucet::snapshot::{Snapshot, read};
use poucet::store::{Pending, PeriodLength, Store, StoreAddress, StoreError, VerdictRow};

fn profile() -> &'static Profile {
    static PROFILE: OnceLock<Profile> = OnceLock::new();
    PROFILE.get_or_init(|| profile::load("byod", Catalog::builtin()).unwrap())
}

/// A reading of a device; with each `day`, another one.
fn reading(device: &str, taken_at: &str) -> Snapshot {
    let example = include_str!("../../docs/examples/staff-phone-later.json");
    let mut snapshot = read::parse(example).unwrap();
    snapshot.device.id = Some(device.to_owned());
    snapshot.taken_at = Some(taken_at.to_owned());
    snapshot
}

/// The same phone without its apps: fewer rules fail.
fn emptied(device: &str, taken_at: &str) -> Snapshot {
    let mut snapshot = reading(device, taken_at);
    snapshot.apps.clear();
    snapshot
}

fn rows(snapshot: &Snapshot) -> Vec<VerdictRow> {
    vec![VerdictRow::of(&audit(snapshot, profile(), Context::new(Catalog::builtin())))]
}

fn add(store: &mut Store, snapshot: &Snapshot) -> poucet::store::Added {
    store.add_rows(snapshot, &rows(snapshot)).unwrap()
}

/// Runs a check on a fresh store of either kind.
fn on_each(name: &str, check: impl Fn(&StoreAddress)) {
    let folder = tempfile::tempdir().unwrap();
    check(&StoreAddress::File(folder.path().join("deep/er/fleet.db")));
    let server = server();
    if let Some(server) = &server {
        check(&StoreAddress::parse(&server.database(name)));
    }
}

/// One server for all tests that leave it running; it ends with the last of them.
fn server() -> Option<Arc<Postgres>> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = server.upgrade() {
        return Some(running);
    }
    let started = Arc::new(Postgres::start()?);
    *server = Arc::downgrade(&started);
    Some(started)
}

#[test]
fn the_same_reading_and_verdict_are_there_once() {
    on_each("once", |place| {
        let mut store = Store::open(place).unwrap();
        let first = reading("one", "2026-11-16T09:30:00-05:00");
        let added = add(&mut store, &first);
        assert_eq!((added.new_reading, added.new_verdicts, added.too_old), (true, 1, false));
        let mut other_desk = Store::open(place).unwrap();
        let again = add(&mut other_desk, &first);
        assert_eq!((again.new_reading, again.new_verdicts), (false, 0));
        // Judged by another profile it is the same reading with one verdict more.
        let stricter = profile::load("precautionary", Catalog::builtin()).unwrap();
        let judged = audit(&first, &stricter, Context::new(Catalog::builtin()));
        let more = store.add(&first, &[judged]).unwrap();
        assert_eq!((more.new_reading, more.new_verdicts), (false, 1));
        let readings = store.readings("one").unwrap();
        assert_eq!(readings.len(), 1);
        let profiles: Vec<&str> = readings[0].verdicts.iter().map(|verdict| verdict.profile.as_str()).collect();
        assert_eq!(profiles, ["byod", "precautionary"]);
        assert_eq!(readings[0].taken_utc, "2026-11-16T14:30:00Z");
        assert_eq!(store.snapshot(&readings[0].sha256).unwrap(), first);
    });
}

#[test]
fn devices_readings_and_trend_tell_what_was_stored() {
    on_each("told", |place| {
        let mut store = Store::open(place).unwrap();
        add(&mut store, &reading("abc1", "2026-10-05T10:00:00Z"));
        add(&mut store, &emptied("abc1", "2026-11-03T10:00:00Z"));
        add(&mut store, &reading("abd2", "2026-11-04T10:00:00Z"));
        let mut nameless = emptied("x", "2026-11-05T10:00:00Z");
        nameless.device.id = None;
        add(&mut store, &nameless);

        let devices = store.devices().unwrap();
        let told: Vec<(&str, u64, &str)> =
            devices.iter().map(|device| (device.id.as_str(), device.readings, device.latest.as_str())).collect();
        assert_eq!(told[0], ("abc1", 2, "2026-11-03T10:00:00Z"));
        assert_eq!(told[1], ("abd2", 1, "2026-11-04T10:00:00Z"));
        assert!(told[2].0.starts_with("unknown-"), "{told:?}");
        assert_eq!(devices[0].first, "2026-10-05T10:00:00Z");
        assert_eq!(devices[0].model.as_deref(), Some("samsung SM-A356W"));

        assert_eq!(store.find("abc").unwrap(), "abc1");
        assert!(matches!(store.find("ab"), Err(StoreError::Ambiguous { matches, .. }) if matches == "abc1, abd2"));
        assert!(matches!(store.find("zz"), Err(StoreError::NoDevice { .. })));
        assert!(matches!(store.find(""), Err(StoreError::NoDevice { .. })));

        let readings = store.readings("abc1").unwrap();
        assert_eq!(
            readings.iter().map(|reading| &reading.taken_utc[..10]).collect::<Vec<_>>(),
            ["2026-11-03", "2026-10-05"]
        );
        assert!(readings[0].verdicts[0].fail < readings[1].verdicts[0].fail);
        let at = |text: &str| Some(text.parse().unwrap());
        let latest = |store: &mut Store, at| store.latest("abc1", at).unwrap().map(|reading| reading.taken_utc);
        assert_eq!(latest(&mut store, None).as_deref(), Some("2026-11-03T10:00:00Z"));
        assert_eq!(latest(&mut store, at("2026-11-01T00:00:00Z")).as_deref(), Some("2026-10-05T10:00:00Z"));
        assert_eq!(latest(&mut store, at("2026-01-01T00:00:00Z")), None);

        let trend = store.trend(PeriodLength::Month).unwrap();
        let told: Vec<(&str, u64)> = trend.iter().map(|period| (period.start.as_str(), period.phones)).collect();
        assert_eq!(told, [("2026-10", 1), ("2026-11", 3)]);
        assert_eq!(trend[1].worst.values().sum::<u64>(), trend[1].failing);
        let counted = rows(&emptied("x", "x"))[0].counts[1] * 2 + rows(&reading("x", "x"))[0].counts[1];
        assert_eq!(trend[1].failing_rules, counted);
        assert_eq!(store.trend(PeriodLength::Day).unwrap().len(), 4);

        let mut lines = Vec::new();
        store
            .each_snapshot(None, |line| {
                lines.push(read::parse(line.unwrap()).unwrap().taken_at.unwrap());
                true
            })
            .unwrap();
        assert!(lines.len() == 4 && lines.is_sorted(), "{lines:?}");
        let mut count = 0;
        store
            .each_snapshot(Some("abc1"), |_| {
                count += 1;
                false
            })
            .unwrap();
        assert_eq!(count, 1);
    });
}

#[test]
fn more_readings_than_one_page_come_each_once() {
    on_each("pages", |place| {
        let mut store = Store::open(place).unwrap();
        for n in 0..70 {
            // Many of one moment.
            store.add_rows(&emptied(&format!("d{n}"), "2026-11-05T10:00:00Z"), &[]).unwrap();
        }
        let mut seen = std::collections::BTreeSet::new();
        store.each_snapshot(None, |line| seen.insert(line.unwrap().to_owned())).unwrap();
        assert_eq!(seen.len(), 70);
    });
}

#[test]
fn desks_that_write_at_once_lose_nothing_and_double_nothing() {
    on_each("desks", |place| {
        std::thread::scope(|scope| {
            for desk in 0..4 {
                scope.spawn(move || {
                    // Each makes the store, if it is the first.
                    let mut store = Store::open(place).unwrap();
                    for n in 0..25 {
                        // Half of them are the same for all desks.
                        let device = if n % 2 == 0 { format!("same{n}") } else { format!("desk{desk}-{n}") };
                        let snapshot = emptied(&device, "2026-11-05T10:00:00Z");
                        store.add_rows(&snapshot, &rows(&snapshot)).unwrap();
                    }
                });
            }
        });
        let devices = Store::open_existing(place).unwrap().devices().unwrap();
        assert_eq!(devices.len(), 13 + 4 * 12);
        assert!(devices.iter().all(|device| device.readings == 1 && device.verdicts.len() == 1));
    });
}

#[test]
fn old_readings_go_and_their_bytes_with_them() {
    on_each("kept", |place| {
        let mut store = Store::open(place).unwrap();
        let now = jiff::Timestamp::now();
        let days_ago = |days: i64| now.checked_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap().to_string();
        add(&mut store, &reading("old-device-marker", &days_ago(100)));
        add(&mut store, &reading("new-device-marker", &days_ago(10)));
        assert_eq!(store.keep().unwrap(), None);
        store.set_undo(0).unwrap();
        assert_eq!(store.set_keep(Some(90)).unwrap().readings, 1);
        assert_eq!(store.keep().unwrap(), Some(90));
        // Every desk keeps to it.
        let mut other = Store::open(place).unwrap();
        let late = add(&mut other, &reading("late", &days_ago(91)));
        assert!(late.too_old && !late.new_reading);
        assert_eq!(other.devices().unwrap().len(), 1);
        assert_eq!(other.prune(5).unwrap().readings, 1);
        assert!(other.devices().unwrap().is_empty() && other.trend(PeriodLength::Day).unwrap().is_empty());
        assert_eq!(other.set_keep(None).unwrap().readings, 0);
        assert!(add(&mut other, &reading("late", &days_ago(91))).new_reading);
        if let StoreAddress::File(path) = place {
            drop(store);
            assert!(holds(path, "late"));
            assert!(!holds(path, "old-device-marker") && !holds(path, "new-device-marker"), "bytes were left behind");
        }
    });
}

/// Whether the file of a store, or what SQLite keeps beside it, holds a text.
fn holds(path: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.is_file()).any(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

fn database(folder: &Path, statements: &str) -> PathBuf {
    let path = folder.join("other.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    path
}

#[test]
fn what_is_no_store_of_ours_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let other = database(folder.path(), "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, and long enough to look at: ".repeat(50)).unwrap();
    for path in [other, text] {
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Store::open(&StoreAddress::File(path.clone())), Err(StoreError::NotOurs { .. })), "{path:?}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    let nowhere = StoreAddress::File(folder.path().join("nowhere.db"));
    assert!(matches!(Store::open_existing(&nowhere), Err(StoreError::Missing { .. })));
    assert!(!folder.path().join("nowhere.db").exists());
}

#[test]
fn a_store_of_an_earlier_version_comes_along_and_one_of_a_later_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    {
        let first = include_str!("../../src/store/migrations/sqlite/0001_readings.sql");
        let sqlite = rusqlite::Connection::open(&path).unwrap();
        sqlite.execute_batch("PRAGMA application_id = 1886352739; CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL); INSERT INTO setting VALUES ('version', '1')").unwrap();
        sqlite.execute_batch(first).unwrap();
        let snapshot = serde_json::to_string(&reading("early", "2026-01-01T00:00:00Z")).unwrap();
        let values = rusqlite::params![snapshot];
        sqlite.execute("INSERT INTO reading VALUES ('x', 'early', 'android', NULL, NULL, 'bundle', NULL, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', ?1)", values).unwrap();
    }
    let place = StoreAddress::File(path.clone());
    let mut store = Store::open(&place).unwrap();
    assert_eq!(store.devices().unwrap()[0].id, "early");
    // What somebody changed is not taken for what was read.
    assert!(matches!(store.snapshot("x"), Err(StoreError::Damaged { .. })));
    drop(store);
    let version = |path: &Path| -> (String, i64) {
        let sqlite = rusqlite::Connection::open(path).unwrap();
        let value = sqlite.query_row("SELECT value FROM setting WHERE name = 'version'", [], |row| row.get(0)).unwrap();
        (
            value,
            sqlite
                .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'finding_rule'", [], |row| row.get(0))
                .unwrap(),
        )
    };
    assert_eq!(version(&path), ("5".to_owned(), 1));
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE setting SET value = '99' WHERE name = 'version'", [])
        .unwrap();
    assert!(matches!(Store::open(&place), Err(StoreError::Newer { version: 99, .. })));
    if let Some(server) = server() {
        let address = server.database("later");
        drop(Store::open(&StoreAddress::parse(&address)).unwrap());
        server.ask("later", "UPDATE poucet.setting SET value = '99' WHERE name = 'version'");
        assert!(matches!(Store::open(&StoreAddress::parse(&address)), Err(StoreError::Newer { version: 99, .. })));
    }
}

#[cfg(unix)]
#[test]
fn a_store_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let mut store = Store::open(&StoreAddress::File(path)).unwrap();
    add(&mut store, &reading("one", "2026-11-16T09:30:00Z"));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{entry:?}");
    }
}

#[test]
fn a_server_that_goes_away_in_the_middle_and_comes_back_has_everything_once() {
    let Some(server) = Postgres::start() else { return };
    let place = StoreAddress::parse(&server.database("fleet"));
    let mut store = Store::open(&place).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..2 {
                std::thread::sleep(Duration::from_millis(150));
                server.take_away();
                std::thread::sleep(Duration::from_millis(700));
                server.bring_back();
            }
        });
        let begun = std::time::Instant::now();
        let mut count = 0;
        while count < 150 || begun.elapsed() < Duration::from_secs(3) {
            let snapshot = emptied(&format!("d{count}"), "2026-11-05T10:00:00Z");
            if let Err(error) = store.add_rows(&snapshot, &rows(&snapshot)) {
                panic!("{count}: {error}");
            }
            count += 1;
        }
        let devices = store.devices().unwrap();
        assert_eq!(devices.len(), count);
        assert!(devices.iter().all(|device| device.readings == 1 && device.verdicts.len() == 1));
    });
    let twice = server.ask(
        "fleet",
        "SELECT count(*) FROM (SELECT verdict_id, place FROM poucet.finding GROUP BY 1, 2 HAVING count(*) > 1) x",
    );
    assert_eq!(twice, "0");
}

#[test]
fn what_cannot_be_stored_waits_beside_and_goes_in_later() {
    let Some(server) = Postgres::start() else { return };
    let place = StoreAddress::parse(&server.database("fleet"));
    let mut store = Store::open_as(&place, true, Duration::from_millis(300)).unwrap();
    server.take_away();
    let folder = tempfile::tempdir().unwrap();
    let pending = Pending::new(folder.path().join("pending"));
    for device in ["one", "two", "two"] {
        let snapshot = reading(device, "2026-11-05T10:00:00Z");
        let rows = rows(&snapshot);
        assert!(matches!(store.add_rows(&snapshot, &rows), Err(StoreError::Gone { .. })));
        pending.save(&place, &snapshot, &rows).unwrap();
    }
    assert!(matches!(Store::open(&place), Err(StoreError::Gone { .. })));
    server.bring_back();
    // Another store's are not this one's.
    let other = StoreAddress::File(folder.path().join("fleet.db"));
    assert_eq!(pending.drain(&mut Store::open(&other).unwrap()).stored.len(), 0);
    assert_eq!(pending.drain(&mut store).stored.len(), 2);
    assert_eq!(pending.drain(&mut store).stored.len(), 0);
    let devices: BTreeMap<String, u64> =
        store.devices().unwrap().into_iter().map(|device| (device.id, device.readings)).collect();
    assert_eq!(devices, BTreeMap::from([("one".to_owned(), 1), ("two".to_owned(), 1)]));
}

#[test]
fn a_desk_that_is_killed_in_the_middle_leaves_nothing_half_stored() {
    on_each("killed", |place| {
        let mut store = Store::open(place).unwrap();
        add(&mut store, &reading("whole", "2026-11-05T10:00:00Z"));
        let half = "INSERT INTO {}reading (sha256, device, platform, source, taken_utc, stored_utc, snapshot) VALUES ('half', 'half', 'android', 'x', 'x', 'x', '{}')";
        match place {
            StoreAddress::File(path) => {
                let sqlite = rusqlite::Connection::open(path).unwrap();
                sqlite.execute_batch(&format!("BEGIN IMMEDIATE; {}", half.replacen("{}", "", 1))).unwrap();
                // Never committed.
            }
            StoreAddress::Server { .. } => {
                let server = server().unwrap();
                server.ask("killed", &format!("BEGIN; {}", half.replacen("{}", "poucet.", 1)));
            }
        }
        let ids: Vec<String> = store.devices().unwrap().into_iter().map(|device| device.id).collect();
        assert_eq!(ids, ["whole"]);
    });
}

#[test]
fn a_role_that_may_only_read_can_read() {
    let Some(server) = server() else { return };
    let address = server.database("dashboard");
    let mut store = Store::open(&StoreAddress::parse(&address)).unwrap();
    add(&mut store, &reading("one", "2026-11-05T10:00:00Z"));
    server.ask("dashboard", "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA poucet TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA poucet TO reader");
    let place = StoreAddress::parse(&address.replace("desk@", "reader@"));
    let mut reader = Store::open_existing(&place).unwrap();
    assert_eq!(reader.devices().unwrap().len(), 1);
    let refused = reader.add_rows(&reading("two", "2026-11-05T10:00:00Z"), &[]).unwrap_err();
    assert!(matches!(refused, StoreError::Refused { .. }), "{refused}");
    assert_eq!(reader.devices().unwrap().len(), 1, "a refused statement spoils nothing");
}

#[test]
fn no_message_tells_the_password() {
    let Some(server) = server() else { return };
    let address = server.database("secret");
    for wrong in [
        address.replace("desk@", "nobody:hunter2@"),
        "postgres://x:hunter2@127.0.0.1:1/y".to_owned(),
        "postgres://x:hunter2@[y/?sslmode=hunter2".to_owned(),
    ] {
        let error = Store::open(&StoreAddress::parse(&wrong)).err().unwrap();
        let told = format!("{error} {error:?} {:?}", error.arguments());
        assert!(!told.contains("hunter2"), "{told}");
    }
}

/// Runs a statement on a store behind its back.
fn change(place: &StoreAddress, statement: &str) {
    match place {
        StoreAddress::File(path) => rusqlite::Connection::open(path).unwrap().execute_batch(statement).unwrap(),
        StoreAddress::Server { address, .. } => {
            let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
            client.batch_execute(&format!("SET search_path TO poucet; {statement}")).unwrap();
        }
    }
}

#[test]
fn a_reading_that_is_refused_holds_up_nothing_that_waits_after_it() {
    on_each("refusing", |place| {
        let mut store = Store::open(place).unwrap();
        change(place, "CREATE UNIQUE INDEX not_this_one ON reading (model)");
        let folder = tempfile::tempdir().unwrap();
        let pending = Pending::new(folder.path().to_path_buf());
        let mut files = Vec::new();
        for (device, model) in [("a", "A"), ("bad", "A"), ("c", "C"), ("d", "D")] {
            let mut snapshot = reading(device, "2026-11-05T10:00:00Z");
            snapshot.device.model = Some(model.to_owned());
            files.push(pending.save(place, &snapshot, &rows(&snapshot)).unwrap());
        }
        std::fs::write(&files[3], "{").unwrap();
        for stored in [2, 0] {
            let drained = pending.drain(&mut store);
            assert!(drained.ended.is_none(), "{drained:?}");
            assert_eq!(drained.stored.len(), stored);
            let mut left: Vec<(&Path, &str)> =
                drained.left.iter().map(|left| (left.file.as_path(), left.key())).collect();
            left.sort_by_key(|(_, key)| *key);
            assert_eq!(left, [(files[1].as_path(), "store-left-refused"), (&files[3], "store-left-unreadable")]);
            let told = drained.left.iter().map(|left| left.detail()).collect::<String>();
            assert!(told.contains("reading.model") || told.contains("not_this_one"), "{told}");
        }
        assert_eq!(store.devices().unwrap().len(), 2);
    });
}

#[test]
fn an_id_of_any_length_and_sign_is_stored_and_found() {
    on_each("ids", |place| {
        let mut store = Store::open(place).unwrap();
        let (long, other) = ("é1".repeat(5000), format!("{}2", "é1".repeat(5000)));
        for id in [long.as_str(), &other, "with\0nul"] {
            let snapshot = reading(id, "2026-11-05T10:00:00Z");
            assert!(add(&mut store, &snapshot).new_reading);
            let found = store.find(id).unwrap();
            assert!(found.len() <= 200, "{found}");
            let latest = store.latest(&found, None).unwrap().unwrap();
            // A snapshot that is read has its texts cut, and is the same reading all the same.
            assert_eq!(store.snapshot(&latest.sha256).unwrap().taken_at, snapshot.taken_at);
            assert_eq!(store.before(&found, &reading(id, "2026-11-06T10:00:00Z")).unwrap().unwrap().device, found);
            assert_eq!(store.find(&found).unwrap(), found);
        }
        assert_eq!(store.devices().unwrap().len(), 3);
        assert!(matches!(store.find("é1é1"), Err(StoreError::Ambiguous { .. })));
    });
}

#[test]
fn a_lock_that_somebody_holds_is_waited_for_no_longer_than_a_server_that_is_away() {
    let Some(server) = server() else { return };
    let address = server.database("held");
    let place = StoreAddress::parse(&address);
    let mut store = Store::open_as(&place, true, Duration::from_millis(500)).unwrap();
    let mut holder = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE poucet.reading IN ACCESS EXCLUSIVE MODE").unwrap();
    let begun = std::time::Instant::now();
    let snapshot = reading("one", "2026-11-05T10:00:00Z");
    let added = store.add_rows(&snapshot, &rows(&snapshot));
    assert!(matches!(added, Err(StoreError::Gone { .. })), "{added:?}");
    assert!(matches!(store.devices(), Err(StoreError::Gone { .. })));
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    // So it waits beside, and goes in when the lock is let go.
    let folder = tempfile::tempdir().unwrap();
    let pending = Pending::new(folder.path().to_path_buf());
    pending.save(&place, &snapshot, &rows(&snapshot)).unwrap();
    assert!(matches!(pending.drain(&mut store).ended, Some(StoreError::Gone { .. })));
    holder.batch_execute("COMMIT").unwrap();
    assert_eq!(pending.drain(&mut store).stored.len(), 1);
    assert_eq!(store.devices().unwrap().len(), 1);
}

#[test]
fn a_clock_that_is_wrong_keeps_no_reading_for_ever_and_loses_none() {
    on_each("clocks", |place| {
        let mut store = Store::open(place).unwrap();
        store.set_keep(Some(90)).unwrap();
        // One that is ahead: the reading goes in time all the same.
        add(&mut store, &reading("ahead", "2099-01-01T00:00:00Z"));
        assert_eq!(store.set_keep(Some(90)).unwrap().readings, 0);
        let hundred = jiff::SignedDuration::from_hours(24 * 100);
        let long_ago = jiff::Timestamp::now().checked_sub(hundred).unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        change(place, &format!("UPDATE reading SET stored_utc = '{long_ago}'"));
        // One that was reset: the reading counts from when it was stored.
        let reset = add(&mut store, &reading("reset", "1970-01-01T00:01:00Z"));
        assert_eq!((reset.new_reading, reset.too_old, reset.expired), (true, false, 1));
        let kept = store.readings("reset").unwrap();
        assert_eq!(
            (&kept[0].taken_utc, kept[0].taken_at.as_deref()),
            (&kept[0].stored_utc, Some("1970-01-01T00:01:00Z"))
        );
        assert_eq!(store.prune(100).unwrap().readings, 0);
        assert_eq!(store.devices().unwrap().len(), 1);
    });
}

#[test]
fn what_was_judged_last_holds_even_if_it_was_said_before() {
    on_each("again", |place| {
        let mut store = Store::open(place).unwrap();
        let snapshot = reading("one", "2026-11-05T10:00:00Z");
        let plain = rows(&snapshot);
        let mut waived = plain.clone();
        waived[0].identity = "waived".to_owned();
        waived[0].counts[1] = 0;
        for (judged, new) in [(&plain, 1), (&waived, 1), (&plain, 0)] {
            assert_eq!(store.add_rows(&snapshot, judged).unwrap().new_verdicts, new);
            let told = store.devices().unwrap()[0].verdicts[0].fail;
            assert_eq!(told, judged[0].counts[1]);
            assert_eq!(store.readings("one").unwrap()[0].verdicts[0].fail, told);
            assert_eq!(store.trend(PeriodLength::Month).unwrap()[0].failing_rules, told);
        }
    });
}

#[test]
fn another_count_is_another_verdict() {
    let snapshot = reading("one", "2026-11-05T10:00:00Z");
    let mut judged = audit(&snapshot, profile(), Context::new(Catalog::builtin()));
    let before = VerdictRow::of(&judged).identity;
    assert_eq!(VerdictRow::of(&judged).identity, before);
    judged.summary.pass += 1;
    assert_ne!(VerdictRow::of(&judged).identity, before);
}

#[test]
fn the_reading_before_is_the_same_with_and_without_a_zone() {
    on_each("before", |place| {
        let mut store = Store::open(place).unwrap();
        let (first, second) = (reading("local", "2026-11-04T10:00:00"), reading("local", "2026-11-05T10:00:00"));
        add(&mut store, &second);
        add(&mut store, &first);
        let before = |store: &mut Store, device: &str, than: &Snapshot| {
            let found = store.before(device, than).unwrap()?;
            Some(store.snapshot(&found.sha256).unwrap())
        };
        assert_eq!(before(&mut store, "local", &second).as_ref(), Some(&first));
        assert_eq!(before(&mut store, "local", &first), None);
        assert_eq!(before(&mut store, "local", &reading("local", "2026-11-05T10:00:00Z")), Some(first));
        assert_eq!(before(&mut store, "local", &reading("local", "2026-11-05T10:00:00-05:00")), Some(second.clone()));
        // Readings that tell no time count as of when they were stored.
        let mut timeless = emptied("timeless", "");
        timeless.taken_at = None;
        let mut other = reading("timeless", "");
        other.taken_at = None;
        add(&mut store, &timeless);
        assert_eq!(before(&mut store, "timeless", &other), Some(timeless.clone()));
        assert_eq!(before(&mut store, "timeless", &timeless), None);
        std::thread::sleep(Duration::from_millis(1100));
        add(&mut store, &other);
        assert_eq!(before(&mut store, "timeless", &other), Some(timeless));
    });
}

#[test]
fn of_two_of_one_second_all_commands_take_the_same() {
    on_each("ties", |place| {
        let mut store = Store::open(place).unwrap();
        for n in 0..8 {
            for version in ["14", "15"] {
                let mut snapshot =
                    if version == "14" { reading } else { emptied }(&format!("d{n}"), "2026-11-05T10:00:00Z");
                snapshot.device.os_version = Some(version.to_owned());
                add(&mut store, &snapshot);
            }
        }
        // Whenever they were stored: all in one second, and all judged in one moment.
        change(
            place,
            "UPDATE reading SET stored_utc = '2026-11-06T00:00:00Z', seal = NULL; \
             UPDATE verdict SET judged_utc = '2026-11-06T00:00:00Z', seal = NULL",
        );
        let devices = store.devices().unwrap();
        for device in &devices {
            let latest = store.latest(&device.id, None).unwrap().unwrap();
            assert_eq!((&latest.os_version, &latest.verdicts), (&device.os_version, &device.verdicts), "{}", device.id);
        }
        let failing: u64 = devices.iter().map(|device| device.verdicts[0].fail).sum();
        assert_eq!(store.trend(PeriodLength::Day).unwrap()[0].failing_rules, failing);
    });
}

#[test]
fn whoever_reads_a_file_waits_for_nobody_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let place = StoreAddress::File(path.clone());
    assert!(matches!(Store::open_to_read(&place), Err(StoreError::Missing { .. })));
    add(&mut Store::open(&place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
    let before = std::fs::read(&path).unwrap();
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = std::time::Instant::now();
    let mut store = Store::open_to_read(&place).unwrap();
    assert_eq!((store.devices().unwrap().len(), store.keep().unwrap()), (1, None));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    writer.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(store.set_keep(Some(1)), Err(StoreError::Refused { .. })));
    drop((store, writer));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn desks_that_make_one_file_at_the_same_moment_all_have_it() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let place = StoreAddress::File(folder.path().join("fleet.db"));
        let together = std::sync::Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    together.wait();
                    assert_eq!(Store::open(&place).unwrap().devices().unwrap(), []);
                });
            }
        });
    }
}

#[test]
fn a_phone_is_named_once_also_in_a_store_of_an_earlier_version() {
    on_each("names", |place| {
        let mut store = Store::open(place).unwrap();
        let mut snapshot = reading("tecno", "2026-11-05T10:00:00Z");
        snapshot.device.manufacturer = Some("TECNO".to_owned());
        snapshot.device.model = Some("TECNO CK7n".to_owned());
        add(&mut store, &snapshot);
        assert_eq!(store.devices().unwrap()[0].model.as_deref(), Some("TECNO CK7n"));
        change(place, "UPDATE reading SET model = 'TECNO TECNO CK7n', seal = NULL");
        assert_eq!(store.devices().unwrap()[0].model.as_deref(), Some("TECNO CK7n"));
    });
}

/// The same phone, of which the app-ops were not read: fewer rules fail. As an earlier version wrote it, without a mark.
fn half(device: &str, taken_at: &str) -> Snapshot {
    let mut snapshot = emptied(device, taken_at);
    let gap = poucet::snapshot::Gap {
        area: "dumpsys appops".to_owned(),
        user: None,
        app: None,
        reason: "timed-out".to_owned(),
        read: None,
        of: None,
        detail: String::new(),
    };
    snapshot.gaps.push(gap);
    snapshot
}

#[test]
fn half_a_reading_is_kept_and_never_stands_for_a_whole_one() {
    let (early, mid, late, later) =
        ("2026-10-03T10:00:00Z", "2026-10-04T10:00:00Z", "2026-11-05T10:00:00Z", "2026-11-06T10:00:00Z");
    on_each("half", |place| {
        let mut store = Store::open(place).unwrap();
        // Half a reading first: there is nothing better yet.
        add(&mut store, &half("one", early));
        let told = store.devices().unwrap().remove(0);
        assert_eq!(
            (told.latest.as_str(), told.partial.as_slice(), told.later_partial),
            (early, &["access".to_owned()][..], None)
        );
        assert_eq!(store.latest("one", None).unwrap().unwrap().partial, ["access"]);
        // A whole one between two halves, then after them.
        for (taken, whole) in [(mid, true), (late, false)] {
            add(&mut store, &if whole { reading("one", taken) } else { half("one", taken) });
        }
        let whole = rows(&reading("one", mid))[0].counts[1];
        let told = store.devices().unwrap().remove(0);
        assert_eq!((told.latest.as_str(), told.readings, told.partial.len()), (mid, 3, 0));
        assert_eq!(told.later_partial, Some((1, late.to_owned())));
        assert_eq!(told.verdicts[0].fail, whole);
        assert_eq!(store.latest("one", None).unwrap().unwrap().taken_utc, mid);
        assert_eq!(store.before("one", &reading("one", later)).unwrap().unwrap().taken_utc, mid);
        assert_eq!(store.before("one", &reading("one", mid)).unwrap().unwrap().taken_utc, early, "there is no other");
        let kept: Vec<usize> = store.readings("one").unwrap().iter().map(|reading| reading.partial.len()).collect();
        assert_eq!(kept, [1, 0, 1]);
        // A month with nothing but half a reading says so; in the other the whole one counts, though it came first.
        add(&mut store, &half("one", "2026-10-30T10:00:00Z"));
        let trend = store.trend(PeriodLength::Month).unwrap();
        let told: Vec<(&str, u64, u64)> =
            trend.iter().map(|period| (period.start.as_str(), period.partial, period.later_partial)).collect();
        assert_eq!(told, [("2026-10", 0, 1), ("2026-11", 1, 0)]);
        assert_eq!(trend[0].failing_rules, whole);
        add(&mut store, &reading("one", later));
        let told = store.devices().unwrap().remove(0);
        assert_eq!((told.latest.as_str(), told.later_partial), (later, None));
        assert_eq!(store.before("one", &reading("one", later)).unwrap().unwrap().taken_utc, mid);
    });
}

#[test]
fn what_an_earlier_version_counted_as_failing_though_it_only_tells_is_noted() {
    on_each("noted", |place| {
        let mut store = Store::open(place).unwrap();
        let snapshot = reading("noted", "2026-11-05T10:00:00Z");
        add(&mut store, &snapshot);
        let now = store.devices().unwrap()[0].verdicts[0].clone();
        assert!(now.noted > 0 && now.fail > 0, "{now:?}");
        // As it was written before: a failure among the others.
        change(
            place,
            "UPDATE verdict SET fail = fail + 1, noted = NULL, findings_sha256 = NULL, seal = NULL; UPDATE finding SET verdict = 'fail' WHERE verdict = 'noted'",
        );
        assert_eq!(store.devices().unwrap()[0].verdicts[0], now);
        assert_eq!(store.trend(PeriodLength::Day).unwrap()[0].failing_rules, now.fail);
        // Where it was the only one, nothing failed.
        change(
            place,
            "UPDATE verdict SET verdict = 'fail', worst = 'info', fail = 1, waived = 0, not_assessed = 0, manual = 0; \
             DELETE FROM finding WHERE severity <> 'info'",
        );
        let only = store.devices().unwrap()[0].verdicts[0].clone();
        assert_eq!((only.verdict.as_str(), only.worst.as_deref(), only.fail, only.noted), ("noted", None, 0, 1));
        let period = &store.trend(PeriodLength::Day).unwrap()[0];
        assert_eq!((period.failing, period.failing_rules, period.worst.len()), (0, 0, 0));
        change(place, "UPDATE verdict SET not_assessed = 3");
        assert_eq!(store.devices().unwrap()[0].verdicts[0].verdict, "not-assessed");
    });
}

#[test]
fn an_earlier_store_learns_which_of_its_readings_are_half() {
    on_each("marked", |place| {
        let mut store = Store::open(place).unwrap();
        for n in 0..40 {
            add(&mut store, &half(&format!("h{n}"), "2026-11-05T10:00:00Z"));
        }
        add(&mut store, &reading("whole", "2026-11-05T10:00:00Z"));
        drop(store);
        change(
            place,
            "DROP TABLE deletion; DROP TABLE deleted_reading; DROP TABLE deleted_verdict; DROP TABLE deleted_finding; \
             DROP INDEX reading_sequence; DROP INDEX reading_stored; ALTER TABLE reading DROP COLUMN doubted; \
             DELETE FROM setting WHERE name IN ('sequence', 'clock', 'leap'); ALTER TABLE reading DROP COLUMN seal; ALTER TABLE verdict DROP COLUMN seal; ALTER TABLE verdict DROP COLUMN noted; \
             ALTER TABLE verdict DROP COLUMN findings_sha256; ALTER TABLE reading DROP COLUMN partial; ALTER TABLE reading DROP COLUMN sequence; \
             UPDATE setting SET value = '2' WHERE name = 'version'; \
             UPDATE reading SET taken_utc = '2100-01-01T00:00:00Z' WHERE device = 'whole'",
        );
        let mut store = Store::open_to_read(place).unwrap();
        let devices = store.devices().unwrap();
        assert_eq!(devices.iter().filter(|device| device.partial == ["access"]).count(), 40);
        let whole = devices.iter().find(|device| device.id == "whole").unwrap();
        assert!(whole.partial.is_empty() && whole.latest.as_str() < "2100", "{whole:?}");
    });
}

#[test]
fn the_order_is_that_of_the_readings_and_not_of_a_clock_that_is_wrong() {
    on_each("orders", |place| {
        let mut store = Store::open(place).unwrap();
        // A clock that is ahead, with nothing to tell by how much; then one that the computer saw to be behind; then a right one.
        add(&mut store, &reading("one", "2100-01-01T00:00:00Z"));
        let mut behind = reading("one", "2024-06-13T12:00:00Z");
        let clock = poucet::vocabulary::ClockWitness::Computer;
        let now = jiff::Timestamp::now();
        let ahead =
            behind.taken_at.as_deref().unwrap().parse::<jiff::Timestamp>().unwrap().as_second() - now.as_second();
        behind.clock = Some(poucet::snapshot::ClockError { ahead, by: clock });
        behind.device.os_version = Some("behind".to_owned());
        behind.source.kind = "adb".to_owned();
        add(&mut store, &behind);
        let latest = store.latest("one", None).unwrap().unwrap();
        assert_eq!(latest.os_version.as_deref(), Some("behind"));
        assert!(latest.taken_utc.as_str() > "2026" && latest.taken_utc <= latest.stored_utc, "{latest:?}");
        // Of two readings of one second the one that came in last is the later one.
        let mut last = behind.clone();
        last.device.os_version = Some("last".to_owned());
        add(&mut store, &last);
        assert_eq!(store.devices().unwrap()[0].os_version.as_deref(), Some("last"));
        let before = store.before("one", &last).unwrap().unwrap();
        assert_eq!(before.os_version.as_deref(), Some("behind"));
        // A phone that is read now comes after all of them, whatever its own clock says.
        let mut now = behind.clone();
        now.taken_at = Some("1970-01-01T00:00:07Z".to_owned());
        assert_eq!(store.before("one", &now).unwrap().unwrap().os_version.as_deref(), Some("last"));
    });
}

#[test]
fn a_file_in_which_something_runs_is_refused_and_left_as_it_is() {
    let views = "ALTER TABLE reading RENAME TO r2; CREATE VIEW reading AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 \
                 FROM c) SELECT printf('%064x', x) sha256, 'd' || x device FROM c";
    for (name, statement, told) in [
        ("view", views, "view reading"),
        ("other", "CREATE VIEW mine AS SELECT device FROM reading", "view mine"),
        (
            "trigger",
            "CREATE TRIGGER t AFTER INSERT ON verdict BEGIN UPDATE verdict SET verdict = 'pass'; END",
            "trigger t",
        ),
        ("computed", "CREATE INDEX i ON reading (upper(device))", "index i"),
        ("virtual", "DROP TABLE finding; CREATE VIRTUAL TABLE finding USING fts5(rule)", "table finding"),
        ("gone", "DROP TABLE finding", "table finding"),
        ("column", "ALTER TABLE reading ADD COLUMN mine TEXT", "table reading"),
        ("no-setting", "DROP TABLE setting", "setting"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let place = StoreAddress::File(path.clone());
        add(&mut Store::open(&place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
        change(&place, statement);
        let before = std::fs::read(&path).unwrap();
        for opened in [Store::open(&place), Store::open_existing(&place), Store::open_to_read(&place)] {
            let error = opened.err().unwrap();
            assert!(matches!(&error, StoreError::Changed { detail, .. } if detail.contains(told)), "{name}: {error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), before, "{name}");
    }
}

#[test]
fn an_index_of_plain_columns_and_a_table_beside_are_no_fault() {
    on_each("plain", |place| {
        add(&mut Store::open(place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
        change(place, "CREATE INDEX mine ON reading (platform, model); CREATE TABLE notes (t TEXT)");
        assert_eq!(Store::open(place).unwrap().devices().unwrap().len(), 1);
    });
}

#[test]
fn a_server_on_which_something_runs_is_refused() {
    let Some(server) = server() else { return };
    for (name, statement, told) in [
        (
            "runs",
            "CREATE FUNCTION poucet.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.verdict := ''pass''; RETURN NEW; END'; \
             CREATE TRIGGER t BEFORE INSERT ON poucet.verdict FOR EACH ROW EXECUTE FUNCTION poucet.f()",
            "trigger t",
        ),
        ("ruled", "CREATE RULE r AS ON INSERT TO poucet.verdict DO INSTEAD NOTHING", "rule r"),
        (
            "viewed",
            "ALTER TABLE poucet.reading RENAME TO r2; CREATE VIEW poucet.reading AS SELECT * FROM poucet.r2",
            "reading",
        ),
        ("heir", "CREATE TABLE public.more () INHERITS (poucet.reading)", "table public.more"),
        ("wider", "ALTER TABLE poucet.reading ADD COLUMN mine TEXT DEFAULT current_user", "reading.mine"),
        ("other", "ALTER TABLE poucet.verdict ALTER COLUMN fail TYPE TEXT", "verdict.fail"),
        ("unset", "DROP TABLE poucet.setting", "setting"),
    ] {
        let place = StoreAddress::parse(&server.database(name));
        add(&mut Store::open(&place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
        server.ask(name, statement);
        for opened in [Store::open(&place), Store::open_to_read(&place)] {
            let error = opened.err().unwrap();
            assert!(matches!(&error, StoreError::Changed { detail, .. } if detail.contains(told)), "{name}: {error}");
        }
    }
}

#[test]
fn a_table_of_another_schema_never_stands_for_one_of_ours() {
    let Some(server) = server() else { return };
    let address = server.database("paths");
    server.ask(
        "paths",
        "CREATE TABLE public.setting (name TEXT, value TEXT); INSERT INTO public.setting VALUES ('version', '99')",
    );
    let mut store = Store::open(&StoreAddress::parse(&address)).unwrap();
    assert!(add(&mut store, &reading("one", "2026-11-05T10:00:00Z")).new_reading);
}

#[test]
fn a_version_that_is_no_number_or_not_that_of_the_tables_is_told_in_a_sentence() {
    on_each("versions", |place| {
        drop(Store::open(place).unwrap());
        for (statement, told) in [
            ("UPDATE setting SET value = '1' WHERE name = 'version'", "reading"),
            ("UPDATE setting SET value = 'abc' WHERE name = 'version'", "setting.version = abc"),
            ("UPDATE setting SET value = '-3' WHERE name = 'version'", "setting.version = -3"),
            ("DELETE FROM setting WHERE name = 'version'", "setting.version"),
        ] {
            change(place, statement);
            let error = Store::open(place).err().unwrap();
            assert!(
                matches!(&error, StoreError::Changed { detail, .. } if detail.contains(told)),
                "{statement}: {error}"
            );
        }
    });
}

#[test]
fn for_how_long_readings_are_kept_is_never_guessed() {
    on_each("guessed", |place| {
        let mut store = Store::open(place).unwrap();
        store.set_keep(Some(90)).unwrap();
        change(place, "UPDATE setting SET value = 'ninety' WHERE name = 'keep_days'");
        assert!(
            matches!(store.keep(), Err(StoreError::Changed { detail, .. }) if detail.contains("keep_days = ninety"))
        );
    });
}

#[test]
fn rows_that_poucet_never_writes_are_named_and_passed_over() {
    for (column, value) in [
        ("taken_utc", "x'32303235'"),
        ("taken_utc", "CAST(x'ff41' AS TEXT)"),
        ("device", "x'ff'"),
        ("device", "CAST(x'ff41' AS TEXT)"),
        ("sha256", "CAST(x'ff41' AS TEXT)"),
        ("partial", "x'00'"),
        ("sequence", "'many'"),
        ("model", "printf('%.*c', 100000, 'x')"),
        ("snapshot", "x'7b7d'"),
        ("snapshot", "CAST(zeroblob(70000000) AS TEXT)"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let place = StoreAddress::File(folder.path().join("fleet.db"));
        {
            let mut store = Store::open(&place).unwrap();
            for device in ["bad", "good"] {
                store.add_rows(&reading(device, "2026-11-05T10:00:00Z"), &[]).unwrap();
            }
        }
        change(&place, &format!("UPDATE reading SET {column} = {value} WHERE device = 'bad'"));
        let mut store = Store::open_to_read(&place).unwrap();
        let devices: Vec<String> = store.devices().unwrap().into_iter().map(|device| device.id).collect();
        assert!(devices.contains(&"good".to_owned()) && devices.len() <= 2, "{column} {value}: {devices:?}");
        let (mut whole, mut told) = (0, store.passed_over());
        store
            .each_snapshot(None, |line| {
                match line {
                    Ok(_) => whole += 1,
                    Err(error) => told.push(error),
                }
                whole + told.len() < 50
            })
            .unwrap();
        assert!((1..=2).contains(&whole), "{column} {value}: {whole}");
        told.extend(store.passed_over());
        let named = |error: &StoreError| matches!(error, StoreError::Damaged { detail, reading, .. } if *detail == format!("reading.{column}") && !reading.is_empty());
        assert!(told.iter().any(named), "{column} {value}: {told:?}");
        store.trend(PeriodLength::Month).unwrap();
    }
}

#[test]
fn a_verdict_that_poucet_never_writes_is_named_and_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let place = StoreAddress::File(folder.path().join("fleet.db"));
    add(&mut Store::open(&place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
    change(&place, "UPDATE verdict SET fail = 'none'");
    let mut store = Store::open_to_read(&place).unwrap();
    assert!(store.devices().unwrap()[0].verdicts.is_empty());
    assert!(store.trend(PeriodLength::Month).unwrap().is_empty());
    let told = store.passed_over();
    assert!(matches!(&told[..], [StoreError::Damaged { detail, .. }] if detail == "verdict.fail"), "{told:?}");
}

#[test]
fn what_sqlite_takes_for_no_file_is_refused() {
    for name in [":memory:", "file:x?mode=memory", "file:fleet.db"] {
        let place = StoreAddress::parse(name);
        for opened in [Store::open(&place), Store::open_to_read(&place)] {
            assert!(matches!(opened.err(), Some(StoreError::NotAFile { .. })), "{name}");
        }
        assert!(!Path::new(name).exists());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(":memory:");
    drop(Store::open(&StoreAddress::File(path.clone())).unwrap());
    assert!(std::fs::metadata(path).unwrap().len() > 0);
}

#[cfg(unix)]
#[test]
fn an_empty_file_and_a_folder_of_waiting_readings_are_taken_from_all_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let may = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let path = folder.path().join("fleet.db");
    std::fs::write(&path, "").unwrap();
    may(&path, 0o644);
    let place = StoreAddress::File(path.clone());
    add(&mut Store::open(&place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
    assert_eq!(mode(&path), 0o600);
    // A folder of an earlier version too.
    let waiting = folder.path().join("pending");
    std::fs::create_dir(&waiting).unwrap();
    may(&waiting, 0o755);
    let file = Pending::new(waiting.clone()).save(&place, &reading("two", "2026-11-05T10:00:00Z"), &[]).unwrap();
    assert_eq!((mode(&waiting), mode(&file)), (0o700, 0o600));
}

#[test]
fn devices_come_page_by_page_each_once() {
    on_each("many", |place| {
        let mut store = Store::open(place).unwrap();
        store.add_rows(&reading("one", "2026-11-05T10:00:00Z"), &[]).unwrap();
        let numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2500)";
        change(
            place,
            &format!(
                "INSERT INTO reading (sha256, device, platform, source, taken_utc, stored_utc, snapshot, partial, sequence) \
                 {numbers} SELECT 'x' || x, 'Dé-' || x, 'android', 'files', '2026-11-05T10:00:00Z', '2026-11-05T10:00:00Z', '{{}}', '', x + 1 FROM c"
            ),
        );
        let devices = store.devices().unwrap();
        let ids: std::collections::BTreeSet<&str> = devices.iter().map(|device| device.id.as_str()).collect();
        assert_eq!((devices.len(), ids.len()), (2501, 2501));
        let mut count = 0;
        store
            .each_device(|_| {
                count += 1;
                count < 1500
            })
            .unwrap();
        assert_eq!(count, 1500);
        assert_eq!(store.find("one").unwrap(), "one");
        assert!(matches!(store.find("Dé-25"), Ok(id) if id == "Dé-25"));
        assert!(matches!(store.find("Dé-2500"), Ok(id) if id == "Dé-2500"));
    });
}

#[test]
fn a_row_that_somebody_changed_is_noticed_and_told_and_no_older_verdict_takes_its_place() {
    for (n, (statement, told)) in [
        ("UPDATE verdict SET verdict = 'pass', worst = NULL, fail = 0", "verdict byod"),
        ("UPDATE verdict SET conformity = 0.123", "verdict byod"),
        ("UPDATE verdict SET noted = NULL", "verdict byod"),
        (
            "UPDATE verdict SET reading = (SELECT sha256 FROM reading WHERE device = 'two') WHERE reading = \
          (SELECT sha256 FROM reading WHERE device = 'one')",
            "verdict byod",
        ),
        ("UPDATE verdict SET seal = 'none'", "verdict byod"),
        ("UPDATE reading SET model = 'another'", "reading"),
        ("UPDATE reading SET taken_utc = '2026-01-01T00:00:00Z'", "reading"),
        ("UPDATE reading SET partial = ''", "reading"),
        ("DELETE FROM finding", "finding byod"),
        ("UPDATE finding SET severity = 'low'", "finding byod"),
    ]
    .into_iter()
    .enumerate()
    {
        on_each(&format!("sealed{n}"), |place| {
            let mut store = Store::open(place).unwrap();
            store.set_key(Some(b"the key of the desk".to_vec()));
            for device in ["one", "two"] {
                let (first, mut waived) =
                    (half(device, "2026-11-05T10:00:00Z"), rows(&half(device, "2026-11-05T10:00:00Z")));
                add(&mut store, &first);
                waived[0].identity = "waived".to_owned();
                waived[0].profile_version = "earlier".to_owned();
                store.add_rows(&first, &waived).unwrap();
            }
            assert_eq!((store.devices().unwrap().len(), store.readings("one").unwrap()[0].verdicts.len()), (2, 1));
            assert!(store.passed_over().is_empty());
            assert_eq!(store.unproven(), 0);
            change(place, statement);
            let _ = store.devices().unwrap();
            let shown = store.readings("one").unwrap();
            let broken = store.passed_over();
            let named = |error: &StoreError| matches!(error, StoreError::Damaged { detail, .. } if detail == told);
            assert!(broken.iter().any(named), "{statement}: {broken:?}");
            if told.starts_with("verdict") {
                assert!(shown.iter().all(|reading| reading.verdicts.is_empty()), "{statement}: {shown:?}");
            }
            let _ = store.trend(PeriodLength::Month).unwrap();
            assert!(told.starts_with("finding") || store.passed_over().iter().any(named), "{statement}");
        });
    }
}

#[test]
fn a_seal_of_another_key_or_none_is_told_as_unproven_and_shown_all_the_same() {
    on_each("keys", |place| {
        let mut store = Store::open(place).unwrap();
        store.set_key(Some(b"one".to_vec()));
        add(&mut store, &reading("one", "2026-11-05T10:00:00Z"));
        let unproven = |store: &mut Store, key: Option<&[u8]>| {
            store.set_key(key.map(<[u8]>::to_vec));
            assert_eq!(store.devices().unwrap()[0].verdicts.len(), 1);
            let in_list = store.unproven();
            assert_eq!(store.trend(PeriodLength::Month).unwrap().len(), 1);
            assert_eq!(store.unproven(), in_list);
            assert!(store.passed_over().is_empty());
            in_list
        };
        assert_eq!(unproven(&mut store, Some(b"one")), 0);
        assert_eq!(unproven(&mut store, Some(b"two")), 1);
        assert_eq!(unproven(&mut store, None), 1);
        // Whoever takes the seal off is told as an earlier version is.
        change(place, "UPDATE verdict SET seal = NULL, verdict = 'pass'");
        assert_eq!(unproven(&mut store, Some(b"one")), 1);
        // Judged again, it is sealed again, and the change is seen.
        add(&mut store, &reading("one", "2026-11-05T10:00:00Z"));
        assert!(store.devices().unwrap()[0].verdicts.is_empty());
        assert_eq!(store.passed_over().len(), 1);
    });
}

#[test]
fn what_is_sealed_without_a_key_shows_an_accident() {
    on_each("plainseal", |place| {
        let mut store = Store::open(place).unwrap();
        add(&mut store, &reading("one", "2026-11-05T10:00:00Z"));
        assert_eq!((store.devices().unwrap()[0].verdicts.len(), store.unproven()), (1, 0));
        change(place, "UPDATE verdict SET fail = fail + 1");
        assert!(store.devices().unwrap()[0].verdicts.is_empty());
        assert_eq!(store.passed_over().len(), 1);
    });
}

fn in_2099() -> jiff::Timestamp {
    "2099-01-01T00:00:00Z".parse().unwrap()
}

fn in_1970() -> jiff::Timestamp {
    "1970-01-02T00:00:00Z".parse().unwrap()
}

fn days_from_now(days: i64) -> jiff::Timestamp {
    jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap()
}

fn ids(store: &mut Store) -> Vec<String> {
    store.devices().unwrap().into_iter().map(|device| device.id).collect()
}

#[test]
fn a_desk_in_2099_deletes_nothing_however_much_it_stores_and_what_it_stores_is_there() {
    on_each("ahead", |place| {
        let mut right = Store::open(place).unwrap();
        right.set_keep(Some(90)).unwrap();
        let yesterday = days_from_now(-1).to_string();
        add(&mut right, &reading("right", &yesterday));
        let mut wrong = Store::open(place).unwrap();
        wrong.set_clock(in_2099);
        for n in 0..120 {
            let added = wrong.add_rows(&reading(&format!("wrong{n}"), &yesterday), &[]).unwrap();
            assert_eq!((added.new_reading, added.too_old, added.expired), (true, false, 0));
            assert!(added.doubt.is_some_and(|doubt| doubt.is_whole()));
        }
        let pruned = wrong.prune(90).unwrap();
        assert!(pruned.readings == 0 && pruned.doubt.is_some(), "{pruned:?}");
        assert_eq!(ids(&mut right).len(), 121);
        // The other desk goes on as before, and its own readings are no older for it.
        let next = add(&mut right, &reading("next", &yesterday));
        assert_eq!((next.new_reading, next.expired, next.doubt), (true, 0, None));
        assert_eq!(right.prune(90).unwrap().readings, 0);
        assert_eq!(ids(&mut right).len(), 122);
    });
}

#[test]
fn what_a_desk_in_1970_stores_is_not_deleted_as_old_by_the_next() {
    on_each("reset", |place| {
        let mut wrong = Store::open(place).unwrap();
        wrong.set_clock(in_1970);
        wrong.set_keep(Some(90)).unwrap();
        let yesterday = days_from_now(-1).to_string();
        let added = add(&mut wrong, &reading("wrong", &yesterday));
        assert!(added.new_reading && added.doubt.is_some(), "{added:?}");
        let mut right = Store::open(place).unwrap();
        let next = add(&mut right, &reading("right", &yesterday));
        assert_eq!((next.expired, next.doubt), (0, None));
        assert_eq!(ids(&mut right), ["right", "wrong"]);
        let kept = right.readings("wrong").unwrap().remove(0);
        assert!(kept.stored_utc.as_str() > "2026-10" && kept.taken_utc.as_str() > "2026-10", "{kept:?}");
        // It goes when three have gone that came in after it.
        for n in 0..3 {
            add(&mut right, &reading(&format!("later{n}"), &yesterday));
        }
        let weeks = days_from_now(-20).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        change(place, &format!("UPDATE reading SET stored_utc = '{weeks}' WHERE device LIKE 'later%'"));
        // A server knew the time all along.
        let is_file = matches!(place, StoreAddress::File(_));
        assert_eq!(right.prune(10).unwrap().readings, if is_file { 4 } else { 3 });
        assert_eq!(ids(&mut right), if is_file { vec!["right"] } else { vec!["right", "wrong"] });
    });
}

#[test]
fn a_first_desk_whose_clock_is_wrong_is_outvoted_by_the_readings_that_follow() {
    let folder = tempfile::tempdir().unwrap();
    let place = StoreAddress::File(folder.path().join("fleet.db"));
    let mut wrong = Store::open(&place).unwrap();
    wrong.set_clock(in_2099);
    add(&mut wrong, &reading("wrong", "2026-11-05T10:00:00Z"));
    let mut right = Store::open(&place).unwrap();
    right.set_keep(Some(36_000)).unwrap();
    let told = add(&mut right, &reading("one", "2026-11-05T10:00:00Z"));
    assert!(matches!(told.doubt, Some(poucet::store::Doubt::Behind { .. })), "{told:?}");
    let told = add(&mut right, &reading("two", "2026-11-05T10:00:00Z"));
    assert_eq!((told.doubt, told.new_reading), (None, true));
}

#[test]
fn a_clock_that_is_weeks_ahead_deletes_only_once_it_has_gone_on_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let place = StoreAddress::File(folder.path().join("fleet.db"));
    let mut store = Store::open(&place).unwrap();
    store.set_keep(Some(90)).unwrap();
    add(&mut store, &reading("old", &days_from_now(-50).to_string()));
    store.set_clock(|| days_from_now(60));
    for n in 0..3 {
        let added = add(&mut store, &reading(&format!("new{n}"), &days_from_now(-1).to_string()));
        assert_eq!(added.expired, 0);
        assert!(matches!(added.doubt, Some(poucet::store::Doubt::Leap { .. })), "{added:?}");
    }
    // A desk that says otherwise takes the leap back.
    let mut other = Store::open(&place).unwrap();
    assert_eq!(add(&mut other, &reading("other", &days_from_now(-1).to_string())).doubt, None);
    assert!(matches!(store.prune(90).unwrap().doubt, Some(poucet::store::Doubt::Leap { .. })));
    store.set_clock(|| days_from_now(61));
    let pruned = store.prune(90).unwrap();
    assert_eq!((pruned.readings, pruned.doubt), (1, None));
}

#[test]
fn what_was_deleted_is_brought_back_as_it_was() {
    on_each("undo", |place| {
        let mut store = Store::open(place).unwrap();
        store.set_key(Some(b"key".to_vec()));
        for (device, days) in [("old", -40), ("older", -50), ("new", -1)] {
            add(&mut store, &reading(device, &days_from_now(days).to_string()));
        }
        let before =
            (store.devices().unwrap(), store.readings("old").unwrap(), store.trend(PeriodLength::Day).unwrap());
        assert!(matches!(store.restore(None), Err(StoreError::NothingDeleted { .. })));
        let pruned = store.prune(30).unwrap();
        assert_eq!((pruned.readings, pruned.undo_days, pruned.doubt), (2, 7, None));
        assert_eq!(ids(&mut store), ["new"]);
        assert_eq!(store.trend(PeriodLength::Day).unwrap().len(), 1);
        let log = store.deletions().unwrap();
        assert_eq!(
            (log.len(), log[0].readings, log[0].why.as_str(), &log[0].restored_utc),
            (1, 2, "older-than", &None)
        );
        assert!(log[0].until_utc > log[0].deleted_utc && log[0].cutoff_utc < log[0].deleted_utc);
        // One that is stored again meanwhile stays, and is there once.
        add(&mut store, &reading("old", &before.1[0].taken_at.clone().unwrap()));
        assert!(matches!(store.restore(Some(77)), Err(StoreError::NothingDeleted { .. })));
        assert_eq!(store.restore(None).unwrap(), (1, 1));
        let after = (store.devices().unwrap(), store.readings("old").unwrap(), store.trend(PeriodLength::Day).unwrap());
        assert_eq!((&after.0, &after.2), (&before.0, &before.2));
        assert_eq!(after.1.len(), 1);
        assert!(store.passed_over().is_empty() && store.unproven() == 0);
        let last = store.deletions().unwrap().remove(0);
        assert!(last.restored_utc.as_ref() >= Some(&last.deleted_utc), "{last:?}");
        assert!(matches!(store.restore(None), Err(StoreError::NothingDeleted { .. })));
        // With no window it goes at once, with what could still be brought back.
        assert_eq!(store.prune(45).unwrap().readings, 1);
        assert_eq!(store.set_undo(0).unwrap(), 1);
        assert_eq!((store.prune(30).unwrap().readings, store.deletions().unwrap().len()), (1, 3));
        for gone in &store.deletions().unwrap()[..2] {
            assert!(gone.purged_utc.as_ref() >= Some(&gone.deleted_utc), "{gone:?}");
        }
        assert!(matches!(store.restore(None), Err(StoreError::NothingDeleted { .. })));
    });
}

#[test]
fn a_desk_whose_clock_is_behind_brings_nothing_back_before_it_was_deleted() {
    on_each("undo_behind", |place| {
        let mut store = Store::open(place).unwrap();
        store.set_clock(|| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(2));
        for (device, days) in [("old", -40), ("new", -1)] {
            add(&mut store, &reading(device, &days_from_now(days).to_string()));
        }
        let pruned = store.prune(30).unwrap();
        assert_eq!((pruned.readings, pruned.doubt), (1, None));
        assert_eq!(store.restore(None).unwrap(), (1, 1));
        let last = store.deletions().unwrap().remove(0);
        assert!(last.restored_utc.as_ref() >= Some(&last.deleted_utc), "{last:?}");
    });
}

#[test]
fn the_bytes_of_what_was_deleted_stay_until_its_window_is_over_and_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let place = StoreAddress::File(path.clone());
    let mut store = Store::open(&place).unwrap();
    add(&mut store, &reading("old-device-marker", &days_from_now(-100).to_string()));
    assert_eq!(store.prune(90).unwrap().readings, 1);
    assert!(holds(&path, "old-device-marker"));
    store.set_clock(|| days_from_now(6));
    assert_eq!(add(&mut store, &reading("six", &days_from_now(-1).to_string())).purged, 0);
    assert!(holds(&path, "old-device-marker"));
    // A clock that leaps takes nothing away from whoever may want it back.
    store.set_clock(|| days_from_now(40));
    assert_eq!(add(&mut store, &reading("forty", &days_from_now(-1).to_string())).purged, 0);
    store.set_clock(|| days_from_now(8));
    assert_eq!(add(&mut store, &reading("eight", &days_from_now(-1).to_string())).purged, 1);
    drop(store);
    assert!(!holds(&path, "old-device-marker"), "bytes were left behind");
    assert!(holds(&path, "eight"));
}

#[test]
fn the_order_of_storing_goes_on_when_the_latest_is_deleted() {
    on_each("goeson", |place| {
        let mut store = Store::open(place).unwrap();
        store.set_undo(0).unwrap();
        add(&mut store, &reading("one", &days_from_now(-50).to_string()));
        store.prune(30).unwrap();
        add(&mut store, &reading("two", &days_from_now(-1).to_string()));
        change(place, "UPDATE setting SET value = 'many' WHERE name = 'sequence'");
        let error = store.add_rows(&reading("three", &days_from_now(-1).to_string()), &[]).unwrap_err();
        assert!(matches!(&error, StoreError::Changed { detail, .. } if detail == "setting.sequence"), "{error}");
        change(place, "UPDATE setting SET value = '0' WHERE name = 'sequence'");
        add(&mut store, &reading("three", &days_from_now(-1).to_string()));
        change(
            place,
            "DELETE FROM setting WHERE name = 'nothing' AND (SELECT count(*) FROM reading WHERE sequence = 3) = 1",
        );
        assert_eq!(ids(&mut store), ["three", "two"]);
    });
}

#[test]
fn pages_that_lead_to_one_another_without_end_are_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let place = StoreAddress::File(path.clone());
    add(&mut Store::open(&place).unwrap(), &reading("one", "2026-11-05T10:00:00Z"));
    let root: u32 = {
        let sqlite = rusqlite::Connection::open(&path).unwrap();
        sqlite.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        sqlite
            .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'reading_device'", [], |row| row.get(0))
            .unwrap()
    };
    let root = usize::try_from(root).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let leaf = bytes[(root - 1) * size..root * size].to_vec();
    // Twelve pages of an index, each of which leads to the next two hundred times, and the last to the rows.
    let inner = |child: u32| {
        // An entry of the device, a time `t` and row 1, after the page that it leads to: of one device, they are counted as one.
        let entry = [9, 4, 19, 15, 1, b'o', b'n', b'e', b't', 1];
        let (cells, length) = (200_usize, 4 + entry.len());
        let short = |number: usize| u16::try_from(number).unwrap().to_be_bytes();
        let first = size - cells * length;
        let mut page = vec![0; size];
        page[0] = 2;
        page[3..5].copy_from_slice(&short(cells));
        page[5..7].copy_from_slice(&short(first));
        page[8..12].copy_from_slice(&child.to_be_bytes());
        for cell in 0..cells {
            let at = first + cell * length;
            page[12 + cell * 2..14 + cell * 2].copy_from_slice(&short(at));
            page[at..at + 4].copy_from_slice(&child.to_be_bytes());
            page[at + 4..at + length].copy_from_slice(&entry);
        }
        page
    };
    let pages = u32::try_from(bytes.len() / size).unwrap();
    bytes[(root - 1) * size..root * size].copy_from_slice(&inner(pages + 1));
    for level in 1..12 {
        bytes.extend(inner(pages + level + 1));
    }
    bytes.extend(leaf);
    bytes[28..32].copy_from_slice(&(pages + 12).to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    let begun = std::time::Instant::now();
    let mut store = Store::open_to_read(&place).unwrap();
    let error = store.devices().unwrap_err();
    assert!(matches!(&error, StoreError::Changed { detail, .. } if detail == "interrupted"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
}

#[test]
fn a_reading_of_an_earlier_store_that_has_no_name_is_brought_along_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = StoreAddress::File(folder.path().join("fleet.db"));
    let first = include_str!("../../src/store/migrations/sqlite/0001_readings.sql");
    let made = "PRAGMA application_id = 1886352739; CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL); \
                INSERT INTO setting VALUES ('version', '1')";
    change(&place, &format!("{made}; {first}"));
    let row = "'early', 'android', NULL, NULL, 'bundle', NULL, '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '{}'";
    change(
        &place,
        &format!("INSERT INTO reading VALUES (x'ff', {row}); INSERT INTO reading VALUES (CAST(x'ff' AS TEXT), {row})"),
    );
    let mut store = Store::open(&place).unwrap();
    assert!(store.devices().unwrap().is_empty());
    let told = store.passed_over();
    assert!(matches!(&told[..], [StoreError::Damaged { reading, .. }] if reading == "x'ff'"), "{told:?}");
    // Nobody knows when they were stored: no clock makes them old.
    assert_eq!(store.set_keep(Some(90)).unwrap().readings, 0);
}
