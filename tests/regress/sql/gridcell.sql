-- Type gridcell: cells of the European grid.
CREATE SCHEMA gridcell_test;
SET search_path = gridcell_test, public, allmende;

-- Every form
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, 'CRS3035RES1000mN2689000E4337000'), (2, 'CRS3035RES1000mE4337000N2689000'),
	(3, 'DE_CRS3035RES1000mN2689000E4337000'),
	(4, 'CR_CRS3035RES1000mE4337000N2689000'),
	(5, '1kmN2689E4337'), (6, '1kmE4337N2689'), (7, 'DE_1kmN2689E4337'),
	(8, 'AT_1kmE4337N2689'), (9, '1000mN2689E4337'), (10, '1000mE4337N2689'),
	(11, '1kmN2689000E4337000'), (12, '1kmE4337000N2689000'),
	(13, 'DE_1kmN2689000E4337000'), (14, 'PL_1000mE4337000N2689000'),
	(15, '100mN26895E43375'), (16, '100mN2689500E4337500'),
	(17, '100mE43375N26895'), (18, 'DE_100mN26895E43375'),
	(19, '250mN268950E433750'), (20, '250mN2689500E4337500'),
	(21, '500mN26895E43375'), (22, '500mN2689500E4337500'),
	(23, '5kmN2685E4335'), (24, '5000mN2685E4335'), (25, '5kmN2685000E4335000'),
	(26, '10kmN268E433'), (27, '10000mN268E433'), (28, '10kmN2680000E4330000'),
	(29, '100kmN26E43'), (30, '100000mN26E43'), (31, '100kmN2600000E4300000'),
	(32, '100kmN9E9'), (33, '100mN9000E9000'), (34, '100kmN54E73'),
	(35, '100mN54999E73999'), (36, '250mN549975E739975'),
	(37, 'CRS3035RES100000mN5400000E7300000')
) AS good(n, input)
ORDER BY n;

-- Bad input

-- nothing, blanks and what is no id
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, ''), (2, ' '), (3, 'x'), (4, 'N'), (5, 'E'), (6, 'NULL'), (7, '0'),
	(8, '-1'), (9, '1'), (10, 'km'), (11, 'm'), (12, '1km'), (13, '1000m'),
	(14, '100m'), (15, 'N2689E4337'), (16, 'E4337N2689'), (17, '2689 4337'),
	(18, '1kmN2689E4337 '), (19, ' 1kmN2689E4337'), (20, E'1kmN2689E4337\n'),
	(21, '1km N2689E4337'), (22, '1kmN2689 E4337'), (23, '1kmN 2689E4337'),
	(24, '1 kmN2689E4337'), (25, '1kmN2689E4337;'), (26, '1kmN2689E4337,'),
	(27, '1kmN2689E4337x'), (28, '1kmN2689E4337N2689'),
	(29, '1kmN2689E4337E4337'), (30, '1kmN2689E4337m'), (31, 'ä'),
	(32, '1kmN2689Eä'), (33, '１kmN2689E4337'), (34, '8928308280fffff'),
	(35, 'u33d')
) AS bad(n, input)
ORDER BY n;

-- case
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, '1KMN2689E4337'), (2, '1Kmn2689E4337'), (3, '1kMN2689E4337'),
	(4, '1kmn2689E4337'), (5, '1kmN2689e4337'), (6, '1kme4337N2689'),
	(7, 'crs3035RES1000mN2689000E4337000'),
	(8, 'CRS3035res1000mN2689000E4337000'),
	(9, 'CRS3035RES1000MN2689000E4337000'),
	(10, 'CRS3035RES1000mn2689000E4337000'),
	(11, 'CRS3035RES1000mN2689000e4337000'), (12, 'de_1kmN2689E4337'),
	(13, 'De_1kmN2689E4337'), (14, 'dE_1kmN2689E4337')
) AS bad(n, input)
ORDER BY n;

-- country
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, 'D_1kmN2689E4337'), (2, 'DEU_1kmN2689E4337'), (3, 'DE1kmN2689E4337'),
	(4, 'DE-1kmN2689E4337'), (5, 'DE 1kmN2689E4337'),
	(6, 'DE__1kmN2689E4337'), (7, 'DE_DE_1kmN2689E4337'),
	(8, '_1kmN2689E4337'), (9, 'DE_'), (10, 'DE'), (11, 'D'),
	(12, 'DE_N2689E4337'), (13, 'DE_x'), (14, 'D1_1kmN2689E4337'),
	(15, 'ÄÖ_1kmN2689E4337'), (16, 'DE_ 1kmN2689E4337'),
	(17, 'DECRS3035RES1000mN2689000E4337000')
) AS bad(n, input)
ORDER BY n;

-- reference system
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, 'C'), (2, 'CR'), (3, 'CRS'), (4, 'CRS3035'), (5, 'CRS3035RES'),
	(6, 'CRS3034RES1000mN2689000E4337000'),
	(7, 'CRS25832RES1000mN2689000E4337000'),
	(8, 'CRS3035RS1000mN2689000E4337000'),
	(9, 'CRS3035 RES1000mN2689000E4337000'),
	(10, 'CRS03035RES1000mN2689000E4337000'),
	(11, 'CRSRES1000mN2689000E4337000'),
	(12, 'EPSG3035RES1000mN2689000E4337000'),
	(13, '3035RES1000mN2689000E4337000'), (14, 'RES1000mN2689000E4337000'),
	(15, 'CRS3035RESN2689000E4337000'),
	(16, 'CRS3035RES1000N2689000E4337000'),
	(17, 'CRS3035RES1kmN2689000E4337000'), (18, 'CRS3035RES1kmN2689E4337'),
	(19, 'CRS3035RES1000m'), (20, 'CRS3035RES1000m2689000E4337000'),
	(21, 'CRS3035RES-1000mN2689000E4337000'),
	(22, 'CRS3035RES1e3mN2689000E4337000'),
	(23, 'CRS3035RES1000.0mN2689000E4337000')
) AS bad(n, input)
ORDER BY n;

