-- What pg_dump takes along of tables and sequences that the extension owns.
SELECT pg_catalog.pg_extension_config_dump('allmende.municipality', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('allmende.catalog_id', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.version_id', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.dataset', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.dataset_column', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.schema', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.schema_column', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.branch', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.version', '');
SELECT pg_catalog.pg_extension_config_dump('allmende.mark', '');
