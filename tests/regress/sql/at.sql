-- Rows of any version, as a node of plans and as a function, which must agree.
CREATE SCHEMA at;
CREATE TYPE at.kind AS ENUM ('oak', 'lime', 'beech');
CREATE TABLE at.tree (
	id int8 PRIMARY KEY,
	kind at.kind,
	place text,
	planted date,
	height numeric(6,2),
	girth float8,
	uid uuid,
	healthy bool,
	gone int4
);
CREATE FUNCTION at.tree_number(number int8, shift int4) RETURNS at.tree
	LANGUAGE sql AS $$
SELECT ROW(number,
	(enum_range(NULL::at.kind))[1 + number / 50000 % 3],
	CASE WHEN number % 11 > 0 THEN 'place ' || number / 10000 END,
	date '2000-01-01' + (number / 100 + shift)::int4,
	CASE WHEN number % 13 > 0 THEN (number % 4000)::numeric / 100 END,
	CASE number % 1000 WHEN 0 THEN 'NaN' WHEN 1 THEN '-0' ELSE number::float8 / 7 END,
	lpad(to_hex(number), 32, '0')::uuid,
	number % 3 = 0,
	number::int4)::at.tree
$$;
INSERT INTO at.tree SELECT (at.tree_number(n, 0)).* FROM generate_series(1, 140000) AS n;
ANALYZE at.tree;

-- what has no history says so, in both forms
SELECT test.error($$SELECT * FROM allmende.at(NULL::at.tree, 'HEAD')$$);
SET allmende.enable_at_scan = off;
SELECT test.error($$SELECT * FROM allmende.at(NULL::at.tree, 'HEAD')$$);
RESET allmende.enable_at_scan;

-- states after several commits; copies to compare with
CREATE TABLE at.state (version text, like at.tree);
CREATE FUNCTION at.remember(version text) RETURNS void LANGUAGE sql AS
'INSERT INTO at.state SELECT version, * FROM at.tree';
SELECT count(*) FROM (SELECT allmende.track('at.tree')) AS t;
SELECT at.remember('v1');
UPDATE at.tree SET height = height + 1, place = 'moved' WHERE id % 10000 = 5;
DELETE FROM at.tree WHERE id BETWEEN 101 AND 110;
INSERT INTO at.tree SELECT (at.tree_number(n, 7)).* FROM generate_series(140001, 140020) AS n;
SELECT version FROM allmende.commit('at.tree', 'few');
SELECT at.remember('v2');
UPDATE at.tree SET planted = planted + 10000 WHERE id BETWEEN 60000 AND 69999;
SELECT version FROM allmende.commit('at.tree', 'many');
SELECT at.remember('v3');
DELETE FROM at.tree WHERE id > 20;
SELECT version FROM allmende.commit('at.tree', 'nearly all');
SELECT at.remember('v4');
UPDATE at.tree SET healthy = NOT healthy WHERE id = 3;
SELECT at.remember('WORKING');

SELECT v.version,
	(SELECT count(*) FROM allmende.at(NULL::at.tree, v.version)) AS "rows",
	(SELECT count(*) FROM (
		SELECT * FROM allmende.at(NULL::at.tree, v.version)
		EXCEPT ALL
		SELECT id, kind, place, planted, height, girth, uid, healthy, gone
		FROM at.state AS s WHERE s.version = v.version) AS more) AS more,
	(SELECT count(*) FROM (
		SELECT id, kind, place, planted, height, girth, uid, healthy, gone
		FROM at.state AS s WHERE s.version = v.version
		EXCEPT ALL
		SELECT * FROM allmende.at(NULL::at.tree, v.version)) AS fewer) AS fewer
FROM (VALUES ('v1'), ('v2'), ('v3'), ('v4'), ('WORKING')) AS v(version) ORDER BY v.version;
SELECT count(*) FROM allmende.at(NULL::at.tree, 'HEAD~3');

