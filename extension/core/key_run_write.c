/*
 * key_run_write.c
 *		The key index: writing chunks.
 */
#include "key_run_write.h"

#include "crc32c.h"
#include "key_run_format.h"

void
key_run_begin(KeyRunWriter *writer)
{
	writer->count = 0;
	writer->chunks = 0;
	writer->entries = 0;
}

bool
key_run_add(KeyRunWriter *writer, KeyEntry entry, CoreError *error)
{
	if (writer->entries > 0 && key_entry_compare(entry, writer->last) <= 0)
		return core_fail(error, "Entry not above the one before it",
						 CORE_NO_POSITION);
	if (writer->count == KEY_RUN_ENTRIES_MAX)
		return core_fail(error, "A chunk has not been taken",
						 CORE_NO_POSITION);
	writer->waiting[writer->count++] = entry;
	writer->last = entry;
	writer->entries++;
	return true;
}

/*
 * How many of the entries that wait have row ids that differ by less than
 * 65,536, and the least of these.
 */
static uint32_t
count_narrow(const KeyRunWriter *writer, uint32_t * base)
{
	uint32_t	least = writer->waiting[0].rid;
	uint32_t	greatest = least;
	uint32_t	count;

	for (count = 0; count < writer->count; count++)
	{
		uint32_t	rid = writer->waiting[count].rid;
		uint32_t	new_least = rid < least ? rid : least;

		greatest = rid > greatest ? rid : greatest;
		if (greatest - new_least > UINT16_MAX)
			break;
		least = new_least;
	}
	*base = least;
	return count;
}

static void
write_header(const KeyRunWriter *writer, uint32_t count, uint32_t width,
			 uint32_t base, size_t length, unsigned char *chunk)
{
	const KeyEntry *first = &writer->waiting[0];
	const KeyEntry *last = &writer->waiting[count - 1];

	le32_write(chunk + KEY_RUN_AT_MAGIC, KEY_RUN_MAGIC);
	le32_write(chunk + KEY_RUN_AT_LENGTH, (uint32_t) length);
	chunk[KEY_RUN_AT_VERSION] = KEY_RUN_VERSION;
	chunk[KEY_RUN_AT_WIDTH] = (unsigned char) width;
	le16_write(chunk + KEY_RUN_AT_ENTRIES, (uint16_t) count);
	le32_write(chunk + KEY_RUN_AT_BASE, base);
	le32_write(chunk + KEY_RUN_AT_FIRST_RID, first->rid);
	le64_write(chunk + KEY_RUN_AT_FIRST_HASH, (uint64_t) first->hash);
	le64_write(chunk + KEY_RUN_AT_LAST_HASH, (uint64_t) last->hash);
	le32_write(chunk + KEY_RUN_AT_LAST_RID, last->rid);
}

/* Write the first entries that wait as a chunk, all bytes of which are 0. */
static void
write_chunk(const KeyRunWriter *writer, uint32_t count, uint32_t width,
			uint32_t base, size_t length, unsigned char *chunk)
{
	unsigned char *hashes = chunk + KEY_RUN_HEADER_SIZE;
	unsigned char *rids = hashes + (size_t) count * 8;

	write_header(writer, count, width, base, length, chunk);
	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	number = writer->waiting[i].rid - base;

		le64_write(hashes + (size_t) i * 8,
				   (uint64_t) writer->waiting[i].hash);
		if (width == 2)
			le16_write(rids + (size_t) i * 2, (uint16_t) number);
		else
			le32_write(rids + (size_t) i * 4, number);
	}
	le32_write(chunk + KEY_RUN_AT_CRC,
			   crc32c(chunk + KEY_RUN_AT_LENGTH, length - KEY_RUN_AT_LENGTH));
}

size_t
key_run_take(KeyRunWriter *writer, bool is_end, unsigned char *chunk)
{
	uint32_t	width = 2;
	uint32_t	base;
	uint32_t	count;
	uint32_t	wide_count = writer->count < KEY_RUN_ENTRIES_WIDE ?
	writer->count : KEY_RUN_ENTRIES_WIDE;
	size_t		length;

	if (writer->count < (is_end ? 1 : KEY_RUN_ENTRIES_MAX))
		return 0;
	count = count_narrow(writer, &base);
	if (count < wide_count)
	{
		width = 4;
		base = 0;
		count = wide_count;
	}
	length = key_run_chunk_size(count, width);
	memset(chunk, 0, length);
	write_chunk(writer, count, width, base, length, chunk);

	writer->count -= count;
	memmove(writer->waiting, writer->waiting + count,
			writer->count * sizeof(KeyEntry));
	writer->chunks++;
	return length;
}
