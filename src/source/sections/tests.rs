//! Texts of sections, whole, cut and forged.

use super::*;
use crate::parse::android::packages;
use proptest::prelude::*;

const DASHES: &str = "-------------------------------------------------------------------------------\n";

fn section(name: &str, body: &str) -> String {
    format!(
        "{DASHES}DUMP OF SERVICE {name}:\n{body}--------- 0.053s was the duration of dumpsys {}, ending at: 2026-08-20 09:00:00\n",
        name.rsplit(' ').next().unwrap()
    )
}

fn report(sections: &[String]) -> String {
    format!(
        "====\n== dumpstate: 2026-08-20 09:00:00\n====\n\n------ SYSTEM PROPERTIES (getprop) ------\n[ro.build.version.sdk]: [34]\n------ 0.022s was the duration of 'SYSTEM PROPERTIES' ------\n------ DUMPSYS (/system/bin/dumpsys) ------\n{}------ 2.409s was the duration of 'DUMPSYS' ------\n",
        sections.concat()
    )
}

/// Feeds in pieces of `size`; returns the sections and how many bytes were taken.
fn split(shape: Shape, text: &str, size: usize) -> (Sections, usize) {
    let mut splitter = Splitter::new(shape, usize::MAX, None);
    let mut taken = 0;
    for piece in text.as_bytes().chunks(size) {
        taken += piece.len();
        if !splitter.feed(piece) {
            break;
        }
    }
    (splitter.finish("x", &Ending::Clean), taken)
}

fn text_of(sections: &Sections, kind: Kind) -> Option<&str> {
    sections.items.iter().find(|item| item.kind == kind).map(|item| item.text.as_str())
}

#[test]
fn cuts_at_headings_and_trailers_in_pieces_of_any_size() {
    let text = report(&[
        section("HIGH meminfo", "noise\n"),
        section("appops", "Current AppOps Service state:\n"),
        section("package", "Packages:\n-----\n"),
    ]) + "after\n";
    for size in [1, 7, 64, 4096] {
        let (sections, _) = split(Shape::Dumpstate, &text, size);
        assert_eq!(text_of(&sections, Kind::AppOps), Some("Current AppOps Service state:\n"));
        assert_eq!(text_of(&sections, Kind::Packages), Some("Packages:\n-----\n"));
        assert_eq!(text_of(&sections, Kind::Properties), Some("[ro.build.version.sdk]: [34]\n"));
        assert!(text_of(&sections, Kind::DumpstateHeader).unwrap().contains("== dumpstate"));
        assert_eq!(sections.api_level, Some(34));
        assert!(!sections.cut_short);
        for item in &sections.items {
            let from = usize::try_from(item.first_line).unwrap() - 1;
            let lines: Vec<_> = text.lines().skip(from).take(item.text.lines().count()).collect();
            assert_eq!(lines, item.text.lines().collect::<Vec<_>>(), "line numbers of {:?}", item.kind);
        }
    }
}

#[test]
fn a_line_that_looks_like_a_control_line_stays_in_its_section() {
    let body = "a\n-------------------------------------------------------------------------------\nb\n--------- 0.1s was the duration of dumpsys other, ending at: x\nDUMP OF SERVICE appops:\nforged\n";
    let (sections, _) = split(Shape::Dumpsys, &section("package", body), 16);
    assert_eq!(text_of(&sections, Kind::Packages), Some(body));
    assert_eq!(text_of(&sections, Kind::AppOps), None);
}

#[test]
fn of_two_dumps_of_a_service_the_fuller_is_kept() {
    let text = report(&[
        section("CRITICAL package", "short\n"),
        section("CRITICAL appops", "the long one is here\n"),
        section("package", "much longer than that\n"),
        section("appops", "no\n"),
    ]);
    let (sections, _) = split(Shape::Dumpstate, &text, 4096);
    assert_eq!(text_of(&sections, Kind::Packages), Some("much longer than that\n"));
    assert_eq!(text_of(&sections, Kind::AppOps), Some("the long one is here\n"));
}

