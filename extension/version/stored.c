/*
 * stored.c
 *		Rows of a store as the images that a schema of today gives them.
 */
#include "postgres.h"

#include "parser/parse_coerce.h"
#include "parser/parse_type.h"
#include "utils/memutils.h"

#include "../errcodes.h"
#include "convert.h"
#include "stored.h"

/*
 * How rows of one written schema become images.
 *
 * Values are converted only by casts that PostgreSQL makes by itself, such as
 * from int4 to int8: those do not fail, and keep what a value means.  Where a
 * column has changed its type in any other way, its rows are hashed as they were
 * written, and so differ from those of today.
 */
typedef enum StoredShapeKind
{
	SHAPE_SAME,					/* each column has the type that it had */
	SHAPE_CONVERTED,
	SHAPE_AS_WRITTEN
} StoredShapeKind;

typedef struct StoredShape
{
	int32		schema;			/* that rows were written with */
	StoredShapeKind kind;
} StoredShape;

struct StoredRows
{
	MemoryContext context;
	StoreReader *reader;
	HeadImages *images;
	Converter  *converter;
	TupleDesc	descriptor;
	Snapshot	snapshot;
	int			count;
	const SchemaColumn **columns;	/* by id */
	int		   *places;			/* of the reader's columns among them */
	StoredShape *shape;			/* of the last row */
	List	   *shapes;
	const StoreValue *stored;	/* the last row as it was read */
	StoreValue *values;			/* as it would be today; by column */
	Datum	   *datums;			/* the same where values were converted; by
								 * attribute */
	bool	   *nulls;
	Datum	   *key;
	MemoryContext scratch;		/* converted values and images of a row */
};

/* All attributes of a descriptor that are not dropped. */
static Bitmapset *
all_attributes(TupleDesc descriptor)
{
	Bitmapset  *attributes = NULL;

	for (int i = 0; i < descriptor->natts; i++)
		if (!TupleDescAttr(descriptor, i)->attisdropped)
			attributes = bms_add_member(attributes, i + 1);
	return attributes;
}

/* Where a column is among those that the reader gives. */
static int
place_of(const uint32 *ids, int count, uint32 id)
{
	for (int i = 0; i < count; i++)
		if (ids[i] == id)
			return i;
	elog(ERROR, "column %u is not read", id);
}

StoredRows *
stored_rows_begin(const Store *store, const char *name, const Schema *schema,
				  HeadImages *images, TupleDesc descriptor, Snapshot snapshot)
{
	StoredRows *rows = palloc0(sizeof(*rows));
	const uint32 *ids;
	int			id_count;

	rows->context = CurrentMemoryContext;
	rows->images = images;
	rows->descriptor = descriptor;
	rows->snapshot = snapshot;
	rows->converter = converter_create(name, descriptor, schema,
									   all_attributes(descriptor), snapshot);
	ids = converter_column_ids(rows->converter, &id_count);
	rows->reader = store_reader_begin(store, snapshot, ids, id_count);

	rows->count = schema->count;
	rows->columns = schema_columns_by_id(schema);
	rows->places = palloc(Max(rows->count, 1) * sizeof(int));
	rows->values = palloc(Max(rows->count, 1) * sizeof(StoreValue));
	rows->key = palloc(Max(rows->count, 1) * sizeof(Datum));
	rows->datums = palloc(Max(descriptor->natts, 1) * sizeof(Datum));
	rows->nulls = palloc(Max(descriptor->natts, 1) * sizeof(bool));
	for (int i = 0; i < rows->count; i++)
		rows->places[i] = place_of(ids, id_count, rows->columns[i]->id);
	rows->scratch = AllocSetContextCreate(CurrentMemoryContext,
										  "allmende stored row",
										  ALLOCSET_DEFAULT_SIZES);
	return rows;
}

void
stored_rows_end(StoredRows *rows)
{
	store_reader_end(rows->reader);
	MemoryContextDelete(rows->scratch);
}

/* Is there a cast that never needs to be asked for? */
static bool
converts_implicitly(const SchemaColumn *written, Oid target)
{
	Oid			source;
	int32		typmod;
	Oid			function;

	parseTypeString(written->type, &source, &typmod, true);
	if (!OidIsValid(source))
		return false;
	switch (find_coercion_pathway(target, source, COERCION_IMPLICIT,
								  &function))
	{
		case COERCION_PATH_FUNC:
		case COERCION_PATH_RELABELTYPE:
			return true;
		default:
			return false;
	}
}

static StoredShapeKind
shape_kind(StoredRows *rows, int32 schema)
{
	StoredShapeKind kind = SHAPE_SAME;
	Schema	   *written = schema_find(schema, rows->snapshot);

	if (written == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("schema %d is missing in the catalogue", schema)));
	for (int i = 0; i < rows->descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(rows->descriptor, i);
		const SchemaColumn *column;

		if (attribute->attisdropped ||
			converter_same_type(rows->converter, schema, i + 1) != NULL)
			continue;
		column = schema_column_find(written,
									converter_column_id(rows->converter, i + 1));
		if (column == NULL)
			continue;			/* rows that are older than the column */
		if (!converts_implicitly(column, attribute->atttypid))
			return SHAPE_AS_WRITTEN;
		kind = SHAPE_CONVERTED;
	}
	return kind;
}

