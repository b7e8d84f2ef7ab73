/*
 * part_double.c
 *		Reading parts of floating point numbers and points.
 *
 * A number comes back bit by bit.  It is kept as its bits, or scaled: as an
 * integer that gives it when divided by a power of ten.  Division rounds
 * correctly in IEEE 754, so that the result is the same on every machine.
 */
#include "part_format.h"

#include <string.h>

static double
scaled_item(const Part *part, int axis, uint32_t item)
{
	int64_t		number = part->base[axis] +
	(int64_t) part_number(part->items_at[axis], part->width, item);

	return (double) number / part_power_of_ten(part->decimals);
}

static float
float_of_item(const Part *part, uint32_t item)
{
	if (part->scaled)
		return (float) scaled_item(part, 0, item);
	return part_float_of_bits(le32_read(part->items_at[0] +
										(size_t) item * 4));
}

static double
double_of_item(const Part *part, int axis, uint32_t item)
{
	if (part->scaled && part->kind != PART_FLOAT)
		return scaled_item(part, axis, item);
	if (part->kind == PART_FLOAT)
		return float_of_item(part, item);
	return part_double_of_bits(le64_read(part->items_at[axis] +
										 (size_t) item * 8));
}

double
part_get_double(const Part *part, int axis, uint32_t row)
{
	return double_of_item(part, axis, part_item(part, row));
}

float
part_get_float(const Part *part, uint32_t row)
{
	return float_of_item(part, part_item(part, row));
}

/* Numbers of one per row, kept as their bits. */
static void
copy_doubles(const unsigned char *at, uint32_t count, double *out)
{
	if (machine_is_little_endian())
	{
		memcpy(out, at, (size_t) count * 8);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		out[i] = part_double_of_bits(le64_read(at + (size_t) i * 8));
}

/* Scaled numbers of one per row; the width is looked at once. */
static void
divide_numbers(const Part *part, int axis, uint32_t first, uint32_t count,
			   double *out)
{
	const unsigned char *at = part->items_at[axis] +
	(size_t) first * part->width;
	int64_t		base = part->base[axis];
	double		divisor = part_power_of_ten(part->decimals);

	switch (part->width)
	{
		case 1:
			for (uint32_t i = 0; i < count; i++)
				out[i] = (double) (base + at[i]) / divisor;
			break;
		case 2:
			for (uint32_t i = 0; i < count; i++)
				out[i] = (double) (base + le16_read(at + (size_t) i * 2)) /
					divisor;
			break;
		default:
			for (uint32_t i = 0; i < count; i++)
				out[i] = (double) (base + le32_read(at + (size_t) i * 4)) /
					divisor;
			break;
	}
}

void
part_decode_doubles(const Part *part, int axis, uint32_t first,
					uint32_t count, double *out)
{
	uint32_t	end = first + count;
	uint32_t	item = part_item(part, first);

	if (part->encoding == PART_PLAIN && part->kind != PART_FLOAT)
	{
		if (part->scaled)
			divide_numbers(part, axis, first, count, out);
		else
			copy_doubles(part->items_at[axis] + (size_t) first * 8, count,
						 out);
		return;
	}
	while (first < end)
	{
		uint32_t	stop = part_stop(part, item, first, end);
		double		value = double_of_item(part, axis, item);

		for (; first < stop; first++)
			*out++ = value;
		item = part_next_item(part, item, first);
	}
}

void
part_decode_floats(const Part *part, uint32_t first, uint32_t count,
				   float *out)
{
	uint32_t	end = first + count;
	uint32_t	item = part_item(part, first);

	while (first < end)
	{
		uint32_t	stop = part_stop(part, item, first, end);
		float		value = float_of_item(part, item);

		for (; first < stop; first++)
			*out++ = value;
		item = part_next_item(part, item, first);
	}
}
