/*
 * ags_code.c
 *		AGS and ARS: reading, writing, hierarchy, repair.
 */
#include "ags_code.h"

#include <string.h>

#define STATE_FIRST 1
#define STATE_LAST 16
#define NORTH_RHINE_WESTPHALIA 5

/* digits of each level, and what one step of its last digit counts for */
static const int level_digits[AGS_LEVELS] = {2, 3, 5, 8};
static const uint32_t level_unit[AGS_LEVELS] = {1000000, 100000, 1000, 1};

#define ARS_ASSOCIATION UINT64_C(10000000)	/* factor of LLRKK in an ARS */

static inline uint32_t
ags_padded(AgsCode code)
{
	return code >> 2;
}

AgsLevel
ags_level(AgsCode code)
{
	return (AgsLevel) (code & 3);
}

static inline AgsCode
ags_make(uint32_t padded, AgsLevel level)
{
	return padded << 2 | (uint32_t) level;
}

/*
 * Read digits into a number; the caller has checked that they fit.
 */
static bool
parse_digits(const char *text, size_t length, uint64_t * number,
			 CoreError *error)
{
	uint64_t	result = 0;

	for (size_t i = 0; i < length; i++)
	{
		if (!core_is_digit(text[i]))
			return core_fail(error, "Expected a digit", (long) i);
		result = result * 10 + (uint64_t) (text[i] - '0');
	}
	*number = result;
	return true;
}

/* The first character that is not a digit, or length. */
static size_t
digits_span(const char *text, size_t length)
{
	size_t		i = 0;

	while (i < length && core_is_digit(text[i]))
		i++;
	return i;
}

static bool
state_check(uint32_t state, CoreError *error)
{
	if (state < STATE_FIRST || state > STATE_LAST)
		return core_fail(error,
						 "The first two digits, the state, must be 01 to 16",
						 CORE_NO_POSITION);
	return true;
}

bool
ags_check(uint32_t number, CoreError *error)
{
	uint32_t	padded = ags_padded(number);
	AgsLevel	level = ags_level(number);

	if (!state_check(padded / level_unit[AGS_STATE], error))
		return false;
	if (padded % level_unit[level] != 0)
		return core_fail(error, "Digits below the level of the key are set",
						 CORE_NO_POSITION);
	if (level == AGS_GOVERNMENT_REGION && padded / level_unit[level] % 10 == 0)
		return core_fail(error,
						 "The third digit, the government region, must be 1 to 9 in a key of three digits",
						 CORE_NO_POSITION);
	return true;
}

bool
ags_parse(const char *text, size_t length, AgsCode *code, CoreError *error)
{
	size_t		digits = digits_span(text, length);
	uint64_t	number;

	if (digits < length)
		return core_fail(error, "Expected a digit", (long) digits);
	for (int level = 0; level < AGS_LEVELS; level++)
	{
		if (length != (size_t) level_digits[level])
			continue;
		if (!parse_digits(text, length, &number, error))
			return false;
		*code = ags_make((uint32_t) number * level_unit[level],
						 (AgsLevel) level);
		return ags_check(*code, error);
	}
	return core_fail(error, "An AGS has 2, 3, 5 or 8 digits",
					 CORE_NO_POSITION);
}

/* Write the lowest digits of a number, and a NUL behind them. */
static void
format_digits(uint64_t number, int digits, char *text)
{
	text[digits] = '\0';
	while (digits-- > 0)
	{
		text[digits] = (char) ('0' + number % 10);
		number /= 10;
	}
}

size_t
ags_format(AgsCode code, char text[AGS_TEXT_SIZE])
{
	AgsLevel	level = ags_level(code);

	format_digits(ags_padded(code) / level_unit[level], level_digits[level],
				  text);
	return (size_t) level_digits[level];
}

bool
ags_ancestor(AgsCode code, AgsLevel level, AgsCode *ancestor)
{
	uint32_t	padded = ags_padded(code);
	CoreError	ignored;

	if (level > ags_level(code))
		return false;
	*ancestor = ags_make(padded - padded % level_unit[level], level);
	return ags_check(*ancestor, &ignored);
}

bool
ags_parent(AgsCode code, AgsCode *parent)
{
	for (int level = (int) ags_level(code) - 1; level >= 0; level--)
	{
		if (ags_ancestor(code, (AgsLevel) level, parent))
			return true;
	}
	return false;
}

AgsCode
ags_last_contained(AgsCode outer)
{
	return ags_make(ags_padded(outer) + level_unit[ags_level(outer)] - 1,
					AGS_MUNICIPALITY);
}

bool
ags_contains(AgsCode outer, AgsCode inner)
{
	return inner >= outer && inner <= ags_last_contained(outer);
}

