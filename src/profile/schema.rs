//! JSON Schemas (draft 2020-12) of the files that people write, for the completion and the checks of their editors.
//!
//! The shape stands in `schema.json` beside this file; the words come from the vocabulary, so that a new permission or check is in the
//! schema by itself. The linter stays the judge: a schema knows nothing of the catalogue, of inheritance and of selectors.

pub(crate) mod parts;

use serde_json::{Map, Value, json};

use self::parts::{described, device_checks, level_words, levels, or_placeholder, value_of, words};
use super::kind::KINDS;
use super::kind::statement::Apps;
use super::{load, references};
use crate::snapshot::APP_LIST;
use crate::vocabulary::guidance::Vendor;
use crate::vocabulary::permissions::{CheckValue, describe_check};
use crate::vocabulary::{AppSource, Check, Inert, Level, Permission, Platform, Presence, Severity, Verdict};

/// What the words of the vocabulary are filled into.
const PROFILE: &str = include_str!("schema.json");
/// The same for waivers.
const WAIVERS: &str = include_str!("schema-waivers.json");

/// The schema of a profile file, as the JSON that its TOML stands for.
pub fn profile() -> Value {
    let mut schema: Value = serde_json::from_str(PROFILE).unwrap_or_default();
    let mut set = |pointer: &str, value: Value| {
        if let Some(place) = schema.pointer_mut(pointer) {
            *place = value;
        }
    };
    let shipped: Vec<&str> = load::shipped().iter().map(|shipped| shipped.id).collect();
    set("/properties/extends/items/anyOf/0", json!({ "enum": shipped }));
    set("/$defs/platform", words(Platform::ALL.iter().map(|platform| platform.word())));
    set("/$defs/source", words(AppSource::ALL.iter().map(|source| source.word())));
    // These two may be a parameter.
    set("/$defs/severity", or_placeholder(words(Severity::ALL.iter().map(|severity| severity.word()))));
    set("/$defs/presence", or_placeholder(words(Presence::ALL.iter().map(|presence| presence.word()))));
    set("/$defs/levels/properties", levels(true));
    set("/$defs/steps-by-platform/properties", steps());
    set("/$defs/rule/properties/refs/items/anyOf/0", words(references::ids()));
    set("/$defs/override/properties/level", or_placeholder(words(level_words(Level::ALL))));
    set("/$defs/example/properties/settings/properties", settings());
    set("/$defs/example/properties/unread/items", unread());
    set("/$defs/example/properties/expect/properties", verdicts());
    if let Some(Value::Object(app)) = schema.pointer_mut("/$defs/example-app/properties") {
        app.insert("presence".to_owned(), words(Presence::ALL.iter().map(|presence| presence.word())));
        app.insert("inert".to_owned(), words(Inert::ALL.iter().map(|inert| inert.word())));
        if let Value::Object(permissions) = levels(false) {
            app.extend(permissions);
        }
    }
    if let Some(Value::Object(rule)) = schema.pointer_mut("/$defs/rule") {
        kinds(rule);
    }
    schema
}

/// Writes into the schema of a rule what the kinds say of their keys, and which keys go together.
fn kinds(rule: &mut Map<String, Value>) {
    let stated: Vec<Value> = KINDS.iter().map(|kind| json!({ "required": [kind.key] })).collect();
    rule.insert("oneOf".to_owned(), stated.into());
    for kind in KINDS {
        let mut with = Map::new();
        if kind.apps == Apps::Needed {
            with.insert(kind.key.to_owned(), json!(["apps"]));
        }
        with.extend(kind.companions.iter().map(|key| ((*key).to_owned(), json!([kind.key]))));
        for said in [(kind.schema)(), json!({ "dependentRequired": with })] {
            let Value::Object(said) = said else { continue };
            for (key, value) in said {
                match (rule.entry(key).or_insert_with(|| json!({})), value) {
                    (Value::Object(known), Value::Object(more)) => known.extend(more),
                    (Value::Array(known), Value::Array(more)) => known.extend(more),
                    (known, more) => *known = more,
                }
            }
        }
    }
}

/// The schema of a waivers file, as the JSON that its TOML stands for; dates are texts there.
pub fn waivers() -> Value {
    let mut schema: Value = serde_json::from_str(WAIVERS).unwrap_or_default();
    if let Some(place) = schema.pointer_mut("/properties/waiver/items/properties/permissions/items") {
        *place = words(Permission::ALL.iter().map(|permission| permission.word()));
    }
    schema
}

