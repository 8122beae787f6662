//! How long the page of a phone with 600 named apps takes, and how long it is; the aim is 50 milliseconds and two megabytes.
//!
//! `cargo bench --bench report` runs them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a bench that cannot go on stops"
)]

use poucet::Catalog;
use poucet::audit::{Audit, Context, audit};
use poucet::profile::load;
use poucet::report::{Format, Languages, Layout, Wording};
use poucet::snapshot::{
    App, Because, Device, EvidenceRow, Grant, LastUse, Management, SCHEMA, Snapshot, SourceName, Switches, Tool,
};
use poucet::text::{Language, Texts};
use poucet::vocabulary::{AppSource, BecauseCode, DecidedBy, Level, Permission, Platform, Presence, State, Usage};

fn main() {
    let (phone, texts) = (phone(), [Texts::new(Language::En), Texts::new(Language::Fr)]);
    let profile = load("byod", Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"));
    let audits = [audit(&phone, &profile, Context::new(Catalog::builtin()))];
    for (name, second) in [("one language", false), ("both languages", true)] {
        println!("the page of 600 apps in {name}: {} bytes", page(&audits, &texts, second).len());
    }
    divan::main();
}

fn row(line: u32, text: &str) -> EvidenceRow {
    EvidenceRow { source: "dumpsys package".to_owned(), line, text: text.to_owned() }
}

/// A phone of 600 apps with eight grants each, half of them in force and one used; the catalogue knows 188 of them.
fn phone() -> Snapshot {
    let listed =
        Catalog::builtin().apps().iter().filter_map(|app| app.android.first().map(|id| id.id.replace('*', "x")));
    let mut ids: Vec<String> = listed.take(188).collect();
    ids.extend((ids.len()..600).map(|number| format!("com.example.app{number}")));
    let permissions = [
        Permission::Location,
        Permission::Camera,
        Permission::Microphone,
        Permission::Contacts,
        Permission::Photos,
        Permission::Calendar,
        Permission::Sms,
        Permission::Notifications,
    ];
    let app = |(place, id): (usize, &String)| {
        let known = Catalog::builtin().by_android_id(id);
        let grant = |(index, permission): (usize, &Permission)| Grant {
            permission: *permission,
            level: if (index + place) % 2 == 0 { Level::WhileInUse } else { Level::None },
            inert: None,
            state: State::GrantedByPerson,
            decided_by: DecidedBy::User,
            last_used: (index == place % 8)
                .then(|| LastUse::at("2026-11-14T21:10:03-05:00".to_owned(), Usage::Foreground, false)),
            changed_at: None,
            because: Because::new(BecauseCode::WhileInUse).about("android.permission.CAMERA"),
            evidence: vec![
                row(
                    u32::try_from(100 + index).unwrap(),
                    "android.permission.CAMERA: granted=true, flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED ]",
                ),
                row(u32::try_from(200 + index).unwrap(), "CAMERA: mode=foreground"),
            ]
            .into(),
        };
        App {
            id: id.clone(),
            slug: known.map(|app| app.slug.clone()),
            name: known.map(|app| app.name.clone()),
            user: 0,
            presence: Presence::Installed,
            version: Some("45.7.3".to_owned()),
            installer: Some("com.android.vending".to_owned()),
            source: AppSource::PlayStore,
            installed_at: Some("2025-08-17T10:00:00-05:00".to_owned()),
            updated_at: Some("2026-11-09T10:00:00-05:00".to_owned()),
            system: false,
            enabled: true,
            suspended: false,
            stopped: None,
            target_sdk: Some(35),
            evidence: vec![
                row(2, &format!("Package [{id}] (1a):")),
                row(25, "installerPackageName=com.android.vending"),
            ]
            .into(),
            grants: permissions.iter().enumerate().map(grant).collect(),
        }
    };
    Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: Some("2026-11-16T09:30:00-05:00".to_owned()),
        source: SourceName { kind: "bugreport".to_owned(), name: None, collected: None },
        device: Device {
            platform: Platform::Android,
            manufacturer: Some("Example".to_owned()),
            model: Some("One".to_owned()),
            os_version: Some("15".to_owned()),
            api_level: Some(35),
            build: None,
            patch_level: Some("2026-10-01".to_owned()),
            timezone: None,
            id: None,
        },
        users: Vec::new(),
        apps: ids.iter().enumerate().map(app).collect(),
        other_apps: Default::default(),
        own_catalogs: Vec::new(),
        other_clients: Default::default(),
        settings: Default::default(),
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

fn page(audits: &[Audit<'_>], texts: &[Texts; 2], both: bool) -> String {
    write(audits, texts, both, Format::Html)
}

fn write(audits: &[Audit<'_>], texts: &[Texts; 2], both: bool, format: Format) -> String {
    let [first, second] = texts;
    let languages = Languages { first: Wording::new(first), second: both.then(|| Wording::new(second)) };
    let layout = Layout { width: 100, colour: false, today: None, wide: false };
    format.document(languages, layout, [format.form(languages, layout).audits(audits)])
}

fn measure(bencher: divan::Bencher<'_, '_>, both: bool, format: Format) {
    let (phone, texts) = (phone(), [Texts::new(Language::En), Texts::new(Language::Fr)]);
    let profile = load("byod", Catalog::builtin()).unwrap_or_else(|errors| panic!("{errors}"));
    let audits = [audit(&phone, &profile, Context::new(Catalog::builtin()))];
    bencher.bench_local(|| write(&audits, &texts, both, format).len());
}

#[divan::bench]
fn html(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, false, Format::Html);
}

#[divan::bench]
fn html_in_both_languages(bencher: divan::Bencher<'_, '_>) {
    measure(bencher, true, Format::Html);
}

#[divan::bench(args = ["json", "csv", "markdown", "sarif", "junit", "oscal", "ocsf"])]
fn other_forms(bencher: divan::Bencher<'_, '_>, form: &str) {
    measure(bencher, false, Format::from_word(form).unwrap());
}
