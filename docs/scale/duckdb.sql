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
    body->>'$.summary.worst' as worst,
    cast(body->>'$.summary.fail' as bigint) as fail,
    cast(body->>'$.summary.waived' as bigint) as waived,
    cast(body->>'$.summary.not_assessed' as bigint) as not_assessed,
    cast(body->>'$.summary.manual' as bigint) as manual,
    cast(body->>'$.summary.pass' as bigint) as pass
  from line;

create or replace view finding as
  select
    line, phone, profile,
    f->>'$.code' as rule,
    f->>'$.severity' as severity,
    f->>'$.verdict' as verdict,
    coalesce(f->>'$.check', f->>'$.permission') as about,
    f->>'$.app.id' as app,
    f->>'$.because' as because
  from (select l.line, v.phone, v.profile, unnest(cast(l.body->'$.findings' as json[])) as f
        from line l join verdict v on v.line = l.line) as each_finding;

create or replace view gap as
  select line, g->>'$.area' as area, g->>'$.reason' as reason, g->>'$.app' as app
  from (select line, unnest(cast(body->'$.gaps' as json[])) as g from line) as each_gap;
