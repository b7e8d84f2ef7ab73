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
}			ValueLayout;

#endif							/* ALLMENDE_LAYOUT_VALUE_H */