-- size
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, '0kmN2689E4337'), (2, '0mN2689E4337'), (3, '00mN2689E4337'),
	(4, '01kmN2689E4337'), (5, '0100mN26895E43375'),
	(6, '1mN2689000E4337000'), (7, '10mN268900E433700'),
	(8, '25mN2689000E4337000'), (9, '50mN2689000E4337000'),
	(10, '125mN2689000E4337000'), (11, '200mN26896E43376'),
	(12, '400mN26896E43376'), (13, '750mN268950E433750'),
	(14, '2kmN2688E4336'), (15, '2500mN2690000E4337500'),
	(16, '20kmN268E432'), (17, '50kmN265E430'), (18, '1000kmN2E4'),
	(19, '100000kmN2E4'), (20, '1000000mN2E4'), (21, '10000000mN2E4'),
	(22, '9999999kmN2E4'), (23, '99999999kmN2E4'), (24, '-1kmN2689E4337'),
	(25, '+1kmN2689E4337'), (26, '0.5kmN2689E4337'), (27, '0,5kmN2689E4337'),
	(28, '1.0kmN2689E4337'), (29, '1e3mN2689E4337'), (30, '1kN2689E4337'),
	(31, '1mkN2689E4337'), (32, '1kkmN2689E4337'), (33, '1kmmN2689E4337'),
	(34, '1cmN2689E4337'), (35, '1miN2689E4337'), (36, '1N2689E4337'),
	(37, '0x64mN26895E43375'), (38, 'CRS3035RES0mN2689000E4337000'),
	(39, 'CRS3035RES01000mN2689000E4337000'),
	(40, 'CRS3035RES200mN2689000E4337000'),
	(41, 'CRS3035RES2000mN2688000E4336000'),
	(42, 'CRS3035RES1000000mN2000000E4000000'),
	(43, 'CRS3035RES10000000mN2000000E4000000')
) AS bad(n, input)
ORDER BY n;

-- coordinates
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, '1kmN2689'), (2, '1kmE4337'), (3, '1kmN2689E'), (4, '1kmE4337N'),
	(5, '1kmN'), (6, '1kmE'), (7, '1kmNE'), (8, '1kmN2689N4337'),
	(9, '1kmE4337E2689'), (10, '1kmS2689E4337'), (11, '1kmN2689W4337'),
	(12, '1kmN2689O4337'), (13, '1kmN-2689E4337'), (14, '1kmN+2689E4337'),
	(15, '1kmN2689E-4337'), (16, '1kmN2689E+4337'), (17, '1kmN2689.0E4337'),
	(18, '1kmN2689,0E4337'), (19, '1kmN2689E4337.0'), (20, '1kmN2_689E4337'),
	(21, '1kmN02689E4337'), (22, '1kmN2689E04337'), (23, '1kmN0E4337'),
	(24, '1kmN2689E0'), (25, '1kmN00002689E4337'), (26, '1kmN2.689e3E4337'),
	(27, '1kmN0xA81E4337'), (28, '1kmN12345678E4337'),
	(29, '1kmN2689E12345678'), (30, '1kmN99999999999999999999E4337'),
	(31, 'CRS3035RES1000mN02689000E4337000'),
	(32, 'CRS3035RES1000mN2689000E04337000'),
	(33, 'CRS3035RES1000mN2689000E4337000E4337000')
) AS bad(n, input)
ORDER BY n;

-- coordinates of two forms
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, '1kmN2689000E4337'), (2, '1kmN2689E4337000'), (3, '1kmE4337N2689000'),
	(4, '1kmE4337000N2689'), (5, '100mN26895E4337500'),
	(6, '100mN2689500E43375'), (7, '250mN268950E4337500'),
	(8, 'DE_1kmN2689E4337000'), (9, 'CRS3035RES1000mN2689E4337'),
	(10, 'CRS3035RES1000mN2689000E4337'),
	(11, 'CRS3035RES1000mE4337N2689000'), (12, 'CRS3035RES100mN26895E43375')
) AS bad(n, input)
ORDER BY n;

-- outside of the grid
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, '1kmN899E4337'), (2, '1kmN5500E4337'), (3, '1kmN2689E899'),
	(4, '1kmN2689E7400'), (5, '1kmE899N2689'), (6, '1kmE7400N2689'),
	(7, '1kmN1E1'), (8, '1kmN9999E9999'), (9, '1kmN899999E4337'),
	(10, '1kmN5500000E4337000'), (11, '1kmN9999000E9999000'),
	(12, '1kmN2689000E7400000'), (13, '100mN8999E43375'),
	(14, '100mN55000E43375'), (15, '100mN26895E74000'),
	(16, '250mN89975E433750'), (17, '10kmN550E440'), (18, '10kmN89E440'),
	(19, '100kmN55E44'), (20, '100kmN8E44'), (21, '100kmN27E74'),
	(22, '100kmN27E8'), (23, '100kmN899999E899999'), (24, '100kmN27000E44'),
	(25, 'CRS3035RES1000mN899000E4337000'),
	(26, 'CRS3035RES1000mN5500000E4337000'),
	(27, 'CRS3035RES1000mN2689000E899000'),
	(28, 'CRS3035RES1000mN2689000E7400000'), (29, 'CRS3035RES100mN100E100')
) AS bad(n, input)
ORDER BY n;

