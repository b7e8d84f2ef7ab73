/*
 * commit.c
 *		Making versions of heads.
 *
 * The order of the steps is what makes a version right (each was tried in
 * another order, and lost edits or tore transactions apart):
 *
 * 1. lock the heads, in the weakest mode: a TRUNCATE has either happened before
 *	  the snapshot or waits for the end;
 * 2. lock the rows of the branches, in the order of the datasets' uuids: one
 *	  commit after the other;
 * 3. take one snapshot (in REPEATABLE READ and above: the transaction's), with
 *	  which all is read: journal, head, store and catalogue;
 * 4. compare, append, write the version, advance the branch;
 * 5. delete those rows of the journal that were read, and no others.
 *
 * If a row of the head differs from the last version under any snapshot, a row of
 * the journal is visible in it that has its key, but for statements that are
 * still running: triggers write the journal in the transaction that changes the
 * head.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/relation.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../errcodes.h"
#include "commit.h"
#include "tracking.h"

static int
compare_targets(const ListCell *a, const ListCell *b)
{
	const CommitTarget *one = lfirst(a);
	const CommitTarget *other = lfirst(b);

	return memcmp(&one->uuid, &other->uuid, sizeof(pg_uuid_t));
}

/* Open the heads, each once, in the order of their datasets. */
static List *
targets_open(List *heads)
{
	List	   *targets = NIL;
	ListCell   *cell;

	foreach(cell, heads)
	{
		Relation	relation = relation_open(lfirst_oid(cell), AccessShareLock);
		CommitTarget *target = palloc0(sizeof(*target));
		Dataset    *dataset = head_dataset(relation, GetLatestSnapshot());

		target->relation = relation;
		target->uuid = dataset->uuid;
		target->dataset = dataset;
		head_lock_partitions(RelationGetRelid(relation));

		/*
		 * Before the snapshot: what disables triggers does not wait for us,
		 * and if it comes in between, the next commit must see another
		 * witness.
		 */
		target->witness = head_witness(relation);
		targets = lappend(targets, target);
	}
	list_sort(targets, compare_targets);
	for (int i = list_length(targets) - 1; i > 0; i--)
	{
		CommitTarget *target = list_nth(targets, i);
		CommitTarget *before = list_nth(targets, i - 1);

		if (memcmp(&target->uuid, &before->uuid, sizeof(pg_uuid_t)) == 0)
		{
			relation_close(target->relation, NoLock);
			targets = list_delete_nth_cell(targets, i);
		}
	}
	return targets;
}

static void
targets_lock(List *targets)
{
	ListCell   *cell;

	foreach(cell, targets)
	{
		CommitTarget *target = lfirst(cell);
		Branch	   *branch = branch_find(target->dataset->id, "main",
										 GetLatestSnapshot());

		if (branch == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("dataset \"%s\" has no branch \"main\"",
							target->dataset->name)));
		target->branch = branch_lock(branch->id);
	}
}

static void
fail_not_visible(const Dataset *dataset)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update"),
			 errdetail("Dataset \"%s\" was changed after this transaction began.",
					   dataset->name)));
}

