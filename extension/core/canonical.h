/*
 * canonical.h
 *		Bytes of the canonical form of rows: a growing buffer, and what is
 *		written into it without knowing of the server.
 *
 * extension/store/FORMAT.md, section "Canonical form", fixes every byte.
 */
#ifndef ALLMENDE_CANONICAL_H
#define ALLMENDE_CANONICAL_H

#include "core.h"

typedef enum CanonicalForm
{
	CANONICAL_ROW_FORM,			/* tells apart what a dump tells apart */
	CANONICAL_KEY_FORM			/* does not tell apart what "=" does not */
} CanonicalForm;

#define CANONICAL_VERSION 1

/* no more bytes than this, so that each length fits its int32 */
#define CANONICAL_SIZE_MAX INT32_MAX

/*
 * Give a block its new size, as realloc does; bytes is NULL at first.  NULL
 * where there is no memory, if it returns at all.
 */
typedef unsigned char *(*CanonicalGrow) (void *owner, unsigned char *bytes,
										 size_t size);

/*
 * What is being written.  The memory is its owner's.
 *
 * Where it cannot grow, or would grow beyond CANONICAL_SIZE_MAX, failed is set
 * and all that follows is dropped: whoever needs the bytes looks at it once, at
 * the end.
 */
typedef struct CanonicalBuffer
{
	unsigned char *bytes;
	size_t		length;
	size_t		capacity;
	bool		failed;
	CanonicalGrow grow;
	void	   *owner;
} CanonicalBuffer;

extern void canonical_init(CanonicalBuffer *buffer, CanonicalGrow grow,
						   void *owner);

/* Drop the bytes and keep the memory. */
extern void canonical_reset(CanonicalBuffer *buffer);

extern void canonical_put_bytes(CanonicalBuffer *buffer, const void *bytes,
								size_t length);
extern void canonical_put_u8(CanonicalBuffer *buffer, uint8_t number);
extern void canonical_put_u16(CanonicalBuffer *buffer, uint16_t number);
extern void canonical_put_u32(CanonicalBuffer *buffer, uint32_t number);
extern void canonical_put_u64(CanonicalBuffer *buffer, uint64_t number);

/* One NaN; in the key form one zero. */
extern void canonical_put_f32(CanonicalBuffer *buffer, float number,
							  CanonicalForm form);
extern void canonical_put_f64(CanonicalBuffer *buffer, double number,
							  CanonicalForm form);

/* What a row begins with. */
extern void canonical_put_prefix(CanonicalBuffer *buffer, CanonicalForm form);

/*
 * A value is its length and its bytes.  Begin returns a mark; end, given that
 * mark, fills in the length of what was written in between.
 */
extern size_t canonical_begin_value(CanonicalBuffer *buffer);
extern void canonical_end_value(CanonicalBuffer *buffer, size_t mark);

/* A value of the characters of a text; NULL is one that is NULL. */
extern void canonical_put_text(CanonicalBuffer *buffer, const char *text);

/* A value that is NULL. */
extern void canonical_put_null(CanonicalBuffer *buffer);

/*
 * A numeric, from what PostgreSQL's numeric_send gives: number of groups,
 * weight, sign, display scale, groups of four digits, 16 bits each, highest
 * byte first.  False where these bytes are none.
 */
extern bool canonical_put_numeric(CanonicalBuffer *buffer, const void *wire,
								  size_t length, CanonicalForm form,
								  CoreError *error);

/*
 * An interval in key form: what PostgreSQL's "=" compares, with months of 30
 * days and days of 24 hours.
 */
extern void canonical_put_interval_key(CanonicalBuffer *buffer,
									   int64_t microseconds, int32_t days,
									   int32_t months);

/* Sums of hashes modulo 2^256: numbers of 32 bytes, the highest first. */
#define CANONICAL_HASH_SIZE 32

extern void canonical_sum_add(unsigned char sum[CANONICAL_HASH_SIZE],
							  const unsigned char hash[CANONICAL_HASH_SIZE]);
extern void canonical_sum_subtract(unsigned char sum[CANONICAL_HASH_SIZE],
								   const unsigned char hash[CANONICAL_HASH_SIZE]);

#endif							/* ALLMENDE_CANONICAL_H */
