/*
 * part_open.c
 *		Checking a part, and finding its arrays.
 */
#include "part_format.h"

#include <string.h>

#include "bits.h"
#include "crc32c.h"

/* lz4 makes no more than 255 bytes of one. */
#define LZ4_RATIO_MAX 255

/* What arrays of a part of nulls would be read from. */
static const unsigned char no_item[128];

static bool
check_start(const unsigned char *bytes, size_t length, int flags,
			CoreError *error)
{
	if (length < PART_HEADER_SIZE)
		return core_fail(error, "Expected more bytes", (long) length);
	if (le32_read(bytes + PART_AT_MAGIC) != PART_MAGIC)
		return core_fail(error, "Expected \"PART\"", PART_AT_MAGIC);
	if (bytes[PART_AT_VERSION] != PART_VERSION)
		return core_fail(error, "Expected format version 1", PART_AT_VERSION);
	if (le32_read(bytes + PART_AT_LENGTH) != length || length > PART_SIZE_MAX)
		return core_fail(error, "Length differs from that in the header",
						 PART_AT_LENGTH);
	if ((flags & PART_SKIP_CRC) == 0 &&
		le32_read(bytes + PART_AT_CRC) !=
		crc32c(bytes + PART_AT_LENGTH, length - PART_AT_LENGTH))
		return core_fail(error, "Checksum differs from that in the header",
						 PART_AT_CRC);
	return true;
}

static void
read_header(Part *part)
{
	const unsigned char *bytes = part->bytes;

	part->kind = (PartKind) bytes[PART_AT_KIND];
	part->encoding = (PartEncoding) bytes[PART_AT_ENCODING];
	part->rows = le32_read(bytes + PART_AT_ROWS);
	part->nulls = le32_read(bytes + PART_AT_NULLS);
	part->items = le32_read(bytes + PART_AT_ITEMS);
	part->width = bytes[PART_AT_WIDTH];
	part->code_width = bytes[PART_AT_CODE_WIDTH];
	part->detail = le32_read(bytes + PART_AT_DETAIL);
	part->decimals = bytes[PART_AT_DECIMALS];
	part->dimensions = bytes[PART_AT_DIMENSIONS];
	for (int axis = 0; axis < 2; axis++)
		part->base[axis] =
			part_signed(le64_read(bytes + PART_AT_BASE + axis * 8));
}

static bool
check_kind(const Part *part, CoreError *error)
{
	bool		bytes = part->kind == PART_BYTES;

	if (part->kind < PART_INT || part->kind > PART_POINT)
		return core_fail(error, "Expected a kind from 1 to 7", PART_AT_KIND);
	if (part->encoding > PART_DICTIONARY ||
		part->encoding == (bytes ? PART_RUNS : PART_DICTIONARY))
		return core_fail(error, "Expected an encoding of this kind",
						 PART_AT_ENCODING);
	if ((part->kind == PART_DECIMAL && part->detail > PART_SCALE_MAX) ||
		(part->kind == PART_FIXED &&
		 (part->detail == 0 || part->detail > PART_FIXED_MAX)) ||
		((part->kind == PART_INT || part->kind == PART_DOUBLE ||
		  part->kind == PART_FLOAT) && part->detail != 0))
		return core_fail(error, "Expected a detail of this kind",
						 PART_AT_DETAIL);
	if (part->dimensions != 0 && part->kind != PART_POINT)
		return core_fail(error, "Expected no dimensions",
						 PART_AT_DIMENSIONS);
	if (le16_read(part->bytes + PART_AT_ZERO) != 0)
		return core_fail(error, "Expected 0", PART_AT_ZERO);
	return true;
}

/* How many rows, nulls and items there are, without looking behind the header. */
static bool
check_counts(const Part *part, CoreError *error)
{
	uint32_t	rows = part->rows;
	uint32_t	items = part->items;
	bool		possible = false;

	if (rows == 0 || rows > PART_ROWS_MAX)
		return core_fail(error, "Expected 1 to 65536 rows", PART_AT_ROWS);
	if (part->nulls > rows ||
		(part->nulls == rows) != (part->encoding == PART_NULLS))
		return core_fail(error,
						 "Number of nulls does not go with the encoding",
						 PART_AT_NULLS);
	switch (part->encoding)
	{
		case PART_NULLS:
			possible = items == 0;
			break;
		case PART_CONSTANT:
			possible = items == 1;
			break;
		case PART_PLAIN:
			possible = items == rows;
			break;
		case PART_RUNS:
		case PART_DICTIONARY:
			possible = items >= 1 && items <= rows;
			break;
	}
	return possible ||
		core_fail(error, "Number of items does not go with the encoding",
				  PART_AT_ITEMS);
}

