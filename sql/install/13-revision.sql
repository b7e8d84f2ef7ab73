-- Type revision: the id of a commit, a SHA-256 sum, shown in hexadecimal.

CREATE TYPE allmende.revision;

CREATE FUNCTION allmende.revision_in(cstring) RETURNS allmende.revision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_in';
CREATE FUNCTION allmende.revision_out(allmende.revision) RETURNS cstring
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_out';
CREATE FUNCTION allmende.revision_recv(internal) RETURNS allmende.revision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_recv';
CREATE FUNCTION allmende.revision_send(allmende.revision) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_send';
COMMENT ON FUNCTION allmende.revision_in(cstring) IS
'Reads 64 hexadecimal digits in either case. Error 22P02 for anything else, blanks around them included.';
COMMENT ON FUNCTION allmende.revision_out(allmende.revision) IS
'Returns 64 hexadecimal digits in lower case.';
COMMENT ON FUNCTION allmende.revision_recv(internal) IS
'Reads 32 bytes; any are a revision.';
COMMENT ON FUNCTION allmende.revision_send(allmende.revision) IS
'Returns the 32 bytes.';

CREATE TYPE allmende.revision (
	INPUT = allmende.revision_in,
	OUTPUT = allmende.revision_out,
	RECEIVE = allmende.revision_recv,
	SEND = allmende.revision_send,
	INTERNALLENGTH = 32,
	ALIGNMENT = char,
	STORAGE = plain
);
COMMENT ON TYPE allmende.revision IS
'Id of a commit: a SHA-256 sum (FIPS 180-4) of 32 bytes, shown as 64 hexadecimal digits in lower case. Sorted as its text is.';

-- Comparison: of the bytes, so that the order is that of the text

CREATE FUNCTION allmende.revision_lt(allmende.revision, allmende.revision) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_lt';
CREATE FUNCTION allmende.revision_le(allmende.revision, allmende.revision) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_le';
CREATE FUNCTION allmende.revision_eq(allmende.revision, allmende.revision) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_eq';
CREATE FUNCTION allmende.revision_ne(allmende.revision, allmende.revision) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_ne';
CREATE FUNCTION allmende.revision_ge(allmende.revision, allmende.revision) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_ge';
CREATE FUNCTION allmende.revision_gt(allmende.revision, allmende.revision) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_gt';
CREATE FUNCTION allmende.revision_cmp(allmende.revision, allmende.revision) RETURNS int4
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_cmp';
CREATE FUNCTION allmende.revision_sortsupport(internal) RETURNS void
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_sortsupport';
CREATE FUNCTION allmende.revision_hash(allmende.revision) RETURNS int4
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_hash';
CREATE FUNCTION allmende.revision_hash_extended(allmende.revision, int8) RETURNS int8
	LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_hash_extended';
COMMENT ON FUNCTION allmende.revision_lt(allmende.revision, allmende.revision) IS
'implementation of < operator';
COMMENT ON FUNCTION allmende.revision_le(allmende.revision, allmende.revision) IS
'implementation of <= operator';
COMMENT ON FUNCTION allmende.revision_eq(allmende.revision, allmende.revision) IS
'implementation of = operator';
COMMENT ON FUNCTION allmende.revision_ne(allmende.revision, allmende.revision) IS
'implementation of <> operator';
COMMENT ON FUNCTION allmende.revision_ge(allmende.revision, allmende.revision) IS
'implementation of >= operator';
COMMENT ON FUNCTION allmende.revision_gt(allmende.revision, allmende.revision) IS
'implementation of > operator';
COMMENT ON FUNCTION allmende.revision_cmp(allmende.revision, allmende.revision) IS
'Returns a number below, equal to or above 0, as the first argument stands to the second; for btree.';
COMMENT ON FUNCTION allmende.revision_sortsupport(internal) IS
'sort support of btree';
COMMENT ON FUNCTION allmende.revision_hash(allmende.revision) IS
'hash of 32 bits';
COMMENT ON FUNCTION allmende.revision_hash_extended(allmende.revision, int8) IS
'hash of 64 bits with a seed';

