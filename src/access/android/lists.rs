//! The lists of packages beside the package dump, and what they show of it: two lists that were made apart from each other do not lack
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::evidence::{Item, Kind};
use crate::parse::android::appops::AppOps;
use crate::parse::android::package_list::PackageList;
use crate::parse::android::packages::{PackageDump, PackageRecord};

/// The first app id of apps; those below are of the system (`Process.FIRST_APPLICATION_UID`).
const FIRST_APP: u32 = 10_000;

/// The package that is the system itself (`framework-res`).
const FRAMEWORK: &str = "android";

/// The names in one list of packages.
struct PackageNames {
    kind: Kind,
    user: Option<u32>,
    /// Each name, with its line and its installer.
    names: BTreeMap<String, (u32, Option<String>)>,
}

/// A package that something beside the package dump names, and the dump does not have for that user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its name.
    pub name: String,
    /// The user.
    pub user: u32,
    /// What names it.
    pub kind: Kind,
    /// The user of that evidence, where it is made for one.
    pub of_user: Option<u32>,
    /// The line of the evidence.
    pub line: u32,
    /// Who installed it, where the list of installed packages says so; the other lists may name what was removed.
    pub installer: Option<String>,
}

/// The lists of packages beside the dump.
#[derive(Default)]
pub(super) struct PackageLists(Vec<PackageNames>);

impl PackageLists {
    /// Adds what a list names.
    pub(super) fn add(&mut self, item: &Item, list: PackageList) {
        let names = list.packages.into_iter().map(|package| (package.name, (package.line, package.installer)));
        self.0.push(PackageNames { kind: item.kind, user: item.user, names: names.collect() });
    }

    /// Whether a list of packages names one that the dump does not have for that user. AndroidQF asks for removed packages as well, whose
    /// records stay in the dump as long as data is left; what its list does not have at all is missing all the same.
    pub(super) fn name_more_than(&self, packages: &PackageDump<'_>) -> bool {
        self.0.iter().any(|list| {
            let has = |package: &PackageRecord<'_>| match list.kind {
                Kind::PackageList => {
                    package.users.iter().any(|user| list.user.is_none_or(|only| only == user.id) && user.installed)
                }
                _ => true,
            };
            let known: BTreeSet<&str> = packages
                .packages
                .iter()
                .filter(|package| has(package))
                .map(|package| plain_name(package.name))
                .collect();
            list.names.keys().any(|name| !known.contains(plain_name(name)))
        })
    }

    /// The packages that the lists beside the dump or the app-ops name, and the dump does not have for that user: an app can keep out of
    /// the dump's way, and not out of the way of all of them.
    pub(super) fn names_beyond(
        &self,
        packages: &PackageDump<'_>,
        app_ops: Option<&AppOps<'_>>,
        current_user: u32,
    ) -> Vec<Elsewhere> {
        let mut installed: BTreeSet<(&str, u32)> = BTreeSet::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for package in &packages.packages {
            let name = plain_name(package.name);
            known.insert(name);
            installed.extend(package.users.iter().filter(|user| user.installed).map(|user| (name, user.id)));
        }
        let mut found = Vec::new();
        for list in &self.0 {
            let (user, kind) = (list.user.unwrap_or(current_user), list.kind);
            let is_of_installed = kind == Kind::PackageList;
            for (name, (line, installer)) in &list.names {
                let plain = plain_name(name);
                let is_known = if is_of_installed { installed.contains(&(plain, user)) } else { known.contains(plain) };
                if !is_known {
                    let installer = installer.clone().filter(|_| is_of_installed);
                    let (name, of_user, line) = (name.clone(), list.user, *line);
                    found.push(Elsewhere { name, user, installer, kind, of_user, line });
                }
            }
        }
        // App-ops are forgotten with the package.
        for block in app_ops.into_iter().flat_map(|ops| &ops.uids).filter(|block| block.uid % 100_000 >= FIRST_APP) {
            for package in block.packages.iter().filter(|package| !known.contains(plain_name(package.name))) {
                let (name, user) = (package.name.to_owned(), block.uid / 100_000);
                let (kind, line) = (Kind::AppOps, block.line);
                found.push(Elsewhere { name, user, installer: None, kind, of_user: None, line });
            }
        }
        found.sort_by(|one, other| {
            let place = |named: &Elsewhere| (named.user, named.installer.is_none(), named.kind, named.line);
            (&one.name, place(one)).cmp(&(&other.name, place(other)))
        });
        found.dedup_by(|one, other| (&one.name, one.user) == (&other.name, other.user));
        found
    }

    /// Whether the list of every user of the phone names exactly the packages that the dump has as installed for that user. Two lists
    /// that were made apart from each other, in orders of their own, are not cut at the same place.
    pub(super) fn agree_with(&self, packages: &PackageDump<'_>) -> bool {
        let users: BTreeSet<u32> =
            packages.packages.iter().flat_map(|package| &package.users).map(|user| user.id).collect();
        // The dump of one package would agree with its own row of a list; the system itself is on every phone.
        let is_list_of_all = packages.packages.iter().any(|package| package.name == FRAMEWORK);
        is_list_of_all
            && users.iter().all(|user| {
                let installed: BTreeSet<&str> = packages
                    .packages
                    .iter()
                    .filter(|package| {
                        package.users.iter().any(|block| block.id == *user && block.installed && !block.hidden)
                    })
                    .map(|package| plain_name(package.name))
                    .collect();
                self.0
                    .iter()
                    .filter(|list| list.kind == Kind::PackageList && list.user.unwrap_or(0) == *user)
                    .any(|list| list.names.keys().map(|name| plain_name(name)).collect::<BTreeSet<_>>() == installed)
            })
    }
}

/// The name of a package without the version that static libraries carry in the dump and not in every list.
fn plain_name(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((plain, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => name,
    }
}
