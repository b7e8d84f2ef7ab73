/*
 * head.c
 *		From tables to datasets and back, by the argument of our triggers.
 *
 * No OID and no name of the head is stored: what a dump takes along is the
 * triggers, and so the head is found after a restore, and after any renaming.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

#include "../errcodes.h"
#include "tracking.h"

/*
 * TRUNCATE also empties a table whose triggers are for the origin only, so that
 * one fires always.  Logical apply fires no statement triggers at all; the row
 * trigger fires there and in the replica role, and nowhere else.
 */
const HeadTrigger head_triggers[HEAD_TRIGGERS] = {
	{"allmende_insert", HEAD_FUNCTION_STATEMENT, TRIGGER_TYPE_INSERT,
	false, false, true, TRIGGER_FIRES_ON_ORIGIN},
	{"allmende_update", HEAD_FUNCTION_STATEMENT, TRIGGER_TYPE_UPDATE,
	false, true, true, TRIGGER_FIRES_ON_ORIGIN},
	{"allmende_delete", HEAD_FUNCTION_STATEMENT, TRIGGER_TYPE_DELETE,
	false, true, false, TRIGGER_FIRES_ON_ORIGIN},
	{"allmende_truncate", HEAD_FUNCTION_TRUNCATE, TRIGGER_TYPE_TRUNCATE,
	false, false, false, TRIGGER_FIRES_ALWAYS},
	{"allmende_replica", HEAD_FUNCTION_ROW,
		TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE,
	true, false, false, TRIGGER_FIRES_ON_REPLICA}
};

static const char *const function_names[HEAD_FUNCTIONS] = {
	"journal_statement", "journal_truncate", "journal_row"
};

bool
head_trigger_functions(Oid functions[HEAD_FUNCTIONS])
{
	Oid			schema = get_namespace_oid("allmende", true);
	oidvector  *arguments;

	if (!OidIsValid(schema))
		return false;
	arguments = buildoidvector(NULL, 0);
	for (int i = 0; i < HEAD_FUNCTIONS; i++)
	{
		functions[i] = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
									   CStringGetDatum(function_names[i]),
									   PointerGetDatum(arguments),
									   ObjectIdGetDatum(schema));
		if (!OidIsValid(functions[i]))
			break;
	}
	pfree(arguments);
	return OidIsValid(functions[HEAD_FUNCTIONS - 1]);
}

char *
head_uuid_text(const pg_uuid_t *uuid)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out,
											   UUIDPGetDatum(uuid)));
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Only the form that uuid_out writes; uuid_in would raise an error. */
bool
head_uuid_parse(const char *text, pg_uuid_t *uuid)
{
	const char *next = text;

	if (strlen(text) != 2 * UUID_LEN + 4)
		return false;
	for (int i = 0; i < UUID_LEN; i++)
	{
		int			high;
		int			low;

		if ((i == 4 || i == 6 || i == 8 || i == 10) && *next++ != '-')
			return false;
		high = hex_digit(next[0]);
		low = hex_digit(next[1]);
		if (high < 0 || low < 0)
			return false;
		uuid->data[i] = (unsigned char) (high << 4 | low);
		next += 2;
	}
	return true;
}

char *
head_name(Relation relation)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
									  RelationGetRelationName(relation));
}

AttrNumber
head_attribute(TupleDesc descriptor, const char *name)
{
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped &&
			strcmp(NameStr(attribute->attname), name) == 0)
			return attribute->attnum;
	}
	return InvalidAttrNumber;
}

bool
head_trigger_uuid(const Trigger *trigger, const Oid functions[HEAD_FUNCTIONS],
				  pg_uuid_t *uuid, bool *is_partition)
{
	bool		ours = false;

	for (int i = 0; i < HEAD_FUNCTIONS; i++)
		ours |= trigger->tgfoid == functions[i];
	if (!ours || trigger->tgnargs < 1 ||
		!head_uuid_parse(trigger->tgargs[0], uuid))
		return false;
	*is_partition = trigger->tgnargs > 1 &&
		strcmp(trigger->tgargs[1], HEAD_PARTITION_ARGUMENT) == 0;
	return true;
}

bool
head_uuid(Relation relation, pg_uuid_t *uuid, bool *is_partition)
{
	TriggerDesc *triggers = relation->trigdesc;
	Oid			functions[HEAD_FUNCTIONS];

	if (triggers == NULL || !head_trigger_functions(functions))
		return false;
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		if (head_trigger_uuid(&triggers->triggers[i], functions, uuid,
							  is_partition))
			return true;
	}
	return false;
}

