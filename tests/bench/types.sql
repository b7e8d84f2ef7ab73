-- The types against what one would write without them.  1 M rows each.
SELECT setseed(0.1);
CREATE TABLE person AS
	SELECT (m.key)::ags AS ags, m.key AS text_ags
	FROM (SELECT lpad((1 + floor(random() * 16))::text, 2, '0') ||
		lpad(floor(random() * 1000000)::text, 6, '0') AS key
		FROM generate_series(1, 1000000)) AS m;
CREATE INDEX person_ags ON person (ags);
CREATE INDEX person_text ON person (text_ags COLLATE "C");
VACUUM ANALYZE person;

SELECT compare('count of a district by index', 'ags <@',
	$$SELECT count(*) FROM person WHERE ags <@ '05966'$$,
	'text LIKE', $$SELECT count(*) FROM person WHERE text_ags COLLATE "C" LIKE '05966%'$$);
SELECT compare('count of a state by index', 'ags <@',
	$$SELECT count(*) FROM person WHERE ags <@ '05'$$,
	'text LIKE', $$SELECT count(*) FROM person WHERE text_ags COLLATE "C" LIKE '05%'$$);
SELECT compare('group by district', 'district(ags)',
	$$SELECT count(*) FROM (SELECT district(ags), count(*) FROM person GROUP BY 1) AS g$$,
	'left(text, 5)', $$SELECT count(*) FROM (SELECT left(text_ags, 5), count(*) FROM person GROUP BY 1) AS g$$);
SELECT compare('sort', 'ags',
	$$SELECT count(*) FROM (SELECT ags FROM person ORDER BY ags OFFSET 0) AS s$$,
	'text COLLATE "C"', $$SELECT count(*) FROM (SELECT text_ags FROM person ORDER BY text_ags COLLATE "C" OFFSET 0) AS s$$);

CREATE TABLE place AS
	SELECT ST_SetSRID(ST_MakePoint(300000 + random() * 600000, 5250000 + random() * 850000), 25832) AS utm,
		ST_SetSRID(ST_MakePoint(5.9 + random() * 9.1, 47.3 + random() * 7.8), 4326) AS degrees
	FROM generate_series(1, 1000000);
VACUUM ANALYZE place;
CREATE FUNCTION cell_by_postgis(geom geometry, size int) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN (SELECT format('CRS3035RES%smN%sE%s', size, floor(ST_Y(p) / size) * size, floor(ST_X(p) / size) * size)
		FROM ST_Transform(geom, 3035) AS p OFFSET 0);
SELECT compare('cell of a point in EPSG:25832', 'gridcell(geom, 1000)',
	'SELECT count(gridcell(utm, 1000)) FROM place',
	'ST_Transform alone', 'SELECT count(ST_Transform(utm, 3035)) FROM place');
SELECT compare('cell of a point in EPSG:4326', 'gridcell(geom, 1000)',
	'SELECT count(gridcell(degrees, 1000)) FROM place',
	'ST_Transform alone', 'SELECT count(ST_Transform(degrees, 3035)) FROM place');
SELECT compare('id of a cell as text', 'gridcell(geom, 1000)::text',
	'SELECT count(gridcell(utm, 1000)::text) FROM place',
	'ST_Transform, floor, format', 'SELECT count(cell_by_postgis(utm, 1000)) FROM place');
SELECT compare('count by cell', 'gridcell(geom, 1000)',
	'SELECT count(*) FROM (SELECT gridcell(utm, 1000), count(*) FROM place GROUP BY 1) AS g',
	'text by ST_Transform', 'SELECT count(*) FROM (SELECT cell_by_postgis(utm, 1000), count(*) FROM place GROUP BY 1) AS g');

CREATE EXTENSION intarray;
CREATE TABLE id AS
	SELECT i, i % 100 AS version FROM generate_series(1, 2000000) AS i
	WHERE random() < 0.5;
VACUUM ANALYZE id;
CREATE TABLE id_set AS
	SELECT version, array_agg(i ORDER BY i) AS as_array, rowset_agg(i) AS as_rowset
	FROM (SELECT i, 1 AS version FROM id WHERE version < 60
		UNION ALL SELECT i, 2 FROM id WHERE version > 40) AS v GROUP BY version;
VACUUM ANALYZE id_set;
SELECT compare('set of 1 M ids from rows', 'rowset_agg',
	'SELECT cardinality(rowset_agg(i)) FROM id',
	'array_agg', 'SELECT cardinality(array_agg(i)) FROM id');
SELECT compare('intersection of two sets of 600,000', 'rowset &',
	'SELECT cardinality(a.as_rowset & b.as_rowset) FROM id_set AS a, id_set AS b WHERE a.version = 1 AND b.version = 2',
	'intarray &', 'SELECT icount(a.as_array & b.as_array) FROM id_set AS a, id_set AS b WHERE a.version = 1 AND b.version = 2');
SELECT compare('union of two sets of 600,000', 'rowset |',
	'SELECT cardinality(a.as_rowset | b.as_rowset) FROM id_set AS a, id_set AS b WHERE a.version = 1 AND b.version = 2',
	'intarray |', 'SELECT icount(a.as_array | b.as_array) FROM id_set AS a, id_set AS b WHERE a.version = 1 AND b.version = 2');
SELECT compare('1,000 look-ups in a set of 600,000', 'rowset @>',
	'SELECT count(*) FROM id_set AS a, generate_series(1, 1000) AS i WHERE a.version = 1 AND a.as_rowset @> i::bigint',
	'= ANY(array)', 'SELECT count(*) FROM id_set AS a, generate_series(1, 1000) AS i WHERE a.version = 1 AND i = ANY(a.as_array)');

\echo 'Types against what one would write without them (1 M rows, medians of 5, ms)'
SELECT what, ours, peer, round(ours_ms, 1) AS ours_ms, round(peer_ms, 1) AS peer_ms,
	round(peer_ms / ours_ms, 2) AS times_faster
FROM comparison ORDER BY n;
SELECT 'bytes of an index on 1 M keys' AS what, pg_relation_size('person_ags') AS ours,
	pg_relation_size('person_text') AS peer,
	round(pg_relation_size('person_text')::numeric / pg_relation_size('person_ags'), 2) AS times_smaller
UNION ALL
SELECT 'bytes of a set of 600,000 ids', max(pg_column_size(as_rowset)), max(pg_column_size(as_array)),
	round(max(pg_column_size(as_array))::numeric / max(pg_column_size(as_rowset)), 2) FROM id_set;
