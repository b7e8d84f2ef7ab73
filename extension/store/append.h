/*
 * append.h
 *		Appending rows to a store.  postgres.h comes first.
 *
 * Rows are given as images: their canonical row form with all columns.  Few of
 * them (below STORE_TAIL_ROWS) go to the tail, one tuple each; more of them
 * are written as extents, column by column.  A tail of STORE_SEAL_ROWS is
 * turned into extents, which is looked at every 256 row ids.  Row ids ascend in the order in which rows are given.
 */
#ifndef ALLMENDE_STORE_APPEND_H
#define ALLMENDE_STORE_APPEND_H

#include "../core/layout_value.h"
#include "../core/rowset_write.h"
#include "store.h"

#define STORE_TAIL_ROWS 4096
#define STORE_SEAL_ROWS 65536

typedef struct StoreAppend StoreAppend;

/* A column of the rows. */
typedef struct StoreColumn
{
	uint32		id;
	ValueLayout layout;			/* layout_of_type() */
} StoreColumn;

/*
 * What sealing needs to know of a schema other than that being written: calls
 * back with the id of a schema, for its columns.
 */
typedef struct StoreSchema
{
	int32		id;
	int			count;
	StoreColumn *columns;		/* in the order of the images */
} StoreSchema;

typedef const StoreSchema *(*StoreSchemaOf) (void *context, int32 schema);

/*
 * Begin to append rows of a schema.  Calls store_lock_append().  Lives in the
 * current memory context.
 */
extern StoreAppend *store_append_begin(const Store *store, int32 schema,
									   StoreSchemaOf schema_of, void *context);

/* Append a row; the bytes are copied. */
extern void store_append_row(StoreAppend *append, const void *image,
							 Size length, int64 key_hash);

/*
 * Write what is left, and the entries of the key index, and seal the tail where
 * it is full.  What was written can be seen by the next command, which begins
 * here.  *ranges are the row ids given, ascending, which do not touch.
 */
extern void store_append_end(StoreAppend *append, RowsetRange **ranges,
							 Size *count);

#endif							/* ALLMENDE_STORE_APPEND_H */
