/*
 * ref_test.c
 *		Tests of core/ref.c.
 */
#include "unit.h"

#include <stdlib.h>

#include "../../extension/core/ref.h"

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define NAME_OF_60 "n123456789" TEN TEN TEN TEN TEN

/* A ref and its readings, one letter each: W H T V R N. */
typedef struct GoodRef
{
	const char *text;
	const char *readings;
	int32_t		steps;
	int32_t		number;
} GoodRef;

typedef struct GoodTime
{
	const char *text;
	RefTime		time;
} GoodTime;

/* What is refused, where, and the beginning of the reason. */
typedef struct BadRef
{
	const char *text;
	long		position;
	const char *reason;
} BadRef;

static const GoodRef good_refs[] = {
	{"HEAD", "H", 0, 0},
	{"HEAD~", "H", 1, 0},
	{"HEAD~1", "H", 1, 0},
	{"HEAD~12", "H", 12, 0},
	{"HEAD~~", "H", 2, 0},
	{"HEAD~1~2", "H", 3, 0},
	{"HEAD~~~5~", "H", 8, 0},
	{"HEAD~2147483647", "H", INT32_MAX, 0},
	{"HEAD~2147483646~", "H", INT32_MAX, 0},
	{"HEAD~1073741823~1073741824", "H", INT32_MAX, 0},
	{"WORKING", "W", 0, 0},
	{"head", "N", 0, 0},
	{"Head", "N", 0, 0},
	{"working", "N", 0, 0},
	{"HEADS", "N", 0, 0},
	{"HEA", "N", 0, 0},
	{"WORKING2", "N", 0, 0},
	{"main", "N", 0, 0},
	{"main~3", "N", 3, 0},
	{"Haushalt 2027", "N", 0, 0},
	{"Haushalt 2027~", "N", 1, 0},
	{"Haushalt  2027", "N", 0, 0},
	{"a", "N", 0, 0},
	{"0", "N", 0, 0},
	{"-", "N", 0, 0},
	{"Gr\xC3\xBCnfl\xC3\xA4" "chen", "N", 0, 0},
	{"\xE2\x82\xAC", "N", 0, 0},
	{"\xF0\x9F\x8C\xB3", "N", 0, 0},
	{"\xF4\x8F\xBF\xBF", "N", 0, 0},
	{"\xED\x9F\xBF", "N", 0, 0},
	{"\xEE\x80\x80", "N", 0, 0},
	{"a\xC2\xA0" "b", "N", 0, 0},
	{"\xC2\xA1", "N", 0, 0},
	{"v1", "VN", 0, 1},
	{"v12", "VN", 0, 12},
	{"v12~4", "VN", 4, 12},
	{"v2147483647", "VN", 0, INT32_MAX},
	{"v2147483648", "N", 0, 0},
	{"v9999999999", "N", 0, 0},
	{"v99999999999999999999999", "N", 0, 0},
	{"v0", "N", 0, 0},
	{"v01", "N", 0, 0},
	{"v", "N", 0, 0},
	{"v~1", "N", 1, 0},
	{"v1a", "N", 0, 0},
	{"v 1", "N", 0, 0},
	{"v-1", "N", 0, 0},
	{"v+1", "N", 0, 0},
	{"V12", "N", 0, 0},
	{"deadbee", "N", 0, 0},
	{"deadbeef", "RN", 0, 0},
	{"DeadBeef", "RN", 0, 0},
	{"deadbeef~2", "RN", 2, 0},
	{"DEADBEEF01", "RN", 0, 0},
	{"20260630", "RN", 0, 0},
	{"2026063", "N", 0, 0},
	{"deadbeeg", "N", 0, 0},
	{"deadbee ef", "N", 0, 0},
	{SIXTY "abc", "RN", 0, 0},
	{SIXTY "abcd", "R", 0, 0},
	{SIXTY "abcd~7", "R", 7, 0},
	{NAME_OF_60 "abc", "N", 0, 0},
	{NAME_OF_60 "a\xC3\xA4", "N", 0, 0},
	{"2026-06-30", "T", 0, 0},
	{"2026-06-30~1", "T", 1, 0},
	{"2026-06-30 12:00~", "T", 1, 0},
	{"2026-06-30T12:00:00.5+02:00~9", "T", 9, 0},
	{"2026-06-3", "N", 0, 0},
	{"2026-6-30", "N", 0, 0},
	{"2026-06", "N", 0, 0},
	{"2026/06/30", "N", 0, 0},
	{"30.06.2026", "N", 0, 0},
	{"2026-06-30 Haushalt", "N", 0, 0},
	{"2026-06-30-2", "N", 0, 0},
	{"2026-06-30Z", "N", 0, 0},
	{"2026-06-30+02", "N", 0, 0},
	{"2026-06-30T", "N", 0, 0},
	{"2026-06-301", "N", 0, 0},
	{"2026-06-30  12:00", "N", 0, 0},
	{"Stand 2026-06-30", "N", 0, 0},
	{"x2026-06-30", "N", 0, 0}
};

