/*
 * commit_write.c
 *		What a commit writes: rows, row ids, and the version itself.
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "miscadmin.h"
#include "parser/parse_type.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "../store/append.h"
#include "../store/key_index.h"
#include "../store/layout.h"
#include "commit.h"
#include "revision.h"

/* Rows that are being appended, and what is hashed of them. */
typedef struct Writer
{
	Compare    *compare;
	Dataset    *dataset;
	Schema	   *schema;
	StoreAppend *append;
	DeltaHash  *delta;
	unsigned char fingerprint[CANONICAL_HASH_SIZE];
	int64		count;
} Writer;

static int
compare_store_columns(const void *a, const void *b)
{
	uint32		id_a = ((const StoreColumn *) a)->id;
	uint32		id_b = ((const StoreColumn *) b)->id;

	return id_a < id_b ? -1 : id_a > id_b;
}

/*
 * How the columns of a schema are stored.  Of a type that is gone, all that is
 * known are bytes.
 */
static StoreSchema *
store_schema(const Schema *schema)
{
	StoreSchema *result = palloc(sizeof(*result));

	result->id = schema->id;
	result->count = schema->count;
	result->columns = palloc(Max(schema->count, 1) * sizeof(StoreColumn));
	for (int i = 0; i < schema->count; i++)
	{
		Oid			type;
		int32		typmod;

		parseTypeString(schema->columns[i].type, &type, &typmod, true);
		result->columns[i].id = schema->columns[i].id;
		result->columns[i].layout = OidIsValid(type) ?
			layout_of_type(type) : LAYOUT_BYTES;
	}
	qsort(result->columns, result->count, sizeof(StoreColumn),
		  compare_store_columns);
	return result;
}

static const StoreSchema *
writer_schema(void *context, int32 id)
{
	Writer	   *writer = context;
	Schema	   *schema = writer->schema;

	if (schema->id != id)
		schema = schema_find(id, writer->compare->snapshot);
	if (schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("schema %d of dataset \"%s\" is missing", id,
						writer->dataset->name)));
	return store_schema(schema);
}

static void
writer_begin(Writer *writer, Compare *compare, Dataset *dataset,
			 Schema *schema)
{
	memset(writer, 0, sizeof(*writer));
	writer->compare = compare;
	writer->dataset = dataset;
	writer->schema = schema;
	if (schema->id == 0)
	{
		schema->id = catalog_new_id();
		schema->dataset = dataset->id;
		schema_insert(schema);
	}
	writer->delta = delta_hash_begin();
	writer->append = store_append_begin(compare->store, schema->id,
										writer_schema, writer);
}

/* Append the row in the slot. */
static void
writer_add(Writer *writer)
{
	Compare    *compare = writer->compare;
	MemoryContext previous = MemoryContextSwitchTo(compare->scratch);
	unsigned char hash[CANONICAL_HASH_SIZE];
	CanonicalBuffer buffer;
	int64		key_hash;

	canonical_buffer_create(compare->scratch, &buffer);
	head_image_slot(compare->images, HEAD_IMAGE_KEY_FORM, compare->slot,
					&buffer);
	key_hash = canonical_key_hash(buffer.bytes, buffer.length);
	canonical_reset(&buffer);
	head_image_slot(compare->images, HEAD_IMAGE_COMPARED, compare->slot,
					&buffer);
	canonical_hash(buffer.bytes, buffer.length, hash);
	delta_hash_add(writer->delta, hash);
	canonical_sum_add(writer->fingerprint, hash);
	canonical_reset(&buffer);
	head_image_slot(compare->images, HEAD_IMAGE_FULL, compare->slot, &buffer);
	store_append_row(writer->append, buffer.bytes, buffer.length, key_hash);
	writer->count++;
	MemoryContextSwitchTo(previous);
	MemoryContextReset(compare->scratch);
}

/* Row ids as ranges. */
static RowsetRange *
removed_ranges(const HeadChanges *changes, Size *count)
{
	RowsetRange *ranges = palloc_extended(Max(changes->removed_count, 1) *
										  sizeof(RowsetRange),
										  MCXT_ALLOC_HUGE);

	*count = 0;
	for (Size i = 0; i < changes->removed_count; i++)
	{
		uint32		rid = changes->removed[i].rid;

		if (*count > 0 && ranges[*count - 1].last + 1 == rid)
			ranges[*count - 1].last = rid;
		else
		{
			ranges[*count].first = rid;
			ranges[*count].last = rid;
			(*count)++;
		}
	}
	return ranges;
}

