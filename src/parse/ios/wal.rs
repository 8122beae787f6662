//! SQLite's write-ahead log, applied to a copy in memory.
//!
//! `X.db-wal` may stand in a backup as a file of its own; without it, rows are silently missing. The form is SQLite's own
//! (`sqlite.org/fileformat2.html`, "The Write-Ahead Log"): a header of 32 bytes, then frames of 24 bytes and a page each. A frame
//! counts when its salts are those of the header and the running checksum is right; frames after the last commit do not count.

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Applies a log to the bytes of its database. Returns how many pages it changed: 0 when the log is empty, of another database
/// or damaged from its first frame.
pub fn apply(database: &mut Vec<u8>, log: &[u8]) -> usize {
    let Some(header) = Header::read(log) else { return 0 };
    let mut checksum = header.checksum;
    // Pages of the transactions that were committed, and those of the one that may still be.
    let mut frames: Vec<(usize, &[u8])> = Vec::new();
    let (mut committed, mut pages) = (0, 0);
    for frame in log.get(HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + header.page_size) {
        let (Some(number), Some(size)) = (word(frame, 0), word(frame, 4)) else { break };
        let (Some(head), Some(page)) = (frame.get(..8), frame.get(FRAME_HEADER..)) else { break };
        checksum = header.sum(page, header.sum(head, checksum));
        let sound = frame.get(8..16) == Some(header.salts)
            && (word(frame, 16), word(frame, 20)) == (Some(checksum.0), Some(checksum.1))
            && number > 0;
        if !sound {
            break;
        }
        frames.push((usize::try_from(number - 1).unwrap_or(usize::MAX), page));
        if size > 0 {
            (committed, pages) = (frames.len(), usize::try_from(size).unwrap_or(0));
        }
    }
    frames.truncate(committed);
    // A database grows by the pages of its log, and by no more than them.
    let most = database.len() / header.page_size + frames.len();
    if frames.is_empty()
        || pages > most
        || super::sqlite_header::page_size(database).is_some_and(|size| size != header.page_size)
    {
        return 0;
    }
    database.resize(pages * header.page_size, 0);
    let mut applied = 0;
    for (number, page) in frames {
        let place =
            number.checked_mul(header.page_size).and_then(|from| database.get_mut(from..from + header.page_size));
        // A page behind the end was cut off by a later transaction.
        if let Some(place) = place {
            place.copy_from_slice(page);
            applied += 1;
        }
    }
    applied
}

struct Header<'l> {
    big_endian: bool,
    page_size: usize,
    salts: &'l [u8],
    checksum: (u32, u32),
}

impl<'l> Header<'l> {
    fn read(log: &'l [u8]) -> Option<Header<'l>> {
        let big_endian = match word(log, 0)? {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return None,
        };
        let page_size = usize::try_from(word(log, 8)?).ok()?;
        if !page_size.is_power_of_two() || !(512..=65_536).contains(&page_size) {
            return None;
        }
        let mut header = Header { big_endian, page_size, salts: log.get(16..24)?, checksum: (0, 0) };
        header.checksum = header.sum(log.get(..24)?, (0, 0));
        (Some(header.checksum.0) == word(log, 24) && Some(header.checksum.1) == word(log, 28)).then_some(header)
    }

    /// The running checksum over pairs of 32-bit words.
    fn sum(&self, bytes: &[u8], from: (u32, u32)) -> (u32, u32) {
        let word =
            |bytes: &[u8; 4]| if self.big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) };
        let (words, _) = bytes.as_chunks::<4>();
        words.chunks_exact(2).fold(from, |(one, two), pair| match pair {
            [first, second] => {
                let one = one.wrapping_add(word(first)).wrapping_add(two);
                (one, two.wrapping_add(word(second)).wrapping_add(one))
            }
            _ => (one, two),
        })
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::ios::sqlite::Database;

    /// A database in write-ahead mode with rows that only its log has: its bytes and its log.
    fn with_log() -> (Vec<u8>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("TCC.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection
            .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint(TRUNCATE);")
            .unwrap();
        connection
            .execute_batch("INSERT INTO t VALUES (2); INSERT INTO t SELECT randomblob(3000) FROM t, t, t;")
            .unwrap();
        (std::fs::read(&path).unwrap(), std::fs::read(folder.path().join("TCC.db-wal")).unwrap())
    }

    fn rows(database: Vec<u8>, log: Option<&[u8]>) -> i64 {
        let database = Database::open(database, log).unwrap();
        database.connection().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn rows_that_only_the_log_has_are_read() {
        let (database, log) = with_log();
        assert_eq!(rows(database.clone(), None), 1);
        assert_eq!(rows(database.clone(), Some(&log)), 10);
        assert_eq!(rows(database, Some(&[])), 1);
    }

    #[test]
    fn a_log_that_is_cut_off_gives_the_last_whole_transaction() {
        let (database, log) = with_log();
        let frame = FRAME_HEADER + 4096;
        for length in 0..=log.len() / frame {
            let cut = &log[..(HEADER + length * frame + frame / 2).min(log.len())];
            assert!([1, 2, 10].contains(&rows(database.clone(), Some(cut))), "{length}");
        }
        let mut wrong = log;
        wrong[HEADER + FRAME_HEADER + 5] ^= 1;
        assert_eq!(rows(database, Some(&wrong)), 1, "a frame that is not sound ends the log");
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_never_grows_beyond_both(place in 0usize..100_000, byte in proptest::num::u8::ANY) {
            static BOTH: std::sync::OnceLock<(Vec<u8>, Vec<u8>)> = std::sync::OnceLock::new();
            let (database, log) = BOTH.get_or_init(with_log);
            let (mut database, mut log) = (database.clone(), log.clone());
            let (most, length) = (database.len() + log.len(), log.len());
            log[place % length] = byte;
            apply(&mut database, &log);
            proptest::prop_assert!(database.len() <= most);
        }
    }
}
