/*
 * part_open_test.c
 *		Tests of core/part_open.c: bad bytes are refused or harmless.
 */
#include "unit.h"

#include "../../extension/core/crc32c.h"
#include "part_model.h"

#define SAMPLES 11

/* Parts of every encoding, and of most kinds. */
static ModelPart
sample(int number)
{
	static const struct
	{
		PartKind	kind;
		uint32_t	rows;
		uint32_t	shape;
		uint32_t	null_shape;
	}			samples[SAMPLES] = {
		{PART_INT, 70, 5, 0}, {PART_INT, 90, 6, 3}, {PART_INT, 3000, 8, 0},
		{PART_INT, 50, 0, 1}, {PART_DECIMAL, 20, 4, 2},
		{PART_DOUBLE, 65, 2, 2}, {PART_POINT, 30, 3, 0},
		{PART_FIXED, 20, 3, 4}, {PART_BYTES, 60, 3, 2},
		{PART_BYTES, 300, 1, 2}, {PART_BYTES, 99, 2, 0}
	};
	ModelColumn model = model_column(samples[number].kind,
									 samples[number].rows,
									 samples[number].shape,
									 samples[number].null_shape);
	ModelPart	part = model_part(&model.column, 0);

	model_free(&model);
	return part;
}

/* Read whatever there is; ASan watches. */
static uint64_t
read_all(const Part *part)
{
	uint64_t	sum = 0;
	const unsigned char *bytes;
	size_t		length;

	for (uint32_t row = 0; row < part->rows; row++)
	{
		sum += part_is_null(part, row);
		if (part->kind == PART_BYTES)
		{
			part_get_bytes(part, row, &bytes, &length);
			for (size_t i = 0; i < length; i++)
				sum += bytes[i];
		}
		else if (part->kind == PART_FIXED)
			sum += part_get_fixed(part, row)[part->detail - 1];
		else if (part->kind == PART_FLOAT)
			sum += part_bits_of_float(part_get_float(part, row));
		else if (part->kind == PART_DOUBLE || part->kind == PART_POINT)
			sum += part_bits_of_double(part_get_double(part, part->kind ==
													   PART_POINT, row));
		else
			sum += part_get_decimal(part, row).low;
	}
	return sum;
}

/* Bytes that may be anything: refused with a position, or readable. */
static bool
refused_or_valid(ModelPart *part, int flags)
{
	ModelPart	other = *part;
	CoreError	error;

	if (model_open(&other, flags, &error))
	{
		(void) read_all(&other.part);
		free(other.unpacked);
		return true;
	}
	return error.reason != NULL && error.position >= 0 &&
		error.position <= (long) part->length;
}

static void
truncations(void)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		ModelPart	part = sample(i);

		for (size_t length = 0; length < part.length; length++)
		{
			unsigned char *shorter = model_allocate(length);
			Part		opened;
			CoreError	error;

			memcpy(shorter, part.bytes, length);
			CHECK(!part_open(&opened, shorter, length, PART_SKIP_CRC,
							 &error));
			CHECK(error.position >= 0 && error.position <= (long) length);

			/* even where the header says so, all but a raw payload end */
			if (length >= PART_HEADER_SIZE)
			{
				ModelPart	lying = part;

				lying.bytes = shorter;
				lying.length = length;
				le32_write(shorter + PART_AT_LENGTH, (uint32_t) length);
				CHECK(refused_or_valid(&lying, PART_SKIP_CRC));
			}
			free(shorter);
		}
		model_free_part(&part);
	}
}

static void
additions(void)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		ModelPart	part = sample(i);
		unsigned char *longer = model_allocate(part.length + 8);
		Part		opened;
		CoreError	error;

		memcpy(longer, part.bytes, part.length);
		for (size_t more = 1; more <= 8; more++)
		{
			le32_write(longer + PART_AT_LENGTH,
					   (uint32_t) (part.length + more));

			/* what lz4 makes of it is found when it is unpacked */
			if (part_open(&opened, longer, part.length + more,
						  PART_SKIP_CRC, &error))
			{
				void	   *memory = model_allocate(part_unpack_size(&opened));

				CHECK(part_unpack_size(&opened) > 0);
				CHECK(!part_unpack(&opened, memory, &error));
				free(memory);
			}
		}
		free(longer);
		model_free_part(&part);
	}
}

/* With its checksum looked at, no bit can flip. */
static void
checksum(void)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		ModelPart	part = sample(i);

		for (size_t bit = 0; bit < part.length * 8; bit++)
		{
			Part		opened;
			CoreError	error;

			part.bytes[bit / 8] ^= (unsigned char) (1 << bit % 8);
			CHECK(!part_open(&opened, part.bytes, part.length, 0, &error));
			part.bytes[bit / 8] ^= (unsigned char) (1 << bit % 8);
		}
		model_free_part(&part);
	}
}

