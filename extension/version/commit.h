/*
 * commit.h
 *		Making a version of a head.  postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_COMMIT_H
#define ALLMENDE_VERSION_COMMIT_H

#include "head.h"

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

#endif							/* ALLMENDE_VERSION_COMMIT_H */
