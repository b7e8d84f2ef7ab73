/*
 * at_scan.c
 *		The node that reads rows of a version in place of a call of at().
 *
 * It is a custom scan without a relation (scanrelid 0), whose rows are described
 * by custom_scan_tlist: one entry for each column that is used, and one for the
 * whole row where that is asked for.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_proc.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "at.h"
#include "at_match.h"

typedef struct AtScan
{
	CustomScanState css;
	Oid			table;
	AtReader   *reader;
	bool		started;		/* is the ref of this scan resolved? */
	ExprState  *ref;
	int			column_count;
	AttrNumber *columns;		/* of the scan's rows; 0: whole row */
	int			condition_count;
	AtCondition *conditions;
	ExprState **values;			/* of the conditions */
	MemoryContext value_context;	/* reset for each scan */
	MemoryContext row_context;	/* of whole rows */
} AtScan;

/* parts of custom_private and custom_exprs, see at_plan.c */
#define PLAN_TABLE(plan) linitial_oid(linitial((plan)->custom_private))
#define PLAN_FUNCTION(plan) lsecond_oid(linitial((plan)->custom_private))
#define PLAN_CONDITIONS(plan) ((List *) lsecond((plan)->custom_private))
#define PLAN_REF(plan) ((Expr *) linitial((plan)->custom_exprs))
#define PLAN_VALUES(plan) ((List *) lsecond((plan)->custom_exprs))
#define PLAN_CLAUSES(plan) ((List *) lthird((plan)->custom_exprs))

static Node *at_scan_create(CustomScan *plan);
static void at_scan_begin(CustomScanState *node, EState *estate, int flags);
static TupleTableSlot *at_scan_exec(CustomScanState *node);
static void at_scan_end(CustomScanState *node);
static void at_scan_rescan(CustomScanState *node);
static void at_scan_explain(CustomScanState *node, List *ancestors,
							ExplainState *explain);

const CustomScanMethods at_scan_methods = {
	.CustomName = "Allmende At",
	.CreateCustomScanState = at_scan_create
};

static const CustomExecMethods exec_methods = {
	.CustomName = "Allmende At",
	.BeginCustomScan = at_scan_begin,
	.ExecCustomScan = at_scan_exec,
	.EndCustomScan = at_scan_end,
	.ReScanCustomScan = at_scan_rescan,
	.ExplainCustomScan = at_scan_explain
};

static Node *
at_scan_create(CustomScan *plan)
{
	AtScan	   *scan = (AtScan *) newNode(sizeof(AtScan),
										  T_CustomScanState);

	(void) plan;
	scan->css.methods = &exec_methods;
	return (Node *) scan;
}

/* What PostgreSQL asks of a function when it is called. */
static void
check_function(Oid function)
{
	AclResult	result = pg_proc_aclcheck(function, GetUserId(), ACL_EXECUTE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_FUNCTION, get_func_name(function));
	InvokeFunctionExecuteHook(function);
}

/* Take over the columns of the plan; returns them as a set. */
static Bitmapset *
begin_columns(AtScan *scan, CustomScan *plan)
{
	Bitmapset  *columns = NULL;
	ListCell   *cell;

	scan->columns = palloc(Max(list_length(plan->custom_scan_tlist), 1) *
						   sizeof(AttrNumber));
	foreach(cell, plan->custom_scan_tlist)
	{
		Var		   *variable = (Var *) lfirst_node(TargetEntry, cell)->expr;

		scan->columns[scan->column_count++] = variable->varattno;
		columns = bms_add_member(columns, variable->varattno);
	}
	return columns;
}

/* The table may have changed since the query was parsed. */
static void
check_columns(Relation relation, CustomScan *plan)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	ListCell   *cell;

	foreach(cell, plan->custom_scan_tlist)
	{
		Var		   *variable = (Var *) lfirst_node(TargetEntry, cell)->expr;
		AttrNumber	attnum = variable->varattno;

		if (attnum == 0 ? variable->vartype == descriptor->tdtypeid :
			attnum <= descriptor->natts &&
			TupleDescAttr(descriptor, attnum - 1)->atttypid == variable->vartype)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("row type of \"%s\" has changed since the query was prepared",
						RelationGetRelationName(relation)),
				 errhint("Prepare the query again.")));
	}
}

static void
begin_conditions(AtScan *scan, CustomScan *plan)
{
	List	   *written = PLAN_CONDITIONS(plan);
	int			count = list_length(written);

	scan->condition_count = count;
	scan->conditions = palloc0(Max(count, 1) * sizeof(AtCondition));
	scan->values = palloc0(Max(count, 1) * sizeof(ExprState *));
	for (int i = 0; i < count; i++)
	{
		List	   *condition = list_nth(written, i);

		at_match_read(condition, get_atttype(scan->table, lsecond_int(condition)),
					  &scan->conditions[i]);
		scan->values[i] = ExecInitExpr(list_nth(PLAN_VALUES(plan), i),
									   &scan->css.ss.ps);
	}
}

