-- Type ars

SELECT k, ags(k), association(k), k::text = ars(k::text)::text AS same
FROM unnest('{059660024024,010515163003,010010000000,110000000000,169999999999,033519502502}'::ars[]) AS k
ORDER BY k;
SELECT min(k), max(k) FROM unnest('{059660024024,010515163003}'::ars[]) AS k;

-- to the AGS always, from it in North Rhine-Westphalia
SELECT '059660024024'::ars::ags, '05966024'::ags::ars, '05111000'::ags::ars;
SELECT command, test.error(command) FROM (VALUES
	(1, $$SELECT '01051011'::ags::ars$$),
	(2, $$SELECT '11000000'::ags::ars$$),
	(3, $$SELECT '05966'::ags::ars$$),
	(4, $$SELECT '05'::ags::ars$$)) AS v(n, command) ORDER BY n;

-- an AGS contains the ARS of its municipalities
SELECT a, r, a @> r AS contains, r <@ a AS contained
FROM unnest('{01,010,01051,01051003,05966024}'::text[]) AS t(key)
	CROSS JOIN LATERAL (SELECT CASE WHEN is_ags(key) THEN key::ags END) AS x(a),
	unnest('{010515163003,059660024024,010510011011}'::ars[]) AS r
WHERE a IS NOT NULL ORDER BY 1, 2;
SELECT ars_first(a), ars_last(a) FROM unnest('{05,059,05966,05966024}'::ags[]) AS a;

SELECT k, is_ars(k) FROM unnest(ARRAY['059660024024', '05966024', '',
	' 059660024024', NULL]) AS k;

-- bad input
\a
SELECT input, test.input('ars', input) FROM (VALUES
	(1, ''), (2, ' '), (3, '0'), (4, '05'), (5, '059'), (6, '05966'),
	(7, '05966024'), (8, '059660024'), (9, '59660024024'), (10, '05966002402'),
	(11, '0596600240240'), (12, '000000000000'), (13, '170000000000'),
	(14, '990000000000'), (15, '999999999999'), (16, '059661024024'),
	(17, '059662024024'), (18, '059663024024'), (19, '059664024024'),
	(20, '059666024024'), (21, '059667024024'), (22, '059668024024'),
	(23, '059660024020'), (24, '059660020024'), (25, '059660000024'),
	(26, '059660240241'), (27, ' 059660024024'), (28, '059660024024 '),
	(29, '05 9 66 0024 024'), (30, '05-966-0024-024'), (31, '05966.0024.024'),
	(32, '+59660024024'), (33, '-59660024024'), (34, '05966002402a'),
	(35, 'a59660024024'), (36, '05966002402O'), (37, '0x9660024024'),
	(38, '5.9660024E+10'), (39, '5,96600E+10'), (40, 'NULL'), (41, 'NaN'),
	(42, 'Olpe'), (43, '-'), (44, '.'), (45, E'059660024024\n'),
	(46, E'\t059660024024'), (47, U&'\FEFF059660024024'), (48, U&'059660024024\00A0'),
	(49, U&'\0660\0661\0662'), (50, '05966002402ä'), (51, 'ä59660024024'),
	(52, '059660024024059660024024'), (53, '{059660024024}'), (54, '"059660024024"'),
	(55, '059660024024,'), (56, '05966002402?'), (57, '05966%'), (58, repeat('0', 1000)),
	(59, repeat('9', 40)), (60, '15002000000'), (61, '18446744073709551616'),
	(62, '059660024024.0'), (63, '05966002 4024'), (64, '€59660024024')
) AS v(n, input) ORDER BY n;
\a

-- operator classes
SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass AS c JOIN pg_am AS a ON a.oid = c.opcmethod
WHERE c.opcintype = 'ars'::regtype ORDER BY 1;

SELECT setseed(0.5);
CREATE TABLE ars_index AS
	SELECT (lpad((1 + floor(random() * 16))::text, 2, '0') ||
		lpad(floor(random() * 1000)::text, 3, '0') || '5' ||
		lpad(floor(random() * 1000)::text, 3, '0') ||
		lpad(floor(random() * 1000)::text, 3, '0'))::ars AS k
	FROM generate_series(1, 2000)
	UNION ALL SELECT unnest('{010010000000,059660024024,059665024024,059665999024,169999999999}'::ars[]);
INSERT INTO ars_index SELECT NULL FROM generate_series(1, 10);
CREATE TABLE ars_probe AS
	(SELECT k FROM ars_index WHERE k IS NOT NULL ORDER BY ars_hash(k) LIMIT 40)
	UNION SELECT unnest('{010010000000,059660024024,169999999999}'::ars[]);
CREATE TABLE ars_area AS
	SELECT unnest('{01,05,059,05966,05966024,16,16999999}'::ags[]) AS k
	UNION SELECT district(k::ags) FROM ars_probe;
CREATE INDEX ars_btree ON ars_index USING btree (k);
ANALYZE ars_index;
SELECT * FROM test.index_equals_scan('ars_index', '{<,<=,=,>=,>}', 'ars_probe');
SELECT * FROM test.index_equals_scan('ars_index', '{<@}', 'ars_area');
DROP INDEX ars_btree;
CREATE INDEX ars_hash ON ars_index USING hash (k);
SELECT * FROM test.index_equals_scan('ars_index', '{=}', 'ars_probe');
CREATE INDEX ars_btree ON ars_index USING btree (k);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM ars_index WHERE k <@ '05966024';
SELECT * FROM ars_index WHERE k <@ '05966024' ORDER BY k;
SELECT test.index_condition($$SELECT * FROM ars_index WHERE '059' @> k$$);
RESET enable_seqscan;

-- binary round trip
\copy ars_index to program 'cat >"$PG_ABS_BUILDDIR/ars.bin"' (format binary)
CREATE TABLE ars_binary (k ars);
\copy ars_binary from program 'cat "$PG_ABS_BUILDDIR/ars.bin"' (format binary)
SELECT count(*), count(k) FROM ars_binary;
SELECT count(*) FROM (TABLE ars_index EXCEPT ALL TABLE ars_binary) AS d;
SELECT ars_send('059660024024');
DROP TABLE ars_index, ars_probe, ars_area, ars_binary;
