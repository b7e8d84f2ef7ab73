-- Type ags

-- reading and writing, all four levels
SELECT key, key::ags, key::ags::text = key AS same, level(key::ags),
	parent(key::ags), state(key::ags), government_region(key::ags),
	district(key::ags)
FROM (VALUES ('05'), ('059'), ('05966'), ('05966024'), ('01'), ('01001'),
	('01001000'), ('02000000'), ('11000000'), ('16'), ('16077999'),
	('14522'), ('145')) AS v(key)
ORDER BY key::ags;

-- the order is that of the hierarchy, which is that of the text
SELECT string_agg(key::text, ' ' ORDER BY key) =
	string_agg(key::text, ' ' ORDER BY key::text COLLATE "C") AS same_order
FROM (SELECT unnest('{05,059,05966,05966024,05966020,06,051,05111,05111000,16,01}'::ags[])) AS v(key);
SELECT min(k), max(k) FROM unnest('{05966,05,06,059}'::ags[]) AS k;
SELECT min(k), max(k) FROM unnest('{}'::ags[]) AS k;

-- a key contains itself and what begins with it, and nothing else
SELECT outer_key, inner_key, outer_key @> inner_key AS contains,
	inner_key <@ outer_key AS contained
FROM unnest('{05,059,05966,05966024}'::ags[]) AS outer_key,
	unnest('{05,051,059,05966,05970,05966024}'::ags[]) AS inner_key
ORDER BY 1, 2;
SELECT ags_last_contained(k) FROM unnest('{05,059,05966,05966024,16}'::ags[]) AS k;

-- casts: explicit from text, assignment to text
CREATE TABLE ags_cast (as_text text, as_varchar varchar, as_ags ags);
INSERT INTO ags_cast VALUES ('05966'::ags, '05966'::ags, '05966');
SELECT as_text::ags = as_ags AND as_varchar::ags = as_ags AS same FROM ags_cast;
SELECT test.error($$INSERT INTO ags_cast (as_ags) SELECT as_text FROM ags_cast$$);
SELECT test.error($$SELECT 5966024::ags$$);
DROP TABLE ags_cast;

-- checks
SELECT k, is_ags(k) FROM unnest(ARRAY['05966024', '05966', '059', '05',
	'5966024', '', ' 05', '05 ', '17', NULL]) AS k;

-- repair
SELECT k, ags_repair(k) FROM unnest(ARRAY['5966024', '05966024', '5966', '05966',
	'59', '059', '5', '05', '9162000', '1001', '11', NULL]) AS k;
SELECT k, ags_repair(k, '05') FROM unnest(ARRAY['966024', '5966024', '05966024',
	'966', '5966', '05966', '5', '59', '050']) AS k;
SELECT command, test.error(command) FROM (VALUES
	(1, $$SELECT ags_repair('966024')$$),
	(2, $$SELECT ags_repair('966')$$),
	(3, $$SELECT ags_repair('059', '05')$$),
	(4, $$SELECT ags_repair('9162000', '05')$$),
	(5, $$SELECT ags_repair('05966024', '06')$$),
	(6, $$SELECT ags_repair('05966024', '059')$$),
	(7, $$SELECT ags_repair('059660240')$$),
	(8, $$SELECT ags_repair('')$$),
	(9, $$SELECT ags_repair('59660')$$),
	(10, $$SELECT ags_repair('99966')$$),
	(11, $$SELECT ags_repair('5966024.0')$$),
	(12, $$SELECT ags_repair(' 5966024')$$),
	(13, $$SELECT ags_repair('5.966.024')$$),
	(14, $$SELECT ags_repair('-5966024')$$),
	(15, $$SELECT ags_repair('5966024', NULL)$$),
	(16, $$SELECT ags_repair('0000000')$$),
	(17, $$SELECT ags_repair('00000000')$$),
	(18, $$SELECT ags_repair('5,966024E+06')$$),
	(19, $$SELECT ags_repair('059660240000000000000000000000000000')$$)
) AS v(n, command) ORDER BY n;

