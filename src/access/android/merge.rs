//! From the evidence of one phone to its facts: runs every parser, and makes one of what several outputs tell.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::clock;
use super::facts::{Administrator, Facts, Owner, Policy};
use crate::evidence::{Evidence, Item, Kind, Reason};
use crate::parse::android::device_policy::{self, DevicePolicy};
use crate::parse::android::packages::{self, PackageDump};
use crate::parse::android::settings::{self, Namespace, Settings};
use crate::parse::android::users::{self, Users};
use crate::parse::android::{
    ParseGap, Parsed, appops, battery, header, package_list, properties, restricted_ops, simple,
};
use crate::snapshot::Gap;

/// Android 10: the list of location providers no longer follows the switch.
const API_10: u32 = 29;

/// What is made of several outputs together when all were read.
struct Told {
    /// When the evidence was taken.
    instant: Option<Timestamp>,
    /// The phone's own answer whether location is on.
    location: Option<bool>,
}

impl<'e> Facts<'e> {
    /// Runs every parser over its evidence.
    pub fn read(evidence: &'e Evidence) -> Facts<'e> {
        let mut facts = Facts::empty(evidence);
        let taken_at = evidence.taken_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let mut told = Told { instant: taken_at, location: None };
        // The current user comes first: it is the one whose settings an unnamed list holds.
        for item in evidence.of(Kind::CurrentUser) {
            facts.current_user = simple::current_user(item.readable()).facts.unwrap_or(0);
        }
        for item in &evidence.items {
            facts.cut(item);
            match facts.dumps.read(item.kind, item.readable()) {
                Some(gaps) => facts.book(item, gaps),
                None => facts.merge(item, &mut told),
            }
            if item.kind == Kind::Roles {
                facts.note_end(item, facts.dumps.roles.as_ref().is_some_and(|roles| roles.complete));
            }
        }
        facts.finish(told);
        facts
    }

    /// Takes what several outputs tell together, or one tells of several things.
    fn merge(&mut self, item: &'e Item, told: &mut Told) {
        let text = item.readable();
        match item.kind {
            Kind::Properties => {
                let found = self.keep(item, properties::parse(text));
                match &mut self.properties {
                    None => self.properties = Some(found),
                    Some(known) => known.hold_against(&found),
                }
            }
            Kind::Clock => {
                let seconds = self.keep(item, simple::clock(text));
                told.instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).or(told.instant);
            }
            Kind::ShellIdentity => self.shell_identity = self.keep(item, simple::shell_identity(text)),
            Kind::SelinuxMode => self.selinux = self.keep(item, simple::selinux_mode(text)),
            Kind::UserList | Kind::UserListVerbose | Kind::Users => {
                let users = self.keep(item, users::parse(text));
                self.users_complete |= users.complete || item.proved && item.why_cut().is_none();
                self.merge_users(users);
            }
            Kind::SettingsGlobal => self.settings_list(item, Namespace::Global, 0),
            Kind::SettingsSecure => self.settings_list(item, Namespace::Secure, item.user.unwrap_or(self.current_user)),
            Kind::SettingsSystem => self.settings_list(item, Namespace::System, item.user.unwrap_or(self.current_user)),
            Kind::SettingsDump => {
                let dump = self.keep(item, settings::parse_dump(text, Some(&settings::WANTED)));
                self.merge_settings(item.kind, dump);
            }
            Kind::Packages => {
                let dump = self.keep(item, packages::parse(text));
                self.merge_packages(dump, item);
            }
            Kind::AppOps => {
                let mut ops = self.keep(item, appops::parse(text));
                ops.last_is_open |= item.why_cut().is_some() || !item.proved && ops.ends_in_uids;
                ops.has_begun |= item.proved;
                if self.app_ops.is_none() {
                    self.closed_ops = restricted_ops::parse(text);
                }
                self.app_ops.get_or_insert(ops);
            }
            Kind::DevicePolicy => {
                let dump = self.keep(item, device_policy::parse(text));
                self.device_policy = Some(policy(dump));
            }
            Kind::DeviceIdle | Kind::BatteryExemptions => {
                let exemptions = self.keep(item, battery::parse(text));
                self.note_end(item, exemptions.ended);
                if self.battery.is_none() || item.kind == Kind::BatteryExemptions {
                    self.battery = Some((item.kind, exemptions));
                }
            }
            Kind::LocationEnabled => told.location = self.keep(item, simple::location_enabled(text)),
            Kind::DumpstateHeader => {
                let header = self.keep(item, header::parse(text));
                self.clock.taken_local = header.taken_at.map(|taken| taken.value);
            }
            Kind::Acquisition => {
                let acquisition = self.keep(item, header::parse_acquisition(text));
                told.instant = told.instant.or(acquisition.completed).or(acquisition.started);
            }
            // What is installed for whom follows from `dumpsys package`; a refused user is told.
            Kind::PackageList => {
                let list = self.keep(item, package_list::parse(text));
                self.lists.add(item, list);
            }
            Kind::PackagesJson => {
                let list = self.keep(item, package_list::parse_json(text));
                self.lists.add(item, list);
            }
            // Read before all others, and by the table of single dumps.
            _ => {}
        }
    }

