/*
 * dictionary.c
 *		Codes for the values of columns that repeat.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "../core/layout_value.h"
#include "../types/rowset.h"
#include "dictionary.h"
#include "insert.h"
#include "part_value.h"

/* A value that has a code, or would get one. */
typedef struct DictionaryEntry
{
	PartString	value;
	uint32		hash;
	uint32		code;
	uint32		extent;			/* that it was last met in */
	char		status;
} DictionaryEntry;

static inline uint32
hash_of_value(PartString value)
{
	return hash_bytes(value.bytes, (int) value.length);
}

static inline bool
same_value(PartString a, PartString b)
{
	return a.length == b.length &&
		(a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

#define SH_PREFIX entries
#define SH_ELEMENT_TYPE DictionaryEntry
#define SH_KEY_TYPE PartString
#define SH_KEY value
#define SH_HASH_KEY(table, key) hash_of_value(key)
#define SH_EQUAL(table, a, b) same_value(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Dictionary
{
	uint32		column_id;
	entries_hash *entries;
	uint32		count;			/* codes that the table has */
	bool		current;		/* nobody else can have added to it */

	/* of the extent that is being encoded */
	uint32		extent;
	uint32		distinct;
	PartString *added;			/* values without a code so far */
	uint32		added_count;
	uint32		added_room;
} Dictionary;

struct Dictionaries
{
	const Store *store;
	MemoryContext context;
	StoreInsert *insert;		/* NULL until something is added */
	bool		may_add;
	Dictionary **items;
	int			count;
	int			room;
};

Dictionaries *
dictionaries_begin(const Store *store)
{
	Dictionaries *dictionaries = palloc0(sizeof(*dictionaries));

	dictionaries->store = store;
	dictionaries->context = AllocSetContextCreate(CurrentMemoryContext,
												  "dictionaries",
												  ALLOCSET_DEFAULT_SIZES);
	return dictionaries;
}

void
dictionaries_end(Dictionaries *dictionaries)
{
	if (dictionaries->insert != NULL)
		store_insert_end(dictionaries->insert);
	MemoryContextDelete(dictionaries->context);
	pfree(dictionaries);
}

static void
load_part(Dictionary *dictionary, const Store *store, uint32 first_code,
		  Datum value)
{
	CoreError	error;
	Part		part;

	if (!store_part_open(value, &part, &error) || part.kind != PART_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("dictionary of store %d is damaged", store->id),
				 errdetail("Column %u, code %u.", dictionary->column_id,
						   first_code)));
	for (uint32 row = 0; row < part.rows; row++)
	{
		PartString	string;
		DictionaryEntry *entry;
		bool		found;

		part_get_bytes(&part, row, &string.bytes, &string.length);
		entry = entries_insert(dictionary->entries, string, &found);
		if (found)
			continue;
		entry->code = first_code + row;
		entry->extent = 0;
	}
	dictionary->count = first_code + part.rows;
}

/*
 * Read what the table has beyond what is known, in the dictionaries' memory.
 * Codes that others have added count as soon as they are committed, whatever the
 * isolation level: a code must have one meaning.
 */
static void
load(Dictionaries *dictionaries, Dictionary *dictionary)
{
	const Store *store = dictionaries->store;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	StoreScan	scan;
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) dictionary->column_id));
	ScanKeyInit(&keys[1], 2, BTGreaterEqualStrategyNumber, F_INT4GE,
				Int32GetDatum((int32) dictionary->count));
	store_scan_begin(&scan, store->tables[STORE_DICT],
					 store->indexes[STORE_DICT], snapshot, 2);
	store_scan_keys(&scan, keys, 2);
	while (store_scan_next(&scan, true))
	{
		bool		is_null;
		int32		first = DatumGetInt32(slot_getattr(scan.slot, 1, &is_null));
		Datum		part = slot_getattr(scan.slot, 3, &is_null);

		/* the page does not stay: copy what is in it */
		load_part(dictionary, store, (uint32) first,
				  PointerGetDatum(PG_DETOAST_DATUM_COPY(part)));
	}
	store_scan_end(&scan);
	UnregisterSnapshot(snapshot);
	dictionary->current = dictionaries->may_add;
}

