/*
 * extent.c
 *		Writing rows as extents, column by column.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "../core/canonical_read.h"
#include "../errcodes.h"
#include "dictionary.h"
#include "extent.h"
#include "insert.h"
#include "part_value.h"

#define BATCH_BLOCK (1024 * 1024)

struct ExtentWriter
{
	const Store *store;
	StoreInsert *parts;
	StoreInsert *extents;
	StoreInsert *zones;
	Dictionaries *dictionaries;
	MemoryContext scratch;		/* of one extent */
	MemoryContext column_scratch;	/* of one column of it */
};

/* A column of an extent: what it is to be, and has become. */
typedef struct ExtentColumn
{
	uint32		id;
	ValueLayout layout;
	uint32		first;			/* row id */
	uint32		rows;
	const PartString *values;
	PartColumn	encoded;
	struct varlena *codes;		/* NULL without a dictionary */
} ExtentColumn;

RowBatch *
row_batch_create(void)
{
	RowBatch   *batch = palloc0(sizeof(*batch));

	batch->context = AllocSetContextCreate(CurrentMemoryContext,
										   "rows to be stored",
										   ALLOCSET_DEFAULT_SIZES);
	batch->room = 64;
	batch->images = palloc(batch->room * sizeof(PartString));
	return batch;
}

static PartString *
next_image(RowBatch *batch)
{
	if (batch->rows == batch->room)
	{
		batch->room *= 2;
		batch->images = repalloc(batch->images,
								 batch->room * sizeof(PartString));
	}
	return &batch->images[batch->rows++];
}

/* Blocks grow with what is in the batch, so that one row takes little. */
static char *
take_bytes(RowBatch *batch, Size length)
{
	char	   *result;

	if (length > batch->block_left)
	{
		batch->block_left = Max(length, Min(BATCH_BLOCK,
											Max(batch->bytes, 1024)));
		batch->block = MemoryContextAllocHuge(batch->context,
											  batch->block_left);
	}
	result = batch->block;
	batch->block += length;
	batch->block_left -= length;
	return result;
}

void
row_batch_add(RowBatch *batch, const void *image, Size length)
{
	PartString *row = next_image(batch);
	char	   *bytes = take_bytes(batch, length);

	memcpy(bytes, image, length);
	row->bytes = (const unsigned char *) bytes;
	row->length = length;
	batch->bytes += length;
}

void
row_batch_add_gap(RowBatch *batch, uint32 count)
{
	for (; count > 0; count--)
	{
		PartString *row = next_image(batch);

		row->bytes = NULL;
		row->length = 0;
	}
}

void
row_batch_reset(RowBatch *batch)
{
	MemoryContextReset(batch->context);
	batch->rows = 0;
	batch->bytes = 0;
	batch->block = NULL;
	batch->block_left = 0;
}

ExtentWriter *
extent_writer_begin(const Store *store)
{
	ExtentWriter *writer = palloc0(sizeof(*writer));

	writer->store = store;
	writer->parts = store_insert_begin(store->tables[STORE_PART]);
	writer->extents = store_insert_begin(store->tables[STORE_EXTENT]);
	writer->zones = store_insert_begin(store->tables[STORE_ZONE]);
	writer->dictionaries = dictionaries_begin(store);
	writer->scratch = AllocSetContextCreate(CurrentMemoryContext, "extent",
											ALLOCSET_DEFAULT_SIZES);
	writer->column_scratch = AllocSetContextCreate(CurrentMemoryContext,
												   "column of an extent",
												   ALLOCSET_DEFAULT_SIZES);
	return writer;
}

void
extent_writer_end(ExtentWriter *writer)
{
	store_insert_end(writer->parts);
	store_insert_end(writer->extents);
	store_insert_end(writer->zones);
	dictionaries_end(writer->dictionaries);
	MemoryContextDelete(writer->scratch);
	MemoryContextDelete(writer->column_scratch);
	pfree(writer);
}

/* Take the image of a row apart, into a value of each column. */
static void
split_image(const StoreSchema *schema, const PartString *image, uint32 row,
			uint32 rows, uint32 rid, PartString *values)
{
	CanonicalReader reader;
	bool		good;

	canonical_reader_init(&reader, image->bytes, image->length);
	good = canonical_read_prefix(&reader);
	for (int i = 0; i < schema->count && good; i++)
	{
		PartString *value = &values[(Size) i * rows + row];
		CanonicalReader bytes;
		bool		is_null;
		uint32		id;

		good = canonical_read_u32(&reader, &id) &&
			id == schema->columns[i].id &&
			canonical_read_value(&reader, &bytes, &is_null);
		if (!good || is_null)
			continue;
		value->bytes = bytes.bytes + bytes.position;
		value->length = canonical_left(&bytes);
	}
	if (!good || !canonical_read_end(&reader))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("image of row %u is not a row of its schema", rid),
				 errdetail("The schema has id %d.", schema->id)));
}