-- bad input
\a
SELECT input, test.input('ags', input) FROM (VALUES
	(1, ''), (2, ' '), (3, '0'), (4, '5'), (5, '00'), (6, '17'), (7, '20'),
	(8, '99'), (9, '000'), (10, '010'), (11, '050'), (12, '160'), (13, '005'),
	(14, '171'), (15, '0596'), (16, '5966'), (17, '00000'), (18, '17001'),
	(19, '99966'), (20, '059660'), (21, '966024'), (22, '0596602'),
	(23, '5966024'), (24, '00000000'), (25, '00966024'), (26, '17000000'),
	(27, '99999999'), (28, '059660240'), (29, '0596602400'),
	(30, '059660024024'), (31, '05966024000000000000000000000000'),
	(32, ' 05966024'), (33, '05966024 '), (34, '05 966 024'), (35, '05-966-024'),
	(36, '05.966.024'), (37, '05966.024'), (38, '05966,024'), (39, '05966/024'),
	(40, '+5966024'), (41, '-5966024'), (42, '+05966024'), (43, '-05'),
	(44, '5966024.0'), (45, '5.966024e6'), (46, '5,966024E+06'), (47, '0x05966024'),
	(48, '05966024a'), (49, 'a5966024'), (50, '05a66024'), (51, 'AGS05966024'),
	(52, 'DE05966024'), (53, '05966O24'), (54, 'O5966024'), (55, '0596602l'),
	(56, '05966024;'), (57, '"05966024"'), (58, '''05966024'''), (59, '05966024,05966020'),
	(60, '{05966024}'), (61, '05966*'), (62, '05966%'), (63, '05966___'),
	(64, '05966XXX'), (65, '05966???'), (66, 'NULL'), (67, 'null'), (68, 'NaN'),
	(69, 'Olpe'), (70, 'Kreis Olpe'), (71, '-'), (72, '.'), (73, 'x'), (74, '/'),
	(75, E'05966024\n'), (76, E'\t05966024'), (77, E'05966024\r'), (78, E'\n'),
	(79, U&'05966024\00A0'), (80, U&'\FEFF05966024'), (81, U&'\0660\0665'),
	(82, U&'05\FF19\FF16\FF1602\FF14'), (83, 'ä'), (84, '05ä'), (85, '0596602ß'),
	(86, '€5966024'), (87, '05966024😀'), (88, '5e0'), (89, '1e2'), (90, '05e66024'),
	(91, 'true'), (92, 'f'), (93, '05966024::ags'), (94, '05966024--'),
	(95, '05 '), (96, ' 05'), (97, '05966\024'), (98, '\x05966024'), (99, '059660²4'),
	(100, '05966024' || repeat('0', 1000)), (101, repeat('x', 50)), (102, '½'),
	(103, '1'), (104, '7'), (105, '08 115'), (106, '0811500'), (107, '8115003')
) AS v(n, input) ORDER BY n;
\a

-- ags_in, the cast from text and is_ags agree
SELECT count(*) AS inputs, count(*) FILTER (WHERE is_ags(input) <>
		(test.input('ags', input) !~ '^22P02')) AS disagree,
	count(*) FILTER (WHERE test.error(format('SELECT ags(%L::text)', input)) <>
		CASE WHEN is_ags(input) THEN 'no error' ELSE test.input('ags', input) END) AS differ
FROM (SELECT lpad(i::text, digits, '0') AS input
	FROM generate_series(1, 9) AS digits, generate_series(0, 99, 7) AS i) AS v;

-- operator classes
SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass AS c JOIN pg_am AS a ON a.oid = c.opcmethod
WHERE c.opcintype = 'ags'::regtype ORDER BY 1;

SELECT setseed(0.5);
CREATE TABLE ags_index AS
	SELECT k::ags FROM (
		SELECT lpad((1 + floor(random() * 16))::text, 2, '0') ||
			lpad(floor(random() * 1000000)::text, 6, '0')
		FROM generate_series(1, 2000)
		UNION ALL SELECT DISTINCT '05' || lpad(floor(random() * 1000)::text, 3, '0')
		FROM generate_series(1, 300)
		UNION ALL VALUES ('01'), ('05'), ('059'), ('16'), ('05966'), ('05966024'), ('16999999')) AS v(k);
