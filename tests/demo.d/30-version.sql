-- Versions: three deliveries of the tree register, and the state before the storm.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'Europe/Berlin';

CREATE TEMP TABLE made AS SELECT * FROM allmende.track('demo.tree', message => 'Erstlieferung', valid_at => '2025-11-01');

-- second delivery: a round of measurements, and new trees
UPDATE demo.tree SET height_m = height_m + 0.4, checked = date '2026-03-20' WHERE fid % 20 = 0;
INSERT INTO demo.tree (number, ags, cell, street, species, planted, girth_cm, height_m, vitality, checked, geom)
SELECT 'N' || fid, ags, cell, street, 'Feldahorn', 2026, 12, 2.5, vitality, '2026-03-20', geom
FROM demo.tree WHERE fid % 200 = 1;
INSERT INTO made SELECT * FROM allmende.commit('demo.tree', 'Rundgang im Frühjahr', valid_at => '2026-03-20',
	source => '{"delivery": "trees-2026-03.csv"}');

-- third delivery: a storm
DELETE FROM demo.tree WHERE species LIKE 'Fichte%' OR fid % 97 = 0;
INSERT INTO made SELECT * FROM allmende.commit('demo.tree', 'Nach dem Sturm', valid_at => '2026-05-02');

\echo
\echo 'Three deliveries of the tree register, three versions: SELECT * FROM allmende.log(''demo.tree'')'
SELECT ref, to_char(valid_at, 'DD.MM.YYYY') AS "Stand", message, inserted, updated, deleted, total,
	left(revision::text, 12) || '…' AS revision
FROM allmende.log('demo.tree');

\echo 'The register as it was on 30 April: SELECT ... FROM allmende.at(NULL::demo.tree, ''2026-04-30'')'
SELECT b.trees, now.trees AS today, b.trees - now.trees AS "lost in the storm", b."mean height/m"
FROM (SELECT count(*) AS trees, round(avg(height_m), 2) AS "mean height/m"
		FROM allmende.at(NULL::demo.tree, '2026-04-30')) AS b,
	(SELECT count(*) AS trees FROM demo.tree) AS now;

\echo 'Is the history what its revisions say?  SELECT * FROM allmende.verify(''demo.tree'')'
SELECT CASE (SELECT count(*) FROM allmende.verify('demo.tree'))
		WHEN 0 THEN 'yes: every row of every version' ELSE 'NO' END AS verified,
	pg_size_pretty(head_bytes) AS "table with indexes", pg_size_pretty(store_bytes) AS "all three versions"
FROM allmende.datasets WHERE dataset = 'demo.tree';
