-- The library in every session, and the settings that bring it

-- pg_regress connects anew for this file: the first statement already finds
-- the library's settings reserved and its schema in the path
SET allmende.no_such_setting = 'x';
SHOW search_path;
SHOW session_preload_libraries;
SELECT library_version() = extversion AS same_version
FROM pg_extension WHERE extname = 'allmende';

-- what the settings hold is kept, whatever its form; twice changes nothing
SELECT preload();
CREATE FUNCTION test.database_settings() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT unnest(setconfig) FROM pg_db_role_setting
	WHERE setrole = 0
		AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
	ORDER BY 1
$$;
SELECT s FROM test.database_settings() AS s WHERE s ~ '^(search_path|session_preload)';
DO $$ BEGIN
	EXECUTE format('ALTER DATABASE %I SET search_path = "$user", "Größe, x", public', current_database());
	EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = ''auto_explain'', ''$libdir/passwordcheck''', current_database());
END $$;
SELECT preload();
SELECT s FROM test.database_settings() AS s WHERE s ~ '^(search_path|session_preload)';
DO $$ BEGIN
	EXECUTE format('ALTER DATABASE %I SET search_path = ''allmende'', "$user", public', current_database());
	EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = ''allmende''', current_database());
END $$;
SELECT preload();
SELECT s FROM test.database_settings() AS s WHERE s ~ '^(search_path|session_preload)';
DO $$ BEGIN
	EXECUTE format('ALTER DATABASE %I RESET search_path', current_database());
	EXECUTE format('ALTER DATABASE %I RESET session_preload_libraries', current_database());
END $$;

-- a session without the preload is told at the first call of a function
\c
SELECT '05966024'::allmende.ags;
SELECT '05966024'::allmende.ags;
SELECT allmende.preload();
\c
SELECT '05966024'::ags;

-- only superusers
CREATE ROLE regress_editor;
GRANT EXECUTE ON FUNCTION preload() TO regress_editor;
SET ROLE regress_editor;
SELECT preload();
RESET ROLE;
REVOKE EXECUTE ON FUNCTION preload() FROM regress_editor;
SET ROLE regress_editor;
SELECT preload();
RESET ROLE;
DROP ROLE regress_editor;
