/*
 * grid_projection.c
 *		Projection of points to EPSG:3035.
 *
 * Sources:
 * Snyder, J. P. (1987): Map projections, a working manual.  USGS Professional
 *		Paper 1395, for the Lambert azimuthal equal-area projection.
 * Karney, C. F. F. (2011): Transverse Mercator with an accuracy of a few
 *		nanometers.  Journal of Geodesy 85, 475-485, for the inverse of UTM.
 * Kawase, K. (2011): A general formula for calculating meridian arc length and
 *		its application to coordinate conversion in the Gauss-Krüger
 *		projection.  Bulletin of the GSI 59, for latitude from conformal
 *		latitude.
 */
#include "grid_projection.h"

#include <math.h>

/* GRS 1980: semi-major axis in metres, flattening, squared eccentricity */
#define SEMI_MAJOR 6378137.0
#define FLATTENING (1.0 / 298.257222101)
#define ECCENTRICITY_2 (FLATTENING * (2.0 - FLATTENING))

/* third flattening, in which the series of Krüger are written */
#define N1 (FLATTENING / (2.0 - FLATTENING))
#define N2 (N1 * N1)
#define N3 (N2 * N1)
#define N4 (N2 * N2)
#define N5 (N4 * N1)
#define N6 (N3 * N3)

#define RADIANS (3.14159265358979323846 / 180.0)

#define FALSE_EASTING 4321000.0
#define FALSE_NORTHING 3210000.0
#define CENTRE_LONGITUDE 10.0
#define UTM_SCALE 0.9996

/*
 * What C cannot compute at compile time; the unit test does it again.  Of the
 * ellipsoid: eccentricity, q of the pole (Snyder 3-12) and radius of the sphere
 * of equal area (3-13).  Of the centre, 52°N: sine and cosine of its authalic
 * latitude, and D (24-20).
 */
static const double eccentricity = 0.0818191910428157901459;
static const double q_pole = 1.9955310874809384102;
static const double authalic_radius = 6371007.18088351710262;
static const double centre_sin = 0.786670633215855853943;
static const double centre_cos = 0.617372913914891789721;
static const double centre_scale = 1.00042539452801416457;

/* sine and cosine of 1 degree: from UTM's meridian, 9 E, to the centre's */
static const double meridian_sin = 0.0174524064372835128194;
static const double meridian_cos = 0.999847695156391239157;

#define SERIES_TERMS 6

/* Karney (14): radius of the sphere whose meridians are as long */
static const double rectifying_radius =
SEMI_MAJOR / (1.0 + N1) * (1.0 + N2 / 4.0 + N4 / 64.0 + N6 / 256.0);

/* Karney (36): from UTM to the transverse Mercator projection of a sphere */
static const double beta[SERIES_TERMS] = {
	1.0 / 2.0 * N1 - 2.0 / 3.0 * N2 + 37.0 / 96.0 * N3 - 1.0 / 360.0 * N4
	- 81.0 / 512.0 * N5 + 96199.0 / 604800.0 * N6,
	1.0 / 48.0 * N2 + 1.0 / 15.0 * N3 - 437.0 / 1440.0 * N4
	+ 46.0 / 105.0 * N5 - 1118711.0 / 3870720.0 * N6,
	17.0 / 480.0 * N3 - 37.0 / 840.0 * N4 - 209.0 / 4480.0 * N5
	+ 5569.0 / 90720.0 * N6,
	4397.0 / 161280.0 * N4 - 11.0 / 504.0 * N5 - 830251.0 / 7257600.0 * N6,
	4583.0 / 161280.0 * N5 - 108847.0 / 3991680.0 * N6,
	20648693.0 / 638668800.0 * N6
};

/* Kawase: from conformal to geographic latitude */
static const double delta[SERIES_TERMS] = {
	2.0 * N1 - 2.0 / 3.0 * N2 - 2.0 * N3 + 116.0 / 45.0 * N4
	+ 26.0 / 45.0 * N5 - 2854.0 / 675.0 * N6,
	7.0 / 3.0 * N2 - 8.0 / 5.0 * N3 - 227.0 / 45.0 * N4
	+ 2704.0 / 315.0 * N5 + 2323.0 / 945.0 * N6,
	56.0 / 15.0 * N3 - 136.0 / 35.0 * N4 - 1262.0 / 105.0 * N5
	+ 73814.0 / 2835.0 * N6,
	4279.0 / 630.0 * N4 - 332.0 / 35.0 * N5 - 399572.0 / 14175.0 * N6,
	4174.0 / 315.0 * N5 - 144838.0 / 6237.0 * N6,
	601676.0 / 22275.0 * N6
};

/*
 * Lambert azimuthal equal-area projection (Snyder 24-16 to 24-19 and 3-11) of
 * a latitude, given by its sine, and of a longitude from the centre's, given by
 * its sine and cosine.  False outside of the hemisphere around the centre.
 */
