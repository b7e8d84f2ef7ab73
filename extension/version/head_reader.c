/*
 * head_reader.c
 *		Rows of the head: all of them, by key, or where they were found before.
 *
 * In C rather than by a query, since policies must not hide rows from a commit:
 * an editor's commit would take rows of others for deleted.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/tupconvert.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "executor/tuptable.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "../errcodes.h"
#include "head.h"

/* The head, or one of its partitions. */
typedef struct HeadPart
{
	Relation	relation;
	AttrMap    *map;			/* to the head's columns; NULL where alike */
	TupleTableSlot *slot;		/* for its rows */
	TupleTableSlot *second;		/* for a second row with one key */

	/* what finds rows by key; NULL until it is wanted */
	Relation	index;
	IndexScanDesc probe;
	ScanKeyData *keys;			/* by index column */
	int		   *places;			/* of index columns in the key, from 0 */
} HeadPart;

struct HeadReader
{
	Relation	head;
	const Schema *schema;
	Snapshot	snapshot;
	MemoryContext context;
	int			count;
	HeadPart   *parts;
	int			current;		/* part that is being scanned */
	TableScanDesc scan;			/* NULL: not begun */
	bool		looked_for_index;
	bool		can_find;
};

void
head_lock_partitions(Oid head)
{
	list_free(find_all_inheritors(head, AccessShareLock, NULL));
}

static void
part_begin(HeadReader *reader, Oid relid)
{
	HeadPart   *part = &reader->parts[reader->count];
	Relation	relation = table_open(relid, AccessShareLock);

	if (relation->rd_rel->relkind != RELKIND_RELATION)
	{
		table_close(relation, NoLock);
		return;
	}
	part->relation = relation;
	part->slot = table_slot_create(relation, NULL);
	part->second = table_slot_create(relation, NULL);
	if (relation != reader->head)
		part->map = build_attrmap_by_name_if_req(RelationGetDescr(relation),
												 RelationGetDescr(reader->head));
	reader->count++;
}

HeadReader *
head_reader_begin(Relation relation, const Schema *schema, Snapshot snapshot)
{
	HeadReader *reader = palloc0(sizeof(*reader));
	List	   *relids = find_all_inheritors(RelationGetRelid(relation),
											 AccessShareLock, NULL);
	ListCell   *cell;

	reader->head = relation;
	reader->schema = schema;
	reader->snapshot = snapshot;
	reader->context = CurrentMemoryContext;
	reader->parts = palloc0(list_length(relids) * sizeof(HeadPart));
	foreach(cell, relids)
		part_begin(reader, lfirst_oid(cell));
	list_free(relids);
	return reader;
}

TupleTableSlot *
head_reader_slot(HeadReader *reader)
{
	if (reader->head->rd_rel->relkind == RELKIND_RELATION)
		return table_slot_create(reader->head, NULL);
	return MakeSingleTupleTableSlot(RelationGetDescr(reader->head),
									&TTSOpsVirtual);
}

/* Give a part's row to the caller, with the columns of the head. */
static void
part_return(HeadReader *reader, int number, TupleTableSlot *slot,
			HeadPosition *position)
{
	HeadPart   *part = &reader->parts[number];

	position->partition = number;
	position->tid = part->slot->tts_tid;
	if (part->map != NULL)
		execute_attr_map_slot(part->map, part->slot, slot);
	else
		ExecCopySlot(slot, part->slot);
}

bool
head_reader_next(HeadReader *reader, TupleTableSlot *slot,
				 HeadPosition *position)
{
	while (reader->current < reader->count)
	{
		HeadPart   *part = &reader->parts[reader->current];

		if (reader->scan == NULL)
			reader->scan = table_beginscan(part->relation, reader->snapshot,
										   0, NULL);
		if (table_scan_getnextslot(reader->scan, ForwardScanDirection,
								   part->slot))
		{
			part_return(reader, reader->current, slot, position);
			return true;
		}
		table_endscan(reader->scan);
		reader->scan = NULL;
		reader->current++;
	}
	return false;
}

void
head_reader_rewind(HeadReader *reader)
{
	if (reader->scan != NULL)
		table_endscan(reader->scan);
	reader->scan = NULL;
	reader->current = 0;
}

/* Which place of the key has a column of a part?  -1: none. */
static int
place_in_key(const HeadReader *reader, const HeadPart *part,
			 AttrNumber attnum)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(part->relation),
												attnum - 1);

	for (int i = 0; i < reader->schema->count; i++)
	{
		const SchemaColumn *column = &reader->schema->columns[i];

		if (column->key > 0 &&
			strcmp(column->name, NameStr(attribute->attname)) == 0)
			return column->key - 1;
	}
	return -1;
}

static int
key_count(const Schema *schema)
{
	int			count = 0;

	for (int i = 0; i < schema->count; i++)
		count += schema->columns[i].key > 0;
	return count;
}

