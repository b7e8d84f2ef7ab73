/*
 * witness.c
 *		What a head is, as far as it can be seen without reading its rows.
 *
 * Names of columns are in it for messages only: a column that was renamed is told
 * by its name too, and costs one full comparison.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "tracking.h"
#include "witness.h"

/*
 * Writing
 */

static void
put_string(CanonicalBuffer *buffer, const char *string)
{
	canonical_put_u32(buffer, strlen(string));
	canonical_put_bytes(buffer, string, strlen(string));
}

static void
put_attributes(CanonicalBuffer *buffer, TupleDesc descriptor)
{
	canonical_put_u32(buffer, descriptor->natts);
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		canonical_put_u16(buffer, attribute->attnum);
		canonical_put_u8(buffer, attribute->attisdropped);
		put_string(buffer, NameStr(attribute->attname));
		canonical_put_u32(buffer, attribute->atttypid);
		canonical_put_u32(buffer, (uint32) attribute->atttypmod);
		canonical_put_u32(buffer, attribute->attcollation);
	}
}

static bool
is_ours(Oid function, const Oid functions[HEAD_FUNCTIONS])
{
	for (int i = 0; i < HEAD_FUNCTIONS; i++)
	{
		if (function == functions[i])
			return true;
	}
	return false;
}

static void
put_trigger(CanonicalBuffer *buffer, HeapTuple tuple)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);

	put_string(buffer, NameStr(form->tgname));
	canonical_put_u32(buffer, form->oid);
	canonical_put_u8(buffer, (uint8) form->tgenabled);
	canonical_put_u32(buffer, HeapTupleHeaderGetRawXmin(tuple->t_data));
	canonical_put_u32(buffer, form->tgfoid);
}

/*
 * The index gives triggers by name.  They are counted at first, since the number
 * stands before them.
 */
static void
put_triggers(CanonicalBuffer *buffer, Oid table,
			 const Oid functions[HEAD_FUNCTIONS])
{
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	List	   *tuples = NIL;
	ListCell   *cell;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_trigger_tgrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(table));
	scan = systable_beginscan(triggers, TriggerRelidNameIndexId, true, NULL, 1,
							  &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (is_ours(((Form_pg_trigger) GETSTRUCT(tuple))->tgfoid, functions))
			tuples = lappend(tuples, heap_copytuple(tuple));
	}
	systable_endscan(scan);
	table_close(triggers, AccessShareLock);

	canonical_put_u32(buffer, list_length(tuples));
	foreach(cell, tuples)
		put_trigger(buffer, lfirst(cell));
	list_free_deep(tuples);
}

static void
put_table(CanonicalBuffer *buffer, Oid table,
		  const Oid functions[HEAD_FUNCTIONS])
{
	Relation	relation = table_open(table, AccessShareLock);

	canonical_put_u32(buffer, table);
	canonical_put_u32(buffer, relation->rd_rel->relfilenode);
	put_attributes(buffer, RelationGetDescr(relation));
	put_triggers(buffer, table, functions);
	table_close(relation, NoLock);
}

bytea *
head_witness(Relation relation)
{
	Oid			functions[HEAD_FUNCTIONS] = {InvalidOid};
	List	   *tables = head_tables(RelationGetRelid(relation), AccessShareLock);
	CanonicalBuffer buffer;
	ListCell   *cell;
	bytea	   *witness;

	(void) head_trigger_functions(functions);
	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_u8(&buffer, WITNESS_VERSION);
	canonical_put_u32(&buffer, list_length(tables));
	foreach(cell, tables)
		put_table(&buffer, lfirst_oid(cell), functions);
	if (buffer.failed)
		elog(ERROR, "witness is too large");
	witness = palloc(buffer.length + VARHDRSZ);
	SET_VARSIZE(witness, buffer.length + VARHDRSZ);
	memcpy(VARDATA(witness), buffer.bytes, buffer.length);
	pfree(buffer.bytes);
	list_free(tables);
	return witness;
}

/*
 * Comparing
 */

typedef struct WitnessColumn
{
	uint16		number;
	uint8		dropped;
	char	   *name;
	uint32		type;
	uint32		modifier;
	uint32		collation;
} WitnessColumn;

typedef struct WitnessTrigger
{
	char	   *name;
	uint32		oid;
	uint8		state;
	uint32		xmin;
	uint32		function;
} WitnessTrigger;

typedef struct WitnessTable
{
	uint32		oid;
	uint32		file_node;
	uint32		column_count;
	WitnessColumn *columns;
	uint32		trigger_count;
	WitnessTrigger *triggers;
} WitnessTable;

typedef struct Witness
{
	uint32		count;
	WitnessTable *tables;
} Witness;

/* No element takes less than a byte: a count is no larger than what is left. */
static bool
get_count(CanonicalReader *reader, uint32 *count)
{
	return canonical_read_u32(reader, count) &&
		*count <= canonical_left(reader);
}

static bool
get_string(CanonicalReader *reader, char **string)
{
	const unsigned char *bytes;
	uint32		length;

	if (!get_count(reader, &length) ||
		!canonical_read_bytes(reader, length, &bytes))
		return false;
	*string = pnstrdup((const char *) bytes, length);
	return true;
}

static bool
get_column(CanonicalReader *reader, WitnessColumn *column)
{
	return canonical_read_u16(reader, &column->number) &&
		canonical_read_u8(reader, &column->dropped) &&
		get_string(reader, &column->name) &&
		canonical_read_u32(reader, &column->type) &&
		canonical_read_u32(reader, &column->modifier) &&
		canonical_read_u32(reader, &column->collation);
}