    /// Takes note that the text of an item shows its own end.
    fn note_end(&mut self, item: &Item, ended: bool) {
        if ended && item.why_cut().is_none() {
            self.ended.insert(item.kind);
        }
    }

    fn finish(&mut self, told: Told) {
        self.api = self.property("ro.build.version.sdk").and_then(|sdk| sdk.trim().parse().ok());
        self.clock.zone = self
            .property("persist.sys.timezone")
            .filter(|name| !name.trim().is_empty())
            .and_then(|name| TimeZone::get(name.trim()).ok());
        // A bug report tells its local time only; with the zone that is an instant.
        self.clock.taken_at = told.instant.or_else(|| {
            let (zone, local) = (self.clock.zone.as_ref()?, self.clock.taken_local?);
            Some(zone.to_ambiguous_zoned_datetime(local).compatible().ok()?.timestamp())
        });
        if self.evidence.road().is_live() {
            self.clock.computer = self.evidence.taken_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
            self.clock.is_live = self.evidence.source.is_live();
        }
        self.clock.proven = self.proven();
        self.location(told.location);
        self.missing_evidence();
        // A package whose block is cut off by the end of the evidence is not the phone's last word on it.
        self.gaps.sort();
        self.gaps.dedup();
    }

    /// The latest time that the evidence proves: when the system was built, and the last installations, updates and uses of apps.
    fn proven(&self) -> Option<Timestamp> {
        let built = self.property("ro.build.date.utc").and_then(|seconds| seconds.parse().ok());
        let built = built.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let packages = self.packages.iter().flat_map(|dump| &dump.packages).filter_map(|package| {
            let users = package.users.iter().filter_map(|user| user.first_install_time);
            let times = users.chain(package.first_install_time).chain(package.last_update_time);
            times.filter_map(|time| self.clock.instant_of(time)).max()
        });
        let uids = self.app_ops.iter().flat_map(|ops| &ops.uids).filter_map(|uid| {
            let rows = uid.packages.iter().flat_map(|package| &package.ops);
            let stamps = rows.filter_map(|row| match &row.last_access.as_ref()?.moment {
                appops::Moment::Stamp(stamp) => Some(&**stamp),
                appops::Moment::Ago(_) => None,
            });
            // Their order is that of their texts.
            self.clock.instant_of(stamps.max()?)
        });
        built.max(clock::latest_of_two(packages.chain(uids)))
    }

    /// Whether location is on: the phone's own answer (12 and later), else `location_mode`, else the list of providers
    /// that Android 8 and 9 keep (`location_mode` is often null there).
    fn location(&mut self, answer: Option<bool>) {
        let user = self.current_user;
        if let Some(on) = answer {
            self.location_on = Some(on);
            self.location_rows = self.rows.row(Kind::LocationEnabled, None, 1).into_iter().collect();
            return;
        }
        let Some(table) = self.settings_of(Namespace::Secure, user) else { return };
        let value = |key: &str| table.get(key).and_then(|setting| setting.value.as_deref());
        if self.setting_unknown(Namespace::Secure, user, "location_mode") == Some(Reason::Unreadable) {
            return;
        }
        let (key, on) = if let Some(mode) = value("location_mode") {
            ("location_mode", mode != "0")
        } else if self.api.is_some_and(|api| api < API_10) && table.contains_key("location_providers_allowed") {
            // Later versions leave that list empty whatever the switch.
            (
                "location_providers_allowed",
                value("location_providers_allowed").is_some_and(|list| !list.trim().is_empty()),
            )
        } else {
            return;
        };
        let rows = self.setting_rows(Namespace::Secure, user, &[key]);
        self.location_on = Some(on);
        self.location_rows = rows;
    }

