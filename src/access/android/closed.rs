//! What closes an op to every app of a user, whatever the app was granted.

use super::facts::Facts;
use crate::evidence::Kind;
use crate::snapshot::EvidenceRow;
use crate::vocabulary::Inert;

impl Facts<'_> {
    /// What closes an op to every app of a user, and the row that says so: a restriction of the user, a policy, or the main
    /// switch behind it. Parts of the system are let past some of them.
    pub fn closed_op(&self, op: &str, user: u32, package: &str, system: bool) -> Option<(Inert, EvidenceRow)> {
        let (restriction, lets_system_past) = restriction_of(op)?;
        if lets_system_past && system {
            return None;
        }
        let known = self.users.iter().find(|known| known.id == user);
        let listed = known.iter().flat_map(|known| &known.restrictions).find(|listed| listed.value == restriction);
        if let Some(listed) = listed {
            return Some((Inert::UserRestriction, self.rows.row(Kind::Users, None, listed.line)?));
        }
        if let Some(line) = self.enforced(restriction, user) {
            return Some((Inert::UserRestriction, self.rows.row(Kind::DevicePolicy, None, line)?));
        }
        let is_location = restriction == "no_share_location";
        let closed = self.closed_ops.iter().find(|closed| {
            closed.user.is_none_or(|closed| closed == user)
                && closed.ops.contains(&op)
                && !closed.except.contains(&package)
                // Exceptions stand below their rule: where the dump may end before them, nothing is known to be closed.
                && (closed.ended || !(is_location || op == "SYSTEM_ALERT_WINDOW"))
        })?;
        // Location that is off closes its ops in the same way as a restriction does, and so do the two other switches.
        let inert = if closed.user.is_none() || is_location { Inert::MainSwitchOff } else { Inert::UserRestriction };
        Some((inert, self.rows.row(Kind::AppOps, None, closed.line)?))
    }

    /// The line on which an organization's policy sets a restriction for a user: the policy engine (14 and later), or the
    /// restrictions of an owner (before) and an administrator's own switch for the camera.
    pub fn enforced(&self, restriction: &str, user: u32) -> Option<u32> {
        let policy = self.device_policy.as_ref()?;
        let by_engine = policy.dump.enforced.iter().find(|enforced| {
            enforced.user.is_none_or(|enforced| enforced == user)
                && (enforced.name == restriction || restriction == "no_camera" && enforced.name == "cameraDisabled")
        });
        if let Some(enforced) = by_engine {
            return Some(enforced.line);
        }
        let owner = |package: &str| policy.owners.iter().any(|owner| owner.user.is_none() && owner.package == package);
        let admins = policy.dump.admins.iter();
        let mut mine = admins.filter(|admin| admin.user == user || owner(&admin.component.package));
        mine.find_map(|admin| {
            let set = admin.restrictions.iter().find(|set| set.value == restriction).map(|set| set.line);
            let off = admin.camera_disabled.as_ref().filter(|off| off.value && restriction == "no_camera");
            set.or(off.map(|off| off.line))
        })
    }
}

/// The user restriction that closes an op, and whether parts of the system are let past it (`AppOpsManager.sOpRestrictions`
/// and `sOpAllowSystemRestrictionBypass`; the same from Android 8 to 17). `RECEIVE_WAP_PUSH`, `PROCESS_OUTGOING_CALLS` and
/// `CALL_PHONE` have none.
fn restriction_of(op: &str) -> Option<(&'static str, bool)> {
    Some(match op {
        "COARSE_LOCATION" | "FINE_LOCATION" => ("no_share_location", true),
        "READ_SMS" | "SEND_SMS" | "RECEIVE_SMS" | "RECEIVE_MMS" => ("no_sms", false),
        "READ_CALL_LOG" | "WRITE_CALL_LOG" => ("no_outgoing_calls", false),
        "CAMERA" => ("no_camera", false),
        "RECORD_AUDIO" => ("no_record_audio", true),
        "SYSTEM_ALERT_WINDOW" => ("no_create_windows", true),
        _ => return None,
    })
}
