/*
 * revision_hash.c
 *		What a revision is made of.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "utils/memutils.h"

#include "../store/canonical.h"
#include "revision.h"

/* what is hashed begins with one of these, so that none passes for another */
#define CONTENT_NAME "allmende content 1"
#define REVISION_NAME "allmende revision 1"

struct DeltaHash
{
	pg_cryptohash_ctx *removed;
	pg_cryptohash_ctx *added;
	uint64		removed_count;
	uint64		added_count;
};

static pg_cryptohash_ctx *
hash_begin(void)
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);

	if (context == NULL || pg_cryptohash_init(context) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(context));
	return context;
}

static void
hash_update(pg_cryptohash_ctx *context, const unsigned char *row_hash)
{
	if (pg_cryptohash_update(context, row_hash, CANONICAL_HASH_SIZE) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(context));
}

static void
hash_end(pg_cryptohash_ctx *context, unsigned char hash[CANONICAL_HASH_SIZE])
{
	if (pg_cryptohash_final(context, hash, CANONICAL_HASH_SIZE) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(context));
	pg_cryptohash_free(context);
}

DeltaHash *
delta_hash_begin(void)
{
	DeltaHash  *delta = palloc0(sizeof(*delta));

	delta->removed = hash_begin();
	delta->added = hash_begin();
	return delta;
}

void
delta_hash_remove(DeltaHash *delta, const unsigned char *row_hash)
{
	hash_update(delta->removed, row_hash);
	delta->removed_count++;
}

void
delta_hash_add(DeltaHash *delta, const unsigned char *row_hash)
{
	hash_update(delta->added, row_hash);
	delta->added_count++;
}

void
delta_hash_end(DeltaHash *delta, unsigned char hash[CANONICAL_HASH_SIZE])
{
	unsigned char removed[CANONICAL_HASH_SIZE];
	unsigned char added[CANONICAL_HASH_SIZE];
	CanonicalBuffer buffer;

	hash_end(delta->removed, removed);
	hash_end(delta->added, added);
	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_u64(&buffer, delta->removed_count);
	canonical_put_bytes(&buffer, removed, sizeof(removed));
	canonical_put_u64(&buffer, delta->added_count);
	canonical_put_bytes(&buffer, added, sizeof(added));
	canonical_hash(buffer.bytes, buffer.length, hash);
	pfree(delta);
}

void
revision_nonce(unsigned char nonce[CANONICAL_HASH_SIZE])
{
	if (!pg_strong_random(nonce, CANONICAL_HASH_SIZE))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
}

/* The bytes of jsonb in canonical form, with their length; -1 without any. */
static void
put_source(CanonicalBuffer *buffer, struct varlena *source)
{
	CanonicalColumn column;
	CanonicalType *type;
	size_t		mark;

	if (source == NULL)
	{
		canonical_put_null(buffer);
		return;
	}
	column.name = "source";
	column.type = JSONBOID;
	column.form = CANONICAL_ROW_FORM;
	column.context = CurrentMemoryContext;
	type = canonical_type_create(&column, JSONBOID, InvalidOid);
	mark = canonical_begin_value(buffer);
	type->encode(type, PointerGetDatum(source), buffer);
	canonical_end_value(buffer, mark);
}

/* C: all that erasure may have to destroy, behind a nonce. */
static void
content_hash(const Version *version, const unsigned char *schema_digest,
			 unsigned char hash[CANONICAL_HASH_SIZE])
{
	CanonicalBuffer buffer;

	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_text(&buffer, CONTENT_NAME);
	canonical_put_bytes(&buffer, version->nonce, CANONICAL_HASH_SIZE);
	canonical_put_bytes(&buffer, version->delta_hash, CANONICAL_HASH_SIZE);
	canonical_put_bytes(&buffer, version->fingerprint, CANONICAL_HASH_SIZE);
	canonical_put_bytes(&buffer, schema_digest, CANONICAL_HASH_SIZE);
	canonical_hash(buffer.bytes, buffer.length, hash);
}

void
revision_compute(const Version *version, const pg_uuid_t *dataset,
				 const unsigned char *schema_digest,
				 const RevisionId *parents, int parent_count,
				 RevisionId *revision)
{
	unsigned char content[CANONICAL_HASH_SIZE];
	CanonicalBuffer buffer;

	StaticAssertStmt(sizeof(RevisionId) == CANONICAL_HASH_SIZE,
					 "a revision is a SHA-256");
	content_hash(version, schema_digest, content);
	canonical_buffer_create(CurrentMemoryContext, &buffer);
	canonical_put_text(&buffer, REVISION_NAME);
	canonical_put_u32(&buffer, parent_count);
	for (int i = 0; i < parent_count; i++)
		canonical_put_bytes(&buffer, &parents[i], sizeof(RevisionId));
	canonical_put_bytes(&buffer, content, sizeof(content));
	canonical_put_bytes(&buffer, dataset->data, UUID_LEN);
	canonical_put_u32(&buffer, version->number);
	canonical_put_u64(&buffer, (uint64) version->committed_at);
	canonical_put_u8(&buffer, version->has_valid_at);
	canonical_put_u64(&buffer, version->has_valid_at ?
					  (uint64) version->valid_at : 0);
	canonical_put_text(&buffer, version->author);
	canonical_put_text(&buffer, version->message);
	put_source(&buffer, version->source);
	canonical_put_u64(&buffer, (uint64) version->inserted);
	canonical_put_u64(&buffer, (uint64) version->updated);
	canonical_put_u64(&buffer, (uint64) version->deleted);
	canonical_put_u64(&buffer, (uint64) version->total);
	if (buffer.failed)
		elog(ERROR, "what a revision is made of is too large");
	canonical_hash(buffer.bytes, buffer.length, (unsigned char *) revision);
}
