//! What the schema of a `Manifest.db` says of the table `Files` and its indexes.

use super::page::Answer;
use super::page::TreeError::Unsupported;
use super::record::{Record, Value};

/// The most rows of the schema. Those of phones have nine.
const MOST_OBJECTS: usize = 1000;

/// The index by domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DomainIndex {
    /// The root page of its tree.
    Root(u32),
    /// There is none.
    None,
    /// There may be one, of another kind.
    Odd,
}

/// Where the columns of `Files` stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) domain: usize,
    pub(super) path: usize,
    pub(super) flags: usize,
    pub(super) file: usize,
}

/// What is gathered of `sqlite_schema`.
#[derive(Default)]
pub(super) struct Schema {
    pub(super) objects: usize,
    pub(super) table: Option<(u32, Columns)>,
    pub(super) file_ids: Option<u32>,
    pub(super) domains: Option<DomainIndex>,
}

impl Schema {
    /// Looks at one row: type, name, name of the table, root page, text.
    pub(super) fn add(&mut self, record: &Record) -> Answer<()> {
        self.objects += 1;
        if self.objects > MOST_OBJECTS {
            return Err(Unsupported("a schema of too many objects"));
        }
        let (Value::Text(kind), Value::Text(name), Value::Text(table)) =
            (record.column(0)?, record.column(1)?, record.column(2)?)
        else {
            return Err(Unsupported("an odd schema"));
        };
        let root = match record.column(3)? {
            Value::Integer(root) => u32::try_from(root).unwrap_or(0),
            _ => 0,
        };
        let text = match record.column(4)? {
            Value::Text(text) => Some(tokens(text)),
            _ => None,
        };
        if name.eq_ignore_ascii_case(b"Files") && kind != b"table" {
            return Err(Unsupported("something else has the name Files"));
        }
        if !table.eq_ignore_ascii_case(b"Files") {
            return Ok(());
        }
        match (kind, text) {
            (b"table", text) => {
                let columns = text.flatten().and_then(|tokens| columns(&tokens));
                let columns = columns.ok_or(Unsupported("another table of files"))?;
                if root == 0 || self.table.replace((root, columns)).is_some() {
                    return Err(Unsupported("several tables of files"));
                }
            }
            (b"index", None) => {
                let is_another = self.file_ids.replace(root).is_some();
                if root == 0 || is_another {
                    return Err(Unsupported("several automatic indexes"));
                }
            }
            (b"index", Some(text)) => {
                let plain = text.as_deref().and_then(index_by);
                match plain.as_deref() {
                    Some("domain") if root > 0 => self.domains = Some(DomainIndex::Root(root)),
                    Some(_) => {}
                    None => self.domains = self.domains.or(Some(DomainIndex::Odd)),
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A word of SQL: lower-case when it is not quoted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Mark(char),
}

impl Token {
    /// The name that it is, in lower case: names do not differ by case.
    fn name(&self) -> Option<String> {
        match self {
            Token::Word(word) | Token::Quoted(word) => Some(word.to_ascii_lowercase()),
            Token::Mark(_) => None,
        }
    }

    fn is(&self, word: &str) -> bool {
        matches!(self, Token::Word(own) if own == word)
    }
}

/// Splits SQL into words, names and marks. `None` when there is more in it than a phone writes: comments, escaped quotes.
pub(super) fn tokens(sql: &[u8]) -> Option<Vec<Token>> {
    let mut rest = str::from_utf8(sql).ok()?.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '$' || !char.is_ascii();
        let close = match first {
            '"' | '`' => Some(first),
            '[' => Some(']'),
            _ => None,
        };
        if let Some(close) = close {
            let (name, after) = rest.get(1..)?.split_once(close)?;
            if after.starts_with(close) {
                return None;
            }
            tokens.push(Token::Quoted(name.to_owned()));
            rest = after;
        } else if is_word(first) {
            let (word, after) = rest.split_at_checked(rest.find(|char| !is_word(char)).unwrap_or(rest.len()))?;
            tokens.push(Token::Word(word.to_ascii_lowercase()));
            rest = after;
        } else if matches!(first, '(' | ')' | ',') {
            tokens.push(Token::Mark(first));
            rest = rest.get(1..)?;
        } else {
            return None;
        }
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
    }
    Some(tokens)
}

/// The places of the columns in `CREATE TABLE Files (…)`, when `fileID` is a text and the primary key, and no other column has
/// anything but a type.
pub(super) fn columns(tokens: &[Token]) -> Option<Columns> {
    let [create, table, _, Token::Mark('('), inner @ .., Token::Mark(')')] = tokens else { return None };
    if !create.is("create") || !table.is("table") {
        return None;
    }
    let mut names = Vec::new();
    for column in inner.split(|token| *token == Token::Mark(',')) {
        let (name, rest) = column.split_first()?;
        let name = name.name()?;
        let is_key = match rest {
            [kind, rest @ ..] if name == "fileid" && kind.is("text") => match rest {
                [primary, key] => primary.is("primary") && key.is("key"),
                [primary, key, not, null] => primary.is("primary") && key.is("key") && not.is("not") && null.is("null"),
                _ => false,
            },
            _ => false,
        };
        let is_plain = match rest {
            [] => true,
            [kind] => ["text", "integer", "blob"].iter().any(|known| kind.is(known)),
            [kind, not, null] => {
                ["text", "integer", "blob"].iter().any(|known| kind.is(known)) && not.is("not") && null.is("null")
            }
            _ => false,
        };
        if !(is_key || is_plain && name != "fileid") || names.contains(&name) {
            return None;
        }
        names.push(name);
    }
    let place = |name: &str| names.iter().position(|own| own == name);
    place("fileid")?;
    Some(Columns {
        domain: place("domain")?,
        path: place("relativepath")?,
        flags: place("flags")?,
        file: place("file")?,
    })
}

/// The first column of `CREATE INDEX name ON Files(column, …)`, when there is nothing but names in it.
pub(super) fn index_by(tokens: &[Token]) -> Option<String> {
    let [create, index, _, on, _, Token::Mark('('), inner @ .., Token::Mark(')')] = tokens else { return None };
    let plain = create.is("create") && index.is("index") && on.is("on");
    let mut columns = inner.split(|token| *token == Token::Mark(','));
    let named = columns.clone().all(|column| matches!(column, [name] if name.name().is_some()));
    let first = columns.next()?.first()?.name()?;
    (plain && named).then_some(first)
}
