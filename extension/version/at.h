/*
 * at.h
 *		Reading the rows of any version: allmende.at(), as a function and as a
 *		node of plans.  postgres.h comes first.
 *
 * at.c has the functions, at_plan.c what the planner is told, at_scan.c the node,
 * at_policy.c rights and policies, at_reader.c what reads the rows of a
 * version for both, at_prune.c and at_key.c how it passes over rows that cannot
 * satisfy the conditions that it is given.
 */
#ifndef ALLMENDE_VERSION_AT_H
#define ALLMENDE_VERSION_AT_H

#include "access/stratnum.h"
#include "executor/tuptable.h"
#include "nodes/bitmapset.h"
#include "nodes/extensible.h"
#include "nodes/primnodes.h"

#include "../store/reader.h"
#include "convert.h"
#include "head.h"

/* Hooks and settings; once, when the library is loaded. */
extern void at_install_hooks(void);

/*
 * at.c
 */

/* The table whose row type this is; InvalidOid where it is of none. */
extern Oid	at_table_of_type(Oid type);

/*
 * The schema of a head as it is now; new columns are counted in
 * *dataset, in memory.
 */
extern Schema *at_schema_today(Relation relation, Dataset *dataset,
							   Snapshot snapshot);

/*
 * at_plan.c
 */

/* How many rows a call of at() will return; -1 where that is not known. */
extern double at_estimate_rows(const FuncExpr *call);

/*
 * at_scan.c
 */
extern const CustomScanMethods at_scan_methods;

/*
 * at_policy.c
 */

/*
 * Raise 42501 unless the current user may read these attributes (numbers from 1;
 * 0: the whole row); of no attribute: any.
 */
extern void at_check_rights(Oid table, const Bitmapset *columns);

/* May the current user read anything of a table? */
extern bool at_may_read(Oid table);

typedef struct AtPolicy AtPolicy;

/*
 * What policies allow the current user to see of a table, which is locked; NULL
 * where none applies.  Raises 0A000 for policies that only a query on the
 * table itself can apply.  Lives in the current memory context.
 */
extern AtPolicy *at_policy_create(Relation relation);

/* Attributes that policies look at. */
extern const Bitmapset *at_policy_columns(const AtPolicy *policy);

/* Does a row, of which these attributes are set, pass? */
extern bool at_policy_passes(AtPolicy *policy, TupleTableSlot *row);

/*
 * Conditions that rows must satisfy, which whoever asks checks again.
 */
typedef enum AtConditionKind
{
	AT_COMPARE,					/* column op value */
	AT_ANY,						/* column op ANY (array) */
	AT_IS_NULL,
	AT_IS_NOT_NULL
} AtConditionKind;

typedef struct AtCondition
{
	AtConditionKind kind;
	AttrNumber	attnum;
	StrategyNumber strategy;	/* in the default btree class of the column */
	Oid			operator;
	Oid			left_type;		/* of the operator, as in its family */
	Oid			right_type;
	Oid			family;
	Oid			collation;

	/* set before each scan */
	bool		is_null;
	int			count;			/* of values, none of them null */
	Datum	   *values;
} AtCondition;

/*
 * at_prune.c
 */
typedef struct AtPrune AtPrune;

/* NULL where no condition can ever spare an extent. */
extern AtPrune *at_prune_create(Relation relation, Converter *converter,
								StoreReader *reader,
								const AtCondition *conditions, int count);

/* The conditions have new values. */
extern void at_prune_start(AtPrune *prune);

/* May an extent have rows that satisfy all conditions? */
extern bool at_prune_keeps(AtPrune *prune, const StoreExtent *extent);

/*
 * at_key.c
 */
typedef struct AtKey AtKey;

/* NULL where conditions do not give the key. */
extern AtKey *at_key_create(Relation relation, const Dataset *dataset,
							const Schema *today, const Store *store,
							Snapshot snapshot,
							const AtCondition *conditions, int count);

/*
 * Row ids that may have one of the keys that the conditions give, ascending, each
 * once, in the current memory context.  False where they give too many.
 */
extern bool at_key_find(AtKey *key, uint32 **rids, Size *count);

/*
 * at_reader.c
 */
typedef struct AtReader AtReader;

/*
 * What reads these attributes (numbers from 1; 0: all) of a table that is tracked.
 * Rights have been looked at; policies are applied.  The conditions, which may
 * change in between, are looked at by at_reader_start().  Lives in the current
 * memory context.
 */
extern AtReader *at_reader_begin(Oid table, const Bitmapset *columns,
								 Snapshot snapshot,
								 const AtCondition *conditions, int count);
extern Relation at_reader_relation(const AtReader *reader);

/* Resolve a ref, if it is another one, and begin with the first row. */
extern void at_reader_start(AtReader *reader, const char *ref);

/* Resolve a ref, for EXPLAIN. */
extern void at_reader_resolve(AtReader *reader, const char *ref);

/*
 * The next row, in a slot with the descriptor of the table; NULL at the end.  It
 * is there until the next call.  Attributes that are not read are null.
 */
extern TupleTableSlot *at_reader_next(AtReader *reader);
extern void at_reader_end(AtReader *reader);

/* For EXPLAIN. */
typedef struct AtReaderState
{
	const char *dataset;
	const Version *version;		/* NULL: WORKING, or none resolved yet */
	bool		by_key;
	bool		prunes;
	bool		has_policy;
	int64		segments_total; /* if it was asked to count them */
	int64		segments_read;
	int64		parts;
	int64		tail_rows;
} AtReaderState;

extern void at_reader_count_segments(AtReader *reader);
extern void at_reader_state(const AtReader *reader, AtReaderState *state);

#endif							/* ALLMENDE_VERSION_AT_H */
