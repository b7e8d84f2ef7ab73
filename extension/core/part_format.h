/*
 * part_format.h
 *		Where what stands in the header of a part; see store/FORMAT.md.
 *		Included by part*.c and their tests alone.
 */
#ifndef ALLMENDE_PART_FORMAT_H
#define ALLMENDE_PART_FORMAT_H

#include "part.h"

#define PART_MAGIC UINT32_C(0x54524150) /* "PART" */
#define PART_VERSION 1

#define PART_AT_MAGIC 0
#define PART_AT_CRC 4
#define PART_AT_LENGTH 8		/* the first byte that the CRC covers */
#define PART_AT_VERSION 12
#define PART_AT_KIND 13
#define PART_AT_ENCODING 14
#define PART_AT_FLAGS 15
#define PART_AT_ROWS 16
#define PART_AT_NULLS 20
#define PART_AT_ITEMS 24
#define PART_AT_WIDTH 28
#define PART_AT_CODE_WIDTH 29
#define PART_AT_MINIMUM_LENGTH 30
#define PART_AT_MAXIMUM_LENGTH 31
#define PART_AT_DETAIL 32
#define PART_AT_DECIMALS 36
#define PART_AT_DIMENSIONS 37
#define PART_AT_ZERO 38
#define PART_AT_BASE 40
#define PART_AT_MINIMUM 56
#define PART_AT_MAXIMUM 72

#define PART_FLAG_VALIDITY 1
#define PART_FLAG_LZ4 2
#define PART_FLAG_BOUNDS 4
#define PART_FLAG_UNBOUNDED 8

/* Scaled floating point numbers stay below this, so that they are exact. */
#define PART_SCALED_LIMIT (INT64_C(1) << 50)

/* 10^decimals, exact as a double. */
static inline double
part_power_of_ten(uint32_t decimals)
{
	static const double powers[PART_DECIMALS_MAX + 1] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
		1e13, 1e14, 1e15
	};

	return powers[decimals];
}

/* Bytes per item that hold any value of a kind; 0 for BYTES. */
static inline uint32_t
part_full_width(PartKind kind, uint32_t detail)
{
	switch (kind)
	{
		case PART_INT:
		case PART_DOUBLE:
		case PART_POINT:
			return 8;
		case PART_DECIMAL:
			return 16;
		case PART_FLOAT:
			return 4;
		case PART_FIXED:
			return detail;
		case PART_BYTES:
			break;
	}
	return 0;
}

static inline bool
part_kind_is_floating(PartKind kind)
{
	return kind == PART_DOUBLE || kind == PART_FLOAT || kind == PART_POINT;
}

static inline double
part_double_of_bits(uint64_t bits)
{
	union
	{
		uint64_t	bits;
		double		number;
	}			both;

	both.bits = bits;
	return both.number;
}

static inline uint64_t
part_bits_of_double(double number)
{
	union
	{
		uint64_t	bits;
		double		number;
	}			both;

	both.number = number;
	return both.bits;
}

static inline float
part_float_of_bits(uint32_t bits)
{
	union
	{
		uint32_t	bits;
		float		number;
	}			both;

	both.bits = bits;
	return both.number;
}

static inline uint32_t
part_bits_of_float(float number)
{
	union
	{
		uint32_t	bits;
		float		number;
	}			both;

	both.number = number;
	return both.bits;
}

/* A signed number from its 64 bits, without leaning on the compiler. */
static inline int64_t
part_signed(uint64_t bits)
{
	return bits <= INT64_MAX ? (int64_t) bits :
		-(int64_t) (UINT64_MAX - bits) - 1;
}

#endif							/* ALLMENDE_PART_FORMAT_H */
