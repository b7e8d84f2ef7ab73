/*
 * segment_bits.h
 *		The row ids of a segment as bits, one per row id, in words of 64: made
 *		from what versions added and removed, read from the newest backward.
 */
#ifndef ALLMENDE_SEGMENT_BITS_H
#define ALLMENDE_SEGMENT_BITS_H

#include "rowset_write.h"

#define SEGMENT_ROWS 65536
#define SEGMENT_WORDS (SEGMENT_ROWS / 64)
#define SEGMENT_RANGES_MAX (SEGMENT_ROWS / 2)

/*
 * Bits that are being made.  What a version says of a row id counts unless a
 * newer one has spoken of it: those ids are settled.  So the changes can be read
 * backward up to the last whole container, and none has to be kept.
 */
typedef struct SegmentHistory
{
	uint64_t   *words;			/* SEGMENT_WORDS of them */
	uint64_t	settled[SEGMENT_WORDS];
} SegmentHistory;

/* Walks through ranges of row ids segment by segment. */
typedef struct SegmentCutter
{
	const RowsetRange *ranges;
	size_t		count;
	size_t		next;			/* range */
	uint32_t	first;			/* row id in it that comes next */
} SegmentCutter;

/* Begin with no bits set and none settled. */
extern void segment_history_begin(SegmentHistory *history, uint64_t * words);

/*
 * Apply bytes that rowset_row_check() has passed: their ids are in the segment
 * or not, as far as they are not settled; then they are.
 */
extern void segment_history_settle(SegmentHistory *history,
								   const void *bytes, bool present);

/* Set or clear the bits of ranges below 65,536; returns how many changed. */
extern uint32_t segment_bits_set(uint64_t * words, const RowsetRange *ranges,
								 size_t count);
extern uint32_t segment_bits_clear(uint64_t * words, const RowsetRange *ranges,
								   size_t count);

extern uint32_t segment_bits_cardinality(const uint64_t * words);

/*
 * Bytes of the container row of bits, of which at least one is set, written to
 * out, which has room for ROWSET_ROW_SIZE_MAX.
 */
extern size_t segment_bits_write(const uint64_t * words, uint32_t cardinality,
								 void *out);

/* Begin to walk through ranges, which are ascending and do not overlap. */
extern void segment_cutter_begin(SegmentCutter *cutter,
								 const RowsetRange *ranges, size_t count);

/* The segment of the next row id; false at the end. */
extern bool segment_cutter_peek(const SegmentCutter *cutter,
								uint32_t * segment);

/*
 * Take the ranges of one segment, without its number; returns their number, up
 * to SEGMENT_RANGES_MAX, 0 where the next row id is in another segment.
 */
extern size_t segment_cutter_take(SegmentCutter *cutter, uint32_t segment,
								  RowsetRange *ranges);

#endif							/* ALLMENDE_SEGMENT_BITS_H */
