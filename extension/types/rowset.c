/*
 * rowset.c
 *		SQL type rowset: a set of row ids.
 *
 * Comparison, hashing and sorting are those of bytea: equal sets have equal
 * bytes.  What can be read off the bytes is; only the algebra of sets is left
 * to CRoaring.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "../core/rowset_text.h"
#include "rowset.h"
#include "types.h"

/* sort_ranges(), by the first id */
#define ST_SORT sort_ranges
#define ST_ELEMENT_TYPE RowsetRange
#define ST_COMPARE(a, b) \
	((a)->first < (b)->first ? -1 : (a)->first > (b)->first)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

PG_FUNCTION_INFO_V1(allmende_rowset_in);
PG_FUNCTION_INFO_V1(allmende_rowset_out);
PG_FUNCTION_INFO_V1(allmende_rowset_recv);
PG_FUNCTION_INFO_V1(allmende_rowset_send);
PG_FUNCTION_INFO_V1(allmende_rowset_from_text);
PG_FUNCTION_INFO_V1(allmende_rowset_to_text);
PG_FUNCTION_INFO_V1(allmende_rowset_from_bytea);
PG_FUNCTION_INFO_V1(allmende_rowset_from_array);
PG_FUNCTION_INFO_V1(allmende_rowset_to_array);
PG_FUNCTION_INFO_V1(allmende_rowset_union);
PG_FUNCTION_INFO_V1(allmende_rowset_intersection);
PG_FUNCTION_INFO_V1(allmende_rowset_difference);
PG_FUNCTION_INFO_V1(allmende_rowset_xor);
PG_FUNCTION_INFO_V1(allmende_rowset_contains);
PG_FUNCTION_INFO_V1(allmende_rowset_contained);
PG_FUNCTION_INFO_V1(allmende_rowset_contains_id);
PG_FUNCTION_INFO_V1(allmende_rowset_id_contained);
PG_FUNCTION_INFO_V1(allmende_rowset_overlaps);
PG_FUNCTION_INFO_V1(allmende_rowset_cardinality);
PG_FUNCTION_INFO_V1(allmende_rowset_first);
PG_FUNCTION_INFO_V1(allmende_rowset_last);
PG_FUNCTION_INFO_V1(allmende_rowset_is_empty);
PG_FUNCTION_INFO_V1(allmende_rowset_unnest);
PG_FUNCTION_INFO_V1(allmende_rowset_unnest_support);

/* The walk of one call of unnest() through a set. */
typedef struct UnnestState
{
	RowsetIterator iterator;
	int64		next;			/* within the current range */
	int64		last;
} UnnestState;

static Rowset *
rowset_allocate(size_t length)
{
	Rowset	   *rowset = palloc(length + VARHDRSZ);

	SET_VARSIZE(rowset, length + VARHDRSZ);
	return rowset;
}

Rowset *
rowset_copy(const Rowset *rowset)
{
	Rowset	   *copy = rowset_allocate(ROWSET_LENGTH(rowset));

	memcpy(VARDATA(copy), ROWSET_BYTES(rowset), ROWSET_LENGTH(rowset));
	return copy;
}

Rowset *
rowset_from_bytes(const char *bytes, size_t length)
{
	Rowset	   *rowset;
	uint64_t	cardinality;
	CoreError	error;

	if (!rowset_check(bytes, length, &cardinality, &error))
		type_binary_error("rowset", &error);
	rowset = rowset_allocate(rowset_canonical_size(bytes));
	rowset_canonical_write(bytes, VARDATA(rowset));
	return rowset;
}

Rowset *
rowset_from_ranges(RowsetRange *ranges, size_t count)
{
	Rowset	   *rowset;

	if (!rowset_ranges_sorted(ranges, count))
		sort_ranges(ranges, count);
	count = rowset_ranges_merge(ranges, count);
	rowset = rowset_allocate(rowset_ranges_size(ranges, count));
	rowset_ranges_write(ranges, count, VARDATA(rowset));
	return rowset;
}

/* Room for ranges, of which a long input can have more than 1 GB. */
static RowsetRange *
allocate_ranges(Size count)
{
	return palloc_extended(mul_size(count, sizeof(RowsetRange)),
						   MCXT_ALLOC_HUGE);
}

/* The set in a text; raises 22P02. */
static Rowset *
rowset_read(const char *text)
{
	size_t		length = strlen(text);
	RowsetRange *ranges = allocate_ranges(rowset_text_members(text, length));
	Rowset	   *rowset;
	size_t		count;
	CoreError	error;

	if (!rowset_text_parse(text, length, ranges, &count, &error))
		type_input_error("rowset", text, &error, NULL);
	rowset = rowset_from_ranges(ranges, count);
	pfree(ranges);
	return rowset;
}

