/*
 * journal.c
 *		Reading and consuming the journal of a store.
 *
 * What triggers write is in journal_trigger.c.  Rows are never updated, and
 * deleted by commits alone, one at a time for each branch: each deletes exactly
 * the rows that it has read, so that no change is lost that it did not see.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "../errcodes.h"
#include "../core/little_endian.h"
#include "../store/store.h"
#include "journal.h"

/* A key that was seen; those of other rows may be the same. */
typedef struct KeyEntry
{
	bytea	   *key;
	uint32		hash;
	char		status;
} KeyEntry;

static inline uint32
key_hash(const bytea *key)
{
	return hash_bytes((const unsigned char *) VARDATA_ANY(key),
					  VARSIZE_ANY_EXHDR(key));
}

static inline int
key_compare(const bytea *a, const bytea *b)
{
	Size		length_a = VARSIZE_ANY_EXHDR(a);
	Size		length_b = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b),
							   Min(length_a, length_b));

	if (order != 0)
		return order;
	return length_a < length_b ? -1 : length_a > length_b;
}

#define SH_PREFIX keys
#define SH_ELEMENT_TYPE KeyEntry
#define SH_KEY_TYPE bytea *
#define SH_KEY key
#define SH_HASH_KEY(table, key) key_hash(key)
#define SH_EQUAL(table, a, b) (key_compare(a, b) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* What is being read. */
typedef struct JournalReading
{
	Journal    *journal;
	bool		with_keys;
	keys_hash  *keys;
	int64		capacity;		/* of tids */
	MemoryContext context;		/* what is returned, and the hash table */
	MemoryContext scratch;		/* of one row */
	char	   *key;			/* the key that is looked for */
	Size		key_size;
} JournalReading;

static Relation
journal_open(int32 store, LOCKMODE mode)
{
	Oid			oid = store_journal(store);
	Relation	relation = OidIsValid(oid) ? try_table_open(oid, mode) : NULL;

	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_STORE_INCOMPLETE),
				 errmsg("store %d has no journal", store),
				 errhint("Restore the schema allmende_store from a dump.")));
	return relation;
}

/* Only a key that is new is copied to where it stays. */
static void
add_key(JournalReading *reading, const char *bytes, Size length)
{
	KeyEntry   *entry;
	bool		found;

	if (reading->key_size < length + VARHDRSZ)
	{
		reading->key_size = Max(2 * reading->key_size, length + VARHDRSZ);
		if (reading->key != NULL)
			pfree(reading->key);
		reading->key = MemoryContextAllocHuge(reading->context,
											  reading->key_size);
	}
	SET_VARSIZE(reading->key, length + VARHDRSZ);
	memcpy(VARDATA(reading->key), bytes, length);
	entry = keys_insert(reading->keys, (bytea *) reading->key, &found);
	if (found)
		return;
	entry->key = MemoryContextAlloc(reading->context, length + VARHDRSZ);
	memcpy(entry->key, reading->key, length + VARHDRSZ);
}

static void
add_keys(JournalReading *reading, Datum value)
{
	MemoryContext previous = MemoryContextSwitchTo(reading->scratch);
	bytea	   *packed = DatumGetByteaPP(value);
	const char *bytes = VARDATA_ANY(packed);
	Size		left = VARSIZE_ANY_EXHDR(packed);

	MemoryContextSwitchTo(previous);
	while (left > 0)
	{
		Size		length = left < sizeof(uint32) ? MaxAllocSize :
		le32_read((const unsigned char *) bytes);

		if (length > left - sizeof(uint32))
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("row of a journal is damaged")));
		add_key(reading, bytes + sizeof(uint32), length);
		bytes += sizeof(uint32) + length;
		left -= sizeof(uint32) + length;
	}
	MemoryContextReset(reading->scratch);
}

