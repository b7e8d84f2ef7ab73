/*
 * bitmap.c
 *		Which row ids a version has, in the tables of a store.
 *
 * A segment of a version is read backward: from its own change to that before,
 * up to the last whole container, in its branch and then in those that the
 * branch began at.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "../core/segment_bits.h"
#include "bitmap.h"

/* sort_ranges(), by the first id */
#define ST_SORT sort_ranges
#define ST_ELEMENT_TYPE RowsetRange
#define ST_COMPARE(a, b) \
	((a)->first < (b)->first ? -1 : (a)->first > (b)->first)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* Rows from one whole container to the next, at most. */
#define BITMAP_ROWS_MAX 32

/* Segments that bitmap_contains() keeps. */
#define BITMAP_CACHE 16

/* Columns of the table. */
enum
{
	BITMAP_BRANCH = 1,
	BITMAP_SEGMENT,
	BITMAP_VERSION,
	BITMAP_ADDED,
	BITMAP_REMOVED,
	BITMAP_CONTAINER,
	BITMAP_COLUMNS = BITMAP_CONTAINER
};

/* What was read of a segment. */
typedef struct BitmapHistory
{
	int			rows;			/* since the last whole container */
	Size		bytes;			/* of them */
	bool		found;			/* has it any row? */
} BitmapHistory;

typedef struct BitmapCached
{
	bool		valid;
	SegmentBits bits;
} BitmapCached;

struct BitmapReader
{
	const Store *store;
	StoreScan	segments;		/* by (branch, segment) */
	StoreScan	rows;			/* by (branch, segment, version) */
	int64		next_segment;
	SegmentHistory history;
	SegmentBits bits;
	BitmapCached *cache;		/* NULL before it is needed */
	int			count;
	VersionPlace places[FLEXIBLE_ARRAY_MEMBER];
};

/* A version that is being written. */
typedef struct BitmapWriter
{
	const Store *store;
	VersionPlace place;
	BitmapReader *parent;
	Relation	table;
	CatalogIndexState indexes;
	RowsetRange *added;			/* of the segment */
	Size		added_count;
	RowsetRange *removed;
	Size		removed_count;
	struct varlena *whole;		/* with room for any container */
} BitmapWriter;

static void fail_row(const Store *store, StoreScan *scan, const char *reason)
			pg_attribute_noreturn();

static int32
column_int(StoreScan *scan, int column)
{
	bool		is_null;

	return DatumGetInt32(slot_getattr(scan->slot, column, &is_null));
}

static void
fail_row(const Store *store, StoreScan *scan, const char *reason)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("row ids of a version in store %d are damaged", store->id),
			 errdetail("Table allmende_store.s_%d_bitmap, branch %d, segment %d, version %d: %s.",
					   store->id, column_int(scan, BITMAP_BRANCH),
					   column_int(scan, BITMAP_SEGMENT),
					   column_int(scan, BITMAP_VERSION), reason)));
}

/*
 * The bytes of a container of the current row, checked; NULL for null.  Only a
 * whole container may be empty, with length 0.
 */
static const unsigned char *
read_container(const Store *store, StoreScan *scan, int column, Size * length)
{
	const unsigned char *bytes = store_scan_bytes(scan, column, length);
	uint32_t	cardinality;
	CoreError	error;

	if (bytes == NULL || (*length == 0 && column == BITMAP_CONTAINER))
		return bytes;
	if (!rowset_row_check(bytes, *length, &cardinality, &error))
		fail_row(store, scan, error.reason);
	return bytes;
}

/*
 * Reading segments
 */

/* Apply the current row; returns whether it has the whole container. */
static bool
apply_row(BitmapReader *reader, BitmapHistory *history)
{
	StoreScan  *scan = &reader->rows;
	Size		length;
	const unsigned char *bytes;

	history->found = true;
	bytes = read_container(reader->store, scan, BITMAP_CONTAINER, &length);
	if (bytes != NULL)
	{
		if (length > 0)
			segment_history_settle(&reader->history, bytes, true);
		return true;
	}
	history->rows++;
	bytes = read_container(reader->store, scan, BITMAP_ADDED, &length);
	history->bytes += length;
	if (bytes != NULL)
		segment_history_settle(&reader->history, bytes, true);
	bytes = read_container(reader->store, scan, BITMAP_REMOVED, &length);
	history->bytes += length;
	if (bytes != NULL)
		segment_history_settle(&reader->history, bytes, false);
	return false;
}

