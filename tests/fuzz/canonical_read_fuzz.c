/*
 * canonical_read_fuzz.c
 *		Arbitrary bytes as a row in canonical form, each column of which is read
 *		in every way: what is read lies inside, so do positions of errors.
 */
#include <stdlib.h>

#include "../../extension/core/canonical_read.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

#define DEPTH_MAX 100

static void
expect(bool condition)
{
	if (!condition)
		abort();
}

/* What holds after any reading; returns its result. */
static bool
expect_inside(const CanonicalReader *reader, bool could)
{
	expect(reader->position <= reader->end);
	if (!could)
		expect(reader->error.reason != NULL && reader->error.position >= 0 &&
			   reader->error.position <= (long) reader->end);
	return could;
}

static void
read_values(CanonicalReader reader, uint32_t count)
{
	CanonicalReader value;
	bool		is_null;

	expect(count <= canonical_left(&reader) / 4);
	while (count-- > 0 &&
		   expect_inside(&reader,
						 canonical_read_value(&reader, &value, &is_null)))
		expect(value.position <= value.end && value.end <= reader.end);
}

static bool
read_json(CanonicalReader *reader, int depth)
{
	CanonicalJson json;
	CanonicalReader before;
	CanonicalReader key;

	if (depth > DEPTH_MAX ||
		!expect_inside(reader, canonical_read_json(reader, &json)))
		return false;
	expect(json.count <= canonical_left(reader));
	for (uint32_t i = 0; i < json.count; i++)
	{
		if (json.tag == '{')
		{
			if (!expect_inside(reader,
							   canonical_read_json_key(reader,
													   i > 0 ? &before : NULL,
													   &key)))
				return false;
			before = key;
		}
		if (!read_json(reader, depth + 1))
			return false;
	}
	return true;
}

static void
read_number(CanonicalReader reader)
{
	size_t		capacity = CANONICAL_NUMERIC_WIRE_SIZE(canonical_left(&reader));
	unsigned char *wire = malloc(capacity);
	size_t		length;

	if (expect_inside(&reader, canonical_read_numeric(&reader, wire, &length)))
		expect(length >= 8 && length <= capacity &&
			   length == 8 + 2 * (size_t) (wire[0] << 8 | wire[1]));
	free(wire);
}

static void
read_any(CanonicalReader reader)
{
	CanonicalReader copy = reader;
	CanonicalArray array;
	CanonicalRange range;
	uint32_t	count;
	const unsigned char *bytes;

	read_number(reader);
	if (expect_inside(&copy, canonical_read_bits(&copy, &count, &bytes)))
		expect(bytes + count / 8 <= copy.bytes + copy.end);
	copy = reader;
	if (expect_inside(&copy, canonical_read_array(&copy, &array)))
		read_values(copy, array.count);
	copy = reader;
	if (expect_inside(&copy, canonical_read_range(&copy, &range)))
		expect(!range.empty || (!range.has_lower && !range.has_upper));
	copy = reader;
	read_json(&copy, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	CanonicalReader reader;
	CanonicalReader value;
	uint32_t	id;
	bool		is_null;

	canonical_reader_init(&reader, data, size);
	read_any(reader);
	if (!expect_inside(&reader, canonical_read_prefix(&reader)))
		return 0;
	while (canonical_left(&reader) > 0 &&
		   expect_inside(&reader, canonical_read_u32(&reader, &id)) &&
		   expect_inside(&reader,
						 canonical_read_value(&reader, &value, &is_null)))
	{
		if (!is_null)
			read_any(value);
	}
	return 0;
}
