/*
 * journal_trigger.c
 *		The triggers that write the journal.
 *
 * They must not fail, wait, or leave anything out: an error would stop whoever
 * edits, and logical replication with him.  So nothing is looked up in the
 * journal, and where the history is not in this database, as after a dump of one
 * schema, the edit passes with a warning.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "../core/little_endian.h"
#include "../errcodes.h"
#include "../store/store.h"
#include "journal.h"
#include "tracking.h"

PG_FUNCTION_INFO_V1(allmende_journal_statement);
PG_FUNCTION_INFO_V1(allmende_journal_truncate);
PG_FUNCTION_INFO_V1(allmende_journal_row);

/* A row of the journal takes so many bytes of keys, unless a key is longer. */
#define JOURNAL_ROW_SIZE 7900
#define JOURNAL_COLUMNS 3

/* What is known of a table with our triggers. */
typedef struct JournalTable
{
	Oid			relid;			/* hash key */
	bool		valid;
	bool		warned;			/* that there is no history */
	bool		tracked;		/* is there one? */
	int32		store;
	CanonicalRow *key;			/* NULL: keys cannot be told */
	MemoryContext context;		/* where key lives */
} JournalTable;

/* Keys that are being written. */
typedef struct JournalWriter
{
	Relation	journal;
	JournalTable *table;
	NameData	author;
	TimestampTz now;
	CanonicalBuffer keys;
	CanonicalBuffer key;		/* the one at hand */
	MemoryContext scratch;
} JournalWriter;

static HTAB * tables = NULL;

static void
forget_table(Datum argument, Oid relid)
{
	HASH_SEQ_STATUS status;
	JournalTable *table;

	(void) argument;
	if (OidIsValid(relid))
	{
		table = hash_search(tables, &relid, HASH_FIND, NULL);
		if (table != NULL)
			table->valid = false;
		return;
	}
	hash_seq_init(&status, tables);
	while ((table = hash_seq_search(&status)) != NULL)
		table->valid = false;
}

static JournalTable *
table_entry(Oid relid)
{
	JournalTable *table;
	bool		found;

	if (tables == NULL)
	{
		HASHCTL		control;

		memset(&control, 0, sizeof(control));
		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(JournalTable);
		tables = hash_create("allmende journal", 64, &control,
							 HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(forget_table, (Datum) 0);
	}
	table = hash_search(tables, &relid, HASH_ENTER, &found);
	if (!found)
	{
		memset(table, 0, sizeof(*table));
		table->relid = relid;
	}
	return table;
}

/* The name that a column has now; the schema has that of the last version. */
static const char *
present_name(List *known, const SchemaColumn *column)
{
	ListCell   *cell;

	foreach(cell, known)
	{
		KnownColumn *same = lfirst(cell);

		if (same->id == column->id)
			return NameStr(same->name);
	}
	return column->name;
}

/*
 * What writes the key columns of a table's rows; NULL where one of them cannot be
 * found, since the table was altered behind our back.
 */
static CanonicalRow *
key_row(Relation relation, const Schema *schema, List *known,
		MemoryContext context)
{
	TupleDesc	descriptor = CreateTupleDescCopy(RelationGetDescr(relation));
	uint32	   *ids = palloc0(descriptor->natts * sizeof(uint32));
	int			count = 0;

	for (int i = 0; i < schema->count; i++)
	{
		AttrNumber	attnum;

		if (schema->columns[i].key == 0)
			continue;
		attnum = head_attribute(descriptor,
								present_name(known, &schema->columns[i]));
		if (attnum == InvalidAttrNumber)
			return NULL;
		ids[attnum - 1] = schema->columns[i].id;
		count++;
	}
	for (int i = 0; i < descriptor->natts; i++)
		if (ids[i] == 0)
			TupleDescAttr(descriptor, i)->attisdropped = true;
	return count == 0 ? NULL :
		canonical_row_create(context, descriptor, ids, CANONICAL_ROW_FORM);
}

/* Look up what is known of a table, and keep it until the table changes. */
static void
table_learn(JournalTable *table, Relation relation)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	pg_uuid_t	uuid;
	bool		is_partition;
	Dataset    *dataset = NULL;

	if (table->context == NULL)
		table->context = AllocSetContextCreate(CacheMemoryContext,
											   "allmende journal key",
											   ALLOCSET_SMALL_SIZES);
	MemoryContextReset(table->context);
	table->key = NULL;
	table->valid = true;
	if (head_uuid(relation, &uuid, &is_partition))
		dataset = dataset_find(&uuid, snapshot);
	table->tracked = dataset != NULL &&
		OidIsValid(store_journal(dataset->store));
	if (table->tracked)
	{
		Schema	   *schema = head_last_schema(dataset->id, snapshot);

		table->store = dataset->store;
		if (schema != NULL)
			table->key = key_row(relation, schema,
								 head_known_columns(dataset->id, snapshot),
								 table->context);
	}
	UnregisterSnapshot(snapshot);
}

