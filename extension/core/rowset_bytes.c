/*
 * rowset_bytes.c
 *		Sets of row ids as bytes: checking and reading.
 */
#include "rowset_bytes.h"

#include <string.h>

#include "bits.h"
#include "little_endian.h"

static bool
fail_at_end(CoreError *error, size_t length)
{
	return core_fail(error, "Expected more bytes", (long) length);
}

/*
 * Find the parts of a set.  Looks at no more than length bytes; that they are
 * there up to the first container is known afterwards.
 */
static bool
read_header(RowsetReader *reader, const unsigned char *bytes, size_t length,
			CoreError *error)
{
	uint32_t	cookie;
	size_t		position;

	memset(reader, 0, sizeof(*reader));
	reader->bytes = bytes;
	if (length < 4)
		return fail_at_end(error, length);
	cookie = le32_read(bytes);

	if (cookie == ROWSET_COOKIE)
	{
		if (length < 8)
			return fail_at_end(error, length);
		if (le32_read(bytes + 4) > ROWSET_CONTAINERS_MAX)
			return core_fail(error, "More than 65536 containers", 4);
		reader->count = le32_read(bytes + 4);
		position = 8;
	}
	else if ((cookie & 0xFFFF) == ROWSET_COOKIE_RUNS)
	{
		reader->count = (cookie >> 16) + 1;
		reader->run_bits = 4;
		position = 4 + (reader->count + 7) / 8;
	}
	else
		return core_fail(error, "Expected the cookie of a roaring bitmap", 0);

	reader->pairs = position;
	position += (size_t) reader->count * 4;
	if (reader->run_bits == 0 || reader->count >= ROWSET_OFFSETS_MIN)
	{
		reader->offsets = position;
		position += (size_t) reader->count * 4;
	}
	reader->containers = position;
	reader->next_at = position;
	return position <= length || fail_at_end(error, length);
}

void
rowset_open(RowsetReader *reader, const void *bytes)
{
	CoreError	ignored;

	(void) read_header(reader, bytes, SIZE_MAX, &ignored);
}

static uint32_t
container_key(const RowsetReader *reader, uint32_t index)
{
	return le16_read(reader->bytes + reader->pairs + (size_t) index * 4);
}

/* What the header says about a container. */
static void
describe_container(const RowsetReader *reader, uint32_t index,
				   RowsetContainer *container)
{
	const unsigned char *bytes = reader->bytes;

	container->key = container_key(reader, index);
	container->cardinality =
		le16_read(bytes + reader->pairs + (size_t) index * 4 + 2) + 1U;
	container->runs = 0;
	container->data = NULL;
	if (reader->run_bits != 0 &&
		(bytes[reader->run_bits + index / 8] >> index % 8 & 1) != 0)
		container->kind = ROWSET_RUNS;
	else if (container->cardinality <= ROWSET_ARRAY_MAX)
		container->kind = ROWSET_ARRAY;
	else
		container->kind = ROWSET_BITSET;
}

/* Let a container that is described point to its data; returns its size. */
static size_t
locate_container(const RowsetReader *reader, size_t position,
				 RowsetContainer *container)
{
	container->data = reader->bytes + position;
	if (container->kind == ROWSET_RUNS)
	{
		container->runs = le16_read(container->data);
		container->data += 2;
	}
	return rowset_container_size(container->kind, container->cardinality,
								 container->runs);
}

bool
rowset_next_container(RowsetReader *reader, RowsetContainer *container)
{
	if (reader->next >= reader->count)
		return false;
	describe_container(reader, reader->next, container);
	reader->next_at += locate_container(reader, reader->next_at, container);
	reader->next++;
	return true;
}

/* Go to a container; the next one to be read is then the one behind it. */
static void
read_container(RowsetReader *reader, uint32_t index,
			   RowsetContainer *container)
{
	if (reader->offsets != 0)
	{
		reader->next = index;
		reader->next_at = le32_read(reader->bytes + reader->offsets +
									(size_t) index * 4);
	}
	else
	{
		reader->next = 0;
		reader->next_at = reader->containers;
	}
	while (reader->next <= index)
		(void) rowset_next_container(reader, container);
}

static uint32_t
array_id(const RowsetContainer *container, uint32_t index)
{
	return le16_read(container->data + (size_t) index * 2);
}

static uint64_t
bitset_word(const RowsetContainer *container, uint32_t index)
{
	return le64_read(container->data + (size_t) index * 8);
}

static uint32_t
run_first(const RowsetContainer *container, uint32_t index)
{
	return le16_read(container->data + (size_t) index * 4);
}

/* Can be above 65,535 in bytes that have not been checked. */
static uint32_t
run_last(const RowsetContainer *container, uint32_t index)
{
	return run_first(container, index) +
		le16_read(container->data + (size_t) index * 4 + 2);
}

/* The first bit from a given one on that has the given value, or 65,536. */
static uint32_t
bitset_find(const RowsetContainer *container, uint32_t bit, bool value)
{
	while (bit < ROWSET_CONTAINER_IDS)
	{
		uint64_t	word = bitset_word(container, bit / 64);

		word = (value ? word : ~word) >> bit % 64;
		if (word != 0)
			return bit + (uint32_t) __builtin_ctzll(word);
		bit = (bit / 64 + 1) * 64;
	}
	return ROWSET_CONTAINER_IDS;
}

