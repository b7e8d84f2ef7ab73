/*
 * at_plan.c
 *		What the planner is told of calls of allmende.at().
 *
 * A call that is a relation of its own becomes a node of ours (at_scan.c), which
 * decodes the columns that are used and passes over what its conditions exclude.
 * Every other call (in a select list, in ROWS FROM, WITH ORDINALITY) runs as the
 * function that it is.  Either way the columns have the statistics of the head:
 * versions are much like it.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/selfuncs.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "at.h"
#include "at_match.h"
#include "resolve.h"

/* Decoding a row, in units of passing a tuple on. */
#define ROW_COST 2.0

/* Pages that a row takes that is looked for by its key. */
#define KEY_PAGES 4.0

static bool enable_at_scan = true;
static set_rel_pathlist_hook_type previous_pathlist_hook = NULL;
static get_relation_stats_hook_type previous_stats_hook = NULL;

/* at(anyelement, text); InvalidOid where it is not known. */
static Oid	at_function = InvalidOid;
static bool at_function_known = false;

static void
forget_function(Datum argument, int cache, uint32 hash)
{
	(void) argument;
	(void) cache;
	(void) hash;
	at_function_known = false;
}

static Oid
find_function(void)
{
	Oid			arguments[2] = {ANYELEMENTOID, TEXTOID};
	Oid			schema = get_namespace_oid("allmende", true);
	Oid			result = InvalidOid;
	HeapTuple	tuple;
	Datum		source;
	bool		is_null;

	if (!OidIsValid(schema))
		return InvalidOid;
	tuple = SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum("at"),
							PointerGetDatum(buildoidvector(arguments, 2)),
							ObjectIdGetDatum(schema));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;

	/* a function of that name that somebody else made is not ours */
	source = SysCacheGetAttr(PROCNAMEARGSNSP, tuple, Anum_pg_proc_prosrc,
							 &is_null);
	if (((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId &&
		!is_null &&
		strcmp(TextDatumGetCString(source), "allmende_at_read") == 0)
		result = ((Form_pg_proc) GETSTRUCT(tuple))->oid;
	ReleaseSysCache(tuple);
	return result;
}

static bool
is_at(const FuncExpr *call)
{
	if (!at_function_known)
	{
		at_function = find_function();
		at_function_known = true;
	}
	return OidIsValid(at_function) && call->funcid == at_function;
}

/* The table of a call. */
static Oid
table_of_call(const FuncExpr *call)
{
	return at_table_of_type(exprType(linitial(call->args)));
}

/* The call that a relation consists of, else NULL. */
static FuncExpr *
call_of_relation(const RangeTblEntry *entry)
{
	RangeTblFunction *function;
	FuncExpr   *call;

	if (entry->rtekind != RTE_FUNCTION || entry->funcordinality ||
		list_length(entry->functions) != 1)
		return NULL;
	function = linitial_node(RangeTblFunction, entry->functions);
	call = (FuncExpr *) function->funcexpr;
	if (!IsA(call, FuncExpr) || function->funccolnames != NIL ||
		!is_at(call) || !OidIsValid(table_of_call(call)) ||
		expression_returns_set(lsecond(call->args)))
		return NULL;
	return call;
}

/* The dataset of a table, and its last version; false where it has none. */
static bool
find_head(Oid table, Dataset **dataset, Version **version)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Relation	relation = try_relation_open(table, AccessShareLock);
	pg_uuid_t	uuid;
	bool		is_partition;
	bool		is_head;
	Branch	   *branch;

	if (relation == NULL)
		return false;
	is_head = head_uuid(relation, &uuid, &is_partition) && !is_partition;
	relation_close(relation, NoLock);
	if (!is_head)
		return false;
	*dataset = dataset_find(&uuid, snapshot);
	if (*dataset == NULL)
		return false;
	branch = branch_find((*dataset)->id, "main", snapshot);
	if (branch == NULL)
		return false;
	*version = version_find_id(branch->version, snapshot);
	return *version != NULL;
}

static double
rows_of_head(Oid table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	double		rows = -1;

	if (HeapTupleIsValid(tuple))
	{
		rows = ((Form_pg_class) GETSTRUCT(tuple))->reltuples;
		ReleaseSysCache(tuple);
	}
	return rows;
}