static bool
bytes_are_equal(const bytea *a, const bytea *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* Write down what the head is now, so that the next commit can trust it. */
static void
remember_head(Relation relation, Dataset *dataset, const Schema *schema,
			  bytea *witness)
{
	char	   *name = head_name(relation);
	char	   *owner = GetUserNameFromId(relation->rd_rel->relowner, false);

	Dataset    *present;

	head_sync_columns(relation, dataset, schema);

	/*
	 * ALTER TYPE and ALTER DOMAIN do not wait for the lock on the head: what
	 * they have written since the snapshot stays for the next commit.
	 */
	present = dataset_find(&dataset->uuid, GetLatestSnapshot());
	if (present != NULL && present->suspect != NULL &&
		(dataset->suspect == NULL ||
		 strcmp(present->suspect, dataset->suspect) != 0))
		return;
	if (dataset->suspect == NULL &&
		bytes_are_equal(dataset->witness, witness) &&
		strcmp(dataset->name, name) == 0 &&
		strcmp(dataset->owner, owner) == 0)
		return;
	dataset->suspect = NULL;
	dataset->witness = witness;
	dataset->name = name;
	dataset->owner = owner;
	dataset_update(dataset);
}

/* Commit one head whose branch is locked. */
static void
target_commit(CommitTarget *target, const CommitDetails *details,
			  Snapshot snapshot)
{
	Dataset    *dataset = dataset_find(&target->uuid, snapshot);
	Relation	relation = target->relation;
	Branch	   *branch = target->branch;
	Version    *last;
	Schema	   *previous;
	Schema	   *schema;
	bytea	   *witness = target->witness;
	Journal    *journal;
	Compare    *compare;
	HeadChanges *changes = NULL;
	bool		is_suspect;

	if (dataset == NULL)
		fail_not_visible(target->dataset);
	target->dataset = dataset;
	last = version_find_id(branch->version, snapshot);
	if (last == NULL)
		fail_not_visible(dataset);
	previous = schema_find(last->schema, snapshot);
	schema = head_schema(relation, dataset, previous, NIL, NIL, snapshot);
	journal = journal_read(dataset->store, snapshot, true);
	is_suspect = dataset->suspect != NULL || schema->id != last->schema ||
		!bytes_are_equal(dataset->witness, witness);

	compare = compare_begin(relation, dataset, schema, previous, last,
							store_open(dataset->store), snapshot);
	if (last->total == 0 && (is_suspect || journal->all || journal->key_count > 0))
	{
		/* all that is there is new: no need to compare, nor to sort */
		if (details->allow_empty || schema->id != last->schema ||
			compare_head_has_rows(compare))
			target->version = commit_write_all(compare, dataset, schema,
											   branch, details);
	}
	else
	{
		changes = compare_head(compare, journal, is_suspect);
		if (details->allow_empty || schema->id != last->schema ||
			changes->added_count > 0 || changes->removed_count > 0)
			target->version = commit_write(compare, dataset, schema, branch,
										   changes, details);
	}
	compare_end(compare);
	remember_head(relation, dataset, schema, witness);
	journal_consume(dataset->store, journal);

	/*
	 * Without a version the branch is where it was, but a commit whose
	 * snapshot is older must not read the journal as if nobody had: it is to
	 * find the row of the branch updated.
	 */
	if (target->version == NULL && journal->row_count > 0)
		branch_advance(branch, branch->number, branch->version);
}

List *
commit_heads(List *heads, const CommitDetails *details)
{
	List	   *targets;
	ListCell   *cell;
	Snapshot	snapshot;

	PreventCommandIfReadOnly("commit()");
	PreventCommandIfParallelMode("commit()");
	PreventCommandDuringRecovery("commit()");

	targets = targets_open(heads);
	targets_lock(targets);
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	PushActiveSnapshot(snapshot);
	foreach(cell, targets)
	{
		CommitTarget *target = lfirst(cell);

		target_commit(target, details, snapshot);
		relation_close(target->relation, NoLock);
		target->relation = NULL;
	}
	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);
	CommandCounterIncrement();
	return targets;
}

Version *
commit_first(Relation relation, Dataset *dataset, Schema *schema,
			 const CommitDetails *details, Snapshot snapshot)
{
	Branch	   *branch = branch_find(dataset->id, "main", snapshot);
	bytea	   *witness = head_witness(relation);
	Compare    *compare = compare_begin(relation, dataset, schema, NULL, NULL,
										store_open(dataset->store), snapshot);
	Version    *version;

	branch = branch_lock(branch->id);
	version = commit_write_all(compare, dataset, schema, branch, details);
	compare_end(compare);
	remember_head(relation, dataset, schema, witness);
	CommandCounterIncrement();
	return version;
}

void
commit_result_values(const Dataset *dataset, const Version *version,
					 bool partial, Datum *values, bool *nulls)
{
	RevisionId *revision = palloc(sizeof(*revision));

	*revision = version->revision;
	values[0] = CStringGetTextDatum(dataset->name);
	values[1] = Int32GetDatum(version->number);
	values[2] = PointerGetDatum(revision);
	values[3] = Int64GetDatum(version->inserted);
	values[4] = Int64GetDatum(version->updated);
	values[5] = Int64GetDatum(version->deleted);
	values[6] = Int64GetDatum(version->total);
	for (int i = 0; i < 7; i++)
		nulls[i] = i >= 3 && partial;
}