static bool
check_array(const RowsetContainer *container, size_t position,
			CoreError *error)
{
	for (uint32_t i = 1; i < container->cardinality; i++)
	{
		if (array_id(container, i) <= array_id(container, i - 1))
			return core_fail(error, "Row id not above the one before it",
							 (long) (position + (size_t) i * 2));
	}
	return true;
}

static bool
check_bitset(const RowsetContainer *container, size_t position,
			 CoreError *error)
{
	uint32_t	bits = 0;

	for (uint32_t i = 0; i < ROWSET_CONTAINER_IDS / 64; i++)
		bits += count_bits(bitset_word(container, i));
	if (bits != container->cardinality)
		return core_fail(error,
						 "Number of bits differs from that in the header, in the bitset",
						 (long) position);
	return true;
}

static bool
check_runs(const RowsetContainer *container, size_t position,
		   CoreError *error)
{
	uint32_t	ids = 0;

	for (uint32_t i = 0; i < container->runs; i++)
	{
		uint32_t	first = run_first(container, i);
		uint32_t	last = run_last(container, i);
		long		run_at = (long) (position + 2 + (size_t) i * 4);

		if (i > 0 && first <= run_last(container, i - 1) + 1)
			return core_fail(error,
							 "Run not above the one before it, with a gap",
							 run_at);
		if (last >= ROWSET_CONTAINER_IDS)
			return core_fail(error, "Run beyond the end of its container",
							 run_at);
		ids += last - first + 1;
	}
	if (ids != container->cardinality)
		return core_fail(error,
						 "Number of ids differs from that in the header, in the runs",
						 (long) position);
	return true;
}

/* Check the container that is to be read next, and step behind it. */
static bool
check_container(RowsetReader *reader, size_t length, CoreError *error)
{
	uint32_t	index = reader->next;
	size_t		position = reader->next_at;
	RowsetContainer container;

	describe_container(reader, index, &container);
	if (index > 0 && container.key <= container_key(reader, index - 1))
		return core_fail(error, "Container key not above the one before it",
						 (long) (reader->pairs + (size_t) index * 4));
	if (reader->offsets != 0)
	{
		size_t		offset_at = reader->offsets + (size_t) index * 4;

		if (le32_read(reader->bytes + offset_at) != position)
			return core_fail(error, "Offset does not lead to its container",
							 (long) offset_at);
	}

	if (container.kind == ROWSET_RUNS && length - position < 2)
		return fail_at_end(error, length);
	reader->next_at += locate_container(reader, position, &container);
	reader->next++;
	if (reader->next_at > length)
		return fail_at_end(error, length);

	switch (container.kind)
	{
		case ROWSET_ARRAY:
			return check_array(&container, position, error);
		case ROWSET_BITSET:
			return check_bitset(&container, position, error);
		case ROWSET_RUNS:
			break;
	}
	return check_runs(&container, position, error);
}

bool
rowset_check(const void *bytes, size_t length, uint64_t * cardinality,
			 CoreError *error)
{
	RowsetReader reader;

	if (!read_header(&reader, bytes, length, error))
		return false;
	if (reader.run_bits != 0 && reader.count % 8 != 0 &&
		reader.bytes[reader.pairs - 1] >> reader.count % 8 != 0)
		return core_fail(error, "Bit set for a container that is not there",
						 (long) reader.pairs - 1);
	while (reader.next < reader.count)
	{
		if (!check_container(&reader, length, error))
			return false;
	}
	if (reader.next_at != length)
		return core_fail(error, "Expected the end", (long) reader.next_at);
	*cardinality = rowset_cardinality(bytes);
	return true;
}

uint64_t
rowset_cardinality(const void *bytes)
{
	RowsetReader reader;
	RowsetContainer container;
	uint64_t	cardinality = 0;

	rowset_open(&reader, bytes);
	for (uint32_t i = 0; i < reader.count; i++)
	{
		describe_container(&reader, i, &container);
		cardinality += container.cardinality;
	}
	return cardinality;
}

