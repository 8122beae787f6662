//! One text that holds several outputs: what people get from `adb shell "dumpsys package; dumpsys appops; getprop" > all.txt`, from a script's
//! transcript, or from copying a terminal.
//!
//! Apps choose what stands in some outputs: a version's name or a component's may hold line ends, and so the first lines of any other
//! output. So a boundary is taken only where something proves that the output before it is over:
//!
//! * nothing that an app names stands before it (`getprop`, lists of users and of packages);
//! * or nothing that follows can belong to the output before. After an app's words more of the same dump always comes: in `dumpsys
//!   package` the row of each user, and after the packages further headings (AOSP `PackageManagerService.dump`, `Settings.dumpLPr`). The names of
//!   components alone stand last in their block, so that a dump with them must be whole, from its first heading to those behind the
//!   packages;
//! * and no output comes twice.
//!
//! What is not taken is told with its lines, and nothing of it is read.

use memchr::memmem;

use super::loose::names::kind_in_name;
use super::loose::tell::{self, settings_table};
use super::sections;
use crate::evidence::Kind;

/// What begins at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// An output, by its heading or by the form of its lines.
    Output(Kind),
    /// Sections of `dumpsys`, each with its heading.
    Sections,
    /// A command, in words that a file's name could have: `dumpsys_package`.
    Command(String),
    /// Lines before anything that is known.
    Unknown,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<'t> {
    /// What it is.
    pub(crate) begin: Begin,
    /// The command that stands above it, as [`Begin::Command`].
    pub(crate) command: Option<String>,
    /// Its text.
    pub(crate) text: &'t str,
    /// The line on which it begins.
    pub(crate) first_line: u64,
}

/// Where another output seems to begin, and nothing proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// What it looks like.
    pub(crate) kind: Kind,
    /// Its first line.
    pub(crate) first_line: u64,
    /// The last line of what it may be.
    pub(crate) last_line: u64,
}

/// The parts of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts<'t> {
    /// In their order; none where nothing is known.
    pub(crate) parts: Vec<Part<'t>>,
    /// What may be more of them.
    pub(crate) doubts: Vec<Doubt>,
}

/// A line at which something may begin.
struct Candidate {
    at: usize,
    line: u64,
    begin: Begin,
    /// Where the part's own text starts: a command's behind its line.
    from: usize,
    from_line: u64,
}

impl Candidate {
    fn kind(&self) -> Option<Kind> {
        match &self.begin {
            Begin::Output(kind) => Some(*kind),
            Begin::Command(words) => kind_in_name(words),
            Begin::Sections | Begin::Unknown => None,
        }
    }
}

/// Cuts a text into its outputs.
pub(crate) fn parts(text: &str) -> Parts<'_> {
    let candidates = candidates(text);
    let mut parts = Parts::default();
    let Some(first) = candidates.first() else { return parts };
    // What an output prints before the lines by which it is known belongs to it; before a command there is nothing of ours.
    let belongs = matches!(first.begin, Begin::Output(kind) if !is_by_lines(kind));
    let mut taken: Vec<&Candidate> = Vec::new();
    let mut start = if belongs { 0 } else { first.at };
    if start > 0 && !belongs {
        parts.parts.push(Part {
            begin: Begin::Unknown,
            command: None,
            text: text.get(..start).unwrap_or(""),
            first_line: 1,
        });
    }
    let end_of_sections = end_of_sections(text);
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(last) = taken.last() else {
            taken.push(candidate);
            continue;
        };
        let is_same = candidate.begin == last.begin || candidate.kind().is_some() && candidate.kind() == last.kind();
        if is_same && !matches!(candidate.begin, Begin::Command(_)) {
            continue;
        }
        if last.begin == Begin::Sections && candidate.at < end_of_sections {
            continue;
        }
        let rest = text.get(candidate.at..).unwrap_or("");
        let later = candidates.get(index..).unwrap_or_default();
        let is_twice =
            matches!(candidate.begin, Begin::Output(_)) && taken.iter().any(|other| other.kind() == candidate.kind());
        let so_far = text.get(start..candidate.at).unwrap_or("");
        if !is_twice && is_over(&taken, so_far, rest, later) {
            push(&mut parts.parts, text, &taken, candidate.at, start == 0);
            start = candidate.from;
            taken.push(candidate);
        } else if !is_same {
            doubt(&mut parts.doubts, text, candidate, later);
        }
    }
    push(&mut parts.parts, text, &taken, text.len(), belongs && taken.len() == 1);
    parts
}

