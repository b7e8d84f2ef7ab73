/*
 * types.h
 *		What the files of extension/types/ share.  postgres.h comes first.
 */
#ifndef ALLMENDE_TYPES_H
#define ALLMENDE_TYPES_H

#include "fmgr.h"
#include "nodes/pg_list.h"

#include "../core/core.h"
#include "../errcodes.h"

/*
 * Raise 22P02 for text that is not of a type: names the type, quotes the text,
 * says what is wrong and at which character.  hint may be NULL.
 */
extern void type_input_error(const char *type, const char *text,
							 const CoreError *error, const char *hint)
			pg_attribute_noreturn();

/* Raise 22P03 for a binary value that is not of a type. */
extern void type_binary_error(const char *type, const CoreError *error)
			pg_attribute_noreturn();

/*
 * What a support function answers to the planner's question for an index
 * condition in place of "column op operand": column >= first(operand) AND
 * column <= last(operand).
 *
 * first and last name functions of one argument in the schema of the operator's
 * own function; first may be NULL, for the operand itself.  column_argument is
 * the side of the operator, 0 or 1, on which the column must stand.  lossy: must
 * the operator be checked on what the range yields?  Works for any operand that
 * does not change during the scan, so for parameters and joins as well.
 * Returns NIL where there is no such condition, and to any other question.
 */
extern List * type_index_range(Node * question, int column_argument,
							   const char *first, const char *last,
							   bool lossy);

#endif							/* ALLMENDE_TYPES_H */