INSERT INTO ags_index SELECT NULL FROM generate_series(1, 10);
CREATE TABLE ags_probe AS
	(SELECT k FROM ags_index WHERE k IS NOT NULL ORDER BY ags_hash(k) LIMIT 40)
	UNION SELECT unnest('{01,01000000,05,059,05966,05966024,05966025,16,16999999,10}'::ags[]);
CREATE INDEX ags_btree ON ags_index USING btree (k);
ANALYZE ags_index;
SELECT * FROM test.index_equals_scan('ags_index', '{<,<=,=,>=,>,<@}', 'ags_probe');
DROP INDEX ags_btree;
CREATE INDEX ags_hash ON ags_index USING hash (k);
SELECT * FROM test.index_equals_scan('ags_index', '{=}', 'ags_probe');
DROP INDEX ags_hash;

-- containment is a range of a btree index: for constants from both sides, for
-- parameters, in joins and on an expression over text
CREATE INDEX ags_btree ON ags_index USING btree (k);
SET enable_seqscan = off;
SELECT test.index_condition($$SELECT * FROM ags_index WHERE k <@ '05966'$$);
SELECT test.index_condition($$SELECT * FROM ags_index WHERE '05966' @> k$$);
SELECT test.index_condition($$SELECT * FROM ags_index WHERE ags_contained(k, '05')$$);
SELECT test.index_condition($$SELECT * FROM ags_index WHERE k @> '05966'$$);
SELECT test.index_condition($$SELECT * FROM ags_index WHERE k <@ NULL$$);
SET plan_cache_mode = force_generic_plan;
PREPARE within(ags) AS SELECT count(*) FROM ags_index WHERE k <@ $1;
SELECT test.index_condition('EXECUTE within(''05966'')');
EXECUTE within('05966');
EXECUTE within('05');
DEALLOCATE within;
RESET plan_cache_mode;
EXPLAIN (COSTS OFF)
SELECT d.k, count(*) FROM ags_probe AS d JOIN ags_index AS m ON m.k <@ d.k
WHERE level(d.k) = 'district' GROUP BY d.k;
CREATE TABLE ags_of_text AS SELECT k::text AS key FROM ags_index;
CREATE INDEX ON ags_of_text ((key::ags));
SELECT test.index_condition($$SELECT * FROM ags_of_text WHERE key::ags <@ '05966'$$);
RESET enable_seqscan;

-- sorting, grouping and the three kinds of join give the same
SELECT (SELECT array_agg(k::text ORDER BY k) FROM ags_index) =
	(SELECT array_agg(k::text ORDER BY k::text COLLATE "C") FROM ags_index) AS sorted;
CREATE FUNCTION ags_join(setting text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	PERFORM set_config('enable_hashjoin', 'off', true),
		set_config('enable_mergejoin', 'off', true),
		set_config('enable_nestloop', 'off', true);
	PERFORM set_config(setting, 'on', true);
	SELECT count(*) || ' ' || md5(string_agg(a.k::text, ',' ORDER BY a.k)) INTO result
	FROM ags_index AS a JOIN ags_index AS b ON a.k = b.k;
	RETURN result;
END $$;
SELECT ags_join('enable_hashjoin') = ags_join('enable_mergejoin')
	AND ags_join('enable_hashjoin') = ags_join('enable_nestloop') AS joins_agree;
DROP FUNCTION ags_join;

-- binary round trip
\copy ags_index to program 'cat >"$PG_ABS_BUILDDIR/ags.bin"' (format binary)
CREATE TABLE ags_binary (k ags);
\copy ags_binary from program 'cat "$PG_ABS_BUILDDIR/ags.bin"' (format binary)
SELECT count(*), count(k) FROM ags_binary;
SELECT count(*) FROM (TABLE ags_index EXCEPT ALL TABLE ags_binary) AS d;
SELECT ags_send('05966024');
DROP TABLE ags_index, ags_probe, ags_of_text, ags_binary;
