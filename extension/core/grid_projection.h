/*
 * grid_projection.h
 *		Projection of points to EPSG:3035, the system of the European grid.
 *
 * EPSG:3035 is the Lambert azimuthal equal-area projection of ETRS89 on the
 * ellipsoid GRS 1980, with its centre at 52°N 10°E, false easting 4321000 m and
 * false northing 3210000 m.
 *
 * All functions are pure and keep no state.  Within their domain they agree
 * with PROJ to better than 0.001 mm; they return false outside of it, where the
 * caller has to ask PROJ.
 */
#ifndef ALLMENDE_GRID_PROJECTION_H
#define ALLMENDE_GRID_PROJECTION_H

#include "core.h"

/* The systems that can be projected, by their EPSG numbers. */
#define PROJECTION_WGS84 4326
#define PROJECTION_ETRS89 4258
#define PROJECTION_UTM32 25832

/*
 * The domain of EPSG:25832, in metres: so far from the central meridian, 9°E,
 * which at 50°N is 12°W to 30°E, and from the equator to 84°N.  Agreement with
 * PROJ 9.1 was measured up to 1800 km, where it is as good as on the meridian.
 */
#define PROJECTION_UTM_EASTING_CENTRE 500000.0
#define PROJECTION_UTM_EASTING_SPAN 1500000.0
#define PROJECTION_UTM_NORTHING_END 9400000.0

/* A point in EPSG:3035, in metres. */
typedef struct GridPoint
{
	double		northing;
	double		easting;
} GridPoint;

/*
 * From geographic coordinates in degrees.  WGS 84 (EPSG:4326) and ETRS89
 * (EPSG:4258) are taken as one, as PROJ does: they differ by less than 1 m, and
 * no transformation is more accurate than that.  The domain is the hemisphere
 * around the projection's centre.
 */
extern bool projection_from_geographic(double longitude, double latitude,
									   GridPoint *point);

/* From ETRS89 / UTM zone 32N (EPSG:25832), in metres. */
extern bool projection_from_utm32(double easting, double northing,
								  GridPoint *point);

/*
 * From the system with this EPSG number; x is the longitude or easting.  False
 * for a system that is none of the above too.
 */
extern bool projection_from(int32_t srid, double x, double y,
							GridPoint *point);

#endif							/* ALLMENDE_GRID_PROJECTION_H */
