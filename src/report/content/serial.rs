//! Plain data as JSON.

use serde::Serialize;

/// A structure of plain data always serialises.
pub(in crate::report) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// As [`to_json`], for a person to read.
pub(in crate::report) fn to_pretty_json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Adds a member that is there to an object.
pub(in crate::report) fn insert(object: &mut serde_json::Value, name: &str, value: Option<serde_json::Value>) {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
}

/// Stands for an array in the frame of a document: a character that no text keeps, as it is made harmless first.
pub(in crate::report) const HERE: &str = "\u{1}";

/// A value as it stands in the array of a document, so many columns further in: no line of a value is inside a string.
pub(in crate::report) fn item(value: &impl Serialize, columns: usize) -> String {
    to_pretty_json(value).replace('\n', &format!("\n{}", " ".repeat(columns)))
}

/// A document with an array of [`item`]s, which are long and made already, where `frame` has [`HERE`].
pub(in crate::report) fn fill(frame: &impl Serialize, items: &[String], columns: usize, text: &mut String) {
    let frame = to_pretty_json(frame);
    let (head, foot) = frame.split_once(&to_json(&HERE)).unwrap_or((&frame, ""));
    text.reserve(frame.len() + items.iter().map(|item| item.len() + columns + 2).sum::<usize>());
    text.push_str(head);
    for (place, item) in items.iter().enumerate() {
        text.push_str(if place == 0 { "[\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', columns));
        text.push_str(item);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', columns.saturating_sub(2)));
    text.push(']');
    text.push_str(foot);
    text.push('\n');
}
