-- Tracking tables: the triggers that write the journal; track, untrack, forget.

CREATE TYPE allmende.commit_result AS (
	dataset text,
	version int,
	revision allmende.revision,
	inserted bigint,
	updated bigint,
	deleted bigint,
	total bigint
);
COMMENT ON TYPE allmende.commit_result IS
'A version that was made: the dataset, the number and the revision of the version, rows inserted, updated and deleted since the version before, and rows in all. The counts are null where policies hide rows from whoever asks.';

CREATE FUNCTION allmende.journal_statement() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_journal_statement';
COMMENT ON FUNCTION allmende.journal_statement() IS
'Trigger function: writes the keys that a statement has touched into the journal of the dataset whose uuid is the first argument. Made by track().';

CREATE FUNCTION allmende.journal_truncate() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_journal_truncate';
COMMENT ON FUNCTION allmende.journal_truncate() IS
'Trigger function: writes into the journal that any row may have changed. Made by track().';

CREATE FUNCTION allmende.journal_row() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_journal_row';
COMMENT ON FUNCTION allmende.journal_row() IS
'Trigger function: writes the key of a row into the journal, where logical replication or the replica role changes rows without statement triggers. Made by track().';

CREATE FUNCTION allmende.track(rel regclass, key name[] DEFAULT NULL,
	ignore name[] DEFAULT '{}', message text DEFAULT 'first version',
	valid_at timestamptz DEFAULT NULL)
	RETURNS allmende.commit_result
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_track';
COMMENT ON FUNCTION allmende.track(regclass, name[], name[], text, timestamptz) IS
'Puts a table under versioning and makes its first version, which it returns. The table gets triggers and is else left as it is. key names the columns of a unique index on NOT NULL columns, null for the primary key; columns in ignore are kept, but a change of theirs alone is none. valid_at is the time that the data describe. Owner of the table only. Keeps writers out until the end of the transaction. Error RD306 for what cannot be tracked, RD308 for a table that is tracked, RD201 for a column whose type has no canonical form, RD202 for a key column that has no key form.';

CREATE FUNCTION allmende.untrack(rel regclass) RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_untrack';
COMMENT ON FUNCTION allmende.untrack(regclass) IS
'Removes what track() has added to a table. Its history stays, until forget(); a table that is tracked again begins a new one. Owner of the table only. Error RD302 for a table that is not tracked.';

CREATE FUNCTION allmende.forget(dataset text) RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'allmende_forget';
COMMENT ON FUNCTION allmende.forget(text) IS
'Deletes the history of a dataset, given by the name that its table had or by its uuid, for good. Its table must have been dropped or untracked before: else error 55000. Only who owned the table. Error RD302 for a dataset that does not exist, RD305 where several had the name.';
