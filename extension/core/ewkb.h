/*
 * ewkb.h
 *		A serialized PostGIS geometry as extended well-known binary.
 *
 * Reads versions 1 and 2 of PostGIS' serialized form (gserialized.h), writes
 * EWKB of byte order NDR as extension/store/FORMAT.md, section "Geometry",
 * fixes it.  Sources: PostGIS, liblwgeom/gserialized.txt, gserialized1.c and
 * lwout_wkb.c; OGC 06-103r4 and ISO/IEC 13249-3 for the codes of the types.
 */
#ifndef ALLMENDE_EWKB_H
#define ALLMENDE_EWKB_H

#include "canonical.h"

/* How deep parts may nest; LW_PARSER_MAX_DEPTH of PostGIS. */
#define EWKB_DEPTH_MAX 200

/*
 * Write a geometry from the bytes behind its varlena header, which need not be
 * aligned.  Never reads beyond length, whatever the bytes are; false where they
 * are no geometry, and then what was written is of no use.
 */
extern bool ewkb_put(CanonicalBuffer *buffer, const void *bytes,
					 size_t length, CoreError *error);

#endif							/* ALLMENDE_EWKB_H */
