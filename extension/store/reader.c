/*
 * reader.c
 *		Reading rows of a store by their ids.
 *
 * Where a row is: an extent that covers its id, or else the tail.  What is found
 * is kept until an id is outside of it: the extent or the gap between extents,
 * and for each column its zone map and an open part.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "executor/tuptable.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "../core/canonical_read.h"
#include "../errcodes.h"
#include "code_reader.h"
#include "part_value.h"
#include "reader.h"

/* An index scan goes on where a row is not further away than this. */
#define TAIL_STEPS 32

/*
 * The same for parts, as many as the open one leads to expect, of which the
 * index alone is read: some pages of it, which a descent has as well.
 */
#define PART_STEPS 64

/* A column, and the part of it that is open. */
typedef struct ReaderColumn
{
	uint32		id;
	ValueLayout layout;			/* in the extent */
	bool		there;			/* has the extent the column? */
	uint32		extent;			/* first row id of the extent it is of */
	bool		extent_known;

	StoreScan	scan;			/* holds the page of the part */
	bool		scanning;
	bool		forward;		/* does the scan go on behind the part? */
	MemoryContext context;		/* of the part */
	Part		part;
	uint32		first;			/* row id of its first row */
	uint32		rows;			/* 0: none is open */

	CodeReader *codes;			/* NULL until a code is met */
	unsigned char room[LAYOUT_ROOM];
} ReaderColumn;

struct StoreReader
{
	const Store *store;
	Snapshot	snapshot;
	MemoryContext context;
	int			count;
	ReaderColumn *columns;
	StoreValue *values;
	StoreReaderCounts counts;

	/* the extent or gap that was found last */
	StoreScan	extents;
	bool		placed;
	bool		in_extent;
	StoreExtent place;

	StoreScan	zones;

	StoreScan	tail;
	bool		tail_open;		/* is there a row in its slot? */
	uint32		tail_rid;
	MemoryContext tail_context; /* of an image out of line */
	int		   *order;			/* of the columns in the image before */
	int			order_room;
};

StoreReader *
store_reader_begin(const Store *store, Snapshot snapshot,
				   const uint32 *column_ids, int count)
{
	StoreReader *reader = palloc0(sizeof(*reader));

	reader->store = store;
	reader->snapshot = RegisterSnapshot(snapshot);
	reader->context = CurrentMemoryContext;
	reader->count = count;
	reader->columns = palloc0(Max(count, 1) * sizeof(ReaderColumn));
	reader->values = palloc0(Max(count, 1) * sizeof(StoreValue));
	for (int i = 0; i < count; i++)
		reader->columns[i].id = column_ids[i];
	store_scan_begin(&reader->extents, store->tables[STORE_EXTENT],
					 store->indexes[STORE_EXTENT], reader->snapshot, 1);
	store_scan_begin(&reader->zones, store->tables[STORE_ZONE],
					 store->indexes[STORE_ZONE], reader->snapshot, 2);
	store_scan_begin(&reader->tail, store->tables[STORE_TAIL],
					 store->indexes[STORE_TAIL], reader->snapshot, 1);
	reader->tail_context = AllocSetContextCreate(CurrentMemoryContext,
												 "row of a tail",
												 ALLOCSET_DEFAULT_SIZES);
	return reader;
}

void
store_reader_end(StoreReader *reader)
{
	for (int i = 0; i < reader->count; i++)
	{
		ReaderColumn *column = &reader->columns[i];

		if (column->scanning)
		{
			store_scan_end(&column->scan);
			MemoryContextDelete(column->context);
		}
		if (column->codes != NULL)
			code_reader_end(column->codes);
	}
	store_scan_end(&reader->extents);
	store_scan_end(&reader->zones);
	store_scan_end(&reader->tail);
	UnregisterSnapshot(reader->snapshot);
	MemoryContextDelete(reader->tail_context);
	if (reader->order != NULL)
		pfree(reader->order);
	pfree(reader->columns);
	pfree(reader->values);
	pfree(reader);
}

StoreReaderCounts
store_reader_counts(const StoreReader *reader)
{
	return reader->counts;
}

static void
pg_attribute_noreturn()
damaged(const StoreReader *reader, StoreTable table, uint32 column_id,
		uint32 rid, const char *reason)
{
	char	   *name = get_rel_name(reader->store->tables[table]);

	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("table \"%s\" is damaged at row %u",
					name != NULL ? name : "?", rid),
			 column_id != 0 ?
			 errdetail("Column %u: %s.", column_id, reason) :
			 errdetail("%s.", reason)));
}

static void
pg_attribute_noreturn()
no_such_row(const StoreReader *reader, uint32 rid)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_STORE_INCOMPLETE),
			 errmsg("store %d has no row %u", reader->store->id, rid)));
}

