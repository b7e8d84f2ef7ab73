/*
 * layout_value.c
 *		Canonical values as values of parts, and back, byte by byte the same.
 */
#include "layout_value.h"

#include <math.h>

#include "layout_numeric.h"
#include "part_format.h"

#define NAN_FLOAT4 UINT32_C(0x7FC00000)
#define NAN_FLOAT8 UINT64_C(0x7FF8000000000000)

/* EWKB of a point: byte order, type, then the SRID where it is set; x, y */
#define EWKB_NDR 1
#define EWKB_POINT 1
#define EWKB_SRID UINT32_C(0x20000000)
#define EWKB_POINT_SIZE 21
#define EWKB_POINT_SRID_SIZE 25

PartKind
layout_kind(ValueLayout layout)
{
	switch (layout)
	{
		case LAYOUT_INT8:
		case LAYOUT_INT16:
		case LAYOUT_INT32:
		case LAYOUT_INT64:
		case LAYOUT_UINT8:
		case LAYOUT_CODE:
			return PART_INT;
		case LAYOUT_FLOAT4:
			return PART_FLOAT;
		case LAYOUT_FLOAT8:
			return PART_DOUBLE;
		case LAYOUT_NUMERIC:
			return PART_DECIMAL;
		case LAYOUT_FIXED:
			return PART_FIXED;
		case LAYOUT_POINT:
			return PART_POINT;
		case LAYOUT_BYTES:
			break;
	}
	return PART_BYTES;
}

/* Bytes of a number; 0 for layouts that have none of one length. */
static size_t
number_size(ValueLayout layout)
{
	switch (layout)
	{
		case LAYOUT_INT8:
		case LAYOUT_UINT8:
			return 1;
		case LAYOUT_INT16:
			return 2;
		case LAYOUT_INT32:
		case LAYOUT_FLOAT4:
			return 4;
		case LAYOUT_INT64:
		case LAYOUT_FLOAT8:
			return 8;
		default:
			return 0;
	}
}

/* The length of values that have one length: that of the first. */
static size_t
fixed_size(const PartString *values, uint32_t rows)
{
	for (uint32_t row = 0; row < rows; row++)
	{
		if (values[row].bytes != NULL)
			return values[row].length <= PART_FIXED_MAX ?
				values[row].length : 0;
	}
	return 1;
}

/* Bytes of a row in the memory of a column, behind the validity. */
static size_t
row_size(ValueLayout layout, const PartString *values, uint32_t rows)
{
	switch (layout_kind(layout))
	{
		case PART_INT:
		case PART_DOUBLE:
			return 8;
		case PART_FLOAT:
			return 4;
		case PART_DECIMAL:
		case PART_POINT:
			return 16;
		case PART_FIXED:
			return fixed_size(values, rows);
		case PART_BYTES:
			break;
	}
	return 0;
}

static size_t
validity_size(uint32_t rows)
{
	return ((size_t) rows + 63) / 64 * 8;
}

size_t
layout_encode_size(ValueLayout layout, const PartString *values,
				   uint32_t rows)
{
	return validity_size(rows) +
		part_padded(row_size(layout, values, rows) * rows);
}

static const uint64_t *
write_validity(const PartString *values, uint32_t rows, uint64_t * words)
{
	bool		any_null = false;

	memset(words, 0, validity_size(rows));
	for (uint32_t row = 0; row < rows; row++)
	{
		if (values[row].bytes != NULL)
			words[row / 64] |= UINT64_C(1) << row % 64;
		else
			any_null = true;
	}
	return any_null ? words : NULL;
}

static int64_t
read_int(ValueLayout layout, const unsigned char *bytes)
{
	switch (layout)
	{
		case LAYOUT_UINT8:
			return bytes[0];
		case LAYOUT_INT8:
			return bytes[0] > INT8_MAX ? bytes[0] - 256 : bytes[0];
		case LAYOUT_INT16:
			return (int16_t) le16_read(bytes);
		case LAYOUT_INT32:
			return (int32_t) le32_read(bytes);
		default:
			return part_signed(le64_read(bytes));
	}
}

