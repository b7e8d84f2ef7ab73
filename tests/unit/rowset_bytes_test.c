/*
 * rowset_bytes_test.c
 *		Tests of core/rowset_bytes.c.
 */
#include "unit.h"

#include "rowset_model.h"

static uint64_t
model_cardinality(void)
{
	uint64_t	cardinality = 0;

	for (size_t i = 0; i < MODEL_IDS; i++)
		cardinality += model[i];
	return cardinality;
}

/* A row of bytes from hexadecimal digits; blanks are skipped. */
static ModelBytes
bytes_of_hex(const char *hex)
{
	ModelBytes	result = model_bytes(strlen(hex) / 2 + 1);
	unsigned char *exact;
	unsigned	byte;

	result.length = 0;
	for (; *hex != '\0'; hex++)
	{
		if (*hex == ' ')
			continue;
		if (sscanf(hex, "%2x", &byte) != 1)
			abort();
		result.bytes[result.length++] = (unsigned char) byte;
		hex++;
	}
	exact = model_bytes(result.length).bytes;
	memcpy(exact, result.bytes, result.length);
	free(result.bytes);
	result.bytes = exact;
	return result;
}

/* Walk through a valid set; returns whether all its parts agree. */
static bool
is_consistent(ModelBytes set, uint64_t cardinality)
{
	RowsetIterator iterator;
	uint64_t	counted = 0;
	uint32_t	first;
	uint32_t	last;
	uint32_t	lowest;
	uint32_t	highest;
	uint64_t	end = 0;		/* one above the range before */
	bool		consistent = true;

	rowset_begin(&iterator, set.bytes);
	while (rowset_next_range(&iterator, &first, &last))
	{
		if (counted == 0)
			consistent &= rowset_first(set.bytes, &lowest) && lowest == first;
		else
			consistent &= first > end &&
				!rowset_contains(set.bytes, first - 1);
		consistent &= last >= first && rowset_contains(set.bytes, first) &&
			rowset_contains(set.bytes, last);
		end = (uint64_t) last + 1;
		counted += end - first;
	}
	consistent &= rowset_last(set.bytes, &highest) == (counted > 0) &&
		(counted == 0 || highest == last);
	return consistent && counted == cardinality &&
		rowset_cardinality(set.bytes) == cardinality;
}

/* Bytes that may be anything: refused, or a set that can be walked through. */
static bool
refused_or_valid(ModelBytes set)
{
	uint64_t	cardinality;
	CoreError	error;

	if (rowset_check(set.bytes, set.length, &cardinality, &error))
		return is_consistent(set, cardinality);
	return error.reason != NULL && error.position >= 0 &&
		error.position <= (long) set.length;
}

/* Sets of every kind of container and of both cookies. */
static ModelBytes
sample(int number)
{
	static const uint32_t shapes[][MODEL_KEYS] = {
		{0, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {2, 7, 0, 0, 2}, {6, 0, 0, 0, 0},
		{6, 2, 7, 0, 0}, {6, 7, 7, 7, 6}, {5, 5, 5, 0, 5}, {9, 0, 0, 0, 0},
		{2, 9, 6, 2, 7}
	};

	for (size_t i = 0; i < MODEL_KEYS; i++)
		model_fill(model + i * ROWSET_CONTAINER_IDS, shapes[number][i]);
	return bytes_of_model();
}

#define SAMPLES 9

static void
truncations(void)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		ModelBytes	set = sample(i);
		uint64_t	cardinality;
		CoreError	error;

		CHECK(rowset_check(set.bytes, set.length, &cardinality, &error));
		CHECK(cardinality == model_cardinality());
		CHECK(is_consistent(set, cardinality));
		for (size_t length = 0; length < set.length; length++)
		{
			ModelBytes	part = model_bytes(length);

			memcpy(part.bytes, set.bytes, length);
			CHECK(!rowset_check(part.bytes, length, &cardinality, &error));
			CHECK(error.position >= 0 && error.position <= (long) length);
			free(part.bytes);
		}
		free(set.bytes);
	}
}

static void
additions(void)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		ModelBytes	set = sample(i);
		ModelBytes	longer = model_bytes(set.length + 1);
		uint64_t	cardinality;
		CoreError	error;

		memcpy(longer.bytes, set.bytes, set.length);
		longer.bytes[set.length] = 0;
		CHECK(!rowset_check(longer.bytes, longer.length, &cardinality,
							&error));
		CHECK_TEXT(error.reason, "Expected the end");
		CHECK(error.position == (long) set.length);
		free(longer.bytes);
		free(set.bytes);
	}
}

