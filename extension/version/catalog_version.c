/*
 * catalog_version.c
 *		Branches and versions in the catalogue.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "../store/canonical.h"
#include "catalog_scan.h"

/* columns of table branch that a commit sets */
#define BRANCH_NUMBER 6
#define BRANCH_VERSION 7

/*
 * Branches
 */

static Branch *
branch_from(Datum *values, bool *nulls, ItemPointer tid)
{
	Branch	   *branch = palloc0(sizeof(*branch));

	branch->id = DatumGetInt32(values[0]);
	branch->dataset = DatumGetInt32(values[1]);
	branch->name = TextDatumGetCString(values[2]);
	branch->parent = nulls[3] ? 0 : DatumGetInt32(values[3]);
	branch->parent_number = nulls[4] ? 0 : DatumGetInt32(values[4]);
	branch->number = DatumGetInt32(values[BRANCH_NUMBER - 1]);
	branch->version = DatumGetInt64(values[BRANCH_VERSION - 1]);
	branch->tid = *tid;
	return branch;
}

static List *
branch_scan(const char *index, Snapshot snapshot, ScanKey key)
{
	Datum		values[BRANCH_COLUMNS];
	bool		nulls[BRANCH_COLUMNS];
	List	   *branches = NIL;
	CatalogScan scan;
	HeapTuple	tuple;

	catalog_scan_begin(&scan, "branch", index, snapshot, key, 1);
	while ((tuple = catalog_scan_next(&scan, values, nulls)) != NULL)
		branches = lappend(branches, branch_from(values, nulls,
												 &tuple->t_self));
	catalog_scan_end(&scan);
	return branches;
}

List *
branch_list(int32 dataset, Snapshot snapshot)
{
	ScanKeyData key;

	ScanKeyInit(&key, 2, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset));
	return branch_scan("branch_dataset_name_key", snapshot, &key);
}

Branch *
branch_find(int32 dataset, const char *name, Snapshot snapshot)
{
	ListCell   *cell;

	foreach(cell, branch_list(dataset, snapshot))
	{
		Branch	   *branch = lfirst(cell);

		if (strcmp(branch->name, name) == 0)
			return branch;
	}
	return NULL;
}

Branch *
branch_find_id(int32 id, Snapshot snapshot)
{
	ScanKeyData key;
	List	   *branches;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	branches = branch_scan("branch_pkey", snapshot, &key);
	return branches == NIL ? NULL : linitial(branches);
}

void
branch_insert(const Branch *branch)
{
	Datum		values[BRANCH_COLUMNS];
	bool		nulls[BRANCH_COLUMNS] = {false};

	values[0] = Int32GetDatum(branch->id);
	values[1] = Int32GetDatum(branch->dataset);
	values[2] = CStringGetTextDatum(branch->name);
	values[3] = Int32GetDatum(branch->parent);
	values[4] = Int32GetDatum(branch->parent_number);
	nulls[3] = nulls[4] = branch->parent == 0;
	values[BRANCH_NUMBER - 1] = Int32GetDatum(branch->number);
	values[BRANCH_VERSION - 1] = Int64GetDatum(branch->version);
	catalog_insert("branch", values, nulls);
}

static void
fail_branch_moved(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update"),
			 errdetail("Another commit has made a version since this transaction began.")));
}

/*
 * Lock the row that a scan has found, waiting for whoever has it; its newest
 * version is in the slot then.
 */
static void
branch_lock_row(Relation relation, ItemPointer tid, Snapshot snapshot,
				TupleTableSlot *slot)
{
	TM_FailureData failure;
	TM_Result	result;
	int			flags = 0;

	if (!IsolationUsesXactSnapshot())
		flags = TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	result = table_tuple_lock(relation, tid, snapshot, slot,
							  GetCurrentCommandId(false),
							  LockTupleNoKeyExclusive, LockWaitBlock, flags,
							  &failure);
	if (result == TM_Updated || result == TM_Deleted)
		fail_branch_moved();
	if (result != TM_Ok)
		elog(ERROR, "could not lock branch: result %d", result);
}