-- no multiple of the size
SELECT input, test.input('gridcell', input) AS result
FROM (VALUES
	(1, '1kmN2689500E4337000'), (2, '1kmN2689000E4337500'),
	(3, '1kmN2689001E4337000'), (4, '1kmE4337500N2689000'),
	(5, '5kmN2689E4335'), (6, '5kmN2685E4337'), (7, '10kmN2689000E4330000'),
	(8, '10kmN2690000E4337000'), (9, '10kmN268E4337000'),
	(10, '100kmN2690000E4300000'), (11, '100kmN2600000E4330000'),
	(12, '250mN268951E433750'), (13, '250mN268950E433751'),
	(14, '250mN2689100E4337500'), (15, '250mN268910E433750'),
	(16, '500mN26894E43375'), (17, '500mN26895E43374'),
	(18, '500mN2689400E4337500'), (19, '100mN2689550E4337500'),
	(20, '100mN2689500E4337501'), (21, 'CRS3035RES100mN2689550E4337500'),
	(22, 'CRS3035RES250mN2689600E4337500'),
	(23, 'CRS3035RES1000mN2689000E4337500'),
	(24, 'CRS3035RES10000mN2689000E4330000'),
	(25, 'CRS3035RES100000mN2600000E4330000')
) AS bad(n, input)
ORDER BY n;

SELECT test.error($$SELECT 'ä'::text::gridcell$$);
SELECT is_gridcell(input) AS is, count(*)
FROM (VALUES ('1kmN2689E4337'), ('CRS3035RES100mN2689500E4337500'),
	('DE_250mE433750N268950'), (''), ('1kmN2689E4337 '), ('2kmN2689E4337'),
	('1kmN2689E7400'), (NULL)) AS texts(input)
GROUP BY is_gridcell(input)
ORDER BY 1;

-- Casts: to text in assignments, from text only by name
CREATE TABLE cast_test (cell gridcell, id text CHECK (is_gridcell(id)));
INSERT INTO cast_test VALUES ('1kmN2689E4337', gridcell('100mN26895E43375'));
SELECT test.error($$INSERT INTO cast_test (cell) VALUES ('1kmN2689E4337'::text)$$);
SELECT test.error($$INSERT INTO cast_test (id) VALUES ('1kmN2689')$$);
SELECT cell, id, text(cell) = cell::text AS text_is_cast,
	id::gridcell = gridcell(id) AS gridcell_is_cast, cell::varchar(8)
FROM cast_test;
SELECT test.error($$SELECT 1::int8::gridcell$$);

-- Parts
SELECT short_id(cell), size(cell), easting(cell), northing(cell), cell
FROM (SELECT gridcell(short) AS cell FROM unnest(ARRAY['100mN26895E43375',
	'250mN268950E433750', '500mN26895E43375', '1kmN2689E4337',
	'5kmN2685E4335', '10kmN268E433', '100kmN26E43']) AS short) AS cells
ORDER BY cell;

-- Binary form
SELECT gridcell_send('100mN26895E43375'), gridcell_send('100kmN54E73');
CREATE TABLE cell (k gridcell);
INSERT INTO cell
	SELECT gridcell(4337000 + 173 * n, 2689000 + 251 * (n * 7 % 1000), size)
	FROM generate_series(0, 399) AS n,
		unnest(ARRAY[100, 250, 500, 1000, 5000, 10000, 100000]) AS size;
CREATE FUNCTION gridcell_test.copied_binary(OUT rows bigint, OUT different bigint)
	LANGUAGE plpgsql AS $$
DECLARE
	file text := current_setting('data_directory') || '/gridcell_test.bin';
BEGIN
	CREATE TEMPORARY TABLE copy (k gridcell);
	EXECUTE format('COPY cell TO %L (FORMAT binary)', file);
	EXECUTE format('COPY copy FROM %L (FORMAT binary)', file);
	SELECT count(*) INTO rows FROM copy;
	SELECT count(*) INTO different FROM (
		(TABLE cell EXCEPT ALL TABLE copy)
		UNION ALL (TABLE copy EXCEPT ALL TABLE cell)) AS difference;
END
$$;
SELECT * FROM gridcell_test.copied_binary();

-- What recv refuses: a number that is no cell, in a file of one row
CREATE FUNCTION gridcell_test.binary_input(number bigint) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	file text := current_setting('data_directory') || '/gridcell_test.bin';
	result text;
BEGIN
	CREATE TEMPORARY TABLE number AS SELECT number;
	CREATE TEMPORARY TABLE read (k gridcell);
	EXECUTE format('COPY number TO %L (FORMAT binary)', file);
	result := test.error(format('COPY read FROM %L (FORMAT binary)', file));
	IF result = 'no error' THEN
		SELECT k::text INTO result FROM read;
	END IF;
	DROP TABLE number, read;
	RETURN result;
