//! Effective access: grant × flags × app-op × target SDK, per user of the phone. Never one raw fact.
//!
//! Sources: AOSP `AppOpService.getUidModeFromPermissionState` (15 and later), `PermissionPolicyService.shouldGrantAppOp`
//! (10 to 14), `AppOpsService.checkOperation` (a uid mode beats a package mode). What each version does is written down in
//! `docs/effective-access.md`.

use crate::access::android::clock::PhoneClock;
use crate::parse::android::appops::{AppOps, Mode, Moment, OpRow, ProcessState};
use crate::parse::android::packages::{PackageRecord, PermissionFlags, PermissionRow, UserBlock};
use crate::parse::android::time;
use crate::snapshot::{Because, EvidenceRow, LastUse};
use crate::vocabulary::words::{BecauseCode, DecidedBy, Level, State, Usage};

/// Android 10: the first version with a permission for location in the background.
pub(super) const API_10: u32 = 29;
/// Android 11: the last version on which the op of the exact position follows the op of the approximate one.
const API_11: u32 = 30;
/// Android 6: apps made for earlier versions hold every permission from the installation on.
const API_6: u32 = 23;

/// One app as one user has it, with everything its access follows from.
pub struct Subject<'d> {
    /// The phone's API level, if it is known.
    pub api: Option<u32>,
    /// The package.
    pub package: &'d PackageRecord<'d>,
    /// Its block for the user.
    pub user: &'d UserBlock<'d>,
    /// Install permissions: its own, or those of its shared user.
    pub install: &'d [PermissionRow<'d>],
    /// Runtime permissions for the user: its own, or those of its shared user.
    pub runtime: &'d [PermissionRow<'d>],
    /// user × 100000 + app id, if the app id is known.
    pub uid: Option<u32>,
    /// The app-ops, where they were read.
    pub ops: Option<&'d AppOps<'d>>,
}

/// A row of evidence: in the package dump or in the app-ops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowAt {
    /// A line of `dumpsys package`.
    Package(u32),
    /// A line of `dumpsys appops`.
    AppOps(u32),
}

/// What an app may do with something, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// How much.
    pub level: Level,
    /// What produced the level.
    pub state: State,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// Why.
    pub because: Because,
    /// The rows of the package dump and of the app-ops that it rests on.
    pub rows: Vec<RowAt>,
    /// Rows of other evidence that it rests on.
    pub other_rows: Vec<EvidenceRow>,
}

/// The outcome for one permission of the vocabulary.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The app does not declare it.
    NotDeclared,
    /// It is granted on paper, and the evidence that could take it away again is missing.
    Unknown,
    /// It is settled.
    Known(Decision),
}

/// One platform permission before it is folded into the vocabulary.
#[derive(Clone, Debug)]
pub(super) enum Held {
    NotDeclared,
    Unknown,
    Refused(Decision),
    OneTime(Decision),
    Granted { access: Decision, foreground_only: bool },
}

impl Held {
    pub(super) fn access(&self) -> Option<&Decision> {
        match self {
            Held::NotDeclared | Held::Unknown => None,
            Held::Refused(access) | Held::OneTime(access) | Held::Granted { access, .. } => Some(access),
        }
    }

    pub(super) fn is_granted(&self) -> bool {
        matches!(self, Held::Granted { .. })
    }

    /// Order in which the best of several permissions counts; `Unknown` could be a grant, so it beats all refusals.
    fn rank(&self) -> u8 {
        match self {
            Held::NotDeclared => 0,
            Held::Refused(access) => 1 + u8::from(access.level == Level::None),
            Held::OneTime(_) => 3,
            Held::Unknown => 4,
            Held::Granted { foreground_only: true, .. } => 5,
            Held::Granted { .. } => 6,
        }
    }

    pub(super) fn best(all: impl IntoIterator<Item = Held>) -> Held {
        all.into_iter().max_by_key(Held::rank).unwrap_or(Held::NotDeclared)
    }

    /// The outcome where a grant means access at any time.
    pub(super) fn yes_or_no(self) -> Outcome {
        self.into_outcome(Level::Always)
    }

    pub(super) fn into_outcome(self, granted: Level) -> Outcome {
        match self {
            Held::NotDeclared => Outcome::NotDeclared,
            Held::Unknown => Outcome::Unknown,
            Held::Refused(access) | Held::OneTime(access) => Outcome::Known(access),
            Held::Granted { mut access, .. } => {
                access.level = granted;
                Outcome::Known(access)
            }
        }
    }
}

