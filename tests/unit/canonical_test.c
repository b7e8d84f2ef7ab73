/*
 * canonical_test.c
 *		Tests of core/canonical.c.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "../../extension/core/canonical.h"

/* Blocks of at most *owner bytes. */
static unsigned char *
grow(void *owner, unsigned char *bytes, size_t size)
{
	size_t		limit = *(size_t *) owner;
	unsigned char *result;

	if (size > limit)
		return NULL;
	result = realloc(bytes, size);
	CHECK(result != NULL);
	return result;
}

static size_t no_limit = SIZE_MAX;

static CanonicalBuffer
new_buffer(void)
{
	CanonicalBuffer buffer;

	canonical_init(&buffer, grow, &no_limit);
	return buffer;
}

/* The bytes in hexadecimal, in a buffer of ours; frees and empties the other. */
static const char *
hex_of(CanonicalBuffer *buffer)
{
	static char text[1024];
	static const char digits[] = "0123456789abcdef";
	size_t		length = buffer->length;

	if (buffer->failed)
		return "failed";
	if (length > sizeof(text) / 2 - 1)
		return "too long for the test";
	for (size_t i = 0; i < length; i++)
	{
		text[2 * i] = digits[buffer->bytes[i] >> 4];
		text[2 * i + 1] = digits[buffer->bytes[i] & 15];
	}
	text[2 * length] = '\0';
	free(buffer->bytes);
	*buffer = new_buffer();
	return text;
}

static void
numbers(void)
{
	CanonicalBuffer buffer = new_buffer();

	canonical_put_u8(&buffer, 0x01);
	canonical_put_u16(&buffer, 0x0302);
	canonical_put_u32(&buffer, UINT32_C(0x07060504));
	canonical_put_u64(&buffer, UINT64_C(0x0F0E0D0C0B0A0908));
	canonical_put_bytes(&buffer, "AB", 2);
	canonical_put_bytes(&buffer, NULL, 0);
	CHECK_TEXT(hex_of(&buffer), "0102030405060708090a0b0c0d0e0f4142");

	canonical_put_prefix(&buffer, CANONICAL_ROW_FORM);
	canonical_put_prefix(&buffer, CANONICAL_KEY_FORM);
	CHECK_TEXT(hex_of(&buffer), "72016b01");
}

static void
values(void)
{
	CanonicalBuffer buffer = new_buffer();
	size_t		outer = canonical_begin_value(&buffer);
	size_t		inner = canonical_begin_value(&buffer);

	canonical_put_u8(&buffer, 0xEE);
	canonical_end_value(&buffer, inner);
	canonical_put_null(&buffer);
	canonical_end_value(&buffer, outer);
	inner = canonical_begin_value(&buffer);
	canonical_end_value(&buffer, inner);
	CHECK_TEXT(hex_of(&buffer), "09000000" "01000000ee" "ffffffff" "00000000");

	canonical_reset(&buffer);
	canonical_put_text(&buffer, "ab");
	canonical_put_text(&buffer, "");
	canonical_put_text(&buffer, NULL);
	CHECK_TEXT(hex_of(&buffer), "02000000" "6162" "00000000" "ffffffff");
}

static void
memory(void)
{
	size_t		limit = 512;
	CanonicalBuffer buffer;
	size_t		mark;

	/* growing keeps what is there */
	buffer = new_buffer();
	for (unsigned i = 0; i < 100000; i++)
		canonical_put_u32(&buffer, i);
	CHECK(!buffer.failed && buffer.length == 400000);
	for (unsigned i = 0; i < 100000; i += 4999)
		CHECK(buffer.bytes[4 * i] == (i & 0xFF) &&
			  buffer.bytes[4 * i + 2] == (i >> 16 & 0xFF));
	canonical_reset(&buffer);
	CHECK(buffer.length == 0 && buffer.capacity >= 400000);
	free(buffer.bytes);

	/* no memory: noticed once, and nothing more is written */
	canonical_init(&buffer, grow, &limit);
	mark = canonical_begin_value(&buffer);
	for (unsigned i = 0; i < 200; i++)
		canonical_put_u64(&buffer, i);
	canonical_put_u8(&buffer, 1);
	canonical_end_value(&buffer, mark);
	CHECK(buffer.failed);
	CHECK(buffer.length <= limit);
	canonical_reset(&buffer);
	canonical_put_u8(&buffer, 1);
	CHECK(!buffer.failed && buffer.length == 1);

	/* more than a length can say, refused before memory is asked for */
	canonical_put_bytes(&buffer, "", CANONICAL_SIZE_MAX);
	CHECK(buffer.failed && buffer.length == 1);
	free(buffer.bytes);
}