    /// Keeps the facts of a parser and books its gaps.
    fn keep<T>(&mut self, item: &Item, parsed: Parsed<T>) -> T {
        self.book(item, parsed.gaps);
        parsed.facts
    }

    /// Books what a parser did not understand.
    fn book(&mut self, item: &Item, gaps: Vec<ParseGap>) {
        for ParseGap { reason, read, of, detail } in gaps {
            // An item that is known to be cut has its own gap, with the better reason.
            if item.why_cut().is_some() && read.is_none() {
                continue;
            }
            self.gap(item.kind.label(), item.user, reason, read, of, &detail);
        }
    }

    fn cut(&mut self, item: &Item) {
        if let Some(reason) = item.why_cut() {
            let detail = match crate::parse::text::failure(&item.text) {
                Some((_, line)) => line.to_owned(),
                None if item.cut.is_none() => format!("more than {} bytes", item.kind.most_bytes()),
                None => item.cut_detail.clone(),
            };
            self.gap(item.kind.label(), item.user, reason, None, None, &detail);
        }
    }

    fn gap(&mut self, area: &str, user: Option<u32>, reason: Reason, read: Option<u64>, of: Option<u64>, detail: &str) {
        // No version of Android is without these: a phone that says so has not shown them.
        let always = [Kind::Packages, Kind::AppOps].iter().any(|kind| kind.label() == area);
        let reason = if always && reason == Reason::NotSupported { Reason::Absent } else { reason };
        self.gaps.push(
            Gap::new(area, reason, crate::text::clean::sanitize(&without_names(detail), 200))
                .about(user, None)
                .counted(read, of),
        );
    }

