//! Patterns over package names and bundle ids: `*` stands for any run of characters, `?` for one; nothing else is special.

/// Whether `id` matches `pattern`. Package names and bundle ids are compared with their case, as the platforms do.
///
/// The work is bounded by `pattern.len() × id.len()`: only the last `*` is ever tried again.
pub fn matches(pattern: &str, id: &str) -> bool {
    let (pattern, id) = (pattern.as_bytes(), id.as_bytes());
    let (mut at_pattern, mut at_id) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = id.get(at_id) {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                star = Some((at_pattern, at_id));
                at_pattern += 1;
            }
            Some(&wanted) if wanted == b'?' || wanted == byte => {
                at_pattern += 1;
                at_id += 1;
            }
            _ => {
                let Some((star_at, swallowed)) = star else { return false };
                star = Some((star_at, swallowed + 1));
                at_pattern = star_at + 1;
                at_id = swallowed + 1;
            }
        }
    }
    pattern.get(at_pattern..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

/// Whether a word is a pattern rather than one id.
pub fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stars_and_question_marks() {
        assert!(matches("com.facebook.*", "com.facebook.katana"));
        assert!(!matches("com.facebook.*", "com.facebook"));
        assert!(matches("com.gbwhatsapp*", "com.gbwhatsapp"));
        assert!(matches("*musically*", "com.zhiliaoapp.musically.go"));
        assert!(matches("com.twitter.androi?", "com.twitter.androie"));
        assert!(!matches("com.whatsapp", "com.whatsapp.w4b"));
        assert!(!matches("", "a"));
        assert!(matches("*", ""));
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_recursive_definition(pattern in "[ab*?]{0,8}", id in "[ab]{0,10}") {
            fn plain(pattern: &[u8], id: &[u8]) -> bool {
                match (pattern.split_first(), id.split_first()) {
                    (None, None) => true,
                    (Some((b'*', rest)), _) if plain(rest, id) => true,
                    (Some((b'*', _)), Some((_, tail))) => plain(pattern, tail),
                    (Some((b'?', rest)), Some((_, tail))) => plain(rest, tail),
                    (Some((wanted, rest)), Some((byte, tail))) if wanted == byte => plain(rest, tail),
                    _ => false,
                }
            }
            prop_assert_eq!(matches(&pattern, &id), plain(pattern.as_bytes(), id.as_bytes()));
        }
    }
}