/* Is a row that an index leads to sure to be there for our snapshot? */
static bool
index_is_usable(Relation index)
{
	Form_pg_index form = index->rd_index;

	return index->rd_rel->relam == BTREE_AM_OID &&
		form->indisunique && form->indisvalid && form->indisready &&
		form->indimmediate &&
		RelationGetIndexPredicate(index) == NIL &&
		RelationGetIndexExpressions(index) == NIL &&
		(!form->indcheckxmin ||
		 TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data),
							   TransactionXmin));
}

/* Prepare to find rows of a part by an index, if it is on the key. */
static bool
part_use_index(HeadReader *reader, HeadPart *part, Relation index)
{
	int			count = IndexRelationGetNumberOfKeyAttributes(index);
	ScanKeyData *keys = palloc0(count * sizeof(ScanKeyData));
	int		   *places = palloc(count * sizeof(int));

	if (!index_is_usable(index) || count != key_count(reader->schema))
		return false;
	for (int i = 0; i < count; i++)
	{
		Oid			type = index->rd_opcintype[i];
		Oid			equal = get_opfamily_member(index->rd_opfamily[i], type,
												type, BTEqualStrategyNumber);

		places[i] = place_in_key(reader, part, index->rd_index->indkey.values[i]);
		if (places[i] < 0 || !OidIsValid(equal))
			return false;
		ScanKeyEntryInitialize(&keys[i], 0, i + 1, BTEqualStrategyNumber,
							   type, index->rd_indcollation[i],
							   get_opcode(equal), (Datum) 0);
	}
	part->keys = keys;
	part->places = places;
	part->index = index;
	part->probe = index_beginscan(part->relation, index, reader->snapshot,
								  count, 0);
	return true;
}

static bool
part_find_index(HeadReader *reader, HeadPart *part)
{
	List	   *indexes = RelationGetIndexList(part->relation);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (part_use_index(reader, part, index))
			break;
		index_close(index, NoLock);
	}
	list_free(indexes);
	return part->index != NULL;
}

bool
head_reader_can_find(HeadReader *reader)
{
	MemoryContext previous;

	if (reader->looked_for_index)
		return reader->can_find;
	previous = MemoryContextSwitchTo(reader->context);
	reader->looked_for_index = true;
	reader->can_find = true;
	for (int i = 0; i < reader->count && reader->can_find; i++)
		reader->can_find = part_find_index(reader, &reader->parts[i]);
	MemoryContextSwitchTo(previous);
	return reader->can_find;
}

static void
fail_not_unique(const HeadReader *reader)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_KEY_NOT_UNIQUE),
			 errmsg("table \"%s\" has several rows with one key",
					RelationGetRelationName(reader->head)),
			 errhint("Make the key unique again, and rebuild its index.")));
}

/* The row of a part with a key, in the part's slot. */
static bool
part_find(HeadReader *reader, HeadPart *part, const Datum *key)
{
	int			count = IndexRelationGetNumberOfKeyAttributes(part->index);
	MemoryContext previous;
	bool		found;

	for (int i = 0; i < count; i++)
		part->keys[i].sk_argument = key[part->places[i]];
	/* a scan keeps memory from one call to the next */
	previous = MemoryContextSwitchTo(reader->context);
	index_rescan(part->probe, part->keys, count, NULL, 0);
	found = index_getnext_slot(part->probe, ForwardScanDirection, part->slot);
	if (found &&
		index_getnext_slot(part->probe, ForwardScanDirection, part->second))
		fail_not_unique(reader);
	MemoryContextSwitchTo(previous);
	return found;
}

bool
head_reader_find(HeadReader *reader, const Datum *key, TupleTableSlot *slot,
				 HeadPosition *position)
{
	bool		found = false;

	if (!head_reader_can_find(reader))
		elog(ERROR, "head has no index on its key");
	for (int i = 0; i < reader->count; i++)
	{
		if (!part_find(reader, &reader->parts[i], key))
			continue;
		if (found)
			fail_not_unique(reader);
		part_return(reader, i, slot, position);
		found = true;
	}
	return found;
}

void
head_reader_fetch(HeadReader *reader, const HeadPosition *position,
				  TupleTableSlot *slot)
{
	HeadPart   *part = &reader->parts[position->partition];
	HeadPosition same;
	ItemPointerData tid = position->tid;

	if (!table_tuple_fetch_row_version(part->relation, &tid, reader->snapshot,
									   part->slot))
		elog(ERROR, "row (%u,%u) of \"%s\" has gone",
			 ItemPointerGetBlockNumber(&tid),
			 ItemPointerGetOffsetNumber(&tid),
			 RelationGetRelationName(part->relation));
	part_return(reader, position->partition, slot, &same);
}

void
head_reader_end(HeadReader *reader)
{
	if (reader->scan != NULL)
		table_endscan(reader->scan);
	for (int i = 0; i < reader->count; i++)
	{
		HeadPart   *part = &reader->parts[i];

		ExecDropSingleTupleTableSlot(part->slot);
		ExecDropSingleTupleTableSlot(part->second);
		if (part->probe != NULL)
			index_endscan(part->probe);
		if (part->index != NULL)
			index_close(part->index, NoLock);
		table_close(part->relation, NoLock);
	}
	reader->count = 0;
}
