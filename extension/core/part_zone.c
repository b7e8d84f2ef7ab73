/*
 * part_zone.c
 *		The zone map of a part: the nulls, and between what its values are.
 */
#include "part_column.h"

#include <math.h>
#include <string.h>

#define NAN_BITS UINT64_C(0x7FF8000000000000)

static bool
has_bounds(const Part *part)
{
	return (part->bytes[PART_AT_FLAGS] & PART_FLAG_BOUNDS) != 0;
}

static PartInt128
read_int128(const unsigned char *at)
{
	PartInt128	result;

	result.low = le64_read(at);
	result.high = part_signed(le64_read(at + 8));
	return result;
}

bool
part_zone_ints(const Part *part, int64_t * minimum, int64_t * maximum)
{
	if (!has_bounds(part))
		return false;
	*minimum = part_signed(le64_read(part->bytes + PART_AT_MINIMUM));
	*maximum = part_signed(le64_read(part->bytes + PART_AT_MAXIMUM));
	return true;
}

bool
part_zone_decimals(const Part *part, PartInt128 * minimum, PartInt128 * maximum)
{
	if (!has_bounds(part))
		return false;
	*minimum = read_int128(part->bytes + PART_AT_MINIMUM);
	*maximum = read_int128(part->bytes + PART_AT_MAXIMUM);
	return true;
}

bool
part_zone_doubles(const Part *part, int axis, double *minimum,
				  double *maximum)
{
	const unsigned char *bytes = part->bytes + axis * 8;

	if (!has_bounds(part))
		return false;
	*minimum = part_double_of_bits(le64_read(bytes + PART_AT_MINIMUM));
	*maximum = part_double_of_bits(le64_read(bytes + PART_AT_MAXIMUM));
	return true;
}

bool
part_zone_prefixes(const Part *part, PartPrefix *minimum, PartPrefix *maximum)
{
	if (!has_bounds(part))
		return false;
	minimum->bytes = part->bytes + PART_AT_MINIMUM;
	minimum->length = part->bytes[PART_AT_MINIMUM_LENGTH];
	minimum->unbounded = false;
	maximum->bytes = part->bytes + PART_AT_MAXIMUM;
	maximum->length = part->bytes[PART_AT_MAXIMUM_LENGTH];
	maximum->unbounded =
		(part->bytes[PART_AT_FLAGS] & PART_FLAG_UNBOUNDED) != 0;
	return true;
}

static bool
int128_less(PartInt128 a, PartInt128 b)
{
	return a.high != b.high ? a.high < b.high : a.low < b.low;
}

/* The value of a row of INT or DECIMAL. */
static PartInt128
int128_of_row(const PartColumn *column, uint32_t row)
{
	PartInt128	result;

	if (column->kind == PART_DECIMAL)
		return ((const PartInt128 *) column->values)[row];
	result.low = (uint64_t) part_column_number(column, 0, row, 0);
	result.high = part_signed(result.low) < 0 ? -1 : 0;
	return result;
}

static void
write_int128(unsigned char *at, PartInt128 number, PartKind kind)
{
	le64_write(at, number.low);
	if (kind == PART_DECIMAL)
		le64_write(at + 8, (uint64_t) number.high);
}

static void
write_int_bounds(const PartColumn *column, const PartPlan *plan,
				 unsigned char *header)
{
	PartInt128	minimum = {0, 0};
	PartInt128	maximum = {0, 0};
	bool		any = false;

	for (uint32_t row = plan->first; row < plan->first + plan->rows; row++)
	{
		PartInt128	number;

		if (part_column_is_null(column, row))
			continue;
		number = int128_of_row(column, row);
		if (!any || int128_less(number, minimum))
			minimum = number;
		if (!any || int128_less(maximum, number))
			maximum = number;
		any = true;
	}
	write_int128(header + PART_AT_MINIMUM, minimum, column->kind);
	write_int128(header + PART_AT_MAXIMUM, maximum, column->kind);
}

/* PostgreSQL's order of floating point numbers: NaN is above all others. */
static bool
double_less(double a, double b)
{
	if (isnan(a) || isnan(b))
		return !isnan(a);
	return a < b;
}

