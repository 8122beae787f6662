//! Values of parameters from the command line.

use crate::document::{Code, Diagnostic, Diagnostics, Message, Place, SourceFile, Written};
use crate::profile::resolve::Setting;

/// The file that settings of the command line stand in, in messages; also who changes a rule by them.
pub(super) const SETTINGS: &str = "--set";

/// The settings of the command line with their places in a file that is added to those of the family.
pub(super) fn settings(set: &[String], files: &mut Vec<SourceFile>, notes: &mut Diagnostics) -> Vec<Setting> {
    let file = files.len();
    let mut text = String::new();
    let mut found = Vec::new();
    for setting in set {
        let start = text.len();
        text.push_str(setting);
        text.push('\n');
        let part = |from: usize, part: &str| Written {
            text: part.to_string(),
            place: Place::new(file, from..from + part.len()),
            inner: Some(from),
        };
        match setting.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                found.push(Setting { name: part(start, name), value: part(start + name.len() + 1, value) });
            }
            _ => {
                let place = part(start, setting).place;
                let note = Diagnostic::new(Code::SettingForm, place).with("text", setting.as_str());
                notes.push(note.hint(Message::new("profile-hint-setting")));
            }
        }
    }
    files.push(SourceFile { name: SETTINGS.to_string(), text });
    found
}
