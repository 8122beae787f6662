//! Special access: what an app may do through Settings > Apps > Special app access, or by being somebody's service.

use super::effective::{Decision, Outcome, RowAt, Subject};
use super::facts::Facts;
use crate::evidence::Kind;
use crate::parse::android::appops::Mode;
use crate::parse::android::component::Component;
use crate::parse::android::located::Located;
use crate::parse::android::settings::Namespace;
use crate::snapshot::{App, Because, EvidenceRow};
use crate::vocabulary::{BecauseCode, DecidedBy, Level, Permission, State};

/// Android 10: roles have a service of their own.
const API_10: u32 = 29;
/// Android 14: full-screen alerts are a special access.
const API_14: u32 = 34;

/// One app's special access.
pub struct Special<'b, 'd> {
    /// The phone.
    pub facts: &'b Facts<'d>,
    /// The app.
    pub subject: &'b Subject<'b>,
}

/// Whether a package is part of the system image.
pub fn is_system(facts: &Facts<'_>, name: &str) -> bool {
    facts.package(name).is_some_and(|package| package.system)
}

/// Accesses for which an app is named though it is part of the system image.
const STRONGEST: [Permission; 2] = [Permission::Accessibility, Permission::DeviceAdmin];

/// Accesses for which any other app is named.
const POWERS: [Permission; 11] = [
    Permission::NotificationAccess,
    Permission::ComputerControl,
    Permission::Overlay,
    Permission::UsageAccess,
    Permission::AllFiles,
    Permission::InstallApps,
    Permission::SystemSettings,
    Permission::ScreenCapture,
    Permission::Vpn,
    Permission::Keyboard,
    Permission::DefaultRole,
];

impl Special<'_, '_> {
    /// The outcome for a special access; `None` for permissions that the person grants at a prompt.
    pub fn outcome(&self, permission: Permission) -> Option<Outcome> {
        let subject = self.subject;
        let name = |word: &str| format!("android.permission.{word}");
        Some(match permission {
            Permission::Accessibility => self.accessibility(),
            Permission::NotificationAccess => self.notification_access(),
            Permission::DeviceAdmin => self.device_admin(),
            Permission::Keyboard => self.keyboard(),
            Permission::DefaultRole => self.default_role(),
            Permission::Vpn => self.vpn(),
            Permission::BackgroundActivity => self.background_activity(),
            Permission::Overlay => subject.special("SYSTEM_ALERT_WINDOW", &name("SYSTEM_ALERT_WINDOW")),
            Permission::UsageAccess => subject.special("GET_USAGE_STATS", &name("PACKAGE_USAGE_STATS")),
            Permission::AllFiles => self.all_files(),
            Permission::InstallApps => self.install_apps(),
            Permission::SystemSettings => subject.special("WRITE_SETTINGS", &name("WRITE_SETTINGS")),
            Permission::ScreenCapture => self.screen_capture(),
            Permission::ListApps => self.list_apps(),
            Permission::FullScreen => self.full_screen(),
            Permission::Clipboard => self.clipboard(),
            Permission::ComputerControl => self.computer_control(),
            _ => return None,
        })
    }

    /// Whether the app is named though it is not in the catalogue: it watches or controls the phone. Apps of the system
    /// image hold such powers by the dozen and are named only where the person gave them one of the two strongest.
    pub fn is_worth_naming(&self) -> bool {
        let on = |permission| {
            self.outcome(permission)
                .is_some_and(|outcome| matches!(outcome, Outcome::Known(decision) if decision.level > Level::None))
        };
        STRONGEST.into_iter().any(on) || !self.subject.package.system && POWERS.into_iter().any(on)
    }

    /// Whether an app, as the snapshot has it, holds any access that it is named for.
    pub fn is_held(app: &App) -> bool {
        let powers = || STRONGEST.into_iter().chain(POWERS);
        app.grants.iter().any(|grant| grant.level > Level::None && powers().any(|power| power == grant.permission))
    }

    fn user(&self) -> u32 {
        self.subject.user.id
    }

    fn package(&self) -> &str {
        self.subject.package.name
    }

    fn decision(level: Level, code: BecauseCode, rows: Vec<EvidenceRow>) -> Outcome {
        let (state, decided_by) = if level > Level::None {
            (State::GrantedByPerson, DecidedBy::User)
        } else {
            (State::NeverAsked, DecidedBy::Default)
        };
        Outcome::Known(Decision {
            level,
            state,
            decided_by,
            because: Because::new(code),
            rows: Vec::new(),
            other_rows: rows,
        })
    }

