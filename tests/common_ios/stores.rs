//! The databases of a backup.
//!
//! They say that they keep a write-ahead log and have none beside them, as those of phones do.

use rusqlite::{Connection, params};

use super::{Index, Row};

/// A form of `TCC.db`, by the first version of iOS that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Schema {
    /// Until iOS 11: `allowed`, and no `last_modified`.
    Ios11,
    /// iOS 12 and 13: `allowed`, `prompt_count`, `last_modified`.
    Ios12,
    /// iOS 14 to 16: `auth_value`.
    Ios14,
    /// iOS 17 and 18: with `pid`, `boot_uuid`, `last_reminded`.
    Ios17,
    /// iOS 26: with `integrity_flag`.
    Ios26,
    /// iOS 27: with `managed_overrides`.
    Ios27,
}

impl Schema {
    pub const ALL: [Schema; 6] =
        [Schema::Ios11, Schema::Ios12, Schema::Ios14, Schema::Ios17, Schema::Ios26, Schema::Ios27];

    /// Whether it knows `allowed` only.
    pub fn is_old(self) -> bool {
        self <= Schema::Ios12
    }

    fn version(self) -> i64 {
        match self {
            Schema::Ios11 => 8,
            Schema::Ios12 => 15,
            Schema::Ios14 => 20,
            Schema::Ios17 => 30,
            Schema::Ios26 => 32,
            Schema::Ios27 => 37,
        }
    }

    fn script(self) -> String {
        let who = "service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL";
        let now = "INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER))";
        let key = "PRIMARY KEY (service, client, client_type, indirect_object_identifier)";
        let overrides = "CREATE TABLE access_overrides (service TEXT NOT NULL PRIMARY KEY);";
        let admin = "CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);";
        let answer = "auth_value INTEGER NOT NULL, auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL";
        if self == Schema::Ios11 {
            return format!(
                "{admin}{overrides}CREATE TABLE access ({who}, allowed INTEGER NOT NULL, prompt_count INTEGER NOT NULL, \
                 csreq BLOB, CONSTRAINT key PRIMARY KEY (service, client, client_type));"
            );
        }
        let told =
            if self == Schema::Ios12 { "allowed INTEGER NOT NULL, prompt_count INTEGER NOT NULL" } else { answer };
        let rest = format!(
            "csreq BLOB, policy_id INTEGER, indirect_object_identifier_type INTEGER, \
             indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED', indirect_object_code_identity BLOB, \
             flags INTEGER, last_modified {now}"
        );
        let process = if self >= Schema::Ios17 {
            format!("pid INTEGER, pid_version INTEGER, boot_uuid TEXT NOT NULL DEFAULT 'UNUSED', last_reminded {now}, ")
        } else {
            String::new()
        };
        let reprompt = if self == Schema::Ios27 {
            "one_time_reprompt_eligible INTEGER, reminder_count INTEGER NOT NULL DEFAULT 0, "
        } else {
            ""
        };
        let mut script = format!(
            "{admin}{overrides}\
             CREATE TABLE policies (id INTEGER NOT NULL PRIMARY KEY, bundle_id TEXT NOT NULL, uuid TEXT NOT NULL, \
             display TEXT NOT NULL, UNIQUE (bundle_id, uuid));\
             CREATE TABLE active_policy (client TEXT NOT NULL, client_type INTEGER NOT NULL, policy_id INTEGER NOT NULL, \
             PRIMARY KEY (client, client_type));\
             CREATE TABLE expired ({who}, csreq BLOB, last_modified INTEGER NOT NULL, expired_at {now}, \
             PRIMARY KEY (service, client, client_type));\
             CREATE TABLE access ({who}, {told}, {rest}, {process}{reprompt}{key});"
        );
        if self >= Schema::Ios26 {
            script.push_str("CREATE TABLE integrity_flag (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);");
        }
        if self == Schema::Ios27 {
            script.push_str(&format!(
                "CREATE TABLE managed_overrides ({who}, auth_value INTEGER NOT NULL DEFAULT 1, auth_reason INTEGER NOT NULL, \
                 auth_version INTEGER NOT NULL, {rest}, one_time_reprompt_eligible INTEGER, \
                 admin_auth_value INTEGER NOT NULL, {key});"
            ));
        }
        script
    }
}

/// A row of `access`.
#[derive(Clone, Debug)]
pub struct Access {
    /// With its prefix.
    pub service: String,
    pub client: String,
    /// 0 is a bundle id, 1 a path.
    pub client_type: i64,
    pub value: i64,
    pub reason: i64,
    /// Seconds since 1970.
    pub changed: i64,
}