-- every kind of condition: the node finds what is true of the rows that the
-- function returns; did it spare segments?
SET allmende.enable_at_scan = off;
CREATE TABLE at.by_function AS SELECT * FROM allmende.at(NULL::at.tree, 'v2');
RESET allmende.enable_at_scan;
CREATE FUNCTION at.compare(condition text, OUT "rows" int8, OUT different int8, OUT spared bool)
	LANGUAGE plpgsql AS $$
DECLARE
	by_node text := 'SELECT * FROM allmende.at(NULL::at.tree, ''v2'') AS t WHERE ' || condition;
	by_function text := 'SELECT * FROM at.by_function AS t WHERE ' || condition;
	plan json;
BEGIN
	EXECUTE 'SELECT count(*) FROM (' || by_function || ') AS f' INTO "rows";
	EXECUTE format('SELECT count(*) FROM ((%1$s EXCEPT ALL %2$s) UNION ALL (%2$s EXCEPT ALL %1$s)) AS d',
		by_node, by_function) INTO different;
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || by_node INTO plan;
	spared := (plan -> 0 -> 'Plan' ->> 'Segments Skipped')::int > 0;
END
$$;
SELECT c.condition, r.*
FROM (VALUES
	(1, 'id = 7'), (2, 'id = 7::int2'), (3, '7 = id'), (4, 'id = 105'), (5, 'id = 140007'),
	(6, 'id IN (5, 6, 7, 105, 99999, NULL)'), (7, 'id = ANY (ARRAY[]::int8[])'),
	(8, 'id = NULL'), (9, 'id = 10005 AND place = ''moved'''), (10, 'id = 10005 AND place = ''place 1'''),
	(11, 'id < 100'), (12, '100 >= id'), (13, 'id > 139990'), (14, 'id BETWEEN 70000 AND 70100'),
	(15, 'id > ALL (ARRAY[1, 139995])'), (16, 'id < ANY (ARRAY[3, 5])'),
	(17, 'kind = ''lime'''), (18, 'kind = ''beech'' AND id < 50000'), (19, 'kind < ''lime'''),
	(20, 'place = ''place 12'''), (21, 'place = ''nowhere'''), (22, 'place IN (''place 1'', ''moved'', NULL)'),
	(23, 'place IS NULL'), (24, 'place IS NOT NULL AND id > 139999'), (25, 'place > ''place 9'''),
	(26, 'planted = ''2000-01-05'''), (27, 'planted < timestamp ''2000-01-05 12:00'''),
	(28, 'planted > ''2003-10-20'''), (29, 'height = 12.5'), (30, 'height < 0'), (31, 'height > 40.9'),
	(32, 'girth = ''NaN'''), (33, 'girth = 0'), (34, 'girth > 19999.9::float4'), (35, 'girth < -1'),
	(36, 'uid = ''00000000-0000-0000-0000-000000000007'''), (37, 'uid > ''00000000-0000-0000-0000-0000000222d0'''),
	(38, 'healthy AND id < 10'), (39, 'healthy = true AND gone = 99999'),
	(40, 'gone = 5000000000'), (41, 'gone = 5'), (42, 'gone <> 5 AND id < 8'),
	(43, 'gone = (SELECT 6)'), (44, 'id = (SELECT max(s.id) FROM at.state AS s WHERE s.version = ''v4'')'),
	(45, 'id = random()'), (46, 'place LIKE ''mov%''')
	) AS c(n, condition), at.compare(c.condition) AS r ORDER BY c.n;

