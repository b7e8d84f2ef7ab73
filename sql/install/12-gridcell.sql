-- Type gridcell: a cell of the European grid in EPSG:3035 (INSPIRE, GeoGitter).

CREATE TYPE allmende.gridcell;

CREATE FUNCTION allmende.gridcell_in(cstring) RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_in';
CREATE FUNCTION allmende.gridcell_out(allmende.gridcell) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_out';
CREATE FUNCTION allmende.gridcell_recv(internal) RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_recv';
CREATE FUNCTION allmende.gridcell_send(allmende.gridcell) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_send';

CREATE TYPE allmende.gridcell (
	INPUT = allmende.gridcell_in,
	OUTPUT = allmende.gridcell_out,
	RECEIVE = allmende.gridcell_recv,
	SEND = allmende.gridcell_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE allmende.gridcell IS
'Cell of the European grid in EPSG:3035: a square of 100 m, 250 m, 500 m, 1 km, 5 km, 10 km or 100 km, northing 900000 to 5500000, easting 900000 to 7400000. Reads long ids (CRS3035RES1000mN2689000E4337000), short ones (1kmN2689E4337) and short ones in metres (1kmN2689000E4337000), with the easting first too and after a country prefix (DE_); writes long ones. Sorted by size, northing, easting. Source: Regulation (EU) 2018/1799; BKG, GeoGitter.';

-- Comparison: the codes are positive int8 in the order of the cells.

CREATE FUNCTION allmende.gridcell_lt(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8lt';
CREATE FUNCTION allmende.gridcell_le(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8le';
CREATE FUNCTION allmende.gridcell_eq(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8eq';
CREATE FUNCTION allmende.gridcell_ne(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8ne';
CREATE FUNCTION allmende.gridcell_ge(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8ge';
CREATE FUNCTION allmende.gridcell_gt(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8gt';
CREATE FUNCTION allmende.gridcell_cmp(allmende.gridcell, allmende.gridcell)
	RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'btint8cmp';
CREATE FUNCTION allmende.gridcell_sortsupport(internal) RETURNS void
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
CREATE FUNCTION allmende.gridcell_hash(allmende.gridcell) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashint8';
CREATE FUNCTION allmende.gridcell_hash_extended(allmende.gridcell, int8)
	RETURNS int8
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'hashint8extended';

CREATE OPERATOR allmende.< (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_lt,
	COMMUTATOR = OPERATOR(allmende.>), NEGATOR = OPERATOR(allmende.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR allmende.<= (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_le,
	COMMUTATOR = OPERATOR(allmende.>=), NEGATOR = OPERATOR(allmende.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR allmende.= (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_eq,
	COMMUTATOR = OPERATOR(allmende.=), NEGATOR = OPERATOR(allmende.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR allmende.<> (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_ne,
	COMMUTATOR = OPERATOR(allmende.<>), NEGATOR = OPERATOR(allmende.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR allmende.>= (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_ge,
	COMMUTATOR = OPERATOR(allmende.<=), NEGATOR = OPERATOR(allmende.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
CREATE OPERATOR allmende.> (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_gt,
	COMMUTATOR = OPERATOR(allmende.<), NEGATOR = OPERATOR(allmende.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);

CREATE OPERATOR CLASS allmende.gridcell_ops
	DEFAULT FOR TYPE allmende.gridcell USING btree AS
	OPERATOR 1 allmende.<,
	OPERATOR 2 allmende.<=,
	OPERATOR 3 allmende.=,
	OPERATOR 4 allmende.>=,
	OPERATOR 5 allmende.>,
	FUNCTION 1 allmende.gridcell_cmp(allmende.gridcell, allmende.gridcell),
	FUNCTION 2 allmende.gridcell_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS allmende.gridcell_ops
	DEFAULT FOR TYPE allmende.gridcell USING hash AS
	OPERATOR 1 allmende.=,
	FUNCTION 1 allmende.gridcell_hash(allmende.gridcell),
	FUNCTION 2 allmende.gridcell_hash_extended(allmende.gridcell, int8);

CREATE FUNCTION allmende.gridcell_smaller(allmende.gridcell, allmende.gridcell)
	RETURNS allmende.gridcell
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8smaller';
CREATE FUNCTION allmende.gridcell_larger(allmende.gridcell, allmende.gridcell)
	RETURNS allmende.gridcell
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8larger';
CREATE AGGREGATE allmende.min(allmende.gridcell) (
	SFUNC = allmende.gridcell_smaller, STYPE = allmende.gridcell,
	COMBINEFUNC = allmende.gridcell_smaller,
	SORTOP = OPERATOR(allmende.<), PARALLEL = SAFE
);
CREATE AGGREGATE allmende.max(allmende.gridcell) (
	SFUNC = allmende.gridcell_larger, STYPE = allmende.gridcell,
	COMBINEFUNC = allmende.gridcell_larger,
	SORTOP = OPERATOR(allmende.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE allmende.min(allmende.gridcell) IS
'Returns the first cell in the order by size, northing, easting; null for no rows.';
COMMENT ON AGGREGATE allmende.max(allmende.gridcell) IS
'Returns the last cell in the order by size, northing, easting; null for no rows.';

-- Casts, checks and parts of an id

CREATE FUNCTION allmende.gridcell(text) RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_from_text';
COMMENT ON FUNCTION allmende.gridcell(text) IS
'Reads a cell in any form that type gridcell reads. Error 22P02 for anything else, blanks around it included.';
CREATE FUNCTION allmende.text(allmende.gridcell) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_to_text';
COMMENT ON FUNCTION allmende.text(allmende.gridcell) IS
'Returns the long id: CRS3035RES, size, N and northing, E and easting of the lower-left corner, all in metres.';
CREATE CAST (text AS allmende.gridcell)
	WITH FUNCTION allmende.gridcell(text);
CREATE CAST (allmende.gridcell AS text)
	WITH FUNCTION allmende.text(allmende.gridcell) AS ASSIGNMENT;

CREATE FUNCTION allmende.is_gridcell(text) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_is_valid';
COMMENT ON FUNCTION allmende.is_gridcell(text) IS
'Is the text a cell that type gridcell reads? For CHECK constraints on text columns. Null for null.';
CREATE FUNCTION allmende.short_id(allmende.gridcell) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_short_id';
COMMENT ON FUNCTION allmende.short_id(allmende.gridcell) IS
'Returns the short id of Zensus 2011 and GEOSTAT: size in m, or km from 1 km on, and the lower-left corner without as many digits as the size in metres has final zeros: 1kmN2689E4337, 250mN268950E433750.';
CREATE FUNCTION allmende.size(allmende.gridcell) RETURNS int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_size';
COMMENT ON FUNCTION allmende.size(allmende.gridcell) IS
'Returns the length of the cell''s edges in metres: 100, 250, 500, 1000, 5000, 10000 or 100000.';
CREATE FUNCTION allmende.easting(allmende.gridcell) RETURNS int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_easting';
COMMENT ON FUNCTION allmende.easting(allmende.gridcell) IS
'Returns the easting of the lower-left corner in metres, EPSG:3035.';
CREATE FUNCTION allmende.northing(allmende.gridcell) RETURNS int4
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_northing';
COMMENT ON FUNCTION allmende.northing(allmende.gridcell) IS
'Returns the northing of the lower-left corner in metres, EPSG:3035.';

-- Hierarchy and neighbours

CREATE FUNCTION allmende.gridcell_contains(allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_contains';
CREATE FUNCTION allmende.gridcell_contained(
	allmende.gridcell, allmende.gridcell)
	RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_contained';

CREATE OPERATOR allmende.@> (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_contains,
	COMMUTATOR = OPERATOR(allmende.<@),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
CREATE OPERATOR allmende.<@ (
	LEFTARG = allmende.gridcell, RIGHTARG = allmende.gridcell,
	FUNCTION = allmende.gridcell_contained,
	COMMUTATOR = OPERATOR(allmende.@>),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.@>(allmende.gridcell, allmende.gridcell) IS
'true if the square of the right cell lies in that of the left one, or is the same; for any two sizes';
COMMENT ON OPERATOR allmende.<@(allmende.gridcell, allmende.gridcell) IS
'true if the square of the left cell lies in that of the right one, or is the same; for any two sizes';

CREATE FUNCTION allmende.parent(allmende.gridcell, size int4)
	RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_parent_of_size';
COMMENT ON FUNCTION allmende.parent(allmende.gridcell, int4) IS
'Returns the cell of a size in metres that contains the argument; the argument itself for its own size. Error RD110 for a size that the grid does not have, RD111 where cells of that size do not nest with the argument (250 m is no multiple of 100 m).';
CREATE FUNCTION allmende.parent(allmende.gridcell) RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_parent';
COMMENT ON FUNCTION allmende.parent(allmende.gridcell) IS
'Returns the cell of the next larger size that contains the argument: 100 m in 500 m, 250 m in 500 m, then 1 km, 5 km, 10 km, 100 km. Null for a cell of 100 km.';
CREATE FUNCTION allmende.children(allmende.gridcell, size int4)
	RETURNS SETOF allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 100
	AS 'MODULE_PATHNAME', 'allmende_gridcell_children';
COMMENT ON FUNCTION allmende.children(allmende.gridcell, int4) IS
'Returns the cells of a size in metres that make up the argument, in ascending order; the argument itself for its own size. Error RD110 for a size that the grid does not have, RD111 where cells of that size do not nest with the argument.';
CREATE FUNCTION allmende.neighbours(allmende.gridcell)
	RETURNS SETOF allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 8
	AS 'MODULE_PATHNAME', 'allmende_gridcell_neighbours';
COMMENT ON FUNCTION allmende.neighbours(allmende.gridcell) IS
'Returns the cells of the same size that share an edge or a corner with the argument, in ascending order: eight, and fewer at the rim of the grid.';

-- From coordinates and geometries

CREATE FUNCTION allmende.gridcell(easting float8, northing float8, size int4)
	RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_from_coordinates';
COMMENT ON FUNCTION allmende.gridcell(float8, float8, int4) IS
'Returns the cell of a size in metres in which a point lies, given in metres of EPSG:3035. The lower and left edge belong to a cell, the upper and right one to its neighbours. Null outside of the grid. Error RD110 for a size that the grid does not have, 22003 for a coordinate that is not finite.';

-- About 0.2 microseconds where the point is projected here, a few where PostGIS
-- has to.
CREATE FUNCTION allmende.gridcell(geometry, size int4) RETURNS allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 25
	AS 'MODULE_PATHNAME', 'allmende_gridcell_from_geometry';
COMMENT ON FUNCTION allmende.gridcell(geometry, int4) IS
'Returns the cell of a size in metres in which a point lies, of any SRID. The lower and left edge belong to a cell, the upper and right one to its neighbours. Points in EPSG:3035, 25832, 4326 and 4258 need no PROJ; their cell is that of ST_Transform but for points within 1 mm of an edge. Others go through ST_Transform and raise its errors. Null for an empty point and outside of the grid. Error RD110 for a size that the grid does not have, RD112 for a geometry that is no point, without SRID or not finite.';

-- The bodies below are parsed here and now, so the search_path of a caller
-- cannot change them.  PostGIS is called unqualified, since only now do we know
-- its schema, with exactly the types that its functions are declared with: no
-- other function can fit better.

CREATE FUNCTION allmende.geometry(allmende.gridcell) RETURNS geometry
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN ST_MakeEnvelope(
		allmende.easting($1)::float8,
		allmende.northing($1)::float8,
		(allmende.easting($1) OPERATOR(pg_catalog.+) allmende.size($1))::float8,
		(allmende.northing($1) OPERATOR(pg_catalog.+) allmende.size($1))::float8,
		3035);
COMMENT ON FUNCTION allmende.geometry(allmende.gridcell) IS
'Returns the cell as a polygon in EPSG:3035.';
CREATE FUNCTION allmende.geometry(allmende.gridcell, srid int4)
	RETURNS geometry
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN ST_Transform(allmende.geometry($1), srid);
COMMENT ON FUNCTION allmende.geometry(allmende.gridcell, int4) IS
'Returns the cell as a polygon in the given system. The corners are transformed, the edges between them are straight; use ST_Segmentize before ST_Transform where the curve of a large cell matters.';
CREATE FUNCTION allmende.centre(allmende.gridcell) RETURNS geometry
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN ST_Point(
		allmende.easting($1)::float8 OPERATOR(pg_catalog.+)
		(allmende.size($1)::float8 OPERATOR(pg_catalog./) 2::float8),
		allmende.northing($1)::float8 OPERATOR(pg_catalog.+)
		(allmende.size($1)::float8 OPERATOR(pg_catalog./) 2::float8),
		3035);
COMMENT ON FUNCTION allmende.centre(allmende.gridcell) IS
'Returns the centre of the cell as a point in EPSG:3035.';

CREATE FUNCTION allmende.gridcells_in_box(
	west float8, south float8, east float8, north float8, size int4)
	RETURNS SETOF allmende.gridcell
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 1000
	AS 'MODULE_PATHNAME', 'allmende_gridcell_in_box';
COMMENT ON FUNCTION allmende.gridcells_in_box(float8, float8, float8, float8, int4) IS
'Returns the cells of a size in metres that a box meets, given in metres of EPSG:3035, in ascending order. A box that ends at an upper or right edge reaches into the next cell, which that edge belongs to. Nothing outside of the grid. Error RD110 for a size that the grid does not have, RD112 for more than 10 million cells, 22003 for a coordinate that is not finite.';

CREATE FUNCTION allmende.gridcells_in_box_count(
	west float8, south float8, east float8, north float8, size int4)
	RETURNS int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_gridcell_count_in_box';
COMMENT ON FUNCTION allmende.gridcells_in_box_count(float8, float8, float8, float8, int4) IS
'Returns how many cells gridcells_in_box() returns, and raises its errors.';

-- Two helpers of gridcells(): the cell without a millimetre along its edges, and
-- its left and lower edge, which belong to it.
CREATE FUNCTION allmende.gridcell_inset(allmende.gridcell) RETURNS geometry
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN ST_MakeEnvelope(
		allmende.easting($1)::float8 OPERATOR(pg_catalog.+) 0.001::float8,
		allmende.northing($1)::float8 OPERATOR(pg_catalog.+) 0.001::float8,
		(allmende.easting($1) OPERATOR(pg_catalog.+) allmende.size($1))::float8
		OPERATOR(pg_catalog.-) 0.001::float8,
		(allmende.northing($1) OPERATOR(pg_catalog.+) allmende.size($1))::float8
		OPERATOR(pg_catalog.-) 0.001::float8,
		3035);
COMMENT ON FUNCTION allmende.gridcell_inset(allmende.gridcell) IS
'Returns the cell without one millimetre along its edges, as a polygon in EPSG:3035. For gridcells().';
CREATE FUNCTION allmende.gridcell_own_edges(allmende.gridcell)
	RETURNS geometry
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN ST_MakeLine(
		ST_MakeLine(
			ST_Point(
				allmende.easting($1)::float8,
				(allmende.northing($1)
				OPERATOR(pg_catalog.+) allmende.size($1))::float8,
				3035),
			ST_Point(
				allmende.easting($1)::float8,
				allmende.northing($1)::float8,
				3035)),
		ST_Point(
			(allmende.easting($1)
			OPERATOR(pg_catalog.+) allmende.size($1))::float8,
			allmende.northing($1)::float8,
			3035));
COMMENT ON FUNCTION allmende.gridcell_own_edges(allmende.gridcell) IS
'Returns the left and the lower edge of the cell, which belong to it, as a line in EPSG:3035. For gridcells().';

-- Lines and polygons are taken apart and cut into pieces of at most 256
-- vertices: each brings its own box of candidates, PostGIS prepares it once, and
-- no test gets slow.  A piece covers a cell if it meets the cell's inside: the
-- first test, against the closed square, throws out what is not even near.  What
-- reaches the inside by a millimetre or more passes the second.  The rest only
-- touches an edge, and only for that the exact relation is computed.
--
-- The set-returning functions stand in target lists, where their rows are
-- streamed and not stored; OFFSET 0 keeps the cells of points from being
-- computed before it is known that they are points.  PostGIS declares its
-- predicates so costly that every call would compile the query, which takes
-- longer than most calls: hence no JIT.
CREATE FUNCTION allmende.gridcells(geometry, size int4)
	RETURNS SETOF allmende.gridcell
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 1000
	SET jit = off
BEGIN ATOMIC
	SELECT point.cell
	FROM (SELECT allmende.gridcell(part.geom, size) AS cell
		FROM ST_Dump($1) AS part
		WHERE ST_Dimension(part.geom) OPERATOR(pg_catalog.=) 0
		OFFSET 0) AS point
	WHERE point.cell IS NOT NULL
	UNION
	SELECT candidate.cell
	FROM ST_Dump(ST_Transform($1, 3035)) AS part
	CROSS JOIN LATERAL (
		SELECT ST_Subdivide(part.geom, 256) AS geom) AS piece
	CROSS JOIN LATERAL (
		SELECT allmende.gridcells_in_box(
			ST_XMin(piece.geom::box3d), ST_YMin(piece.geom::box3d),
			ST_XMax(piece.geom::box3d), ST_YMax(piece.geom::box3d),
			size) AS cell) AS candidate
	WHERE ST_Dimension(part.geom) OPERATOR(pg_catalog.>) 0
		AND allmende.gridcells_in_box_count(
			ST_XMin(part.geom::box3d), ST_YMin(part.geom::box3d),
			ST_XMax(part.geom::box3d), ST_YMax(part.geom::box3d),
			size) OPERATOR(pg_catalog.>) 0
		AND ST_Intersects(piece.geom, allmende.geometry(candidate.cell))
		AND (ST_Intersects(piece.geom, allmende.gridcell_inset(candidate.cell))
			OR ST_Relate(piece.geom, allmende.geometry(candidate.cell),
				'T********'::text)
			OR (ST_Dimension(part.geom) OPERATOR(pg_catalog.=) 1
				AND ST_Relate(piece.geom,
					allmende.gridcell_own_edges(candidate.cell),
					'1********'::text)));
END;
COMMENT ON FUNCTION allmende.gridcells(geometry, int4) IS
'Returns the cells of a size in metres that cover a valid geometry of any SRID, each once and in no order. For a polygon these are the cells that it shares area with; for a line those that it runs through, where it runs along an edge those north or east of it; for a point the one that gridcell(geometry, integer) returns; for a collection those of all its parts. Nothing for an empty geometry and for what lies outside of the grid. Lines and polygons are transformed by ST_Transform, vertex by vertex, and cut at places where they have more than 256 vertices; both round coordinates, so that a geometry may reach into the cell beyond an edge by less than a millimetre. Error RD110 for a size that the grid does not have, RD112 where the bounding box of a part has more than 10 million cells.';