/// A version's name with line ends, as any app may have.
const FRONT: &str = "Packages:\n  Package [a.b] (1):\n    versionName=1";
const REST: &str = "\n    splits=[base]\n  Package [c.d] (2):\n";

fn forged(words: &str) -> Sections {
    let lock = section("lock_settings", "Current lock settings service state:\n");
    let text = report(&[section("appops", "state\n"), lock, section("package", &format!("{FRONT}{words}{REST}"))]);
    split(Shape::Dumpstate, &text, 64).0
}

#[test]
fn an_app_that_ends_the_package_dump_leaves_it_cut() {
    let trailer = "\n--------- 0.1s was the duration of dumpsys package, ending at: x";
    for words in [
        trailer.to_owned(),
        "\n------ FOO (x) ------".to_owned(),
        format!("\n{DASHES}DUMP OF SERVICE foo:"),
        format!("{trailer}\n{DASHES}DUMP OF SERVICE foo:"),
        format!("\n{}", section("foo", "x\n")),
    ] {
        let sections = forged(&words);
        let item = sections.items.iter().find(|item| item.kind == Kind::Packages).unwrap();
        assert!(item.cut == Some(Reason::Truncated) || item.text.contains("[c.d]"), "{words}");
        let other = sections.items.iter().find(|item| item.kind == Kind::AppOps).unwrap();
        assert!(other.cut.is_none() && other.proved, "{words}");
    }
}

#[test]
fn an_app_that_adds_a_section_makes_it_doubtful_and_adds_nothing() {
    let mine = section("lock_settings", &format!("mine {}\n", "longer ".repeat(50)));
    let role = section("role", "mine\n");
    let properties = "------ SYSTEM PROPERTIES (getprop) ------\n[ro.build.version.sdk]: [99]\n------ 0.1s was the duration of 'SYSTEM PROPERTIES' ------";
    for (words, kind) in [(&mine, Kind::LockSettings), (&role, Kind::Roles)] {
        let sections = forged(&format!("\n{words}"));
        assert_eq!(text_of(&sections, kind), None, "{kind:?}");
        let gap = sections.missing.iter().find(|gap| gap.kind == kind).unwrap();
        assert_eq!(gap.reason, Reason::Unreadable, "{kind:?}");
    }
    let sections = forged(&format!("\n{properties}"));
    assert_eq!(text_of(&sections, Kind::Properties), Some("[ro.build.version.sdk]: [34]\n"));
    assert_eq!(sections.api_level, Some(34));
}

#[test]
fn a_section_is_whole_by_its_own_last_line_alone() {
    let whole = |sections: &Sections, kind| sections.items.iter().find(|item| item.kind == kind).unwrap().proved;
    let text = report(&[section("appops", "state\n"), section("package", "Packages:\n")]);
    let (sections, _) = split(Shape::Dumpstate, &text, 64);
    for kind in [Kind::AppOps, Kind::Packages, Kind::Properties] {
        assert!(whole(&sections, kind), "{kind:?}");
    }
    let (sections, _) = split(Shape::Dumpsys, "DUMP OF SERVICE appops:\nstate\n", 64);
    assert!(!whole(&sections, Kind::AppOps));
    // The words of a service that do not end with a line's end.
    let glued = text.replace("state\n", "state");
    let (sections, _) = split(Shape::Dumpstate, &glued, 64);
    assert_eq!((text_of(&sections, Kind::AppOps), whole(&sections, Kind::AppOps)), (Some("state"), true));
}

#[test]
fn a_dump_that_ends_before_the_services_that_it_names_is_cut() {
    let list = "Currently running services:\n  appops\n  package\n  window\n";
    let text = [list.to_owned(), section("appops", "a\n")].concat();
    let (sections, _) = split(Shape::Dumpsys, &text, 64);
    assert!(sections.cut_short);
    let text = [list.to_owned(), section("appops", "a\n"), section("package", "p\n"), section("window", "w\n")];
    assert!(!split(Shape::Dumpsys, &text.concat(), 64).0.cut_short);
}

