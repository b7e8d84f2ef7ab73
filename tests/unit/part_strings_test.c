/*
 * part_strings_test.c
 *		Tests of core/part_strings.c: how byte strings are kept.
 */
#include "unit.h"

#include "part_model.h"

#define ROWS 20000

static PartString strings[PART_ROWS_MAX];
static unsigned char text[PART_ROWS_MAX * 32];

static PartColumn
string_column(uint32_t rows)
{
	PartColumn	column;

	memset(&column, 0, sizeof(column));
	column.kind = PART_BYTES;
	column.rows = rows;
	column.values = strings;
	return column;
}

static void
set_string(uint32_t row, const void *bytes, size_t length)
{
	strings[row].bytes = bytes;
	strings[row].length = length;
}

/* Strings of length bytes, of which so many are distinct; 0 for all. */
static void
fill(size_t length, uint32_t distinct, bool random)
{
	for (uint32_t row = 0; row < PART_ROWS_MAX; row++)
	{
		uint32_t	number = distinct == 0 ? row : row % distinct;
		unsigned char *at = text + (size_t) row * 32;

		memset(at, 'x', 32);
		if (random && row == number)
		{
			for (size_t i = 0; i < 32; i++)
				at[i] = (unsigned char) model_random();
		}
		else if (random)
			memcpy(at, text + (size_t) number * 32, 32);
		le32_write(at, number * UINT32_C(2654435761));
		set_string(row, at, length);
	}
}

static bool
is_packed(const ModelPart *part)
{
	return (part->bytes[PART_AT_FLAGS] & PART_FLAG_LZ4) != 0;
}

/* The part from first on is what it should be, and holds the column's rows. */
static void
expect(const PartColumn *column, uint32_t first, PartEncoding encoding,
	   uint32_t rows, bool packed)
{
	ModelPart	part = model_part(column, first);

	if (!CHECK(part.plan.encoding == encoding && part.plan.rows == rows &&
			   is_packed(&part) == packed))
		printf("# encoding %d, %u rows, %s\n", (int) part.plan.encoding,
			   part.plan.rows, is_packed(&part) ? "lz4" : "raw");
	CHECK(model_matches(column, &part));
	model_free_part(&part);
}

static void
encodings(void)
{
	PartColumn	column = string_column(ROWS);
	ModelPart	part;

	fill(16, 1, true);
	expect(&column, 0, PART_CONSTANT, ROWS, false);
	fill(16, 0, true);
	expect(&column, 0, PART_PLAIN, PART_BYTES_TARGET / 16, false);
	fill(16, 0, false);
	expect(&column, 0, PART_PLAIN, PART_BYTES_TARGET / 16, true);
	fill(16, 200, true);
	expect(&column, 0, PART_DICTIONARY, PART_BYTES_TARGET / 16, false);
	part = model_part(&column, 0);
	CHECK(part.part.code_width == 1 && part.part.items == 200);
	model_free_part(&part);
	fill(16, 257, true);
	expect(&column, 0, PART_DICTIONARY, PART_BYTES_TARGET / 16, false);
	part = model_part(&column, 0);
	CHECK(part.part.code_width == 2 && part.part.items == 257);
	model_free_part(&part);
	fill(16, 3000, false);
	expect(&column, 0, PART_DICTIONARY, PART_BYTES_TARGET / 16, true);

	/* too few repeat to pay for codes */
	fill(16, 15000, true);
	expect(&column, 0, PART_PLAIN, PART_BYTES_TARGET / 16, false);
}

/* Offsets take less where lengths are alike. */
static void
strides(void)
{
	PartColumn	column = string_column(ROWS);
	ModelPart	part;

	fill(16, 0, true);
	part = model_part(&column, 0);
	CHECK(part.part.base[0] == 16 && part.part.width == 1);
	model_free_part(&part);
	for (uint32_t row = 0; row < ROWS; row++)
		strings[row].length = 14 + row % 3;
	part = model_part(&column, 0);
	CHECK(part.part.base[0] == 14 && part.part.width == 2);
	CHECK(model_matches(&column, &part));
	model_free_part(&part);
	strings[7].length = 0;
	part = model_part(&column, 0);
	CHECK(part.part.base[0] == 0 && part.part.width == 4);
	CHECK(model_matches(&column, &part));
	model_free_part(&part);
}