/// The platforms, and the makers whose menus differ.
fn steps() -> Value {
    let platforms = Platform::ALL.iter().map(|platform| platform.word());
    let vendors = Vendor::ALL.iter().map(|vendor| vendor.word());
    let text = || json!({ "$ref": "#/$defs/text" });
    platforms.chain(vendors).map(|word| (word.to_owned(), text())).collect::<Map<_, _>>().into()
}

fn settings() -> Value {
    let one = |check: Check, kind: &CheckValue| described(value_of(kind), &describe_check(check).name.en);
    device_checks().map(|(check, kind)| (check.word().to_owned(), one(check, kind))).collect::<Map<_, _>>().into()
}

/// Words of what could not be read: for all apps, the list of apps itself, or one permission of one app as `app/permission`.
fn unread() -> Value {
    let permissions = Permission::ALL.iter().map(|permission| permission.word());
    let checks = Check::ALL.iter().map(|check| check.word());
    let areas = permissions.chain(checks).chain([APP_LIST]);
    json!({ "anyOf": [words(areas), { "type": "string", "pattern": "^[^/]+/[^/]+$" }] })
}

fn verdicts() -> Value {
    let rules = || json!({ "type": "array", "items": { "$ref": "#/$defs/id" } });
    Verdict::ALL.iter().map(|verdict| (verdict.word().to_owned(), rules())).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_that_the_words_go_to_exists() {
        let schema = profile();
        // A pointer that leads nowhere would leave an empty list behind.
        let text = schema.to_string();
        assert!(!text.contains("\"enum\":[]") && !text.contains("\"allOf\":[]"), "{text}");
        for pointer in ["platform", "severity", "presence", "source"] {
            assert!(schema.pointer(&format!("/$defs/{pointer}")).is_some_and(|found| *found != json!({})), "{pointer}");
        }
        for (pointer, word) in [
            ("/$defs/levels/properties", "camera"),
            ("/$defs/steps-by-platform/properties", "samsung"),
            ("/$defs/example/properties/settings/properties", "screen-lock"),
            ("/$defs/example/properties/expect/properties", "not-assessed"),
            ("/$defs/example-app/properties", "camera"),
            ("/$defs/example-app/properties", "last_used_days"),
        ] {
            assert!(schema.pointer(pointer).and_then(|found| found.get(word)).is_some(), "{pointer} {word}");
        }
        assert!(waivers().pointer("/properties/waiver/items").is_some());
    }

    /// What a TOML text stands for in JSON.
    fn json_of(text: &str) -> Option<Value> {
        fn convert(value: toml::Value) -> Value {
            match value {
                toml::Value::Datetime(date) => date.to_string().into(),
                toml::Value::Array(list) => list.into_iter().map(convert).collect(),
                toml::Value::Table(table) => {
                    table.into_iter().map(|(key, value)| (key, convert(value))).collect::<Map<_, _>>().into()
                }
                other => serde_json::to_value(other).unwrap(),
            }
        }
        toml::from_str(text).ok().map(convert)
    }

    fn faults(schema: &Value, text: &str) -> Vec<String> {
        let validator = jsonschema::validator_for(schema).unwrap();
        let value = json_of(text).unwrap();
        validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect()
    }

    #[test]
    fn the_schema_knows_what_the_linter_knows_of_one_file() {
        use crate::profile::Code;
        let validator = jsonschema::validator_for(&profile()).unwrap();
        // What can be seen in one file, with the vocabulary alone.
        let seen = [
            Code::UnknownFormat,
            Code::MissingKey,
            Code::UnknownKey,
            Code::MisplacedKey,
            Code::WrongType,
            Code::BadId,
            Code::UnknownWord,
            Code::UnknownPermission,
            Code::UnknownLevel,
            Code::LevelNotPossible,
            Code::UnknownCheck,
            Code::CheckNotForDevice,
            Code::ValueNotPossible,
            Code::NumberOutOfRange,
            Code::MissingLanguage,
            Code::EmptyText,
            Code::AssertionCount,
            Code::ComparisonCount,
            Code::ExtendsOutside,
        ];
        // What needs the catalogue, the other files, or the language of selectors: no reason to underline it in an editor.
        let unseen = [
            Code::UnknownProfile,
            Code::SelectorCharacter,
            Code::SelectorParenthesis,
            Code::SelectorMatchesNothing,
            Code::EmptySelection,
            Code::UnknownGroup,
            Code::GroupCycle,
            Code::Redefinition,
            Code::UnknownParameter,
            Code::ParameterRedefined,
            Code::UnknownRule,
            Code::ExtendsCycle,
        ];
        let cases = crate::profile::tests::cases();
        for (codes, fits) in [(&seen[..], false), (&unseen[..], true)] {
            for code in codes {
                let texts: Vec<&str> = cases
                    .iter()
                    .filter(|(of, _)| of == code)
                    .flat_map(|(_, files)| files.iter().filter(|(name, _)| *name == "mine.toml"))
                    .map(|(_, text)| text.as_str())
                    .collect();
                assert!(!texts.is_empty(), "{code} has no example");
                for text in texts {
                    let value = json_of(text).unwrap();
                    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
                    assert_eq!(validator.is_valid(&value), fits, "{code}: {errors:?}\n{text}");
                }
            }
        }
    }

    #[test]
    fn everything_that_a_profile_may_hold_fits() {
        let head = "format = 1\nid = \"mine\"\ntitle = { en = \"Mine\", fr = \"Le mien\" }\n";
        let text = format!(
            r#"{head}
note = {{ en = "No more than that.", fr = "Pas plus que cela." }}
strict = true
extends = ["base", "ours"]
[params.limit]
title = {{ en = "Limit", fr = "Limite" }}
default = "none"
type = "level"
[params.days]
default = 30
[override.screen-lock]
off = true
because = {{ en = "So.", fr = "Donc." }}
[references]
"our-policy:4.2" = {{ title = "Our policy", publisher = "Us", edition = "3", date = 2026-01-10 }}
[rule.one]
title = {{ en = "One", fr = "Un" }}
why = {{ en = "So", fr = "Donc" }}
severity = "{{how}}"
apps = "any"
max = {{ camera = "{{limit}}", overlay = "allowed" }}
look = {{ en = "There.", fr = "Là." }}
fix.android = {{ en = "Press.", fr = "Appuyer." }}
fix.samsung = {{ en = "Press.", fr = "Appuyer." }}
refs = ["our-policy:4.2", "cisa-mcbp", "stig:GOOG-{{os}}-006500"]
[rule.two]
title = {{ en = "Two", fr = "Deux" }}
why = {{ en = "So", fr = "Donc" }}
severity = "low"
device = "os-updates"
at_most = "{{days}}"
[[example]]
name = "a-phone"
platform = "android"
ownership = "institution"
live = true
apps.tiktok = {{ camera = "always", presence = "installed", source = "play-store", system = false, inert = "app-disabled", last_used_days = 3 }}
settings = {{ screen-lock = true, os-updates = 12, lock-notifications = "hidden" }}
unread = ["camera", "private-dns", "tiktok/contacts"]
expect = {{ fail = ["one"], pass = ["two"] }}
"#
        );
        assert_eq!(faults(&profile(), &text), Vec::<String>::new());
        // `off` needs a reason, which is what keeps the report honest.
        let silent = text.replace("because = { en = \"So.\", fr = \"Donc.\" }\n", "");
        assert_ne!(faults(&profile(), &silent), Vec::<String>::new());
        for (right, wrong) in [
            ("screen-lock = true, os", "screen-lock = \"yes\", os"),
            ("camera = \"always\"", "camera = \"sometimes\""),
            ("fix.samsung", "fix.nokia"),
            ("fail = [", "fails = ["),
            ("private-dns", "public-dns"),
        ] {
            assert!(text.contains(right), "{right}");
            assert_ne!(faults(&profile(), &text.replace(right, wrong)), Vec::<String>::new(), "{wrong}");
        }
    }

    #[test]
    fn waivers_need_their_end() {
        let text = r#"format = 1
[[waiver]]
rule = "government-of-canada/tiktok"
device = ["0123456789abcdef", "serial:R58"]
permissions = ["camera"]
reason = { en = "Election monitoring.", fr = "Veille électorale." }
approver = "CISO office"
granted = 2026-01-10
expires = 2026-06-30
mitigations = ["communications-team/no-location"]
"#;
        assert_eq!(faults(&waivers(), text), Vec::<String>::new());
        for (right, wrong) in [
            ("expires = 2026-06-30\n", ""),
            ("\"camera\"", "\"kamera\""),
            ("government-of-canada/tiktok", "tiktok"),
            ("\"0123456789abcdef\"", "\"My phone\""),
            ("approver = \"CISO office\"", "approver = \" \""),
        ] {
            assert!(text.contains(right), "{right}");
            assert_ne!(faults(&waivers(), &text.replace(right, wrong)), Vec::<String>::new(), "{wrong}");
        }
    }
}
