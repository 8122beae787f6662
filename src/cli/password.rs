//! The password of encrypted backups: from a file, from standard input, from the environment, or asked for. Never an argument, which
//! every user of the computer could read.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::sync::Mutex;

use clap::ArgMatches;
use poucet::inner::source::ios_backup::{Ask, NotText, Password};
use poucet::text::clean::sanitize;
use zeroize::Zeroizing;

use super::{Outcome, Session, progress};

/// The environment variable that holds a password.
const VARIABLE: &str = "POUCET_BACKUP_PASSWORD";
/// How long a password may be, in bytes; what is longer is another file.
const LONGEST: u64 = 64 * 1024;
/// The most rounds of key derivation that phones are known to ask for, with room: 10,010,000.
const USUAL_ROUNDS: u64 = 15_000_000;
/// How often a person is asked for the password of one backup.
const ATTEMPTS: u32 = 3;

/// One person answers one question at a time.
static PROMPT: Mutex<()> = Mutex::new(());

/// Where the password of a call comes from.
pub(crate) enum Passwords {
    /// What a file or standard input gave, without what editors and `echo` put around it.
    Line(Password),
    /// The bytes of the environment variable.
    Variable(Zeroizing<Vec<u8>>),
    /// Somebody may be asked.
    Prompt,
    /// There is none, and nobody to ask.
    None,
}

impl Passwords {
    /// From the arguments and the environment: `--password-file`, `--password-stdin`, `POUCET_BACKUP_PASSWORD`, else a prompt where standard
    /// input and standard error are a terminal.
    ///
    /// # Errors
    /// With a message, when the file or standard input cannot be read, or standard input is a target as well.
    pub(crate) fn from(session: &Session, matches: &ArgMatches) -> Result<Passwords, Outcome> {
        let unreadable = |place: &str, detail: &str| {
            let message = session.texts.with("cli-password-unreadable", &[("place", place), ("detail", detail)]);
            session.error(&message, Some(&session.texts.get("cli-password-unreadable-hint")));
            Outcome::REFUSED
        };
        let no_text = |place: &str| {
            let message = session.texts.with("cli-password-no-text", &[("place", place)]);
            session.error(&message, Some(&session.texts.get("cli-password-no-text-hint")));
            Outcome::REFUSED
        };
        if let Some(path) = matches.get_one::<String>("password-file") {
            let read = std::fs::File::open(Path::new(path)).and_then(bounded);
            let bytes = read.map_err(|error| unreadable(path, &error.to_string()))?;
            return line(bytes).map_err(|NotText| no_text(path));
        }
        if matches.get_flag("password-stdin") {
            let targets = matches.get_many::<std::ffi::OsString>("target").into_iter().flatten();
            if targets.into_iter().any(|target| target == "-") {
                let hint = session.texts.get("cli-stdin-twice-hint");
                session.error(&session.texts.get("cli-stdin-twice"), Some(&hint));
                return Err(Outcome::REFUSED);
            }
            let read = bounded(std::io::stdin().lock());
            let bytes = read.map_err(|error| unreadable("-", &error.to_string()))?;
            return line(bytes).map_err(|NotText| no_text("-"));
        }
        if let Some(password) = std::env::var_os(VARIABLE).filter(|password| !password.is_empty()) {
            return Ok(Passwords::Variable(Zeroizing::new(password.into_encoded_bytes())));
        }
        let somebody = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Ok(if somebody { Passwords::Prompt } else { Passwords::None })
    }

    /// Whether a password was given before anybody was asked.
    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Passwords::Line(_) | Passwords::Variable(_))
    }

    /// Answers for one backup. What was given is tried once; a person is asked up to three times, and goes on without a password by
    /// an empty answer.
    pub(crate) fn answer(&self, session: &Session, target: &str, ask: Ask) -> Option<Password> {
        let password = match self {
            Passwords::Line(password) if ask.attempt == 1 => Some(password.clone()),
            Passwords::Variable(bytes) if ask.attempt == 1 => Some(Password::from_bytes(bytes.to_vec())),
            Passwords::Prompt if ask.attempt <= ATTEMPTS => prompt(session, target, ask),
            _ => None,
        }?;
        // The keys take about a second, in which nothing else moves; more than phones ask for is said to whoever waits.
        if ask.rounds > USUAL_ROUNDS {
            let millions = (ask.rounds / 1_000_000).to_string();
            session.say(
                &session.texts.with("cli-many-rounds", &[("target", &sanitize(target, 500)), ("millions", &millions)]),
            );
        } else if std::io::stderr().is_terminal() {
            session.say(&session.texts.get("cli-deriving-key"));
        }
        Some(password)
    }
}

/// The password in what a file or standard input gave.
fn line(bytes: Zeroizing<Vec<u8>>) -> Result<Passwords, NotText> {
    Password::from_file_bytes(bytes.to_vec()).map(Passwords::Line)
}

/// Waits until the question that stands on the terminal is gone, but not long: somebody else may have stopped the program.
pub(crate) fn settle() {
    for _ in 0..30 {
        if PROMPT.try_lock().is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Reads a password of bounded length.
fn bounded(reader: impl std::io::Read) -> std::io::Result<Zeroizing<Vec<u8>>> {
    // Room for all of it, so that no piece of it is left behind where the bytes grow.
    let room = usize::try_from(LONGEST + 1).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    reader.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() < room {
        Ok(bytes)
    } else {
        Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, format!("> {LONGEST} B")))
    }
}

fn prompt(session: &Session, target: &str, ask: Ask) -> Option<Password> {
    let _turn = PROMPT.lock();
    if ask.attempt > 1 {
        session.say(&session.texts.get("cli-password-wrong"));
    }
    let question = session.texts.with("cli-password-prompt", &[("target", &sanitize(target, 500))]);
    let answer = match progress::question(|| rpassword::prompt_password(format!("{question} "))) {
        Ok(answer) => Zeroizing::new(answer),
        // The person pressed Ctrl-C, which is no empty answer.
        Err(error) if error.kind() == std::io::ErrorKind::Interrupted => super::signals::stop(),
        Err(_) => return None,
    };
    (!answer.is_empty()).then(|| Password::from_bytes(answer.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_tried_once() {
        let session =
            Session::new(poucet::text::Texts::new(poucet::text::Language::En), poucet::visit::Cancel::default());
        for given in
            [line(Zeroizing::new(b"x\n".to_vec())).unwrap(), Passwords::Variable(Zeroizing::new(b"x".to_vec()))]
        {
            assert!(given.is_given());
            assert!(given.answer(&session, "x", Ask { attempt: 1, rounds: 1 }).is_some());
            assert!(given.answer(&session, "x", Ask { attempt: 2, rounds: 1 }).is_none());
        }
        assert!(!Passwords::Prompt.is_given() && !Passwords::None.is_given());
        assert!(Passwords::None.answer(&session, "x", Ask { attempt: 1, rounds: 1 }).is_none());
    }

    #[test]
    fn what_is_longer_than_a_password_is_none() {
        assert_eq!(bounded(&b"pass word\n"[..]).unwrap().as_slice(), b"pass word\n");
        let most = usize::try_from(LONGEST).unwrap();
        assert!(bounded(vec![b'x'; most].as_slice()).is_ok());
        assert!(bounded(vec![b'x'; most + 1].as_slice()).is_err());
        assert!(bounded(std::io::repeat(b'x')).is_err());
    }
}
