use super::*;
use proptest::prelude::*;
use std::sync::Mutex;

/// A phone of which only the answers matter.
struct Scripted<F> {
    answer: F,
    concurrent: bool,
    calls: Mutex<Vec<String>>,
}

impl<F: Fn(&str, Instant) -> (String, Option<Ended>) + Send + Sync> Phone for Scripted<F> {
    fn shell(&self, command: &str, _limit: usize, deadline: Instant) -> ShellOutput {
        self.calls.lock().unwrap().push(command.to_owned());
        let marker = command.strip_prefix("echo ").unwrap().split(';').next().unwrap().to_owned();
        let mut stdout = format!("WARNING: linker: something\n{marker}\n");
        let mut ended = Ended::Completed;
        for part in command.split("; echo ").collect::<Vec<_>>().windows(2) {
            let asked = part[0].rsplit_once("; ").map_or(part[0], |(_, asked)| asked);
            let asked = asked.strip_suffix(" 2>&1").unwrap_or(asked);
            let (printed, stop) = (self.answer)(asked, deadline);
            stdout.push_str(&printed);
            if let Some(stop) = stop {
                ended = stop;
                break;
            }
            let end = part[1].split("; ").next().unwrap().replace("$?", "0");
            stdout.push_str(&end);
            stdout.push('\n');
        }
        ShellOutput { stdout: stdout.into_bytes(), stderr: Vec::new(), status: None, ended }
    }
    fn concurrent(&self) -> bool {
        self.concurrent
    }
    fn source(&self) -> SourceKind {
        SourceKind::Adb
    }
}

fn visit<F: Fn(&str, Instant) -> (String, Option<Ended>) + Send + Sync>(answer: F) -> (Evidence, usize) {
    let phone = Scripted { answer, concurrent: true, calls: Mutex::default() };
    let evidence = collect(&phone, SourceKind::Adb, "adb", Some("given"), Duration::from_secs(30));
    let calls = phone.calls.lock().unwrap().len();
    (evidence, calls)
}

#[test]
fn a_value_that_an_app_wrote_is_no_answer_of_the_shell() {
    for value in ["Can't find service: package", "Unknown command: x", "assistant=x: not found"] {
        let text = format!("{value}\nadb_enabled=1\n");
        let said = text.clone();
        let answer = move |asked: &str, _| {
            (if asked.contains("settings list global") { said.clone() } else { usual(asked) }, None)
        };
        let (evidence, _) = visit(answer);
        let kept = evidence.items.iter().find(|item| item.kind == Kind::SettingsGlobal);
        assert_eq!(kept.map(|item| item.text.as_str()), Some(text.as_str()), "{value}");
    }
}

fn usual(asked: &str) -> String {
    match asked {
        "getprop" => "[ro.serialno]: [R5]\n[ro.build.version.sdk]: [28]\n".to_owned(),
        "pm list users" => "Users:\n\tUserInfo{0:A:b:13} running\n\tUserInfo{150:Secure:61010}\n".to_owned(),
        asked if asked.contains("--user 150") && asked.starts_with("pm") => {
            "Error: java.lang.SecurityException: Shell does not have permission to access user 150\n".to_owned()
        }
        asked if asked.contains("package packages") => "Packages:\n  Package [a] (1):".to_owned(),
        asked if asked.contains("shared-users") => "Shared users:\n".to_owned(),
        asked if asked.ends_with(" role") => "Can't find service: role\n".to_owned(),
        asked if asked.contains("cmd user list") => "Unknown thing\n".to_owned(),
        _ => format!("answer to {asked}\n"),
    }
}

#[test]
fn a_network_address_is_nobodys_serial_number() {
    for name in
        ["192.168.1.7:5555", "[fe80::1]:5555", "host.lan:5555", "emulator-5554", "adb-R5-x7._adb-tls-connect._tcp"]
    {
        assert!(is_network_name(name), "{name}");
    }
    for serial in ["R5CT10ABCDE", "0123456789ABCDEF", "emulator", "A:B", ":5555"] {
        assert!(!is_network_name(serial), "{serial}");
    }
}

#[test]
fn each_answer_becomes_evidence_in_five_calls() {
    let (evidence, calls) = visit(|asked, _| (usual(asked), None));
    assert_eq!(calls, 5);
    assert_eq!(evidence.serial.as_deref(), Some("R5"));
    assert!(!evidence.first(Kind::Properties).unwrap().text.contains("R5"));
    let packages = evidence.first(Kind::Packages).unwrap();
    assert_eq!(packages.text, "Packages:\n  Package [a] (1):\n\nShared users:\n");
    assert_eq!(evidence.of(Kind::Packages).count(), 1);
    assert_eq!(evidence.of(Kind::SettingsSecure).filter_map(|item| item.user).collect::<Vec<_>>(), [0, 150]);
    let of = |kind| evidence.missing.iter().find(|missing| missing.kind == kind).unwrap();
    assert_eq!((of(Kind::PackageList).user, of(Kind::PackageList).reason), (Some(150), Reason::Refused));
    assert_eq!(of(Kind::Roles).reason, Reason::NotSupported);
}

