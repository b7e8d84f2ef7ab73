/*
 * ewkb.c
 *		From PostGIS' serialized geometries to EWKB.
 *
 * Both forms hold the same things in the same order, but for the counts of a
 * polygon's points, which are serialized before all of its coordinates, and
 * padded to eight bytes.  So one pass over the bytes is enough.
 */
#include "ewkb.h"

#include <string.h>

#include "gserialized.h"

#define NDR 1
#define EWKB_Z UINT32_C(0x80000000)
#define EWKB_M UINT32_C(0x40000000)
#define EWKB_SRID UINT32_C(0x20000000)

/* What follows the number of a geometry's elements */
typedef enum EwkbLayout
{
	LAYOUT_NONE,				/* not a type */
	LAYOUT_POINT,
	LAYOUT_POINTS,
	LAYOUT_TRIANGLE,			/* serialized as points, written as rings */
	LAYOUT_RINGS,
	LAYOUT_PARTS
} EwkbLayout;

typedef struct EwkbType
{
	EwkbLayout	layout;
	uint32_t	code;			/* in WKB */
} EwkbType;

/* by the type's number in the serialized form */
static const EwkbType ewkb_types[] = {
	{LAYOUT_NONE, 0},
	{LAYOUT_POINT, 1},			/* Point */
	{LAYOUT_POINTS, 2},			/* LineString */
	{LAYOUT_RINGS, 3},			/* Polygon */
	{LAYOUT_PARTS, 4},			/* MultiPoint */
	{LAYOUT_PARTS, 5},			/* MultiLineString */
	{LAYOUT_PARTS, 6},			/* MultiPolygon */
	{LAYOUT_PARTS, 7},			/* GeometryCollection */
	{LAYOUT_POINTS, 8},			/* CircularString */
	{LAYOUT_PARTS, 9},			/* CompoundCurve */
	{LAYOUT_PARTS, 10},			/* CurvePolygon */
	{LAYOUT_PARTS, 11},			/* MultiCurve */
	{LAYOUT_PARTS, 12},			/* MultiSurface */
	{LAYOUT_PARTS, 15},			/* PolyhedralSurface */
	{LAYOUT_TRIANGLE, 17},		/* Triangle */
	{LAYOUT_PARTS, 16}			/* TIN */
};

#define EWKB_TYPES (sizeof(ewkb_types) / sizeof(ewkb_types[0]))

/* What is being read, and where to. */
typedef struct EwkbReader
{
	const unsigned char *bytes;
	size_t		length;
	size_t		at;
	uint32_t	flags;			/* EWKB_Z, EWKB_M */
	size_t		dimensions;		/* 2 to 4 */
	CanonicalBuffer *target;
	CoreError  *error;
} EwkbReader;

static bool
fail(EwkbReader *reader, const char *reason)
{
	return core_fail(reader->error, reason, (long) reader->at);
}

static bool
too_short(EwkbReader *reader)
{
	return core_fail(reader->error, "The geometry ends too early",
					 (long) reader->length);
}

/* Are there count items of size bytes ahead? */
static bool
has_ahead(const EwkbReader *reader, size_t count, size_t size)
{
	return count <= (reader->length - reader->at) / size;
}

/* The next number, which has_ahead() has promised. */
static uint32_t
take_u32(EwkbReader *reader)
{
	uint32_t	number;

	memcpy(&number, reader->bytes + reader->at, sizeof(number));
	reader->at += sizeof(number);
	return number;
}

static double
coordinate(const EwkbReader *reader, size_t n)
{
	double		number;

	memcpy(&number, reader->bytes + reader->at + n * sizeof(number),
		   sizeof(number));
	return number;
}

static bool
put_points(EwkbReader *reader, size_t count)
{
	size_t		size = reader->dimensions * sizeof(double);

	if (!has_ahead(reader, count, size))
		return too_short(reader);
	for (size_t i = 0; i < count * reader->dimensions; i++)
		canonical_put_f64(reader->target, coordinate(reader, i),
						  CANONICAL_ROW_FORM);
	reader->at += count * size;
	return true;
}

static void
put_empty_point(EwkbReader *reader)
{
	for (size_t i = 0; i < reader->dimensions; i++)
		canonical_put_u64(reader->target, UINT64_C(0x7FF8000000000000));
}