    /// What was asked and not answered, and what is not there at all though the rules need it.
    fn missing_evidence(&mut self) {
        let mut known: BTreeSet<(&str, Option<u32>)> = BTreeSet::new();
        for missing in &self.evidence.missing {
            // Asking for what the version does not have is no gap: the rules know what each version lacks.
            let old = missing.reason == Reason::NotSupported && !self.is_expected(missing.kind);
            known.insert((missing.kind.label(), missing.user));
            if !old {
                self.gap(missing.kind.label(), missing.user, missing.reason, None, None, &missing.detail);
            }
        }
        let present = |kind: Kind| self.evidence.first(kind).is_some();
        let mut absent = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_needed()) {
            if self.is_expected(kind) && !present(kind) {
                absent.push(kind);
            }
        }
        if !present(Kind::UserList) && !present(Kind::UserListVerbose) && !present(Kind::Users) {
            absent.push(Kind::UserList);
        }
        for (kind, namespace) in [
            (Kind::SettingsGlobal, Namespace::Global),
            (Kind::SettingsSecure, Namespace::Secure),
            (Kind::SettingsSystem, Namespace::System),
        ] {
            if !self.settings.tables.keys().any(|(table, _)| *table == namespace) {
                absent.push(kind);
            }
        }
        for kind in absent {
            if !known.iter().any(|(label, _)| *label == kind.label()) {
                self.gap(kind.label(), None, Reason::Absent, None, None, "");
            }
        }
    }

    /// Whether a phone of this version has an evidence of this kind.
    fn is_expected(&self, kind: Kind) -> bool {
        let Some(from) = kind.since() else { return true };
        self.api.is_none_or(|api| api >= u32::from(from))
    }

    fn merge_users(&mut self, found: Users) {
        if self.evidence.first(Kind::CurrentUser).is_none()
            && let Some(current) = &found.current
        {
            self.current_user = current.value;
        }
        if let Some(owner) = &found.device_owner {
            self.device_owner.get_or_insert(owner.value);
        }
        for user in found.users {
            match self.users.iter_mut().find(|known| known.id == user.id) {
                None => self.users.push(user),
                Some(known) => {
                    // Each form tells what the others leave out.
                    known.flags |= user.flags;
                    known.odd_flags &= user.odd_flags;
                    if !known.restrictions_end && known.restrictions.is_empty() {
                        known.restrictions_end = user.restrictions_end;
                        known.restrictions = user.restrictions;
                    }
                    known.type_name = known.type_name.take().or(user.type_name);
                    known.parent = known.parent.or(user.parent);
                    known.has_profile_owner = known.has_profile_owner.or(user.has_profile_owner);
                    if known.vendor_name == users::VendorName::None {
                        known.vendor_name = user.vendor_name;
                    }
                }
            }
        }
        self.users.sort_by_key(|user| user.id);
        users::mark_main(&mut self.users);
    }

    fn settings_list(&mut self, item: &Item, namespace: Namespace, user: u32) {
        let list = self.keep(item, settings::parse_list(item.readable(), namespace, user, Some(&settings::WANTED)));
        self.merge_settings(item.kind, list);
    }

    /// A table that was read by its own command beats the one of the dump of all.
    fn merge_settings(&mut self, kind: Kind, found: Settings) {
        for (place, table) in found.tables {
            if kind == Kind::SettingsDump && self.settings.tables.contains_key(&place) {
                continue;
            }
            self.settings_from.insert(place, kind);
            self.settings.tables.insert(place, table);
            self.settings.spans.remove(&place);
            let own = found.contradicted.iter().filter(|(namespace, user, _)| (*namespace, *user) == place);
            self.settings.contradicted.extend(own.cloned());
            if let Some(span) = found.spans.get(&place) {
                self.settings.spans.insert(place, span.clone());
            }
        }
    }

    fn merge_packages(&mut self, mut dump: PackageDump<'e>, item: &Item) {
        let understood = u64::try_from(dump.packages.len()).unwrap_or(u64::MAX);
        self.has_odd_package |= dump.headers > understood.saturating_add(dump.hidden_system_packages);
        dump.last_is_open |= item.why_cut().is_some();
        if dump.last_is_open || !item.proved {
            self.packages_unproven |= dump.ends_in_packages();
            dump.leave_open();
        }
        // A record that is cut in its middle, with whole ones behind it, is no list of all either.
        self.has_odd_package |= dump.note_missing_users();
        match &mut self.packages {
            None => self.packages = Some(dump),
            Some(known) => {
                // A folder of dumps of single packages.
                known.packages.append(&mut dump.packages);
                known.shared_users.append(&mut dump.shared_users);
                known.hidden_system_packages += dump.hidden_system_packages;
                known.hidden_runtime_rows += dump.hidden_runtime_rows;
                known.permission_rows += dump.permission_rows;
                known.has_shared_users |= dump.has_shared_users;
                known.last_is_open |= dump.last_is_open;
                known.is_contradictory |= dump.is_contradictory;
            }
        }
    }
}

/// Takes out of the words of a gap what could be the name of an app: a row that was not understood may name any, and a
/// snapshot names only some. Names of the platform's own classes and permissions stay.
fn without_names(detail: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '.' || character == '_';
    let mut kept = String::with_capacity(detail.len());
    let mut rest = detail;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|character| !is_part(character)).unwrap_or(from.len()));
        kept.push_str(before);
        let name = word.trim_end_matches('.');
        let of_platform = ["android.", "java.", "com.android.server."].iter().any(|prefix| name.starts_with(prefix));
        let is_number = name.chars().all(|character| character.is_ascii_digit() || character == '.');
        if name.contains('.') && !of_platform && !is_number {
            kept.push('…')
        } else {
            kept.push_str(word)
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn policy(dump: DevicePolicy) -> Policy {
    let package_of = |owner: &device_policy::Owner| {
        owner.package.clone().or_else(|| owner.component.as_ref().map(|component| component.package.clone()))
    };
    let mut owners: Vec<Owner> = Vec::new();
    if let Some(owner) = &dump.device_owner
        && let Some(package) = package_of(owner)
    {
        owners.push(Owner { user: None, package, line: owner.line });
    }
    for owner in &dump.profile_owners {
        if let Some(package) = package_of(owner) {
            owners.push(Owner { user: Some(owner.user), package, line: owner.line });
        }
    }
    let admins = dump
        .admins
        .iter()
        .map(|admin| Administrator { user: admin.user, package: admin.component.package.clone(), line: admin.line })
        .collect();
    Policy { owners, admins, dump }
}
