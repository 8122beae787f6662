//! Runs the program on a backup, and looks at what it answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use super::Backup;

/// A room of its own for a test: a home, a temporary folder that is watched, and a place for the backups.
pub struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    pub fn new() -> Room {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "tmp", "backups", "here"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Room { folder }
    }

    /// The folder of the backups.
    pub fn backups(&self) -> std::path::PathBuf {
        self.folder.path().join("backups")
    }

    /// The folder in which commands run.
    pub fn here(&self) -> std::path::PathBuf {
        self.folder.path().join("here")
    }

    /// The temporary folder of the commands.
    pub fn tmp(&self) -> std::path::PathBuf {
        self.folder.path().join("tmp")
    }

    /// A file with these bytes, for `--password-file` and the like.
    pub fn with_file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.here().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// The command, not yet run: nothing of this machine reaches it, and standard input is empty.
    pub fn command<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_poucet"));
        command
            .args(arguments)
            .current_dir(self.here())
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("TMPDIR", self.tmp())
            .env("POUCET_ID_KEY", "a key of the tests")
            .env("POUCET_CONFIG", "")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "120")
            .stdin(Stdio::null());
        for name in ["LLVM_PROFILE_FILE", "SystemRoot"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    pub fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> Seen {
        Seen::of(&mut self.command(arguments))
    }

    /// Writes the backup here and runs `poucet snapshot` on it, with further arguments.
    pub fn snapshot(&self, backup: &Backup, arguments: &[&str]) -> Seen {
        self.snapshot_of(&backup.write(&self.backups()), arguments)
    }

    /// `poucet snapshot` of a written backup.
    pub fn snapshot_of(&self, root: &Path, arguments: &[&str]) -> Seen {
        let root = root.display().to_string();
        let words: Vec<&str> = ["snapshot", root.as_str()].into_iter().chain(arguments.iter().copied()).collect();
        self.run(&words)
    }
}

/// `poucet snapshot --all-apps` of a backup, which must be without a fault.
pub fn whole(backup: &Backup) -> Seen {
    let seen = any(backup);
    assert!(matches!(seen.code, Some(0)), "{seen:?}");
    seen
}

/// `poucet snapshot --all-apps` of a backup, whatever the exit code.
pub fn any(backup: &Backup) -> Seen {
    let room = Room::new();
    room.snapshot(backup, &["--all-apps"])
}

/// What a command answered, with short ways into the snapshot.
#[derive(Debug)]
pub struct Seen {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    pub value: Value,
}

impl Seen {
    pub fn of(command: &mut Command) -> Seen {
        let begun = Instant::now();
        Seen::after(&command.output().unwrap(), begun.elapsed())
    }

    pub fn after(output: &Output, took: Duration) -> Seen {
        let stdout = String::from_utf8(output.stdout.clone()).unwrap();
        let stderr = String::from_utf8(output.stderr.clone()).unwrap();
        let value = serde_json::from_str(&stdout).unwrap_or(Value::Null);
        Seen { code: output.status.code(), stdout, stderr, took, value }
    }

    pub fn list(&self, key: &str) -> &[Value] {
        self.value[key].as_array().map_or(&[], Vec::as_slice)
    }

    pub fn ids(&self) -> Vec<&str> {
        self.list("apps").iter().filter_map(|app| app["id"].as_str()).collect()
    }

    pub fn app(&self, id: &str) -> &Value {
        let mut found = self.list("apps").iter().filter(|app| app["id"] == id);
        let app = found.next().unwrap_or_else(|| panic!("{id} is not listed: {} {}", self.stderr, self.stdout));
        assert!(found.next().is_none(), "{id} is listed twice");
        app
    }

    pub fn grant(&self, id: &str, permission: &str) -> Option<&Value> {
        let mut found = self.app(id)["grants"].as_array()?.iter().filter(|grant| grant["permission"] == permission);
        let grant = found.next();
        assert!(found.next().is_none(), "{id} has two grants of {permission}");
        grant
    }

