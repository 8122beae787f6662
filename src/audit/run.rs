//! Judging one phone by one profile.

use super::context::Context;
use super::hide::hide;
use super::judge::{Judge, note_what_only_tells};
use super::model::{Audit, CatalogUsed, Finding, Summary};
use super::waive::waive;
use crate::catalog::OwnCatalog;
use crate::profile::{AppView, Profile};
use crate::snapshot::Snapshot;

/// Judges one phone by one profile.
pub fn audit<'s>(snapshot: &'s Snapshot, profile: &'s Profile, context: Context<'_>) -> Audit<'s> {
    let judge = Judge::new(snapshot, profile, context);
    let mut findings = judge.rules(profile);
    // Of a phone that the profile is not for nothing was signed either.
    let waivers = if judge.is_for(profile) { waive(&judge, profile, &mut findings) } else { Vec::new() };
    note_what_only_tells(&mut findings);
    let hidden = judge.hidden();
    for finding in &mut findings {
        hide(finding, &hidden);
    }
    let summary = Summary::of(&findings);
    findings.sort_by_cached_key(Finding::order);
    // Of apps that are on the phone no longer, the App Privacy Report may still tell.
    let active = snapshot.privacy_report.iter().flat_map(|report| &report.apps).map(|app| &app.id);
    let active_and_hidden: Vec<String> = active
        .filter(|id| profile.privacy.hides(&AppView::installed(context.catalog, snapshot.device.platform, id)))
        .filter(|id| hidden.iter().all(|app| app.id != **id))
        .cloned()
        .collect();
    Audit {
        snapshot,
        profile_id: &profile.id,
        profile_version: &profile.version,
        profile_sha256: &profile.sha256,
        profile_title: &profile.title,
        profile_note: profile.note.as_ref(),
        profile_platform: profile.platform,
        strict: profile.strict,
        tailored: &profile.tailored,
        catalog: CatalogUsed { as_of: context.catalog.as_of().to_owned(), own: OwnCatalog::of(context.catalog) },
        hidden: hidden.iter().map(|app| app.id.clone()).chain(active_and_hidden).collect(),
        findings,
        summary,
        waivers,
        baseline: None,
    }
}