static void
mutations(void)
{
	static const unsigned char values[] = {0, 1, 2, 3, 4, 127, 128, 255};

	for (int i = 0; i < SAMPLES; i++)
	{
		ModelPart	part = sample(i);

		for (size_t at = 0; at < part.length; at++)
		{
			unsigned char byte = part.bytes[at];

			for (int bit = 0; bit < 8; bit++)
			{
				part.bytes[at] = (unsigned char) (byte ^ 1 << bit);
				CHECK(refused_or_valid(&part, PART_SKIP_CRC));
			}
			for (size_t value = 0; value < sizeof(values); value++)
			{
				part.bytes[at] = values[value];
				CHECK(refused_or_valid(&part, PART_SKIP_CRC));
			}
			part.bytes[at] = byte;
		}
		model_free_part(&part);
	}
}

/* Several bytes at once, mostly in the header, where they depend. */
static void
noise(void)
{
	for (int round = 0; round < 30000; round++)
	{
		ModelPart	part = sample(round % SAMPLES);

		for (uint32_t i = model_below(4) + 1; i > 0; i--)
		{
			size_t		at = model_below(2) == 0 ?
			12 + model_below(44) : model_below((uint32_t) part.length);

			part.bytes[at] = (unsigned char) model_below(6);
		}
		CHECK(refused_or_valid(&part, PART_SKIP_CRC));
		model_free_part(&part);
	}
}

/* Put bytes into a sample, and expect a refusal. */
static void
refuse(int number, size_t at, const char *put, size_t length,
	   const char *reason, long position)
{
	ModelPart	part = sample(number);
	Part		opened;
	CoreError	error;

	memcpy(part.bytes + at, put, length);
	le32_write(part.bytes + PART_AT_CRC,
			   crc32c(part.bytes + PART_AT_LENGTH,
					  part.length - PART_AT_LENGTH));
	if (CHECK(!part_open(&opened, part.bytes, part.length, 0, &error)))
	{
		CHECK_TEXT(error.reason, reason);
		if (!CHECK(error.position == position))
			printf("# %s: position %ld\n", reason, error.position);
	}
	model_free_part(&part);
}

/* One case for each rule of the header. */
static void
header_rules(void)
{
	refuse(0, 0, "p", 1, "Expected \"PART\"", 0);
	refuse(0, 8, "\0", 1, "Length differs from that in the header", 8);
	refuse(0, 12, "\2", 1, "Expected format version 1", 12);
	refuse(0, 13, "\0", 1, "Expected a kind from 1 to 7", 13);
	refuse(0, 13, "\10", 1, "Expected a kind from 1 to 7", 13);
	refuse(0, 14, "\5", 1, "Expected an encoding of this kind", 14);
	refuse(0, 14, "\4", 1, "Expected an encoding of this kind", 14);
	refuse(9, 14, "\2", 1, "Expected an encoding of this kind", 14);
	refuse(0, 15, "\5", 1, "Expected other flags", 15);
	refuse(0, 15, "\6", 1, "Expected other flags", 15);
	refuse(0, 15, "\0", 1, "Expected other flags", 15);
	refuse(0, 15, "\14", 1, "Expected other flags", 15);
	refuse(0, 15, "\24", 1, "Expected other flags", 15);
	refuse(0, 16, "\0", 1, "Expected 1 to 65536 rows", 16);
	refuse(0, 16, "\1\0\1", 3, "Expected 1 to 65536 rows", 16);
	refuse(0, 20, "\106", 1, "Number of nulls does not go with the encoding",
		   20);
	refuse(0, 20, "\107", 1, "Number of nulls does not go with the encoding",
		   20);
	refuse(3, 20, "\1", 1, "Number of nulls does not go with the encoding",
		   20);
	refuse(0, 24, "\1", 1, "Number of items does not go with the encoding",
		   24);
	refuse(2, 24, "\0", 1, "Number of items does not go with the encoding",
		   24);
	refuse(0, 28, "\3", 1, "Expected a width of this kind", 28);
	refuse(0, 28, "\20", 1, "Expected a width of this kind", 28);
	refuse(3, 28, "\1", 1, "Expected a width of this kind", 28);
	refuse(7, 28, "\10", 1, "Expected a width of this kind", 28);
	refuse(0, 29, "\1", 1, "Expected codes of 1 or 2 bytes", 29);
	refuse(9, 29, "\3", 1, "Expected codes of 1 or 2 bytes", 29);
	refuse(0, 30, "\1", 1, "Minimum too long", 30);
	refuse(9, 30, "\21", 1, "Minimum too long", 30);
	refuse(9, 31, "\21", 1, "Maximum too long", 31);
	refuse(0, 32, "\1", 1, "Expected a detail of this kind", 32);
	refuse(4, 32, "\0\100", 2, "Expected a detail of this kind", 32);
	refuse(7, 32, "\0", 1, "Expected a detail of this kind", 32);
	refuse(7, 32, "\171", 1, "Expected a detail of this kind", 32);
	refuse(5, 36, "\20", 1, "Too many decimals", 36);
	refuse(0, 36, "\1", 1, "Too many decimals", 36);
	refuse(0, 37, "\1", 1, "Expected no dimensions", 37);
	refuse(0, 39, "\1", 1, "Expected 0", 38);
	refuse(3, 40, "\1", 1, "Expected another base", 40);
	refuse(5, 46, "\4", 1, "Expected another base", 40);
	refuse(9, 47, "\200", 1, "Expected another base", 40);
	refuse(0, 48, "\1", 1, "Expected another base", 48);
}

