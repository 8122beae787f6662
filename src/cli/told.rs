//! What happens in a visit, in the person's words: from events, notes and errors to sentences.

use std::collections::BTreeMap;
use std::path::Path;

use poucet::inner::source::adb;
use poucet::inner::source::adb::devices::{Sighting, Sightings};
use poucet::inner::source::loose::Ignored;
use poucet::store::Doubt;
use poucet::text::clean::sanitize;
use poucet::visit::{Failure, Kept, KeptCounts, Note, WaiversUsed, Watched, sight};
use poucet::waiver::{Devices, Waivers};

use super::Session;

/// How much of the name of a place is shown, in characters.
const LONGEST_PLACE: usize = 500;
/// How many of the files that were left aside are named; the others are counted.
const MOST_NAMED: usize = 10;

/// Says what happened and what to do.
pub(crate) fn failure(session: &Session, failure: &Failure) {
    let message = session.texts.told(failure);
    if failure.is_no_target() {
        session.say(&message);
    } else {
        session.error(&message, session.texts.hint(failure).as_deref());
    }
}

/// Says something to know. What was given in vain is said of a password that nobody was asked for.
pub(crate) fn note(session: &Session, note: Note<'_>, password_given: bool) {
    let texts = &session.texts;
    let shown = |place: &str| sanitize(place, LONGEST_PLACE);
    match note {
        Note::BackupLocked(target) => {
            session.say(&texts.with("cli-backup-locked", &[("target", &shown(target))]));
            hint(session, "cli-backup-locked-hint");
        }
        Note::NotEncrypted(target) if password_given => {
            session.say(&texts.with("cli-password-not-needed", &[("target", &shown(target))]));
        }
        Note::NotEncrypted(_) => {}
        Note::Unfinished(target, state) => {
            session.say(&texts.with("cli-backup-unfinished", &[("target", &shown(target)), ("state", state)]));
        }
        Note::Resized(target, files) => {
            let count = u64::try_from(files.len()).unwrap_or(u64::MAX);
            let (target, files) = (shown(target), files.join(", "));
            let variables = [("target", target.as_str()), ("files", &files)];
            session.say(&texts.count("cli-backup-resized", count, &variables));
        }
        Note::Ignored(folder, files) => ignored(session, folder, files),
        Note::OlderCatalog(counted) => older_catalog(session, counted),
        Note::WaitingForOwner(target) => {
            session.say(&texts.with("cli-waiting-allow", &[("target", &sanitize(target, 200))]));
        }
        Note::BadKey(error) => session.say(&texts.with("cli-bad-key", &[("text", &session.adb_error(error))])),
        Note::OtherBaseline(target) => session.say(&texts.with("cli-baseline-other", &[("target", target)])),
        Note::NoBaseline(target) => session.say(&texts.with("cli-no-baseline", &[("target", target)])),
        Note::SamePhone(target, other) => {
            session.say(&texts.with("cli-same-phone", &[("target", target), ("other", other)]));
        }
        Note::OnePhone(serial) => {
            session.say(&texts.with("cli-android-serial", &[("serial", &sanitize(serial, 80))]));
        }
        Note::Consent(profile) => session.say(&texts.with("cli-consent", &[("profile", &profile.id)])),
        Note::OtherResults(folder) => {
            session.say(&texts.with("cli-other-results", &[("folder", &shown(&folder.display().to_string()))]));
        }
    }
}

fn hint(session: &Session, key: &str) {
    session.say(&format!("{} {}", session.texts.get("cli-hint"), session.texts.get(key)));
}

/// Says which files of a folder were left aside, and why.
fn ignored(session: &Session, folder: &Path, files: &[Ignored]) {
    for file in files.iter().take(MOST_NAMED) {
        let reason = session.texts.get(&format!("cli-ignored-{}", file.why.word()));
        let place = sanitize(&folder.join(&file.file).display().to_string(), LONGEST_PLACE);
        let key = if file.why.is_doubt() { "cli-doubted" } else { "cli-ignored" };
        session.say(&session.texts.with(key, &[("file", &place), ("reason", &reason)]));
    }
    if files.len() > MOST_NAMED {
        let more = u64::try_from(files.len() - MOST_NAMED).unwrap_or(0);
        session.say(&session.texts.count("cli-ignored-more", more, &[]));
    }
}

/// Says for which targets there are apps that an older catalogue only counted.
fn older_catalog(session: &Session, counted: &BTreeMap<String, u64>) {
    for (target, count) in counted {
        let (target, count) = (sanitize(target, LONGEST_PLACE), count.to_string());
        session.say(&session.texts.with("cli-older-catalog", &[("target", &target), ("count", &count)]));
    }
    hint(session, "cli-older-catalog-hint");
}

