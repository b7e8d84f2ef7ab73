/*
 * catalog.h
 *		The catalogue of datasets, branches, versions, schemas and marks.
 *		postgres.h comes first.
 *
 * Rows are read by systable scans with the snapshot that is given, and written
 * as PostgreSQL writes its own catalogues; rights are the caller's business.
 * Structures are allocated in the current memory context.  Names of functions
 * that find return NULL where there is nothing.
 */
#ifndef ALLMENDE_VERSION_CATALOG_H
#define ALLMENDE_VERSION_CATALOG_H

#include "datatype/timestamp.h"
#include "storage/itemptr.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "../core/canonical.h"
#include "../core/revision_code.h"
#include "../store/bitmap.h"

typedef struct Dataset
{
	int32		id;
	pg_uuid_t	uuid;
	int32		store;
	char	   *name;			/* schema.table, quoted where needed */
	char	   *owner;
	TimestampTz created_at;
	int32		columns;		/* highest column id given */
	char	   *suspect;		/* or NULL */
	bytea	   *witness;		/* or NULL */
} Dataset;

typedef struct Branch
{
	int32		id;
	int32		dataset;
	char	   *name;
	int32		parent;			/* 0: none */
	int32		parent_number;
	int32		number;			/* of the last version; 0: none yet */
	int64		version;
	ItemPointerData tid;		/* of this row, for the commit */
} Branch;

typedef struct Version
{
	int64		id;
	int32		dataset;
	int32		branch;
	int32		number;
	RevisionId	revision;
	int64	   *parents;
	int			parent_count;
	int32		schema;
	char	   *author;
	TimestampTz committed_at;
	bool		has_valid_at;
	TimestampTz valid_at;
	struct varlena *source;		/* jsonb, or NULL */
	char	   *message;
	int64		inserted;
	int64		updated;
	int64		deleted;
	int64		total;
	unsigned char delta_hash[CANONICAL_HASH_SIZE];
	unsigned char fingerprint[CANONICAL_HASH_SIZE];
	unsigned char nonce[CANONICAL_HASH_SIZE];
} Version;

typedef struct Mark
{
	int32		dataset;
	char	   *name;
	int64		version;
	char	   *author;
	TimestampTz marked_at;
} Mark;

/* A column of a schema. */
typedef struct SchemaColumn
{
	uint32		id;
	char	   *name;
	char	   *type;			/* as format_type writes it, with schema and
								 * modifier */
	char	   *collation;		/* with schema; NULL: none or the default one */
	int			key;			/* place in the key from 1; 0: not in it */
	bool		ignored;
	bool		generated;
	bool		required;		/* NOT NULL */
	bytea	   *initial;		/* canonical value of rows older than it, or
								 * NULL */
} SchemaColumn;

typedef struct Schema
{
	int32		id;				/* 0: not written yet */
	int32		dataset;
	unsigned char digest[CANONICAL_HASH_SIZE];
	int			count;
	SchemaColumn *columns;
} Schema;

/* The next number of allmende.catalog_id, allmende.version_id. */
extern int32 catalog_new_id(void);
extern int64 catalog_new_version_id(void);

extern Dataset *dataset_find(const pg_uuid_t *uuid, Snapshot snapshot);
extern Dataset *dataset_find_id(int32 id, Snapshot snapshot);
extern void dataset_insert(const Dataset *dataset);
extern void dataset_update(const Dataset *dataset);
extern void dataset_delete(int32 id);	/* and all that is of it here */
extern List *dataset_list(Snapshot snapshot);	/* of Dataset, by name */

extern Branch *branch_find(int32 dataset, const char *name,
						   Snapshot snapshot);
extern Branch *branch_find_id(int32 id, Snapshot snapshot);
extern List *branch_list(int32 dataset, Snapshot snapshot);
extern void branch_insert(const Branch *branch);

/*
 * Lock the row of a branch against other commits, until the end of the
 * transaction, in mode FOR NO KEY UPDATE; waits.  Returns the row as it is then.
 * 40001 in REPEATABLE READ and above if it has changed since the snapshot.
 */
extern Branch *branch_lock(int32 id);

/* Set number and version of a branch whose row is locked. */
extern void branch_advance(Branch *branch, int32 number, int64 version);

extern Version *version_find_id(int64 id, Snapshot snapshot);
extern Version *version_find(int32 branch, int32 number, Snapshot snapshot);

/* Those of a branch with numbers from after + 1 to number, the last one first. */
extern List *version_list(int32 branch, int32 after, int32 number,
						  Snapshot snapshot);

/*
 * The version on a path that was valid, or else committed, last at or before a
 * time; the last one of those with the same time.
 */
extern Version *version_find_time(const VersionPath *path, TimestampTz time,
								  Snapshot snapshot);

/* When the last version on a path that has a source was committed, if any. */
extern bool version_find_source(const VersionPath *path,
								TimestampTz *committed_at, Snapshot snapshot);

/* Those with a revision from first to last; List of Version, by revision. */
extern List *version_find_revisions(int32 dataset, const RevisionId *first,
									const RevisionId *last,
									Snapshot snapshot);
extern void version_insert(const Version *version);

/*
 * The place of a version and those that its branch began at: what bitmaps are
 * read by.
 */
extern VersionPath *version_path(int32 branch, int32 number,
								 Snapshot snapshot);

extern Schema *schema_find(int32 id, Snapshot snapshot);

/* The column with an id, else NULL. */
extern const SchemaColumn *schema_column_find(const Schema *schema, uint32 id);

/* All columns in the order of their ids, as many as the schema has. */
extern const SchemaColumn **schema_columns_by_id(const Schema *schema);

/* The schema of a dataset with this digest, else NULL. */
extern Schema *schema_find_digest(int32 dataset, const unsigned char *digest,
								  Snapshot snapshot);
extern void schema_insert(const Schema *schema);

extern Mark *mark_find(int32 dataset, const char *name, Snapshot snapshot);
extern List *mark_list(int32 dataset, Snapshot snapshot);
extern void mark_insert(const Mark *mark);
extern bool mark_delete(int32 dataset, const char *name);

/*
 * Let nobody else change marks of a dataset until the end of the transaction:
 * names of marks differ from those of branches, of which no index knows.
 */
extern void mark_lock(int32 dataset);

/* The OID of a table or index of schema allmende; for locks and scans. */
extern Oid	catalog_relation(const char *name);

/* The owner of the extension: whom stores belong to. */
extern Oid	catalog_owner(void);

#endif							/* ALLMENDE_VERSION_CATALOG_H */
