//! How long the parsers, the snapshot and the audit take on a phone with 400 apps and two users.
//!
//! `cargo bench` runs them. The dumps are made here, in the form of Android 14, always the same.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot go on stops")]

use std::fmt::Write as _;

use poucet::Catalog;
use poucet::audit::{Context, audit};
use poucet::inner::access::android::build;
use poucet::inner::access::{Options, Scope};
use poucet::inner::evidence::{Evidence, Item, Kind, SourceKind};
use poucet::inner::parse::android::{appops, packages};
use poucet::profile;
use poucet::snapshot::Snapshot;

fn main() {
    divan::main();
}

const PERMISSIONS: [&str; 12] = [
    "ACCESS_FINE_LOCATION",
    "ACCESS_COARSE_LOCATION",
    "ACCESS_BACKGROUND_LOCATION",
    "CAMERA",
    "RECORD_AUDIO",
    "READ_CONTACTS",
    "READ_CALENDAR",
    "READ_MEDIA_IMAGES",
    "READ_MEDIA_VISUAL_USER_SELECTED",
    "POST_NOTIFICATIONS",
    "READ_SMS",
    "BLUETOOTH_CONNECT",
];

/// The apps: the catalogue's own first, so that there is something to judge.
fn names(count: usize) -> Vec<String> {
    let listed = Catalog::builtin().apps().iter().filter_map(|app| app.android.first()).map(|id| id.id.clone());
    let listed = listed.filter(|id| !id.contains('*')).take(60);
    let others = (0..count).map(|number| format!("org.example.app{number}"));
    listed.chain(others).take(count).collect()
}

fn package_dump(names: &[String]) -> String {
    let mut dump = String::from("Packages:\n");
    for (index, name) in names.iter().enumerate() {
        writeln!(dump, "  Package [{name}] ({index:x}):").unwrap();
        writeln!(dump, "    appId={}\n    pkg=Package{{1 {name}}}\n    codePath=/data/app/{name}", 10_100 + index)
            .unwrap();
        writeln!(dump, "    versionCode=1 minSdk=23 targetSdk=34\n    versionName=1.0\n    flags=[ HAS_CODE ]")
            .unwrap();
        writeln!(dump, "    lastUpdateTime=2026-08-20 10:00:00\n    installerPackageName=com.android.vending").unwrap();
        dump.push_str("    install permissions:\n");
        for number in 0..20 {
            writeln!(dump, "      android.permission.INSTALL_{number}: granted=true").unwrap();
        }
        for user in [0, 10] {
            writeln!(
                dump,
                "    User {user}: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0"
            )
            .unwrap();
            dump.push_str("      runtime permissions:\n");
            for (number, permission) in PERMISSIONS.iter().enumerate() {
                let granted = !(index + number).is_multiple_of(3);
                writeln!(dump, "        android.permission.{permission}: granted={granted}, flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED]").unwrap();
            }
            dump.push_str("      disabledComponents:\n");
            for number in 0..10 {
                writeln!(dump, "        androidx.work.impl.Component{number}").unwrap();
            }
        }
    }
    dump.push_str("\nQueries:\n");
    dump
}

fn ops_dump(names: &[String]) -> String {
    let mut dump = String::from("Current AppOps Service state:\n");
    for user in [0, 10] {
        for (index, name) in names.iter().enumerate() {
            writeln!(
                dump,
                "  Uid u{user}a{}:\n    state=cch\n      CAMERA: mode=foreground\n    Package {name}:",
                100 + index
            )
            .unwrap();
            for op in ["FINE_LOCATION", "CAMERA", "RECORD_AUDIO", "READ_CONTACTS", "WAKE_LOCK", "VIBRATE"] {
                writeln!(dump, "      {op} (allow): \n        null=[").unwrap();
                writeln!(dump, "          Access: [top-s] 2026-08-19 16:55:25.211 (-1h34m36s526ms) duration=+33ms")
                    .unwrap();
                writeln!(dump, "          Access: [bg-s] 2026-08-18 16:55:25.211 (-1d1h34m36s526ms)\n        ]")
                    .unwrap();
            }
        }
    }
    dump
}

fn evidence(apps: usize) -> Evidence {
    let names = names(apps);
    let mut evidence = Evidence::empty(SourceKind::Files, "bench");
    let properties =
        "[ro.build.version.sdk]: [34]\n[ro.build.version.release]: [14]\n[persist.sys.timezone]: [America/Toronto]\n";
    evidence.items.push(Item::new(Kind::Properties, properties, "getprop"));
    evidence.items.push(Item::new(Kind::Packages, package_dump(&names), "package"));
    evidence.items.push(Item::new(Kind::AppOps, ops_dump(&names), "appops"));
    evidence
}

fn snapshot(evidence: &Evidence) -> Snapshot {
    let scope = Scope { catalog: Catalog::builtin(), all_apps: false, user: None };
    build::snapshot(evidence, Options { scope, id_key: None, show_serial: false })
}

#[divan::bench]
fn parse_packages(bencher: divan::Bencher<'_, '_>) {
    let dump = package_dump(&names(400));
    bencher.counter(divan::counter::BytesCount::of_str(&dump)).bench(|| packages::parse(&dump));
}

#[divan::bench]
fn parse_app_ops(bencher: divan::Bencher<'_, '_>) {
    let dump = ops_dump(&names(400));
    bencher.counter(divan::counter::BytesCount::of_str(&dump)).bench(|| appops::parse(&dump));
}

#[divan::bench]
fn make_snapshot(bencher: divan::Bencher<'_, '_>) {
    let evidence = evidence(400);
    bencher.bench(|| snapshot(&evidence));
}

#[divan::bench(args = ["byod", "location-off", "precautionary"])]
fn judge(bencher: divan::Bencher<'_, '_>, id: &str) {
    let snapshot = snapshot(&evidence(400));
    let catalog = Catalog::builtin();
    let profile = profile::load(id, catalog).unwrap();
    bencher.bench(|| audit(&snapshot, &profile, Context::new(catalog)).findings.len());
}

#[divan::bench]
fn load_catalogue() -> usize {
    Catalog::parse(include_str!("../src/catalog/catalog.toml")).map_or(0, |catalog| catalog.apps().len())
}

#[divan::bench]
fn load_profile() -> usize {
    profile::load("byod", Catalog::builtin()).map_or(0, |profile| profile.rules.len())
}
