/*
 * status.c
 *		What is not yet in a version.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../errcodes.h"
#include "access.h"
#include "compare.h"
#include "tracking.h"

PG_FUNCTION_INFO_V1(allmende_status_list);

#define STATUS_COLUMNS 8

/* Why the head's triggers may not have seen everything; NULL: they have. */
static char *
head_fault(Relation relation, const Dataset *dataset)
{
	if (dataset->suspect != NULL)
		return dataset->suspect;
	return head_witness_fault(dataset->witness, head_witness(relation));
}

static HeadChanges *
head_changes(Relation relation, Dataset *dataset, const Version *last,
			 const Journal *journal, bool is_suspect, Snapshot snapshot)
{
	Schema	   *previous = schema_find(last->schema, snapshot);
	Schema	   *schema = head_schema(relation, dataset, previous, NIL, NIL,
									 snapshot);
	Compare    *compare = compare_begin(relation, dataset, schema, previous,
										last, store_open(dataset->store),
										snapshot);
	HeadChanges *changes = compare_head(compare, journal, is_suspect);

	compare_end(compare);
	return changes;
}

static Datum
authors_value(const Journal *journal)
{
	int			count = list_length(journal->authors);
	Datum	   *values = palloc(Max(count, 1) * sizeof(Datum));
	int			i = 0;
	ListCell   *cell;

	foreach(cell, journal->authors)
		values[i++] = CStringGetTextDatum((char *) lfirst(cell));
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

static void
put_status(ReturnSetInfo *result, Relation relation, Dataset *dataset,
		   bool full, Snapshot snapshot)
{
	Datum		values[STATUS_COLUMNS] = {0};
	bool		nulls[STATUS_COLUMNS] = {false};
	Branch	   *branch = branch_find(dataset->id, "main", snapshot);
	Version    *last = version_find_id(branch->version, snapshot);
	bool		partial = access_is_partial(RelationGetRelid(relation));
	char	   *fault = head_fault(relation, dataset);
	bool		counted = !partial && (fault == NULL || full);
	Journal    *journal = journal_read(dataset->store, snapshot, counted);

	if (last == NULL)
		return;
	values[0] = CStringGetTextDatum(dataset->name);
	values[1] = Int32GetDatum(last->number);
	nulls[2] = nulls[3] = nulls[4] = !counted;
	if (counted)
	{
		HeadChanges *changes = head_changes(relation, dataset, last, journal,
											fault != NULL || full, snapshot);

		values[2] = Int64GetDatum(changes->inserted);
		values[3] = Int64GetDatum(changes->updated);
		values[4] = Int64GetDatum(changes->deleted);
	}
	nulls[5] = journal->row_count == 0;
	values[5] = TimestampTzGetDatum(journal->since);
	values[6] = authors_value(journal);
	nulls[7] = fault == NULL;
	if (fault != NULL)
		values[7] = CStringGetTextDatum(fault);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Of a dataset that several tables claim, only that can be said. */
static void
put_ambiguous(ReturnSetInfo *result, const Dataset *dataset)
{
	Datum		values[STATUS_COLUMNS] = {0};
	bool		nulls[STATUS_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	nulls[0] = nulls[STATUS_COLUMNS - 1] = false;
	values[0] = CStringGetTextDatum(dataset->name);
	values[STATUS_COLUMNS - 1] =
		CStringGetTextDatum("several tables have the triggers of this dataset");
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* The status of a head, or nothing where it is not visible to the snapshot. */
static void
status_of(FunctionCallInfo fcinfo, Oid head, bool full)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "allmende status",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(context);
	Relation	relation = relation_open(head, AccessShareLock);
	Snapshot	snapshot = GetActiveSnapshot();

	put_status((ReturnSetInfo *) fcinfo->resultinfo, relation,
			   head_dataset(relation, snapshot), full, snapshot);
	relation_close(relation, NoLock);
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(context);
}

Datum
allmende_status_list(PG_FUNCTION_ARGS)
{
	bool		full = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0))
	{
		access_read(PG_GETARG_OID(0));
		status_of(fcinfo, PG_GETARG_OID(0), full);
		return (Datum) 0;
	}
	foreach(cell, dataset_list(GetActiveSnapshot()))
	{
		Dataset    *dataset = lfirst(cell);
		Oid			head = head_find_sole(&dataset->uuid);

		if (OidIsValid(head) && access_may_read(head))
			status_of(fcinfo, head, full);
		else if (head_is_ambiguous(&dataset->uuid) &&
				 access_may_own_dataset(dataset))
			put_ambiguous((ReturnSetInfo *) fcinfo->resultinfo, dataset);
	}
	return (Datum) 0;
}
