/*
 * little_endian.h
 *		Numbers in bytes, the lowest byte first, at any address and on any
 *		machine.  Compilers turn each of these into one load or store.
 */
#ifndef ALLMENDE_LITTLE_ENDIAN_H
#define ALLMENDE_LITTLE_ENDIAN_H

#include "core.h"

static inline uint16_t
le16_read(const unsigned char *bytes)
{
	return (uint16_t) (bytes[0] | bytes[1] << 8);
}

static inline uint32_t
le32_read(const unsigned char *bytes)
{
	return le16_read(bytes) | (uint32_t) le16_read(bytes + 2) << 16;
}

static inline uint64_t
le64_read(const unsigned char *bytes)
{
	return le32_read(bytes) | (uint64_t) le32_read(bytes + 4) << 32;
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