    /// Enabled services: the secure setting of the user and the service's own dump; either says that one is on. The setting
    /// `accessibility_enabled` is none of the person's: Android writes it, 1 while any service is bound
    /// (`AccessibilityManagerService.updateAccessibilityEnabledSettingLocked`). Beside a listed service, 0 means that it
    /// crashed, was updated or stopped; it is on, and comes back by itself.
    fn accessibility(&self) -> Outcome {
        const KEY: &str = "enabled_accessibility_services";
        let user = self.user();
        let mut rows = Vec::new();
        let mut bound = true;
        if let Some(table) = self.facts.settings_of(Namespace::Secure, user)
            && let Some(entry) = self.facts.listed_component(table, KEY, self.package(), ':')
        {
            rows.extend(self.facts.setting_excerpt(Namespace::Secure, user, KEY, &entry));
            if table.get("accessibility_enabled").and_then(|setting| setting.value.as_deref()) == Some("0") {
                bound = false;
                rows.extend(self.facts.setting_rows(Namespace::Secure, user, &["accessibility_enabled"]));
            }
        }
        let state = self.facts.dumps.accessibility.iter().flat_map(|dump| &dump.users).find(|state| state.user == user);
        if let Some(state) = state {
            let mine = |service: &&Located<Component>| service.value.package == self.package();
            let row = |heading: &str, service: &Located<Component>| {
                let text = format!("{heading}: {}/{}", service.value.package, service.value.class);
                self.facts.rows.excerpt(Kind::Accessibility, None, service.line, &text)
            };
            if let Some(service) = state.enabled.iter().flatten().find(mine) {
                rows.extend(row("Enabled services", service));
            }
            if let Some(service) = state.crashed.iter().find(mine) {
                bound = false;
                rows.extend(row("Crashed services", service));
            } else if state.bound > 0 {
                // Some service is bound, and none of this app is told to have crashed: the setting is of another moment.
                bound = true;
            }
        }
        if rows.is_empty() {
            return self.nothing_known();
        }
        let code = if bound { BecauseCode::ServiceEnabled } else { BecauseCode::ServiceNotBound };
        Self::decision(Level::Always, code, rows)
    }

    /// What is missing for a whole user stands as one gap of the user, not as one for each app.
    fn nothing_known(&self) -> Outcome {
        Outcome::NotDeclared
    }

    fn notification_access(&self) -> Outcome {
        const KEY: &str = "enabled_notification_listeners";
        let Some(table) = self.facts.settings_of(Namespace::Secure, self.user()) else { return self.nothing_known() };
        let Some(entry) = self.facts.listed_component(table, KEY, self.package(), ':') else {
            return Outcome::NotDeclared;
        };
        Self::decision(
            Level::Always,
            BecauseCode::ServiceEnabled,
            self.facts.setting_excerpt(Namespace::Secure, self.user(), KEY, &entry),
        )
    }

    fn device_admin(&self) -> Outcome {
        let Some(policy) = &self.facts.device_policy else { return self.nothing_known() };
        let is_owner = policy
            .owners
            .iter()
            .find(|owner| owner.package == self.package() && owner.user.is_none_or(|user| user == self.user()));
        if let Some(owner) = is_owner {
            let row = self.facts.rows.row(Kind::DevicePolicy, None, owner.line);
            return Self::decision(Level::Always, BecauseCode::Owner, row.into_iter().collect());
        }
        let admin = policy.admins.iter().find(|admin| admin.package == self.package() && admin.user == self.user());
        let Some(admin) = admin else { return Outcome::NotDeclared };
        let row = self.facts.rows.row(Kind::DevicePolicy, None, admin.line);
        Self::decision(Level::Always, BecauseCode::DeviceAdmin, row.into_iter().collect())
    }

    /// The keyboard in use sees all that is typed; another enabled one does when it is chosen.
    fn keyboard(&self) -> Outcome {
        let Some(table) = self.facts.settings_of(Namespace::Secure, self.user()) else { return self.nothing_known() };
        for (key, level, code) in [
            ("default_input_method", Level::Always, BecauseCode::KeyboardInUse),
            ("enabled_input_methods", Level::Limited, BecauseCode::KeyboardEnabled),
        ] {
            if let Some(entry) = self.facts.listed_component(table, key, self.package(), ':') {
                return Self::decision(
                    level,
                    code,
                    self.facts.setting_excerpt(Namespace::Secure, self.user(), key, &entry),
                );
            }
        }
        Outcome::NotDeclared
    }

