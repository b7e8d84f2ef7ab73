/*
 * part_zone_test.c
 *		Tests of core/part_zone.c: bounds against all values, one by one.
 */
#include "unit.h"

#include <math.h>

#include "part_model.h"

/* PostgreSQL's order of float8, as btree has it. */
static int
compare_doubles(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

static int
compare_int128(PartInt128 a, PartInt128 b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return (a.low > b.low) - (a.low < b.low);
}

static int
compare_bytes(const unsigned char *a, size_t a_length,
			  const unsigned char *b, size_t b_length)
{
	size_t		shorter = a_length < b_length ? a_length : b_length;
	int			order = shorter == 0 ? 0 : memcmp(a, b, shorter);

	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* Bounds that hold for a value; true through *met where they are met. */
static bool
within_ints(const Part *part, uint32_t row, bool met[2])
{
	PartInt128	value = part_get_decimal(part, row);
	PartInt128	minimum;
	PartInt128	maximum;
	int64_t		low;
	int64_t		high;

	if (part->kind == PART_INT)
	{
		if (!part_zone_ints(part, &low, &high))
			return false;
		minimum.low = (uint64_t) low;
		minimum.high = low < 0 ? -1 : 0;
		maximum.low = (uint64_t) high;
		maximum.high = high < 0 ? -1 : 0;
	}
	else if (!part_zone_decimals(part, &minimum, &maximum))
		return false;
	met[0] |= compare_int128(minimum, value) == 0;
	met[1] |= compare_int128(maximum, value) == 0;
	return compare_int128(minimum, value) <= 0 &&
		compare_int128(value, maximum) <= 0;
}

static bool
within_doubles(const Part *part, int axis, uint32_t row, bool met[2])
{
	double		value = part_get_double(part, axis, row);
	double		minimum;
	double		maximum;

	if (!part_zone_doubles(part, axis, &minimum, &maximum))
		return false;
	met[0] |= compare_doubles(minimum, value) == 0;
	met[1] |= compare_doubles(maximum, value) == 0;
	return compare_doubles(minimum, value) <= 0 &&
		compare_doubles(value, maximum) <= 0 &&
		!(minimum == 0 && signbit(minimum)) &&
		!(maximum == 0 && signbit(maximum));
}

static bool
within_prefixes(const Part *part, uint32_t row, bool met[2])
{
	const unsigned char *value;
	size_t		length = part->detail;
	PartPrefix	minimum;
	PartPrefix	maximum;
	size_t		prefix;

	if (part->kind == PART_FIXED)
		value = part_get_fixed(part, row);
	else
		part_get_bytes(part, row, &value, &length);
	if (!part_zone_prefixes(part, &minimum, &maximum))
		return false;
	prefix = length < PART_PREFIX_MAX ? length : PART_PREFIX_MAX;
	met[0] |= compare_bytes(minimum.bytes, minimum.length, value,
							prefix) == 0;
	met[1] |= maximum.unbounded || length > PART_PREFIX_MAX ||
		compare_bytes(maximum.bytes, maximum.length, value, length) == 0;
	return compare_bytes(minimum.bytes, minimum.length, value, length) <= 0 &&
		(maximum.unbounded ||
		 compare_bytes(value, length, maximum.bytes, maximum.length) <= 0);
}

static bool
zone_is_right(const Part *part)
{
	bool		met[2][2] = {{false, false}, {true, true}};
	bool		right = true;
	bool		any = false;
	PartInt128	ignored;

	if (part->kind == PART_POINT)
		met[1][0] = met[1][1] = false;
	for (uint32_t row = 0; row < part->rows; row++)
	{
		if (part_is_null(part, row))
			continue;
		any = true;
		if (part->kind == PART_INT || part->kind == PART_DECIMAL)
			right &= within_ints(part, row, met[0]);
		else if (part->kind == PART_FIXED || part->kind == PART_BYTES)
			right &= within_prefixes(part, row, met[0]);
		else
			right &= within_doubles(part, 0, row, met[0]);
		if (part->kind == PART_POINT)
			right &= within_doubles(part, 1, row, met[1]);
	}
	if (!any)
		return !part_zone_decimals(part, &ignored, &ignored);
	return right && met[0][0] && met[0][1] && met[1][0] && met[1][1];
}

static void
against_all_values(void)
{
	static const uint32_t sizes[] = {1, 3, 100, 5000};

	for (int kind = PART_INT; kind <= PART_POINT; kind++)
	{
		for (uint32_t shape = 0; shape < MODEL_SHAPES; shape++)
		{
			for (uint32_t nulls = 0; nulls < MODEL_NULL_SHAPES; nulls++)
			{
				for (size_t i = 0; i < 4; i++)
				{
					ModelColumn model = model_column((PartKind) kind,
													 sizes[i], shape, nulls);
					ModelPart	part = model_part(&model.column, 0);

					if (!CHECK(zone_is_right(&part.part)))
						printf("# kind %d, shape %u, nulls %u, %u rows\n",
							   kind, shape, nulls, sizes[i]);
					model_free_part(&part);
					model_free(&model);
				}
			}
		}
	}
}

/* The prefixes of one string, in hexadecimal. */
static void
expect_prefixes(const char *string, size_t length, const char *minimum,
				size_t minimum_length, const char *maximum,
				size_t maximum_length, bool unbounded)
{
	PartString	value;
	PartColumn	column;
	ModelPart	part;
	PartPrefix	low;
	PartPrefix	high;

	value.bytes = (const unsigned char *) string;
	value.length = length;
	memset(&column, 0, sizeof(column));
	column.kind = PART_BYTES;
	column.rows = 1;
	column.values = &value;
	part = model_part(&column, 0);
	CHECK(part_zone_prefixes(&part.part, &low, &high));
	CHECK(compare_bytes(low.bytes, low.length,
						(const unsigned char *) minimum, minimum_length) == 0);
	CHECK(compare_bytes(high.bytes, high.length,
						(const unsigned char *) maximum, maximum_length) == 0);
	CHECK(high.unbounded == unbounded);
	model_free_part(&part);
}

#define FF4 "\377\377\377\377"
#define FF16 FF4 FF4 FF4 FF4

static void
prefixes(void)
{
	expect_prefixes("", 0, "", 0, "", 0, false);
	expect_prefixes("\0", 1, "\0", 1, "\0", 1, false);
	expect_prefixes("abcdefghijklmnop", 16, "abcdefghijklmnop", 16,
					"abcdefghijklmnop", 16, false);
	expect_prefixes("abcdefghijklmnopq", 17, "abcdefghijklmnop", 16,
					"abcdefghijklmnoq", 16, false);
	expect_prefixes("abcdefghijklmno\377q", 17, "abcdefghijklmno\377", 16,
					"abcdefghijklmnp", 15, false);
	expect_prefixes("a" FF4 FF4 FF4 "\377\377\377q", 17,
					"a" FF4 FF4 FF4 "\377\377\377", 16, "b", 1, false);
	expect_prefixes(FF16, 16, FF16, 16, FF16, 16, false);
	expect_prefixes(FF16 "a", 17, FF16, 16, "", 0, true);
}

/* One NaN and one zero stand for all. */
static void
doubles(void)
{
	double		numbers[3];
	PartColumn	column;
	ModelPart	part;
	double		minimum;
	double		maximum;

	memset(&column, 0, sizeof(column));
	column.kind = PART_DOUBLE;
	column.rows = 3;
	column.values = numbers;
	numbers[0] = -0.0;
	numbers[1] = -0.0;
	numbers[2] = part_double_of_bits(UINT64_C(0xFFF8000000000777));
	part = model_part(&column, 0);
	CHECK(part_zone_doubles(&part.part, 0, &minimum, &maximum));
	CHECK(part_bits_of_double(minimum) == 0);
	CHECK(part_bits_of_double(maximum) == UINT64_C(0x7FF8000000000000));
	model_free_part(&part);

	numbers[2] = -INFINITY;
	part = model_part(&column, 0);
	CHECK(part_zone_doubles(&part.part, 0, &minimum, &maximum));
	CHECK(minimum == -INFINITY);
	CHECK(part_bits_of_double(maximum) == 0);
	model_free_part(&part);
}

int
main(void)
{
	unit_case("bounds hold for all values, and are met");
	against_all_values();
	unit_case("prefixes are cut, and rounded up");
	prefixes();
	unit_case("zeros and NaN have one form each");
	doubles();
	return unit_finish();
}
