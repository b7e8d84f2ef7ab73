/*
 * crc32c_test.c
 *		Tests of core/crc32c.c.
 */
#include "unit.h"

#include "../../extension/core/crc32c.h"
#include "../../extension/core/crc32c_table.h"

/* The definition, bit by bit. */
static uint32_t
slow_crc32c(const unsigned char *bytes, size_t length)
{
	uint32_t	crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++)
	{
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0x82F63B78) : 0);
	}
	return ~crc;
}

static void
vectors_of_rfc3720(void)
{
	static const unsigned char command[48] = {
		0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
		0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18,
		0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00
	};
	unsigned char bytes[32];

	memset(bytes, 0, sizeof(bytes));
	CHECK(crc32c(bytes, 32) == UINT32_C(0x8A9136AA));
	memset(bytes, 0xFF, sizeof(bytes));
	CHECK(crc32c(bytes, 32) == UINT32_C(0x62A8AB43));
	for (int i = 0; i < 32; i++)
		bytes[i] = (unsigned char) i;
	CHECK(crc32c(bytes, 32) == UINT32_C(0x46DD794E));
	for (int i = 0; i < 32; i++)
		bytes[i] = (unsigned char) (31 - i);
	CHECK(crc32c(bytes, 32) == UINT32_C(0x113FDB5C));
	CHECK(crc32c(command, 48) == UINT32_C(0xD9963A56));
	CHECK(crc32c("123456789", 9) == UINT32_C(0xE3069283));
	CHECK(crc32c("", 0) == 0);
}

/* An entry is the one before, followed by a zero byte. */
static void
table(void)
{
	for (uint32_t byte = 0; byte < 256; byte++)
	{
		uint32_t	crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0x82F63B78) : 0);
		for (int k = 0; k < 8; k++)
		{
			CHECK(crc32c_table[k][byte] == crc);
			crc = crc >> 8 ^ crc32c_table[0][crc & 0xFF];
		}
	}
}

/* Every length and offset, at once and in two pieces. */
static void
against_definition(void)
{
	unsigned char bytes[80];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char) (i * i * 37 + i * 11 + 5);
	for (size_t offset = 0; offset < 9; offset++)
	{
		for (size_t length = 0; length <= sizeof(bytes) - offset; length++)
		{
			uint32_t	expected = slow_crc32c(bytes + offset, length);
			size_t		half = length * 3 / 7;

			CHECK(crc32c(bytes + offset, length) == expected);
			CHECK(crc32c_extend(crc32c(bytes + offset, half),
								bytes + offset + half, length - half) ==
				  expected);
		}
	}
}

int
main(void)
{
	unit_case("the vectors of RFC 3720 come out");
	vectors_of_rfc3720();
	unit_case("the table is what the polynomial makes it");
	table();
	unit_case("any length at any address, in one piece or two");
	against_definition();
	return unit_finish();
}
