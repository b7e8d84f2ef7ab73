/*
 * codes_fuzz.c
 *		Arbitrary text as a key or a grid cell: what is read is written back the
 *		same, and what is checked as a number is.
 */
#include <stdlib.h>
#include <string.h>

#include "../../extension/core/ags_code.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

static void
expect(bool condition)
{
	if (!condition)
		abort();
}

static void
try_ags(const char *text, size_t length)
{
	AgsCode		code;
	AgsCode		again;
	CoreError	error;
	char		written[AGS_TEXT_SIZE];

	if (ags_parse(text, length, &code, &error))
	{
		expect(ags_format(code, written) == length);
		expect(memcmp(written, text, length) == 0);
		expect(ags_check(code, &error));
		expect(ags_repair(text, length, NULL, &again, &error) && again == code);
	}
	else
		expect(error.position < (long) length);
	(void) ags_repair(text, length, NULL, &code, &error);
}

static void
try_ars(const char *text, size_t length)
{
	ArsCode		code;
	CoreError	error;
	char		written[ARS_TEXT_SIZE];

	if (!ars_parse(text, length, &code, &error))
		return;
	ars_format(code, written);
	expect(length == ARS_DIGITS && memcmp(written, text, length) == 0);
	expect(ars_check(code, &error));
	expect(ags_check(ars_to_ags(code), &error));
}

static void
try_numbers(const uint8_t * data)
{
	uint32_t	small;
	uint64_t	large;
	CoreError	error;

	memcpy(&small, data, sizeof(small));
	memcpy(&large, data, sizeof(large));
	if (ags_check(small, &error))
	{
		char		text[AGS_TEXT_SIZE];
		AgsCode		code;
		size_t		length = ags_format(small, text);

		expect(ags_parse(text, length, &code, &error) && code == small);
		expect(ags_contains(code, ags_last_contained(code)));
	}
	if (ars_check(large, &error))
		expect(ags_check(ars_to_ags(large), &error));
}

int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	try_ags((const char *) data, size);
	try_ars((const char *) data, size);
	if (size >= sizeof(uint64_t))
		try_numbers(data);
	return 0;
}
