//! A store on a PostgreSQL server.

use std::collections::BTreeSet;
use std::time::Duration;

use postgres::config::{Host, SslMode};

use super::address::StoreAddress;
use super::error::StoreError;
use super::sql::{Access, Connection, Failed, LONGEST_DETAIL, Told, Transaction, from_postgres};
use super::tables::{expected, migrate, newest, refuse_newer, version};
use super::{schema, tables};
use crate::text::clean::sanitize;

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// After how long a silence a server is asked whether it is still there, and how often until it counts as gone.
const SILENCE: Duration = Duration::from_secs(10);
const PROBE: Duration = Duration::from_secs(5);
const PROBES: u32 = 2;
/// What `postgres` takes for a silence where an address names none.
const USUAL_SILENCE: Duration = Duration::from_secs(2 * 60 * 60);
/// The least that a server is given for a statement.
const LEAST_PATIENCE: Duration = Duration::from_millis(100);
/// The number of the lock under which a server's tables are made: any, and always this.
const LOCK: i64 = 0x706f_7563_6574;

pub(super) fn open(
    place: &StoreAddress,
    address: &str,
    password: Option<&str>,
    patience: Duration,
) -> Result<Connection, Failed> {
    let patience = patience.max(LEAST_PATIENCE);
    let bad = |detail: String| {
        Failed::For(StoreError::BadAddress { place: place.shown(), detail: sanitize(&detail, LONGEST_DETAIL) })
    };
    // What the parser says may quote the address, password and all.
    let mut config: postgres::Config =
        address.parse().map_err(|_| bad("postgres://USER@HOST:PORT/DATABASE".to_owned()))?;
    if config.get_password().is_none()
        && let Some(password) = password
    {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    // A server whose machine or network is gone says nothing more: without these its silence would last for hours.
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(patience.max(CONNECT));
    }
    if config.get_keepalives_idle() == USUAL_SILENCE {
        config.keepalives_idle(SILENCE).keepalives_interval(PROBE).keepalives_retries(PROBES);
    }
    config.application_name("poucet");
    if config.get_ssl_mode() == SslMode::Prefer {
        // What leaves this machine is encrypted, and the server proves who it is, unless somebody said otherwise.
        config.ssl_mode(if stays_here(&config) { SslMode::Disable } else { SslMode::Require });
    }
    let client = match config.get_ssl_mode() {
        SslMode::Disable => config.connect(postgres::NoTls),
        _ => {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let (connector, _) = tokio_postgres_rustls::MakeRustlsConnect::with_native_certs()
                .map_err(|_| Failed::For(StoreError::NoAuthorities { place: place.shown() }))?;
            config.connect(connector)
        }
    };
    let client = client.map_err(|error| from_postgres(place, &error))?;
    let mut connection = Connection::Postgres(Box::new(client));
    // What another desk, or a person with a console, holds is waited for as long as a server that is away.
    let limit = patience.as_millis();
    // Nothing of another schema stands for a table of ours, not even a temporary one.
    let settings = format!(
        "SET client_min_messages TO warning; SET search_path TO poucet, pg_temp; SET lock_timeout TO {limit}; \
         SET statement_timeout TO {limit}"
    );
    Transaction { connection: &mut connection, place, told: Told::default() }.batch(&settings)?;
    // A role that may only read makes no tables, and needs none made.
    let version = connection.transact(place, Access::Read, look_at_server)?;
    if version == newest(&tables::POSTGRES) {
        return Ok(connection);
    }
    connection.transact(place, Access::Write, |transaction| {
        transaction.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        // Many readings take their time to be brought along.
        transaction.batch("SET LOCAL statement_timeout TO 0; CREATE SCHEMA IF NOT EXISTS poucet")?;
        look_at_server(transaction)?;
        migrate(transaction, &tables::POSTGRES)
    })?;
    Ok(connection)
}

/// As [`look`], for a server: each of our tables is a table, with the columns that poucet made, and nothing hangs on it that runs.
fn look_at_server(transaction: &mut Transaction<'_>) -> Result<i64, Failed> {
    let ours = "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'poucet'";
    let kinds = format!("SELECT c.relname::text, c.relkind::text FROM pg_catalog.pg_class c {ours}");
    let kinds: Vec<(String, String)> =
        transaction.query(&kinds, &[])?.iter().map(|row| (schema::text(row, 0), schema::text(row, 1))).collect();
    let is_there = |name: &str| kinds.iter().any(|(found, _)| found == name);
    if !is_there("setting") {
        return match is_there("reading") || is_there("verdict") || is_there("finding") {
            true => Err(transaction.changed("setting")),
            false => Ok(0),
        };
    }
    let is_table = |name: &str| kinds.iter().any(|(found, kind)| found == name && kind == "r");
    if !is_table("setting") {
        return Err(transaction.changed("setting"));
    }
    let version = version(transaction)?.ok_or_else(|| transaction.changed("setting.version"))?;
    refuse_newer(transaction.place, version, &tables::POSTGRES)?;
    let expected = expected(transaction.place, version)?;
    let tables: Vec<&str> = expected.iter().filter_map(schema::Object::table).collect();
    if let Some(missing) = tables.iter().find(|table| !is_table(table)) {
        return Err(transaction.changed(missing));
    }
    let columns = format!(
        "SELECT c.relname::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated::text \
         FROM pg_catalog.pg_class c {ours} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
         AND NOT a.attisdropped"
    );
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for row in transaction.query(&columns, &[])?.iter().filter(|row| tables.contains(&&*schema::text(row, 0))) {
        let name = format!("{}.{}", schema::text(row, 0), schema::text(row, 1));
        if !schema::text(row, 3).is_empty() {
            return Err(transaction.changed(&name));
        }
        found.insert((name, schema::text(row, 2)));
    }
    let wanted: BTreeSet<(String, String)> = schema::columns(&expected).into_iter().collect();
    if let Some((name, _)) = wanted.symmetric_difference(&found).next() {
        return Err(transaction.changed(name));
    }
    // What runs by itself, and what adds rows of another table.
    for (kind, what) in [
        (
            "trigger",
            "SELECT c.relname::text, t.tgname::text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid {ours} WHERE NOT t.tgisinternal",
        ),
        (
            "rule",
            "SELECT c.relname::text, t.rulename::text FROM pg_catalog.pg_rewrite t JOIN pg_catalog.pg_class c ON c.oid = t.ev_class {ours}",
        ),
        (
            "table",
            "SELECT c.relname::text, t.inhrelid::regclass::text FROM pg_catalog.pg_inherits t JOIN pg_catalog.pg_class c ON c.oid = t.inhparent {ours}",
        ),
    ] {
        let rows = transaction.query(&what.replace("{ours}", ours), &[])?;
        if let Some(row) = rows.iter().find(|row| tables.contains(&&*schema::text(row, 0))) {
            return Err(transaction.changed(&format!("{kind} {}", schema::text(row, 1))));
        }
    }
    Ok(version)
}

/// Whether a server is reached without a network. `hostaddr` says where to, whatever the name is.
fn stays_here(config: &postgres::Config) -> bool {
    let named_here = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    named_here && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_this_machine_is_told_by_where_it_goes() {
        let here = |address: &str| stays_here(&address.parse().unwrap());
        assert!(here("postgres://u@localhost/x") && here("postgres:///x?host=/run/postgresql"));
        assert!(here("postgres://u@[::1]/x") && here("postgres://u@localhost/x?hostaddr=127.0.0.1"));
        assert!(!here("postgres://u@localhost/x?hostaddr=10.0.0.1"));
        assert!(!here("postgres://u@localhost,db.example/x"));
    }
}
