/*
 * at_match.h
 *		Clauses that at_scan.c can make use of.  postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_AT_MATCH_H
#define ALLMENDE_VERSION_AT_MATCH_H

#include "nodes/pathnodes.h"

#include "at.h"

/* A clause taken apart. */
typedef struct AtMatch
{
	AtConditionKind kind;
	AttrNumber	attnum;
	StrategyNumber strategy;	/* 0: IS NULL, IS NOT NULL */
	Oid			operator;
	Oid			collation;
	Expr	   *value;			/* a constant, for those that have none */
} AtMatch;

/*
 * Is a clause a condition on one column of a relation, with a value that does
 * not change while the relation is scanned?
 */
extern bool at_match_clause(PlannerInfo *root, RelOptInfo *rel,
							RestrictInfo *info, AtMatch *match);

/* As a part of a plan, and back. */
extern List *at_match_write(const AtMatch *match);
extern void at_match_read(List *written, Oid type, AtCondition *condition);

#endif							/* ALLMENDE_VERSION_AT_MATCH_H */
