/*
 * at_policy.c
 *		Rights and policies of a table, for rows of its versions.
 *
 * Both are looked at when a query is executed, since a plan may be older than
 * SET ROLE or GRANT.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rowsecurity.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"

#include "at.h"

struct AtPolicy
{
	ExprContext *expressions;
	ExprState  *passes;
	Bitmapset  *columns;
};

bool
at_may_read(Oid table)
{
	return pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(table, GetUserId(), ACL_SELECT,
								  ACLMASK_ANY) == ACLCHECK_OK;
}

static bool
may_read_columns(Oid table, const Bitmapset *columns)
{
	int			column = -1;

	if (bms_is_empty(columns))
		return at_may_read(table);
	while ((column = bms_next_member(columns, column)) >= 0)
	{
		AclResult	result = column == 0 ?
		pg_attribute_aclcheck_all(table, GetUserId(), ACL_SELECT,
								  ACLMASK_ALL) :
		pg_attribute_aclcheck(table, column, GetUserId(), ACL_SELECT);

		if (result != ACLCHECK_OK)
			return false;
	}
	return true;
}

void
at_check_rights(Oid table, const Bitmapset *columns)
{
	if (pg_class_aclcheck(table, GetUserId(), ACL_SELECT) != ACLCHECK_OK &&
		!may_read_columns(table, columns))
		aclcheck_error(ACLCHECK_NO_PRIV,
					   get_relkind_objtype(get_rel_relkind(table)),
					   get_rel_name(table));
}

/* The conditions of policies, as a SELECT from the table alone has them. */
static List *
get_quals(Relation relation)
{
	Query	   *query = makeNode(Query);
	RangeTblEntry *entry = makeNode(RangeTblEntry);
	List	   *quals = NIL;
	List	   *checks = NIL;
	bool		has_policies = false;
	bool		has_sublinks = false;

	entry->rtekind = RTE_RELATION;
	entry->relid = RelationGetRelid(relation);
	entry->relkind = relation->rd_rel->relkind;
	entry->rellockmode = AccessShareLock;
	entry->inh = true;
	entry->inFromCl = true;
	entry->requiredPerms = ACL_SELECT;
	query->commandType = CMD_SELECT;
	query->rtable = list_make1(entry);
	get_row_security_policies(query, entry, 1, &quals, &checks, &has_policies,
							  &has_sublinks);
	if (has_sublinks)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("versions of \"%s\" cannot be read under its row-level security policies",
						RelationGetRelationName(relation)),
				 errdetail("A policy that applies to role \"%s\" has a subquery.",
						   GetUserNameFromId(GetUserId(), false)),
				 errhint("Read as a role that the policies do not apply to, or ask the owner of the table.")));
	return quals;
}

/* Of system columns, rows of versions have tableoid only. */
static void
check_columns(Relation relation, const Bitmapset *attributes)
{
	int			member = -1;

	while ((member = bms_next_member(attributes, member)) >= 0)
	{
		AttrNumber	attnum = member + FirstLowInvalidHeapAttributeNumber;

		if (attnum < 0 && attnum != TableOidAttributeNumber)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("versions of \"%s\" cannot be read under its row-level security policies",
							RelationGetRelationName(relation)),
					 errdetail("A policy uses a system column, which rows of versions do not have."),
					 errhint("Read as a role that the policies do not apply to, or ask the owner of the table.")));
	}
}

/* As attribute numbers; a whole row is all of them. */
static Bitmapset *
used_columns(Relation relation, List *quals)
{
	Bitmapset  *attributes = NULL;
	Bitmapset  *columns = NULL;
	bool		whole;

	pull_varattnos((Node *) quals, 1, &attributes);
	check_columns(relation, attributes);
	whole = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, attributes);
	for (int attnum = 1; attnum <= RelationGetNumberOfAttributes(relation); attnum++)
	{
		if (whole ||
			bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber,
						  attributes))
			columns = bms_add_member(columns, attnum);
	}
	return columns;
}

AtPolicy *
at_policy_create(Relation relation)
{
	AtPolicy   *policy;
	List	   *quals;
	ListCell   *cell;

	if (check_enable_rls(RelationGetRelid(relation), InvalidOid,
						 false) != RLS_ENABLED)
		return NULL;
	quals = get_quals(relation);
	foreach(cell, quals)
		lfirst(cell) = expression_planner(lfirst(cell));

	policy = palloc0(sizeof(*policy));
	policy->expressions = CreateStandaloneExprContext();
	policy->passes = ExecInitQual(quals, NULL);
	policy->columns = used_columns(relation, quals);
	return policy;
}

const Bitmapset *
at_policy_columns(const AtPolicy *policy)
{
	return policy->columns;
}

bool
at_policy_passes(AtPolicy *policy, TupleTableSlot *row)
{
	ResetExprContext(policy->expressions);
	policy->expressions->ecxt_scantuple = row;
	return ExecQual(policy->passes, policy->expressions);
}
