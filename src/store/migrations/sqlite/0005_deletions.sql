-- Of a reading that was stored by a clock that is doubted, 1; by one that told no time at all, 2. No store is older than 2026-11.
ALTER TABLE reading ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
UPDATE reading SET doubted = 2 WHERE stored_utc < '2026-11-01';
CREATE INDEX reading_sequence ON reading (sequence, stored_utc);
CREATE INDEX reading_stored ON reading (stored_utc);
-- The order in which readings came in goes on when the latest of them is deleted.
INSERT INTO setting (name, value) SELECT 'sequence', CAST(coalesce(max(sequence), 0) AS TEXT) FROM reading WHERE true
    ON CONFLICT (name) DO NOTHING;
-- What was deleted, when and why, and until when it can be brought back.
CREATE TABLE deletion (
    id INTEGER PRIMARY KEY,
    deleted_utc TEXT NOT NULL,
    why TEXT NOT NULL,
    cutoff_utc TEXT NOT NULL,
    readings INTEGER NOT NULL,
    until_utc TEXT NOT NULL,
    restored_utc TEXT,
    purged_utc TEXT
);
-- It itself, until then.
CREATE TABLE deleted_reading (
    deletion INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    device TEXT NOT NULL,
    platform TEXT NOT NULL,
    model TEXT,
    os_version TEXT,
    source TEXT NOT NULL,
    taken_at TEXT,
    taken_utc TEXT NOT NULL,
    stored_utc TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    partial TEXT,
    sequence INTEGER NOT NULL,
    seal TEXT,
    doubted INTEGER NOT NULL,
    PRIMARY KEY (deletion, sha256)
);
CREATE TABLE deleted_verdict (
    deletion INTEGER NOT NULL,
    id TEXT NOT NULL,
    reading TEXT NOT NULL,
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
    coverage REAL NOT NULL,
    noted INTEGER,
    findings_sha256 TEXT,
    seal TEXT,
    PRIMARY KEY (deletion, id)
);
CREATE TABLE deleted_finding (
    deletion INTEGER NOT NULL,
    verdict_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    verdict TEXT NOT NULL,
    app TEXT,
    app_user INTEGER,
    permission TEXT,
    PRIMARY KEY (deletion, verdict_id, place)
);
