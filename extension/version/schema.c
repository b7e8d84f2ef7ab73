/*
 * schema.c
 *		Columns of heads: their stable ids, and the schema that they make.
 *
 * A column keeps its id when it is renamed, retyped or restored from a dump, and
 * one that is dropped and added again gets another.  What was known of it last,
 * name and attribute number, is in table dataset_column.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc_details.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "../errcodes.h"
#include "catalog_scan.h"
#include "tracking.h"

/* columns of table dataset_column */
#define KNOWN_COLUMNS 4

List *
head_known_columns(int32 dataset, Snapshot snapshot)
{
	Datum		values[KNOWN_COLUMNS];
	bool		nulls[KNOWN_COLUMNS];
	List	   *columns = NIL;
	ScanKeyData key;
	CatalogScan scan;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset));
	catalog_scan_begin(&scan, "dataset_column", "dataset_column_pkey",
					   snapshot, &key, 1);
	while (catalog_scan_next(&scan, values, nulls) != NULL)
	{
		KnownColumn *column = palloc0(sizeof(*column));

		column->id = (uint32) DatumGetInt32(values[1]);
		namestrcpy(&column->name, NameStr(*DatumGetName(values[2])));
		column->attnum = DatumGetInt16(values[3]);
		columns = lappend(columns, column);
	}
	catalog_scan_end(&scan);
	return columns;
}

Schema *
head_last_schema(int32 dataset, Snapshot snapshot)
{
	Branch	   *branch = branch_find(dataset, "main", snapshot);
	Version    *version;

	if (branch == NULL || branch->version == 0)
		return NULL;
	version = version_find_id(branch->version, snapshot);
	return version == NULL ? NULL : schema_find(version->schema, snapshot);
}

/*
 * Ids
 */

/*
 * Which attributes known columns are: number and name must be the same at first,
 * then the name, then the number.
 */
typedef enum MatchRule
{
	MATCH_BOTH,
	MATCH_NAME,
	MATCH_NUMBER
} MatchRule;

/*
 * A known column whose number is that of a dropped attribute was dropped: an
 * attribute of its name is another column.  After a restore numbers are others,
 * but no attribute is a dropped one.
 */
static bool
was_dropped(TupleDesc descriptor, const KnownColumn *known)
{
	return known->attnum >= 1 && known->attnum <= descriptor->natts &&
		TupleDescAttr(descriptor, known->attnum - 1)->attisdropped;
}

static bool
matches(TupleDesc descriptor, Form_pg_attribute attribute,
		const KnownColumn *known, MatchRule rule)
{
	bool		same_name = strcmp(NameStr(attribute->attname),
								   NameStr(known->name)) == 0;
	bool		same_number = attribute->attnum == known->attnum;

	switch (rule)
	{
		case MATCH_BOTH:
			return same_name && same_number;
		case MATCH_NAME:
			return same_name && !was_dropped(descriptor, known);
		case MATCH_NUMBER:
			return same_number;
	}
	return false;
}

/* Each known column is given once: the ones that are left stay in the list. */
static List *
match_columns(TupleDesc descriptor, List *known, MatchRule rule, uint32 *ids)
{
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		ListCell   *cell;

		if (attribute->attisdropped || ids[i] != 0)
			continue;
		foreach(cell, known)
		{
			KnownColumn *column = lfirst(cell);

			if (!matches(descriptor, attribute, column, rule))
				continue;
			ids[i] = column->id;
			known = foreach_delete_current(known, cell);
			break;
		}
	}
	return known;
}

/* The id of each attribute; 0 for dropped ones.  New ones raise *columns. */
static uint32 *
column_ids(TupleDesc descriptor, Dataset *dataset, Snapshot snapshot)
{
	List	   *known = head_known_columns(dataset->id, snapshot);
	uint32	   *ids = palloc0(Max(descriptor->natts, 1) * sizeof(uint32));

	known = match_columns(descriptor, known, MATCH_BOTH, ids);
	known = match_columns(descriptor, known, MATCH_NAME, ids);
	known = match_columns(descriptor, known, MATCH_NUMBER, ids);
	list_free_deep(known);
	for (int i = 0; i < descriptor->natts; i++)
	{
		if (!TupleDescAttr(descriptor, i)->attisdropped && ids[i] == 0)
			ids[i] = (uint32) ++dataset->columns;
	}
	return ids;
}

