/*
 * rowset_write.h
 *		Writing sets of row ids in their one canonical form.
 *
 * A set has many valid forms in the format of rowset_bytes.h.  We keep one, so
 * that equal sets have equal bytes: each container is what takes the fewest
 * bytes of array (2 per id, up to 4,096 ids), bitset (8,192) and runs (2, and 4
 * per run); at a tie array before bitset before runs.  There is no empty
 * container, and the cookie with run bits stands only where there are runs.
 *
 * Writing takes two steps, so that the caller can allocate: ask for the size,
 * then write.  No size is above ROWSET_SIZE_MAX, so none overflows.
 */
#ifndef ALLMENDE_ROWSET_WRITE_H
#define ALLMENDE_ROWSET_WRITE_H

#include "rowset_bytes.h"

/* The ids first to last, both included. */
typedef struct RowsetRange
{
	uint32_t	first;
	uint32_t	last;
} RowsetRange;

/*
 * A container as a row of its own: the canonical form of a set of the lower 16
 * bits of its ids.  The segment stands beside it, and so may be 65,536 or more.
 */
typedef struct RowsetRow
{
	uint32_t	segment;
	const void *bytes;
} RowsetRow;

/* No row takes more: a bitset, and cookie, number, pair and offset. */
#define ROWSET_ROW_SIZE_MAX (16 + ROWSET_BITSET_SIZE)

/* Bytes of the canonical form of a set that rowset_check() has passed. */
extern size_t rowset_canonical_size(const void *bytes);

/* Has the set, which rowset_check() has passed, its canonical form? */
extern bool rowset_is_canonical(const void *bytes);

/*
 * Write the canonical form; out has the size above and lies elsewhere.
 */
extern void rowset_canonical_write(const void *bytes, void *out);

/*
 * Bytes of a set given as ranges, which are ascending and have a gap between
 * each other; see rowset_ranges_merge().
 */
extern size_t rowset_ranges_size(const RowsetRange *ranges, size_t count);

/* Write the canonical form of ranges; out has the size above. */
extern void rowset_ranges_write(const RowsetRange *ranges, size_t count,
								void *out);

/*
 * Turn ids into ranges; returns their number, at most count.  The ranges are
 * as rowset_ranges_size() wants them if the ids are ascending; of ids in no
 * order, those that follow each other share a range.
 */
extern size_t rowset_ranges_from_ids(const uint32_t * ids, size_t count,
									 RowsetRange *ranges);

/* Is no range's beginning below that of the range before it? */
extern bool rowset_ranges_sorted(const RowsetRange *ranges, size_t count);

/*
 * Join ranges, sorted by their beginnings, that overlap or touch; returns the
 * number of those left.
 */
extern size_t rowset_ranges_merge(RowsetRange *ranges, size_t count);

/* Bytes of the row of a container, whose key is of no account. */
extern size_t rowset_row_size(const RowsetContainer *container);

/* Write the row of a container; out has the size above. */
extern void rowset_row_write(const RowsetContainer *container, void *out);

/*
 * Are these bytes a row, and nothing else?  Reads nothing outside them, for
 * whatever bytes.  On success fills cardinality, 1 to 65,536.
 */
extern bool rowset_row_check(const void *bytes, size_t length,
							 uint32_t * cardinality, CoreError *error);

/*
 * Bytes of the set that rows are together, in its canonical form.  The rows
 * have passed rowset_row_check(); their segments ascend and are below 65,536.
 */
extern size_t rowset_rows_size(const RowsetRow *rows, size_t count);

/* Write that set; out has the size above. */
extern void rowset_rows_write(const RowsetRow *rows, size_t count, void *out);

#endif							/* ALLMENDE_ROWSET_WRITE_H */
