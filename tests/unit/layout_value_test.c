/*
 * layout_value_test.c
 *		Canonical values through parts and back.
 */
#include "../../extension/core/layout_numeric.h"
#include "../../extension/core/layout_value.h"
#include "../../extension/core/part_format.h"
#include "model.h"
#include "unit.h"

#define VALUE_MAX 200

/* A column of canonical values, in memory of its own. */
typedef struct ModelValues
{
	uint32_t	rows;
	PartString *values;
	unsigned char *bytes;
} ModelValues;

static size_t
random_bytes(unsigned char *out, size_t length)
{
	for (size_t i = 0; i < length; i++)
		out[i] = (unsigned char) model_below(256);
	return length;
}

static double
random_double(void)
{
	switch (model_below(6))
	{
		case 0:
			return -0.0;
		case 1:
			return part_double_of_bits(UINT64_C(0x7FF8000000000000));
		case 2:
			return model_below(2) == 0 ? 1.0 / 0.0 : -1.0 / 0.0;
		case 3:
			return (double) model_below(100000) / 100;
		default:
			return (double) (int64_t) model_random();
	}
}

static size_t
random_point(unsigned char *out, uint32_t srid)
{
	size_t		length = srid == 0 ? 5 : 9;

	out[0] = 1;
	le32_write(out + 1, srid == 0 ? 1 : UINT32_C(0x20000001));
	if (srid != 0)
		le32_write(out + 5, srid);
	for (int axis = 0; axis < 2; axis++, length += 8)
		le64_write(out + length,
				   part_bits_of_double((double) model_below(1000000) / 1000));
	return length;
}

/* Write a value that fits a layout; returns its length. */
static size_t
random_value(ValueLayout layout, unsigned char *out)
{
	PartInt128	number = {model_random() >> model_below(64), 0};
	float		small = (float) random_double();

	switch (layout)
	{
		case LAYOUT_INT8:
		case LAYOUT_UINT8:
			return random_bytes(out, 1);
		case LAYOUT_INT16:
			return random_bytes(out, 2);
		case LAYOUT_INT32:
			return random_bytes(out, 4);
		case LAYOUT_INT64:
			return random_bytes(out, 8);
		case LAYOUT_FLOAT4:
			le32_write(out, small != small ? UINT32_C(0x7FC00000) :
					   part_bits_of_float(small));
			return 4;
		case LAYOUT_FLOAT8:
			le64_write(out, part_bits_of_double(random_double()));
			return 8;
		case LAYOUT_NUMERIC:
			number.high = model_below(10) == 0 ? -5 : 0;
			return layout_numeric_write(number, 2, out);
		case LAYOUT_FIXED:
			return random_bytes(out, 16);
		case LAYOUT_POINT:
			return random_point(out, 25832);
		default:
			return random_bytes(out, model_below(VALUE_MAX));
	}
}

/* nulls: of ten rows, how many are null. */
static ModelValues
make_values(ValueLayout layout, uint32_t rows, uint32_t nulls)
{
	ModelValues result;

	result.rows = rows;
	result.values = model_allocate(rows * sizeof(PartString));
	result.bytes = model_allocate((size_t) rows * VALUE_MAX);
	for (uint32_t row = 0; row < rows; row++)
	{
		unsigned char *at = result.bytes + (size_t) row * VALUE_MAX;

		if (model_below(10) < nulls)
			continue;
		result.values[row].bytes = at;
		result.values[row].length = random_value(layout, at);
	}
	return result;
}

static void
free_values(ModelValues *values)
{
	free(values->values);
	free(values->bytes);
}

/* Do the rows of a part give the values from first on? */
static bool
part_has_values(ValueLayout layout, const Part *part,
				const PartString *values)
{
	for (uint32_t row = 0; row < part->rows; row++)
	{
		unsigned char room[LAYOUT_ROOM];
		PartString	value;

		if (part_is_null(part, row) != (values[row].bytes == NULL))
			return false;
		if (values[row].bytes == NULL)
			continue;
		layout_decode(layout, part, row, room, &value);
		if (value.length != values[row].length ||
			(value.length > 0 &&
			 memcmp(value.bytes, values[row].bytes, value.length) != 0))
			return false;
	}
	return true;
}

