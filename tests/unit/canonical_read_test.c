/*
 * canonical_read_test.c
 *		Tests of core/canonical_read.c.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "../../extension/core/canonical_read.h"

#define ENDS_EARLY "The bytes end too early"

/*
 * What is read, from bytes in a block of their own size, so that
 * AddressSanitizer sees what is read beyond them.
 */
typedef struct Block
{
	unsigned char *bytes;
	CanonicalReader reader;
} Block;

static unsigned char *
grow(void *owner, unsigned char *bytes, size_t size)
{
	(void) owner;
	return realloc(bytes, size);
}

static Block
block(const void *bytes, size_t length)
{
	Block		result;

	result.bytes = malloc(length > 0 ? length : 1);
	if (length > 0)
		memcpy(result.bytes, bytes, length);
	canonical_reader_init(&result.reader, result.bytes, length);
	return result;
}

/* From hexadecimal digits; blanks do not count. */
static Block
block_of(const char *hex)
{
	unsigned char bytes[256];
	size_t		length = 0;
	unsigned	byte;

	for (; *hex != '\0'; hex += 2)
	{
		while (*hex == ' ')
			hex++;
		if (length == sizeof(bytes) || sscanf(hex, "%2x", &byte) != 1)
			abort();
		bytes[length++] = (unsigned char) byte;
	}
	return block(bytes, length);
}

/* "ok", or reason and position of the error; frees the block. */
static const char *
outcome(Block *from, bool could)
{
	static char text[200];
	const CoreError *error = &from->reader.error;

	if (could)
		snprintf(text, sizeof(text), "ok");
	else
	{
		CHECK(error->position >= 0 &&
			  error->position <= (long) from->reader.end);
		snprintf(text, sizeof(text), "%s, %ld", error->reason,
				 error->position);
	}
	free(from->bytes);
	return text;
}

static void
numbers(void)
{
	Block		from = block_of("01 0302 07060504 0f0e0d0c0b0a0908 0000c03f 000000000000f8bf");
	uint8_t		u8;
	uint16_t	u16;
	uint32_t	u32;
	uint64_t	u64;
	float		f32;
	double		f64;

	CHECK(canonical_read_u8(&from.reader, &u8) && u8 == 1);
	CHECK(canonical_read_u16(&from.reader, &u16) && u16 == 0x0203);
	CHECK(canonical_read_u32(&from.reader, &u32) && u32 == 0x04050607);
	CHECK(canonical_read_u64(&from.reader, &u64) &&
		  u64 == UINT64_C(0x08090a0b0c0d0e0f));
	CHECK(canonical_read_f32(&from.reader, &f32) && f32 == 1.5f);
	CHECK(!canonical_read_end(&from.reader));
	CHECK(canonical_read_f64(&from.reader, &f64) && f64 == -1.5);
	CHECK(canonical_read_end(&from.reader));
	CHECK(!canonical_read_u8(&from.reader, &u8));
	CHECK(!canonical_read_u16(&from.reader, &u16));
	CHECK(!canonical_read_u32(&from.reader, &u32));
	CHECK(!canonical_read_u64(&from.reader, &u64));
	CHECK(!canonical_read_f32(&from.reader, &f32));
	CHECK_TEXT(outcome(&from, canonical_read_f64(&from.reader, &f64)),
			   ENDS_EARLY ", 27");
}

static const char *
prefix(const char *hex)
{
	Block		from = block_of(hex);

	return outcome(&from, canonical_read_prefix(&from.reader));
}

static void
prefixes(void)
{
	CHECK_TEXT(prefix("7201"), "ok");
	CHECK_TEXT(prefix("7201ff"), "ok");
	CHECK_TEXT(prefix(""), ENDS_EARLY ", 0");
	CHECK_TEXT(prefix("72"), ENDS_EARLY ", 0");
	CHECK_TEXT(prefix("6b01"),
			   "The bytes are a key form, which cannot be read back, 0");
	CHECK_TEXT(prefix("7301"), "The bytes are no canonical form, 0");
	CHECK_TEXT(prefix("7202"), "The canonical form has an unknown version, 1");
}