static void
int8_key(ScanKey key, AttrNumber attribute, StrategyNumber strategy,
		 uint32 rid)
{
	ScanKeyInit(key, attribute, strategy,
				strategy == BTLessEqualStrategyNumber ? F_INT8LE :
				strategy == BTEqualStrategyNumber ? F_INT8EQ : F_INT8GE,
				Int64GetDatum((int64) rid));
}

static int64
slot_int64(const StoreScan *scan, int attribute)
{
	bool		is_null;

	return DatumGetInt64(slot_getattr(scan->slot, attribute, &is_null));
}

static int32
slot_int32(const StoreScan *scan, int attribute)
{
	bool		is_null;

	return DatumGetInt32(slot_getattr(scan->slot, attribute, &is_null));
}

/*
 * Find the extent that a row is in, or the gap between extents, which is where
 * rows of the tail are.
 */
static void
place_row(StoreReader *reader, uint32 rid)
{
	StoreExtent *place = &reader->place;
	ScanKeyData key;

	if (reader->placed && rid >= place->first && rid <= place->last)
		return;
	place->first = 0;
	place->last = PG_UINT32_MAX;
	reader->placed = true;
	reader->in_extent = false;
	int8_key(&key, 1, BTLessEqualStrategyNumber, rid);
	store_scan_keys(&reader->extents, &key, 1);
	if (store_scan_next(&reader->extents, false))
	{
		uint32		first = (uint32) slot_int64(&reader->extents, 1);
		uint32		last = first + (uint32) slot_int32(&reader->extents, 2) - 1;

		if (rid <= last)
		{
			place->first = first;
			place->last = last;
			place->schema = slot_int32(&reader->extents, 3);
			reader->in_extent = true;
			return;
		}
		place->first = last + 1;
	}
	int8_key(&key, 1, BTGreaterEqualStrategyNumber, rid);
	store_scan_keys(&reader->extents, &key, 1);
	if (store_scan_next(&reader->extents, true))
		place->last = (uint32) slot_int64(&reader->extents, 1) - 1;
}

bool
store_reader_extent(StoreReader *reader, uint32 rid, StoreExtent *extent)
{
	MemoryContext previous = MemoryContextSwitchTo(reader->context);

	place_row(reader, rid);
	MemoryContextSwitchTo(previous);
	*extent = reader->place;
	return reader->in_extent;
}

/* Find the zone map of a column; its row is in the slot of the scan. */
static bool
find_zone(StoreReader *reader, uint32 extent, uint32 column_id)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) column_id));
	int8_key(&keys[1], 2, BTEqualStrategyNumber, extent);
	store_scan_keys(&reader->zones, keys, 2);
	return store_scan_next(&reader->zones, true);
}

static ValueLayout
zone_layout(StoreReader *reader, uint32 column_id, uint32 rid)
{
	bool		is_null;
	int16		layout = DatumGetInt16(slot_getattr(reader->zones.slot, 3,
													&is_null));

	if (layout < LAYOUT_BYTES || layout > LAYOUT_CODE)
		damaged(reader, STORE_ZONE, column_id, rid, "Unknown layout");
	return (ValueLayout) layout;
}

/* A bytea of a zone map, which stays until the next one is looked for. */
static StoreValue
zone_bytes(StoreReader *reader, int attribute)
{
	StoreValue	result = {NULL, STORE_VALUE_NULL};
	bool		is_null;
	Datum		value = slot_getattr(reader->zones.slot, attribute, &is_null);
	struct varlena *bytes;

	if (is_null)
		return result;
	bytes = PG_DETOAST_DATUM_PACKED(value);
	result.bytes = (const unsigned char *) VARDATA_ANY(bytes);
	result.length = (int32) VARSIZE_ANY_EXHDR(bytes);
	return result;
}

bool
store_reader_zone(StoreReader *reader, const StoreExtent *extent,
				  uint32 column_id, StoreZone *zone)
{
	MemoryContext previous = MemoryContextSwitchTo(reader->context);
	bool		found = find_zone(reader, extent->first, column_id);
	StoreValue	codes;

	MemoryContextSwitchTo(previous);
	if (!found)
		return false;
	zone->layout = zone_layout(reader, column_id, extent->first);
	zone->nulls = (uint32) slot_int32(&reader->zones, 4);
	MemoryContextReset(reader->tail_context);
	previous = MemoryContextSwitchTo(reader->tail_context);
	zone->minimum = zone_bytes(reader, 5);
	zone->maximum = zone_bytes(reader, 6);
	codes = zone_bytes(reader, 7);
	MemoryContextSwitchTo(previous);
	zone->coded = codes.bytes != NULL;
	zone->codes = codes.bytes;
	return true;
}

