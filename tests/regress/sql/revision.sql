-- Type revision.

-- What it reads and writes
SELECT test.input('revision', repeat('0', 64)) AS zeros,
	test.input('revision', repeat('aF', 32)) = repeat('af', 32) AS lower_case,
	sha256('a')::revision AS of_bytea,
	sha256('a')::revision::bytea = sha256('a') AS to_bytea,
	revision(repeat('ab', 32))::text = repeat('ab', 32) AS by_function;

-- What it refuses: 64 digits without one, or with another character at each of
-- several places, and what looks like a revision
WITH digits AS (SELECT encode(sha256('a'), 'hex') AS good),
bad(n, value) AS (
	SELECT v.n, v.value
	FROM digits, LATERAL (VALUES
		(1, ''), (2, ' '), (3, '0'), (4, 'ca978112'), (5, left(good, 63)),
		(6, good || '0'), (7, good || good), (8, ' ' || good),
		(9, good || ' '), (10, ' ' || left(good, 62) || ' '),
		(11, '\x' || good), (12, '\x' || left(good, 62)), (13, '0x' || good),
		(14, '0x' || left(good, 62)), (15, '{' || good || '}'),
		(16, left(good, 62) || 'gg'), (17, left(good, 63) || 'g'),
		(18, left(good, 63) || 'G'), (19, left(good, 63) || '-'),
		(20, left(good, 63) || 'é'), (21, left(good, 62) || 'é'),
		(22, 'é' || left(good, 62)), (23, '€' || left(good, 61)),
		(24, left(good, 32) || ' ' || right(good, 32)),
		(25, left(good, 32) || '-' || right(good, 31)),
		(26, left(good, 32) || E'\n' || right(good, 31)),
		(27, left(good, 32) || E'\t' || right(good, 31)),
		(28, E'\n' || good), (29, good || E'\n'), (30, good || E'\r\n'),
		(31, 'v12'), (32, 'HEAD'), (33, 'HEAD~1'), (34, 'main'),
		(35, 'NULL'), (36, 'null'), (37, '-1'), (38, '+' || left(good, 63)),
		(39, '-' || left(good, 63)), (40, left(good, 63) || '.'),
		(41, '2026-11-23'), (42, 'sha256:' || good), (43, 'sha256:'),
		(44, good || '~1'), (45, left(good, 40)), (46, repeat('0', 63)),
		(47, repeat('0', 65)), (48, repeat('f', 128)), (49, repeat('g', 64)),
		(50, repeat(' ', 64)), (51, 'O' || right(good, 63)),
		(52, 'l' || right(good, 63)), (53, '/' || right(good, 63)),
		(54, ':' || right(good, 63)), (55, '@' || right(good, 63)),
		(56, '`' || right(good, 63)), (57, '٣' || right(good, 63)),
		(58, '0' || right(good, 62) || '０'), (59, '"' || good || '"'),
		(60, '''' || good || ''''), (61, left(good, 10) || '...'),
		(62, 'ca97 8112'), (63, encode(sha256('a'), 'base64')),
		(64, left(good, 31) || '𝟘' || right(good, 32))
	) AS v(n, value)
)
SELECT n, test.input('revision', value) AS said, is_revision(value) AS valid
FROM bad ORDER BY n;

SELECT test.error('SELECT revision(''\x''::bytea)') AS no_bytes,
	test.error('SELECT revision(''\x00''::bytea)') AS one_byte,
	test.error($$SELECT revision(sha256('a') || '\x00')$$) AS too_many;
SELECT is_revision(repeat('0A', 32)) AS valid, is_revision(NULL) AS of_null;

-- Casts: none is silent but that to text in an assignment
CREATE TEMP TABLE assigned (t text, r revision);
INSERT INTO assigned (t) VALUES (sha256('a')::revision);
SELECT test.error('INSERT INTO assigned (r) SELECT repeat(''0'', 64)');
SELECT test.error('INSERT INTO assigned (r) SELECT sha256(''a'')');
SELECT t FROM assigned ORDER BY t;

-- Index = scan, hash and merge joins
CREATE TABLE test.revisions AS
SELECT sha256(i::text::bytea)::revision AS k FROM generate_series(1, 5000) i;
INSERT INTO test.revisions
SELECT v::revision FROM (VALUES (repeat('0', 64)), (repeat('f', 64)),
	(repeat('8', 64)), (repeat('0', 63) || '1'), (NULL)) AS v(v);
INSERT INTO test.revisions SELECT k FROM test.revisions;
CREATE INDEX revisions_btree ON test.revisions (k);
ANALYZE test.revisions;
CREATE TABLE test.revision_probes AS
SELECT DISTINCT k FROM test.revisions
WHERE k ^@ '00' OR k ^@ 'ff' OR k = repeat('8', 64)::revision
UNION SELECT (repeat('a', 63) || '7')::revision;
SELECT * FROM test.index_equals_scan('test.revisions',
	'{<,<=,=,>=,>}', 'test.revision_probes');
CREATE TABLE test.revision_hash AS SELECT * FROM test.revisions;
CREATE INDEX revisions_hash ON test.revision_hash USING hash (k);
ANALYZE test.revision_hash;
SELECT * FROM test.index_equals_scan('test.revision_hash', '{=}',
	'test.revision_probes');
SELECT amproclefttype::regtype, opc.opcname, am.amname,
	amvalidate(opc.oid) AS valid
FROM pg_opclass opc JOIN pg_am am ON am.oid = opcmethod
	JOIN (SELECT DISTINCT amprocfamily, amproclefttype FROM pg_amproc) p
	ON amprocfamily = opcfamily
WHERE opcintype = 'revision'::regtype ORDER BY am.amname;

-- The order is that of the text, with abbreviated keys too
SELECT count(*) AS out_of_order
FROM (SELECT k, lag(k) OVER (ORDER BY k) AS before FROM test.revisions) s
WHERE before::text COLLATE "C" > k::text COLLATE "C"
	OR before > k OR NOT before <= k;
SELECT array_agg(k ORDER BY k) = array_agg(k ORDER BY k::text COLLATE "C")
	AS same FROM test.revisions;
SELECT count(DISTINCT k) AS distinct_by_sort,
	(SELECT count(*) FROM (SELECT k FROM test.revisions
		WHERE k IS NOT NULL GROUP BY k) s) AS grouped
FROM test.revisions;

SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*)
FROM test.revisions a JOIN test.revision_hash b USING (k);
SELECT count(*) FROM test.revisions a JOIN test.revision_hash b USING (k);
SET enable_mergejoin = on;
SET enable_hashjoin = off;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
EXPLAIN (COSTS OFF) SELECT count(*)
FROM test.revisions a JOIN test.revision_hash b USING (k);
SELECT count(*) FROM test.revisions a JOIN test.revision_hash b USING (k);
RESET ALL;

