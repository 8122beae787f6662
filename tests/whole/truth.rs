//! Less evidence never looks better, and content is no row.
//!
//! Parts: whatever part of a phone's evidence is left, no rule that fails on the whole holds on the part, no
//! value of the phone changes without a word, and no exit code gets better.
//!
//! A part is the evidence with one file gone, or with one file that ends at the end of some line, as a paste, `head -n` or an editor
//! leaves it. `POUCET_PARTS=all` tries every line of every file by every road; without it a fixed choice of lines is tried.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common_roads::{PHONES, Road, build, poucet};
use poucet::Catalog;
use poucet::audit::{Context, audit};
use poucet::inner::access::{Options, Scope, android::build as android};
use poucet::inner::source::{OpenOptions, Opened, open_path};
use poucet::profile::{Profile, load, shipped};
use poucet::snapshot::{APP_LIST, App, Gap, Grant, Snapshot};
use poucet::vocabulary::{AppSource, Level, Presence, Verdict};

/// How many lines of each file are tried where not all are.
const FEW: usize = 4;

/// A fixed choice of numbers below `below`, the same on every run.
fn choice(seed: &str, below: usize, count: usize) -> BTreeSet<usize> {
    if below <= count || std::env::var("POUCET_PARTS").is_ok_and(|value| value == "all") {
        return (0..below).collect();
    }
    let mut state = seed
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut chosen = BTreeSet::new();
    while chosen.len() < count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        chosen.insert(usize::try_from(state >> 33).expect("31 bits") % below);
    }
    chosen
}

fn profiles() -> Vec<Profile> {
    let ids = shipped().into_iter().map(|shipped| shipped.id);
    ids.filter_map(|id| load(id, Catalog::builtin()).ok()).collect()
}

/// What is said of some evidence.
struct Told {
    snapshot: Snapshot,
    rules: BTreeMap<(String, String), Verdict>,
}

/// `None` where the evidence is refused as a whole.
fn told(target: &Path, profiles: &[Profile]) -> Option<Told> {
    let Ok(Opened::Evidence { evidence, .. }) = open_path(target, &OpenOptions::default()) else { return None };
    let scope = Scope { catalog: Catalog::builtin(), all_apps: true, user: None };
    let snapshot = android::snapshot(&evidence, Options { scope, id_key: Some(b"test"), show_serial: false });
    let mut rules = BTreeMap::new();
    for profile in profiles {
        let mut context = Context::new(Catalog::builtin());
        context.ownership = Some("institution");
        for finding in &audit(&snapshot, profile, context).findings {
            let key = (profile.id.clone(), finding.code().to_owned());
            let outcome = rules.entry(key).or_insert(finding.verdict);
            *outcome = (*outcome).min(finding.verdict);
        }
    }
    Some(Told { snapshot, rules })
}

/// The level as a rule counts it.
fn counts(grant: &Grant) -> Level {
    if grant.inert.is_some() { grant.level.min(Level::None) } else { grant.level }
}

fn has_gap(gaps: &[Gap], area: &str, app: &App) -> bool {
    gaps.iter().any(|gap| {
        gap.area == area
            && gap.app.as_ref().is_none_or(|id| *id == app.id)
            && gap.user.is_none_or(|user| user == app.user)
    })
}