static bool
get_trigger(CanonicalReader *reader, WitnessTrigger *trigger)
{
	return get_string(reader, &trigger->name) &&
		canonical_read_u32(reader, &trigger->oid) &&
		canonical_read_u8(reader, &trigger->state) &&
		canonical_read_u32(reader, &trigger->xmin) &&
		canonical_read_u32(reader, &trigger->function);
}

static bool
get_table(CanonicalReader *reader, WitnessTable *table)
{
	if (!canonical_read_u32(reader, &table->oid) ||
		!canonical_read_u32(reader, &table->file_node) ||
		!get_count(reader, &table->column_count))
		return false;
	table->columns = palloc0((table->column_count + 1) *
							 sizeof(WitnessColumn));
	for (uint32 i = 0; i < table->column_count; i++)
	{
		if (!get_column(reader, &table->columns[i]))
			return false;
	}
	if (!get_count(reader, &table->trigger_count))
		return false;
	table->triggers = palloc0((table->trigger_count + 1) *
							  sizeof(WitnessTrigger));
	for (uint32 i = 0; i < table->trigger_count; i++)
	{
		if (!get_trigger(reader, &table->triggers[i]))
			return false;
	}
	return true;
}

/* False for bytes that are none of this version's. */
static bool
get_witness(const bytea *bytes, Witness *witness)
{
	CanonicalReader reader;
	uint8		version;

	if (bytes == NULL)
		return false;
	canonical_reader_init(&reader, VARDATA_ANY(bytes),
						  VARSIZE_ANY_EXHDR(bytes));
	if (!canonical_read_u8(&reader, &version) || version != WITNESS_VERSION ||
		!get_count(&reader, &witness->count))
		return false;
	witness->tables = palloc0((witness->count + 1) * sizeof(WitnessTable));
	for (uint32 i = 0; i < witness->count; i++)
	{
		if (!get_table(&reader, &witness->tables[i]))
			return false;
	}
	return canonical_left(&reader) == 0;
}

static char *
column_fault(const WitnessColumn *before, const WitnessColumn *now)
{
	if (!before->dropped && now->dropped)
		return psprintf(_("column \"%s\" was dropped"), before->name);
	if (strcmp(before->name, now->name) != 0)
		return psprintf(_("column \"%s\" was renamed to \"%s\""),
						before->name, now->name);
	if (before->type != now->type || before->modifier != now->modifier ||
		before->collation != now->collation)
		return psprintf(_("column \"%s\" changed its type"), now->name);
	return NULL;
}

static char *
columns_fault(const WitnessTable *before, const WitnessTable *now)
{
	for (uint32 i = 0; i < Min(before->column_count, now->column_count); i++)
	{
		char	   *fault = column_fault(&before->columns[i],
										 &now->columns[i]);

		if (fault != NULL)
			return fault;
	}
	if (now->column_count > before->column_count)
		return psprintf(_("column \"%s\" was added"),
						now->columns[before->column_count].name);
	if (now->column_count < before->column_count)
		return pstrdup(_("columns changed"));
	return NULL;
}

static const WitnessTrigger *
find_trigger(const WitnessTable *table, const char *name)
{
	for (uint32 i = 0; i < table->trigger_count; i++)
	{
		if (strcmp(table->triggers[i].name, name) == 0)
			return &table->triggers[i];
	}
	return NULL;
}

static char *
triggers_fault(const WitnessTable *before, const WitnessTable *now)
{
	for (uint32 i = 0; i < before->trigger_count; i++)
	{
		const WitnessTrigger *old = &before->triggers[i];
		const WitnessTrigger *new = find_trigger(now, old->name);

		if (new == NULL)
			return psprintf(_("trigger \"%s\" was dropped or renamed"),
							old->name);
		if (old->oid != new->oid || old->state != new->state ||
			old->xmin != new->xmin || old->function != new->function)
			return psprintf(_("trigger \"%s\" was disabled, enabled or replaced"),
							old->name);
	}
	if (now->trigger_count != before->trigger_count)
		return pstrdup(_("triggers were added"));
	return NULL;
}

/* A difference of a partition names it. */
static char *
table_fault(const WitnessTable *before, const WitnessTable *now, bool is_head)
{
	char	   *fault = columns_fault(before, now);
	const char *name;

	if (fault == NULL)
		fault = triggers_fault(before, now);
	if (fault == NULL && before->file_node != now->file_node)
		fault = pstrdup(_("was rewritten or restored"));
	if (fault == NULL || is_head)
		return fault;
	name = get_rel_name(now->oid);
	return psprintf(_("partition \"%s\": %s"), name == NULL ? "?" : name,
					fault);
}

char *
head_witness_fault(const bytea *before, const bytea *now)
{
	Witness		old = {0};
	Witness		new = {0};

	if (!get_witness(before, &old) || !get_witness(now, &new) ||
		old.count == 0 || new.count == 0 ||
		old.tables[0].oid != new.tables[0].oid)
		return pstrdup(_("was rewritten or restored"));
	if (old.count != new.count)
		return pstrdup(_("partitions changed"));
	for (uint32 i = 0; i < old.count; i++)
	{
		char	   *fault;

		if (old.tables[i].oid != new.tables[i].oid)
			return pstrdup(_("partitions changed"));
		fault = table_fault(&old.tables[i], &new.tables[i], i == 0);
		if (fault != NULL)
			return fault;
	}
	return pstrdup(_("was changed"));
}
