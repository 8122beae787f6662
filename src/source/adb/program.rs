//! Finding the `adb` program, and starting an ADB server with it when none runs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The folders in which the `adb` program is looked for, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    folders: Vec<PathBuf>,
}

/// Where package managers and Android Studio put `platform-tools`, below the home folder.
const BELOW_HOME: [&str; 3] =
    ["Android/Sdk/platform-tools", "Library/Android/sdk/platform-tools", "AppData/Local/Android/Sdk/platform-tools"];

/// Where package managers and system-wide installations put `adb`.
const SYSTEM_WIDE: [&str; 7] = [
    "/usr/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/usr/lib/android-sdk/platform-tools",
    "/opt/android-sdk/platform-tools",
    "/usr/local/share/android-sdk/platform-tools",
    "C:\\platform-tools",
];

impl Places {
    /// These folders and no others.
    pub fn only(folders: Vec<PathBuf>) -> Self {
        Places { folders }
    }

    /// `PATH`, then `platform-tools` of `ANDROID_HOME` and `ANDROID_SDK_ROOT`, then the places where Android Studio
    /// and package managers put it. Relative entries are left out: an `adb` of the current folder is not to be trusted.
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Self {
        let path = variable("PATH").unwrap_or_default();
        let kits = ["ANDROID_HOME", "ANDROID_SDK_ROOT"]
            .into_iter()
            .filter_map(variable)
            .map(|kit| PathBuf::from(kit).join("platform-tools"));
        let usual = BELOW_HOME.iter().filter_map(|place| Some(home.as_ref()?.join(place)));
        let mut folders = Vec::new();
        for folder in std::env::split_paths(&path).chain(kits).chain(usual).chain(SYSTEM_WIDE.map(PathBuf::from)) {
            if folder.is_absolute() && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        Places { folders }
    }

    /// The first `adb` in these folders.
    pub fn find(&self) -> Option<PathBuf> {
        let name = format!("adb{}", std::env::consts::EXE_SUFFIX);
        self.folders.iter().map(|folder| folder.join(&name)).find(|file| file.is_file())
    }

    /// The folders, to tell a person where it was looked.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }
}

/// Runs `adb -P PORT start-server` and waits for it until the deadline. The command itself ends once its server runs;
/// one that does not is ended, and in both cases it is waited for, so that no child stays behind.
///
/// # Errors
///
/// What the system said, one line.
pub(crate) fn start_server(program: &Path, port: u16, deadline: Instant) -> Result<(), String> {
    let mut child = Command::new(program)
        .args(["-P", &port.to_string(), "start-server"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("{} start-server: {status}", program.display())),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                // Ending and reaping can only fail if it has ended by itself in between.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{} start-server did not end in time", program.display()));
            }
            Err(error) => return Err(format!("{} start-server: {error}", program.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_in_path_then_in_the_kits_and_never_in_the_current_folder() {
        let places = Places::from_variables(
            |name| match name {
                "PATH" => std::env::join_paths(["/first", ".", "", "/second", "/first"].map(PathBuf::from)).ok(),
                "ANDROID_HOME" => Some("/kit".into()),
                "ANDROID_SDK_ROOT" => Some("relative".into()),
                _ => None,
            },
            Some("/home/someone".into()),
        );
        let folders: Vec<_> = places.folders().iter().take(4).map(|folder| folder.to_string_lossy()).collect();
        assert_eq!(folders, ["/first", "/second", "/kit/platform-tools", "/home/someone/Android/Sdk/platform-tools"]);
        assert!(places.folders().iter().all(|folder| folder.is_absolute()));
    }

    #[test]
    fn finds_a_program_file_only() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::only(vec!["/nowhere".into(), folder.path().into()]);
        assert_eq!(places.find(), None);
        let program = folder.path().join(format!("adb{}", std::env::consts::EXE_SUFFIX));
        std::fs::create_dir(&program).unwrap();
        assert_eq!(places.find(), None);
        std::fs::remove_dir(&program).unwrap();
        std::fs::write(&program, "").unwrap();
        assert_eq!(places.find(), Some(program));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_hangs_is_ended_at_the_deadline() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("adb");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 30\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let begun = Instant::now();
        let result = start_server(&program, 1, begun + Duration::from_millis(200));
        assert!(result.unwrap_err().contains("did not end in time"));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