/* And one for each rule of the arrays behind it. */
static void
array_rules(void)
{
	static const char zeros[16];

	refuse(0, 88 + 70, "\1", 1, "Expected 0 behind an array", 88 + 70);
	refuse(1, 20, "\54", 1, "Number of nulls differs from that in the header",
		   20);
	refuse(1, 88, "\0", 1, "Number of nulls differs from that in the header",
		   20);
	refuse(1, 88 + 12, "\1", 1, "Bit set behind the last row", 88 + 8);
	refuse(2, 88 + 24, "\377\377", 2, "Run not behind the one before it", 88 + 26);
	refuse(2, 88 + 24, "\0\1\0\1", 4, "Run not behind the one before it",
		   88 + 26);
	refuse(2, 88 + 32, "\0\20", 2, "Last run does not end with the last row",
		   88 + 32);
	refuse(9, 88 + 40, "\6", 1, "Code of no item", 88 + 40);
	refuse(8, 88 + 8, "\377", 1, "Offset below the one before it", 88 + 10);
	refuse(9, 32, "\1", 1, "Payload of another size", 32);
	refuse(10, 32, zeros, 4, "Payload of another size", 32);
	refuse(10, 32, "\377\377\377", 3, "Payload of another size", 32);
	refuse(10, 40, "\7", 1, "Last offset does not lead to the end", 88);
}

/* Lengths that lead beyond what is there. */
static void
beyond_the_end(void)
{
	ModelPart	part = sample(0);
	Part		opened;
	CoreError	error;

	le32_write(part.bytes + PART_AT_ROWS, 80);
	le32_write(part.bytes + PART_AT_ITEMS, 80);
	CHECK(!part_open(&opened, part.bytes, part.length, PART_SKIP_CRC,
					 &error));
	CHECK_TEXT(error.reason, "Expected more bytes");
	CHECK(error.position == (long) part.length);
	le32_write(part.bytes + PART_AT_ROWS, 60);
	le32_write(part.bytes + PART_AT_ITEMS, 60);
	memset(part.bytes + PART_HEADER_SIZE, 0, 72);
	CHECK(!part_open(&opened, part.bytes, part.length, PART_SKIP_CRC,
					 &error));
	CHECK_TEXT(error.reason, "Expected the end");
	model_free_part(&part);
}

static void
wrong_checksum(void)
{
	ModelPart	part = sample(0);
	Part		opened;
	CoreError	error;

	part.bytes[PART_HEADER_SIZE]++;
	CHECK(!part_open(&opened, part.bytes, part.length, 0, &error));
	CHECK_TEXT(error.reason, "Checksum differs from that in the header");
	CHECK(error.position == PART_AT_CRC);
	CHECK(part_open(&opened, part.bytes, part.length, PART_SKIP_CRC, &error));
	model_free_part(&part);
}

/* The same bytes at each offset from an aligned address. */
static void
unaligned(void)
{
	for (int i = 0; i < SAMPLES; i++)
	{
		ModelPart	part = sample(i);
		unsigned char *room = model_allocate(part.length + 8);
		uint64_t	expected = read_all(&part.part);

		for (size_t offset = 0; offset < 8; offset++)
		{
			ModelPart	moved = part;
			CoreError	error;

			moved.bytes = room + offset;
			memcpy(moved.bytes, part.bytes, part.length);
			if (CHECK(model_open(&moved, 0, &error)))
			{
				CHECK(read_all(&moved.part) == expected);
				free(moved.unpacked);
			}
		}
		free(room);
		model_free_part(&part);
	}
}

int
main(void)
{
	unit_case("each rule of the header is checked, with its position");
	header_rules();
	unit_case("each rule of the arrays is checked, with its position");
	array_rules();
	beyond_the_end();
	unit_case("a wrong checksum is refused, unless it is not looked at");
	wrong_checksum();
	unit_case("every truncation is refused");
	truncations();
	unit_case("bytes behind the end are refused");
	additions();
	unit_case("every flipped bit is refused by the checksum");
	checksum();
	unit_case("flipped bits and bytes are refused or harmless without it");
	mutations();
	unit_case("noise is refused or harmless");
	noise();
	unit_case("parts at any address are read");
	unaligned();
	return unit_finish();
}
