/*
 * code_reader.h
 *		Reading the dictionary of a column.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_CODE_READER_H
#define ALLMENDE_STORE_CODE_READER_H

#include "../core/part_write.h"
#include "store.h"

typedef struct CodeReader CodeReader;

/* The snapshot stays registered, and the store open, until the end. */
extern CodeReader *code_reader_begin(const Store *store, Snapshot snapshot,
									 MemoryContext parent, uint32 column_id);

/*
 * The value of a code, until the end of the reader; false where there is none.
 * What is read are the entries that were added together with it.
 */
extern bool code_reader_get(CodeReader *reader, int64 code,
							PartString *value);

/* The codes of a value; returns their number, of which room are given. */
extern int	code_reader_find(CodeReader *reader, PartString value,
							 uint32 * codes, int room);
extern void code_reader_end(CodeReader *reader);

#endif							/* ALLMENDE_STORE_CODE_READER_H */
