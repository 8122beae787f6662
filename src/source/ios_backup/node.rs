//! The trees of an SQLite file: a small part of its format, within bounds, as the pages are hostile.

use std::sync::Arc;

use super::page::TreeError::{Damaged, Unsupported};
use super::page::{Answer, Pages};
use super::record::{Record, Value, varint};

/// The deepest tree; one of 2^31 pages is not deeper.
pub(super) const DEEPEST: usize = 20;
/// The longest row in bytes. Those of phones have some thousand.
const LONGEST_ROW: u64 = 16 << 20;
/// The longest entry of an index in bytes. Those of phones have less than a hundred.
pub(super) const LONGEST_KEY: u64 = 64 << 10;
/// How many pages one question may look at.
const MOST_VISITS: usize = 400_000;
/// How many bytes one question may read.
const MOST_BYTES: usize = 256 << 20;
/// How many pages of trees are kept: those near the roots are needed again for each row.
const KEPT: usize = 64;

/// A page of a tree.
pub(super) struct Node {
    pub(super) page: Arc<[u8]>,
    /// Where its header begins: 100 on the first page, as the file's header is before it.
    pub(super) start: usize,
    pub(super) is_leaf: bool,
    pub(super) is_index: bool,
    pub(super) cells: usize,
    pub(super) usable: usize,
}

impl Node {
    /// The bytes from the beginning of a cell on.
    pub(super) fn cell(&self, number: usize) -> Answer<&[u8]> {
        let header = if self.is_leaf { 8 } else { 12 };
        let at = self.short(self.start + header + 2 * number)?;
        self.page.get(usize::from(at)..self.usable).ok_or(Damaged("a cell outside its page"))
    }

    /// The page below a cell, or right of the last.
    pub(super) fn child(&self, number: usize) -> Answer<u32> {
        let bytes = if number < self.cells {
            self.cell(number)?.first_chunk::<4>().copied()
        } else {
            self.page.get(self.start + 8..).and_then(|bytes| bytes.first_chunk::<4>().copied())
        };
        bytes.map(u32::from_be_bytes).ok_or(Damaged("a page without children"))
    }

    /// What a cell holds: for tables a row's number, and for all but inner pages of tables a length and a payload.
    pub(super) fn content(&self, number: usize) -> Answer<(&[u8], u64, i64)> {
        let cell = self.cell(number)?;
        let cell = if self.is_leaf { cell } else { cell.get(4..).ok_or(Damaged("a cell cut off"))? };
        let (length, cell) = if self.is_leaf || self.is_index { varint(cell)? } else { (0, cell) };
        let (row, cell) = if self.is_index { (0, cell) } else { varint(cell)? };
        Ok((cell, length, row.cast_signed()))
    }

    pub(super) fn short(&self, at: usize) -> Answer<u16> {
        let bytes = self.page.get(at..).and_then(|bytes| bytes.first_chunk::<2>().copied());
        bytes.map(u16::from_be_bytes).ok_or(Damaged("a page cut off"))
    }
}

/// Pages, and the account of what a question has cost.
#[derive(Debug)]
pub(super) struct Reader<P> {
    pub(super) pages: P,
    /// The bytes of a page that SQLite uses.
    pub(super) usable: usize,
    pub(super) kept: Vec<(u32, Arc<[u8]>)>,
    pub(super) next: usize,
    pub(super) visits: usize,
    pub(super) bytes: usize,
}

impl<P: Pages> Reader<P> {
    pub(super) fn restart(&mut self) {
        (self.visits, self.bytes) = (0, 0);
    }

    pub(super) fn visit(&mut self) -> Answer<()> {
        self.visits += 1;
        if self.visits > MOST_VISITS || self.bytes > MOST_BYTES { Err(Damaged("pages without end")) } else { Ok(()) }
    }

    pub(super) fn read(&mut self, number: u32) -> Answer<Vec<u8>> {
        self.visit()?;
        let page = self.pages.page(number)?;
        self.bytes += page.len();
        if page.len() < self.usable { Err(Damaged("a page cut off")) } else { Ok(page) }
    }

    pub(super) fn node(&mut self, number: u32, is_index: bool) -> Answer<Node> {
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
    pub(super) fn payload(&mut self, node: &Node, number: usize, longest: u64) -> Answer<Record> {
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

    /// The first entry of an index whose first column is so; what is so stays so for all entries behind.
    pub(super) fn seek(&mut self, root: u32, is_so: impl Fn(&Value<'_>) -> bool) -> Answer<Option<Record>> {
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
    pub(super) fn row(&mut self, root: u32, row: i64) -> Answer<Option<Record>> {
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
