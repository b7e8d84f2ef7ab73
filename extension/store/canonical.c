/*
 * canonical.c
 *		Rows and records in canonical form.
 *
 * A CanonicalRow belongs to one descriptor and never changes.  A
 * CanonicalRecord takes records as they come: it keeps the CanonicalRow of the
 * last row type, and makes another one where the type, its columns, or a type,
 * label or name anywhere below has changed.  The typcache knows the first; for
 * the rest a counter of invalidations is compared, since expressions of PL/pgSQL
 * keep what they have cached for a whole transaction, in which anything may be
 * altered.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "../errcodes.h"
#include "canonical_decode.h"

struct CanonicalRow
{
	MemoryContext context;		/* where all of this lives */
	TupleDesc	descriptor;
	CanonicalType **types;		/* of each column; NULL for dropped ones */
	uint32	   *column_ids;
	Datum	   *values;			/* for records to be taken apart or formed */
	bool	   *nulls;
	bool	   *found;			/* for columns that are read */
};

struct CanonicalRecord
{
	MemoryContext context;		/* where all of this lives */
	CanonicalForm form;
	const char *column;			/* that the records are in; NULL for rows */
	CanonicalRow *row;			/* of the last record; NULL at first */
	Oid			type;			/* its row type ... */
	int32		typmod;
	uint64		identifier;		/* ... the descriptor that it had ... */
	uint64		generation;		/* ... and what all else was like then */
};

/* counts the invalidations of types and enums */
static uint64 generation = 1;

static void
next_generation(Datum argument, int cache, uint32 hash)
{
	(void) argument;
	(void) cache;
	(void) hash;
	generation++;
}

static void
watch_catalogue(void)
{
	static bool watching = false;

	if (watching)
		return;
	CacheRegisterSyscacheCallback(TYPEOID, next_generation, (Datum) 0);
	CacheRegisterSyscacheCallback(ENUMOID, next_generation, (Datum) 0);
	watching = true;
}

static CanonicalType *
column_type(const CanonicalRow *row, Form_pg_attribute attribute,
			CanonicalForm form, const char *outer)
{
	const char *name = NameStr(attribute->attname);
	CanonicalColumn column;

	column.name = outer == NULL ? name : psprintf("%s.%s", outer, name);
	column.type = attribute->atttypid;
	column.form = form;
	column.context = row->context;
	return canonical_type_create(&column, attribute->atttypid,
								 attribute->attcollation);
}

