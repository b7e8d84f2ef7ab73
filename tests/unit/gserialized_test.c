/*
 * gserialized_test.c
 *		Tests of core/gserialized.c.
 */
#include "unit.h"

#include <stdlib.h>

#include "../../extension/core/gserialized.h"

#define FLAG_Z 0x01
#define FLAG_M 0x02
#define FLAG_BOX 0x04
#define FLAG_GEODETIC 0x08
#define FLAG_EXTENDED 0x10
#define FLAG_VERSION_2 0x40

#define SAMPLE_MAX 128

/* The bytes of a geometry behind its varlena header. */
typedef struct Sample
{
	unsigned char bytes[SAMPLE_MAX];
	size_t		length;
} Sample;

static void
append(Sample *sample, const void *bytes, size_t length)
{
	memcpy(sample->bytes + sample->length, bytes, length);
	sample->length += length;
}

static void
append_uint32(Sample *sample, uint32_t number)
{
	append(sample, &number, sizeof(number));
}

/* A geometry with the given number of elements, of which all are points. */
static Sample
build(int32_t srid, unsigned char flags, uint32_t type, uint32_t elements)
{
	Sample		sample = {{0}, 0};
	unsigned char header[4];
	int			dimensions = 2 + (flags & FLAG_Z ? 1 : 0) +
	(flags & FLAG_M ? 1 : 0);
	int			floats = flags & FLAG_GEODETIC ? 6 : 2 * dimensions;

	header[0] = (unsigned char) ((uint32_t) srid >> 16 & 0x1F);
	header[1] = (unsigned char) ((uint32_t) srid >> 8 & 0xFF);
	header[2] = (unsigned char) ((uint32_t) srid & 0xFF);
	header[3] = flags;
	append(&sample, header, sizeof(header));
	if ((flags & FLAG_VERSION_2) != 0 && (flags & FLAG_EXTENDED) != 0)
		append(&sample, "extended", 8);
	for (int i = 0; (flags & FLAG_BOX) != 0 && i < floats; i++)
	{
		float		bound = (float) i;

		append(&sample, &bound, sizeof(bound));
	}
	append_uint32(&sample, type);
	append_uint32(&sample, elements);
	for (uint32_t i = 0; i < elements * (uint32_t) dimensions; i++)
	{
		double		coordinate = 8.5 + i;

		append(&sample, &coordinate, sizeof(coordinate));
	}
	return sample;
}

/* Read from memory of exactly this length, so that ASan sees a byte more. */
static bool
read_copy(const unsigned char *bytes, size_t length,
		  GserializedGeometry *geometry, CoreError *error)
{
	unsigned char *copy = malloc(length > 0 ? length : 1);
	bool		read;

	memcpy(copy, bytes, length);
	read = gserialized_read(copy, length, geometry, error);
	free(copy);
	return read;
}

/* Points with every combination of flags, in both versions. */
static void
points(void)
{
	for (unsigned flags = 0; flags < 0x20; flags++)
	{
		for (unsigned version = 0; version <= FLAG_VERSION_2;
			 version += FLAG_VERSION_2)
		{
			Sample		sample = build(25832, (unsigned char) (flags | version),
									   GSERIALIZED_POINT, 1);
			GserializedGeometry point;
			CoreError	error;

			CHECK(read_copy(sample.bytes, sample.length, &point, &error));
			CHECK(point.srid == 25832);
			CHECK(point.type == GSERIALIZED_POINT);
			CHECK(!point.empty);
			CHECK(point.x == 8.5 && point.y == 9.5);
		}
	}
}

static void
srids(void)
{
	static const int32_t known[] = {0, 1, 255, 256, 3035, 4326, 999999, -1};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		Sample		sample = build(known[i], FLAG_VERSION_2,
								   GSERIALIZED_POINT, 1);
		GserializedGeometry point;
		CoreError	error;

		CHECK(read_copy(sample.bytes, sample.length, &point, &error));
		CHECK(point.srid == known[i]);
	}
}

static void
others(void)
{
	Sample		sample = build(3035, FLAG_VERSION_2, GSERIALIZED_POINT, 0);
	GserializedGeometry geometry;
	CoreError	error;

	CHECK(read_copy(sample.bytes, sample.length, &geometry, &error));
	CHECK(geometry.type == GSERIALIZED_POINT);
	CHECK(geometry.empty);

	for (uint32_t type = 2; type <= 15; type++)
	{
		sample = build(3035, FLAG_VERSION_2 | FLAG_BOX, type, 2);
		CHECK(read_copy(sample.bytes, sample.length, &geometry, &error));
		CHECK(geometry.type == type);
		CHECK(!geometry.empty);
		CHECK(geometry.x == 0.0 && geometry.y == 0.0);
	}
}

/* What is cut off anywhere is refused, and the error says where it ends. */
static void
truncations(const Sample *sample)
{
	for (size_t length = 0; length < sample->length; length++)
	{
		GserializedGeometry geometry;
		CoreError	error;
		bool		read = read_copy(sample->bytes, length, &geometry, &error);

		if (!read)
			CHECK(error.position == (long) length);
		else					/* only the second coordinate's followers */
			CHECK(length >= sample->length - 2 * sizeof(double) &&
				  geometry.x == 8.5 && geometry.y == 9.5);
	}
}

/* Whatever value a byte takes, nothing beyond the end is read. */
static void
changed_bytes(const Sample *sample)
{
	for (size_t at = 0; at < sample->length; at++)
	{
		for (unsigned value = 0; value <= 0xFF; value++)
		{
			Sample		changed = *sample;
			GserializedGeometry geometry;
			CoreError	error;

			changed.bytes[at] = (unsigned char) value;
			if (!read_copy(changed.bytes, changed.length, &geometry, &error))
				CHECK(error.position == (long) changed.length);
		}
	}
}

static void
damage(void)
{
	static const unsigned char flags[] = {
		0, FLAG_Z, FLAG_Z | FLAG_M, FLAG_BOX, FLAG_BOX | FLAG_Z | FLAG_M,
		FLAG_BOX | FLAG_GEODETIC, FLAG_VERSION_2, FLAG_VERSION_2 | FLAG_Z,
		FLAG_VERSION_2 | FLAG_EXTENDED, FLAG_VERSION_2 | FLAG_BOX,
		FLAG_VERSION_2 | FLAG_EXTENDED | FLAG_BOX | FLAG_GEODETIC
	};

	for (size_t i = 0; i < sizeof(flags); i++)
	{
		Sample		sample = build(4326, flags[i], GSERIALIZED_POINT, 1);

		truncations(&sample);
		changed_bytes(&sample);
	}
}

int
main(void)
{
	unit_case("points of both versions, with every flag");
	points();
	unit_case("SRIDs");
	srids();
	unit_case("empty points and other types");
	others();
	unit_case("every truncation and every change of a byte");
	damage();
	return unit_finish();
}
