/*
 * little_endian.h
 *		Numbers in bytes, the lowest byte first, at any address and on any
 *		machine.  Compilers turn each of these into one load or store.
 */
#ifndef ALLMENDE_LITTLE_ENDIAN_H
#define ALLMENDE_LITTLE_ENDIAN_H

#include <string.h>

#include "core.h"

/* What a number is to the machine when its bytes have been copied. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LE16(number) __builtin_bswap16(number)
#define LE32(number) __builtin_bswap32(number)
#define LE64(number) __builtin_bswap64(number)
#else
#define LE16(number) (number)
#define LE32(number) (number)
#define LE64(number) (number)
#endif

static inline bool
machine_is_little_endian(void)
{
	return LE16(1) == 1;
}

static inline uint16_t
le16_read(const unsigned char *bytes)
{
	uint16_t	number;

	memcpy(&number, bytes, sizeof(number));
	return LE16(number);
}

static inline uint32_t
le32_read(const unsigned char *bytes)
{
	uint32_t	number;

	memcpy(&number, bytes, sizeof(number));
	return LE32(number);
}

static inline uint64_t
le64_read(const unsigned char *bytes)
{
	uint64_t	number;

	memcpy(&number, bytes, sizeof(number));
	return LE64(number);
}

static inline void
le16_write(unsigned char *bytes, uint16_t number)
{
	bytes[0] = (unsigned char) number;
	bytes[1] = (unsigned char) (number >> 8);
}

static inline void
le32_write(unsigned char *bytes, uint32_t number)
{
	le16_write(bytes, (uint16_t) number);
	le16_write(bytes + 2, (uint16_t) (number >> 16));
}

static inline void
le64_write(unsigned char *bytes, uint64_t number)
{
	le32_write(bytes, (uint32_t) number);
	le32_write(bytes + 4, (uint32_t) (number >> 32));
}

#endif							/* ALLMENDE_LITTLE_ENDIAN_H */
