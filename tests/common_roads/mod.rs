//! The same invented phone by five roads: loose text files, a bug report zip, a dumpstate text, an AndroidQF folder and
//! an AndroidQF zip. Everything is built from `tests/fixtures/android-NN/` and gives the same bytes on every run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The invented phones, by their folder in `tests/fixtures/`.
pub const PHONES: [&str; 10] = [
    "android-08",
    "android-09",
    "android-10",
    "android-11",
    "android-12",
    "android-13",
    "android-14",
    "android-15",
    "android-16",
    "android-17",
];

/// A way on which the evidence of a phone reaches the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Road {
    /// A folder of loose text files, one per command.
    Folder,
    /// The zip that `adb bugreport` saves.
    BugreportZip,
    /// The text inside that zip, alone.
    DumpstateText,
    /// The folder that AndroidQF writes.
    AndroidQfFolder,
    /// The same, zipped.
    AndroidQfZip,
}

/// Every road; the first is the one that the others are compared with.
pub const ROADS: [Road; 5] =
    [Road::Folder, Road::BugreportZip, Road::DumpstateText, Road::AndroidQfFolder, Road::AndroidQfZip];

/// An app that occurs in `Queries:` and nowhere else (trap 39).
pub const QUERIED_ONLY: &str = "ca.example.only.in.queries";

/// An app that occurs in the permission rows of sections that are not `Packages:` (trap 3).
pub const OTHER_SECTION_ONLY: &str = "ca.example.only.in.other.sections";

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("fixtures")
}

/// The strings that no output may hold.
pub fn personal() -> Vec<String> {
    let text = fs::read_to_string(fixtures().join("personal.txt")).expect("tests/fixtures/personal.txt is readable");
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The program, with a home of its own, no colours and a fixed key for device ids.
pub fn poucet(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poucet"));
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("POUCET_ID_KEY", "a key of the tests")
        .env("POUCET_CONFIG", "")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C")
        .env("LANG", "C")
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs the program and collects what it wrote.
pub fn run(home: &Path, arguments: &[&str], target: &Path) -> Output {
    let (verb, rest) = arguments.split_first().expect("a subcommand");
    poucet(home).arg(verb).arg(target).args(rest).output().expect("the program starts")
}

/// Standard output as JSON; the message of the panic says what the program answered instead.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "standard output is not JSON: {error}\nstatus: {:?}\nstdout: {}\nstderr: {}",
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).chars().take(400).collect::<String>(),
            String::from_utf8_lossy(&output.stderr).chars().take(2000).collect::<String>(),
        )
    })
}

/// Makes the evidence of a phone as one road brings it, inside `into`, and returns the target to give to the program.
pub fn build(phone: &str, road: Road, into: &Path) -> PathBuf {
    let files = Files::of(phone);
    let target = match road {
        Road::Folder => into.join(format!("{phone}-files")),
        Road::BugreportZip => into.join(format!("{phone}-bugreport.zip")),
        Road::DumpstateText => into.join(format!("{phone}-dumpstate.txt")),
        Road::AndroidQfFolder => into.join(format!("{phone}-androidqf")),
        Road::AndroidQfZip => into.join(format!("{phone}-androidqf.zip")),
    };
    match road {
        Road::Folder => write_folder(&target, &files.0),
        Road::BugreportZip => write_zip(&target, &files.bugreport_members()),
        Road::DumpstateText => fs::write(&target, files.dumpstate()).expect("the text is written"),
        Road::AndroidQfFolder => write_folder(&target, &files.androidqf_members()),
        Road::AndroidQfZip => write_zip(&target, &files.androidqf_members()),
    }
    target
}

fn write_folder(folder: &Path, members: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).expect("the folder is made");
    for (name, text) in members {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        fs::write(path, text).expect("the file is written");
    }
}

