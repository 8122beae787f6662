use std::io::BufReader;

use proptest::prelude::*;

use super::*;
use crate::parse::ios::testing::corpus;

fn access(app: &str, category: &str, id: &str, kind: &str, time: &str, more: &str) -> String {
    format!(
        "{{\"accessor\":{{\"identifier\":\"{app}\",\"identifierType\":\"bundleID\"}},\"category\":\"{category}\",\
             \"identifier\":\"{id}\",\"kind\":\"{kind}\",\"timeStamp\":\"{time}\",\"type\":\"access\"{more}}}\n"
    )
}

fn network(app: &str, domain: &str, hits: u64, initiated: &str, more: &str) -> String {
    format!(
        "{{\"timeStamp\":\"2024-05-29T20:44:20.000+01:00\",\"initiatedType\":\"{initiated}\",\"domain\":\"{domain}\",\
             \"type\":\"networkActivity\",\"bundleID\":\"{app}\",\"hits\":{hits}{more}}}\n"
    )
}

fn adds_up(report: &Report) {
    assert_eq!(report.lines, report.accesses + report.network + report.not_understood, "{report:?}");
    assert!(report.left_out <= report.accesses + report.network);
}

#[test]
fn begin_and_end_are_one_use_and_edges_of_the_window_count() {
    let text = [
        access("a.b", "camera", "1", "intervalBegin", "2024-05-26T10:19:12.000+01:00", ""),
        access("a.b", "camera", "1", "intervalEnd", "2024-05-26T10:25:17.123+01:00", ""),
        access("a.b", "camera", "2", "intervalEnd", "2024-05-25T00:00:00.000+01:00", ""),
        access("a.b", "camera", "3", "intervalBegin", "2024-05-27T00:00:00.000+01:00", ""),
        access("a.b", "location", "4", "event", "2024-05-27T00:00:00.000+01:00", ""),
    ]
    .concat();
    let report = parse(text.as_bytes());
    adds_up(&report);
    let camera = &report.apps["a.b"].uses["camera"];
    assert_eq!(camera.count, 3);
    let (last, line) = camera.last.clone().unwrap();
    assert_eq!((last.text.as_str(), line), ("2024-05-27T00:00:00.000+01:00", 4));
    assert_eq!(report.apps["a.b"].uses["location"].count, 1);
}

#[test]
fn a_picker_is_no_use() {
    let text = access("a.b", "photos", "1", "event", "2024-05-25T08:00:00.000+01:00", ",\"outOfProcess\":true");
    let report = parse(text.as_bytes());
    let photos = &report.apps["a.b"].uses["photos"];
    assert_eq!((photos.count, photos.last.clone(), photos.through_picker), (0, None, 1));
}

#[test]
fn times_are_compared_as_instants_and_kept_as_written() {
    // 23:30 at +05:00 is before 20:00 at Greenwich.
    let text = [
        access("a.b", "camera", "1", "event", "2024-05-26T23:30:00.000+05:00", ""),
        access("a.b", "camera", "2", "event", "2024-05-26T20:00:00.000+00:00", ""),
    ]
    .concat();
    let report = parse(text.as_bytes());
    assert_eq!(report.to.unwrap().text, "2024-05-26T20:00:00.000+00:00");
    assert_eq!(report.from.unwrap().text, "2024-05-26T23:30:00.000+05:00");
    assert_eq!(report.apps["a.b"].uses["camera"].last.clone().unwrap().1, 2);
}

#[test]
fn domains_of_browsing_are_counted_and_never_kept() {
    let text = [
        network("a.b", "own.example", 3, "AppInitiated", ",\"context\":\"\",\"domainType\":2,\"domainOwner\":\"\""),
        network("a.b", "own.example", 4, "AppInitiated", ",\"domainType\":1,\"domainOwner\":\"Example Ads, Inc.\""),
        network("a.b", "secret.example", 5, "NonAppInitiated", ",\"context\":\"clinic.example\""),
        network("a.b", "secret.example", 5, "NonAppInitiated", ""),
        network("a.b", "other.example", 5, "AppInitiated", ",\"context\":\"clinic.example\""),
        network("a.b", "third.example", 5, "SomethingNew", ""),
    ]
    .concat();
    let report = parse(text.as_bytes());
    adds_up(&report);
    let app = &report.apps["a.b"];
    assert_eq!(app.domains.keys().collect::<Vec<_>>(), ["own.example"]);
    let own = &app.domains["own.example"];
    assert_eq!((own.hits, own.owner.as_deref()), (7, Some("Example Ads, Inc.")));
    assert_eq!(app.browsed, 3);
    let all = format!("{report:?}");
    assert!(!all.contains("secret") && !all.contains("clinic") && !all.contains("third"));
}

