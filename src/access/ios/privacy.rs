//! The App Privacy Report of a phone, joined to its apps.
//!
//! Permissions say what an app may do, the report what it did in about seven days. It is joined by bundle id.

use std::collections::BTreeMap;

use super::facts::row;
use crate::catalog::Catalog;
use crate::evidence::Reason;
use crate::evidence::ios::Artefact;
use crate::parse::ios::privacy_report::{AppReport, Moment, Report};
use crate::snapshot::{AppActivity, Domain, Gap, LastUse, ObservedUse, PrivacyReport, Snapshot};
use crate::vocabulary::{Permission, Usage};

/// The categories of the report that are permissions. The others are passed through under their own names.
const CATEGORIES: [(&str, Permission); 6] = [
    ("camera", Permission::Camera),
    ("microphone", Permission::Microphone),
    ("location", Permission::Location),
    ("contacts", Permission::Contacts),
    ("photos", Permission::Photos),
    ("mediaLibrary", Permission::AudioFiles),
];

/// 2008-01-01, before which no phone of this kind had apps: an earlier time is a wrong clock.
const FIRST_APPS: i64 = 1_199_145_600;

/// Adds what a report says to a snapshot: a section of its own, and the last use of grants where it is later than what is there.
///
/// Apps are named as in every snapshot: those that it names already, those of the catalogue, and with `all_apps` all; the others are
/// counted.
pub fn join(snapshot: &mut Snapshot, report: &Report, catalog: &Catalog, all_apps: bool) {
    let mut section = PrivacyReport {
        from: report.from.as_ref().map(|moment| moment.text.clone()),
        to: report.to.as_ref().map(|moment| moment.text.clone()),
        lines: report.lines,
        not_understood: report.not_understood,
        ..PrivacyReport::default()
    };
    for (id, app) in &report.apps {
        let is_in_snapshot = snapshot.apps.iter().any(|named| named.id == *id);
        if is_in_snapshot || all_apps || catalog.by_ios_id(id).is_some() {
            section.apps.push(activity(id, app));
        } else {
            section.other_apps += 1;
        }
    }
    for app in &mut snapshot.apps {
        let Some(activity) = report.apps.get(&app.id) else { continue };
        for grant in &mut app.grants {
            let category = CATEGORIES.iter().find(|(_, permission)| *permission == grant.permission);
            let Some((category, _)) = category else { continue };
            let Some((last, line)) = activity.uses.get(*category).and_then(|uses| uses.last.as_ref()) else { continue };
            grant.evidence.push(row(Artefact::PrivacyReport, *line, &format!("{category} {} {}", app.id, last.text)));
            if is_later(last, grant.last_used.as_ref()) {
                let doubtful = last.instant.as_second() < FIRST_APPS;
                grant.last_used = Some(LastUse::at(last.text.clone(), Usage::Unknown, doubtful));
            }
        }
    }
    if report.cut || report.left_out > 0 {
        snapshot.gaps.push(Gap::new(Artefact::PrivacyReport.label(), Reason::Truncated, "").counted(
            (!report.cut).then(|| report.lines - report.left_out.min(report.lines)),
            (!report.cut).then_some(report.lines),
        ));
    }
    snapshot.privacy_report = Some(section);
}

/// Whether a moment is later than a last use; times are compared as instants, and one that is none gives way.
fn is_later(moment: &Moment, last: Option<&LastUse>) -> bool {
    let known = last.filter(|last| !last.doubtful).and_then(|last| last.at.as_deref()?.parse::<jiff::Timestamp>().ok());
    known.is_none_or(|known| moment.instant > known)
}

/// What one app did.
fn activity(id: &str, app: &AppReport) -> AppActivity {
    let uses = app.uses.iter().filter_map(|(category, uses)| {
        let last = uses.last.as_ref().map(|(moment, _)| moment).or(uses.last_through_picker.as_ref())?;
        Some(ObservedUse {
            category: category.clone(),
            permission: permission(category),
            count: uses.count,
            last: last.text.clone(),
            through_picker: uses.through_picker,
        })
    });
    // By hits, then by name: the order of the file never shows.
    let mut by_hits: BTreeMap<(std::cmp::Reverse<u64>, &str), Domain> = BTreeMap::new();
    for (domain, contacts) in &app.domains {
        by_hits.insert(
            (std::cmp::Reverse(contacts.hits), domain),
            Domain {
                domain: domain.clone(),
                hits: contacts.hits,
                last: contacts.last.as_ref().map(|moment| moment.text.clone()),
                tracker: contacts.is_tracker,
                owner: contacts.owner.clone(),
            },
        );
    }
    AppActivity {
        id: id.to_owned(),
        uses: uses.collect(),
        domains: u64::try_from(app.domains.len()).unwrap_or(u64::MAX),
        addresses: app.domains.values().filter(|contacts| contacts.is_address).fold(0, |sum, _| sum + 1),
        hits: app.domains.values().fold(0, |sum, contacts| sum.saturating_add(contacts.hits)),
        browsed_domains: app.browsed,
        contacted: by_hits.into_values().collect(),
    }
}

