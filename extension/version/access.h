/*
 * access.h
 *		Who may do what with a dataset.  postgres.h comes first.
 *
 * The rights are those of the head; of a dataset whose head is gone, its last
 * owner's.  All raise 42501, naming the table.
 */
#ifndef ALLMENDE_VERSION_ACCESS_H
#define ALLMENDE_VERSION_ACCESS_H

#include "catalog.h"

/* SELECT on the whole table: log, status, verify. */
extern void access_read(Oid head);
extern bool access_may_read(Oid head);

/* INSERT, UPDATE, DELETE or TRUNCATE: commit, mark. */
extern void access_write(Oid head);
extern bool access_may_write(Oid head);

/* Owner: track, untrack. */
extern void access_own(Oid head);

/* Owner of a dataset that may have lost its head: forget, verify. */
extern void access_own_dataset(const Dataset *dataset);
extern bool access_may_own_dataset(const Dataset *dataset);

/* Do policies hide rows from the current user?  Then counts are withheld. */
extern bool access_is_partial(Oid head);

/*
 * A dataset by its name ("olpe.trees", as the head is called or was called last)
 * or its uuid.  Raises RD302 where there is none, RD305 where several had the
 * name (uuids in the HINT).
 */
extern Dataset *access_dataset(const char *name, Snapshot snapshot);

/* What a dataset is called now, or was called last. */
extern char *access_dataset_name(const Dataset *dataset);

#endif							/* ALLMENDE_VERSION_ACCESS_H */
