/*
 * segment_bits_test.c
 *		The row ids of a segment as bits, against one byte per row id.
 */
#include "../../extension/core/segment_bits.h"

#include "model.h"
#include "unit.h"

/* The runs of row ids whose byte is value, as ranges. */
static size_t
ranges_of(const unsigned char *ids, unsigned char value, RowsetRange *ranges)
{
	size_t		count = 0;

	for (uint32_t id = 0; id < SEGMENT_ROWS; id++)
	{
		if (ids[id] != value)
			continue;
		if (id > 0 && ids[id - 1] == value)
			ranges[count - 1].last = id;
		else
		{
			ranges[count].first = ranges[count].last = id;
			count++;
		}
	}
	return count;
}

static bool
same(const uint64_t * words, const unsigned char *ids)
{
	for (uint32_t id = 0; id < SEGMENT_ROWS; id++)
		if ((words[id / 64] >> id % 64 & 1) != (ids[id] == 1))
			return false;
	return true;
}

/*
 * Bytes 0, 1 and 2: alone, in runs, or at random, so that containers are of
 * all kinds.
 */
static void
fill(unsigned char *ids, uint32_t style)
{
	memset(ids, 0, SEGMENT_ROWS);
	for (int i = 0; i < 40 && style != 2; i++)
	{
		uint32_t	first = model_below(SEGMENT_ROWS);
		uint32_t	room = SEGMENT_ROWS - first;
		uint32_t	length = style == 0 ? 1 : 1 + model_below(room);

		memset(ids + first, (int) model_below(3), length);
	}
	for (uint32_t id = 0; id < SEGMENT_ROWS && style == 2; id++)
		ids[id] = (unsigned char) model_below(3);
}

static void
settle(SegmentHistory *history, const RowsetRange *ranges, size_t count,
	   bool present)
{
	size_t		size = rowset_ranges_size(ranges, count);
	void	   *bytes;

	if (count == 0)
		return;
	bytes = model_allocate(size);
	rowset_ranges_write(ranges, count, bytes);
	segment_history_settle(history, bytes, present);
	free(bytes);
}

/* 1 adds and 2 removes: 20 changes, applied forward here and backward there. */
static void
check_history(RowsetRange *ranges)
{
	unsigned char *changes = model_allocate(20 * (size_t) SEGMENT_ROWS);
	unsigned char *ids = model_allocate(SEGMENT_ROWS);
	uint64_t   *words = model_allocate(SEGMENT_WORDS * sizeof(uint64_t));
	SegmentHistory *history = model_allocate(sizeof(SegmentHistory));

	segment_history_begin(history, words);
	for (int i = 0; i < 20; i++)
	{
		unsigned char *change = changes + (size_t) i * SEGMENT_ROWS;

		fill(change, model_below(20) == 0 ? 2 : model_below(2));
		for (uint32_t id = 0; id < SEGMENT_ROWS; id++)
			if (change[id] != 0)
				ids[id] = change[id];
	}
	for (int i = 19; i >= 0; i--)
		for (unsigned char value = 1; value <= 2; value++)
			settle(history, ranges,
				   ranges_of(changes + (size_t) i * SEGMENT_ROWS, value, ranges),
				   value == 1);
	CHECK(same(words, ids));
	free(changes);
	free(ids);
	free(words);
	free(history);
}

static void
check_set_and_clear(RowsetRange *ranges, uint32_t style)
{
	unsigned char *ids = model_allocate(SEGMENT_ROWS);
	unsigned char *change = model_allocate(SEGMENT_ROWS);
	uint64_t   *words = model_allocate(SEGMENT_WORDS * sizeof(uint64_t));
	uint32_t	cardinality = 0;

	for (int i = 0; i < 6; i++)
	{
		uint32_t	added = 0;
		uint32_t	removed = 0;

		fill(change, style);
		for (uint32_t id = 0; id < SEGMENT_ROWS; id++)
		{
			added += change[id] == 1 && ids[id] == 0;
			removed += change[id] == 2 && ids[id] == 1;
			if (change[id] != 0)
				ids[id] = change[id] == 1;
		}
		CHECK(segment_bits_set(words, ranges, ranges_of(change, 1, ranges)) ==
			  added);
		CHECK(segment_bits_clear(words, ranges,
								 ranges_of(change, 2, ranges)) == removed);
		cardinality += added - removed;
		CHECK(segment_bits_cardinality(words) == cardinality);
		CHECK(same(words, ids));
	}
	free(ids);
	free(change);
	free(words);
}

