//! Reading the examples of a profile file.

use std::collections::{BTreeMap, BTreeSet};

use super::phone::{Example, ExampleApp, Unread, can_be, can_show, can_tell, id_of, usual_source};
use crate::catalog::Catalog;
use crate::document::{
    At, Code, Diagnostic, Diagnostics, Fields, Message, Place, Reader, Scalar, Value as Item, Written,
};
use crate::profile::expected::is_app_id;
use crate::snapshot::{APP_LIST, Value};
use crate::vocabulary::permissions::{CheckValue, describe, describe_check, level_from_word};
use crate::vocabulary::{AppSource, Check, Inert, Level, Permission, Platform, Presence, Verdict};

/// Examples of one file.
pub(super) const MOST: usize = 500;
/// Apps of one example.
pub(super) const MOST_APPS: usize = 200;
/// Ten years: a longer disuse is a slip of the finger.
const MOST_DAYS: i64 = 3650;

/// What examples are read with.
#[derive(Clone, Copy)]
pub(in crate::profile) struct Known<'k> {
    pub(in crate::profile) catalog: &'k Catalog,
    /// The rules of the profile and of all it extends, those that are off among them.
    pub(in crate::profile) rules: &'k BTreeSet<&'k str>,
    /// The rules that are off.
    pub(in crate::profile) off: &'k BTreeSet<String>,
}

/// The name of a system as people write it.
fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
    }
}

/// Reads the examples of a file that was read as a profile before.
pub(in crate::profile) fn read(file: usize, text: &str, known: Known<'_>, notes: &mut Diagnostics) -> Vec<Example> {
    // What is wrong with the file as TOML was noted when it was read the first time.
    let Some(table) = crate::document::table(file, text, &mut Diagnostics::default()) else { return Vec::new() };
    let Some(value) = table.get_ref().get("example") else { return Vec::new() };
    let mut reader = Reader { file, text, notes };
    let Some(list) = value.get_ref().as_array() else {
        reader.wrong_type("example", value, "profile-type-examples");
        return Vec::new();
    };
    if list.len() > MOST {
        let place = list.get(MOST).map(|item| reader.at(item.span()));
        reader.notes.push(Diagnostic::new(Code::TooMany, place).with("limit", MOST));
        return Vec::new();
    }
    let mut named: BTreeMap<String, Place> = BTreeMap::new();
    let mut found = Vec::new();
    for item in list.iter() {
        let Some(table) = reader.table("example", item) else { continue };
        let fields = reader.fields(table, reader.at(item.span()));
        let mut one = One { reader: &mut reader, known, platform: None };
        let Some((example, place)) = one.example(fields) else { continue };
        if let Some(first) = named.get(&example.name) {
            let note = Diagnostic::new(Code::Redefinition, place)
                .with("thing", crate::document::Argument::Message("profile-thing-example"))
                .with("name", example.name.as_str())
                .also(*first, "profile-label-first");
            let hint = Message::new("profile-hint-other-name").with("name", example.name.as_str());
            reader.notes.push(note.hint(hint));
            continue;
        }
        named.insert(example.name.clone(), place);
        found.push(example);
    }
    found
}

/// One example on its way.
struct One<'r, 't, 'n, 'k> {
    reader: &'r mut Reader<'t, 'n>,
    known: Known<'k>,
    /// The platform, once it is known.
    platform: Option<Platform>,
}

