/*
 * journal_trigger.c
 *		The triggers of heads: they write down which keys a statement touched.
 *
 * Whoever edits a table shall not notice: nothing here waits for another
 * transaction, looks at rows of others, or fails where memory and disk do not.
 * So keys are not compared with what the journal holds already; the commit that
 * consumes a row may not have seen this change.  And where there is no journal
 * to write to, the edit passes: a dump of one schema brings the triggers without
 * the history.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "../core/little_endian.h"
#include "../store/store.h"
#include "journal.h"
#include "tracking.h"

PG_FUNCTION_INFO_V1(allmende_journal_statement);
PG_FUNCTION_INFO_V1(allmende_journal_truncate);
PG_FUNCTION_INFO_V1(allmende_journal_row);

/* Keys in a row: with the other columns, they just fill a page. */
#define JOURNAL_KEYS_SIZE 8000

/* Rows after which what encoders leave behind is freed. */
#define SCRATCH_ROWS 1024

/* How keys of a table are written, and where to. */
typedef struct JournalTarget
{
	Oid			relid;			/* hash key */
	bool		valid;
	bool		warned;			/* that there is no history */
	MemoryContext context;		/* of what follows */
	Oid			journal;
	CanonicalRow *row;			/* NULL: the key is not known, any may change */
	int			count;			/* of key columns */
	AttrNumber *attnums;
	AttrNumber	last;			/* the highest of them */
	Datum	   *values;
	bool	   *nulls;
} JournalTarget;

/* What one statement writes. */
typedef struct JournalWriter
{
	JournalTarget *target;
	Relation	relation;
	TimestampTz recorded_at;
	NameData	author;
	MemoryContext context;
	MemoryContext scratch;
	int			scratch_rows;
	CanonicalBuffer keys;		/* of the row that is being filled */
} JournalWriter;

/* A transition table, read from its begin. */
typedef struct TransitionTable
{
	Tuplestorestate *rows;
	int			pointer;
	TupleTableSlot *slot;
} TransitionTable;

static HTAB * targets = NULL;

/*
 * Targets are only marked here, for one may be in use.
 */
static void
forget_table(Datum argument, Oid relid)
{
	HASH_SEQ_STATUS scan;
	JournalTarget *target;

	(void) argument;
	hash_seq_init(&scan, targets);
	while ((target = hash_seq_search(&scan)) != NULL)
	{
		if (!OidIsValid(relid) || target->relid == relid ||
			target->journal == relid)
			target->valid = false;
	}
}

/* Labels of enums, types below domains and arrays. */
static void
forget_types(Datum argument, int cache, uint32 hash)
{
	(void) cache;
	(void) hash;
	forget_table(argument, InvalidOid);
}

static void
make_targets(void)
{
	HASHCTL		control;

	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(JournalTarget);
	targets = hash_create("allmende journals", 32, &control,
						  HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(forget_table, (Datum) 0);
	CacheRegisterSyscacheCallback(TYPEOID, forget_types, (Datum) 0);
	CacheRegisterSyscacheCallback(ENUMOID, forget_types, (Datum) 0);
}

static int
compare_ids(const ListCell *a, const ListCell *b)
{
	uint32		id_a = ((const KnownColumn *) lfirst(a))->id;
	uint32		id_b = ((const KnownColumn *) lfirst(b))->id;

	return id_a < id_b ? -1 : id_a > id_b;
}

/* The columns of a schema's key by their names of now, in the order of ids. */
static List *
key_columns(const Schema *schema, List *known)
{
	List	   *columns = NIL;

	for (int i = 0; i < schema->count; i++)
	{
		ListCell   *cell;

		if (schema->columns[i].key == 0)
			continue;
		foreach(cell, known)
		{
			KnownColumn *column = lfirst(cell);

			if (column->id == schema->columns[i].id)
				columns = lappend(columns, column);
		}
	}
	list_sort(columns, compare_ids);
	return columns;
}

/*
 * Resolve how keys are encoded, in the target's context.  A column that is gone
 * leaves the row NULL.  Columns are found by name, since those of a partition
 * have other numbers.
 */
static void
prepare_keys(JournalTarget *target, Relation relation, List *columns)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	int			count = list_length(columns);
	TupleDesc	part;
	uint32	   *ids = palloc(count * sizeof(uint32));

	if (count == 0)
		return;
	part = CreateTemplateTupleDesc(count);
	target->count = count;
	target->last = 0;
	target->attnums = palloc(count * sizeof(AttrNumber));
	target->values = palloc(count * sizeof(Datum));
	target->nulls = palloc(count * sizeof(bool));
	for (int i = 0; i < count; i++)
	{
		KnownColumn *column = list_nth(columns, i);
		AttrNumber	attnum = head_attribute(descriptor,
											NameStr(column->name));

		if (attnum == InvalidAttrNumber)
			return;
		ids[i] = column->id;
		target->attnums[i] = attnum;
		target->last = Max(target->last, attnum);
		TupleDescCopyEntry(part, i + 1, descriptor, attnum);
	}
	target->row = canonical_row_create(target->context, part, ids,
									   CANONICAL_ROW_FORM);
}

