/*
 * key_run_fuzz.c
 *		libFuzzer target of the key index: no bytes may lead a reader astray.
 *
 * The first byte of the input chooses: the rest are bytes of a chunk, given
 * its magic and its length, and with the checksum not looked at; or entries
 * that are dealt out to runs, written, merged and compared.
 */
#include <stdlib.h>
#include <string.h>

#include "../../extension/core/key_run_format.h"
#include "../../extension/core/key_run_merge.h"
#include "../../extension/core/key_run_write.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

#define RUNS 4
#define ENTRY_SIZE 5			/* bytes of input per entry */

/* The chunks of a run, one after another. */
typedef struct FuzzRun
{
	unsigned char *bytes;
	size_t		length;
	size_t		at;
	uint64_t	entries;
} FuzzRun;

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

static void *
allocate(size_t size)
{
	void	   *memory = malloc(size > 0 ? size : 1);

	REQUIRE(memory != NULL);
	return memory;
}

/* An open chunk is sorted, and each of its hashes is found. */
static void
check_chunk(const KeyChunk *chunk)
{
	uint32_t	found = 0;
	uint32_t	first;
	uint32_t	count;

	for (uint32_t i = 0; i < chunk->entries; i++)
	{
		KeyEntry	entry = key_run_entry(chunk, i);

		REQUIRE(i == 0 ||
				key_entry_compare(key_run_entry(chunk, i - 1), entry) < 0);
		REQUIRE(key_run_find(chunk, entry.hash, &first, &count));
		REQUIRE(first <= i && i - first < count);
		found += i == first ? count : 0;
		if (entry.hash < INT64_MAX &&
			!key_run_find(chunk, entry.hash + 1, &first, &count))
			REQUIRE(count == 0 && first > i && first <= chunk->entries);
	}
	REQUIRE(found == chunk->entries);
}

static void
try_bytes(const uint8_t * data, size_t size)
{
	unsigned char *bytes = allocate(size);
	KeyChunk	chunk;
	CoreError	error;

	memcpy(bytes, data, size);
	if (size >= KEY_RUN_HEADER_SIZE)
	{
		le32_write(bytes + KEY_RUN_AT_MAGIC, KEY_RUN_MAGIC);
		le32_write(bytes + KEY_RUN_AT_LENGTH, (uint32_t) size);
	}
	if (key_run_open(&chunk, bytes, size, KEY_RUN_SKIP_CRC, &error))
		check_chunk(&chunk);
	else
		REQUIRE(error.position >= 0 && error.position <= (long) size);
	free(bytes);
}

static bool
next_chunk(void *context, uint32_t number, const void **bytes, size_t * length)
{
	FuzzRun    *run = (FuzzRun *) context + number;

	if (run->at == run->length)
		return false;
	*bytes = run->bytes + run->at;
	*length = le32_read(run->bytes + run->at + KEY_RUN_AT_LENGTH);
	run->at += *length;
	return true;
}

/* Write the entries of one run, those that are above the ones before. */
static void
write_run(FuzzRun *run, uint32_t number, const uint8_t * data, size_t size)
{
	KeyRunWriter writer;
	CoreError	error;
	KeyEntry	entry = {INT64_MIN, 0};
	size_t		taken;

	run->at = run->length = 0;
	run->bytes = allocate((size / ENTRY_SIZE + 1) * 64 + KEY_RUN_SIZE_MAX);
	key_run_begin(&writer);
	for (size_t i = 0; i + ENTRY_SIZE <= size; i += ENTRY_SIZE)
	{
		if (data[i] % RUNS != number)
			continue;
		entry.hash = key_run_signed((uint64_t) entry.hash +
									((uint64_t) data[i + 1] << data[i] / 4));
		entry.rid = (uint32_t) data[i + 2] << data[i + 4] % 25 | data[i + 3];
		(void) key_run_add(&writer, entry, &error);
		while ((taken = key_run_take(&writer, false,
									 run->bytes + run->length)) > 0)
			run->length += taken;
	}
	while ((taken = key_run_take(&writer, true,
								 run->bytes + run->length)) > 0)
		run->length += taken;
	run->entries = writer.entries;
}

/* What is written is read and merged, in order, and nothing is lost. */
static void
try_runs(const uint8_t * data, size_t size)
{
	FuzzRun		runs[RUNS];
	KeyMergeRun memory[RUNS];
	KeyMerge	merge;
	KeyEntry	entry;
	KeyEntry	before = {0, 0};
	CoreError	error;
	uint64_t	most = 0;
	uint64_t	merged = 0;

	for (uint32_t i = 0; i < RUNS; i++)
	{
		const void *bytes;
		size_t		length;

		write_run(&runs[i], i, data, size);
		most += runs[i].entries;
		while (next_chunk(runs, i, &bytes, &length))
		{
			KeyChunk	chunk;

			REQUIRE(key_run_open(&chunk, bytes, length, 0, &error));
			check_chunk(&chunk);
		}
		runs[i].at = 0;
	}
	key_merge_begin(&merge, memory, RUNS, 0, next_chunk, runs);
	for (; key_merge_next(&merge, &entry, &error); merged++)
	{
		REQUIRE(merged == 0 || key_entry_compare(before, entry) < 0);
		before = entry;
	}
	REQUIRE(!merge.failed && merged <= most);
	for (uint32_t i = 0; i < RUNS; i++)
	{
		REQUIRE(merged >= runs[i].entries && runs[i].at == runs[i].length);
		free(runs[i].bytes);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		try_bytes(data + 1, size - 1);
	else
		try_runs(data + 1, size - 1);
	return 0;
}