/// What the part says that is better than what the whole says.
fn better(whole: &Told, part: &Told) -> Vec<String> {
    let mut found = Vec::new();
    for ((profile, rule), verdict) in &whole.rules {
        let now = part.rules.get(&(profile.clone(), rule.clone()));
        let held = matches!(now, Some(Verdict::Pass | Verdict::NotApplicable) | None);
        if matches!(verdict, Verdict::Fail | Verdict::Noted) && held {
            found.push(format!("rule {profile}/{rule}: {verdict:?} on the whole, {now:?} on the part"));
        }
    }
    let (before, after) = (&whole.snapshot, &part.snapshot);
    for (check, setting) in &after.settings {
        match before.settings.get(check) {
            Some(known) if known.value != setting.value => {
                found.push(format!("check {}: {:?} became {:?}", check.word(), known.value, setting.value));
            }
            _ => {}
        }
    }
    let list_is_open = after.gaps.iter().any(|gap| gap.area == APP_LIST);
    for app in before.apps.iter().filter(|app| app.presence >= Presence::Disabled) {
        let Some(now) = after.apps.iter().find(|now| (&now.id, now.user) == (&app.id, app.user)) else {
            if !list_is_open {
                found.push(format!("{} of user {} is gone without a gap", app.id, app.user));
            }
            continue;
        };
        if now.presence < app.presence {
            found.push(format!("{} of user {}: {:?} became {:?}", app.id, app.user, app.presence, now.presence));
        }
        if now.source != app.source && now.source != AppSource::Unknown {
            found.push(format!("{} of user {}: from {:?} became {:?}", app.id, app.user, app.source, now.source));
        }
        for grant in &app.grants {
            let word = grant.permission.word();
            match now.grants.iter().find(|now| now.permission == grant.permission) {
                Some(now) if counts(now) < counts(grant) => {
                    found.push(format!(
                        "{} of user {}: {word} {:?} became {:?} ({:?})",
                        app.id, app.user, grant.level, now.level, now.inert
                    ));
                }
                None if counts(grant) > Level::None && !has_gap(&after.gaps, word, app) => {
                    found.push(format!(
                        "{} of user {}: {word} {:?} is gone without a gap",
                        app.id, app.user, grant.level
                    ));
                }
                _ => {}
            }
        }
    }
    found
}

/// One part: which file, and how many of its lines are left; `None` where the file is gone.
#[derive(Clone, Debug)]
struct Part {
    file: PathBuf,
    lines: Option<usize>,
}

/// Every file below a folder, relative to it.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("below").to_owned());
            }
        }
    }
    found.sort();
    found
}

fn parts_of(target: &Path, seed: &str, few: usize) -> Vec<Part> {
    if target.is_file() {
        let lines = fs::read(target).expect("a file").iter().filter(|byte| **byte == b'\n').count();
        return choice(seed, lines, few * 12)
            .into_iter()
            .map(|line| Part { file: PathBuf::new(), lines: Some(line) })
            .collect();
    }
    let mut parts = Vec::new();
    for file in files_below(target) {
        let lines = fs::read(target.join(&file)).expect("a file").iter().filter(|byte| **byte == b'\n').count();
        parts.push(Part { file: file.clone(), lines: None });
        let chosen = choice(&format!("{seed}/{}", file.display()), lines, few);
        parts.extend(chosen.into_iter().map(|line| Part { file: file.clone(), lines: Some(line) }));
    }
    parts
}

/// The first lines of a text.
fn first_lines(text: &[u8], lines: usize) -> &[u8] {
    let mut ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let end = if lines == 0 { 0 } else { ends.nth(lines - 1).unwrap_or(text.len()) };
    &text[..end]
}

/// Calls `look` with the target of each part in turn; the target is whole again afterwards.
fn with_part(target: &Path, part: &Part, look: impl FnOnce(&Path)) {
    let path = if part.file.as_os_str().is_empty() { target.to_owned() } else { target.join(&part.file) };
    let whole = fs::read(&path).expect("a file");
    match part.lines {
        None => fs::remove_file(&path).expect("the file goes"),
        Some(lines) => fs::write(&path, first_lines(&whole, lines)).expect("the part is written"),
    }
    look(target);
    fs::write(&path, whole).expect("the file comes back");
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).expect("a copy");
        return;
    }
    for file in files_below(from) {
        let place = to.join(&file);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::copy(from.join(&file), place).expect("a copy");
    }
}

/// The same evidence, as `poucet collect` writes it.
fn bundle(phone: &str, into: &Path) -> PathBuf {
    let target = into.join(format!("{phone}-bundle"));
    let files = build(phone, Road::DumpstateText, into);
    let output = poucet(into).arg("collect").arg(files).arg("-o").arg(&target).output().expect("the program starts");
    assert!(target.is_dir(), "{}", String::from_utf8_lossy(&output.stderr));
    target
}

