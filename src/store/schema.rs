//! Whether the tables of a database are those that poucet made. A store may come from anybody, as a phone does.

use super::value::{Row, Value};

/// A table, an index, or what else a file holds.
pub(super) struct Object {
    kind: String,
    name: String,
    table: String,
    sql: Option<String>,
}

/// A text of a row; what is none is empty, and no name of ours.
pub(super) fn text(row: &Row, column: usize) -> String {
    row.get(column).and_then(Value::text).unwrap_or_default().to_owned()
}

impl Object {
    /// From a row of kind, name, table and statement.
    pub(super) fn of(row: &Row) -> Object {
        let sql = row.get(3).and_then(Value::text).map(str::to_owned);
        Object { kind: text(row, 0), name: text(row, 1), table: text(row, 2), sql }
    }

    /// Whether it is the table of this name.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.table() == Some(name)
    }

    /// Its name, if it is a table of poucet.
    pub(super) fn table(&self) -> Option<&str> {
        (self.kind == "table" && !self.is_internal()).then_some(&self.name)
    }

    /// Whether SQLite made it for itself: nobody else may give such a name.
    fn is_internal(&self) -> bool {
        self.name.starts_with("sqlite_")
    }

    /// The statement that makes it, without what may be written either way.
    fn statement(&self) -> String {
        let signs = self.sql.as_deref().unwrap_or_default().chars();
        signs.filter(|sign| !sign.is_whitespace() && *sign != '"').flat_map(char::to_lowercase).collect()
    }

    /// Whether an index is one of columns alone, as a dashboard may want: nothing in it is computed.
    fn is_plain_index(&self) -> bool {
        let sql = self.sql.as_deref().unwrap_or_default();
        let after = sql.rsplit(')').next().unwrap_or_default();
        sql.matches('(').count() == 1 && sql.matches(')').count() == 1 && after.trim().is_empty()
    }
}

/// What of a file is not as poucet made it, if anything.
pub(super) fn fault(expected: &[Object], found: &[Object]) -> Option<String> {
    let named = |object: &Object| format!("{} {}", object.kind, object.name);
    let ours = |table: &str| expected.iter().any(|object| object.is_table(table));
    // What runs comes first: it is what a person must hear of.
    let (tables, runs): (Vec<_>, Vec<_>) =
        found.iter().partition(|object| matches!(object.kind.as_str(), "table" | "index"));
    for object in runs.into_iter().chain(tables) {
        let wanted = expected.iter().find(|wanted| wanted.kind == object.kind && wanted.name == object.name);
        let is_right = match object.kind.as_str() {
            // Of another kind than it was made as, such as a virtual table, it is another statement.
            "table" | "index" if wanted.is_some() => {
                wanted.is_some_and(|wanted| wanted.statement() == object.statement() && wanted.table == object.table)
            }
            "table" => object.is_internal() || !object.statement().starts_with("createvirtual"),
            "index" => !ours(&object.table) || object.is_plain_index(),
            _ => false,
        };
        if !is_right {
            return Some(named(object));
        }
    }
    let is_there = |table: &str| found.iter().any(|object| object.is_table(table));
    expected.iter().find(|object| object.table().is_some_and(|table| !is_there(table))).map(named)
}

/// The columns of the tables, as `table.column` and the kind that PostgreSQL has for it.
pub(super) fn columns(expected: &[Object]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for object in expected.iter().filter(|object| object.table().is_some()) {
        let sql = object.sql.as_deref().unwrap_or_default();
        let inside = sql.split_once('(').map_or("", |(_, inside)| inside);
        for part in inside.split(',') {
            let mut words = part.split_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
            let kind = match kind.trim_end_matches(')') {
                "TEXT" => "text",
                "INTEGER" => "bigint",
                "REAL" => "double precision",
                // Of a key over several columns.
                _ => continue,
            };
            all.push((format!("{}.{name}", object.name), kind.to_owned()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: &str, name: &str, table: &str, sql: &str) -> Object {
        Object { kind: kind.into(), name: name.into(), table: table.into(), sql: Some(sql.into()) }
    }

    #[test]
    fn what_poucet_did_not_make_is_named_and_a_plain_index_is_left() {
        let made = || {
            object(
                "table",
                "reading",
                "reading",
                "CREATE TABLE reading (a TEXT PRIMARY KEY, b REAL, PRIMARY KEY (a, b))",
            )
        };
        let expected = [made()];
        assert_eq!(
            columns(&expected),
            [("reading.a".into(), "text".into()), ("reading.b".into(), "double precision".into())]
        );
        let fault_with = |other: Object| fault(&expected, &[made(), other]);
        assert_eq!(fault_with(object("index", "mine", "reading", "CREATE INDEX mine ON reading (b)")), None);
        assert_eq!(fault_with(object("table", "notes", "notes", "CREATE TABLE notes (t)")), None);
        for (kind, sql) in [
            ("view", "CREATE VIEW x AS SELECT 1"),
            ("trigger", "CREATE TRIGGER x AFTER INSERT ON reading BEGIN SELECT 1; END"),
            ("table", "CREATE VIRTUAL TABLE x USING fts5(a)"),
            ("index", "CREATE INDEX x ON reading (upper(b))"),
            ("index", "CREATE INDEX x ON reading (b) WHERE b > 1"),
        ] {
            assert_eq!(fault_with(object(kind, "x", "reading", sql)), Some(format!("{kind} x")), "{sql}");
        }
        let generated = "CREATE TABLE reading (a TEXT PRIMARY KEY, b AS (a || 'x'))";
        assert_eq!(fault(&expected, &[object("table", "reading", "reading", generated)]), Some("table reading".into()));
        assert_eq!(fault(&expected, &[]), Some("table reading".into()));
    }
}
