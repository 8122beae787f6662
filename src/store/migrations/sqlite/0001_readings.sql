-- Readings, what was judged of them. Times are UTC, RFC 3339.
CREATE TABLE reading (
    sha256 TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    platform TEXT NOT NULL,
    model TEXT,
    os_version TEXT,
    source TEXT NOT NULL,
    taken_at TEXT,
    taken_utc TEXT NOT NULL,
    stored_utc TEXT NOT NULL,
    snapshot TEXT NOT NULL
);
CREATE TABLE verdict (
    id TEXT PRIMARY KEY,
    reading TEXT NOT NULL REFERENCES reading (sha256) ON DELETE CASCADE,
    profile TEXT NOT NULL,
    profile_version TEXT NOT NULL,
    profile_sha256 TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    judged_utc TEXT NOT NULL,
    verdict TEXT NOT NULL,
    worst TEXT,
    pass INTEGER NOT NULL,
    fail INTEGER NOT NULL,
    waived INTEGER NOT NULL,
    not_assessed INTEGER NOT NULL,
    manual INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL,
    conformity REAL,
    coverage REAL NOT NULL
);
CREATE TABLE finding (
    verdict_id TEXT NOT NULL REFERENCES verdict (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    verdict TEXT NOT NULL,
    app TEXT,
    app_user INTEGER,
    permission TEXT,
    PRIMARY KEY (verdict_id, place)
);