/* False where the table has no history here. */
static bool
writer_begin(JournalWriter *writer, Relation relation)
{
	JournalTable *table = table_entry(RelationGetRelid(relation));
	Oid			journal;

	/* with nothing to write to, look again: it may have come since */
	if (!table->valid || !table->tracked)
		table_learn(table, relation);
	journal = table->tracked ? store_journal(table->store) : InvalidOid;
	if (!OidIsValid(journal))
	{
		if (!table->warned)
			ereport(WARNING,
					(errcode(ERRCODE_ALLMENDE_NOT_TRACKED),
					 errmsg("edits of table \"%s\" are not recorded",
							RelationGetRelationName(relation)),
					 errdetail("It has triggers of allmende, but its history is not in this database."),
					 errhint("Call allmende.untrack() to remove the triggers, or allmende.track() to begin a new history.")));
		table->warned = true;
		return false;
	}
	writer->table = table;
	writer->journal = table_open(journal, RowExclusiveLock);
	writer->now = GetCurrentTimestamp();
	namestrcpy(&writer->author, GetUserNameFromId(GetSessionUserId(), false));
	canonical_buffer_create(CurrentMemoryContext, &writer->keys);
	canonical_buffer_create(CurrentMemoryContext, &writer->key);
	writer->scratch = AllocSetContextCreate(CurrentMemoryContext,
											"allmende journal",
											ALLOCSET_SMALL_SIZES);
	return true;
}

/* Write a row of the journal; without keys: any row may have changed. */
static void
writer_put_row(JournalWriter *writer, const CanonicalBuffer *keys)
{
	Datum		values[JOURNAL_COLUMNS] = {0};
	bool		nulls[JOURNAL_COLUMNS] = {false};
	bytea	   *bytes = NULL;
	HeapTuple	tuple;

	values[0] = TimestampTzGetDatum(writer->now);
	values[1] = NameGetDatum(&writer->author);
	nulls[2] = keys == NULL;
	if (keys != NULL)
	{
		bytes = palloc(VARHDRSZ + keys->length);
		SET_VARSIZE(bytes, VARHDRSZ + keys->length);
		memcpy(VARDATA(bytes), keys->bytes, keys->length);
		values[2] = PointerGetDatum(bytes);
	}
	tuple = heap_form_tuple(RelationGetDescr(writer->journal), values, nulls);
	simple_heap_insert(writer->journal, tuple);
	heap_freetuple(tuple);
	if (bytes != NULL)
		pfree(bytes);
}

static void
writer_end(JournalWriter *writer)
{
	if (writer->keys.length > 0)
		writer_put_row(writer, &writer->keys);
	table_close(writer->journal, NoLock);
	MemoryContextDelete(writer->scratch);
}

/* Write the key of a row into a buffer, with its length before it. */
static void
put_key(JournalWriter *writer, TupleTableSlot *slot, CanonicalBuffer *buffer)
{
	MemoryContext previous = MemoryContextSwitchTo(writer->scratch);
	size_t		mark;

	slot_getallattrs(slot);
	mark = canonical_begin_value(buffer);
	canonical_put_prefix(buffer, CANONICAL_ROW_FORM);
	canonical_row_put(writer->table->key, slot->tts_values, slot->tts_isnull,
					  buffer);
	canonical_end_value(buffer, mark);
	MemoryContextSwitchTo(previous);
	MemoryContextReset(writer->scratch);
}

