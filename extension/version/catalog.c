/*
 * catalog.c
 *		The catalogue of datasets, branches and marks; what its parts share.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "commands/sequence.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "catalog_scan.h"

Oid
catalog_relation(const char *name)
{
	Oid			schema = get_namespace_oid("allmende", false);
	Oid			relation = get_relname_relid(name, schema);

	if (!OidIsValid(relation))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"allmende.%s\" does not exist", name),
				 errhint("The library is newer or older than the extension: ALTER EXTENSION allmende UPDATE.")));
	return relation;
}

Oid
catalog_owner(void)
{
	Relation	extensions = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			owner = InvalidOid;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum("allmende"));
	scan = systable_beginscan(extensions, ExtensionNameIndexId, true, NULL, 1,
							  &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		owner = ((Form_pg_extension) GETSTRUCT(tuple))->extowner;
	systable_endscan(scan);
	table_close(extensions, AccessShareLock);
	if (!OidIsValid(owner))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"%s\" does not exist", "allmende")));
	return owner;
}

int32
catalog_new_id(void)
{
	return (int32) nextval_internal(catalog_relation("catalog_id"), false);
}

int64
catalog_new_version_id(void)
{
	return nextval_internal(catalog_relation("version_id"), false);
}

void
catalog_scan_begin(CatalogScan *scan, const char *table, const char *index,
				   Snapshot snapshot, ScanKey keys, int count)
{
	scan->table = table_open(catalog_relation(table), AccessShareLock);
	scan->scan = systable_beginscan(scan->table, catalog_relation(index), true,
									snapshot, count, keys);
}

HeapTuple
catalog_scan_next(CatalogScan *scan, Datum *values, bool *nulls)
{
	HeapTuple	tuple = systable_getnext(scan->scan);

	if (HeapTupleIsValid(tuple))
		heap_deform_tuple(tuple, RelationGetDescr(scan->table), values, nulls);
	return tuple;
}

void
catalog_scan_end(CatalogScan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->table, AccessShareLock);
}

void
catalog_insert(const char *table, Datum *values, bool *nulls)
{
	Relation	relation = table_open(catalog_relation(table),
									  RowExclusiveLock);
	HeapTuple	tuple = heap_form_tuple(RelationGetDescr(relation), values,
										nulls);

	CatalogTupleInsert(relation, tuple);
	heap_freetuple(tuple);
	table_close(relation, RowExclusiveLock);
}

/* Delete the rows of a table that an index finds; returns their number. */
int64
catalog_delete(const char *table, const char *index, ScanKey keys, int count)
{
	Relation	relation = table_open(catalog_relation(table),
									  RowExclusiveLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	ScanKeyData own[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	int64		deleted = 0;

	/* a scan turns columns of the table into those of its index, in place */
	Assert(count <= (int) lengthof(own));
	memcpy(own, keys, count * sizeof(ScanKeyData));
	scan = systable_beginscan(relation, catalog_relation(index), true,
							  snapshot, count, own);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CatalogTupleDelete(relation, &tuple->t_self);
		deleted++;
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(relation, RowExclusiveLock);
	return deleted;
}

/* Text of a column; NULL for null. */
char *
catalog_text(Datum value, bool isnull)
{
	return isnull ? NULL : TextDatumGetCString(value);
}

static Datum
text_value(const char *text, bool *isnull)
{
	*isnull = text == NULL;
	return text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/*
 * Datasets
 */

static Dataset *
dataset_from(Datum *values, bool *nulls)
{
	Dataset    *dataset = palloc0(sizeof(*dataset));

	dataset->id = DatumGetInt32(values[0]);
	dataset->uuid = *DatumGetUUIDP(values[1]);
	dataset->store = DatumGetInt32(values[2]);
	dataset->name = TextDatumGetCString(values[3]);
	dataset->owner = pstrdup(NameStr(*DatumGetName(values[4])));
	dataset->created_at = DatumGetTimestampTz(values[5]);
	dataset->columns = DatumGetInt32(values[6]);
	dataset->suspect = catalog_text(values[7], nulls[7]);
	if (!nulls[8])
		dataset->witness = DatumGetByteaPCopy(values[8]);
	return dataset;
}

static void
dataset_values(const Dataset *dataset, Datum *values, bool *nulls)
{
	NameData   *owner = palloc(sizeof(*owner));

	memset(nulls, 0, DATASET_COLUMNS * sizeof(bool));
	namestrcpy(owner, dataset->owner);
	values[0] = Int32GetDatum(dataset->id);
	values[1] = UUIDPGetDatum(&dataset->uuid);
	values[2] = Int32GetDatum(dataset->store);
	values[3] = CStringGetTextDatum(dataset->name);
	values[4] = NameGetDatum(owner);
	values[5] = TimestampTzGetDatum(dataset->created_at);
	values[6] = Int32GetDatum(dataset->columns);
	values[7] = text_value(dataset->suspect, &nulls[7]);
	nulls[8] = dataset->witness == NULL;
	values[8] = PointerGetDatum(dataset->witness);
}

static Dataset *
dataset_scan(const char *index, Snapshot snapshot, ScanKey key)
{
	Datum		values[DATASET_COLUMNS];
	bool		nulls[DATASET_COLUMNS];
	Dataset    *dataset = NULL;
	CatalogScan scan;

	catalog_scan_begin(&scan, "dataset", index, snapshot, key, 1);
	if (catalog_scan_next(&scan, values, nulls) != NULL)
		dataset = dataset_from(values, nulls);
	catalog_scan_end(&scan);
	return dataset;
}

Dataset *
dataset_find(const pg_uuid_t *uuid, Snapshot snapshot)
{
	ScanKeyData key;

	ScanKeyInit(&key, 2, BTEqualStrategyNumber, F_UUID_EQ,
				UUIDPGetDatum(uuid));
	return dataset_scan("dataset_uuid_key", snapshot, &key);
}

Dataset *
dataset_find_id(int32 id, Snapshot snapshot)
{
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	return dataset_scan("dataset_pkey", snapshot, &key);
}

static int
compare_datasets(const ListCell *a, const ListCell *b)
{
	const Dataset *one = lfirst(a);
	const Dataset *other = lfirst(b);
	int			order = strcmp(one->name, other->name);

	return order != 0 ? order : memcmp(&one->uuid, &other->uuid, UUID_LEN);
}

List *
dataset_list(Snapshot snapshot)
{
	Datum		values[DATASET_COLUMNS];
	bool		nulls[DATASET_COLUMNS];
	List	   *datasets = NIL;
	CatalogScan scan;

	catalog_scan_begin(&scan, "dataset", "dataset_pkey", snapshot, NULL, 0);
	while (catalog_scan_next(&scan, values, nulls) != NULL)
		datasets = lappend(datasets, dataset_from(values, nulls));
	catalog_scan_end(&scan);
	list_sort(datasets, compare_datasets);
	return datasets;
}

void
dataset_insert(const Dataset *dataset)
{
	Datum		values[DATASET_COLUMNS];
	bool		nulls[DATASET_COLUMNS];

	dataset_values(dataset, values, nulls);
	catalog_insert("dataset", values, nulls);
}

/*
 * Whoever changes a dataset holds a lock on its head that keeps others from it:
 * DDL the strongest one, a commit that on the branch.
 */
void
dataset_update(const Dataset *dataset)
{
	Relation	relation = table_open(catalog_relation("dataset"),
									  RowExclusiveLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	Datum		values[DATASET_COLUMNS];
	bool		nulls[DATASET_COLUMNS];
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	before;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset->id));
	scan = systable_beginscan(relation, catalog_relation("dataset_pkey"), true,
							  snapshot, 1, &key);
	before = systable_getnext(scan);
	if (before != NULL)
	{
		HeapTuple	after;

		dataset_values(dataset, values, nulls);
		after = heap_form_tuple(RelationGetDescr(relation), values, nulls);
		CatalogTupleUpdate(relation, &before->t_self, after);
		heap_freetuple(after);
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(relation, RowExclusiveLock);
}

/* Wait until nobody else commits or marks, and keep them from it. */
static void
dataset_lock(int32 id)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	List	   *branches = branch_list(id, snapshot);
	ListCell   *cell;

	UnregisterSnapshot(snapshot);
	foreach(cell, branches)
		branch_lock(((Branch *) lfirst(cell))->id);
	mark_lock(id);
}

void
dataset_delete(int32 id)
{
	Snapshot	snapshot;
	ScanKeyData key;
	List	   *schemas;
	ListCell   *cell;

	dataset_lock(id);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	schemas = schema_ids(id, snapshot);
	UnregisterSnapshot(snapshot);
	foreach(cell, schemas)
	{
		ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
					Int32GetDatum(lfirst_int(cell)));
		catalog_delete("schema_column", "schema_column_pkey", &key, 1);
		catalog_delete("schema", "schema_pkey", &key, 1);
	}
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	catalog_delete("mark", "mark_pkey", &key, 1);
	catalog_delete("dataset_column", "dataset_column_pkey", &key, 1);
	ScanKeyInit(&key, 2, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	catalog_delete("version", "version_revision_index", &key, 1);
	catalog_delete("branch", "branch_dataset_name_key", &key, 1);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	catalog_delete("dataset", "dataset_pkey", &key, 1);
}

/*
 * Marks
 */

static Mark *
mark_from(Datum *values)
{
	Mark	   *mark = palloc0(sizeof(*mark));

	mark->dataset = DatumGetInt32(values[0]);
	mark->name = TextDatumGetCString(values[1]);
	mark->version = DatumGetInt64(values[2]);
	mark->author = TextDatumGetCString(values[3]);
	mark->marked_at = DatumGetTimestampTz(values[4]);
	return mark;
}

List *
mark_list(int32 dataset, Snapshot snapshot)
{
	Datum		values[MARK_COLUMNS];
	bool		nulls[MARK_COLUMNS];
	List	   *marks = NIL;
	CatalogScan scan;
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset));
	catalog_scan_begin(&scan, "mark", "mark_pkey", snapshot, &key, 1);
	while (catalog_scan_next(&scan, values, nulls) != NULL)
		marks = lappend(marks, mark_from(values));
	catalog_scan_end(&scan);
	return marks;
}