/* Append the text of a set to a buffer. */
static void
rowset_write(const Rowset *rowset, StringInfo buffer)
{
	RowsetIterator iterator;
	uint32_t	first;
	uint32_t	last;
	char		member[ROWSET_MEMBER_SIZE];
	const char *separator = "";

	appendStringInfoChar(buffer, '{');
	rowset_begin(&iterator, ROWSET_BYTES(rowset));
	while (rowset_next_range(&iterator, &first, &last))
	{
		CHECK_FOR_INTERRUPTS();
		(void) rowset_text_format(first, last, member);
		appendStringInfoString(buffer, separator);
		appendStringInfoString(buffer, member);
		separator = ",";
	}
	appendStringInfoChar(buffer, '}');
}

Datum
allmende_rowset_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_ROWSET(rowset_read(PG_GETARG_CSTRING(0)));
}

Datum
allmende_rowset_out(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	initStringInfo(&buffer);
	rowset_write(PG_GETARG_ROWSET(0), &buffer);
	PG_RETURN_CSTRING(buffer.data);
}

Datum
allmende_rowset_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int			length = buffer->len - buffer->cursor;

	PG_RETURN_ROWSET(rowset_from_bytes(pq_getmsgbytes(buffer, length),
									   length));
}

/* Also the cast to bytea. */
Datum
allmende_rowset_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(rowset_copy(PG_GETARG_ROWSET(0)));
}

Datum
allmende_rowset_from_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_ROWSET(rowset_read(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

Datum
allmende_rowset_to_text(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	initStringInfo(&buffer);
	rowset_write(PG_GETARG_ROWSET(0), &buffer);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buffer.data, buffer.len));
}

Datum
allmende_rowset_from_bytea(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_ROWSET(rowset_from_bytes(VARDATA_ANY(bytes),
									   VARSIZE_ANY_EXHDR(bytes)));
}

static bool
is_row_id(int64 number)
{
	return number >= 0 && number <= PG_UINT32_MAX;
}

uint32
rowset_id_from_int64(int64 number)
{
	if (!is_row_id(number))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("row id %lld is out of range",
						(long long) number),
				 errdetail("A row id is 0 to 4294967295.")));
	return (uint32) number;
}

/* The ids of an array as ranges; raises errors with the element's index. */
static Size
ranges_from_array(ArrayType * array, RowsetRange *ranges)
{
	int			count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const		int64 *ids = (const int64 *) ARR_DATA_PTR(array);

	for (int i = 0; i < count; i++)
	{
		if (!is_row_id(ids[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("row id %lld is out of range",
							(long long) ids[i]),
					 errdetail("It is element %d of the array; a row id is 0 to 4294967295.",
							   ARR_LBOUND(array)[0] + i)));
		ranges[i].first = ranges[i].last = (uint32) ids[i];
	}
	return count;
}

/* The index of the first null in an array of one dimension that has one. */
static int
first_null(ArrayType * array)
{
	const		bits8 *bitmap = ARR_NULLBITMAP(array);
	int			i = 0;

	while ((bitmap[i / 8] & 1 << i % 8) != 0)
		i++;
	return ARR_LBOUND(array)[0] + i;
}

Datum
allmende_rowset_from_array(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	RowsetRange *ranges;
	Rowset	   *rowset;

	if (ARR_ELEMTYPE(array) != INT8OID)
		elog(ERROR, "expected an array of bigint");
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("array of row ids has %d dimensions",
						ARR_NDIM(array)),
				 errdetail("A rowset is made from an array of one dimension.")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("array of row ids must not contain nulls"),
				 errdetail("Element %d is null.", first_null(array))));

	ranges = allocate_ranges(ArrayGetNItems(ARR_NDIM(array),
											ARR_DIMS(array)));
	rowset = rowset_from_ranges(ranges, ranges_from_array(array, ranges));
	pfree(ranges);
	PG_RETURN_ROWSET(rowset);
}

/* An array of bigint with room for so many elements. */
static ArrayType *
allocate_array(int count)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + (Size) count * sizeof(int64);
	ArrayType  *array = palloc(size);

	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = 0;
	array->elemtype = INT8OID;
	ARR_DIMS(array)[0] = count;
	ARR_LBOUND(array)[0] = 1;
	return array;
}

