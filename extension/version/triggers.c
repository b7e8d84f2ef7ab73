/*
 * triggers.c
 *		Giving tables our triggers, and taking them away.
 *
 * Only the extension's owner may execute the functions of our triggers, so nobody
 * else can make a table that claims to be the head of a dataset: who owns the
 * head may read all of its versions.  Hence triggers are made in that role, and in
 * C, where no event trigger and no hook runs meanwhile.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "tracking.h"

/* The head first, then by OID. */
List *
head_tables(Oid head, LOCKMODE mode)
{
	List	   *tables = list_make1_oid(head);
	List	   *partitions;

	if (get_rel_relkind(head) != RELKIND_PARTITIONED_TABLE)
		return tables;
	partitions = list_delete_oid(find_all_inheritors(head, mode, NULL), head);
	list_sort(partitions, list_oid_cmp);
	return list_concat(tables, partitions);
}

static Node *
transition_table(const char *name, bool is_new)
{
	TriggerTransition *transition = makeNode(TriggerTransition);

	transition->name = pstrdup(name);
	transition->isNew = is_new;
	transition->isTable = true;
	return (Node *) transition;
}

static CreateTrigStmt *
trigger_statement(const HeadTrigger *trigger, const pg_uuid_t *uuid,
				  bool is_partition)
{
	CreateTrigStmt *statement = makeNode(CreateTrigStmt);

	statement->trigname = pstrdup(trigger->name);
	statement->args = list_make1(makeString(head_uuid_text(uuid)));
	if (is_partition)
		statement->args = lappend(statement->args,
								  makeString(pstrdup(HEAD_PARTITION_ARGUMENT)));
	statement->row = trigger->row;
	statement->timing = TRIGGER_TYPE_AFTER;
	statement->events = trigger->events;
	if (trigger->old_table)
		statement->transitionRels = lappend(statement->transitionRels,
											transition_table("old_rows", false));
	if (trigger->new_table)
		statement->transitionRels = lappend(statement->transitionRels,
											transition_table("new_rows", true));
	return statement;
}

/* Rows are in leaves only. */
static bool
is_wanted(const HeadTrigger *trigger, Oid table)
{
	return !trigger->row ||
		get_rel_relkind(table) != RELKIND_PARTITIONED_TABLE;
}

static void
create_triggers(Oid table, const pg_uuid_t *uuid, bool is_partition,
				const Oid functions[HEAD_FUNCTIONS])
{
	for (int i = 0; i < HEAD_TRIGGERS; i++)
	{
		const HeadTrigger *trigger = &head_triggers[i];

		if (!is_wanted(trigger, table) ||
			OidIsValid(get_trigger_oid(table, trigger->name, true)))
			continue;
		CreateTriggerFiringOn(trigger_statement(trigger, uuid, is_partition),
							  NULL, table, InvalidOid, InvalidOid, InvalidOid,
							  functions[trigger->function], InvalidOid, NULL,
							  false, false, trigger->state);
		CommandCounterIncrement();
	}
}

void
head_add_triggers(Oid table, const pg_uuid_t *uuid, bool is_partition)
{
	Oid			functions[HEAD_FUNCTIONS];
	Oid			user;
	int			context;

	if (!head_trigger_functions(functions))
		elog(ERROR, "functions of triggers are missing");

	/* after an error the end of the transaction does what follows here */
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(catalog_owner(),
						   context | SECURITY_LOCAL_USERID_CHANGE);
	create_triggers(table, uuid, is_partition, functions);
	SetUserIdAndSecContext(user, context);
}

/* Our triggers of a table, as a List of copied tuples. */
static List *
our_triggers(Relation triggers, Oid table)
{
	Oid			functions[HEAD_FUNCTIONS];
	List	   *tuples = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!head_trigger_functions(functions))
		return NIL;
	ScanKeyInit(&key, Anum_pg_trigger_tgrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	scan = systable_beginscan(triggers, TriggerRelidNameIndexId, true, NULL, 1,
							  &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Oid			function = ((Form_pg_trigger) GETSTRUCT(tuple))->tgfoid;

		for (int i = 0; i < HEAD_FUNCTIONS; i++)
		{
			if (function == functions[i])
				tuples = lappend(tuples, heap_copytuple(tuple));
		}
	}
	systable_endscan(scan);
	return tuples;
}

void
head_drop_triggers(Oid table)
{
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	List	   *tuples = our_triggers(triggers, table);
	ListCell   *cell;

	table_close(triggers, AccessShareLock);
	foreach(cell, tuples)
	{
		HeapTuple	tuple = lfirst(cell);
		ObjectAddress address;

		ObjectAddressSet(address, TriggerRelationId,
						 ((Form_pg_trigger) GETSTRUCT(tuple))->oid);
		performDeletion(&address, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
	}
	list_free_deep(tuples);
	CommandCounterIncrement();
}

static void
repair_trigger(Relation triggers, HeapTuple tuple)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);

	/* who disabled it meant to; the witness tells of it */
	if (form->tgenabled == TRIGGER_DISABLED)
		return;
	for (int i = 0; i < HEAD_TRIGGERS; i++)
	{
		if (strcmp(NameStr(form->tgname), head_triggers[i].name) != 0 ||
			form->tgenabled == head_triggers[i].state)
			continue;
		form->tgenabled = head_triggers[i].state;
		CatalogTupleUpdate(triggers, &tuple->t_self, tuple);
	}
}

void
head_repair_triggers(Oid table)
{
	Relation	triggers = table_open(TriggerRelationId, RowExclusiveLock);
	List	   *tuples = our_triggers(triggers, table);
	ListCell   *cell;

	foreach(cell, tuples)
		repair_trigger(triggers, lfirst(cell));
	table_close(triggers, RowExclusiveLock);
	if (tuples != NIL)
	{
		CacheInvalidateRelcacheByRelid(table);
		CommandCounterIncrement();
	}
	list_free_deep(tuples);
}