END
$$;
SELECT what, gridcell_test.binary_input(number)
FROM (VALUES
	(1, 'a cell', (4::bigint << 38) + (107560::bigint << 19) + 173480),
	(2, 'zero', 0), (3, 'minus one', -1),
	(4, 'size 0', (107560::bigint << 19) + 173480),
	(5, 'size 8', (8::bigint << 38) + (107560::bigint << 19) + 173480),
	(6, 'high bit', (20::bigint << 38) + (107560::bigint << 19) + 173480),
	(7, 'northing', (4::bigint << 38) + (107561::bigint << 19) + 173480),
	(8, 'easting', (4::bigint << 38) + (107560::bigint << 19) + 173481),
	(9, 'south', (4::bigint << 38) + (35960::bigint << 19) + 173480),
	(10, 'north', (4::bigint << 38) + (220000::bigint << 19) + 173480),
	(11, 'west', (4::bigint << 38) + (107560::bigint << 19) + 35960),
	(12, 'east', (4::bigint << 38) + (107560::bigint << 19) + 296000)
) AS numbers(n, what, number)
ORDER BY n;

-- Order: size, northing, easting
SELECT count(*) FILTER (WHERE (size(k), northing(k), easting(k)) <
		(previous_size, previous_northing, previous_easting)) AS disordered
FROM (SELECT k, lag(size(k)) OVER ascending AS previous_size,
		lag(northing(k)) OVER ascending AS previous_northing,
		lag(easting(k)) OVER ascending AS previous_easting
	FROM cell WINDOW ascending AS (ORDER BY k)) AS pairs;
SELECT min(k), max(k) FROM cell;
SELECT min(k), max(k) FROM cell WHERE false;
SELECT k < '1kmN2689E4337' AS lt, k <= '1kmN2689E4337' AS le,
	k = '1kmN2689E4337' AS eq, k <> '1kmN2689E4337' AS ne,
	k >= '1kmN2689E4337' AS ge, k > '1kmN2689E4337' AS gt, k
FROM (VALUES ('500mN26900E43380'::gridcell), ('1kmN2688E4338'),
	('1kmN2689E4336'), ('1kmE4337N2689'), ('1kmN2689E4338'),
	('5kmN1000E1000')) AS probes(k)
ORDER BY k;

-- The operator classes are valid, and an index finds what a scan finds.
SELECT opcname, amname, amvalidate(opclass.oid)
FROM pg_opclass AS opclass JOIN pg_am AS am ON am.oid = opcmethod
WHERE opcintype = 'gridcell'::regtype
ORDER BY amname;
CREATE TABLE probe AS
	(SELECT k FROM cell ORDER BY hashtext(k::text) LIMIT 40)
	UNION SELECT '100kmN9E9' UNION SELECT '100mN9000E9000'
	UNION SELECT '100kmN54E73' UNION SELECT '250mN268950E433750';
CREATE INDEX cell_btree ON cell USING btree (k);
ANALYZE cell;
SELECT * FROM test.index_equals_scan('cell', '{<,<=,=,>=,>}', 'probe');
DROP INDEX cell_btree;
CREATE INDEX cell_hash ON cell USING hash (k);
SELECT * FROM test.index_equals_scan('cell', '{=}', 'probe');
DROP INDEX cell_hash;
SELECT count(*) AS hashes, count(DISTINCT k) AS cells,
	count(DISTINCT gridcell_hash(k)) > 0.99 * count(DISTINCT k) AS hash_spreads,
	count(DISTINCT gridcell_hash_extended(k, 1)) = count(DISTINCT k)
		AS extended_hash_spreads
FROM cell;

-- Joins by hash, by merge and by nested loop find the same.
CREATE FUNCTION gridcell_test.joined(method text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	result text;
	line text;
	plan text := '';
BEGIN
	PERFORM set_config('enable_hashjoin', (method = 'Hash Join')::text, true),
		set_config('enable_mergejoin', (method = 'Merge Join')::text, true),
		set_config('enable_nestloop', (method = 'Nested Loop')::text, true);
	FOR line IN EXPLAIN (COSTS OFF)
		SELECT count(*) FROM cell AS a JOIN cell AS b ON a.k = b.k
	LOOP
		plan := plan || line;
	END LOOP;
	SELECT count(*) || ' ' || md5(string_agg(a.k::text, ',' ORDER BY a.k))
	INTO result FROM cell AS a JOIN cell AS b ON a.k = b.k;
	PERFORM set_config('enable_hashjoin', 'on', true),
		set_config('enable_mergejoin', 'on', true),
		set_config('enable_nestloop', 'on', true);
	RETURN CASE WHEN position(method IN plan) > 0 THEN result
		ELSE 'not by ' || method END;
END
$$;
SELECT gridcell_test.joined('Hash Join') = gridcell_test.joined('Merge Join') AS hash_is_merge,
	gridcell_test.joined('Hash Join') = gridcell_test.joined('Nested Loop') AS hash_is_loop,
	gridcell_test.joined('Hash Join') ~ '^\d+ [0-9a-f]{32}$' AS joined;

-- Containment is that of the squares.
SELECT outer_cell, inner_cell, outer_cell @> inner_cell AS contains,
	inner_cell <@ outer_cell AS contained, inner_cell @> outer_cell AS reverse
FROM (VALUES
	('1kmN2689E4337'::gridcell, '1kmN2689E4337'::gridcell),
	('1kmN2689E4337', '100mN26895E43375'),
	('1kmN2689E4337', '100mN26899E43379'),
	('1kmN2689E4337', '100mN26900E43379'),
	('1kmN2689E4337', '1kmN2690E4337'),
	('250mN268950E433750', '100mN26895E43375'),
	('250mN268950E433750', '100mN26896E43376'),
	('250mN268950E433750', '100mN26897E43376'),
	('100kmN26E43', '250mN268950E433750')
) AS pairs(outer_cell, inner_cell)
ORDER BY outer_cell, inner_cell;
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.k @> b.k) AS contained,
	count(*) FILTER (WHERE (a.k @> b.k) IS DISTINCT FROM
		ST_Covers(geometry(a.k), geometry(b.k))) AS different,
	count(*) FILTER (WHERE (a.k @> b.k) IS DISTINCT FROM (b.k <@ a.k))
		AS not_commuted
