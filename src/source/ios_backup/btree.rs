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

use super::entry::{Entry, bundle_ids};
use super::node::{DEEPEST, LONGEST_KEY, Reader};
use super::page::TreeError::{Damaged, Unsupported};
use super::page::{Answer, Pages, TreeError};
use super::record::Value;
use super::schema::{Columns, DomainIndex, Schema};
use crate::parse::ios::sqlite;

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
        bundle_ids(next).map(Some)
    }

    /// Where the pages come from.
    pub fn pages(&mut self) -> &mut P {
        &mut self.reader.pages
    }
}

impl<P: Pages> Reader<P> {
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
}

#[cfg(test)]
mod tests;
