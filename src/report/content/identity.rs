//! Names that stay the same from one run to the next, so that programs know a finding again.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::audit::Finding;
use crate::snapshot::Snapshot;

/// Under which the names of this program stand: the UUID version 5 of `poucet` among the names of no other kind.
fn namespace() -> Uuid {
    Uuid::new_v5(&Uuid::nil(), b"poucet")
}

/// A UUID version 5 of a name; the same name has the same one everywhere.
pub(in crate::report) fn uuid(name: &str) -> String {
    Uuid::new_v5(&namespace(), name.as_bytes()).to_string()
}

/// The phone as other names contain it: its id, or the word `phone` where it has none.
pub(in crate::report) fn device(snapshot: &Snapshot) -> &str {
    snapshot.device.id.as_deref().unwrap_or("phone")
}

/// What a finding is about, whatever its outcome: profile, rule, phone, user, app, permission or check.
pub(in crate::report) fn finding(profile: &str, snapshot: &Snapshot, finding: &Finding<'_>) -> String {
    let (user, app) = finding.app.as_ref().map_or_else(Default::default, |app| (app.user.to_string(), app.id.clone()));
    let permission = finding.permission.map(|permission| permission.word());
    let thing = permission.or(finding.check.map(|check| check.word())).unwrap_or_default();
    // What a waiver has to say is told apart by the rule that it is about.
    let about = match &finding.waiver {
        Some(note) if finding.rule.is_waiver => note.rule.to_string(),
        _ => String::new(),
    };
    [profile, finding.code(), device(snapshot), &user, &app, thing, &about].join(":").trim_end_matches(':').to_owned()
}

/// The first half of the SHA-256 of a name, hexadecimal.
pub(in crate::report) fn fingerprint(name: &str) -> String {
    Sha256::digest(name.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// When a snapshot was taken, for forms that demand a moment with an offset. Without an offset it is written as if it were UTC, without a
/// time as the beginning of 1970; the second value is `false` then.
pub(in crate::report) fn moment(snapshot: &Snapshot) -> (String, bool) {
    match snapshot.taken_at.as_deref() {
        Some(at) if at.parse::<jiff::Timestamp>().is_ok() => (at.to_owned(), true),
        Some(at) => match at.parse::<jiff::civil::DateTime>() {
            Ok(clock) => (format!("{clock}Z"), false),
            Err(_) => (NEVER.to_owned(), false),
        },
        None => (NEVER.to_owned(), false),
    }
}

const NEVER: &str = "1970-01-01T00:00:00Z";

/// The same in milliseconds since 1970.
pub(in crate::report) fn milliseconds(snapshot: &Snapshot) -> i64 {
    let (at, _) = moment(snapshot);
    at.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond)
}