/*
 * Where policies hide rows from the reader, how many a version has is not told,
 * not even by an estimate; what pg_class says everybody may know.
 */
double
at_estimate_rows(const FuncExpr *call)
{
	Oid			table = table_of_call(call);
	Const	   *ref = (Const *) lsecond(call->args);
	Dataset    *dataset;
	Version    *version;
	const char *name;

	if (!OidIsValid(table) || !ActiveSnapshotSet() || !at_may_read(table))
		return -1;
	if (check_enable_rls(table, InvalidOid, true) == RLS_ENABLED)
		return rows_of_head(table);
	if (!find_head(table, &dataset, &version))
		return -1;
	if (IsA(ref, Const) && !ref->constisnull)
	{
		name = TextDatumGetCString(ref->constvalue);
		version = resolve_ref(dataset, name, GetActiveSnapshot());
		if (version == NULL)
			return rows_of_head(table);
	}
	return version->total;
}

/* Attribute numbers of the key; NIL where it is not known. */
static List *
key_columns(Oid table)
{
	Dataset    *dataset;
	Version    *version;
	Schema	   *schema;
	List	   *columns = NIL;

	if (!find_head(table, &dataset, &version))
		return NIL;
	schema = schema_find(version->schema, GetActiveSnapshot());
	for (int i = 0; schema != NULL && i < schema->count; i++)
	{
		AttrNumber	attnum;

		if (schema->columns[i].key == 0)
			continue;
		attnum = get_attnum(table, schema->columns[i].name);
		if (attnum == InvalidAttrNumber)
			return NIL;
		columns = lappend_int(columns, attnum);
	}
	return columns;
}

/* Does a clause say what a column of the key is equal to? */
static bool
gives_key(PlannerInfo *root, RelOptInfo *rel, RestrictInfo *info,
		  AttrNumber attnum)
{
	AtMatch		match;

	return at_match_clause(root, rel, info, &match) && match.attnum == attnum &&
		match.strategy == BTEqualStrategyNumber;
}

static bool
matches_column(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *class,
			   EquivalenceMember *member, void *attnum)
{
	Expr	   *expression = member->em_expr;

	(void) root;
	(void) class;
	while (IsA(expression, RelabelType))
		expression = ((RelabelType *) expression)->arg;
	return IsA(expression, Var) &&
		((Var *) expression)->varno == (int) rel->relid &&
		((Var *) expression)->varattno == *(AttrNumber *) attnum;
}

/*
 * Relations that give a column of the key its value, besides this one; false
 * where none do.
 */
static bool
find_outer(PlannerInfo *root, RelOptInfo *rel, AttrNumber attnum,
		   Relids *outer)
{
	List	   *clauses = NIL;
	ListCell   *cell;

	foreach(cell, rel->baserestrictinfo)
	{
		if (gives_key(root, rel, lfirst_node(RestrictInfo, cell), attnum))
			return true;
	}
	foreach(cell, rel->joininfo)
	{
		if (join_clause_is_movable_to(lfirst_node(RestrictInfo, cell), rel))
			clauses = lappend(clauses, lfirst(cell));
	}
	if (rel->has_eclass_joins)
		clauses = list_concat(clauses,
							  generate_implied_equalities_for_column(root, rel,
																	 matches_column,
																	 &attnum,
																	 rel->lateral_referencers));
	foreach(cell, clauses)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);

		if (gives_key(root, rel, info, attnum))
		{
			*outer = bms_union(*outer, bms_difference(info->clause_relids,
													  rel->relids));
			return true;
		}
	}
	return false;
}

/* Is the whole key given, with values from these other relations? */
static bool
key_is_given(PlannerInfo *root, RelOptInfo *rel, List *columns,
			 Relids *outer)
{
	ListCell   *cell;

	*outer = NULL;
	foreach(cell, columns)
	{
		if (!find_outer(root, rel, lfirst_int(cell), outer))
			return false;
	}
	return columns != NIL;
}