    /// The level of a grant; an app without a row for it has `none`.
    pub fn level(&self, id: &str, permission: &str) -> &str {
        self.grant(id, permission).map_or("none", |grant| grant["level"].as_str().unwrap())
    }

    pub fn assert_level(&self, id: &str, permission: &str, level: &str) {
        assert_eq!(self.level(id, permission), level, "{id}: {permission}: {:#?}", self.grant(id, permission));
    }

    /// The code of the reason of a grant.
    pub fn because(&self, id: &str, permission: &str) -> &str {
        let grant = self.grant(id, permission).unwrap_or_else(|| panic!("{id} has no grant of {permission}"));
        grant["because"]["code"].as_str().unwrap()
    }

    pub fn field(&self, id: &str, permission: &str, field: &str) -> &Value {
        let grant = self.grant(id, permission).unwrap_or_else(|| panic!("{id} has no grant of {permission}"));
        &grant[field]
    }

    pub fn setting(&self, check: &str) -> &Value {
        &self.value["settings"][check]["value"]
    }

    /// Reasons of the gaps whose area this is; a permission or a check that nothing can be said about names the file in
    /// its detail.
    pub fn gaps_of(&self, area: &str) -> Vec<&str> {
        let about = |gap: &&Value| gap["area"] == area || gap["detail"] == area;
        self.list("gaps").iter().filter(about).filter_map(|gap| gap["reason"].as_str()).collect()
    }

    /// Whether a permission of one app is not known, or some rows of this file are not.
    pub fn is_unknown(&self, app: &str, permission: &str, file: &str) -> bool {
        let about = |gap: &Value| gap["area"] == permission && gap["app"] == app || gap["area"] == file;
        self.list("gaps").iter().any(about)
    }

    /// Ids of the installed apps that are not the system's own, sorted.
    pub fn people(&self) -> Vec<&str> {
        let own = |app: &&Value| app["system"] == false && app["presence"] == "installed";
        let mut ids: Vec<&str> = self.list("apps").iter().filter(own).filter_map(|app| app["id"].as_str()).collect();
        ids.sort_unstable();
        ids
    }

    pub fn has_gap(&self, area: &str, reason: &str) -> bool {
        self.gaps_of(area).contains(&reason)
    }

    pub fn assert_gap(&self, area: &str, reason: &str) {
        assert!(self.has_gap(area, reason), "no gap {area} {reason}: {:#?}", self.list("gaps"));
    }

    /// Level of every permission of every app, as one map.
    pub fn grants(&self) -> BTreeMap<(String, String), String> {
        let mut grants = BTreeMap::new();
        for app in self.list("apps") {
            for grant in app["grants"].as_array().into_iter().flatten() {
                let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                grants.insert((word(&app["id"]), word(&grant["permission"])), word(&grant["level"]));
            }
        }
        grants
    }

    /// Ended by itself with a code that a command may have, and said nothing of a fault of its own.
    pub fn assert_calm(&self, what: &str) {
        assert!(matches!(self.code, Some(0..=4)), "{what}: {self:?}");
        assert!(!self.stderr.contains("panicked"), "{what}: {self:?}");
        assert!(self.took < Duration::from_secs(30), "{what}: {:?}", self.took);
    }
}

/// Everything below a folder: path, kind and bytes, and when it was changed.
pub fn state_of(root: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let mut state = BTreeMap::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let about = std::fs::symlink_metadata(&path).unwrap();
        let bytes = if about.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            b"folder".to_vec()
        } else if about.is_symlink() {
            std::fs::read_link(&path).unwrap().display().to_string().into_bytes()
        } else {
            std::fs::read(&path).unwrap()
        };
        let name = path.strip_prefix(root).unwrap().display().to_string();
        state.insert(name, (bytes, about.modified().unwrap()));
    }
    state
}