fn write_zip(path: &Path, members: &BTreeMap<String, String>) {
    let mut archive = zip::ZipWriter::new(fs::File::create(path).expect("the archive is made"));
    // Without the `time` feature the default is 1980-01-01: the same bytes on every run.
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, text) in members {
        archive.start_file(name.as_str(), options).expect("a member begins");
        archive.write_all(text.as_bytes()).expect("a member is written");
    }
    archive.finish().expect("the archive ends");
}

/// The files of one fixture folder, by name.
pub struct Files(pub BTreeMap<String, String>);

impl Files {
    /// Reads `tests/fixtures/PHONE/`.
    pub fn of(phone: &str) -> Files {
        let folder = fixtures().join(phone);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        Files(
            entries
                .map(|entry| {
                    let entry = entry.expect("an entry");
                    let name = entry.file_name().into_string().expect("an ASCII name");
                    (name, fs::read_to_string(entry.path()).expect("UTF-8 text"))
                })
                .collect(),
        )
    }

    /// The text of one file, empty when the phone has none.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The value of a system property.
    pub fn property(&self, key: &str) -> &str {
        let start = format!("[{key}]: [");
        self.text("getprop.txt")
            .lines()
            .find_map(|line| line.strip_prefix(start.as_str()))
            .map_or("", |value| value.trim_end_matches(']'))
    }

    fn api_level(&self) -> u32 {
        self.property("ro.build.version.sdk").parse().expect("an API level")
    }

    fn epoch(&self) -> i64 {
        self.text("date.txt").trim().parse().expect("seconds since 1970")
    }

    /// The users of the phone, from `pm list users`.
    fn users(&self) -> Vec<u32> {
        let starts = self.text("pm_list_users.txt").lines().filter_map(|line| line.trim().strip_prefix("UserInfo{"));
        starts.filter_map(|line| line.split_once(':')).filter_map(|(id, _)| id.parse().ok()).collect()
    }

    /// The phone's own local time, as bug reports print it: without a zone.
    fn local_time(&self, format: &str) -> String {
        let zone = self.property("persist.sys.timezone");
        let time = jiff::Timestamp::from_second(self.epoch()).expect("a time").in_tz(zone).expect("a known zone");
        time.strftime(format).to_string()
    }

    /// The dumps of services that a bug report holds, by service, without those that the phone does not have.
    fn services(&self) -> BTreeMap<String, String> {
        let mut services = BTreeMap::new();
        for (name, text) in &self.0 {
            let Some(service) = name.strip_prefix("dumpsys_").and_then(|name| name.strip_suffix(".txt")) else {
                continue;
            };
            if service.starts_with("package_") || service == "window_policy" || text.starts_with("Can't find service") {
                continue;
            }
            services.insert(service.to_owned(), text.clone());
        }
        services.insert("package".to_owned(), self.package_dump());
        services.insert("settings".to_owned(), self.settings_dump());
        services.insert("window".to_owned(), self.window_dump());
        services.insert("deviceidle".to_owned(), self.device_idle_dump());
        for (service, text) in noise() {
            services.insert(service.to_owned(), text);
        }
        services
    }

    /// `dumpsys window`: the policy part stands among others.
    fn window_dump(&self) -> String {
        let rule = "-------------------------------------------------------------------------------";
        format!(
            "\n{rule}\nWINDOW MANAGER LAST ANR (dumpsys window lastanr)\n  <no ANR has occurred since boot>\n\n{rule}\n{}\n{rule}\n\
             WINDOW MANAGER ANIMATOR STATE (dumpsys window animator)\n    DisplayContentsAnimator #0:\n      secure=true\n",
            self.text("dumpsys_window_policy.txt"),
        )
    }

