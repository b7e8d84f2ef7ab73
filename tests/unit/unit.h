/*
 * unit.h
 *		The whole of the unit tests' framework: named cases that hold checks,
 *		reported in TAP (Test Anything Protocol).
 */
#ifndef ALLMENDE_UNIT_H
#define ALLMENDE_UNIT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *unit_name;
static int	unit_cases;
static int	unit_failed_cases;
static int	unit_failures;

/* Report the case that is open, if one is. */
static void
unit_end_case(void)
{
	if (unit_name == NULL)
		return;
	unit_cases++;
	if (unit_failures > 0)
		unit_failed_cases++;
	printf("%sok %d - %s\n", unit_failures > 0 ? "not " : "", unit_cases,
		   unit_name);
	unit_name = NULL;
}

/* Begin a case; the checks that follow belong to it. */
static void
unit_case(const char *name)
{
	unit_end_case();
	unit_name = name;
	unit_failures = 0;
}

static bool
unit_check(bool passed, const char *condition, const char *file, int line)
{
	if (!passed)
	{
		unit_failures++;
		if (unit_failures <= 10)
			printf("# %s:%d: failed: %s\n", file, line, condition);
	}
	return passed;
}

#define CHECK(condition) \
	unit_check((condition), #condition, __FILE__, __LINE__)

/* Strings are equal; shows both where they are not. */
#define CHECK_TEXT(actual, expected) \
	do { \
		const char *unit_actual = (actual); \
		const char *unit_expected = (expected); \
		if (!unit_check(strcmp(unit_actual, unit_expected) == 0, \
						#actual " is " #expected, __FILE__, __LINE__)) \
			printf("# got \"%s\", expected \"%s\"\n", unit_actual, \
				   unit_expected); \
	} while (0)

/* The last statement of main: the plan, and the exit status. */
static int
unit_finish(void)
{
	unit_end_case();
	printf("1..%d\n", unit_cases);
	return unit_failed_cases == 0 ? 0 : 1;
}

#endif							/* ALLMENDE_UNIT_H */
