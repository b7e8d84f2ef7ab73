/*
 * tracking.h
 *		What makes a table a head: our triggers, and what is known of its columns.
 *		postgres.h comes first.
 *
 * Each trigger carries the dataset's uuid as text in its first argument; those
 * of partitions have a second one, "partition".
 */
#ifndef ALLMENDE_VERSION_TRACKING_H
#define ALLMENDE_VERSION_TRACKING_H

#include "storage/lockdefs.h"
#include "utils/reltrigger.h"

#include "head.h"

typedef enum HeadTriggerFunction
{
	HEAD_FUNCTION_STATEMENT,
	HEAD_FUNCTION_TRUNCATE,
	HEAD_FUNCTION_ROW
} HeadTriggerFunction;

#define HEAD_FUNCTIONS (HEAD_FUNCTION_ROW + 1)

/* A trigger that a head has. */
typedef struct HeadTrigger
{
	const char *name;
	HeadTriggerFunction function;
	int16		events;			/* TRIGGER_TYPE_INSERT and the like */
	bool		row;
	bool		old_table;
	bool		new_table;
	char		state;			/* tgenabled that it is to have */
} HeadTrigger;

#define HEAD_TRIGGERS 5

/* The argument that tells a partition's triggers apart. */
#define HEAD_PARTITION_ARGUMENT "partition"

extern const HeadTrigger head_triggers[HEAD_TRIGGERS];

/*
 * head.c
 */

/* OIDs of the functions of our triggers; false where there are none (yet). */
extern bool head_trigger_functions(Oid functions[HEAD_FUNCTIONS]);

/* Is a trigger of a relation one of ours?  Its dataset, if it is. */
extern bool head_trigger_uuid(const Trigger *trigger,
							  const Oid functions[HEAD_FUNCTIONS],
							  pg_uuid_t *uuid, bool *is_partition);

/* Do several tables claim to be the head of a dataset?  Raises nothing. */
extern bool head_is_ambiguous(const pg_uuid_t *uuid);

/* A uuid as text, and back; the latter false for anything else. */
extern char *head_uuid_text(const pg_uuid_t *uuid);
extern bool head_uuid_parse(const char *text, pg_uuid_t *uuid);

/* The name of a relation, with its schema, quoted where needed. */
extern char *head_name(Relation relation);

/* The attribute of a name, else InvalidAttrNumber; dropped ones have none. */
extern AttrNumber head_attribute(TupleDesc descriptor, const char *name);

/*
 * triggers.c
 */

/* Tables of a head: itself, and its partitions, which are locked in a mode. */
extern List *head_tables(Oid head, LOCKMODE mode);

/*
 * Give a table the triggers of a dataset that it lacks, and each its state.  The
 * caller holds ShareRowExclusiveLock at least.
 */
extern void head_add_triggers(Oid table, const pg_uuid_t *uuid,
							  bool is_partition);

/* Take all of our triggers from a table, which is locked in AccessExclusiveLock. */
extern void head_drop_triggers(Oid table);

/* Let triggers fire as they should: ENABLE TRIGGER ALL sets all to origin. */
extern void head_repair_triggers(Oid table);

/*
 * schema.c
 */

/* A column of a dataset, as it was when it was last seen: dataset_column. */
typedef struct KnownColumn
{
	uint32		id;
	NameData	name;
	AttrNumber	attnum;
} KnownColumn;

/* Of all columns of a dataset; List of KnownColumn. */
extern List *head_known_columns(int32 dataset, Snapshot snapshot);

/* The schema of a dataset's last version, or NULL. */
extern Schema *head_last_schema(int32 dataset, Snapshot snapshot);

#endif							/* ALLMENDE_VERSION_TRACKING_H */