/* Write all parts of a column, open them, and compare. */
static bool
parts_have_values(ValueLayout layout, const PartColumn *column,
				  const PartString *values)
{
	void	   *scratch = model_allocate(part_scratch_size(column));
	PartPlan	plan;
	bool		good = true;

	for (uint32_t first = 0; first < column->rows && good; first += plan.rows)
	{
		CoreError	error;
		unsigned char *bytes;
		void	   *unpacked = NULL;
		size_t		length;
		Part		part;

		if (!part_plan(column, first, scratch, &plan, &error))
			abort();
		bytes = model_allocate(plan.size);
		length = part_write(column, &plan, scratch, bytes);
		good = part_open(&part, bytes, length, 0, &error) &&
			part.kind == layout_kind(layout);
		if (good && part.kind == PART_BYTES)
		{
			unpacked = model_allocate(part_unpack_size(&part));
			good = part_unpack(&part, unpacked, &error);
		}
		good = good && part_has_values(layout, &part, values + first);
		free(unpacked);
		free(bytes);
	}
	free(scratch);
	return good;
}

static bool
round_trip(ValueLayout layout, const ModelValues *values)
{
	void	   *memory = model_allocate(layout_encode_size(layout,
														   values->values,
														   values->rows));
	PartColumn	column;
	bool		good;

	good = layout_encode(layout, values->values, values->rows, memory,
						 &column) &&
		parts_have_values(layout, &column, values->values);
	free(memory);
	return good;
}

static void
test_round_trip(void)
{
	unit_case("values of every layout come back");
	for (int layout = LAYOUT_BYTES; layout <= LAYOUT_POINT; layout++)
	{
		static const uint32_t sizes[] = {1, 63, 64, 65, 3000};

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		{
			for (uint32_t nulls = 0; nulls <= 10; nulls += 5)
			{
				ModelValues values = make_values((ValueLayout) layout,
												 sizes[i], nulls);

				if (!CHECK(round_trip((ValueLayout) layout, &values)))
					printf("# layout %d, %" PRIu32 " rows\n", layout,
						   sizes[i]);
				free_values(&values);
			}
		}
	}
}

static void
test_segment(void)
{
	ModelValues values = make_values(LAYOUT_BYTES, PART_ROWS_MAX, 1);

	unit_case("a whole segment comes back");
	CHECK(round_trip(LAYOUT_BYTES, &values));
	free_values(&values);
	values = make_values(LAYOUT_INT32, PART_ROWS_MAX, 0);
	CHECK(round_trip(LAYOUT_INT32, &values));
	free_values(&values);
}

/* Does one value among those that fit make a layout unfit, and not BYTES? */
static bool
falls_back(ValueLayout layout, const unsigned char *bytes, size_t length)
{
	ModelValues values = make_values(layout, 100, 2);
	void	   *memory;
	PartColumn	column;
	bool		fits;

	/* the first row decides for some; the last one has to agree */
	values.values[0].bytes = values.bytes;
	values.values[0].length = random_value(layout, values.bytes);
	values.values[99].bytes = bytes;
	values.values[99].length = length;
	memory = model_allocate(layout_encode_size(layout, values.values, 100));
	fits = layout_encode(layout, values.values, 100, memory, &column);
	free(memory);
	fits = fits || !round_trip(LAYOUT_BYTES, &values);
	free_values(&values);
	return !fits;
}

static void
test_lengths(void)
{
	unsigned char bytes[32] = {1};

	unit_case("values of another length fall back");
	for (int layout = LAYOUT_INT8; layout <= LAYOUT_POINT; layout++)
	{
		CHECK(falls_back((ValueLayout) layout, bytes, 0));
		CHECK(falls_back((ValueLayout) layout, bytes, 3));
		CHECK(falls_back((ValueLayout) layout, bytes, 17));
	}
}

static void
test_values(void)
{
	unsigned char bytes[32];
	size_t		length;
	PartInt128	one = {1, 0};

	unit_case("values that would not come back fall back");
	le32_write(bytes, UINT32_C(0xFFC00001));
	CHECK(falls_back(LAYOUT_FLOAT4, bytes, 4));
	le64_write(bytes, UINT64_C(0x7FF8000000000001));
	CHECK(falls_back(LAYOUT_FLOAT8, bytes, 8));
	length = layout_numeric_write(one, 3, bytes);
	CHECK(falls_back(LAYOUT_NUMERIC, bytes, length));
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 2;
	CHECK(falls_back(LAYOUT_NUMERIC, bytes, 5));
}

