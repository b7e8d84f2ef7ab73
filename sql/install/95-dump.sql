-- What pg_dump takes along of tables that the extension owns.
SELECT pg_catalog.pg_extension_config_dump('allmende.municipality', 'WHERE NOT shipped');
