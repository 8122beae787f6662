//! What of a `dumpsys package` need not be kept to read it: more than half of it, most of all the tables of activities and receivers, the
//! lists of components, and what each package asks about others.

use super::{CONTENT, HEADER, JOINT, KNOWN, Section, heading_of, is_of_word, user_head};

/// How much of each line is kept. Lines come one after the other, whole and without their ends; what is left out of them changes nothing
/// that [`super::parse`] reads: neither its facts and gaps nor the numbers of its lines.
#[derive(Clone, Debug, Default)]
pub struct Skim {
    section: Section,
    /// Whether the block of a user has begun in the package.
    in_user: bool,
    /// The depth of the rows of a list of names that an app chose, inside such a list.
    list: Option<usize>,
}

/// A line of which nothing is read keeps this much, in bytes: a blank, as it is not empty, and still indented.
pub const INDENT: usize = 1;

impl Skim {
    /// How many bytes at the beginning of the next line are to be kept.
    pub fn keep(&mut self, line: &[u8]) -> usize {
        match line.first() {
            None => 0,
            Some(b' ') if line.starts_with(HEADER.as_bytes()) => {
                (self.in_user, self.list) = (false, None);
                line.len()
            }
            Some(b' ') => match self.section {
                Section::Other => INDENT,
                Section::Packages => self.package_line(line),
                Section::Hidden => {
                    let is_row = line.starts_with(b"        ") && memchr::memmem::find(line, b": granted=").is_some();
                    if is_row { line.len() } else { INDENT }
                }
                Section::SharedUsers => line.len(),
            },
            Some(_) => {
                let next = if line == JOINT.as_bytes() { Some(Section::Other) } else { heading_of(line) };
                if let Some(next) = next {
                    (self.section, self.in_user, self.list) = (next, false, None);
                }
                line.len()
            }
        }
    }