/*
 * Columns
 */

static const SchemaColumn *
find_column(const Schema *schema, uint32 id)
{
	if (schema == NULL)
		return NULL;
	for (int i = 0; i < schema->count; i++)
	{
		if (schema->columns[i].id == id)
			return &schema->columns[i];
	}
	return NULL;
}

/* The place of a name in a list of char *, from 1; 0 where it is not in it. */
static int
place_of(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return foreach_current_index(cell) + 1;
	}
	return 0;
}

/* NULL where it is the one that comes with the type. */
static char *
collation_name(Form_pg_attribute attribute)
{
	HeapTuple	tuple;
	Form_pg_collation form;
	char	   *name;

	if (!OidIsValid(attribute->attcollation) ||
		attribute->attcollation == get_typcollation(attribute->atttypid))
		return NULL;
	tuple = SearchSysCache1(COLLOID,
							ObjectIdGetDatum(attribute->attcollation));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u",
			 attribute->attcollation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
									  NameStr(form->collname));
	ReleaseSysCache(tuple);
	return name;
}

/*
 * What rows have in a column that was added after they were written, without
 * any of them being written anew; NULL for null.
 */
static bytea *
initial_value(TupleDesc descriptor, Form_pg_attribute attribute)
{
	AttrMissing *missing = descriptor->constr == NULL ? NULL :
	descriptor->constr->missing;
	CanonicalColumn column;
	CanonicalType *type;
	CanonicalBuffer buffer;
	bytea	   *bytes;

	if (!attribute->atthasmissing || missing == NULL ||
		!missing[attribute->attnum - 1].am_present)
		return NULL;
	column.name = pstrdup(NameStr(attribute->attname));
	column.type = attribute->atttypid;
	column.form = CANONICAL_ROW_FORM;
	column.context = CurrentMemoryContext;
	type = canonical_type_create(&column, attribute->atttypid,
								 attribute->attcollation);
	canonical_buffer_create(CurrentMemoryContext, &buffer);
	type->encode(type, missing[attribute->attnum - 1].am_value, &buffer);
	if (buffer.failed)
		elog(ERROR, "default of column \"%s\" is too large",
			 NameStr(attribute->attname));
	bytes = palloc(buffer.length + VARHDRSZ);
	SET_VARSIZE(bytes, buffer.length + VARHDRSZ);
	if (buffer.length > 0)
		memcpy(VARDATA(bytes), buffer.bytes, buffer.length);
	return bytes;
}

static void
fill_column(SchemaColumn *column, TupleDesc descriptor,
			Form_pg_attribute attribute, const SchemaColumn *before)
{
	column->name = pstrdup(NameStr(attribute->attname));
	column->type = format_type_extended(attribute->atttypid,
										attribute->atttypmod,
										FORMAT_TYPE_TYPEMOD_GIVEN |
										FORMAT_TYPE_FORCE_QUALIFY);
	column->collation = collation_name(attribute);
	column->generated = attribute->attgenerated != '\0';
	column->required = attribute->attnotnull;
	column->initial = before != NULL ? before->initial :
		initial_value(descriptor, attribute);
}

/* A key that has lost a column has no gaps: its other columns move up. */
static void
close_gaps(Schema *schema)
{
	int			place = 0;

	for (int next = 1; next <= MaxAttrNumber; next++)
	{
		for (int i = 0; i < schema->count; i++)
		{
			if (schema->columns[i].key == next)
				schema->columns[i].key = ++place;
		}
	}
}

static void
put_string(CanonicalBuffer *buffer, const char *string)
{
	if (string == NULL)
	{
		canonical_put_null(buffer);
		return;
	}
	canonical_put_u32(buffer, strlen(string));
	canonical_put_bytes(buffer, string, strlen(string));
}

