/*
 * insert.h
 *		Inserting many rows into a table of a store.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_INSERT_H
#define ALLMENDE_STORE_INSERT_H

#include "postgres_ext.h"

typedef struct StoreInsert StoreInsert;

/* Begin to insert into a table, in memory below the current context. */
extern StoreInsert *store_insert_begin(Oid table);

/* Insert a row; the values are copied.  It is there after the end at the latest. */
extern void store_insert_row(StoreInsert *insert, Datum * values, bool *nulls);
extern void store_insert_end(StoreInsert *insert);

#endif							/* ALLMENDE_STORE_INSERT_H */
