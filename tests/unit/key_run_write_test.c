/*
 * key_run_write_test.c
 *		Tests of core/key_run_write.c: what is written is read.
 */
#include "unit.h"

#include "../../extension/core/key_run_format.h"
#include "key_run_model.h"

static void
round_trip(void)
{
	static const uint32_t counts[] = {
		0, 1, 2, 3, 4, 5, 660, 661, 662, 792, 793, 794, 1322, 1323, 1586, 1587,
		5000
	};

	for (uint32_t shape = 0; shape < MODEL_SHAPES; shape++)
	{
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		{
			KeyModel	model = model_of_shape(shape, counts[i], 60000);
			uint32_t	at = 0;

			CHECK(model_write(&model));
			for (uint32_t j = 0; j < model.chunks; j++)
			{
				KeyChunk	chunk;
				CoreError	error;

				CHECK(model.lengths[j] <= KEY_RUN_SIZE_MAX);
				if (!CHECK(key_run_open(&chunk, model.bytes[j],
										model.lengths[j], 0, &error)))
					break;
				for (uint32_t k = 0; k < chunk.entries; k++)
				{
					KeyEntry	entry = key_run_entry(&chunk, k);

					CHECK(at < model.count &&
						  key_entry_compare(entry, model.entries[at]) == 0);
					at++;
				}
			}
			CHECK(at == model.count);
			model_free(&model);
		}
	}
}

/* Write count entries with row ids that step so far, from a first one on. */
static KeyModel
steps(uint32_t count, uint32_t first, uint32_t step)
{
	KeyModel	model = {0};

	model.count = count;
	model.entries = model_allocate(count * sizeof(KeyEntry));
	for (uint32_t i = 0; i < count; i++)
	{
		model.entries[i].hash = i;
		model.entries[i].rid = first + i * step;
	}
	CHECK(model_write(&model));
	return model;
}

static void
check_chunk(const KeyModel *model, uint32_t number, uint32_t entries,
			uint32_t width, uint32_t base)
{
	KeyChunk	chunk;
	CoreError	error;

	if (!CHECK(number < model->chunks) ||
		!CHECK(key_run_open(&chunk, model->bytes[number],
							model->lengths[number], 0, &error)))
		return;
	CHECK(chunk.entries == entries);
	CHECK(chunk.width == width);
	CHECK(chunk.base == base);
}

static void
widths(void)
{
	KeyModel	model = steps(793, 7, 1);

	CHECK(model.chunks == 1);
	check_chunk(&model, 0, 793, 2, 7);
	CHECK(model.lengths[0] == KEY_RUN_SIZE_MAX);
	model_free(&model);

	/* 65,535 apart fit, 65,536 do not */
	model = steps(2, UINT32_MAX - 65535, 65535);
	check_chunk(&model, 0, 2, 2, UINT32_MAX - 65535);
	CHECK(model.lengths[0] == KEY_RUN_HEADER_SIZE + 16 + 8);
	model_free(&model);
	model = steps(2, 5, 65536);
	check_chunk(&model, 0, 2, 4, 0);
	model_free(&model);

	/* descending row ids: the base is the last one */
	model = steps(100, 1000, UINT32_MAX);
	check_chunk(&model, 0, 100, 2, 901);
	model_free(&model);

	/* 656 in 65,536 row ids are fewer than the 661 of four bytes */
	model = steps(793, 0, 100);
	CHECK(model.chunks == 2);
	check_chunk(&model, 0, 661, 4, 0);
	check_chunk(&model, 1, 132, 2, 66100);
	CHECK(model.lengths[0] == KEY_RUN_SIZE_MAX);
	model_free(&model);

	/* 662 are more */
	model = steps(793, 0, 99);
	CHECK(model.chunks == 2);
	check_chunk(&model, 0, 662, 2, 0);
	check_chunk(&model, 1, 131, 2, 662 * 99);
	model_free(&model);
}

/* The bytes of one entry, as FORMAT.md says. */
static void
bytes(void)
{
	static const unsigned char expected[64] = {
		'K', 'E', 'Y', 'S', 0, 0, 0, 0, 64, 0, 0, 0, 1, 2, 1, 0,
		4, 3, 2, 1, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 0x81,
		8, 7, 6, 5, 4, 3, 2, 0x81, 4, 3, 2, 1, 0, 0, 0, 0,
		8, 7, 6, 5, 4, 3, 2, 0x81, 0, 0, 0, 0, 0, 0, 0, 0
	};
	KeyEntry	entry = {key_run_signed(UINT64_C(0x8102030405060708)),
	0x01020304};
	KeyRunWriter writer;
	unsigned char chunk[KEY_RUN_SIZE_MAX];
	CoreError	error;

	key_run_begin(&writer);
	CHECK(key_run_add(&writer, entry, &error));
	CHECK(key_run_take(&writer, false, chunk) == 0);
	CHECK(key_run_take(&writer, true, chunk) == sizeof(expected));
	CHECK(key_run_take(&writer, true, chunk) == 0);
	memset(chunk + KEY_RUN_AT_CRC, 0, 4);
	CHECK(memcmp(chunk, expected, sizeof(expected)) == 0);
}

static void
refusals(void)
{
	KeyEntry	entry = {5, 5};
	KeyEntry	below = {5, 4};
	KeyEntry	above = {INT64_MAX, 0};
	KeyRunWriter writer;
	unsigned char chunk[KEY_RUN_SIZE_MAX];
	CoreError	error;

	key_run_begin(&writer);
	CHECK(key_run_take(&writer, true, chunk) == 0);
	CHECK(key_run_add(&writer, entry, &error));
	CHECK(!key_run_add(&writer, entry, &error));
	CHECK(!key_run_add(&writer, below, &error));
	CHECK(key_run_add(&writer, above, &error));
	below.hash = INT64_MIN;
	below.rid = UINT32_MAX;
	CHECK(!key_run_add(&writer, below, &error));
	CHECK(writer.entries == 2);

	/* also right behind the end of a chunk */
	CHECK(key_run_take(&writer, true, chunk) > 0);
	CHECK(!key_run_add(&writer, above, &error));

	key_run_begin(&writer);
	for (entry.hash = 0; entry.hash < KEY_RUN_ENTRIES_MAX; entry.hash++)
		CHECK(key_run_add(&writer, entry, &error));
	CHECK(!key_run_add(&writer, entry, &error));
	CHECK(key_run_take(&writer, false, chunk) > 0);
	CHECK(key_run_add(&writer, entry, &error));
}

int
main(void)
{
	unit_case("what is written is read");
	round_trip();
	unit_case("row ids take 2 bytes where that makes room for more");
	widths();
	unit_case("the bytes are those of FORMAT.md");
	bytes();
	unit_case("entries out of order are refused");
	refusals();
	return unit_finish();
}
