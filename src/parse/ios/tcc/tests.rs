use super::*;
use crate::parse::ios::sqlite::tests::bytes_of;

const KEY: &str = "PRIMARY KEY (service, client, client_type, indirect_object_identifier)";
const OBJECT: &str = "csreq BLOB, policy_id INTEGER, indirect_object_identifier_type INTEGER, \
        indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED', indirect_object_code_identity BLOB, flags INTEGER";

/// The script of an empty database of a generation: 7, 8, 10, 12, 15, 20, 26, 32 or 37, the numbers of the schema.
pub(crate) fn schema(version: u32) -> String {
    let values = if version >= 16 {
        "auth_value INTEGER NOT NULL, auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL"
    } else {
        "allowed INTEGER NOT NULL, prompt_count INTEGER NOT NULL"
    };
    let head = "service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL";
    let modified = "last_modified INTEGER NOT NULL DEFAULT 0";
    let process = "pid INTEGER, pid_version INTEGER, boot_uuid TEXT NOT NULL DEFAULT 'UNUSED', \
            last_reminded INTEGER NOT NULL DEFAULT 0";
    let access = match version {
        ..=7 => format!("{head}, {values}, csreq BLOB, CONSTRAINT key PRIMARY KEY (service, client, client_type)"),
        8..=9 => {
            format!("{head}, {values}, csreq BLOB, policy_id INTEGER, PRIMARY KEY (service, client, client_type)")
        }
        10..=11 => format!("{head}, {values}, {OBJECT}, {KEY}"),
        12..=24 => format!("{head}, {values}, {OBJECT}, {modified}, {KEY}"),
        25..=35 => format!("{head}, {values}, {OBJECT}, {modified}, {process}, {KEY}"),
        _ => format!(
            "{head}, {values}, {OBJECT}, {modified}, {process}, one_time_reprompt_eligible INTEGER, \
                 reminder_count INTEGER NOT NULL DEFAULT 0, {KEY}"
        ),
    };
    let mut script = format!(
        "CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
             INSERT INTO admin VALUES ('version', {version});
             CREATE TABLE access ({access});
             CREATE TABLE access_overrides (service TEXT NOT NULL PRIMARY KEY);"
    );
    if version >= 15 {
        script += "CREATE TABLE expired (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, \
                csreq BLOB, last_modified INTEGER NOT NULL, expired_at INTEGER NOT NULL DEFAULT 0);";
    }
    if version >= 36 {
        script += &format!(
            "CREATE TABLE managed_overrides ({head}, auth_value INTEGER NOT NULL DEFAULT 1, auth_reason INTEGER NOT NULL, \
                 auth_version INTEGER NOT NULL, {OBJECT}, {modified}, one_time_reprompt_eligible INTEGER, \
                 admin_auth_value INTEGER NOT NULL, {KEY});"
        );
    }
    script
}

/// A row of the newer form, service without its prefix.
pub(crate) fn new_row(service: &str, client: &str, value: i64, reason: i64, modified: i64) -> String {
    let version = if service == "Calendar" { 2 } else { 1 };
    format!(
        "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, last_modified) \
             VALUES ('kTCCService{service}', '{client}', 0, {value}, {reason}, {version}, {modified});"
    )
}

/// A row of the older form, with the time of its last change.
pub(crate) fn old_row(service: &str, client: &str, allowed: i64, modified: i64) -> String {
    format!(
        "INSERT INTO access (service, client, client_type, allowed, prompt_count, last_modified) \
             VALUES ('kTCCService{service}', '{client}', 0, {allowed}, 1, {modified});"
    )
}

fn read(script: &str) -> Tcc {
    let tcc = parse(bytes_of(script), None).unwrap();
    assert_eq!(tcc.rows.len() as u64 + tcc.not_understood, tcc.of);
    tcc
}

#[test]
fn every_generation_is_read_by_its_columns() {
    for version in [7, 8, 10] {
        let tcc = read(
            &(schema(version)
                + "INSERT INTO access (service, client, client_type, allowed, prompt_count) \
                       VALUES ('kTCCServiceCamera', 'a.b', 0, 1, 1), ('kTCCServicePhotos', 'a.b', 0, 0, 1);"),
        );
        assert_eq!((tcc.version, tcc.has_auth_value), (Some(i64::from(version)), false));
        let values: Vec<_> = tcc.rows.iter().map(|row| (row.row, row.value, row.reason, row.last_modified)).collect();
        assert_eq!(values, [(1, AccessValue::Allowed, None, None), (2, AccessValue::Denied, None, None)]);
    }
    for version in [12, 15] {
        let tcc = read(&(schema(version) + &old_row("Camera", "a.b", 1, 77)));
        assert_eq!(tcc.rows[0].last_modified, Some(77));
        assert_eq!(tcc.rows[0].value, AccessValue::Allowed);
    }
    for version in [16, 20, 26, 32, 37, 99] {
        let tcc = read(&(schema(version) + &new_row("Contacts", "a.b", 3, 2, 78)));
        assert!(tcc.has_auth_value);
        assert_eq!(
            tcc.rows,
            [AccessRow {
                row: 1,
                service: "kTCCServiceContacts".into(),
                client: "a.b".into(),
                is_path: false,
                value: AccessValue::Limited,
                number: 3,
                reason: Some(2),
                version: Some(1),
                last_modified: Some(78),
            }]
        );
    }
}

