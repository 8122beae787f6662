//! `TCC.db`: what each app was allowed, except location and notifications.
//!
//! The columns tell the form: `auth_value` since iOS 14, `allowed` before. The schema number and the version of iOS decide nothing.
//! The form is described in `docs/formats/ios-tcc.md`.

use rusqlite::types::ValueRef;

use super::sqlite::{Database, SqliteError};

/// How many rows are read. A phone with 400 apps has some thousands.
const ROWS: u64 = 200_000;
/// How many bytes of text the rows may have together. Rows of a hostile file may share their text.
const BYTES: usize = 32 << 20;
/// How long a service may be, in bytes. The longest known has 62.
const LONGEST_SERVICE: usize = 200;
/// How long a client may be, in bytes: a path of the system.
const LONGEST_CLIENT: usize = 1024;

/// What an app was answered, as the database words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessValue {
    /// 0: refused.
    Denied,
    /// 1 of `auth_value`: not decided.
    Unknown,
    /// 2 of `auth_value`, 1 of `allowed`.
    Allowed,
    /// 3: a part that the person chose.
    Limited,
    /// 4: adding only.
    AddOnly,
    /// 5: for one session.
    Session,
    /// 6: a question in between; kept as 1 by the phone.
    LearnMore,
    /// A number that nobody has explained.
    Other(i64),
}

impl AccessValue {
    /// The meaning of `auth_value` (iOS 14 and later; `ios-tcc.md`, "Values").
    pub fn of_auth_value(value: i64) -> AccessValue {
        match value {
            0 => AccessValue::Denied,
            1 => AccessValue::Unknown,
            2 => AccessValue::Allowed,
            3 => AccessValue::Limited,
            4 => AccessValue::AddOnly,
            5 => AccessValue::Session,
            6 => AccessValue::LearnMore,
            other => AccessValue::Other(other),
        }
    }

    /// The meaning of `allowed` (iOS 13 and earlier), which knows yes and no only.
    pub fn of_allowed(value: i64) -> AccessValue {
        match value {
            0 => AccessValue::Denied,
            1 => AccessValue::Allowed,
            other => AccessValue::Other(other),
        }
    }
}

/// A row of the table `access`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// Its place in the table, 1-based, in the order of the row numbers.
    pub row: u32,
    /// What it is about, such as `kTCCServiceCamera`.
    pub service: String,
    /// A bundle id, an extension's id or a path.
    pub client: String,
    /// The client is a path (`client_type` 1): a part of the system.
    pub is_path: bool,
    /// What was answered.
    pub value: AccessValue,
    /// The number found, for evidence.
    pub number: i64,
    /// `auth_reason`: who answered. Absent in the older form.
    pub reason: Option<i64>,
    /// `auth_version`: which form of the question it was. Absent in the older form.
    pub version: Option<i64>,
    /// `last_modified`: when the row last changed, in seconds since 1970. Never a time of use.
    pub last_modified: Option<i64>,
}

/// A row of the table `managed_overrides` (iOS 27): what device management forces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedRow {
    /// Its place in the table, 1-based.
    pub row: u32,
    /// What it is about.
    pub service: String,
    /// A bundle id, an extension's id or a path.
    pub client: String,
    /// The client is a path.
    pub is_path: bool,
    /// `admin_auth_value`: what is forced.
    pub admin_value: AccessValue,
    /// The number found, for evidence.
    pub number: i64,
    /// `last_modified`, in seconds since 1970.
    pub last_modified: Option<i64>,
}

/// A row of which service and client are known, and the value is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Its place in its table, 1-based.
    pub row: u32,
    /// What it is about.
    pub service: String,
    /// Whose it is.
    pub client: String,
}

/// A table that could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The table.
    pub table: &'static str,
    /// Why: SQLite's words, or the bound that was reached.
    pub why: String,
}

/// What a `TCC.db` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tcc {
    /// `version` of the table `admin`: the number of the schema.
    pub version: Option<i64>,
    /// The newer form, with `auth_value`.
    pub has_auth_value: bool,
    /// The rows of `access` that were understood, in the order of the table.
    pub rows: Vec<AccessRow>,
    /// Services that are off for every app (`access_overrides`), sorted.
    pub overrides: Vec<String>,
    /// What device management forces (iOS 27).
    pub managed: Vec<ManagedRow>,
    /// How many rows have aged (`expired`).
    pub expired: u64,
    /// How many rows of `access` were seen.
    pub of: u64,
    /// How many of them were not understood: no text, no number, too long.
    pub not_understood: u64,
    /// How many rows have lost their service or client: whose answer they held is not known.
    pub nameless: u64,
    /// Rows that were not understood though service and client are known; of `managed_overrides` as well.
    pub unreadable: Vec<UnreadableRow>,
    /// Tables that could not be read to their end: what is not in `rows` may be in the rest.
    pub cut: Vec<Cut>,
    /// A write-ahead log was given and has no sound transaction of this database: rows may be missing.
    pub is_log_unused: bool,
}

