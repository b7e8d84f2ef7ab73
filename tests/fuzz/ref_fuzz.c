/*
 * ref_fuzz.c
 *		Arbitrary text as a ref and as a name: errors point into it, numbers are
 *		within bounds, and what may be a name is no other ref.
 */
#include <stdlib.h>
#include <string.h>

#include "../../extension/core/ref.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

static void
check_time(const RefTime *time)
{
	REQUIRE(time->year >= 1 && time->year <= 9999);
	REQUIRE(time->month >= 1 && time->month <= 12);
	REQUIRE(time->day >= 1 && time->day <= 31);
	REQUIRE(time->hour >= 0 && time->hour <= 23);
	REQUIRE(time->minute >= 0 && time->minute <= 59);
	REQUIRE(time->microseconds >= 0 && time->microseconds < 60000000);
	REQUIRE(time->zone > -57600 && time->zone < 57600);
	REQUIRE(time->has_time || !time->has_zone);
	REQUIRE(time->has_zone || time->zone == 0);
}

static void
check_ref(const Ref *ref, size_t length)
{
	REQUIRE(ref->count >= 1 && ref->count <= REF_READINGS_MAX);
	REQUIRE(ref->base_length >= 1 && ref->base_length <= length);
	REQUIRE(ref->steps >= 0);
	REQUIRE((ref->steps == 0) == (ref->base_length == length));
	for (int i = 0; i < ref->count; i++)
	{
		REQUIRE(i == 0 || ref->readings[i - 1] < ref->readings[i]);
		switch (ref->readings[i])
		{
			case REF_WORKING:
				REQUIRE(ref->count == 1 && ref->steps == 0);
				break;
			case REF_HEAD:
				REQUIRE(ref->count == 1);
				break;
			case REF_TIME:
				REQUIRE(ref->count == 1);
				check_time(&ref->time);
				break;
			case REF_NUMBER:
				REQUIRE(ref->number >= 1);
				break;
			case REF_REVISION:
				REQUIRE(ref->base_length >= REF_DIGITS_MIN);
				REQUIRE(revision_compare(&ref->first, &ref->last) <= 0);
				break;
			case REF_NAME:
				REQUIRE(ref->base_length <= REF_NAME_MAX);
				break;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	const char *text = (const char *) data;
	Ref			ref;
	CoreError	error;
	bool		parsed = ref_parse(text, size, &ref, &error);

	if (parsed)
		check_ref(&ref, size);
	else
		REQUIRE(error.position >= 0 && error.position <= (long) size);
	if (ref_name_check(text, size, &error))
		REQUIRE(parsed && ref.count == 1 && ref.readings[0] == REF_NAME &&
				ref.steps == 0);
	else
		REQUIRE(error.position <= (long) size);
	return 0;
}