static bool
check_width(Part *part, CoreError *error)
{
	uint32_t	width = part->width;
	uint32_t	full = part_full_width(part->kind, part->detail);
	bool		packed = width == 1 || width == 2 || width == 4;
	bool		possible;

	if (part->encoding == PART_NULLS)
		possible = width == 0;
	else if (part->kind == PART_FIXED)
		possible = width == full;
	else if (part->kind == PART_DECIMAL)
		possible = packed || width == 8 || width == 16;
	else
		possible = packed || width == full;
	if (!possible)
		return core_fail(error, "Expected a width of this kind",
						 PART_AT_WIDTH);
	if (part->encoding == PART_DICTIONARY ?
		part->code_width != 1 && part->code_width != 2 : part->code_width != 0)
		return core_fail(error, "Expected codes of 1 or 2 bytes",
						 PART_AT_CODE_WIDTH);
	part->scaled = part_kind_is_floating(part->kind) && width != 0 &&
		width != full;
	if (part->decimals > (part->scaled ? PART_DECIMALS_MAX : 0))
		return core_fail(error, "Too many decimals", PART_AT_DECIMALS);
	return true;
}

static bool
check_base(const Part *part, CoreError *error)
{
	for (int axis = 0; axis < 2; axis++)
	{
		int64_t		base = part->base[axis];
		bool		possible;

		if (part->encoding == PART_NULLS ||
			(axis == 1 && part->kind != PART_POINT))
			possible = base == 0;
		else if (part->scaled)
			possible = base < PART_SCALED_LIMIT && base > -PART_SCALED_LIMIT;
		else if (part->kind == PART_BYTES)
			possible = base >= 0 && base <= PART_SIZE_MAX;
		else if (part->kind == PART_INT || part->kind == PART_DECIMAL)
			possible = base == 0 || part->width <= 4;
		else
			possible = base == 0;
		if (!possible)
			return core_fail(error, "Expected another base",
							 PART_AT_BASE + axis * 8);
	}
	return true;
}

static bool
check_flags(const Part *part, CoreError *error)
{
	uint32_t	flags = part->bytes[PART_AT_FLAGS];
	bool		prefixes = part->kind == PART_BYTES || part->kind == PART_FIXED;
	bool		some_null = part->nulls > 0 && part->nulls < part->rows;
	uint32_t	minimum = part->bytes[PART_AT_MINIMUM_LENGTH];
	uint32_t	maximum = part->bytes[PART_AT_MAXIMUM_LENGTH];
	uint32_t	longest = prefixes && part->encoding != PART_NULLS ?
	PART_PREFIX_MAX : 0;

	if (flags > 15 ||
		((flags & PART_FLAG_VALIDITY) != 0) != some_null ||
		((flags & PART_FLAG_BOUNDS) != 0) == (part->encoding == PART_NULLS) ||
		((flags & PART_FLAG_LZ4) != 0 &&
		 (part->kind != PART_BYTES || part->encoding == PART_NULLS)) ||
		((flags & PART_FLAG_UNBOUNDED) != 0 && (longest == 0 || maximum > 0)))
		return core_fail(error, "Expected other flags", PART_AT_FLAGS);
	if (minimum > longest)
		return core_fail(error, "Minimum too long", PART_AT_MINIMUM_LENGTH);
	if (maximum > longest)
		return core_fail(error, "Maximum too long", PART_AT_MAXIMUM_LENGTH);
	return true;
}

/*
 * The next array, of so many bytes, from *position on, and behind it zeros up
 * to a multiple of 8.
 */
static bool
take_array(const Part *part, size_t size, size_t * position,
		   const unsigned char **array, CoreError *error)
{
	size_t		padded = part_padded(size);

	if (part->length - *position < padded)
		return core_fail(error, "Expected more bytes", (long) part->length);
	*array = part->bytes + *position;
	for (size_t i = size; i < padded; i++)
	{
		if ((*array)[i] != 0)
			return core_fail(error, "Expected 0 behind an array",
							 (long) (*position + i));
	}
	*position += padded;
	return true;
}

/* The payload of byte strings: all the rest. */
static bool
take_payload(Part *part, size_t * position, CoreError *error)
{
	bool		packed = (part->bytes[PART_AT_FLAGS] & PART_FLAG_LZ4) != 0;

	part->stored = part->bytes + *position;
	part->stored_size = part->length - *position;
	part->payload_size = part->detail;
	if (packed ? part->stored_size >= part->payload_size ||
		part->stored_size < part->payload_size / LZ4_RATIO_MAX :
		part->stored_size != part->payload_size)
		return core_fail(error, "Payload of another size", PART_AT_DETAIL);
	if (!packed)
		part->payload = part->stored;
	*position = part->length;
	return true;
}

