//! A small reader of SQLite's file format, for look-ups in an encrypted index that is never decrypted as a whole.
//!
//! `Manifest.db` of a phone with 200,000 files has some 190 MB, and poucet needs some thirty rows of it. Here a row costs six
//! to eight pages of 4 KiB: milliseconds for all of them, and next to no memory. SQLite itself can only be given the whole file, as
//! it cannot decrypt.
//!
//! The form is that of `sqlite.org/fileformat2.html`. What this reads is what phones write: the table `Files` with rowids, its
//! automatic index on `fileID`, and an index on `domain`. All else is [`TreeError::Unsupported`], and the caller decrypts the whole
//! file for SQLite. The pages are hostile: depth, sizes, and the work of each look-up are bounded, so that no loop is endless.

use std::cmp::Ordering;
use std::sync::Arc;

use super::index::{self, Entry};
use crate::parse::ios::sqlite;

/// The deepest tree; one of 2^31 pages is not deeper.
const DEEPEST: usize = 20;
/// The longest row in bytes. Those of phones have some thousand.
const LONGEST_ROW: u64 = 16 << 20;
/// The longest entry of an index in bytes. Those of phones have less than a hundred.
const LONGEST_KEY: u64 = 64 << 10;
/// The most rows of the schema. Those of phones have nine.
const MOST_OBJECTS: usize = 1000;
/// How many pages one question may look at.
const MOST_VISITS: usize = 400_000;
/// How many bytes one question may read.
const MOST_BYTES: usize = 256 << 20;
/// How many pages of trees are kept: those near the roots are needed again for each row.
const KEPT: usize = 64;

/// Where pages come from.
pub trait Pages {
    /// The page of this number, the first being 1, as long as the header of the database says.
    ///
    /// # Errors
    /// When there is no such page, or it cannot be read.
    fn page(&mut self, number: u32) -> Result<Vec<u8>, TreeError>;
}

/// Why this reader gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It is SQLite, in a form that phones do not write and this reader does not read.
    #[error("{0}")]
    Unsupported(&'static str),
    /// It contradicts itself.
    #[error("damaged database: {0}")]
    Damaged(&'static str),
    /// The file could not be read.
    #[error("{0}")]
    Read(String),
}

use TreeError::{Damaged, Unsupported};

type Answer<T> = Result<T, TreeError>;

/// The index by domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DomainIndex {
    /// The root page of its tree.
    Root(u32),
    /// There is none.
    None,
    /// There may be one, of another kind.
    Odd,
}

/// Where the columns of `Files` stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    domain: usize,
    path: usize,
    flags: usize,
    file: usize,
}

/// The table `Files` of a `Manifest.db`.
#[derive(Debug)]
pub struct Tree<P> {
    reader: Reader<P>,
    columns: Columns,
    table: u32,
    file_ids: u32,
    domains: DomainIndex,
}

impl<P: Pages> Tree<P> {
    /// Reads the header and the schema.
    ///
    /// # Errors
    /// When it is not the table that phones write, or damaged; with the pages, for another reader.
    pub fn open(pages: P) -> Result<Tree<P>, (TreeError, P)> {
        let mut reader = Reader { pages, usable: 0, kept: Vec::new(), next: 0, visits: 0, bytes: 0 };
        match reader.schema() {
            Ok(Schema { table: Some((table, columns)), file_ids: Some(file_ids), domains, .. }) => {
                Ok(Tree { reader, columns, table, file_ids, domains: domains.unwrap_or(DomainIndex::None) })
            }
            Ok(_) => Err((Unsupported("no table of files with an automatic index"), reader.pages)),
            Err(error) => Err((error, reader.pages)),
        }
    }