static const GoodTime good_times[] = {
	{"2026-06-30", {2026, 6, 30, 0, 0, 0, 0, false, false}},
	{"0001-01-01", {1, 1, 1, 0, 0, 0, 0, false, false}},
	{"9999-12-31", {9999, 12, 31, 0, 0, 0, 0, false, false}},
	{"2024-02-29", {2024, 2, 29, 0, 0, 0, 0, false, false}},
	{"2000-02-29", {2000, 2, 29, 0, 0, 0, 0, false, false}},
	{"2026-02-28", {2026, 2, 28, 0, 0, 0, 0, false, false}},
	{"2026-06-30 12:34", {2026, 6, 30, 12, 34, 0, 0, true, false}},
	{"2026-06-30T12:34", {2026, 6, 30, 12, 34, 0, 0, true, false}},
	{"2026-06-30t12:34", {2026, 6, 30, 12, 34, 0, 0, true, false}},
	{"2026-06-30 00:00", {2026, 6, 30, 0, 0, 0, 0, true, false}},
	{"2026-06-30 23:59:59", {2026, 6, 30, 23, 59, 59000000, 0, true, false}},
	{"2026-06-30 23:59:59.999999",
	{2026, 6, 30, 23, 59, 59999999, 0, true, false}},
	{"2026-06-30 01:02:03.4", {2026, 6, 30, 1, 2, 3400000, 0, true, false}},
	{"2026-06-30 01:02:03.000004", {2026, 6, 30, 1, 2, 3000004, 0, true, false}},
	{"2026-06-30 12:00Z", {2026, 6, 30, 12, 0, 0, 0, true, true}},
	{"2026-06-30 12:00z", {2026, 6, 30, 12, 0, 0, 0, true, true}},
	{"2026-06-30 12:00+02", {2026, 6, 30, 12, 0, 0, 7200, true, true}},
	{"2026-06-30 12:00+02:00", {2026, 6, 30, 12, 0, 0, 7200, true, true}},
	{"2026-06-30 12:00-03:30", {2026, 6, 30, 12, 0, 0, -12600, true, true}},
	{"2026-06-30 12:00-00:30", {2026, 6, 30, 12, 0, 0, -1800, true, true}},
	{"2026-06-30 12:00:01+15:59", {2026, 6, 30, 12, 0, 1000000, 57540, true, true}},
	{"2026-06-30 12:00:01.25-15:59",
	{2026, 6, 30, 12, 0, 1250000, -57540, true, true}},
	{"2026-06-30T12:00:00.123456Z",
	{2026, 6, 30, 12, 0, 123456, 0, true, true}}
};

