//! Archives of `NSKeyedArchiver`: a property list whose objects refer to one another by number.
//!
//! `$top` names the roots, `$objects` holds every object once, and a reference is a UID. References may be out of range or
//! go in circles; a reader that follows one at a time, on demand, cannot be caught by either.

use super::plist::{self, PlistError, Value};

/// An archive.
#[derive(Clone, Debug)]
pub struct Archive {
    plist: Value,
}

impl Archive {
    /// Reads an archive.
    ///
    /// # Errors
    /// When it is no property list, or has no `$objects`.
    pub fn read(bytes: &[u8]) -> Result<Archive, PlistError> {
        let plist = plist::read(bytes)?;
        if plist.get("$objects").is_some_and(|objects| matches!(objects, Value::List(_))) {
            Ok(Archive { plist })
        } else {
            Err(PlistError::Damaged("no $objects".to_owned()))
        }
    }

    /// The members of `$top`, unfollowed.
    pub fn top(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.plist.get("$top").and_then(Value::dict).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
    }

    /// The object that most archives have as their root: `$top.root`.
    pub fn root(&self) -> Option<&Value> {
        self.follow(self.plist.at(&["$top", "root"])?)
    }

    /// The objects, in the order of the file.
    pub fn objects(&self) -> &[Value] {
        self.plist.get("$objects").map_or(&[], Value::list)
    }

    /// What a reference stands for; a value that is none stands for itself. `$null` and numbers out of range are none.
    pub fn follow<'a>(&'a self, value: &'a Value) -> Option<&'a Value> {
        let found = match value {
            Value::Uid(number) => self.objects().get(usize::try_from(*number).ok()?)?,
            other => other,
        };
        (found.text() != Some("$null")).then_some(found)
    }

    /// A member of an object, followed.
    pub fn member<'a>(&'a self, object: &'a Value, key: &str) -> Option<&'a Value> {
        self.follow(object.get(key)?)
    }

    /// The name of an object's class.
    pub fn class<'a>(&'a self, object: &'a Value) -> Option<&'a str> {
        self.member(object, "$class")?.get("$classname")?.text()
    }

    /// The text of an `NSString`, `NSMutableString` or plain string.
    pub fn text<'a>(&'a self, value: &'a Value) -> Option<&'a str> {
        let value = self.follow(value)?;
        value.text().or_else(|| self.member(value, "NS.string")?.text())
    }

    /// The bytes of an `NSData`, `NSMutableData` or plain data.
    pub fn data<'a>(&'a self, value: &'a Value) -> Option<&'a [u8]> {
        let value = self.follow(value)?;
        value.data().or_else(|| self.member(value, "NS.data")?.data())
    }

    /// The elements of an `NSArray` or `NSSet`, each followed; references that lead nowhere are left out.
    pub fn elements<'a>(&'a self, value: &'a Value) -> Vec<&'a Value> {
        let Some(value) = self.follow(value) else { return Vec::new() };
        let list = value.get("NS.objects").map_or_else(|| value.list(), Value::list);
        list.iter().filter_map(|element| self.follow(element)).collect()
    }

    /// The members of an `NSDictionary`: key and value, each followed; keys that are no text are left out.
    pub fn members<'a>(&'a self, value: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let Some(value) = self.follow(value) else { return Vec::new() };
        let keys = value.get("NS.keys").map_or(&[][..], Value::list);
        let values = value.get("NS.objects").map_or(&[][..], Value::list);
        keys.iter().zip(values).filter_map(|(key, value)| Some((self.text(key)?, self.follow(value)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &[u8] = br#"<plist version="1.0"><dict><key>$top</key><dict><key>root</key><dict><key>CF$UID</key><integer>1</integer></dict></dict>
<key>$objects</key><array><string>$null</string><dict><key>name</key><string>x</string></dict></array></dict></plist>"#;

    #[test]
    fn an_archive_without_objects_is_none() {
        assert!(Archive::read(br#"<plist version="1.0"><dict><key>$top</key><dict/></dict></plist>"#).is_err());
        assert!(Archive::read(XML).is_ok());
    }

    #[test]
    fn references_that_lead_nowhere_or_in_circles_end() {
        let circle = Value::Dict([("next".to_owned(), Value::Uid(1))].into());
        let objects = Value::List(vec![Value::Text("$null".into()), circle]);
        let archive = Archive { plist: Value::Dict([("$objects".to_owned(), objects)].into()) };
        assert_eq!(archive.follow(&Value::Uid(99)), None);
        assert_eq!(archive.follow(&Value::Uid(u64::MAX)), None);
        assert_eq!(archive.follow(&Value::Uid(0)), None);
        let object = archive.follow(&Value::Uid(1)).unwrap();
        assert_eq!(archive.member(object, "next"), Some(object));
        assert_eq!(archive.root(), None);
    }
}