fn hold(name: &str, make: impl Fn(&str, &Path) -> PathBuf + Sync, few: usize) {
    let profiles = profiles();
    assert!(profiles.len() >= 9);
    let worst: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let tried = AtomicUsize::new(0);
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(phone) = PHONES.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                    let room = tempfile::tempdir().expect("a folder");
                    let target = make(phone, room.path());
                    let whole = told(&target, &profiles).expect("the whole is read");
                    for part in parts_of(&target, &format!("{name}/{phone}"), few) {
                        with_part(&target, &part, |target| {
                            tried.fetch_add(1, Ordering::Relaxed);
                            let Some(told) = told(target, &profiles) else { return };
                            let found = better(&whole, &told);
                            if !found.is_empty() {
                                let mut worst = worst.lock().expect("a list");
                                worst.extend(found.into_iter().map(|line| format!("{phone} {part:?}: {line}")));
                            }
                        });
                    }
                }
            });
        }
    });
    let mut worst = worst.into_inner().expect("a list");
    worst.sort();
    println!("{name}: {} parts tried", tried.into_inner());
    let shown: Vec<&str> = worst.iter().map(String::as_str).take(60).collect();
    assert!(worst.is_empty(), "{name}: {} things look better on a part:\n{}", worst.len(), shown.join("\n"));
}

#[test]
fn no_part_of_a_folder_of_saved_texts_looks_better() {
    hold("files", |phone, into| build(phone, Road::Folder, into), FEW);
}

#[test]
fn no_part_of_an_androidqf_acquisition_looks_better() {
    hold("androidqf", |phone, into| build(phone, Road::AndroidQfFolder, into), FEW);
}

#[test]
fn no_part_of_a_bug_report_looks_better() {
    hold("bugreport", |phone, into| build(phone, Road::DumpstateText, into), FEW);
}

#[test]
fn no_part_of_a_text_with_many_dumps_looks_better() {
    let dumps = |phone: &str, into: &Path| {
        let acquisition = build(phone, Road::AndroidQfFolder, into);
        let target = into.join("all-dumps.txt");
        fs::copy(acquisition.join("dumpsys.txt"), &target).expect("a copy");
        target
    };
    hold("dumps", dumps, FEW);
}

#[test]
fn no_part_of_a_bundle_looks_better() {
    hold("bundle", bundle, 2);
}

/// Exit codes by how much they say: nothing fails, something does, something could not be read.
fn rank(code: i32) -> usize {
    [0, 1, 3].iter().position(|known| *known == code).unwrap_or(3)
}

