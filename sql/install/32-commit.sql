-- Making versions, and what is not yet in one.

CREATE FUNCTION allmende.commit(rel regclass, message text,
	author text DEFAULT session_user, valid_at timestamptz DEFAULT NULL,
	source jsonb DEFAULT NULL, allow_empty bool DEFAULT false)
	RETURNS SETOF allmende.commit_result
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 1
	AS 'MODULE_PATHNAME', 'allmende_commit_one';
COMMENT ON FUNCTION allmende.commit(regclass, text, text, timestamptz, jsonb, bool) IS
'Makes a version of a tracked table as this transaction sees it, and returns it. valid_at is the time that the data describe, source says where they come from. Writers are not kept out; the next version waits until this transaction ends, which may also be rolled back. Whoever may write the table may commit. Error RD307 where nothing has changed, unless allow_empty; RD302 for a table that is not tracked; 40001 in REPEATABLE READ and above where another version has been made since the transaction began; 22004 and 22023 for a null or an empty message.';

CREATE FUNCTION allmende.commit(rel regclass[], message text,
	author text DEFAULT session_user, valid_at timestamptz DEFAULT NULL,
	source jsonb DEFAULT NULL, allow_empty bool DEFAULT false)
	RETURNS SETOF allmende.commit_result
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
	AS 'MODULE_PATHNAME', 'allmende_commit_several';
COMMENT ON FUNCTION allmende.commit(regclass[], text, text, timestamptz, jsonb, bool) IS
'Makes a version of each of several tracked tables in which something has changed, all as of one moment, and returns them. Errors as of one table; RD307 where nothing has changed in any.';

-- for literals: commit('olpe.trees', ...) could else be either of the above
CREATE FUNCTION allmende.commit(rel text, message text,
	author text DEFAULT session_user, valid_at timestamptz DEFAULT NULL,
	source jsonb DEFAULT NULL, allow_empty bool DEFAULT false)
	RETURNS SETOF allmende.commit_result
	LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
	SELECT c.* FROM allmende.commit(rel::regclass, message, author, valid_at, source, allow_empty) AS c;
END;
COMMENT ON FUNCTION allmende.commit(text, text, text, timestamptz, jsonb, bool) IS
'Makes a version of a tracked table given by its name; see commit(regclass, ...).';

CREATE FUNCTION allmende.commit_pending(older_than interval DEFAULT '0', message text DEFAULT NULL)
	RETURNS SETOF allmende.commit_result
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
	AS 'MODULE_PATHNAME', 'allmende_commit_pending';
COMMENT ON FUNCTION allmende.commit_pending(interval, text) IS
'Makes a version of each tracked table with edits that wait since older_than or longer, as far as the caller may write it, and returns them; for cron. Compares tables that may have changed unseen, after VACUUM FULL for example, as a whole; they are trusted again then. Without a message the version says who edited.';

CREATE FUNCTION allmende.status(rel regclass DEFAULT NULL, "full" bool DEFAULT false)
	RETURNS TABLE (dataset text, version int, inserted bigint, updated bigint, deleted bigint,
		pending_since timestamptz, authors text[], fault text)
	LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 10
	AS 'MODULE_PATHNAME', 'allmende_status_list';
COMMENT ON FUNCTION allmende.status(regclass, bool) IS
'Returns what is not yet in a version, of one tracked table or of all that the caller may read: the last version, rows that were inserted, updated and deleted since, when the oldest of these edits was made, and by whom. fault says why edits may have gone unnoticed (the table was rewritten, restored, its triggers were disabled); the counts are null then, unless full asks to compare all rows. Counts are null as well where policies hide rows from the caller. Error RD302 for a table that is not tracked.';
