/*
 * stored.h
 *		Rows of a store as the images that a schema of today gives them.
 *		postgres.h comes first.
 *
 * A row that was written when the table had other columns is compared and hashed
 * as what it would be today: columns that it lacks have their initial value,
 * values of another type are converted, columns that are gone are left out.
 */
#ifndef ALLMENDE_VERSION_STORED_H
#define ALLMENDE_VERSION_STORED_H

#include "../store/reader.h"
#include "head.h"

typedef struct StoredRows StoredRows;

/*
 * Begin to read; descriptor has the columns of schema by name, and images are
 * made of it.  name is the table's, for messages.  Lives in the current memory
 * context.
 */
extern StoredRows *stored_rows_begin(const Store *store, const char *name,
									 const Schema *schema,
									 HeadImages *images, TupleDesc descriptor,
									 Snapshot snapshot);

/* SHA-256 of the image without ignored columns. */
extern void stored_row_hash(StoredRows *rows, uint32 rid,
							unsigned char hash[CANONICAL_HASH_SIZE]);

/*
 * The same, and the key form behind what is in the buffer.
 */
extern void stored_row_hash_and_key(StoredRows *rows, uint32 rid,
									unsigned char hash[CANONICAL_HASH_SIZE],
									CanonicalBuffer *key_form);
extern void stored_rows_end(StoredRows *rows);

#endif							/* ALLMENDE_VERSION_STORED_H */
