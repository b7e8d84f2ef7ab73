/*
 * track.c
 *		Beginning and ending the history of a table.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../errcodes.h"
#include "../store/store.h"
#include "access.h"
#include "commit.h"
#include "journal.h"
#include "track_check.h"
#include "tracking.h"

PG_FUNCTION_INFO_V1(allmende_history_track);
PG_FUNCTION_INFO_V1(allmende_history_untrack);
PG_FUNCTION_INFO_V1(allmende_history_forget);

/* columns of type commit_result */
#define RESULT_COLUMNS 7

/* What these functions do goes past the checks that statements have. */
static void
refuse_now(const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
	PreventCommandDuringRecovery(function);
}

static void
require_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" is null", name)));
}

/* An array of names as a List of char *; NIL for null. */
static List *
names_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	List	   *names = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (PG_ARGISNULL(n))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), NAMEOID, NAMEDATALEN, false,
					  TYPALIGN_CHAR, &values, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("array \"%s\" has a null element", name)));
		names = lappend(names, pstrdup(NameStr(*DatumGetName(values[i]))));
	}
	return names;
}

static void
details_arguments(FunctionCallInfo fcinfo, CommitDetails *details)
{
	memset(details, 0, sizeof(*details));
	require_argument(fcinfo, 3, "message");
	details->message = text_to_cstring(PG_GETARG_TEXT_PP(3));
	if (details->message[strspn(details->message, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("message of a commit is empty"),
				 errhint("Say in a few words what the table is.")));
	details->author = GetUserNameFromId(GetSessionUserId(), false);
	details->has_valid_at = !PG_ARGISNULL(4);
	if (details->has_valid_at)
		details->valid_at = PG_GETARG_TIMESTAMPTZ(4);
	if (details->has_valid_at && TIMESTAMP_NOT_FINITE(details->valid_at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("valid_at must be finite")));
	details->allow_empty = true;
}

/*
 * Triggers that are left of a history that is not here make way.  Raises RD308
 * where it is here.
 */
static void
clear_triggers(Relation relation)
{
	pg_uuid_t	uuid;
	bool		is_partition;
	List	   *tables;
	ListCell   *cell;

	if (!head_uuid(relation, &uuid, &is_partition))
		return;
	if (!is_partition && dataset_find(&uuid, NULL) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_ALREADY_TRACKED),
				 errmsg("table \"%s\" is already tracked",
						RelationGetRelationName(relation)),
				 errhint("Call allmende.commit() to add a version, or allmende.untrack() to end its history.")));
	ereport(NOTICE,
			(errmsg("triggers of table \"%s\" are replaced",
					RelationGetRelationName(relation)),
			 errdetail("They belong to dataset %s, whose history is not in this database.",
					   head_uuid_text(&uuid))));
	tables = head_tables(RelationGetRelid(relation), AccessExclusiveLock);
	foreach(cell, tables)
	{
		LockRelationOid(lfirst_oid(cell), AccessExclusiveLock);
		head_drop_triggers(lfirst_oid(cell));
	}
}

/* A random uuid, version 4. */
static void
new_uuid(pg_uuid_t *uuid)
{
	if (!pg_strong_random(uuid->data, UUID_LEN))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	uuid->data[6] = (uuid->data[6] & 0x0f) | 0x40;
	uuid->data[8] = (uuid->data[8] & 0x3f) | 0x80;
}

/* A new dataset with its store and branch, not a version yet. */
static Dataset *
make_dataset(Relation relation)
{
	Dataset    *dataset = palloc0(sizeof(*dataset));
	Branch		branch = {0};

	dataset->id = catalog_new_id();
	new_uuid(&dataset->uuid);
	dataset->store = catalog_new_id();
	dataset->name = head_name(relation);
	dataset->owner = GetUserNameFromId(relation->rd_rel->relowner, false);
	dataset->created_at = GetCurrentTransactionStartTimestamp();
	store_create(dataset->store);

	branch.id = catalog_new_id();
	branch.dataset = dataset->id;
	branch.name = "main";
	branch_insert(&branch);
	return dataset;
}

static void
add_triggers(Relation relation, const pg_uuid_t *uuid)
{
	Oid			head = RelationGetRelid(relation);
	List	   *tables = head_tables(head, ShareRowExclusiveLock);
	ListCell   *cell;

	foreach(cell, tables)
		head_add_triggers(lfirst_oid(cell), uuid, lfirst_oid(cell) != head);
	CommandCounterIncrement();
}

/*
 * The latest snapshot, in every isolation level: rows that were committed before
 * the table was locked are in no journal, so they must be in the first version.
 */
