//! From the evidence of a backup to a snapshot.

use super::facts::Facts;
use crate::evidence::SourceKind;
use crate::evidence::ios::BackupEvidence;
use crate::snapshot::android::build::Options;
use crate::snapshot::model::SCHEMA;
use crate::snapshot::{
    Device, Management, OtherClients, Platform, Snapshot, SourceName, Switches, Tool, User, UserKind,
};

/// Makes the snapshot of a backup.
pub fn snapshot(evidence: &BackupEvidence, _options: Options<'_>) -> Snapshot {
    let facts = Facts::read(evidence);
    Snapshot {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        taken_at: None,
        source: SourceName { kind: SourceKind::IosBackup.word().to_owned(), collected: None, name: None },
        device: Device {
            platform: Platform::Ios,
            manufacturer: Some("Apple".to_owned()),
            model: None,
            os_version: None,
            api_level: None,
            build: None,
            patch_level: None,
            timezone: None,
            id: None,
        },
        users: vec![User { id: 0, kind: UserKind::Primary }],
        apps: Vec::new(),
        other_apps: std::collections::BTreeMap::new(),
        other_clients: OtherClients::default(),
        settings: std::collections::BTreeMap::new(),
        switches: Switches::default(),
        management: Management::default(),
        config_profiles: Vec::new(),
        privacy_report: None,
        footprint: Vec::new(),
        gaps: facts.gaps(),
        read: Vec::new(),
    }
}