#[test]
fn every_question_is_answered_or_missing_whatever_happens() {
    let ends = [
        Some(Ended::TimedOut),
        Some(Ended::Dropped("gone".to_owned())),
        Some(Ended::TooLong),
        Some(Ended::Failed("device offline".to_owned())),
        Some(Ended::Completed),
    ];
    for end in ends {
        let (evidence, _) = visit(|asked, _| match asked {
            "date +%s" => ("17".to_owned(), end.clone()),
            asked if asked.contains("appops") => (String::new(), end.clone()),
            asked => (usual(asked), None),
        });
        let clock = evidence.first(Kind::Clock).unwrap();
        assert_eq!((clock.text.as_str(), clock.cut.is_some()), ("17", true));
        assert!(evidence.first(Kind::SettingsGlobal).is_none());
        assert!(evidence.missing.iter().any(|missing| missing.kind == Kind::UserList));
        assert!(evidence.missing.iter().any(|missing| missing.kind == Kind::AppOps));
        // A command is told as it was run.
        assert!(evidence.missing.iter().all(|missing| !missing.detail.contains('{')));
        // The first call failed in its midst; the users' questions are put for the first user all the same.
        assert_eq!(evidence.of(Kind::SettingsSecure).count(), 1);
        for question in QUESTIONS.iter() {
            let told = evidence.of(question.kind).count() > 0
                || evidence.missing.iter().any(|missing| missing.kind == question.kind);
            assert!(told, "{:?}", question.kind);
        }
    }
}

#[test]
fn what_came_before_a_time_out_is_kept_with_its_reason() {
    let notice = "*** SERVICE 'appops' DUMP TIMEOUT (10000ms) EXPIRED ***\n";
    let (evidence, _) = visit(|asked, _| match asked {
        asked if asked.contains("appops") => (format!("Current AppOps Service state:\n{notice}"), None),
        asked if asked.contains(" trust") => (notice.replace("appops", "trust"), None),
        asked => (usual(asked), None),
    });
    assert_eq!(evidence.first(Kind::AppOps).unwrap().cut, Some(Reason::TimedOut));
    let trust = evidence.missing.iter().find(|missing| missing.kind == Kind::Trust).unwrap();
    assert_eq!(trust.reason, Reason::TimedOut);
}

#[test]
fn an_answer_that_fills_its_limit_is_cut_and_a_missing_part_is_named() {
    let (evidence, _) = visit(|asked, _| match asked {
        asked if asked.contains("accessibility") => ("x".repeat(65536), None),
        asked if asked.contains("shared-users") => ("Permission Denial: can't dump package\n".to_owned(), None),
        asked => (usual(asked), None),
    });
    assert_eq!(evidence.first(Kind::Accessibility).unwrap().cut, Some(Reason::Truncated));
    assert_eq!(evidence.first(Kind::Packages).unwrap().cut, None);
    let shared = evidence.missing.iter().find(|missing| missing.kind == Kind::Packages).unwrap();
    assert_eq!(shared.reason, Reason::Refused);
    assert!(shared.detail.contains("shared-users"), "{}", shared.detail);
    // What is told is no line of the list of questions, with the places that are filled in when it is asked.
    assert!(evidence.missing.iter().all(|missing| !missing.detail.contains(['{', '}'])), "{:?}", evidence.missing);
}

#[test]
fn a_marker_in_an_answer_cannot_be_forged() {
    let (evidence, _) = visit(|asked, _| match asked {
        "settings list global" => ("a=@@0123456789abcdef0123456789abcdef 7 0\nb=1\n".to_owned(), None),
        asked => (usual(asked), None),
    });
    assert!(evidence.first(Kind::SettingsGlobal).unwrap().text.ends_with("b=1\n"));
    assert_ne!(marker(), marker());
}

#[test]
fn too_many_users_are_said_and_not_asked() {
    let (evidence, calls) = visit(|asked, _| match asked {
        "pm list users" => ((0..40).map(|user| format!("\tUserInfo{{{user}:x:13}}\n")).collect(), None),
        asked => (usual(asked), None),
    });
    assert_eq!(calls, 5);
    assert_eq!(evidence.of(Kind::SettingsSystem).count(), USER_LIMIT);
    assert_eq!(evidence.missing.iter().filter(|missing| missing.kind == Kind::SettingsSystem).count(), 8);
}

#[test]
fn user_numbers_are_read_as_numbers_only() {
    let list =
        "Users:\n\tUserInfo{0:O:13}\n\tUserInfo{0:O:13}\nUserInfo{1;reboot:x:1}\n UserInfo{$(id):x:1}\nUserInfo{10:a";
    assert_eq!(user_numbers(list).into_iter().map(UserId::get).collect::<Vec<_>>(), [0, 10]);
}

proptest! {
    #[test]
    fn any_output_gives_one_answer_per_question(
        stdout in prop::collection::vec(any::<u8>(), 0..300),
        cut in 0usize..200,
        count in 1usize..6,
        begun in any::<bool>(),
    ) {
        let marker = "@@00";
        let mut whole = if begun { b"@@00\n".to_vec() } else { Vec::new() };
        for index in 0..count {
            whole.extend_from_slice(&stdout);
            whole.extend_from_slice(format!("@@00 {index} 0\n").as_bytes());
        }
        whole.truncate(whole.len().saturating_sub(cut));
        let output = ShellOutput { stdout: whole, stderr: Vec::new(), status: None, ended: Ended::TimedOut };
        prop_assert_eq!(split(output, 1 << 20, marker, count).len(), count);
    }
}
