/*
 * crc32c.c
 *		CRC-32C by eight look-ups per eight bytes ("slicing by 8").
 */
#include "crc32c.h"

#include "crc32c_table.h"
#include "little_endian.h"

static uint32_t
update_byte(uint32_t crc, unsigned char byte)
{
	return crc >> 8 ^ crc32c_table[0][(crc ^ byte) & 0xFF];
}

static uint32_t
update_eight(uint32_t crc, const unsigned char *bytes)
{
	uint32_t	low = le32_read(bytes) ^ crc;
	uint32_t	high = le32_read(bytes + 4);

	return crc32c_table[7][low & 0xFF] ^
		crc32c_table[6][low >> 8 & 0xFF] ^
		crc32c_table[5][low >> 16 & 0xFF] ^
		crc32c_table[4][low >> 24] ^
		crc32c_table[3][high & 0xFF] ^
		crc32c_table[2][high >> 8 & 0xFF] ^
		crc32c_table[1][high >> 16 & 0xFF] ^
		crc32c_table[0][high >> 24];
}

uint32_t
crc32c_extend(uint32_t crc, const void *bytes, size_t length)
{
	const unsigned char *next = bytes;

	crc = ~crc;
	for (; length >= 8; next += 8, length -= 8)
		crc = update_eight(crc, next);
	for (; length > 0; next++, length--)
		crc = update_byte(crc, *next);
	return ~crc;
}

uint32_t
crc32c(const void *bytes, size_t length)
{
	return crc32c_extend(0, bytes, length);
}
