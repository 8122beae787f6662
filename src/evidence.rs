//! Evidence: named raw text from a phone or a file, with where it came from and how complete it is.
//!
//! Every road (live phone, bug report, AndroidQF folder, bundle, loose files) ends in the same [`Evidence`], so that
//! one code path parses them all and the same phone gets the same verdict by every road.

use std::collections::BTreeMap;

pub mod ios;
mod kinds;
mod row;

pub use kinds::Kind;
pub use row::{Ask, Call, Redaction, Scope, Why};

/// Why something could not be read. The words of `design.md` §2, as they stand in every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The phone or the operating system said no (`SecurityException`, `Permission Denial`).
    Refused,
    /// It is not in the evidence.
    Absent,
    /// A deadline passed: ours, or the phone's own (`DUMP TIMEOUT`).
    TimedOut,
    /// It begins but does not end.
    Truncated,
    /// It is there, and nothing shows that it is whole: a saved text may have been cut at the end of any line.
    Unproven,
    /// It is there and cannot be understood.
    Unreadable,
    /// It was read, and this version of poucet has no word for it.
    NotKnown,
    /// This version of the platform has no such thing.
    NotSupported,
    /// Only an encrypted backup holds it, and this one is not encrypted (iOS).
    EncryptedOnly,
    /// The backup is encrypted, and no password was given (iOS).
    NoPassword,
}

impl Reason {
    /// The kebab-case word of the JSON contract.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Refused => "refused",
            Reason::Absent => "absent",
            Reason::TimedOut => "timed-out",
            Reason::Truncated => "truncated",
            Reason::Unproven => "unproven",
            Reason::Unreadable => "unreadable",
            Reason::NotKnown => "not-known",
            Reason::NotSupported => "not-supported",
            Reason::EncryptedOnly => "encrypted-only",
            Reason::NoPassword => "no-password",
        }
    }
}

/// What kind of place the evidence came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A phone through an ADB server.
    Adb,
    /// A phone over USB without an ADB server.
    Usb,
    /// A phone over TCP without an ADB server.
    Tcp,
    /// A bug report, zip or text.
    Bugreport,
    /// An AndroidQF folder or zip.
    AndroidQf,
    /// A bundle written by `poucet collect`.
    Bundle,
    /// Loose text files in a folder.
    Files,
    /// An iOS backup of Finder, iTunes or libimobiledevice.
    IosBackup,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [SourceKind; 8] = [
        SourceKind::Adb,
        SourceKind::Usb,
        SourceKind::Tcp,
        SourceKind::Bugreport,
        SourceKind::AndroidQf,
        SourceKind::Bundle,
        SourceKind::Files,
        SourceKind::IosBackup,
    ];

    /// The kebab-case word of the JSON contract.
    pub fn word(self) -> &'static str {
        match self {
            SourceKind::Adb => "adb",
            SourceKind::Usb => "usb",
            SourceKind::Tcp => "tcp",
            SourceKind::Bugreport => "bugreport",
            SourceKind::AndroidQf => "androidqf",
            SourceKind::Bundle => "bundle",
            SourceKind::Files => "files",
            SourceKind::IosBackup => "ios-backup",
        }
    }

    /// Whether the phone itself was connected, so that the visit may have left traces on it.
    pub fn is_live(self) -> bool {
        matches!(self, SourceKind::Adb | SourceKind::Usb | SourceKind::Tcp)
    }
}

/// One piece of evidence: decoded text (see [`crate::parse::text::decode`]) and its provenance.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// The Android user it speaks of, where the question names one.
    pub user: Option<u32>,
    /// The text, without `\r` and byte-order mark.
    pub text: String,
    /// The file it was found in, relative to the target, or the command that was run.
    pub origin: String,
    /// The line of `origin` on which `text` begins, 1-based.
    pub first_line: u64,
    /// `None` when complete as far as can be seen; otherwise why it may lack its end.
    pub cut: Option<Reason>,
    /// Whether something beside the text shows that it is whole: the phone's own exit status, the end of its section, a length or a
    /// digest. A text that a person saved has none of these; its parser may still find the end in the text itself.
    pub proved: bool,
    /// Why it was cut, in the words of whoever cut it, or empty.
    pub cut_detail: String,
    /// How many bytes of its lines were left out where nothing is read from them; the lines themselves are there.
    pub left_out: usize,
}

