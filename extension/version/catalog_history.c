/*
 * catalog_history.c
 *		Versions in the catalogue in the order in which they were made.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "catalog_scan.h"

/* columns of table version that are looked at one by one */
#define VERSION_BRANCH 3
#define VERSION_NUMBER 4
#define VERSION_COMMITTED_AT 9
#define VERSION_VALID_AT 10
#define VERSION_SOURCE 11

/* Versions of a branch, the last one first. */
typedef struct BranchScan
{
	Relation	table;
	Relation	index;
	SysScanDesc scan;
} BranchScan;

/* Those with numbers from after + 1 to number. */
static void
branch_scan_begin(BranchScan *scan, int32 branch, int32 after, int32 number,
				  Snapshot snapshot)
{
	ScanKeyData keys[3];

	scan->table = table_open(catalog_relation("version"), AccessShareLock);
	scan->index = index_open(catalog_relation("version_branch_number_key"),
							 AccessShareLock);
	ScanKeyInit(&keys[0], VERSION_BRANCH, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(branch));
	ScanKeyInit(&keys[1], VERSION_NUMBER, BTGreaterStrategyNumber, F_INT4GT,
				Int32GetDatum(after));
	ScanKeyInit(&keys[2], VERSION_NUMBER, BTLessEqualStrategyNumber, F_INT4LE,
				Int32GetDatum(number));
	scan->scan = systable_beginscan_ordered(scan->table, scan->index, snapshot,
											lengthof(keys), keys);
}

static HeapTuple
branch_scan_next(BranchScan *scan)
{
	return systable_getnext_ordered(scan->scan, BackwardScanDirection);
}

static void
branch_scan_end(BranchScan *scan)
{
	systable_endscan_ordered(scan->scan);
	index_close(scan->index, AccessShareLock);
	table_close(scan->table, AccessShareLock);
}

static Datum
version_value(const BranchScan *scan, HeapTuple tuple, AttrNumber column,
			  bool *is_null)
{
	return heap_getattr(tuple, column, RelationGetDescr(scan->table), is_null);
}

/* A version's time for refs: when it was valid, else when it was committed. */
static TimestampTz
version_time(const BranchScan *scan, HeapTuple tuple)
{
	bool		is_null;
	Datum		time = version_value(scan, tuple, VERSION_VALID_AT, &is_null);

	if (is_null)
		time = version_value(scan, tuple, VERSION_COMMITTED_AT, &is_null);
	return DatumGetTimestampTz(time);
}

List *
version_list(int32 branch, int32 after, int32 number, Snapshot snapshot)
{
	BranchScan	scan;
	List	   *versions = NIL;
	HeapTuple	tuple;

	branch_scan_begin(&scan, branch, after, number, snapshot);
	while ((tuple = branch_scan_next(&scan)) != NULL)
		versions = lappend(versions,
						   version_from_tuple(tuple,
											  RelationGetDescr(scan.table)));
	branch_scan_end(&scan);
	return versions;
}

/* The search in one place of a path; goes on from what was found in others. */
static void
find_time_in_place(VersionPlace place, TimestampTz time, Snapshot snapshot,
				   VersionPlace *found, TimestampTz *found_time)
{
	BranchScan	scan;
	HeapTuple	tuple;

	branch_scan_begin(&scan, place.branch, 0, place.number, snapshot);
	/* the last one first: of equal times, that is kept */
	while ((tuple = branch_scan_next(&scan)) != NULL)
	{
		TimestampTz this_time = version_time(&scan, tuple);
		bool		is_null;

		if (this_time > time ||
			(found->number > 0 && this_time <= *found_time))
			continue;
		found->branch = place.branch;
		found->number = DatumGetInt32(version_value(&scan, tuple,
													VERSION_NUMBER, &is_null));
		*found_time = this_time;
	}
	branch_scan_end(&scan);
}

Version *
version_find_time(const VersionPath *path, TimestampTz time, Snapshot snapshot)
{
	VersionPlace found = {0, 0};
	TimestampTz found_time = 0;

	for (int i = 0; i < path->count; i++)
		find_time_in_place(path->places[i], time, snapshot, &found,
						   &found_time);
	if (found.number == 0)
		return NULL;
	return version_find(found.branch, found.number, snapshot);
}

static bool
find_source_in_place(VersionPlace place, TimestampTz *committed_at,
					 Snapshot snapshot)
{
	BranchScan	scan;
	HeapTuple	tuple;
	bool		is_null = true;

	branch_scan_begin(&scan, place.branch, 0, place.number, snapshot);
	while (is_null && (tuple = branch_scan_next(&scan)) != NULL)
	{
		is_null = heap_attisnull(tuple, VERSION_SOURCE,
								 RelationGetDescr(scan.table));
		if (!is_null)
			*committed_at =
				DatumGetTimestampTz(version_value(&scan, tuple,
												  VERSION_COMMITTED_AT,
												  &is_null));
	}
	branch_scan_end(&scan);
	return !is_null;
}

bool
version_find_source(const VersionPath *path, TimestampTz *committed_at,
					Snapshot snapshot)
{
	for (int i = 0; i < path->count; i++)
		if (find_source_in_place(path->places[i], committed_at, snapshot))
			return true;
	return false;
}
