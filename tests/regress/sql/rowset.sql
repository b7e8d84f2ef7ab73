-- Type rowset.

-- What it reads and writes
SELECT n, test.input('rowset', value) AS said
FROM (VALUES
	(1, '{}'), (2, '{ }'), (3, '{0}'), (4, '{4294967295}'),
	(5, '{3,1,2}'), (6, '{1,2}'), (7, '{1-2}'), (8, '{1,2,3}'),
	(9, '{7-7}'), (10, '{ 1 , 3,' || E'\t\n' || '10-20 }'),
	(11, '{5-9,1-6,20}'), (12, '{1,1,1}'), (13, '{0-4294967295}'),
	(14, '{65535,65536}'), (15, '{65530-65540}'),
	(16, '{4294967293-4294967295,0}'), (17, '{10-20,1-100,30-40}'),
	(18, '{1-2,3-4,5-6}'), (19, '{4294967294,4294967295,0,1}')
	) AS v(n, value)
ORDER BY n;

-- What it refuses
SELECT n, test.input('rowset', value) AS said
FROM (VALUES
	(1, ''), (2, ' '), (3, '{'), (4, '}'), (5, '{}}'), (6, '{{}'),
	(7, '{{}}'), (8, ' {}'), (9, '{} '), (10, '{1'), (11, '1}'), (12, '1'),
	(13, '[1]'), (14, '(1)'), (15, '{1,}'), (16, '{,1}'), (17, '{,}'),
	(18, '{1,,2}'), (19, '{1 2}'), (20, '{1;2}'), (21, '{-1}'),
	(22, '{+1}'), (23, '{- 1}'), (24, '{01}'), (25, '{00}'), (26, '{1.0}'),
	(27, '{1e3}'), (28, '{0x10}'), (29, '{1_000}'), (30, '{4294967296}'),
	(31, '{1,4294967296}'), (32, '{99999999999999999999999999999999}'),
	(33, '{18446744073709551616}'), (34, '{18446744073709551617}'),
	(35, '{1-4294967296}'), (36, '{4294967296-4294967297}'), (37, '{2-1}'),
	(38, '{4294967295-0}'), (39, '{1-}'), (40, '{-}'), (41, '{1--2}'),
	(42, '{1-2-3}'), (43, '{1 -2}'), (44, '{1- 2}'), (45, '{1 - 2}'),
	(46, '{1-02}'), (47, '{1..2}'), (48, '{1:2}'), (49, '{1–2}'),
	(50, '{NULL}'), (51, '{null}'), (52, '{1,NULL}'), (53, '{"1"}'),
	(54, '{''1''}'), (55, '{a}'), (56, '{1a}'), (57, '{é}'), (58, '{1é}'),
	(59, '{１}'), (60, '{٣}'), (61, '{1}x'), (62, '{1},{2}'), (63, '{1}{2}'),
	(64, '{1\,2}'), (65, '{1,2)'), (66, '\x3a30000000000000'), (67, 'NULL'),
	(68, '{*}'), (69, '{1,' || E'\x0B' || '2}'), (70, '{1,2,3,4,5,6,7,8,9,x}'),
	(71, '{ééé}'), (72, '{1} ' || E'\n')
	) AS v(n, value)
ORDER BY n;

-- The whole range is cheap
SELECT cardinality(v) AS cardinality, first(v), last(v), v @> 4294967295 AS has,
	length(v::bytea) AS bytes, v - '{5-4294967290}' AS rest
FROM (SELECT '{0-4294967295}'::rowset AS v) s;

-- The bytes: one form for each set
SELECT n, value::rowset::bytea AS bytes
FROM (VALUES (1, '{}'), (2, '{5}'), (3, '{5-7}'), (4, '{5-8}'),
	(5, '{1,65536}'), (6, '{0-65536}')) AS v(n, value)
ORDER BY n;
SELECT n, bytes::rowset AS set, bytes::rowset::bytea <> bytes AS changed,
	bytes::rowset = (bytes::rowset::text)::rowset AS equal
