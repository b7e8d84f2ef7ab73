/*
 * verify.c
 *		Is a history what its revisions say?
 *
 * Everything is computed anew from the rows of the store: hashes of rows, of
 * changes and of versions, fingerprints, counts, and the key index.  What cannot
 * be read is a finding and not an error.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/tupdesc.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "../errcodes.h"
#include "../store/key_index.h"
#include "access.h"
#include "revision.h"
#include "stored.h"

PG_FUNCTION_INFO_V1(allmende_history_verify);

typedef struct Verify
{
	ReturnSetInfo *result;
	Dataset    *dataset;
	Store	   *store;
	Snapshot	snapshot;
	Branch	   *branch;

	/* the version before the one at hand */
	Version    *before;
	unsigned char fingerprint[CANONICAL_HASH_SIZE];

	/* the one at hand */
	Version    *version;
	Schema	   *schema;
	StoredRows *rows;
} Verify;

/* Report a finding about the version at hand, or about the dataset. */
static void
finding(Verify *verify, char *text)
{
	Datum		values[2];
	bool		nulls[2] = {false};

	nulls[0] = verify->version == NULL;
	values[0] = nulls[0] ? (Datum) 0 :
		CStringGetTextDatum(psprintf("v%d", verify->version->number));
	values[1] = CStringGetTextDatum(text);
	tuplestore_putvalues(verify->result->setResult, verify->result->setDesc,
						 values, nulls);
}

/* A descriptor of the columns that a version had. */
static TupleDesc
schema_descriptor(const Schema *schema)
{
	TupleDesc	descriptor = CreateTemplateTupleDesc(schema->count);

	for (int i = 0; i < schema->count; i++)
	{
		Oid			type;
		int32		typmod;

		parseTypeString(schema->columns[i].type, &type, &typmod, true);
		if (!OidIsValid(type))
			ereport(ERROR,
					(errcode(ERRCODE_ALLMENDE_SCHEMA_MISMATCH),
					 errmsg("type %s of column \"%s\" does not exist any more",
							schema->columns[i].type,
							schema->columns[i].name)));
		TupleDescInitEntry(descriptor, i + 1, schema->columns[i].name, type,
						   typmod, 0);
	}
	return descriptor;
}

static void
verify_counts(Verify *verify, int64 added, int64 removed)
{
	const Version *version = verify->version;
	int64		before = verify->before == NULL ? 0 : verify->before->total;

	if (added != version->inserted + version->updated)
		finding(verify, psprintf("adds " INT64_FORMAT " rows, but says " INT64_FORMAT,
								 added,
								 version->inserted + version->updated));
	if (removed != version->deleted + version->updated)
		finding(verify, psprintf("removes " INT64_FORMAT " rows, but says " INT64_FORMAT,
								 removed,
								 version->deleted + version->updated));
	if (version->total != before + version->inserted - version->deleted)
		finding(verify, "total of rows does not follow from the version before");
}

static int64
hash_ranges(Verify *verify, const RowsetRange *ranges, Size count,
			DeltaHash *delta, bool add)
{
	int64		rows = 0;

	for (Size i = 0; i < count; i++)
	{
		for (uint64 rid = ranges[i].first; rid <= ranges[i].last; rid++)
		{
			unsigned char hash[CANONICAL_HASH_SIZE];

			CHECK_FOR_INTERRUPTS();
			stored_row_hash(verify->rows, (uint32) rid, hash);
			if (add)
			{
				delta_hash_add(delta, hash);
				canonical_sum_add(verify->fingerprint, hash);
			}
			else
			{
				delta_hash_remove(delta, hash);
				canonical_sum_subtract(verify->fingerprint, hash);
			}
			rows++;
		}
	}
	return rows;
}

static void
verify_delta(Verify *verify)
{
	VersionPlace place = {verify->version->branch, verify->version->number};
	DeltaHash  *hash = delta_hash_begin();
	unsigned char digest[CANONICAL_HASH_SIZE];
	BitmapDelta delta;
	int64		added;
	int64		removed;

	bitmap_delta(verify->store, verify->snapshot, place, &delta);
	removed = hash_ranges(verify, delta.removed, delta.removed_count, hash,
						  false);
	added = hash_ranges(verify, delta.added, delta.added_count, hash, true);
	delta_hash_end(hash, digest);
	if (memcmp(digest, verify->version->delta_hash, sizeof(digest)) != 0)
		finding(verify, "rows that it added or removed are not those that were committed");
	verify_counts(verify, added, removed);
}

