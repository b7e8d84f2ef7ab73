/*
 * catalog_scan.h
 *		What the files of the catalogue share: scans, and rows in and out.
 *		postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_CATALOG_SCAN_H
#define ALLMENDE_VERSION_CATALOG_SCAN_H

#include "access/genam.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "nodes/pg_list.h"
#include "utils/relcache.h"

#include "../errcodes.h"
#include "catalog.h"

/* columns of the tables; sql/install/30-catalog.sql */
#define DATASET_COLUMNS 9
#define BRANCH_COLUMNS 7
#define VERSION_COLUMNS 19
#define SCHEMA_COLUMNS 3
#define SCHEMA_COLUMN_COLUMNS 11
#define MARK_COLUMNS 5

typedef struct CatalogScan
{
	Relation	table;
	SysScanDesc scan;
} CatalogScan;

extern void catalog_scan_begin(CatalogScan *scan, const char *table,
							   const char *index, Snapshot snapshot,
							   ScanKey keys, int count);

/* The next row, taken apart; it is the scan's.  NULL at the end. */
extern HeapTuple catalog_scan_next(CatalogScan *scan, Datum *values,
								   bool *nulls);
extern void catalog_scan_end(CatalogScan *scan);

extern void catalog_insert(const char *table, Datum *values, bool *nulls);
extern int64 catalog_delete(const char *table, const char *index,
							ScanKey keys, int count);

/* A hash out of a column; XX001 where it is none. */
extern void catalog_hash(unsigned char hash[CANONICAL_HASH_SIZE], Datum value);
extern char *catalog_text(Datum value, bool isnull);

/* A row of table version. */
extern Version *version_from_tuple(struct HeapTupleData *tuple,
								   TupleDesc descriptor);

/* Ids of all schemas of a dataset, as a List of int. */
extern List *schema_ids(int32 dataset, Snapshot snapshot);

#endif							/* ALLMENDE_VERSION_CATALOG_SCAN_H */