/*
 * Rights are looked at here, also for EXPLAIN, as PostgreSQL does for tables; the
 * ref is resolved when the first row is asked for.
 */
static void
at_scan_begin(CustomScanState *node, EState *estate, int flags)
{
	AtScan	   *scan = (AtScan *) node;
	CustomScan *plan = (CustomScan *) node->ss.ps.plan;
	Bitmapset  *columns;

	(void) flags;
	scan->table = PLAN_TABLE(plan);
	check_function(PLAN_FUNCTION(plan));
	columns = begin_columns(scan, plan);
	at_check_rights(scan->table, columns);
	scan->value_context = AllocSetContextCreate(CurrentMemoryContext,
												"allmende at values",
												ALLOCSET_SMALL_SIZES);
	scan->row_context = AllocSetContextCreate(CurrentMemoryContext,
											  "allmende at whole row",
											  ALLOCSET_DEFAULT_SIZES);
	scan->ref = ExecInitExpr(PLAN_REF(plan), &node->ss.ps);
	begin_conditions(scan, plan);
	scan->reader = at_reader_begin(scan->table, columns, estate->es_snapshot,
								   scan->conditions, scan->condition_count);
	check_columns(at_reader_relation(scan->reader), plan);
}

/* The values of an array that are not null; null ones are equal to nothing. */
static void
take_array(AtCondition *condition, Datum value)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	int16		length;
	bool		by_value;
	char		align;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align,
					  &values, &nulls, &count);
	condition->values = values;
	for (int i = 0; i < count; i++)
	{
		if (!nulls[i])
			values[condition->count++] = values[i];
	}
	condition->is_null = condition->count == 0;
}

static void
start_condition(AtScan *scan, int i)
{
	AtCondition *condition = &scan->conditions[i];
	bool		is_null;
	Datum		value = ExecEvalExpr(scan->values[i],
									 scan->css.ss.ps.ps_ExprContext,
									 &is_null);

	condition->is_null = is_null;
	condition->count = 0;
	if (is_null)
		return;
	if (condition->kind == AT_ANY)
		take_array(condition, value);
	else
	{
		condition->values = palloc(sizeof(Datum));
		condition->values[0] = value;
		condition->count = 1;
	}
}

static char *
evaluate_ref(AtScan *scan)
{
	bool		is_null;
	Datum		ref = ExecEvalExpr(scan->ref, scan->css.ss.ps.ps_ExprContext,
								   &is_null);

	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("ref must not be null"),
				 errhint("HEAD is the last version, WORKING the table as it is now.")));
	return TextDatumGetCString(ref);
}

static void
start(AtScan *scan)
{
	MemoryContext previous;
	char	   *ref;

	MemoryContextReset(scan->value_context);
	previous = MemoryContextSwitchTo(scan->value_context);
	ref = evaluate_ref(scan);
	for (int i = 0; i < scan->condition_count; i++)
		start_condition(scan, i);
	if (scan->css.ss.ps.instrument != NULL)
		at_reader_count_segments(scan->reader);
	at_reader_start(scan->reader, ref);
	MemoryContextSwitchTo(previous);
	scan->started = true;
}

static Datum
whole_row(AtScan *scan, TupleTableSlot *row)
{
	MemoryContext previous;
	Datum		result;

	MemoryContextReset(scan->row_context);
	previous = MemoryContextSwitchTo(scan->row_context);
	result = HeapTupleGetDatum(heap_form_tuple(row->tts_tupleDescriptor,
											   row->tts_values,
											   row->tts_isnull));
	MemoryContextSwitchTo(previous);
	return result;
}

/* From a row of the table to a row of the scan. */
static TupleTableSlot *
store_row(AtScan *scan, TupleTableSlot *row)
{
	TupleTableSlot *slot = scan->css.ss.ss_ScanTupleSlot;

	ExecClearTuple(slot);
	for (int i = 0; i < scan->column_count; i++)
	{
		AttrNumber	attnum = scan->columns[i];

		slot->tts_isnull[i] = attnum != 0 && row->tts_isnull[attnum - 1];
		slot->tts_values[i] = attnum == 0 ? whole_row(scan, row) :
			row->tts_values[attnum - 1];
	}
	return ExecStoreVirtualTuple(slot);
}

static TupleTableSlot *
next_row(ScanState *node)
{
	AtScan	   *scan = (AtScan *) node;
	TupleTableSlot *row;

	if (!scan->started)
		start(scan);
	row = at_reader_next(scan->reader);
	return row == NULL ? ExecClearTuple(node->ss_ScanTupleSlot) :
		store_row(scan, row);
}

