-- The canonical row form read back into rows.
CREATE SCHEMA image;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS citext SCHEMA image;
CREATE EXTENSION IF NOT EXISTS hstore SCHEMA image;
SELECT set_config('search_path', current_setting('search_path') || ',image,' ||
	string_agg(DISTINCT extnamespace::regnamespace::text, ','), false) IS NOT NULL AS found
FROM pg_extension WHERE extname IN ('citext', 'hstore');
RESET client_min_messages;

CREATE TYPE image.species AS ENUM ('Eiche', 'Linde', 'Straßenbaum', '');
CREATE DOMAIN image.height AS numeric(6, 2) CHECK (VALUE >= 0);
CREATE DOMAIN image.high AS image.height;
CREATE DOMAIN image.several AS image.species[];
CREATE TYPE image.size AS (gone text, height image.high, species image.species[], also_gone geometry, note text);
ALTER TYPE image.size DROP ATTRIBUTE gone, DROP ATTRIBUTE also_gone;
CREATE DOMAIN image.sizes AS image.size[];
CREATE TYPE image.outer AS (n int, inner_ image.size, list image.sizes);
CREATE TYPE image.textrange AS RANGE (SUBTYPE = text, COLLATION = "C");
CREATE TYPE image.heightrange AS RANGE (SUBTYPE = image.high);

-- Values of a type: written, read and written again, they have the same bytes
-- and the same text.  Each in a table of its own, whose first column is dropped.
CREATE FUNCTION image.round_trip(type text, input text[],
	OUT type_ text, OUT inputs int, OUT other_bytes int, OUT other_text text) LANGUAGE plpgsql AS $$
BEGIN
	type_ := type;
	EXECUTE format('CREATE TABLE image.one (gone int, id int, v %s, last text)', type);
	EXECUTE format('INSERT INTO image.one SELECT 0, n, v::%s, ''last'' FROM unnest($1) WITH ORDINALITY AS u (v, n)', type) USING input;
	INSERT INTO image.one VALUES (0, 0, NULL, NULL);
	ALTER TABLE image.one DROP gone;
	SELECT count(*), count(*) FILTER (WHERE canonical_row(row_from_canonical(NULL::image.one, canonical_row(o))) IS DISTINCT FROM canonical_row(o)),
		string_agg(o.v::text, ' ' ORDER BY o.id) FILTER (WHERE (row_from_canonical(NULL::image.one, canonical_row(o))).v::text IS DISTINCT FROM o.v::text
			OR row_from_canonical(NULL::image.one, canonical_row(o))::text IS DISTINCT FROM o::text)
		INTO inputs, other_bytes, other_text FROM image.one AS o;
	DROP TABLE image.one;
