/*
 * key_index.c
 *		The key index of a store in its tables: adding entries as runs, merging
 *		runs, and finding entries.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "../core/key_run_merge.h"
#include "../core/key_run_write.h"
#include "key_index.h"

/* sort_entries(), by hash and then row id */
#define ST_SORT sort_entries
#define ST_ELEMENT_TYPE KeyEntry
#define ST_COMPARE(a, b) key_entry_compare(*(a), *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * What a commit of few entries may merge at once: this many entries (some 20
 * ms), or this fraction of all, so that there are at most 32 runs more than
 * without a limit.
 */
#define SMALL_COMMIT 4096
#define SMALL_MERGE 262144
#define SMALL_MERGE_FRACTION 16

/* Columns of the tables. */
enum
{
	KEY_RUN = 1,
	KEY_FIRST_HASH,
	KEY_NUMBER,
	KEY_CHUNK,
	KEY_COLUMNS = KEY_CHUNK
};

enum
{
	RUN_RUN = 1,
	RUN_ENTRIES,
	RUN_COLUMNS = RUN_ENTRIES
};

/* A row of the directory of runs. */
typedef struct KeyIndexRun
{
	int64		run;
	uint64		entries;
	ItemPointerData tid;
} KeyIndexRun;

/* Those that a snapshot sees, the largest first. */
typedef struct KeyIndexRuns
{
	int			count;
	int			room;
	uint64		entries;		/* of all */
	KeyIndexRun *runs;
} KeyIndexRuns;

/* A run that is being written. */
typedef struct KeyIndexWriter
{
	const Store *store;
	Relation	table;
	CatalogIndexState indexes;
	int64		run;
	int32		chunks;
	KeyRunWriter writer;
	struct varlena *chunk;		/* with room for any */
} KeyIndexWriter;

/* Entries in memory that are merged as if they were a run. */
typedef struct KeyIndexInput
{
	const KeyEntry *entries;
	Size		count;
	Size		next;
	KeyRunWriter writer;
	unsigned char chunk[KEY_RUN_SIZE_MAX];
} KeyIndexInput;

/* Chunks of a run, one after the other. */
typedef struct KeyIndexSource
{
	StoreScan	scan;
	const KeyIndexRun *run;
	uint64		entries;		/* of the chunks before the current one */
	bool		started;
} KeyIndexSource;

/* All entries of some runs, and of an input. */
struct KeyIndexScan
{
	const Store *store;
	int			count;			/* of sources; the input comes behind them */
	KeyIndexSource *sources;
	KeyIndexInput *input;		/* or NULL */
	Relation	deletes;		/* delete the chunks from it, or NULL */
	KeyMerge	merge;
};

static void fail_chunk(const Store *store, int64 run, const char *reason)
			pg_attribute_noreturn();

static void
fail_chunk(const Store *store, int64 run, const char *reason)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("key index of store %d is damaged", store->id),
			 errdetail("Table allmende_store.s_%d_key, run %lld: %s.",
					   store->id, (long long) run, reason)));
}

/*
 * The directory of runs
 */

static int
compare_runs(const void *a, const void *b)
{
	const KeyIndexRun *left = a;
	const KeyIndexRun *right = b;

	if (left->entries != right->entries)
		return left->entries > right->entries ? -1 : 1;
	return left->run < right->run ? -1 : left->run > right->run;
}

static void
add_run(const Store *store, StoreScan *scan, KeyIndexRuns *runs)
{
	KeyIndexRun *run;
	bool		is_null;
	int64		entries;

	if (runs->count == runs->room)
	{
		runs->room *= 2;
		runs->runs = repalloc(runs->runs, runs->room * sizeof(KeyIndexRun));
	}
	run = &runs->runs[runs->count++];
	run->run = DatumGetInt64(slot_getattr(scan->slot, RUN_RUN, &is_null));
	entries = DatumGetInt64(slot_getattr(scan->slot, RUN_ENTRIES, &is_null));
	if (entries < 1 || entries > INT64CONST(1) << 48)
		fail_chunk(store, run->run, "Number of entries out of range");
	run->entries = entries;
	run->tid = scan->slot->tts_tid;
	runs->entries += entries;
}