    fn default_role(&self) -> Outcome {
        let mut names = Vec::new();
        let mut rows = Vec::new();
        if let Some(roles) = self.facts.dumps.roles.as_ref().filter(|roles| !roles.users.is_empty()) {
            for (name, role) in roles.users.get(&self.user()).into_iter().flatten() {
                for holder in role.holders.iter().filter(|holder| holder.value == self.package()) {
                    names.push(name.rsplit('.').next().unwrap_or(name).to_owned());
                    rows.extend(self.facts.rows.row(Kind::Roles, None, holder.line));
                }
            }
        } else if self.facts.api.is_some_and(|api| api < API_10) {
            let Some(table) = self.facts.settings_of(Namespace::Secure, self.user()) else {
                return self.nothing_known();
            };
            for (key, role) in [
                ("sms_default_application", "SMS"),
                ("dialer_default_application", "DIALER"),
                ("assistant", "ASSISTANT"),
                ("voice_interaction_service", "ASSISTANT"),
            ] {
                if let Some(entry) = self.facts.listed_component(table, key, self.package(), ':') {
                    names.push(role.to_owned());
                    rows.extend(self.facts.setting_excerpt(Namespace::Secure, self.user(), key, &entry));
                }
            }
        }
        if names.is_empty() {
            return Outcome::NotDeclared;
        }
        names.sort();
        names.dedup();
        let because = Because::new(BecauseCode::RoleHolder).about(names.join(", "));
        Outcome::Known(Decision {
            level: Level::Always,
            state: State::GrantedByPerson,
            decided_by: DecidedBy::Role,
            because,
            rows: Vec::new(),
            other_rows: rows,
        })
    }

    fn vpn(&self) -> Outcome {
        if let Some(table) = self.facts.settings_of(Namespace::Secure, self.user())
            && let Some(entry) = self.facts.listed_component(table, "always_on_vpn_app", self.package(), ':')
        {
            let rows = self.facts.setting_excerpt(Namespace::Secure, self.user(), "always_on_vpn_app", &entry);
            return Self::decision(Level::Always, BecauseCode::AlwaysOnVpn, rows);
        }
        self.consented(["ACTIVATE_VPN", "ACTIVATE_PLATFORM_VPN"], BecauseCode::VpnConsented)
    }

    fn screen_capture(&self) -> Outcome {
        self.consented(["PROJECT_MEDIA", "PROJECT_MEDIA"], BecauseCode::SpecialAccessOn)
    }

    /// Ops that are off unless the person said yes once: their default is `ignore`.
    fn consented(&self, ops: [&str; 2], code: BecauseCode) -> Outcome {
        for op in ops {
            match self.subject.op_mode(op) {
                None => return Outcome::Unknown,
                Some(found) if matches!(found.mode, Mode::Allow | Mode::Foreground) => {
                    return Outcome::Known(Decision {
                        level: Level::Always,
                        state: State::GrantedByPerson,
                        decided_by: DecidedBy::User,
                        because: Because::new(code).about(op).with(found.mode.word()),
                        rows: found.line.map(RowAt::AppOps).into_iter().collect(),
                        other_rows: Vec::new(),
                    });
                }
                Some(_) => {}
            }
        }
        Outcome::NotDeclared
    }

    /// The uid's mode decides; package rows `(default)` with a `Reject:` below are refused probes.
    fn all_files(&self) -> Outcome {
        match self.facts.api {
            Some(api) if api <= API_10 => Outcome::NotDeclared,
            _ => self.subject.special("MANAGE_EXTERNAL_STORAGE", "android.permission.MANAGE_EXTERNAL_STORAGE"),
        }
    }

    /// The op decides; at `default`, the permission does, which is granted to apps of the system alone
    /// (`PackageManagerService.canRequestPackageInstalls`).
    fn install_apps(&self) -> Outcome {
        self.subject.special("REQUEST_INSTALL_PACKAGES", "android.permission.REQUEST_INSTALL_PACKAGES")
    }

