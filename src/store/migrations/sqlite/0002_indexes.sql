-- What lists, trends and the end of a retention look for.
CREATE INDEX reading_device ON reading (device, taken_utc);
CREATE INDEX reading_taken ON reading (taken_utc, sha256);
CREATE INDEX verdict_reading ON verdict (reading, judged_utc);
CREATE INDEX finding_rule ON finding (rule, verdict);
