-- Type ars: Amtlicher Regionalschlüssel, the key of a German municipality with
-- the association of municipalities that it belongs to, 12 digits.

CREATE TYPE allmende.ars;

CREATE FUNCTION allmende.ars_in(cstring) RETURNS allmende.ars
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_in';
CREATE FUNCTION allmende.ars_out(allmende.ars) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_out';
CREATE FUNCTION allmende.ars_recv(internal) RETURNS allmende.ars
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_recv';
CREATE FUNCTION allmende.ars_send(allmende.ars) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_send';

CREATE TYPE allmende.ars (
	INPUT = allmende.ars_in,
	OUTPUT = allmende.ars_out,
	RECEIVE = allmende.ars_recv,
	SEND = allmende.ars_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE allmende.ars IS
'Key of a German municipality with its association (Gemeindeverband): 12 digits, LL R KK VVVV GGG. Sorted as its digits are. Source: Statistisches Bundesamt, GV-ISys.';

-- Comparison: the codes are non-negative int8 in the order of the hierarchy.

CREATE FUNCTION allmende.ars_lt(allmende.ars, allmende.ars) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8lt';
CREATE FUNCTION allmende.ars_le(allmende.ars, allmende.ars) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8le';
CREATE FUNCTION allmende.ars_eq(allmende.ars, allmende.ars) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8eq';
CREATE FUNCTION allmende.ars_ne(allmende.ars, allmende.ars) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8ne';
CREATE FUNCTION allmende.ars_ge(allmende.ars, allmende.ars) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8ge';
CREATE FUNCTION allmende.ars_gt(allmende.ars, allmende.ars) RETURNS bool
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8gt';
CREATE FUNCTION allmende.ars_cmp(allmende.ars, allmende.ars) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'btint8cmp';
CREATE FUNCTION allmende.ars_sortsupport(internal) RETURNS void
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
CREATE FUNCTION allmende.ars_hash(allmende.ars) RETURNS int4
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashint8';
CREATE FUNCTION allmende.ars_hash_extended(allmende.ars, int8) RETURNS int8
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'hashint8extended';

CREATE OPERATOR allmende.< (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_lt,
	COMMUTATOR = OPERATOR(allmende.>), NEGATOR = OPERATOR(allmende.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR allmende.<= (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_le,
	COMMUTATOR = OPERATOR(allmende.>=), NEGATOR = OPERATOR(allmende.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR allmende.= (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_eq,
	COMMUTATOR = OPERATOR(allmende.=), NEGATOR = OPERATOR(allmende.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR allmende.<> (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_ne,
	COMMUTATOR = OPERATOR(allmende.<>), NEGATOR = OPERATOR(allmende.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR allmende.>= (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_ge,
	COMMUTATOR = OPERATOR(allmende.<=), NEGATOR = OPERATOR(allmende.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
CREATE OPERATOR allmende.> (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_gt,
	COMMUTATOR = OPERATOR(allmende.<), NEGATOR = OPERATOR(allmende.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);

CREATE OPERATOR CLASS allmende.ars_ops
	DEFAULT FOR TYPE allmende.ars USING btree AS
	OPERATOR 1 allmende.<,
	OPERATOR 2 allmende.<=,
	OPERATOR 3 allmende.=,
	OPERATOR 4 allmende.>=,
	OPERATOR 5 allmende.>,
	FUNCTION 1 allmende.ars_cmp(allmende.ars, allmende.ars),
	FUNCTION 2 allmende.ars_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS allmende.ars_ops
	DEFAULT FOR TYPE allmende.ars USING hash AS
	OPERATOR 1 allmende.=,
	FUNCTION 1 allmende.ars_hash(allmende.ars),
	FUNCTION 2 allmende.ars_hash_extended(allmende.ars, int8);

CREATE FUNCTION allmende.ars_smaller(allmende.ars, allmende.ars)
	RETURNS allmende.ars
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8smaller';
CREATE FUNCTION allmende.ars_larger(allmende.ars, allmende.ars)
	RETURNS allmende.ars
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'int8larger';
CREATE AGGREGATE allmende.min(allmende.ars) (
	SFUNC = allmende.ars_smaller, STYPE = allmende.ars,
	COMBINEFUNC = allmende.ars_smaller,
	SORTOP = OPERATOR(allmende.<), PARALLEL = SAFE
);
CREATE AGGREGATE allmende.max(allmende.ars) (
	SFUNC = allmende.ars_larger, STYPE = allmende.ars,
	COMBINEFUNC = allmende.ars_larger,
	SORTOP = OPERATOR(allmende.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE allmende.min(allmende.ars) IS
'Returns the first key in the order of the hierarchy; null for no rows.';
COMMENT ON AGGREGATE allmende.max(allmende.ars) IS
'Returns the last key in the order of the hierarchy; null for no rows.';

-- Hierarchy: an AGS contains the ARS of its municipalities

CREATE FUNCTION allmende.ars_first(allmende.ags) RETURNS allmende.ars
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_first';
COMMENT ON FUNCTION allmende.ars_first(allmende.ags) IS
'Returns the beginning of the range in which the ARS of all municipalities of an AGS lie. Need not be a key in use.';
CREATE FUNCTION allmende.ars_last(allmende.ags) RETURNS allmende.ars
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_last';
COMMENT ON FUNCTION allmende.ars_last(allmende.ags) IS
'Returns the end of the range in which the ARS of all municipalities of an AGS lie. Need not be a key in use.';

CREATE FUNCTION allmende.ars_contains_support(internal) RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_contains_support';
CREATE FUNCTION allmende.ars_contained_support(internal) RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_contained_support';

CREATE FUNCTION allmende.ars_contains(allmende.ags, allmende.ars) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	SUPPORT allmende.ars_contains_support
	AS 'MODULE_PATHNAME', 'allmende_ars_of_ags';
CREATE FUNCTION allmende.ars_contained(allmende.ars, allmende.ags) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	SUPPORT allmende.ars_contained_support
	AS 'MODULE_PATHNAME', 'allmende_ars_in_ags';

CREATE OPERATOR allmende.@> (
	LEFTARG = allmende.ags, RIGHTARG = allmende.ars,
	FUNCTION = allmende.ars_contains,
	COMMUTATOR = OPERATOR(allmende.<@),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
CREATE OPERATOR allmende.<@ (
	LEFTARG = allmende.ars, RIGHTARG = allmende.ags,
	FUNCTION = allmende.ars_contained,
	COMMUTATOR = OPERATOR(allmende.@>),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.@>(allmende.ags, allmende.ars) IS
'true if the municipality of the right key lies in the area of the left one';
COMMENT ON OPERATOR allmende.<@(allmende.ars, allmende.ags) IS
'true if the municipality of the left key lies in the area of the right one; a range of a btree index';

CREATE FUNCTION allmende.association(allmende.ars) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_association';
COMMENT ON FUNCTION allmende.association(allmende.ars) IS
'Returns the key of the association of municipalities (Gemeindeverband), the first nine digits, as text.';

-- Casts and checks

CREATE FUNCTION allmende.ars(text) RETURNS allmende.ars
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_from_text';
COMMENT ON FUNCTION allmende.ars(text) IS
'Reads a key of 12 digits. Error 22P02 for anything else, blanks around it included.';
CREATE FUNCTION allmende.text(allmende.ars) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_to_text';
COMMENT ON FUNCTION allmende.text(allmende.ars) IS
'Returns the key as text of 12 digits.';
CREATE FUNCTION allmende.ags(allmende.ars) RETURNS allmende.ags
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_to_ags';
COMMENT ON FUNCTION allmende.ags(allmende.ars) IS
'Returns the AGS of the municipality: the key without digits 6 to 9.';
CREATE FUNCTION allmende.ars(allmende.ags) RETURNS allmende.ars
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_from_ags';
COMMENT ON FUNCTION allmende.ars(allmende.ags) IS
'Returns the ARS of a municipality of North Rhine-Westphalia, where no municipality belongs to an association. Error RD102 elsewhere and for keys that are not those of municipalities: the ARS does not follow from the AGS.';
CREATE CAST (text AS allmende.ars) WITH FUNCTION allmende.ars(text);
CREATE CAST (allmende.ars AS text)
	WITH FUNCTION allmende.text(allmende.ars) AS ASSIGNMENT;
CREATE CAST (allmende.ars AS allmende.ags)
	WITH FUNCTION allmende.ags(allmende.ars) AS ASSIGNMENT;
CREATE CAST (allmende.ags AS allmende.ars)
	WITH FUNCTION allmende.ars(allmende.ags);

CREATE FUNCTION allmende.is_ars(text) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_ars_is_valid';
COMMENT ON FUNCTION allmende.is_ars(text) IS
'Is the text a key that type ars reads? For CHECK constraints on text columns. Says nothing about whether the key is in use.';
