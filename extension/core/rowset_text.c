/*
 * rowset_text.c
 *		Sets of row ids as text: reading and writing.
 */
#include "rowset_text.h"

/* A text, and how far it has been read. */
typedef struct Scanner
{
	const char *text;
	size_t		length;
	size_t		position;
} Scanner;

size_t
rowset_text_members(const char *text, size_t length)
{
	size_t		members = 1;

	for (size_t i = 0; i < length; i++)
	{
		if (text[i] == ',')
			members++;
	}
	return members;
}

/* Is the next character this one?  Steps behind it if so. */
static bool
scan_char(Scanner *scanner, char c)
{
	if (scanner->position == scanner->length ||
		scanner->text[scanner->position] != c)
		return false;
	scanner->position++;
	return true;
}

static void
skip_blanks(Scanner *scanner)
{
	while (scan_char(scanner, ' ') || scan_char(scanner, '\t') ||
		   scan_char(scanner, '\n') || scan_char(scanner, '\r'))
		;
}

static bool
scan_fail(const Scanner *scanner, const char *reason, CoreError *error)
{
	return core_fail(error, reason, (long) scanner->position);
}

static bool
scan_id(Scanner *scanner, uint32_t * id, CoreError *error)
{
	size_t		begin = scanner->position;
	uint64_t	number = 0;

	while (scanner->position < scanner->length &&
		   core_is_digit(scanner->text[scanner->position]))
	{
		number = number * 10 +
			(uint64_t) (scanner->text[scanner->position] - '0');
		if (number > UINT32_MAX)
			return core_fail(error, "Row id above 4294967295", (long) begin);
		scanner->position++;
	}
	if (scanner->position == begin)
		return scan_fail(scanner, "Expected a row id", error);
	if (scanner->text[begin] == '0' && scanner->position > begin + 1)
		return core_fail(error, "Row id with a leading zero", (long) begin);
	*id = (uint32_t) number;
	return true;
}

static bool
scan_member(Scanner *scanner, RowsetRange *range, CoreError *error)
{
	size_t		second;

	if (!scan_id(scanner, &range->first, error))
		return false;
	range->last = range->first;
	if (!scan_char(scanner, '-'))
		return true;
	second = scanner->position;
	if (!scan_id(scanner, &range->last, error))
		return false;
	if (range->last < range->first)
		return core_fail(error, "End of a range below its beginning",
						 (long) second);
	return true;
}

static bool
scan_members(Scanner *scanner, RowsetRange *ranges, size_t * count,
			 CoreError *error)
{
	skip_blanks(scanner);
	if (scan_char(scanner, '}'))
		return true;
	for (;;)
	{
		if (!scan_member(scanner, &ranges[*count], error))
			return false;
		(*count)++;
		skip_blanks(scanner);
		if (scan_char(scanner, '}'))
			return true;
		if (!scan_char(scanner, ','))
			return scan_fail(scanner, "Expected a comma or a closing brace",
							 error);
		skip_blanks(scanner);
	}
}

bool
rowset_text_parse(const char *text, size_t length, RowsetRange *ranges,
				  size_t * count, CoreError *error)
{
	Scanner		scanner;

	scanner.text = text;
	scanner.length = length;
	scanner.position = 0;
	*count = 0;
	if (!scan_char(&scanner, '{'))
		return scan_fail(&scanner, "Expected an opening brace", error);
	if (!scan_members(&scanner, ranges, count, error))
		return false;
	if (scanner.position < length)
		return scan_fail(&scanner, "Expected the end of the text", error);
	return true;
}

static size_t
format_id(uint32_t id, char *text)
{
	uint32_t	rest = id;
	size_t		digits = 1;

	while (rest >= 10)
	{
		rest /= 10;
		digits++;
	}
	for (size_t i = digits; i-- > 0; id /= 10)
		text[i] = (char) ('0' + id % 10);
	return digits;
}

size_t
rowset_text_format(uint32_t first, uint32_t last,
				   char text[ROWSET_MEMBER_SIZE])
{
	size_t		length = format_id(first, text);

	if (last > first)
	{
		text[length++] = last - first > 1 ? '-' : ',';
		length += format_id(last, text + length);
	}
	text[length] = '\0';
	return length;
}
