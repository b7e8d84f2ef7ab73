/*
 * revision_code_test.c
 *		Tests of core/revision_code.c.
 */
#include "unit.h"

#include "../../extension/core/revision_code.h"

#define DIGITS \
	"00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0"

static void
round_trip(void)
{
	char		upper[REVISION_TEXT_SIZE];
	char		text[REVISION_TEXT_SIZE];
	RevisionId	id;
	CoreError	error;

	CHECK(revision_parse(DIGITS, REVISION_DIGITS, &id, &error));
	CHECK(id.bytes[0] == 0x00 && id.bytes[1] == 0x11 && id.bytes[16] == 0x0f &&
		  id.bytes[31] == 0xf0);
	revision_format(&id, text);
	CHECK_TEXT(text, DIGITS);

	for (int i = 0; i <= REVISION_DIGITS; i++)
	{
		char		c = DIGITS[i];

		upper[i] = (char) (c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
	}
	CHECK(revision_parse(upper, REVISION_DIGITS, &id, &error));
	revision_format(&id, text);
	CHECK_TEXT(text, DIGITS);
}

/* Every byte at every place, and every length. */
static void
refusals(void)
{
	char		text[REVISION_TEXT_SIZE];
	RevisionId	id;
	CoreError	error;

	for (int i = 0; i < REVISION_DIGITS; i++)
	{
		for (int c = 0; c < 256; c++)
		{
			bool		digit = c != 0 &&
			strchr("0123456789abcdefABCDEF", c) != NULL;

			memcpy(text, DIGITS, sizeof(text));
			text[i] = (char) c;
			CHECK(revision_parse(text, REVISION_DIGITS, &id, &error) == digit);
			CHECK(digit || error.position == i);
		}
	}
	for (size_t length = 0; length < REVISION_DIGITS; length++)
	{
		CHECK(!revision_parse(DIGITS, length, &id, &error));
		CHECK(error.position == CORE_NO_POSITION);
	}
	CHECK(!revision_parse(DIGITS "0", REVISION_DIGITS + 1, &id, &error));
	CHECK(error.position == CORE_NO_POSITION);
}

/* What has a prefix is in its range; what has another digit is not. */
static void
prefixes(void)
{
	char		text[REVISION_TEXT_SIZE];
	RevisionId	id;
	RevisionId	first;
	RevisionId	last;
	CoreError	error;

	CHECK(revision_parse(DIGITS, REVISION_DIGITS, &id, &error));
	for (size_t length = 1; length <= REVISION_DIGITS; length++)
	{
		CHECK(revision_prefix_range(DIGITS, length, &first, &last, &error));
		CHECK(revision_compare(&first, &id) <= 0);
		CHECK(revision_compare(&id, &last) <= 0);
		revision_format(&first, text);
		CHECK(memcmp(text, DIGITS, length) == 0);
		CHECK(strspn(text + length, "0") == REVISION_DIGITS - length);
		revision_format(&last, text);
		CHECK(memcmp(text, DIGITS, length) == 0);
		CHECK(strspn(text + length, "f") == REVISION_DIGITS - length);

		memcpy(text, DIGITS, sizeof(text));
		text[length - 1] = text[length - 1] == '7' ? '6' : '7';
		CHECK(revision_prefix_range(text, length, &first, &last, &error));
		CHECK(revision_compare(&first, &id) > 0 ||
			  revision_compare(&id, &last) > 0);
	}
	CHECK(!revision_prefix_range("", 0, &first, &last, &error));
	CHECK(error.position == CORE_NO_POSITION);
	CHECK(!revision_prefix_range(DIGITS "0", REVISION_DIGITS + 1, &first,
								 &last, &error));
	CHECK(!revision_prefix_range("12g", 3, &first, &last, &error));
	CHECK(error.position == 2);
}

int
main(void)
{
	unit_case("what is read is written, in lower case");
	round_trip();
	unit_case("anything but 64 hexadecimal digits is refused");
	refusals();
	unit_case("a prefix is a range");
	prefixes();
	return unit_finish();
}