Branch *
branch_lock(int32 id)
{
	Relation	relation = table_open(catalog_relation("branch"),
									  RowExclusiveLock);
	Snapshot	snapshot;
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Branch	   *branch;

	/* what this transaction itself has committed so far is to be seen */
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(IsolationUsesXactSnapshot() ?
								GetTransactionSnapshot() :
								GetLatestSnapshot());
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	scan = systable_beginscan(relation, catalog_relation("branch_pkey"), true,
							  snapshot, 1, &key);
	tuple = systable_getnext(scan);
	if (tuple == NULL)
		fail_branch_moved();
	branch_lock_row(relation, &tuple->t_self, snapshot, slot);
	slot_getallattrs(slot);
	branch = branch_from(slot->tts_values, slot->tts_isnull, &slot->tts_tid);
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return branch;
}

void
branch_advance(Branch *branch, int32 number, int64 version)
{
	Relation	relation = table_open(catalog_relation("branch"),
									  RowExclusiveLock);
	Datum		values[BRANCH_COLUMNS] = {0};
	bool		nulls[BRANCH_COLUMNS] = {false};
	HeapTuple	tuple;

	branch->number = number;
	branch->version = version;
	values[0] = Int32GetDatum(branch->id);
	values[1] = Int32GetDatum(branch->dataset);
	values[2] = CStringGetTextDatum(branch->name);
	values[3] = Int32GetDatum(branch->parent);
	values[4] = Int32GetDatum(branch->parent_number);
	nulls[3] = nulls[4] = branch->parent == 0;
	values[BRANCH_NUMBER - 1] = Int32GetDatum(number);
	values[BRANCH_VERSION - 1] = Int64GetDatum(version);
	tuple = heap_form_tuple(RelationGetDescr(relation), values, nulls);
	CatalogTupleUpdate(relation, &branch->tid, tuple);
	branch->tid = tuple->t_self;
	heap_freetuple(tuple);
	table_close(relation, RowExclusiveLock);
}

VersionPath *
version_path(int32 branch, int32 number, Snapshot snapshot)
{
	VersionPath *path = palloc(offsetof(VersionPath, places) +
							   sizeof(VersionPlace));

	path->count = 0;
	while (branch != 0)
	{
		Branch	   *row = branch_find_id(branch, snapshot);

		if (row == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("branch %d is missing in the catalogue", branch)));
		path = repalloc(path, offsetof(VersionPath, places) +
						(path->count + 1) * sizeof(VersionPlace));
		path->places[path->count].branch = branch;
		path->places[path->count].number = number;
		path->count++;
		branch = row->parent;
		number = row->parent_number;
	}
	return path;
}

/*
 * Versions
 */

void
catalog_hash(unsigned char hash[CANONICAL_HASH_SIZE], Datum value)
{
	bytea	   *bytes = DatumGetByteaPP(value);

	if (VARSIZE_ANY_EXHDR(bytes) != CANONICAL_HASH_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("hash in the catalogue of versions has %d bytes",
						(int) VARSIZE_ANY_EXHDR(bytes))));
	memcpy(hash, VARDATA_ANY(bytes), CANONICAL_HASH_SIZE);
}

static Datum
hash_value(const unsigned char *hash)
{
	return PointerGetDatum(canonical_bytea(hash, CANONICAL_HASH_SIZE));
}

static void
parents_from(Version *version, Datum value)
{
	Datum	   *values;
	bool	   *nulls;

	deconstruct_array(DatumGetArrayTypeP(value), INT8OID, sizeof(int64),
					  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &values, &nulls,
					  &version->parent_count);
	version->parents = palloc(Max(version->parent_count, 1) * sizeof(int64));
	for (int i = 0; i < version->parent_count; i++)
		version->parents[i] = DatumGetInt64(values[i]);
}