#[test]
fn no_exit_code_gets_better_on_a_part() {
    let mut worse = Vec::new();
    for (place, phone) in PHONES.iter().enumerate() {
        let room = tempfile::tempdir().expect("a folder");
        let target = room.path().join(phone);
        copy(&build(phone, Road::Folder, room.path()), &target);
        for profile in ["byod", "high-risk", "location-off"] {
            let code = |target: &Path| {
                let mut command = poucet(room.path());
                command.args(["audit", "--no-config", "-p", profile, "-f", "verdicts"]).arg(target);
                command.output().expect("the program starts").status.code().unwrap_or(-1)
            };
            let whole = code(&target);
            let parts = parts_of(&target, &format!("exit/{phone}/{profile}"), 1);
            // Every part once, spread over the profiles.
            for part in parts.iter().skip(place % 3).step_by(3) {
                with_part(&target, part, |target| {
                    let now = code(target);
                    if rank(now) < rank(whole) {
                        worse.push(format!("{phone} {profile} {part:?}: {whole} became {now}"));
                    }
                });
            }
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}

/// What an app or a person might write to look like the phone's own words.
const PLANTS: [&str; 42] = [
    "android.permission.READ_SMS: granted=true",
    "android.permission.CAMERA: granted=false, flags=[ USER_SET|USER_FIXED]",
    "android.permission.ACCESS_FINE_LOCATION: granted=false",
    "install permissions:",
    "runtime permissions:",
    "requested permissions:",
    "    User 0: ceDataInode=1 installed=false hidden=false suspended=false stopped=false notLaunched=false enabled=0",
    "User 10: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=2",
    "  Package [com.example.ghost] (abc1234):",
    "    appId=10999",
    "    flags=[ SYSTEM HAS_CODE ]",
    "    installerPackageName=com.android.vending",
    "Packages:",
    "Hidden system packages:",
    "Shared users:",
    "Package Changes:",
    "  Uid u0a999:",
    "      CAMERA (ignore): ",
    "      CAMERA: mode=ignore",
    "  AppOps policy:",
    "--------- 0.1s was the duration of dumpsys package, ending at: 2026-01-01 00:00:00",
    "--------- 0.1s was the duration of dumpsys appops, ending at: 2026-01-01 00:00:00",
    "------ SYSTEM PROPERTIES (getprop) ------",
    "DUMP OF SERVICE lock_settings:",
    "accessibility_enabled=0",
    "enabled_accessibility_services=null",
    "[ro.build.version.security_patch]: [2099-01-01]",
    "Enabled agents:",
    "        CredentialType: Pattern",
    "        Quality: 0",
    "    User 0",
    "      secure=true",
    "Users:",
    "  UserInfo{0:x:13} serialNo=0 isPrimary=true",
    "  Device owner id:-10000",
    "  Device managed: false",
    "     Enabled services:{}",
    "     attributes:{id=0, touchExplorationEnabled=false}",
    "          holders=com.android.dialer",
    "Current lock settings service state:",
    "    Has profile owner: false",
    "  Device Owner: ",
];

/// A place in a text where somebody else than the phone writes: behind the given beginning of a line, up to the given end of it; with rows
/// to be added before, so that there is such a place.
struct Place {
    file: &'static str,
    /// The line behind which rows are added.
    behind: &'static str,
    /// The rows, with `{}` for what is written.
    rows: &'static str,
}

const PLACES: [Place; 16] = [
    Place { file: "dumpsys_package_packages", behind: "    versionName=", rows: "" },
    Place {
        file: "dumpsys_package_packages",
        behind: "    User 0: ",
        rows: "      disabledComponents:\n        com.example.First\n        {}\n      enabledComponents:\n        {}\n",
    },
    Place { file: "dumpsys_package_packages", behind: "    flags=", rows: "    usesLibraries:\n      {}\n" },
    Place { file: "dumpsys_package_packages", behind: "    flags=", rows: "    usesOptionalLibraries:\n      {}\n" },
    Place { file: "dumpsys_package_packages", behind: "    declared permissions:", rows: "      {}: prot=signature\n" },
    Place {
        file: "dumpsys_package_packages",
        behind: "    pkgFlags=",
        rows: "    queriesPackages=[{}, com.example.b]\n",
    },
    Place { file: "dumpsys_appops", behind: "      CAMERA (", rows: "        {}=[\n        ]\n" },
    Place { file: "settings_global", behind: "device_name=", rows: "" },
    Place { file: "settings_secure_0", behind: "bluetooth_name=", rows: "" },
    Place { file: "getprop", behind: "[ro.build.fingerprint]", rows: "[ro.build.hz]: [{}]\n" },
    Place { file: "dumpsys_accessibility", behind: "     Bound services:{", rows: "     shortcut key:{{}}\n" },
    Place {
        file: "dumpsys_device_policy",
        behind: "  Enabled Device Admins (User 0",
        rows: "  mOrganizationName={}\n",
    },
    Place { file: "pm_list_users", behind: "Marie Tremblay", rows: NAME },
    Place { file: "cmd_user_list", behind: "Marie Tremblay", rows: NAME },
    Place { file: "dumpsys_user", behind: "Marie Tremblay", rows: NAME },
    Place { file: "dumpsys_trust", behind: "Marie Tremblay", rows: NAME },
];

/// A place within a line: what stands there becomes what is written.
const NAME: &str = "=";

/// The text with something written at a place; `None` where it has no such place. The `turn`th app or value gets it.
fn planted(text: &str, place: &Place, written: &str, turn: usize) -> Option<String> {
    if place.rows == NAME {
        return text.contains(place.behind).then(|| text.replacen(place.behind, written, 1));
    }
    let spots: Vec<usize> = text
        .match_indices(place.behind)
        .filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'))
        .map(|(at, _)| at)
        .collect();
    let at = *spots.get(turn % spots.len().max(1))?;
    let end = at + text[at..].find('\n').map_or(text.len() - at, |end| end + 1);
    let (before, line, after) = (&text[..at], &text[at..end], &text[end..]);
    Some(if place.rows.is_empty() {
        format!("{before}{}{written}\n{after}", place.behind)
    } else {
        format!("{before}{line}{}{after}", place.rows.replace("{}", written))
    })
}

/// What a planted string changed, beside the string itself.
fn changed(whole: &Told, now: &Told) -> Vec<String> {
    let mut found = better(whole, now);
    let (before, after) = (&whole.snapshot, &now.snapshot);
    for app in &after.apps {
        let Some(known) = before.apps.iter().find(|known| (&known.id, known.user) == (&app.id, app.user)) else {
            found.push(format!("{} of user {} came into being", app.id, app.user));
            continue;
        };
        let facts = |app: &App| {
            let grants: Vec<_> = app.grants.iter().map(|grant| (grant.permission, grant.level, grant.inert)).collect();
            (app.presence, app.source, app.system, app.enabled, app.target_sdk, grants)
        };
        if facts(known) != facts(app) {
            found.push(format!("{} of user {} changed", app.id, app.user));
        }
    }
    if before.gaps != after.gaps {
        let new = after.gaps.iter().filter(|gap| !before.gaps.contains(gap));
        found.extend(new.map(|gap| format!("a gap: {gap:?}")));
    }
    found
}

fn plant(in_lines: bool, look: impl Fn(&Told, &Told) -> Vec<String> + Sync) {
    let profiles = profiles();
    let worst: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let (tried, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let roads = [Road::Folder, Road::DumpstateText, Road::AndroidQfFolder];
    let jobs: Vec<(&str, Road)> = PHONES.iter().flat_map(|phone| roads.map(|road| (*phone, road))).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some((phone, road)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                    let room = tempfile::tempdir().expect("a folder");
                    let target = build(phone, *road, room.path());
                    let whole = told(&target, &profiles).expect("the whole is read");
                    for (number, place) in PLACES.iter().enumerate() {
                        // What has no file of its own in an acquisition stands with all services.
                        let own = format!("{}.txt", place.file);
                        let files = [target.join(own), target.join("dumpsys.txt"), target.clone()];
                        let Some(path) = files.into_iter().find(|path| path.is_file()) else { continue };
                        // In a bug report the settings stand in another form.
                        if target.is_file() && place.file.starts_with("settings") {
                            continue;
                        }
                        let text = fs::read_to_string(&path).expect("a text");
                        let chosen = choice(&format!("{phone}/{number}/{in_lines}"), PLANTS.len(), PLANTS.len() / 7);
                        for (turn, written) in PLANTS.iter().enumerate().filter(|(turn, _)| chosen.contains(turn)) {
                            let words = if in_lines { format!("1.0\n{written}") } else { (*written).to_owned() };
                            let Some(planted) = planted(&text, place, &words, turn) else { continue };
                            fs::write(&path, planted).expect("the text is written");
                            tried.fetch_add(1, Ordering::Relaxed);
                            if let Some(now) = told(&target, &profiles) {
                                let found = look(&whole, &now);
                                let mut worst = worst.lock().expect("a list");
                                let place = format!("{phone} {road:?} {} {:?} {words:?}", place.file, place.behind);
                                worst.extend(found.into_iter().map(|line| format!("{place}: {line}")));
                            }
                        }
                        fs::write(&path, text).expect("the text comes back");
                    }
                }
            });
        }
    });
    let mut worst = worst.into_inner().expect("a list");
    worst.sort();
    println!("{} planted strings tried", tried.into_inner());
    let shown: Vec<&str> = worst.iter().map(String::as_str).take(60).collect();
    assert!(worst.is_empty(), "{} things changed:\n{}", worst.len(), shown.join("\n"));
}

