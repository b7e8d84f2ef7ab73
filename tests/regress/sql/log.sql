-- Log, marks and the view of datasets, and who may read them.  Roles and tables
-- are of this test alone; what changes from run to run is only compared.
SET client_min_messages = warning;
SET TIME ZONE 'Europe/Berlin';
CREATE ROLE log_owner;
CREATE ROLE log_reader;
CREATE ROLE log_writer;
CREATE ROLE log_column;
CREATE ROLE log_limited;
CREATE ROLE log_nobody;
CREATE SCHEMA log;
GRANT USAGE, CREATE ON SCHEMA log TO log_owner;
GRANT USAGE ON SCHEMA log TO PUBLIC;

-- What a role is told: the result of an expression, or the error
CREATE FUNCTION log.as_role(role name, expression text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	result text;
	detail text;
	hint text;
BEGIN
	PERFORM set_config('role', role, true);
	EXECUTE 'SELECT ' || expression INTO result;
	PERFORM set_config('role', 'none', true);
	RETURN coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS result = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, result, nullif(detail, ''),
		nullif(hint, ''));
END
$$;

SET ROLE log_owner;
CREATE TABLE log.trees (id int PRIMARY KEY, height int);
COMMENT ON TABLE log.trees IS 'Trees of the town';
GRANT SELECT ON log.trees TO log_reader, log_limited;
GRANT UPDATE, SELECT ON log.trees TO log_writer;
GRANT SELECT (id) ON log.trees TO log_column;
INSERT INTO log.trees SELECT n, n FROM generate_series(1, 10) AS n;
SELECT version FROM allmende.track('log.trees', valid_at => '2015-01-01');
UPDATE log.trees SET height = 0 WHERE id <= 2;
DELETE FROM log.trees WHERE id = 10;
SELECT version FROM allmende.commit('log.trees', 'Survey of spring',
	author => 'Zoë', valid_at => '2015-04-01 10:00',
	source => '{"file": "trees.csv"}');
INSERT INTO log.trees VALUES (11, 11), (12, 12);
SELECT version FROM allmende.commit('log.trees', 'Two new ones');

-- All versions, the last one first
SELECT ref, version, valid_at, nullif(author, session_user) AS author, message,
	source, inserted, updated, deleted, total, marks
FROM allmende.log('log.trees');
SELECT count(DISTINCT revision) AS revisions,
	bool_and(committed_at BETWEEN now() - interval '1 hour' AND
		clock_timestamp()) AS times
FROM allmende.log('log.trees');

-- A part of them
SELECT n, since, until, (SELECT string_agg(ref, ' ')
	FROM allmende.log('log.trees', since, until)) AS versions
FROM (VALUES
	(1, NULL, 'HEAD'), (2, NULL, NULL), (3, 'v1', 'HEAD'), (4, 'v1', 'v2'),
	(5, 'v2', 'v2'), (6, 'v3', 'v1'), (7, NULL, 'HEAD~'), (8, 'HEAD~', 'main'),
	(9, '2015-02-01', '2015-05-01')) AS v(n, since, until)
ORDER BY n;
SELECT n, test.error(format('SELECT * FROM allmende.log(%L, %L, %L)', rel, since,
	until)) AS said
FROM (VALUES
	(1, 'log.trees', 'v4', 'HEAD'), (2, 'log.trees', 'v1', 'v4'),
	(3, 'log.trees', 'WORKING', 'HEAD'), (4, 'log.trees', 'v1', 'WORKING'),
	(5, 'log.trees', 'v1', ''), (6, NULL, NULL, NULL),
	(7, 'pg_catalog.pg_class', NULL, 'HEAD')) AS v(n, rel, since, until)
ORDER BY n;

-- Marks
SELECT allmende.mark('log.trees', 'spring', 'v2') AS spring,
	allmende.mark('log.trees', 'also spring', '2015-04-01') AS also,
	allmende.mark('log.trees', 'now') AS now,
	allmende.mark('log.trees', NULL) AS nothing;
SELECT ref, marks FROM allmende.log('log.trees');
SELECT n, test.error(format('SELECT allmende.mark(%L, %L, %L)', 'log.trees',
	name, ref)) AS said
FROM (VALUES
	(1, 'spring', 'v1'), (2, 'main', 'v1'), (3, 'x', 'v9'), (4, 'x', 'WORKING'),
	(5, 'x', 'spirng'), (6, 'head', 'v1'), (7, 'v7', 'v1'), (8, 'v7', 'v9'),
	(9, '12345678', 'v1'), (10, '2015-01-01', 'v1'), (11, '', 'v1'),
	(12, ' x', 'v1'), (13, 'ü~1', 'v1'), (14, E'ü\nx', 'v1'),
	(15, repeat('ü', 32), 'v1'), (16, repeat('x', 63), 'v1')) AS v(n, name, ref)