/* A point without X and Y is empty, whatever else it has. */
static bool
put_point(EwkbReader *reader, uint32_t count)
{
	double		x;
	double		y;

	if (count > 1)
		return fail(reader, "A point has more than one position");
	if (!has_ahead(reader, count, reader->dimensions * sizeof(double)))
		return too_short(reader);
	if (count == 1)
	{
		x = coordinate(reader, 0);
		y = coordinate(reader, 1);
		if (x == x || y == y)
			return put_points(reader, 1);
		reader->at += reader->dimensions * sizeof(double);
	}
	put_empty_point(reader);
	return true;
}

/* The numbers of points of all rings, and padding, come before the points. */
static bool
put_rings(EwkbReader *reader, uint32_t count)
{
	EwkbReader	counts = *reader;

	if (!has_ahead(reader, (size_t) count + (count & 1), sizeof(uint32_t)))
		return too_short(reader);
	reader->at += ((size_t) count + (count & 1)) * sizeof(uint32_t);
	canonical_put_u32(reader->target, count);
	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	points = take_u32(&counts);

		canonical_put_u32(reader->target, points);
		if (!put_points(reader, points))
			return false;
	}
	return true;
}

static bool put_geometry(EwkbReader *reader, int depth, int32_t srid);

static bool
put_parts(EwkbReader *reader, uint32_t count, int depth)
{
	canonical_put_u32(reader->target, count);
	for (uint32_t i = 0; i < count; i++)
	{
		if (!put_geometry(reader, depth + 1, GSERIALIZED_SRID_UNKNOWN))
			return false;
	}
	return true;
}

/* What comes after type and SRID. */
static bool
put_elements(EwkbReader *reader, EwkbLayout layout, uint32_t count, int depth)
{
	switch (layout)
	{
		case LAYOUT_POINT:
			return put_point(reader, count);
		case LAYOUT_TRIANGLE:
			canonical_put_u32(reader->target, count == 0 ? 0 : 1);
			if (count == 0)
				return true;
			/* FALLTHROUGH */
		case LAYOUT_POINTS:
			canonical_put_u32(reader->target, count);
			return put_points(reader, count);
		case LAYOUT_RINGS:
			return put_rings(reader, count);
		case LAYOUT_PARTS:
			return put_parts(reader, count, depth);
		default:
			return fail(reader, "The geometry has an unknown type");
	}
}

static bool
put_geometry(EwkbReader *reader, int depth, int32_t srid)
{
	bool		has_srid = srid != GSERIALIZED_SRID_UNKNOWN;
	uint32_t	type;
	uint32_t	count;

	if (depth > EWKB_DEPTH_MAX)
		return fail(reader, "The geometry is nested more than 200 deep");
	if (!has_ahead(reader, 2, sizeof(uint32_t)))
		return too_short(reader);
	type = take_u32(reader);
	count = take_u32(reader);
	if (type >= EWKB_TYPES || ewkb_types[type].layout == LAYOUT_NONE)
		return fail(reader, "The geometry has an unknown type");

	canonical_put_u8(reader->target, NDR);
	canonical_put_u32(reader->target, ewkb_types[type].code | reader->flags |
					  (has_srid ? EWKB_SRID : 0));
	if (has_srid)
		canonical_put_u32(reader->target, (uint32_t) srid);
	return put_elements(reader, ewkb_types[type].layout, count, depth);
}

bool
ewkb_put(CanonicalBuffer *buffer, const void *bytes, size_t length,
		 CoreError *error)
{
	EwkbReader	reader = {bytes, length, 0, 0, 2, buffer, error};
	GserializedHeader header;

	if (!gserialized_read_header(bytes, length, &header, error))
		return false;
	reader.at = header.size;
	reader.flags = (header.has_z ? EWKB_Z : 0) | (header.has_m ? EWKB_M : 0);
	reader.dimensions += (header.has_z ? 1 : 0) + (header.has_m ? 1 : 0);
	if (!put_geometry(&reader, 0, header.srid))
		return false;
	if (reader.at != length)
		return fail(&reader, "Bytes follow the end of the geometry");
	return true;
}
