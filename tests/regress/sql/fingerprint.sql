-- The canonical form of rows, their hashes, and fingerprints of tables.
CREATE SCHEMA canon;
SET client_min_messages = warning;
CREATE EXTENSION citext SCHEMA canon;
CREATE EXTENSION hstore SCHEMA canon;
RESET client_min_messages;

-- the bytes of the only column of a row, without what stands before a value
CREATE FUNCTION canon.bytes(record) RETURNS text LANGUAGE plpgsql AS
	'BEGIN RETURN encode(substr(allmende.canonical_row($1), 11), ''hex''); END';

-- every type: these bytes are those of extension/store/FORMAT.md and never
-- change
CREATE TYPE canon.species AS ENUM ('Eiche', 'Linde', 'Straßenbaum');
CREATE DOMAIN canon.height AS numeric(6, 2) CHECK (VALUE >= 0);
CREATE DOMAIN canon.high AS canon.height;
CREATE TYPE canon.size AS (height canon.high, species canon.species[]);
CREATE DOMAIN canon.sizes AS canon.size[];
CREATE TYPE canon.textrange AS RANGE (SUBTYPE = text, COLLATION = "C");

\pset format unaligned
\pset tuples_only on
SELECT canonical_row(ROW(1, NULL::int, ''));
SELECT canonical_key(ROW(1, NULL::int, ''));
SELECT 'bool ' || canon.bytes(ROW(true)) || ' ' || canon.bytes(ROW(false));
SELECT '"char" ' || canon.bytes(ROW('x'::"char"));
SELECT 'int2 ' || canon.bytes(ROW(-2::int2));
SELECT 'int4 ' || canon.bytes(ROW(-2));
SELECT 'int8 ' || canon.bytes(ROW(-2::int8));
SELECT 'money ' || canon.bytes(ROW(3.50::money));
SELECT 'float4 ' || canon.bytes(ROW(1.5::float4));
SELECT 'float8 ' || canon.bytes(ROW(1.5::float8));
SELECT 'numeric ' || canon.bytes(ROW(-12345.50));
SELECT 'numeric NaN ' || canon.bytes(ROW('NaN'::numeric));
SELECT 'numeric Infinity ' || canon.bytes(ROW('Infinity'::numeric));
SELECT 'text ' || canon.bytes(ROW('Börde €'::text));
SELECT 'varchar ' || canon.bytes(ROW('Börde €'::varchar(20)));
SELECT 'bpchar ' || canon.bytes(ROW('ab'::char(4)));
SELECT 'name ' || canon.bytes(ROW('ab'::name));
SELECT 'json ' || canon.bytes(ROW('{"b":1, "a":"ä"}'::json));
SELECT 'jsonb ' || canon.bytes(ROW('{"b":[1.50,true,false,null,{}], "a":"ä"}'::jsonb));
SELECT 'jsonb scalar ' || canon.bytes(ROW('"a"'::jsonb)) || ' ' || canon.bytes(ROW('["a"]'::jsonb));
SELECT 'xml ' || canon.bytes(ROW('<a>ä</a>'::xml));
SELECT 'bytea ' || canon.bytes(ROW('\x00ff'::bytea));
SELECT 'bit ' || canon.bytes(ROW(B'1010'::bit(4)));
SELECT 'varbit ' || canon.bytes(ROW(B'101000001'::varbit));
SELECT 'uuid ' || canon.bytes(ROW('00112233-4455-6677-8899-aabbccddeeff'::uuid));
SELECT 'inet ' || canon.bytes(ROW('192.168.1.5/24'::inet)) || ' ' || canon.bytes(ROW('2001:db8::1'::inet));
SELECT 'cidr ' || canon.bytes(ROW('192.168.1.0/24'::cidr));
SELECT 'macaddr ' || canon.bytes(ROW('08:00:2b:01:02:03'::macaddr));
SELECT 'macaddr8 ' || canon.bytes(ROW('08:00:2b:01:02:03:04:05'::macaddr8));
SELECT 'date ' || canon.bytes(ROW('2000-01-11'::date)) || ' ' || canon.bytes(ROW('-infinity'::date));
SELECT 'time ' || canon.bytes(ROW('00:00:01'::time));
SELECT 'timetz ' || canon.bytes(ROW('00:00:01+02'::timetz));
SELECT 'timestamp ' || canon.bytes(ROW('2000-01-01 00:00:01'::timestamp));
SELECT 'timestamptz ' || canon.bytes(ROW('2000-01-01 01:00:01+01'::timestamptz));
SELECT 'interval ' || canon.bytes(ROW('1 year 2 days 3 seconds'::interval));
SELECT 'point ' || canon.bytes(ROW('(1,NaN)'::point));
SELECT 'lseg ' || canon.bytes(ROW('((1,2),(1.5,-0))'::lseg));
SELECT 'box ' || canon.bytes(ROW('(1,2),(3,4)'::box));
SELECT 'line ' || canon.bytes(ROW('{1,2,3}'::line));
SELECT 'circle ' || canon.bytes(ROW('<(1,2),3>'::circle));
SELECT 'path ' || canon.bytes(ROW('[(1,2)]'::path)) || ' ' || canon.bytes(ROW('((1,2))'::path));
SELECT 'polygon ' || canon.bytes(ROW('((1,2))'::polygon));
SELECT 'enum ' || canon.bytes(ROW('Straßenbaum'::canon.species));
SELECT 'domain ' || canon.bytes(ROW(1.5::canon.high));
SELECT 'array ' || canon.bytes(ROW('[2:3][0:0]={{7},{NULL}}'::int2[])) || ' ' || canon.bytes(ROW('{}'::int[]));
SELECT 'int2vector ' || canon.bytes(ROW('1 2'::int2vector));
SELECT 'composite ' || canon.bytes(ROW(ROW(1.5, '{Eiche}')::canon.size));
SELECT 'record ' || canon.bytes(ROW(ROW(true, NULL::int)));
SELECT 'record[] ' || canon.bytes(ROW(ARRAY[ROW(true), ROW(false)]));
SELECT 'domain over array of composite with array of enum ' || canon.bytes(ROW(ARRAY[ROW(1.5, '{Eiche}')::canon.size]::canon.sizes));
SELECT 'range ' || canon.bytes(ROW('[1,3]'::int4range)) || ' ' || canon.bytes(ROW('empty'::int4range)) || ' ' || canon.bytes(ROW('(,)'::int4range));
SELECT 'range of text ' || canon.bytes(ROW('[a,b]'::canon.textrange));
SELECT 'multirange ' || canon.bytes(ROW('{[1,2),[5,)}'::int4multirange));
SELECT 'geometry ' || canon.bytes(ROW(ST_GeomFromEWKT('SRID=25832;POINT Z (1 2 3)')));
SELECT 'geography ' || canon.bytes(ROW('POINT EMPTY'::geography));
SELECT 'ags ' || canon.bytes(ROW('05966024'::ags));
SELECT 'ars ' || canon.bytes(ROW('059660024024'::ars));
SELECT 'gridcell ' || canon.bytes(ROW('CRS3035RES1000mN2689000E4337000'::gridcell));
SELECT 'revision ' || canon.bytes(ROW(repeat('0123', 16)::revision));
SELECT 'rowset ' || canon.bytes(ROW('{1,3}'::rowset));
SELECT 'citext ' || canon.bytes(ROW('Äb'::canon.citext));
SELECT 'hstore ' || canon.bytes(ROW('ä=>1, b=>NULL'::canon.hstore));
SELECT 'tsvector ' || canon.bytes(ROW('ä:1'::tsvector));
SELECT 'pg_lsn ' || canon.bytes(ROW('1/2'::pg_lsn));
\pset tuples_only off
\pset format aligned

