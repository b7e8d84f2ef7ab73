/*
 * rowset_write.c
 *		Writing sets of row ids in their canonical form.
 */
#include "rowset_write.h"

#include <string.h>

#include "little_endian.h"

/* What decides on the layout of a set. */
typedef struct RowsetLayout
{
	uint32_t	containers;
	uint32_t	run_containers;
	size_t		data;			/* bytes of all containers */
} RowsetLayout;

/* Where the next container of a set goes; parts are offsets, 0 for none. */
typedef struct RowsetWriter
{
	unsigned char *out;
	size_t		run_bits;
	size_t		pairs;
	size_t		offsets;
	size_t		position;
	uint32_t	containers;		/* written so far */
} RowsetWriter;

/* Cuts ranges into containers. */
typedef struct RangeCursor
{
	const RowsetRange *ranges;
	size_t		count;
	size_t		index;
	uint32_t	from;			/* first id of the range not yet used */
} RangeCursor;

/* The rule of the canonical form. */
static RowsetKind
canonical_kind(uint32_t cardinality, uint32_t ranges)
{
	RowsetKind	kind = ROWSET_BITSET;

	if (cardinality <= ROWSET_ARRAY_MAX)
		kind = ROWSET_ARRAY;
	if (rowset_container_size(ROWSET_RUNS, cardinality, ranges) <
		rowset_container_size(kind, cardinality, ranges))
		return ROWSET_RUNS;
	return kind;
}

static void
layout_add(RowsetLayout *layout, uint32_t cardinality, uint32_t ranges)
{
	RowsetKind	kind = canonical_kind(cardinality, ranges);

	layout->containers++;
	if (kind == ROWSET_RUNS)
		layout->run_containers++;
	layout->data += rowset_container_size(kind, cardinality, ranges);
}

static bool
layout_has_offsets(const RowsetLayout *layout)
{
	return layout->run_containers == 0 ||
		layout->containers >= ROWSET_OFFSETS_MIN;
}

/* Bytes before the pairs. */
static size_t
layout_cookie_size(const RowsetLayout *layout)
{
	return layout->run_containers == 0 ? 8 : 4 + (layout->containers + 7) / 8;
}

static size_t
layout_size(const RowsetLayout *layout)
{
	return layout_cookie_size(layout) + layout->data +
		(size_t) layout->containers * (layout_has_offsets(layout) ? 8 : 4);
}

static void
writer_begin(RowsetWriter *writer, const RowsetLayout *layout, void *out)
{
	size_t		pairs_size = (size_t) layout->containers * 4;

	memset(writer, 0, sizeof(*writer));
	writer->out = out;
	writer->pairs = layout_cookie_size(layout);
	writer->position = writer->pairs + pairs_size;
	if (layout_has_offsets(layout))
	{
		writer->offsets = writer->position;
		writer->position += pairs_size;
	}

	if (layout->run_containers == 0)
	{
		le32_write(writer->out, ROWSET_COOKIE);
		le32_write(writer->out + 4, layout->containers);
		return;
	}
	le16_write(writer->out, ROWSET_COOKIE_RUNS);
	le16_write(writer->out + 2, (uint16_t) (layout->containers - 1));
	writer->run_bits = 4;
	memset(writer->out + writer->run_bits, 0, writer->pairs - writer->run_bits);
}

/*
 * Enter a container into the header, and return where its data goes.  Of runs
 * their number is written too, and the returned place is behind it.
 */
static unsigned char *
writer_add(RowsetWriter *writer, uint32_t key, RowsetKind kind,
		   uint32_t cardinality, uint32_t ranges)
{
	size_t		entry = (size_t) writer->containers * 4;
	unsigned char *data = writer->out + writer->position;

	le16_write(writer->out + writer->pairs + entry, (uint16_t) key);
	le16_write(writer->out + writer->pairs + entry + 2,
			   (uint16_t) (cardinality - 1));
	if (writer->offsets != 0)
		le32_write(writer->out + writer->offsets + entry,
				   (uint32_t) writer->position);
	writer->position += rowset_container_size(kind, cardinality, ranges);
	if (kind == ROWSET_RUNS)
	{
		writer->out[writer->run_bits + writer->containers / 8] |=
			(unsigned char) (1 << writer->containers % 8);
		le16_write(data, (uint16_t) ranges);
		data += 2;
	}
	writer->containers++;
	return data;
}

static void
set_bits(unsigned char *bits, uint32_t first, uint32_t last)
{
	uint32_t	first_byte = first / 8;
	uint32_t	last_byte = last / 8;
	unsigned char first_mask = (unsigned char) (0xFF << first % 8);
	unsigned char last_mask = (unsigned char) (0xFF >> (7 - last % 8));

	if (first_byte == last_byte)
	{
		bits[first_byte] |= first_mask & last_mask;
		return;
	}
	bits[first_byte] |= first_mask;
	memset(bits + first_byte + 1, 0xFF, last_byte - first_byte - 1);
	bits[last_byte] |= last_mask;
}

/*
 * Put a range, without its key, into a container of which the ids before it
 * are there; returns where the next one goes.  A bitset is zero before.
 */
