/*
 * store.c
 *		The tables of a store: making, finding and dropping them, row ids, and
 *		who may append or rearrange at a time.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/sequence.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "../errcodes.h"
#include "../version/catalog.h"
#include "store.h"

#define STORE_SCHEMA "allmende_store"
#define RID_SEQUENCE "rid"
#define RUN_SEQUENCE "run_number"	/* there is a table run */
#define STORE_RIDS ((int64) PG_UINT32_MAX + 1)

/* What a table is made of.  FORMAT.md, section "Tables of a store". */
typedef struct TableDefinition
{
	const char *name;
	const char *columns;
	const char *key;			/* or NULL */
	const char *external[4];	/* columns that are never to be compressed */
} TableDefinition;

static const TableDefinition definitions[STORE_TABLES] = {
	[STORE_PART] = {"part",
		"first_rid int8 NOT NULL, column_id int4 NOT NULL, part bytea NOT NULL",
	"column_id, first_rid", {"part"}},
	[STORE_EXTENT] = {"extent",
		"first_rid int8 NOT NULL, rows int4 NOT NULL, schema int4 NOT NULL",
	"first_rid", {NULL}},
	[STORE_ZONE] = {"zone",
		"first_rid int8 NOT NULL, column_id int4 NOT NULL,"
		" layout int2 NOT NULL, nulls int4 NOT NULL,"
		" minimum bytea, maximum bytea, codes allmende.rowset",
	"column_id, first_rid", {"minimum", "maximum", "codes"}},
	[STORE_DICT] = {"dict",
		"first_code int4 NOT NULL, column_id int4 NOT NULL,"
		" entries bytea NOT NULL",
	"column_id, first_code", {"entries"}},
	[STORE_TAIL] = {"tail",
		"rid int8 NOT NULL, schema int4 NOT NULL, image bytea NOT NULL",
	"rid", {NULL}},
	[STORE_KEY] = {"key",
		"run int8 NOT NULL, first_hash int8 NOT NULL, number int4 NOT NULL,"
		" chunk bytea NOT NULL",
	"run, first_hash, number", {"chunk"}},
	[STORE_RUN] = {"run",
		"run int8 NOT NULL, entries int8 NOT NULL",
	"run", {NULL}},
	[STORE_BITMAP] = {"bitmap",
		"branch int4 NOT NULL, segment int4 NOT NULL, version int4 NOT NULL,"
		" added bytea, removed bytea, container bytea",
	"branch, segment, version", {"added", "removed", "container"}},
	[STORE_JOURNAL] = {"journal",
		"recorded_at timestamptz NOT NULL, author name NOT NULL,"
		" keys bytea",
	NULL, {"keys"}}
};

/* What is locked of a store.  Subids of an object of our own. */
typedef enum StoreLock
{
	LOCK_APPEND = 1,
	LOCK_REARRANGE,
	LOCK_SEQUENCE
} StoreLock;

/* Whom we were before become(). */
typedef struct Identity
{
	Oid			user;
	int			context;
} Identity;

static void
become(Oid user, Identity *before)
{
	GetUserIdAndSecContext(&before->user, &before->context);
	SetUserIdAndSecContext(user,
						   before->context | SECURITY_LOCAL_USERID_CHANGE);
}

/* Errors need not come here: the end of the transaction does the same. */
static void
become_again(const Identity *before)
{
	SetUserIdAndSecContext(before->user, before->context);
}

/*
 * Making
 */

static void
execute(const char *statement, int expected)
{
	int			result = SPI_execute(statement, false, 0);

	if (result != expected)
		elog(ERROR, "making a store failed: %s",
			 SPI_result_code_string(result));
}

static void
create_table(int32 id, const TableDefinition *table)
{
	StringInfoData statement;

	initStringInfo(&statement);
	appendStringInfo(&statement, "CREATE TABLE " STORE_SCHEMA ".s_%d_%s (%s",
					 id, table->name, table->columns);
	if (table->key != NULL)
		appendStringInfo(&statement,
						 ", CONSTRAINT s_%d_%s_pkey PRIMARY KEY (%s)",
						 id, table->name, table->key);
	appendStringInfoString(&statement, ") USING heap");

	/*
	 * What fits a page stays in line, so that it is read in place; by default
	 * that would end at 2 kB.
	 */
	if (table->external[0] != NULL)
		appendStringInfoString(&statement, " WITH (toast_tuple_target = 8160)");
	execute(statement.data, SPI_OK_UTILITY);
	for (int i = 0; i < (int) lengthof(table->external) &&
		 table->external[i] != NULL; i++)
		execute(psprintf("ALTER TABLE " STORE_SCHEMA ".s_%d_%s"
						 " ALTER COLUMN %s SET STORAGE EXTERNAL",
						 id, table->name, table->external[i]),
				SPI_OK_UTILITY);
}

