/*
 * log.c
 *		SQL functions log(), dataset_log() and dataset_list().
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../errcodes.h"
#include "access.h"
#include "head.h"
#include "journal.h"
#include "resolve.h"

PG_FUNCTION_INFO_V1(allmende_log_head);
PG_FUNCTION_INFO_V1(allmende_log_dataset);
PG_FUNCTION_INFO_V1(allmende_dataset_list);

/* Columns of what log() returns, from 0. */
enum
{
	LOG_REF,
	LOG_VERSION,
	LOG_REVISION,
	LOG_COMMITTED_AT,
	LOG_VALID_AT,
	LOG_AUTHOR,
	LOG_MESSAGE,
	LOG_SOURCE,
	LOG_INSERTED,
	LOG_UPDATED,
	LOG_DELETED,
	LOG_TOTAL,
	LOG_MARKS,
	LOG_COLUMNS
};

/* Columns of what dataset_list() returns, from 0. */
enum
{
	LIST_DATASET,
	LIST_UUID,
	LIST_REL,
	LIST_TITLE,
	LIST_VERSION,
	LIST_REVISION,
	LIST_COMMITTED_AT,
	LIST_VALID_AT,
	LIST_ROWS,
	LIST_PENDING,
	LIST_PENDING_SINCE,
	LIST_LAST_DELIVERY,
	LIST_HEAD_BYTES,
	LIST_STORE_BYTES,
	LIST_COLUMNS
};

/* What the rows of one call of log() have in common. */
typedef struct Log
{
	const Dataset *dataset;
	Snapshot	snapshot;
	Branch	   *trunk;
	List	   *marks;
	bool		partial;		/* counts are withheld */
	ReturnSetInfo *result;
} Log;

/* Names of the marks on a version. */
static Datum
marks_of(const Log *log, const Version *version)
{
	Datum	   *names = palloc((list_length(log->marks) + 1) * sizeof(Datum));
	int			count = 0;
	ListCell   *cell;

	foreach(cell, log->marks)
	{
		const Mark *mark = lfirst(cell);

		if (mark->version == version->id)
			names[count++] = CStringGetTextDatum(mark->name);
	}
	return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

static void
put_version(const Log *log, const Version *version)
{
	Datum		values[LOG_COLUMNS] = {0};
	bool		nulls[LOG_COLUMNS] = {false};

	values[LOG_REF] = CStringGetTextDatum(resolve_name(version, log->trunk));
	values[LOG_VERSION] = Int32GetDatum(version->number);
	values[LOG_REVISION] = PointerGetDatum(&version->revision);
	values[LOG_COMMITTED_AT] = TimestampTzGetDatum(version->committed_at);
	values[LOG_VALID_AT] = TimestampTzGetDatum(version->valid_at);
	nulls[LOG_VALID_AT] = !version->has_valid_at;
	values[LOG_AUTHOR] = CStringGetTextDatum(version->author);
	values[LOG_MESSAGE] = CStringGetTextDatum(version->message);
	values[LOG_SOURCE] = PointerGetDatum(version->source);
	nulls[LOG_SOURCE] = version->source == NULL;
	values[LOG_INSERTED] = Int64GetDatum(version->inserted);
	values[LOG_UPDATED] = Int64GetDatum(version->updated);
	values[LOG_DELETED] = Int64GetDatum(version->deleted);
	values[LOG_TOTAL] = Int64GetDatum(version->total);
	for (int i = LOG_INSERTED; i <= LOG_TOTAL; i++)
		nulls[i] = log->partial;
	values[LOG_MARKS] = marks_of(log, version);
	tuplestore_putvalues(log->result->setResult, log->result->setDesc, values,
						 nulls);
}

/* The number that a path has on a branch, 0 where it is not on it. */
static int32
number_on_branch(const VersionPath *path, int32 branch)
{
	for (int i = 0; path != NULL && i < path->count; i++)
		if (path->places[i].branch == branch)
			return path->places[i].number;
	return 0;
}

/*
 * Versions on the path of until that are not on that of since.  Where both are
 * on a branch, all that is before it is on both.
 */
static void
put_versions(const Log *log, const Version *since, const Version *until)
{
	VersionPath *known = since == NULL ? NULL :
	version_path(since->branch, since->number, log->snapshot);
	VersionPath *path = version_path(until->branch, until->number,
									 log->snapshot);

	for (int i = 0; i < path->count; i++)
	{
		VersionPlace place = path->places[i];
		int32		after = number_on_branch(known, place.branch);
		ListCell   *cell;

		foreach(cell, version_list(place.branch, after, place.number,
								   log->snapshot))
			put_version(log, lfirst(cell));
		if (after > 0)
			break;
	}
}

/* Arguments 1 and 2 are refs; that of until is not null. */
static Datum
return_log(FunctionCallInfo fcinfo, const Dataset *dataset, bool partial,
		   Snapshot snapshot)
{
	Log			log = {.dataset = dataset,.snapshot = snapshot,.partial = partial};
	Version    *since = NULL;
	Version    *until;

	if (!PG_ARGISNULL(1))
		since = resolve_committed(dataset,
								  text_to_cstring(PG_GETARG_TEXT_PP(1)),
								  snapshot);
	until = resolve_committed(dataset, PG_ARGISNULL(2) ? "HEAD" :
							  text_to_cstring(PG_GETARG_TEXT_PP(2)), snapshot);
	log.trunk = branch_find(dataset->id, "main", snapshot);
	log.marks = mark_list(dataset->id, snapshot);
	InitMaterializedSRF(fcinfo, 0);
	log.result = (ReturnSetInfo *) fcinfo->resultinfo;
	put_versions(&log, since, until);
	return (Datum) 0;
}

static void
require_argument(FunctionCallInfo fcinfo, const char *name,
				 const char *function)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" of %s() is null", name, function)));
}

