/*
 * key_run_test.c
 *		Tests of core/key_run.c: look-ups, and bad bytes.
 */
#include "unit.h"

#include "../../extension/core/crc32c.h"
#include "../../extension/core/key_run_format.h"
#include "key_run_model.h"

static void
capacities(void)
{
	CHECK(key_run_chunk_capacity(2) == 793);
	CHECK(key_run_chunk_capacity(4) == 661);
	CHECK(key_run_chunk_size(793, 2) == KEY_RUN_SIZE_MAX);
	CHECK(key_run_chunk_size(794, 2) > KEY_RUN_SIZE_MAX);
	CHECK(key_run_chunk_size(661, 4) == KEY_RUN_SIZE_MAX);
	CHECK(key_run_chunk_size(662, 4) > KEY_RUN_SIZE_MAX);
	CHECK(KEY_RUN_SIZE_MAX <= 8024);
	CHECK(KEY_RUN_HEADER_SIZE % 8 == 0);
}

/* A look-up against a walk. */
static void
check_find(const KeyChunk *chunk, int64_t hash)
{
	uint32_t	first;
	uint32_t	count;
	uint32_t	expected_first = 0;
	uint32_t	expected_count = 0;

	for (uint32_t i = 0; i < chunk->entries; i++)
	{
		int64_t		other = key_run_entry(chunk, i).hash;

		expected_first += other < hash;
		expected_count += other == hash;
	}
	CHECK(key_run_find(chunk, hash, &first, &count) == (expected_count > 0));
	CHECK(first == expected_first);
	CHECK(count == expected_count);
}

static void
find(void)
{
	static const uint32_t counts[] = {1, 2, 7, 8, 9, 50, 661, 793, 2000};

	for (uint32_t shape = 0; shape < MODEL_SHAPES; shape++)
	{
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		{
			KeyModel	model = model_of_shape(shape, counts[i], 0);

			CHECK(model_write(&model));
			for (uint32_t j = 0; j < model.chunks; j++)
			{
				KeyChunk	chunk;
				CoreError	error;

				CHECK(key_run_open(&chunk, model.bytes[j], model.lengths[j],
								   0, &error));
				check_find(&chunk, INT64_MIN);
				check_find(&chunk, INT64_MAX);
				check_find(&chunk, 0);
				for (uint32_t k = 0; k < model.count; k += k % 5 + 1)
				{
					int64_t		hash = model.entries[k].hash;

					check_find(&chunk, hash);
					check_find(&chunk, hash < INT64_MAX ? hash + 1 : hash);
					check_find(&chunk, hash > INT64_MIN ? hash - 1 : hash);
				}
			}
			model_free(&model);
		}
	}
}

/*
 * All entries with a hash in a run, as a reader of the store finds them: from
 * the last chunk whose first hash is not above it, backwards as long as chunks
 * begin with it.
 */
static uint32_t
count_in_run(const KeyModel *model, int64_t hash)
{
	uint32_t	found = 0;
	uint32_t	number = model->chunks;

	while (number > 0)
	{
		KeyChunk	chunk;
		CoreError	error;
		uint32_t	first;
		uint32_t	count;
		int64_t		first_hash;

		number--;
		CHECK(key_run_open(&chunk, model->bytes[number],
						   model->lengths[number], 0, &error));
		first_hash = key_run_entry(&chunk, 0).hash;
		if (first_hash > hash)
			continue;
		if (key_run_find(&chunk, hash, &first, &count))
			found += count;
		if (first_hash < hash)
			break;
	}
	return found;
}

static void
find_across_chunks(void)
{
	static const int64_t hashes[] = {INT64_MIN, -3, -2, -1, 0, 1, 2, 3, INT64_MAX};

	for (uint32_t shape = 2; shape <= 4; shape++)
	{
		KeyModel	model = model_of_shape(shape, 9000, 0);

		CHECK(model_write(&model));
		CHECK(model.chunks > 10);
		for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		{
			uint32_t	expected = 0;

			for (uint32_t j = 0; j < model.count; j++)
				expected += model.entries[j].hash == hashes[i];
			CHECK(count_in_run(&model, hashes[i]) == expected);
		}
		model_free(&model);
	}
}