static StoredShape *
shape_create(StoredRows *rows, int32 schema)
{
	MemoryContext previous = MemoryContextSwitchTo(rows->context);
	StoredShape *shape = palloc(sizeof(*shape));

	shape->schema = schema;
	shape->kind = shape_kind(rows, schema);
	rows->shapes = lappend(rows->shapes, shape);
	MemoryContextSwitchTo(previous);
	return shape;
}

static StoredShape *
shape_of(StoredRows *rows, int32 schema)
{
	ListCell   *cell;

	if (rows->shape != NULL && rows->shape->schema == schema)
		return rows->shape;
	rows->shape = NULL;
	foreach(cell, rows->shapes)
		if (((StoredShape *) lfirst(cell))->schema == schema)
		rows->shape = lfirst(cell);
	if (rows->shape == NULL)
		rows->shape = shape_create(rows, schema);
	return rows->shape;
}

/* The value that rows have that are older than a column. */
static StoreValue
initial_value(const SchemaColumn *column)
{
	StoreValue	value = {NULL, STORE_VALUE_NULL};

	if (column->initial != NULL)
	{
		value.bytes = (const unsigned char *) VARDATA_ANY(column->initial);
		value.length = (int32) VARSIZE_ANY_EXHDR(column->initial);
	}
	return value;
}

/*
 * Read a row, as it would be today: bytes in values, or datums where a column had
 * another type then.  In the scratch memory.
 */
static void
read_row(StoredRows *rows, uint32 rid)
{
	int32		schema;

	rows->stored = store_reader_row(rows->reader, rid, &schema);
	rows->shape = shape_of(rows, schema);
	if (rows->shape->kind == SHAPE_CONVERTED)
	{
		converter_row(rows->converter, schema, rows->stored, NULL,
					  rows->datums, rows->nulls);
		return;
	}
	for (int i = 0; i < rows->count; i++)
	{
		const StoreValue *value = &rows->stored[rows->places[i]];

		rows->values[i] = value->length == STORE_VALUE_NONE ?
			initial_value(rows->columns[i]) : *value;
	}
}

static void
put_value(CanonicalBuffer *buffer, uint32 id, StoreValue value)
{
	canonical_put_u32(buffer, id);
	if (value.length < 0)
	{
		canonical_put_null(buffer);
		return;
	}
	canonical_put_u32(buffer, (uint32) value.length);
	canonical_put_bytes(buffer, value.bytes, value.length);
}

/* The image of the columns that are compared, or of the key. */
static void
put_image(StoredRows *rows, HeadImageKind kind, CanonicalBuffer *buffer)
{
	if (rows->shape->kind == SHAPE_CONVERTED)
	{
		head_image_put(rows->images, kind, rows->datums, rows->nulls, buffer);
		return;
	}
	canonical_put_prefix(buffer, CANONICAL_ROW_FORM);
	for (int i = 0; i < rows->count; i++)
		if (kind == HEAD_IMAGE_KEY ? rows->columns[i]->key > 0 :
			!rows->columns[i]->ignored)
			put_value(buffer, rows->columns[i]->id, rows->values[i]);
	canonical_buffer_check(buffer);
}

static void
hash_row(StoredRows *rows, unsigned char hash[CANONICAL_HASH_SIZE])
{
	CanonicalBuffer buffer;

	canonical_buffer_create(CurrentMemoryContext, &buffer);
	put_image(rows, HEAD_IMAGE_COMPARED, &buffer);
	canonical_hash(buffer.bytes, buffer.length, hash);
}

void
stored_row_hash(StoredRows *rows, uint32 rid,
				unsigned char hash[CANONICAL_HASH_SIZE])
{
	MemoryContext previous = MemoryContextSwitchTo(rows->scratch);

	read_row(rows, rid);
	hash_row(rows, hash);
	MemoryContextSwitchTo(previous);
	MemoryContextReset(rows->scratch);
}

void
stored_row_hash_and_key(StoredRows *rows, uint32 rid,
						unsigned char hash[CANONICAL_HASH_SIZE],
						CanonicalBuffer *key_form)
{
	MemoryContext previous = MemoryContextSwitchTo(rows->scratch);
	CanonicalBuffer buffer;

	read_row(rows, rid);
	hash_row(rows, hash);
	canonical_buffer_create(CurrentMemoryContext, &buffer);
	put_image(rows, HEAD_IMAGE_KEY, &buffer);
	if (rows->shape->kind == SHAPE_AS_WRITTEN)
	{
		/* maybe no key of today: it is found by nothing, and so is deleted */
		canonical_put_bytes(key_form, buffer.bytes, buffer.length);
	}
	else
	{
		head_image_get_key(rows->images, buffer.bytes, buffer.length,
						   rows->key);
		head_image_put_key_form(rows->images, rows->key, key_form);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextReset(rows->scratch);
}