static const BadRef bad_refs[] = {
	{"", 0, "Expected the name"},
	{"~", 0, "Expected the name"},
	{"~1", 0, "Expected the name"},
	{"HEAD~0", 5, "Expected a number from 1"},
	{"HEAD~01", 5, "Expected a number from 1"},
	{"HEAD~2147483648", 5, "Expected a number from 1"},
	{"HEAD~99999999999999999999999", 5, "Expected a number from 1"},
	{"HEAD~2147483647~", 16, "More than 2147483647 steps"},
	{"HEAD~~2147483647", 6, "More than 2147483647 steps"},
	{"HEAD~x", 5, "Expected a digit"},
	{"HEAD~1x", 6, "Expected a digit"},
	{"HEAD~-1", 5, "Expected a digit"},
	{"HEAD~ 1", 5, "Expected a digit"},
	{"HEAD~1 ", 6, "Expected a digit"},
	{"main~1~x", 7, "Expected a digit"},
	{"deadbeef~0", 9, "Expected a number from 1"},
	{"v12~0", 4, "Expected a number from 1"},
	{"2026-06-30~0", 11, "Expected a number from 1"},
	{"WORKING~", 7, "Nothing can be counted"},
	{"WORKING~1", 7, "Nothing can be counted"},
	{" main", 0, "A name has no blanks"},
	{"main ", 4, "A name has no blanks"},
	{"main ~1", 4, "A name has no blanks"},
	{" ", 0, "A name has no blanks"},
	{" HEAD", 0, "A name has no blanks"},
	{"HEAD ", 4, "A name has no blanks"},
	{" 2026-06-30", 0, "A name has no blanks"},
	{"2026-06-30 ", 10, "A name has no blanks"},
	{"\xC2\xA0" "a", 0, "A name has no blanks"},
	{"a\xE3\x80\x80", 1, "A name has no blanks"},
	{"a\xE2\x80\x8A", 1, "A name has no blanks"},
	{"a\tb", 1, "A name has no control"},
	{"a\n", 1, "A name has no control"},
	{"\x7F", 0, "A name has no control"},
	{"a\xC2\x85" "b", 1, "A name has no control"},
	{"a\x80", 1, "Expected UTF-8"},
	{"\xC3", 0, "Expected UTF-8"},
	{"\xC0\x80", 0, "Expected UTF-8"},
	{"\xC1\xBF", 0, "Expected UTF-8"},
	{"a\xE0\x9F\xBF", 1, "Expected UTF-8"},
	{"\xED\xA0\x80", 0, "Expected UTF-8"},
	{"\xF0\x8F\xBF\xBF", 0, "Expected UTF-8"},
	{"\xF4\x90\x80\x80", 0, "Expected UTF-8"},
	{"\xF8\x88\x80\x80\x80", 0, "Expected UTF-8"},
	{"\xFF", 0, "Expected UTF-8"},
	{"\xE2\x82", 0, "Expected UTF-8"},
	{"\xE2\x82~1", 0, "Expected UTF-8"},
	{"\xC3" "a", 0, "Expected UTF-8"},
	{NAME_OF_60 "abcd", 63, "A name has at most 63"},
	{NAME_OF_60 "ab\xC3\xA4", 62, "A name has at most 63"},
	{SIXTY "abcde", 63, "A name has at most 63"},
	{SIXTY "abcg", 63, "A name has at most 63"},
	{"2026-02-29", 8, "This month has no such day"},
	{"2026-02-30", 8, "This month has no such day"},
	{"1900-02-29", 8, "This month has no such day"},
	{"2026-04-31", 8, "This month has no such day"},
	{"2026-01-32", 8, "This month has no such day"},
	{"2026-01-00", 8, "This month has no such day"},
	{"2026-00-01", 5, "Expected a month"},
	{"2026-13-01", 5, "Expected a month"},
	{"0000-01-01", 0, "There is no year 0"},
	{"2026-02-30~1", 8, "This month has no such day"},
	{"2026-06-30 1", 12, "Expected a digit"},
	{"2026-06-30 1:00", 12, "Expected a digit"},
	{"2026-06-30 2. Lesung", 12, "Expected a digit"},
	{"2026-06-30 12", 13, "Expected \":\""},
	{"2026-06-30 1200", 13, "Expected \":\""},
	{"2026-06-30 12:", 14, "Expected a digit"},
	{"2026-06-30 12:0", 15, "Expected a digit"},
	{"2026-06-30 24:00", 11, "Expected an hour"},
	{"2026-06-30 12:60", 14, "Expected minutes"},
	{"2026-06-30 12:00:", 17, "Expected a digit"},
	{"2026-06-30 12:00:60", 17, "Expected seconds"},
	{"2026-06-30 12:00:00.", 20, "Expected a digit"},
	{"2026-06-30 12:00:00.1234567", 26, "Expected at most 6 digits"},
	{"2026-06-30 12:00:00,5", 19, "Expected a time zone or the end"},
	{"2026-06-30 12:00 Z", 16, "Expected a time zone or the end"},
	{"2026-06-30 12:00 Uhr", 16, "Expected a time zone or the end"},
	{"2026-06-30 12:00CET", 16, "Expected a time zone or the end"},
	{"2026-06-30 12:00Z ", 17, "Expected the end"},
	{"2026-06-30 12:00ZZ", 17, "Expected the end"},
	{"2026-06-30 12:00+", 17, "Expected a digit"},
	{"2026-06-30 12:00+2", 18, "Expected a digit"},
	{"2026-06-30 12:00+0200", 19, "Expected the end"},
	{"2026-06-30 12:00+16", 17, "Expected hours of a time zone"},
	{"2026-06-30 12:00+02:60", 20, "Expected minutes"},
	{"2026-06-30 12:00+02:", 20, "Expected a digit"},
	{"2026-06-30 12:00+02:00:00", 22, "Expected the end"}
};

