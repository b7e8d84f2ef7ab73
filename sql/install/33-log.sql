-- Reading the history of datasets, and giving names to versions.

CREATE FUNCTION allmende.log(rel regclass, since text DEFAULT NULL,
	until text DEFAULT 'HEAD')
	RETURNS TABLE (ref text, version int4, revision allmende.revision,
		committed_at timestamptz, valid_at timestamptz, author text,
		message text, source jsonb, inserted int8, updated int8,
		deleted int8, total int8, marks text[])
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'allmende_log_head';
COMMENT ON FUNCTION allmende.log(regclass, text, text) IS
'Returns the versions of a tracked table that lead to until, until itself included, without since and those that lead to it; the last one first. since null: from the first one; until null: to HEAD. ref is a ref that stays: v and the number, or the revision for a version of a branch other than main. inserted, updated and deleted count rows against the version before, total those that the version has; they are null where policies hide rows from the reader. marks is empty where there are none. Needs SELECT on the table. Error 22004 if rel is null, 22023 for a malformed ref and WORKING, RD302 if the table is not tracked, RD304 and RD305 if a ref names no version or several.';

CREATE FUNCTION allmende.dataset_log(dataset text, since text DEFAULT NULL,
	until text DEFAULT 'HEAD')
	RETURNS TABLE (ref text, version int4, revision allmende.revision,
		committed_at timestamptz, valid_at timestamptz, author text,
		message text, source jsonb, inserted int8, updated int8,
		deleted int8, total int8, marks text[])
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'allmende_log_dataset';
COMMENT ON FUNCTION allmende.dataset_log(text, text, text) IS
'Returns what log() does for a dataset, named as its table is called (olpe.trees) or was called last, or by its uuid. Where the table is gone, only its last owner may read it. Error 22004 if dataset is null, 42602 if it is no name, RD302 if there is none, RD305 if several were called so; else as log().';

CREATE FUNCTION allmende.mark(rel regclass, name text,
	ref text DEFAULT 'HEAD') RETURNS text
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'allmende_mark_set';
COMMENT ON FUNCTION allmende.mark(regclass, text, text) IS
'Gives a name to a version of a tracked table; returns the version''s own ref (v12). A name has 1 to 63 bytes without ~, control characters and blanks at its ends, and does not read as any other ref: HEAD, v12, digits of a revision, a time. Null if an argument is. Needs INSERT, UPDATE, DELETE or TRUNCATE on the table. Error 22023 for another name, a malformed ref and WORKING, 42710 if a mark or branch has the name, RD302 if the table is not tracked, RD304 and RD305 if the ref names no version or several.';

CREATE FUNCTION allmende.unmark(rel regclass, name text) RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'allmende_mark_remove';
COMMENT ON FUNCTION allmende.unmark(regclass, text) IS
'Removes the mark of this name from the versions of a tracked table; the version stays. Does nothing if an argument is null. Needs the rights that mark() needs. Error 42704 if there is no such mark, RD302 if the table is not tracked.';

CREATE FUNCTION allmende.dataset_list()
	RETURNS TABLE (dataset text, uuid uuid, rel regclass, title text,
		version int4, revision allmende.revision, committed_at timestamptz,
		valid_at timestamptz, "rows" int8, pending bool,
		pending_since timestamptz, last_delivery timestamptz,
		head_bytes int8, store_bytes int8)
	LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 ROWS 100
	AS 'MODULE_PATHNAME', 'allmende_dataset_list';
COMMENT ON FUNCTION allmende.dataset_list() IS
'Returns the datasets whose table the current user may read (SELECT), and those without a table that it owned last, by name. See the view datasets.';

CREATE VIEW allmende.datasets AS
	SELECT dataset, uuid, rel, title, version, revision, committed_at, valid_at,
		"rows", pending, pending_since, last_delivery, head_bytes, store_bytes
	FROM allmende.dataset_list();
COMMENT ON VIEW allmende.datasets IS
'Datasets that the current user may read, with their last version. dataset is the name of the table, or its last one; rel the table, null where it is gone; title its comment. rows is null where policies hide some from the reader. pending: are there edits, or changes of the table, that are not committed? pending_since is when the oldest of these edits was made, last_delivery when the last version with a source was committed. head_bytes and store_bytes are what the table with its indexes and partitions, and the store, take on disk. Null where it is not known: pending and store_bytes where the store is not in this database.';
GRANT SELECT ON allmende.datasets TO PUBLIC;
