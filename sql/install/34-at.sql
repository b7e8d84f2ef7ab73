-- The rows of any version of a tracked table.

CREATE FUNCTION allmende.at_support(internal) RETURNS internal
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_at_support';

-- RESTRICTED, since policies of the table may call functions that are
CREATE FUNCTION allmende.at(anyelement, ref text) RETURNS SETOF anyelement
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 1000
	SUPPORT allmende.at_support
	AS 'MODULE_PATHNAME', 'allmende_at_read';
COMMENT ON FUNCTION allmende.at(anyelement, text) IS
'Returns the rows that a tracked table had at a version: SELECT * FROM allmende.at(NULL::olpe.trees, ''v3''). The first argument gives the table by its row type only. WORKING is the table itself, uncommitted edits included. Rows have today''s columns: those dropped since are not shown, those added since have the initial default that they were added with, or null, and those retyped since are cast as an assignment would. Needs SELECT on the columns that are used; in a select list, in ROWS FROM and WITH ORDINALITY on all. Policies of the table apply, with the rights of whoever calls, in views too. Error 42804 if the first argument is not of the row type of a table, 22004 if ref is null, 42501 without the rights, 0A000 for policies with subqueries, RD302 if the table is not tracked, RD304 and RD305 if ref names no version or several, RD309 if a column has no cast from the type that it had then, 22023 if ref is malformed.';

CREATE FUNCTION allmende.at(text, ref text) RETURNS text
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_at_readtext';
COMMENT ON FUNCTION allmende.at(text, text) IS
'Always raises 42804, with a hint how to write it: a function cannot know the columns of a table that it is given by name.';

CREATE FUNCTION allmende.version_rows(rel regclass, ref text DEFAULT 'HEAD')
	RETURNS allmende.rowset
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'allmende_version_rows';
COMMENT ON FUNCTION allmende.version_rows(regclass, text) IS
'Returns the row ids of a version of a tracked table: what has the same id in two versions is the same row, unchanged. Null if an argument is. Needs SELECT on the table. Error 42501 without it, or where policies hide rows from whoever asks, 22023 for WORKING, whose rows have no ids yet, and a malformed ref, RD302 if the table is not tracked, RD304 and RD305 if ref names no version or several.';
