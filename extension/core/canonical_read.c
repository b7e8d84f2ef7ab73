/*
 * canonical_read.c
 *		Reads the canonical row form.
 */
#include "canonical_read.h"

#include <string.h>

#include "little_endian.h"

#define LENGTH_SIZE 4			/* of the length before a value */
#define NULL_LENGTH UINT32_MAX	/* -1 */

/* numeric: its kinds, their signs on the wire */
#define NUMERIC_KINDS 5
#define NUMERIC_SCALE_MAX 0x3FFF
#define WIRE_HEADER 8
#define DIGITS_BASE 10000
#define DIGITS_PER_GROUP 4

/* The flags of a range */
#define RANGE_IS_EMPTY 1
#define RANGE_LOWER_INCLUDED 2
#define RANGE_UPPER_INCLUDED 4
#define RANGE_NO_LOWER 8
#define RANGE_NO_UPPER 16
#define RANGE_FLAGS 31

static const uint16_t numeric_signs[NUMERIC_KINDS] = {
	0x0000, 0x4000, 0xC000, 0xD000, 0xF000
};

void
canonical_reader_init(CanonicalReader *reader, const void *bytes,
					  size_t length)
{
	reader->bytes = bytes;
	reader->end = length;
	reader->position = 0;
	reader->error.reason = NULL;
	reader->error.position = CORE_NO_POSITION;
}

bool
canonical_read_fail(CanonicalReader *reader, const char *reason)
{
	return core_fail(&reader->error, reason, (long) reader->position);
}

bool
canonical_read_end(CanonicalReader *reader)
{
	if (canonical_left(reader) > 0)
		return canonical_read_fail(reader, "Bytes follow the end of the value");
	return true;
}

bool
canonical_read_bytes(CanonicalReader *reader, size_t length,
					 const unsigned char **bytes)
{
	if (length > canonical_left(reader))
		return canonical_read_fail(reader, "The bytes end too early");
	*bytes = reader->bytes + reader->position;
	reader->position += length;
	return true;
}

bool
canonical_read_u8(CanonicalReader *reader, uint8_t * number)
{
	const unsigned char *bytes;

	if (!canonical_read_bytes(reader, sizeof(*number), &bytes))
		return false;
	*number = *bytes;
	return true;
}

bool
canonical_read_u16(CanonicalReader *reader, uint16_t * number)
{
	const unsigned char *bytes;

	if (!canonical_read_bytes(reader, sizeof(*number), &bytes))
		return false;
	*number = le16_read(bytes);
	return true;
}

bool
canonical_read_u32(CanonicalReader *reader, uint32_t * number)
{
	const unsigned char *bytes;

	if (!canonical_read_bytes(reader, sizeof(*number), &bytes))
		return false;
	*number = le32_read(bytes);
	return true;
}

bool
canonical_read_u64(CanonicalReader *reader, uint64_t * number)
{
	const unsigned char *bytes;

	if (!canonical_read_bytes(reader, sizeof(*number), &bytes))
		return false;
	*number = le64_read(bytes);
	return true;
}

bool
canonical_read_f32(CanonicalReader *reader, float *number)
{
	uint32_t	bits;

	if (!canonical_read_u32(reader, &bits))
		return false;
	memcpy(number, &bits, sizeof(*number));
	return true;
}

bool
canonical_read_f64(CanonicalReader *reader, double *number)
{
	uint64_t	bits;

	if (!canonical_read_u64(reader, &bits))
		return false;
	memcpy(number, &bits, sizeof(*number));
	return true;
}

bool
canonical_read_prefix(CanonicalReader *reader)
{
	const unsigned char *bytes;

	if (!canonical_read_bytes(reader, 2, &bytes))
		return false;
	reader->position = 0;
	if (bytes[0] == 'k')
		return canonical_read_fail(reader,
								   "The bytes are a key form, which cannot be read back");
	if (bytes[0] != 'r')
		return canonical_read_fail(reader, "The bytes are no canonical form");
	reader->position = 1;
	if (bytes[1] != CANONICAL_VERSION)
		return canonical_read_fail(reader,
								   "The canonical form has an unknown version");
	reader->position = 2;
	return true;
}

/* A part of the given length, as a reader of its own. */
static bool
read_part(CanonicalReader *reader, size_t length, CanonicalReader *part)
{
	const unsigned char *bytes;

	*part = *reader;
	if (!canonical_read_bytes(reader, length, &bytes))
		return false;
	part->end = reader->position;
	return true;
}