/*
 * Read all row ids of the version; with the fingerprint of their rows where the
 * columns have changed, so that it does not follow from the version before.
 */
static void
verify_rows(Verify *verify, bool with_fingerprint)
{
	VersionPath *path = version_path(verify->version->branch,
									 verify->version->number,
									 verify->snapshot);
	BitmapReader *bitmap = bitmap_open(verify->store, verify->snapshot, path);
	const SegmentBits *bits;
	int64		rows = 0;

	if (with_fingerprint)
		memset(verify->fingerprint, 0, CANONICAL_HASH_SIZE);
	while ((bits = bitmap_next(bitmap)) != NULL)
	{
		rows += bits->cardinality;
		for (uint32 i = 0; with_fingerprint && i < 65536; i++)
		{
			unsigned char hash[CANONICAL_HASH_SIZE];

			if ((bits->words[i / 64] >> i % 64 & 1) == 0)
				continue;
			CHECK_FOR_INTERRUPTS();
			stored_row_hash(verify->rows, bits->segment << 16 | i, hash);
			canonical_sum_add(verify->fingerprint, hash);
		}
	}
	bitmap_close(bitmap);
	if (rows != verify->version->total)
		finding(verify, psprintf("has " INT64_FORMAT " row ids, but says " INT64_FORMAT " rows",
								 rows, verify->version->total));
}

static void
verify_revision(Verify *verify)
{
	const Version *version = verify->version;
	RevisionId *parents = palloc(Max(version->parent_count, 1) *
								 sizeof(RevisionId));
	RevisionId	revision;

	for (int i = 0; i < version->parent_count; i++)
	{
		Version    *parent = version_find_id(version->parents[i],
											 verify->snapshot);

		if (parent == NULL)
		{
			finding(verify, "the version before it is missing");
			return;
		}
		parents[i] = parent->revision;
	}
	revision_compute(version, &verify->dataset->uuid, verify->schema->digest,
					 parents, version->parent_count, &revision);
	if (memcmp(&revision, &version->revision, sizeof(revision)) != 0)
		finding(verify, "revision is not that of what the version says");
}

static void
verify_version(Verify *verify)
{
	TupleDesc	descriptor;
	bool		columns_changed;

	verify->schema = schema_find(verify->version->schema, verify->snapshot);
	if (verify->schema == NULL)
	{
		finding(verify, "columns of the version are missing in the catalogue");
		return;
	}
	verify_revision(verify);
	columns_changed = verify->before != NULL &&
		verify->before->schema != verify->version->schema;
	descriptor = schema_descriptor(verify->schema);
	verify->rows = stored_rows_begin(verify->store, verify->dataset->name,
									 verify->schema,
									 head_images(verify->schema, descriptor),
									 descriptor, verify->snapshot);
	verify_delta(verify);
	verify_rows(verify, columns_changed);
	if (memcmp(verify->fingerprint, verify->version->fingerprint,
			   CANONICAL_HASH_SIZE) != 0)
		finding(verify, "fingerprint is not that of its rows");
	stored_rows_end(verify->rows);
}

static int
compare_entries(const void *a, const void *b)
{
	return key_entry_compare(*(const KeyEntry *) a, *(const KeyEntry *) b);
}

/* Key hashes and row ids of all rows of the last version, sorted. */
static KeyEntry *
expected_entries(Verify *verify, StoredRows *rows)
{
	VersionPath *path = version_path(verify->version->branch,
									 verify->version->number,
									 verify->snapshot);
	BitmapReader *bitmap = bitmap_open(verify->store, verify->snapshot, path);
	KeyEntry   *entries = palloc_extended(Max(verify->version->total, 1) *
										  sizeof(KeyEntry), MCXT_ALLOC_HUGE);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "allmende verify",
												  ALLOCSET_DEFAULT_SIZES);
	const SegmentBits *bits;
	int64		count = 0;

	while ((bits = bitmap_next(bitmap)) != NULL)
	{
		for (uint32 i = 0; i < 65536 && count < verify->version->total; i++)
		{
			unsigned char hash[CANONICAL_HASH_SIZE];
			CanonicalBuffer form;

			if ((bits->words[i / 64] >> i % 64 & 1) == 0)
				continue;
			CHECK_FOR_INTERRUPTS();
			canonical_buffer_create(scratch, &form);
			entries[count].rid = bits->segment << 16 | i;
			stored_row_hash_and_key(rows, entries[count].rid, hash, &form);
			entries[count].hash = canonical_key_hash(form.bytes, form.length);
			count++;
			MemoryContextReset(scratch);
		}
	}
	bitmap_close(bitmap);
	qsort(entries, count, sizeof(KeyEntry), compare_entries);
	return entries;
}