static void
set_costs(Path *path, RelOptInfo *rel, bool by_key)
{
	QualCost	qual = rel->baserestrictcost;
	double		rows = by_key ? path->rows : rel->tuples;
	Cost		run;

	if (path->param_info != NULL)
	{
		QualCost	more;

		cost_qual_eval(&more, path->param_info->ppi_clauses, NULL);
		qual.startup += more.startup;
		qual.per_tuple += more.per_tuple;
	}
	run = rows * (ROW_COST * cpu_tuple_cost + qual.per_tuple);
	if (by_key)
		run += Max(rows, 1) * KEY_PAGES * random_page_cost;
	run += path->rows * path->pathtarget->cost.per_tuple;
	path->startup_cost = qual.startup + path->pathtarget->cost.startup;
	path->total_cost = path->startup_cost + run;
}

static Plan *at_plan_path(PlannerInfo *root, RelOptInfo *rel,
						  CustomPath *path, List *targets, List *clauses,
						  List *plans);

static const CustomPathMethods path_methods = {
	.CustomName = "Allmende At",
	.PlanCustomPath = at_plan_path
};

static void
add_at_path(PlannerInfo *root, RelOptInfo *rel, Relids outer, bool by_key)
{
	CustomPath *path = makeNode(CustomPath);

	path->path.pathtype = T_CustomScan;
	path->path.parent = rel;
	path->path.pathtarget = rel->reltarget;
	path->path.param_info =
		get_baserel_parampathinfo(root, rel,
								  bms_union(outer, rel->lateral_relids));
	path->path.rows = path->path.param_info != NULL ?
		path->path.param_info->ppi_rows : rel->rows;
	path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
	path->methods = &path_methods;
	set_costs(&path->path, rel, by_key);
	add_path(rel, &path->path);
}

/* The hook: our node in place of a call. */
static void
at_pathlist(PlannerInfo *root, RelOptInfo *rel, Index index,
			RangeTblEntry *entry)
{
	FuncExpr   *call;
	Oid			table;
	Relids		outer;
	bool		by_key;

	if (previous_pathlist_hook)
		previous_pathlist_hook(root, rel, index, entry);
	if (!enable_at_scan || !IS_SIMPLE_REL(rel) || IS_DUMMY_REL(rel))
		return;
	call = call_of_relation(entry);
	if (call == NULL || !ActiveSnapshotSet())
		return;

	/* the function says what is wrong with a table that cannot be read */
	table = table_of_call(call);
	if (!at_may_read(table))
		return;
	rel->pathlist = NIL;
	rel->partial_pathlist = NIL;
	by_key = key_is_given(root, rel, key_columns(table), &outer);
	add_at_path(root, rel, NULL, by_key && bms_is_empty(outer));
	if (by_key && !bms_is_subset(outer, rel->lateral_relids))
		add_at_path(root, rel, outer, true);
}

/* Columns of the relation that are used, whole rows among them. */
static List *
scan_targets(RelOptInfo *rel, List *targets, List *quals)
{
	List	   *variables = list_concat(pull_var_clause((Node *) targets,
														PVC_RECURSE_AGGREGATES |
														PVC_RECURSE_WINDOWFUNCS |
														PVC_RECURSE_PLACEHOLDERS),
										pull_var_clause((Node *) quals,
														PVC_RECURSE_AGGREGATES |
														PVC_RECURSE_WINDOWFUNCS |
														PVC_RECURSE_PLACEHOLDERS));
	Bitmapset  *seen = NULL;
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, variables)
	{
		Var		   *variable = lfirst_node(Var, cell);

		if (variable->varno != (int) rel->relid ||
			bms_is_member(variable->varattno, seen))
			continue;
		seen = bms_add_member(seen, variable->varattno);
		result = lappend(result,
						 makeTargetEntry((Expr *) copyObject(variable),
										 list_length(result) + 1, NULL,
										 false));
	}
	return result;
}

/*
 * custom_private is the table and the function, then the conditions.
 * custom_exprs are the ref, the conditions' values, and their clauses.
 */