END
$$;
CREATE TABLE image.sample (n serial, type text, input text[]);
INSERT INTO image.sample (type, input) VALUES
	('bool', '{t,f}'),
	('"char"', '{x,"",\\377}'),
	('int2', '{0,-32768,32767}'),
	('int4', '{0,-2147483648,2147483647}'),
	('int8', '{0,-9223372036854775808,9223372036854775807}'),
	('money', '{0,-3.50,92233720368547758.07}'),
	('float4', '{0,-0,NaN,Infinity,-Infinity,1.5,1e-45,3.4028235e+38}'),
	('float8', '{0,-0,NaN,Infinity,-Infinity,0.1,5e-324,1.7976931348623157e+308}'),
	('numeric', ARRAY['0', '0.00', '0.0000000', '-0.5', '1', '1.0', '1.00', '10', '1000', '10000', '10000.00', '100000000', '12345.50', '-12345.50',
		'0.0001', '0.00010', '0.00001', '0.0000100010000', '1e-1000', '9e-16383', '1e131071', 'NaN', 'Infinity', '-Infinity',
		repeat('9', 1000) || '.' || repeat('1234567890', 90)]),
	('numeric(8, 3)', '{0,1.5,99999.999,NaN}'),
	('numeric(4, -2)', '{100,123456}'),
	('text', ARRAY['', 'a', 'Börde €', E'\n\t"''\\', '🌳', repeat('ä', 5000)]),
	('varchar(20)', '{"",Börde €}'),
	('char(4)', '{"",ab,"ä  ",äöüß}'),
	('char', '{"",a}'),
	('name', ARRAY['', 'ab', repeat('x', 63)]),
	('json', '{1," {\"b\": 1,  \"a\":\"\\u00e4\", \"b\": [null]} ","\"ä\""}'),
	('jsonb', ARRAY['1', '1.00', '"a"', '""', 'null', 'true', 'false', '[]', '{}', '[1]', '[[]]', '[{}]', '[[[1.50, [2]], {}]]', '{"":""}',
		'{"b":[1.50,true,false,null,{}], "a":"ä", "aa":{"c":{"d":[1,{"e":[]}]}}}', '-1e20', '1e-20', '[["a"],"a"]']),
	('xml', ARRAY['<a>ä</a>', 'text', '<a/><b/>', '', '<?xml version="1.1" standalone="yes"?><a/>', '<!DOCTYPE a><a/>', ' <a/> ']),
	('bytea', ARRAY['', '\x00', '\x00ff']),
	('bit(4)', '{1010,0000}'), ('bit(9)', '{101000001}'), ('varbit', '{"",0,1,10100000,101000001}'),
	('uuid', '{00112233-4455-6677-8899-aabbccddeeff}'),
	('inet', '{1.2.3.4,1.2.3.4/24,0.0.0.0/0,::1,::1/64,2001:db8::1/128,::ffff:1.2.3.4}'),
	('cidr', '{1.2.3.0/24,0.0.0.0/0,2001:db8::/32}'),
	('macaddr', '{08:00:2b:01:02:03}'), ('macaddr8', '{08:00:2b:01:02:03:04:05}'),
	('date', '{2000-01-01,infinity,-infinity,4713-01-01 BC,5874897-12-31}'),
	('time', '{00:00,24:00,23:59:59.999999}'), ('timetz', '{00:00+00,24:00-15:59,12:00+15:59:59}'),
	('timestamp', '{2000-01-01 00:00,infinity,-infinity,4713-01-01 00:00 BC,294276-12-31 23:59:59.999999}'),
	('timestamptz', '{2000-01-01 00:00+00,infinity,-infinity,2026-03-29 02:30+01}'),
	('timestamptz(0)', '{2000-01-01 00:00+00}'),
	('interval', '{1 year 2 days 3 seconds,-1 day,0,1 mon -30 days 24:00:00.000001,-178000000 years}'),
	('point', '{"(1,NaN)","(-0,Infinity)"}'), ('lseg', '{"((1,2),(1.5,-0))"}'), ('box', '{"(1,2),(3,4)","(NaN,2),(1,-0)"}'),
	('line', '{"{1,2,3}","{0,-1,NaN}"}'), ('circle', '{"<(1,2),3>","<(1,2),0>"}'),
	('path', '{"[(1,2)]","((1,2),(3,4))"}'), ('polygon', '{"((1,2))","((0,0),(9,0),(-0,9))"}'),
	('image.species', '{Straßenbaum,Eiche,""}'),
	('image.high', '{0,1.50,9999.99,NaN}'),
	('image.several', '{"{}","{Linde,NULL,Straßenbaum,\"\"}"}'),
	('int2[]', '{"{}","{1}","{NULL}","[2:3][0:0]={{7},{NULL}}","[-2147483648:-2147483647]={1,2}","{{{{{{1}}}}}}"}'),
	('text[]', '{"{}","{\"\"}","{NULL,\"a,b\",ä}"}'),
	('numeric(5,2)[]', '{"{1,2.50,NaN}"}'), ('geometry[]', '{"{0101000000000000000000F03F0000000000000040:NULL}"}'),
	('jsonb[]', '{"{1,\"{}\",NULL}"}'), ('int2vector', '{"","1 2 -3"}'),
	('image.size', '{"(1.50,\"{Eiche,NULL}\",ä)","(,,)","(,{},\"\")"}'),
	('image.sizes', ARRAY['{}', '{"(1.50,\"{Eiche}\",a)",NULL,"(,,)"}']),
	('image.outer', ARRAY['(,,)', '(1,"(1.50,{Linde},)",)', '(1,"(1.50,{Linde},)","{""(2,{},b)"",NULL}")']),
	('int4range', '{"[1,3]",empty,"(,)","[1,)","(,5)"}'), ('numrange', '{"[1.0,2.00]","(1,2)",empty,"(1,2]"}'),
	('tstzrange', '{"[2026-01-01 00:00+00,infinity)"}'), ('image.textrange', '{"[a,b]","(\"\",)"}'), ('image.heightrange', '{"[1.50,2]","(1,)"}'),
	('int4range[]', '{"{\"[1,3)\",empty,NULL}"}'),
	('nummultirange', '{"{}","{[1.0,2]}","{[1,2],[3,4),(5,)}"}'), ('image.textmultirange', '{"{[a,b],[c,d]}"}'),
	('ags', '{05,059,05966,05966024}'), ('ars', '{059660024024}'), ('gridcell', '{CRS3035RES1000mN2689000E4337000}'),
	('revision', ARRAY[repeat('0123', 16)]), ('rowset', '{"{}","{1,3}","{0,4294967295}"}'), ('ags[]', '{"{05,NULL}"}'),
	('citext', '{Äb,""}'), ('hstore', '{"","ä=>1, b=>NULL"}'), ('tsvector', '{"","ä:1A,2 b"}'), ('tsquery', '{"ä & !b"}'), ('pg_lsn', '{1/2}'),
	('jsonpath', '{$.ä}'), ('box3d', '{"BOX3D(1 2 3,4 5 6)"}');
