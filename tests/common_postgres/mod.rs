//! A real PostgreSQL server of the test's own, which can be taken away and brought back.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::skip::skipped;

/// A server in a folder of its own, on a free port of this machine.
pub struct Postgres {
    programs: PathBuf,
    room: tempfile::TempDir,
    port: u16,
}

/// Where `initdb` and `pg_ctl` are; Debian keeps them off the `PATH`.
fn programs() -> Option<PathBuf> {
    let on_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut debian: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    debian.sort();
    debian
        .into_iter()
        .rev()
        .chain(on_path)
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

impl Postgres {
    /// Starts one; `None` where there is no PostgreSQL and none is required.
    pub fn start() -> Option<Postgres> {
        let Some(programs) = programs() else {
            assert!(std::env::var("POUCET_REQUIRE_POSTGRES").as_deref() != Ok("1"), "no PostgreSQL");
            skipped("no PostgreSQL is here");
            return None;
        };
        let room = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Postgres { programs, room, port };
        if is_root() {
            // PostgreSQL does not run as root.
            let chown = Command::new("chown").args(["-R", "postgres"]).arg(server.room.path()).status().unwrap();
            assert!(chown.success());
        }
        server.run("initdb", &["-D", &server.data(), "-U", "desk", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n",
            server.room.path().display()
        );
        let file = Path::new(&server.data()).join("postgresql.auto.conf");
        std::fs::write(file, settings).unwrap();
        server.bring_back();
        Some(server)
    }

    fn data(&self) -> String {
        self.room.path().join("data").display().to_string()
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        command.args(arguments).current_dir(self.room.path()).env_remove("PGPASSWORD");
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let output = self.command(program, arguments).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Ends it at once, as a machine that loses its power does.
    pub fn take_away(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// Starts it again.
    pub fn bring_back(&self) {
        let log = self.room.path().join("log").display().to_string();
        // The server keeps what it is given open: nothing of ours, or the test would wait for it.
        let mut command = self.command("pg_ctl", &["-D", &self.data(), "-l", &log, "-w", "start"]);
        let null = std::process::Stdio::null;
        let status = command.stdin(null()).stdout(null()).stderr(null()).status().unwrap();
        assert!(status.success(), "{}", std::fs::read_to_string(log).unwrap_or_default());
    }

    /// Lets it speak TLS, with this certificate and key.
    pub fn prove(&self, certificate: &Path, key: &Path) {
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let to = Path::new(&self.data()).join(name);
            std::fs::copy(from, &to).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&to, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            if is_root() {
                assert!(Command::new("chown").arg("postgres").arg(&to).status().unwrap().success());
            }
        }
        let file = Path::new(&self.data()).join("postgresql.auto.conf");
        let settings = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, settings + "ssl = on\n").unwrap();
        self.take_away();
        self.bring_back();
    }

    /// A database of its own, by its address.
    pub fn database(&self, name: &str) -> String {
        self.ask("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://desk@127.0.0.1:{}/{name}", self.port)
    }

    /// What `psql` prints, without ornaments.
    pub fn ask(&self, database: &str, statement: &str) -> String {
        let port = self.port.to_string();
        let words = [
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "desk",
            "-d",
            database,
            "-At",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            statement,
        ];
        String::from_utf8(self.run("psql", &words).stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.command("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]).output();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