/*
 * Each bit flipped, and each byte made 0, 1, 127, 128 and 255; the words of a
 * bitset are all alike, so that of large samples some bytes will do.
 */
static void
mutations(void)
{
	static const unsigned char values[] = {0, 1, 127, 128, 255};

	for (int i = 0; i < SAMPLES; i++)
	{
		ModelBytes	set = sample(i);
		size_t		step = 1;

		for (size_t at = 0; at < set.length; at += step)
		{
			unsigned char byte = set.bytes[at];

			if (at > 1000)
				step = 61;
			for (int bit = 0; bit < 8; bit++)
			{
				set.bytes[at] = (unsigned char) (byte ^ 1 << bit);
				CHECK(refused_or_valid(set));
			}
			for (size_t value = 0; value < sizeof(values); value++)
			{
				set.bytes[at] = values[value];
				CHECK(refused_or_valid(set));
			}
			set.bytes[at] = byte;
		}
		free(set.bytes);
	}
}

/* Random bytes behind a cookie. */
static void
noise(void)
{
	for (int i = 0; i < 20000; i++)
	{
		ModelBytes	set = model_bytes(model_below(80));

		for (size_t at = 0; at < set.length; at++)
			set.bytes[at] = (unsigned char) model_below(4);
		if (set.length > 4)
		{
			set.bytes[0] = (unsigned char) (0x3A + i % 2);
			set.bytes[1] = 0x30;
			set.bytes[2] = i % 2 == 0 ? 0 : (unsigned char) model_below(6);
			set.bytes[3] = 0;
		}
		CHECK(refused_or_valid(set));
		free(set.bytes);
	}
}

static void
refuse(const char *hex, const char *reason, long position)
{
	ModelBytes	set = bytes_of_hex(hex);
	uint64_t	cardinality;
	CoreError	error;

	if (CHECK(!rowset_check(set.bytes, set.length, &cardinality, &error)))
	{
		CHECK_TEXT(error.reason, reason);
		CHECK(error.position == position);
		if (error.position != position)
			printf("# %s: position %ld\n", hex, error.position);
	}
	free(set.bytes);
}

/* One case for each rule of the format. */
static void
rules(void)
{
	refuse("", "Expected more bytes", 0);
	refuse("3A3000", "Expected more bytes", 3);
	refuse("3A300000", "Expected more bytes", 4);
	refuse("3C300000 00000000", "Expected the cookie of a roaring bitmap", 0);
	refuse("3A300100 00000000", "Expected the cookie of a roaring bitmap", 0);
	refuse("3A300000 01000100", "More than 65536 containers", 4);
	refuse("3A300000 00000100", "Expected more bytes", 8);
	refuse("3A300000 01000000 0000 0000 10000000", "Expected more bytes", 16);
	refuse("3A300000 01000000 0000 0000 11000000 0500",
		   "Offset does not lead to its container", 12);
	refuse("3A300000 01000000 0000 0100 10000000 0500 0500",
		   "Row id not above the one before it", 18);
	refuse("3A300000 01000000 0000 0100 10000000 0500 0400",
		   "Row id not above the one before it", 18);
	refuse("3A300000 02000000 0100 0000 0100 0000 18000000 1A000000 0500 0500",
		   "Container key not above the one before it", 12);
	refuse("3A300000 02000000 0100 0000 0000 0000 18000000 1A000000 0500 0500",
		   "Container key not above the one before it", 12);
	refuse("3A300000 01000000 0000 0000 10000000 0500 00", "Expected the end",
		   18);
	refuse("3B300000 03 0000 0200 0100 0500 0200",
		   "Bit set for a container that is not there", 4);
	refuse("3B300000 01 0000 0200 01", "Expected more bytes", 10);
	refuse("3B300000 01 0000 0200 0000",
		   "Number of ids differs from that in the header, in the runs", 9);
	refuse("3B300000 01 0000 0300 0100 0500 0200",
		   "Number of ids differs from that in the header, in the runs", 9);
	refuse("3B300000 01 0000 0100 0100 FFFF 0100",
		   "Run beyond the end of its container", 11);
	refuse("3B300000 01 0000 0300 0200 0500 0100 0700 0100",
		   "Run not above the one before it, with a gap", 15);
	refuse("3B300000 01 0000 0300 0200 0500 0100 0600 0100",
		   "Run not above the one before it, with a gap", 15);
	refuse("3B300000 01 0000 0300 0200 0500 0100 0200 0100",
		   "Run not above the one before it, with a gap", 15);
	refuse("3B300000 01 0000 FFFF FFFF", "Expected more bytes", 11);
}