-- hashes are those of sha256()
SELECT row_hash(r) = sha256(canonical_row(r)) AS row_hash,
	lpad(to_hex(key_hash(r)), 16, '0') = left(encode(sha256(canonical_key(r)), 'hex'), 16) AS key_hash
FROM (VALUES (1, 'a'), (2, NULL)) AS r;
SELECT canonical_row(NULL::canon.size), canonical_key(NULL::canon.size),
	row_hash(NULL::canon.size), key_hash(NULL::canon.size);

-- one form: no setting shows
CREATE TABLE canon.everything AS
SELECT 'Börde €'::text AS t, 'Börde'::varchar AS v, 'Bö'::char(8) AS c, 'Bö'::name AS n,
	'{"ä": "€"}'::json AS j, '{"ä": "€"}'::jsonb AS jb, '<ä>€</ä>'::xml AS xm,
	'Ä€'::canon.citext AS ci, 'ä=>€'::canon.hstore AS h, 'ä:1'::tsvector AS ts, 'ä & €'::tsquery AS tq,
	'Straßenbaum'::canon.species AS e, ARRAY['Straßenbaum']::canon.species[] AS ea,
	ROW(1.50, '{Eiche,Straßenbaum}')::canon.size AS co, '[ä,ö]'::canon.textrange AS tr,
	'\x00ff'::bytea AS b, 0.1::float8 AS f8, 0.1::float4 AS f4, 1234.50::money AS m,
	date '2026-03-29' AS d, timestamp '2026-03-29 02:30' AS tm, timestamptz '2026-03-29 02:30+00' AS tz,
	time '02:30' AS ti, timetz '02:30+01' AS tt, interval '1 mon 2 days 03:04:05.6' AS i,
	tstzrange('2026-01-01 00:00+00', '2026-07-01 00:00+00') AS tzr, '$.ä'::jsonpath AS jp,
	ST_GeomFromText('LINESTRING(0.1 0.2, 0.3 0.4)', 25832) AS g, '05966024'::ags AS ags;