Datum
allmende_log_head(PG_FUNCTION_ARGS)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Relation	relation;
	Dataset    *dataset;

	require_argument(fcinfo, "rel", "log");
	/* rights first: what is not ours to read is not ours to know of */
	relation = relation_open(PG_GETARG_OID(0), AccessShareLock);
	access_read(RelationGetRelid(relation));
	dataset = head_dataset(relation, snapshot);
	relation_close(relation, NoLock);
	return return_log(fcinfo, dataset, access_is_partial(PG_GETARG_OID(0)),
					  snapshot);
}

Datum
allmende_log_dataset(PG_FUNCTION_ARGS)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Dataset    *dataset;
	Oid			head;

	require_argument(fcinfo, "dataset", "dataset_log");
	dataset = access_dataset(text_to_cstring(PG_GETARG_TEXT_PP(0)), snapshot);
	head = head_find(&dataset->uuid);
	if (OidIsValid(head))
		access_read(head);
	else
		access_own_dataset(dataset);
	return return_log(fcinfo, dataset,
					  OidIsValid(head) && access_is_partial(head), snapshot);
}

/*
 * Bytes of a table with its indexes, and of its partitions: a partitioned table
 * takes none itself.
 */
static int64
head_bytes(Oid head)
{
	int64		bytes = 0;
	ListCell   *cell;

	/* locked, they are still there when they are measured */
	foreach(cell, find_all_inheritors(head, AccessShareLock, NULL))
		bytes +=
		DatumGetInt64(DirectFunctionCall1(pg_total_relation_size,
										  ObjectIdGetDatum(lfirst_oid(cell))));
	return bytes;
}

/* What is known of the head itself; others are left null. */
static void
put_head(Oid head, Datum *values, bool *nulls)
{
	char	   *comment;

	if (!OidIsValid(head))
		return;
	values[LIST_REL] = ObjectIdGetDatum(head);
	nulls[LIST_REL] = false;
	comment = GetComment(head, RelationRelationId, 0);
	if (comment != NULL)
	{
		values[LIST_TITLE] = CStringGetTextDatum(comment);
		nulls[LIST_TITLE] = false;
	}
	values[LIST_HEAD_BYTES] = Int64GetDatum(head_bytes(head));
	nulls[LIST_HEAD_BYTES] = false;
}