static const char *
value(const char *hex, size_t start, size_t end, bool null)
{
	Block		from = block_of(hex);
	CanonicalReader part;
	bool		is_null;
	bool		could = canonical_read_value(&from.reader, &part, &is_null);

	if (could)
		CHECK(is_null == null && part.position == start && part.end == end &&
			  from.reader.position == end);
	return outcome(&from, could);
}

static void
values(void)
{
	CHECK_TEXT(value("00000000", 4, 4, false), "ok");
	CHECK_TEXT(value("02000000 aabb cc", 4, 6, false), "ok");
	CHECK_TEXT(value("ffffffff cc", 4, 4, true), "ok");
	CHECK_TEXT(value("000000", 0, 0, false), ENDS_EARLY ", 0");
	CHECK_TEXT(value("02000000 aa", 0, 0, false), ENDS_EARLY ", 4");
	CHECK_TEXT(value("ffffff7f aa", 0, 0, false), ENDS_EARLY ", 4");
	CHECK_TEXT(value("feffffff aa", 0, 0, false),
			   "The length of a value is negative, 0");
	CHECK_TEXT(value("00000080 aa", 0, 0, false),
			   "The length of a value is negative, 0");
}

/* The wire form, or the error. */
static const char *
numeric(const char *hex)
{
	static char text[600];
	Block		from = block_of(hex);
	unsigned char *wire =
	malloc(CANONICAL_NUMERIC_WIRE_SIZE(canonical_left(&from.reader)));
	size_t		length = 0;
	bool		could = canonical_read_numeric(&from.reader, wire, &length);

	for (size_t i = 0; i < length && could; i++)
		snprintf(text + 2 * i, 3, "%02x", wire[i]);
	free(wire);
	return could ? (outcome(&from, true), text) : outcome(&from, false);
}

static void
numerics(void)
{
#define BAD_GROUP "A group of four digits is 0 at an end of the number, or above 9999, "
	CHECK_TEXT(numeric("00 0000 0000"), "0000000000000000");
	CHECK_TEXT(numeric("00 0200 0000"), "0000000000000002");
	/* -12345.50 */
	CHECK_TEXT(numeric("01 0200 0100 0100 2909 8813"),
			   "00030001400000020001" "09291388");
	CHECK_TEXT(numeric("02"), "00000000c0000000");
	CHECK_TEXT(numeric("03"), "00000000d0000000");
	CHECK_TEXT(numeric("04"), "00000000f0000000");
	/* 10000, 1 and 0 and 1 group, 0.0001 */
	CHECK_TEXT(numeric("00 0000 0100 0100"), "00010001000000000001");
	CHECK_TEXT(numeric("00 0000 0200 0100 0000 0100"),
			   "0003000200000000000100000001");
	CHECK_TEXT(numeric("00 0400 ffff 0100"), "0001ffff000000040001");
	/* 0.1 of scale 1: the group is 1000 */
	CHECK_TEXT(numeric("00 0100 ffff e803"), "0001ffff0000000103e8");

	CHECK_TEXT(numeric(""), ENDS_EARLY ", 0");
	CHECK_TEXT(numeric("05"), "The number is of an unknown kind, 1");
	CHECK_TEXT(numeric("0200"), "Bytes follow the end of the value, 1");
	CHECK_TEXT(numeric("00 0000 00"), ENDS_EARLY ", 3");
	CHECK_TEXT(numeric("01 0000 0000"), "The number has no digits, 5");
	CHECK_TEXT(numeric("00 0000 0100"), "The number has no digits, 5");
	CHECK_TEXT(numeric("00 0040 0000 0100"),
			   "The number has too many digits, 5");
	CHECK_TEXT(numeric("00 0000 0000 0000"), BAD_GROUP "5");
	CHECK_TEXT(numeric("00 0000 0100 0100 0000"), BAD_GROUP "7");
	CHECK_TEXT(numeric("00 0000 0000 1027"), BAD_GROUP "5");
	CHECK_TEXT(numeric("00 0000 0000 0100 01"),
			   "Bytes follow the end of the value, 7");
	CHECK_TEXT(numeric("00 0300 ffff 0100"),
			   "The number has digits beyond its display scale, 7");
	CHECK_TEXT(numeric("00 0000 ffff e803"),
			   "The number has digits beyond its display scale, 7");
	CHECK_TEXT(numeric("00 ff3f 0080 0100"),
			   "The number has digits beyond its display scale, 7");
}

