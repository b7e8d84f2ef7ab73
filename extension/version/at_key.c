/*
 * at_key.c
 *		Rows by their key, through the key index of the store.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "../store/key_index.h"
#include "at.h"

#define KEY_COLUMNS_MAX INDEX_MAX_KEYS

/* More keys than this are not looked up one by one. */
#define KEY_VALUES_MAX 10000

/* attribute numbers of allmende.schema */
#define SCHEMA_ID 1
#define SCHEMA_DATASET 2

/* A column of the key, and the condition that gives it. */
typedef struct KeyColumn
{
	const AtCondition *condition;
	AttrNumber	attnum;
	Oid			type;			/* base type */
	int			count;			/* of values in the type of the column */
	Datum	   *values;
} KeyColumn;

struct AtKey
{
	const Store *store;
	Snapshot	snapshot;
	int			count;
	KeyColumn	columns[KEY_COLUMNS_MAX];
	HeadImages *images;
};

/*
 * Are names of types the same, but for modifiers, which do not change the key
 * form?
 */
static bool
same_type_name(const char *a, const char *b)
{
	if (strchr(a, '"') != NULL || strchr(b, '"') != NULL)
		return strcmp(a, b) == 0;
	for (;;)
	{
		if (*a == '(')
			a += strcspn(a, ")") + 1;
		if (*b == '(')
			b += strcspn(b, ")") + 1;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static const SchemaColumn *
key_column(const Schema *schema, int place)
{
	for (int i = 0; i < schema->count; i++)
	{
		if (schema->columns[i].key == place)
			return &schema->columns[i];
	}
	return NULL;
}

static bool
same_key(const Schema *a, const Schema *b)
{
	for (int place = 1;; place++)
	{
		const SchemaColumn *one = key_column(a, place);
		const SchemaColumn *other = key_column(b, place);

		if (one == NULL || other == NULL)
			return one == other;
		if (one->id != other->id ||
			!same_type_name(one->type, other->type))
			return false;
	}
}

/*
 * Had all schemas of the dataset the key of today?  Then each row, whenever it was
 * written, is in the key index by the same bytes.
 */
static bool
key_is_stable(const Dataset *dataset, const Schema *today, Snapshot snapshot)
{
	Relation	table = table_open(catalog_relation("schema"),
								   AccessShareLock);
	ScanKeyData scan_key;
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *ids = NIL;
	ListCell   *cell;

	ScanKeyInit(&scan_key, SCHEMA_DATASET, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(dataset->id));
	scan = systable_beginscan(table, InvalidOid, false, snapshot, 1, &scan_key);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		bool		is_null;

		ids = lappend_int(ids,
						  DatumGetInt32(heap_getattr(tuple, SCHEMA_ID,
													 RelationGetDescr(table),
													 &is_null)));
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);

	foreach(cell, ids)
	{
		const Schema *schema = schema_find(lfirst_int(cell), snapshot);

		if (schema == NULL || !same_key(schema, today))
			return false;
	}
	return true;
}

static bool
is_integer(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

/* Does a condition say which values a column of the key may have? */
static bool
gives_values(const AtCondition *condition, AttrNumber attnum, Oid type)
{
	if (condition->attnum != attnum ||
		condition->strategy != BTEqualStrategyNumber ||
		(condition->kind != AT_COMPARE && condition->kind != AT_ANY))
		return false;
	if (OidIsValid(condition->collation) &&
		!get_collation_isdeterministic(condition->collation))
		return false;
	return condition->left_type == condition->right_type ||
		(is_integer(type) && is_integer(condition->right_type));
}

static bool
find_condition(KeyColumn *column, const AtCondition *conditions, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (gives_values(&conditions[i], column->attnum, column->type))
		{
			column->condition = &conditions[i];
			return true;
		}
	}
	return false;
}

AtKey *
at_key_create(Relation relation, const Dataset *dataset, const Schema *today,
			  const Store *store, Snapshot snapshot,
			  const AtCondition *conditions, int count)
{
	AtKey	   *key = palloc0(sizeof(*key));
	const SchemaColumn *column;

	while ((column = key_column(today, key->count + 1)) != NULL)
	{
		KeyColumn  *next = &key->columns[key->count++];

		next->attnum = get_attnum(RelationGetRelid(relation), column->name);
		next->type = getBaseType(get_atttype(RelationGetRelid(relation),
											 next->attnum));
		if (!find_condition(next, conditions, count))
			return NULL;
	}
	if (key->count == 0 || !key_is_stable(dataset, today, snapshot))
		return NULL;
	key->store = store;
	key->snapshot = snapshot;
	key->images = head_images(today, RelationGetDescr(relation));
	return key;
}

static int64
integer_value(Oid type, Datum value)
{
	switch (type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		default:
			return DatumGetInt64(value);
	}
}

/* The integer in another width; false where it does not fit: nothing is equal. */
static bool
integer_datum(Oid type, int64 number, Datum *value)
{
	switch (type)
	{
		case INT2OID:
			*value = Int16GetDatum((int16) number);
			return number >= PG_INT16_MIN && number <= PG_INT16_MAX;
		case INT4OID:
			*value = Int32GetDatum((int32) number);
			return number >= PG_INT32_MIN && number <= PG_INT32_MAX;
		default:
			*value = Int64GetDatum(number);
			return true;
	}
}

static void
take_values(KeyColumn *column)
{
	const AtCondition *condition = column->condition;

	column->count = 0;
	column->values = palloc(Max(condition->count, 1) * sizeof(Datum));
	for (int i = 0; i < condition->count; i++)
	{
		Datum		value = condition->values[i];

		if (condition->left_type != condition->right_type &&
			!integer_datum(column->type,
						   integer_value(condition->right_type, value),
						   &value))
			continue;
		column->values[column->count++] = value;
	}
}

static int
compare_hashes(const void *a, const void *b)
{
	int64		one = *(const int64 *) a;
	int64		other = *(const int64 *) b;

	return one < other ? -1 : one > other;
}

static int
compare_rids(const void *a, const void *b)
{
	uint32		one = *(const uint32 *) a;
	uint32		other = *(const uint32 *) b;

	return one < other ? -1 : one > other;
}

/* The hash of the key that is number n of all combinations of values. */
static int64
hash_combination(AtKey *key, Size n, CanonicalBuffer *buffer)
{
	Datum		values[KEY_COLUMNS_MAX];

	for (int i = 0; i < key->count; i++)
	{
		KeyColumn  *column = &key->columns[i];

		values[i] = column->values[n % column->count];
		n /= column->count;
	}
	canonical_reset(buffer);
	head_image_put_key_form(key->images, values, buffer);
	return canonical_key_hash(buffer->bytes, buffer->length);
}

/* Hashes of all combinations, ascending, each once. */
static int64 *
hash_keys(AtKey *key, Size *count)
{
	int64	   *hashes = palloc(*count * sizeof(int64));
	CanonicalBuffer buffer;
	Size		distinct = 0;

	canonical_buffer_create(CurrentMemoryContext, &buffer);
	for (Size i = 0; i < *count; i++)
		hashes[i] = hash_combination(key, i, &buffer);
	qsort(hashes, *count, sizeof(int64), compare_hashes);
	for (Size i = 0; i < *count; i++)
	{
		if (distinct == 0 || hashes[distinct - 1] != hashes[i])
			hashes[distinct++] = hashes[i];
	}
	*count = distinct;
	return hashes;
}

static uint32 *
distinct_rids(const KeyEntry *entries, Size *count)
{
	uint32	   *rids = palloc(Max(*count, 1) * sizeof(uint32));
	Size		distinct = 0;

	for (Size i = 0; i < *count; i++)
		rids[i] = entries[i].rid;
	qsort(rids, *count, sizeof(uint32), compare_rids);
	for (Size i = 0; i < *count; i++)
	{
		if (distinct == 0 || rids[distinct - 1] != rids[i])
			rids[distinct++] = rids[i];
	}
	*count = distinct;
	return rids;
}

bool
at_key_find(AtKey *key, uint32 **rids, Size *count)
{
	Size		keys = 1;
	int64	   *hashes;
	KeyEntry   *entries;

	for (int i = 0; i < key->count; i++)
	{
		take_values(&key->columns[i]);
		keys *= key->columns[i].count;
		if (keys > KEY_VALUES_MAX)
			return false;
	}
	*count = 0;
	*rids = NULL;
	if (keys == 0)
		return true;
	hashes = hash_keys(key, &keys);
	entries = key_index_find(key->store, key->snapshot, hashes, keys, count);
	*rids = distinct_rids(entries, count);
	return true;
}