static Version *
track_relation(Relation relation, Dataset *dataset, List *key, List *ignored,
			   const CommitDetails *details)
{
	Snapshot	snapshot;
	Schema	   *schema;
	Version    *version;

	snapshot = RegisterSnapshot(GetLatestSnapshot());
	PushActiveSnapshot(snapshot);
	schema = head_schema(relation, dataset, NULL, key, ignored, snapshot);
	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);

	/* raises RD201 and RD202 before anything large is done */
	(void) head_images(schema, RelationGetDescr(relation));
	dataset_insert(dataset);
	add_triggers(relation, &dataset->uuid);

	snapshot = RegisterSnapshot(GetLatestSnapshot());
	PushActiveSnapshot(snapshot);
	version = commit_first(relation, dataset, schema, details, snapshot);
	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);
	return version;
}

static Datum
result_datum(FunctionCallInfo fcinfo, const Dataset *dataset,
			 const Version *version, bool is_partial)
{
	Datum		values[RESULT_COLUMNS];
	bool		nulls[RESULT_COLUMNS];
	TupleDesc	descriptor;

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "track() does not return a row");
	commit_result_values(dataset, version, is_partial, values, nulls);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor),
											 values, nulls));
}

/*
 * The lock keeps writers out until the end of the transaction, and lets readers
 * in.  Rights are looked at before it is waited for.
 */
Datum
allmende_history_track(PG_FUNCTION_ARGS)
{
	CommitDetails details;
	Relation	relation;
	Dataset    *dataset;
	Version    *version;
	List	   *key;
	List	   *ignored;
	Datum		result;
	Oid			table;

	refuse_now("track()");
	require_argument(fcinfo, 0, "rel");
	table = PG_GETARG_OID(0);
	key = names_argument(fcinfo, 1, "key");
	ignored = names_argument(fcinfo, 2, "ignore");
	details_arguments(fcinfo, &details);

	access_own(table);
	relation = relation_open(table, ShareRowExclusiveLock);
	track_check_table(relation);
	clear_triggers(relation);
	key = track_key(relation, key);
	track_check_ignored(relation, ignored, key);
	dataset = make_dataset(relation);
	version = track_relation(relation, dataset, key, ignored, &details);
	result = result_datum(fcinfo, dataset, version, access_is_partial(table));
	relation_close(relation, NoLock);
	return result;
}

/* Edits that no version has are the head's alone from now on. */
static void
notice_pending(Relation relation, const pg_uuid_t *uuid)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Dataset    *dataset = dataset_find(uuid, snapshot);

	if (dataset != NULL && OidIsValid(store_journal(dataset->store)) &&
		(dataset->suspect != NULL ||
		 !journal_is_empty(dataset->store, snapshot)))
		ereport(NOTICE,
				(errmsg("table \"%s\" has changes that are in no version",
						RelationGetRelationName(relation)),
				 errdetail("They stay in the table, but its history will not tell of them.")));
	UnregisterSnapshot(snapshot);
}

Datum
allmende_history_untrack(PG_FUNCTION_ARGS)
{
	Oid			table = PG_GETARG_OID(0);
	Relation	relation;
	pg_uuid_t	uuid;
	bool		is_partition;
	List	   *tables;
	ListCell   *cell;

	refuse_now("untrack()");
	access_own(table);
	relation = relation_open(table, AccessExclusiveLock);
	if (!head_uuid(relation, &uuid, &is_partition))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
				 errmsg("table \"%s\" is not tracked",
						RelationGetRelationName(relation))));
	if (is_partition && relation->rd_rel->relispartition)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
				 errmsg("table \"%s\" is a partition of a tracked table",
						RelationGetRelationName(relation)),
				 errhint("Name the partitioned table instead.")));
	notice_pending(relation, &uuid);
	tables = head_tables(table, AccessExclusiveLock);
	relation_close(relation, NoLock);
	foreach(cell, tables)
		head_drop_triggers(lfirst_oid(cell));
	PG_RETURN_VOID();
}

static bool
store_is_shared(const Dataset *dataset)
{
	List	   *datasets = dataset_list(NULL);
	ListCell   *cell;

	foreach(cell, datasets)
	{
		const Dataset *other = lfirst(cell);

		if (other->id != dataset->id && other->store == dataset->store)
			return true;
	}
	return false;
}

Datum
allmende_history_forget(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Dataset    *dataset = access_dataset(name, snapshot);
	Oid			head;

	refuse_now("forget()");
	UnregisterSnapshot(snapshot);
	access_own_dataset(dataset);
	head = head_find(&dataset->uuid);
	if (OidIsValid(head))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is still tracked", get_rel_name(head)),
				 errhint("Call allmende.untrack() at first; then nothing but its history is forgotten.")));
	if (!store_is_shared(dataset))
		store_drop(dataset->store);
	dataset_delete(dataset->id);
	CommandCounterIncrement();
	PG_RETURN_VOID();
}