FROM (VALUES
	(1, '\x3b30000000000000000500'::bytea),
	(2, '\x3b3000000100000000010005000000'),
	(3, '\x3b3000000100000300010005000300'),
	(4, '\x3a3000000100000000000300100000000500060007000800')) AS v(n, bytes)
ORDER BY n;

-- Hostile bytes
SELECT n, test.error(format('SELECT %L::bytea::rowset', value)) AS said
FROM (VALUES
	(1, '\x'), (2, '\x00'), (3, '\x3a30'), (4, '\x3a300000'),
	(5, '\x0000000000000000'), (6, '\xffffffffffffffff'),
	(7, '\x3a30000001000000'), (8, '\x3a300000ffffffff'),
	(9, '\x3a30000001000100'), (10, '\x3a3000000000000000'),
	(11, '\x3a300000010000000000000010000000'),
	(12, '\x3a3000000100000000000000110000000500'),
	(13, '\x3a3000000100000000000000000000000500'),
	(14, '\x3a3000000100000000000100100000000500'),
	(15, '\x3a30000001000000000001001000000005000500'),
	(16, '\x3a30000001000000000001001000000005000400'),
	(17, '\x3a300000010000000000ffff10000000'),
	(18, '\x3a300000020000000100000001000000180000001a00000005000500'),
	(19, '\x3b300000010000000000'), (20, '\x3b30000001000000000000'),
	(21, '\x3b300000010000000001000500ffff'),
	(22, '\x3b30000001000001000100ffff0100'),
	(23, '\x3b300000010000030002000500010007000100'),
	(24, '\x3b300000010000030002000500010002000100'),
	(25, '\x3b30000001000002000100050001'),
	(26, '\x3b3000000300000200010005000200'),
	(27, '\x3b30ffff'), (28, '\x3c30000000000000'),
	(29, '\x' || repeat('ff', 10000)),
	(30, '\x3a300000010000000000ff1f10000000' || repeat('11', 8191)),
	(31, '\x3a300000010000000000ff1f10000000' || repeat('11', 8192)),
	(32, '\x3a300000010000000000ff3f10000000' || repeat('11', 8193)),
	(33, '\x3a300000010000000000ff3f10000000' || repeat('11', 8192))
	) AS v(n, value)
ORDER BY n;

-- Arrays
SELECT '{3,1,1,2,4294967295,0}'::int8[]::rowset AS set,
	'{}'::int8[]::rowset AS empty, '{3,1-3}'::rowset::int8[] AS ids,
	'{}'::rowset::int8[] AS none, '[5:6]={7,8}'::int8[]::rowset AS bounds,
	rowset(NULL::int8[]) AS of_null;
SELECT n, test.error(format('SELECT %L::int8[]::rowset', value)) AS said
FROM (VALUES (1, '{NULL}'), (2, '{1,2,NULL,4}'), (3, '{1,-1}'),
	(4, '{4294967296}'), (5, '{1,2,9223372036854775807}'), (6, '{{1,2},{3,4}}'),
	(7, '[3:4]={1,-9223372036854775808}'), (8, '[3:5]={1,2,NULL}'),
	(9, '{1,1,1,1,1,1,1,1,1,1,NULL}')) AS v(n, value)
ORDER BY n;
SELECT test.error('SELECT ''{0-4294967295}''::rowset::int8[]');

-- Algebra against arrays: random sets of several densities over four containers
SELECT setseed(0.5);
CREATE TABLE test.sets (id int PRIMARY KEY, k rowset, ids int8[]);
INSERT INTO test.sets
SELECT id, ids::rowset, ids
FROM (SELECT s AS id, coalesce((
		SELECT array_agg(DISTINCT v ORDER BY v)
		FROM (SELECT floor(random() * 65536)::int8
				+ 65536 * floor(random() * 4)::int8 AS v
			FROM generate_series(1, (4 ^ (s % 8))::int)
			UNION ALL
			SELECT v FROM generate_series(60000, 60000 + s * 3000) v
			WHERE s % 3 = 0) r), '{}') AS ids
	FROM generate_series(0, 11) s) s;