/* Look how the extent of the current place keeps a column. */
static void
enter_extent(StoreReader *reader, ReaderColumn *column)
{
	column->extent = reader->place.first;
	column->extent_known = true;
	column->there = find_zone(reader, column->extent, column->id);
	if (column->there)
		column->layout = zone_layout(reader, column->id, column->extent);
}

/* The next part of a column, before or behind a row id, from anew. */
static bool
descend(ReaderColumn *column, uint32 rid, bool forward)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) column->id));
	int8_key(&keys[1], 2, forward ? BTGreaterEqualStrategyNumber :
			 BTLessEqualStrategyNumber, rid);
	store_scan_keys(&column->scan, keys, 2);
	column->forward = forward;
	return store_scan_next(&column->scan, forward);
}

/*
 * Bring the part of a row into the slot: mostly the one behind the open one.
 * Who reads scattered rows does it from the last one to the first: backward, the
 * first part that begins at or before a row is that of the row.
 */
static bool
find_part(ReaderColumn *column, uint32 rid)
{
	uint32		end = column->first + column->rows;

	if (column->rows > 0 && !column->forward && rid < column->first &&
		(column->first - rid) / column->rows < PART_STEPS)
		return store_scan_back_to(&column->scan, 2, rid);

	if (column->rows > 0 && rid >= end && rid - end < column->rows)
	{
		bool		found = column->forward ?
		store_scan_next(&column->scan, true) : descend(column, end, true);

		if (found && slot_int64(&column->scan, 1) == (int64) end)
			return true;
	}
	return descend(column, rid, false);
}

static void
begin_parts(StoreReader *reader, ReaderColumn *column)
{
	store_scan_begin(&column->scan, reader->store->tables[STORE_PART],
					 reader->store->indexes[STORE_PART], reader->snapshot, 2);
	store_scan_want_index(&column->scan);
	column->context = AllocSetContextCreate(reader->context,
											"part of a column",
											ALLOCSET_DEFAULT_SIZES);
	column->scanning = true;
}

/* Open the part in the slot, which takes the place of the one before. */
static void
open_found(StoreReader *reader, ReaderColumn *column, uint32 rid)
{
	MemoryContext previous;
	CoreError	error;
	bool		is_null;
	bool		good;

	MemoryContextReset(column->context);
	previous = MemoryContextSwitchTo(column->context);
	column->rows = 0;
	column->first = (uint32) slot_int64(&column->scan, 1);
	good = store_part_open(slot_getattr(column->scan.slot, 3, &is_null),
						   &column->part, &error);
	MemoryContextSwitchTo(previous);
	if (!good)
		damaged(reader, STORE_PART, column->id, rid, error.reason);
	column->rows = column->part.rows;
	reader->counts.parts++;
}

static void
open_part(StoreReader *reader, ReaderColumn *column, uint32 rid)
{
	if (!column->scanning)
		begin_parts(reader, column);
	do
	{
		bool		found = find_part(column, rid);

		if (found)
			open_found(reader, column, rid);
		if (!found || (!column->forward && rid - column->first >= column->rows))
			damaged(reader, STORE_PART, column->id, rid, "Part is missing");
	} while (rid - column->first >= column->rows);

	/* parts that were passed by may be of another extent and layout */
	if (column->part.kind != layout_kind(column->layout))
		damaged(reader, STORE_PART, column->id, rid,
				"Kind of part does not go with the layout");
}

static void
read_code(StoreReader *reader, ReaderColumn *column, uint32 rid,
		  PartString *value)
{
	int64		code = part_get_int(&column->part, rid - column->first);

	if (column->codes == NULL)
		column->codes = code_reader_begin(reader->store, reader->snapshot,
										  reader->context, column->id);
	if (!code_reader_get(column->codes, code, value))
		damaged(reader, STORE_DICT, column->id, rid, "Code is missing");
}

static void
read_value(StoreReader *reader, ReaderColumn *column, uint32 rid,
		   StoreValue *value)
{
	PartString	string;

	value->bytes = NULL;
	if (!column->extent_known || column->extent != reader->place.first)
		enter_extent(reader, column);
	if (!column->there)
	{
		value->length = STORE_VALUE_NONE;
		return;
	}
	if (rid - column->first >= column->rows)
		open_part(reader, column, rid);
	if (part_is_null(&column->part, rid - column->first))
	{
		value->length = STORE_VALUE_NULL;
		return;
	}
	if (column->layout == LAYOUT_CODE)
		read_code(reader, column, rid, &string);
	else
		layout_decode(column->layout, &column->part, rid - column->first,
					  column->room, &string);
	value->bytes = string.bytes;
	value->length = (int32) string.length;
}

/*
 * Bring a row of the tail into the slot.  The scan goes on where that is not
 * far.
 */
