/*
 * rowset_bytes.h
 *		Sets of row ids as bytes: the portable format of roaring bitmaps.
 *
 * A set is cut into containers of 65,536 consecutive ids, those with the same
 * upper 16 bits (the key), so that a container is a segment of the store.  A
 * container is kept as an array (its ids, up to 4,096), a bitset (8,192 bytes)
 * or runs (pairs of first id and length less one).  All numbers are little
 * endian:
 *
 *	cookie		u32 12346, u32 number of containers; or, where some container
 *				has runs, u16 12347, u16 number of containers less one, and one
 *				bit per container, set for those with runs
 *	pairs		per container u16 key, u16 number of ids less one
 *	offsets		per container u32, where it starts; left out where some
 *				container has runs and there are fewer than 4 containers
 *	containers	u16 ids | 1024 u64 words | u16 number of runs, u16 pairs
 *
 * Source: https://github.com/RoaringBitmap/RoaringFormatSpec.  What it leaves
 * open is ours: containers follow each other in the order of their keys without
 * gaps, runs do not touch each other, and padding bits are zero.
 *
 * Bytes from outside pass rowset_check() first.  All other functions here trust
 * what they read, and read nothing behind its end if the check has passed.
 */
#ifndef ALLMENDE_ROWSET_BYTES_H
#define ALLMENDE_ROWSET_BYTES_H

#include "core.h"

#define ROWSET_COOKIE 12346
#define ROWSET_COOKIE_RUNS 12347
#define ROWSET_OFFSETS_MIN 4	/* containers from which offsets are kept */
#define ROWSET_CONTAINERS_MAX 65536
#define ROWSET_CONTAINER_IDS 65536
#define ROWSET_ARRAY_MAX 4096	/* ids of an array; above, it is a bitset */
#define ROWSET_BITSET_SIZE 8192

/*
 * No set takes more in its canonical form: cookie, run bits, pairs, offsets,
 * and all containers are bitsets.
 */
#define ROWSET_SIZE_MAX \
	(8 + ROWSET_CONTAINERS_MAX / 8 + \
	 (size_t) ROWSET_CONTAINERS_MAX * (8 + ROWSET_BITSET_SIZE))

typedef enum RowsetKind
{
	ROWSET_ARRAY,
	ROWSET_BITSET,
	ROWSET_RUNS
} RowsetKind;

/* A container within the bytes of a set. */
typedef struct RowsetContainer
{
	RowsetKind	kind;
	uint32_t	key;			/* upper 16 bits of its ids */
	uint32_t	cardinality;	/* 1 to 65,536 */
	uint32_t	runs;			/* pairs in data; only where kind is runs */
	const unsigned char *data;	/* ids, words or pairs */
} RowsetContainer;

/* The header of a set, and which container comes next.  Parts are offsets. */
typedef struct RowsetReader
{
	const unsigned char *bytes;
	size_t		run_bits;		/* 0: no container has runs */
	size_t		pairs;
	size_t		offsets;		/* 0: there are none */
	size_t		containers;
	uint32_t	count;			/* of containers */
	uint32_t	next;			/* container to be read next */
	size_t		next_at;		/* where it starts */
} RowsetReader;

/* Walks through the ids of a set in ascending order. */
typedef struct RowsetIterator
{
	RowsetReader reader;
	RowsetContainer container;
	uint32_t	cursor;			/* in container */
	bool		in_container;
	bool		held;			/* a range has been read ahead: */
	uint32_t	held_first;
	uint32_t	held_last;
} RowsetIterator;

/*
 * Are these bytes a set, and nothing else?  Reads nothing outside them, for
 * whatever bytes.  On success fills cardinality, 0 to 4,294,967,296.
 */
extern bool rowset_check(const void *bytes, size_t length,
						 uint64_t * cardinality, CoreError *error);

extern uint64_t rowset_cardinality(const void *bytes);

extern bool rowset_contains(const void *bytes, uint32_t id);

/* The lowest and the highest id; false for the empty set. */
extern bool rowset_first(const void *bytes, uint32_t * id);
extern bool rowset_last(const void *bytes, uint32_t * id);

extern void rowset_begin(RowsetIterator *iterator, const void *bytes);

/*
 * The next range of consecutive ids, as long as possible, so that between two
 * of them an id is missing.  False where there is none.
 */
extern bool rowset_next_range(RowsetIterator *iterator, uint32_t * first,
							  uint32_t * last);

extern void rowset_open(RowsetReader *reader, const void *bytes);

extern bool rowset_next_container(RowsetReader *reader,
								  RowsetContainer *container);

/*
 * The next range of consecutive ids of a container, without their key.
 * *cursor is 0 before the first call.
 */
extern bool rowset_container_next_range(const RowsetContainer *container,
										uint32_t * cursor, uint32_t * first,
										uint32_t * last);

/* Number of ranges of consecutive ids in a container. */
extern uint32_t rowset_container_ranges(const RowsetContainer *container);

/* Bytes that a container takes, with the number of its runs. */
static inline size_t
rowset_container_size(RowsetKind kind, uint32_t cardinality, uint32_t runs)
{
	switch (kind)
	{
		case ROWSET_ARRAY:
			return (size_t) cardinality * 2;
		case ROWSET_BITSET:
			return ROWSET_BITSET_SIZE;
		case ROWSET_RUNS:
			break;
	}
	return 2 + (size_t) runs * 4;
}

#endif							/* ALLMENDE_ROWSET_BYTES_H */