/* False where the history is not in this database. */
static bool
fill_target(JournalTarget *target, Relation relation, Snapshot snapshot)
{
	pg_uuid_t	uuid;
	bool		is_partition;
	Dataset    *dataset;
	Schema	   *schema;

	if (!head_uuid(relation, &uuid, &is_partition))
		return false;
	dataset = dataset_find(&uuid, snapshot);
	if (dataset == NULL)
		return false;
	target->journal = store_journal(dataset->store);
	if (!OidIsValid(target->journal))
		return false;
	schema = head_last_schema(dataset->id, snapshot);
	if (schema != NULL)
		prepare_keys(target, relation,
					 key_columns(schema, head_known_columns(dataset->id,
															snapshot)));
	return true;
}

/*
 * Invalidations may come while it is being filled: then the next statement does
 * it again.
 */
static bool
prepare_target(JournalTarget *target, Relation relation)
{
	MemoryContext previous;
	Snapshot	snapshot;

	if (target->context != NULL)
		MemoryContextDelete(target->context);
	target->context = AllocSetContextCreate(CacheMemoryContext,
											"allmende journal",
											ALLOCSET_SMALL_SIZES);
	target->journal = InvalidOid;
	target->row = NULL;
	target->valid = true;
	previous = MemoryContextSwitchTo(target->context);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	if (!fill_target(target, relation, snapshot))
		target->valid = false;
	UnregisterSnapshot(snapshot);
	MemoryContextSwitchTo(previous);
	return OidIsValid(target->journal);
}

/*
 * The target of a relation, NULL where it has no journal.  An error while one is
 * prepared leaves it invalid or half filled, so it counts as valid only at the
 * end.
 */
