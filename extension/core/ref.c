/*
 * ref.c
 *		Refs: reading them, and checking names.
 */
#include "ref.h"

#include <string.h>

#define DATE_LENGTH 10
#define FRACTION_DIGITS 6

/* Text of which the beginning has been read. */
typedef struct RefScanner
{
	const char *text;
	size_t		length;
	size_t		at;
} RefScanner;

static bool
is_hex_digit(char c)
{
	return core_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Are these letters those of an upper-case word, in any case? */
static bool
is_word(const char *text, size_t length, const char *word)
{
	if (length != strlen(word))
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (text[i] != word[i] && text[i] != word[i] - 'A' + 'a')
			return false;
	}
	return true;
}

static bool
is_exactly(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && memcmp(text, word, length) == 0;
}

static bool
is_digits(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		if (!core_is_digit(text[i]))
			return false;
	}
	return length > 0;
}

static bool
has_form_of_revision(const char *text, size_t length)
{
	if (length < REF_DIGITS_MIN || length > REVISION_DIGITS)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (!is_hex_digit(text[i]))
			return false;
	}
	return true;
}

static bool
has_form_of_time(const char *text, size_t length)
{
	static const char form[] = "dddd-dd-dd";

	if (length < DATE_LENGTH)
		return false;
	for (size_t i = 0; i < DATE_LENGTH; i++)
	{
		if (form[i] == 'd' ? !core_is_digit(text[i]) : text[i] != form[i])
			return false;
	}
	if (length == DATE_LENGTH)
		return true;
	return (text[DATE_LENGTH] == ' ' || text[DATE_LENGTH] == 'T' ||
			text[DATE_LENGTH] == 't') &&
		length > DATE_LENGTH + 1 && core_is_digit(text[DATE_LENGTH + 1]);
}

/*
 * The number from 1 to 2147483647 that these digits are; false where they are
 * not digits, begin with 0, or are too large.
 */
static bool
read_number(const char *text, size_t length, int32_t * number)
{
	int64_t		sum = 0;

	if (!is_digits(text, length) || length > 10 || text[0] == '0')
		return false;
	for (size_t i = 0; i < length; i++)
		sum = sum * 10 + (text[i] - '0');
	if (sum > INT32_MAX)
		return false;
	*number = (int32_t) sum;
	return true;
}

/* Step over a character if it is the next one. */
static bool
take(RefScanner *scanner, char c)
{
	if (scanner->at == scanner->length || scanner->text[scanner->at] != c)
		return false;
	scanner->at++;
	return true;
}

/* Two digits, a number within bounds. */
static bool
take_two_digits(RefScanner *scanner, int32_t least, int32_t most,
				const char *reason, int32_t * number, CoreError *error)
{
	size_t		start = scanner->at;

	for (*number = 0; scanner->at < start + 2; scanner->at++)
	{
		if (scanner->at == scanner->length ||
			!core_is_digit(scanner->text[scanner->at]))
			return core_fail(error, "Expected a digit", (long) scanner->at);
		*number = *number * 10 + (scanner->text[scanner->at] - '0');
	}
	if (*number < least || *number > most)
		return core_fail(error, reason, (long) start);
	return true;
}

