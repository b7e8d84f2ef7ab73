/*
 * event_trigger.c
 *		What DDL does to heads: the function of event trigger allmende_ddl_end.
 *
 * It writes down what columns are called now, gives new partitions their triggers,
 * and says that a head is suspect where rows can have changed without triggers.
 * What a head cannot be it refuses.  Everything else passes: it runs for all DDL of
 * its tags, by whatever role, also while a dump is restored, when triggers may
 * belong to a history that is not here.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "parser/parse_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "../errcodes.h"
#include "tracking.h"

PG_FUNCTION_INFO_V1(allmende_ddl_end);

/*
 * Heads
 */

/* Whose triggers a table has; the command that is ending has it locked. */
static bool
table_uuid(Oid table, pg_uuid_t *uuid, bool *is_partition)
{
	Relation	relation = OidIsValid(table) ?
	try_relation_open(table, AccessShareLock) : NULL;
	bool		found;

	if (relation == NULL)
		return false;
	found = head_uuid(relation, uuid, is_partition);
	relation_close(relation, NoLock);
	return found;
}

static void
pg_attribute_noreturn()
refuse(Oid table, const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
			 errmsg("tracked table \"%s\" %s", get_rel_name(table), what),
			 errhint("%s", hint)));
}

#define HINT_UNTRACK "Call allmende.untrack() for it at first."

/* Take over names, numbers and the owner; the first reason to be suspect stays. */
static void
update_dataset(Relation relation, Dataset *dataset, const char *reason,
			   Snapshot snapshot)
{
	char	   *name = head_name(relation);
	char	   *owner = GetUserNameFromId(relation->rd_rel->relowner, false);
	bool		is_new = dataset->suspect == NULL && reason != NULL;
	Schema	   *previous = head_last_schema(dataset->id, snapshot);

	if (is_new)
		dataset->suspect = pstrdup(reason);
	if (is_new || strcmp(dataset->name, name) != 0 ||
		strcmp(dataset->owner, owner) != 0)
	{
		dataset->name = name;
		dataset->owner = owner;
		dataset_update(dataset);
		CommandCounterIncrement();
	}
	if (previous != NULL)
	{
		Schema	   *schema = head_schema(relation, dataset, previous, NIL, NIL,
										 snapshot);

		/* raises RD201, RD202 here rather than with each later commit */
		if (schema->id == 0)
			(void) head_images(schema, RelationGetDescr(relation));
		head_sync_columns(relation, dataset, schema);
	}
}

/*
 * Write down what became of a head, by it or one of its partitions; reason is
 * NULL where no row can have changed.  Of two tables with the triggers of one
 * dataset neither may speak for it, and neither may be kept from its DDL: the
 * witness tells the next commit.
 */
static void
head_changed(const pg_uuid_t *uuid, const char *reason)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Dataset    *dataset = dataset_find(uuid, snapshot);
	Oid			head = dataset == NULL || head_is_ambiguous(uuid) ?
	InvalidOid : head_find(uuid);
	Relation	relation;

	if (OidIsValid(head))
	{
		relation = table_open(head, AccessShareLock);
		update_dataset(relation, dataset, reason, snapshot);
		table_close(relation, NoLock);
	}
	UnregisterSnapshot(snapshot);
	CommandCounterIncrement();
}

static void
table_changed(Oid table, const char *reason)
{
	pg_uuid_t	uuid;
	bool		is_partition;

	if (table_uuid(table, &uuid, &is_partition))
		head_changed(&uuid, reason);
}

/*
 * Partitions and children
 */

/* What a partition of a head cannot be; rows of it could change unseen. */
static void
check_partition(Oid table)
{
	if (get_rel_relkind(table) == RELKIND_FOREIGN_TABLE)
		refuse(llast_oid(get_partition_ancestors(table)),
			   "cannot have a foreign table as a partition",
			   "Copy its rows into a table here.");
	if (get_rel_persistence(table) != RELPERSISTENCE_PERMANENT)
		refuse(llast_oid(get_partition_ancestors(table)),
			   "cannot have a temporary or unlogged partition",
			   "Call ALTER TABLE ... SET LOGGED for the partition.");
}

/*
 * A table is a partition now.  If it belongs to a head, it and its own partitions
 * get triggers.
 */
static void
partition_added(Oid partition, const char *reason)
{
	pg_uuid_t	own;
	pg_uuid_t	uuid;
	bool		is_partition;
	List	   *ancestors = OidIsValid(partition) ?
	get_partition_ancestors(partition) : NIL;
	ListCell   *cell;

	if (ancestors == NIL)
		return;
	if (table_uuid(partition, &own, &is_partition) && !is_partition)
		refuse(partition, "cannot become a partition", HINT_UNTRACK);
	if (!table_uuid(llast_oid(ancestors), &uuid, &is_partition) ||
		is_partition)
		return;
	foreach(cell, head_tables(partition, ShareRowExclusiveLock))
	{
		check_partition(lfirst_oid(cell));
		LockRelationOid(lfirst_oid(cell), ShareRowExclusiveLock);
		head_drop_triggers(lfirst_oid(cell));
		head_add_triggers(lfirst_oid(cell), &uuid, true);
	}
	head_changed(&uuid, reason);
}

