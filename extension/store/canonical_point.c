/*
 * canonical_point.c
 *		Points from canonical form, without asking PostGIS for each.
 *
 * Points of the same dimensions and SRID differ in their coordinates alone,
 * with which their values end.  So PostGIS makes the first one, and the others
 * are copies of it: what the header looks like stays its business.  Points that
 * are empty have coordinates that are NaN in EWKB, and none in the value.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "../core/little_endian.h"
#include "canonical_point.h"

#define EWKB_POINT UINT32_C(1)
#define EWKB_TYPE UINT32_C(0x1FFFFFFF)
#define EWKB_SRID UINT32_C(0x20000000)
#define EWKB_M UINT32_C(0x40000000)
#define EWKB_Z UINT32_C(0x80000000)

/* Byte order, type, SRID. */
#define START_MAX 9

/* SRID, flags, type, count, and more flags; a box would not fit in as well. */
#define HEADER_MAX (VARHDRSZ + 20)

struct CanonicalPoint
{
	unsigned char start[START_MAX]; /* of the EWKB */
	Size		start_length;
	Size		coordinates;	/* bytes of them */
	struct varlena *value;
};

static bool
has_nan(const unsigned char *coordinates, Size length)
{
	for (Size at = 0; at < length; at += sizeof(double))
	{
		uint64		bits = le64_read(coordinates + at);
		double		number;

		memcpy(&number, &bits, sizeof(number));
		if (isnan(number))
			return true;
	}
	return false;
}

struct varlena *
canonical_point_copy(const CanonicalType *type, const unsigned char *bytes,
					 Size length)
{
	const CanonicalPoint *point = type->point;
	struct varlena *result;
	Size		size;

	if (point == NULL || length != point->start_length + point->coordinates ||
		memcmp(bytes, point->start, point->start_length) != 0 ||
		has_nan(bytes + point->start_length, point->coordinates))
		return NULL;
	size = VARSIZE(point->value);
	result = palloc(size);
	memcpy(result, point->value, size - point->coordinates);
	memcpy((char *) result + size - point->coordinates,
		   bytes + point->start_length, point->coordinates);
	return result;
}

void
canonical_point_keep(CanonicalType *type, const unsigned char *bytes,
					 Size length, const struct varlena *value)
{
	MemoryContext context = GetMemoryChunkContext(type);
	CanonicalPoint *point;
	uint32		word;
	Size		start;
	Size		coordinates;

	if (type->point != NULL || length < START_MAX)
		return;
	word = le32_read(bytes + 1);
	start = (word & EWKB_SRID) != 0 ? START_MAX : START_MAX - 4;
	coordinates = sizeof(double) *
		(2 + ((word & EWKB_Z) != 0) + ((word & EWKB_M) != 0));
	if ((word & EWKB_TYPE) != EWKB_POINT || length != start + coordinates ||
		has_nan(bytes + start, coordinates) || VARATT_IS_EXTENDED(value) ||
		VARSIZE(value) <= coordinates + VARHDRSZ ||
		VARSIZE(value) > coordinates + HEADER_MAX ||
		memcmp((const char *) value + VARSIZE(value) - coordinates,
			   bytes + start, coordinates) != 0)
		return;
	point = MemoryContextAlloc(context, sizeof(*point));
	memcpy(point->start, bytes, start);
	point->start_length = start;
	point->coordinates = coordinates;
	point->value = MemoryContextAlloc(context, VARSIZE(value));
	memcpy(point->value, value, VARSIZE(value));
	type->point = point;
}
