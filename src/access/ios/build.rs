//! From the evidence of a backup to a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use super::access::Access;
use super::apps::{self, AppList, Found};
use super::checks::{self, Given};
use super::facts::{Facts, moment};
use super::switches::Switches as AppSwitches;
use super::{device, management, privacy};
use crate::access::Options;
use crate::catalog::OwnCatalog;
use crate::catalog::{self, Catalog};
use crate::evidence::ios::{Artefact, BackupEvidence};
use crate::evidence::{Reason, SourceKind};
use crate::parse::ios::privacy_report;
use crate::snapshot::model::SCHEMA;
use crate::snapshot::{APP_LIST, App, EvidenceRow, Gap, Grant, ReadItem, Snapshot, SourceName, Switches, Tool, User};
use crate::text::clean::sanitize;
use crate::vocabulary::{AppSource, Check, Level, Permission, Presence, UserKind};

/// The only user of a phone that has but one.
const USER: u32 = 0;

/// Makes the snapshot of a backup.
pub fn snapshot(evidence: &BackupEvidence, options: Options<'_>) -> Snapshot {
    let facts = Facts::read(evidence);
    if let Some(state) = &evidence.unfinished {
        facts.gap(Artefact::Status.label(), Reason::Truncated, state);
    }
    // Every phone writes whether the backup is encrypted, and whether it came to its end: a file that does not is another one.
    for (artefact, key) in [(Artefact::Manifest, "IsEncrypted"), (Artefact::Status, "SnapshotState")] {
        if facts.plist(artefact).is_some_and(|file| file.get(key).is_none()) {
            facts.gap(artefact.label(), Reason::Unreadable, key);
        }
    }
    let taken_at = device::taken_at(&facts);
    let access = Access::read(&facts);
    let switches = AppSwitches::read(&facts);
    let list = apps::read(&facts);
    let (management, config_profiles) = management::read(&facts);
    let builder = Builder { facts: &facts, access: &access, switches: &switches, list: &list, taken_at };
    let named = builder.apps(options);
    let given = Given {
        location_on: access.location.is_on(),
        location_rows: access.location.switch_rows(),
        tracking_override: access.tcc.tracking_override(),
        web_tracking_prevention: access.tcc.web_tracking_prevention(),
        keyboards: switches.third_party_keyboards(),
        protected_dns: switches.protected_dns(),
        apps: &list,
        profiles: &config_profiles,
        management: &management,
        taken_at,
        hidden: access
            .location
            .hidden_apps()
            .map(|hidden| hidden.into_iter().map(|(id, row)| unnamed(&id, row, "Hidden=1", options)).collect()),
        previews: switches.previews(&list).map(|previews| {
            let shown = previews.shown.into_iter();
            let rows = shown.map(|(id, row)| unnamed(&id, row, "contentPreviewSetting = 1", options)).collect();
            (rows, previews.is_unclear)
        }),
        catalog: options.scope.catalog,
    };
    let (settings, unread) = checks::read(&facts, given);
    let mut gaps = named.gaps;
    gaps.extend(unread);
    gaps.extend(access.gaps(&facts));
    gaps.extend(switches.gaps(&facts));
    if let Some((reason, detail)) = &list.gap {
        facts.gap(APP_LIST, *reason, detail);
    }
    gaps.extend(builder.presence_gaps(&named.apps));
    let mut snapshot = Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: taken_at.and_then(moment),
        source: SourceName {
            kind: SourceKind::IosBackup.word().to_owned(),
            collected: None,
            name: folder_name(evidence, options.show_serial),
        },
        device: device::device(&facts, options),
        users: vec![User { id: USER, kind: UserKind::Primary }],
        apps: named.apps,
        other_apps: named.others,
        own_catalogs: OwnCatalog::of(options.scope.catalog),
        other_clients: access.other_clients(&list.installed(), list.gap.is_none()),
        settings,
        switches: Switches { location: access.location.is_on(), camera: None, microphone: None },
        management,
        config_profiles,
        clock: None,
        partial: Vec::new(),
        privacy_report: None,
        footprint: device::footprint(&facts),
        gaps: Vec::new(),
        read: read(evidence),
    };
    if let Some(item) = evidence.first(Artefact::PrivacyReport) {
        let report = privacy_report::parse(item.bytes.as_slice());
        privacy::join(&mut snapshot, &report, options.scope.catalog, options.scope.all_apps);
        if report.lines == 0 {
            // A phone that recorded nothing writes lines on itself at least: nothing at all is a copy that failed.
            facts.gap(Artefact::PrivacyReport.label(), Reason::Unreadable, &format!("{} B", report.bytes));
        }
        // A file of which nothing is understood is no report.
        let of = report.lines;
        facts.counted_gap(Artefact::PrivacyReport, of.saturating_sub(report.not_understood), of, "");
    }
    gaps.append(&mut snapshot.gaps);
    gaps.extend(facts.gaps());
    for gap in &mut gaps {
        gap.detail = sanitize(&gap.detail, 300);
    }
    gaps.sort();
    gaps.dedup();
    snapshot.gaps = gaps;
    snapshot.marked()
}