/// `TCC.db`.
#[derive(Clone, Debug)]
pub struct Tcc {
    pub schema: Schema,
    pub rows: Vec<Access>,
    /// Services that are off for every app.
    pub overrides: Vec<String>,
    /// Service, client and value that device management forces (iOS 27).
    pub managed: Vec<(String, String, i64)>,
    /// The second half of the rows stands only in a log of its own.
    pub split: bool,
    /// More SQL, to break things.
    pub also: String,
    /// Columns of `access` in another order, and some that nobody knows yet.
    pub version: Option<i64>,
}

/// When the first answer was given, where a test says nothing else.
pub const ANSWERED: i64 = 1_750_000_000;

impl Tcc {
    pub fn of_ios(major: u32) -> Tcc {
        let schema = match major {
            0..12 => Schema::Ios11,
            12..14 => Schema::Ios12,
            14..17 => Schema::Ios14,
            17..26 => Schema::Ios17,
            26 => Schema::Ios26,
            _ => Schema::Ios27,
        };
        Tcc {
            schema,
            rows: Vec::new(),
            overrides: Vec::new(),
            managed: Vec::new(),
            split: false,
            also: String::new(),
            version: None,
        }
    }

    /// What the person answered for a service, named without its prefix. The later answer for the same one counts.
    pub fn allow(&mut self, client: &str, service: &str, value: i64) -> &mut Access {
        self.reasoned(client, service, value, 2)
    }

    /// The same with an `auth_reason`.
    pub fn reasoned(&mut self, client: &str, service: &str, value: i64, reason: i64) -> &mut Access {
        let service = format!("kTCCService{service}");
        self.rows.retain(|row| row.service != service || row.client != client);
        let client = client.to_owned();
        // One answer a day: rows that all changed in the same second were changed by an update.
        let changed = ANSWERED + 86_400 * i64::try_from(self.rows.len()).unwrap();
        self.rows.push(Access { service, client, client_type: 0, value, reason, changed });
        self.rows.last_mut().unwrap()
    }

    /// The file, and its log where it is split.
    pub fn bytes(&self) -> (Vec<u8>, Option<Vec<u8>>) {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&self.schema.script()).unwrap();
        let version = self.version.unwrap_or(self.schema.version());
        connection.execute("INSERT INTO admin VALUES ('version', ?)", [version]).unwrap();
        for service in &self.overrides {
            connection.execute("INSERT INTO access_overrides (service) VALUES (?)", [service]).unwrap();
        }
        for (service, client, value) in &self.managed {
            connection
                .execute(
                    "INSERT INTO managed_overrides (service, client, client_type, auth_reason, auth_version, flags, \
                     last_modified, admin_auth_value) VALUES (?, ?, 0, 6, 1, 0, ?, ?)",
                    params![service, client, ANSWERED, value],
                )
                .unwrap();
        }
        let half = if self.split { self.rows.len() / 2 } else { self.rows.len() };
        for row in &self.rows[..half] {
            self.insert(&connection, row);
        }
        connection.execute_batch(&self.also).unwrap();
        let first = bytes(&mut connection);
        if !self.split {
            return (first, None);
        }
        for row in &self.rows[half..] {
            self.insert(&connection, row);
        }
        let log = log(&first, &bytes(&mut connection));
        (first, Some(log))
    }

    fn insert(&self, connection: &Connection, row: &Access) {
        let old = i64::from(matches!(row.value, 2..=5));
        let Access { service, client, client_type, value, reason, changed } = row;
        let done = match self.schema {
            Schema::Ios11 => connection.execute(
                "INSERT INTO access (service, client, client_type, allowed, prompt_count) VALUES (?, ?, ?, ?, 1)",
                params![service, client, client_type, old],
            ),
            Schema::Ios12 => connection.execute(
                "INSERT INTO access (service, client, client_type, allowed, prompt_count, flags, last_modified) \
                 VALUES (?, ?, ?, ?, 1, 0, ?)",
                params![service, client, client_type, old, changed],
            ),
            Schema::Ios14 => connection.execute(
                "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, flags, \
                 last_modified) VALUES (?, ?, ?, ?, ?, 1, 0, ?)",
                params![service, client, client_type, value, reason, changed],
            ),
            Schema::Ios17 | Schema::Ios26 | Schema::Ios27 => connection.execute(
                // `last_reminded` is set by default to the time of the insertion, which would differ on every run.
                "INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, flags, \
                 last_modified, last_reminded) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
                // The update to iOS 17 made all rows of the calendar ones of the second form.
                params![
                    service,
                    client,
                    client_type,
                    value,
                    reason,
                    if service == "kTCCServiceCalendar" { 2 } else { 1 },
                    changed,
                    changed
                ],
            ),
        };
        done.unwrap();
    }
}