/* FORMAT.md, section "Schemas". */
static void
fill_digest(Schema *schema)
{
	CanonicalBuffer buffer;

	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_u32(&buffer, schema->count);
	for (int i = 0; i < schema->count; i++)
	{
		const SchemaColumn *column = &schema->columns[i];

		canonical_put_u32(&buffer, column->id);
		put_string(&buffer, column->name);
		put_string(&buffer, column->type);
		put_string(&buffer, column->collation);
		canonical_put_u32(&buffer, column->key);
		canonical_put_u8(&buffer, column->ignored);
	}
	if (buffer.failed)
		elog(ERROR, "schema is too large");
	head_hash(buffer.bytes, buffer.length, schema->digest);
	pfree(buffer.bytes);
}

/* Take over what the schema is that was written with this digest. */
static void
find_written(Schema *schema, Snapshot snapshot)
{
	Schema	   *written = schema_find_digest(schema->dataset, schema->digest,
											 snapshot);

	if (written == NULL)
		return;
	schema->id = written->id;
	for (int i = 0; i < schema->count; i++)
		schema->columns[i].initial = written->columns[i].initial;
}

Schema *
head_schema(Relation relation, Dataset *dataset, const Schema *previous,
			List *key_names, List *ignore_names, Snapshot snapshot)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	uint32	   *ids = column_ids(descriptor, dataset, snapshot);
	Schema	   *schema = palloc0(sizeof(*schema));

	schema->dataset = dataset->id;
	schema->columns = palloc0(Max(descriptor->natts, 1) *
							  sizeof(SchemaColumn));
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		const SchemaColumn *before;
		SchemaColumn *column;

		if (attribute->attisdropped)
			continue;
		column = &schema->columns[schema->count++];
		column->id = ids[i];
		before = find_column(previous, column->id);
		fill_column(column, descriptor, attribute, before);
		column->key = previous == NULL ? place_of(key_names, column->name) :
			before == NULL ? 0 : before->key;
		column->ignored = previous == NULL ?
			place_of(ignore_names, column->name) > 0 :
			before != NULL && before->ignored;
	}
	pfree(ids);
	close_gaps(schema);
	fill_digest(schema);
	find_written(schema, snapshot);
	return schema;
}

/*
 * Writing down
 */

static bool
is_known(List *known, uint32 id, const char *name, AttrNumber attnum)
{
	ListCell   *cell;

	foreach(cell, known)
	{
		const KnownColumn *column = lfirst(cell);

		if (column->id == id)
			return column->attnum == attnum &&
				strcmp(NameStr(column->name), name) == 0;
	}
	return false;
}

static bool
all_known(List *known, const Schema *schema, TupleDesc descriptor)
{
	if (list_length(known) != schema->count)
		return false;
	for (int i = 0; i < schema->count; i++)
	{
		const SchemaColumn *column = &schema->columns[i];

		if (!is_known(known, column->id, column->name,
					  head_attribute(descriptor, column->name)))
			return false;
	}
	return true;
}

static void
write_column(const Dataset *dataset, const SchemaColumn *column,
			 AttrNumber attnum)
{
	Datum		values[KNOWN_COLUMNS];
	bool		nulls[KNOWN_COLUMNS] = {false};
	NameData	name;

	namestrcpy(&name, column->name);
	values[0] = Int32GetDatum(dataset->id);
	values[1] = Int32GetDatum((int32) column->id);
	values[2] = NameGetDatum(&name);
	values[3] = Int16GetDatum(attnum);
	catalog_insert("dataset_column", values, nulls);
}

/* Journal triggers keep what they have found: they are told. */
void
head_sync_columns(Relation relation, Dataset *dataset, const Schema *schema)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	List	   *known = head_known_columns(dataset->id, NULL);
	ScanKeyData key;

	if (all_known(known, schema, descriptor))
		return;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset->id));
	catalog_delete("dataset_column", "dataset_column_pkey", &key, 1);
	CommandCounterIncrement();
	for (int i = 0; i < schema->count; i++)
		write_column(dataset, &schema->columns[i],
					 head_attribute(descriptor, schema->columns[i].name));
	CommandCounterIncrement();
	CacheInvalidateRelcache(relation);
}