CREATE OPERATOR allmende.< (
	LEFTARG = allmende.revision, RIGHTARG = allmende.revision,
	FUNCTION = allmende.revision_lt,
	COMMUTATOR = OPERATOR(allmende.>), NEGATOR = OPERATOR(allmende.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
CREATE OPERATOR allmende.<= (
	LEFTARG = allmende.revision, RIGHTARG = allmende.revision,
	FUNCTION = allmende.revision_le,
	COMMUTATOR = OPERATOR(allmende.>=), NEGATOR = OPERATOR(allmende.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
CREATE OPERATOR allmende.= (
	LEFTARG = allmende.revision, RIGHTARG = allmende.revision,
	FUNCTION = allmende.revision_eq,
	COMMUTATOR = OPERATOR(allmende.=), NEGATOR = OPERATOR(allmende.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel,
	HASHES, MERGES
);
CREATE OPERATOR allmende.<> (
	LEFTARG = allmende.revision, RIGHTARG = allmende.revision,
	FUNCTION = allmende.revision_ne,
	COMMUTATOR = OPERATOR(allmende.<>), NEGATOR = OPERATOR(allmende.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
CREATE OPERATOR allmende.>= (
	LEFTARG = allmende.revision, RIGHTARG = allmende.revision,
	FUNCTION = allmende.revision_ge,
	COMMUTATOR = OPERATOR(allmende.<=), NEGATOR = OPERATOR(allmende.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
CREATE OPERATOR allmende.> (
	LEFTARG = allmende.revision, RIGHTARG = allmende.revision,
	FUNCTION = allmende.revision_gt,
	COMMUTATOR = OPERATOR(allmende.<), NEGATOR = OPERATOR(allmende.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR allmende.<(allmende.revision, allmende.revision) IS 'less than';
COMMENT ON OPERATOR allmende.<=(allmende.revision, allmende.revision) IS 'less than or equal';
COMMENT ON OPERATOR allmende.=(allmende.revision, allmende.revision) IS 'equal';
COMMENT ON OPERATOR allmende.<>(allmende.revision, allmende.revision) IS 'not equal';
COMMENT ON OPERATOR allmende.>=(allmende.revision, allmende.revision) IS 'greater than or equal';
COMMENT ON OPERATOR allmende.>(allmende.revision, allmende.revision) IS 'greater than';

CREATE OPERATOR CLASS allmende.revision_ops
	DEFAULT FOR TYPE allmende.revision USING btree AS
	OPERATOR 1 allmende.<,
	OPERATOR 2 allmende.<=,
	OPERATOR 3 allmende.=,
	OPERATOR 4 allmende.>=,
	OPERATOR 5 allmende.>,
	FUNCTION 1 allmende.revision_cmp(allmende.revision, allmende.revision),
	FUNCTION 2 allmende.revision_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
CREATE OPERATOR CLASS allmende.revision_ops
	DEFAULT FOR TYPE allmende.revision USING hash AS
	OPERATOR 1 allmende.=,
	FUNCTION 1 allmende.revision_hash(allmende.revision),
	FUNCTION 2 allmende.revision_hash_extended(allmende.revision, int8);

-- Prefixes: a range of a btree index

CREATE FUNCTION allmende.revision_first(prefix text)
	RETURNS allmende.revision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_first';
CREATE FUNCTION allmende.revision_last(prefix text)
	RETURNS allmende.revision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_last';
COMMENT ON FUNCTION allmende.revision_first(text) IS
'Returns the lowest revision that begins with a prefix of 1 to 64 hexadecimal digits in either case. Need not be in use. Error 22023 for another prefix.';
COMMENT ON FUNCTION allmende.revision_last(text) IS
'Returns the highest revision that begins with a prefix of 1 to 64 hexadecimal digits in either case. Need not be in use. Error 22023 for another prefix.';

CREATE FUNCTION allmende.revision_starts_with_support(internal)
	RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_starts_with_support';
COMMENT ON FUNCTION allmende.revision_starts_with_support(internal) IS
'planner support: a prefix is a range of a btree index';
CREATE FUNCTION allmende.starts_with(allmende.revision, prefix text)
	RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	SUPPORT allmende.revision_starts_with_support
	AS 'MODULE_PATHNAME', 'allmende_revision_starts_with';
COMMENT ON FUNCTION allmende.starts_with(allmende.revision, text) IS
'Does the revision begin with a prefix of 1 to 64 hexadecimal digits in either case? A range of a btree index. Error 22023 for another prefix; where it is a constant, already from the planner.';

CREATE OPERATOR allmende.^@ (
	LEFTARG = allmende.revision, RIGHTARG = text,
	FUNCTION = allmende.starts_with,
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR allmende.^@(allmende.revision, text) IS
'true if the revision begins with a prefix of 1 to 64 hexadecimal digits; a range of a btree index';

-- Casts and checks

CREATE FUNCTION allmende.revision(text) RETURNS allmende.revision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_from_text';
COMMENT ON FUNCTION allmende.revision(text) IS
'Reads 64 hexadecimal digits in either case. Error 22P02 for anything else, blanks around them included.';
CREATE FUNCTION allmende.text(allmende.revision) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_to_text';
COMMENT ON FUNCTION allmende.text(allmende.revision) IS
'Returns 64 hexadecimal digits in lower case.';
CREATE FUNCTION allmende.revision(bytea) RETURNS allmende.revision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_from_bytea';
COMMENT ON FUNCTION allmende.revision(bytea) IS
'Takes 32 bytes, such as those of sha256(bytea), as a revision. Error 22P03 for another number of bytes.';
CREATE FUNCTION allmende.bytea(allmende.revision) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_send';
COMMENT ON FUNCTION allmende.bytea(allmende.revision) IS
'Returns the 32 bytes of the revision.';
CREATE CAST (text AS allmende.revision)
	WITH FUNCTION allmende.revision(text);
CREATE CAST (allmende.revision AS text)
	WITH FUNCTION allmende.text(allmende.revision) AS ASSIGNMENT;
CREATE CAST (bytea AS allmende.revision)
	WITH FUNCTION allmende.revision(bytea);
CREATE CAST (allmende.revision AS bytea)
	WITH FUNCTION allmende.bytea(allmende.revision);

CREATE FUNCTION allmende.is_revision(text) RETURNS bool
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_revision_is_valid';
COMMENT ON FUNCTION allmende.is_revision(text) IS
'Is the text one that type revision reads? For CHECK constraints on text columns. Says nothing about whether there is such a commit.';