/*
 * EvalPlanQual asks for the row that is checked again, once.  PostgreSQL leaves
 * it to nodes without a relation to find that row.
 */
static bool
recheck_row(ScanState *node, TupleTableSlot *slot)
{
	AtScan	   *scan = (AtScan *) node;
	EPQState   *state = node->ps.state->es_epq_active;
	int			index = bms_singleton_member(((CustomScan *) node->ps.plan)->custom_relids);
	TupleTableSlot *row;
	bool		found;

	(void) slot;
	if (state->relsubs_done[index - 1])
		return false;
	if (state->relsubs_rowmark[index - 1] == NULL)
		return !TupIsNull(next_row(node));

	state->relsubs_done[index - 1] = true;
	row = MakeSingleTupleTableSlot(RelationGetDescr(at_reader_relation(scan->reader)),
								   &TTSOpsVirtual);
	found = EvalPlanQualFetchRowMark(state, index, row);
	if (found)
	{
		store_row(scan, row);
		ExecMaterializeSlot(node->ss_ScanTupleSlot);
	}
	ExecDropSingleTupleTableSlot(row);
	return found;
}

static TupleTableSlot *
at_scan_exec(CustomScanState *node)
{
	return ExecScan(&node->ss, next_row, recheck_row);
}

static void
at_scan_end(CustomScanState *node)
{
	AtScan	   *scan = (AtScan *) node;

	ExecFreeExprContext(&node->ss.ps);
	ExecClearTuple(node->ss.ss_ScanTupleSlot);
	if (node->ss.ps.ps_ResultTupleSlot != NULL)
		ExecClearTuple(node->ss.ps.ps_ResultTupleSlot);
	if (scan->reader != NULL)
		at_reader_end(scan->reader);
}

static void
at_scan_rescan(CustomScanState *node)
{
	((AtScan *) node)->started = false;
	ExecScanReScan(&node->ss);
}

static void
explain_expression(CustomScanState *node, const char *label, Node *expression,
				   List *ancestors, ExplainState *explain)
{
	List	   *context = set_deparse_context_plan(explain->deparse_cxt,
												   node->ss.ps.plan, ancestors);

	ExplainPropertyText(label,
						deparse_expression(expression, context,
										   explain->verbose, false),
						explain);
}

static void
explain_version(AtScan *scan, const AtReaderState *state, List *ancestors,
				ExplainState *explain)
{
	Expr	   *ref = PLAN_REF((CustomScan *) scan->css.ss.ps.plan);

	explain_expression(&scan->css, "Ref", (Node *) ref, ancestors, explain);
	if (state->version == NULL)
		return;
	ExplainPropertyText("Version", psprintf("v%d", state->version->number),
						explain);
	if (explain->verbose)
	{
		char		revision[REVISION_TEXT_SIZE];

		revision_format(&state->version->revision, revision);
		ExplainPropertyText("Revision", revision, explain);
	}
}

static void
explain_conditions(AtScan *scan, const AtReaderState *state, List *ancestors,
				   ExplainState *explain)
{
	List	   *clauses = PLAN_CLAUSES((CustomScan *) scan->css.ss.ps.plan);

	if (clauses != NIL && (state->by_key || state->prunes))
		explain_expression(&scan->css, state->by_key ? "Key Lookup" : "Prune",
						   (Node *) make_ands_explicit(clauses), ancestors,
						   explain);
}

/*
 * What was read tells of rows that policies hide, and is withheld then.
 */
static void
explain_work(const AtReaderState *state, ExplainState *explain)
{
	if (state->has_policy)
		return;
	ExplainPropertyInteger("Segments Total", NULL, state->segments_total,
						   explain);
	ExplainPropertyInteger("Segments Read", NULL, state->segments_read,
						   explain);
	ExplainPropertyInteger("Segments Skipped", NULL,
						   state->segments_total - state->segments_read,
						   explain);
	ExplainPropertyInteger("Parts Read", NULL, state->parts, explain);
	ExplainPropertyInteger("Tail Rows Read", NULL, state->tail_rows, explain);
}

static void
at_scan_explain(CustomScanState *node, List *ancestors, ExplainState *explain)
{
	AtScan	   *scan = (AtScan *) node;
	Expr	   *ref = PLAN_REF((CustomScan *) node->ss.ps.plan);
	AtReaderState state;

	if (IsA(ref, Const) && !((Const *) ref)->constisnull)
		at_reader_resolve(scan->reader,
						  TextDatumGetCString(((Const *) ref)->constvalue));
	at_reader_state(scan->reader, &state);
	ExplainPropertyText("Dataset", state.dataset, explain);
	explain_version(scan, &state, ancestors, explain);
	explain_conditions(scan, &state, ancestors, explain);
	if (explain->analyze)
		explain_work(&state, explain);
}
