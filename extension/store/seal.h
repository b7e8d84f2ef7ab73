/*
 * seal.h
 *		Turning the tail of a store into extents.  postgres.h comes first.
 */
#ifndef ALLMENDE_STORE_SEAL_H
#define ALLMENDE_STORE_SEAL_H

#include "append.h"

/*
 * Called when row ids from first on, before end, have been written to the tail,
 * and can be seen by the next command: seals the tail if it is full and nobody
 * else appends or rearranges.
 */
extern void tail_seal(const Store *store, uint32 first, uint32 end,
					  StoreSchemaOf schema_of, void *context);

#endif							/* ALLMENDE_STORE_SEAL_H */