static bool
find_arrays(Part *part, CoreError *error)
{
	size_t		position = PART_HEADER_SIZE;
	int			axes = part->kind == PART_POINT ? 2 : 1;

	if ((part->bytes[PART_AT_FLAGS] & PART_FLAG_VALIDITY) != 0 &&
		!take_array(part, part_validity_size(part->rows), &position,
					&part->validity, error))
		return false;
	if (part->encoding == PART_DICTIONARY &&
		!take_array(part, (size_t) part->code_width * part->rows, &position,
					&part->codes, error))
		return false;
	for (int axis = 0; axis < axes; axis++)
	{
		if (!take_array(part, (size_t) part->width * part->items, &position,
						&part->items_at[axis], error))
			return false;
	}
	if (part->encoding == PART_RUNS &&
		!take_array(part, (size_t) part->items * 2, &position,
					&part->last_rows, error))
		return false;
	if (part->kind == PART_BYTES && !take_payload(part, &position, error))
		return false;
	return position == part->length ||
		core_fail(error, "Expected the end", (long) position);
}

static bool
check_validity(const Part *part, CoreError *error)
{
	uint32_t	words = (part->rows + 63) / 64;
	uint32_t	valid = 0;

	if (part->validity == NULL)
		return true;
	for (uint32_t i = 0; i < words; i++)
		valid += count_bits(part_validity_word(part, i));
	if (part->rows % 64 != 0 &&
		part_validity_word(part, words - 1) >> part->rows % 64 != 0)
		return core_fail(error, "Bit set behind the last row",
						 PART_HEADER_SIZE + (long) (words - 1) * 8);
	return valid == part->rows - part->nulls ||
		core_fail(error, "Number of nulls differs from that in the header",
				  PART_AT_NULLS);
}

static bool
check_runs(const Part *part, CoreError *error)
{
	long		position;

	if (part->last_rows == NULL)
		return true;
	position = (long) (part->last_rows - part->bytes);
	for (uint32_t i = 1; i < part->items; i++)
	{
		if (part_last_row(part, i) <= part_last_row(part, i - 1))
			return core_fail(error, "Run not behind the one before it",
							 position + (long) i * 2);
	}
	return part_last_row(part, part->items - 1) == part->rows - 1 ||
		core_fail(error, "Last run does not end with the last row",
				  position + (long) (part->items - 1) * 2);
}

static bool
check_codes(const Part *part, CoreError *error)
{
	if (part->codes == NULL)
		return true;
	for (uint32_t row = 0; row < part->rows; row++)
	{
		if (part_number(part->codes, part->code_width, row) >= part->items)
			return core_fail(error, "Code of no item",
							 (long) (part->codes - part->bytes) +
							 (long) row * part->code_width);
	}
	return true;
}

/* Strings follow each other, and the last one ends the payload. */
static bool
check_offsets(const Part *part, CoreError *error)
{
	uint64_t	before = 0;
	long		position = (long) (part->items_at[0] - part->bytes);

	if (part->kind != PART_BYTES)
		return true;
	for (uint32_t i = 0; i < part->items; i++)
	{
		uint64_t	offset = part_number(part->items_at[0], part->width, i);

		/* the end is base * (i + 1) + offset, and base not negative */
		if (offset < before)
			return core_fail(error, "Offset below the one before it",
							 position + (long) i * part->width);
		before = offset;
	}
	return before + (uint64_t) part->base[0] * part->items ==
		part->payload_size ||
		core_fail(error, "Last offset does not lead to the end",
				  position);
}

/* Let a part of nulls have an item that can be read. */
static void
give_item(Part *part)
{
	part->items_at[0] = no_item;
	part->items_at[1] = no_item;
	part->width = part->kind == PART_BYTES ? 1 :
		part->kind == PART_DECIMAL ? 8 :
		part_full_width(part->kind, part->detail);
	part->payload = no_item;
}

bool
part_open(Part *part, const void *bytes, size_t length, int flags,
		  CoreError *error)
{
	memset(part, 0, sizeof(*part));
	part->bytes = bytes;
	part->length = length;
	if (!check_start(bytes, length, flags, error))
		return false;
	read_header(part);
	if (!check_kind(part, error) || !check_counts(part, error) ||
		!check_width(part, error) || !check_base(part, error) ||
		!check_flags(part, error) || !find_arrays(part, error) ||
		!check_validity(part, error) || !check_runs(part, error) ||
		!check_codes(part, error) || !check_offsets(part, error))
		return false;
	if (part->encoding == PART_NULLS)
		give_item(part);
	return true;
}