ORDER BY n;
SELECT test.error($$SELECT allmende.unmark('log.trees', 'spirng')$$) AS unlike,
	test.error($$SELECT allmende.unmark('log.trees', 'main')$$) AS branch;
SELECT allmende.unmark('log.trees', 'spring'),
	allmende.unmark('log.trees', repeat('x', 63)),
	allmende.unmark('log.trees', NULL);
SELECT test.error($$SELECT allmende.unmark('log.trees', 'spring')$$) AS again;
SELECT allmende.mark('log.trees', 'spring', 'v1') AS elsewhere;
SELECT ref, marks FROM allmende.log('log.trees');

-- A mark of one command is seen by the next call in it, and goes with its
-- transaction
SELECT test.error($$SELECT allmende.mark('log.trees', 'twice'),
	allmende.mark('log.trees', 'twice')$$) AS said;
BEGIN;
SELECT allmende.mark('log.trees', 'rolled back');
ROLLBACK;
BEGIN READ ONLY;
SELECT allmende.mark('log.trees', 'read only');
ROLLBACK;
SELECT count(*) AS marks FROM allmende.log('log.trees') AS l, unnest(l.marks) AS m
WHERE m IN ('twice', 'rolled back', 'read only');

-- Datasets
SELECT dataset, rel, title, version, valid_at, "rows", pending, pending_since,
	uuid IS NOT NULL AS uuid, head_bytes = pg_total_relation_size(rel) AS head,
	store_bytes > 0 AS store
FROM allmende.datasets WHERE dataset LIKE 'log.%';
SELECT d.revision = l.revision AS revision, d.committed_at = l.committed_at AS committed,
	d.last_delivery = delivery.committed_at AS delivery
FROM allmende.datasets AS d, allmende.log('log.trees') AS l,
	allmende.log('log.trees') AS delivery
WHERE d.dataset = 'log.trees' AND l.version = 3 AND delivery.version = 2;
UPDATE log.trees SET height = 1 WHERE id = 1;
SELECT version, "rows", pending, pending_since > committed_at AS since
FROM allmende.datasets WHERE dataset = 'log.trees';
SELECT version FROM allmende.commit('log.trees', 'One');
SELECT version, "rows", pending, pending_since, last_delivery < committed_at AS delivery
FROM allmende.datasets WHERE dataset = 'log.trees';

-- Another name; a name that needs quotes; a partitioned table
CREATE TABLE log.parts (id int PRIMARY KEY, value text) PARTITION BY RANGE (id);
CREATE TABLE log.parts_low PARTITION OF log.parts FOR VALUES FROM (0) TO (100);
CREATE TABLE log.parts_high PARTITION OF log.parts FOR VALUES FROM (100) TO (200);
INSERT INTO log.parts SELECT n, n FROM generate_series(0, 199) AS n;
SELECT version, total FROM allmende.track('log.parts');
CREATE TABLE log."Bäume, alt" (id int PRIMARY KEY);
SELECT version, total FROM allmende.track('log."Bäume, alt"');
SELECT dataset, rel, title, version, "rows" FROM allmende.datasets
WHERE dataset LIKE 'log.%' ORDER BY dataset;
SELECT head_bytes > 0 AND head_bytes = pg_total_relation_size('log.parts_low') +
	pg_total_relation_size('log.parts_high') AS leaves
FROM allmende.datasets WHERE dataset = 'log.parts';
SELECT test.error($$SELECT * FROM allmende.log('log.parts_low')$$) AS partition;
ALTER TABLE log."Bäume, alt" RENAME TO old;
SELECT dataset FROM allmende.datasets WHERE dataset LIKE 'log.%' ORDER BY dataset;

-- By name or uuid
SET search_path = log;
SELECT n, name, log.as_role('log_owner', format(
	'string_agg(message, '', '') FROM allmende.dataset_log(%L)', name)) AS said
FROM (VALUES (1, 'log.old'), (2, 'old'), (3, 'trees'), (4, 'LOG.Trees'),
	(5, 'log."Trees"'), (6, 'log.parts_low'), (7, 'log.none'), (8, 'none.trees'),
	(9, ''), (10, 'a.b.c.d'), (11, 'log.'),
	(12, '00000000-0000-0000-0000-000000000000'), (13, 'x; DROP')) AS v(n, name)
ORDER BY n;
RESET search_path;
SELECT test.error($$SELECT * FROM allmende.dataset_log('trees')$$) AS elsewhere,
	test.error($$SELECT * FROM allmende.dataset_log(NULL)$$) AS nothing;
SELECT count(*) AS versions
FROM allmende.datasets AS d, allmende.dataset_log(d.uuid::text, 'v1') AS l
WHERE d.dataset = 'log.trees';
RESET ROLE;