static void
constants_and_nulls(void)
{
	static uint64_t validity[PART_ROWS_MAX / 64];
	PartColumn	column = string_column(PART_ROWS_MAX);

	fill(20, 1, true);
	expect(&column, 0, PART_CONSTANT, PART_ROWS_MAX, false);
	column.validity = validity;
	expect(&column, 0, PART_NULLS, PART_ROWS_MAX, false);
	validity[1000] = 1;
	expect(&column, 0, PART_CONSTANT, PART_ROWS_MAX, false);

	/* not one byte but the empty string */
	for (uint32_t row = 0; row < PART_ROWS_MAX; row++)
		set_string(row, NULL, 0);
	expect(&column, 0, PART_CONSTANT, PART_ROWS_MAX, false);
	column.validity = NULL;
	expect(&column, 0, PART_CONSTANT, PART_ROWS_MAX, false);
	set_string(65535, "a", 1);
	expect(&column, 0, PART_PLAIN, PART_ROWS_MAX, false);
}

/* A part has rows up to the target, but always one. */
static void
long_strings(void)
{
	const		size_t length = 1 << 20;
	unsigned char *random = model_allocate(length * 2);
	PartColumn	column = string_column(5);
	ModelPart	part;

	for (size_t i = 0; i < length; i++)
		random[i] = (unsigned char) model_random();
	set_string(0, random, 10);
	set_string(1, random, length);
	set_string(2, random + length, length);
	set_string(3, random + 5, PART_BYTES_TARGET - 10);
	set_string(4, random, 10);
	expect(&column, 0, PART_CONSTANT, 1, false);
	expect(&column, 1, PART_CONSTANT, 1, false);
	expect(&column, 2, PART_CONSTANT, 1, true);
	expect(&column, 3, PART_PLAIN, 2, false);

	/* zeros shrink to a 255th */
	part = model_part(&column, 2);
	CHECK(part.length < PART_HEADER_SIZE + 8 + length / 250);
	model_free_part(&part);
	free(random);
}

/*
 * Strings that fall into one slot of the table; found by trying, as somebody
 * would who wants to do harm.
 */
static void
collisions(void)
{
	PartColumn	column = string_column(3000);
	uint32_t	number = 0;

	for (uint32_t row = 0; row < column.rows; number++)
	{
		unsigned char *at = text + (size_t) row * 32;
		uint64_t	hash = UINT64_C(0xCBF29CE484222325);

		le32_write(at, number);
		for (size_t i = 0; i < 4; i++)
			hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
		if (((hash ^ hash >> 32) & 8191) > 3)
			continue;
		set_string(row, at, 4);
		row++;
	}
	for (uint32_t row = 1500; row < column.rows; row++)
		strings[row] = strings[row - 1500];
	expect(&column, 0, PART_PLAIN, 3000, true);
}

/* What cannot be written is refused before memory is touched. */
static void
refused(void)
{
	static const size_t lengths[] = {
		PART_SIZE_MAX, PART_SIZE_MAX - PART_HEADER_SIZE - 7, SIZE_MAX,
		SIZE_MAX - 90
	};
	static uint64_t validity[1] =
	{
		2
	};
	PartColumn	column = string_column(2);
	void	   *scratch;
	PartPlan	plan;
	CoreError	error;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
	{
		set_string(0, "", lengths[i]);
		set_string(1, "", 0);
		column.validity = NULL;
		scratch = malloc(part_scratch_size(&column));
		CHECK(scratch != NULL &&
			  !part_plan(&column, 0, scratch, &plan, &error));
		CHECK_TEXT(error.reason, "String too long for a part");
		CHECK(error.position == CORE_NO_POSITION);

		/* behind a null */
		column.validity = validity;
		strings[1] = strings[0];
		CHECK(!part_plan(&column, 0, scratch, &plan, &error));
		free(scratch);
	}
	set_string(0, "", PART_SIZE_MAX - PART_HEADER_SIZE - 8);
	set_string(1, "", 0);
	column.rows = 1;
	column.validity = NULL;
	scratch = malloc(part_scratch_size(&column));
	CHECK(scratch != NULL && part_plan(&column, 0, scratch, &plan, &error));
	CHECK(plan.size == PART_SIZE_MAX);
	free(scratch);
}

int
main(void)
{
	unit_case("strings take the encoding that suits them");
	encodings();
	unit_case("offsets are small where lengths are alike");
	strides();
	unit_case("one string, and none, take all rows");
	constants_and_nulls();
	unit_case("long strings have parts of their own");
	long_strings();
	unit_case("strings that collide cost no time");
	collisions();
	unit_case("strings that no part can hold are refused");
	refused();
	return unit_finish();
}