static bool
encode_ints(ValueLayout layout, const PartString *values, uint32_t rows,
			int64_t * out)
{
	size_t		size = number_size(layout);

	for (uint32_t row = 0; row < rows; row++)
	{
		if (values[row].bytes == NULL)
			continue;
		if (values[row].length != size)
			return false;
		out[row] = read_int(layout, values[row].bytes);
	}
	return true;
}

/* A NaN with a payload might not come back. */
static bool
encode_floats(const PartString *values, uint32_t rows, float *out)
{
	for (uint32_t row = 0; row < rows; row++)
	{
		if (values[row].bytes == NULL)
			continue;
		if (values[row].length != sizeof(float))
			return false;
		out[row] = part_float_of_bits(le32_read(values[row].bytes));
		if (isnan(out[row]) && le32_read(values[row].bytes) != NAN_FLOAT4)
			return false;
	}
	return true;
}

static bool
encode_doubles(const PartString *values, uint32_t rows, double *out)
{
	for (uint32_t row = 0; row < rows; row++)
	{
		if (values[row].bytes == NULL)
			continue;
		if (values[row].length != sizeof(double))
			return false;
		out[row] = part_double_of_bits(le64_read(values[row].bytes));
		if (isnan(out[row]) && le64_read(values[row].bytes) != NAN_FLOAT8)
			return false;
	}
	return true;
}

static bool
encode_decimals(const PartString *values, uint32_t rows, PartInt128 * out,
				uint32_t * scale)
{
	bool		any = false;

	*scale = 0;
	for (uint32_t row = 0; row < rows; row++)
	{
		uint32_t	own;

		if (values[row].bytes == NULL)
			continue;
		if (!layout_numeric_read(values[row].bytes, values[row].length,
								 out + row, &own) ||
			(any && own != *scale))
			return false;
		*scale = own;
		any = true;
	}
	return true;
}

static bool
encode_fixed(const PartString *values, uint32_t rows, unsigned char *out,
			 size_t size)
{
	if (size == 0)
		return false;
	for (uint32_t row = 0; row < rows; row++)
	{
		if (values[row].bytes == NULL)
			continue;
		if (values[row].length != size)
			return false;
		memcpy(out + row * size, values[row].bytes, size);
	}
	return true;
}

static bool
read_point(PartString value, double *x, double *y, uint32_t * srid)
{
	uint32_t	type;

	*srid = 0;
	if (value.length < EWKB_POINT_SIZE || value.bytes[0] != EWKB_NDR)
		return false;
	type = le32_read(value.bytes + 1);
	if (value.length == EWKB_POINT_SRID_SIZE)
	{
		*srid = le32_read(value.bytes + 5);
		if (type != (EWKB_POINT | EWKB_SRID) || *srid == 0)
			return false;
	}
	else if (type != EWKB_POINT || value.length != EWKB_POINT_SIZE)
		return false;
	*x = part_double_of_bits(le64_read(value.bytes + value.length - 16));
	*y = part_double_of_bits(le64_read(value.bytes + value.length - 8));
	return !isnan(*x) && !isnan(*y);
}

static bool
encode_points(const PartString *values, uint32_t rows, double *xs,
			  double *ys, uint32_t * srid)
{
	bool		any = false;

	*srid = 0;
	for (uint32_t row = 0; row < rows; row++)
	{
		uint32_t	own;

		if (values[row].bytes == NULL)
			continue;
		if (!read_point(values[row], xs + row, ys + row, &own) ||
			(any && own != *srid))
			return false;
		*srid = own;
		any = true;
	}
	return true;
}

