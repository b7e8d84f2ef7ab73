/*
 * gserialized.h
 *		The serialized form of a PostGIS geometry, as far as points need it.
 *
 * Versions 1 and 2 of the format, in the byte order of the machine.  Source:
 * PostGIS, liblwgeom/gserialized.txt, gserialized1.c and gserialized2.c.
 */
#ifndef ALLMENDE_GSERIALIZED_H
#define ALLMENDE_GSERIALIZED_H

#include "core.h"

/* the type of a point; the others are not told apart here */
#define GSERIALIZED_POINT 1

#define GSERIALIZED_SRID_UNKNOWN 0

/* What stands before the geometry itself. */
typedef struct GserializedHeader
{
	int32_t		srid;			/* GSERIALIZED_SRID_UNKNOWN if none is set */
	bool		has_z;
	bool		has_m;
	size_t		size;			/* in bytes, with the bounding box */
} GserializedHeader;

/* Read what stands before the geometry; as gserialized_read() does. */
extern bool gserialized_read_header(const void *bytes, size_t length,
									GserializedHeader *header,
									CoreError *error);

typedef struct GserializedGeometry
{
	int32_t		srid;			/* GSERIALIZED_SRID_UNKNOWN if none is set */
	uint32_t	type;			/* GSERIALIZED_POINT or another */
	bool		empty;			/* has no coordinate, ring or part */
	double		x;				/* of a point that is not empty, else 0 */
	double		y;
} GserializedGeometry;

/*
 * Read a geometry from the bytes behind its varlena header, of either length;
 * they need not be aligned.  Never reads beyond length: fails where the bytes
 * end too early.  Of a geometry that is no point, no more is read than this
 * needs.
 */
extern bool gserialized_read(const void *bytes, size_t length,
							 GserializedGeometry *geometry,
							 CoreError *error);

#endif							/* ALLMENDE_GSERIALIZED_H */