INSERT INTO test.sets VALUES
	(12, '{}', '{}'), (13, '{0}', '{0}'), (14, '{4294967295}', '{4294967295}'),
	(15, '{65535,65536}', '{65535,65536}');
SELECT count(*) AS sets, count(*) FILTER (WHERE k::int8[] <> ids) AS to_array,
	count(*) FILTER (WHERE k::text::rowset <> k) AS to_text,
	count(*) FILTER (WHERE k::bytea::rowset <> k) AS to_bytea,
	count(*) FILTER (WHERE cardinality(k) <> cardinality(ids)) AS cardinality,
	count(*) FILTER (WHERE is_empty(k) <> (ids = '{}')) AS is_empty,
	count(*) FILTER (WHERE first(k) IS DISTINCT FROM ids[1]) AS first,
	count(*) FILTER (WHERE last(k)
		IS DISTINCT FROM ids[array_length(ids, 1)]) AS last,
	count(*) FILTER (WHERE ids <> coalesce((
		SELECT array_agg(u) FROM unnest(k) u), '{}')) AS unnest
FROM test.sets;
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE (a.k | b.k)::int8[] <> ARRAY(
		SELECT unnest(a.ids) UNION SELECT unnest(b.ids) ORDER BY 1)) AS "|",
	count(*) FILTER (WHERE (a.k & b.k)::int8[] <> ARRAY(
		SELECT unnest(a.ids) INTERSECT SELECT unnest(b.ids) ORDER BY 1)) AS "&",
	count(*) FILTER (WHERE (a.k - b.k)::int8[] <> ARRAY(
		SELECT unnest(a.ids) EXCEPT SELECT unnest(b.ids) ORDER BY 1)) AS "-",
	count(*) FILTER (WHERE (a.k # b.k)::int8[] <> ARRAY(
		(SELECT unnest(a.ids) EXCEPT SELECT unnest(b.ids)) UNION ALL
		(SELECT unnest(b.ids) EXCEPT SELECT unnest(a.ids)) ORDER BY 1)) AS "#",
	count(*) FILTER (WHERE (a.k @> b.k) <> NOT EXISTS (
		SELECT unnest(b.ids) EXCEPT SELECT unnest(a.ids))) AS "@>",
	count(*) FILTER (WHERE (a.k && b.k) <> EXISTS (
		SELECT unnest(a.ids) INTERSECT SELECT unnest(b.ids))) AS "&&",
	count(*) FILTER (WHERE (a.k = b.k) <> (a.ids = b.ids)) AS "="
FROM test.sets a, test.sets b;
-- and against each other
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE a.k # b.k <> (a.k | b.k) - (a.k & b.k)) AS xor,
	count(*) FILTER (WHERE a.k | b.k <> b.k | a.k) AS union,
	count(*) FILTER (WHERE a.k & b.k <> b.k & a.k) AS intersection,
	count(*) FILTER (WHERE (a.k <@ b.k) <> (b.k @> a.k)) AS contained,
	count(*) FILTER (WHERE (a.k <@ b.k) <> (a.k | b.k = b.k)) AS subset,
	count(*) FILTER (WHERE (a.k && b.k) <> NOT is_empty(a.k & b.k)) AS overlaps
FROM test.sets a, test.sets b;
SELECT count(*) AS probes,
	count(*) FILTER (WHERE (k @> probe) <> (probe = ANY (ids))) AS "@>",
	count(*) FILTER (WHERE (probe <@ k) <> (probe = ANY (ids))) AS "<@"
FROM test.sets, LATERAL (
	SELECT v + d AS probe FROM unnest(ids[1:50]) v, generate_series(-1, 1) d
	UNION ALL SELECT unnest('{0,1,65535,65536,4294967295}'::int8[])) s;
SELECT '{1}'::rowset @> -1 AS negative, '{0}'::rowset @> 4294967296 AS high,
	9223372036854775807 <@ '{4294967295}'::rowset AS highest,
	'{1-5}'::rowset @> 3 AS int4;