/* Apply the rows of one branch; returns whether the whole container came. */
static bool
apply_branch(BitmapReader *reader, VersionPlace place, uint32 segment,
			 BitmapHistory *history)
{
	ScanKeyData keys[3];

	ScanKeyInit(&keys[0], BITMAP_BRANCH, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(place.branch));
	ScanKeyInit(&keys[1], BITMAP_SEGMENT, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) segment));
	ScanKeyInit(&keys[2], BITMAP_VERSION, BTLessEqualStrategyNumber, F_INT4LE,
				Int32GetDatum(place.number));
	store_scan_keys(&reader->rows, keys, lengthof(keys));
	while (store_scan_next(&reader->rows, false))
		if (apply_row(reader, history))
			return true;
	return false;
}

static void
read_segment(BitmapReader *reader, uint32 segment, SegmentBits *bits,
			 BitmapHistory *history)
{
	memset(history, 0, sizeof(*history));
	segment_history_begin(&reader->history, bits->words);
	for (int i = 0; i < reader->count; i++)
		if (apply_branch(reader, reader->places[i], segment, history))
			break;
	bits->segment = segment;
	bits->cardinality = segment_bits_cardinality(bits->words);
}

/* The first segment from a given one that a branch has rows for, or -1. */
static int64
find_segment(BitmapReader *reader, int32 branch, int64 from)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], BITMAP_BRANCH, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(branch));
	ScanKeyInit(&keys[1], BITMAP_SEGMENT, BTGreaterEqualStrategyNumber,
				F_INT4GE, Int32GetDatum((int32) from));
	store_scan_keys(&reader->segments, keys, lengthof(keys));
	if (!store_scan_next(&reader->segments, true))
		return -1;
	return column_int(&reader->segments, BITMAP_SEGMENT);
}

/* The first one of any branch, or -1. */
static int64
find_segment_anywhere(BitmapReader *reader, int64 from)
{
	int64		least = -1;

	for (int i = 0; i < reader->count; i++)
	{
		int64		segment = find_segment(reader, reader->places[i].branch,
										   from);

		if (segment >= 0 && (least < 0 || segment < least))
			least = segment;
	}
	if (least >= SEGMENT_ROWS)
		fail_row(reader->store, &reader->segments, "Segment out of range");
	return least;
}

BitmapReader *
bitmap_open(const Store *store, Snapshot snapshot, const VersionPath *path)
{
	BitmapReader *reader = palloc(offsetof(BitmapReader, places) +
								  path->count * sizeof(VersionPlace));

	reader->store = store;
	store_scan_begin(&reader->segments, store->tables[STORE_BITMAP],
					 store->indexes[STORE_BITMAP], snapshot, 2);
	store_scan_begin(&reader->rows, store->tables[STORE_BITMAP],
					 store->indexes[STORE_BITMAP], snapshot, 3);
	reader->next_segment = 0;
	reader->cache = NULL;
	reader->count = path->count;
	memcpy(reader->places, path->places, path->count * sizeof(VersionPlace));
	return reader;
}

const SegmentBits *
bitmap_next(BitmapReader *reader)
{
	while (reader->next_segment >= 0)
	{
		int64		segment = find_segment_anywhere(reader,
													reader->next_segment);
		BitmapHistory history;

		reader->next_segment = segment < 0 ? -1 : segment + 1;
		if (segment < 0)
			break;
		read_segment(reader, (uint32) segment, &reader->bits, &history);
		if (reader->bits.cardinality > 0)
			return &reader->bits;
	}
	return NULL;
}

void
bitmap_rewind(BitmapReader *reader)
{
	reader->next_segment = 0;
}

static void
create_cache(BitmapReader *reader)
{
	reader->cache = MemoryContextAlloc(GetMemoryChunkContext(reader),
									   BITMAP_CACHE * sizeof(BitmapCached));
	for (int i = 0; i < BITMAP_CACHE; i++)
		reader->cache[i].valid = false;
}

bool
bitmap_contains(BitmapReader *reader, uint32 rid)
{
	uint32		segment = rid / SEGMENT_ROWS;
	uint32		bit = rid % SEGMENT_ROWS;
	BitmapCached *cached;

	if (reader->cache == NULL)
		create_cache(reader);
	cached = &reader->cache[segment % BITMAP_CACHE];
	if (!cached->valid || cached->bits.segment != segment)
	{
		BitmapHistory history;

		cached->valid = false;	/* while reading may fail */
		read_segment(reader, segment, &cached->bits, &history);
		cached->valid = true;
	}
	return (cached->bits.words[bit / 64] >> bit % 64 & 1) != 0;
}