static const char *
bits(const char *hex)
{
	Block		from = block_of(hex);
	uint32_t	count;
	const unsigned char *bytes;

	return outcome(&from, canonical_read_bits(&from.reader, &count, &bytes));
}

static void
bit_strings(void)
{
	CHECK_TEXT(bits("00000000"), "ok");
	CHECK_TEXT(bits("01000000 80"), "ok");
	CHECK_TEXT(bits("07000000 fe"), "ok");
	CHECK_TEXT(bits("08000000 ff"), "ok");
	CHECK_TEXT(bits("09000000 ff80"), "ok");
	CHECK_TEXT(bits("07000000 ff"), "A bit behind the last one is set, 4");
	CHECK_TEXT(bits("01000000 c0"), "A bit behind the last one is set, 4");
	CHECK_TEXT(bits("09000000 ff"), ENDS_EARLY ", 4");
	CHECK_TEXT(bits("ffffffff ff"), ENDS_EARLY ", 4");
	CHECK_TEXT(bits("08000000 ffff"), "Bytes follow the end of the value, 5");
	CHECK_TEXT(bits("080000"), ENDS_EARLY ", 0");
}

/* Dimensions and the number of elements, or the error. */
static const char *
array(const char *hex)
{
	static char text[60];
	Block		from = block_of(hex);
	CanonicalArray result;
	bool		could = canonical_read_array(&from.reader, &result);

	if (!could)
		return outcome(&from, false);
	snprintf(text, sizeof(text), "%d %" PRIu32, result.dimensions,
			 result.count);
	outcome(&from, true);
	return text;
}

static void
arrays(void)
{
#define NOT_ALLOWED "The array has dimensions that the bytes do not allow, 0"
#define TOO_MANY "A dimension of the array has too many elements, 4"
	CHECK_TEXT(array("00000000"), "0 0");
	CHECK_TEXT(array("01000000 00000000 00000000"), "1 0");
	CHECK_TEXT(array("01000000 01000000 feffffff ffffffff"), "1 1");
	CHECK_TEXT(array("01000000 01000000 feffff7f ffffffff"), "1 1");
	CHECK_TEXT(array("02000000 01000000 01000000 02000000 01000000"
					 "ffffffff ffffffff"), "2 2");
	CHECK_TEXT(array("06000000 01000000 00000000 01000000 00000000 01000000 00000000"
					 "01000000 00000000 01000000 00000000 01000000 00000000 ffffffff"),
			   "6 1");
	CHECK_TEXT(array("07000000 01000000 00000000 01000000 00000000 01000000 00000000"
					 "01000000 00000000 01000000 00000000 01000000 00000000"
					 "01000000 00000000 ffffffff"), NOT_ALLOWED);
	CHECK_TEXT(array(""), ENDS_EARLY ", 0");
	CHECK_TEXT(array("00000000 00"), "Bytes follow the end of the value, 4");
	CHECK_TEXT(array("ffffffff"), ENDS_EARLY ", 4");
	CHECK_TEXT(array("01000000 02000000 00000000 ffffffff"), NOT_ALLOWED);
	CHECK_TEXT(array("02000000 00000000 00000000 01000000 00000000"),
			   NOT_ALLOWED);
	CHECK_TEXT(array("02000000 01000000 00000000 00000000 00000000"),
			   NOT_ALLOWED);
	CHECK_TEXT(array("01000000 ffffffff 00000000"), TOO_MANY);
	CHECK_TEXT(array("01000000 01000000 ffffff7f ffffffff"), TOO_MANY);
	/* a product of six lengths that is 0 modulo 2^64 */
	CHECK_TEXT(array("06000000 00000040 00000000 00000040 00000000 00000040 00000000"
					 "00000040 00000000 00000040 00000000 00000040 00000000"),
			   NOT_ALLOWED);
}

