-- What shows that a row is what was stored; empty for rows of earlier versions. A verdict's covers its findings by their SHA-256.
ALTER TABLE reading ADD COLUMN seal TEXT;
ALTER TABLE verdict ADD COLUMN noted INTEGER;
ALTER TABLE verdict ADD COLUMN findings_sha256 TEXT;
ALTER TABLE verdict ADD COLUMN seal TEXT;
