/*
 * part_bytes.c
 *		Reading parts of byte strings, of fixed and of any length.
 */
#include "part_format.h"

#include <lz4.h>

const unsigned char *
part_get_fixed(const Part *part, uint32_t row)
{
	return part->items_at[0] + (size_t) part_item(part, row) * part->detail;
}

size_t
part_unpack_size(const Part *part)
{
	return part->payload == NULL ? part->payload_size : 0;
}

bool
part_unpack(Part *part, void *memory, CoreError *error)
{
	/* sizes are below 1 GB, so that they fit an int */
	int			size = (int) part->payload_size;

	if (part_unpack_size(part) == 0)
		return true;
	if (LZ4_decompress_safe((const char *) part->stored, memory,
							(int) part->stored_size, size) != size)
		return core_fail(error, "Payload is not an lz4 block of its size",
						 (long) (part->stored - part->bytes));
	part->payload = memory;
	return true;
}

/* Where an item ends in the payload. */
static size_t
item_end(const Part *part, uint32_t item)
{
	return (size_t) part->base[0] * (item + 1) +
		(size_t) part_number(part->items_at[0], part->width, item);
}

void
part_item_bytes(const Part *part, uint32_t item, const unsigned char **bytes,
				size_t * length)
{
	size_t		start = item == 0 ? 0 : item_end(part, item - 1);

	*bytes = part->payload + start;
	*length = item_end(part, item) - start;
}

void
part_get_bytes(const Part *part, uint32_t row, const unsigned char **bytes,
			   size_t * length)
{
	part_item_bytes(part, part_item(part, row), bytes, length);
}