/// Closes the part that was taken last.
fn push<'t>(parts: &mut Vec<Part<'t>>, text: &'t str, taken: &[&Candidate], end: usize, from_the_start: bool) {
    let Some(last) = taken.last() else { return };
    let is_output = matches!(last.begin, Begin::Output(kind) if !is_by_lines(kind));
    let (from, first_line) = if from_the_start && is_output { (0, 1) } else { (last.from, last.from_line) };
    let before = taken.len().checked_sub(2).and_then(|index| taken.get(index));
    let command = match (&last.begin, before.map(|before| (&before.begin, before.from))) {
        (Begin::Command(words), _) => Some(words.clone()),
        // An output directly below its command.
        (_, Some((Begin::Command(words), from)))
            if text.get(from..last.at).is_some_and(|between| between.trim().is_empty()) =>
        {
            Some(words.clone())
        }
        _ => None,
    };
    let text = text.get(from..end).unwrap_or("");
    if !text.trim().is_empty() {
        parts.push(Part { begin: last.begin.clone(), command, text, first_line });
    }
}

fn doubt(doubts: &mut Vec<Doubt>, text: &str, candidate: &Candidate, later: &[Candidate]) {
    let kind = match &candidate.begin {
        Begin::Output(kind) => Some(*kind),
        Begin::Sections => heading_kind(text.get(candidate.at..).unwrap_or("")),
        Begin::Command(_) | Begin::Unknown => None,
    };
    let Some(kind) = kind.filter(|kind| doubts.iter().all(|other| other.kind != *kind)) else { return };
    let next = later.iter().find(|next| next.line > candidate.line && next.begin != candidate.begin);
    let last_line = next.map_or_else(|| lines(text), |next| next.line.saturating_sub(1));
    doubts.push(Doubt { kind, first_line: candidate.line, last_line });
}

fn lines(text: &str) -> u64 {
    u64::try_from(text.lines().count()).unwrap_or(u64::MAX)
}

/// The kind of the first section below.
fn heading_kind(text: &str) -> Option<Kind> {
    let line = text.lines().take(2).find(|line| line.starts_with("DUMP OF SERVICE "))?;
    Kind::of_service(line.strip_suffix(':')?.rsplit(' ').next()?)
}

/// Whether everything that was taken is over where the rest begins; see the module's description.
fn is_over(taken: &[&Candidate], so_far: &str, rest: &str, later: &[Candidate]) -> bool {
    // A dump that comes again later may go on until there.
    let again = |kind: Kind| later.iter().any(|next| matches!(&next.begin, Begin::Output(other) if *other == kind));
    taken.iter().all(|candidate| match (&candidate.begin, candidate.kind()) {
        // Where sections have their last lines, what stands behind the very last one is in none.
        (Begin::Sections, _) => memmem::find(rest.as_bytes(), sections::TRAILER).is_none(),
        (_, Some(kind)) if is_free_of_apps(kind) => !again(kind) || is_by_lines(kind),
        (_, Some(Kind::Packages)) => !again(Kind::Packages) && is_package_dump_over(so_far, rest),
        // Their last value may be an app's.
        (_, Some(Kind::SettingsGlobal | Kind::SettingsSecure | Kind::SettingsSystem | Kind::SettingsDump)) => false,
        (_, Some(kind)) => !again(kind) && rest.lines().all(|line| line.trim().is_empty() || is_line_of_a_list(line)),
        // What an unknown command printed may be anything, and nothing of it is read.
        (_, None) => true,
    })
}

/// Outputs in which no app has a word to say that could hold a line's end.
fn is_free_of_apps(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Properties
            | Kind::PackageList
            | Kind::UserList
            | Kind::UserListVerbose
            | Kind::SelinuxMode
            | Kind::Clock
            | Kind::ShellIdentity
            | Kind::CurrentUser
            | Kind::LocationEnabled
            | Kind::BatteryExemptions
    )
}