    /// `dumpsys deviceidle`, from the lines of `cmd deviceidle whitelist`.
    fn device_idle_dump(&self) -> String {
        let mut dump = String::from("  Settings:\n    light_after_inactive_to=+5m0s0ms\n    max_idle_to=+6h0m0s0ms\n");
        for (kind, heading) in [
            ("system-excidle", "  Whitelist (except idle) system apps:"),
            ("system", "  Whitelist system apps:"),
            ("user", "  Whitelist user apps:"),
        ] {
            let rows: Vec<&str> = self
                .text("cmd_deviceidle_whitelist.txt")
                .lines()
                .filter_map(|line| line.strip_prefix(kind)?.strip_prefix(','))
                .filter_map(|line| line.split(',').next())
                .collect();
            if rows.is_empty() {
                continue;
            }
            dump.push_str(heading);
            dump.push('\n');
            for package in rows {
                let _ = writeln!(dump, "    {package}");
            }
        }
        dump.push_str("  Whitelist all app ids:\n    1001\n  mLightEnabled=true  mDeepEnabled=true\n");
        dump
    }

    /// `dumpsys settings`: the tables of every user in one dump.
    fn settings_dump(&self) -> String {
        let mut dump = String::new();
        let mut number = 0;
        let mut table = |title: String, text: &str| {
            let _ = writeln!(dump, "{title}");
            for (key, value) in settings(text) {
                number += 1;
                let value = if value == "null" { "{null}" } else { value.as_str() };
                let _ = write!(dump, "_id:{number} name:{key} pkg:android value:{value}");
                // Only values that the system itself wrote have a default.
                if number % 3 != 0 && value != "{null}" {
                    let _ = write!(dump, " default:{value} defaultSystemSet:true");
                }
                dump.push('\n');
            }
            dump.push('\n');
        };
        table("GLOBAL SETTINGS (user 0)".to_owned(), self.text("settings_global.txt"));
        for user in self.users() {
            for kind in ["secure", "system"] {
                let text = self.text(&format!("settings_{kind}_{user}.txt"));
                // `dumpsys settings` runs inside the system: where the shell is refused, it still prints a table.
                let text = if text.contains("SecurityException") { "" } else { text };
                table(format!("{} SETTINGS (user {user})", kind.to_uppercase()), text);
            }
        }
        dump
    }

    /// The whole of `dumpsys package`: the parts that the fixture has, among the sections that a naive reader mistakes
    /// for them (traps 3 and 39).
    fn package_dump(&self) -> String {
        let sdk = self.api_level();
        let mut dump = String::from(
            "Database versions:\n  Internal:\n    sdkVersion=1 databaseVersion=3\n\nVerifiers:\n  Required: com.android.vending \
             (uid=10032)\n\nActivity Resolver Table:\n  Non-Data Actions:\n      android.intent.action.MAIN:\n        67e4f0 \
             com.zhiliaoapp.musically/.MainActivity filter 1c0b8f5\n          Action: \"android.intent.action.MAIN\"\n\n\
             Preferred Activities User 0:\n  Non-Data Actions:\n      android.intent.action.MAIN:\n        a1b2c3 \
             com.android.launcher/.Home\n\n",
        );
        if sdk >= 31 {
            let _ = write!(
                dump,
                "Domain verification status:\n  com.zhiliaoapp.musically:\n    ID: 1b4e28ba-2fa1-11d2-883f-0016d3cca427\n    \
                 Signatures: [00:11:22:33]\n    Domain verification state:\n      m.example.org: verified\n    User 0:\n      \
                 Verification link handling allowed: true\n      Selection state:\n        Disabled:\n          m.example.org\n  \
                 {OTHER_SECTION_ONLY}:\n    User 0:\n      Verification link handling allowed: true\n\n",
            );
        } else {
            let _ = write!(
                dump,
                "App linkages for user 0:\n  Package: {OTHER_SECTION_ONLY}\n  Domains: m.example.org\n  Status:  always : 200000000\n\n",
            );
        }
        let _ = write!(
            dump,
            "Permissions:\n  Permission [android.permission.CAMERA] (3fe0a1):\n    sourcePackage=android\n    uid=1000 gids=null \
             type=0 prot=dangerous|instant\n    perm=Permission{{9e1a2b android.permission.CAMERA}}\n\nAppOp Permissions:\n  AppOp \
             Permission android.permission.SYSTEM_ALERT_WINDOW:\n    {OTHER_SECTION_ONLY}\n\nKey Set Manager:\n  \
             [{OTHER_SECTION_ONLY}]\n      Signing KeySets: 7\n\n",
        );
        dump.push_str(self.text("dumpsys_package_packages.txt"));
        dump.push('\n');
        if sdk >= 30 {
            let _ = write!(
                dump,
                "Queries:\n  system apps queryable: false\n  queries via forceQueryable:\n  queries via package name:\n    \
                 com.zhiliaoapp.musically:\n      {QUERIED_ONLY}\n  queryable via interaction:\n    User 0:\n      \
                 [com.zhiliaoapp.musically]:\n        {QUERIED_ONLY}\n    User 10:\n      [{QUERIED_ONLY}]:\n        \
                 com.zhiliaoapp.musically\n\n",
            );
        }
        dump.push_str(self.text("dumpsys_package_shared-users.txt"));
        let _ = write!(
            dump,
            "\nPackage Changes:\n  Sequence number=7\n  User 0:\n    seq=1, package=com.zhiliaoapp.musically\n    seq=3, \
             package={OTHER_SECTION_ONLY}\n\nFrozen packages:\n  (none)\n\nDexopt state:\n  [{OTHER_SECTION_ONLY}]\n    path: \
             /data/app/x/base.apk\n      arm64: [status=speed-profile] [reason=bg-dexopt]\n\nCompiler stats:\n  \
             [com.zhiliaoapp.musically]\n    (No recorded stats)\n\nPackage warning messages:\n1/1/20 1:00 AM: Package \
             [{OTHER_SECTION_ONLY}] was here\n",
        );
        dump
    }