FROM probe AS a, probe AS b;

-- Hierarchy
SELECT cell, parent(cell), parent(cell, size(cell)) = cell AS own_parent,
	short_id(parent(cell, 100000)) AS top
FROM (SELECT gridcell(short) AS cell FROM unnest(ARRAY['100mN26897E43372',
	'250mN268975E433725', '500mN26895E43375', '1kmN2689E4337',
	'5kmN2685E4335', '10kmN268E433', '100kmN26E43']) AS short) AS cells
ORDER BY cell;
SELECT test.error($$SELECT parent('100mN26897E43372', 250)$$);
SELECT test.error($$SELECT parent('1kmN2689E4337', 500)$$);
SELECT test.error($$SELECT parent('1kmN2689E4337', 2000)$$);
SELECT test.error($$SELECT children('250mN268950E433750', 100)$$);
SELECT test.error($$SELECT children('250mN268950E433750', 500)$$);
SELECT test.error($$SELECT children('250mN268950E433750', 0)$$);
SELECT test.error($$SELECT children('250mN268950E433750', -250)$$);
SELECT children('500mN26895E43375', 250);
SELECT children('500mN26895E43375', 500);
SELECT count(*), min(child), max(child), bool_and(parent(child, 100000) = '100kmN26E43')
FROM children('100kmN26E43', 250) AS child;
SELECT count(*) FILTER (WHERE NOT a.k @> parent_cell.child) AS outside,
	count(*) FILTER (WHERE parent(parent_cell.child, size(a.k)) <> a.k) AS orphans
FROM probe AS a, children(a.k, size(a.k)) AS parent_cell(child);
SELECT children('1kmN2689E4337', 100) LIMIT 2;

-- Neighbours, at the rim too
SELECT neighbours('1kmN2689E4337');
SELECT neighbours('100kmN9E9');
SELECT neighbours('250mN549975E739975');
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE NOT ST_Touches(geometry(k), geometry(neighbour)))
		AS not_touching,
	count(*) FILTER (WHERE size(k) <> size(neighbour)) AS other_size
FROM probe, neighbours(k) AS neighbour;

-- Null gives null or no rows.
SELECT gridcell(NULL::text), short_id(NULL), size(NULL::gridcell),
	parent(NULL::gridcell), parent(NULL, 1000), is_gridcell(NULL),
	gridcell(NULL, 1, 100), gridcell(NULL::geometry, 100),
	geometry(NULL::gridcell), centre(NULL);
SELECT count(*) FROM children(NULL, 100);
SELECT count(*) FROM neighbours(NULL);
SELECT count(*) FROM gridcells(NULL::geometry, 100);
SELECT count(*) FROM gridcells_in_box(NULL, 1, 1, 1, 100);

-- From coordinates: the lower and left edge belong to a cell.
SELECT easting, northing, size, gridcell(easting, northing, size)
FROM (VALUES
	(1, 4337000, 2689000, 1000), (2, 4337999.999, 2689999.999, 1000),
	(3, 4338000, 2689999.999, 1000), (4, 4337999.999, 2690000, 1000),
	(5, 900000, 900000, 100), (6, 899999.999, 900000, 100),
	(7, 900000, 899999.999, 100), (8, 7399999.999, 5499999.999, 100000),
	(9, 7400000, 5499999.999, 100000), (10, 7399999.999, 5500000, 100000),
	(11, 0, 0, 100), (12, -4337000, -2689000, 100), (13, 1e300, 1e300, 100)
) AS points(n, easting, northing, size)
ORDER BY n;
SELECT test.error($$SELECT gridcell('NaN', 2689000, 100)$$);
SELECT test.error($$SELECT gridcell(4337000, 'NaN', 100)$$);
SELECT test.error($$SELECT gridcell('Infinity', 2689000, 100)$$);
SELECT test.error($$SELECT gridcell(4337000, '-Infinity', 100)$$);
SELECT test.error($$SELECT gridcell(4337000, 2689000, 101)$$);

-- From points: with every dimension, of every system
SELECT what, gridcell(ST_GeomFromEWKT(point), 1000)
FROM (VALUES
	(1, '3035', 'SRID=3035;POINT(4337500 2689500)'),
	(2, '3035 edge', 'SRID=3035;POINT(4337000 2689000)'),
	(3, '3035 Z', 'SRID=3035;POINT Z (4337500 2689500 1)'),
	(4, '3035 M', 'SRID=3035;POINT M (4337500 2689500 1)'),
	(5, '3035 ZM', 'SRID=3035;POINT ZM (4337500 2689500 1 2)'),
	(6, '4326', 'SRID=4326;POINT(7.8483 51.0283)'),
	(7, '4258', 'SRID=4258;POINT(7.8483 51.0283)'),
	(8, '25832', 'SRID=25832;POINT(419270 5653460)'),
	(9, '25832 Z', 'SRID=25832;POINT Z (419270 5653460 350)'),
	(10, '25833', 'SRID=25833;POINT(-1165 5684120)'),
	(11, '31467', 'SRID=31467;POINT(3419310 5655290)'),
	(12, 'empty', 'SRID=3035;POINT EMPTY'),
	(13, 'empty without SRID', 'POINT EMPTY'),
	(14, 'outside in 3035', 'SRID=3035;POINT(899999 2689500)'),
	(15, 'outside in 4326', 'SRID=4326;POINT(-74 40.7)'),
	(16, 'outside in 25832', 'SRID=25832;POINT(500000 0)')
) AS points(n, what, point)
ORDER BY n;
SELECT gridcell(postgis_addbbox(ST_Point(4337500, 2689500, 3035)), 100) AS with_box,
	gridcell(ST_Point(8, 51, 4326)::geography::geometry, 100) AS from_geography;
