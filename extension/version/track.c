/*
 * track.c
 *		Beginning and ending the history of a table.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "../errcodes.h"
#include "../store/store.h"
#include "access.h"
#include "commit.h"
#include "journal.h"
#include "tracking.h"

PG_FUNCTION_INFO_V1(allmende_track);
PG_FUNCTION_INFO_V1(allmende_untrack);
PG_FUNCTION_INFO_V1(allmende_forget);

static void
pg_attribute_noreturn()
refuse(Relation relation, const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
			 errmsg("cannot track \"%s\": %s",
					RelationGetRelationName(relation), what),
			 hint != NULL ? errhint("%s", hint) : 0));
}

static void
refuse_kind(Relation relation)
{
	switch (relation->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			return;
		case RELKIND_VIEW:
			refuse(relation, "it is a view",
				   "Track the tables that it is made of.");
		case RELKIND_MATVIEW:
			refuse(relation, "it is a materialized view",
				   "Track the tables that it is made of.");
		case RELKIND_FOREIGN_TABLE:
			refuse(relation, "it is a foreign table",
				   "Track it where its rows are, or track a copy of it.");
		default:
			refuse(relation, "it is not a table", NULL);
	}
}

static void
refuse_inheritance(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	ListCell   *cell;

	if (relation->rd_rel->relispartition)
		refuse(relation, "it is a partition",
			   "Track the partitioned table: its partitions are part of it.");
	if (has_superclass(relid))
		refuse(relation, "it inherits from another table",
			   "Inheritance is not supported; partitioned tables are.");
	if (relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
	{
		if (find_inheritance_children(relid, NoLock) != NIL)
			refuse(relation, "other tables inherit from it",
				   "Inheritance is not supported; partitioned tables are.");
		return;
	}
	foreach(cell, find_all_inheritors(relid, ShareRowExclusiveLock, NULL))
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
		refuse(relation, psprintf("its partition \"%s\" is a foreign table",
								  get_rel_name(lfirst_oid(cell))), NULL);
}

/* Raise RD306 for what cannot be tracked, whatever its key. */
static void
refuse_relation(Relation relation)
{
	Oid			namespace = RelationGetNamespace(relation);

	refuse_kind(relation);
	if (IsCatalogNamespace(namespace) ||
		namespace == get_namespace_oid("information_schema", true))
		refuse(relation, "it is a system catalog", NULL);
	if (namespace == get_namespace_oid("allmende_store", true) ||
		OidIsValid(getExtensionOfObject(RelationRelationId,
										RelationGetRelid(relation))))
		refuse(relation, "it belongs to an extension", NULL);
	if (relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		refuse(relation, "it is a temporary table",
			   "Other sessions could not read it.");
	if (relation->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED)
		refuse(relation, "it is unlogged, and would be empty after a crash",
			   "ALTER TABLE ... SET LOGGED.");
	refuse_inheritance(relation);
}

/* Names in an array of names; NIL for NULL. */
static List *
names_argument(FunctionCallInfo fcinfo, int n, const char *argument)
{
	List	   *names = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (PG_ARGISNULL(n))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), NAMEOID, NAMEDATALEN, false,
					  TYPALIGN_CHAR, &values, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("element %d of argument \"%s\" of track() is null",
							i + 1, argument)));
		names = lappend(names, pstrdup(NameStr(*DatumGetName(values[i]))));
	}
	return names;
}

static AttrNumber
require_column(Relation relation, const char *name)
{
	AttrNumber	attnum = head_attribute(RelationGetDescr(relation), name);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist", name,
						RelationGetRelationName(relation))));
	return attnum;
}

/* The columns of the primary key, by name, in its order. */
static List *
primary_key(Relation relation)
{
	Oid			oid;
	Relation	index;
	List	   *names = NIL;

	(void) RelationGetIndexList(relation);
	oid = relation->rd_pkindex;
	if (!OidIsValid(oid))
		refuse(relation, "it has no primary key",
			   "Add one, or name the columns of a unique index on NOT NULL columns: track('...', key => '{id}').");
	index = index_open(oid, AccessShareLock);
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		AttrNumber	attnum = index->rd_index->indkey.values[i];

		names = lappend(names,
						pstrdup(NameStr(TupleDescAttr(RelationGetDescr(relation),
													  attnum - 1)->attname)));
	}
	index_close(index, NoLock);
	return names;
}