static Dictionary *
find_dictionary(Dictionaries *dictionaries, uint32 column_id)
{
	Dictionary *dictionary;

	for (int i = 0; i < dictionaries->count; i++)
	{
		if (dictionaries->items[i]->column_id == column_id)
			return dictionaries->items[i];
	}
	if (dictionaries->count == dictionaries->room)
	{
		dictionaries->room = Max(16, dictionaries->room * 2);
		dictionaries->items = dictionaries->items == NULL ?
			palloc(dictionaries->room * sizeof(Dictionary *)) :
			repalloc(dictionaries->items,
					 dictionaries->room * sizeof(Dictionary *));
	}
	dictionary = palloc0(sizeof(*dictionary));
	dictionary->column_id = column_id;
	dictionary->entries = entries_create(CurrentMemoryContext, 64, NULL);
	dictionary->added_room = 64;
	dictionary->added = palloc(dictionary->added_room * sizeof(PartString));
	dictionaries->items[dictionaries->count++] = dictionary;
	load(dictionaries, dictionary);
	return dictionary;
}

/* Take the values back that would have been added. */
static void
forget_added(Dictionary *dictionary)
{
	for (uint32 i = 0; i < dictionary->added_count; i++)
		entries_delete(dictionary->entries, dictionary->added[i]);
	dictionary->added_count = 0;
}

/* The value's entry, maybe a new one, whose value is the caller's. */
static DictionaryEntry *
find_entry(Dictionary *dictionary, PartString value)
{
	bool		found;
	DictionaryEntry *entry = entries_insert(dictionary->entries, value,
											&found);

	if (found)
		return entry;
	entry->extent = 0;
	entry->code = dictionary->count + dictionary->added_count;
	if (dictionary->added_count == dictionary->added_room)
	{
		dictionary->added_room *= 2;
		dictionary->added = repalloc(dictionary->added,
									 dictionary->added_room *
									 sizeof(PartString));
	}
	dictionary->added[dictionary->added_count++] = value;
	return entry;
}

/*
 * The codes of values, as if all could be added.  False where these are too
 * many, too long or too different.
 */
static bool
find_codes(Dictionary *dictionary, const PartString *values, uint32 rows,
		   uint32 * codes)
{
	const PartString *last = NULL;	/* columns often repeat the row before */
	uint32		code = 0;

	dictionary->extent++;
	dictionary->distinct = 0;
	for (uint32 row = 0; row < rows; row++)
	{
		DictionaryEntry *entry;

		if (values[row].bytes == NULL)
			continue;
		if (last == NULL || !same_value(*last, values[row]))
		{
			if (values[row].length > DICTIONARY_LENGTH_MAX)
				return false;
			entry = find_entry(dictionary, values[row]);
			if (entry->extent != dictionary->extent)
				dictionary->distinct++;
			entry->extent = dictionary->extent;
			code = entry->code;
			last = &values[row];
			if (dictionary->distinct > rows / DICTIONARY_ROWS_PER_VALUE ||
				dictionary->count + dictionary->added_count >
				DICTIONARY_ENTRIES_MAX)
				return false;
		}
		codes[row] = code;
	}
	return dictionary->distinct > 0;
}

/* The entries' values move to where they last. */
static void
keep_added(Dictionary *dictionary)
{
	Size		size = 0;
	unsigned char *bytes;

	for (uint32 i = 0; i < dictionary->added_count; i++)
		size += dictionary->added[i].length;
	bytes = palloc(Max(size, 1));
	for (uint32 i = 0; i < dictionary->added_count; i++)
	{
		PartString	value = dictionary->added[i];
		DictionaryEntry *entry = entries_lookup(dictionary->entries, value);

		memcpy(bytes, value.bytes, value.length);
		entry->value.bytes = bytes;
		bytes += value.length;
	}
	dictionary->count += dictionary->added_count;
	dictionary->added_count = 0;
}