/* Does the key index lead to every row of the last version? */
static void
verify_key_index(Verify *verify)
{
	TupleDesc	descriptor = schema_descriptor(verify->schema);
	StoredRows *rows = stored_rows_begin(verify->store, verify->dataset->name,
										 verify->schema,
										 head_images(verify->schema, descriptor),
										 descriptor, verify->snapshot);
	KeyEntry   *expected = expected_entries(verify, rows);
	KeyIndexScan *scan = key_index_scan_begin(verify->store, verify->snapshot);
	KeyEntry	entry;
	int64		missing = 0;
	int64		next = 0;

	while (next < verify->version->total && key_index_scan_next(scan, &entry))
	{
		while (next < verify->version->total &&
			   key_entry_compare(expected[next], entry) < 0)
		{
			missing++;
			next++;
		}
		if (next < verify->version->total &&
			key_entry_compare(expected[next], entry) == 0)
			next++;
	}
	missing += verify->version->total - next;
	key_index_scan_end(scan);
	stored_rows_end(rows);
	if (missing > 0)
		finding(verify, psprintf("key index does not lead to " INT64_FORMAT " of its rows",
								 missing));
}

/* Do a step; what it raises is a finding. */
static void
verify_step(Verify *verify, void (*step) (Verify *))
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		step(verify);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			error->sqlerrcode == ERRCODE_ADMIN_SHUTDOWN ||
			error->sqlerrcode == ERRCODE_OUT_OF_MEMORY)
			ReThrowError(error);
		finding(verify, psprintf("cannot be read: %s", error->message));
	}
	PG_END_TRY();
}

static void
verify_versions(Verify *verify)
{
	for (int number = 1; number <= verify->branch->number; number++)
	{
		verify->version = version_find(verify->branch->id, number,
									   verify->snapshot);
		if (verify->version == NULL)
		{
			finding(verify, psprintf("version v%d is missing in the catalogue",
									 number));
			continue;
		}
		verify_step(verify, verify_version);

		/* a version that is wrong shall not make those behind it wrong */
		memcpy(verify->fingerprint, verify->version->fingerprint,
			   CANONICAL_HASH_SIZE);
		verify->before = verify->version;
	}
	if (verify->before == NULL || verify->schema == NULL)
		return;
	verify->version = verify->before;
	if (verify->branch->version != verify->version->id)
		finding(verify, "branch \"main\" does not point to its last version");
	verify_step(verify, verify_key_index);
}

static void
verify_marks(Verify *verify)
{
	ListCell   *cell;

	verify->version = NULL;
	foreach(cell, mark_list(verify->dataset->id, verify->snapshot))
	{
		Mark	   *mark = lfirst(cell);

		if (version_find_id(mark->version, verify->snapshot) == NULL)
			finding(verify, psprintf("mark \"%s\" is on a version that is missing",
									 mark->name));
	}
}

Datum
allmende_history_verify(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Verify		verify;
	Oid			head;

	InitMaterializedSRF(fcinfo, 0);
	memset(&verify, 0, sizeof(verify));
	verify.result = (ReturnSetInfo *) fcinfo->resultinfo;
	verify.snapshot = GetActiveSnapshot();
	verify.dataset = access_dataset(name, verify.snapshot);
	head = head_find(&verify.dataset->uuid);
	if (OidIsValid(head))
		access_read(head);
	else
		access_own_dataset(verify.dataset);

	verify.store = store_open(verify.dataset->store);
	verify.branch = branch_find(verify.dataset->id, "main", verify.snapshot);
	if (verify.branch == NULL)
		finding(&verify, "branch \"main\" is missing in the catalogue");
	else
		verify_versions(&verify);
	verify_marks(&verify);
	return (Datum) 0;
}