CREATE TABLE place (id int, geom geometry(Point, 25832),
	cell gridcell GENERATED ALWAYS AS (gridcell(geom, 100)) STORED);
INSERT INTO place VALUES (1, ST_Point(419270, 5653460, 25832)), (2, NULL);
CREATE INDEX ON place (gridcell(geom, 1000));
SELECT id, cell FROM place ORDER BY id;
SELECT test.error($$SELECT gridcell(ST_Point(8, 51), 100)$$);
SELECT test.error($$SELECT gridcell(ST_Point(8, 51, 4326), 200)$$);
SELECT test.error($$SELECT gridcell(ST_Point('NaN', 51, 4326), 100)$$);
SELECT test.error($$SELECT gridcell(ST_Point(8, 'Infinity', 3035), 100)$$);
SELECT test.error($$SELECT gridcell(ST_Point(8, 91, 4326), 100)$$);
SELECT test.error(format('SELECT gridcell(%L::geometry, 100)',
	'SRID=3035;' || wkt))
FROM (VALUES ('LINESTRING(0 0, 1 1)'), ('POLYGON((0 0, 1 0, 1 1, 0 0))'),
	('MULTIPOINT(0 0)'), ('GEOMETRYCOLLECTION(POINT(0 0))'),
	('LINESTRING EMPTY')) AS wkts(wkt)
ORDER BY wkt;

-- As geometries
SELECT cell, ST_AsEWKT(geometry(cell)), ST_AsEWKT(centre(cell))
FROM (VALUES ('100mN26895E43375'::gridcell), ('250mN268950E433750'),
	('1kmN2689E4337')) AS cells(cell)
ORDER BY cell;
SELECT ST_SRID(geometry('1kmN2689E4337'::gridcell, 25832)) AS srid,
	ST_AsText(geometry('1kmN2689E4337'::gridcell, 4326), 6) AS wgs84;
SELECT count(*) AS cells,
	count(*) FILTER (WHERE gridcell(centre(k), size(k)) <> k) AS by_centre,
	count(*) FILTER (WHERE gridcell(ST_PointN(ST_ExteriorRing(geometry(k)), 1),
		size(k)) <> k) AS by_corner,
	count(*) FILTER (WHERE ST_Area(geometry(k)) <> size(k)::float8 ^ 2) AS by_area,
	count(*) FILTER (WHERE NOT ST_Equals(ST_Centroid(geometry(k)), centre(k)))
		AS by_centroid
FROM probe;

-- Cells of a box
SELECT count(*), min(cell), max(cell)
FROM gridcells_in_box(4337000, 2689000, 4338000, 2690000, 500) AS cell;
SELECT gridcells_in_box(4337100, 2689100, 4337100, 2689100, 100);
SELECT count(*) FROM gridcells_in_box(0, 0, 899999, 1e6, 100);
SELECT count(*) FROM gridcells_in_box(-1e9, -1e9, 1e9, 1e9, 100000);
SELECT count(*) FROM gridcells_in_box(2, 1, 1, 2, 100000);
SELECT gridcells_in_box_count(4337000, 2689000, 4338000, 2690000, 500),
	gridcells_in_box_count(0, 0, 1, 1, 500);
SELECT test.error($$SELECT gridcells_in_box_count(0, 0, 1e9, 1e9, 100)$$);
SELECT test.error($$SELECT gridcells_in_box(0, 0, 1e9, 1e9, 100)$$);
SELECT test.error($$SELECT gridcells_in_box(0, 0, 'NaN', 1e9, 100)$$);
SELECT test.error($$SELECT gridcells_in_box(0, 0, 1e9, 1e9, 99)$$);
-- in a target list they are streamed
SELECT gridcells_in_box(4000000, 2000000, 4299999, 2299999, 100) LIMIT 1;

-- A cell covers itself and its children.
SELECT count(*) AS cells, count(*) FILTER (WHERE itself <> ARRAY[k]) AS different,
	count(*) FILTER (WHERE children <> covered) AS different_children
FROM (SELECT k, ARRAY(SELECT gridcells(geometry(k), size(k))) AS itself,
		ARRAY(SELECT children(k, 5000)) AS children,
		ARRAY(SELECT c FROM gridcells(geometry(k), 5000) AS c ORDER BY c) AS covered
	FROM probe WHERE size(k) % 5000 = 0
		AND gridcell(centre(k), 100000) <> '100kmN54E73') AS covers;
SELECT count(*) AS cells, bool_and(itself = ARRAY[k]) AS itself
FROM (SELECT k, ARRAY(SELECT gridcells(geometry(k), size(k))) AS itself
	FROM probe) AS covers;
