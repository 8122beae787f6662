//! Reading waiver files, with every mistake shown where it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;

use super::model::{Devices, FORMAT, LONGEST_DAYS, RuleName, SHORT_ID, Waiver, Waivers};
use crate::catalog::Catalog;
use crate::document::{
    Code, Diagnostic, Diagnostics, Fields, Message, Place, ProfileErrors, Reader, SourceFile, Value, Written, open,
    table,
};
use crate::profile::Profile;
use crate::vocabulary::Permission;

/// What stands for a text that a person has yet to write: `poucet waiver new` puts it in, and no waiver with it is accepted.
pub(crate) const PLACEHOLDER: &str = "…";

impl Waivers {
    /// The most waivers of one call.
    pub(crate) const MOST: usize = 10_000;
}

/// How the profiles that waivers name are found.
pub struct Readers<'r> {
    /// The profile with this id; `None` when there is none, or a wrong one.
    pub profile: &'r dyn Fn(&str) -> Option<Profile>,
    /// The ids that may be meant, for "did you mean".
    pub ids: Vec<String>,
}

/// Reads waiver files.
///
/// # Errors
/// Every mistake in all of them, each with its place: a rule that does not exist, a waiver without an end or with one more than
/// [`LONGEST_DAYS`] after its beginning, a text in one language, …
pub fn read(paths: &[PathBuf], catalog: &Catalog, readers: &Readers<'_>) -> Result<Waivers, ProfileErrors> {
    let mut notes = Diagnostics::default();
    let mut files: Vec<SourceFile> = Vec::new();
    let mut found = Found { catalog, readers, profiles: BTreeMap::new(), waivers: Vec::new() };
    for path in paths {
        match open(path, None) {
            Ok(opened) => files.push(SourceFile { name: path.display().to_string(), text: opened.text }),
            Err(note) => notes.push(*note),
        }
    }
    for (index, file) in files.iter().enumerate() {
        let Some(read) = table(index, &file.text, &mut notes) else { continue };
        let mut reader = Reader { file: index, text: &file.text, notes: &mut notes };
        let start = Place { file: index, start: 0, end: 0 };
        let mut fields = reader.fields(read.get_ref(), start);
        reader.format(&mut fields, FORMAT);
        if let Some((_, value)) = fields.need("waiver", &mut reader) {
            for item in reader.list("waiver", value) {
                if let Some(waiver) = found.waiver(&mut reader, item, &file.name) {
                    found.waivers.push(waiver);
                }
            }
        }
        reader.finish(fields);
        if found.waivers.len() > Waivers::MOST {
            notes.push(Diagnostic::new(Code::TooMany, start).with("limit", Waivers::MOST));
            break;
        }
    }
    if !notes.list.is_empty() {
        return Err(ProfileErrors::new(files, notes));
    }
    let Found { profiles, waivers, .. } = found;
    let needed: BTreeSet<&str> =
        waivers.iter().flat_map(|waiver| &waiver.mitigations).map(|rule| rule.profile.as_str()).collect();
    let profiles = profiles
        .into_iter()
        .filter(|(id, _)| needed.contains(id.as_str()))
        .filter_map(|(id, profile)| Some((id, profile?)))
        .collect();
    Ok(Waivers { list: waivers, profiles })
}

struct Found<'f, 'r> {
    catalog: &'f Catalog,
    readers: &'f Readers<'r>,
    /// Profiles that were asked for so far.
    profiles: BTreeMap<String, Option<Profile>>,
    waivers: Vec<Waiver>,
}

impl Found<'_, '_> {
    fn waiver(&mut self, reader: &mut Reader<'_, '_>, item: &Value<'_>, file: &str) -> Option<Waiver> {
        let inner = reader.table("waiver", item)?;
        // The whole block would be underlined otherwise.
        let start = item.span().start;
        let place = reader.at(start..start);
        let mut fields = reader.fields(inner, place);
        let rule = fields.need("rule", reader).and_then(|(_, value)| self.rule(reader, "rule", value));
        let devices = devices(reader, &mut fields);
        let apps = match fields.take("apps") {
            Some((_, value)) => {
                let written = reader.written("apps", value);
                written.and_then(|written| crate::profile::selection(&written, self.catalog, reader.notes)).map(Some)
            }
            None => Some(None),
        };
        let permissions = fields.take("permissions").map(|(_, value)| permissions(reader, value)).unwrap_or_default();
        let reason = fields.need("reason", reader).and_then(|(_, value)| {
            let text = reader.bilingual("reason", value);
            let both = [&text.en, &text.fr].map(|text| signed(reader, "reason", text, value));
            (both == [true, true] && text.is_complete()).then_some(text)
        });
        let approver = fields.need("approver", reader).and_then(|(_, value)| {
            let written = reader.written("approver", value)?;
            reader.not_empty("approver", &written);
            signed(reader, "approver", &written.text, value).then_some(written.text)
        });
        let ticket = fields.take("ticket").and_then(|(_, value)| {
            let written = reader.written("ticket", value)?;
            reader.not_empty("ticket", &written);
            Some(written.text)
        });
        let granted = fields.need("granted", reader).and_then(|(_, value)| date(reader, "granted", value));
        let expires = fields.need("expires", reader).and_then(|(_, value)| date(reader, "expires", value));
        if let (Some((granted, _)), Some((expires, place))) = (granted, expires) {
            let days = expires.since(granted).map_or(i64::MAX, |span| i64::from(span.get_days()));
            if !(0..=LONGEST_DAYS).contains(&days) {
                let latest = granted.checked_add(jiff::Span::new().days(LONGEST_DAYS)).unwrap_or(granted);
                let hint =
                    Message::new("profile-hint-range").with("min", granted.to_string()).with("max", latest.to_string());
                reader.notes.push(Diagnostic::new(Code::WaiverTooLong, place).with("limit", LONGEST_DAYS).hint(hint));
            }
        }
        let mut mitigations = Vec::new();
        if let Some((_, value)) = fields.take("mitigations") {
            for item in reader.list("mitigations", value) {
                let Some(mitigation) = self.rule(reader, "mitigations", item) else { continue };
                if rule.as_ref() == Some(&mitigation) {
                    let place = reader.at(item.span());
                    reader
                        .notes
                        .push(Diagnostic::new(Code::WaiverOfItself, place).with("rule", mitigation.to_string()));
                }
                mitigations.push(mitigation);
            }
        }
        reader.finish(fields);
        Some(Waiver {
            rule: rule?,
            devices: devices?,
            apps: apps?,
            permissions,
            reason: reason?,
            approver: approver?,
            ticket,
            granted: granted?.0,
            expires: expires?.0,
            mitigations,
            file: file.to_owned(),
            line: reader.text.get(..start).map_or(1, |before| before.matches('\n').count() + 1),
        })
    }

