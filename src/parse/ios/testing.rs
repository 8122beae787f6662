//! What the tests of several parsers share: small archives, and the files of the corpus.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::plist::{Value, read};

/// A binary archive from XML: the members of `$top` and the objects. References are written `{ CF$UID: number }`, as `plutil` does.
pub(crate) fn xml_archive(top: &str, objects: &[&str]) -> Vec<u8> {
    let text = format!(
        "<plist><dict><key>$top</key><dict>{top}</dict><key>$objects</key><array>{}</array></dict></plist>",
        objects.concat()
    );
    let mut bytes = Vec::new();
    binary(&read(text.as_bytes()).unwrap()).to_writer_binary(&mut bytes).unwrap();
    bytes
}

fn binary(value: &Value) -> plist::Value {
    if let Some(number) = value.get("CF$UID").and_then(Value::int) {
        return plist::Value::Uid(plist::Uid::new(u64::try_from(number).unwrap()));
    }
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Real(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Data(bytes) => plist::Value::Data(bytes.clone()),
        Value::Date(seconds) => {
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(u64::try_from(*seconds).unwrap());
            plist::Value::Date(time.into())
        }
        Value::Uid(number) => plist::Value::Uid(plist::Uid::new(*number)),
        Value::List(values) => plist::Value::Array(values.iter().map(binary).collect()),
        Value::Dict(members) => {
            plist::Value::Dictionary(members.iter().map(|(key, value)| (key.clone(), binary(value))).collect())
        }
    }
}

/// Bytes as the `data` element of an XML property list.
pub(crate) fn xml_data(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("<data>");
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text.push_str("</data>");
    text
}

/// The corpus of iOS samples, where it is at hand.
pub(crate) fn corpus() -> Option<PathBuf> {
    crate::skip::corpus("ios")
}

/// What each generated backup without encryption holds, by its folder's name: bundle id → facts.
pub(crate) fn truth() -> Vec<(String, BTreeMap<String, serde_json::Value>)> {
    let Some(root) = corpus() else { return Vec::new() };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("generated")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".truth.json").filter(|name| name.starts_with("plain-")) else { continue };
        let text = std::fs::read(root.join(format!("generated/{name}.truth.json"))).unwrap();
        let mut truth: serde_json::Value = serde_json::from_slice(&text).unwrap();
        found.push((name.to_owned(), serde_json::from_value(truth["apps"].take()).unwrap()));
    }
    assert!(found.len() >= 8, "{}", found.len());
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// A file of a generated backup by its name in the backup; none where the backup has no such file.
pub(crate) fn corpus_file(backup: &str, id: &str) -> Option<Vec<u8>> {
    std::fs::read(corpus()?.join("generated").join(backup).join(id.get(..2)?).join(id)).ok()
}