/* A table that is no partition any more has no triggers of the head. */
static void
partition_removed(Oid head, Oid partition, const char *reason)
{
	pg_uuid_t	uuid;
	bool		is_partition;
	ListCell   *cell;

	if (!OidIsValid(partition) || get_rel_relispartition(partition) ||
		!table_uuid(partition, &uuid, &is_partition) || !is_partition)
		return;
	foreach(cell, head_tables(partition, AccessExclusiveLock))
		head_drop_triggers(lfirst_oid(cell));
	table_changed(head, reason);
}

/* Neither end of an inheritance may be a head: triggers of one would miss rows. */
static void
check_inheritance(Oid table)
{
	pg_uuid_t	uuid;
	bool		is_partition;

	if (table_uuid(table, &uuid, &is_partition))
		refuse(table, "cannot take part in inheritance",
			   "Use partitions, or call allmende.untrack() for it at first.");
}

static void
table_created(const CreateStmt * statement)
{
	ListCell   *cell;

	if (statement->inhRelations == NIL)
		return;
	if (statement->partbound != NULL)
	{
		partition_added(RangeVarGetRelid(statement->relation, NoLock, true),
						NULL);
		return;
	}
	foreach(cell, statement->inhRelations)
		check_inheritance(RangeVarGetRelid(lfirst_node(RangeVar, cell), NoLock,
										   true));
}

/*
 * ALTER TABLE
 */

/* Does a command about a trigger mean one of ours?  NULL: all of them. */
static bool
is_our_trigger(const char *name)
{
	if (name == NULL)
		return true;
	for (int i = 0; i < HEAD_TRIGGERS; i++)
	{
		if (strcmp(name, head_triggers[i].name) == 0)
			return true;
	}
	return false;
}

/* ENABLE TRIGGER recurses to partitions. */
static void
repair_triggers(Oid table)
{
	ListCell   *cell;

	foreach(cell, head_tables(table, NoLock))
		head_repair_triggers(lfirst_oid(cell));
}

/* The part of a command that is about triggers; a reason, or NULL. */
static const char *
triggers_altered(Oid table, const AlterTableCmd * command)
{
	switch (command->subtype)
	{
		case AT_DisableTrig:
		case AT_DisableTrigAll:
		case AT_DisableTrigUser:
			return is_our_trigger(command->name) ?
				"triggers were disabled" : NULL;
		case AT_EnableTrig:
		case AT_EnableAlwaysTrig:
		case AT_EnableReplicaTrig:
		case AT_EnableTrigAll:
		case AT_EnableTrigUser:
			if (is_our_trigger(command->name))
				repair_triggers(table);
			return NULL;
		default:
			return NULL;
	}
}

static void
partitions_altered(Oid table, const AlterTableCmd * command)
{
	const		PartitionCmd *partition = (const PartitionCmd *) command->def;
	Oid			other = RangeVarGetRelid(partition->name, NoLock, true);

	if (command->subtype == AT_AttachPartition)
		partition_added(other,
						psprintf("partition \"%s\" was attached",
								 partition->name->relname));
	else
		partition_removed(table, other,
						  psprintf("partition \"%s\" was detached",
								   partition->name->relname));
}

static void
inheritance_altered(Oid table, const AlterTableCmd * command)
{
	check_inheritance(table);
	check_inheritance(RangeVarGetRelid((RangeVar *) command->def, NoLock,
									   true));
}

/* Why rows of a head can have changed, by a command; NULL where they cannot. */
static const char *
command_reason(Oid table, const AlterTableCmd * command)
{
	pg_uuid_t	uuid;
	bool		is_partition;

	switch (command->subtype)
	{
		case AT_AddColumn:
			return psprintf("column \"%s\" was added",
							((const ColumnDef *) command->def)->colname);
		case AT_DropColumn:
			return psprintf("column \"%s\" was dropped", command->name);
		case AT_AlterColumnType:
			return psprintf("column \"%s\" changed its type", command->name);
		case AT_SetUnLogged:
			if (table_uuid(table, &uuid, &is_partition))
				refuse(table, "cannot become unlogged", HINT_UNTRACK);
			return NULL;
		default:
			return triggers_altered(table, command);
	}
}

