/*
 * schema.c
 *		The columns of a head, with the ids that they keep.
 *
 * A column that is still there has its attribute number and its name.  If it was
 * renamed, the event trigger has written that down at once; if the table comes
 * from a dump, attribute numbers are others, and names are what is left.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "access/xact.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "../errcodes.h"
#include "catalog_scan.h"
#include "tracking.h"

#define DATASET_COLUMN_COLUMNS 4

List *
head_known_columns(int32 dataset, Snapshot snapshot)
{
	Datum		values[DATASET_COLUMN_COLUMNS];
	bool		nulls[DATASET_COLUMN_COLUMNS];
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
		column->name = *DatumGetName(values[2]);
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

	if (branch == NULL || branch->number == 0)
		return NULL;
	version = version_find_id(branch->version, snapshot);
	return version == NULL ? NULL : schema_find(version->schema, snapshot);
}

/* A known column with this attribute number, this name, or both; else NULL. */
static KnownColumn *
known_column(List *known, AttrNumber attnum, const char *name)
{
	ListCell   *cell;

	foreach(cell, known)
	{
		KnownColumn *column = lfirst(cell);

		if ((attnum == InvalidAttrNumber || column->attnum == attnum) &&
			(name == NULL || strcmp(NameStr(column->name), name) == 0))
			return column;
	}
	return NULL;
}

/*
 * Give each attribute the known column that it is, and take that from the list:
 * first those of which number and name fit, then by name, then by number.  By
 * name alone only where the number that the column had is no longer that of a
 * dropped one: a column that was dropped and made again is another.
 */
static void
match_columns(TupleDesc descriptor, List *known, uint32 *ids)
{
	for (int round = 0; round < 3; round++)
	{
		for (int i = 0; i < descriptor->natts; i++)
		{
			Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
			const char *name = NameStr(attribute->attname);
			KnownColumn *column;

			if (attribute->attisdropped || ids[i] != 0)
				continue;
			column = known_column(known, round == 1 ? InvalidAttrNumber :
								  attribute->attnum,
								  round == 2 ? NULL : name);
			if (column == NULL)
				continue;
			if (round == 1 && column->attnum <= descriptor->natts &&
				TupleDescAttr(descriptor, column->attnum - 1)->attisdropped &&
				column->attnum < attribute->attnum)
				continue;
			ids[i] = column->id;
			known = list_delete_ptr(known, column);
		}
	}
}

static char *
collation_name(const FormData_pg_attribute *attribute)
{
	HeapTuple	tuple;
	Form_pg_collation form;
	char	   *name;

	if (!OidIsValid(attribute->attcollation) ||
		attribute->attcollation == DEFAULT_COLLATION_OID)
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
 * The canonical value that rows have that were there before the column: what
 * ALTER TABLE ... ADD COLUMN ... DEFAULT left in the catalogue.
 */
static bytea *
initial_value(Relation relation, const FormData_pg_attribute *attribute)
{
	CanonicalColumn column;
	CanonicalType *type;
	CanonicalBuffer buffer;
	Datum		value;
	bool		isnull;

	if (!attribute->atthasmissing)
		return NULL;
	value = getmissingattr(RelationGetDescr(relation), attribute->attnum,
						   &isnull);
	if (isnull)
		return NULL;
	column.name = NameStr(attribute->attname);
	column.type = attribute->atttypid;
	column.form = CANONICAL_ROW_FORM;
	column.context = CurrentMemoryContext;
	type = canonical_type_create(&column, attribute->atttypid,
								 attribute->attcollation);
	canonical_buffer_create(CurrentMemoryContext, &buffer);
	type->encode(type, value, &buffer);
	return canonical_bytea(buffer.bytes, buffer.length);
}

/* Where a name stands in a list of names, from 1; 0 where it does not. */
static int
place_of_name(List *names, const char *name)
{
	int			place = 0;
	ListCell   *cell;

	foreach(cell, names)
	{
		place++;
		if (strcmp(lfirst(cell), name) == 0)
			return place;
	}
	return 0;
}

static void
schema_column(SchemaColumn *column, Relation relation,
			  const FormData_pg_attribute *attribute,
			  const Schema *previous, List *key_names, List *ignore_names)
{
	const char *name = NameStr(attribute->attname);
	const SchemaColumn *before = previous == NULL ? NULL :
	schema_column_find(previous, column->id);

	column->name = pstrdup(name);
	column->type = format_type_extended(attribute->atttypid,
										attribute->atttypmod,
										FORMAT_TYPE_TYPEMOD_GIVEN |
										FORMAT_TYPE_FORCE_QUALIFY);
	column->collation = collation_name(attribute);
	column->generated = attribute->attgenerated != '\0';
	column->required = attribute->attnotnull;
	if (before != NULL)
	{
		column->key = before->key;
		column->ignored = before->ignored;
		column->initial = before->initial;
		return;
	}
	column->key = place_of_name(key_names, name);
	column->ignored = place_of_name(ignore_names, name) > 0;
	if (previous != NULL)
		column->initial = initial_value(relation, attribute);
}

/* FORMAT.md, section "Schemas" */
static void
schema_digest(Schema *schema)
{
	const SchemaColumn **columns = schema_columns_by_id(schema);
	CanonicalBuffer buffer;

	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_u32(&buffer, (uint32) schema->count);
	for (int i = 0; i < schema->count; i++)
	{
		canonical_put_u32(&buffer, columns[i]->id);
		canonical_put_text(&buffer, columns[i]->name);
		canonical_put_text(&buffer, columns[i]->type);
		canonical_put_text(&buffer, columns[i]->collation);
		canonical_put_u32(&buffer, (uint32) columns[i]->key);
		canonical_put_u8(&buffer, columns[i]->ignored);
	}
	canonical_hash(buffer.bytes, buffer.length, schema->digest);
	pfree(buffer.bytes);
	pfree(columns);
}

/* A key column that is gone leaves rows that nobody can tell apart. */
static void
check_key(Relation relation, const Schema *previous, const Schema *schema)
{
	for (int i = 0; previous != NULL && i < previous->count; i++)
	{
		const SchemaColumn *column = &previous->columns[i];

		if (column->key > 0 && schema_column_find(schema, column->id) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_CANNOT_TRACK),
					 errmsg("table \"%s\" has lost column \"%s\" of its key",
							RelationGetRelationName(relation), column->name),
					 errdetail("Rows are told apart by the key that the table was tracked with."),
					 errhint("Call allmende.untrack() and allmende.track() to begin a new history with another key.")));
	}
}

