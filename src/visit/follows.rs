//! What the result of a call follows from: the settings of [`super::settings`], filled in from the options.

use std::collections::BTreeMap;

use super::settings::{JudgedBy, ReadBy};
use super::{JudgeOptions, ReadOptions};
use crate::files::fingerprint;
use crate::profile::Profile;
use crate::source::fingerprint as evidence_fingerprint;
use crate::vocabulary::Severity;
use crate::waiver::{Devices, Waiver, Waivers};

impl JudgeOptions<'_> {
    /// Everything that a verdict follows from beside the snapshot: the same settings, the same verdict.
    pub fn settings(&self) -> JudgedBy {
        let named = |profile: &Profile| (profile.id.clone(), profile.sha256.clone());
        JudgedBy {
            profiles: self.profiles.iter().map(named).collect(),
            waivers: self.waivers.as_ref().map(|waivers| (of_waivers(waivers), self.today.to_string())),
            ownership: self.ownership.map(str::to_owned),
            threshold: self.threshold.map(Severity::word),
            strict: self.strict,
            only_new: self.only_new,
        }
    }
}

impl ReadOptions<'_> {
    /// Everything but the evidence that a snapshot follows from.
    pub fn settings(&self) -> ReadBy {
        let catalog = self.scope.catalog;
        ReadBy {
            user: self.scope.user,
            all_apps: self.scope.all_apps,
            show_serial: self.show_serial,
            privacy_report: self.privacy_report.as_deref().and_then(|path| evidence_fingerprint::of_path(path).ok()),
            id_key: self.id_key.as_deref().map(fingerprint::of_bytes),
            catalog: catalog.provenance().iter().map(|file| file.sha256.clone()).collect(),
            as_of: catalog.as_of().to_owned(),
        }
    }
}

/// SHA-256, hexadecimal, of everything that a verdict follows from: each waiver word for word, the apps that it selects, and the
/// profiles of its mitigations.
fn of_waivers(waivers: &Waivers) -> String {
    let devices = |devices: &Devices| match devices {
        Devices::Any => None,
        Devices::Ids(ids) => Some(ids.clone()),
    };
    let one = |waiver: &Waiver| {
        // A field that comes to be must be thought of here.
        let Waiver {
            rule,
            devices: phones,
            apps,
            permissions,
            reason,
            approver,
            ticket,
            granted,
            expires,
            mitigations,
            file,
            line,
        } = waiver;
        serde_json::json!({
            "rule": rule.to_string(),
            "devices": devices(phones),
            "apps": apps.as_ref().map(|apps| (apps.to_string(), apps.catalogue_slugs())),
            "permissions": permissions,
            "reason": reason,
            "approver": approver,
            "ticket": ticket,
            "granted": granted.to_string(),
            "expires": expires.to_string(),
            "mitigations": mitigations.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "file": file,
            "line": line,
        })
    };
    let profiles = waivers.profiles.iter().map(|(id, profile)| (id.as_str(), profile.sha256.as_str()));
    let profiles: BTreeMap<&str, &str> = profiles.collect();
    let list: Vec<serde_json::Value> = waivers.list.iter().map(one).collect();
    fingerprint::of_text(&serde_json::json!({ "waivers": list, "profiles": profiles }).to_string())
}
