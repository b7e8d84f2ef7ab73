/*
 * canonical_read.h
 *		A cursor over the canonical row form: columns, values, and what is in
 *		them as far as it can be read without knowing of the server.
 *
 * extension/store/FORMAT.md, section "Canonical form", fixes every byte.
 * Whatever the bytes are, nothing beyond their end is read.  Functions that
 * return false have filled in the error of the reader that they were given,
 * with a position from the first byte of the row.
 */
#ifndef ALLMENDE_CANONICAL_READ_H
#define ALLMENDE_CANONICAL_READ_H

#include "canonical.h"

/* An array has no more dimensions than this; MAXDIM of PostgreSQL. */
#define CANONICAL_DIMENSIONS_MAX 6

/* How many bytes canonical_read_numeric() writes, given those that are left. */
#define CANONICAL_NUMERIC_WIRE_SIZE(left) ((left) + 8)

/* Bytes of a row, or of a value inside of it. */
typedef struct CanonicalReader
{
	const unsigned char *bytes; /* of the whole row */
	size_t		end;
	size_t		position;		/* up to end */
	CoreError	error;
} CanonicalReader;

typedef struct CanonicalArray
{
	int			dimensions;		/* 0 where it is empty */
	int32_t		lengths[CANONICAL_DIMENSIONS_MAX];
	int32_t		lower_bounds[CANONICAL_DIMENSIONS_MAX];
	uint32_t	count;			/* of elements */
} CanonicalArray;

typedef struct CanonicalRange
{
	bool		empty;
	bool		lower_included;
	bool		upper_included;
	bool		has_lower;
	bool		has_upper;
} CanonicalRange;

/* What comes next in a jsonb. */
typedef struct CanonicalJson
{
	char		tag;			/* n f t d s [ { */
	uint32_t	count;			/* of elements or pairs, of [ and { */
	CanonicalReader content;	/* of d the number, of s the characters */
} CanonicalJson;

extern void canonical_reader_init(CanonicalReader *reader, const void *bytes,
								  size_t length);

static inline size_t
canonical_left(const CanonicalReader *reader)
{
	return reader->end - reader->position;
}

/* Fill in the reader's error, at its position, and return false. */
extern bool canonical_read_fail(CanonicalReader *reader, const char *reason);

/* Is nothing left? */
extern bool canonical_read_end(CanonicalReader *reader);

/* The next bytes, which stay where they are. */
extern bool canonical_read_bytes(CanonicalReader *reader, size_t length,
								 const unsigned char **bytes);
extern bool canonical_read_u8(CanonicalReader *reader, uint8_t * number);
extern bool canonical_read_u16(CanonicalReader *reader, uint16_t * number);
extern bool canonical_read_u32(CanonicalReader *reader, uint32_t * number);
extern bool canonical_read_u64(CanonicalReader *reader, uint64_t * number);
extern bool canonical_read_f32(CanonicalReader *reader, float *number);
extern bool canonical_read_f64(CanonicalReader *reader, double *number);

/* What a row begins with; the key form and other versions are refused. */
extern bool canonical_read_prefix(CanonicalReader *reader);

/* A value: whether it is NULL, else a reader of its bytes. */
extern bool canonical_read_value(CanonicalReader *reader,
								 CanonicalReader *value, bool *is_null);

/* A number of things that each have at least so many bytes. */
extern bool canonical_read_count(CanonicalReader *reader, size_t size_min,
								 uint32_t * count);

/*
 * All that is left, as a numeric in the form that PostgreSQL's numeric_recv
 * takes.  wire has room for CANONICAL_NUMERIC_WIRE_SIZE(canonical_left()).
 */
extern bool canonical_read_numeric(CanonicalReader *reader,
								   unsigned char *wire, size_t * wire_length);

/* All that is left, as bits, of which the last byte's padding is 0. */
extern bool canonical_read_bits(CanonicalReader *reader, uint32_t * count,
								const unsigned char **bytes);

/*
 * What stands before the elements of an array.  Each dimension has a length,
 * except where there is only one (int2vector).
 */
extern bool canonical_read_array(CanonicalReader *reader,
								 CanonicalArray *array);

/* What stands before the bounds of a range. */
extern bool canonical_read_range(CanonicalReader *reader,
								 CanonicalRange *range);

/* The next thing of a jsonb; elements and pairs of [ and { follow. */
extern bool canonical_read_json(CanonicalReader *reader, CanonicalJson *json);

/*
 * The key of a pair in a jsonb; before is the one before it, NULL at first.
 */
extern bool canonical_read_json_key(CanonicalReader *reader,
									const CanonicalReader *before,
									CanonicalReader *key);

#endif							/* ALLMENDE_CANONICAL_READ_H */
