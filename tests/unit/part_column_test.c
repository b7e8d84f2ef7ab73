/*
 * part_column_test.c
 *		Tests of core/part_column.c: widths, scaled numbers, rows that are alike.
 */
#include "unit.h"

#include "part_model.h"

static PartColumn
column_of(PartKind kind, const void *values, uint32_t rows)
{
	PartColumn	column;

	memset(&column, 0, sizeof(column));
	column.kind = kind;
	column.values = values;
	column.rows = rows;
	return column;
}

static uint32_t
width_of(const PartColumn *column, int64_t base[2])
{
	PartRange	range;

	part_range_begin(&range, false);
	for (uint32_t row = 0; row < column->rows; row++)
		part_range_add(&range, column, row);
	return part_range_width(&range, column, base);
}

static void
int_widths(void)
{
	static const struct
	{
		int64_t		values[2];
		uint32_t	width;
		int64_t		base;
	}			cases[] = {
		{{7, 7}, 1, 7}, {{-128, 127}, 1, -128}, {{0, 255}, 1, 0},
		{{0, 256}, 2, 0}, {{65535, 0}, 2, 0}, {{65536, 0}, 4, 0},
		{{INT32_MIN, INT32_MAX}, 4, INT32_MIN},
		{{INT64_MIN, INT64_MIN + UINT32_MAX}, 4, INT64_MIN},
		{{INT64_MAX, INT64_MAX - UINT32_MAX}, 4, INT64_MAX - UINT32_MAX},
		{{-1, UINT32_MAX}, 8, 0}, {{INT64_MIN, INT64_MAX}, 8, 0}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		PartColumn	column = column_of(PART_INT, cases[i].values, 2);
		int64_t		base[2];

		CHECK(width_of(&column, base) == cases[i].width);
		CHECK(base[0] == cases[i].base && base[1] == 0);
	}
}

static void
decimal_widths(void)
{
	PartInt128	values[2] = {{5, 0}, {0, 0}};
	PartColumn	column = column_of(PART_DECIMAL, values, 2);
	int64_t		base[2];

	CHECK(width_of(&column, base) == 1);
	values[1].low = UINT64_MAX;
	values[1].high = -1;
	CHECK(width_of(&column, base) == 1 && base[0] == -1);
	values[1].low = INT64_MAX;
	values[1].high = 0;
	CHECK(width_of(&column, base) == 8 && base[0] == 0);
	values[1].low = UINT64_C(1) << 63;
	CHECK(width_of(&column, base) == 16 && base[0] == 0);
	values[1].high = -1;
	CHECK(width_of(&column, base) == 8);
	values[1].low--;
	CHECK(width_of(&column, base) == 16);
}

static void
floating_widths(void)
{
	double		doubles[2] = {1.5, -2.25};
	float		floats[2] = {0.1f, 25.5f};
	PartColumn	column = column_of(PART_DOUBLE, doubles, 2);
	int64_t		base[2];

	CHECK(width_of(&column, base) == 2 && base[0] == -225);
	doubles[0] = 42949670.7;
	doubles[1] = 0;
	CHECK(width_of(&column, base) == 4);
	doubles[0] = 429496729.6;
	CHECK(width_of(&column, base) == 8 && base[0] == 0);
	doubles[0] = part_double_of_bits(UINT64_C(0x7FF8000000000000));
	CHECK(width_of(&column, base) == 8);

	/* few digits, but too many where they are scaled alike */
	doubles[0] = 1e14;
	doubles[1] = 1e14 + 0.5;
	CHECK(width_of(&column, base) == 1);
	doubles[0] = 1e15;
	doubles[1] = 0.001;
	CHECK(width_of(&column, base) == 8);

	column = column_of(PART_FLOAT, floats, 2);
	CHECK(width_of(&column, base) == 1 && base[0] == 1);
	floats[1] = 6553.7f;
	CHECK(width_of(&column, base) == 4 && base[0] == 0);
}

static void
point_widths(void)
{
	double		x[2] = {432100.12, 432100.5};
	double		y[2] = {5660000, 5660001};
	PartColumn	column = column_of(PART_POINT, x, 2);
	int64_t		base[2];

	column.values_y = y;
	CHECK(width_of(&column, base) == 1);
	CHECK(base[0] == 43210012 && base[1] == 566000000);
	y[1] = 5660003;
	CHECK(width_of(&column, base) == 2);
	y[1] = -0.0;
	CHECK(width_of(&column, base) == 8);
	CHECK(base[0] == 0 && base[1] == 0);
}

/* What scales comes back, whatever it is. */
static void
scaling(void)
{
	double		number;
	float		small;
	PartColumn	doubles = column_of(PART_DOUBLE, &number, 1);
	PartColumn	floats = column_of(PART_FLOAT, &small, 1);
	uint32_t	scaled = 0;

	for (int i = 0; i < 200000; i++)
	{
		uint32_t	decimals = model_below(PART_DECIMALS_MAX + 1);
		double		power = part_power_of_ten(model_below(decimals + 1));

		number = (double) part_signed(model_random() >> model_below(64)) /
			power;
		small = (float) number;
		if (part_column_scales(&doubles, 0, decimals))
		{
			int64_t		item = part_column_number(&doubles, 0, 0, decimals);

			scaled++;
			CHECK(item < PART_SCALED_LIMIT && item > -PART_SCALED_LIMIT);
			CHECK(part_bits_of_double((double) item /
									  part_power_of_ten(decimals)) ==
				  part_bits_of_double(number));
		}
		if (part_column_scales(&floats, 0, decimals))
		{
			int64_t		item = part_column_number(&floats, 0, 0, decimals);

			CHECK(part_bits_of_float((float) ((double) item /
											  part_power_of_ten(decimals))) ==
				  part_bits_of_float(small));
		}
	}
	CHECK(scaled > 1000);
}

static void
alike(void)
{
	double		x[3] = {0.0, -0.0, 0.0};
	double		y[3] = {1, 1, 2};
	PartColumn	column = column_of(PART_POINT, x, 3);

	column.values_y = y;
	CHECK(part_column_same(&column, 0, 0));
	CHECK(!part_column_same(&column, 0, 1));
	CHECK(!part_column_same(&column, 0, 2));
	column = column_of(PART_FIXED, "abcabcabd", 3);
	column.detail = 3;
	CHECK(part_column_same(&column, 0, 1));
	CHECK(!part_column_same(&column, 1, 2));
}

static void
nulls(void)
{
	uint64_t	validity[3] = {UINT64_MAX, 5, UINT64_MAX};
	PartColumn	column = column_of(PART_INT, NULL, 192);

	CHECK(part_column_nulls(&column, 0, 192) == 0);
	column.validity = validity;
	CHECK(part_column_nulls(&column, 0, 192) == 62);
	CHECK(part_column_nulls(&column, 64, 3) == 1);
	CHECK(part_column_nulls(&column, 65, 1) == 1);
	CHECK(part_column_is_null(&column, 65));
	CHECK(!part_column_is_null(&column, 66));
}

int
main(void)
{
	unit_case("integers need the width of their span");
	int_widths();
	unit_case("decimals of 64 bits are kept as integers, at both ends");
	decimal_widths();
	unit_case("floating point numbers need the width of their scaled span");
	floating_widths();
	unit_case("both axes of points have one width");
	point_widths();
	unit_case("scaled numbers come back bit by bit");
	scaling();
	unit_case("rows are alike in every bit, or not");
	alike();
	unit_case("nulls are counted at any row");
	nulls();
	return unit_finish();
}
