//! Text of others, made safe to show.

/// Makes text from a phone safe to show: control characters, terminal escapes and bidirectional overrides become
/// U+FFFD, and anything beyond `limit` characters is cut with an ellipsis.
pub fn sanitize(text: &str, limit: usize) -> String {
    if text.len() <= limit && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len().min(limit));
    for (count, character) in text.chars().enumerate() {
        if count >= limit {
            safe.push('…');
            break;
        }
        safe.push(if is_hostile(character) { char::REPLACEMENT_CHARACTER } else { character });
    }
    safe
}

/// Whether a character can do something to a terminal or to the order in which text is shown.
pub(crate) fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}' | '\u{E0000}'..='\u{E007F}')
}
