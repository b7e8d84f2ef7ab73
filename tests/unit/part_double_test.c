/*
 * part_double_test.c
 *		Tests of core/part_double.c: bits come back, in slices too.
 */
#include "unit.h"

#include "part_model.h"

static bool
doubles_match(const Part *part, int axis, uint32_t first, uint32_t count)
{
	double	   *numbers = model_allocate(count * sizeof(double));
	bool		same = true;

	part_decode_doubles(part, axis, first, count, numbers);
	for (uint32_t i = 0; i < count; i++)
		same &= part_bits_of_double(numbers[i]) ==
			part_bits_of_double(part_get_double(part, axis, first + i));
	free(numbers);
	return same;
}

static bool
floats_match(const Part *part, uint32_t first, uint32_t count)
{
	float	   *numbers = model_allocate(count * sizeof(float));
	bool		same = true;

	part_decode_floats(part, first, count, numbers);
	for (uint32_t i = 0; i < count; i++)
		same &= part_bits_of_float(numbers[i]) ==
			part_bits_of_float(part_get_float(part, first + i));
	free(numbers);
	return same;
}

static bool
slices_match(const Part *part)
{
	bool		same = true;

	for (int round = 0; round < 12; round++)
	{
		uint32_t	first = round == 0 ? 0 : model_below(part->rows);
		uint32_t	count = part->rows - first;

		if (round % 3 == 2)
			count = model_below(count + 1);
		same &= doubles_match(part, 0, first, count);
		if (part->kind == PART_POINT)
			same &= doubles_match(part, 1, first, count);
		if (part->kind == PART_FLOAT)
			same &= floats_match(part, first, count);
	}
	return same;
}

static void
slices(PartKind kind)
{
	for (uint32_t shape = 0; shape < MODEL_SHAPES; shape++)
	{
		for (uint32_t nulls = 0; nulls < 3; nulls++)
		{
			ModelColumn model = model_column(kind, 4000, shape, nulls);
			ModelPart	part = model_part(&model.column, 0);

			CHECK(slices_match(&part.part));
			model_free_part(&part);
			model_free(&model);
		}
	}
}

/* One number in each of the ways a part can keep it. */
static void
every_number(void)
{
	static const uint64_t bits[] = {
		UINT64_C(0x7FF8000000000000), UINT64_C(0xFFF8000000000001),
		UINT64_C(0x7FF4000000000000), UINT64_C(0x7FF0000000000000),
		UINT64_C(0xFFF0000000000000), UINT64_C(0x8000000000000000),
		0, 1, UINT64_C(0x000FFFFFFFFFFFFF), UINT64_C(0x7FEFFFFFFFFFFFFF),
		UINT64_C(0x3FB999999999999A), UINT64_C(0x3FB999999999999B),
		UINT64_C(0x4310000000000000), UINT64_C(0xC310000000000000),
		UINT64_C(0x4340000000000001), UINT64_C(0x419D6F34547E6B75)
	};

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
	{
		double		numbers[3];
		PartColumn	column;
		ModelPart	part;

		memset(&column, 0, sizeof(column));
		column.kind = PART_DOUBLE;
		column.values = numbers;
		for (column.rows = 1; column.rows <= 3; column.rows++)
		{
			numbers[0] = part_double_of_bits(bits[i]);
			numbers[1] = 0.5;
			numbers[2] = part_double_of_bits(bits[i]);
			part = model_part(&column, 0);
			CHECK(model_matches(&column, &part));
			model_free_part(&part);
		}
	}
}

/* Prices, heights, coordinates: what tables hold is scaled. */
static void
scaled(void)
{
	double	   *numbers = model_allocate(5000 * sizeof(double));
	PartColumn	column;

	memset(&column, 0, sizeof(column));
	column.kind = PART_DOUBLE;
	column.rows = 5000;
	column.values = numbers;
	for (int decimals = 0; decimals <= 6; decimals++)
	{
		char		text[40];
		ModelPart	part;

		/* as they are read from text, correctly rounded */
		for (uint32_t i = 0; i < column.rows; i++)
		{
			(void) snprintf(text, sizeof(text), "%u.%0*u",
							model_below(50), decimals,
							decimals == 0 ? 0 : model_below(10));
			numbers[i] = strtod(text, NULL);
		}
		part = model_part(&column, 0);
		CHECK(part.part.scaled);
		CHECK(part.part.decimals == (uint32_t) decimals);
		CHECK(model_matches(&column, &part));
		model_free_part(&part);
	}
	free(numbers);
}

static void
points(void)
{
	ModelColumn model = model_column(PART_POINT, 500, 2, 2);
	ModelPart	part;

	model.column.dimensions = 129;
	part = model_part(&model.column, 0);
	CHECK(part.part.detail == 25832);
	CHECK(part.part.dimensions == 129);
	CHECK(part.part.width == 2 && part.part.decimals == 3);
	CHECK(model_matches(&model.column, &part));
	model_free_part(&part);
	model_free(&model);
}

int
main(void)
{
	unit_case("slices of doubles are what single rows are");
	slices(PART_DOUBLE);
	unit_case("slices of floats are what single rows are");
	slices(PART_FLOAT);
	unit_case("slices of points are what single rows are");
	slices(PART_POINT);
	unit_case("NaN payloads, infinities, zeros and the last digit come back");
	every_number();
	unit_case("numbers of few decimals are scaled");
	scaled();
	unit_case("points keep their SRID and dimensions");
	points();
	return unit_finish();
}
