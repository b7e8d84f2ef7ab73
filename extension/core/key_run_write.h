/*
 * key_run_write.h
 *		Writing a run of the key index, chunk by chunk.
 *
 *	key_run_begin(&writer);
 *	for each entry, ascending:
 *		key_run_add(&writer, entry, &error);
 *		while ((size = key_run_take(&writer, false, chunk)) > 0)
 *			store the chunk
 *	while ((size = key_run_take(&writer, true, chunk)) > 0)
 *		store the chunk
 *
 * The chunks depend on the entries alone.
 */
#ifndef ALLMENDE_KEY_RUN_WRITE_H
#define ALLMENDE_KEY_RUN_WRITE_H

#include "key_run.h"

/* Entries that are not yet in a chunk: 12.7 kB, and no more memory. */
typedef struct KeyRunWriter
{
	uint32_t	count;			/* of the entries here */
	uint32_t	chunks;			/* taken so far */
	uint64_t	entries;		/* added so far */
	KeyEntry	last;			/* entry added */
	KeyEntry	waiting[KEY_RUN_ENTRIES_MAX];
} KeyRunWriter;

extern void key_run_begin(KeyRunWriter *writer);

/*
 * Add the next entry, which is above the one before it; else returns false, and
 * nothing has happened.  Chunks that are complete have to be taken before.
 */
extern bool key_run_add(KeyRunWriter *writer, KeyEntry entry,
						CoreError *error);

/*
 * Write the next chunk, of up to KEY_RUN_SIZE_MAX bytes, if one is complete or
 * if there are no more entries to come and some are left.  Returns its length,
 * or 0.
 */
extern size_t key_run_take(KeyRunWriter *writer, bool is_end,
						   unsigned char *chunk);

#endif							/* ALLMENDE_KEY_RUN_WRITE_H */
