/*
 * part_int.c
 *		Reading parts of integers and decimals.
 */
#include "part_format.h"

#define BLOCK 16				/* numbers that are unpacked at once */

/*
 * unpack_8() to unpack_64(): numbers of an array, widened and added to base.
 * The inner loop has a constant length and its arrays do not overlap, so that
 * gcc makes vector instructions of it even at -O2; for the latter it has to see
 * the parameters, and so must not inline the function.
 */
#define DEFINE_UNPACK(bits, read) \
	static __attribute__((noinline)) void \
	unpack_##bits(const unsigned char *restrict at, uint64_t base, \
				  uint32_t count, int64_t *restrict out) \
	{ \
		for (; count >= BLOCK; count -= BLOCK) \
		{ \
			for (uint32_t i = 0; i < BLOCK; i++) \
				out[i] = (int64_t) (base + read(at + i * ((bits) / 8))); \
			at += BLOCK * ((bits) / 8); \
			out += BLOCK; \
		} \
		for (uint32_t i = 0; i < count; i++) \
			out[i] = (int64_t) (base + read(at + i * ((bits) / 8))); \
	}

DEFINE_UNPACK(8, *)
DEFINE_UNPACK(16, le16_read)
DEFINE_UNPACK(32, le32_read)
DEFINE_UNPACK(64, le64_read)

static void
unpack_ints(const Part *part, uint32_t first, uint32_t count, int64_t * out)
{
	const unsigned char *at = part->items_at[0] + (size_t) first * part->width;
	uint64_t	base = (uint64_t) part->base[0];

	switch (part->width)
	{
		case 1:
			unpack_8(at, base, count, out);
			break;
		case 2:
			unpack_16(at, base, count, out);
			break;
		case 4:
			unpack_32(at, base, count, out);
			break;
		default:
			unpack_64(at, base, count, out);
			break;
	}
}

static int64_t
int_of_item(const Part *part, uint32_t item)
{
	return part_signed((uint64_t) part->base[0] +
					   part_number(part->items_at[0], part->width, item));
}

static PartInt128
decimal_of_item(const Part *part, uint32_t item)
{
	PartInt128	result;

	if (part->width == 16)
	{
		const unsigned char *at = part->items_at[0] + (size_t) item * 16;

		result.low = le64_read(at);
		result.high = part_signed(le64_read(at + 8));
		return result;
	}
	result.low = (uint64_t) int_of_item(part, item);
	result.high = int_of_item(part, item) < 0 ? -1 : 0;
	return result;
}

int64_t
part_get_int(const Part *part, uint32_t row)
{
	return int_of_item(part, part_item(part, row));
}

PartInt128
part_get_decimal(const Part *part, uint32_t row)
{
	return decimal_of_item(part, part_item(part, row));
}

void
part_decode_ints(const Part *part, uint32_t first, uint32_t count,
				 int64_t * out)
{
	uint32_t	end = first + count;
	uint32_t	item = part_item(part, first);

	if (part->encoding == PART_PLAIN)
	{
		unpack_ints(part, first, count, out);
		return;
	}
	while (first < end)
	{
		uint32_t	stop = part_stop(part, item, first, end);
		int64_t		value = int_of_item(part, item);

		for (; first < stop; first++)
			*out++ = value;
		item = part_next_item(part, item, first);
	}
}

void
part_decode_decimals(const Part *part, uint32_t first, uint32_t count,
					 PartInt128 * out)
{
	uint32_t	end = first + count;
	uint32_t	item = part_item(part, first);

	while (first < end)
	{
		uint32_t	stop = part_stop(part, item, first, end);
		PartInt128	value = decimal_of_item(part, item);

		for (; first < stop; first++)
			*out++ = value;
		item = part_next_item(part, item, first);
	}
}

bool
part_array(const Part *part, PartArray *array)
{
	if ((part->kind != PART_INT && part->kind != PART_DECIMAL) ||
		part->width > 8 || part->encoding == PART_NULLS ||
		(uintptr_t) part->bytes % 8 != 0 || !machine_is_little_endian())
		return false;
	array->numbers = part->items_at[0];
	array->width = part->width;
	array->count = part->items;
	array->base = part->base[0];
	return true;
}
