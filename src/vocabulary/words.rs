//! The words of the vocabulary as enums: permissions, levels, states, checks, verdicts, severities.
//!
//! Each enum is written once, with the kebab-case word that profiles, snapshots and reports use for it. What the words
//! mean for each platform stands in `permissions.toml` beside this file.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares an enum whose variants have one kebab-case word each, with the conversions every vocabulary needs.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every variant, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The kebab-case word that stands for it in every file.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The variant of a word.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Word;

                impl serde::de::Visitor<'_> for Word {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        formatter.write_str("a string")
                    }

                    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<$name, E> {
                        $name::from_word(word).ok_or_else(|| E::unknown_variant(word, &[$($word,)+]))
                    }
                }

                // Without the text in between, which would be one for each word of a snapshot.
                deserializer.deserialize_str(Word)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($word,)+] })
            }
        }
    };
}

pub(crate) use words;

words! {
/// What an app may touch: one word for both platforms.
Permission {
    /// Location.
    Location => "location",
    /// Precise location.
    LocationPrecise => "location-precise",
    /// Location in the background.
    LocationBackground => "location-background",
    /// Location inside photos.
    MediaLocation => "media-location",
    /// Camera.
    Camera => "camera",
    /// Microphone.
    Microphone => "microphone",
    /// Contacts.
    Contacts => "contacts",
    /// Calendar.
    Calendar => "calendar",
    /// Reminders.
    Reminders => "reminders",
    /// Photos and videos.
    Photos => "photos",
    /// Add to photos only.
    PhotosAdd => "photos-add",
    /// Music and audio files.
    AudioFiles => "audio-files",
    /// Shared files.
    Files => "files",
    /// All files.
    AllFiles => "all-files",
    /// Text messages.
    Sms => "sms",
    /// Call log.
    CallLog => "call-log",
    /// Phone state and calls.
    Phone => "phone",
    /// Nearby devices (Bluetooth, UWB).
    NearbyDevices => "nearby-devices",
    /// Local network.
    LocalNetwork => "local-network",
    /// Send notifications.
    Notifications => "notifications",
    /// Physical activity.
    Motion => "motion",
    /// Health and body sensors.
    Health => "health",
    /// Cross-app tracking.
    Tracking => "tracking",
    /// Speech recognition.
    Speech => "speech",
    /// Smart home.
    Home => "home",
    /// Use with Siri.
    Siri => "siri",
    /// Accessibility service.
    Accessibility => "accessibility",
    /// Operate the phone in the place of the person (Android 17).
    ComputerControl => "computer-control",
    /// Draw over other apps.
    Overlay => "overlay",
    /// See which apps are used, and when.
    UsageAccess => "usage-access",
    /// Read all notifications.
    NotificationAccess => "notification-access",
    /// Record the screen.
    ScreenCapture => "screen-capture",
    /// Read the clipboard.
    Clipboard => "clipboard",
    /// Installed keyboard.
    Keyboard => "keyboard",
    /// Install other apps.
    InstallApps => "install-apps",
    /// Device administrator.
    DeviceAdmin => "device-admin",
    /// VPN service.
    Vpn => "vpn",
    /// List installed apps.
    ListApps => "list-apps",
    /// Run in the background.
    BackgroundActivity => "background-activity",
    /// Full-screen alerts.
    FullScreen => "full-screen",
    /// Change system settings.
    SystemSettings => "system-settings",
    /// Default app for SMS, calls, browser….
    DefaultRole => "default-role",
    /// Face ID.
    FaceId => "face-id",
}
}

words! {
/// How much an app may touch something, ordered from nothing to everything.
Level {
    /// Refused by the person or by policy, or the app cannot have it.
    Denied => "denied",
    /// Nothing now; the app may still ask.
    None => "none",
    /// One time, or asked each time.
    Ask => "ask",
    /// Part of the data: approximate position, chosen photos or contacts, write-only calendar.
    Limited => "limited",
    /// Full data, with the app open or a visible notice.
    WhileInUse => "while-in-use",
    /// Full data at any time; the word for every yes/no permission that is on.
    Always => "always",
}
}

