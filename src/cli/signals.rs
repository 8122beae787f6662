//! What ends the program from outside: Ctrl-C, the end of the terminal, a polite kill.

/// Ends the program because the person stopped it.
pub(crate) fn stop() -> ! {
    poucet::inner::files::output::remove_unfinished();
    super::progress::wipe();
    std::process::exit(130);
}

/// Calls `handle` whenever the person or the system wants an end. A signal that was ignored when the program began stays
/// ignored: that is how `nohup` keeps a program beyond its terminal (POSIX, `nohup`), and a shell a job in the background.
#[cfg(unix)]
pub(super) fn on_end(handle: impl Fn() + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let wanted = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored & (1_u64 << (signal - 1)) == 0);
    // Where the system lets nobody listen, a signal ends the program as it would any other.
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            handle();
        }
    });
}

#[cfg(not(unix))]
pub(super) fn on_end(handle: impl Fn() + Send + 'static) {
    let _ = ctrlc::set_handler(handle);
}

/// The signals that are ignored, one bit each from signal 1 on.
#[cfg(unix)]
fn ignored() -> u64 {
    let mask = |digits: &str| u64::from_str_radix(digits.trim(), 16).ok();
    if cfg!(target_os = "linux") {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        return status.lines().find_map(|line| mask(line.strip_prefix("SigIgn:")?)).unwrap_or(0);
    }
    // `nohup` leaves no output at the terminal; with one, nobody need be asked.
    use std::io::IsTerminal as _;
    if std::io::stdout().is_terminal() || std::io::stderr().is_terminal() {
        return 0;
    }
    let asked =
        std::process::Command::new("/bin/ps").args(["-o", "ignored=", "-p", &std::process::id().to_string()]).output();
    asked.ok().and_then(|output| mask(&String::from_utf8_lossy(&output.stdout))).unwrap_or(0)
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn what_is_ignored_is_known() {
        // Rust itself ignores SIGPIPE, the 13th signal, in every program.
        if cfg!(target_os = "linux") {
            assert_ne!(super::ignored() & (1 << 12), 0);
        }
    }
}
