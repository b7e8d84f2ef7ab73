-- The canonical form of rows and keys, their hashes, and fingerprints of tables.
-- extension/store/FORMAT.md fixes every byte.
--
-- The functions are STABLE, not IMMUTABLE: what an enum's labels and other types'
-- names are can change between two statements.  They have no other input than
-- the row.

CREATE FUNCTION allmende.canonical_row(record) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 25
	AS 'MODULE_PATHNAME', 'allmende_canonical_row';
COMMENT ON FUNCTION allmende.canonical_row(record) IS
'Returns the canonical form of a row: the same bytes for the same values on every installation, whatever its settings, OIDs and storage. Columns are numbered from 1 in their order; their names and types are no part of it. Null for null. Error RD201 for a column whose type has no such form, 54000 above 1 GB. Source: extension/store/FORMAT.md.';

CREATE FUNCTION allmende.canonical_key(record) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 25
	AS 'MODULE_PATHNAME', 'allmende_canonical_key';
COMMENT ON FUNCTION allmende.canonical_key(record) IS
'Returns the key form of a row: as canonical_row(), but values that the default btree operator class of their type calls equal have the same bytes (1.0 and 1.00, 0 and -0, 1 day and 24 hours). Null for null. Error RD202 for a column for which that cannot be promised, 54000 above 1 GB. Source: extension/store/FORMAT.md.';

CREATE FUNCTION allmende.row_hash(record) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_row_hash';
COMMENT ON FUNCTION allmende.row_hash(record) IS
'Returns SHA-256 of the canonical form of a row, 32 bytes. Null for null. Error RD201 for a column whose type has no such form.';

CREATE FUNCTION allmende.key_hash(record) RETURNS int8
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_key_hash';
COMMENT ON FUNCTION allmende.key_hash(record) IS
'Returns the first eight bytes of SHA-256 of the key form of a row, as a number. Equal keys have equal hashes; different ones seldom have. Null for null. Error RD202 for a column that has no key form.';

CREATE FUNCTION allmende.fingerprint_transition(bytea, record) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_fingerprint_transition';
COMMENT ON FUNCTION allmende.fingerprint_transition(bytea, record) IS
'Returns a fingerprint with a row added; how fingerprint(record) counts rows in. Error 22023 for a fingerprint that has not 32 bytes, RD201 for a column whose type has no canonical form.';

CREATE FUNCTION allmende.fingerprint_inverse(bytea, record) RETURNS bytea
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_fingerprint_inverse';
COMMENT ON FUNCTION allmende.fingerprint_inverse(bytea, record) IS
'Returns a fingerprint with a row taken away; how fingerprint(record) moves a window. Error 22023 for a fingerprint that has not 32 bytes, RD201 for a column whose type has no canonical form.';

CREATE FUNCTION allmende.fingerprint_combine(bytea, bytea) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'allmende_fingerprint_combine';
COMMENT ON FUNCTION allmende.fingerprint_combine(bytea, bytea) IS
'Returns the fingerprint of the rows of both: the sum modulo 2^256. Error 22023 for a fingerprint that has not 32 bytes.';

CREATE AGGREGATE allmende.fingerprint(record) (
	SFUNC = allmende.fingerprint_transition, STYPE = bytea, SSPACE = 40,
	COMBINEFUNC = allmende.fingerprint_combine,
	INITCOND = '\x0000000000000000000000000000000000000000000000000000000000000000',
	MSFUNC = allmende.fingerprint_transition, MSTYPE = bytea, MSSPACE = 40,
	MINVFUNC = allmende.fingerprint_inverse,
	MINITCOND = '\x0000000000000000000000000000000000000000000000000000000000000000',
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE allmende.fingerprint(record) IS
'Returns the fingerprint of rows: the sum of their row_hash() modulo 2^256, 32 bytes. Equal for equal rows in any order, on any installation; a row that is there twice counts twice. 32 zero bytes for no rows; nulls are skipped. An equality check among honest parties: whoever may choose rows can find others with the same sum. Error RD201 for a column whose type has no canonical form.';

CREATE FUNCTION allmende.row_from_canonical(anyelement, bytea) RETURNS anyelement
	LANGUAGE c STABLE PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'allmende_row_from_canonical';
COMMENT ON FUNCTION allmende.row_from_canonical(anyelement, bytea) IS
'Returns the row whose canonical_row() is given: row_from_canonical(NULL::olpe.trees, bytes). The first argument gives the row type only. Columns are found by their number: what the type lacks is passed over, what the bytes lack is null. Values come back as they were: neither type modifiers nor constraints of domains are checked, which is left to whoever writes them into a table. Null for null bytes. Error RD203 for a label that an enum lacks, RD204 for bytes that are no such row, the key form among them, 42804 where the first argument is not of a named row type, RD201 for a column whose type has no canonical form. Source: extension/store/FORMAT.md.';
