/*
 * ewkb_test.c
 *		Tests of core/ewkb.c.
 *
 * Samples are put together here, number by number, and the expected bytes are
 * those of ST_AsEWKB(geom, 'NDR'); tests/regress/sql/fingerprint.sql compares the
 * two for every type of geometry.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "../../extension/core/ewkb.h"

#define Z 0x01
#define M 0x02
#define BOX 0x04
#define GEODETIC 0x08
#define EXTENDED 0x10
#define VERSION_2 0x40

/* numbers of types in the serialized form */
enum
{
	POINT = 1, LINE, POLYGON,
	MULTIPOINT,
	MULTILINE,
	MULTIPOLYGON,
	COLLECTION,
	CIRCULAR,
	COMPOUND,
	CURVE_POLYGON,
	MULTICURVE,
	MULTISURFACE,
	POLYHEDRAL,
	TRIANGLE,
	TIN
};

/* A serialized geometry that is being put together. */
typedef struct Sample
{
	unsigned char bytes[8192];
	size_t		length;
} Sample;

static void
add(Sample *sample, const void *bytes, size_t length)
{
	memcpy(sample->bytes + sample->length, bytes, length);
	sample->length += length;
}

static void
add_u32(Sample *sample, uint32_t number)
{
	add(sample, &number, sizeof(number));
}

static void
add_double(Sample *sample, double number)
{
	add(sample, &number, sizeof(number));
}

static void
add_type(Sample *sample, uint32_t type, uint32_t count)
{
	add_u32(sample, type);
	add_u32(sample, count);
}

/* Flags and SRID, and what the flags announce before the geometry. */
static Sample
begin(int flags, int32_t srid)
{
	Sample		sample = {{0}, 0};
	unsigned char header[4] = {
		(unsigned char) (srid >> 16 & 0x1F), (unsigned char) (srid >> 8),
		(unsigned char) srid, (unsigned char) flags
	};
	int			floats = (flags & GEODETIC) != 0 ? 6 :
	4 + (flags & Z ? 2 : 0) + (flags & M ? 2 : 0);

	add(&sample, header, sizeof(header));
	if ((flags & VERSION_2) != 0 && (flags & EXTENDED) != 0)
		add(&sample, "extended", 8);
	if ((flags & BOX) != 0)
		add(&sample, "the bounding box, to be skipped..", (size_t) floats * 4);
	return sample;
}

static unsigned char *
grow(void *owner, unsigned char *bytes, size_t size)
{
	(void) owner;
	return realloc(bytes, size);
}

/*
 * What becomes of bytes: EWKB in hexadecimal, or the reason why not.  They are
 * read at an odd address, and nothing is behind them, so that reading too far is
 * found.
 */
static const char *
ewkb(const unsigned char *bytes, size_t length)
{
	static char text[65536];
	static const char digits[] = "0123456789ABCDEF";
	unsigned char *copy = malloc(length + 1);
	CanonicalBuffer buffer;
	CoreError	error = {NULL, 0};

	canonical_init(&buffer, grow, NULL);
	memcpy(copy + 1, bytes, length);
	if (!ewkb_put(&buffer, copy + 1, length, &error))
	{
		CHECK(error.position >= 0 && error.position <= (long) length);
		snprintf(text, sizeof(text), "%s", error.reason);
	}
	else
	{
		/* an empty part of 8 bytes becomes 37, nothing grows more */
		CHECK(!buffer.failed && buffer.length <= 5 * length + 4);
		CHECK(2 * buffer.length < sizeof(text));
		for (size_t i = 0; i < buffer.length && 2 * i + 2 < sizeof(text); i++)
		{
			text[2 * i] = digits[buffer.bytes[i] >> 4];
			text[2 * i + 1] = digits[buffer.bytes[i] & 15];
			text[2 * i + 2] = '\0';
		}
	}
	free(copy);
	free(buffer.bytes);
	return text;
}

static const char *
ewkb_of(Sample sample)
{
	return ewkb(sample.bytes, sample.length);
}

#define ONE "000000000000F03F"
#define TWO "0000000000000040"
#define THREE "0000000000000840"
#define NO_NUMBER "000000000000F87F"

static Sample
point(int flags, int32_t srid, double x, double y)
{
	Sample		sample = begin(flags, srid);

	add_type(&sample, POINT, 1);
	add_double(&sample, x);
	add_double(&sample, y);
	return sample;
}