impl Tcc {
    /// Whether a row that is not here may have been in the file.
    pub fn is_incomplete(&self) -> bool {
        self.is_log_unused || !self.cut.is_empty() || self.nameless > 0
    }
}

/// Reads a `TCC.db` and, where it was backed up by itself, its write-ahead log.
///
/// # Errors
/// When it is no database, or has no table `access` with a service, a client and a value.
pub fn parse(mut bytes: Vec<u8>, log: Option<&[u8]>) -> Result<Tcc, SqliteError> {
    let mut tcc = Tcc::default();
    if let Some(log) = log {
        // A log of its header alone holds nothing.
        tcc.is_log_unused = super::wal::apply(&mut bytes, log) == 0 && log.len() > 32;
    }
    let database = Database::open(bytes, None)?;
    let columns = database.columns("access")?;
    let has = |columns: &[String], name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    tcc.has_auth_value = has(&columns, "auth_value");
    let value = if tcc.has_auth_value { "auth_value" } else { "allowed" };
    for needed in ["service", "client", value] {
        if !has(&columns, needed) {
            return Err(SqliteError::Damaged(format!("table access has no column {needed}")));
        }
    }
    let optional = |columns: &[String], name: &'static str| if has(columns, name) { name } else { "NULL" };
    let query = format!(
        "SELECT service, client, {}, {value}, {}, {}, {} FROM access NOT INDEXED ORDER BY rowid",
        optional(&columns, "client_type"),
        optional(&columns, "auth_reason"),
        optional(&columns, "auth_version"),
        optional(&columns, "last_modified"),
    );
    let mut room = BYTES;
    let mut rows = Vec::new();
    let mut unreadable = Vec::new();
    let (mut not_understood, mut nameless) = (0, 0);
    let has_auth_value = tcc.has_auth_value;
    let (of, cut) = each(&database, "access", &query, |row, place| {
        let (service, client) = match (text(row, 0, LONGEST_SERVICE), text(row, 1, LONGEST_CLIENT)) {
            (Some(service), Some(client)) => (service, client),
            _ => {
                not_understood += 1;
                nameless += 1;
                return true;
            }
        };
        let Some(left) = room.checked_sub(service.len() + client.len()) else { return false };
        room = left;
        let Some(number) = number(row, 3) else {
            not_understood += 1;
            unreadable.push(UnreadableRow { row: place, service, client });
            return true;
        };
        rows.push(AccessRow {
            row: place,
            is_path: is_path(row, &client),
            service,
            client,
            value: if has_auth_value { AccessValue::of_auth_value(number) } else { AccessValue::of_allowed(number) },
            number,
            reason: self::number(row, 4),
            version: self::number(row, 5),
            last_modified: self::number(row, 6),
        });
        true
    });
    tcc.cut.extend(cut);
    (tcc.rows, tcc.of, tcc.not_understood, tcc.nameless) = (rows, of, not_understood, nameless);
    read_managed(&database, &mut tcc, &mut unreadable, &mut room);
    tcc.unreadable = unreadable;
    read_small_tables(&database, &mut tcc, &mut room);
    Ok(tcc)
}

/// The columns of a table that need not be there; one that is there and cannot be looked at is noted.
fn columns_of(database: &Database, table: &'static str, cut: &mut Vec<Cut>) -> Option<Vec<String>> {
    match database.columns(table) {
        Ok(columns) => Some(columns),
        Err(SqliteError::NoTable(_)) => None,
        Err(error) => {
            cut.push(Cut { table, why: error.to_string() });
            None
        }
    }
}

