-- Four questions about a fleet. The same text for DuckDB, PostgreSQL and Spark SQL, over the views that duckdb.sql, postgres.sql and
-- spark_query.py make: verdict (a line), finding, gap.

-- Phones by worst verdict.
select
  profile,
  case when fail > 0 then 'fail' when waived > 0 then 'waived' when not_assessed > 0 then 'not-assessed'
       when manual > 0 then 'manual' when pass > 0 then 'pass' else 'not-applicable' end as worst_verdict,
  coalesce(worst, '-') as worst_severity,
  count(distinct phone) as phones
from verdict
group by 1, 2, 3
order by phones desc, 1, 2, 3;

-- The rules that fail on most phones.
select profile, rule, severity, count(distinct phone) as phones, count(*) as findings
from finding
where verdict = 'fail'
group by 1, 2, 3
order by phones desc, findings desc, 1, 2, 3
limit 10;

-- The apps that most phones have a finding about, and on how many of them one fails.
select app, count(distinct phone) as phones, count(distinct case when verdict = 'fail' then phone end) as failing
from finding
where app is not null and app <> 'hidden' and verdict <> 'not-applicable'
group by 1
order by phones desc, failing desc, 1
limit 10;

-- What could not be assessed, and why. Without a gap of that name the evidence was read and does not say.
select f.rule, coalesce(g.reason, 'not-shown') as reason, count(distinct f.phone) as phones
from finding f
left join gap g on g.line = f.line and g.area = f.about and (g.app is null or g.app = f.app)
where f.verdict = 'not-assessed'
group by 1, 2
order by phones desc, 1, 2;