words! {
/// What produced a level.
State {
    /// The app does not declare the permission.
    NotDeclared => "not-declared",
    /// The person was never asked.
    NeverAsked => "never-asked",
    /// The person said no.
    RefusedByPerson => "refused-by-person",
    /// A device or profile owner said no.
    RefusedByPolicy => "refused-by-policy",
    /// Granted for one time.
    OneTime => "one-time",
    /// Taken away because the app was not used.
    AutoRevoked => "auto-revoked",
    /// The person said yes.
    GrantedByPerson => "granted-by-person",
    /// A device or profile owner said yes.
    GrantedByPolicy => "granted-by-policy",
    /// The system granted it, by default or for a role.
    GrantedBySystem => "granted-by-system",
    /// Granted at installation, nobody was asked.
    InstallTime => "install-time",
    /// The platform does not tell.
    NotObserved => "not-observed",
}
}

words! {
/// Who decided on a grant.
DecidedBy {
    /// The person who uses the phone.
    User => "user",
    /// A device or profile owner.
    Policy => "policy",
    /// Nobody: the platform's default holds.
    Default => "default",
    /// The app holds a role (default SMS app, browser, …).
    Role => "role",
    /// The system image.
    System => "system",
    /// The evidence does not tell.
    Unknown => "unknown",
}
}

words! {
/// A property of the phone that a profile may ask about; the words of the `device` assertion.
Check {
    /// Listed app installed.
    AppPresence => "app-presence",
    /// Grants of each listed app.
    AppPermissions => "app-permissions",
    /// App came from an approved store.
    AppSource => "app-source",
    /// Apps kept up to date.
    AppUpdates => "app-updates",
    /// Apps allowed to install apps.
    UnknownSources => "unknown-sources",
    /// Location services.
    LocationMaster => "location-master",
    /// Wi-Fi and Bluetooth scanning for location.
    LocationScanning => "location-scanning",
    /// Security patch age / newest OS.
    OsUpdates => "os-updates",
    /// Automatic OS updates.
    OsAutoUpdate => "os-auto-update",
    /// Screen lock set.
    ScreenLock => "screen-lock",
    /// Lock after inactivity.
    LockDelay => "lock-delay",
    /// Length, repetition, tries.
    PasscodePolicy => "passcode-policy",
    /// Notifications on the lock screen.
    LockNotifications => "lock-notifications",
    /// Smart Lock / trust agents.
    TrustAgents => "trust-agents",
    /// Developer options, USB debugging.
    DeveloperOptions => "developer-options",
    /// Root / jailbreak.
    RootOrJailbreak => "root-or-jailbreak",
    /// Locked bootloader, verified boot.
    VerifiedBoot => "verified-boot",
    /// Storage encryption.
    StorageEncryption => "storage-encryption",
    /// App scanning on.
    PlayProtect => "play-protect",
    /// Managed / supervised.
    ManagedDevice => "managed-device",
    /// Unknown configuration profiles, certificates, VPN.
    ConfigProfiles => "config-profiles",
    /// A block list is enforced.
    AppBlocklist => "app-blocklist",
    /// Local backup.
    LocalBackup => "local-backup",
    /// Local backup is encrypted.
    BackupEncrypted => "backup-encrypted",
    /// Cloud backup.
    RemoteBackup => "remote-backup",
    /// Pairing with other computers.
    HostPairing => "host-pairing",
    /// USB data while locked.
    UsbAccessories => "usb-accessories",
    /// Third-party keyboards.
    Keyboards => "keyboards",
    /// Autofill service.
    Autofill => "autofill",
    /// Accessibility services on.
    AccessibilityServices => "accessibility-services",
    /// Apps that read notifications.
    NotificationListeners => "notification-listeners",
    /// Protected DNS.
    PrivateDns => "private-dns",
    /// Automatic date and time.
    AutoTime => "auto-time",
    /// Other users and guest.
    ExtraUsers => "extra-users",
    /// Private Space / hidden apps.
    HiddenApps => "hidden-apps",
    /// Tracking and advertising limits.
    AdTracking => "ad-tracking",
    /// Diagnostic sharing.
    Diagnostics => "diagnostics",
    /// Assistant on the lock screen.
    AssistantLocked => "assistant-locked",
    /// Find My Device / Find My.
    FindMy => "find-my",
    /// Lockdown Mode / Advanced Protection.
    LockdownMode => "lockdown-mode",
    /// App privacy report / dashboard.
    PrivacyReport => "privacy-report",
    /// Mobile threat defence app.
    MtdApp => "mtd-app",
    /// Default SMS app.
    DefaultSms => "default-sms",
    /// Google account activity controls.
    GoogleAccountActivity => "google-account-activity",
    /// Screenshots and screen recording.
    ScreenRecording => "screen-recording",
    /// Camera / microphone switched off by policy.
    CameraMicPolicy => "camera-mic-policy",
}
}

