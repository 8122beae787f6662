//! The formats that Android's shell commands print, Android 8 to 17.
//!
//! Two rules keep these parsers alive on vendor builds: parse by key, never by column or line number; and anchor
//! block starts on their exact indentation, because the same words occur in other sections.

pub mod accessibility;
pub mod adb;
pub mod appops;
pub mod battery;
mod blocks;
pub mod component;
pub mod device_policy;
pub mod header;
pub mod located;
pub mod lock_settings;
pub mod package_list;
pub mod packages;
mod parsed;
pub mod properties;
pub mod restricted_ops;
pub mod role;
mod room;
pub mod sensor_privacy;
pub mod settings;
pub mod simple;
pub mod time;
pub mod trust;
pub mod users;
pub mod vpn;
pub mod window;

use crate::evidence::Kind;

pub use parsed::{ParseGap, Parsed};

/// Declares the dumps that one parser reads and nothing else adds to: kind, field, type, parser.
macro_rules! dumps {
    ($($(#[$doc:meta])* $kind:ident => $field:ident: $facts:ty = $parse:path;)+) => {
        /// What single dumps say. Of two dumps of a kind the last one holds; none was read where there is nothing.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Dumps { $($(#[$doc])* pub $field: Option<$facts>,)+ }

        impl Dumps {
            /// Reads a text of one of these kinds, and tells what was not understood; `None` for all other kinds.
            pub fn read(&mut self, kind: Kind, text: &str) -> Option<Vec<ParseGap>> {
                match kind {
                    $(Kind::$kind => {
                        let Parsed { facts, gaps } = $parse(text);
                        self.$field = Some(facts);
                        Some(gaps)
                    })+
                    _ => None,
                }
            }
        }
    };
}

dumps! {
    /// `dumpsys role`.
    Roles => roles: role::Roles = role::parse;
    /// `dumpsys lock_settings`.
    LockSettings => locks: lock_settings::LockSettings = lock_settings::parse;
    /// `KeyguardServiceDelegate` of `dumpsys window`.
    WindowPolicy => keyguard: window::Keyguard = window::parse;
    /// `dumpsys accessibility`.
    Accessibility => accessibility: accessibility::Accessibility = accessibility::parse;
    /// `dumpsys adb`.
    Adb => adb: adb::Adb = adb::parse;
    /// `dumpsys trust`.
    Trust => trust: trust::Trust = trust::parse;
    /// `dumpsys vpn_management`. Which app may be a VPN follows from the app-ops; the dump is read so that its refusal is told.
    Vpn => vpn: vpn::Vpns = vpn::parse;
    /// `dumpsys sensor_privacy`.
    SensorPrivacy => sensors: sensor_privacy::SensorPrivacy = sensor_privacy::parse;
}