static void
headers(void)
{
	const char *plain = "0101000000" ONE TWO;

	CHECK_TEXT(ewkb_of(point(0, 0, 1, 2)), plain);
	CHECK_TEXT(ewkb_of(point(VERSION_2, 0, 1, 2)), plain);
	CHECK_TEXT(ewkb_of(point(BOX, 0, 1, 2)), plain);
	CHECK_TEXT(ewkb_of(point(BOX | GEODETIC, 0, 1, 2)), plain);
	CHECK_TEXT(ewkb_of(point(VERSION_2 | EXTENDED | BOX, 0, 1, 2)), plain);
	/* read-only in version 1: nothing follows */
	CHECK_TEXT(ewkb_of(point(EXTENDED, 0, 1, 2)), plain);
	CHECK_TEXT(ewkb_of(point(VERSION_2, 25832, 1, 2)),
			   "0101000020" "E8640000" ONE TWO);
	CHECK_TEXT(ewkb_of(point(0, -1, 1, 2)), "0101000020" "FFFFFFFF" ONE TWO);
}

static Sample
point_zm(double x, double y, double z, double m)
{
	Sample		sample = point(VERSION_2 | Z | M, 0, x, y);

	add_double(&sample, z);
	add_double(&sample, m);
	return sample;
}

static void
empty_points(void)
{
	Sample		empty = begin(VERSION_2, 0);
	Sample		empty_zm = begin(VERSION_2 | Z | M, 0);

	add_type(&empty, POINT, 0);
	add_type(&empty_zm, POINT, 0);
	CHECK_TEXT(ewkb_of(empty), "0101000000" NO_NUMBER NO_NUMBER);
	CHECK_TEXT(ewkb_of(empty_zm),
			   "01010000C0" NO_NUMBER NO_NUMBER NO_NUMBER NO_NUMBER);
	/* neither X nor Y: the same */
	CHECK_TEXT(ewkb_of(point(VERSION_2, 0, NAN, -NAN)),
			   "0101000000" NO_NUMBER NO_NUMBER);
	CHECK_TEXT(ewkb_of(point_zm(-NAN, NAN, 3, 3)),
			   "01010000C0" NO_NUMBER NO_NUMBER NO_NUMBER NO_NUMBER);
	/* one of them: not */
	CHECK_TEXT(ewkb_of(point_zm(-NAN, 2, 3, -NAN)),
			   "01010000C0" NO_NUMBER TWO THREE NO_NUMBER);
	CHECK_TEXT(ewkb_of(point(0, 0, -0.0, 0)),
			   "0101000000" "0000000000000080" "0000000000000000");
}

/* A polygon of rings with 1 and 2 points (which need not be rings here). */
static void
add_polygon(Sample *sample)
{
	add_type(sample, POLYGON, 2);
	add_u32(sample, 1);
	add_u32(sample, 2);
	for (int i = 0; i < 3; i++)
	{
		add_double(sample, 1);
		add_double(sample, 2);
	}
}

static void
shapes(void)
{
	Sample		line = begin(VERSION_2 | M, 0);
	Sample		polygon = begin(VERSION_2, 0);
	Sample		padded = begin(VERSION_2, 0);
	Sample		triangle = begin(VERSION_2, 0);

	add_type(&line, LINE, 2);
	for (int i = 0; i < 2; i++)
	{
		add_double(&line, 1);
		add_double(&line, 2);
		add_double(&line, 3);
	}
	CHECK_TEXT(ewkb_of(line),
			   "0102000040" "02000000" ONE TWO THREE ONE TWO THREE);

	add_polygon(&polygon);
	CHECK_TEXT(ewkb_of(polygon), "0103000000" "02000000"
			   "01000000" ONE TWO "02000000" ONE TWO ONE TWO);

	/* an odd number of rings is followed by four bytes of padding */
	add_type(&padded, POLYGON, 1);
	add_u32(&padded, 1);
	add_u32(&padded, UINT32_C(0xFFFFFFFF));
	add_double(&padded, 1);
	add_double(&padded, 2);
	CHECK_TEXT(ewkb_of(padded), "0103000000" "01000000" "01000000" ONE TWO);

	add_type(&triangle, TRIANGLE, 1);
	add_double(&triangle, 1);
	add_double(&triangle, 2);
	CHECK_TEXT(ewkb_of(triangle), "0111000000" "01000000" "01000000" ONE TWO);
}

/* A collection of each type in turn, with parts where it can have some. */
static Sample
collection(int flags)
{
	Sample		sample = begin(flags, 4326);

	add_type(&sample, COLLECTION, 15);
	for (uint32_t type = POINT; type <= TIN; type++)
	{
		if (type == POLYGON)
			add_polygon(&sample);
		else
		{
			add_type(&sample, type, 1);
			if (type != POINT && type != LINE && type != CIRCULAR &&
				type != TRIANGLE)
				add_type(&sample, POINT, 1);
			add_double(&sample, 1);
			add_double(&sample, 2);
		}
	}
	return sample;
}

