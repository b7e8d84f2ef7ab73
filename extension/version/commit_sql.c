/*
 * commit_sql.c
 *		SQL functions that commit.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../errcodes.h"
#include "access.h"
#include "commit.h"
#include "journal.h"

PG_FUNCTION_INFO_V1(allmende_commit_one);
PG_FUNCTION_INFO_V1(allmende_commit_several);
PG_FUNCTION_INFO_V1(allmende_commit_pending);

static void
put_results(FunctionCallInfo fcinfo, List *targets)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *cell;

	foreach(cell, targets)
	{
		CommitTarget *target = lfirst(cell);
		Datum		values[7];
		bool		nulls[7];

		if (target->version == NULL)
			continue;
		commit_result_values(target->dataset, target->version,
							 access_is_partial(head_find(&target->uuid)),
							 values, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
}

static bool
any_version(List *targets)
{
	ListCell   *cell;

	foreach(cell, targets)
		if (((CommitTarget *) lfirst(cell))->version != NULL)
		return true;
	return false;
}

static void
require_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" of commit() is null", name)));
}

/* message, author, valid_at, source, allow_empty: the arguments from 1 on. */
static void
details_arguments(FunctionCallInfo fcinfo, CommitDetails *details)
{
	memset(details, 0, sizeof(*details));
	require_argument(fcinfo, 1, "message");
	details->message = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (details->message[strspn(details->message, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("message of a commit is empty"),
				 errhint("Say in a few words what was changed, and why.")));
	details->author = PG_ARGISNULL(2) ?
		GetUserNameFromId(GetSessionUserId(), false) :
		text_to_cstring(PG_GETARG_TEXT_PP(2));
	details->has_valid_at = !PG_ARGISNULL(3);
	if (details->has_valid_at)
		details->valid_at = PG_GETARG_TIMESTAMPTZ(3);
	if (details->has_valid_at && TIMESTAMP_NOT_FINITE(details->valid_at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("valid_at must be finite")));
	if (!PG_ARGISNULL(4))
		details->source = (struct varlena *) PG_GETARG_JSONB_P(4);
	details->allow_empty = !PG_ARGISNULL(5) && PG_GETARG_BOOL(5);
}

static Datum
commit_and_return(FunctionCallInfo fcinfo, List *heads,
				  const CommitDetails *details)
{
	List	   *targets;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, heads)
		access_write(lfirst_oid(cell));
	targets = commit_heads(heads, details);
	if (!any_version(targets))
	{
		CommitTarget *first = linitial(targets);

		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOTHING_TO_COMMIT),
				 list_length(targets) == 1 ?
				 errmsg("nothing to commit: \"%s\" is as version %d has it",
						first->dataset->name, first->branch->number) :
				 errmsg("nothing to commit: all %d tables are as their last versions have them",
						list_length(targets)),
				 errhint("To make a version all the same, add allow_empty => true.")));
	}
	put_results(fcinfo, targets);
	return (Datum) 0;
}

Datum
allmende_commit_one(PG_FUNCTION_ARGS)
{
	CommitDetails details;

	require_argument(fcinfo, 0, "rel");
	details_arguments(fcinfo, &details);
	return commit_and_return(fcinfo, list_make1_oid(PG_GETARG_OID(0)),
							 &details);
}

Datum
allmende_commit_several(PG_FUNCTION_ARGS)
{
	CommitDetails details;
	List	   *heads = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	require_argument(fcinfo, 0, "rel");
	details_arguments(fcinfo, &details);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), REGCLASSOID, sizeof(Oid), true,
					  TYPALIGN_INT, &values, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("element %d of argument \"rel\" of commit() is null",
							i + 1)));
		heads = list_append_unique_oid(heads, DatumGetObjectId(values[i]));
	}
	if (heads == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("argument \"rel\" of commit() names no table")));
	return commit_and_return(fcinfo, heads, &details);
}

/*
 * May the head have changed unseen?  Then a commit compares all rows; if it finds
 * nothing, the head is trusted again.
 */
static bool
is_unclear(const Dataset *dataset, Oid head)
{
	Relation	relation;
	bool		result;

	if (dataset->suspect != NULL)
		return true;
	relation = relation_open(head, AccessShareLock);
	result = head_witness_fault(dataset->witness,
								head_witness(relation)) != NULL;
	relation_close(relation, NoLock);
	return result;
}

/* Has a dataset edits that are old enough, and may the user commit them? */
static bool
is_pending(const Dataset *dataset, Oid head, TimestampTz before,
		   Snapshot snapshot)
{
	Journal    *journal;

	if (!OidIsValid(head) || !access_may_write(head))
		return false;
	journal = journal_read(dataset->store, snapshot, false);
	if (journal->row_count == 0)
		return is_unclear(dataset, head);
	return journal->since <= before;
}

/* Message of commit_pending(): who edited. */
static char *
pending_message(List *datasets, Snapshot snapshot)
{
	StringInfoData message;
	List	   *authors = NIL;
	ListCell   *cell;

	foreach(cell, datasets)
	{
		Dataset    *dataset = lfirst(cell);
		Journal    *journal = journal_read(dataset->store, snapshot, false);
		ListCell   *author;

		foreach(author, journal->authors)
		{
			bool		known = false;
			ListCell   *other;

			foreach(other, authors)
				known |= strcmp(lfirst(author), lfirst(other)) == 0;
			if (!known)
				authors = lappend(authors, lfirst(author));
		}
	}
	initStringInfo(&message);
	appendStringInfoString(&message, "pending edits");
	foreach(cell, authors)
		appendStringInfo(&message, "%s%s",
						 cell == list_head(authors) ? " of " : ", ",
						 (char *) lfirst(cell));
	return message.data;
}

Datum
allmende_commit_pending(PG_FUNCTION_ARGS)
{
	Snapshot	snapshot = GetActiveSnapshot();
	CommitDetails details;
	TimestampTz before = GetCurrentTimestamp();
	List	   *heads = NIL;
	List	   *datasets = NIL;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0))
		before = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
														 TimestampTzGetDatum(before),
														 PG_GETARG_DATUM(0)));
	foreach(cell, dataset_list(snapshot))
	{
		Dataset    *dataset = lfirst(cell);
		Oid			head = head_find_sole(&dataset->uuid);

		if (!is_pending(dataset, head, before, snapshot))
			continue;
		heads = lappend_oid(heads, head);
		datasets = lappend(datasets, dataset);
	}
	if (heads == NIL)
		return (Datum) 0;

	memset(&details, 0, sizeof(details));
	details.message = PG_ARGISNULL(1) ?
		pending_message(datasets, snapshot) :
		text_to_cstring(PG_GETARG_TEXT_PP(1));
	details.author = GetUserNameFromId(GetSessionUserId(), false);
	put_results(fcinfo, commit_heads(heads, &details));
	return (Datum) 0;
}
