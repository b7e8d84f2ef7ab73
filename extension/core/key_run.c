/*
 * key_run.c
 *		The key index: checking a chunk, and looking up hashes in it.
 */
#include "key_run_format.h"

#include "crc32c.h"

/* Guesses by interpolation before halving; hashes of keys need fewer. */
#define GUESSES 4

/* Below so many entries halving is as good. */
#define GUESS_ENTRIES 8

static bool
check_start(const unsigned char *bytes, size_t length, int flags,
			CoreError *error)
{
	if (length < KEY_RUN_HEADER_SIZE)
		return core_fail(error, "Expected more bytes", (long) length);
	if (le32_read(bytes + KEY_RUN_AT_MAGIC) != KEY_RUN_MAGIC)
		return core_fail(error, "Expected \"KEYS\"", KEY_RUN_AT_MAGIC);
	if (bytes[KEY_RUN_AT_VERSION] != KEY_RUN_VERSION)
		return core_fail(error, "Expected format version 1",
						 KEY_RUN_AT_VERSION);
	if (le32_read(bytes + KEY_RUN_AT_LENGTH) != length)
		return core_fail(error, "Length differs from that in the header",
						 KEY_RUN_AT_LENGTH);
	if ((flags & KEY_RUN_SKIP_CRC) == 0 &&
		le32_read(bytes + KEY_RUN_AT_CRC) !=
		crc32c(bytes + KEY_RUN_AT_LENGTH, length - KEY_RUN_AT_LENGTH))
		return core_fail(error, "Checksum differs from that in the header",
						 KEY_RUN_AT_CRC);
	return true;
}

static bool
read_header(KeyChunk *chunk, CoreError *error)
{
	chunk->width = chunk->bytes[KEY_RUN_AT_WIDTH];
	chunk->entries = le16_read(chunk->bytes + KEY_RUN_AT_ENTRIES);
	chunk->base = le32_read(chunk->bytes + KEY_RUN_AT_BASE);
	if (chunk->width != 2 && chunk->width != 4)
		return core_fail(error, "Expected row ids of 2 or 4 bytes",
						 KEY_RUN_AT_WIDTH);
	if (chunk->entries == 0 ||
		chunk->entries > key_run_chunk_capacity(chunk->width))
		return core_fail(error, "Expected 1 to 793 or 661 entries",
						 KEY_RUN_AT_ENTRIES);
	if (chunk->length != key_run_chunk_size(chunk->entries, chunk->width))
		return core_fail(error, "Length does not go with the entries",
						 KEY_RUN_AT_LENGTH);
	if (le32_read(chunk->bytes + KEY_RUN_AT_ZERO) != 0)
		return core_fail(error, "Expected 0", KEY_RUN_AT_ZERO);
	chunk->hashes = chunk->bytes + KEY_RUN_HEADER_SIZE;
	chunk->rids = chunk->hashes + (size_t) chunk->entries * 8;
	return true;
}

/* The base is the least row id, and the greatest has 32 bits. */
static bool
check_base(const KeyChunk *chunk, CoreError *error)
{
	uint32_t	least = UINT16_MAX;
	uint32_t	greatest = 0;

	if (chunk->width == 4)
		return chunk->base == 0 ||
			core_fail(error, "Expected another base", KEY_RUN_AT_BASE);
	for (uint32_t i = 0; i < chunk->entries; i++)
	{
		uint32_t	offset = le16_read(chunk->rids + (size_t) i * 2);

		least = offset < least ? offset : least;
		greatest = offset > greatest ? offset : greatest;
	}
	return (least == 0 && chunk->base <= UINT32_MAX - greatest) ||
		core_fail(error, "Expected another base", KEY_RUN_AT_BASE);
}

static bool
check_entries(const KeyChunk *chunk, CoreError *error)
{
	const unsigned char *bytes = chunk->bytes;
	KeyEntry	first = key_run_entry(chunk, 0);
	KeyEntry	before = first;

	for (uint32_t i = 1; i < chunk->entries; i++)
	{
		KeyEntry	entry = key_run_entry(chunk, i);

		if (key_entry_compare(entry, before) <= 0)
			return core_fail(error, "Entry not above the one before it",
							 KEY_RUN_HEADER_SIZE + (long) i * 8);
		before = entry;
	}
	if (le64_read(bytes + KEY_RUN_AT_FIRST_HASH) != (uint64_t) first.hash ||
		le32_read(bytes + KEY_RUN_AT_FIRST_RID) != first.rid)
		return core_fail(error, "First entry differs from that in the header",
						 KEY_RUN_AT_FIRST_HASH);
	if (le64_read(bytes + KEY_RUN_AT_LAST_HASH) != (uint64_t) before.hash ||
		le32_read(bytes + KEY_RUN_AT_LAST_RID) != before.rid)
		return core_fail(error, "Last entry differs from that in the header",
						 KEY_RUN_AT_LAST_HASH);
	return true;
}

/* There are zeros behind the row ids. */
static bool
check_padding(const KeyChunk *chunk, CoreError *error)
{
	const unsigned char *end = chunk->rids +
	(size_t) chunk->entries * chunk->width;

	for (size_t at = (size_t) (end - chunk->bytes); at < chunk->length; at++)
	{
		if (chunk->bytes[at] != 0)
			return core_fail(error, "Expected 0 behind an array", (long) at);
	}
	return true;
}

bool
key_run_open(KeyChunk *chunk, const void *bytes, size_t length, int flags,
			 CoreError *error)
{
	memset(chunk, 0, sizeof(*chunk));
	chunk->bytes = bytes;
	chunk->length = length;
	if (!check_start(bytes, length, flags, error) ||
		!read_header(chunk, error))
		return false;
	return (flags & KEY_RUN_SKIP_ENTRIES) != 0 ||
		(check_base(chunk, error) && check_entries(chunk, error) &&
		 check_padding(chunk, error));
}

static int64_t
hash_at(const KeyChunk *chunk, uint32_t number)
{
	return key_run_signed(le64_read(chunk->hashes + (size_t) number * 8));
}

/*
 * The first entry from low to high - 1 whose hash is not below a given one, or
 * high.
 */
static uint32_t
find_by_halving(const KeyChunk *chunk, int64_t hash, uint32_t low,
				uint32_t high)
{
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (hash_at(chunk, middle) < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first entry whose hash is not below a given one, or chunk->entries. */
static uint32_t
find_first(const KeyChunk *chunk, int64_t hash)
{
	uint32_t	low = 0;
	uint32_t	high = chunk->entries;

	for (int i = 0; i < GUESSES && high - low > GUESS_ENTRIES; i++)
	{
		uint64_t	least = (uint64_t) hash_at(chunk, low);
		uint64_t	span = (uint64_t) hash_at(chunk, high - 1) - least;
		uint64_t	wanted = (uint64_t) hash - least;
		uint32_t	guess;

		if (hash <= hash_at(chunk, low))
			return low;
		if (hash > hash_at(chunk, high - 1))
			return high;
		/* wanted <= span, so this is below high */
		guess = low + (uint32_t) (wanted / (span / (high - low) + 1));
		if (hash_at(chunk, guess) < hash)
			low = guess + 1;
		else
			high = guess;
	}
	return find_by_halving(chunk, hash, low, high);
}

bool
key_run_find(const KeyChunk *chunk, int64_t hash, uint32_t *first,
			 uint32_t *count)
{
	uint32_t	end;

	*first = find_first(chunk, hash);
	for (end = *first; end < chunk->entries && hash_at(chunk, end) == hash;)
		end++;
	*count = end - *first;
	return *count > 0;
}