SELECT count(*) FROM (
	(SELECT gridcells(geometry('1kmN2689E4337'::gridcell), 100)
	EXCEPT SELECT children('1kmN2689E4337', 100))
	UNION ALL
	(SELECT children('1kmN2689E4337', 100)
	EXCEPT SELECT gridcells(geometry('1kmN2689E4337'::gridcell), 100))) AS difference;

-- What a geometry covers, in cells of 1 km
CREATE FUNCTION gridcell_test.covered(wkt text, size int = 1000) RETURNS text
	LANGUAGE sql
	RETURN (SELECT string_agg(short_id(cell), ' ' ORDER BY cell)
		FROM gridcells(ST_GeomFromText(wkt, 3035), size) AS cell);
SELECT what, gridcell_test.covered(wkt)
FROM (VALUES
	(1, 'point', 'POINT(4337500 2689500)'),
	(2, 'point on an edge', 'POINT(4337000 2689500)'),
	(3, 'point on a corner', 'POINT(4337000 2689000)'),
	(4, 'points, two in a cell',
		'MULTIPOINT(4337100 2689100, 4337200 2689200, 4338000 2689000)'),
	(5, 'point outside', 'POINT(0 0)'),
	(6, 'line within', 'LINESTRING(4337100 2689100, 4337200 2689200)'),
	(7, 'line across', 'LINESTRING(4337500 2689500, 4339500 2689600)'),
	(8, 'line that ends on an edge',
		'LINESTRING(4337500 2689500, 4338000 2689500)'),
	(9, 'line that begins on an edge',
		'LINESTRING(4338000 2689500, 4338500 2689500)'),
	(10, 'line through a corner',
		'LINESTRING(4337500 2688500, 4338500 2689500)'),
	(11, 'line that touches a corner',
		'LINESTRING(4336500 2689500, 4337000 2689000, 4336500 2688500)'),
	(12, 'line along an edge, northwards',
		'LINESTRING(4337000 2689100, 4337000 2689900)'),
	(13, 'line along an edge, eastwards',
		'LINESTRING(4337100 2689000, 4337900 2689000)'),
	(14, 'line along two edges',
		'LINESTRING(4337000 2689000, 4337000 2690000, 4338000 2690000)'),
	(15, 'line around a cell', 'LINESTRING(4337000 2689000, 4338000 2689000,
		4338000 2690000, 4337000 2690000, 4337000 2689000)'),
	(16, 'polygon within', 'POLYGON((4337100 2689100, 4337200 2689100,
		4337200 2689200, 4337100 2689100))'),
	(17, 'polygon over a corner', 'POLYGON((4337900 2689900, 4338100 2689900,
		4338100 2690100, 4337900 2690100, 4337900 2689900))'),
	(18, 'polygon that reaches a tenth of a millimetre over an edge',
		'POLYGON((4337500 2689500, 4338000.0001 2689500,
		4338000.0001 2689600, 4337500 2689600, 4337500 2689500))'),
	(19, 'polygon that touches an edge with a vertex',
		'POLYGON((4337500 2689400, 4338000 2689500, 4337500 2689600,
		4337500 2689400))'),
	(20, 'polygon with a cell as its hole',
		'POLYGON((4336000 2688000, 4339000 2688000, 4339000 2691000,
		4336000 2691000, 4336000 2688000), (4337000 2689000, 4337000 2690000,
		4338000 2690000, 4338000 2689000, 4337000 2689000))'),
	(21, 'two polygons in a cell', 'MULTIPOLYGON(((4337100 2689100,
		4337200 2689100, 4337200 2689200, 4337100 2689100)), ((4337500 2689500,
		4337600 2689500, 4337600 2689600, 4337500 2689500)))'),
	(22, 'collection', 'GEOMETRYCOLLECTION(POINT(4337000 2689000),
		LINESTRING(4338500 2689500, 4339500 2689500), POLYGON((4337100 2689100,
		4337200 2689100, 4337200 2689200, 4337100 2689100)))'),
	(23, 'polygon partly outside of the grid', 'POLYGON((0 0, 901500 0,
		901500 901000, 0 901000, 0 0))'),
	(24, 'polygon with Z', 'POLYGON Z ((4337100 2689100 1, 4337200 2689100 2,
		4337200 2689200 3, 4337100 2689100 1))'),
	(25, 'empty point', 'POINT EMPTY'),
	(26, 'empty polygon', 'POLYGON EMPTY'),
	(27, 'empty collection', 'GEOMETRYCOLLECTION EMPTY'),
	(28, 'collection with an empty part',
		'GEOMETRYCOLLECTION(POLYGON EMPTY, POINT EMPTY, POINT(4337000 2689000))')
) AS geometries(n, what, wkt)
ORDER BY n;

CREATE TABLE circle AS
	SELECT ST_Buffer(ST_Point(4337512.5, 2689487.5, 3035), 3000) AS circle;
-- A circle, against the definition by areas; the same in another system.
SELECT count(*) AS cells,
	count(*) FILTER (WHERE covered IS NULL) AS missing,
	count(*) FILTER (WHERE defined IS NULL) AS too_many
FROM (SELECT cell AS covered FROM circle, gridcells(circle, 100) AS cell) AS a
FULL JOIN (SELECT candidate AS defined
	FROM circle, gridcells_in_box(4334000, 2686000, 4341000, 2693000, 100) AS candidate
	WHERE ST_Area(ST_Intersection(circle, geometry(candidate))) > 0) AS b
	ON covered = defined;