static int32_t
days_of_month(int32_t year, int32_t month)
{
	static const int32_t days[12] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* The date of what has the form of a time: the digits are there. */
static bool
take_date(RefScanner *scanner, RefTime *time, CoreError *error)
{
	int32_t		century;
	int32_t		rest;

	if (!take_two_digits(scanner, 0, 99, NULL, &century, error) ||
		!take_two_digits(scanner, 0, 99, NULL, &rest, error))
		return false;
	time->year = century * 100 + rest;
	if (time->year == 0)
		return core_fail(error, "There is no year 0", 0);
	scanner->at++;
	if (!take_two_digits(scanner, 1, 12, "Expected a month from 01 to 12",
						 &time->month, error))
		return false;
	scanner->at++;
	return take_two_digits(scanner, 1, days_of_month(time->year, time->month),
						   "This month has no such day", &time->day, error);
}

/* What stands behind the dot of seconds. */
static bool
take_fraction(RefScanner *scanner, int32_t * microseconds, CoreError *error)
{
	int32_t		unit = 1000000;

	for (int i = 0;; i++)
	{
		if (scanner->at == scanner->length ||
			!core_is_digit(scanner->text[scanner->at]))
			return i > 0 ||
				core_fail(error, "Expected a digit", (long) scanner->at);
		if (i == FRACTION_DIGITS)
			return core_fail(error, "Expected at most 6 digits of a second",
							 (long) scanner->at);
		unit /= 10;
		*microseconds += (scanner->text[scanner->at++] - '0') * unit;
	}
}

static bool
take_clock(RefScanner *scanner, RefTime *time, CoreError *error)
{
	int32_t		seconds;

	if (!take_two_digits(scanner, 0, 23, "Expected an hour from 00 to 23",
						 &time->hour, error))
		return false;
	if (!take(scanner, ':'))
		return core_fail(error, "Expected \":\" and minutes",
						 (long) scanner->at);
	if (!take_two_digits(scanner, 0, 59, "Expected minutes from 00 to 59",
						 &time->minute, error))
		return false;
	time->has_time = true;
	if (!take(scanner, ':'))
		return true;
	if (!take_two_digits(scanner, 0, 59, "Expected seconds from 00 to 59",
						 &seconds, error))
		return false;
	time->microseconds = seconds * 1000000;
	return !take(scanner, '.') ||
		take_fraction(scanner, &time->microseconds, error);
}

static bool
take_zone(RefScanner *scanner, RefTime *time, CoreError *error)
{
	int32_t		hours;
	int32_t		minutes = 0;
	int32_t		sign;

	time->has_zone = true;
	if (take(scanner, 'Z') || take(scanner, 'z'))
		return true;
	if (take(scanner, '-'))
		sign = -1;
	else if (take(scanner, '+'))
		sign = 1;
	else
		return core_fail(error, "Expected a time zone or the end",
						 (long) scanner->at);
	if (!take_two_digits(scanner, 0, REF_ZONE_HOURS_MAX,
						 "Expected hours of a time zone from 00 to 15",
						 &hours, error))
		return false;
	if (take(scanner, ':') &&
		!take_two_digits(scanner, 0, 59, "Expected minutes from 00 to 59",
						 &minutes, error))
		return false;
	time->zone = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* Read what has the form of a time. */
static bool
read_time(const char *text, size_t length, RefTime *time, CoreError *error)
{
	RefScanner	scanner = {text, length, 0};

	if (!take_date(&scanner, time, error))
		return false;
	if (scanner.at == length)
		return true;
	scanner.at++;
	if (!take_clock(&scanner, time, error))
		return false;
	if (scanner.at < length && !take_zone(&scanner, time, error))
		return false;
	return scanner.at == length ||
		core_fail(error, "Expected the end", (long) scanner.at);
}

/*
 * The character at a position and the bytes it takes, 0 where they are not
 * UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF).
 */
static size_t
read_character(const char *text, size_t length, size_t at, uint32_t * character)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char lead = (unsigned char) text[at];
	size_t		size = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 :
	lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 0;

	if (size == 0 || length - at < size)
		return 0;
	*character = size == 1 ? lead : lead & (0x7Fu >> size);
	for (size_t i = 1; i < size; i++)
	{
		unsigned char next = (unsigned char) text[at + i];

		if ((next & 0xC0) != 0x80)
			return 0;
		*character = *character << 6 | (next & 0x3F);
	}
	if (*character < least[size] || *character > 0x10FFFF ||
		(*character >= 0xD800 && *character <= 0xDFFF))
		return 0;
	return size;
}

/* General categories Zs, Zl and Zp of Unicode. */
static bool
is_blank(uint32_t character)
{
	return character == ' ' || character == 0xA0 || character == 0x1680 ||
		(character >= 0x2000 && character <= 0x200A) ||
		character == 0x2028 || character == 0x2029 || character == 0x202F ||
		character == 0x205F || character == 0x3000;
}

/* General category Cc of Unicode. */
static bool
is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

/* Could this text be the name of anything? */
static bool
check_name(const char *text, size_t length, CoreError *error)
{
	size_t		at = 0;
	size_t		size;
	uint32_t	character;

	for (; at < length; at += size)
	{
		size = read_character(text, length, at, &character);
		if (size == 0)
			return core_fail(error, "Expected UTF-8", (long) at);
		if (is_control(character))
			return core_fail(error, "A name has no control characters",
							 (long) at);
		if (character == '~')
			return core_fail(error, "A name has no \"~\"", (long) at);
		if (is_blank(character) && (at == 0 || at + size == length))
			return core_fail(error, "A name has no blanks at its ends",
							 (long) at);
		if (at + size > REF_NAME_MAX)
			return core_fail(error, "A name has at most 63 bytes", (long) at);
	}
	return length > 0 || core_fail(error, "Expected a name", 0);
}

/* The steps from a position on, where a "~" stands, to the end. */
static bool
read_steps(const char *text, size_t length, size_t at, int32_t * steps,
		   CoreError *error)
{
	while (at < length)
	{
		int32_t		step = 1;
		size_t		start = at + 1;

		if (text[at] != '~')
			return core_fail(error, "Expected a digit, \"~\" or the end",
							 (long) at);
		for (at = start; at < length && core_is_digit(text[at]); at++)
			;
		if (at > start && !read_number(text + start, at - start, &step))
			return core_fail(error, "Expected a number from 1 to 2147483647",
							 (long) start);
		if (step > REF_STEPS_MAX - *steps)
			return core_fail(error, "More than 2147483647 steps in all",
							 (long) start);
		*steps += step;
	}
	return true;
}

static void
add_reading(Ref *ref, RefKind kind)
{
	ref->readings[ref->count++] = kind;
}

/* All the ways in which the base reads; false where there is none. */
static bool
read_base(const char *text, size_t length, Ref *ref, CoreError *error)
{
	if (is_exactly(text, length, "WORKING"))
		add_reading(ref, REF_WORKING);
	else if (is_exactly(text, length, "HEAD"))
		add_reading(ref, REF_HEAD);
	else if (has_form_of_time(text, length))
	{
		add_reading(ref, REF_TIME);
		return read_time(text, length, &ref->time, error);
	}
	else
	{
		if (text[0] == 'v' && read_number(text + 1, length - 1, &ref->number))
			add_reading(ref, REF_NUMBER);
		else if (has_form_of_revision(text, length))
		{
			add_reading(ref, REF_REVISION);
			if (!revision_prefix_range(text, length, &ref->first, &ref->last,
									   error))
				return false;
		}
		if (check_name(text, length, error))
			add_reading(ref, REF_NAME);
	}
	return ref->count > 0;
}

bool
ref_parse(const char *text, size_t length, Ref *ref, CoreError *error)
{
	const char *tilde = length > 0 ? memchr(text, '~', length) : NULL;

	memset(ref, 0, sizeof(*ref));
	ref->base_length = tilde != NULL ? (size_t) (tilde - text) : length;
	if (ref->base_length == 0)
		return core_fail(error, "Expected the name of a version", 0);
	if (!read_base(text, ref->base_length, ref, error))
		return false;
	if (tilde != NULL && ref->readings[0] == REF_WORKING)
		return core_fail(error, "Nothing can be counted back from WORKING",
						 (long) ref->base_length);
	return read_steps(text, length, ref->base_length, &ref->steps, error);
}

bool
ref_name_check(const char *text, size_t length, CoreError *error)
{
	const char *reason = NULL;

	if (!check_name(text, length, error))
		return false;
	if (is_word(text, length, "HEAD"))
		reason = "HEAD names the last version of a branch";
	else if (is_word(text, length, "WORKING"))
		reason = "WORKING names the head with uncommitted edits";
	else if ((text[0] == 'v' || text[0] == 'V') &&
			 is_digits(text + 1, length - 1))
		reason = "A \"v\" and digits are the number of a version";
	else if (has_form_of_time(text, length))
		reason = "It would be read as a date";
	else if (has_form_of_revision(text, length))
		reason = "8 to 64 hexadecimal digits are a revision";
	return reason == NULL || core_fail(error, reason, CORE_NO_POSITION);
}
