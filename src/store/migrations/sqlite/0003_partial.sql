-- The parts that a reading does not tell whole, as words; empty for a whole one. Filled for earlier readings from their gaps.
ALTER TABLE reading ADD COLUMN partial TEXT;
-- The order in which readings came in.
ALTER TABLE reading ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
UPDATE reading SET sequence = n.place FROM
    (SELECT sha256, ROW_NUMBER() OVER (ORDER BY stored_utc, sha256) AS place FROM reading) n
    WHERE n.sha256 = reading.sha256;
-- No reading was taken after it was stored, whatever the phone's clock said.
UPDATE reading SET taken_utc = stored_utc WHERE taken_utc > stored_utc;
