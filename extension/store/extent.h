/*
 * extent.h
 *		Writing rows as extents, column by column.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_EXTENT_H
#define ALLMENDE_STORE_EXTENT_H

#include "append.h"

/* What is collected before it is written. */
#define ROW_BATCH_ROWS 65536
#define ROW_BATCH_BYTES (64 * 1024 * 1024)

/* Rows that wait to be written. */
typedef struct RowBatch
{
	MemoryContext context;		/* of the images; reset with the batch */
	uint32		rows;
	uint32		room;			/* for rows */
	Size		bytes;
	PartString *images;			/* NULL where a row id is not used */
	char	   *block;			/* where the next image goes */
	Size		block_left;
} RowBatch;

extern RowBatch *row_batch_create(void);

/* Add a row; the bytes are copied. */
extern void row_batch_add(RowBatch *batch, const void *image, Size length);

/* Add row ids that are not used. */
extern void row_batch_add_gap(RowBatch *batch, uint32 count);
extern void row_batch_reset(RowBatch *batch);

typedef struct ExtentWriter ExtentWriter;

/* Begin to write, in memory below the current context. */
extern ExtentWriter *extent_writer_begin(const Store *store);

/*
 * Write images from a batch, 1 to 65,536 in one segment, as the extent whose
 * first row has a row id.
 */
extern void extent_write(ExtentWriter *writer, const StoreSchema *schema,
						 const PartString *images, uint32 rows, uint32 first);
extern void extent_writer_end(ExtentWriter *writer);

#endif							/* ALLMENDE_STORE_EXTENT_H */
