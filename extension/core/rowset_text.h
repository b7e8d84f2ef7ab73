/*
 * rowset_text.h
 *		Sets of row ids as text: "{}", "{1,3,10-20}".
 *
 * Members are ids, 0 to 4294967295 without sign and leading zeros, and ranges
 * of them, both ends included.  Blanks may stand around a member.  Members may
 * come in any order and overlap; they are written in ascending order, and three
 * or more consecutive ids as a range.
 */
#ifndef ALLMENDE_ROWSET_TEXT_H
#define ALLMENDE_ROWSET_TEXT_H

#include "rowset_write.h"

/* two numbers of 10 digits, a separator and the terminating NUL */
#define ROWSET_MEMBER_SIZE 22

/* The most members that a text can have: the room that reading it needs. */
extern size_t rowset_text_members(const char *text, size_t length);

/*
 * Read a text into ranges, in its order; count becomes their number.
 */
extern bool rowset_text_parse(const char *text, size_t length,
							  RowsetRange *ranges, size_t * count,
							  CoreError *error);

/*
 * Write a range that has a gap on either side as members, "1", "1,2" or "1-3",
 * with the terminating NUL; returns the number of characters.
 */
extern size_t rowset_text_format(uint32_t first, uint32_t last,
								 char text[ROWSET_MEMBER_SIZE]);

#endif							/* ALLMENDE_ROWSET_TEXT_H */
