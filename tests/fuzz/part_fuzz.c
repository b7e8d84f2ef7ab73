/*
 * part_fuzz.c
 *		libFuzzer target of parts: no bytes may lead a reader astray.
 *
 * The first byte of the input chooses: the rest are bytes of a part, given its
 * magic and its length, and with the checksum not looked at; or values of a
 * column that is written, compared, damaged at a few places, and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "../../extension/core/part_column.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define DAMAGES 4				/* places, each of 3 bytes of input */

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

/* What has been read goes here, so that no read is optimised away. */
static volatile uint64_t sink;

static void *
allocate(size_t size)
{
	void	   *memory = malloc(size > 0 ? size : 1);

	REQUIRE(memory != NULL);
	return memory;
}

static void
touch(const unsigned char *bytes, size_t length)
{
	uint64_t	sum = 0;

	for (size_t i = 0; i < length; i++)
		sum += bytes[i];
	sink += sum;
}

/* Is an item the one of a row, by look-up and by what kernels do? */
static void
read_array(const Part *part)
{
	PartArray	array;

	if (!part_array(part, &array))
		return;
	for (uint32_t row = 0; row < part->rows; row++)
	{
		uint32_t	item = part_item(part, row);

		REQUIRE(item < array.count);
		REQUIRE(part_get_int(part, row) ==
				part_signed((uint64_t) array.base +
							part_number(array.numbers, array.width, item)));
	}
}

static void
read_ints(const Part *part, uint32_t from)
{
	uint32_t	count = part->rows - from;
	int64_t    *all = allocate(count * sizeof(int64_t));
	PartInt128 *wide = allocate(count * sizeof(PartInt128));

	part_decode_decimals(part, from, count, wide);
	if (part->width <= 8)
	{
		part_decode_ints(part, from, count, all);
		for (uint32_t i = 0; i < count; i++)
		{
			REQUIRE(all[i] == part_get_int(part, from + i));
			REQUIRE((uint64_t) all[i] == wide[i].low);
		}
		read_array(part);
	}
	for (uint32_t i = 0; i < count; i++)
	{
		PartInt128	one = part_get_decimal(part, from + i);

		REQUIRE(one.low == wide[i].low && one.high == wide[i].high);
	}
	free(all);
	free(wide);
}

static void
read_doubles(const Part *part, uint32_t from)
{
	uint32_t	count = part->rows - from;
	double	   *all = allocate(count * sizeof(double));
	float	   *small = allocate(count * sizeof(float));

	for (int axis = 0; axis < (part->kind == PART_POINT ? 2 : 1); axis++)
	{
		part_decode_doubles(part, axis, from, count, all);
		for (uint32_t i = 0; i < count; i++)
		{
			double		one = part_get_double(part, axis, from + i);

			REQUIRE(memcmp(&one, &all[i], sizeof(one)) == 0);
		}
	}
	if (part->kind == PART_FLOAT)
	{
		part_decode_floats(part, from, count, small);
		touch((const unsigned char *) small, count * sizeof(float));
	}
	free(all);
	free(small);
}

static void
read_zone(const Part *part)
{
	double		doubles[2];
	PartInt128	wide[2];
	PartPrefix	prefixes[2];

	if (part_zone_prefixes(part, &prefixes[0], &prefixes[1]))
	{
		touch(prefixes[0].bytes, prefixes[0].length);
		touch(prefixes[1].bytes, prefixes[1].length);
	}
	(void) part_zone_doubles(part, 1, &doubles[0], &doubles[1]);
	(void) part_zone_decimals(part, &wide[0], &wide[1]);
}

static void
read_strings(const Part *part)
{
	for (uint32_t row = 0; row < part->rows; row++)
	{
		const unsigned char *bytes;
		size_t		length;

		part_get_bytes(part, row, &bytes, &length);
		touch(bytes, length < 100 ? length : 100);
		if (length > 0)
			touch(bytes + length - 1, 1);
	}
}

/* Read all that there is to read. */
static void
read_part(Part *part)
{
	void	   *memory = allocate(part_unpack_size(part));
	uint32_t	nulls = 0;
	CoreError	error;

	for (uint32_t row = 0; row < part->rows; row++)
		nulls += part_is_null(part, row);
	REQUIRE(nulls == part->nulls);
	read_zone(part);
	if (part->kind == PART_INT || part->kind == PART_DECIMAL)
		read_ints(part, part->rows / 3);
	else if (part->kind == PART_FIXED)
	{
		for (uint32_t row = 0; row < part->rows; row++)
			touch(part_get_fixed(part, row), part->detail);
	}
	else if (part->kind != PART_BYTES)
		read_doubles(part, part->rows / 3);
	else if (part_unpack(part, memory, &error))
		read_strings(part);
	free(memory);
}

/* Bytes as a part, in memory of their exact size, at some address. */
static void
try_bytes(const unsigned char *bytes, size_t length, int flags,
		  size_t address)
{
	unsigned char *room = allocate(length + address);
	Part		part;
	CoreError	error;

	memcpy(room + address, bytes, length);
	if (part_open(&part, room + address, length, flags, &error))
		read_part(&part);
	else
		REQUIRE(error.position >= 0 && (size_t) error.position <= length);
	free(room);
}

static void
fuzz_bytes(const uint8_t * data, size_t size)
{
	unsigned char *bytes = allocate(size);

	memcpy(bytes, data, size);
	if (size >= PART_HEADER_SIZE)
	{
		le32_write(bytes + PART_AT_MAGIC, PART_MAGIC);
		le32_write(bytes + PART_AT_LENGTH, (uint32_t) size);
		bytes[PART_AT_VERSION] = PART_VERSION;
	}
	try_bytes(bytes, size, PART_SKIP_CRC, size % 3);
	try_bytes(bytes, size, 0, 0);
	free(bytes);
}

