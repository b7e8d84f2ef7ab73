/*
 * part_value.h
 *		Parts as values of the tables of a store.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_PART_VALUE_H
#define ALLMENDE_STORE_PART_VALUE_H

#include "../core/part_write.h"

/* A bytea in the current memory context; raises 54000 where it is too large. */
extern struct varlena *store_bytea(const void *bytes, Size length);

/*
 * Write the next part of a column from a row on as a bytea, in the current
 * memory context.  Raises 54000 where a value is too large for a part.
 */
extern struct varlena *store_part_write(const PartColumn *column, uint32 first,
										void *scratch, PartPlan *plan);

/*
 * Open a part that is a value; byte strings are unpacked.  It is used where it
 * lies, unless it is out of line, and so lives as long as the value and the
 * current memory context.  False where it is damaged.
 */
extern bool store_part_open(Datum value, Part *part, CoreError *error);

#endif							/* ALLMENDE_STORE_PART_VALUE_H */
