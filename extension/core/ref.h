/*
 * ref.h
 *		Refs: text that names a state of a dataset.
 *
 * A ref is a base and any number of steps back from it:
 *
 *	ref		base { "~" [ n ] }		n from 1 to 2147483647 without leading
 *									zeros; "~" is "~1"; several add up
 *	base	"WORKING"				the head with uncommitted edits; no steps
 *			"HEAD"
 *			time					2026-06-30, 2026-06-30 12:00[:00[.000000]],
 *									with T in place of the blank, and with a
 *									zone behind it: Z, +02 or +02:00
 *			"v" number				1 to 2147483647 without leading zeros
 *			digits					8 to 64 hexadecimal ones, in either case: a
 *									revision or its beginning
 *			name					of a mark or a branch
 *
 * A base may read in several ways.  WORKING, HEAD and what has the form of a
 * time read in one way only: no mark is ever looked up for them.  "Form of a
 * time" is what begins with dddd-dd-dd and then ends or goes on with T or a
 * blank and a digit; if that is no time (2026-02-30), it is an error and not a
 * name.  A number and digits read as names, too.  The order of readings is that
 * of RefKind.  Whoever finds more than one of them should report that instead
 * of choosing.  ref_name_check() refuses names that read in any other way, so
 * that this meets names from elsewhere only.
 *
 * Text is UTF-8.  HEAD, WORKING and v are upper and lower case as given here;
 * T, Z and hexadecimal digits come in either case.
 */
#ifndef ALLMENDE_REF_H
#define ALLMENDE_REF_H

#include "revision_code.h"

#define REF_NAME_MAX 63			/* bytes */
#define REF_STEPS_MAX INT32_MAX
#define REF_NUMBER_MAX INT32_MAX
#define REF_DIGITS_MIN 8
#define REF_ZONE_HOURS_MAX 15
#define REF_READINGS_MAX 2

typedef enum RefKind
{
	REF_WORKING,
	REF_HEAD,
	REF_TIME,
	REF_NUMBER,
	REF_REVISION,
	REF_NAME
} RefKind;

/* A time in the proleptic Gregorian calendar, years 1 to 9999. */
typedef struct RefTime
{
	int32_t		year;
	int32_t		month;
	int32_t		day;
	int32_t		hour;			/* this and the rest are 0 if not given */
	int32_t		minute;
	int32_t		microseconds;	/* of the minute, 0 to 59,999,999 */
	int32_t		zone;			/* seconds east of UTC, within 15:59 h */
	bool		has_time;		/* else it is a whole day */
	bool		has_zone;
} RefTime;

typedef struct Ref
{
	RefKind		readings[REF_READINGS_MAX];
	int			count;			/* of readings, at least 1 */
	size_t		base_length;	/* bytes of the text before the first "~" */
	int32_t		steps;			/* back from the base */
	int32_t		number;			/* REF_NUMBER: else 0 */
	RefTime		time;			/* REF_TIME: else all 0 */
	RevisionId	first;			/* REF_REVISION: the range of revisions, */
	RevisionId	last;			/* else all 0 */
} Ref;

/*
 * Read a ref; nothing may surround it.  The name, where it reads as one, is the
 * text before the steps.
 */
extern bool ref_parse(const char *text, size_t length, Ref *ref,
					  CoreError *error);

/*
 * May a mark or a branch be given this name?  It is UTF-8 of 1 to 63 bytes
 * without control characters, blanks at its ends and "~", and is not HEAD or
 * WORKING in any case, a "v" or "V" and digits, 8 to 64 hexadecimal digits, or
 * of the form of a time.  Such a name, as a ref, reads as a name alone.
 */
extern bool ref_name_check(const char *text, size_t length, CoreError *error);

#endif							/* ALLMENDE_REF_H */
