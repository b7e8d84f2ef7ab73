/*
 * head.h
 *		The head of a dataset: the tracked table, its columns, its key, its rows
 *		and their images.  postgres.h comes first.
 */
#ifndef ALLMENDE_VERSION_HEAD_H
#define ALLMENDE_VERSION_HEAD_H

#include "executor/tuptable.h"
#include "utils/relcache.h"

#include "../store/canonical.h"
#include "catalog.h"

/*
 * Which dataset a table is the head of, by the argument of our triggers; false
 * where it has none.  Partitions of a head carry its uuid as well, and are told
 * apart by is_partition.
 */
extern bool head_uuid(Relation relation, pg_uuid_t *uuid, bool *is_partition);

/*
 * The head of a dataset, InvalidOid where there is none.  Raises RD301 where two
 * tables claim to be.
 */
extern Oid	head_find(const pg_uuid_t *uuid);

/* The same; InvalidOid where several tables claim to be: for lists. */
extern Oid	head_find_sole(const pg_uuid_t *uuid);

/*
 * The dataset that a table is the head of, with the snapshot given.  Raises RD302
 * where it is not tracked (HINT track()), where its history is not in this
 * database, and where it is a partition of a head.
 */
extern Dataset *head_dataset(Relation relation, Snapshot snapshot);

/*
 * Columns of the head now, as a schema: ids of columns that it had before by
 * their names and attribute numbers, new ids for others (*columns of the dataset
 * is raised, in memory).  ignore and key are those of previous, by column id,
 * or come from the caller when it is tracked.  digest is filled; id is that of
 * the schema of the dataset with this digest, else 0.
 */
extern Schema *head_schema(Relation relation, Dataset *dataset,
						   const Schema *previous, List *key_names,
						   List *ignore_names, Snapshot snapshot);

/* Write down names and attribute numbers that the columns have now. */
extern void head_sync_columns(Relation relation, Dataset *dataset,
							  const Schema *schema);

/*
 * What the head is, as far as it can be seen without reading it: file nodes,
 * columns with their types, our triggers and their states, of the table and its
 * partitions.  Equal witnesses, and no suspect, mean: the journal tells of every
 * change.
 */
extern bytea *head_witness(Relation relation);

/* What is different, for people: "was rewritten", "trigger ... was disabled". */
extern char *head_witness_fault(const bytea *before, const bytea *now);

/* The images that a row has; columns stand in the order of their ids. */
typedef enum HeadImageKind
{
	HEAD_IMAGE_FULL,			/* all columns, row form: what is stored */
	HEAD_IMAGE_COMPARED,		/* without ignored ones: what is hashed */
	HEAD_IMAGE_KEY,				/* key columns, row form: the journal's */
	HEAD_IMAGE_KEY_FORM			/* key columns, key form: what is looked up */
} HeadImageKind;

#define HEAD_IMAGE_KINDS (HEAD_IMAGE_KEY_FORM + 1)

/* How rows of a descriptor become images by a schema's columns. */
typedef struct HeadImages HeadImages;

/*
 * Columns of the descriptor are found by their names; each of the schema's must
 * be there.  Lives in the current memory context.  Raises RD201, RD202.
 */
extern HeadImages *head_images(const Schema *schema, TupleDesc descriptor);

/*
 * Write an image behind what is in the buffer, with its prefix; values and nulls
 * are by attribute of the descriptor.  Leaves memory behind in the current
 * context.
 */
extern void head_image_put(HeadImages *images, HeadImageKind kind,
						   const Datum *values, const bool *nulls,
						   CanonicalBuffer *buffer);
extern void head_image_slot(HeadImages *images, HeadImageKind kind,
							TupleTableSlot *slot, CanonicalBuffer *buffer);

/*
 * Read an image of kind HEAD_IMAGE_KEY: values of the key columns in the order
 * of the key.  Raises RD203, RD204.
 */
extern void head_image_get_key(HeadImages *images, const void *bytes,
							   Size length, Datum *key);

/* The key form of a key given as values in the order of the key. */
extern void head_image_put_key_form(HeadImages *images, const Datum *key,
									CanonicalBuffer *buffer);

/* Number of key columns; and the attribute number of each. */
extern int	head_image_key_count(const HeadImages *images);
extern AttrNumber head_image_key_attribute(const HeadImages *images, int n);

/* Where a row of the head is: partition (0 for plain tables) and tid. */
typedef struct HeadPosition
{
	int32		partition;
	ItemPointerData tid;
} HeadPosition;

/* Reading the head, partitions included, without rights and policies. */
typedef struct HeadReader HeadReader;

/*
 * Lock the partitions of a head as well, in AccessShareLock, which the head
 * itself is in: before the snapshot is taken.
 */
extern void head_lock_partitions(Oid head);

/* Begin to read a head that is locked. */
extern HeadReader *head_reader_begin(Relation relation, const Schema *schema,
									 Snapshot snapshot);

/* A slot with the descriptor of the head, for the functions below. */
extern TupleTableSlot *head_reader_slot(HeadReader *reader);

/* The next row in the order of the heap. */
extern bool head_reader_next(HeadReader *reader, TupleTableSlot *slot,
							 HeadPosition *position);

/*
 * Can rows be found by their key: has each partition a unique index on exactly
 * these columns that this snapshot may use?
 */
extern bool head_reader_can_find(HeadReader *reader);

/*
 * The row with a key, whose values are in the order of the key; raises RD303
 * where several have it.
 */
extern bool head_reader_find(HeadReader *reader, const Datum *key,
							 TupleTableSlot *slot, HeadPosition *position);

/* The row at a position that was returned before. */
extern void head_reader_fetch(HeadReader *reader,
							  const HeadPosition *position,
							  TupleTableSlot *slot);

/* Begin the scan again. */
extern void head_reader_rewind(HeadReader *reader);
extern void head_reader_end(HeadReader *reader);

#endif							/* ALLMENDE_VERSION_HEAD_H */