void
bitmap_close(BitmapReader *reader)
{
	store_scan_end(&reader->segments);
	store_scan_end(&reader->rows);
	if (reader->cache != NULL)
		pfree(reader->cache);
	pfree(reader);
}

/*
 * Writing
 */

/* Ranges of a segment as a container row; NULL for none. */
static struct varlena *
ranges_to_container(const RowsetRange *ranges, Size count, Size * bytes)
{
	struct varlena *container;
	Size		size;

	if (count == 0)
		return NULL;
	size = rowset_ranges_size(ranges, count);
	container = palloc(VARHDRSZ + size);
	SET_VARSIZE(container, VARHDRSZ + size);
	rowset_ranges_write(ranges, count, VARDATA(container));
	*bytes += size;
	return container;
}

/*
 * Make what the segment is after the change.  Commits compare with the version
 * before, so what they remove is there, and what they add is not.
 */
static void
apply_change(BitmapWriter *writer, SegmentBits *bits)
{
	uint32		removed = segment_bits_clear(bits->words, writer->removed,
											 writer->removed_count);
	uint32		added = segment_bits_set(bits->words, writer->added,
										 writer->added_count);
	uint32		expected = 0;

	for (Size i = 0; i < writer->removed_count; i++)
		expected += writer->removed[i].last - writer->removed[i].first + 1;
	for (Size i = 0; i < writer->added_count; i++)
		expected += writer->added[i].last - writer->added[i].first + 1;
	if (removed + added != expected)
		elog(ERROR, "store %d, branch %d, segment %u: version %d removes or adds row ids in vain",
			 writer->store->id, writer->place.branch, bits->segment,
			 writer->place.number);
	bits->cardinality = bits->cardinality - removed + added;
}

/*
 * Fill in the whole container if it is due: the changes since the last one
 * take more than it does, or are many.
 */
static bool
make_whole(BitmapWriter *writer, const SegmentBits *bits,
		   const BitmapHistory *history, Size bytes)
{
	Size		size = 0;

	if (!history->found)
		return false;
	if (bits->cardinality > 0)
		size = segment_bits_write(bits->words, bits->cardinality,
								  VARDATA(writer->whole));
	SET_VARSIZE(writer->whole, VARHDRSZ + size);
	return history->bytes + bytes > size ||
		history->rows + 1 >= BITMAP_ROWS_MAX;
}

static void
insert_row(BitmapWriter *writer, uint32 segment, struct varlena *added,
		   struct varlena *removed, struct varlena *container)
{
	Datum		values[BITMAP_COLUMNS];
	bool		nulls[BITMAP_COLUMNS] = {false};
	HeapTuple	tuple;

	values[BITMAP_BRANCH - 1] = Int32GetDatum(writer->place.branch);
	values[BITMAP_SEGMENT - 1] = Int32GetDatum((int32) segment);
	values[BITMAP_VERSION - 1] = Int32GetDatum(writer->place.number);
	values[BITMAP_ADDED - 1] = PointerGetDatum(added);
	values[BITMAP_REMOVED - 1] = PointerGetDatum(removed);
	values[BITMAP_CONTAINER - 1] = PointerGetDatum(container);
	nulls[BITMAP_ADDED - 1] = added == NULL;
	nulls[BITMAP_REMOVED - 1] = removed == NULL;
	nulls[BITMAP_CONTAINER - 1] = container == NULL;
	tuple = heap_form_tuple(RelationGetDescr(writer->table), values, nulls);
	CatalogTupleInsertWithInfo(writer->table, tuple, writer->indexes);
	heap_freetuple(tuple);
}

static void
write_segment(BitmapWriter *writer, uint32 segment)
{
	SegmentBits *bits = &writer->parent->bits;
	BitmapHistory history;
	Size		bytes = 0;
	struct varlena *added = ranges_to_container(writer->added,
												writer->added_count, &bytes);
	struct varlena *removed = ranges_to_container(writer->removed,
												  writer->removed_count,
												  &bytes);
	bool		is_whole;

	read_segment(writer->parent, segment, bits, &history);
	apply_change(writer, bits);
	is_whole = make_whole(writer, bits, &history, bytes);
	insert_row(writer, segment, added, removed,
			   is_whole ? writer->whole : NULL);
	if (added != NULL)
		pfree(added);
	if (removed != NULL)
		pfree(removed);
}

/* A reader of the version before. */
static BitmapReader *
open_parent(const Store *store, Snapshot snapshot, const VersionPath *path)
{
	BitmapReader *reader = bitmap_open(store, snapshot, path);

	reader->places[0].number--;
	return reader;
}

