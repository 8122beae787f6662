//! The record of one file in the index of a backup: an archive (`NSKeyedArchiver`) of the class `MBFile`.
//!
//! Numbers stand in the object itself; everything else is a reference into the archive's objects. Only what it takes to read
//! the file is kept. A member that is missing or of another kind is none; it never costs the others.

use super::archive::Archive;
use super::plist::{self, PlistError, Value};

/// The members that are read.
const KEYS: [&str; 4] = ["Size", "Mode", "ProtectionClass", "EncryptionKey"];

/// What the index says of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRecord {
    /// How many bytes the file had when the phone looked; it may have changed while the backup ran.
    pub size: Option<u64>,
    /// Kind and permissions, as in `st_mode`: `0o100644` is a regular file.
    pub mode: Option<u32>,
    /// The class whose key wraps the file's own; 0 where there is none.
    pub protection_class: Option<i64>,
    /// The wrapped key: the class in 4 bytes, little-endian, and 40 bytes of key. In encrypted backups only.
    pub encryption_key: Option<Vec<u8>>,
}

/// Reads a record. Some tools write the members by themselves, without an archive around them; that is understood as well.
///
/// # Errors
/// When it is no property list, or has no object that could be the file.
pub fn parse(blob: &[u8]) -> Result<FileRecord, PlistError> {
    let is_file = |object: &&Value| KEYS.iter().any(|key| object.get(key).is_some());
    let nothing = || PlistError::Damaged("no file in the record".to_owned());
    let archive = match Archive::read(blob) {
        Ok(archive) => archive,
        Err(error) => {
            let alone = plist::read(blob).map_err(|_| error)?;
            let file = Some(&alone).filter(is_file).ok_or_else(nothing)?;
            let key = file.get("EncryptionKey").and_then(|key| key.data().or_else(|| key.get("NS.data")?.data()));
            return Ok(record(|name| file.get(name).and_then(Value::int), key));
        }
    };
    // A root that leads nowhere is survived: the file is the object that has what only files have.
    let file = archive.root().filter(is_file).or_else(|| archive.objects().iter().find(is_file)).ok_or_else(nothing)?;
    let key = file.get("EncryptionKey").and_then(|key| archive.data(key));
    Ok(record(|name| archive.member(file, name).and_then(Value::int), key))
}

fn record(number: impl Fn(&str) -> Option<i64>, key: Option<&[u8]>) -> FileRecord {
    FileRecord {
        size: number("Size").and_then(|size| u64::try_from(size).ok()),
        mode: number("Mode").and_then(|mode| u32::try_from(mode).ok()),
        protection_class: number("ProtectionClass"),
        encryption_key: key.map(<[u8]>::to_vec),
    }
}

#[cfg(test)]
mod tests {
    use super::{FileRecord, parse};
    use proptest::prelude::*;

    /// An archive in XML with these objects after `$null`; the first of them is the root.
    fn archive(objects: &str) -> Vec<u8> {
        format!(
            r#"<plist version="1.0"><dict><key>$archiver</key><string>NSKeyedArchiver</string>
<key>$top</key><dict><key>root</key><dict><key>CF$UID</key><integer>1</integer></dict></dict>
<key>$objects</key><array><string>$null</string>{objects}</array></dict></plist>"#
        )
        .into_bytes()
    }

    const KEY: &str = "BAAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJyg=";

