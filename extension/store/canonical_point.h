/*
 * canonical_point.h
 *		Points from canonical form, without asking PostGIS for each.
 */
#ifndef ALLMENDE_CANONICAL_POINT_H
#define ALLMENDE_CANONICAL_POINT_H

#include "canonical.h"

/* A copy of the point that was kept, with these coordinates; or NULL. */
extern struct varlena *canonical_point_copy(const CanonicalType *type,
											const unsigned char *bytes,
											Size length);

/* Keep what PostGIS has made of a geometry, if it is a point. */
extern void canonical_point_keep(CanonicalType *type,
								 const unsigned char *bytes, Size length,
								 const struct varlena *value);

#endif							/* ALLMENDE_CANONICAL_POINT_H */