/* Names are compared byte by byte, whatever the collation of the database. */
Mark *
mark_find(int32 dataset, const char *name, Snapshot snapshot)
{
	ListCell   *cell;

	foreach(cell, mark_list(dataset, snapshot))
	{
		Mark	   *mark = lfirst(cell);

		if (strcmp(mark->name, name) == 0)
			return mark;
	}
	return NULL;
}

void
mark_insert(const Mark *mark)
{
	Datum		values[MARK_COLUMNS];
	bool		nulls[MARK_COLUMNS] = {false};

	values[0] = Int32GetDatum(mark->dataset);
	values[1] = CStringGetTextDatum(mark->name);
	values[2] = Int64GetDatum(mark->version);
	values[3] = CStringGetTextDatum(mark->author);
	values[4] = TimestampTzGetDatum(mark->marked_at);
	catalog_insert("mark", values, nulls);
}

bool
mark_delete(int32 dataset, const char *name)
{
	ScanKeyData keys[2];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset));
	ScanKeyEntryInitialize(&keys[1], 0, 2, BTEqualStrategyNumber, InvalidOid,
						   C_COLLATION_OID, F_TEXTEQ,
						   CStringGetTextDatum(name));
	return catalog_delete("mark", "mark_pkey", keys, 2) > 0;
}

void
mark_lock(int32 dataset)
{
	LockDatabaseObject(catalog_relation("mark"), (Oid) dataset, 0,
					   ExclusiveLock);
}
