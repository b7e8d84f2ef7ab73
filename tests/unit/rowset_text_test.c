/*
 * rowset_text_test.c
 *		Tests of core/rowset_text.c.
 */
#include "unit.h"

#include "../../extension/core/rowset_text.h"

#define RANGES 16

static void
read_as(const char *text, size_t count, uint32_t first, uint32_t last)
{
	RowsetRange ranges[RANGES];
	size_t		n = 0;
	CoreError	error;

	CHECK(rowset_text_members(text, strlen(text)) <= RANGES);
	if (!CHECK(rowset_text_parse(text, strlen(text), ranges, &n, &error)))
	{
		printf("# %s: %s at %ld\n", text, error.reason, error.position);
		return;
	}
	CHECK(n == count);
	if (n > 0)
		CHECK(ranges[n - 1].first == first && ranges[n - 1].last == last);
}

static void
reading(void)
{
	read_as("{}", 0, 0, 0);
	read_as("{ \t\r\n}", 0, 0, 0);
	read_as("{0}", 1, 0, 0);
	read_as("{4294967295}", 1, UINT32_MAX, UINT32_MAX);
	read_as("{0-4294967295}", 1, 0, UINT32_MAX);
	read_as("{7-7}", 1, 7, 7);
	read_as("{ 9 , 3 ,\n5-6 }", 3, 5, 6);
	read_as("{1,1,1}", 3, 1, 1);
}

static void
refuse(const char *text, const char *reason, long position)
{
	RowsetRange ranges[RANGES];
	size_t		n;
	CoreError	error;

	if (CHECK(!rowset_text_parse(text, strlen(text), ranges, &n, &error)))
	{
		CHECK_TEXT(error.reason, reason);
		CHECK(error.position == position);
		if (error.position != position)
			printf("# \"%s\": position %ld\n", text, error.position);
	}
}

static void
refusals(void)
{
	refuse("", "Expected an opening brace", 0);
	refuse(" {}", "Expected an opening brace", 0);
	refuse("{", "Expected a row id", 1);
	refuse("{1", "Expected a comma or a closing brace", 2);
	refuse("{1,", "Expected a row id", 3);
	refuse("{1,}", "Expected a row id", 3);
	refuse("{,1}", "Expected a row id", 1);
	refuse("{-1}", "Expected a row id", 1);
	refuse("{+1}", "Expected a row id", 1);
	refuse("{01}", "Row id with a leading zero", 1);
	refuse("{1-02}", "Row id with a leading zero", 3);
	refuse("{00}", "Row id with a leading zero", 1);
	refuse("{4294967296}", "Row id above 4294967295", 1);
	refuse("{99999999999999999999999999}", "Row id above 4294967295", 1);
	refuse("{2-1}", "End of a range below its beginning", 3);
	refuse("{1 -2}", "Expected a comma or a closing brace", 3);
	refuse("{1- 2}", "Expected a row id", 3);
	refuse("{1-2-3}", "Expected a comma or a closing brace", 4);
	refuse("{1 2}", "Expected a comma or a closing brace", 3);
	refuse("{1}}", "Expected the end of the text", 3);
	refuse("{1} ", "Expected the end of the text", 3);
}

/* No text is read behind its length, whatever follows it there. */
static void
lengths(void)
{
	static const char text[] = "{1,3-5,4294967295}";
	RowsetRange ranges[RANGES];
	size_t		n;
	CoreError	error;

	for (size_t length = 0; length < sizeof(text) - 1; length++)
	{
		CHECK(!rowset_text_parse(text, length, ranges, &n, &error));
		CHECK(error.position <= (long) length);
	}
}

static void
write_as(uint32_t first, uint32_t last, const char *expected)
{
	char		text[ROWSET_MEMBER_SIZE];

	CHECK(rowset_text_format(first, last, text) == strlen(expected));
	CHECK_TEXT(text, expected);
}

static void
writing(void)
{
	write_as(0, 0, "0");
	write_as(9, 10, "9,10");
	write_as(0, 2, "0-2");
	write_as(99, 1000, "99-1000");
	write_as(UINT32_MAX, UINT32_MAX, "4294967295");
	write_as(4294967294, UINT32_MAX, "4294967294,4294967295");
	write_as(4294967293, UINT32_MAX, "4294967293-4294967295");
}

int
main(void)
{
	unit_case("members are read");
	reading();
	unit_case("anything else is refused, with its position");
	refusals();
	unit_case("a truncated text is refused");
	lengths();
	unit_case("ranges are written");
	writing();
	return unit_finish();
}