/// The mode of an op that counts for an app, and the row that sets it.
#[derive(Clone, Copy, Debug)]
pub struct OpMode {
    /// The mode.
    pub mode: Mode,
    /// The line of `dumpsys appops`; `None` when no row differs from the default.
    pub line: Option<u32>,
}

impl<'d> Subject<'d> {
    /// Whether the app was made for Android 5 or earlier: permissions are granted at installation, and a later refusal
    /// is an app-op.
    fn is_legacy(&self) -> bool {
        self.package.target_sdk.is_some_and(|target| target < API_6)
    }

    /// The row of a platform permission that counts for this user.
    pub(super) fn row(&self, name: &str) -> Option<&'d PermissionRow<'d>> {
        if let Some(row) = self.runtime.iter().find(|row| row.name == name) {
            return Some(row);
        }
        // A row with a user of its own differs from user 0 and beats the row for all.
        let mine = self.install.iter().find(|row| row.name == name && row.user == Some(self.user.id));
        mine.or_else(|| self.install.iter().find(|row| row.name == name && row.user.is_none()))
    }

    /// Whether the app holds an install permission.
    pub fn holds(&self, name: &str) -> bool {
        self.row(name).is_some_and(|row| row.granted)
    }

    /// The line on which a platform permission stands, if the app has a row for it.
    pub fn row_line(&self, name: &str) -> Option<u32> {
        self.row(name).map(|row| row.line)
    }

    /// Whether the app asks for a platform permission, as far as the dump shows. Dumps of all packages leave out the list
    /// of what each one requests.
    pub fn declares(&self, name: &str) -> bool {
        self.row(name).is_some() || self.package.requested.contains(&name)
    }

    /// The op's row in the package's own block.
    pub fn op_row(&self, op: &str) -> Option<&'d OpRow<'d>> {
        let (ops, uid) = (self.ops?, self.uid?);
        ops.of_uid(uid)
            .flat_map(|block| &block.packages)
            .filter(|block| block.name == self.package.name)
            .flat_map(|block| &block.ops)
            .find(|row| row.op == op)
    }

    /// The mode of an op for the app: the uid's mode where one is listed, else the package's, else the op's default.
    /// `None` when the app-ops were not read, or not as far as this app: where its block may lack rows, only a mode that stands there
    /// is known (`AppOpsService.dump` prints the modes of the uid before those of its packages, and each op once).
    pub fn op_mode(&self, op: &str) -> Option<OpMode> {
        let (ops, uid) = (self.ops?, self.uid?);
        let is_whole = ops.covers(uid);
        if !is_whole && !ops.has_head_of(uid) {
            return None;
        }
        let op = self.switched(op);
        let of_uid =
            ops.of_uid(uid).flat_map(|block| &block.modes).find(|mode| mode.op == op && mode.mode != Mode::Default);
        if let Some(mode) = of_uid {
            return Some(OpMode { mode: mode.mode, line: Some(mode.line) });
        }
        if let Some(row) = self.op_row(op).filter(|row| row.mode != Mode::Default) {
            return Some(OpMode { mode: row.mode, line: Some(row.line) });
        }
        is_whole.then_some(OpMode { mode: Mode::Default, line: None })
    }

