/*
 * gridcell.h
 *		What the files of the SQL type gridcell share.  postgres.h comes first.
 */
#ifndef ALLMENDE_GRIDCELL_H
#define ALLMENDE_GRIDCELL_H

#include "funcapi.h"

#include "../core/grid_code.h"
#include "types.h"

#define DatumGetGridCode(datum) ((GridCode) DatumGetInt64(datum))
#define GridCodeGetDatum(code) Int64GetDatum((int64) (code))
#define PG_GETARG_GRIDCELL(n) DatumGetGridCode(PG_GETARG_DATUM(n))
#define PG_RETURN_GRIDCELL(code) return GridCodeGetDatum(code)

/* Return a size in metres that is one of the grid's; raises RD110 if not. */
extern int32 gridcell_check_size(int32 size);

/* Return the next cell of a block in a set-returning function. */
extern Datum gridcell_next_of_block(FunctionCallInfo fcinfo,
									FuncCallContext * context);

#endif							/* ALLMENDE_GRIDCELL_H */
