/*
 * rowset_fuzz.c
 *		libFuzzer target of rowsets: bytes from outside, and CRoaring's algebra.
 *
 * The first byte of the input chooses: the rest are bytes of a set, of any
 * quality; or two sets as lists of ranges, on which CRoaring operates.
 */
#include <stdlib.h>
#include <string.h>

#include <roaring/roaring.h>

#include "../../extension/core/little_endian.h"
#include "../../extension/core/rowset_text.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define RANGES_MAX 128

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

/* A set in memory of its exact size. */
typedef struct FuzzSet
{
	unsigned char *bytes;
	size_t		length;
} FuzzSet;

static FuzzSet
allocate(size_t length)
{
	FuzzSet		set;

	set.bytes = malloc(length);
	set.length = length;
	REQUIRE(set.bytes != NULL);
	return set;
}

/* The bytes in canonical form; they must be valid. */
static FuzzSet
canonical_of(const void *bytes, size_t length)
{
	uint64_t	cardinality;
	uint64_t	same;
	CoreError	error;
	FuzzSet		set;

	REQUIRE(rowset_check(bytes, length, &cardinality, &error));
	set = allocate(rowset_canonical_size(bytes));
	rowset_canonical_write(bytes, set.bytes);
	REQUIRE(rowset_check(set.bytes, set.length, &same, &error));
	REQUIRE(same == cardinality);
	REQUIRE(rowset_is_canonical(set.bytes));
	REQUIRE(rowset_canonical_size(set.bytes) == set.length);
	return set;
}

static roaring_bitmap_t *
bitmap_of(const void *bytes, size_t length)
{
	roaring_bitmap_t *bitmap =
	roaring_bitmap_portable_deserialize_safe(bytes, length);

	REQUIRE(bitmap != NULL);
	return bitmap;
}

/* A canonical set, cut into rows and joined again, is the same. */
static void
cut_and_join(FuzzSet set)
{
	RowsetReader reader;
	RowsetContainer container;
	RowsetRow  *rows;
	FuzzSet		joined;
	size_t		count = 0;

	rowset_open(&reader, set.bytes);
	rows = calloc(reader.count + 1, sizeof(RowsetRow));
	REQUIRE(rows != NULL);
	while (rowset_next_container(&reader, &container))
	{
		FuzzSet		row = allocate(rowset_row_size(&container));
		uint32_t	cardinality;
		CoreError	error;

		rowset_row_write(&container, row.bytes);
		REQUIRE(rowset_row_check(row.bytes, row.length, &cardinality, &error));
		REQUIRE(cardinality == container.cardinality);
		rows[count].segment = container.key;
		rows[count++].bytes = row.bytes;
	}
	joined = allocate(rowset_rows_size(rows, count));
	REQUIRE(joined.length == set.length);
	rowset_rows_write(rows, count, joined.bytes);
	REQUIRE(memcmp(joined.bytes, set.bytes, set.length) == 0);
	free(joined.bytes);
	while (count > 0)
		free((void *) rows[--count].bytes);
	free(rows);
}

/* What is valid is the same set to us and to CRoaring, before and after. */
static void
fuzz_bytes(const uint8_t * data, size_t size)
{
	uint64_t	cardinality;
	uint64_t	counted = 0;
	uint32_t	first;
	uint32_t	last;
	CoreError	error;
	RowsetIterator iterator;
	roaring_bitmap_t *given;
	roaring_bitmap_t *ours;
	FuzzSet		set;

	if (!rowset_check(data, size, &cardinality, &error))
	{
		REQUIRE(error.position >= 0 && (size_t) error.position <= size);
		return;
	}
	set = canonical_of(data, size);
	cut_and_join(set);
	given = bitmap_of(data, size);
	ours = bitmap_of(set.bytes, set.length);
	REQUIRE(roaring_bitmap_equals(given, ours));
	REQUIRE(roaring_bitmap_get_cardinality(given) == cardinality);

	rowset_begin(&iterator, data);
	while (rowset_next_range(&iterator, &first, &last))
	{
		counted += (uint64_t) last - first + 1;
		REQUIRE(roaring_bitmap_contains_range(given, first,
											  (uint64_t) last + 1));
		REQUIRE(rowset_contains(data, first) && rowset_contains(data, last));
		REQUIRE(last == UINT32_MAX || !rowset_contains(data, last + 1));
	}
	REQUIRE(counted == cardinality);
	if (rowset_first(data, &first))
		REQUIRE(first == roaring_bitmap_minimum(given));
	if (rowset_last(data, &last))
		REQUIRE(last == roaring_bitmap_maximum(given));
	roaring_bitmap_free(given);
	roaring_bitmap_free(ours);
	free(set.bytes);
}

/*
 * Ranges from five bytes each: key, first id, length, and how often it is
 * repeated with a gap.  Few keys, so that containers of two sets meet.
 */