/// A database from a script, as a phone would have it.
pub fn database(script: &str) -> Vec<u8> {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(script).unwrap();
    bytes(&mut connection)
}

/// The file of a database, with the header of one that keeps a write-ahead log.
fn bytes(connection: &mut Connection) -> Vec<u8> {
    let mut bytes = connection.serialize("main").unwrap().to_vec();
    bytes[18] = 2;
    bytes[19] = 2;
    // The version of SQLite that wrote it, so that another version of the library gives the same file.
    bytes[96..100].copy_from_slice(&3_043_002_u32.to_be_bytes());
    bytes
}

/// The write-ahead log that turns one database into the other (<https://www.sqlite.org/fileformat2.html#walformat>).
fn log(before: &[u8], after: &[u8]) -> Vec<u8> {
    const PAGE: usize = 4096;
    let mut sums = (0_u32, 0_u32);
    let sum = |bytes: &[u8], mut sums: (u32, u32)| {
        for pair in bytes.chunks_exact(8) {
            let word = |at: usize| u32::from_be_bytes(pair[at..at + 4].try_into().unwrap());
            sums.0 = sums.0.wrapping_add(word(0)).wrapping_add(sums.1);
            sums.1 = sums.1.wrapping_add(word(4)).wrapping_add(sums.0);
        }
        sums
    };
    let salts = [0x1234_5678_u32, 0x9abc_def0];
    let mut log = Vec::new();
    for number in [0x377f_0683_u32, 3_007_000, u32::try_from(PAGE).unwrap(), 1, salts[0], salts[1]] {
        log.extend_from_slice(&number.to_be_bytes());
    }
    sums = sum(&log, sums);
    log.extend_from_slice(&sums.0.to_be_bytes());
    log.extend_from_slice(&sums.1.to_be_bytes());
    let pages: Vec<(usize, &[u8])> = after
        .chunks_exact(PAGE)
        .enumerate()
        .filter(|(number, page)| before.get(number * PAGE..(number + 1) * PAGE) != Some(page))
        .collect();
    for (position, (number, page)) in pages.iter().enumerate() {
        let commit = if position + 1 == pages.len() { after.len() / PAGE } else { 0 };
        let mut head = Vec::new();
        head.extend_from_slice(&u32::try_from(number + 1).unwrap().to_be_bytes());
        head.extend_from_slice(&u32::try_from(commit).unwrap().to_be_bytes());
        sums = sum(page, sum(&head, sums));
        for number in [salts[0], salts[1], sums.0, sums.1] {
            head.extend_from_slice(&number.to_be_bytes());
        }
        log.extend_from_slice(&head);
        log.extend_from_slice(page);
    }
    log
}

/// `applicationState.db`.
pub fn registry(apps: &[String]) -> Vec<u8> {
    use super::plists::{archive, dict, text};
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE application_identifier_tab (id INTEGER PRIMARY KEY, application_identifier TEXT NOT NULL UNIQUE);
             CREATE TABLE key_tab (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
             CREATE TABLE kvs (id INTEGER PRIMARY KEY, application_identifier INTEGER NOT NULL, key INTEGER NOT NULL, value BLOB);
             INSERT INTO key_tab VALUES (1, 'compatibilityInfo'), (2, 'XBApplicationSnapshotManifest');",
        )
        .unwrap();
    for (number, app) in apps.iter().enumerate() {
        let id = i64::try_from(number + 1).unwrap();
        let mut objects = archive::Objects::new();
        let root = objects.reserve();
        let bundle = objects.add(text(app));
        let uuid = super::seal::Rng::of(app).uuid();
        let sandbox = objects.add(text(&format!("/private/var/mobile/Containers/Data/Application/{uuid}")));
        let class = objects.class(&["XBApplicationLaunchCompatibilityInfo", "NSObject"]);
        let info = dict([("$class", class), ("bundleIdentifier", bundle), ("sandboxPath", sandbox)]);
        objects.put(&root, info.into());
        connection.execute("INSERT INTO application_identifier_tab VALUES (?, ?)", params![id, app]).unwrap();
        let value = objects.finish([("root", root)]);
        connection.execute("INSERT INTO kvs VALUES (?, ?, 1, ?)", params![id, id, value]).unwrap();
    }
    bytes(&mut connection)
}

