/*
 * part_write.h
 *		Writing parts: encoded pieces of one column of one segment.
 *
 * A column is cut into parts from its first row on:
 *
 *	for (first = 0; first < column.rows; first += plan.rows)
 *	{
 *		if (!part_plan(&column, first, scratch, &plan, &error))
 *			...
 *		length = part_write(&column, &plan, scratch, out);
 *	}
 *
 * where out has plan.size bytes.  store/FORMAT.md says how encodings are
 * chosen; the same column gives the same parts, but for what lz4 makes of it.
 */
#ifndef ALLMENDE_PART_WRITE_H
#define ALLMENDE_PART_WRITE_H

#include "part.h"

/* What a tuple and its index entry take: each part bears it. */
#define PART_TUPLE_COST 76

/* A part of byte strings takes rows up to so many bytes. */
#define PART_BYTES_TARGET 262144

/* A value of kind BYTES. */
typedef struct PartString
{
	const unsigned char *bytes;
	size_t		length;
} PartString;

/*
 * A column of a segment.  values has one entry per row, null or not:
 *
 *	INT			int64_t
 *	DECIMAL		PartInt128, all with the scale in detail
 *	DOUBLE		double
 *	FLOAT		float
 *	FIXED		detail bytes, 1 to PART_FIXED_MAX
 *	BYTES		PartString
 *	POINT		double x, and y in values_y; detail is the SRID
 *
 * Values of null rows are not looked at.  Row i is bit i % 64 of word i / 64 of
 * the validity.
 */
typedef struct PartColumn
{
	PartKind	kind;
	uint32_t	rows;			/* 1 to 65,536 */
	uint32_t	detail;
	uint32_t	dimensions;		/* of points, 0 to 255 */
	const void *values;
	const double *values_y;
	const		uint64_t *validity; /* 1 for a value; NULL: no nulls */
} PartColumn;

/* How the rows from first on are encoded. */
typedef struct PartPlan
{
	uint32_t	first;
	uint32_t	rows;
	uint32_t	nulls;
	PartEncoding encoding;
	uint32_t	width;
	uint32_t	code_width;
	uint32_t	items;
	uint32_t	decimals;
	int64_t		base[2];
	size_t		payload_size;	/* of byte strings, before compression */
	size_t		size;			/* at most so many bytes */
} PartPlan;

/*
 * Memory that part_plan() needs for a column, aligned for uint32_t.
 * part_write() needs what it left there.  0 for all kinds but BYTES.
 */
extern size_t part_scratch_size(const PartColumn *column);

/*
 * Choose the next part.  Fails where the column is not one: no rows, more than
 * a segment, a detail out of range, a string that no part can hold.
 */
extern bool part_plan(const PartColumn *column, uint32_t first, void *scratch,
					  PartPlan *plan, CoreError *error);

/* Write it, and return its length: at most plan->size. */
extern size_t part_write(const PartColumn *column, const PartPlan *plan,
						 void *scratch, void *out);

#endif							/* ALLMENDE_PART_WRITE_H */