static void
create_relations(int32 id)
{
	for (int i = 0; i < STORE_TABLES; i++)
		create_table(id, &definitions[i]);
	execute(psprintf("CREATE INDEX s_%d_bitmap_version ON " STORE_SCHEMA
					 ".s_%d_bitmap (branch, version)", id, id),
			SPI_OK_UTILITY);
	execute(psprintf("CREATE SEQUENCE " STORE_SCHEMA ".s_%d_%s AS int8"
					 " MINVALUE 0 MAXVALUE 4294967295 START 0 CACHE 1",
					 id, RID_SEQUENCE),
			SPI_OK_UTILITY);
	execute(psprintf("CREATE SEQUENCE " STORE_SCHEMA ".s_%d_%s AS int8 CACHE 1",
					 id, RUN_SEQUENCE),
			SPI_OK_UTILITY);
}

/*
 * What the owner's default privileges have given on new tables: who may read
 * those would read all versions of what is tracked.
 */
static char *
revocation_query(int32 id)
{
	return psprintf("SELECT DISTINCT format('REVOKE ALL ON %%s FROM %%s CASCADE',"
					" c.oid::regclass,"
					" CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0 THEN 'PUBLIC'"
					" ELSE quote_ident(pg_get_userbyid(a.grantee)) END)"
					" FROM pg_class c, LATERAL aclexplode(c.relacl) a"
					" WHERE c.relnamespace OPERATOR(pg_catalog.=)"
					" '" STORE_SCHEMA "'::regnamespace"
					" AND starts_with(c.relname::text, 's_%d_')"
					" AND c.relkind IN ('r', 'S')"
					" AND a.grantee OPERATOR(pg_catalog.<>) c.relowner", id);
}

static void
revoke_rights(int32 id)
{
	SPITupleTable *rows;

	execute(revocation_query(id), SPI_OK_SELECT);
	rows = SPI_tuptable;
	for (uint64 i = 0; i < rows->numvals; i++)
		execute(SPI_getvalue(rows->vals[i], rows->tupdesc, 1),
				SPI_OK_UTILITY);
}

void
store_create(int32 id)
{
	int			level = NewGUCNestLevel();
	Identity	before;

	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	become(catalog_owner(), &before);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	create_relations(id);
	revoke_rights(id);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	become_again(&before);
	AtEOXact_GUC(false, level);
	CommandCounterIncrement();
}

/*
 * Finding and dropping
 */

/* s_<id>_<rest>, or InvalidOid. */
static Oid
find_relation(Oid schema, int32 id, const char *rest)
{
	char		name[NAMEDATALEN];

	snprintf(name, sizeof(name), "s_%d_%s", id, rest);
	return get_relname_relid(name, schema);
}

static Oid
require_relation(Oid schema, int32 id, const char *rest)
{
	Oid			relation = InvalidOid;

	if (OidIsValid(schema))
		relation = find_relation(schema, id, rest);
	if (!OidIsValid(relation))
		ereport(ERROR,
				(errcode(ERRCODE_ALLMENDE_STORE_INCOMPLETE),
				 errmsg("relation \"%s.s_%d_%s\" does not exist",
						STORE_SCHEMA, id, rest),
				 errdetail("It is part of store %d, which keeps the versions of a dataset.",
						   id),
				 errhint("It was dropped, or not restored from a dump; restore schema %s from a backup.",
						 STORE_SCHEMA)));
	return relation;
}

Store *
store_open(int32 id)
{
	Oid			schema = get_namespace_oid(STORE_SCHEMA, true);
	Store	   *store = palloc0(sizeof(Store));

	store->id = id;
	for (int i = 0; i < STORE_TABLES; i++)
	{
		char		index[NAMEDATALEN];

		store->tables[i] = require_relation(schema, id, definitions[i].name);
		if (definitions[i].key == NULL)
			continue;
		snprintf(index, sizeof(index), "%s_pkey", definitions[i].name);
		store->indexes[i] = require_relation(schema, id, index);
	}
	store->version_index = require_relation(schema, id, "bitmap_version");
	store->rid_sequence = require_relation(schema, id, RID_SEQUENCE);
	store->run_sequence = require_relation(schema, id, RUN_SEQUENCE);
	return store;
}