static void
writer_flush(JournalWriter *writer)
{
	if (writer->keys.length > JOURNAL_ROW_SIZE)
	{
		writer_put_row(writer, &writer->keys);
		canonical_reset(&writer->keys);
	}
}

static void
writer_put_key(JournalWriter *writer, TupleTableSlot *slot)
{
	put_key(writer, slot, &writer->keys);
	writer_flush(writer);
}

/* Write the key of a row as it was, and as it is, if it is another. */
static void
writer_put_keys(JournalWriter *writer, TupleTableSlot *old,
				TupleTableSlot *new)
{
	size_t		before = writer->keys.length;

	put_key(writer, old, &writer->keys);
	canonical_reset(&writer->key);
	put_key(writer, new, &writer->key);
	if (writer->key.length != writer->keys.length - before ||
		memcmp(writer->key.bytes, writer->keys.bytes + before,
			   writer->key.length) != 0)
		canonical_put_bytes(&writer->keys, writer->key.bytes,
							writer->key.length);
	writer_flush(writer);
}

/* A transition table, from its beginning; others read it as well. */
static void
begin_transition(Tuplestorestate * store)
{
	int			pointer = tuplestore_alloc_read_pointer(store,
														EXEC_FLAG_REWIND);

	tuplestore_select_read_pointer(store, pointer);
	tuplestore_rescan(store);
}

static void
writer_put_statement(JournalWriter *writer, TriggerData *data)
{
	TupleDesc	descriptor = RelationGetDescr(data->tg_relation);
	Tuplestorestate *first = data->tg_oldtable != NULL ?
	data->tg_oldtable : data->tg_newtable;
	Tuplestorestate *second = data->tg_oldtable != NULL ?
	data->tg_newtable : NULL;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(descriptor,
													&TTSOpsMinimalTuple);
	TupleTableSlot *other = MakeSingleTupleTableSlot(descriptor,
													 &TTSOpsMinimalTuple);

	begin_transition(first);
	if (second != NULL)
		begin_transition(second);
	while (tuplestore_gettupleslot(first, true, false, slot))
	{
		if (second == NULL)
			writer_put_key(writer, slot);
		else if (tuplestore_gettupleslot(second, true, false, other))
			writer_put_keys(writer, slot, other);
		else
			writer_put_key(writer, slot);
	}
	/* an update has as many rows in both, but nothing may depend on it */
	while (second != NULL &&
		   tuplestore_gettupleslot(second, true, false, other))
		writer_put_key(writer, other);
	ExecDropSingleTupleTableSlot(slot);
	ExecDropSingleTupleTableSlot(other);
}

static TriggerData *
trigger_data(FunctionCallInfo fcinfo, bool for_row)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(data->tg_event) ||
		TRIGGER_FIRED_FOR_ROW(data->tg_event) != for_row)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" is for triggers that allmende.track() makes",
						for_row ? "journal_row" : "journal_statement")));
	return data;
}

/* AFTER INSERT, UPDATE or DELETE, for each statement. */
Datum
allmende_journal_statement(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo, false);
	JournalWriter writer;

	if (data->tg_oldtable == NULL && data->tg_newtable == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" has no transition table",
						data->tg_trigger->tgname)));
	if (writer_begin(&writer, data->tg_relation))
	{
		if (writer.table->key != NULL)
			writer_put_statement(&writer, data);
		else
			writer_put_row(&writer, NULL);
		writer_end(&writer);
	}
	PG_RETURN_POINTER(NULL);
}

/* AFTER TRUNCATE. */
Datum
allmende_journal_truncate(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo, false);
	JournalWriter writer;

	if (writer_begin(&writer, data->tg_relation))
	{
		writer_put_row(&writer, NULL);
		writer_end(&writer);
	}
	PG_RETURN_POINTER(NULL);
}

/* AFTER INSERT, UPDATE or DELETE, for each row, on replicas alone. */
Datum
allmende_journal_row(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo, true);
	JournalWriter writer;

	if (writer_begin(&writer, data->tg_relation))
	{
		if (writer.table->key == NULL)
			writer_put_row(&writer, NULL);
		else if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
			writer_put_keys(&writer, data->tg_trigslot, data->tg_newslot);
		else
			writer_put_key(&writer, data->tg_trigslot);
		writer_end(&writer);
	}
	PG_RETURN_POINTER(NULL);
}