static PartString *
split_images(ExtentWriter *writer, const StoreSchema *schema,
			 const PartString *images, uint32 rows, uint32 first)
{
	Size		size = (Size) schema->count * rows * sizeof(PartString);
	PartString *values = MemoryContextAllocHuge(writer->scratch,
												Max(size, 1));

	memset(values, 0, size);
	for (uint32 row = 0; row < rows; row++)
	{
		if (images[row].bytes != NULL)
			split_image(schema, &images[row], row, rows, first + row, values);
	}
	return values;
}

/* Turn values into what a part holds, as well as may be. */
static void
encode_column(ExtentWriter *writer, ExtentColumn *column)
{
	ValueLayout wanted = column->layout;
	Size		size = layout_encode_size(wanted, column->values,
										  column->rows);

	if (wanted != LAYOUT_BYTES &&
		layout_encode(wanted, column->values, column->rows,
					  palloc(size), &column->encoded))
		return;

	/* geometries that are no points have little in common */
	if (wanted != LAYOUT_POINT &&
		dictionaries_encode(writer->dictionaries, column->id, column->values,
							column->rows, &column->encoded, &column->codes))
	{
		column->layout = LAYOUT_CODE;
		return;
	}
	column->layout = LAYOUT_BYTES;
	size = layout_encode_size(LAYOUT_BYTES, column->values, column->rows);
	layout_encode(LAYOUT_BYTES, column->values, column->rows, palloc(size),
				  &column->encoded);
}

static int32
count_nulls(const ExtentColumn *column)
{
	int32		nulls = 0;

	for (uint32 row = 0; row < column->rows; row++)
		nulls += column->values[row].bytes == NULL;
	return nulls;
}

static void
write_zone(ExtentWriter *writer, const ExtentColumn *column)
{
	unsigned char minimum_room[LAYOUT_ROOM];
	unsigned char maximum_room[LAYOUT_ROOM];
	PartString	minimum;
	PartString	maximum;
	Datum		values[7] = {0};
	bool		nulls[7] = {false, false, false, false, true, true, true};

	values[0] = Int64GetDatum((int64) column->first);
	values[1] = Int32GetDatum((int32) column->id);
	values[2] = Int16GetDatum((int16) column->layout);
	values[3] = Int32GetDatum(count_nulls(column));
	if (layout_bounds(column->layout, &column->encoded, minimum_room,
					  maximum_room, &minimum, &maximum))
	{
		values[4] = PointerGetDatum(store_bytea(minimum.bytes, minimum.length));
		values[5] = PointerGetDatum(store_bytea(maximum.bytes, maximum.length));
		nulls[4] = nulls[5] = false;
	}
	if (column->codes != NULL)
	{
		values[6] = PointerGetDatum(column->codes);
		nulls[6] = false;
	}
	store_insert_row(writer->zones, values, nulls);
}

/* All parts of a column, one after the other, so that they lie together. */
static void
write_parts(ExtentWriter *writer, const ExtentColumn *column)
{
	void	   *scratch = palloc(Max(part_scratch_size(&column->encoded), 1));
	bool		nulls[3] = {false, false, false};
	PartPlan	plan;

	for (uint32 row = 0; row < column->rows; row += plan.rows)
	{
		Datum		values[3];
		struct varlena *part = store_part_write(&column->encoded, row,
												scratch, &plan);

		values[0] = Int64GetDatum((int64) column->first + row);
		values[1] = Int32GetDatum((int32) column->id);
		values[2] = PointerGetDatum(part);
		store_insert_row(writer->parts, values, nulls);
		pfree(part);
	}
}

static void
write_extent_row(ExtentWriter *writer, int32 schema, uint32 rows,
				 uint32 first)
{
	bool		nulls[3] = {false, false, false};
	Datum		values[3];

	values[0] = Int64GetDatum((int64) first);
	values[1] = Int32GetDatum((int32) rows);
	values[2] = Int32GetDatum(schema);
	store_insert_row(writer->extents, values, nulls);
}

void
extent_write(ExtentWriter *writer, const StoreSchema *schema,
			 const PartString *images, uint32 rows, uint32 first)
{
	PartString *values = split_images(writer, schema, images, rows, first);

	write_extent_row(writer, schema->id, rows, first);
	for (int i = 0; i < schema->count; i++)
	{
		MemoryContext previous = MemoryContextSwitchTo(writer->column_scratch);
		ExtentColumn column = {0};

		column.id = schema->columns[i].id;
		column.layout = schema->columns[i].layout;
		column.first = first;
		column.rows = rows;
		column.values = values + (Size) i * rows;
		encode_column(writer, &column);
		write_zone(writer, &column);
		write_parts(writer, &column);
		MemoryContextSwitchTo(previous);
		MemoryContextReset(writer->column_scratch);
	}
	MemoryContextReset(writer->scratch);
}