/*
 * The largest run comes first, not the oldest.  That is the same where commits
 * follow each other; of commits side by side, one with a lower number may come
 * late, and must not have the runs with higher ones merged with it.
 */
static KeyIndexRuns *
read_runs(const Store *store, Snapshot snapshot)
{
	KeyIndexRuns *runs = palloc0(sizeof(KeyIndexRuns));
	StoreScan	scan;

	runs->room = 16;
	runs->runs = palloc(runs->room * sizeof(KeyIndexRun));
	store_scan_begin(&scan, store->tables[STORE_RUN],
					 store->indexes[STORE_RUN], snapshot, 0);
	store_scan_keys(&scan, NULL, 0);
	while (store_scan_next(&scan, true))
		add_run(store, &scan, runs);
	store_scan_end(&scan);
	qsort(runs->runs, runs->count, sizeof(KeyIndexRun), compare_runs);
	return runs;
}

/* Insert the row of a run, and delete those that it replaces. */
static void
write_directory(const Store *store, int64 run, uint64 entries,
				KeyIndexRun *old, int old_count)
{
	Relation	table = table_open(store->tables[STORE_RUN], RowExclusiveLock);
	Datum		values[RUN_COLUMNS];
	bool		nulls[RUN_COLUMNS] = {false};
	HeapTuple	tuple;

	for (int i = 0; i < old_count; i++)
		CatalogTupleDelete(table, &old[i].tid);
	values[RUN_RUN - 1] = Int64GetDatum(run);
	values[RUN_ENTRIES - 1] = Int64GetDatum((int64) entries);
	tuple = heap_form_tuple(RelationGetDescr(table), values, nulls);
	CatalogTupleInsert(table, tuple);
	heap_freetuple(tuple);
	table_close(table, NoLock);
}

/*
 * Writing a run
 */

static void
writer_begin(KeyIndexWriter *writer, const Store *store)
{
	writer->store = store;
	writer->table = table_open(store->tables[STORE_KEY], RowExclusiveLock);
	writer->indexes = CatalogOpenIndexes(writer->table);
	writer->run = store_take_run(store);
	writer->chunks = 0;
	writer->chunk = palloc(VARHDRSZ + KEY_RUN_SIZE_MAX);
	key_run_begin(&writer->writer);
}

static void
write_chunk(KeyIndexWriter *writer, Size length)
{
	Datum		values[KEY_COLUMNS];
	bool		nulls[KEY_COLUMNS] = {false};
	KeyChunk	chunk;
	CoreError	error;
	HeapTuple	tuple;

	if (!key_run_open(&chunk, VARDATA(writer->chunk), length,
					  KEY_RUN_SKIP_CRC, &error))
		elog(ERROR, "wrote a bad chunk of keys: %s", error.reason);
	SET_VARSIZE(writer->chunk, VARHDRSZ + length);
	values[KEY_RUN - 1] = Int64GetDatum(writer->run);
	values[KEY_FIRST_HASH - 1] = Int64GetDatum(key_run_entry(&chunk, 0).hash);
	values[KEY_NUMBER - 1] = Int32GetDatum(writer->chunks++);
	values[KEY_CHUNK - 1] = PointerGetDatum(writer->chunk);
	tuple = heap_form_tuple(RelationGetDescr(writer->table), values, nulls);
	CatalogTupleInsertWithInfo(writer->table, tuple, writer->indexes);
	heap_freetuple(tuple);
}

/* Write the chunks that are complete; at the end also what is left. */
static void
writer_flush(KeyIndexWriter *writer, bool is_end)
{
	Size		length;

	while ((length = key_run_take(&writer->writer, is_end,
								  (unsigned char *) VARDATA(writer->chunk))) > 0)
	{
		CHECK_FOR_INTERRUPTS();
		write_chunk(writer, length);
	}
}

static void
writer_add(KeyIndexWriter *writer, KeyEntry entry)
{
	CoreError	error;

	if (!key_run_add(&writer->writer, entry, &error))
		elog(ERROR, "cannot add to the key index: %s", error.reason);
	writer_flush(writer, false);
}

static void
writer_end(KeyIndexWriter *writer, KeyIndexRun *old, int old_count)
{
	writer_flush(writer, true);
	CatalogCloseIndexes(writer->indexes);
	table_close(writer->table, NoLock);
	write_directory(writer->store, writer->run, writer->writer.entries, old,
					old_count);
	pfree(writer->chunk);
}

