-- Type ags: Amtlicher Gemeindeschlüssel, the official key of a German
-- municipality (8 digits), district (5), government region (3) or state (2).

CREATE TYPE allmende.ags;

CREATE FUNCTION allmende.ags_in(cstring) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_in';
CREATE FUNCTION allmende.ags_out(allmende.ags) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_out';
CREATE FUNCTION allmende.ags_recv(internal) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_recv';
CREATE FUNCTION allmende.ags_send(allmende.ags) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_send';

CREATE TYPE allmende.ags (
	INPUT = allmende.ags_in,
	OUTPUT = allmende.ags_out,
	RECEIVE = allmende.ags_recv,
	SEND = allmende.ags_send,
	LIKE = pg_catalog.int4
);
COMMENT ON TYPE allmende.ags IS
'Official key of a German municipality (8 digits), district (5), government region (3) or state (2). Sorted as the hierarchy is: a key stands before all it contains. Source: Statistisches Bundesamt, GV-ISys.';

-- Comparison: the codes are non-negative int4 in the order of the hierarchy.

CREATE FUNCTION allmende.ags_lt(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int4lt';
CREATE FUNCTION allmende.ags_le(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int4le';
CREATE FUNCTION allmende.ags_eq(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int4eq';
CREATE FUNCTION allmende.ags_ne(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int4ne';
CREATE FUNCTION allmende.ags_ge(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int4ge';
CREATE FUNCTION allmende.ags_gt(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int4gt';
CREATE FUNCTION allmende.ags_cmp(allmende.ags, allmende.ags) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'btint4cmp';
CREATE FUNCTION allmende.ags_sortsupport(internal) RETURNS void
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint4sortsupport';
CREATE FUNCTION allmende.ags_hash(allmende.ags) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashint4';
CREATE FUNCTION allmende.ags_hash_extended(allmende.ags, int8) RETURNS int8
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'hashint4extended';

CREATE OPERATOR allmende.< (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_lt,
	COMMUTATOR = OPERATOR(allmende.>), NEGATOR = OPERATOR(allmende.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR allmende.<= (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_le,
	COMMUTATOR = OPERATOR(allmende.>=), NEGATOR = OPERATOR(allmende.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR allmende.= (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_eq,
	COMMUTATOR = OPERATOR(allmende.=), NEGATOR = OPERATOR(allmende.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR allmende.<> (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_ne,
	COMMUTATOR = OPERATOR(allmende.<>), NEGATOR = OPERATOR(allmende.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR allmende.>= (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_ge,
	COMMUTATOR = OPERATOR(allmende.<=), NEGATOR = OPERATOR(allmende.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
CREATE OPERATOR allmende.> (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_gt,
	COMMUTATOR = OPERATOR(allmende.<), NEGATOR = OPERATOR(allmende.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);

CREATE OPERATOR CLASS allmende.ags_ops
	DEFAULT FOR TYPE allmende.ags USING btree AS
	OPERATOR 1 allmende.<,
	OPERATOR 2 allmende.<=,
	OPERATOR 3 allmende.=,
	OPERATOR 4 allmende.>=,
	OPERATOR 5 allmende.>,
	FUNCTION 1 allmende.ags_cmp(allmende.ags, allmende.ags),
	FUNCTION 2 allmende.ags_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS allmende.ags_ops
	DEFAULT FOR TYPE allmende.ags USING hash AS
	OPERATOR 1 allmende.=,
	FUNCTION 1 allmende.ags_hash(allmende.ags),
	FUNCTION 2 allmende.ags_hash_extended(allmende.ags, int8);

CREATE FUNCTION allmende.ags_smaller(allmende.ags, allmende.ags)
	RETURNS allmende.ags
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int4smaller';
CREATE FUNCTION allmende.ags_larger(allmende.ags, allmende.ags)
	RETURNS allmende.ags
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int4larger';
CREATE AGGREGATE allmende.min(allmende.ags) (
	SFUNC = allmende.ags_smaller, STYPE = allmende.ags,
	COMBINEFUNC = allmende.ags_smaller,
	SORTOP = OPERATOR(allmende.<), PARALLEL = SAFE
);
CREATE AGGREGATE allmende.max(allmende.ags) (
	SFUNC = allmende.ags_larger, STYPE = allmende.ags,
	COMBINEFUNC = allmende.ags_larger,
	SORTOP = OPERATOR(allmende.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE allmende.min(allmende.ags) IS
'Returns the first key in the order of the hierarchy; null for no rows.';
COMMENT ON AGGREGATE allmende.max(allmende.ags) IS
'Returns the last key in the order of the hierarchy; null for no rows.';

-- Hierarchy

CREATE FUNCTION allmende.ags_last_contained(allmende.ags)
	RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_last_contained';
COMMENT ON FUNCTION allmende.ags_last_contained(allmende.ags) IS
'Returns the end of the range of keys that the argument contains; the argument itself is its beginning. Need not be a key in use.';

CREATE FUNCTION allmende.ags_contains_support(internal) RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_contains_support';
CREATE FUNCTION allmende.ags_contained_support(internal) RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_contained_support';

CREATE FUNCTION allmende.ags_contains(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	SUPPORT allmende.ags_contains_support
	AS 'MODULE_PATHNAME', 'allmende_ags_contains';
CREATE FUNCTION allmende.ags_contained(allmende.ags, allmende.ags) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	SUPPORT allmende.ags_contained_support
	AS 'MODULE_PATHNAME', 'allmende_ags_contained';

CREATE OPERATOR allmende.@> (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_contains,
	COMMUTATOR = OPERATOR(allmende.<@),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
CREATE OPERATOR allmende.<@ (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ags_contained,
	COMMUTATOR = OPERATOR(allmende.@>),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.@>(allmende.ags, allmende.ags) IS
'true if the right key is the left one or a part of it: a district contains its municipalities';
COMMENT ON OPERATOR allmende.<@(allmende.ags, allmende.ags) IS
'true if the left key is the right one or a part of it; a range of a btree index';

CREATE FUNCTION allmende.level(allmende.ags) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_level';
COMMENT ON FUNCTION allmende.level(allmende.ags) IS
'Returns state, government_region, district or municipality, for 2, 3, 5 or 8 digits.';
CREATE FUNCTION allmende.parent(allmende.ags) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_parent';
COMMENT ON FUNCTION allmende.parent(allmende.ags) IS
'Returns the nearest key above the argument: of a municipality its district, of a district its government region or, where the state has none (third digit 0), its state. Null for a state.';
CREATE FUNCTION allmende.state(allmende.ags) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_state';
COMMENT ON FUNCTION allmende.state(allmende.ags) IS
'Returns the state (Land), the first two digits.';
CREATE FUNCTION allmende.government_region(allmende.ags) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_government_region';
COMMENT ON FUNCTION allmende.government_region(allmende.ags) IS
'Returns the government region (Regierungsbezirk), the first three digits. Null for a state, and where the state has none (third digit 0).';
CREATE FUNCTION allmende.district(allmende.ags) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_district';
COMMENT ON FUNCTION allmende.district(allmende.ags) IS
'Returns the district (Kreis or kreisfreie Stadt), the first five digits. Null for a state or government region.';

-- Casts, checks and repair

CREATE FUNCTION allmende.ags(text) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_from_text';
COMMENT ON FUNCTION allmende.ags(text) IS
'Reads a key of 2, 3, 5 or 8 digits. Error 22P02 for anything else, blanks around it included.';
CREATE FUNCTION allmende.text(allmende.ags) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_to_text';
COMMENT ON FUNCTION allmende.text(allmende.ags) IS
'Returns the key as text of 2, 3, 5 or 8 digits.';
CREATE CAST (text AS allmende.ags) WITH FUNCTION allmende.ags(text);
CREATE CAST (allmende.ags AS text)
	WITH FUNCTION allmende.text(allmende.ags) AS ASSIGNMENT;

CREATE FUNCTION allmende.is_ags(text) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_is_valid';
COMMENT ON FUNCTION allmende.is_ags(text) IS
'Is the text a key that type ags reads? For CHECK constraints on text columns. Says nothing about whether the key is in use.';

CREATE FUNCTION allmende.ags_repair(key text) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_repair';
COMMENT ON FUNCTION allmende.ags_repair(text) IS
'Reads a key that may have lost its leading zero: of 7, 4 or 1 digits, or of 2 that are not a state. Complete keys are read as they are. Error RD101 for what can only be guessed.';
CREATE FUNCTION allmende.ags_repair(key text, state allmende.ags)
	RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ags_repair_in_state';
COMMENT ON FUNCTION allmende.ags_repair(text, allmende.ags) IS
'As ags_repair(text), and reads keys that lack their state: of 6 digits (municipality) or 3 (district). Error RD101 for a key of another state and for what can only be guessed.';