static const char *
range(unsigned flags)
{
	unsigned char byte = (unsigned char) flags;
	Block		from = block(&byte, 1);
	CanonicalRange result;

	return outcome(&from, canonical_read_range(&from.reader, &result));
}

static void
ranges(void)
{
	int			allowed = 0;
	Block		from = block_of("12");
	CanonicalRange one;

	CHECK(canonical_read_range(&from.reader, &one));
	CHECK(!one.empty && one.lower_included && !one.upper_included &&
		  one.has_lower && !one.has_upper);
	free(from.bytes);
	for (unsigned flags = 0; flags < 256; flags++)
	{
		if (strcmp(range(flags), "ok") == 0)
			allowed++;
		else
			CHECK_TEXT(range(flags),
					   "The flags of the range contradict each other, 0");
	}
	/* empty; included, excluded or infinite at both ends */
	CHECK(allowed == 1 + 3 * 3);
}

/* Read a whole jsonb, as a wrapper does. */
static bool
read_json(CanonicalReader *reader, int depth)
{
	CanonicalJson json;
	CanonicalReader before;
	CanonicalReader key;

	if (depth > 50)
		return canonical_read_fail(reader, "Too deep for the test");
	if (!canonical_read_json(reader, &json))
		return false;
	for (uint32_t i = 0; i < json.count; i++)
	{
		if (json.tag == '{')
		{
			if (!canonical_read_json_key(reader, i > 0 ? &before : NULL, &key))
				return false;
			before = key;
		}
		if (!read_json(reader, depth + 1))
			return false;
	}
	return true;
}

static const char *
json(const char *hex)
{
	Block		from = block_of(hex);

	return outcome(&from, read_json(&from.reader, 0) &&
				   canonical_read_end(&from.reader));
}

static void
jsons(void)
{
#define TOO_HIGH "A number is higher than the bytes that follow allow, "
#define ORDER "The keys of an object are not in their order, "
	CHECK_TEXT(json("6e"), "ok");
	CHECK_TEXT(json("66"), "ok");
	CHECK_TEXT(json("74"), "ok");
	CHECK_TEXT(json("64 05000000 0000000000"), "ok");
	CHECK_TEXT(json("73 00000000"), "ok");
	CHECK_TEXT(json("5b 02000000 6e 5b 00000000"), "ok");
	CHECK_TEXT(json("7b 00000000"), "ok");
	CHECK_TEXT(json("7b 03000000 00000000 6e 01000000 62 74 02000000 6161 66"),
			   "ok");
	CHECK_TEXT(json(""), ENDS_EARLY ", 0");
	CHECK_TEXT(json("78"), "Something unknown is in the jsonb, 0");
	CHECK_TEXT(json("6e6e"), "Bytes follow the end of the value, 1");
	CHECK_TEXT(json("5b 01000000"), TOO_HIGH "1");
	CHECK_TEXT(json("5b ffffffff 6e"), TOO_HIGH "1");
	CHECK_TEXT(json("7b 01000000 00000000"), TOO_HIGH "1");
	CHECK_TEXT(json("73 02000000 61"), TOO_HIGH "1");
	CHECK_TEXT(json("7b 02000000 01000000 62 6e 01000000 61 6e"), ORDER "11");
	CHECK_TEXT(json("7b 02000000 01000000 61 6e 01000000 61 6e"), ORDER "11");
	CHECK_TEXT(json("7b 02000000 02000000 6161 6e 01000000 62 6e"), ORDER "12");
}

/*
 * Read a row of a numeric, bits, an array of values, a range of values and a
 * jsonb, and any other column as bytes.
 */