    /// The row of a file, by the index on `fileID`.
    ///
    /// # Errors
    /// When the tree is damaged, or cannot be read.
    pub fn entry(&mut self, file_id: &str) -> Answer<Option<Entry>> {
        self.reader.restart();
        let wanted = file_id.as_bytes();
        let Some(key) = self.reader.seek(self.file_ids, |value| value.compare(wanted) != Ordering::Less)? else {
            return Ok(None);
        };
        if key.column(0)?.compare(wanted) != Ordering::Equal {
            return Ok(None);
        }
        let Value::Integer(row) = key.last()? else { return Err(Damaged("an index without rows")) };
        let Some(record) = self.reader.row(self.table, row)? else { return Err(Damaged("an index of other rows")) };
        Ok(Some(Entry {
            flags: match record.column(self.columns.flags)? {
                Value::Integer(flags) => Some(flags),
                _ => None,
            },
            blob: match record.column(self.columns.file)? {
                Value::Blob(blob) => Some(blob.to_vec()),
                _ => None,
            },
            domain: record.column(self.columns.domain)?.text(),
            path: record.column(self.columns.path)?.text(),
        }))
    }

    /// The bundle ids of the domains `AppDomain-…`, in the order of their bytes; `None` when there is no index by domain.
    ///
    /// # Errors
    /// When the index is of another kind, damaged, or cannot be read.
    pub fn app_domains(&mut self) -> Answer<Option<Vec<String>>> {
        self.reader.restart();
        let root = match self.domains {
            DomainIndex::Root(root) => root,
            DomainIndex::None => return Ok(None),
            DomainIndex::Odd => return Err(Unsupported("another index by domain")),
        };
        let reader = &mut self.reader;
        let next = |after: &[u8]| {
            let key = reader.seek(root, |value| value.compare(after) == Ordering::Greater)?;
            Ok(match key.as_ref().map(|key| key.column(0)).transpose()? {
                Some(Value::Text(domain)) => Some(domain.to_vec()),
                _ => None,
            })
        };
        index::bundle_ids(next).map(Some)
    }

    /// Where the pages come from.
    pub fn pages(&mut self) -> &mut P {
        &mut self.reader.pages
    }
}

/// What is gathered of `sqlite_schema`.
#[derive(Default)]
struct Schema {
    objects: usize,
    table: Option<(u32, Columns)>,
    file_ids: Option<u32>,
    domains: Option<DomainIndex>,
}