/* Has an index these columns, and no others, as its key? */
static bool
index_is_on(Relation index, const Bitmapset *attnums)
{
	Bitmapset  *indexed = NULL;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
		indexed = bms_add_member(indexed, index->rd_index->indkey.values[i]);
	return bms_equal(indexed, attnums);
}

/* Why an index cannot tell rows apart; NULL where it can. */
static const char *
index_fault(Relation index)
{
	if (!index->rd_index->indisunique)
		return "the index on its key columns is not unique";
	if (!index->rd_index->indisvalid)
		return "the index on its key columns is not valid";
	if (!index->rd_index->indimmediate)
		return "the constraint on its key columns is deferrable";
	if (RelationGetIndexPredicate(index) != NIL)
		return "the index on its key columns is partial";
	if (RelationGetIndexExpressions(index) != NIL)
		return "the index on its key columns has expressions";
	return NULL;
}

/*
 * Raise RD306 unless the key tells rows apart: a unique, immediate, valid index
 * on all rows, of columns that are never null.
 */
static void
check_key(Relation relation, List *names)
{
	Bitmapset  *attnums = NULL;
	const char *fault = NULL;
	ListCell   *cell;

	foreach(cell, names)
	{
		AttrNumber	attnum = require_column(relation, lfirst(cell));

		if (!TupleDescAttr(RelationGetDescr(relation), attnum - 1)->attnotnull)
			refuse(relation, psprintf("column \"%s\" of its key may be null",
									  (char *) lfirst(cell)),
				   "ALTER TABLE ... ALTER COLUMN ... SET NOT NULL.");
		attnums = bms_add_member(attnums, attnum);
	}
	foreach(cell, RelationGetIndexList(relation))
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		bool		fits = index_is_on(index, attnums);
		const char *index_says = fits ? index_fault(index) : NULL;

		index_close(index, NoLock);
		if (fits && index_says == NULL)
			return;
		if (fits)
			fault = index_says;
	}
	refuse(relation, fault != NULL ? fault :
		   "there is no unique index on its key columns",
		   "CREATE UNIQUE INDEX ON ... (...).");
}

static void
check_ignored(Relation relation, List *ignore, List *key)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, ignore)
	{
		(void) require_column(relation, lfirst(cell));
		foreach(other, key)
			if (strcmp(lfirst(cell), lfirst(other)) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" of the key cannot be ignored",
							(char *) lfirst(cell))));
	}
}

static void
execute(const char *command)
{
	if (SPI_execute(command, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not execute \"%s\"", command);
}

/* Remove our triggers from a table, but not from its partitions. */
void
head_drop_triggers(Oid relid)
{
	Relation	relation = relation_open(relid, NoLock);
	TriggerDesc *triggers = relation->trigdesc;
	Oid			functions[HEAD_FUNCTIONS];
	List	   *commands = NIL;
	ListCell   *cell;

	if (triggers != NULL && head_trigger_functions(functions))
	{
		for (int i = 0; i < triggers->numtriggers; i++)
		{
			Trigger    *trigger = &triggers->triggers[i];

			if (trigger->tgfoid == functions[HEAD_FUNCTION_STATEMENT] ||
				trigger->tgfoid == functions[HEAD_FUNCTION_TRUNCATE] ||
				trigger->tgfoid == functions[HEAD_FUNCTION_ROW])
				commands = lappend(commands,
								   psprintf("DROP TRIGGER %s ON %s",
											quote_identifier(trigger->tgname),
											head_name(relation)));
		}
	}
	relation_close(relation, NoLock);
	foreach(cell, commands)
		execute(lfirst(cell));
}

static const char *
event_name(int16 events)
{
	if (events == TRIGGER_TYPE_INSERT)
		return "INSERT";
	if (events == TRIGGER_TYPE_UPDATE)
		return "UPDATE";
	if (events == TRIGGER_TYPE_DELETE)
		return "DELETE";
	if (events == TRIGGER_TYPE_TRUNCATE)
		return "TRUNCATE";
	return "INSERT OR UPDATE OR DELETE";
}

static const char *const function_calls[HEAD_FUNCTIONS] = {
	"allmende.journal_statement", "allmende.journal_truncate",
	"allmende.journal_row"
};

static void
create_trigger(const char *name, const HeadTrigger *trigger, const char *uuid,
			   bool is_partition)
{
	StringInfoData command;

	initStringInfo(&command);
	appendStringInfo(&command, "CREATE TRIGGER %s AFTER %s ON %s",
					 trigger->name, event_name(trigger->events), name);
	if (trigger->old_table || trigger->new_table)
		appendStringInfoString(&command, " REFERENCING");
	if (trigger->old_table)
		appendStringInfoString(&command, " OLD TABLE AS allmende_old");
	if (trigger->new_table)
		appendStringInfoString(&command, " NEW TABLE AS allmende_new");
	appendStringInfo(&command, " FOR EACH %s EXECUTE FUNCTION %s('%s'%s)",
					 trigger->row ? "ROW" : "STATEMENT",
					 function_calls[trigger->function], uuid,
					 is_partition ? ", '" HEAD_PARTITION_ARGUMENT "'" : "");
	execute(command.data);
	if (trigger->state != TRIGGER_FIRES_ON_ORIGIN)
		execute(psprintf("ALTER TABLE ONLY %s ENABLE %s TRIGGER %s", name,
						 trigger->state == TRIGGER_FIRES_ALWAYS ?
						 "ALWAYS" : "REPLICA", trigger->name));
}

/*
 * Statements fire the triggers of the table that they name, so each partition has
 * them as well; rows are in the partitions only.
 */
void
head_create_triggers(Oid relid, const pg_uuid_t *uuid, bool is_partition)
{
	char	   *name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
												  get_rel_name(relid));
	char	   *text = head_uuid_text(uuid);

	for (int i = 0; i < HEAD_TRIGGERS; i++)
	{
		if (head_triggers[i].row &&
			get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE)
			continue;
		create_trigger(name, &head_triggers[i], text, is_partition);
	}
}

