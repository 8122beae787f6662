//! Special access: what an app may do through Settings > Apps > Special app access, or by being somebody's service.

use super::effective::{Decision, Outcome, RowAt, Subject};
use super::facts::Facts;
use crate::evidence::Kind;
use crate::parse::android::appops::Mode;
use crate::parse::android::settings::Namespace;
use crate::snapshot::{Because, BecauseCode, DecidedBy, EvidenceRow, Level, Permission, State};

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
        if on(Permission::Accessibility) || on(Permission::DeviceAdmin) {
            return true;
        }
        !self.subject.package.system
            && [
                Permission::NotificationAccess,
                Permission::Overlay,
                Permission::UsageAccess,
                Permission::AllFiles,
                Permission::InstallApps,
                Permission::SystemSettings,
                Permission::ScreenCapture,
                Permission::Vpn,
                Permission::Keyboard,
                Permission::DefaultRole,
            ]
            .into_iter()
            .any(on)
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

    /// Enabled services: the secure setting of the user together with its main switch, else the service's own dump.
    fn accessibility(&self) -> Outcome {
        const KEY: &str = "enabled_accessibility_services";
        if let Some(table) = self.facts.settings_of(Namespace::Secure, self.user()) {
            let Some(entry) = self.facts.listed_component(table, KEY, self.package(), ':') else {
                return Outcome::NotDeclared;
            };
            let rows = self.facts.setting_excerpt(Namespace::Secure, self.user(), KEY, &entry);
            let on = table.get("accessibility_enabled").and_then(|setting| setting.value.as_deref()) == Some("1");
            return if on {
                Self::decision(Level::Always, BecauseCode::ServiceEnabled, rows)
            } else {
                Self::decision(Level::None, BecauseCode::ServiceListedButOff, rows)
            };
        }
        let Some(users) = &self.facts.accessibility else { return self.nothing_known() };
        let Some(user) = users.users.iter().find(|user| user.user == self.user()) else { return self.nothing_known() };
        let Some(enabled) = &user.enabled else { return self.nothing_known() };
        match enabled.iter().find(|component| component.value.package == self.package()) {
            Some(component) => {
                let text = format!("Enabled services: {}/{}", component.value.package, component.value.class);
                let row = self.facts.rows.excerpt(Kind::Accessibility, None, component.line, &text);
                Self::decision(Level::Always, BecauseCode::ServiceEnabled, row.into_iter().collect())
            }
            None => Outcome::NotDeclared,
        }
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
        if let Some(roles) = self.facts.roles.as_ref().filter(|roles| !roles.users.is_empty()) {
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

    /// `default` asks the person each time, whatever the permission says.
    fn install_apps(&self) -> Outcome {
        const NAME: &str = "android.permission.REQUEST_INSTALL_PACKAGES";
        match self.subject.special("REQUEST_INSTALL_PACKAGES", NAME) {
            Outcome::Known(mut decision)
                if decision.because.code == BecauseCode::SpecialAccessByPermission && !self.subject.package.system =>
            {
                decision.level = Level::None;
                decision.state = State::NeverAsked;
                decision.decided_by = DecidedBy::Default;
                decision.because =
                    Because::new(BecauseCode::SpecialAccessOff).about("REQUEST_INSTALL_PACKAGES").with("default");
                Outcome::Known(decision)
            }
            outcome => outcome,
        }
    }

    fn list_apps(&self) -> Outcome {
        self.install_time("android.permission.QUERY_ALL_PACKAGES")
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
