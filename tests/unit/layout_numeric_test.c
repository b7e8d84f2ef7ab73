/*
 * layout_numeric_test.c
 *		Canonical numerics as numbers of 128 bits.
 */
#include "../../extension/core/layout_numeric.h"
#include "model.h"
#include "unit.h"

/* A canonical numeric from its parts; groups end with -1. */
static size_t
make(unsigned char *out, int sign, int scale, int weight, const int *groups)
{
	size_t		length = 5;

	out[0] = (unsigned char) sign;
	le16_write(out + 1, (uint16_t) scale);
	le16_write(out + 3, (uint16_t) weight);
	for (; *groups >= 0; groups++, length += 2)
		le16_write(out + length, (uint16_t) * groups);
	return length;
}

static bool
reads_as(int sign, int scale, int weight, const int *groups, int64_t high,
		 uint64_t low)
{
	unsigned char bytes[64];
	size_t		length = make(bytes, sign, scale, weight, groups);
	PartInt128	number;
	uint32_t	own;

	return layout_numeric_read(bytes, length, &number, &own) &&
		own == (uint32_t) scale && number.high == high && number.low == low;
}

static bool
refuses(int sign, int scale, int weight, const int *groups)
{
	unsigned char bytes[256];
	size_t		length = make(bytes, sign, scale, weight, groups);
	PartInt128	number;
	uint32_t	own;

	return !layout_numeric_read(bytes, length, &number, &own);
}

#define GROUPS(...) ((const int[]) {__VA_ARGS__, -1})
#define NO_GROUPS ((const int[]) {-1})

static void
test_known(void)
{
	unit_case("numerics are the numbers that they show");
	CHECK(reads_as(0, 0, 0, NO_GROUPS, 0, 0));
	CHECK(reads_as(0, 2, 0, NO_GROUPS, 0, 0));
	CHECK(reads_as(0, 0, 0, GROUPS(7), 0, 7));
	CHECK(reads_as(1, 0, 0, GROUPS(7), -1, UINT64_MAX - 6));
	CHECK(reads_as(0, 1, 0, GROUPS(1, 5000), 0, 15));
	CHECK(reads_as(0, 2, 0, GROUPS(1, 5000), 0, 150));
	CHECK(reads_as(0, 3, -1, GROUPS(10), 0, 1));
	CHECK(reads_as(0, 0, 1, GROUPS(5), 0, 50000));
	CHECK(reads_as(0, 4, -1, GROUPS(1), 0, 1));
	CHECK(reads_as(0, 5, -2, GROUPS(1000), 0, 1));
	CHECK(reads_as(0, 16383, 0, NO_GROUPS, 0, 0));
	/* 2^127 - 1 */
	CHECK(reads_as(0, 0, 9, GROUPS(170, 1411, 8346, 469, 2317, 3168, 7303,
								   7158, 8410, 5727), INT64_MAX,
				   UINT64_MAX));
	CHECK(reads_as(1, 1, 9, GROUPS(17, 141, 1834, 6046, 9231, 7316, 8730,
								   3715, 8841, 572, 7000), INT64_MIN, 1));
}

static void
test_refused(void)
{
	unit_case("what does not come back is refused");
	CHECK(refuses(2, 0, 0, NO_GROUPS));
	CHECK(refuses(3, 0, 0, NO_GROUPS));
	CHECK(refuses(4, 0, 0, NO_GROUPS));
	CHECK(refuses(1, 0, 0, NO_GROUPS));
	CHECK(refuses(0, 0, 1, NO_GROUPS));
	CHECK(refuses(0, 0, 0, GROUPS(0)));
	CHECK(refuses(0, 0, 1, GROUPS(0, 1)));
	CHECK(refuses(0, 4, 0, GROUPS(1, 0)));
	CHECK(refuses(0, 0, 0, GROUPS(1, 5000)));
	CHECK(refuses(0, 1, 0, GROUPS(1, 5500)));
	CHECK(refuses(0, 0, 0, GROUPS(10000)));
	CHECK(refuses(0, 16384, 0, GROUPS(1)));
	CHECK(refuses(0, 0, 32767, GROUPS(1)));
	CHECK(refuses(0, 0, -32768, GROUPS(1)));
	CHECK(refuses(0, 16383, 0, GROUPS(1)));
	/* 2^127 */
	CHECK(refuses(0, 0, 9, GROUPS(170, 1411, 8346, 469, 2317, 3168, 7303,
								  7158, 8410, 5728)));
	CHECK(refuses(0, 0, 11, GROUPS(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)));
}

static void
test_round_trip(void)
{
	unit_case("random numbers of all scales come back");
	for (int i = 0; i < 200000; i++)
	{
		unsigned char bytes[LAYOUT_NUMERIC_MAX];
		PartInt128	number = {model_random(), 0};
		PartInt128	back;
		uint32_t	scale = model_below(i % 2 == 0 ? 12 : PART_SCALE_MAX + 1);
		uint32_t	own;
		size_t		length;

		number.low >>= model_below(64);
		if (i % 3 == 0)
			number.high = (int64_t) (model_random() >> (1 + model_below(63)));
		if (i % 5 == 0)
		{
			number.low = ~number.low;
			number.high = ~number.high;
		}
		length = layout_numeric_write(number, scale, bytes);
		CHECK(length <= LAYOUT_NUMERIC_MAX &&
			  layout_numeric_read(bytes, length, &back, &own) &&
			  own == scale && back.low == number.low &&
			  back.high == number.high);
	}
}

static void
test_any_bytes(void)
{
	unit_case("any bytes are refused or come back");
	for (int i = 0; i < 200000; i++)
	{
		size_t		length = model_below(34);
		unsigned char *bytes = model_allocate(length);
		unsigned char back[LAYOUT_NUMERIC_MAX];
		PartInt128	number;
		uint32_t	scale;

		for (size_t j = 0; j < length; j++)
			bytes[j] = (unsigned char) model_below(j % 2 == 0 && j > 4 ? 16 : 4);
		if (layout_numeric_read(bytes, length, &number, &scale))
			CHECK(layout_numeric_write(number, scale, back) == length &&
				  memcmp(back, bytes, length) == 0);
		free(bytes);
	}
}

int
main(void)
{
	test_known();
	test_refused();
	test_round_trip();
	test_any_bytes();
	return unit_finish();
}
