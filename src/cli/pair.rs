//! `poucet devices pair`: makes this computer known to a phone in wireless debugging.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use clap::{ArgMatches, Command};
use poucet::inner::source::adb::keys::KeyPlaces;
use poucet::inner::source::adb::server::ServerAddress;
use poucet::inner::source::adb::{self, pair};
use poucet::text::clean::sanitize;
use poucet::visit::Failure;
use zeroize::Zeroizing;

use super::arguments::{self, Commands, required};
use super::options::timeout;
use super::{Outcome, Session, told};

/// How much of standard input may stand before the end of the code's line.
const LONGEST_LINE: u64 = 1024;

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    make.named("pair", "devices-pair")
        .arg(required("pair-address", "HOST:PORT", texts))
        .arg(arguments::timeout(texts))
        .after_help(texts.get("cli-devices-pair-more"))
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let texts = &session.texts;
    let Some(address) = matches.get_one::<String>("pair-address") else { return Outcome::REFUSED };
    // A target is what stands at hand; the code is for the phone, and not for a wrong address.
    let address = address.strip_prefix("tcp:").unwrap_or(address);
    let shown = sanitize(address, 200);
    if !pair::is_address(address) {
        let message = texts.with("cli-pair-bad-address", &[("address", &shown)]);
        session.error(&message, Some(&texts.get("adb-not-pairing-port")));
        return Outcome::REFUSED;
    }
    let typed = match read_code(session, &shown) {
        Ok(typed) => typed,
        Err(error) => {
            let message = texts.with("cli-pair-unreadable", &[("detail", &error.to_string())]);
            session.error(&message, Some(&texts.get("cli-pair-bad-code-hint")));
            return Outcome::REFUSED;
        }
    };
    let Some(code) = pair::code(&typed).map(Zeroizing::new) else {
        session.error(&texts.get("cli-pair-bad-code"), Some(&texts.get("cli-pair-bad-code-hint")));
        return Outcome::REFUSED;
    };
    let keys = KeyPlaces::from_variables(|name| std::env::var_os(name), std::env::home_dir());
    match adb::pair(address, &code, &keys, timeout(matches)) {
        Ok(paired) => {
            if paired.key_made {
                let path = sanitize(&paired.key.display().to_string(), 500);
                session.say(&texts.with("cli-pair-key-made", &[("path", &path)]));
            }
            // The port through which the phone is read is another one, and only the phone knows it.
            let port = texts.get("cli-pair-port");
            let host = ServerAddress { host: paired.host, port: 1 }.to_string();
            let host = host.strip_suffix(":1").unwrap_or(&host);
            let target = format!("tcp:{host}:{port}");
            let lines = [
                texts.with("cli-pair-paired", &[("name", &paired.name), ("host", &sanitize(host, 200))]),
                texts.with("cli-pair-next", &[("target", &sanitize(&target, 300)), ("port", &port)]),
            ];
            session.print(&format!("{}\n", lines.join("\n")))
        }
        Err(error) => {
            let failure = Failure::Phone(error);
            told::failure(session, &failure);
            failure.outcome()
        }
    }
}

/// The code: typed after a question where somebody sits, else the first line of standard input.
fn read_code(session: &Session, address: &str) -> std::io::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        eprint_question(session, address);
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().take(LONGEST_LINE).read_line(&mut line)?;
    Ok(line)
}

/// The question stands on the line on which the answer is typed.
fn eprint_question(session: &Session, address: &str) {
    use std::io::Write as _;
    let question = session.texts.with("cli-pair-prompt", &[("address", address)]);
    let mut stderr = std::io::stderr().lock();
    // A terminal that is gone has nobody to ask; what comes from it then is no code.
    let _ = write!(stderr, "{question} ").and_then(|()| stderr.flush());
}
