/*
 * code_reader.c
 *		Reading the dictionary of a column.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "executor/tuptable.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"

#include "code_reader.h"
#include "dictionary.h"
#include "part_value.h"

struct CodeReader
{
	const Store *store;
	Snapshot	snapshot;
	MemoryContext context;		/* of all that it has */
	uint32		column_id;
	PartString *values;			/* by code; bytes are NULL if not read yet */
	uint32		room;
};

CodeReader *
code_reader_begin(const Store *store, Snapshot snapshot, MemoryContext parent,
				  uint32 column_id)
{
	MemoryContext context = AllocSetContextCreate(parent, "dictionary",
												  ALLOCSET_DEFAULT_SIZES);
	CodeReader *reader = MemoryContextAllocZero(context, sizeof(*reader));

	reader->store = store;
	reader->snapshot = snapshot;
	reader->context = context;
	reader->column_id = column_id;
	return reader;
}

void
code_reader_end(CodeReader *reader)
{
	MemoryContextDelete(reader->context);
}

/* Have room for codes below end. */
static void
make_room(CodeReader *reader, uint32 end)
{
	uint32		room = Max(reader->room, 256);
	PartString *values;

	if (end <= reader->room)
		return;
	while (room < end)
		room *= 2;
	values = palloc0(room * sizeof(PartString));
	if (reader->values != NULL)
	{
		memcpy(values, reader->values, reader->room * sizeof(PartString));
		pfree(reader->values);
	}
	reader->values = values;
	reader->room = room;
}

static void
read_entries(CodeReader *reader, TupleTableSlot *slot)
{
	bool		is_null;
	int32		first = DatumGetInt32(slot_getattr(slot, 1, &is_null));
	Datum		bytes = slot_getattr(slot, 3, &is_null);
	CoreError	error;
	Part		part;

	/* the page does not stay: copy what is in it */
	if (!store_part_open(PointerGetDatum(PG_DETOAST_DATUM_COPY(bytes)), &part,
						 &error) || part.kind != PART_BYTES ||
		first < 0 || first + part.rows > DICTIONARY_ENTRIES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("dictionary of store %d is damaged",
						reader->store->id),
				 errdetail("Column %u, code %d.", reader->column_id, first)));
	make_room(reader, (uint32) first + part.rows);
	for (uint32 row = 0; row < part.rows; row++)
	{
		PartString *value = &reader->values[first + row];

		part_get_bytes(&part, row, &value->bytes, &value->length);
	}
}

/* Read the entries up to a code, from the last row of them alone or all. */
static void
read_rows(CodeReader *reader, uint32 code, bool all)
{
	MemoryContext previous = MemoryContextSwitchTo(reader->context);
	StoreScan	scan;
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) reader->column_id));
	ScanKeyInit(&keys[1], 2, BTLessEqualStrategyNumber, F_INT4LE,
				Int32GetDatum((int32) code));
	store_scan_begin(&scan, reader->store->tables[STORE_DICT],
					 reader->store->indexes[STORE_DICT], reader->snapshot, 2);
	store_scan_keys(&scan, keys, 2);
	while (store_scan_next(&scan, false))
	{
		read_entries(reader, scan.slot);
		if (!all)
			break;
	}
	store_scan_end(&scan);
	MemoryContextSwitchTo(previous);
}

bool
code_reader_get(CodeReader *reader, int64 code, PartString *value)
{
	if (code < 0 || code >= DICTIONARY_ENTRIES_MAX)
		return false;
	if (code >= reader->room || reader->values[code].bytes == NULL)
		read_rows(reader, (uint32) code, false);
	if (code >= reader->room || reader->values[code].bytes == NULL)
		return false;
	*value = reader->values[code];
	return true;
}

int
code_reader_find(CodeReader *reader, PartString value, uint32 *codes,
				 int room)
{
	int			count = 0;

	read_rows(reader, DICTIONARY_ENTRIES_MAX, true);
	for (uint32 code = 0; code < reader->room; code++)
	{
		const PartString *known = &reader->values[code];

		if (known->bytes == NULL || known->length != value.length ||
			memcmp(known->bytes, value.bytes, value.length) != 0)
			continue;
		if (count < room)
			codes[count] = code;
		count++;
	}
	return count;
}
