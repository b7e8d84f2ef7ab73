/*
 * catalog_schema.c
 *		Schemas in the catalogue.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"

#include "../store/canonical.h"
#include "catalog_scan.h"

static void
schema_columns(Schema *schema, Snapshot snapshot)
{
	Datum		values[SCHEMA_COLUMN_COLUMNS];
	bool		nulls[SCHEMA_COLUMN_COLUMNS];
	int			room = 16;
	ScanKeyData key;
	CatalogScan scan;

	schema->columns = palloc(room * sizeof(SchemaColumn));
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(schema->id));
	catalog_scan_begin(&scan, "schema_column", "schema_column_pkey", snapshot,
					   &key, 1);
	while (catalog_scan_next(&scan, values, nulls) != NULL)
	{
		SchemaColumn *column;

		if (schema->count == room)
		{
			room *= 2;
			schema->columns = repalloc(schema->columns,
									   room * sizeof(SchemaColumn));
		}
		column = &schema->columns[schema->count++];
		column->id = (uint32) DatumGetInt32(values[2]);
		column->name = TextDatumGetCString(values[3]);
		column->type = TextDatumGetCString(values[4]);
		column->collation = catalog_text(values[5], nulls[5]);
		column->key = nulls[6] ? 0 : DatumGetInt32(values[6]);
		column->ignored = DatumGetBool(values[7]);
		column->generated = DatumGetBool(values[8]);
		column->required = DatumGetBool(values[9]);
		column->initial = nulls[10] ? NULL : DatumGetByteaPCopy(values[10]);
	}
	catalog_scan_end(&scan);
}

Schema *
schema_find(int32 id, Snapshot snapshot)
{
	Datum		values[SCHEMA_COLUMNS];
	bool		nulls[SCHEMA_COLUMNS];
	Schema	   *schema = NULL;
	ScanKeyData key;
	CatalogScan scan;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	catalog_scan_begin(&scan, "schema", "schema_pkey", snapshot, &key, 1);
	if (catalog_scan_next(&scan, values, nulls) != NULL)
	{
		schema = palloc0(sizeof(*schema));
		schema->id = DatumGetInt32(values[0]);
		schema->dataset = DatumGetInt32(values[1]);
		catalog_hash(schema->digest, values[2]);
	}
	catalog_scan_end(&scan);
	if (schema != NULL)
		schema_columns(schema, snapshot);
	return schema;
}

const SchemaColumn *
schema_column_find(const Schema *schema, uint32 id)
{
	for (int i = 0; i < schema->count; i++)
	{
		if (schema->columns[i].id == id)
			return &schema->columns[i];
	}
	return NULL;
}

static int
compare_ids(const void *a, const void *b)
{
	uint32		id_a = (*(const SchemaColumn *const *) a)->id;
	uint32		id_b = (*(const SchemaColumn *const *) b)->id;

	return id_a < id_b ? -1 : id_a > id_b;
}

const SchemaColumn **
schema_columns_by_id(const Schema *schema)
{
	const SchemaColumn **columns = palloc(Max(schema->count, 1) *
										  sizeof(*columns));

	for (int i = 0; i < schema->count; i++)
		columns[i] = &schema->columns[i];
	qsort(columns, schema->count, sizeof(*columns), compare_ids);
	return columns;
}

/* All schemas are read: a dataset has few. */
List *
schema_ids(int32 dataset, Snapshot snapshot)
{
	Datum		values[SCHEMA_COLUMNS];
	bool		nulls[SCHEMA_COLUMNS];
	List	   *ids = NIL;
	ScanKeyData key;
	CatalogScan scan;

	ScanKeyInit(&key, 2, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset));
	catalog_scan_begin(&scan, "schema", "schema_dataset_index", snapshot, &key,
					   1);
	while (catalog_scan_next(&scan, values, nulls) != NULL)
		ids = lappend_int(ids, DatumGetInt32(values[0]));
	catalog_scan_end(&scan);
	return ids;
}

Schema *
schema_find_digest(int32 dataset, const unsigned char *digest,
				   Snapshot snapshot)
{
	List	   *ids = schema_ids(dataset, snapshot);

	/* the latest first: it is the one that is asked for */
	for (int i = list_length(ids) - 1; i >= 0; i--)
	{
		Schema	   *schema = schema_find(list_nth_int(ids, i), snapshot);

		if (memcmp(schema->digest, digest, CANONICAL_HASH_SIZE) == 0)
			return schema;
	}
	return NULL;
}

static void
schema_insert_column(int32 schema, int position, const SchemaColumn *column)
{
	Datum		values[SCHEMA_COLUMN_COLUMNS] = {0};
	bool		nulls[SCHEMA_COLUMN_COLUMNS] = {false};

	values[0] = Int32GetDatum(schema);
	values[1] = Int32GetDatum(position);
	values[2] = Int32GetDatum((int32) column->id);
	values[3] = CStringGetTextDatum(column->name);
	values[4] = CStringGetTextDatum(column->type);
	nulls[5] = column->collation == NULL;
	if (!nulls[5])
		values[5] = CStringGetTextDatum(column->collation);
	values[6] = Int32GetDatum(column->key);
	nulls[6] = column->key == 0;
	values[7] = BoolGetDatum(column->ignored);
	values[8] = BoolGetDatum(column->generated);
	values[9] = BoolGetDatum(column->required);
	values[10] = PointerGetDatum(column->initial);
	nulls[10] = column->initial == NULL;
	catalog_insert("schema_column", values, nulls);
}

void
schema_insert(const Schema *schema)
{
	Datum		values[SCHEMA_COLUMNS];
	bool		nulls[SCHEMA_COLUMNS] = {false};
	bytea	   *digest = canonical_bytea(schema->digest, CANONICAL_HASH_SIZE);

	values[0] = Int32GetDatum(schema->id);
	values[1] = Int32GetDatum(schema->dataset);
	values[2] = PointerGetDatum(digest);
	catalog_insert("schema", values, nulls);
	for (int i = 0; i < schema->count; i++)
		schema_insert_column(schema->id, i + 1, &schema->columns[i]);
	pfree(digest);
}