/* Read whatever there is; ASan watches. */
static void
read_all(const KeyChunk *chunk)
{
	KeyEntry	before = key_run_entry(chunk, 0);

	for (uint32_t i = 1; i < chunk->entries; i++)
	{
		KeyEntry	entry = key_run_entry(chunk, i);

		CHECK(key_entry_compare(before, entry) < 0);
		before = entry;
	}
	check_find(chunk, before.hash);
}

static void
truncations(void)
{
	KeyModel	model = model_of_shape(0, 30, 0);

	CHECK(model_write(&model));
	for (size_t length = 0; length < model.lengths[0]; length++)
	{
		unsigned char *copy = model_allocate(length);
		KeyChunk	chunk;
		CoreError	error;

		memcpy(copy, model.bytes[0], length);
		CHECK(!key_run_open(&chunk, copy, length, 0, &error));
		CHECK(error.position <= (long) length);
		if (length >= KEY_RUN_HEADER_SIZE)
		{
			le32_write(copy + KEY_RUN_AT_LENGTH, (uint32_t) length);
			CHECK(!key_run_open(&chunk, copy, length, KEY_RUN_SKIP_CRC,
								&error));
		}
		free(copy);
	}
	model_free(&model);
}

/* Look-ups in a chunk that may lack order stay within it. */
static void
find_all(const KeyChunk *chunk, const KeyModel *model)
{
	for (size_t i = 0; i < model->count; i += 8)
	{
		uint32_t	first;
		uint32_t	count;

		if (key_run_find(chunk, model->entries[i].hash, &first, &count))
			CHECK(first < chunk->entries && count <= chunk->entries - first);
		else
			CHECK(first <= chunk->entries);
	}
}

/*
 * Every bit of a chunk: with the checksum it is refused, without it is refused
 * or valid.
 */
static void
flipped_bits(uint32_t shape, uint32_t count)
{
	KeyModel	model = model_of_shape(shape, count, 0);

	CHECK(model_write(&model));
	for (size_t bit = 0; bit < model.lengths[0] * 8; bit++)
	{
		unsigned char *byte = &model.bytes[0][bit / 8];
		KeyChunk	chunk;
		CoreError	error;

		*byte ^= (unsigned char) (1 << bit % 8);
		CHECK(!key_run_open(&chunk, model.bytes[0], model.lengths[0], 0,
							&error));
		CHECK(error.position >= 0 && error.position < (long) model.lengths[0]);
		if (key_run_open(&chunk, model.bytes[0], model.lengths[0],
						 KEY_RUN_SKIP_CRC, &error))
			read_all(&chunk);
		if (key_run_open(&chunk, model.bytes[0], model.lengths[0],
						 KEY_RUN_SKIP_CRC | KEY_RUN_SKIP_ENTRIES, &error))
			find_all(&chunk, &model);
		*byte ^= (unsigned char) (1 << bit % 8);
	}
	model_free(&model);
}

/* Damage bytes of a good chunk, give it its checksum, and try to open it. */
static void
check_refused(KeyModel *model, size_t at, const char *damage, size_t size,
			  long position)
{
	size_t		length = model->lengths[0];
	unsigned char *copy = model_allocate(length);
	KeyChunk	chunk;
	CoreError	error;

	memcpy(copy, model->bytes[0], length);
	memcpy(copy + at, damage, size);
	le32_write(copy + KEY_RUN_AT_CRC,
			   crc32c(copy + KEY_RUN_AT_LENGTH, length - KEY_RUN_AT_LENGTH));
	if (CHECK(!key_run_open(&chunk, copy, length, 0, &error)) &&
		!CHECK(error.position == position))
		printf("# %s at %ld, not %ld\n", error.reason, error.position,
			   position);
	free(copy);
}