Schema *
head_schema(Relation relation, Dataset *dataset, const Schema *previous,
			List *key_names, List *ignore_names, Snapshot snapshot)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	uint32	   *ids = palloc0(Max(descriptor->natts, 1) * sizeof(uint32));
	Schema	   *schema = palloc0(sizeof(*schema));
	Schema	   *known;

	match_columns(descriptor, head_known_columns(dataset->id, snapshot), ids);
	schema->dataset = dataset->id;
	schema->columns = palloc0(Max(descriptor->natts, 1) *
							  sizeof(SchemaColumn));
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		SchemaColumn *column = &schema->columns[schema->count];

		if (attribute->attisdropped)
			continue;
		column->id = ids[i] != 0 ? ids[i] : (uint32) ++dataset->columns;
		schema_column(column, relation, attribute, previous, key_names,
					  ignore_names);
		schema->count++;
	}
	check_key(relation, previous, schema);
	schema_digest(schema);
	if (previous != NULL &&
		memcmp(previous->digest, schema->digest, CANONICAL_HASH_SIZE) == 0)
		schema->id = previous->id;
	else if ((known = schema_find_digest(dataset->id, schema->digest,
										 snapshot)) != NULL)
		schema->id = known->id;
	pfree(ids);
	return schema;
}

/* Are the columns written down as they are? */
static bool
columns_are_known(Relation relation, List *known, const Schema *schema)
{
	if (list_length(known) != schema->count)
		return false;
	for (int i = 0; i < schema->count; i++)
	{
		const SchemaColumn *column = &schema->columns[i];
		KnownColumn *same = known_column(known,
										 head_attribute(RelationGetDescr(relation),
														column->name),
										 column->name);

		if (same == NULL || same->id != column->id)
			return false;
	}
	return true;
}

void
head_sync_columns(Relation relation, Dataset *dataset, const Schema *schema)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	List	   *known = head_known_columns(dataset->id, snapshot);
	Dataset    *present = dataset_find_id(dataset->id, snapshot);
	ScanKeyData key;

	UnregisterSnapshot(snapshot);
	if (present != NULL && present->columns < dataset->columns)
	{
		present->columns = dataset->columns;
		dataset_update(present);
		CommandCounterIncrement();
	}
	if (columns_are_known(relation, known, schema))
		return;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset->id));
	catalog_delete("dataset_column", "dataset_column_pkey", &key, 1);
	for (int i = 0; i < schema->count; i++)
	{
		Datum		values[DATASET_COLUMN_COLUMNS];
		bool		nulls[DATASET_COLUMN_COLUMNS] = {false};
		NameData	name;

		namestrcpy(&name, schema->columns[i].name);
		values[0] = Int32GetDatum(dataset->id);
		values[1] = Int32GetDatum((int32) schema->columns[i].id);
		values[2] = NameGetDatum(&name);
		values[3] = Int16GetDatum(head_attribute(RelationGetDescr(relation),
												 schema->columns[i].name));
		catalog_insert("dataset_column", values, nulls);
	}
	CommandCounterIncrement();
}