    /// `profile/rule`, both of which must exist.
    fn rule(&mut self, reader: &mut Reader<'_, '_>, key: &str, value: &Value<'_>) -> Option<RuleName> {
        let written = reader.written(key, value)?;
        let Some((profile, rule)) = written.text.split_once('/') else {
            let note = Diagnostic::new(Code::WaiverRuleForm, written.place).with("word", written.text.as_str());
            reader.notes.push(note.hint(Message::new("profile-hint-rule-form")));
            return None;
        };
        let readers = self.readers;
        let known = self.profiles.entry(profile.to_owned()).or_insert_with(|| (readers.profile)(profile));
        let Some(known) = known else {
            let note = Diagnostic::new(Code::UnknownProfile, written.part(&(0..profile.len()))).with("name", profile);
            reader.notes.push(note.suggest(profile, self.readers.ids.iter().map(String::as_str)));
            return None;
        };
        if known.rule(rule).is_none() {
            let place = written.part(&(profile.len() + 1..written.text.len()));
            let note = Diagnostic::new(Code::WaiverUnknownRule, place).with("rule", rule).with("name", profile);
            reader.notes.push(note.suggest(rule, known.rules.iter().map(|rule| rule.id.as_str())));
            return None;
        }
        Some(RuleName { profile: profile.to_owned(), rule: rule.to_owned() })
    }
}

/// `device`: `"any"`, the id of a phone, or a list of ids.
fn devices(reader: &mut Reader<'_, '_>, fields: &mut Fields<'_, '_>) -> Option<Devices> {
    let (_, value) = fields.need("device", reader)?;
    let list: Vec<Written> = match value.get_ref().as_array() {
        Some(_) => reader.texts("device", value),
        None => reader.written("device", value).into_iter().collect(),
    };
    if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
        reader.notes.push(Diagnostic::new(Code::EmptyText, reader.at(value.span())).with("key", "device"));
        return None;
    }
    if let [only] = list.as_slice()
        && only.text == "any"
    {
        return Some(Devices::Any);
    }
    let mut ids = BTreeSet::new();
    for written in list {
        let hexadecimal = written.text.len() >= SHORT_ID
            && written.text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        if hexadecimal || written.text.starts_with("serial:") {
            ids.insert(written.text);
        } else {
            let note = Diagnostic::new(Code::WaiverDevice, written.place).with("word", written.text.as_str());
            reader.notes.push(note.hint(Message::new("profile-hint-device")));
        }
    }
    (!ids.is_empty()).then_some(Devices::Ids(ids))
}

fn permissions(reader: &mut Reader<'_, '_>, value: &Value<'_>) -> BTreeSet<Permission> {
    let mut found = BTreeSet::new();
    for written in reader.texts("permissions", value) {
        match Permission::from_word(&written.text) {
            Some(permission) => {
                found.insert(permission);
            }
            None => {
                let note = Diagnostic::new(Code::UnknownPermission, written.place).with("word", written.text.as_str());
                let words = Permission::ALL.iter().map(|permission| permission.word());
                reader.notes.push(note.suggest(&written.text, words));
            }
        }
    }
    found
}

/// Whether somebody has written something in the place of the dots that `poucet waiver new` puts there.
fn signed(reader: &mut Reader<'_, '_>, key: &str, text: &str, value: &Value<'_>) -> bool {
    let placeholder = text.trim() == PLACEHOLDER;
    if placeholder {
        reader.notes.push(Diagnostic::new(Code::EmptyText, reader.at(value.span())).with("key", key));
    }
    !placeholder
}

/// A day: `2026-06-30`, with or without quotation marks.
fn date(reader: &mut Reader<'_, '_>, key: &str, value: &Value<'_>) -> Option<(Date, Place)> {
    let place = reader.at(value.span());
    let day = match value.get_ref() {
        toml::de::DeValue::Datetime(moment) if moment.time.is_none() => moment.date.map(|date| date.to_string()),
        toml::de::DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    let day = day.and_then(|day| day.parse::<Date>().ok());
    if day.is_none() {
        let note = Diagnostic::new(Code::WrongType, place).with("key", key);
        let expected = crate::document::Argument::Message("profile-type-date");
        reader.notes.push(note.with("expected", expected));
    }
    Some((day?, place))
}
