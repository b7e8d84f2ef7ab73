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
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "canonical.h"

struct CanonicalRow
{
	MemoryContext context;		/* where all of this lives */
	TupleDesc	descriptor;
	CanonicalType **types;		/* of each column; NULL for dropped ones */
	uint32	   *column_ids;
	Datum	   *values;			/* for records to be taken apart */
	bool	   *nulls;
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
