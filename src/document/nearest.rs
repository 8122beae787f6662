//! "Did you mean …?": the known word closest to a mistyped one.

/// The candidate closest to `word`, when it is close enough to be what the person meant: at most one edit in three letters, and
/// never more than four. Case does not count; the first of equals wins.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A hostile file may hold a "word" of a megabyte; nobody mistypes more than this.
    if word.len() > 80 {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 120)
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits between two words: a letter added, dropped or replaced, or two neighbours swapped (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (line, from) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(line + 1);
        for (column, to) in right.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&row, column) + usize::from(*to != from);
            best = best.min(at(&row, column + 1) + 1).min(at(&next, column) + 1);
            if let Some(earlier) = column.checked_sub(1)
                && last == Some(*to)
                && right.get(earlier) == Some(&from)
            {
                best = best.min(at(&before, earlier) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(from);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("caméra", "camera"), 1);
        assert_eq!(distance("bydo", "byod"), 1);
        assert_eq!(distance("ca", "abc"), 3);
    }

    #[test]
    fn only_close_words_are_offered() {
        let words = ["camera", "contacts", "calendar"];
        assert_eq!(nearest("camra", words), Some("camera"));
        assert_eq!(nearest("CONTACT", words), Some("contacts"));
        assert_eq!(nearest("bluetooth", words), None);
        assert_eq!(nearest(&"a".repeat(1_000_000), words), None);
    }
}