bool
layout_encode(ValueLayout layout, const PartString *values, uint32_t rows,
			  void *memory, PartColumn *column)
{
	unsigned char *out = (unsigned char *) memory + validity_size(rows);

	memset(column, 0, sizeof(*column));
	column->kind = layout_kind(layout);
	column->rows = rows;
	column->values = out;
	column->validity = write_validity(values, rows, memory);
	switch (column->kind)
	{
		case PART_INT:
			return layout != LAYOUT_CODE &&
				encode_ints(layout, values, rows, (int64_t *) out);
		case PART_DOUBLE:
			return encode_doubles(values, rows, (double *) out);
		case PART_FLOAT:
			return encode_floats(values, rows, (float *) out);
		case PART_DECIMAL:
			return encode_decimals(values, rows, (PartInt128 *) out,
								   &column->detail);
		case PART_FIXED:
			column->detail = (uint32_t) fixed_size(values, rows);
			return encode_fixed(values, rows, out, column->detail);
		case PART_POINT:
			column->values_y = (double *) out + rows;
			return encode_points(values, rows, (double *) out,
								 (double *) out + rows, &column->detail);
		case PART_BYTES:
			break;
	}
	column->values = values;
	return true;
}

size_t
layout_encode_codes_size(uint32_t rows)
{
	return validity_size(rows) + (size_t) rows * sizeof(int64_t);
}

void
layout_encode_codes(const PartString *values, const uint32_t * codes,
					uint32_t rows, void *memory, PartColumn *column)
{
	int64_t    *out = (int64_t *) ((unsigned char *) memory +
								   validity_size(rows));

	memset(column, 0, sizeof(*column));
	column->kind = PART_INT;
	column->rows = rows;
	column->values = out;
	column->validity = write_validity(values, rows, memory);
	for (uint32_t row = 0; row < rows; row++)
		out[row] = values[row].bytes != NULL ? codes[row] : 0;
}

static size_t
write_int(ValueLayout layout, int64_t number, unsigned char *out)
{
	unsigned char bytes[8];
	size_t		size = number_size(layout);

	le64_write(bytes, (uint64_t) number);
	memcpy(out, bytes, size);
	return size;
}

static size_t
write_point(const Part *part, uint32_t row, unsigned char *out)
{
	size_t		position = 5;

	out[0] = EWKB_NDR;
	le32_write(out + 1, EWKB_POINT | (part->detail != 0 ? EWKB_SRID : 0));
	if (part->detail != 0)
	{
		le32_write(out + position, part->detail);
		position += 4;
	}
	for (int axis = 0; axis < 2; axis++, position += 8)
		le64_write(out + position,
				   part_bits_of_double(part_get_double(part, axis, row)));
	return position;
}

void
layout_decode(ValueLayout layout, const Part *part, uint32_t row,
			  unsigned char *room, PartString *value)
{
	value->bytes = room;
	switch (layout_kind(layout))
	{
		case PART_INT:
			value->length = write_int(layout, part_get_int(part, row), room);
			break;
		case PART_DOUBLE:
			le64_write(room, part_bits_of_double(part_get_double(part, 0, row)));
			value->length = 8;
			break;
		case PART_FLOAT:
			le32_write(room, part_bits_of_float(part_get_float(part, row)));
			value->length = 4;
			break;
		case PART_DECIMAL:
			value->length = layout_numeric_write(part_get_decimal(part, row),
												 part->detail, room);
			break;
		case PART_FIXED:
			value->bytes = part_get_fixed(part, row);
			value->length = part->detail;
			break;
		case PART_POINT:
			value->length = write_point(part, row, room);
			break;
		case PART_BYTES:
			part_get_bytes(part, row, &value->bytes, &value->length);
			break;
	}
}

static bool
is_null(const PartColumn *column, uint32_t row)
{
	return column->validity != NULL &&
		(column->validity[row / 64] >> row % 64 & 1) == 0;
}

/* PostgreSQL's order: NaN is above all others. */
static bool
double_less(double a, double b)
{
	if (isnan(a) || isnan(b))
		return !isnan(a);
	return a < b;
}

static double
get_double(const PartColumn *column, int axis, uint32_t row)
{
	if (axis == 1)
		return column->values_y[row];
	if (column->kind == PART_FLOAT)
		return ((const float *) column->values)[row];
	return ((const double *) column->values)[row];
}