static Plan *
at_plan_path(PlannerInfo *root, RelOptInfo *rel, CustomPath *path,
			 List *targets, List *clauses, List *plans)
{
	RangeTblEntry *entry = planner_rt_fetch(rel->relid, root);
	FuncExpr   *call = call_of_relation(entry);
	Oid			table = table_of_call(call);
	CustomScan *scan = makeNode(CustomScan);
	List	   *conditions = NIL;
	List	   *values = NIL;
	List	   *matched = NIL;
	ListCell   *cell;

	(void) plans;
	foreach(cell, clauses)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);
		AtMatch		match;

		if (!at_match_clause(root, rel, info, &match))
			continue;
		conditions = lappend(conditions, at_match_write(&match));
		values = lappend(values, match.value);
		matched = lappend(matched, info->clause);
	}
	scan->scan.plan.targetlist = targets;
	scan->scan.plan.qual = extract_actual_clauses(clauses, false);
	scan->scan.scanrelid = 0;
	scan->flags = path->flags;
	scan->custom_scan_tlist = scan_targets(rel, targets,
										   scan->scan.plan.qual);
	scan->custom_exprs = list_make3(lsecond(call->args), values, matched);
	scan->custom_private = list_make2(list_make2_oid(table, call->funcid),
									  conditions);
	scan->methods = &at_scan_methods;

	/* a changed table or function makes a new plan */
	root->glob->relationOids = lappend_oid(root->glob->relationOids, table);
	record_plan_function_dependency(root, call->funcid);
	return &scan->scan.plan;
}

/* Does a unique index say that no two rows of the head share this value? */
static bool
is_unique(Oid table, AttrNumber attnum)
{
	Relation	relation = try_relation_open(table, AccessShareLock);
	bool		result = false;
	List	   *indexes;
	ListCell   *cell;

	if (relation == NULL)
		return false;
	indexes = RelationGetIndexList(relation);
	foreach(cell, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID,
											ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index form;

		if (!HeapTupleIsValid(tuple))
			continue;
		form = (Form_pg_index) GETSTRUCT(tuple);
		if (form->indisunique && form->indnkeyatts == 1 &&
			form->indkey.values[0] == attnum &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			result = true;
		ReleaseSysCache(tuple);
	}
	list_free(indexes);
	relation_close(relation, NoLock);
	return result;
}

/* May the planner show values of the column to operators that are not leakproof? */
static bool
may_see_column(Oid table, AttrNumber attnum)
{
	return check_enable_rls(table, InvalidOid, true) != RLS_ENABLED &&
		(pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		 pg_attribute_aclcheck(table, attnum, GetUserId(),
							   ACL_SELECT) == ACLCHECK_OK);
}

/* The hook: statistics of the head for columns of its versions. */
static bool
at_statistics(PlannerInfo *root, RangeTblEntry *entry, AttrNumber attnum,
			  VariableStatData *data)
{
	FuncExpr   *call = call_of_relation(entry);
	Oid			table;
	bool		is_parent;

	if (call == NULL || attnum <= 0)
		return previous_stats_hook != NULL &&
			previous_stats_hook(root, entry, attnum, data);
	table = table_of_call(call);
	is_parent = get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE;
	data->statsTuple = SearchSysCache3(STATRELATTINH,
									   ObjectIdGetDatum(table),
									   Int16GetDatum(attnum),
									   BoolGetDatum(is_parent));
	data->freefunc = ReleaseSysCache;
	data->acl_ok = may_see_column(table, attnum);
	data->isunique = at_may_read(table) && is_unique(table, attnum);
	return true;
}

void
at_install_hooks(void)
{
	DefineCustomBoolVariable("allmende.enable_at_scan",
							 "Enables the planner's use of a scan node for allmende.at().",
							 "Off, every call runs as a function that returns all rows and columns.",
							 &enable_at_scan, true, PGC_USERSET, GUC_EXPLAIN,
							 NULL, NULL, NULL);
	RegisterCustomScanMethods(&at_scan_methods);
	CacheRegisterSyscacheCallback(PROCOID, forget_function, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, forget_function, (Datum) 0);
	previous_pathlist_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = at_pathlist;
	previous_stats_hook = get_relation_stats_hook;
	get_relation_stats_hook = at_statistics;
}
