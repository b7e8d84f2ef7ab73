\echo Use "CREATE EXTENSION allmende CASCADE" to load this file. \quit

DO $$
BEGIN
	IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
		RAISE EXCEPTION USING
			ERRCODE = 'feature_not_supported',
			MESSAGE = pg_catalog.format('extension "allmende" needs a database in UTF8, this one is in %s',
				pg_catalog.current_setting('server_encoding')),
			HINT = 'CREATE DATABASE ... TEMPLATE template0 ENCODING ''UTF8''.';
	END IF;
END
$$;

-- The version that the library was built as
CREATE FUNCTION allmende.library_version() RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'allmende_library_version';
COMMENT ON FUNCTION allmende.library_version() IS
'Returns the version that the loaded library was built as. It differs from pg_extension.extversion between the installation of new packages and ALTER EXTENSION allmende UPDATE.';
