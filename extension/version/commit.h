/*
 * commit.h
 *		Making versions of heads.  postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_COMMIT_H
#define ALLMENDE_VERSION_COMMIT_H

#include "compare.h"

/* What the caller says of a version. */
typedef struct CommitDetails
{
	const char *message;
	const char *author;
	bool		has_valid_at;
	TimestampTz valid_at;
	struct varlena *source;		/* jsonb, or NULL */
	bool		allow_empty;
} CommitDetails;

/* A head that is being committed. */
typedef struct CommitTarget
{
	Relation	relation;		/* locked in AccessShareLock */
	pg_uuid_t	uuid;
	int32		branch_id;
	Branch	   *branch;			/* locked */
	Dataset    *dataset;
	bytea	   *witness;		/* of the head, before the snapshot */
	Version    *version;		/* that was made; NULL where nothing changed */
} CommitTarget;

/*
 * Commit several heads (OIDs) in one go; returns CommitTargets in the order in
 * which they were done, relations closed.  Rights are the caller's business.
 */
extern List *commit_heads(List *heads, const CommitDetails *details);

/*
 * The first version of a dataset that was just made: track() calls it, with the
 * triggers in place and the table locked against writers.
 */
extern Version *commit_first(Relation relation, Dataset *dataset,
							 Schema *schema, const CommitDetails *details,
							 Snapshot snapshot);

/* A row of type commit_result, in values and nulls of 7 columns. */
extern void commit_result_values(const Dataset *dataset,
								 const Version *version, bool partial,
								 Datum *values, bool *nulls);

/* commit_write.c */

/* What a commit writes, from the changes to the row of the version. */
extern Version *commit_write(Compare *compare, Dataset *dataset,
							 Schema *schema, Branch *branch,
							 HeadChanges *changes,
							 const CommitDetails *details);

/* The same for a head whose rows are all new. */
extern Version *commit_write_all(Compare *compare, Dataset *dataset,
								 Schema *schema, Branch *branch,
								 const CommitDetails *details);

#endif							/* ALLMENDE_VERSION_COMMIT_H */