    fn package_line(&mut self, line: &[u8]) -> usize {
        let depth = line.iter().take_while(|byte| **byte == b' ').count();
        let content = line.get(depth..).unwrap_or_default();
        if depth == 4
            && content.starts_with(b"User ")
            && str::from_utf8(content).is_ok_and(|content| user_head(content).is_some())
        {
            (self.in_user, self.list) = (true, None);
            return line.len();
        }
        let (of_values, of_rows) = if self.in_user { (6, 8) } else { (4, 6) };
        if depth == of_values
            && let Some(heading) = content.strip_suffix(b":")
            && CONTENT.iter().any(|known| known.as_bytes() == heading)
        {
            self.list = Some(of_rows);
            return line.len();
        }
        match self.list {
            Some(of_rows) if depth >= of_rows => return INDENT,
            _ => self.list = None,
        }
        // Of a value that is not read, its name ends the list before it.
        if depth == 4
            && let Some(end) = content.iter().position(|byte| !is_of_word(*byte))
            && end > 0
            && content.get(end) == Some(&b'=')
            && content.get(..end).is_some_and(|key| !KNOWN.iter().any(|known| known.as_bytes() == key))
        {
            return depth + end + 1;
        }
        line.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::corpus;
    use crate::parse::android::packages::{ONCE, PermissionRow, parse};

    fn skimmed(dump: &str) -> String {
        let mut skim = Skim::default();
        let mut kept = String::new();
        for line in dump.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(line) => {
                    kept.push_str(line.get(..skim.keep(line.as_bytes())).unwrap());
                    kept.push('\n');
                }
                None => kept.push_str(line),
            }
        }
        kept
    }

    #[test]
    fn values_that_are_read_are_kept() {
        assert!(ONCE.iter().all(|key| KNOWN.contains(key)));
    }

    #[test]
    fn the_same_is_read_of_real_dumps_and_much_less_is_kept() {
        for path in
            ["a09-google-emulator/package.txt", "a09-rockchip-rk3399/package.txt", "a08.1-smartron-tphone/package.txt"]
        {
            let Some(dump) = corpus(path) else { return };
            let kept = skimmed(&dump);
            assert_eq!(parse(&kept), parse(&dump), "{path}");
            assert!(kept.len() * 3 < dump.len() * 2, "{path}: {} of {}", kept.len(), dump.len());
        }
    }

    #[test]
    fn names_of_components_are_left_out_and_rows_are_not() {
        let dump = "Activity Resolver Table:\n  Schemes:\n\nPackages:\n  Package [a.b] (1):\n    queriesIntents=[x]\n    \
                    requested permissions:\n      a=b\n      disabledComponents:\n    User 0: ceDataInode=1 installed=true\n      \
                    disabledComponents:\n        a.b.C\n      runtime permissions:\n        p.Q: granted=true\n\n";
        let kept = "Activity Resolver Table:\n \n\nPackages:\n  Package [a.b] (1):\n    queriesIntents=\n    requested permissions:\n      \
                    a=b\n      disabledComponents:\n    User 0: ceDataInode=1 installed=true\n      disabledComponents:\n \n      runtime \
                    permissions:\n        p.Q: granted=true\n\n";
        assert_eq!(skimmed(dump), kept);
    }

    const LINES: [&str; 46] = [
        "Packages:",
        "Hidden system packages:",
        "Shared users:",
        "Dexopt state:",
        "----------",
        "com.x overlay paths:",
        "\u{1d}",
        "",
        " ",
        "  Package [a.b] (1):",
        "  Package [c.d] (2):",
        "  Package [c d] (2):",
        "  SharedUser [u] (1):",
        "    User 0: ceDataInode=1 installed=true",
        "    User 10: ceDataInode=1 installed=true",
        "    User 0:",
        "    User x: ceDataInode=1",
        "    pkg=Package{1 a.b}",
        "    appId=10001",
        "    versionName=1=2:",
        "    versionCode=1 targetSdk=34",
        "    signatures=x",
        "    unknown=[a, b]:",
        "    unknown: a=b",
        "      unknown=[a, b]:",
        "      installReason=1",
        "      firstInstallTime=2026-01-01 00:00:00",
        "    requested permissions:",
        "    install permissions:",
        "      runtime permissions:",
        "    usesLibraries:",
        "      usesLibraries:",
        "      disabledComponents:",
        "      p.Q: granted=true",
        "        p.Q: granted=true, flags=[ USER_SET]",
        "        p.Q: granted=false",
        "        a=b: granted=true",
        "        ée",
        "    usesLibraryFiles:",
        "    enabledComponents:",
        "    installerPackageName=com.x",
        "    initiatingPackageName=com.y",
        "    packageSource=2",
        "    queriesPackages=[a.b]",
        "      archiveState=x",
        "    flags=[ SYSTEM ]",
    ];

    /// The lines of a dump that reports may cite: where its facts stand, and the rows that decide on where an app came from.
    fn cited(dump: &str) -> Vec<(u32, String)> {
        let facts = parse(dump).facts;
        let rows = |rows: &[PermissionRow<'_>]| rows.iter().map(|row| row.line).collect::<Vec<_>>();
        let mut lines = Vec::new();
        for package in &facts.packages {
            lines.extend([package.line, package.installer.line, package.version_line]);
            lines.extend(rows(&package.install));
            lines.extend(package.users.iter().flat_map(|user| rows(&user.runtime).into_iter().chain([user.line])));
        }
        for shared in &facts.shared_users {
            lines.push(shared.line);
            lines.extend(
                rows(&shared.install).into_iter().chain(shared.runtime.iter().flat_map(|(_, list)| rows(list))),
            );
        }
        // As `access::android::installer` looks for them.
        let all: Vec<&str> = dump.split('\n').collect();
        let within = |lines: std::ops::Range<u32>, words: &[&str]| {
            let is_one = |line: &u32| words.iter().any(|word| all[*line as usize - 1].starts_with(word));
            lines.filter(is_one).collect::<Vec<_>>()
        };
        for package in &facts.packages {
            let first = package.users.first().map_or(package.end_line, |user| user.line);
            let words = ["    initiatingPackageName=", "    originatingPackageName=", "    packageSource="];
            lines.extend(within(package.line..first, &words));
            for user in &package.users {
                lines.extend(within(user.line..package.end_line, &["      installReason="]));
            }
        }
        lines.into_iter().filter(|line| *line > 0).map(|line| (line, all[line as usize - 1].to_owned())).collect()
    }

    /// A line as it is, or moved, cut, or with something behind it.
    fn changed(line: &str, how: u8, by: usize) -> String {
        match how {
            0 => format!("{}{}", " ".repeat(by % 13), line.trim_start()),
            1 => line.chars().take(by).collect(),
            2 => format!("{line}{}", [":", "=x", ": granted=true", " ", "\u{1d}", "\t"][by % 6]),
            _ => line.to_owned(),
        }
    }

    fn lines() -> impl Strategy<Value = Vec<(usize, u8, usize)>> {
        proptest::collection::vec((0..LINES.len(), 0_u8..12, 0_usize..40), 0..60)
    }

    fn dump_of(lines: &[(usize, u8, usize)]) -> String {
        lines.iter().map(|(line, how, by)| changed(LINES[*line], *how, *by) + "\n").collect()
    }

    proptest! {
        #[test]
        fn the_same_is_read_of_any_text(lines in lines(), open in any::<bool>()) {
            let mut dump = dump_of(&lines);
            if open {
                dump.pop();
            }
            let kept = skimmed(&dump);
            prop_assert_eq!(parse(&kept), parse(&dump));
            prop_assert_eq!(cited(&kept), cited(&dump));
        }

        #[test]
        fn the_same_is_read_of_a_dump_of_packages(lines in lines()) {
            let dump = format!("Packages:\n  Package [e.f] (1):\n{}", dump_of(&lines));
            let kept = skimmed(&dump);
            prop_assert_eq!(parse(&kept), parse(&dump));
            prop_assert_eq!(cited(&kept), cited(&dump));
        }
    }
}