words! {
/// The outcome of judging one rule.
Verdict {
    /// The rule does not hold.
    Fail => "fail",
    /// The rule does not hold, and somebody signed for it.
    Waived => "waived",
    /// A gap is in the way.
    NotAssessed => "not-assessed",
    /// Only a person can look.
    Manual => "manual",
    /// A rule that tells and does not judge (severity `info`) has something to tell. It is no failure, and counted apart.
    Noted => "noted",
    /// The rule holds.
    Pass => "pass",
    /// The platform has no such thing.
    NotApplicable => "not-applicable",
}
}

impl Verdict {
    /// Whether what was found is not what the rule asks for, whoever signed for it and however little it matters.
    pub fn tells_what_was_found(self) -> bool {
        matches!(self, Verdict::Fail | Verdict::Waived | Verdict::Noted)
    }
}

words! {
/// How much a failing rule matters, ordered from least to most.
Severity {
    /// Told, not judged: what is found is noted.
    Info => "info",
    /// Good practice.
    Low => "low",
    /// More than needed.
    Medium => "medium",
    /// A strong power, or a missing protection.
    High => "high",
    /// The profile's promise is broken.
    Critical => "critical",
}
}

words! {
/// An operating system.
Platform {
    /// Android, of any vendor.
    Android => "android",
    /// iOS and iPadOS.
    Ios => "ios",
}
}

words! {
/// How much of an app is on the phone, ordered from nothing to running.
Presence {
    /// No trace.
    Absent => "absent",
    /// Removed with its data kept, or present for another user only.
    Residual => "residual",
    /// Installed and switched off.
    Disabled => "disabled",
    /// Installed and able to run.
    Installed => "installed",
}
}

words! {
/// Where an app came from; the words of the `source` assertion.
AppSource {
    /// Google Play.
    PlayStore => "play-store",
    /// Apple's App Store.
    AppStore => "app-store",
    /// Another app store.
    OtherStore => "other-store",
    /// Installed by the organization's device management.
    Managed => "managed",
    /// Part of the system image.
    Preloaded => "preloaded",
    /// From a file, a browser, a chat, or over a cable.
    Sideloaded => "sideloaded",
    /// The phone names no installer.
    Unknown => "unknown",
}
}

words! {
/// What a user of the phone is.
UserKind {
    /// The phone's own user.
    Primary => "primary",
    /// Another full user.
    Secondary => "secondary",
    /// The guest.
    Guest => "guest",
    /// A profile that an organization manages.
    WorkProfile => "work-profile",
    /// A second copy of apps: dual apps, twin apps, XSpace.
    Clone => "clone",
    /// Samsung's Secure Folder: a profile with an owner, and no work profile.
    SecureFolder => "secure-folder",
    /// The private space of Android 15 and later.
    PrivateSpace => "private-space",
    /// A restricted profile of a tablet.
    Restricted => "restricted",
    /// A profile of a kind that the evidence does not tell.
    UnknownProfile => "unknown-profile",
}
}

words! {
/// Why a grant can do nothing for now.
Inert {
    /// The app is switched off.
    AppDisabled => "app-disabled",
    /// The app is hidden by a device owner.
    AppHidden => "app-hidden",
    /// The app is greyed out: paused profile, digital wellbeing, quarantine.
    AppSuspended => "app-suspended",
    /// The app is archived.
    AppArchived => "app-archived",
    /// A restriction of the user of the phone closes it to every app (`no_sms`, `no_camera`, …).
    UserRestriction => "user-restriction",
    /// The phone's main switch is off.
    MainSwitchOff => "main-switch-off",
}
}

