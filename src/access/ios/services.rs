//! The services of TCC.db: which permission of the vocabulary each stands for.
//!
//! The data stands in `services.toml` beside this file, compiled into the program and parsed once, on first use. A service that is
//! not in it is passed through: counted, never judged.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

use super::facts::Version;
use crate::text::Text;
use crate::vocabulary::Permission;

/// What every service begins with in TCC.db.
pub const PREFIX: &str = "kTCCService";

/// What a service without a permission of ours is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    /// A person is asked, or decides in Settings.
    #[default]
    Permission,
    /// Granted without a question: no answer of a person.
    GrantedSilently,
    /// A protection: a refusal opens something.
    Inverted,
    /// The vocabulary has no word for it.
    NoPermission,
}

/// A service of TCC.db.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Our word for what it opens.
    #[serde(default)]
    pub permission: Option<Permission>,
    /// What it is where there is no such word.
    #[serde(default)]
    pub kind: ServiceKind,
    /// As the phone's Settings call it.
    #[serde(default)]
    pub name: Option<Text>,
    /// The first iOS that has it, as far as is known.
    #[serde(default, deserialize_with = "version")]
    pub since: Option<Version>,
    /// Before this iOS, every app had the thing and no permission was needed.
    #[serde(default, deserialize_with = "version")]
    pub open_before: Option<Version>,
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Version>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Version::read(&text).map(Some).ok_or_else(|| serde::de::Error::custom(format!("{text} is no version")))
}

const TEXT: &str = include_str!("services.toml");

/// The file, read once. A test reads it whole; were it ever damaged, every service would be unknown, which is counted.
fn services() -> &'static BTreeMap<String, Service> {
    static SERVICES: OnceLock<BTreeMap<String, Service>> = OnceLock::new();
    SERVICES.get_or_init(|| toml::from_str(TEXT).unwrap_or_default())
}

/// What is known of a service, by its name in TCC.db (`kTCCServiceCamera`). `None` when it is a new one.
pub fn describe(service: &str) -> Option<&'static Service> {
    let name = service.strip_prefix(PREFIX)?;
    services().get(name).or_else(|| {
        let mut families = services().iter().filter_map(|(known, service)| Some((known.strip_suffix('*')?, service)));
        families.find(|(family, _)| name.starts_with(family)).map(|(_, service)| service)
    })
}

/// The services that stand for a permission, by their names in TCC.db.
pub fn of(permission: Permission) -> impl Iterator<Item = (String, &'static Service)> {
    let wanted = move |service: &&Service| service.permission == Some(permission);
    services()
        .iter()
        .filter(move |(_, service)| wanted(service))
        .map(|(name, service)| (format!("{PREFIX}{name}"), service))
}

/// Every service, by its name in TCC.db; a last `*` stands for a family.
pub fn all() -> impl Iterator<Item = (String, &'static Service)> {
    services().iter().map(|(name, service)| (format!("{PREFIX}{name}"), service))
}

/// The permission that a service stands for.
pub fn permission(service: &str) -> Option<Permission> {
    describe(service)?.permission
}

/// The service that decides a permission, by its name in TCC.db, where there is exactly one.
pub fn main_service(permission: Permission) -> Option<String> {
    let mut named = services().iter().filter(|(_, service)| service.permission == Some(permission));
    match (named.next(), named.next()) {
        (Some((name, _)), None) => Some(format!("{PREFIX}{name}")),
        _ => None,
    }
}

/// Before which iOS a permission was not needed.
pub fn open_before(permission: Permission) -> Option<Version> {
    services().values().filter(|service| service.permission == Some(permission)).find_map(|service| service.open_before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Platform;
    use crate::vocabulary::permissions;

    #[test]
    fn the_file_is_whole() {
        let services: BTreeMap<String, Service> = toml::from_str(TEXT).unwrap();
        assert!(services.len() > 40);
        for (name, service) in &services {
            assert!(!name.starts_with(PREFIX) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '*'), "{name}");
            assert_eq!(service.permission.is_some(), service.kind == ServiceKind::Permission, "{name}");
            if let Some(text) = &service.name {
                assert!(text.is_complete() && !text.fr.contains('\'') && !text.fr.contains(" :"), "{name}: {text:?}");
            }
            if let Some(permission) = service.permission {
                assert!(service.name.is_some() && service.since.is_some(), "{name}");
                assert!(permissions::describe(permission).is_observable_on(Platform::Ios), "{name}");
            }
            assert!(service.open_before >= service.since || service.open_before.is_none(), "{name}");
        }
    }

    #[test]
    fn every_service_that_the_permissions_name_is_there() {
        let mut count = 0;
        for permission in Permission::ALL {
            let place = permissions::describe(*permission).ios.clone().unwrap_or_default();
            for named in place.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.starts_with(PREFIX)) {
                assert_eq!(super::permission(named), Some(*permission), "{named}");
                count += 1;
            }
        }
        assert!(count >= 17, "{count}");
    }

    #[test]
    fn families_and_unknown_ones() {
        assert_eq!(
            describe("kTCCServiceSensorKitBedSensing").map(|service| service.kind),
            Some(ServiceKind::NoPermission)
        );
        assert_eq!(
            describe("kTCCServiceAccessoryWorkerX").map(|service| service.kind),
            Some(ServiceKind::NoPermission)
        );
        assert_eq!(describe("kTCCServiceSomethingNew"), None);
        assert_eq!(describe("Camera"), None);
        assert_eq!(describe("kTCCServiceLiverpool").map(|service| service.kind), Some(ServiceKind::GrantedSilently));
        assert_eq!(open_before(Permission::Tracking), Some(Version(14, 5)));
        assert_eq!(open_before(Permission::Camera), None);
    }
}
