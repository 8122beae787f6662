-- Four questions about a fleet. The same text for DuckDB, PostgreSQL and Spark SQL, over the views that duckdb.sql, postgres.sql and
-- spark_query.py make: verdict (a line), finding, app.

-- Phones by verdict.
select profile, verdict, coalesce(worst, '-') as worst, count(distinct phone) as phones
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

-- The apps that most phones have.
select app, count(distinct phone) as phones
from app
group by 1
order by phones desc, 1
limit 10;

-- What could not be assessed, and why.
select rule, reason, count(distinct phone) as phones
from finding
where verdict = 'not-assessed'
group by 1, 2
order by phones desc, 1, 2;