-- plans
EXPLAIN (COSTS OFF) SELECT id FROM allmende.at(NULL::at.tree, 'v2') WHERE id = 7;
EXPLAIN (COSTS OFF) SELECT count(*) FROM allmende.at(NULL::at.tree, 'v2');
EXPLAIN (COSTS OFF) SELECT * FROM allmende.at(NULL::at.tree, 'v2') AS t WHERE gone > 3 AND place = 'moved';
EXPLAIN (COSTS OFF, VERBOSE) SELECT t, t.place FROM allmende.at(NULL::at.tree, 'WORKING') AS t WHERE t.id + 1 = 8;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT place FROM allmende.at(NULL::at.tree, 'v1') WHERE id = 70000;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1') WHERE gone > 139990;
EXPLAIN (COSTS OFF)
SELECT * FROM (VALUES (1::int8), (2)) AS v(id) JOIN allmende.at(NULL::at.tree, 'v1') AS t USING (id);
EXPLAIN (COSTS OFF)
SELECT l.ref, t.n FROM (VALUES ('v1'), ('v2')) AS l(ref), LATERAL (SELECT count(*) AS n FROM allmende.at(NULL::at.tree, l.ref)) AS t;
SET allmende.enable_at_scan = off;
EXPLAIN (COSTS OFF) SELECT id FROM allmende.at(NULL::at.tree, 'v2') WHERE id = 7;
RESET allmende.enable_at_scan;
EXPLAIN (COSTS OFF) SELECT id FROM allmende.at(NULL::at.tree, 'v2') WITH ORDINALITY;

-- joins, of versions with one another, and with the table
SELECT a.id, a.place, b.place, t.healthy
FROM allmende.at(NULL::at.tree, 'v1') AS a
	JOIN allmende.at(NULL::at.tree, 'v2') AS b USING (id)
	LEFT JOIN at.tree AS t USING (id)
WHERE a.place IS DISTINCT FROM b.place ORDER BY a.id LIMIT 3;
SELECT v.id, t.kind, t.place
FROM (VALUES (1::int8), (105), (140000), (NULL)) AS v(id)
	LEFT JOIN allmende.at(NULL::at.tree, 'v2') AS t USING (id) ORDER BY v.id;
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1') AS a
	FULL JOIN allmende.at(NULL::at.tree, 'v4') AS b USING (id) WHERE b.id IS NULL;
SELECT l.ref, t.n, t.high
FROM allmende.log('at.tree') AS l,
	LATERAL (SELECT count(*) AS n, max(height) AS high FROM allmende.at(NULL::at.tree, l.ref)) AS t
ORDER BY l.ref;

-- where the planner has no relation of it, and other shapes
SELECT allmende.at(NULL::at.tree, 'v4') LIMIT 1;
SELECT (allmende.at(NULL::at.tree, 'v4')).place LIMIT 1;
SELECT t.id, t.ordinality FROM allmende.at(NULL::at.tree, 'v4') WITH ORDINALITY AS t ORDER BY t.id LIMIT 2;
SELECT * FROM ROWS FROM (generate_series(1, 2), allmende.at(NULL::at.tree, 'v4')) AS r LIMIT 2;
SELECT t FROM allmende.at(NULL::at.tree, 'v4') AS t WHERE id = 2;
SELECT EXISTS (SELECT FROM allmende.at(NULL::at.tree, 'v4') AS t WHERE t.id = 21);
SELECT s.id FROM at.tree AS s WHERE s.id < 5
	AND s.healthy <> (SELECT t.healthy FROM allmende.at(NULL::at.tree, 'HEAD') AS t WHERE t.id = s.id);
SELECT count(*) FROM (
	SELECT id FROM allmende.at(NULL::at.tree, 'v4')
	UNION ALL SELECT id FROM allmende.at(NULL::at.tree, 'WORKING')) AS u WHERE id = 7;
WITH a AS MATERIALIZED (SELECT * FROM allmende.at(NULL::at.tree, 'v4')) SELECT count(*) FROM a;

