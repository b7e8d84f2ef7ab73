/*
 * at.c
 *		allmende.at() as a function, and the row ids of a version.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "../errcodes.h"
#include "../types/rowset.h"
#include "access.h"
#include "at.h"
#include "resolve.h"

PG_FUNCTION_INFO_V1(allmende_at_read);
PG_FUNCTION_INFO_V1(allmende_at_readtext);
PG_FUNCTION_INFO_V1(allmende_at_support);
PG_FUNCTION_INFO_V1(allmende_version_rows);

Oid
at_table_of_type(Oid type)
{
	Oid			table;

	if (!OidIsValid(type) || get_typtype(type) != TYPTYPE_COMPOSITE)
		return InvalidOid;
	table = typeidTypeRelid(type);
	if (!OidIsValid(table) ||
		get_rel_relkind(table) == RELKIND_COMPOSITE_TYPE)
		return InvalidOid;
	return table;
}

Schema *
at_schema_today(Relation relation, Dataset *dataset, Snapshot snapshot)
{
	Branch	   *branch = branch_find(dataset->id, "main", snapshot);
	Version    *version;
	Schema	   *previous;

	version = branch == NULL ? NULL :
		version_find_id(branch->version, snapshot);
	previous = version == NULL ? NULL : schema_find(version->schema, snapshot);
	if (previous == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_STORE_INCOMPLETE),
				 errmsg("the last version of dataset \"%s\" is missing",
						dataset->name)));
	return head_schema(relation, dataset, previous, NIL, NIL, snapshot);
}

static void
check_ref(bool is_null)
{
	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("ref must not be null"),
				 errhint("HEAD is the last version, WORKING the table as it is now.")));
}

static Oid
table_of_argument(FunctionCallInfo fcinfo)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	Oid			table = at_table_of_type(type);

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("first argument of at() is not of the row type of a table"),
				 OidIsValid(type) ?
				 errdetail("It is of type %s.", format_type_be(type)) : 0,
				 errhint("Write allmende.at(NULL::olpe.trees, 'v3').")));
	return table;
}

/*
 * at(anyelement, text): all rows with all columns.  Where the planner could put
 * the node of at_scan.c in place of the call, this is not called.
 */
Datum
allmende_at_read(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			table = table_of_argument(fcinfo);
	Bitmapset  *columns = bms_make_singleton(0);
	AtReader   *reader;
	TupleTableSlot *row;

	check_ref(PG_ARGISNULL(1));
	InitMaterializedSRF(fcinfo, 0);
	at_check_rights(table, columns);
	reader = at_reader_begin(table, columns, GetActiveSnapshot(), NULL, 0);
	if (!equalTupleDescs(result->setDesc,
						 RelationGetDescr(at_reader_relation(reader))))
		elog(ERROR, "row type of \"%s\" has changed",
			 get_rel_name(table));
	at_reader_start(reader, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	while ((row = at_reader_next(reader)) != NULL)
		tuplestore_putvalues(result->setResult, result->setDesc,
							 row->tts_values, row->tts_isnull);
	at_reader_end(reader);
	return (Datum) 0;
}

/* at(text, text): what people write first. */
Datum
allmende_at_readtext(PG_FUNCTION_ARGS)
{
	const char *name = PG_ARGISNULL(0) ? "olpe.trees" :
	text_to_cstring(PG_GETARG_TEXT_PP(0));

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("first argument of at() is a text, not of the row type of a table"),
			 errhint("Write allmende.at(NULL::%s, 'v3').", name)));
	PG_RETURN_NULL();
}

/* How many rows at() returns. */
Datum
allmende_at_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *rows = (SupportRequestRows *) request;
	double		estimate;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(rows->node))
		PG_RETURN_POINTER(NULL);
	estimate = at_estimate_rows((FuncExpr *) rows->node);
	if (estimate < 0)
		PG_RETURN_POINTER(NULL);
	rows->rows = estimate;
	PG_RETURN_POINTER(request);
}

/* A growing list of ranges. */
typedef struct RangeList
{
	RowsetRange *ranges;
	Size		count;
	Size		room;
} RangeList;

static void
add_range(RangeList *list, uint32 first, uint32 last)
{
	if (list->count > 0 &&
		(uint64) list->ranges[list->count - 1].last + 1 == first)
	{
		list->ranges[list->count - 1].last = last;
		return;
	}
	if (list->count == list->room)
	{
		list->room *= 2;
		list->ranges = repalloc_huge(list->ranges,
									 list->room * sizeof(RowsetRange));
	}
	list->ranges[list->count].first = first;
	list->ranges[list->count++].last = last;
}

static void
add_segment(RangeList *list, const SegmentBits *segment)
{
	uint32		base = segment->segment << 16;

	for (int word = 0; word < (int) lengthof(segment->words); word++)
	{
		uint64		bits = segment->words[word];

		while (bits != 0)
		{
			int			first = pg_rightmost_one_pos64(bits);
			uint64		gap = ~(bits >> first);
			int			length = gap == 0 ? 64 : pg_rightmost_one_pos64(gap);

			length = Min(length, 64 - first);
			add_range(list, base + word * 64 + first,
					  base + word * 64 + first + length - 1);
			if (first + length == 64)
				break;
			bits &= ~UINT64CONST(0) << (first + length);
		}
	}
}

static Rowset *
rows_of_version(const Dataset *dataset, const Version *version,
				Snapshot snapshot)
{
	Store	   *store = store_open(dataset->store);
	BitmapReader *reader = bitmap_open(store, snapshot,
									   version_path(version->branch,
													version->number,
													snapshot));
	const SegmentBits *segment;
	RangeList	list;

	list.count = 0;
	list.room = 1024;
	list.ranges = palloc(list.room * sizeof(RowsetRange));
	while ((segment = bitmap_next(reader)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		add_segment(&list, segment);
	}
	bitmap_close(reader);
	return rowset_from_ranges(list.ranges, list.count);
}

/* version_rows(regclass, text): which row ids make up a version. */
Datum
allmende_version_rows(PG_FUNCTION_ARGS)
{
	Oid			table = PG_GETARG_OID(0);
	char	   *ref = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Snapshot	snapshot = GetActiveSnapshot();
	Relation	relation;
	Dataset    *dataset;
	Version    *version;
	Rowset	   *rows;

	access_read(table);
	relation = relation_open(table, AccessShareLock);
	if (access_is_partial(table))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("row ids of \"%s\" may be seen only by who may see all its rows",
						RelationGetRelationName(relation)),
				 errdetail("Policies hide rows from role \"%s\".",
						   GetUserNameFromId(GetUserId(), false))));
	dataset = head_dataset(relation, snapshot);
	version = resolve_ref(dataset, ref, snapshot);
	if (version == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("WORKING has no row ids"),
				 errdetail("Rows get them when they are committed.")));
	rows = rows_of_version(dataset, version, snapshot);
	relation_close(relation, NoLock);
	PG_RETURN_ROWSET(rows);
}
