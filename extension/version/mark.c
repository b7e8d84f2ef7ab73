/*
 * mark.c
 *		SQL functions mark() and unmark().
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../core/ref.h"
#include "../errcodes.h"
#include "access.h"
#include "head.h"
#include "resolve.h"
#include "similar.h"

#define NAMES_SHOWN 10

PG_FUNCTION_INFO_V1(allmende_mark_set);
PG_FUNCTION_INFO_V1(allmende_mark_remove);

/* The dataset of a head whose marks the user is going to change. */
static Dataset *
dataset_to_mark(Oid rel, const char *function, Snapshot snapshot)
{
	Relation	relation;
	Dataset    *dataset;

	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
	PreventCommandDuringRecovery(function);
	relation = relation_open(rel, AccessShareLock);
	access_write(rel);
	dataset = head_dataset(relation, snapshot);
	/* the lock on the table stays: no one forgets the dataset now */
	relation_close(relation, NoLock);
	mark_lock(dataset->id);
	return dataset;
}

/*
 * Names are looked up with what is committed now, and seen by this transaction,
 * in every isolation level: an index would look at no less.
 */
static Snapshot
push_latest_snapshot(void)
{
	/* of several marks in one command, each sees those before it */
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	return GetActiveSnapshot();
}

static void
check_name(const char *name)
{
	CoreError	error;

	if (!ref_name_check(name, strlen(name), &error))
		resolve_syntax_error("name of a mark", name, &error);
}

static void
check_name_is_free(const Dataset *dataset, const char *name)
{
	Snapshot	snapshot = push_latest_snapshot();
	bool		is_mark = mark_find(dataset->id, name, snapshot) != NULL;

	if (is_mark || branch_find(dataset->id, name, snapshot) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 is_mark ?
				 errmsg("mark \"%s\" of dataset \"%s\" already exists", name,
						access_dataset_name(dataset)) :
				 errmsg("a branch of dataset \"%s\" is called \"%s\"",
						access_dataset_name(dataset), name),
				 is_mark ?
				 errhint("To move it, remove it with allmende.unmark() first.") :
				 0));
	PopActiveSnapshot();
}

Datum
allmende_mark_set(PG_FUNCTION_ARGS)
{
	Snapshot	snapshot = GetActiveSnapshot();
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *ref = text_to_cstring(PG_GETARG_TEXT_PP(2));
	Dataset    *dataset = dataset_to_mark(PG_GETARG_OID(0), "mark()", snapshot);
	Version    *version;
	Mark		mark;

	check_name(name);
	version = resolve_committed(dataset, ref, snapshot);
	check_name_is_free(dataset, name);
	mark.dataset = dataset->id;
	mark.name = name;
	mark.version = version->id;
	mark.author = GetUserNameFromId(GetSessionUserId(), false);
	mark.marked_at = GetCurrentTimestamp();
	mark_insert(&mark);
	PG_RETURN_TEXT_P(cstring_to_text(resolve_name(version,
												  branch_find(dataset->id, "main", snapshot))));
}

static void
fail_no_mark(const Dataset *dataset, const char *name)
{
	List	   *names = NIL;
	char	   *similar;
	ListCell   *cell;

	foreach(cell, mark_list(dataset->id, push_latest_snapshot()))
		names = lappend(names, ((Mark *) lfirst(cell))->name);
	similar = similar_list(name, names, NAMES_SHOWN);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("dataset \"%s\" has no mark \"%s\"",
					access_dataset_name(dataset), name),
			 similar != NULL ? errhint("Names like it: %s.", similar) : 0));
}

Datum
allmende_mark_remove(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Dataset    *dataset = dataset_to_mark(PG_GETARG_OID(0), "unmark()",
										  GetActiveSnapshot());

	/* a mark that this very command made is to be seen */
	CommandCounterIncrement();
	if (!mark_delete(dataset->id, name))
		fail_no_mark(dataset, name);
	PG_RETURN_VOID();
}