\pset format unaligned
\pset tuples_only on
SELECT test.error(format('SELECT image.round_trip(%L, %L)', type, input)) FROM image.sample WHERE type = 'box3d';
DELETE FROM image.sample WHERE type = 'box3d';
\pset tuples_only off
\pset format aligned
SELECT r.* FROM image.sample AS s, image.round_trip(s.type, s.input) AS r ORDER BY s.n;
-- ... whatever the session's settings are
SET client_encoding = LATIN9;
SET DateStyle = German;
SET TimeZone = 'Asia/Kathmandu';
SET extra_float_digits = -15;
SET xmloption = document;
SET bytea_output = escape;
SET lc_monetary = 'C';
SELECT sum(inputs) AS inputs, sum(other_bytes) AS other_bytes, string_agg(type_, ' ') FILTER (WHERE other_text IS NOT NULL) AS other_text
FROM image.sample AS s, image.round_trip(s.type, s.input) AS r WHERE type NOT IN ('xml');
RESET client_encoding;
RESET DateStyle;
RESET TimeZone;
RESET extra_float_digits;
RESET xmloption;
RESET bytea_output;
RESET lc_monetary;

-- what a dump and restore makes of them: NaN, declarations of xml, points of NaN
CREATE TABLE image.dumped AS SELECT 'Infinity'::float8 - 'Infinity'::float8 AS n, E'<?xml version="1.0" encoding="UTF-8"?>\n\n\n<a/>'::xml AS x,
	ST_MakePoint('NaN', 'NaN', 3) AS g;
SELECT r.n, r.x, ST_AsText(r.g) FROM image.dumped AS d, row_from_canonical(NULL::image.dumped, canonical_row(d)) AS r;

-- every geometry, with Z, M, SRID, with and without a box; lines of one point
-- and rings that are not closed, which only a dump brings in
CREATE TABLE image.shape (geom geometry);
INSERT INTO image.shape SELECT wkt::geometry FROM unnest(ARRAY['POINT(1 2)', 'LINESTRING(1 2, 3 4)', 'POLYGON((0 0, 9 0, 9 9, 0 0))',
	'POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 1))', 'MULTIPOINT(1 2, 3 4)', 'MULTIPOINT(1 2, EMPTY)',
	'MULTILINESTRING((1 2, 3 4), (5 6, 7 8))', 'MULTIPOLYGON(((0 0, 9 0, 9 9, 0 0)), ((10 0, 19 0, 19 9, 10 0)))',
	'GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4), GEOMETRYCOLLECTION(POINT(5 6), POLYGON EMPTY))',
	'CIRCULARSTRING(0 0, 1 1, 2 0)', 'COMPOUNDCURVE(CIRCULARSTRING(0 0, 1 1, 2 0), (2 0, 3 0))',
	'CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 3, 3 1, 1 1))',
	'CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0, 2 0, 2 1, 2 3, 4 3), (4 3, 4 5, 1 4, 0 0)))',
	'MULTICURVE((5 5, 3 5), CIRCULARSTRING(0 0, 0.2 1, 0.5 1.4))',
	'MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0)), ((10 14, 11 12, 9 10, 10 14)))', 'TRIANGLE((0 0, 0 9, 9 0, 0 0))',
	'TIN(((0 0, 0 1, 1 1, 0 0)), ((0 0, 0 1, 1 0, 0 0)))', 'POLYHEDRALSURFACE(((0 0, 0 1, 1 1, 0 0)), ((0 0, 0 1, 1 0, 0 0)))',
	'POINT EMPTY', 'LINESTRING EMPTY', 'POLYGON EMPTY', 'MULTIPOINT EMPTY', 'MULTILINESTRING EMPTY', 'MULTIPOLYGON EMPTY', 'GEOMETRYCOLLECTION EMPTY',
	'CIRCULARSTRING EMPTY', 'COMPOUNDCURVE EMPTY', 'CURVEPOLYGON EMPTY', 'MULTICURVE EMPTY', 'MULTISURFACE EMPTY', 'TRIANGLE EMPTY', 'TIN EMPTY',
	'POLYHEDRALSURFACE EMPTY', 'GEOMETRYCOLLECTION(POINT EMPTY, LINESTRING EMPTY)', 'POINT(-0 1e308)', 'POINT(NaN 1)']) AS wkt;