static bool
project(double latitude_sin, double longitude_sin, double longitude_cos,
		GridPoint *point)
{
	double		e_sin = eccentricity * latitude_sin;
	double		q = (1.0 - ECCENTRICITY_2) *
	(latitude_sin / (1.0 - e_sin * e_sin) + atanh(e_sin) / eccentricity);
	double		authalic_sin = q / q_pole;
	double		cos_2 = 1.0 - authalic_sin * authalic_sin;
	double		authalic_cos = cos_2 > 0.0 ? sqrt(cos_2) : 0.0;
	double		distance_cos = centre_sin * authalic_sin +
	centre_cos * authalic_cos * longitude_cos;
	double		b;

	if (!(distance_cos >= 0.0))
		return false;
	b = authalic_radius * sqrt(2.0 / (1.0 + distance_cos));
	point->easting = FALSE_EASTING +
		b * centre_scale * authalic_cos * longitude_sin;
	point->northing = FALSE_NORTHING + b / centre_scale *
		(centre_cos * authalic_sin - centre_sin * authalic_cos * longitude_cos);
	return true;
}

bool
projection_from_geographic(double longitude, double latitude,
						   GridPoint *point)
{
	double		l = (longitude - CENTRE_LONGITUDE) * RADIANS;

	if (!(longitude >= -180.0 && longitude <= 180.0 &&
		  latitude >= -90.0 && latitude <= 90.0))
		return false;
	return project(sin(latitude * RADIANS), sin(l), cos(l), point);
}

/*
 * Subtract the sum of beta[j] * sin(2 * j * z), j from 1, from the complex
 * number z = *xi + i * *eta: Clenshaw's recurrence in real numbers.
 */
static void
subtract_beta(double *xi, double *eta)
{
	double		s = sin(2.0 * *xi);
	double		c = cos(2.0 * *xi);
	double		sh = sinh(2.0 * *eta);
	double		ch = sqrt(1.0 + sh * sh);
	double		factor_re = 2.0 * c * ch;
	double		factor_im = -2.0 * s * sh;
	double		re = 0.0;
	double		im = 0.0;
	double		last_re = 0.0;
	double		last_im = 0.0;

	for (int j = SERIES_TERMS - 1; j >= 0; j--)
	{
		double		next_re = beta[j] + factor_re * re - factor_im * im -
		last_re;
		double		next_im = factor_re * im + factor_im * re - last_im;

		last_re = re;
		last_im = im;
		re = next_re;
		im = next_im;
	}
	*xi -= s * ch * re - c * sh * im;
	*eta -= s * ch * im + c * sh * re;
}

/*
 * Sine of the geographic latitude of a conformal latitude, which is given by
 * its sine and cosine.  The two differ by less than 0.0034, so that the
 * Taylor series of its sine and cosine end early.
 */
static double
conformal_latitude_sin(double s, double c)
{
	double		factor = 2.0 * (c - s) * (c + s);
	double		sum = 0.0;
	double		last = 0.0;
	double		d;
	double		d2;

	for (int j = SERIES_TERMS - 1; j >= 0; j--)
	{
		double		next = delta[j] + factor * sum - last;

		last = sum;
		sum = next;
	}
	d = 2.0 * s * c * sum;
	d2 = d * d;
	return s * (1.0 - d2 / 2.0 * (1.0 - d2 / 12.0)) +
		c * d * (1.0 - d2 / 6.0 * (1.0 - d2 / 20.0));
}

bool
projection_from_utm32(double easting, double northing, GridPoint *point)
{
	double		east = easting - PROJECTION_UTM_EASTING_CENTRE;
	double		xi = northing / (UTM_SCALE * rectifying_radius);
	double		eta = east / (UTM_SCALE * rectifying_radius);
	double		xi_cos;
	double		eta_sinh;
	double		across;
	double		norm;
	double		l_sin;
	double		l_cos;

	if (!(east >= -PROJECTION_UTM_EASTING_SPAN &&
		  east <= PROJECTION_UTM_EASTING_SPAN &&
		  northing >= 0.0 && northing <= PROJECTION_UTM_NORTHING_END))
		return false;

	/* Karney (15), (16): conformal latitude, and longitude from 9 E */
	subtract_beta(&xi, &eta);
	xi_cos = cos(xi);
	eta_sinh = sinh(eta);
	across = sqrt(eta_sinh * eta_sinh + xi_cos * xi_cos);
	norm = sqrt(1.0 + eta_sinh * eta_sinh);
	l_sin = eta_sinh / across;
	l_cos = xi_cos / across;
	return project(conformal_latitude_sin(sin(xi) / norm, across / norm),
				   l_sin * meridian_cos - l_cos * meridian_sin,
				   l_cos * meridian_cos + l_sin * meridian_sin, point);
}

bool
projection_from(int32_t srid, double x, double y, GridPoint *point)
{
	switch (srid)
	{
		case PROJECTION_WGS84:
		case PROJECTION_ETRS89:
			return projection_from_geographic(x, y, point);
		case PROJECTION_UTM32:
			return projection_from_utm32(x, y, point);
		default:
			return false;
	}
}
