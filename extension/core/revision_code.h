/*
 * revision_code.h
 *		Revisions: the ids of commits, SHA-256 sums, and their prefixes.
 */
#ifndef ALLMENDE_REVISION_CODE_H
#define ALLMENDE_REVISION_CODE_H

#include "core.h"

#define REVISION_SIZE 32
#define REVISION_DIGITS (REVISION_SIZE * 2)
#define REVISION_TEXT_SIZE (REVISION_DIGITS + 1)

/* The bytes of a SHA-256 sum (FIPS 180-4), in their order. */
typedef struct RevisionId
{
	unsigned char bytes[REVISION_SIZE];
} RevisionId;

/*
 * Read 64 hexadecimal digits in either case; nothing may surround them.
 */
extern bool revision_parse(const char *text, size_t length, RevisionId *id,
						   CoreError *error);

/* Write 64 digits in lower case and the terminating NUL. */
extern void revision_format(const RevisionId *id,
							char text[REVISION_TEXT_SIZE]);

/*
 * The range of revisions that begin with a prefix of 1 to 64 hexadecimal
 * digits in either case.
 */
extern bool revision_prefix_range(const char *prefix, size_t length,
								  RevisionId *first, RevisionId *last,
								  CoreError *error);

/* Below, equal or above: negative, 0 or positive; the order of the text. */
extern int	revision_compare(const RevisionId *a, const RevisionId *b);

#endif							/* ALLMENDE_REVISION_CODE_H */