    /// The text of a bug report: everything before, between and after the sections that matter.
    pub fn dumpstate(&self) -> String {
        let rule = "========================================================";
        let line = "-------------------------------------------------------------------------------";
        let ending = self.local_time("%Y-%m-%d %H:%M:%S");
        let section = |priority: &str, service: &str, text: &str| {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            format!(
                "{line}\nDUMP OF SERVICE {priority}{service}:\n{text}{end}--------- 0.013s was the duration of dumpsys {service}, \
                 ending at: {ending}\n",
            )
        };
        let services = self.services();
        let service = |name: &str| services.get(name).map_or("", String::as_str);
        let mut report = format!(
            "{rule}\n== dumpstate: {ending}\n{rule}\n\nBuild: {}\nBuild fingerprint: '{}'\nBootloader: unknown\nRadio: \
             1.0.0.0\nNetwork: {}\nKernel: Linux version 5.10.43\nCommand line: console=ttyS0 androidboot.serialno={} \
             androidboot.verifiedbootstate={}\nBugreport format version: 2.0\nDumpstate info: id=1 pid=4711 dry_run=0 \
             args=/system/bin/dumpstate -S -d -z extra_options=\n\n",
            self.property("ro.build.display.id"),
            self.property("ro.build.fingerprint"),
            self.property("gsm.sim.operator.alpha"),
            self.property("ro.serialno"),
            self.property("ro.boot.verifiedbootstate"),
        );
        report.push_str("------ DUMPSYS CRITICAL (/system/bin/dumpsys) ------\n");
        report.push_str(&section("CRITICAL ", "SurfaceFlinger", "Build configuration: [sf]\n"));
        report.push_str(&section("CRITICAL ", "window", service("window")));
        report.push_str("------ 0.302s was the duration of 'DUMPSYS CRITICAL' ------\n");
        // A line of the log that looks like evidence and is none.
        let _ = write!(
            report,
            "------ SYSTEM LOG (logcat -v threadtime -d *:v) ------\n--------- beginning of main\n01-01 10:00:00.000  1000  1867  \
             1892 I chat    : {}\n01-01 10:00:00.100  1000  1867  1892 W PackageManager: Package [{OTHER_SECTION_ONLY}] (1a2b3c4):\n\
             \x20   User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0\n\
             \x20       android.permission.READ_SMS: granted=true\n------ 1.231s was the duration of 'SYSTEM LOG' ------\n",
            personal().join(" "),
        );
        report.push_str("------ DUMPSYS HIGH (/system/bin/dumpsys) ------\n");
        report.push_str(&section("HIGH ", "meminfo", "Applications Memory Usage (in Kilobytes):\n"));
        report.push_str("------ 8.242s was the duration of 'DUMPSYS HIGH' ------\n");
        let _ = write!(
            report,
            "------ SYSTEM PROPERTIES (getprop) ------\n{}------ 0.030s was the duration of 'SYSTEM PROPERTIES' ------\n",
            self.text("getprop.txt"),
        );
        report.push_str("------ DUMPSYS (/system/bin/dumpsys) ------\n");
        for (name, text) in &services {
            if name != "window" {
                report.push_str(&section("", name, text));
            }
        }
        report.push_str("------ 2.409s was the duration of 'DUMPSYS' ------\n");
        let _ = write!(
            report,
            "------ CHECKIN PACKAGE (/system/bin/dumpsys -T 30000 package --checkin) ------\nvers,1\npkg,{OTHER_SECTION_ONLY},10999,1,\
             1500000000000,?\npkg-usr,0,IbsuSLvpi,0,?\n------ 0.080s was the duration of 'CHECKIN PACKAGE' ------\n------ RUNNING \
             APPLICATION ACTIVITIES (/system/bin/dumpsys activity -v all) ------\nTASK com.zhiliaoapp.musically id=7\n------ 0.003s was \
             the duration of 'RUNNING APPLICATION ACTIVITIES' ------\n{rule}\n== Final progress (pid 4711): 3392/5000 (estimated \
             5000)\n{rule}\n== dumpstate: done (id 1)\n{rule}\n------ 22.904s was the duration of 'DUMPSTATE' ------\n",
        );
        report
    }