    /// The op whose mode decides: up to Android 11 the exact position follows the approximate one.
    fn switched<'o>(&self, op: &'o str) -> &'o str {
        match op {
            "FINE_LOCATION" if self.api.is_some_and(|api| api <= API_11) => "COARSE_LOCATION",
            _ => op,
        }
    }

    /// One platform permission that the person grants, with its op.
    pub(super) fn held(&self, name: &str) -> Held {
        let Some(row) = self.row(name) else {
            if self.package.requested.contains(&name) {
                return Held::Refused(Decision {
                    level: Level::None,
                    state: State::NeverAsked,
                    decided_by: DecidedBy::Default,
                    because: Because::new(BecauseCode::NeverAsked).about(name),
                    rows: vec![RowAt::Package(self.package.line)],
                    other_rows: Vec::new(),
                });
            }
            return Held::NotDeclared;
        };
        let rows = vec![RowAt::Package(row.line)];
        if !row.granted {
            let (level, state, decided_by, code) = refusal(row.flags);
            return Held::Refused(Decision {
                level,
                state,
                decided_by,
                because: Because::new(code).about(name),
                rows,
                other_rows: Vec::new(),
            });
        }
        let refused = |level, state, decided_by, code| {
            Held::Refused(Decision {
                level,
                state,
                decided_by,
                because: Because::new(code).about(name),
                rows: rows.clone(),
                other_rows: Vec::new(),
            })
        };
        // On notifications the flag only makes Android 13 ask once more; they are shown until then.
        if row.flags.has(PermissionFlags::REVIEW_REQUIRED) && name != POST_NOTIFICATIONS {
            return refused(Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::ReviewRequired);
        }
        if row.flags.has(PermissionFlags::REVOKED_COMPAT) {
            if row.flags.has(PermissionFlags::POLICY_FIXED) {
                return refused(Level::Denied, State::RefusedByPolicy, DecidedBy::Policy, BecauseCode::RevokedCompat);
            }
            return refused(Level::Denied, State::RefusedByPerson, DecidedBy::User, BecauseCode::RevokedCompat);
        }
        let restricted = is_hard_restricted(name) || self.is_soft_restricted(name, row.flags);
        if row.flags.has(PermissionFlags::APPLY_RESTRICTION) && restricted {
            return refused(Level::Denied, State::RefusedByPolicy, DecidedBy::System, BecauseCode::Restricted);
        }
        let Some(op) = self.op_mode(op_of(name)) else { return Held::Unknown };
        let mut rows = rows;
        rows.extend(op.line.map(RowAt::AppOps));
        let op_because = |code| Because::new(code).about(op_of(name)).with(op.mode.word());
        match op.mode {
            Mode::Ignore | Mode::Deny => {
                let decided_by = if self.is_legacy() { DecidedBy::User } else { DecidedBy::Unknown };
                let because = op_because(BecauseCode::OpRefuses);
                return Held::Refused(Decision {
                    level: Level::Denied,
                    state: State::RefusedByPerson,
                    decided_by,
                    because,
                    rows,
                    other_rows: Vec::new(),
                });
            }
            Mode::Ask => {
                let because = op_because(BecauseCode::OpAsks);
                return Held::OneTime(Decision {
                    level: Level::Ask,
                    state: State::OneTime,
                    decided_by: DecidedBy::User,
                    because,
                    rows,
                    other_rows: Vec::new(),
                });
            }
            Mode::Allow | Mode::Default | Mode::Foreground => {}
        }
        if row.flags.has(PermissionFlags::ONE_TIME) {
            let because = Because::new(BecauseCode::OneTime).about(name);
            return Held::OneTime(Decision {
                level: Level::Ask,
                state: State::OneTime,
                decided_by: DecidedBy::User,
                because,
                rows,
                other_rows: Vec::new(),
            });
        }
        let is_runtime = self.runtime.iter().any(|candidate| candidate.name == name);
        let (state, decided_by, code) = grant(row.flags, is_runtime, self.is_legacy());
        Held::Granted {
            access: Decision {
                level: Level::Always,
                state,
                decided_by,
                because: Because::new(code).about(name),
                rows,
                other_rows: Vec::new(),
            },
            foreground_only: op.mode == Mode::Foreground,
        }
    }

    /// Whether the restriction takes shared storage away altogether: from apps made for Android 9 or earlier whose
    /// installer did not except them (`SoftRestrictedPermissionPolicy.mayGrantPermission`). Later apps get scoped storage.
    fn is_soft_restricted(&self, name: &str, flags: PermissionFlags) -> bool {
        let exempt = PermissionFlags::RESTRICTION_INSTALLER_EXEMPT
            | PermissionFlags::RESTRICTION_SYSTEM_EXEMPT
            | PermissionFlags::RESTRICTION_UPGRADE_EXEMPT;
        matches!(name, READ_STORAGE | WRITE_STORAGE)
            && !flags.has(exempt)
            && self.package.target_sdk.is_some_and(|target| target < API_10)
    }

    pub(super) fn held_any(&self, names: &[String]) -> Held {
        Held::best(names.iter().map(|name| self.held(name)))
    }

    /// A special access that an op alone decides: `allow` is on, `default` goes by the platform permission.
    pub fn special(&self, op: &str, name: &str) -> Outcome {
        let Some(found) = self.op_mode(op) else { return Outcome::Unknown };
        let row = self.row(name);
        if row.is_none() && found.line.is_none() && !self.package.requested.contains(&name) && self.op_row(op).is_none()
        {
            return Outcome::NotDeclared;
        }
        let mut rows: Vec<RowAt> = row.map(|row| RowAt::Package(row.line)).into_iter().collect();
        rows.extend(found.line.or_else(|| self.op_row(op).map(|row| row.line)).map(RowAt::AppOps));
        if rows.is_empty() {
            rows.push(RowAt::Package(self.package.line));
        }
        let because = |code| Because::new(code).about(op).with(found.mode.word());
        Outcome::Known(match found.mode {
            Mode::Allow | Mode::Foreground => Decision {
                level: Level::Always,
                state: State::GrantedByPerson,
                decided_by: DecidedBy::User,
                because: because(BecauseCode::SpecialAccessOn),
                rows,
                other_rows: Vec::new(),
            },
            Mode::Ignore | Mode::Deny => Decision {
                level: Level::Denied,
                state: State::RefusedByPerson,
                decided_by: DecidedBy::User,
                because: because(BecauseCode::SpecialAccessOff),
                rows,
                other_rows: Vec::new(),
            },
            Mode::Ask => Decision {
                level: Level::Ask,
                state: State::OneTime,
                decided_by: DecidedBy::User,
                because: because(BecauseCode::OpAsks),
                rows,
                other_rows: Vec::new(),
            },
            Mode::Default if row.is_some_and(|row| row.granted) => Decision {
                level: Level::Always,
                state: State::GrantedBySystem,
                decided_by: DecidedBy::System,
                because: because(BecauseCode::SpecialAccessByPermission).about(name),
                rows,
                other_rows: Vec::new(),
            },
            Mode::Default => Decision {
                level: Level::None,
                state: State::NeverAsked,
                decided_by: DecidedBy::Default,
                because: because(BecauseCode::SpecialAccessOff),
                rows,
                other_rows: Vec::new(),
            },
        })
    }

    /// The last use among several ops, with the rows that tell it: of a use that goes on, its own row and the latest one
    /// before it. Being on the screen does not matter for which is last.
    pub fn last_use(&self, ops: &[&str], clock: &PhoneClock) -> Option<(LastUse, Vec<u32>)> {
        let rows = || ops.iter().filter_map(|op| self.op_row(op));
        let ended = rows()
            .filter_map(|row| Some((ended_use(row, clock)?, row.last_access.as_ref()?.line)))
            .max_by(|(one, _), (other, _)| one.recency().cmp(&other.recency()));
        // Of several that go on, one that tells how says most.
        let running = rows().filter_map(|row| row.running).min_by_key(|running| running.state);
        let Some(running) = running else { return ended.map(|(last, line)| (last, vec![line])) };
        let mut lines = vec![running.line];
        lines.extend(ended.as_ref().map(|(_, line)| *line));
        let taken = clock.taken();
        let ago = taken.is_none().then_some(0);
        let at = taken.or_else(|| ended.and_then(|(last, _)| last.at.filter(|_| !last.doubtful)));
        Some((LastUse { at, ago, now: true, how: usage(running.state), doubtful: false }, lines))
    }
}

