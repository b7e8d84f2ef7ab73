/*
 * segment_bits.c
 *		The row ids of a segment as bits.
 */
#include "segment_bits.h"

#include "little_endian.h"

/* The bits of word that are between first and last, both included. */
static uint64_t
word_mask(uint32_t word, uint32_t first, uint32_t last)
{
	uint64_t	mask = UINT64_MAX;

	if (first / 64 == word)
		mask &= UINT64_MAX << first % 64;
	if (last / 64 == word)
		mask &= UINT64_MAX >> (63 - last % 64);
	return mask;
}

void
segment_history_begin(SegmentHistory *history, uint64_t * words)
{
	history->words = words;
	memset(words, 0, SEGMENT_WORDS * sizeof(uint64_t));
	memset(history->settled, 0, sizeof(history->settled));
}

static void
settle_word(SegmentHistory *history, uint32_t word, uint64_t mask,
			bool present)
{
	if (present)
		history->words[word] |= mask & ~history->settled[word];
	history->settled[word] |= mask;
}

void
segment_history_settle(SegmentHistory *history, const void *bytes,
					   bool present)
{
	RowsetReader reader;
	RowsetContainer container;
	uint32_t	cursor = 0;
	uint32_t	first;
	uint32_t	last;

	rowset_open(&reader, bytes);
	(void) rowset_next_container(&reader, &container);
	if (container.kind == ROWSET_BITSET)
	{
		for (uint32_t word = 0; word < SEGMENT_WORDS; word++)
			settle_word(history, word,
						le64_read(container.data + (size_t) word * 8), present);
		return;
	}
	while (rowset_container_next_range(&container, &cursor, &first, &last))
		for (uint32_t word = first / 64; word <= last / 64; word++)
			settle_word(history, word, word_mask(word, first, last), present);
}

static uint32_t
bits_of(uint64_t word)
{
	return (uint32_t) __builtin_popcountll(word);
}

uint32_t
segment_bits_set(uint64_t * words, const RowsetRange *ranges, size_t count)
{
	uint32_t	changed = 0;

	for (size_t i = 0; i < count; i++)
		for (uint32_t word = ranges[i].first / 64;
			 word <= ranges[i].last / 64; word++)
		{
			uint64_t	mask = word_mask(word, ranges[i].first, ranges[i].last);

			changed += bits_of(mask & ~words[word]);
			words[word] |= mask;
		}
	return changed;
}

uint32_t
segment_bits_clear(uint64_t * words, const RowsetRange *ranges, size_t count)
{
	uint32_t	changed = 0;

	for (size_t i = 0; i < count; i++)
		for (uint32_t word = ranges[i].first / 64;
			 word <= ranges[i].last / 64; word++)
		{
			uint64_t	mask = word_mask(word, ranges[i].first, ranges[i].last);

			changed += bits_of(mask & words[word]);
			words[word] &= ~mask;
		}
	return changed;
}

uint32_t
segment_bits_cardinality(const uint64_t * words)
{
	uint32_t	cardinality = 0;

	for (uint32_t word = 0; word < SEGMENT_WORDS; word++)
		cardinality += bits_of(words[word]);
	return cardinality;
}

size_t
segment_bits_write(const uint64_t * words, uint32_t cardinality, void *out)
{
	unsigned char bytes[ROWSET_BITSET_SIZE];
	RowsetContainer container;

	for (uint32_t word = 0; word < SEGMENT_WORDS; word++)
		le64_write(bytes + (size_t) word * 8, words[word]);
	memset(&container, 0, sizeof(container));
	container.kind = ROWSET_BITSET;
	container.cardinality = cardinality;
	container.data = bytes;
	rowset_row_write(&container, out);
	return rowset_row_size(&container);
}

/* Go to the range that is next, if there is one. */
static void
enter_range(SegmentCutter *cutter)
{
	if (cutter->next < cutter->count)
		cutter->first = cutter->ranges[cutter->next].first;
}

void
segment_cutter_begin(SegmentCutter *cutter, const RowsetRange *ranges,
					 size_t count)
{
	memset(cutter, 0, sizeof(*cutter));
	cutter->ranges = ranges;
	cutter->count = count;
	enter_range(cutter);
}

bool
segment_cutter_peek(const SegmentCutter *cutter, uint32_t * segment)
{
	if (cutter->next == cutter->count)
		return false;
	*segment = cutter->first / SEGMENT_ROWS;
	return true;
}

size_t
segment_cutter_take(SegmentCutter *cutter, uint32_t segment,
					RowsetRange *ranges)
{
	size_t		taken = 0;
	uint32_t	current;

	while (segment_cutter_peek(cutter, &current) && current == segment)
	{
		uint32_t	last = cutter->ranges[cutter->next].last;

		ranges[taken].first = cutter->first % SEGMENT_ROWS;
		ranges[taken].last = last / SEGMENT_ROWS == segment ?
			last % SEGMENT_ROWS : SEGMENT_ROWS - 1;
		taken++;
		if (last / SEGMENT_ROWS != segment)
		{
			cutter->first = (segment + 1) * SEGMENT_ROWS;
			break;
		}
		cutter->next++;
		enter_range(cutter);
	}
	return taken;
}
