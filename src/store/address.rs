//! Where a store is.

use std::path::{Path, PathBuf};

use postgres::config::Host;

use crate::text::clean::sanitize;

/// How many links are followed from one file to another.
const MOST_LINKS: usize = 16;

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server.
    Server {
        /// Its address, `postgres://…`.
        address: String,
        /// The password, where it is not in the address.
        password: Option<String>,
    },
}

impl StoreAddress {
    /// The place that a word names: `postgres://…` or `postgresql://…`, else a file.
    pub fn parse(word: &str) -> StoreAddress {
        let is_server = ["postgres://", "postgresql://"].iter().any(|scheme| word.starts_with(scheme));
        match is_server {
            true => StoreAddress::Server { address: word.to_owned(), password: None },
            false => StoreAddress::File(PathBuf::from(word)),
        }
    }

    /// Whether it is a file, and SQLite takes its name for a database in memory or an address with options.
    pub(super) fn is_no_file(&self) -> bool {
        match self {
            StoreAddress::File(path) => {
                path.to_str().is_some_and(|name| name == ":memory:" || name.starts_with("file:"))
            }
            StoreAddress::Server { .. } => false,
        }
    }

    /// With the password of a server, for an address that has none.
    #[must_use]
    pub fn with_password(self, password: Option<String>) -> StoreAddress {
        match self {
            StoreAddress::Server { address, password: None } => StoreAddress::Server { address, password },
            place => place,
        }
    }

    /// The place for messages: of the credentials the user alone, and no options.
    pub fn shown(&self) -> String {
        match self {
            StoreAddress::File(path) => sanitize(&path.display().to_string(), 500),
            StoreAddress::Server { address, .. } => {
                let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
                sanitize(&format!("{scheme}://{}", without_secrets(rest)), 500)
            }
        }
    }

    /// What tells one place from another, without a password. It stays the same when the file, its folder or the server goes away.
    pub(super) fn identity(&self) -> String {
        match self {
            StoreAddress::File(path) => format!("file {}", settled(path).display()),
            StoreAddress::Server { address, .. } => match address.parse::<postgres::Config>() {
                Ok(config) => identity_of(&config),
                // Such an address is never reached.
                Err(_) => self.shown(),
            },
        }
    }
}

/// User, hosts and database of an address, as far as they can be told from a password without doubt.
fn without_secrets(rest: &str) -> String {
    let user = rest.split([':', '/', '?', '#', '@']).next().unwrap_or("");
    let options = rest.find(['?', '#']);
    // A password may hold any sign, so the last @ ends it.
    let shown = match rest.rsplit_once('@') {
        // Or that @ is one of an option, which may be a password too.
        Some((before, _)) if options.and_then(|begin| before.get(begin..)).is_some_and(|text| text.contains('=')) => {
            return format!("{user}…");
        }
        Some((_, hosts)) => hosts,
        None => rest,
    };
    let shown = shown.split(['?', '#']).next().unwrap_or("");
    let (hosts, database) = match shown.split_once('/') {
        Some((hosts, database)) => (hosts, format!("/{database}")),
        None => (shown, String::new()),
    };
    // Where the @ was forgotten, the password stands for a port.
    let host = |host: &str| match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') && port.parse::<u16>().is_err() => name.to_owned(),
        _ => host.to_owned(),
    };
    let hosts = hosts.split(',').map(host).collect::<Vec<_>>().join(",");
    match rest.contains('@') {
        true => format!("{user}@{hosts}{database}"),
        false => format!("{hosts}{database}"),
    }
}

/// What two addresses of one database have in common, however they are written.
fn identity_of(config: &postgres::Config) -> String {
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.to_ascii_lowercase(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        })
        .collect();
    let ports = match config.get_ports() {
        [] => &[5432],
        ports => ports,
    };
    let user = config.get_user();
    let database = config.get_dbname().or(user);
    format!("server {hosts:?} {:?} {ports:?} {database:?} {user:?}", config.get_hostaddrs())
}

/// A path from the root on, without links: the folder's, and that of the file itself. Whether the file is there makes no difference.
fn settled(path: &Path) -> PathBuf {
    let mut path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for _ in 0..MOST_LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().map(|folder| folder.join(&target)).unwrap_or(target);
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path };
    // The nearest folder that is there.
    for ancestor in folder.ancestors() {
        if let (Ok(real), Ok(rest)) = (std::fs::canonicalize(ancestor), folder.strip_prefix(ancestor)) {
            return real.join(rest).join(name);
        }
    }
    path
}

impl std::fmt::Debug for StoreAddress {
    /// As [`StoreAddress::shown`]: nothing that is logged holds a password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_ever_shown() {
        for (word, shown) in [
            ("postgres://desk:se@cr:et@db.example:5433/fleet?password=x", "postgres://desk@db.example:5433/fleet"),
            ("postgresql://db/fleet?user=a&password=secret", "postgresql://db/fleet"),
            ("postgres://", "postgres://"),
            ("postgres://u:se?cret@host/db", "postgres://u@host/db"),
            ("postgres://u:se#cret@host/db?sslmode=disable", "postgres://u@host/db"),
            ("postgres://u:se/c?r@et@a:1,[::1]:2,[::1]/db", "postgres://u@a:1,[::1]:2,[::1]/db"),
            ("postgres://u@host/db?password=se@cret", "postgres://u…"),
            ("postgres://host:5432/db?password=se@cret", "postgres://host…"),
            ("postgres://u:secret/db", "postgres://u/db"),
            ("postgres://u:secret", "postgres://u"),
            ("fleet.db", "fleet.db"),
        ] {
            let place = StoreAddress::parse(word).with_password(Some("secret".to_owned()));
            assert_eq!(place.shown(), shown);
            assert_eq!(format!("{place:?}"), shown);
        }
    }
    #[test]
    fn places_are_told_apart_by_where_they_lead() {
        let identity = |word: &str| StoreAddress::parse(word).identity();
        assert_ne!(identity("postgresql:///fleet?host=/a"), identity("postgresql:///fleet?host=/b"));
        assert_ne!(identity("postgres://u@h/fleet?port=1"), identity("postgres://u@h/fleet?port=2"));
        assert_ne!(identity("postgres://u@h/fleet?hostaddr=10.0.0.1"), identity("postgres://u@h/fleet"));
        for same in ["postgresql://desk:other@H:5432/fleet?sslmode=disable", "postgres:///fleet?host=h&user=desk"] {
            assert_eq!(identity("postgres://desk:secret@h/fleet"), identity(same));
        }
        assert!(!identity("postgres://desk:hunter2@h/fleet").contains("hunter2"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_goes_away_is_the_same_place() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real/deep/fleet.db"), folder.path().join("link.db"));
        std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("folder/deep/fleet.db", &link).unwrap();
        let identity = |path: &Path| StoreAddress::File(path.to_path_buf()).identity();
        let before = identity(&real);
        std::fs::create_dir_all(real.parent().unwrap()).unwrap();
        assert_eq!(identity(&real), before);
        std::fs::write(&real, "").unwrap();
        assert_eq!((identity(&real), identity(&link)), (before.clone(), before.clone()));
        std::fs::remove_file(&real).unwrap();
        assert_eq!((identity(&real), identity(&link)), (before.clone(), before));
        let here = std::env::current_dir().unwrap();
        assert_eq!(identity(Path::new("fleet.db")), identity(&here.join("fleet.db")));
    }
}
