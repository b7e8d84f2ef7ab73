/*
 * layout_numeric.c
 *		Canonical numerics as numbers of 128 bits, and back.
 *
 * store/FORMAT.md, section "Numeric": sign, display scale, weight, and groups
 * of four decimal digits, the highest first.
 */
#include "layout_numeric.h"

#include "part_format.h"

#define GROUP 10000
#define GROUP_DIGITS 4
#define HEADER_SIZE 5			/* sign, display scale, weight */

/* 2^127 has 39 digits; the lowest group may have fewer than four of them. */
#define GROUPS_MAX 11

/* An unsigned number of 128 bits. */
typedef struct Magnitude
{
	uint64_t	low;
	uint64_t	high;
} Magnitude;

static const uint32_t powers[GROUP_DIGITS + 1] = {1, 10, 100, 1000, GROUP};

/* *number * factor + addend; false where that is 2^127 or more. */
static bool
multiply_add(Magnitude *number, uint32_t factor, uint32_t addend)
{
	uint64_t	first = (number->low & UINT32_MAX) * factor + addend;
	uint64_t	second = (number->low >> 32) * factor + (first >> 32);

	if (number->high > (INT64_MAX - (second >> 32)) / factor)
		return false;
	number->low = second << 32 | (first & UINT32_MAX);
	number->high = number->high * factor + (second >> 32);
	return true;
}

/* Divide by a number of at most four digits; returns the remainder. */
static uint32_t
divide(Magnitude *number, uint32_t divisor)
{
	uint64_t	rest;
	uint64_t	upper;
	uint64_t	lower;

	if (number->high == 0)
	{
		rest = number->low % divisor;
		number->low /= divisor;
		return (uint32_t) rest;
	}
	rest = number->high % divisor;
	number->high /= divisor;
	upper = rest << 32 | number->low >> 32;
	lower = (upper % divisor) << 32 | (number->low & UINT32_MAX);
	number->low = (upper / divisor) << 32 | lower / divisor;
	return (uint32_t) (lower % divisor);
}

static PartInt128
signed_number(Magnitude magnitude, bool negative)
{
	PartInt128	result;

	if (negative)
	{
		magnitude.low = ~magnitude.low + 1;
		magnitude.high = ~magnitude.high + (magnitude.low == 0);
	}
	result.low = magnitude.low;
	result.high = part_signed(magnitude.high);
	return result;
}

/*
 * Add the groups, and shift them to where the last digit of the display scale
 * has weight 1.
 */
static bool
read_groups(const unsigned char *groups, uint32_t count, int32_t weight,
			uint32_t scale, Magnitude *number)
{
	/* the weight of the last group's last digit, from that of the scale */
	int32_t		shift = (weight - (int32_t) count + 1) * GROUP_DIGITS +
	(int32_t) scale;

	if (count > GROUPS_MAX || shift <= -GROUP_DIGITS)
		return false;
	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	group = le16_read(groups + (size_t) i * 2);

		if (i + 1 == count && shift < 0)
		{
			if (group % powers[-shift] != 0)
				return false;
			return multiply_add(number, powers[GROUP_DIGITS + shift],
								group / powers[-shift]);
		}
		if (!multiply_add(number, GROUP, group))
			return false;
	}
	for (; shift > 0; shift -= GROUP_DIGITS)
	{
		if (!multiply_add(number, powers[shift < GROUP_DIGITS ? shift :
										 GROUP_DIGITS], 0))
			return false;
	}
	return true;
}

bool
layout_numeric_read(const unsigned char *bytes, size_t length,
					PartInt128 * number, uint32_t * scale)
{
	Magnitude	magnitude = {0, 0};
	unsigned char back[LAYOUT_NUMERIC_MAX];
	int32_t		weight;

	if (length < HEADER_SIZE || length > LAYOUT_NUMERIC_MAX || bytes[0] > 1)
		return false;
	*scale = le16_read(bytes + 1);
	weight = le16_read(bytes + 3);
	if (weight > INT16_MAX)
		weight -= UINT16_MAX + 1;
	if (*scale > PART_SCALE_MAX ||
		(length > HEADER_SIZE &&
		 !read_groups(bytes + HEADER_SIZE,
					  (uint32_t) (length - HEADER_SIZE) / 2, weight, *scale,
					  &magnitude)))
		return false;
	*number = signed_number(magnitude, bytes[0] == 1);
	return layout_numeric_write(*number, *scale, back) == length &&
		memcmp(back, bytes, length) == 0;
}

size_t
layout_numeric_write(PartInt128 number, uint32_t scale,
					 unsigned char out[LAYOUT_NUMERIC_MAX])
{
	bool		negative = number.high < 0;
	uint32_t	behind = (scale + GROUP_DIGITS - 1) / GROUP_DIGITS;
	uint32_t	padding = behind * GROUP_DIGITS - scale;
	uint16_t	groups[GROUPS_MAX]; /* the lowest first */
	uint32_t	count = 0;
	uint32_t	skipped = 0;
	Magnitude	rest;

	rest.low = number.low;
	rest.high = (uint64_t) number.high;
	if (negative)
	{
		number = signed_number(rest, true);
		rest.low = number.low;
		rest.high = (uint64_t) number.high;
	}
	if (rest.low != 0 || rest.high != 0)
		groups[count++] = (uint16_t) (divide(&rest, powers[GROUP_DIGITS - padding]) *
									  powers[padding]);
	while (rest.low != 0 || rest.high != 0)
		groups[count++] = (uint16_t) divide(&rest, GROUP);
	while (skipped < count && groups[skipped] == 0)
		skipped++;
	out[0] = negative ? 1 : 0;
	le16_write(out + 1, (uint16_t) scale);
	le16_write(out + 3, count > 0 ?
			   (uint16_t) ((int32_t) count - 1 - (int32_t) behind) : 0);
	for (uint32_t i = skipped; i < count; i++)
		le16_write(out + HEADER_SIZE + (size_t) (count - 1 - i) * 2,
				   groups[i]);
	return HEADER_SIZE + (size_t) (count - skipped) * 2;
}
