/*
 * gserialized.c
 *		Reading of serialized PostGIS geometries.
 *
 * Layout: SRID (3 bytes, 21 bits, the first byte highest), flags (1 byte),
 * in version 2 extended flags (8 bytes, if flagged), bounding box (floats, if
 * flagged), type and number of elements (uint32 each), coordinates (doubles).
 */
#include "gserialized.h"

#include <string.h>

#define FLAG_Z 0x01
#define FLAG_M 0x02
#define FLAG_BOX 0x04
#define FLAG_GEODETIC 0x08
#define FLAG_EXTENDED 0x10		/* version 1: read-only, nothing in the bytes */
#define FLAG_VERSION_2 0x40

#define HEADER_SIZE 4
#define EXTENDED_SIZE 8

/* Bytes that are being read, and how far. */
typedef struct Cursor
{
	const unsigned char *bytes;
	size_t		length;
	size_t		at;
} Cursor;

/* Copy the next size bytes to target, or skip them where it is NULL. */
static bool
cursor_take(Cursor *cursor, void *target, size_t size, CoreError *error)
{
	if (cursor->length - cursor->at < size)
		return core_fail(error, "The geometry ends too early",
						 (long) cursor->length);
	if (target != NULL)
		memcpy(target, cursor->bytes + cursor->at, size);
	cursor->at += size;
	return true;
}

/* SRID from its 21 bits, of which the first is the sign. */
static int32_t
srid_of(const unsigned char header[HEADER_SIZE])
{
	int32_t		srid = (header[0] & 0x1F) << 16 | header[1] << 8 | header[2];

	return (srid & 0x100000) != 0 ? srid - 0x200000 : srid;
}

/* Size in bytes of the bounding box that the flags announce. */
static size_t
box_size(unsigned char flags)
{
	size_t		dimensions = 2;

	if ((flags & FLAG_BOX) == 0)
		return 0;
	if ((flags & FLAG_GEODETIC) != 0)
		dimensions = 3;
	else
		dimensions += (flags & FLAG_Z ? 1 : 0) + (flags & FLAG_M ? 1 : 0);
	return dimensions * 2 * sizeof(float);
}

/* Read up to the geometry itself. */
static bool
header_take(Cursor *cursor, GserializedHeader *header, CoreError *error)
{
	unsigned char bytes[HEADER_SIZE];
	unsigned char flags;

	if (!cursor_take(cursor, bytes, sizeof(bytes), error))
		return false;
	flags = bytes[3];
	if ((flags & FLAG_VERSION_2) != 0 && (flags & FLAG_EXTENDED) != 0 &&
		!cursor_take(cursor, NULL, EXTENDED_SIZE, error))
		return false;
	if (!cursor_take(cursor, NULL, box_size(flags), error))
		return false;

	header->srid = srid_of(bytes);
	header->has_z = (flags & FLAG_Z) != 0;
	header->has_m = (flags & FLAG_M) != 0;
	header->size = cursor->at;
	return true;
}

bool
gserialized_read_header(const void *bytes, size_t length,
						GserializedHeader *header, CoreError *error)
{
	Cursor		cursor = {bytes, length, 0};

	return header_take(&cursor, header, error);
}

bool
gserialized_read(const void *bytes, size_t length,
				 GserializedGeometry *geometry, CoreError *error)
{
	Cursor		cursor = {bytes, length, 0};
	GserializedHeader header;
	uint32_t	elements;

	if (!header_take(&cursor, &header, error) ||
		!cursor_take(&cursor, &geometry->type, sizeof(geometry->type),
					 error) ||
		!cursor_take(&cursor, &elements, sizeof(elements), error))
		return false;

	geometry->srid = header.srid;
	geometry->empty = elements == 0;
	geometry->x = 0.0;
	geometry->y = 0.0;
	if (geometry->type != GSERIALIZED_POINT || geometry->empty)
		return true;
	return cursor_take(&cursor, &geometry->x, sizeof(double), error) &&
		cursor_take(&cursor, &geometry->y, sizeof(double), error);
}