static void
all_triggers(Oid head, const pg_uuid_t *uuid, bool create)
{
	ListCell   *cell;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	foreach(cell, find_all_inheritors(head, ShareRowExclusiveLock, NULL))
	{
		if (create)
			head_create_triggers(lfirst_oid(cell), uuid,
								 lfirst_oid(cell) != head);
		else
			head_drop_triggers(lfirst_oid(cell));
	}
	SPI_finish();
	CommandCounterIncrement();
}

/* Make the dataset, its store and its trunk. */
static Dataset *
dataset_create(Relation relation)
{
	Dataset    *dataset = palloc0(sizeof(*dataset));
	Branch		branch;

	if (!pg_strong_random(dataset->uuid.data, UUID_LEN))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	/* RFC 4122, version 4 */
	dataset->uuid.data[6] = (dataset->uuid.data[6] & 0x0f) | 0x40;
	dataset->uuid.data[8] = (dataset->uuid.data[8] & 0x3f) | 0x80;
	dataset->id = catalog_new_id();
	dataset->store = catalog_new_id();
	dataset->name = head_name(relation);
	dataset->owner = GetUserNameFromId(relation->rd_rel->relowner, false);
	dataset->created_at = GetCurrentTimestamp();
	store_create(dataset->store);
	dataset_insert(dataset);

	memset(&branch, 0, sizeof(branch));
	branch.id = catalog_new_id();
	branch.dataset = dataset->id;
	branch.name = "main";
	branch_insert(&branch);
	CommandCounterIncrement();
	return dataset;
}

/*
 * A table with our triggers is tracked, unless its history is elsewhere: then
 * they are to be replaced.
 */
static bool
refuse_tracked(Relation relation)
{
	pg_uuid_t	uuid;
	bool		is_partition;

	if (!head_uuid(relation, &uuid, &is_partition))
		return false;
	if (dataset_find(&uuid, GetLatestSnapshot()) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_ALREADY_TRACKED),
				 errmsg("table \"%s\" is already tracked",
						RelationGetRelationName(relation)),
				 errhint("Call allmende.commit() to make a version of it.")));
	ereport(NOTICE,
			(errmsg("history %s of table \"%s\" is not in this database; a new one begins",
					head_uuid_text(&uuid),
					RelationGetRelationName(relation))));
	return true;
}

static void
track_arguments(FunctionCallInfo fcinfo, CommitDetails *details)
{
	memset(details, 0, sizeof(*details));
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"rel\" of track() is null")));
	details->message = PG_ARGISNULL(3) ? "first version" :
		text_to_cstring(PG_GETARG_TEXT_PP(3));
	details->author = GetUserNameFromId(GetSessionUserId(), false);
	details->has_valid_at = !PG_ARGISNULL(4);
	if (details->has_valid_at)
		details->valid_at = PG_GETARG_TIMESTAMPTZ(4);
	if (details->has_valid_at && TIMESTAMP_NOT_FINITE(details->valid_at))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("valid_at must be finite")));
	details->allow_empty = true;
}

