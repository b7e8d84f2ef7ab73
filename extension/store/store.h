/*
 * store.h
 *		The tables of a store: making, finding and dropping them, row ids, and
 *		who may append or rearrange at a time.  postgres.h comes first.
 *
 * Their rows are read and written in C, without looking at rights: whoever
 * calls has looked.  FORMAT.md, section "Tables of a store", says what is in
 * them.
 */
#ifndef ALLMENDE_STORE_H
#define ALLMENDE_STORE_H

#include "access/genam.h"
#include "access/htup.h"
#include "access/skey.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

typedef enum StoreTable
{
	STORE_PART,					/* (column_id, first_rid) -> part */
	STORE_EXTENT,				/* (first_rid) -> rows, schema */
	STORE_ZONE,					/* (column_id, first_rid) -> zone map */
	STORE_DICT,					/* (column_id, first_code) -> entries */
	STORE_TAIL,					/* (rid) -> schema, row form */
	STORE_KEY,					/* (run, first_hash, number) -> chunk */
	STORE_RUN,					/* (run) -> entries */
	STORE_BITMAP,				/* (branch, segment, version) -> containers */
	STORE_JOURNAL				/* no index */
} StoreTable;

#define STORE_TABLES (STORE_JOURNAL + 1)

/* A store that is there.  OIDs are looked up anew in each transaction. */
typedef struct Store
{
	int32		id;
	Oid			tables[STORE_TABLES];
	Oid			indexes[STORE_TABLES];	/* of the primary key; no journal */
	Oid			version_index;	/* (branch, version) of the bitmap */
	Oid			rid_sequence;
	Oid			run_sequence;
} Store;

/* Make the tables of a new store, owned by the extension's owner. */
extern void store_create(int32 id);

/* Drop them; raises nothing where some are gone. */
extern void store_drop(int32 id);

/* Find them, in the current memory context.  Raises RD205 where one is gone. */
extern Store *store_open(int32 id);

/* The journal alone; InvalidOid where there is none.  Raises nothing. */
extern Oid	store_journal(int32 id);

/* Bytes that the store takes on disk. */
extern int64 store_size(int32 id);

/*
 * Say that this transaction appends to the store; lasts until its end.  Never
 * waits for another appender.
 */
extern void store_lock_append(const Store *store);

/*
 * May this transaction rearrange the store (merge runs, add to dictionaries,
 * seal the tail)?  Never waits: false where another one does.  The right lasts
 * until the end of the transaction.
 */
extern bool store_try_rearrange(const Store *store);

/*
 * Is nobody else appending?  Then all row ids below *end that are ever going
 * to be used by others are committed or never will be.  Never waits.
 */
extern bool store_is_quiet(const Store *store, uint32 *end);

/*
 * Take count row ids, at least 1, in one piece; returns the first.  Raises 54000
 * where the store has no more.  They are burnt if the transaction fails.
 */
extern uint32 store_take_rids(const Store *store, uint32 count);

/* Take the number of a new run of the key index. */
extern int64 store_take_run(const Store *store);

/* Scanning a table by its primary key or another index; for reading only. */
typedef struct StoreScan
{
	Relation	table;
	Relation	index;
	IndexScanDesc scan;
	struct TupleTableSlot *slot;
	MemoryContext row;			/* values of the row that are out of line */
} StoreScan;

extern void store_scan_begin(StoreScan *scan, Oid table, Oid index,
							 Snapshot snapshot, int keys);

/* Start (again) with these keys. */
extern void store_scan_keys(StoreScan *scan, ScanKey keys, int count);

/* The next row in the slot, whose buffer is pinned until the next call. */
extern bool store_scan_next(StoreScan *scan, bool forward);

/*
 * Let the scan tell what its index says, for store_scan_back_to().  Before
 * store_scan_keys(); pages of the index stay pinned longer.
 */
extern void store_scan_want_index(StoreScan *scan);

/*
 * Go on backward to the first row whose int8 in a column of the index (from 1) is
 * at or below a value; rows that are passed by are not looked at.
 */
extern bool store_scan_back_to(StoreScan *scan, int column, int64 value);

/*
 * The bytes of a column (from 1) of that row, until the next call of
 * store_scan_next(): in place where they are in line.  NULL for null.
 */
extern const unsigned char *store_scan_bytes(StoreScan *scan, int column,
											 Size *length);
extern void store_scan_end(StoreScan *scan);

#endif							/* ALLMENDE_STORE_H */
