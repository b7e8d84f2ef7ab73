/*
 * key_index.h
 *		The key index of a store in its tables.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_KEY_INDEX_H
#define ALLMENDE_STORE_KEY_INDEX_H

#include "../core/key_run.h"
#include "store.h"

/*
 * Add entries as one run.  Sorts them in place; no two are equal.  Merges runs
 * as key_run_merge_plan() says, where this transaction may rearrange the store.
 */
extern void key_index_add(const Store *store, KeyEntry *entries, Size count);

/*
 * All entries with one of the hashes, which ascend strictly, in ascending
 * order; allocated in the current memory context, *found is their number.
 */
extern KeyEntry *key_index_find(const Store *store, Snapshot snapshot,
								const int64 *hashes, Size count, Size *found);

/*
 * All entries in ascending order, for verify().  next returns false at the end.
 */
typedef struct KeyIndexScan KeyIndexScan;

extern KeyIndexScan *key_index_scan_begin(const Store *store,
										  Snapshot snapshot);
extern bool key_index_scan_next(KeyIndexScan *scan, KeyEntry *entry);
extern void key_index_scan_end(KeyIndexScan *scan);

#endif							/* ALLMENDE_STORE_KEY_INDEX_H */