/* One NaN for all, and one zero. */
static void
write_bound(unsigned char *at, double number)
{
	uint64_t	bits = part_bits_of_double(number);

	if (isnan(number))
		bits = NAN_BITS;
	else if (number == 0)
		bits = 0;
	le64_write(at, bits);
}

static void
write_double_bounds(const PartColumn *column, const PartPlan *plan, int axis,
					unsigned char *header)
{
	double		minimum = 0;
	double		maximum = 0;
	bool		any = false;

	for (uint32_t row = plan->first; row < plan->first + plan->rows; row++)
	{
		double		number;

		if (part_column_is_null(column, row))
			continue;
		number = part_column_double(column, axis, row);
		if (!any || double_less(number, minimum))
			minimum = number;
		if (!any || double_less(maximum, number))
			maximum = number;
		any = true;
	}
	write_bound(header + PART_AT_MINIMUM + axis * 8, minimum);
	write_bound(header + PART_AT_MAXIMUM + axis * 8, maximum);
}

static PartString
string_of_row(const PartColumn *column, uint32_t row)
{
	PartString	result;

	if (column->kind == PART_BYTES)
		return ((const PartString *) column->values)[row];
	result.length = column->detail;
	result.bytes = (const unsigned char *) column->values +
		row * result.length;
	return result;
}

static bool
string_less(PartString a, PartString b)
{
	size_t		shorter = a.length < b.length ? a.length : b.length;
	int			order = shorter > 0 ? memcmp(a.bytes, b.bytes, shorter) : 0;

	return order != 0 ? order < 0 : a.length < b.length;
}

/* A maximum of more than 16 bytes, rounded up; returns its length, maybe 0. */
static size_t
round_up(unsigned char *prefix)
{
	size_t		length = PART_PREFIX_MAX;

	while (length > 0 && prefix[length - 1] == 0xFF)
		prefix[--length] = 0;
	if (length > 0)
		prefix[length - 1]++;
	return length;
}

static void
write_prefixes(PartString minimum, PartString maximum, unsigned char *header)
{
	size_t		low = minimum.length;
	size_t		high = maximum.length;

	if (low > PART_PREFIX_MAX)
		low = PART_PREFIX_MAX;
	if (low > 0)
		memcpy(header + PART_AT_MINIMUM, minimum.bytes, low);
	if (high > PART_PREFIX_MAX)
	{
		memcpy(header + PART_AT_MAXIMUM, maximum.bytes, PART_PREFIX_MAX);
		high = round_up(header + PART_AT_MAXIMUM);
		if (high == 0)
			header[PART_AT_FLAGS] |= PART_FLAG_UNBOUNDED;
	}
	else if (high > 0)
		memcpy(header + PART_AT_MAXIMUM, maximum.bytes, high);
	header[PART_AT_MINIMUM_LENGTH] = (unsigned char) low;
	header[PART_AT_MAXIMUM_LENGTH] = (unsigned char) high;
}

static void
write_string_bounds(const PartColumn *column, const PartPlan *plan,
					unsigned char *header)
{
	PartString	minimum = {NULL, 0};
	PartString	maximum = {NULL, 0};
	bool		any = false;

	for (uint32_t row = plan->first; row < plan->first + plan->rows; row++)
	{
		PartString	string;

		if (part_column_is_null(column, row))
			continue;
		string = string_of_row(column, row);
		if (!any || string_less(string, minimum))
			minimum = string;
		if (!any || string_less(maximum, string))
			maximum = string;
		any = true;
	}
	write_prefixes(minimum, maximum, header);
}

void
part_zone_write(const PartColumn *column, const PartPlan *plan,
				unsigned char *header)
{
	header[PART_AT_FLAGS] |= PART_FLAG_BOUNDS;
	switch (column->kind)
	{
		case PART_INT:
		case PART_DECIMAL:
			write_int_bounds(column, plan, header);
			break;
		case PART_POINT:
			write_double_bounds(column, plan, 1, header);
			write_double_bounds(column, plan, 0, header);
			break;
		case PART_DOUBLE:
		case PART_FLOAT:
			write_double_bounds(column, plan, 0, header);
			break;
		case PART_FIXED:
		case PART_BYTES:
			write_string_bounds(column, plan, header);
			break;
	}
}
