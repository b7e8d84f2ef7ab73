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
extern size_t rowset_ranges_from_ids(const uint32_t *ids, size_t count,
									 RowsetRange *ranges);

/* Is no range's beginning below that of the range before it? */
extern bool rowset_ranges_sorted(const RowsetRange *ranges, size_t count);

/*
 * Join ranges, sorted by their beginnings, that overlap or touch; returns the
 * number of those left.
 */
extern size_t rowset_ranges_merge(RowsetRange *ranges, size_t count);

#endif							/* ALLMENDE_ROWSET_WRITE_H */
