//! The `poucet` program in a scrubbed environment: nothing of the machine that runs the test reaches it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A desk without phones: a home of its own, no `adb` that works, and a port on which no ADB server listens.
pub struct Desk {
    folder: tempfile::TempDir,
    port: u16,
}

impl Desk {
    /// A desk whose ADB server would listen on this port.
    pub fn new(port: u16) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::fs::create_dir(folder.path().join("here")).unwrap();
        // Found first, so that no other program of the machine starts a server.
        let adb = folder.path().join("bin").join("adb");
        std::fs::write(&adb, "#!/bin/sh\nexit 1\n").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&adb, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let android = folder.path().join("home").join(".android");
        std::fs::create_dir(&android).unwrap();
        if let Some(key) = key() {
            std::fs::write(android.join("adbkey"), key).unwrap();
        }
        Desk { folder, port }
    }

    /// The folder in which commands run.
    pub fn here(&self) -> PathBuf {
        self.folder.path().join("here")
    }

    /// The folder that holds the home, `bin` and [`Desk::here`].
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The command, not yet run.
    pub fn command<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_poucet"));
        command
            .args(arguments)
            .current_dir(self.here())
            .env_clear()
            .env("PATH", self.folder.path().join("bin"))
            .env("HOME", self.folder.path().join("home"))
            .env("POUCET_ID_KEY", "a key of the tests")
            .env("POUCET_CONFIG", "")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env("ANDROID_ADB_SERVER_PORT", self.port.to_string());
        // Where the tests are measured, the measure goes on.
        for name in ["LLVM_PROFILE_FILE", "SystemRoot"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs the command to its end.
    pub fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> Answer {
        Answer::from(self.command(arguments).output().unwrap())
    }

    /// Runs the command to its end, and looks at the peak of its memory, in KiB; 0 where the system does not tell.
    pub fn measured<A: AsRef<std::ffi::OsStr>>(&self, arguments: &[A]) -> (Answer, u64) {
        let child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let watch = std::thread::spawn(move || {
            let mut peak = 0;
            while let Ok(status) = std::fs::read_to_string(&status) {
                let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) else { break };
                peak = line.split_whitespace().next().and_then(|peak| peak.parse().ok()).unwrap_or(peak);
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            peak
        });
        let answer = Answer::from(child.wait_with_output().unwrap());
        (answer, watch.join().unwrap())
    }

    /// Everything in the folder of the commands, hidden files too.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.here()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// One key for every desk of a test run: to make one takes long where the program is built without optimization. `None`
/// without an `adb` that makes it; the program then makes its own.
fn key() -> Option<&'static [u8]> {
    static KEY: std::sync::OnceLock<Option<Vec<u8>>> = std::sync::OnceLock::new();
    let made = KEY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("adbkey");
        let mut keygen = Command::new(super::server::adb_program()?);
        keygen.arg("keygen").arg(&file).env("HOME", folder.path()).output().ok()?;
        std::fs::read(file).ok()
    });
    made.as_deref()
}

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Answer {
        Answer {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Answer {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