-- Null and empty
SELECT NULL::rowset | '{1}' AS "|", '{1}' & NULL::rowset AS "&",
	NULL::rowset @> 1 AS "@>", cardinality(NULL::rowset) AS cardinality,
	first('{}'::rowset) AS first, last('{}'::rowset) AS last,
	is_empty('{}'::rowset) AS is_empty, is_empty(NULL::rowset) AS is_empty_null,
	'{}'::rowset <@ '{}' AS contained, '{}'::rowset && '{}' AS overlaps;
SELECT count(*) FROM unnest('{}'::rowset);
SELECT count(*) FROM unnest(NULL::rowset);
SELECT u FROM unnest('{0,65535-65537,4294967294-4294967295}'::rowset) u
ORDER BY u;
SELECT u FROM unnest('{0-4294967295}'::rowset) u LIMIT 0;
SELECT s.id, u FROM test.sets s, unnest(s.k) u WHERE s.id >= 12 ORDER BY 1, 2;

-- unnest: the planner knows the number of rows of a constant
CREATE FUNCTION test.estimate(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan->0->'Plan'->>'Plan Rows';
END
$$;
SELECT test.estimate('SELECT * FROM unnest(''{1-12345}''::rowset)') AS constant,
	test.estimate('SELECT * FROM unnest(''{1}''::rowset)') AS one,
	test.estimate('SELECT * FROM unnest(rowset(''{}''::int8[]))') AS empty,
	test.estimate('SELECT unnest(k) FROM test.sets WHERE id = 1') AS unknown;

-- unnest can be interrupted
SET statement_timeout = '50ms';
SELECT count(*) FROM (SELECT unnest('{0-4294967295}'::rowset) OFFSET 0) s;
RESET statement_timeout;

-- Index = scan, hash and merge joins
CREATE TABLE test.rowsets (k rowset);
INSERT INTO test.rowsets SELECT rowset_agg(i % 1000 * (i % 7)::int8)
FROM generate_series(1, 6000) i GROUP BY i % 2000;
INSERT INTO test.rowsets VALUES (NULL), ('{}'), ('{4294967295}');
INSERT INTO test.rowsets SELECT k FROM test.rowsets;
CREATE INDEX rowsets_btree ON test.rowsets (k);
ANALYZE test.rowsets;
CREATE TABLE test.rowset_probes AS
(SELECT DISTINCT k FROM test.rowsets ORDER BY k LIMIT 10)
UNION SELECT '{}' UNION SELECT '{7,9,11}';
SELECT * FROM test.index_equals_scan('test.rowsets',
	'{<,<=,=,>=,>}', 'test.rowset_probes');
CREATE TABLE test.rowset_hash AS SELECT * FROM test.rowsets;
CREATE INDEX rowset_hash_k ON test.rowset_hash USING hash (k);
ANALYZE test.rowset_hash;
SELECT * FROM test.index_equals_scan('test.rowset_hash', '{=}',
	'test.rowset_probes');
SELECT opc.opcname, am.amname, amvalidate(opc.oid) AS valid
FROM pg_opclass opc JOIN pg_am am ON am.oid = opcmethod
WHERE opcintype = 'rowset'::regtype ORDER BY am.amname;
SELECT count(*) AS out_of_order
FROM (SELECT k, lag(k) OVER (ORDER BY k) AS before FROM test.rowsets) s
WHERE before > k OR NOT before <= k OR before::bytea > k::bytea;
SELECT count(DISTINCT k) = count(DISTINCT k::text) AS distinct FROM test.rowsets;
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*)
FROM test.rowsets a JOIN test.rowset_hash b USING (k);
SELECT count(*) FROM test.rowsets a JOIN test.rowset_hash b USING (k);
SET enable_mergejoin = on;
SET enable_hashjoin = off;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
EXPLAIN (COSTS OFF) SELECT count(*)
FROM test.rowsets a JOIN test.rowset_hash b USING (k);
SELECT count(*) FROM test.rowsets a JOIN test.rowset_hash b USING (k);
RESET ALL;