static unsigned char *
put_range(unsigned char *data, RowsetKind kind, uint32_t first, uint32_t last)
{
	switch (kind)
	{
		case ROWSET_ARRAY:
			for (uint32_t id = first; id <= last; id++, data += 2)
				le16_write(data, (uint16_t) id);
			return data;
		case ROWSET_BITSET:
			set_bits(data, first, last);
			return data;
		case ROWSET_RUNS:
			break;
	}
	le16_write(data, (uint16_t) first);
	le16_write(data + 2, (uint16_t) (last - first));
	return data + 4;
}

static void
measure_canonical(const void *bytes, RowsetLayout *layout)
{
	RowsetReader reader;
	RowsetContainer container;

	memset(layout, 0, sizeof(*layout));
	rowset_open(&reader, bytes);
	while (rowset_next_container(&reader, &container))
		layout_add(layout, container.cardinality,
				   rowset_container_ranges(&container));
}

size_t
rowset_canonical_size(const void *bytes)
{
	RowsetLayout layout;

	measure_canonical(bytes, &layout);
	return layout_size(&layout);
}

bool
rowset_is_canonical(const void *bytes)
{
	RowsetReader reader;
	RowsetContainer container;
	bool		runs = false;

	rowset_open(&reader, bytes);
	while (rowset_next_container(&reader, &container))
	{
		if (container.kind !=
			canonical_kind(container.cardinality,
						   rowset_container_ranges(&container)))
			return false;
		if (container.kind == ROWSET_RUNS)
			runs = true;
	}
	return runs == (reader.run_bits != 0);
}

static void
write_container(RowsetWriter *writer, const RowsetContainer *container)
{
	uint32_t	ranges = rowset_container_ranges(container);
	RowsetKind	kind = canonical_kind(container->cardinality, ranges);
	unsigned char *data = writer_add(writer, container->key, kind,
									 container->cardinality, ranges);
	size_t		size = rowset_container_size(kind, container->cardinality,
											 ranges);
	uint32_t	cursor = 0;
	uint32_t	first;
	uint32_t	last;

	if (kind == container->kind)
	{
		memcpy(data, container->data, kind == ROWSET_RUNS ? size - 2 : size);
		return;
	}
	if (kind == ROWSET_BITSET)
		memset(data, 0, size);
	while (rowset_container_next_range(container, &cursor, &first, &last))
		data = put_range(data, kind, first, last);
}

void
rowset_canonical_write(const void *bytes, void *out)
{
	RowsetLayout layout;
	RowsetWriter writer;
	RowsetReader reader;
	RowsetContainer container;

	measure_canonical(bytes, &layout);
	writer_begin(&writer, &layout, out);
	rowset_open(&reader, bytes);
	while (rowset_next_container(&reader, &container))
		write_container(&writer, &container);
}

static void
ranges_begin(RangeCursor *cursor, const RowsetRange *ranges, size_t count)
{
	cursor->ranges = ranges;
	cursor->count = count;
	cursor->index = 0;
	cursor->from = count > 0 ? ranges[0].first : 0;
}

/*
 * The part of the next range that lies in the container with the given key;
 * without the key.  False where there is none.
 */
static bool
ranges_next_part(RangeCursor *cursor, uint32_t key, uint32_t * first,
				 uint32_t * last)
{
	uint32_t	end = key << 16 | 0xFFFF;
	const RowsetRange *range = cursor->ranges + cursor->index;

	if (cursor->index == cursor->count || cursor->from > end)
		return false;
	*first = cursor->from & 0xFFFF;
	if (range->last > end)
	{
		*last = 0xFFFF;
		cursor->from = end + 1;
		return true;
	}
	*last = range->last & 0xFFFF;
	cursor->index++;
	if (cursor->index < cursor->count)
		cursor->from = cursor->ranges[cursor->index].first;
	return true;
}

/*
 * Count the ids and ranges of the container that comes next.  False at the
 * end.
 */
static bool
ranges_next_container(RangeCursor *cursor, uint32_t * key,
					  uint32_t * cardinality, uint32_t * ranges)
{
	uint32_t	first;
	uint32_t	last;

	if (cursor->index == cursor->count)
		return false;
	*key = cursor->from >> 16;
	*cardinality = 0;
	*ranges = 0;
	while (ranges_next_part(cursor, *key, &first, &last))
	{
		*cardinality += last - first + 1;
		(*ranges)++;
	}
	return true;
}

static void
measure_ranges(const RowsetRange *ranges, size_t count, RowsetLayout *layout)
{
	RangeCursor cursor;
	uint32_t	key;
	uint32_t	cardinality;
	uint32_t	parts;

	memset(layout, 0, sizeof(*layout));
	ranges_begin(&cursor, ranges, count);
	while (ranges_next_container(&cursor, &key, &cardinality, &parts))
		layout_add(layout, cardinality, parts);
}

size_t
rowset_ranges_size(const RowsetRange *ranges, size_t count)
{
	RowsetLayout layout;

	measure_ranges(ranges, count, &layout);
	return layout_size(&layout);
}

