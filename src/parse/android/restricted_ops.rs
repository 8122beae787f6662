//! `dumpsys appops`, its other part: the ops that are closed for whole users, or for the whole phone.
//!
//! Source of the format: AOSP `AppOpsRestrictionsImpl.dumpRestrictions` (12 and later), `AppOpsService.dump` (8 to 11). A
//! user restriction (`no_sms`, …) closes the ops of that user when the user starts; the switches for camera and microphone
//! close theirs for the phone; location that is off closes its ops for the user, apps on a list excepted.

use memchr::memmem;

use crate::parse::text::numbered_lines;

/// One row of ops that are closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed<'a> {
    /// The user they are closed for; `None` for every one.
    pub user: Option<u32>,
    /// The ops, by name without `OP_`.
    pub ops: Vec<&'a str>,
    /// Packages that the same rule leaves out, for this user.
    pub except: Vec<&'a str>,
    /// Whether something follows the block, so that no exception is missing from it.
    pub ended: bool,
    /// The line of the dump.
    pub line: u32,
}

/// Reads the restrictions of a `dumpsys appops`; whatever else it holds is passed over.
pub fn parse(dump: &str) -> Vec<Closed<'_>> {
    // Dumps are megabytes long, and most have no restrictions at all.
    if memmem::find(dump.as_bytes(), b" restrictions for token ").is_none() {
        return Vec::new();
    }
    let mut found: Vec<Closed<'_>> = Vec::new();
    // Where the rows of the block that is being read begin; `None` outside one.
    let mut block: Option<(bool, usize)> = None;
    let mut excluded = false;
    for (number, line) in numbered_lines(dump) {
        let row = line.trim();
        let depth = line.len() - line.trim_start_matches(' ').len();
        if depth <= 2 && !row.is_empty() {
            if let Some((_, start)) = block.take() {
                found.iter_mut().skip(start).for_each(|closed| closed.ended = true);
            }
            excluded = false;
            let global = row.starts_with("Global restrictions for token ");
            if depth == 2 && (global || row.starts_with("User restrictions for token ")) {
                block = Some((global, found.len()));
            }
            continue;
        }
        let Some((global, start)) = block else { continue };
        if row.starts_with("Excluded packages:") {
            excluded = true;
        } else if let Some((user, rest)) = row.strip_prefix("user: ").and_then(|rest| rest.split_once(' ')) {
            let Ok(user) = user.parse() else { continue };
            if let Some(ops) = rest.strip_prefix("restricted ops: ").and_then(list)
                && !global
            {
                found.push(Closed { user: Some(user), ops, except: Vec::new(), ended: false, line: number });
            } else if let Some(packages) = rest.strip_prefix("packages:") {
                let names = list(packages.trim()).unwrap_or_default();
                let rows = found.iter_mut().skip(start).filter(|closed| closed.user == Some(user));
                rows.for_each(|closed| closed.except.extend(names.iter().copied()));
            }
        } else if let Some(ops) = row.strip_prefix("Restricted ops: ").and_then(list) {
            // With the ops on the heading's own line, the rule is of the phone; a user's rule lists users below it.
            if global {
                found.push(Closed { user: None, ops, except: Vec::new(), ended: false, line: number });
            }
        } else if excluded {
            // `PackageTagsList.dump`: one package a row, perhaps with tags behind it.
            let name = row.split(['[', ':', ' ', ',']).next().unwrap_or(row);
            found.iter_mut().skip(start).for_each(|closed| closed.except.push(name));
        }
    }
    found
}

/// The words of `[A, B]`; a list that is cut off gives those that are whole.
fn list(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix('[')?;
    let (inner, whole) = inner.split_once(']').map_or((inner, false), |(inner, _)| (inner, true));
    let mut words: Vec<&str> = inner.split(',').map(str::trim).collect();
    if !whole {
        words.pop();
    }
    words.retain(|word| !word.is_empty());
    Some(words.into_iter().map(|word| word.strip_prefix("OP_").unwrap_or(word)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "Current AppOps Service state:\n  Uid u0a1:\n    Package com.x:\n      CAMERA (allow): \n\n  Global restrictions for token android.os.Binder@1:\n      Restricted ops: [CAMERA, PHONE_CALL_CAMERA]\n  User restrictions for token android.os.Binder@2:\n      Restricted ops:\n        user: 0 restricted ops: [COARSE_LOCATION, FINE_LOCATION]\n        user: 11 restricted ops: [COARSE_LOCATION]\n      Excluded packages:\n        user: 0 packages: \n          com.google.android.gms\n          com.y[tag]\n  User restrictions for token com.android.server.pm.UserRestrictionsUtils$1@3:\n      Restricted ops:\n        user: 11 restricted ops: [READ_SMS, OP_SEND_SMS]\n";

    #[test]
    fn reads_the_ops_of_users_and_of_the_phone() {
        let found = parse(DUMP);
        let row = |user, ops: &[&'static str], except: &[&'static str], ended, line| Closed {
            user,
            ops: ops.to_vec(),
            except: except.to_vec(),
            ended,
            line,
        };
        assert_eq!(
            found,
            [
                row(None, &["CAMERA", "PHONE_CALL_CAMERA"], &[], true, 7),
                row(Some(0), &["COARSE_LOCATION", "FINE_LOCATION"], &["com.google.android.gms", "com.y"], true, 10),
                // The rows below a user's name its own; poucet leaves them out for all users of the rule.
                row(Some(11), &["COARSE_LOCATION"], &["com.google.android.gms", "com.y"], true, 11),
                row(Some(11), &["READ_SMS", "SEND_SMS"], &[], false, 18),
            ]
        );
        assert_eq!(parse(&DUMP.replace("restrictions for token", "nothing")), []);
    }

    #[test]
    fn reads_the_heading_of_android_16_and_a_list_on_one_line() {
        let text = "AppOps Restrictions\n  User restrictions for token x:\n      Restricted ops:\n        user: 10 restricted ops: [CAMERA, RECORD_AUDIO]\n      Excluded packages:\n        user: 10 packages: [com.a, com.b]\nAppOps Uid Op State\n  Uid u0a1:\n";
        assert_eq!(parse(text)[0].except, ["com.a", "com.b"]);
        assert!(parse(text)[0].ended);
        // A name that is cut off is no name.
        assert_eq!(parse(text.split(", RECORD").next().unwrap())[0].ops, Vec::<&str>::new());
        assert_eq!(parse(text.split("_AUDIO").next().unwrap())[0].ops, ["CAMERA"]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(lines in proptest::collection::vec(proptest::sample::select(DUMP.lines().collect::<Vec<_>>()), 0..40), noise in ".{0,40}") {
            let mut text = lines.join("\n");
            text.push_str(&noise);
            parse(&text);
        }
    }
}
