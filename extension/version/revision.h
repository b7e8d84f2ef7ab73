/*
 * revision.h
 *		What a revision is made of.  postgres.h comes first.
 *
 * store/FORMAT.md, section "Revisions", fixes every byte.
 */
#ifndef ALLMENDE_VERSION_REVISION_H
#define ALLMENDE_VERSION_REVISION_H

#include "catalog.h"

/* Hashes of the rows that a version removed and added, by ascending rid. */
typedef struct DeltaHash DeltaHash;

extern DeltaHash *delta_hash_begin(void);
extern void delta_hash_remove(DeltaHash *delta, const unsigned char *row_hash);
extern void delta_hash_add(DeltaHash *delta, const unsigned char *row_hash);
extern void delta_hash_end(DeltaHash *delta,
						   unsigned char hash[CANONICAL_HASH_SIZE]);

/* Fill a nonce with random bytes. */
extern void revision_nonce(unsigned char nonce[CANONICAL_HASH_SIZE]);

/*
 * The revision of a version, from all that is in it but its revision, the uuid
 * of its dataset, the digest of its schema, and the revisions of its parents.
 */
extern void revision_compute(const Version *version, const pg_uuid_t *dataset,
							 const unsigned char *schema_digest,
							 const RevisionId *parents, int parent_count,
							 RevisionId *revision);

#endif							/* ALLMENDE_VERSION_REVISION_H */