void
rowset_ranges_write(const RowsetRange *ranges, size_t count, void *out)
{
	RowsetLayout layout;
	RowsetWriter writer;
	RangeCursor counting;
	RangeCursor writing;
	uint32_t	key;
	uint32_t	cardinality;
	uint32_t	parts;
	uint32_t	first;
	uint32_t	last;

	measure_ranges(ranges, count, &layout);
	writer_begin(&writer, &layout, out);
	ranges_begin(&counting, ranges, count);
	writing = counting;
	while (ranges_next_container(&counting, &key, &cardinality, &parts))
	{
		RowsetKind	kind = canonical_kind(cardinality, parts);
		unsigned char *data = writer_add(&writer, key, kind, cardinality,
										 parts);

		if (kind == ROWSET_BITSET)
			memset(data, 0, ROWSET_BITSET_SIZE);
		while (ranges_next_part(&writing, key, &first, &last))
			data = put_range(data, kind, first, last);
	}
}

size_t
rowset_ranges_from_ids(const uint32_t * ids, size_t count, RowsetRange *ranges)
{
	size_t		n = 0;

	for (size_t i = 0; i < count; i++)
	{
		if (n > 0 && ids[i] == ranges[n - 1].last)
			continue;
		if (n > 0 && ids[i] > 0 && ids[i] - 1 == ranges[n - 1].last)
		{
			ranges[n - 1].last = ids[i];
			continue;
		}
		ranges[n].first = ids[i];
		ranges[n].last = ids[i];
		n++;
	}
	return n;
}

bool
rowset_ranges_sorted(const RowsetRange *ranges, size_t count)
{
	for (size_t i = 1; i < count; i++)
	{
		if (ranges[i].first < ranges[i - 1].first)
			return false;
	}
	return true;
}

size_t
rowset_ranges_merge(RowsetRange *ranges, size_t count)
{
	size_t		n = 0;

	for (size_t i = 0; i < count; i++)
	{
		/* compared so that nothing is added to 4294967295 */
		if (n > 0 && (ranges[i].first <= ranges[n - 1].last ||
					  ranges[i].first - 1 == ranges[n - 1].last))
		{
			if (ranges[i].last > ranges[n - 1].last)
				ranges[n - 1].last = ranges[i].last;
		}
		else
			ranges[n++] = ranges[i];
	}
	return n;
}

static void
measure_row(const RowsetContainer *container, RowsetLayout *layout)
{
	memset(layout, 0, sizeof(*layout));
	layout_add(layout, container->cardinality,
			   rowset_container_ranges(container));
}

size_t
rowset_row_size(const RowsetContainer *container)
{
	RowsetLayout layout;

	measure_row(container, &layout);
	return layout_size(&layout);
}

void
rowset_row_write(const RowsetContainer *container, void *out)
{
	RowsetContainer first = *container;
	RowsetLayout layout;
	RowsetWriter writer;

	first.key = 0;
	measure_row(&first, &layout);
	writer_begin(&writer, &layout, out);
	write_container(&writer, &first);
}

/* The only container of a row, with a key. */
static void
read_row(const void *bytes, uint32_t key, RowsetContainer *container)
{
	RowsetReader reader;

	rowset_open(&reader, bytes);
	(void) rowset_next_container(&reader, container);
	container->key = key;
}

bool
rowset_row_check(const void *bytes, size_t length, uint32_t * cardinality,
				 CoreError *error)
{
	RowsetReader reader;
	RowsetContainer container;
	uint64_t	ids;

	if (!rowset_check(bytes, length, &ids, error))
		return false;
	rowset_open(&reader, bytes);
	if (reader.count != 1)
		return core_fail(error, "Expected one container", 0);
	(void) rowset_next_container(&reader, &container);
	if (container.key != 0)
		return core_fail(error, "Expected row ids below 65536",
						 (long) reader.pairs);
	if (!rowset_is_canonical(bytes))
		return core_fail(error, "Expected the canonical form",
						 CORE_NO_POSITION);
	*cardinality = (uint32_t) ids;
	return true;
}

static void
measure_rows(const RowsetRow *rows, size_t count, RowsetLayout *layout)
{
	RowsetContainer container;

	memset(layout, 0, sizeof(*layout));
	for (size_t i = 0; i < count; i++)
	{
		read_row(rows[i].bytes, rows[i].segment, &container);
		layout_add(layout, container.cardinality,
				   rowset_container_ranges(&container));
	}
}

size_t
rowset_rows_size(const RowsetRow *rows, size_t count)
{
	RowsetLayout layout;

	measure_rows(rows, count, &layout);
	return layout_size(&layout);
}

void
rowset_rows_write(const RowsetRow *rows, size_t count, void *out)
{
	RowsetLayout layout;
	RowsetWriter writer;
	RowsetContainer container;

	measure_rows(rows, count, &layout);
	writer_begin(&writer, &layout, out);
	for (size_t i = 0; i < count; i++)
	{
		read_row(rows[i].bytes, rows[i].segment, &container);
		write_container(&writer, &container);
	}
}