/// `TrustStore.sqlite3`.
pub fn trust(certificates: usize) -> Vec<u8> {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE tsettings (sha256 BLOB NOT NULL DEFAULT '', subj BLOB NOT NULL DEFAULT '', tset BLOB, \
             data BLOB, uuid BLOB, PRIMARY KEY (sha256));",
        )
        .unwrap();
    for number in 0..certificates {
        let mut fingerprint = [0_u8; 32];
        fingerprint[0] = u8::try_from(number + 1).unwrap();
        connection.execute("INSERT INTO tsettings (sha256, data) VALUES (?, x'30820100')", [fingerprint]).unwrap();
    }
    bytes(&mut connection)
}

/// `healthdb.sqlite`: which apps asked for health data.
pub fn health(apps: &[String]) -> Vec<u8> {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE sources (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB UNIQUE NOT NULL, bundle_id TEXT NOT NULL, \
             name TEXT NOT NULL, source_options INTEGER NOT NULL, local_device INTEGER NOT NULL, product_type TEXT NOT NULL, \
             deleted INTEGER NOT NULL, mod_date REAL NOT NULL, provenance INTEGER NOT NULL, sync_anchor INTEGER NOT NULL);
             CREATE TABLE authorization (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, source_id INTEGER NOT NULL, \
             object_type INTEGER NOT NULL, status INTEGER NOT NULL, request INTEGER NOT NULL, mode INTEGER NOT NULL, \
             date_modified REAL NOT NULL, modification_epoch INTEGER NOT NULL, provenance INTEGER NOT NULL, \
             sync_anchor INTEGER NOT NULL, UNIQUE (source_id, object_type));",
        )
        .unwrap();
    for (number, app) in apps.iter().enumerate() {
        let id = i64::try_from(number + 1).unwrap();
        let uuid = [u8::try_from(number + 1).unwrap(); 16];
        connection
            .execute("INSERT INTO sources VALUES (?, ?, ?, '', 0, 0, '', 0, 700000000.0, 0, 1)", params![id, uuid, app])
            .unwrap();
        connection
            .execute(
                "INSERT INTO authorization (source_id, object_type, status, request, mode, date_modified, \
                 modification_epoch, provenance, sync_anchor) VALUES (?, 7, 101, 203, 0, 700000000.0, 1, 0, 1)",
                [id],
            )
            .unwrap();
    }
    bytes(&mut connection)
}

/// `Manifest.db`.
pub fn manifest(rows: &[&Row], index: Index) -> Vec<u8> {
    let mut connection = Connection::open_in_memory().unwrap();
    let table = if index == Index::View { "Elsewhere" } else { "Files" };
    connection
        .execute_batch(&format!(
            "CREATE TABLE {table} (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
             CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);"
        ))
        .unwrap();
    for row in rows {
        connection
            .execute(
                &format!("INSERT INTO {table} VALUES (?, ?, ?, ?, ?)"),
                params![row.file_id, row.domain, row.path, row.flags, row.blob],
            )
            .unwrap();
    }
    let rest = match index {
        Index::Database => {
            "CREATE INDEX FilesDomainIdx ON Files(domain);
             CREATE INDEX FilesRelativePathIdx ON Files(relativePath);
             CREATE INDEX FilesFlagsIdx ON Files(flags);"
        }
        Index::View => {
            "CREATE TABLE Seen (what TEXT);
             CREATE VIEW Files AS SELECT * FROM Elsewhere WHERE fileID <> hex(randomblob(100000000));
             CREATE TRIGGER Told INSTEAD OF INSERT ON Files BEGIN INSERT INTO Seen VALUES (new.fileID); END;"
        }
        Index::WithoutIndexes | Index::Mbdb => "",
    };
    connection.execute_batch(rest).unwrap();
    bytes(&mut connection)
}

/// `Manifest.mbdb` of iOS 9 and earlier: enough of it to be known.
pub fn mbdb(rows: &[&Row]) -> Vec<u8> {
    let mut bytes = b"mbdb\x05\x00".to_vec();
    for row in rows {
        for word in [&row.domain, &row.path] {
            let word = word.as_deref().unwrap_or("");
            bytes.extend_from_slice(&u16::try_from(word.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(word.as_bytes());
        }
        // Target, digest and key are absent; then mode, numbers and times, and no properties.
        bytes.extend_from_slice(&[0xFF; 6]);
        bytes.extend_from_slice(&0o100_644_u16.to_be_bytes());
        bytes.extend_from_slice(&[0; 38]);
    }
    bytes
}
