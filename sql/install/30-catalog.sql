-- What is known of datasets and their versions.  Written by the library alone,
-- read through functions and views that look at the reader's rights: nobody but
-- the extension's owner may read the tables, since messages, counts and
-- fingerprints tell of tables that not everybody may read.
--
-- No foreign keys: their locks would make writers wait for each other.  No OID of
-- anything, so that a dump can be restored anywhere.

CREATE SEQUENCE allmende.catalog_id AS int4;
COMMENT ON SEQUENCE allmende.catalog_id IS
'Numbers of stores, datasets, branches and schemas.';

CREATE SEQUENCE allmende.version_id AS int8;
COMMENT ON SEQUENCE allmende.version_id IS
'Numbers of versions of all datasets; gaps are left by transactions that were rolled back.';

CREATE TABLE allmende.dataset (
	id int4 PRIMARY KEY,
	uuid uuid NOT NULL UNIQUE,
	store int4 NOT NULL,
	name text NOT NULL,
	owner name NOT NULL,
	created_at timestamptz NOT NULL,
	columns int4 NOT NULL,
	suspect text,
	witness bytea
);
COMMENT ON TABLE allmende.dataset IS
'Datasets: tables that are tracked, or were. name (schema.table) and owner are those of the head when it was last seen; columns is the highest column id given; suspect says why the next commit must compare the whole table, null if it need not; witness is what the table was at the last commit, see extension/version/witness.h.';

CREATE TABLE allmende.dataset_column (
	dataset int4 NOT NULL,
	id int4 NOT NULL,
	name name NOT NULL,
	attnum int2 NOT NULL,
	PRIMARY KEY (dataset, id)
);
COMMENT ON TABLE allmende.dataset_column IS
'Columns that the head of a dataset has now, or had when it was last seen: the id that stays, and the name and attribute number by which it is found after it was renamed, or restored from a dump.';

CREATE TABLE allmende.schema (
	id int4 PRIMARY KEY,
	dataset int4 NOT NULL,
	digest bytea NOT NULL
);
CREATE INDEX schema_dataset_index ON allmende.schema (dataset, id);
COMMENT ON TABLE allmende.schema IS
'Schemas that datasets had at some version. digest is SHA-256 over their columns and part of revisions.';

CREATE TABLE allmende.schema_column (
	schema int4 NOT NULL,
	"position" int4 NOT NULL,
	column_id int4 NOT NULL,
	name text NOT NULL,
	type text NOT NULL,
	"collation" text,
	key int4,
	ignored bool NOT NULL,
	generated bool NOT NULL,
	required bool NOT NULL,
	initial bytea,
	PRIMARY KEY (schema, "position")
);
COMMENT ON TABLE allmende.schema_column IS
'Columns of a schema in their order, from 1. type is written as format_type does, with schema and modifier; key is the place in the key, from 1, null outside of it; initial is the canonical value that rows have which were stored before there was the column, null for null.';

CREATE TABLE allmende.branch (
	id int4 PRIMARY KEY,
	dataset int4 NOT NULL,
	name text COLLATE "C" NOT NULL,
	parent int4,
	parent_number int4,
	number int4 NOT NULL,
	version int8 NOT NULL,
	UNIQUE (dataset, name)
);
COMMENT ON TABLE allmende.branch IS
'Branches of datasets. version is the last one, number its number; both 0 before the first. parent and parent_number are branch and version that it began at, null for the trunk. A commit locks the row of its branch and updates it at its end.';

CREATE TABLE allmende.version (
	id int8 PRIMARY KEY,
	dataset int4 NOT NULL,
	branch int4 NOT NULL,
	number int4 NOT NULL,
	revision allmende.revision NOT NULL,
	parents int8[] NOT NULL,
	schema int4 NOT NULL,
	author text NOT NULL,
	committed_at timestamptz NOT NULL,
	valid_at timestamptz,
	source jsonb,
	message text NOT NULL,
	inserted int8 NOT NULL,
	updated int8 NOT NULL,
	deleted int8 NOT NULL,
	total int8 NOT NULL,
	delta_hash bytea NOT NULL,
	fingerprint bytea NOT NULL,
	nonce bytea NOT NULL,
	UNIQUE (branch, number)
);
CREATE INDEX version_revision_index ON allmende.version (dataset, revision);
COMMENT ON TABLE allmende.version IS
'Versions of datasets, one for each commit. What delta_hash, fingerprint, nonce and revision are made of is in extension/store/FORMAT.md.';

CREATE TABLE allmende.mark (
	dataset int4 NOT NULL,
	name text COLLATE "C" NOT NULL,
	version int8 NOT NULL,
	author text NOT NULL,
	marked_at timestamptz NOT NULL,
	PRIMARY KEY (dataset, name)
);
COMMENT ON TABLE allmende.mark IS 'Names that people gave to versions.';