static void
put_last_version(const Dataset *dataset, Oid head, Snapshot snapshot,
				 Datum *values, bool *nulls)
{
	Branch	   *trunk = branch_find(dataset->id, "main", snapshot);
	Version    *version = trunk == NULL ? NULL :
	version_find(trunk->id, trunk->number, snapshot);
	TimestampTz delivery;

	if (version == NULL)
		return;
	values[LIST_VERSION] = Int32GetDatum(version->number);
	values[LIST_REVISION] = PointerGetDatum(&version->revision);
	values[LIST_COMMITTED_AT] = TimestampTzGetDatum(version->committed_at);
	nulls[LIST_VERSION] = false;
	nulls[LIST_REVISION] = false;
	nulls[LIST_COMMITTED_AT] = false;
	values[LIST_VALID_AT] = TimestampTzGetDatum(version->valid_at);
	nulls[LIST_VALID_AT] = !version->has_valid_at;
	values[LIST_ROWS] = Int64GetDatum(version->total);
	nulls[LIST_ROWS] = OidIsValid(head) && access_is_partial(head);
	if (!version_find_source(version_path(version->branch, version->number,
										  snapshot), &delivery, snapshot))
		return;
	values[LIST_LAST_DELIVERY] = TimestampTzGetDatum(delivery);
	nulls[LIST_LAST_DELIVERY] = false;
}

/* Null where the store is not in this database: only its catalogue is. */
static void
put_store(const Dataset *dataset, Snapshot snapshot, Datum *values,
		  bool *nulls)
{
	bool		pending;

	if (!OidIsValid(store_journal(dataset->store)))
		return;
	pending = !journal_is_empty(dataset->store, snapshot);
	values[LIST_PENDING] = BoolGetDatum(pending || dataset->suspect != NULL);
	nulls[LIST_PENDING] = false;
	if (pending)
	{
		Journal    *journal = journal_read(dataset->store, snapshot, false);

		values[LIST_PENDING_SINCE] = TimestampTzGetDatum(journal->since);
		nulls[LIST_PENDING_SINCE] = false;
	}
	values[LIST_STORE_BYTES] = Int64GetDatum(store_size(dataset->store));
	nulls[LIST_STORE_BYTES] = false;
}

/* May the current user see that there is a dataset? */
static bool
may_list(const Dataset *dataset, Oid head)
{
	return OidIsValid(head) ? access_may_read(head) :
		access_may_own_dataset(dataset);
}

/*
 * The head, locked against DROP, or InvalidOid; it may have gone since it was
 * found.
 */
static Relation
open_head(const Dataset *dataset)
{
	Oid			head = head_find_sole(&dataset->uuid);

	return OidIsValid(head) ? try_relation_open(head, AccessShareLock) : NULL;
}

Datum
allmende_dataset_list(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Snapshot	snapshot = GetActiveSnapshot();
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, dataset_list(snapshot))
	{
		Dataset    *dataset = lfirst(cell);
		Relation	relation = open_head(dataset);
		Oid			head = relation ? RelationGetRelid(relation) : InvalidOid;
		Datum		values[LIST_COLUMNS] = {0};
		bool		nulls[LIST_COLUMNS];

		if (may_list(dataset, head))
		{
			memset(nulls, true, sizeof(nulls));
			values[LIST_DATASET] =
				CStringGetTextDatum(access_dataset_name(dataset));
			values[LIST_UUID] = UUIDPGetDatum(&dataset->uuid);
			nulls[LIST_DATASET] = nulls[LIST_UUID] = false;
			put_head(head, values, nulls);
			put_last_version(dataset, head, snapshot, values, nulls);
			put_store(dataset, snapshot, values, nulls);
			tuplestore_putvalues(result->setResult, result->setDesc, values,
								 nulls);
		}
		if (relation != NULL)
			relation_close(relation, AccessShareLock);
	}
	return (Datum) 0;
}
