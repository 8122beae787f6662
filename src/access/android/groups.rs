//! The permissions of poucet that are several of Android's, or that hang on other switches: location, photos, files and their like.

use super::effective::{
    API_10, Decision, Held, Outcome, POST_NOTIFICATIONS, READ_STORAGE, RowAt, Subject, WRITE_STORAGE, op_of,
};
use crate::parse::android::appops::Mode;
use crate::parse::android::packages::{PermissionFlags, PermissionRow};
use crate::snapshot::Because;
use crate::vocabulary::words::{BecauseCode, DecidedBy, Level, Permission, State};

/// Android 9: the first version on which the camera and the microphone are closed to apps in the background.
const API_9: u32 = 28;
/// Android 13: photos and notifications have permissions of their own.
const API_13: u32 = 33;
/// Android 14: foreground services declare the type of their work.
const API_14: u32 = 34;
/// Android 17: the local network has a permission, and location a button.
const API_17: u32 = 37;
const FINE: &str = "android.permission.ACCESS_FINE_LOCATION";
const COARSE: &str = "android.permission.ACCESS_COARSE_LOCATION";
const BACKGROUND: &str = "android.permission.ACCESS_BACKGROUND_LOCATION";
const IMAGES: &str = "android.permission.READ_MEDIA_IMAGES";
const VIDEO: &str = "android.permission.READ_MEDIA_VIDEO";
const SELECTED: &str = "android.permission.READ_MEDIA_VISUAL_USER_SELECTED";

impl Subject<'_> {
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
}