/// The permission that a category stands for.
fn permission(category: &str) -> Option<Permission> {
    CATEGORIES.iter().find(|(word, _)| *word == category).map(|(_, permission)| *permission)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::access::{Options, Scope};
    use crate::catalog::Catalog;
    use crate::evidence::ios::BackupEvidence;
    use crate::parse::ios::privacy_report::parse;
    use crate::parse::ios::testing::corpus;
    use crate::snapshot::{App, Because, Grant};
    use crate::vocabulary::{AppSource, BecauseCode, DecidedBy, Level, Presence, State};

    /// A phone with one app that holds the camera, the microphone and the photos.
    pub(crate) fn phone(id: &str, last_used: Option<&str>) -> Snapshot {
        let scope = Scope { catalog: Catalog::builtin(), all_apps: false, user: None };
        let options = Options { scope, id_key: None, show_serial: false };
        let mut snapshot = crate::access::ios::build::snapshot(&BackupEvidence::default(), options);
        let grants = [Permission::Camera, Permission::Microphone, Permission::Photos].map(|permission| Grant {
            permission,
            level: Level::Always,
            inert: None,
            state: State::GrantedByPerson,
            decided_by: DecidedBy::User,
            last_used: last_used.map(|at| LastUse::at(at.to_owned(), Usage::Unknown, false)),
            changed_at: None,
            because: Because::new(BecauseCode::GrantedByPerson),
            evidence: Vec::new().into(),
        });
        snapshot.apps = vec![App {
            id: id.to_owned(),
            slug: None,
            name: None,
            user: 0,
            presence: Presence::Installed,
            version: None,
            installer: None,
            source: AppSource::AppStore,
            installed_at: None,
            updated_at: None,
            system: false,
            enabled: true,
            suspended: false,
            stopped: None,
            target_sdk: None,
            evidence: Vec::new().into(),
            grants: grants.to_vec(),
        }];
        snapshot
    }

    pub(crate) const REPORT: &str = concat!(
        r#"{"accessor":{"identifier":"com.example.app"},"category":"camera","identifier":"1","kind":"intervalBegin","timeStamp":"2024-05-26T10:19:12.000+01:00","type":"access"}"#,
        "\n",
        r#"{"accessor":{"identifier":"com.example.app"},"category":"camera","identifier":"1","kind":"intervalEnd","timeStamp":"2024-05-26T10:25:17.123+01:00","type":"access"}"#,
        "\n",
        r#"{"accessor":{"identifier":"com.example.app"},"category":"photos","identifier":"2","kind":"event","outOfProcess":true,"timeStamp":"2024-05-27T08:00:00.000+01:00","type":"access"}"#,
        "\n",
        r#"{"accessor":{"identifier":"com.example.other"},"category":"camera","identifier":"3","kind":"event","timeStamp":"2024-05-28T08:00:00.000+01:00","type":"access"}"#,
        "\n",
        r#"{"accessor":{"identifier":"com.burbn.instagram"},"category":"somethingNew","identifier":"4","kind":"event","timeStamp":"2024-05-28T08:00:00.000+01:00","type":"access"}"#,
        "\n",
        r#"{"type":"networkActivity","timeStamp":"2024-05-25T08:00:00.000+01:00","initiatedType":"AppInitiated","context":"","domain":"b.example","domainType":1,"domainOwner":"Example Ads, Inc.","hits":4,"bundleID":"com.example.app"}"#,
        "\n",
        r#"{"type":"networkActivity","timeStamp":"2024-05-25T08:00:00.000+01:00","initiatedType":"AppInitiated","context":"","domain":"a.example","domainType":2,"domainOwner":"","hits":9,"bundleID":"com.example.app"}"#,
        "\n",
        r#"{"type":"networkActivity","timeStamp":"2024-05-25T08:00:00.000+01:00","initiatedType":"NonAppInitiated","context":"clinic.example","domain":"secret.example","hits":9,"bundleID":"com.example.app"}"#,
        "\nmarker\n",
    );

    fn last_of(snapshot: &Snapshot, permission: Permission) -> Option<&str> {
        let grant = snapshot.apps.first()?.grants.iter().find(|grant| grant.permission == permission)?;
        grant.last_used.as_ref()?.at.as_deref()
    }

    #[test]
    fn uses_reach_the_grants_and_a_picker_does_not() {
        let mut snapshot = phone("com.example.app", None);
        join(&mut snapshot, &parse(REPORT.as_bytes()), Catalog::builtin(), false);
        assert_eq!(last_of(&snapshot, Permission::Camera), Some("2024-05-26T10:25:17.123+01:00"));
        assert_eq!(last_of(&snapshot, Permission::Photos), None);
        assert_eq!(last_of(&snapshot, Permission::Microphone), None);
        let grants = &snapshot.apps[0].grants;
        assert_eq!((grants[0].evidence[0].source.as_str(), grants[0].evidence[0].line), ("App Privacy Report", 2));
        assert_eq!(grants[2].evidence, []);
    }

    #[test]
    fn the_later_of_two_uses_stays_whatever_the_offset() {
        // 10:25 at +01:00 is 09:25 at Greenwich.
        for (there, expected) in [
            ("2024-05-26T09:30:00Z", "2024-05-26T09:30:00Z"),
            ("2024-05-26T09:20:00Z", "2024-05-26T10:25:17.123+01:00"),
            ("2024-05-26T09:30:00", "2024-05-26T10:25:17.123+01:00"),
        ] {
            let mut snapshot = phone("com.example.app", Some(there));
            join(&mut snapshot, &parse(REPORT.as_bytes()), Catalog::builtin(), false);
            assert_eq!(last_of(&snapshot, Permission::Camera), Some(expected));
        }
    }

    #[test]
    fn apps_outside_the_scope_are_counted() {
        let mut snapshot = phone("com.example.app", None);
        join(&mut snapshot, &parse(REPORT.as_bytes()), Catalog::builtin(), false);
        let section = snapshot.privacy_report.clone().unwrap();
        // One of the phone, one of the catalogue.
        assert_eq!(
            section.apps.iter().map(|app| app.id.as_str()).collect::<Vec<_>>(),
            ["com.burbn.instagram", "com.example.app"]
        );
        assert_eq!((section.other_apps, section.lines, section.not_understood), (1, 9, 1));
        assert_eq!(section.from.as_deref(), Some("2024-05-25T08:00:00.000+01:00"));
        assert_eq!(section.to.as_deref(), Some("2024-05-28T08:00:00.000+01:00"));
        let app = &section.apps[1];
        assert_eq!((app.domains, app.hits, app.browsed_domains), (2, 13, 1));
        assert_eq!(app.contacted[0].domain, "a.example");
        assert_eq!(app.contacted[1].owner.as_deref(), Some("Example Ads, Inc."));
        assert_eq!((app.uses[1].count, app.uses[1].through_picker), (0, 1));
        assert_eq!(
            (section.apps[0].uses[0].category.as_str(), section.apps[0].uses[0].permission),
            ("somethingNew", None)
        );
        let json = serde_json::to_string(&snapshot).unwrap();
        assert!(!json.contains("secret.example") && !json.contains("clinic"));
        assert!(!json.contains("com.example.other"));
        join(&mut snapshot, &parse(REPORT.as_bytes()), Catalog::builtin(), true);
        assert_eq!(snapshot.privacy_report.unwrap().other_apps, 0);
    }

    #[test]
    fn a_report_of_other_apps_is_still_there_with_its_counts() {
        let Some(root) = corpus() else { return };
        let file = std::fs::read(root.join("app_privacy_report/plaso_ios_app_privacy_report.ndjson")).unwrap();
        let mut snapshot = phone("com.example.app", None);
        join(&mut snapshot, &parse(file.as_slice()), Catalog::builtin(), false);
        let section = snapshot.privacy_report.unwrap();
        assert_eq!((section.lines, section.not_understood), (72, 0));
        assert!(section.other_apps >= 3, "{section:?}");
        assert!(snapshot.gaps.iter().all(|gap| gap.area != "App Privacy Report"));
    }

    #[test]
    fn a_report_that_was_cut_is_a_gap() {
        let mut snapshot = phone("com.example.app", None);
        let report = Report { cut: true, ..parse(REPORT.as_bytes()) };
        join(&mut snapshot, &report, Catalog::builtin(), false);
        assert!(snapshot.gaps.iter().any(|gap| gap.area == "App Privacy Report" && gap.reason == "truncated"));
    }
}