/* A chunk of 5 entries (1, 10), (1, 11), ... (1, 14). */
static void
refusals(void)
{
	static const size_t hashes = KEY_RUN_HEADER_SIZE;
	static const size_t rids = KEY_RUN_HEADER_SIZE + 5 * 8;
	KeyModel	model = {0};

	model.count = 5;
	model.entries = model_allocate(5 * sizeof(KeyEntry));
	for (uint32_t i = 0; i < 5; i++)
	{
		model.entries[i].hash = 1;
		model.entries[i].rid = 10 + i;
	}
	CHECK(model_write(&model));
	CHECK(model.lengths[0] == rids + 16);
	check_refused(&model, KEY_RUN_AT_MAGIC, "k", 1, KEY_RUN_AT_MAGIC);
	check_refused(&model, KEY_RUN_AT_VERSION, "\2", 1, KEY_RUN_AT_VERSION);
	check_refused(&model, KEY_RUN_AT_LENGTH, "\1", 1, KEY_RUN_AT_LENGTH);
	check_refused(&model, KEY_RUN_AT_WIDTH, "\1", 1, KEY_RUN_AT_WIDTH);
	check_refused(&model, KEY_RUN_AT_WIDTH, "\4", 1, KEY_RUN_AT_LENGTH);
	check_refused(&model, KEY_RUN_AT_ENTRIES, "\0\0", 2, KEY_RUN_AT_ENTRIES);
	check_refused(&model, KEY_RUN_AT_ENTRIES, "\x1A\3", 2, KEY_RUN_AT_ENTRIES);
	check_refused(&model, KEY_RUN_AT_ENTRIES, "\6", 1, KEY_RUN_AT_LENGTH);
	check_refused(&model, KEY_RUN_AT_ENTRIES, "\4", 1, KEY_RUN_AT_LENGTH);
	check_refused(&model, KEY_RUN_AT_BASE, "\xFC\xFF\xFF\xFF", 4,
				  KEY_RUN_AT_BASE);
	check_refused(&model, KEY_RUN_AT_BASE, "\13", 1, KEY_RUN_AT_FIRST_HASH);
	check_refused(&model, KEY_RUN_AT_FIRST_RID, "\13", 1,
				  KEY_RUN_AT_FIRST_HASH);
	check_refused(&model, KEY_RUN_AT_FIRST_HASH, "\2", 1,
				  KEY_RUN_AT_FIRST_HASH);
	check_refused(&model, KEY_RUN_AT_LAST_HASH, "\2", 1,
				  KEY_RUN_AT_LAST_HASH);
	check_refused(&model, KEY_RUN_AT_LAST_RID, "\2", 1, KEY_RUN_AT_LAST_HASH);
	check_refused(&model, KEY_RUN_AT_ZERO + 3, "\1", 1, KEY_RUN_AT_ZERO);
	check_refused(&model, hashes + 8, "\0", 1, (long) hashes + 8);
	check_refused(&model, hashes + 16, "\2", 1, (long) hashes + 24);
	check_refused(&model, rids, "\1", 1, KEY_RUN_AT_BASE);
	check_refused(&model, rids + 4, "\1", 1, (long) hashes + 16);
	check_refused(&model, rids + 10, "\1", 1, (long) rids + 10);
	check_refused(&model, rids + 15, "\1", 1, (long) rids + 15);
	model_free(&model);
}

int
main(void)
{
	unit_case("a chunk fills a page");
	capacities();
	unit_case("look-ups find what a walk finds");
	find();
	unit_case("one hash in many chunks is found");
	find_across_chunks();
	unit_case("truncated chunks are refused");
	truncations();
	unit_case("flipped bits are found, or harmless");
	flipped_bits(0, 30);
	flipped_bits(1, 33);
	flipped_bits(4, 21);
	unit_case("each rule of the format is checked");
	refusals();
	return unit_finish();
}