    /// As binary archives are, where a reference is a value of its own.
    fn with_reference(key_object: plist::Value) -> Vec<u8> {
        let text = |text: &str| plist::Value::String(text.to_owned());
        let mut file = plist::Dictionary::new();
        file.insert("Size".into(), plist::Value::Integer(57_344.into()));
        file.insert("Mode".into(), plist::Value::Integer(0o100_644.into()));
        file.insert("ProtectionClass".into(), plist::Value::Integer(4.into()));
        file.insert("RelativePath".into(), plist::Value::Uid(plist::Uid::new(2)));
        file.insert("EncryptionKey".into(), plist::Value::Uid(plist::Uid::new(3)));
        let mut top = plist::Dictionary::new();
        top.insert("root".into(), plist::Value::Uid(plist::Uid::new(1)));
        let mut root = plist::Dictionary::new();
        root.insert("$top".into(), plist::Value::Dictionary(top));
        let objects = vec![text("$null"), plist::Value::Dictionary(file), text("Library/x"), key_object];
        root.insert("$objects".into(), plist::Value::Array(objects));
        let mut bytes = Vec::new();
        plist::Value::Dictionary(root).to_writer_binary(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_key_is_found_in_an_object_and_as_plain_data() {
        let key: Vec<u8> = (0..44).collect();
        let mut wrapped = plist::Dictionary::new();
        wrapped.insert("NS.data".into(), plist::Value::Data(key.clone()));
        for object in [plist::Value::Dictionary(wrapped), plist::Value::Data(key.clone())] {
            let record = parse(&with_reference(object)).unwrap();
            let expected = FileRecord {
                size: Some(57_344),
                mode: Some(0o100_644),
                protection_class: Some(4),
                encryption_key: Some(key.clone()),
            };
            assert_eq!(record, expected);
        }
    }

    #[test]
    fn a_key_that_stands_in_the_object_itself_is_found() {
        let objects =
            format!("<dict><key>Size</key><integer>3</integer><key>EncryptionKey</key><data>{KEY}</data></dict>");
        let record = parse(&archive(&objects)).unwrap();
        assert_eq!((record.size, record.encryption_key.map(|key| key.len())), (Some(3), Some(44)));
    }

    #[test]
    fn members_without_an_archive_around_them_are_read() {
        let key: Vec<u8> = (0..44).collect();
        let mut wrapped = plist::Dictionary::new();
        wrapped.insert("NS.data".into(), plist::Value::Data(key.clone()));
        for object in [plist::Value::Dictionary(wrapped), plist::Value::Data(key.clone())] {
            let mut file = plist::Dictionary::new();
            file.insert("Size".into(), plist::Value::Integer(8192.into()));
            file.insert("EncryptionKey".into(), object);
            let mut bytes = Vec::new();
            plist::Value::Dictionary(file).to_writer_binary(&mut bytes).unwrap();
            let record = parse(&bytes).unwrap();
            assert_eq!((record.size, record.encryption_key), (Some(8192), Some(key.clone())));
        }
        assert!(parse(b"<plist version=\"1.0\"><dict><key>x</key><true/></dict></plist>").is_err());
    }

    #[test]
    fn members_of_another_kind_are_none_and_cost_nothing() {
        let odd = "<dict><key>Size</key><integer>-1</integer><key>Mode</key><string>x</string>\
                   <key>ProtectionClass</key><integer>3</integer><key>EncryptionKey</key><string>x</string></dict>";
        let record = parse(&archive(odd)).unwrap();
        assert_eq!(record, FileRecord { protection_class: Some(3), ..FileRecord::default() });
        let huge = "<dict><key>Size</key><integer>4611686018427387904</integer></dict>";
        assert_eq!(parse(&archive(huge)).unwrap().size, Some(1 << 62));
        assert!(parse(&archive("")).is_err());
        assert!(parse(b"not a plist").is_err());
    }

    #[test]
    fn references_in_circles_end() {
        let mut file = plist::Dictionary::new();
        for name in ["Size", "EncryptionKey", "$class"] {
            file.insert(name.into(), plist::Value::Uid(plist::Uid::new(1)));
        }
        let bytes = with_reference(plist::Value::Dictionary(file.clone()));
        assert_eq!(parse(&bytes).unwrap().encryption_key, None);
    }

    proptest! {
        #[test]
        fn never_panics(at in 0_usize..400, byte: u8, cut in 0_usize..400) {
            let mut bytes = with_reference(plist::Value::Data(vec![7; 44]));
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            bytes.truncate(bytes.len().saturating_sub(cut / 4));
            let _ = parse(&bytes);
        }
    }
}