-- views, prepared statements, cursors
CREATE VIEW at.view AS SELECT id, place FROM allmende.at(NULL::at.tree, 'v2');
SELECT * FROM at.view WHERE id = 10005;
PREPARE at_ref(text, int8) AS SELECT id, place FROM allmende.at(NULL::at.tree, $1) WHERE id = $2;
SET plan_cache_mode = force_generic_plan;
EXECUTE at_ref('v1', 10005);
EXECUTE at_ref('v2', 10005);
EXPLAIN (COSTS OFF) EXECUTE at_ref('v2', 10005);
SELECT test.error($$EXECUTE at_ref(NULL, 1)$$);
RESET plan_cache_mode;
EXECUTE at_ref('v1', 105);
BEGIN;
DECLARE by_steps SCROLL CURSOR WITH HOLD FOR
	SELECT id FROM allmende.at(NULL::at.tree, 'v4') WHERE id > 3;
FETCH 2 FROM by_steps;
FETCH BACKWARD 1 FROM by_steps;
COMMIT;
FETCH 1 FROM by_steps;
CLOSE by_steps;
BEGIN;
DECLARE before CURSOR FOR SELECT count(*) FROM allmende.at(NULL::at.tree, 'WORKING') WHERE id > 10;
DELETE FROM at.tree WHERE id = 20;
FETCH before;
ROLLBACK;

-- a row that is updated meanwhile is checked against the version's row
UPDATE at.tree AS t SET place = a.place FROM allmende.at(NULL::at.tree, 'v2') AS a
WHERE a.id = t.id AND t.id = 5 RETURNING t.id, t.place;

-- errors
SELECT test.error($$SELECT * FROM allmende.at(NULL::at.tree, NULL)$$);
SELECT test.error($$SELECT * FROM allmende.at(NULL::at.tree, 'v99')$$);
SELECT test.error($$SELECT * FROM allmende.at('at.tree', 'v1')$$);
SELECT test.error($$SELECT * FROM allmende.at(1, 'v1')$$);
SELECT test.error($$SELECT * FROM allmende.at(NULL::pg_class, 'v1')$$);
CREATE TYPE at.pair AS (a int, b int);
SELECT test.error($$SELECT * FROM allmende.at(NULL::at.pair, 'v1')$$);

-- row ids
SELECT cardinality(allmende.version_rows('at.tree', 'v1') & allmende.version_rows('at.tree', 'v2')) AS kept,
	cardinality(allmende.version_rows('at.tree', 'v2') - allmende.version_rows('at.tree', 'v1')) AS new,
	cardinality(allmende.version_rows('at.tree')) AS present;
SELECT test.error($$SELECT allmende.version_rows('at.tree', 'WORKING')$$);

-- rights, looked at when the query runs
CREATE ROLE at_reader;
GRANT USAGE ON SCHEMA at TO at_reader;
GRANT SELECT (id, kind) ON at.tree TO at_reader;
PREPARE at_kind AS SELECT kind FROM allmende.at(NULL::at.tree, 'v1') WHERE id = 1;
EXECUTE at_kind;
SET ROLE at_reader;
EXECUTE at_kind;
SELECT kind FROM allmende.at(NULL::at.tree, 'v1') WHERE id = 2;
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1') WHERE id < 5;
SELECT test.error($$SELECT place FROM allmende.at(NULL::at.tree, 'v1') WHERE id = 1$$);
SELECT test.error($$SELECT id FROM allmende.at(NULL::at.tree, 'v1') WHERE place = 'moved'$$);
SELECT test.error($$SELECT t FROM allmende.at(NULL::at.tree, 'v1') AS t$$);
SELECT test.error($$SELECT allmende.at(NULL::at.tree, 'v1')$$);
SELECT test.error($$EXPLAIN SELECT place FROM allmende.at(NULL::at.tree, 'v1')$$);
SELECT test.error($$SELECT allmende.version_rows('at.tree', 'v1')$$);
RESET ROLE;
REVOKE SELECT (kind) ON at.tree FROM at_reader;
SET ROLE at_reader;
SELECT test.error('EXECUTE at_kind');
RESET ROLE;

