/*
 * revision_code.c
 *		Revisions: reading, writing, prefixes.
 */
#include "revision_code.h"

#include <string.h>

/* The value of a hexadecimal digit, or -1. */
static int
hex_value(char c)
{
	if (core_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Read digits into the upper end of an id, leaving the rest of it as it is;
 * there are at most 64.
 */
static void
read_digits(const char *text, size_t length, RevisionId *id)
{
	for (size_t i = 0; i < length; i++)
	{
		int			shift = i % 2 == 0 ? 4 : 0;
		int			other_digit = 0xF0 >> shift;

		id->bytes[i / 2] = (unsigned char) ((id->bytes[i / 2] & other_digit) |
											hex_value(text[i]) << shift);
	}
}

static bool
check_digits(const char *text, size_t length, CoreError *error)
{
	for (size_t i = 0; i < length; i++)
	{
		if (hex_value(text[i]) < 0)
			return core_fail(error, "Expected a hexadecimal digit", (long) i);
	}
	return true;
}

bool
revision_parse(const char *text, size_t length, RevisionId *id,
			   CoreError *error)
{
	if (!check_digits(text, length, error))
		return false;
	if (length != REVISION_DIGITS)
		return core_fail(error, "A revision has 64 hexadecimal digits",
						 CORE_NO_POSITION);
	read_digits(text, length, id);
	return true;
}

void
revision_format(const RevisionId *id, char text[REVISION_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < REVISION_SIZE; i++)
	{
		text[i * 2] = digits[id->bytes[i] >> 4];
		text[i * 2 + 1] = digits[id->bytes[i] & 15];
	}
	text[REVISION_DIGITS] = '\0';
}

bool
revision_prefix_range(const char *prefix, size_t length, RevisionId *first,
					  RevisionId *last, CoreError *error)
{
	if (!check_digits(prefix, length, error))
		return false;
	if (length < 1 || length > REVISION_DIGITS)
		return core_fail(error,
						 "A prefix of a revision has 1 to 64 hexadecimal digits",
						 CORE_NO_POSITION);
	memset(first, 0, sizeof(*first));
	memset(last, 0xFF, sizeof(*last));
	read_digits(prefix, length, first);
	read_digits(prefix, length, last);
	return true;
}

int
revision_compare(const RevisionId *a, const RevisionId *b)
{
	return memcmp(a->bytes, b->bytes, REVISION_SIZE);
}
