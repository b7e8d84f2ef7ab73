/*
 * part_column.c
 *		What the writers of parts ask of a column: which width its numbers need,
 *		which rows are alike.
 */
#include "part_column.h"

#include <math.h>
#include <string.h>

#include "bits.h"

void
part_range_begin(PartRange *range, bool full)
{
	memset(range, 0, sizeof(*range));
	range->full = full;
}

static bool
scales(double number, bool is_float, uint32_t decimals)
{
	double		power = part_power_of_ten(decimals);
	double		scaled = number * power;
	double		back;

	/* NaN and infinities fail here */
	if (!(scaled < (double) PART_SCALED_LIMIT &&
		  scaled > (double) -PART_SCALED_LIMIT))
		return false;
	back = (double) llrint(scaled) / power;
	if (is_float)
		return part_bits_of_float((float) back) ==
			part_bits_of_float((float) number);
	return part_bits_of_double(back) == part_bits_of_double(number);
}

bool
part_column_scales(const PartColumn *column, uint32_t row, uint32_t decimals)
{
	for (int axis = 0; axis < part_column_axes(column); axis++)
	{
		if (!scales(part_column_double(column, axis, row),
					column->kind == PART_FLOAT, decimals))
			return false;
	}
	return true;
}

int64_t
part_column_number(const PartColumn *column, int axis, uint32_t row,
				   uint32_t decimals)
{
	if (column->kind == PART_INT)
		return ((const int64_t *) column->values)[row];
	if (column->kind == PART_DECIMAL)
		return part_signed(((const PartInt128 *) column->values)[row].low);
	return llrint(part_column_double(column, axis, row) *
				  part_power_of_ten(decimals));
}

static void
add_double(PartRange *range, const PartColumn *column, int axis, uint32_t row)
{
	double		number = part_column_double(column, axis, row);

	if (!range->any || number < range->least_double[axis])
		range->least_double[axis] = number;
	if (!range->any || number > range->greatest_double[axis])
		range->greatest_double[axis] = number;
}

static void
add_floating(PartRange *range, const PartColumn *column, uint32_t row)
{
	while (!part_column_scales(column, row, range->decimals))
	{
		if (range->decimals == PART_DECIMALS_MAX)
		{
			range->full = true;
			return;
		}
		range->decimals++;
	}
	for (int axis = 0; axis < part_column_axes(column); axis++)
		add_double(range, column, axis, row);
}

static void
add_integer(PartRange *range, const PartColumn *column, uint32_t row)
{
	int64_t		number = part_column_number(column, 0, row, 0);

	if (column->kind == PART_DECIMAL &&
		((const PartInt128 *) column->values)[row].high !=
		(number < 0 ? -1 : 0))
	{
		range->full = true;
		return;
	}
	if (!range->any || number < range->least[0])
		range->least[0] = number;
	if (!range->any || number > range->greatest[0])
		range->greatest[0] = number;
}

void
part_range_add(PartRange *range, const PartColumn *column, uint32_t row)
{
	if (range->full || column->kind == PART_FIXED)
		return;
	if (part_kind_is_floating(column->kind))
		add_floating(range, column, row);
	else
		add_integer(range, column, row);
	range->any = true;
}

static uint32_t
width_of_span(int64_t least, int64_t greatest)
{
	uint64_t	span = (uint64_t) greatest - (uint64_t) least;

	if (span <= UINT8_MAX)
		return 1;
	if (span <= UINT16_MAX)
		return 2;
	return span <= UINT32_MAX ? 4 : 8;
}

/* Floating point numbers become integers once all decimals are known. */
static bool
scale_range(const PartRange *range, int axis, int64_t * least,
			int64_t * greatest)
{
	double		power = part_power_of_ten(range->decimals);
	double		low = range->least_double[axis] * power;
	double		high = range->greatest_double[axis] * power;

	if (!(low > (double) -PART_SCALED_LIMIT &&
		  high < (double) PART_SCALED_LIMIT))
		return false;
	*least = llrint(low);
	*greatest = llrint(high);
	return true;
}

uint32_t
part_range_width(const PartRange *range, const PartColumn *column,
				 int64_t base[2])
{
	uint32_t	full = part_full_width(column->kind, column->detail);
	bool		floating = part_kind_is_floating(column->kind);
	uint32_t	width = 1;

	base[0] = 0;
	base[1] = 0;
	if (range->full || column->kind == PART_FIXED)
		return full;
	for (int axis = 0; axis < part_column_axes(column); axis++)
	{
		int64_t		least = range->least[axis];
		int64_t		greatest = range->greatest[axis];
		uint32_t	needed = full;

		if (!floating || scale_range(range, axis, &least, &greatest))
			needed = width_of_span(least, greatest);
		base[axis] = least;
		if (needed > width)
			width = needed;
	}
	if (width >= 8 || (floating && width >= full))
	{
		base[0] = 0;
		base[1] = 0;
		return floating ? full : 8;
	}
	return width;
}

bool
part_column_same(const PartColumn *column, uint32_t row, uint32_t other)
{
	size_t		size = part_full_width(column->kind, column->detail);
	const unsigned char *values = column->values;

	if (column->kind == PART_POINT &&
		memcmp(column->values_y + row, column->values_y + other,
			   sizeof(double)) != 0)
		return false;
	return memcmp(values + row * size, values + other * size, size) == 0;
}

uint32_t
part_column_nulls(const PartColumn *column, uint32_t first, uint32_t count)
{
	uint32_t	nulls = 0;

	if (column->validity == NULL)
		return 0;
	for (uint32_t row = first; row < first + count; row++)
		nulls += part_column_is_null(column, row);
	return nulls;
}
