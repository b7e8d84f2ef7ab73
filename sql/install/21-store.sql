-- The stores.  Each has tables of its own, allmende_store.s_<id>_*, which are
-- made when a table is tracked: ordinary tables that belong to the extension's
-- owner and are no members of it, so that a dump has them and DROP EXTENSION
-- refuses to take them along.  extension/store/FORMAT.md says what is in them.

CREATE SCHEMA allmende_store;
COMMENT ON SCHEMA allmende_store IS
'The stores of Allmende: what tracked tables were in all their versions. Not to be written, nor to be read directly: nobody but the owner of the extension has rights here.';