/*
 * Reading runs side by side
 */

/* The next chunk of the entries in memory. */
static bool
next_of_input(KeyIndexInput *input, const void **bytes, size_t *length)
{
	CoreError	error;

	for (;;)
	{
		*bytes = input->chunk;
		*length = key_run_take(&input->writer, input->next == input->count,
							   input->chunk);
		if (*length > 0)
			return true;
		if (input->next == input->count)
			return false;
		if (!key_run_add(&input->writer, input->entries[input->next++],
						 &error))
			elog(ERROR, "cannot add to the key index: %s", error.reason);
	}
}

/* KeyMergeNext */
static bool
next_of_run(void *context, uint32_t run, const void **bytes, size_t *length)
{
	KeyIndexScan *scan = context;
	KeyIndexSource *source;

	if ((int) run == scan->count)
		return next_of_input(scan->input, bytes, length);
	source = &scan->sources[run];
	if (source->started)
		source->entries += scan->merge.runs[run].chunk.entries;
	source->started = true;
	if (!store_scan_next(&source->scan, true))
	{
		if (source->entries != source->run->entries)
			fail_chunk(scan->store, source->run->run,
					   "Not as many entries as the directory of runs says");
		return false;
	}
	*bytes = store_scan_bytes(&source->scan, KEY_CHUNK, length);

	/* The buffer is pinned: the bytes stay although the row is deleted. */
	if (scan->deletes != NULL)
		CatalogTupleDelete(scan->deletes, &source->scan.slot->tts_tid);
	return true;
}

/* Set keys for a run and, with an operator, its chunks' first hash. */
static void
scan_run(StoreScan *scan, int64 run, RegProcedure operator,
		 StrategyNumber strategy, int64 hash)
{
	ScanKeyData keys[2];
	int			count = 1;

	ScanKeyInit(&keys[0], KEY_RUN, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(run));
	if (OidIsValid(operator))
		ScanKeyInit(&keys[count++], KEY_FIRST_HASH, strategy, operator,
					Int64GetDatum(hash));
	store_scan_keys(scan, keys, count);
}

static KeyIndexScan *
scan_begin(const Store *store, Snapshot snapshot, const KeyIndexRun *runs,
		   int count, KeyIndexInput *input, Relation deletes)
{
	KeyIndexScan *scan = palloc(sizeof(KeyIndexScan));
	int			all = count + (input != NULL ? 1 : 0);

	scan->store = store;
	scan->count = count;
	scan->sources = palloc0(Max(count, 1) * sizeof(KeyIndexSource));
	scan->input = input;
	scan->deletes = deletes;
	for (int i = 0; i < count; i++)
	{
		KeyIndexSource *source = &scan->sources[i];

		source->run = &runs[i];
		store_scan_begin(&source->scan, store->tables[STORE_KEY],
						 store->indexes[STORE_KEY], snapshot, 1);
		scan_run(&source->scan, runs[i].run, InvalidOid, InvalidStrategy, 0);
	}
	key_merge_begin(&scan->merge, palloc0(Max(all, 1) * sizeof(KeyMergeRun)),
					all, 0, next_of_run, scan);
	return scan;
}

bool
key_index_scan_next(KeyIndexScan *scan, KeyEntry *entry)
{
	CoreError	error;

	if (key_merge_next(&scan->merge, entry, &error))
		return true;
	if (scan->merge.failed)
	{
		if ((int) scan->merge.failed_run == scan->count)
			elog(ERROR, "wrote a bad chunk of keys: %s", error.reason);
		fail_chunk(scan->store,
				   scan->sources[scan->merge.failed_run].run->run,
				   error.reason);
	}
	return false;
}

KeyIndexScan *
key_index_scan_begin(const Store *store, Snapshot snapshot)
{
	KeyIndexRuns *runs = read_runs(store, snapshot);

	return scan_begin(store, snapshot, runs->runs, runs->count, NULL, NULL);
}

void
key_index_scan_end(KeyIndexScan *scan)
{
	for (int i = 0; i < scan->count; i++)
		store_scan_end(&scan->sources[i].scan);
	pfree(scan->sources);
	pfree(scan->merge.runs);
	pfree(scan);
}

