-- Cells of points that the library projects itself, against ST_Transform: the
-- same for 500,000 random points in Germany, in each system, but for points
-- within 1 mm of an edge.
SELECT setseed(0.25) \g /dev/null
CREATE TEMPORARY TABLE point AS
	SELECT ST_Point(lon, lat, 4326) AS wgs84, ST_Point(lon, lat, 4258) AS etrs89,
		ST_Transform(ST_Point(lon, lat, 4326), 25832) AS utm32
	FROM (SELECT 5.9 + 9.1 * random() AS lon, 47.3 + 7.8 * random() AS lat
		FROM generate_series(1, 500000) OFFSET 0) AS random_point;

-- Distance in metres to the nearest line of the 100 m grid
CREATE FUNCTION pg_temp.to_edge(point geometry) RETURNS float8
	LANGUAGE sql IMMUTABLE
	RETURN least(
		abs(ST_X(point) - 100 * round(ST_X(point) / 100)),
		abs(ST_Y(point) - 100 * round(ST_Y(point) / 100)));

CREATE FUNCTION pg_temp.compare(source name, OUT compared bigint,
	OUT different_off_edge bigint, OUT outside bigint)
	LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('
		SELECT count(*),
			count(*) FILTER (WHERE own IS DISTINCT FROM gridcell(reference, 100)
				AND pg_temp.to_edge(reference) > 0.001),
			count(*) FILTER (WHERE own IS NULL)
		FROM (SELECT gridcell(%1$I, 100) AS own,
				ST_Transform(%1$I, 3035) AS reference
			FROM point OFFSET 0) AS projected', source)
	INTO compared, different_off_edge, outside;
END
$$;

SELECT source, result.*
FROM (VALUES ('wgs84'::name), ('etrs89'), ('utm32')) AS sources(source),
	pg_temp.compare(source) AS result
ORDER BY source;

-- The comparison can fail: on a grid that is shifted by a centimetre
SELECT count(*) > 50 AS shift_is_noticed
FROM point
WHERE gridcell(wgs84, 100) IS DISTINCT FROM
	gridcell(ST_Translate(ST_Transform(wgs84, 3035), 0.01, 0), 100);

-- Other systems go through PostGIS: Gauss-Krüger zone 3, UTM 33, web Mercator.
SELECT srid, count(*) AS compared,
	count(*) FILTER (WHERE cell IS DISTINCT FROM
		gridcell(ST_Transform(point, 3035), 1000)) AS different
FROM (SELECT srid, ST_Transform(wgs84, srid) AS point,
		gridcell(ST_Transform(wgs84, srid), 1000) AS cell
	FROM (SELECT wgs84 FROM point LIMIT 1000) AS some_points,
		(VALUES (31467), (25833), (3857)) AS systems(srid)) AS projected
GROUP BY srid
ORDER BY srid;

-- and so do points outside of the domain of our own projection
SELECT source, gridcell(point, 100000) AS cell,
	gridcell(point, 100000) IS NOT DISTINCT FROM
		gridcell(ST_Transform(point, 3035), 100000) AS same
FROM (VALUES
	(1, 'Lisbon in UTM 32', ST_Transform(ST_Point(-9.14, 38.72, 4326), 25832)),
	(2, 'Kyiv in UTM 32', ST_Transform(ST_Point(30.52, 50.45, 4326), 25832)),
	(3, 'New York', ST_Point(-74, 40.7, 4326)),
	(4, 'longitude over 180', ST_Point(370, 52, 4326))
) AS cases(n, source, point)
ORDER BY n;
