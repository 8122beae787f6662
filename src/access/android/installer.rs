//! Where an app came from.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::rows::Rows;
use crate::evidence::Kind;
use crate::parse::android::packages::{PackageRecord, UserBlock};
use crate::snapshot::EvidenceRow;
use crate::vocabulary::AppSource;

/// `PackageManager.INSTALL_REASON_POLICY`.
const INSTALLED_BY_POLICY: u32 = 1;

/// `PackageInstaller.PACKAGE_SOURCE_STORE`.
const FROM_A_STORE: u32 = 2;

/// `PackageInstaller.PACKAGE_SOURCE_LOCAL_FILE` and `PACKAGE_SOURCE_DOWNLOADED_FILE`.
const FROM_A_FILE: [u32; 2] = [3, 4];

/// Which word of the phone decided on where a package came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decided {
    /// `installReason` of the user.
    Reason,
    /// `initiatingPackageName`.
    Initiating,
    /// `originatingPackageName`.
    Originating,
    /// `packageSource`.
    Source,
    /// `installerPackageName`, or that there is none.
    Installer,
}

/// What kind of place a package came from, for one user. A package of the system image without an installer is preloaded;
/// one of which the phone names no installer at all may have come over a cable or from a backup, and stays unknown.
pub fn source(package: &PackageRecord<'_>, user: &UserBlock<'_>) -> AppSource {
    decide(package, user).0
}

/// The row that decided on the source, where it is not the one that names the installer.
pub fn deciding_row(rows: &Rows<'_>, package: &PackageRecord<'_>, user: &UserBlock<'_>) -> Option<EvidenceRow> {
    let of_package = |word| {
        let last = package.users.first().map_or(package.end_line, |user| user.line);
        rows.starting(Kind::Packages, package.line..last, 4, word)
    };
    match decide(package, user).1 {
        Decided::Installer => None,
        Decided::Initiating => of_package("initiatingPackageName="),
        Decided::Originating => of_package("originatingPackageName="),
        Decided::Source => of_package("packageSource="),
        Decided::Reason => {
            let next = package.users.iter().map(|other| other.line).filter(|line| *line > user.line).min();
            rows.starting(Kind::Packages, user.line..next.unwrap_or(package.end_line), 6, "installReason=")
        }
    }
}

fn decide(package: &PackageRecord<'_>, user: &UserBlock<'_>) -> (AppSource, Decided) {
    if user.install_reason == Some(INSTALLED_BY_POLICY) {
        return (AppSource::Managed, Decided::Reason);
    }
    let installer = package.installer;
    let place = |name: &str| known().get(name).copied();
    // Whoever asked for the installation may name another one as the installer: a cable, or a store with the rights for it.
    match installer.initiating.map(|name| (name, place(name))) {
        Some(("com.android.shell", _)) => return (AppSource::Sideloaded, Decided::Initiating),
        Some((name, Some(source @ (AppSource::OtherStore | AppSource::Managed))))
            if installer.package != Some(name) && !package.system =>
        {
            return (source, Decided::Initiating);
        }
        // The system's own installer unpacks what another app brought, and names no store by right.
        Some((name, Some(AppSource::Sideloaded)))
            if installer.package.is_some_and(|other| other != name && place(other) != Some(AppSource::Sideloaded))
                && !package.system =>
        {
            return (AppSource::Sideloaded, Decided::Initiating);
        }
        _ => {}
    }
    if installer.package == Some("com.android.shell") {
        return (AppSource::Sideloaded, Decided::Installer);
    }
    // A store without rights of its own hands its file to the system's installer, which notes who brought it. What any
    // other installer notes there is its own word.
    let unpacked = installer.package.or(installer.initiating).and_then(place) == Some(AppSource::Sideloaded);
    if unpacked && installer.originating.and_then(place) == Some(AppSource::OtherStore) {
        return (AppSource::OtherStore, Decided::Originating);
    }
    match installer.package {
        None if package.system => (AppSource::Preloaded, Decided::Installer),
        None if installer.originating.is_some() => (AppSource::Sideloaded, Decided::Originating),
        None if installer.source.is_some_and(|source| FROM_A_FILE.contains(&source)) => {
            (AppSource::Sideloaded, Decided::Source)
        }
        None if installer.initiating.and_then(place) == Some(AppSource::Sideloaded) => {
            (AppSource::Sideloaded, Decided::Initiating)
        }
        None => (AppSource::Unknown, Decided::Installer),
        Some(name) => match place(name) {
            Some(AppSource::OtherStore) if package.system && !package.updated_system => {
                (AppSource::Preloaded, Decided::Installer)
            }
            // A browser or a chat that brought the file says more than the installer that unpacked it.
            Some(AppSource::Sideloaded) if installer.originating.is_some() => {
                (AppSource::Sideloaded, Decided::Originating)
            }
            Some(source) => (source, Decided::Installer),
            None if package.system && !package.updated_system => (AppSource::Preloaded, Decided::Installer),
            None if installer.source == Some(FROM_A_STORE) => (AppSource::OtherStore, Decided::Source),
            None => (AppSource::Sideloaded, Decided::Installer),
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
        assert_eq!(groups.len(), 4);
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
        // Who asked for it, and who brought the file to the system's installer.
        let all =
            |package, initiating, originating, source| Installer { package, initiating, originating, source, line: 1 };
        const UNPACKS: Option<&str> = Some("com.android.packageinstaller");
        const PLAY: Option<&str> = Some("com.android.vending");
        const FDROID: Option<&str> = Some("org.fdroid.fdroid");
        for (installer, source) in [
            (all(UNPACKS, UNPACKS, FDROID, Some(3)), AppSource::OtherStore),
            (all(UNPACKS, UNPACKS, Some("com.android.chrome"), Some(4)), AppSource::Sideloaded),
            (all(None, UNPACKS, None, Some(0)), AppSource::Sideloaded),
            // Any installer may write what it likes there.
            (all(Some("org.example.installer"), Some("org.example.installer"), FDROID, None), AppSource::Sideloaded),
            // A store that names Play in its place, with the rights to do so.
            (all(PLAY, Some("com.aurora.store"), None, Some(2)), AppSource::OtherStore),
            (all(PLAY, UNPACKS, None, Some(3)), AppSource::Sideloaded),
            (all(PLAY, PLAY, None, Some(2)), AppSource::PlayStore),
            (all(PLAY, None, None, Some(2)), AppSource::PlayStore),
        ] {
            assert_eq!(of(false, false, installer), source, "{installer:?}");
        }
        let cable = Installer { initiating: Some("com.android.shell"), ..Installer::default() };
        assert_eq!(of(false, false, cable), AppSource::Sideloaded);
    }
}
