-- Settings of the database: the library in every session, our operators and
-- functions in its search path.

CREATE FUNCTION allmende.preload() RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_preload';
COMMENT ON FUNCTION allmende.preload() IS
'Appends allmende to session_preload_libraries and search_path of the current database, keeping what they hold. CREATE EXTENSION calls it; call it again where a copy of the database has lost its settings. Superusers only. Takes effect in sessions that start afterwards.';
REVOKE ALL ON FUNCTION allmende.preload() FROM PUBLIC;

SELECT allmende.preload();