INSERT INTO image.shape VALUES (ST_MakePoint('Infinity', 1));
INSERT INTO image.shape SELECT f.force FROM image.shape, LATERAL (VALUES (ST_Force3DZ(geom)), (ST_Force3DM(geom)), (ST_Force4D(geom)),
	(ST_SetSRID(geom, 25832)), (ST_SetSRID(ST_Force4D(geom), 4326)), (postgis_dropbbox(geom)), (postgis_addbbox(geom))) AS f (force);
INSERT INTO image.shape VALUES ('010200000001000000000000000000F03F0000000000000040'),
	('01030000000100000003000000000000000000F03F0000000000000040000000000000084000000000000010400000000000001440000000000000F03F');
SELECT count(*) AS geometries, count(*) FILTER (WHERE canonical_row(r) = canonical_row(s)) AS same,
	count(*) FILTER (WHERE ST_AsEWKB(r.geom) = ST_AsEWKB(s.geom)) AS same_ewkb
FROM image.shape AS s, row_from_canonical(NULL::image.shape, canonical_row(s)) AS r;
CREATE TABLE image.earth AS SELECT geom::geography AS geog FROM image.shape
WHERE GeometryType(geom) ~ '^(POINT|LINESTRING|POLYGON|MULTI(POINT|LINE|POLYGON)|GEOMETRY)M?$' AND ST_SRID(geom) IN (0, 4326)
	AND coalesce(ST_YMax(geom), 0) < 90 AND ST_AsText(geom) !~ 'NaN|Inf';
SELECT count(*) > 50 AS many, count(*) = count(*) FILTER (WHERE canonical_row(r) = canonical_row(e)) AS same,
	count(*) = count(*) FILTER (WHERE r.geog::text = e.geog::text) AS same_text
FROM image.earth AS e, row_from_canonical(NULL::image.earth, canonical_row(e)) AS r;

-- no typmod and no constraint is applied: history stays readable
CREATE TABLE image.wide (v varchar, h numeric, g geometry);
CREATE TABLE image.narrow (v varchar(2), h image.high, g geometry(Point, 25832));
INSERT INTO image.wide VALUES ('Börde', -1.23456, 'LINESTRING(1 2, 3 4)');
SELECT r.v, r.h::text, ST_AsText(r.g) FROM image.wide AS w, row_from_canonical(NULL::image.narrow, canonical_row(w)) AS r;

-- columns are found by their number
CREATE TABLE image.two (a int, gone int, b text);
ALTER TABLE image.two DROP gone;
SELECT r FROM row_from_canonical(NULL::image.two, canonical_row(ROW(1, 'b'::text, 3))) AS r;
SELECT r FROM row_from_canonical(NULL::image.two, canonical_row(ROW(1))) AS r;
SELECT r FROM row_from_canonical(NULL::image.two, '\x7201') AS r;
SELECT r FROM row_from_canonical(NULL::image.two, '\x7201 09000000 02000000 ffff 02000000 01000000 62 01000000 04000000 07000000') AS r;
SELECT r FROM row_from_canonical(NULL::image.two, '\x7201 09000000 ffffffff 02000000 ffffffff') AS r;
SELECT row_from_canonical(NULL::image.two, NULL) IS NULL AS null_bytes;
CREATE DOMAIN image.two_domain AS image.two;
SELECT pg_typeof(r), r FROM row_from_canonical(NULL::image.two_domain, canonical_row(ROW(1, 'b'::text))) AS r;