impl Schema {
    /// Looks at one row: type, name, name of the table, root page, text.
    fn add(&mut self, record: &Record) -> Answer<()> {
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
enum Token {
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
fn tokens(sql: &[u8]) -> Option<Vec<Token>> {
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
fn columns(tokens: &[Token]) -> Option<Columns> {
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
fn index_by(tokens: &[Token]) -> Option<String> {
    let [create, index, _, on, _, Token::Mark('('), inner @ .., Token::Mark(')')] = tokens else { return None };
    let plain = create.is("create") && index.is("index") && on.is("on");
    let mut columns = inner.split(|token| *token == Token::Mark(','));
    let named = columns.clone().all(|column| matches!(column, [name] if name.name().is_some()));
    let first = columns.next()?.first()?.name()?;
    (plain && named).then_some(first)
}

/// A page of a tree.
struct Node {
    page: Arc<[u8]>,
    /// Where its header begins: 100 on the first page, as the file's header is before it.
    start: usize,
    is_leaf: bool,
    is_index: bool,
    cells: usize,
    usable: usize,
}

impl Node {
    /// The bytes from the beginning of a cell on.
    fn cell(&self, number: usize) -> Answer<&[u8]> {
        let header = if self.is_leaf { 8 } else { 12 };
        let at = self.short(self.start + header + 2 * number)?;
        self.page.get(usize::from(at)..self.usable).ok_or(Damaged("a cell outside its page"))
    }

    /// The page below a cell, or right of the last.
    fn child(&self, number: usize) -> Answer<u32> {
        let bytes = if number < self.cells {
            self.cell(number)?.first_chunk::<4>().copied()
        } else {
            self.page.get(self.start + 8..).and_then(|bytes| bytes.first_chunk::<4>().copied())
        };
        bytes.map(u32::from_be_bytes).ok_or(Damaged("a page without children"))
    }

    /// What a cell holds: for tables a row's number, and for all but inner pages of tables a length and a payload.
    fn content(&self, number: usize) -> Answer<(&[u8], u64, i64)> {
        let cell = self.cell(number)?;
        let cell = if self.is_leaf { cell } else { cell.get(4..).ok_or(Damaged("a cell cut off"))? };
        let (length, cell) = if self.is_leaf || self.is_index { varint(cell)? } else { (0, cell) };
        let (row, cell) = if self.is_index { (0, cell) } else { varint(cell)? };
        Ok((cell, length, row.cast_signed()))
    }

    fn short(&self, at: usize) -> Answer<u16> {
        let bytes = self.page.get(at..).and_then(|bytes| bytes.first_chunk::<2>().copied());
        bytes.map(u16::from_be_bytes).ok_or(Damaged("a page cut off"))
    }
}

/// Pages, and the account of what a question has cost.
#[derive(Debug)]
struct Reader<P> {
    pages: P,
    /// The bytes of a page that SQLite uses.
    usable: usize,
    kept: Vec<(u32, Arc<[u8]>)>,
    next: usize,
    visits: usize,
    bytes: usize,
}

impl<P: Pages> Reader<P> {
    fn restart(&mut self) {
        (self.visits, self.bytes) = (0, 0);
    }

    fn visit(&mut self) -> Answer<()> {
        self.visits += 1;
        if self.visits > MOST_VISITS || self.bytes > MOST_BYTES { Err(Damaged("pages without end")) } else { Ok(()) }
    }

    fn read(&mut self, number: u32) -> Answer<Vec<u8>> {
        self.visit()?;
        let page = self.pages.page(number)?;
        self.bytes += page.len();
        if page.len() < self.usable { Err(Damaged("a page cut off")) } else { Ok(page) }
    }

    fn node(&mut self, number: u32, is_index: bool) -> Answer<Node> {
        let page = match self.kept.iter().find(|(kept, _)| *kept == number) {
            Some((_, page)) => {
                let page = Arc::clone(page);
                self.visit()?;
                page
            }
            None => {
                let page: Arc<[u8]> = self.read(number)?.into();
                let entry = (number, Arc::clone(&page));
                match self.kept.get_mut(self.next) {
                    Some(place) => *place = entry,
                    None => self.kept.push(entry),
                }
                self.next = (self.next + 1) % KEPT;
                page
            }
        };
        let start = if number == 1 { 100 } else { 0 };
        let (is_leaf, of_index) = match page.get(start) {
            Some(2) => (false, true),
            Some(5) => (false, false),
            Some(10) => (true, true),
            Some(13) => (true, false),
            _ => return Err(Damaged("a page of no tree")),
        };
        if of_index != is_index {
            return Err(Damaged("a page of another tree"));
        }
        let mut node = Node { page, start, is_leaf, is_index, cells: 0, usable: self.usable };
        node.cells = usize::from(node.short(start + 3)?);
        Ok(node)
    }

    /// The whole payload of a cell, with its overflow pages.
    fn payload(&mut self, node: &Node, number: usize, longest: u64) -> Answer<Record> {
        let (cell, length, _) = node.content(number)?;
        if length > longest {
            return Err(Unsupported("a very long row"));
        }
        let length = usize::try_from(length).map_err(|_| Damaged("a very long row"))?;
        let usable = self.usable;
        let most = if node.is_index { (usable - 12) * 64 / 255 - 23 } else { usable - 35 };
        let local = if length <= most {
            length
        } else {
            let least = (usable - 12) * 32 / 255 - 23;
            let fitting = least + (length - least) % (usable - 4);
            if fitting <= most { fitting } else { least }
        };
        let (payload, after) = cell.split_at_checked(local).ok_or(Damaged("a cell cut off"))?;
        let mut payload = payload.to_vec();
        if local == length {
            return Ok(Record(payload));
        }
        let mut next = *after.first_chunk::<4>().ok_or(Damaged("a cell cut off"))?;
        while payload.len() < length {
            let page = self.read(u32::from_be_bytes(next))?;
            let (following, content) = page.split_first_chunk::<4>().ok_or(Damaged("a page cut off"))?;
            let content = content.get(..(usable - 4).min(length - payload.len())).ok_or(Damaged("a page cut off"))?;
            payload.extend_from_slice(content);
            next = *following;
        }
        Ok(Record(payload))
    }

    /// Reads the header and the schema.
    fn schema(&mut self) -> Answer<Schema> {
        let first = self.pages.page(1)?;
        let page_size = sqlite::page_size(&first).ok_or(Damaged("no header"))?;
        let header = |at: usize| first.get(at).copied().unwrap_or_default();
        if page_size != first.len() {
            return Err(Damaged("a page of another size"));
        }
        if header(18) > 2 || header(19) > 2 || (header(21), header(22), header(23)) != (64, 32, 32) {
            return Err(Unsupported("another format of file"));
        }
        if first.get(56..60) != Some(&[0, 0, 0, 1]) {
            return Err(Unsupported("another encoding of texts"));
        }
        self.usable = page_size - usize::from(header(20));
        if self.usable < 480 {
            return Err(Damaged("pages with too little room"));
        }
        let mut schema = Schema::default();
        self.walk(1, 0, &mut schema)?;
        Ok(schema)
    }

    /// Gives all rows of a table to the schema.
    fn walk(&mut self, number: u32, depth: usize, schema: &mut Schema) -> Answer<()> {
        if depth > DEEPEST {
            return Err(Damaged("a tree without end"));
        }
        let node = self.node(number, false)?;
        if node.is_leaf {
            for cell in 0..node.cells {
                let record = self.payload(&node, cell, LONGEST_KEY)?;
                schema.add(&record)?;
            }
        } else {
            for cell in 0..=node.cells {
                self.walk(node.child(cell)?, depth + 1, schema)?;
            }
        }
        Ok(())
    }

    /// The first entry of an index whose first column is so; what is so stays so for all entries behind.
    fn seek(&mut self, root: u32, is_so: impl Fn(&Value<'_>) -> bool) -> Answer<Option<Record>> {
        let (mut number, mut best) = (root, None);
        for _ in 0..DEEPEST {
            let node = self.node(number, true)?;
            let (mut low, mut high) = (0, node.cells);
            while low < high {
                let middle = low.midpoint(high);
                let record = self.payload(&node, middle, LONGEST_KEY)?;
                if is_so(&record.column(0)?) {
                    (high, best) = (middle, Some(record));
                } else {
                    low = middle + 1;
                }
            }
            if node.is_leaf {
                return Ok(best);
            }
            number = node.child(low)?;
        }
        Err(Damaged("a tree without end"))
    }

    /// The row of a table with this number.
    fn row(&mut self, root: u32, row: i64) -> Answer<Option<Record>> {
        let mut number = root;
        for _ in 0..DEEPEST {
            let node = self.node(number, false)?;
            let (mut low, mut high) = (0, node.cells);
            while low < high {
                let middle = low.midpoint(high);
                if node.content(middle)?.2 >= row {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            if node.is_leaf {
                let found = low < node.cells && node.content(low)?.2 == row;
                return if found { self.payload(&node, low, LONGEST_ROW).map(Some) } else { Ok(None) };
            }
            number = node.child(low)?;
        }
        Err(Damaged("a tree without end"))
    }
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value<'r> {
    Null,
    Integer(i64),
    Real,
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

impl Value<'_> {
    /// SQLite's order, against a text: nothing, numbers, texts by their bytes, then blobs.
    fn compare(&self, text: &[u8]) -> Ordering {
        match self {
            Value::Null | Value::Integer(_) | Value::Real => Ordering::Less,
            Value::Text(own) => (*own).cmp(text),
            Value::Blob(_) => Ordering::Greater,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            _ => None,
        }
    }
}

/// A row of a table, or an entry of an index: a list of types, then the values.
#[derive(Debug)]
struct Record(Vec<u8>);

impl Record {
    /// The value of a column; nothing where the row is older than the column.
    fn column(&self, number: usize) -> Answer<Value<'_>> {
        Ok(self.columns(number)?.unwrap_or(Value::Null))
    }

    /// The value of the last column.
    fn last(&self) -> Answer<Value<'_>> {
        let (mut types, _) = self.split()?;
        let mut last = None;
        for number in 0.. {
            if types.is_empty() {
                break;
            }
            types = varint(types)?.1;
            last = Some(number);
        }
        self.column(last.ok_or(Damaged("an empty row"))?)
    }

    /// The types and the values.
    fn split(&self) -> Answer<(&[u8], &[u8])> {
        let (length, _) = varint(&self.0)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (header, values) = self.0.split_at_checked(length).ok_or(Damaged("a row cut off"))?;
        Ok((varint(header)?.1, values))
    }

    fn columns(&self, number: usize) -> Answer<Option<Value<'_>>> {
        let (mut types, mut values) = self.split()?;
        for _ in 0..number {
            if types.is_empty() {
                return Ok(None);
            }
            let (kind, rest) = varint(types)?;
            values = values.get(size(kind)?..).ok_or(Damaged("a row cut off"))?;
            types = rest;
        }
        if types.is_empty() {
            return Ok(None);
        }
        let kind = varint(types)?.0;
        let value = values.get(..size(kind)?).ok_or(Damaged("a row cut off"))?;
        Ok(Some(match kind {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(value)),
            7 => Value::Real,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            kind if kind.is_multiple_of(2) => Value::Blob(value),
            _ => Value::Text(value),
        }))
    }
}

/// How many bytes a value of this type has.
fn size(kind: u64) -> Answer<usize> {
    match kind {
        0 | 8 | 9 => Ok(0),
        1 => Ok(1),
        2 => Ok(2),
        3 => Ok(3),
        4 => Ok(4),
        5 => Ok(6),
        6 | 7 => Ok(8),
        10 | 11 => Err(Damaged("a value of no type")),
        _ => usize::try_from((kind - 12) / 2).map_err(|_| Damaged("a very long value")),
    }
}

/// A signed integer of 1 to 8 bytes, big-endian.
fn integer(bytes: &[u8]) -> i64 {
    let sign = bytes.first().map_or(0, |first| if first.cast_signed() < 0 { -1 } else { 0 });
    bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte))
}

/// A number of 1 to 9 bytes, 7 bits in each of the first eight, and what follows.
fn varint(bytes: &[u8]) -> Answer<(u64, &[u8])> {
    let mut value = 0;
    let mut rest = bytes;
    for count in 1..=9 {
        let (byte, after) = rest.split_first().ok_or(Damaged("a number cut off"))?;
        rest = after;
        if count == 9 {
            return Ok((value << 8 | u64::from(*byte), rest));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok((value, rest));
        }
    }
    Err(Damaged("a number cut off"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::types::Value as Sql;
    use rusqlite::{Connection, MAIN_DB, params_from_iter};

    use super::*;
    use crate::parse::ios::sqlite::Database;

    const FILES: &str =
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);";
    const BY_DOMAIN: &str = "CREATE INDEX FilesDomainIdx ON Files(domain);
        CREATE INDEX FilesRelativePathIdx ON Files(relativePath); CREATE INDEX FilesFlagsIdx ON Files(flags);";

    /// A database in memory, as pages.
    struct Bytes(Vec<u8>);

    impl Pages for Bytes {
        fn page(&mut self, number: u32) -> Answer<Vec<u8>> {
            let size = sqlite::page_size(&self.0).ok_or(Damaged("no header"))?;
            let from = (number as usize).checked_sub(1).ok_or(Damaged("page 0"))? * size;
            self.0.get(from..from + size).map(<[u8]>::to_vec).ok_or(Damaged("a page that is not there"))
        }
    }

    fn database(page_size: usize, script: &str, rows: &[Vec<Sql>]) -> Vec<u8> {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&format!("PRAGMA page_size = {page_size}; PRAGMA auto_vacuum = 2; {script}")).unwrap();
        let transaction = connection.transaction().unwrap();
        for row in rows {
            // Rows that the table refuses, as their key is there already, are left out.
            let _ = transaction.execute("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", params_from_iter(row));
        }
        transaction.commit().unwrap();
        connection.serialize(MAIN_DB).unwrap().to_vec()
    }

    fn open(bytes: &[u8]) -> Answer<Tree<Bytes>> {
        Tree::open(Bytes(bytes.to_vec())).map_err(|(error, _)| error)
    }

    /// Asks this reader and SQLite the same, and wants the same answers.
    fn compare(bytes: &[u8], ids: &[String]) {
        let mut tree = open(bytes).unwrap();
        let sqlite = Database::open(bytes.to_vec(), None).unwrap();
        for id in ids {
            assert_eq!(tree.entry(id).unwrap(), index::entry(&sqlite, id).unwrap(), "{id}");
        }
        assert_eq!(tree.app_domains().unwrap(), index::app_domains(&sqlite).unwrap());
    }

    fn row(id: &str, domain: &str, blob: usize) -> Vec<Sql> {
        let path = format!("Library/{id}");
        vec![
            Sql::Text(id.into()),
            Sql::Text(domain.into()),
            Sql::Text(path),
            Sql::Integer(1),
            Sql::Blob((0..blob).map(|place| place as u8).collect()),
        ]
    }

    #[test]
    fn deep_trees_give_what_sqlite_gives() {
        for (page_size, count) in [(512, 6000), (1024, 3000), (4096, 3000), (65_536, 500)] {
            let ids: Vec<String> = (0..count).map(|number| index::file_id("d", &number.to_string())).collect();
            let rows: Vec<_> = ids
                .iter()
                .enumerate()
                .map(|(number, id)| {
                    let domain = match number % 5 {
                        0 => "HomeDomain".to_owned(),
                        1 => format!("AppDomainGroup-{number}"),
                        _ => format!("AppDomain-com.example.app{}", number % 400),
                    };
                    row(id, &domain, if number % 100 == 0 { number * 20 } else { number % 700 })
                })
                .collect();
            let bytes = database(page_size, &[FILES, BY_DOMAIN].concat(), &rows);
            compare(&bytes, &ids);
            let mut tree = open(&bytes).unwrap();
            assert_eq!(tree.app_domains().unwrap().unwrap().len(), 240);
            assert_eq!(tree.entry("absent").unwrap(), None);
            // A row costs pages by the depth of two trees, not by the size of the table.
            tree.reader.kept.clear();
            tree.entry(&ids[count - 1]).unwrap().unwrap();
            assert!(tree.reader.visits < 20, "{} pages of {page_size} bytes", tree.reader.visits);
        }
    }

    #[test]
    fn a_long_blob_of_many_overflow_pages() {
        let rows = [row("a", "d", 3_000_000), row("b", "d", 0), row("c", "d", 480)];
        let bytes = database(512, FILES, &rows);
        compare(&bytes, &["a".into(), "b".into(), "c".into()]);
        assert_eq!(open(&bytes).unwrap().entry("a").unwrap().unwrap().blob.unwrap().len(), 3_000_000);
    }

    #[test]
    fn what_phones_do_not_write_is_left_to_sqlite() {
        let forms = [
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain, relativePath, flags, file) WITHOUT ROWID;",
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY COLLATE NOCASE, domain, relativePath, flags, file);",
            "CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
            "CREATE TABLE Files (fileID INTEGER PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY DESC, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT UNIQUE, relativePath TEXT, flags INTEGER, file BLOB);",
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER DEFAULT 7, file BLOB);",
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER AS (1), file BLOB);",
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER);",
            "CREATE TABLE Other (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
            "CREATE VIEW Files AS SELECT 1 AS fileID;",
            "CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB, PRIMARY KEY (fileID));",
            "PRAGMA encoding = 'UTF-16'; CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
        ];
        for form in forms {
            let outcome = open(&database(4096, form, &[]));
            assert!(matches!(outcome, Err(Unsupported(_))), "{form} {outcome:?}", outcome = outcome.err());
        }
    }

    #[test]
    fn forms_that_mean_the_same_are_read() {
        let forms = [
            "CREATE TABLE \"Files\" ([fileID] TEXT PRIMARY KEY NOT NULL, `domain` TEXT, relativePath TEXT NOT NULL, flags INTEGER, file BLOB)",
            "create table files(fileid text primary key,domain,relativepath,flags,file)",
            "CREATE TABLE IF NOT EXISTS main.Files\n(\n fileID TEXT PRIMARY KEY,\n domain TEXT, relativePath TEXT, flags INTEGER, file BLOB\n)",
        ];
        let rows = [row("a", "AppDomain-x", 10), row("b", "HomeDomain", 20)];
        for form in forms {
            let by_domain = "; CREATE INDEX d ON Files(domain, relativePath)";
            compare(&database(1024, &[form, by_domain].concat(), &rows), &["a".into(), "b".into(), "c".into()]);
        }
        let other_order = "CREATE TABLE Files (file BLOB, flags INTEGER, fileID TEXT PRIMARY KEY, extra, domain TEXT, relativePath TEXT);
            INSERT INTO Files VALUES (x'01', 1, 'a', 5, 'AppDomain-y', 'p');";
        compare(&database(1024, other_order, &[]), &["a".into()]);
    }

    #[test]
    fn odd_indexes_by_domain_are_left_to_sqlite() {
        let cases = [
            ("", DomainIndex::None),
            ("CREATE INDEX p ON Files(relativePath);", DomainIndex::None),
            ("CREATE INDEX p ON Files(relativePath, domain);", DomainIndex::None),
            ("CREATE INDEX d ON Files(domain DESC);", DomainIndex::Odd),
            ("CREATE INDEX d ON Files(domain COLLATE NOCASE);", DomainIndex::Odd),
            ("CREATE INDEX d ON Files(domain) WHERE flags = 1;", DomainIndex::Odd),
            ("CREATE INDEX d ON Files(lower(domain));", DomainIndex::Odd),
        ];
        for (script, expected) in cases {
            let tree = open(&database(4096, &[FILES, script].concat(), &[]));
            assert_eq!(tree.unwrap().domains, expected, "{script}");
        }
        let tree = open(&database(4096, &[FILES, "CREATE INDEX o ON Files(flags DESC);", BY_DOMAIN].concat(), &[]));
        assert!(matches!(tree.unwrap().domains, DomainIndex::Root(_)));
    }

    #[test]
    fn endless_trees_and_chains_end() {
        let rows: Vec<_> = (0..400).map(|number| row(&format!("{number:05}"), "AppDomain-x", 2000)).collect();
        let bytes = database(512, &[FILES, BY_DOMAIN].concat(), &rows);
        let tree = open(&bytes).unwrap();
        for root in [tree.table, tree.file_ids] {
            let mut bytes = bytes.clone();
            let start = (root as usize - 1) * 512;
            assert!([2, 5].contains(&bytes[start]), "a tree of more than one page");
            let cells = u16::from_be_bytes([bytes[start + 3], bytes[start + 4]]) as usize;
            // Every child of the root is the root.
            for cell in 0..cells {
                let pointer = start + 12 + 2 * cell;
                let cell = start + u16::from_be_bytes([bytes[pointer], bytes[pointer + 1]]) as usize;
                bytes[cell..cell + 4].copy_from_slice(&root.to_be_bytes());
            }
            bytes[start + 8..start + 12].copy_from_slice(&root.to_be_bytes());
            let outcome = open(&bytes).unwrap().entry("00399");
            assert_eq!(outcome, Err(Damaged("a tree without end")));
        }
    }

    #[test]
    fn numbers_of_every_length() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), 1 << 56, u64::MAX >> 1, u64::MAX] {
            let mut bytes: Vec<u8> = if value >> 56 > 0 {
                let mut bytes = vec![value as u8];
                bytes.extend((0..8).map(|place| (value >> (8 + 7 * place)) as u8 | 0x80));
                bytes
            } else {
                let groups = (0..8).map(|place| (value >> (7 * place)) as u8 & 0x7f);
                let count = (64 - value.leading_zeros()).div_ceil(7).max(1) as usize;
                groups.take(count).enumerate().map(|(place, byte)| if place > 0 { byte | 0x80 } else { byte }).collect()
            };
            bytes.reverse();
            assert_eq!(varint(&bytes).unwrap(), (value, &[][..]));
            bytes.pop();
            assert!(varint(&bytes).is_err());
        }
        assert_eq!(integer(&[0xff, 0xfe]), -2);
        assert_eq!(integer(&[0x80, 0, 0]), -(1 << 23));
        assert_eq!(integer(&i64::MIN.to_be_bytes()), i64::MIN);
    }

    fn value() -> impl Strategy<Value = Sql> {
        prop_oneof![
            1 => Just(Sql::Null),
            2 => any::<i64>().prop_map(Sql::Integer),
            1 => (-9i64..300).prop_map(Sql::Integer),
            1 => any::<f64>().prop_map(Sql::Real),
            2 => "[a-zé]{0,60}".prop_map(Sql::Text),
            2 => prop::collection::vec(any::<u8>(), 0..3000).prop_map(Sql::Blob),
        ]
    }

    fn domain() -> impl Strategy<Value = Sql> {
        prop_oneof![
            6 => "AppDomain-[ab]{0,3}".prop_map(Sql::Text),
            1 => "AppDomain-[ab]{500,900}".prop_map(Sql::Text),
            2 => "(A|AppDomain|AppDomain\\.|AppDomainGroup-|HomeDomain)[a-c]{0,2}".prop_map(Sql::Text),
            1 => value(),
        ]
    }

    fn rows() -> impl Strategy<Value = Vec<Vec<Sql>>> {
        let id = prop_oneof![9 => "[0-9a-f]{0,4}".prop_map(Sql::Text), 1 => value()];
        let columns = (id, domain(), value(), value(), value());
        let row = columns.prop_map(|(id, domain, path, flags, file)| vec![id, domain, path, flags, file]);
        prop::collection::vec(row, 0..120)
    }

    fn ids(rows: &[Vec<Sql>]) -> Vec<String> {
        let ids = rows.iter().filter_map(|row| match &row[0] {
            Sql::Text(id) => Some(id.clone()),
            Sql::Integer(id) => Some(id.to_string()),
            _ => None,
        });
        ids.flat_map(|id| [format!("{id}0"), id]).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn any_table_gives_what_sqlite_gives(
            rows in rows(), size in prop::sample::select(vec![512, 1024, 4096, 65_536]), vacuumed in any::<bool>(), removed in 0usize..30,
        ) {
            let script = [FILES, BY_DOMAIN].concat();
            let mut bytes = database(size, &script, &rows);
            if removed > 0 {
                // Free places inside of pages, and pages that were trees.
                let mut connection = Connection::open_in_memory().unwrap();
                connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false).unwrap();
                connection.execute("DELETE FROM Files WHERE rowid % 31 < ?", [removed as i64]).unwrap();
                bytes = connection.serialize(MAIN_DB).unwrap().to_vec();
            }
            if vacuumed {
                let mut connection = Connection::open_in_memory().unwrap();
                connection.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false).unwrap();
                let _ = connection.execute_batch("VACUUM");
                bytes = connection.serialize(MAIN_DB).unwrap().to_vec();
            }
            compare(&bytes, &ids(&rows));
        }

        #[test]
        fn without_an_index_by_domain_nothing_is_searched(rows in rows()) {
            let bytes = database(1024, FILES, &rows);
            compare(&bytes, &ids(&rows));
            prop_assert_eq!(open(&bytes).unwrap().app_domains(), Ok(None));
        }

        #[test]
        fn never_panics_on_changed_pages(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<prop::sample::Index>()) {
            static WHOLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
            let whole = WHOLE.get_or_init(|| {
                let rows: Vec<_> = (0..150).map(|number| row(&format!("{number:03}"), &format!("AppDomain-{}", number % 40), number * 9)).collect();
                database(512, &[FILES, BY_DOMAIN].concat(), &rows)
            });
            let mut bytes = whole.clone();
            // Half of the changes hit what leads the reader: headers of pages, and pointers.
            for (number, (place, byte)) in changes.iter().enumerate() {
                let place = place.index(bytes.len());
                let place = if number % 2 == 0 { place } else { place / 512 * 512 + place % 24 };
                bytes[place.max(100)] = *byte;
            }
            if cut.index(4) == 0 {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Ok(mut tree) = open(&bytes) {
                for number in 0..160 {
                    let _ = tree.entry(&format!("{number:03}"));
                }
                let _ = tree.app_domains();
            }
        }

        #[test]
        fn never_panics_on_any_record(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let record = Record(bytes);
            for number in 0..8 {
                let _ = record.column(number);
            }
            let _ = record.last();
        }

        #[test]
        fn never_panics_on_any_schema(sql in "[ -~é]{0,60}|CREATE (TABLE|INDEX) [a-z\"(), ]{0,60}") {
            if let Some(tokens) = tokens(sql.as_bytes()) {
                let _ = (columns(&tokens), index_by(&tokens));
            }
        }
    }
}
