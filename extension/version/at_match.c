/*
 * at_match.c
 *		Clauses that at_scan.c can make use of.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "at_match.h"

/* The column that an expression is, but for how its type is called; else 0. */
static AttrNumber
column_of(RelOptInfo *rel, Node *expression)
{
	Var		   *variable;

	while (expression != NULL && IsA(expression, RelabelType))
		expression = (Node *) ((RelabelType *) expression)->arg;
	variable = (Var *) expression;
	if (variable == NULL || !IsA(variable, Var) ||
		variable->varno != (int) rel->relid || variable->varlevelsup != 0 ||
		variable->varattno <= 0)
		return 0;
	return variable->varattno;
}

static Oid
base_type_of(Node *expression)
{
	while (IsA(expression, RelabelType))
		expression = (Node *) ((RelabelType *) expression)->arg;
	return getBaseType(exprType(expression));
}

/* Can the value be computed once, before the scan? */
static bool
is_fixed(PlannerInfo *root, RelOptInfo *rel, Node *value)
{
	return !bms_is_member(rel->relid, pull_varnos(root, value)) &&
		!contain_volatile_functions(value) && !contain_subplans(value);
}

/* Set what an operator means to the default btree class of a type. */
static bool
match_operator(Oid type, Oid operator, AtMatch *match)
{
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);

	if (!OidIsValid(operator) || !OidIsValid(cache->btree_opf))
		return false;
	match->operator = operator;
	match->strategy = get_op_opfamily_strategy(operator, cache->btree_opf);
	return match->strategy != InvalidStrategy;
}

static bool
match_comparison(PlannerInfo *root, RelOptInfo *rel, OpExpr *clause, AtMatch *match)
{
	Node	   *left;
	Node	   *right;
	Oid			operator = clause->opno;

	if (list_length(clause->args) != 2)
		return false;
	left = linitial(clause->args);
	right = lsecond(clause->args);
	if (column_of(rel, left) == 0)
	{
		Node	   *other = left;

		left = right;
		right = other;
		operator = get_commutator(operator);
	}
	match->kind = AT_COMPARE;
	match->attnum = column_of(rel, left);
	match->collation = clause->inputcollid;
	match->value = (Expr *) right;
	return match->attnum != 0 && is_fixed(root, rel, right) &&
		match_operator(base_type_of(left), operator, match);
}

static bool
match_any(PlannerInfo *root, RelOptInfo *rel, ScalarArrayOpExpr *clause, AtMatch *match)
{
	Node	   *left = linitial(clause->args);
	Node	   *right = lsecond(clause->args);

	match->kind = AT_ANY;
	match->attnum = column_of(rel, left);
	match->collation = clause->inputcollid;
	match->value = (Expr *) right;
	return clause->useOr && match->attnum != 0 && is_fixed(root, rel, right) &&
		OidIsValid(get_element_type(getBaseType(exprType(right)))) &&
		match_operator(base_type_of(left), clause->opno, match);
}

static bool
match_null(RelOptInfo *rel, NullTest *clause, AtMatch *match)
{
	match->kind = clause->nulltesttype == IS_NULL ? AT_IS_NULL :
		AT_IS_NOT_NULL;
	match->attnum = column_of(rel, (Node *) clause->arg);
	match->strategy = InvalidStrategy;
	match->operator = InvalidOid;
	match->collation = InvalidOid;
	match->value = (Expr *) makeBoolConst(true, false);
	return !clause->argisrow && match->attnum != 0;
}

bool
at_match_clause(PlannerInfo *root, RelOptInfo *rel, RestrictInfo *info,
				AtMatch *match)
{
	Node	   *clause = (Node *) info->clause;

	/* what a security barrier is to hold back must not choose rows before it */
	if (info->pseudoconstant ||
		!restriction_is_securely_promotable(info, rel))
		return false;
	if (IsA(clause, OpExpr))
		return match_comparison(root, rel, (OpExpr *) clause, match);
	if (IsA(clause, ScalarArrayOpExpr))
		return match_any(root, rel, (ScalarArrayOpExpr *) clause, match);
	if (IsA(clause, NullTest))
		return match_null(rel, (NullTest *) clause, match);
	return false;
}

List *
at_match_write(const AtMatch *match)
{
	return list_make5_int(match->kind, match->attnum, match->strategy,
						  (int) match->operator, (int) match->collation);
}

void
at_match_read(List *written, Oid type, AtCondition *condition)
{
	memset(condition, 0, sizeof(*condition));
	condition->kind = (AtConditionKind) linitial_int(written);
	condition->attnum = lsecond_int(written);
	condition->strategy = lthird_int(written);
	condition->operator = (Oid) lfourth_int(written);
	condition->collation = (Oid) list_nth_int(written, 4);
	if (OidIsValid(condition->operator))
	{
		TypeCacheEntry *cache = lookup_type_cache(getBaseType(type),
												  TYPECACHE_BTREE_OPFAMILY);
		int			strategy;

		condition->family = cache->btree_opf;
		get_op_opfamily_properties(condition->operator, condition->family,
								   false, &strategy, &condition->left_type,
								   &condition->right_type);
	}
}
