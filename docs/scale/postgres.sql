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
    (body ->> 'verdict') collate "C" as verdict,
    (body ->> 'worst') collate "C" as worst
  from line;

create or replace view finding as
  select
    l.line, v.phone, v.profile,
    (f ->> 'code') collate "C" as rule,
    (f ->> 'severity') collate "C" as severity,
    (f ->> 'verdict') collate "C" as verdict,
    (f ->> 'app') collate "C" as app,
    f ->> 'permission' as permission,
    (f ->> 'reason') collate "C" as reason
  from line l join verdict v on v.line = l.line, jsonb_array_elements(l.body -> 'findings') as f;

create or replace view app as
  select l.line, v.phone, a.app collate "C" as app
  from line l join verdict v on v.line = l.line, jsonb_array_elements_text(l.body -> 'apps') as a (app);
