/*
 * rowset.h
 *		SQL type rowset within the server.  postgres.h comes first.
 */
#ifndef ALLMENDE_ROWSET_H
#define ALLMENDE_ROWSET_H

#include "fmgr.h"

#include "../core/rowset_write.h"

/* A varlena that holds a set in the canonical form of core/rowset_write.h. */
typedef struct varlena Rowset;

#define DatumGetRowset(datum) ((Rowset *) PG_DETOAST_DATUM_PACKED(datum))
#define PG_GETARG_ROWSET(n) DatumGetRowset(PG_GETARG_DATUM(n))
#define PG_RETURN_ROWSET(rowset) PG_RETURN_POINTER(rowset)

#define ROWSET_BYTES(rowset) VARDATA_ANY(rowset)
#define ROWSET_LENGTH(rowset) VARSIZE_ANY_EXHDR(rowset)

/* Operations of two sets that yield a set. */
typedef enum RowsetOperation
{
	ROWSET_UNION,
	ROWSET_INTERSECTION,
	ROWSET_DIFFERENCE,
	ROWSET_XOR
} RowsetOperation;

/* The set in bytes from outside; raises 22P03 where they are none. */
extern Rowset *rowset_from_bytes(const char *bytes, size_t length);

/* The set of ranges in any order, which are sorted and merged in place. */
extern Rowset *rowset_from_ranges(RowsetRange *ranges, size_t count);

/* A copy in the current memory context. */
extern Rowset *rowset_copy(const Rowset *rowset);

/* Raises 22003 where a number is no row id. */
extern uint32 rowset_id_from_int64(int64 number);

/* rowset_croaring.c; results are in the current memory context */

extern Rowset *rowset_operate(RowsetOperation operation, const Rowset *a,
							  const Rowset *b);

/* The union of one or more sets. */
extern Rowset *rowset_unite(Rowset *const *sets, int count);

extern bool rowset_is_subset(const Rowset *inner, const Rowset *outer);
extern bool rowset_overlaps(const Rowset *a, const Rowset *b);

#endif							/* ALLMENDE_ROWSET_H */
