/*
 * gridcell_geometry.c
 *		Cells of coordinates, of PostGIS points and of boxes.
 *
 * Points of the systems that core/grid_projection.h knows are projected here,
 * those of any other by PostGIS.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "../core/grid_projection.h"
#include "../core/gserialized.h"
#include "gridcell.h"

/* the most cells that a box may have */
#define BOX_CELLS_MAX INT64CONST(10000000)

PG_FUNCTION_INFO_V1(allmende_gridcell_from_coordinates);
PG_FUNCTION_INFO_V1(allmende_gridcell_from_geometry);
PG_FUNCTION_INFO_V1(allmende_gridcell_in_box);
PG_FUNCTION_INFO_V1(allmende_gridcell_count_in_box);

/* Return a coordinate argument; raises 22003 if it is not finite. */
static double
finite_argument(FunctionCallInfo fcinfo, int n)
{
	double		coordinate = PG_GETARG_FLOAT8(n);

	if (!isfinite(coordinate))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("coordinate is not finite")));
	return coordinate;
}

Datum
allmende_gridcell_from_coordinates(PG_FUNCTION_ARGS)
{
	double		easting = finite_argument(fcinfo, 0);
	double		northing = finite_argument(fcinfo, 1);
	int32		size = gridcell_check_size(PG_GETARG_INT32(2));
	GridCode	code;

	if (!grid_of_point(northing, easting, size, &code))
		PG_RETURN_NULL();
	PG_RETURN_GRIDCELL(code);
}

/*
 * PostGIS's st_transform(geometry, integer): looked up in the schema of the
 * type geometry, which is that of our caller's first argument.
 */
static Oid
transform_lookup(Oid caller)
{
	Oid		   *arguments;
	int			count;
	HeapTuple	type;
	char	   *schema;
	Oid			signature[2];

	get_func_signature(caller, &arguments, &count);
	type = SearchSysCache1(TYPEOID, ObjectIdGetDatum(arguments[0]));
	if (!HeapTupleIsValid(type))
		elog(ERROR, "cache lookup failed for type %u", arguments[0]);
	schema = get_namespace_name(((Form_pg_type) GETSTRUCT(type))->typnamespace);
	ReleaseSysCache(type);

	signature[0] = arguments[0];
	signature[1] = INT4OID;
	return LookupFuncName(list_make2(makeString(schema),
									 makeString(pstrdup("st_transform"))),
						  2, signature, false);
}

/* A geometry in the grid's system, through PostGIS. */
static Datum
transform_geometry(FmgrInfo * caller, Datum geometry)
{
	FmgrInfo   *transform = (FmgrInfo *) caller->fn_extra;

	if (transform == NULL)
	{
		transform = MemoryContextAlloc(caller->fn_mcxt, sizeof(FmgrInfo));
		fmgr_info_cxt(transform_lookup(caller->fn_oid), transform,
					  caller->fn_mcxt);
		caller->fn_extra = transform;
	}
	return FunctionCall2(transform, geometry, Int32GetDatum(GRID_SRID));
}

/* Read a point; raises RD112 for another geometry and for a damaged one. */
static GserializedGeometry
read_point(const struct varlena *geometry)
{
	GserializedGeometry point;
	CoreError	error;

	if (!gserialized_read(VARDATA_ANY(geometry), VARSIZE_ANY_EXHDR(geometry),
						  &point, &error))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid geometry"),
				 errdetail("%s at byte %ld.", error.reason,
						   error.position + 1)));
	if (point.type != GSERIALIZED_POINT)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_GRIDCELL_GEOMETRY),
				 errmsg("geometry is not a point"),
				 errhint("Take one of its points with ST_PointOnSurface, or all of its cells with allmende.gridcells(geometry, integer).")));
	if (!isfinite(point.x) || !isfinite(point.y))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_GRIDCELL_GEOMETRY),
				 errmsg("coordinate of the geometry is not finite")));
	return point;
}

/* The cell of a point that is not empty; false outside of the grid. */
static bool
cell_of_point(FunctionCallInfo fcinfo, const GserializedGeometry *point,
			  int32 size, GridCode *code)
{
	GserializedGeometry transformed;
	GridPoint	projected;
	Datum		geometry;

	if (point->srid == GRID_SRID)
		return grid_of_point(point->y, point->x, size, code);
	if (projection_from(point->srid, point->x, point->y, &projected))
		return grid_of_point(projected.northing, projected.easting, size,
							 code);
	if (point->srid == GSERIALIZED_SRID_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_GRIDCELL_GEOMETRY),
				 errmsg("geometry has no SRID"),
				 errhint("Set the one of its coordinates with ST_SetSRID.")));
	geometry = transform_geometry(fcinfo->flinfo, PG_GETARG_DATUM(0));
	transformed = read_point(PG_DETOAST_DATUM_PACKED(geometry));
	return grid_of_point(transformed.y, transformed.x, size, code);
}

Datum
allmende_gridcell_from_geometry(PG_FUNCTION_ARGS)
{
	int32		size = gridcell_check_size(PG_GETARG_INT32(1));
	GserializedGeometry point = read_point(PG_GETARG_VARLENA_PP(0));
	GridCode	code;

	if (point.empty || !cell_of_point(fcinfo, &point, size, &code))
		PG_RETURN_NULL();
	PG_RETURN_GRIDCELL(code);
}

/*
 * The cells of a box, from the arguments west, south, east, north and size.
 * Raises RD112 where they are so many that it must be a mistake.
 */
static GridBlock
box_argument(FunctionCallInfo fcinfo)
{
	double		west = finite_argument(fcinfo, 0);
	double		south = finite_argument(fcinfo, 1);
	double		east = finite_argument(fcinfo, 2);
	double		north = finite_argument(fcinfo, 3);
	int32		size = gridcell_check_size(PG_GETARG_INT32(4));
	GridBlock	block = {0};
	int64		count;

	if (!grid_cover(south, west, north, east, size, &block))
		return block;
	count = grid_block_count(&block);
	if (count > BOX_CELLS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_GRIDCELL_GEOMETRY),
				 errmsg("box has " INT64_FORMAT " cells of %d m", count, size),
				 errdetail("At most " INT64_FORMAT " are allowed.",
						   BOX_CELLS_MAX),
				 errhint("Choose a larger size, or divide the geometry.")));
	return block;
}

Datum
allmende_gridcell_in_box(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;

	if (SRF_IS_FIRSTCALL())
	{
		GridBlock	block = box_argument(fcinfo);

		context = SRF_FIRSTCALL_INIT();
		context->user_fctx = MemoryContextAlloc(context->multi_call_memory_ctx,
												sizeof(GridBlock));
		*(GridBlock *) context->user_fctx = block;
	}
	context = SRF_PERCALL_SETUP();
	return gridcell_next_of_block(fcinfo, context);
}

Datum
allmende_gridcell_count_in_box(PG_FUNCTION_ARGS)
{
	GridBlock	block = box_argument(fcinfo);

	PG_RETURN_INT64(grid_block_count(&block));
}