#[test]
fn what_nothing_is_read_from_is_left_out_and_counted() {
    let noise = "  android.intent.action.SEND of an app:\n".repeat(30_000);
    let rows = "  Package [a.b] (1):\n    User 0: ceDataInode=1 installed=true\n".repeat(3);
    let body = format!("Activity Resolver Table:\n{noise}Packages:\n{rows}\nQueries:\n{noise}end\n");
    for (body, skims) in [
        (body.clone(), true),
        (body.replace(" app:\n", " app:\r\n"), false),
        (body.replacen(" app", " app--------- ", 1), false),
        (body.replacen("SEND", "SENDException", 1), false),
        (body.replacen("Activity", "\u{FEFF}Activity", 1), false),
    ] {
        let text = section("package", &body);
        let read = |skims: bool, size: usize| {
            let mut splitter = Splitter::new(Shape::Dumpsys, usize::MAX, None).skimming(skims);
            text.as_bytes().chunks(size).for_each(|piece| _ = splitter.feed(piece));
            splitter.finish("x", &Ending::Clean).items.remove(0)
        };
        let whole = read(false, 4096);
        for size in [4096, 100_000, usize::MAX] {
            let item = read(true, size);
            assert_eq!(item.text.lines().count(), whole.text.lines().count());
            assert_eq!(item.text.len() + item.left_out, whole.text.len());
            assert_eq!(item.left_out > noise.len(), skims, "{}", item.left_out);
            assert_eq!(packages::parse(&item.text), packages::parse(&whole.text));
        }
    }
}

/// Lines of a dump of packages, and of what may come around it.
const LINES: [&str; 26] = [
    "Packages:\n",
    "Hidden system packages:\n",
    "Shared users:\n",
    "Activity Resolver Table:\n",
    "  Package [a.b] (1):\n",
    "  Package [c.d] (2):\n",
    "    User 0: ceDataInode=1 installed=true\n",
    "    appId=10001\n",
    "    queriesIntents=[x]\n",
    "    usesLibraries:\n",
    "      a row of a list, or of a table\n",
    "        android.permission.CAMERA: granted=true, flags=[ USER_SET]\n",
    "      runtime permissions:\n",
    "  SharedUser [u] (1):\n",
    "\n",
    "  a name: é\n",
    "  a line of another computer\r\n",
    "-----------------------------\n",
    "DUMP OF SERVICE package:\n",
    "DUMP OF SERVICE HIGH package:\n",
    "DUMP OF SERVICE appops:\n",
    "--------- 0.053s was the duration of dumpsys package, ending at: x\n",
    "  words--------- 0.053s was the duration of dumpsys package, ending at: x\n",
    "------ 2.4s was the duration of 'DUMPSYS' ------\n",
    "java.lang.SecurityException: no\n",
    "*** SERVICE 'package' DUMP TIMEOUT (10000ms) EXPIRED ***\n",
];

/// How often each line comes: those of content most often.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let run = prop_oneof![
        40 => (0_usize..16, 1_usize..60),
        2 => (16_usize..LINES.len(), 1_usize..2),
        1 => (0_usize..1, 0_usize..1),
    ];
    let all = proptest::collection::vec(run, 0..60);
    all.prop_map(|runs| {
        let mut text = section("package", "").into_bytes();
        // The trailer comes where the lines have it.
        text.truncate(memmem::find(&text, b"--------- 0").unwrap());
        for (line, times) in runs {
            match times {
                // A byte that is no text.
                0 => text.extend_from_slice(b"  \xFF\n"),
                _ => text.extend_from_slice(LINES[line].repeat(times).as_bytes()),
            }
        }
        text
    })
}

