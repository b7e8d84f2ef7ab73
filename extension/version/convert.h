/*
 * convert.h
 *		From values of a store to values of today's columns.  postgres.h comes
 *		first.
 *
 * A row keeps the schema that it was written with.  Columns are matched by
 * their ids: what has been dropped since vanishes, what the row lacks has the
 * initial value of its column, and values of another type are cast as an
 * assignment would, but for type modifiers and domains' constraints, which bind
 * today's rows and not those of then.
 */
#ifndef ALLMENDE_VERSION_CONVERT_H
#define ALLMENDE_VERSION_CONVERT_H

#include "access/tupdesc.h"
#include "nodes/bitmapset.h"
#include "nodes/execnodes.h"

#include "../store/canonical.h"
#include "../store/reader.h"
#include "catalog.h"

typedef struct Converter Converter;

/*
 * What converts to rows of a descriptor, of which today is the schema, as far as
 * the attributes are wanted (numbers from 1).  Lives in the current memory
 * context.  name is the head's, for messages.
 */
extern Converter *converter_create(const char *name, TupleDesc descriptor,
								   const Schema *today,
								   const Bitmapset *wanted,
								   Snapshot snapshot);

/* Column ids of what is wanted, by ascending attribute number. */
extern const uint32 *converter_column_ids(const Converter *converter,
										  int *count);

/*
 * Set values and nulls of those attributes that are chosen (NULL: of all that are
 * wanted) from the values of a row, which are in the order of the ids.  Results
 * are in the current memory context.  Raises RD309 for a column that has no cast
 * from the type that it had, and what the cast itself raises.
 */
extern void converter_row(Converter *converter, int32 schema,
						  const StoreValue *stored, const Bitmapset *chosen,
						  Datum *values, bool *nulls);

/*
 * The canonical type of an attribute if the values of rows of a schema are of the
 * type that it has today, bit by bit and in the same order; else NULL.
 */
extern CanonicalType *converter_same_type(Converter *converter, int32 schema,
										  AttrNumber attnum);

/* Id of an attribute's column. */
extern uint32 converter_column_id(const Converter *converter,
								  AttrNumber attnum);

/* Decode a canonical value, in the current memory context. */
extern Datum convert_decode(CanonicalType *type, const void *bytes,
							Size length);

#endif							/* ALLMENDE_VERSION_CONVERT_H */
