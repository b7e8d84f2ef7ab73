\echo Use "CREATE EXTENSION allmende CASCADE" to load this file. \quit

-- The version that the library was built as
CREATE FUNCTION allmende.library_version() RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_library_version';
COMMENT ON FUNCTION allmende.library_version() IS
'Returns the version that the loaded library was built as. It differs from pg_extension.extversion between the installation of new packages and ALTER EXTENSION allmende UPDATE.';