static Datum
parents_value(const Version *version)
{
	Datum	   *values = palloc(Max(version->parent_count, 1) * sizeof(Datum));

	for (int i = 0; i < version->parent_count; i++)
		values[i] = Int64GetDatum(version->parents[i]);
	return PointerGetDatum(construct_array(values, version->parent_count,
										   INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static Version *
version_from(Datum *values, bool *nulls)
{
	Version    *version = palloc0(sizeof(*version));

	version->id = DatumGetInt64(values[0]);
	version->dataset = DatumGetInt32(values[1]);
	version->branch = DatumGetInt32(values[2]);
	version->number = DatumGetInt32(values[3]);
	memcpy(&version->revision, DatumGetPointer(values[4]), REVISION_SIZE);
	parents_from(version, values[5]);
	version->schema = DatumGetInt32(values[6]);
	version->author = TextDatumGetCString(values[7]);
	version->committed_at = DatumGetTimestampTz(values[8]);
	version->has_valid_at = !nulls[9];
	if (version->has_valid_at)
		version->valid_at = DatumGetTimestampTz(values[9]);
	if (!nulls[10])
		version->source = PG_DETOAST_DATUM_COPY(values[10]);
	version->message = TextDatumGetCString(values[11]);
	version->inserted = DatumGetInt64(values[12]);
	version->updated = DatumGetInt64(values[13]);
	version->deleted = DatumGetInt64(values[14]);
	version->total = DatumGetInt64(values[15]);
	catalog_hash(version->delta_hash, values[16]);
	catalog_hash(version->fingerprint, values[17]);
	catalog_hash(version->nonce, values[18]);
	return version;
}

Version *
version_from_tuple(HeapTuple tuple, TupleDesc descriptor)
{
	Datum		values[VERSION_COLUMNS];
	bool		nulls[VERSION_COLUMNS];

	heap_deform_tuple(tuple, descriptor, values, nulls);
	return version_from(values, nulls);
}

void
version_insert(const Version *version)
{
	Datum		values[VERSION_COLUMNS];
	bool		nulls[VERSION_COLUMNS] = {false};

	values[0] = Int64GetDatum(version->id);
	values[1] = Int32GetDatum(version->dataset);
	values[2] = Int32GetDatum(version->branch);
	values[3] = Int32GetDatum(version->number);
	values[4] = PointerGetDatum(&version->revision);
	values[5] = parents_value(version);
	values[6] = Int32GetDatum(version->schema);
	values[7] = CStringGetTextDatum(version->author);
	values[8] = TimestampTzGetDatum(version->committed_at);
	values[9] = TimestampTzGetDatum(version->valid_at);
	nulls[9] = !version->has_valid_at;
	values[10] = PointerGetDatum(version->source);
	nulls[10] = version->source == NULL;
	values[11] = CStringGetTextDatum(version->message);
	values[12] = Int64GetDatum(version->inserted);
	values[13] = Int64GetDatum(version->updated);
	values[14] = Int64GetDatum(version->deleted);
	values[15] = Int64GetDatum(version->total);
	values[16] = hash_value(version->delta_hash);
	values[17] = hash_value(version->fingerprint);
	values[18] = hash_value(version->nonce);
	catalog_insert("version", values, nulls);
}

static Version *
version_scan(const char *index, Snapshot snapshot, ScanKey keys, int count)
{
	Datum		values[VERSION_COLUMNS];
	bool		nulls[VERSION_COLUMNS];
	Version    *version = NULL;
	CatalogScan scan;

	catalog_scan_begin(&scan, "version", index, snapshot, keys, count);
	if (catalog_scan_next(&scan, values, nulls) != NULL)
		version = version_from(values, nulls);
	catalog_scan_end(&scan);
	return version;
}

Version *
version_find_id(int64 id, Snapshot snapshot)
{
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(id));
	return version_scan("version_pkey", snapshot, &key, 1);
}

Version *
version_find(int32 branch, int32 number, Snapshot snapshot)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 3, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(branch));
	ScanKeyInit(&keys[1], 4, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(number));
	return version_scan("version_branch_number_key", snapshot, keys, 2);
}

List *
version_find_revisions(int32 dataset, const RevisionId *first,
					   const RevisionId *last, Snapshot snapshot)
{
	Datum		values[VERSION_COLUMNS];
	bool		nulls[VERSION_COLUMNS];
	List	   *versions = NIL;
	ScanKeyData key;
	CatalogScan scan;

	ScanKeyInit(&key, 2, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset));
	catalog_scan_begin(&scan, "version", "version_revision_index", snapshot,
					   &key, 1);
	while (catalog_scan_next(&scan, values, nulls) != NULL)
	{
		const char *revision = DatumGetPointer(values[4]);

		/* ascending */
		if (memcmp(revision, last, REVISION_SIZE) > 0)
			break;
		if (memcmp(revision, first, REVISION_SIZE) >= 0)
			versions = lappend(versions, version_from(values, nulls));
	}
	catalog_scan_end(&scan);
	return versions;
}