-- what is cached follows what is altered
CREATE TYPE image.changing AS ENUM ('old', 'other');
CREATE TABLE image.changes (e image.changing, n int);
DO $$
DECLARE
	command text;
	bytes bytea := allmende.canonical_row(ROW('old'::image.changing, 7));
	answer text;
BEGIN
	FOREACH command IN ARRAY ARRAY['SELECT 1', 'ALTER TYPE image.changing RENAME VALUE ''old'' TO ''new''',
		'ALTER TYPE image.changing RENAME VALUE ''new'' TO ''old''', 'ALTER TABLE image.changes DROP n']
	LOOP
		EXECUTE command;
		BEGIN
			RAISE NOTICE '% %', command, allmende.row_from_canonical(NULL::image.changes, bytes);
		EXCEPTION WHEN SQLSTATE 'RD203' THEN
			GET STACKED DIAGNOSTICS answer = MESSAGE_TEXT;
			RAISE NOTICE '% %', command, answer;
		END;
	END LOOP;
END
$$;
-- a label of this transaction must not get into an index
BEGIN;
ALTER TYPE image.changing ADD VALUE 'newest';
SELECT test.error($$SELECT row_from_canonical(NULL::image.changes, canonical_row(ROW('newest'::text)))$$);
ROLLBACK;

-- bad input
CREATE TABLE image.bad (i int, t text, n numeric, j jsonb, e image.species, a int[], s image.size, r int4range, m int4multirange, g geometry,
	x xml, b varbit, d date, ags ags, ip inet, js json, f bool, nm name, v int2vector, ts timestamp, ti timetz, l line, ge geography);
-- a row whose only column has a number and a value
CREATE FUNCTION image.bad(col int, value text) RETURNS text LANGUAGE sql AS $$
	SELECT test.error(format('SELECT row_from_canonical(NULL::image.bad, %L)', '\x7201' || encode(set_byte('\x00000000', 0, col), 'hex') ||
		encode(set_byte('\x00000000', 0, length(replace(value, ' ', '')) / 2), 'hex') || replace(value, ' ', '')))
$$;
\pset format unaligned
\pset tuples_only on
SELECT test.error('SELECT row_from_canonical(' || v || ')') FROM unnest(ARRAY['1, ''''', 'NULL::record, ''''', 'NULL::int[], ''''', 'ROW(1), ''''',
	'NULL::image.two, canonical_key(ROW(1, ''b''::text))', 'NULL::image.two, ''''', 'NULL::image.two, ''\x72''', 'NULL::image.two, ''\x7301''',
	'NULL::image.two, ''\x7202''', 'NULL::image.two, ''\x720101''', 'NULL::image.two, ''\x720101000000040000000100''',
	'NULL::image.two, ''\x720109000000040000000100''', 'NULL::image.two, ''\x720101000000feffffff''',
	'NULL::image.two, ''\x720101000000ffffffff01000000ffffffff''', 'NULL::image.two, canonical_row(ROW(1::int8))',
	'NULL::pg_class, canonical_row(ROW(1))']) WITH ORDINALITY AS u (v, n) ORDER BY n;