static bool
next_changed_segment(const SegmentCutter *added, const SegmentCutter *removed,
					 uint32 * segment)
{
	uint32_t	of_added;
	uint32_t	of_removed;
	bool		has_added = segment_cutter_peek(added, &of_added);
	bool		has_removed = segment_cutter_peek(removed, &of_removed);

	if (has_added && (!has_removed || of_added < of_removed))
		*segment = of_added;
	else if (has_removed)
		*segment = of_removed;
	return has_added || has_removed;
}

void
bitmap_write(const Store *store, Snapshot snapshot, const VersionPath *path,
			 const RowsetRange *added, Size added_count,
			 const RowsetRange *removed, Size removed_count)
{
	BitmapWriter writer = {.store = store,.place = path->places[0]};
	SegmentCutter added_cutter;
	SegmentCutter removed_cutter;
	uint32		segment;

	writer.parent = open_parent(store, snapshot, path);
	writer.table = table_open(store->tables[STORE_BITMAP], RowExclusiveLock);
	writer.indexes = CatalogOpenIndexes(writer.table);
	writer.added = palloc(SEGMENT_RANGES_MAX * sizeof(RowsetRange));
	writer.removed = palloc(SEGMENT_RANGES_MAX * sizeof(RowsetRange));
	writer.whole = palloc(VARHDRSZ + ROWSET_ROW_SIZE_MAX);
	segment_cutter_begin(&added_cutter, added, added_count);
	segment_cutter_begin(&removed_cutter, removed, removed_count);
	while (next_changed_segment(&added_cutter, &removed_cutter, &segment))
	{
		writer.added_count = segment_cutter_take(&added_cutter, segment,
												 writer.added);
		writer.removed_count = segment_cutter_take(&removed_cutter, segment,
												   writer.removed);
		write_segment(&writer, segment);
	}
	pfree(writer.added);
	pfree(writer.removed);
	pfree(writer.whole);
	CatalogCloseIndexes(writer.indexes);
	table_close(writer.table, NoLock);
	bitmap_close(writer.parent);
	CommandCounterIncrement();
}

/*
 * What a version changed
 */

/* Ranges that grow. */
typedef struct RangeList
{
	RowsetRange *ranges;
	Size		count;
	Size		room;
} RangeList;

static void
list_begin(RangeList *list)
{
	list->count = 0;
	list->room = 16;
	list->ranges = palloc(list->room * sizeof(RowsetRange));
}

/* Append the row ids of a container of the current row. */
static void
list_add(RangeList *list, const Store *store, StoreScan *scan, int column)
{
	uint32		base = (uint32) column_int(scan, BITMAP_SEGMENT) * SEGMENT_ROWS;
	Size		length;
	const unsigned char *bytes = read_container(store, scan, column, &length);
	RowsetIterator iterator;
	uint32_t	first;
	uint32_t	last;

	if (bytes == NULL)
		return;
	rowset_begin(&iterator, bytes);
	while (rowset_next_range(&iterator, &first, &last))
	{
		if (list->count == list->room)
		{
			list->room *= 2;
			list->ranges = repalloc_huge(list->ranges,
										 list->room * sizeof(RowsetRange));
		}
		list->ranges[list->count].first = base + first;
		list->ranges[list->count++].last = base + last;
	}
}

/* The index has a version's segments in no order. */
static void
list_end(RangeList *list, RowsetRange **ranges, Size * count)
{
	if (!rowset_ranges_sorted(list->ranges, list->count))
		sort_ranges(list->ranges, list->count);
	*ranges = list->ranges;
	*count = rowset_ranges_merge(list->ranges, list->count);
}

void
bitmap_delta(const Store *store, Snapshot snapshot, VersionPlace place,
			 BitmapDelta *delta)
{
	StoreScan	scan;
	ScanKeyData keys[2];
	RangeList	added;
	RangeList	removed;

	/* columns of the index: branch, version */
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(place.branch));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(place.number));
	list_begin(&added);
	list_begin(&removed);
	store_scan_begin(&scan, store->tables[STORE_BITMAP], store->version_index,
					 snapshot, lengthof(keys));
	store_scan_keys(&scan, keys, lengthof(keys));
	while (store_scan_next(&scan, true))
	{
		list_add(&added, store, &scan, BITMAP_ADDED);
		list_add(&removed, store, &scan, BITMAP_REMOVED);
	}
	store_scan_end(&scan);
	list_end(&added, &delta->added, &delta->added_count);
	list_end(&removed, &delta->removed, &delta->removed_count);
}