-- policies, before anything else sees a row
GRANT SELECT ON at.tree TO at_reader;
ALTER TABLE at.tree ENABLE ROW LEVEL SECURITY;
SET ROLE at_reader;
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1');
RESET ROLE;
CREATE POLICY lime ON at.tree USING (kind = 'lime');
CREATE POLICY high ON at.tree AS RESTRICTIVE USING (height > 39);
CREATE FUNCTION at.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS
$$ BEGIN RAISE NOTICE 'sees %', $1; RETURN true; END $$;
SET ROLE at_reader;
SELECT count(*), min(kind), max(kind), min(height) FROM allmende.at(NULL::at.tree, 'v1');
SELECT id, place FROM allmende.at(NULL::at.tree, 'v1') WHERE at.leak(place) AND id IN (1, 51998, 51999);
SELECT count(*) FROM allmende.at(NULL::at.tree, 'WORKING');
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT id FROM allmende.at(NULL::at.tree, 'v1') WHERE id = 51999;
SELECT test.error($$SELECT allmende.version_rows('at.tree', 'v1')$$);
SET allmende.enable_at_scan = off;
SELECT count(*), min(kind), max(kind), min(height) FROM allmende.at(NULL::at.tree, 'v1');
RESET allmende.enable_at_scan;
SET row_security = off;
SELECT test.error($$SELECT id FROM allmende.at(NULL::at.tree, 'v1')$$);
RESET row_security;
RESET ROLE;
CREATE POLICY granted ON at.tree USING (id IN (SELECT s.id FROM at.state AS s));
SET ROLE at_reader;
SELECT test.error($$SELECT id FROM allmende.at(NULL::at.tree, 'v1')$$);
RESET ROLE;
DROP POLICY granted ON at.tree;
ALTER TABLE at.tree DISABLE ROW LEVEL SECURITY;

-- columns that come, go, and change
DROP VIEW at.view;
DROP POLICY lime ON at.tree;
DROP POLICY high ON at.tree;
PREPARE at_place AS SELECT place FROM allmende.at(NULL::at.tree, 'v4') WHERE id = 4;
EXECUTE at_place;
ALTER TABLE at.tree RENAME COLUMN place TO site;
ALTER TABLE at.tree DROP COLUMN gone;
ALTER TABLE at.tree ADD COLUMN owner text DEFAULT 'town';
ALTER TABLE at.tree ADD COLUMN note text;
SELECT * FROM allmende.at(NULL::at.tree, 'v4') WHERE id IN (4, 6) ORDER BY id;
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1') WHERE owner = 'town' AND note IS NULL;
SELECT version FROM allmende.commit('at.tree', 'other columns');
ALTER TABLE at.tree ALTER COLUMN planted TYPE timestamp;
ALTER TABLE at.tree ALTER COLUMN height TYPE text;
SELECT * FROM allmende.at(NULL::at.tree, 'v4') WHERE id IN (4, 6) ORDER BY id;
SELECT * FROM allmende.at(NULL::at.tree, 'v5') WHERE id IN (4, 6) ORDER BY id;
SELECT * FROM allmende.at(NULL::at.tree, 'WORKING') WHERE id IN (4, 6) ORDER BY id;
EXECUTE at_place;
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1') WHERE planted < '2000-01-05';
SELECT count(*) FROM allmende.at(NULL::at.tree, 'v1') WHERE owner = 'town' AND note IS NULL;
ALTER TABLE at.tree ALTER COLUMN uid TYPE bool USING true;
SELECT test.error($$SELECT uid FROM allmende.at(NULL::at.tree, 'v4')$$);
SELECT id, site FROM allmende.at(NULL::at.tree, 'v4') WHERE id = 4;

DEALLOCATE ALL;
SET client_min_messages = warning;
DROP SCHEMA at CASCADE;
DROP OWNED BY at_reader;
DROP ROLE at_reader;