static bool
find_tail_row(StoreReader *reader, uint32 rid)
{
	ScanKeyData key;
	int			steps = TAIL_STEPS;

	if (!reader->tail_open || rid < reader->tail_rid ||
		rid - reader->tail_rid > TAIL_STEPS)
	{
		int8_key(&key, 1, BTGreaterEqualStrategyNumber, rid);
		store_scan_keys(&reader->tail, &key, 1);
		reader->tail_open = store_scan_next(&reader->tail, true);
		if (reader->tail_open)
			reader->tail_rid = (uint32) slot_int64(&reader->tail, 1);
	}
	while (reader->tail_open && reader->tail_rid < rid && steps-- > 0)
	{
		reader->tail_open = store_scan_next(&reader->tail, true);
		if (reader->tail_open)
			reader->tail_rid = (uint32) slot_int64(&reader->tail, 1);
	}
	return reader->tail_open && reader->tail_rid == rid;
}

/*
 * Which of the reader's columns is the nth of an image?  Mostly the same as in
 * the image before.  -1 where it is none of them.
 */
static int
find_column(StoreReader *reader, int n, uint32 id)
{
	int			guess;

	if (n >= reader->order_room)
	{
		int			room = Max(16, reader->order_room * 2);

		if (reader->order == NULL)
			reader->order = MemoryContextAllocZero(reader->context,
												   room * sizeof(int));
		else
			reader->order = repalloc(reader->order, room * sizeof(int));
		memset(reader->order + reader->order_room, 0,
			   (room - reader->order_room) * sizeof(int));
		reader->order_room = room;
	}
	guess = reader->order[n];
	if (guess < reader->count && reader->columns[guess].id == id)
		return guess;
	for (int i = 0; i < reader->count; i++)
	{
		if (reader->columns[i].id == id)
			return reader->order[n] = i;
	}
	return -1;
}

static void
read_image(StoreReader *reader, uint32 rid, CanonicalReader *image)
{
	for (int i = 0; i < reader->count; i++)
	{
		reader->values[i].bytes = NULL;
		reader->values[i].length = STORE_VALUE_NONE;
	}
	if (!canonical_read_prefix(image))
		damaged(reader, STORE_TAIL, 0, rid, image->error.reason);
	for (int n = 0; canonical_left(image) > 0; n++)
	{
		CanonicalReader value;
		bool		is_null;
		uint32		id;
		int			i;

		if (!canonical_read_u32(image, &id) ||
			!canonical_read_value(image, &value, &is_null))
			damaged(reader, STORE_TAIL, 0, rid, image->error.reason);
		i = find_column(reader, n, id);
		if (i < 0)
			continue;
		reader->values[i].length = STORE_VALUE_NULL;
		if (is_null)
			continue;
		reader->values[i].bytes = value.bytes + value.position;
		reader->values[i].length = (int32) canonical_left(&value);
	}
}

static void
read_tail_row(StoreReader *reader, uint32 rid, int32 *schema)
{
	MemoryContext previous;
	CanonicalReader image;
	struct varlena *bytes;
	bool		is_null;

	if (!find_tail_row(reader, rid))
		no_such_row(reader, rid);
	reader->counts.tail_rows++;
	*schema = slot_int32(&reader->tail, 2);
	MemoryContextReset(reader->tail_context);
	previous = MemoryContextSwitchTo(reader->tail_context);
	bytes = PG_DETOAST_DATUM_PACKED(slot_getattr(reader->tail.slot, 3,
												 &is_null));
	MemoryContextSwitchTo(previous);
	canonical_reader_init(&image, VARDATA_ANY(bytes),
						  VARSIZE_ANY_EXHDR(bytes));
	read_image(reader, rid, &image);
}

const StoreValue *
store_reader_row(StoreReader *reader, uint32 rid, int32 *schema)
{
	/* scans keep things in the current memory context */
	MemoryContext previous = MemoryContextSwitchTo(reader->context);

	place_row(reader, rid);
	if (reader->in_extent)
	{
		*schema = reader->place.schema;
		for (int i = 0; i < reader->count; i++)
			read_value(reader, &reader->columns[i], rid, &reader->values[i]);
	}
	else
		read_tail_row(reader, rid, schema);
	MemoryContextSwitchTo(previous);
	return reader->values;
}

int
store_reader_codes(StoreReader *reader, uint32 column_id, const void *bytes,
				   Size length, uint32 *codes, int room)
{
	CodeReader *code_reader = code_reader_begin(reader->store,
												reader->snapshot,
												reader->context, column_id);
	PartString	value = {bytes, length};
	int			count = code_reader_find(code_reader, value, codes, room);

	code_reader_end(code_reader);
	return count;
}