/*
 * Adding
 */

static void
write_run(const Store *store, const KeyEntry *entries, Size count)
{
	KeyIndexWriter *writer = palloc(sizeof(KeyIndexWriter));

	writer_begin(writer, store);
	for (Size i = 0; i < count; i++)
		writer_add(writer, entries[i]);
	writer_end(writer, NULL, 0);
	pfree(writer);
}

/* Write new entries and runs that are there as one run. */
static void
write_merged(const Store *store, Snapshot snapshot, const KeyEntry *entries,
			 Size count, KeyIndexRun *old, int old_count)
{
	KeyIndexWriter *writer = palloc(sizeof(KeyIndexWriter));
	KeyIndexInput *input = palloc0(sizeof(KeyIndexInput));
	KeyIndexScan *scan;
	KeyEntry	entry;

	input->entries = entries;
	input->count = count;
	key_run_begin(&input->writer);
	writer_begin(writer, store);
	scan = scan_begin(store, snapshot, old, old_count, input, writer->table);
	while (key_index_scan_next(scan, &entry))
		writer_add(writer, entry);
	key_index_scan_end(scan);
	writer_end(writer, old, old_count);
	pfree(input);
	pfree(writer);
}

/* How many of the runs, the smallest ones, to merge with new entries. */
static int
plan_merge(const KeyIndexRuns *runs, Size count)
{
	uint64	   *sizes = palloc((runs->count + 1) * sizeof(uint64));
	uint64		limit = PG_UINT64_MAX;
	uint32		planned;

	if (count < SMALL_COMMIT)
		limit = Max(SMALL_MERGE, runs->entries / SMALL_MERGE_FRACTION);
	for (int i = 0; i < runs->count; i++)
		sizes[i] = runs->runs[i].entries;
	sizes[runs->count] = count;
	planned = key_run_merge_plan(sizes, runs->count + 1, limit);
	pfree(sizes);
	return planned == 0 ? 0 : (int) planned - 1;
}

/*
 * Merging reads with the latest snapshot, as what it deletes is what is there
 * now: nobody else merges until the end of this transaction, and who did before
 * has committed.
 */
static void
add_merging(const Store *store, const KeyEntry *entries, Size count)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	KeyIndexRuns *runs = read_runs(store, snapshot);
	int			merged = plan_merge(runs, count);

	if (merged > 0)
		write_merged(store, snapshot, entries, count,
					 runs->runs + runs->count - merged, merged);
	else
		write_run(store, entries, count);
	UnregisterSnapshot(snapshot);
	pfree(runs->runs);
	pfree(runs);
}

void
key_index_add(const Store *store, KeyEntry *entries, Size count)
{
	if (count == 0)
		return;
	sort_entries(entries, count);
	if (store_try_rearrange(store))
		add_merging(store, entries, count);
	else
		write_run(store, entries, count);
	CommandCounterIncrement();
}

/*
 * Finding
 */

/* A look-up of hashes in one run after the other. */
typedef struct KeyIndexLookup
{
	const Store *store;
	Snapshot	snapshot;
	const int64 *hashes;
	Size		count;
	int64		run;
	KeyEntry   *found;
	Size		found_count;
	Size		found_room;
} KeyIndexLookup;

static void
open_chunk(KeyIndexLookup *lookup, StoreScan *scan, KeyChunk *chunk)
{
	Size		length;
	const unsigned char *bytes = store_scan_bytes(scan, KEY_CHUNK, &length);
	CoreError	error;

	if (!key_run_open(chunk, bytes, length,
					  KEY_RUN_SKIP_CRC | KEY_RUN_SKIP_ENTRIES, &error))
		fail_chunk(lookup->store, lookup->run, error.reason);
}

static void
find_in_chunk(KeyIndexLookup *lookup, const KeyChunk *chunk, int64 hash)
{
	uint32_t	first;
	uint32_t	count;

	if (!key_run_find(chunk, hash, &first, &count))
		return;
	while (lookup->found_count + count > lookup->found_room)
	{
		lookup->found_room *= 2;
		lookup->found = repalloc_huge(lookup->found,
									  lookup->found_room * sizeof(KeyEntry));
	}
	for (uint32_t i = 0; i < count; i++)
		lookup->found[lookup->found_count++] = key_run_entry(chunk, first + i);
}

