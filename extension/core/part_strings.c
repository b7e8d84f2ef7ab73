/*
 * part_strings.c
 *		Planning and writing parts of byte strings.
 *
 * Equal strings are found with a hash table in the caller's scratch memory.
 * Where somebody has made strings that collide, the dictionary is given up
 * rather than time.
 */
#include "part_column.h"

#include <string.h>

#include <lz4.h>

#define PROBES_PER_ROW 16
#define EMPTY 0					/* a slot holds an item's number plus 1 */

/* The scratch memory; item_rows[i] is the row that item i was first seen in. */
typedef struct Scratch
{
	uint32_t   *slots;
	uint32_t	slot_count;		/* a power of two */
	uint32_t   *codes;			/* item of each row of the part */
	uint32_t   *item_rows;
	unsigned char *payload;
} Scratch;

/* What the items of an encoding take. */
typedef struct Extent
{
	uint32_t	items;
	size_t		shortest;
	size_t		total;
} Extent;

static const PartString *
string_at(const PartColumn *column, uint32_t row)
{
	return (const PartString *) column->values + row;
}

static size_t
length_at(const PartColumn *column, uint32_t row)
{
	return part_column_is_null(column, row) ? 0 :
		string_at(column, row)->length;
}

static uint32_t
slots_for(uint32_t rows)
{
	uint32_t	slots = 2;

	while (slots < rows * 2)
		slots *= 2;
	return slots;
}

static Scratch
divide_scratch(const PartColumn *column, void *memory)
{
	Scratch		scratch;

	scratch.slots = memory;
	scratch.slot_count = slots_for(column->rows);
	scratch.codes = scratch.slots + scratch.slot_count;
	scratch.item_rows = scratch.codes + column->rows;
	scratch.payload = (unsigned char *) (scratch.item_rows + column->rows);
	return scratch;
}

/* The payload of a part has no more than this, or than one string has. */
size_t
part_scratch_size(const PartColumn *column)
{
	size_t		longest = PART_BYTES_TARGET;

	if (column->kind != PART_BYTES || column->rows == 0 ||
		column->rows > PART_ROWS_MAX)
		return 0;
	for (uint32_t row = 0; row < column->rows; row++)
	{
		size_t		length = length_at(column, row);

		/* longer ones are refused */
		if (length > longest && length <= PART_SIZE_MAX)
			longest = length;
	}
	return ((size_t) slots_for(column->rows) + (size_t) column->rows * 2) *
		sizeof(uint32_t) + longest;
}

