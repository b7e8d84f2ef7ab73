/*
 * seal.c
 *		Turning the tail of a store into extents.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "extent.h"
#include "seal.h"

/*
 * Looking how full the tail is may take a scan of it: that is done when row ids
 * pass a multiple of this, and not by each commit.
 */
#define LOOK_EVERY 256

/* Row ids that are not used; more of them in a row end an extent. */
#define GAP_MAX 1024
#define SEGMENT_ROWS 65536

typedef struct TailSeal
{
	const Store *store;
	Snapshot	snapshot;
	StoreSchemaOf schema_of;
	void	   *context;
	ExtentWriter *writer;
	RowBatch   *batch;
	int32		schema;			/* of the batch */
	uint32		first;			/* row id of the batch's first row */
	StoreScan	extents;
} TailSeal;

static uint32
rid_of(const StoreScan *scan)
{
	bool		is_null;

	return (uint32) DatumGetInt64(slot_getattr(scan->slot, 1, &is_null));
}

/*
 * Has the tail so many rows?  Row ids tell that it has not, if it begins late
 * enough; else its rows are counted.
 */
static bool
tail_is_full(const Store *store, Snapshot snapshot, uint32 end)
{
	StoreScan	scan;
	uint32		rows = 0;

	store_scan_begin(&scan, store->tables[STORE_TAIL],
					 store->indexes[STORE_TAIL], snapshot, 0);
	store_scan_keys(&scan, NULL, 0);
	while (rows < STORE_SEAL_ROWS && store_scan_next(&scan, true))
	{
		if (rows++ == 0 && end - rid_of(&scan) < STORE_SEAL_ROWS)
			break;
	}
	store_scan_end(&scan);
	return rows == STORE_SEAL_ROWS;
}

static void
write_batch(TailSeal *seal)
{
	const StoreSchema *schema;

	if (seal->batch->rows == 0)
		return;
	schema = seal->schema_of(seal->context, seal->schema);
	extent_write(seal->writer, schema, seal->batch->images,
				 seal->batch->rows, seal->first);
	row_batch_reset(seal->batch);
}

/* Is there an extent that begins at one of these row ids? */
static bool
extent_between(TailSeal *seal, uint32 first, uint32 last)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum((int64) first));
	ScanKeyInit(&keys[1], 1, BTLessEqualStrategyNumber, F_INT8LE,
				Int64GetDatum((int64) last));
	store_scan_keys(&seal->extents, keys, 2);
	return store_scan_next(&seal->extents, true);
}

/* Can a row be in one extent with those of the batch? */
static bool
row_fits(TailSeal *seal, uint32 rid, int32 schema)
{
	const RowBatch *batch = seal->batch;
	uint32		next = seal->first + batch->rows;

	if (schema != seal->schema ||
		rid / SEGMENT_ROWS != seal->first / SEGMENT_ROWS ||
		batch->bytes >= ROW_BATCH_BYTES || rid - next > GAP_MAX)
		return false;
	return rid == next || !extent_between(seal, next, rid - 1);
}

static void
add_row(TailSeal *seal, TupleTableSlot *slot)
{
	bool		is_null;
	uint32		rid = (uint32) DatumGetInt64(slot_getattr(slot, 1, &is_null));
	int32		schema = DatumGetInt32(slot_getattr(slot, 2, &is_null));
	struct varlena *stored =
	(struct varlena *) DatumGetPointer(slot_getattr(slot, 3, &is_null));
	struct varlena *image = pg_detoast_datum_packed(stored);

	if (seal->batch->rows > 0 && !row_fits(seal, rid, schema))
		write_batch(seal);
	if (seal->batch->rows == 0)
	{
		seal->first = rid;
		seal->schema = schema;
	}
	row_batch_add_gap(seal->batch, rid - (seal->first + seal->batch->rows));
	row_batch_add(seal->batch, VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image));
	if (image != stored)
		pfree(image);
}

/* Move all rows below end. */
static void
move_rows(TailSeal *seal, uint32 end)
{
	Relation	table = table_open(seal->store->tables[STORE_TAIL],
								   RowExclusiveLock);
	StoreScan	scan;

	store_scan_begin(&scan, seal->store->tables[STORE_TAIL],
					 seal->store->indexes[STORE_TAIL], seal->snapshot, 0);
	store_scan_keys(&scan, NULL, 0);
	while (store_scan_next(&scan, true) && rid_of(&scan) < end)
	{
		add_row(seal, scan.slot);
		simple_heap_delete(table, &scan.slot->tts_tid);
	}
	write_batch(seal);
	store_scan_end(&scan);
	table_close(table, NoLock);
}

static void
seal_rows(const Store *store, Snapshot snapshot, uint32 end,
		  StoreSchemaOf schema_of, void *context)
{
	TailSeal	seal = {0};

	seal.store = store;
	seal.snapshot = snapshot;
	seal.schema_of = schema_of;
	seal.context = context;
	seal.writer = extent_writer_begin(store);
	seal.batch = row_batch_create();
	store_scan_begin(&seal.extents, store->tables[STORE_EXTENT],
					 store->indexes[STORE_EXTENT], snapshot, 2);
	move_rows(&seal, end);
	store_scan_end(&seal.extents);
	extent_writer_end(seal.writer);
}

void
tail_seal(const Store *store, uint32 first, uint32 end,
		  StoreSchemaOf schema_of, void *context)
{
	MemoryContext memory;
	MemoryContext previous;
	Snapshot	snapshot;
	uint32		quiet_end;
	bool		full;

	if (first / LOOK_EVERY == end / LOOK_EVERY)
		return;
	memory = AllocSetContextCreate(CurrentMemoryContext, "sealing a tail",
								   ALLOCSET_DEFAULT_SIZES);
	previous = MemoryContextSwitchTo(memory);

	snapshot = RegisterSnapshot(GetLatestSnapshot());
	full = tail_is_full(store, snapshot, end);
	UnregisterSnapshot(snapshot);
	if (full && store_try_rearrange(store) &&
		store_is_quiet(store, &quiet_end))
	{
		/* another one, which sees all that those who are done have written */
		snapshot = RegisterSnapshot(GetLatestSnapshot());
		seal_rows(store, snapshot, quiet_end, schema_of, context);
		UnregisterSnapshot(snapshot);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(memory);
}