/* Find an id in an array by halving. */
static bool
array_contains(const RowsetContainer *container, uint32_t id)
{
	uint32_t	low = 0;
	uint32_t	high = container->cardinality;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (array_id(container, middle) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < container->cardinality && array_id(container, low) == id;
}

/* Find the first run that does not end before an id; is the id in it? */
static bool
runs_contain(const RowsetContainer *container, uint32_t id)
{
	uint32_t	low = 0;
	uint32_t	high = container->runs;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (run_last(container, middle) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < container->runs && run_first(container, low) <= id;
}

/* Find the container with a key by halving; false where there is none. */
static bool
find_container(RowsetReader *reader, uint32_t key, RowsetContainer *container)
{
	uint32_t	low = 0;
	uint32_t	high = reader->count;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (container_key(reader, middle) < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == reader->count || container_key(reader, low) != key)
		return false;
	read_container(reader, low, container);
	return true;
}

bool
rowset_contains(const void *bytes, uint32_t id)
{
	RowsetReader reader;
	RowsetContainer container;

	rowset_open(&reader, bytes);
	if (!find_container(&reader, id >> 16, &container))
		return false;
	id &= 0xFFFF;
	switch (container.kind)
	{
		case ROWSET_ARRAY:
			return array_contains(&container, id);
		case ROWSET_BITSET:
			return (bitset_word(&container, id / 64) >> id % 64 & 1) != 0;
		case ROWSET_RUNS:
			break;
	}
	return runs_contain(&container, id);
}

bool
rowset_first(const void *bytes, uint32_t * id)
{
	RowsetIterator iterator;
	uint32_t	last;

	rowset_begin(&iterator, bytes);
	return rowset_next_range(&iterator, id, &last);
}

/* The highest id of a container, without its key. */
static uint32_t
container_last(const RowsetContainer *container)
{
	uint32_t	word = ROWSET_CONTAINER_IDS / 64;

	switch (container->kind)
	{
		case ROWSET_ARRAY:
			return array_id(container, container->cardinality - 1);
		case ROWSET_BITSET:
			while (word > 1 && bitset_word(container, word - 1) == 0)
				word--;
			return word * 64 - 1 -
				(uint32_t) __builtin_clzll(bitset_word(container, word - 1));
		case ROWSET_RUNS:
			break;
	}
	return run_last(container, container->runs - 1);
}

bool
rowset_last(const void *bytes, uint32_t * id)
{
	RowsetReader reader;
	RowsetContainer container;

	rowset_open(&reader, bytes);
	if (reader.count == 0)
		return false;
	read_container(&reader, reader.count - 1, &container);
	*id = container.key << 16 | container_last(&container);
	return true;
}

bool
rowset_container_next_range(const RowsetContainer *container, uint32_t * cursor,
							uint32_t * first, uint32_t * last)
{
	switch (container->kind)
	{
		case ROWSET_ARRAY:
			if (*cursor >= container->cardinality)
				return false;
			*first = *last = array_id(container, (*cursor)++);
			while (*cursor < container->cardinality &&
				   array_id(container, *cursor) == *last + 1)
			{
				(*last)++;
				(*cursor)++;
			}
			return true;
		case ROWSET_BITSET:
			*first = bitset_find(container, *cursor, true);
			if (*first == ROWSET_CONTAINER_IDS)
				return false;
			*cursor = bitset_find(container, *first, false);
			*last = *cursor - 1;
			return true;
		case ROWSET_RUNS:
			break;
	}
	if (*cursor >= container->runs)
		return false;
	*first = run_first(container, *cursor);
	*last = run_last(container, *cursor);
	(*cursor)++;
	return true;
}

/* A range begins at each bit whose lower neighbour is not set. */
static uint32_t
bitset_ranges(const RowsetContainer *container)
{
	uint32_t	ranges = 0;
	uint64_t	below = 0;

	for (uint32_t i = 0; i < ROWSET_CONTAINER_IDS / 64; i++)
	{
		uint64_t	word = bitset_word(container, i);

		ranges += count_bits(word & ~(word << 1 | below));
		below = word >> 63;
	}
	return ranges;
}

uint32_t
rowset_container_ranges(const RowsetContainer *container)
{
	uint32_t	ranges = 1;

	switch (container->kind)
	{
		case ROWSET_ARRAY:
			for (uint32_t i = 1; i < container->cardinality; i++)
			{
				if (array_id(container, i) != array_id(container, i - 1) + 1)
					ranges++;
			}
			return ranges;
		case ROWSET_BITSET:
			return bitset_ranges(container);
		case ROWSET_RUNS:
			break;
	}
	return container->runs;
}

void
rowset_begin(RowsetIterator *iterator, const void *bytes)
{
	memset(iterator, 0, sizeof(*iterator));
	rowset_open(&iterator->reader, bytes);
}

/* The next range, which ends where its container ends. */
static bool
next_part(RowsetIterator *iterator, uint32_t * first, uint32_t * last)
{
	if (iterator->held)
	{
		*first = iterator->held_first;
		*last = iterator->held_last;
		iterator->held = false;
		return true;
	}
	while (!iterator->in_container ||
		   !rowset_container_next_range(&iterator->container,
										&iterator->cursor, first, last))
	{
		if (!rowset_next_container(&iterator->reader, &iterator->container))
			return false;
		iterator->in_container = true;
		iterator->cursor = 0;
	}
	*first |= iterator->container.key << 16;
	*last |= iterator->container.key << 16;
	return true;
}

bool
rowset_next_range(RowsetIterator *iterator, uint32_t * first, uint32_t * last)
{
	if (!next_part(iterator, first, last))
		return false;

	/* a range that reaches the end of its container may go on in the next */
	while ((*last & 0xFFFF) == 0xFFFF &&
		   next_part(iterator, &iterator->held_first, &iterator->held_last))
	{
		if (iterator->held_first != *last + 1)
		{
			iterator->held = true;
			break;
		}
		*last = iterator->held_last;
	}
	return true;
}
