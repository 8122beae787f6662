-- The verdict lines of poucet in DuckDB, as they are: cat duckdb.sql questions.sql | duckdb -csv
-- Reads verdicts.jsonl in the folder where it runs. A line becomes one value of the type `json`: no type is guessed from the first
-- lines, and a verdict with many findings is not too large.
create or replace table line as
  select row_number() over () as line, json as body
  from read_ndjson_objects('verdicts.jsonl', maximum_object_size = 268435456);

create or replace view verdict as
  select
    line,
    coalesce(body->>'$.device.id', 'line ' || line) as phone,
    body->>'$.profile.id' as profile,
    body->>'$.verdict' as verdict,
    body->>'$.worst' as worst
  from line;

create or replace view finding as
  select
    line, phone, profile,
    f->>'$.code' as rule,
    f->>'$.severity' as severity,
    f->>'$.verdict' as verdict,
    f->>'$.app' as app,
    f->>'$.permission' as permission,
    f->>'$.reason' as reason
  from (select l.line, v.phone, v.profile, unnest(cast(l.body->'$.findings' as json[])) as f
        from line l join verdict v on v.line = l.line) as each_finding;

create or replace view app as
  select l.line, v.phone, unnest(cast(l.body->'$.apps' as varchar[])) as app
  from line l join verdict v on v.line = l.line;