static bool
same_string(const PartString *a, const PartString *b)
{
	return a->length == b->length &&
		(a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

/* FNV-1a of 64 bits, folded. */
static uint32_t
hash_string(const PartString *string)
{
	uint64_t	hash = UINT64_C(0xCBF29CE484222325);

	for (size_t i = 0; i < string->length; i++)
		hash = (hash ^ string->bytes[i]) * UINT64_C(0x100000001B3);
	return (uint32_t) (hash ^ hash >> 32);
}

/* From first on, rows whose strings are alike; nulls among them or before. */
static uint32_t
count_alike(const PartColumn *column, uint32_t first)
{
	const PartString *one = NULL;
	uint32_t	row = first;

	for (; row < column->rows; row++)
	{
		if (part_column_is_null(column, row))
			continue;
		if (one == NULL)
			one = string_at(column, row);
		else if (!same_string(one, string_at(column, row)))
			break;
	}
	return row - first;
}

/* From first on, rows of up to PART_BYTES_TARGET bytes; at least one. */
static uint32_t
count_target(const PartColumn *column, uint32_t first)
{
	size_t		total = length_at(column, first);
	uint32_t	row = first + 1;

	for (; row < column->rows; row++)
	{
		size_t		length = length_at(column, row);

		if (length > PART_BYTES_TARGET || total + length > PART_BYTES_TARGET)
			break;
		total += length;
	}
	return row - first;
}

static void
extent_add(Extent *extent, size_t length)
{
	if (extent->items == 0 || length < extent->shortest)
		extent->shortest = length;
	extent->total += length;
	extent->items++;
}

/*
 * Find the distinct strings of the plan's rows: fills codes and item_rows.
 * False where that takes too long.
 */
static bool
find_items(const PartColumn *column, const PartPlan *plan,
		   const Scratch *scratch, Extent *extent)
{
	uint32_t	mask = scratch->slot_count - 1;
	uint64_t	probes = (uint64_t) plan->rows * PROBES_PER_ROW;

	memset(scratch->slots, 0, scratch->slot_count * sizeof(uint32_t));
	for (uint32_t i = 0; i < plan->rows; i++)
	{
		uint32_t	row = plan->first + i;
		const PartString *string = string_at(column, row);
		uint32_t	slot;

		scratch->codes[i] = 0;
		if (part_column_is_null(column, row))
			continue;
		slot = hash_string(string) & mask;
		while (scratch->slots[slot] != EMPTY &&
			   !same_string(string, string_at(column,
											  scratch->item_rows[scratch->slots[slot] - 1])))
		{
			if (probes-- == 0)
				return false;
			slot = (slot + 1) & mask;
		}
		if (scratch->slots[slot] == EMPTY)
		{
			scratch->item_rows[extent->items] = row;
			extent_add(extent, string->length);
			scratch->slots[slot] = extent->items;
		}
		scratch->codes[i] = scratch->slots[slot] - 1;
	}
	return true;
}

/* The plan with items of this extent. */
static PartPlan
plan_items(const PartPlan *rows, PartEncoding encoding, Extent extent)
{
	PartPlan	plan = *rows;
	size_t		last = extent.total - extent.shortest * extent.items;

	plan.encoding = encoding;
	plan.items = extent.items;
	plan.base[0] = (int64_t) extent.shortest;
	plan.payload_size = extent.total;
	plan.width = last <= UINT8_MAX ? 1 : last <= UINT16_MAX ? 2 : 4;
	if (encoding == PART_DICTIONARY)
		plan.code_width = extent.items <= 256 ? 1 : 2;
	plan.size = PART_HEADER_SIZE +
		part_padded((size_t) plan.code_width * plan.rows) +
		part_padded((size_t) plan.width * plan.items) + extent.total;
	if (part_plan_has_validity(&plan))
		plan.size += part_validity_size(plan.rows);
	return plan;
}

/* The first row of the plan that is not null. */
static uint32_t
first_value(const PartColumn *column, const PartPlan *plan)
{
	uint32_t	row = plan->first;

	while (part_column_is_null(column, row))
		row++;
	return row;
}

static PartPlan
plan_constant(const PartColumn *column, const PartPlan *rows)
{
	Extent		extent = {0, 0, 0};

	extent_add(&extent, length_at(column, first_value(column, rows)));
	return plan_items(rows, PART_CONSTANT, extent);
}

static PartPlan
plan_plain_or_dictionary(const PartColumn *column, const PartPlan *rows,
						 const Scratch *scratch)
{
	Extent		extent = {0, 0, 0};
	Extent		distinct = {0, 0, 0};
	PartPlan	plain;
	PartPlan	dictionary;

	for (uint32_t i = 0; i < rows->rows; i++)
		extent_add(&extent, length_at(column, rows->first + i));
	plain = plan_items(rows, PART_PLAIN, extent);
	if (!find_items(column, rows, scratch, &distinct))
		return plain;
	dictionary = plan_items(rows, PART_DICTIONARY, distinct);
	return dictionary.size < plain.size ? dictionary : plain;
}

bool
part_strings_plan(const PartColumn *column, uint32_t first, void *memory,
				  PartPlan *plan, CoreError *error)
{
	Scratch		scratch = divide_scratch(column, memory);
	uint32_t	alike = count_alike(column, first);
	uint32_t	target = count_target(column, first);
	PartPlan	rows;

	memset(&rows, 0, sizeof(rows));
	rows.first = first;
	rows.rows = alike > target ? alike : target;
	rows.nulls = part_column_nulls(column, first, rows.rows);
	rows.size = PART_HEADER_SIZE;
	if (rows.nulls == rows.rows)
	{
		*plan = rows;
		return true;
	}

	/* all others are within the target, so that sums do not overflow */
	if (length_at(column, first_value(column, &rows)) > PART_SIZE_MAX)
		return core_fail(error, "String too long for a part",
						 CORE_NO_POSITION);
	if (alike >= target)
		*plan = plan_constant(column, &rows);
	else
		*plan = plan_plain_or_dictionary(column, &rows, &scratch);
	return plan->size <= PART_SIZE_MAX ||
		core_fail(error, "String too long for a part", CORE_NO_POSITION);
}

/* The row whose string is an item; null rows stand for empty strings. */
static uint32_t
row_of_item(const PartColumn *column, const PartPlan *plan,
			const Scratch *scratch, uint32_t item)
{
	if (plan->encoding == PART_PLAIN)
		return plan->first + item;
	if (plan->encoding == PART_DICTIONARY)
		return scratch->item_rows[item];
	return first_value(column, plan);
}

static void
write_codes(const PartPlan *plan, const Scratch *scratch, unsigned char *at)
{
	for (uint32_t i = 0; i < plan->rows; i++)
	{
		if (plan->code_width == 1)
			at[i] = (unsigned char) scratch->codes[i];
		else
			le16_write(at + (size_t) i * 2, (uint16_t) scratch->codes[i]);
	}
}

static void
write_offset(unsigned char *at, uint32_t width, size_t offset)
{
	if (width == 1)
		*at = (unsigned char) offset;
	else if (width == 2)
		le16_write(at, (uint16_t) offset);
	else
		le32_write(at, (uint32_t) offset);
}

/* Write the offsets, and gather the payload in scratch memory. */
static void
write_offsets(const PartColumn *column, const PartPlan *plan,
			  const Scratch *scratch, unsigned char *at)
{
	size_t		end = 0;

	for (uint32_t item = 0; item < plan->items; item++)
	{
		uint32_t	row = row_of_item(column, plan, scratch, item);
		size_t		length = length_at(column, row);

		if (length > 0)
			memcpy(scratch->payload + end, string_at(column, row)->bytes,
				   length);
		end += length;
		write_offset(at + (size_t) item * plan->width, plan->width,
					 end - (size_t) plan->base[0] * (item + 1));
	}
}

/* Write the payload, compressed where that pays; returns what it takes. */
static size_t
write_payload(const PartPlan *plan, const Scratch *scratch,
			  unsigned char *at, unsigned char *flags)
{
	size_t		size = plan->payload_size;
	size_t		limit = size - (size + 7) / 8;
	int			packed = 0;

	/* sizes are below 1 GB, so that they fit an int */
	if (limit > 0)
		packed = LZ4_compress_default((const char *) scratch->payload,
									  (char *) at, (int) size, (int) limit);
	if (packed > 0)
	{
		*flags |= PART_FLAG_LZ4;
		return (size_t) packed;
	}
	if (size > 0)
		memcpy(at, scratch->payload, size);
	return size;
}

size_t
part_strings_write(const PartColumn *column, const PartPlan *plan,
				   void *memory, unsigned char *out, size_t position)
{
	Scratch		scratch = divide_scratch(column, memory);

	if (plan->items == 0)
		return position;
	if (plan->encoding == PART_DICTIONARY)
	{
		write_codes(plan, &scratch, out + position);
		position += part_padded((size_t) plan->code_width * plan->rows);
	}
	write_offsets(column, plan, &scratch, out + position);
	position += part_padded((size_t) plan->width * plan->items);
	return position + write_payload(plan, &scratch, out + position,
									out + PART_AT_FLAGS);
}
