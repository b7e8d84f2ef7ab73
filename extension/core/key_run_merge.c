/*
 * key_run_merge.c
 *		The key index: merging runs, and which ones.
 */
#include "key_run_merge.h"

uint32_t
key_run_merge_plan(const uint64_t * sizes, uint32_t count, uint64_t limit)
{
	uint64_t	newer;
	uint32_t	merged = 0;

	if (count == 0)
		return 0;
	newer = sizes[count - 1];
	for (uint32_t i = count - 1; i > 0; i--)
	{
		uint64_t	size = sizes[i - 1];

		if (newer + size > limit)
			break;
		if (size <= newer * KEY_RUN_GROWTH)
			merged = count - i + 1;
		newer += size;
	}
	return merged;
}

void
key_merge_begin(KeyMerge *merge, KeyMergeRun *runs, uint32_t count, int flags,
				KeyMergeNext next, void *context)
{
	memset(merge, 0, sizeof(*merge));
	merge->runs = runs;
	merge->count = count;
	merge->flags = flags;
	merge->next = next;
	merge->context = context;
}

static bool
fail_run(KeyMerge *merge, uint32_t run)
{
	merge->failed = true;
	merge->failed_run = run;
	return false;
}

/*
 * Go to the first entry of the next chunk of a run, which stands behind the
 * entry before it, if there is one.  False at the end, and where that failed.
 */
static bool
open_next_chunk(KeyMerge *merge, uint32_t number, const KeyEntry *before,
				CoreError *error)
{
	KeyMergeRun *run = &merge->runs[number];
	const void *bytes;
	size_t		length;

	if (!merge->next(merge->context, number, &bytes, &length))
		return false;
	if (!key_run_open(&run->chunk, bytes, length, merge->flags, error))
		return fail_run(merge, number);
	run->number = 0;
	run->entry = key_run_entry(&run->chunk, 0);
	if (before != NULL && key_entry_compare(run->entry, *before) <= 0)
	{
		(void) core_fail(error, "Chunk not behind the one before it",
						 KEY_RUN_HEADER_SIZE);
		return fail_run(merge, number);
	}
	return true;
}

/* Go to the next entry of a run. */
static bool
advance(KeyMerge *merge, uint32_t number, CoreError *error)
{
	KeyMergeRun *run = &merge->runs[number];
	KeyEntry	before = run->entry;

	if (run->number + 1 == run->chunk.entries)
		return open_next_chunk(merge, number, &before, error);
	run->number++;
	run->entry = key_run_entry(&run->chunk, run->number);
	return true;
}

/* Is the entry of the run at one place of the heap below that at another? */
static bool
is_below(const KeyMerge *merge, uint32_t a, uint32_t b)
{
	const KeyMergeRun *runs = merge->runs;

	return key_entry_compare(runs[runs[a].heap].entry,
							 runs[runs[b].heap].entry) < 0;
}

/* Let the run at a place of the heap sink to where it belongs. */
static void
sink(KeyMerge *merge, uint32_t place)
{
	KeyMergeRun *runs = merge->runs;

	for (;;)
	{
		uint32_t	child = place * 2 + 1;
		uint32_t	kept;

		if (child >= merge->left)
			return;
		if (child + 1 < merge->left && is_below(merge, child + 1, child))
			child++;
		if (!is_below(merge, child, place))
			return;
		kept = runs[place].heap;
		runs[place].heap = runs[child].heap;
		runs[child].heap = kept;
		place = child;
	}
}

/* Open the first chunk of each run. */
static bool
start(KeyMerge *merge, CoreError *error)
{
	merge->started = true;
	for (uint32_t i = 0; i < merge->count; i++)
	{
		if (open_next_chunk(merge, i, NULL, error))
			merge->runs[merge->left++].heap = i;
		else if (merge->failed)
			return false;
	}
	for (uint32_t i = merge->left / 2; i > 0; i--)
		sink(merge, i - 1);
	return true;
}

/* Step over the least entry of all. */
static bool
step(KeyMerge *merge, CoreError *error)
{
	KeyMergeRun *runs = merge->runs;

	if (!advance(merge, runs[0].heap, error))
	{
		if (merge->failed)
			return false;
		runs[0].heap = runs[--merge->left].heap;
	}
	sink(merge, 0);
	return true;
}

bool
key_merge_next(KeyMerge *merge, KeyEntry *entry, CoreError *error)
{
	if (merge->failed || (!merge->started && !start(merge, error)) ||
		merge->left == 0)
		return false;
	*entry = merge->runs[merge->runs[0].heap].entry;
	do
	{
		if (!step(merge, error))
			return false;
	} while (merge->left > 0 &&
			 key_entry_compare(merge->runs[merge->runs[0].heap].entry,
							   *entry) == 0);
	return true;
}