/* The bytes are those that the ranges have. */
static void
check_write(RowsetRange *ranges, uint32_t style)
{
	unsigned char *ids = model_allocate(SEGMENT_ROWS);
	uint64_t   *words = model_allocate(SEGMENT_WORDS * sizeof(uint64_t));
	unsigned char *bytes = model_allocate(ROWSET_ROW_SIZE_MAX);
	unsigned char *expected = model_allocate(ROWSET_ROW_SIZE_MAX);
	size_t		count;
	uint32_t	cardinality;

	fill(ids, style);
	ids[7] = 1;
	count = ranges_of(ids, 1, ranges);
	cardinality = segment_bits_set(words, ranges, count);
	rowset_ranges_write(ranges, count, expected);
	CHECK(segment_bits_write(words, cardinality, bytes) ==
		  rowset_ranges_size(ranges, count));
	CHECK(memcmp(bytes, expected, rowset_ranges_size(ranges, count)) == 0);
	free(ids);
	free(words);
	free(bytes);
	free(expected);
}

static void
check_cutter(RowsetRange *taken)
{
	const RowsetRange ranges[] = {{3, 3}, {65534, 65537}, {70000, 262143},
	{327680, 327680}, {UINT32_MAX - 1, UINT32_MAX}};
	SegmentCutter cutter;
	uint32_t	segment;

	segment_cutter_begin(&cutter, ranges, 5);
	CHECK(segment_cutter_take(&cutter, 1, taken) == 0);
	CHECK(segment_cutter_take(&cutter, 0, taken) == 2);
	CHECK(taken[0].first == 3 && taken[0].last == 3);
	CHECK(taken[1].first == 65534 && taken[1].last == 65535);
	CHECK(segment_cutter_peek(&cutter, &segment) && segment == 1);
	CHECK(segment_cutter_take(&cutter, 1, taken) == 2);
	CHECK(taken[0].first == 0 && taken[0].last == 1);
	CHECK(taken[1].first == 4464 && taken[1].last == 65535);
	for (uint32_t i = 2; i <= 3; i++)
	{
		CHECK(segment_cutter_peek(&cutter, &segment) && segment == i);
		CHECK(segment_cutter_take(&cutter, i, taken) == 1);
		CHECK(taken[0].first == 0 && taken[0].last == 65535);
	}
	CHECK(segment_cutter_peek(&cutter, &segment) && segment == 5);
	CHECK(segment_cutter_take(&cutter, 5, taken) == 1);
	CHECK(segment_cutter_peek(&cutter, &segment) && segment == 65535);
	CHECK(segment_cutter_take(&cutter, 65535, taken) == 1);
	CHECK(taken[0].first == 65534 && taken[0].last == 65535);
	CHECK(!segment_cutter_peek(&cutter, &segment));
	segment_cutter_begin(&cutter, NULL, 0);
	CHECK(!segment_cutter_peek(&cutter, &segment));
}

int
main(void)
{
	RowsetRange *ranges = model_allocate(SEGMENT_RANGES_MAX *
										 sizeof(RowsetRange));

	unit_case("changes applied backward give what they give forward");
	for (int i = 0; i < 10; i++)
		check_history(ranges);

	unit_case("bits are set and cleared, and those that change are counted");
	for (uint32_t style = 0; style < 3; style++)
		check_set_and_clear(ranges, style);

	unit_case("bits are written in the canonical form");
	for (uint32_t style = 0; style < 3; style++)
		for (int i = 0; i < 5; i++)
			check_write(ranges, style);

	unit_case("ranges are cut into segments");
	check_cutter(ranges);

	free(ranges);
	return unit_finish();
}