CREATE TABLE canon.setting (name text, value text);
INSERT INTO canon.setting VALUES ('client_encoding', 'LATIN1'), ('client_encoding', 'WIN1252'),
	('client_encoding', 'SQL_ASCII'), ('DateStyle', 'German'), ('DateStyle', 'Postgres, DMY'), ('DateStyle', 'SQL'),
	('TimeZone', 'Asia/Kathmandu'), ('extra_float_digits', '-15'), ('bytea_output', 'escape'),
	('IntervalStyle', 'iso_8601'), ('IntervalStyle', 'sql_standard'), ('xmlbinary', 'hex'), ('xmloption', 'document'),
	('lc_monetary', 'C'), ('search_path', 'pg_catalog'), ('quote_all_identifiers', 'on'), ('array_nulls', 'off');
CREATE FUNCTION canon.under(setting text, value text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	before text := current_setting(setting);
	result bytea;
BEGIN
	PERFORM set_config(setting, value, false);
	SELECT allmende.canonical_row(x) INTO result FROM canon.everything AS x;
	PERFORM set_config(setting, before, false);
	RETURN result;
END
$$;
SELECT s.name, s.value, canon.under(s.name, s.value) = canonical_row(x) AS same
FROM canon.setting AS s, canon.everything AS x ORDER BY s.name, s.value;
-- after an error the client's encoding is what it was
CREATE FUNCTION canon.refusing_send(canon.citext) RETURNS bytea IMMUTABLE LANGUAGE plpgsql AS
	'BEGIN RAISE EXCEPTION ''cannot send''; END';
UPDATE pg_type SET typsend = 'canon.refusing_send' WHERE oid = 'canon.citext'::regtype;
SET client_encoding = LATIN1;
SELECT row_hash(ROW('a'::canon.citext));
SELECT encode('ä'::bytea, 'hex') AS from_latin1, pg_client_encoding();
RESET client_encoding;
UPDATE pg_type SET typsend = 'canon.citextsend' WHERE oid = 'canon.citext'::regtype;

-- one form: no way of storage shows
CREATE TABLE canon.stored (how text, t text, j jsonb, a text[], n numeric, c canon.size, g geometry);
ALTER TABLE canon.stored ALTER t SET STORAGE PLAIN, ALTER j SET STORAGE EXTERNAL, ALTER a SET STORAGE EXTERNAL, ALTER n SET STORAGE PLAIN, ALTER g SET STORAGE EXTERNAL;
CREATE VIEW canon.long AS
SELECT repeat('Börde ', 300) AS t, jsonb_build_object('a', repeat('b', 9000)) AS j,
	array_fill('Eiche'::text, ARRAY[900]) AS a, repeat('12345', 200)::numeric AS n,
	ROW(1.5, array_fill('Eiche'::canon.species, ARRAY[3000]))::canon.size AS c,
	ST_Buffer(ST_MakePoint(1, 2), 1, 200) AS g;
INSERT INTO canon.stored SELECT 'plain or external', * FROM canon.long;
ALTER TABLE canon.stored ALTER t SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTENDED, ALTER a SET STORAGE EXTENDED, ALTER n SET STORAGE EXTERNAL, ALTER g SET STORAGE EXTENDED;
INSERT INTO canon.stored SELECT 'external or compressed', * FROM canon.long;
ALTER TABLE canon.stored ALTER t SET STORAGE MAIN, ALTER n SET STORAGE MAIN;
INSERT INTO canon.stored SELECT 'compressed', * FROM canon.long;
SELECT how, pg_column_size(s.t) < 1000 AS t, pg_column_size(s.j) < 1000 AS j, pg_column_size(s.a) < 1000 AS a,
	row_hash(ROW(s.t, s.j, s.a, s.n, s.c, s.g)) = row_hash(ROW(l.t, l.j, l.a, l.n, l.c, l.g)) AS same
FROM canon.stored AS s, canon.long AS l ORDER BY how;
SELECT count(DISTINCT row_hash(x)) FROM (SELECT t, j, a, n, c, g FROM canon.stored) AS x;
CREATE TABLE canon.short AS SELECT 'ab'::text AS t, B'1'::varbit AS b, ARRAY[1] AS a, 1.5 AS n, '1.2.3.4'::inet AS i;
SELECT canonical_row(s) = canonical_row(ROW('ab'::text, B'1'::varbit, ARRAY[1], 1.5, '1.2.3.4'::inet)) AS same
FROM canon.short AS s;
-- expanded objects of PL/pgSQL
DO $$
DECLARE
	a int[] := '{1,2}';
	r canon.size := ROW(1.5, '{Eiche}');
BEGIN
	a[3] := 3;
	r.height := 2.5;
	RAISE NOTICE '% %', allmende.canonical_row(ROW(a)) = allmende.canonical_row(ROW('{1,2,3}'::int[])),
		allmende.canonical_row(r) = allmende.canonical_row(ROW(2.50, '{Eiche}'::canon.species[]));
END
$$;

-- one form: one NaN, one empty point, xml as a dump restores it
SELECT canon.bytes(ROW('NaN'::float8)) = canon.bytes(ROW('Infinity'::float8 - 'Infinity'::float8)) AS float8,
	canon.bytes(ROW('NaN'::float4)) = canon.bytes(ROW('Infinity'::float4 - 'Infinity'::float4)) AS float4,
	canon.bytes(ROW(ST_MakePoint('NaN', 'NaN', 3))) = canon.bytes(ROW('POINT Z EMPTY'::geometry)) AS point,
	canon.bytes(ROW(E'<?xml version="1.0" encoding="UTF-8"?>\n\n\n<a/>'::xml)) = canon.bytes(ROW('<a/>'::xml)) AS xml;
SELECT canon.bytes(ROW(postgis_addbbox('LINESTRING(1 2, 3 4)'))) = canon.bytes(ROW(postgis_dropbbox('LINESTRING(1 2, 3 4)'))) AS box;

-- different values differ
CREATE FUNCTION canon.distinct(type text, VARIADIC input text[],
	OUT type_ text, OUT inputs int, OUT forms int, OUT keys int, OUT equal int) LANGUAGE plpgsql AS $$
BEGIN
	type_ := type;
	inputs := cardinality(input);
	EXECUTE format('SELECT count(DISTINCT canonical_row(ROW(v::%s))) FROM unnest($1) AS v', type) INTO forms USING input;
	EXECUTE format('SELECT count(DISTINCT canonical_key(ROW(v::%s))), count(DISTINCT v::%1$s) FROM unnest($1) AS v', type)
		INTO keys, equal USING input;
EXCEPTION WHEN SQLSTATE 'RD202' OR undefined_function THEN
	NULL;
END
$$;
SELECT d.* FROM (VALUES
	(1, 'float8', '{0,-0,NaN,Infinity,-Infinity,1,1.0000000000000002,5e-324}'::text[]),
	(2, 'float4', '{0,-0,NaN,Infinity,-Infinity,1,1.0000001}'),
	(3, 'numeric', '{0,0.0,0.00,1,1.0,1.00,10,100,10000,100000000,0.1,0.10,0.0001,0.00010001,-1,-1.0,NaN,Infinity,-Infinity,12345678901234567890.123}'),
	(4, 'text', '{"",a,"a ",A,ä,ae}'),
	(5, 'char(4)', '{"",a,"a ",A,ä}'),
	(6, 'interval', '{1 day,24:00,30 days,1 mon,720:00,0,-1 day,-24:00,1 day -24:00,1 mon -30 days,1 us,-1 us}'),
	(7, 'jsonb', '{1,1.0,1.00,\"1\",[1],[1.0],[[1]],\{\},[],"null",[null],true,\"true\",\{\"a\":1\},\{\"a\":1.0\},\{\"a\":\{\"b\":1\}\},\{\"a\":\{\}\,\"b\":1\},\"\"}'),
	(8, 'json', '{1,1.0," 1"}'),
	(9, 'bit varying', '{"",0,00,1,10,100000000}'),
	(10, 'inet', '{1.2.3.4,1.2.3.4/24,1.2.3.0/24,::1,::1/64,::102:304}'),
	(11, 'timetz', '{00:00+00,24:00+00,01:00+01,23:00-01}'),
	(12, 'timestamptz', '{2026-01-01 00:00+00,2026-01-01 01:00+01,infinity,-infinity}'),
	(13, 'int4[]', '{\{\},\{1\},\{NULL\},[0:0]=\{1\},\{\{1\}\},\{1\,NULL\},\{NULL\,1\}}'),
	(14, 'text[]', '{\{\"\"\},\{NULL\},\{\"\"\,\"\"\},\{\"a\,b\"\},\{a\,b\}}'),
	(15, 'numeric[]', '{\{1\},\{1.0\},\{1\,1\},\{1.0\,1.00\}}'),
	(16, 'numrange', '{empty,"(,)","[1,2]","(1,2]","[1,2)","(1,2)","[1,)","(,2]","[1.0,2.0]","[1,1)"}'),
	(17, 'nummultirange', '{\{\},"\{[1,2]\}","\{[1.0,2]\}","\{[1,2],[3,4]\}"}'),
	(18, 'canon.size', '{"(1,)","(1.00,)","(,\{\})","(,)","(,\{Eiche\})"}'),
	(19, 'canon.citext', '{a,A}'),
	(20, 'bytea', '{"",\\x00,\\x0000}'),
	(21, 'ags', '{05,059,05966,05966024}'),
	(22, 'geometry', '{POINT EMPTY,LINESTRING EMPTY,MULTIPOINT EMPTY,MULTIPOINT(EMPTY),POINT(0 0),POINT(0 -0),POINT Z (0 0 0),POINT M (0 0 0),SRID=4326;POINT(0 0),GEOMETRYCOLLECTION EMPTY,GEOMETRYCOLLECTION(POINT EMPTY)}')
) AS v (n, type, input), canon.distinct(v.type, VARIADIC v.input) AS d ORDER BY n;
-- NULL, the empty text and a shift from one column to the next
SELECT count(DISTINCT canonical_row(r)) FROM (VALUES ('a', 'b'), ('ab', ''), ('', 'ab'), ('a', NULL), (NULL, 'a'), (NULL, NULL), ('', ''), ('', NULL)) AS r;

-- geometries are what PostGIS writes, for every type
CREATE TABLE canon.shape (wkt text);
INSERT INTO canon.shape VALUES ('POINT(1 2)'), ('LINESTRING(1 2, 3 4)'), ('POLYGON((0 0, 9 0, 9 9, 0 0))'),
	('POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 1))'), ('MULTIPOINT(1 2, 3 4)'), ('MULTIPOINT(1 2, EMPTY)'),
	('MULTILINESTRING((1 2, 3 4), (5 6, 7 8))'), ('MULTIPOLYGON(((0 0, 9 0, 9 9, 0 0)), ((10 0, 19 0, 19 9, 10 0)))'),
	('GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4), GEOMETRYCOLLECTION(POINT(5 6), POLYGON EMPTY))'),
	('CIRCULARSTRING(0 0, 1 1, 2 0)'), ('COMPOUNDCURVE(CIRCULARSTRING(0 0, 1 1, 2 0), (2 0, 3 0))'),
	('CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 3, 3 1, 1 1))'),
	('CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0, 2 0, 2 1, 2 3, 4 3), (4 3, 4 5, 1 4, 0 0)))'),
	('MULTICURVE((5 5, 3 5), CIRCULARSTRING(0 0, 0.2 1, 0.5 1.4))'),
	('MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0)), ((10 14, 11 12, 9 10, 10 14)))'),
	('TRIANGLE((0 0, 0 9, 9 0, 0 0))'), ('TIN(((0 0, 0 1, 1 0, 0 0)), ((0 0, 0 1, 1 1, 0 0)))'),
	('POLYHEDRALSURFACE(((0 0, 0 1, 1 1, 0 0)), ((0 0, 0 1, 1 0, 0 0)))'), ('POINT EMPTY'), ('LINESTRING EMPTY'), ('POLYGON EMPTY'),
	('MULTIPOINT EMPTY'), ('MULTILINESTRING EMPTY'), ('MULTIPOLYGON EMPTY'), ('GEOMETRYCOLLECTION EMPTY'), ('CIRCULARSTRING EMPTY'),
	('COMPOUNDCURVE EMPTY'), ('CURVEPOLYGON EMPTY'), ('MULTICURVE EMPTY'), ('MULTISURFACE EMPTY'), ('TRIANGLE EMPTY'), ('TIN EMPTY'),
	('POLYHEDRALSURFACE EMPTY'), ('GEOMETRYCOLLECTION(POINT EMPTY, LINESTRING EMPTY)');
SELECT count(*) AS geometries, count(DISTINCT GeometryType(geom)) AS types,
	count(*) FILTER (WHERE canon.bytes(ROW(geom)) <> encode(ST_AsEWKB(geom, 'NDR'), 'hex')) AS different
FROM (SELECT ST_GeomFromText(wkt, srid) AS geom FROM canon.shape, (VALUES (0), (25832)) AS s (srid)
	UNION ALL SELECT force FROM canon.shape, LATERAL (VALUES (ST_Force3DZ(wkt)), (ST_Force3DM(wkt)), (ST_Force4D(wkt)),
		(postgis_dropbbox(wkt)), (postgis_addbbox(wkt))) AS f (force)) AS g;
SELECT wkt FROM canon.shape WHERE canon.bytes(ROW(wkt::geometry)) <> encode(ST_AsEWKB(wkt::geometry, 'NDR'), 'hex') ORDER BY wkt;
SELECT count(*) FILTER (WHERE canon.bytes(ROW(geog)) = encode(ST_AsEWKB(geog::geometry, 'NDR'), 'hex')) AS same, count(*)
FROM (SELECT wkt::geography AS geog FROM canon.shape WHERE wkt ~ '^(POINT|LINESTRING|POLYGON|MULTI(POINT|LINE|POLYGON)|GEOMETRY)') AS g;

-- key form: refused where "=" is not known to be that of the bytes
CREATE COLLATION canon.any_case (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
CREATE DOMAIN canon.any_case AS text COLLATE canon.any_case;
CREATE TYPE canon.any_case_range AS RANGE (SUBTYPE = text, COLLATION = canon.any_case);
CREATE TYPE canon.pattern_range AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops);
CREATE TYPE canon.with_any_case AS (a int, t text COLLATE canon.any_case);
\pset format unaligned
\pset tuples_only on
SELECT test.error('SELECT canonical_key(ROW(' || v || '))') FROM unnest(ARRAY[
	$$'a' COLLATE canon.any_case$$, $$'a'::canon.any_case$$, $$ARRAY['a' COLLATE canon.any_case]$$, $$'[a,b]'::canon.any_case_range$$,
	$$'{[a,b]}'::canon.any_case_multirange$$, $$'[a,b]'::canon.pattern_range$$, $$ROW(1, 'a')::canon.with_any_case$$,
	$$'a'::canon.citext$$, $$'a=>1'::canon.hstore$$, $$'1'::json$$, $$'<a/>'::xml$$, $$'(1,2)'::point$$, $$'a'::tsvector$$,
	$$'POINT(1 2)'::geometry$$, $$'POINT(1 2)'::geography$$, $$1::oid$$]) WITH ORDINALITY AS u (v, n) ORDER BY n;
SELECT test.error('SELECT key_hash(ROW(1, ''a''::canon.citext))');
-- ... which the row form does not mind
SELECT canon.bytes(ROW('a' COLLATE canon.any_case)), canon.bytes(ROW('[a,b]'::canon.pattern_range));

-- refused in any form
CREATE TYPE canon.with_class AS (c regclass);
SET client_min_messages = error;
CREATE FUNCTION canon.volatile_in(cstring) RETURNS canon.volatile_type LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION canon.volatile_out(canon.volatile_type) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION canon.volatile_send(canon.volatile_type) RETURNS bytea LANGUAGE internal VOLATILE STRICT AS 'int4send';
CREATE TYPE canon.volatile_type (INPUT = canon.volatile_in, OUTPUT = canon.volatile_out, SEND = canon.volatile_send, LIKE = int4);
RESET client_min_messages;
SELECT test.error('SELECT row_hash(x) FROM (SELECT 1 AS id, ' || v || ' AS v) AS x') FROM unnest(ARRAY[
	'1::oid', $$'pg_class'::regclass$$, $$'int4in'::regproc$$, $$'int4in(cstring)'::regprocedure$$, $$'int4'::regtype$$, $$'"C"'::regcollation$$,
	$$'canon'::regnamespace$$, $$current_user::regrole$$, $$'simple'::regconfig$$, $$'simple'::regdictionary$$, $$'1'::xid$$, $$'1'::xid8$$, $$'1'::cid$$, $$'(0,1)'::tid$$, $$'1:2:'::pg_snapshot$$,
	$$'1 2'::oidvector$$, $$ARRAY['pg_class'::regclass]$$, $$ROW('pg_class')::canon.with_class$$, $$ARRAY[ROW('pg_class')::canon.with_class]$$,
	$$(acldefault('r', current_user::regrole))[1]$$, $$Box2D('POINT(1 2)'::geometry)$$, $$'1'::canon.volatile_type$$,
	$$(SELECT adbin FROM pg_attrdef LIMIT 1)$$]) WITH ORDINALITY AS u (v, n) ORDER BY n;
-- ... before a value is met, if the type is known; ...
SELECT test.error($$SELECT row_hash(ROW(1, NULL::canon.with_class))$$);
-- ... in a row of a row, where types come with the values
SELECT test.error($$SELECT row_hash(ROW(1, ROW(2, 'pg_class'::regclass)))$$);
-- a geometry that is nested deeper than PostGIS itself would read
SELECT test.error($$WITH RECURSIVE nested AS (SELECT 0 AS depth, 'POINT(1 2)'::geometry AS geom
	UNION ALL SELECT depth + 1, ST_ForceCollection(ST_Collect(ARRAY[geom])) FROM nested WHERE depth < 201)
	SELECT row_hash(ROW(geom)) FROM nested$$);
\pset tuples_only off
\pset format aligned

-- what is cached follows what is altered, within one expression of PL/pgSQL
CREATE TYPE canon.changing AS ENUM ('old', 'other');
CREATE TYPE canon.changing_row AS (e canon.changing);
DO $$
DECLARE
	command text;
	r record;
BEGIN
	FOREACH command IN ARRAY ARRAY['SELECT 1', 'ALTER TYPE canon.changing RENAME VALUE ''old'' TO ''new''',
		'ALTER TYPE canon.changing_row ADD ATTRIBUTE n int', 'ALTER TYPE canon.changing_row DROP ATTRIBUTE e',
		'ALTER TYPE canon.changing_row ADD ATTRIBUTE e canon.changing']
	LOOP
		EXECUTE command;
		EXECUTE 'SELECT json_populate_record(NULL::canon.changing_row, ''{"e":"' ||
			enum_first(NULL::canon.changing) || '","n":7}'') AS c' INTO r;
		RAISE NOTICE '% %', command, allmende.canonical_row(r);
	END LOOP;
END
$$;
-- records of changing types in one call
SELECT n, canonical_row(r), r FROM (VALUES (1, ROW(1)), (2, ROW(1::int8)), (3, ROW('a'::text)), (4, ROW(1)), (5, ROW(1, 2)), (6, ROW(ROW(1)))) AS v (n, r) ORDER BY n;

-- the aggregate
CREATE TABLE canon.tree (id int PRIMARY KEY, species canon.species, height numeric(5, 1), felled date, geom geometry(Point, 25832));
INSERT INTO canon.tree SELECT i, (enum_range(NULL::canon.species))[1 + i % 3], i % 400 / 10.0, CASE i % 5 WHEN 0 THEN date '2020-01-01' + i % 900 END,
	ST_SetSRID(ST_MakePoint(400000 + i % 1000, 5650000 + i / 1000), 25832) FROM generate_series(1, 20000) AS i;
ANALYZE canon.tree;
-- zero for no rows; nulls are skipped; a row counts as often as it is there
SELECT fingerprint(t) FROM canon.tree AS t WHERE false;
SELECT fingerprint(x) = (SELECT fingerprint(t) FROM canon.tree AS t WHERE id < 9) AS nulls_skipped, count(*)
FROM canon.tree AS t LEFT JOIN (SELECT * FROM canon.tree WHERE id < 9) AS x USING (id) WHERE t.id < 20;
SELECT fingerprint(x) = (SELECT fingerprint_combine(row_hash(t), row_hash(t)) FROM canon.tree AS t WHERE id = 3) AS counts_twice
FROM (SELECT t.* FROM canon.tree AS t, generate_series(1, 2) WHERE id = 3) AS x;
-- it is the sum of the hashes
SELECT fingerprint(t) = fingerprint_combine((array_agg(row_hash(t)))[1], (array_agg(row_hash(t)))[2]) AS sum
FROM canon.tree AS t WHERE id IN (1, 2);
-- any order
SELECT count(DISTINCT f) FROM (
	SELECT fingerprint(t) AS f FROM canon.tree AS t
	UNION ALL SELECT fingerprint(t ORDER BY id DESC) FROM canon.tree AS t
	UNION ALL SELECT fingerprint(t ORDER BY md5(id::text)) FROM canon.tree AS t) AS f;
-- other than after any change
SELECT count(DISTINCT f) FROM (
	SELECT fingerprint(t) AS f FROM canon.tree AS t
	UNION ALL SELECT fingerprint(t) FROM canon.tree AS t WHERE id <> 77
	UNION ALL SELECT fingerprint(t) FROM (SELECT id, species, CASE id WHEN 77 THEN height + 0.1 ELSE height END, felled, geom FROM canon.tree) AS t
	UNION ALL SELECT fingerprint(t) FROM (SELECT id, species, height, CASE id WHEN 80 THEN NULL ELSE felled END, geom FROM canon.tree) AS t
	UNION ALL SELECT fingerprint(t) FROM (SELECT id, height, species, felled, geom FROM canon.tree) AS t) AS f;

-- copies: in another order, with dropped columns, with columns added without a
-- rewrite, partitioned, as a view
CREATE TABLE canon.copy (gone text, id int, also_gone geometry, species canon.species, height numeric(5, 1), felled date);
INSERT INTO canon.copy SELECT 'x', id, geom, species, height, felled FROM canon.tree ORDER BY md5(id::text);
ALTER TABLE canon.copy DROP gone, DROP also_gone;
ALTER TABLE canon.copy ADD geom geometry(Point, 25832);
UPDATE canon.copy AS c SET geom = t.geom FROM canon.tree AS t WHERE t.id = c.id AND c.id % 3 > 0;
UPDATE canon.copy AS c SET geom = t.geom FROM canon.tree AS t WHERE t.id = c.id AND c.id % 3 = 0;
CREATE TABLE canon.parted (LIKE canon.tree) PARTITION BY LIST (species);
CREATE TABLE canon.parted_oaks (geom geometry(Point, 25832), felled date, id int NOT NULL, height numeric(5, 1), species canon.species);
ALTER TABLE canon.parted ATTACH PARTITION canon.parted_oaks FOR VALUES IN ('Eiche');
CREATE TABLE canon.parted_rest PARTITION OF canon.parted DEFAULT;
INSERT INTO canon.parted SELECT * FROM canon.tree;
CREATE VIEW canon.seen AS SELECT * FROM canon.tree;
SELECT (SELECT fingerprint(c) FROM canon.copy AS c) = fingerprint(t) AS copy,
	(SELECT fingerprint(p) FROM canon.parted AS p) = fingerprint(t) AS partitioned,
	(SELECT fingerprint(s) FROM canon.seen AS s) = fingerprint(t) AS view
FROM canon.tree AS t;
CREATE TABLE canon.added (id int);
INSERT INTO canon.added VALUES (1), (2);
ALTER TABLE canon.added ADD note text DEFAULT 'none';
SELECT fingerprint(a) = (SELECT fingerprint(v) FROM (VALUES (1, 'none'), (2, 'none')) AS v) AS same FROM canon.added AS a;
-- composites with dropped columns inside
CREATE TYPE canon.shrunk AS (gone int, kept int);
CREATE TABLE canon.of_shrunk AS SELECT 1 AS id, ROW(7, 8)::canon.shrunk AS s;
ALTER TYPE canon.shrunk DROP ATTRIBUTE gone CASCADE;
SELECT canonical_row(o) = canonical_row(ROW(1, ROW(8))) AS same FROM canon.of_shrunk AS o;

-- in parallel as in sequence
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT fingerprint(t) FROM canon.tree AS t;
CREATE TABLE canon.result AS SELECT fingerprint(t) AS f FROM canon.tree AS t;
CREATE TABLE canon.result_of_everything AS SELECT fingerprint(ROW(x, x.*)) AS f FROM canon.everything AS x, generate_series(1, 3);
SET client_encoding = LATIN1;
SELECT fingerprint(ROW(x, x.*)) = (SELECT f FROM canon.result_of_everything) AS same FROM canon.everything AS x, generate_series(1, 3);
RESET client_encoding;
RESET max_parallel_workers_per_gather;
SET max_parallel_workers_per_gather = 0;
SELECT fingerprint(t) = (SELECT f FROM canon.result) AS same FROM canon.tree AS t;
SELECT fingerprint(ROW(x, x.*)) = (SELECT f FROM canon.result_of_everything) AS same FROM canon.everything AS x, generate_series(1, 3);
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- groups; moving windows, against the same computed anew for each row
SET enable_hashagg = off;
CREATE TABLE canon.sorted AS SELECT id % 1000 AS k, fingerprint(t) AS f FROM canon.tree AS t GROUP BY id % 1000;
RESET enable_hashagg;
SET enable_sort = off;
CREATE TABLE canon.hashed AS SELECT id % 1000 AS k, fingerprint(t) AS f FROM canon.tree AS t GROUP BY id % 1000;
RESET enable_sort;
SELECT count(*) AS groups, count(DISTINCT f) AS different FROM canon.sorted;
SELECT count(*) AS different FROM (SELECT * FROM canon.sorted EXCEPT SELECT * FROM canon.hashed) AS d;
SELECT count(*) AS rows, count(*) FILTER (WHERE moving <> anew) AS different, count(DISTINCT moving) AS fingerprints FROM (
	SELECT fingerprint(t) OVER (ORDER BY id ROWS BETWEEN 5 PRECEDING AND 2 FOLLOWING) AS moving,
		(SELECT fingerprint(x) FROM canon.tree AS x WHERE x.id BETWEEN t.id - 5 AND least(t.id + 2, 300)) AS anew
	FROM canon.tree AS t WHERE id <= 300) AS w;
SELECT bool_and(f) AS same FROM (SELECT fingerprint(t) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND CURRENT ROW) = row_hash(t) AS f FROM canon.tree AS t WHERE id < 100) AS w;

-- the functions of the aggregate, called by hand: bad sums are refused, and an
-- argument stays as it is
SELECT fingerprint_inverse(fingerprint_transition(f, ROW(1, 'a')), ROW(1, 'a')) = f AS same FROM canon.result;
SELECT f = before AS unchanged, added <> f AS added, doubled <> f AS doubled
FROM (SELECT f::text::bytea AS before, fingerprint_transition(f, ROW(1)) AS added, fingerprint_combine(f, f) AS doubled, f FROM canon.result OFFSET 0) AS x;
SELECT test.error($$SELECT fingerprint_transition('\x00', ROW(1))$$);
SELECT test.error($$SELECT fingerprint_inverse('', ROW(1))$$);
SELECT test.error($$SELECT fingerprint_combine('\x00', f) FROM canon.result$$);
SELECT test.error($$SELECT fingerprint_combine(f, f || '\x00') FROM canon.result$$);

SET client_min_messages = warning;
DROP SCHEMA canon CASCADE;
