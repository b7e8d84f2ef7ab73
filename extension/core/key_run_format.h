/*
 * key_run_format.h
 *		Where what stands in the header of a chunk of keys; see
 *		store/FORMAT.md.  Included by key_run*.c and their tests alone.
 */
#ifndef ALLMENDE_KEY_RUN_FORMAT_H
#define ALLMENDE_KEY_RUN_FORMAT_H

#include "key_run.h"

#define KEY_RUN_MAGIC UINT32_C(0x5359454B)	/* "KEYS" */
#define KEY_RUN_VERSION 1

#define KEY_RUN_AT_MAGIC 0
#define KEY_RUN_AT_CRC 4
#define KEY_RUN_AT_LENGTH 8		/* the first byte that the CRC covers */
#define KEY_RUN_AT_VERSION 12
#define KEY_RUN_AT_WIDTH 13
#define KEY_RUN_AT_ENTRIES 14
#define KEY_RUN_AT_BASE 16
#define KEY_RUN_AT_FIRST_RID 20
#define KEY_RUN_AT_FIRST_HASH 24
#define KEY_RUN_AT_LAST_HASH 32
#define KEY_RUN_AT_LAST_RID 40
#define KEY_RUN_AT_ZERO 44

/* Bytes of an array, with the zeros behind it. */
static inline size_t
key_run_padded(size_t size)
{
	return (size + 7) / 8 * 8;
}

/* Bytes of a chunk. */
static inline size_t
key_run_chunk_size(uint32_t entries, uint32_t width)
{
	return KEY_RUN_HEADER_SIZE + (size_t) entries * 8 +
		key_run_padded((size_t) entries * width);
}

#endif							/* ALLMENDE_KEY_RUN_FORMAT_H */