static void
parts(void)
{
	const char *in = "01000000" "0101000000" ONE TWO;
	char		expected[4096];

	snprintf(expected, sizeof(expected), "%s"
			 "0101000000" ONE TWO
			 "0102000000" "01000000" ONE TWO
			 "0103000000" "02000000" "01000000" ONE TWO "02000000" ONE TWO ONE TWO
			 "0104000000%s" "0105000000%s" "0106000000%s" "0107000000%s"
			 "0108000000" "01000000" ONE TWO
			 "0109000000%s" "010A000000%s" "010B000000%s" "010C000000%s"
			 "010F000000%s"
			 "0111000000" "01000000" "01000000" ONE TWO
			 "0110000000%s",
			 "0107000020" "E6100000" "0F000000",
			 in, in, in, in, in, in, in, in, in, in);
	CHECK_TEXT(ewkb_of(collection(VERSION_2)), expected);
	CHECK_TEXT(ewkb_of(collection(VERSION_2 | BOX)), expected);
	CHECK_TEXT(ewkb_of(collection(0)), expected);
}

static void
empties(void)
{
	for (uint32_t type = LINE; type <= TIN; type++)
	{
		static const int codes[] = {
			0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 17, 16
		};
		Sample		sample = begin(VERSION_2, 0);
		char		expected[32];

		add_type(&sample, type, 0);
		snprintf(expected, sizeof(expected), "01%02X00000000000000",
				 (unsigned) codes[type]);
		CHECK_TEXT(ewkb_of(sample), expected);
	}
}

/* A collection in a collection ... in which nothing is. */
static Sample
nested(int depth)
{
	Sample		sample = begin(VERSION_2, 0);

	for (int i = 0; i < depth; i++)
		add_type(&sample, COLLECTION, 1);
	add_type(&sample, COLLECTION, 0);
	return sample;
}

static void
bad_bytes(void)
{
	static const uint32_t counts[] = {
		1, 2, 3, 0x0FFFFFFF, 0x10000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE,
		0xFFFFFFFF
	};
	static const uint32_t types[] = {0, TIN + 1, 0x7FFFFFFF, 0xFFFFFFFF};
	Sample		sample = point(VERSION_2, 0, 1, 2);

	add_u32(&sample, 0);
	CHECK_TEXT(ewkb_of(sample), "Bytes follow the end of the geometry");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		sample = begin(VERSION_2, 0);
		add_type(&sample, types[i], 0);
		CHECK_TEXT(ewkb_of(sample), "The geometry has an unknown type");
	}
	for (uint32_t type = POINT; type <= TIN; type++)
	{
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		{
			sample = begin(VERSION_2, 0);
			add_type(&sample, type, counts[i]);
			CHECK_TEXT(ewkb_of(sample), type == POINT && i > 0 ?
					   "A point has more than one position" :
					   "The geometry ends too early");
		}
	}

	CHECK(strlen(ewkb_of(nested(EWKB_DEPTH_MAX))) ==
		  (EWKB_DEPTH_MAX + 1) * 9 * 2);
	CHECK_TEXT(ewkb_of(nested(EWKB_DEPTH_MAX + 1)),
			   "The geometry is nested more than 200 deep");
}

/* Every truncation is refused; every other byte in every place harms nobody. */
static void
damaged(Sample sample)
{
	for (size_t length = 0; length < sample.length; length++)
		CHECK_TEXT(ewkb(sample.bytes, length), "The geometry ends too early");
	for (size_t at = 0; at < sample.length; at++)
	{
		unsigned char was = sample.bytes[at];

		for (int byte = 0; byte < 256; byte++)
		{
			sample.bytes[at] = (unsigned char) byte;
			CHECK(ewkb_of(sample)[0] != '\0');
		}
		sample.bytes[at] = was;
	}
}

int
main(void)
{
	unit_case("version, bounding box and SRID");
	headers();
	unit_case("empty points have one form");
	empty_points();
	unit_case("lines, polygons, triangles");
	shapes();
	unit_case("every type as a part, and every type with parts");
	parts();
	unit_case("empty geometries keep their type");
	empties();
	unit_case("what is no geometry is refused");
	bad_bytes();
	unit_case("damaged geometries are refused or read, never beyond their end");
	damaged(collection(VERSION_2));
	damaged(collection(VERSION_2 | BOX | EXTENDED));
	damaged(collection(BOX));
	damaged(point_zm(1, 2, 3, 4));
	damaged(nested(3));
	return unit_finish();
}