static int64
first_hash(const KeyChunk *chunk)
{
	return key_run_entry(chunk, 0).hash;
}

static int64
last_hash(const KeyChunk *chunk)
{
	return key_run_entry(chunk, chunk->entries - 1).hash;
}

/* Read all chunks of a run, side by side with the hashes. */
static void
find_by_walking(KeyIndexLookup *lookup)
{
	StoreScan	scan;
	KeyChunk	chunk;
	Size		i = 0;

	store_scan_begin(&scan, lookup->store->tables[STORE_KEY],
					 lookup->store->indexes[STORE_KEY], lookup->snapshot, 1);
	scan_run(&scan, lookup->run, InvalidOid, InvalidStrategy, 0);
	while (i < lookup->count && store_scan_next(&scan, true))
	{
		open_chunk(lookup, &scan, &chunk);
		while (i < lookup->count && lookup->hashes[i] < first_hash(&chunk))
			i++;
		for (; i < lookup->count && lookup->hashes[i] <= last_hash(&chunk); i++)
		{
			find_in_chunk(lookup, &chunk, lookup->hashes[i]);
			if (lookup->hashes[i] == last_hash(&chunk))
				break;			/* the next chunk may have more of it */
		}
	}
	store_scan_end(&scan);
}

/*
 * Find the chunks of a hash in the btree: the last one whose first hash is not
 * above it, and those before as long as their first hash is equal.  Returns
 * whether chunk is left open, for hashes strictly within it.
 */
static bool
find_by_descent(KeyIndexLookup *lookup, StoreScan *scan, KeyChunk *chunk,
				int64 hash)
{
	scan_run(scan, lookup->run, F_INT8LE, BTLessEqualStrategyNumber, hash);
	while (store_scan_next(scan, false))
	{
		open_chunk(lookup, scan, chunk);
		find_in_chunk(lookup, chunk, hash);
		if (first_hash(chunk) < hash)
			return true;
	}
	return false;
}

static void
find_by_descents(KeyIndexLookup *lookup)
{
	StoreScan	scan;
	KeyChunk	chunk;
	bool		open = false;

	store_scan_begin(&scan, lookup->store->tables[STORE_KEY],
					 lookup->store->indexes[STORE_KEY], lookup->snapshot, 2);
	for (Size i = 0; i < lookup->count; i++)
	{
		int64		hash = lookup->hashes[i];

		if (open && first_hash(&chunk) < hash && hash < last_hash(&chunk))
			find_in_chunk(lookup, &chunk, hash);
		else
			open = find_by_descent(lookup, &scan, &chunk, hash);
	}
	store_scan_end(&scan);
}

/* Drop entries that were in several runs. */
static Size
drop_duplicates(KeyEntry *entries, Size count)
{
	Size		kept = 0;

	for (Size i = 0; i < count; i++)
		if (kept == 0 || key_entry_compare(entries[kept - 1], entries[i]) != 0)
			entries[kept++] = entries[i];
	return kept;
}

KeyEntry *
key_index_find(const Store *store, Snapshot snapshot, const int64 *hashes,
			   Size count, Size *found)
{
	KeyIndexRuns *runs = read_runs(store, snapshot);
	KeyIndexLookup lookup = {.store = store,.snapshot = snapshot,
	.hashes = hashes,.count = count};

	lookup.found_room = Max(count, 16);
	lookup.found = MemoryContextAllocHuge(CurrentMemoryContext,
										  lookup.found_room * sizeof(KeyEntry));
	for (int i = 0; i < runs->count && count > 0; i++)
	{
		lookup.run = runs->runs[i].run;

		/* A descent costs as much as some chunks that are read in order. */
		if (runs->runs[i].entries / KEY_RUN_ENTRIES_WIDE <= 2 * count)
			find_by_walking(&lookup);
		else
			find_by_descents(&lookup);
	}
	sort_entries(lookup.found, lookup.found_count);
	*found = drop_duplicates(lookup.found, lookup.found_count);
	pfree(runs->runs);
	pfree(runs);
	return lookup.found;
}