#[test]
fn what_is_not_understood_is_counted_and_a_long_line_is_skipped() {
    let good = access("a.b", "somethingNew", "1", "event", "2024-05-26T10:19:12.000+01:00", "");
    let long = format!("{{\"type\":\"access\",\"x\":\"{}\"}}\n", "x".repeat(LONGEST_LINE));
    let beta = "{\"stream\":\"com.apple.privacy.accounting.stream.tcc\",\"tccService\":\"x\",\"timestamp\":\"2021\"}\n";
    let text = format!("\u{feff}{good}\r\n\n{long}{beta}not json\n{good}{}", good.get(..60).unwrap());
    let report = parse(BufReader::with_capacity(777, text.as_bytes()));
    adds_up(&report);
    assert_eq!((report.lines, report.accesses, report.not_understood), (6, 2, 4));
    assert_eq!(report.apps["a.b"].uses["somethingNew"].count, 1);
    assert_eq!(report.bytes, text.len() as u64);
    for time in ["2024-05-26", "2024-05-26T10:19:12", "yesterday", "2024-05-26T10:19:12.000+01:00[Europe/Paris]"] {
        assert_eq!(parse(access("a.b", "camera", "1", "event", time, "").as_bytes()).not_understood, 1, "{time}");
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_says_so() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    assert!(parse(BufReader::new(Broken)).cut);
    assert!(!parse(&b""[..]).cut);
}

#[test]
fn more_apps_and_domains_than_any_phone_has_are_counted() {
    let domains: String =
        (0..MOST_DOMAINS + 3).map(|n| network("a.b", &format!("d{n}"), 1, "AppInitiated", "")).collect();
    let report = parse(domains.as_bytes());
    assert_eq!((report.apps["a.b"].domains.len(), report.left_out), (MOST_DOMAINS, 3));
    let apps: String = (0..MOST_APPS + 2).map(|n| network(&format!("a.b{n}"), "d", 1, "AppInitiated", "")).collect();
    let report = parse(apps.as_bytes());
    assert_eq!((report.apps.len(), report.left_out), (MOST_APPS, 2));
    adds_up(&report);
}

#[test]
fn the_real_report_reads_whole() {
    let Some(root) = corpus() else { return };
    let file = std::fs::read(root.join("app_privacy_report/plaso_ios_app_privacy_report.ndjson")).unwrap();
    let report = parse(file.as_slice());
    assert_eq!((report.lines, report.accesses, report.network, report.not_understood), (72, 8, 64, 0));
    assert!(!report.cut);
    let calendar = &report.apps["com.apple.mobilecal"];
    assert_eq!(calendar.uses["location"].count, 1);
    assert_eq!(calendar.uses["contacts"].last.clone().unwrap().0.text, "2022-04-27T11:01:54.767-04:00");
    let owned: Vec<_> =
        report.apps.values().flat_map(|app| app.domains.values()).filter_map(|found| found.owner.as_deref()).collect();
    assert!(owned.contains(&"Google LLC") && owned.iter().all(|owner| !owner.is_empty()), "{owned:?}");
}

#[test]
fn the_synthetic_reports_read_as_written() {
    let Some(root) = corpus() else { return };
    let read = |name: &str| parse(std::fs::read(root.join("app_privacy_report").join(name)).unwrap().as_slice());
    let report = read("synthetic_App_Privacy_Report_v4_2024-05-31T09_00_00.ndjson");
    assert_eq!(report.not_understood, 0);
    let instagram = &report.apps["com.burbn.instagram"];
    assert_eq!((instagram.uses["photos"].count, instagram.uses["photos"].through_picker), (0, 1));
    assert_eq!(instagram.uses["location"].count, 1);
    assert_eq!(report.apps["com.facebook.Facebook"].browsed, 1);
    assert_eq!(report.apps["com.facebook.Facebook"].uses["microphone"].count, 1);
    let broken = read("synthetic_broken.ndjson");
    adds_up(&broken);
    assert_eq!((broken.lines, broken.not_understood), (5, 5));
}

proptest! {
    #[test]
    fn never_panics_and_accounts_for_every_line(
        lines in proptest::collection::vec(prop_oneof![
            "[^\n]{0,40}",
            ("[a-c]\\.[a-c]", "[a-c]{1}", prop_oneof!["intervalBegin", "intervalEnd", "event", "[a-z]{3}"], "2024-0[0-9]-1[0-9]T10:19:12Z")
                .prop_map(|(app, category, kind, time)| access(&app, &category, "1", &kind, &time, "").trim().to_owned()),
            ("[a-c]\\.[a-c]", "[a-c]{1,2}", any::<u64>(), prop_oneof!["AppInitiated", "NonAppInitiated"])
                .prop_map(|(app, domain, hits, initiated)| network(&app, &domain, hits, &initiated, "").trim().to_owned()),
        ], 0..20),
        capacity in 1usize..64,
    ) {
        let text = lines.join("\n");
        let report = parse(BufReader::with_capacity(capacity, text.as_bytes()));
        let written = text.split('\n').filter(|line| !line.trim_start_matches('\u{feff}').as_bytes().trim_ascii().is_empty()).count();
        prop_assert_eq!(report.lines, written as u64);
        prop_assert_eq!(report.lines, report.accesses + report.network + report.not_understood);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(bytes.as_slice());
    }
}