static FuzzSet
set_of_ranges(const uint8_t * data, size_t size)
{
	RowsetRange ranges[RANGES_MAX];
	size_t		count = 0;
	FuzzSet		set;

	for (; size >= 5; data += 5, size -= 5)
	{
		uint32_t	first = (data[0] & 3U) << 16 | le16_read(data + 1);
		uint32_t	length = (uint32_t) data[3] * data[3];

		for (uint32_t i = 0; i <= data[4] && count < RANGES_MAX; i++)
		{
			ranges[count].first = first;
			ranges[count].last = first + length;
			first += length + 2 + (data[4] & 1);
			count++;
		}
	}
	/* insertion sort: the lists are short */
	for (size_t i = 1; i < count; i++)
	{
		RowsetRange range = ranges[i];
		size_t		j = i;

		for (; j > 0 && ranges[j - 1].first > range.first; j--)
			ranges[j] = ranges[j - 1];
		ranges[j] = range;
	}
	count = rowset_ranges_merge(ranges, count);
	set = allocate(rowset_ranges_size(ranges, count));
	rowset_ranges_write(ranges, count, set.bytes);
	REQUIRE(rowset_is_canonical(set.bytes));
	return set;
}

static bool
expected(int operation, bool in_a, bool in_b)
{
	switch (operation)
	{
		case 0:
		case 4:
			return in_a || in_b;
		case 1:
			return in_a && in_b;
		case 2:
			return in_a && !in_b;
		default:
			return in_a != in_b;
	}
}

/* Is an id where it belongs after an operation? */
static void
probe(int operation, FuzzSet a, FuzzSet b, FuzzSet result, uint32_t id)
{
	REQUIRE(rowset_contains(result.bytes, id) ==
			expected(operation, rowset_contains(a.bytes, id),
					 rowset_contains(b.bytes, id)));
}

/* Membership changes at the ends of ranges only, so these are enough. */
static void
probe_ends_of(FuzzSet ends, int operation, FuzzSet a, FuzzSet b,
			  FuzzSet result)
{
	RowsetIterator iterator;
	uint32_t	first;
	uint32_t	last;

	rowset_begin(&iterator, ends.bytes);
	while (rowset_next_range(&iterator, &first, &last))
	{
		probe(operation, a, b, result, first - 1);
		probe(operation, a, b, result, first);
		probe(operation, a, b, result, last);
		probe(operation, a, b, result, last + 1);
	}
}

static void
fuzz_operation(int operation, FuzzSet a, FuzzSet b)
{
	roaring_bitmap_t *(*const functions[]) (const roaring_bitmap_t *,
											const roaring_bitmap_t *) =
	{
		roaring_bitmap_or, roaring_bitmap_and, roaring_bitmap_andnot,
		roaring_bitmap_xor
	};
	roaring_bitmap_t *bitmap_a = bitmap_of(a.bytes, a.length);
	roaring_bitmap_t *bitmap_b = bitmap_of(b.bytes, b.length);
	roaring_bitmap_t *result = bitmap_a;
	FuzzSet		raw;
	FuzzSet		set;

	if (operation == 4)
		roaring_bitmap_or_inplace(result, bitmap_b);
	else
	{
		result = functions[operation] (bitmap_a, bitmap_b);
		roaring_bitmap_free(bitmap_a);
	}
	raw = allocate(roaring_bitmap_portable_size_in_bytes(result));
	(void) roaring_bitmap_portable_serialize(result, (char *) raw.bytes);
	set = canonical_of(raw.bytes, raw.length);
	probe_ends_of(a, operation, a, b, set);
	probe_ends_of(b, operation, a, b, set);
	probe_ends_of(set, operation, a, b, set);
	roaring_bitmap_free(result);
	roaring_bitmap_free(bitmap_b);
	free(raw.bytes);
	free(set.bytes);
}

static void
fuzz_text(const uint8_t * data, size_t size)
{
	const char *text = (const char *) data;
	RowsetRange *ranges = malloc(rowset_text_members(text, size) *
								 sizeof(RowsetRange));
	size_t		count;
	CoreError	error;

	REQUIRE(ranges != NULL);
	if (!rowset_text_parse(text, size, ranges, &count, &error))
		REQUIRE(error.position >= 0 && (size_t) error.position <= size);
	free(ranges);
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	if (size < 2)
		return 0;
	if (data[0] % 4 == 0)
		fuzz_text(data + 1, size - 1);
	else if (data[0] % 4 < 3)
		fuzz_bytes(data + 1, size - 1);
	else
	{
		size_t		half = (size - 2) * data[1] / 256;
		FuzzSet		a = set_of_ranges(data + 2, half);
		FuzzSet		b = set_of_ranges(data + 2 + half, size - 2 - half);

		fuzz_operation(data[0] / 4 % 5, a, b);
		free(a.bytes);
		free(b.bytes);
	}
	return 0;
}