static const char *const good_names[] = {
	"main", "Haushalt 2027", "a", "v", "v1a", "vv1", "deadbee", "deadbeeg",
	"HEAD2", "headless", "2026", "2026-06", "2026-06-30 Haushalt",
	"2026-06-30-2", "30.06.2026", "Gr\xC3\xBCn", "1234567",
	NAME_OF_60 "abc", "@", "v-1", "1v"
};

static const BadRef bad_names[] = {
	{"", 0, "Expected a name"},
	{"HEAD", CORE_NO_POSITION, "HEAD names"},
	{"head", CORE_NO_POSITION, "HEAD names"},
	{"HeaD", CORE_NO_POSITION, "HEAD names"},
	{"WORKING", CORE_NO_POSITION, "WORKING names"},
	{"working", CORE_NO_POSITION, "WORKING names"},
	{"v1", CORE_NO_POSITION, "A \"v\" and digits"},
	{"V1", CORE_NO_POSITION, "A \"v\" and digits"},
	{"v0", CORE_NO_POSITION, "A \"v\" and digits"},
	{"v007", CORE_NO_POSITION, "A \"v\" and digits"},
	{"v99999999999999", CORE_NO_POSITION, "A \"v\" and digits"},
	{"2026-06-30", CORE_NO_POSITION, "It would be read as a date"},
	{"2026-02-30", CORE_NO_POSITION, "It would be read as a date"},
	{"2026-06-30 12:00", CORE_NO_POSITION, "It would be read as a date"},
	{"2026-06-30T1", CORE_NO_POSITION, "It would be read as a date"},
	{"deadbeef", CORE_NO_POSITION, "8 to 64 hexadecimal"},
	{"DEADBEEF", CORE_NO_POSITION, "8 to 64 hexadecimal"},
	{"20260630", CORE_NO_POSITION, "8 to 64 hexadecimal"},
	{SIXTY "abc", CORE_NO_POSITION, "8 to 64 hexadecimal"},
	{SIXTY "abcd", 63, "A name has at most 63"},
	{"a~1", 1, "A name has no \"~\""},
	{"~", 0, "A name has no \"~\""},
	{"HEAD~1", 4, "A name has no \"~\""},
	{" a", 0, "A name has no blanks"},
	{"a ", 1, "A name has no blanks"},
	{"a\x01", 1, "A name has no control"},
	{"\x80", 0, "Expected UTF-8"}
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Text in memory of its exact size, so that ASan sees overruns. */
static char *
exact_copy(const char *text, size_t length)
{
	char	   *copy = malloc(length > 0 ? length : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, text, length);
	return copy;
}

static bool
parse(const char *text, Ref *ref, CoreError *error)
{
	size_t		length = strlen(text);
	char	   *copy = exact_copy(text, length);
	bool		result = ref_parse(copy, length, ref, error);

	free(copy);
	return result;
}

static void
good(void)
{
	for (size_t i = 0; i < COUNT(good_refs); i++)
	{
		const GoodRef *expected = &good_refs[i];
		char		readings[REF_READINGS_MAX + 1] = "";
		Ref			ref;
		CoreError	error;

		if (!CHECK(parse(expected->text, &ref, &error)))
		{
			printf("# %s: %s\n", expected->text, error.reason);
			continue;
		}
		for (int j = 0; j < ref.count; j++)
			readings[j] = "WHTVRN"[ref.readings[j]];
		CHECK_TEXT(readings, expected->readings);
		CHECK(ref.base_length == strcspn(expected->text, "~"));
		CHECK(ref.steps == expected->steps);
		CHECK(ref.number == expected->number);
	}
}

static void
times(void)
{
	for (size_t i = 0; i < COUNT(good_times); i++)
	{
		const RefTime *expected = &good_times[i].time;
		const RefTime *time;
		Ref			ref;
		CoreError	error;

		if (!CHECK(parse(good_times[i].text, &ref, &error)))
		{
			printf("# %s: %s\n", good_times[i].text, error.reason);
			continue;
		}
		CHECK(ref.count == 1 && ref.readings[0] == REF_TIME);
		time = &ref.time;
		CHECK(time->year == expected->year);
		CHECK(time->month == expected->month);
		CHECK(time->day == expected->day);
		CHECK(time->hour == expected->hour);
		CHECK(time->minute == expected->minute);
		CHECK(time->microseconds == expected->microseconds);
		CHECK(time->zone == expected->zone);
		CHECK(time->has_time == expected->has_time);
		CHECK(time->has_zone == expected->has_zone);
	}
}

static void
check_error(const BadRef *expected, const CoreError *error)
{
	if (!CHECK(error->position == expected->position) ||
		!CHECK(strncmp(error->reason, expected->reason,
					   strlen(expected->reason)) == 0))
		printf("# \"%s\": %s at %ld\n", expected->text, error->reason,
			   error->position);
}

static void
bad(void)
{
	for (size_t i = 0; i < COUNT(bad_refs); i++)
	{
		Ref			ref;
		CoreError	error;

		if (CHECK(!parse(bad_refs[i].text, &ref, &error)))
			check_error(&bad_refs[i], &error);
		else
			printf("# \"%s\"\n", bad_refs[i].text);
	}
}

/* NUL is a control character as any other, and ends nothing. */
static void
zero_bytes(void)
{
	Ref			ref;
	CoreError	error;

	CHECK(!ref_parse("HEAD\0", 5, &ref, &error) && error.position == 4);
	CHECK(!ref_parse("a\0b", 3, &ref, &error) && error.position == 1);
	CHECK(!ref_parse("HEAD~1\0", 7, &ref, &error) && error.position == 6);
	CHECK(!ref_name_check("a\0", 2, &error) && error.position == 1);
}

static void
revisions(void)
{
	char		text[REVISION_TEXT_SIZE];
	Ref			ref;
	CoreError	error;

	CHECK(parse("DeadBeef0~3", &ref, &error));
	revision_format(&ref.first, text);
	CHECK(strncmp(text, "deadbeef00000", 13) == 0);
	revision_format(&ref.last, text);
	CHECK(strncmp(text, "deadbeef0ffff", 13) == 0);
	CHECK(parse(SIXTY "ABCD", &ref, &error));
	CHECK(revision_compare(&ref.first, &ref.last) == 0);
	revision_format(&ref.first, text);
	CHECK_TEXT(text, SIXTY "abcd");
}

static void
names(void)
{
	for (size_t i = 0; i < COUNT(good_names); i++)
	{
		Ref			ref;
		CoreError	error;

		if (!CHECK(ref_name_check(good_names[i], strlen(good_names[i]),
								  &error)))
			printf("# \"%s\": %s\n", good_names[i], error.reason);
		CHECK(parse(good_names[i], &ref, &error));
		CHECK(ref.count == 1 && ref.readings[0] == REF_NAME);
	}
	for (size_t i = 0; i < COUNT(bad_names); i++)
	{
		CoreError	error;

		if (CHECK(!ref_name_check(bad_names[i].text, strlen(bad_names[i].text),
								  &error)))
			check_error(&bad_names[i], &error);
		else
			printf("# \"%s\"\n", bad_names[i].text);
	}
}

/* Every ref above, with each byte replaced by each of some. */
static void
never_ambiguous(void)
{
	static const char letters[] = "0129afAFvVTtZz:.+-~ \xC3\xA4x";

	for (size_t i = 0; i < COUNT(good_refs); i++)
	{
		size_t		length = strlen(good_refs[i].text);
		char	   *text = exact_copy(good_refs[i].text, length);

		for (size_t at = 0; at < length; at++)
		{
			char		kept = text[at];

			for (size_t j = 0; j < sizeof(letters); j++)
			{
				Ref			ref;
				CoreError	error;
				CoreError	name_error;
				bool		parsed;

				text[at] = letters[j];
				parsed = ref_parse(text, length, &ref, &error);
				CHECK(parsed || (error.position >= 0 &&
								 error.position <= (long) length));
				if (ref_name_check(text, length, &name_error))
					CHECK(parsed && ref.count == 1 &&
						  ref.readings[0] == REF_NAME && ref.steps == 0);
			}
			text[at] = kept;
		}
		free(text);
	}
}

int
main(void)
{
	unit_case("refs are read in every way that they allow");
	good();
	unit_case("times come back as numbers");
	times();
	unit_case("bad refs are refused, with a position");
	bad();
	unit_case("bytes of zero are refused");
	zero_bytes();
	unit_case("digits are a range of revisions");
	revisions();
	unit_case("names are what reads as nothing else");
	names();
	unit_case("what may be a name is no other ref, whatever is changed");
	never_ambiguous();
	return unit_finish();
}