/*
 * Later than the version before it, so that "as of 12:00" does not change when a
 * clock is set back.
 */
static TimestampTz
commit_time(const Version *parent)
{
	TimestampTz now = GetCurrentTimestamp();

	if (parent != NULL && now <= parent->committed_at)
		return parent->committed_at + 1;
	return now;
}

static void
version_fill(Version *version, const Compare *compare, const Branch *branch,
			 const Schema *schema, const CommitDetails *details)
{
	const Version *parent = compare->last;

	version->id = catalog_new_version_id();
	version->dataset = compare->dataset->id;
	version->branch = branch->id;
	version->number = branch->number + 1;
	version->schema = schema->id;
	if (parent != NULL)
	{
		version->parents = palloc(sizeof(int64));
		version->parents[0] = parent->id;
		version->parent_count = 1;
	}
	version->author = pstrdup(details->author);
	version->message = pstrdup(details->message);
	version->has_valid_at = details->has_valid_at;
	version->valid_at = details->valid_at;
	version->source = details->source;
	version->committed_at = commit_time(parent);
	version->total = (parent == NULL ? 0 : parent->total) +
		version->inserted - version->deleted;
}

/* Write bitmap and version, and let the branch point to it. */
static void
version_write(Version *version, Compare *compare, Dataset *dataset,
			  const Schema *schema, Branch *branch,
			  const BitmapDelta *delta)
{
	VersionPath *path;
	RevisionId	parent;

	/* the path of the version that is not there yet */
	path = version_path(branch->id, branch->number, compare->snapshot);
	path->places[0].number = version->number;
	bitmap_write(compare->store, compare->snapshot, path,
				 delta->added, delta->added_count,
				 delta->removed, delta->removed_count);

	revision_nonce(version->nonce);
	if (compare->last != NULL)
		parent = compare->last->revision;
	revision_compute(version, &dataset->uuid, schema->digest, &parent,
					 version->parent_count, &version->revision);
	version_insert(version);
	branch_advance(branch, version->number, version->id);
}

Version *
commit_write(Compare *compare, Dataset *dataset, Schema *schema,
			 Branch *branch, HeadChanges *changes,
			 const CommitDetails *details)
{
	Version    *version = palloc0(sizeof(*version));
	BitmapDelta delta;
	Writer		writer;

	writer_begin(&writer, compare, dataset, schema);
	memcpy(writer.fingerprint, compare->last->fingerprint,
		   CANONICAL_HASH_SIZE);
	for (Size i = 0; i < changes->removed_count; i++)
	{
		delta_hash_remove(writer.delta, changes->removed[i].hash);
		canonical_sum_subtract(writer.fingerprint, changes->removed[i].hash);
	}
	for (Size i = 0; i < changes->added_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		head_reader_fetch(compare->reader, &changes->added[i], compare->slot);
		writer_add(&writer);
	}
	ExecClearTuple(compare->slot);
	store_append_end(writer.append, &delta.added, &delta.added_count);
	delta.removed = removed_ranges(changes, &delta.removed_count);
	if (changes->rekeyed_count > 0)
		key_index_add(compare->store, changes->rekeyed,
					  changes->rekeyed_count);

	delta_hash_end(writer.delta, version->delta_hash);
	memcpy(version->fingerprint,
		   changes->complete ? changes->fingerprint : writer.fingerprint,
		   CANONICAL_HASH_SIZE);
	version->inserted = changes->inserted;
	version->updated = changes->updated;
	version->deleted = changes->deleted;
	version_fill(version, compare, branch, schema, details);
	version_write(version, compare, dataset, schema, branch, &delta);
	return version;
}

Version *
commit_write_all(Compare *compare, Dataset *dataset, Schema *schema,
				 Branch *branch, const CommitDetails *details)
{
	Version    *version = palloc0(sizeof(*version));
	BitmapDelta delta = {NULL, 0, NULL, 0};
	HeadPosition position;
	Writer		writer;

	writer_begin(&writer, compare, dataset, schema);
	while (head_reader_next(compare->reader, compare->slot, &position))
	{
		CHECK_FOR_INTERRUPTS();
		writer_add(&writer);
	}
	ExecClearTuple(compare->slot);
	store_append_end(writer.append, &delta.added, &delta.added_count);

	delta_hash_end(writer.delta, version->delta_hash);
	memcpy(version->fingerprint, writer.fingerprint, CANONICAL_HASH_SIZE);
	version->inserted = writer.count;
	version_fill(version, compare, branch, schema, details);
	version_write(version, compare, dataset, schema, branch, &delta);
	return version;
}
