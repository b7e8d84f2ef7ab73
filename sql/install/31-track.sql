-- Beginning and ending the history of a table, and the triggers that write down
-- which rows of it were edited.

CREATE TYPE allmende.commit_result AS (
	dataset text,
	version int4,
	revision allmende.revision,
	inserted int8,
	updated int8,
	deleted int8,
	total int8
);
COMMENT ON TYPE allmende.commit_result IS
'What a commit made: the version''s number and revision, how many rows it has inserted, updated and deleted against the one before, and how many it has. The numbers of rows are null where policies hide rows from whoever committed.';

-- Whose table carries the triggers of a dataset owns its history.  So nobody can
-- make such triggers but track(), and superusers who restore a dump.

CREATE FUNCTION allmende.journal_statement() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_journal_statement';
COMMENT ON FUNCTION allmende.journal_statement() IS
'Trigger of tracked tables: writes the keys of inserted, updated and deleted rows into the journal. Made by track().';
REVOKE ALL ON FUNCTION allmende.journal_statement() FROM PUBLIC;

CREATE FUNCTION allmende.journal_truncate() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_journal_truncate';
COMMENT ON FUNCTION allmende.journal_truncate() IS
'Trigger of tracked tables: writes into the journal that any row may have changed. Made by track().';
REVOKE ALL ON FUNCTION allmende.journal_truncate() FROM PUBLIC;

CREATE FUNCTION allmende.journal_row() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_journal_row';
COMMENT ON FUNCTION allmende.journal_row() IS
'Trigger of tracked tables: writes the key of a row into the journal where statement triggers are not fired, which is by logical replication and in sessions with session_replication_role = replica. Made by track().';
REVOKE ALL ON FUNCTION allmende.journal_row() FROM PUBLIC;

CREATE FUNCTION allmende.track(rel regclass, key name[] DEFAULT NULL,
	ignore name[] DEFAULT '{}', message text DEFAULT 'first version',
	valid_at timestamptz DEFAULT NULL)
	RETURNS allmende.commit_result
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000
	AS 'MODULE_PATHNAME', 'allmende_history_track';
COMMENT ON FUNCTION allmende.track(regclass, name[], name[], text, timestamptz) IS
'Begins the history of a table and returns its first version. key names the columns of a unique index, in any order; null: those of the primary key. Columns in ignore are kept, but a change of nothing else makes no version of a row, and fingerprints leave them out. valid_at is the time that the data describe. Adds triggers to the table and its partitions; writers wait until the end of the transaction, readers do not. Owners of the table only. Error RD306 for a table that cannot be tracked or has no such key, RD308 if it is tracked already, RD201 and RD202 for a column whose type has no canonical or no key form, 22004 if rel or message is null, 22023 for an empty message and a valid_at that is not finite.';

CREATE FUNCTION allmende.untrack(rel regclass) RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'allmende_history_untrack';
COMMENT ON FUNCTION allmende.untrack(regclass) IS
'Ends the history of a table: takes the triggers from it and its partitions. Its versions stay until forget(); track() begins a new history. Owners of the table only. Null does nothing. Error RD302 if the table is not tracked.';

CREATE FUNCTION allmende.forget(dataset text) RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'allmende_history_forget';
COMMENT ON FUNCTION allmende.forget(text) IS
'Deletes all versions of a dataset, given by its name or uuid, for good. Its table must have been untracked or dropped. Its last owner only. Null does nothing. Error RD302 if there is no such dataset, RD305 if several had the name, 55000 if its table is still tracked.';

CREATE FUNCTION allmende.ddl_end() RETURNS event_trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_ddl_end';
COMMENT ON FUNCTION allmende.ddl_end() IS
'Function of event trigger allmende_ddl_end.';
REVOKE ALL ON FUNCTION allmende.ddl_end() FROM PUBLIC;

CREATE EVENT TRIGGER allmende_ddl_end ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE', 'CREATE TABLE', 'CREATE FOREIGN TABLE',
		'ALTER FOREIGN TABLE', 'ALTER TYPE', 'ALTER DOMAIN')
	EXECUTE FUNCTION allmende.ddl_end();
ALTER EVENT TRIGGER allmende_ddl_end ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER allmende_ddl_end IS
'Keeps track of what DDL does to tracked tables: names of columns, new partitions, changes that fire no trigger. Refuses what a tracked table cannot be (RD306).';