SET client_min_messages = warning;
SELECT col, value, image.bad(col, value) FROM (VALUES
	(1, '010203'), (1, '0102030405'), (2, '6100'), (2, '61c3'), (2, 'eda080'),
	(3, ''), (3, '05'), (3, '0000'), (3, '000000ffff'), (3, '0000000000 0000'), (3, '0000000000 1027'), (3, '0100000000'), (3, '0001000000 0100 01'),
	(3, '000100ffff 0100'), (3, '0000400000 0100'), (3, '02 00'), (3, '000000ff7f 0100 0100'),
	(4, ''), (4, '78'), (4, '6e6e'), (4, '6401000000 02'), (4, '730200000061'), (4, '7301000000 00'), (4, '5bffffffff'), (4, '7b01000000 00000000'),
	(4, '7b02000000 01000000626e 01000000616e'), (4, '7b02000000 01000000616e 01000000616e'), (4, '7b02000000 0200000061616e 01000000616e'),
	(5, '4275636865'), (5, 'ff'), (5, repeat('61', 64)),
	(6, '0000000000'), (6, '07000000'), (6, '01000000 00000000 01000000'), (6, '01000000 01000000 01000000'), (6, '01000000 01000000 ffffff7f ffffffff'),
	(6, '02000000 ffffffff 01000000 ffffffff 01000000'), (6, '01000000 01000000 01000000 02000000 0000'),
	(7, ''), (7, '01000000 ffffffff 02000000 ffffffff'), (7, '01000000 ffffffff 02000000 ffffffff 03000000 ffffffff 04000000 ffffffff'),
	(7, '01000000 ffffffff 03000000 ffffffff 02000000 ffffffff'),
	(8, ''), (8, '03'), (8, '0a'), (8, '20'), (8, '0100'), (8, '02 04000000 02000000 04000000 01000000'), (8, '18 00'), (8, '10 ffffffff'),
	(9, '01000000'), (9, 'ffffffff'), (9, '01000000 ffffffff'),
	(10, ''), (10, '00'), (10, '504f494e5428312032 29'), (10, '0101000000'), (10, '0101000000000000000000f03f000000000000f03f00'),
	(10, '01ff000000'), (10, '0102000000ffffffff'), (10, '0101000020ffffffff000000000000f03f000000000000f03f'),
	(11, '3c61'), (12, '09000000ff'), (12, '07000000ff'), (12, '0800000000ff'), (13, 'feffff7f'),
	(14, '61677300 05'), (14, '61727300 05'), (14, '616773'), (14, '61677300 01020304'),
	(15, '05 20 01020304'), (15, '04 21 01020304'), (15, '04 20 010203'), (16, '7b'), (17, '02'), (18, repeat('61', 64)),
	(19, '00000000'), (19, '01000000 01000000 00000000 ffffffff'), (19, '01000000 01000000 01000000 02000000 0100'),
	(20, 'feffffffffffff7f'), (21, '0000000000000000 ffffff7f'), (21, 'ffffffffffffffff 00000000'), (22, repeat('00', 24)),
	(23, '0101000020e8640000000000000000f03f000000000000f03f')) AS v (col, value);
RESET client_min_messages;
\pset tuples_only off
\pset format aligned

-- every truncation and other bytes in every place: a row, or one of these errors
CREATE TABLE image.hostile (b bool, i int, f float8, n numeric, t text, nm name, j json, jb jsonb, xm xml, by_ bytea, bi varbit, u uuid, ip inet,
	d date, ts timestamp, ti timetz, iv interval, po polygon, pa path, l line, e image.species, h image.high, a text[], s image.size, li image.sizes,
	r numrange, m int4multirange, g geometry, gg geography, tags hstore, ci citext, code ags, cell gridcell, rev revision, rows rowset, v tsvector, iv2 int2vector);
INSERT INTO image.hostile VALUES (true, 1, 1.5, -12345.50, 'Börde', 'n', '{"a":[1]}', '{"a":[1.5,null,{"b":"c"}],"d":true}', '<a>ä</a>', '\x00ff', B'10101',
	'00112233-4455-6677-8899-aabbccddeeff', '1.2.3.4/24', '2026-01-01', '2026-01-01 00:00', '12:00+01', '1 mon 2 days 3 sec', '((0,0),(9,0),(0,9))', '[(1,2)]', '{1,2,3}',
	'Eiche', 1.5, '[0:1]={a,NULL}', ROW(1.5, '{Linde}', 'ä'), ARRAY[ROW(1.5, '{Linde}', 'ä')::image.size, NULL], '[1,2.5)', '{[1,2),[5,)}',
	'SRID=25832;GEOMETRYCOLLECTION(POINT Z (1 2 3), POLYGON Z ((0 0 0, 9 0 0, 9 9 0, 0 0 0)))', 'POLYGON((7 51, 8 51, 8 52, 7 51))',
	'a=>1, b=>NULL', 'Äb', '05966024', 'CRS3035RES1000mN2689000E4337000', repeat('0123', 16)::revision, '{1,3,70000}', 'ä:1A b:2', '1 2');
