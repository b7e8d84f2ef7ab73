/*
 * key_run.h
 *		The key index of a store: reading chunks of its sorted runs.
 *
 * An entry says that the key of a row id has a hash.  A run is a set of
 * entries, ascending by hash and then row id, cut into chunks of one page each;
 * store/FORMAT.md describes every byte.  An index is a set of runs, and an
 * entry is in it that is in any of them.
 *
 * Bytes from outside pass key_run_open() first; after that all access is
 * unchecked and reads nothing outside the chunk, whatever the bytes.
 */
#ifndef ALLMENDE_KEY_RUN_H
#define ALLMENDE_KEY_RUN_H

#include "little_endian.h"

#define KEY_RUN_HEADER_SIZE 48
#define KEY_RUN_PAGE_SIZE 7936	/* behind the header */
#define KEY_RUN_SIZE_MAX (KEY_RUN_HEADER_SIZE + KEY_RUN_PAGE_SIZE)
#define KEY_RUN_ENTRIES_MAX 793 /* of a chunk with row ids of 2 bytes */
#define KEY_RUN_ENTRIES_WIDE 661	/* with row ids of 4 bytes */

/*
 * Flags of key_run_open(): believe the checksum; believe that the entries are
 * in order.  The latter takes longer than a look-up, which in a chunk without
 * order finds less than there is, but nothing outside of it.
 */
#define KEY_RUN_SKIP_CRC 1
#define KEY_RUN_SKIP_ENTRIES 2

typedef struct KeyEntry
{
	int64_t		hash;
	uint32_t	rid;
} KeyEntry;

/* A chunk that is open.  Points into its bytes, and so lives as long as they. */
typedef struct KeyChunk
{
	const unsigned char *bytes;
	size_t		length;
	uint32_t	entries;		/* 1 to 793 */
	uint32_t	width;			/* bytes per row id, 2 or 4 */
	uint32_t	base;			/* least row id; 0 with width 4 */
	const unsigned char *hashes;
	const unsigned char *rids;
} KeyChunk;

/*
 * Check what the flags leave to be checked of a chunk, and find its arrays.  The
 * chunks of a run are not compared with each other; see key_merge_next().
 */
extern bool key_run_open(KeyChunk *chunk, const void *bytes, size_t length,
						 int flags, CoreError *error);

/*
 * The entries with a hash: *first and the *count - 1 behind it.  Where there is
 * none, returns false, and *first is where it would have to be inserted.
 */
extern bool key_run_find(const KeyChunk *chunk, int64_t hash, uint32_t *first,
						 uint32_t *count);

/* Entries that a chunk has room for, with row ids of 2 or 4 bytes. */
static inline uint32_t
key_run_chunk_capacity(uint32_t width)
{
	return width == 2 ? KEY_RUN_ENTRIES_MAX : KEY_RUN_ENTRIES_WIDE;
}

/* A signed hash from its 64 bits, without leaning on the compiler. */
static inline int64_t
key_run_signed(uint64_t bits)
{
	return bits <= INT64_MAX ? (int64_t) bits :
		-(int64_t) (UINT64_MAX - bits) - 1;
}

/* An entry of an open chunk; its number is below chunk->entries. */
static inline KeyEntry
key_run_entry(const KeyChunk *chunk, uint32_t number)
{
	KeyEntry	entry;

	entry.hash = key_run_signed(le64_read(chunk->hashes + (size_t) number * 8));
	if (chunk->width == 2)
		entry.rid = chunk->base + le16_read(chunk->rids + (size_t) number * 2);
	else
		entry.rid = le32_read(chunk->rids + (size_t) number * 4);
	return entry;
}

/* Below, equal or above: negative, 0 or positive. */
static inline int
key_entry_compare(KeyEntry a, KeyEntry b)
{
	if (a.hash != b.hash)
		return a.hash < b.hash ? -1 : 1;
	return a.rid < b.rid ? -1 : a.rid > b.rid;
}

#endif							/* ALLMENDE_KEY_RUN_H */