/* The first version, with one snapshot for all of it. */
static Version *
first_version(Relation relation, Dataset *dataset, List *key, List *ignore,
			  const CommitDetails *details)
{
	Snapshot	snapshot = RegisterSnapshot(IsolationUsesXactSnapshot() ?
											GetTransactionSnapshot() :
											GetLatestSnapshot());
	Schema	   *schema;
	Version    *version;

	PushActiveSnapshot(snapshot);
	schema = head_schema(relation, dataset, NULL, key, ignore, snapshot);
	version = commit_first(relation, dataset, schema, details, snapshot);
	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);
	return version;
}

Datum
allmende_track(PG_FUNCTION_ARGS)
{
	CommitDetails details;
	List	   *key;
	List	   *ignore;
	Relation	relation;
	Dataset    *dataset;
	Version    *version;
	TupleDesc	descriptor;
	Datum		values[7];
	bool		nulls[7];
	bool		has_triggers;
	Oid			relid;

	PreventCommandIfReadOnly("track()");
	PreventCommandIfParallelMode("track()");
	PreventCommandDuringRecovery("track()");
	track_arguments(fcinfo, &details);
	relid = PG_GETARG_OID(0);
	access_own(relid);

	/* keeps writers out until the first version is there */
	relation = relation_open(relid, ShareRowExclusiveLock);
	refuse_relation(relation);
	has_triggers = refuse_tracked(relation);
	key = names_argument(fcinfo, 1, "key");
	if (key == NIL)
		key = primary_key(relation);
	check_key(relation, key);
	ignore = names_argument(fcinfo, 2, "ignore");
	check_ignored(relation, ignore, key);

	/* ALTER TABLE wants nobody else to have it open */
	dataset = dataset_create(relation);
	relation_close(relation, NoLock);
	if (has_triggers)
		all_triggers(relid, NULL, false);
	all_triggers(relid, &dataset->uuid, true);
	relation = relation_open(relid, NoLock);
	version = first_version(relation, dataset, key, ignore, &details);
	commit_result_values(dataset, version, access_is_partial(relid), values,
						 nulls);
	relation_close(relation, NoLock);

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "track() must return a row");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor),
													  values, nulls)));
}

Datum
allmende_untrack(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	Relation	relation;
	pg_uuid_t	uuid;
	bool		is_partition;
	Dataset    *dataset;

	PreventCommandIfReadOnly("untrack()");
	access_own(relid);
	relation = relation_open(relid, ShareRowExclusiveLock);
	if (!head_uuid(relation, &uuid, &is_partition) || is_partition)
		(void) head_dataset(relation, GetLatestSnapshot());
	dataset = dataset_find(&uuid, GetLatestSnapshot());
	if (dataset != NULL &&
		!journal_is_empty(dataset->store, GetLatestSnapshot()))
		ereport(NOTICE,
				(errmsg("edits of table \"%s\" since the last commit are not in its history",
						RelationGetRelationName(relation))));
	relation_close(relation, NoLock);
	all_triggers(relid, NULL, false);
	PG_RETURN_VOID();
}

static bool
store_is_shared(const Dataset *dataset, Snapshot snapshot)
{
	ListCell   *cell;

	foreach(cell, dataset_list(snapshot))
	{
		Dataset    *other = lfirst(cell);

		if (other->store == dataset->store && other->id != dataset->id)
			return true;
	}
	return false;
}

Datum
allmende_forget(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Snapshot	snapshot = GetActiveSnapshot();
	Dataset    *dataset;
	Oid			head;

	PreventCommandIfReadOnly("forget()");
	dataset = access_dataset(name, snapshot);
	access_own_dataset(dataset);
	head = head_find(&dataset->uuid);
	if (OidIsValid(head))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("dataset \"%s\" is still tracked", dataset->name),
				 errhint("Call allmende.untrack('%s') first.",
						 quote_qualified_identifier(get_namespace_name(get_rel_namespace(head)),
													get_rel_name(head)))));
	if (!store_is_shared(dataset, snapshot))
		store_drop(dataset->store);
	dataset_delete(dataset->id);
	CommandCounterIncrement();
	PG_RETURN_VOID();
}
