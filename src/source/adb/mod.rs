//! Phones over the Android Debug Bridge.
//!
//! Two roads lead to a phone. Through a running ADB server ([`server`]), whose small text protocol is spoken here with
//! a deadline on every read and write; a server is never killed or replaced, and started only when none answers.
//! Without any ADB server, over USB ([`direct`]) or TCP ([`tcp`]), with the computer's own [`keys`], which [`pair()`] makes known
//! to a phone. Both end in one [`Phone`], of which [`collect()`] asks the questions of one fixed read-only list,
//! [`questions`]. [`devices`] says which phones are in sight, in which state, and what to do on a phone that is not ready.

pub mod address;
mod answer;
mod channel;
pub mod collect;
pub mod devices;
pub mod direct;
mod error;
pub mod keys;
mod message;
mod options;
pub mod pair;
mod phone;
pub mod program;
pub mod questions;
mod read;
pub mod server;
pub mod sighting;
mod socket;
pub mod tcp;
pub mod track;
mod waiting;
mod wire;

pub use collect::collect;
pub use devices::{Sighting, Sightings, State, sightings};
pub use error::AdbError;
pub use options::{Options, Told};
pub use pair::pair;
pub use phone::{Ended, Phone, ShellOutput};
pub use read::{open, open_telling, read};

/// The English sentences of this room, Fluent syntax, for the text module to load.
pub const SENTENCES_EN: &str = include_str!("../../text/adb.en.ftl");
/// The French sentences of this room, Fluent syntax, for the text module to load.
pub const SENTENCES_FR: &str = include_str!("../../text/adb.fr.ftl");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use fluent_bundle::FluentResource;

    use super::*;

    fn keys(sentences: &str) -> BTreeSet<String> {
        FluentResource::try_new(sentences.to_owned()).expect("Fluent syntax");
        let names = sentences.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
        let names: Vec<_> = names.map(|(name, _)| name.to_owned()).collect();
        let set: BTreeSet<_> = names.iter().cloned().collect();
        assert_eq!(set.len(), names.len(), "a key stands twice");
        set
    }

    #[test]
    fn every_key_has_its_sentence_in_both_languages_and_no_other_stands_there() {
        let (english, french) = (keys(SENTENCES_EN), keys(SENTENCES_FR));
        assert_eq!(english, french);
        let advice = devices::Advice::ALL.iter().map(|advice| advice.key());
        let no_permissions = ["device-no-permissions", "device-no-permissions-linux"].into_iter();
        let wanted: BTreeSet<String> = advice
            .chain(no_permissions)
            .chain(AdbError::HINT_KEYS)
            .chain(AdbError::KEYS)
            .chain(questions::TABLE_KEYS)
            .map(str::to_owned)
            .collect();
        assert_eq!(english, wanted);
    }

    #[test]
    fn targets_that_are_none_say_which_are() {
        let options = Options {
            server: server::ServerAddress { host: "127.0.0.1".to_owned(), port: 1 }.into(),
            may_start_server: false,
            program: program::Places::default(),
            keys: keys::KeyPlaces::default(),
            serial: None,
            timeout: Duration::from_secs(1),
            accept: Duration::from_secs(1),
        };
        for wrong in ["", "R5", "http:x", "usb:1", "usb:xyzw:1", "tcp:", "tcp:5555", "tcp:host:0"] {
            assert_eq!(open(wrong, &options).err().map(|error| error.hint_key()), Some("adb-bad-target"), "{wrong}");
        }
        assert!(matches!(open("adb:R5", &options), Err(AdbError::NoServer { .. })));
    }
}
