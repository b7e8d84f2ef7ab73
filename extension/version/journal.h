/*
 * journal.h
 *		Keys touched since the last commit.  postgres.h comes first.
 *
 * A row of the journal holds the keys that one statement touched, as many as a
 * page takes: (recorded_at timestamptz, author name, keys bytea).  keys are u32
 * length and row form of the key columns, again and again; NULL says that any row
 * may have changed (TRUNCATE).
 */
#ifndef ALLMENDE_VERSION_JOURNAL_H
#define ALLMENDE_VERSION_JOURNAL_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/snapshot.h"

/* What the journal holds, as a snapshot sees it. */
typedef struct Journal
{
	bool		all;			/* any row may have changed */
	int64		key_count;
	struct varlena **keys;		/* row forms, with a varlena header; each once */
	int64		row_count;
	struct ItemPointerData *tids;	/* of the journal's rows */
	TimestampTz since;			/* of the oldest; 0 where it is empty */
	List	   *authors;		/* of char *, sorted, each once */
} Journal;

/*
 * Read the journal of a store, in the current memory context.  Takes the
 * predicate lock that SERIALIZABLE needs.  with_keys false: only the rest.
 */
extern Journal *journal_read(int32 store, Snapshot snapshot, bool with_keys);

/* Delete the rows that were read. */
extern void journal_consume(int32 store, const Journal *journal);

/* Are there any rows? */
extern bool journal_is_empty(int32 store, Snapshot snapshot);

#endif							/* ALLMENDE_VERSION_JOURNAL_H */