impl One<'_, '_, '_, '_> {
    /// The example with the place of its name; `None` when something is missing or wrong that the rest needs.
    fn example(&mut self, mut fields: Fields<'_, '_>) -> Option<(Example, Place)> {
        let place = fields.place;
        let name = fields.need("name", self.reader).and_then(|(_, value)| self.reader.written("name", value));
        if let Some(name) = &name {
            self.reader.kebab(&name.text, name.place);
        }
        let words: Vec<&str> = Platform::ALL.iter().map(|platform| platform.word()).collect();
        self.platform = fields
            .need("platform", self.reader)
            .and_then(|(_, value)| self.reader.word("platform", value, &words))
            .and_then(|word| Platform::from_word(word.value));
        let ownership = fields
            .take("ownership")
            .and_then(|(_, value)| self.reader.word("ownership", value, &["institution", "personal"]));
        let live = fields.take("live").is_some_and(|(span, value)| {
            let live = self.reader.flag("live", value).unwrap_or(false);
            if live && self.platform == Some(Platform::Ios) {
                let place = self.reader.at(span);
                self.no_effect("live", place, "profile-hint-never-live");
            }
            live
        });
        let apps = fields.take("apps").map(|(_, value)| self.apps(value)).unwrap_or_default();
        let settings = fields.take("settings").map(|(_, value)| self.settings(value)).unwrap_or_default();
        let unread = fields.take("unread").map(|(_, value)| self.unread(value, &apps, &settings)).unwrap_or_default();
        let expect = fields.need("expect", self.reader).map(|(key, value)| self.expect(key.start, value));
        self.reader.finish(fields);
        let name = name?;
        let example = Example {
            name: name.text,
            platform: self.platform?,
            ownership: ownership.map(|word| word.value),
            live,
            apps: apps.into_values().flatten().collect(),
            settings,
            unread,
            expect: expect.unwrap_or_default(),
        };
        Some((example, if name.place.end > 0 { name.place } else { place }))
    }

    fn note(&mut self, note: Diagnostic) {
        self.reader.notes.push(note);
    }

    fn no_effect(&mut self, key: &str, place: Place, hint: &'static str) {
        self.note(Diagnostic::new(Code::ExampleNoEffect, place).with("key", key).hint(Message::new(hint)));
    }

    fn never_seen(&mut self, word: &str, place: Place) {
        let Some(platform) = self.platform else { return };
        let note =
            Diagnostic::new(Code::ExampleNeverSeen, place).with("word", word).with("platform", platform_name(platform));
        self.note(note.hint(Message::new("profile-hint-never-seen")));
    }

    /// The apps by id; `None` for one that is wrong in itself.
    fn apps(&mut self, value: &Item<'_>) -> BTreeMap<String, Option<ExampleApp>> {
        let mut found: BTreeMap<String, Option<ExampleApp>> = BTreeMap::new();
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        let Some(table) = self.reader.table("apps", value) else { return found };
        if table.len() > MOST_APPS {
            let place = self.reader.at(value.span());
            self.note(Diagnostic::new(Code::TooMany, place).with("limit", MOST_APPS));
            return found;
        }
        for (key, value) in table {
            let place = self.reader.at(key.span());
            let word = key.get_ref().as_ref();
            let id = self.app_id(word, place);
            let app = self.app(word, value, id.clone().unwrap_or_default());
            let Some(id) = id else { continue };
            if let Some(first) = places.get(&id) {
                let note = Diagnostic::new(Code::Redefinition, place)
                    .with("thing", crate::document::Argument::Message("profile-thing-app"))
                    .with("name", id.as_str())
                    .also(*first, "profile-label-first");
                self.note(note);
                continue;
            }
            places.insert(id.clone(), place);
            found.insert(id, app);
        }
        found
    }

