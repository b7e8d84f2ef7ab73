/*
 * layout_value.h
 *		Canonical values as values of parts, and back, byte by byte the same.
 *
 * store/FORMAT.md, section "Layouts", says what each does.
 */
#ifndef ALLMENDE_LAYOUT_VALUE_H
#define ALLMENDE_LAYOUT_VALUE_H

#include "part_write.h"

/*
 * How canonical values of a type become values of a part.  The numbers are in
 * zone maps and never change.  A column of an extent whose values do not fit its
 * layout has LAYOUT_BYTES.
 */
typedef enum ValueLayout
{
	LAYOUT_BYTES = 1,			/* the bytes as they are: BYTES */
	LAYOUT_INT8,				/* signed numbers of 1, 2, 4, 8 bytes: INT */
	LAYOUT_INT16,
	LAYOUT_INT32,
	LAYOUT_INT64,
	LAYOUT_UINT8,				/* bool, "char" */
	LAYOUT_FLOAT4,				/* FLOAT */
	LAYOUT_FLOAT8,				/* DOUBLE */
	LAYOUT_NUMERIC,				/* DECIMAL */
	LAYOUT_FIXED,				/* values of one length: FIXED */
	LAYOUT_POINT,				/* two-dimensional points of one SRID: POINT */
	LAYOUT_CODE					/* codes of the column's dictionary: INT */
} ValueLayout;

/* Bytes that layout_decode() and layout_bounds() need for a value. */
#define LAYOUT_ROOM 64

/* The kind of part that a layout has. */
extern PartKind layout_kind(ValueLayout layout);

/*
 * Memory that layout_encode() needs for these values, aligned for 8 bytes.  A
 * value is its canonical bytes, NULL for a null.
 */
extern size_t layout_encode_size(ValueLayout layout, const PartString *values,
								 uint32_t rows);

/*
 * Make a column for part_plan() of 1 to 65,536 values.  It points into memory,
 * and of LAYOUT_BYTES at the values.  False where the values do not fit the
 * layout; they always fit LAYOUT_BYTES and never LAYOUT_CODE, of which the
 * dictionary knows.
 */
extern bool layout_encode(ValueLayout layout, const PartString *values,
						  uint32_t rows, void *memory, PartColumn *column);

/*
 * The same for codes of a dictionary: values of those rows that have one.
 */
extern size_t layout_encode_codes_size(uint32_t rows);
extern void layout_encode_codes(const PartString *values,
								const uint32_t *codes, uint32_t rows,
								void *memory, PartColumn *column);

/*
 * The canonical bytes of a row that is not null, of a part of layout_kind();
 * they are in the part (unpacked, of LAYOUT_BYTES) or in room, which has
 * LAYOUT_ROOM bytes.  Not for LAYOUT_CODE, whose part has the code.
 */
extern void layout_decode(ValueLayout layout, const Part *part, uint32_t row,
						  unsigned char *room, PartString *value);

/*
 * The least and the greatest value of a column as FORMAT.md, section "Zones",
 * has them; they are in the rooms, of LAYOUT_ROOM bytes each.  False where
 * there are none: all rows are null, or the layout has no order.
 */
extern bool layout_bounds(ValueLayout layout, const PartColumn *column,
						  unsigned char *minimum_room,
						  unsigned char *maximum_room,
						  PartString *minimum, PartString *maximum);

#endif							/* ALLMENDE_LAYOUT_VALUE_H */
