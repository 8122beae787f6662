//! Pieces of which the schemas are made.

use serde_json::{Map, Value, json};

use crate::vocabulary::permissions::{CheckValue, describe, describe_check};
use crate::vocabulary::{Check, Level, Permission};

/// One of some words.
pub(crate) fn words<W: Into<Value>>(words: impl IntoIterator<Item = W>) -> Value {
    json!({ "enum": words.into_iter().map(Into::into).collect::<Vec<Value>>() })
}

/// Something, or a parameter that stands for it.
pub(crate) fn or_placeholder(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "$ref": "#/$defs/placeholder" }] })
}

/// The words of levels, with the other word for the highest one.
pub(crate) fn level_words(levels: &[Level]) -> Vec<&'static str> {
    let allowed = levels.contains(&Level::Always).then_some("allowed");
    levels.iter().map(|level| level.word()).chain(allowed).collect()
}

/// The permissions with the levels that each can have.
pub(crate) fn levels(with_parameters: bool) -> Value {
    let one = |permission: &Permission| {
        let description = describe(*permission);
        let mut schema = words(level_words(&description.levels));
        if with_parameters {
            schema = or_placeholder(schema);
        }
        described(schema, &description.name.en)
    };
    Permission::ALL
        .iter()
        .map(|permission| (permission.word().to_owned(), one(permission)))
        .collect::<Map<_, _>>()
        .into()
}

/// A schema with a sentence for the editor.
pub(crate) fn described(mut schema: Value, description: &str) -> Value {
    if let Value::Object(keys) = &mut schema {
        keys.insert("description".to_owned(), format!("{description}.").into());
    }
    schema
}

/// The checks that are properties of the phone.
pub(crate) fn device_checks() -> impl Iterator<Item = (Check, &'static CheckValue)> {
    let checks = Check::ALL.iter().map(|check| (*check, &describe_check(*check).value));
    checks.filter(|(_, value)| **value != CheckValue::None)
}

/// The values that a check can have.
pub(crate) fn value_of(kind: &CheckValue) -> Value {
    match kind {
        CheckValue::YesNo => json!({ "type": "boolean" }),
        CheckValue::Days | CheckValue::Seconds => json!({ "type": "integer", "minimum": 0 }),
        CheckValue::Words(words_) => words(words_.iter().map(String::as_str)),
        // A package name or a bundle id.
        CheckValue::Id => json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]+$" }),
        CheckValue::None => json!(false),
    }
}
