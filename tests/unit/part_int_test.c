/*
 * part_int_test.c
 *		Tests of core/part_int.c: slices, arrays in place.
 */
#include "unit.h"

#include "part_model.h"

/* Every slice from a few rows on is what single rows are. */
static bool
slices_match(const Part *part)
{
	int64_t    *ints = model_allocate(part->rows * sizeof(int64_t));
	PartInt128 *wide = model_allocate(part->rows * sizeof(PartInt128));
	bool		same = true;

	for (int round = 0; round < 12; round++)
	{
		uint32_t	first = round == 0 ? 0 : model_below(part->rows);
		uint32_t	count = part->rows - first;

		if (round % 3 == 2)
			count = model_below(count + 1);
		if (part->width <= 8)
			part_decode_ints(part, first, count, ints);
		part_decode_decimals(part, first, count, wide);
		for (uint32_t i = 0; i < count; i++)
		{
			PartInt128	one = part_get_decimal(part, first + i);

			same &= one.low == wide[i].low && one.high == wide[i].high;
			if (part->width <= 8)
				same &= ints[i] == part_get_int(part, first + i) &&
					(uint64_t) ints[i] == one.low &&
					one.high == (ints[i] < 0 ? -1 : 0);
		}
	}
	free(ints);
	free(wide);
	return same;
}

/* What a kernel reads in place. */
static bool
array_matches(const Part *part)
{
	PartArray	array;

	if (!part_array(part, &array))
		return part->encoding == PART_NULLS || part->width > 8;
	for (uint32_t row = 0; row < part->rows; row++)
	{
		uint32_t	item = part_item(part, row);
		uint64_t	number = 0;

		if (array.width == 1)
			number = ((const uint8_t *) array.numbers)[item];
		else if (array.width == 2)
			number = ((const uint16_t *) array.numbers)[item];
		else if (array.width == 4)
			number = ((const uint32_t *) array.numbers)[item];
		else
			number = ((const uint64_t *) array.numbers)[item];
		if (item >= array.count ||
			part_signed((uint64_t) array.base + number) !=
			part_get_int(part, row))
			return false;
	}
	return true;
}

static void
slices(PartKind kind)
{
	for (uint32_t shape = 0; shape < MODEL_SHAPES; shape++)
	{
		for (uint32_t nulls = 0; nulls < MODEL_NULL_SHAPES; nulls++)
		{
			ModelColumn model = model_column(kind, 4000, shape, nulls);
			ModelPart	part = model_part(&model.column, 0);

			CHECK(slices_match(&part.part));
			CHECK(array_matches(&part.part));
			model_free_part(&part);
			model_free(&model);
		}
	}
}

/* Each run end and the rows around it. */
static void
run_search(void)
{
	static int64_t ints[PART_ROWS_MAX];
	PartColumn	column;
	ModelPart	part;

	for (uint32_t i = 0, value = 0; i < PART_ROWS_MAX; i++)
	{
		if (model_below(300) == 0)
			value++;
		ints[i] = value;
	}
	memset(&column, 0, sizeof(column));
	column.kind = PART_INT;
	column.rows = PART_ROWS_MAX;
	column.values = ints;
	part = model_part(&column, 0);
	CHECK(part.part.encoding == PART_RUNS && part.part.items > 100);
	for (uint32_t row = 0; row < part.part.rows; row++)
	{
		if (!CHECK(part_get_int(&part.part, row) == ints[row]))
			break;
	}
	model_free_part(&part);
}

static void
words_of_validity(void)
{
	for (uint32_t nulls = 0; nulls < MODEL_NULL_SHAPES; nulls++)
	{
		static const uint32_t sizes[] = {1, 63, 64, 65, 130, 640};

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		{
			ModelColumn model = model_column(PART_INT, sizes[i], 5, nulls);
			ModelPart	part = model_part(&model.column, 0);

			for (uint32_t word = 0; word < (part.part.rows + 63) / 64; word++)
				CHECK(part.part.rows < sizes[i] ||
					  part_validity_word(&part.part, word) ==
					  model.validity[word]);
			model_free_part(&part);
			model_free(&model);
		}
	}
}

static void
not_in_place(void)
{
	ModelColumn model = model_column(PART_INT, 100, 5, 0);
	ModelPart	part = model_part(&model.column, 0);
	unsigned char *room = model_allocate(part.length + 4);
	Part		moved;
	PartArray	array;
	CoreError	error;

	memcpy(room + 4, part.bytes, part.length);
	CHECK(part_array(&part.part, &array));
	CHECK((uintptr_t) array.numbers % 8 == 0);
	CHECK(part_open(&moved, room + 4, part.length, 0, &error));
	CHECK(!part_array(&moved, &array));
	CHECK(part_get_int(&moved, 99) == part_get_int(&part.part, 99));
	free(room);
	model_free_part(&part);
	model_free(&model);

	model = model_column(PART_DOUBLE, 100, 5, 0);
	part = model_part(&model.column, 0);
	CHECK(!part_array(&part.part, &array));
	model_free_part(&part);
	model_free(&model);
}

int
main(void)
{
	unit_case("slices of integers are what single rows are");
	slices(PART_INT);
	unit_case("slices of decimals are what single rows are");
	slices(PART_DECIMAL);
	unit_case("the run of every row is found");
	run_search();
	unit_case("words of validity are those of the column");
	words_of_validity();
	unit_case("arrays are given in place where they are aligned, only");
	not_in_place();
	return unit_finish();
}