/// Says that there is no phone, and what to do.
pub(crate) fn no_phone(session: &Session, options: &adb::Options, found: &Sightings) {
    session.error(&session.texts.get("cli-no-phone"), Some(&session.texts.get("cli-no-phone-hint")));
    match &found.server {
        Ok(server) => {
            let version = server.version.map_or_else(String::new, |version| version.to_string());
            session.say(&session.texts.with("cli-server", &[("address", &server.address), ("version", &version)]));
        }
        Err(error) => session.say(&session.adb_error(error)),
    }
    if let Some(serial) = &options.serial {
        note(session, Note::OnePhone(serial), false);
    }
    for key in ["no-phone-in-sight", "cable-for-data"] {
        hint(session, key);
    }
}

/// What to do for a phone, most likely first.
pub(crate) fn advice(session: &Session, phone: &Sighting) -> Vec<String> {
    phone.advice().into_iter().map(|advice| session.texts.get(advice.key())).collect()
}

/// Says of one phone that it is not ready, and what to do.
pub(crate) fn not_ready(session: &Session, phone: &Sighting) {
    let message = session.texts.told(&sight::not_ready(phone));
    let advice = advice(session, phone);
    session.error(&message, advice.first().map(String::as_str));
    for more in advice.iter().skip(1) {
        session.say(&format!("{} {more}", session.texts.get("cli-hint")));
    }
}

/// Says what happens with the store.
pub(crate) fn kept(session: &Session, kept: Kept<'_>) {
    let texts = &session.texts;
    match kept {
        Kept::Refused(error) => store_error(session, error),
        Kept::Drained { count, place } => session.say(&texts.count("cli-store-drained", count, &[("place", place)])),
        Kept::Left(left) => {
            let file = left.file.display().to_string();
            let variables = [("file", file.as_str()), ("detail", left.detail())];
            let hint = texts.with(&format!("{}-hint", left.key()), &variables);
            session.error(&texts.with(left.key(), &variables), Some(&hint));
        }
        Kept::Counts(counts) => kept_counts(session, counts),
        Kept::Undo(days) => undo(session, days),
        Kept::Doubt(of) => doubt(session, of),
        Kept::Waiting { count, folder } => {
            let message = texts.count("cli-store-waiting", count, &[("folder", folder)]);
            session.error(&message, Some(&texts.get("cli-store-waiting-hint")));
        }
    }
}

fn kept_counts(session: &Session, counts: &KeptCounts) {
    let told = [
        ("cli-store-new", counts.new),
        ("cli-store-known", counts.known),
        ("cli-store-too-old", counts.too_old),
        ("cli-store-expired", counts.expired),
        ("cli-store-purged", counts.purged),
    ];
    for (key, count) in told.into_iter().filter(|(_, count)| *count > 0) {
        session.say(&session.texts.count(key, count, &[("place", &counts.place)]));
    }
}

/// Says what is wrong with a store.
pub(crate) fn store_error(session: &Session, error: &poucet::store::StoreError) {
    let arguments = error.arguments();
    let hint = session.texts.filled(&error.hint_key(), &arguments);
    session.error(&session.texts.filled(error.key(), &arguments), Some(&hint));
}

/// Says for how long what was deleted can be brought back.
pub(crate) fn undo(session: &Session, days: u32) {
    if days > 0 {
        session.say(&session.texts.count("cli-store-undo", days.into(), &[]));
    }
}

/// Says why nothing, or less, was deleted than the clock of the desk says.
pub(crate) fn doubt(session: &Session, doubt: &Doubt) {
    let time = |seconds: i64| {
        let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MIN);
        time.strftime("%Y-%m-%d %H:%M UTC").to_string()
    };
    let (clock, store) = doubt.times();
    let said = session.texts.with(doubt.key(), &[("clock", &time(clock)), ("store", &time(store))]);
    session.say(&format!("{said} {}", session.texts.get("store-clock-hint")));
}

/// Says what happens in a watch.
pub(crate) fn watched(session: &Session, watched: Watched<'_>) {
    let texts = &session.texts;
    session.say(&match watched {
        Watched::Ready => texts.get("cli-watch-ready"),
        Watched::ServerBack { address, version } => {
            let version = version.map_or_else(String::new, |version| version.to_string());
            texts.with("cli-watch-server-back", &[("address", address), ("version", &version)])
        }
        Watched::ServerGone(address) => texts.with("cli-watch-server-gone", &[("address", address)]),
        Watched::Reading(target) => texts.with("cli-watch-reading", &[("target", target)]),
        Watched::Written { target, file } => texts.with("cli-watch-written", &[("target", target), ("file", file)]),
        Watched::Next => texts.get("cli-watch-next"),
        Watched::Ending(count) => texts.count("cli-watch-ending", count, &[]),
    });
}

/// Tells of waivers for any phone that none of the phones of the call needed.
pub(crate) fn unused_waivers(session: &Session, waivers: &Waivers, used: &WaiversUsed) {
    for (place, waiver) in waivers.list.iter().enumerate() {
        let is = |list: &[bool]| list.get(place).copied().unwrap_or(false);
        if waiver.devices == Devices::Any && is(&used.judged) && !is(&used.needed) {
            let place = format!("{}:{}", waiver.file, waiver.line);
            session.say(
                &session.texts.with("cli-waiver-unused", &[("rule", &waiver.rule.to_string()), ("place", &place)]),
            );
        }
    }
}