    fn bugreport_members(&self) -> BTreeMap<String, String> {
        let device = self.property("ro.product.device");
        let build = self.property("ro.build.id");
        let name = format!("bugreport-{device}-{build}-{}.txt", self.local_time("%Y-%m-%d-%H-%M-%S"));
        BTreeMap::from([
            ("FS/data/misc/recovery/ro.build.fingerprint".to_owned(), self.property("ro.build.fingerprint").to_owned()),
            ("FS/proc/1/mountinfo".to_owned(), "1 0 253:0 / / ro\n".to_owned()),
            ("dumpstate_log.txt".to_owned(), "Listing services: 120\n".to_owned()),
            ("lshal-debug/android.hardware.audio@4.0__IDevicesFactory_default.txt".to_owned(), personal().join("\n")),
            ("main_entry.txt".to_owned(), name.clone()),
            ("version.txt".to_owned(), "2.0".to_owned()),
            (name, self.dumpstate()),
        ])
    }

    /// What AndroidQF writes: the settings of the current user only, and every dump in one file.
    fn androidqf_members(&self) -> BTreeMap<String, String> {
        let line = "-------------------------------------------------------------------------------";
        let ending = self.local_time("%Y-%m-%d %H:%M:%S");
        let services = self.services();
        let mut dump = String::from("Currently running services:\n");
        for name in services.keys() {
            let _ = writeln!(dump, "  {name}");
        }
        for (name, text) in &services {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            let _ = write!(
                dump,
                "{line}\nDUMP OF SERVICE {name}:\n{text}{end}--------- 0.013s was the duration of dumpsys {name}, ending at: {ending}\n",
            );
        }
        let current = self.text("am_get-current-user.txt").trim();
        let started = jiff::Timestamp::from_second(self.epoch()).expect("a time");
        let acquisition = serde_json::json!({
            "uuid": "5d6a9d1c-4c0f-4a35-9a27-0e52c1a1b0f2",
            "androidqf_version": "v1.8.3",
            "storage_path": "acquisition",
            "started": started.to_string(),
            "completed": started.to_string(),
            "collector": null,
            "tmp_dir": "/data/local/tmp/",
            "sdcard": "/sdcard/",
            "cpu": "arm64-v8a",
        });
        BTreeMap::from([
            ("acquisition.json".to_owned(), pretty(&acquisition)),
            ("dumpsys.txt".to_owned(), dump),
            ("env.txt".to_owned(), "ANDROID_ROOT=/system\n".to_owned()),
            ("files.json".to_owned(), "[]".to_owned()),
            ("getprop.txt".to_owned(), self.text("getprop.txt").to_owned()),
            ("logcat.txt".to_owned(), format!("01-01 10:00:00.000  1000  1867 I chat: {}\n", personal().join(" "))),
            ("packages.json".to_owned(), pretty(&self.androidqf_packages())),
            ("processes.txt".to_owned(), "USER PID NAME\nu0_a12 1234 com.google.android.gms\n".to_owned()),
            ("selinux.txt".to_owned(), self.text("getenforce.txt").to_owned()),
            (
                "services.txt".to_owned(),
                "Found 2 services:\n0\tpackage: [android.content.pm.IPackageManager]\n".to_owned(),
            ),
            ("settings_global.txt".to_owned(), self.text("settings_global.txt").to_owned()),
            ("settings_secure.txt".to_owned(), self.text(&format!("settings_secure_{current}.txt")).to_owned()),
            ("settings_system.txt".to_owned(), self.text(&format!("settings_system_{current}.txt")).to_owned()),
        ])
    }