Datum
allmende_rowset_to_array(PG_FUNCTION_ARGS)
{
	Rowset	   *rowset = PG_GETARG_ROWSET(0);
	uint64		count = rowset_cardinality(ROWSET_BYTES(rowset));
	ArrayType  *array;
	int64	   *ids;
	RowsetIterator iterator;
	uint32_t	first;
	uint32_t	last;

	if (count == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	if (count > (MaxAllocSize - ARR_OVERHEAD_NONULLS(1)) / sizeof(int64) ||
		count > MaxArraySize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("rowset of " UINT64_FORMAT " row ids is too large for an array",
						count),
				 errhint("Read it with allmende.unnest(rowset).")));

	array = allocate_array((int) count);
	ids = (int64 *) ARR_DATA_PTR(array);
	rowset_begin(&iterator, ROWSET_BYTES(rowset));
	while (rowset_next_range(&iterator, &first, &last))
	{
		CHECK_FOR_INTERRUPTS();
		for (int64 id = first; id <= last; id++)
			*ids++ = id;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

static Datum
operate_on_arguments(FunctionCallInfo fcinfo, RowsetOperation operation)
{
	PG_RETURN_ROWSET(rowset_operate(operation, PG_GETARG_ROWSET(0),
									PG_GETARG_ROWSET(1)));
}

Datum
allmende_rowset_union(PG_FUNCTION_ARGS)
{
	return operate_on_arguments(fcinfo, ROWSET_UNION);
}

Datum
allmende_rowset_intersection(PG_FUNCTION_ARGS)
{
	return operate_on_arguments(fcinfo, ROWSET_INTERSECTION);
}

Datum
allmende_rowset_difference(PG_FUNCTION_ARGS)
{
	return operate_on_arguments(fcinfo, ROWSET_DIFFERENCE);
}

Datum
allmende_rowset_xor(PG_FUNCTION_ARGS)
{
	return operate_on_arguments(fcinfo, ROWSET_XOR);
}

Datum
allmende_rowset_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(rowset_is_subset(PG_GETARG_ROWSET(1),
									PG_GETARG_ROWSET(0)));
}

Datum
allmende_rowset_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(rowset_is_subset(PG_GETARG_ROWSET(0),
									PG_GETARG_ROWSET(1)));
}

Datum
allmende_rowset_contains_id(PG_FUNCTION_ARGS)
{
	int64		id = PG_GETARG_INT64(1);

	PG_RETURN_BOOL(is_row_id(id) &&
				   rowset_contains(ROWSET_BYTES(PG_GETARG_ROWSET(0)),
								   (uint32) id));
}

Datum
allmende_rowset_id_contained(PG_FUNCTION_ARGS)
{
	int64		id = PG_GETARG_INT64(0);

	PG_RETURN_BOOL(is_row_id(id) &&
				   rowset_contains(ROWSET_BYTES(PG_GETARG_ROWSET(1)),
								   (uint32) id));
}

Datum
allmende_rowset_overlaps(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(rowset_overlaps(PG_GETARG_ROWSET(0), PG_GETARG_ROWSET(1)));
}

Datum
allmende_rowset_cardinality(PG_FUNCTION_ARGS)
{
	Rowset	   *rowset = PG_GETARG_ROWSET(0);

	PG_RETURN_INT64((int64) rowset_cardinality(ROWSET_BYTES(rowset)));
}

Datum
allmende_rowset_first(PG_FUNCTION_ARGS)
{
	uint32_t	id;

	if (!rowset_first(ROWSET_BYTES(PG_GETARG_ROWSET(0)), &id))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) id);
}

Datum
allmende_rowset_last(PG_FUNCTION_ARGS)
{
	uint32_t	id;

	if (!rowset_last(ROWSET_BYTES(PG_GETARG_ROWSET(0)), &id))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) id);
}

Datum
allmende_rowset_is_empty(PG_FUNCTION_ARGS)
{
	uint32_t	id;

	PG_RETURN_BOOL(!rowset_first(ROWSET_BYTES(PG_GETARG_ROWSET(0)), &id));
}

/* Begin to walk through a copy of the set that lives as long as the walk. */
static UnnestState *
unnest_begin(MemoryContext context, Datum argument)
{
	MemoryContext previous = MemoryContextSwitchTo(context);
	UnnestState *state = palloc(sizeof(UnnestState));
	Rowset	   *rowset = (Rowset *) PG_DETOAST_DATUM_COPY(argument);

	rowset_begin(&state->iterator, ROWSET_BYTES(rowset));
	state->next = 0;
	state->last = -1;
	MemoryContextSwitchTo(previous);
	return state;
}

Datum
allmende_rowset_unnest(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	UnnestState *state;
	uint32_t	first;
	uint32_t	last;

	if (SRF_IS_FIRSTCALL())
	{
		call = SRF_FIRSTCALL_INIT();
		call->user_fctx = unnest_begin(call->multi_call_memory_ctx,
									   PG_GETARG_DATUM(0));
	}
	call = SRF_PERCALL_SETUP();
	state = call->user_fctx;

	CHECK_FOR_INTERRUPTS();
	if (state->next > state->last)
	{
		if (!rowset_next_range(&state->iterator, &first, &last))
			SRF_RETURN_DONE(call);
		state->next = first;
		state->last = last;
	}
	SRF_RETURN_NEXT(call, Int64GetDatum(state->next++));
}

/* Tell the planner how many rows unnest() of a constant returns. */
Datum
allmende_rowset_unnest_support(PG_FUNCTION_ARGS)
{
	SupportRequestRows *request =
	(SupportRequestRows *) PG_GETARG_POINTER(0);
	Const	   *argument;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(request->node))
		PG_RETURN_POINTER(NULL);
	argument = linitial(((FuncExpr *) request->node)->args);
	if (!IsA(argument, Const))
		PG_RETURN_POINTER(NULL);

	request->rows = 0;
	if (!argument->constisnull)
	{
		Rowset	   *rowset = DatumGetRowset(argument->constvalue);

		request->rows = (double) rowset_cardinality(ROWSET_BYTES(rowset));
	}
	PG_RETURN_POINTER(request);
}
