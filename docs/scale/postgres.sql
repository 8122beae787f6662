-- The verdict lines of poucet in PostgreSQL, as they are: cat postgres.sql questions.sql | psql --csv --quiet
-- Reads verdicts.jsonl in the folder where psql runs.
create table if not exists line (line bigint generated always as identity primary key, body jsonb not null);

-- Plain COPY takes a backslash for its own and spoils every JSON string that has one. In its csv mode nothing is special but the
-- quote and the delimiter: two control characters, which JSON never holds as they are.
\copy line (body) from 'verdicts.jsonl' with (format csv, quote e'\x01', delimiter e'\x02')

-- Collation "C" sorts by code points, as the other two do.
create or replace view verdict as
  select
    line,
    coalesce(body #>> '{device,id}', 'line ' || line) as phone,
    (body #>> '{profile,id}') collate "C" as profile,
    (body #>> '{summary,worst}') collate "C" as worst,
    (body #>> '{summary,fail}')::bigint as fail,
    (body #>> '{summary,waived}')::bigint as waived,
    (body #>> '{summary,not_assessed}')::bigint as not_assessed,
    (body #>> '{summary,manual}')::bigint as manual,
    (body #>> '{summary,pass}')::bigint as pass
  from line;

create or replace view finding as
  select
    l.line, v.phone, v.profile,
    (f ->> 'code') collate "C" as rule,
    (f ->> 'severity') collate "C" as severity,
    f ->> 'verdict' as verdict,
    coalesce(f ->> 'check', f ->> 'permission') as about,
    (f #>> '{app,id}') collate "C" as app,
    f ->> 'because' as because
  from line l join verdict v on v.line = l.line, jsonb_array_elements(l.body -> 'findings') as f;

create or replace view gap as
  select l.line, g ->> 'area' as area, (g ->> 'reason') collate "C" as reason, g ->> 'app' as app
  from line l, jsonb_array_elements(l.body -> 'gaps') as g;