bool
canonical_read_value(CanonicalReader *reader, CanonicalReader *value,
					 bool *is_null)
{
	size_t		start = reader->position;
	uint32_t	length;

	if (!canonical_read_u32(reader, &length))
		return false;
	*is_null = length == NULL_LENGTH;
	if (*is_null)
		length = 0;
	if (length > CANONICAL_SIZE_MAX)
	{
		reader->position = start;
		return canonical_read_fail(reader, "The length of a value is negative");
	}
	return read_part(reader, length, value);
}

bool
canonical_read_count(CanonicalReader *reader, size_t size_min,
					 uint32_t * count)
{
	size_t		start = reader->position;

	if (!canonical_read_u32(reader, count))
		return false;
	if (*count > canonical_left(reader) / size_min)
	{
		reader->position = start;
		return canonical_read_fail(reader,
								   "A number is higher than the bytes that follow allow");
	}
	return true;
}

/* The lowest decimal place, after the point, of a group that is not 0. */
static int
places_of(uint16_t group, int weight)
{
	int			places = -weight * DIGITS_PER_GROUP;

	while (group % 10 == 0)
	{
		group /= 10;
		places--;
	}
	return places;
}

static void
wire_put(unsigned char *wire, size_t n, uint16_t number)
{
	wire[2 * n] = (unsigned char) (number >> 8);
	wire[2 * n + 1] = (unsigned char) number;
}

/* Groups of digits up to the end; what PostgreSQL would drop is refused. */
static bool
read_groups(CanonicalReader *reader, unsigned char *wire, size_t count,
			int weight, int scale)
{
	uint16_t	group = 0;

	for (size_t i = 0; i < count; i++)
	{
		if (!canonical_read_u16(reader, &group))
			return false;
		if (group >= DIGITS_BASE || (group == 0 && (i == 0 || i + 1 == count)))
		{
			reader->position -= sizeof(group);
			return canonical_read_fail(reader,
									   "A group of four digits is 0 at an end of the number, or above 9999");
		}
		wire_put(wire + WIRE_HEADER, i, group);
	}
	if (count > 0 && places_of(group, weight - (int) count + 1) > scale)
		return canonical_read_fail(reader,
								   "The number has digits beyond its display scale");
	return true;
}

bool
canonical_read_numeric(CanonicalReader *reader, unsigned char *wire,
					   size_t * wire_length)
{
	size_t		count;
	uint8_t		kind;
	uint16_t	scale;
	uint16_t	weight;

	if (!canonical_read_u8(reader, &kind))
		return false;
	if (kind >= NUMERIC_KINDS)
		return canonical_read_fail(reader, "The number is of an unknown kind");
	memset(wire, 0, WIRE_HEADER);
	wire_put(wire, 2, numeric_signs[kind]);
	*wire_length = WIRE_HEADER;
	if (kind > 1)
		return canonical_read_end(reader);

	if (!canonical_read_u16(reader, &scale) ||
		!canonical_read_u16(reader, &weight))
		return false;
	count = canonical_left(reader) / 2;
	if (scale > NUMERIC_SCALE_MAX || count > UINT16_MAX)
		return canonical_read_fail(reader, "The number has too many digits");
	if (count == 0 && (kind != 0 || weight != 0))
		return canonical_read_fail(reader, "The number has no digits");
	wire_put(wire, 0, (uint16_t) count);
	wire_put(wire, 1, weight);
	wire_put(wire, 3, scale);
	*wire_length += 2 * count;
	return read_groups(reader, wire, count, (int16_t) weight, scale) &&
		canonical_read_end(reader);
}

bool
canonical_read_bits(CanonicalReader *reader, uint32_t * count,
					const unsigned char **bytes)
{
	size_t		length;

	if (!canonical_read_u32(reader, count))
		return false;
	length = *count / 8 + (*count % 8 > 0);
	if (!canonical_read_bytes(reader, length, bytes))
		return false;
	if (*count % 8 > 0 && ((*bytes)[length - 1] & 0xFF >> *count % 8) != 0)
	{
		reader->position--;
		return canonical_read_fail(reader, "A bit behind the last one is set");
	}
	return canonical_read_end(reader);
}

