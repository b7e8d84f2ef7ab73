/*
 * key_run_merge.h
 *		Merging runs of the key index: which ones, and entry by entry.
 */
#ifndef ALLMENDE_KEY_RUN_MERGE_H
#define ALLMENDE_KEY_RUN_MERGE_H

#include "key_run.h"

/* What key_run_merge_plan() keeps: a run has more entries than all newer ones
 * together, times this. */
#define KEY_RUN_GROWTH 1

/*
 * Which runs to merge into one: the newest so many, 0 or at least 2 of them.
 *
 * sizes are the numbers of entries, each at least 1 and in all at most 2^53, of
 * the oldest run first.  The last one may be a run that is yet to be written,
 * so that its entries are written once less.  limit is the number of entries
 * that the new run may have: what a commit is ready to wait for.
 *
 * Takes the oldest run that does not have more entries than all newer ones
 * together (times KEY_RUN_GROWTH, 1), and these.  After that every run has
 * more.  Without a limit, N entries are therefore in at most 1 + log2(N) runs,
 * as each one more than doubles the sum, and an entry is rewritten at most
 * log2(N) times, as the run that it is in at least doubles.
 *
 * With a limit there are up to 2 N / limit runs more.  A later merge without
 * one makes up for that.  With a growth of 2, 10,000 commits of equal or of
 * mixed size left a third or a sixth fewer runs on average, but rewrote an
 * entry 1.7 or 1.3 times as often.
 */
extern uint32_t key_run_merge_plan(const uint64_t * sizes, uint32_t count,
								   uint64_t limit);

/*
 * Gets the next chunk of a run, in the order of the entries; false where there
 * is none.  Its bytes stay until the next call for this run.
 */
typedef bool (*KeyMergeNext) (void *context, uint32_t run, const void **bytes,
							  size_t * length);

/* A run that is being merged. */
typedef struct KeyMergeRun
{
	KeyChunk	chunk;
	uint32_t	number;			/* of the current entry in the chunk */
	uint32_t	heap;			/* not of this run: see KeyMerge */
	KeyEntry	entry;			/* the current one */
} KeyMergeRun;

/*
 * Walks through the entries of all runs in ascending order.  runs[0].heap to
 * runs[left - 1].heap are the numbers of the runs that are not at their end, as
 * a binary heap by their current entries.
 */
typedef struct KeyMerge
{
	KeyMergeRun *runs;
	uint32_t	count;			/* of runs */
	uint32_t	left;
	uint32_t	failed_run;		/* whose chunk is bad */
	int			flags;			/* of key_run_open() */
	bool		started;
	bool		failed;
	KeyMergeNext next;
	void	   *context;
} KeyMerge;

/*
 * Begin to merge count runs.  The memory for them is the caller's; it need not
 * be filled.  Nothing is read yet.
 */
extern void key_merge_begin(KeyMerge *merge, KeyMergeRun *runs, uint32_t count,
							int flags, KeyMergeNext next, void *context);

/*
 * The next entry; an entry that is in several runs comes once.  Returns false
 * at the end, and where a chunk is bad or does not go on behind the one before
 * it: then merge->failed is true, failed_run tells of which run, and error is
 * filled.
 */
extern bool key_merge_next(KeyMerge *merge, KeyEntry *entry, CoreError *error);

#endif							/* ALLMENDE_KEY_RUN_MERGE_H */
