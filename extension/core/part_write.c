/*
 * part_write.c
 *		Writing a part as it has been planned.
 */
#include "part_column.h"

#include <string.h>

#include "crc32c.h"

static void
write_number(unsigned char *at, uint32_t width, uint64_t number)
{
	switch (width)
	{
		case 1:
			*at = (unsigned char) number;
			break;
		case 2:
			le16_write(at, (uint16_t) number);
			break;
		case 4:
			le32_write(at, (uint32_t) number);
			break;
		default:
			le64_write(at, number);
			break;
	}
}

/* The value of a row as all of its bits. */
static void
write_full(const PartColumn *column, int axis, uint32_t row,
		   unsigned char *at)
{
	const		PartInt128 *wide = column->values;

	switch (column->kind)
	{
		case PART_INT:
			le64_write(at, (uint64_t) part_column_number(column, 0, row, 0));
			break;
		case PART_DECIMAL:
			le64_write(at, wide[row].low);
			le64_write(at + 8, (uint64_t) wide[row].high);
			break;
		case PART_FLOAT:
			le32_write(at, part_bits_of_float(((const float *)
											   column->values)[row]));
			break;
		case PART_DOUBLE:
		case PART_POINT:
			le64_write(at, part_bits_of_double(part_column_double(column, axis,
																  row)));
			break;
		case PART_FIXED:
			memcpy(at, (const unsigned char *) column->values +
				   (size_t) row * column->detail, column->detail);
			break;
		case PART_BYTES:
			break;
	}
}

static void
write_item(const PartColumn *column, const PartPlan *plan, int axis,
		   uint32_t row, unsigned char *at)
{
	if (plan->width == part_full_width(column->kind, column->detail))
	{
		write_full(column, axis, row, at);
		return;
	}
	write_number(at, plan->width,
				 (uint64_t) part_column_number(column, axis, row,
											   plan->decimals) -
				 (uint64_t) plan->base[axis]);
}

/* One item per row, that of a null row all zero. */
static void
write_plain(const PartColumn *column, const PartPlan *plan, int axis,
			unsigned char *at)
{
	for (uint32_t i = 0; i < plan->rows; i++, at += plan->width)
	{
		if (!part_column_is_null(column, plan->first + i))
			write_item(column, plan, axis, plan->first + i, at);
	}
}

/*
 * One item per run, and the last row of each unless last_rows is NULL.  Nulls
 * belong to the run before them, or to the first.
 */
static void
write_runs(const PartColumn *column, const PartPlan *plan, int axis,
		   unsigned char *at, unsigned char *last_rows)
{
	uint32_t	run = 0;
	uint32_t	last = 0;

	for (uint32_t i = 0; i < plan->rows; i++)
	{
		uint32_t	row = plan->first + i;

		if (part_column_is_null(column, row) ||
			(run > 0 && part_column_same(column, row, last)))
			continue;
		write_item(column, plan, axis, row, at + (size_t) run * plan->width);
		if (run > 0 && last_rows != NULL)
			le16_write(last_rows + (size_t) (run - 1) * 2,
					   (uint16_t) (i - 1));
		last = row;
		run++;
	}
	if (last_rows != NULL)
		le16_write(last_rows + (size_t) (run - 1) * 2,
				   (uint16_t) (plan->rows - 1));
}

static void
write_items(const PartColumn *column, const PartPlan *plan,
			unsigned char *out, size_t position)
{
	size_t		size = part_padded((size_t) plan->width * plan->items);
	int			axes = part_column_axes(column);
	unsigned char *last_rows = NULL;

	if (plan->encoding == PART_RUNS)
		last_rows = out + position + size * (size_t) axes;
	for (int axis = 0; axis < axes && plan->items > 0; axis++)
	{
		unsigned char *at = out + position + size * (size_t) axis;

		if (plan->encoding == PART_PLAIN)
			write_plain(column, plan, axis, at);
		else
			write_runs(column, plan, axis, at, last_rows);
	}
}

static void
write_validity(const PartColumn *column, const PartPlan *plan,
			   unsigned char *at)
{
	for (uint32_t i = 0; i < plan->rows; i++)
	{
		if (!part_column_is_null(column, plan->first + i))
			at[i / 8] |= (unsigned char) (1 << i % 8);
	}
}

static void
write_header(const PartColumn *column, const PartPlan *plan,
			 unsigned char *out)
{
	le32_write(out + PART_AT_MAGIC, PART_MAGIC);
	out[PART_AT_VERSION] = PART_VERSION;
	out[PART_AT_KIND] = (unsigned char) column->kind;
	out[PART_AT_ENCODING] = (unsigned char) plan->encoding;
	if (part_plan_has_validity(plan))
		out[PART_AT_FLAGS] |= PART_FLAG_VALIDITY;
	le32_write(out + PART_AT_ROWS, plan->rows);
	le32_write(out + PART_AT_NULLS, plan->nulls);
	le32_write(out + PART_AT_ITEMS, plan->items);
	out[PART_AT_WIDTH] = (unsigned char) plan->width;
	out[PART_AT_CODE_WIDTH] = (unsigned char) plan->code_width;
	if (column->kind == PART_DECIMAL || column->kind == PART_FIXED ||
		column->kind == PART_POINT)
		le32_write(out + PART_AT_DETAIL, column->detail);
	else if (column->kind == PART_BYTES)
		le32_write(out + PART_AT_DETAIL, (uint32_t) plan->payload_size);
	out[PART_AT_DECIMALS] = (unsigned char) plan->decimals;
	if (column->kind == PART_POINT)
		out[PART_AT_DIMENSIONS] = (unsigned char) column->dimensions;
	le64_write(out + PART_AT_BASE, (uint64_t) plan->base[0]);
	le64_write(out + PART_AT_BASE + 8, (uint64_t) plan->base[1]);
	if (plan->nulls < plan->rows)
		part_zone_write(column, plan, out);
}

size_t
part_write(const PartColumn *column, const PartPlan *plan,
		   void *scratch, void *out)
{
	unsigned char *bytes = out;
	size_t		position = PART_HEADER_SIZE;
	size_t		length = plan->size;

	memset(bytes, 0, plan->size);
	write_header(column, plan, bytes);
	if (part_plan_has_validity(plan))
	{
		write_validity(column, plan, bytes + position);
		position += part_validity_size(plan->rows);
	}
	if (column->kind == PART_BYTES)
		length = part_strings_write(column, plan, scratch, bytes, position);
	else
		write_items(column, plan, bytes, position);
	le32_write(bytes + PART_AT_LENGTH, (uint32_t) length);
	le32_write(bytes + PART_AT_CRC,
			   crc32c(bytes + PART_AT_LENGTH, length - PART_AT_LENGTH));
	return length;
}
