-- Three deliveries of raw data as towns send them, and what the types make of
-- them.  Everything is invented but the names and keys of the municipalities.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
\cd :deliveries

CREATE SCHEMA demo;
COMMENT ON SCHEMA demo IS 'Sample data of make demo: fictional deliveries';

-- The deliveries as they come: text, Windows-1252, decimal commas, keys that a
-- spreadsheet has robbed of their leading zero
CREATE TEMP TABLE raw_area (key text, name text, district text, km2 text, wkt text);
CREATE TEMP TABLE raw_tree (number text, key text, street text, species text,
	planted text, girth text, height text, vitality text, checked text,
	easting text, northing text);
CREATE TEMP TABLE raw_parking (sensor text, key text, lot text, at text,
	free text, total text, easting text, northing text);
\copy raw_area from 'areas.csv' (format csv, header, delimiter ';', encoding 'WIN1252')
\copy raw_tree from 'trees.csv' (format csv, header, delimiter ';', encoding 'WIN1252')
\copy raw_parking from 'parking.csv' (format csv, header, delimiter ';', encoding 'WIN1252')

CREATE FUNCTION pg_temp.decimal(german text) RETURNS numeric
	LANGUAGE sql IMMUTABLE STRICT
	RETURN replace(nullif(german, ''), ',', '.')::numeric;

-- Tables as GIS clients like them: fid first, codes as text with a CHECK, one
-- geometry column with its index
CREATE TABLE demo.area (
	fid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ags text NOT NULL UNIQUE CHECK (is_ags(ags)),
	name text NOT NULL,
	district text NOT NULL,
	geom geometry(Polygon, 25832) NOT NULL
);
INSERT INTO demo.area (ags, name, district, geom)
SELECT ags_repair(key), name, district, ST_GeomFromText(wkt, 25832) FROM raw_area
ORDER BY key;

CREATE TABLE demo.tree (
	fid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	number text NOT NULL UNIQUE,
	ags text NOT NULL CHECK (is_ags(ags)),
	cell text NOT NULL CHECK (is_gridcell(cell)),
	street text NOT NULL,
	species text NOT NULL,
	planted int,
	girth_cm numeric(5, 1),
	height_m numeric(4, 2),
	vitality text,
	checked date,
	geom geometry(Point, 25832) NOT NULL
);
INSERT INTO demo.tree (number, ags, cell, street, species, planted, girth_cm,
	height_m, vitality, checked, geom)
SELECT number, ags_repair(key), gridcell(place, 1000), street, species,
	nullif(planted, '')::int, pg_temp.decimal(girth), pg_temp.decimal(height),
	nullif(vitality, ''), to_date(checked, 'DD.MM.YYYY'), place
FROM raw_tree CROSS JOIN LATERAL ST_SetSRID(ST_MakePoint(
	pg_temp.decimal(easting), pg_temp.decimal(northing)), 25832) AS place
ORDER BY number;
CREATE INDEX ON demo.area USING gist (geom);
CREATE INDEX ON demo.tree USING gist (geom);
CREATE INDEX ON demo.tree ((ags::ags));

CREATE TABLE demo.parking (
	fid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sensor text NOT NULL,
	at timestamp NOT NULL,
	ags text NOT NULL CHECK (is_ags(ags)),
	lot text NOT NULL,
	free int NOT NULL,
	total int NOT NULL,
	geom geometry(Point, 25832) NOT NULL,
	UNIQUE (sensor, at)
);
INSERT INTO demo.parking (sensor, at, ags, lot, free, total, geom)
SELECT sensor, to_timestamp(at, 'DD.MM.YYYY HH24:MI')::timestamp, ags_repair(key),
	lot, free::int, total::int, ST_SetSRID(ST_MakePoint(
	pg_temp.decimal(easting), pg_temp.decimal(northing)), 25832)
FROM raw_parking ORDER BY sensor, at;
CREATE INDEX ON demo.parking USING gist (geom);
ANALYZE demo.area, demo.tree, demo.parking;

