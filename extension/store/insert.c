/*
 * insert.c
 *		Inserting many rows into a table of a store.
 *
 * CatalogTuplesMultiInsertWithInfo() would do the same, but gives an index the
 * address that a tuple had before values were moved out of line: no table of the
 * catalogue that it serves has such values.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "executor/tuptable.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "insert.h"

/* Tuples that are inserted at once, as COPY does it. */
#define TUPLES_MAX 256
#define BYTES_MAX (512 * 1024)

struct StoreInsert
{
	Relation	table;
	CatalogIndexState indexes;
	BulkInsertState bulk;
	MemoryContext context;
	MemoryContext scratch;		/* of the tuples that wait */
	TupleTableSlot *slots[TUPLES_MAX];
	int			slot_count;		/* that have been made */
	int			count;
	Size		bytes;
};

StoreInsert *
store_insert_begin(Oid table)
{
	StoreInsert *insert = palloc0(sizeof(*insert));

	insert->table = table_open(table, RowExclusiveLock);
	insert->indexes = CatalogOpenIndexes(insert->table);
	insert->bulk = GetBulkInsertState();
	insert->context = CurrentMemoryContext;
	insert->scratch = AllocSetContextCreate(CurrentMemoryContext,
											"rows of a store",
											ALLOCSET_DEFAULT_SIZES);
	return insert;
}

static void
insert_index_entries(StoreInsert *insert, TupleTableSlot *slot)
{
	Datum		values[INDEX_MAX_KEYS];
	bool		nulls[INDEX_MAX_KEYS];

	for (int i = 0; i < insert->indexes->ri_NumIndices; i++)
	{
		Relation	index = insert->indexes->ri_IndexRelationDescs[i];
		IndexInfo  *info = insert->indexes->ri_IndexRelationInfo[i];

		FormIndexDatum(info, slot, NULL, values, nulls);
		index_insert(index, values, nulls, &slot->tts_tid, insert->table,
					 index->rd_index->indisunique ?
					 UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, info);
	}
}

static void
flush(StoreInsert *insert)
{
	MemoryContext previous;

	if (insert->count == 0)
		return;
	previous = MemoryContextSwitchTo(insert->scratch);
	heap_multi_insert(insert->table, insert->slots, insert->count,
					  GetCurrentCommandId(true), 0, insert->bulk);
	for (int i = 0; i < insert->count; i++)
	{
		insert_index_entries(insert, insert->slots[i]);
		ExecClearTuple(insert->slots[i]);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextReset(insert->scratch);
	insert->count = 0;
	insert->bytes = 0;
}

void
store_insert_row(StoreInsert *insert, Datum *values, bool *nulls)
{
	TupleDesc	descriptor = RelationGetDescr(insert->table);
	MemoryContext previous;
	HeapTuple	tuple;

	if (insert->count == insert->slot_count)
	{
		previous = MemoryContextSwitchTo(insert->context);
		insert->slots[insert->slot_count++] =
			MakeSingleTupleTableSlot(descriptor, &TTSOpsHeapTuple);
		MemoryContextSwitchTo(previous);
	}
	previous = MemoryContextSwitchTo(insert->scratch);
	tuple = heap_form_tuple(descriptor, values, nulls);
	MemoryContextSwitchTo(previous);
	ExecStoreHeapTuple(tuple, insert->slots[insert->count++], false);
	insert->bytes += tuple->t_len;
	if (insert->count == TUPLES_MAX || insert->bytes >= BYTES_MAX)
		flush(insert);
}

void
store_insert_end(StoreInsert *insert)
{
	flush(insert);
	for (int i = 0; i < insert->slot_count; i++)
		ExecDropSingleTupleTableSlot(insert->slots[i]);
	FreeBulkInsertState(insert->bulk);
	CatalogCloseIndexes(insert->indexes);
	table_close(insert->table, NoLock);
	MemoryContextDelete(insert->scratch);
	pfree(insert);
}