#[test]
fn a_one_of_the_older_form_is_yes_and_of_the_newer_is_not_decided() {
    assert_eq!(AccessValue::of_allowed(1), AccessValue::Allowed);
    assert_eq!(AccessValue::of_allowed(2), AccessValue::Other(2));
    assert_eq!(AccessValue::of_auth_value(1), AccessValue::Unknown);
    assert_eq!(AccessValue::of_auth_value(4), AccessValue::AddOnly);
    assert_eq!(AccessValue::of_auth_value(9), AccessValue::Other(9));
}

#[test]
fn a_row_that_is_not_understood_is_counted_and_costs_no_other() {
    let tcc = read(
        "CREATE TABLE access (service, client, client_type, auth_value);
             INSERT INTO access VALUES ('s', 'a.b', 0, 2), (NULL, 'a.b', 0, 2), ('s', x'0102', 0, 2), ('s', 'c.d', 0, 'yes'),
                ('s', '/usr/libexec/x', 1, 0), ('', 'a', 0, 2), ('s', 'e.f', NULL, 2), ('s', '/p', NULL, 2);",
    );
    assert_eq!((tcc.of, tcc.not_understood), (8, 4));
    let rows: Vec<_> = tcc.rows.iter().map(|row| (row.row, row.client.as_str(), row.is_path)).collect();
    assert_eq!(rows, [(1, "a.b", false), (5, "/usr/libexec/x", true), (7, "e.f", false), (8, "/p", true)]);
    assert_eq!(tcc.unreadable, [UnreadableRow { row: 4, service: "s".into(), client: "c.d".into() }]);
    // Three rows may have been anybody's.
    assert!(tcc.nameless == 3 && tcc.is_incomplete());
}

#[test]
fn overrides_forced_values_and_aged_rows_are_read() {
    let tcc = read(
        &(schema(37)
            + "INSERT INTO access_overrides VALUES ('kTCCServiceUserTracking'), ('kTCCServiceCamera');
                   INSERT INTO expired (service, client, client_type, last_modified) VALUES ('s', 'a.b', 0, 1);
                   INSERT INTO managed_overrides (service, client, client_type, auth_reason, auth_version, admin_auth_value)
                   VALUES ('kTCCServiceCamera', 'a.b', 0, 6, 1, 0);"),
    );
    assert_eq!(tcc.overrides, ["kTCCServiceCamera", "kTCCServiceUserTracking"]);
    assert_eq!(tcc.expired, 1);
    assert_eq!((tcc.managed[0].admin_value, tcc.managed[0].client.as_str()), (AccessValue::Denied, "a.b"));
}

#[test]
fn a_database_damaged_half_way_gives_the_rows_before_and_says_so() {
    let mut script = schema(20);
    for number in 0..2000 {
        script += &new_row("Camera", &format!("com.example.app{number:05}"), 2, 2, 5);
    }
    let mut bytes = bytes_of(&script);
    let whole = parse(bytes.clone(), None).unwrap();
    assert_eq!((whole.rows.len(), whole.is_incomplete()), (2000, false));
    // The last pages of the table.
    let end = bytes.len();
    let from = (end / 3) / 4096 * 4096;
    bytes[from..end].fill(0xee);
    let half = parse(bytes, None).unwrap();
    assert!(half.rows.len() < 2000 && half.is_incomplete(), "{} rows", half.rows.len());
    assert_eq!(half.rows.len() as u64 + half.not_understood, half.of);
    assert_eq!(half.cut[0].table, "access");
    assert_eq!(half.rows.as_slice(), &whole.rows[..half.rows.len()]);
}

#[test]
fn more_rows_than_any_phone_has_end_the_reading() {
    let tcc = read(
        "CREATE TABLE access (service, client, allowed);
             WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200005)
             INSERT INTO access SELECT 's', 'c' || x, 1 FROM n;",
    );
    assert_eq!((tcc.of, tcc.rows.len()), (200_000, 200_000));
    assert_eq!(tcc.cut, [Cut { table: "access", why: "more than 200,000 rows".into() }]);
}