proptest! {
    #[test]
    fn lines_that_go_together_are_as_one_by_one(text in lines(), size in 2_usize..5000, limit in 0_usize..100_000) {
        let read = |size: usize| {
            let mut splitter = Splitter::new(Shape::Dumpsys, limit, None);
            let wanted: Vec<bool> = text.chunks(size).map(|piece| splitter.feed(piece)).collect();
            let line = splitter.line;
            (format!("{:?}", splitter.finish("x", &Ending::Clean)), line, wanted.last().copied())
        };
        prop_assert_eq!(read(size), read(1));
    }

    #[test]
    fn the_same_is_read_of_what_is_left(text in lines(), size in 1_usize..5000, limit in 20_000_usize..200_000) {
        let read = |skims: bool| {
            let mut splitter = Splitter::new(Shape::Dumpsys, limit, None).skimming(skims);
            text.chunks(size).for_each(|piece| _ = splitter.feed(piece));
            splitter.finish("x", &Ending::Clean)
        };
        let (whole, left) = (read(false), read(true));
        prop_assert_eq!((whole.missing, whole.cut_short, whole.items.len()), (left.missing, left.cut_short, left.items.len()));
        for (whole, left) in whole.items.iter().zip(&left.items) {
            prop_assert_eq!((whole.kind, whole.first_line, whole.cut), (left.kind, left.first_line, left.cut));
            prop_assert_eq!((whole.proved, &whole.cut_detail), (left.proved, &left.cut_detail));
            prop_assert_eq!(whole.text.len(), left.text.len() + left.left_out);
            prop_assert_eq!(whole.text.lines().count(), left.text.lines().count());
            prop_assert_eq!(packages::parse(&whole.text), packages::parse(&left.text));
            prop_assert_eq!(crate::parse::text::failure(&whole.text), crate::parse::text::failure(&left.text));
        }
    }
}

#[test]
fn the_phones_own_timeout_is_a_cut() {
    let text = section("package", "Packages:\n\n*** SERVICE 'package' DUMP TIMEOUT (10000ms) EXPIRED ***\n\n");
    let (sections, _) = split(Shape::Dumpsys, &text, 4096);
    assert_eq!(sections.items[0].cut, Some(Reason::TimedOut));
}

#[test]
fn a_text_that_ends_inside_a_section_is_a_cut() {
    let whole = report(&[section("appops", "state\n"), section("package", "Packages:\n  Package [a] (1):\n")]);
    let text = whole.split_once("  Package").unwrap().0;
    let (sections, _) = split(Shape::Dumpstate, text, 4096);
    assert!(sections.cut_short);
    assert_eq!(sections.items.iter().find(|item| item.kind == Kind::Packages).unwrap().cut, Some(Reason::Truncated));
    assert_eq!(sections.items.iter().find(|item| item.kind == Kind::AppOps).unwrap().cut, None);
}

#[test]
fn a_lone_dump_without_trailers_is_complete() {
    let (sections, _) = split(Shape::Dumpsys, "DUMP OF SERVICE appops:\nstate\n", 4096);
    assert_eq!((sections.items[0].cut, sections.cut_short), (None, false));
}

#[test]
fn a_refusal_is_missing_with_the_phones_words() {
    let text = section("package", "Permission Denial: can't dump PackageManager\n") + &section("appops", "");
    let (sections, _) = split(Shape::Dumpsys, &text, 4096);
    assert!(sections.items.is_empty());
    assert_eq!(sections.missing[0].reason, Reason::Refused);
    assert!(sections.missing[0].detail.contains("can't dump"));
    assert_eq!(sections.missing[1].reason, Reason::Absent);
}

#[test]
fn what_is_kept_is_bounded_even_without_line_ends() {
    let mut splitter = Splitter::new(Shape::Dumpsys, 1000, None);
    splitter.feed(b"DUMP OF SERVICE package:\n");
    for _ in 0..100 {
        splitter.feed(&[b'x'; 10_000]);
    }
    let sections = splitter.finish("x", &Ending::Clean);
    assert!(sections.items.is_empty() || sections.items[0].text.len() <= 1000);
    let reason = sections.items.first().and_then(|item| item.cut).or(sections.missing.first().map(|gap| gap.reason));
    assert_eq!(reason, Some(Reason::Truncated));
}

#[test]
fn stops_where_the_list_of_services_says_that_nothing_more_comes() {
    let noise = section("zzz", &"noise\n".repeat(5000));
    let list = "Currently running services:\n  appops\n  package\n  user\n  zzz\n";
    let text =
        [list.to_owned(), section("appops", "a\n"), section("package", "p\n"), section("user", "u\n"), noise].concat();
    let (sections, taken) = split(Shape::Dumpsys, &text, 64);
    assert_eq!(sections.items.len(), 3);
    assert!(taken < 1000, "{taken}");
}