/* As canonical_row_create(); outer names the column that the rows are in. */
static CanonicalRow *
row_create(MemoryContext parent, TupleDesc descriptor,
		   const uint32 *column_ids, CanonicalForm form, const char *outer)
{
	MemoryContext context = AllocSetContextCreate(parent, "canonical row",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(context);
	CanonicalRow *row = palloc0(sizeof(*row));
	int			count = descriptor->natts;
	uint32		number = 0;

	row->context = context;
	row->descriptor = CreateTupleDescCopyConstr(descriptor);
	row->types = palloc0(count * sizeof(CanonicalType *));
	row->column_ids = palloc0(count * sizeof(uint32));
	row->values = palloc(count * sizeof(Datum));
	row->nulls = palloc(count * sizeof(bool));
	row->found = palloc(count * sizeof(bool));
	for (int i = 0; i < count; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(row->descriptor, i);

		if (attribute->attisdropped)
			continue;
		row->column_ids[i] = column_ids != NULL ? column_ids[i] : ++number;
		row->types[i] = column_type(row, attribute, form, outer);
	}
	MemoryContextSwitchTo(previous);
	return row;
}

CanonicalRow *
canonical_row_create(MemoryContext parent, TupleDesc descriptor,
					 const uint32 *column_ids, CanonicalForm form)
{
	return row_create(parent, descriptor, column_ids, form, NULL);
}

void
canonical_row_put(CanonicalRow *row, const Datum *values, const bool *nulls,
				  CanonicalBuffer *buffer)
{
	for (int i = 0; i < row->descriptor->natts; i++)
	{
		CanonicalType *type = row->types[i];
		size_t		mark;

		if (type == NULL)
			continue;
		canonical_put_u32(buffer, row->column_ids[i]);
		if (nulls[i])
		{
			canonical_put_null(buffer);
			continue;
		}
		mark = canonical_begin_value(buffer);
		type->encode(type, values[i], buffer);
		canonical_end_value(buffer, mark);
	}
}

/*
 * Let the record's row be that of a row type.
 *
 * The generation is taken before the types are resolved: what is invalidated
 * meanwhile is seen with the next record.
 */
static void
record_prepare(CanonicalRecord *record, Oid type, int32 typmod)
{
	uint64		identifier = assign_record_type_identifier(type, typmod);
	uint64		now = generation;
	TupleDesc	descriptor;

	if (record->row != NULL && record->type == type &&
		record->typmod == typmod && record->identifier == identifier &&
		record->generation == now)
		return;

	if (record->row != NULL)
	{
		MemoryContext old = record->row->context;

		record->row = NULL;
		MemoryContextDelete(old);
	}
	descriptor = lookup_rowtype_tupdesc_copy(type, typmod);
	record->row = row_create(record->context, descriptor, NULL, record->form,
							 record->column);
	FreeTupleDesc(descriptor);
	record->type = type;
	record->typmod = typmod;
	record->identifier = identifier;
	record->generation = now;
}

CanonicalRecord *
canonical_record_create(MemoryContext parent, CanonicalForm form, Oid type,
						const char *column)
{
	CanonicalRecord *record = MemoryContextAllocZero(parent, sizeof(*record));

	watch_catalogue();
	record->context = parent;
	record->form = form;
	record->column = column;
	if (OidIsValid(type))
		record_prepare(record, type, -1);
	return record;
}

void
canonical_record_put(CanonicalRecord *record, HeapTupleHeader tuple,
					 CanonicalBuffer *buffer)
{
	HeapTupleData deformed;

	check_stack_depth();
	record_prepare(record, HeapTupleHeaderGetTypeId(tuple),
				   HeapTupleHeaderGetTypMod(tuple));

	deformed.t_len = HeapTupleHeaderGetDatumLength(tuple);
	ItemPointerSetInvalid(&deformed.t_self);
	deformed.t_tableOid = InvalidOid;
	deformed.t_data = tuple;
	heap_deform_tuple(&deformed, record->row->descriptor, record->row->values,
					  record->row->nulls);
	canonical_row_put(record->row, record->row->values, record->row->nulls,
					  buffer);
}

static void
pg_attribute_noreturn()
fail_row(const CanonicalReader *reader)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANONICAL_FORM_INVALID),
			 errmsg("bytes are no row in canonical form"),
			 errdetail("%s at byte %ld.", reader->error.reason,
					   reader->error.position + 1)));
}

/* The column of an id, which probably is the next one; -1 where there is none. */
static int
find_column(const CanonicalRow *row, uint32 id, int next)
{
	int			count = row->descriptor->natts;

	for (int i = 0; i < count; i++)
	{
		int			column = (next + i) % count;

		if (row->types[column] != NULL && row->column_ids[column] == id)
			return column;
	}
	return -1;
}

/*
 * Is an error one that a function of a type raises for input that it does not
 * like?  Functions of PostGIS raise internal errors then.  What has to do with
 * the session, its memory or the catalogue is none.
 */
