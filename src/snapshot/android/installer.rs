//! Where an app came from.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::parse::android::packages::{PackageRecord, UserBlock};
use crate::snapshot::AppSource;

/// `PackageManager.INSTALL_REASON_POLICY`.
const INSTALLED_BY_POLICY: u32 = 1;

/// `PackageInstaller.PACKAGE_SOURCE_STORE`.
const FROM_A_STORE: u32 = 2;

/// `PackageInstaller.PACKAGE_SOURCE_LOCAL_FILE` and `PACKAGE_SOURCE_DOWNLOADED_FILE`.
const FROM_A_FILE: [u32; 2] = [3, 4];

/// What kind of place a package came from, for one user. A package of the system image without an installer is preloaded;
/// one of which the phone names no installer at all may have come over a cable or from a backup, and stays unknown.
pub fn source(package: &PackageRecord<'_>, user: &UserBlock<'_>) -> AppSource {
    if user.install_reason == Some(INSTALLED_BY_POLICY) {
        return AppSource::Managed;
    }
    let installer = package.installer;
    // A browser or a chat that brought the file says more than the installer that unpacked it.
    if installer.initiating == Some("com.android.shell") || installer.package == Some("com.android.shell") {
        return AppSource::Sideloaded;
    }
    match installer.package {
        None if package.system => AppSource::Preloaded,
        None if installer.originating.is_some() => AppSource::Sideloaded,
        None if installer.source.is_some_and(|source| FROM_A_FILE.contains(&source)) => AppSource::Sideloaded,
        None => AppSource::Unknown,
        Some(name) => match known().get(name) {
            Some(AppSource::OtherStore) if package.system && !package.updated_system => AppSource::Preloaded,
            Some(source) => *source,
            None if package.system && !package.updated_system => AppSource::Preloaded,
            None if installer.source == Some(FROM_A_STORE) => AppSource::OtherStore,
            None => AppSource::Sideloaded,
        },
    }
}

fn known() -> &'static BTreeMap<String, AppSource> {
    static KNOWN: OnceLock<BTreeMap<String, AppSource>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let groups: BTreeMap<AppSource, Vec<String>> =
            toml::from_str(include_str!("installers.toml")).unwrap_or_default();
        groups.into_iter().flat_map(|(source, names)| names.into_iter().map(move |name| (name, source))).collect()
    })
}

/// The names of the known device policy controllers: a profile that one of them owns is a work profile.
pub fn device_policy_controllers() -> Vec<&'static str> {
    known().iter().filter(|(_, source)| **source == AppSource::Managed).map(|(name, _)| name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::android::packages::Installer;

    fn of(system: bool, updated: bool, installer: Installer<'_>) -> AppSource {
        let package = PackageRecord { system, updated_system: updated, installer, ..PackageRecord::default() };
        source(&package, &UserBlock::default())
    }

    #[test]
    fn the_list_is_sorted_and_without_doubles() {
        let groups: BTreeMap<AppSource, Vec<String>> = toml::from_str(include_str!("installers.toml")).unwrap();
        assert_eq!(groups.len(), 3);
        let all: usize = groups.values().map(Vec::len).sum();
        assert_eq!(all, known().len());
    }

    #[test]
    fn tells_stores_from_cables() {
        let from = |package| Installer { package, ..Installer::default() };
        assert_eq!(of(false, false, from(Some("com.android.vending"))), AppSource::PlayStore);
        assert_eq!(of(false, false, from(Some("com.google.android.packageinstaller"))), AppSource::Sideloaded);
        assert_eq!(of(false, false, from(Some("com.whatsapp"))), AppSource::Sideloaded);
        assert_eq!(of(false, false, from(None)), AppSource::Unknown);
        assert_eq!(of(true, false, from(None)), AppSource::Preloaded);
        assert_eq!(of(true, true, from(Some("com.android.vending"))), AppSource::PlayStore);
        let cable = Installer { initiating: Some("com.android.shell"), ..Installer::default() };
        assert_eq!(of(false, false, cable), AppSource::Sideloaded);
    }
}
