//! How the phone started and what guards it: root, verified boot, encryption, Play Protect.

use super::{Checks, Outcome, yes};
use crate::evidence::{Kind, Reason};
use crate::parse::android::settings::Namespace;
use crate::parse::android::simple::SelinuxMode;
use crate::snapshot::EvidenceRow;

impl Checks<'_, '_> {
    /// Signs of root. That there is none proves nothing, and is not reported as a no.
    pub(super) fn root(&self) -> Outcome {
        let mut rows = Vec::new();
        if self.facts.shell_identity == Some(0) {
            rows.extend(self.facts.rows.row(Kind::ShellIdentity, None, 1));
        }
        for (key, bad) in [
            ("ro.debuggable", "1"),
            ("ro.secure", "0"),
            ("ro.build.tags", "test-keys"),
            ("ro.build.type", "userdebug"),
            ("ro.build.type", "eng"),
        ] {
            if self.facts.property(key).is_some_and(|value| value.split(',').any(|word| word == bad)) {
                rows.extend(self.facts.property_row(key));
            }
        }
        if rows.is_empty() {
            return match self.facts.properties {
                Some(_) => Err((Reason::NotSupported, "su")),
                None => Err(self.missing(Kind::Properties)),
            };
        }
        yes(true, rows)
    }

    /// The bootloader is locked and the system is the verified one. `green` alone does not say so: builds signed with
    /// test keys and permissive SELinux print it as well. `yellow` is a locked phone with a key of its own.
    pub(super) fn verified_boot(&self) -> Outcome {
        const STATE: &str = "ro.boot.verifiedbootstate";
        const AGAINST: [(&str, &[&str]); 7] = [
            ("ro.boot.flash.locked", &["0"]),
            ("ro.boot.vbmeta.device_state", &["unlocked"]),
            ("ro.secureboot.lockstate", &["unlocked", "unlock"]),
            ("ro.boot.veritymode", &["disabled", "logging"]),
            ("ro.boot.selinux", &["permissive", "disabled"]),
            ("ro.build.tags", &["test-keys"]),
            (STATE, &["orange", "red"]),
        ];
        let state = STATE;
        if self.facts.properties.is_none() {
            return Err(self.missing(Kind::Properties));
        }
        let mut against = Vec::new();
        for (key, bad) in AGAINST {
            if self.facts.property(key).is_some_and(|value| bad.contains(&value)) {
                against.extend(self.facts.property_row(key));
            }
        }
        if matches!(self.facts.selinux, Some(SelinuxMode::Permissive | SelinuxMode::Disabled)) {
            against.extend(self.facts.rows.row(Kind::SelinuxMode, None, 1));
        }
        if !against.is_empty() {
            return yes(false, against);
        }
        // A property that is lost with the end of the list could be one that speaks against it.
        if let Some(reason) = AGAINST.iter().find_map(|(key, _)| self.facts.property_unknown(key)) {
            return Err((reason, Kind::Properties.label()));
        }
        match self.facts.property(state) {
            Some("green" | "yellow") => yes(true, self.facts.property_row(state)),
            _ => Err((Reason::Absent, state)),
        }
    }

    /// File-based encryption, or disk encryption with a PIN at start; "block default key" can be read without one.
    pub(super) fn encryption(&self) -> Outcome {
        let Some(state) = self.facts.property("ro.crypto.state") else {
            return Err(match self.facts.properties {
                Some(_) => (Reason::Absent, "ro.crypto.state"),
                None => self.missing(Kind::Properties),
            });
        };
        let mut rows: Vec<EvidenceRow> = self.facts.property_row("ro.crypto.state").into_iter().collect();
        rows.extend(self.facts.property_row("ro.crypto.type"));
        if state != "encrypted" {
            return yes(false, rows);
        }
        let kind = self.facts.property("ro.crypto.type");
        // Android 10 and later know file-based encryption only; before, no word of the kind leaves the disk's own way open.
        if kind.is_none() && self.facts.api.is_none_or(|api| api < 29) {
            return Err((Reason::Absent, "ro.crypto.type"));
        }
        if let Some(reason) = self.facts.property_unknown("ro.crypto.type") {
            return Err((reason, Kind::Properties.label()));
        }
        if kind == Some("block") {
            let Some(policy) = &self.facts.device_policy else { return Err(self.missing(Kind::DevicePolicy)) };
            let Some(status) = &policy.dump.encryption else { return Err((Reason::Absent, "Encryption Status")) };
            rows.extend(self.facts.rows.row(Kind::DevicePolicy, None, status.line));
            return yes(!status.value.contains("default key"), rows);
        }
        yes(true, rows)
    }

    /// Scanning by Google Play Protect. Without an answer the person was never asked, which is not a yes.
    pub(super) fn play_protect(&self) -> Outcome {
        let keys = ["package_verifier_user_consent", "package_verifier_enable"];
        let rows = self.rows(Namespace::Global, &keys);
        let [consent, enable] = keys.map(|key| self.value(Namespace::Global, key));
        if consent == Some("-1") || enable == Some("0") {
            return yes(false, rows);
        }
        self.table(Namespace::Global, &keys)?;
        if consent == Some("1") {
            return yes(true, rows);
        }
        Err((Reason::Absent, "package_verifier_user_consent"))
    }

    /// A row that names an app, if the snapshot names it or it is part of the system image; else the given text.
    pub(super) fn named(&self, kind: Kind, line: u32, otherwise: &str) -> Option<EvidenceRow> {
        let row = self.facts.rows.row(kind, None, line)?;
        let names = |name: &str| row.text.contains(name);
        let known = self.apps.iter().any(|app| names(&app.id))
            || self
                .facts
                .packages
                .iter()
                .flat_map(|dump| &dump.packages)
                .any(|known| known.system && names(known.name));
        if known { Some(row) } else { self.facts.rows.excerpt(kind, None, line, otherwise) }
    }
}