/// The latest use that is over, in the words of the snapshot; without a clock, by its age.
fn ended_use(row: &OpRow<'_>, clock: &PhoneClock) -> Option<LastUse> {
    let access = row.last_access.as_ref()?;
    let (at, age) = match &access.moment {
        Moment::Stamp(stamp) => (Some(clock.any_moment(stamp)?), row.last_age.and_then(time::duration)),
        Moment::Ago(ago) => {
            let age = time::duration(ago)?;
            (clock.before(age), Some(age))
        }
    };
    // The age of a stamp is printed with a sign before it, that of Android 8 as a length.
    let ago = age.filter(|_| clock.taken().is_none()).map(|milliseconds| milliseconds.abs() / MILLISECONDS);
    if at.is_none() && ago.is_none() {
        return None;
    }
    Some(LastUse { at, ago, now: false, how: usage(access.state), doubtful: access.doubtful })
}

fn usage(state: ProcessState) -> Usage {
    match state {
        ProcessState::Foreground => Usage::Foreground,
        ProcessState::Background => Usage::Background,
        ProcessState::Unknown => Usage::Unknown,
    }
}

/// Milliseconds in a second.
const MILLISECONDS: i64 = 1000;

pub(super) const READ_STORAGE: &str = "android.permission.READ_EXTERNAL_STORAGE";