/// The row of an app that may be named, or the member that counts without its app.
fn unnamed(id: &str, row: EvidenceRow, member: &str, options: Options<'_>) -> EvidenceRow {
    if options.scope.all_apps || options.scope.catalog.by_ios_id(id).is_some() {
        return row;
    }
    EvidenceRow { text: member.to_owned(), ..row }
}

/// The name of the backup's folder. Most are named after the phone's identifier, which is not for reports.
fn folder_name(evidence: &BackupEvidence, show_serial: bool) -> Option<String> {
    // An identifier has 40 hexadecimal digits, or 8 and 16 with a dash.
    let longest = evidence.target.split(|character: char| !character.is_ascii_hexdigit()).map(str::len).max();
    (show_serial || longest.is_some_and(|longest| longest < 16)).then(|| sanitize(&evidence.target, 200))
}

fn read(evidence: &BackupEvidence) -> Vec<ReadItem> {
    let item = |item: &crate::evidence::ios::BackupItem| ReadItem {
        source: item.artefact.label().to_owned(),
        origin: item.origin.clone(),
        file: Some(item.origin.clone()),
        file_line: None,
        lines: 0,
        bytes: u64::try_from(item.bytes.len()).unwrap_or(u64::MAX),
    };
    evidence.items.iter().map(item).collect()
}

/// The apps that a snapshot names.
#[derive(Default)]
struct Named {
    apps: Vec<App>,
    others: BTreeMap<u32, u64>,
    gaps: Vec<Gap>,
}

struct Builder<'b, 'e> {
    facts: &'b Facts<'e>,
    access: &'b Access,
    switches: &'b AppSwitches,
    list: &'b AppList,
    taken_at: Option<i64>,
}

impl Builder<'_, '_> {
    fn apps(&self, options: Options<'_>) -> Named {
        let mut named = Named::default();
        let scope = options.scope;
        if scope.user.is_some_and(|only| only != USER) {
            return named;
        }
        let full_access = self.access.tcc.keyboards_with_full_access();
        for (id, found) in &self.list.apps {
            let listed = scope.catalog.by_ios_id(id);
            let wanted = listed.is_some() || scope.all_apps;
            if found.presence == Presence::Residual {
                if wanted {
                    named.apps.push(self.app(id, found, listed));
                }
                continue;
            }
            if !wanted && !self.switches.is_worth_naming(id, &full_access) {
                *named.others.entry(USER).or_default() += 1;
                continue;
            }
            let mut app = self.app(id, found, listed);
            let accesses = self.access.of(self.facts, id, self.taken_at);
            let mut switches = self.switches.of(self.facts, id, &full_access);
            // A keyboard without full access is one where every answer was read.
            if let Err(reason) = self.access.tcc.tells_of_keyboards() {
                let is_open = |grant: &Grant| grant.permission == Permission::Keyboard && grant.level == Level::Limited;
                if switches.grants.iter().any(is_open) {
                    switches.grants.retain(|grant| !is_open(grant));
                    switches.gaps.push(
                        Gap::new(Permission::Keyboard.word(), self.why(reason, Artefact::Tcc), Artefact::Tcc.label())
                            .about(None, Some(id.clone())),
                    );
                }
            }
            app.grants = accesses.grants.into_iter().chain(switches.grants).collect();
            app.grants.sort_by_key(|grant| grant.permission);
            named.gaps.extend(accesses.gaps.into_iter().chain(switches.gaps));
            named.apps.push(app);
        }
        let left_over = self.left_over(scope.catalog, &named.apps);
        named.apps.extend(left_over);
        named.apps.sort_by(|one, other| one.id.cmp(&other.id));
        named
    }