    /// Operating the phone in the place of the person (Android 17): the permission, which the system gives to few apps, and
    /// the person's word on it, the op: always, ask each time (its default), never.
    fn computer_control(&self) -> Outcome {
        const NAME: &str = "android.permission.ACCESS_COMPUTER_CONTROL";
        const OP: &str = "COMPUTER_CONTROL";
        const API_17: u32 = 37;
        if self.facts.api.is_some_and(|api| api < API_17) {
            return Outcome::NotDeclared;
        }
        match self.subject.special(OP, NAME) {
            Outcome::Known(mut decision) if decision.because.code == BecauseCode::SpecialAccessByPermission => {
                decision.level = Level::Ask;
                decision.state = State::OneTime;
                decision.decided_by = DecidedBy::User;
                decision.because = Because::new(BecauseCode::OpAsks).about(OP).with("default");
                Outcome::Known(decision)
            }
            // Without the permission the op opens nothing.
            Outcome::Known(mut decision) if decision.level > Level::None && !self.subject.holds(NAME) => {
                decision.level = Level::None;
                decision.state = State::NotDeclared;
                decision.decided_by = DecidedBy::Default;
                decision.because = Because::new(BecauseCode::SpecialAccessOff).about(NAME);
                Outcome::Known(decision)
            }
            outcome => outcome,
        }
    }

    /// Since Android 11 an app sees a few of the others; one that asks for all of them does, and so does one made for an
    /// earlier version (`AppsFilter`).
    fn list_apps(&self) -> Outcome {
        const API_11: u32 = 30;
        match self.install_time("android.permission.QUERY_ALL_PACKAGES") {
            Outcome::NotDeclared
                if self.facts.api.is_some_and(|api| api >= API_11)
                    && self.subject.package.target_sdk.is_some_and(|target| target < API_11) =>
            {
                Outcome::Known(Decision {
                    level: Level::Always,
                    state: State::InstallTime,
                    decided_by: DecidedBy::Default,
                    because: Because::new(BecauseCode::NoPermissionNeeded),
                    rows: vec![RowAt::Package(self.subject.package.version_line)],
                    other_rows: Vec::new(),
                })
            }
            outcome => outcome,
        }
    }

    fn full_screen(&self) -> Outcome {
        const NAME: &str = "android.permission.USE_FULL_SCREEN_INTENT";
        if self.facts.api.is_none_or(|api| api >= API_14) {
            self.subject.special("USE_FULL_SCREEN_INTENT", NAME)
        } else {
            self.install_time(NAME)
        }
    }

    fn install_time(&self, name: &str) -> Outcome {
        let Some(line) = self.subject.row_line(name).filter(|_| self.subject.holds(name)) else {
            return Outcome::NotDeclared;
        };
        Outcome::Known(Decision {
            level: Level::Always,
            state: State::InstallTime,
            decided_by: DecidedBy::Default,
            because: Because::new(BecauseCode::InstallTime).about(name),
            rows: vec![RowAt::Package(line)],
            other_rows: Vec::new(),
        })
    }

    /// Every app may read the clipboard while it is on the screen; it is shown where the phone has a row for it.
    fn clipboard(&self) -> Outcome {
        const OP: &str = "READ_CLIPBOARD";
        let Some(found) = self.subject.op_mode(OP) else { return Outcome::Unknown };
        let Some(row) = self.subject.op_row(OP) else { return Outcome::NotDeclared };
        let (level, state, code) = match found.mode {
            Mode::Ignore | Mode::Deny => (Level::Denied, State::RefusedByPerson, BecauseCode::OpRefuses),
            _ => (Level::Always, State::InstallTime, BecauseCode::NoPermissionNeeded),
        };
        Outcome::Known(Decision {
            level,
            state,
            decided_by: DecidedBy::Default,
            because: Because::new(code).about(OP).with(found.mode.word()),
            rows: vec![RowAt::AppOps(row.line)],
            other_rows: Vec::new(),
        })
    }

    fn background_activity(&self) -> Outcome {
        let Some(found) = self.subject.op_mode("RUN_ANY_IN_BACKGROUND") else { return Outcome::Unknown };
        if matches!(found.mode, Mode::Ignore | Mode::Deny) {
            return Outcome::Known(Decision {
                level: Level::Denied,
                state: State::RefusedByPerson,
                decided_by: DecidedBy::User,
                because: Because::new(BecauseCode::BatteryRestricted)
                    .about("RUN_ANY_IN_BACKGROUND")
                    .with(found.mode.word()),
                rows: found.line.map(RowAt::AppOps).into_iter().collect(),
                other_rows: Vec::new(),
            });
        }
        let Some((kind, line)) = self.facts.battery_exemption(self.package()) else { return Outcome::NotDeclared };
        let row = self.facts.rows.row(kind, None, line);
        Self::decision(Level::Always, BecauseCode::BatteryExempt, row.into_iter().collect())
    }
}