/// Outputs that are known by the form of each line, without a heading.
fn is_by_lines(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Properties | Kind::PackageList | Kind::SettingsGlobal | Kind::SettingsSecure | Kind::SettingsSystem
    )
}

/// How `dumpsys package` begins when it was asked for all of it (or for one package), and not for its part `packages`.
const FRONT: [&str; 8] = [
    "Database versions:",
    "Verifiers:",
    "Required Verifiers:",
    "Known Packages:",
    "Intent Filter Verifier:",
    "Libraries:",
    "Features:",
    "Activity Resolver Table:",
];
/// Headings that it prints behind the packages, always some of them.
const BEHIND: [&str; 8] = [
    "Package Changes:",
    "Frozen packages:",
    "Dexopt state:",
    "Compiler stats:",
    "Queries:",
    "Package warning messages:",
    "Active install sessions:",
    "Service permissions:",
];

fn is_package_dump_over(dump: &str, rest: &str) -> bool {
    let is_row = |line: &str| {
        line.starts_with("  Package [")
            || line.contains(": granted=")
            || line.contains(" installed=")
            || line.contains("firstInstallTime=")
            || line.starts_with("    flags=[")
            || BEHIND.contains(&line.trim_end())
            || FRONT.contains(&line.trim_end())
            || matches!(line.trim_end(), "Packages:" | "Shared users:" | "Hidden system packages:" | "Key Set Manager:")
    };
    if rest.lines().any(is_row) {
        return false;
    }
    let front = dump.lines().map(str::trim_end).find(|line| !line.is_empty() && command(line).is_none());
    let is_whole = front.is_some_and(|line| FRONT.contains(&line));
    let has_components = ["disabledComponents:", "enabledComponents:"]
        .iter()
        .any(|heading| memmem::find(dump.as_bytes(), heading.as_bytes()).is_some());
    !has_components || is_whole && dump.lines().any(|line| BEHIND.contains(&line.trim_end()))
}

/// A line of an output without headings.
fn is_line_of_a_list(line: &str) -> bool {
    is_property(line) || is_package(line) || is_setting(line) || command(line).is_some()
}

fn is_property(line: &str) -> bool {
    line.ends_with(']') && tell::is_property(line)
}

fn is_package(line: &str) -> bool {
    line.starts_with("package:") && line.len() > "package:".len()
}

fn is_setting(line: &str) -> bool {
    let Some((key, _)) = line.split_once('=') else { return false };
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte))
}

/// Where the last section ends; the end of the text where sections have no last line.
fn end_of_sections(text: &str) -> usize {
    memmem::rfind(text.as_bytes(), sections::TRAILER).map_or(text.len(), |at| {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(text.len(), |end| at + end + 1)
    })
}

/// The lines at which something may begin, in their order.
fn candidates(text: &str) -> Vec<Candidate> {
    let signatures: Vec<(Kind, &str)> = Kind::beginnings().filter(|(_, begins)| !begins.starts_with(' ')).collect();
    let mut found: Vec<Candidate> = Vec::new();
    let (mut at, mut number) = (0, 0);
    // Lines of one form follow one another; which table settings are of, all of them together tell.
    let mut run: Option<Kind> = None;
    let mut dashes = None;
    let mut is_first = true;
    for line in text.split_inclusive('\n') {
        number += 1;
        let here = at;
        at += line.len();
        let bare = line.trim_end();
        if bare.is_empty() || line.starts_with([' ', '\t']) {
            // Indented lines end a list, unless a value goes on there.
            if !bare.is_empty() {
                run = None;
            }
            continue;
        }
        let rest = text.get(here..).unwrap_or("");
        let of = |begin| Candidate { at: here, line: number, begin, from: here, from_line: number };
        let was_first = std::mem::replace(&mut is_first, false);
        let above = std::mem::take(&mut dashes);
        if bare.bytes().all(|byte| byte == b'-') && bare.len() >= 20 {
            dashes = Some((here, number));
            continue;
        }
        let kind_of_line = match () {
            () if is_property(bare) => Some(Kind::Properties),
            () if is_package(bare) => Some(Kind::PackageList),
            () if is_setting(bare) => Some(Kind::SettingsGlobal),
            () => None,
        };
        if sections::has_heading(bare.as_bytes()) {
            let (at, line) = above.unwrap_or((here, number));
            found.push(Candidate { at, line, begin: Begin::Sections, from: at, from_line: line });
        } else if was_first && FRONT.contains(&bare) {
            found.push(of(Begin::Output(Kind::Packages)));
        } else if let Some(command) = command(bare) {
            found.push(Candidate {
                begin: Begin::Command(command),
                from: at,
                from_line: number + 1,
                ..of(Begin::Unknown)
            });
        } else if let Some((kind, _)) = signatures.iter().find(|(_, begins)| rest.starts_with(begins)) {
            found.push(of(Begin::Output(*kind)));
        } else if let Some(kind) = kind_of_line.filter(|kind| run != Some(*kind)) {
            let lines =
                rest.lines().take_while(|line| line.is_empty() || !line.starts_with(' ') && is_line_of_a_list(line));
            let kind = match kind {
                Kind::SettingsGlobal => settings_table(&lines.take(5000).collect::<Vec<_>>().join("\n")),
                kind => Some(kind),
            };
            found.extend(kind.map(|kind| of(Begin::Output(kind))));
        }
        run = kind_of_line;
    }
    found
}

