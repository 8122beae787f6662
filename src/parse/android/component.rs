//! Android component names (`package/class`) and the colon lists of them that settings hold.

use std::fmt;

/// The name of an app component: a service, a receiver, an activity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Component {
    /// The package that declares it.
    pub package: String,
    /// Its full class name.
    pub class: String,
}

impl Component {
    /// Reads `package/class` or `package/.Short`, where a class that begins with a dot continues the package name
    /// (`ComponentName.unflattenFromString`). Also reads it in the wrappings of dumps: `ComponentInfo{package/class}`
    /// (`ComponentName.toString`) and `{package/class}` (`toShortString`). `None` when it is no such name.
    pub fn parse(text: &str) -> Option<Component> {
        let text = text.trim();
        let bare = text.strip_prefix("ComponentInfo").unwrap_or(text);
        let bare = bare.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(bare);
        let (package, class) = bare.split_once('/')?;
        let strange = |part: &str| {
            part.is_empty()
                || part.chars().any(|character| {
                    character.is_whitespace() || character.is_control() || "/{}[]=,\"".contains(character)
                })
        };
        if strange(package) || strange(class) {
            return None;
        }
        let class = if class.starts_with('.') { format!("{package}{class}") } else { class.to_owned() };
        Some(Component { package: package.to_owned(), class })
    }
}

impl fmt::Display for Component {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.package, self.class)
    }
}

/// The parts of a colon list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComponentList {
    /// The components, in the order of the list.
    pub components: Vec<Component>,
    /// How many parts are no component name.
    pub malformed: u64,
}

/// Reads a list as `enabled_accessibility_services`, `enabled_notification_listeners` and `enabled_input_methods` hold
/// it: components with `:` between them. Empty parts are no parts. An input method may carry its chosen subtypes behind
/// `;` (`package/class;1234;5678`); they are not read.
pub fn parse_component_list(text: &str) -> ComponentList {
    let mut list = ComponentList::default();
    for part in text.split(':').map(str::trim).filter(|part| !part.is_empty() && *part != "null") {
        let name = part.split(';').next().unwrap_or(part);
        match Component::parse(name) {
            Some(component) => list.components.push(component),
            None => list.malformed += 1,
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::corpus;

    fn component(package: &str, class: &str) -> Component {
        Component { package: package.to_owned(), class: class.to_owned() }
    }

    #[test]
    fn expands_the_short_class() {
        assert_eq!(Component::parse("com.a.b/.C"), Some(component("com.a.b", "com.a.b.C")));
        assert_eq!(Component::parse("com.a.b/com.x.C"), Some(component("com.a.b", "com.x.C")));
        assert_eq!(Component::parse("ComponentInfo{com.a/com.a.R}"), Some(component("com.a", "com.a.R")));
        assert_eq!(Component::parse("{com.a/.R$Inner}"), Some(component("com.a", "com.a.R$Inner")));
        for text in ["", "/", "com.a/", "/.C", "com.a", "com.a/.C trusted=1", "a/b/c"] {
            assert_eq!(Component::parse(text), None, "{text}");
        }
    }

    #[test]
    fn reads_colon_lists() {
        let list = parse_component_list("com.a/.S:com.b/com.b.T::junk");
        assert_eq!(list.components, [component("com.a", "com.a.S"), component("com.b", "com.b.T")]);
        assert_eq!(list.malformed, 1);
        assert_eq!(parse_component_list(""), ComponentList::default());
        assert_eq!(parse_component_list("null"), ComponentList::default());
        assert_eq!(parse_component_list("com.k/.Ime;-921088104;12:com.l/.Ime").components.len(), 2);
    }

    #[test]
    fn reads_the_list_of_a_real_tablet() {
        let Some(text) = corpus("a14-xiaomi-pad6-hyperos2/accesibilidad.txt") else { return };
        let list = parse_component_list(&text);
        assert_eq!((list.components.len(), list.malformed), (9, 0));
        assert_eq!(
            list.components[3].to_string(),
            "us.spotco.malwarescanner/us.spotco.malwarescanner.LinkScannerService"
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(package in "[a-z]{1,8}(\\.[a-z]{1,8}){0,3}", class in "\\.?[A-Za-z$]{1,12}") {
            let component = Component::parse(&format!("{package}/{class}")).unwrap();
            prop_assert_eq!(Component::parse(&component.to_string()), Some(component));
        }

        #[test]
        fn every_part_is_counted(text in "[a-z./:;{ ]{0,60}") {
            let parts = text.split(':').filter(|part| !part.trim().is_empty()).count() as u64;
            let list = parse_component_list(&text);
            prop_assert_eq!(list.components.len() as u64 + list.malformed, parts);
        }
    }
}
