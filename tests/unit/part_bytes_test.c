/*
 * part_bytes_test.c
 *		Tests of core/part_bytes.c: strings of rows and items, and lz4 blocks
 *		that are not what they should be.
 */
#include "unit.h"

#include "part_model.h"

static ModelPart
packed_part(ModelColumn *model)
{
	ModelPart	part;

	*model = model_column(PART_BYTES, 3000, 2, 2);
	part = model_part(&model->column, 0);
	CHECK((part.bytes[PART_AT_FLAGS] & PART_FLAG_LZ4) != 0);
	return part;
}

/* Before a compressed payload is unpacked there is none. */
static void
unpacking(void)
{
	ModelColumn model;
	ModelPart	part = packed_part(&model);
	Part		opened;
	CoreError	error;
	unsigned char *memory;

	CHECK(part_open(&opened, part.bytes, part.length, 0, &error));
	CHECK(opened.payload == NULL);
	CHECK(part_unpack_size(&opened) == opened.payload_size);
	memory = model_allocate(part_unpack_size(&opened));
	CHECK(part_unpack(&opened, memory, &error));
	CHECK(part_unpack_size(&opened) == 0);
	CHECK(opened.payload == memory);
	CHECK(part_unpack(&opened, NULL, &error));
	CHECK(model_matches(&model.column, &part));
	free(memory);
	model_free_part(&part);
	model_free(&model);
}

/* Each byte of the block damaged: refused, or other strings, never a crash. */
static void
damaged_blocks(void)
{
	ModelColumn model;
	ModelPart	part = packed_part(&model);
	size_t		start = (size_t) (part.part.stored - part.bytes);
	uint32_t	refused = 0;

	for (size_t at = start; at < part.length; at++)
	{
		unsigned char byte = part.bytes[at];

		for (int value = 0; value < 3; value++)
		{
			ModelPart	other = part;
			CoreError	error;

			part.bytes[at] = (unsigned char) (byte + (value == 0 ? 1 :
													  value == 1 ? 128 : 255));
			if (model_open(&other, PART_SKIP_CRC, &error))
			{
				const unsigned char *bytes;
				size_t		length;

				part_get_bytes(&other.part, 2999, &bytes, &length);
				CHECK(bytes + length <= other.unpacked +
					  other.part.payload_size);
				free(other.unpacked);
			}
			else
			{
				refused++;
				CHECK_TEXT(error.reason,
						   "Payload is not an lz4 block of its size");
				CHECK(error.position == (long) start);
			}
		}
		part.bytes[at] = byte;
	}
	CHECK(refused > 0);
	model_free_part(&part);
	model_free(&model);
}

/* A size that the block does not have, and one that none could have. */
static void
wrong_sizes(void)
{
	PartString	string;
	PartColumn	column;
	ModelPart	part;
	Part		opened;
	CoreError	error;

	string.length = 100000;
	string.bytes = model_allocate(string.length);
	memset(&column, 0, sizeof(column));
	column.kind = PART_BYTES;
	column.rows = 1;
	column.values = &string;
	part = model_part(&column, 0);

	/* item and payload agree on one byte more */
	le32_write(part.bytes + PART_AT_DETAIL, 100001);
	le32_write(part.bytes + PART_AT_BASE, 100001);
	CHECK(part_open(&opened, part.bytes, part.length, PART_SKIP_CRC, &error));
	free(part.unpacked);
	part.unpacked = model_allocate(100001);
	CHECK(!part_unpack(&opened, part.unpacked, &error));
	le32_write(part.bytes + PART_AT_DETAIL, 1000000000);
	le32_write(part.bytes + PART_AT_BASE, 1000000000);
	CHECK(!part_open(&opened, part.bytes, part.length, PART_SKIP_CRC,
					 &error));
	CHECK_TEXT(error.reason, "Payload of another size");
	model_free_part(&part);
	free((void *) string.bytes);
}

/* The entries of a dictionary, each once. */
static void
items(void)
{
	ModelColumn model = model_column(PART_BYTES, 5000, 1, 2);
	ModelPart	part = model_part(&model.column, 0);

	CHECK(part.part.encoding == PART_DICTIONARY);
	CHECK(part.part.items == 6);
	for (uint32_t row = 0; row < 5000; row++)
	{
		const unsigned char *bytes[2];
		size_t		length[2];

		if (part_is_null(&part.part, row))
			continue;
		part_get_bytes(&part.part, row, &bytes[0], &length[0]);
		part_item_bytes(&part.part, part_item(&part.part, row), &bytes[1],
						&length[1]);
		CHECK(bytes[0] == bytes[1] && length[0] == length[1]);
	}
	model_free_part(&part);
	model_free(&model);
}

static void
nothing(void)
{
	ModelColumn model = model_column(PART_BYTES, 10, 1, 1);
	ModelPart	part = model_part(&model.column, 0);
	const unsigned char *bytes;
	size_t		length;

	part_get_bytes(&part.part, 9, &bytes, &length);
	CHECK(length == 0);
	model_free_part(&part);
	model_free(&model);

	model = model_column(PART_FIXED, 10, 1, 1);
	part = model_part(&model.column, 0);
	CHECK(part_get_fixed(&part.part, 9)[15] == 0);
	model_free_part(&part);
	model_free(&model);
}

int
main(void)
{
	unit_case("a compressed payload is unpacked once");
	unpacking();
	unit_case("damaged blocks are refused or harmless");
	damaged_blocks();
	unit_case("blocks of another size are refused");
	wrong_sizes();
	unit_case("the entries of a dictionary are read by their codes");
	items();
	unit_case("what is read of nulls is empty or zero");
	nothing();
	return unit_finish();
}
