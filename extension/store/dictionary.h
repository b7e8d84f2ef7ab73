/*
 * dictionary.h
 *		Codes for the values of columns that repeat.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_DICTIONARY_H
#define ALLMENDE_STORE_DICTIONARY_H

#include "../core/part_write.h"
#include "store.h"

/* A column has a dictionary while its values are this few and short. */
#define DICTIONARY_ENTRIES_MAX 65536
#define DICTIONARY_LENGTH_MAX 256

/* An extent uses it where rows per distinct value are at least so many. */
#define DICTIONARY_ROWS_PER_VALUE 8

/* The dictionaries of a store, for an appender. */
typedef struct Dictionaries Dictionaries;

/* Live in the current memory context. */
extern Dictionaries *dictionaries_begin(const Store *store);

/*
 * Make a column of codes, in the current memory context, and the set of them;
 * adds to the dictionary of the column where that is allowed.  False where the
 * values are better kept themselves.
 */
extern bool dictionaries_encode(Dictionaries *dictionaries, uint32 column_id,
								const PartString *values, uint32 rows,
								PartColumn *column, struct varlena **codes);
extern void dictionaries_end(Dictionaries *dictionaries);

#endif							/* ALLMENDE_STORE_DICTIONARY_H */