/* Is row i of a part that of the column, bit by bit?  Neither is null. */
static bool
same_value(const PartColumn *column, uint32_t row, const Part *part,
		   uint32_t i)
{
	const PartString *string = (const PartString *) column->values + row;
	size_t		size = part_full_width(column->kind, column->detail);
	const unsigned char *value = (const unsigned char *) column->values +
	row * size;
	const unsigned char *bytes;
	size_t		length;
	PartInt128	decimal;
	double		number;
	float		small;

	switch (column->kind)
	{
		case PART_INT:
			return part_get_int(part, i) ==
				((const int64_t *) column->values)[row];
		case PART_DECIMAL:
			decimal = part_get_decimal(part, i);
			return memcmp(&decimal, value, size) == 0;
		case PART_POINT:
			number = part_get_double(part, 1, i);
			if (memcmp(&number, column->values_y + row, size) != 0)
				return false;
			/* FALLTHROUGH */
		case PART_DOUBLE:
			number = part_get_double(part, 0, i);
			return memcmp(&number, value, size) == 0;
		case PART_FLOAT:
			small = part_get_float(part, i);
			return memcmp(&small, value, size) == 0;
		case PART_FIXED:
			return memcmp(part_get_fixed(part, i), value, size) == 0;
		case PART_BYTES:
			break;
	}
	part_get_bytes(part, i, &bytes, &length);
	return length == string->length &&
		memcmp(bytes, string->bytes, length) == 0;
}

/* Does a part hold the rows of its plan? */
static void
compare(const PartColumn *column, const PartPlan *plan,
		const unsigned char *bytes, size_t length)
{
	Part		part;
	CoreError	error;
	void	   *memory;

	REQUIRE(length <= plan->size);
	REQUIRE(part_open(&part, bytes, length, 0, &error));
	memory = allocate(part_unpack_size(&part));
	REQUIRE(part_unpack(&part, memory, &error));
	for (uint32_t i = 0; i < part.rows; i++)
	{
		uint32_t	row = plan->first + i;

		REQUIRE(part_is_null(&part, i) == part_column_is_null(column, row));
		REQUIRE(part_is_null(&part, i) || same_value(column, row, &part, i));
	}
	free(memory);
}

/*
 * Write all parts of a column, and damage each at the places that the input
 * names: two bytes of position, one that is added there.
 */
static void
try_column(const PartColumn *column, const uint8_t * damages)
{
	void	   *scratch = allocate(part_scratch_size(column));
	PartPlan	plan;
	CoreError	error;

	for (uint32_t first = 0; first < column->rows; first += plan.rows)
	{
		unsigned char *bytes;
		size_t		length;

		REQUIRE(part_plan(column, first, scratch, &plan, &error));
		bytes = allocate(plan.size);
		length = part_write(column, &plan, scratch, bytes);
		compare(column, &plan, bytes, length);
		for (int i = 0; i < DAMAGES; i++)
		{
			const		uint8_t *damage = damages + i * 3;

			bytes[le16_read(damage) % length] += damage[2];
			try_bytes(bytes, length, PART_SKIP_CRC, 0);
		}
		free(bytes);
	}
	free(scratch);
}

/*
 * A column of numbers, 8 bytes of input each, repeated so that parts are full;
 * or of strings, whose lengths are the bytes of the input.
 */
static void
fuzz_column(const uint8_t * data, size_t size)
{
	uint32_t	rows = (uint32_t) le16_read(data) % 3000 + 1;
	uint32_t	repeat = data[2] % 70 + 1;
	uint32_t	kind = data[3] % 7 + 1;
	uint32_t	width = data[4] % 8 + 1;
	const		uint8_t *damages = data + 5;
	uint64_t   *numbers = allocate(rows * 2 * sizeof(uint64_t));
	double	   *numbers_y = allocate(rows * sizeof(double));
	uint64_t   *validity = allocate((rows + 63) / 64 * sizeof(uint64_t));
	PartString *strings = allocate(rows * sizeof(PartString));
	PartColumn	column;

	data += 5 + DAMAGES * 3;
	size -= 5 + DAMAGES * 3;
	memset(numbers, 0, rows * 2 * sizeof(uint64_t));
	for (uint32_t row = 0; row < rows * 2; row++)
		memcpy(numbers + row,
			   data + (size_t) row / repeat * width % (size - 8), width);
	memcpy(numbers_y, numbers, rows * sizeof(double));
	for (uint32_t row = 0; row < rows; row++)
	{
		size_t		at = row / repeat % size;

		strings[row].bytes = data + at;
		strings[row].length = data[at] % (size - at);
		if (kind != PART_INT && kind != PART_BYTES && data[0] % 2 == 0)
			numbers_y[row] = ((double *) numbers)[row] =
				(double) data[at] / 100;
	}
	for (uint32_t i = 0; i < (rows + 63) / 64; i++)
		validity[i] = numbers[i] | (data[1] % 2 == 0 ? UINT64_MAX : 0);

	memset(&column, 0, sizeof(column));
	column.kind = (PartKind) kind;
	column.rows = rows;
	column.detail = kind == PART_FIXED ? 8 : 0;
	column.values = kind == PART_BYTES ? (void *) strings : numbers;
	column.values_y = numbers_y;
	column.validity = data[2] % 2 == 0 ? validity : NULL;
	try_column(&column, damages);
	free(numbers);
	free(numbers_y);
	free(validity);
	free(strings);
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 4 == 0)
		fuzz_bytes(data + 1, size - 1);
	else if (size > 40)
		fuzz_column(data + 1, size - 1);
	return 0;
}