/// What a person typed, or a script printed, above an output, in words that a file's name could have: `dumpsys_package`,
/// `settings_secure_10`. `None` for lines that are no such thing.
pub(crate) fn command(line: &str) -> Option<String> {
    const LONGEST: usize = 300;
    const WORDS: [&str; 8] = ["dumpsys", "getprop", "settings", "pm", "cmd", "am", "getenforce", "adb"];
    if line.len() > LONGEST || is_property(line.trim_end()) {
        return None;
    }
    let first_word =
        |text: &str| text.split([' ', '"', '\'']).next().map(|word| word.trim_end_matches(".exe").to_owned());
    let is_command = |text: &str| {
        first_word(text).is_some_and(|word| WORDS.contains(&word.as_str()))
            || matches!(text, "exit" | "id" | "id -u" | "date" | "date +%s")
    };
    let line = line.trim_end();
    // `$ …`, `shell@phone:/ $ …`, `PS C:\> …`, `user@host:~% …`, `+ …`, `==== … ====`.
    let rule = line.trim_matches(['=', '-', '#', '*', '+', ':', '>', '<', '$', '%', ' ']);
    let is_ruled = line.starts_with("==") || line.starts_with("--") || line.starts_with("##") || line.starts_with("**");
    let typed = if is_ruled || line.starts_with(['$', '#', '%', '+', '>']) {
        Some(rule)
    } else if line.starts_with("adb ") {
        Some(line)
    } else {
        let sign = ["$ ", "# ", "> ", "% ", ">"].iter().filter_map(|sign| Some((line.find(sign)?, sign.len()))).min();
        sign.filter(|(at, _)| {
            let prompt = line.get(..*at).unwrap_or("");
            prompt.contains(['@', ':', '~', '\\'])
        })
        .and_then(|(at, length)| line.get(at + length..).map(str::trim))
    };
    // A prompt at which nothing was typed, as a terminal leaves at its end.
    let is_bare = line.ends_with('$') && line.contains(":/") && !line.contains(['=', '[']);
    match typed.filter(|typed| is_command(typed)) {
        Some(typed) => Some(name_of(typed)),
        None if is_bare => Some(String::new()),
        None => None,
    }
}

