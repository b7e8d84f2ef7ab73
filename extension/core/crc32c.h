/*
 * crc32c.h
 *		CRC-32C (Castagnoli): the checksum of iSCSI, ext4 and PostgreSQL's WAL.
 *
 * Source: RFC 3720, appendix B.4; polynomial 1EDC6F41, bits reflected, initial
 * value and final mask all ones.
 */
#ifndef ALLMENDE_CRC32C_H
#define ALLMENDE_CRC32C_H

#include "core.h"

/* The checksum of length bytes at any address; 0 for none. */
extern uint32_t crc32c(const void *bytes, size_t length);

/*
 * Continue a checksum: with that of bytes A, the one of A followed by these
 * bytes.
 */
extern uint32_t crc32c_extend(uint32_t crc, const void *bytes, size_t length);

#endif							/* ALLMENDE_CRC32C_H */