CREATE FUNCTION image.attempt(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r image.hostile;
BEGIN
	r := allmende.row_from_canonical(NULL::image.hostile, bytes);
	-- a row that is one: it can be shown, written and read again
	PERFORM r::text, allmende.canonical_row(allmende.row_from_canonical(r, allmende.canonical_row(r)));
	RETURN 'row';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE WHEN SQLSTATE IN ('RD203', 'RD204') THEN 'error' ELSE SQLSTATE || ' ' || SQLERRM END;
END
$$;
SET client_min_messages = error;
CREATE TABLE image.bytes AS SELECT canonical_row(hostile) AS b FROM image.hostile;
SELECT image.attempt(b) FROM image.bytes;
-- only the end of a column ends a row
SELECT image.attempt(substr(b, 1, n)) AS result, count(*) > 30 AS many, CASE image.attempt(substr(b, 1, n)) WHEN 'row' THEN count(*) END AS columns
FROM image.bytes, generate_series(0, length(b) - 1) AS n GROUP BY 1 ORDER BY 1;
SELECT image.attempt(set_byte(b, n, get_byte(b, n) # mask)) AS result, count(*) > 500 AS many
FROM image.bytes, generate_series(0, length(b) - 1) AS n, (VALUES (1), (2), (4), (8), (16), (32), (64), (128), (255)) AS v (mask) GROUP BY 1 ORDER BY 1;
-- counts and lengths
SELECT image.attempt(overlay(b PLACING v FROM n FOR 4)) AS result, count(*) > 500 AS many
FROM image.bytes, generate_series(1, length(b) - 3) AS n,
	(VALUES ('\x00000000'::bytea), ('\xffffffff'), ('\xffffff7f'), ('\x00000080'), ('\x00000010'), ('\x01000000')) AS x (v) GROUP BY 1 ORDER BY 1;
RESET client_min_messages;
-- after an error the client's encoding is what it was
SET client_encoding = LATIN1;
SELECT test.error($$SELECT row_from_canonical(NULL::image.bad, '\x7201 0e000000 04000000 61677300')$$);
SELECT pg_client_encoding();
RESET client_encoding;

-- stored out of line and compressed
CREATE TABLE image.long (t text, j jsonb, a text[], n numeric, c image.size, g geometry);
ALTER TABLE image.long ALTER t SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL;
INSERT INTO image.long SELECT repeat('Börde ', 9000), jsonb_build_object('a', repeat('b', 9000)), array_fill('Eiche'::text, ARRAY[900]), repeat('12345', 200)::numeric,
	ROW(1.5, array_fill('Eiche'::image.species, ARRAY[3000]), 'a')::image.size, ST_Buffer(ST_MakePoint(1, 2), 1, 200);
CREATE TABLE image.long_bytes AS SELECT canonical_row(l) AS b FROM image.long AS l;
INSERT INTO image.long SELECT r.* FROM image.long_bytes, row_from_canonical(NULL::image.long, b) AS r;
SELECT count(*), count(DISTINCT row_hash(l)) FROM image.long AS l;

-- a table of trees, in parallel as in sequence
CREATE TABLE image.tree (id int PRIMARY KEY, species image.species, height numeric(5, 1), felled date, name text, geom geometry(Point, 25832));
INSERT INTO image.tree SELECT i, (enum_range(NULL::image.species))[1 + i % 3], i % 400 / 10.0, CASE i % 5 WHEN 0 THEN date '2020-01-01' + i % 900 END,
	'tree ' || i, ST_SetSRID(ST_MakePoint(400000 + i % 1000, 5650000 + i / 1000), 25832) FROM generate_series(1, 20000) AS i;
CREATE TABLE image.tree_bytes AS SELECT id, canonical_row(t) AS b FROM image.tree AS t;
ANALYZE image.tree_bytes;
SELECT fingerprint(row_from_canonical(NULL::image.tree, b)) = (SELECT fingerprint(t) FROM image.tree AS t) AS same FROM image.tree_bytes;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT fingerprint(row_from_canonical(NULL::image.tree, b)) FROM image.tree_bytes;
SELECT fingerprint(row_from_canonical(NULL::image.tree, b)) = (SELECT fingerprint(t) FROM image.tree AS t) AS same FROM image.tree_bytes;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT count(*) AS different FROM (SELECT (row_from_canonical(NULL::image.tree, b)).* FROM image.tree_bytes EXCEPT SELECT * FROM image.tree) AS d;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA image CASCADE;