static void
write_added(Dictionaries *dictionaries, Dictionary *dictionary)
{
	PartColumn	column = {0};
	PartPlan	plan;
	void	   *scratch;
	bool		nulls[3] = {false, false, false};

	column.kind = PART_BYTES;
	column.rows = dictionary->added_count;
	column.values = dictionary->added;
	if (dictionaries->insert == NULL)
		dictionaries->insert =
			store_insert_begin(dictionaries->store->tables[STORE_DICT]);
	scratch = palloc(Max(part_scratch_size(&column), 1));
	for (uint32 row = 0; row < column.rows; row += plan.rows)
	{
		Datum		values[3];
		struct varlena *part = store_part_write(&column, row, scratch, &plan);

		values[0] = Int32GetDatum((int32) (dictionary->count + row));
		values[1] = Int32GetDatum((int32) dictionary->column_id);
		values[2] = PointerGetDatum(part);
		store_insert_row(dictionaries->insert, values, nulls);
		pfree(part);
	}
	pfree(scratch);
	keep_added(dictionary);
}

/*
 * Give codes to values: those that there are, or new ones if nobody else is
 * adding.  Then what others have added meanwhile is read first.
 */
static bool
encode(Dictionaries *dictionaries, Dictionary *dictionary,
	   const PartString *values, uint32 rows, uint32 * codes)
{
	if (!find_codes(dictionary, values, rows, codes))
		return false;
	if (dictionary->added_count == 0)
		return true;
	if (!dictionaries->may_add)
		dictionaries->may_add = store_try_rearrange(dictionaries->store);
	if (!dictionaries->may_add)
		return false;
	if (!dictionary->current)
	{
		forget_added(dictionary);
		load(dictionaries, dictionary);
		if (!find_codes(dictionary, values, rows, codes))
			return false;
	}
	if (dictionary->added_count > 0)
		write_added(dictionaries, dictionary);
	return true;
}

/* The set of codes that occur, ascending as the entries are not. */
static struct varlena *
codes_set(const PartString *values, const uint32 * codes, uint32 rows)
{
	bool	   *used = palloc0(DICTIONARY_ENTRIES_MAX);
	RowsetRange *ranges = palloc(DICTIONARY_ENTRIES_MAX / 2 *
								 sizeof(RowsetRange));
	Size		count = 0;
	Rowset	   *result;

	for (uint32 row = 0; row < rows; row++)
	{
		if (values[row].bytes != NULL)
			used[codes[row]] = true;
	}
	for (uint32 code = 0; code < DICTIONARY_ENTRIES_MAX; code++)
	{
		if (!used[code])
			continue;
		if (code == 0 || !used[code - 1])
			ranges[count++].first = code;
		ranges[count - 1].last = code;
	}
	result = rowset_from_ranges(ranges, count);
	pfree(ranges);
	pfree(used);
	return result;
}

bool
dictionaries_encode(Dictionaries *dictionaries, uint32 column_id,
					const PartString *values, uint32 rows,
					PartColumn *column, struct varlena **codes)
{
	uint32	   *codes_of_rows = palloc(rows * sizeof(uint32));
	MemoryContext previous = MemoryContextSwitchTo(dictionaries->context);
	Dictionary *dictionary = find_dictionary(dictionaries, column_id);
	bool		coded = encode(dictionaries, dictionary, values, rows,
							   codes_of_rows);

	forget_added(dictionary);
	MemoryContextSwitchTo(previous);
	if (!coded)
		return false;
	layout_encode_codes(values, codes_of_rows, rows,
						palloc(layout_encode_codes_size(rows)), column);
	*codes = codes_set(values, codes_of_rows, rows);
	return true;
}