-- Rights
SELECT r.role, log.as_role(r.role, f.call) AS said, f.what
FROM unnest('{log_owner,log_reader,log_writer,log_column,log_nobody}'::name[])
		WITH ORDINALITY AS r(role, n),
	(VALUES (1, 'log', $$count(*) FROM allmende.log('log.trees')$$),
		(2, 'dataset_log', $$count(*) FROM allmende.dataset_log('log.trees')$$),
		(3, 'mark', $$allmende.mark('log.trees', current_user::text)$$),
		(4, 'unmark', $$allmende.unmark('log.trees', 'now')$$),
		(5, 'datasets', $$count(*) FROM allmende.datasets WHERE dataset LIKE 'log.%'$$),
		(6, 'tables', $$count(*) FROM allmende.version$$)) AS f(n, what, call)
ORDER BY r.n, f.n;

-- An untracked table that one may not read says no more than one that is tracked
CREATE TABLE log.plain (id int);
SELECT log.as_role('log_nobody', $$count(*) FROM allmende.log('log.plain')$$) AS log,
	log.as_role('log_nobody', $$allmende.mark('log.plain', 'x')$$) AS mark;
SELECT test.error($$SELECT allmende.mark('log.plain', 'x')$$) AS mark,
	test.error($$SELECT allmende.unmark('log.plain', 'x')$$) AS unmark,
	test.error($$SELECT * FROM allmende.log('log.plain')$$) AS log,
	test.error($$SELECT * FROM allmende.dataset_log('log.plain')$$) AS dataset_log;

-- Policies: counts are withheld from those whom they hide rows from
ALTER TABLE log.trees ENABLE ROW LEVEL SECURITY;
CREATE POLICY low ON log.trees FOR SELECT TO log_limited USING (id < 5);
SET ROLE log_limited;
SELECT count(*) AS visible FROM log.trees;
SELECT ref, message, inserted, updated, deleted, total
FROM allmende.log('log.trees', 'v1');
SELECT inserted, updated, deleted, total FROM allmende.dataset_log('log.trees', 'v3');
SELECT dataset, version, "rows" FROM allmende.datasets WHERE dataset LIKE 'log.%';
SET ROLE log_owner;
SELECT ref, inserted, updated, deleted, total FROM allmende.log('log.trees', 'v1');
SELECT "rows" FROM allmende.datasets WHERE dataset = 'log.trees';
ALTER TABLE log.trees FORCE ROW LEVEL SECURITY;
SELECT ref, inserted, updated, deleted, total FROM allmende.log('log.trees', 'v3');
SELECT "rows" FROM allmende.datasets WHERE dataset = 'log.trees';
ALTER TABLE log.trees NO FORCE ROW LEVEL SECURITY;
RESET ROLE;
SELECT total FROM allmende.log('log.trees', 'v3');

-- Datasets whose table is gone: their last owner, and superusers
DROP TABLE log.trees;
SELECT r.role, log.as_role(r.role, f.call) AS said
FROM unnest('{log_owner,log_reader,log_nobody}'::name[]) WITH ORDINALITY AS r(role, n),
	(VALUES (1, $$string_agg(ref || ' ' || total, ', ') FROM allmende.dataset_log('log.trees')$$),
		(2, $$string_agg(dataset, ', ' ORDER BY dataset) FROM allmende.datasets WHERE dataset = 'log.trees'$$)) AS f(n, call)
ORDER BY r.n, f.n;
SELECT dataset, rel, title, version, "rows", head_bytes, store_bytes > 0 AS store
FROM allmende.datasets WHERE dataset = 'log.trees';

-- Several tables had the name; the one that has it now comes first
SET ROLE log_owner;
CREATE TABLE log.trees (id int PRIMARY KEY);
SELECT version FROM allmende.track('log.trees', message => 'second table');
SELECT message FROM allmende.dataset_log('log.trees');
DROP TABLE log.trees;
SELECT regexp_replace(test.error($$SELECT * FROM allmende.dataset_log('log.trees')$$),
	'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<uuid>', 'g') AS said;
SELECT count(*) AS datasets, sum(version) AS versions
FROM allmende.datasets WHERE dataset = 'log.trees';
CREATE TABLE log.trees (id int PRIMARY KEY);
SELECT regexp_replace(test.error($$SELECT * FROM allmende.dataset_log('log.trees')$$),
	'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<uuid>', 'g') AS said;
DROP TABLE log.parts, log.old, log.trees;
SELECT allmende.forget(uuid::text) FROM allmende.datasets
WHERE dataset LIKE 'log.%' ORDER BY dataset, version;
SELECT count(*) AS datasets FROM allmende.datasets WHERE dataset LIKE 'log.%';
RESET ROLE;
DROP SCHEMA log CASCADE;
DROP ROLE log_owner, log_reader, log_writer, log_column, log_limited, log_nobody;