pub(super) const WRITE_STORAGE: &str = "android.permission.WRITE_EXTERNAL_STORAGE";
pub(super) const POST_NOTIFICATIONS: &str = "android.permission.POST_NOTIFICATIONS";

/// What `granted=false` means, by its flags.
fn refusal(flags: PermissionFlags) -> (Level, State, DecidedBy, BecauseCode) {
    if flags.has(PermissionFlags::POLICY_FIXED) {
        (Level::Denied, State::RefusedByPolicy, DecidedBy::Policy, BecauseCode::RefusedByPolicy)
    } else if flags.has(PermissionFlags::USER_FIXED) {
        (Level::Denied, State::RefusedByPerson, DecidedBy::User, BecauseCode::RefusedForGood)
    } else if flags.has(PermissionFlags::AUTO_REVOKED) {
        (Level::None, State::AutoRevoked, DecidedBy::System, BecauseCode::AutoRevoked)
    } else if flags.has(PermissionFlags::ONE_TIME) {
        (Level::None, State::OneTime, DecidedBy::User, BecauseCode::OneTimeOver)
    } else if flags.has(PermissionFlags::USER_SET) {
        (Level::Denied, State::RefusedByPerson, DecidedBy::User, BecauseCode::RefusedByPerson)
    } else {
        (Level::None, State::NeverAsked, DecidedBy::Default, BecauseCode::NeverAsked)
    }
}

/// What `granted=true` means, by its flags. `RESTRICTION_*_EXEMPT` says nothing about who granted.
fn grant(flags: PermissionFlags, is_runtime: bool, is_legacy: bool) -> (State, DecidedBy, BecauseCode) {
    if flags.has(PermissionFlags::POLICY_FIXED) {
        (State::GrantedByPolicy, DecidedBy::Policy, BecauseCode::GrantedByPolicy)
    } else if flags.has(PermissionFlags::SYSTEM_FIXED) {
        (State::GrantedBySystem, DecidedBy::System, BecauseCode::GrantedBySystem)
    } else if flags.has(PermissionFlags::USER_SET | PermissionFlags::USER_FIXED) {
        (State::GrantedByPerson, DecidedBy::User, BecauseCode::GrantedByPerson)
    } else if flags.has(PermissionFlags::GRANTED_BY_ROLE) {
        (State::GrantedBySystem, DecidedBy::Role, BecauseCode::GrantedByRole)
    } else if flags.has(PermissionFlags::GRANTED_BY_DEFAULT | PermissionFlags::REVOKE_WHEN_REQUESTED) {
        (State::GrantedBySystem, DecidedBy::System, BecauseCode::GrantedBySystem)
    } else if !is_runtime {
        let code = if is_legacy { BecauseCode::LegacyInstallTime } else { BecauseCode::InstallTime };
        (State::InstallTime, DecidedBy::Default, code)
    } else {
        (State::GrantedByPerson, DecidedBy::Unknown, BecauseCode::Granted)
    }
}

/// The app-op of a platform permission: the same word, but for a few.
pub fn op_of(name: &str) -> &str {
    let word = name.rsplit('.').next().unwrap_or(name);
    match word {
        "ACCESS_FINE_LOCATION" => "FINE_LOCATION",
        "ACCESS_COARSE_LOCATION" => "COARSE_LOCATION",
        "POST_NOTIFICATIONS" => "POST_NOTIFICATION",
        "PACKAGE_USAGE_STATS" => "GET_USAGE_STATS",
        other => other,
    }
}

/// Permissions that do nothing while `APPLY_RESTRICTION` is set (`android:permissionFlags="hardRestricted"` in the
/// platform's manifest).
fn is_hard_restricted(name: &str) -> bool {
    matches!(
        name.strip_prefix("android.permission."),
        Some(
            "SEND_SMS"
                | "RECEIVE_SMS"
                | "READ_SMS"
                | "RECEIVE_WAP_PUSH"
                | "RECEIVE_MMS"
                | "READ_CELL_BROADCASTS"
                | "READ_CALL_LOG"
                | "WRITE_CALL_LOG"
                | "PROCESS_OUTGOING_CALLS"
                | "ACCESS_BACKGROUND_LOCATION"
                | "BODY_SENSORS_BACKGROUND"
        )
    )
}