/*
 * The table of a TRUNCATE trigger, if it is that of the head of a dataset;
 * InvalidOid for partitions.
 */
static Oid
trigger_head(Relation triggers, Oid trigger, const char *uuid)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			head = InvalidOid;

	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(trigger));
	scan = systable_beginscan(triggers, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
		bool		is_null;
		Datum		value = fastgetattr(tuple, Anum_pg_trigger_tgargs,
										RelationGetDescr(triggers), &is_null);

		/* arguments are separated by NUL */
		if (!is_null && form->tgnargs == 1)
		{
			bytea	   *arguments = DatumGetByteaPP(value);
			Size		length = strlen(uuid);

			if (VARSIZE_ANY_EXHDR(arguments) == length + 1 &&
				memcmp(VARDATA_ANY(arguments), uuid, length) == 0)
				head = form->tgrelid;
		}
	}
	systable_endscan(scan);
	return head;
}

static void
pg_attribute_noreturn()
fail_two_heads(Oid a, Oid b, const char *uuid)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_HEAD_AMBIGUOUS),
			 errmsg("tables \"%s\" and \"%s\" both claim to be the head of dataset %s",
					get_rel_name(Min(a, b)), get_rel_name(Max(a, b)), uuid),
			 errdetail("Their triggers carry the same uuid; one of them probably is a restored copy."),
			 errhint("Call allmende.untrack() for the one that is not to go on with the history.")));
}

/*
 * The tables that claim to be the head of a dataset.  The triggers of a function
 * are found by what depends on it, since pg_trigger holds those of all tables.
 * Each head has one TRUNCATE trigger.
 */
static List *
heads_of(const char *uuid)
{
	Oid			functions[HEAD_FUNCTIONS];
	List	   *heads = NIL;
	Relation	depends;
	Relation	triggers;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!head_trigger_functions(functions))
		return NIL;
	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(ProcedureRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ,
				ObjectIdGetDatum(functions[HEAD_FUNCTION_TRUNCATE]));
	depends = table_open(DependRelationId, AccessShareLock);
	triggers = table_open(TriggerRelationId, AccessShareLock);
	scan = systable_beginscan(depends, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend depend = (Form_pg_depend) GETSTRUCT(tuple);
		Oid			head = InvalidOid;

		if (depend->classid == TriggerRelationId)
			head = trigger_head(triggers, depend->objid, uuid);
		if (OidIsValid(head))
			heads = list_append_unique_oid(heads, head);
	}
	systable_endscan(scan);
	table_close(triggers, AccessShareLock);
	table_close(depends, AccessShareLock);
	return heads;
}

bool
head_is_ambiguous(const pg_uuid_t *uuid)
{
	return list_length(heads_of(head_uuid_text(uuid))) > 1;
}

Oid
head_find(const pg_uuid_t *uuid)
{
	char	   *text = head_uuid_text(uuid);
	List	   *heads = heads_of(text);

	if (list_length(heads) > 1)
		fail_two_heads(linitial_oid(heads), lsecond_oid(heads), text);
	pfree(text);
	return heads == NIL ? InvalidOid : linitial_oid(heads);
}

Oid
head_find_sole(const pg_uuid_t *uuid)
{
	List	   *heads = heads_of(head_uuid_text(uuid));

	return list_length(heads) == 1 ? linitial_oid(heads) : InvalidOid;
}

Dataset *
head_dataset(Relation relation, Snapshot snapshot)
{
	pg_uuid_t	uuid;
	bool		is_partition;
	Dataset    *dataset;

	if (!head_uuid(relation, &uuid, &is_partition))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
				 errmsg("table \"%s\" is not tracked",
						RelationGetRelationName(relation)),
				 errhint("Call allmende.track('%s') to begin its history.",
						 head_name(relation))));
	if (is_partition)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
				 errmsg("table \"%s\" is a partition of a tracked table",
						RelationGetRelationName(relation)),
				 errdetail("Its rows are part of the history of the partitioned table."),
				 errhint("Name the partitioned table instead.")));
	dataset = dataset_find(&uuid, snapshot);
	if (dataset == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
				 errmsg("history of table \"%s\" is not in this database",
						RelationGetRelationName(relation)),
				 errdetail("Its triggers belong to dataset %s.",
						   head_uuid_text(&uuid)),
				 errhint("Restore the whole dump, or call allmende.track() to begin a new history.")));
	return dataset;
}
