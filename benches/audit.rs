//! How long a phone takes to be judged: 500 rules over 600 apps.
//!
//! `cargo bench --bench audit` runs them. The aim is less than five milliseconds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a bench that cannot go on stops"
)]

use std::fmt::Write as _;

use poucet::Catalog;
use poucet::audit::{Context, audit};
use poucet::profile::{Profile, load};
use poucet::snapshot::{
    App, Because, Device, EvidenceRow, Grant, Management, SCHEMA, Setting, Snapshot, SourceName, Switches, Tool, Value,
};
use poucet::vocabulary::permissions::{describe, describe_check};
use poucet::vocabulary::{AppSource, BecauseCode, Check, DecidedBy, Level, Permission, Platform, Presence, State};

fn main() {
    // Texts and catalogue are read once for each run of the program, and not a part of what is measured.
    audit(&phone(188), &profile(), Context::new(Catalog::builtin()));
    divan::main();
}

fn row(text: &str) -> EvidenceRow {
    EvidenceRow { source: "dumpsys package".to_owned(), line: 7, text: text.to_owned() }
}

/// A phone of 600 apps, so many of which the catalogue knows; each has some fifteen grants of mixed levels.
fn phone(listed: usize) -> Snapshot {
    let ids = Catalog::builtin().apps().iter().filter_map(|app| app.android.first().map(|id| id.id.replace('*', "x")));
    let ids: Vec<String> = ids.take(listed).collect();
    let others = (ids.len()..600).map(|number| format!("com.example.app{number}"));
    let apps = ids.iter().cloned().chain(others).enumerate().map(|(place, id)| {
        let known = Catalog::builtin().by_android_id(&id);
        let grants = Permission::ALL.iter().enumerate().filter(|(index, _)| (index + place) % 3 == 0);
        let grants = grants.map(|(index, permission)| {
            let levels = &describe(*permission).levels;
            Grant {
                permission: *permission,
                level: levels.get((index + place) % levels.len()).copied().unwrap_or(Level::None),
                inert: None,
                state: State::GrantedByPerson,
                decided_by: DecidedBy::User,
                last_used: None,
                changed_at: None,
                because: Because::new(BecauseCode::WhileInUse).about("android.permission.CAMERA"),
                evidence: vec![row("android.permission.CAMERA: granted=true, flags=[ USER_SET ]")].into(),
            }
        });
        App {
            slug: known.map(|app| app.slug.clone()),
            name: known.map(|app| app.name.clone()),
            user: 0,
            presence: Presence::Installed,
            version: None,
            installer: Some("com.android.vending".to_owned()),
            source: AppSource::PlayStore,
            installed_at: None,
            updated_at: None,
            system: false,
            enabled: true,
            suspended: false,
            stopped: None,
            target_sdk: Some(34),
            evidence: vec![row(&format!("Package [{id}] (1a2b3c):"))].into(),
            grants: grants.collect(),
            id,
        }
    });
    let settings =
        Check::ALL.iter().map(|check| (*check, Setting { value: Value::Bool(true), evidence: vec![row("1")].into() }));
    Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: Some("2026-11-20T12:00:00+00:00".to_owned()),
        source: SourceName { kind: "bundle".to_owned(), name: None, collected: None },
        device: Device {
            platform: Platform::Android,
            manufacturer: Some("samsung".to_owned()),
            model: None,
            os_version: Some("15".to_owned()),
            api_level: Some(35),
            build: None,
            patch_level: None,
            timezone: None,
            id: None,
        },
        users: Vec::new(),
        apps: apps.collect(),
        other_apps: Default::default(),
        own_catalogs: Vec::new(),
        other_clients: Default::default(),
        settings: settings.collect(),
        switches: Switches::default(),
        management: Management::default(),
        config_profiles: Vec::new(),
        clock: None,
        partial: Vec::new(),
        privacy_report: None,
        footprint: Vec::new(),
        gaps: Vec::new(),
        read: Vec::new(),
    }
}

/// 500 rules: 300 on permissions (one to four each), 100 on presence, 40 on the source, 60 on the phone. Their selectors are those
/// that profiles have: all listed apps, categories, single apps, and these together.
fn profile() -> Profile {
    let catalog = Catalog::builtin();
    let slugs: Vec<&str> = catalog.apps().iter().map(|app| app.slug.as_str()).collect();
    let categories: Vec<&str> = catalog.categories().map(|(word, _)| word).collect();
    let categories: Vec<&str> =
        categories.into_iter().filter(|word| catalog.apps().iter().any(|app| app.category == *word)).collect();
    let selector = |number: usize| {
        let (slug, category) = (slugs[number * 7 % slugs.len()], categories[number % categories.len()]);
        match number % 5 {
            0 => "any".to_owned(),
            1 => format!("category:{category}"),
            2 => format!("{slug} or {}", slugs[number * 11 % slugs.len()]),
            3 => format!("category:{category} or {slug}"),
            _ => format!("any and not ({slug} or category:{category})"),
        }
    };
    let mut text = "format = 1\nid = \"bench\"\ntitle = { en = \"Bench\", fr = \"Banc\" }\n".to_owned();
    let device = Check::ALL
        .iter()
        .filter(|check| matches!(describe_check(**check).value, poucet::vocabulary::permissions::CheckValue::YesNo));
    let checks: Vec<&Check> = device.collect();
    for number in 0..500 {
        let states = match number {
            0..300 => {
                let some = (0..=number % 4).map(|step| Permission::ALL[(number + step * 5) % Permission::ALL.len()]);
                let levels: std::collections::BTreeSet<_> = some.collect();
                let levels: Vec<String> = levels
                    .iter()
                    .map(|one| {
                        format!("{one} = \"{}\"", describe(*one).levels.first().map_or("none", |level| level.word()))
                    })
                    .collect();
                format!("apps = \"{}\"\nmax = {{ {} }}", selector(number), levels.join(", "))
            }
            300..400 => format!("apps = \"{}\"\npresence = \"absent\"", selector(number)),
            400..440 => format!("apps = \"{}\"\nsource = [\"play-store\"]", selector(number)),
            _ => format!("device = \"{}\"\nis = true", checks[number % checks.len()]),
        };
        let _ = write!(
            text,
            "[rule.rule-{number}]\ntitle = {{ en = \"A rule of the bench\", fr = \"Une règle du banc\" }}\n\
             why = {{ en = \"To be measured\", fr = \"À mesurer\" }}\nseverity = \"medium\"\nrefs = [\"cisa-mcbp\"]\n{states}\n"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.toml");
    std::fs::write(&path, text).unwrap();
    load(path.to_str().unwrap(), catalog).unwrap_or_else(|errors| panic!("{errors}"))
}

/// So many of the 600 apps are in the catalogue: a phone of somebody who has them all, and one with sixty.
#[divan::bench(args = [60, 188])]
fn judge_500_rules_600_apps(bencher: divan::Bencher<'_, '_>, listed: usize) {
    let (phone, profile) = (phone(listed), profile());
    bencher.bench(|| audit(&phone, &profile, Context::new(Catalog::builtin())).findings.len());
}