-- The 1 km grid as a layer for GIS clients
CREATE TABLE demo.tree_cell AS
SELECT row_number() OVER (ORDER BY cell) AS fid, cell, count(*) AS trees,
	round(avg(height_m), 1) AS mean_height_m,
	geometry(cell::gridcell, 25832)::geometry(Polygon, 25832) AS geom
FROM demo.tree GROUP BY cell;
ALTER TABLE demo.tree_cell ADD PRIMARY KEY (fid);
CREATE INDEX ON demo.tree_cell USING gist (geom);

\echo
\echo 'Three raw deliveries are in: municipality areas, a tree register, parking'
\echo 'sensors; Windows-1252, decimal commas, keys without their leading zero.'
\echo
\echo 'Trees by district: SELECT district(ags::ags), count(*) ... GROUP BY 1'
SELECT district(t.ags::ags) AS ags, m.district, count(*) AS trees,
	round(avg(height_m), 1) AS "mean height/m",
	repeat('█', (count(*) / 200)::int) AS "one block per 200 trees"
FROM demo.tree AS t JOIN municipality AS m USING (ags)
GROUP BY 1, 2 ORDER BY trees DESC;

\echo 'One district, found by the range of an index: WHERE ags::ags <@ ''05966'''
SELECT t.ags, m.name, count(*) AS trees,
	count(*) FILTER (WHERE vitality = 'abgängig') AS "to be felled"
FROM demo.tree AS t JOIN municipality AS m USING (ags)
WHERE t.ags::ags <@ '05966' GROUP BY 1, 2 ORDER BY 1;

\echo 'Cells of the European grid nest: the 1 km cells with most trees, and what holds them'
SELECT cell, count(*) AS trees, short_id(parent(cell::gridcell, 10000)) AS "in 10 km cell",
	count(DISTINCT species) AS species
FROM demo.tree GROUP BY cell ORDER BY trees DESC, cell LIMIT 5;

\echo 'Free parking at noon on a Wednesday, as a share of all places:'
SELECT m.name, p.lot, round(100.0 * free / total) AS "free/%",
	repeat('▒', (20 * (total - free) / total)::int) || repeat('·', (20 * free / total)::int) AS taken
FROM demo.parking AS p JOIN municipality AS m USING (ags)
WHERE at = '2026-10-07 12:00' ORDER BY free::float / total LIMIT 8;

\echo 'The region''s trees, one character per 5 km cell of the grid (north is up):'
\pset tuples_only on
\pset format unaligned
WITH cells AS (
	SELECT parent(cell::gridcell, 5000) AS cell, count(*) AS trees
	FROM demo.tree GROUP BY 1),
covered AS (
	SELECT DISTINCT cell FROM demo.area CROSS JOIN LATERAL gridcells(geom, 5000) AS cell),
bounds AS (
	SELECT min(easting(cell)) AS west, max(easting(cell)) AS east,
		min(northing(cell)) AS south, max(northing(cell)) AS north FROM covered)
SELECT '    ' || string_agg(CASE
		WHEN v.cell IS NULL THEN '  '
		WHEN coalesce(trees, 0) = 0 THEN '··'
		WHEN trees < 20 THEN '░░'
		WHEN trees < 60 THEN '▒▒'
		WHEN trees < 150 THEN '▓▓'
		ELSE '██' END, '' ORDER BY x)
FROM bounds CROSS JOIN generate_series(south, north, 5000) AS y
	CROSS JOIN generate_series(west, east, 5000) AS x
	LEFT JOIN covered AS v ON v.cell = gridcell(x::float8, y::float8, 5000)
	LEFT JOIN cells AS c ON c.cell = v.cell
GROUP BY y ORDER BY y DESC;
\echo
\echo '    ·· none  ░░ 1 to 19  ▒▒ 20 to 59  ▓▓ 60 to 149  ██ 150 and more'
