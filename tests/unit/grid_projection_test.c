/*
 * grid_projection_test.c
 *		Tests of core/grid_projection.c.
 */
#include "unit.h"

#include <math.h>

#include "../../extension/core/grid_projection.h"

#define DEGREE (3.141592653589793238462643383279502884L / 180.0L)

/* A point, and what PROJ 9.1.1 makes of it in EPSG:3035. */
typedef struct KnownPoint
{
	int32_t		srid;
	double		x;
	double		y;
	double		easting;
	double		northing;
} KnownPoint;

static void
agrees_with_proj(void)
{
	static const KnownPoint known[] = {
		{4326, 10.0, 52.0, 4321000.0000000, 3210000.0000000},
		{4326, 5.9, 47.3, 4010868.1838648, 2695963.5991555},
		{4326, 15.0, 55.1, 4640012.4778488, 3566031.1238108},
		{4326, 7.8483, 51.0283, 4170070.0353642, 3104111.2002475},
		{4326, 8.1078, 51.5719, 4189828.6249034, 3164068.2231216},
		{4326, -24.5, 37.7, 1372239.6793415, 2308613.6166916},
		{4326, 33.0, 35.0, 6408292.7222859, 1641973.1917178},
		{4326, 25.7, 71.1, 4890932.4649528, 5393978.6324242},
		{4326, -60, 40, -714719.2345230, 4530730.5715664},
		{4326, 10, 90, 4321000.0000000, 7369716.2554660},
		{4326, 0, -10, 3046348.0913775, -3266763.4181483},
		{25832, 500000, 5760000, 4252310.2024494, 3209432.5231458},
		{25832, 429829, 5650300, 4180619.9923210, 3100661.1141690},
		{25832, 280000, 5240000, 4025174.1815490, 2692578.5866693},
		{25832, 920000, 6100000, 4677000.6690433, 3543074.4352756},
		{25832, 690000, 5336000.25, 4436719.5343242, 2782917.3556031},
		{25832, -900000, 5000000, 2853983.8538656, 2481274.0619620},
		{25832, 1950000, 6500000, 5700684.9441862, 3914409.9923290},
		{25832, 500000, 0, 4197299.7265137, -2360224.7009788},
		{25832, 500000, 9328000, 4308845.6609181, 6731134.2644581},
		{25832, -999999.5, 100000, 2559590.0722977, -2131524.6549536}
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		const KnownPoint *k = &known[i];
		GridPoint	point;

		CHECK(projection_from(k->srid, k->x, k->y, &point));
		if (!CHECK(hypot(point.easting - k->easting,
						 point.northing - k->northing) < 2e-7))
			printf("# %d %.4f %.4f: %.7f %.7f\n", (int) k->srid, k->x, k->y,
				   point.easting, point.northing);
	}
}

/*
 * Snyder's formulas once more, in long double and without a precomputed
 * constant: q (3-12), and the projection (24-16 to 24-20).
 */
static long double
q_of(long double s, long double e)
{
	return (1 - e * e) * (s / (1 - e * e * s * s) -
						  logl((1 - e * s) / (1 + e * s)) / (2 * e));
}

static void
reference(double longitude, double latitude, double *easting,
		  double *northing)
{
	long double a = 6378137.0L;
	long double f = 1.0L / 298.257222101L;
	long double e = sqrtl(f * (2 - f));
	long double centre = sinl(52 * DEGREE);
	long double radius = a * sqrtl(q_of(1, e) / 2);
	long double b1 = asinl(q_of(centre, e) / q_of(1, e));
	long double b = asinl(q_of(sinl(latitude * DEGREE), e) / q_of(1, e));
	long double l = (longitude - 10.0L) * DEGREE;
	long double d = a * cosl(52 * DEGREE) /
	sqrtl(1 - e * e * centre * centre) / (radius * cosl(b1));
	long double k = radius * sqrtl(2 / (1 + sinl(b1) * sinl(b) +
										cosl(b1) * cosl(b) * cosl(l)));

	*easting = (double) (4321000 + k * d * cosl(b) * sinl(l));
	*northing = (double) (3210000 + k / d * (cosl(b1) * sinl(b) -
											 sinl(b1) * cosl(b) * cosl(l)));
}

static void
agrees_with_formulas(void)
{
	double		worst = 0.0;

	for (int latitude = 300; latitude <= 720; latitude++)
	{
		for (int longitude = -320; longitude <= 520; longitude++)
		{
			GridPoint	point;
			double		easting;
			double		northing;

			if (!projection_from_geographic(longitude / 10.0, latitude / 10.0,
											&point))
			{
				CHECK(false);
				return;
			}
			reference(longitude / 10.0, latitude / 10.0, &easting, &northing);
			worst = fmax(worst, hypot(point.easting - easting,
									  point.northing - northing));
		}
	}
	if (!CHECK(worst < 5e-8))
		printf("# worst difference %g m\n", worst);
}

/* Steps of equal length stay so, but for the scale of the projections. */
static void
utm_is_smooth(void)
{
	GridPoint	last = {0.0, 0.0};
	GridPoint	point;

	for (double easting = -1000000.0; easting <= 2000000.0; easting += 250.0)
	{
		CHECK(projection_from_utm32(easting, 5650000.0, &point));
		if (easting > -1000000.0)
			CHECK(fabs(hypot(point.easting - last.easting,
							 point.northing - last.northing) - 250.0) < 10.0);
		last = point;
	}
}

static void
domain(void)
{
	GridPoint	point;

	CHECK(!projection_from_geographic(-170.0, -52.0, &point));
	CHECK(!projection_from_geographic(100.0, -10.0, &point));
	CHECK(!projection_from_geographic(180.001, 52.0, &point));
	CHECK(!projection_from_geographic(10.0, 90.001, &point));
	CHECK(!projection_from_geographic(NAN, 52.0, &point));
	CHECK(!projection_from_geographic(10.0, NAN, &point));
	CHECK(!projection_from_geographic(10.0, -INFINITY, &point));

	CHECK(projection_from_utm32(2000000.0, 5650000.0, &point));
	CHECK(!projection_from_utm32(2000000.1, 5650000.0, &point));
	CHECK(projection_from_utm32(-1000000.0, 5650000.0, &point));
	CHECK(!projection_from_utm32(-1000000.1, 5650000.0, &point));
	CHECK(!projection_from_utm32(500000.0, -0.1, &point));
	CHECK(!projection_from_utm32(500000.0, 9400000.1, &point));
	CHECK(!projection_from_utm32(NAN, 5650000.0, &point));
	CHECK(!projection_from_utm32(500000.0, INFINITY, &point));

	CHECK(projection_from(PROJECTION_ETRS89, 10.0, 52.0, &point));
	CHECK(!projection_from(25833, 500000.0, 5650000.0, &point));
	CHECK(!projection_from(0, 10.0, 52.0, &point));
}

int
main(void)
{
	unit_case("points are where PROJ puts them");
	agrees_with_proj();
	unit_case("points are where Snyder's formulas put them");
	agrees_with_formulas();
	unit_case("UTM has no jumps within its domain");
	utm_is_smooth();
	unit_case("what is outside of the domain is refused");
	domain();
	return unit_finish();
}