impl Item {
    /// A complete item whose text starts at the first line of `origin`.
    pub fn new(kind: Kind, text: impl Into<String>, origin: impl Into<String>) -> Self {
        Item {
            kind,
            user: None,
            text: text.into(),
            origin: origin.into(),
            first_line: 1,
            cut: None,
            cut_detail: String::new(),
            proved: true,
            left_out: 0,
        }
    }

    /// The same item, of which only its own text can tell whether it is whole.
    #[must_use]
    pub fn unproved(mut self) -> Self {
        self.proved = false;
        self
    }

    /// The same item for one Android user.
    #[must_use]
    pub fn for_user(mut self, user: u32) -> Self {
        self.user = Some(user);
        self
    }

    /// What of the text is read: all of it, or as many whole lines as no real phone has more of ([`Kind::most_bytes`]).
    pub fn readable(&self) -> &str {
        let most = self.kind.most_bytes();
        if self.text.len() <= most {
            return &self.text;
        }
        let end =
            self.text.as_bytes().get(..most).and_then(|start| memchr::memrchr(b'\n', start)).map_or(0, |end| end + 1);
        self.text.get(..end).unwrap_or("")
    }

    /// Why its end may be lacking in what is read: it was cut before, or is longer than what is read of it.
    pub fn why_cut(&self) -> Option<Reason> {
        self.cut.or_else(|| (self.text.len() > self.kind.most_bytes()).then_some(Reason::Truncated))
    }

    /// The name that reports cite: [`Kind::label`], with the user where there is one.
    pub fn source_name(&self) -> String {
        match self.user {
            Some(user) => format!("{} (user {user})", self.kind.label()),
            None => self.kind.label().to_owned(),
        }
    }
}

/// A question that got no usable answer at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What was asked.
    pub kind: Kind,
    /// The Android user it was asked for.
    pub user: Option<u32>,
    /// Why there is no answer.
    pub reason: Reason,
    /// What the phone or the system said, one line, or empty.
    pub detail: String,
}

/// Everything read from one target, before any of it is understood.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What kind of place it came from.
    pub source: SourceKind,
    /// The target as a person would name it, without serial numbers (a file name, or `adb`).
    pub target: String,
    /// What was read, in the order of reading.
    pub items: Vec<Item>,
    /// What was asked and not answered.
    pub missing: Vec<Missing>,
    /// The serial number by which the phone was reached, to make its keyed id; never stored or printed.
    pub serial: Option<String>,
    /// A keyed device id made when a bundle was collected; takes the place of `serial`, which bundles do not hold.
    pub device_id: Option<String>,
    /// How a bundle was collected; `None` for everything else.
    pub collected: Option<SourceKind>,
    /// When the evidence was taken, in seconds since 1970, where the source itself says so (AndroidQF, bundle).
    pub taken_at: Option<i64>,
    /// Where the items stand now, by their [`Item::source_name`], where that is not where they were collected (bundle): the file and the
    /// line in it.
    pub places: BTreeMap<String, (String, u64)>,
}

impl Evidence {
    /// Evidence of which nothing has been read yet.
    pub fn empty(source: SourceKind, target: impl Into<String>) -> Self {
        Evidence {
            source,
            target: target.into(),
            items: Vec::new(),
            missing: Vec::new(),
            serial: None,
            device_id: None,
            collected: None,
            taken_at: None,
            places: BTreeMap::new(),
        }
    }

    /// By which road the evidence was first read: a bundle keeps that of its collection.
    pub fn road(&self) -> SourceKind {
        self.collected.unwrap_or(self.source)
    }

    /// The items of one kind, for whatever user.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind == kind)
    }

    /// The first item of one kind.
    pub fn first(&self, kind: Kind) -> Option<&Item> {
        self.of(kind).next()
    }
}