#[test]
fn views_computed_columns_and_other_tables_are_refused() {
    assert_eq!(
        parse(bytes_of("CREATE VIEW access AS SELECT 1 AS service;"), None),
        Err(SqliteError::NoTable("access"))
    );
    let computed =
        "CREATE TABLE access (service TEXT, client TEXT, auth_value INTEGER AS (length(zeroblob(100000000))));";
    assert!(matches!(parse(bytes_of(computed), None), Err(SqliteError::Damaged(_))));
    assert!(parse(bytes_of("CREATE TABLE access (service, client);"), None).is_err());
    assert!(parse(b"bplist00".to_vec(), None).is_err());
}

#[test]
fn a_log_of_another_database_is_told() {
    let bytes = bytes_of(&schema(20));
    assert!(parse(bytes.clone(), Some(&[7; 5000])).unwrap().is_log_unused);
    assert!(!parse(bytes.clone(), Some(&[])).unwrap().is_log_unused);
    assert!(!parse(bytes, None).unwrap().is_log_unused);
}

/// A file of the public samples, where they are at hand.
pub(crate) fn sample(path: &str) -> Option<Vec<u8>> {
    let folder = crate::skip::corpus("")?;
    std::fs::read(folder.join("ios").join(path)).ok()
}

#[test]
fn rows_of_the_log_are_read_in_the_sample() {
    let folder = "generated/plain-ios26.1-tccwal/";
    let Some(bytes) = sample(&format!("{folder}64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347")) else { return };
    let log = sample(&format!("{folder}7d/7dda30fcab73c311cf05ebd2d2d3292ca544dc1e")).unwrap();
    let without = parse(bytes.clone(), None).unwrap();
    let with = parse(bytes, Some(&log)).unwrap();
    let truth = sample("generated/plain-ios26.1-tccwal.truth.json").unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
    assert_eq!((Some(with.of), with.is_log_unused), (truth["tcc_rows"].as_u64(), false));
    assert!(without.of < with.of);
}

#[test]
fn real_databases_are_read() {
    if let Some(bytes) = sample("mvt_ios_backup/64/64d0019cb3d46bfc8cce545a8ba54b93e7ea9347") {
        let tcc = parse(bytes, None).unwrap();
        assert_eq!((tcc.version, tcc.has_auth_value, tcc.rows.len(), tcc.of), (Some(20), true, 11, 11));
        assert_eq!(
            (tcc.rows[1].client.as_str(), tcc.rows[1].last_modified),
            ("net.whatsapp.WhatsApp", Some(1_610_657_051))
        );
        assert_eq!(tcc.rows[10].client, "Launch");
    }
    if let Some(bytes) = sample("plaso/macos10.15-TCC-v15.db") {
        let tcc = parse(bytes, None).unwrap();
        assert_eq!((tcc.version, tcc.has_auth_value, tcc.rows.len()), (Some(15), false, 21));
        assert_eq!(tcc.rows[0].last_modified, Some(1_590_754_191));
    }
    if let Some(bytes) = sample("reference_only_no_licence/ios7.1.2-TCC.db") {
        let tcc = parse(bytes, None).unwrap();
        assert_eq!((tcc.version, tcc.has_auth_value, tcc.of, tcc.is_incomplete()), (Some(7), false, 0, false));
    }
}

proptest::proptest! {
    #[test]
    fn never_panics_and_every_row_is_accounted_for(
        places in proptest::collection::vec((0usize..40_000, proptest::num::u8::ANY), 1..12),
        log in proptest::collection::vec(proptest::num::u8::ANY, 0..100),
    ) {
        static WHOLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let whole = WHOLE.get_or_init(|| {
            let rows: String = (0..150).map(|n| new_row("Camera", &format!("com.example.app{n}"), n % 7, 2, 5)).collect();
            bytes_of(&(schema(37) + &rows + "INSERT INTO access_overrides VALUES ('kTCCServiceCamera');"))
        });
        let mut bytes = whole.clone();
        let length = bytes.len();
        for (place, byte) in places {
            bytes[place % length] = byte;
        }
        if let Ok(tcc) = parse(bytes, Some(&log)) {
            proptest::prop_assert_eq!(tcc.rows.len() as u64 + tcc.not_understood, tcc.of);
        }
    }

    #[test]
    fn any_value_in_any_column_is_accounted_for(cells in proptest::collection::vec("(NULL|-?[0-9]{1,18}|1[.]5|x'00ff'|'[a-z/]{0,5}')", 7 * 20)) {
        let rows: Vec<String> = cells.chunks(7).map(|row| format!("({})", row.join(","))).collect();
        let tcc = read(&format!(
            "CREATE TABLE access (service, client, client_type, auth_value, auth_reason, auth_version, last_modified);
                 INSERT INTO access VALUES {};",
            rows.join(",")
        ));
        proptest::prop_assert_eq!(tcc.of, 20);
    }
}
