/*
 * part_column.h
 *		What the writers of parts ask of a column.  Included by part*.c and
 *		their tests alone.
 */
#ifndef ALLMENDE_PART_COLUMN_H
#define ALLMENDE_PART_COLUMN_H

#include "part_format.h"
#include "part_write.h"

/*
 * The numbers of some rows: their least and greatest, and the decimals that
 * all of them have.  Kept for the axes x and y of points, else for x.
 */
typedef struct PartRange
{
	bool		any;
	bool		full;			/* only the full width holds them */
	uint32_t	decimals;
	int64_t		least[2];
	int64_t		greatest[2];
	double		least_double[2];
	double		greatest_double[2];
} PartRange;

/* full: do not try anything but the full width. */
extern void part_range_begin(PartRange *range, bool full);

/* Add a row that is not null. */
extern void part_range_add(PartRange *range, const PartColumn *column,
						   uint32_t row);

/* The least width of items for these rows; fills the bases that go with it. */
extern uint32_t part_range_width(const PartRange *range,
								 const PartColumn *column, int64_t base[2]);

/*
 * The number that stands for a value of INT, of DECIMAL within 64 bits, or of a
 * floating point number times 10^decimals.
 */
extern int64_t part_column_number(const PartColumn *column, int axis,
								  uint32_t row, uint32_t decimals);

/* Does the scaled number of a row give it back, bit by bit? */
extern bool part_column_scales(const PartColumn *column, uint32_t row,
							   uint32_t decimals);

/* Are the values of two rows, none of them null, alike in every bit? */
extern bool part_column_same(const PartColumn *column, uint32_t row,
							 uint32_t other);

/* Nulls among count rows. */
extern uint32_t part_column_nulls(const PartColumn *column, uint32_t first,
								  uint32_t count);

/* Plan and write byte strings; part_plan() and part_write() call them. */
extern bool part_strings_plan(const PartColumn *column, uint32_t first,
							  void *scratch, PartPlan *plan,
							  CoreError *error);
extern size_t part_strings_write(const PartColumn *column,
								 const PartPlan *plan, void *scratch,
								 unsigned char *out, size_t position);

/* Write minimum and maximum into a header that is zero there. */
extern void part_zone_write(const PartColumn *column, const PartPlan *plan,
							unsigned char *header);

static inline bool
part_column_is_null(const PartColumn *column, uint32_t row)
{
	return column->validity != NULL &&
		(column->validity[row / 64] >> row % 64 & 1) == 0;
}

static inline int
part_column_axes(const PartColumn *column)
{
	return column->kind == PART_POINT ? 2 : 1;
}

static inline bool
part_plan_has_validity(const PartPlan *plan)
{
	return plan->nulls > 0 && plan->nulls < plan->rows;
}

/* A floating point number of any kind as float8. */
static inline double
part_column_double(const PartColumn *column, int axis, uint32_t row)
{
	if (axis == 1)
		return column->values_y[row];
	if (column->kind == PART_FLOAT)
		return ((const float *) column->values)[row];
	return ((const double *) column->values)[row];
}

#endif							/* ALLMENDE_PART_COLUMN_H */