static void
test_points(void)
{
	unsigned char bytes[64];
	size_t		length;

	unit_case("points that differ in kind fall back");
	CHECK(falls_back(LAYOUT_POINT, bytes, random_point(bytes, 4326)));
	CHECK(falls_back(LAYOUT_POINT, bytes, random_point(bytes, 0)));
	length = random_point(bytes, 25832);
	le64_write(bytes + 9, UINT64_C(0x7FF8000000000000));
	CHECK(falls_back(LAYOUT_POINT, bytes, length));
	length = random_point(bytes, 25832);
	le32_write(bytes + 1, UINT32_C(0xA0000001));
	CHECK(falls_back(LAYOUT_POINT, bytes, length));
	length = random_point(bytes, 25832);
	bytes[0] = 0;
	CHECK(falls_back(LAYOUT_POINT, bytes, length));
	length = random_point(bytes, 25832);
	le32_write(bytes + 5, 0);
	CHECK(falls_back(LAYOUT_POINT, bytes, length));
}

static void
test_fixed_too_long(void)
{
	unsigned char bytes[PART_FIXED_MAX + 1] = {0};
	PartString	value = {bytes, PART_FIXED_MAX + 1};
	ModelValues values = {1, &value, NULL};

	unit_case("fixed values have 1 to 120 bytes");
	CHECK(!round_trip(LAYOUT_FIXED, &values));
	value.length = PART_FIXED_MAX;
	CHECK(round_trip(LAYOUT_FIXED, &values));
	value.length = 0;
	CHECK(!round_trip(LAYOUT_FIXED, &values));
	CHECK(!round_trip(LAYOUT_CODE, &values));
}

static void
test_codes(void)
{
	enum
	{
		ROWS = 1000
	};
	ModelValues values = make_values(LAYOUT_BYTES, ROWS, 3);
	uint32_t   *codes = model_allocate(ROWS * sizeof(uint32_t));
	void	   *memory = model_allocate(layout_encode_codes_size(ROWS));
	PartColumn	column;
	PartPlan	plan;
	CoreError	error;
	Part		part;
	unsigned char *bytes;

	unit_case("codes come back");
	for (uint32_t row = 0; row < ROWS; row++)
		codes[row] = model_below(65536);
	layout_encode_codes(values.values, codes, ROWS, memory, &column);
	CHECK(part_plan(&column, 0, NULL, &plan, &error) && plan.rows == ROWS);
	bytes = model_allocate(plan.size);
	CHECK(part_open(&part, bytes, part_write(&column, &plan, NULL, bytes), 0,
					&error));
	for (uint32_t row = 0; row < ROWS; row++)
	{
		CHECK(part_is_null(&part, row) == (values.values[row].bytes == NULL));
		CHECK(part_is_null(&part, row) ||
			  part_get_int(&part, row) == codes[row]);
	}
	free(bytes);
	free(memory);
	free(codes);
	free_values(&values);
}

/* The bounds of a few values of one length, one after the other. */
static bool
has_bounds(ValueLayout layout, const unsigned char *bytes, size_t length,
		   uint32_t rows, const void *minimum, const void *maximum)
{
	PartString *values = model_allocate((rows + 1) * sizeof(PartString));
	unsigned char rooms[2][LAYOUT_ROOM];
	PartString	bounds[2];
	PartColumn	column;
	void	   *memory;
	bool		good;

	for (uint32_t row = 0; row < rows; row++)
	{
		values[row + 1].bytes = bytes + row * length;
		values[row + 1].length = length;
	}
	memory = model_allocate(layout_encode_size(layout, values, rows + 1));
	good = layout_encode(layout, values, rows + 1, memory, &column) &&
		layout_bounds(layout, &column, rooms[0], rooms[1], &bounds[0],
					  &bounds[1]) &&
		bounds[0].length == length && bounds[1].length == length &&
		memcmp(bounds[0].bytes, minimum, length) == 0 &&
		memcmp(bounds[1].bytes, maximum, length) == 0;
	free(memory);
	free(values);
	return good;
}

static void
test_bounds(void)
{
	unsigned char bytes[32];

	unit_case("bounds are the least and the greatest value");
	CHECK(has_bounds(LAYOUT_UINT8, (const unsigned char *) "\x80\x01\xff", 1,
					 3, "\x01", "\xff"));
	CHECK(has_bounds(LAYOUT_INT8, (const unsigned char *) "\x80\x01\xff", 1,
					 3, "\x80", "\x01"));
	CHECK(has_bounds(LAYOUT_INT16, (const unsigned char *) "\x00\x80\x01\x02",
					 2, 2, "\x00\x80", "\x01\x02"));
	CHECK(has_bounds(LAYOUT_FIXED, (const unsigned char *) "abcabbabd", 3, 3,
					 "abb", "abd"));
	le64_write(bytes, part_bits_of_double(-0.0));
	le64_write(bytes + 8, part_bits_of_double(-1));
	le64_write(bytes + 16, UINT64_C(0x7FF8000000000000));
	CHECK(has_bounds(LAYOUT_FLOAT8, bytes, 8, 3, bytes + 8, bytes + 16));
	CHECK(has_bounds(LAYOUT_FLOAT8, bytes, 8, 1, "\0\0\0\0\0\0\0\0",
					 "\0\0\0\0\0\0\0\0"));
	le32_write(bytes, part_bits_of_float(2.5f));
	le32_write(bytes + 4, part_bits_of_float(-1.0f / 0.0f));
	CHECK(has_bounds(LAYOUT_FLOAT4, bytes, 4, 2, bytes + 4, bytes));
}