static bool
is_about_input(int sqlstate)
{
	/* data exception, protocol violation, program limit, internal error */
	static const char *const prefixes[] = {"22", "08P01", "54000", "XX000"};
	const char *state = unpack_sql_state(sqlstate);

	for (size_t i = 0; i < lengthof(prefixes); i++)
	{
		if (strncmp(state, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

/*
 * Raise, in place of the error of a function of the column's type, that the bytes
 * from a position on are no value of it.  Within PG_CATCH().
 */
static void
pg_attribute_noreturn()
rethrow(const CanonicalType *type, size_t position, MemoryContext context)
{
	ErrorData  *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	if (!is_about_input(error->sqlerrcode))
		PG_RE_THROW();
	FlushErrorState();
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANONICAL_FORM_INVALID),
			 errmsg("column \"%s\" has bytes that are no value of type %s",
					type->column, format_type_be(type->type)),
			 errdetail("Reading the value at byte %zu failed: %s.",
					   position + 1, error->message)));
}

/*
 * The next column of the bytes; its number, or -1 where the descriptor lacks it.
 */
static int
next_column(const CanonicalRow *row, CanonicalReader *reader, int next,
			CanonicalReader *value, bool *is_null)
{
	size_t		start = reader->position;
	uint32		id;
	int			column;

	if (!canonical_read_u32(reader, &id))
		fail_row(reader);
	column = find_column(row, id, next);
	if (column >= 0 && row->found[column])
	{
		reader->position = start;
		canonical_read_fail(reader, "The same column comes a second time");
		fail_row(reader);
	}
	if (!canonical_read_value(reader, value, is_null))
		fail_row(reader);
	return column;
}

/* The value that is being read, for messages; type is NULL between values. */
typedef struct CurrentValue
{
	const CanonicalType *type;
	size_t		position;
} CurrentValue;

static void
get_columns(CanonicalRow *row, CanonicalReader *reader, Datum *values,
			bool *nulls, volatile CurrentValue *current)
{
	int			next = 0;

	while (canonical_left(reader) > 0)
	{
		CanonicalReader value;
		CanonicalType *type;
		bool		is_null;
		int			column;

		current->type = NULL;
		column = next_column(row, reader, next, &value, &is_null);
		if (column < 0)
			continue;
		next = column + 1;
		row->found[column] = true;
		if (is_null)
			continue;
		type = row->types[column];
		current->type = type;
		current->position = value.position;
		values[column] = type->decode(type, &value);
		nulls[column] = false;
	}
}

void
canonical_row_get(CanonicalRow *row, CanonicalReader *reader, Datum *values,
				  bool *nulls)
{
	MemoryContext context = CurrentMemoryContext;
	volatile CurrentValue current = {NULL, 0};

	memset(nulls, true, row->descriptor->natts * sizeof(bool));
	memset(row->found, false, row->descriptor->natts * sizeof(bool));
	PG_TRY();
	{
		get_columns(row, reader, values, nulls, &current);
	}
	PG_CATCH();
	{
		if (current.type == NULL)
			PG_RE_THROW();
		rethrow(current.type, current.position, context);
	}
	PG_END_TRY();
}

static Datum
form_record(const CanonicalRow *row)
{
	return HeapTupleGetDatum(heap_form_tuple(row->descriptor, row->values,
											 row->nulls));
}

Datum
canonical_record_get(CanonicalRecord *record, Oid type,
					 CanonicalReader *reader)
{
	record_prepare(record, type, -1);
	if (!canonical_read_prefix(reader))
		fail_row(reader);
	canonical_row_get(record->row, reader, record->row->values,
					  record->row->nulls);
	return form_record(record->row);
}

/* Columns of a composite have no ids that last: only their order counts. */
static void
read_part_column(CanonicalType *type, CanonicalRow *row, int column,
				 CanonicalReader *reader)
{
	size_t		start = reader->position;
	CanonicalReader value;
	uint32		id;

	if (!canonical_read_u32(reader, &id) || id != row->column_ids[column])
	{
		reader->position = start;
		canonical_read_fail(reader,
							"The composite value has not the columns of its type");
		canonical_decode_fail(type, reader);
	}
	if (!canonical_read_value(reader, &value, &row->nulls[column]))
		canonical_decode_fail(type, reader);
	if (!row->nulls[column])
		row->values[column] = row->types[column]->decode(row->types[column],
														 &value);
}

Datum
canonical_record_get_part(CanonicalType *type, CanonicalReader *reader)
{
	CanonicalRow *row;

	check_stack_depth();
	record_prepare(type->record, type->type, -1);
	row = type->record->row;
	memset(row->nulls, true, row->descriptor->natts * sizeof(bool));
	for (int i = 0; i < row->descriptor->natts; i++)
	{
		if (row->types[i] != NULL)
			read_part_column(type, row, i, reader);
	}
	if (canonical_left(reader) > 0)
	{
		canonical_read_fail(reader,
							"The composite value has not the columns of its type");
		canonical_decode_fail(type, reader);
	}
	return form_record(row);
}

static unsigned char *
grow_in_context(void *context, unsigned char *bytes, size_t size)
{
	if (bytes == NULL)
		return MemoryContextAllocHuge(context, size);
	return repalloc_huge(bytes, size);
}

void
canonical_buffer_create(MemoryContext context, CanonicalBuffer *buffer)
{
	canonical_init(buffer, grow_in_context, context);
}

void
canonical_buffer_check(const CanonicalBuffer *buffer)
{
	if (buffer->failed)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("canonical form of a row is too large"),
				 errdetail("It has more than %d bytes.", CANONICAL_SIZE_MAX)));
}