static void
add_tid(JournalReading *reading, const ItemPointerData * tid)
{
	Journal    *journal = reading->journal;

	if (journal->row_count == reading->capacity)
	{
		reading->capacity *= 2;
		journal->tids = repalloc_huge(journal->tids, reading->capacity *
									  sizeof(ItemPointerData));
	}
	journal->tids[journal->row_count++] = *tid;
}

static void
add_author(Journal *journal, const char *author)
{
	ListCell   *cell;

	foreach(cell, journal->authors)
	{
		if (strcmp(lfirst(cell), author) == 0)
			return;
	}
	journal->authors = lappend(journal->authors, pstrdup(author));
}

static void
read_row(JournalReading *reading, TupleTableSlot *slot)
{
	Journal    *journal = reading->journal;
	TimestampTz recorded_at;

	slot_getallattrs(slot);
	add_tid(reading, &slot->tts_tid);
	recorded_at = DatumGetTimestampTz(slot->tts_values[0]);
	if (journal->since == 0 || recorded_at < journal->since)
		journal->since = recorded_at;
	add_author(journal, NameStr(*DatumGetName(slot->tts_values[1])));
	if (slot->tts_isnull[2])
		journal->all = true;
	else if (reading->with_keys)
		add_keys(reading, slot->tts_values[2]);
}

static int
compare_keys(const void *a, const void *b)
{
	return key_compare(*(bytea *const *) a, *(bytea *const *) b);
}

static int
compare_authors(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

/* By their bytes: what is made of a journal shall not depend on hash values. */
static void
sort_keys(JournalReading *reading)
{
	Journal    *journal = reading->journal;
	keys_iterator iterator;
	KeyEntry   *entry;

	journal->keys = MemoryContextAllocHuge(reading->context,
										   Max(reading->keys->members, 1) *
										   sizeof(bytea *));
	keys_start_iterate(reading->keys, &iterator);
	while ((entry = keys_iterate(reading->keys, &iterator)) != NULL)
		journal->keys[journal->key_count++] = entry->key;
	qsort(journal->keys, journal->key_count, sizeof(bytea *), compare_keys);
	keys_destroy(reading->keys);
	if (reading->key != NULL)
		pfree(reading->key);
}

/*
 * The scan takes the predicate lock on the whole table, also where it has no
 * page: under SERIALIZABLE an empty journal has been read as much as a full one.
 */
Journal *
journal_read(int32 store, Snapshot snapshot, bool with_keys)
{
	Relation	relation = journal_open(store, AccessShareLock);
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan = table_beginscan(relation, snapshot, 0, NULL);
	JournalReading reading = {0};

	reading.journal = palloc0(sizeof(Journal));
	reading.with_keys = with_keys;
	reading.context = CurrentMemoryContext;
	reading.scratch = AllocSetContextCreate(CurrentMemoryContext,
											"journal row",
											ALLOCSET_DEFAULT_SIZES);
	reading.capacity = 64;
	reading.journal->tids = palloc(reading.capacity * sizeof(ItemPointerData));
	if (with_keys)
		reading.keys = keys_create(CurrentMemoryContext, 256, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		read_row(&reading, slot);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	MemoryContextDelete(reading.scratch);
	if (with_keys)
		sort_keys(&reading);
	list_sort(reading.journal->authors, compare_authors);
	return reading.journal;
}

/* Rows that are gone or locked were not ours to read: simple_heap_delete raises. */
void
journal_consume(int32 store, const Journal *journal)
{
	Relation	relation = journal_open(store, RowExclusiveLock);

	for (int64 i = 0; i < journal->row_count; i++)
		simple_heap_delete(relation, &journal->tids[i]);
	table_close(relation, NoLock);
}

bool
journal_is_empty(int32 store, Snapshot snapshot)
{
	Relation	relation = journal_open(store, AccessShareLock);
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan = table_beginscan(relation, snapshot, 0, NULL);
	bool		found = table_scan_getnextslot(scan, ForwardScanDirection,
											   slot);

	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return !found;
}