-- Aggregates: nothing, nulls, empty sets, errors
SELECT rowset_agg(v) AS agg, rowset_union_agg(s) AS union_agg,
	rowset_intersection_agg(s) AS intersection_agg
FROM (SELECT NULL::int8, NULL::rowset WHERE false) AS t(v, s);
SELECT rowset_agg(v) AS agg, rowset_union_agg(s) AS union_agg,
	rowset_intersection_agg(s) AS intersection_agg
FROM (VALUES (NULL::int8, NULL::rowset), (NULL, NULL)) AS t(v, s);
SELECT rowset_agg(v) AS agg, rowset_union_agg(s) AS union_agg,
	rowset_intersection_agg(s) AS intersection_agg
FROM (VALUES (NULL::int8, NULL::rowset), (4294967295, '{1-5}'), (0, NULL),
	(0, '{3-9}'), (NULL, '{4,5,70000}')) AS t(v, s);
SELECT rowset_union_agg(s) AS union_agg,
	rowset_intersection_agg(s) AS intersection_agg
FROM (VALUES ('{}'::rowset), ('{}')) AS t(s);
SELECT rowset_agg(v) FILTER (WHERE v > 5) AS filtered,
	rowset_agg(DISTINCT v) AS distinct
FROM generate_series(1, 10) v;
SELECT test.error('SELECT rowset_agg(v) FROM generate_series(-1, 5) v');
SELECT test.error('SELECT rowset_agg(4294967296)');

-- Aggregates: sequential = parallel, of single ids and sets, few and many
CREATE TABLE test.agg (grp int, id int8, k rowset);
SELECT setseed(0.25);
INSERT INTO test.agg
SELECT i % 7, CASE WHEN i % 11 <> 0 THEN floor(random() * 300000) END,
	CASE WHEN i % 5 = 0 THEN rowset(ARRAY[i, i * 3, i % 100]::int8[])
		WHEN i % 997 = 0 THEN '{1-70000}' END
FROM generate_series(1, 60000) i;
ANALYZE test.agg;
CREATE VIEW test.aggregated AS
SELECT grp, rowset_agg(id) AS agg, rowset_union_agg(k) AS union_agg,
	rowset_intersection_agg(k | '{5}') AS intersection_agg
FROM test.agg GROUP BY grp;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE test.sequential AS SELECT * FROM test.aggregated;
SELECT grp, cardinality(agg) = cardinality(ids) AND agg = ids::rowset AS agg,
	union_agg = united::rowset AS union_agg, intersection_agg
FROM test.sequential JOIN (
	SELECT grp, array_agg(DISTINCT id) FILTER (WHERE id IS NOT NULL) AS ids
	FROM test.agg GROUP BY grp) a USING (grp)
	JOIN (SELECT grp, array_agg(DISTINCT u) AS united
	FROM test.agg, unnest(k) u GROUP BY grp) b USING (grp)
ORDER BY grp;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT * FROM test.aggregated;
CREATE TABLE test.parallel AS SELECT * FROM test.aggregated;
SELECT count(*) AS groups, count(*) FILTER (WHERE s IS DISTINCT FROM p)
	AS different
FROM test.sequential s FULL JOIN test.parallel p USING (grp);
RESET ALL;

-- Aggregates: window frames that grow, shrink and start again
SELECT i, rowset_agg(i) OVER (ORDER BY i) AS growing,
	rowset_agg(i) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)
		AS moving,
	rowset_union_agg(rowset(ARRAY[i])) OVER (PARTITION BY i % 2 ORDER BY i)
		AS partitioned,
	rowset_intersection_agg(('{' || i || '-10}')::rowset) OVER (ORDER BY i)
		AS intersection
FROM generate_series(1::int8, 8) i ORDER BY i;
SELECT count(*) AS rows,
	count(*) FILTER (WHERE growing <> (SELECT rowset_agg(a.id)
		FROM test.agg a WHERE a.grp = 3 AND a.id <= w.id)) AS different