static void
floats(void)
{
	static const unsigned char odd_nan[] = {0x01, 0, 0, 0, 0, 0, 0xF0, 0xFF};
	CanonicalBuffer buffer = new_buffer();
	double		number;

	canonical_put_f64(&buffer, 1.5, CANONICAL_ROW_FORM);
	canonical_put_f32(&buffer, 1.5f, CANONICAL_ROW_FORM);
	CHECK_TEXT(hex_of(&buffer), "000000000000f83f" "0000c03f");

	canonical_put_f64(&buffer, -0.0, CANONICAL_ROW_FORM);
	canonical_put_f32(&buffer, -0.0f, CANONICAL_ROW_FORM);
	CHECK_TEXT(hex_of(&buffer), "0000000000000080" "00000080");
	canonical_put_f64(&buffer, -0.0, CANONICAL_KEY_FORM);
	canonical_put_f32(&buffer, -0.0f, CANONICAL_KEY_FORM);
	CHECK_TEXT(hex_of(&buffer), "0000000000000000" "00000000");

	memcpy(&number, odd_nan, sizeof(number));
	for (int form = CANONICAL_ROW_FORM; form <= CANONICAL_KEY_FORM; form++)
	{
		canonical_put_f64(&buffer, number, (CanonicalForm) form);
		canonical_put_f32(&buffer, -NAN, (CanonicalForm) form);
		CHECK_TEXT(hex_of(&buffer), "000000000000f87f" "0000c07f");
		canonical_put_f64(&buffer, -INFINITY, (CanonicalForm) form);
		CHECK_TEXT(hex_of(&buffer), "000000000000f0ff");
	}
}

/* The canonical form of what numeric_send gives as 16-bit numbers. */
static const char *
numeric(CanonicalForm form, size_t count, const uint16_t *numbers)
{
	CanonicalBuffer buffer = new_buffer();
	unsigned char wire[64];
	CoreError	error;

	for (size_t i = 0; i < count; i++)
	{
		wire[2 * i] = (unsigned char) (numbers[i] >> 8);
		wire[2 * i + 1] = (unsigned char) numbers[i];
	}
	if (canonical_put_numeric(&buffer, wire, 2 * count, form, &error))
		return hex_of(&buffer);
	free(buffer.bytes);
	return error.reason;
}

#define NUMERIC(form, ...) \
	numeric(form, sizeof((uint16_t[]) {__VA_ARGS__}) / sizeof(uint16_t), \
			(const uint16_t[]) {__VA_ARGS__})
#define ROW_NUMERIC(...) NUMERIC(CANONICAL_ROW_FORM, __VA_ARGS__)
#define KEY_NUMERIC(...) NUMERIC(CANONICAL_KEY_FORM, __VA_ARGS__)

static void
numerics(void)
{
	/* number of groups, weight, sign, scale, groups: 12345.50 */
	CHECK_TEXT(ROW_NUMERIC(3, 1, 0, 2, 1, 2345, 5000), "00" "0200" "0100" "010029098813");
	CHECK_TEXT(KEY_NUMERIC(3, 1, 0, 2, 1, 2345, 5000), "00" "0100" "010029098813");
	/* -0.0001 */
	CHECK_TEXT(ROW_NUMERIC(1, 0xFFFF, 0x4000, 4, 1), "01" "0400" "ffff" "0100");
	/* zero has one form for each scale, and one as a key */
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0, 0), "00" "0000" "0000");
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0, 2), "00" "0200" "0000");
	CHECK_TEXT(KEY_NUMERIC(0, 0, 0, 2), "00" "0000");
	CHECK_TEXT(ROW_NUMERIC(2, 7, 0x4000, 0, 0, 0), "00" "0000" "0000");
	/* groups of zero at either end count for nothing */
	CHECK_TEXT(ROW_NUMERIC(4, 2, 0, 0, 0, 7, 8, 0), "00" "0000" "0100" "07000800");
	CHECK_TEXT(ROW_NUMERIC(2, 1, 0, 0, 7, 8), "00" "0000" "0100" "07000800");
	CHECK_TEXT(ROW_NUMERIC(3, 1, 0, 0, 7, 0, 8), "00" "0000" "0100" "070000000800");
	/* NaN and the infinities */
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0xC000, 0), "02");
	CHECK_TEXT(KEY_NUMERIC(0, 9, 0xC000, 9), "02");
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0xD000, 0), "03");
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0xF000, 0), "04");
}