    fn app(&self, id: &str, found: &Found, listed: Option<&catalog::App>) -> App {
        App {
            id: id.to_owned(),
            slug: listed.map(|listed| listed.slug.clone()),
            name: listed.map(|listed| listed.name.clone()),
            user: USER,
            presence: found.presence,
            version: found.version.clone(),
            installer: found.installer.clone(),
            source: found.source,
            installed_at: None,
            updated_at: None,
            system: found.system,
            enabled: found.presence == Presence::Installed,
            suspended: false,
            stopped: None,
            target_sdk: None,
            evidence: found.evidence.iter().cloned().chain(self.switches.mobile_data(id)).collect(),
            grants: Vec::new(),
        }
    }

    /// Why a file tells nothing: what is absent of what was read may be behind a password, or damaged.
    fn why(&self, reason: Reason, artefact: Artefact) -> Reason {
        if reason == Reason::Absent { self.facts.why_missing(artefact) } else { reason }
    }

    /// What is not known of presence: whether apps that only the phone's own list names are there, and, without an app, whether removed
    /// ones left something.
    fn presence_gaps(&self, named: &[App]) -> Vec<Gap> {
        let gap = |app: Option<&str>, reason: Reason, detail: &str| {
            Gap::new(Check::AppPresence.word(), reason, detail).about(None, app.map(str::to_owned))
        };
        let label = Artefact::Info.label();
        let unsure = named.iter().filter(|app| self.list.unsure.contains(&app.id));
        let mut gaps: Vec<Gap> = unsure.map(|app| gap(Some(&app.id), Reason::Absent, label)).collect();
        let residue = match (&self.list.gap, self.list.residue_gap, self.access.tells_of_removed()) {
            (Some((reason, _)), ..) => Some((*reason, Artefact::Info)),
            (None, Some(missing), _) => Some(missing),
            (None, None, Err((reason, artefact))) => Some((self.why(reason, artefact), artefact)),
            (None, None, Ok(())) => None,
        };
        gaps.extend(residue.map(|(reason, artefact)| gap(None, reason, artefact.label())));
        gaps
    }

    /// Apps of the catalogue that only rows of permissions still speak of: removed, or left from an older phone.
    fn left_over(&self, catalog: &Catalog, named: &[App]) -> Vec<App> {
        if self.list.gap.is_some() {
            return Vec::new();
        }
        let known: BTreeSet<&str> = named.iter().map(|app| app.id.as_str()).collect();
        let clients = self.access.clients();
        let gone = clients.iter().filter(|client| !known.contains(client.as_str()));
        gone.filter(|client| !self.list.apps.contains_key(client.as_str()))
            .filter_map(|client| Some((client, catalog.by_ios_id(client)?)))
            .map(|(client, listed)| {
                let found = Found {
                    presence: Presence::Residual,
                    system: false,
                    version: None,
                    source: AppSource::Unknown,
                    installer: None,
                    evidence: self.access.evidence(client),
                };
                self.app(client, &found, Some(listed))
            })
            .collect()
    }
}