static JournalTarget *
find_target(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	JournalTarget *target;
	bool		found;

	if (targets == NULL)
		make_targets();
	target = hash_search(targets, &relid, HASH_ENTER, &found);
	if (!found)
	{
		target->valid = false;
		target->warned = false;
		target->journal = InvalidOid;
		target->context = NULL;
	}
	if (target->valid)
		return target;
	PG_TRY();
	{
		found = prepare_target(target, relation);
	}
	PG_CATCH();
	{
		target->valid = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
	return found ? target : NULL;
}

static void
warn_no_history(Relation relation)
{
	Oid			relid = RelationGetRelid(relation);
	JournalTarget *target = hash_search(targets, &relid, HASH_FIND, NULL);

	if (target->warned)
		return;
	target->warned = true;
	ereport(WARNING,
			(errmsg("changes of table \"%s\" are not written down",
					RelationGetRelationName(relation)),
			 errdetail("Its triggers belong to a history that is not in this database."),
			 errhint("Restore the whole dump, or call allmende.untrack() or allmende.track() for the table.")));
}

/* False where there is nothing to write to. */
static bool
writer_begin(JournalWriter *writer, Relation relation)
{
	const char *author = GetUserNameFromId(GetSessionUserId(), true);

	writer->target = find_target(relation);
	writer->relation = writer->target == NULL ? NULL :
		try_table_open(writer->target->journal, RowExclusiveLock);
	if (writer->relation == NULL)
	{
		warn_no_history(relation);
		return false;
	}
	writer->recorded_at = GetCurrentTimestamp();
	namestrcpy(&writer->author, author == NULL ? "" : author);
	writer->context = AllocSetContextCreate(CurrentMemoryContext,
											"journal writer",
											ALLOCSET_DEFAULT_SIZES);
	writer->scratch = AllocSetContextCreate(writer->context,
											"journal scratch",
											ALLOCSET_DEFAULT_SIZES);
	writer->scratch_rows = 0;
	canonical_buffer_create(writer->context, &writer->keys);
	return true;
}

/* Write a row; keys NULL: any row of the head may have changed. */
static void
write_row(JournalWriter *writer, bytea *keys)
{
	Datum		values[3];
	bool		nulls[3] = {false, false, keys == NULL};
	HeapTuple	tuple;

	values[0] = TimestampTzGetDatum(writer->recorded_at);
	values[1] = NameGetDatum(&writer->author);
	values[2] = PointerGetDatum(keys);
	tuple = heap_form_tuple(RelationGetDescr(writer->relation), values, nulls);
	heap_insert(writer->relation, tuple, GetCurrentCommandId(true), 0, NULL);
	heap_freetuple(tuple);
}

/* Write the first bytes of the keys, and keep the rest. */
static void
write_keys(JournalWriter *writer, size_t length)
{
	CanonicalBuffer *keys = &writer->keys;
	bytea	   *packed;

	if (length == 0)
		return;
	packed = palloc(length + VARHDRSZ);
	SET_VARSIZE(packed, length + VARHDRSZ);
	memcpy(VARDATA(packed), keys->bytes, length);
	write_row(writer, packed);
	pfree(packed);
	memmove(keys->bytes, keys->bytes + length, keys->length - length);
	keys->length -= length;
}

/*
 * Put a row's key behind the others, where it stays if it differs from the one
 * that starts at twin, if any.  Returns where it starts in the buffer.
 */
static size_t
put_key(JournalWriter *writer, TupleTableSlot *slot, bool has_twin, size_t twin)
{
	JournalTarget *target = writer->target;
	CanonicalBuffer *keys = &writer->keys;
	size_t		start = keys->length;
	MemoryContext previous = MemoryContextSwitchTo(writer->scratch);
	size_t		mark;

	slot_getsomeattrs(slot, target->last);
	for (int i = 0; i < target->count; i++)
	{
		target->values[i] = slot->tts_values[target->attnums[i] - 1];
		target->nulls[i] = slot->tts_isnull[target->attnums[i] - 1];
	}
	mark = canonical_begin_value(keys);
	canonical_put_prefix(keys, CANONICAL_ROW_FORM);
	canonical_row_put(target->row, target->values, target->nulls, keys);
	canonical_end_value(keys, mark);
	MemoryContextSwitchTo(previous);
	if (keys->failed)
		elog(ERROR, "key of a row is too large");
	if (has_twin && 2 * (keys->length - start) == keys->length - twin &&
		memcmp(keys->bytes + start, keys->bytes + twin,
			   keys->length - start) == 0)
		keys->length = start;
	if (++writer->scratch_rows >= SCRATCH_ROWS)
	{
		MemoryContextReset(writer->scratch);
		writer->scratch_rows = 0;
	}
	return start;
}

/* Write down a row that was there before or is there now, or both. */
static void
put_change(JournalWriter *writer, TupleTableSlot *before, TupleTableSlot *now)
{
	size_t		start = writer->keys.length;

	if (before != NULL)
		put_key(writer, before, false, 0);
	if (now != NULL)
		put_key(writer, now, before != NULL, start);
	if (writer->keys.length >= JOURNAL_KEYS_SIZE)
		write_keys(writer, writer->keys.length > JOURNAL_KEYS_SIZE ? start :
				   writer->keys.length);

	/* a key that is longer than a page has a row of its own */
	if (writer->keys.length >= JOURNAL_KEYS_SIZE)
		write_keys(writer, writer->keys.length);
}

static void
writer_end(JournalWriter *writer)
{
	write_keys(writer, writer->keys.length);
	table_close(writer->relation, NoLock);
	MemoryContextDelete(writer->context);
}

/*
 * Other triggers of the statement read the same table: each has a place of its
 * own in it.
 */
static void
transition_begin(TransitionTable *table, Tuplestorestate *rows,
				 TupleDesc descriptor)
{
	table->rows = rows;
	if (rows == NULL)
		return;
	table->pointer = tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(rows, table->pointer);
	tuplestore_rescan(rows);
	table->slot = MakeSingleTupleTableSlot(descriptor, &TTSOpsMinimalTuple);
}

/* The next row, NULL at the end. */
static TupleTableSlot *
transition_next(TransitionTable *table)
{
	if (table->rows == NULL ||
		!tuplestore_gettupleslot(table->rows, true, false, table->slot))
		return NULL;
	return table->slot;
}

static void
transition_end(TransitionTable *table)
{
	if (table->rows == NULL)
		return;
	ExecDropSingleTupleTableSlot(table->slot);
	tuplestore_select_read_pointer(table->rows, 0);
}

/*
 * Rows of an UPDATE stand at the same place of both tables.  Where they do not,
 * keys are written twice, which does no harm.
 */
static void
write_statement(JournalWriter *writer, const TriggerData *data)
{
	TupleDesc	descriptor = RelationGetDescr(data->tg_relation);
	TransitionTable old_table;
	TransitionTable new_table;
	bool		wrote = false;

	transition_begin(&old_table, data->tg_oldtable, descriptor);
	transition_begin(&new_table, data->tg_newtable, descriptor);
	for (;;)
	{
		TupleTableSlot *before = transition_next(&old_table);
		TupleTableSlot *now = transition_next(&new_table);

		if (before == NULL && now == NULL)
			break;
		CHECK_FOR_INTERRUPTS();
		if (writer->target->row != NULL)
			put_change(writer, before, now);
		else if (!wrote)
			write_row(writer, NULL);
		wrote = true;
	}
	transition_end(&new_table);
	transition_end(&old_table);
}

static TriggerData *
trigger_data(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by a trigger")));
	return (TriggerData *) fcinfo->context;
}

/* AFTER INSERT, UPDATE or DELETE, FOR EACH STATEMENT, with transition tables. */
Datum
allmende_journal_statement(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo);
	JournalWriter writer;

	if ((data->tg_newtable == NULL ||
		 tuplestore_tuple_count(data->tg_newtable) == 0) &&
		(data->tg_oldtable == NULL ||
		 tuplestore_tuple_count(data->tg_oldtable) == 0))
		return PointerGetDatum(NULL);
	if (!writer_begin(&writer, data->tg_relation))
		return PointerGetDatum(NULL);
	write_statement(&writer, data);
	writer_end(&writer);
	return PointerGetDatum(NULL);
}

/* AFTER TRUNCATE. */
Datum
allmende_journal_truncate(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo);
	JournalWriter writer;

	if (!writer_begin(&writer, data->tg_relation))
		return PointerGetDatum(NULL);
	write_row(&writer, NULL);
	writer_end(&writer);
	return PointerGetDatum(NULL);
}

/* AFTER INSERT, UPDATE or DELETE, FOR EACH ROW: where rows are replicated. */
Datum
allmende_journal_row(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo);
	TupleTableSlot *before = NULL;
	TupleTableSlot *now = NULL;
	JournalWriter writer;

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function was not called by a trigger for each row")));
	if (!writer_begin(&writer, data->tg_relation))
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		now = data->tg_trigslot;
	else
		before = data->tg_trigslot;
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		now = data->tg_newslot;
	if (writer.target->row != NULL)
		put_change(&writer, before, now);
	else
		write_row(&writer, NULL);
	writer_end(&writer);
	return PointerGetDatum(NULL);
}