#[test]
fn stops_at_the_end_of_the_normal_services() {
    let text = report(&[section("appops", "a\n"), section("package", "p\n")]) + &"noise\n".repeat(10_000);
    let (_, taken) = split(Shape::Dumpstate, &text, 64);
    assert!(taken < 2000, "{taken}");
}

fn naive(text: &str, service: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("DUMP OF SERVICE {service}:\n"))?;
    let (body, _) = rest.split_once("--------- 0.053s was the duration of")?;
    Some(body.to_owned())
}

proptest! {
    #[test]
    fn no_wanted_section_is_missed_whatever_the_order(
        order in Just(vec!["accessibility", "activity", "appops", "DockObserver", "package", "settings", "trust", "user", "wifi", "zz"]).prop_shuffle(),
        list in any::<bool>(),
        size in 1usize..300,
    ) {
        let mut parts = Vec::new();
        if list {
            let names: String = order.iter().map(|name| format!("  {name}\n")).collect();
            parts.push(format!("Currently running services:\n{names}"));
        }
        parts.extend(order.iter().map(|name| section(name, &format!("state of {name}\n"))));
        let text = report(&parts);
        let (sections, _) = split(Shape::Dumpstate, &text, size);
        for service in ["accessibility", "appops", "package", "settings", "trust", "user"] {
            let found = text_of(&sections, Kind::of_service(service).unwrap()).map(str::to_owned);
            prop_assert_eq!(found, naive(&text, service));
        }
    }

    #[test]
    fn never_panics_and_cuts_the_same_in_any_pieces(text in "(DUMP OF SERVICE (package|appops|x):\n|-{20,30}\n|--------- 0.1s was the duration of dumpsys package, ending\n|------ A \\(b\\) ------\n|[a-zD-]{0,8}\n|\r|é){0,30}", size in 1usize..20) {
        let whole = split(Shape::Dumpsys, &text, usize::MAX).0;
        let pieces = split(Shape::Dumpsys, &text, size).0;
        let shown = |sections: &Sections| sections.items.iter().map(|item| (item.kind, item.text.clone(), item.first_line, item.cut)).collect::<Vec<_>>();
        // Reading stops at a piece's end, so a later, fuller copy may be seen with larger pieces only.
        for item in shown(&pieces) {
            prop_assert!(shown(&whole).iter().any(|other| other.0 == item.0));
        }
    }
}

#[test]
fn the_real_bug_report_is_cut_as_by_a_full_scan() {
    let Some(corpus) = crate::skip::corpus("") else { return };
    let folder = std::path::Path::new(&corpus).join("android").join("whole-bugreports");
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = std::fs::File::open(entry.unwrap().path()).unwrap();
        let mut archive = zip::ZipArchive::new(file).unwrap();
        let name = std::io::read_to_string(archive.by_name("main_entry.txt").unwrap()).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name(name.trim()).unwrap(), &mut bytes).unwrap();
        let text = text::decode(bytes);
        let (sections, taken) = split(Shape::Dumpstate, &text, 128 * 1024);
        assert!(taken < text.len(), "reading goes on to the end");
        for kind in Kind::services() {
            let service = kind.service().unwrap();
            let parts: Vec<&str> =
                [format!("\nDUMP OF SERVICE {service}:\n"), format!("\nDUMP OF SERVICE CRITICAL {service}:\n")]
                    .iter()
                    .filter_map(|heading| Some(text.split_once(heading.as_str())?.1))
                    .map(|rest| rest.split(&format!("s was the duration of dumpsys {service},")).next().unwrap())
                    .map(|body| body.rsplit_once("--------- ").unwrap().0)
                    .collect();
            let fullest = parts.into_iter().max_by_key(|part| part.len());
            assert_eq!(text_of(&sections, kind), fullest, "{service}");
        }
        assert!(text_of(&sections, Kind::Properties).unwrap().contains("[ro.build.version.sdk]: [28]"));
    }
}
