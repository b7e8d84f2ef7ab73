-- Type rowset: a set of row ids, kept as a roaring bitmap.

CREATE TYPE allmende.rowset;

CREATE FUNCTION allmende.rowset_in(cstring) RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_in';
CREATE FUNCTION allmende.rowset_out(allmende.rowset) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_out';
CREATE FUNCTION allmende.rowset_recv(internal) RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_recv';
CREATE FUNCTION allmende.rowset_send(allmende.rowset) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_send';
COMMENT ON FUNCTION allmende.rowset_in(cstring) IS
'Reads {} or members such as {1,3,10-20}: ids 0 to 4294967295 and ranges, in any order, with blanks around them. Error 22P02 for anything else.';
COMMENT ON FUNCTION allmende.rowset_out(allmende.rowset) IS
'Returns the members in ascending order, three or more consecutive ids as a range.';
COMMENT ON FUNCTION allmende.rowset_recv(internal) IS
'Reads the portable format of roaring bitmaps. Error 22P03 for bytes that are none.';
COMMENT ON FUNCTION allmende.rowset_send(allmende.rowset) IS
'Returns the portable format of roaring bitmaps (RoaringFormatSpec).';

CREATE TYPE allmende.rowset (
	INPUT = allmende.rowset_in,
	OUTPUT = allmende.rowset_out,
	RECEIVE = allmende.rowset_recv,
	SEND = allmende.rowset_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE allmende.rowset IS
'Set of row ids, 0 to 4294967295, as a roaring bitmap; what a version of a dataset is made of. Written as {1,3,10-20}. Equal sets have equal bytes. The order of sets is that of their bytes: it serves sorting and DISTINCT and has no other meaning.';

-- Comparison: that of bytea, since a set has one form only

CREATE FUNCTION allmende.rowset_lt(allmende.rowset, allmende.rowset) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'bytealt';
CREATE FUNCTION allmende.rowset_le(allmende.rowset, allmende.rowset) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteale';
CREATE FUNCTION allmende.rowset_eq(allmende.rowset, allmende.rowset) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteaeq';
CREATE FUNCTION allmende.rowset_ne(allmende.rowset, allmende.rowset) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteane';
CREATE FUNCTION allmende.rowset_ge(allmende.rowset, allmende.rowset) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteage';
CREATE FUNCTION allmende.rowset_gt(allmende.rowset, allmende.rowset) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteagt';
CREATE FUNCTION allmende.rowset_cmp(allmende.rowset, allmende.rowset) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'byteacmp';
CREATE FUNCTION allmende.rowset_sortsupport(internal) RETURNS void
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'bytea_sortsupport';
CREATE FUNCTION allmende.rowset_hash(allmende.rowset) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashvarlena';
CREATE FUNCTION allmende.rowset_hash_extended(allmende.rowset, int8) RETURNS int8
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashvarlenaextended';
COMMENT ON FUNCTION allmende.rowset_lt(allmende.rowset, allmende.rowset) IS
'implementation of < operator';
COMMENT ON FUNCTION allmende.rowset_le(allmende.rowset, allmende.rowset) IS
'implementation of <= operator';
COMMENT ON FUNCTION allmende.rowset_eq(allmende.rowset, allmende.rowset) IS
'implementation of = operator';
COMMENT ON FUNCTION allmende.rowset_ne(allmende.rowset, allmende.rowset) IS
'implementation of <> operator';
COMMENT ON FUNCTION allmende.rowset_ge(allmende.rowset, allmende.rowset) IS
'implementation of >= operator';
COMMENT ON FUNCTION allmende.rowset_gt(allmende.rowset, allmende.rowset) IS
'implementation of > operator';
COMMENT ON FUNCTION allmende.rowset_cmp(allmende.rowset, allmende.rowset) IS
'Returns a number below, equal to or above 0, as the first argument stands to the second; for btree.';
COMMENT ON FUNCTION allmende.rowset_sortsupport(internal) IS
'sort support of btree';
COMMENT ON FUNCTION allmende.rowset_hash(allmende.rowset) IS
'hash of 32 bits';
COMMENT ON FUNCTION allmende.rowset_hash_extended(allmende.rowset, int8) IS
'hash of 64 bits with a seed';

CREATE OPERATOR allmende.< (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_lt,
	COMMUTATOR = OPERATOR(allmende.>), NEGATOR = OPERATOR(allmende.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR allmende.<= (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_le,
	COMMUTATOR = OPERATOR(allmende.>=), NEGATOR = OPERATOR(allmende.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR allmende.= (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_eq,
	COMMUTATOR = OPERATOR(allmende.=), NEGATOR = OPERATOR(allmende.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR allmende.<> (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_ne,
	COMMUTATOR = OPERATOR(allmende.<>), NEGATOR = OPERATOR(allmende.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR allmende.>= (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_ge,
	COMMUTATOR = OPERATOR(allmende.<=), NEGATOR = OPERATOR(allmende.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
CREATE OPERATOR allmende.> (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_gt,
	COMMUTATOR = OPERATOR(allmende.<), NEGATOR = OPERATOR(allmende.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR allmende.<(allmende.rowset, allmende.rowset) IS 'less than';
COMMENT ON OPERATOR allmende.<=(allmende.rowset, allmende.rowset) IS 'less than or equal';
COMMENT ON OPERATOR allmende.=(allmende.rowset, allmende.rowset) IS 'equal';
COMMENT ON OPERATOR allmende.<>(allmende.rowset, allmende.rowset) IS 'not equal';
COMMENT ON OPERATOR allmende.>=(allmende.rowset, allmende.rowset) IS 'greater than or equal';
COMMENT ON OPERATOR allmende.>(allmende.rowset, allmende.rowset) IS 'greater than';

CREATE OPERATOR CLASS allmende.rowset_ops
	DEFAULT FOR TYPE allmende.rowset USING btree AS
	OPERATOR 1 allmende.<,
	OPERATOR 2 allmende.<=,
	OPERATOR 3 allmende.=,
	OPERATOR 4 allmende.>=,
	OPERATOR 5 allmende.>,
	FUNCTION 1 allmende.rowset_cmp(allmende.rowset, allmende.rowset),
	FUNCTION 2 allmende.rowset_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS allmende.rowset_ops
	DEFAULT FOR TYPE allmende.rowset USING hash AS
	OPERATOR 1 allmende.=,
	FUNCTION 1 allmende.rowset_hash(allmende.rowset),
	FUNCTION 2 allmende.rowset_hash_extended(allmende.rowset, int8);

-- Algebra of sets

CREATE FUNCTION allmende.rowset_union(allmende.rowset, allmende.rowset)
	RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_union';
COMMENT ON FUNCTION allmende.rowset_union(allmende.rowset, allmende.rowset) IS
'Returns the ids that are in the first set, the second or both.';
CREATE FUNCTION allmende.rowset_intersection(allmende.rowset, allmende.rowset)
	RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_intersection';
COMMENT ON FUNCTION allmende.rowset_intersection(allmende.rowset, allmende.rowset) IS
'Returns the ids that are in both sets.';
CREATE FUNCTION allmende.rowset_difference(allmende.rowset, allmende.rowset)
	RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_difference';
COMMENT ON FUNCTION allmende.rowset_difference(allmende.rowset, allmende.rowset) IS
'Returns the ids that are in the first set and not in the second.';
CREATE FUNCTION allmende.rowset_xor(allmende.rowset, allmende.rowset)
	RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_xor';
COMMENT ON FUNCTION allmende.rowset_xor(allmende.rowset, allmende.rowset) IS
'Returns the ids that are in one of the sets and not in the other.';

CREATE OPERATOR allmende.| (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_union,
	COMMUTATOR = OPERATOR(allmende.|)
);
COMMENT ON OPERATOR allmende.|(allmende.rowset, allmende.rowset) IS
'union: the ids in either set';
CREATE OPERATOR allmende.& (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_intersection,
	COMMUTATOR = OPERATOR(allmende.&)
);
COMMENT ON OPERATOR allmende.&(allmende.rowset, allmende.rowset) IS
'intersection: the ids in both sets';
CREATE OPERATOR allmende.- (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_difference
);
COMMENT ON OPERATOR allmende.-(allmende.rowset, allmende.rowset) IS
'difference: the ids in the left set and not in the right one';
CREATE OPERATOR allmende.# (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_xor,
	COMMUTATOR = OPERATOR(allmende.#)
);
COMMENT ON OPERATOR allmende.#(allmende.rowset, allmende.rowset) IS
'symmetric difference: the ids in exactly one of the sets';

-- Questions

CREATE FUNCTION allmende.rowset_contains(allmende.rowset, allmende.rowset)
	RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_contains';
COMMENT ON FUNCTION allmende.rowset_contains(allmende.rowset, allmende.rowset) IS
'Are all ids of the second set in the first?';
CREATE FUNCTION allmende.rowset_contained(allmende.rowset, allmende.rowset)
	RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_contained';
COMMENT ON FUNCTION allmende.rowset_contained(allmende.rowset, allmende.rowset) IS
'Are all ids of the first set in the second?';
CREATE FUNCTION allmende.rowset_contains(allmende.rowset, int8) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_contains_id';
COMMENT ON FUNCTION allmende.rowset_contains(allmende.rowset, int8) IS
'Is the id in the set? False for numbers that are no row id.';
CREATE FUNCTION allmende.rowset_contained(int8, allmende.rowset) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_id_contained';
COMMENT ON FUNCTION allmende.rowset_contained(int8, allmende.rowset) IS
'Is the id in the set? False for numbers that are no row id.';
CREATE FUNCTION allmende.rowset_overlaps(allmende.rowset, allmende.rowset)
	RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_rowset_overlaps';
COMMENT ON FUNCTION allmende.rowset_overlaps(allmende.rowset, allmende.rowset) IS
'Have the sets an id in common?';

CREATE OPERATOR allmende.@> (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_contains,
	COMMUTATOR = OPERATOR(allmende.<@),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.@>(allmende.rowset, allmende.rowset) IS
'true if all ids of the right set are in the left one';
CREATE OPERATOR allmende.<@ (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_contained,
	COMMUTATOR = OPERATOR(allmende.@>),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.<@(allmende.rowset, allmende.rowset) IS
'true if all ids of the left set are in the right one';
CREATE OPERATOR allmende.@> (
	LEFTARG = allmende.rowset, RIGHTARG = int8,
	FUNCTION = allmende.rowset_contains,
	COMMUTATOR = OPERATOR(allmende.<@),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.@>(allmende.rowset, int8) IS
'true if the id is in the set';
CREATE OPERATOR allmende.<@ (
	LEFTARG = int8, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_contained,
	COMMUTATOR = OPERATOR(allmende.@>),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.<@(int8, allmende.rowset) IS
'true if the id is in the set';
CREATE OPERATOR allmende.&& (
	LEFTARG = allmende.rowset, RIGHTARG = allmende.rowset,
	FUNCTION = allmende.rowset_overlaps,
	COMMUTATOR = OPERATOR(allmende.&&),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.&&(allmende.rowset, allmende.rowset) IS
'true if the sets have an id in common';

CREATE FUNCTION allmende.cardinality(allmende.rowset) RETURNS int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_cardinality';
COMMENT ON FUNCTION allmende.cardinality(allmende.rowset) IS
'Returns the number of ids in the set, 0 to 4294967296.';
CREATE FUNCTION allmende.first(allmende.rowset) RETURNS int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_first';
COMMENT ON FUNCTION allmende.first(allmende.rowset) IS
'Returns the lowest id of the set; null for the empty set.';
CREATE FUNCTION allmende.last(allmende.rowset) RETURNS int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_last';
COMMENT ON FUNCTION allmende.last(allmende.rowset) IS
'Returns the highest id of the set; null for the empty set.';
CREATE FUNCTION allmende.is_empty(allmende.rowset) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_is_empty';
COMMENT ON FUNCTION allmende.is_empty(allmende.rowset) IS
'Is there no id in the set?';
CREATE FUNCTION allmende.rowset_unnest_support(internal) RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_unnest_support';
COMMENT ON FUNCTION allmende.rowset_unnest_support(internal) IS
'planner support: number of rows where the set is a constant';
CREATE FUNCTION allmende.unnest(allmende.rowset) RETURNS SETOF int8
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	ROWS 1000 SUPPORT allmende.rowset_unnest_support
	AS 'MODULE_PATHNAME', 'allmende_rowset_unnest';
COMMENT ON FUNCTION allmende.unnest(allmende.rowset) IS
'Returns the ids of the set, one a row, in ascending order; no row for null.';

-- Casts

CREATE FUNCTION allmende.rowset(text) RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'allmende_rowset_from_text';
COMMENT ON FUNCTION allmende.rowset(text) IS
'Reads {} or members such as {1,3,10-20}, as type rowset does. Error 22P02 for anything else.';
CREATE FUNCTION allmende.text(allmende.rowset) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'allmende_rowset_to_text';
COMMENT ON FUNCTION allmende.text(allmende.rowset) IS
'Returns the members in ascending order, three or more consecutive ids as a range.';
CREATE FUNCTION allmende.rowset(bytea) RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'allmende_rowset_from_bytea';
COMMENT ON FUNCTION allmende.rowset(bytea) IS
'Reads the portable format of roaring bitmaps (RoaringFormatSpec), in any valid form. Error 22P03, with the byte, for bytes that are none.';
CREATE FUNCTION allmende.bytea(allmende.rowset) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_rowset_send';
COMMENT ON FUNCTION allmende.bytea(allmende.rowset) IS
'Returns the portable format of roaring bitmaps (RoaringFormatSpec). Equal sets have equal bytes.';
CREATE FUNCTION allmende.rowset(int8[]) RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'allmende_rowset_from_array';
COMMENT ON FUNCTION allmende.rowset(int8[]) IS
'Returns the set of the elements, in any order and repeated at will. Error 22004 for a null, 22003 for a number outside 0 to 4294967295, 2202E for more than one dimension.';
CREATE FUNCTION allmende.to_array(allmende.rowset) RETURNS int8[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'allmende_rowset_to_array';
COMMENT ON FUNCTION allmende.to_array(allmende.rowset) IS
'Returns the ids of the set in ascending order. Error 54000 above 134 million ids; allmende.unnest(rowset) has no limit.';

CREATE CAST (text AS allmende.rowset)
	WITH FUNCTION allmende.rowset(text);
CREATE CAST (allmende.rowset AS text)
	WITH FUNCTION allmende.text(allmende.rowset) AS ASSIGNMENT;
CREATE CAST (bytea AS allmende.rowset)
	WITH FUNCTION allmende.rowset(bytea);
CREATE CAST (allmende.rowset AS bytea)
	WITH FUNCTION allmende.bytea(allmende.rowset);
CREATE CAST (int8[] AS allmende.rowset)
	WITH FUNCTION allmende.rowset(int8[]);
CREATE CAST (allmende.rowset AS int8[])
	WITH FUNCTION allmende.to_array(allmende.rowset);

-- Aggregates

CREATE FUNCTION allmende.rowset_agg_transition(internal, int8)
	RETURNS internal
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_agg_transition';
COMMENT ON FUNCTION allmende.rowset_agg_transition(internal, int8) IS
'aggregate transition function';
CREATE FUNCTION allmende.rowset_union_agg_transition(internal, allmende.rowset)
	RETURNS internal
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_union_agg_transition';
COMMENT ON FUNCTION allmende.rowset_union_agg_transition(internal, allmende.rowset) IS
'aggregate transition function';
CREATE FUNCTION allmende.rowset_agg_combine(internal, internal)
	RETURNS internal
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_agg_combine';
COMMENT ON FUNCTION allmende.rowset_agg_combine(internal, internal) IS
'aggregate combine function';
CREATE FUNCTION allmende.rowset_agg_serialize(internal) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_agg_serialize';
COMMENT ON FUNCTION allmende.rowset_agg_serialize(internal) IS
'aggregate serial function';
CREATE FUNCTION allmende.rowset_agg_deserialize(bytea, internal)
	RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_agg_deserialize';
COMMENT ON FUNCTION allmende.rowset_agg_deserialize(bytea, internal) IS
'aggregate deserial function';
CREATE FUNCTION allmende.rowset_agg_final(internal) RETURNS allmende.rowset
	LANGUAGE c IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_rowset_agg_final';
COMMENT ON FUNCTION allmende.rowset_agg_final(internal) IS
'aggregate final function';

CREATE AGGREGATE allmende.rowset_agg(int8) (
	SFUNC = allmende.rowset_agg_transition, STYPE = internal, SSPACE = 256,
	FINALFUNC = allmende.rowset_agg_final, FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = allmende.rowset_agg_combine,
	SERIALFUNC = allmende.rowset_agg_serialize,
	DESERIALFUNC = allmende.rowset_agg_deserialize,
	PARALLEL = SAFE
);
CREATE AGGREGATE allmende.rowset_union_agg(allmende.rowset) (
	SFUNC = allmende.rowset_union_agg_transition, STYPE = internal, SSPACE = 256,
	FINALFUNC = allmende.rowset_agg_final, FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = allmende.rowset_agg_combine,
	SERIALFUNC = allmende.rowset_agg_serialize,
	DESERIALFUNC = allmende.rowset_agg_deserialize,
	PARALLEL = SAFE
);
CREATE AGGREGATE allmende.rowset_intersection_agg(allmende.rowset) (
	SFUNC = allmende.rowset_intersection, STYPE = allmende.rowset,
	COMBINEFUNC = allmende.rowset_intersection,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allmende.rowset_agg(int8) IS
'Returns the set of the ids. Nulls are skipped; null where there is no id. Error 22003 for a number outside 0 to 4294967295.';
COMMENT ON AGGREGATE allmende.rowset_union_agg(allmende.rowset) IS
'Returns the ids that are in any of the sets. Nulls are skipped; null where there is no set.';
COMMENT ON AGGREGATE allmende.rowset_intersection_agg(allmende.rowset) IS
'Returns the ids that are in all of the sets. Nulls are skipped; null where there is no set.';
