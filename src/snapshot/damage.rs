//! Which parts of a reading are not whole: half a reading is no reading to compare with.
//!
//! The mark follows from the gaps alone, so that a snapshot file that was written before there was one is marked alike.

use std::collections::BTreeSet;

use super::model::{APP_LIST, Gap, Snapshot};
use super::part::Part;
use crate::evidence::ios::Artefact;
use crate::evidence::{Kind, Reason};

impl Snapshot {
    /// The parts of the phone that this reading does not tell whole, by its mark and by its gaps. A gap about one app, or about what
    /// the source of the evidence never tells, makes no reading partial.
    pub fn unread_parts(&self) -> BTreeSet<Part> {
        parts(&self.partial, &self.gaps)
    }

    /// Whether it is half a reading.
    pub fn is_partial(&self) -> bool {
        !self.partial.is_empty() || self.gaps.iter().any(|gap| part(gap).is_some())
    }

    /// Marks the parts that are not whole.
    #[must_use]
    pub fn marked(mut self) -> Snapshot {
        self.partial = self.unread_parts().into_iter().collect();
        self
    }
}

/// As [`Snapshot::unread_parts`], of the mark and the gaps alone.
pub(crate) fn parts(marked: &[Part], gaps: &[Gap]) -> BTreeSet<Part> {
    marked.iter().copied().chain(gaps.iter().filter_map(part)).collect()
}

/// The part of the phone that a gap makes a hole in.
fn part(gap: &Gap) -> Option<Part> {
    if gap.area == APP_LIST {
        return Some(Part::Apps);
    }
    let is = |reasons: &[Reason]| reasons.iter().any(|reason| reason.word() == gap.reason);
    // A row that is not understood among many that are is counted in the report, and the evidence is whole all the same; one that
    // poucet has no word for was read.
    let is_counted = is(&[Reason::NotKnown]) || is(&[Reason::Unreadable]) && gap.read.is_some_and(|read| read > 0);
    if gap.app.is_some() || is_counted {
        return None;
    }
    let area = gap.area.split(" (user ").next().unwrap_or(&gap.area);
    if let Some(kind) = Kind::of_label(area) {
        let part = match kind {
            // No phone is without these, and no source of evidence either: whatever the reason, half of the phone is missing.
            Kind::Packages => return Some(Part::Apps),
            Kind::AppOps => return Some(Part::Access),
            // Installed packages follow from another dump; a user that this list is refused for is read all the same.
            Kind::PackageList | Kind::PackagesJson => return None,
            // Without the version nobody can say what a grant means.
            Kind::Properties if is(&[Reason::Absent]) => return Some(Part::Access),
            Kind::Properties | Kind::Roles | Kind::SettingsSecure | Kind::Accessibility => Part::Access,
            _ => Part::Settings,
        };
        // What a source does not hold, or a version does not have, is no mishap of this reading.
        return (!is(&[Reason::Absent, Reason::NotSupported])).then_some(part);
    }
    let artefact = Artefact::ALL.iter().find(|artefact| artefact.label() == area)?;
    let part = match artefact {
        Artefact::Info | Artefact::Manifest | Artefact::ManifestDb | Artefact::AppRegistry => Part::Apps,
        Artefact::Tcc
        | Artefact::LocationClients
        | Artefact::Notifications
        | Artefact::NetworkExtension
        | Artefact::BackgroundRefresh
        | Artefact::Status => Part::Access,
        _ => Part::Settings,
    };
    match () {
        () if is(&[Reason::Absent]) => artefact.is_expected().then_some(part),
        () if is(&[Reason::NotSupported, Reason::EncryptedOnly]) => None,
        () => Some(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::{gap, phone};

    fn parts(area: &str, reason: &str) -> Vec<&'static str> {
        let mut snapshot = phone();
        snapshot.gaps.push(Gap { reason: reason.to_owned(), ..gap(area, None, None) });
        let parts: Vec<&str> = snapshot.unread_parts().into_iter().map(Part::word).collect();
        assert_eq!(snapshot.is_partial(), !parts.is_empty());
        // An older file has gaps and no mark; a marked one tells the same.
        assert_eq!(snapshot.clone().marked().unread_parts(), snapshot.unread_parts());
        parts
    }

    #[test]
    fn no_apps_or_app_ops_is_half_a_reading_whatever_the_reason() {
        for reason in ["absent", "refused", "timed-out", "truncated", "unreadable", "not-supported", "contradicting"] {
            assert_eq!(parts("dumpsys package", reason), ["apps"], "{reason}");
            assert_eq!(parts("dumpsys appops", reason), ["access"], "{reason}");
            assert_eq!(parts(APP_LIST, reason), ["apps"], "{reason}");
        }
        assert_eq!(parts("TCC.db", "no-password"), ["access"]);
        assert_eq!(parts("TCC.db", "absent"), ["access"]);
        assert_eq!(parts("Manifest.db", "truncated"), ["apps"]);
        assert_eq!(parts("settings secure (user 10)", "timed-out"), ["access"]);
        assert_eq!(parts("settings global", "truncated"), ["settings"]);
    }

    #[test]
    fn what_a_source_never_tells_makes_no_reading_partial() {
        assert!(parts("dumpsys trust", "absent").is_empty());
        assert!(parts("cmd user list", "not-supported").is_empty());
        assert!(parts("pm list packages", "refused").is_empty());
        assert!(parts("healthdb.sqlite", "encrypted-only").is_empty());
        assert!(parts("MDM.plist", "absent").is_empty());
        let mut snapshot = phone();
        snapshot.gaps.push(gap("camera", Some("com.example.app"), Some(0)));
        snapshot.gaps.push(Gap {
            reason: "unreadable".to_owned(),
            read: Some(900),
            of: Some(901),
            ..gap("dumpsys package", None, None)
        });
        assert!(!snapshot.is_partial());
    }
}