fn read_managed(database: &Database, tcc: &mut Tcc, unreadable: &mut Vec<UnreadableRow>, room: &mut usize) {
    const TABLE: &str = "managed_overrides";
    let Some(columns) = columns_of(database, TABLE, &mut tcc.cut) else { return };
    let has = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    if !["service", "client", "admin_auth_value"].iter().all(|needed| has(needed)) {
        tcc.cut.push(Cut { table: TABLE, why: "columns are missing".to_owned() });
        return;
    }
    let optional = |name: &'static str| if has(name) { name } else { "NULL" };
    let query = format!(
        "SELECT service, client, {}, admin_auth_value, {} FROM managed_overrides NOT INDEXED ORDER BY rowid",
        optional("client_type"),
        optional("last_modified"),
    );
    let mut managed = Vec::new();
    let mut nameless = 0_u64;
    let (_, cut) = each(database, TABLE, &query, |row, place| {
        let (Some(service), Some(client)) = (text(row, 0, LONGEST_SERVICE), text(row, 1, LONGEST_CLIENT)) else {
            nameless += 1;
            return true;
        };
        let Some(left) = room.checked_sub(service.len() + client.len()) else { return false };
        *room = left;
        match number(row, 3) {
            Some(number) => managed.push(ManagedRow {
                row: place,
                is_path: is_path(row, &client),
                service,
                client,
                admin_value: AccessValue::of_auth_value(number),
                number,
                last_modified: self::number(row, 4),
            }),
            None => unreadable.push(UnreadableRow { row: place, service, client }),
        }
        true
    });
    tcc.managed = managed;
    tcc.cut.extend(cut);
    if nameless > 0 {
        tcc.cut.push(Cut { table: TABLE, why: format!("{nameless} rows without a name") });
    }
}

fn read_small_tables(database: &Database, tcc: &mut Tcc, room: &mut usize) {
    if columns_of(database, "access_overrides", &mut tcc.cut).is_some() {
        let mut overrides = std::collections::BTreeSet::new();
        let mut nameless = 0_u64;
        let query = "SELECT service FROM access_overrides NOT INDEXED ORDER BY rowid";
        let (_, cut) = each(database, "access_overrides", query, |row, _| {
            let Some(service) = text(row, 0, LONGEST_SERVICE) else {
                nameless += 1;
                return true;
            };
            let Some(left) = room.checked_sub(service.len()) else { return false };
            *room = left;
            overrides.insert(service);
            true
        });
        tcc.overrides = overrides.into_iter().collect();
        tcc.cut.extend(cut);
        if nameless > 0 {
            tcc.cut.push(Cut { table: "access_overrides", why: format!("{nameless} rows without a name") });
        }
    }
    let first = |query: &str| database.connection().query_row(query, [], |row| row.get::<_, i64>(0)).ok();
    if database.columns("expired").is_ok() {
        tcc.expired =
            first("SELECT count(*) FROM expired").and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
    }
    if database.columns("admin").is_ok() {
        tcc.version = first("SELECT value FROM admin WHERE key = 'version'");
    }
}

/// Gives every row of a query, with its 1-based place, to a reader that says whether there is room for more. Returns how many rows
/// were seen, and why it ended before the end, if it did.
fn each(
    database: &Database,
    table: &'static str,
    query: &str,
    mut take: impl FnMut(&rusqlite::Row<'_>, u32) -> bool,
) -> (u64, Option<Cut>) {
    let mut seen = 0_u64;
    let outcome = (|| -> Result<Option<&'static str>, rusqlite::Error> {
        let mut statement = database.connection().prepare(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if seen >= ROWS {
                return Ok(Some("more than 200,000 rows"));
            }
            if !take(row, u32::try_from(seen + 1).unwrap_or(u32::MAX)) {
                return Ok(Some("more than 32 MiB of text"));
            }
            seen += 1;
        }
        Ok(None)
    })();
    let why = match outcome {
        Ok(bound) => bound.map(str::to_owned),
        Err(error) => Some(error.to_string()),
    };
    (seen, why.map(|why| Cut { table, why }))
}

/// A text that is there and not too long. An empty one names nothing.
fn text(row: &rusqlite::Row<'_>, column: usize, longest: usize) -> Option<String> {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) if !bytes.is_empty() && bytes.len() <= longest => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        _ => None,
    }
}

fn number(row: &rusqlite::Row<'_>, column: usize) -> Option<i64> {
    match row.get_ref(column) {
        Ok(ValueRef::Integer(value)) => Some(value),
        _ => None,
    }
}

/// `client_type` 1; where the column is missing, a client that begins like a path.
fn is_path(row: &rusqlite::Row<'_>, client: &str) -> bool {
    number(row, 2).map_or_else(|| client.starts_with('/'), |kind| kind == 1)
}

#[cfg(test)]
pub(crate) mod tests;