#[test]
fn what_an_app_or_a_person_writes_in_a_line_is_no_row() {
    plant(false, changed);
}

#[test]
fn what_an_app_or_a_person_writes_behind_a_line_end_makes_nothing_better() {
    plant(true, better);
}

#[test]
fn an_access_on_the_last_rows_of_two_saved_texts_is_told_with_its_use_and_no_refusal_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("getprop.txt", "[ro.build.version.sdk]: [34]\n[ro.product.model]: [X]\n");
    let head = "Packages:\n  Package [com.instagram.android] (1a2b3c):\n    appId=10123\n    pkg=Package{1 com.instagram.android}\n    \
                versionCode=1 minSdk=24 targetSdk=34\n    flags=[ HAS_CODE ]\n    User 0: ceDataInode=1 installed=true hidden=false \
                suspended=false stopped=false enabled=0 instant=false\n      runtime permissions:\n        \
                android.permission.CAMERA: granted=false, flags=[ USER_SET]\n";
    let granted = "        android.permission.RECORD_AUDIO: granted=true, flags=[ USER_SET]\n";
    write("package.txt", &format!("{head}{granted}"));
    let ops = "Current AppOps Service state:\n  Uid u0a123:\n    state=top\n    Package com.instagram.android:\n      \
               RECORD_AUDIO (allow): \n        null=[\n          Access: [top-s] 2026-03-01 10:00:00.000 (-9d)\n        ]\n";
    write("appops.txt", ops);
    let home = tempfile::tempdir().expect("a home");
    let told = poucet(home.path()).arg("snapshot").arg(folder.path()).output().expect("it runs");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("a snapshot");
    let grants = told["apps"][0]["grants"].as_array().expect("grants");
    let of = |word: &str| grants.iter().find(|grant| grant["permission"] == word);
    let microphone = of("microphone").expect("the row is there");
    assert_eq!(microphone["level"], "while-in-use");
    assert_eq!(microphone["last_used"]["at"], "2026-03-01T10:00:00");
    assert!(of("camera").is_none(), "a later row may grant it: {grants:?}");
    let gaps = told["gaps"].as_array().expect("gaps");
    for word in ["camera", "microphone"] {
        assert!(gaps.iter().any(|gap| gap["area"] == word && gap["app"] == "com.instagram.android"), "{word}");
    }
}

