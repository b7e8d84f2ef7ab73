/*
 * rowset_agg.c
 *		Aggregates of row ids and rowsets.
 *
 * The state is plain memory of the aggregate's context, so that PostgreSQL
 * counts it against work_mem and frees it, whatever happens: CRoaring holds
 * nothing between two calls.  Ids are collected until there are many and then
 * turned into a set; sets are collected until they take more than their union
 * does, and then united.  So each id goes through a union about as often as the
 * size of the union doubles, a group of few ids costs little more than them,
 * and no state is larger than a small multiple of its result.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "rowset.h"

PG_FUNCTION_INFO_V1(allmende_rowset_agg_transition);
PG_FUNCTION_INFO_V1(allmende_rowset_union_agg_transition);
PG_FUNCTION_INFO_V1(allmende_rowset_agg_combine);
PG_FUNCTION_INFO_V1(allmende_rowset_agg_serialize);
PG_FUNCTION_INFO_V1(allmende_rowset_agg_deserialize);
PG_FUNCTION_INFO_V1(allmende_rowset_agg_final);

#define COLLECTED_FIRST 4		/* room for ids and sets at first */
#define COLLECTED_IDS 4096		/* ids that are made a set */
#define COLLECTED_BYTES 8192	/* sets that are united, at the least */
#define SET_OVERHEAD 64			/* what a small set costs besides its bytes */

/* The union of ids and sets; never without any. */
typedef struct CollectState
{
	MemoryContext context;		/* where all of this lives */
	uint32	   *ids;
	int			id_count;
	int			id_room;
	Rowset	  **sets;			/* the first is the union of earlier ones */
	int			set_count;
	int			set_room;
	Size		bytes;			/* of all sets but the first */
} CollectState;

static CollectState *
collect_begin(MemoryContext context)
{
	CollectState *state = MemoryContextAllocZero(context, sizeof(*state));

	state->context = context;
	return state;
}

static void
collect_unite(CollectState *state)
{
	MemoryContext previous = MemoryContextSwitchTo(state->context);
	Rowset	   *set = rowset_unite(state->sets, state->set_count);

	MemoryContextSwitchTo(previous);
	for (int i = 0; i < state->set_count; i++)
		pfree(state->sets[i]);
	state->sets[0] = set;
	state->set_count = 1;
	state->bytes = 0;
}

static void
collect_set(CollectState *state, const Rowset *set)
{
	MemoryContext previous = MemoryContextSwitchTo(state->context);

	if (state->set_room == 0)
	{
		state->sets = palloc(COLLECTED_FIRST * sizeof(Rowset *));
		state->set_room = COLLECTED_FIRST;
	}
	else if (state->set_count == state->set_room)
	{
		state->sets = repalloc(state->sets, mul_size(state->set_room * 2,
													 sizeof(Rowset *)));
		state->set_room *= 2;
	}
	state->sets[state->set_count] = rowset_copy(set);
	state->set_count++;
	MemoryContextSwitchTo(previous);

	if (state->set_count > 1)
		state->bytes += VARSIZE_ANY(set) + SET_OVERHEAD;
	if (state->bytes > Max(COLLECTED_BYTES, VARSIZE_ANY(state->sets[0])))
		collect_unite(state);
}

/* The collected ids as a set, in the current memory context. */
static Rowset *
collected_ids(const CollectState *state)
{
	RowsetRange *ranges = palloc(state->id_count * sizeof(RowsetRange));
	Size		count = rowset_ranges_from_ids(state->ids, state->id_count,
											   ranges);
	Rowset	   *set = rowset_from_ranges(ranges, count);

	pfree(ranges);
	return set;
}

static void
collect_id(CollectState *state, uint32 id)
{
	if (state->id_count == COLLECTED_IDS)
	{
		Rowset	   *set = collected_ids(state);

		collect_set(state, set);
		pfree(set);
		state->id_count = 0;
	}
	else if (state->id_room == 0)
	{
		state->ids = MemoryContextAlloc(state->context,
										COLLECTED_FIRST * sizeof(uint32));
		state->id_room = COLLECTED_FIRST;
	}
	else if (state->id_count == state->id_room)
	{
		state->ids = repalloc(state->ids,
							  state->id_room * 2 * sizeof(uint32));
		state->id_room *= 2;
	}
	state->ids[state->id_count++] = id;
}

/*
 * The union of all that was collected, in the current memory context.  Leaves
 * the state as it is, so that a window can go on with it.
 */
static Rowset *
collect_result(const CollectState *state)
{
	Rowset	  **sets;
	int			count = state->set_count;

	if (count == 0)
		return collected_ids(state);
	if (count == 1 && state->id_count == 0)
		return rowset_copy(state->sets[0]);
	sets = palloc(add_size(count, 1) * sizeof(Rowset *));
	memcpy(sets, state->sets, count * sizeof(Rowset *));
	if (state->id_count > 0)
		sets[count++] = collected_ids(state);
	return rowset_unite(sets, count);
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

/* The state that an argument holds; NULL where nothing was collected yet. */
static CollectState *
state_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : (CollectState *) PG_GETARG_POINTER(n);
}

static Datum
return_state(FunctionCallInfo fcinfo, CollectState *state)
{
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

Datum
allmende_rowset_agg_transition(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	CollectState *state = state_argument(fcinfo, 0);

	if (!PG_ARGISNULL(1))
	{
		uint32		id = rowset_id_from_int64(PG_GETARG_INT64(1));

		if (state == NULL)
			state = collect_begin(context);
		collect_id(state, id);
	}
	return return_state(fcinfo, state);
}

Datum
allmende_rowset_union_agg_transition(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	CollectState *state = state_argument(fcinfo, 0);

	if (!PG_ARGISNULL(1))
	{
		Rowset	   *set = PG_GETARG_ROWSET(1);

		if (state == NULL)
			state = collect_begin(context);
		collect_set(state, set);
		PG_FREE_IF_COPY(set, 1);
	}
	return return_state(fcinfo, state);
}

Datum
allmende_rowset_agg_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	CollectState *state = state_argument(fcinfo, 0);
	CollectState *other = state_argument(fcinfo, 1);

	if (other != NULL)
	{
		if (state == NULL)
			state = collect_begin(context);
		for (int i = 0; i < other->set_count; i++)
			collect_set(state, other->sets[i]);
		for (int i = 0; i < other->id_count; i++)
			collect_id(state, other->ids[i]);
	}
	return return_state(fcinfo, state);
}

Datum
allmende_rowset_agg_serialize(PG_FUNCTION_ARGS)
{
	(void) aggregate_context(fcinfo);
	PG_RETURN_BYTEA_P(collect_result(state_argument(fcinfo, 0)));
}

Datum
allmende_rowset_agg_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	CollectState *state;
	Rowset	   *set;

	(void) aggregate_context(fcinfo);
	set = rowset_from_bytes(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	state = collect_begin(CurrentMemoryContext);
	collect_set(state, set);
	PG_RETURN_POINTER(state);
}

Datum
allmende_rowset_agg_final(PG_FUNCTION_ARGS)
{
	CollectState *state = state_argument(fcinfo, 0);

	(void) aggregate_context(fcinfo);
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_ROWSET(collect_result(state));
}