/* The longest header, and a bitset whose count is wrong. */
static void
large_refusals(void)
{
	ModelBytes	set = sample(7);
	uint64_t	cardinality;
	CoreError	error;

	CHECK(rowset_check(set.bytes, set.length, &cardinality, &error));
	CHECK(cardinality == 4097);
	set.bytes[10]++;
	CHECK(!rowset_check(set.bytes, set.length, &cardinality, &error));
	CHECK_TEXT(error.reason,
			   "Number of bits differs from that in the header, in the bitset");
	CHECK(error.position == 16);
	free(set.bytes);
}

/* Not canonical, but valid: the other kind of container, cookie with no run. */
static void
other_forms(void)
{
	static const char *const hex[] = {
		"3B300000 00 0000 0000 0500",
		"3B300000 01 0000 0000 0100 0500 0000",
		"3B300300 0F 0000 0000 0100 0000 0200 0000 0300 0000 "
		"25000000 2B000000 31000000 37000000 "
		"0100 0100 0000 0100 0200 0000 0100 0300 0000 0100 0400 0000"
	};
	uint64_t	cardinality;
	CoreError	error;

	for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
	{
		ModelBytes	set = bytes_of_hex(hex[i]);

		CHECK(rowset_check(set.bytes, set.length, &cardinality, &error));
		CHECK(is_consistent(set, cardinality));
		free(set.bytes);
	}
}

/* Every id of the model and its neighbours, by lookup and by iteration. */
static void
against_model(void)
{
	static bool found[MODEL_IDS];

	for (int round = 0; round < 30; round++)
	{
		ModelBytes	set;
		RowsetIterator iterator;
		uint32_t	first;
		uint32_t	last;
		bool		alike = true;

		model_randomize();
		set = bytes_of_model();
		memset(found, 0, sizeof(found));
		rowset_begin(&iterator, set.bytes);
		while (rowset_next_range(&iterator, &first, &last))
		{
			for (uint64_t id = first; id <= last; id++)
			{
				size_t		key = 0;

				while (key < MODEL_KEYS - 1 && model_keys[key] != id >> 16)
					key++;
				found[key * ROWSET_CONTAINER_IDS + (id & 0xFFFF)] = true;
			}
		}
		CHECK(memcmp(found, model, sizeof(model)) == 0);
		for (size_t i = 0; i < MODEL_IDS; i++)
			alike &= rowset_contains(set.bytes, model_id(i)) == model[i];
		CHECK(alike);
		CHECK(!rowset_contains(set.bytes, 3 << 16));
		CHECK(!rowset_contains(set.bytes, UINT32_C(60000) << 16));
		CHECK(rowset_cardinality(set.bytes) == model_cardinality());
		CHECK(is_consistent(set, model_cardinality()));
		free(set.bytes);
	}
}

/* The same bytes at each offset from an aligned address. */
static void
unaligned(void)
{
	ModelBytes	set = sample(8);
	ModelBytes	room = model_bytes(set.length + 8);
	uint64_t	cardinality;
	CoreError	error;

	for (size_t offset = 0; offset < 8; offset++)
	{
		ModelBytes	moved;

		moved.bytes = room.bytes + offset;
		moved.length = set.length;
		memcpy(moved.bytes, set.bytes, set.length);
		CHECK(rowset_check(moved.bytes, moved.length, &cardinality, &error));
		CHECK(is_consistent(moved, cardinality));
	}
	free(room.bytes);
	free(set.bytes);
}

int
main(void)
{
	unit_case("each rule of the format is checked, with its position");
	rules();
	large_refusals();
	unit_case("valid forms that are not canonical are read");
	other_forms();
	unit_case("every truncation is refused");
	truncations();
	unit_case("bytes behind the end are refused");
	additions();
	unit_case("flipped bits and bytes are refused or valid");
	mutations();
	unit_case("noise is refused or valid");
	noise();
	unit_case("random sets are read as the model says");
	against_model();
	unit_case("bytes at any address are read");
	unaligned();
	return unit_finish();
}