/// Dumps of one package each, as a support thread has them: only these list what the app requests.
const SINGLE: &str = "Packages:
  Package [com.instagram.android] (1a2b3c):
    appId=10123
    pkg=Package{1 com.instagram.android}
    versionCode=1 minSdk=24 targetSdk=34
    flags=[ HAS_CODE ]
    requested permissions:
      android.permission.ACCESS_COARSE_LOCATION
      android.permission.ACCESS_FINE_LOCATION
      android.permission.ACCESS_BACKGROUND_LOCATION: restricted=true
      android.permission.BODY_SENSORS
      android.permission.health.READ_STEPS
      android.permission.health.READ_HEART_RATE
      android.permission.GET_ACCOUNTS
      android.permission.READ_CONTACTS
      android.permission.READ_CALENDAR
      android.permission.WRITE_CALENDAR
      android.permission.READ_MEDIA_IMAGES
      android.permission.READ_MEDIA_VIDEO
      android.permission.READ_MEDIA_VISUAL_USER_SELECTED
      android.permission.CAMERA
      android.permission.FOREGROUND_SERVICE_CAMERA
      android.permission.READ_SMS
    install permissions:
      android.permission.FOREGROUND_SERVICE_CAMERA: granted=true
      android.permission.GET_ACCOUNTS: granted=true
    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0 instant=false
      runtime permissions:
        android.permission.ACCESS_COARSE_LOCATION: granted=true, flags=[ USER_SET]
        android.permission.ACCESS_FINE_LOCATION: granted=false, flags=[ USER_SET]
        android.permission.BODY_SENSORS: granted=false, flags=[ USER_SET]
        android.permission.health.READ_STEPS: granted=false, flags=[ USER_SET]
        android.permission.READ_CALENDAR: granted=false, flags=[ USER_SET]
        android.permission.READ_MEDIA_VISUAL_USER_SELECTED: granted=true, flags=[ USER_SET]
        android.permission.CAMERA: granted=true, flags=[ USER_SET|ONE_TIME]
        android.permission.READ_SMS: granted=false, flags=[ USER_SET]
        android.permission.ACCESS_BACKGROUND_LOCATION: granted=true, flags=[ USER_SET]
        android.permission.health.READ_HEART_RATE: granted=true, flags=[ USER_SET]
        android.permission.READ_CONTACTS: granted=true, flags=[ USER_SET]
        android.permission.WRITE_CALENDAR: granted=true, flags=[ USER_SET]
        android.permission.READ_MEDIA_IMAGES: granted=true, flags=[ USER_SET]
        android.permission.READ_MEDIA_VIDEO: granted=true, flags=[ USER_SET]