Oid
store_journal(int32 id)
{
	Oid			schema = get_namespace_oid(STORE_SCHEMA, true);

	if (!OidIsValid(schema))
		return InvalidOid;
	return find_relation(schema, id, definitions[STORE_JOURNAL].name);
}

/* Lock a relation of a store and note that it is to be dropped. */
static void
drop_later(Oid relation, ObjectAddresses *objects)
{
	ObjectAddress address;

	if (!OidIsValid(relation))
		return;
	LockRelationOid(relation, AccessExclusiveLock);
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relation)))
		return;					/* dropped while we waited */
	ObjectAddressSet(address, RelationRelationId, relation);
	add_exact_object_address(&address, objects);
}

void
store_drop(int32 id)
{
	Oid			schema = get_namespace_oid(STORE_SCHEMA, true);
	ObjectAddresses *objects = new_object_addresses();

	if (OidIsValid(schema))
	{
		for (int i = 0; i < STORE_TABLES; i++)
			drop_later(find_relation(schema, id, definitions[i].name), objects);
		drop_later(find_relation(schema, id, RID_SEQUENCE), objects);
		drop_later(find_relation(schema, id, RUN_SEQUENCE), objects);
	}
	performMultipleDeletions(objects, DROP_RESTRICT, 0);
	free_object_addresses(objects);
}

int64
store_size(int32 id)
{
	Store	   *store = store_open(id);
	int64		size = 0;

	for (int i = 0; i < STORE_TABLES; i++)
		size += DatumGetInt64(DirectFunctionCall1(pg_total_relation_size,
												  ObjectIdGetDatum(store->tables[i])));
	pfree(store);
	return size;
}

/*
 * Locks and row ids
 *
 * The locks are those of an object that PostgreSQL does not know: a number of
 * column of a sequence.  So they meet neither its own locks nor advisory ones.
 */

static void
set_lock_tag(LOCKTAG *tag, Oid sequence, StoreLock lock)
{
	SET_LOCKTAG_OBJECT(*tag, MyDatabaseId, RelationRelationId, sequence, lock);
}

void
store_lock_append(const Store *store)
{
	LOCKTAG		tag;

	set_lock_tag(&tag, store->rid_sequence, LOCK_APPEND);
	(void) LockAcquire(&tag, ShareLock, false, false);
}

bool
store_try_rearrange(const Store *store)
{
	LOCKTAG		tag;

	set_lock_tag(&tag, store->rid_sequence, LOCK_REARRANGE);
	return LockAcquire(&tag, ExclusiveLock, false, true) !=
		LOCKACQUIRE_NOT_AVAIL;
}

/*
 * The number that a sequence gives next, from its only tuple.  Looks at no
 * rights, which the functions for this do.
 */
static int64
sequence_position(Oid sequence)
{
	Relation	relation = relation_open(sequence, AccessShareLock);
	Buffer		buffer = ReadBuffer(relation, 0);
	HeapTupleHeader tuple;
	Form_pg_sequence_data data;
	int64		position;
	Page		page;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	page = BufferGetPage(buffer);
	tuple = (HeapTupleHeader) PageGetItem(page,
										  PageGetItemId(page, FirstOffsetNumber));
	data = (Form_pg_sequence_data) ((char *) tuple + tuple->t_hoff);
	position = data->last_value + (data->is_called ? 1 : 0);
	UnlockReleaseBuffer(buffer);
	relation_close(relation, NoLock);
	return position;
}

/*
 * Take count numbers of a sequence in one piece; returns the first, or -1
 * where limit would be exceeded.  Others wait for the time of a setval().
 * nextval() would change what lastval() gives the user.
 */
static int64
sequence_take(Oid sequence, int64 count, int64 limit)
{
	LOCKTAG		tag;
	Identity	before;
	int64		first;

	set_lock_tag(&tag, sequence, LOCK_SEQUENCE);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	first = sequence_position(sequence);
	if (first <= limit - count)
	{
		become(catalog_owner(), &before);
		(void) DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence),
								   Int64GetDatum(first + count - 1));
		become_again(&before);
	}
	else
		first = -1;
	(void) LockRelease(&tag, ExclusiveLock, false);
	return first;
}

