/*
 * compare.h
 *		What is different between the head and its last version.  postgres.h
 *		comes first.
 *
 * Rows are compared by SHA-256 of their images without ignored columns.
 */
#ifndef ALLMENDE_VERSION_COMPARE_H
#define ALLMENDE_VERSION_COMPARE_H

#include "../core/key_run.h"
#include "../store/bitmap.h"
#include "head.h"
#include "journal.h"
#include "stored.h"

/* A row that the last version has and the head has not, or not like this. */
typedef struct RemovedRow
{
	uint32		rid;
	unsigned char hash[CANONICAL_HASH_SIZE];
} RemovedRow;

typedef struct HeadChanges
{
	int64		inserted;
	int64		updated;
	int64		deleted;
	RemovedRow *removed;		/* by rid */
	Size		removed_count;
	Size		removed_room;
	HeadPosition *added;		/* by position */
	Size		added_count;
	Size		added_room;

	/* where everything was compared */
	bool		complete;
	unsigned char fingerprint[CANONICAL_HASH_SIZE]; /* of the head */
	KeyEntry   *rekeyed;		/* entries to be added for rows that stay */
	Size		rekeyed_count;
	Size		rekeyed_room;
} HeadChanges;

/* The two sides, and what reads them. */
typedef struct Compare
{
	Relation	head;
	const Dataset *dataset;
	const Schema *schema;
	const Schema *previous;		/* of the last version; NULL: there is none */
	const Version *last;		/* NULL: there is none */
	Store	   *store;
	Snapshot	snapshot;
	HeadReader *reader;
	HeadImages *images;
	TupleTableSlot *slot;
	BitmapReader *bitmap;		/* of the last version */
	StoredRows *stored;
	MemoryContext scratch;
} Compare;

/*
 * Begin; last and previous are NULL for a dataset without versions.  Lives in
 * the current memory context.
 */
extern Compare *compare_begin(Relation head, const Dataset *dataset,
							  const Schema *schema, const Schema *previous,
							  const Version *last, Store *store,
							  Snapshot snapshot);

/*
 * Compare the rows with the keys of the journal; or all rows, where is_suspect,
 * the journal says so, or there are so many keys that it costs less.  The result
 * is the same.
 */
extern HeadChanges *compare_head(Compare *compare, const Journal *journal,
								 bool is_suspect);

/* Has the head any rows?  Nothing is to have been read of it before. */
extern bool compare_head_has_rows(Compare *compare);

/* Row hash of the row in the slot. */
extern void compare_hash_slot(Compare *compare, TupleTableSlot *slot,
							  unsigned char hash[CANONICAL_HASH_SIZE]);
extern void compare_end(Compare *compare);

/* compare_all.c: all rows, by sorting both sides */
extern void compare_all(Compare *compare, HeadChanges *changes);

/* compare.c, for compare_all.c */
extern void changes_remove(HeadChanges *changes, uint32 rid,
						   const unsigned char *hash);
extern void changes_add(HeadChanges *changes, const HeadPosition *position);
extern void changes_rekey(HeadChanges *changes, int64 hash, uint32 rid);

#endif							/* ALLMENDE_VERSION_COMPARE_H */