words! {
/// In which state an app used something.
Usage {
    /// On the screen or with a visible notice.
    Foreground => "foreground",
    /// In the background.
    Background => "background",
    /// The platform does not tell.
    Unknown => "unknown",
}
}

words! {
/// What a visit switches on or leaves behind.
Trace {
    /// Developer options are on.
    DeveloperOptions => "developer-options",
    /// USB debugging is on.
    UsbDebugging => "usb-debugging",
    /// Wireless debugging is on.
    WirelessDebugging => "wireless-debugging",
    /// Debugging over TCP without pairing is on (port 5555).
    TcpDebugging => "tcp-debugging",
    /// Computers are trusted for debugging, this one among them.
    TrustedComputers => "trusted-computers",
    /// The phone stays awake on the charger.
    StayAwake => "stay-awake",
    /// A computer made a backup of the phone, and keeps it (iOS).
    LocalBackup => "local-backup",
    /// The computer that made the backup is trusted by the phone (iOS).
    TrustedHost => "trusted-host",
}
}

words! {
/// Why a grant has its level; each has a sentence in the text files.
BecauseCode {
    /// The person granted it.
    GrantedByPerson => "granted-by-person",
    /// A policy granted it.
    GrantedByPolicy => "granted-by-policy",
    /// The system granted it by default, or it cannot be taken from it.
    GrantedBySystem => "granted-by-system",
    /// It comes with a role.
    GrantedByRole => "granted-by-role",
    /// Granted, and nobody tells by whom.
    Granted => "granted",
    /// Granted at installation.
    InstallTime => "install-time",
    /// Granted at installation, because the app was made for Android 5 or earlier.
    LegacyInstallTime => "legacy-install-time",
    /// It comes with another permission, because the app was made for an earlier version; nobody was asked.
    ImplicitGrant => "implicit-grant",
    /// The app shows the system's location button: a tap gives the position for the session.
    LocationButton => "location-button",
    /// Never asked.
    NeverAsked => "never-asked",
    /// Refused by the person.
    RefusedByPerson => "refused-by-person",
    /// Refused by the person for good.
    RefusedForGood => "refused-for-good",
    /// Refused by policy.
    RefusedByPolicy => "refused-by-policy",
    /// Taken away because the app was not used.
    AutoRevoked => "auto-revoked",
    /// Only this time.
    OneTime => "one-time",
    /// The one time is over.
    OneTimeOver => "one-time-over",
    /// An old app that was not reviewed yet cannot run.
    ReviewRequired => "review-required",
    /// An old app keeps its grant on paper, while the op refuses.
    RevokedCompat => "revoked-compat",
    /// The permission is restricted, and the app is not exempt.
    Restricted => "restricted",
    /// The op refuses, whatever the grant says.
    OpRefuses => "op-refuses",
    /// The op asks each time.
    OpAsks => "op-asks",
    /// Allowed with the app in use only.
    WhileInUse => "while-in-use",
    /// Allowed at any time: the background permission is granted.
    BackgroundGranted => "background-granted",
    /// Allowed at any time: this version has no background permission.
    NoBackgroundPermission => "no-background-permission",
    /// Allowed with the app in use, or by a declared service that keeps running.
    ForegroundService => "foreground-service",
    /// Only the approximate position is granted.
    ApproximateOnly => "approximate-only",
    /// The exact position is granted.
    Precise => "precise",
    /// Only the photos that the person chose.
    SelectedOnly => "selected-only",
    /// Only writing is granted.
    WriteOnly => "write-only",
    /// Only the list of accounts is granted.
    AccountsOnly => "accounts-only",
    /// Scoped storage leaves the permission without effect.
    ScopedStorage => "scoped-storage",
    /// A special access that was switched on.
    SpecialAccessOn => "special-access-on",
    /// A special access that is off.
    SpecialAccessOff => "special-access-off",
    /// A special access that the system permission brings.
    SpecialAccessByPermission => "special-access-by-permission",
    /// The service is in the list of enabled ones.
    ServiceEnabled => "service-enabled",
    /// The service is on, and not bound at this moment: it crashed, was updated or stopped, and comes back by itself.
    ServiceNotBound => "service-not-bound",
    /// The service is in the list, and the main switch for such services is off: a word of snapshots of earlier versions,
    /// which took what Android derives for a switch.
    ServiceListedButOff => "service-listed-but-off",
    /// The service is not in the list of enabled ones.
    ServiceNotEnabled => "service-not-enabled",
    /// An active device administrator.
    DeviceAdmin => "device-admin",
    /// Owner of the device or of a profile.
    Owner => "owner",
    /// The person agreed to a VPN of this app.
    VpnConsented => "vpn-consented",
    /// It is the always-on VPN.
    AlwaysOnVpn => "always-on-vpn",
    /// It is the keyboard in use.
    KeyboardInUse => "keyboard-in-use",
    /// It is an enabled keyboard, not the one in use.
    KeyboardEnabled => "keyboard-enabled",
    /// It holds a role.
    RoleHolder => "role-holder",
    /// The person excepted it from battery saving.
    BatteryExempt => "battery-exempt",
    /// The person restricted it in the background.
    BatteryRestricted => "battery-restricted",
    /// No permission is needed for it on this version.
    NoPermissionNeeded => "no-permission-needed",
    /// No row for it: the app never asked, or a one-time grant is over. A backup does not tell which (iOS).
    NoRow => "no-row",
    /// The app asks again next time (iOS location, clipboard).
    AsksNextTime => "asks-next-time",
    /// Refused in Settings for every app, whatever the app's own row says (iOS).
    OffForAllApps => "off-for-all-apps",
    /// Refused, and nobody tells by whom (iOS).
    Refused => "refused",
    /// Refused by the system, not by a person (iOS).
    RefusedBySystem => "refused-by-system",
    /// Only the contacts that the person chose (iOS).
    SelectedContactsOnly => "selected-contacts-only",
    /// Narrowed by an update of iOS to adding only (iOS).
    NarrowedByUpdate => "narrowed-by-update",
    /// Use at any time, granted until the person is asked again (iOS location).
    ProvisionalAlways => "provisional-always",
    /// While the app or one of its widgets is in use (iOS location).
    WhileInUseOrWidgets => "while-in-use-or-widgets",
    /// At any time (iOS location).
    AtAnyTime => "at-any-time",
    /// The exact position, as nobody chose otherwise (iOS).
    PreciseByDefault => "precise-by-default",
    /// Notifications are delivered quietly; nobody was asked (iOS).
    DeliveredQuietly => "delivered-quietly",
    /// Allowed, as nobody switched it off (iOS).
    OnByDefault => "on-by-default",
    /// Switched on in Settings (iOS).
    SwitchedOn => "switched-on",
    /// Switched off in Settings (iOS).
    SwitchedOff => "switched-off",
    /// The app's keyboard is installed without full access (iOS).
    KeyboardInstalled => "keyboard-installed",
    /// The app's keyboard has full access (iOS).
    KeyboardFullAccess => "keyboard-full-access",
    /// The app has a VPN configuration (iOS).
    VpnConfigured => "vpn-configured",
    /// The app has asked for health data, and the store does not tell what was answered (iOS).
    HealthAsked => "health-asked",
}
}

words! {
/// Where a rule's outcome stands beside an earlier reading of the phone.
Standing {
    /// It fails, and did not before.
    New => "new",
    /// It fails, and one of the readings does not tell whether it did before.
    PerhapsNew => "perhaps-new",
    /// It fails as it did.
    StillFailing => "still-failing",
    /// It does not hold, and somebody signed for it.
    Waived => "waived",
    /// It was judged before, and cannot be judged now: never a repair.
    NoLongerAssessed => "no-longer-assessed",
    /// It failed, and does not any more.
    Fixed => "fixed",
    /// It failed, and does not concern this phone.
    NoLongerApplies => "no-longer-applies",
    /// It could not be judged before, and holds now.
    NewlyAssessed => "newly-assessed",
}
}

words! {
/// What tells that a phone's clock was wrong.
ClockWitness {
    /// The clock of the computer that read the phone.
    Computer => "computer",
    /// Later times in the evidence itself: the phone was at least so far behind.
    Evidence => "evidence",
}
}
