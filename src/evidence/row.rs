//! What is known of a kind of evidence before any text of it is read: its names, its bounds, the question that it answers.

use crate::text::Language;

/// Into which of the shell calls of a visit a question goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// What the phone is, and who uses it. The users' own questions wait for it.
    Identity,
    /// The questions that are put for each user.
    Users,
    /// The packages and their permissions, by far the longest answer.
    Packages,
    /// The app-ops.
    AppOps,
    /// The states of system services.
    Services,
}

impl Call {
    /// Every call, in the order in which answers are kept. A phone is never asked more often than this.
    pub const ALL: [Call; 5] = [Call::Identity, Call::Users, Call::Packages, Call::AppOps, Call::Services];

    /// The most bytes that the call may answer. The longest dump known (`dumpsys package` of a phone with many users) has 20 MB;
    /// a phone that sends more than this is wedged or hostile. All of them together stay below what one phone may cost.
    pub fn limit(self) -> usize {
        match self {
            Call::Identity => 4 << 20,
            Call::Users => 8 << 20,
            Call::Packages => 62 << 20,
            Call::AppOps => 20 << 20,
            Call::Services => 6 << 20,
        }
    }

    /// Whom its questions concern.
    pub fn scope(self) -> Scope {
        if self == Call::Users { Scope::User } else { Scope::Phone }
    }
}

/// Whom a question concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// The whole phone; asked once.
    Phone,
    /// One Android user; asked for each.
    User,
}

/// Why a question is put to a phone, for the person whose phone it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why {
    /// The English sentence.
    pub en: &'static str,
    /// The French sentence.
    pub fr: &'static str,
}

impl Why {
    /// The sentence in one language.
    pub fn of(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Fr => self.fr,
        }
    }
}

/// A command that may run on a phone, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The call into which it goes.
    pub call: Call,
    /// The command. `{wait}` stands for the seconds that `dumpsys` may wait for a service, `{user}` for a user's number.
    pub command: &'static str,
    /// Why it is asked.
    pub why: Why,
}

/// What is taken out of a text before it is stored, besides what goes wherever it stands (addresses, the serial number).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// Nothing else.
    Nothing,
    /// Values of settings that poucet does not read and that may name somebody: `key=value` lines.
    Settings,
    /// The same in rows `_id:… name:… value:…`.
    SettingsDump,
    /// Values of system properties that may name somebody.
    Properties,
    /// What the head of a bug report says of networks and numbers.
    Head,
    /// Names of users.
    Users,
    /// Words that an organization or a person chose.
    DevicePolicy,
    /// Sessions of installers.
    Sessions,
    /// Keys and names of computers and networks.
    Keys,
    /// Titles of windows.
    WindowTitles,
    /// All but the state of the lock screen.
    AllButLockScreen,
    /// Places on the computer that collected it.
    Acquisition,
}

/// The row of one kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) since: Option<u8>,
    pub(super) is_needed: bool,
    pub(super) most_bytes: usize,
    pub(super) file: Option<&'static str>,
    pub(super) stem: Option<&'static str>,
    pub(super) begins: &'static [&'static str],
    pub(super) redaction: Redaction,
    pub(super) asks: [Option<Ask>; 2],
}

impl Row {
    /// What reports call it: the command that prints it on a phone, without options.
    pub(super) const fn new(label: &'static str) -> Row {
        Row {
            label,
            since: None,
            is_needed: false,
            // Some dozens of kilobytes on a real phone, and every line costs several times its length when it is understood.
            most_bytes: 1 << 20,
            file: None,
            stem: None,
            begins: &[],
            redaction: Redaction::Nothing,
            asks: [None, None],
        }
    }

    /// The first API level that has it, where Android 8 does not.
    pub(super) const fn since(self, level: u8) -> Row {
        Row { since: Some(level), ..self }
    }

    /// Rules cannot do without it.
    pub(super) const fn needed(self) -> Row {
        Row { is_needed: true, ..self }
    }

    /// The most bytes of it that are read, where they are not the usual ones.
    pub(super) const fn at_most(self, bytes: usize) -> Row {
        Row { most_bytes: bytes, ..self }
    }

    /// AndroidQF's file of it.
    pub(super) const fn in_file(self, name: &'static str) -> Row {
        Row { file: Some(name), ..self }
    }

    /// The name of its file in a bundle, where that does not follow from the label.
    pub(super) const fn kept_as(self, stem: &'static str) -> Row {
        Row { stem: Some(stem), ..self }
    }

    /// How one of its lines begins that no other output has; it may hold the next line's beginning too.
    pub(super) const fn begins_with(self, begins: &'static [&'static str]) -> Row {
        Row { begins, ..self }
    }

    /// What must not be stored of it.
    pub(super) const fn without(self, redaction: Redaction) -> Row {
        Row { redaction, ..self }
    }

    /// A question whose answer it is, and why that is asked, in English and in French.
    pub(super) const fn asked(self, call: Call, command: &'static str, en: &'static str, fr: &'static str) -> Row {
        let ask = Some(Ask { call, command, why: Why { en, fr } });
        let [first, _] = self.asks;
        Row { asks: if first.is_none() { [ask, None] } else { [first, ask] }, ..self }
    }
}