/// The words of a command without those of `adb` and without options: `adb -s X shell settings list --user 10 secure` gives
/// `settings_secure_10`.
fn name_of(typed: &str) -> String {
    let words: Vec<&str> = typed.split([' ', '"', '\'', '|', '>', ';']).filter(|word| !word.is_empty()).collect();
    let from = words.iter().position(|word| matches!(*word, "shell" | "exec-out")).map_or(0, |at| at + 1);
    let mut named = Vec::new();
    let mut user = None;
    let mut words = words.into_iter().skip(from).peekable();
    while let Some(word) = words.next() {
        match word {
            "--user" => user = words.next_if(|word| word.parse::<u32>().is_ok()),
            // `settings list secure` is saved as `settings_secure`.
            "list" if named == ["settings"] => {}
            word if word.starts_with('-') => {}
            word => named.push(word),
        }
    }
    named.truncate(4);
    named.extend(user);
    named.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACKAGES: &str = "Packages:\n  Package [a.b] (1):\n    versionName=1.0\n    flags=[ HAS_CODE ]\n    User 0: ceDataInode=1 installed=true\n      firstInstallTime=2026-01-01 10:00:00\n";
    const APPOPS: &str = "Current AppOps Service state:\n  Uid u0a1:\n      CAMERA: mode=ignore\n";
    const PROPERTIES: &str = "[ro.build.version.sdk]: [34]\n[ro.product.model]: [X]\n";
    const SECURE: &str = "accessibility_enabled=1\nenabled_accessibility_services=a.b/a.b.S\n";

    fn kinds(text: &str) -> Vec<Begin> {
        parts(text).parts.into_iter().map(|part| part.begin).collect()
    }

    fn output(kind: Kind) -> Begin {
        Begin::Output(kind)
    }

    #[test]
    fn outputs_that_follow_one_another_are_told_apart() {
        let all = [PACKAGES, "\n", APPOPS, "\n", PROPERTIES, SECURE].concat();
        let found = parts(&all);
        let expected = [Kind::Packages, Kind::AppOps, Kind::Properties, Kind::SettingsSecure].map(output);
        assert_eq!(kinds(&all), expected, "{found:?}");
        assert_eq!(found.doubts, []);
        for part in &found.parts {
            let from = usize::try_from(part.first_line).unwrap() - 1;
            assert_eq!(all.lines().nth(from), part.text.lines().next(), "{part:?}");
        }
        let other = [PROPERTIES, SECURE].concat();
        assert_eq!(kinds(&other), [Kind::Properties, Kind::SettingsSecure].map(output));
        for alone in [PACKAGES, APPOPS, PROPERTIES, SECURE] {
            let found = parts(alone);
            assert_eq!((found.parts.len(), found.parts[0].text, found.doubts.len()), (1, alone, 0));
        }
    }

    #[test]
    fn what_an_app_wrote_begins_no_output() {
        let whole = format!("Database versions:\n  Internal:\n{PACKAGES}\nPackage Changes:\n  Sequence number=1\n");
        let components = PACKAGES.to_owned() + "      disabledComponents:\n        a.b.";
        for forged in [
            APPOPS,
            PROPERTIES,
            SECURE,
            "phone:/ $ getprop\n",
            "$ adb shell dumpsys appops\n",
            "Trust manager state:\n",
        ] {
            for dump in [
                PACKAGES.replace("=1.0", &format!("=1.0\n{forged}")),
                PACKAGES.replace("flags", &format!("Packages:\n{forged}")),
                components.clone() + "X\n" + forged,
                components.clone() + "X\n\nPackage Changes:\n" + forged,
                whole.replace("=1.0", &format!("=1.0\nFrozen packages:\n{forged}")),
                whole.replace(
                    "\nPackage Changes",
                    &format!("      enabledComponents:\n        x\n{forged}\nPackage Changes"),
                ),
            ] {
                let found = parts(&dump);
                let read: Vec<_> = found.parts.iter().filter(|part| part.begin != output(Kind::Packages)).collect();
                assert!(read.is_empty(), "{dump}\n{read:?}");
                assert_eq!(found.parts[0].text, dump);
            }
        }
        // … while the true ones behind a whole dump are read.
        let all = whole.replace("\nPackage Changes", "      enabledComponents:\n        x\n\nPackage Changes") + APPOPS;
        assert_eq!(kinds(&all), [Kind::Packages, Kind::AppOps].map(output));
        let forged = format!("{SECURE}{PROPERTIES}");
        assert_eq!(kinds(&forged), [output(Kind::SettingsSecure)], "the last value may be an app's");
        let twice = format!("{APPOPS}{PROPERTIES}{APPOPS}");
        assert_eq!((kinds(&twice).len(), parts(&twice).doubts[0].first_line), (1, 4));
    }

    #[test]
    fn what_is_not_sure_is_told_with_its_lines() {
        let text = PACKAGES.to_owned() + "      disabledComponents:\n        a.b.X\n" + APPOPS + PROPERTIES;
        let found = parts(&text);
        assert_eq!(kinds(&text), [output(Kind::Packages)]);
        let doubts = [
            Doubt { kind: Kind::AppOps, first_line: 9, last_line: 11 },
            Doubt { kind: Kind::Properties, first_line: 12, last_line: 13 },
        ];
        assert_eq!(found.doubts, doubts);
    }

    #[test]
    fn a_transcript_tells_what_was_asked() {
        let text = [
            "$ adb shell getprop\n",
            PROPERTIES,
            "$ adb shell settings list --user 10 secure\n",
            SECURE,
            "shell@phone:/ $ exit\n",
        ]
        .concat();
        let found = parts(&text);
        // Settings end nowhere that could be proved, so a prompt behind them is a line of theirs.
        assert_eq!(found.parts[0].text, PROPERTIES);
        assert_eq!(found.parts[1].command.as_deref(), Some("settings_secure_10"));
        for (line, name) in [
            ("$ adb shell dumpsys package", Some("dumpsys_package")),
            ("shell@phone:/ $ getprop", Some("getprop")),
            ("phone:/ # dumpsys -t 60 appops", Some("dumpsys_60_appops")),
            ("PS C:\\Users\\x> adb -s ABC shell pm list users", Some("pm_list_users")),
            ("C:\\>adb.exe shell date +%s", Some("date_+%s")),
            ("x@host:~$ adb shell \"settings list global\" | tee g.txt", Some("settings_global_tee_g.txt")),
            ("==== dumpsys appops ====", Some("dumpsys_appops")),
            ("+ adb shell id -u", Some("id")),
            ("phone:/ $", Some("")),
            ("Packages:", None),
            ("[ro.a]: [$ adb shell x]", None),
            ("key=value > adb x", None),
            ("-------------------------------------------------------------------------------", None),
            ("--------- 0.053s was the duration of dumpsys package, ending at: x", None),
        ] {
            assert_eq!(command(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn sections_and_what_stands_around_them_are_parts() {
        let section = "-------------------------------------------------------------------------------\nDUMP OF SERVICE appops:\nCurrent AppOps Service state:\n--------- 0.053s was the duration of dumpsys appops, ending at: x\n";
        let text = [PROPERTIES, section, SECURE].concat();
        assert_eq!(kinds(&text), [output(Kind::Properties), Begin::Sections, output(Kind::SettingsSecure)]);
        // A heading that an app wrote makes no sections of a dump.
        let forged = PACKAGES.replace("=1.0", "=1.0\nDUMP OF SERVICE appops:\nCurrent AppOps Service state:");
        assert_eq!(kinds(&forged), [output(Kind::Packages)]);
    }

    proptest! {
        #[test]
        fn every_line_is_in_one_part_or_a_command(pieces in proptest::collection::vec(0_usize..8, 0..8), cut in 0_usize..200) {
            let section = "DUMP OF SERVICE role:\nx\n--------- 0.1s was the duration of dumpsys role, ending at: x\n";
            let all = [PACKAGES, APPOPS, PROPERTIES, SECURE, "$ adb shell id\n", section, "\n", "x: é\n"];
            let mut text: String = pieces.into_iter().map(|piece| all[piece]).collect();
            let cut = (0..=text.len().saturating_sub(cut)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(cut);
            let found = parts(&text);
            let kept: usize = found.parts.iter().map(|part| part.text.lines().filter(|line| !line.trim().is_empty()).count()).sum();
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let (commands, others): (Vec<&str>, Vec<&str>) = lines.partition(|line| command(line).is_some());
            prop_assert!(found.parts.is_empty() || kept >= others.len() && kept <= others.len() + commands.len());
        }

        #[test]
        fn never_panics(text in "(\\PC|\n|\\$ adb shell |Packages:\n|DUMP OF SERVICE x:\n|\\[a\\]: \\[b\\]\n|a=b\n|é>){0,60}") {
            let _ = parts(&text);
        }
    }
}