/* The length and the lower bound of a dimension. */
static bool
read_dimension(CanonicalReader *reader, int32_t * length, int32_t * lower_bound)
{
	size_t		start = reader->position;
	uint32_t	number;
	uint32_t	bound;

	if (!canonical_read_u32(reader, &number) ||
		!canonical_read_u32(reader, &bound))
		return false;
	*length = (int32_t) number;
	*lower_bound = (int32_t) bound;
	if (number > INT32_MAX || (int64_t) * lower_bound + *length > INT32_MAX)
	{
		reader->position = start;
		return canonical_read_fail(reader,
								   "A dimension of the array has too many elements");
	}
	return true;
}

bool
canonical_read_array(CanonicalReader *reader, CanonicalArray *array)
{
	size_t		start = reader->position;
	uint32_t	dimensions;
	uint64_t	count = 1;

	if (!canonical_read_u32(reader, &dimensions))
		return false;
	array->dimensions = 0;
	array->count = 0;
	if (dimensions == 0)
		return canonical_read_end(reader);
	for (uint32_t i = 0; i < dimensions && i < CANONICAL_DIMENSIONS_MAX; i++)
	{
		if (!read_dimension(reader, &array->lengths[i],
							&array->lower_bounds[i]))
			return false;
		count *= (uint64_t) array->lengths[i];
		if (count > canonical_left(reader) / LENGTH_SIZE)
			break;
	}
	if (dimensions > CANONICAL_DIMENSIONS_MAX ||
		count > canonical_left(reader) / LENGTH_SIZE ||
		(count == 0 && dimensions > 1))
	{
		reader->position = start;
		return canonical_read_fail(reader,
								   "The array has dimensions that the bytes do not allow");
	}
	array->dimensions = (int) dimensions;
	array->count = (uint32_t) count;
	return true;
}

bool
canonical_read_range(CanonicalReader *reader, CanonicalRange *range)
{
	uint8_t		flags;

	if (!canonical_read_u8(reader, &flags))
		return false;
	range->empty = (flags & RANGE_IS_EMPTY) != 0;
	range->lower_included = (flags & RANGE_LOWER_INCLUDED) != 0;
	range->upper_included = (flags & RANGE_UPPER_INCLUDED) != 0;
	range->has_lower = !range->empty && (flags & RANGE_NO_LOWER) == 0;
	range->has_upper = !range->empty && (flags & RANGE_NO_UPPER) == 0;
	if (flags > RANGE_FLAGS || (range->empty && flags != RANGE_IS_EMPTY) ||
		(range->lower_included && !range->has_lower) ||
		(range->upper_included && !range->has_upper))
	{
		reader->position--;
		return canonical_read_fail(reader,
								   "The flags of the range contradict each other");
	}
	return true;
}

/* A number of bytes, and these. */
static bool
read_counted(CanonicalReader *reader, CanonicalReader *part)
{
	uint32_t	length;

	return canonical_read_count(reader, 1, &length) &&
		read_part(reader, length, part);
}

bool
canonical_read_json(CanonicalReader *reader, CanonicalJson *json)
{
	uint8_t		tag;

	if (!canonical_read_u8(reader, &tag))
		return false;
	json->tag = (char) tag;
	json->count = 0;
	switch (tag)
	{
		case 'n':
		case 'f':
		case 't':
			return true;
		case 'd':
		case 's':
			return read_counted(reader, &json->content);
		case '[':
			return canonical_read_count(reader, 1, &json->count);
		case '{':
			return canonical_read_count(reader, LENGTH_SIZE + 1, &json->count);
		default:
			reader->position--;
			return canonical_read_fail(reader, "Something unknown is in the jsonb");
	}
}

bool
canonical_read_json_key(CanonicalReader *reader,
						const CanonicalReader *before, CanonicalReader *key)
{
	size_t		start = reader->position;
	int			order;

	if (!read_counted(reader, key))
		return false;
	if (before == NULL)
		return true;
	order = canonical_left(before) < canonical_left(key) ? -1 :
		canonical_left(before) > canonical_left(key);
	if (order == 0)
		order = memcmp(before->bytes + before->position,
					   key->bytes + key->position, canonical_left(key));
	if (order >= 0)
	{
		reader->position = start;
		return canonical_read_fail(reader,
								   "The keys of an object are not in their order");
	}
	return true;
}