bool
ags_repair(const char *text, size_t length, const AgsCode *state,
		   AgsCode *code, CoreError *error)
{
	size_t		digits = digits_span(text, length);
	char		whole[AGS_TEXT_SIZE];
	size_t		missing;

	if (digits < length)
		return core_fail(error, "Expected a digit", (long) digits);

	switch (length)
	{
		case 1:					/* state, 0 lost */
		case 4:					/* district, 0 lost */
		case 7:					/* municipality, 0 lost */
			missing = 1;
			break;
		case 2:					/* state, or government region, 0 lost */
			missing = ags_parse(text, length, code, error) ? 0 : 1;
			break;
		case 3:					/* government region, or stateless district */
		case 6:					/* stateless municipality */
			missing = 2;
			break;
		default:
			missing = 0;
			break;
	}

	if (missing == 2 && state == NULL)
	{
		if (length == 3)
			missing = 0;
		else
			return core_fail(error,
							 "A key of six digits lacks its state, which must be given",
							 CORE_NO_POSITION);
	}
	if (missing == 2)
	{
		AgsCode		complete;

		ags_format(*state, whole);
		if (length == 3 && memcmp(text, whole, 2) == 0 &&
			ags_parse(text, length, &complete, error))
			return core_fail(error,
							 "The three digits can be a government region or a district without its state",
							 CORE_NO_POSITION);
	}
	else
		whole[0] = '0';

	if (missing + length > AGS_TEXT_SIZE - 1)
		return core_fail(error, "An AGS has at most 8 digits",
						 CORE_NO_POSITION);
	memcpy(whole + missing, text, length);
	if (!ags_parse(whole, missing + length, code, error))
		return false;
	if (state != NULL && !ags_contains(*state, *code))
		return core_fail(error, "The key is not one of the given state",
						 CORE_NO_POSITION);
	return true;
}

bool
ars_check(uint64_t number, CoreError *error)
{
	uint32_t	kind = (uint32_t) (number / 1000000 % 10);

	if (number / UINT64_C(10000000000) > STATE_LAST)
		return state_check(STATE_LAST + 1, error);
	if (!state_check((uint32_t) (number / UINT64_C(10000000000)), error))
		return false;
	if (kind != 0 && kind != 5 && kind != 9)
		return core_fail(error,
						 "The sixth digit of an ARS, the kind of association, must be 0, 5 or 9",
						 CORE_NO_POSITION);
	if (kind == 0 && number / 1000 % 1000 != number % 1000)
		return core_fail(error,
						 "Digits 7 to 9 of an ARS must repeat digits 10 to 12 where the sixth is 0",
						 CORE_NO_POSITION);
	return true;
}

bool
ars_parse(const char *text, size_t length, ArsCode *code, CoreError *error)
{
	size_t		digits = digits_span(text, length);

	if (digits < length)
		return core_fail(error, "Expected a digit", (long) digits);
	if (length != ARS_DIGITS)
		return core_fail(error, "An ARS has 12 digits", CORE_NO_POSITION);
	return parse_digits(text, length, code, error) && ars_check(*code, error);
}

void
ars_format(ArsCode code, char text[ARS_TEXT_SIZE])
{
	format_digits(code, ARS_DIGITS, text);
}

AgsCode
ars_to_ags(ArsCode code)
{
	return ags_make((uint32_t) (code / ARS_ASSOCIATION * 1000 + code % 1000),
					AGS_MUNICIPALITY);
}

bool
ags_to_ars(AgsCode code, ArsCode *ars, CoreError *error)
{
	uint32_t	padded = ags_padded(code);
	uint32_t	municipality = padded % 1000;

	if (ags_level(code) != AGS_MUNICIPALITY)
		return core_fail(error, "Only a municipality has an ARS",
						 CORE_NO_POSITION);
	if (padded / level_unit[AGS_STATE] != NORTH_RHINE_WESTPHALIA)
		return core_fail(error,
						 "Outside North Rhine-Westphalia a municipality can belong to an association, whose key the AGS does not contain",
						 CORE_NO_POSITION);
	*ars = padded / 1000 * ARS_ASSOCIATION + municipality * 1000 + municipality;
	return true;
}

bool
ags_contains_ars(AgsCode outer, ArsCode inner)
{
	return ags_contains(outer, ars_to_ags(inner));
}

bool
ags_ars_range(AgsCode outer, ArsCode *first, ArsCode *last)
{
	AgsLevel	level = ags_level(outer);
	uint64_t	above = ags_padded(outer) / 1000;

	if (level == AGS_MUNICIPALITY)
	{
		*first = above * ARS_ASSOCIATION;
		*last = *first + ARS_ASSOCIATION - 1;
		return false;
	}
	*first = above * ARS_ASSOCIATION;
	*last = (above + level_unit[level] / 1000) * ARS_ASSOCIATION - 1;
	return true;
}
