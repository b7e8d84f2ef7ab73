/*
 * core.h
 *		What every file of extension/core/ starts with.
 *
 * The core is plain C99: it never includes postgres.h, allocates nothing
 * behind its caller's back and raises nothing.  The server module, the loaders,
 * the unit tests and the fuzzers share it.  A function that can fail returns
 * false and fills a CoreError; its wrapper in the server turns that into an
 * ereport, a loader into a row of its rejects.
 */
#ifndef ALLMENDE_CORE_H
#define ALLMENDE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CoreError.position where the input as a whole is at fault */
#define CORE_NO_POSITION (-1)

/*
 * What is wrong with an input, and where.
 *
 * reason is static text, a clause with a capital letter and no full stop that
 * can be followed by "at character N": "Expected a digit".
 */
typedef struct CoreError
{
	const char *reason;
	long		position;		/* byte offset from 0, or CORE_NO_POSITION */
} CoreError;

/* Fill *error and return false, so that callers can return the result. */
static inline bool
core_fail(CoreError *error, const char *reason, long position)
{
	error->reason = reason;
	error->position = position;
	return false;
}

static inline bool
core_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

#endif							/* ALLMENDE_CORE_H */
