//! Where a store is.

use std::path::PathBuf;

use crate::parse::text::sanitize;

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
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

impl Place {
    /// The place that a word names: `postgres://…` or `postgresql://…`, else a file.
    pub fn parse(word: &str) -> Place {
        let is_server = ["postgres://", "postgresql://"].iter().any(|scheme| word.starts_with(scheme));
        match is_server {
            true => Place::Server { address: word.to_owned(), password: None },
            false => Place::File(PathBuf::from(word)),
        }
    }

    /// With the password of a server, for an address that has none.
    #[must_use]
    pub fn with_password(self, password: Option<String>) -> Place {
        match self {
            Place::Server { address, password: None } => Place::Server { address, password },
            place => place,
        }
    }

    /// The place for messages, without any password and without options.
    pub fn shown(&self) -> String {
        match self {
            Place::File(path) => sanitize(&path.display().to_string(), 500),
            Place::Server { address, .. } => {
                let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
                let rest = rest.split(['?', '#']).next().unwrap_or("");
                // A password may hold any sign, so the last @ is the one.
                let shown = match rest.rsplit_once('@') {
                    Some((who, host)) => format!("{}@{host}", who.split(':').next().unwrap_or("")),
                    None => rest.to_owned(),
                };
                sanitize(&format!("{scheme}://{shown}"), 500)
            }
        }
    }

    /// What tells one place from another, without a password.
    pub(super) fn identity(&self) -> String {
        match self {
            Place::File(path) => {
                format!("file {}", std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()).display())
            }
            Place::Server { .. } => self.shown(),
        }
    }
}

impl std::fmt::Debug for Place {
    /// As [`Place::shown`]: nothing that is logged holds a password.
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
            ("fleet.db", "fleet.db"),
        ] {
            let place = Place::parse(word).with_password(Some("secret".to_owned()));
            assert_eq!(place.shown(), shown);
            assert_eq!(format!("{place:?}"), shown);
        }
    }
}