SELECT count(*) AS cells, count(*) FILTER (WHERE a IS NULL OR b IS NULL) AS different
FROM (SELECT gridcells(ST_Boundary(circle), 250) AS a FROM circle) AS line
FULL JOIN (SELECT candidate AS b
	FROM circle, gridcells_in_box(4334000, 2686000, 4341000, 2693000, 250) AS candidate
	WHERE ST_Length(ST_Intersection(ST_Boundary(circle), geometry(candidate))) > 0)
	AS defined ON a = b;
SELECT count(*) > 2900 AS many,
	bool_and(ST_DWithin(circle, geometry(cell), 0.001)) AS all_meet
FROM circle, gridcells(ST_Transform(circle, 25832), 100) AS cell;
SELECT count(DISTINCT cell) = count(*) AS distinct_cells
FROM circle, gridcells(ST_Collect(circle, ST_Translate(circle, 1000, 0)), 100) AS cell;

SELECT test.error($$SELECT gridcells(ST_MakeEnvelope(1000000, 1000000, 1316300, 1316300, 3035), 100)$$);
SELECT test.error($$SELECT gridcells(geometry('1kmN2689E4337'::gridcell), 99)$$);
SELECT test.error($$SELECT gridcells(ST_Point(4337000, 2689000, 3035), 99)$$);
SELECT test.error($$SELECT gridcells(ST_Point(4337000, 2689000), 100)$$);
SELECT test.error($$SELECT gridcells(ST_GeomFromText('LINESTRING(0 0, 1 1)'), 100)$$);

-- A large polygon is cut into pieces and still gives exactly its cells, about
-- 8,000 of 10,000; its outline gives those whose left or lower edge is part of it.
CREATE TABLE ragged AS
	SELECT cell FROM gridcells_in_box(4300000, 2600000, 4309999, 2609999, 100) AS cell
	WHERE gridcell_hash(cell) % 5 <> 0;
CREATE TABLE ragged_area AS SELECT ST_Union(geometry(cell)) AS area FROM ragged;
CREATE TABLE ragged_outline AS
	SELECT cell FROM (
		SELECT cell, cell IN (TABLE ragged) AS here,
			gridcell(easting(cell) - 100, northing(cell), 100) IN (TABLE ragged)
				AS west,
			gridcell(easting(cell), northing(cell) - 100, 100) IN (TABLE ragged)
				AS south
		FROM gridcells_in_box(4300000, 2600000, 4310000, 2610000, 100) AS cell)
		AS neighbourhood
	WHERE here <> west OR here <> south;
SELECT count(*) > 7000 AS many_cells,
	(SELECT ST_NPoints(area) FROM ragged_area) > 7000 AS many_vertices,
	count(*) FILTER (WHERE ragged.cell IS NULL) AS too_many,
	count(*) FILTER (WHERE covered.cell IS NULL) AS missing
FROM (SELECT gridcells(area, 100) AS cell FROM ragged_area) AS covered
	FULL JOIN ragged ON covered.cell = ragged.cell;
SELECT count(*) > 4000 AS many_cells,
	count(*) FILTER (WHERE ragged_outline.cell IS NULL) AS too_many,
	count(*) FILTER (WHERE covered.cell IS NULL) AS missing
FROM (SELECT gridcells(ST_Boundary(area), 100) AS cell FROM ragged_area) AS covered
	FULL JOIN ragged_outline ON covered.cell = ragged_outline.cell;

-- Curves and surfaces
SELECT count(*) FROM gridcells(ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(4337000 2689000, 4338000 2690000, 4337000 2689000))', 3035), 1000);
SELECT count(*) FROM gridcells(ST_GeomFromText('CIRCULARSTRING(4337000 2689000, 4338000 2690000, 4339000 2689000)', 3035), 1000);
SELECT count(*) FROM gridcells(ST_GeomFromText('TIN(((4337100 2689100, 4338900 2689100, 4337100 2689900, 4337100 2689100)))', 3035), 1000);

-- The bodies of the functions do not follow the caller's search_path.
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.st_makeenvelope(float8, float8, float8, float8, int4)
	RETURNS geometry LANGUAGE sql AS 'SELECT NULL::geometry';
CREATE FUNCTION hostile.st_transform(geometry, int4)
	RETURNS geometry LANGUAGE sql AS 'SELECT NULL::geometry';
SET search_path = hostile, public, allmende, test;
SELECT ST_AsText(allmende.geometry('1kmN2689E4337'::gridcell));
SELECT allmende.gridcell(ST_GeomFromEWKT('SRID=25833;POINT(-1165 5684120)'), 1000);
SET search_path = pg_catalog;
SELECT allmende.gridcell(public.ST_GeomFromEWKT('SRID=25833;POINT(-1165 5684120)'), 1000);
SELECT count(*)
FROM allmende.gridcells(allmende.geometry('1kmN2689E4337'::allmende.gridcell), 100);
SET search_path = gridcell_test, public, allmende;

-- Every function may run in parallel and gives null for null.
SELECT count(*) > 30 AS functions,
	count(*) FILTER (WHERE proparallel <> 's' OR provolatile <> 'i'
		OR NOT proisstrict) AS wrong_marks
FROM pg_proc
WHERE prokind = 'f' AND (proname ~ '^gridcell'
	OR 'gridcell'::regtype = ANY (proargtypes::oid[]));

SET client_min_messages = warning;
DROP SCHEMA gridcell_test, hostile CASCADE;