static void
table_altered(const AlterTableStmt * statement)
{
	Oid			table = RangeVarGetRelid(statement->relation, NoLock, true);
	const char *reason = NULL;
	ListCell   *cell;

	if (!OidIsValid(table))
		return;
	foreach(cell, statement->cmds)
	{
		const		AlterTableCmd *command = lfirst_node(AlterTableCmd, cell);
		const char *one;

		switch (command->subtype)
		{
			case AT_AttachPartition:
			case AT_DetachPartition:
			case AT_DetachPartitionFinalize:
				partitions_altered(table, command);
				continue;
			case AT_AddInherit:
				inheritance_altered(table, command);
				continue;
			default:
				one = command_reason(table, command);
				if (reason == NULL)
					reason = one;
		}
	}
	table_changed(table, reason);
}

/*
 * Types
 */

/*
 * Put what depends directly on a type to the lists: columns of tables and of
 * composite types; arrays, domains and ranges of it.
 */
static void
find_users(Oid type, List **types, List **tables)
{
	Relation	depends = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(TypeRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(depends, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend depend = (Form_pg_depend) GETSTRUCT(tuple);

		if (depend->classid == TypeRelationId)
			*types = list_append_unique_oid(*types, depend->objid);
		else if (depend->classid == RelationRelationId && depend->objsubid > 0)
			*tables = list_append_unique_oid(*tables, depend->objid);
	}
	systable_endscan(scan);
	table_close(depends, AccessShareLock);
}

/* Heads whose columns have a type, or one that is made of it, are suspect. */
static void
type_altered(Oid type)
{
	List	   *types = list_make1_oid(type);
	List	   *tables = NIL;
	int			done = 0;

	/* the list grows meanwhile */
	for (int i = 0; i < list_length(types); i++)
	{
		find_users(list_nth_oid(types, i), &types, &tables);
		for (; done < list_length(tables); done++)
		{
			Oid			table = list_nth_oid(tables, done);

			/* a composite type, and tables, which are types of rows as well */
			if (OidIsValid(get_rel_type_id(table)))
				types = list_append_unique_oid(types, get_rel_type_id(table));
		}
	}
	for (int i = 0; i < list_length(tables); i++)
	{
		char		kind = get_rel_relkind(list_nth_oid(tables, i));

		if (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE)
			table_changed(list_nth_oid(tables, i),
						  psprintf("type \"%s\" was altered",
								   format_type_be(type)));
	}
}

/* Labels that are added change no value. */
static void
enum_altered(const AlterEnumStmt * statement)
{
	if (statement->oldVal != NULL)
		type_altered(typenameTypeId(NULL,
									makeTypeNameFromNameList(statement->typeName)));
}

/* A composite type, which is altered like a table. */
static void
composite_altered(const AlterTableStmt * statement)
{
	Oid			relation = RangeVarGetRelid(statement->relation, NoLock, true);

	if (OidIsValid(relation))
		type_altered(get_rel_type_id(relation));
}

/*
 * Names
 */

static void
moved(const RangeVar *before, const char *schema, const char *name)
{
	RangeVar   *now;

	if (before == NULL)
		return;
	now = makeRangeVar(before->schemaname, before->relname, -1);
	if (schema != NULL)
		now->schemaname = pstrdup(schema);
	if (name != NULL)
		now->relname = pstrdup(name);
	table_changed(RangeVarGetRelid(now, NoLock, true), NULL);
}

static void
renamed(const RenameStmt * statement)
{
	if (statement->renameType == OBJECT_TABLE)
		moved(statement->relation, NULL, statement->newname);
	else if (statement->renameType == OBJECT_COLUMN)
		moved(statement->relation, NULL, NULL);
}

static void
ddl_ended(Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_AlterTableStmt:
			if (((AlterTableStmt *) statement)->objtype == OBJECT_TYPE)
				composite_altered((AlterTableStmt *) statement);
			else
				table_altered((AlterTableStmt *) statement);
			break;
		case T_CreateStmt:
			table_created((CreateStmt *) statement);
			break;
		case T_CreateForeignTableStmt:
			table_created(&((CreateForeignTableStmt *) statement)->base);
			break;
		case T_RenameStmt:
			renamed((RenameStmt *) statement);
			break;
		case T_AlterObjectSchemaStmt:
			moved(((AlterObjectSchemaStmt *) statement)->relation,
				  ((AlterObjectSchemaStmt *) statement)->newschema, NULL);
			break;
		case T_AlterEnumStmt:
			enum_altered((AlterEnumStmt *) statement);
			break;
		case T_AlterDomainStmt:
			type_altered(typenameTypeId(NULL,
										makeTypeNameFromNameList(((AlterDomainStmt *) statement)->typeName)));
			break;
		default:
			break;
	}
}

Datum
allmende_ddl_end(PG_FUNCTION_ARGS)
{
	EventTriggerData *data = (EventTriggerData *) fcinfo->context;
	Oid			functions[HEAD_FUNCTIONS];

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by an event trigger")));
	if (data->parsetree != NULL && head_trigger_functions(functions))
		ddl_ended(data->parsetree);
	return PointerGetDatum(NULL);
}