static void
test_numeric_bounds(void)
{
	static const int64_t numbers[] = {150, -7, 99999, 0};
	unsigned char bytes[4][LAYOUT_NUMERIC_MAX];
	unsigned char rooms[2][LAYOUT_ROOM];
	PartString	values[4];
	PartString	bounds[2];
	PartColumn	column;
	void	   *memory;

	unit_case("bounds of numerics are numerics");
	for (int i = 0; i < 4; i++)
	{
		PartInt128	number = {(uint64_t) numbers[i], numbers[i] < 0 ? -1 : 0};

		values[i].bytes = bytes[i];
		values[i].length = layout_numeric_write(number, 2, bytes[i]);
	}
	memory = model_allocate(layout_encode_size(LAYOUT_NUMERIC, values, 4));
	CHECK(layout_encode(LAYOUT_NUMERIC, values, 4, memory, &column));
	CHECK(layout_bounds(LAYOUT_NUMERIC, &column, rooms[0], rooms[1],
						&bounds[0], &bounds[1]));
	CHECK(bounds[0].length == values[1].length &&
		  memcmp(bounds[0].bytes, bytes[1], bounds[0].length) == 0);
	CHECK(bounds[1].length == values[2].length &&
		  memcmp(bounds[1].bytes, bytes[2], bounds[1].length) == 0);
	free(memory);
}

static void
test_point_bounds(void)
{
	ModelValues values = make_values(LAYOUT_POINT, 500, 2);
	void	   *memory = model_allocate(layout_encode_size(LAYOUT_POINT,
														   values.values, 500));
	unsigned char rooms[2][LAYOUT_ROOM];
	PartString	bounds[2];
	PartColumn	column;

	unit_case("bounds of points are the corners of their box");
	CHECK(layout_encode(LAYOUT_POINT, values.values, 500, memory, &column));
	CHECK(layout_bounds(LAYOUT_POINT, &column, rooms[0], rooms[1], &bounds[0],
						&bounds[1]));
	CHECK(bounds[0].length == 16 && bounds[1].length == 16);
	for (int axis = 0; axis < 2; axis++)
	{
		double		low = part_double_of_bits(le64_read(rooms[0] + axis * 8));
		double		high = part_double_of_bits(le64_read(rooms[1] + axis * 8));
		bool		met[2] = {false, false};

		for (uint32_t row = 0; row < 500; row++)
		{
			double		number;

			if (values.values[row].bytes == NULL)
				continue;
			number = part_double_of_bits(le64_read(values.values[row].bytes +
												   9 + axis * 8));
			CHECK(number >= low && number <= high);
			met[0] = met[0] || number == low;
			met[1] = met[1] || number == high;
		}
		CHECK(met[0] && met[1]);
	}
	free(memory);
	free_values(&values);
}

static void
test_no_bounds(void)
{
	unsigned char rooms[2][LAYOUT_ROOM];
	PartString	bounds[2];

	unit_case("nulls, strings and long values have no bounds");
	for (int layout = LAYOUT_BYTES; layout <= LAYOUT_POINT; layout++)
	{
		ModelValues values = make_values((ValueLayout) layout, 10,
										 layout == LAYOUT_BYTES ? 0 : 10);
		void	   *memory = model_allocate(layout_encode_size((ValueLayout) layout,
															   values.values, 10));
		PartColumn	column;

		CHECK(layout_encode((ValueLayout) layout, values.values, 10, memory,
							&column));
		CHECK(!layout_bounds((ValueLayout) layout, &column, rooms[0],
							 rooms[1], &bounds[0], &bounds[1]));
		free(memory);
		free_values(&values);
	}
}

int
main(void)
{
	test_round_trip();
	test_segment();
	test_lengths();
	test_values();
	test_points();
	test_fixed_too_long();
	test_codes();
	test_bounds();
	test_numeric_bounds();
	test_point_bounds();
	test_no_bounds();
	return unit_finish();
}