static bool
read_parts(CanonicalReader *reader, uint32_t count)
{
	CanonicalReader value_reader;
	bool		is_null;

	for (uint32_t i = 0; i < count; i++)
	{
		if (!canonical_read_value(reader, &value_reader, &is_null))
			return false;
	}
	return canonical_read_end(reader);
}

static bool
read_column(uint32_t id, CanonicalReader *reader)
{
	unsigned char wire[300];
	size_t		length;
	uint32_t	count;
	const unsigned char *bytes;
	CanonicalArray array_head;
	CanonicalRange range_head;

	switch (id)
	{
		case 1:
			return canonical_left(reader) > 200 ||
				canonical_read_numeric(reader, wire, &length);
		case 2:
			return canonical_read_bits(reader, &count, &bytes);
		case 3:
			return canonical_read_array(reader, &array_head) &&
				read_parts(reader, array_head.count);
		case 4:
			return canonical_read_range(reader, &range_head) &&
				read_parts(reader, (uint32_t) range_head.has_lower + range_head.has_upper);
		case 5:
			return read_json(reader, 0) && canonical_read_end(reader);
		default:
			return canonical_read_bytes(reader, canonical_left(reader), &bytes);
	}
}

static bool
read_row(CanonicalReader *reader)
{
	if (!canonical_read_prefix(reader))
		return false;
	while (canonical_left(reader) > 0)
	{
		uint32_t	id;
		CanonicalReader column;
		bool		is_null;

		if (!canonical_read_u32(reader, &id) ||
			!canonical_read_value(reader, &column, &is_null))
			return false;
		if (!is_null && !read_column(id, &column))
		{
			reader->error = column.error;
			return false;
		}
	}
	return true;
}

static void
put_column(CanonicalBuffer *row, uint32_t id, const char *hex)
{
	Block		from = block_of(hex);

	canonical_put_u32(row, id);
	canonical_put_u32(row, (uint32_t) from.reader.end);
	canonical_put_bytes(row, from.bytes, from.reader.end);
	free(from.bytes);
}

static void
damaged(void)
{
	CanonicalBuffer row;
	size_t		rows = 0;

	canonical_init(&row, grow, NULL);
	canonical_put_prefix(&row, CANONICAL_ROW_FORM);
	put_column(&row, 1, "01 0200 0100 0100 2909 8813");
	put_column(&row, 2, "09000000 a080");
	put_column(&row, 3, "02000000 01000000 01000000 02000000 00000000"
			   "02000000 abcd ffffffff");
	put_column(&row, 4, "02 04000000 01000000 04000000 09000000");
	put_column(&row, 5, "7b02000000 0100000061 5b02000000 73020000006161 7b00000000"
			   "020000006161 64050000000000000000");
	canonical_put_u32(&row, 6);
	canonical_put_null(&row);
	put_column(&row, 7, "6162");

	for (size_t length = 0; length <= row.length; length++)
	{
		Block		from = block(row.bytes, length);

		if (strcmp(outcome(&from, read_row(&from.reader)), "ok") == 0)
			rows++;
	}
	/* only the end of a column ends a row */
	CHECK(rows == 8);
	for (size_t at = 0; at < row.length; at++)
	{
		unsigned char was = row.bytes[at];

		for (int byte = 0; byte < 256; byte++)
		{
			Block		from;

			row.bytes[at] = (unsigned char) byte;
			from = block(row.bytes, row.length);
			CHECK(outcome(&from, read_row(&from.reader))[0] != '\0');
		}
		row.bytes[at] = was;
	}
	free(row.bytes);
}

int
main(void)
{
	unit_case("numbers");
	numbers();
	unit_case("the prefix; key form and other versions are refused");
	prefixes();
	unit_case("values and their lengths");
	values();
	unit_case("numerics become what numeric_recv takes, or are refused");
	numerics();
	unit_case("bits");
	bit_strings();
	unit_case("dimensions of arrays, never more than there are bytes for");
	arrays();
	unit_case("flags of ranges");
	ranges();
	unit_case("jsonb");
	jsons();
	unit_case("damaged rows are refused or read, never beyond their end");
	damaged();
	return unit_finish();
}
