/*
 * gridcell.c
 *		SQL type gridcell: cells of the European grid.
 *
 * Comparison, hashing and sorting are those of int8: the codes of
 * core/grid_code.h are ordered by size, northing and easting.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "gridcell.h"

PG_FUNCTION_INFO_V1(allmende_gridcell_in);
PG_FUNCTION_INFO_V1(allmende_gridcell_out);
PG_FUNCTION_INFO_V1(allmende_gridcell_recv);
PG_FUNCTION_INFO_V1(allmende_gridcell_send);
PG_FUNCTION_INFO_V1(allmende_gridcell_from_text);
PG_FUNCTION_INFO_V1(allmende_gridcell_to_text);
PG_FUNCTION_INFO_V1(allmende_gridcell_is_valid);
PG_FUNCTION_INFO_V1(allmende_gridcell_short_id);
PG_FUNCTION_INFO_V1(allmende_gridcell_size);
PG_FUNCTION_INFO_V1(allmende_gridcell_easting);
PG_FUNCTION_INFO_V1(allmende_gridcell_northing);
PG_FUNCTION_INFO_V1(allmende_gridcell_parent);
PG_FUNCTION_INFO_V1(allmende_gridcell_parent_of_size);
PG_FUNCTION_INFO_V1(allmende_gridcell_children);
PG_FUNCTION_INFO_V1(allmende_gridcell_neighbours);
PG_FUNCTION_INFO_V1(allmende_gridcell_contains);
PG_FUNCTION_INFO_V1(allmende_gridcell_contained);

/* The cell in a text; raises 22P02. */
static GridCode
gridcell_read(const char *text)
{
	GridCode	code;
	CoreError	error;

	if (!grid_parse(text, strlen(text), &code, &error))
		type_input_error("gridcell", text, &error, NULL);
	return code;
}

static char *
gridcell_write(GridCode code)
{
	char	   *text = palloc(GRID_TEXT_SIZE);

	grid_format(code, text);
	return text;
}

int32
gridcell_check_size(int32 size)
{
	if (!grid_is_size(size))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_GRIDCELL_SIZE),
				 errmsg("the grid has no cells of %d m", size),
				 errdetail("Sizes are " GRID_SIZES_TEXT ".")));
	return size;
}

Datum
allmende_gridcell_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_GRIDCELL(gridcell_read(PG_GETARG_CSTRING(0)));
}

Datum
allmende_gridcell_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(gridcell_write(PG_GETARG_GRIDCELL(0)));
}

Datum
allmende_gridcell_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	GridCode	number = (GridCode) pq_getmsgint64(buffer);
	CoreError	error;

	if (!grid_check(number, &error))
		type_binary_error("gridcell", &error);
	PG_RETURN_GRIDCELL(number);
}

Datum
allmende_gridcell_send(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, PG_GETARG_GRIDCELL(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

Datum
allmende_gridcell_from_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_GRIDCELL(gridcell_read(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

Datum
allmende_gridcell_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(gridcell_write(PG_GETARG_GRIDCELL(0))));
}

Datum
allmende_gridcell_is_valid(PG_FUNCTION_ARGS)
{
	text	   *id = PG_GETARG_TEXT_PP(0);
	GridCode	code;
	CoreError	error;

	PG_RETURN_BOOL(grid_parse(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id), &code,
							  &error));
}

Datum
allmende_gridcell_short_id(PG_FUNCTION_ARGS)
{
	char		id[GRID_TEXT_SIZE];
	size_t		length = grid_format_short(PG_GETARG_GRIDCELL(0), id);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(id, (int) length));
}

Datum
allmende_gridcell_size(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(grid_size(PG_GETARG_GRIDCELL(0)));
}

Datum
allmende_gridcell_easting(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(grid_easting(PG_GETARG_GRIDCELL(0)));
}

Datum
allmende_gridcell_northing(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(grid_northing(PG_GETARG_GRIDCELL(0)));
}

Datum
allmende_gridcell_parent(PG_FUNCTION_ARGS)
{
	GridCode	code = PG_GETARG_GRIDCELL(0);
	int32		size = grid_parent_size(grid_size(code));
	GridCode	parent;

	if (size == 0 || !grid_parent(code, size, &parent))
		PG_RETURN_NULL();
	PG_RETURN_GRIDCELL(parent);
}

Datum
allmende_gridcell_parent_of_size(PG_FUNCTION_ARGS)
{
	GridCode	code = PG_GETARG_GRIDCELL(0);
	int32		size = gridcell_check_size(PG_GETARG_INT32(1));
	GridCode	parent;

	if (!grid_parent(code, size, &parent))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_GRIDCELL_NESTING),
				 errmsg("a cell of %d m has no parent of %d m",
						grid_size(code), size),
				 errdetail("The size of a parent is a multiple of the cell's.")));
	PG_RETURN_GRIDCELL(parent);
}

Datum
gridcell_next_of_block(FunctionCallInfo fcinfo, FuncCallContext * context)
{
	GridBlock  *block = (GridBlock *) context->user_fctx;
	int64		index = (int64) context->call_cntr;

	CHECK_FOR_INTERRUPTS();
	if (index >= grid_block_count(block))
		SRF_RETURN_DONE(context);
	SRF_RETURN_NEXT(context,
					GridCodeGetDatum(grid_block_cell(block, index)));
}

Datum
allmende_gridcell_children(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;

	if (SRF_IS_FIRSTCALL())
	{
		GridCode	code = PG_GETARG_GRIDCELL(0);
		int32		size = gridcell_check_size(PG_GETARG_INT32(1));
		GridBlock  *block;

		context = SRF_FIRSTCALL_INIT();
		block = MemoryContextAlloc(context->multi_call_memory_ctx,
								   sizeof(GridBlock));
		if (!grid_children(code, size, block))
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_GRIDCELL_NESTING),
					 errmsg("a cell of %d m has no children of %d m",
							grid_size(code), size),
					 errdetail("The cell's size is a multiple of that of its children.")));
		context->user_fctx = block;
	}
	context = SRF_PERCALL_SETUP();
	return gridcell_next_of_block(fcinfo, context);
}

Datum
allmende_gridcell_neighbours(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	GridCode   *neighbours;
	uint64		index;

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		neighbours = MemoryContextAlloc(context->multi_call_memory_ctx,
										GRID_NEIGHBOURS * sizeof(GridCode));
		context->max_calls = grid_neighbours(PG_GETARG_GRIDCELL(0),
											 neighbours);
		context->user_fctx = neighbours;
	}
	context = SRF_PERCALL_SETUP();
	neighbours = (GridCode *) context->user_fctx;
	index = context->call_cntr; /* which SRF_RETURN_NEXT changes */
	if (index >= context->max_calls)
		SRF_RETURN_DONE(context);
	SRF_RETURN_NEXT(context, GridCodeGetDatum(neighbours[index]));
}

Datum
allmende_gridcell_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(grid_contains(PG_GETARG_GRIDCELL(0),
								 PG_GETARG_GRIDCELL(1)));
}

Datum
allmende_gridcell_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(grid_contains(PG_GETARG_GRIDCELL(1),
								 PG_GETARG_GRIDCELL(0)));
}
