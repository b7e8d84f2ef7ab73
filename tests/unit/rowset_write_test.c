/*
 * rowset_write_test.c
 *		Tests of core/rowset_write.c, and of its agreement with CRoaring.
 */
#include "unit.h"

#include <roaring/roaring.h>

#include "rowset_model.h"

/* The canonical form of a valid set. */
static ModelBytes
canonical_of(ModelBytes set)
{
	ModelBytes	result = model_bytes(rowset_canonical_size(set.bytes));

	rowset_canonical_write(set.bytes, result.bytes);
	return result;
}

static bool
are_equal(ModelBytes a, ModelBytes b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static bool
is_valid(ModelBytes set)
{
	uint64_t	cardinality;
	CoreError	error;

	return rowset_check(set.bytes, set.length, &cardinality, &error);
}

static ModelBytes
bytes_of_bitmap(const roaring_bitmap_t * bitmap)
{
	ModelBytes	result =
	model_bytes(roaring_bitmap_portable_size_in_bytes(bitmap));

	(void) roaring_bitmap_portable_serialize(bitmap, (char *) result.bytes);
	return result;
}

/* Sets of one container, by a range and single ids, and their exact bytes. */
static void
exact_forms(void)
{
	static const uint32_t ids[] = {5, 7, 65535};
	static const unsigned char array[] = {
		0x3A, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 16, 0, 0, 0,
		5, 0, 7, 0, 0xFF, 0xFF
	};
	static const RowsetRange range = {10, 19};
	static const unsigned char runs[] = {
		0x3B, 0x30, 0, 0, 1, 0, 0, 9, 0, 1, 0, 10, 0, 9, 0
	};
	static const unsigned char empty[] = {0x3A, 0x30, 0, 0, 0, 0, 0, 0};
	unsigned char out[sizeof(array)];
	ModelBytes	set = bytes_of_ids(ids, 3);

	CHECK(set.length == sizeof(array));
	CHECK(memcmp(set.bytes, array, sizeof(array)) == 0);
	free(set.bytes);
	CHECK(rowset_ranges_size(&range, 1) == sizeof(runs));
	rowset_ranges_write(&range, 1, out);
	CHECK(memcmp(out, runs, sizeof(runs)) == 0);
	CHECK(rowset_ranges_size(NULL, 0) == sizeof(empty));
	rowset_ranges_write(NULL, 0, out);
	CHECK(memcmp(out, empty, sizeof(empty)) == 0);
}

/*
 * The kind at the borders.  Three ids in a row take 6 bytes as an array and as
 * a run, which is a tie; runs never take as much as a bitset, since 8192 - 2 is
 * no multiple of 4: 2047 take 8190 bytes and 2048 take 8194.
 */
static void
kinds_at_borders(void)
{
	static RowsetRange ranges[4096];
	static const struct
	{
		uint32_t	count;
		uint32_t	length;
		uint16_t	cookie;
		size_t		size;
	}			cases[] =
	{
		{1, 3, ROWSET_COOKIE, 16 + 6},	/* tie: array */
		{1, 4, ROWSET_COOKIE_RUNS, 9 + 6},
		{4096, 1, ROWSET_COOKIE, 16 + 8192},	/* largest array */
		{2048, 2, ROWSET_COOKIE, 16 + 8192},	/* runs: 8194 */
		{2047, 2, ROWSET_COOKIE, 16 + 8188},	/* runs: 8190 */
		{2047, 3, ROWSET_COOKIE_RUNS, 9 + 8190},
		{2048, 3, ROWSET_COOKIE, 16 + 8192},	/* bitset; runs: 8194 */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		ModelBytes	set;

		for (uint32_t j = 0; j < cases[i].count; j++)
		{
			ranges[j].first = j * 16;
			ranges[j].last = j * 16 + cases[i].length - 1;
		}
		set = model_bytes(rowset_ranges_size(ranges, cases[i].count));
		CHECK(set.length == cases[i].size);
		rowset_ranges_write(ranges, cases[i].count, set.bytes);
		CHECK((set.bytes[0] | set.bytes[1] << 8) == cases[i].cookie);
		CHECK(is_valid(set));
		CHECK(rowset_is_canonical(set.bytes));
		free(set.bytes);
	}
}

/*
 * The same set from ids, from CRoaring as it is, with and without runs: one
 * canonical form, which CRoaring reads back as the set.
 */
static void
against_croaring(void)
{
	for (int round = 0; round < 60; round++)
	{
		size_t		count;
		uint32_t   *ids;
		ModelBytes	set;
		roaring_bitmap_t *bitmap;
		roaring_bitmap_t *read;

		model_randomize();
		ids = model_ids(&count);
		set = bytes_of_ids(ids, count);
		CHECK(is_valid(set));
		CHECK(rowset_is_canonical(set.bytes));
		bitmap = roaring_bitmap_of_ptr(count, ids);
		read = roaring_bitmap_portable_deserialize_safe((char *) set.bytes,
														set.length);
		CHECK(read != NULL && roaring_bitmap_equals(bitmap, read));
		for (int form = 0; form < 3; form++)
		{
			ModelBytes	other;
			ModelBytes	canonical;

			if (form == 1)
				(void) roaring_bitmap_run_optimize(bitmap);
			else if (form == 2)
				(void) roaring_bitmap_remove_run_compression(bitmap);
			other = bytes_of_bitmap(bitmap);
			CHECK(is_valid(other));
			canonical = canonical_of(other);
			CHECK(are_equal(canonical, set));
			CHECK(rowset_is_canonical(other.bytes) == are_equal(other, set));
			free(canonical.bytes);
			free(other.bytes);
		}
		roaring_bitmap_free(bitmap);
		roaring_bitmap_free(read);
		free(set.bytes);
		free(ids);
	}
}

/* What is canonical stays as it is. */
static void
idempotent(void)
{
	for (int round = 0; round < 30; round++)
	{
		ModelBytes	set;
		ModelBytes	again;

		model_randomize();
		set = bytes_of_model();
		again = canonical_of(set);
		CHECK(are_equal(set, again));
		free(again.bytes);
		free(set.bytes);
	}
}

/* All ids, and all but one: ranges that cross every container. */
static void
whole_range(void)
{
	static const RowsetRange all = {0, UINT32_MAX};
	static const RowsetRange but_one[] = {
		{0, 99999}, {100001, UINT32_MAX}
	};
	ModelBytes	set = model_bytes(rowset_ranges_size(&all, 1));
	RowsetIterator iterator;
	uint32_t	first;
	uint32_t	last;

	rowset_ranges_write(&all, 1, set.bytes);
	CHECK(is_valid(set));
	CHECK(rowset_cardinality(set.bytes) == UINT64_C(4294967296));
	rowset_begin(&iterator, set.bytes);
	CHECK(rowset_next_range(&iterator, &first, &last));
	CHECK(first == 0 && last == UINT32_MAX);
	CHECK(!rowset_next_range(&iterator, &first, &last));
	free(set.bytes);

	set = model_bytes(rowset_ranges_size(but_one, 2));
	rowset_ranges_write(but_one, 2, set.bytes);
	CHECK(is_valid(set));
	CHECK(rowset_cardinality(set.bytes) == UINT64_C(4294967295));
	CHECK(!rowset_contains(set.bytes, 100000));
	free(set.bytes);
}

static void
merging(void)
{
	RowsetRange ranges[] = {
		{1, 3}, {4, 4}, {4, 9}, {5, 6}, {11, 12}, {11, 20},
		{4294967290, UINT32_MAX}, {4294967295, UINT32_MAX}
	};
	static const uint32_t ids[] = {7, 7, 8, 3, 4, 4, UINT32_MAX, 0};
	size_t		n = sizeof(ranges) / sizeof(ranges[0]);

	CHECK(rowset_ranges_sorted(ranges, n));
	n = rowset_ranges_merge(ranges, n);
	CHECK(n == 3);
	CHECK(ranges[0].first == 1 && ranges[0].last == 9);
	CHECK(ranges[1].first == 11 && ranges[1].last == 20);
	CHECK(ranges[2].first == 4294967290 && ranges[2].last == UINT32_MAX);
	CHECK(rowset_ranges_merge(ranges, 0) == 0);

	n = rowset_ranges_from_ids(ids, sizeof(ids) / sizeof(ids[0]), ranges);
	CHECK(n == 4);
	CHECK(ranges[0].first == 7 && ranges[0].last == 8);
	CHECK(ranges[1].first == 3 && ranges[1].last == 4);
	CHECK(ranges[2].first == UINT32_MAX && ranges[3].last == 0);
	CHECK(!rowset_ranges_sorted(ranges, n));
}

/* Cut a set into rows, check each, and join them again. */
static void
cut_and_join(ModelBytes set)
{
	RowsetReader reader;
	RowsetContainer container;
	RowsetRow	rows[MODEL_KEYS];
	ModelBytes	joined;
	size_t		count = 0;

	rowset_open(&reader, set.bytes);
	while (rowset_next_container(&reader, &container))
	{
		ModelBytes	row = model_bytes(rowset_row_size(&container));
		uint32_t	cardinality;
		CoreError	error;

		rowset_row_write(&container, row.bytes);
		CHECK(row.length <= ROWSET_ROW_SIZE_MAX);
		CHECK(rowset_row_check(row.bytes, row.length, &cardinality, &error));
		CHECK(cardinality == container.cardinality);
		for (size_t length = 0; length < row.length; length += length / 7 + 1)
			CHECK(!rowset_row_check(row.bytes, length, &cardinality, &error));
		rows[count].segment = container.key;
		rows[count++].bytes = row.bytes;
	}
	joined = model_bytes(rowset_rows_size(rows, count));
	CHECK(joined.length == set.length);
	rowset_rows_write(rows, count, joined.bytes);
	CHECK(memcmp(joined.bytes, set.bytes, set.length) == 0);
	free(joined.bytes);
	while (count > 0)
		free((void *) rows[--count].bytes);
}

static void
rows_of_sets(void)
{
	for (int round = 0; round < 40; round++)
	{
		ModelBytes	set;

		model_randomize();
		set = bytes_of_model();
		cut_and_join(set);
		free(set.bytes);
	}
}

/* One id, a range, two containers, another key, another form, none. */
static void
bad_rows(void)
{
	static const unsigned char one[] = {
		0x3A, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 5, 0
	};
	static const unsigned char runs[] = {
		0x3B, 0x30, 0, 0, 1, 0, 0, 9, 0, 1, 0, 5, 0, 9, 0
	};
	static const unsigned char not_canonical[] = {
		0x3B, 0x30, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 0, 0, 0
	};
	static const unsigned char none[] = {0x3A, 0x30, 0, 0, 0, 0, 0, 0};
	static const RowsetRange two[] = {{5, 5}, {65536, 65536}};
	unsigned char other_key[sizeof(one)];
	ModelBytes	set = model_bytes(rowset_ranges_size(two, 2));
	uint32_t	cardinality;
	CoreError	error;

	CHECK(rowset_row_check(one, sizeof(one), &cardinality, &error));
	CHECK(cardinality == 1);
	CHECK(rowset_row_check(runs, sizeof(runs), &cardinality, &error));
	CHECK(cardinality == 10);
	CHECK(!rowset_row_check(not_canonical, sizeof(not_canonical),
							&cardinality, &error));
	CHECK(error.position == CORE_NO_POSITION);
	CHECK(!rowset_row_check(none, sizeof(none), &cardinality, &error));
	CHECK(error.position == 0);
	memcpy(other_key, one, sizeof(one));
	other_key[8] = 1;
	CHECK(!rowset_row_check(other_key, sizeof(other_key), &cardinality,
							&error));
	CHECK(error.position == 8);
	rowset_ranges_write(two, 2, set.bytes);
	CHECK(!rowset_row_check(set.bytes, set.length, &cardinality, &error));
	CHECK(error.position == 0);
	free(set.bytes);
}

int
main(void)
{
	unit_case("small sets have the bytes of the specification");
	exact_forms();
	unit_case("the smallest container is chosen, at ties array before runs");
	kinds_at_borders();
	unit_case("CRoaring and we read each other, into one form");
	against_croaring();
	unit_case("the canonical form is stable");
	idempotent();
	unit_case("the whole range of ids");
	whole_range();
	unit_case("ranges are merged, ids become ranges");
	merging();
	unit_case("sets are cut into rows and joined again");
	rows_of_sets();
	unit_case("what is no row is refused");
	bad_rows();
	return unit_finish();
}