";

#[test]
fn no_part_of_a_dump_of_one_package_looks_better() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("getprop.txt", "[ro.build.version.sdk]: [34]\n[ro.product.model]: [X]\n");
    write(
        "appops.txt",
        "Current AppOps Service state:\n  Uid u0a123:\n    state=top\n    Package com.instagram.android:\n      CAMERA (allow): \n  Uid \
         u0a124:\n    state=top\n",
    );
    // Another package behind it shows that the block of the first is whole.
    let behind = "\nPackages:\n  Package [com.example.behind] (1a2b3d):\n    appId=10124\n    pkg=Package{2 com.example.behind}\n";
    write("package.txt", &format!("{SINGLE}{behind}"));
    let profiles = profiles();
    let whole = told(folder.path(), &profiles).expect("the whole is read");
    let mut found = Vec::new();
    let lines = SINGLE.lines().count();
    for left in 1..=lines {
        let text: Vec<&str> = SINGLE.lines().take(left).collect();
        write("package.txt", &(text.join("\n") + "\n"));
        if let Some(part) = told(folder.path(), &profiles) {
            found.extend(better(&whole, &part).into_iter().map(|line| format!("{left} of {lines} lines: {line}")));
        }
    }
    assert!(found.is_empty(), "{} things look better on a part:\n{}", found.len(), found.join("\n"));
}

/// One rule alone fails on the phone; what an app writes can hide it, and must not turn it into "nothing fails".
#[test]
fn a_rule_that_a_planted_line_hides_gives_no_better_exit_code() {
    let one_rule = |id: &str| {
        let text = "{ en = \"x\", fr = \"x\" }";
        format!(
            "format = 1\nid = \"{id}\"\nversion = \"1\"\ntitle = {text}\n[rule.{id}]\ntitle = {text}\nwhy = {text}\nseverity = \"high\"\ndevice = \"{id}\"\nis = false\n"
        )
    };
    let cases = [
        (
            "accessibility-services",
            "settings_secure_0.txt",
            "assistant=a.b/c\nenabled_accessibility_services=null\naccessibility_enabled=0\n",
        ),
        ("notification-listeners", "settings_secure_0.txt", "assistant=a.b/c\nenabled_notification_listeners=null\n"),
        ("developer-options", "settings_global.txt", "a_name=x\nadb_enabled=0\ndevelopment_settings_enabled=0\n"),
    ];
    for (id, file, lines) in cases {
        let room = tempfile::tempdir().expect("a folder");
        let profile = room.path().join(format!("{id}.toml"));
        fs::write(&profile, one_rule(id)).expect("a profile");
        let phone = room.path().join("phone");
        copy(&build("android-11", Road::Folder, room.path()), &phone);
        let code = || {
            let mut command = poucet(room.path());
            command.args(["audit", "--no-config", "-f", "verdicts", "-p"]).arg(&profile).arg(&phone);
            command.output().expect("the program starts").status.code()
        };
        let path = phone.join(file);
        let text = fs::read_to_string(&path).expect("a text");
        assert_eq!(code(), Some(1), "{id}");
        fs::write(&path, format!("{lines}{text}")).expect("the text is written");
        let now = code();
        assert!(matches!(now, Some(1 | 3)), "{id}: {now:?}");
    }
}