-- Prefixes: a range of the index, the same as LIKE on the text
SELECT test.index_condition($$SELECT * FROM test.revisions WHERE k ^@ 'Ab'$$);
SELECT test.index_condition(
	$$SELECT * FROM test.revisions WHERE starts_with(k, 'ab')$$);
SET enable_seqscan = off;
SET plan_cache_mode = force_generic_plan;
PREPARE by_prefix(text) AS SELECT count(*) FROM test.revisions WHERE k ^@ $1;
EXPLAIN (COSTS OFF) EXECUTE by_prefix('0a');
SELECT count(*) = (SELECT count(*) FROM test.revisions
	WHERE k::text LIKE '0a%') AS same FROM test.revisions WHERE k ^@ '0A';
RESET ALL;
SET enable_seqscan = off;
WITH prefixes AS (
	SELECT DISTINCT left(k::text, n) AS prefix
	FROM test.revision_probes, unnest('{1,2,3,8,63,64}'::int[]) n
)
SELECT count(*) AS prefixes,
	count(*) FILTER (WHERE by_index <> by_text) AS different
FROM (SELECT
	(SELECT count(*) FROM test.revisions WHERE k ^@ prefix) AS by_index,
	(SELECT count(*) FROM test.revisions WHERE k::text LIKE prefix || '%')
		AS by_text
	FROM prefixes) s;
RESET ALL;
SELECT revision_first('c'), revision_last('Cd');
SELECT n, test.error(format('SELECT sha256(''a'')::revision ^@ %L', prefix))
FROM (VALUES (1, ''), (2, 'g'), (3, 'ca9 '), (4, ' ca'), (5, 'caé'),
	(6, repeat('a', 65)), (7, 'v12'), (8, '%'), (9, repeat('a', 64)))
	AS v(n, prefix)
ORDER BY n;
SELECT NULL::revision ^@ 'a' AS left_null,
	sha256('a')::revision ^@ NULL AS right_null;

-- Binary output and input
CREATE TEMP TABLE copied (k revision);
SELECT current_setting('data_directory') || '/revision.bin' AS file \gset
COPY (SELECT k FROM test.revisions) TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*) AS differences FROM (
	(TABLE test.revisions EXCEPT ALL TABLE copied) UNION ALL
	(TABLE copied EXCEPT ALL TABLE test.revisions)) s;
CREATE TEMP TABLE bytes (k bytea);
INSERT INTO bytes VALUES ('\x00');
COPY bytes TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
TRUNCATE bytes;
INSERT INTO bytes VALUES (sha256('a') || '\x00');
COPY bytes TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT pg_column_size(sha256('a')::revision) AS bytes;

DROP TABLE test.revisions, test.revision_hash, test.revision_probes;