/* Is the value of a row less than that of another? */
static bool
row_less(const PartColumn *column, uint32_t row, uint32_t other)
{
	const		int64_t *ints = column->values;
	const		PartInt128 *decimals = column->values;
	const unsigned char *bytes = column->values;

	switch (column->kind)
	{
		case PART_INT:
			return ints[row] < ints[other];
		case PART_DECIMAL:
			return decimals[row].high != decimals[other].high ?
				decimals[row].high < decimals[other].high :
				decimals[row].low < decimals[other].low;
		case PART_FIXED:
			return memcmp(bytes + (size_t) row * column->detail,
						  bytes + (size_t) other * column->detail,
						  column->detail) < 0;
		default:
			return double_less(get_double(column, 0, row),
							   get_double(column, 0, other));
	}
}

/* One zero, since both are equal; canonical values have one NaN. */
static double
one_zero(double number)
{
	return number == 0 ? 0 : number;
}

static void
write_bound(ValueLayout layout, const PartColumn *column, uint32_t row,
			unsigned char *room, PartString *bound)
{
	bound->bytes = room;
	switch (column->kind)
	{
		case PART_INT:
			bound->length = write_int(layout,
									  ((const int64_t *) column->values)[row],
									  room);
			break;
		case PART_DECIMAL:
			bound->length =
				layout_numeric_write(((const PartInt128 *) column->values)[row],
									 column->detail, room);
			break;
		case PART_FIXED:
			memcpy(room, (const unsigned char *) column->values +
				   (size_t) row * column->detail, column->detail);
			bound->length = column->detail;
			break;
		case PART_FLOAT:
			le32_write(room, part_bits_of_float((float)
												one_zero(get_double(column, 0, row))));
			bound->length = 4;
			break;
		default:
			le64_write(room, part_bits_of_double(one_zero(get_double(column, 0, row))));
			bound->length = 8;
			break;
	}
}

/* The corners of the box that points are in. */
static bool
point_bounds(const PartColumn *column, unsigned char *minimum_room,
			 unsigned char *maximum_room)
{
	double		lower[2] = {0, 0};
	double		upper[2] = {0, 0};
	bool		any = false;

	for (uint32_t row = 0; row < column->rows; row++)
	{
		if (is_null(column, row))
			continue;
		for (int axis = 0; axis < 2; axis++)
		{
			double		number = get_double(column, axis, row);

			if (!any || number < lower[axis])
				lower[axis] = number;
			if (!any || number > upper[axis])
				upper[axis] = number;
		}
		any = true;
	}
	for (int axis = 0; axis < 2; axis++)
	{
		le64_write(minimum_room + axis * 8,
				   part_bits_of_double(one_zero(lower[axis])));
		le64_write(maximum_room + axis * 8,
				   part_bits_of_double(one_zero(upper[axis])));
	}
	return any;
}

bool
layout_bounds(ValueLayout layout, const PartColumn *column,
			  unsigned char *minimum_room, unsigned char *maximum_room,
			  PartString *minimum, PartString *maximum)
{
	uint32_t	least = 0;
	uint32_t	greatest = 0;
	bool		any = false;

	if (layout == LAYOUT_POINT)
	{
		minimum->bytes = minimum_room;
		maximum->bytes = maximum_room;
		minimum->length = maximum->length = 16;
		return point_bounds(column, minimum_room, maximum_room);
	}
	if (layout == LAYOUT_BYTES || layout == LAYOUT_CODE ||
		(layout == LAYOUT_FIXED && column->detail > LAYOUT_ROOM))
		return false;
	for (uint32_t row = 0; row < column->rows; row++)
	{
		if (is_null(column, row))
			continue;
		if (!any || row_less(column, row, least))
			least = row;
		if (!any || row_less(column, greatest, row))
			greatest = row;
		any = true;
	}
	if (!any)
		return false;
	write_bound(layout, column, least, minimum_room, minimum);
	write_bound(layout, column, greatest, maximum_room, maximum);
	return true;
}