static void
bad_numerics(void)
{
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0), "The number ends too early");
	CHECK_TEXT(ROW_NUMERIC(0, 0, 0x1000, 0), "The sign of the number is none");
	CHECK_TEXT(ROW_NUMERIC(2, 0, 0, 0, 1),
			   "The number has not as many digits as it says");
	CHECK_TEXT(ROW_NUMERIC(1, 0, 0, 0, 1, 1),
			   "The number has not as many digits as it says");
	CHECK_TEXT(ROW_NUMERIC(1, 0, 0, 0, 10000),
			   "A group of four digits is above 9999");
	CHECK_TEXT(ROW_NUMERIC(2, 0x8000, 0, 0, 0, 1), "The number is too small");
}

#define DAY INT64_C(86400000000)

/* The key form of an interval in days and microseconds. */
static void
interval_is(int64_t microseconds, int32_t days, int32_t months,
			int64_t expected_days, int64_t expected_rest)
{
	CanonicalBuffer buffer = new_buffer();
	CanonicalBuffer expected = new_buffer();

	canonical_put_interval_key(&buffer, microseconds, days, months);
	canonical_put_u64(&expected, (uint64_t) expected_days);
	canonical_put_u64(&expected, (uint64_t) expected_rest);
	CHECK(buffer.length == 16);
	CHECK(memcmp(buffer.bytes, expected.bytes, 16) == 0);
	free(buffer.bytes);
	free(expected.bytes);
}

static void
intervals(void)
{
	interval_is(0, 0, 0, 0, 0);
	interval_is(DAY, 0, 0, 1, 0);
	interval_is(0, 1, 0, 1, 0);
	interval_is(0, 0, 1, 30, 0);
	interval_is(-1, 0, 0, -1, DAY - 1);
	interval_is(-DAY, 1, 0, 0, 0);
	interval_is(-DAY - 1, 0, 0, -2, DAY - 1);
	interval_is(INT64_MAX, INT32_MAX, INT32_MAX,
				INT64_MAX / DAY + INT32_MAX + INT64_C(30) * INT32_MAX,
				INT64_MAX % DAY);
	interval_is(INT64_MIN, INT32_MIN, INT32_MIN,
				INT64_MIN / DAY - 1 + INT32_MIN + INT64_C(30) * INT32_MIN,
				INT64_MIN % DAY + DAY);
}

static void
sums(void)
{
	unsigned char one[CANONICAL_HASH_SIZE] = {0};
	unsigned char sum[CANONICAL_HASH_SIZE] = {0};
	unsigned char zero[CANONICAL_HASH_SIZE] = {0};
	unsigned char all[CANONICAL_HASH_SIZE];
	unsigned char other[CANONICAL_HASH_SIZE];

	memset(all, 0xFF, sizeof(all));
	one[CANONICAL_HASH_SIZE - 1] = 1;

	/* the last byte is the lowest; the carry runs to the first, and out */
	canonical_sum_subtract(sum, one);
	CHECK(memcmp(sum, all, sizeof(sum)) == 0);
	canonical_sum_add(sum, one);
	CHECK(memcmp(sum, zero, sizeof(sum)) == 0);
	canonical_sum_add(sum, all);
	canonical_sum_add(sum, all);
	CHECK(sum[0] == 0xFF && sum[CANONICAL_HASH_SIZE - 1] == 0xFE);

	/* what is added in one order is taken away in another */
	memset(sum, 0, sizeof(sum));
	for (int round = 0; round < 512; round++)
	{
		for (int i = 0; i < CANONICAL_HASH_SIZE; i++)
			other[i] = (unsigned char) (i * 37 + (round & 255) * 101);
		if (round < 256)
			canonical_sum_add(sum, other);
		else
			canonical_sum_subtract(sum, other);
		CHECK(round == 255 || round == 511 ||
			  memcmp(sum, zero, sizeof(sum)) != 0);
	}
	CHECK(memcmp(sum, zero, sizeof(sum)) == 0);
}

int
main(void)
{
	unit_case("numbers are little endian");
	numbers();
	unit_case("values nest, with their lengths");
	values();
	unit_case("the buffer grows, and says when it cannot");
	memory();
	unit_case("floats have one NaN, and one zero in the key form");
	floats();
	unit_case("numerics have one form");
	numerics();
	unit_case("what is no numeric is refused");
	bad_numerics();
	unit_case("intervals compare as PostgreSQL's do");
	intervals();
	unit_case("sums of hashes");
	sums();
	return unit_finish();
}
