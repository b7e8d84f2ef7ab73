/*
 * append.c
 *		Appending rows to a store: to the tail, or as extents.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"

#include "extent.h"
#include "insert.h"
#include "key_index.h"
#include "part_value.h"
#include "seal.h"

#define SEGMENT_ROWS 65536

/* A run of the key index is made of so many entries at most. */
#define KEY_ENTRIES_MAX (4 * 1024 * 1024)

struct StoreAppend
{
	const Store *store;
	MemoryContext memory;
	StoreSchemaOf schema_of;
	void	   *context;
	const StoreSchema *schema;
	RowBatch   *batch;
	uint32		batch_rows;		/* so many are written at once */
	ExtentWriter *writer;		/* NULL until an extent is written */

	KeyEntry   *keys;			/* those of the batch, last, lack row ids */
	Size		key_count;
	Size		key_room;

	RowsetRange *ranges;
	Size		range_count;
	Size		range_room;
};

StoreAppend *
store_append_begin(const Store *store, int32 schema, StoreSchemaOf schema_of,
				   void *context)
{
	StoreAppend *append = palloc0(sizeof(*append));

	store_lock_append(store);
	append->store = store;
	append->memory = CurrentMemoryContext;
	append->schema_of = schema_of;
	append->context = context;
	append->schema = schema_of(context, schema);
	append->batch = row_batch_create();
	append->batch_rows = ROW_BATCH_ROWS;
	append->key_room = 64;
	append->keys = palloc(append->key_room * sizeof(KeyEntry));
	append->range_room = 8;
	append->ranges = palloc(append->range_room * sizeof(RowsetRange));
	return append;
}

static void
add_key(StoreAppend *append, int64 hash)
{
	if (append->key_count == append->key_room)
	{
		append->key_room *= 2;
		append->keys = repalloc_huge(append->keys,
									 append->key_room * sizeof(KeyEntry));
	}
	append->keys[append->key_count].hash = hash;
	append->keys[append->key_count].rid = 0;
	append->key_count++;
}

static void
add_range(StoreAppend *append, uint32 first, uint32 last)
{
	RowsetRange *before = append->ranges + append->range_count - 1;

	if (append->range_count > 0 && before->last + 1 == first)
	{
		before->last = last;
		return;
	}
	if (append->range_count == append->range_room)
	{
		append->range_room *= 2;
		append->ranges = repalloc_huge(append->ranges, append->range_room *
									   sizeof(RowsetRange));
	}
	append->ranges[append->range_count].first = first;
	append->ranges[append->range_count].last = last;
	append->range_count++;
}

/* Take row ids for the rows of the batch, and note them; returns the first. */
static uint32
take_rids(StoreAppend *append)
{
	uint32		rows = append->batch->rows;
	uint32		first = store_take_rids(append->store, rows);
	KeyEntry   *keys = append->keys + append->key_count - rows;

	for (uint32 row = 0; row < rows; row++)
		keys[row].rid = first + row;
	add_range(append, first, first + (rows - 1));
	return first;
}

static void
flush_keys(StoreAppend *append)
{
	if (append->key_count > 0)
		key_index_add(append->store, append->keys, append->key_count);
	append->key_count = 0;
}

/* Write the batch as extents, one for each segment that it touches. */
static void
write_extents(StoreAppend *append)
{
	RowBatch   *batch = append->batch;
	uint32		first = take_rids(append);
	uint32		row = 0;

	if (append->writer == NULL)
		append->writer = extent_writer_begin(append->store);
	while (row < batch->rows)
	{
		uint32		left = SEGMENT_ROWS - (first + row) % SEGMENT_ROWS;
		uint32		rows = Min(left, batch->rows - row);

		extent_write(append->writer, append->schema, batch->images + row,
					 rows, first + row);
		row += rows;
	}

	/* if nobody else takes row ids, the next batch fills a segment */
	append->batch_rows = SEGMENT_ROWS - (first + batch->rows) % SEGMENT_ROWS;
	row_batch_reset(batch);
	if (append->key_count + ROW_BATCH_ROWS > KEY_ENTRIES_MAX)
		flush_keys(append);
}

void
store_append_row(StoreAppend *append, const void *image, Size length,
				 int64 key_hash)
{
	MemoryContext previous;

	row_batch_add(append->batch, image, length);
	add_key(append, key_hash);
	if (append->batch->rows < append->batch_rows &&
		append->batch->bytes < ROW_BATCH_BYTES)
		return;
	previous = MemoryContextSwitchTo(append->memory);
	write_extents(append);
	MemoryContextSwitchTo(previous);
}

static void
write_tail(StoreAppend *append)
{
	const RowBatch *batch = append->batch;
	StoreInsert *insert = store_insert_begin(append->store->tables[STORE_TAIL]);
	uint32		first = take_rids(append);
	bool		nulls[3] = {false, false, false};

	for (uint32 row = 0; row < batch->rows; row++)
	{
		Datum		values[3];
		struct varlena *image = store_bytea(batch->images[row].bytes,
											batch->images[row].length);

		values[0] = Int64GetDatum((int64) first + row);
		values[1] = Int32GetDatum(append->schema->id);
		values[2] = PointerGetDatum(image);
		store_insert_row(insert, values, nulls);
		pfree(image);
	}
	store_insert_end(insert);
	CommandCounterIncrement();
	tail_seal(append->store, first, first + batch->rows, append->schema_of,
			  append->context);
}

/*
 * Few rows go to the tail, unless they are many bytes: then extents have been
 * written, and the rest follows them.
 */
static void
write_rest(StoreAppend *append)
{
	if (append->batch->rows == 0)
		return;
	if (append->writer == NULL && append->batch->rows < STORE_TAIL_ROWS)
		write_tail(append);
	else
		write_extents(append);
}

void
store_append_end(StoreAppend *append, RowsetRange **ranges, Size * count)
{
	MemoryContext previous = MemoryContextSwitchTo(append->memory);

	write_rest(append);
	if (append->writer != NULL)
		extent_writer_end(append->writer);
	flush_keys(append);
	CommandCounterIncrement();
	*ranges = append->ranges;
	*count = append->range_count;
	MemoryContextDelete(append->batch->context);
	pfree(append->keys);
	MemoryContextSwitchTo(previous);
}