FROM (SELECT id, rowset_agg(id) OVER (ORDER BY id) AS growing
	FROM test.agg WHERE grp = 3 AND id IS NOT NULL) w
WHERE id % 400 = 0;
SELECT (SELECT rowset_agg(id) FROM test.agg) = last_value AS same
FROM (SELECT rowset_agg(id) OVER (ORDER BY id ROWS BETWEEN
	UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_value
	FROM test.agg LIMIT 1) s;

-- Aggregates: enough ids for sets to be united on the way, in any order
SELECT rowset_agg(id) = rowset(array_agg(id) FILTER (WHERE id IS NOT NULL))
	AS as_array,
	rowset_agg(id ORDER BY id) = rowset_agg(id ORDER BY id DESC) AS any_order,
	rowset_union_agg(rowset(ARRAY[id])) FILTER (WHERE id IS NOT NULL)
		= rowset_agg(id) AS as_union
FROM test.agg;

-- Aggregates: many groups, in memory and spilled to disk
SELECT count(*) AS groups, sum(cardinality(s)) AS ids
FROM (SELECT rowset_agg(i) AS s FROM generate_series(1, 300000) i
	GROUP BY i % 100000) g;
SET work_mem = '1MB';
SET enable_sort = off;
SELECT count(*) AS groups, sum(cardinality(s)) AS ids
FROM (SELECT rowset_agg(i) AS s FROM generate_series(1, 300000) i
	GROUP BY i % 100000) g;
RESET ALL;

-- Compressed and out of line
CREATE TABLE test.stored (k rowset);
INSERT INTO test.stored
SELECT rowset_agg(i::int8 * i % 4294967291) FROM generate_series(1, 100000) i;
SELECT pg_column_size(k) > 100000 AS large, cardinality(k),
	k @> first(k) AS has_first, k = k::bytea::rowset AS equal
FROM test.stored;

-- What is stored and damaged does not reach CRoaring
CREATE FUNCTION test.unchecked(bytea) RETURNS rowset
	LANGUAGE internal IMMUTABLE STRICT AS 'byteasend';
SELECT n, test.error(format(query, $$test.unchecked('\x3a3000')$$)) AS said
FROM (VALUES (1, 'SELECT %s | ''{1}'''), (2, 'SELECT ''{1}''::rowset & %s'),
	(3, 'SELECT %s - ''{1}'''), (4, 'SELECT ''{1}''::rowset # %s'),
	(5, 'SELECT %s @> ''{1}'''), (6, 'SELECT ''{1}''::rowset && %s'),
	(7, 'SELECT rowset_union_agg(k) FROM (VALUES (%s), (''{1}'')) v(k)'))
	AS v(n, query)
ORDER BY n;
DROP FUNCTION test.unchecked(bytea);

-- Binary output and input
CREATE TEMP TABLE copied (k rowset);
SELECT current_setting('data_directory') || '/rowset.bin' AS file \gset
COPY (SELECT k FROM test.sets UNION ALL SELECT NULL) TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*) AS differences FROM (
	((SELECT k FROM test.sets UNION ALL SELECT NULL) EXCEPT ALL TABLE copied)
	UNION ALL (TABLE copied
	EXCEPT ALL (SELECT k FROM test.sets UNION ALL SELECT NULL))) s;
CREATE TEMP TABLE bytes (k bytea);
INSERT INTO bytes VALUES ('\x3a3000000100000000000000110000000500');
COPY bytes TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
-- what is not canonical becomes so
TRUNCATE copied, bytes;
INSERT INTO bytes VALUES ('\x3b3000000100000000010005000000');
COPY bytes TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT k, k = '{5}' AS equal, k::bytea FROM copied;

DROP VIEW test.aggregated;
DROP FUNCTION test.estimate(text);
DROP TABLE test.sets, test.rowsets, test.rowset_hash, test.rowset_probes,
	test.agg, test.sequential, test.parallel, test.stored;