    /// The id of an app by its slug, or as it is written when it is an id already.
    fn app_id(&mut self, word: &str, place: Place) -> Option<String> {
        let platform = self.platform?;
        if let Some(app) = self.known.catalog.by_slug(word) {
            let id = id_of(app, platform);
            if id.is_none() {
                let note = Diagnostic::new(Code::ExampleAppElsewhere, place);
                self.note(note.with("word", word).with("platform", platform_name(platform)));
            }
            return id;
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if word.contains('.') && word.len() <= 255 && word.chars().all(fits) {
            return Some(word.to_string());
        }
        let note = Diagnostic::new(Code::ExampleUnknownApp, place).with("word", word);
        let slugs: Vec<&str> = if self.reader.notes.is_busy() {
            Vec::new()
        } else {
            self.known.catalog.apps().iter().map(|app| app.slug.as_str()).collect()
        };
        let near = crate::document::nearest::nearest(word, slugs);
        self.note(match near {
            Some(near) => note.hint(Message::new("profile-hint-did-you-mean").with("word", near)),
            None => note.hint(Message::new("profile-hint-catalogue")),
        });
        None
    }

    fn app(&mut self, word: &str, value: &Item<'_>, id: String) -> Option<ExampleApp> {
        let table = self.reader.table(word, value)?;
        let mut fields = self.reader.fields(table, self.reader.at(value.span()));
        let presence = self.word_of("presence", &mut fields, Presence::ALL, Presence::word, Presence::from_word);
        let source = self.word_of("source", &mut fields, AppSource::ALL, AppSource::word, AppSource::from_word);
        let inert = self.word_of("inert", &mut fields, Inert::ALL, Inert::word, Inert::from_word);
        let system = fields.take("system").and_then(|(_, value)| self.reader.flag("system", value)).unwrap_or(false);
        let last = fields.take("last_used_days").and_then(|(span, value)| {
            let number = self.reader.number("last_used_days", value)?;
            if !(0..=MOST_DAYS).contains(&number.value) {
                let note =
                    Diagnostic::new(Code::NumberOutOfRange, number.place).with("value", number.value.to_string());
                self.note(note.hint(Message::new("profile-hint-range").with("min", 0_i64).with("max", MOST_DAYS)));
                return None;
            }
            Some(At { value: number.value, place: self.reader.at(span) })
        });
        // Every other key is a permission.
        let left = std::mem::take(&mut fields.left);
        let mut grants = BTreeMap::new();
        let mut first = None;
        for (key, (span, value)) in left {
            let place = self.reader.at(span);
            first.get_or_insert((key, place));
            if let Some((permission, level)) = self.grant(key, place, value, &fields.asked) {
                grants.insert(permission, level);
            }
        }
        let there = presence.map_or(Presence::Installed, |presence| presence.value);
        if let Some(presence) = presence
            && self.platform.is_some_and(|platform| !can_be(presence.value, platform))
        {
            self.never_seen(presence.value.word(), presence.place);
        }
        if there < Presence::Disabled
            && let Some((key, place)) = first
        {
            self.no_effect(key, place, "profile-hint-not-there");
        }
        if first.is_none() {
            if let Some(inert) = inert {
                self.no_effect("inert", inert.place, "profile-hint-needs-permission");
            }
            if let Some(last) = last {
                self.no_effect("last_used_days", last.place, "profile-hint-needs-permission");
            }
        }
        Some(ExampleApp {
            id,
            presence: there,
            source: source.map_or_else(|| usual_source(self.platform.unwrap_or(Platform::Android)), |word| word.value),
            system,
            inert: inert.map(|word| word.value),
            last_used_days: last.map(|last| last.value),
            grants,
        })
    }

    /// A word of one of the vocabulary's lists.
    fn word_of<T: Copy>(
        &mut self,
        key: &'static str,
        fields: &mut Fields<'_, '_>,
        all: &[T],
        word: fn(T) -> &'static str,
        from: fn(&str) -> Option<T>,
    ) -> Option<At<T>> {
        let (_, value) = fields.take(key)?;
        let words: Vec<&'static str> = all.iter().copied().map(word).collect();
        let found = self.reader.word(key, value, &words)?;
        Some(At { value: from(found.value)?, place: found.place })
    }

    fn grant(
        &mut self,
        key: &str,
        place: Place,
        value: &Item<'_>,
        others: &[&'static str],
    ) -> Option<(Permission, Level)> {
        let Some(permission) = Permission::from_word(key) else {
            let note = Diagnostic::new(Code::UnknownPermission, place).with("word", key);
            let words = Permission::ALL.iter().map(|permission| permission.word()).chain(others.iter().copied());
            self.note(note.suggest(key, words));
            return None;
        };
        let written = self.reader.written(key, value)?;
        let Some(level) = level_from_word(&written.text) else {
            let note = Diagnostic::new(Code::UnknownLevel, written.place).with("word", written.text.as_str());
            let words = Level::ALL.iter().map(|level| level.word()).chain(["allowed"]);
            self.note(note.suggest(&written.text, words));
            return None;
        };
        if self.platform.is_some_and(|platform| !can_show(permission, platform)) {
            self.never_seen(key, place);
            return None;
        }
        let possible = &describe(permission).levels;
        if !possible.contains(&level) {
            let words: Vec<&str> = possible.iter().map(|level| level.word()).collect();
            let note = Diagnostic::new(Code::LevelNotPossible, written.place)
                .with("permission", permission.word())
                .with("level", level.word());
            self.note(note.hint(Message::new("profile-hint-one-of").with("words", words.join("`, `"))));
            return None;
        }
        Some((permission, level))
    }

    fn settings(&mut self, value: &Item<'_>) -> BTreeMap<Check, Value> {
        let mut found = BTreeMap::new();
        let Some(table) = self.reader.table("settings", value) else { return found };
        for (key, value) in table {
            let place = self.reader.at(key.span());
            let word = key.get_ref().as_ref();
            let scalar = self.reader.scalar(word, value);
            let Some(check) = Check::from_word(word) else {
                let note = Diagnostic::new(Code::UnknownCheck, place).with("word", word);
                self.note(note.suggest(word, Check::ALL.iter().map(|check| check.word())));
                continue;
            };
            if !self.is_property(check, place) {
                continue;
            }
            if self.platform.is_some_and(|platform| !can_tell(check, platform)) {
                self.never_seen(word, place);
                continue;
            }
            if let Some(value) = scalar.and_then(|scalar| self.value_of(check, &scalar)) {
                found.insert(check, value);
            }
        }
        found
    }

    /// Whether a check is a property of the phone; noted when it is not.
    fn is_property(&mut self, check: Check, place: Place) -> bool {
        let is = describe_check(check).value != CheckValue::None;
        if !is {
            let note = Diagnostic::new(Code::CheckNotForDevice, place).with("check", check.word());
            self.note(note.hint(Message::new("profile-hint-under-apps")));
        }
        is
    }

    fn value_of(&mut self, check: Check, scalar: &Scalar) -> Option<Value> {
        let kind = &describe_check(check).value;
        let shown = match scalar {
            Scalar::Text(written) => written.text.clone(),
            Scalar::Number(number, _) => number.to_string(),
            Scalar::Flag(flag, _) => flag.to_string(),
        };
        match (kind, scalar) {
            (CheckValue::YesNo, Scalar::Flag(flag, _)) => return Some(Value::Bool(*flag)),
            (CheckValue::Days | CheckValue::Seconds, Scalar::Number(number, _)) if *number >= 0 => {
                return Some(Value::Int(*number));
            }
            (CheckValue::Words(words), Scalar::Text(written)) if words.contains(&written.text) => {
                return Some(Value::Text(written.text.clone()));
            }
            (CheckValue::Id, Scalar::Text(written)) if is_app_id(&written.text) => {
                return Some(Value::Text(written.text.clone()));
            }
            _ => {}
        }
        let note = Diagnostic::new(Code::ExampleValue, scalar.place()).with("check", check.word()).with("value", shown);
        self.note(note.hint(match kind {
            CheckValue::Days => Message::new("profile-hint-write-days"),
            CheckValue::Seconds => Message::new("profile-hint-write-seconds"),
            CheckValue::Words(words) => Message::new("profile-hint-one-of").with("words", words.join("`, `")),
            CheckValue::Id => Message::new("profile-hint-app-id"),
            CheckValue::YesNo | CheckValue::None => Message::new("profile-hint-one-of").with("words", "true`, `false"),
        }));
        None
    }

    fn unread(
        &mut self,
        value: &Item<'_>,
        apps: &BTreeMap<String, Option<ExampleApp>>,
        settings: &BTreeMap<Check, Value>,
    ) -> BTreeSet<Unread> {
        let mut found = BTreeSet::new();
        for written in self.reader.texts("unread", value) {
            let one = match written.text.split_once('/') {
                Some((app, permission)) => self.unread_of_app(&written, app, permission, apps),
                None => self.unread_area(&written, settings),
            };
            found.extend(one);
        }
        found
    }

    fn unread_area(&mut self, written: &Written, settings: &BTreeMap<Check, Value>) -> Option<Unread> {
        let word = written.text.as_str();
        let (place, platform) = (written.place, self.platform?);
        if let Some(permission) = Permission::from_word(word) {
            if !can_show(permission, platform) {
                self.never_seen(word, place);
                return None;
            }
        } else if let Some(check) = Check::from_word(word) {
            if !self.is_property(check, place) {
                return None;
            }
            if !can_tell(check, platform) {
                self.never_seen(word, place);
                return None;
            }
            if settings.contains_key(&check) {
                self.no_effect(word, place, "profile-hint-read-after-all");
                return None;
            }
        } else if word != APP_LIST {
            let note = Diagnostic::new(Code::UnknownWord, place).with("word", word).with("key", "unread");
            let words = Check::ALL.iter().map(|check| check.word());
            let words = words.chain(Permission::ALL.iter().map(|permission| permission.word())).chain([APP_LIST]);
            self.note(note.suggest(word, words));
            return None;
        }
        Some(Unread { area: word.to_string(), app: None })
    }

    /// `tiktok/contacts`: one permission of one app of the example.
    fn unread_of_app(
        &mut self,
        written: &Written,
        app: &str,
        permission: &str,
        apps: &BTreeMap<String, Option<ExampleApp>>,
    ) -> Option<Unread> {
        let app_place = written.part(&(0..app.len()));
        let id = self.app_id(app, app_place)?;
        let place = written.part(&(app.len() + 1..written.text.len()));
        let Some(known) = Permission::from_word(permission) else {
            let note = Diagnostic::new(Code::UnknownPermission, place).with("word", permission);
            self.note(note.suggest(permission, Permission::ALL.iter().map(|permission| permission.word())));
            return None;
        };
        if !can_show(known, self.platform?) {
            self.never_seen(permission, place);
            return None;
        }
        match apps.get(&id) {
            None => {
                let note = Diagnostic::new(Code::ExampleAppMissing, app_place).with("word", app);
                self.note(note.hint(Message::new("profile-hint-add-app").with("word", app)));
                return None;
            }
            Some(Some(one)) if one.grants.contains_key(&known) => {
                self.no_effect(&written.text, written.place, "profile-hint-read-after-all");
                return None;
            }
            Some(_) => {}
        }
        Some(Unread { area: known.word().to_string(), app: Some(id) })
    }

    fn expect(&mut self, start: usize, value: &Item<'_>) -> BTreeMap<String, Verdict> {
        let mut found: BTreeMap<String, (Verdict, Place)> = BTreeMap::new();
        let Some(table) = self.reader.table("expect", value) else { return BTreeMap::new() };
        let place = Place { file: self.reader.file, start, end: value.span().end };
        let mut fields = self.reader.fields(table, place);
        let before = self.reader.notes.list.len();
        for (key, verdict) in VERDICTS {
            let Some((_, value)) = fields.take(key) else { continue };
            for written in self.reader.texts(key, value) {
                self.expected(&written, verdict, &mut found);
            }
        }
        self.reader.finish(fields);
        if found.is_empty() && self.reader.notes.list.len() == before {
            let place = self.reader.at(value.span());
            let words: Vec<&str> = VERDICTS.iter().map(|(word, _)| *word).collect();
            let hint = Message::new("profile-hint-expect").with("words", words.join("`, `"));
            self.note(Diagnostic::new(Code::ExampleEmpty, place).hint(hint));
        }
        found.into_iter().map(|(rule, (verdict, _))| (rule, verdict)).collect()
    }

    fn expected(&mut self, written: &Written, verdict: Verdict, found: &mut BTreeMap<String, (Verdict, Place)>) {
        let rule = written.text.as_str();
        if !self.known.rules.contains(rule) {
            let note = Diagnostic::new(Code::ExampleUnknownRule, written.place).with("rule", rule);
            let busy = self.reader.notes.is_busy();
            let rules = self.known.rules.iter().copied().filter(|_| !busy);
            self.note(note.suggest(rule, rules));
        } else if self.known.off.contains(rule) {
            let note = Diagnostic::new(Code::ExampleUnknownRule, written.place).with("rule", rule);
            self.note(note.hint(Message::new("profile-hint-rule-off")));
        } else if let Some((_, first)) = found.get(rule) {
            let note = Diagnostic::new(Code::ExampleRuleTwice, written.place).with("rule", rule);
            self.note(note.also(*first, "profile-label-first"));
        } else {
            found.insert(rule.to_string(), (verdict, written.place));
        }
    }
}

/// The verdicts that an example may expect; nobody signs a waiver for an example.
const VERDICTS: [(&str, Verdict); 6] = [
    ("pass", Verdict::Pass),
    ("fail", Verdict::Fail),
    ("noted", Verdict::Noted),
    ("not-assessed", Verdict::NotAssessed),
    ("manual", Verdict::Manual),
    ("not-applicable", Verdict::NotApplicable),
];
