/*
 * layout_numeric.h
 *		Canonical numerics as numbers of 128 bits, and back.
 */
#ifndef ALLMENDE_LAYOUT_NUMERIC_H
#define ALLMENDE_LAYOUT_NUMERIC_H

#include "part.h"

/* No number of 128 bits takes more: 10 groups, or 11 of a broken scale. */
#define LAYOUT_NUMERIC_MAX 32

/*
 * The number that a numeric is when it is multiplied by 10^scale, its display
 * scale.  False where it is none of 128 bits, or would not come back byte by
 * byte.
 */
extern bool layout_numeric_read(const unsigned char *bytes, size_t length,
								PartInt128 * number, uint32_t * scale);

/* Write the numeric of display scale that a number is; returns its length. */
extern size_t layout_numeric_write(PartInt128 number, uint32_t scale,
								   unsigned char out[LAYOUT_NUMERIC_MAX]);

#endif							/* ALLMENDE_LAYOUT_NUMERIC_H */