    fn androidqf_packages(&self) -> Value {
        let rows = self.text("pm_list_packages_0.txt").lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("package:")?.split_once("  installer=")?;
            let (installer, uid) = rest.split_once(" uid:")?;
            Some(serde_json::json!({
                "name": name,
                "files": [{"path": format!("/data/app/{name}/base.apk"), "local_name": "", "md5": "", "sha256": "", "error": ""}],
                "installer": installer,
                "uid": uid.parse::<u32>().ok()?,
                "disabled": false,
                "system": false,
                "third_party": true,
            }))
        });
        Value::Array(rows.collect())
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

/// The pairs of a `settings list`, with values that span lines.
fn settings(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.split_once('='), pairs.last_mut()) {
            (Some((key, value)), _) => pairs.push((key.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                value.push('\n');
                value.push_str(line);
            }
            (None, None) => {}
        }
    }
    pairs
}

/// Services that hold personal data and that poucet must leave alone.
fn noise() -> Vec<(&'static str, String)> {
    let secrets = personal();
    vec![
        ("DockObserver", "  reported state: 0\n  previous state: 0\n".to_owned()),
        (
            "account",
            format!(
                "User UserInfo{{0:{}:13}}:\n  Accounts: 1\n    Account {{name={}, type=com.google}}\n",
                secrets[3], secrets[7]
            ),
        ),
        (
            "notification",
            format!(
                "Current Notification Manager state:\n  Notification List:\n    NotificationRecord(0x01: pkg=com.whatsapp)\n      \
                 android.text=String ({})\n",
                secrets.join(" / "),
            ),
        ),
        ("telephony.registry", format!("  mCallIncomingNumber={}\n", secrets[8])),
        (
            "usagestats",
            format!("user=0\n  Last 24 hour events\n    time=\"2020-01-01 10:00:00\" package={OTHER_SECTION_ONLY}\n"),
        ),
        ("wifi", format!("Wi-Fi is enabled\nSSID: \"{}\", BSSID: {}\n", secrets[6], secrets[11])),
    ]
}