uint32
store_take_rids(const Store *store, uint32 count)
{
	int64		first = sequence_take(store->rid_sequence, count, STORE_RIDS);

	if (first < 0)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("store %d has no row ids left", store->id),
				 errdetail("%u more are needed; all versions of a dataset together have room for %lld.",
						   count, (long long) STORE_RIDS),
				 errhint("Export the versions that are still needed and track the table anew.")));
	return (uint32) first;
}

int64
store_take_run(const Store *store)
{
	int64		run = sequence_take(store->run_sequence, 1, PG_INT64_MAX);

	if (run < 0)
		elog(ERROR, "store %d has no numbers of runs left", store->id);
	return run;
}

bool
store_is_quiet(const Store *store, uint32 *end)
{
	LOCKTAG		tag;
	int64		position;

	set_lock_tag(&tag, store->rid_sequence, LOCK_APPEND);
	if (LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	position = sequence_position(store->rid_sequence);
	(void) LockRelease(&tag, ExclusiveLock, false);
	*end = (uint32) Min(position, PG_UINT32_MAX);
	return true;
}

/*
 * Scans
 */

void
store_scan_begin(StoreScan *scan, Oid table, Oid index, Snapshot snapshot,
				 int keys)
{
	scan->table = table_open(table, AccessShareLock);
	scan->index = index_open(index, AccessShareLock);
	scan->slot = MakeSingleTupleTableSlot(RelationGetDescr(scan->table),
										  table_slot_callbacks(scan->table));
	scan->scan = index_beginscan(scan->table, scan->index, snapshot, keys, 0);
	scan->row = AllocSetContextCreate(CurrentMemoryContext, "row of a store",
									  ALLOCSET_SMALL_SIZES);
}

void
store_scan_keys(StoreScan *scan, ScanKey keys, int count)
{
	MemoryContext previous = MemoryContextSwitchTo(scan->slot->tts_mcxt);

	ExecClearTuple(scan->slot);
	index_rescan(scan->scan, keys, count, NULL, 0);
	MemoryContextSwitchTo(previous);
}

bool
store_scan_next(StoreScan *scan, bool forward)
{
	MemoryContext previous;
	bool		found;

	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(scan->row);

	/* a btree scan keeps memory from one call to the next */
	previous = MemoryContextSwitchTo(scan->slot->tts_mcxt);
	found = index_getnext_slot(scan->scan,
							   forward ? ForwardScanDirection : BackwardScanDirection,
							   scan->slot);
	MemoryContextSwitchTo(previous);
	return found;
}

void
store_scan_want_index(StoreScan *scan)
{
	scan->scan->xs_want_itup = true;
}

/* The next row backward for which the index has such a value. */
static bool
fetch_back_to(StoreScan *scan, int column, int64 value)
{
	IndexScanDesc index = scan->scan;

	while (index_getnext_tid(index, BackwardScanDirection) != NULL)
	{
		bool		is_null;
		Datum		entry = index_getattr(index->xs_itup, column,
										  index->xs_itupdesc, &is_null);

		if (DatumGetInt64(entry) <= value &&
			index_fetch_heap(index, scan->slot))
			return true;
	}
	ExecClearTuple(scan->slot);
	return false;
}

bool
store_scan_back_to(StoreScan *scan, int column, int64 value)
{
	MemoryContext previous;
	bool		found;

	CHECK_FOR_INTERRUPTS();
	MemoryContextReset(scan->row);
	previous = MemoryContextSwitchTo(scan->slot->tts_mcxt);
	found = fetch_back_to(scan, column, value);
	MemoryContextSwitchTo(previous);
	return found;
}

const unsigned char *
store_scan_bytes(StoreScan *scan, int column, Size *length)
{
	bool		is_null;
	Datum		value = slot_getattr(scan->slot, column, &is_null);
	MemoryContext before;
	struct varlena *bytes;

	*length = 0;
	if (is_null)
		return NULL;
	before = MemoryContextSwitchTo(scan->row);
	bytes = PG_DETOAST_DATUM_PACKED(value);
	MemoryContextSwitchTo(before);
	*length = VARSIZE_ANY_EXHDR(bytes);
	return (const unsigned char *) VARDATA_ANY(bytes);
}

/* The locks on the table stay, as its OID may be used again. */
void
store_scan_end(StoreScan *scan)
{
	index_endscan(scan->scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, NoLock);
	table_close(scan->table, NoLock);
	MemoryContextDelete(scan->row);
}