/// The same for one app, and what it may have behind a line end of its version's name.
#[test]
fn an_app_that_alone_breaks_a_rule_gets_no_better_exit_code_by_its_version_name() {
    let text = "{ en = \"x\", fr = \"x\" }";
    let profile = format!(
        "format = 1\nid = \"one\"\nversion = \"1\"\ntitle = {text}\n[rule.one]\ntitle = {text}\nwhy = {text}\nseverity = \"high\"\n\
         apps = \"tiktok\"\nmax = {{ location = \"denied\", contacts = \"denied\", camera = \"denied\" }}\n"
    );
    let mut better = Vec::new();
    for phone in ["android-09", "android-11", "android-15"] {
        let room = tempfile::tempdir().expect("a folder");
        let own = room.path().join("one.toml");
        fs::write(&own, &profile).expect("a profile");
        let target = room.path().join(phone);
        copy(&build(phone, Road::Folder, room.path()), &target);
        let code = || {
            let mut command = poucet(room.path());
            command.args(["audit", "--no-config", "-f", "verdicts", "-p"]).arg(&own).arg(&target);
            command.output().expect("the program starts").status.code()
        };
        let path = target.join("dumpsys_package_packages.txt");
        let dump = fs::read_to_string(&path).expect("a text");
        let block = dump.find("  Package [com.zhiliaoapp.musically]").expect("the app");
        let at = block + dump[block..].find("    versionName=").expect("its version") + "    versionName=".len();
        assert_eq!(code(), Some(1), "{phone}");
        for plant in PLANTS {
            fs::write(&path, format!("{}1\n{plant}\n{}", &dump[..at], &dump[at..])).expect("the text is written");
            let now = code();
            if !matches!(now, Some(1 | 3)) {
                better.push(format!("{phone} {plant}: {now:?}"));
            }
        }
    }
    assert!(better.is_empty(), "{}", better.join("\n"));
}

/// An app that is not in the package dump, and that another list names, is not gone.
#[test]
fn an_app_that_any_other_list_names_is_on_the_phone_or_not_known_to_be_absent() {
    const APP: &str = "com.zhiliaoapp.musically";
    let room = tempfile::tempdir().expect("a folder");
    let target = room.path().join("phone");
    copy(&build("android-14", Road::Folder, room.path()), &target);
    let edit = |name: &str, change: &dyn Fn(&str) -> String| {
        let path = target.join(name);
        let text = fs::read_to_string(&path).expect("a text");
        fs::write(&path, change(&text)).expect("the text is written");
    };
    let without_rows =
        |text: &str| text.lines().filter(|line| !line.contains(APP)).fold(String::new(), |all, line| all + line + "\n");
    let audit = || {
        let mut command = poucet(room.path());
        command.args(["audit", "--no-config", "-f", "json", "-p", "precautionary"]).arg(&target);
        let output = command.output().expect("the program starts");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
        let findings = report["findings"].as_array().expect("findings").iter();
        let of_app = findings.filter(|finding| finding["code"] == "absent" && finding["app"]["id"] == APP);
        of_app.map(|finding| finding["verdict"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(audit(), ["fail"]);
    edit("dumpsys_package_packages.txt", &|text| {
        let begin = text.find(&format!("  Package [{APP}]")).expect("the app");
        let end = begin + 5 + text[begin + 5..].find("\n  Package [").expect("the next app") + 1;
        format!("{}{}", &text[..begin], &text[end - 5..])
    });
    assert_eq!(audit(), ["fail"], "the list of installed packages names it with its installer");
    edit("pm_list_packages_0.txt", &|text| {
        text.replace(
            &format!("package:{APP}  installer=com.android.vending"),
            &format!("package:{APP}  installer=null"),
        )
    });
    assert_eq!(audit(), ["not-assessed"], "it may be a preloaded one that is off");
    edit("pm_list_packages_0.txt", &without_rows);
    assert_eq!(audit(), ["not-assessed"], "the app-ops name it still");
    edit("dumpsys_appops.txt", &without_rows);
    assert_eq!(audit(), Vec::<String>::new());
}

#[test]
fn a_device_owner_that_one_of_two_services_tells_of_is_not_known() {
    let profiles = profiles();
    let room = tempfile::tempdir().expect("a folder");
    let target = room.path().join("phone");
    copy(&build("android-14", Road::Folder, room.path()), &target);
    let whole = told(&target, &profiles).expect("the whole is read");
    let path = target.join("dumpsys_user.txt");
    let text = fs::read_to_string(&path).expect("a text");
    fs::write(&path, text.replace("Device owner id:-10000", "Device owner id:0")).expect("the text is written");
    let now = told(&target, &profiles).expect("it is read");
    let unknown = |told: &Told| told.snapshot.gaps.iter().filter(|gap| gap.reason == "unreadable").count();
    assert!(unknown(&now) > unknown(&whole), "{:#?}", now.snapshot.gaps);
    assert!(better(&whole, &now).is_empty());
}
