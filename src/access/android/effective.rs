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
use crate::vocabulary::words::{BecauseCode, DecidedBy, Level, Permission, State, Usage};

/// Android 9: the first version on which the camera and the microphone are closed to apps in the background.
const API_9: u32 = 28;
/// Android 10: the first version with a permission for location in the background.
const API_10: u32 = 29;
/// Android 11: the last version on which the op of the exact position follows the op of the approximate one.
const API_11: u32 = 30;
/// Android 13: photos and notifications have permissions of their own.
const API_13: u32 = 33;
/// Android 14: foreground services declare the type of their work.
const API_14: u32 = 34;
/// Android 17: the local network has a permission, and location a button.
const API_17: u32 = 37;
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
enum Held {
    NotDeclared,
    Unknown,
    Refused(Decision),
    OneTime(Decision),
    Granted { access: Decision, foreground_only: bool },
}

impl Held {
    fn access(&self) -> Option<&Decision> {
        match self {
            Held::NotDeclared | Held::Unknown => None,
            Held::Refused(access) | Held::OneTime(access) | Held::Granted { access, .. } => Some(access),
        }
    }

    fn is_granted(&self) -> bool {
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

    fn best(all: impl IntoIterator<Item = Held>) -> Held {
        all.into_iter().max_by_key(Held::rank).unwrap_or(Held::NotDeclared)
    }

    /// The outcome where a grant means access at any time.
    fn yes_or_no(self) -> Outcome {
        self.into_outcome(Level::Always)
    }

    fn into_outcome(self, granted: Level) -> Outcome {
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
    fn row(&self, name: &str) -> Option<&'d PermissionRow<'d>> {
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
    fn held(&self, name: &str) -> Held {
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

    fn held_any(&self, names: &[String]) -> Held {
        Held::best(names.iter().map(|name| self.held(name)))
    }

    /// The outcome for a permission of the vocabulary that the person grants. `names` are its platform permissions.
    pub fn runtime(&self, permission: Permission, names: &[String]) -> Outcome {
        match permission {
            Permission::Location => self.location(),
            Permission::LocationPrecise => self.location_precise(),
            Permission::LocationBackground => self.location_background(),
            Permission::Camera => {
                self.sensor("android.permission.CAMERA", "android.permission.FOREGROUND_SERVICE_CAMERA")
            }
            Permission::Microphone => {
                self.sensor("android.permission.RECORD_AUDIO", "android.permission.FOREGROUND_SERVICE_MICROPHONE")
            }
            Permission::Contacts => self.contacts(),
            Permission::Calendar => self.calendar(),
            Permission::Photos => self.photos(),
            Permission::Files => self.files(),
            Permission::Notifications => self.notifications(),
            Permission::AudioFiles => self.audio_files(names),
            Permission::Motion => self.motion(names),
            Permission::LocalNetwork => self.local_network(),
            _ => self.held_any(names).yes_or_no(),
        }
    }

    fn location_held(&self) -> Held {
        // From Android 15 on a refused approximate permission has no effect while the exact one is granted; before, both
        // are granted together. The better of the two is right for all.
        Held::best([self.held(FINE), self.held(COARSE)])
    }

    fn location(&self) -> Outcome {
        let held = self.location_held();
        if let Some(button) = self.location_button(&held) {
            return Outcome::Known(button);
        }
        let Held::Granted { mut access, foreground_only } = held else { return held.into_outcome(Level::Always) };
        let Some(api) = self.api else { return Outcome::Unknown };
        let (level, because) = if foreground_only {
            (Level::WhileInUse, Because::new(BecauseCode::WhileInUse).about("COARSE_LOCATION").with("foreground"))
        } else if api < API_10 {
            (Level::Always, Because::new(BecauseCode::NoBackgroundPermission).about(FINE))
        } else {
            match self.held(BACKGROUND) {
                Held::Granted { access: background, .. } => {
                    access.rows.extend(background.rows);
                    (Level::Always, Because::new(BecauseCode::BackgroundGranted).about(BACKGROUND))
                }
                Held::Unknown => return Outcome::Unknown,
                refused => {
                    access.rows.extend(refused.access().into_iter().flat_map(|access| access.rows.iter().copied()));
                    (Level::WhileInUse, Because::new(BecauseCode::WhileInUse).about(BACKGROUND))
                }
            }
        };
        access.level = level;
        access.because = because;
        access.rows.sort_unstable();
        access.rows.dedup();
        Outcome::Known(access)
    }

    /// An app that nobody was asked about and that shows the system's location button (Android 17): each tap on it gives
    /// the exact position for the session, without a question in between. Known from the platform's documentation only.
    fn location_button(&self, held: &Held) -> Option<Decision> {
        const BUTTON: &str = "android.permission.USE_LOCATION_BUTTON";
        let undecided = match held {
            Held::NotDeclared => true,
            Held::Refused(access) => access.level == Level::None,
            Held::Unknown | Held::OneTime(_) | Held::Granted { .. } => false,
        };
        if !undecided || self.api.is_none_or(|api| api < API_17) || !self.holds(BUTTON) {
            return None;
        }
        let mut rows: Vec<RowAt> = self.row_line(BUTTON).map(RowAt::Package).into_iter().collect();
        rows.extend(held.access().into_iter().flat_map(|access| access.rows.iter().copied()));
        Some(Decision {
            level: Level::Ask,
            state: State::OneTime,
            decided_by: DecidedBy::User,
            because: Because::new(BecauseCode::LocationButton).about(BUTTON),
            rows,
            other_rows: Vec::new(),
        })
    }

    fn location_precise(&self) -> Outcome {
        if let Some(button) = self.location_button(&self.location_held()) {
            return Outcome::Known(Decision { level: Level::Always, ..button });
        }
        let fine = self.held(FINE);
        // Up to Android 11 the op of the approximate position decides on the exact one: without the version, none does.
        if matches!(fine, Held::Unknown) || (self.api.is_none() && fine.is_granted()) {
            return Outcome::Unknown;
        }
        if matches!(fine, Held::Granted { .. } | Held::OneTime(_)) {
            let Some(mut access) = fine.access().cloned() else { return Outcome::NotDeclared };
            access.level = Level::Always;
            access.because = Because::new(BecauseCode::Precise).about(FINE);
            return Outcome::Known(access);
        }
        match self.held(COARSE) {
            Held::Unknown => Outcome::Unknown,
            Held::Granted { mut access, .. } | Held::OneTime(mut access) => {
                access.level = Level::Limited;
                access.because = Because::new(BecauseCode::ApproximateOnly).about(COARSE);
                access.rows.extend(fine.access().into_iter().flat_map(|access| access.rows.iter().copied()));
                Outcome::Known(access)
            }
            coarse => Held::best([fine, coarse]).yes_or_no(),
        }
    }

    fn location_background(&self) -> Outcome {
        match self.location() {
            Outcome::Known(access) if access.level == Level::Always => Outcome::Known(access),
            Outcome::Known(mut access) if self.declares(BACKGROUND) => {
                access.level = Level::None;
                Outcome::Known(access)
            }
            // Up to Android 9 the background needs no permission of its own.
            Outcome::Unknown if self.declares(BACKGROUND) || self.api.is_none_or(|api| api < API_10) => {
                Outcome::Unknown
            }
            _ => Outcome::NotDeclared,
        }
    }

    /// Camera and microphone. Since Android 9 an app needs to be visible or to run a foreground service; that every app's
    /// op says `foreground` since Android 11 is no choice of the person.
    fn sensor(&self, name: &str, service: &str) -> Outcome {
        let held = self.held(name);
        let Held::Granted { mut access, foreground_only } = held else { return held.into_outcome(Level::WhileInUse) };
        let Some(api) = self.api else { return Outcome::Unknown };
        if api < API_9 {
            access.level = Level::Always;
            access.because = Because::new(BecauseCode::NoBackgroundPermission).about(name);
            return Outcome::Known(access);
        }
        let allowed = self.op_mode(op_of(name)).is_some_and(|op| op.mode == Mode::Allow && op.line.is_some());
        if api >= API_14 && !foreground_only && allowed && self.holds(service) {
            access.level = Level::Always;
            access.because = Because::new(BecauseCode::ForegroundService).about(service);
            access.rows.extend(self.row_line(service).map(RowAt::Package));
        } else {
            access.level = Level::WhileInUse;
        }
        Outcome::Known(access)
    }

    fn contacts(&self) -> Outcome {
        let data = Held::best(
            ["android.permission.READ_CONTACTS", "android.permission.WRITE_CONTACTS"].map(|name| self.held(name)),
        );
        if data.is_granted() || matches!(data, Held::Unknown | Held::OneTime(_)) {
            return data.yes_or_no();
        }
        // The list of accounts is in the same group up to Android 9, and is part of the data only.
        let accounts = self.held("android.permission.GET_ACCOUNTS");
        if let Held::Granted { mut access, .. } = accounts {
            access.level = Level::Limited;
            access.because = Because::new(BecauseCode::AccountsOnly).about("android.permission.GET_ACCOUNTS");
            return Outcome::Known(access);
        }
        Held::best([data, accounts]).yes_or_no()
    }

    fn calendar(&self) -> Outcome {
        let read = self.held("android.permission.READ_CALENDAR");
        if read.is_granted() || matches!(read, Held::Unknown | Held::OneTime(_)) {
            return read.yes_or_no();
        }
        let write = self.held("android.permission.WRITE_CALENDAR");
        if let Held::Granted { mut access, .. } = write {
            access.level = Level::Limited;
            access.because = Because::new(BecauseCode::WriteOnly).about("android.permission.WRITE_CALENDAR");
            return Outcome::Known(access);
        }
        Held::best([read, write]).yes_or_no()
    }

    /// Whether the shared-storage permissions still mean something for the app: not for apps made for Android 13 and later
    /// on such a phone.
    fn storage_counts(&self) -> Option<bool> {
        let api = self.api?;
        if api < API_13 {
            return Some(true);
        }
        Some(self.package.target_sdk? < API_13)
    }

    fn photos(&self) -> Outcome {
        let Some(storage) = self.storage_counts() else {
            let any = [IMAGES, VIDEO, SELECTED, READ_STORAGE]
                .iter()
                .any(|name| self.row(name).is_some_and(|row| row.granted));
            return if any { Outcome::Unknown } else { self.media().yes_or_no() };
        };
        let mut all = self.media();
        if storage {
            all = Held::best([all, self.held(READ_STORAGE)]);
        }
        // "All photos" grants the permission for chosen photos as well, so that one is looked at last.
        match all {
            Held::Granted { .. } | Held::Unknown => return all.yes_or_no(),
            Held::OneTime(_) | Held::NotDeclared | Held::Refused(_) => {}
        }
        if let Some(chosen) = self.chosen_without_asking() {
            return Outcome::Known(chosen);
        }
        match self.held(SELECTED) {
            Held::Granted { mut access, .. } => {
                access.level = Level::Limited;
                access.because = Because::new(BecauseCode::SelectedOnly).about(SELECTED);
                access.rows.extend(all.access().into_iter().flat_map(|access| access.rows.iter().copied()));
                Outcome::Known(access)
            }
            Held::Unknown => Outcome::Unknown,
            // All photos or the chosen ones for this session only: asked again next time.
            selected => Held::best([all, selected]).yes_or_no(),
        }
    }

    /// Chosen photos of an app that does not know of them (no `READ_MEDIA_VISUAL_USER_SELECTED` in its manifest): the
    /// permissions stay granted on paper, revoked for old apps and for one time at once. Seen on Android 14 and later.
    fn chosen_without_asking(&self) -> Option<Decision> {
        let both = |row: &PermissionRow<'_>| {
            row.flags.has(PermissionFlags::REVOKED_COMPAT) && row.flags.has(PermissionFlags::ONE_TIME)
        };
        let row = [IMAGES, VIDEO].iter().filter_map(|name| self.row(name)).find(|row| row.granted && both(row))?;
        Some(Decision {
            level: Level::Limited,
            state: State::GrantedByPerson,
            decided_by: DecidedBy::User,
            because: Because::new(BecauseCode::SelectedOnly).about(row.name),
            rows: vec![RowAt::Package(row.line)],
            other_rows: Vec::new(),
        })
    }

    /// Music has a permission of its own since Android 13; before, and for older apps, that of shared storage opens it.
    fn audio_files(&self, names: &[String]) -> Outcome {
        let own = self.held_any(names);
        let storage = self.held(READ_STORAGE);
        let counts = self.storage_counts();
        match (counts, storage) {
            (Some(false), _) | (None, Held::NotDeclared | Held::Refused(_)) => own.yes_or_no(),
            (Some(true), storage) => Held::best([own, storage]).yes_or_no(),
            (None, _) => Held::best([own, Held::Unknown]).yes_or_no(),
        }
    }

    /// Physical activity has a permission since Android 10. On 8 and 9 it comes with Google's services, which have an
    /// install permission of their own for it that nobody is asked for.
    fn motion(&self, names: &[String]) -> Outcome {
        const OF_GOOGLE: &str = "com.google.android.gms.permission.ACTIVITY_RECOGNITION";
        match self.api {
            Some(api) if api >= API_10 => self.held_any(names).yes_or_no(),
            Some(_) => Held::best([self.held_any(names), self.held(OF_GOOGLE)]).yes_or_no(),
            None if self.holds(OF_GOOGLE) => Held::best([self.held_any(names), Held::Unknown]).yes_or_no(),
            None => self.held_any(names).yes_or_no(),
        }
    }

    /// The local network has a permission since Android 17, enforced for apps made for it. Apps made for an earlier
    /// version get it with access to the internet, granted by nobody; whether a refusal holds for them is not known. Before
    /// 17 every app with access to the internet reaches it, and nothing that the phone writes down tells of it.
    fn local_network(&self) -> Outcome {
        const NAME: &str = "android.permission.ACCESS_LOCAL_NETWORK";
        const INTERNET: &str = "android.permission.INTERNET";
        // GrapheneOS: access to the internet is a permission that the person grants.
        if self.runtime.iter().any(|row| row.name == INTERNET && !row.granted) {
            return self.held(INTERNET).yes_or_no();
        }
        if self.api.is_none_or(|api| api < API_17) {
            return Outcome::NotDeclared;
        }
        let made_for_it = self.package.target_sdk.map(|target| target >= API_17);
        let Some(row) = self.row(NAME) else {
            return match made_for_it {
                Some(true) => Outcome::NotDeclared,
                _ if self.holds(INTERNET) => Outcome::Unknown,
                _ => Outcome::NotDeclared,
            };
        };
        let chosen = PermissionFlags::USER_SET | PermissionFlags::USER_FIXED | PermissionFlags::POLICY_FIXED;
        match (self.held(NAME), made_for_it) {
            (Held::Granted { mut access, .. }, Some(false) | None) if !row.flags.has(chosen) => {
                access.level = Level::Always;
                access.state = State::GrantedBySystem;
                access.decided_by = DecidedBy::System;
                access.because = Because::new(BecauseCode::ImplicitGrant).about(NAME);
                Outcome::Known(access)
            }
            (Held::Refused(_), Some(false) | None) => Outcome::Unknown,
            (held, _) => held.yes_or_no(),
        }
    }

    fn media(&self) -> Held {
        Held::best([self.held(IMAGES), self.held(VIDEO)])
    }

    fn files(&self) -> Outcome {
        let mut without_effect = None;
        let mut held = Vec::new();
        for (name, counts) in [(READ_STORAGE, self.storage_counts()), (WRITE_STORAGE, self.write_counts())] {
            match (self.held(name), counts) {
                (Held::Granted { .. } | Held::OneTime(_), None) => held.push(Held::Unknown),
                (Held::Granted { mut access, .. } | Held::OneTime(mut access), Some(false)) => {
                    access.level = Level::Denied;
                    access.state = State::NotDeclared;
                    access.decided_by = DecidedBy::System;
                    access.because = Because::new(BecauseCode::ScopedStorage).about(name);
                    without_effect.get_or_insert(access);
                }
                (found, _) => held.push(found),
            }
        }
        match (Held::best(held), without_effect) {
            (Held::NotDeclared | Held::Refused(_), Some(access)) => Outcome::Known(access),
            (held, _) => held.yes_or_no(),
        }
    }

    /// Whether the permission to write shared storage still opens anything: scoped storage, from Android 11 on for apps
    /// made for it, lets every app write its own files and none those of others.
    fn write_counts(&self) -> Option<bool> {
        let api = self.api?;
        if api <= API_10 {
            return Some(true);
        }
        Some(self.package.target_sdk? <= API_10)
    }

    fn notifications(&self) -> Outcome {
        const POST: &str = POST_NOTIFICATIONS;
        let Some(api) = self.api else {
            // Without a row this is an old version, where only the op tells, or an app that cannot send any.
            return match self.held(POST) {
                Held::NotDeclared => Outcome::Unknown,
                held => held.yes_or_no(),
            };
        };
        let old_app = self.package.target_sdk.is_some_and(|target| target < API_13);
        if api >= API_13 {
            let held = self.held(POST);
            let undecided = held.access().is_some_and(|access| access.state == State::NeverAsked);
            if !(old_app && (undecided || matches!(held, Held::NotDeclared))) {
                return held.yes_or_no();
            }
        }
        let Some(op) = self.op_mode("POST_NOTIFICATION") else { return Outcome::Unknown };
        let rows = op.line.map_or_else(|| vec![RowAt::Package(self.package.line)], |line| vec![RowAt::AppOps(line)]);
        Outcome::Known(match op.mode {
            Mode::Ignore | Mode::Deny => Decision {
                level: Level::Denied,
                state: State::RefusedByPerson,
                decided_by: DecidedBy::User,
                because: Because::new(BecauseCode::OpRefuses).about("POST_NOTIFICATION").with(op.mode.word()),
                rows,
                other_rows: Vec::new(),
            },
            _ => Decision {
                level: Level::Always,
                state: State::InstallTime,
                decided_by: DecidedBy::Default,
                because: Because::new(BecauseCode::NoPermissionNeeded),
                rows,
                other_rows: Vec::new(),
            },
        })
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

const FINE: &str = "android.permission.ACCESS_FINE_LOCATION";
const COARSE: &str = "android.permission.ACCESS_COARSE_LOCATION";
const BACKGROUND: &str = "android.permission.ACCESS_BACKGROUND_LOCATION";
const IMAGES: &str = "android.permission.READ_MEDIA_IMAGES";
const VIDEO: &str = "android.permission.READ_MEDIA_VIDEO";
const SELECTED: &str = "android.permission.READ_MEDIA_VISUAL_USER_SELECTED";
const READ_STORAGE: &str = "android.permission.READ_EXTERNAL_STORAGE";

const WRITE_STORAGE: &str = "android.permission.WRITE_EXTERNAL_STORAGE";
const POST_NOTIFICATIONS: &str = "android.permission.POST_NOTIFICATIONS";

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
